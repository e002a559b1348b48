#include "caseroom/record_sharing.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "record_int.h"

/*
 * What each agency looked up before a meeting (R29).
 *
 * 1. A return is its agency's own: its words go to a viewer that is this agency by itself, or line
 *    by line to the room in which the case is on the table, while the agency is in that room.
 * 2. Everybody else may know that there is a return and how many lines it has, of cases they may
 *    know of.
 * 3. An agency is asked about, and answers for, cases that it may see in full.
 * 4. A line is decided about once: it names the share that it became, said or not shared. A line
 *    taken back before that stays, marked, and is shown to nobody.
 */

#define LINES_MAX 64 /* of one return */

/* A room of one: the agency in the standing of its seat at the meeting, with its conflicts. */
static enum err agency_room(
        struct record *r, int64_t meeting, int64_t agency, struct record_viewer *ret)
{
	struct sql q;
	struct arena a;
	bool found;
	arena_init(&a, 1u << 16);
	sql_query(r, &q,
	        "SELECT s.id, s.standing, m.type FROM seat s JOIN meeting m ON m.id = s.meeting "
	        "WHERE s.meeting = ? AND s.agency = ? AND s.guest = 0 ORDER BY s.signed IS NULL, "
	        "s.id DESC LIMIT 1",
	        "ii", meeting, agency);
	found = sql_step(&q);
	if (found) {
		const struct practice_type *t = practice_type(r->practice, sql_text(&q, 2, &a));
		record_viewer_agency(agency, !t || t->anonymised, ret);
		ret->meeting = meeting;
		ret->seat[0] = sql_int(&q, 0);
		ret->present[0].standing = (enum standing)sql_int(&q, 1);
	}
	arena_finish(&a);
	TRY(sql_end(&q));
	return found ? ERR_OK : ERR_NOT_FOUND;
}

/* The agency by itself: its own key opened the store and no meeting is on. */
static bool by_itself(const struct record_viewer *v, int64_t agency)
{
	return !v->blind && v->meeting == 0 && v->n == 1 && v->present[0].agency == agency;
}

/* On the agenda: not taken off, not put off. */
#define ON_AGENDA "i.meeting = ?1 AND i.kase IS NOT NULL AND i.state NOT IN (3, 4)"

enum err research_check(
        struct record *r, int64_t meeting, int64_t kase, int64_t agency, struct why *w)
{
	struct record_viewer room;
	int64_t state, there;
	enum sight s = SIGHT_NONE;
	enum err e = sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", meeting);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such meeting.") : e;
	if (state > MEETING_SIGNING)
		return why(w, ERR_REFUSED,
		        "The meeting is %s. Research is returned before it; now it is said.",
		        meeting_state_name((enum meeting_state)state));
	e = agency_room(r, meeting, agency, &room);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "That agency has no seat at this meeting.")
		                          : e;
	TRY(sql_one_int(r, &there,
	        "SELECT count(*) FROM item i WHERE " ON_AGENDA " AND i.kase = ?2", "ii", meeting,
	        kase));
	if (there)
		TRY(record_sight(r, &room, kase, &s));
	/* the same words for a case that is not there: it must not be found by asking */
	return s == SIGHT_FULL
	               ? ERR_OK
	               : why(w, ERR_NOT_FOUND, "That case is not on this meeting’s agenda.");
}

enum err research_row(struct record *r, int64_t meeting, int64_t kase, int64_t agency, int64_t *ret)
{
	TRY(sql_run(r,
	        "INSERT INTO research(uid, meeting, kase, agency) VALUES(randomblob(16),?,?,?) ON "
	        "CONFLICT DO NOTHING",
	        "iii", meeting, kase, agency));
	return sql_one_int(r, ret,
	        "SELECT id FROM research WHERE meeting = ? AND kase = ? AND agency = ?", "iii",
	        meeting, kase, agency);
}

/* ---- commands ---- */

enum err cmd_research_ask(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	TRY(research_check(r, c->u.ask.meeting, c->u.ask.case_id, c->u.ask.agency, w));
	TRY(research_row(r, c->u.ask.meeting, c->u.ask.case_id, c->u.ask.agency, &d->id));
	d->case_id = c->u.ask.case_id;
	d->meeting_id = c->u.ask.meeting;
	return sql_run(r, "UPDATE research SET asked = ? WHERE id = ?", "ui", time_now_us(), d->id);
}

