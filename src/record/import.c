#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/csv.h"

/*
 * CSV in and out. A kind is one line of KIND: its columns, the function that takes a row, the query
 * that gives the rows back. Every bad line is reported; with any, the transaction is rolled back
 * and nothing was changed.
 */

#define COLS_MAX 24

struct import {
	struct record *r;
	const struct kind *kind;
	record_bad_fn *bad;
	record_progress_fn *progress;
	void *ctx;
	struct why *why;
	size_t bad_rows, rows, total_lines;
	bool header_seen;
	const struct csv_row *row;
	int64_t case_before; /* cases with a higher id were made by this import */
	int64_t case_id;     /* the case of the row before */
	char case_ref[REF_MAX];
	int64_t position;
	struct arena a;
	struct link {
		int64_t kase, party;
		const char *kind, *to;
		size_t line;
	} * link;
	size_t n_links, cap_links;
};

struct kind {
	const char *name, *table;
	const char *const *column;
	enum err (*take)(struct import *im);
	enum err (*give)(struct record *r, const struct kind *k, struct buf *out);
};

static const char *cell(const struct import *im, size_t col)
{
	return im->row->cell[col].text;
}

/* Reports the cell and goes on; the import will change nothing. */
static enum err bad(struct import *im, size_t col, const char *reason)
{
	im->bad_rows++;
	if (im->bad)
		im->bad(im->ctx, im->row->cell[col < im->row->n ? col : 0].line,
		        col < COLS_MAX ? im->kind->column[col] : "", cell(im, col), reason);
	return ERR_INPUT;
}

/* These answer int, so that & between them, which tells every mistake of a row, is no slip to a
 * compiler. */
static int words_ok(struct import *im, size_t col, size_t max, bool may_be_empty)
{
	const char *s = cell(im, col);
	size_t n = strlen(s);
	if (n == 0 && !may_be_empty)
		(void)bad(im, col, "must not be empty");
	else if (n > max)
		(void)bad(im, col, "is too long");
	else if (!utf8_printable(
	                 s, n, max > NAME_MAX_BYTES)) /* names and the like stand on one line */
		(void)bad(im, col, "holds letters that cannot be shown");
	else
		return true;
	return false;
}

static int day_ok(struct import *im, size_t col, bool may_be_empty, int32_t *ret)
{
	*ret = DAY_NONE;
	if (may_be_empty && !*cell(im, col))
		return true;
	if (day_parse(cell(im, col), ret) == ERR_OK)
		return true;
	(void)bad(im, col, "is not a date as 2026-11-19");
	return false;
}

static int entry_ok(struct import *im, size_t col, const char *list, bool may_be_empty)
{
	if (may_be_empty && !*cell(im, col))
		return true;
	if (practice_entry(im->r->practice, list, cell(im, col)))
		return true;
	char reason[80];
	snprintf(reason, sizeof(reason), "is not in the list %s", list);
	(void)bad(im, col, reason);
	return false;
}

static enum err agency_ok(struct import *im, size_t col, bool may_be_empty, int64_t *ret)
{
	*ret = 0;
	if (may_be_empty && !*cell(im, col))
		return ERR_OK;
	enum err e =
	        sql_one_int(im->r, ret, "SELECT id FROM agency WHERE code = ?", "t", cell(im, col));
	if (e == ERR_NOT_FOUND)
		return bad(im, col, "is no agency's code; import the agencies first");
	return e;
}

static enum err forum_ok(struct import *im, size_t col, int64_t *ret)
{
	enum err e =
	        sql_one_int(im->r, ret, "SELECT id FROM forum WHERE code = ?", "t", cell(im, col));
	if (e == ERR_NOT_FOUND)
		return bad(im, col, "is no group's code; import the forums first");
	return e;
}

/* ---- kinds whose columns are all text and stand as they are ---- */

