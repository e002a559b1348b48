#include "record_int.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * What the people and incidents of one case give: whether it is a repeat (R19), each child against
 * each adult (R17), and reports that may be of one event.
 */

enum err cmd_repeat(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	struct record_viewer v;
	struct arena a;
	struct sql q;
	enum sight s = SIGHT_NONE;
	d->id = d->case_id = c->u.repeat.case_id;
	TRY(check_case_full(r, d->case_id, &v, w));
	if (!c->u.repeat.of_case) {
		TRY(check_words(c->u.repeat.words, WORDS_MAX, false, "Why it is no repeat", w));
		TRY(sql_run(r,
		        "UPDATE kase SET repeat = 0, repeat_of = NULL, repeat_words = ? WHERE id = "
		        "?",
		        "ti", c->u.repeat.words, d->case_id));
		snprintf(d->text, sizeof(d->text), "Kept: no repeat.");
		return ERR_OK;
	}
	enum err e = record_sight(r, &v, c->u.repeat.of_case, &s);
	if (e == ERR_NOT_FOUND || (!e && s < SIGHT_FULL) ||
	        (!e && c->u.repeat.of_case == d->case_id))
		return why(w, ERR_INPUT, "Choose the earlier case that it repeats.");
	TRY(e);
	TRY(check_words(c->u.repeat.words, WORDS_MAX, true, "The words", w));
	int64_t later;
	TRY(sql_one_int(r, &later,
	        "SELECT b.received > a.received FROM kase a, kase b WHERE a.id = ? AND b.id = ?",
	        "ii", d->case_id, c->u.repeat.of_case));
	if (later)
		return why(w, ERR_INPUT, "That case was received later. Choose an earlier one.");
	TRY(sql_run(r, "UPDATE kase SET repeat = 1, repeat_of = ?, repeat_words = ? WHERE id = ?",
	        "iti", c->u.repeat.of_case, c->u.repeat.words ? c->u.repeat.words : "",
	        d->case_id));
	arena_init(&a, 1u << 16);
	sql_query(r, &q, "SELECT ref FROM kase WHERE id = ?", "i", c->u.repeat.of_case);
	if (sql_step(&q))
		snprintf(d->text, sizeof(d->text), "Kept: a repeat of %.40s.", sql_text(&q, 0, &a));
	arena_finish(&a);
	return sql_end(&q);
}

/* ---- the proposal ---- */

#define SIDES_MAX 64

struct side_of {
	int64_t who;
	unsigned side;
	const char *name;
};

/* Known people of a case with what they are in it, each once. */
static enum err sides(struct record *r, struct arena *a, int64_t case_id,
        struct side_of side[SIDES_MAX], size_t *ret_n)
{
	struct sql q;
	*ret_n = 0;
	sql_query(r, &q,
	        "SELECT identity, role, name FROM party WHERE kase = ? AND " NOT_IN_ERROR(
	                "party", "party.id") " ORDER BY position",
	        "i", case_id);
	while (*ret_n < SIDES_MAX && sql_step(&q)) {
		unsigned s = party_side(sql_text(&q, 1, a)) & (SIDE_HARMED | SIDE_HARMING);
		int64_t who;
		if (!s)
			continue;
		q.err = identity_root(r, sql_int(&q, 0), &who);
		if (q.err)
			break;
		side[(*ret_n)++] = (struct side_of){who, s, sql_text(&q, 2, a)};
	}
	return sql_end(&q);
}

/* The pair of another case among these; false when there is none. */
static bool pair_of(const struct side_of *now, size_t n, const struct side_of *then, size_t n_then,
        struct repeat_row *ret)
{
	const struct side_of *harmed = NULL, *harming = NULL;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_then; k++) {
			if (now[i].who != then[k].who)
				continue;
			if (now[i].side & then[k].side & SIDE_HARMED && !harmed)
				harmed = &now[i];
			if (now[i].side & then[k].side & SIDE_HARMING && now + i != harmed)
				harming = &now[i];
		}
	if (!harmed || !harming)
		return false;
	ret->harmed = harmed->name;
	ret->harming = harming->name;
	return true;
}

