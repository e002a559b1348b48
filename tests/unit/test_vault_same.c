#include "vault_help.h"
#include "vault_sim.h"
/*
 * The same random SQL on plain SQLite and in a vault, statement by statement: the same result code,
 * the same rows to the byte, the same count of changes. The generator takes its choices from a seed
 * that is printed; VAULT_SAME=N runs N statements for each seed, VAULT_SAME_SEED=N begins
 * elsewhere.
 *
 * Caches are small and checkpoints many, so that rows come back from the log, from the database and
 * from a spilled transaction; both sides are closed and opened again now and then. The vault stands
 * on the simulated card, which needs no waiting for a disk.
 */

#define STATEMENTS 3000
#define SEEDS 3
#define TABLES 4
#define TEXT 4096

static uint64_t rng;

static uint32_t dice(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 32) % n;
}

/* ---- statements
 * --------------------------------------------------------------------------------------- */

static void add(struct buf *b, const char *const *from, size_t n)
{
	buf_puts(b, from[dice((uint32_t)n)]);
}

#define ADD(b, ...)                                                                                \
	add(b, (const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))

static void value(struct buf *b)
{
	static const char *const words[] = {"panel", "harbour", "Ó Briain", "", "o''clock",
	        "harbour lantern copper", "PANEL", "2026-11-19", "0", "1e3", "x_y%z"};
	const uint32_t n = dice(300);
	switch (dice(7)) {
	case 0:
		buf_puts(b, "NULL");
		break;
	case 1:
		buf_printf(b, "%d", (int)dice(2000) - 1000);
		break;
	case 2:
		buf_printf(b, "%u.%02u", dice(100), dice(100));
		break;
	case 3:
		buf_puts(b, "x'");
		for (uint32_t i = 0; i < n; i++)
			buf_printf(b, "%02x", dice(256));
		buf_puts(b, "'");
		break;
	case 4: /* long enough for overflow pages */
		buf_printf(b, "replace(hex(zeroblob(%u)),'0','%s ')", dice(6000), words[dice(3)]);
		break;
	default:
		buf_printf(b, "'%s'", words[dice((uint32_t)COUNT_OF(words))]);
	}
}

static void column(struct buf *b)
{
	ADD(b, "id", "a", "b", "c", "length(a)", "typeof(b)", "a||b", "b+c", "hex(substr(c,1,9))");
}

static void where(struct buf *b)
{
	switch (dice(7)) {
	case 0:
		buf_printf(b, " WHERE id%%%u=%u", 2 + dice(9), dice(3));
		break;
	case 1:
		buf_puts(b, " WHERE a=");
		value(b);
		break;
	case 2:
		buf_printf(b, " WHERE b BETWEEN %d AND %u", -(int)dice(500), dice(500));
		break;
	case 3:
		buf_puts(b, " WHERE a LIKE '%arb%' OR c IS NULL");
		break;
	case 4:
		buf_printf(b, " WHERE id IN(SELECT id FROM t%u WHERE b>c)", dice(TABLES));
		break;
	case 5:
		buf_printf(b, " WHERE id=%u", dice(400));
		break;
	default:
		break;
	}
}

static void change(struct buf *b)
{
	const uint32_t t = dice(TABLES);
	switch (dice(6)) {
	case 0:
		buf_printf(b, "UPDATE t%u SET a=", t);
		value(b);
		where(b);
		break;
	case 1:
		buf_printf(b, "UPDATE OR IGNORE t%u SET b=b+1,c=a||id", t);
		where(b);
		break;
	case 2: /* more go than come */
		buf_printf(b, "DELETE FROM t%u WHERE id%%%u<>1", t, 2 + dice(9));
		break;
	case 3:
		buf_printf(b,
		        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<%u)"
		        " INSERT INTO t%u(a,b,c) SELECT 'row '||i,i*%u%%997,",
		        dice(90) + 1, t, dice(900));
		value(b);
		buf_puts(b, " FROM n");
		break;
	default:
		ADD(b, "INSERT", "INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE");
		buf_printf(b, " INTO t%u VALUES(%s", t, dice(2) ? "NULL" : "");
		if (b->data[b->len - 1] == '(')
			buf_printf(b, "%u", dice(400));
		for (int i = 0; i < 3; i++) {
			buf_puts(b, ",");
			value(b);
		}
		buf_puts(b, ")");
	}
}

