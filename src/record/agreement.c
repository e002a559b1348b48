#include "caseroom/record_sharing.h"
#include <stdio.h>
#include <string.h>
#include "record_int.h"

/*
 * The register of agreements and who has signed them (R28). Of each kind the newest holds, from the
 * day it was issued: one that is issued for a day to come can be signed before it holds. Whether an
 * agency has signed is told by its signature here and by nothing else; the day in the list of
 * agencies is a short form of it.
 */

#define VERSION_MAX 20
#define IN_FORCE(kind, today)                                                                      \
	"(SELECT f.id FROM agreement f WHERE f.kind = " kind                                       \
	" AND (f.issued IS NULL OR f.issued <= " today                                             \
	") ORDER BY f.issued DESC, f.id DESC LIMIT 1)"

enum err isa_in_force(struct record *r, int64_t *ret)
{
	return sql_one_int(
	        r, ret, "SELECT coalesce(" IN_FORCE("'isa'", "?") ", 0)", "d", time_today());
}

enum err isa_bind(struct record *r, sqlite3_stmt *s)
{
	int64_t isa;
	int i = sqlite3_bind_parameter_index(s, ":isa");
	if (!i)
		return ERR_OK;
	TRY(isa_in_force(r, &isa));
	return sql_error(r, sqlite3_bind_int64(s, i, isa));
}

enum err isa_signed_on(struct record *r, int64_t agency, int32_t day)
{
	int64_t isa;
	TRY(isa_in_force(r, &isa));
	if (!isa)
		TRY(sql_insert(r, &isa,
		        "INSERT INTO agreement(uid, kind, title, version) VALUES(randomblob(16), "
		        "'isa', 'Information sharing agreement', '1')",
		        ""));
	return sql_run(r,
	        "INSERT INTO signature(agreement, agency, day, name) VALUES(?,?,?,'') ON CONFLICT "
	        "DO UPDATE SET day = excluded.day",
	        "iid", isa, agency, day);
}

static enum err check_days(const struct command *c, struct why *w)
{
	int32_t issued = c->u.agreement.issued, review = c->u.agreement.review;
	if (issued != DAY_NONE && review != DAY_NONE && review <= issued)
		return why(w, ERR_INPUT, "It is reviewed after the day it was issued.");
	return ERR_OK;
}

/* What was signed stays as it was signed; only its review date moves. */
static enum err change(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t is_signed, same;
	d->id = c->u.agreement.id;
	enum err e = sql_one_int(r, &same,
	        "SELECT kind = ? AND title = ? AND version = ? AND issued IS ? FROM agreement "
	        "WHERE id = ?",
	        "tttdi", c->u.agreement.agreement, c->u.agreement.title, c->u.agreement.version,
	        c->u.agreement.issued, d->id);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no such agreement.");
	TRY(e);
	TRY(sql_one_int(
	        r, &is_signed, "SELECT count(*) FROM signature WHERE agreement = ?", "i", d->id));
	if (is_signed && !same)
		return why(w, ERR_REFUSED,
		        "It has been signed as it is. Add a new version instead; only the review "
		        "date can move.");
	return sql_run(r,
	        "UPDATE agreement SET kind = ?, title = ?, version = ?, issued = ?, review = ? "
	        "WHERE id = ?",
	        "tttddi", c->u.agreement.agreement, c->u.agreement.title, c->u.agreement.version,
	        c->u.agreement.issued, c->u.agreement.review, d->id);
}

enum err cmd_agreement(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	uint8_t uid[16];
	TRY(check_entry(
	        r, "agreement", c->u.agreement.agreement, false, "The kind of agreement", w));
	TRY(check_words(c->u.agreement.title, NAME_MAX_BYTES, false, "The title", w));
	TRY(check_words(c->u.agreement.version, VERSION_MAX, false, "The version", w));
	TRY(check_days(c, w));
	enum err e;
	uid_make(uid);
	if (c->u.agreement.id)
		e = change(r, c, d, w);
	else
		e = sql_insert(r, &d->id,
		        "INSERT INTO agreement(uid, kind, title, version, issued, review) "
		        "VALUES(?,?,?,?,?,?)",
		        "btttdd", UID_ARG, c->u.agreement.agreement, c->u.agreement.title,
		        c->u.agreement.version, c->u.agreement.issued, c->u.agreement.review);
	if (e == ERR_EXISTS)
		return why(w, e, "That version is in the register already.");
	TRY(e);
	snprintf(d->text, sizeof(d->text), "Kept in the register.");
	return ERR_OK;
}

