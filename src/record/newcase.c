#include "record_int.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/*
 * Cases, the people in them, how they are related, and what happened, entered by hand (R13-R17).
 * Whoever is before the panel must see the case in full: what the room may not read it may not
 * write.
 */

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

enum err check_case_full(struct record *r, int64_t case_id, struct record_viewer *v, struct why *w)
{
	enum sight s = SIGHT_NONE;
	TRY(record_viewer_room(r, 0, v));
	enum err e = record_sight(r, v, case_id, &s);
	if (e == ERR_NOT_FOUND || (!e && s == SIGHT_NONE))
		return why(w, ERR_NOT_FOUND, "There is no such case.");
	TRY(e);
	if (s < SIGHT_FULL)
		return why(w, ERR_DENIED,
		        "This room does not see that case in full. It is changed when those it is "
		        "not for have left.");
	return ERR_OK;
}

/* ---- people and places ---- */

static enum err check_party(struct record *r, const struct party_words *p, struct why *w)
{
	TRY(check_entry(r, "party-role", p->role, false, "The part in the case", w));
	TRY(check_words(p->name, NAME_MAX_BYTES, !(party_side(p->role) & SIDE_PLACE),
	        "What the place is called", w));
	TRY(check_words(p->address, NAME_MAX_BYTES, true, "The address", w));
	TRY(check_words(p->postcode, 12, true, "The postcode", w));
	TRY(check_words(p->phone, 24, true, "The telephone number", w));
	TRY(check_words(p->safe_contact, NAME_MAX_BYTES, true, "The safe contact instruction", w));
	if (p->born != DAY_NONE && (p->born > time_today() || p->born < day_from_ymd(1880, 1, 1)))
		return why(w, ERR_INPUT, "Give a date of birth before today, or none.");
	return ERR_OK;
}

/* "qx2 4lt" -> "QX2 4LT", as files have it and as it is looked up; anything else stays. */
static void tidy_postcode(const char *s, char out[16])
{
	char plain[16];
	size_t n = 0, digits = 0;
	for (; *s && n + 1 < sizeof(plain); s++)
		if (isalnum((unsigned char)*s)) {
			plain[n++] = (char)toupper((unsigned char)*s);
			digits += isdigit((unsigned char)*s) != 0;
		}
	plain[n] = 0;
	if (n < 5 || n > 7 || digits < 2)
		snprintf(out, 16, "%.*s", (int)n, plain);
	else
		snprintf(out, 16, "%.*s %s", (int)n - 3, plain, plain + n - 3);
}

/* What the case's own row says of its people. */
enum err count_people(struct record *r, int64_t case_id)
{
	return sql_run(r,
	        "UPDATE kase SET children = (SELECT count(*) FROM party WHERE kase = ?1 AND role = "
	        "'child' AND " NOT_IN_ERROR("party",
	                "party.id") "), safe_contact = EXISTS (SELECT 1 FROM "
	                            "party WHERE kase = ?1 AND safe_contact <> '' "
	                            "AND " NOT_IN_ERROR("party", "party.id") ") WHERE id = ?1",
	        "i", case_id);
}

static enum err party_insert(struct record *r, const struct record_viewer *v, int64_t case_id,
        const struct party_words *p, int64_t *ret_id, struct why *w)
{
	uint8_t uid[16];
	char postcode[16];
	int64_t identity = 0, there = 0;
	TRY(check_party(r, p, w));
	if (p->identity) {
		bool seen = false;
		enum err e = identity_root(r, p->identity, &identity);
		if (!e)
			e = identity_seen(r, v, identity, &seen);
		if (e == ERR_NOT_FOUND || (!e && !seen))
			return why(w, ERR_NOT_FOUND, "There is no such person.");
		TRY(e);
		TRY(sql_one_int(r, &there,
		        WHO "SELECT count(*) FROM who JOIN party p ON p.identity = who.id WHERE "
		            "p.kase = ?2",
		        "ii", identity, case_id));
		if (there)
			return why(w, ERR_EXISTS,
			        "That person is in this case already. Change their part instead.");
	}
	uid_make(uid);
	tidy_postcode(or_empty(p->postcode), postcode);
	TRY(sql_insert(r, ret_id,
	        "INSERT INTO party(uid, kase, role, name, born, address, postcode, phone, "
	        "safe_contact, identity, position) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
	        "(SELECT coalesce(max(position), 0) + 1 FROM party WHERE kase = ?2))",
	        "bittdttttz", UID_ARG, case_id, p->role, p->name && *p->name ? p->name : "Unknown",
	        p->born, or_empty(p->address), postcode, or_empty(p->phone),
	        or_empty(p->safe_contact), identity));
	return count_people(r, case_id);
}

