#include <unistd.h>
#include "test.h"
#include "record_fixture.h"

/* The audit chain, the links between records, and migrations. */

static struct fix f;

static void start(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	for (int i = 0; i < 6; i++)
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0,
		                                  "The chair thanks everybody."}),
		        NULL));
}

static void r32_chain_holds_and_each_reading_is_in_it(void)
{
	int64_t n = 0, bad = -1, before;
	struct record_viewer v;
	struct case_row c;
	start();
	before = fix_int(&f, "SELECT max(seq) FROM audit");
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	CHECK_ERR(record_case_read(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &c), ERR_OK);
	CHECK_ERR(record_case_read(f.r, &f.a, &v, fix_case(&f, "C-2026-0120"), &c),
	        ERR_DENIED); /* named; not for this room */
	CHECK_ERR(record_case_read(f.r, &f.a, &v, fix_case(&f, "C-2026-0122"), &c), ERR_NOT_FOUND);
	CHECK(fix_int(&f, "SELECT max(seq) FROM audit") == before + 2);
	CHECK(fix_int(&f, "SELECT act = 'case.held' FROM audit ORDER BY seq DESC LIMIT 1") == 1);
	CHECK_ERR(record_audit_verify(f.r, &n, &bad), ERR_OK);
	CHECK(n == before + 2 && bad == 0);
	/* nothing personal in it */
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act || subject GLOB '*[^a-z.]*'") == 0);
	/* the head is what the vault remembers, also after it was opened again */
	uint8_t head[VAULT_HASH_BYTES];
	memcpy(head, f.r->head, sizeof(head));
	fix_again(&f);
	struct vault_mark m;
	vault_anchor_mark(f.v, &m);
	CHECK(m.seq == (uint64_t)n && memcmp(m.head, head, sizeof(head)) == 0);
	/* the opening is the next entry */
	CHECK(f.r->head_seq == n + 1);
	CHECK(fix_int(&f, "SELECT act = 'store.opened' FROM audit ORDER BY seq DESC LIMIT 1") == 1);
	CHECK_ERR(record_audit_verify(f.r, &n, &bad), ERR_OK);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0, "Good morning."}),
	        NULL));
	CHECK_ERR(record_audit_verify(f.r, &n, &bad), ERR_OK);
	fix_finish(&f);
}

/* A store that was put back and has gone further since: its chain holds, and it is another one. */
static void r32_room_key_knows_another_history(void)
{
	struct vault_room_key *k = NULL;
	const char *stick = test_dir();
	struct vault_mark m;
	char sql[96];
	start();
	FIX_MUST(vault_room_key_make(stick, &k, NULL));
	vault_room_key_destroy(k);
	FIX_MUST(vault_witness_to(f.v, stick, &f.why));
	const int64_t told = f.r->head_seq;
	fix_again(&f); /* the stick is told at close */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0, "More."}), NULL));
	for (int turn = 0; turn < 2; turn++) {
		fix_close(&f);
		FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
		CHECK(!vault_witness_mark(f.v, &m));
		FIX_MUST(vault_witness_to(f.v, stick, &f.why));
		CHECK(vault_witness_mark(f.v, &m) && m.seq == (uint64_t)told);
		CHECK_ERR(record_open(f.v, f.p, &f.r, &f.why), turn ? ERR_AUDIT : ERR_OK);
		FIX_MUST(vault_witness_to(f.v, NULL, &f.why)); /* it keeps what it knows */
		if (turn == 0) {
			snprintf(sql, sizeof(sql),
			        "UPDATE audit SET hash = randomblob(32) WHERE seq = %lld",
			        (long long)told);
			fix_sql(&f, sql);
		}
	}
	CHECK(strstr(f.why.text, "another one than the room key remembers"));
	fix_finish(&f);
}

