#include "test.h"
#include "record_fixture.h"
#include "caseroom/record_audit.h"
#include "caseroom/record_keys.h"
#include "caseroom/record_people.h"
#include "caseroom/record_report.h"
#include "caseroom/record_sharing.h"
#include "record/audit_int.h"

/* The audit as it is sealed, read, and opened by an auditor. */

static struct fix f;
static struct vault_secret *paper, *auditor;

static struct vault_secret *secret(const char *text)
{
	struct vault_secret *s;
	FIX_MUST(vault_secret_create(VAULT_PASSPHRASE_MAX, &s));
	s->len = (size_t)snprintf(s->text, s->cap, "%s", text);
	return s;
}

static void slot(enum vault_slot_kind kind, const char *label, const struct vault_secret *s)
{
	const struct vault_factors factors = {.passphrase = s};
	const struct vault_slot_new n = {
	        .kind = kind, .label = label, .factors = &factors, .cost = &fix_cost};
	FIX_MUST(vault_slot_add(f.v, &n, NULL, &f.why));
}

/* The sample with a key of an auditor and recovery words, and some work after that. */
static void start(void)
{
	fix_sample(&f, test_dir());
	auditor = secret("velvet anchor thimble marrow");
	FIX_MUST(vault_recovery_make(&paper));
	slot(VAULT_SLOT_AUDITOR, "Council, internal auditor", auditor);
	slot(VAULT_SLOT_RECOVERY, "Recovery words", paper);
	fix_session(&f);
	for (int i = 0; i < 6; i++)
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0,
		                                  "The chair thanks everybody."}),
		        NULL));
}

static enum err open_with(const struct vault_secret *s)
{
	fix_close(&f);
	enum err e = vault_open(f.dir, NULL, s, &f.v, &f.why);
	return e ? e : record_open(f.v, f.p, &f.r, &f.why);
}

static void finish(void)
{
	fix_finish(&f);
	vault_secret_destroy(paper);
	vault_secret_destroy(auditor);
}

static enum err check(struct audit_check *c)
{
	enum err e = ERR_OK;
	*c = (struct audit_check){0};
	while (!e && !c->done)
		e = record_audit_check(f.r, c, 37);
	return e;
}

/* Everything that who has the master key can do about entry `seq`: other words in it, all later
 * hashes made new, and the store told that this is how it should be. */
static void rewrite(int64_t seq, const char *harm)
{
	uint8_t hash[VAULT_HASH_BYTES];
	struct sql q;
	fix_sql(&f, "BEGIN IMMEDIATE");
	char sql[200];
	snprintf(sql, sizeof(sql), "%s WHERE seq = %lld", harm, (long long)seq);
	fix_sql(&f, sql);
	memset(hash, 0, sizeof(hash));
	memcpy(hash, vault_id(f.v), VAULT_ID_BYTES);
	int64_t n = fix_int(&f, "SELECT count(*) FROM audit");
	fix_sql(&f, "CREATE TEMP TABLE t AS SELECT * FROM audit ORDER BY seq");
	for (int64_t i = 1; i <= n; i++) {
		struct buf b;
		buf_init(&b, 4096);
		sql_query(f.r, &q,
		        "SELECT seq, at, actor, act, subject, subject_id, kase, meeting, digest "
		        "FROM "
		        "audit WHERE seq = ?",
		        "i", i);
		if (!sql_step(&q))
			abort();
		for (int k = 0; k < 8; k++) {
			const char *s = k == 3 || k == 4
			                        ? (const char *)sqlite3_column_text(q.st, k)
			                        : NULL;
			uint8_t le[8];
			le_put(le, 8, s ? strlen(s) : (uint64_t)sql_int(&q, k));
			buf_put(&b, le, 8);
			if (s)
				buf_puts(&b, s);
		}
		buf_put(&b, sqlite3_column_blob(q.st, 8), VAULT_HASH_BYTES);
		FIX_MUST(sql_end(&q));
		vault_chain(hash, b.data, b.len, hash);
		buf_finish(&b);
		FIX_MUST(sql_run(f.r, "UPDATE audit SET hash = ? WHERE seq = ?", "bi", hash,
		        sizeof(hash), i));
	}
	fix_sql(&f, "DROP TABLE t");
	fix_sql(&f, "COMMIT");
	/* and the anchor, whose key they have as well */
	f.v->anchor.audit.mark.seq = (uint64_t)n;
	memcpy(f.v->anchor.audit.mark.head, hash, sizeof(hash));
	f.v->anchor.dirty = true;
	memcpy(f.r->head, hash, sizeof(hash));
}

