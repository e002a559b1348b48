#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Who may see a case, and the chair's way past it (R30). Invariants:
 * 1. Only who sees a case in full may say who else does; what is restricted already is changed with
 * somebody of a named agency in the room, so that a glass once broken cannot be left open for good.
 * 2. A restricted case names at least one agency that has a person: no case is shut away from all.
 * 3. Nobody loses sight of a case by the way: the agency that acts, and those that still have
 * something to do in it, are named or it is said that this is meant.
 * 4. The glass is broken for a case for named agencies, never for a hidden one: that answers as
 * what is not there. It lifts the naming and nothing else (practice_sight), and it closes by its
 * time, which no command makes longer.
 */

/* ---- restriction ---- */

/* Somebody here who sees it without a glass: of a named agency, a member, without a conflict. */
static enum err named_is_here(
        struct record *r, const struct record_viewer *v, int64_t case_id, bool *ret)
{
	struct practice_limit limit;
	struct record_viewer room;
	int64_t named[PRACTICE_MAX];
	*ret = false;
	TRY(limit_of_case(r, case_id, &limit, named));
	TRY(viewer_room(r, v, case_id, &room));
	for (size_t i = 0; i < room.n; i++)
		*ret |= practice_sight_of(&room.present[i], &limit) == SIGHT_FULL;
	return ERR_OK;
}

static bool is_in(const struct command *c, int64_t agency)
{
	for (size_t i = 0; i < c->u.restrict_.n_named; i++)
		if (c->u.restrict_.named[i] == agency)
			return true;
	return false;
}

static enum err name_of(struct record *r, int64_t agency, char *out, size_t cap)
{
	struct sql q;
	struct arena a;
	arena_init(&a, 1u << 16);
	sql_query(r, &q, "SELECT name FROM agency WHERE id = ?", "i", agency);
	bool found = sql_step(&q);
	if (found)
		snprintf(out, cap, "%s", sql_text(&q, 0, &a));
	arena_finish(&a);
	TRY(sql_end(&q));
	return found ? ERR_OK : ERR_NOT_FOUND;
}

static enum err check_named(struct record *r, const struct command *c, struct why *w)
{
	int64_t people = 0;
	size_t n = c->u.restrict_.n_named;
	if (n == 0)
		return why(w, ERR_INPUT,
		        "Name at least one agency: a case that nobody may see cannot be worked "
		        "on.");
	if (n > SHARE_NAMED_MAX)
		return why(w, ERR_LIMIT, "Name at most %d agencies.", SHARE_NAMED_MAX);
	for (size_t i = 0; i < n; i++) {
		int64_t there = 0, here;
		TRY(sql_one_int(r, &there, "SELECT count(*) FROM agency WHERE id = ?", "i",
		        c->u.restrict_.named[i]));
		if (!there)
			return why(w, ERR_NOT_FOUND, "There is no such agency.");
		TRY(sql_one_int(r, &here, "SELECT count(*) FROM person WHERE agency = ?", "i",
		        c->u.restrict_.named[i]));
		people += here;
	}
	if (!people)
		return why(w, ERR_REFUSED,
		        "None of these agencies has a person here: nobody could open the case. "
		        "Name "
		        "one that has.");
	return ERR_OK;
}

/* Who would lose sight of the case without having been asked: told once, refused until it is meant.
 */
static enum err check_losers(
        struct record *r, const struct command *c, const struct record_viewer *v, struct why *w)
{
	struct sql q;
	int64_t acting = r->actor_agency, loser = 0;
	char name[NAME_MAX_BYTES];
	if (v->meeting)
		TRY(sql_one_int(r, &acting,
		        "SELECT coalesce((SELECT s.agency FROM seat s WHERE s.id = m.chair), 0) "
		        "FROM "
		        "meeting m WHERE m.id = ?",
		        "i", v->meeting));
	if (!acting || !is_in(c, acting)) {
		if (!acting || name_of(r, acting, name, sizeof(name)))
			return why(w, ERR_REFUSED,
			        "Whoever does this would lose sight of the case. Name their "
			        "agency, or "
			        "say that it is meant.");
		return why(w, ERR_REFUSED,
		        "%.100s, which %s, would lose sight of the case. Name it, or say that it "
		        "is "
		        "meant.",
		        name, v->meeting ? "is in the chair" : "opened the store");
	}
	sql_query(r, &q,
	        "SELECT agency FROM action WHERE kase = ? AND state = 0 AND " NOT_IN_ERROR(
	                "action", "action.id") " ORDER BY id",
	        "i", c->u.restrict_.case_id);
	while (!loser && sql_step(&q))
		if (!is_in(c, sql_int(&q, 0)))
			loser = sql_int(&q, 0);
	TRY(sql_end(&q));
	if (!loser)
		return ERR_OK;
	TRY(name_of(r, loser, name, sizeof(name)));
	return why(w, ERR_REFUSED,
	        "%.100s has an open action in this case and would lose sight of it. Name it, or "
	        "say "
	        "that it is meant.",
	        name);
}

