#include "vault_help.h"
#include "vault_sim.h"
#include <dirent.h>
#include <sodium.h>
/*
 * The fifteen ways in which sealing SQLite goes wrong, each with a test that fails without its
 * handling; and the canary: a text put everywhere that SQLite may write, found in no file.
 */

static const char *const good_words = "harbour lentil quartz ninety";

static struct vault *made(const char *dir)
{
	struct vault_secret *s = secret_of(good_words);
	struct vault *v = NULL;
	if (vault_create(dir, "first", s, &cheap, &v, NULL) != ERR_OK)
		v = NULL;
	vault_secret_destroy(s);
	return v;
}

static enum err opened(const char *dir, struct vault **ret)
{
	struct vault_secret *s = secret_of(good_words);
	enum err e = vault_open(dir, NULL, s, ret, NULL);
	vault_secret_destroy(s);
	return e;
}

#define FILL                                                                                       \
	"CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, a, b);"                              \
	"WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<300)"               \
	" INSERT INTO t(a,b) SELECT 'row '||i, zeroblob(700) FROM c;"

/* A store whose last commits are in the log alone, as a cut leaves it. */
static const char *cut_store(struct vault **ret_v)
{
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir);
	if (!v || sql(v, FILL "PRAGMA wal_checkpoint(TRUNCATE)") != SQLITE_OK)
		return NULL;
	(void)sqlite3_wal_autocheckpoint(v->db, 0);
	if (sql(v, "CREATE TABLE late(x); INSERT INTO late VALUES(1)") != SQLITE_OK ||
	        sql(v, "INSERT INTO late VALUES(2)") != SQLITE_OK ||
	        sql(v, "INSERT INTO late VALUES(3)") != SQLITE_OK)
		return NULL;
	copy_store(dir, copy);
	if (ret_v)
		*ret_v = v;
	else
		vault_close(v);
	return copy;
}

static void t_pitfall_01_torn_page_one_is_repaired_from_log(void)
{
	const char *dir = cut_store(NULL);
	struct vault *v = NULL;
	struct bytes db;
	CHECK(dir);
	db = load(in_dir(dir, VAULT_FILE_DB));
	memset(db.p, 0x5a, 2048);
	CHECK(save(in_dir(dir, VAULT_FILE_DB), db.p, db.n));
	free(db.p);
	CHECK_ERR(opened(dir, &v), ERR_OK);
	CHECK(sql_int(v->db, "SELECT count(*) FROM late") == 3);
	vault_close(v);
}

static void t_pitfall_02_torn_frame_ends_the_log(void)
{
	static const int torn[] = {1, 700, 4100, 4160};
	for (size_t i = 0; i < COUNT_OF(torn); i++) {
		const char *dir = cut_store(NULL);
		struct vault *v = NULL;
		struct bytes wal;
		CHECK(dir);
		wal = load(in_dir(dir, VAULT_FILE_WAL));
		CHECK(wal.n > 3 * WAL_SEALED_FRAME);
		for (int k = 1; k <= torn[i]; k++) /* no byte stays as it was by chance */
			wal.p[wal.n - (size_t)k] ^= 0xa5;
		CHECK(save(in_dir(dir, VAULT_FILE_WAL), wal.p, wal.n));
		free(wal.p);
		CHECK_ERR(opened(dir, &v), ERR_OK);
		CHECK(sql_int(v->db, "SELECT count(*) FROM late") == 2);
		CHECK(sql_says(v->db, "PRAGMA integrity_check", "ok"));
		vault_close(v);
	}
}

