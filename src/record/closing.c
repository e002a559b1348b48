#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* What is looked at when a meeting ends: the checks before closing, and who was in the room for
 * what. */

static enum err add(struct arena *a, void **rows, size_t *n, size_t *cap, struct check_row row)
{
	struct check_row *c = arena_grow(a, rows, n, cap, sizeof(*c));
	if (!c || !row.text)
		return ERR_NOMEM;
	*c = row;
	return ERR_OK;
}

static bool is_business(const struct item_row *i)
{
	return i->kind != AGENDA_NEXT && i->kind != AGENDA_WELCOME && i->state != ITEM_REMOVED &&
	       i->sight >= SIGHT_ANON;
}

/* How many of the rows, each the case it is of, the viewer may know of: a count must not tell of a
 * hidden case. */
static enum err count_seen(struct record *r, const struct record_viewer *v, size_t *ret,
        const char *sql, int64_t meeting)
{
	struct sql q;
	size_t n = 0;
	sql_query(r, &q, sql, "i", meeting);
	while (sql_step(&q)) {
		enum sight s = SIGHT_FULL;
		if (sql_int(&q, 0))
			q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		n += s >= SIGHT_ANON;
	}
	*ret = n;
	return sql_end(&q);
}

/* R24: cases that were discussed by an assessment that was out of date when the meeting ended. */
static enum err check_stale(struct record *r, struct arena *a, const struct meeting_row *m,
        const struct item_row *item, size_t n_items, void **rows, size_t *n, size_t *cap)
{
	size_t stale = 0;
	const struct item_row *first = NULL;
	const char *why_, *rule;
	for (size_t i = 0; i < n_items; i++) {
		if (item[i].kind != AGENDA_CASE || item[i].state != ITEM_DONE ||
		        item[i].sight < SIGHT_ANON)
			continue;
		TRY(stale_at(r, a, item[i].case_id,
		        m->ended_us == TIME_NONE ? time_now_us() : m->ended_us, &why_, &rule));
		if (!*why_)
			continue;
		if (!stale++)
			first = &item[i];
	}
	if (!stale)
		return ERR_OK;
	return add(a, rows, n, cap,
	        (struct check_row){
	                .text = stale == 1
	                                ? arena_printf(a, "Risk of %s is out of date", first->title)
	                                : arena_printf(
	                                          a, "Risk of %zu cases is out of date", stale),
	                .hint = "Assess again, or say in the minutes why not",
	                .item = first->id});
}

/* What was begun and neither kept nor thrown away, where this room may see it. */
static enum err check_begun(struct record *r, struct arena *a, const struct item_row *item,
        size_t n_items, void **rows, size_t *n, size_t *cap)
{
	size_t begun = 0;
	int64_t first = 0;
	for (size_t i = 0; i < n_items; i++) {
		int64_t some = 0;
		if (item[i].sight != SIGHT_FULL)
			continue;
		TRY(sql_one_int(r, &some,
		        "SELECT (SELECT count(*) FROM draft WHERE kind = 'share' AND item = ?1 AND "
		        "words <> '') + (SELECT count(*) FROM draft WHERE kind = 'minutes' AND "
		        "item = "
		        "?1 AND words <> '')",
		        "i", item[i].id));
		begun += (size_t)some;
		if (some && !first)
			first = item[i].id;
	}
	if (!begun)
		return ERR_OK;
	return add(a, rows, n, cap,
	        (struct check_row){.text = begun == 1 ? "An entry was begun and not kept"
	                                              : arena_printf(a,
	                                                        "%zu entries were begun and "
	                                                        "not kept",
	                                                        begun),
	                .hint = "Keep the words, or clear them",
	                .item = first});
}