enum err research_line(struct record *r, int64_t research, int64_t kase,
        const struct research_words *l, struct why *w)
{
	int64_t n;
	TRY(check_words(l->words, WORDS_MAX, false, "What is known", w));
	TRY(check_words(l->source, NAME_MAX_BYTES, false, "The source", w));
	if (l->source_day != DAY_NONE && l->source_day > time_today())
		return why(w, ERR_INPUT, "Give the day of the source: today or before.");
	if (l->about) {
		TRY(sql_one_int(r, &n, "SELECT count(*) FROM party WHERE id = ? AND kase = ?", "ii",
		        l->about, kase));
		if (!n)
			return why(w, ERR_INPUT, "That person is not in this case.");
	}
	TRY(sql_one_int(r, &n,
	        "SELECT count(*) FROM research_line WHERE research = ? AND gone IS NULL", "i",
	        research));
	if (n >= LINES_MAX)
		return why(w, ERR_LIMIT, "A return has at most %d lines a case.", LINES_MAX);
	TRY(sql_run(r,
	        "INSERT INTO research_line(research, about, words, opinion, source, source_day) "
	        "VALUES(?,?,?,?,?,?)",
	        "iztitd", research, l->about, l->words, (int64_t)l->opinion, l->source,
	        l->source_day));
	return sql_run(r, "UPDATE research SET nothing_known = 0 WHERE id = ?", "i", research);
}

static enum err take_back(struct record *r, int64_t research, int64_t line, struct why *w)
{
	int64_t open;
	TRY(sql_one_int(r, &open,
	        "SELECT count(*) FROM research_line WHERE id = ? AND research = ? AND gone IS NULL "
	        "AND share IS NULL",
	        "ii", line, research));
	if (!open)
		return why(w, ERR_NOT_FOUND, "There is no such line to take back.");
	return sql_run(
	        r, "UPDATE research_line SET gone = ? WHERE id = ?", "ui", time_now_us(), line);
}

enum err cmd_research_return(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t lines, kase = c->u.research.case_id;
	if (r->actor_agency != c->u.research.agency)
		return why(w, ERR_DENIED,
		        "A return is typed by its own agency. Open the panel with its key, or "
		        "import the form it sent.");
	TRY(research_check(r, c->u.research.meeting, kase, c->u.research.agency, w));
	TRY(research_row(r, c->u.research.meeting, kase, c->u.research.agency, &d->id));
	d->case_id = kase;
	d->meeting_id = c->u.research.meeting;
	snprintf(d->text, sizeof(d->text), "Kept in the return.");
	if (c->u.research.gone) {
		TRY(take_back(r, d->id, c->u.research.gone, w));
		snprintf(d->text, sizeof(d->text), "Line taken back.");
	}
	for (size_t i = 0; i < c->u.research.n_lines; i++)
		TRY(research_line(r, d->id, kase, &c->u.research.line[i], w));
	TRY(sql_one_int(r, &lines,
	        "SELECT count(*) FROM research_line WHERE research = ? AND gone IS NULL", "i",
	        d->id));
	if (c->u.research.nothing && lines)
		return why(
		        w, ERR_REFUSED, "Something is written for this case. Take it back first.");
	if (c->u.research.nothing)
		snprintf(d->text, sizeof(d->text), "Nothing known: kept in the return.");
	/* without a line and without "nothing known" it is not an answer any more */
	return sql_run(r, "UPDATE research SET returned = ?, nothing_known = ? WHERE id = ?", "uii",
	        lines || c->u.research.nothing ? time_now_us() : TIME_NONE,
	        (int64_t)c->u.research.nothing, d->id);
}

