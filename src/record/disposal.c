#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What retention says is due, who may review it, holds and reviews (R39). Invariants:
 * 1. The rule is practice_disposal() over days; this file only gathers what it asks for.
 * 2. A case is there for a viewer who sees it in full, and for nobody else; what an agency returned
 * and nobody spoke is there for that agency alone.
 * 3. One hold and one review of a record stand at a time; those before stay as rows until the
 * record goes, and go with it.
 * 4. A review is somebody's: a core member of the group, not of the agency that referred the case.
 * It says nothing of what follows from it; dispose.c does that.
 */

/* One record that may be due, before the rule was asked. */
struct cand {
	struct disposal_row row; // first: rows of a list are these, cut short
	enum retained kind;
	int64_t forum, referred_by, agency, open_actions;
	const char *type;   /* of meeting, or NULL */
	int32_t not_before; /* another rule holds it back until then; DAY_NONE */
};

struct gather {
	struct record *r;
	struct arena *a;
	const struct record_viewer *v;
	int32_t today;
	const char *subject; /* that one alone, also when it is not due; NULL = all that is */
	int64_t id;
	void *rows;
	size_t n, cap;
};

/* ---- candidates ---- */

/* The last day that can have come due by now under any rule of these kinds; month ends give or take
 * three days. DAY_NONE: no such rule. */
static int32_t cut_day(const struct gather *g, unsigned kinds)
{
	size_t n;
	const struct practice_retention *t = practice_retentions(g->r->practice, &n);
	int32_t cut = DAY_NONE;
	for (size_t i = 0; i < n; i++) {
		if (!(kinds & 1u << t[i].record) || !t[i].length)
			continue;
		int32_t d = t[i].unit == CLOCK_MONTHS
		                    ? practice_add_months(g->today, -t[i].length) + 3
		                    : g->today - t[i].length;
		if (cut == DAY_NONE || d > cut)
			cut = d;
	}
	return cut;
}

static int64_t cut_us(const struct gather *g, unsigned kinds)
{
	int32_t d = cut_day(g, kinds);
	return d == DAY_NONE ? INT64_MIN : time_from_day(d + 1, 0, 0);
}

/* NULL when there is no memory; q.err then says so. */
static struct cand *cand_new(
        struct gather *g, struct sql *q, const char *subject, int64_t id, enum retained kind)
{
	struct cand *c = arena_grow(g->a, &g->rows, &g->n, &g->cap, sizeof(*c));
	if (!c) {
		q->err = ERR_NOMEM;
		return NULL;
	}
	*c = (struct cand){.row = {.subject = subject,
	                           .id = id,
	                           .name = "",
	                           .group = "",
	                           .what = "",
	                           .period = "",
	                           .source = "",
	                           .decides = "",
	                           .rule = "",
	                           .from = DAY_NONE,
	                           .due = DAY_NONE,
	                           .keep_until = DAY_NONE,
	                           .review_words = "",
	                           .reviewer = "",
	                           .reviewed = DAY_NONE,
	                           .hold_words = "",
	                           .holder = "",
	                           .hold_day = DAY_NONE,
	                           .hold_review = DAY_NONE,
	                           .why_not = ""},
	        .kind = kind,
	        .not_before = DAY_NONE};
	return c;
}

static bool wanted(const struct gather *g, const char *subject)
{
	return !g->subject || strcmp(g->subject, subject) == 0;
}

static const char *type_of(struct gather *g, struct sql *q, int code)
{
	const struct practice_type *t = practice_type_for_forum(
	        g->r->practice, sql_text(q, code, g->a), sql_text(q, code + 1, g->a));
	return t ? t->id : NULL;
}

static int32_t later(int32_t a, int32_t b)
{
	return a == DAY_NONE || (b != DAY_NONE && b > a) ? b : a;
}

