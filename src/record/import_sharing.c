#include "import_int.h"
#include <stdio.h>
#include <string.h>

/* CSV of the register of agreements, of its signatures, and of what an agency returns of its
 * research. */

enum err take_agreement(struct import *im)
{
	int32_t issued, review;
	bool ok = entry_ok(im, 0, "agreement", false) & words_ok(im, 1, NAME_MAX_BYTES, false) &
	          words_ok(im, 2, 20, false) & day_ok(im, 3, true, &issued) &
	          day_ok(im, 4, true, &review);
	if (ok && issued != DAY_NONE && review != DAY_NONE && review <= issued)
		return import_bad(im, 4, "is not after the day it was issued");
	if (!ok)
		return ERR_INPUT;
	return sql_run(im->r,
	        "INSERT INTO agreement(uid, kind, title, version, issued, review, quoted) "
	        "VALUES(randomblob(16),?,?,?,?,?,?) ON CONFLICT(kind, title, version) DO UPDATE "
	        "SET issued = excluded.issued, review = excluded.review, quoted = excluded.quoted",
	        "tttddi", import_cell(im, 0), import_cell(im, 1), import_cell(im, 2), issued,
	        review, (int64_t)im->row->quoted);
}

enum err give_agreement(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
	return give_rows(r,
	        "SELECT kind, title, version, date(issued * 86400, 'unixepoch'), date(review * "
	        "86400, 'unixepoch'), quoted FROM agreement ORDER BY id",
	        false, out);
}

enum err take_signature(struct import *im)
{
	int64_t agreement, agency;
	int32_t day;
	bool ok = day_ok(im, 4, false, &day) & words_ok(im, 5, NAME_MAX_BYTES, true);
	enum err e = sql_one_int(im->r, &agreement,
	        "SELECT id FROM agreement WHERE kind = ? AND title = ? AND version = ?", "ttt",
	        import_cell(im, 0), import_cell(im, 1), import_cell(im, 2));
	if (e == ERR_NOT_FOUND)
		return import_bad(im, 1,
		        "is not in the register in that version; import the agreements first");
	TRY(e);
	TRY(agency_ok(im, 3, false, &agency));
	if (ok && day > time_today())
		return import_bad(im, 4, "is a day to come");
	if (!ok)
		return ERR_INPUT;
	return sql_run(im->r,
	        "INSERT INTO signature(agreement, agency, day, name, quoted) VALUES(?,?,?,?,?) ON "
	        "CONFLICT(agreement, agency) DO UPDATE SET day = excluded.day, name = "
	        "excluded.name, quoted = excluded.quoted",
	        "iidti", agreement, agency, day, import_cell(im, 5), (int64_t)im->row->quoted);
}

enum err give_signature(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
	return give_rows(r,
	        "SELECT a.kind, a.title, a.version, g.code, date(s.day * 86400, 'unixepoch'), "
	        "s.name, s.quoted FROM signature s JOIN agreement a ON a.id = s.agreement JOIN "
	        "agency g ON g.id = s.agency ORDER BY s.id",
	        false, out);
}

/*
 * ---- research: the form of a request, filled in ----
 * Its marking, copy, births and postcodes are the request's own and are not read again. A return
 * that is read takes the place of what was returned for the case before.
 */

enum {
	S_MARKING,
	S_COPY,
	S_FORUM,
	S_MEETING,
	S_AGENCY,
	S_CASE,
	S_NAME,
	S_BORN,
	S_POSTCODE,
	S_NOTHING,
	S_WORDS,
	S_KIND,
	S_SOURCE,
	S_DAY
};

static enum err meeting_ok(struct import *im, int64_t *ret)
{
	int64_t forum;
	int32_t day;
	TRY(forum_ok(im, S_FORUM, &forum));
	if (!day_ok(im, S_MEETING, false, &day))
		return ERR_INPUT;
	enum err e = sql_one_int(im->r, ret,
	        "SELECT id FROM meeting WHERE forum = ? AND day = ? ORDER BY state, starts DESC "
	        "LIMIT 1",
	        "id", forum, day);
	return e == ERR_NOT_FOUND
	               ? import_bad(im, S_MEETING, "is no day of a meeting of that group")
	               : e;
}

