#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * Everything held about one person, for subject access (R40): a list to go through with a mark on
 * what is exempt, and why. It finds; what is given, and how, is for people.
 */

struct all {
	struct record *r;
	struct arena *a;
	int64_t identity;
	void *row;
	size_t n, cap;
};

static struct everything_row *grow(struct all *l, const char *subject, const char *label,
        const struct appearance_row *in, int64_t id)
{
	struct everything_row *o = arena_grow(l->a, &l->row, &l->n, &l->cap, sizeof(*o));
	if (o)
		*o = (struct everything_row){.subject = subject,
		        .label = label,
		        .id = id,
		        .case_id = in->case_id,
		        .ref = in->ref,
		        .agency = "",
		        .words = "",
		        .exempt = "",
		        .exempt_words = "",
		        .day = DAY_NONE};
	return o;
}

/* id, moment or day, agency, words, whether by name: of one kind in one case. */
static enum err take(struct all *l, struct sql *q, const char *subject, const char *label,
        const struct appearance_row *in, bool moments)
{
	while (sql_step(q)) {
		struct everything_row *o = grow(l, subject, label, in, sql_int(q, 0));
		if (!o) {
			q->err = ERR_NOMEM;
			break;
		}
		o->day = sql_null(q, 1) ? DAY_NONE
		         : moments      ? time_to_day(sql_int(q, 1))
		                        : sql_day(q, 1);
		o->agency = sql_text(q, 2, l->a);
		o->words = sql_text(q, 3, l->a);
		o->named = sql_int(q, 4);
	}
	return sql_end(q);
}

/* Their own entry, and what it was before. */
static enum err entries(struct all *l, const struct appearance_row *in)
{
	struct sql q;
	sql_query(l->r, &q,
	        "SELECT p.id, k.received, coalesce(g.name, ''), p.name || coalesce(', born ' || "
	        "date(p.born * 86400, 'unixepoch'), '') || CASE WHEN p.address = '' THEN '' ELSE "
	        "', ' || p.address END || CASE WHEN p.postcode = '' THEN '' ELSE ', ' || "
	        "p.postcode "
	        "END || CASE WHEN p.phone = '' THEN '' ELSE ', ' || p.phone END || CASE WHEN "
	        "p.safe_contact = '' THEN '' ELSE '; ' || p.safe_contact END, 1 FROM party p JOIN "
	        "kase k ON k.id = p.kase LEFT JOIN agency g ON g.id = k.referred_by WHERE p.id = ?",
	        "i", in->party);
	TRY(take(l, &q, "party", "Entry", in, false));
	sql_query(l->r, &q,
	        "SELECT w.id, w.until, '', w.name || coalesce(', born ' || date(w.born * 86400, "
	        "'unixepoch'), '') || CASE WHEN w.address = '' THEN '' ELSE ', ' || w.address END "
	        "|| CASE WHEN w.phone = '' THEN '' ELSE ', ' || w.phone END || CASE WHEN "
	        "w.safe_contact = '' THEN '' ELSE '; ' || w.safe_contact END, 1 FROM party_was w "
	        "WHERE w.party = ?",
	        "i", in->party);
	return take(l, &q, "was", "Earlier entry", in, true);
}

