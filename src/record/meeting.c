#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

#define MEETING_COLUMNS                                                                            \
	"SELECT id, forum, type, state, day, starts, started, ended, venue, chair, minute_taker, " \
	"table_item, word, table_since, next_day,"                                                 \
	" next_starts, coalesce(quorum_words, ''), minutes_version, approved, agreed_at, "         \
	"coalesce(emergency, '') FROM meeting"

static void meeting_fill(struct record *r, struct sql *q, struct arena *a, struct meeting_row *m)
{
	*m = (struct meeting_row){.id = sql_int(q, 0),
	        .forum = sql_int(q, 1),
	        .type = practice_type(r->practice, sql_text(q, 2, a)),
	        .state = (enum meeting_state)sql_int(q, 3),
	        .day = sql_day(q, 4),
	        .starts_us = sql_us(q, 5),
	        .started_us = sql_us(q, 6),
	        .ended_us = sql_us(q, 7),
	        .venue = sql_text(q, 8, a),
	        .chair_seat = sql_int(q, 9),
	        .minutes_seat = sql_int(q, 10),
	        .table_item = sql_int(q, 11),
	        .word_agency = sql_int(q, 12),
	        .table_since_us = sql_us(q, 13),
	        .next_day = sql_day(q, 14),
	        .next_us = sql_us(q, 15),
	        .quorum_reason = sql_text(q, 16, a),
	        .minutes_version = (int)sql_int(q, 17),
	        .minutes_approved = !sql_null(q, 18),
	        .minutes_agreed = !sql_null(q, 19),
	        .emergency = sql_text(q, 20, a)};
	if (!m->type)
		m->type = practice_type_missing();
}

static enum err one(struct record *r, struct arena *a, struct sql *q, struct meeting_row *ret)
{
	bool found = sql_step(q);
	if (found)
		meeting_fill(r, q, a, ret);
	TRY(sql_end(q));
	return found ? ERR_OK : ERR_NOT_FOUND;
}

enum err record_meeting(struct record *r, struct arena *a, int64_t id, struct meeting_row *ret)
{
	struct sql q;
	sql_query(r, &q, MEETING_COLUMNS " WHERE id = ?", "i", id);
	return one(r, a, &q, ret);
}

enum err record_meeting_next(
        struct record *r, struct arena *a, int64_t forum, struct meeting_row *ret)
{
	struct sql q;
	/* one that was begun comes before one that is only planned */
	sql_query(r, &q,
	        MEETING_COLUMNS " WHERE forum = ? AND state < 5 ORDER BY state = 0, starts LIMIT 1",
	        "i", forum);
	return one(r, a, &q, ret);
}

enum err record_meeting_last(
        struct record *r, struct arena *a, int64_t forum, int64_t before, struct meeting_row *ret)
{
	struct sql q;
	sql_query(r, &q,
	        MEETING_COLUMNS " WHERE forum = ?1 AND state >= 5 AND (?2 = 0 OR starts < (SELECT "
	                        "starts FROM meeting WHERE id = ?2))"
	                        " ORDER BY starts DESC LIMIT 1",
	        "ii", forum, before);
	return one(r, a, &q, ret);
}

enum err record_minutes_due(
        struct record *r, struct arena *a, int64_t meeting, struct meeting_row *ret)
{
	struct sql q;
	sql_query(r, &q,
	        MEETING_COLUMNS
	        " WHERE forum = (SELECT forum FROM meeting WHERE id = ?1) AND state = 5 AND starts "
	        "< "
	        "(SELECT starts FROM meeting WHERE id = ?1) AND starts >= coalesce((SELECT "
	        "max(o.starts) FROM meeting o JOIN meeting n ON n.id = ?1 AND o.forum = n.forum "
	        "WHERE "
	        "o.state >= 5 AND o.emergency IS NULL AND o.starts < n.starts), 0) ORDER BY starts "
	        "LIMIT 1",
	        "i", meeting);
	return one(r, a, &q, ret);
}