enum err cmd_party_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	const struct party_words *p = &c->u.party.who;
	struct record_viewer v;
	d->case_id = c->u.party.case_id;
	TRY(check_case_full(r, d->case_id, &v, w));
	TRY(party_insert(r, &v, d->case_id, p, &d->id, w));
	snprintf(d->text, sizeof(d->text), "Added: %.100s.",
	        p->name && *p->name ? p->name : "name not known");
	return ERR_OK;
}

struct party_now {
	const char *role, *name, *address, *postcode, *phone, *safe;
	int32_t born;
};

static enum err party_read(
        struct record *r, struct arena *a, int64_t party, int64_t *ret_case, struct party_now *ret)
{
	struct sql q;
	*ret_case = 0;
	sql_query(r, &q,
	        "SELECT kase, role, name, address, postcode, phone, safe_contact, born FROM party "
	        "WHERE id = ?",
	        "i", party);
	if (sql_step(&q)) {
		*ret_case = sql_int(&q, 0);
		*ret = (struct party_now){sql_text(&q, 1, a), sql_text(&q, 2, a),
		        sql_text(&q, 3, a), sql_text(&q, 4, a), sql_text(&q, 5, a),
		        sql_text(&q, 6, a), sql_day(&q, 7)};
	}
	TRY(sql_end(&q));
	return *ret_case ? ERR_OK : ERR_NOT_FOUND;
}

static bool same_party(const struct party_now *a, const struct party_now *b)
{
	return strcmp(a->role, b->role) == 0 && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->address, b->address) == 0 && strcmp(a->postcode, b->postcode) == 0 &&
	       strcmp(a->phone, b->phone) == 0 && strcmp(a->safe, b->safe) == 0 &&
	       a->born == b->born;
}

static enum err party_write(struct record *r, int64_t party, int64_t kase,
        const struct party_now *was, const struct party_now *now, bool *ret_changed)
{
	if (same_party(was, now))
		return ERR_OK;
	*ret_changed = true;
	TRY(sql_run(r,
	        "INSERT INTO party_was(party, role, name, born, address, postcode, phone, "
	        "safe_contact, until) VALUES(?,?,?,?,?,?,?,?,?)",
	        "ittdttttu", party, was->role, was->name, was->born, was->address, was->postcode,
	        was->phone, was->safe, time_now_us()));
	TRY(sql_run(r,
	        "UPDATE party SET role = ?, name = ?, born = ?, address = ?, postcode = ?, phone = "
	        "?, safe_contact = ? WHERE id = ?",
	        "ttdtttti", now->role, now->name, now->born, now->address, now->postcode,
	        now->phone, now->safe, party));
	return count_people(r, kase);
}

static const char *changed_to(const char *was, const char *now, const char *there)
{
	return strcmp(was, now) == 0 ? there : now;
}

/* What changed, changes in each open case of this person that the room sees; a case it does not see
 * is not touched, because its details may be kept apart on purpose. */
static enum err party_everywhere(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t party, const struct party_now *was, const struct party_now *now, bool *ret_changed)
{
	struct sql q;
	int64_t identity, *other = NULL;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	TRY(sql_one_int(r, &identity, "SELECT identity FROM party WHERE id = ?", "i", party));
	TRY(identity_root(r, identity, &identity));
	sql_query(r, &q,
	        WHO "SELECT p.id, p.kase FROM who JOIN party p ON p.identity = who.id JOIN kase k "
	            "ON k.id = p.kase WHERE p.id <> ?2 AND k.open = 1",
	        "ii", identity, party);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 1), &s);
		if (q.err)
			break;
		if (s < SIGHT_FULL)
			continue;
		int64_t *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = sql_int(&q, 0);
	}
	TRY(sql_end(&q));
	other = rows;
	for (size_t i = 0; i < n; i++) {
		struct party_now there, then;
		int64_t kase;
		TRY(party_read(r, a, other[i], &kase, &there));
		then = there;
		then.name = changed_to(was->name, now->name, there.name);
		then.phone = changed_to(was->phone, now->phone, there.phone);
		then.safe = changed_to(was->safe, now->safe, there.safe);
		if (was->born != now->born)
			then.born = now->born;
		if (strcmp(was->address, now->address) != 0 ||
		        strcmp(was->postcode, now->postcode) != 0) {
			then.address = now->address;
			then.postcode = now->postcode;
		}
		TRY(party_write(r, other[i], kase, &there, &then, ret_changed));
	}
	return ERR_OK;
}