static enum err take_text(struct import *im)
{
	const struct kind *k = im->kind;
	char sql[1200];
	int o = snprintf(sql, sizeof(sql), "INSERT INTO %s(", k->table), n = 0;
	bool uid = strcmp(k->table, "forum") == 0;
	for (; k->column[n]; n++)
		o += snprintf(sql + o, sizeof(sql) - (size_t)o, "\"%s\", ", k->column[n]);
	o += snprintf(sql + o, sizeof(sql) - (size_t)o, "quoted%s) VALUES(", uid ? ", uid" : "");
	for (int i = 0; i < n; i++)
		o += snprintf(sql + o, sizeof(sql) - (size_t)o, "?, ");
	o += snprintf(sql + o, sizeof(sql) - (size_t)o, "?%s) ON CONFLICT DO UPDATE SET ",
	        uid ? ", randomblob(16)" : "");
	for (int i = 0; i < n; i++)
		o += snprintf(sql + o, sizeof(sql) - (size_t)o, "\"%s\" = excluded.\"%s\", ",
		        k->column[i], k->column[i]);
	snprintf(sql + o, sizeof(sql) - (size_t)o, "quoted = excluded.quoted");
	bool ok = true;
	for (int i = 0; i < n; i++)
		ok &= words_ok(im, (size_t)i, 2000, i > 0);
	enum standing st;
	if (strcmp(k->table, "member") == 0 && standing_parse(cell(im, 2), &st))
		return bad(im, 2, "is not core, deputy, co-opted, observer or community");
	if (!ok)
		return ERR_INPUT;
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(im->r->db, sql, -1, &s, NULL);
	for (int i = 0; i < n && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_text(s, i + 1, cell(im, (size_t)i), -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, n + 1, (int64_t)im->row->quoted);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return sql_error(im->r, rc);
}

static void put_header(const struct kind *k, struct buf *out)
{
	for (size_t i = 0; k->column[i]; i++)
		csv_put(out, i == 0, k->column[i], false);
	csv_end(out);
}

/* Rows of a statement; the last column is the mask of quoted cells. With `of_case`, the one before
 * it is the row's case. */
static enum err give_rows(struct record *r, const char *sql, bool of_case, struct buf *out)
{
	sqlite3_stmt *s = NULL;
	struct record_viewer v;
	int64_t kase = 0;
	enum sight sight = SIGHT_FULL;
	enum err e = record_viewer_opener(r, &v);
	int rc = e ? SQLITE_DONE : sqlite3_prepare_v2(r->db, sql, -1, &s, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc != SQLITE_ROW)
			break;
		int n = sqlite3_column_count(s) - (of_case ? 2 : 1);
		if (of_case && sqlite3_column_int64(s, n) != kase) {
			kase = sqlite3_column_int64(s, n);
			e = record_sight(r, &v, kase, &sight);
			if (e)
				break;
		}
		if (sight < SIGHT_FULL) /* restrictions hold for files too (R30) */
			continue;
		uint64_t quoted = (uint64_t)sqlite3_column_int64(s, n + of_case);
		for (int i = 0; i < n; i++) {
			const char *text = (const char *)sqlite3_column_text(s, i);
			csv_put(out, i == 0, text ? text : "", quoted >> i & 1);
		}
		csv_end(out);
	}
	sqlite3_finalize(s);
	TRY(e);
	TRY(sql_error(r, rc));
	return buf_err(out);
}

static enum err give_sql(struct record *r, const char *sql, struct buf *out)
{
	return give_rows(r, sql, false, out);
}

static enum err give_text(struct record *r, const struct kind *k, struct buf *out)
{
	char sql[1200];
	int o = snprintf(sql, sizeof(sql), "SELECT ");
	put_header(k, out);
	for (size_t i = 0; k->column[i]; i++)
		o += snprintf(sql + o, sizeof(sql) - (size_t)o, "\"%s\", ", k->column[i]);
	snprintf(sql + o, sizeof(sql) - (size_t)o, "quoted FROM %s ORDER BY id", k->table);
	return give_sql(r, sql, out);
}

/* ---- agencies and people ---- */

