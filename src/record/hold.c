#include "disposal_int.h"
#include <stdio.h>
#include <string.h>

/* What somebody says of a record beside the rule: a hold, its end, and the review of what is due.
 */

/* The record that a command names, when whoever opened the store may review it (a hold: when they
 * see it, and are somebody). */
static enum err find_subject(struct record *r, struct arena *a, const char *subject, int64_t id,
        bool review, struct cand *ret, struct why *w)
{
	struct record_viewer v;
	TRY(record_viewer_room(r, 0, &v));
	struct gather g = {.r = r, .a = a, .v = &v, .subject = subject ? subject : "", .id = id};
	if (id > 0 || (subject && strcmp(subject, DISPOSAL_DRAFTS) == 0))
		TRY(disposal_gather(&g));
	/* the same words for one that is not there and one nobody may know of */
	if (!g.n)
		return why(w, ERR_NOT_FOUND,
		        "There is no such record to keep or dispose of. It can be a case, a "
		        "meeting, the sealed copies of a meeting, or a return of your own agency "
		        "that was not all spoken.");
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
	char text[DISPOSAL_TEXT_MAX];
	int32_t today = time_to_day(time_now_us());
	if (strcmp(s->row.subject, DISPOSAL_DRAFTS) == 0)
		return why(w, ERR_REFUSED, "What was only begun is not held. Keep it as an entry.");
	if (s->row.held)
		return why(w, ERR_EXISTS, "It is held already, %s.",
		        disposal_hold_text(&s->row, text));
	if (c->u.hold.review != DAY_NONE && c->u.hold.review <= today)
		return why(w, ERR_INPUT,
		        "A hold is looked at again on a day after today, or stands until it is "
		        "lifted.");
	if (c->u.hold.review != DAY_NONE && c->u.hold.review > practice_add_months(today, 120))
		return why(w, ERR_INPUT, "A hold is looked at again within ten years.");
	TRY(check_words(c->u.hold.words, WORDS_MAX, false, "Why it is held", w));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO hold(subject, subject_id, words, agency, person, review, at) "
	        "VALUES(?,?,?,?,?,?,?)",
	        "titzidu", s->row.subject, s->row.id, c->u.hold.words, r->actor_agency, r->actor,
	        c->u.hold.review, time_now_us()));
	s->row.hold_review = c->u.hold.review;
	snprintf(d->text, sizeof(d->text), "Held, %s.", disposal_hold_text(&s->row, text));
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
	if (!e && !s.row.held)
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
		return why(w, ERR_REFUSED,
		        "It is not due: no rule says so yet, or a record that hangs on it is "
		        "kept.");
	if (s->row.state == DISPOSAL_NOT_YET)
		return why(w, ERR_REFUSED, "It is not due before %s.",
		        day_text(day, s->row.due, DAY_YEAR));
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
		d->act = c->u.dispose.keep_until == DAY_NONE ? "disposal.go" : "disposal.keep";
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
