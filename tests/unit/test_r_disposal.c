#include <dirent.h>
#include <errno.h>
#include "record_fixture.h"
#include "caseroom/record_audit.h"
#include "caseroom/record_disposal.h"
#include "test.h"
#define sql_int sql_int_of_db /* record/ has one of that name */
#include "vault_help.h"
#undef sql_int

/*
 * Retention and disposal in the record (R39): what is due, who reviews it, holds, carrying out, and
 * that nothing of what went is left in any table, nor on the card for any key that is left.
 */

static struct fix f;

static struct record_viewer viewer(void)
{
	struct record_viewer v;
	FIX_MUST(record_viewer_room(f.r, 0, &v));
	return v;
}

static const struct disposal_row *find(const char *subject, int64_t id)
{
	struct record_viewer v = viewer();
	struct disposal_row *row;
	size_t n;
	arena_reset(&f.a);
	FIX_MUST(record_disposals(f.r, &f.a, &v, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(row[i].subject, subject) == 0 && row[i].id == id)
			return &row[i];
	return NULL;
}

static int32_t day(const char *iso)
{
	int32_t d;
	FIX_MUST(day_parse(iso, &d));
	return d;
}

static enum err review(const char *subject, int64_t id, const char *until, const char *words)
{
	return fix_do(&f,
	        FIX_CMD(CMD_DISPOSAL_REVIEW,
	                .dispose = {subject, id, until ? day(until) : DAY_NONE, words}),
	        NULL);
}

static enum err hold(const char *subject, int64_t id, const char *until, const char *words)
{
	return fix_do(&f,
	        FIX_CMD(CMD_HOLD, .hold = {subject, id, words, until ? day(until) : DAY_NONE}),
	        NULL);
}

static enum err lift(const char *subject, int64_t id, const char *words)
{
	return fix_do(&f, FIX_CMD(CMD_HOLD_LIFT, .hold = {subject, id, words, DAY_NONE}), NULL);
}

static enum err dispose(int64_t *ret)
{
	return fix_do(&f, FIX_CMD(CMD_DISPOSE, .hold = {NULL}), ret);
}

/* The sample with one case, referred by the landlord, closed on 19 November 2026 with an action. */
static int64_t start(void)
{
	fix_sample(&f, test_dir());
	arena_init(&f.a, 64u << 20);
	int64_t id = fix_case(&f, "C-2025-0212");
	char *sql = sqlite3_mprintf(
	        "UPDATE kase SET open = 0, closed = %d WHERE id = %lld;"
	        "INSERT INTO action(uid, ref, forum, meeting, item, kase, agency, person, what, "
	        "done_when, due, state, made) VALUES(randomblob(16), 'A-1', %lld, %lld, %lld, "
	        "%lld, "
	        "%lld, %lld, 'w', 'd', 1, 2, 1)",
	        f.day, (long long)id, (long long)f.forum, (long long)f.meeting,
	        (long long)fix_item(&f, "C-2025-0212"), (long long)id,
	        (long long)fix_agency(&f, "police"), (long long)fix_person(&f, "Morgan Example"));
	fix_sql(&f, sql);
	sqlite3_free(sql);
	return id;
}

static void r39_a_case_is_due_when_its_period_is_over(void)
{
	int64_t id = start();
	struct record_viewer v;
	size_t n;
	CHECK(!find("case", id));
	fix_clock("2029-11-18T12:00");
	CHECK(!find("case", id));
	CHECK_ERR(review("case", id, NULL, ""), ERR_REFUSED);
	CHECK(strstr(f.why.text, "not due before 19 November 2029"));
	fix_clock("2029-11-19T12:00");
	const struct disposal_row *d = find("case", id);
	CHECK(d && d->state == DISPOSAL_DUE && d->may);
	CHECK_STR(d->name, "C-2025-0212, Neighbour ASB");
	CHECK_STR(d->period, "3 years after closing");
	CHECK(strstr(d->source, "Tewkesbury"));
	v = viewer();
	FIX_MUST(record_disposals_waiting(f.r, &f.a, &v, &n));
	CHECK(n == 1);
	/* one without any action is due sooner, a reviewed one by the review's own rule */
	fix_sql(&f, "DELETE FROM action WHERE ref = 'A-1'");
	fix_clock("2027-11-19T12:00");
	CHECK(find("case", id) && find("case", id)->due == day("2027-11-19"));
	fix_sql(&f,
	        "INSERT INTO review(kase, applied, applicant, words) SELECT id, 1, 'a', 'w' FROM "
	        "kase WHERE ref = 'C-2025-0212';"
	        "INSERT INTO review_step(uid, kase, what, words, day, at) SELECT "
	        "randomblob(16), id, 'appeal', 'w', 21000, 1 FROM kase WHERE ref = "
	        "'C-2025-0212'");
	CHECK(!find("case", id));
	fix_clock("2040-11-19T12:00");
	d = find("case", id);
	CHECK(d && d->from == 21000 && strcmp(d->rule, "review") == 0);
	/* opened again: it is kept */
	fix_sql(&f, "UPDATE kase SET open = 1, closed = NULL WHERE ref = 'C-2025-0212'");
	CHECK(!find("case", id));
	fix_finish(&f);
}

static void r39_a_hold_keeps_it_until_somebody_lifts_it(void)
{
	int64_t id = start();
	fix_clock("2029-11-19T12:00");
	CHECK_ERR(hold("case", id, "2029-11-19", "Court"), ERR_INPUT);
	CHECK_ERR(hold("case", id, "2030-01-01", ""), ERR_INPUT);
	CHECK_ERR(hold("case", 999999, "2030-01-01", "Court"), ERR_NOT_FOUND);
	FIX_MUST(review("case", id, NULL, ""));
	FIX_MUST(hold("case", id, "2030-01-01", "A claim is before the county court."));
	CHECK_ERR(hold("case", id, "2030-01-01", "Again"), ERR_EXISTS);
	const struct disposal_row *d = find("case", id);
	CHECK(d && d->state == DISPOSAL_HELD && d->hold_review == day("2030-01-01"));
	CHECK_STR(d->hold_words, "A claim is before the county court.");
	CHECK_STR(d->holder, "Police, Inspector");
	CHECK_ERR(dispose(NULL), ERR_NOT_FOUND);
	fix_clock("2035-01-01T12:00");
	CHECK(find("case", id)->state == DISPOSAL_HOLD_OVER);
	CHECK_ERR(dispose(NULL), ERR_NOT_FOUND);
	CHECK_ERR(review("case", id, NULL, ""), ERR_REFUSED);
	CHECK_ERR(lift("case", id, ""), ERR_INPUT);
	FIX_MUST(lift("case", id, "The claim was settled."));
	CHECK_ERR(lift("case", id, "Twice"), ERR_NOT_FOUND);
	CHECK(find("case", id)->state == DISPOSAL_REVIEWED);
	/* an open case can be held before anything is due */
	int64_t other = fix_case(&f, "C-2026-0118");
	FIX_MUST(hold("case", other, "2036-01-01", "A request under Article 15 is open."));
	CHECK(find("case", other)->state == DISPOSAL_HELD);
	FIX_MUST(lift("case", other, "Answered."));
	CHECK(!find("case", other));
	fix_finish(&f);
}

static void r39_a_hold_needs_no_day(void)
{
	char text[DISPOSAL_TEXT_MAX];
	int64_t id = start();
	fix_clock("2029-11-19T12:00");
	FIX_MUST(hold("case", id, NULL, "A claim is before the county court."));
	const struct disposal_row *d = find("case", id);
	CHECK(d && d->held && d->state == DISPOSAL_HELD && d->hold_review == DAY_NONE);
	CHECK_STR(disposal_hold_text(d, text), "until it is lifted");
	CHECK_STR(disposal_due_text(d, text), "due since 19 November 2029");
	CHECK_ERR(hold("case", id, "2030-01-01", "Again"), ERR_EXISTS);
	CHECK_STR(f.why.text, "It is held already, until it is lifted.");
	fix_clock("2049-11-19T12:00");
	CHECK(find("case", id)->state == DISPOSAL_HELD);
	FIX_MUST(lift("case", id, "Settled."));
	CHECK(find("case", id)->state == DISPOSAL_DUE);
	/* the words for a day that is over, and for one to come */
	FIX_MUST(hold("case", id, "2050-01-01", "Another claim."));
	CHECK_STR(disposal_hold_text(find("case", id), text),
	        "to be looked at again on 1 January 2050");
	fix_clock("2050-01-01T12:00");
	CHECK_STR(disposal_hold_text(find("case", id), text),
	        "to be looked at again since 1 January 2050");
	fix_clock("2029-01-01T12:00");
	CHECK_STR(disposal_due_text(find("case", id), text), "due on 19 November 2029");
	fix_finish(&f);
}

static void r39_a_meeting_is_held_while_its_cases_are_there(void)
{
	char text[DISPOSAL_TEXT_MAX];
	start();
	/* over long since, and all its cases still there */
	fix_sql(&f, "UPDATE meeting SET state = 6, ended = starts + 3600000000");
	fix_clock("2040-11-19T12:00");
	FIX_MUST(hold("meeting", f.meeting, NULL, "An inquiry asked for it."));
	const struct disposal_row *d = find("meeting", f.meeting);
	CHECK(d && d->state == DISPOSAL_HELD);
	CHECK_STR(disposal_due_text(d, text), "not due yet");
	CHECK_ERR(review("meeting", f.meeting, NULL, ""), ERR_REFUSED);
	FIX_MUST(lift("meeting", f.meeting, "The inquiry is over."));
	CHECK(!find("meeting", f.meeting));
	CHECK_ERR(review("meeting", f.meeting, NULL, ""), ERR_REFUSED);
	CHECK(strstr(f.why.text, "not due"));
	/* what cannot be held says what can */
	CHECK_ERR(hold("papers", f.meeting, NULL, "Why"), ERR_NOT_FOUND);
	CHECK(strstr(f.why.text, "It can be a case, a meeting"));
	fix_finish(&f);
}

static void r39_a_reviewer_keeps_it_longer_with_a_reason(void)
{
	int64_t id = start();
	fix_clock("2029-11-19T12:00");
	CHECK_ERR(review("case", id, "2030-11-19", ""), ERR_INPUT);
	CHECK_ERR(review("case", id, "2029-11-19", "Why"), ERR_INPUT);
	CHECK_ERR(review("case", id, "2060-01-01", "Why"), ERR_INPUT);
	FIX_MUST(review("case", id, "2030-11-19", "The same address is in an open case."));
	/* it stays on the list, with who said so, until when and why, and waits for nobody */
	const struct disposal_row *d = find("case", id);
	CHECK(d && d->state == DISPOSAL_KEPT && d->keep_until == day("2030-11-19"));
	CHECK_STR(d->reviewer, "Police, Inspector");
	CHECK_STR(d->review_words, "The same address is in an open case.");
	struct record_viewer v = viewer();
	size_t waiting;
	FIX_MUST(record_disposals_waiting(f.r, &f.a, &v, &waiting));
	CHECK(waiting == 0);
	CHECK_ERR(dispose(NULL), ERR_NOT_FOUND);
	/* kept to another day instead, or to go after all: what was said last stands */
	FIX_MUST(review("case", id, "2031-11-19", "The other case is put off."));
	CHECK(find("case", id)->keep_until == day("2031-11-19"));
	FIX_MUST(review("case", id, NULL, ""));
	CHECK(find("case", id)->state == DISPOSAL_REVIEWED);
	FIX_MUST(review("case", id, "2030-11-19", "The same address is in an open case."));
	CHECK(find("case", id)->state == DISPOSAL_KEPT);
	fix_clock("2030-11-19T12:00");
	CHECK(find("case", id)->state == DISPOSAL_DUE);
	FIX_MUST(review("case", id, NULL, ""));
	CHECK(find("case", id)->state == DISPOSAL_REVIEWED);
	CHECK_STR(find("case", id)->reviewer, "Police, Inspector");
	/* taken back within ten seconds, as nothing was deleted */
	FIX_MUST(record_undo(f.r, &f.why));
	CHECK(find("case", id)->state == DISPOSAL_DUE);
	/* said to go, then opened and closed again: that is reviewed anew */
	FIX_MUST(review("case", id, NULL, ""));
	char sql[120];
	snprintf(sql, sizeof(sql), "UPDATE kase SET closed = %d WHERE ref = 'C-2025-0212'",
	        day("2030-11-20"));
	fix_sql(&f, sql);
	fix_clock("2034-11-19T12:00");
	CHECK(find("case", id)->state == DISPOSAL_DUE);
	fix_finish(&f);
}

static void r39_who_may_review(void)
{
	int64_t id = start();
	int64_t me = fix_person(&f, "Morgan Example"), police = fix_agency(&f, "police");
	char sql[200];
	fix_clock("2029-11-19T12:00");
	snprintf(sql, sizeof(sql), "UPDATE kase SET referred_by = %lld WHERE ref = 'C-2025-0212'",
	        (long long)police);
	fix_sql(&f, sql);
	CHECK(!find("case", id)->may);
	CHECK_ERR(review("case", id, NULL, ""), ERR_DENIED);
	CHECK(strstr(f.why.text, "Your agency referred it"));
	fix_sql(&f, "UPDATE kase SET referred_by = NULL WHERE ref = 'C-2025-0212'");
	CHECK(find("case", id)->may);
	/* a deputy, or somebody of no group */
	snprintf(sql, sizeof(sql), "UPDATE membership SET standing = 1 WHERE person = %lld",
	        (long long)me);
	fix_sql(&f, sql);
	CHECK_ERR(review("case", id, NULL, ""), ERR_DENIED);
	CHECK(strstr(f.why.text, "core member"));
	snprintf(sql, sizeof(sql), "UPDATE membership SET standing = 0 WHERE person = %lld",
	        (long long)me);
	fix_sql(&f, sql);
	FIX_MUST(review("case", id, NULL, ""));
	/* while a meeting is on, nothing */
	fix_clock("2029-11-19T13:50");
	f.meeting = fix_plan(&f, "street-aware", "2029-11-19");
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police"));
	CHECK_ERR(dispose(NULL), ERR_BUSY);
	CHECK(fix_int(&f, "SELECT count(*) FROM kase WHERE ref = 'C-2025-0212'") == 1);
	/* a key that is nobody's */
	fix_sql(&f, "UPDATE person SET slot = NULL; UPDATE seat SET signed = NULL");
	fix_again(&f);
	CHECK(find("case", id) && !find("case", id)->may);
	CHECK_ERR(review("case", id, NULL, ""), ERR_DENIED);
	CHECK_ERR(dispose(NULL), ERR_DENIED);
	fix_finish(&f);
}

/* Restriction holds here as everywhere: what may not be known of is not due, not counted, and not
 * carried out by those who may not. */
static void r39_hidden_and_named_cases_are_for_those_who_see_them(void)
{
	int64_t id = start();
	char sql[300];
	fix_clock("2029-11-19T12:00");
	FIX_MUST(review("case", id, NULL, ""));
	for (int level = RESTRICTION_NAMED; level <= RESTRICTION_HIDDEN; level++) {
		struct record_viewer v;
		size_t n;
		snprintf(sql, sizeof(sql),
		        "UPDATE kase SET restriction = %d WHERE id = %lld; INSERT OR IGNORE INTO "
		        "kase_agency(kase, agency) VALUES(%lld, %lld)",
		        level, (long long)id, (long long)id, (long long)fix_agency(&f, "victims"));
		fix_sql(&f, sql);
		CHECK(!find("case", id));
		v = viewer();
		FIX_MUST(record_disposals_waiting(f.r, &f.a, &v, &n));
		CHECK(n == 0);
		CHECK_ERR(review("case", id, NULL, ""), ERR_NOT_FOUND);
		CHECK_ERR(hold("case", id, "2030-01-01", "Why"), ERR_NOT_FOUND);
		CHECK_ERR(dispose(NULL), ERR_NOT_FOUND);
	}
	snprintf(sql, sizeof(sql), "UPDATE kase_agency SET agency = %lld WHERE kase = %lld",
	        (long long)fix_agency(&f, "police"), (long long)id);
	fix_sql(&f, sql);
	CHECK(find("case", id)->state == DISPOSAL_REVIEWED);
	FIX_MUST(dispose(NULL));
	fix_finish(&f);
}

/* How many entries of a case the audit lists for one agency, and whether it can be asked for. */
static size_t audited(int64_t kase, const char *agency, bool *ret_asked)
{
	struct record_viewer v;
	struct audit_row *row;
	struct audit_filter filter = AUDIT_FILTER_ALL;
	size_t n, of = 0;
	int64_t id;
	char number[24];
	record_viewer_agency(fix_agency(&f, agency), false, &v);
	FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 10000, &row, &n));
	for (size_t i = 0; i < n; i++)
		of += row[i].case_id == kase;
	snprintf(number, sizeof(number), "%lld", (long long)kase);
	enum err e = record_audit_case(f.r, &v, number, &id);
	*ret_asked = e != ERR_NOT_FOUND;
	return of;
}

