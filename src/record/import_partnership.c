#include "import_int.h"
#include <stdio.h>
#include <string.h>

/* CSV of the partnership itself: its groups, agencies and people, and kinds that stand as they are.
 */

/* ---- kinds whose columns are all text and stand as they are ---- */

enum err take_text(struct import *im)
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
	if (strcmp(k->table, "member") == 0 && standing_parse(import_cell(im, 2), &st))
		return import_bad(im, 2, "is not core, deputy, co-opted, observer or community");
	if (!ok)
		return ERR_INPUT;
	sqlite3_stmt *s = NULL;
	TRY(sql_prepare(im->r, sql, &s));
	int rc = SQLITE_OK;
	for (int i = 0; i < n && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_text(s, i + 1, import_cell(im, (size_t)i), -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, n + 1, (int64_t)im->row->quoted);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return sql_error(im->r, rc);
}

enum err give_text(struct record *r, const struct kind *k, struct buf *out)
{
	char sql[1200];
	int o = snprintf(sql, sizeof(sql), "SELECT ");
	give_header(k, out);
	for (size_t i = 0; k->column[i]; i++)
		o += snprintf(sql + o, sizeof(sql) - (size_t)o, "\"%s\", ", k->column[i]);
	snprintf(sql + o, sizeof(sql) - (size_t)o, "quoted FROM %s ORDER BY id", k->table);
	return give_rows(r, sql, false, out);
}

/* ---- agencies and people ---- */

enum err take_agency(struct import *im)
{
	int32_t isa;
	int64_t id;
	bool ok = words_ok(im, 0, 20, false) & words_ok(im, 1, NAME_MAX_BYTES, false) &
	          words_ok(im, 2, 12, false) & words_ok(im, 3, NAME_MAX_BYTES, false) &
	          day_ok(im, 4, true, &isa);
	if (!ok)
		return ERR_INPUT;
	TRY(sql_run(im->r,
	        "INSERT INTO agency(uid, code, name, code3, kind, quoted) "
	        "VALUES(randomblob(16),?,?,?,?,?) ON CONFLICT(code) DO UPDATE SET name = "
	        "excluded.name, code3 = excluded.code3, kind = excluded.kind, quoted = "
	        "excluded.quoted",
	        "tttti", import_cell(im, 0), import_cell(im, 1), import_cell(im, 2),
	        import_cell(im, 3), (int64_t)im->row->quoted));
	if (isa == DAY_NONE) /* says nothing: only the register takes a signature back */
		return ERR_OK;
	TRY(sql_one_int(
	        im->r, &id, "SELECT id FROM agency WHERE code = ?", "t", import_cell(im, 0)));
	return isa_signed_on(im->r, id, isa);
}

enum err give_agency(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
	return give_rows(r,
	        "SELECT code, name, code3, kind, date((SELECT s.day FROM signature s WHERE "
	        "s.agreement = :isa AND s.agency = agency.id) * 86400, 'unixepoch'), quoted FROM "
	        "agency ORDER BY id",
	        false, out);
}

enum err take_person(struct import *im)
{
	int64_t agency, forum, person = 0;
	enum standing standing;
	bool ok = words_ok(im, 1, NAME_MAX_BYTES, false) & words_ok(im, 2, 16, false) &
	          words_ok(im, 3, NAME_MAX_BYTES, false);
	TRY(agency_ok(im, 0, false, &agency));
	TRY(forum_ok(im, 4, &forum));
	if (standing_parse(import_cell(im, 5), &standing))
		return import_bad(im, 5, "is not core, deputy, co-opted, observer or community");
	if (!ok)
		return ERR_INPUT;
	enum err e =
	        sql_one_int(im->r, &person, "SELECT id FROM person WHERE agency = ? AND name = ?",
	                "it", agency, import_cell(im, 1));
	if (e == ERR_NOT_FOUND)
		e = sql_insert(im->r, &person,
		        "INSERT INTO person(uid, agency, name, initials, role) "
		        "VALUES(randomblob(16),?,?,?,?)",
		        "ittt", agency, import_cell(im, 1), import_cell(im, 2), import_cell(im, 3));
	else if (!e)
		e = sql_run(im->r, "UPDATE person SET initials = ?, role = ? WHERE id = ?", "tti",
		        import_cell(im, 2), import_cell(im, 3), person);
	TRY(e);
	return sql_run(im->r,
	        "INSERT INTO membership(forum, person, standing, quoted) VALUES(?,?,?,?) ON "
	        "CONFLICT(forum, person) DO UPDATE SET standing ="
	        " excluded.standing, quoted = excluded.quoted",
	        "iiii", forum, person, (int64_t)standing, (int64_t)im->row->quoted);
}

enum err give_person(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
	return give_rows(r,
	        "SELECT g.code, p.name, p.initials, p.role, f.code, CASE m.standing WHEN 0 THEN "
	        "'core' WHEN 1 THEN 'deputy' WHEN 2 THEN 'co-opted'"
	        " WHEN 3 THEN 'observer' ELSE 'community' END, m.quoted FROM membership m JOIN "
	        "person p ON p.id = m.person JOIN agency g ON"
	        " g.id = p.agency JOIN forum f ON f.id = m.forum ORDER BY m.id",
	        false, out);
}
