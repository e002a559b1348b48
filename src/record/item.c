#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Items of an agenda: order, what is on the table, and the reason for everything that moves. */

enum err item_off_table(struct record *r, int64_t meeting)
{
	TRY(sql_run(r,
	        "UPDATE item SET used_s = used_s + max(0, (?2 - (SELECT table_since FROM meeting "
	        "WHERE id = ?1)) / 1000000), state = CASE state WHEN 1 THEN 0"
	        " ELSE state END WHERE id = (SELECT table_item FROM meeting WHERE id = ?1)",
	        "iu", meeting, time_now_us()));
	return sql_run(r,
	        "UPDATE meeting SET table_item = NULL, table_since = NULL, word = NULL WHERE id = "
	        "?",
	        "i", meeting);
}

enum err cmd_item_open(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	int64_t now = time_now_us();
	/* an item that is held back may be called: it is how people learn that they leave; nothing
	 * of it is shown */
	enum err e = check_item(r, c->u.item.item, false, &k, w);
	if (e && e != ERR_DENIED)
		return e;
	if (e == ERR_DENIED) {
		struct record_viewer v;
		TRY(record_viewer_meeting(r, k.meeting, &v));
		if (v.blind)
			return e;
		if (w)
			w->text[0] = 0;
	}
	if (k.meeting_state != MEETING_SESSION)
		return why(w, ERR_REFUSED, "Go back to the meeting first.");
	if (k.state == ITEM_REMOVED)
		return why(w, ERR_REFUSED,
		        "That item was taken off the agenda. Add it again, with a reason.");
	TRY(item_off_table(r, k.meeting));
	TRY(sql_run(r,
	        "UPDATE item SET state = 1, opened = coalesce(opened, ?2) WHERE id = ?1 AND state "
	        "<> 2",
	        "iu", c->u.item.item, now));
	TRY(sql_run(r, "UPDATE meeting SET table_item = ?, table_since = ? WHERE id = ?", "iui",
	        c->u.item.item, now, k.meeting));
	*d = (struct done){.id = c->u.item.item, .case_id = k.case_id, .meeting_id = k.meeting};
	return ERR_OK;
}

enum err cmd_item_done(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	int64_t now = time_now_us(), n, table = 0;
	TRY(check_item(r, c->u.item.item, false, &k, w));
	if (k.state == ITEM_DONE)
		return why(w, ERR_EXISTS, "That item is done already.");
	if (k.state == ITEM_REMOVED)
		return why(w, ERR_REFUSED,
		        "That item was taken off the agenda. Add it again, with a reason.");
	if (k.case_id) {
		TRY(sql_one_int(r, &n, "SELECT count(*) FROM decision WHERE item = ?", "i",
		        c->u.item.item));
		if (!n)
			return why(w, ERR_REFUSED,
			        "Decide the item first, or move it to another meeting.");
		TRY(sql_run(r,
		        "UPDATE kase SET discussed = discussed + 1, last_meeting = ? WHERE id = ?",
		        "ii", k.meeting, k.case_id));
	}
	TRY(sql_one_int(r, &table, "SELECT coalesce(table_item, 0) FROM meeting WHERE id = ?", "i",
	        k.meeting));
	if (table == c->u.item.item)
		TRY(item_off_table(r, k.meeting));
	TRY(sql_run(r,
	        "UPDATE item SET state = 2, opened = coalesce(opened, ?2), ended = ?2 WHERE id = "
	        "?1",
	        "iu", c->u.item.item, now));
	*d = (struct done){.id = c->u.item.item, .case_id = k.case_id, .meeting_id = k.meeting};
	snprintf(d->text, sizeof(d->text), "Item %d is done.", k.number);
	return ERR_OK;
}

