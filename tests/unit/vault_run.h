#ifndef TESTS_VAULT_RUN_H
#define TESTS_VAULT_RUN_H
/*
 * A run of work on the simulated card of vault_sim.h, on a vault or on plain SQLite as the control,
 * and what must hold when it was cut: it opens, the integrity check is ok, every acknowledged
 * commit is there whole, the audit key follows the entries, and the anchor remembers no more than
 * is there and no less than it was told at rest. Each way to fail is counted by itself.
 */
#include "vault_sim.h"
#include "caseroom/time.h"

static const int survive[] = {0, 20, 50, 80, 100};
static struct vault_secret *pass, *pass2;
static char trouble[500];

static struct {
	int cuts, closed, older, lost, corrupt, anchor;
} tally;

/* One run: a store (v) or plain SQLite (db alone), and how far its acknowledged commits go. */
struct run {
	bool plain;
	const char *sync; /* for plain */
	struct vault *v;
	sqlite3 *db;
	int64_t acked, tried, rested;
	int percent;
};

static bool fail(int *count, const char *what, const struct run *r, const char *more)
{
	++*count;
	snprintf(trouble, sizeof(trouble), "%s (acked %lld, percent %d, op %llu) %s", what,
	        (long long)r->acked, r->percent, (unsigned long long)sim.ops, more);
	if (getenv("VAULT_POWER_SHOW"))
		fprintf(stderr, "%s\n", trouble);
	return false;
}

/* For a test to end with. */
HELP_UNUSED static bool tally_good(const char *name, uint64_t seed)
{
	const int bad = tally.closed + tally.older + tally.lost + tally.corrupt + tally.anchor;
	printf("# %s: %d cuts, seed %llu: %d not opened, %d called older, %d lost or not whole, "
	       "%d not sound, %d anchor or audit key wrong\n",
	        name, tally.cuts, (unsigned long long)seed, tally.closed, tally.older, tally.lost,
	        tally.corrupt, tally.anchor);
	memset(&tally, 0, sizeof(tally));
	if (bad == 0)
		return true;
	snprintf(test_why, sizeof(test_why), "%d failed, the last: %.400s", bad, trouble);
	test_failed = test_why;
	return false;
}

