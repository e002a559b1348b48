#include "vault_help.h"
#include "vault_run.h"
/*
 * Power cuts on the simulated card: plain SQLite first, as the control that the card is fair, then
 * the vault (vault_run.h says what must hold). At random places of random work, and at every single
 * operation of a script that does everything a store does in its life.
 *
 * VAULT_POWER_CUTS=N makes N random cuts instead of 2,000, VAULT_POWER_SEED=N begins elsewhere;
 * VAULT_SWEEP_STEP=N takes every N-th operation.
 */

#define CUTS 2000
#define SEED 7

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void slots_change(struct run *r, bool more)
{
	uint8_t id[VAULT_ID_BYTES];
	enum err e = more ? slot_add(r->v, VAULT_SLOT_PERSON, "second", pass2, id, NULL)
	                  : slot_pass(r->v, vault_opener(r->v)->id, pass, NULL);
	if (e == ERR_OK && more)
		e = vault_slot_remove(r->v, id, NULL);
	/* EXISTS: it was added, and the cut came before it was removed. */
	if (e != ERR_OK && e != ERR_IO && e != ERR_EXISTS)
		abort();
}

/* Everything else that happens to a store between commits. False when the power went. */
static bool run_other(struct run *r)
{
	static const char *const text[] = {"PRAGMA wal_checkpoint",
	        "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(RESTART)", "VACUUM",
	        "BEGIN; DELETE FROM t; SAVEPOINT a; INSERT INTO t(b) VALUES(1); ROLLBACK",
	        "PRAGMA cache_size=8"};
	uint64_t dice = sim_rand() % 26;
	if (dice < COUNT_OF(text))
		return exec(r, text[dice]) || !sim.dead;
	if (dice == 6) {
		run_close(r);
		return !sim.dead && run_open(r, NULL) == ERR_OK;
	}
	if ((dice == 7 || dice == 8) && r->v) {
		slots_change(r, dice == 8);
		return !sim.dead;
	}
	if (dice < 12)
		return run_rest(r) || !sim.dead;
	return true;
}

/* Works until the power goes or `steps` are done. */
static void run_work(struct run *r, int steps)
{
	for (int i = 0; i < steps && !sim.dead; i++)
		if (!run_commit(r) || !run_other(r))
			return;
}