static void r32_every_tampering_is_found(void)
{
	static const struct {
		const char *sql;
		bool at_open; /* the anchor alone shows it when the store is opened */
	} HARM[] = {
	        {"UPDATE audit SET act = 'note.lost' WHERE seq = 20", false},
	        {"UPDATE audit SET at = at + 1 WHERE seq = 20", false},
	        {"UPDATE audit SET actor = actor + 1 WHERE seq = 20", false},
	        {"UPDATE audit SET kase = kase + 1 WHERE seq = 20", false},
	        {"UPDATE audit SET meeting = 0 WHERE seq = 20", false},
	        {"UPDATE audit SET subject = 'x' || subject WHERE seq = 20", false},
	        {"UPDATE audit SET subject_id = 0 WHERE seq = 20", false},
	        {"UPDATE audit SET digest = randomblob(32) WHERE seq = 20", false},
	        {"UPDATE audit SET digest = x'00' WHERE seq = 20", false},
	        {"UPDATE audit SET hash = randomblob(32) WHERE seq = 20", false},
	        {"UPDATE audit SET act = act || subject, subject = '' WHERE seq = 20", false},
	        {"DELETE FROM audit WHERE seq = 20", false},
	        {"DELETE FROM audit WHERE seq = 1", false},
	        {"UPDATE audit SET seq = -seq WHERE seq IN (20, 21); UPDATE audit SET seq = 21 "
	         "WHERE seq = -20; UPDATE audit SET seq = 20 WHERE seq = -21",
	                false},
	        {"DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", true},
	        {"DELETE FROM audit", true},
	        {"UPDATE audit SET hash = randomblob(32) WHERE seq = (SELECT max(seq) FROM audit)",
	                true},
	        {"INSERT INTO audit SELECT seq + 1, at, actor, act, subject, subject_id, kase, "
	         "meeting, digest, hash, mac FROM audit ORDER BY seq DESC"
	         " LIMIT 1",
	                false},
	};
	int64_t n, bad;
	start();
	for (size_t i = 0; i < COUNT_OF(HARM); i++) {
		fix_sql(&f, "SAVEPOINT harm");
		fix_sql(&f, HARM[i].sql);
		bad = 0;
		enum err e = record_audit_verify(f.r, &n, &bad);
		fix_sql(&f, "ROLLBACK TO harm; RELEASE harm");
		if (e != ERR_AUDIT || bad == 0) {
			snprintf(test_why, sizeof(test_why), "not found: %s", HARM[i].sql);
			test_failed = test_why;
			return;
		}
	}
	CHECK_ERR(record_audit_verify(f.r, &n, &bad), ERR_OK);
	fix_finish(&f);
	for (size_t i = 0; i < COUNT_OF(HARM); i++) {
		if (!HARM[i].at_open)
			continue;
		start();
		fix_sql(&f, HARM[i].sql);
		fix_close(&f);
		enum err e = fix_try_open(&f);
		CHECK(e == ERR_OLDER || e == ERR_AUDIT);
		CHECK(strstr(f.why.text, "administrator"));
		fix_finish(&f);
	}
}

/* A file as it lies, sealed as it is; absent stays absent. */
static void copy(const char *from_dir, const char *to_dir, const char *name)
{
	char from[400], to[400];
	struct buf b;
	buf_init(&b, 64u << 20);
	snprintf(from, sizeof(from), "%s/%s", from_dir, name);
	snprintf(to, sizeof(to), "%s/%s", to_dir, name);
	(void)unlink(to);
	if (file_read(from, 64u << 20, &b, NULL) == ERR_OK)
		FIX_MUST(file_write(to, b.data, b.len, NULL));
	buf_finish(&b);
}

static void t_older_copy_under_a_newer_anchor_is_older(void)
{
	static const char *const PART[] = {VAULT_FILE_DB, VAULT_FILE_WAL};
	start();
	const char *old = test_dir();
	fix_close(&f);
	for (size_t i = 0; i < COUNT_OF(PART); i++)
		copy(f.dir, old, PART[i]);
	FIX_MUST(fix_try_open(&f));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0, "One more."}), NULL));
	fix_close(&f);
	for (size_t i = 0; i < COUNT_OF(PART); i++)
		copy(old, f.dir, PART[i]);
	CHECK_ERR(fix_try_open(&f), ERR_OLDER);
	CHECK(strlen(f.why.text) > 20);
	fix_finish(&f);
}

