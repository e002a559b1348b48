#include "salvage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * A new store of what still opens in a damaged one, and a list of what does not.
 *
 * Invariants.
 * 1. The damaged store is read and never written: not its files, not its log, not its anchor.
 * 2. The new store has the keyring, the keys and the id of the old one. Its own keyring is written
 * last, so that a salvage that was interrupted leaves no store.
 * 3. Rows keep their ids. A row is put in as it was or not at all; what cannot stand beside a row
 * that is there already is counted, and rows of pages that may be older come after all others.
 * 4. What is told of a loss is the name of a table, the number of a page, ids and counts.
 */

#define BATCH 4096             /* rows in one transaction */
#define ID_STEP 10000          /* ids left out where it is not known which were given before */
#define EPOCH_STEP 16          /* the new anchor is ahead of every witness of the old one, */
#define EPOCH_FAR (1ull << 40) /* also where the old one could not be read */

/* ---- rows into one table of the new store ------------------------------------------------------
 */

struct sink {
	struct vault *v; /* NULL: rows are only counted */
	const struct salvage_tree *tree;
	sqlite3_stmt **insert; /* [n_columns + 1], by the number of fields; made when needed */
	bool *there;           /* [n_columns]: the new table has this column too */
	unsigned open;         /* rows in the transaction */
};

static enum err names_there(struct sink *k)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(
	        k->v->db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", -1, &st, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < k->tree->n_columns; i++) {
		(void)sqlite3_bind_text(st, 1, k->tree->name, -1, SQLITE_STATIC);
		(void)sqlite3_bind_text(st, 2, k->tree->column[i].name, -1, SQLITE_STATIC);
		k->there[i] = sqlite3_step(st) == SQLITE_ROW;
		rc = sqlite3_reset(st);
	}
	(void)sqlite3_finalize(st);
	return rc == SQLITE_OK ? ERR_OK : store_err(k->v, rc, NULL);
}

static enum err sink_open(struct sink *k, struct vault *v, const struct salvage_tree *tree)
{
	*k = (struct sink){.v = v, .tree = tree};
	if (!v || !tree->keep)
		return ERR_OK;
	k->insert = calloc(tree->n_columns + 1, sizeof(sqlite3_stmt *));
	k->there = calloc(tree->n_columns + 1, sizeof(*k->there));
	return k->insert && k->there ? names_there(k) : ERR_NOMEM;
}

static enum err batch_end(struct sink *k, struct why *w)
{
	const bool open = k->open > 0;
	k->open = 0;
	return open ? store_exec(k->v, "COMMIT", w) : ERR_OK;
}

static enum err sink_close(struct sink *k, struct why *w)
{
	enum err e = k->insert ? batch_end(k, w) : ERR_OK;
	for (size_t i = 0; k->insert && i <= k->tree->n_columns; i++)
		(void)sqlite3_finalize(k->insert[i]);
	free(k->insert);
	free(k->there);
	*k = (struct sink){0};
	return e;
}

static void quoted(struct buf *b, const char *name)
{
	buf_puts(b, "\"");
	for (; *name; name++) {
		buf_put(b, name, 1);
		if (*name == '"')
			buf_put(b, name, 1);
	}
	buf_puts(b, "\"");
}

/* The first n fields; those that the record does not have take what the table gives them. */
static sqlite3_stmt *insert_for(struct sink *k, size_t n)
{
	const struct salvage_tree *t = k->tree;
	struct buf b;
	size_t values = 0;
	if (k->insert[n])
		return k->insert[n];
	buf_init(&b, 1u << 16);
	buf_puts(&b, "INSERT INTO main.");
	quoted(&b, t->name);
	buf_puts(&b, t->rowid && t->alias < 0 ? "(rowid" : "(");
	values = t->rowid && t->alias < 0;
	for (size_t i = 0; i < n; i++) {
		if (!k->there[i])
			continue;
		buf_puts(&b, values++ ? "," : "");
		quoted(&b, t->column[i].name);
	}
	buf_puts(&b, ") VALUES(?");
	for (size_t i = 1; i < values; i++)
		buf_puts(&b, ",?");
	buf_puts(&b, ")");
	if (buf_err(&b) == ERR_OK && values > 0)
		(void)sqlite3_prepare_v2(k->v->db, buf_str(&b), -1, &k->insert[n], NULL);
	buf_finish(&b);
	return k->insert[n];
}

