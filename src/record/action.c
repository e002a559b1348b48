#include "record_int.h"
#include <stdio.h>
#include <string.h>

/*
 * Actions: one agency and one person who is signed in, a due date, carried until closed. "Overtaken
 * by circumstances" is not "not done" (MARAC minutes checklist).
 */

const char *action_state_name(enum action_state s)
{
	static const char *const NAME[ACTION_STATE_COUNT] = {
	        "Open", "Carried on", "Done", "Overtaken by circumstances", "Not done"};
	return (unsigned)s < ACTION_STATE_COUNT ? NAME[s] : "";
}

static enum err check_owner(
        struct record *r, const struct item_key *k, int64_t agency, int64_t person, struct why *w)
{
	int64_t n;
	if (!agency || !person)
		return why(w, ERR_INPUT, "Say who will do it: an agency and a person.");
	TRY(sql_one_int(r, &n, "SELECT count(*) FROM person WHERE id = ? AND agency = ?", "ii",
	        person, agency));
	if (!n)
		return why(w, ERR_INPUT, "That person is from another agency.");
	TRY(sql_one_int(r, &n,
	        "SELECT count(*) FROM seat WHERE meeting = ? AND person = ? AND agency = ? AND "
	        "signed IS NOT NULL AND standing < 3",
	        "iii", k->meeting, person, agency));
	if (!n)
		return why(w, ERR_REFUSED,
		        "That person has not signed in at this meeting. Choose someone who is "
		        "here.");
	/* what the chair opened closes again: the owner of an action must see its case then, too */
	if (k->case_id) {
		struct practice_limit limit;
		int64_t named[PRACTICE_MAX];
		struct practice_present p = {.agency = agency, .standing = STANDING_CORE};
		TRY(limit_of_case(r, k->case_id, &limit, named));
		if (practice_sight_of(&p, &limit) < SIGHT_FULL)
			return why(w, ERR_REFUSED,
			        "That agency is not named in this case and could not see its "
			        "action "
			        "later. Name it first, or choose someone else.");
	}
	/* for this case (R33): not one who knows somebody in it */
	TRY(sql_one_int(r, &n,
	        "SELECT count(*) FROM conflict c JOIN seat s ON s.id = c.seat WHERE c.kase = ? AND "
	        "s.meeting = ? AND s.person = ? AND"
	        " c.decision <> 'no-conflict'",
	        "iii", k->case_id, k->meeting, person));
	if (n)
		return why(w, ERR_REFUSED,
		        "That person declared a conflict of interest in this case. Choose someone "
		        "else.");
	return ERR_OK;
}

enum err cmd_action_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct item_key k;
	uint8_t uid[16];
	char ref[REF_MAX], when[TIME_TEXT_MAX];
	int64_t today, number;
	int year, month, day;
	struct sql q;
	uid_make(uid);
	TRY(check_item(r, c->u.action.item, false, &k, w));
	TRY(check_words(c->u.action.what, WORDS_MAX, false, "What will be done", w));
	TRY(check_words(
	        c->u.action.done_when, NAME_MAX_BYTES, true, "How it is known to be done", w));
	TRY(check_owner(r, &k, c->u.action.agency, c->u.action.person, w));
	TRY(sql_one_int(r, &today, "SELECT day FROM meeting WHERE id = ?", "i", k.meeting));
	if (c->u.action.due == DAY_NONE || c->u.action.due < (int32_t)today)
		return why(w, ERR_INPUT, "Give a date from today, %s, on.",
		        day_text(when, (int32_t)today, DAY_MONTH));
	day_to_ymd((int32_t)today, &year, &month, &day);
	/* one more than any that was ever given, so that the number of an action taken back names
	 * no other */
	enum err e = sql_one_int(
	        r, &number, "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'action'", "");
	if (e == ERR_NOT_FOUND)
		number = 1;
	else if (e)
		return e;
	snprintf(ref, sizeof(ref), "A-%04d-%04d", year, (int)number);
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO action(uid, ref, forum, meeting, item, kase, agency, person, what, "
	        "done_when, due, review, made)"
	        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
	        "btiizziittddu", UID_ARG, ref, k.forum, k.meeting, c->u.action.item, k.case_id,
	        c->u.action.agency, c->u.action.person, c->u.action.what,
	        c->u.action.done_when ? c->u.action.done_when : "", c->u.action.due,
	        c->u.action.review, time_now_us()));
	d->case_id = k.case_id;
	d->meeting_id = k.meeting;
	struct arena a;
	arena_init(&a, 1u << 16);
	sql_query(r, &q, "SELECT name FROM agency WHERE id = ?", "i", c->u.action.agency);
	if (sql_step(&q))
		snprintf(d->text, sizeof(d->text), "Action for %.100s kept.", sql_text(&q, 0, &a));
	arena_finish(&a);
	return sql_end(&q);
}

