#include "vault_help.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "caseroom/time.h"
/*
 * A store is made, opened, locked, slowed down; SQLite's parts work on it.
 */

static const char *const good_words = "harbour lentil quartz ninety";

static struct vault *made(const char *dir)
{
	struct vault *v = NULL;
	struct why w = {""};
	enum err e = vault_create(dir, "Council, chair", secret_of(good_words), &cheap, &v, &w);
	if (e != ERR_OK)
		fprintf(stderr, "vault_create: %s: %s\n", err_text(e), w.text);
	return v;
}

static enum err opened(const char *dir, const char *pass, struct vault **ret, struct why *w)
{
	struct vault_secret *s = secret_of(pass);
	enum err e = vault_open(dir, NULL, s, ret, w);
	vault_secret_destroy(s);
	return e;
}

static void t_store_keeps_rows_over_close(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct why w = {""};
	uint8_t id[VAULT_ID_BYTES];
	CHECK(v);
	memcpy(id, vault_id(v), sizeof(id));
	CHECK(sql(v, "CREATE TABLE t(a, b UNIQUE); INSERT INTO t VALUES(1,'x'),(2,'y')") ==
	        SQLITE_OK);
	CHECK_STR(vault_opener(v)->label, "Council, chair");
	vault_close(v);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM t") == 2);
	CHECK(memcmp(id, vault_id(v), sizeof(id)) == 0);
	CHECK(sql_says(vault_db(v), "PRAGMA journal_mode", "wal"));
	CHECK(sql_int(vault_db(v), "PRAGMA synchronous") == 2);
	CHECK(sql_int(vault_db(v), "PRAGMA foreign_keys") == 1);
	CHECK(sql_int(vault_db(v), "PRAGMA temp_store") == 2);
	vault_close(v);
}

static void t_store_mode_is_0700_and_0600(void)
{
	const char *dir = in_dir(test_dir(), "new");
	struct vault *v = made(dir);
	struct stat st;
	CHECK(v && stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700);
	vault_close(v);
	CHECK(stat(in_dir(dir, VAULT_FILE_RING), &st) == 0 && (st.st_mode & 0777) == 0600);
	(void)unlink(in_dir(dir, VAULT_FILE_MAKING));
	for (size_t i = 0; i < COUNT_OF(help_parts); i++)
		(void)unlink(in_dir(dir, help_parts[i]));
}

/* A copy with other modes, or of somebody else's. */
static void t_directory_is_its_owners_alone(void)
{
	const char *dir = in_dir(test_dir(), "store");
	struct vault *v = made(dir);
	struct why w = {""};
	struct stat st;
	CHECK(v);
	vault_close(v);
	CHECK(chmod(dir, 0777) == 0);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	vault_close(v);
	CHECK(stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700);
	if (chown(dir, 12345, (gid_t)-1) != 0)
		return; /* only root can give it away */
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_DENIED);
	CHECK(strstr(w.text, "another user"));
}

static void t_create_twice_is_exists(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir), *second = NULL;
	struct why w = {""};
	CHECK(v);
	CHECK_ERR(vault_create(dir, "x", secret_of(good_words), &cheap, &second, &w), ERR_BUSY);
	vault_close(v);
	CHECK_ERR(vault_create(dir, "x", secret_of(good_words), &cheap, &second, &w), ERR_EXISTS);
	CHECK(unlink(in_dir(dir, VAULT_FILE_RING)) == 0);
	CHECK_ERR(vault_create(dir, "x", secret_of(good_words), &cheap, &second, &w), ERR_EXISTS);
	CHECK(strstr(w.text, "lost its keyring"));
}

static void t_errors_are_told_apart(void)
{
	const char *dir = test_dir();
	struct vault *v = NULL, *held;
	struct why w = {""};
	CHECK_ERR(opened(dir, "a", &v, &w), ERR_NOT_FOUND);
	CHECK(save(in_dir(dir, VAULT_FILE_RING), (const uint8_t *)"not a keyring at all", 20));
	CHECK_ERR(opened(dir, "a", &v, &w), ERR_NOT_STORE);
	CHECK(unlink(in_dir(dir, VAULT_FILE_RING)) == 0);
	held = made(dir);
	CHECK(held);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_BUSY);
	vault_close(held);
	CHECK_ERR(opened(dir, "wrong", &v, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "2 more tries"));
	CHECK_ERR(opened(dir, "", &v, &w), ERR_INPUT);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	vault_close(v);
}

