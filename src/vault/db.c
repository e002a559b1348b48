#include "vault_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * The SQLite connection of a vault: how it is opened, what an SQLite result means here, how it
 * ends.
 *
 * Invariants.
 * 1. Write-ahead log, synchronous FULL (EXTRA while the store is made), temporary data in memory,
 * foreign keys on, defensive, no extensions; the authorizer stands before any SQL of another module
 * runs.
 * 2. A page that does not open is ERR_DAMAGED with its number; it never looks like a wrong
 * passphrase.
 * 3. No SQL text or value goes into a sentence or a log.
 */

#define DB_APPLICATION_ID 0x4352534d /* "CRSM": Caseroom store, sealed with the master key */

/* What a log holds beside a database that is gone can be saved; without one nothing can. */
static enum err db_gone(const struct vault *v, const char *how, struct why *w)
{
	char wal[PATH_MAX];
	const bool log =
	        store_path(wal, v->dir, VAULT_FILE_WAL) == ERR_OK && vault_io()->exists(wal);
	return why(w, ERR_DAMAGED,
	        "The store's database file (%s) is %s. Nothing was changed. %sRestore a backup "
	        "with "
	        "caseroomctl restore --replace.",
	        VAULT_FILE_DB, how,
	        log ? "Save what its log still holds with caseroomctl salvage, if it holds "
	              "anything. "
	            : "");
}

static enum err damaged(const struct vault_vfs *f, struct why *w)
{
	if (f && f->bad_page && f->bad_page != UINT32_MAX)
		return why(w, ERR_DAMAGED,
		        "Page %u of the store is not what was written. What was read before it is "
		        "right; nothing was changed. Make a copy of the card, then restore from a "
		        "backup, or save what still opens with caseroomctl salvage.",
		        f->bad_page);
	return why(w, ERR_DAMAGED,
	        "The store is damaged: its bytes are not what was written. Make a copy of the "
	        "card, then restore from a backup, or save what still opens with caseroomctl "
	        "salvage.");
}

static enum err older(const struct vault_vfs *f, struct why *w)
{
	return why(w, ERR_OLDER,
	        "Page %u of the store is an older one that was put back. What was read before it "
	        "is right; nothing was changed. Make a copy of the card, then restore from a "
	        "backup, or save the other pages with caseroomctl salvage.",
	        f->old_page);
}

enum err vault_damage_met(struct vault *v)
{
	v->damage = v->vfs && v->vfs->old_page ? ERR_OLDER : ERR_DAMAGED;
	return v->damage;
}

enum err vault_damage(const struct vault *v, struct why *w)
{
	return v->damage == ERR_OK      ? ERR_OK
	       : v->damage == ERR_OLDER ? older(v->vfs, w)
	                                : damaged(v->vfs, w);
}

enum err store_err(struct vault *v, int rc, struct why *w)
{
	const struct vault_vfs *f = v->vfs;
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_NOMEM:
		return why(w, ERR_NOMEM,
		        "There was not enough memory. Nothing was changed. Try again.");
	case SQLITE_FULL:
		return why(w, ERR_FULL,
		        "The card is full. Nothing was changed. Make room, then try again.");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return why(w, ERR_BUSY,
		        "The store is in use. Nothing was changed. Try again in a moment.");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return damaged(f, w);
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_NOMEM)
			return why(w, ERR_NOMEM,
			        "There was not enough memory. Nothing was changed. Try again.");
		if (f && f->bad_wal_age) {
			v->older = VAULT_OLDER_LOG;
			return why(w, ERR_OLDER,
			        "The store's log (%s) is not the one that belongs to it: it is "
			        "older, or from another "
			        "copy. Nothing was changed. " NEWEST_BACK,
			        VAULT_FILE_WAL);
		}
		if (f && f->bad_page)
			return damaged(f, w);
		if (f && f->old_page)
			return older(f, w);
		return why(w, ERR_IO,
		        "The card refused to read or write. Nothing that was kept is lost.");
	case SQLITE_CANTOPEN:
		return db_gone(v, "missing, or cannot be opened", w);
	default:
		return why(w, ERR_INTERNAL, "The store answered with code %d.", rc);
	}
}

enum err store_exec(struct vault *v, const char *sql, struct why *w)
{
	return store_err(v, sqlite3_exec(v->db, sql, NULL, NULL, NULL), w);
}