static enum err take_agency(struct import *im)
{
	int32_t isa;
	bool ok = words_ok(im, 0, 20, false) & words_ok(im, 1, NAME_MAX_BYTES, false) &
	          words_ok(im, 2, 12, false) & words_ok(im, 3, NAME_MAX_BYTES, false) &
	          day_ok(im, 4, true, &isa);
	if (!ok)
		return ERR_INPUT;
	return sql_run(im->r,
	        "INSERT INTO agency(uid, code, name, code3, kind, isa_signed, quoted) "
	        "VALUES(randomblob(16),?,?,?,?,?,?) ON CONFLICT(code) DO UPDATE SET"
	        " name = excluded.name, code3 = excluded.code3, kind = excluded.kind, isa_signed = "
	        "excluded.isa_signed, quoted = excluded.quoted",
	        "ttttdi", cell(im, 0), cell(im, 1), cell(im, 2), cell(im, 3), isa,
	        (int64_t)im->row->quoted);
}

static enum err give_agency(struct record *r, const struct kind *k, struct buf *out)
{
	put_header(k, out);
	return give_sql(r,
	        "SELECT code, name, code3, kind, date(isa_signed * 86400, 'unixepoch'), quoted "
	        "FROM agency ORDER BY id",
	        out);
}

static enum err take_person(struct import *im)
{
	int64_t agency, forum, person = 0;
	enum standing standing;
	bool ok = words_ok(im, 1, NAME_MAX_BYTES, false) & words_ok(im, 2, 16, false) &
	          words_ok(im, 3, NAME_MAX_BYTES, false);
	TRY(agency_ok(im, 0, false, &agency));
	TRY(forum_ok(im, 4, &forum));
	if (standing_parse(cell(im, 5), &standing))
		return bad(im, 5, "is not core, deputy, co-opted, observer or community");
	if (!ok)
		return ERR_INPUT;
	enum err e = sql_one_int(im->r, &person,
	        "SELECT id FROM person WHERE agency = ? AND name = ?", "it", agency, cell(im, 1));
	if (e == ERR_NOT_FOUND)
		e = sql_insert(im->r, &person,
		        "INSERT INTO person(uid, agency, name, initials, role) "
		        "VALUES(randomblob(16),?,?,?,?)",
		        "ittt", agency, cell(im, 1), cell(im, 2), cell(im, 3));
	else if (!e)
		e = sql_run(im->r, "UPDATE person SET initials = ?, role = ? WHERE id = ?", "tti",
		        cell(im, 2), cell(im, 3), person);
	TRY(e);
	return sql_run(im->r,
	        "INSERT INTO membership(forum, person, standing, quoted) VALUES(?,?,?,?) ON "
	        "CONFLICT(forum, person) DO UPDATE SET standing ="
	        " excluded.standing, quoted = excluded.quoted",
	        "iiii", forum, person, (int64_t)standing, (int64_t)im->row->quoted);
}

static enum err give_person(struct record *r, const struct kind *k, struct buf *out)
{
	put_header(k, out);
	return give_sql(r,
	        "SELECT g.code, p.name, p.initials, p.role, f.code, CASE m.standing WHEN 0 THEN "
	        "'core' WHEN 1 THEN 'deputy' WHEN 2 THEN 'co-opted'"
	        " WHEN 3 THEN 'observer' ELSE 'community' END, m.quoted FROM membership m JOIN "
	        "person p ON p.id = m.person JOIN agency g ON"
	        " g.id = p.agency JOIN forum f ON f.id = m.forum ORDER BY m.id",
	        out);
}

/*
 * ---- incidents ----
 * Those of a referral file keep its row number as their position; those that came later stand from
 * LATER on, so that each file goes out as it came in.
 */
#define LATER "100000"

