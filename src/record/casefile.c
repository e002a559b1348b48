#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Cases, the people and places in them, and their incidents, as this viewer may see them. */

#define CASE_COLUMNS                                                                               \
	"SELECT k.id, k.forum, k.ref, k.strand, k.reason, coalesce(g.name, ''), k.restriction, "   \
	"k.open, k.received, k.review, k.band, k.score, k.children,"                               \
	" k.discussed, k.safe_contact, k.repeat FROM kase k LEFT JOIN agency g ON g.id = "         \
	"k.referred_by"

static void case_fill(struct sql *q, struct arena *a, enum sight s, struct case_row *c)
{
	*c = (struct case_row){.id = sql_int(q, 0),
	        .sight = s,
	        .ref = "",
	        .strand = "",
	        .reason = "",
	        .referred_by = "",
	        .band = -1,
	        .score = -1,
	        .received = DAY_NONE,
	        .review = DAY_NONE};
	if (s < SIGHT_ANON)
		return;
	c->forum = sql_int(q, 1);
	c->ref = sql_text(q, 2, a);
	c->strand = sql_text(q, 3, a);
	c->referred_by = sql_text(q, 5, a);
	c->restriction = (enum restriction)sql_int(q, 6);
	c->open = sql_int(q, 7);
	c->received = sql_day(q, 8);
	c->review = sql_day(q, 9);
	c->band = (int)sql_int(q, 10);
	c->score = (int)sql_int(q, 11);
	c->children = (int)sql_int(q, 12);
	c->discussed = (int)sql_int(q, 13);
	c->repeat = sql_int(q, 15);
	if (s < SIGHT_FULL)
		return;
	c->reason = sql_text(q, 4, a);
	c->safe_contact = sql_int(q, 14);
}