static void t_pitfall_03_reserved_tail_is_zero(void)
{
	const char *dir = cut_store(NULL), *copy = test_dir();
	struct vault *v = NULL;
	uint8_t page[VAULT_PAGE], zero[VAULT_RESERVE] = {0};
	sqlite3_file *f;
	CHECK(dir);
	CHECK_ERR(opened(dir, &v), ERR_OK);
	f = &v->vfs->db_file->file;
	CHECK(f->pMethods->xRead(f, page, VAULT_PAGE, VAULT_PAGE) == SQLITE_OK);
	CHECK(memcmp(page + VAULT_BODY, zero, sizeof(zero)) == 0);
	/* A page read from the card, changed, and recovered from the log: SQLite's sums hold over
	 * what it read. */
	CHECK(sql(v, "UPDATE t SET a='changed' WHERE id<200") == SQLITE_OK);
	copy_store(dir, copy);
	f = &v->vfs->wal_file->file;
	page[VAULT_PAGE - 1] = 1;
	CHECK(f->pMethods->xWrite(f, page, VAULT_PAGE, WAL_HEAD + WAL_FRAME_HEAD) != SQLITE_OK);
	vault_close(v);
	CHECK_ERR(opened(copy, &v), ERR_OK);
	CHECK(sql_int(v->db, "SELECT count(*) FROM t WHERE a='changed'") == 199);
	vault_close(v);
}

static void t_pitfall_04_frame_headers_are_sealed(void)
{
	const char *dir = cut_store(NULL);
	struct bytes wal;
	CHECK(dir);
	wal = load(in_dir(dir, VAULT_FILE_WAL));
	CHECK(wal.n > WAL_SEALED_FRAME);
	/* Every frame header in clear repeats the salts of the log's header. */
	CHECK(!memmem(wal.p + WAL_HEAD, wal.n - WAL_HEAD, wal.p + 16, 8));
	free(wal.p);
}

static void t_pitfall_05_log_survives_a_crash_copy(void)
{
	struct vault *v = NULL, *w = NULL;
	const char *dir = cut_store(&v);
	CHECK(dir);
	CHECK_ERR(opened(dir, &w), ERR_OK);
	CHECK(sql_int(w->db, "SELECT sum(x) FROM late") == 6);
	vault_close(w);
	vault_close(v);
}

static void t_pitfall_06_reserve_is_forty_or_not_written(void)
{
	struct vault *v = made(test_dir());
	uint8_t page[VAULT_PAGE];
	sqlite3_file *f;
	CHECK(v);
	CHECK(sql(v, FILL) == SQLITE_OK);
	CHECK(sql(v, "PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t(a) VALUES(1)") == SQLITE_OK);
	f = &v->vfs->db_file->file;
	CHECK(f->pMethods->xRead(f, page, VAULT_PAGE, 0) == SQLITE_OK);
	CHECK(page[20] == VAULT_RESERVE && page[18] == 2 && page[19] == 2);
	page[20] = 0;
	v->vfs->creating = true;
	CHECK(f->pMethods->xWrite(f, page, VAULT_PAGE, 0) != SQLITE_OK);
	v->vfs->creating = false;
	f = &v->vfs->wal_file->file;
	le_put(v->vfs->wal.frame[0].head, 4, 1u << 24);
	CHECK(f->pMethods->xWrite(f, page, VAULT_PAGE, WAL_HEAD + WAL_FRAME_HEAD) != SQLITE_OK);
	vault_close(v);
}

static void t_pitfall_07_odd_writes_are_refused(void)
{
	static const struct {
		int n;
		sqlite3_int64 off;
	} odd[] = {{512, 32}, {4096, 0}, {4096, 32}, {24, 56}, {4120, 32}, {4095, 56}, {24, 31},
	        {32, 32}};
	struct vault *v = made(test_dir());
	uint8_t bytes[5000] = {0};
	CHECK(v);
	CHECK(sql(v, FILL) == SQLITE_OK);
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		sqlite3_file *f = &v->vfs->wal_file->file;
		CHECK(f->pMethods->xWrite(f, bytes, odd[i].n, odd[i].off) != SQLITE_OK);
	}
	CHECK(v->vfs->db_file->file.pMethods->xDeviceCharacteristics(&v->vfs->db_file->file) &
	        SQLITE_IOCAP_POWERSAFE_OVERWRITE);
	/* Outside a checkpoint nobody writes the database, page-sized or not. */
	CHECK(vfs_db_methods.xWrite(&v->vfs->db_file->file, bytes, 4096, 4096) != SQLITE_OK);
	CHECK(sql_says(v->db, "PRAGMA integrity_check", "ok"));
	vault_close(v);
}