enum err cmd_party_change(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	const struct party_words *p = &c->u.party.who;
	struct record_viewer v;
	struct party_now was, now;
	struct arena a;
	char postcode[16];
	bool changed = false;
	d->id = c->u.party.party;
	arena_init(&a, 1u << 20);
	enum err e = party_read(r, &a, d->id, &d->case_id, &was);
	if (e == ERR_NOT_FOUND)
		e = why(w, e, "There is no such person.");
	if (!e)
		e = check_case_full(r, d->case_id, &v, w);
	if (!e) {
		struct party_words full = *p;
		tidy_postcode(or_empty(p->postcode), postcode);
		now = (struct party_now){.role = p->role && *p->role ? p->role : was.role,
		        .name = !p->name   ? was.name
		                : *p->name ? p->name
		                           : "Unknown",
		        .address = p->address ? p->address : was.address,
		        .postcode = p->postcode ? postcode : was.postcode,
		        .phone = p->phone ? p->phone : was.phone,
		        .safe = p->safe_contact ? p->safe_contact : was.safe,
		        .born = p->born};
		full.role = now.role;
		full.name = now.name;
		e = check_party(r, &full, w);
	}
	if (!e)
		e = party_write(r, d->id, d->case_id, &was, &now, &changed);
	if (!e && c->u.party.everywhere)
		e = party_everywhere(r, &a, &v, d->id, &was, &now, &changed);
	if (!e && !changed)
		e = why(w, ERR_REFUSED, "Nothing is different. Change something, or leave it.");
	if (!e)
		snprintf(d->text, sizeof(d->text),
		        "Details changed; what they were stays in the record.");
	arena_finish(&a);
	return e;
}

/* ---- cases ---- */

/* The next number of the year. One may be missing: an import or a case taken back had it. */
static enum err next_ref(struct record *r, int32_t received, char out[REF_MAX])
{
	char from[REF_MAX], to[REF_MAX];
	int y, m, d;
	int64_t last;
	day_to_ymd(received, &y, &m, &d);
	snprintf(from, sizeof(from), "C-%04d-", y);
	snprintf(to, sizeof(to), "C-%04d.", y);
	TRY(sql_one_int(r, &last,
	        "SELECT coalesce(max(CAST(substr(ref, 8) AS INTEGER)), 0) FROM kase WHERE ref >= "
	        "?1 AND ref < ?2",
	        "tt", from, to));
	snprintf(out, REF_MAX, "C-%04d-%04d", y, (int)last + 1);
	return ERR_OK;
}

static enum err name_agencies(
        struct record *r, const struct command *c, int64_t kase, struct why *w)
{
	if (c->u.kase.restriction == RESTRICTION_NORMAL)
		return ERR_OK;
	if (c->u.kase.n_named == 0)
		return why(w, ERR_INPUT, "Name the agencies that may see it.");
	for (size_t i = 0; i < c->u.kase.n_named; i++)
		TRY(sql_run(r, "INSERT OR IGNORE INTO kase_agency(kase, agency) VALUES(?,?)", "ii",
		        kase, c->u.kase.named[i]));
	return ERR_OK;
}

static enum err check_kase(struct record *r, const struct command *c, struct why *w)
{
	char when[TIME_TEXT_MAX];
	int64_t there;
	TRY(check_words(c->u.kase.ref, REF_MAX - 1, true, "The reference", w));
	TRY(check_words(c->u.kase.strand, NAME_MAX_BYTES, false, "The strand", w));
	TRY(check_words(c->u.kase.reason, WORDS_MAX, false, "The reason for the referral", w));
	if (c->u.kase.received == DAY_NONE || c->u.kase.received > time_today())
		return why(w, ERR_INPUT, "Give the day it was received, up to today, %s.",
		        day_text(when, time_today(), DAY_MONTH));
	if ((unsigned)c->u.kase.restriction >= RESTRICTION_COUNT)
		return why(w, ERR_INPUT, "Say who may see the case.");
	if (c->u.kase.n_named > SHARE_NAMED_MAX)
		return why(w, ERR_LIMIT, "Name at most %d agencies.", SHARE_NAMED_MAX);
	TRY(sql_one_int(
	        r, &there, "SELECT count(*) FROM agency WHERE id = ?", "i", c->u.kase.referred_by));
	if (!there)
		return why(w, ERR_INPUT, "Say which agency refers it.");
	return ERR_OK;
}