static enum err add_cases(struct gather *g)
{
	const unsigned kinds =
	        1u << RETAINED_CASE | 1u << RETAINED_NO_ACTION | 1u << RETAINED_REVIEW;
	struct sql q;
	if (!wanted(g, DISPOSAL_CASE))
		return ERR_OK;
	sql_query(g->r, &q,
	        "SELECT k.id, k.ref || ', ' || k.strand, k.forum, f.name, f.code, f.kind, CASE "
	        "WHEN "
	        "k.open = 0 THEN k.closed END, coalesce(k.referred_by, 0),"
	        " EXISTS (SELECT 1 FROM action x WHERE x.kase = k.id), EXISTS (SELECT 1 FROM "
	        "review v "
	        "WHERE v.kase = k.id), (SELECT max(coalesce(s.day, s.at / 86400000000)) FROM "
	        "review_step s WHERE s.kase = k.id),"
	        " (SELECT count(*) FROM action x WHERE x.kase = k.id AND x.state < 2)"
	        " FROM kase k JOIN forum f ON f.id = k.forum WHERE k.id IN (SELECT id FROM kase "
	        "WHERE "
	        "open = 0 AND closed <= ?1 AND ?2 = 0 UNION ALL SELECT subject_id FROM hold WHERE "
	        "subject = 'case' AND lifted IS NULL AND ?2 = 0 UNION ALL SELECT ?2)",
	        "di", cut_day(g, kinds), g->id);
	while (sql_step(&q)) {
		enum sight s;
		int64_t id = sql_int(&q, 0);
		q.err = record_sight(g->r, g->v, id, &s);
		if (q.err)
			break;
		if (s < SIGHT_FULL)
			continue;
		bool acted = sql_int(&q, 8), review = sql_int(&q, 9);
		struct cand *c = cand_new(g, &q, DISPOSAL_CASE, id,
		        review  ? RETAINED_REVIEW
		        : acted ? RETAINED_CASE
		                : RETAINED_NO_ACTION);
		if (!c)
			break;
		c->row.case_id = id;
		c->row.name = sql_text(&q, 1, g->a);
		c->forum = sql_int(&q, 2);
		c->row.group = sql_text(&q, 3, g->a);
		c->type = type_of(g, &q, 4);
		c->row.from = sql_day(&q, 6);
		c->referred_by = sql_int(&q, 7);
		c->open_actions = sql_int(&q, 11);
		if (review && c->row.from != DAY_NONE)
			c->row.from = later(c->row.from, sql_day(&q, 10));
	}
	return sql_end(&q);
}

static enum err add_research(struct gather *g)
{
	struct sql q;
	char day[TIME_TEXT_MAX];
	if (!wanted(g, DISPOSAL_RESEARCH))
		return ERR_OK;
	sql_query(g->r, &q,
	        "SELECT h.id, h.kase, k.ref, f.name, f.code, f.kind, m.day, m.ended FROM research "
	        "h "
	        "JOIN kase k ON k.id = h.kase JOIN meeting m ON m.id = h.meeting JOIN forum f ON "
	        "f.id = m.forum"
	        " WHERE h.agency = ?1 AND h.id IN (SELECT l.research FROM research_line l WHERE "
	        "l.share IS NULL) AND (CASE WHEN ?3 <> 0 THEN h.id = ?3 ELSE m.ended < ?2 OR "
	        "EXISTS "
	        "(SELECT 1 FROM hold x WHERE x.subject = 'research' AND x.subject_id = h.id AND "
	        "x.lifted IS NULL) END)",
	        "iii", g->r->actor_agency, cut_us(g, 1u << RETAINED_RESEARCH), g->id);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(g->r, g->v, sql_int(&q, 1), &s);
		if (q.err)
			break;
		if (s < SIGHT_FULL)
			continue;
		struct cand *c =
		        cand_new(g, &q, DISPOSAL_RESEARCH, sql_int(&q, 0), RETAINED_RESEARCH);
		if (!c)
			break;
		c->row.case_id = sql_int(&q, 1);
		c->agency = g->r->actor_agency;
		c->row.name = arena_printf(g->a, "%s, returned for the meeting of %s",
		        sql_text(&q, 2, g->a), day_text(day, sql_day(&q, 6), DAY_YEAR));
		c->row.group = sql_text(&q, 3, g->a);
		c->type = type_of(g, &q, 4);
		c->row.from = sql_null(&q, 7) ? DAY_NONE : time_to_day(sql_us(&q, 7));
		if (!c->row.name)
			q.err = ERR_NOMEM;
	}
	return sql_end(&q);
}

