#include <errno.h>
#include <libgfshare.h>
#include <sodium.h>
#include <stdlib.h>

/* The test's own memory, and the simulated card's, does not fail. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
#define malloc __real_malloc
#define calloc __real_calloc
#define realloc __real_realloc
#include "vault_help.h"
#include "vault_run.h"
#undef malloc
#undef calloc
#undef realloc
/*
 * Everything that can fail fails, once: each call of the card, and each piece of memory, whether
 * SQLite, the vault, libsodium or libgfshare asks for it. The work is a store's life: made, opened,
 * written, keys added and removed, backed up, verified, sealed with a new key. What failed may be
 * tried again or not; afterwards the store is as before that step or as after it, never a third
 * thing, and a lack of memory is never called a wrong passphrase or damage.
 *
 * The program is linked with --wrap (Makefile), so that what src/vault asks for passes here.
 * VAULT_FAULT_STEP=1 lets every piece of memory fail, and not every third.
 */

static uint64_t mem_calls, mem_fail_at;

static bool mem_fails(void)
{
	return ++mem_calls == mem_fail_at;
}

void *__real_sodium_malloc(size_t n);
int __real_crypto_pwhash(unsigned char *out, unsigned long long outlen, const char *passwd,
        unsigned long long passwdlen, const unsigned char *salt, unsigned long long opslimit,
        size_t memlimit, int alg);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_sodium_malloc(size_t n);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long outlen, const char *passwd,
        unsigned long long passwdlen, const unsigned char *salt, unsigned long long opslimit,
        size_t memlimit, int alg);

void *__wrap_malloc(size_t n)
{
	return mem_fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return mem_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return mem_fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_sodium_malloc(size_t n)
{
	return mem_fails() ? NULL : __real_sodium_malloc(n);
}

gfshare_ctx *__real_gfshare_ctx_init_enc(
        unsigned char *at, unsigned int n, unsigned char threshold, unsigned int size);
gfshare_ctx *__real_gfshare_ctx_init_dec(unsigned char *at, unsigned int n, unsigned int size);
gfshare_ctx *__wrap_gfshare_ctx_init_enc(
        unsigned char *at, unsigned int n, unsigned char threshold, unsigned int size);
gfshare_ctx *__wrap_gfshare_ctx_init_dec(unsigned char *at, unsigned int n, unsigned int size);

gfshare_ctx *__wrap_gfshare_ctx_init_enc(
        unsigned char *at, unsigned int n, unsigned char threshold, unsigned int size)
{
	return mem_fails() ? NULL : __real_gfshare_ctx_init_enc(at, n, threshold, size);
}

gfshare_ctx *__wrap_gfshare_ctx_init_dec(unsigned char *at, unsigned int n, unsigned int size)
{
	return mem_fails() ? NULL : __real_gfshare_ctx_init_dec(at, n, size);
}

/* Argon2id asks the system for its memory. */
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long outlen, const char *passwd,
        unsigned long long passwdlen, const unsigned char *salt, unsigned long long opslimit,
        size_t memlimit, int alg)
{
	if (mem_fails()) {
		errno = ENOMEM;
		return -1;
	}
	return __real_crypto_pwhash(out, outlen, passwd, passwdlen, salt, opslimit, memlimit, alg);
}

static sqlite3_mem_methods mem;

static void *mem_get(int n)
{
	return mem_fails() ? NULL : mem.xMalloc(n);
}

static void *mem_regrow(void *p, int n)
{
	return mem_fails() ? NULL : mem.xRealloc(p, n);
}

/* Before SQLite is first used; the vault's wiping heap lies above. */
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

/* ---- the work
 * ------------------------------------------------------------------------------------------- */

static struct vault_secret *first_pass, *second_pass; /* after() may have changed them about */

struct work {
	struct run r;
	const char *away; /* where backups go */
	enum err e;       /* of the step that failed, or ERR_OK */
	const char *step; /* its name */
	struct why why;
	bool add_tried, added, remove_tried, removed;
	bool change_tried, changed; /* of the first key's passphrase */
};

static bool step(struct work *w, const char *name, enum err e)
{
	w->step = name;
	w->e = e;
	return e == ERR_OK;
}

/* SQLite's own error, as the vault tells it. */
static bool step_sql(struct work *w, const char *name, bool good)
{
	return step(w, name,
	        good ? ERR_OK : store_err(w->r.v, sqlite3_extended_errcode(w->r.db), &w->why));
}