static void r32_who_has_the_master_key_rewrites_and_is_found(void)
{
	struct audit_check c;
	start();
	int64_t seq = fix_int(&f, "SELECT max(seq) - 3 FROM audit");
	rewrite(seq, "UPDATE audit SET act = 'note.lost'");
	/* to those who open it, the chain holds */
	CHECK_ERR(open_with(f.secret), ERR_OK);
	CHECK_ERR(check(&c), ERR_OK);
	CHECK(c.checked_from == 0 && c.sealed_from == 1);
	/* but not to those who hold the key that the seals began with */
	const struct vault_secret *who[] = {auditor, paper};
	for (size_t i = 0; i < COUNT_OF(who); i++) {
		CHECK_ERR(open_with(who[i]), ERR_OK);
		CHECK_ERR(check(&c), ERR_AUDIT);
		CHECK(c.checked_from > 1 && c.bad == seq);
	}
	finish();
}

static void r32_untouched_it_holds_for_all_of_them(void)
{
	struct audit_check c;
	start();
	int64_t from = fix_int(&f, "SELECT min(seq) FROM audit WHERE act = 'meeting.state'");
	const struct vault_secret *who[] = {f.secret, auditor, paper};
	for (size_t i = 0; i < COUNT_OF(who); i++) {
		CHECK_ERR(open_with(who[i]), ERR_OK);
		CHECK_ERR(check(&c), ERR_OK);
		CHECK(c.entries == f.r->head_seq && c.sealed_from == 1 && c.bad == 0);
		CHECK(i ? c.checked_from > 1 && c.checked_from <= from : !c.checked_from);
	}
	/* each opening is an entry of its own, and the recovery words for ever one of their own
	 * kind */
	CHECK_ERR(open_with(f.secret), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act = 'store.opened-recovery'") == 1);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit u JOIN opener o ON o.id = u.subject_id WHERE "
	                  "u.act "
	                  "= 'store.opened' AND o.label = 'Council, internal auditor'") == 1);
	finish();
}

static void r32_cut_short_by_who_has_the_master_key_is_found(void)
{
	struct audit_check c;
	uint8_t hash[VAULT_HASH_BYTES];
	struct sql q;
	start();
	fix_sql(&f, "DELETE FROM audit WHERE seq > (SELECT max(seq) - 4 FROM audit)");
	sql_query(f.r, &q, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
	CHECK(sql_step(&q));
	f.v->anchor.audit.mark.seq = (uint64_t)sql_int(&q, 0);
	memcpy(hash, sqlite3_column_blob(q.st, 1), sizeof(hash));
	memcpy(f.v->anchor.audit.mark.head, hash, sizeof(hash));
	f.v->anchor.audit_key_seq = f.v->anchor.audit.mark.seq + 1; /* with the key they have */
	f.v->anchor.dirty = true;
	FIX_MUST(sql_end(&q));
	CHECK_ERR(open_with(f.secret), ERR_OK);
	CHECK_ERR(check(&c), ERR_OK);
	CHECK_ERR(open_with(auditor), ERR_OK);
	CHECK_ERR(check(&c), ERR_AUDIT);
	finish();
}

static void r32_what_is_missing_is_counted_in_words(void)
{
	for (int most = 1; most <= 2; most++) {
		start();
		for (int i = 0; i < most; i++)
			fix_sql(&f, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)");
		CHECK_ERR(open_with(f.secret), ERR_OLDER);
		CHECK(strstr(f.why.text, most == 1 ? "1 entry of the audit log is missing"
		                                   : "2 entries of the audit log are missing"));
		finish();
	}
}

static void r32_every_act_has_its_words(void)
{
	struct record_viewer v;
	struct audit_row *row;
	struct audit_filter filter = AUDIT_FILTER_ALL;
	size_t n = 0;
	enum audit_kind kind;
	start();
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 100000, &row, &n));
	CHECK(n > 30);
	for (size_t i = 0; i < n; i++)
		CHECK(audit_words(&f.a, row[i].act, &kind));
	for (int k = 0; k < CMD_COUNT; k++) {
		const char *act = command_act((enum command_kind)k);
		if (!audit_words(&f.a, act, &kind)) {
			snprintf(test_why, sizeof(test_why), "no words for %s", act);
			test_failed = test_why;
			return;
		}
	}
	finish();
}