static int entries(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static void t_pitfall_08_nothing_escapes_in_clear(void)
{
	static const char *const denied[] = {"ATTACH 'x.db' AS x",
	        "ATTACH 'file:x.db?vfs=unix' AS x", "VACUUM INTO 'x.db'",
	        "VACUUM INTO 'file:x.db?vfs=unix'", "PRAGMA temp_store=1",
	        "PRAGMA temp_store_directory='/tmp'", "PRAGMA journal_mode=DELETE",
	        "PRAGMA journal_mode=OFF", "SELECT load_extension('x')", "PRAGMA mmap_size=1000000",
	        "PRAGMA page_size=8192", "PRAGMA synchronous=OFF", "PRAGMA writable_schema=ON",
	        "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA secure_delete=OFF",
	        "PRAGMA data_store_directory='/tmp'", "PRAGMA key='x'"};
	static const int kinds[] = {SQLITE_OPEN_TEMP_DB, SQLITE_OPEN_TRANSIENT_DB,
	        SQLITE_OPEN_SUBJOURNAL, SQLITE_OPEN_TEMP_JOURNAL, SQLITE_OPEN_MAIN_JOURNAL,
	        SQLITE_OPEN_SUPER_JOURNAL, SQLITE_OPEN_MAIN_DB};
	const char *dir = test_dir();
	struct vault *v = made(dir);
	int exists = 1;
	CHECK(v);
	CHECK(sql(v, FILL) == SQLITE_OK);
	for (size_t i = 0; i < COUNT_OF(denied); i++)
		CHECK(sql(v, denied[i]) != SQLITE_OK);
	CHECK(access("x.db", F_OK) != 0);
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		sqlite3_file *f = calloc(1, (size_t)v->vfs->vfs.szOsFile);
		int rc = v->vfs->vfs.xOpen(&v->vfs->vfs, in_dir(dir, "x"), f,
		        kinds[i] | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
		free(f);
		CHECK(rc == SQLITE_CANTOPEN);
	}
	CHECK(access(in_dir(dir, "x"), F_OK) != 0);
	/* A journal that someone put there is not rolled back into the store. */
	CHECK(save(in_dir(dir, "store.db-journal"), (const uint8_t *)"x", 1));
	CHECK(v->vfs->vfs.xAccess(&v->vfs->vfs, in_dir(dir, "store.db-journal"), 0, &exists) ==
	                SQLITE_OK &&
	        !exists);
	CHECK(unlink(in_dir(dir, "store.db-journal")) == 0);
	vault_close(v);
}

static void t_pitfall_09_wal_index_stays_in_memory(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	CHECK(v);
	CHECK(sql(v, FILL) == SQLITE_OK);
	CHECK(access(in_dir(dir, VAULT_FILE_WAL), F_OK) == 0);
	CHECK(access(in_dir(dir, "store.db-shm"), F_OK) != 0);
	CHECK(entries(dir) == 4); /* store.db, its log, keyring, anchor */
	vault_close(v);
	CHECK(entries(dir) == 3);
}

/* Is the text in any page of the store, opened? */
static bool in_pages(struct vault *v, const char *text)
{
	sqlite3_int64 size = 0;
	uint8_t page[VAULT_PAGE];
	bool found = false;
	sqlite3_file *f = &v->vfs->db_file->file;
	if (store_settle(v, NULL) != ERR_OK || f->pMethods->xFileSize(f, &size) != SQLITE_OK)
		return true;
	for (sqlite3_int64 at = 0; at < size; at += VAULT_PAGE)
		found |= f->pMethods->xRead(f, page, VAULT_PAGE, at) == SQLITE_OK &&
		         memmem(page, sizeof(page), text, strlen(text));
	return found;
}

static void t_pitfall_10_optimize_takes_terms_of_deleted_rows(void)
{
	struct vault *v = made(test_dir());
	CHECK(v);
	CHECK(sql(v, "CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES('plain "
	             "words'),('zebrafinch here')") == SQLITE_OK);
	CHECK(sql(v, "DELETE FROM f WHERE f MATCH 'zebrafinch'") == SQLITE_OK);
	CHECK(in_pages(v, "ebrafinch"));
	CHECK(sql(v, "INSERT INTO f(f) VALUES('optimize')") == SQLITE_OK);
	CHECK(!in_pages(v, "ebrafinch"));
	vault_close(v);
}

/* Pages are written over in the log, then a savepoint takes back the place where they lay: SQLite
 * 3.40.1 goes on from a sum that is not there, and plain loses `kept` or the rows of `later`. */
static bool survives(const char *spilled)
{
	static const char before[] =
	        "PRAGMA cache_size=5; CREATE TABLE big(id INTEGER PRIMARY KEY, b);"
	        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<60)"
	        " INSERT INTO big SELECT i, zeroblob(3000) FROM n;"
	        "BEGIN; UPDATE big SET b='kept' WHERE id=1; SAVEPOINT a;";
	static const char after[] = "ROLLBACK TO a; RELEASE a; COMMIT;"
	                            "CREATE TABLE later(x); INSERT INTO later VALUES(7);";
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir), *w = NULL;
	bool good = v && sqlite3_wal_autocheckpoint(v->db, 0) == SQLITE_OK &&
	            sql(v, before) == SQLITE_OK && sql(v, spilled) == SQLITE_OK &&
	            sql(v, after) == SQLITE_OK;
	if (good)
		copy_store(dir, copy);
	good = good && opened(copy, &w) == ERR_OK && sql_int(w->db, "SELECT x FROM later") == 7 &&
	       sql_int(w->db, "SELECT count(*) FROM big WHERE b='kept'") == 1 &&
	       sql_int(w->db, "SELECT count(*) FROM big") == 60;
	vault_close(w);
	vault_close(v);
	return good;
}

