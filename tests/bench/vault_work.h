#ifndef BENCH_VAULT_WORK_H
#define BENCH_VAULT_WORK_H
/*
 * The work by which sealing is measured, on any two connections: plain on one side, sealed on the
 * other, step by step and turn about, several rounds; the middle ratio of each step counts.
 *
 * It is a day of a partnership on a 41 MB store: 100,000 rows in bulk, 2,000 small commits,
 * look-ups by a key with the row shown, a search through all notes, changes, disposal, full text.
 * Two more steps outside the sum show the worst that sealing does: a page opened for next to no
 * work on it. CPU time of the process, user and system; by the clock too for the small commits.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 7
#define ROWS 100000

enum phase {
	BULK,
	COMMITS,
	POINT,
	SCAN,
	UPDATE,
	DELETE,
	NO_FTS,
	FTS_BUILD = NO_FTS,
	FTS_ASK,
	SUMMED,
	BARE_POINT = SUMMED,
	BARE_SCAN,
	PHASES
};

static const char *const names[PHASES] = {"bulk_rows", "small_commits", "point_reads", "scan",
        "update", "delete", "fts_build", "fts_query", "bare_point", "bare_scan"};

static double now_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc, const char *what)
{
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		fprintf(stderr, "bench: %s: %d\n", what, rc);
		exit(2);
	}
}

static void run(sqlite3 *db, const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

/* `count` times one prepared statement with a number that walks over the table. */
static void each(sqlite3 *db, const char *sql, int count, bool commits)
{
	sqlite3_stmt *st = NULL;
	uint32_t x = 12345;
	must(sqlite3_prepare_v2(db, sql, -1, &st, NULL), sql);
	if (!commits)
		run(db, "BEGIN");
	for (int i = 0; i < count; i++) {
		x = x * 1664525 + 1013904223;
		sqlite3_bind_int(st, 1, (int)((x >> 8) % ROWS) + 1);
		must(sqlite3_step(st), sql);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	if (!commits)
		run(db, "COMMIT");
}

static void phase(sqlite3 *db, enum phase p)
{
	switch (p) {
	case BULK:
		run(db, "CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, a TEXT, b TEXT); CREATE "
		        "INDEX tk ON t(k);"
		        "CREATE TABLE s(id INTEGER PRIMARY KEY, n INT, w TEXT);"
		        "CREATE TEMP TABLE said(w); INSERT INTO said SELECT "
		        "replace(hex(zeroblob(99)),"
		        "'00','She said that the noise began again at night. ')");
		for (int i = 0; i < 10; i++)
			run(db, "BEGIN; WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 "
			        "FROM c WHERE i<10000)"
			        " INSERT INTO t(k,a,b) SELECT (i*7919)%100000, 'a note about "
			        "number "
			        "'||i||' of the case',"
			        " substr(w,i%46+1,250+i%100) FROM c, said; COMMIT");
		break;
	case COMMITS:
		each(db, "INSERT INTO s(n,w) VALUES(?1,'a small entry in the minutes')", 2000,
		        true);
		break;
	case POINT:
		each(db, "SELECT id,k,a,b FROM t WHERE k=?1 ORDER BY id", 20000, false);
		break;
	case SCAN:
		for (int i = 0; i < 2; i++)
			run(db, "SELECT count(*) FROM t WHERE a LIKE '%number 1%case%' OR b LIKE "
			        "'%by day%'");
		break;
	case BARE_POINT:
		each(db, "SELECT a FROM t WHERE id=?1", 20000, false);
		break;
	case BARE_SCAN:
		run(db, "SELECT sum(k) FROM t NOT INDEXED");
		break;
	case UPDATE:
		each(db, "UPDATE t SET a=a||'.' WHERE id=?1", 10000, false);
		break;
	case DELETE:
		run(db, "DELETE FROM t WHERE id%5=0");
		break;
	case FTS_BUILD:
		run(db, "CREATE VIRTUAL TABLE f USING fts5(a); BEGIN; INSERT INTO f SELECT a FROM "
		        "t; COMMIT");
		break;
	case FTS_ASK:
		for (int i = 0; i < 40; i++)
			run(db, "SELECT count(*) FROM f WHERE f MATCH 'number AND case'");
		break;
	default:
		break;
	}
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void dir_make(char *dir, size_t cap)
{
	const char *top = getenv("TMPDIR");
	snprintf(dir, cap, "%.40s/bench-vault-XXXXXX", top ? top : "/tmp");
	if (!mkdtemp(dir))
		exit(2);
}

static void dir_remove(const char *dir)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double middle(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_size);
	return v[n / 2];
}

/* One side of one round; `open` fills it, `close` ends it. */
struct side {
	char dir[64];
	void *vault;
	sqlite3 *db;
};

struct sides {
	void (*open)(struct side *s, bool sealed, const char *cache);
	void (*close)(struct side *s);
};

struct ratios {
	double phase[PHASES], total, total_no_fts, wall;
};

struct round {
	double cpu[2][PHASES], wall[2];
};

static void one_round(
        const struct sides *how, const char *cache, int turn, int phases, struct round *r)
{
	struct side s[2];
	for (int k = 0; k < 2; k++)
		how->open(&s[k], k, cache);
	for (int p = 0; p < PHASES; p++)
		for (int t = 0; t < 2 && (p < phases || p >= SUMMED); t++) {
			const int k = (t + turn + p) % 2;
			double c = now_s(CLOCK_PROCESS_CPUTIME_ID), m = now_s(CLOCK_MONOTONIC);
			phase(s[k].db, (enum phase)p);
			r->cpu[k][p] = now_s(CLOCK_PROCESS_CPUTIME_ID) - c;
			if (p == COMMITS)
				r->wall[k] = now_s(CLOCK_MONOTONIC) - m;
		}
	for (int k = 0; k < 2; k++) {
		how->close(&s[k]);
		dir_remove(s[k].dir);
	}
}

static double summed(const double *cpu, int to)
{
	double sum = 0;
	for (int p = 0; p < to; p++)
		sum += cpu[p];
	return sum;
}

/* Steps before `phases` and the two bare ones. */
static void measure(
        const struct sides *how, const char *cache, int rounds, int phases, struct ratios *ret)
{
	static double v[PHASES + 3][ROUNDS];
	for (int r = 0; r < rounds; r++) {
		struct round now = {0};
		one_round(how, cache, r, phases, &now);
		for (int p = 0; p < PHASES; p++)
			v[p][r] = now.cpu[0][p] > 0 ? now.cpu[1][p] / now.cpu[0][p] : 0;
		v[PHASES][r] = summed(now.cpu[1], SUMMED) / summed(now.cpu[0], SUMMED);
		v[PHASES + 1][r] = summed(now.cpu[1], NO_FTS) / summed(now.cpu[0], NO_FTS);
		v[PHASES + 2][r] = now.wall[1] / now.wall[0];
	}
	for (int p = 0; p < PHASES; p++)
		ret->phase[p] = middle(v[p], rounds);
	ret->total = middle(v[PHASES], rounds);
	ret->total_no_fts = middle(v[PHASES + 1], rounds);
	ret->wall = middle(v[PHASES + 2], rounds);
}

#endif