static void r39_a_hidden_case_stays_hidden_when_it_is_gone(void)
{
	char sql[300];
	bool asked;
	for (int level = RESTRICTION_NORMAL; level <= RESTRICTION_HIDDEN; level++) {
		int64_t id = start();
		fix_clock("2029-11-19T12:00");
		snprintf(sql, sizeof(sql),
		        "UPDATE kase SET restriction = %d WHERE id = %lld; INSERT INTO "
		        "kase_agency(kase, agency) VALUES(%lld, %lld)",
		        level, (long long)id, (long long)id, (long long)fix_agency(&f, "police"));
		fix_sql(&f, sql);
		const bool hidden = level == RESTRICTION_HIDDEN;
		FIX_MUST(review("case", id, NULL, ""));
		CHECK(audited(id, "police", &asked) > 0 && asked);
		CHECK((audited(id, "fire", &asked) == 0) == hidden && asked == !hidden);
		FIX_MUST(dispose(NULL));
		/* nobody is left who is named on it: it is for an auditor then */
		CHECK((audited(id, "police", &asked) == 0) == hidden && asked == !hidden);
		CHECK((audited(id, "fire", &asked) == 0) == hidden && asked == !hidden);
		f.r->auditor = true;
		CHECK(audited(id, "fire", &asked) > 1 && asked);
		f.r->auditor = false;
		fix_finish(&f);
	}
}