/* No way into the log looks through all of it, and none sorts more than a page. */
static void r32_every_way_has_an_index(void)
{
	start();
	for (int k = 0; k < AUDIT_KIND_COUNT; k++)
		for (int i = 0; i < 8; i++) {
			sqlite3_stmt *s = NULL;
			char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s",
			        audit_statement((enum audit_kind)k, i & 1, i & 2, i & 4));
			CHECK(sqlite3_prepare_v2(f.r->db, sql, -1, &s, NULL) == SQLITE_OK);
			sqlite3_free(sql);
			while (sqlite3_step(s) == SQLITE_ROW) {
				const char *plan = (const char *)sqlite3_column_text(s, 3);
				if ((strncmp(plan, "SCAN", 4) == 0 && !strstr(plan, "SCAN w") &&
				            !strstr(plan, "CONSTANT")) ||
				        (strstr(plan, "TEMP B-TREE FOR ORDER BY") &&
				                k < AUDIT_OUT)) {
					snprintf(test_why, sizeof(test_why), "way %d %d: %s", k, i,
					        plan);
					test_failed = test_why;
				}
			}
			sqlite3_finalize(s);
		}
	finish();
}

static const char *plan_of(const char *sql)
{
	sqlite3_stmt *s = NULL;
	const char *plan = "";
	char *all = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	if (sqlite3_prepare_v2(f.r->db, all, -1, &s, NULL) == SQLITE_OK &&
	        sqlite3_step(s) == SQLITE_ROW)
		plan = arena_strdup(&f.a, (const char *)sqlite3_column_text(s, 3));
	sqlite3_finalize(s);
	sqlite3_free(all);
	return plan ? plan : "";
}

static void r32_a_fingerprint_and_a_day_are_looked_up_by_an_index(void)
{
	start();
	CHECK(strstr(plan_of(AUDIT_OF_PRINT), "USING INDEX audit_print"));
	CHECK(strstr(plan_of(AUDIT_SINCE), "USING COVERING INDEX audit_at"));
	CHECK(strstr(plan_of(AUDIT_BEFORE), "USING COVERING INDEX audit_at"));
	finish();
}

/* A listing in pages of `most`, with no day asked for or from one on. */
static size_t list(int32_t from, bool oldest_first, size_t most, struct audit_row *ret, size_t max)
{
	struct record_viewer v;
	struct audit_row *row;
	struct audit_filter filter = {.from = from, .to = DAY_NONE, .oldest_first = oldest_first};
	size_t n = most, all = 0;
	FIX_MUST(record_viewer_opener(f.r, &v));
	while (n == most) {
		FIX_MUST(record_audit(f.r, &f.a, &v, &filter, most, &row, &n));
		for (size_t i = 0; i < n && all < max; i++)
			ret[all++] = row[i];
		if (n)
			audit_page_after(&filter, &row[n - 1]);
	}
	return all;
}

