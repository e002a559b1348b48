#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* A seat for each agency at each meeting: who sits in it, whether they signed, and when they are
 * out of the room. */

struct seat_key {
	int64_t meeting, agency, person;
	enum standing standing;
	bool is_signed, left, guest;
	enum meeting_state state;
	char who[80];
};

static enum err check_seat(struct record *r, int64_t seat, struct seat_key *k, struct why *w)
{
	struct sql q;
	struct arena a;
	*k = (struct seat_key){0};
	arena_init(&a, 1u << 16);
	sql_query(r, &q,
	        "SELECT s.meeting, s.agency, s.person, s.standing, s.signed IS NOT NULL, s.left_at "
	        "IS NOT NULL, s.guest, m.state, coalesce(g.name, p.role, 'Guest')"
	        " FROM seat s JOIN meeting m ON m.id = s.meeting LEFT JOIN agency g ON g.id = "
	        "s.agency LEFT JOIN person p ON p.id = s.person WHERE s.id = ?",
	        "i", seat);
	bool found = sql_step(&q);
	if (found) {
		*k = (struct seat_key){.meeting = sql_int(&q, 0),
		        .agency = sql_int(&q, 1),
		        .person = sql_int(&q, 2),
		        .standing = (enum standing)sql_int(&q, 3),
		        .is_signed = sql_int(&q, 4),
		        .left = sql_int(&q, 5),
		        .guest = sql_int(&q, 6),
		        .state = (enum meeting_state)sql_int(&q, 7)};
		snprintf(k->who, sizeof(k->who), "%.79s", sql_text(&q, 8, &a));
	}
	arena_finish(&a);
	TRY(sql_end(&q));
	if (!found)
		return why(w, ERR_NOT_FOUND, "There is no such seat.");
	if (k->state >= MEETING_CLOSED)
		return why(w, ERR_REFUSED, "The meeting is %s.", meeting_state_name(k->state));
	return ERR_OK;
}

#define SEAT(c, d)                                                                                 \
	struct seat_key k;                                                                         \
	TRY(check_seat(r, (c), &k, w));                                                            \
	(d)->id = (c);                                                                             \
	(d)->meeting_id = k.meeting

static enum err check_person(
        struct record *r, const struct seat_key *k, int64_t person, struct why *w)
{
	int64_t agency;
	enum err e = sql_one_int(
	        r, &agency, "SELECT coalesce(agency, 0) FROM person WHERE id = ?", "i", person);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such person.") : e;
	return agency == k->agency ? ERR_OK
	                           : why(w, ERR_REFUSED, "That person is from another agency.");
}

/*
 * Who sits in a seat sees what both the seat, by the group's list of members, and the person
 * themselves may see. A guest's seat keeps its standing.
 */
static enum err standing_in_seat(
        struct record *r, const struct seat_key *k, const struct command *c, int64_t *ret)
{
	static const int LESS[STANDING_COUNT] = {[STANDING_CORE] = 0,
	        [STANDING_DEPUTY] = 1,
	        [STANDING_OBSERVER] = 2,
	        [STANDING_COOPTED] = 3,
	        [STANDING_COMMUNITY] = 4};
	int64_t seat = STANDING_CORE, own = STANDING_DEPUTY;
	*ret = k->standing;
	if (k->guest)
		return ERR_OK;
	enum err e = sql_one_int(r, &seat,
	        "SELECT CASE b.standing WHEN 'co-opted' THEN 2 WHEN 'observer' THEN 3 WHEN "
	        "'community' THEN 4 ELSE 0 END FROM meeting m JOIN forum f"
	        " ON f.id = m.forum JOIN member b ON b.forum = f.code JOIN agency g ON g.kind = "
	        "b.agency_kind WHERE m.id = ? AND g.id = ?",
	        "ii", k->meeting, k->agency);
	if (!e || e == ERR_NOT_FOUND)
		e = sql_one_int(r, &own,
		        "SELECT b.standing FROM membership b JOIN meeting m ON m.forum = b.forum "
		        "WHERE m.id = ? AND b.person = ?",
		        "ii", k->meeting, c->u.seat.person);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (c->u.seat.substitute_for && (own == STANDING_CORE || own == STANDING_OBSERVER))
		own = STANDING_DEPUTY; /* the agency names them for the day */
	*ret = LESS[seat] > LESS[own] ? seat : own;
	return ERR_OK;
}