static enum err case_rows(struct record *r, struct arena *a, const struct record_viewer *v,
        struct sql *q, size_t limit, struct case_row **ret, size_t *ret_n)
{
	void *rows = NULL;
	size_t n = 0, cap = 0;
	while (n < limit && sql_step(q)) {
		enum sight s;
		q->err = record_sight(r, v, sql_int(q, 0), &s);
		if (q->err)
			break;
		if (s < SIGHT_ANON) /* lists show what may be opened; what is held back stands on
		                       the agenda */
			continue;
		struct case_row *c = arena_grow(a, &rows, &n, &cap, sizeof(*c));
		if (!c)
			q->err = ERR_NOMEM;
		else
			case_fill(q, a, s, c);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(q);
}

enum err record_cases(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, bool open_only, size_t limit, struct case_row **ret, size_t *ret_n)
{
	struct sql q;
	sql_query(r, &q,
	        CASE_COLUMNS " WHERE k.forum = ?1 AND (?2 = 0 OR k.open = 1) ORDER BY k.received "
	                     "DESC, k.id DESC",
	        "ii", forum, (int64_t)open_only);
	return case_rows(r, a, v, &q, limit, ret, ret_n);
}

enum err record_lapsing(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, int32_t day, struct case_row **ret, size_t *ret_n)
{
	struct sql q;
	/* twelve months from the referral (R19) */
	sql_query(r, &q,
	        CASE_COLUMNS
	        " WHERE k.forum = ?1 AND k.received >= ?2 AND k.received <= ?3 ORDER BY k.received",
	        "idd", forum, practice_add_months(time_today(), -12),
	        practice_add_months(day, -12));
	return case_rows(r, a, v, &q, 100, ret, ret_n);
}

enum err record_unreached(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, struct case_row **ret, size_t *ret_n)
{
	struct sql q;
	sql_query(r, &q,
	        CASE_COLUMNS
	        " WHERE k.forum = ?1 AND k.open = 1 AND k.restriction = 2 AND (k.review IS NULL OR "
	        "k.review <= ?2) AND (NOT EXISTS (SELECT 1 FROM item i JOIN meeting m ON m.id = "
	        "i.meeting WHERE i.kase = k.id AND i.state <> 4 AND m.state < 5) OR (SELECT "
	        "i.state "
	        "FROM item i JOIN meeting m ON m.id = i.meeting WHERE i.kase = k.id AND m.state >= "
	        "5 "
	        "ORDER BY m.starts DESC LIMIT 1) IN (0, 1)) ORDER BY k.received",
	        "id", forum, time_today());
	return case_rows(r, a, v, &q, 100, ret, ret_n);
}

enum err record_case(struct record *r, struct arena *a, const struct record_viewer *v, int64_t id,
        struct case_row *ret)
{
	struct sql q;
	enum sight s;
	enum err e = record_sight(r, v, id, &s);
	if (e)
		return e;
	sql_query(r, &q, CASE_COLUMNS " WHERE k.id = ?", "i", id);
	if (sql_step(&q))
		case_fill(&q, a, s, ret);
	return sql_end(&q);
}

enum err record_case_read(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t id, struct case_row *ret)
{
	struct audit_entry e = {.act = "case.read",
	        .subject = "case",
	        .subject_id = id,
	        .case_id = id,
	        .meeting_id = v->meeting};
	enum sight s;
	TRY(record_sight(r, v, id, &s));
	if (s == SIGHT_NONE)
		return ERR_NOT_FOUND;
	if (s == SIGHT_HELD)
		e.act = "case.held";
	TRY(audit_note(r, &e));
	if (s == SIGHT_HELD)
		return ERR_DENIED;
	return record_case(r, a, v, id, ret);
}

static const char *first_word(struct arena *a, const char *name)
{
	const char *space = strchr(name, ' ');
	return space ? arena_strndup(a, name, (size_t)(space - name)) : name;
}

static enum err relations(
        struct record *r, struct arena *a, int64_t case_id, struct party_row *p, size_t n)
{
	struct sql q;
	sql_query(r, &q, "SELECT party, kind, other FROM relation WHERE kase = ? ORDER BY id", "i",
	        case_id);
	while (sql_step(&q)) {
		int64_t from = sql_int(&q, 0), to = sql_int(&q, 2);
		const struct practice_entry *e =
		        practice_entry(r->practice, "relation", sql_text(&q, 1, a));
		struct party_row *pf = NULL, *pt = NULL;
		for (size_t i = 0; i < n; i++) {
			if (p[i].id == from)
				pf = &p[i];
			if (p[i].id == to)
				pt = &p[i];
		}
		if (!pf || !pt || !e)
			continue;
		/* both readings: "child of Avery" beside the child; the parent's line keeps what
		 * outranks it */
		pf->relations = arena_printf(a, "%s%s%s %s", pf->relations,
		        *pf->relations ? ", " : "", e->label, pt->short_name);
		if (*e->detail)
			pt->relations = arena_printf(a, "%s%s%s %s", pt->relations,
			        *pt->relations ? ", " : "", e->detail, pf->short_name);
		if (!pf->relations || !pt->relations) {
			q.err = ERR_NOMEM;
			break;
		}
	}
	return sql_end(&q);
}

enum err record_parties(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct party_row **ret, size_t *ret_n)
{
	struct sql q;
	enum sight s;
	void *rows = NULL;
	size_t n = 0, cap = 0, same = 0;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT id, role, name, address, postcode, phone, safe_contact, born, "
	        "identity, " MISTAKE_OF(
	                "party", "party.id") " FROM party WHERE kase = ? ORDER BY position",
	        "i", case_id);
	while (sql_step(&q)) {
		struct party_row *p = arena_grow(a, &rows, &n, &cap, sizeof(*p));
		if (!p) {
			q.err = ERR_NOMEM;
			break;
		}
		*p = (struct party_row){.id = sql_int(&q, 0),
		        .role = sql_text(&q, 1, a),
		        .name = "",
		        .address = "",
		        .postcode = "",
		        .phone = "",
		        .safe_contact = "",
		        .relations = "",
		        .mistake = mistake_words(&q, 9, a, s),
		        .born = DAY_NONE};
		p->role_label = entry_label(r, "party-role", p->role);
		p->victim = strcmp(p->role, "victim") == 0 || strcmp(p->role, "complainant") == 0;
		p->child = strcmp(p->role, "child") == 0;
		p->place = strcmp(p->role, "place") == 0;
		if (s == SIGHT_ANON) {
			char label[80];
			same = 0;
			for (size_t i = 0; i + 1 < n; i++)
				same += strcmp(((struct party_row *)rows)[i].role, p->role) == 0;
			practice_anon_name(p->role_label, same, label, sizeof(label));
			p->name = arena_strdup(a, label);
			p->short_name = p->name;
			p->relations =
			        p->place ? "" : practice_age_band(sql_day(&q, 7), time_today());
			continue;
		}
		p->name = sql_text(&q, 2, a);
		p->short_name = p->place ? p->name : first_word(a, p->name);
		p->address = sql_text(&q, 3, a);
		p->postcode = sql_text(&q, 4, a);
		p->phone = sql_text(&q, 5, a);
		p->safe_contact = sql_text(&q, 6, a);
		p->born = sql_day(&q, 7);
		q.err = identity_root(r, sql_int(&q, 8), &p->identity);
		if (q.err)
			break;
	}
	TRY(sql_end(&q));
	*ret = rows;
	*ret_n = n;
	return s == SIGHT_FULL ? relations(r, a, case_id, rows, n) : ERR_OK;
}