static void t_broken_links_are_counted(void)
{
	int64_t bad = -1;
	start();
	CHECK_ERR(record_links_verify(f.r, &bad), ERR_OK);
	CHECK(bad == 0);
	static const char *const HARM[] = {"UPDATE party SET kase = 99999 WHERE id = 1",
	        "UPDATE seat SET agency = NULL WHERE id = (SELECT min(id) FROM seat)",
	        "UPDATE relation SET kase = (SELECT max(id) FROM kase) WHERE party = 2"};
	for (size_t i = 0; i < COUNT_OF(HARM); i++) {
		fix_sql(&f, "PRAGMA foreign_keys = OFF; BEGIN");
		fix_sql(&f, HARM[i]);
		CHECK_ERR(record_links_verify(f.r, &bad), ERR_DAMAGED);
		CHECK(bad > 0);
		fix_sql(&f, "ROLLBACK; PRAGMA foreign_keys = ON");
	}
	fix_finish(&f);
}

static void t_refused_command_leaves_the_head(void)
{
	int64_t n, bad;
	uint8_t head[VAULT_HASH_BYTES];
	start();
	memcpy(head, f.r->head, sizeof(head));
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 9999, "Words."}),
	                NULL),
	        ERR_NOT_FOUND);
	CHECK(memcmp(head, f.r->head, sizeof(head)) == 0);
	/* a commit that fails takes the command with it */
	fix_sql(&f, "CREATE TABLE t(a REFERENCES agency(id) DEFERRABLE INITIALLY DEFERRED)");
	fix_sql(&f,
	        "CREATE TRIGGER late AFTER INSERT ON note BEGIN INSERT INTO t VALUES(99999); END");
	char *before = fix_dump(&f, true);
	enum err e = fix_do(
	        &f, FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0, "Words."}), NULL);
	char *after = fix_dump(&f, true);
	CHECK(e != ERR_OK && strcmp(before, after) == 0);
	CHECK(memcmp(head, f.r->head, sizeof(head)) == 0);
	CHECK(sqlite3_get_autocommit(f.r->db));
	sqlite3_free(before);
	sqlite3_free(after);
	fix_sql(&f, "DROP TRIGGER late");
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0, "Words."}), NULL));
	CHECK_ERR(record_audit_verify(f.r, &n, &bad), ERR_OK);
	fix_finish(&f);
}

static void t_migrations_reach_the_newest(void)
{
	fix_empty(&f, test_dir());
	CHECK(fix_int(&f, "PRAGMA user_version") == SCHEMA_VERSION);
	int64_t tables = fix_int(&f, "SELECT count(*) FROM sqlite_schema");
	/* nothing to do the second time */
	fix_again(&f);
	CHECK(fix_int(&f, "SELECT count(*) FROM sqlite_schema") == tables);
	/* written by a later program */
	char sql[64];
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", SCHEMA_VERSION + 1);
	fix_sql(&f, sql);
	fix_close(&f);
	CHECK_ERR(fix_try_open(&f), ERR_VERSION);
	CHECK(strstr(f.why.text, "later"));
	fix_finish(&f);
}

static int64_t raw(const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(vault_db(f.v), sql, -1, &st, NULL) == SQLITE_OK &&
	        sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void t_migration_that_fails_leaves_the_store_as_it_was(void)
{
	fix_empty(&f, test_dir());
	record_close(f.r);
	f.r = NULL;
	/* as if an earlier program had left half of it: the first statement that is there already
	 * fails */
	sqlite3_exec(vault_db(f.v), "PRAGMA user_version = 0", NULL, NULL, NULL);
	int64_t before = raw("SELECT count(*) FROM sqlite_schema");
	CHECK(record_open(f.v, f.p, &f.r, &f.why) != ERR_OK);
	CHECK(strstr(f.why.text, "as it was"));
	CHECK(sqlite3_get_autocommit(vault_db(f.v)));
	CHECK(raw("SELECT count(*) FROM sqlite_schema") == before);
	CHECK(raw("PRAGMA user_version") == 0);
	f.r = NULL;
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r32_chain_holds_and_each_reading_is_in_it),
	        T(r32_room_key_knows_another_history), T(r32_every_tampering_is_found),
	        T(t_older_copy_under_a_newer_anchor_is_older), T(t_broken_links_are_counted),
	        T(t_refused_command_leaves_the_head), T(t_migrations_reach_the_newest),
	        T(t_migration_that_fails_leaves_the_store_as_it_was)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