enum err cmd_seat_person(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	SEAT(c->u.seat.seat, d);
	int64_t standing;
	if (k.is_signed && !k.left)
		return why(w, ERR_REFUSED,
		        "That seat is signed. The person leaves first, then another can sign.");
	TRY(check_person(r, &k, c->u.seat.person, w));
	if (c->u.seat.substitute_for)
		TRY(check_person(r, &k, c->u.seat.substitute_for, w));
	TRY(standing_in_seat(r, &k, c, &standing));
	snprintf(d->text, sizeof(d->text), "%s: seat changed.", k.who);
	if (k.is_signed) { /* whoever signed it was here and stays in the record: the next one has a
		              seat beside it, not signed yet */
		uint8_t uid[16];
		uid_make(uid);
		return sql_insert(r, &d->id,
		        "INSERT INTO seat(uid, meeting, agency, person, substitute_for, standing, "
		        "guest, position) SELECT ?, meeting, agency, ?, ?, ?, guest,"
		        " position FROM seat WHERE id = ?",
		        "bizii", UID_ARG, c->u.seat.person, c->u.seat.substitute_for, standing,
		        d->id);
	}
	TRY(sql_run(r,
	        "UPDATE seat SET person = ?, substitute_for = ?, standing = ?, apologies = CASE "
	        "WHEN ?2 IS NULL THEN NULL ELSE apologies END"
	        " WHERE id = ?4",
	        "izii", c->u.seat.person, c->u.seat.substitute_for, standing, d->id));
	return ERR_OK;
}

enum err cmd_seat_apologies(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	SEAT(c->u.apologies.seat, d);
	if (k.is_signed)
		return why(w, ERR_REFUSED, "%s has signed and is here.", k.who);
	TRY(sql_run(r, "UPDATE seat SET apologies = ?, information = ? WHERE id = ?", "udi",
	        time_now_us(), c->u.apologies.information, d->id));
	snprintf(d->text, sizeof(d->text), "Apologies of %s recorded.", k.who);
	return ERR_OK;
}

enum err cmd_seat_guest(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	uint8_t uid[16];
	int64_t person, state;
	uid_make(uid);
	enum err e = sql_one_int(
	        r, &state, "SELECT state FROM meeting WHERE id = ?", "i", c->u.guest.meeting);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such meeting.") : e;
	if (state >= MEETING_CLOSED)
		return why(w, ERR_REFUSED, "The meeting is %s.",
		        meeting_state_name((enum meeting_state)state));
	if (c->u.guest.standing < STANDING_COOPTED || c->u.guest.standing >= STANDING_COUNT)
		return why(
		        w, ERR_REFUSED, "A guest is co-opted, an observer or from the community.");
	TRY(check_words(c->u.guest.name, NAME_MAX_BYTES, false, "The name", w));
	TRY(check_words(c->u.guest.role, NAME_MAX_BYTES, false, "The role", w));
	struct command add = {.kind = CMD_PERSON_ADD};
	add.u.person.agency = c->u.guest.agency;
	add.u.person.name = c->u.guest.name;
	add.u.person.role = c->u.guest.role;
	struct done made = {0};
	TRY(cmd_person_add(r, &add, &made, w));
	person = made.id;
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO seat(uid, meeting, agency, person, standing, guest, position) "
	        "VALUES(?1,?2,?3,?4,?5,1,"
	        "(SELECT coalesce(max(position), 0) + 1 FROM seat WHERE meeting = ?2))",
	        "bizii", UID_ARG, c->u.guest.meeting, c->u.guest.agency, person,
	        (int64_t)c->u.guest.standing));
	d->meeting_id = c->u.guest.meeting;
	snprintf(d->text, sizeof(d->text), "%.100s added.", c->u.guest.role);
	return ERR_OK;
}