/* A meeting waits for its cases, for what else names it, and for the list of its copies. */
static enum err add_meetings(struct gather *g)
{
	struct sql q;
	char day[TIME_TEXT_MAX];
	if (!wanted(g, DISPOSAL_MEETING))
		return ERR_OK;
	sql_query(g->r, &q,
	        "SELECT m.id, m.day, m.forum, f.name, f.code, f.kind, m.ended, (SELECT "
	        "max(p.sealed) "
	        "FROM paper p WHERE p.meeting = m.id AND p.bytes > 0), (SELECT count(*) FROM "
	        "action x "
	        "WHERE x.meeting = m.id AND x.state < 2) FROM meeting m JOIN forum f ON f.id = "
	        "m.forum"
	        " WHERE m.id IN (SELECT id FROM meeting WHERE ended < ?1 AND ?2 = 0 UNION ALL "
	        "SELECT "
	        "subject_id FROM hold WHERE subject = 'meeting' AND lifted IS NULL AND ?2 = 0 "
	        "UNION "
	        "ALL SELECT ?2) AND m.state >= 5"
	        " AND NOT EXISTS (SELECT 1 FROM item i WHERE i.meeting = m.id AND i.kase IS NOT "
	        "NULL)"
	        " AND NOT EXISTS (SELECT 1 FROM action x WHERE x.meeting = m.id AND x.kase IS NOT "
	        "NULL) AND NOT EXISTS (SELECT 1 FROM research h WHERE h.meeting = m.id)"
	        " AND NOT EXISTS (SELECT 1 FROM conflict c JOIN seat s ON s.id = c.seat WHERE "
	        "s.meeting = m.id)",
	        "ii", cut_us(g, 1u << RETAINED_MEETING), g->id);
	while (sql_step(&q)) {
		struct cand *c =
		        cand_new(g, &q, DISPOSAL_MEETING, sql_int(&q, 0), RETAINED_MEETING);
		if (!c)
			break;
		c->row.name = arena_printf(
		        g->a, "Meeting of %s", day_text(day, sql_day(&q, 1), DAY_YEAR));
		c->forum = sql_int(&q, 2);
		c->row.group = sql_text(&q, 3, g->a);
		c->type = type_of(g, &q, 4);
		c->row.from = sql_null(&q, 6) ? DAY_NONE : time_to_day(sql_us(&q, 6));
		if (!sql_null(&q, 7))
			c->not_before = practice_retention_due(
			        practice_retention(g->r->practice, RETAINED_PAPERS, c->type),
			        time_to_day(sql_us(&q, 7)));
		c->open_actions = sql_int(&q, 8);
		if (!c->row.name)
			q.err = ERR_NOMEM;
	}
	return sql_end(&q);
}

static enum err add_papers(struct gather *g)
{
	struct sql q;
	char day[TIME_TEXT_MAX];
	if (!wanted(g, DISPOSAL_PAPERS))
		return ERR_OK;
	sql_query(g->r, &q,
	        "SELECT m.id, m.day, m.forum, f.name, f.code, f.kind, (SELECT max(p.sealed) FROM "
	        "paper p WHERE p.meeting = m.id AND p.bytes > 0) AS last FROM meeting m JOIN forum "
	        "f "
	        "ON f.id = m.forum"
	        " WHERE last IS NOT NULL AND m.id IN (SELECT meeting FROM paper WHERE bytes > 0 "
	        "AND "
	        "sealed < ?1 AND ?2 = 0 UNION SELECT subject_id FROM hold WHERE subject = 'papers' "
	        "AND lifted IS NULL AND ?2 = 0 UNION SELECT ?2)",
	        "ii", cut_us(g, 1u << RETAINED_PAPERS), g->id);
	while (sql_step(&q)) {
		struct cand *c = cand_new(g, &q, DISPOSAL_PAPERS, sql_int(&q, 0), RETAINED_PAPERS);
		if (!c)
			break;
		c->row.name = arena_printf(g->a, "Copies of the meeting of %s",
		        day_text(day, sql_day(&q, 1), DAY_YEAR));
		c->forum = sql_int(&q, 2);
		c->row.group = sql_text(&q, 3, g->a);
		c->type = type_of(g, &q, 4);
		c->row.from = time_to_day(sql_us(&q, 6));
		if (!c->row.name)
			q.err = ERR_NOMEM;
	}
	return sql_end(&q);
}

