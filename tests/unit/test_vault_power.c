#include "vault_help.h"
#include "vault_sim.h"
#include "caseroom/time.h"
/*
 * Power cuts and failing calls, on the simulated card of vault_sim.h: plain SQLite first, as the
 * control that the card is fair, then the vault. After each cut: it opens, the integrity check is
 * ok, every commit that was acknowledged is there whole, and the anchor remembers no more than is
 * there.
 */

#define CUTS 1000
#define SWEEP_STEPS 4

static const int survive[] = {0, 20, 50, 80, 100};
static struct vault_secret *pass, *pass2;
static char trouble[400];

/* One run: a store (v) or plain SQLite (db alone), and how far its acknowledged commits go. */
struct run {
	bool plain;
	const char *sync; /* for plain */
	struct vault *v;
	sqlite3 *db;
	int64_t acked, tried;
	int percent;
};

static bool fail(const char *what, const struct run *r, const char *more)
{
	snprintf(trouble, sizeof(trouble), "%s (acked %lld, percent %d, op %llu) %s", what,
	        (long long)r->acked, r->percent, (unsigned long long)sim.ops, more);
	return false;
}

static bool exec(struct run *r, const char *text)
{
	return sqlite3_exec(r->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static const char schema[] = "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, k, b);"
                             "CREATE INDEX IF NOT EXISTS t_k ON t(k, length(b));"
                             "CREATE TABLE IF NOT EXISTS done(k INTEGER PRIMARY KEY, n, s);";

static enum err run_open(struct run *r, struct why *w)
{
	enum err e;
	char text[80];
	if (r->plain) {
		if (sqlite3_open_v2("/sim/plain.db", &r->db,
		            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "sim") != SQLITE_OK)
			return ERR_IO;
		snprintf(text, sizeof(text), "PRAGMA synchronous=%s; PRAGMA journal_mode=WAL",
		        r->sync);
		e = exec(r, text) ? ERR_OK : ERR_IO;
	} else {
		time_advance_us(2 * TIME_HOUR_US);
		e = vault_open("/sim", NULL, pass, &r->v, w);
		r->db = e == ERR_OK ? vault_db(r->v) : NULL;
	}
	if (e == ERR_OK)
		(void)sqlite3_wal_autocheckpoint(r->db, 25);
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

/* One transaction: rows in, rows changed, rows out, and a row that says what the table must then
 * hold. */
static bool run_commit(struct run *r)
{
	char text[900];
	uint8_t head[VAULT_HASH_BYTES] = {0};
	const int64_t k = r->acked + 1;
	const int rows = 1 + (int)(sim_rand() % 12), size = (int)(sim_rand() % 6000);
	snprintf(text, sizeof(text),
	        "BEGIN IMMEDIATE;"
	        "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<%d)"
	        " INSERT INTO t(k,b) SELECT %lld, randomblob(%d+i) FROM c;"
	        "UPDATE t SET b=randomblob(length(b)/2+9) WHERE id%%7=%lld;"
	        "DELETE FROM t WHERE id%%11=%lld;"
	        "INSERT INTO done SELECT %lld, count(*), ifnull(sum(length(b)),0) FROM t;",
	        rows, (long long)k, size, (long long)k % 7, (long long)k % 11, (long long)k);
	r->tried = k;
	if (!exec(r, text))
		return false;
	if (r->v) {
		memcpy(head, &k, sizeof(k));
		mark(r->v, (uint64_t)k, head);
	}
	if (!exec(r, "COMMIT"))
		return false;
	r->acked = k;
	return true;
}

static void slot_change(struct run *r)
{
	enum err e = slot_pass(r->v, vault_opener(r->v)->id, pass, NULL);
	if (e != ERR_OK && e != ERR_IO)
		abort();
}

/* Everything else that happens to a store between commits. False when the power went. */
static bool run_other(struct run *r)
{
	static const char *const text[] = {"PRAGMA wal_checkpoint",
	        "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(RESTART)", "VACUUM",
	        "BEGIN; DELETE FROM t; SAVEPOINT a; INSERT INTO t(b) VALUES(1); ROLLBACK"};
	uint64_t dice = sim_rand() % 24;
	if (dice < COUNT_OF(text))
		return exec(r, text[dice]) || !sim.dead;
	if (dice == 6) {
		run_close(r);
		return !sim.dead && run_open(r, NULL) == ERR_OK;
	}
	if (dice == 7 && r->v) {
		slot_change(r);
		return !sim.dead;
	}
	return true;
}

/* Works until the power goes or `steps` are done. */
static void run_work(struct run *r, int steps)
{
	for (int i = 0; i < steps && !sim.dead; i++)
		if (!run_commit(r) || !run_other(r))
			return;
}

static bool run_check(struct run *r)
{
	uint64_t seq = 0;
	uint8_t head[VAULT_HASH_BYTES];
	int64_t top;
	if (!sql_says(r->db, "PRAGMA integrity_check", "ok"))
		return fail("integrity", r, "");
	top = sql_int(r->db, "SELECT ifnull(max(k),0) FROM done");
	if (top < r->acked || top > r->tried)
		return fail("commit lost or made up", r, "");
	if (top > 0 && sql_int(r->db, "SELECT (SELECT count(*) FROM t)=n AND (SELECT "
	                              "ifnull(sum(length(b)),0) FROM t)=s"
	                              " FROM done ORDER BY k DESC LIMIT 1") != 1)
		return fail("commit not whole", r, "");
	if (r->v) {
		marked(r->v, &seq, head);
		if ((int64_t)seq > top)
			return fail("anchor ahead of the store", r, "");
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
		return fail("does not open", r, more);
	}
	sim.crash_at = 0;
	return run_check(r);
}

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
	if (!exec(&r, schema))
		abort();
	run_close(&r);
	/* What SQLite itself leaves to the system at creation is not what is tested here. */
	sim_sync_names();
	sim_save(m);
}

/* `count` random cuts; returns how many lost something. */
static int cuts(bool plain, const char *sync, int count, uint64_t seed)
{
	struct sim_image m = {0};
	int bad = 0;
	image_start(&m, plain);
	for (int i = 0; i < count;) {
		struct run r = {.plain = plain, .sync = sync};
		sim_load(&m);
		sim_seed(seed + (uint64_t)i);
		if (run_open(&r, NULL) != ERR_OK)
			abort();
		for (int again = 0; again < 3 && i < count; again++, i++) {
			sim.ops = 0;
			sim.crash_at = 1 + sim_rand() % 700;
			run_work(&r, 14);
			if (!run_cut(&r, survive[sim_rand() % COUNT_OF(survive)])) {
				if (bad++ == 0 && getenv("VAULT_POWER_SHOW"))
					fprintf(stderr, "cut %d: %s\n", i, trouble);
				i++;
				break;
			}
		}
		sim.dead = true;
		if (r.db)
			run_close(&r);
	}
	sim_image_free(&m);
	return bad;
}

static void t_card_keeps_plain_sqlite(void)
{
	CHECK(cuts(true, "FULL", 200, 1) == 0);
}

/* The same card must hurt a program that does not sync, or it tests nothing. */
static void t_card_loses_what_is_not_synced(void)
{
	CHECK(cuts(true, "OFF", 100, 1) > 10);
}

static void t_cuts_lose_nothing(void)
{
	const char *more = getenv("VAULT_POWER_CUTS");
	int bad = cuts(false, NULL, more ? atoi(more) : CUTS, 7);
	if (bad)
		fprintf(stderr, "%d of %d cuts: %s\n", bad, CUTS, trouble);
	CHECK(bad == 0); /* VAULT_POWER_SHOW=1 tells which */
}

/* Every operation of a short script, one by one. */
static void t_sweep_of_every_operation(void)
{
	static const int ps[] = {0, 50, 100};
	struct sim_image m = {0};
	bool more = true;
	uint64_t n = 0;
	image_start(&m, false);
	trouble[0] = 0;
	while (more) {
		n++;
		for (size_t p = 0; p < COUNT_OF(ps); p++) {
			struct run r = {.plain = false};
			sim_load(&m);
			sim_seed(n * 3 + p);
			sim.crash_at = n;
			if (run_open(&r, NULL) == ERR_OK) {
				for (int i = 0; i < SWEEP_STEPS && run_commit(&r); i++)
					if (i == 1)
						(void)exec(&r, "PRAGMA wal_checkpoint(RESTART)");
				(void)exec(&r, "PRAGMA wal_checkpoint(TRUNCATE)");
				if (!sim.dead)
					(void)run_commit(&r);
				run_close(&r);
			}
			more = sim.dead;
			if (!run_cut(&r, ps[p]))
				fprintf(stderr, "op %llu: %s\n", (unsigned long long)n, trouble);
			CHECK(r.db && trouble[0] == 0);
			sim.dead = true;
			run_close(&r);
		}
	}
	CHECK(n > 60);
	sim_image_free(&m);
}

static void t_cut_while_making_leaves_store_or_none(void)
{
	bool more = true;
	for (uint64_t n = 1; more; n++)
		for (size_t p = 0; p < COUNT_OF(survive); p++) {
			struct vault *v = NULL;
			struct why w = {""};
			enum err made, e;
			sim_clear();
			sim_seed(n * 5 + p);
			sim.crash_at = n;
			made = vault_create("/sim", "first", pass, &cheap, &v, NULL);
			more = sim.dead;
			sim.dead = true;
			vault_close(v);
			v = NULL;
			sim_restart(survive[p]);
			time_advance_us(TIME_HOUR_US);
			e = vault_open("/sim", NULL, pass, &v, &w);
			if (made == ERR_OK || e != ERR_NOT_FOUND) {
				CHECK_ERR(e, ERR_OK);
			} else {
				CHECK_ERR(vault_create("/sim", "again", pass, &cheap, &v, &w),
				        ERR_OK);
			}
			vault_close(v);
		}
}

static void t_cut_in_keyring_change_leaves_old_or_new(void)
{
	struct sim_image m = {0};
	bool more = true;
	image_start(&m, false);
	for (uint64_t n = 1; more; n++)
		for (size_t p = 0; p < COUNT_OF(survive); p++) {
			struct vault *v = NULL;
			enum err changed, with_old, with_new;
			sim_load(&m);
			sim_seed(n * 5 + p);
			CHECK_ERR(vault_open("/sim", NULL, pass, &v, NULL), ERR_OK);
			sim.ops = 0;
			sim.crash_at = n;
			changed = slot_pass(v, vault_opener(v)->id, pass2, NULL);
			more = sim.dead;
			sim.dead = true;
			vault_close(v);
			v = NULL;
			sim_restart(survive[p]);
			with_new = vault_open("/sim", NULL, pass2, &v, NULL);
			vault_close(v);
			v = NULL;
			with_old = vault_open("/sim", NULL, pass, &v, NULL);
			vault_close(v);
			CHECK((with_old == ERR_OK) != (with_new == ERR_OK));
			CHECK((with_old == ERR_WRONG_KEY) != (with_new == ERR_WRONG_KEY));
			CHECK(changed != ERR_OK || with_new == ERR_OK);
		}
	sim_image_free(&m);
}

/* Each call of the card fails once. The work that failed may be tried again or not; nothing
 * acknowledged is lost. */
static void t_every_call_failing_loses_nothing(void)
{
	struct sim_image m = {0};
	uint64_t n = 0;
	bool more = true;
	image_start(&m, false);
	while (more) {
		struct run r = {.plain = false};
		struct why w = {""};
		sim_load(&m);
		sim_seed(3);
		sim.fault_at = ++n;
		if (run_open(&r, &w) == ERR_OK) {
			for (int i = 0; i < 6; i++) {
				if (!run_commit(&r))
					(void)exec(&r, "ROLLBACK");
				if (i == 2)
					(void)exec(&r, "PRAGMA wal_checkpoint(RESTART)");
				if (i == 4)
					slot_change(&r);
			}
			r.tried = r.acked + 1;
			run_close(&r);
		}
		more = sim.faulted;
		sim_restart(100);
		if (!run_cut(&r, 100)) {
			fprintf(stderr, "call %llu: %s\n", (unsigned long long)n, trouble);
			CHECK(!"lost");
		}
		run_close(&r);
	}
	CHECK(n > 100);
	sim_image_free(&m);
}

/* ---- memory
 * ------------------------------------------------------------------------------------------ */

static sqlite3_mem_methods mem;
static uint64_t mem_calls, mem_fail_at;

static void *mem_get(int n)
{
	return ++mem_calls == mem_fail_at ? NULL : mem.xMalloc(n);
}

static void *mem_regrow(void *p, int n)
{
	return ++mem_calls == mem_fail_at ? NULL : mem.xRealloc(p, n);
}

/* Before SQLite is first used. */
static bool mem_start(void)
{
	sqlite3_mem_methods mine;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &mem) != SQLITE_OK)
		return false;
	mine = mem;
	mine.xMalloc = mem_get;
	mine.xRealloc = mem_regrow;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) == SQLITE_OK;
}