static enum err came_back(struct record *r, int64_t seat)
{
	return sql_run(r, "UPDATE absence SET back_at = ? WHERE seat = ? AND back_at IS NULL", "ui",
	        time_now_us(), seat);
}

enum err cmd_seat_sign(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	SEAT(c->u.at_seat.seat, d);
	if (k.state == MEETING_PLANNED)
		return why(w, ERR_REFUSED, "Open the meeting first, then sign.");
	if (!k.person)
		return why(w, ERR_REFUSED, "Say who sits for %s first.", k.who);
	if (k.is_signed && !k.left)
		return why(w, ERR_EXISTS, "%s has signed already.", k.who);
	int64_t n;
	TRY(sql_one_int(r, &n,
	        "SELECT count(*) FROM seat WHERE meeting = ? AND signed IS NOT NULL AND left_at IS "
	        "NULL",
	        "i", k.meeting));
	if (n >= PRACTICE_MAX) /* one more could not be asked what they may see, and the panel would
	                          show nothing */
		return why(
		        w, ERR_REFUSED, "The room is full: %d people have signed.", PRACTICE_MAX);
	struct arena a;
	struct meeting_row m;
	arena_init(&a, 1u << 20);
	enum err e = record_meeting(r, &a, k.meeting, &m);
	int64_t version = e ? 0 : m.type->declaration_version;
	arena_finish(&a);
	TRY(e);
	TRY(sql_run(r,
	        "UPDATE seat SET signed = coalesce(signed, ?), declaration_version = ?, left_at = "
	        "NULL, apologies = NULL WHERE id = ?",
	        "uii", time_now_us(), version, d->id));
	TRY(came_back(r, d->id)); /* who left for good and signs again is back */
	snprintf(d->text, sizeof(d->text), "%s signed.", k.who);
	return ERR_OK;
}

enum err cmd_seat_chair(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	SEAT(c->u.at_seat.seat, d);
	if (k.guest || k.standing > STANDING_DEPUTY)
		return why(w, ERR_REFUSED, "The chair is taken by a member or a deputy.");
	/* the minute taker is never the chair */
	TRY(sql_run(r,
	        "UPDATE meeting SET chair = ?1, minute_taker = CASE WHEN minute_taker = ?1 THEN "
	        "NULL ELSE minute_taker END WHERE id = ?2",
	        "ii", d->id, k.meeting));
	snprintf(d->text, sizeof(d->text), "%s takes the chair.", k.who);
	return ERR_OK;
}

enum err cmd_seat_minutes(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	SEAT(c->u.at_seat.seat, d);
	int64_t chair = 0;
	err_ignore(sql_one_int(
	        r, &chair, "SELECT coalesce(chair, 0) FROM meeting WHERE id = ?", "i", k.meeting));
	if (chair == d->id)
		return why(w, ERR_REFUSED,
		        "The chair does not take the minutes. Choose another seat.");
	TRY(sql_run(r, "UPDATE meeting SET minute_taker = ? WHERE id = ?", "ii", d->id, k.meeting));
	snprintf(d->text, sizeof(d->text), "%s takes the minutes.", k.who);
	return ERR_OK;
}

/* One or several at once: the others must be of the same meeting. */
typedef enum err seat_act(struct record *r, const struct command *c, const struct seat_key *k,
        int64_t seat, struct why *w);