static enum err about_ok(struct import *im, int64_t kase, int64_t *ret)
{
	*ret = 0;
	if (!*import_cell(im, S_NAME)) /* about the case */
		return ERR_OK;
	enum err e = sql_one_int(im->r, ret,
	        "SELECT id FROM party WHERE kase = ? AND name = ? ORDER BY position LIMIT 1", "it",
	        kase, import_cell(im, S_NAME));
	return e == ERR_NOT_FOUND ? import_bad(im, S_NAME, "is nobody in this case") : e;
}

/* The first row of a return in this file takes back what stood there before. */
static enum err begin_return(struct import *im, int64_t research)
{
	for (size_t i = 0; i < im->n_begun; i++)
		if (im->begun[i] == research)
			return ERR_OK;
	void *rows = im->begun;
	int64_t *begun = arena_grow(&im->a, &rows, &im->n_begun, &im->cap_begun, sizeof(*begun));
	if (!begun)
		return ERR_NOMEM;
	*begun = research;
	im->begun = rows;
	TRY(sql_run(im->r,
	        "UPDATE research_line SET gone = ? WHERE research = ? AND share IS NULL AND gone "
	        "IS NULL",
	        "ui", time_now_us(), research));
	return sql_run(im->r, "UPDATE research SET returned = ?, nothing_known = 1 WHERE id = ?",
	        "ui", time_now_us(), research);
}

static enum err answer_ok(struct import *im, struct research_words *l)
{
	const char *kind = import_cell(im, S_KIND);
	bool ok = words_ok(im, S_WORDS, WORDS_MAX, false) &
	          words_ok(im, S_SOURCE, NAME_MAX_BYTES, false) &
	          day_ok(im, S_DAY, true, &l->source_day);
	l->opinion = strcmp(kind, "opinion") == 0;
	if (!l->opinion && strcmp(kind, "fact") != 0)
		return import_bad(im, S_KIND, "is not fact or opinion");
	if (ok && l->source_day != DAY_NONE && l->source_day > time_today())
		return import_bad(im, S_DAY, "is a day to come");
	l->words = import_cell(im, S_WORDS);
	l->source = import_cell(im, S_SOURCE);
	return ok ? ERR_OK : ERR_INPUT;
}

enum err take_research(struct import *im)
{
	int64_t meeting, agency, kase = 0, seats, research;
	struct research_words l = {.source_day = DAY_NONE};
	const char *nothing = import_cell(im, S_NOTHING);
	TRY(meeting_ok(im, &meeting));
	TRY(agency_ok(im, S_AGENCY, false, &agency));
	enum err e = sql_one_int(
	        im->r, &kase, "SELECT id FROM kase WHERE ref = ?", "t", import_cell(im, S_CASE));
	if (e && e != ERR_NOT_FOUND)
		return e;
	TRY(sql_one_int(im->r, &seats,
	        "SELECT count(*) FROM seat WHERE meeting = ? AND agency = ? AND guest = 0", "ii",
	        meeting, agency));
	if (!seats)
		return import_bad(im, S_AGENCY, "has no seat at this meeting");
	e = research_check(im->r, meeting, kase, agency, NULL);
	if (e == ERR_REFUSED)
		return import_bad(im, S_MEETING, "has begun; what was found is said there");
	if (e == ERR_NOT_FOUND)
		return import_bad(im, S_CASE, "is not on this meeting's agenda");
	TRY(e);
	TRY(about_ok(im, kase, &l.about));
	if (*nothing && strcmp(nothing, "yes") != 0)
		return import_bad(im, S_NOTHING, "is not yes");
	if (*nothing && *import_cell(im, S_WORDS))
		return import_bad(im, S_NOTHING, "and words exclude each other");
	if (!*nothing && !*import_cell(im, S_WORDS))
		return import_bad(im, S_WORDS, "must say what is known, or nothing_known yes");
	if (!*nothing)
		TRY(answer_ok(im, &l));
	TRY(research_row(im->r, meeting, kase, agency, &research));
	TRY(begin_return(im, research));
	if (*nothing)
		return ERR_OK;
	e = research_line(im->r, research, kase, &l, NULL);
	return e == ERR_LIMIT ? import_bad(im, S_WORDS, "is one line too many for one case") : e;
}