static enum err take_incident(struct import *im)
{
	int64_t kase, agency;
	int32_t day;
	bool ok = day_ok(im, 1, false, &day) & entry_ok(im, 2, "incident-kind", false) &
	          words_ok(im, 4, WORDS_MAX, false);
	enum err e =
	        sql_one_int(im->r, &kase, "SELECT id FROM kase WHERE ref = ?", "t", cell(im, 0));
	if (e == ERR_NOT_FOUND)
		return bad(im, 0, "is no case's reference");
	TRY(e);
	TRY(agency_ok(im, 3, true, &agency));
	if (!ok)
		return ERR_INPUT;
	int64_t there;
	TRY(sql_one_int(im->r, &there,
	        "SELECT count(*) FROM incident WHERE kase = ? AND day = ? AND kind = ? AND what = "
	        "?",
	        "idtt", kase, day, cell(im, 2), cell(im, 4)));
	if (there) /* the same file twice would count everything twice */
		return bad(im, 4, "is in this case already");
	return sql_run(im->r,
	        "INSERT INTO incident(uid, kase, day, kind, reported_to, what, position) "
	        "VALUES(randomblob(16),?1,?2,?3,?4,?5,"
	        "(SELECT max(" LATER
	        ", coalesce(max(position), 0) + 1) FROM incident WHERE kase = ?1))",
	        "idtzt", kase, day, cell(im, 2), agency, cell(im, 4));
}

static enum err give_incident(struct record *r, const struct kind *k, struct buf *out)
{
	put_header(k, out);
	return give_rows(r,
	        "SELECT k.ref, date(i.day * 86400, 'unixepoch'), i.kind, coalesce(g.code, ''), "
	        "i.what, k.id, 0 FROM incident i JOIN kase k ON k.id ="
	        " i.kase LEFT JOIN agency g ON g.id = i.reported_to WHERE i.position >= " LATER
	        " ORDER BY i.id",
	        true, out);
}

/* ---- referrals: one row per party or incident, joined by the case reference ---- */

enum {
	R_REF,
	R_RECEIVED,
	R_FORUM,
	R_STRAND,
	R_BY,
	R_REASON,
	R_RESTRICTION,
	R_NAMED,
	R_KIND,
	R_ROLE,
	R_NAME,
	R_BORN,
	R_ADDRESS,
	R_POSTCODE,
	R_PHONE,
	R_SAFE,
	R_RELATED_AS,
	R_RELATED_TO,
	R_DAY,
	R_INCIDENT,
	R_REPORTED,
	R_WHAT
};

static enum err named_agencies(struct import *im, int64_t kase)
{
	char list[400], *save = NULL;
	size_t n = 0;
	if (strlen(cell(im, R_NAMED)) >= sizeof(list))
		return bad(im, R_NAMED, "is too long");
	snprintf(list, sizeof(list), "%s", cell(im, R_NAMED));
	for (char *code = strtok_r(list, ";", &save); code; code = strtok_r(NULL, ";", &save)) {
		int64_t agency;
		enum err e = sql_one_int(
		        im->r, &agency, "SELECT id FROM agency WHERE code = ?", "t", code);
		if (e == ERR_NOT_FOUND)
			return bad(im, R_NAMED, "names an agency that is not there");
		TRY(e);
		TRY(sql_run(im->r, "INSERT OR IGNORE INTO kase_agency(kase, agency) VALUES(?,?)",
		        "ii", kase, agency));
		n++;
	}
	if (n == 0 && strcmp(cell(im, R_RESTRICTION), restriction_name(RESTRICTION_NORMAL)) != 0)
		return bad(im, R_NAMED, "must name the agencies that may see it");
	return ERR_OK;
}