/* Deferring and removing: the reason is of the list, the words say more. */
static enum err put_off(struct record *r, const struct command *c, struct done *d, struct why *w,
        const char *list, enum item_state to)
{
	struct item_key k;
	int64_t table = 0;
	TRY(check_item(r, c->u.item.item, false, &k, w));
	if (k.state == ITEM_DONE)
		return why(w, ERR_REFUSED, "That item is done already.");
	TRY(check_entry(r, list, c->u.item.reason, false, "The reason", w));
	const struct practice_entry *e = practice_entry(r->practice, list, c->u.item.reason);
	TRY(check_words(c->u.item.words, WORDS_MAX, !e->needs_words, "The reason", w));
	TRY(sql_one_int(r, &table, "SELECT coalesce(table_item, 0) FROM meeting WHERE id = ?", "i",
	        k.meeting));
	if (table == c->u.item.item)
		TRY(item_off_table(r, k.meeting));
	TRY(sql_run(r, "UPDATE item SET state = ?, reason = ?, words = ? WHERE id = ?", "itti",
	        (int64_t)to, c->u.item.reason, c->u.item.words ? c->u.item.words : "",
	        c->u.item.item));
	*d = (struct done){.id = c->u.item.item, .case_id = k.case_id, .meeting_id = k.meeting};
	snprintf(d->text, sizeof(d->text),
	        to == ITEM_DEFERRED ? "Item %d is deferred." : "Item %d is taken off.", k.number);
	return ERR_OK;
}

enum err cmd_item_defer(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	return put_off(r, c, d, w, "deferred", ITEM_DEFERRED);
}

enum err cmd_item_remove(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	return put_off(r, c, d, w, "case-removed", ITEM_REMOVED);
}

enum err cmd_item_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	uint8_t uid[16];
	int64_t state, position, there = 0, minutes = c->u.add.minutes;
	struct sql q;
	struct arena a;
	char title[NAME_MAX_BYTES];
	enum err e = ERR_OK;
	uid_make(uid);
	e = sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", c->u.add.meeting);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such meeting.") : e;
	if (state >= MEETING_CLOSING)
		return why(w, ERR_REFUSED, "The meeting is %s.",
		        meeting_state_name((enum meeting_state)state));
	TRY(check_words(c->u.add.words, WORDS_MAX, true, "The reason", w));
	if (minutes < 0 || minutes > 24 * 60)
		return why(w, ERR_INPUT, "Give the time for it in minutes.");
	if (c->u.add.case_id) {
		struct record_viewer v;
		enum sight s;
		TRY(check_entry(
		        r, "case-added", c->u.add.reason, false, "The reason for adding", w));
		TRY(state == MEETING_SESSION ? record_viewer_meeting(r, c->u.add.meeting, &v)
		                             : record_viewer_opener(r, &v));
		e = record_sight(r, &v, c->u.add.case_id, &s);
		if (e == ERR_NOT_FOUND || (!e && s == SIGHT_NONE && !v.blind))
			return why(w, ERR_NOT_FOUND, "There is no such case.");
		TRY(e);
		if (s < SIGHT_ANON)
			return why(w, ERR_DENIED,
			        "That case is held back from the room as it is now.");
		TRY(sql_one_int(r, &there,
		        "SELECT count(*) FROM item WHERE meeting = ? AND kase = ? AND state <> 4",
		        "ii", c->u.add.meeting, c->u.add.case_id));
		if (there)
			return why(w, ERR_EXISTS, "That case is on the agenda already.");
		arena_init(&a, 1u << 20);
		sql_query(r, &q, "SELECT ref FROM kase WHERE id = ?", "i", c->u.add.case_id);
		if (sql_step(&q))
			snprintf(title, sizeof(title), "%s", sql_text(&q, 0, &a));
		e = sql_end(&q);
		struct meeting_row m;
		if (!e)
			e = record_meeting(r, &a, c->u.add.meeting, &m);
		if (!e && !minutes)
			minutes = m.type->case_minutes;
		arena_finish(&a);
		TRY(e);
	} else {
		if (c->u.add.kind != AGENDA_PAPER && c->u.add.kind != AGENDA_OTHER)
			return why(w, ERR_INPUT, "Say whether it is a paper or other business.");
		TRY(check_words(c->u.add.title, NAME_MAX_BYTES - 1, false, "The title", w));
		TRY(check_entry(
		        r, "case-added", c->u.add.reason, true, "The reason for adding", w));
		if (c->u.add.urgent &&
		        (!c->u.add.reason ||
		                !*c->u.add.reason)) /* by exception, with a reason (R7) */
			TRY(check_words(c->u.add.words, WORDS_MAX, false, "Why it is urgent", w));
		snprintf(title, sizeof(title), "%s", c->u.add.title);
	}
	/* before any other business and the next date, which stand last */
	TRY(sql_one_int(r, &position,
	        "SELECT coalesce(max(position), 0) + 1 FROM item WHERE meeting = ?1 AND position < "
	        "coalesce((SELECT min(position) FROM item"
	        " WHERE meeting = ?1 AND kind IN (5, 6) AND state <> 4), 1 << 40)",
	        "i", c->u.add.meeting));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO item(uid, meeting, kind, title, kase, position, minutes, urgent, "
	        "added_reason, added_words) VALUES(?,?,?,?,?,?,?,?,?,?)",
	        "biitziiitt", UID_ARG, c->u.add.meeting,
	        (int64_t)(c->u.add.case_id ? AGENDA_CASE : c->u.add.kind), title, c->u.add.case_id,
	        position, minutes ? minutes : INT64_C(5), (int64_t)c->u.add.urgent,
	        c->u.add.reason ? c->u.add.reason : "", c->u.add.words ? c->u.add.words : ""));
	d->meeting_id = c->u.add.meeting;
	d->case_id = c->u.add.case_id;
	snprintf(d->text, sizeof(d->text), c->u.add.urgent ? "Urgent item added." : "Item added.");
	return ERR_OK;
}