/* What belongs to the case as a whole. */
static enum err of_case(struct all *l, const struct appearance_row *in)
{
	struct sql q;
	sql_query(l->r, &q,
	        "SELECT k.id, k.received, coalesce(g.name, ''), k.reason, 0 FROM kase k LEFT JOIN "
	        "agency g ON g.id = k.referred_by WHERE k.id = ?",
	        "i", in->case_id);
	TRY(take(l, &q, "referral", "Referral", in, false));
	sql_query(l->r, &q,
	        "SELECT i.id, i.day, coalesce(g.name, ''), i.what, 0 FROM incident i LEFT JOIN "
	        "agency g ON g.id = i.reported_to WHERE i.kase = ?",
	        "i", in->case_id);
	TRY(take(l, &q, "incident", "Incident", in, false));
	sql_query(l->r, &q,
	        "SELECT s.id, s.made, '', 'Score ' || s.score || CASE WHEN s.override = '' THEN '' "
	        "ELSE '; ' || s.override END, 0 FROM assessment s WHERE s.kase = ?",
	        "i", in->case_id);
	TRY(take(l, &q, "assessment", "Risk assessment", in, true));
	sql_query(l->r, &q,
	        "SELECT d.id, d.made, coalesce(g.name, ''), trim(CASE WHEN d.closes THEN 'Closed. "
	        "' "
	        "ELSE 'Stays open. ' END || d.words || CASE WHEN d.dissent = '' THEN '' ELSE ' "
	        "Dissent: ' || d.dissent END), 0 FROM decision d LEFT JOIN agency g ON g.id = "
	        "d.dissent_agency WHERE d.kase = ?",
	        "i", in->case_id);
	TRY(take(l, &q, "decision", "Decision", in, true));
	sql_query(l->r, &q,
	        "SELECT t.id, t.made, g.name, t.what, 0 FROM action t JOIN agency g ON g.id = "
	        "t.agency WHERE t.kase = ?",
	        "i", in->case_id);
	TRY(take(l, &q, "action", "Action", in, true));
	sql_query(l->r, &q,
	        "SELECT n.id, n.at, coalesce(g.name, ''), n.words, 0 FROM item i JOIN note n ON "
	        "n.meeting = i.meeting AND n.item = i.id LEFT JOIN agency g ON g.id = n.agency "
	        "WHERE i.kase = ?",
	        "i", in->case_id);
	return take(l, &q, "note", "Note", in, true);
}

/* Words at the table, through the query that knows for whom each is. */
static enum err shares(
        struct all *l, const struct record_viewer *v, const struct appearance_row *in)
{
	struct share_row *s;
	size_t n;
	TRY(record_shares(l->r, l->a, v, in->case_id, 0, &s, &n));
	for (size_t i = 0; i < n; i++) {
		if (s[i].held || s[i].what == SHARE_NOTHING ||
		        (s[i].about_party && s[i].about_party != in->party))
			continue;
		struct everything_row *o = grow(l, "share",
		        s[i].what == SHARE_NOT ? "Decision not to share"
		        : s[i].opinion         ? "Opinion"
		                               : "Fact",
		        in, s[i].id);
		if (!o)
			return ERR_NOMEM;
		o->day = time_to_day(s[i].said_us);
		o->agency = s[i].agency_name;
		o->words = s[i].what == SHARE_NOT ? s[i].reason : s[i].words;
		o->named = s[i].about_party != 0;
	}
	return ERR_OK;
}

static enum err marks(struct all *l)
{
	struct everything_row *o = l->row;
	struct sql q;
	sql_query(l->r, &q,
	        WHO "SELECT x.subject, x.subject_id, x.reason, x.words FROM who JOIN exemption x "
	            "ON x.identity = who.id",
	        "i", l->identity);
	while (sql_step(&q))
		for (size_t i = 0; i < l->n; i++)
			if (o[i].id == sql_int(&q, 1) &&
			        strcmp(o[i].subject, sql_text(&q, 0, l->a)) == 0) {
				o[i].exempt = entry_label(l->r, "exemption", sql_text(&q, 2, l->a));
				o[i].exempt_words = sql_text(&q, 3, l->a);
			}
	return sql_end(&q);
}

static int oldest_first(const void *x, const void *y)
{
	const struct everything_row *a = x, *b = y;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	int c = strcmp(a->subject, b->subject);
	return c ? c : a->id < b->id ? -1 : a->id > b->id;
}

