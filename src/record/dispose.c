#include "record_int.h"
#include <stdio.h>
#include <string.h>

/*
 * Carrying out what was reviewed (R39), and the certificates. Invariants:
 * 1. Only what stands as reviewed, is due, is not held and may be reviewed by whoever carries it
 * out goes; each record has an audit entry of its own, with ids alone.
 * 2. What goes, goes from every table, with its search terms: the lists below name every table that
 * holds a word of it (tests/unit/test_r_disposal.c fills each text column of the schema and looks).
 * 3. All of it and the certificate are one transaction. It leaves no undo: what undo would need is
 * what is to be gone.
 * 4. A certificate counts; it names no case and nobody that a case is about.
 * 5. Until the data key was changed, bytes of what went may still be opened from an old image of
 * the card: the certificate says so by having no new key.
 */

struct cut {
	const char *count; /* what the certificate calls these rows; NULL = not told */
	const char *sql;   /* ?1 is the id of what goes */
};

#define ITEMS "(SELECT id FROM item WHERE kase = ?1)"
#define SHARES "(SELECT id FROM share WHERE kase = ?1 OR item IN " ITEMS ")"
#define ACTIONS "(SELECT id FROM action WHERE kase = ?1 OR item IN " ITEMS ")"
#define PARTIES "(SELECT id FROM party WHERE kase = ?1)"
#define RETURNS "(SELECT id FROM research WHERE kase = ?1)"
#define NOTES "(SELECT n.id FROM note n JOIN item i ON i.id = n.item WHERE i.kase = ?1)"
/* Marks on any of its entries, by the names that marks use. */
#define MARKS(table)                                                                               \
	"DELETE FROM " table " WHERE (subject = 'share' AND subject_id IN " SHARES                 \
	") OR (subject = 'note' AND subject_id IN " NOTES ") OR (subject = 'decision' AND "        \
	"subject_id IN (SELECT id FROM decision WHERE kase = ?1 OR item IN " ITEMS                 \
	")) OR (subject = 'action' AND subject_id IN " ACTIONS                                     \
	") OR (subject = 'assessment' AND subject_id IN (SELECT id FROM assessment WHERE kase = "  \
	"?1)) OR (subject = 'incident' AND subject_id IN (SELECT id FROM incident WHERE kase = "   \
	"?1)) OR (subject = 'party' AND subject_id IN " PARTIES                                    \
	") OR (subject = 'was' AND subject_id IN (SELECT id FROM party_was WHERE party "           \
	"IN " PARTIES ")) OR (subject = 'referral' AND subject_id = ?1)"

/* A case, from what hangs on it inwards. */
static const struct cut CASE_CUT[] = {
        {"begun sentences", "DELETE FROM draft WHERE item IN " ITEMS},
        {NULL, MARKS("mistake")},
        {"exemption marks", MARKS("exemption")},
        {"lines of research", "DELETE FROM research_line WHERE research IN " RETURNS},
        {"returns of research", "DELETE FROM research WHERE kase = ?1"},
        {NULL, "DELETE FROM share_heard WHERE share IN " SHARES},
        {NULL, "DELETE FROM share_agency WHERE share IN " SHARES},
        {"statements", "DELETE FROM share WHERE id IN " SHARES},
        {NULL, "DELETE FROM answer WHERE assessment IN (SELECT id FROM assessment WHERE kase = "
               "?1)"},
        {"risk assessments", "DELETE FROM assessment WHERE kase = ?1"},
        {"decisions", "DELETE FROM decision WHERE kase = ?1 OR item IN " ITEMS},
        {NULL, "DELETE FROM action_update WHERE action IN " ACTIONS},
        {"actions", "DELETE FROM action WHERE id IN " ACTIONS},
        {"notes", "DELETE FROM note WHERE id IN " NOTES},
        {NULL, "DELETE FROM absence WHERE item IN " ITEMS},
        {NULL, "DELETE FROM stint WHERE item IN " ITEMS},
        {"declared conflicts", "DELETE FROM conflict WHERE kase = ?1"},
        {NULL, "DELETE FROM glass WHERE kase = ?1"},
        {NULL, "DELETE FROM restricted WHERE kase = ?1"},
        /* the version of the minutes stays a version; its words about the case go */
        {"corrections of minutes",
                "UPDATE minutes SET item = NULL, words = '' WHERE item IN " ITEMS},
        {NULL, "UPDATE meeting SET table_item = NULL, table_since = NULL WHERE table_item "
               "IN " ITEMS},
        {NULL, "UPDATE item SET carried = NULL WHERE carried IN " ITEMS},
        {"agenda items", "DELETE FROM item WHERE kase = ?1"},
        {"events and clocks", "DELETE FROM event WHERE kase = ?1"},
        {"events and clocks", "DELETE FROM clock WHERE kase = ?1"},
        {"steps of case reviews", "DELETE FROM review_step WHERE kase = ?1"},
        {NULL, "DELETE FROM review WHERE kase = ?1"},
        {"earlier details of people", "DELETE FROM party_was WHERE party IN " PARTIES},
        {"relations", "DELETE FROM relation WHERE kase = ?1"},
        {NULL, "UPDATE incident SET same_as = NULL WHERE kase <> ?1 AND same_as IN (SELECT id FROM "
               "incident WHERE kase = ?1)"},
        {"incidents", "DELETE FROM incident WHERE kase = ?1"},
        {"people and places", "DELETE FROM party WHERE kase = ?1"},
        {NULL, "UPDATE kase SET repeat_of = NULL, repeat_words = '' WHERE repeat_of = ?1"},
        {NULL, "DELETE FROM kase_agency WHERE kase = ?1"},
        {"cases", "DELETE FROM kase WHERE id = ?1"},
};