static enum err add_drafts(struct gather *g)
{
	struct sql q;
	if (!wanted(g, DISPOSAL_DRAFTS))
		return ERR_OK;
	sql_query(g->r, &q, "SELECT count(*), min(at) FROM draft WHERE at < ?", "i",
	        cut_us(g, 1u << RETAINED_DRAFTS));
	if (sql_step(&q) && sql_int(&q, 0)) {
		int64_t n = sql_int(&q, 0);
		struct cand *c = cand_new(g, &q, DISPOSAL_DRAFTS, 0, RETAINED_DRAFTS);
		if (c) {
			c->row.name = arena_printf(
			        g->a, "%lld begun sentence%s", (long long)n, n == 1 ? "" : "s");
			c->row.from = time_to_day(sql_us(&q, 1));
			if (!c->row.name)
				q.err = ERR_NOMEM;
		}
	}
	return sql_end(&q);
}

/* ---- rule, review, hold ---- */

static enum err put_rule(struct gather *g, struct cand *c)
{
	char words[80];
	const struct practice_retention *t = practice_retention(g->r->practice, c->kind, c->type);
	if (!t)
		return ERR_OK;
	practice_retention_words(t, words, sizeof(words));
	c->row.rule = t->id;
	c->row.rule_version = t->version;
	c->row.what = t->what;
	c->row.source = t->source;
	c->row.decides = t->decides;
	c->row.period = arena_strdup(g->a, words);
	c->row.due = practice_retention_due(t, c->row.from);
	if (c->row.due != DAY_NONE)
		c->row.due = later(c->row.due, c->not_before);
	return c->row.period ? ERR_OK : ERR_NOMEM;
}

#define WHO_OF(t)                                                                                  \
	"coalesce((SELECT a.name FROM agency a WHERE a.id = " t                                    \
	".agency), 'No agency') || ', ' || "                                                       \
	"(SELECT p.role FROM person p WHERE p.id = " t ".person)"

static enum err put_people(struct gather *g, struct cand *c, bool *ret_goes)
{
	struct sql q;
	*ret_goes = false;
	sql_query(g->r, &q,
	        "SELECT d.keep_until, d.words, d.at, " WHO_OF(
	                "d") " FROM disposal d WHERE d.subject = ? AND d.subject_id = ? AND "
	                     "d.replaced IS NULL",
	        "ti", c->row.subject, c->row.id);
	if (sql_step(&q)) {
		c->row.keep_until = sql_day(&q, 0);
		c->row.review_words = sql_text(&q, 1, g->a);
		c->row.reviewed = time_to_day(sql_us(&q, 2));
		c->row.reviewer = sql_text(&q, 3, g->a);
		*ret_goes = c->row.keep_until == DAY_NONE;
	}
	TRY(sql_end(&q));
	sql_query(g->r, &q,
	        "SELECT h.words, h.review, h.at, " WHO_OF(
	                "h") " FROM hold h WHERE h.subject = ? AND h.subject_id = ? AND h.lifted "
	                     "IS "
	                     "NULL",
	        "ti", c->row.subject, c->row.id);
	if (sql_step(&q)) {
		c->row.hold_words = sql_text(&q, 0, g->a);
		c->row.hold_review = sql_day(&q, 1);
		c->row.hold_day = time_to_day(sql_us(&q, 2));
		c->row.holder = sql_text(&q, 3, g->a);
	}
	return sql_end(&q);
}