static void t_commit_after_a_savepoint_that_was_spilled_survives_a_crash(void)
{
	/* the frames that are written over again are there, without their sums */
	CHECK(survives("UPDATE big SET b=randomblob(3000) WHERE id>30;"
	               "UPDATE big SET b=randomblob(3000) WHERE id>30;"));
	/* they are gone */
	CHECK(survives("WITH RECURSIVE n(i) AS (SELECT 61 UNION ALL SELECT i+1 FROM n WHERE i<150)"
	               " INSERT INTO big SELECT i, zeroblob(3000) FROM n;"
	               "UPDATE big SET b=randomblob(3000) WHERE id>140;"));
}

/* A transaction that fits one frame, which has no sum until the commit is nearly done: everything
 * up to operation n of the commit is on the card. */
static bool cut_commit_is_written_over(const struct vault_secret *s, uint64_t n, bool *ret_cut)
{
	struct vault *v = NULL;
	bool good;
	sim_clear();
	good = vault_create("/sim", "first", s, &cheap, &v, NULL) == ERR_OK &&
	       sql(v, "CREATE TABLE big(id INTEGER PRIMARY KEY, b);"
	              "INSERT INTO big VALUES(1, zeroblob(3000)), (2, zeroblob(3000));"
	              "BEGIN IMMEDIATE; SAVEPOINT a; UPDATE big SET b=randomblob(3000) WHERE "
	              "id=1;") == SQLITE_OK &&
	       sqlite3_db_cacheflush(v->db) == SQLITE_OK &&
	       sql(v, "UPDATE big SET b=randomblob(3000) WHERE id=1") == SQLITE_OK &&
	       sqlite3_db_cacheflush(v->db) == SQLITE_OK &&
	       sql(v, "ROLLBACK TO a; RELEASE a; UPDATE big SET b='kept' WHERE id=1") == SQLITE_OK;
	sim.ops = 0;
	sim.crash_at = n;
	if (good)
		(void)sql(v, "COMMIT");
	*ret_cut = sim.dead;
	vault_close(v);
	v = NULL;
	sim_restart(100);
	good = good && vault_open("/sim", NULL, s, &v, NULL) == ERR_OK &&
	       sql(v, "INSERT INTO big VALUES(3, 'x')") == SQLITE_OK &&
	       sql_int(v->db, "SELECT count(*) FROM big") == 3;
	vault_close(v);
	return good;
}