enum err cmd_restrict(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	enum sight s;
	int64_t was, id = c->u.restrict_.case_id;
	enum restriction level = c->u.restrict_.level;
	char agencies[SHARE_NAMED_MAX * 24] = "";
	bool named = false;
	TRY(record_viewer_room(r, c->u.restrict_.meeting, &v));
	enum err e = record_sight(r, &v, id, &s);
	if (e == ERR_NOT_FOUND || (!e && (s == SIGHT_NONE || v.blind)))
		return why(w, ERR_NOT_FOUND, "There is no such case.");
	TRY(e);
	if (s < SIGHT_FULL)
		return why(w, ERR_DENIED, "Only who sees the whole case says who else may see it.");
	if ((unsigned)level >= RESTRICTION_COUNT)
		return why(w, ERR_INPUT, "Say who may see the case.");
	TRY(check_words(c->u.restrict_.words, WORDS_MAX, false, "The reason", w));
	TRY(sql_one_int(r, &was, "SELECT restriction FROM kase WHERE id = ?", "i", id));
	TRY(named_is_here(r, &v, id, &named));
	if (was != RESTRICTION_NORMAL && !named)
		return why(w, ERR_DENIED,
		        "Somebody of a named agency has to be in the room for that.");
	if (level != RESTRICTION_NORMAL) {
		TRY(check_named(r, c, w));
		if (!c->u.restrict_.sure)
			TRY(check_losers(r, c, &v, w));
	}
	TRY(sql_run(r, "UPDATE kase SET restriction = ? WHERE id = ?", "ii", (int64_t)level, id));
	TRY(sql_run(r, "DELETE FROM kase_agency WHERE kase = ?", "i", id));
	for (size_t i = 0, o = 0; level != RESTRICTION_NORMAL && i < c->u.restrict_.n_named; i++) {
		TRY(sql_run(r, "INSERT OR IGNORE INTO kase_agency(kase, agency) VALUES(?,?)", "ii",
		        id, c->u.restrict_.named[i]));
		o += (size_t)snprintf(agencies + o, sizeof(agencies) - o, "%s%lld", o ? "," : "",
		        (long long)c->u.restrict_.named[i]);
	}
	TRY(sql_run(r,
	        "INSERT INTO restricted(kase, meeting, level, agencies, words, at) "
	        "VALUES(?,?,?,?,?,?)",
	        "izittu", id, v.meeting, (int64_t)level, agencies, c->u.restrict_.words,
	        time_now_us()));
	*d = (struct done){.id = id, .case_id = id, .meeting_id = v.meeting};
	/* the same words whichever way: whoever comes in reads them too */
	snprintf(d->text, sizeof(d->text), "Who may see it is changed.");
	return ERR_OK;
}

enum err record_limit(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct limit_row *ret)
{
	struct practice_limit limit;
	struct sql q;
	enum sight s;
	int64_t named[PRACTICE_MAX];
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_FULL)
		return s == SIGHT_NONE ? ERR_NOT_FOUND : ERR_DENIED;
	TRY(limit_of_case(r, case_id, &limit, named));
	*ret = (struct limit_row){
	        .level = limit.level, .n_named = limit.n, .words = "", .at_us = TIME_NONE};
	ret->named = arena_alloc(a, (limit.n ? limit.n : 1) * sizeof(*ret->named));
	if (!ret->named)
		return ERR_NOMEM;
	memcpy(ret->named, named, limit.n * sizeof(*ret->named));
	sql_query(r, &q, "SELECT words, at FROM restricted WHERE kase = ? ORDER BY id DESC LIMIT 1",
	        "i", case_id);
	if (sql_step(&q)) {
		ret->words = sql_text(&q, 0, a);
		ret->at_us = sql_us(&q, 1);
	}
	return sql_end(&q);
}

/* ---- breaking the glass ---- */

static enum err no_item(struct why *w)
{
	return why(w, ERR_NOT_FOUND, "There is no such item.");
}

enum err check_glass(struct record *r, const struct record_viewer *v, int64_t item,
        int64_t *ret_case, int64_t *ret_seat, struct why *w)
{
	struct practice_limit limit;
	struct record_viewer room;
	int64_t named[PRACTICE_MAX], meeting = 0, state = 0;
	struct sql q;
	enum sight s;
	*ret_case = *ret_seat = 0;
	sql_query(r, &q,
	        "SELECT i.kase, i.meeting, m.state, m.chair FROM item i JOIN meeting m ON m.id = "
	        "i.meeting WHERE i.id = ? AND i.state <> 4",
	        "i", item);
	if (sql_step(&q)) {
		*ret_case = sql_int(&q, 0);
		meeting = sql_int(&q, 1);
		state = sql_int(&q, 2);
		*ret_seat = sql_int(&q, 3);
	}
	TRY(sql_end(&q));
	if (!*ret_case || meeting != v->meeting || v->blind)
		return no_item(w);
	TRY(record_sight(r, v, *ret_case, &s));
	if (s == SIGHT_NONE)
		return no_item(w);
	if (state != MEETING_SESSION)
		return why(w, ERR_REFUSED, "Go back to the meeting first.");
	if (s > SIGHT_HELD)
		return why(w, ERR_EXISTS, "That item is open to the room.");
	TRY(limit_of_case(r, *ret_case, &limit, named));
	if (limit.level != RESTRICTION_NAMED)
		return why(w, ERR_REFUSED,
		        "That item waits for those who declared a conflict. They leave first.");
	TRY(viewer_room(r, v, *ret_case, &room));
	for (size_t i = 0; i < room.n; i++) {
		if (room.seat[i] != *ret_seat || !*ret_seat)
			continue;
		return room.present[i].conflict ? why(w, ERR_REFUSED,
		                                          "The chair declared a conflict in this "
		                                          "case. Another takes "
		                                          "the chair first.")
		                                : ERR_OK;
	}
	return why(w, ERR_REFUSED, "Only the chair opens it, signed and in the room.");
}