static enum err db_configure(struct vault *v, struct why *w)
{
	int rc = sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(v->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (rc != SQLITE_OK)
		return store_err(v, rc, w);
	return store_exec(v,
	        "PRAGMA temp_store=2; PRAGMA mmap_size=0; PRAGMA foreign_keys=ON; PRAGMA "
	        "recursive_triggers=ON;"
	        "PRAGMA secure_delete=ON; PRAGMA cache_size=-32768; PRAGMA cell_size_check=ON;",
	        w);
}

/* An in-memory journal for the one transaction before the log exists: it has no old page to keep.
 */
static enum err db_make(struct vault *v, struct why *w)
{
	char sql[256];
	int reserve = VAULT_RESERVE; /* overwritten with the old value (pitfall 6) */
	enum err e;
	int rc = sqlite3_file_control(v->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	if (rc != SQLITE_OK)
		return store_err(v, rc, w);
	(void)snprintf(sql, sizeof(sql),
	        "PRAGMA synchronous=EXTRA; PRAGMA journal_mode=MEMORY; PRAGMA journal_mode=WAL;"
	        "PRAGMA application_id=%d;",
	        DB_APPLICATION_ID);
	e = store_exec(v, sql, w);
	if (e == ERR_OK)
		e = store_settle(v, w);
	v->vfs->creating = false;
	if (e != ERR_OK)
		return e;
	e = fresh_fill(v->vfs);
	if (e == ERR_OK) {
		fresh_tell(v->vfs);
		e = anchor_save(&v->anchor);
	}
	return e;
}

static enum err db_expect(struct vault *v, const char *sql, const char *want, struct why *w)
{
	sqlite3_stmt *st = NULL;
	const char *text = NULL;
	int rc = sqlite3_prepare_v2(v->db, sql, -1, &st, NULL);
	enum err e = ERR_OK;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(st, 0);
	if (rc != SQLITE_ROW || !text)
		e = store_err(v, rc == SQLITE_ROW ? SQLITE_NOMEM : rc, w);
	else if (strcmp(text, want) != 0)
		e = why(w, ERR_DAMAGED, "The store is not in the form that it is kept in.");
	(void)sqlite3_finalize(st);
	return e;
}

/* A store of the first version: its log into the database, then its pages into the anchor. */
static enum err db_upgrade(struct vault *v, struct why *w)
{
	enum err e = store_settle(v, w);
	if (e == ERR_OK)
		e = fresh_fill(v->vfs);
	if (e != ERR_OK)
		return e;
	fresh_tell(v->vfs);
	return anchor_upgrade(&v->anchor);
}

/* "page 7", "pages 7 and 9", "pages 1, 2, 3 and 40 more". */
static const char *list_pages(const uint32_t *list, uint32_t n, char out[160])
{
	const uint32_t shown = n > 8 ? 8 : n;
	int at = snprintf(out, 160, n == 1 ? "page " : "pages ");
	for (uint32_t i = 0; i < shown; i++) {
		const char *between = i == 0 ? "" : i + 1 == n ? " and " : ", ";
		at += snprintf(out + at, 160 - (size_t)at, "%s%u", between, list[i]);
	}
	if (n > shown)
		(void)snprintf(out + at, 160 - (size_t)at, " and %u more", n - shown);
	return out;
}

/* A database that is not as the anchor remembers it: what is known of why. */
static enum err odd_say(const struct vault_vfs *f, const struct fresh_odd *o, struct why *w)
{
	char list[160];
	if (o->foreign)
		return why(w, ERR_DAMAGED,
		        "Not one page of the database file (%s) opens: it is of another store, or "
		        "not a store's. Nothing was changed. Put the right file back, or restore "
		        "from a backup.",
		        VAULT_FILE_DB);
	if (o->cut)
		return why(w, ERR_DAMAGED,
		        "The store is damaged: its database file (%s) was cut short and has %u of "
		        "its %u pages. Nothing was changed. Make a copy of the card, then restore "
		        "from a backup, or save what still opens with caseroomctl salvage.",
		        VAULT_FILE_DB, f->fresh.pages, f->anchor->pages);
	if (o->longer)
		return why(w, ERR_DAMAGED,
		        "The store is damaged: its database file (%s) is longer than what was "
		        "written. Nothing was changed. Make a copy of the card, then restore from "
		        "a backup, or save what still opens with caseroomctl salvage.",
		        VAULT_FILE_DB);
	if (o->bad_pages)
		return why(w, ERR_DAMAGED,
		        "The store is damaged: %s did not open. Nothing was changed. Make a copy "
		        "of the card, then restore from a backup, or save what still opens with "
		        "caseroomctl salvage.",
		        list_pages(o->bad, o->bad_pages, list));
	if (o->whole)
		return why(w, ERR_OLDER,
		        "The database file (%s) as a whole is not the one that the store "
		        "remembers: it is older, or from another copy. Nothing was "
		        "changed. " NEWEST_BACK,
		        VAULT_FILE_DB);
	if (o->old_pages == 1)
		return why(w, ERR_OLDER,
		        "Page %u of the store is an older one that was put back. Nothing was "
		        "changed. Make a copy of the card, then restore from a backup, or save the "
		        "other pages with caseroomctl salvage.",
		        o->old[0]);
	return why(w, ERR_OLDER,
	        "Some pages of the store are older ones that were put back; they are among %s. "
	        "Nothing was changed. Make a copy of the card, then restore from a backup, or save "
	        "the other pages with caseroomctl salvage.",
	        list_pages(o->old, o->old_pages, list));
}

/*
 * Reads the log, then the whole file, and compares both with the anchor. `e` is what SQLite said to
 * the log and to the first page: what is wrong with the whole is told before what is wrong there.
 */
static enum err db_fresh(struct vault *v, enum err e, struct why *w)
{
	struct fresh_odd odd;
	enum err fresh;
	if ((e != ERR_OK && e != ERR_DAMAGED) || v->anchor.version != ANCHOR_VERSION)
		return e;
	fresh = wal_check(v->vfs, w);
	v->older = fresh == ERR_OLDER ? VAULT_OLDER_LOG : VAULT_OLDER_NOT;
	if (fresh != ERR_OK)
		return fresh;
	fresh = fresh_fill(v->vfs);
	if (fresh != ERR_OK)
		return why(w, fresh, "The store could not be read whole. Nothing was changed.");
	fresh_check(v->vfs, &odd);
	if (odd.any)
		v->older = odd.whole ? VAULT_OLDER_FILE : VAULT_OLDER_PAGES;
	return odd.any ? odd_say(v->vfs, &odd, w) : e;
}

static enum err db_begin(struct vault *v, bool create, struct why *w)
{
	sqlite3_int64 size = 0;
	int rc;
	v->vfs->creating = create;
	rc = sqlite3_open_v2(v->vfs->path, &v->db,
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	                (create ? SQLITE_OPEN_CREATE : 0),
	        v->vfs->name);
	if (rc == SQLITE_OK && !create)
		rc = v->vfs->db_file->file.pMethods->xFileSize(&v->vfs->db_file->file, &size);
	if (rc != SQLITE_OK)
		return store_err(v, rc, w);
	if (!create && size < VAULT_PAGE)
		return db_gone(v, "empty", w);
	return ERR_OK;
}

/* The connection set up, the log read, the store known to be the newest. */
static enum err db_ready(struct vault *v, bool create, struct why *w)
{
	static const char look[] = "PRAGMA synchronous=FULL; SELECT count(*) FROM sqlite_schema;";
	enum err e = db_configure(v, w);
	if (e == ERR_OK && create)
		e = db_make(v, w);
	if (e == ERR_OK)
		e = store_exec(v, look, w);
	return create ? e : db_fresh(v, e, w);
}

enum err db_open(struct vault *v, bool create, struct why *w)
{
	char path[PATH_MAX], id[16];
	enum err e = store_path(path, v->dir, v->db_name ? v->db_name : VAULT_FILE_DB);
	if (e == ERR_OK)
		e = vfs_start(path, v->keys, v->ring.head.store_id, &v->anchor, &v->vfs);
	if (e != ERR_OK)
		return e;
	e = db_begin(v, create, w);
	if (e == ERR_OK)
		e = db_ready(v, create, w);
	if (e == ERR_OK)
		e = db_expect(v, "PRAGMA journal_mode", "wal", w);
	(void)snprintf(id, sizeof(id), "%d", DB_APPLICATION_ID);
	if (e == ERR_OK)
		e = db_expect(v, "PRAGMA application_id", id, w);
	if (e == ERR_OK && v->anchor.version != ANCHOR_VERSION)
		e = db_upgrade(v, w);
	if (e == ERR_OK)
		e = store_err(v, sqlite3_set_authorizer(v->db, db_authorize, NULL), w);
	/* SQLite's last act would be to copy the log into the database. */
	if (e != ERR_OK)
		v->vfs->shut = true;
	return e;
}

/*
 * Statements are not finalized for their owners: FTS5 keeps some of its own in the same list and
 * would finalize them again. So a connection that something still holds is cut off from the card,
 * and ends when that lets go.
 */
bool db_close(struct vault *v)
{
	if (!v->db)
		return true;
	if (sqlite3_close(v->db) != SQLITE_OK) {
		v->vfs->shut = true;
		(void)sqlite3_close_v2(v->db);
		return false;
	}
	v->db = NULL;
	return true;
}

enum err store_settle(struct vault *v, struct why *w)
{
	int left = 0, done = 0;
	int rc = sqlite3_wal_checkpoint_v2(v->db, "main", SQLITE_CHECKPOINT_TRUNCATE, &left, &done);
	return store_err(v, rc, w);
}
