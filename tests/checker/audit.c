#include "checker.h"
#include <string.h>
/*
 * The database in clear: whole for SQLite, and its audit log one chain, sealed entry by entry.
 */

static bool one_text(sqlite3 *db, const char *sql, const char *want)
{
	sqlite3_stmt *st = NULL;
	bool same = sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	            sqlite3_step(st) == SQLITE_ROW &&
	            strcmp((const char *)sqlite3_column_text(st, 0), want) == 0;
	sqlite3_finalize(st);
	return same;
}

static void add64(crypto_generichash_state *s, int64_t v)
{
	uint8_t b[8];
	put(b, 8, (uint64_t)v);
	crypto_generichash_update(s, b, 8);
}

static void add_text(crypto_generichash_state *s, sqlite3_stmt *st, int col)
{
	const void *p = sqlite3_column_text(st, col);
	add64(s, sqlite3_column_bytes(st, col));
	crypto_generichash_update(s, p, (size_t)sqlite3_column_bytes(st, col));
}

static void link_make(sqlite3_stmt *st, uint8_t prev[32])
{
	crypto_generichash_state s;
	crypto_generichash_init(&s, NULL, 0, 32);
	crypto_generichash_update(&s, prev, 32);
	for (int i = 0; i < 3; i++)
		add64(&s, sqlite3_column_int64(st, i));
	add_text(&s, st, 3);
	add_text(&s, st, 4);
	for (int i = 5; i < 8; i++)
		add64(&s, sqlite3_column_int64(st, i));
	crypto_generichash_update(&s, sqlite3_column_blob(st, 8), 32);
	crypto_generichash_final(&s, prev, 32);
}

/* ---- seals of the entries ----------------------------------------------------------------------
 */

/* Keys from the one that a slot held, else from the one in the anchor: those before are gone. */
static struct {
	uint64_t next, sealed; /* the entry that `key` is for, 0: none; how many were looked at */
	uint8_t key[32];
	bool good, arrived;
} seal;

static void seal_begin(void)
{
	const bool held = keys.audit_from != 0;
	seal.next = held ? keys.audit_from : anchor.audit_key_seq;
	memcpy(seal.key, held ? keys.audit : anchor.audit_key, 32);
	seal.good = seal.arrived = true;
	seal.sealed = 0;
}

/* The key in the anchor is the one that this entry's place in the row of keys makes. */
static void seal_anchor(void)
{
	if (seal.next == anchor.audit_key_seq)
		seal.arrived = memcmp(seal.key, anchor.audit_key, 32) == 0;
}

static void seal_entry(uint64_t seq, const uint8_t head[32], const uint8_t *mac, int n)
{
	uint8_t want[32];
	if (seal.next == 0 || seq != seal.next)
		return;
	hash(seal.key, "caseroom 1 audit entry", head, 32, "", 0, want, 32);
	seal.good &= n == 32 && memcmp(want, mac, 32) == 0;
	hash(seal.key, "caseroom 1 audit next", "", 0, "", 0, want, 32);
	memcpy(seal.key, want, 32);
	seal.next++;
	seal.sealed++;
	seal_anchor();
}

static void seal_say(uint64_t last)
{
	if (seal.next == 0) {
		printf("audit seals: no key\n");
		return;
	}
	say(seal.good && seal.next == last + 1, "each entry has the seal of its key");
	say(seal.arrived && anchor.audit_key_seq <= seal.next, "and the anchor has the next key");
	printf("audit seals: %llu entries, from the key of %s\n", (unsigned long long)seal.sealed,
	        keys.audit_from ? "a slot" : "the anchor");
}

/* ---- the log ----------------------------------------------------------------------------------
 */

/* Version 1 and 2 of the records have no column `mac`. */
static sqlite3_stmt *entries(sqlite3 *db)
{
	static const char columns[] = "SELECT seq, at, actor, act, subject, subject_id, kase, "
	                              "meeting, digest, hash, %s FROM audit ORDER BY seq";
	sqlite3_stmt *st = NULL;
	char sql[256];
	for (int old = 0; old < 2 && !st; old++) {
		snprintf(sql, sizeof(sql), columns, old ? "NULL" : "mac");
		(void)sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	}
	if (!st)
		stop("the table audit");
	return st;
}

static void audit_walk(sqlite3 *db)
{
	sqlite3_stmt *st = entries(db);
	uint8_t head[32] = {0};
	uint64_t n = 0;
	bool good = true, mark = anchor.audit_seq == 0;
	memcpy(head, ring.id, 16);
	seal_begin();
	while (good && sqlite3_step(st) == SQLITE_ROW) {
		n++;
		good = (uint64_t)sqlite3_column_int64(st, 0) == n &&
		       sqlite3_column_bytes(st, 8) == 32 && sqlite3_column_bytes(st, 9) == 32;
		if (good)
			link_make(st, head);
		good = good && memcmp(head, sqlite3_column_blob(st, 9), 32) == 0;
		if (n == anchor.audit_seq)
			mark = memcmp(head, anchor.head, 32) == 0;
		seal_entry(n, head, sqlite3_column_blob(st, 10), sqlite3_column_bytes(st, 10));
	}
	sqlite3_finalize(st);
	if (!good)
		printf("   the audit log is broken at entry %llu\n", (unsigned long long)n);
	say(good, "the audit log is one chain");
	say(mark, "the audit log holds what the anchor remembers of it");
	seal_say(n);
	printf("audit: %llu entries, head %02X%02X %02X%02X %02X%02X %02X%02X\n",
	        (unsigned long long)n, head[0], head[1], head[2], head[3], head[4], head[5],
	        head[6], head[7]);
}

void database_check(uint8_t *image, size_t pages)
{
	sqlite3 *db = NULL;
	const sqlite3_int64 n = (sqlite3_int64)pages * 4096;
	if (pages == 0)
		stop("the database is empty");
	/* in memory there is no log: file versions 1 and 1 */
	image[18] = image[19] = 1;
	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	        sqlite3_deserialize(db, "main", image, n, n, SQLITE_DESERIALIZE_READONLY) !=
	                SQLITE_OK)
		stop("SQLite takes the database");
	say(one_text(db, "PRAGMA application_id", "1129468749"), "application_id is 0x4352534D");
	say(one_text(db, "PRAGMA integrity_check", "ok"), "SQLite's integrity check");
	audit_walk(db);
	sqlite3_close(db);
}
