#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Practice texts of the partnership's own, kept in the store (R21). Invariants:
 * 1. What is in force is the program's texts and then the store's, in the order of their names.
 * 2. A version of a text is never written over: a change is a later version, and what was replaced
 *    or removed stays, so that a record can be read against what it was made under.
 * 3. A store always opens: a text that this program no longer takes is left out, and that is said;
 *    the others stay in force.
 */
#define OWN "store/" /* before the names of the store's texts */
#define OWN_MAX 48   /* in force */
#define KEPT_MAX 400 /* with those replaced and removed */
#define FILE_NAME_MAX 60
#define ALL_MAX (PRACTICE_MAX + OWN_MAX)
#define ARENA_MAX (32u << 20)

struct texts {
	struct practice_text t[OWN_MAX];
	const char *left_out[OWN_MAX]; /* after loading: why; NULL = in force */
	size_t n;
};

static enum err texts_read(struct record *r, struct arena *a, struct texts *x)
{
	struct sql q;
	int64_t version = 0;
	*x = (struct texts){.n = 0};
	TRY(sql_one_int(r, &version, "PRAGMA user_version", ""));
	if (version < 2) /* of an earlier program, not migrated yet: it has none */
		return ERR_OK;
	sql_query(
	        r, &q, "SELECT name, json FROM practice_text WHERE gone IS NULL ORDER BY name", "");
	while (x->n < OWN_MAX && sql_step(&q)) {
		const char *name = arena_printf(a, OWN "%s", sql_text(&q, 0, a)),
		           *json = sql_text(&q, 1, a);
		if (!name)
			q.err = ERR_NOMEM;
		else
			x->t[x->n++] = (struct practice_text){name, json, strlen(json)};
	}
	return sql_end(&q);
}

static enum err load_with(
        const struct texts *x, const bool *in, struct practice **ret, struct why *w)
{
	struct practice_text all[ALL_MAX];
	size_t n = practice_assets(all, PRACTICE_MAX);
	for (size_t i = 0; i < x->n; i++)
		if (in[i])
			all[n++] = x->t[i];
	return practice_load(all, n, ret, w);
}

/* Adds to `p` each text that loads beside it; true when any did. */
static bool load_more(struct arena *a, struct texts *x, bool *in, struct practice **p)
{
	bool more = false;
	for (size_t i = 0; i < x->n; i++) {
		struct practice *next;
		struct why w = {0};
		if (in[i])
			continue;
		in[i] = true;
		if (load_with(x, in, &next, &w) == ERR_OK) {
			practice_destroy(*p);
			*p = next;
			x->left_out[i] = NULL;
			more = true;
		} else {
			in[i] = false;
			x->left_out[i] = arena_strdup(a, w.text);
			if (!x->left_out[i])
				x->left_out[i] = "there is no memory for it";
		}
	}
	return more;
}

/* One text that does not load costs no other, but those that need it. */
static enum err texts_load(struct arena *a, struct texts *x, struct practice **ret)
{
	bool in[OWN_MAX];
	memset(in, true, sizeof(in));
	enum err e = load_with(x, in, ret, NULL);
	if (e == ERR_OK || e == ERR_NOMEM)
		return e;
	struct practice *p = NULL;
	memset(in, false, sizeof(in));
	TRY(load_with(x, in, &p, NULL));
	while (load_more(a, x, in, &p))
		;
	*ret = p;
	return ERR_OK;
}

static size_t count_left_out(const struct texts *x, const char **ret_why)
{
	size_t n = 0;
	for (size_t i = 0; i < x->n; i++)
		if (x->left_out[i] && n++ == 0)
			*ret_why = x->left_out[i];
	return n;
}

enum err record_practice_load(struct vault *v, struct practice **ret, struct why *w)
{
	struct arena a;
	struct texts x;
	const char *reason = "";
	if (w)
		w->text[0] = 0;
	struct record *r = calloc(1, sizeof(*r)); /* for its statements alone */
	if (!r)
		return ERR_NOMEM;
	r->vault = v;
	r->db = vault_db(v);
	arena_init(&a, ARENA_MAX);
	enum err e = texts_read(r, &a, &x);
	if (!e)
		e = texts_load(&a, &x, ret);
	if (!e) {
		size_t n = count_left_out(&x, &reason);
		if (n == 1)
			(void)why(w, ERR_INPUT,
			        "A practice text of the partnership is left out: %s. caseroomctl "
			        "practice list shows it.",
			        reason);
		else if (n > 1)
			(void)why(w, ERR_INPUT,
			        "%zu practice texts of the partnership are left out; the first: "
			        "%s. caseroomctl practice list shows them.",
			        n, reason);
	}
	arena_finish(&a);
	e = sql_said(r, e, w);
	record_close(r);
	return e;
}

