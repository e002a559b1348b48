#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Clocks: started by one recorded event, stopped by another; what the record keeps is the version
 * it was made under. Those of a meeting and the review dates have no rows: they follow from what
 * the record says already, its closing and its papers, a decision and its date.
 */

/* The band of a case, and the one before its last assessment; -1 = not assessed. */
static enum err bands_of(struct record *r, int64_t kase, int *ret_now, int *ret_before)
{
	struct sql q;
	int n = 0, band[2] = {-1, -1};
	sql_query(r, &q,
	        "SELECT band FROM assessment WHERE kase = ? ORDER BY made DESC, id DESC LIMIT 2",
	        "i", kase);
	while (n < 2 && sql_step(&q))
		band[n++] = (int)sql_int(&q, 0);
	*ret_now = band[0];
	*ret_before = band[1];
	return sql_end(&q);
}

/* One plan is waited for at a time: a clock for some bands ends those for others. */
static enum err end_others(struct record *r, int64_t kase, const struct practice_type *t,
        const struct practice_clock *c, int64_t at_us)
{
	for (size_t i = 0; i < t->n_clocks; i++) {
		const struct practice_clock *o = practice_clock(r->practice, t->clock[i]);
		if (o && o != c && o->bands && strcmp(o->stops, c->stops) == 0)
			TRY(sql_run(r,
			        "UPDATE clock SET stopped = ? WHERE kase = ? AND clock = ? AND "
			        "stopped IS NULL",
			        "uit", at_us, kase, o->id));
	}
	return ERR_OK;
}

