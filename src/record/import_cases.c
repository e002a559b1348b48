#include "import_int.h"
#include <stdio.h>
#include <string.h>

/* CSV of cases: referrals with their people and incidents, and incidents that came later. */

/*
 * ---- incidents ----
 * Those of a referral file keep its row number as their position; those that came later stand from
 * LATER on, so that each file goes out as it came in.
 */
#define LATER "100000"

enum err take_incident(struct import *im)
{
	int64_t kase, agency;
	int32_t day;
	bool ok = day_ok(im, 1, false, &day) & entry_ok(im, 2, "incident-kind", false) &
	          words_ok(im, 4, WORDS_MAX, false);
	enum err e = sql_one_int(
	        im->r, &kase, "SELECT id FROM kase WHERE ref = ?", "t", import_cell(im, 0));
	if (e == ERR_NOT_FOUND)
		return import_bad(im, 0, "is no case's reference");
	TRY(e);
	TRY(agency_ok(im, 3, true, &agency));
	if (!ok)
		return ERR_INPUT;
	int64_t there;
	TRY(sql_one_int(im->r, &there,
	        "SELECT count(*) FROM incident WHERE kase = ? AND day = ? AND kind = ? AND what = "
	        "?",
	        "idtt", kase, day, import_cell(im, 2), import_cell(im, 4)));
	if (there) /* the same file twice would count everything twice */
		return import_bad(im, 4, "is in this case already");
	return sql_run(im->r,
	        "INSERT INTO incident(uid, kase, day, kind, reported_to, what, position) "
	        "VALUES(randomblob(16),?1,?2,?3,?4,?5,"
	        "(SELECT max(" LATER
	        ", coalesce(max(position), 0) + 1) FROM incident WHERE kase = ?1))",
	        "idtzt", kase, day, import_cell(im, 2), agency, import_cell(im, 4));
}

enum err give_incident(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
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
	if (strlen(import_cell(im, R_NAMED)) >= sizeof(list))
		return import_bad(im, R_NAMED, "is too long");
	snprintf(list, sizeof(list), "%s", import_cell(im, R_NAMED));
	for (char *code = strtok_r(list, ";", &save); code; code = strtok_r(NULL, ";", &save)) {
		int64_t agency;
		enum err e = sql_one_int(
		        im->r, &agency, "SELECT id FROM agency WHERE code = ?", "t", code);
		if (e == ERR_NOT_FOUND)
			return import_bad(im, R_NAMED, "names an agency that is not there");
		TRY(e);
		TRY(sql_run(im->r, "INSERT OR IGNORE INTO kase_agency(kase, agency) VALUES(?,?)",
		        "ii", kase, agency));
		n++;
	}
	if (n == 0 &&
	        strcmp(import_cell(im, R_RESTRICTION), restriction_name(RESTRICTION_NORMAL)) != 0)
		return import_bad(im, R_NAMED, "must name the agencies that may see it");
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
	if (restriction_parse(import_cell(im, R_RESTRICTION), &level))
		return import_bad(im, R_RESTRICTION, "is not normal, named or hidden");
	if (!ok)
		return ERR_INPUT;
	TRY(sql_one_int(im->r, &there, "SELECT count(*) FROM kase WHERE ref = ?", "t",
	        import_cell(im, R_REF)));
	if (there)
		return import_bad(
		        im, R_REF, "is a case already; its rows must stand together in one file");
	TRY(sql_insert(im->r, &im->case_id,
	        "INSERT INTO kase(uid, ref, forum, strand, received, referred_by, reason, "
	        "restriction) VALUES(randomblob(16),?,?,?,?,?,?,?)",
	        "titditi", import_cell(im, R_REF), forum, import_cell(im, R_STRAND), received, by,
	        import_cell(im, R_REASON), (int64_t)level));
	snprintf(im->case_ref, sizeof(im->case_ref), "%s", import_cell(im, R_REF));
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
			if (*import_cell(im, R_RECEIVED + i) &&
			        strcmp(import_cell(im, R_RECEIVED + i),
			                (const char *)sqlite3_column_text(q.st, (int)i)) != 0)
				wrong = R_RECEIVED + i;
	TRY(sql_end(&q));
	return wrong ? import_bad(im, wrong, "differs from the first row of this case") : ERR_OK;
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
	if (!*import_cell(im, R_RELATED_AS) != !*import_cell(im, R_RELATED_TO))
		return import_bad(im, R_RELATED_TO, "and related_as go together");
	if (!ok)
		return ERR_INPUT;
	TRY(sql_insert(im->r, &id,
	        "INSERT INTO party(uid, kase, role, name, born, address, postcode, phone, "
	        "safe_contact, position) VALUES(randomblob(16),?,?,?,?,?,?,?,?,?)",
	        "ittdtttti", im->case_id, import_cell(im, R_ROLE), import_cell(im, R_NAME), born,
	        import_cell(im, R_ADDRESS), import_cell(im, R_POSTCODE), import_cell(im, R_PHONE),
	        import_cell(im, R_SAFE), im->position));
	if (strcmp(import_cell(im, R_ROLE), "child") == 0)
		TRY(sql_run(im->r, "UPDATE kase SET children = children + 1 WHERE id = ?", "i",
		        im->case_id));
	if (*import_cell(im, R_SAFE))
		TRY(sql_run(
		        im->r, "UPDATE kase SET safe_contact = 1 WHERE id = ?", "i", im->case_id));
	if (!*import_cell(im, R_RELATED_TO))
		return ERR_OK;
	void *rows = im->link;
	struct link *l = arena_grow(&im->a, &rows, &im->n_links, &im->cap_links, sizeof(*l));
	if (!l)
		return ERR_NOMEM;
	im->link = rows;
	*l = (struct link){im->case_id, id, arena_strdup(&im->a, import_cell(im, R_RELATED_AS)),
	        arena_strdup(&im->a, import_cell(im, R_RELATED_TO)), im->row->line};
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
	        "idtzti", im->case_id, day, import_cell(im, R_INCIDENT), agency,
	        import_cell(im, R_WHAT), im->position);
}

enum err take_referral(struct import *im)
{
	if (!*import_cell(im, R_REF))
		return import_bad(im, R_REF, "must not be empty");
	if (strcmp(im->case_ref, import_cell(im, R_REF)) != 0)
		TRY(new_case(im));
	else if (im->case_id)
		TRY(same_case(im));
	im->position++;
	if (strcmp(import_cell(im, R_KIND), "party") == 0)
		return party_row(im);
	if (strcmp(import_cell(im, R_KIND), "incident") == 0)
		return incident_row(im);
	return import_bad(im, R_KIND, "is not party or incident");
}

/* Who is related to whom is known only when all rows of the file are in. */
enum err import_links(struct import *im)
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

enum err give_referral(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
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