/* ---- changing them ---- */

static enum err check_name(const char *name, struct why *w)
{
	size_t n = name ? strlen(name) : 0;
	bool good = n > 5 && n <= FILE_NAME_MAX && strcmp(name + n - 5, ".json") == 0;
	for (size_t i = 0; good && i < n - 5; i++)
		good = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') ||
		       name[i] == '-';
	if (!good)
		return why(w, ERR_INPUT,
		        "\"%.60s\" is no name of a practice text: small letters, digits and "
		        "hyphens, then .json, as tool-local.json.",
		        n ? name : "");
	return ERR_OK;
}

/* The texts in force with `name` put in its place, or (json NULL) taken away. */
static enum err texts_with(
        const struct texts *was, const char *name, const char *json, struct texts *x, struct why *w)
{
	size_t at = 0;
	*x = *was;
	memset(x->left_out, 0, sizeof(x->left_out));
	while (at < x->n && strcmp(x->t[at].name, name) < 0)
		at++;
	bool there = at < x->n && strcmp(x->t[at].name, name) == 0;
	if (!json) {
		if (!there)
			return why(w, ERR_NOT_FOUND,
			        "There is no text %s of the partnership's own.",
			        name + strlen(OWN));
		memmove(&x->t[at], &x->t[at + 1], (--x->n - at) * sizeof(x->t[0]));
		return ERR_OK;
	}
	if (!there && x->n == OWN_MAX)
		return why(w, ERR_LIMIT,
		        "There are %d practice texts already; remove one that is not needed.",
		        OWN_MAX);
	if (!there)
		memmove(&x->t[at + 1], &x->t[at], (x->n++ - at) * sizeof(x->t[0]));
	x->t[at] = (struct practice_text){name, json, strlen(json)};
	return ERR_OK;
}

static bool was_left_out(const struct texts *x, const char *name)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->left_out[i] && strcmp(x->t[i].name, name) == 0)
			return true;
	return false;
}

/* A meeting is read by its type, so one that was used cannot go. */
static enum err check_types(struct record *r, struct arena *a, const struct practice *before,
        const struct practice *after, struct why *w)
{
	struct sql q;
	enum err e = ERR_OK;
	sql_query(r, &q, "SELECT type, count(*) FROM meeting GROUP BY type", "");
	while (!e && sql_step(&q)) {
		const char *type = sql_text(&q, 0, a);
		int n = (int)sql_int(&q, 1);
		if (practice_type(before, type) && !practice_type(after, type))
			e = why(w, ERR_REFUSED,
			        "%d %s the type \"%s\", and %s read by it. It stays.", n,
			        n == 1 ? "meeting has" : "meetings have", type,
			        n == 1 ? "is" : "are");
	}
	enum err end = sql_end(&q);
	return e ? e : end;
}

static enum err check_change(struct record *r, struct arena *a, const char *name, const char *json,
        const struct texts *was, const struct practice *before, int *ret_version, struct why *w)
{
	struct texts x;
	struct practice *after = NULL;
	const char *full = arena_printf(a, OWN "%s", name);
	if (!full)
		return ERR_NOMEM;
	TRY(texts_with(was, full, json, &x, w));
	TRY(texts_load(a, &x, &after));
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < x.n; i++)
		if (x.left_out[i] && strcmp(x.t[i].name, full) == 0)
			e = why(w, ERR_INPUT, "%s.", x.left_out[i]);
	for (size_t i = 0; !e && i < x.n; i++)
		if (x.left_out[i] && !was_left_out(was, x.t[i].name))
			e = why(w, ERR_REFUSED, "Another text needs what it said: %s.",
			        x.left_out[i]);
	if (!e && json)
		e = practice_may_replace(before, after, full, OWN, w);
	if (!e)
		e = check_types(r, a, before, after, w);
	if (!e && json)
		*ret_version = practice_text_version(after, full);
	practice_destroy(after);
	return e;
}

