#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * Who somebody is, across cases (R14). Invariants:
 * 1. A party keeps the identity it was entered with for ever; only identity.merged says that two
 *    are one. Taking a merge apart is therefore exact, also after later ones.
 * 2. identity.merged never leads in a circle: only identities that stand for themselves are merged.
 * 3. Whoever asks sees a person through cases they see in full, and through no other.
 */

unsigned party_side(const char *role)
{
	static const struct {
		const char *role;
		unsigned side;
	} SIDE[] = {{"victim", SIDE_HARMED}, {"complainant", SIDE_HARMED},
	        {"subject", SIDE_HARMING}, {"subject-victim", SIDE_HARMED | SIDE_HARMING},
	        {"child", SIDE_CHILD}, {"place", SIDE_PLACE}};
	for (size_t i = 0; i < COUNT_OF(SIDE); i++)
		if (strcmp(SIDE[i].role, role) == 0)
			return SIDE[i].side;
	return 0;
}

enum err identity_root(struct record *r, int64_t identity, int64_t *ret)
{
	for (int64_t merged = identity; merged;) {
		identity = merged;
		TRY(sql_one_int(r, &merged, "SELECT coalesce(merged, 0) FROM identity WHERE id = ?",
		        "i", identity));
	}
	*ret = identity;
	return ERR_OK;
}

enum err identity_seen(struct record *r, const struct record_viewer *v, int64_t identity, bool *ret)
{
	struct sql q;
	*ret = false;
	if (v->blind)
		return ERR_OK;
	sql_query(r, &q, WHO "SELECT DISTINCT p.kase FROM who JOIN party p ON p.identity = who.id",
	        "i", identity);
	while (!*ret && sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		*ret = s == SIGHT_FULL;
	}
	return sql_end(&q);
}

/* ---- merging ---- */

/* The person as the room may name them; ERR_NOT_FOUND with the same words as for nobody. */
static enum err somebody(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct identity_row *ret, struct why *w)
{
	enum err e = record_identity(r, a, v, identity, ret);
	return e == ERR_NOT_FOUND ? why(w, e, "There is no such person.") : e;
}

enum err cmd_merge(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	struct identity_row kept, gone;
	struct arena a;
	arena_init(&a, 1u << 20);
	enum err e = record_viewer_room(r, 0, &v);
	if (!e)
		e = somebody(r, &a, &v, c->u.merge.kept, &kept, w);
	if (!e)
		e = somebody(r, &a, &v, c->u.merge.gone, &gone, w);
	if (!e && kept.id == gone.id)
		e = why(w, ERR_REFUSED, "These are one person already.");
	if (!e && kept.place != gone.place)
		e = why(w, ERR_REFUSED,
		        "One of these is a place. Only two people, or two places, "
		        "can be one.");
	if (!e)
		e = check_words(
		        c->u.merge.words, WORDS_MAX, false, "How it is known that they are one", w);
	if (!e)
		e = sql_insert(r, &d->id,
		        "INSERT INTO merge(kept, gone, words, at) VALUES(?,?,?,?)", "iitu", kept.id,
		        gone.id, c->u.merge.words, time_now_us());
	if (!e)
		e = sql_run(
		        r, "UPDATE identity SET merged = ? WHERE id = ?", "ii", kept.id, gone.id);
	if (!e)
		snprintf(d->text, sizeof(d->text), "Merged: %.50s and %.50s are one.", kept.name,
		        gone.name);
	arena_finish(&a);
	return e;
}

enum err cmd_unmerge(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	struct sql q;
	int64_t kept = 0, gone = 0, undone = 0;
	bool seen_kept, seen_gone;
	d->id = c->u.merge.kept;
	TRY(record_viewer_room(r, 0, &v));
	sql_query(
	        r, &q, "SELECT kept, gone, undone IS NOT NULL FROM merge WHERE id = ?", "i", d->id);
	if (sql_step(&q)) {
		kept = sql_int(&q, 0);
		gone = sql_int(&q, 1);
		undone = sql_int(&q, 2);
	}
	TRY(sql_end(&q));
	TRY(identity_seen(r, &v, gone, &seen_gone));
	if (!kept || !seen_gone)
		return why(w, ERR_NOT_FOUND, "There is no such merge.");
	if (undone)
		return why(w, ERR_REFUSED, "That merge has been taken apart already.");
	TRY(check_words(c->u.merge.words, WORDS_MAX, false, "Why they are not one", w));
	TRY(sql_run(r, "UPDATE identity SET merged = NULL WHERE id = ? AND merged = ?", "ii", gone,
	        kept));
	/* what is left of the other side must be somebody the room knows of */
	TRY(identity_seen(r, &v, kept, &seen_kept));
	if (!seen_kept)
		return why(w, ERR_NOT_FOUND, "There is no such merge.");
	TRY(sql_run(r, "UPDATE merge SET undone = ?, undone_words = ? WHERE id = ?", "uti",
	        time_now_us(), c->u.merge.words, d->id));
	snprintf(d->text, sizeof(d->text), "The merge is taken apart: they are two again.");
	return ERR_OK;
}