static enum err new_case(struct import *im)
{
	int64_t forum, by, there = 0;
	int32_t received;
	enum restriction level;
	bool ok = words_ok(im, R_REF, REF_MAX - 1, false) &
	          day_ok(im, R_RECEIVED, false, &received) &
	          words_ok(im, R_STRAND, NAME_MAX_BYTES, false) &
	          words_ok(im, R_REASON, WORDS_MAX, false);
	TRY(forum_ok(im, R_FORUM, &forum));
	TRY(agency_ok(im, R_BY, false, &by));
	if (restriction_parse(cell(im, R_RESTRICTION), &level))
		return bad(im, R_RESTRICTION, "is not normal, named or hidden");
	if (!ok)
		return ERR_INPUT;
	TRY(sql_one_int(
	        im->r, &there, "SELECT count(*) FROM kase WHERE ref = ?", "t", cell(im, R_REF)));
	if (there)
		return bad(
		        im, R_REF, "is a case already; its rows must stand together in one file");
	TRY(sql_insert(im->r, &im->case_id,
	        "INSERT INTO kase(uid, ref, forum, strand, received, referred_by, reason, "
	        "restriction) VALUES(randomblob(16),?,?,?,?,?,?,?)",
	        "titditi", cell(im, R_REF), forum, cell(im, R_STRAND), received, by,
	        cell(im, R_REASON), (int64_t)level));
	snprintf(im->case_ref, sizeof(im->case_ref), "%s", cell(im, R_REF));
	im->position = 0;
	TRY(named_agencies(im, im->case_id));
	struct forum_row f;
	TRY(record_forum(im->r, &im->a, forum, &f));
	return f.type ? clocks_start(im->r, im->case_id, f.type, "referral",
	                        time_from_day(received, 0, 0))
	              : ERR_OK;
}

/* Later rows of a case repeat its columns or leave them empty; anything else is a mistake somebody
 * should see. */
static enum err same_case(struct import *im)
{
	struct sql q;
	size_t wrong = 0;
	sql_query(im->r, &q,
	        "SELECT date(k.received * 86400, 'unixepoch'), f.code, k.strand, g.code, k.reason,"
	        " CASE k.restriction WHEN 0 THEN 'normal' WHEN 1 THEN 'named' ELSE 'hidden' END, "
	        "coalesce((SELECT group_concat(x.code, ';') FROM (SELECT"
	        " a.code FROM kase_agency n JOIN agency a ON a.id = n.agency WHERE n.kase = k.id "
	        "ORDER BY n.id) x), '') FROM kase k JOIN forum f ON f.id = k.forum JOIN agency g"
	        " ON g.id = k.referred_by WHERE k.id = ?",
	        "i", im->case_id);
	if (sql_step(&q))
		for (size_t i = 0; i < 7 && !wrong; i++)
			if (*cell(im, R_RECEIVED + i) &&
			        strcmp(cell(im, R_RECEIVED + i),
			                (const char *)sqlite3_column_text(q.st, (int)i)) != 0)
				wrong = R_RECEIVED + i;
	TRY(sql_end(&q));
	return wrong ? bad(im, wrong, "differs from the first row of this case") : ERR_OK;
}

static enum err party_row(struct import *im)
{
	int32_t born;
	int64_t id;
	bool ok = entry_ok(im, R_ROLE, "party-role", false) &
	          words_ok(im, R_NAME, NAME_MAX_BYTES, false) & day_ok(im, R_BORN, true, &born) &
	          words_ok(im, R_ADDRESS, NAME_MAX_BYTES, true) &
	          words_ok(im, R_POSTCODE, 12, true) & words_ok(im, R_PHONE, 24, true) &
	          words_ok(im, R_SAFE, NAME_MAX_BYTES, true) &
	          entry_ok(im, R_RELATED_AS, "relation", true);
	if (!*cell(im, R_RELATED_AS) != !*cell(im, R_RELATED_TO))
		return bad(im, R_RELATED_TO, "and related_as go together");
	if (!ok)
		return ERR_INPUT;
	TRY(sql_insert(im->r, &id,
	        "INSERT INTO party(uid, kase, role, name, born, address, postcode, phone, "
	        "safe_contact, position) VALUES(randomblob(16),?,?,?,?,?,?,?,?,?)",
	        "ittdtttti", im->case_id, cell(im, R_ROLE), cell(im, R_NAME), born,
	        cell(im, R_ADDRESS), cell(im, R_POSTCODE), cell(im, R_PHONE), cell(im, R_SAFE),
	        im->position));
	if (strcmp(cell(im, R_ROLE), "child") == 0)
		TRY(sql_run(im->r, "UPDATE kase SET children = children + 1 WHERE id = ?", "i",
		        im->case_id));
	if (*cell(im, R_SAFE))
		TRY(sql_run(
		        im->r, "UPDATE kase SET safe_contact = 1 WHERE id = ?", "i", im->case_id));
	if (!*cell(im, R_RELATED_TO))
		return ERR_OK;
	void *rows = im->link;
	struct link *l = arena_grow(&im->a, &rows, &im->n_links, &im->cap_links, sizeof(*l));
	if (!l)
		return ERR_NOMEM;
	im->link = rows;
	*l = (struct link){im->case_id, id, arena_strdup(&im->a, cell(im, R_RELATED_AS)),
	        arena_strdup(&im->a, cell(im, R_RELATED_TO)), im->row->line};
	return l->kind && l->to ? ERR_OK : ERR_NOMEM;
}