static enum err case_insert(struct record *r, const struct command *c, const struct forum_row *f,
        struct done *d, struct why *w)
{
	uint8_t uid[16];
	char ref[REF_MAX];
	struct record_viewer v;
	struct practice_limit open = {.level = RESTRICTION_NORMAL};
	int64_t party;
	uid_make(uid);
	TRY(record_viewer_room(r, 0, &v));
	struct practice_room room = {.present = v.present, .n = v.n, .anonymised = v.anonymised};
	if (v.blind || practice_sight(&room, &open) < SIGHT_FULL)
		return why(w, ERR_DENIED,
		        "People are before the panel who see cases without names. A case is "
		        "entered when they have left.");
	TRY(check_kase(r, c, w));
	if (c->u.kase.ref && *c->u.kase.ref)
		snprintf(ref, sizeof(ref), "%s", c->u.kase.ref);
	else
		TRY(next_ref(r, c->u.kase.received, ref));
	/* an id that was taken back is not given again: the audit log still names it */
	TRY(sql_one_int(r, &d->case_id,
	        "SELECT max(coalesce((SELECT max(id) FROM kase), 0), coalesce((SELECT max(kase) "
	        "FROM audit), 0)) + 1",
	        ""));
	enum err e = sql_run(r,
	        "INSERT INTO kase(id, uid, ref, forum, strand, received, referred_by, reason, "
	        "restriction) VALUES(?,?,?,?,?,?,?,?,?)",
	        "ibtitditi", d->case_id, UID_ARG, ref, f->id, c->u.kase.strand, c->u.kase.received,
	        c->u.kase.referred_by, c->u.kase.reason, (int64_t)c->u.kase.restriction);
	if (e == ERR_EXISTS)
		return why(w, e, "%s is the reference of a case already.", ref);
	TRY(e);
	d->id = d->case_id;
	TRY(name_agencies(r, c, d->case_id, w));
	if (check_case_full(r, d->case_id, &v, NULL))
		return why(w, ERR_REFUSED,
		        "This room would not see the case it enters. Name the agencies of all who "
		        "are here.");
	TRY(clocks_start(
	        r, d->case_id, f->type, "referral", time_from_day(c->u.kase.received, 0, 0)));
	if (c->u.kase.first)
		TRY(party_insert(r, &v, d->case_id, c->u.kase.first, &party, w));
	snprintf(d->text, sizeof(d->text), "Case %s is entered.", ref);
	return ERR_OK;
}

enum err cmd_case_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct forum_row f;
	struct arena a;
	arena_init(&a, 1u << 18);
	enum err e = record_forum(r, &a, c->u.kase.forum, &f);
	if (e == ERR_NOT_FOUND)
		e = why(w, e, "There is no such group.");
	if (!e && (!f.type || f.type->anonymised))
		e = why(w, ERR_REFUSED,
		        "This group has no cases with names. Choose another group.");
	if (!e)
		e = case_insert(r, c, &f, d, w);
	arena_finish(&a);
	return e;
}

/* ---- relationships ---- */

static enum err party_in(struct record *r, int64_t party, int64_t case_id, struct why *w)
{
	int64_t kase = 0;
	enum err e = sql_one_int(r, &kase, "SELECT kase FROM party WHERE id = ?", "i", party);
	if (e && e != ERR_NOT_FOUND)
		return e;
	return kase == case_id ? ERR_OK : why(w, ERR_INPUT, "That person is not in this case.");
}

/* The same relationship, told from either end. */
static enum err related(
        struct record *r, const struct practice_entry *as, int64_t party, int64_t other, bool *ret)
{
	struct sql q;
	struct arena a;
	arena_init(&a, 1u << 16);
	*ret = false;
	sql_query(r, &q,
	        "SELECT party, kind FROM relation WHERE party = ?1 AND other = ?2 UNION ALL SELECT "
	        "party, kind FROM relation WHERE party = ?2 AND other = ?1",
	        "ii", party, other);
	while (sql_step(&q)) {
		const struct practice_entry *e =
		        practice_entry(r->practice, "relation", sql_text(&q, 1, &a));
		if (e)
			*ret |= strcmp(sql_int(&q, 0) == party ? e->label : e->detail, as->label) ==
			        0;
	}
	arena_finish(&a);
	return sql_end(&q);
}