static void t_commit_that_was_cut_before_its_sum_is_written_over(void)
{
	struct vault_secret *s = secret_of(good_words);
	bool good = true, cut = true;
	vault_base_for_tests(&sim_vfs, &sim_io);
	for (uint64_t n = 1; good && cut; n++)
		good = cut_commit_is_written_over(s, n, &cut);
	vault_base_for_tests(NULL, NULL);
	sim_clear();
	vault_secret_destroy(s);
	CHECK(good);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, VAULT_NONCE);
}

static void t_pitfall_11_nonces_never_repeat(void)
{
	struct vault_keys *k = secret_alloc(sizeof(*k));
	struct seal s = {.keys = k, .left = 0};
	enum { N = 2000 };
	static uint8_t nonce[N][VAULT_NONCE];
	uint8_t page[VAULT_PAGE] = {1}, out[VAULT_PAGE], head[WAL_FRAME_HEAD] = {0},
	        sealed[WAL_SEALED_HEAD];
	const struct wal_gen gen = {{1}};
	const struct frame_bond bond = {&gen, 1, sealed, sealed};
	CHECK(k);
	/* The same page at the same place, again and again; and headers from the same pool. */
	for (int i = 0; i < N; i += 2) {
		seal_page(&s, 7, page, out);
		memcpy(nonce[i], out + VAULT_BODY, VAULT_NONCE);
		seal_frame(&s, &bond, head, sealed);
		memcpy(nonce[i + 1], sealed, VAULT_NONCE);
	}
	qsort(nonce, N, VAULT_NONCE, by_bytes);
	for (int i = 1; i < N; i++)
		CHECK(memcmp(nonce[i - 1], nonce[i], VAULT_NONCE) != 0);
	CHECK(seal_open_page(&s, 7, out, page) && page[0] == 1);
	CHECK(!seal_open_page(&s, 8, out, page));
	secret_free(k);
}

/* What libcrypto sealed is what libsodium would have sealed, and each opens the other's. */
static void t_pages_are_the_same_by_either_library(void)
{
	struct vault_keys *k = secret_alloc(sizeof(*k));
	struct seal fast = {.keys = k, .fast = page_aead_create()}, plain = {.keys = k};
	uint8_t page[VAULT_PAGE] = {0}, sealed[VAULT_PAGE], out[VAULT_PAGE];
	CHECK(k && fast.fast);
	randombytes_buf(k->page, sizeof(k->page));
	for (uint32_t n = 1; n <= 300; n++) {
		randombytes_buf(page, VAULT_BODY);
		seal_page(n % 2 ? &fast : &plain, n, page, sealed);
		CHECK(seal_open_page(n % 2 ? &plain : &fast, n, sealed, out));
		CHECK(memcmp(out, page, VAULT_PAGE) == 0);
		CHECK(!seal_open_page(&fast, n + 1, sealed, out));
		sealed[randombytes_uniform(VAULT_PAGE)] ^= (uint8_t)(1u << n % 8);
		CHECK(!seal_open_page(&fast, n, sealed, sealed));
		for (size_t i = 0; i < VAULT_PAGE; i++)
			CHECK(sealed[i] == 0);
	}
	page_aead_destroy(fast.fast);
	secret_free(k);
}