static enum err each_seat(struct record *r, const struct command *c, struct done *d, struct why *w,
        seat_act *act, const char *one, const char *several)
{
	struct seat_key first, k;
	size_t n = c->u.at_seat.n_also;
	if (n > SEATS_AT_ONCE)
		return why(w, ERR_LIMIT, "At most %d at once.", SEATS_AT_ONCE + 1);
	TRY(check_seat(r, c->u.at_seat.seat, &first, w));
	TRY(act(r, c, &first, c->u.at_seat.seat, w));
	for (size_t i = 0; i < n; i++) {
		TRY(check_seat(r, c->u.at_seat.also[i], &k, w));
		if (k.meeting != first.meeting)
			return why(w, ERR_REFUSED, "%s sits at another meeting.", k.who);
		TRY(act(r, c, &k, c->u.at_seat.also[i], w));
	}
	d->id = c->u.at_seat.seat;
	d->meeting_id = first.meeting;
	if (n)
		snprintf(d->text, sizeof(d->text), several, first.who, n,
		        n == 1 ? "other" : "others");
	else
		snprintf(d->text, sizeof(d->text), one, first.who);
	return ERR_OK;
}

static enum err leaves(struct record *r, const struct command *c, const struct seat_key *k,
        int64_t seat, struct why *w)
{
	const char *words = c->u.at_seat.words ? c->u.at_seat.words : "";
	int64_t item = c->u.at_seat.item, n = 1;
	if (!k->is_signed || k->left)
		return why(w, ERR_REFUSED, "%s is not in the room.", k->who);
	TRY(check_words(words, WORDS_MAX, true, "The reason", w));
	if (item)
		TRY(sql_one_int(r, &n, "SELECT count(*) FROM item WHERE id = ? AND meeting = ?",
		        "ii", item, k->meeting));
	if (!n)
		return why(w, ERR_NOT_FOUND, "There is no such item at this meeting.");
	if (!item)
		TRY(sql_run(
		        r, "UPDATE seat SET left_at = ? WHERE id = ?", "ui", time_now_us(), seat));
	return sql_run(r, "INSERT INTO absence(seat, item, left_at, words) VALUES(?,?,?,?)", "izut",
	        seat, item, time_now_us(), words);
}

enum err cmd_seat_leave(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	return each_seat(r, c, d, w, leaves, "%s has left.", "%s and %zu %s have left.");
}

static enum err returns(struct record *r, const struct command *c, const struct seat_key *k,
        int64_t seat, struct why *w)
{
	int64_t out = 0;
	(void)c;
	if (!k->is_signed)
		return why(w, ERR_REFUSED, "%s signs first.", k->who);
	TRY(sql_one_int(r, &out, "SELECT count(*) FROM absence WHERE seat = ? AND back_at IS NULL",
	        "i", seat));
	if (!k->left && !out)
		return why(w, ERR_REFUSED, "%s is in the room.", k->who);
	TRY(came_back(r, seat));
	return sql_run(r, "UPDATE seat SET left_at = NULL WHERE id = ?", "i", seat);
}

enum err cmd_seat_return(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	return each_seat(r, c, d, w, returns, "%s is back.", "%s and %zu %s are back.");
}