enum err cmd_relation_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	bool there;
	d->case_id = c->u.relation.case_id;
	TRY(check_case_full(r, d->case_id, &v, w));
	TRY(check_entry(r, "relation", c->u.relation.relation, false, "How they are related", w));
	TRY(party_in(r, c->u.relation.party, d->case_id, w));
	TRY(party_in(r, c->u.relation.other, d->case_id, w));
	if (c->u.relation.party == c->u.relation.other)
		return why(w, ERR_INPUT, "Choose two different people.");
	const struct practice_entry *e =
	        practice_entry(r->practice, "relation", c->u.relation.relation);
	TRY(related(r, e, c->u.relation.party, c->u.relation.other, &there));
	if (there)
		return why(w, ERR_EXISTS, "That is recorded already.");
	TRY(sql_insert(r, &d->id, "INSERT INTO relation(kase, party, kind, other) VALUES(?,?,?,?)",
	        "iiti", d->case_id, c->u.relation.party, c->u.relation.relation,
	        c->u.relation.other));
	snprintf(d->text, sizeof(d->text), "Recorded: %.100s.", e->label);
	return ERR_OK;
}

/* ---- incidents ---- */

enum err cmd_incident_add(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	char when[TIME_TEXT_MAX];
	int64_t there;
	uint8_t uid[16];
	uid_make(uid);
	d->case_id = c->u.incident.case_id;
	TRY(check_case_full(r, d->case_id, &v, w));
	TRY(check_entry(
	        r, "incident-kind", c->u.incident.incident_kind, false, "What kind it was", w));
	TRY(check_words(c->u.incident.what, WORDS_MAX, false, "What happened", w));
	if (c->u.incident.day == DAY_NONE || c->u.incident.day > time_today())
		return why(w, ERR_INPUT, "Give the day it happened, up to today, %s.",
		        day_text(when, time_today(), DAY_MONTH));
	TRY(sql_one_int(r, &there,
	        "SELECT count(*) FROM incident WHERE kase = ? AND day = ? AND kind = ? AND what = "
	        "? AND reported_to IS ?",
	        "idttz", d->case_id, c->u.incident.day, c->u.incident.incident_kind,
	        c->u.incident.what, c->u.incident.reported_to));
	if (there)
		return why(w, ERR_EXISTS, "That incident is in this case already.");
	/* after those of the referral file: see import.c */
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO incident(uid, kase, day, kind, reported_to, what, qualifying, "
	        "position) VALUES(?1,?2,?3,?4,?5,?6,?7,(SELECT max(100000, coalesce(max(position), "
	        "0) + 1) FROM incident WHERE kase = ?2))",
	        "bidtzti", UID_ARG, d->case_id, c->u.incident.day, c->u.incident.incident_kind,
	        c->u.incident.reported_to, c->u.incident.what, (int64_t)c->u.incident.qualifying));
	snprintf(d->text, sizeof(d->text), "Incident of %s kept.",
	        day_text(when, c->u.incident.day, DAY_MONTH));
	return ERR_OK;
}

enum err cmd_incident_same(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	struct sql q;
	int64_t of = 0, first = 0, second_of = 0;
	d->id = c->u.same.incident;
	enum err e =
	        sql_one_int(r, &d->case_id, "SELECT kase FROM incident WHERE id = ?", "i", d->id);
	if (e)
		return e == ERR_NOT_FOUND ? why(w, e, "There is no such incident.") : e;
	TRY(check_case_full(r, d->case_id, &v, w));
	if (!c->u.same.same_as) {
		TRY(sql_run(r, "UPDATE incident SET same_as = NULL WHERE id = ?", "i", d->id));
		snprintf(d->text, sizeof(d->text), "They are two events again, each counted.");
		return ERR_OK;
	}
	sql_query(r, &q, "SELECT kase, coalesce(same_as, id) FROM incident WHERE id = ?", "i",
	        c->u.same.same_as);
	if (sql_step(&q)) {
		of = sql_int(&q, 0);
		first = sql_int(&q, 1);
	}
	TRY(sql_end(&q));
	if (of != d->case_id || first == d->id)
		return why(w, ERR_INPUT, "Choose two reports of this case.");
	TRY(sql_one_int(
	        r, &second_of, "SELECT count(*) FROM incident WHERE same_as = ?", "i", d->id));
	if (second_of) /* the others of the event go with it */
		TRY(sql_run(r, "UPDATE incident SET same_as = ? WHERE same_as = ?", "ii", first,
		        d->id));
	TRY(sql_run(r, "UPDATE incident SET same_as = ? WHERE id = ?", "ii", first, d->id));
	snprintf(d->text, sizeof(d->text), "One event, told to both; it counts once.");
	return ERR_OK;
}