static void r39_an_open_action_is_closed_first(void)
{
	int64_t id = start();
	fix_clock("2029-11-19T12:00");
	fix_sql(&f, "UPDATE action SET state = 0 WHERE ref = 'A-1'");
	CHECK_ERR(review("case", id, NULL, ""), ERR_REFUSED);
	CHECK(strstr(f.why.text, "1 of its actions is still open"));
	FIX_MUST(review("case", id, "2030-11-19", "An action is open."));
	fix_finish(&f);
}

/* ---- nothing is left ---- */

/* Tables that may hold a word of a case, with the rows that are of it; the rest may not. A new
 * table goes into one of the two lists, and into dispose.c when it is of the first kind. */
static const struct {
	const char *table, *of;
} OF_CASE[] = {
        {"kase", "id = :k"},
        {"kase_agency", "kase = :k"},
        {"party", "kase = :k"},
        {"relation", "kase = :k"},
        {"incident", "kase = :k"},
        {"clock", "kase = :k"},
        {"item", "kase = :k"},
        {"absence", "item = :i"},
        {"conflict", "kase = :k"},
        {"stint", "item = :i"},
        {"share", "kase = :k"},
        {"share_agency", "share IN (SELECT id FROM share WHERE kase = :k)"},
        {"share_heard", "share IN (SELECT id FROM share WHERE kase = :k)"},
        {"assessment", "kase = :k"},
        {"answer", "assessment IN (SELECT id FROM assessment WHERE kase = :k)"},
        {"decision", "kase = :k"},
        {"action", "kase = :k"},
        {"action_update", "action IN (SELECT id FROM action WHERE kase = :k)"},
        {"note", "item = :i"},
        {"draft", "item = :i"},
        {"minutes", "item = :i"},
        {"party_was", "party IN (SELECT id FROM party WHERE kase = :k)"},
        {"glass", "kase = :k"},
        {"restricted", "kase = :k"},
        {"event", "kase = :k"},
        {"research", "kase = :k"},
        {"research_line", "research IN (SELECT id FROM research WHERE kase = :k)"},
        {"review", "kase = :k"},
        {"review_step", "kase = :k"},
        {"identity", "id = :identity"},
        {"merge", "kept = :identity"},
        {"exemption", "identity = :identity"},
        {"mistake", "subject = 'share' AND subject_id = (SELECT max(id) FROM share)"},
        {"hold", "subject = 'case' AND subject_id = :k"},
        {"disposal", "subject = 'case' AND subject_id = :k"},
};
static const char *const NOT_OF_CASE[] = {"setting", "agency", "person", "forum", "member",
        "membership", "measure", "plan", "project", "standard", "meeting", "seat", "paper", "audit",
        "practice_text", "agreement", "signature", "terms", "progress", "certificate",
        "certificate_line", "certificate_count", "certificate_copy", "opener", "sqlite_sequence",
        "kase_gone" /* an id */};

