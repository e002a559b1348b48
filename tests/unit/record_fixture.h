#ifndef TESTS_RECORD_FIXTURE_H
#define TESTS_RECORD_FIXTURE_H
/*
 * What the tests and benchmarks of record share: a store with the embedded sample partnership, a
 * planned meeting of safer-estates on 19 November 2026 at 14:00, and the clock pinned ten minutes
 * before. Whatever must work before a test begins ends the program when it does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "record/record_int.h"
#include "vault/vault_int.h"

#define FIX __attribute__((unused)) static
#define FIX_MUST(x)                                                                                \
	do {                                                                                       \
		enum err must_ = (x);                                                              \
		if (must_) {                                                                       \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #x,                 \
			        err_text(must_));                                                  \
			exit(2);                                                                   \
		}                                                                                  \
	} while (0)

struct fix {
	char dir[256];
	struct vault_secret *secret;
	struct practice *p;
	struct vault *v;
	struct record *r;
	struct arena a;
	struct why why;
	int64_t forum, meeting;
	int32_t day;
};

static const struct vault_cost fix_cost = {8, 1};

FIX void fix_clock(const char *when)
{
	int64_t us;
	FIX_MUST(time_parse(when, &us));
	time_pin_us(us);
}

FIX void fix_close(struct fix *f)
{
	record_close(f->r);
	vault_close(f->v);
	f->r = NULL;
	f->v = NULL;
}

FIX void fix_finish(struct fix *f)
{
	fix_close(f);
	practice_destroy(f->p);
	vault_secret_destroy(f->secret);
	arena_finish(&f->a);
}

FIX enum err fix_try_open(struct fix *f)
{
	enum err e = vault_open(f->dir, NULL, f->secret, &f->v, &f->why);
	return e ? e : record_open(f->v, f->p, &f->r, &f->why);
}

/* The same store, closed and opened again. */
FIX void fix_again(struct fix *f)
{
	fix_close(f);
	FIX_MUST(fix_try_open(f));
}

/* An empty store in `dir`. */
FIX void fix_empty(struct fix *f, const char *dir)
{
	*f = (struct fix){0};
	setenv("TZ", "Europe/London", 1);
	time_start();
	fix_clock("2026-11-19T13:50");
	vault_cost_floor_for_tests(fix_cost.memory_kib, fix_cost.passes);
	snprintf(f->dir, sizeof(f->dir), "%s/store", dir);
	FIX_MUST(vault_secret_create(VAULT_PASSPHRASE_MAX, &f->secret));
	f->secret->len = (size_t)snprintf(
	        f->secret->text, f->secret->cap, "harbour lantern copper meadow seven");
	FIX_MUST(practice_load_assets(&f->p, &f->why));
	FIX_MUST(vault_create(f->dir, "Police, inspector", f->secret, &fix_cost, &f->v, &f->why));
	FIX_MUST(record_open(f->v, f->p, &f->r, &f->why));
}

FIX void fix_bad(void *ctx, size_t line, const char *column, const char *value, const char *reason)
{
	(void)ctx;
	fprintf(stderr, "line %zu, %s \"%s\": %s\n", line, column, value, reason);
}

FIX void fix_import(struct fix *f, const char *kind)
{
	char name[64];
	size_t rows;
	snprintf(name, sizeof(name), "sample/%s.csv", kind);
	const struct asset *x = asset_find(name);
	if (!x)
		FIX_MUST(ERR_NOT_FOUND);
	FIX_MUST(record_import(f->r, kind, x->data, x->len, fix_bad, NULL, NULL, &rows, &f->why));
}

FIX int64_t fix_int(struct fix *f, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(f->r->db, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(f->r->db));
		exit(2);
	}
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

FIX int64_t fix_of(struct fix *f, const char *fmt, const char *arg)
{
	char *sql = sqlite3_mprintf(fmt, arg, f->meeting);
	int64_t n = fix_int(f, sql);
	sqlite3_free(sql);
	return n;
}

FIX void fix_sql(struct fix *f, const char *sql)
{
	if (sqlite3_exec(f->r->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(f->r->db));
		exit(2);
	}
}