/* The sentence why whoever opened the store may not review it, or "". */
static enum err put_may(struct gather *g, struct cand *c)
{
	struct record *r = g->r;
	int64_t core = 0;
	const char **no = &c->row.why_not;
	if (r->actor)
		TRY(sql_one_int(r, &core,
		        "SELECT count(*) FROM membership WHERE person = ?1 AND standing = 0 AND "
		        "(?2 = "
		        "0 OR forum = ?2)",
		        "ii", r->actor, c->forum));
	if (r->reads_only)
		*no = "The store was opened with an observer's key.";
	else if (!r->actor)
		*no = "The key that opened the store is nobody's. It is reviewed with a key of the "
		      "reviewer's own.";
	else if (g->v->meeting)
		*no = "A meeting is on. It is reviewed when that is closed.";
	else if (!core)
		*no = "Only a core member of the group reviews it.";
	else if (c->referred_by && c->referred_by == r->actor_agency)
		*no = "Your agency referred it: somebody of another agency reviews it.";
	c->row.may = !**no;
	return ERR_OK;
}

static int by_due(const void *x, const void *y)
{
	const struct disposal_row *a = x, *b = y;
	int32_t da = a->due == DAY_NONE ? INT32_MAX : a->due,
	        db = b->due == DAY_NONE ? INT32_MAX : b->due;
	if (da != db)
		return da < db ? -1 : 1;
	int s = strcmp(a->subject, b->subject);
	return s ? s : a->id < b->id ? -1 : a->id > b->id;
}

/* Fills in the rest of each, and keeps those that wait for something (or the one asked for). */
static enum err settle(struct gather *g)
{
	struct cand *c = g->rows;
	size_t n = 0;
	for (size_t i = 0; i < g->n; i++) {
		bool goes;
		TRY(put_rule(g, &c[i]));
		TRY(put_people(g, &c[i], &goes));
		TRY(put_may(g, &c[i]));
		struct practice_disposal d = {.due = c[i].row.due,
		        .keep_until = c[i].row.keep_until,
		        /* a word from before it was due (it was opened again since) is none */
		        .reviewed = goes && c[i].row.due != DAY_NONE &&
		                    c[i].row.reviewed >= c[i].row.due,
		        .held = c[i].row.hold_review != DAY_NONE,
		        .hold_review = c[i].row.hold_review};
		c[i].row.state = practice_disposal(&d, g->today);
		if (g->subject || c[i].row.state != DISPOSAL_NOT_YET)
			c[n++] = c[i];
	}
	g->n = n;
	return ERR_OK;
}

static enum err gather(struct gather *g)
{
	if (g->v->blind)
		return ERR_OK;
	g->today = time_to_day(time_now_us());
	TRY(add_cases(g));
	TRY(add_research(g));
	TRY(add_meetings(g));
	TRY(add_papers(g));
	TRY(add_drafts(g));
	return settle(g);
}

enum err record_disposals(struct record *r, struct arena *a, const struct record_viewer *v,
        struct disposal_row **ret, size_t *ret_n)
{
	struct gather g = {.r = r, .a = a, .v = v};
	*ret = NULL;
	*ret_n = 0;
	TRY(gather(&g));
	struct disposal_row *o = arena_alloc(a, (g.n + 1) * sizeof(*o));
	if (!o)
		return ERR_NOMEM;
	for (size_t i = 0; i < g.n; i++)
		o[i] = ((struct cand *)g.rows)[i].row;
	qsort(o, g.n, sizeof(*o), by_due);
	*ret = o;
	*ret_n = g.n;
	return ERR_OK;
}