enum err cmd_action_update(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	static const char *const DONE[ACTION_STATE_COUNT] = {"Action opened again.",
	        "Action carried on.", "Action marked done.",
	        "Action marked overtaken by circumstances.", "Action marked not done."};
	enum action_state to = c->u.update.to;
	int64_t state, kase = 0;
	d->id = c->u.update.action;
	d->meeting_id = c->u.update.meeting;
	if ((unsigned)to >= ACTION_STATE_COUNT)
		return why(w, ERR_INPUT, "Say what became of the action.");
	enum err e = sql_one_int(r, &state, "SELECT state FROM action WHERE id = ?", "i", d->id);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such action.") : e;
	/* in a meeting the room decides; outside one whoever is before the panel */
	struct record_viewer v;
	enum sight s = SIGHT_FULL;
	if (c->u.update.meeting) {
		TRY(check_meeting(r, c->u.update.meeting, MEETING_SESSION, w));
		TRY(record_viewer_meeting(r, c->u.update.meeting, &v));
	} else {
		TRY(record_viewer_room(r, 0, &v));
	}
	TRY(sql_one_int(r, &kase, "SELECT coalesce(kase, 0) FROM action WHERE id = ?", "i", d->id));
	if (kase)
		TRY(record_sight(r, &v, kase, &s));
	if (s == SIGHT_NONE && !v.blind)
		return why(w, ERR_NOT_FOUND, "There is no such action.");
	if (s < SIGHT_ANON)
		return why(w, ERR_DENIED,
		        "That action belongs to a case that is held back from this room.");
	int64_t stands;
	TRY(sql_one_int(r, &stands, "SELECT " NOT_IN_ERROR("action", "?"), "i", d->id));
	if (!stands)
		return why(w, ERR_REFUSED, "That action is marked as made in error.");
	if (state != ACTION_OPEN && to != ACTION_OPEN)
		return why(w, ERR_REFUSED, "That action is closed already: %s.",
		        action_state_name((enum action_state)state));
	/* closing needs an outcome (R34) */
	TRY(check_words(c->u.update.words, WORDS_MAX, to == ACTION_OPEN || to == ACTION_CARRIED,
	        "The outcome", w));
	TRY(sql_run(r,
	        "INSERT INTO action_update(action, meeting, state, words, at) VALUES(?,?,?,?,?)",
	        "izitu", d->id, c->u.update.meeting, (int64_t)to,
	        c->u.update.words ? c->u.update.words : "", time_now_us()));
	TRY(sql_run(r, "UPDATE action SET state = ? WHERE id = ?", "ii",
	        (int64_t)(to == ACTION_CARRIED ? ACTION_OPEN : to), d->id));
	d->case_id = kase;
	snprintf(d->text, sizeof(d->text), "%s", DONE[to]);
	return ERR_OK;
}

/* uid as 32 hexadecimal digits, for the calendar. */
static const char *hex(struct sql *q, int col, struct arena *a)
{
	const unsigned char *p = sqlite3_column_blob(q->st, col);
	int n = sqlite3_column_bytes(q->st, col);
	char *s = arena_alloc(a, (size_t)n * 2 + 1);
	for (int i = 0; s && i < n; i++)
		snprintf(s + 2 * i, 3, "%02x", p[i]);
	return s ? s : "";
}

#define ACTION_COLUMNS                                                                             \
	"SELECT t.id, t.kase, t.agency, t.item, t.ref, t.what, g.name, p.name, p.role, "           \
	"t.done_when, coalesce((SELECT u.words FROM"                                               \
	" action_update u WHERE u.action = t.id ORDER BY u.at DESC, u.id DESC LIMIT 1), "          \
	"''), coalesce(k.ref, ''), t.uid, t.due, t.review, t.state,"                               \
	" (SELECT count(*) FROM action_update u WHERE u.action = t.id AND u.state = 1), "          \
	"t.person, " MISTAKE_OF("action", "t.id")
#define ACTION_FROM                                                                                \
	" FROM action t JOIN agency g ON g.id = t.agency JOIN person p ON p.id = t.person LEFT "   \
	"JOIN kase k ON k.id = t.kase"