static void question(struct buf *b)
{
	const uint32_t t = dice(TABLES), u = dice(TABLES);
	switch (dice(7)) {
	case 0:
		buf_printf(b, "SELECT * FROM t%u", t);
		where(b);
		buf_printf(b, " ORDER BY %s LIMIT %u", dice(2) ? "id" : "a,b,id DESC", dice(80));
		break;
	case 1:
		buf_puts(b, "SELECT ");
		column(b);
		buf_puts(b, " k,count(*),sum(b),max(a),min(c) FROM t");
		buf_printf(b, "%u GROUP BY k ORDER BY 1,2", t);
		break;
	case 2:
		buf_printf(b,
		        "SELECT x.id,y.id,x.a FROM t%u x JOIN t%u y ON x.b=y.b ORDER BY 1,2 LIMIT "
		        "200",
		        t, u);
		break;
	case 3:
		buf_printf(b,
		        "SELECT a,c FROM t%u EXCEPT SELECT a,c FROM t%u ORDER BY 1,2 LIMIT 100", t,
		        u);
		break;
	case 4:
		buf_printf(b,
		        "SELECT id,row_number() OVER (ORDER BY b,id),sum(b) OVER (PARTITION BY a "
		        "ORDER BY id) FROM t%u ORDER BY id",
		        t);
		break;
	case 5:
		buf_printf(b, "SELECT rowid,body FROM f WHERE f MATCH '%s' ORDER BY rowid",
		        dice(2) ? "harbour OR panel*" : "lantern AND NOT copper");
		break;
	default:
		buf_printf(b,
		        "SELECT DISTINCT typeof(a),typeof(b),typeof(c) FROM t%u ORDER BY 1,2,3", t);
	}
}