/* The first incident after `from` that makes a repeat. */
static enum err incident_after(
        struct record *r, struct arena *a, int64_t case_id, int32_t from, struct repeat_row *ret)
{
	struct sql q;
	ret->day = DAY_NONE;
	ret->what = "";
	sql_query(r, &q,
	        "SELECT day, kind FROM incident WHERE kase = ? AND day > ? AND same_as IS NULL "
	        "AND " NOT_IN_ERROR("incident", "incident.id") " "
	                                                       "ORDER BY day LIMIT 1",
	        "id", case_id, from);
	if (sql_step(&q) && practice_is_repeat(from, sql_day(&q, 0))) {
		ret->day = sql_day(&q, 0);
		ret->what = entry_label(r, "incident-kind", sql_text(&q, 1, a));
	}
	return sql_end(&q);
}

static enum err propose(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int32_t received, struct repeat_row *ret)
{
	struct side_of now[SIDES_MAX], then[SIDES_MAX];
	size_t n, n_then;
	TRY(sides(r, a, case_id, now, &n));
	for (size_t i = 0; i < n && !ret->proposed; i++) {
		struct sql q;
		if (!(now[i].side & SIDE_HARMED))
			continue;
		/* other cases of the person who is harmed, the last referral first */
		sql_query(r, &q,
		        WHO "SELECT DISTINCT k.id, k.ref, k.received FROM who JOIN party p ON "
		            "p.identity = who.id JOIN kase k ON k.id = p.kase WHERE k.id <> ?2 AND "
		            "(k.received < ?3 OR (k.received = ?3 AND k.id < ?2)) ORDER BY "
		            "k.received DESC, k.id DESC",
		        "iid", now[i].who, case_id, received);
		while (!ret->proposed && sql_step(&q)) {
			struct repeat_row o = *ret;
			enum sight s;
			q.err = record_sight(r, v, sql_int(&q, 0), &s);
			if (q.err)
				break;
			if (s < SIGHT_FULL)
				continue;
			q.err = sides(r, a, sql_int(&q, 0), then, &n_then);
			if (q.err)
				break;
			if (!pair_of(now, n, then, n_then, &o))
				continue;
			o.of_case = sql_int(&q, 0);
			o.of_ref = sql_text(&q, 1, a);
			o.referred = sql_day(&q, 2);
			o.ends = practice_add_months(o.referred, 12);
			if (q.err)
				break;
			q.err = incident_after(r, a, case_id, o.referred, &o);
			if (q.err)
				break;
			if (o.day == DAY_NONE && practice_is_repeat(o.referred, received))
				o.day = received;
			o.proposed = o.day != DAY_NONE;
			if (!o.proposed)
				break; /* it is the last referral that counts */
			*ret = o;
		}
		TRY(sql_end(&q));
	}
	return ERR_OK;
}

enum err record_repeat(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct repeat_row *ret)
{
	struct sql q;
	enum sight s;
	int32_t received = DAY_NONE;
	*ret = (struct repeat_row){.words = "",
	        .of_ref = "",
	        .harmed = "",
	        .harming = "",
	        .what = "",
	        .referred = DAY_NONE,
	        .ends = DAY_NONE,
	        .day = DAY_NONE};
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_FULL)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT k.received, k.repeat, k.repeat_words, k.repeat_of, o.ref, o.received FROM "
	        "kase k LEFT JOIN kase o ON o.id = k.repeat_of WHERE k.id = ?",
	        "i", case_id);
	if (sql_step(&q)) {
		received = sql_day(&q, 0);
		ret->is = sql_int(&q, 1);
		ret->words = sql_text(&q, 2, a);
		ret->decided = ret->is || *ret->words;
		if (!sql_null(&q, 3)) {
			q.err = record_sight(r, v, sql_int(&q, 3), &s);
			if (!q.err && s >= SIGHT_ANON) { /* a link tells no more than its end */
				ret->of_case = sql_int(&q, 3);
				ret->of_ref = sql_text(&q, 4, a);
				ret->referred = sql_day(&q, 5);
				ret->ends = practice_add_months(ret->referred, 12);
			}
		}
	}
	TRY(sql_end(&q));
	return ret->decided ? ERR_OK : propose(r, a, v, case_id, received, ret);
}