static enum err incident_row(struct import *im)
{
	int32_t day;
	int64_t agency;
	bool ok = day_ok(im, R_DAY, false, &day) &
	          entry_ok(im, R_INCIDENT, "incident-kind", false) &
	          words_ok(im, R_WHAT, WORDS_MAX, false);
	TRY(agency_ok(im, R_REPORTED, true, &agency));
	if (!ok)
		return ERR_INPUT;
	return sql_run(im->r,
	        "INSERT INTO incident(uid, kase, day, kind, reported_to, what, position) "
	        "VALUES(randomblob(16),?,?,?,?,?,?)",
	        "idtzti", im->case_id, day, cell(im, R_INCIDENT), agency, cell(im, R_WHAT),
	        im->position);
}

static enum err take_referral(struct import *im)
{
	if (!*cell(im, R_REF))
		return bad(im, R_REF, "must not be empty");
	if (strcmp(im->case_ref, cell(im, R_REF)) != 0)
		TRY(new_case(im));
	else if (im->case_id)
		TRY(same_case(im));
	im->position++;
	if (strcmp(cell(im, R_KIND), "party") == 0)
		return party_row(im);
	if (strcmp(cell(im, R_KIND), "incident") == 0)
		return incident_row(im);
	return bad(im, R_KIND, "is not party or incident");
}

/* Who is related to whom is known only when all rows of the file are in. */
static enum err resolve_links(struct import *im)
{
	for (size_t i = 0; i < im->n_links; i++) {
		const struct link *l = &im->link[i];
		int64_t other;
		enum err e = sql_one_int(im->r, &other,
		        "SELECT id FROM party WHERE kase = ? AND name = ? AND id <> ? ORDER BY "
		        "position LIMIT 1",
		        "iti", l->kase, l->to, l->party);
		if (e == ERR_NOT_FOUND) {
			im->bad_rows++;
			if (im->bad)
				im->bad(im->ctx, l->line, "related_to", l->to,
				        "is nobody else in this case");
			continue;
		}
		TRY(e);
		TRY(sql_run(im->r,
		        "INSERT OR IGNORE INTO relation(kase, party, kind, other) VALUES(?,?,?,?)",
		        "iiti", l->kase, l->party, l->kind, other));
	}
	return ERR_OK;
}

