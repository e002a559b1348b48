#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Items of an agenda: order, what is on the table, and the reason for everything that moves. */

enum err item_off_table(struct record *r, int64_t meeting)
{
	TRY(sql_run(r,
		"UPDATE item SET used_s = used_s + (?2 - (SELECT table_since FROM meeting WHERE id = ?1)) / 1000000, state = CASE state WHEN 1 THEN 0"
		" ELSE state END WHERE id = (SELECT table_item FROM meeting WHERE id = ?1)",
		"iu", meeting, time_now_us()));
	return sql_run(r, "UPDATE meeting SET table_item = NULL, table_since = NULL, word = NULL WHERE id = ?", "i", meeting);
}

enum err cmd_item_open(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	int64_t now = time_now_us();
	/* an item that is held back may be called: it is how people learn that they leave; nothing of it is shown */
	enum err e = check_item(r, c->u.item.item, false, &k, w);
	if (e && e != ERR_DENIED)
		return e;
	if (e == ERR_DENIED) {
		struct record_viewer v;
		enum sight s;
		TRY(record_viewer_meeting(r, k.meeting, &v));
		TRY(record_sight(r, &v, k.case_id, &s));
		if (s == SIGHT_NONE)
			return why(w, ERR_NOT_FOUND, "There is no such item.");
		if (w)
			w->text[0] = 0;
	}
	if (k.meeting_state != MEETING_SESSION)
		return why(w, ERR_REFUSED, "Go back to the meeting first.");
	TRY(item_off_table(r, k.meeting));
	TRY(sql_run(r, "UPDATE item SET state = 1, opened = coalesce(opened, ?2) WHERE id = ?1 AND state <> 2", "iu", c->u.item.item, now));
	TRY(sql_run(r, "UPDATE meeting SET table_item = ?, table_since = ? WHERE id = ?", "iui", c->u.item.item, now, k.meeting));
	*d = (struct done){.id = c->u.item.item, .case_id = k.case_id, .meeting_id = k.meeting};
	return ERR_OK;
}

enum err cmd_item_done(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	int64_t now = time_now_us(), n;
	TRY(check_item(r, c->u.item.item, false, &k, w));
	if (k.state == ITEM_DONE)
		return why(w, ERR_EXISTS, "That item is done.");
	if (k.case_id) {
		TRY(sql_one_int(r, &n, "SELECT count(*) FROM decision WHERE item = ?", "i", c->u.item.item));
		if (!n)
			return why(w, ERR_REFUSED, "Decide the item first, or move it to another meeting.");
		TRY(sql_run(r, "UPDATE kase SET discussed = discussed + 1, last_meeting = ? WHERE id = ?", "ii", k.meeting, k.case_id));
	}
	TRY(item_off_table(r, k.meeting));
	TRY(sql_run(r, "UPDATE item SET state = 2, opened = coalesce(opened, ?2), ended = ?2 WHERE id = ?1", "iu", c->u.item.item, now));
	*d = (struct done){.id = c->u.item.item, .case_id = k.case_id, .meeting_id = k.meeting};
	snprintf(d->text, sizeof(d->text), "Item %d is done.", k.number);
	return ERR_OK;
}