/* The name of an identity's newest appearance that the viewer sees in full, "" when there is none;
 * `not_in` leaves out what was merged into it by way of that identity. */
static enum err name_of(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, int64_t not_in, const char **ret)
{
	struct sql q;
	*ret = "";
	sql_query(r, &q,
	        "WITH RECURSIVE who(id) AS (SELECT ?1 UNION ALL SELECT i.id FROM who JOIN identity "
	        "i ON i.merged = who.id AND i.id <> ?2) SELECT p.name, p.kase"
	        " FROM who JOIN party p ON p.identity = who.id ORDER BY p.id DESC",
	        "ii", identity, not_in);
	while (!**ret && sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 1), &s);
		if (q.err)
			break;
		if (s == SIGHT_FULL)
			*ret = sql_text(&q, 0, a);
	}
	return sql_end(&q);
}

enum err record_merges(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct merge_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	TRY(identity_root(r, identity, &identity));
	/* those between identities of this person, and those taken apart that named one of them */
	sql_query(r, &q,
	        WHO "SELECT DISTINCT m.id, m.kept, m.gone, m.words, m.undone_words, m.at, m.undone "
	            "FROM who JOIN merge m ON m.kept = who.id OR m.gone = who.id ORDER BY m.id "
	            "DESC",
	        "i", identity);
	while (sql_step(&q)) {
		const char *kept, *gone;
		q.err = name_of(r, a, v, sql_int(&q, 1), sql_int(&q, 2), &kept);
		if (!q.err)
			q.err = name_of(r, a, v, sql_int(&q, 2), 0, &gone);
		if (q.err)
			break;
		if (!*kept || !*gone) /* one side is nobody this room knows of */
			continue;
		struct merge_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct merge_row){.id = sql_int(&q, 0),
		        .kept = kept,
		        .gone = gone,
		        .words = sql_text(&q, 3, a),
		        .undone_words = sql_text(&q, 4, a),
		        .at_us = sql_us(&q, 5),
		        .undone_us = sql_us(&q, 6)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- one person ---- */

/* Adds to a list of names what is not in it. */
static const char *also(struct arena *a, const char *list, const char *name, const char *but)
{
	size_t n = strlen(name);
	if (!n || strcmp(name, but) == 0)
		return list;
	for (const char *s = list; (s = strstr(s, name)); s += n)
		if ((s == list || s[-1] == ' ') && (!s[n] || s[n] == ','))
			return list;
	return *list ? arena_printf(a, "%s, %s", list, name) : name;
}

static const char *first_known(const char *have, const char *other)
{
	return *have ? have : other;
}

enum err record_identity(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct identity_row *ret)
{
	struct sql q;
	struct identity_row o = {.also = ""};
	bool guarded = false, exposed = false;
	if (v->blind)
		return ERR_NOT_FOUND;
	TRY(identity_root(r, identity, &o.id));
	sql_query(r, &q,
	        WHO "SELECT p.id, p.kase, p.name, p.address, p.postcode, p.phone, p.safe_contact, "
	            "p.born, p.role FROM who JOIN party p ON p.identity = who.id JOIN kase k ON "
	            "k.id = p.kase ORDER BY k.received DESC, p.id DESC",
	        "i", o.id);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 1), &s);
		if (q.err)
			break;
		if (s < SIGHT_FULL)
			continue;
		unsigned side = party_side(sql_text(&q, 8, a));
		const char *name = sql_text(&q, 2, a);
		if (!o.party) {
			o.party = sql_int(&q, 0);
			o.case_id = sql_int(&q, 1);
			o.role = sql_text(&q, 8, a);
			o.name = name;
			o.address = o.postcode = o.phone = o.safe_contact = "";
			o.born = DAY_NONE;
		}
		if (!name_known(o.name) && name_known(name))
			o.name = name;
		else if (name_known(name))
			o.also = also(a, o.also, name, o.name);
		/* address and postcode belong together; what is not known is taken from before */
		if (!*o.address && !*o.postcode) {
			o.address = sql_text(&q, 3, a);
			o.postcode = sql_text(&q, 4, a);
		}
		o.phone = first_known(o.phone, sql_text(&q, 5, a));
		o.safe_contact = first_known(o.safe_contact, sql_text(&q, 6, a));
		if (o.born == DAY_NONE)
			o.born = sql_day(&q, 7);
		o.victim |= (side & SIDE_HARMED) != 0;
		o.place |= (side & SIDE_PLACE) != 0;
		guarded |= side != SIDE_HARMING && side != SIDE_PLACE;
		exposed = true;
		if (!o.also) {
			q.err = ERR_NOMEM;
			break;
		}
	}
	TRY(sql_end(&q));
	if (!exposed)
		return ERR_NOT_FOUND;
	o.guarded = guarded;
	o.known = name_known(o.name);
	*ret = o;
	return ERR_OK;
}