enum err record_disposals_waiting(
        struct record *r, struct arena *a, const struct record_viewer *v, size_t *ret)
{
	struct disposal_row *row;
	size_t n;
	*ret = 0;
	if (!r->actor || r->reads_only || v->meeting)
		return ERR_OK;
	TRY(record_disposals(r, a, v, &row, &n));
	for (size_t i = 0; i < n; i++)
		*ret += row[i].may && row[i].state != DISPOSAL_HELD;
	return ERR_OK;
}

enum err record_disposal_case(
        struct record *r, const struct record_viewer *v, const char *ref, int64_t *ret)
{
	enum sight s = SIGHT_NONE;
	int64_t id;
	TRY(sql_one_int(r, &id, "SELECT id FROM kase WHERE ref = ?", "t", ref));
	if (!v->blind)
		TRY(record_sight(r, v, id, &s));
	if (s < SIGHT_FULL)
		return ERR_NOT_FOUND;
	*ret = id;
	return ERR_OK;
}

/* ---- commands ---- */

/* The record that a command names, when whoever opened the store may review it (a hold: when they
 * see it, and are somebody). */
static enum err find_subject(struct record *r, struct arena *a, const char *subject, int64_t id,
        bool review, struct cand *ret, struct why *w)
{
	struct record_viewer v;
	TRY(record_viewer_room(r, 0, &v));
	struct gather g = {.r = r, .a = a, .v = &v, .subject = subject ? subject : "", .id = id};
	if (id > 0 || (subject && strcmp(subject, DISPOSAL_DRAFTS) == 0))
		TRY(gather(&g));
	/* the same words for one that is not there and one nobody may know of */
	if (!g.n)
		return why(w, ERR_NOT_FOUND, "There is no such record to keep or dispose of.");
	*ret = *(struct cand *)g.rows;
	if (!r->actor)
		return why(w, ERR_DENIED,
		        "The key that opened the store is nobody's. Open it with a key of your "
		        "own: "
		        "who decides is kept.");
	if (review && !ret->row.may)
		return why(w, ERR_DENIED, "%s", ret->row.why_not);
	return ERR_OK;
}

static enum err hold_insert(
        struct record *r, const struct command *c, struct done *d, struct cand *s, struct why *w)
{
	char day[TIME_TEXT_MAX];
	int32_t today = time_to_day(time_now_us());
	if (strcmp(s->row.subject, DISPOSAL_DRAFTS) == 0)
		return why(w, ERR_REFUSED, "What was only begun is not held. Keep it as an entry.");
	if (s->row.hold_review != DAY_NONE)
		return why(w, ERR_EXISTS, "It is held already, until %s.",
		        day_text(day, s->row.hold_review, DAY_YEAR));
	if (c->u.hold.review == DAY_NONE || c->u.hold.review <= today)
		return why(w, ERR_INPUT,
		        "A hold needs a day after today on which it is looked at again.");
	if (c->u.hold.review > practice_add_months(today, 120))
		return why(w, ERR_INPUT, "A hold is looked at again within ten years.");
	TRY(check_words(c->u.hold.words, WORDS_MAX, false, "Why it is held", w));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO hold(subject, subject_id, words, agency, person, review, at) "
	        "VALUES(?,?,?,?,?,?,?)",
	        "titzidu", s->row.subject, s->row.id, c->u.hold.words, r->actor_agency, r->actor,
	        c->u.hold.review, time_now_us()));
	snprintf(d->text, sizeof(d->text), "Held, to be looked at again on %s.",
	        day_text(day, c->u.hold.review, DAY_YEAR));
	return ERR_OK;
}

enum err cmd_hold(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct arena a;
	struct cand s;
	arena_init(&a, 1u << 20);
	enum err e = find_subject(r, &a, c->u.hold.subject, c->u.hold.id, false, &s, w);
	if (!e) {
		d->case_id = s.row.case_id;
		e = hold_insert(r, c, d, &s, w);
	}
	arena_finish(&a);
	return e;
}

