#include "disposal_int.h"
#include <string.h>

/* What may be due: every kind of record that retention has a rule for, as far as days and sight
 * say. */

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
			c->row.from = later_day(c->row.from, sql_day(&q, 10));
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

/* A meeting waits for its cases, for what else names it, and for the list of its copies. It can be
 * held before. */
static enum err add_meetings(struct gather *g)
{
	struct sql q;
	char day[TIME_TEXT_MAX];
	if (!wanted(g, DISPOSAL_MEETING))
		return ERR_OK;
	sql_query(g->r, &q,
	        "SELECT m.id, m.day, m.forum, f.name, f.code, f.kind, m.ended, (SELECT "
	        "max(p.sealed) FROM paper p WHERE p.meeting = m.id AND p.bytes > 0), (SELECT "
	        "count(*) FROM action x WHERE x.meeting = m.id AND x.state < 2), m.state < 5"
	        " OR EXISTS (SELECT 1 FROM item i WHERE i.meeting = m.id AND i.kase IS NOT NULL)"
	        " OR EXISTS (SELECT 1 FROM action x WHERE x.meeting = m.id AND x.kase IS NOT NULL)"
	        " OR EXISTS (SELECT 1 FROM research h WHERE h.meeting = m.id)"
	        " OR EXISTS (SELECT 1 FROM conflict c JOIN seat s ON s.id = c.seat WHERE "
	        "s.meeting = m.id) AS waits, ?2 <> 0 OR EXISTS (SELECT 1 FROM hold x WHERE "
	        "x.subject = 'meeting' AND x.subject_id = m.id AND x.lifted IS NULL) AS asked"
	        " FROM meeting m JOIN forum f ON f.id = m.forum WHERE m.id IN (SELECT id FROM "
	        "meeting WHERE ended < ?1 AND ?2 = 0 UNION ALL SELECT subject_id FROM hold WHERE "
	        "subject = 'meeting' AND lifted IS NULL AND ?2 = 0 UNION ALL SELECT ?2) AND (asked "
	        "OR NOT waits)",
	        "ii", cut_us(g, 1u << RETAINED_MEETING), g->id);
	while (sql_step(&q)) {
		struct cand *c =
		        cand_new(g, &q, DISPOSAL_MEETING, sql_int(&q, 0), RETAINED_MEETING);
		if (!c)
			break;
		c->waits = sql_int(&q, 9);
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

enum err disposal_candidates(struct gather *g)
{
	TRY(add_cases(g));
	TRY(add_research(g));
	TRY(add_meetings(g));
	TRY(add_papers(g));
	return add_drafts(g);
}