static void t_later_version_is_told(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct why w = {""};
	struct bytes ring;
	CHECK(v);
	vault_close(v);
	ring = load(in_dir(dir, VAULT_FILE_RING));
	ring.p[8] = RING_VERSION + 1;
	CHECK(save(in_dir(dir, VAULT_FILE_RING), ring.p, ring.n));
	free(ring.p);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_VERSION);
}

static void t_second_process_is_busy(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	int status = 0;
	pid_t child;
	CHECK(v);
	child = fork();
	if (child == 0) {
		struct vault *second = NULL;
		_exit(opened(dir, good_words, &second, NULL) == ERR_BUSY ? 0 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vault_close(v);
}

static void t_wrong_tries_wait_over_restart(void)
{
	static const int minutes[] = {1, 2, 4, 8, 16, 32, 60, 60};
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct why w = {""};
	CHECK(v);
	vault_close(v);
	time_pin_us(1700000000 * TIME_SECOND_US);
	for (int i = 0; i < 3; i++)
		CHECK_ERR(opened(dir, "wrong", &v, &w), ERR_WRONG_KEY);
	for (size_t i = 0; i < COUNT_OF(minutes); i++) {
		CHECK_ERR(opened(dir, good_words, &v, &w), ERR_WAIT);
		time_advance_us(minutes[i] * TIME_MINUTE_US - TIME_SECOND_US);
		CHECK_ERR(opened(dir, good_words, &v, &w), ERR_WAIT);
		time_advance_us(TIME_SECOND_US);
		CHECK_ERR(opened(dir, "wrong", &v, &w), ERR_WRONG_KEY);
	}
	/* A clock that went back waits again, and no longer than once. */
	time_pin_us(1600000000 * TIME_SECOND_US);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_WAIT);
	time_advance_us(60 * TIME_MINUTE_US);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	vault_close(v);
	CHECK_ERR(opened(dir, "wrong", &v, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "2 more tries"));
	/* It keeps nobody out who made no wrong try: a board without a clock starts in the past. */
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	vault_close(v);
	time_pin_us(1500000000 * TIME_SECOND_US);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	vault_close(v);
	/* A file of tries that cannot be read costs one wait, not the store. */
	CHECK(save(in_dir(dir, VAULT_FILE_TRIES), (const uint8_t *)"junk", 4));
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_WAIT);
	time_advance_us(TIME_MINUTE_US);
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	vault_close(v);
	time_unpin();
}

static void t_audit_mark_follows_commits_only(void)
{
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir);
	uint8_t head[VAULT_HASH_BYTES] = {7}, got[VAULT_HASH_BYTES];
	uint64_t seq = 99;
	CHECK(v);
	marked(v, &seq, got);
	CHECK(seq == 0);
	CHECK(sql(v, "BEGIN; CREATE TABLE t(a)") == SQLITE_OK);
	mark(v, 1, head);
	CHECK(sql(v, "COMMIT; BEGIN; INSERT INTO t VALUES(1)") == SQLITE_OK);
	mark(v, 2, head);
	CHECK(sql(v, "ROLLBACK; INSERT INTO t VALUES(2)") == SQLITE_OK);
	vault_close(v);
	CHECK_ERR(opened(dir, good_words, &v, NULL), ERR_OK);
	marked(v, &seq, got);
	CHECK(seq == 1 && memcmp(head, got, sizeof(head)) == 0);
	/* A checkpoint writes it too, and never what is not committed. */
	CHECK(sql(v, "BEGIN; INSERT INTO t VALUES(3)") == SQLITE_OK);
	mark(v, 5, head);
	CHECK(sql(v, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK);
	CHECK(sql(v, "BEGIN; INSERT INTO t VALUES(4)") == SQLITE_OK);
	mark(v, 6, head);
	copy_store(dir, copy);
	vault_close(v);
	CHECK_ERR(opened(copy, good_words, &v, NULL), ERR_OK);
	marked(v, &seq, got);
	CHECK(seq == 5);
	vault_close(v);
}

/* FTS5, triggers, generated columns, big blobs, savepoints, VACUUM: the same SQL on plain SQLite
 * gives the same. */