static bool work_commits(struct work *w, int n)
{
	for (int i = 0; i < n; i++)
		if (!step_sql(w, "commit", run_commit(&w->r))) {
			(void)exec(&w->r, "ROLLBACK");
			return false;
		}
	return true;
}

static bool work_open(struct work *w)
{
	time_advance_us(2 * TIME_HOUR_US);
	if (!step(w, "open", run_open(&w->r, &w->why)))
		return false;
	w->r.acked = sql_int(w->r.db, "SELECT ifnull(max(k),0) FROM done");
	if (w->r.acked < 0) {
		w->r.acked = 0;
		return step_sql(w, "read", false);
	}
	w->r.tried = w->r.acked;
	return true;
}

static bool work_slots(struct work *w)
{
	uint8_t id[VAULT_ID_BYTES];
	w->add_tried = true;
	if (!step(w, "add", slot_add(w->r.v, VAULT_SLOT_PERSON, "second", pass2, id, &w->why)))
		return false;
	w->added = true;
	if (!step(w, "group", vault_slot_group(w->r.v, id, 7, &w->why)) ||
	        !step(w, "group", vault_slot_group(w->r.v, vault_opener(w->r.v)->id, 8, &w->why)) ||
	        !step(w, "quorum", vault_quorum_set(w->r.v, 2, &w->why)) || !work_commits(w, 1) ||
	        !step(w, "quorum", vault_quorum_set(w->r.v, 1, &w->why)))
		return false;
	w->remove_tried = true;
	if (!step(w, "remove", vault_slot_remove(w->r.v, id, &w->why)))
		return false;
	w->removed = true;
	w->change_tried = true;
	if (!step(w, "change", slot_pass(w->r.v, vault_opener(w->r.v)->id, pass2, &w->why)))
		return false;
	w->changed = true;
	return true;
}

static bool work_whole(struct work *w)
{
	struct vault_report report = {0};
	enum err e = vault_backup(w->r.v, w->away, NULL, NULL, NULL, &w->why);
	if (e != ERR_EXISTS && e != ERR_NEEDS && !step(w, "backup", e))
		return false;
	if (!step(w, "verify", vault_verify(w->r.v, &report, &w->why)))
		return false;
	e = vault_rekey(w->r.v, NULL, NULL, &w->why);
	w->r.db = vault_db(w->r.v);
	return step(w, "new key", e);
}

/* Until a step fails. */
static void work(struct work *w)
{
	if (work_open(w) && work_commits(w, 2) && work_slots(w) &&
	        step_sql(w, "checkpoint", exec(&w->r, "PRAGMA wal_checkpoint(RESTART)")) &&
	        work_commits(w, 1) && work_whole(w) && work_commits(w, 1) &&
	        step(w, "rest", vault_rest(w->r.v)))
		(void)work_commits(w, 1);
	if (w->r.v)
		run_close(&w->r);
}

static void work_make(struct work *w)
{
	struct vault *v = NULL;
	(void)step(w, "make", vault_create("/sim", "first", pass, &cheap, &v, &w->why));
	vault_close(v);
}

/* ---- afterwards
 * ----------------------------------------------------------------------------------------- */

/* Does this key open a slot, perhaps as one of two? */
static bool key_good(const struct vault_secret *s)
{
	struct vault_unlock *u = NULL;
	bool good;
	time_advance_us(2 * TIME_HOUR_US);
	good = vault_unlock_begin("/sim", &u, NULL) == ERR_OK &&
	       vault_unlock_add(u, NULL, &(struct vault_factors){.passphrase = s}, NULL) == ERR_OK;
	vault_unlock_end(u);
	return good;
}

static bool bad(const char *what, const struct work *w, uint64_t n)
{
	snprintf(test_why, sizeof(test_why), "fault %llu in \"%s\" (%s: %.200s): %s: %.120s",
	        (unsigned long long)n, w->step, err_text(w->e), w->why.text, what, trouble);
	test_failed = test_why;
	return false;
}

/* Old or new, never a third: for the keys, then for what was written. */
static bool after(struct work *w, uint64_t n)
{
	const bool first = key_good(pass), second = key_good(pass2);
	if (!first && !second)
		return bad("no key opens it", w, n);
	if (!w->change_tried && !first)
		return bad("the first key is gone", w, n);
	if (w->changed && first)
		return bad("the old passphrase still opens", w, n);
	if (!w->change_tried && ((w->added && !w->remove_tried && !second) ||
	                                (second && !w->add_tried) || (w->removed && second)))
		return bad("the second key is neither there nor not", w, n);
	if (w->changed && !second)
		return bad("the new passphrase does not open", w, n);
	if (!first) {
		struct vault_secret *keep = pass;
		pass = pass2;
		pass2 = keep;
	}
	w->r.v = NULL;
	w->r.db = NULL;
	return run_cut(&w->r, 100) || bad("afterwards", w, n);
}