/* `count` random cuts, as many with each probability. Returns how many lost something. */
static int cuts(bool plain, const char *sync, int count, uint64_t seed)
{
	struct sim_image m = {0};
	int bad = 0;
	image_start(&m, plain);
	for (int i = 0; i < count;) {
		struct run r = {.plain = plain, .sync = sync};
		sim_load(&m);
		sim_seed(seed * 1000003 + (uint64_t)i);
		if (run_open(&r, NULL) != ERR_OK)
			abort();
		for (int again = 0; again < 3 && i < count; again++, i++) {
			sim.ops = 0;
			sim.crash_at = 1 + sim_rand() % 700;
			run_work(&r, 14);
			if (!run_cut(&r, survive[i % (int)COUNT_OF(survive)])) {
				bad++;
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
	const char *more = getenv("VAULT_POWER_CUTS");
	const uint64_t seed = number("VAULT_POWER_SEED", SEED);
	(void)cuts(true, "FULL", more ? atoi(more) : 300, seed);
	(void)tally_good("plain SQLite", seed);
}

/* The same card must hurt a program that does not sync, or it tests nothing. */
static void t_card_loses_what_is_not_synced(void)
{
	const int bad = cuts(true, "OFF", 100, 1);
	memset(&tally, 0, sizeof(tally));
	CHECK(bad > 10);
}

static void t_cuts_lose_nothing(void)
{
	const uint64_t seed = number("VAULT_POWER_SEED", SEED);
	(void)cuts(false, NULL, (int)number("VAULT_POWER_CUTS", CUTS), seed);
	(void)tally_good("vault", seed);
}

/* ---- every operation of a store's life
 * --------------------------------------------------------- */

/* How far it came, for what must hold afterwards. */
struct life {
	struct run r;
	bool made, added_tried, added;
};

static bool life_made(struct life *l)
{
	struct run *r = &l->r;
	if (r->plain) {
		if (run_open(r, NULL) != ERR_OK)
			return false;
	} else {
		if (vault_create("/sim", "first", pass, &cheap, &r->v, NULL) != ERR_OK)
			return false;
		r->db = vault_db(r->v);
	}
	l->made = true;
	return exec(r, run_schema);
}

/* Pages leave a full cache in the middle of a transaction; part of it is taken back. */
static bool life_spill(struct life *l)
{
	struct run *r = &l->r;
	return exec(r, "PRAGMA cache_size=4; BEGIN IMMEDIATE; SAVEPOINT a;"
	               "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<60)"
	               " INSERT INTO t(k,b) SELECT -1, zeroblob(900) FROM c; ROLLBACK TO a;"
	               "UPDATE t SET b=randomblob(length(b)); COMMIT; PRAGMA cache_size=100");
}

static bool life_slot(struct life *l)
{
	if (l->r.plain)
		return true;
	l->added_tried = true;
	l->added = slot_add(l->r.v, VAULT_SLOT_PERSON, "second", pass2, NULL, NULL) == ERR_OK;
	return l->added;
}

static bool life_reopen(struct life *l)
{
	run_close(&l->r);
	return !sim.dead && run_open(&l->r, NULL) == ERR_OK;
}

/* Until the power goes. */
static void life(struct life *l)
{
	struct run *r = &l->r;
	if (life_made(l) && run_commit(r) && run_rest(r) && run_commit(r) && life_spill(l) &&
	        exec(r, "PRAGMA wal_checkpoint(RESTART)") && run_commit(r) && run_rest(r) &&
	        exec(r, "VACUUM") && life_slot(l) && run_commit(r) && life_reopen(l) &&
	        run_commit(r) && exec(r, "PRAGMA wal_checkpoint(TRUNCATE)") && run_commit(r))
		run_close(r);
}

/* The other key opens it too once it was added, and not before it was tried. */
static bool life_other_key(struct life *l)
{
	struct vault *v = NULL;
	enum err e;
	run_close(&l->r);
	/* Openings that were cut count as tries of this key as well. */
	time_advance_us(2 * TIME_HOUR_US);
	e = vault_open("/sim", NULL, pass2, &v, NULL);
	vault_close(v);
	if ((e == ERR_OK && l->added_tried) || (e == ERR_WRONG_KEY && !l->added))
		return true;
	return fail(&tally.closed, "the second key", &l->r, err_text(e));
}

/* Before the making was acknowledged there may be no store; then one can be made. */
static bool life_none(struct life *l, int percent)
{
	struct vault *v = NULL;
	enum err e;
	l->r.percent = percent;
	tally.cuts++;
	run_close(&l->r);
	sim_restart(percent);
	e = vault_open("/sim", NULL, pass, &v, NULL);
	if (e == ERR_NOT_FOUND)
		e = vault_create("/sim", "again", pass, &cheap, &v, NULL);
	vault_close(v);
	return e == ERR_OK || fail(&tally.closed, "half made", &l->r, err_text(e));
}

static void life_after(struct life *l, int percent)
{
	struct run *r = &l->r;
	sim.dead = true;
	if (!l->made && !r->plain)
		(void)life_none(l, percent);
	else if (run_cut(r, percent) && !r->plain)
		(void)life_other_key(l);
	sim.dead = true;
	if (r->db)
		run_close(r);
}

static void sweep(bool plain)
{
	const uint64_t stride = number("VAULT_SWEEP_STEP", 1);
	bool more = true;
	uint64_t n;
	for (n = 1; more; n += stride) {
		for (size_t p = 0; p < COUNT_OF(survive); p++) {
			struct life l = {.r = {.plain = plain, .sync = "EXTRA"}};
			sim_clear();
			time_pin_us(1700000000 * TIME_SECOND_US);
			sim_seed(11);
			sim.crash_at = n;
			life(&l);
			more = sim.dead;
			sim_seed(n * 5 + p);
			life_after(&l, survive[p]);
		}
	}
	printf("# %llu operations, each with %zu chances for what was not synced\n",
	        (unsigned long long)(n - 1), COUNT_OF(survive));
	if (tally_good(plain ? "sweep, plain SQLite" : "sweep, vault", 11))
		CHECK(n > 150);
}

static void t_sweep_keeps_plain_sqlite(void)
{
	sweep(true);
}

static void t_sweep_of_every_operation(void)
{
	sweep(false);
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

static const struct test tests[] = {
        T(t_card_keeps_plain_sqlite),
        T(t_card_loses_what_is_not_synced),
        T(t_cuts_lose_nothing),
        T(t_sweep_keeps_plain_sqlite),
        T(t_sweep_of_every_operation),
        T(t_cut_in_keyring_change_leaves_old_or_new),
};

int main(int argc, char **argv)
{
	int failed;
	cheap_start();
	/* Cuts make the log speak thousands of times. */
	if (!getenv("VAULT_POWER_SHOW") && !freopen("/dev/null", "w", stderr))
		return 2;
	run_start();
	failed = test_main(tests, COUNT_OF(tests), argc, argv);
	run_finish();
	return failed;
}