static void t_sql_same_as_plain(void)
{
	static const char work[] =
	        "CREATE TABLE n(id INTEGER PRIMARY KEY, t TEXT, b BLOB, u AS (upper(t)));"
	        "CREATE INDEX n_t ON n(t, length(b));"
	        "CREATE VIRTUAL TABLE f USING fts5(t, content='n', content_rowid='id');"
	        "CREATE TRIGGER n_in AFTER INSERT ON n BEGIN INSERT INTO f(rowid,t) "
	        "VALUES(new.id,new.t); END;"
	        "CREATE TRIGGER n_del AFTER DELETE ON n BEGIN INSERT INTO f(f,rowid,t) "
	        "VALUES('delete',old.id,old.t); END;"
	        "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<3000)"
	        " INSERT INTO n(t,b) SELECT 'word'||(i%97)||' number '||i, zeroblob(i%5000) FROM c;"
	        "CREATE TEMP TABLE tt AS SELECT * FROM n ORDER BY t DESC;"
	        "SAVEPOINT a; DELETE FROM n WHERE id%3=0; SAVEPOINT b; DELETE FROM n; ROLLBACK TO "
	        "b; RELEASE a;"
	        "PRAGMA wal_checkpoint; UPDATE n SET b=zeroblob(9000) WHERE id%7=0; DELETE FROM n "
	        "WHERE id>2000;"
	        "VACUUM; INSERT INTO n(t) VALUES('after vacuum'); INSERT INTO f(f) "
	        "VALUES('optimize');"
	        "ATTACH ':memory:' AS m; CREATE TABLE m.x AS SELECT * FROM n; DETACH m;"
	        "PRAGMA wal_checkpoint(RESTART); INSERT INTO n(t) VALUES('after restart');";
	static const char *const ask[] = {"SELECT count(*) FROM n", "SELECT sum(length(b)) FROM n",
	        "SELECT count(*) FROM f WHERE f MATCH 'word5'", "SELECT sum(id*length(u)) FROM n",
	        "SELECT count(*) FROM tt"};
	const char *dir = test_dir();
	struct vault *v = made(dir);
	sqlite3 *plain = NULL;
	CHECK(v);
	CHECK(sqlite3_open(":memory:", &plain) == SQLITE_OK);
	CHECK(sqlite3_exec(plain, work, NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sql(v, work) == SQLITE_OK);
	for (size_t i = 0; i < COUNT_OF(ask); i++)
		CHECK(sql_int(plain, ask[i]) == sql_int(vault_db(v), ask[i]));
	CHECK(sql_says(vault_db(v), "PRAGMA integrity_check", "ok"));
	vault_close(v);
	CHECK_ERR(opened(dir, good_words, &v, NULL), ERR_OK);
	for (size_t i = 0; i + 1 < COUNT_OF(ask); i++)
		CHECK(sql_int(plain, ask[i]) == sql_int(vault_db(v), ask[i]));
	vault_close(v);
	sqlite3_close(plain);
}

/* A transaction larger than the cache writes pages to the log twice and sums the frames anew. */
static void t_frames_written_twice_recover(void)
{
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir);
	CHECK(v);
	CHECK(sql(v, "PRAGMA cache_size=5; PRAGMA wal_autocheckpoint=0") == SQLITE_AUTH);
	CHECK(sqlite3_wal_autocheckpoint(vault_db(v), 0) == SQLITE_OK);
	CHECK(sql(v, "PRAGMA cache_size=5; CREATE TABLE t(a INTEGER PRIMARY KEY, b); CREATE INDEX "
	             "i ON t(b)") == SQLITE_OK);
	CHECK(sql(v, "BEGIN; WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE "
	             "i<4000)"
	             " INSERT INTO t(b) SELECT hex(randomblob(40)) FROM c; UPDATE t SET b=b||'x' "
	             "WHERE a%2; COMMIT") == SQLITE_OK);
	copy_store(dir, copy);
	vault_close(v);
	CHECK_ERR(opened(copy, good_words, &v, NULL), ERR_OK);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM t WHERE b LIKE '%x'") == 2000);
	CHECK(sql_says(vault_db(v), "PRAGMA integrity_check", "ok"));
	vault_close(v);
}

static int count_changes(void *ctx, sqlite3_changeset_iter *it)
{
	(void)it;
	++*(int *)ctx;
	return 0;
}

static int table_any(void *ctx, const char *table)
{
	(void)ctx, (void)table;
	return 1;
}

static int conflict(void *ctx, int what, sqlite3_changeset_iter *it)
{
	(void)ctx, (void)what, (void)it;
	return SQLITE_CHANGESET_ABORT;
}