enum err cmd_conflict(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	SEAT(c->u.conflict.seat, d);
	uint8_t uid[16];
	int64_t seat = d->id, there = 0;
	uid_make(uid);
	TRY(check_words(c->u.conflict.words, WORDS_MAX, true, "What was declared", w));
	TRY(check_entry(r, "conflict-decision", c->u.conflict.decision, false, "The decision", w));
	TRY(sql_one_int(
	        r, &there, "SELECT count(*) FROM kase WHERE id = ?", "i", c->u.conflict.case_id));
	/* what may not be known of is not there to be asked for; whoever signs first is alone with
	 * it
	 */
	if (there && k.state > MEETING_SIGNING) {
		struct record_viewer v;
		enum sight s;
		TRY(record_viewer_meeting(r, k.meeting, &v));
		TRY(record_sight(r, &v, c->u.conflict.case_id, &s));
		there = s > SIGHT_NONE || v.blind;
	}
	if (!there)
		return why(w, ERR_NOT_FOUND, "There is no such case.");
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO conflict(uid, seat, kase, words, decision, at) VALUES(?,?,?,?,?,?) ON "
	        "CONFLICT(seat, kase) DO UPDATE SET"
	        " words = excluded.words, decision = excluded.decision, at = excluded.at",
	        "biittu", UID_ARG, seat, c->u.conflict.case_id,
	        c->u.conflict.words ? c->u.conflict.words : "", c->u.conflict.decision,
	        time_now_us()));
	/* said anew, no row was inserted and the last id is something else's */
	TRY(sql_one_int(r, &d->id, "SELECT id FROM conflict WHERE seat = ? AND kase = ?", "ii",
	        seat, c->u.conflict.case_id));
	d->case_id = c->u.conflict.case_id;
	snprintf(d->text, sizeof(d->text), "%s: conflict of interest recorded.", k.who);
	return ERR_OK;
}

enum err record_seats(struct record *r, struct arena *a, int64_t meeting, int64_t item,
        struct seat_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t isa;
	(void)item;
	TRY(isa_in_force(r, &isa));
	sql_query(r, &q,
	        "SELECT s.id, s.agency, s.person, s.substitute_for, coalesce(g.name, ''), "
	        "coalesce(g.code3, ''), coalesce(g.kind, ''), coalesce(p.name, ''),"
	        " coalesce(p.initials, ''), coalesce(p.role, ''), s.standing, s.signed, s.left_at, "
	        "s.apologies, s.information, s.guest, m.chair = s.id,"
	        " m.minute_taker = s.id, (SELECT max(x.item) FROM absence x WHERE x.seat = s.id "
	        "AND x.back_at IS NULL), EXISTS (SELECT 1 FROM signature n WHERE n.agreement = ?2 "
	        "AND n.agency = s.agency), s.id,"
	        " coalesce(o.role, '') FROM seat s JOIN meeting m ON m.id = s.meeting LEFT JOIN "
	        "agency g ON g.id = s.agency LEFT JOIN person p ON p.id ="
	        " s.person LEFT JOIN person o ON o.id = s.substitute_for WHERE s.meeting = ?1 "
	        "ORDER "
	        "BY s.position",
	        "ii", meeting, isa);
	while (sql_step(&q)) {
		struct seat_row *s = arena_grow(a, &rows, &n, &cap, sizeof(*s));
		if (!s) {
			q.err = ERR_NOMEM;
			break;
		}
		*s = (struct seat_row){.id = sql_int(&q, 0),
		        .agency = sql_int(&q, 1),
		        .person = sql_int(&q, 2),
		        .substitute_for = sql_int(&q, 3),
		        .agency_name = sql_text(&q, 4, a),
		        .code3 = sql_text(&q, 5, a),
		        .kind = sql_text(&q, 6, a),
		        .name = sql_text(&q, 7, a),
		        .initials = sql_text(&q, 8, a),
		        .role = sql_text(&q, 9, a),
		        .standing = (enum standing)sql_int(&q, 10),
		        .signed_us = sql_us(&q, 11),
		        .left_us = sql_us(&q, 12),
		        .information = sql_day(&q, 14),
		        .guest = sql_int(&q, 15),
		        .chair = sql_int(&q, 16),
		        .minute_taker = sql_int(&q, 17),
		        .out_item = sql_int(&q, 18),
		        .isa_signed = sql_int(&q, 19),
		        .substitute_role = sql_text(&q, 21, a)};
		s->state = s->left_us != TIME_NONE || s->out_item ? SEAT_LEFT
		           : s->signed_us != TIME_NONE            ? SEAT_SIGNED
		           : !sql_null(&q, 13)                    ? SEAT_APOLOGIES
		           : s->person                            ? SEAT_EXPECTED
		                                                  : SEAT_EMPTY;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
