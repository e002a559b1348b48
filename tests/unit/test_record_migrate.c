#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"
#include "record_fixture.h"

/*
 * A store of version 1 is brought up to date when it is opened: every row stays, in one
 * transaction, and a cut in the middle leaves version 1 whole.
 *
 * tests/unit/store-1 is such a store as the released program left it (commit 07bcf84: `caseroomctl
 * init --sample`, then the conference of tests/e2e/meeting.steps on the panel). Its passphrase is
 * the sample's. The others are made here with the first entry of the schema alone.
 */

#define RELEASED "tests/unit/store-1"
#define TABLES_MAX 64

static struct fix f;

static void copy_store(const char *from, const char *to)
{
	static const char *const FILES[] = {VAULT_FILE_RING, VAULT_FILE_DB, VAULT_FILE_ANCHOR};
	if (mkdir(to, 0700) != 0)
		exit(2);
	for (size_t i = 0; i < COUNT_OF(FILES); i++) {
		char a[600], b[600];
		static char bytes[4 << 20];
		snprintf(a, sizeof(a), "%s/%s", from, FILES[i]);
		snprintf(b, sizeof(b), "%s/%s", to, FILES[i]);
		FILE *in = fopen(a, "rb"), *out = in ? fopen(b, "wb") : NULL;
		size_t n = in ? fread(bytes, 1, sizeof(bytes), in) : 0;
		if (!out || fwrite(bytes, 1, n, out) != n || fclose(out) != 0)
			exit(2);
		fclose(in);
	}
}

static void start(const char *passphrase)
{
	f = (struct fix){0};
	setenv("TZ", "Europe/London", 1);
	time_start();
	fix_clock("2026-11-20T09:00");
	vault_cost_floor_for_tests(fix_cost.memory_kib, fix_cost.passes);
	FIX_MUST(vault_secret_create(VAULT_PASSPHRASE_MAX, &f.secret));
	f.secret->len = (size_t)snprintf(f.secret->text, f.secret->cap, "%s", passphrase);
	FIX_MUST(practice_load_assets(&f.p, &f.why));
}

/* ---- what stands in a store, in the columns that it has ---- */

struct columns {
	char *select[TABLES_MAX];
	size_t n;
};

/* A SELECT of every column of every table, without what SQLite keeps for the search, and without
 * the one column that version 2 keeps elsewhere. */