enum err record_incidents(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct incident_row **ret, size_t *ret_n)
{
	struct sql q;
	enum sight s;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t last = DAY_NONE;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_ANON)
		return ERR_OK;
	/* new: since the meeting before this one at which the case was on the table */
	enum err e = sql_one_int(r, &last,
	        "SELECT max(m.day) FROM item i JOIN meeting m ON m.id = i.meeting WHERE i.kase = "
	        "?1 AND i.state = 2 AND i.meeting <> ?2",
	        "ii", case_id, v->meeting);
	if (e && e != ERR_NOT_FOUND)
		return e;
	sql_query(r, &q,
	        "SELECT i.id, i.day, i.kind, i.what, coalesce(g.name, ''), i.qualifying, (SELECT "
	        "group_concat(d.name, ', ') FROM incident x JOIN agency d ON d.id = x.reported_to "
	        "WHERE x.same_as = i.id), " MISTAKE_OF("incident",
	                "i.id") " FROM incident i LEFT JOIN agency g ON g.id = i.reported_to WHERE "
	                        "i.kase = ? AND "
	                        "i.same_as IS NULL ORDER BY i.day, i.id", /* one event told twice
	                                                                     counts once */
	        "i", case_id);
	while (sql_step(&q)) {
		struct incident_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct incident_row){.id = sql_int(&q, 0),
		        .day = sql_day(&q, 1),
		        .kind = entry_label(r, "incident-kind", sql_text(&q, 2, a)),
		        .what = s == SIGHT_FULL ? sql_text(&q, 3, a) : "",
		        .reported_to = sql_text(&q, 4, a),
		        .qualifying = sql_int(&q, 5),
		        .mistake = mistake_words(&q, 7, a, s)};
		if (!sql_null(&q, 6)) {
			const char *too = sql_text(&q, 6, a);
			o->reported_to = arena_printf(
			        a, "%s%s%s", o->reported_to, *o->reported_to ? ", " : "", too);
			if (!o->reported_to) {
				q.err = ERR_NOMEM;
				break;
			}
		}
		o->fresh = last > 0 && o->day > last;
		if (s == SIGHT_ANON) { /* months, not days */
			int y, m, d;
			day_to_ymd(o->day, &y, &m, &d);
			o->day = day_from_ymd(y, m, 1);
		}
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