static enum err give_referral(struct record *r, const struct kind *k, struct buf *out)
{
	put_header(k, out);
	return give_rows(r,
	        "WITH head AS (SELECT c.id, c.ref, date(c.received * 86400, 'unixepoch') AS "
	        "received, f.code AS forum, c.strand, g.code AS by, c.reason,"
	        " CASE c.restriction WHEN 0 THEN 'normal' WHEN 1 THEN 'named' ELSE 'hidden' END AS "
	        "restriction, coalesce((SELECT group_concat(x.code, ';')"
	        " FROM (SELECT a.code FROM kase_agency n JOIN agency a ON a.id = n.agency WHERE "
	        "n.kase = c.id ORDER BY n.id) x), '') AS named"
	        " FROM kase c JOIN forum f ON f.id = c.forum LEFT JOIN agency g ON g.id = "
	        "c.referred_by)"
	        " SELECT ref, received, forum, strand, by, reason, restriction, named, row_kind, "
	        "role, name, born, address, postcode, phone, safe,"
	        " related_as, related_to, day, kind, reported, what, id, 0 FROM (SELECT h.*, "
	        "'party' AS row_kind, p.role, p.name, coalesce(date(p.born * 86400,"
	        " 'unixepoch'), '') AS born, p.address, p.postcode, p.phone, p.safe_contact AS "
	        "safe, coalesce(l.kind, '') AS related_as,"
	        " coalesce(o.name, '') AS related_to, '' AS day, '' AS kind, '' AS reported, '' AS "
	        "what, p.position AS position FROM head h JOIN party p"
	        " ON p.kase = h.id LEFT JOIN relation l ON l.party = p.id LEFT JOIN party o ON "
	        "o.id = l.other"
	        " UNION ALL SELECT h.*, 'incident', '', '', '', '', '', '', '', '', '', date(i.day "
	        "* 86400, 'unixepoch'), i.kind, coalesce(g.code, ''),"
	        " i.what, i.position FROM head h JOIN incident i ON i.kase = h.id AND i.position "
	        "< " LATER " LEFT JOIN agency g ON g.id = i.reported_to) ORDER BY id, position",
	        true, out);
}

#define COLUMNS(...)                                                                               \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct kind KIND[] = {
        {"forums", "forum",
                COLUMNS("code", "name", "kind", "reports_to", "priority", "purpose", "meets",
                        "duration_months", "chair", "report_due"),
                take_text, give_text},
        {"members", "member", COLUMNS("forum", "agency_kind", "standing"), take_text, give_text},
        {"agencies", NULL, COLUMNS("code", "name", "short", "kind", "isa_signed"), take_agency,
                give_agency},
        {"people", NULL, COLUMNS("agency", "name", "initials", "role", "forum", "standing"),
                take_person, give_person},
        {"referrals", NULL,
                COLUMNS("case_ref", "received", "forum", "strand", "referred_by", "reason",
                        "restriction", "named_agencies", "row_kind", "role", "name", "born",
                        "address", "postcode", "phone", "safe_contact", "related_as", "related_to",
                        "incident_date", "incident_kind", "reported_to", "what"),
                take_referral, give_referral},
        {"incidents", NULL, COLUMNS("case_ref", "date", "kind", "reported_to", "what"),
                take_incident, give_incident},
        {"measures", "measure",
                COLUMNS("code", "theme", "name", "unit", "better", "baseline",
                        "baseline_as_printed", "target", "target_as_printed", "target_year",
                        "benchmark"),
                take_text, give_text},
        {"plan", "plan",
                COLUMNS("theme", "project", "objective", "action", "lead_role", "measures",
                        "timescale", "status"),
                take_text, give_text},
        {"projects", "project", COLUMNS("lead_organisation", "project", "aim"), take_text,
                give_text},
        {"standards", "standard", COLUMNS("code", "what", "limit", "unit", "applies_to", "source"),
                take_text, give_text},
};

const char *record_import_kind(size_t i)
{
	return i < COUNT_OF(KIND) ? KIND[i].name : NULL;
}

static const struct kind *find_kind(const char *name, struct why *w)
{
	for (size_t i = 0; i < COUNT_OF(KIND); i++)
		if (strcmp(KIND[i].name, name) == 0)
			return &KIND[i];
	(void)why(w, ERR_INPUT,
	        "\"%.40s\" is no kind of file. It is one of: forums, members, agencies, people, "
	        "referrals, incidents, measures, plan, projects, standards.",
	        name);
	return NULL;
}