enum err record_everything(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct everything_row **ret, size_t *ret_n)
{
	struct all l = {.r = r, .a = a};
	struct appearance_row *in;
	size_t n;
	*ret = NULL;
	*ret_n = 0;
	TRY(identity_root(r, identity, &l.identity));
	TRY(record_appearances(r, a, v, identity, &in, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(entries(&l, &in[i]));
		TRY(shares(&l, v, &in[i]));
		if (!i || in[i].case_id != in[i - 1].case_id)
			TRY(of_case(&l, &in[i]));
	}
	TRY(marks(&l));
	if (l.n)
		qsort(l.row, l.n, sizeof(struct everything_row), oldest_first);
	*ret = l.row;
	*ret_n = l.n;
	return ERR_OK;
}

enum err cmd_exempt(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	const struct practice_entry *e;
	struct record_viewer v;
	struct everything_row *row;
	struct arena a;
	size_t n = 0;
	int64_t who = 0, kase = 0;
	const char *reason = c->u.exempt.reason ? c->u.exempt.reason : "",
	           *words = c->u.exempt.words ? c->u.exempt.words : "";
	TRY(check_entry(r, "exemption", reason, true, "The exemption", w));
	e = practice_entry(r->practice, "exemption", reason);
	TRY(check_words(words, WORDS_MAX, !e || !e->needs_words, "The reason", w));
	arena_init(&a, 16u << 20);
	enum err err = record_viewer_room(r, 0, &v);
	if (!err)
		err = identity_root(r, c->u.exempt.identity, &who);
	if (!err)
		err = record_everything(r, &a, &v, who, &row, &n);
	for (size_t i = 0; i < n; i++)
		if (row[i].id == c->u.exempt.id && c->u.exempt.subject &&
		        strcmp(row[i].subject, c->u.exempt.subject) == 0)
			kase = row[i].case_id;
	arena_finish(&a);
	if (err == ERR_NOT_FOUND || (!err && !kase))
		return why(w, ERR_NOT_FOUND, "There is no such record about that person.");
	TRY(err);
	d->case_id = kase;
	d->id = c->u.exempt.id;
	TRY(sql_run(r,
	        "DELETE FROM exemption WHERE subject = ?2 AND subject_id = ?3 AND identity IN (" WHO
	        "SELECT id FROM who)",
	        "iti", who, c->u.exempt.subject, c->u.exempt.id));
	if (*reason)
		TRY(sql_run(r,
		        "INSERT INTO exemption(identity, subject, subject_id, reason, words, at) "
		        "VALUES(?,?,?,?,?,?)",
		        "itittu", who, c->u.exempt.subject, c->u.exempt.id, reason, words,
		        time_now_us()));
	snprintf(d->text, sizeof(d->text), "%s",
	        *reason ? "Marked as exempt, with its reason." : "The mark is taken away.");
	return ERR_OK;
}

/* ---- for the command line ---- */

/* Whom a name may mean, with the number to ask by. */
static enum err list_named(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *name, record_row_fn *fn, void *ctx, size_t *ret_n)
{
	static const char *const COLUMN[] = {"id", "name", "born", "case", "reasons"};
	struct near_key k = {.name = name, .born = DAY_NONE};
	struct near_row *row;
	TRY(record_near(r, a, v, &k, 0, 50, &row, ret_n));
	for (size_t i = 0; i < *ret_n; i++) {
		char id[24], born[TIME_TEXT_MAX];
		snprintf(id, sizeof(id), "%lld", (long long)row[i].identity);
		const char *const value[] = {id, row[i].name, day_text(born, row[i].born, DAY_ISO),
		        row[i].ref, row[i].reasons};
		TRY(fn(ctx, COLUMN, value, COUNT_OF(COLUMN)));
	}
	return ERR_OK;
}

enum err list_subject(struct record *r, const struct record_viewer *v, const char *id,
        record_row_fn *fn, void *ctx, struct why *w)
{
	static const char *const COLUMN[] = {"record", "case", "date", "agency", "about_them",
	        "words", "exempt", "exempt_because"};
	struct everything_row *row;
	struct identity_row who;
	struct arena a;
	size_t n = 0;
	char *end;
	if (!id || !*id)
		return why(w, ERR_INPUT, "Say whose: list subject NAME, then list subject ID.");
	long long number = strtoll(id, &end, 10);
	if (r->auditor)
		return ERR_DENIED;
	arena_init(&a, 64u << 20);
	enum err e = record_audit_note(r, "list.subject", "identity", *end ? 0 : number);
	if (!e && *end)
		e = list_named(r, &a, v, id, fn, ctx, &n);
	else if (!e)
		e = record_identity_read(r, &a, v, number, &who);
	if (!e && !*end)
		e = record_everything(r, &a, v, number, &row, &n);
	for (size_t i = 0; !e && !*end && i < n; i++) {
		char day[TIME_TEXT_MAX];
		const char *const value[] = {row[i].label, row[i].ref,
		        day_text(day, row[i].day, DAY_ISO), row[i].agency,
		        row[i].named ? "yes" : "the case", row[i].words, row[i].exempt,
		        row[i].exempt_words};
		e = fn(ctx, COLUMN, value, COUNT_OF(COLUMN));
	}
	arena_finish(&a);
	if (e == ERR_NOT_FOUND || (!e && !n))
		return why(
		        w, ERR_NOT_FOUND, "Nobody called \"%.40s\" is in the list of subject.", id);
	return e;
}
