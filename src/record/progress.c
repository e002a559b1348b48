#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_report.h"

/* Terms of reference that end, how the plan goes, and the figures a group sends to its parent. No
 * row here names anybody; what is counted is counted through the entitlement function. */

/* ---- terms of reference ---- */

#define TERMS_MONTHS_MAX 120

enum err cmd_terms(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t there, last = INT64_MIN;
	char when[TIME_TEXT_MAX];
	TRY(sql_one_int(
	        r, &there, "SELECT count(*) FROM forum WHERE id = ?", "i", c->u.terms.forum));
	if (!there)
		return why(w, ERR_NOT_FOUND, "There is no such group.");
	if (c->u.terms.from == DAY_NONE)
		return why(w, ERR_INPUT, "Give the day from which the terms hold.");
	if (c->u.terms.months < 1 || c->u.terms.months > TERMS_MONTHS_MAX)
		return why(w, ERR_INPUT, "Terms last from 1 to %d months.", TERMS_MONTHS_MAX);
	TRY(check_words(c->u.terms.words, WORDS_MAX, true, "What was agreed", w));
	enum err e = sql_one_int(r, &last,
	        "SELECT begins FROM terms WHERE forum = ? ORDER BY begins DESC LIMIT 1", "i",
	        c->u.terms.forum);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (!e && c->u.terms.from <= last)
		return why(w, ERR_REFUSED,
		        "Terms from %s are recorded already. New ones begin later.",
		        day_text(when, (int32_t)last, DAY_YEAR));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO terms(forum, begins, months, words, at) VALUES(?,?,?,?,?)", "iditu",
	        c->u.terms.forum, c->u.terms.from, (int64_t)c->u.terms.months,
	        c->u.terms.words ? c->u.terms.words : "", time_now_us()));
	snprintf(d->text, sizeof(d->text), "Terms of reference kept, to %s.",
	        day_text(when, practice_add_months(c->u.terms.from, c->u.terms.months) - 1,
	                DAY_YEAR));
	return ERR_OK;
}

enum err record_terms(
        struct record *r, struct arena *a, int64_t forum, int32_t day, struct terms_row *ret)
{
	struct sql q;
	*ret = (struct terms_row){.begins = DAY_NONE, .ends = DAY_NONE, .words = ""};
	sql_query(r, &q, "SELECT duration_months FROM forum WHERE id = ?", "i", forum);
	bool found = sql_step(&q);
	if (found)
		ret->months = atoi(sql_text(&q, 0, a));
	TRY(sql_end(&q));
	if (!found)
		return ERR_NOT_FOUND;
	if (ret->months < 0 || ret->months > TERMS_MONTHS_MAX)
		ret->months = 0;
	ret->state = ret->months ? TERMS_UNKNOWN : TERMS_NONE;
	/* the latest that has begun; before the first, the first */
	sql_query(r, &q,
	        "SELECT begins, months, words FROM terms WHERE forum = ?1 ORDER BY begins > ?2, "
	        "CASE "
	        "WHEN begins > ?2 THEN begins ELSE -begins END LIMIT 1",
	        "id", forum, day);
	if (sql_step(&q)) {
		ret->begins = sql_day(&q, 0);
		ret->months = (int)sql_int(&q, 1);
		ret->words = sql_text(&q, 2, a);
		ret->ends = practice_add_months(ret->begins, ret->months) - 1;
		ret->state = day > ret->ends                                            ? TERMS_OVER
		             : practice_add_months(day, TERMS_SOON_MONTHS) >= ret->ends ? TERMS_SOON
		                                                                        : TERMS_RUN;
	}
	TRY(sql_end(&q));
	/* renewed already, to begin when these end */
	int64_t next = 0;
	if (ret->state == TERMS_SOON) {
		enum err e = sql_one_int(r, &next,
		        "SELECT months FROM terms WHERE forum = ? AND begins = ?", "id", forum,
		        ret->ends + 1);
		if (e && e != ERR_NOT_FOUND)
			return e;
	}
	if (next) {
		ret->state = TERMS_RUN;
		ret->ends = practice_add_months(ret->ends + 1, (int)next) - 1;
	}
	return ERR_OK;
}

/* ---- the plan ---- */