enum err research_decided(
        struct record *r, int64_t line, int64_t item, int64_t agency, int64_t share, struct why *w)
{
	int64_t open;
	TRY(sql_one_int(r, &open,
	        "SELECT count(*) FROM research_line l JOIN research s ON s.id = l.research JOIN "
	        "item i ON i.meeting = s.meeting AND i.kase = s.kase WHERE l.id = ? AND i.id = ? "
	        "AND s.agency = ? AND l.share IS NULL AND l.gone IS NULL",
	        "iii", line, item, agency));
	if (!open)
		return why(w, ERR_NOT_FOUND, "There is no such line to decide about.");
	return sql_run(r, "UPDATE research_line SET share = ? WHERE id = ?", "ii", share, line);
}

/* ---- what is asked ---- */

/* People of a case who could be harmed by an address: everybody but those said to have caused harm.
 */
static bool may_place(const struct party_row *p, const struct party_row *all, size_t n)
{
	if (strcmp(p->role, "subject") != 0 && !p->place)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].role, "subject") != 0 && !all[i].place &&
		        strcmp(all[i].postcode, p->postcode) == 0)
			return false; /* somebody else of the case lives there */
	return true;
}

struct lookups {
	struct arena *a;
	void *rows;
	size_t n, cap;
};

static enum err lookups_of_case(
        struct record *r, const struct record_viewer *room, int64_t kase, struct lookups *l)
{
	struct case_row c;
	struct party_row *p;
	size_t n, first = l->n;
	int64_t asked;
	TRY(sql_one_int(r, &asked,
	        "SELECT count(*) FROM research WHERE meeting = ? AND kase = ? AND agency = ? AND "
	        "asked IS NOT NULL",
	        "iii", room->meeting, kase, room->present[0].agency));
	TRY(record_case(r, l->a, room, kase, &c));
	TRY(record_parties(r, l->a, room, kase, &p, &n));
	for (size_t i = 0; i < n; i++) {
		/* nobody to look up; a place that is where a victim lives */
		if (!*p[i].name || strcasecmp(p[i].name, "unknown") == 0 ||
		        (p[i].place && !may_place(&p[i], p, n)))
			continue;
		struct lookup_row *o = arena_grow(l->a, &l->rows, &l->n, &l->cap, sizeof(*o));
		if (!o)
			return ERR_NOMEM;
		*o = (struct lookup_row){.case_id = kase,
		        .ref = c.ref,
		        .name = p[i].name,
		        .born = p[i].born,
		        .asked = asked != 0,
		        .postcode = may_place(&p[i], p, n) ? p[i].postcode : ""};
		/* by alphabet, so that the order tells no part in the case */
		struct lookup_row *rows = l->rows;
		for (size_t k = l->n - 1; k > first && strcmp(rows[k - 1].name, rows[k].name) > 0;
		        k--) {
			struct lookup_row t = rows[k];
			rows[k] = rows[k - 1];
			rows[k - 1] = t;
		}
	}
	return ERR_OK;
}

/* A place is looked up by where it is; a person by name and birth, unless two are alike in both. */
static void leave_postcodes_out(struct lookup_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool alike = false;
		for (size_t k = 0; k < n; k++)
			alike |= k != i && strcmp(rows[k].name, rows[i].name) == 0 &&
			         strcmp(rows[k].postcode, rows[i].postcode) != 0 &&
			         (rows[k].born == DAY_NONE || rows[i].born == DAY_NONE ||
			                 rows[k].born == rows[i].born);
		if (!alike)
			rows[i].postcode = "";
	}
}

enum err record_lookups(struct record *r, struct arena *a, int64_t meeting, int64_t agency,
        struct lookup_row **ret, size_t *ret_n)
{
	struct lookups l = {.a = a};
	struct record_viewer room;
	struct sql q;
	*ret = NULL;
	*ret_n = 0;
	TRY(agency_room(r, meeting, agency, &room));
	sql_query(r, &q, "SELECT i.kase FROM item i WHERE " ON_AGENDA " ORDER BY i.position", "i",
	        meeting);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, &room, sql_int(&q, 0), &s);
		if (!q.err && s == SIGHT_FULL)
			q.err = lookups_of_case(r, &room, sql_int(&q, 0), &l);
		if (q.err)
			break;
	}
	TRY(sql_end(&q));
	leave_postcodes_out(l.rows, l.n);
	*ret = l.rows;
	*ret_n = l.n;
	return ERR_OK;
}