static void t_pitfall_12_zero_page_is_damage_but_for_the_lock_page(void)
{
	const int pending = sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0);
	const char *dir = test_dir(), *again = test_dir();
	struct vault_report r = {0};
	struct vault *v = made(dir);
	struct bytes db;
	bool good, damaged;
	CHECK(v);
	CHECK(sql(v, FILL) == SQLITE_OK);
	vault_close(v);
	CHECK_ERR(opened(dir, &v), ERR_OK);
	db = load(in_dir(dir, VAULT_FILE_DB));
	memset(db.p + 9 * VAULT_PAGE, 0, VAULT_PAGE);
	CHECK(save(in_dir(dir, VAULT_FILE_DB), db.p, db.n));
	free(db.p);
	CHECK(sql_int(v->db, "SELECT sum(length(a)) FROM t") == -1 && v->vfs->bad_page == 10);
	CHECK_ERR(vault_verify(v, &r, NULL), ERR_DAMAGED);
	damaged = r.bad_pages == 1 && r.bad[0] == 10;
	vault_close(v);
	CHECK(damaged);
	CHECK_ERR(opened(dir, &v), ERR_DAMAGED);
	/* SQLite's lock page is never written; here it lies at page 17 instead of at 1 GiB. */
	sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 16 * VAULT_PAGE);
	v = made(again);
	good = v && sql(v, FILL) == SQLITE_OK && vault_verify(v, &r, NULL) == ERR_OK &&
	       r.pages > 30;
	vault_close(v);
	sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, (unsigned)pending);
	CHECK(good);
}