/* ---- each child against each adult ---- */

static bool is_child(const struct party_row *p)
{
	int age = p->born == DAY_NONE ? -1 : practice_age(p->born, time_today());
	return !p->place && (p->child || (age >= 0 && age < 18));
}

static enum err child(struct record *r, struct arena *a, const struct party_row *p, size_t n,
        const struct party_row *c, struct child_row *ret)
{
	int age = c->born == DAY_NONE ? -1 : practice_age(c->born, time_today());
	*ret = (struct child_row){.party = c->id,
	        .name = age >= 0 ? arena_printf(a, "%s, %d", c->name, age) : c->name,
	        .words = "",
	        .gaps = ""};
	for (size_t i = 0; i < n; i++) {
		struct sql q;
		bool related = false;
		if (p[i].place || is_child(&p[i]))
			continue;
		sql_query(r, &q,
		        "SELECT 0, kind FROM relation WHERE party = ?1 AND other = ?2 UNION ALL "
		        "SELECT 1, kind FROM relation WHERE party = ?2 AND other = ?1",
		        "ii", c->id, p[i].id);
		while (sql_step(&q) && ret->words) {
			const struct practice_entry *e =
			        practice_entry(r->practice, "relation", sql_text(&q, 1, a));
			if (!e)
				continue;
			related = true;
			ret->words =
			        arena_printf(a, "%s%s%s %s", ret->words, *ret->words ? "; " : "",
			                sql_int(&q, 0) ? e->detail : e->label, p[i].short_name);
		}
		TRY(sql_end(&q));
		if (!related && ret->gaps)
			ret->gaps = arena_printf(a, "%s%s%s",
			        *ret->gaps ? ret->gaps : "No relation recorded to ",
			        *ret->gaps ? ", " : "", p[i].short_name);
	}
	return ret->name && ret->words && ret->gaps ? ERR_OK : ERR_NOMEM;
}

enum err record_children(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct child_row **ret, size_t *ret_n)
{
	struct party_row *p;
	size_t n_p, n = 0, cap = 0;
	void *rows = NULL;
	enum sight s;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_FULL)
		return ERR_OK;
	TRY(record_parties(r, a, v, case_id, &p, &n_p));
	for (size_t i = 0; i < n_p; i++) {
		if (!is_child(&p[i]))
			continue;
		struct child_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o)
			return ERR_NOMEM;
		TRY(child(r, a, p, n_p, &p[i], o));
	}
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}

/* ---- one event, told to two ---- */

enum err record_twins(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct twin_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	enum sight s;
	*ret = NULL;
	*ret_n = 0;
	TRY(record_sight(r, v, case_id, &s));
	if (s < SIGHT_FULL)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT i.id, o.id, i.day, i.kind, i.what, coalesce(g.name, ''), o.what, "
	        "coalesce(h.name, ''), o.same_as IS NOT NULL FROM incident i JOIN incident o ON "
	        "o.kase = i.kase AND (o.same_as = i.id OR (o.same_as IS NULL AND o.day = i.day AND "
	        "o.kind = i.kind AND o.id > i.id AND coalesce(o.reported_to, 0) <> "
	        "coalesce(i.reported_to, 0)))"
	        " LEFT JOIN agency g ON g.id = i.reported_to LEFT JOIN agency h ON h.id = "
	        "o.reported_to WHERE i.kase = ? AND i.same_as IS NULL ORDER BY i.day DESC, i.id, "
	        "o.id",
	        "i", case_id);
	while (sql_step(&q)) {
		struct twin_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct twin_row){.incident = sql_int(&q, 0),
		        .other = sql_int(&q, 1),
		        .day = sql_day(&q, 2),
		        .kind = entry_label(r, "incident-kind", sql_text(&q, 3, a)),
		        .words = sql_text(&q, 4, a),
		        .told = sql_text(&q, 5, a),
		        .other_words = sql_text(&q, 6, a),
		        .other_told = sql_text(&q, 7, a),
		        .same = sql_int(&q, 8)};
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}