static bool listed(const char *table)
{
	for (size_t i = 0; i < COUNT_OF(OF_CASE); i++)
		if (strcmp(OF_CASE[i].table, table) == 0)
			return true;
	for (size_t i = 0; i < COUNT_OF(NOT_OF_CASE); i++)
		if (strcmp(NOT_OF_CASE[i], table) == 0)
			return true;
	return strncmp(table, "find", 4) == 0;
}

static int64_t k_case, k_item, k_identity;
static int n_canary;

static int64_t query(const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(f.r->db, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(f.r->db));
		exit(2);
	}
	for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
		const char *p = sqlite3_bind_parameter_name(st, i);
		sqlite3_bind_int64(st, i,
		        strcmp(p, ":k") == 0   ? k_case
		        : strcmp(p, ":i") == 0 ? k_item
		                               : k_identity);
	}
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	else if (rc != SQLITE_DONE) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(f.r->db));
		exit(2);
	}
	sqlite3_finalize(st);
	return n;
}

/* A value for a column: what it refers to in this case, or something of its type. */
static void put_value(sqlite3_str *out, const char *table, const char *column, const char *type)
{
	char *sql =
	        sqlite3_mprintf("SELECT \"table\" FROM pragma_foreign_key_list(%Q) WHERE \"from\" "
	                        "= %Q",
	                table, column);
	sqlite3_stmt *st = NULL;
	sqlite3_prepare_v2(f.r->db, sql, -1, &st, NULL);
	sqlite3_free(sql);
	if (sqlite3_step(st) == SQLITE_ROW) {
		const char *to = (const char *)sqlite3_column_text(st, 0);
		if (strcmp(to, table) == 0)
			sqlite3_str_appendall(out, "NULL");
		else if (strcmp(to, "kase") == 0)
			sqlite3_str_appendf(out, "%lld", k_case);
		else if (strcmp(to, "item") == 0)
			sqlite3_str_appendf(out, "%lld", k_item);
		else if (strcmp(to, "identity") == 0)
			sqlite3_str_appendf(out, "%lld", k_identity);
		else if (strcmp(to, "meeting") == 0)
			sqlite3_str_appendf(out, "%lld", f.meeting);
		else if (strcmp(to, "seat") == 0)
			sqlite3_str_appendf(out, "%lld", fix_seat(&f, "police"));
		else
			sqlite3_str_appendf(out, "(SELECT max(id) FROM \"%w\")", to);
	} else if (strcmp(column, "item") == 0) {
		sqlite3_str_appendf(out, "%lld", k_item);
	} else {
		sqlite3_str_appendall(out, strcmp(type, "TEXT") == 0   ? "'x' || random()"
		                           : strcmp(type, "BLOB") == 0 ? "randomblob(16)"
		                                                       : "1");
	}
	sqlite3_finalize(st);
}

