#include "record_int.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/record_report.h"

/*
 * The ASB case review (R20). Invariants:
 * 1. At the number of qualifying complaints the threshold is found met, s.104(4); nobody can decide
 * otherwise. Below it people decide, by a route of the procedure and with reasons.
 * 2. `review` holds what is so now; every decision and answer is in review_step too and stays
 * there.
 * 3. Each step is an event of the case, so that the clocks of the procedure run by what happened.
 */

/* The case is of a group that reviews, and whoever stands before the panel sees it in full. */
static enum err check_review(struct record *r, int64_t case_id, int *ret_needed, struct why *w)
{
	struct record_viewer v;
	struct forum_row f;
	struct arena a;
	int64_t forum;
	TRY(check_case_full(r, case_id, &v, w));
	TRY(sql_one_int(r, &forum, "SELECT forum FROM kase WHERE id = ?", "i", case_id));
	arena_init(&a, 1u << 16);
	enum err e = record_forum(r, &a, forum, &f);
	*ret_needed = e || !f.type ? 0 : f.type->review_complaints;
	arena_finish(&a);
	TRY(e);
	return *ret_needed
	               ? ERR_OK
	               : why(w, ERR_REFUSED,
	                         "Applications for a review are recorded in a case of the group "
	                         "that reviews.");
}

static enum err add_step(struct record *r, int64_t *ret_id, int64_t case_id, const char *what,
        int64_t agency, int64_t answers, const char *words, int32_t day)
{
	uint8_t uid[16];
	uid_make(uid);
	return sql_insert(r, ret_id,
	        "INSERT INTO review_step(uid, kase, what, agency, answers, words, day, at) "
	        "VALUES(?,?,?,?,?,?,?,?)",
	        "bitzztdu", UID_ARG, case_id, what, agency, answers, words ? words : "", day,
	        time_now_us());
}

static enum err applied_on(struct record *r, int64_t case_id, int64_t *ret_day, struct why *w)
{
	enum err e =
	        sql_one_int(r, ret_day, "SELECT applied FROM review WHERE kase = ?", "i", case_id);
	return e == ERR_NOT_FOUND
	               ? why(w, ERR_REFUSED, "Record the application first: who asked, and when.")
	               : e;
}

/* An event of the case on a day: it is so from then on, and at the latest now. */
static int64_t moment(int32_t day)
{
	int64_t now = time_now_us(), at = time_from_day(day, 12, 0);
	return at > now ? now : at;
}

static enum err check_day(int32_t day, const char *what, struct why *w)
{
	char when[TIME_TEXT_MAX];
	if (day == DAY_NONE || day > time_today())
		return why(w, ERR_INPUT, "Give the day of %s: today, %s, or before.", what,
		        day_text(when, time_today(), DAY_MONTH));
	return ERR_OK;
}

enum err cmd_review_apply(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int needed;
	char when[TIME_TEXT_MAX];
	d->case_id = c->u.review.case_id;
	TRY(check_review(r, d->case_id, &needed, w));
	TRY(check_day(c->u.review.applied, "the application", w));
	TRY(check_entry(r, "review-applicant", c->u.review.applicant, false, "Who applied", w));
	TRY(check_words(c->u.review.words, WORDS_MAX, true, "What the applicant asks for", w));
	enum err e = sql_insert(r, &d->id,
	        "INSERT INTO review(kase, applied, applicant, words) VALUES(?,?,?,?)", "idtt",
	        d->case_id, c->u.review.applied, c->u.review.applicant,
	        c->u.review.words ? c->u.review.words : "");
	if (e == ERR_EXISTS)
		return why(w, e,
		        "An application is recorded in this case already. A new one is a "
		        "new case.");
	TRY(e);
	TRY(clocks_event(r, d->case_id, "application", moment(c->u.review.applied)));
	snprintf(d->text, sizeof(d->text), "Application of %s recorded.",
	        day_text(when, c->u.review.applied, DAY_MONTH));
	return ERR_OK;
}