static enum err swap_positions(struct record *r, int64_t one, int64_t other)
{
	int64_t p, q;
	TRY(sql_one_int(r, &p, "SELECT position FROM item WHERE id = ?", "i", one));
	TRY(sql_one_int(r, &q, "SELECT position FROM item WHERE id = ?", "i", other));
	TRY(sql_run(r, "UPDATE item SET position = ? WHERE id = ?", "ii", q, one));
	return sql_run(r, "UPDATE item SET position = ? WHERE id = ?", "ii", p, other);
}

enum err cmd_item_move(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t meeting, state, item = c->u.move.item;
	struct record_viewer v;
	struct item_row *i = NULL;
	struct arena a;
	size_t n = 0, at, to;
	enum err e = sql_one_int(r, &meeting, "SELECT meeting FROM item WHERE id = ?", "i", item);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such item.") : e;
	TRY(sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", meeting));
	if (state >= MEETING_CLOSING)
		return why(w, ERR_REFUSED, "The meeting is %s.",
		        meeting_state_name((enum meeting_state)state));
	/* past the next one that the room sees: a hidden item between them moves along unseen */
	TRY(state == MEETING_SESSION ? record_viewer_meeting(r, meeting, &v)
	                             : record_viewer_opener(r, &v));
	arena_init(&a, 1u << 20);
	e = record_items(r, &a, &v, meeting, &i, &n);
	for (at = 0; at < n && (i[at].id != item || i[at].state == ITEM_REMOVED); at++)
		;
	if (!e && at == n)
		e = why(w, ERR_NOT_FOUND, "There is no such item.");
	if (!e && i[at].sight < SIGHT_ANON)
		e = why(w, ERR_DENIED,
		        "This item is held back. It opens when those it is not for have left.");
	for (to = at; !e;) {
		if (c->u.move.by < 0 ? to == 0 : to + 1 == n) {
			e = why(w, ERR_REFUSED,
			        c->u.move.by < 0 ? "That is the first item."
			                         : "That is the last item.");
			break;
		}
		to = c->u.move.by < 0 ? to - 1 : to + 1;
		if (i[to].state != ITEM_REMOVED)
			break;
	}
	int64_t other = e ? 0 : i[to].id, kase = e ? 0 : i[at].case_id;
	arena_finish(&a);
	TRY(e);
	TRY(swap_positions(r, item, other));
	*d = (struct done){.id = item, .case_id = kase, .meeting_id = meeting};
	snprintf(d->text, sizeof(d->text), "Order changed.");
	return ERR_OK;
}

enum err cmd_word(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	int64_t n = 1;
	TRY(check_item(r, c->u.word.item, true, &k, w));
	if (c->u.word.agency)
		TRY(sql_one_int(r, &n, "SELECT count(*) FROM seat WHERE meeting = ? AND agency = ?",
		        "ii", k.meeting, c->u.word.agency));
	if (!n)
		return why(w, ERR_NOT_FOUND, "That agency has no seat at this meeting.");
	TRY(sql_run(
	        r, "UPDATE meeting SET word = ? WHERE id = ?", "zi", c->u.word.agency, k.meeting));
	*d = (struct done){.id = c->u.word.item, .case_id = k.case_id, .meeting_id = k.meeting};
	return ERR_OK;
}

/* The words may name people: the anonymised view gets the reason from the list alone. */
static const char *deferral(struct record *r, struct sql *q, struct arena *a, enum sight s)
{
	const char *label = entry_label(
	        r, sql_int(q, 3) == ITEM_DEFERRED ? "deferred" : "case-removed", sql_text(q, 9, a));
	const char *words = s == SIGHT_FULL ? sql_text(q, 10, a) : "";
	return *words ? arena_printf(a, "%s. %s", label, words) : label;
}

static const char *ordinal_review(struct arena *a, int64_t discussed)
{
	static const char *const NTH[] = {"new", "first review", "second review", "third review",
	        "fourth review", "fifth review"};
	return discussed < 6 ? NTH[discussed]
	                     : arena_printf(a, "%lldth review", (long long)discussed);
}

enum err record_items(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct item_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int number = 0;
	sql_query(r, &q,
	        "SELECT i.id, i.kase, i.kind, i.state, i.title, i.minutes, i.opened, i.ended, "
	        "i.used_s, i.reason, i.words, i.urgent, k.strand, k.children,"
	        " k.band, (SELECT count(*) FROM item j JOIN meeting o ON o.id = j.meeting WHERE "
	        "j.kase = i.kase AND j.state = 2 AND o.starts < m.starts)"
	        " FROM item i JOIN meeting m ON m.id = i.meeting LEFT JOIN kase k ON k.id = i.kase "
	        "WHERE i.meeting = ? ORDER BY i.position",
	        "i", meeting);
	while (sql_step(&q)) {
		enum sight s = SIGHT_FULL;
		int64_t kase = sql_int(&q, 1);
		if (kase) {
			q.err = record_sight(r, v, kase, &s);
			if (q.err)
				break;
		}
		if (s == SIGHT_NONE) /* numbers close up: as if it were not there */
			continue;
		struct item_row *i = arena_grow(a, &rows, &n, &cap, sizeof(*i));
		if (!i) {
			q.err = ERR_NOMEM;
			break;
		}
		*i = (struct item_row){.id = sql_int(&q, 0),
		        .case_id = kase,
		        .kind = (enum agenda_kind)sql_int(&q, 2),
		        .state = (enum item_state)sql_int(&q, 3),
		        .sight = s,
		        .minutes = (int)sql_int(&q, 5),
		        .opened_us = sql_us(&q, 6),
		        .ended_us = sql_us(&q, 7),
		        .used_s = (int)sql_int(&q, 8),
		        .urgent = sql_int(&q, 11),
		        .band = -1};
		i->number = i->state == ITEM_REMOVED ? 0 : ++number;
		if (s == SIGHT_HELD) {
			i->title = "Held back";
			i->second = "for named agencies";
			continue;
		}
		i->title = sql_text(&q, 4, a);
		i->second = "";
		if (kase) {
			int64_t before = sql_int(&q, 15); /* as it was then: the papers of an old
			                                     meeting keep their words */
			i->children = (int)sql_int(&q, 13);
			i->band = (int)sql_int(&q, 14);
			i->second = arena_printf(
			        a, "%s · %s", sql_text(&q, 12, a), ordinal_review(a, before));
		}
		if (i->state == ITEM_DEFERRED || i->state == ITEM_REMOVED)
			i->second = deferral(r, &q, a, s);
		if (!i->second)
			q.err = ERR_NOMEM;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