static int bind_value(sqlite3_stmt *st, int at, const struct bt_value *v)
{
	static const char none[] = "";
	const void *p = v->n ? (const void *)v->p : none;
	switch (v->type) {
	case BT_INTEGER:
		return sqlite3_bind_int64(st, at, v->integer);
	case BT_REAL:
		return sqlite3_bind_double(st, at, v->real);
	case BT_TEXT:
		return sqlite3_bind_text64(st, at, p, v->n, SQLITE_STATIC, SQLITE_UTF8);
	case BT_BLOB:
		return sqlite3_bind_blob64(st, at, p, v->n, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(st, at);
	}
}

static int bind_row(struct sink *k, sqlite3_stmt *st, const struct bt_row *r)
{
	const struct salvage_tree *t = k->tree;
	int at = 0, rc = SQLITE_OK;
	if (t->rowid && t->alias < 0)
		rc = sqlite3_bind_int64(st, ++at, r->rowid);
	for (size_t i = 0; i < r->n && i < t->n_columns && rc == SQLITE_OK; i++) {
		if (!k->there[i])
			continue;
		at++;
		rc = (int)i == t->alias ? sqlite3_bind_int64(st, at, r->rowid)
		                        : bind_value(st, at, &r->field[i]);
	}
	return rc;
}

/* SQLite's own table of the largest ids: it is there already. */
static int sequence_put(struct sink *k, const struct bt_row *r)
{
	sqlite3_stmt *st = NULL;
	int rc;
	if (r->n != 2)
		return SQLITE_CONSTRAINT;
	rc = sqlite3_prepare_v2(k->v->db,
	        "INSERT INTO sqlite_sequence(name, seq) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM "
	        "sqlite_schema WHERE type = 'table' AND name = ?1)",
	        -1, &st, NULL);
	if (rc == SQLITE_ERROR) /* nothing in the new store counts */
		return SQLITE_CONSTRAINT;
	for (int i = 0; rc == SQLITE_OK && i < 2; i++)
		rc = bind_value(st, i + 1, &r->field[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	(void)sqlite3_finalize(st);
	return rc;
}

static int row_step(struct sink *k, const struct bt_row *r)
{
	sqlite3_stmt *st;
	int rc;
	if (strcmp(k->tree->name, "sqlite_sequence") == 0)
		return sequence_put(k, r);
	st = r->n <= k->tree->n_columns ? insert_for(k, r->n) : NULL;
	if (!st)
		return SQLITE_CONSTRAINT;
	rc = bind_row(k, st, r);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	(void)sqlite3_clear_bindings(st);
	(void)sqlite3_reset(st);
	return rc;
}

static enum err row_put(
        struct sink *k, struct salvage_tree *t, const struct bt_row *r, struct why *w)
{
	enum err e = ERR_OK;
	int rc;
	if (!k->v || !t->keep) {
		t->rows++;
		return ERR_OK;
	}
	if (k->open++ == 0)
		e = store_exec(k->v, "BEGIN", w);
	if (e != ERR_OK)
		return e;
	rc = row_step(k, r);
	if (rc == SQLITE_DONE)
		t->rows++;
	else if ((rc & 0xff) == SQLITE_CONSTRAINT)
		t->twice++;
	else
		return store_err(k->v, rc, w);
	return k->open >= BATCH ? batch_end(k, w) : ERR_OK;
}

/* ---- rows of every page ------------------------------------------------------------------------
 */

struct work {
	struct salvage_trees t;
	struct salvage_model m;
	struct salvage_card c;
	struct bt_file file; /* as t.file, and notes whose the overflow pages are */
	struct bt_row row;
	uint32_t *order; /* pages with rows: tree by tree, the surest first, then by id */
	uint32_t n_order;
	uint32_t now;    /* the tree that is read */
	struct vault *v; /* the new store; NULL: only counting */
	const struct vault_salvage_job *job;
	struct why *why;
};

static bool chain_page(void *ctx, uint32_t pgno, uint8_t *out)
{
	struct work *k = ctx;
	struct salvage_note *n = &k->t.note[pgno];
	if (n->tree == NO_TREE && n->state != NOTE_PAGE) {
		n->tree = k->now;
		n->chained = true;
	}
	return card_page(&k->c, pgno, out);
}

static int by_place(const void *a, const void *b, void *ctx)
{
	const struct work *k = ctx;
	const uint32_t p = *(const uint32_t *)a, q = *(const uint32_t *)b;
	const struct salvage_note *m = &k->t.note[p], *n = &k->t.note[q];
	const int age_p = k->c.stale[p], age_q = k->c.stale[q];
	if (m->tree != n->tree)
		return m->tree < n->tree ? -1 : 1;
	if (age_p != age_q)
		return age_p < age_q ? -1 : 1;
	if (m->by_form != n->by_form)
		return m->by_form ? 1 : -1;
	if (m->low != n->low)
		return m->low < n->low ? -1 : 1;
	return p < q ? -1 : p > q;
}

static enum err order_make(struct work *k)
{
	k->order = calloc((size_t)k->t.pages + 1, sizeof(*k->order));
	if (!k->order)
		return ERR_NOMEM;
	for (uint32_t i = 1; i <= k->t.pages; i++) {
		const struct salvage_note *n = &k->t.note[i];
		if (n->state == NOTE_PAGE && n->cells && n->tree != NO_TREE && n->tree != 0)
			k->order[k->n_order++] = i;
	}
	qsort_r(k->order, k->n_order, sizeof(*k->order), by_place, k);
	return ERR_OK;
}

static enum err page_rows(struct work *k, struct sink *s, uint32_t pgno)
{
	struct salvage_tree *tree = &k->m.tree[k->now];
	struct bt_page p;
	struct bt_cell c;
	enum err e = ERR_OK;
	if (!card_page(&k->c, pgno, k->t.page) || !bt_page_parse(&k->file, pgno, k->t.page, &p))
		return ERR_OK;
	for (unsigned i = 0; i < p.cells && e == ERR_OK; i++) {
		e = bt_cell_parse(&p, i, &c) ? bt_row_read(&k->row, &k->file, &c) : ERR_DAMAGED;
		if (e == ERR_DAMAGED) {
			tree->short_rows++;
			e = ERR_OK;
		} else if (e == ERR_OK) {
			e = row_put(s, tree, &k->row, k->why);
		}
	}
	wipe(k->t.page, VAULT_PAGE);
	return e;
}

static enum err all_rows(struct work *k)
{
	struct sink s = {0};
	enum err e = order_make(k), end;
	for (uint32_t i = 0; i < k->n_order && e == ERR_OK; i++) {
		const uint32_t tree = k->t.note[k->order[i]].tree;
		if (i == 0 || tree != k->now) {
			e = sink_close(&s, k->why);
			k->now = tree;
			if (e == ERR_OK)
				e = sink_open(&s, k->v, &k->m.tree[tree]);
		}
		if (e == ERR_OK)
			e = page_rows(k, &s, k->order[i]);
		if (k->job->fn)
			k->job->fn(k->job->ctx, (uint64_t)k->t.pages + i, 2 * (uint64_t)k->t.pages);
	}
	end = sink_close(&s, k->why);
	return e == ERR_OK ? end : e;
}

/* ---- the new store -----------------------------------------------------------------------------
 */

/* Whether SQLite's own table of the largest ids was read whole. */
static bool ids_known(const struct work *k)
{
	uint32_t tree = 1;
	while (tree < k->m.n_trees && strcmp(k->m.tree[tree].name, "sqlite_sequence") != 0)
		tree++;
	if (tree == k->m.n_trees || k->m.tree[tree].root == 0 || k->m.tree[tree].short_rows > 0)
		return false;
	for (uint32_t i = 1; i <= k->t.pages; i++)
		if (k->t.note[i].tree == tree && k->t.note[i].state == NOTE_BAD)
			return false;
	return true;
}

/*
 * The ids that were given before are not given again. SQLite keeps the largest of each table in
 * sqlite_sequence: of what was inserted now, and (several rows a table) of what was saved.
 */
static enum err ids_kept(struct work *k)
{
	char sql[640];
	const unsigned step = ids_known(k) ? 0 : ID_STEP;
	(void)snprintf(sql, sizeof(sql),
	        "BEGIN; CREATE TEMP TABLE largest AS SELECT s.name AS name, coalesce(max(q.seq), "
	        "0) "
	        "+ %u AS seq FROM sqlite_schema s LEFT JOIN sqlite_sequence q ON q.name = s.name "
	        "WHERE s.type = 'table' AND s.sql LIKE '%%AUTOINCREMENT%%' GROUP BY s.name;"
	        "DELETE FROM sqlite_sequence; INSERT INTO sqlite_sequence(name, seq) SELECT name, "
	        "seq FROM largest WHERE seq > 0; DROP TABLE largest; COMMIT",
	        step);
	if (!strstr(k->m.tables, "AUTOINCREMENT"))
		return ERR_OK;
	return store_exec(k->v, sql, k->why);
}

static enum err out_begin(struct work *k, const struct vault *old)
{
	struct vault *v = NULL;
	enum err e = vault_new(k->job->out, &v);
	if (e != ERR_OK)
		return e;
	k->v = v;
	e = vault_io()->make_dir(k->job->out);
	if (e != ERR_OK)
		return why(k->why, e, "The directory for what is saved could not be made.");
	e = vault_lock(v, k->why);
	if (e != ERR_OK)
		return e;
	v->ring = old->ring;
	memcpy(v->keys, old->keys, sizeof(*v->keys));
	memcpy(v->opener, old->opener, sizeof(v->opener));
	v->n_opener = old->n_opener;
	e = store_make_parts(v, k->why);
	if (e != ERR_OK)
		return e;
	v->anchor.epoch = k->c.epoch ? k->c.epoch + EPOCH_STEP : EPOCH_FAR;
	v->anchor.began = k->c.began;
	v->anchor.ring_serial = le_get(v->ring.head.serial, 8);
	/* The audit goes on with the key that comes next; without one it begins another. */
	v->anchor.audit_key_seq = k->c.audit_key_seq;
	memcpy(v->keys->audit, k->c.keys->audit, sizeof(v->keys->audit));
	v->anchor.dirty = true;
	e = store_exec(v, "PRAGMA foreign_keys=OFF", k->why);
	return e == ERR_OK ? store_exec(v, k->m.tables, k->why) : e;
}

static enum err out_end(struct work *k, struct vault_salvage *ret, struct buf *lost)
{
	char sql[64];
	enum err e = ids_kept(k);
	if (e == ERR_OK)
		e = store_exec(k->v, k->m.rest, k->why);
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version=%lld", (long long)k->m.version);
	if (e == ERR_OK)
		e = store_exec(k->v, sql, k->why);
	if (e == ERR_OK && k->job->finish)
		e = k->job->finish(k->job->ctx, k->v, ret, lost, k->why);
	if (e == ERR_OK)
		e = store_exec(k->v, "PRAGMA foreign_keys=ON", k->why);
	if (e == ERR_OK)
		e = store_settle(k->v, k->why);
	if (e == ERR_OK)
		e = anchor_save(&k->v->anchor);
	return e;
}

/* The list beside the store, and then the keyring, which makes it one. */
static enum err out_write(struct work *k, const struct buf *lost)
{
	char path[PATH_MAX];
	enum err e = store_path(path, k->job->out, VAULT_FILE_LOST);
	if (e == ERR_OK)
		e = buf_err(lost);
	if (e == ERR_OK)
		e = vault_io()->replace(path, (const uint8_t *)buf_str(lost), lost->len);
	return e == ERR_OK ? store_make_keyring(k->v) : e;
}

static void out_close(struct work *k)
{
	if (!k->v)
		return;
	(void)db_close(k->v);
	vault_free(k->v);
	k->v = NULL;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static bool saves(const struct salvage_tree *t)
{
	return t->keep && sqlite3_strnicmp(t->name, "sqlite_", 7) != 0;
}

static void tally(const struct work *k, struct vault_salvage *s)
{
	*s = (struct vault_salvage){.pages = k->t.pages, .mark = k->c.mark};
	for (uint32_t i = 1; i <= k->t.pages; i++) {
		const struct salvage_note *n = &k->t.note[i];
		s->bad_pages += n->state == NOTE_BAD;
		s->old_pages += k->c.stale[i] == AGE_OLD;
		s->lost_pages += n->state == NOTE_PAGE && n->cells && n->tree == NO_TREE;
	}
	for (size_t i = 1; i < k->m.n_trees; i++) {
		const struct salvage_tree *t = &k->m.tree[i];
		if (!saves(t))
			continue;
		s->tables++;
		s->rows += t->rows;
		s->lost_rows += t->short_rows + t->twice;
	}
}

/* A store of nothing is not made: it would look like what there was. */
static enum err something_there(struct work *k)
{
	for (uint32_t i = 1; i <= k->t.pages; i++) {
		const struct salvage_note *n = &k->t.note[i];
		if (n->state == NOTE_PAGE && n->cells && n->tree != NO_TREE &&
		        saves(&k->m.tree[n->tree]))
			return ERR_OK;
	}
	if (!card_opens(&k->c))
		return why(k->why, ERR_DAMAGED, STRANGE "Nothing was made. " RING_BACK);
	return why(k->why, ERR_DAMAGED,
	        "Not one record can be saved: no page that holds records opens. Nothing was made. "
	        "Restore from a backup.");
}

static enum err work_run(
        struct work *k, const struct vault *old, struct vault_salvage *ret, struct buf *lost)
{
	enum err e = card_open(old, &k->c, k->why);
	if (e != ERR_OK)
		return e;
	e = trees_open(&k->t, &k->c, &k->m, k->job->schema, k->job->fn, k->job->ctx);
	k->file = k->t.file;
	k->file.page = chain_page;
	k->file.ctx = k;
	if (e == ERR_OK)
		e = bt_row_init(&k->row, &k->file);
	if (e == ERR_OK && k->job->out)
		e = something_there(k);
	if (e == ERR_OK && k->job->out)
		e = out_begin(k, old);
	if (e == ERR_OK)
		e = all_rows(k);
	if (e != ERR_OK)
		return e;
	tally(k, ret);
	report_write(&k->t, ret, lost);
	if (k->job->out)
		e = out_end(k, ret, lost);
	if (e == ERR_OK && k->job->out)
		e = out_write(k, lost);
	return e == ERR_OK ? buf_err(lost) : e;
}

static enum err salvage(const struct vault *old, const struct vault_salvage_job *job,
        struct vault_salvage *ret, struct buf *lost, struct why *w)
{
	struct work *k = calloc(1, sizeof(*k));
	enum err e;
	if (!k)
		return ERR_NOMEM;
	k->job = job;
	k->why = w;
	k->c.db = k->c.wal = -1;
	e = work_run(k, old, ret, lost);
	out_close(k);
	bt_row_finish(&k->row);
	free(k->order);
	trees_finish(&k->t);
	model_finish(&k->m);
	card_close(&k->c);
	free(k);
	return e;
}

enum err vault_salvage_open(const struct vault *v, const struct vault_salvage_job *job,
        struct vault_salvage *ret, struct buf *lost, struct why *w)
{
	for (size_t i = 0; job->out && i < v->n_opener; i++)
		if (v->opener[i].kind == VAULT_SLOT_AUDITOR)
			return why(w, ERR_DENIED,
			        "An auditor's key reads the audit log and nothing else, and a "
			        "salvage gives every record. Nothing was written. Use a person's "
			        "key, or the recovery words.");
	return salvage(v, job, ret, lost, w);
}

enum err vault_salvage(struct vault_unlock *u, const struct vault_salvage_job *job,
        struct vault_salvage *ret, struct buf *lost, struct why *w)
{
	const struct vault *old = unlock_vault(u);
	if (!old)
		return why(w, ERR_REFUSED, "The store is still locked: a key is missing.");
	return vault_salvage_open(old, job, ret, lost, w);
}