enum err cmd_review_complaint(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int needed;
	int64_t day;
	int32_t reported = c->u.complaint.reported;
	char when[TIME_TEXT_MAX];
	d->id = c->u.complaint.incident;
	enum err e =
	        sql_one_int(r, &d->case_id, "SELECT kase FROM incident WHERE id = ?", "i", d->id);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no such incident.");
	TRY(e);
	TRY(check_review(r, d->case_id, &needed, w));
	TRY(sql_one_int(r, &day, "SELECT day FROM incident WHERE id = ?", "i", d->id));
	if (reported != DAY_NONE && reported < day)
		return why(w, ERR_INPUT, "It happened on %s and cannot be reported before.",
		        day_text(when, (int32_t)day, DAY_MONTH));
	TRY(sql_run(r, "UPDATE incident SET qualifying = ?, reported = ? WHERE id = ?", "idi",
	        (int64_t)c->u.complaint.qualifying, reported, d->id));
	snprintf(d->text, sizeof(d->text), "Report of %s %s.",
	        day_text(when, (int32_t)day, DAY_MONTH),
	        c->u.complaint.qualifying ? "counted as a complaint" : "not counted");
	return ERR_OK;
}

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* How many complaints count; the room may see the case, which the caller has checked. */
static enum err count_complaints(struct record *r, int64_t case_id, int32_t applied, int *ret)
{
	struct sql q;
	*ret = 0;
	sql_query(r, &q,
	        "SELECT day, coalesce(reported, day) FROM incident WHERE kase = ? AND qualifying = "
	        "1 "
	        "AND same_as IS NULL AND " NOT_IN_ERROR("incident", "incident.id"),
	        "i", case_id);
	while (sql_step(&q))
		*ret += practice_complaint(r->practice, sql_day(&q, 0), sql_day(&q, 1), applied) ==
		        COMPLAINT_COUNTS;
	return sql_end(&q);
}

enum err cmd_review_threshold(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int needed, counted;
	int64_t applied, step;
	const char *route = c->u.threshold.route ? c->u.threshold.route : "";
	bool met = c->u.threshold.met;
	d->case_id = c->u.threshold.case_id;
	d->meeting_id = c->u.threshold.meeting;
	TRY(check_review(r, d->case_id, &needed, w));
	if (d->meeting_id)
		TRY(check_meeting(r, d->meeting_id, MEETING_SESSION, w));
	TRY(applied_on(r, d->case_id, &applied, w));
	TRY(count_complaints(r, d->case_id, (int32_t)applied, &counted));
	if (counted >= needed && !met)
		return why(w, ERR_REFUSED,
		        "%d qualifying complaints: at %d the threshold must be found met "
		        "(s.104(4)).",
		        counted, needed);
	if (met) {
		TRY(check_entry(r, "review-route", route, false, "By which route it is met", w));
		if (is(route, "complaints") && counted < needed)
			return why(w, ERR_REFUSED,
			        "%d of %d complaints count. It can be met by another route, with "
			        "reasons.",
			        counted, needed);
	} else {
		route = "judged";
	}
	TRY(check_words(c->u.threshold.reasons, WORDS_MAX, is(route, "complaints"),
	        "The reasons for the decision", w));
	const char *reasons = c->u.threshold.reasons ? c->u.threshold.reasons : "";
	TRY(sql_run(r,
	        "UPDATE review SET met = ?, decided = ?, meeting = ?, route = ?, reasons = ? WHERE "
	        "kase = ?",
	        "idztti", (int64_t)met, time_today(), d->meeting_id, route, reasons, d->case_id));
	TRY(sql_one_int(r, &d->id, "SELECT id FROM review WHERE kase = ?", "i", d->case_id));
	TRY(add_step(r, &step, d->case_id, met ? "threshold-met" : "threshold-not-met", 0, 0,
	        reasons, time_today()));
	TRY(clocks_event(r, d->case_id, "threshold-decided", time_now_us()));
	snprintf(d->text, sizeof(d->text), "Threshold %s.", met ? "met" : "not met");
	return ERR_OK;
}

enum err cmd_review_victim(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int needed;
	int64_t applied;
	char what[80];
	const char *part = c->u.victim.part;
	d->case_id = c->u.victim.case_id;
	TRY(check_review(r, d->case_id, &needed, w));
	TRY(applied_on(r, d->case_id, &applied, w));
	TRY(check_entry(r, "review-victim", part, false, "The victim's part", w));
	TRY(check_words(c->u.victim.words, WORDS_MAX,
	        !practice_entry(r->practice, "review-victim", part)->needs_words, "The reason", w));
	const char *words = c->u.victim.words ? c->u.victim.words : "";
	TRY(sql_run(r, "UPDATE review SET victim = ?, victim_words = ? WHERE kase = ?", "tti", part,
	        words, d->case_id));
	snprintf(what, sizeof(what), "victim-%s", part);
	TRY(add_step(r, &d->id, d->case_id, what, 0, 0, words, time_today()));
	snprintf(d->text, sizeof(d->text), "The victim's part: %s.",
	        entry_label(r, "review-victim", part));
	return ERR_OK;
}