enum err cmd_agreement_sign(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct sql q;
	struct arena a;
	char who[80] = "";
	int64_t there;
	d->id = c->u.sign.agreement;
	TRY(sql_one_int(r, &there, "SELECT count(*) FROM agreement WHERE id = ?", "i", d->id));
	arena_init(&a, 1u << 16);
	sql_query(r, &q, "SELECT name FROM agency WHERE id = ?", "i", c->u.sign.agency);
	if (sql_step(&q))
		snprintf(who, sizeof(who), "%.79s", sql_text(&q, 0, &a));
	arena_finish(&a);
	TRY(sql_end(&q));
	if (!there || !*who)
		return why(w, ERR_NOT_FOUND, "There is no such agreement or agency.");
	if (c->u.sign.day == DAY_NONE) {
		snprintf(d->text, sizeof(d->text), "Signature of %s taken back.", who);
		return sql_run(r, "DELETE FROM signature WHERE agreement = ? AND agency = ?", "ii",
		        d->id, c->u.sign.agency);
	}
	if (c->u.sign.day > time_today())
		return why(w, ERR_INPUT, "Give the day it was signed: today or before.");
	TRY(check_words(c->u.sign.name, NAME_MAX_BYTES, false, "The name of who signed", w));
	snprintf(d->text, sizeof(d->text), "%s has signed.", who);
	return sql_run(r,
	        "INSERT INTO signature(agreement, agency, day, name) VALUES(?,?,?,?) ON CONFLICT "
	        "DO UPDATE SET day = excluded.day, name = excluded.name",
	        "iidt", d->id, c->u.sign.agency, c->u.sign.day, c->u.sign.name);
}

enum err record_agreements(
        struct record *r, struct arena *a, struct agreement_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int32_t today = time_today();
	sql_query(r, &q,
	        "SELECT id, kind, title, version, issued, review, id = " IN_FORCE(
	                "agreement.kind", "?1") ", (SELECT count(*) FROM signature s WHERE "
	                                        "s.agreement = agreement.id) FROM agreement ORDER "
	                                        "BY kind = 'isa' DESC, kind, issued DESC, id DESC",
	        "d", today);
	while (sql_step(&q)) {
		struct agreement_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct agreement_row){.id = sql_int(&q, 0),
		        .kind = sql_text(&q, 1, a),
		        .title = sql_text(&q, 2, a),
		        .version = sql_text(&q, 3, a),
		        .issued = sql_day(&q, 4),
		        .review = sql_day(&q, 5),
		        .in_force = sql_int(&q, 6),
		        .signed_n = (size_t)sql_int(&q, 7)};
		o->label = entry_label(r, "agreement", o->kind);
		o->late = o->in_force && o->review != DAY_NONE && o->review < today;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_signatures(struct record *r, struct arena *a, int64_t agreement,
        struct signature_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	int64_t there;
	TRY(sql_one_int(r, &there, "SELECT id FROM agreement WHERE id = ?", "i", agreement));
	sql_query(r, &q,
	        "SELECT agency.id, agency.name, agency.code3, s.day, coalesce(s.name, '') FROM "
	        "agency LEFT JOIN signature s ON s.agency = agency.id AND s.agreement = ? ORDER BY "
	        "s.day IS NOT NULL, agency.name",
	        "i", agreement);
	while (sql_step(&q)) {
		struct signature_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct signature_row){.agency = sql_int(&q, 0),
		        .agency_name = sql_text(&q, 1, a),
		        .code3 = sql_text(&q, 2, a),
		        .day = sql_day(&q, 3),
		        .name = sql_text(&q, 4, a)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