static void make_row(const char *table)
{
	sqlite3_str *names = sqlite3_str_new(NULL), *values = sqlite3_str_new(NULL);
	char *sql = sqlite3_mprintf(
	        "SELECT name, type FROM pragma_table_info(%Q) WHERE name <> 'id'", table);
	sqlite3_stmt *st = NULL;
	sqlite3_prepare_v2(f.r->db, sql, -1, &st, NULL);
	sqlite3_free(sql);
	for (int i = 0; sqlite3_step(st) == SQLITE_ROW; i++) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		sqlite3_str_appendf(names, "%s\"%w\"", i ? ", " : "", name);
		sqlite3_str_appendall(values, i ? ", " : "");
		put_value(values, table, name, (const char *)sqlite3_column_text(st, 1));
	}
	sqlite3_finalize(st);
	char *n = sqlite3_str_finish(names), *v = sqlite3_str_finish(values);
	sql = sqlite3_mprintf("INSERT INTO \"%w\"(%s) VALUES(%s)", table, n, v);
	fix_sql(&f, sql);
	sqlite3_free(sql);
	sqlite3_free(n);
	sqlite3_free(v);
}

/* Every text of these rows becomes a canary of 32 bytes. */
static void fill(const char *table, const char *of)
{
	sqlite3_stmt *st = NULL;
	char *sql =
	        sqlite3_mprintf("SELECT name FROM pragma_table_info(%Q) WHERE type = 'TEXT' AND "
	                        "name NOT IN ('subject', 'stage')", /* words of ours */
	                table);
	sqlite3_prepare_v2(f.r->db, sql, -1, &st, NULL);
	sqlite3_free(sql);
	while (sqlite3_step(st) == SQLITE_ROW) {
		sql = sqlite3_mprintf("UPDATE \"%w\" SET \"%w\" = printf('canary%%026d', %d + %s) "
		                      "WHERE %s",
		        table, sqlite3_column_text(st, 0), n_canary += 1000,
		        strcmp(table, "draft") == 0 ? "item" : "rowid", of); /* without rowid */
		query(sql);
		sqlite3_free(sql);
	}
	sqlite3_finalize(st);
}

/* In how many columns of how many tables is there one? Search terms count too. */
static int canaries(bool tell)
{
	sqlite3_stmt *t = NULL;
	int n = 0;
	sqlite3_prepare_v2(f.r->db,
	        "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE "
	        "m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'",
	        -1, &t, NULL);
	while (sqlite3_step(t) == SQLITE_ROW) {
		char *sql = sqlite3_mprintf(
		        "SELECT count(*) FROM \"%w\" WHERE instr(CAST(\"%w\" AS BLOB), "
		        "CAST('canary' AS BLOB)) OR instr(CAST(\"%w\" AS BLOB), "
		        "CAST('00000000000000' AS BLOB))",
		        sqlite3_column_text(t, 0), sqlite3_column_text(t, 1),
		        sqlite3_column_text(t, 1));
		bool found = query(sql) > 0;
		if (found && tell)
			printf("# left in %s.%s\n", sqlite3_column_text(t, 0),
			        sqlite3_column_text(t, 1));
		n += found;
		sqlite3_free(sql);
	}
	sqlite3_finalize(t);
	return n;
}

/* A case with a row in every table that can hold one of it, and canaries in all their texts. */
static void start_full(void)
{
	static const char *const ORDER[] = {"party", "relation", "incident", "clock", "absence",
	        "conflict", "stint", "share", "share_agency", "share_heard", "assessment", "answer",
	        "decision", "action", "action_update", "note", "draft", "minutes", "party_was",
	        "glass", "restricted", "event", "research", "research_line", "review",
	        "review_step", "merge", "exemption", "kase_agency"};
	k_case = start();
	k_item = fix_item(&f, "C-2025-0212");
	n_canary = 0;
	make_row("identity");
	k_identity = fix_int(&f, "SELECT max(id) FROM identity");
	for (size_t i = 0; i < COUNT_OF(ORDER); i++)
		make_row(ORDER[i]);
	fix_sql(&f,
	        "INSERT INTO mistake(subject, subject_id, words, at) SELECT 'share', max(id), "
	        "'w', 1 FROM share; UPDATE action SET state = 2; UPDATE kase SET restriction = 0");
	fix_clock("2032-11-19T12:00");
	FIX_MUST(hold("case", k_case, "2033-01-01", "A reason"));
	FIX_MUST(lift("case", k_case, "It is over"));
	FIX_MUST(review("case", k_case, NULL, "It goes"));
	undo_forget(f.r);
	for (size_t i = 0; i < COUNT_OF(OF_CASE); i++)
		fill(OF_CASE[i].table, OF_CASE[i].of);
}

static void r39_every_table_is_known_to_disposal(void)
{
	sqlite3_stmt *t = NULL;
	start();
	sqlite3_prepare_v2(
	        f.r->db, "SELECT name FROM sqlite_schema WHERE type = 'table'", -1, &t, NULL);
	while (sqlite3_step(t) == SQLITE_ROW)
		if (!listed((const char *)sqlite3_column_text(t, 0))) {
			printf("# is %s of a case? See dispose.c\n", sqlite3_column_text(t, 0));
			CHECK(false);
		}
	sqlite3_finalize(t);
	fix_finish(&f);
}