enum err record_identity_read(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct identity_row *ret)
{
	struct appearance_row *in;
	size_t n;
	int64_t last = 0;
	TRY(record_identity(r, a, v, identity, ret));
	TRY(record_appearances(r, a, v, identity, &in, &n));
	TRY(txn_begin(r));
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < n; i++) {
		struct audit_entry entry = {.act = "person.read",
		        .subject = "identity",
		        .subject_id = ret->id,
		        .case_id = in[i].case_id,
		        .meeting_id = v->meeting};
		if (in[i].case_id != last)
			e = audit_add(r, &entry);
		last = in[i].case_id;
	}
	if (e) {
		txn_rollback(r);
		return e;
	}
	return txn_commit(r);
}

enum err record_appearances(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct appearance_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	const char *newest = "";
	*ret = NULL;
	*ret_n = 0;
	if (v->blind)
		return ERR_OK;
	TRY(identity_root(r, identity, &identity));
	sql_query(r, &q,
	        WHO "SELECT p.id, p.kase, k.ref, k.strand, p.role, p.safe_contact, k.received, "
	            "k.open, k.band FROM who JOIN party p ON p.identity = who.id JOIN kase k ON "
	            "k.id = p.kase ORDER BY k.received DESC, p.kase DESC, p.id DESC",
	        "i", identity);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 1), &s);
		if (q.err)
			break;
		if (s < SIGHT_FULL)
			continue;
		struct appearance_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		const char *safe = sql_text(&q, 5, a);
		newest = first_known(newest, safe);
		*o = (struct appearance_row){.party = sql_int(&q, 0),
		        .case_id = sql_int(&q, 1),
		        .ref = sql_text(&q, 2, a),
		        .strand = sql_text(&q, 3, a),
		        .role_label = entry_label(r, "party-role", sql_text(&q, 4, a)),
		        .safe_contact = strcmp(safe, newest) != 0 ? safe : "",
		        .received = sql_day(&q, 6),
		        .open = sql_int(&q, 7),
		        .band = (int)sql_int(&q, 8)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_were(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct was_row **ret, size_t *ret_n)
{
	static const char *const FIELD[] = {
	        "Part", "Name", "Date of birth", "Address", "Telephone", "Safe contact"};
	struct appearance_row *in;
	void *rows = NULL;
	size_t n = 0, cap = 0, n_in;
	struct identity_row who;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_identity(r, a, v, identity, &who));
	TRY(record_appearances(r, a, v, identity, &in, &n_in));
	for (size_t i = 0; i < n_in; i++) {
		struct sql q;
		/* what was changed: this state beside the one that came after it */
		sql_query(r, &q,
		        "SELECT w.id, w.until, w.role, w.name, coalesce(date(w.born * 86400, "
		        "'unixepoch'), ''), trim(w.address || ' ' || w.postcode), w.phone,"
		        " w.safe_contact, coalesce(x.role, p.role), coalesce(x.name, p.name), "
		        "coalesce(date(CASE WHEN x.id IS NULL THEN p.born ELSE x.born END * 86400, "
		        "'unixepoch'), ''),"
		        " trim(coalesce(x.address, p.address) || ' ' || coalesce(x.postcode, "
		        "p.postcode)), coalesce(x.phone, p.phone), coalesce(x.safe_contact, "
		        "p.safe_contact)"
		        " FROM party_was w JOIN party p ON p.id = w.party LEFT JOIN party_was x ON "
		        "x.id = (SELECT min(y.id) FROM party_was y WHERE y.party = w.party AND "
		        "y.id > w.id)"
		        " WHERE w.party = ? ORDER BY w.id DESC",
		        "i", in[i].party);
		while (sql_step(&q)) {
			for (int f = 0; f < (int)COUNT_OF(FIELD) && !q.err; f++) {
				const char *then = sql_text(&q, 2 + f, a),
				           *now = sql_text(&q, 8 + f, a);
				if (strcmp(then, now) == 0)
					continue;
				struct was_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
				if (!o) {
					q.err = ERR_NOMEM;
					break;
				}
				*o = (struct was_row){.id = sql_int(&q, 0),
				        .ref = in[i].ref,
				        .field = FIELD[f],
				        .words = f == 0   ? entry_label(r, "party-role", then)
				                 : !*then ? "not known"
				                          : then,
				        .until_us = sql_us(&q, 1),
				        .guarded = f == 3 && who.guarded && *then};
			}
		}
		TRY(sql_end(&q));
	}
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

enum err record_relations_of(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct relation_row **ret, size_t *ret_n)
{
	struct appearance_row *in;
	void *rows = NULL;
	size_t n = 0, cap = 0, n_in;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_appearances(r, a, v, identity, &in, &n_in));
	for (size_t i = 0; i < n_in; i++) {
		struct sql q;
		/* from both ends: the second column tells which reading is theirs */
		sql_query(r, &q,
		        "SELECT l.id, 0, l.kind, o.id, o.name, o.identity, p.name FROM relation l "
		        "JOIN party o ON o.id = l.other JOIN party p ON p.id = l.party WHERE "
		        "l.party = ?1"
		        " UNION ALL SELECT l.id, 1, l.kind, o.id, o.name, o.identity, p.name FROM "
		        "relation l JOIN party o ON o.id = l.party JOIN party p ON p.id = l.other "
		        "WHERE l.other = ?1",
		        "i", in[i].party);
		while (sql_step(&q)) {
			const struct practice_entry *e =
			        practice_entry(r->practice, "relation", sql_text(&q, 2, a));
			struct relation_row *o;
			if (!e)
				continue;
			o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
			if (!o) {
				q.err = ERR_NOMEM;
				break;
			}
			bool back = sql_int(&q, 1);
			*o = (struct relation_row){.id = sql_int(&q, 0),
			        .case_id = in[i].case_id,
			        .ref = in[i].ref,
			        .party = in[i].party,
			        .other = sql_int(&q, 3),
			        .name = sql_text(&q, 6, a),
			        .other_name = sql_text(&q, 4, a),
			        .reads = back ? e->detail : e->label,
			        .other_reads = back ? e->label : e->detail};
			q.err = identity_root(r, sql_int(&q, 5), &o->other_identity);
			if (q.err)
				break;
		}
		TRY(sql_end(&q));
	}
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

static int newest_first(const void *x, const void *y)
{
	const struct share_row *a = &((const struct about_row *)x)->share,
	                       *b = &((const struct about_row *)y)->share;
	if (a->said_us != b->said_us)
		return a->said_us < b->said_us ? 1 : -1;
	return a->id < b->id ? 1 : a->id > b->id ? -1 : 0;
}

enum err record_shares_about(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct about_row **ret, size_t *ret_n)
{
	struct appearance_row *in;
	void *rows = NULL;
	size_t n = 0, cap = 0, n_in;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_appearances(r, a, v, identity, &in, &n_in));
	for (size_t i = 0; i < n_in; i++) {
		struct share_row *s;
		size_t k, n_s;
		TRY(record_shares(r, a, v, in[i].case_id, 0, &s, &n_s));
		for (k = 0; k < n_s; k++) {
			if (s[k].about_party != in[i].party)
				continue;
			struct about_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
			if (!o)
				return ERR_NOMEM;
			*o = (struct about_row){in[i].case_id, in[i].ref, s[k]};
		}
	}
	if (n)
		qsort(rows, n, sizeof(struct about_row), newest_first);
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}