static void t_session_extension_works(void)
{
	struct vault *v = made(test_dir());
	sqlite3_session *s = NULL;
	sqlite3_changeset_iter *it = NULL;
	void *set = NULL;
	int n = 0, found = 0;
	CHECK(v);
	CHECK(sql(v, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)") == SQLITE_OK);
	CHECK(sqlite3session_create(vault_db(v), "main", &s) == SQLITE_OK);
	CHECK(sqlite3session_attach(s, NULL) == SQLITE_OK);
	CHECK(sql(v, "INSERT INTO t VALUES(1,'x'),(2,'y')") == SQLITE_OK);
	CHECK(sqlite3session_changeset(s, &n, &set) == SQLITE_OK);
	sqlite3session_delete(s);
	CHECK(sqlite3changeset_start(&it, n, set) == SQLITE_OK);
	while (sqlite3changeset_next(it) == SQLITE_ROW)
		(void)count_changes(&found, it);
	CHECK(sqlite3changeset_finalize(it) == SQLITE_OK && found == 2);
	CHECK(sql(v, "DELETE FROM t") == SQLITE_OK);
	CHECK(sqlite3changeset_apply(vault_db(v), n, set, table_any, conflict, NULL) == SQLITE_OK);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM t") == 2);
	sqlite3_free(set);
	vault_close(v);
}

/* Its owner sees an error, the card sees nothing, the keys are gone; letting go of it frees the
 * rest. */
static void t_statement_left_open_is_cut_off(void)
{
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir);
	sqlite3_stmt *st = NULL;
	int64_t n;
	CHECK(v);
	CHECK(sql(v, "CREATE TABLE t(a); WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 "
	             "FROM c WHERE i<99)"
	             " INSERT INTO t SELECT zeroblob(90000) FROM c; PRAGMA cache_size=10; PRAGMA "
	             "shrink_memory") == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(vault_db(v), "SELECT sum(length(a)) FROM t", -1, &st, NULL) ==
	        SQLITE_OK);
	vault_close(v);
	copy_store(dir, copy);
	CHECK(sqlite3_step(st) != SQLITE_ROW);
	sqlite3_finalize(st);
	CHECK_ERR(opened(copy, good_words, &v, NULL), ERR_OK);
	n = sql_int(vault_db(v), "SELECT count(*) FROM t");
	CHECK(n == 99);
	vault_close(v);
}

static void t_verify_is_clean_then_names_pages(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct vault_report r = {0};
	struct why w = {""};
	CHECK(v);
	CHECK(sql(v, "CREATE TABLE t(a,b); WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 "
	             "FROM c WHERE i<500)"
	             " INSERT INTO t SELECT i, randomblob(500) FROM c") == SQLITE_OK);
	CHECK_ERR(vault_verify(v, &r, &w), ERR_OK);
	CHECK(r.pages > 50 && r.bad_pages == 0);
	vault_close(v);
	CHECK(flip(in_dir(dir, VAULT_FILE_DB), 20 * VAULT_PAGE + 17));
	CHECK(flip(in_dir(dir, VAULT_FILE_DB), 40 * VAULT_PAGE + 17));
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_OK);
	CHECK_ERR(vault_verify(v, &r, &w), ERR_DAMAGED);
	CHECK(r.bad_pages == 2 && r.bad[0] == 21 && r.bad[1] == 41);
	CHECK(strstr(w.text, "page 21"));
	vault_close(v);
}

/* What the sqlite3 command sees: no file of a store is a database. */
static void t_plain_sqlite_reads_no_file(void)
{
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir);
	CHECK(v);
	CHECK(sql(v, "CREATE TABLE t(a); INSERT INTO t VALUES('x')") == SQLITE_OK);
	copy_store(dir, copy);
	vault_close(v);
	for (size_t i = 0; i < COUNT_OF(help_parts); i++) {
		sqlite3 *db = NULL;
		bool read_it;
		if (access(in_dir(copy, help_parts[i]), F_OK) != 0)
			continue;
		CHECK(sqlite3_open_v2(in_dir(copy, help_parts[i]), &db, SQLITE_OPEN_READONLY,
		              NULL) == SQLITE_OK);
		read_it = sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL,
		                  NULL) == SQLITE_OK;
		sqlite3_close(db);
		CHECK(!read_it);
	}
}

