#include "record_int.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Risk: the tool proposes, people decide. Each assessment keeps tool version, thresholds, range and
 * every answer. */

/* The incidents of a case, each event once and none that was entered in error. */
static enum err facts_of(
        struct record *r, struct arena *a, int64_t kase, struct practice_facts *ret)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT i.day, i.kind FROM incident i WHERE i.kase = ? AND i.same_as IS NULL AND "
	        "NOT EXISTS (SELECT 1 FROM mistake m WHERE m.subject = 'incident' AND"
	        " m.subject_id = i.id)",
	        "i", kase);
	while (sql_step(&q)) {
		struct practice_incident *i = arena_grow(a, &rows, &n, &cap, sizeof(*i));
		if (!i) {
			q.err = ERR_NOMEM;
			break;
		}
		*i = (struct practice_incident){sql_day(&q, 0), sql_text(&q, 1, a)};
	}
	*ret = (struct practice_facts){.incident = rows, .n = n, .today = time_today()};
	return sql_end(&q);
}

enum err record_risk_facts(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct practice_facts *ret)
{
	enum sight s;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return s == SIGHT_NONE ? ERR_NOT_FOUND : ERR_DENIED;
	return facts_of(r, a, case_id, ret);
}

/* What raised the proposal, a line each: "Hate: at least Medium", a tab, its source. */
static enum err escalated_text(
        const struct practice_tool *t, const struct practice_score *s, struct buf *b)
{
	for (size_t i = 0; i < t->n_escalators; i++)
		if (s->raised[i])
			buf_printf(b, "%s%s: at least %s\t%s", b->len ? "\n" : "",
			        t->escalator[i].label, band_name(t->escalator[i].band),
			        t->escalator[i].source);
	return buf_err(b);
}