enum err record_checks(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct check_row **ret, size_t *ret_n)
{
	struct item_row *item;
	size_t n_items, n = 0, cap = 0, open = 0;
	void *rows = NULL;
	struct meeting_row m;
	size_t actions, carried;
	TRY(record_meeting(r, a, meeting, &m));
	TRY(record_items(r, a, v, meeting, &item, &n_items));
	for (size_t i = 0; i < n_items; i++) {
		if (item[i].state == ITEM_DONE || item[i].state == ITEM_DEFERRED ||
		        !is_business(&item[i]) || item[i].kind != AGENDA_CASE)
			continue;
		open++;
		TRY(add(a, &rows, &n, &cap,
		        (struct check_row){.text = arena_printf(a, "Item %d, %s, is not decided",
		                                   item[i].number, item[i].title),
		                .hint = "Decide it, or move it to the next meeting",
		                .item = item[i].id}));
	}
	TRY(check_begun(r, a, item, n_items, &rows, &n, &cap));
	TRY(check_stale(r, a, &m, item, n_items, &rows, &n, &cap));
	if (!open)
		TRY(add(a, &rows, &n, &cap,
		        (struct check_row){.text = "Every case on this agenda decided or moved",
		                .hint = "",
		                .done = true}));
	TRY(count_seen(r, v, &actions,
	        /* made at an earlier meeting; open now, or until after this one ended: the minutes
	           are printed again later. Earlier meetings first, and of what is not open the
	           updates before the row: each by an index alone, since ten years of closed
	           actions are asked. */
	        "SELECT coalesce(t.kase, 0) FROM action t JOIN meeting m ON m.id = ?1 JOIN meeting "
	        "o ON o.id = t.meeting WHERE t.id IN (SELECT x.id FROM meeting n JOIN action x ON "
	        "x.forum = n.forum AND x.state = 0 WHERE n.id = ?1 UNION SELECT x.id FROM meeting "
	        "n CROSS JOIN meeting p ON p.forum = n.forum AND p.starts < n.starts CROSS JOIN "
	        "action x ON x.meeting = p.id WHERE n.id = ?1 AND n.ended IS NOT NULL AND EXISTS "
	        "(SELECT 1 FROM action_update u WHERE u.action = x.id AND u.at >= n.ended)) AND "
	        "+t.forum = m.forum AND o.starts < m.starts AND"
	        " t.id NOT IN (SELECT u.action FROM action_update u WHERE u.meeting = ?1) "
	        "AND " NOT_IN_ERROR("action", "t.id"),
	        meeting));
	TRY(add(a, &rows, &n, &cap,
	        actions ? (struct check_row){.text = arena_printf(a, "%zu old %s not asked about",
	                                             actions, actions == 1 ? "action" : "actions"),
	                          .hint = "They are carried on as they stand"}
	                : (struct check_row){.text = "Every old action asked about",
	                          .hint = "",
	                          .done = true}));
	TRY(count_seen(r, v, &carried,
	        "SELECT coalesce(kase, 0) FROM action WHERE meeting = ? AND " NOT_IN_ERROR(
	                "action", "action.id"),
	        meeting));
	TRY(add(a, &rows, &n, &cap,
	        (struct check_row){.text = arena_printf(a,
	                                   "Every action has an owner and a date (%zu)", carried),
	                .hint = "",
	                .done = true}));
	TRY(add(a, &rows, &n, &cap,
	        m.next_day == DAY_NONE
	                ? (struct check_row){.text = "No date for the next meeting",
	                          .hint = "Give one before the room empties"}
	                : (struct check_row){
	                          .text = "Date of next meeting given", .hint = "", .done = true}));
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

/* ---- who was there for an item ---- */

#define STINTS_MAX 64 /* of one item; later ones count as one with the last */
#define AWAY_MAX 64   /* of one seat */

struct span {
	int64_t from, to; /* to: INT64_MAX = not over */
	bool this_item;   /* of an absence: left for the item in question */
};

static enum err spans(struct sql *q, struct span *out, size_t max, size_t *ret_n)
{
	size_t n = 0;
	while (sql_step(q)) {
		struct span s = {
		        sql_int(q, 0), sql_null(q, 1) ? INT64_MAX : sql_int(q, 1), sql_int(q, 2)};
		if (n < max)
			out[n++] = s;
		else
			out[n - 1].to = s.to;
	}
	*ret_n = n;
	return sql_end(q);
}

/* Whether somebody who signed at `came` and was away at those times (in order) was in the room in
 * the stint, and whether they were out of it. */
static void in_stint(
        struct span stint, int64_t came, const struct span *away, size_t n, bool *here, bool *out)
{
	int64_t at = stint.from;
	for (size_t i = 0; i < n; i++) /* left before it began and came back after it ended */
		if (away[i].this_item && away[i].from <= stint.from && away[i].to >= stint.to) {
			*out = true;
			return;
		}
	if (came > at) {
		*out = true;
		at = came;
	}
	for (size_t i = 0; i < n && away[i].from < stint.to; i++) {
		*here |= away[i].from > at;
		if (away[i].to > at) {
			*out = true;
			at = away[i].to;
		}
	}
	*here |= at < stint.to || (at == stint.to && stint.from == stint.to);
}

/* Fills when they came, left and came back, and how much of it they were there for. */
static void presence_of(struct presence_row *p, int64_t came, const struct span *stint, size_t n,
        const struct span *away, size_t n_away)
{
	bool here = false, out = false;
	p->came_us = p->left_us = p->back_us = TIME_NONE;
	for (size_t i = 0; i < n; i++)
		in_stint(stint[i], came, away, n_away, &here, &out);
	p->here = !here ? PRESENCE_OUT : out ? PRESENCE_PART : PRESENCE_WHOLE;
	if (came > stint[0].from)
		p->came_us = came;
	for (size_t i = 0; i < n_away; i++) {
		bool touches = away[i].this_item ||
		               (away[i].from < stint[n - 1].to && away[i].to > stint[0].from);
		if (!touches || (p->for_this && !away[i].this_item))
			continue;
		p->for_this = away[i].this_item;
		p->left_us = away[i].from;
		p->back_us = away[i].to == INT64_MAX ? TIME_NONE : away[i].to;
	}
}

enum err record_presence_rows(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, struct presence_row **ret, size_t *ret_n)
{
	struct sql q, q2;
	struct span stint[STINTS_MAX], away[AWAY_MAX];
	size_t n_stints, n_away, n = 0, cap = 0;
	void *rows = NULL;
	int64_t kase = 0, now = time_now_us();
	enum sight s = v->blind ? SIGHT_NONE : SIGHT_FULL;
	*ret = NULL;
	*ret_n = 0;
	enum err e =
	        sql_one_int(r, &kase, "SELECT coalesce(kase, 0) FROM item WHERE id = ?", "i", item);
	if (e)
		return e;
	if (kase)
		TRY(record_sight(r, v, kase, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT begins, ends, 0 FROM stint WHERE item = ?1 UNION ALL SELECT table_since, "
	        "max(table_since, ?2), 0 FROM meeting WHERE id = (SELECT meeting FROM item WHERE "
	        "id = "
	        "?1) AND table_item = ?1 AND table_since IS NOT NULL ORDER BY 1",
	        "iu", item, now);
	TRY(spans(&q, stint, STINTS_MAX, &n_stints));
	if (!n_stints)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT s.id, s.agency, s.standing, s.signed, coalesce(g.name, p.role, ''), "
	        "coalesce(p.role, ''), coalesce(o.role, ''), c.decision, c.words FROM item i JOIN "
	        "seat s "
	        "ON s.meeting = i.meeting LEFT JOIN agency g ON g.id = s.agency LEFT JOIN person p "
	        "ON "
	        "p.id = s.person LEFT JOIN person o ON o.id = s.substitute_for LEFT JOIN conflict "
	        "c ON "
	        "c.seat = s.id AND c.kase = i.kase WHERE i.id = ?1 AND (s.signed <= ?2 OR c.id IS "
	        "NOT "
	        "NULL) ORDER BY s.position, s.id",
	        "iu", item, stint[n_stints - 1].to);
	while (sql_step(&q)) {
		struct presence_row *p = arena_grow(a, &rows, &n, &cap, sizeof(*p));
		if (!p) {
			q.err = ERR_NOMEM;
			break;
		}
		*p = (struct presence_row){.seat = sql_int(&q, 0),
		        .agency = sql_int(&q, 1),
		        .standing = (enum standing)sql_int(&q, 2),
		        .who = sql_text(&q, 4, a),
		        .role = sql_text(&q, 5, a),
		        .substitute_role = sql_text(&q, 6, a),
		        .decision = entry_label(r, "conflict-decision", sql_text(&q, 7, a)),
		        .declared = s == SIGHT_FULL ? sql_text(&q, 8, a) : ""};
		sql_query(r, &q2,
		        "SELECT left_at, back_at, item IS ? FROM absence WHERE seat = ? ORDER BY "
		        "left_at",
		        "ii", item, p->seat);
		q.err = spans(&q2, away, AWAY_MAX, &n_away);
		if (q.err)
			break;
		presence_of(p, sql_null(&q, 3) ? INT64_MAX : sql_us(&q, 3), stint, n_stints, away,
		        n_away);
		if (sql_null(&q, 3)) /* declared, and never signed */
			p->came_us = TIME_NONE;
	}
	TRY(sql_end(&q));
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

/* "Probation left for this item at 14:20, back at 14:31." */
static const char *presence_sentence(struct arena *a, const struct presence_row *p)
{
	char left[TIME_TEXT_MAX], back[TIME_TEXT_MAX], came[TIME_TEXT_MAX];
	const char *at = p->left_us == TIME_NONE ? "" : time_text_hm(left, p->left_us);
	if (p->for_this)
		at = arena_printf(a, "%s left for this item at %s%s%s", p->who, at,
		        p->back_us != TIME_NONE ? ", back at " : "",
		        p->back_us != TIME_NONE ? time_text_hm(back, p->back_us) : "");
	else if (p->here == PRESENCE_PART && p->came_us != TIME_NONE)
		at = arena_printf(a, "%s came at %s", p->who, time_text_hm(came, p->came_us));
	else if (p->here == PRESENCE_PART && p->back_us != TIME_NONE)
		at = arena_printf(a, "%s came back at %s", p->who, time_text_hm(back, p->back_us));
	else if (p->here == PRESENCE_PART)
		at = arena_printf(a, "%s left at %s", p->who, at);
	else
		at = p->who;
	if (!*p->decision)
		return at ? arena_printf(a, "%s.", at) : NULL;
	return at ? arena_printf(
	                    a, "%s: conflict of interest declared; decision: %s.", at, p->decision)
	          : NULL;
}

enum err record_presence(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, const char **ret)
{
	struct presence_row *p;
	size_t n;
	const char *text = "", *out = "";
	*ret = "";
	TRY(record_presence_rows(r, a, v, item, &p, &n));
	for (size_t i = 0; text && out && i < n; i++) {
		bool plain = !p[i].for_this && !*p[i].decision;
		if (plain && p[i].here == PRESENCE_WHOLE)
			continue;
		if (plain && p[i].here == PRESENCE_OUT) {
			out = arena_printf(a, "%s%s%s", out, *out ? ", " : "", p[i].who);
			continue;
		}
		const char *one = presence_sentence(a, &p[i]);
		text = one ? arena_printf(a, "%s%s%s", text, *text ? " " : "", one) : NULL;
	}
	if (text && out && *out)
		text = arena_printf(a, "%s%sNot in the room: %s.", text, *text ? " " : "", out);
	if (!text || !out)
		return ERR_NOMEM;
	*ret = text;
	return ERR_OK;
}

enum err record_times(
        struct record *r, const struct record_viewer *v, int64_t meeting, struct record_times *ret)
{
	struct arena a;
	struct meeting_row m;
	struct item_row *i = NULL;
	size_t n = 0;
	int64_t now = time_now_us();
	struct record_times t = {0};
	arena_init(&a, 4u << 20);
	enum err e = record_meeting(r, &a, meeting, &m);
	if (!e)
		e = record_items(r, &a, v, meeting, &i, &n);
	for (size_t k = 0; !e && k < n; k++) {
		int used = i[k].used_s;
		if (i[k].opened_us == TIME_NONE || i[k].sight < SIGHT_ANON)
			continue;
		if (m.table_item == i[k].id && m.table_since_us != TIME_NONE)
			used += (int)((now - m.table_since_us) / TIME_SECOND_US);
		t.items++;
		t.planned_min += i[k].minutes;
		t.used_s += used;
		if (i[k].kind != AGENDA_CASE)
			continue;
		t.cases++;
		t.cases_planned_min += i[k].minutes;
		t.cases_used_s += used;
		t.cases_over += used > i[k].minutes * 60;
	}
	if (!e && m.started_us != TIME_NONE)
		t.length_s = (int)(((m.ended_us != TIME_NONE ? m.ended_us : now) - m.started_us) /
		                   TIME_SECOND_US);
	arena_finish(&a);
	if (!e)
		*ret = t;
	return e;
}

enum err record_agreed(struct record *r, int64_t meeting, int64_t *ret_at, int32_t *ret_day)
{
	struct sql q;
	*ret_at = 0;
	*ret_day = DAY_NONE;
	sql_query(r, &q,
	        "SELECT n.id, n.day FROM meeting m JOIN meeting n ON n.id = m.agreed_at WHERE m.id "
	        "= "
	        "?",
	        "i", meeting);
	if (sql_step(&q)) {
		*ret_at = sql_int(&q, 0);
		*ret_day = sql_day(&q, 1);
	}
	return sql_end(&q);
}