#define MEETING_ITEMS "(SELECT id FROM item WHERE meeting = ?1)"
#define MEETING_SHARES "(SELECT id FROM share WHERE item IN " MEETING_ITEMS ")"
#define MEETING_ACTIONS "(SELECT id FROM action WHERE meeting = ?1)"
#define SEATS "(SELECT id FROM seat WHERE meeting = ?1)"

/* A meeting, when no case hangs on it any more. What later meetings say of it stays theirs. */
static const struct cut MEETING_CUT[] = {
        {"begun sentences", "DELETE FROM draft WHERE item IN " MEETING_ITEMS},
        {NULL, "DELETE FROM mistake WHERE (subject = 'share' AND subject_id IN " MEETING_SHARES
               ") OR (subject = 'note' AND subject_id IN (SELECT id FROM note WHERE meeting = "
               "?1)) OR (subject = 'decision' AND subject_id IN (SELECT id FROM decision WHERE "
               "item IN " MEETING_ITEMS
               ")) OR (subject = 'action' AND subject_id IN " MEETING_ACTIONS ")"},
        {NULL, "DELETE FROM exemption WHERE (subject = 'note' AND subject_id IN (SELECT id FROM "
               "note WHERE meeting = ?1)) OR (subject = 'share' AND subject_id IN " MEETING_SHARES
               ") OR (subject = 'decision' AND subject_id IN (SELECT id FROM decision WHERE item "
               "IN " MEETING_ITEMS ")) OR (subject = 'action' AND subject_id IN " MEETING_ACTIONS
               ")"},
        {NULL, "DELETE FROM share_heard WHERE share IN " MEETING_SHARES " OR seat IN " SEATS},
        {NULL, "DELETE FROM share_agency WHERE share IN " MEETING_SHARES},
        {"statements", "DELETE FROM share WHERE id IN " MEETING_SHARES},
        {"decisions", "DELETE FROM decision WHERE item IN " MEETING_ITEMS},
        {NULL, "DELETE FROM action_update WHERE action IN " MEETING_ACTIONS},
        {NULL, "UPDATE action_update SET meeting = NULL WHERE meeting = ?1"},
        {"actions", "DELETE FROM action WHERE meeting = ?1"},
        {"notes", "DELETE FROM note WHERE meeting = ?1"},
        {NULL, "DELETE FROM absence WHERE seat IN " SEATS},
        {NULL, "DELETE FROM stint WHERE item IN " MEETING_ITEMS},
        {"versions of minutes", "DELETE FROM minutes WHERE meeting = ?1"},
        {NULL, "UPDATE minutes SET at_meeting = NULL WHERE at_meeting = ?1"},
        {"sealed copies on lists", "DELETE FROM paper WHERE meeting = ?1"},
        {NULL, "UPDATE restricted SET meeting = NULL WHERE meeting = ?1"},
        {NULL, "UPDATE review SET meeting = NULL WHERE meeting = ?1"},
        {NULL, "UPDATE progress SET meeting = NULL WHERE meeting = ?1"},
        {NULL, "UPDATE kase SET last_meeting = NULL WHERE last_meeting = ?1"},
        {NULL, "UPDATE meeting SET agreed_at = NULL WHERE agreed_at = ?1"},
        {NULL, "UPDATE item SET carried = NULL WHERE carried IN " MEETING_ITEMS},
        {NULL, "DELETE FROM hold WHERE subject = 'papers' AND subject_id = ?1"},
        {NULL, "DELETE FROM disposal WHERE subject = 'papers' AND subject_id = ?1"},
        {"agenda items", "DELETE FROM item WHERE meeting = ?1"},
        {"seats", "DELETE FROM seat WHERE meeting = ?1"},
        {"meetings", "DELETE FROM meeting WHERE id = ?1"},
};

