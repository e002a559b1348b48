#include "record_int.h"
#include <stdio.h>

/* What is kept beside the records: what backup and restore ask of them (when the last one was made,
 * what came after, that a restored store says so for ever), and how the panel looks. */

static enum err setting_put(struct record *r, const char *key, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%lld", (long long)value);
	return sql_run(r,
	        "INSERT INTO setting VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = "
	        "excluded.value",
	        "tt", key, text);
}

static enum err setting_get(struct record *r, const char *key, int64_t none, int64_t *ret)
{
	*ret = none;
	return sql_one_int(r, ret,
	        "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?), ?)",
	        "ti", key, none);
}

/* A setting and its entry in the audit, together. */
static enum err note(struct record *r, const char *act, const char *key, int64_t value)
{
	const struct audit_entry e = {.act = act, .subject = "store"};
	TRY(txn_begin(r));
	enum err err = setting_put(r, key, value);
	if (!err)
		err = audit_add(r, &e);
	if (!err)
		return txn_commit(r);
	txn_rollback(r);
	return err;
}

enum err record_backup_done(struct record *r)
{
	return note(r, "store.backup", "backup", time_now_us());
}

enum err record_backup_last(struct record *r, int64_t *ret_us)
{
	return setting_get(r, "backup", TIME_NONE, ret_us);
}

/* Nothing of any case: it has no entry in the audit. */
enum err record_look_keep(struct record *r, int look)
{
	return setting_put(r, "look", look);
}

enum err record_look(struct record *r, int *ret)
{
	int64_t look = -1;
	enum err e = setting_get(r, "look", -1, &look);
	*ret = look >= 0 && look < 256 ? (int)look : -1;
	return e;
}

enum err kept_life(struct record *r)
{
	const int64_t now = (int64_t)vault_life(r->vault);
	int64_t noted = 0;
	if (now == 0)
		return ERR_OK;
	r->own++; /* of the audit log, and nothing of any case: an auditor's key notes it as well */
	enum err e = setting_get(r, "life", 0, &noted);
	if (!e && noted != now)
		e = note(r, "store.restored", "life", now);
	r->own--;
	return e;
}

enum err kept_life_known(struct record *r)
{
	return setting_put(r, "life", (int64_t)vault_life(r->vault));
}

/* How many lines of which kind of file: an import is one entry, whatever it brought. */
static enum err since_imports(struct record *r, struct arena *a, int64_t from, struct since *ret)
{
	size_t cap = 0;
	void *rows = NULL;
	struct sql q;
	sql_query(r, &q,
	        "SELECT substr(act, length('import.') + 1), sum(subject_id) FROM audit WHERE seq > "
	        "? AND subject = 'import' GROUP BY act ORDER BY min(seq)",
	        "i", from);
	while (sql_step(&q)) {
		struct since_import *i = arena_grow(a, &rows, &ret->n_imports, &cap, sizeof(*i));
		if (!i) {
			q.err = ERR_NOMEM;
			break;
		}
		i->kind = sql_text(&q, 0, a);
		i->lines = (uint64_t)sql_int(&q, 1);
	}
	ret->import = rows;
	return sql_end(&q);
}

enum err record_since(struct record *r, struct arena *a, uint64_t seq, struct since *ret)
{
	const int64_t from = (int64_t)seq;
	int64_t actions = 0, cases = 0;
	size_t cap = 0;
	void *rows = NULL;
	struct sql q;
	*ret = (struct since){
	        .entries = (uint64_t)r->head_seq > seq ? (uint64_t)r->head_seq - seq : 0};
	TRY(sql_one_int(r, &actions,
	        "SELECT count(DISTINCT subject_id) FROM audit WHERE seq > ? AND subject = 'action'",
	        "i", from));
	TRY(sql_one_int(r, &cases,
	        "SELECT count(DISTINCT kase) FROM audit WHERE seq > ? AND kase <> 0 AND act NOT "
	        "LIKE '%.read'",
	        "i", from));
	ret->actions = (uint64_t)actions;
	ret->cases = (uint64_t)cases;
	TRY(since_imports(r, a, from, ret));
	sql_query(r, &q,
	        "SELECT f.name, m.day, m.state FROM meeting m JOIN forum f ON f.id = m.forum WHERE "
	        "m.id IN (SELECT CASE WHEN meeting <> 0 THEN meeting ELSE subject_id END FROM "
	        "audit WHERE seq > ? AND (meeting <> 0 OR subject = 'meeting')) ORDER BY m.starts",
	        "i", from);
	while (sql_step(&q)) {
		char day[TIME_TEXT_MAX];
		struct since_meeting *m = arena_grow(a, &rows, &ret->n_meetings, &cap, sizeof(*m));
		if (!m) {
			q.err = ERR_NOMEM;
			break;
		}
		m->name = arena_printf(a, "%s, %s", sql_text(&q, 0, a),
		        day_text(day, (int32_t)sql_int(&q, 1), DAY_YEAR));
		m->closed = sql_int(&q, 2) >= MEETING_CLOSED;
	}
	ret->meeting = rows;
	return sql_end(&q);
}
