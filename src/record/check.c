#include "record_int.h"
#include <stdio.h>
#include <string.h>

enum err check_words(const char *s, size_t max, bool may_be_empty, const char *what, struct why *w)
{
	size_t n = s ? strlen(s) : 0;
	if (n == 0 && !may_be_empty)
		return why(w, ERR_INPUT, "%s is missing. Say it in a sentence.", what);
	if (n > max)
		return why(
		        w, ERR_LIMIT, "%s is longer than %zu letters. Make two of it.", what, max);
	if (n && !utf8_printable(s, n, max > NAME_MAX_BYTES)) /* what is short stands on one line */
		return why(w, ERR_INPUT, "%s holds letters that cannot be shown. Type it again.",
		        what);
	return ERR_OK;
}

enum err check_entry(struct record *r, const char *list, const char *id, bool may_be_empty,
        const char *what, struct why *w)
{
	if (!id || !*id)
		return may_be_empty ? ERR_OK
		                    : why(w, ERR_INPUT, "%s is missing. Choose one.", what);
	if (!practice_entry(r->practice, list, id))
		return why(w, ERR_INPUT, "%s is not one of the list.", what);
	return ERR_OK;
}

const char *entry_label(struct record *r, const char *list, const char *id)
{
	const struct practice_entry *e = id && *id ? practice_entry(r->practice, list, id) : NULL;
	return e ? e->label : id ? id : "";
}

enum err check_meeting(struct record *r, int64_t meeting, enum meeting_state want, struct why *w)
{
	int64_t state;
	enum err e = sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", meeting);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no such meeting.");
	TRY(e);
	if (state == (int64_t)want)
		return ERR_OK;
	return why(w, ERR_REFUSED, "The meeting is %s; that is done when it is %s.",
	        meeting_state_name((enum meeting_state)state), meeting_state_name(want));
}

/*
 * The number beside an item. Hidden cases are numbered after all others, for those who may know of
 * them: so every other item has the same number in every room and on every paper, and two copies
 * laid side by side tell nothing. record_items() numbers by the same rule.
 */
static enum err item_number(
        struct record *r, const struct record_viewer *v, int64_t meeting, int64_t item, int *ret)
{
	struct sql q;
	int others = 0, hidden = 0, mine = 0;
	bool is_hidden = false, passed = false;
	sql_query(r, &q,
	        "SELECT i.id, i.kase, coalesce(k.restriction = 2, 0) FROM item i LEFT JOIN kase k "
	        "ON "
	        "k.id = i.kase WHERE i.meeting = ? AND i.state <> 4 ORDER BY i.position, i.id",
	        "i", meeting);
	while (sql_step(&q)) {
		enum sight s = SIGHT_FULL;
		bool h = sql_int(&q, 2);
		if (h) {
			q.err = record_sight(r, v, sql_int(&q, 1), &s);
			if (q.err)
				break;
			hidden += s != SIGHT_NONE && !(passed && is_hidden);
		}
		others += !h;
		if (sql_int(&q, 0) == item) {
			passed = true;
			is_hidden = h;
			mine = others;
		}
	}
	*ret = is_hidden ? others + hidden : mine;
	return sql_end(&q);
}

enum err check_item(
        struct record *r, int64_t item, bool on_table, struct item_key *ret, struct why *w)
{
	struct sql q;
	struct arena a;
	int64_t table = 0;
	bool found;
	*ret = (struct item_key){0};
	arena_init(&a, 1u << 16);
	sql_query(r, &q,
	        "SELECT i.meeting, i.kase, m.forum, i.kind, i.state, m.state, m.table_item, "
	        "i.title FROM item i JOIN meeting m ON m.id = i.meeting WHERE i.id = ?",
	        "i", item);
	found = sql_step(&q);
	if (found) {
		ret->meeting = sql_int(&q, 0);
		ret->case_id = sql_int(&q, 1);
		ret->forum = sql_int(&q, 2);
		ret->kind = (enum agenda_kind)sql_int(&q, 3);
		ret->state = (enum item_state)sql_int(&q, 4);
		ret->meeting_state = (enum meeting_state)sql_int(&q, 5);
		table = sql_int(&q, 6);
		snprintf(ret->title, sizeof(ret->title), "%s", sql_text(&q, 7, &a));
	}
	arena_finish(&a);
	TRY(sql_end(&q));
	if (!found)
		return why(w, ERR_NOT_FOUND, "There is no such item.");
	if (ret->meeting_state != MEETING_SESSION && ret->meeting_state != MEETING_CLOSING)
		return why(w, ERR_REFUSED, "The meeting is %s. Open it first.",
		        meeting_state_name(ret->meeting_state));
	struct record_viewer v;
	enum sight s = SIGHT_FULL;
	TRY(record_viewer_meeting(r, ret->meeting, &v));
	if (ret->case_id) {
		if (v.blind)
			return why(w, ERR_DENIED, "Nobody who has signed is in the room.");
		TRY(record_sight(r, &v, ret->case_id, &s));
	}
	/* the same words as for an item that never was: a hidden one must not be found by asking */
	if (s == SIGHT_NONE)
		return why(w, ERR_NOT_FOUND, "There is no such item.");
	if (on_table && table != item)
		return why(w, ERR_REFUSED, "Put the item on the table first.");
	TRY(item_number(r, &v, ret->meeting, item, &ret->number));
	if (s < SIGHT_ANON)
		return why(w, ERR_DENIED,
		        "This item is held back. It opens when those it is not for have left.");
	return ERR_OK;
}

void uid_make(uint8_t out[16])
{
	vault_random(out, 16);
}