/* Each allocation of SQLite fails once; every third of them, for the time it takes. Never "wrong",
 * never "damaged". */
static void t_every_allocation_failing_loses_nothing(void)
{
	struct sim_image m = {0};
	uint64_t n = 1;
	bool more = true;
	image_start(&m, false);
	for (; more; n += 3) {
		struct run r = {.plain = false};
		struct why w = {""};
		enum err e;
		sim_load(&m);
		sim_seed(3);
		mem_calls = 0;
		mem_fail_at = n;
		e = run_open(&r, &w);
		if (e != ERR_OK && e != ERR_NOMEM) {
			snprintf(test_why, sizeof(test_why), "allocation %llu: %s: %.200s",
			        (unsigned long long)n, err_text(e), w.text);
			test_failed = test_why;
			return;
		}
		for (int i = 0; e == ERR_OK && i < 3; i++) {
			if (!run_commit(&r))
				(void)exec(&r, "ROLLBACK");
			if (i == 1)
				(void)exec(&r, "PRAGMA wal_checkpoint(RESTART)");
		}
		r.tried = r.acked + 1;
		if (r.db)
			run_close(&r);
		more = mem_calls >= n;
		mem_fail_at = 0;
		sim_restart(100);
		if (!run_cut(&r, 100)) {
			snprintf(test_why, sizeof(test_why), "allocation %llu: %.300s",
			        (unsigned long long)n, trouble);
			test_failed = test_why;
			return;
		}
		run_close(&r);
	}
	CHECK(n > 300);
	sim_image_free(&m);
}

static const struct test tests[] = {
        T(t_card_keeps_plain_sqlite),
        T(t_card_loses_what_is_not_synced),
        T(t_cuts_lose_nothing),
        T(t_sweep_of_every_operation),
        T(t_cut_while_making_leaves_store_or_none),
        T(t_cut_in_keyring_change_leaves_old_or_new),
        T(t_every_call_failing_loses_nothing),
        T(t_every_allocation_failing_loses_nothing),
};

int main(int argc, char **argv)
{
	int failed;
	cheap_start();
	/* Cuts make the log speak thousands of times. */
	if (!getenv("VAULT_POWER_SHOW") && !freopen("/dev/null", "w", stderr))
		return 2;
	if (!mem_start())
		return 2;
	pass = secret_of("harbour lentil quartz ninety");
	pass2 = secret_of("window orchard seven copper");
	sqlite3_vfs_register(&sim_vfs, 0);
	vault_base_for_tests(&sim_vfs, &sim_io);
	time_pin_us(1700000000 * TIME_SECOND_US);
	failed = test_main(tests, COUNT_OF(tests), argc, argv);
	sim_clear();
	vault_secret_destroy(pass);
	vault_secret_destroy(pass2);
	return failed;
}