enum err record_meetings_planned(
        struct record *r, struct arena *a, int64_t forum, struct meeting_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q, MEETING_COLUMNS " WHERE forum = ? AND state = 0 ORDER BY starts", "i",
	        forum);
	while (sql_step(&q)) {
		struct meeting_row *m = arena_grow(a, &rows, &n, &cap, sizeof(*m));
		if (!m)
			q.err = ERR_NOMEM;
		else
			meeting_fill(r, &q, a, m);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_quorum(struct record *r, int64_t meeting, int64_t item, struct practice_quorum *ret)
{
	struct sql q;
	struct arena a;
	struct record_viewer v;
	const char *kind[PRACTICE_MAX];
	int64_t agency[PRACTICE_MAX];
	size_t n = 0;
	(void)item;
	arena_init(&a, 1u << 20);
	struct meeting_row m;
	enum err e = record_meeting(r, &a, meeting, &m);
	if (!e)
		e = record_viewer_meeting(r, meeting, &v);
	for (size_t i = 0; !e && i < v.n; i++) {
		if (v.present[i].standing > STANDING_DEPUTY || !v.present[i].agency)
			continue;
		bool again = false;
		for (size_t k = 0; k < n; k++)
			again |= agency[k] == v.present[i].agency;
		if (again)
			continue;
		sql_query(r, &q, "SELECT kind FROM agency WHERE id = ?", "i", v.present[i].agency);
		if (sql_step(&q)) {
			agency[n] = v.present[i].agency;
			kind[n++] = sql_text(&q, 0, &a);
		}
		e = sql_end(&q);
	}
	if (!e)
		practice_quorum(m.type, kind, n, ret);
	arena_finish(&a);
	return e;
}

/* ---- planning ---- */

static enum err add_item(struct record *r, int64_t meeting, enum agenda_kind kind,
        const char *title, int64_t kase, int minutes, int *position)
{
	uint8_t uid[16];
	uid_make(uid);
	*position += 1024; /* room between, so that a moved item touches no other */
	return sql_run(r,
	        "INSERT INTO item(uid, meeting, kind, title, kase, position, minutes) "
	        "VALUES(?,?,?,?,?,?,?)",
	        "biitzii", UID_ARG, meeting, (int64_t)kind, title, kase, (int64_t)*position,
	        (int64_t)minutes);
}

static int key_order(const void *a, const void *b)
{
	return practice_case_order(a, b);
}

/* Open cases of the forum, received by that day, that are new, were put off, or whose review has
 * come. */
static enum err add_cases(struct record *r, int64_t meeting, int64_t forum, int32_t day,
        const struct practice_type *t, int *position)
{
	struct sql q;
	struct arena a;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	arena_init(&a, 16u << 20);
	sql_query(r, &q,
	        "SELECT id, children, band, received, ref FROM kase WHERE forum = ?1 AND open = 1 "
	        "AND received <= ?2 AND (review IS NULL OR"
	        " review <= ?2"
	        /* or put off: the last meeting that had it on its agenda closed before it was done
	         */
	        " OR (SELECT i.state FROM item i JOIN meeting m ON m.id = i.meeting WHERE i.kase = "
	        "kase.id AND m.state >= 5 AND i.state <> 4"
	        " ORDER BY m.starts DESC LIMIT 1) IN (0, 1, 3))",
	        "id", forum, day);
	struct listed {
		struct practice_case_key key;
		const char *ref;
	};
	while (sql_step(&q)) {
		struct listed *l = arena_grow(&a, &rows, &n, &cap, sizeof(*l));
		if (!l) {
			q.err = ERR_NOMEM;
			break;
		}
		l->key = (struct practice_case_key){.id = sql_int(&q, 0),
		        .children = t->children_first && sql_int(&q, 1) > 0,
		        .band = (int)sql_int(&q, 2),
		        .received = sql_day(&q, 3)};
		l->ref = sql_text(&q, 4, &a);
	}
	enum err e = sql_end(&q);
	if (n)
		qsort(rows, n, sizeof(struct listed), key_order); /* key is the first member */
	for (size_t i = 0; !e && i < n; i++) {
		struct listed *l = (struct listed *)rows + i;
		e = add_item(r, meeting, AGENDA_CASE, l->ref, l->key.id, t->case_minutes, position);
	}
	arena_finish(&a);
	return e;
}

/* A part that every agenda of the type has comes by itself and is not carried. */
static bool is_part(const struct practice_type *t, const char *title)
{
	for (size_t i = 0; i < t->n_parts; i++)
		if (strcmp(t->part[i].title, title) == 0)
			return true;
	return false;
}

/*
 * Papers and other items that were put off or not reached come back: those of the last ordinary
 * meeting and of emergency meetings since, each once.
 */
static enum err carry_items(
        struct record *r, int64_t meeting, int64_t forum, const struct practice_type *t)
{
	struct sql q;
	struct arena a;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	struct put_off {
		int64_t id, kind, minutes;
		const char *title;
	};
	arena_init(&a, 1u << 20);
	sql_query(r, &q,
	        "SELECT i.id, i.kind, i.minutes, i.title FROM meeting n JOIN meeting m ON m.forum "
	        "= "
	        "?2 AND m.state >= 5 AND m.starts < n.starts JOIN item i ON i.meeting = m.id WHERE "
	        "n.id = ?1 AND m.starts >= coalesce((SELECT max(o.starts) FROM meeting o WHERE "
	        "o.forum = ?2 AND o.state >= 5 AND o.emergency IS NULL AND o.starts < n.starts), "
	        "0) "
	        "AND i.kind IN (4, 5) AND i.state IN (0, 1, 3) AND NOT EXISTS (SELECT 1 FROM item "
	        "j "
	        "WHERE j.carried = i.id AND j.state <> 4) ORDER BY m.starts, i.position",
	        "ii", meeting, forum);
	while (sql_step(&q)) {
		struct put_off *o = arena_grow(&a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct put_off){
		        sql_int(&q, 0), sql_int(&q, 1), sql_int(&q, 2), sql_text(&q, 3, &a)};
	}
	enum err e = sql_end(&q);
	for (size_t i = 0; !e && i < n; i++) {
		const struct put_off *o = (struct put_off *)rows + i;
		int64_t position;
		uint8_t uid[16];
		uid_make(uid);
		if (is_part(t, o->title))
			continue;
		e = item_place(r, meeting, 0, &position);
		if (!e)
			e = sql_run(r,
			        "INSERT INTO item(uid, meeting, kind, title, position, minutes, "
			        "carried) VALUES(?,?,?,?,?,?,?)",
			        "biitiii", UID_ARG, meeting, o->kind, o->title, position,
			        o->minutes, o->id);
	}
	arena_finish(&a);
	return e;
}

/* The agenda of the next ordinary meeting was made already: what this one put off or did not reach
 * joins it. */
static enum err carry_on(struct record *r, int64_t closed)
{
	struct sql q;
	struct arena a;
	struct meeting_row m, next = {0};
	int64_t kase, position;
	arena_init(&a, 1u << 20);
	enum err e = record_meeting(r, &a, closed, &m);
	if (!e) {
		sql_query(r, &q,
		        MEETING_COLUMNS " WHERE forum = ? AND state = 0 AND emergency IS NULL AND "
		                        "starts > ? ORDER BY starts LIMIT 1",
		        "iu", m.forum, m.starts_us);
		e = one(r, &a, &q, &next);
	}
	if (!e)
		e = carry_items(r, next.id, next.forum, next.type);
	/* one at a time: each changes the places of the others */
	while (!e && !(e = sql_one_int(r, &kase,
	                       "SELECT i.kase FROM item i JOIN kase k ON k.id = i.kase WHERE "
	                       "i.meeting = ?1 AND i.state IN (0, 1, 3) AND k.open = 1 AND NOT "
	                       "EXISTS (SELECT 1 FROM item j WHERE j.meeting = ?2 AND j.kase = "
	                       "i.kase AND j.state <> 4) ORDER BY i.position LIMIT 1",
	                       "ii", closed, next.id))) {
		uint8_t uid[16];
		uid_make(uid);
		e = item_place(r, next.id, kase, &position);
		if (!e)
			e = sql_run(r,
			        "INSERT INTO item(uid, meeting, kind, title, kase, position, "
			        "minutes) "
			        "SELECT ?, ?, 7, ref, id, ?, ? FROM kase WHERE id = ?",
			        "biiii", UID_ARG, next.id, position,
			        (int64_t)next.type->case_minutes, kase);
	}
	arena_finish(&a);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err add_agenda(struct record *r, int64_t meeting, int64_t forum, int32_t day,
        const struct practice_type *t, bool emergency)
{
	struct arena a;
	struct meeting_row last;
	int position = 0;
	arena_init(&a, 1u << 20);
	enum err e = record_meeting_last(r, &a, forum, meeting, &last);
	bool first = e == ERR_NOT_FOUND;
	if (first)
		e = ERR_OK;
	for (size_t i = 0; !e && i < t->n_parts; i++) {
		const struct practice_agenda_part *p = &t->part[i];
		char title[NAME_MAX_BYTES], when[TIME_TEXT_MAX];
		/* outside the cycle (R11): the declaration, and the cases it is called for */
		if (emergency && p->kind != AGENDA_WELCOME)
			continue;
		snprintf(title, sizeof(title), "%s", p->title);
		if (p->kind == AGENDA_CASES) {
			e = add_cases(r, meeting, forum, day, t, &position);
			continue;
		}
		if (p->kind == AGENDA_MINUTES || p->kind == AGENDA_ACTIONS) {
			if (first)
				continue;
			snprintf(title, sizeof(title),
			        p->kind == AGENDA_MINUTES ? "Minutes of %s" : "Actions from %s",
			        day_text(when, last.day, DAY_MONTH));
		}
		e = add_item(r, meeting, p->kind, title, 0, p->minutes, &position);
	}
	if (!e && !emergency)
		e = carry_items(r, meeting, forum, t);
	arena_finish(&a);
	return e;
}

static enum err add_seats(struct record *r, int64_t meeting, int64_t forum)
{
	/* a seat for each agency of a kind that sits on the forum, in the forum's order; its person
	 * is the core member */
	TRY(sql_run(r,
	        "INSERT INTO seat(uid, meeting, agency, person, standing, position)"
	        " SELECT randomblob(16), ?1, g.id, (SELECT p.id FROM membership s JOIN person p ON "
	        "p.id = s.person WHERE s.forum = f.id AND"
	        " p.agency = g.id ORDER BY s.standing, p.id LIMIT 1), CASE m.standing WHEN "
	        "'co-opted' THEN 2 WHEN 'observer' THEN 3 WHEN 'community' THEN 4 ELSE 0 END,"
	        " row_number() OVER (ORDER BY m.id, g.id) FROM forum f JOIN member m ON m.forum = "
	        "f.code JOIN agency g ON g.kind = m.agency_kind"
	        " WHERE f.id = ?2",
	        "ii", meeting, forum));
	/* a person who may see less than their agency's seat sits as themselves: observer, then
	 * co-opted, then community */
	return sql_run(r,
	        "UPDATE seat SET standing = b.standing FROM membership b WHERE seat.meeting = ?1 "
	        "AND b.forum = ?2 AND b.person = seat.person AND"
	        " b.standing > 1 AND CASE b.standing WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE b.standing "
	        "END > CASE seat.standing WHEN 2 THEN 3 WHEN 3 THEN 2"
	        " ELSE seat.standing END",
	        "ii", meeting, forum);
}

static bool is_time(int hour, int minute)
{
	return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

enum err cmd_meeting_plan(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct arena a;
	struct forum_row f;
	uint8_t uid[16];
	char when[TIME_TEXT_MAX];
	int64_t seats = 0;
	const char *emergency =
	        c->u.plan.emergency && *c->u.plan.emergency ? c->u.plan.emergency : NULL;
	uid_make(uid);
	arena_init(&a, 1u << 20);
	enum err e = record_forum(r, &a, c->u.plan.forum, &f);
	if (e == ERR_NOT_FOUND)
		e = why(w, e, "There is no such group.");
	if (!e && (c->u.plan.day == DAY_NONE || !is_time(c->u.plan.hour, c->u.plan.minute)))
		e = why(w, ERR_INPUT, "Give a date and a time of day.");
	if (!e && !f.type) /* a kind of group that no meeting type serves */
		e = why(w, ERR_REFUSED,
		        "No kind of meeting is known for %.120s. Ask your administrator.", f.name);
	if (!e)
		e = check_words(c->u.plan.venue, NAME_MAX_BYTES, true, "The venue", w);
	if (!e)
		e = check_words(emergency, WORDS_MAX, true, "Why it cannot wait", w);
	if (!e) {
		e = sql_insert(r, &d->id,
		        "INSERT INTO meeting(uid, forum, type, type_version, day, starts, venue, "
		        "emergency) VALUES(?,?,?,?,?,?,?,?)",
		        "bitidutt", UID_ARG, f.id, f.type->id, (int64_t)f.type->version,
		        c->u.plan.day,
		        time_from_day(c->u.plan.day, c->u.plan.hour, c->u.plan.minute),
		        c->u.plan.venue ? c->u.plan.venue : "", emergency);
		if (e == ERR_EXISTS)
			e = why(w, e, "%s already meets at that time.", f.name);
	}
	d->meeting_id = d->id;
	if (!e)
		e = add_seats(r, d->id, f.id);
	if (!e)
		e = sql_one_int(
		        r, &seats, "SELECT count(*) FROM seat WHERE meeting = ?", "i", d->id);
	if (!e && seats == 0)
		e = why(w, ERR_REFUSED,
		        "%s has no members yet. Import its members and agencies first.", f.name);
	/* the same agency takes the chair and the minutes as last time, until somebody says
	 * otherwise */
	if (!e)
		e = sql_run(r,
		        "UPDATE meeting SET chair = (SELECT s.id FROM seat s WHERE s.meeting = ?1 "
		        "AND s.agency = (SELECT p.agency FROM meeting o JOIN seat p"
		        " ON p.id = o.chair WHERE o.forum = ?2 AND o.state >= 5 ORDER BY o.starts "
		        "DESC LIMIT 1)), minute_taker = (SELECT s.id FROM seat s"
		        " WHERE s.meeting = ?1 AND s.agency = (SELECT p.agency FROM meeting o JOIN "
		        "seat p ON p.id = o.minute_taker WHERE o.forum = ?2 AND"
		        " o.state >= 5 ORDER BY o.starts DESC LIMIT 1)) WHERE id = ?1",
		        "ii", d->id, f.id);
	if (!e) /* who took the minutes as a guest of the chair's agency has no seat of their own
	           yet */
		e = sql_run(r,
		        "UPDATE meeting SET minute_taker = NULL WHERE id = ? AND minute_taker = "
		        "chair",
		        "i", d->id);
	if (!e)
		e = add_agenda(r, d->id, f.id, c->u.plan.day, f.type, emergency != NULL);
	if (!e)
		snprintf(d->text, sizeof(d->text),
		        emergency ? "Emergency meeting called for %s." : "Meeting planned for %s.",
		        day_text(when, c->u.plan.day, DAY_MONTH));
	arena_finish(&a);
	return e;
}

enum err cmd_meeting_next(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	char when[TIME_TEXT_MAX];
	int64_t day, approved;
	d->id = d->meeting_id = c->u.next.meeting;
	TRY(sql_one_int(r, &day, "SELECT day FROM meeting WHERE id = ?", "i", d->id));
	TRY(sql_one_int(r, &approved,
	        "SELECT approved IS NOT NULL OR state = 6 FROM meeting WHERE id = ?", "i", d->id));
	if (approved)
		return why(w, ERR_REFUSED,
		        "The minutes are approved, and they name the next meeting.");
	if (!is_time(c->u.next.hour, c->u.next.minute))
		return why(w, ERR_INPUT, "Give a date and a time of day.");
	if (c->u.next.day == DAY_NONE || c->u.next.day <= day)
		return why(w, ERR_INPUT, "Give a date after this meeting, %s.",
		        day_text(when, (int32_t)day, DAY_MONTH));
	TRY(sql_run(r, "UPDATE meeting SET next_day = ?, next_starts = ? WHERE id = ?", "dui",
	        c->u.next.day, time_from_day(c->u.next.day, c->u.next.hour, c->u.next.minute),
	        d->id));
	snprintf(d->text, sizeof(d->text), "Next meeting on %s.",
	        day_text(when, c->u.next.day, DAY_MONTH));
	return ERR_OK;
}

/* ---- the state machine ---- */

static enum err may_start(struct record *r, const struct command *c, int64_t chair, struct why *w)
{
	struct practice_quorum quorum;
	int64_t signed_chair = 0;
	if (!chair)
		return why(w, ERR_REFUSED,
		        "Nobody is in the chair. Touch a seat and say who takes it.");
	TRY(sql_one_int(r, &signed_chair,
	        "SELECT signed IS NOT NULL AND left_at IS NULL FROM seat WHERE id = ?", "i",
	        chair));
	if (!signed_chair)
		return why(w, ERR_REFUSED, "The chair still has to sign.");
	TRY(record_quorum(r, c->u.state.meeting, 0, &quorum));
	if (quorum.met)
		return ERR_OK;
	const char *words = c->u.state.words ? c->u.state.words : "";
	if (!c->u.state.reason || !*c->u.state.reason) {
		if (quorum.n_missing)
			return why(w, ERR_REFUSED,
			        "%s still has to sign. The chair can go on without it, with a "
			        "reason.",
			        quorum.missing[0]);
		return why(w, ERR_REFUSED,
		        "%d more agencies have to sign. The chair can go on without them, with a "
		        "reason.",
		        quorum.number_missing);
	}
	TRY(check_entry(r, "no-quorum", c->u.state.reason, false, "The reason", w));
	TRY(check_words(words, WORDS_MAX, true, "The reason", w));
	char text[WORDS_MAX + 256];
	snprintf(text, sizeof(text), "%s%s%s", entry_label(r, "no-quorum", c->u.state.reason),
	        *words ? ": " : "", words);
	return sql_run(r, "UPDATE meeting SET quorum_reason = ?, quorum_words = ? WHERE id = ?",
	        "tti", c->u.state.reason, text, c->u.state.meeting);
}

/* One panel, one room: who is in it and what it may show is of one meeting at a time. */
static enum err no_other_is_on(struct record *r, int64_t meeting, struct why *w)
{
	struct sql q;
	struct arena a;
	char when[TIME_TEXT_MAX];
	enum err e = ERR_OK;
	arena_init(&a, 1u << 16);
	sql_query(r, &q,
	        "SELECT f.name, m.day FROM meeting m JOIN forum f ON f.id = m.forum WHERE m.state "
	        "IN "
	        "(2, 3, 4) AND m.id <> ? LIMIT 1",
	        "i", meeting);
	if (sql_step(&q))
		e = why(w, ERR_REFUSED, "%s is in session since %s. Close that meeting first.",
		        sql_text(&q, 0, &a), day_text(when, sql_day(&q, 1), DAY_MONTH));
	enum err ended = sql_end(&q);
	arena_finish(&a);
	return ended ? ended : e;
}

/* Back to planned: opened by mistake, and nobody has signed yet. */
static enum err nobody_signed(struct record *r, int64_t meeting, struct why *w)
{
	int64_t n;
	TRY(sql_one_int(r, &n, "SELECT count(*) FROM seat WHERE meeting = ? AND signed IS NOT NULL",
	        "i", meeting));
	return n ? why(w, ERR_REFUSED, "Somebody has signed already. Go on, or close the meeting.")
	         : ERR_OK;
}

static const char *state_sentence(enum meeting_state s)
{
	switch (s) {
	case MEETING_PLANNED:
		return "Not open any more.";
	case MEETING_SIGNING:
		return "Open for signing.";
	case MEETING_SESSION:
		return "In session.";
	default:
		return "";
	}
}

enum err cmd_meeting_state(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t now = time_now_us(), state, chair = 0;
	enum meeting_state to = c->u.state.to;
	d->id = d->meeting_id = c->u.state.meeting;
	TRY(sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", d->id));
	err_ignore(sql_one_int(
	        r, &chair, "SELECT coalesce(chair, 0) FROM meeting WHERE id = ?", "i", d->id));
	if (to == MEETING_AGREED || !practice_meeting_may((enum meeting_state)state, to))
		return why(w, ERR_REFUSED, "The meeting is %s and cannot become %s.",
		        meeting_state_name((enum meeting_state)state), meeting_state_name(to));
	if (to == MEETING_PLANNED)
		TRY(nobody_signed(r, d->id, w));
	if (to == MEETING_SIGNING || (state == MEETING_SIGNING && to == MEETING_SESSION))
		TRY(no_other_is_on(r, d->id, w));
	if (state == MEETING_SIGNING && to == MEETING_SESSION) {
		TRY(may_start(r, c, chair, w));
		TRY(sql_run(r, "UPDATE meeting SET started = ? WHERE id = ?", "ui", now, d->id));
		/* the welcome and the declaration are what has just been done */
		TRY(items_are_done(r, d->id, AGENDA_WELCOME));
	}
	if (to == MEETING_CLOSING || to == MEETING_CLOSED)
		TRY(item_off_table(r, d->id));
	if (to == MEETING_CLOSED)
		TRY(sql_run(r, "UPDATE meeting SET ended = ? WHERE id = ?", "ui", now, d->id));
	if (to == MEETING_CLOSED)
		TRY(minutes_version(r, d->id, "draft", 0, "", 0));
	TRY(sql_run(r, "UPDATE meeting SET state = ? WHERE id = ?", "ii", (int64_t)to, d->id));
	if (to == MEETING_CLOSED)
		TRY(carry_on(r, d->id));
	snprintf(
	        d->text, sizeof(d->text), "%s", state == MEETING_COVERED ? "" : state_sentence(to));
	return ERR_OK;
}

/* ---- minutes ---- */

enum err cmd_minutes_agree(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t state, day, same = 0;
	char when[TIME_TEXT_MAX];
	d->id = d->meeting_id = c->u.agree.meeting;
	TRY(check_meeting(r, c->u.agree.at, MEETING_SESSION, w));
	TRY(sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", d->id));
	TRY(sql_one_int(r, &same,
	        "SELECT m.forum = o.forum AND m.starts < o.starts FROM meeting m JOIN meeting o ON "
	        "o.id = ? WHERE m.id = ?",
	        "ii", c->u.agree.at, d->id));
	if (!same)
		return why(w, ERR_REFUSED,
		        "Those are not the minutes of an earlier meeting of this group.");
	if (state != MEETING_CLOSED)
		return why(w, ERR_REFUSED, "Those minutes are %s.",
		        state == MEETING_AGREED ? "agreed already" : "not closed yet");
	const char *correction = c->u.agree.correction ? c->u.agree.correction : "";
	if (*correction) {
		TRY(check_correction(r, d->id, c->u.agree.item, correction, w));
		TRY(minutes_version(
		        r, d->id, "corrected", c->u.agree.item, correction, c->u.agree.at));
	}
	TRY(sql_run(r, "UPDATE meeting SET state = ?, agreed_at = ? WHERE id = ?", "iii",
	        (int64_t)MEETING_AGREED, c->u.agree.at, d->id));
	TRY(items_are_done(r, c->u.agree.at, AGENDA_MINUTES));
	TRY(sql_one_int(r, &day, "SELECT day FROM meeting WHERE id = ?", "i", d->id));
	snprintf(d->text, sizeof(d->text), "Minutes of %s agreed%s.",
	        day_text(when, (int32_t)day, DAY_MONTH), *correction ? " with a correction" : "");
	return ERR_OK;
}

enum err cmd_minutes_approve(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	d->id = d->meeting_id = c->u.approve.meeting;
	int64_t approved;
	TRY(check_meeting(r, d->id, MEETING_CLOSED, w));
	TRY(sql_one_int(
	        r, &approved, "SELECT approved IS NOT NULL FROM meeting WHERE id = ?", "i", d->id));
	if (approved)
		return why(w, ERR_EXISTS, "Those minutes are approved already.");
	TRY(sql_run(r, "UPDATE meeting SET approved = ? WHERE id = ?", "ui", time_now_us(), d->id));
	return minutes_version(r, d->id, "approved", 0, "", 0);
}

enum err cmd_note(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	uint8_t uid[16];
	uid_make(uid);
	TRY(check_item(r, c->u.note.item, false, &k, w));
	TRY(check_words(c->u.note.words, WORDS_MAX, false, "The note", w));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO note(uid, meeting, item, agency, words, at) VALUES(?,?,?,?,?,?)",
	        "biiztu", UID_ARG, k.meeting, c->u.note.item, c->u.note.agency, c->u.note.words,
	        time_now_us()));
	d->case_id = k.case_id;
	d->meeting_id = k.meeting;
	d->aside = c->u.note.aside;
	snprintf(d->text, sizeof(d->text), "Note kept.");
	return ERR_OK;
}

/* ---- papers ---- */

enum err cmd_paper(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	d->meeting_id = c->u.paper.meeting;
	enum err e = sql_insert(r, &d->id,
	        "INSERT INTO paper(meeting, copy, agency, digest, bytes, sealed, kind, version) "
	        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce((SELECT minutes_version FROM meeting "
	        "WHERE id = ?1), 0))",
	        "iizbiut", c->u.paper.meeting, (int64_t)c->u.paper.copy, c->u.paper.agency,
	        c->u.paper.digest, (size_t)VAULT_HASH_BYTES, c->u.paper.bytes, time_now_us(),
	        c->u.paper.kind ? c->u.paper.kind : "minutes");
	return e == ERR_EXISTS ? why(w, e, "Copy %d was made already.", c->u.paper.copy) : e;
}

enum err record_paper_next(struct record *r, int64_t meeting, int *ret)
{
	int64_t n;
	TRY(sql_one_int(r, &n, "SELECT coalesce(max(copy), 0) + 1 FROM paper WHERE meeting = ?",
	        "i", meeting));
	*ret = (int)n;
	return ERR_OK;
}

enum err record_papers(
        struct record *r, struct arena *a, int64_t meeting, struct paper_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT p.copy, coalesce(g.name, 'Chair'), p.sealed, p.kind = 'report', p.version "
	        "FROM paper "
	        "p LEFT "
	        "JOIN agency g ON g.id = p.agency WHERE p.kind IN ('minutes', 'report') AND "
	        "p.meeting "
	        "= ?"
	        " ORDER BY p.copy",
	        "i", meeting);
	while (sql_step(&q)) {
		struct paper_row *p = arena_grow(a, &rows, &n, &cap, sizeof(*p));
		if (!p) {
			q.err = ERR_NOMEM;
			break;
		}
		*p = (struct paper_row){.copy = (int)sql_int(&q, 0),
		        .agency = sql_text(&q, 1, a),
		        .sealed_us = sql_us(&q, 2),
		        .report = sql_int(&q, 3),
		        .version = (int)sql_int(&q, 4)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err cmd_meeting_move(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	char when[TIME_TEXT_MAX];
	int64_t state;
	d->id = d->meeting_id = c->u.reschedule.meeting;
	enum err e = sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", d->id);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such meeting.") : e;
	if (state != MEETING_PLANNED)
		return why(w, ERR_REFUSED,
		        "The meeting is %s. Only one that is not open yet can be moved.",
		        meeting_state_name((enum meeting_state)state));
	if (c->u.reschedule.day == DAY_NONE ||
	        !is_time(c->u.reschedule.hour, c->u.reschedule.minute))
		return why(w, ERR_INPUT, "Give a date and a time of day.");
	TRY(check_words(c->u.reschedule.venue, NAME_MAX_BYTES, true, "The venue", w));
	e = sql_run(r,
	        "UPDATE meeting SET day = ?, starts = ?, venue = coalesce(?, venue) WHERE id = ?",
	        "duti", c->u.reschedule.day,
	        time_from_day(c->u.reschedule.day, c->u.reschedule.hour, c->u.reschedule.minute),
	        c->u.reschedule.venue, d->id);
	if (e == ERR_EXISTS)
		return why(w, e, "The group already meets on %s at %02d:%02d. Choose another time.",
		        day_text(when, c->u.reschedule.day, DAY_MONTH), c->u.reschedule.hour,
		        c->u.reschedule.minute);
	TRY(e);
	snprintf(d->text, sizeof(d->text), "The meeting is moved to %s.",
	        day_text(when, c->u.reschedule.day, DAY_MONTH));
	return ERR_OK;
}