static bool is_answer(const char *what)
{
	return is(what, "accepted") || is(what, "declined");
}

/* What has to be so before a step, as a sentence; NULL when it is. */
static enum err check_step(struct record *r, const struct command *c, struct why *w)
{
	const char *what = c->u.step.what;
	int64_t n = 0, met = -1;
	if (is(what, "acknowledged"))
		return ERR_OK;
	TRY(sql_one_int(r, &met, "SELECT coalesce(met, -1) FROM review WHERE kase = ?", "i",
	        c->u.step.case_id));
	if (met < 0)
		return why(w, ERR_REFUSED, "Decide first whether the threshold is met.");
	if ((is(what, "recommendation") || is(what, "no-recommendation")) && !met)
		return why(w, ERR_REFUSED,
		        "The threshold is not met, so there is no review to recommend from.");
	if (is(what, "recommendation")) {
		TRY(sql_one_int(
		        r, &n, "SELECT count(*) FROM agency WHERE id = ?", "i", c->u.step.agency));
		if (!n)
			return why(w, ERR_INPUT, "Say to which agency it is recommended.");
	}
	if (is_answer(what)) {
		TRY(sql_one_int(r, &n,
		        "SELECT count(*) FROM review_step WHERE id = ? AND kase = ? AND what = "
		        "'recommendation'",
		        "ii", c->u.step.step, c->u.step.case_id));
		if (!n)
			return why(w, ERR_NOT_FOUND, "There is no such recommendation.");
	}
	if (strncmp(what, "appeal-", 7) == 0) {
		TRY(sql_one_int(r, &n,
		        "SELECT count(*) FROM review_step WHERE kase = ? AND what = 'appeal'", "i",
		        c->u.step.case_id));
		if (!n)
			return why(w, ERR_REFUSED, "Nobody has appealed.");
	}
	return ERR_OK;
}

/* Steps that are events of the clocks. */
static const struct {
	const char *what, *event;
} EVENT[] = {{"acknowledged", "acknowledged"}, {"recommendation", "panel"},
        {"no-recommendation", "panel"}, {"letter", "outcome-sent"}, {"appeal", "appeal"}};

enum err cmd_review_step(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int needed;
	int64_t applied, agency = c->u.step.agency;
	const char *what = c->u.step.what;
	d->case_id = c->u.step.case_id;
	TRY(check_review(r, d->case_id, &needed, w));
	TRY(applied_on(r, d->case_id, &applied, w));
	TRY(check_entry(r, "review-step", what, false, "The step", w));
	TRY(check_day(c->u.step.day, "it", w));
	if (c->u.step.day < applied)
		return why(w, ERR_INPUT, "That is before the application.");
	TRY(check_step(r, c, w));
	TRY(check_words(c->u.step.words, WORDS_MAX,
	        !practice_entry(r->practice, "review-step", what)->needs_words, "What is said", w));
	if (is_answer(what))
		TRY(sql_one_int(r, &agency, "SELECT agency FROM review_step WHERE id = ?", "i",
		        c->u.step.step));
	else if (!is(what, "recommendation"))
		agency = 0;
	TRY(add_step(r, &d->id, d->case_id, what, agency, is_answer(what) ? c->u.step.step : 0,
	        c->u.step.words, c->u.step.day));
	for (size_t i = 0; i < COUNT_OF(EVENT); i++)
		if (is(what, EVENT[i].what))
			TRY(clocks_event(r, d->case_id, EVENT[i].event, moment(c->u.step.day)));
	snprintf(d->text, sizeof(d->text), "Kept: %s.", entry_label(r, "review-step", what));
	return ERR_OK;
}

/* ---- rows ---- */