enum err clocks_start(struct record *r, int64_t kase, const struct practice_type *t,
        const char *event, int64_t at_us)
{
	int now, before;
	TRY(bands_of(r, kase, &now, &before));
	for (size_t i = 0; i < t->n_clocks; i++) {
		const struct practice_clock *c = practice_clock(r->practice, t->clock[i]);
		if (!c || strcmp(c->starts, event) != 0 || !practice_clock_is_for(c, now))
			continue;
		/* assessed again with the same result, nothing new has begun */
		if (c->bands && strcmp(event, "assessment") == 0 && before >= 0 &&
		        practice_clock_is_for(c, before))
			continue;
		if (c->bands)
			TRY(end_others(r, kase, t, c, at_us));
		TRY(sql_run(r,
		        "INSERT INTO clock(kase, clock, version, started, due) VALUES(?,?,?,?,?)",
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

/* ---- what runs ---- */

static int by_due(const void *a, const void *b)
{
	int64_t x = ((const struct clock_row *)a)->due_us,
	        y = ((const struct clock_row *)b)->due_us;
	return (x > y) - (x < y);
}

static const char *event_words(struct arena *a, const char *event)
{
	char *s = arena_strdup(a, event);
	for (char *c = s; c && *c; c++)
		if (*c == '-')
			*c = ' ';
	return s;
}

/* The rest of a row whose started_us and due_us are set. `c` NULL: its text is no longer here. */
static enum err fill(struct record *r, struct arena *a, struct clock_row *o,
        const struct practice_clock *c, const char *id, int64_t now)
{
	char words[160], length[40] = "", day[TIME_TEXT_MAX];
	o->late = o->due_us < now;
	int64_t span = o->due_us - o->started_us,
	        permille = span > 0 ? (now - o->started_us) / (span / 1000 + 1) : 1000;
	o->permille = permille < 0 ? 0 : permille > 1000 ? 1000 : (int)permille;
	if (!c) {
		snprintf(words, sizeof(words), "until %s",
		        day_text(day, time_to_day(o->due_us), DAY_YEAR));
		o->what = id;
		o->starts = o->event = "";
		o->source = "The text of this clock is no longer loaded: see caseroomctl practice "
		            "list";
	} else {
		practice_clock_words(r->practice, c, o->started_us, now, words, sizeof(words));
		practice_clock_length(c, length, sizeof(length));
		o->what = c->what;
		o->starts = event_words(a, c->starts);
		o->event = c->stops;
		o->source = c->source;
	}
	o->length = arena_strdup(a, length);
	o->left = arena_strdup(a, words);
	return o->length && o->left && o->starts ? ERR_OK : ERR_NOMEM;
}

struct clocks {
	struct arena *a;
	void *rows;
	size_t n, cap;
	int64_t now;
};

static struct clock_row *row_add(struct clocks *k, struct sql *q)
{
	struct clock_row *o = arena_grow(k->a, &k->rows, &k->n, &k->cap, sizeof(*o));
	if (o)
		*o = (struct clock_row){.ref = ""};
	else
		q->err = ERR_NOMEM;
	return o;
}

static enum err clocks_of_cases(struct record *r, const struct record_viewer *v, int64_t forum,
        size_t limit, struct clocks *k)
{
	struct sql q;
	sql_query(r, &q,
	        "SELECT c.kase, k.ref, c.clock, c.started, c.due, c.id FROM clock c JOIN kase k ON "
	        "k.id = c.kase WHERE c.stopped IS NULL AND k.forum = ? AND k.open = 1"
	        " ORDER BY c.due",
	        "i", forum);
	while (k->n < limit && sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		struct clock_row *o = s < SIGHT_ANON ? NULL : row_add(k, &q);
		if (!o)
			continue;
		const char *id = sql_text(&q, 2, k->a);
		o->id = sql_int(&q, 5);
		o->case_id = sql_int(&q, 0);
		o->ref = sql_text(&q, 1, k->a);
		o->started_us = sql_us(&q, 3);
		o->due_us = sql_us(&q, 4);
		if (!q.err)
			q.err = fill(r, k->a, o, practice_clock(r->practice, id), id, k->now);
	}
	return sql_end(&q);
}

/* R38: from the closing of a meeting to the sealing of its papers; agreed minutes have been sent.
 */
static enum err clocks_of_meetings(struct record *r, int64_t forum, size_t limit, struct clocks *k)
{
	struct sql q;
	char day[TIME_TEXT_MAX];
	sql_query(r, &q,
	        "SELECT m.id, m.type, m.day, m.ended FROM meeting m WHERE m.forum = ? AND m.state "
	        "= "
	        "5 AND m.ended IS NOT NULL AND NOT EXISTS (SELECT 1 FROM paper p WHERE"
	        " p.meeting = m.id AND p.kind = 'minutes') ORDER BY m.ended",
	        "i", forum);
	while (sql_step(&q)) {
		const struct practice_type *t = practice_type(r->practice, sql_text(&q, 1, k->a));
		for (size_t i = 0; t && i < t->n_clocks && k->n < limit && !q.err; i++) {
			const struct practice_clock *c = practice_clock(r->practice, t->clock[i]);
			if (!c || strcmp(c->starts, "meeting-closed") != 0)
				continue;
			struct clock_row *o = row_add(k, &q);
			if (!o)
				break;
			o->meeting = sql_int(&q, 0);
			o->started_us = sql_us(&q, 3);
			o->due_us = practice_clock_due(r->practice, c, o->started_us);
			o->ref = arena_printf(
			        k->a, "Meeting of %s", day_text(day, sql_day(&q, 2), DAY_MONTH));
			q.err = o->ref ? fill(r, k->a, o, c, c->id, k->now) : ERR_NOMEM;
		}
	}
	return sql_end(&q);
}

/* Review dates of open cases that no meeting to come has on its agenda. */
static enum err clocks_of_reviews(struct record *r, const struct record_viewer *v, int64_t forum,
        size_t limit, struct clocks *k)
{
	struct sql q;
	int32_t today = time_to_day(k->now);
	sql_query(r, &q,
	        "SELECT k.id, k.ref, k.review, (SELECT max(d.made) FROM decision d WHERE d.kase = "
	        "k.id) FROM kase k WHERE k.forum = ?1 AND k.open = 1 AND k.review IS NOT NULL AND"
	        " NOT EXISTS (SELECT 1 FROM item i JOIN meeting m ON m.id = i.meeting WHERE i.kase "
	        "= k.id AND m.state < 5 AND i.state <> 4) ORDER BY k.review",
	        "i", forum);
	while (k->n < limit && sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		struct clock_row *o = s < SIGHT_ANON ? NULL : row_add(k, &q);
		if (!o)
			continue;
		int32_t day = sql_day(&q, 2), left = day - today;
		o->case_id = sql_int(&q, 0);
		o->ref = sql_text(&q, 1, k->a);
		o->due_us = time_from_day(day + 1, 0, 0) - 1;
		o->started_us = sql_null(&q, 3) ? k->now : sql_us(&q, 3);
		q.err = fill(r, k->a, o, NULL, "review date", k->now);
		o->starts = "decision";
		o->source =
		        "The date that was decided; no meeting to come has the case on its agenda";
		o->left = left == 0  ? "today"
		          : left > 0 ? arena_printf(
		                               k->a, "%d %s left", left, left == 1 ? "day" : "days")
		                     : arena_printf(k->a, "%d %s over", -left,
		                               left == -1 ? "day" : "days");
		if (!o->left)
			q.err = ERR_NOMEM;
	}
	return sql_end(&q);
}

enum err record_clocks(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, size_t limit, struct clock_row **ret, size_t *ret_n)
{
	struct clocks k = {.a = a, .now = time_now_us()};
	TRY(clocks_of_cases(r, v, forum, limit, &k));
	TRY(clocks_of_meetings(r, forum, k.n + limit, &k));
	TRY(clocks_of_reviews(r, v, forum, k.n + limit, &k));
	if (k.n)
		qsort(k.rows, k.n, sizeof(struct clock_row), by_due);
	*ret = k.rows;
	*ret_n = k.n < limit ? k.n : limit;
	return ERR_OK;
}

/* ---- what happened ---- */

/* What the record tells itself, by an assessment or a decision. */
static bool is_own(const char *event)
{
	return strcmp(event, "assessment") == 0 || strcmp(event, "case-closed") == 0 ||
	       strcmp(event, "referral") == 0;
}

/* A running clock of the case waits for it; *ret_since = the latest that one of them began. */
static enum err waits_for(
        struct record *r, int64_t kase, const char *event, bool *ret_waits, int64_t *ret_since)
{
	struct sql q;
	struct arena a;
	arena_init(&a, 1u << 18);
	*ret_waits = false;
	*ret_since = INT64_MIN;
	sql_query(r, &q, "SELECT clock, started FROM clock WHERE kase = ? AND stopped IS NULL", "i",
	        kase);
	while (sql_step(&q)) {
		const struct practice_clock *c = practice_clock(r->practice, sql_text(&q, 0, &a));
		int64_t since = sql_us(&q, 1);
		if (!c || strcmp(c->stops, event) != 0)
			continue;
		*ret_waits = true;
		if (since > *ret_since)
			*ret_since = since;
	}
	arena_finish(&a);
	return sql_end(&q);
}

enum err cmd_event(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	enum sight s = SIGHT_NONE;
	bool waits;
	int64_t since, now = time_now_us(),
	               at = c->u.event.at_us == TIME_NONE ? now : c->u.event.at_us;
	const char *event = c->u.event.event ? c->u.event.event : "";
	TRY(record_viewer_room(r, 0, &v));
	enum err e = record_sight(r, &v, c->u.event.case_id, &s);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (e || s == SIGHT_NONE)
		return why(w, ERR_NOT_FOUND, "There is no such case.");
	if (s < SIGHT_FULL)
		return why(w, ERR_DENIED, "The room may not see that case.");
	TRY(waits_for(r, c->u.event.case_id, event, &waits, &since));
	if (!waits || is_own(event))
		return why(w, ERR_REFUSED, "No clock of this case waits for that.");
	if (at > now)
		return why(w, ERR_INPUT, "That is still to come. Give when it happened.");
	if (at < since)
		return why(w, ERR_INPUT, "That is before the clock began. Give when it happened.");
	TRY(check_words(c->u.event.words, WORDS_MAX, true, "What was done", w));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO event(kase, event, words, at, made) VALUES(?,?,?,?,?)", "ittuu",
	        c->u.event.case_id, event, c->u.event.words ? c->u.event.words : "", at, now));
	TRY(clocks_event(r, c->u.event.case_id, event, at));
	d->case_id = c->u.event.case_id;
	snprintf(d->text, sizeof(d->text), "Recorded; the clock has stopped.");
	return ERR_OK;
}

enum err record_events(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int64_t forum, int64_t since_us, struct event_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	if (case_id)
		sql_query(r, &q,
		        "SELECT e.id, e.kase, k.ref, e.event, e.words, e.at FROM event e JOIN kase "
		        "k "
		        "ON k.id = e.kase WHERE e.kase = ? ORDER BY e.at DESC, e.id DESC",
		        "i", case_id);
	else
		sql_query(r, &q,
		        "SELECT e.id, e.kase, k.ref, e.event, e.words, e.at FROM event e JOIN kase "
		        "k "
		        "ON k.id = e.kase WHERE e.at >= ? AND k.forum = ? ORDER BY e.at DESC, e.id "
		        "DESC",
		        "ui", since_us, forum);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 1), &s);
		if (q.err)
			break;
		if (s < SIGHT_ANON)
			continue;
		struct event_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (o)
			*o = (struct event_row){.id = sql_int(&q, 0),
			        .case_id = sql_int(&q, 1),
			        .at_us = sql_us(&q, 5),
			        .ref = sql_text(&q, 2, a),
			        .event = event_words(a, sql_text(&q, 3, a)),
			        .words = s == SIGHT_FULL ? sql_text(&q, 4, a) : ""};
		if (!o || !o->event) {
			q.err = ERR_NOMEM;
			break;
		}
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