static void action_fill(
        struct sql *q, struct arena *a, enum sight s, int32_t today, struct action_row *o)
{
	*o = (struct action_row){.id = sql_int(q, 0),
	        .case_id = sql_int(q, 1),
	        .agency = sql_int(q, 2),
	        .person = sql_int(q, 17),
	        .item = sql_int(q, 3),
	        .ref = sql_text(q, 4, a),
	        .what = s == SIGHT_FULL ? sql_text(q, 5, a)
	                                : "Words held back in the anonymised view",
	        .agency_name = sql_text(q, 6, a),
	        .owner = sql_text(q, 7, a),
	        .owner_role = sql_text(q, 8, a),
	        .done_when = s == SIGHT_FULL ? sql_text(q, 9, a) : "",
	        .outcome = s == SIGHT_FULL ? sql_text(q, 10, a) : "",
	        .case_ref = sql_text(q, 11, a),
	        .uid = hex(q, 12, a),
	        .due = sql_day(q, 13),
	        .review = sql_day(q, 14),
	        .state = (enum action_state)sql_int(q, 15),
	        .sight = s,
	        .carried = (int)sql_int(q, 16),
	        .mistake = mistake_words(q, 18, a, s),
	        .answer_words = ""};
	o->late = o->state == ACTION_OPEN && o->due < today && !*o->mistake;
}

