#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Certificates of disposal: what was counted, under which data keys, and their numbered copies. */

enum err certificates_settle(struct record *r)
{
	uint8_t key[VAULT_KEY_MARK_BYTES];
	int64_t n;
	vault_key_mark(r->vault, key);
	TRY(sql_one_int(r, &n,
	        "SELECT count(*) FROM certificate WHERE key_after IS NULL AND key_before <> ?", "b",
	        key, sizeof(key)));
	if (!n)
		return ERR_OK;
	TRY(txn_begin(r));
	enum err e = sql_run(r,
	        "UPDATE certificate SET key_after = ?1, key_at = ?2 WHERE key_after IS NULL AND "
	        "key_before <> ?1",
	        "bu", key, sizeof(key), time_now_us());
	struct audit_entry entry = {.act = "store.data-key", .subject = "store"};
	if (!e)
		e = audit_add(r, &entry);
	if (!e)
		return txn_commit(r);
	txn_rollback(r);
	return e;
}

enum err record_key_pending(struct record *r, bool *ret)
{
	int64_t n;
	TRY(sql_one_int(r, &n, "SELECT count(*) FROM certificate WHERE key_after IS NULL", ""));
	*ret = n > 0;
	return ERR_OK;
}

static const char *key_words(struct sql *q, int col, struct arena *a)
{
	const uint8_t *k = sqlite3_column_blob(q->st, col);
	if (!k || sqlite3_column_bytes(q->st, col) != VAULT_KEY_MARK_BYTES)
		return "";
	const char *s = arena_printf(a, "%02X%02X %02X%02X %02X%02X %02X%02X", k[0], k[1], k[2],
	        k[3], k[4], k[5], k[6], k[7]);
	if (!s)
		q->err = ERR_NOMEM;
	return s ? s : "";
}

static enum err put_lines(struct record *r, struct arena *a, struct certificate_row *o)
{
	struct sql q;
	void *rows = NULL;
	size_t cap = 0;
	sql_query(r, &q,
	        "SELECT what, period, source, n, reviewer, first, last FROM certificate_line WHERE "
	        "certificate = ? ORDER BY id",
	        "i", o->id);
	while (sql_step(&q)) {
		struct certificate_line *l = arena_grow(a, &rows, &o->n_lines, &cap, sizeof(*l));
		if (!l) {
			q.err = ERR_NOMEM;
			break;
		}
		*l = (struct certificate_line){.what = sql_text(&q, 0, a),
		        .period = sql_text(&q, 1, a),
		        .source = sql_text(&q, 2, a),
		        .n = sql_int(&q, 3),
		        .reviewer = sql_text(&q, 4, a),
		        .first = sql_day(&q, 5),
		        .last = sql_day(&q, 6)};
	}
	o->line = rows;
	return sql_end(&q);
}

/* What one of them is called; what was deleted is counted under the name of many. */
static const char *counted(const char *many, int64_t n)
{
	static const struct {
		const char *many, *one;
	} NAME[] = {{"actions", "action"}, {"agenda items", "agenda item"},
	        {"begun sentences", "begun sentence"}, {"cases", "case"},
	        {"corrections of minutes", "correction of minutes"}, {"decisions", "decision"},
	        {"declared conflicts", "declared conflict"},
	        {"earlier details of people", "earlier detail of a person"},
	        {"events and clocks", "event or clock"}, {"exemption marks", "exemption mark"},
	        {"incidents", "incident"}, {"lines of research", "line of research"},
	        {"meetings", "meeting"}, {"notes", "note"},
	        {"people and places", "person or place"}, {"relations", "relation"},
	        {"returns of research", "return of research"},
	        {"risk assessments", "risk assessment"},
	        {"sealed copies on lists", "sealed copy on a list"}, {"seats", "seat"},
	        {"statements", "statement"}, {"steps of case reviews", "step of a case review"},
	        {"versions of minutes", "version of minutes"}};
	for (size_t i = 0; n == 1 && i < COUNT_OF(NAME); i++)
		if (strcmp(NAME[i].many, many) == 0)
			return NAME[i].one;
	return many;
}

static enum err put_counts(struct record *r, struct arena *a, struct certificate_row *o)
{
	struct sql q;
	void *rows = NULL;
	size_t cap = 0;
	sql_query(r, &q, "SELECT what, n FROM certificate_count WHERE certificate = ? ORDER BY id",
	        "i", o->id);
	while (sql_step(&q)) {
		struct certificate_count *l = arena_grow(a, &rows, &o->n_counts, &cap, sizeof(*l));
		if (!l) {
			q.err = ERR_NOMEM;
			break;
		}
		l->n = sql_int(&q, 1);
		l->what = counted(sql_text(&q, 0, a), l->n);
	}
	o->count = rows;
	return sql_end(&q);
}

static enum err certificates(
        struct record *r, struct arena *a, int64_t id, struct certificate_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT id, at, carried, key_before, key_after, key_at, audit FROM certificate "
	        "WHERE "
	        "?1 = 0 OR id = ?1 ORDER BY id DESC",
	        "i", id);
	while (sql_step(&q)) {
		struct certificate_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct certificate_row){.id = sql_int(&q, 0),
		        .at_us = sql_us(&q, 1),
		        .carried = sql_text(&q, 2, a),
		        .key_before = key_words(&q, 3, a),
		        .key_after = key_words(&q, 4, a),
		        .key_us = sql_us(&q, 5),
		        .audit_seq = sql_int(&q, 6)};
	}
	TRY(sql_end(&q));
	struct certificate_row *o = rows;
	for (size_t i = 0; i < n; i++) {
		TRY(put_lines(r, a, &o[i]));
		TRY(put_counts(r, a, &o[i]));
	}
	*ret = o;
	*ret_n = n;
	return ERR_OK;
}

enum err record_certificates(
        struct record *r, struct arena *a, struct certificate_row **ret, size_t *ret_n)
{
	return certificates(r, a, 0, ret, ret_n);
}

enum err record_certificate(
        struct record *r, struct arena *a, int64_t id, struct certificate_row *ret)
{
	struct certificate_row *o;
	size_t n;
	if (id <= 0)
		return ERR_NOT_FOUND;
	TRY(certificates(r, a, id, &o, &n));
	if (!n)
		return ERR_NOT_FOUND;
	*ret = o[0];
	return ERR_OK;
}

enum err record_certificate_next(struct record *r, int64_t id, int *ret)
{
	int64_t n;
	TRY(sql_one_int(r, &n,
	        "SELECT coalesce(max(copy), 0) + 1 FROM certificate_copy WHERE certificate = ?",
	        "i", id));
	*ret = (int)n;
	return ERR_OK;
}

enum err cmd_certificate_copy(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t there;
	d->id = c->u.certificate.certificate;
	TRY(sql_one_int(r, &there, "SELECT count(*) FROM certificate WHERE id = ?", "i", d->id));
	if (!there)
		return why(w, ERR_NOT_FOUND, "There is no such certificate.");
	return sql_run(r,
	        "INSERT INTO certificate_copy(certificate, copy, agency, digest, bytes, sealed) "
	        "VALUES(?,?,?,?,?,?)",
	        "iizbiu", d->id, (int64_t)c->u.certificate.copy, c->u.certificate.agency,
	        c->u.certificate.digest, (size_t)VAULT_HASH_BYTES, c->u.certificate.bytes,
	        time_now_us());
}