static void r32_the_order_is_the_chains_when_the_clock_goes_back(void)
{
	static struct audit_row row[400];
	start();
	CHECK_ERR(open_with(auditor), ERR_OK);
	const int64_t turn = f.r->head_seq; /* the last before the clock is put back by a day */
	fix_clock("2026-11-18T09:00");
	FIX_MUST(record_audit_reading(f.r));
	FIX_MUST(record_audit_reading(f.r));
	fix_clock("2026-11-20T09:00");
	FIX_MUST(record_audit_reading(f.r));
	for (int way = 0; way < 4; way++) {
		const bool oldest = way & 1;
		size_t n = list(DAY_NONE, oldest, way & 2 ? 1 : 100, row, COUNT_OF(row)), back = 0;
		CHECK((int64_t)n == f.r->head_seq);
		for (size_t i = 0; i < n; i++) {
			CHECK(row[i].seq == (oldest ? (int64_t)i + 1 : (int64_t)(n - i)));
			if (row[i].seq > turn - 1 && row[i].clock_back) {
				CHECK(row[i].seq == (oldest ? turn + 1 : turn));
				back++;
			}
		}
		CHECK(back == 1);
		/* from the 20th on there is one; what lies between by number alone is left out */
		CHECK(list(f.day + 1, oldest, 100, row, COUNT_OF(row)) == 1);
		CHECK(row[0].seq == turn + 3 && !row[0].clock_back);
		n = list(f.day, oldest, 100, row, COUNT_OF(row));
		for (size_t i = 0; i < n; i++)
			CHECK(row[i].seq <= turn || row[i].seq == turn + 3);
		CHECK(n > 6);
	}
	finish();
}

static void r32_pages_and_filters_agree(void)
{
	struct record_viewer v;
	struct audit_row *row;
	size_t n, all = 0, in_case = 0, back = 0;
	start();
	FIX_MUST(record_viewer_opener(f.r, &v));
	CHECK_ERR(open_with(auditor), ERR_OK);
	FIX_MUST(record_viewer_opener(f.r, &v));
	int64_t kase = 0, last = 0;
	FIX_MUST(record_audit_case(f.r, &v, "C-2026-0118", &kase));
	struct audit_filter filter = AUDIT_FILTER_ALL;
	filter.oldest_first = true;
	for (n = 13; n == 13;) {
		FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 13, &row, &n));
		for (size_t i = 0; i < n; i++, all++) {
			CHECK(row[i].seq == last + 1);
			last = row[i].seq;
			in_case += row[i].case_id == kase;
		}
		if (n)
			audit_page_after(&filter, &row[n - 1]);
	}
	CHECK((int64_t)all == f.r->head_seq && in_case > 3);
	filter = AUDIT_FILTER_ALL;
	filter.case_id = kase;
	for (n = 3; n == 3;) {
		FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 3, &row, &n));
		for (size_t i = 0; i < n; i++, back++)
			CHECK(row[i].case_id == kase && row[i].seq <= last && (last = row[i].seq));
		if (n)
			audit_page_after(&filter, &row[n - 1]);
	}
	CHECK(back == in_case);
	filter = AUDIT_FILTER_ALL;
	filter.kind = AUDIT_KEYS;
	FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 1000, &row, &n));
	CHECK(n > 2);
	for (size_t i = 0; i < n; i++)
		CHECK(!row[i].case_id);
	filter.kind = AUDIT_ALL;
	filter.from = filter.to = f.day - 400;
	FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 1000, &row, &n));
	CHECK(n == 0);
	finish();
}

