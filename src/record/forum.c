#include "record_int.h"
#include <stdio.h>
#include <string.h>

/* Forums, agencies and people: the partnership itself. Staff are not the public; these rows are not
 * held back. */

#define FORUM_COLUMNS                                                                              \
	"SELECT f.id, f.code, f.name, f.kind, coalesce((SELECT p.name FROM forum p WHERE p.code "  \
	"= f.reports_to), ''), f.purpose FROM forum f"

static void forum_fill(struct record *r, struct sql *q, struct arena *a, struct forum_row *f)
{
	*f = (struct forum_row){.id = sql_int(q, 0),
	        .code = sql_text(q, 1, a),
	        .name = sql_text(q, 2, a),
	        .kind = sql_text(q, 3, a),
	        .reports_to_name = sql_text(q, 4, a),
	        .purpose = sql_text(q, 5, a)};
	f->type = practice_type_for_forum(r->practice, f->code, f->kind);
}

enum err record_forums(struct record *r, struct arena *a, struct forum_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q, FORUM_COLUMNS " ORDER BY f.id", "");
	while (sql_step(&q)) {
		struct forum_row *f = arena_grow(a, &rows, &n, &cap, sizeof(*f));
		if (!f)
			q.err = ERR_NOMEM;
		else
			forum_fill(r, &q, a, f);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_forum(struct record *r, struct arena *a, int64_t id, struct forum_row *ret)
{
	struct sql q;
	sql_query(r, &q, FORUM_COLUMNS " WHERE f.id = ?", "i", id);
	bool found = sql_step(&q);
	if (found)
		forum_fill(r, &q, a, ret);
	TRY(sql_end(&q));
	return found ? ERR_OK : ERR_NOT_FOUND;
}

enum err record_forum_by_code(
        struct record *r, struct arena *a, const char *code, struct forum_row *ret)
{
	int64_t id;
	TRY(sql_one_int(r, &id, "SELECT id FROM forum WHERE code = ?", "t", code));
	return record_forum(r, a, id, ret);
}

/* ?1: the agreement that holds today */
#define AGENCY_COLUMNS                                                                             \
	"SELECT id, code, name, code3, kind, recipient, (SELECT s.day FROM signature s WHERE "     \
	"s.agreement = ?1 AND s.agency = agency.id) FROM agency"

static void agency_fill(struct sql *q, struct arena *a, struct agency_row *g)
{
	*g = (struct agency_row){.id = sql_int(q, 0),
	        .code = sql_text(q, 1, a),
	        .name = sql_text(q, 2, a),
	        .code3 = sql_text(q, 3, a),
	        .kind = sql_text(q, 4, a),
	        .recipient = sql_text(q, 5, a),
	        .isa_signed = sql_day(q, 6)};
}

enum err record_agencies(struct record *r, struct arena *a, struct agency_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t isa;
	TRY(isa_in_force(r, &isa));
	sql_query(r, &q, AGENCY_COLUMNS " ORDER BY id", "i", isa);
	while (sql_step(&q)) {
		struct agency_row *g = arena_grow(a, &rows, &n, &cap, sizeof(*g));
		if (!g)
			q.err = ERR_NOMEM;
		else
			agency_fill(&q, a, g);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_agency_by_code(
        struct record *r, struct arena *a, const char *code, struct agency_row *ret)
{
	struct sql q;
	int64_t isa;
	TRY(isa_in_force(r, &isa));
	sql_query(r, &q, AGENCY_COLUMNS " WHERE code = ?2", "it", isa, code);
	bool found = sql_step(&q);
	if (found)
		agency_fill(&q, a, ret);
	TRY(sql_end(&q));
	return found ? ERR_OK : ERR_NOT_FOUND;
}

enum err record_people(struct record *r, struct arena *a, int64_t forum, int64_t agency,
        struct person_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	sql_query(r, &q,
	        "SELECT p.id, p.agency, coalesce(g.name, ''), p.name, p.initials, p.role, "
	        "coalesce(m.standing, 0) FROM person p"
	        " LEFT JOIN agency g ON g.id = p.agency LEFT JOIN membership m ON m.person = p.id "
	        "AND m.forum = ?1"
	        " WHERE (?1 = 0 OR m.id IS NOT NULL) AND (?2 = 0 OR p.agency = ?2) ORDER BY g.id, "
	        "coalesce(m.standing, 0), p.id",
	        "ii", forum, agency);
	while (sql_step(&q)) {
		struct person_row *p = arena_grow(a, &rows, &n, &cap, sizeof(*p));
		if (!p) {
			q.err = ERR_NOMEM;
			break;
		}
		*p = (struct person_row){.id = sql_int(&q, 0),
		        .agency = sql_int(&q, 1),
		        .agency_name = sql_text(&q, 2, a),
		        .name = sql_text(&q, 3, a),
		        .initials = sql_text(&q, 4, a),
		        .role = sql_text(&q, 5, a),
		        .standing = (enum standing)sql_int(&q, 6)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_person_by_slot(struct record *r, const uint8_t *slot, int64_t *ret_person)
{
	return sql_one_int(r, ret_person, "SELECT id FROM person WHERE slot = ?", "b", slot,
	        (size_t)VAULT_ID_BYTES);
}

/* ---- commands ---- */

enum err cmd_agency_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	uint8_t uid[16];
	uid_make(uid);
	TRY(check_words(c->u.agency.code, 20, false, "The agency's code", w));
	TRY(check_words(c->u.agency.name, NAME_MAX_BYTES, false, "The agency's name", w));
	TRY(check_words(c->u.agency.code3, 12, false, "The agency's short code", w));
	TRY(check_words(c->u.agency.kind, NAME_MAX_BYTES, false, "The kind of agency", w));
	enum err e = sql_insert(r, &d->id,
	        "INSERT INTO agency(uid, code, name, code3, kind) VALUES(?,?,?,?,?)", "btttt",
	        UID_ARG, c->u.agency.code, c->u.agency.name, c->u.agency.code3, c->u.agency.kind);
	return e == ERR_EXISTS ? why(w, e, "There is an agency with that code already.") : e;
}

enum err cmd_agency_recipient(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t n;
	d->id = c->u.recipient.agency;
	const char *key = c->u.recipient.recipient;
	TRY(sql_one_int(r, &n, "SELECT count(*) FROM agency WHERE id = ?", "i", d->id));
	if (!n)
		return why(w, ERR_NOT_FOUND, "There is no such agency.");
	return sql_run(r, "UPDATE agency SET recipient = ? WHERE id = ?", "ti",
	        key && *key ? key : NULL, d->id);
}

static void initials_of(const char *name, char out[16])
{
	size_t o = 0;
	bool start = true;
	for (size_t i = 0, n = strlen(name); i < n && o + 5 < 16; i = utf8_next(name, n, i)) {
		if (start && name[i] != ' ') {
			size_t len = utf8_next(name, n, i) - i;
			memcpy(out + o, name + i, len);
			o += len;
		}
		start = name[i] == ' ' || name[i] == '-';
	}
	out[o] = 0;
}

enum err cmd_person_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	uint8_t uid[16];
	char made[16];
	const char *initials = c->u.person.initials;
	int64_t member;
	uid_make(uid);
	TRY(check_words(c->u.person.name, NAME_MAX_BYTES, false, "The person's name", w));
	TRY(check_words(c->u.person.role, NAME_MAX_BYTES, false, "The person's role", w));
	if (!initials || !*initials) {
		initials_of(c->u.person.name, made);
		initials = made;
	}
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO person(uid, agency, name, initials, role) VALUES(?,?,?,?,?)", "bzttt",
	        UID_ARG, c->u.person.agency, c->u.person.name, initials, c->u.person.role));
	if (!c->u.person.forum)
		return ERR_OK;
	return sql_insert(r, &member,
	        "INSERT INTO membership(forum, person, standing) VALUES(?,?,?)", "iii",
	        c->u.person.forum, d->id, (int64_t)c->u.person.standing);
}

enum err cmd_person_slot(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t n;
	d->id = c->u.slot.person;
	TRY(sql_one_int(r, &n, "SELECT count(*) FROM person WHERE id = ?", "i", d->id));
	if (!n)
		return why(w, ERR_NOT_FOUND, "There is no such person.");
	if (c->u.slot.slot) /* a slot opens for one person */
		TRY(sql_run(r, "UPDATE person SET slot = NULL WHERE slot = ?", "b", c->u.slot.slot,
		        (size_t)VAULT_ID_BYTES));
	TRY(sql_run(r, "UPDATE person SET slot = ? WHERE id = ?", "bi", c->u.slot.slot,
	        (size_t)VAULT_ID_BYTES, d->id));
	const struct vault_slot *s = vault_opener(r->vault);
	if (s && c->u.slot.slot && memcmp(s->id, c->u.slot.slot, VAULT_ID_BYTES) == 0) {
		r->actor = d->id;
		TRY(sql_one_int(r, &r->actor_agency,
		        "SELECT coalesce(agency, 0) FROM person WHERE id = ?", "i", d->id));
	} else if (r->actor == d->id) {
		r->actor = r->actor_agency = 0;
	}
	return ERR_OK;
}