static enum err header(struct import *im, const struct csv_row *row)
{
	size_t n = 0;
	im->header_seen = true;
	for (; im->kind->column[n]; n++) {
		if (n >= row->n || strcmp(row->cell[n].text, im->kind->column[n]) != 0)
			return why(im->why, ERR_INPUT,
			        "Line 1, column %zu: the heading should be \"%s\"%s%.40s%s. "
			        "Nothing was changed.",
			        n + 1, im->kind->column[n], n < row->n ? " and is \"" : "",
			        n < row->n ? row->cell[n].text : "", n < row->n ? "\"" : "");
	}
	if (row->n != n)
		return why(im->why, ERR_INPUT,
		        "Line 1 has %zu columns; %s has %zu. Nothing was changed.", row->n,
		        im->kind->name, n);
	return ERR_OK;
}

static enum err on_row(void *ctx, const struct csv_row *row)
{
	struct import *im = ctx;
	size_t n = 0;
	if (!im->header_seen)
		return header(im, row);
	im->row = row;
	while (im->kind->column[n])
		n++;
	if (row->n != n) {
		char reason[80];
		snprintf(reason, sizeof(reason), "the line has %zu cells, not %zu", row->n, n);
		im->bad_rows++;
		if (im->bad)
			im->bad(im->ctx, row->line, "", "", reason);
		return ERR_OK;
	}
	size_t before = im->bad_rows;
	enum err e = im->kind->take(im);
	if (e == ERR_INPUT && im->bad_rows > before)
		e = ERR_OK; /* told; look at the rest as well */
	if (e == ERR_EXISTS) {
		(void)bad(im, 0, "is there already");
		e = ERR_OK;
	}
	im->rows++;
	if (im->progress && im->rows % 256 == 0)
		im->progress(im->ctx, im->rows, im->total_lines);
	return e;
}

enum err record_import(struct record *r, const char *kind, const void *csv, size_t len,
        record_bad_fn *bad_fn, record_progress_fn *progress, void *ctx, size_t *ret_rows,
        struct why *w)
{
	uint8_t digest[VAULT_HASH_BYTES];
	static const uint8_t zero[VAULT_HASH_BYTES];
	struct import im = {.r = r,
	        .kind = find_kind(kind, w),
	        .bad = bad_fn,
	        .progress = progress,
	        .ctx = ctx,
	        .why = w};
	if (!im.kind)
		return ERR_INPUT;
	if (w)
		w->text[0] = 0;
	for (const char *s = csv, *end = s + len; s < end; s++)
		im.total_lines += *s == '\n';
	arena_init(&im.a, 256u << 20);
	enum err e = txn_begin(r);
	if (e)
		goto out;
	e = csv_read(csv, len, on_row, &im, w);
	if (!e && !im.header_seen)
		e = why(w, ERR_INPUT, "The file is empty. Nothing was changed.");
	if (!e)
		e = resolve_links(&im);
	if (!e && im.bad_rows)
		e = why(w, ERR_INPUT, "%zu %s could not be taken. Nothing was changed.",
		        im.bad_rows, im.bad_rows == 1 ? "value" : "values");
	if (!e) {
		char act[40];
		vault_chain(zero, csv, len, digest);
		snprintf(act, sizeof(act), "import.%s", im.kind->name);
		struct audit_entry entry = {.act = act,
		        .subject = "import",
		        .subject_id = (int64_t)im.rows,
		        .digest = digest};
		e = audit_add(r, &entry);
	}
	if (e)
		txn_rollback(r);
	else
		e = txn_commit(r);
	if (!e) {
		undo_forget(r);
		if (progress)
			progress(ctx, im.rows, im.rows);
		*ret_rows = im.rows;
	}
out:
	arena_finish(&im.a);
	if (e && w && !w->text[0])
		(void)why(w, e, "%s", err_user(e));
	return e;
}

enum err record_export(struct record *r, const char *kind, struct buf *out, struct why *w)
{
	const struct kind *k = find_kind(kind, w);
	char act[40];
	if (!k)
		return ERR_INPUT;
	snprintf(act, sizeof(act), "export.%s", k->name);
	TRY(record_audit_note(r, act, "export", 0));
	return k->give(r, k, out);
}