/* The version is a new one of this text; or the last that was removed, and the same. */
static enum err check_version(struct record *r, struct arena *a, const char *name, const char *json,
        int version, int64_t *ret_again, struct why *w)
{
	struct sql q;
	int64_t kept = 0;
	enum err e = ERR_OK;
	*ret_again = 0;
	TRY(sql_one_int(r, &kept, "SELECT count(*) FROM practice_text", ""));
	sql_query(r, &q,
	        "SELECT id, version, json, gone FROM practice_text WHERE name = ? ORDER BY version "
	        "DESC LIMIT 1",
	        "t", name);
	if (sql_step(&q) && sql_int(&q, 1) >= version) {
		bool same = sql_int(&q, 1) == version && strcmp(sql_text(&q, 2, a), json) == 0;
		if (same && !sql_null(&q, 3))
			*ret_again = sql_int(&q, 0);
		else if (same)
			e = why(w, ERR_EXISTS, "This version of it is in force already.");
		else
			e = why(w, ERR_REFUSED,
			        "Version %d of it was kept before: raise its version above that.",
			        (int)sql_int(&q, 1));
	}
	enum err end = sql_end(&q);
	if (e || end)
		return e ? e : end;
	if (!*ret_again && kept >= KEPT_MAX)
		return why(w, ERR_LIMIT, "%d versions of practice texts are kept; no more fit.",
		        KEPT_MAX);
	return ERR_OK;
}

static enum err check_all(struct record *r, struct arena *a, const char *name, const char *json,
        int *ret_version, int64_t *ret_again, struct why *w)
{
	struct texts was;
	struct practice *before = NULL;
	TRY(check_name(name, w));
	TRY(texts_read(r, a, &was));
	TRY(texts_load(a, &was, &before));
	enum err e = check_change(r, a, name, json, &was, before, ret_version, w);
	if (!e && json)
		e = check_version(r, a, name, json, *ret_version, ret_again, w);
	practice_destroy(before);
	return e;
}

enum err record_practice_check(struct record *r, const char *name, const char *json, struct why *w)
{
	struct arena a;
	int version = 0;
	int64_t again;
	arena_init(&a, ARENA_MAX);
	enum err e = check_all(r, &a, name, json, &version, &again, w);
	arena_finish(&a);
	return e;
}

enum err cmd_practice(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	const char *name = c->u.practice.name,
	           *json = c->u.practice.json && *c->u.practice.json ? c->u.practice.json : NULL;
	struct arena a;
	int version = 0;
	int64_t again = 0, now = time_now_us();
	arena_init(&a, ARENA_MAX);
	enum err e = check_all(r, &a, name, json, &version, &again, w);
	arena_finish(&a);
	TRY(e);
	if (!json)
		TRY(sql_one_int(r, &d->id,
		        "SELECT id FROM practice_text WHERE name = ? AND gone IS NULL", "t", name));
	TRY(sql_run(r, "UPDATE practice_text SET gone = ? WHERE name = ? AND gone IS NULL", "ut",
	        now, name));
	if (again) {
		d->id = again;
		return sql_run(r, "UPDATE practice_text SET gone = NULL, at = ? WHERE id = ?", "ui",
		        now, again);
	}
	if (!json)
		return ERR_OK;
	return sql_insert(r, &d->id,
	        "INSERT INTO practice_text(name, version, json, at) VALUES(?,?,?,?)", "titu", name,
	        (int64_t)version, json, now);
}

enum err record_practice_texts(
        struct record *r, struct arena *a, struct practice_text_row **ret, size_t *ret_n)
{
	struct texts x;
	struct practice *p = NULL;
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	TRY(texts_read(r, a, &x));
	TRY(texts_load(a, &x, &p));
	practice_destroy(p);
	sql_query(r, &q,
	        "SELECT name, version, json, at, gone FROM practice_text ORDER BY name, version",
	        "");
	while (sql_step(&q)) {
		struct practice_text_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct practice_text_row){.name = sql_text(&q, 0, a),
		        .version = (int)sql_int(&q, 1),
		        .json = sql_text(&q, 2, a),
		        .at_us = sql_us(&q, 3),
		        .gone_us = sql_us(&q, 4)};
		for (size_t i = 0; o->gone_us == TIME_NONE && i < x.n; i++)
			if (x.left_out[i] && strcmp(x.t[i].name + strlen(OWN), o->name) == 0)
				o->left_out = x.left_out[i];
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
