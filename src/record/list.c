#include "record_int.h"
#include <stdio.h>
#include <string.h>

/*
 * Lists for the command line. The first column names the row. Rows of a case are asked of the
 * entitlement function and left out like everywhere else.
 */
static const struct list {
	const char *kind;
	const char *sql; /* the case id, or 0, is its last column and is not shown */
} LIST[] = {
        {"forums", "SELECT code, name, kind, reports_to, meets, 0 FROM forum ORDER BY id"},
        {"members", "SELECT forum, agency_kind, standing, 0 FROM member ORDER BY id"},
        {"agencies",
                "SELECT code, name, kind, coalesce(date((SELECT s.day FROM signature s "
                "WHERE s.agreement = :isa AND s.agency = agency.id) * 86400, 'unixepoch'), '') "
                "AS agreement_signed, coalesce(recipient, '') AS"
                " recipient, 0 FROM agency ORDER BY id"},
        {"people", "SELECT p.id, p.name, coalesce(g.name, '') AS agency, p.role, CASE WHEN p.slot "
                   "IS NULL THEN 'no' ELSE 'yes' END AS opens, 0 FROM"
                   " person p LEFT JOIN agency g ON g.id = p.agency ORDER BY p.id"},
        {"measures", "SELECT code, theme, name, unit, better, baseline, target, target_year, 0 "
                     "FROM measure ORDER BY id"},
        {"plan", "SELECT theme, project, objective, lead_role, status, 0 FROM plan ORDER BY id"},
        {"projects", "SELECT project, lead_organisation, aim, 0 FROM project ORDER BY id"},
        {"standards", "SELECT code, what, \"limit\", unit, applies_to, source, 0 FROM standard "
                      "ORDER BY id"},
        {"cases", "SELECT k.ref, f.code AS forum, k.strand, date(k.received * 86400, 'unixepoch') "
                  "AS received, CASE k.band WHEN 0 THEN 'Standard' WHEN 1"
                  " THEN 'Medium' WHEN 2 THEN 'High' WHEN 3 THEN 'Very high' ELSE '' END AS risk, "
                  "coalesce(date(k.review * 86400, 'unixepoch'), '')"
                  " AS review, CASE k.open WHEN 1 THEN 'open' ELSE 'closed' END AS status, k.id "
                  "FROM kase k JOIN forum f ON f.id = k.forum ORDER BY k.id"},
        {"incidents", "SELECT i.id, k.ref AS \"case\", date(i.day * 86400, 'unixepoch') AS date, "
                      "i.kind, i.what, i.kase FROM incident i JOIN kase k ON"
                      " k.id = i.kase ORDER BY i.day, i.id"},
        {"actions", "SELECT t.ref, coalesce(k.ref, '') AS \"case\", t.what, g.name AS agency, "
                    "p.name AS owner, date(t.due * 86400, 'unixepoch') AS due,"
                    " CASE t.state WHEN 0 THEN 'open' WHEN 2 THEN 'done' WHEN 3 THEN 'overtaken by "
                    "circumstances' ELSE 'not done' END AS state,"
                    " coalesce(t.kase, 0) FROM action t JOIN agency g ON g.id = t.agency JOIN "
                    "person p ON p.id = t.person LEFT JOIN kase k ON k.id = t.kase"
                    " ORDER BY t.id"},
        {"meetings", "SELECT m.id, f.code AS forum, date(m.day * 86400, 'unixepoch') AS date, CASE "
                     "m.state WHEN 0 THEN 'planned' WHEN 1 THEN 'signing in'"
                     " WHEN 2 THEN 'in session' WHEN 3 THEN 'covered' WHEN 4 THEN 'closing' WHEN 5 "
                     "THEN 'closed' ELSE 'agreed' END AS state, m.minutes_version"
                     " AS minutes_version, 0 FROM meeting m JOIN forum f ON f.id = m.forum ORDER "
                     "BY m.starts"},
        {"papers",
                "SELECT p.id, p.meeting, p.kind, p.copy, coalesce(g.name, 'Chair') AS recipient, "
                "p.bytes, 0 FROM paper p LEFT JOIN agency g ON g.id = p.agency"
                " ORDER BY p.id"},
        {"agreements", "SELECT g.id, g.kind, g.title, g.version, coalesce(date(g.issued * 86400, "
                       "'unixepoch'), '') AS issued, coalesce(date(g.review * 86400, 'unixepoch'), "
                       "'') AS review, (SELECT count(*) FROM signature s WHERE s.agreement = g.id) "
                       "AS signed, 0 FROM agreement g ORDER BY g.kind, g.issued, g.id"},
        /* what is published each year, s.104(9): all applications, because the Act asks for their
           number */
        {"review-year",
                "SELECT strftime('%Y', v.applied * 86400, 'unixepoch') AS year, count(*) AS "
                "applications, sum(v.met IS NOT NULL AND v.met = 0) AS threshold_not_met,"
                " sum(EXISTS (SELECT 1 FROM review_step t WHERE t.kase = v.kase AND t.what IN "
                "('recommendation', 'no-recommendation'))) AS reviews,"
                " sum(EXISTS (SELECT 1 FROM review_step t WHERE t.kase = v.kase AND t.what = "
                "'recommendation')) AS with_recommendations, 0 FROM review v GROUP BY 1 ORDER BY "
                "1"},
        {"glass",
                "SELECT g.id, k.ref AS \"case\", g.meeting, coalesce(a.name, '') AS chair, "
                "strftime('%Y-%m-%dT%H:%M:%SZ', g.at / 1000000, 'unixepoch') AS at, "
                "strftime('%Y-%m-%dT%H:%M:%SZ', g.until / 1000000, 'unixepoch') AS until, g.words "
                "AS reason, g.kase FROM glass g JOIN kase k ON k.id = g.kase JOIN seat s ON s.id = "
                "g.seat LEFT JOIN agency a ON a.id = s.agency ORDER BY g.id"},
        /* of the agency whose key opened the store, and of no other (R29) */
        {"research",
                "SELECT l.id, date(m.day * 86400, 'unixepoch') AS meeting, k.ref AS \"case\", "
                "coalesce(p.name, '') AS about, CASE l.opinion WHEN 0 THEN 'fact' ELSE 'opinion' "
                "END AS kind, CASE h.what WHEN 0 THEN 'said' WHEN 1 THEN 'not shared' ELSE 'not "
                "said' END AS state, l.source, l.words, s.kase FROM research s JOIN research_line "
                "l ON l.research = s.id AND l.gone IS NULL JOIN meeting m ON m.id = s.meeting JOIN "
                "kase k ON k.id = s.kase LEFT JOIN party p ON p.id = l.about LEFT JOIN share h ON "
                "h.id = l.share WHERE s.agency = :own ORDER BY l.id"},
};