static void r39_nothing_of_the_case_is_left_in_any_table(void)
{
	struct certificate_row c;
	int64_t id, bad, n, others;
	start_full();
	for (size_t i = 0; i < COUNT_OF(OF_CASE); i++) {
		char *sql = sqlite3_mprintf(
		        "SELECT count(*) FROM \"%w\" WHERE %s", OF_CASE[i].table, OF_CASE[i].of);
		if (query(sql) < 1)
			printf("# no row of the case in %s\n", OF_CASE[i].table);
		CHECK(query(sql) >= 1);
		sqlite3_free(sql);
	}
	CHECK(canaries(false) > 80);
	others = fix_int(&f, "SELECT count(*) FROM party") -
	         query("SELECT count(*) FROM party WHERE kase = :k");
	int64_t audited = fix_int(&f, "SELECT count(*) FROM audit");
	FIX_MUST(dispose(&id));
	CHECK(canaries(true) == 0);
	for (size_t i = 0; i < COUNT_OF(OF_CASE); i++) {
		char *sql = sqlite3_mprintf(
		        "SELECT count(*) FROM \"%w\" WHERE %s", OF_CASE[i].table, OF_CASE[i].of);
		if (query(sql) != 0)
			printf("# left in %s\n", OF_CASE[i].table);
		CHECK(query(sql) == 0);
		sqlite3_free(sql);
	}
	/* others stay, the audit too, and everything still fits together */
	CHECK(fix_int(&f, "SELECT count(*) FROM party") == others);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit") == audited + 2);
	FIX_MUST(record_audit_verify(f.r, &n, &bad));
	FIX_MUST(record_links_verify(f.r, &bad));
	CHECK(fix_int(&f, "SELECT count(*) FROM find WHERE find MATCH 'canary*'") == 0);
	/* the certificate counts, and is for ever: no undo */
	struct record_undo u;
	CHECK(!record_undo_offer(f.r, &u));
	FIX_MUST(record_certificate(f.r, &f.a, id, &c));
	CHECK(c.n_lines == 1 && c.line[0].n == 1 && c.line[0].first == day("2032-11-19"));
	CHECK_STR(c.line[0].reviewer, "Police, Inspector");
	CHECK_STR(c.line[0].what, "ASB case review");
	CHECK_STR(c.carried, "Police, Inspector");
	CHECK(strlen(c.key_before) == 19 && !*c.key_after);
	CHECK(c.n_counts > 15);
	bool pending;
	FIX_MUST(record_key_pending(f.r, &pending));
	CHECK(pending);
	fix_finish(&f);
}

/* ---- what is left on the card ---- */

/* The beginning of every canary, and what no search term of one is without, however much of it is
 * shared with the term before. */
static bool has_canary(const uint8_t *p, size_t n)
{
	return memmem(p, n, "canary", 6) || memmem(p, n, "00000000000000", 14);
}

/* The path of a file there, until the next search for what is due. */
static const char *at(const char *dir, const struct dirent *x)
{
	const char *path = arena_printf(&f.a, "%s/%s", dir, x->d_name);
	if (!path)
		exit(2);
	return path;
}

/* Every file of one directory into another, byte by byte: the card at this moment. */
static void copy_card(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *x;
	if (!d || (mkdir(to, 0700) != 0 && errno != EEXIST))
		exit(2);
	while ((x = readdir(d)))
		if (x->d_type == DT_REG && !copy_file(at(from, x), at(to, x)))
			exit(2);
	closedir(d);
}

static void card_of(
        const char *to, const char *db, const char *wal, const char *ring, const char *anchor)
{
	const char *const from[] = {db, wal, ring, anchor};
	static const char *const name[] = {
	        VAULT_FILE_DB, VAULT_FILE_WAL, VAULT_FILE_RING, VAULT_FILE_ANCHOR};
	mkdir(to, 0700);
	for (size_t i = 0; i < COUNT_OF(name); i++) {
		(void)unlink(in_dir(to, name[i]));
		if (from[i] && !copy_file(in_dir(from[i], name[i]), in_dir(to, name[i])))
			exit(2);
	}
	(void)unlink(in_dir(to, VAULT_FILE_TRIES));
}

struct opened {
	int pages, frames; /* that open */
	int canaries;      /* of them, with one in clear */
};

static void count_page(struct opened *o, int *kind, const uint8_t page[VAULT_PAGE])
{
	(*kind)++;
	o->canaries += has_canary(page, VAULT_PAGE);
}

/* Each page of a card's database, and each page in its log whatever page it is of. */
static void try_card(const char *dir, const struct seal *s, struct opened *ret)
{
	struct bytes db = load(in_dir(dir, VAULT_FILE_DB)), wal = load(in_dir(dir, VAULT_FILE_WAL));
	const uint32_t pages = (uint32_t)(db.n / VAULT_PAGE);
	uint8_t out[VAULT_PAGE];
	for (uint32_t p = 1; p <= pages; p++)
		if (seal_open_page(s, p, db.p + (size_t)(p - 1) * VAULT_PAGE, out))
			count_page(ret, &ret->pages, out);
	for (size_t at = WAL_HEAD; at + WAL_SEALED_FRAME <= wal.n; at += WAL_SEALED_FRAME)
		for (uint32_t p = 1; p <= pages + 100; p++)
			if (seal_open_page(s, p, wal.p + at + WAL_SEALED_HEAD, out)) {
				count_page(ret, &ret->frames, out);
				break;
			}
	free(db.p);
	free(wal.p);
}

/* With each 32 bytes that an opened store holds as a key: as the key of pages, and as the master
 * key that one is derived from. How many were tried. */
static int try_every_key(const char *dir, const struct vault *v, struct opened *ret)
{
	static const uint8_t none[VAULT_KEY];
	struct seal s = v->vfs->seal;
	struct vault_keys *k = secret_alloc(sizeof(*k));
	const uint8_t *all = (const uint8_t *)v->keys;
	int n = 0;
	if (!k)
		exit(2);
	s.keys = k;
	for (size_t at = 0; at + VAULT_KEY <= sizeof(*k); at += 8) {
		if (memcmp(all + at, none, VAULT_KEY) == 0)
			continue;
		memset(k, 0, sizeof(*k));
		memcpy(k->page, all + at, VAULT_KEY);
		try_card(dir, &s, ret);
		memcpy(k->master, all + at, VAULT_KEY);
		keys_derive(k);
		try_card(dir, &s, ret);
		n++;
	}
	secret_free(k);
	return n;
}

