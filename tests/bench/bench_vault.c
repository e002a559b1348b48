#include <sqlite3.h>
#include "vault/vault_int.h"
#include "vault_work.h"
/*
 * What sealing costs beside plain SQLite (vault_work.h has the work), which runs on the same base
 * VFS with the same pragmas, so that only the sealing differs. Then what a store costs by itself:
 * the work of the passphrase, the pass over all pages at opening, the anchor.
 * bench_vault_sqlcipher.c has the same work on SQLCipher.
 */

static struct vault_secret *pass;

static void side_open(struct side *s, bool sealed, const char *cache)
{
	char path[128];
	const struct vault_cost cost = {8, 1};
	dir_make(s->dir, sizeof(s->dir));
	s->vault = NULL;
	if (sealed) {
		struct vault *v = NULL;
		if (vault_create(s->dir, "bench", pass, &cost, &v, NULL) != ERR_OK)
			exit(2);
		s->vault = v;
		s->db = vault_db(v);
	} else {
		snprintf(path, sizeof(path), "%s/plain.db", s->dir);
		must(sqlite3_open_v2(path, &s->db,
		             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
		             "unix-excl"),
		        "open");
		run(s->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=2;"
		           "PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA "
		           "secure_delete=ON");
	}
	run(s->db, cache);
}

static void side_close(struct side *s)
{
	if (s->vault)
		vault_close(s->vault);
	else
		sqlite3_close(s->db);
}

/* The middle of five openings, by the clock. */
static double opening_ms(const char *dir)
{
	double t[5];
	for (int i = 0; i < 5; i++) {
		struct vault *v = NULL;
		t[i] = now_s(CLOCK_MONOTONIC);
		if (vault_open(dir, NULL, pass, &v, NULL) != ERR_OK)
			exit(2);
		t[i] = now_s(CLOCK_MONOTONIC) - t[i];
		vault_close(v);
	}
	return middle(t, 5) * 1000;
}

/* Empty, then with the rows: what lies between is the pass over the pages. */
static void opening(void)
{
	struct side s;
	double empty, full;
	uint8_t head[VAULT_HASH_BYTES] = {0};
	struct vault_mark m = {.seq = 1};
	double t[51];
	side_open(&s, true, "PRAGMA cache_size=-2000");
	side_close(&s);
	empty = opening_ms(s.dir);
	if (vault_open(s.dir, NULL, pass, (struct vault **)&s.vault, NULL) != ERR_OK)
		exit(2);
	s.db = vault_db(s.vault);
	phase(s.db, BULK);
	memcpy(m.head, head, sizeof(m.head));
	for (int i = 0; i < 51; i++) {
		m.seq++;
		run(s.db, "BEGIN IMMEDIATE; INSERT INTO s(n) VALUES(1)");
		vault_mark(s.vault, &m);
		run(s.db, "COMMIT");
		t[i] = now_s(CLOCK_MONOTONIC);
		if (vault_rest(s.vault) != ERR_OK)
			exit(2);
		t[i] = now_s(CLOCK_MONOTONIC) - t[i];
	}
	side_close(&s);
	full = opening_ms(s.dir);
	printf("vault_open_pass_41_mb %.1f ms goal <= 25\n", full - empty);
	/* A write of one record and its sync; once a second at most. */
	printf("vault_anchor_saved %.2f ms goal <= 10\n", middle(t, 51) * 1000);
	dir_remove(s.dir);
}

static void unlock_time(void)
{
	struct side s;
	struct vault *v = NULL;
	vault_cost_floor_for_tests(0, 0);
	dir_make(s.dir, sizeof(s.dir));
	if (vault_create(s.dir, "bench", pass, NULL, &v, NULL) != ERR_OK)
		exit(2);
	vault_close(v);
	/* The goal is for a Pi 4, whose memory is about three times slower: here it must leave that
	 * room. */
	printf("vault_unlock_default_cost %.0f ms goal <= 667\n", opening_ms(s.dir));
	dir_remove(s.dir);
}

/* Steps that have no goal of their own have 5: where a change has made one worse. */
static const double goals[PHASES] = {[COMMITS] = 1.75, [POINT] = 1.95, [SCAN] = 1.9};

int main(void)
{
	const struct sides how = {side_open, side_close};
	struct ratios r;
	vault_cost_floor_for_tests(8, 1);
	if (vault_secret_create(64, &pass) != ERR_OK)
		exit(2);
	memcpy(pass->text, "bench", 5);
	pass->len = 5;
	measure(&how, "PRAGMA cache_size=-2000", ROUNDS, SUMMED, &r);
	printf("vault_cpu_small_cache %.2f ratio goal <= 1.70\n", r.total);
	for (int p = 0; p < PHASES; p++)
		printf("vault_cpu_%s %.2f ratio goal <= %.2f\n", names[p], r.phase[p],
		        goals[p] > 0 ? goals[p] : 5.0);
	printf("vault_cpu_without_full_text %.2f ratio\n", r.total_no_fts);
	printf("vault_wall_small_commits %.2f ratio goal <= 1.10\n", r.wall);
	measure(&how, "PRAGMA cache_size=-131072", ROUNDS, SUMMED, &r);
	printf("vault_cpu_large_cache %.2f ratio goal <= 1.25\n", r.total);
	opening();
	unlock_time();
	vault_secret_destroy(pass);
	return 0;
}