static void t_process_start_leaves_no_core(void)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		struct rlimit r;
		(void)sqlite3_shutdown(); /* its memory is set up before its first use */
		bool good = vault_process_start() == ERR_OK && getrlimit(RLIMIT_CORE, &r) == 0 &&
		            r.rlim_cur == 0 && r.rlim_max == 0 && umask(0) == 077;
		_exit(good && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#if defined(__SANITIZE_ADDRESS__)
#define MLOCK_IS_REAL false /* the sanitizer's own mlock does nothing and says that it did */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MLOCK_IS_REAL false
#endif
#endif
#ifndef MLOCK_IS_REAL
#define MLOCK_IS_REAL true
#endif

/* What the kernel says of the memory that an address is in: two letters each, "lo" locked, "dd"
 * left out of dumps. */
static bool flags_of(const void *at, char *ret, size_t n)
{
	FILE *in = fopen("/proc/self/smaps", "re");
	char line[512];
	unsigned long from, to;
	bool here = false, found = false;
	while (in && !found && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = from <= (uintptr_t)at && (uintptr_t)at < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			found = snprintf(ret, n, "%s", line) > 0;
	}
	if (in)
		fclose(in);
	return found;
}

static void t_a_secret_is_locked_and_left_out_of_dumps(void)
{
	char flags[512];
	struct vault_secret *s;
	if (!MLOCK_IS_REAL)
		return;
	CHECK_ERR(vault_secret_create(64, &s), ERR_OK);
	CHECK(flags_of(s->text, flags, sizeof(flags)));
	CHECK(strstr(flags, " lo") && strstr(flags, " dd"));
	vault_secret_destroy(s);
}

static void t_no_locked_memory_is_nomem(void)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		struct rlimit r = {0, 0};
		struct vault_secret *s = NULL;
		if (!MLOCK_IS_REAL || setrlimit(RLIMIT_MEMLOCK, &r) != 0 ||
		        (geteuid() == 0 && setuid(65534) != 0))
			_exit(0);
		_exit(vault_secret_create(64, &s) == ERR_NOMEM ? 0 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void t_secret_read_takes_first_line(void)
{
	const char *file = in_dir(test_dir(), "p");
	struct vault_secret *s = NULL;
	struct why w = {""};
	CHECK(save(file, (const uint8_t *)"four words are here\r\nsecond\n", 28));
	CHECK_ERR(vault_secret_read(file, &s, &w), ERR_OK);
	CHECK_STR(s->text, "four words are here");
	CHECK(s->len == 19);
	vault_secret_destroy(s);
	CHECK(save(file, (const uint8_t *)"\n", 1));
	CHECK_ERR(vault_secret_read(file, &s, &w), ERR_INPUT);
	CHECK_ERR(vault_secret_read(in_dir(file, "none"), &s, &w), ERR_NOT_FOUND);
}

static void t_chain_depends_on_both(void)
{
	uint8_t a[VAULT_HASH_BYTES] = {0}, b[VAULT_HASH_BYTES], c[VAULT_HASH_BYTES];
	vault_chain(a, "x", 1, b);
	vault_chain(a, "y", 1, c);
	CHECK(!vault_equal(b, c, sizeof(b)));
	vault_chain(b, "x", 1, c);
	CHECK(!vault_equal(b, c, sizeof(b)));
	vault_chain(a, "x", 1, c);
	CHECK(vault_equal(b, c, sizeof(b)));
}

static const struct test tests[] = {
        T(t_store_keeps_rows_over_close),
        T(t_store_mode_is_0700_and_0600),
        T(t_directory_is_its_owners_alone),
        T(t_create_twice_is_exists),
        T(t_errors_are_told_apart),
        T(t_later_version_is_told),
        T(t_second_process_is_busy),
        T(t_wrong_tries_wait_over_restart),
        T(t_audit_mark_follows_commits_only),
        T(t_sql_same_as_plain),
        T(t_frames_written_twice_recover),
        T(t_session_extension_works),
        T(t_statement_left_open_is_cut_off),
        T(t_verify_is_clean_then_names_pages),
        T(t_plain_sqlite_reads_no_file),
        T(t_process_start_leaves_no_core),
        T(t_a_secret_is_locked_and_left_out_of_dumps),
        T(t_no_locked_memory_is_nomem),
        T(t_secret_read_takes_first_line),
        T(t_chain_depends_on_both),
};

int main(int argc, char **argv)
{
	cheap_start();
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