static struct columns columns_of(sqlite3 *db)
{
	struct columns c = {.n = 0};
	sqlite3_stmt *st = NULL;
	sqlite3_prepare_v2(db,
	        "SELECT 'SELECT ''' || s.name || ''', ' || (SELECT group_concat('\"' || name || "
	        "'\"', ', ') FROM pragma_table_info(s.name) WHERE name <> 'isa_signed') || ' FROM "
	        "\"' || s.name || '\"' || CASE s.name WHEN 'audit' THEN ' WHERE act <> "
	        "''store.opened''' ELSE '' END || ' ORDER BY 2, 3' FROM sqlite_schema s WHERE "
	        "s.type = 'table' AND s.name NOT LIKE 'find%' "
	        "AND s.name NOT LIKE 'sqlite%' ORDER BY s.name",
	        -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW && c.n + 1 < TABLES_MAX)
		c.select[c.n++] = sqlite3_mprintf("%s", sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	c.select[c.n++] = sqlite3_mprintf("SELECT 'find', rowid, body FROM find ORDER BY rowid");
	return c;
}

static char *rows_of(sqlite3 *db, const struct columns *c)
{
	sqlite3_str *out = sqlite3_str_new(db);
	for (size_t k = 0; k < c->n; k++) {
		sqlite3_stmt *st = NULL;
		if (sqlite3_prepare_v2(db, c->select[k], -1, &st, NULL) != SQLITE_OK)
			sqlite3_str_appendf(out, "%s: %s\n", c->select[k], sqlite3_errmsg(db));
		while (st && sqlite3_step(st) == SQLITE_ROW) {
			for (int i = 0; i < sqlite3_column_count(st); i++) {
				const unsigned char *b = sqlite3_column_blob(st, i);
				sqlite3_str_appendf(out, "|%d:", sqlite3_column_type(st, i));
				for (int x = 0; x < sqlite3_column_bytes(st, i); x++)
					sqlite3_str_appendf(out,
					        b[x] < ' ' || b[x] > '~' ? "%02x" : "%c", b[x]);
			}
			sqlite3_str_appendall(out, "\n");
		}
		sqlite3_finalize(st);
	}
	return sqlite3_str_finish(out);
}

static void columns_free(struct columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		sqlite3_free(c->select[i]);
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

/* ---- the released program's store ---- */

static void t_released_store_keeps_every_row(void)
{
	int64_t n = 0, bad = -1;
	start("orchard lantern pebble harbour");
	snprintf(f.dir, sizeof(f.dir), "%s/store", test_dir());
	copy_store(RELEASED, f.dir);
	CHECK_ERR(vault_open(f.dir, NULL, f.secret, &f.v, &f.why), ERR_OK);
	CHECK(raw("PRAGMA user_version") == 1);
	int64_t signed_days = raw("SELECT sum(isa_signed * (id + 7)) FROM agency"),
	        parties = raw("SELECT count(*) FROM party"),
	        entries = raw("SELECT max(seq) FROM audit");
	CHECK(parties > 40 && raw("SELECT count(*) FROM share") > 5 && entries > 100);
	struct columns c = columns_of(vault_db(f.v));
	char *before = rows_of(vault_db(f.v), &c);
	CHECK_ERR(record_open(f.v, f.p, &f.r, &f.why), ERR_OK);
	char *after = rows_of(vault_db(f.v), &c);
	CHECK(before && after && strlen(before) > 50000);
	CHECK(strcmp(before, after) == 0);
	sqlite3_free(before);
	sqlite3_free(after);
	columns_free(&c);
	CHECK(fix_int(&f, "PRAGMA user_version") == SCHEMA_VERSION);
	/* the chain is the one that was written then, and every link holds */
	CHECK_ERR(record_audit_verify(f.r, &n, &bad), ERR_OK);
	CHECK(n == entries + 1 && bad == 0); /* the opening */
	CHECK_ERR(record_links_verify(f.r, &bad), ERR_OK);
	CHECK(fix_int(&f,
	              "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") ==
	        1);
	/* what version 2 adds is there for what version 1 had */
	CHECK(fix_int(&f, "SELECT count(DISTINCT identity) FROM party") == parties);
	CHECK(fix_int(&f, "SELECT count(*) FROM find_sound") == parties);
	CHECK(fix_int(&f, "SELECT count(*) FROM paper WHERE kind <> 'minutes'") == 0);
	CHECK(signed_days > 0 &&
	        fix_int(&f, "SELECT sum(day * (agency + 7)) FROM signature") == signed_days);
	fix_finish(&f);
}

/* The same store in use: a case is read as it was written, the next meeting is planned and held. */
static void t_released_store_goes_on(void)
{
	struct record_viewer v;
	struct case_row c;
	struct share_row *s;
	struct search_row *found;
	size_t n;
	int64_t entries, bad;
	start("orchard lantern pebble harbour");
	snprintf(f.dir, sizeof(f.dir), "%s/store", test_dir());
	copy_store(RELEASED, f.dir);
	CHECK_ERR(fix_try_open(&f), ERR_OK);
	FIX_MUST(record_viewer_opener(f.r, &v));
	int64_t kase = fix_case(&f, "C-2026-0118");
	CHECK_ERR(record_case_read(f.r, &f.a, &v, kase, &c), ERR_OK);
	CHECK_ERR(record_shares(f.r, &f.a, &v, kase, 0, &s, &n), ERR_OK);
	CHECK(n > 2 && *s[0].words);
	CHECK_ERR(record_search(f.r, &f.a, &v, "avery", 20, &found, &n), ERR_OK);
	CHECK(n > 0);
	f.forum = fix_of(&f, "SELECT id FROM forum WHERE code = %Q", "safer-estates");
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-10");
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	for (size_t i = 0; i < COUNT_OF(fix_core); i++)
		CHECK_ERR(fix_at_seat(&f, CMD_SEAT_SIGN, fix_core[i]), ERR_OK);
	CHECK_ERR(fix_state(&f, MEETING_SESSION), ERR_OK);
	fix_again(&f);
	CHECK_ERR(record_audit_verify(f.r, &entries, &bad), ERR_OK);
	fix_finish(&f);
}

/* ---- cuts ---- */

/* A store of version 1 with cases, meetings and statements, in `dir`. */
static void make_old(const char *dir, int cases)
{
	start("harbour lantern copper meadow seven");
	snprintf(f.dir, sizeof(f.dir), "%s/store", dir);
	FIX_MUST(vault_create(f.dir, "Police, inspector", f.secret, &fix_cost, &f.v, &f.why));
	struct record *r = calloc(1, sizeof(*r)); /* opened without being brought up to date */
	if (!r)
		exit(2);
	*r = (struct record){.vault = f.v, .db = vault_db(f.v), .practice = f.p};
	FIX_MUST(schema_migrate_to(r, 1, &f.why));
	char *sql = sqlite3_mprintf(
	        "BEGIN;"
	        "INSERT INTO setting VALUES('partnership', 'Quexham'), ('sample', '1');"
	        "INSERT INTO agency(uid, code, name, code3, kind) VALUES(randomblob(16), 'police', "
	        "'Police', 'POL', 'Police');"
	        "INSERT INTO person(uid, agency, name, initials, role) VALUES(randomblob(16), 1, "
	        "'Morgan Example', 'ME', 'Inspector');"
	        "INSERT INTO forum(uid, code, name, kind, reports_to, priority, purpose, meets, "
	        "duration_months, chair, report_due) VALUES(randomblob(16), 'safer-estates', "
	        "'Safer "
	        "Estates', 'case conference', '', '', '', '', '', '', '');"
	        "INSERT INTO meeting(uid, forum, type, type_version, day, starts, venue) "
	        "VALUES(randomblob(16), 1, 'safer-estates', 1, 20500, 1771200000000000, '');"
	        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	        "INSERT INTO kase(uid, ref, forum, strand, received, reason) SELECT "
	        "randomblob(16), "
	        "printf('C-2026-%%05d', i), 1, 'Noise', 20400, 'Noise at night.' FROM n;"
	        "INSERT INTO party(uid, kase, role, name, address, postcode, phone, safe_contact, "
	        "position) SELECT randomblob(16), k.id, 'subject', 'Avery Sample', k.id || ' "
	        "Sorrel "
	        "Court', 'QX1 1AA', '', '', p.position FROM kase k, (SELECT 1 AS position UNION "
	        "ALL "
	        "SELECT 2) p;"
	        "INSERT INTO item(uid, meeting, kind, title, kase, position, minutes) SELECT "
	        "randomblob(16), 1, 7, ref, id, id, 10 FROM kase;"
	        "INSERT INTO share(uid, item, kase, agency, what, words, opinion, source, purpose, "
	        "gateway, article6, article9, article10, necessity, consent, handling, reason, "
	        "restriction, type_version, said) SELECT randomblob(16), id, kase, 1, 0, 'Called "
	        "four "
	        "times.', 0, '', '', '', '', '', '', '', '', '', '', 0, 1, 1771200000000000 FROM "
	        "item; COMMIT",
	        cases);
	FIX_MUST(sql_script(r, sql));
	sqlite3_free(sql);
	record_close(r);
	vault_close(f.v);
	f.v = NULL;
}

static int64_t whole_steps, whole_bytes; /* what an uncut migration takes */

static int step(void *n)
{
	(*(int64_t *)n)++;
	return 0;
}

static void measure_whole(const char *old, const char *dir)
{
	char wal[300];
	struct stat st;
	snprintf(f.dir, sizeof(f.dir), "%.200s/uncut", dir);
	copy_store(old, f.dir);
	FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
	whole_steps = 0;
	sqlite3_progress_handler(vault_db(f.v), 100, step, &whole_steps);
	FIX_MUST(record_open(f.v, f.p, &f.r, &f.why));
	snprintf(wal, sizeof(wal), "%s/%s", f.dir, VAULT_FILE_WAL);
	if (stat(wal, &st) != 0)
		exit(2);
	whole_bytes = st.st_size;
	fix_close(&f);
}

static int die(void *left)
{
	if ((*(int64_t *)left)-- <= 0)
		raise(SIGKILL);
	return 0;
}

/* A child brings the store up to date and is killed: after so many hundred steps of SQLite, or when
 * a file grows past so many bytes. Returns its status. */
static int cut(int64_t steps, int64_t bytes)
{
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		if (vault_open(f.dir, NULL, f.secret, &f.v, &f.why))
			_exit(3);
		if (steps >= 0)
			sqlite3_progress_handler(vault_db(f.v), 100, die, &steps);
		struct rlimit l = {(rlim_t)bytes, (rlim_t)bytes};
		if (bytes >= 0 && (setrlimit(RLIMIT_FSIZE, &l) != 0))
			_exit(3);
		_exit(record_open(f.v, f.p, &f.r, &f.why) ? 4 : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(2);
	return status;
}

/* The store is at version 1 with nothing of version 2 in it, or at a later one. */
static bool is_whole(const struct columns *c, const char *before, int64_t tables)
{
	int64_t version = raw("PRAGMA user_version");
	char *now = rows_of(vault_db(f.v), c);
	bool whole = now && strcmp(now, before) == 0 &&
	             (version >= 2 ||
	                     (version == 1 && raw("SELECT count(*) FROM sqlite_schema") == tables));
	sqlite3_free(now);
	return whole;
}

static void t_cut_leaves_version_one_whole(void)
{
	char old[300], dir[256];
	int killed = 0, done = 0;
	snprintf(dir, sizeof(dir), "%.200s", test_dir());
	make_old(dir, 300);
	snprintf(old, sizeof(old), "%s", f.dir);
	FIX_MUST(vault_open(old, NULL, f.secret, &f.v, &f.why));
	struct columns c = columns_of(vault_db(f.v));
	char *before = rows_of(vault_db(f.v), &c);
	int64_t tables = raw("SELECT count(*) FROM sqlite_schema");
	vault_close(f.v);
	f.v = NULL;
	measure_whole(old, dir);
	CHECK(whole_steps > 100 && whole_bytes > 100000);
	/* by steps of SQLite, from the first table to the last index; by bytes, in the log's
	 * middle; the last of each is after the end */
	for (int i = 0; i < 40; i++) {
		snprintf(f.dir, sizeof(f.dir), "%.200s/cut-%d", dir, i);
		copy_store(old, f.dir);
		int status = i < 28 ? cut(whole_steps * i / 26, -1)
		                    : cut(-1, whole_bytes * (i - 27) / 11 + 4096);
		bool was_killed = WIFSIGNALED(status);
		CHECK(was_killed || WEXITSTATUS(status) == 0);
		killed += was_killed;
		done += !was_killed;
		CHECK_ERR(vault_open(f.dir, NULL, f.secret, &f.v, &f.why), ERR_OK);
		CHECK(is_whole(&c, before, tables));
		if (was_killed && i < 28)
			CHECK(raw("PRAGMA user_version") < SCHEMA_VERSION);
		/* and the next opening does it */
		CHECK_ERR(record_open(f.v, f.p, &f.r, &f.why), ERR_OK);
		CHECK(raw("PRAGMA user_version") == SCHEMA_VERSION);
		CHECK(is_whole(&c, before, tables));
		CHECK(raw("SELECT count(*) FROM identity") == 600);
		fix_close(&f);
	}
	CHECK(killed >= 30 && done >= 2);
	sqlite3_free(before);
	columns_free(&c);
	fix_finish(&f);
}

static int stop(void *left)
{
	return (*(int64_t *)left)-- <= 0;
}

/* The same without dying: what fails is undone, said, and can be tried again. */
static void t_failure_is_said_and_undone(void)
{
	int64_t left = 60;
	make_old(test_dir(), 100);
	FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
	struct columns c = columns_of(vault_db(f.v));
	char *before = rows_of(vault_db(f.v), &c);
	int64_t tables = raw("SELECT count(*) FROM sqlite_schema");
	sqlite3_progress_handler(vault_db(f.v), 100, stop, &left);
	CHECK(record_open(f.v, f.p, &f.r, &f.why) != ERR_OK);
	CHECK(strstr(f.why.text, "as it was"));
	sqlite3_progress_handler(vault_db(f.v), 0, NULL, NULL);
	f.r = NULL;
	CHECK(sqlite3_get_autocommit(vault_db(f.v)));
	CHECK(raw("PRAGMA user_version") == 1);
	CHECK(is_whole(&c, before, tables));
	CHECK_ERR(record_open(f.v, f.p, &f.r, &f.why), ERR_OK);
	CHECK(is_whole(&c, before, tables));
	sqlite3_free(before);
	columns_free(&c);
	fix_finish(&f);
}

/* A hold of version 3, where each had its day, stands in version 4, where none need have one. */
static void t_holds_of_version_three_stand(void)
{
	static const char held[] =
	        "INSERT INTO hold(subject, subject_id, words, agency, person, review, at) "
	        "VALUES('case', 1, 'A review of the death is open', 1, 1, 20600, 7);";
	make_old(test_dir(), 2);
	FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
	struct record *r = calloc(1, sizeof(*r));
	if (!r)
		exit(2);
	*r = (struct record){.vault = f.v, .db = vault_db(f.v), .practice = f.p};
	FIX_MUST(schema_migrate_to(r, 3, &f.why));
	FIX_MUST(sql_script(r, held));
	record_close(r);
	CHECK_ERR(record_open(f.v, f.p, &f.r, &f.why), ERR_OK);
	CHECK(raw("PRAGMA user_version") == SCHEMA_VERSION);
	CHECK(raw("SELECT count(*) FROM hold WHERE subject = 'case' AND subject_id = 1 AND agency "
	          "= "
	          "1 AND person = 1 AND review = 20600 AND at = 7 AND lifted IS NULL") == 1);
	CHECK(raw("SELECT count(*) FROM kase_gone") == 0);
	CHECK((sqlite3_exec(vault_db(f.v), held, NULL, NULL, NULL) & 0xff) == SQLITE_CONSTRAINT);
	CHECK(sqlite3_exec(vault_db(f.v),
	              "UPDATE hold SET lifted = 8; INSERT INTO hold(subject, subject_id, words, "
	              "person, at) VALUES('case', 1, 'Asked for by the coroner', 1, 9)",
	              NULL, NULL, NULL) == SQLITE_OK);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(t_released_store_keeps_every_row),
	        T(t_released_store_goes_on), T(t_cut_leaves_version_one_whole),
	        T(t_failure_is_said_and_undone), T(t_holds_of_version_three_stand)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