/* No file of a directory has one in clear, nor in its name. */
static bool clear_of_canaries(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *x;
	bool good = d != NULL;
	while (d && (x = readdir(d))) {
		struct bytes b = {NULL, 0};
		if (x->d_type != DT_REG)
			continue;
		b = load(at(dir, x));
		good = good && b.p && !has_canary(b.p, b.n) &&
		       !has_canary((const uint8_t *)x->d_name, strlen(x->d_name));
		free(b.p);
	}
	if (d)
		closedir(d);
	return good;
}

static bool opens(const char *dir, const struct vault_secret *s)
{
	struct vault *v = NULL;
	(void)unlink(in_dir(dir, VAULT_FILE_TRIES));
	enum err e = vault_open(dir, NULL, s, &v, &f.why);
	vault_close(v);
	return e == ERR_OK;
}

/* What both search indices still find of a canary. */
static int64_t found_by_search(void)
{
	return fix_int(&f, "SELECT count(*) FROM find WHERE find MATCH 'canary*'") +
	       fix_int(&f, "SELECT count(*) FROM find_sound WHERE find_sound MATCH "
	                   "sound('canary00000000000000000000000000')");
}

/* More keys than one, so that a keyring is tried with each of them. */
static void add_keys(const struct vault_secret *second, const struct vault_secret *words)
{
	FIX_MUST(slot_add(f.v, VAULT_SLOT_PERSON, "Council, officer", second, NULL, &f.why));
	FIX_MUST(slot_add(f.v, VAULT_SLOT_RECOVERY, "Recovery", words, NULL, &f.why));
}

/* As caseroomctl dispose and the panel do it. */
static void new_key(void)
{
	record_close(f.r);
	f.r = NULL;
	FIX_MUST(vault_rekey(f.v, NULL, NULL, &f.why));
	FIX_MUST(record_open(f.v, f.p, &f.r, &f.why));
}

/* Every mix of the old card with what is there now, with every key: how many open. */
static int mixes_that_open(
        const char *old, const char *now, const struct vault_secret *const *s, size_t n)
{
	const char *const mix[][4] = {
	        /* database, log, keyring, anchor */
	        {old, NULL, now, now},
	        {old, old, now, now},
	        {old, NULL, now, old},
	        {old, old, now, old},
	        {old, old, now, NULL},
	        /* the keyring of then opens nothing of today's either */
	        {now, NULL, old, old},
	        {now, NULL, old, now},
	};
	const char *dir = in_dir(test_dir(), "mix");
	int opened = 0;
	for (size_t i = 0; i < COUNT_OF(mix); i++)
		for (size_t k = 0; k < n; k++) {
			card_of(dir, mix[i][0], mix[i][1], mix[i][2], mix[i][3]);
			opened += opens(dir, s[k]);
		}
	return opened;
}

static void r39_no_key_that_is_left_opens_what_went(void)
{
	char dir[300], old[300];
	struct opened before = {0}, after = {0}, now = {0};
	struct certificate_row c;
	int64_t id;
	start_full();
	const struct vault_secret *second = secret_of("copper meadow seven bridges"),
	                          *words = paper_of();
	const struct vault_secret *const all[] = {f.secret, second, words};
	add_keys(second, words);
	CHECK(found_by_search() > 0);
	/* the card before: a database with canaries, and a log with more of them */
	fix_sql(&f, "PRAGMA wal_checkpoint(TRUNCATE); UPDATE party SET position = position + 1 "
	            "WHERE name LIKE "
	            "'canary%'");
	snprintf(dir, sizeof(dir), "%s", f.dir);
	snprintf(old, sizeof(old), "%.250s-old", dir);
	copy_card(dir, old);
	try_card(old, &f.v->vfs->seal, &before);
	CHECK(before.pages > 100 && before.frames > 0 && before.canaries > 20);
	CHECK(clear_of_canaries(old));

	FIX_MUST(dispose(&id));
	new_key();
	FIX_MUST(record_certificate(f.r, &f.a, id, &c));
	CHECK(*c.key_after && strcmp(c.key_before, c.key_after) != 0);
	CHECK(canaries(true) == 0 && found_by_search() == 0);
	fix_close(&f);
	CHECK(clear_of_canaries(dir));
	for (size_t i = 0; i < COUNT_OF(all); i++)
		CHECK(opens(dir, all[i]));
	CHECK(mixes_that_open(old, dir, all, COUNT_OF(all)) == 0);

	/* page by page, with every key that each of the keyring's slots comes to */
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct vault *v = NULL;
		FIX_MUST(vault_open(dir, NULL, all[i], &v, &f.why));
		int keys = try_every_key(old, v, &after);
		CHECK(keys >= 7);
		if (i == 0)
			printf("# the old card: %d pages and %d in its log, %d with a canary; %d "
			       "keys "
			       "tried\n",
			        before.pages, before.frames, before.canaries, keys);
		if (i == 0)
			try_card(dir, &v->vfs->seal, &now);
		vault_close(v);
	}
	CHECK(after.pages == 0 && after.frames == 0);
	printf("# the new store: %d pages opened, %d with a canary\n", now.pages, now.canaries);
	CHECK(now.pages > 200 && now.canaries == 0);
	CHECK(opens(old, f.secret)); /* with the keyring of then it does: THREATS.md says so */
	fix_finish(&f);
}