const char *record_list_kind(size_t i)
{
	return i < COUNT_OF(LIST) ? LIST[i].kind : NULL;
}

static enum err rows(struct record *r, const struct record_viewer *v, sqlite3_stmt *s,
        const char *id, record_row_fn *fn, void *ctx, size_t *ret_n)
{
	const char *column[16], *value[16];
	int n = sqlite3_column_count(s) - 1, rc;
	for (int i = 0; i < n; i++)
		column[i] = sqlite3_column_name(s, i);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t kase = sqlite3_column_int64(s, n);
		enum sight sight = SIGHT_FULL;
		if (kase)
			TRY(record_sight(r, v, kase, &sight));
		if (sight < SIGHT_FULL)
			continue;
		for (int i = 0; i < n; i++) {
			value[i] = (const char *)sqlite3_column_text(s, i);
			if (!value[i])
				value[i] = "";
		}
		if (id && strcmp(id, value[0]) != 0)
			continue;
		++*ret_n;
		TRY(fn(ctx, column, value, (size_t)n));
	}
	return sql_error(r, rc);
}

enum err record_list(struct record *r, const struct record_viewer *v, const char *kind,
        const char *id, record_row_fn *fn, void *ctx, struct why *w)
{
	if (strcmp(kind, "subject") == 0)
		return list_subject(r, v, id, fn, ctx, w);
	for (size_t i = 0; i < COUNT_OF(LIST); i++) {
		if (strcmp(LIST[i].kind, kind) != 0)
			continue;
		sqlite3_stmt *s = NULL;
		size_t n = 0;
		TRY(sql_prepare(r, LIST[i].sql, &s));
		char act[40];
		snprintf(act, sizeof(act), "list.%s", kind);
		enum err e = record_audit_note(r, act, "list", 0);
		if (!e)
			e = isa_bind(r, s);
		int own = sqlite3_bind_parameter_index(s, ":own");
		if (!e && own) /* in a room nobody is by themselves, and nothing is anybody's own */
			e = sql_error(r,
			        sqlite3_bind_int64(s, own,
			                v->n == 1 && !v->meeting && !v->blind ? v->present[0].agency
			                                                      : 0));
		if (!e)
			e = rows(r, v, s, id, fn, ctx, &n);
		sqlite3_finalize(s);
		if (!e && id && n == 0)
			return why(w, ERR_NOT_FOUND,
			        "Nothing called \"%.40s\" is in the list of %.20s.", id, kind);
		return e;
	}
	return why(w, ERR_INPUT,
	        "\"%.40s\" cannot be listed. Try: forums, members, agencies, people, cases, "
	        "incidents, actions, meetings, measures, plan, "
	        "projects, standards, papers, agreements, research, review-year, glass, subject.",
	        kind);
}