static const struct cut RESEARCH_CUT[] = {
        {"lines of research", "DELETE FROM research_line WHERE research = ?1 AND share IS NULL"},
};

/* The numbers of the copies stay: none is ever given twice. */
static const struct cut PAPERS_CUT[] = {
        {"sealed copies on lists",
                "UPDATE paper SET agency = NULL, digest = x'', bytes = 0, sealed = 0, kind = '' "
                "WHERE meeting = ?1 AND bytes > 0"},
};

/* ?1 is the first moment that is kept. */
static const struct cut DRAFTS_CUT[] = {
        {"begun sentences", "DELETE FROM draft WHERE at < ?1"},
};

static enum err add_count(struct record *r, int64_t certificate, const char *what, int64_t n)
{
	if (!n)
		return ERR_OK;
	return sql_run(r,
	        "INSERT INTO certificate_count(certificate, what, n) VALUES(?,?,?) ON CONFLICT DO "
	        "UPDATE SET n = n + excluded.n",
	        "iti", certificate, what, n);
}

static enum err cut_all(
        struct record *r, const struct cut *c, size_t n, int64_t id, int64_t certificate)
{
	for (size_t i = 0; i < n; i++) {
		TRY(sql_run(r, c[i].sql, "i", id));
		if (c[i].count)
			TRY(add_count(r, certificate, c[i].count, sqlite3_changes64(r->db)));
	}
	return ERR_OK;
}

/* ---- people who are in no case any more ---- */

/* Those merged into somebody who is gone are told by the first of them. */
static enum err identity_handed_on(struct record *r, int64_t gone, int64_t to)
{
	TRY(sql_run(r,
	        "UPDATE identity SET merged = (SELECT merged FROM identity WHERE id = ?1) "
	        "WHERE id = ?2",
	        "ii", gone, to));
	TRY(sql_run(r, "UPDATE identity SET merged = ?2 WHERE merged = ?1", "ii", gone, to));
	TRY(sql_run(r,
	        "DELETE FROM merge WHERE (kept = ?1 AND gone = ?2) OR (kept = ?2 AND gone = "
	        "?1)",
	        "ii", gone, to));
	TRY(sql_run(r, "UPDATE merge SET kept = ?2 WHERE kept = ?1", "ii", gone, to));
	TRY(sql_run(r, "UPDATE merge SET gone = ?2 WHERE gone = ?1", "ii", gone, to));
	return sql_run(r, "UPDATE OR IGNORE exemption SET identity = ?2 WHERE identity = ?1", "ii",
	        gone, to);
}

static enum err identity_gone(struct record *r, int64_t id, int64_t certificate)
{
	int64_t to = 0;
	enum err e = sql_one_int(
	        r, &to, "SELECT id FROM identity WHERE merged = ? ORDER BY id LIMIT 1", "i", id);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (!e)
		TRY(identity_handed_on(r, id, to));
	TRY(sql_run(r, "DELETE FROM exemption WHERE identity = ?", "i", id));
	TRY(add_count(r, certificate, "exemption marks", sqlite3_changes64(r->db)));
	TRY(sql_run(r, "DELETE FROM merge WHERE kept = ?1 OR gone = ?1", "i", id));
	return sql_run(r, "DELETE FROM identity WHERE id = ?", "i", id);
}