static void t_pitfall_13_part_of_a_page_is_a_slice(void)
{
	struct vault *v = made(test_dir());
	uint8_t page[VAULT_PAGE], part[64];
	sqlite3_file *f;
	CHECK(v);
	CHECK(sql(v, FILL "PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK);
	f = &v->vfs->db_file->file;
	CHECK(f->pMethods->xRead(f, page, VAULT_PAGE, 5 * VAULT_PAGE) == SQLITE_OK);
	CHECK(f->pMethods->xRead(f, part, 64, 5 * VAULT_PAGE + 1000) == SQLITE_OK);
	CHECK(memcmp(part, page + 1000, 64) == 0);
	CHECK(f->pMethods->xRead(f, part, 64, 6 * VAULT_PAGE - 10) != SQLITE_OK);
	CHECK(f->pMethods->xDeviceCharacteristics(f) == SQLITE_IOCAP_POWERSAFE_OVERWRITE);
	CHECK(sql(v, "UPDATE t SET a=1") == SQLITE_OK);
	f = &v->vfs->wal_file->file;
	CHECK(f->pMethods->xRead(f, page, VAULT_PAGE, WAL_HEAD + WAL_FRAME_HEAD) == SQLITE_OK);
	CHECK(f->pMethods->xRead(f, part, 64, WAL_HEAD + WAL_FRAME_HEAD + 100) == SQLITE_OK);
	CHECK(memcmp(part, page + 100, 64) == 0);
	CHECK(f->pMethods->xRead(f, part, 8, WAL_HEAD + 16) == SQLITE_OK);
	vault_close(v);
}

static void t_pitfall_14_no_map_no_page_size_no_hints(void)
{
	struct vault *v = made(test_dir());
	sqlite3_int64 size = 1 << 20, before = 0, after = 0;
	char name[] = "page_size", value[] = "8192";
	char *page_size[] = {NULL, name, value};
	int chunk = 1 << 20;
	sqlite3_file *f, *w;
	CHECK(v);
	CHECK(sql(v, FILL) == SQLITE_OK);
	f = &v->vfs->db_file->file;
	w = &v->vfs->wal_file->file;
	CHECK(f->pMethods->iVersion == 2 && !f->pMethods->xFetch);
	CHECK(f->pMethods->xFileControl(f, SQLITE_FCNTL_MMAP_SIZE, &size) == SQLITE_OK &&
	        size == 0);
	CHECK(f->pMethods->xFileControl(f, SQLITE_FCNTL_PRAGMA, page_size) == SQLITE_OK);
	CHECK(w->pMethods->xFileSize(w, &before) == SQLITE_OK);
	size = before + (1 << 22);
	CHECK(w->pMethods->xFileControl(w, SQLITE_FCNTL_CHUNK_SIZE, &chunk) == SQLITE_OK);
	CHECK(w->pMethods->xFileControl(w, SQLITE_FCNTL_SIZE_HINT, &size) == SQLITE_OK);
	CHECK(w->pMethods->xFileSize(w, &after) == SQLITE_OK && before == after);
	CHECK(sql_int(v->db, "PRAGMA page_size") == VAULT_PAGE);
	vault_close(v);
}

static void t_pitfall_15_new_store_survives_an_early_cut(void)
{
	struct vault *v = NULL;
	struct vault_secret *s = secret_of(good_words);
	enum err e;
	vault_base_for_tests(&sim_vfs, &sim_io);
	sim_clear();
	e = vault_create("/sim", "first", s, &cheap, &v, NULL);
	sim.dead = true;
	vault_close(v);
	v = NULL;
	sim_restart(0);
	if (e == ERR_OK)
		e = vault_open("/sim", NULL, s, &v, NULL);
	vault_close(v);
	vault_base_for_tests(NULL, NULL);
	sim_clear();
	vault_secret_destroy(s);
	CHECK_ERR(e, ERR_OK);
}

/* ---- the canary
 * ------------------------------------------------------------------------------------- */

#define CANARY "canary-7f3a9c51e2b8d604-sealed!!"

/* In the directory, and where SQLite would put temporary files. */
static bool canary_in(const char *dir)
{
	bool found = false;
	DIR *d = opendir(dir);
	struct dirent *e;
	while (d && (e = readdir(d)) != NULL)
		found |= e->d_name[0] != '.' && file_has(in_dir(dir, e->d_name), &CANARY[4], 16);
	if (d)
		closedir(d);
	return found;
}

static const char *const canary_work[] = {
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB); CREATE INDEX ta ON t(a);"
        "CREATE VIRTUAL TABLE f USING fts5(a)",
        "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<4000)"
        " INSERT INTO t(a,b) SELECT '" CANARY "'||i, cast('" CANARY
        "' AS BLOB)||zeroblob(300) FROM c",
        "INSERT INTO f SELECT a FROM t",
        "CREATE TEMP TABLE x AS SELECT * FROM t ORDER BY b||a DESC; CREATE INDEX temp.xa ON x(a)",
        "BEGIN; SAVEPOINT s; UPDATE t SET a=a||'" CANARY "'; ROLLBACK TO s; UPDATE t SET a='" CANARY
        "2'||id; COMMIT",
        "SELECT count(*) FROM (SELECT DISTINCT a,b FROM t UNION SELECT b,a FROM x ORDER BY 1,2)",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "DELETE FROM t WHERE id%2",
        "VACUUM",
        "INSERT INTO f(f) VALUES('optimize')",
        "PRAGMA wal_checkpoint(PASSIVE)",
};

static void t_canary_is_found_in_no_file(void)
{
	const char *dir = test_dir(), *temp = test_dir();
	struct vault *v;
	setenv("SQLITE_TMPDIR", temp, 1);
	v = made(dir);
	CHECK(v);
	CHECK(sql(v, "PRAGMA cache_size=20") == SQLITE_OK);
	for (size_t i = 0; i < COUNT_OF(canary_work); i++) {
		CHECK(sql(v, canary_work[i]) == SQLITE_OK);
		CHECK(!canary_in(dir) && !canary_in(temp) && entries(temp) == 0);
	}
	vault_close(v);
	CHECK(!canary_in(dir));
	unsetenv("SQLITE_TMPDIR");
}

/* The same work on plain SQLite shows it at once: the search itself works. */
static void t_canary_is_found_in_plain_sqlite(void)
{
	const char *dir = test_dir();
	sqlite3 *db = NULL;
	CHECK(sqlite3_open(in_dir(dir, "p.db"), &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK);
	for (size_t i = 0; i < 2; i++)
		CHECK(sqlite3_exec(db, canary_work[i], NULL, NULL, NULL) == SQLITE_OK);
	CHECK(canary_in(dir));
	sqlite3_close(db);
}

static bool canary_on_card(void)
{
	for (int i = 1; i <= sim.inodes; i++)
		if (memmem(sim.inode[i].safe, sim.inode[i].safe_n, &CANARY[4], 16) ||
		        memmem(sim.inode[i].now, sim.inode[i].now_n, &CANARY[4], 16))
			return true;
	return false;
}

static void t_canary_is_in_no_crash_image(void)
{
	struct vault_secret *s = secret_of(good_words);
	bool found = false, cut = true;
	vault_base_for_tests(&sim_vfs, &sim_io);
	for (uint64_t at = 40; cut && !found; at += at / 2) {
		struct vault *v = NULL;
		sim_clear();
		sim_seed(at);
		sim.crash_at = at;
		if (vault_create("/sim", "first", s, &cheap, &v, NULL) == ERR_OK) {
			(void)sql(v, "PRAGMA cache_size=20");
			for (size_t i = 0; i < COUNT_OF(canary_work) && !sim.dead; i++)
				(void)sql(v, canary_work[i]);
		}
		vault_close(v);
		cut = sim.dead;
		sim_restart(50);
		found = canary_on_card();
	}
	vault_base_for_tests(NULL, NULL);
	sim_clear();
	vault_secret_destroy(s);
	CHECK(!found);
}

static const struct test tests[] = {
        T(t_pitfall_01_torn_page_one_is_repaired_from_log),
        T(t_pitfall_02_torn_frame_ends_the_log),
        T(t_pitfall_03_reserved_tail_is_zero),
        T(t_pitfall_04_frame_headers_are_sealed),
        T(t_pitfall_05_log_survives_a_crash_copy),
        T(t_commit_after_a_savepoint_that_was_spilled_survives_a_crash),
        T(t_commit_that_was_cut_before_its_sum_is_written_over),
        T(t_pitfall_06_reserve_is_forty_or_not_written),
        T(t_pitfall_07_odd_writes_are_refused),
        T(t_pitfall_08_nothing_escapes_in_clear),
        T(t_pitfall_09_wal_index_stays_in_memory),
        T(t_pitfall_10_optimize_takes_terms_of_deleted_rows),
        T(t_pitfall_11_nonces_never_repeat),
        T(t_pages_are_the_same_by_either_library),
        T(t_pitfall_12_zero_page_is_damage_but_for_the_lock_page),
        T(t_pitfall_13_part_of_a_page_is_a_slice),
        T(t_pitfall_14_no_map_no_page_size_no_hints),
        T(t_pitfall_15_new_store_survives_an_early_cut),
        T(t_canary_is_found_in_no_file),
        T(t_canary_is_found_in_plain_sqlite),
        T(t_canary_is_in_no_crash_image),
};

int main(int argc, char **argv)
{
	int failed;
	cheap_start();
	if (secret_start() != ERR_OK)
		return 2;
	sqlite3_vfs_register(&sim_vfs, 0);
	failed = test_main(tests, COUNT_OF(tests), argc, argv);
	sim_clear();
	return failed;
}
