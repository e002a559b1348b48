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
	if (!open)
		TRY(add(a, &rows, &n, &cap,
		        (struct check_row){.text = "Every case on this agenda decided or moved",
		                .hint = "",
		                .done = true}));
	TRY(count_seen(r, v, &actions,
	        /* made at an earlier meeting; open now, or until after this one ended: the minutes
	           are printed again later */
	        "SELECT coalesce(t.kase, 0) FROM meeting m JOIN action t ON t.forum = m.forum JOIN "
	        "meeting o ON o.id = t.meeting WHERE m.id = ?1 AND"
	        " o.starts < m.starts AND (t.state = 0 OR EXISTS (SELECT 1 FROM action_update u "
	        "WHERE u.action = t.id AND u.at >= m.ended)) AND"
	        " t.id NOT IN (SELECT u.action FROM action_update u WHERE u.meeting = ?1)",
	        meeting));
	TRY(add(a, &rows, &n, &cap,
	        actions ? (struct check_row){.text = arena_printf(a, "%zu old %s not asked about",
	                                             actions, actions == 1 ? "action" : "actions"),
	                          .hint = "They are carried on as they stand"}
	                : (struct check_row){.text = "Every old action asked about",
	                          .hint = "",
	                          .done = true}));
	TRY(count_seen(
	        r, v, &carried, "SELECT coalesce(kase, 0) FROM action WHERE meeting = ?", meeting));
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

enum err record_presence(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, const char **ret)
{
	struct sql q;
	int64_t kase = 0;
	const char *text = "";
	*ret = "";
	TRY(sql_one_int(r, &kase, "SELECT coalesce(kase, 0) FROM item WHERE id = ?", "i", item));
	if (kase) {
		enum sight s;
		TRY(record_sight(r, v, kase, &s));
		if (s < SIGHT_ANON)
			return ERR_OK;
	}
	sql_query(r, &q,
	        "SELECT coalesce(g.name, p.role), (SELECT c.decision FROM conflict c WHERE c.seat "
	        "= s.id AND c.kase = ?2) FROM absence x JOIN seat s ON"
	        " s.id = x.seat LEFT JOIN agency g ON g.id = s.agency LEFT JOIN person p ON p.id = "
	        "s.person WHERE x.item = ?1 GROUP BY s.id ORDER BY s.position",
	        "ii", item, kase);
	while (text && sql_step(&q)) {
		const char *who = sql_text(&q, 0, a), *decision = sql_text(&q, 1, a);
		if (*decision)
			text = arena_printf(a,
			        "%s%s%s left for this item: conflict of interest declared; "
			        "decision: %s.",
			        text, *text ? " " : "", who,
			        entry_label(r, "conflict-decision", decision));
		else
			text = arena_printf(
			        a, "%s%s%s left for this item.", text, *text ? " " : "", who);
		if (!text)
			q.err = ERR_NOMEM;
	}
	TRY(sql_end(&q));
	*ret = text;
	return ERR_OK;
}

enum err record_agreed(struct record *r, struct arena *a, int64_t meeting,
        const char **ret_correction, int32_t *ret_day)
{
	struct sql q;
	*ret_correction = "";
	*ret_day = DAY_NONE;
	sql_query(r, &q,
	        "SELECT coalesce(m.correction, ''), n.day FROM meeting m LEFT JOIN meeting n ON "
	        "n.id = m.agreed_at WHERE m.id = ?",
	        "i", meeting);
	if (sql_step(&q)) {
		*ret_correction = sql_text(&q, 0, a);
		*ret_day = sql_day(&q, 1);
	}
	return sql_end(&q);
}