/* Transactions, indices, temporary tables, full text, and what rewrites the file. */
static void other(struct buf *b)
{
	switch (dice(16)) {
	case 0:
		ADD(b, "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "COMMIT", "ROLLBACK");
		break;
	case 1:
		buf_printf(b, "%s s%u", dice(2) ? "SAVEPOINT" : "RELEASE", dice(2));
		break;
	case 2:
		buf_printf(b, "ROLLBACK TO s%u", dice(2));
		break;
	case 3:
		buf_printf(b, "CREATE INDEX i%u ON t%u(%s)", dice(6), dice(TABLES),
		        dice(2) ? "a,b" : "c,length(a)");
		break;
	case 4:
		buf_printf(b, "DROP INDEX i%u", dice(6));
		break;
	case 5:
		buf_printf(
		        b, "CREATE TEMP TABLE w AS SELECT * FROM t%u ORDER BY c,a", dice(TABLES));
		break;
	case 6:
		ADD(b, "DROP TABLE w", "SELECT count(*),sum(length(c)) FROM w",
		        "DELETE FROM w WHERE id%3=0", "CREATE INDEX temp.wi ON w(a,c)");
		break;
	case 7:
		buf_printf(b, "INSERT INTO f(rowid,body) SELECT id,a FROM t%u WHERE id%%7=%u",
		        dice(TABLES), dice(7));
		break;
	case 8:
		ADD(b, "DELETE FROM f WHERE rowid%5=2", "INSERT INTO f(f) VALUES('optimize')",
		        "INSERT INTO f(f) VALUES('integrity-check')");
		break;
	case 9:
		ADD(b, "VACUUM", "REINDEX", "PRAGMA optimize", "PRAGMA foreign_key_check");
		break;
	case 10:
		ADD(b, "PRAGMA wal_checkpoint", "PRAGMA wal_checkpoint(TRUNCATE)",
		        "PRAGMA wal_checkpoint(RESTART)");
		break;
	case 11:
		ADD(b, "PRAGMA cache_size=5", "PRAGMA cache_size=60", "PRAGMA cache_size=2000");
		break;
	case 12:
		ADD(b, "PRAGMA integrity_check", "PRAGMA quick_check");
		break;
	case 13:
		buf_printf(b, "ALTER TABLE t%u RENAME COLUMN c TO d", dice(TABLES));
		break;
	case 14:
		buf_printf(b, "ALTER TABLE t%u RENAME COLUMN d TO c", dice(TABLES));
		break;
	default:
		buf_printf(b, "INSERT INTO child VALUES(NULL,%u,", dice(400));
		value(b);
		buf_puts(b, ")");
	}
}

static void statement(struct buf *b)
{
	const uint32_t n = dice(10);
	b->len = 0;
	if (n < 4)
		change(b);
	else if (n < 7)
		question(b);
	else
		other(b);
}

/* ---- the two sides
 * --------------------------------------------------------------------------------------- */

/* One statement's outcome as bytes: codes, types and values. */
static void outcome(sqlite3 *db, const char *text, struct buf *b)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, text, -1, &st, NULL), rows = 0;
	b->len = 0;
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		/* A checkpoint tells frames; a page of ours holds less. */
		for (int i = 0; i < sqlite3_column_count(st) && !strstr(text, "checkpoint"); i++) {
			const int type = sqlite3_column_type(st, i);
			const void *p = sqlite3_column_blob(st, i);
			const int n = sqlite3_column_bytes(st, i);
			buf_printf(b, "%d:%d:", type, n);
			if (n > 0)
				buf_put(b, p, (size_t)n);
		}
		buf_puts(b, "\n");
		rows++;
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(st);
	buf_printf(b, "rc %d %s rows %d changes %d total %d last %lld commit %d", rc,
	        rc == SQLITE_DONE ? "" : sqlite3_errmsg(db), rows, sqlite3_changes(db),
	        sqlite3_total_changes(db), (long long)sqlite3_last_insert_rowid(db),
	        sqlite3_get_autocommit(db));
}

struct sides {
	const char *dir;
	struct vault *v;
	sqlite3 *plain;
	struct buf text, one, two;
};

static const char schema[] =
        "CREATE TABLE IF NOT EXISTS t0(id INTEGER PRIMARY KEY, a, b, c);"
        "CREATE TABLE IF NOT EXISTS t1(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b INT, c "
        "BLOB);"
        "CREATE TABLE IF NOT EXISTS t2(id INTEGER PRIMARY KEY, a, b UNIQUE, c NOT NULL DEFAULT "
        "'none');"
        "CREATE TABLE IF NOT EXISTS t3(id INT, a, b, c, PRIMARY KEY(id, a)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS child(id INTEGER PRIMARY KEY, parent REFERENCES t0(id) ON "
        "DELETE CASCADE, a);"
        "CREATE TRIGGER IF NOT EXISTS g AFTER UPDATE ON t0 BEGIN INSERT INTO child "
        "VALUES(NULL,new.id,old.a); END;"
        "CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5(body, prefix='2');";

static bool both_exec(struct sides *s, const char *text)
{
	return sqlite3_exec(s->plain, text, NULL, NULL, NULL) == SQLITE_OK &&
	       sqlite3_exec(vault_db(s->v), text, NULL, NULL, NULL) == SQLITE_OK;
}