static void r32_fingerprint_finds_its_entry(void)
{
	struct record_viewer v;
	struct audit_row *row, o;
	size_t n;
	char words[VAULT_FINGERPRINT_MAX], hex[24];
	struct audit_filter filter = AUDIT_FILTER_ALL;
	start();
	CHECK_ERR(open_with(auditor), ERR_OK);
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_audit(f.r, &f.a, &v, &filter, 100000, &row, &n));
	for (size_t i = 0; i < n; i += 3) {
		vault_fingerprint(row[i].hash, words);
		FIX_MUST(record_audit_fingerprint(f.r, &f.a, &v, words, &o, &f.why));
		CHECK(o.seq == row[i].seq);
		const uint8_t *h = row[i].hash;
		snprintf(hex, sizeof(hex), "%02X%02X %02x%02X %02X%02X %02X%02X", h[0], h[1], h[2],
		        h[3], h[4], h[5], h[6], h[7]);
		FIX_MUST(record_audit_fingerprint(f.r, &f.a, &v, hex, &o, &f.why));
		CHECK(o.seq == row[i].seq);
	}
	uint8_t other[VAULT_HASH_BYTES];
	memset(other, 0x5a, sizeof(other));
	vault_fingerprint(other, words);
	CHECK_ERR(record_audit_fingerprint(f.r, &f.a, &v, words, &o, &f.why), ERR_NOT_FOUND);
	CHECK_ERR(record_audit_fingerprint(f.r, &f.a, &v, "", &o, &f.why), ERR_INPUT);
	CHECK_ERR(record_audit_fingerprint(f.r, &f.a, &v, "no such words at all", &o, &f.why),
	        ERR_INPUT);
	CHECK_ERR(record_audit_fingerprint(f.r, &f.a, &v, "1234", &o, &f.why), ERR_INPUT);
	finish();
}

/* ---- the auditor opens the audit and nothing else ---- */

static enum err no_row(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	(void)column, (void)value, (void)n;
	++*(size_t *)ctx;
	return ERR_OK;
}