/* The same without the sources, on one line. */
static const char *escalated_labels(struct arena *a, const char *text)
{
	const char *out = "";
	while (*text) {
		size_t n = strcspn(text, "\t\n");
		out = arena_printf(a, "%s%s%.*s", out, *out ? "; " : "", (int)n, text);
		if (!out)
			return NULL;
		text += n;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return out;
}

static enum err score_now(struct record *r, int64_t kase, const struct practice_tool *t,
        const int *answer, size_t n, struct practice_score *s)
{
	struct practice_facts facts;
	struct arena a;
	arena_init(&a, 4u << 20);
	enum err e = facts_of(r, &a, kase, &facts);
	if (!e)
		e = practice_score(t, answer, n, &facts, s);
	arena_finish(&a);
	return e;
}

enum err cmd_assess(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	struct practice_score s;
	uint8_t uid[16];
	char thresholds[80];
	const struct practice_tool *t =
	        practice_tool(r->practice, c->u.assess.tool ? c->u.assess.tool : "");
	uid_make(uid);
	TRY(check_item(r, c->u.assess.item, true, &k, w));
	if (!k.case_id)
		return why(w, ERR_REFUSED, "Risk is assessed in a case.");
	if (!t)
		return why(w, ERR_INPUT, "There is no such risk tool.");
	if (c->u.assess.n != t->n_factors)
		return why(w, ERR_INPUT, "The tool asks %zu things; %zu were answered.",
		        t->n_factors, c->u.assess.n);
	enum err e = score_now(r, k.case_id, t, c->u.assess.answer, c->u.assess.n, &s);
	if (e == ERR_INPUT)
		return why(w, e, "An answer is not one of the tool's.");
	TRY(e);
	if (!s.known && !(c->u.assess.override && *c->u.assess.override))
		return why(w, ERR_INPUT,
		        "Nothing is answered yet. Answer a question, or say why the panel decides "
		        "without.");
	if (c->u.assess.band < 0 || c->u.assess.band >= BAND_COUNT)
		return why(w, ERR_INPUT, "Say which band the panel decides.");
	TRY(check_words(c->u.assess.override, WORDS_MAX, c->u.assess.band == (int)s.band,
	        "The reason for another band than is proposed", w));
	snprintf(thresholds, sizeof(thresholds), "%d %d %d %d", t->from[0], t->from[1], t->from[2],
	        t->from[3]);
	const char *override = c->u.assess.band == (int)s.band ? "" : c->u.assess.override;
	struct buf escalated;
	buf_init(&escalated, PRACTICE_ESCALATORS_MAX * 512);
	e = escalated_text(t, &s, &escalated);
	if (!e)
		e = sql_insert(r, &d->id,
		        "INSERT INTO assessment(uid, kase, item, tool, tool_version, score, "
		        "highest, "
		        "least, most, known, asked, proposed, band, thresholds, escalated, "
		        "override,"
		        " made) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		        "biitiiiiiiiiitttu", UID_ARG, k.case_id, c->u.assess.item, t->id,
		        (int64_t)t->version, (int64_t)s.score, (int64_t)s.highest, (int64_t)s.least,
		        (int64_t)s.most, (int64_t)s.known, (int64_t)s.asked, (int64_t)s.band,
		        (int64_t)c->u.assess.band, thresholds, buf_str(&escalated), override,
		        time_now_us());
	buf_finish(&escalated);
	TRY(e);
	for (size_t i = 0; i < t->n_factors; i++) {
		const char *source =
		        c->u.assess.source && c->u.assess.source[i] ? c->u.assess.source[i] : "";
		TRY(check_words(source, NAME_MAX_BYTES, true, "The source of an answer", w));
		TRY(sql_run(r,
		        "INSERT INTO answer(assessment, factor, option, source) VALUES(?,?,?,?)",
		        "itit", d->id, t->factor[i].id, (int64_t)c->u.assess.answer[i], source));
	}
	TRY(sql_run(r, "UPDATE kase SET band = ?, score = ? WHERE id = ?", "iii",
	        (int64_t)c->u.assess.band, (int64_t)s.score, k.case_id));
	TRY(clocks_event(r, k.case_id, "assessment", time_now_us()));
	d->case_id = k.case_id;
	d->meeting_id = k.meeting;
	snprintf(d->text, sizeof(d->text), "Assessment kept: %s.",
	        band_name((enum band)c->u.assess.band));
	return ERR_OK;
}

enum err record_assessments(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct assessment_row **ret, size_t *ret_n)
{
	struct sql q;
	enum sight s;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT id, tool, tool_version, score, highest, least, most, known, asked, "
	        "proposed, band, override, made, escalated, item, " MISTAKE_OF("assessment",
	                "assessment.id") " AS mark FROM assessment WHERE kase = ? ORDER BY mark <> "
	                                 "'', made DESC, id DESC",
	        "i", case_id);
	while (sql_step(&q)) {
		struct assessment_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		const char *tool = sql_text(&q, 1, a), *raised = sql_text(&q, 13, a);
		const struct practice_tool *t = practice_tool(r->practice, tool);
		raised = escalated_labels(a, raised);
		if (!raised)
			q.err = ERR_NOMEM;
		*o = (struct assessment_row){.id = sql_int(&q, 0),
		        .tool = tool,
		        .tool_name = t ? t->name : tool,
		        .escalated = raised,
		        .tool_version = (int)sql_int(&q, 2),
		        .score = (int)sql_int(&q, 3),
		        .highest = (int)sql_int(&q, 4),
		        .least = (int)sql_int(&q, 5),
		        .most = (int)sql_int(&q, 6),
		        .known = (int)sql_int(&q, 7),
		        .asked = (int)sql_int(&q, 8),
		        .proposed = (int)sql_int(&q, 9),
		        .band = (int)sql_int(&q, 10),
		        .override = s == SIGHT_FULL ? sql_text(&q, 11, a) : "",
		        .made_us = sql_us(&q, 12),
		        .mistake = mistake_words(&q, 15, a, s),
		        .item = sql_int(&q, 14)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_answers(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t assessment, const struct practice_tool *t, int *answer, const char **source)
{
	struct sql q;
	int64_t kase, same;
	enum sight s;
	for (size_t i = 0; i < t->n_factors; i++) {
		answer[i] = ANSWER_NONE;
		source[i] = "";
	}
	TRY(sql_one_int(r, &kase, "SELECT kase FROM assessment WHERE id = ?", "i", assessment));
	TRY(record_sight(r, v, kase, &s));
	if (s < SIGHT_ANON)
		return s == SIGHT_NONE ? ERR_NOT_FOUND : ERR_DENIED;
	/* the answers of another version stood for other words */
	TRY(sql_one_int(r, &same,
	        "SELECT tool = ? AND tool_version = ? FROM assessment WHERE id = ?", "tii", t->id,
	        (int64_t)t->version, assessment));
	if (!same)
		return ERR_OK;
	sql_query(r, &q, "SELECT factor, option, source FROM answer WHERE assessment = ?", "i",
	        assessment);
	while (sql_step(&q)) {
		const char *factor = sql_text(&q, 0, a);
		for (size_t i = 0; i < t->n_factors; i++) {
			if (strcmp(t->factor[i].id, factor) != 0)
				continue;
			answer[i] = (int)sql_int(&q, 1);
			source[i] = s == SIGHT_FULL ? sql_text(&q, 2, a) : "";
		}
	}
	return sql_end(&q);
}

enum err stale_at(struct record *r, struct arena *a, int64_t kase, int64_t at_us, const char **ret,
        const char **ret_source)
{
	struct sql q;
	int64_t made_us = 0, last = 0, n = 0;
	const struct practice_tool *t = NULL;
	*ret = *ret_source = "";
	sql_query(r, &q,
	        "SELECT tool, made FROM assessment WHERE kase = ? AND made <= ? ORDER BY made "
	        "DESC, "
	        "id DESC LIMIT 1",
	        "iu", kase, at_us);
	bool found = sql_step(&q);
	if (found) {
		t = practice_tool(r->practice, sql_text(&q, 0, a));
		made_us = sql_us(&q, 1);
	}
	enum err e = sql_end(&q);
	if (e || !found)
		return e;
	int32_t made = time_to_day(made_us), today = time_to_day(at_us);
	sql_query(r, &q,
	        "SELECT count(*), coalesce(max(i.day), 0) FROM incident i WHERE i.kase = ?1 AND "
	        "i.day > ?2 AND i.day <= ?3 AND i.same_as IS NULL AND NOT EXISTS (SELECT 1 FROM"
	        " mistake m WHERE m.subject = 'incident' AND m.subject_id = i.id)",
	        "idd", kase, made, today);
	if (sql_step(&q)) {
		n = sql_int(&q, 0);
		last = sql_int(&q, 1);
	}
	TRY(sql_end(&q));
	switch (practice_stale(t, made, n ? (int32_t)last : DAY_NONE, today)) {
	case STALE_INCIDENT:
		*ret = arena_printf(a, "%d %s since it was assessed", (int)n,
		        n == 1 ? "incident" : "incidents");
		*ret_source = "An incident is newer than the assessment";
		break;
	case STALE_OLD:
		*ret = arena_printf(a, "Assessed %d days ago", (int)(today - made));
		*ret_source = t->stale_source;
		break;
	case STALE_NO:
		break;
	}
	return *ret ? ERR_OK : ERR_NOMEM;
}

enum err record_stale(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, const char **ret, const char **ret_source)
{
	enum sight s;
	*ret = *ret_source = "";
	TRY(record_sight(r, v, case_id, &s));
	return s < SIGHT_ANON ? ERR_OK : stale_at(r, a, case_id, time_now_us(), ret, ret_source);
}
