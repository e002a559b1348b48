#include "record_int.h"
#include <stdio.h>
#include <string.h>

/*
 * Corrections and marks in error (R36, R41). Nothing is deleted: a corrected note stays behind the
 * one that replaces it, what was made in error stays with its mark and its reason and counts no
 * more, and approved minutes change only by a new version that says what was corrected.
 */

/* ---- notes ---- */

/* A note can be put right until the chair approves the minutes: after that they are a paper. */
static enum err check_draft(struct record *r, int64_t meeting, struct why *w)
{
	int64_t state, approved;
	TRY(sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", meeting));
	TRY(sql_one_int(r, &approved, "SELECT approved IS NOT NULL FROM meeting WHERE id = ?", "i",
	        meeting));
	if (approved || state == MEETING_AGREED)
		return why(w, ERR_REFUSED,
		        "The minutes are approved. Correct them with a new version instead.");
	if (state < MEETING_SESSION)
		return why(w, ERR_REFUSED, "The meeting has not begun.");
	if (state == MEETING_COVERED)
		return why(w, ERR_REFUSED, "The meeting is covered. Show the room first.");
	return ERR_OK;
}

/* Whoever is before the panel sees what they write on: the case in full, or is somebody. */
static enum err check_sight(struct record *r, int64_t kase, struct record_viewer *v, struct why *w)
{
	if (kase)
		return check_case_full(r, kase, v, w);
	TRY(record_viewer_room(r, 0, v));
	return v->blind ? why(w, ERR_DENIED, "Nobody who has signed is in the room.") : ERR_OK;
}

enum err cmd_note_correct(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	struct sql q;
	uint8_t uid[16];
	int64_t old = c->u.note_correct.note, item = 0, agency = 0, at = 0, newer = 0, marked = 0;
	uid_make(uid);
	sql_query(r, &q,
	        "SELECT n.meeting, n.item, n.agency, n.at, coalesce(i.kase, 0), (SELECT count(*) "
	        "FROM note x WHERE x.replaces = n.id), NOT " NOT_IN_ERROR(
	                "note", "n.id") " FROM note n "
	                                "LEFT JOIN item i ON i.id = n.item WHERE n.id = ?",
	        "i", old);
	bool found = sql_step(&q);
	if (found) {
		d->meeting_id = sql_int(&q, 0);
		item = sql_int(&q, 1);
		agency = sql_int(&q, 2);
		at = sql_us(&q, 3);
		d->case_id = sql_int(&q, 4);
		newer = sql_int(&q, 5);
		marked = sql_int(&q, 6);
	}
	TRY(sql_end(&q));
	enum err e = found ? check_sight(r, d->case_id, &v, w) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND) /* the same words for one that never was and one nobody may know of
	                         */
		return why(w, e, "There is no such note.");
	TRY(e);
	TRY(check_draft(r, d->meeting_id, w));
	if (newer)
		return why(w, ERR_EXISTS,
		        "That note has been corrected already. Correct the newest one.");
	if (marked)
		return why(
		        w, ERR_REFUSED, "That note is marked as made in error. Write a new one.");
	TRY(check_words(c->u.note_correct.words, WORDS_MAX, false, "The note", w));
	/* the time it was said stays, and with it its place among the others */
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO note(uid, meeting, item, agency, words, at, replaces) "
	        "VALUES(?,?,?,?,?,?,?)",
	        "bizztui", UID_ARG, d->meeting_id, item, agency, c->u.note_correct.words, at, old));
	snprintf(d->text, sizeof(d->text), "Note corrected; the earlier words stay in the record.");
	return ERR_OK;
}