enum err record_actions(struct record *r, struct arena *a, const struct record_viewer *v,
        const struct action_filter *f, struct action_row **ret, size_t *ret_n)
{
	/* one statement for each way in, so that each uses its index */
	static const char by_case[] = ACTION_COLUMNS ACTION_FROM
	        " WHERE t.kase = ?1 AND ?2 = ?2 ORDER BY t.state > 0, t.due, t.id",
	                  by_item[] = ACTION_COLUMNS ACTION_FROM
	                  " WHERE t.item = ?1 AND ?2 = ?2 ORDER BY t.id",
	                  by_forum[] = ACTION_COLUMNS ACTION_FROM
	                  " WHERE t.forum = ?1 AND ?2 = ?2 ORDER BY t.due, t.id",
	                  by_open[] = ACTION_COLUMNS ACTION_FROM
	                  " WHERE t.forum = ?1 AND t.state = 0 AND ?2 = ?2 ORDER BY t.due, t.id",
	                  by_meeting[] = ACTION_COLUMNS ACTION_FROM
	                  " WHERE t.meeting = ?1 AND ?2 = ?2 ORDER BY t.id",
	                  /* as it was when the meeting began: what was closed there or since was
	                     open then; each half of the question by an index alone, since ten years
	                     of closed actions are asked it. What the meeting made of it: said
	                     there, or closed between two meetings before this one ended. */
	        by_old[] = ACTION_COLUMNS
	        ", e.state, e.words" ACTION_FROM
	        " JOIN meeting m ON m.id = ?2 JOIN meeting o ON o.id = t.meeting LEFT JOIN "
	        "action_update e ON e.id = (SELECT u.id FROM action_update u WHERE "
	        "u.action = t.id AND (u.meeting = m.id OR u.meeting IS NULL AND u.state > 1 "
	        "AND (m.ended IS NULL OR u.at <= m.ended)) ORDER BY u.at DESC, u.id DESC "
	        "LIMIT 1) WHERE t.forum = ?1 AND o.starts < m.starts AND (t.state = 0 OR "
	        "t.id IN (SELECT u.action FROM action_update u WHERE u.meeting = ?2) OR "
	        "EXISTS (SELECT 1 FROM action_update u WHERE u.action = t.id AND u.at >= "
	        "coalesce(m.started, m.starts))) ORDER BY g.id, t.due, t.id";
	const char *sql = f->before_meeting ? by_old
	                  : f->item         ? by_item
	                  : f->case_id      ? by_case
	                  : !f->forum       ? by_meeting
	                  : f->open_only    ? by_open
	                                    : by_forum;
	int64_t key = f->before_meeting ? f->forum
	              : f->item         ? f->item
	              : f->case_id      ? f->case_id
	              : f->forum        ? f->forum
	                                : f->meeting;
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int32_t today = time_today();
	sql_query(r, &q, sql, "ii", key, f->meeting);
	while (sql_step(&q)) {
		enum sight s = v->blind ? SIGHT_NONE : SIGHT_FULL;
		int64_t kase = sql_int(&q, 1);
		enum action_state state = (enum action_state)sql_int(&q, 15);
		if ((f->open_only && state != ACTION_OPEN) ||
		        (f->agency && f->agency != sql_int(&q, 2)) ||
		        (f->person && f->person != sql_int(&q, 17)) ||
		        ((f->open_only || f->before_meeting) && *sql_text(&q, 18, a)))
			continue; /* what was made in error is nobody's to do */
		if (kase) {
			q.err = record_sight(r, v, kase, &s);
			if (q.err)
				break;
		}
		if (s < SIGHT_ANON)
			continue; /* an action would tell of its case */
		struct action_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		action_fill(&q, a, s, today, o);
		if (f->before_meeting && !sql_null(&q, 19)) {
			o->answered = true;
			o->answer = (enum action_state)sql_int(&q, 19);
			o->answer_words = s == SIGHT_FULL ? sql_text(&q, 20, a) : "";
		}
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_action_history(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t action, struct action_row *ret_action, struct action_event **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	enum sight s = v->blind ? SIGHT_NONE : SIGHT_FULL;
	sql_query(r, &q, ACTION_COLUMNS ACTION_FROM " WHERE t.id = ?", "i", action);
	bool found = sql_step(&q);
	if (found) {
		if (sql_int(&q, 1))
			q.err = record_sight(r, v, sql_int(&q, 1), &s);
		found = !q.err && s >= SIGHT_ANON;
		if (found)
			action_fill(&q, a, s, time_today(), ret_action);
	}
	TRY(sql_end(&q));
	if (!found)
		return ERR_NOT_FOUND;
	sql_query(r, &q,
	        "SELECT t.made, t.meeting, m.day, 1, 0, '', 0 FROM action t JOIN meeting m ON m.id "
	        "= "
	        "t.meeting WHERE t.id = ?1 UNION ALL SELECT u.at, u.meeting, m.day, 0, u.state, "
	        "u.words, u.id FROM action_update u LEFT JOIN meeting m ON m.id = u.meeting WHERE "
	        "u.action = ?1 ORDER BY 4 DESC, 1, 7",
	        "i", action);
	while (sql_step(&q)) {
		struct action_event *e = arena_grow(a, &rows, &n, &cap, sizeof(*e));
		if (!e) {
			q.err = ERR_NOMEM;
			break;
		}
		*e = (struct action_event){.at_us = sql_us(&q, 0),
		        .meeting = sql_int(&q, 1),
		        .meeting_day = sql_day(&q, 2),
		        .made = sql_int(&q, 3),
		        .to = (enum action_state)sql_int(&q, 4),
		        .words = s == SIGHT_FULL ? sql_text(&q, 5, a) : ""};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* Adds up rows of case, state, number, late, carried: one row a case, so that each is asked for
 * once. */
static enum err add_up(
        struct record *r, const struct record_viewer *v, struct sql *q, struct action_figures *f)
{
	while (sql_step(q)) {
		enum sight s = v->blind ? SIGHT_NONE : SIGHT_FULL;
		size_t n = (size_t)sql_int(q, 2);
		if (sql_int(q, 0))
			q->err = record_sight(r, v, sql_int(q, 0), &s);
		if (q->err)
			break;
		if (s < SIGHT_ANON)
			continue;
		switch ((enum action_state)sql_int(q, 1)) {
		case ACTION_OPEN:
			f->open += n;
			f->late += (size_t)sql_int(q, 3);
			f->carried += (size_t)sql_int(q, 4);
			break;
		case ACTION_DONE:
			f->done += n;
			break;
		case ACTION_OVERTAKEN:
			f->overtaken += n;
			break;
		case ACTION_NOT_DONE:
			f->not_done += n;
			break;
		case ACTION_CARRIED: /* never the state of an action itself */
		case ACTION_STATE_COUNT:
			break;
		}
	}
	return sql_end(q);
}

enum err record_action_figures(struct record *r, const struct record_viewer *v, int64_t forum,
        int64_t agency, int64_t person, int32_t since, struct action_figures *ret)
{
	struct sql q;
	struct action_figures f = {0};
	sql_query(r, &q,
	        "SELECT t.kase, 0, count(*), sum(t.due < ?4), sum(EXISTS (SELECT 1 FROM "
	        "action_update u "
	        "WHERE u.action = t.id AND u.state = 1)) FROM action t WHERE t.forum = ?1 AND "
	        "t.state = "
	        "0 AND (?2 = 0 OR t.agency = ?2) AND (?3 = 0 OR t.person = ?3) AND " NOT_IN_ERROR(
	                "action", "t.id") " GROUP BY t.kase",
	        "iiid", forum, agency, person, time_today());
	TRY(add_up(r, v, &q, &f));
	/* by the update that closed it: the last one, of the state that the action has */
	sql_query(r, &q,
	        "SELECT t.kase, t.state, count(*), 0, 0 FROM action_update u JOIN action t ON t.id "
	        "= "
	        "u.action WHERE u.at >= ?4 AND t.forum = ?1 AND t.state = u.state AND t.state > 1 "
	        "AND "
	        "NOT EXISTS (SELECT 1 FROM action_update n WHERE n.action = t.id AND n.id > u.id) "
	        "AND "
	        "(?2 = 0 OR t.agency = ?2) AND (?3 = 0 OR t.person = ?3) AND " NOT_IN_ERROR(
	                "action", "t.id") " GROUP BY t.kase, t.state",
	        "iiiu", forum, agency, person, time_from_day(since, 0, 0));
	TRY(add_up(r, v, &q, &f));
	*ret = f;
	return ERR_OK;
}
