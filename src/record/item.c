#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Items of an agenda: order, what is on the table, and the reason for everything that moves. */

enum err item_off_table(struct record *r, int64_t meeting)
{
	TRY(sql_run(r,
	        "INSERT INTO stint(item, begins, ends) SELECT table_item, table_since, "
	        "max(table_since, ?2) FROM meeting WHERE id = ?1 AND table_since IS NOT NULL",
	        "iu", meeting, time_now_us()));
	TRY(sql_run(r,
	        "UPDATE item SET used_s = used_s + max(0, (?2 - (SELECT table_since FROM meeting "
	        "WHERE id = ?1)) / 1000000), state = CASE state WHEN 1 THEN 0"
	        " ELSE state END WHERE id = (SELECT table_item FROM meeting WHERE id = ?1)",
	        "iu", meeting, time_now_us()));
	/* what the chair opened for this item is held back again when the item is off the table */
	TRY(sql_run(r,
	        "UPDATE glass SET until = ?2 WHERE meeting = ?1 AND until > ?2 AND kase = (SELECT "
	        "i.kase "
	        "FROM meeting m JOIN item i ON i.id = m.table_item WHERE m.id = ?1)",
	        "iu", meeting, time_now_us()));
	return sql_run(r,
	        "UPDATE meeting SET table_item = NULL, table_since = NULL, word = NULL WHERE id = "
	        "?",
	        "i", meeting);
}

enum err item_is_done(struct record *r, int64_t item)
{
	int64_t now = time_now_us();
	/* what was never on the table was dealt with in this moment, by those who are here */
	TRY(sql_run(r,
	        "INSERT INTO stint(item, begins, ends) SELECT ?1, ?2, ?2 WHERE NOT EXISTS (SELECT "
	        "1 "
	        "FROM stint WHERE item = ?1)",
	        "iu", item, now));
	return sql_run(r,
	        "UPDATE item SET state = 2, opened = coalesce(opened, ?2), ended = ?2 WHERE id = "
	        "?1",
	        "iu", item, now);
}