enum err cmd_hold_lift(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct arena a;
	struct cand s;
	arena_init(&a, 1u << 20);
	enum err e = find_subject(r, &a, c->u.hold.subject, c->u.hold.id, true, &s, w);
	if (!e && s.row.hold_review == DAY_NONE)
		e = why(w, ERR_NOT_FOUND, "It is not held.");
	if (!e)
		e = check_words(c->u.hold.words, WORDS_MAX, false, "Why the hold is over", w);
	if (!e)
		e = sql_one_int(r, &d->id,
		        "SELECT id FROM hold WHERE subject = ? AND subject_id = ? AND lifted IS "
		        "NULL",
		        "ti", s.row.subject, s.row.id);
	if (!e)
		e = sql_run(r,
		        "UPDATE hold SET lifted = ?, lifted_words = ?, lifted_by = ? WHERE id = ?",
		        "utii", time_now_us(), c->u.hold.words, r->actor, d->id);
	if (!e) {
		d->case_id = s.row.case_id;
		snprintf(d->text, sizeof(d->text), "The hold is lifted.");
	}
	arena_finish(&a);
	return e;
}

/* What a review can say of it now. */
static enum err check_review(
        struct record *r, const struct command *c, const struct cand *s, struct why *w)
{
	char day[TIME_TEXT_MAX];
	bool keep = c->u.dispose.keep_until != DAY_NONE;
	(void)r;
	if (s->row.state == DISPOSAL_HELD || s->row.state == DISPOSAL_HOLD_OVER)
		return why(w, ERR_REFUSED, "It is held. Lift the hold first, with the reason.");
	if (s->row.state == DISPOSAL_NOT_YET && s->row.due == DAY_NONE)
		return why(w, ERR_REFUSED, "No rule says that it is due.");
	if (s->row.state == DISPOSAL_NOT_YET)
		return why(w, ERR_REFUSED, "It is kept until %s.",
		        day_text(day, later(s->row.due, s->row.keep_until), DAY_YEAR));
	if (!keep && s->open_actions)
		return why(w, ERR_REFUSED,
		        "%lld of its actions %s still open. Close %s first, or keep it longer.",
		        (long long)s->open_actions, s->open_actions == 1 ? "is" : "are",
		        s->open_actions == 1 ? "it" : "them");
	if (keep && c->u.dispose.keep_until <= time_to_day(time_now_us()))
		return why(w, ERR_INPUT, "Keeping it longer needs a day after today.");
	if (keep && c->u.dispose.keep_until > practice_add_months(s->row.due, 240))
		return why(w, ERR_INPUT, "It is looked at again within twenty years.");
	return check_words(c->u.dispose.words ? c->u.dispose.words : "", WORDS_MAX, !keep,
	        "Why it is kept longer", w);
}

enum err cmd_disposal_review(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct arena a;
	struct cand s;
	char day[TIME_TEXT_MAX];
	arena_init(&a, 1u << 20);
	enum err e = find_subject(r, &a, c->u.dispose.subject, c->u.dispose.id, true, &s, w);
	if (!e)
		e = check_review(r, c, &s, w);
	if (!e)
		e = sql_run(r,
		        "UPDATE disposal SET replaced = ? WHERE subject = ? AND subject_id = ? AND "
		        "replaced IS NULL",
		        "uti", time_now_us(), s.row.subject, s.row.id);
	if (!e)
		e = sql_insert(r, &d->id,
		        "INSERT INTO disposal(subject, subject_id, keep_until, words, agency, "
		        "person, "
		        "at) VALUES(?,?,?,?,?,?,?)",
		        "tidtziu", s.row.subject, s.row.id, c->u.dispose.keep_until,
		        c->u.dispose.words ? c->u.dispose.words : "", r->actor_agency, r->actor,
		        time_now_us());
	if (!e) {
		d->case_id = s.row.case_id;
		if (c->u.dispose.keep_until == DAY_NONE)
			snprintf(d->text, sizeof(d->text),
			        "Reviewed: it is to go. Nothing is deleted yet.");
		else
			snprintf(d->text, sizeof(d->text), "Kept until %s.",
			        day_text(day, c->u.dispose.keep_until, DAY_YEAR));
	}
	arena_finish(&a);
	return e;
}