/* ---- that there is an answer ---- */

enum err record_answered(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct answered_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	struct answered_row *o = NULL;
	*ret = NULL;
	*ret_n = 0;
	if (v->blind)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT s.agency, g.name, g.code3, s.kase, s.asked, s.returned IS NOT NULL, "
	        "(SELECT count(*) FROM research_line l WHERE l.research = s.id AND l.gone IS NULL) "
	        "FROM research s JOIN agency g ON g.id = s.agency JOIN item i ON i.meeting = "
	        "s.meeting AND i.kase = s.kase WHERE " ON_AGENDA " AND s.meeting = ?1 ORDER BY "
	        "g.name, s.agency",
	        "i", meeting);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 3), &s);
		if (q.err)
			break;
		if (s < SIGHT_ANON) /* an agency asked about it would tell of it */
			continue;
		if (!o || o->agency != sql_int(&q, 0)) {
			o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
			if (!o) {
				q.err = ERR_NOMEM;
				break;
			}
			*o = (struct answered_row){.agency = sql_int(&q, 0),
			        .agency_name = sql_text(&q, 1, a),
			        .code3 = sql_text(&q, 2, a),
			        .asked = DAY_NONE};
		}
		int64_t asked = sql_us(&q, 4);
		if (asked != TIME_NONE && (o->asked == DAY_NONE || time_to_day(asked) > o->asked))
			o->asked = time_to_day(asked);
		o->cases++;
		o->returned += (size_t)sql_int(&q, 5);
		o->lines += (size_t)sql_int(&q, 6);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- an agency's own ---- */