static bool sides_open(struct sides *s, bool first)
{
	struct vault_secret *pass = secret_of("harbour lentil quartz ninety");
	enum err e = first ? vault_create("/sim", "first", pass, &cheap, &s->v, NULL)
	                   : vault_open("/sim", NULL, pass, &s->v, NULL);
	vault_secret_destroy(pass);
	if (e != ERR_OK ||
	        sqlite3_open_v2(in_dir(s->dir, "plain.db"), &s->plain,
	                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix-excl") != SQLITE_OK ||
	        sqlite3_exec(s->plain, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", NULL,
	                NULL, NULL) != SQLITE_OK)
		return false;
	(void)sqlite3_extended_result_codes(s->plain, 1);
	(void)sqlite3_wal_autocheckpoint(s->plain, 40);
	(void)sqlite3_wal_autocheckpoint(vault_db(s->v), 40);
	return sqlite3_exec(s->plain,
	               "PRAGMA temp_store=2; PRAGMA foreign_keys=ON; PRAGMA "
	               "recursive_triggers=ON; PRAGMA cell_size_check=ON",
	               NULL, NULL, NULL) == SQLITE_OK &&
	       both_exec(s, "PRAGMA cache_size=10");
}

static void sides_close(struct sides *s)
{
	(void)sqlite3_close(s->plain);
	vault_close(s->v);
	s->plain = NULL;
	s->v = NULL;
}

static bool same(struct sides *s, int i)
{
	const char *text = buf_str(&s->text);
	outcome(s->plain, text, &s->one);
	outcome(vault_db(s->v), text, &s->two);
	if (buf_err(&s->one) == ERR_OK && s->one.len == s->two.len &&
	        memcmp(s->one.data, s->two.data, s->one.len) == 0)
		return true;
	snprintf(test_why, sizeof(test_why), "statement %d: %.200s: plain %.100s, sealed %.100s", i,
	        text, buf_str(&s->one) + (s->one.len > 100 ? s->one.len - 100 : 0),
	        buf_str(&s->two) + (s->two.len > 100 ? s->two.len - 100 : 0));
	return false;
}

/* False with test_why filled at the first difference. */
static bool run(struct sides *s, int statements)
{
	for (int i = 0; i < statements; i++) {
		statement(&s->text);
		if (!same(s, i))
			return false;
		if (dice(400) != 0)
			continue;
		sides_close(s);
		if (!sides_open(s, false) || !both_exec(s, schema)) {
			snprintf(test_why, sizeof(test_why), "statement %d: not opened again", i);
			return false;
		}
	}
	for (int t = 0; t < TABLES; t++) {
		s->text.len = 0;
		buf_printf(&s->text, "SELECT * FROM t%d ORDER BY id,a", t);
		if (!same(s, statements))
			return false;
	}
	s->text.len = 0;
	buf_puts(&s->text, "PRAGMA integrity_check");
	return same(s, statements);
}

static void t_plain_and_sealed_answer_alike(void)
{
	const char *more = getenv("VAULT_SAME"), *from = getenv("VAULT_SAME_SEED");
	const int statements = more ? atoi(more) : STATEMENTS;
	const unsigned first = from ? (unsigned)atoi(from) : 1;
	for (unsigned seed = first; seed < first + SEEDS; seed++) {
		struct sides s = {.dir = test_dir()};
		bool good;
		rng = seed * 0x9e3779b97f4a7c15u + 1;
		buf_init(&s.text, TEXT);
		buf_init(&s.one, 1u << 26);
		buf_init(&s.two, 1u << 26);
		sim_clear();
		good = sides_open(&s, true) && both_exec(&s, schema) && run(&s, statements);
		sides_close(&s);
		unlink(in_dir(s.dir, "plain.db"));
		buf_finish(&s.text);
		buf_finish(&s.one);
		buf_finish(&s.two);
		printf("# seed %u: %d statements\n", seed, statements);
		if (!good) {
			test_failed = test_why;
			return;
		}
	}
}

static const struct test tests[] = {
        T(t_plain_and_sealed_answer_alike),
};

int main(int argc, char **argv)
{
	int failed;
	cheap_start();
	sqlite3_vfs_register(&sim_vfs, 0);
	vault_base_for_tests(&sim_vfs, &sim_io);
	failed = test_main(tests, COUNT_OF(tests), argc, argv);
	sim_clear();
	return failed;
}