/* Who is in another case too stays known, and a merge of theirs is handed on. */
static void r39_people_of_other_cases_stay(void)
{
	char *sql;
	start_full();
	int64_t other = fix_case(&f, "C-2026-0118");
	/* somebody merged into the one who goes, with an appearance elsewhere; their exemptions
	 * stay theirs */
	fix_sql(&f, "DELETE FROM exemption; DELETE FROM merge");
	sql = sqlite3_mprintf(
	        "UPDATE identity SET merged = NULL;"
	        "INSERT INTO identity(uid, merged) VALUES(randomblob(16), %lld);"
	        "INSERT INTO party(uid, kase, role, name, address, postcode, phone, safe_contact, "
	        "position, identity) SELECT randomblob(16), %lld, 'victim', 'Kept Person', '', '', "
	        "'', "
	        "'', 9, max(id) FROM identity;"
	        "INSERT INTO merge(kept, gone, words, at) SELECT %lld, max(id), 'canary of a "
	        "merge', 1 "
	        "FROM identity",
	        (long long)k_identity, (long long)other, (long long)k_identity);
	fix_sql(&f, sql);
	sqlite3_free(sql);
	FIX_MUST(dispose(NULL));
	CHECK(canaries(true) == 0);
	CHECK(query("SELECT count(*) FROM identity WHERE id = :identity") == 0);
	CHECK(fix_int(&f, "SELECT count(*) FROM party p JOIN identity i ON i.id = p.identity WHERE "
	                  "p.name = 'Kept Person' AND i.merged IS NULL") == 1);
	CHECK(fix_int(&f, "SELECT count(*) FROM find WHERE find MATCH 'kept'") == 1);
	fix_finish(&f);
}

/* ---- the other kinds ---- */

static void r39_meetings_copies_research_and_drafts(void)
{
	int64_t id;
	struct certificate_row c;
	start();
	k_case = fix_case(&f, "C-2026-0118");
	k_item = fix_item(&f, "C-2026-0118");
	fix_sql(&f,
	        "INSERT INTO paper(meeting, copy, agency, digest, bytes, sealed, kind, version) "
	        "SELECT id, 7, 1, zeroblob(32), 99, starts + 1, 'minutes', 1 FROM meeting;"
	        "UPDATE meeting SET state = 6, ended = starts + 3600000000");
	char *sql = sqlite3_mprintf(
	        "INSERT INTO research(uid, meeting, kase, agency, returned) VALUES(randomblob(16), "
	        "%lld, %lld, %lld, 1), (randomblob(16), %lld, %lld, %lld, 1);"
	        "INSERT INTO research_line(research, words, opinion, source) SELECT id, "
	        "'unspoken', 0, "
	        "'s' FROM research",
	        f.meeting, k_case, fix_agency(&f, "police"), f.meeting, k_case,
	        fix_agency(&f, "landlord"));
	fix_sql(&f, sql);
	sqlite3_free(sql);
	FIX_MUST(record_draft_put(f.r, "action", k_item, 0, "Ring the"));
	int64_t mine = fix_of(&f,
	        "SELECT r.id FROM research r JOIN agency a ON a.id = r.agency WHERE "
	        "a.code = %Q",
	        "police");
	CHECK(!find("drafts", 0));
	fix_clock("2026-12-17T12:00");
	CHECK(find("drafts", 0) && find("drafts", 0)->state == DISPOSAL_DUE);
	CHECK(!find("research", mine));
	fix_clock("2027-05-19T12:00");
	CHECK(find("research", mine));
	CHECK(!find("research", mine + 1) && !find("research", mine - 1)); /* another agency's */
	FIX_MUST(review("research", mine, NULL, ""));
	FIX_MUST(review("drafts", 0, NULL, ""));
	FIX_MUST(record_draft_put(f.r, "note", k_item, 0, "New today"));
	FIX_MUST(dispose(&id));
	CHECK(fix_int(&f, "SELECT count(*) FROM research_line") == 1);
	CHECK(fix_int(&f, "SELECT count(*) FROM draft WHERE words = 'New today'") == 1);
	CHECK(fix_int(&f, "SELECT count(*) FROM draft") == 1);
	FIX_MUST(record_certificate(f.r, &f.a, id, &c));
	CHECK(c.n_lines == 2 && c.n_counts == 2);
	CHECK(c.count[0].n == 1 && c.count[1].n == 1);
	CHECK_STR(c.count[0].what, "begun sentence");
	CHECK_STR(c.count[1].what, "line of research");
	/* copies: what was sent to whom goes, the numbers stay and none is given again */
	fix_clock("2032-11-19T12:00");
	CHECK(find("papers", f.meeting));
	CHECK(!find("meeting", f.meeting)); /* its cases are there */
	FIX_MUST(review("papers", f.meeting, NULL, ""));
	FIX_MUST(dispose(&id));
	CHECK(!find("papers", f.meeting));
	CHECK(fix_int(&f, "SELECT count(*) FROM paper WHERE agency IS NULL AND bytes = 0") == 1);
	int next;
	FIX_MUST(record_paper_next(f.r, f.meeting, &next));
	CHECK(next == 8);
	/* the meeting, once no case hangs on it */
	fix_sql(&f,
	        "DELETE FROM action; DELETE FROM research_line; DELETE FROM research; UPDATE item "
	        "SET kase = NULL");
	CHECK(find("meeting", f.meeting) && find("meeting", f.meeting)->state == DISPOSAL_DUE);
	FIX_MUST(review("meeting", f.meeting, NULL, ""));
	int64_t bad;
	FIX_MUST(dispose(&id));
	CHECK(fix_int(&f, "SELECT count(*) FROM meeting") == 0);
	CHECK(fix_int(&f, "SELECT count(*) FROM seat") == 0);
	FIX_MUST(record_links_verify(f.r, &bad));
	fix_finish(&f);
}

static const struct test TESTS[] = {
        T(r39_a_case_is_due_when_its_period_is_over),
        T(r39_a_hold_keeps_it_until_somebody_lifts_it),
        T(r39_a_hold_needs_no_day),
        T(r39_a_meeting_is_held_while_its_cases_are_there),
        T(r39_a_reviewer_keeps_it_longer_with_a_reason),
        T(r39_who_may_review),
        T(r39_hidden_and_named_cases_are_for_those_who_see_them),
        T(r39_a_hidden_case_stays_hidden_when_it_is_gone),
        T(r39_an_open_action_is_closed_first),
        T(r39_every_table_is_known_to_disposal),
        T(r39_nothing_of_the_case_is_left_in_any_table),
        T(r39_no_key_that_is_left_opens_what_went),
        T(r39_people_of_other_cases_stay),
        T(r39_meetings_copies_research_and_drafts),
};
TEST_MAIN(TESTS)