enum err cmd_progress(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t there;
	const char *status = c->u.progress.status;
	TRY(sql_one_int(
	        r, &there, "SELECT count(*) FROM plan WHERE id = ?", "i", c->u.progress.plan));
	if (!there)
		return why(w, ERR_NOT_FOUND, "There is no such line in the plan.");
	d->meeting_id = c->u.progress.meeting;
	if (d->meeting_id)
		TRY(check_meeting(r, d->meeting_id, MEETING_SESSION, w));
	TRY(check_entry(r, "progress", status, false, "How it goes", w));
	TRY(check_words(c->u.progress.words, WORDS_MAX,
	        !practice_entry(r->practice, "progress", status)->needs_words, "What is in the way",
	        w));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO progress(plan, meeting, status, words, at) VALUES(?,?,?,?,?)", "izttu",
	        c->u.progress.plan, d->meeting_id, status,
	        c->u.progress.words ? c->u.progress.words : "", time_now_us()));
	snprintf(d->text, sizeof(d->text), "Kept: %s.", entry_label(r, "progress", status));
	return ERR_OK;
}

enum err record_plan(struct record *r, struct arena *a, struct plan_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT p.id, p.theme, p.project, p.objective, p.action, p.lead_role, p.measures, "
	        "p.timescale, p.status, g.status, g.words, g.at, coalesce(m.forum, 0), "
	        "coalesce(g.meeting, 0) FROM plan p LEFT JOIN progress g ON g.id = (SELECT x.id "
	        "FROM "
	        "progress x WHERE x.plan = p.id ORDER BY x.at DESC, x.id DESC LIMIT 1) LEFT JOIN "
	        "meeting m ON m.id = g.meeting ORDER BY p.id",
	        "");
	while (sql_step(&q)) {
		struct plan_row *p = arena_grow(a, &rows, &n, &cap, sizeof(*p));
		if (!p) {
			q.err = ERR_NOMEM;
			break;
		}
		*p = (struct plan_row){.id = sql_int(&q, 0),
		        .theme = sql_text(&q, 1, a),
		        .project = sql_text(&q, 2, a),
		        .objective = sql_text(&q, 3, a),
		        .action = sql_text(&q, 4, a),
		        .lead_role = sql_text(&q, 5, a),
		        .measures = sql_text(&q, 6, a),
		        .timescale = sql_text(&q, 7, a),
		        .imported = sql_text(&q, 8, a),
		        .status = sql_text(&q, 9, a),
		        .words = sql_text(&q, 10, a),
		        .day = sql_null(&q, 11) ? DAY_NONE : time_to_day(sql_us(&q, 11)),
		        .forum = sql_int(&q, 12),
		        .meeting = sql_int(&q, 13)};
		p->label = entry_label(r, "progress", p->status);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- figures ---- */

struct watched { /* somebody in a strand */
	size_t strand;
	int64_t who;
};

static int by_strand(const void *a, const void *b)
{
	const struct watched *x = a, *y = b;
	return x->strand != y->strand ? (x->strand < y->strand ? -1 : 1)
	                              : (x->who > y->who) - (x->who < y->who);
}

static int by_person(const void *a, const void *b)
{
	const struct watched *x = a, *y = b;
	return (x->who > y->who) - (x->who < y->who);
}

/* The place of a strand among the rows; one that the type does not know comes after those. */
static enum err strand_of(
        struct arena *a, void **rows, size_t *n, size_t *cap, const char *strand, size_t *ret)
{
	for (*ret = 0; *ret < *n; ++*ret)
		if (strcmp(((struct monitored_row *)*rows)[*ret].strand, strand) == 0)
			return ERR_OK;
	struct monitored_row *m = arena_grow(a, rows, n, cap, sizeof(*m));
	if (!m)
		return ERR_NOMEM;
	*m = (struct monitored_row){.strand = strand};
	return ERR_OK;
}

enum err record_monitored(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, struct monitored_row **ret, size_t *ret_n, int *ret_all)
{
	struct sql q;
	struct forum_row f;
	void *rows = NULL, *people = NULL;
	size_t n = 0, cap = 0, n_people = 0, cap_people = 0, at;
	int64_t kase = 0;
	enum sight s = SIGHT_NONE;
	*ret_all = 0;
	TRY(record_forum(r, a, forum, &f));
	for (size_t i = 0; f.type && i < f.type->n_strands; i++)
		TRY(strand_of(a, &rows, &n, &cap, f.type->strand[i], &at));
	sql_query(r, &q,
	        "SELECT k.id, k.strand, p.identity FROM kase k JOIN party p ON p.kase = k.id WHERE "
	        "k.forum = ? AND k.open = 1 AND p.role IN ('subject', 'subject-victim') AND p.name "
	        "NOT "
	        "IN ('', 'Unknown') ORDER BY k.id",
	        "i", forum);
	while (sql_step(&q)) {
		if (sql_int(&q, 0) != kase) {
			kase = sql_int(&q, 0);
			q.err = record_sight(r, v, kase, &s);
		}
		if (q.err || s < SIGHT_ANON)
			continue;
		struct watched *w = arena_grow(a, &people, &n_people, &cap_people, sizeof(*w));
		if (!w) {
			q.err = ERR_NOMEM;
			break;
		}
		q.err = strand_of(a, &rows, &n, &cap, sql_text(&q, 1, a), &w->strand);
		if (!q.err)
			q.err = identity_root(r, sql_int(&q, 2), &w->who);
	}
	TRY(sql_end(&q));
	struct watched *w = people;
	if (n_people)
		qsort(w, n_people, sizeof(*w), by_strand);
	for (size_t i = 0; i < n_people; i++)
		if (i == 0 || by_strand(&w[i - 1], &w[i]))
			((struct monitored_row *)rows)[w[i].strand].people++;
	if (n_people)
		qsort(w, n_people, sizeof(*w), by_person);
	for (size_t i = 0; i < n_people; i++)
		*ret_all += i == 0 || w[i - 1].who != w[i].who;
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

enum err record_meeting_figures(struct record *r, int64_t meeting, struct meeting_figures *ret)
{
	struct sql q;
	*ret = (struct meeting_figures){0};
	sql_query(r, &q,
	        "SELECT count(DISTINCT CASE WHEN signed IS NOT NULL THEN agency END), "
	        "count(DISTINCT "
	        "agency) FROM seat WHERE meeting = ? AND guest = 0",
	        "i", meeting);
	if (sql_step(&q)) {
		ret->agencies = (int)sql_int(&q, 0);
		ret->expected = (int)sql_int(&q, 1);
	}
	TRY(sql_end(&q));
	/* cases that are for named agencies are for nobody's report */
	sql_query(r, &q,
	        "SELECT count(*), sum((SELECT d.closes FROM decision d WHERE d.item = i.id ORDER "
	        "BY "
	        "d.made DESC, d.id DESC LIMIT 1)) FROM item i JOIN kase k ON k.id = i.kase WHERE "
	        "i.meeting = ? AND i.state = 2 AND k.restriction = 0",
	        "i", meeting);
	if (sql_step(&q)) {
		ret->cases = (int)sql_int(&q, 0);
		ret->closed = (int)sql_int(&q, 1);
	}
	TRY(sql_end(&q));
	int64_t actions;
	TRY(sql_one_int(r, &actions,
	        "SELECT count(*) FROM action t LEFT JOIN kase k ON k.id = t.kase WHERE t.meeting = "
	        "? "
	        "AND coalesce(k.restriction, 0) = 0",
	        "i", meeting));
	ret->actions = (int)actions;
	return ERR_OK;
}

enum err record_names_somebody(struct record *r, const char *text, size_t len, bool *ret)
{
	struct sql q;
	struct arena a;
	arena_init(&a, 4u << 20);
	*ret = false;
	char *folded = arena_alloc(&a, 2 * len + 1);
	if (!folded) {
		arena_finish(&a);
		return ERR_NOMEM;
	}
	(void)utf8_fold(text, len, folded, 2 * len + 1);
	sql_query(r, &q,
	        "SELECT 1 FROM party WHERE role <> 'place' AND instr(name, ' ') AND instr(?, "
	        "fold(name)) LIMIT 1",
	        "t", folded);
	*ret = sql_step(&q);
	enum err e = sql_end(&q);
	arena_finish(&a);
	return e;
}

enum err record_parent(struct record *r, struct arena *a, int64_t forum, const char **ret_name,
        struct agency_row **ret, size_t *ret_n)
{
	struct sql q;
	struct agency_row *all;
	size_t n_all, n = 0;
	bool found;
	TRY(record_agencies(r, a, &all, &n_all));
	sql_query(r, &q,
	        "SELECT p.name FROM forum f JOIN forum p ON p.code = f.reports_to WHERE f.id = ?",
	        "i", forum);
	found = sql_step(&q);
	if (found)
		*ret_name = sql_text(&q, 0, a);
	TRY(sql_end(&q));
	if (!found)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < n_all; i++) {
		int64_t sits;
		TRY(sql_one_int(r, &sits,
		        "SELECT count(*) FROM forum f JOIN member m ON m.forum = f.reports_to "
		        "WHERE f.id "
		        "= ? AND m.agency_kind = ?",
		        "it", forum, all[i].kind));
		if (sits)
			all[n++] = all[i];
	}
	*ret = all;
	*ret_n = n;
	return ERR_OK;
}