static void after_end(struct work *w)
{
	run_close(&w->r);
	pass = first_pass;
	pass2 = second_pass;
}

/* What a step that failed may say. */
static bool says(const struct work *w, bool memory, uint64_t n)
{
	if (w->e == ERR_WRONG_KEY || w->e == ERR_WAIT)
		return bad("called a wrong passphrase", w, n);
	if (w->e == ERR_OLDER || w->e == ERR_AUDIT)
		return bad("called older", w, n);
	if (memory && w->e != ERR_OK && w->e != ERR_NOMEM)
		return bad("not called a lack of memory", w, n);
	return true;
}

/* One life in which call or piece of memory n fails. False at its end, with test_failed perhaps. */
static bool faulty(const struct sim_image *m, bool memory, uint64_t n, const char *away)
{
	struct work w = {.step = "nothing", .away = away};
	bool more;
	sim_load(m);
	sim_seed(3);
	mem_calls = 0;
	if (memory)
		mem_fail_at = n;
	else
		sim.fault_at = n;
	work(&w);
	more = memory ? mem_calls >= n : sim.faulted;
	mem_fail_at = 0;
	sim_restart(100);
	if (more && says(&w, memory, n))
		(void)after(&w, n);
	else if (!more && w.e != ERR_OK)
		(void)bad("failed without a fault", &w, n);
	after_end(&w);
	return more && !test_failed;
}

static void t_every_call_failing_leaves_old_or_new(void)
{
	struct sim_image m = {0};
	const char *away = test_dir();
	uint64_t n = 1;
	image_start(&m, false);
	while (faulty(&m, false, n, away))
		n++;
	sim_image_free(&m);
	printf("# %llu calls\n", (unsigned long long)n - 1);
	memset(&tally, 0, sizeof(tally));
	CHECK(test_failed || n > 200);
}

static void t_every_allocation_failing_leaves_old_or_new(void)
{
	struct sim_image m = {0};
	const char *away = test_dir(), *by = getenv("VAULT_FAULT_STEP");
	const uint64_t stride = by ? strtoull(by, NULL, 10) : 3;
	uint64_t n = 1;
	image_start(&m, false);
	while (faulty(&m, true, n, away))
		n += stride;
	sim_image_free(&m);
	printf("# %llu pieces of memory, every %llu\n", (unsigned long long)n,
	        (unsigned long long)stride);
	memset(&tally, 0, sizeof(tally));
	CHECK(test_failed || n > 600);
}

/* While it is made: a store or none. */
static void t_every_fault_while_making_leaves_store_or_none(void)
{
	for (int memory = 0; memory < 2; memory++) {
		bool more = true;
		for (uint64_t n = 1; more; n++) {
			struct work w = {.step = "nothing"};
			bool good;
			sim_clear();
			mem_calls = 0;
			mem_fail_at = memory ? n : 0;
			sim.fault_at = memory ? 0 : n;
			work_make(&w);
			more = memory ? mem_calls >= n : sim.faulted;
			mem_fail_at = 0;
			sim_restart(100);
			if (!says(&w, memory, n))
				return;
			good = key_good(pass);
			if (!good && w.e == ERR_OK)
				bad("made and does not open", &w, n);
			if (!good && (work_make(&w), w.e) != ERR_OK)
				bad("cannot be made again", &w, n);
			if (test_failed)
				return;
		}
	}
}

static const struct test tests[] = {
        T(t_every_fault_while_making_leaves_store_or_none),
        T(t_every_call_failing_leaves_old_or_new),
        T(t_every_allocation_failing_leaves_old_or_new),
};

int main(int argc, char **argv)
{
	int failed;
	cheap_start();
	if (!getenv("VAULT_POWER_SHOW") && !freopen("/dev/null", "w", stderr))
		return 2;
	if (!mem_start())
		return 2;
	run_start();
	first_pass = pass;
	second_pass = pass2;
	failed = test_main(tests, COUNT_OF(tests), argc, argv);
	run_finish();
	return failed;
}