/* Deferring and removing: the reason is of the list, the words say more. */
static enum err put_off(struct record *r, const struct command *c, struct done *d, struct why *w, const char *list, enum item_state to)
{
	struct item_key k;
	int64_t table = 0;
	TRY(check_item(r, c->u.item.item, false, &k, w));
	if (k.state == ITEM_DONE)
		return why(w, ERR_REFUSED, "That item is done already.");
	TRY(check_entry(r, list, c->u.item.reason, false, "The reason", w));
	const struct practice_entry *e = practice_entry(r->practice, list, c->u.item.reason);
	TRY(check_words(c->u.item.words, WORDS_MAX, !e->needs_words, "The reason", w));
	TRY(sql_one_int(r, &table, "SELECT coalesce(table_item, 0) FROM meeting WHERE id = ?", "i", k.meeting));
	if (table == c->u.item.item)
		TRY(item_off_table(r, k.meeting));
	TRY(sql_run(r, "UPDATE item SET state = ?, reason = ?, words = ? WHERE id = ?", "itti", (int64_t)to, c->u.item.reason,
		c->u.item.words ? c->u.item.words : "", c->u.item.item));
	*d = (struct done){.id = c->u.item.item, .case_id = k.case_id, .meeting_id = k.meeting};
	snprintf(d->text, sizeof(d->text), to == ITEM_DEFERRED ? "Item %d is deferred." : "Item %d is taken off.", k.number);
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
	snprintf(title, sizeof(title), "%s", c->u.add.title ? c->u.add.title : "");
	TRY(sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", c->u.add.meeting));
	if (state >= MEETING_CLOSING)
		return why(w, ERR_REFUSED, "The meeting is %s.", meeting_state_name((enum meeting_state)state));
	TRY(check_words(c->u.add.words, WORDS_MAX, true, "The reason", w));
	if (c->u.add.case_id) {
		struct record_viewer v;
		enum sight s;
		TRY(check_entry(r, "case-added", c->u.add.reason, false, "The reason for adding", w));
		TRY(state == MEETING_SESSION ? record_viewer_meeting(r, c->u.add.meeting, &v) : record_viewer_opener(r, &v));
		TRY(record_sight(r, &v, c->u.add.case_id, &s));
		if (s < SIGHT_ANON)
			return why(w, ERR_DENIED, "That case is held back from the room as it is now.");
		TRY(sql_one_int(r, &there, "SELECT count(*) FROM item WHERE meeting = ? AND kase = ? AND state <> 4", "ii", c->u.add.meeting,
			c->u.add.case_id));
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
		TRY(check_words(title, NAME_MAX_BYTES, false, "The title", w));
	}
	/* before any other business and the next date, which stand last */
	TRY(sql_one_int(r, &position,
		"SELECT coalesce(max(position), 0) + 1 FROM item WHERE meeting = ?1 AND position < coalesce((SELECT min(position) FROM item"
		" WHERE meeting = ?1 AND kind IN (5, 6) AND state <> 4), 1 << 40)",
		"i", c->u.add.meeting));
	TRY(sql_insert(r, &d->id,
		"INSERT INTO item(uid, meeting, kind, title, kase, position, minutes, urgent, added_reason, added_words) VALUES(?,?,?,?,?,?,?,?,?,?)",
		"biitziiitt", UID_ARG, c->u.add.meeting, (int64_t)(c->u.add.case_id ? AGENDA_CASE : c->u.add.kind), title, c->u.add.case_id,
		position, minutes ? minutes : INT64_C(5), (int64_t)c->u.add.urgent, c->u.add.reason ? c->u.add.reason : "",
		c->u.add.words ? c->u.add.words : ""));
	d->meeting_id = c->u.add.meeting;
	d->case_id = c->u.add.case_id;
	snprintf(d->text, sizeof(d->text), c->u.add.urgent ? "Urgent item added." : "Item added.");
	return ERR_OK;
}

enum err cmd_item_move(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t meeting, position, other, other_position;
	TRY(sql_one_int(r, &meeting, "SELECT meeting FROM item WHERE id = ?", "i", c->u.move.item));
	TRY(sql_one_int(r, &position, "SELECT position FROM item WHERE id = ?", "i", c->u.move.item));
	enum err e = c->u.move.by < 0
			     ? sql_one_int(r, &other, "SELECT id FROM item WHERE meeting = ? AND position < ? AND state <> 4 ORDER BY position DESC LIMIT 1",
				       "ii", meeting, position)
			     : sql_one_int(r, &other, "SELECT id FROM item WHERE meeting = ? AND position > ? AND state <> 4 ORDER BY position LIMIT 1",
				       "ii", meeting, position);
	if (e == ERR_NOT_FOUND)
		return why(w, ERR_REFUSED, c->u.move.by < 0 ? "That is the first item." : "That is the last item.");
	TRY(e);
	TRY(sql_one_int(r, &other_position, "SELECT position FROM item WHERE id = ?", "i", other));
	TRY(sql_run(r, "UPDATE item SET position = ? WHERE id = ?", "ii", other_position, c->u.move.item));
	TRY(sql_run(r, "UPDATE item SET position = ? WHERE id = ?", "ii", position, other));
	*d = (struct done){.id = c->u.move.item, .meeting_id = meeting};
	snprintf(d->text, sizeof(d->text), "Order changed.");
	return ERR_OK;
}

enum err cmd_word(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	TRY(check_item(r, c->u.word.item, true, &k, w));
	TRY(sql_run(r, "UPDATE meeting SET word = ? WHERE id = ?", "zi", c->u.word.agency, k.meeting));
	*d = (struct done){.id = c->u.word.item, .case_id = k.case_id, .meeting_id = k.meeting};
	return ERR_OK;
}

static const char *deferral(struct record *r, struct sql *q, struct arena *a)
{
	const char *label = entry_label(r, sql_int(q, 3) == ITEM_DEFERRED ? "deferred" : "case-removed", sql_text(q, 9, a));
	const char *words = sql_text(q, 10, a);
	return *words ? arena_printf(a, "%s. %s", label, words) : label;
}

static const char *ordinal_review(struct arena *a, int64_t discussed)
{
	static const char *const NTH[] = {"new", "first review", "second review", "third review", "fourth review", "fifth review"};
	return discussed < 6 ? NTH[discussed] : arena_printf(a, "%lldth review", (long long)discussed);
}

enum err record_items(struct record *r, struct arena *a, const struct record_viewer *v, int64_t meeting, struct item_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int number = 0;
	sql_query(r, &q,
		"SELECT i.id, i.kase, i.kind, i.state, i.title, i.minutes, i.opened, i.ended, i.used_s, i.reason, i.words, i.urgent, k.strand, k.children,"
		" k.band, k.discussed, k.last_meeting = i.meeting FROM item i LEFT JOIN kase k ON k.id = i.kase WHERE i.meeting = ? ORDER BY i.position",
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
		struct item_row *i = rows_add(a, &rows, &n, &cap, sizeof(*i));
		if (!i) {
			q.err = ERR_NOMEM;
			break;
		}
		*i = (struct item_row){.id = sql_int(&q, 0), .case_id = kase, .kind = (enum agenda_kind)sql_int(&q, 2),
			.state = (enum item_state)sql_int(&q, 3), .sight = s, .minutes = (int)sql_int(&q, 5), .opened_us = sql_us(&q, 6),
			.ended_us = sql_us(&q, 7), .used_s = (int)sql_int(&q, 8), .urgent = sql_int(&q, 11), .band = -1};
		i->number = i->state == ITEM_REMOVED ? 0 : ++number;
		if (s == SIGHT_HELD) {
			i->title = "Held back";
			i->second = "for named agencies";
			continue;
		}
		i->title = sql_text(&q, 4, a);
		i->second = "";
		if (kase) {
			int64_t before = sql_int(&q, 15) - (sql_int(&q, 16) ? 1 : 0);
			i->children = (int)sql_int(&q, 13);
			i->band = (int)sql_int(&q, 14);
			i->second = arena_printf(a, "%s · %s", sql_text(&q, 12, a), ordinal_review(a, before));
		}
		if (i->state == ITEM_DEFERRED || i->state == ITEM_REMOVED)
			i->second = deferral(r, &q, a);
		if (!i->second)
			q.err = ERR_NOMEM;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