enum err record_return(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct return_row **ret, size_t *ret_n)
{
	struct record_viewer room;
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	if (!v->n || !v->present[0].agency || !by_itself(v, v->present[0].agency))
		return ERR_DENIED;
	TRY(agency_room(r, meeting, v->present[0].agency, &room));
	sql_query(r, &q,
	        "SELECT i.kase, k.ref, k.strand, s.asked IS NOT NULL, s.returned, "
	        "coalesce(s.nothing_known, 0), count(l.id), count(l.share) FROM item i JOIN kase k "
	        "ON k.id = i.kase LEFT JOIN research s ON s.meeting = i.meeting AND s.kase = "
	        "i.kase "
	        "AND s.agency = ?2 LEFT JOIN research_line l ON l.research = s.id AND l.gone IS "
	        "NULL WHERE " ON_AGENDA " GROUP BY i.id ORDER BY i.position",
	        "ii", meeting, v->present[0].agency);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, &room, sql_int(&q, 0), &s);
		if (q.err)
			break;
		if (s < SIGHT_FULL)
			continue;
		struct return_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct return_row){.case_id = sql_int(&q, 0),
		        .ref = sql_text(&q, 1, a),
		        .strand = sql_text(&q, 2, a),
		        .asked = sql_int(&q, 3),
		        .returned_us = sql_us(&q, 4),
		        .nothing = sql_int(&q, 5),
		        .lines = (size_t)sql_int(&q, 6),
		        .decided = (size_t)sql_int(&q, 7)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

static enum err note_read(struct record *r, int64_t research, int64_t kase, int64_t meeting)
{
	struct audit_entry e = {.act = "research.read",
	        .subject = "research",
	        .subject_id = research,
	        .case_id = kase,
	        .meeting_id = meeting};
	return audit_note(r, &e);
}

#define LINE                                                                                       \
	"SELECT l.id, coalesce(l.about, 0), coalesce(p.name, ''), l.words, l.source, l.opinion, "  \
	"l.source_day, h.what, s.id, s.kase, s.meeting FROM research_line l JOIN research s ON "   \
	"s.id = l.research LEFT JOIN party p ON p.id = l.about LEFT JOIN share h ON h.id = "       \
	"l.share WHERE s.agency = ?1 AND l.gone IS NULL "

static void line_fill(struct sql *q, struct arena *a, struct line_row *ret)
{
	*ret = (struct line_row){.id = sql_int(q, 0),
	        .about = sql_int(q, 1),
	        .about_name = sql_text(q, 2, a),
	        .words = sql_text(q, 3, a),
	        .source = sql_text(q, 4, a),
	        .opinion = sql_int(q, 5),
	        .source_day = sql_day(q, 6),
	        .decided = !sql_null(q, 7),
	        .said = (enum share_kind)sql_int(q, 7)};
}

enum err record_return_lines(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, int64_t case_id, struct line_row **ret, size_t *ret_n)
{
	struct record_viewer room;
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t research = 0;
	enum sight s;
	*ret = NULL;
	*ret_n = 0;
	if (!v->n || !v->present[0].agency || !by_itself(v, v->present[0].agency))
		return ERR_DENIED;
	TRY(agency_room(r, meeting, v->present[0].agency, &room));
	TRY(record_sight(r, &room, case_id, &s));
	if (s < SIGHT_FULL)
		return ERR_DENIED;
	sql_query(r, &q, LINE "AND s.meeting = ?2 AND s.kase = ?3 ORDER BY l.id", "iii",
	        v->present[0].agency, meeting, case_id);
	while (sql_step(&q)) {
		struct line_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		line_fill(&q, a, o);
		research = sql_int(&q, 8);
	}
	TRY(sql_end(&q));
	if (n)
		TRY(note_read(r, research, case_id, meeting));
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

/* ---- at the table ---- */

enum err record_return_waiting(struct record *r, const struct record_viewer *v, int64_t item,
        int64_t agency, struct waiting_row *ret)
{
	struct sql q;
	enum sight s = SIGHT_NONE;
	int64_t kase;
	*ret = (struct waiting_row){0};
	enum err e = sql_one_int(r, &kase,
	        "SELECT coalesce(kase, 0) FROM item WHERE id = ? AND meeting = ?", "ii", item,
	        v->meeting);
	if (e == ERR_NOT_FOUND || (!e && !kase))
		return ERR_OK;
	TRY(e);
	TRY(record_sight(r, v, kase, &s));
	if (v->blind || s < SIGHT_FULL)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT s.returned IS NOT NULL, s.nothing_known, l.id, l.share IS NULL FROM "
	        "research s LEFT JOIN research_line l ON l.research = s.id AND l.gone IS NULL "
	        "WHERE "
	        "s.meeting = ? AND s.kase = ? AND s.agency = ? ORDER BY l.id",
	        "iii", v->meeting, kase, agency);
	while (sql_step(&q)) {
		ret->returned = sql_int(&q, 0);
		ret->nothing = sql_int(&q, 1);
		if (sql_null(&q, 2))
			continue;
		ret->lines++;
		if (!sql_int(&q, 3))
			continue;
		if (!ret->waiting++) {
			ret->next = sql_int(&q, 2);
			ret->number = ret->lines;
		}
	}
	return sql_end(&q);
}

enum err record_return_next(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, int64_t agency, int64_t *read, struct line_row *ret)
{
	struct sql q;
	struct waiting_row wait;
	int64_t table, kase;
	bool here = false, found;
	if (!v->meeting)
		return ERR_DENIED;
	TRY(sql_one_int(r, &table,
	        "SELECT coalesce(table_item, 0) FROM meeting WHERE id = ? AND state = 2", "i",
	        v->meeting));
	for (size_t i = 0; i < v->n; i++)
		here |= v->present[i].agency == agency && agency != 0;
	if (table != item || !here)
		return ERR_DENIED;
	TRY(record_return_waiting(r, v, item, agency, &wait));
	if (!wait.waiting)
		return ERR_NOT_FOUND;
	TRY(sql_one_int(r, &kase, "SELECT kase FROM item WHERE id = ?", "i", item));
	sql_query(r, &q,
	        LINE "AND s.meeting = ?2 AND s.kase = ?3 AND l.share IS NULL ORDER BY l.id LIMIT "
	             "1",
	        "iii", agency, v->meeting, kase);
	found = sql_step(&q);
	if (found)
		line_fill(&q, a, ret);
	TRY(sql_end(&q));
	if (!found)
		return ERR_NOT_FOUND;
	if (*read == ret->id)
		return ERR_OK;
	*read = ret->id;
	return note_read(r, ret->id, kase, v->meeting);
}
