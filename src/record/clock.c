#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Clocks: started by one recorded event, stopped by another; what the record keeps is the version
 * it was made under. */

enum err clocks_start(struct record *r, int64_t kase, const struct practice_type *t,
        const char *event, int64_t at_us)
{
	for (size_t i = 0; i < t->n_clocks; i++) {
		const struct practice_clock *c = practice_clock(r->practice, t->clock[i]);
		if (c && strcmp(c->starts, event) == 0)
			TRY(sql_run(r,
			        "INSERT INTO clock(kase, clock, version, started, due) "
			        "VALUES(?,?,?,?,?)",
			        "itiuu", kase, c->id, (int64_t)c->version, at_us,
			        practice_clock_due(r->practice, c, at_us)));
	}
	return ERR_OK;
}

enum err clocks_event(struct record *r, int64_t kase, const char *event, int64_t at_us)
{
	struct sql q;
	struct arena a;
	const char *stop[PRACTICE_MAX];
	size_t n = 0;
	enum err e = ERR_OK;
	arena_init(&a, 1u << 18);
	sql_query(r, &q, "SELECT clock FROM clock WHERE kase = ? AND stopped IS NULL", "i", kase);
	while (n < PRACTICE_MAX && sql_step(&q)) {
		const struct practice_clock *c = practice_clock(r->practice, sql_text(&q, 0, &a));
		if (c && strcmp(c->stops, event) == 0)
			stop[n++] = c->id;
	}
	e = sql_end(&q);
	for (size_t i = 0; !e && i < n; i++)
		e = sql_run(r,
		        "UPDATE clock SET stopped = ? WHERE kase = ? AND clock = ? AND stopped IS "
		        "NULL",
		        "uit", at_us, kase, stop[i]);
	/* what this event starts, by the type of the case's forum */
	struct forum_row f;
	int64_t forum = 0;
	if (!e)
		e = sql_one_int(r, &forum, "SELECT forum FROM kase WHERE id = ?", "i", kase);
	if (!e)
		e = record_forum(r, &a, forum, &f);
	if (!e && f.type)
		e = clocks_start(r, kase, f.type, event, at_us);
	arena_finish(&a);
	return e;
}

enum err record_clocks(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, size_t limit, struct clock_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t now = time_now_us();
	sql_query(r, &q,
	        "SELECT c.kase, k.ref, c.clock, c.started, c.due, c.id FROM clock c JOIN kase k ON "
	        "k.id = c.kase WHERE c.stopped IS NULL AND k.forum = ? AND k.open = 1"
	        " ORDER BY c.due",
	        "i", forum);
	while (n < limit && sql_step(&q)) {
		enum sight s;
		const struct practice_clock *c = practice_clock(r->practice, sql_text(&q, 2, a));
		char words[80];
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		if (!c || s < SIGHT_ANON)
			continue;
		struct clock_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		int64_t started = sql_us(&q, 3), due = sql_us(&q, 4);
		practice_clock_words(r->practice, c, started, now, words, sizeof(words));
		*o = (struct clock_row){.id = sql_int(&q, 5),
		        .case_id = sql_int(&q, 0),
		        .ref = sql_text(&q, 1, a),
		        .what = c->what,
		        .left = arena_strdup(a, words),
		        .late = due < now};
		int64_t permille =
		        due > started ? (now - started) / ((due - started) / 1000 + 1) : 1000;
		o->permille = permille < 0 ? 0 : permille > 1000 ? 1000 : (int)permille;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err cmd_clock_stop(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	enum sight s;
	int64_t open = 0;
	d->id = c->u.clock.clock;
	enum err e = sql_one_int(r, &d->case_id, "SELECT kase FROM clock WHERE id = ?", "i", d->id);
	if (e)
		return why(w, e, "There is no such clock.");
	TRY(record_viewer_opener(r, &v));
	TRY(record_sight(r, &v, d->case_id, &s));
	if (s < SIGHT_ANON)
		return why(w, ERR_NOT_FOUND, "There is no such clock.");
	TRY(sql_one_int(r, &open, "SELECT count(*) FROM clock WHERE id = ? AND stopped IS NULL",
	        "i", d->id));
	if (!open)
		return why(w, ERR_EXISTS, "That clock has stopped already.");
	TRY(sql_run(r, "UPDATE clock SET stopped = ? WHERE id = ?", "ui", time_now_us(), d->id));
	snprintf(d->text, sizeof(d->text), "The clock has stopped.");
	return ERR_OK;
}

enum err cmd_event(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}