enum err record_notes(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, int64_t item, struct note_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT n.id, n.item, n.at, coalesce(g.name, 'Chair'), n.words, i.kase, "
	        "n.replaces IS NOT NULL, " MISTAKE_OF(
	                "note", "n.id") ", n.agency FROM note n "
	                                "LEFT JOIN agency g ON g.id = n.agency LEFT JOIN item i ON "
	                                "i.id = n.item WHERE "
	                                "n.meeting = ?1 AND (?2 = 0 OR n.item = ?2) AND NOT EXISTS "
	                                "(SELECT 1 FROM note x "
	                                "WHERE x.replaces = n.id) ORDER BY n.at, n.id",
	        "ii", meeting, item);
	while (sql_step(&q)) {
		enum sight s = v->blind ? SIGHT_NONE : SIGHT_FULL;
		if (sql_int(&q, 5)) {
			q.err = record_sight(r, v, sql_int(&q, 5), &s);
			if (q.err)
				break;
		}
		if (s < SIGHT_FULL) /* words */
			continue;
		struct note_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct note_row){.id = sql_int(&q, 0),
		        .item = sql_int(&q, 1),
		        .at_us = sql_us(&q, 2),
		        .speaker = sql_text(&q, 3, a),
		        .words = sql_text(&q, 4, a),
		        .corrected = sql_int(&q, 6),
		        .mistake = sql_text(&q, 7, a),
		        .agency = sql_int(&q, 8)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- marks in error ---- */

const char *mistake_words(struct sql *q, int col, struct arena *a, enum sight s)
{
	const char *words = sql_text(q, col, a);
	return !*words ? "" : s == SIGHT_FULL ? words : "the reason is kept with the record";
}

static const struct {
	const char *name, *find, *done;
} SUBJECT[] = {
        {"share",
                "SELECT coalesce(kase, 0), item, (SELECT meeting FROM item WHERE id = share.item) "
                "FROM share WHERE id = ?",
                "What was said is marked as made in error."},
        {"note",
                "SELECT coalesce((SELECT kase FROM item WHERE id = note.item), 0), item, meeting "
                "FROM note WHERE id = ?",
                "Note marked as made in error."},
        {"decision",
                "SELECT coalesce(kase, 0), item, (SELECT meeting FROM item WHERE id = "
                "decision.item) FROM decision WHERE id = ?",
                "Decision marked as made in error: the one before it holds."},
        {"action", "SELECT coalesce(kase, 0), item, meeting FROM action WHERE id = ?",
                "Action marked as made in error."},
        {"assessment",
                "SELECT kase, item, (SELECT meeting FROM item WHERE id = assessment.item) FROM "
                "assessment WHERE id = ?",
                "Assessment marked as made in error: the one before it holds."},
        {"incident", "SELECT kase, 0, 0 FROM incident WHERE id = ?",
                "Incident marked as made in error: it counts no more."},
        {"party", "SELECT kase, 0, 0 FROM party WHERE id = ?",
                "Person marked as entered in error."},
};

/* An entry can be for fewer eyes than its case, and a corrected one is behind its correction. */
static enum err check_entry_seen(struct record *r, const struct record_viewer *v,
        const struct command *c, int64_t kase, int64_t item, struct why *w)
{
	struct arena a;
	struct share_row *s;
	size_t n;
	int64_t newer = 0;
	bool seen = false, held = false;
	if (strcmp(c->u.mistake.subject, "note") == 0) {
		TRY(sql_one_int(r, &newer, "SELECT count(*) FROM note WHERE replaces = ?", "i",
		        c->u.mistake.id));
		return newer ? why(w, ERR_REFUSED,
		                       "That note was corrected since. Mark the newest one.")
		             : ERR_OK;
	}
	if (strcmp(c->u.mistake.subject, "share") != 0)
		return ERR_OK;
	arena_init(&a, 16u << 20);
	enum err e = record_shares(r, &a, v, kase, item, &s, &n);
	for (size_t i = 0; !e && i < n; i++)
		if (s[i].id == c->u.mistake.id) {
			seen = true;
			held = s[i].held;
		}
	arena_finish(&a);
	TRY(e);
	if (held)
		return why(w, ERR_DENIED,
		        "That entry is held back. It opens when those it is not for have left.");
	return seen ? ERR_OK : why(w, ERR_NOT_FOUND, "There is no such entry.");
}

/* What the case says of itself comes from its newest entry that stands. */
static enum err case_after(struct record *r, const char *subject, int64_t kase)
{
	if (strcmp(subject, "decision") == 0)
		return sql_run(r,
		        "UPDATE kase SET (open, review, closed, outcome) = (SELECT NOT "
		        "coalesce(max(d.closes), 0), max(CASE WHEN d.closes = 0 THEN d.review "
		        "END), "
		        "max(CASE WHEN d.closes THEN m.day END), max(CASE WHEN d.closes THEN "
		        "d.outcome END) FROM decision d JOIN item i ON i.id = d.item JOIN meeting "
		        "m "
		        "ON m.id = i.meeting WHERE d.id = (SELECT x.id FROM decision x WHERE "
		        "x.kase "
		        "= ?1 AND " NOT_IN_ERROR(
		                "decision", "x.id") " ORDER BY x.made DESC, x.id DESC "
		                                    "LIMIT 1)) WHERE id = ?1",
		        "i", kase);
	if (strcmp(subject, "assessment") == 0)
		return sql_run(r,
		        "UPDATE kase SET (band, score) = (SELECT coalesce(max(t.band), -1), "
		        "coalesce(max(t.score), -1) FROM assessment t WHERE t.id = (SELECT x.id "
		        "FROM "
		        "assessment x WHERE x.kase = ?1 AND " NOT_IN_ERROR("assessment",
		                "x.id") " ORDER BY x.made DESC, x.id DESC LIMIT 1)) WHERE id = ?1",
		        "i", kase);
	if (strcmp(subject, "party") == 0)
		return count_people(r, kase);
	return ERR_OK;
}

enum err cmd_mistake(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	struct sql q;
	int64_t item = 0;
	size_t i = 0;
	while (i < COUNT_OF(SUBJECT) && c->u.mistake.subject &&
	        strcmp(SUBJECT[i].name, c->u.mistake.subject) != 0)
		i++;
	if (!c->u.mistake.subject || i == COUNT_OF(SUBJECT))
		return why(w, ERR_INPUT, "No such kind of entry can be marked as made in error.");
	sql_query(r, &q, SUBJECT[i].find, "i", c->u.mistake.id);
	bool found = sql_step(&q);
	if (found) {
		d->case_id = sql_int(&q, 0);
		item = sql_int(&q, 1);
		d->meeting_id = sql_int(&q, 2);
	}
	TRY(sql_end(&q));
	enum err e = found ? check_sight(r, d->case_id, &v, w) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no such entry.");
	TRY(e);
	TRY(check_entry_seen(r, &v, c, d->case_id, item, w));
	TRY(check_words(c->u.mistake.words, WORDS_MAX, false, "What was wrong with it", w));
	e = sql_insert(r, &d->id,
	        "INSERT INTO mistake(subject, subject_id, words, at) VALUES(?,?,?,?)", "titu",
	        SUBJECT[i].name, c->u.mistake.id, c->u.mistake.words, time_now_us());
	if (e == ERR_EXISTS)
		return why(w, e, "It is marked as made in error already.");
	TRY(e);
	if (d->case_id)
		TRY(case_after(r, SUBJECT[i].name, d->case_id));
	snprintf(d->text, sizeof(d->text), "%s", SUBJECT[i].done);
	return ERR_OK;
}

/* ---- versions of the minutes ---- */

enum err minutes_version(struct record *r, int64_t meeting, const char *stage, int64_t item,
        const char *words, int64_t at_meeting)
{
	TRY(sql_run(r, "UPDATE meeting SET minutes_version = minutes_version + 1 WHERE id = ?", "i",
	        meeting));
	return sql_run(r,
	        "INSERT INTO minutes(meeting, version, stage, item, words, at_meeting, at) SELECT "
	        "id, minutes_version, ?2, ?3, ?4, ?5, ?6 FROM meeting WHERE id = ?1",
	        "itztzu", meeting, stage, item, words, at_meeting, time_now_us());
}

enum err check_correction(
        struct record *r, int64_t meeting, int64_t item, const char *words, struct why *w)
{
	struct record_viewer v;
	int64_t kase = 0;
	TRY(check_words(words, WORDS_MAX, false, "The correction", w));
	if (item) {
		enum err e = sql_one_int(r, &kase,
		        "SELECT coalesce(kase, 0) FROM item WHERE id = ? AND meeting = ?", "ii",
		        item, meeting);
		if (e == ERR_NOT_FOUND)
			return why(w, e, "There is no such item.");
		TRY(e);
	}
	enum err e = check_sight(r, kase, &v, w);
	return e == ERR_NOT_FOUND ? why(w, e, "There is no such item.") : e;
}

enum err cmd_minutes_correct(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t state, approved, now = 0;
	d->id = d->meeting_id = c->u.minutes_correct.meeting;
	enum err e = sql_one_int(r, &state, "SELECT state FROM meeting WHERE id = ?", "i", d->id);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no such meeting.");
	TRY(e);
	TRY(sql_one_int(
	        r, &approved, "SELECT approved IS NOT NULL FROM meeting WHERE id = ?", "i", d->id));
	if (state < MEETING_CLOSED)
		return why(w, ERR_REFUSED,
		        "The meeting is %s; there are no minutes to correct yet.",
		        meeting_state_name((enum meeting_state)state));
	if (!approved && state != MEETING_AGREED)
		return why(w, ERR_REFUSED,
		        "The minutes are a draft. Correct the entry itself, then approve them.");
	TRY(check_correction(r, d->id, c->u.minutes_correct.item, c->u.minutes_correct.words, w));
	/* at the meeting of the group that is on now, if one is */
	e = sql_one_int(r, &now,
	        "SELECT o.id FROM meeting m JOIN meeting o ON o.forum = m.forum AND o.starts > "
	        "m.starts AND o.state IN (2, 3, 4) WHERE m.id = ? ORDER BY o.starts LIMIT 1",
	        "i", d->id);
	if (e && e != ERR_NOT_FOUND)
		return e;
	return minutes_version(
	        r, d->id, "corrected", c->u.minutes_correct.item, c->u.minutes_correct.words, now);
}

enum err record_minutes_versions(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct minutes_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	sql_query(r, &q,
	        "SELECT m.version, m.stage, m.item, m.words, m.at, m.at_meeting, o.day, i.kase "
	        "FROM "
	        "minutes m LEFT JOIN item i ON i.id = m.item LEFT JOIN meeting o ON o.id = "
	        "m.at_meeting WHERE m.meeting = ? ORDER BY m.version",
	        "i", meeting);
	while (sql_step(&q)) {
		enum sight s = v->blind ? SIGHT_NONE : SIGHT_FULL;
		if (!q.err && sql_int(&q, 7))
			q.err = record_sight(r, v, sql_int(&q, 7), &s);
		if (q.err)
			break;
		struct minutes_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		/* that there is a version is known to all who have the minutes; of what, and in
		 * which words, to those who may see the case */
		*o = (struct minutes_row){.version = (int)sql_int(&q, 0),
		        .stage = sql_text(&q, 1, a),
		        .item = s >= SIGHT_ANON ? sql_int(&q, 2) : 0,
		        .words = s == SIGHT_FULL ? sql_text(&q, 3, a) : "",
		        .held = s < SIGHT_FULL,
		        .at_us = sql_us(&q, 4),
		        .at_meeting = sql_int(&q, 5),
		        .at_day = sql_day(&q, 6)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
