#include "disposal_int.h"
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
	c->row.due = c->waits ? DAY_NONE : practice_retention_due(t, c->row.from);
	if (c->row.due != DAY_NONE)
		c->row.due = later_day(c->row.due, c->not_before);
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
		c->row.held = true;
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
		        .held = c[i].row.held,
		        .hold_review = c[i].row.hold_review};
		c[i].row.state = practice_disposal(&d, g->today);
		if (g->subject || c[i].row.state != DISPOSAL_NOT_YET)
			c[n++] = c[i];
	}
	g->n = n;
	return ERR_OK;
}

enum err disposal_gather(struct gather *g)
{
	if (g->v->blind)
		return ERR_OK;
	g->today = time_to_day(time_now_us());
	TRY(disposal_candidates(g));
	return settle(g);
}

enum err record_disposals(struct record *r, struct arena *a, const struct record_viewer *v,
        struct disposal_row **ret, size_t *ret_n)
{
	struct gather g = {.r = r, .a = a, .v = v};
	*ret = NULL;
	*ret_n = 0;
	TRY(disposal_gather(&g));
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

enum err record_disposal_of(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *subject, int64_t id, struct disposal_row *ret)
{
	struct gather g = {.r = r, .a = a, .v = v, .subject = subject, .id = id};
	if (id > 0)
		TRY(disposal_gather(&g));
	if (!g.n)
		return ERR_NOT_FOUND;
	*ret = ((struct cand *)g.rows)[0].row;
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
		*ret += row[i].may && row[i].state != DISPOSAL_HELD &&
		        row[i].state != DISPOSAL_KEPT;
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

/* "due since 19 November 2029": a day that is over is not told as one to come. */
static void day_words(
        char out[DISPOSAL_TEXT_MAX], const char *before, int32_t day, const char *none)
{
	char text[TIME_TEXT_MAX];
	if (day == DAY_NONE)
		snprintf(out, DISPOSAL_TEXT_MAX, "%s", none);
	else
		snprintf(out, DISPOSAL_TEXT_MAX, "%s %s %s", before,
		        day <= time_to_day(time_now_us()) ? "since" : "on",
		        day_text(text, day, DAY_YEAR));
}

const char *disposal_due_text(const struct disposal_row *d, char out[DISPOSAL_TEXT_MAX])
{
	day_words(out, "due", d->due, "not due yet");
	return out;
}

const char *disposal_hold_text(const struct disposal_row *d, char out[DISPOSAL_TEXT_MAX])
{
	day_words(out, "to be looked at again", d->hold_review, "until it is lifted");
	return out;
}