FIX int64_t fix_agency(struct fix *f, const char *code)
{
	return fix_of(f, "SELECT id FROM agency WHERE code = %Q", code);
}
FIX int64_t fix_case(struct fix *f, const char *ref)
{
	return fix_of(f, "SELECT id FROM kase WHERE ref = %Q", ref);
}
FIX int64_t fix_person(struct fix *f, const char *name)
{
	return fix_of(f, "SELECT id FROM person WHERE name = %Q ORDER BY id LIMIT 1", name);
}
/* The agency's own seat at the meeting. */
FIX int64_t fix_seat(struct fix *f, const char *code)
{
	return fix_of(f,
	        "SELECT s.id FROM seat s JOIN agency g ON g.id = s.agency WHERE g.code = %Q AND "
	        "s.meeting = %lld"
	        " AND s.guest = 0 ORDER BY s.id DESC LIMIT 1",
	        code);
}
/* The item of a case ("C-2026-0118"), or of a kind ("other"). */
FIX int64_t fix_item(struct fix *f, const char *ref)
{
	for (int k = 0; k < AGENDA_KIND_COUNT; k++) {
		char sql[160];
		if (strcmp(agenda_kind_name((enum agenda_kind)k), ref) != 0)
			continue;
		snprintf(sql, sizeof(sql), "SELECT id FROM item WHERE kind = %d AND meeting = %lld",
		        k, (long long)f->meeting);
		return fix_int(f, sql);
	}
	return fix_of(f,
	        "SELECT i.id FROM item i JOIN kase k ON k.id = i.kase WHERE k.ref = %Q AND "
	        "i.meeting = %lld"
	        " AND i.state <> 4",
	        ref);
}

FIX enum err fix_do(struct fix *f, const struct command *c, int64_t *ret_id)
{
	return record_do(f->r, c, ret_id, &f->why);
}

#define FIX_CMD(k, ...)                                                                            \
	&(struct command)                                                                          \
	{                                                                                          \
		.kind = (k), .u = { __VA_ARGS__ }                                                  \
	}

FIX enum err fix_state(struct fix *f, enum meeting_state to)
{
	return fix_do(
	        f, FIX_CMD(CMD_MEETING_STATE, .state = {.meeting = f->meeting, .to = to}), NULL);
}
FIX enum err fix_at_seat(struct fix *f, enum command_kind k, const char *code)
{
	return fix_do(f, FIX_CMD(k, .at_seat = {.seat = fix_seat(f, code)}), NULL);
}
FIX enum err fix_at_item(struct fix *f, enum command_kind k, const char *ref)
{
	return fix_do(f, FIX_CMD(k, .item = {.item = fix_item(f, ref)}), NULL);
}

FIX int64_t fix_plan(struct fix *f, const char *forum, const char *day)
{
	int64_t id = 0;
	int32_t d;
	FIX_MUST(day_parse(day, &d));
	FIX_MUST(fix_do(f,
	        FIX_CMD(CMD_MEETING_PLAN,
	                .plan = {.forum = fix_of(f, "SELECT id FROM forum WHERE code = %Q", forum),
	                        .day = d,
	                        .hour = 14,
	                        .venue = "Room 2, Example House"}),
	        &id));
	return id;
}

/* The sample partnership; the opener is Morgan Example of the police. */
FIX void fix_sample(struct fix *f, const char *dir)
{
	static const char *const KIND[] = {"forums", "members", "agencies", "people", "referrals",
	        "incidents", "measures", "plan", "projects", "standards", "agreements",
	        "signatures"};
	fix_empty(f, dir);
	FIX_MUST(fix_do(f, FIX_CMD(CMD_PARTNERSHIP, .partnership = {"Quexham", true}), NULL));
	for (size_t i = 0; i < COUNT_OF(KIND); i++)
		fix_import(f, KIND[i]);
	FIX_MUST(fix_do(f,
	        FIX_CMD(CMD_PERSON_SLOT, .slot = {.person = fix_person(f, "Morgan Example"),
	                                         .slot = vault_opener(f->v)->id}),
	        NULL));
	f->forum = fix_of(f, "SELECT id FROM forum WHERE code = %Q", "safer-estates");
	f->meeting = fix_plan(f, "safer-estates", "2026-11-19");
	FIX_MUST(day_parse("2026-11-19", &f->day));
}

