#include "caseroom/record_sharing.h"
#include "record_int.h"
#include <stdio.h>
#include <string.h>

/*
 * What is said at the table, with why it may be said (R24-R28): appended, never changed. A
 * correction is a new row that names the one it replaces; a decision not to share has the same
 * weight and the same place.
 */

static enum err check_speaker(struct record *r, const struct item_key *k, int64_t agency,
        int64_t *ret_person, struct why *w)
{
	struct sql q;
	bool here = false, sent = false;
	*ret_person = 0;
	sql_query(r, &q,
	        "SELECT person, signed IS NOT NULL AND left_at IS NULL AND NOT EXISTS (SELECT 1 "
	        "FROM absence x WHERE x.seat = seat.id AND x.back_at IS NULL),"
	        " information IS NOT NULL FROM seat WHERE meeting = ? AND agency = ? ORDER BY 2 "
	        "DESC",
	        "ii", k->meeting, agency);
	if (sql_step(&q)) {
		*ret_person = sql_int(&q, 0);
		here = sql_int(&q, 1);
		sent = sql_int(&q, 2);
	}
	TRY(sql_end(&q));
	if (!here && !sent)
		return why(w, ERR_REFUSED,
		        "That agency is not in the room. Let it sign, or record what it sent.");
	return ERR_OK;
}

