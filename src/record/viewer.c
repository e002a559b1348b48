#include "record_int.h"
#include <string.h>

/*
 * Who looks. The rule itself is practice_sight(); this file only gathers what it asks for: the
 * people present, the case's restriction with its named agencies, the conflicts declared in it, and
 * whether the chair opened it to this room.
 */

/* In the best standing this person has anywhere; a key without a person is the coordinator's. */
static enum err opener_add(
        struct record *r, int64_t person, int64_t agency, struct record_viewer *v)
{
	int64_t standing = STANDING_CORE;
	if (person)
		TRY(sql_one_int(r, &standing,
		        "SELECT coalesce(min(standing), 0) FROM membership WHERE person = ?", "i",
		        person));
	v->present[v->n++] =
	        (struct practice_present){.agency = agency, .standing = (enum standing)standing};
	return ERR_OK;
}

enum err record_viewer_opener(struct record *r, struct record_viewer *ret)
{
	const struct vault_slot *s;
	const size_t n = vault_openers(r->vault, &s);
	if (r->auditor) { /* nobody who may see a case */
		*ret = (struct record_viewer){.blind = true};
		return ERR_OK;
	}
	*ret = (struct record_viewer){.n = 0};
	TRY(opener_add(r, r->actor, r->actor_agency, ret));
	for (size_t i = 1; i < n && i < PRACTICE_MAX; i++) {
		int64_t person, agency;
		TRY(opening_person(r, &s[i], &person, &agency));
		TRY(opener_add(r, person, agency, ret));
	}
	return ERR_OK;
}

void record_viewer_agency(int64_t agency, bool anonymised, struct record_viewer *ret)
{
	*ret = (struct record_viewer){.n = 1, .anonymised = anonymised};
	ret->present[0] = (struct practice_present){.agency = agency, .standing = STANDING_CORE};
}

enum err record_viewer_meeting(struct record *r, int64_t meeting, struct record_viewer *ret)
{
	struct sql q;
	struct arena a;
	*ret = (struct record_viewer){.meeting = meeting};
	arena_init(&a, 1u << 16);
	sql_query(r, &q, "SELECT type FROM meeting WHERE id = ?", "i", meeting);
	if (sql_step(&q)) {
		const struct practice_type *t = practice_type(r->practice, sql_text(&q, 0, &a));
		ret->anonymised =
		        !t || t->anonymised; /* a type this program does not know shows the least */
	}
	arena_finish(&a);
	TRY(sql_end(&q));
	/* absence: left for an item, and not back until somebody says so */
	sql_query(r, &q,
	        "SELECT s.id, s.agency, s.standing FROM seat s WHERE s.meeting = ? AND s.signed IS "
	        "NOT NULL"
	        " AND s.left_at IS NULL AND NOT EXISTS (SELECT 1 FROM absence x WHERE x.seat = "
	        "s.id AND x.back_at IS NULL)"
	        " ORDER BY s.position",
	        "i", meeting);
	while (sql_step(&q)) {
		if (ret->n == PRACTICE_MAX) {
			q.err = ERR_LIMIT;
			break;
		}
		ret->seat[ret->n] = sql_int(&q, 0);
		ret->present[ret->n++] = (struct practice_present){
		        .agency = sql_int(&q, 1), .standing = (enum standing)sql_int(&q, 2)};
	}
	ret->blind = ret->n == 0;
	TRY(sql_end(&q));
	sql_query(r, &q, "SELECT min(until) FROM glass WHERE meeting = ? AND until > ?", "iu",
	        meeting, time_now_us());
	if (sql_step(&q))
		ret->until_us = sql_int(&q, 0);
	return sql_end(&q);
}

#define STILL_HERE_US                                                                              \
	(24 * TIME_HOUR_US) /* a meeting that nobody closed does not hold the panel for ever */

enum err record_viewer_room(struct record *r, int64_t meeting, struct record_viewer *ret)
{
	struct sql q;
	int64_t open = 0, state = 0;
	sql_query(r, &q,
	        "SELECT m.id, m.state FROM meeting m WHERE m.state BETWEEN 1 AND 4 AND (m.id = ?1 "
	        "OR EXISTS (SELECT 1 FROM seat s WHERE s.meeting = m.id"
	        " AND s.signed >= ?2 AND s.left_at IS NULL)) ORDER BY m.id = ?1 DESC, m.state "
	        "DESC, m.starts DESC LIMIT 1",
	        "iu", meeting, time_now_us() - STILL_HERE_US);
	if (sql_step(&q)) {
		open = sql_int(&q, 0);
		state = sql_int(&q, 1);
	}
	TRY(sql_end(&q));
	if (!open)
		return record_viewer_opener(r, ret);
	TRY(record_viewer_meeting(r, open, ret));
	/* while it is open for signing, people who have not signed may stand before the panel:
	 * references, no names */
	ret->anonymised |= state == MEETING_SIGNING;
	return ERR_OK;
}

enum err viewer_room(struct record *r, const struct record_viewer *v, int64_t case_id,
        struct record_viewer *room)
{
	struct sql q;
	*room = *v;
	if (!v->meeting)
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT c.seat FROM conflict c JOIN seat s ON s.id = c.seat WHERE c.kase = ? AND "
	        "s.meeting = ? AND c.decision <> 'no-conflict'",
	        "ii", case_id, v->meeting);
	while (sql_step(&q))
		for (size_t i = 0; i < room->n; i++)
			if (room->seat[i] == sql_int(&q, 0))
				room->present[i].conflict = true;
	return sql_end(&q);
}

enum err limit_of_case(
        struct record *r, int64_t case_id, struct practice_limit *ret, int64_t named[PRACTICE_MAX])
{
	struct sql q;
	int64_t level;
	TRY(sql_one_int(r, &level, "SELECT restriction FROM kase WHERE id = ?", "i", case_id));
	*ret = (struct practice_limit){.level = (enum restriction)level, .agency = named};
	if (level == RESTRICTION_NORMAL)
		return ERR_OK;
	sql_query(r, &q, "SELECT agency FROM kase_agency WHERE kase = ?", "i", case_id);
	while (ret->n < PRACTICE_MAX && sql_step(&q))
		named[ret->n++] = sql_int(&q, 0);
	return sql_end(&q);
}

/* Opened by the chair for this meeting's room, and the time is not over; a meeting that has ended
 * has no room. */
static enum err opened(struct record *r, const struct record_viewer *v, int64_t case_id, bool *ret)
{
	int64_t n;
	*ret = false;
	if (!v->until_us)
		return ERR_OK;
	TRY(sql_one_int(r, &n,
	        "SELECT count(*) FROM glass g JOIN meeting m ON m.id = g.meeting WHERE g.kase = ? "
	        "AND "
	        "g.meeting = ? AND g.until > ? AND m.state BETWEEN 2 AND 4",
	        "iiu", case_id, v->meeting, time_now_us()));
	*ret = n > 0;
	return ERR_OK;
}

enum err record_sight(
        struct record *r, const struct record_viewer *v, int64_t case_id, enum sight *ret)
{
	struct record_viewer room;
	struct practice_limit limit;
	int64_t named[PRACTICE_MAX];
	TRY(limit_of_case(r, case_id, &limit, named));
	TRY(opened(r, v, case_id, &limit.opened));
	TRY(viewer_room(r, v, case_id, &room));
	struct practice_room pr = {
	        .present = room.present, .n = room.n, .anonymised = room.anonymised};
	*ret = practice_sight(&pr, &limit);
	return ERR_OK;
}