static const char *const fix_core[] = {"victims", "police", "council", "landlord", "probation",
        "adult-care", "mental-health", "fire", "drug-alcohol"};

/* Every core agency signed, victim services in the chair, the council takes the minutes, the
 * meeting in session. */
FIX void fix_session(struct fix *f)
{
	FIX_MUST(fix_state(f, MEETING_SIGNING));
	for (size_t i = 0; i < COUNT_OF(fix_core); i++)
		FIX_MUST(fix_at_seat(f, CMD_SEAT_SIGN, fix_core[i]));
	FIX_MUST(fix_at_seat(f, CMD_SEAT_CHAIR, "victims"));
	FIX_MUST(fix_at_seat(f, CMD_SEAT_MINUTES, "council"));
	FIX_MUST(fix_state(f, MEETING_SESSION));
}
/* Those whom neither restricted case of the sample names leave: police and victim services stay. */
FIX void fix_closed_part(struct fix *f)
{
	for (size_t i = 2; i < COUNT_OF(fix_core); i++)
		FIX_MUST(fix_at_seat(f, CMD_SEAT_LEAVE, fix_core[i]));
}

/* A share in good form; the caller sets agency, item and words. */
FIX struct command fix_share(int64_t item, int64_t agency, const char *words)
{
	struct command c = {.kind = CMD_SHARE};
	c.u.share.item = item;
	c.u.share.agency = agency;
	c.u.share.words = words;
	c.u.share.source = "own-record";
	c.u.share.source_day = DAY_NONE;
	c.u.share.purpose = "prevent-crime";
	c.u.share.gateway = "cda-115";
	c.u.share.article6 = "6-1-e";
	c.u.share.article9 = "none";
	c.u.share.article10 = "sch1-10";
	c.u.share.necessity = "judge-risk";
	c.u.share.consent = "not-the-basis";
	c.u.share.handling = "room";
	return c;
}

/*
 * Every row of every table as text; audit only when asked for, drafts and the search index's shadow
 * tables never. The caller frees it with sqlite3_free.
 */
FIX char *fix_dump(struct fix *f, bool audit)
{
	sqlite3_str *out = sqlite3_str_new(f->r->db);
	sqlite3_stmt *t = NULL;
	sqlite3_prepare_v2(f->r->db,
	        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
	        "AND name NOT LIKE 'find_%'"
	        " AND name <> 'draft' ORDER BY name",
	        -1, &t, NULL);
	while (sqlite3_step(t) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(t, 0);
		sqlite3_stmt *s = NULL;
		if (!audit && strcmp(name, "audit") == 0)
			continue;
		char *sql = sqlite3_mprintf(strcmp(name, "find") == 0
		                                    ? "SELECT rowid, body FROM \"%w\" ORDER BY 1"
		                                    : "SELECT * FROM \"%w\" ORDER BY 1, 2",
		        name);
		sqlite3_prepare_v2(f->r->db, sql, -1, &s, NULL);
		sqlite3_free(sql);
		while (sqlite3_step(s) == SQLITE_ROW) {
			sqlite3_str_appendf(out, "%s", name);
			for (int i = 0; i < sqlite3_column_count(s); i++) {
				if (sqlite3_column_type(s, i) == SQLITE_BLOB) {
					const unsigned char *b = sqlite3_column_blob(s, i);
					sqlite3_str_appendall(out, "|x");
					for (int k = 0; k < sqlite3_column_bytes(s, i); k++)
						sqlite3_str_appendf(out, "%02x", b[k]);
				} else {
					sqlite3_str_appendf(out, "|%Q", sqlite3_column_text(s, i));
				}
			}
			sqlite3_str_appendall(out, "\n");
		}
		sqlite3_finalize(s);
	}
	sqlite3_finalize(t);
	return sqlite3_str_finish(out);
}

#endif