/* An answer that says nothing: denied, not there, or empty. */
#define SHUT(call)                                                                                 \
	do {                                                                                       \
		n = 0;                                                                             \
		enum err e_ = (call);                                                              \
		if (e_ != ERR_DENIED && e_ != ERR_NOT_FOUND && !(e_ == ERR_OK && n == 0)) {        \
			snprintf(test_why, sizeof(test_why), "%s: %s, %zu", #call, err_text(e_),   \
			        n);                                                                \
			test_failed = test_why;                                                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

static void r32_auditor_reads_the_log_and_nothing_else(void)
{
	uint8_t others[VAULT_ID_BYTES];
	struct arena *a = &f.a;
	struct record_viewer v;
	size_t n;
	void *p = NULL;
	start();
	const int64_t kase = fix_case(&f, "C-2026-0118"), m = f.meeting, g = f.forum,
	              item = fix_item(&f, "C-2026-0118");
	memcpy(others, vault_opener(f.v)->id, VAULT_ID_BYTES);
	CHECK_ERR(open_with(auditor), ERR_OK);
	struct record *r = f.r;
	CHECK(record_is_auditor(r));
	char *before = NULL;
	r->own++;
	before = fix_dump(&f, false);
	r->own--;
	for (int who = 0; who < 3; who++) {
		if (who == 0)
			FIX_MUST(record_viewer_opener(r, &v));
		else if (who == 1)
			FIX_MUST(record_viewer_meeting(r, m, &v));
		else
			record_viewer_agency(1, false, &v);
		SHUT(record_forums(r, a, (struct forum_row **)&p, &n));
		SHUT(record_agencies(r, a, (struct agency_row **)&p, &n));
		SHUT(record_people(r, a, 0, 0, (struct person_row **)&p, &n));
		struct meeting_row mr;
		SHUT((n = 0, record_meeting(r, a, m, &mr)));
		SHUT(record_meeting_next(r, a, g, &mr));
		SHUT(record_seats(r, a, m, 0, (struct seat_row **)&p, &n));
		SHUT(record_items(r, a, &v, m, (struct item_row **)&p, &n));
		SHUT(record_cases(r, a, &v, g, false, 100, (struct case_row **)&p, &n));
		struct case_row c;
		SHUT((c.ref = NULL, record_case_read(r, a, &v, kase, &c)));
		SHUT(record_case(r, a, &v, kase, &c));
		CHECK(c.ref == NULL);
		SHUT(record_parties(r, a, &v, kase, (struct party_row **)&p, &n));
		SHUT(record_incidents(r, a, &v, kase, (struct incident_row **)&p, &n));
		SHUT(record_shares(r, a, &v, kase, 0, (struct share_row **)&p, &n));
		SHUT(record_assessments(r, a, &v, kase, (struct assessment_row **)&p, &n));
		SHUT(record_decisions(r, a, &v, kase, 0, (struct decision_row **)&p, &n));
		struct action_filter all = {.forum = g};
		SHUT(record_actions(r, a, &v, &all, (struct action_row **)&p, &n));
		SHUT(record_notes(r, a, &v, m, item, (struct note_row **)&p, &n));
		SHUT(record_clocks(r, a, &v, g, 100, (struct clock_row **)&p, &n));
		SHUT(record_events(r, a, &v, kase, 0, 0, (struct event_row **)&p, &n));
		SHUT(record_papers(r, a, m, (struct paper_row **)&p, &n));
		SHUT(record_search(r, a, &v, "avery", 10, (struct search_row **)&p, &n));
		SHUT(record_minutes_versions(r, a, &v, m, (struct minutes_row **)&p, &n));
		struct near_key key = {.name = "Avery Sample", .born = DAY_NONE};
		SHUT(record_near(r, a, &v, &key, 0, 10, (struct near_row **)&p, &n));
		struct identity_row who_row;
		SHUT(record_identity_read(r, a, &v, 1, &who_row));
		SHUT(record_everything(r, a, &v, 1, (struct everything_row **)&p, &n));
		SHUT(record_agreements(r, a, (struct agreement_row **)&p, &n));
		SHUT(record_return(r, a, &v, m, (struct return_row **)&p, &n));
		SHUT(record_plan(r, a, (struct plan_row **)&p, &n));
		SHUT(record_practice_texts(r, a, (struct practice_text_row **)&p, &n));
		const char *draft = "";
		SHUT(record_draft_get(r, a, "note", item, 0, &draft));
		CHECK(!*draft);
		const char *name = "";
		bool sample;
		FIX_MUST(record_partnership(r, a, &name, &sample));
		CHECK(!*name);
		for (size_t i = 0; record_list_kind(i); i++)
			SHUT(record_list(r, &v, record_list_kind(i), NULL, no_row, &n, NULL));
		for (size_t i = 0; record_import_kind(i); i++) {
			struct buf b;
			buf_init(&b, 8u << 20);
			CHECK_ERR(record_export(r, record_import_kind(i), &b, NULL),
			        strcmp(record_import_kind(i), "research") == 0 ? ERR_REFUSED
			                                                       : ERR_DENIED);
			buf_finish(&b);
			size_t rows = 0;
			CHECK(record_import(r, record_import_kind(i), "code\nx\n", 7, NULL, NULL,
			              NULL, &rows, NULL) != ERR_OK);
		}
	}
	CHECK_ERR(record_key_remove(r, vault_opener(f.v)->id, NULL), ERR_DENIED);
	CHECK_ERR(record_key_change(r, others, NULL, NULL), ERR_DENIED);
	for (int k = 0; k < CMD_COUNT; k++) {
		struct command cmd = {.kind = (enum command_kind)k};
		CHECK_ERR(record_do(r, &cmd, NULL, NULL), ERR_DENIED);
	}
	r->own++;
	char *after = fix_dump(&f, false);
	r->own--;
	CHECK_STR(before, after);
	sqlite3_free(before);
	sqlite3_free(after);
	finish();
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r32_who_has_the_master_key_rewrites_and_is_found),
	        T(r32_untouched_it_holds_for_all_of_them),
	        T(r32_cut_short_by_who_has_the_master_key_is_found),
	        T(r32_what_is_missing_is_counted_in_words), T(r32_every_act_has_its_words),
	        T(r32_every_way_has_an_index), T(r32_pages_and_filters_agree),
	        T(r32_fingerprint_finds_its_entry),
	        T(r32_a_fingerprint_and_a_day_are_looked_up_by_an_index),
	        T(r32_the_order_is_the_chains_when_the_clock_goes_back),
	        T(r32_auditor_reads_the_log_and_nothing_else)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