static enum err check_ground(struct record *r, const struct command *c, struct why *w)
{
	if ((unsigned)c->u.share.what >= SHARE_KIND_COUNT ||
	        (unsigned)c->u.share.restriction >= RESTRICTION_COUNT)
		return why(w, ERR_INPUT, "Say what is shared and with whom.");
	if (c->u.share.what == SHARE_NOTHING)
		return ERR_OK;
	if (c->u.share.what == SHARE_NOT) {
		TRY(check_entry(r, "not-shared", c->u.share.reason, false,
		        "The reason for not sharing", w));
		const struct practice_entry *e =
		        practice_entry(r->practice, "not-shared", c->u.share.reason);
		return check_words(c->u.share.words, WORDS_MAX, !e->needs_words, "The reason", w);
	}
	TRY(check_words(c->u.share.words, WORDS_MAX, false, "What is said", w));
	TRY(check_words(c->u.share.source, NAME_MAX_BYTES, false, "The source", w));
	if (c->u.share.source_day != DAY_NONE && c->u.share.source_day > time_today())
		return why(w, ERR_INPUT, "Give the day of the source: today or before.");
	TRY(check_entry(r, "purpose", c->u.share.purpose, false, "The purpose", w));
	TRY(check_entry(r, "gateway", c->u.share.gateway, false, "The gateway", w));
	TRY(check_entry(
	        r, "article6", c->u.share.article6, false, "The UK GDPR Article 6 ground", w));
	TRY(check_entry(r, "article9", c->u.share.article9, true, "The Article 9 condition", w));
	TRY(check_entry(r, "article10", c->u.share.article10, true, "The Article 10 condition", w));
	TRY(check_entry(r, "necessity", c->u.share.necessity, false, "Why it is necessary", w));
	TRY(check_entry(r, "consent", c->u.share.consent, false, "The consent status", w));
	TRY(check_entry(r, "handling", c->u.share.handling, false, "The handling", w));
	/* what is said of it must be what is done with it */
	if (strcmp(c->u.share.handling, "named-only") == 0 && c->u.share.n_named == 0)
		return why(w, ERR_INPUT,
		        "It is for named agencies only. Say which, under Who may have it.");
	return ERR_OK;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static enum err share_insert(
        struct record *r, const struct command *c, struct done *d, int64_t version, struct why *w)
{
	struct item_key k;
	uint8_t uid[16];
	int64_t person, type_version, isa, about_case = -1;
	uid_make(uid);
	TRY(check_item(r, c->u.share.item, version == 1, &k, w));
	TRY(check_speaker(r, &k, c->u.share.agency, &person, w));
	TRY(check_ground(r, c, w));
	if (c->u.share.about) {
		enum err e = sql_one_int(r, &about_case, "SELECT kase FROM party WHERE id = ?", "i",
		        c->u.share.about);
		if (e && e != ERR_NOT_FOUND)
			return e;
		if (about_case != k.case_id)
			return why(w, ERR_INPUT, "That person is not in this case.");
	}
	if (c->u.share.authorised) {
		int64_t from = 0;
		enum err e =
		        sql_one_int(r, &from, "SELECT coalesce(agency, 0) FROM person WHERE id = ?",
		                "i", c->u.share.authorised);
		if (e && e != ERR_NOT_FOUND)
			return e;
		if (from != c->u.share.agency)
			return why(w, ERR_INPUT,
			        "Who authorised it is somebody of the agency that says it.");
	}
	if (c->u.share.n_named > SHARE_NAMED_MAX)
		return why(w, ERR_LIMIT, "Name at most %d agencies.", SHARE_NAMED_MAX);
	if (c->u.share.restriction != RESTRICTION_NORMAL && c->u.share.n_named == 0)
		return why(w, ERR_INPUT, "Name the agencies that may have it.");
	TRY(sql_one_int(
	        r, &type_version, "SELECT type_version FROM meeting WHERE id = ?", "i", k.meeting));
	TRY(isa_in_force(r, &isa));
	/* what was not checked is not stored: grounds belong to what is shared, a reason to what is
	 * not */
	bool words = c->u.share.what == SHARE_WORDS, not = c->u.share.what == SHARE_NOT;
#define GROUND(x) (words ? or_empty(c->u.share.x) : "")
	TRY(sql_insert(r, &d->id,
	        "INSERT INTO share(uid, item, kase, agency, person, what, about, words, opinion, "
	        "source, source_day, purpose, gateway, article6, article9,"
	        " article10, necessity, consent, handling, reason, restriction, type_version, "
	        "said, version, replaces, authorised, agreement)"
	        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	        "bizizizti"
	        "td"
	        "tttttttt"
	        "t"
	        "iiuizzz",
	        UID_ARG, c->u.share.item, k.case_id, c->u.share.agency, person,
	        (int64_t)c->u.share.what, c->u.share.about,
	        words || not ? or_empty(c->u.share.words) : "",
	        (int64_t)(words && c->u.share.opinion), GROUND(source),
	        words ? c->u.share.source_day : DAY_NONE, GROUND(purpose), GROUND(gateway),
	        GROUND(article6), GROUND(article9), GROUND(article10), GROUND(necessity),
	        GROUND(consent), GROUND(handling), not ? or_empty(c->u.share.reason) : "",
	        (int64_t)c->u.share.restriction, type_version, time_now_us(), version,
	        c->u.share.replaces, c->u.share.authorised, isa));
	for (size_t i = 0; i < c->u.share.n_named; i++)
		TRY(sql_run(r, "INSERT OR IGNORE INTO share_agency(share, agency) VALUES(?,?)",
		        "ii", d->id, c->u.share.named[i]));
	if (c->u.share.restriction != RESTRICTION_NORMAL) /* who said it may have it */
		TRY(sql_run(r, "INSERT OR IGNORE INTO share_agency(share, agency) VALUES(?,?)",
		        "ii", d->id, c->u.share.agency));
	TRY(sql_run(r,
	        "INSERT INTO share_heard(share, seat) SELECT ?, id FROM seat WHERE meeting = ? AND "
	        "signed IS NOT NULL AND left_at IS NULL AND NOT EXISTS (SELECT 1 FROM absence x "
	        "WHERE x.seat = seat.id AND x.back_at IS NULL)",
	        "ii", d->id, k.meeting));
	if (version == 1 && c->u.share.research_line) {
		if (c->u.share.what == SHARE_NOTHING)
			return why(w, ERR_INPUT, "A line is said, or not shared with a reason.");
		TRY(research_decided(
		        r, c->u.share.research_line, c->u.share.item, c->u.share.agency, d->id, w));
	}
	if (version == 1) /* the word has been used */
		TRY(sql_run(r, "UPDATE meeting SET word = NULL WHERE id = ? AND word = ?", "ii",
		        k.meeting, c->u.share.agency));
	d->case_id = k.case_id;
	d->meeting_id = k.meeting;
	return ERR_OK;
}

enum err cmd_share(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	static const char *const DONE[] = {
	        "What was said is kept.", "Decision not to share kept.", "Nothing to share: kept."};
	TRY(share_insert(r, c, d, 1, w));
	snprintf(d->text, sizeof(d->text), "%s", DONE[c->u.share.what]);
	return ERR_OK;
}

/* A share can be for fewer eyes than its case. */
static enum err share_sight(struct record *r, const struct record_viewer *room, int64_t share,
        enum restriction level, enum sight of_case, enum sight *ret)
{
	struct practice_limit limit = {.level = level};
	struct practice_room pr = {
	        .present = room->present, .n = room->n, .anonymised = room->anonymised};
	int64_t named[PRACTICE_MAX];
	struct sql q;
	*ret = of_case;
	if (level == RESTRICTION_NORMAL)
		return ERR_OK;
	limit.agency = named;
	sql_query(r, &q, "SELECT agency FROM share_agency WHERE share = ?", "i", share);
	while (limit.n < PRACTICE_MAX && sql_step(&q))
		named[limit.n++] = sql_int(&q, 0);
	TRY(sql_end(&q));
	enum sight s = practice_sight(&pr, &limit);
	*ret = s < of_case ? s : of_case;
	return ERR_OK;
}

/* A correction of the words alone: everything else is as the entry it replaces has it. */
static enum err words_only(
        struct record *r, struct arena *a, const struct command *c, struct command *ret)
{
	struct sql q;
	*ret = *c;
	sql_query(r, &q,
	        "SELECT about, opinion, source, source_day, purpose, gateway, article6, article9, "
	        "article10, necessity, consent, handling, restriction, authorised"
	        " FROM share WHERE id = ?",
	        "i", c->u.share.replaces);
	if (sql_step(&q)) {
		ret->u.share.about = sql_int(&q, 0);
		ret->u.share.opinion = sql_int(&q, 1);
		ret->u.share.source = sql_text(&q, 2, a);
		ret->u.share.source_day = sql_day(&q, 3);
		ret->u.share.purpose = sql_text(&q, 4, a);
		ret->u.share.gateway = sql_text(&q, 5, a);
		ret->u.share.article6 = sql_text(&q, 6, a);
		ret->u.share.article9 = sql_text(&q, 7, a);
		ret->u.share.article10 = sql_text(&q, 8, a);
		ret->u.share.necessity = sql_text(&q, 9, a);
		ret->u.share.consent = sql_text(&q, 10, a);
		ret->u.share.handling = sql_text(&q, 11, a);
		ret->u.share.restriction = (enum restriction)sql_int(&q, 12);
		ret->u.share.authorised = sql_int(&q, 13);
	}
	TRY(sql_end(&q));
	ret->u.share.n_named = 0;
	sql_query(
	        r, &q, "SELECT agency FROM share_agency WHERE share = ?", "i", c->u.share.replaces);
	while (ret->u.share.n_named < SHARE_NAMED_MAX && sql_step(&q))
		ret->u.share.named[ret->u.share.n_named++] = sql_int(&q, 0);
	return sql_end(&q);
}

enum err cmd_share_correct(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	int64_t version, newer = 0, agency, same = 0, level;
	struct record_viewer v, room;
	struct item_key k;
	enum sight s;
	enum err e = sql_one_int(
	        r, &version, "SELECT version FROM share WHERE id = ?", "i", c->u.share.replaces);
	if (e)
		return why(w, e, "There is no such entry to correct.");
	/* words stay in their case, and are corrected where they may be seen */
	TRY(check_item(r, c->u.share.item, false, &k, w));
	TRY(sql_one_int(r, &same,
	        "SELECT count(*) FROM share WHERE id = ? AND kase IS ? AND (kase IS NOT NULL OR "
	        "item = ?)",
	        "izi", c->u.share.replaces, k.case_id, c->u.share.item));
	if (!same)
		return why(w, ERR_REFUSED, "That entry belongs to another item. Correct it there.");
	TRY(sql_one_int(
	        r, &level, "SELECT restriction FROM share WHERE id = ?", "i", c->u.share.replaces));
	TRY(record_viewer_meeting(r, k.meeting, &v));
	TRY(viewer_room(r, &v, k.case_id, &room));
	TRY(share_sight(r, &room, c->u.share.replaces, (enum restriction)level, SIGHT_FULL, &s));
	if (s == SIGHT_NONE)
		return why(w, ERR_NOT_FOUND, "There is no such entry to correct.");
	if (s == SIGHT_HELD)
		return why(w, ERR_DENIED,
		        "That entry is held back. It opens when those it is not for have left.");
	TRY(sql_one_int(
	        r, &agency, "SELECT agency FROM share WHERE id = ?", "i", c->u.share.replaces));
	if (agency != c->u.share.agency)
		return why(w, ERR_REFUSED, "Only the agency that said it can correct it.");
	TRY(sql_one_int(r, &newer, "SELECT count(*) FROM share WHERE replaces = ?", "i",
	        c->u.share.replaces));
	if (newer)
		return why(w, ERR_EXISTS,
		        "That entry has been corrected already. Correct the newest one.");
	if (c->u.share.what == SHARE_WORDS && !c->u.share.purpose) {
		struct arena a;
		struct command full;
		arena_init(&a, 1u << 20);
		e = words_only(r, &a, c, &full);
		if (!e)
			e = share_insert(r, &full, d, version + 1, w);
		arena_finish(&a);
		TRY(e);
	} else {
		TRY(share_insert(r, c, d, version + 1, w));
	}
	snprintf(
	        d->text, sizeof(d->text), "Correction kept; the earlier words stay in the record.");
	return ERR_OK;
}

enum err record_shares(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int64_t item, struct share_row **ret, size_t *ret_n)
{
	struct sql q;
	struct record_viewer room;
	enum sight of_case = SIGHT_FULL;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	if (v->blind)
		return ERR_OK;
	if (case_id)
		TRY(record_sight(r, v, case_id, &of_case));
	else if (v->anonymised) /* of an item without a case */
		of_case = SIGHT_ANON;
	if (of_case < SIGHT_ANON)
		return ERR_OK;
	TRY(viewer_room(r, v, case_id, &room));
	sql_query(r, &q,
	        "SELECT s.id, s.agency, s.item, s.what, g.name, coalesce(p.name, ''), s.words, "
	        "s.source, s.reason, s.purpose, s.gateway, s.article6, s.article9,"
	        " s.article10, s.necessity, s.consent, s.handling, s.opinion, s.restriction, "
	        "s.version, s.said, s.source_day, coalesce(p.role, ''), s.about, coalesce(t.name, "
	        "''), "
	        "CASE WHEN n.id IS NULL THEN '' ELSE n.title || ', version ' || n.version "
	        "END, " MISTAKE_OF(
	                "share", "s.id") " FROM "
	                                 "share s JOIN agency g ON g.id = s.agency LEFT JOIN party "
	                                 "p ON p.id = s.about LEFT "
	                                 "JOIN person t ON t.id = s.authorised LEFT JOIN agreement "
	                                 "n ON n.id = s.agreement "
	                                 "WHERE "
	                                 "s.kase IS ?1 AND (?2 = 0 OR s.item = ?2) AND NOT EXISTS"
	                                 " (SELECT 1 FROM share x WHERE x.replaces = s.id) ORDER "
	                                 "BY s.said, s.id",
	        "zi", case_id, item);
	while (sql_step(&q)) {
		enum sight s;
		q.err = share_sight(
		        r, &room, sql_int(&q, 0), (enum restriction)sql_int(&q, 18), of_case, &s);
		if (q.err)
			break;
		if (s == SIGHT_NONE)
			continue;
		struct share_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct share_row){.id = sql_int(&q, 0),
		        .agency = sql_int(&q, 1),
		        .item = sql_int(&q, 2),
		        .what = (enum share_kind)sql_int(&q, 3),
		        .agency_name = sql_text(&q, 4, a),
		        .about = "",
		        .words = "",
		        .source = "",
		        .reason = "",
		        .purpose = "",
		        .gateway = "",
		        .article6 = "",
		        .article9 = "",
		        .article10 = "",
		        .necessity = "",
		        .consent = "",
		        .handling = "",
		        .authorised = "",
		        .agreement = "",
		        .mistake = mistake_words(&q, 26, a, s),
		        .opinion = sql_int(&q, 17),
		        .held = s == SIGHT_HELD,
		        .version = (int)sql_int(&q, 19),
		        .said_us = sql_us(&q, 20),
		        .source_day = DAY_NONE};
		if (s == SIGHT_HELD)
			continue;
		o->purpose = entry_label(r, "purpose", sql_text(&q, 9, a));
		o->gateway = entry_label(r, "gateway", sql_text(&q, 10, a));
		o->reason = entry_label(r, "not-shared", sql_text(&q, 8, a));
		if (s == SIGHT_ANON) { /* free text cannot be made anonymous by a rule: it is left
			                  out */
			o->about = entry_label(r, "party-role", sql_text(&q, 22, a));
			continue;
		}
		o->about = sql_text(&q, 5, a);
		o->about_party = sql_int(&q, 23);
		o->words = sql_text(&q, 6, a);
		o->source = sql_text(&q, 7, a);
		o->article6 = entry_label(r, "article6", sql_text(&q, 11, a));
		o->article9 = entry_label(r, "article9", sql_text(&q, 12, a));
		o->article10 = entry_label(r, "article10", sql_text(&q, 13, a));
		o->necessity = entry_label(r, "necessity", sql_text(&q, 14, a));
		o->consent = entry_label(r, "consent", sql_text(&q, 15, a));
		o->handling = entry_label(r, "handling", sql_text(&q, 16, a));
		o->source_day = sql_day(&q, 21);
		o->authorised = sql_text(&q, 24, a);
		o->agreement = sql_text(&q, 25, a);
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_share_heard(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t share, const char **ret)
{
	struct sql q;
	int64_t kase = 0;
	enum sight s = v->anonymised ? SIGHT_ANON : SIGHT_FULL;
	const char *all = "";
	*ret = "";
	TRY(sql_one_int(r, &kase, "SELECT coalesce(kase, 0) FROM share WHERE id = ?", "i", share));
	if (kase)
		TRY(record_sight(r, v, kase, &s));
	if (v->blind || s < SIGHT_FULL)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT coalesce(g.name, p.role, 'Guest') FROM share_heard h JOIN seat t ON t.id = "
	        "h.seat LEFT JOIN agency g ON g.id = t.agency LEFT JOIN person p ON p.id = "
	        "t.person WHERE h.share = ? GROUP BY 1 ORDER BY min(t.position)",
	        "i", share);
	while (!q.err && sql_step(&q))
		all = arena_printf(a, "%s%s%s", all, *all ? ", " : "", sql_text(&q, 0, a));
	*ret = all ? all : "";
	TRY(sql_end(&q));
	return all ? ERR_OK : ERR_NOMEM;
}
