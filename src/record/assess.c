#include "record_int.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Risk: the tool proposes, people decide. Each assessment keeps tool version, thresholds, range and
 * every answer. */

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
	if (practice_score(t, c->u.assess.answer, c->u.assess.n, &s))
		return why(w, ERR_INPUT, "An answer is not one of the tool's.");
	if (c->u.assess.band < 0 || c->u.assess.band >= BAND_COUNT)
		return why(w, ERR_INPUT, "Say which band the panel decides.");
	TRY(check_words(c->u.assess.override, WORDS_MAX, c->u.assess.band == (int)s.band,
	        "The reason for another band than the score proposes", w));
	snprintf(thresholds, sizeof(thresholds), "%d %d %d %d", t->from[0], t->from[1], t->from[2],
	        t->from[3]);
	const char *override = c->u.assess.band == (int)s.band ? "" : c->u.assess.override;
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO assessment(uid, kase, item, tool, tool_version, score, highest, "
	        "least, most, known, asked, proposed, band, thresholds, override,"
	        " made) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	        "biitiiiiiiiiittu", UID_ARG, k.case_id, c->u.assess.item, t->id,
	        (int64_t)t->version, (int64_t)s.score, (int64_t)s.highest, (int64_t)s.least,
	        (int64_t)s.most, (int64_t)s.known, (int64_t)s.asked, (int64_t)s.band,
	        (int64_t)c->u.assess.band, thresholds, override, time_now_us()));
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
	        "proposed, band, override, made FROM assessment WHERE kase = ?"
	        " ORDER BY made DESC, id DESC",
	        "i", case_id);
	while (sql_step(&q)) {
		struct assessment_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct assessment_row){.id = sql_int(&q, 0),
		        .tool = sql_text(&q, 1, a),
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
		        .made_us = sql_us(&q, 12)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_answers(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t assessment, const struct practice_tool *t, int *answer, const char **source)
{
	struct sql q;
	int64_t kase;
	enum sight s;
	for (size_t i = 0; i < t->n_factors; i++) {
		answer[i] = ANSWER_NONE;
		source[i] = "";
	}
	TRY(sql_one_int(r, &kase, "SELECT kase FROM assessment WHERE id = ?", "i", assessment));
	TRY(record_sight(r, v, kase, &s));
	if (s < SIGHT_ANON)
		return s == SIGHT_NONE ? ERR_NOT_FOUND : ERR_DENIED;
	sql_query(r, &q, "SELECT factor, option, source FROM answer WHERE assessment = ?", "i",
	        assessment);
	while (sql_step(&q)) {
		const char *factor = sql_text(&q, 0, a);
		for (size_t i = 0; i < t->n_factors; i++) {
			if (strcmp(t->factor[i].id, factor) != 0)
				continue;
			answer[i] = (int)sql_int(&q, 1);
			if (answer[i] >= (int)t->factor[i].n_options)
				answer[i] = ANSWER_UNKNOWN; /* an older version had more */
			source[i] = s == SIGHT_FULL ? sql_text(&q, 2, a) : "";
		}
	}
	return sql_end(&q);
}