/* Whoever of these identities has no appearance left is nobody this store knows. */
static enum err identities_gone(struct record *r, const int64_t *id, size_t n, int64_t certificate)
{
	for (size_t i = 0; i < n; i++) {
		int64_t left;
		TRY(sql_one_int(r, &left,
		        "SELECT (SELECT count(*) FROM party WHERE identity = ?1) + (SELECT "
		        "count(*) = "
		        "0 FROM identity WHERE id = ?1)",
		        "i", id[i]));
		if (!left)
			TRY(identity_gone(r, id[i], certificate));
	}
	return ERR_OK;
}

/* Who is in the case, and whoever of theirs was merged before and has no appearance of their own.
 */
static enum err identities_of(
        struct record *r, struct arena *a, int64_t kase, int64_t **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t cap = 0;
	*ret_n = 0;
	sql_query(r, &q,
	        "WITH RECURSIVE up(id) AS (SELECT identity FROM party WHERE kase = ? AND identity "
	        "IS "
	        "NOT NULL UNION SELECT i.merged FROM up JOIN identity i ON i.id = up.id WHERE "
	        "i.merged IS NOT NULL) SELECT id FROM up",
	        "i", kase);
	while (sql_step(&q)) {
		int64_t *o = arena_grow(a, &rows, ret_n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = sql_int(&q, 0);
	}
	*ret = rows;
	return sql_end(&q);
}

/* ---- one record ---- */

static enum err case_gone(struct record *r, struct arena *a, int64_t id, int64_t certificate)
{
	int64_t *who;
	size_t n;
	TRY(identities_of(r, a, id, &who, &n));
	TRY(sql_run(r,
	        "INSERT INTO kase_gone(id) SELECT id FROM kase WHERE id = ? AND restriction = ?",
	        "ii", id, (int64_t)RESTRICTION_HIDDEN));
	TRY(sql_run(r, "DELETE FROM hold WHERE subject = 'research' AND subject_id IN " RETURNS,
	        "i", id));
	TRY(sql_run(r, "DELETE FROM disposal WHERE subject = 'research' AND subject_id IN " RETURNS,
	        "i", id));
	TRY(cut_all(r, CASE_CUT, COUNT_OF(CASE_CUT), id, certificate));
	return identities_gone(r, who, n, certificate);
}

static enum err record_gone(
        struct record *r, struct arena *a, const struct disposal_row *d, int64_t certificate)
{
	if (strcmp(d->subject, DISPOSAL_CASE) == 0)
		TRY(case_gone(r, a, d->id, certificate));
	else if (strcmp(d->subject, DISPOSAL_MEETING) == 0)
		TRY(cut_all(r, MEETING_CUT, COUNT_OF(MEETING_CUT), d->id, certificate));
	else if (strcmp(d->subject, DISPOSAL_RESEARCH) == 0)
		TRY(cut_all(r, RESEARCH_CUT, COUNT_OF(RESEARCH_CUT), d->id, certificate));
	else if (strcmp(d->subject, DISPOSAL_PAPERS) == 0)
		TRY(cut_all(r, PAPERS_CUT, COUNT_OF(PAPERS_CUT), d->id, certificate));
	else
		TRY(cut_all(r, DRAFTS_CUT, COUNT_OF(DRAFTS_CUT),
		        time_from_day(time_to_day(time_now_us()) - (d->due - d->from) + 1, 0, 0),
		        certificate));
	TRY(sql_run(r, "DELETE FROM hold WHERE subject = ? AND subject_id = ?", "ti", d->subject,
	        d->id));
	TRY(sql_run(r, "DELETE FROM disposal WHERE subject = ? AND subject_id = ?", "ti",
	        d->subject, d->id));
	struct audit_entry entry = {.act = "disposal.gone",
	        .subject = d->subject,
	        .subject_id = d->id,
	        .case_id = d->case_id,
	        .meeting_id = strcmp(d->subject, DISPOSAL_MEETING) == 0 ? d->id : 0};
	return audit_add(r, &entry);
}

/* One line for each rule and reviewer. */
static enum err line_add(struct record *r, const struct disposal_row *d, int64_t certificate)
{
	int64_t there = 0;
	enum err e = sql_one_int(r, &there,
	        "SELECT id FROM certificate_line WHERE certificate = ? AND what = ? AND period = ? "
	        "AND "
	        "source = ? AND reviewer = ?",
	        "itttt", certificate, d->what, d->period, d->source, d->reviewer);
	if (e == ERR_NOT_FOUND)
		return sql_run(r,
		        "INSERT INTO certificate_line(certificate, what, period, source, n, "
		        "reviewer, "
		        "first, last) VALUES(?,?,?,?,1,?,?,?)",
		        "ittttdd", certificate, d->what, d->period, d->source, d->reviewer,
		        d->reviewed, d->reviewed);
	TRY(e);
	return sql_run(r,
	        "UPDATE certificate_line SET n = n + 1, first = min(first, ?1), last = max(last, "
	        "?1) "
	        "WHERE id = ?2",
	        "di", d->reviewed, there);
}

/* ---- the command ---- */

/* Those that may go now, of all that are listed. */
static enum err reviewed(
        struct record *r, struct arena *a, struct disposal_row **ret, size_t *ret_n, struct why *w)
{
	struct record_viewer v;
	struct disposal_row *row;
	size_t n, k = 0;
	TRY(record_viewer_room(r, 0, &v));
	if (r->reads_only)
		return why(w, ERR_DENIED,
		        "The store was opened with an observer's key: it reads, and writes "
		        "nothing.");
	if (!r->actor)
		return why(w, ERR_DENIED,
		        "The key that opened the store is nobody's. Open it with a key of your "
		        "own: "
		        "who disposes of records is kept.");
	if (v.meeting)
		return why(w, ERR_BUSY,
		        "A meeting is on. Nothing is disposed of before it is closed.");
	TRY(record_disposals(r, a, &v, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (row[i].state == DISPOSAL_REVIEWED && row[i].may)
			row[k++] = row[i];
	*ret = row;
	*ret_n = k;
	return k ? ERR_OK
	         : why(w, ERR_NOT_FOUND,
	                   "Nothing that you may carry out is reviewed. Nothing was deleted.");
}

enum err record_dispose_check(struct record *r, size_t *ret_n, struct why *w)
{
	struct disposal_row *row;
	struct arena a;
	*ret_n = 0;
	arena_init(&a, 64u << 20);
	enum err e = reviewed(r, &a, &row, ret_n, w);
	arena_finish(&a);
	return e;
}

static enum err certificate_begin(struct record *r, int64_t *ret)
{
	uint8_t key[VAULT_KEY_MARK_BYTES];
	vault_key_mark(r->vault, key);
	return sql_insert(r, ret,
	        "INSERT INTO certificate(at, carried, key_before, audit) SELECT ?1, "
	        "coalesce(a.name, "
	        "'No agency') || ', ' || p.role, ?3, ?4 FROM person p LEFT JOIN agency a ON a.id = "
	        "p.agency WHERE p.id = ?2",
	        "uibi", time_now_us(), r->actor, key, sizeof(key), r->head_seq + 1);
}

/* Deleted terms stay in the pages of a search index until it is written anew. */
static enum err search_optimised(struct record *r)
{
	TRY(sql_run(r, "INSERT INTO find(find) VALUES('optimize')", ""));
	return sql_run(r, "INSERT INTO find_sound(find_sound) VALUES('optimize')", "");
}

enum err cmd_dispose(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct disposal_row *row;
	struct arena a;
	size_t n;
	(void)c;
	arena_init(&a, 64u << 20);
	enum err e = reviewed(r, &a, &row, &n, w);
	if (!e)
		e = certificate_begin(r, &d->id);
	for (size_t i = 0; !e && i < n; i++) {
		e = line_add(r, &row[i], d->id);
		if (!e)
			e = record_gone(r, &a, &row[i], d->id);
	}
	if (!e)
		e = search_optimised(r);
	arena_finish(&a);
	return e;
}
