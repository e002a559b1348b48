#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Decisions: when it is looked at again, or closure with outcome and reason; dissent is kept beside
 * it. */

enum err cmd_decide(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	uint8_t uid[16];
	char when[TIME_TEXT_MAX];
	int64_t today;
	uid_make(uid);
	TRY(check_item(r, c->u.decide.item, false, &k, w));
	TRY(sql_one_int(r, &today, "SELECT day FROM meeting WHERE id = ?", "i", k.meeting));
	TRY(check_words(c->u.decide.dissent, WORDS_MAX, true, "The dissent", w));
	if (c->u.decide.closes && !k.case_id)
		return why(w, ERR_REFUSED, "There is no case in this item to close.");
	if (c->u.decide.closes) {
		TRY(check_entry(r, "case-closed", c->u.decide.outcome, false, "The outcome", w));
		TRY(check_words(c->u.decide.words, WORDS_MAX, false, "The reason for closing", w));
	} else {
		TRY(check_words(c->u.decide.words, WORDS_MAX, k.case_id != 0, "The decision", w));
		if (k.case_id && (c->u.decide.review == DAY_NONE || c->u.decide.review <= today))
			return why(w, ERR_INPUT, "Give a review date after today, %s.",
			        day_text(when, (int32_t)today, DAY_MONTH));
	}
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO decision(uid, item, kase, closes, review, outcome, words, dissent, "
	        "dissent_agency, made) VALUES(?,?,?,?,?,?,?,?,?,?)",
	        "bizidtttzu", UID_ARG, c->u.decide.item, k.case_id, (int64_t)c->u.decide.closes,
	        c->u.decide.closes ? DAY_NONE : c->u.decide.review,
	        c->u.decide.closes ? c->u.decide.outcome : "",
	        c->u.decide.words ? c->u.decide.words : "",
	        c->u.decide.dissent ? c->u.decide.dissent : "", c->u.decide.dissent_agency,
	        time_now_us()));
	if (k.case_id)
		TRY(sql_run(r,
		        "UPDATE kase SET open = ?, review = ?, closed = ?, outcome = ? WHERE id = "
		        "?",
		        "iddti", (int64_t)!c->u.decide.closes,
		        c->u.decide.closes ? DAY_NONE : c->u.decide.review,
		        c->u.decide.closes ? (int32_t)today : DAY_NONE,
		        c->u.decide.closes ? c->u.decide.outcome : NULL, k.case_id));
	if (k.case_id)
		TRY(clocks_event(
		        r, k.case_id, c->u.decide.closes ? "case-closed" : "plan", time_now_us()));
	d->case_id = k.case_id;
	d->meeting_id = k.meeting;
	if (c->u.decide.closes)
		snprintf(d->text, sizeof(d->text), "Case closed.");
	else if (c->u.decide.review == DAY_NONE)
		snprintf(d->text, sizeof(d->text), "Decision kept.");
	else
		snprintf(d->text, sizeof(d->text), "Decision kept: reviewed again on %s.",
		        day_text(when, c->u.decide.review, DAY_MONTH));
	return ERR_OK;
}

enum err record_decisions(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int64_t item, struct decision_row **ret, size_t *ret_n)
{
	struct sql q;
	enum sight s = SIGHT_FULL;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	if (v->blind)
		return ERR_OK;
	if (case_id)
		TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	/* newest first: it is the one that holds; those marked in error last */
	sql_query(r, &q,
	        "SELECT d.id, d.kase, d.closes, d.review, d.outcome, d.words, d.dissent, "
	        "coalesce(g.name, ''), d.made, " MISTAKE_OF(
	                "decision", "d.id") " AS mark FROM decision d LEFT JOIN agency g"
	                                    " ON g.id = d.dissent_agency WHERE d.kase IS ?1 AND "
	                                    "(?2 = 0 OR d.item = ?2) ORDER "
	                                    "BY mark <> '', d.made DESC, d.id DESC",
	        "zi", case_id, item);
	while (sql_step(&q)) {
		struct decision_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct decision_row){.id = sql_int(&q, 0),
		        .case_id = sql_int(&q, 1),
		        .closes = sql_int(&q, 2),
		        .review = sql_day(&q, 3),
		        .outcome = entry_label(r, "case-closed", sql_text(&q, 4, a)),
		        .words = "",
		        .dissent = "",
		        .dissent_agency = "",
		        .made_us = sql_us(&q, 8),
		        .mistake = mistake_words(&q, 9, a, s)};
		if (s < SIGHT_FULL)
			continue;
		o->words = sql_text(&q, 5, a);
		o->dissent = sql_text(&q, 6, a);
		o->dissent_agency = sql_text(&q, 7, a);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