static bool exec(struct run *r, const char *text)
{
	return sqlite3_exec(r->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static const char run_schema[] =
        "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, k, b);"
        "CREATE INDEX IF NOT EXISTS t_k ON t(k, length(b));"
        "CREATE TABLE IF NOT EXISTS done(k INTEGER PRIMARY KEY, n, s, mac);";

static void head_of(int64_t k, uint8_t head[VAULT_HASH_BYTES])
{
	memset(head, 0, VAULT_HASH_BYTES);
	memcpy(head, &k, sizeof(k));
}

/* As record/ does at open: the entries since the anchor's last save move the audit key on. */
static bool run_catch_up(struct run *r)
{
	uint8_t head[VAULT_HASH_BYTES];
	uint64_t seq = 0;
	bool good = true;
	sqlite3_stmt *st = NULL;
	marked(r->v, &seq, head);
	if (sqlite3_prepare_v2(r->db, "SELECT k, mac FROM done WHERE k > ?1 ORDER BY k", -1, &st,
	            NULL) != SQLITE_OK)
		return true; /* no table yet, or no power */
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	while (good && sqlite3_step(st) == SQLITE_ROW) {
		const int64_t k = sqlite3_column_int64(st, 0);
		head_of(k, head);
		good = sqlite3_column_bytes(st, 1) == VAULT_HASH_BYTES &&
		       vault_audit_catch_up(r->v, (uint64_t)k, head, sqlite3_column_blob(st, 1));
	}
	sqlite3_finalize(st);
	return good || fail(&tally.anchor, "the audit key does not follow", r, "");
}

static enum err plain_open(struct run *r)
{
	char text[80];
	if (sqlite3_open_v2("/sim/plain.db", &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	            "sim") != SQLITE_OK)
		return ERR_IO;
	snprintf(text, sizeof(text), "PRAGMA synchronous=%s; PRAGMA journal_mode=WAL", r->sync);
	return exec(r, text) ? ERR_OK : ERR_IO;
}

/* With one key, and with the other one too where people of two agencies are asked for. */
static enum err run_unlock(struct vault **ret, struct why *w)
{
	const struct vault_factors f[2] = {{.passphrase = pass}, {.passphrase = pass2}};
	struct vault_unlock *u = NULL;
	enum err e = vault_unlock_begin("/sim", &u, w);
	if (e == ERR_OK)
		e = vault_unlock_add(u, NULL, &f[0], w);
	if (e == ERR_OK && vault_unlock_missing(u) > 0)
		e = vault_unlock_add(u, NULL, &f[1], w);
	if (e == ERR_OK)
		e = vault_unlock_open(u, ret, w);
	if (e != ERR_OK)
		vault_unlock_end(u);
	return e;
}

static enum err run_open(struct run *r, struct why *w)
{
	enum err e;
	if (r->plain) {
		e = plain_open(r);
	} else {
		time_advance_us(2 * TIME_HOUR_US);
		e = run_unlock(&r->v, w);
		r->db = e == ERR_OK ? vault_db(r->v) : NULL;
	}
	if (e == ERR_OK)
		(void)sqlite3_wal_autocheckpoint(r->db, 25);
	if (e == ERR_OK && r->v && !run_catch_up(r) && !sim.dead)
		e = ERR_AUDIT;
	return e;
}

static void run_close(struct run *r)
{
	if (r->plain)
		sqlite3_close(r->db);
	else
		vault_close(r->v);
	r->db = NULL;
	r->v = NULL;
}

/* The entry's MAC, and the mark, inside the transaction. */
static bool run_seal(struct run *r, int64_t k)
{
	uint8_t head[VAULT_HASH_BYTES], mac[VAULT_HASH_BYTES];
	sqlite3_stmt *st = NULL;
	bool good;
	head_of(k, head);
	if (vault_audit_seal(r->v, (uint64_t)k, head, mac) != ERR_OK ||
	        sqlite3_prepare_v2(r->db, "UPDATE done SET mac=?1 WHERE k=?2", -1, &st, NULL) !=
	                SQLITE_OK)
		return false;
	sqlite3_bind_blob(st, 1, mac, sizeof(mac), SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, k);
	good = sqlite3_step(st) == SQLITE_DONE;
	sqlite3_finalize(st);
	if (good)
		mark(r->v, (uint64_t)k, head);
	return good;
}

/* One transaction: rows in, rows changed, rows out, and a row that says what the table must then
 * hold. */
static bool run_commit(struct run *r)
{
	char text[900];
	const int64_t k = r->acked + 1;
	const int rows = 1 + (int)(sim_rand() % 12), size = (int)(sim_rand() % 6000);
	snprintf(text, sizeof(text),
	        "BEGIN IMMEDIATE;"
	        "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<%d)"
	        " INSERT INTO t(k,b) SELECT %lld, randomblob(%d+i) FROM c;"
	        "UPDATE t SET b=randomblob(length(b)/2+9) WHERE id%%7=%lld;"
	        "DELETE FROM t WHERE id%%11=%lld;"
	        "INSERT INTO done SELECT %lld, count(*), ifnull(sum(length(b)),0), NULL FROM t;",
	        rows, (long long)k, size, (long long)k % 7, (long long)k % 11, (long long)k);
	r->tried = k;
	if (!exec(r, text) || (r->v && !run_seal(r, k)) || !exec(r, "COMMIT"))
		return false;
	r->acked = k;
	return true;
}

HELP_UNUSED static bool run_rest(struct run *r)
{
	if (!r->v)
		return true;
	if (vault_rest(r->v) != ERR_OK)
		return false;
	r->rested = r->acked;
	return true;
}

static bool run_check(struct run *r)
{
	uint64_t seq = 0;
	uint8_t head[VAULT_HASH_BYTES];
	int64_t top;
	if (!sql_says(r->db, "PRAGMA integrity_check", "ok"))
		return fail(&tally.corrupt, "integrity", r, "");
	if (r->acked == 0 &&
	        sql_int(r->db, "SELECT count(*) FROM sqlite_schema WHERE name='done'") == 0)
		return true; /* cut before it had tables */
	top = sql_int(r->db, "SELECT ifnull(max(k),0) FROM done");
	if (top < r->acked || top > r->tried)
		return fail(&tally.lost, "commit lost or made up", r, "");
	if (top > 0 && sql_int(r->db, "SELECT (SELECT count(*) FROM t)=n AND (SELECT "
	                              "ifnull(sum(length(b)),0) FROM t)=s"
	                              " FROM done ORDER BY k DESC LIMIT 1") != 1)
		return fail(&tally.lost, "commit not whole", r, "");
	if (r->v) {
		marked(r->v, &seq, head);
		if ((int64_t)seq > top)
			return fail(&tally.anchor, "anchor ahead of the store", r, "");
		if ((int64_t)seq < r->rested)
			return fail(&tally.anchor, "anchor forgot what it was told", r, "");
	}
	r->acked = r->tried = top;
	return true;
}

/* Cut, power on, open (perhaps cut again while opening), check. */
static bool run_cut(struct run *r, int percent)
{
	struct why w = {""};
	enum err e = ERR_IO;
	r->percent = percent;
	tally.cuts++;
	for (int again = 0; again < 4; again++) {
		sim.dead = true;
		if (r->db)
			run_close(r);
		sim_restart(percent);
		sim_tidy();
		if (again < 3 && sim_rand() % 3 == 0)
			sim.crash_at = 1 + sim_rand() % 20;
		e = run_open(r, &w);
		if (e == ERR_OK || !sim.dead)
			break;
		r->db = r->plain ? r->db : NULL;
	}
	if (e != ERR_OK) {
		char more[300];
		snprintf(more, sizeof(more), "%s: %.200s", err_text(e), w.text);
		return fail(
		        e == ERR_OLDER ? &tally.older : &tally.closed, "does not open", r, more);
	}
	sim.crash_at = 0;
	return run_check(r);
}

/* A card with a store, or a plain database, that has its tables. */
static void image_start(struct sim_image *m, bool plain)
{
	struct run r = {.plain = plain, .sync = "FULL"};
	sim_clear();
	time_pin_us(1700000000 * TIME_SECOND_US);
	if (plain) {
		if (run_open(&r, NULL) != ERR_OK)
			abort();
	} else {
		if (vault_create("/sim", "first", pass, &cheap, &r.v, NULL) != ERR_OK)
			abort();
		r.db = vault_db(r.v);
	}
	if (!exec(&r, run_schema))
		abort();
	run_close(&r);
	/* What SQLite itself leaves to the system at creation is not what is tested here. */
	sim_sync_names();
	sim_save(m);
}

/* What main() does before and after the table of tests. */
static void run_start(void)
{
	pass = secret_of("harbour lentil quartz ninety");
	pass2 = secret_of("window orchard seven copper");
	sqlite3_vfs_register(&sim_vfs, 0);
	vault_base_for_tests(&sim_vfs, &sim_io);
	time_pin_us(1700000000 * TIME_SECOND_US);
}

static void run_finish(void)
{
	sim_clear();
	vault_secret_destroy(pass);
	vault_secret_destroy(pass2);
}

#endif
