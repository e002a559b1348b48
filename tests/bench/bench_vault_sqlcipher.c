#include <stdbool.h>
#include <stdint.h>
#include <sqlcipher/sqlite3.h>
#include "vault_work.h"
/*
 * The same work on Debian's SQLCipher, beside the plain database of the same library; a program of
 * its own, because that library has SQLite's names. Without full text, which it has in an older
 * form only; to be set beside vault_cpu_without_full_text. Pages of 4096 bytes, as here; a raw key,
 * so that nothing is spent on a passphrase.
 */

static void side_open(struct side *s, bool sealed, const char *cache)
{
	char path[128];
	dir_make(s->dir, sizeof(s->dir));
	snprintf(path, sizeof(path), "%s/peer.db", s->dir);
	must(sqlite3_open_v2(path, &s->db,
	             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, "unix-excl"),
	        "open");
	if (sealed)
		run(s->db, "PRAGMA key=\"x'"
		           "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\";"
		           "PRAGMA cipher_page_size=4096");
	else
		run(s->db, "PRAGMA page_size=4096");
	run(s->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=2;"
	           "PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON");
	run(s->db, cache);
}

static void side_close(struct side *s)
{
	sqlite3_close(s->db);
}

/* "3.4.1" of PRAGMA cipher_version. */
static void version(char *out, size_t cap)
{
	struct side s;
	sqlite3_stmt *st = NULL;
	side_open(&s, true, "PRAGMA cache_size=-2000");
	snprintf(out, cap, "unknown");
	if (sqlite3_prepare_v2(s.db, "PRAGMA cipher_version", -1, &st, NULL) == SQLITE_OK &&
	        sqlite3_step(st) == SQLITE_ROW)
		snprintf(out, cap, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	side_close(&s);
	dir_remove(s.dir);
}

int main(void)
{
	const struct sides how = {side_open, side_close};
	char v[32];
	struct ratios r;
	version(v, sizeof(v));
	measure(&how, "PRAGMA cache_size=-2000", ROUNDS, NO_FTS, &r);
	printf("sqlcipher_%s_without_full_text %.2f ratio\n", v, r.total_no_fts);
	for (int p = 0; p < PHASES; p++)
		if (p < NO_FTS || p >= SUMMED)
			printf("sqlcipher_%s_%s %.2f ratio\n", v, names[p], r.phase[p]);
	measure(&how, "PRAGMA cache_size=-131072", ROUNDS, NO_FTS, &r);
	printf("sqlcipher_%s_large_cache %.2f ratio\n", v, r.total_no_fts);
	return 0;
}
