#include "vault_int.h"
#include <string.h>
/*
 * Looks at every sealed thing in a store, then asks SQLite.
 *
 * The log is looked at first, as it lies: when one of its frames is bad nothing is checkpointed,
 * because the page that the frame would replace is the only good one left.
 */

static void report_page(struct vault_report *r, uint32_t pgno, enum page_state state)
{
	if (state == PAGE_BAD) {
		if (r->bad_pages < COUNT_OF(r->bad))
			r->bad[r->bad_pages] = pgno;
		r->bad_pages++;
	} else if (state == PAGE_OLD) {
		if (r->old_pages < COUNT_OF(r->old))
			r->old[r->old_pages] = pgno;
		r->old_pages++;
	}
}

static void check_log(struct vault *v, struct vault_report *r)
{
	struct vault_vfs *f = v->vfs;
	uint32_t pgno = 0;
	for (uint32_t i = 1; f->wal_file && i <= f->wal.known; i++) {
		const enum page_state state = wal_frame_state(f, i, &pgno);
		report_page(r, pgno, state);
	}
}

static enum err check_pages(struct vault *v, struct vault_report *r, struct why *w)
{
	struct vault_vfs *f = v->vfs;
	sqlite3_int64 size = 0;
	int rc = f->db_file->file.pMethods->xFileSize(&f->db_file->file, &size);
	if (rc != SQLITE_OK)
		return store_err(v, rc, w);
	r->pages = (uint64_t)size / VAULT_PAGE;
	for (uint32_t p = 1; p <= r->pages; p++)
		if (p != f->lock_page)
			report_page(r, p, db_page_state(f, p));
	return ERR_OK;
}

static enum err check_sql(struct vault *v, struct why *w)
{
	sqlite3_stmt *st = NULL;
	const char *text = NULL;
	enum err e = ERR_OK;
	int rc = sqlite3_prepare_v2(v->db, "PRAGMA integrity_check(1)", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(st, 0);
	if (rc != SQLITE_ROW || !text)
		e = store_err(v, rc == SQLITE_ROW ? SQLITE_NOMEM : rc, w);
	else if (strcmp(text, "ok") != 0)
		e = why(w, ERR_DAMAGED,
		        "Every page opens, but the database's own check failed. Make a copy of the "
		        "card, then restore "
		        "from a backup.");
	(void)sqlite3_finalize(st);
	return e;
}

/* Damage is told before age: it is what salvage is for. */
static enum err say(struct vault *v, const struct vault_report *r, struct why *w)
{
	if (r->bad_pages > 0) {
		v->vfs->bad_page = (uint32_t)r->bad[0];
		return why(w, ERR_DAMAGED,
		        "%llu page%s of the store did not open; the first is page %llu. Make a "
		        "copy of the card, then "
		        "restore from a backup, or save what still opens with caseroomctl salvage.",
		        (unsigned long long)r->bad_pages, r->bad_pages == 1 ? "" : "s",
		        (unsigned long long)r->bad[0]);
	}
	if (r->old_pages > 0)
		return why(w, ERR_OLDER,
		        "%llu page%s of the store opened, but %s older than what was written last: "
		        "somebody put %s back. The first is page %llu. Make a copy of the card, "
		        "then restore from a backup.",
		        (unsigned long long)r->old_pages, r->old_pages == 1 ? "" : "s",
		        r->old_pages == 1 ? "is" : "are", r->old_pages == 1 ? "it" : "them",
		        (unsigned long long)r->old[0]);
	return ERR_OK;
}

enum err vault_verify(struct vault *v, struct vault_report *ret, struct why *w)
{
	struct vault_report r = {0};
	enum err e;
	vfs_check(v->vfs);
	check_log(v, &r);
	e = say(v, &r, w);
	if (e == ERR_OK)
		e = store_settle(v, w);
	if (e == ERR_OK)
		e = check_pages(v, &r, w);
	if (e == ERR_OK)
		e = say(v, &r, w);
	if (e == ERR_OK)
		e = check_sql(v, w);
	if (e == ERR_OK || e == ERR_DAMAGED || e == ERR_OLDER)
		*ret = r;
	return e;
}