/* Items that everybody has just dealt with: the welcome, last minutes. */
enum err items_are_done(struct record *r, int64_t meeting, enum agenda_kind kind)
{
	int64_t item, table;
	enum err e;
	TRY(sql_one_int(r, &table, "SELECT coalesce(table_item, 0) FROM meeting WHERE id = ?", "i",
	        meeting));
	while (!(
	        e = sql_one_int(r, &item,
	                "SELECT id FROM item WHERE meeting = ? AND kind = ? AND state < 2 ORDER BY "
	                "position LIMIT 1",
	                "ii", meeting, (int64_t)kind))) {
		if (item == table)
			TRY(item_off_table(r, meeting));
		TRY(item_is_done(r, item));
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
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
	int64_t n, table = 0;
	TRY(check_item(r, c->u.item.item, false, &k, w));
	if (k.state == ITEM_DONE)
		return why(w, ERR_EXISTS, "That item is done already.");
	if (k.state == ITEM_REMOVED)
		return why(w, ERR_REFUSED,
		        "That item was taken off the agenda. Add it again, with a reason.");
	if (k.case_id) {
		TRY(sql_one_int(r, &n,
		        "SELECT count(*) FROM decision WHERE item = ? AND " NOT_IN_ERROR(
		                "decision", "decision.id"),
		        "i", c->u.item.item));
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
	TRY(item_is_done(r, c->u.item.item));
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

/* ---- places ---- */

#define ITEMS_MAX 500   /* of one agenda */
#define PLACE_STEP 1024 /* between two items, so that a new one moves no other */

struct place {
	int64_t id, position;
	enum agenda_kind kind;
	bool children, removed;
};

/* The items of a meeting in their order, those taken off too. */
static enum err places(
        struct record *r, struct arena *a, int64_t meeting, struct place **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT i.id, i.position, i.kind, coalesce(k.children, 0) > 0, i.state = 4 FROM "
	        "item i LEFT JOIN kase k ON k.id = "
	        "i.kase WHERE i.meeting = ? ORDER BY i.position, i.id",
	        "i", meeting);
	while (sql_step(&q)) {
		struct place *p = arena_grow(a, &rows, &n, &cap, sizeof(*p));
		if (!p || n > ITEMS_MAX) {
			q.err = p ? ERR_LIMIT : ERR_NOMEM;
			break;
		}
		*p = (struct place){sql_int(&q, 0), sql_int(&q, 1),
		        (enum agenda_kind)sql_int(&q, 2), sql_int(&q, 3), sql_int(&q, 4)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/*
 * Where a new item goes: a case with children after the last such case, where the type has them
 * first; another case after the last case; what is no case before any other business and the next
 * date, which stand last.
 */
static size_t slot_for(const struct place *p, size_t n, bool is_case, bool children)
{
	size_t last = n, last_child = 0, last_case = 0, first_case = n;
	while (last > 0 && (p[last - 1].kind == AGENDA_OTHER || p[last - 1].kind == AGENDA_NEXT ||
	                           p[last - 1].removed))
		last--;
	for (size_t i = 0; i < n; i++) {
		if (p[i].kind != AGENDA_CASE || p[i].removed)
			continue;
		first_case = first_case == n ? i : first_case;
		last_case = i + 1;
		if (p[i].children)
			last_child = i + 1;
	}
	if (!is_case || !last_case)
		return last;
	if (!children)
		return last_case;
	return last_child ? last_child : first_case;
}

/* Makes room at that place of the order; *ret = the position for it. */
static enum err make_room(
        struct record *r, const struct place *p, size_t n, size_t slot, int64_t *ret)
{
	int64_t before = slot ? p[slot - 1].position : 0,
	        after = slot < n ? p[slot].position : before + 2 * PLACE_STEP;
	*ret = before + (after - before) / 2;
	if (*ret > before && *ret < after)
		return ERR_OK;
	for (size_t i = 0; i < n; i++)
		TRY(sql_run(r, "UPDATE item SET position = ? WHERE id = ?", "ii",
		        (int64_t)(i + 1 + (i >= slot)) * PLACE_STEP, p[i].id));
	*ret = (int64_t)(slot + 1) * PLACE_STEP;
	return ERR_OK;
}

enum err item_place(struct record *r, int64_t meeting, int64_t kase, int64_t *ret)
{
	struct arena a;
	struct place *p;
	size_t n;
	struct meeting_row m;
	int64_t children = 0;
	arena_init(&a, 1u << 20);
	enum err e = record_meeting(r, &a, meeting, &m);
	if (!e && kase && m.type->children_first)
		e = sql_one_int(r, &children, "SELECT children FROM kase WHERE id = ?", "i", kase);
	if (!e)
		e = places(r, &a, meeting, &p, &n);
	if (!e)
		e = make_room(r, p, n, slot_for(p, n, kase != 0, children > 0), ret);
	arena_finish(&a);
	return e;
}

/* ---- adding ---- */

/* What the case needs the table for: asked, recorded, and never a partner's information alone. */
static enum err check_needed(struct record *r, const struct command *c, struct why *w)
{
	const char *id = c->u.add.needed_for;
	TRY(check_entry(r, "needed-for", id, false, "What the case needs the table for", w));
	if (strcmp(id, "information-only") == 0)
		return why(w, ERR_REFUSED,
		        "A case is not tabled only to get a partner’s information. Ask the partner "
		        "by a "
		        "research request instead.");
	if (practice_entry(r->practice, "needed-for", id)->needs_words)
		return check_words(
		        c->u.add.words, WORDS_MAX, false, "What it needs the table for", w);
	return ERR_OK;
}

/* A case may be added where whoever is before the panel may see it;
 * `title` gets its reference, *minutes the time of a case. */
static enum err check_case(struct record *r, const struct command *c, char title[NAME_MAX_BYTES],
        int64_t *minutes, struct why *w)
{
	struct record_viewer v;
	enum sight s;
	struct sql q;
	struct arena a;
	struct meeting_row m;
	int64_t there = 0;
	TRY(check_entry(r, "case-added", c->u.add.reason, false, "The reason for adding", w));
	TRY(record_viewer_room(r, c->u.add.meeting, &v));
	enum err e = record_sight(r, &v, c->u.add.case_id, &s);
	if (e == ERR_NOT_FOUND || (!e && s == SIGHT_NONE && !v.blind))
		return why(w, ERR_NOT_FOUND, "There is no such case.");
	TRY(e);
	if (s < SIGHT_ANON)
		return why(w, ERR_DENIED, "That case is held back from the room as it is now.");
	TRY(sql_one_int(r, &there,
	        "SELECT count(*) FROM item WHERE meeting = ? AND kase = ? AND state <> 4", "ii",
	        c->u.add.meeting, c->u.add.case_id));
	if (there)
		return why(w, ERR_EXISTS, "That case is on the agenda already.");
	TRY(check_needed(r, c, w));
	arena_init(&a, 1u << 20);
	sql_query(r, &q, "SELECT ref FROM kase WHERE id = ?", "i", c->u.add.case_id);
	if (sql_step(&q))
		snprintf(title, NAME_MAX_BYTES, "%s", sql_text(&q, 0, &a));
	e = sql_end(&q);
	if (!e)
		e = record_meeting(r, &a, c->u.add.meeting, &m);
	if (!e && !*minutes)
		*minutes = m.type->case_minutes;
	arena_finish(&a);
	return e;
}

static enum err check_other(
        struct record *r, const struct command *c, char title[NAME_MAX_BYTES], struct why *w)
{
	if (c->u.add.kind != AGENDA_PAPER && c->u.add.kind != AGENDA_OTHER)
		return why(w, ERR_INPUT, "Say whether it is a paper or other business.");
	TRY(check_words(c->u.add.title, NAME_MAX_BYTES - 1, false, "The title", w));
	TRY(check_entry(r, "case-added", c->u.add.reason, true, "The reason for adding", w));
	if (c->u.add.urgent && (!c->u.add.reason || !*c->u.add.reason)) /* by exception (R7) */
		TRY(check_words(c->u.add.words, WORDS_MAX, false, "Why it is urgent", w));
	snprintf(title, NAME_MAX_BYTES, "%s", c->u.add.title);
	return ERR_OK;
}

enum err cmd_item_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	uint8_t uid[16];
	int64_t state, position, minutes = c->u.add.minutes;
	char title[NAME_MAX_BYTES];
	uid_make(uid);
	enum err e = sql_one_int(
	        r, &state, "SELECT state FROM meeting WHERE id = ?", "i", c->u.add.meeting);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such meeting.") : e;
	if (state >= MEETING_CLOSING)
		return why(w, ERR_REFUSED, "The meeting is %s.",
		        meeting_state_name((enum meeting_state)state));
	TRY(check_words(c->u.add.words, WORDS_MAX, true, "The reason", w));
	if (minutes < 0 || minutes > 24 * 60)
		return why(w, ERR_INPUT, "Give the time for it in minutes.");
	TRY(c->u.add.case_id ? check_case(r, c, title, &minutes, w) : check_other(r, c, title, w));
	TRY(item_place(r, c->u.add.meeting, c->u.add.case_id, &position));
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO item(uid, meeting, kind, title, kase, position, minutes, urgent, "
	        "added_reason, added_words, needed_for) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
	        "biitziiittt", UID_ARG, c->u.add.meeting,
	        (int64_t)(c->u.add.case_id ? AGENDA_CASE : c->u.add.kind), title, c->u.add.case_id,
	        position, minutes ? minutes : INT64_C(5), (int64_t)c->u.add.urgent,
	        c->u.add.reason ? c->u.add.reason : "", c->u.add.words ? c->u.add.words : "",
	        c->u.add.case_id ? c->u.add.needed_for : ""));
	d->meeting_id = c->u.add.meeting;
	d->case_id = c->u.add.case_id;
	snprintf(d->text, sizeof(d->text), c->u.add.urgent ? "Urgent item added." : "Item added.");
	return ERR_OK;
}

/* ---- moving ---- */

/* Among those that the room sees and that were not taken off: from place `at`, `by` further; stops
 * at the ends. */
static size_t step_over(const struct item_row *i, size_t n, size_t at, int by)
{
	size_t to = at;
	for (size_t k = at; by > 0 && k + 1 < n;)
		if (i[++k].state != ITEM_REMOVED) {
			to = k;
			by--;
		}
	for (size_t k = at; by < 0 && k > 0;)
		if (i[--k].state != ITEM_REMOVED) {
			to = k;
			by++;
		}
	return to;
}

/* Takes `item` out of the order and puts it behind `mark` (before it, when it moves up). */
static enum err put_beside(
        struct record *r, struct arena *a, int64_t meeting, int64_t item, int64_t mark, bool down)
{
	struct place *p;
	size_t n, rest = 0, slot = 0;
	int64_t position;
	TRY(places(r, a, meeting, &p, &n));
	for (size_t i = 0; i < n; i++)
		if (p[i].id != item)
			p[rest++] = p[i];
	while (slot < rest && p[slot].id != mark)
		slot++;
	TRY(make_room(r, p, rest, slot + down, &position));
	return sql_run(r, "UPDATE item SET position = ? WHERE id = ?", "ii", position, item);
}

enum err cmd_item_move(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t meeting, state, item = c->u.move.item, kase = 0;
	struct record_viewer v;
	struct item_row *i = NULL;
	struct arena a;
	size_t n = 0, at, to = 0;
	enum err e = sql_one_int(r, &meeting, "SELECT meeting FROM item WHERE id = ?", "i", item);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such item.") : e;
	TRY(sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", meeting));
	if (state >= MEETING_CLOSING)
		return why(w, ERR_REFUSED, "The meeting is %s.",
		        meeting_state_name((enum meeting_state)state));
	/* past those that the room sees: a hidden item between them is passed unseen */
	TRY(record_viewer_room(r, meeting, &v));
	arena_init(&a, 1u << 20);
	e = record_items(r, &a, &v, meeting, &i, &n);
	for (at = 0; at < n && (i[at].id != item || i[at].state == ITEM_REMOVED); at++)
		;
	if (!e && at == n)
		e = why(w, ERR_NOT_FOUND, "There is no such item.");
	if (!e && i[at].sight < SIGHT_ANON)
		e = why(w, ERR_DENIED,
		        "This item is held back. It opens when those it is not for have left.");
	if (!e) {
		kase = i[at].case_id;
		to = step_over(i, n, at, c->u.move.by);
		if (to == at)
			e = why(w, ERR_REFUSED,
			        c->u.move.by < 0 ? "That is the first item."
			                         : "That is the last item.");
	}
	if (!e)
		e = put_beside(r, &a, meeting, item, i[to].id, to > at);
	arena_finish(&a);
	TRY(e);
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
	        "j.kase = i.kase AND j.state = 2 AND o.starts < m.starts), k.repeat, i.needed_for,"
	        /* R7: in session, the referrer neither sits here nor sent anything */
	        " CASE WHEN m.state IN (2, 3) AND i.state < 2 AND k.referred_by NOT IN (SELECT "
	        "s.agency FROM seat s WHERE s.meeting = m.id AND s.agency IS NOT NULL AND "
	        "(s.signed "
	        "IS NOT NULL AND s.left_at IS NULL OR s.information IS NOT NULL)) AND NOT EXISTS "
	        "(SELECT 1 FROM research h WHERE h.meeting = m.id AND h.kase = k.id AND h.agency = "
	        "k.referred_by AND h.returned IS NOT NULL) THEN (SELECT g.name FROM agency g WHERE "
	        "g.id = k.referred_by) END,"
	        " (SELECT o.day FROM item j JOIN meeting o ON o.id = j.meeting WHERE j.id = "
	        "i.carried),"
	        " k.restriction = 2 FROM item i JOIN meeting m ON m.id = i.meeting LEFT JOIN kase "
	        "k ON k.id = i.kase "
	        "WHERE i.meeting = ? ORDER BY i.position, i.id",
	        "i", meeting);
	while (sql_step(&q)) {
		enum sight s = SIGHT_FULL;
		int64_t kase = sql_int(&q, 1);
		if (kase) {
			q.err = record_sight(r, v, kase, &s);
			if (q.err)
				break;
		}
		if (s == SIGHT_NONE) /* as if it were not there */
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
		        .band = -1,
		        .needed_for = "",
		        .unbriefed = "",
		        .carried_day = sql_day(&q, 19)};
		i->number = i->state == ITEM_REMOVED ? 0 : sql_int(&q, 20) ? -1 : ++number;
		i->stale = "";
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
			i->repeat = sql_int(&q, 16);
			i->needed_for = entry_label(r, "needed-for", sql_text(&q, 17, a));
			i->unbriefed = sql_text(&q, 18, a);
			i->second = arena_printf(
			        a, "%s · %s", sql_text(&q, 12, a), ordinal_review(a, before));
			const char *rule;
			q.err = stale_at(r, a, kase, time_now_us(), &i->stale, &rule);
		}
		if (i->state == ITEM_DEFERRED || i->state == ITEM_REMOVED)
			i->second = deferral(r, &q, a, s);
		if (!i->second)
			q.err = ERR_NOMEM;
		if (q.err)
			break;
	}
	/* hidden cases last: see item_number() in check.c */
	for (size_t k = 0; k < n; k++) {
		struct item_row *i = (struct item_row *)rows + k;
		if (i->number < 0)
			i->number = ++number;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- what the group is told of ---- */

static enum err list_one(struct sql *q, struct arena *a, void **rows, size_t *n, size_t *cap,
        const struct record_viewer *v, struct listed_row row)
{
	enum sight s;
	TRY(record_sight(q->r, v, row.case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	struct listed_row *l = arena_grow(a, rows, n, cap, sizeof(*l));
	if (!l)
		return ERR_NOMEM;
	*l = row;
	l->ref = sql_text(q, 1, a);
	l->strand = sql_text(q, 2, a);
	return ERR_OK;
}

enum err record_listed(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct listed_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	struct meeting_row m, last;
	TRY(record_meeting(r, a, meeting, &m));
	enum err e = record_meeting_last(r, a, m.forum, meeting, &last);
	if (e && e != ERR_NOT_FOUND)
		return e;
	/* without a meeting before this one: of the month before it */
	int32_t since = e ? practice_add_months(m.day, -1) : last.day;
	sql_query(r, &q,
	        "SELECT k.id, k.ref, k.strand, k.received, i.id FROM item i JOIN kase k ON k.id = "
	        "i.kase WHERE i.meeting = ? AND i.state <> 4 AND k.repeat = 1 ORDER BY i.position",
	        "i", meeting);
	while (sql_step(&q))
		q.err = list_one(&q, a, &rows, &n, &cap, v,
		        (struct listed_row){.case_id = sql_int(&q, 0),
		                .day = sql_day(&q, 3),
		                .item = sql_int(&q, 4)});
	TRY(sql_end(&q));
	/* twelve months from the referral end after the last meeting and by this one (R19) */
	sql_query(r, &q,
	        "SELECT k.id, k.ref, k.strand, k.received, (SELECT i.id FROM item i WHERE i.kase = "
	        "k.id "
	        "AND i.meeting = ?4 AND i.state <> 4) FROM kase k WHERE k.forum = ?1 AND "
	        "k.received >= "
	        "?2 AND k.received <= ?3 ORDER BY k.received, k.id",
	        "iddi", m.forum, practice_add_months(since, -12) - 3,
	        practice_add_months(m.day, -12) + 3, meeting);
	while (sql_step(&q)) {
		int32_t end = practice_add_months(sql_day(&q, 3), 12);
		if (end <= since || end > m.day)
			continue;
		q.err = list_one(&q, a, &rows, &n, &cap, v,
		        (struct listed_row){.case_id = sql_int(&q, 0),
		                .lapsed = true,
		                .day = end,
		                .item = sql_int(&q, 4)});
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
