#include "vault_help.h"
#include "vault_run.h"
/*
 * States of the card that are nobody's doing and must not be called older: a checkpoint that failed
 * and was gone on from, then a cut; a program that was killed, another that took over what the
 * system still had in memory, then a cut; an anchor that could not be saved. Each call and each
 * operation of a script in turn.
 *
 * FLUX_STEP=N takes each N-th only.
 */

static uint64_t step(void)
{
	const char *text = getenv("FLUX_STEP");
	return text ? strtoull(text, NULL, 10) : 1;
}

/* What failed is taken back; the next thing is tried all the same. A transaction that writes
 * nothing and a rest follow at once: what was taken back must not count. */
static void try_commit(struct run *r)
{
	if (sim.dead || run_commit(r))
		return;
	(void)exec(r, "ROLLBACK");
	(void)exec(r, "BEGIN IMMEDIATE; COMMIT");
	r->tried = r->acked + 1;
	if (!sim.dead)
		err_ignore(vault_rest(r->v));
}

static void try_sql(struct run *r, const char *text)
{
	if (!sim.dead)
		(void)exec(r, text);
}

static void try_rest(struct run *r)
{
	if (!sim.dead)
		(void)run_rest(r);
}

/* A checkpoint after commits, after rest, of a file that grew and of one that shrinks; a log that
 * is gone on with after a checkpoint, and one that is begun anew. Never closed. */
static void script(struct run *r)
{
	for (int i = 0; i < 3; i++)
		try_commit(r);
	try_rest(r);
	try_sql(r, "PRAGMA wal_checkpoint");
	try_commit(r);
	try_rest(r);
	try_sql(r, "BEGIN; DELETE FROM t WHERE id%2; UPDATE done SET n=(SELECT count(*) FROM t),"
	           " s=(SELECT sum(length(b)) FROM t) WHERE k=(SELECT max(k) FROM done); COMMIT");
	try_sql(r, "VACUUM");
	try_sql(r, "PRAGMA wal_checkpoint");
	try_commit(r);
	try_sql(r, "PRAGMA wal_checkpoint(RESTART)");
	try_commit(r);
	try_commit(r);
	try_rest(r);
	try_sql(r, "PRAGMA wal_checkpoint(TRUNCATE)");
	try_commit(r);
	try_rest(r);
}

static bool begin(struct run *r, const struct sim_image *m, uint64_t seed)
{
	*r = (struct run){.plain = false};
	sim_load(m);
	sim_seed(seed);
	if (run_open(r, NULL) != ERR_OK)
		return false;
	sim.ops = sim.calls = 0;
	return true;
}

static void end(struct run *r)
{
	sim.dead = true;
	if (r->db)
		run_close(r);
}

/* One call fails, or it and all until `more` later; then the power goes, at once or some
 * operations later. */
static void failing(uint64_t more, uint64_t cut_after)
{
	struct sim_image m = {0};
	bool hit = true;
	uint64_t n;
	image_start(&m, false);
	for (n = 1; hit; n += step()) {
		struct run r;
		const int percent = survive[n % COUNT_OF(survive)];
		CHECK(begin(&r, &m, 3));
		sim.fault_at = n;
		sim.fault_more = more;
		sim.crash_at = cut_after ? n + cut_after : 0;
		script(&r);
		hit = sim.faulted;
		r.tried = r.acked + 1;
		(void)run_cut(&r, percent);
		end(&r);
	}
	sim_image_free(&m);
	printf("# %llu calls\n", (unsigned long long)n);
	(void)tally_good("a call failed, then a cut", 3);
}

static void t_one_call_fails_then_a_cut(void)
{
	failing(0, 0);
}

static void t_some_calls_fail_then_a_cut(void)
{
	failing(4, 0);
}

static void t_a_call_fails_and_soon_the_power_goes(void)
{
	failing(1, 25);
}

/* Killed at operation n: what was written and not synced is still there for the next program, and
 * the power goes only after that one has done something. */
static void t_killed_taken_over_then_a_cut(void)
{
	struct sim_image m = {0};
	bool more = true;
	uint64_t n;
	image_start(&m, false);
	for (n = 1; more; n += step()) {
		struct run r;
		struct why w = {""};
		CHECK(begin(&r, &m, 5));
		sim.crash_at = n;
		script(&r);
		more = sim.dead;
		end(&r);
		sim.dead = false;
		sim.crash_at = 0;
		tally.cuts++;
		if (run_open(&r, &w) != ERR_OK) {
			(void)fail(&tally.closed, "not taken over", &r, w.text);
			continue;
		}
		(void)run_check(&r);
		/* not run_rest(): the mark of a commit that was taken over comes with the next one
		 */
		if (n % 4 == 1)
			CHECK_ERR(vault_rest(r.v), ERR_OK);
		if (n % 4 == 2)
			try_commit(&r);
		if (n % 4 == 3)
			try_sql(&r, "PRAGMA wal_checkpoint(TRUNCATE)");
		sim_seed(n);
		(void)run_cut(&r, survive[n / 4 % COUNT_OF(survive)]);
		end(&r);
	}
	sim_image_free(&m);
	CHECK(n > 100);
	(void)tally_good("killed, then a cut", 5);
}

/* The power goes while a store of the first version is brought up, at every operation. */
static void t_first_version_is_brought_up_or_stays(void)
{
	static const char *const files[] = {VAULT_FILE_DB, VAULT_FILE_ANCHOR, VAULT_FILE_RING};
	struct vault_secret *s = secret_of("orchard lantern pebble harbour");
	bool more = true;
	uint64_t n;
	/* each second one: a derivation at full cost takes its time */
	for (n = 1; more; n += 2 * step()) {
		struct vault *v = NULL;
		struct why w = {""};
		enum err e;
		sim_clear();
		for (size_t i = 0; i < COUNT_OF(files); i++) {
			struct bytes b = load(in_dir("tests/unit/store-1", files[i]));
			const int k = sim_inode_new();
			CHECK(b.p);
			sim_write(k, 0, b.p, b.n);
			sim_sync(k);
			sim_name(files[i], k);
			free(b.p);
		}
		sim_sync_names();
		sim_seed(n);
		sim.crash_at = n;
		err_ignore(vault_open("/sim", NULL, s, &v, NULL));
		vault_close(v);
		v = NULL;
		more = sim.dead;
		sim_restart(survive[n % COUNT_OF(survive)]);
		time_advance_us(2 * TIME_HOUR_US);
		e = vault_open("/sim", NULL, s, &v, &w);
		if (e != ERR_OK) {
			snprintf(test_why, sizeof(test_why), "op %llu: %s: %.300s",
			        (unsigned long long)n, err_text(e), w.text);
			test_failed = test_why;
			return;
		}
		CHECK(sql_int(v->db, "SELECT count(*) FROM audit") > 0);
		vault_close(v);
	}
	vault_secret_destroy(s);
}

static const struct test tests[] = {
        T(t_one_call_fails_then_a_cut),
        T(t_some_calls_fail_then_a_cut),
        T(t_a_call_fails_and_soon_the_power_goes),
        T(t_killed_taken_over_then_a_cut),
        T(t_first_version_is_brought_up_or_stays),
};

int main(int argc, char **argv)
{
	int failed;
	cheap_start();
	if (!getenv("VAULT_POWER_SHOW") && !freopen("/dev/null", "w", stderr))
		return 2;
	run_start();
	failed = test_main(tests, COUNT_OF(tests), argc, argv);
	run_finish();
	return failed;
}