enum err record_review(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct review_row *ret)
{
	struct sql q;
	struct forum_row f;
	int64_t forum;
	enum sight s;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_NOT_FOUND;
	TRY(sql_one_int(r, &forum, "SELECT forum FROM kase WHERE id = ?", "i", case_id));
	TRY(record_forum(r, a, forum, &f));
	*ret = (struct review_row){.applied = DAY_NONE,
	        .decided_day = DAY_NONE,
	        .needed = f.type ? f.type->review_complaints : 0,
	        .applicant = "",
	        .words = "",
	        .route = "",
	        .reasons = "",
	        .victim = "",
	        .victim_label = "",
	        .victim_words = ""};
	sql_query(r, &q,
	        "SELECT applied, applicant, words, met, decided, route, reasons, victim, "
	        "victim_words "
	        "FROM review WHERE kase = ?",
	        "i", case_id);
	if (sql_step(&q)) {
		bool full = s == SIGHT_FULL;
		ret->applied = sql_day(&q, 0);
		ret->applicant = entry_label(r, "review-applicant", sql_text(&q, 1, a));
		ret->words = full ? sql_text(&q, 2, a) : "";
		ret->decided = !sql_null(&q, 3);
		ret->met = sql_int(&q, 3);
		ret->decided_day = sql_day(&q, 4);
		ret->route = entry_label(r, "review-route", sql_text(&q, 5, a));
		ret->reasons = full ? sql_text(&q, 6, a) : "";
		ret->victim = sql_text(&q, 7, a);
		ret->victim_label = entry_label(r, "review-victim", ret->victim);
		ret->victim_words = full ? sql_text(&q, 8, a) : "";
	}
	TRY(sql_end(&q));
	if (ret->applied == DAY_NONE)
		return ERR_OK;
	TRY(count_complaints(r, case_id, ret->applied, &ret->complaints));
	ret->must = ret->needed && ret->complaints >= ret->needed;
	return ERR_OK;
}

static int32_t month_of(int32_t day)
{
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	return day_from_ymd(y, m, 1);
}

enum err record_complaints(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct complaint_row **ret, size_t *ret_n)
{
	struct sql q;
	enum sight s;
	struct review_row review;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	TRY(record_review(r, a, v, case_id, &review));
	sql_query(r, &q,
	        "SELECT i.id, i.day, coalesce(i.reported, i.day), i.kind, coalesce(g.name, ''), "
	        "i.what, i.qualifying, i.same_as FROM incident i LEFT JOIN agency g ON g.id = "
	        "i.reported_to WHERE i.kase = ? AND " NOT_IN_ERROR(
	                "incident", "i.id") " ORDER BY i.day, i.id",
	        "i", case_id);
	while (sql_step(&q)) {
		struct complaint_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct complaint_row){.incident = sql_int(&q, 0),
		        .day = sql_day(&q, 1),
		        .reported = sql_day(&q, 2),
		        .kind = entry_label(r, "incident-kind", sql_text(&q, 3, a)),
		        .reported_to = sql_text(&q, 4, a),
		        .what = s == SIGHT_FULL ? sql_text(&q, 5, a) : "",
		        .qualifying = sql_int(&q, 6),
		        .again = !sql_null(&q, 7)};
		o->time = practice_complaint(r->practice, o->day, o->reported,
		        review.applied == DAY_NONE ? time_today() : review.applied);
		o->counts = o->qualifying && !o->again && o->time == COMPLAINT_COUNTS;
		if (s == SIGHT_ANON) {
			o->day = month_of(o->day);
			o->reported = month_of(o->reported);
		}
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

static const char *step_label(struct record *r, const char *what)
{
	if (is(what, "threshold-met"))
		return "Threshold met";
	if (is(what, "threshold-not-met"))
		return "Threshold not met";
	return strncmp(what, "victim-", 7) == 0 ? entry_label(r, "review-victim", what + 7)
	                                        : entry_label(r, "review-step", what);
}

enum err record_review_steps(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct review_step_row **ret, size_t *ret_n)
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
	        "SELECT t.id, t.what, t.agency, t.answers, coalesce(g.name, ''), t.words, t.day "
	        "FROM "
	        "review_step t LEFT JOIN agency g ON g.id = t.agency WHERE t.kase = ? ORDER BY "
	        "t.at, "
	        "t.id",
	        "i", case_id);
	while (sql_step(&q)) {
		struct review_step_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct review_step_row){.id = sql_int(&q, 0),
		        .what = sql_text(&q, 1, a),
		        .agency = sql_int(&q, 2),
		        .answers = sql_int(&q, 3),
		        .agency_name = sql_text(&q, 4, a),
		        .words = s == SIGHT_FULL ? sql_text(&q, 5, a) : "",
		        .day = sql_day(&q, 6)};
		o->label = step_label(r, o->what);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