enum err record_glass_may(struct record *r, const struct record_viewer *v, int64_t item, bool *ret)
{
	int64_t kase, seat;
	enum err e = check_glass(r, v, item, &kase, &seat, NULL);
	*ret = !e;
	return e == ERR_NOT_FOUND || e == ERR_REFUSED || e == ERR_EXISTS ? ERR_OK : e;
}

/* Shut before its time: anybody may, and nothing else of it changes. */
static enum err shut(struct record *r, const struct record_viewer *v, const struct command *c,
        struct done *d, struct why *w)
{
	int64_t kase = 0, open = 0;
	enum sight s = SIGHT_NONE;
	enum err e = sql_one_int(r, &kase,
	        "SELECT coalesce(kase, 0) FROM item WHERE id = ? AND meeting = ?", "ii",
	        c->u.glass.item, v->meeting);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (kase)
		TRY(record_sight(r, v, kase, &s));
	if (s == SIGHT_NONE)
		return no_item(w);
	TRY(sql_one_int(r, &open,
	        "SELECT coalesce(max(id), 0) FROM glass WHERE kase = ? AND meeting = ? AND until > "
	        "?",
	        "iiu", kase, v->meeting, time_now_us()));
	if (!open)
		return why(w, ERR_EXISTS, "It is closed already.");
	TRY(sql_run(r,
	        "UPDATE glass SET until = ?1 WHERE kase = ?2 AND meeting = ?3 AND until > ?1",
	        "uii", time_now_us(), kase, v->meeting));
	*d = (struct done){.id = open, .case_id = kase, .meeting_id = v->meeting};
	return ERR_OK;
}

enum err cmd_break_glass(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	char id[16];
	int64_t seat, kase, meeting = 0, now = time_now_us();
	int minutes = c->u.glass.minutes;
	enum err e = sql_one_int(
	        r, &meeting, "SELECT meeting FROM item WHERE id = ?", "i", c->u.glass.item);
	if (e)
		return e == ERR_NOT_FOUND ? no_item(w) : e;
	TRY(record_viewer_meeting(r, meeting, &v));
	if (!minutes)
		return shut(r, &v, c, d, w);
	TRY(check_glass(r, &v, c->u.glass.item, &kase, &seat, w));
	TRY(check_words(c->u.glass.words, WORDS_MAX, false, "The reason", w));
	snprintf(id, sizeof(id), "%d", minutes);
	if (minutes < 5 || minutes > 60)
		return why(w, ERR_INPUT, "It opens for 5 to 60 minutes.");
	TRY(check_entry(r, "glass-minutes", id, false, "The time", w));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO glass(kase, meeting, seat, words, at, until) VALUES(?,?,?,?,?,?)",
	        "iiituu", kase, v.meeting, seat, c->u.glass.words, now,
	        now + minutes * TIME_MINUTE_US));
	d->case_id = kase;
	d->meeting_id = v.meeting;
	return ERR_OK;
}

enum err record_glass_rows(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct glass_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t now = time_now_us();
	sql_query(r, &q,
	        "SELECT g.kase, k.ref, coalesce(a.name, ''), g.words, g.at, g.until, "
	        "coalesce((SELECT "
	        "i.id FROM item i WHERE i.meeting = g.meeting AND i.kase = g.kase AND i.state <> "
	        "4), "
	        "0) FROM glass g JOIN kase k ON k.id = g.kase JOIN seat s ON s.id = g.seat LEFT "
	        "JOIN "
	        "agency a ON a.id = s.agency WHERE g.meeting = ? ORDER BY g.at, g.id",
	        "i", meeting);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		if (s == SIGHT_NONE)
			continue;
		struct glass_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct glass_row){.case_id = sql_int(&q, 0),
		        .ref = s >= SIGHT_ANON ? sql_text(&q, 1, a) : "",
		        .agency = sql_text(&q, 2, a),
		        .words = s == SIGHT_FULL ? sql_text(&q, 3, a) : "",
		        .at_us = sql_us(&q, 4),
		        .until_us = sql_us(&q, 5),
		        .item = sql_int(&q, 6)};
		o->open = o->until_us > now;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
