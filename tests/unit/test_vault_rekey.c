#include "vault_help.h"
#include "vault_sim.h"
/*
 * A new data key: who deleted something has a store in which nothing of it is left, and no key that
 * is left opens what was there before. Whatever happens on the way, the store is the one before or
 * the one after.
 */

static const struct vault_secret *first, *second, *words;
static struct why w;

#define CANARY "canary-8f1b60ad22c94e70b5d3a1f9"

static void start(void)
{
	cheap_start();
	first = secret_of("orchard lantern pebble harbour");
	second = secret_of("copper meadow seven bridges");
	words = secret_of("amber candle meadow pillow river sparrow table window");
}

/* A store with rows in a table and a search index, some of them deleted again. */
static bool fill(struct vault *v)
{
	return sql(v, "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT NOT NULL) "
	              "STRICT;"
	              "CREATE INDEX t_b ON t(b); CREATE VIRTUAL TABLE f USING fts5(b);"
	              "CREATE TRIGGER t_f AFTER INSERT ON t BEGIN INSERT INTO f(rowid, b) "
	              "VALUES(new.id, new.b); END;"
	              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
	              "200) "
	              "INSERT INTO t(b) SELECT 'kept words number ' || i FROM n;"
	              "INSERT INTO t(b) VALUES('" CANARY "');"
	              "PRAGMA user_version = 77;") == SQLITE_OK &&
	       sql(v, "BEGIN IMMEDIATE; DELETE FROM f WHERE rowid = 201; DELETE FROM t WHERE id = "
	              "201; "
	              "INSERT INTO f(f) VALUES('optimize'); COMMIT") == SQLITE_OK;
}

static bool is_whole(struct vault *v)
{
	sqlite3 *db = vault_db(v);
	return sql_int(db, "SELECT count(*) FROM t") == 200 &&
	       sql_int(db, "SELECT count(*) FROM f WHERE f MATCH 'words'") == 200 &&
	       sql_int(db, "SELECT seq FROM sqlite_sequence WHERE name = 't'") == 201 &&
	       sql_int(db, "PRAGMA user_version") == 77 &&
	       sql_says(db, "PRAGMA integrity_check", "ok") &&
	       sql_says(db, "PRAGMA journal_mode", "wal");
}

static struct vault *made(const char *dir)
{
	struct vault *v = NULL;
	uint8_t id[VAULT_ID_BYTES];
	if (vault_create(dir, "Police, inspector", first, &cheap, &v, &w) != ERR_OK || !fill(v) ||
	        slot_add(v, VAULT_SLOT_PERSON, "Council, officer", second, id, &w) != ERR_OK) {
		printf("# %s\n", w.text);
		abort();
	}
	return v;
}

static struct vault *opened(const char *dir, const struct vault_secret *s)
{
	struct vault *v = NULL;
	return vault_open(dir, NULL, s, &v, &w) == ERR_OK ? v : NULL;
}

static void t_everything_is_there_and_every_key_opens(void)
{
	const char *dir = in_dir(test_dir(), "store");
	uint8_t before[VAULT_KEY_MARK_BYTES], after[VAULT_KEY_MARK_BYTES], head[VAULT_HASH_BYTES];
	uint64_t seq;
	start();
	struct vault *v = made(dir);
	vault_key_mark(v, before);
	memset(head, 9, sizeof(head));
	CHECK(sql(v, "BEGIN IMMEDIATE; INSERT INTO t(b) VALUES('x'); DELETE FROM t WHERE b = 'x'; "
	             "UPDATE sqlite_sequence SET seq = 201 WHERE name = 't'; DELETE FROM f WHERE "
	             "rowid = 202") == SQLITE_OK);
	mark(v, 41, head);
	CHECK(sql(v, "COMMIT") == SQLITE_OK);
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
	vault_key_mark(v, after);
	CHECK(memcmp(before, after, sizeof(before)) != 0);
	CHECK(is_whole(v));
	CHECK(sql(v, "INSERT INTO t(b) VALUES('more'); DELETE FROM t WHERE b = 'more'; DELETE FROM "
	             "f "
	             "WHERE rowid = 202; UPDATE sqlite_sequence SET seq = 201 WHERE name = 't'") ==
	        SQLITE_OK);
	CHECK_ERR(vault_verify(v, &(struct vault_report){0}, &w), ERR_OK);
	vault_close(v);
	for (int i = 0; i < 2; i++) {
		v = opened(dir, i ? second : first);
		CHECK(v && is_whole(v));
		vault_key_mark(v, before);
		CHECK(memcmp(before, after, sizeof(before)) == 0);
		marked(v, &seq, head);
		CHECK(seq == 41 && head[0] == 9);
		/* and once more */
		if (i == 0)
			CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
		vault_key_mark(v, after);
		CHECK(is_whole(v));
		vault_close(v);
	}
	CHECK(access(in_dir(dir, "next.db"), F_OK) != 0);
	CHECK(access(in_dir(dir, "next.anchor"), F_OK) != 0);
	CHECK(access(in_dir(dir, "next.db-wal"), F_OK) != 0);
}

/* How many 4096 bytes of a file open as a page under these keys? */
static int pages_under(const char *file, const struct seal *seal)
{
	struct bytes b = load(file);
	uint8_t out[VAULT_PAGE];
	int n = 0;
	for (size_t p = 0; (p + 1) * VAULT_PAGE <= b.n; p++)
		n += seal_open_page(seal, (uint32_t)p + 1, b.p + p * VAULT_PAGE, out);
	free(b.p);
	return n;
}

static int pages_that_open(const char *file, struct vault *v)
{
	return pages_under(file, &v->vfs->seal);
}

static void t_an_old_card_does_not_open_with_the_new_keyring(void)
{
	static const char *const file[] = {VAULT_FILE_DB, VAULT_FILE_ANCHOR, VAULT_FILE_RING};
	char dir[300], old[300];
	snprintf(dir, sizeof(dir), "%s", in_dir(test_dir(), "store"));
	snprintf(old, sizeof(old), "%.250s-old", dir);
	start();
	struct vault *v = made(dir);
	vault_close(v);
	CHECK(mkdir(old, 0700) == 0);
	for (size_t i = 0; i < COUNT_OF(file); i++)
		CHECK(copy_file(in_dir(dir, file[i]), in_dir(old, file[i])));
	v = opened(dir, first);
	CHECK(v);
	CHECK(pages_that_open(in_dir(old, VAULT_FILE_DB), v) > 3);
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
	CHECK(pages_that_open(in_dir(old, VAULT_FILE_DB), v) == 0);
	CHECK(pages_that_open(in_dir(dir, VAULT_FILE_DB), v) > 3);
	vault_close(v);
	/* with the old keyring it does: THREATS.md says what that means */
	v = opened(old, first);
	CHECK(v && is_whole(v));
	vault_close(v);
	CHECK(copy_file(in_dir(dir, VAULT_FILE_RING), in_dir(old, VAULT_FILE_RING)));
	CHECK(!opened(old, first));
	CHECK(!opened(old, second));
	/* the new store with the old anchor beside it neither */
	CHECK(copy_file(in_dir(old, VAULT_FILE_ANCHOR), in_dir(dir, VAULT_FILE_ANCHOR)));
	CHECK(!opened(dir, first));
}

/* The page key that an old keyring gives to who knows a passphrase of then, with a program of
 * their own that asks nothing else. */
static bool keys_of_then(
        const char *ring, const struct vault_secret *s, struct vault_keys *keys, struct seal *ret)
{
	struct bytes b = load(ring);
	struct keyring *k = calloc(1, sizeof(*k));
	struct slot_open *o = secret_alloc(sizeof(*o));
	const struct vault_factors f = {.passphrase = s};
	bool good = false;
	if (k && o && keyring_decode(b.p, b.n, k, NULL) == ERR_OK)
		for (size_t i = 0; i < k->n && !good; i++)
			good = keyring_open_slot(k, i, &f, o, NULL) == ERR_OK &&
			       keyring_open_head(k, o->secret, keys);
	if (good)
		keys_derive(keys);
	*ret = (struct seal){.keys = keys};
	if (k)
		memcpy(ret->store_id, k->head.store_id, VAULT_ID_BYTES);
	secret_free(o);
	free(k);
	free(b.p);
	return good;
}

/* Somebody kept the keyring of before; then their passphrase was changed, two agencies were asked
 * for, their key was removed. Until there is a new data key it all opens the card of today. */
static void t_an_old_keyring_opens_the_card_until_there_is_a_new_key(void)
{
	static const char *const SAID[] = {
	        "nothing", "a changed passphrase", "a raised quorum", "a removed key"};
	char dir[300], old[300];
	struct vault_keys *keys = secret_alloc(sizeof(*keys));
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct seal seal;
	size_t n = 0;
	snprintf(dir, sizeof(dir), "%s", in_dir(test_dir(), "store"));
	snprintf(old, sizeof(old), "%.250s-keyring", dir);
	start();
	struct vault *v = made(dir);
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, &w), ERR_OK);
	CHECK(keys && n == 2);
	for (unsigned i = 0; i < 2; i++)
		CHECK_ERR(vault_slot_group(v, slot[i].id, i + 1, &w), ERR_OK);
	CHECK(copy_file(in_dir(dir, VAULT_FILE_RING), old));
	for (size_t i = 0; i < COUNT_OF(SAID); i++) {
		CHECK_ERR(i == 1 ? slot_pass(v, slot[1].id, secret_of("ginger otter velvet stream"),
		                           &w)
		          : i == 2 ? vault_quorum_set(v, 2, &w)
		          : i == 3 ? vault_quorum_set(v, 1, &w)
		                   : ERR_OK,
		        ERR_OK);
		if (i == 3)
			CHECK_ERR(vault_slot_remove(v, slot[1].id, &w), ERR_OK);
		CHECK(sql(v, "UPDATE t SET b = b || '!'; PRAGMA wal_checkpoint(TRUNCATE)") ==
		        SQLITE_OK);
		if (!keys_of_then(old, second, keys, &seal) ||
		        pages_under(in_dir(dir, VAULT_FILE_DB), &seal) < 4)
			printf("# after %s\n", SAID[i]);
		CHECK(pages_under(in_dir(dir, VAULT_FILE_DB), &seal) > 3);
	}
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
	CHECK(pages_that_open(in_dir(dir, VAULT_FILE_DB), v) > 3);
	CHECK(pages_under(in_dir(dir, VAULT_FILE_DB), &seal) == 0);
	vault_close(v);
	/* nor does the program take that keyring */
	CHECK(copy_file(old, in_dir(dir, VAULT_FILE_RING)));
	CHECK(!opened(dir, second) && !opened(dir, first));
	secret_free(keys);
}

static void t_what_is_still_used_is_refused(void)
{
	const char *dir = in_dir(test_dir(), "store");
	uint8_t before[VAULT_KEY_MARK_BYTES], after[VAULT_KEY_MARK_BYTES];
	sqlite3_stmt *st = NULL;
	start();
	struct vault *v = made(dir);
	vault_key_mark(v, before);
	CHECK(sqlite3_prepare_v2(vault_db(v), "SELECT * FROM f", -1, &st, NULL) == SQLITE_OK);
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_BUSY);
	CHECK(sqlite3_step(st) == SQLITE_ROW);
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_BUSY);
	sqlite3_finalize(st);
	vault_key_mark(v, after);
	CHECK(memcmp(before, after, sizeof(before)) == 0);
	CHECK(is_whole(v));
	/* nobody else may write a copy: the authorizer lets the vault's own call pass alone */
	CHECK(sql(v, "VACUUM INTO '/tmp/caseroom-no'") == SQLITE_AUTH);
	CHECK(sql(v, "VACUUM INTO 'file:/tmp/caseroom-no?vfs=unix'") == SQLITE_AUTH);
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
	CHECK(sql(v, "VACUUM INTO '/tmp/caseroom-no'") == SQLITE_AUTH);
	vault_close(v);
}

static uint64_t last_done, last_total, n_told;

static void told(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	if (done < last_done || done > total)
		abort();
	last_done = done;
	last_total = total;
	n_told++;
}

static void t_progress_goes_on_to_its_end(void)
{
	const char *dir = in_dir(test_dir(), "store");
	start();
	struct vault *v = made(dir);
	CHECK(sql(v, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
	             "20000) "
	             "INSERT INTO t(b) SELECT hex(randomblob(40)) FROM n") == SQLITE_OK);
	CHECK_ERR(vault_rekey(v, told, NULL, &w), ERR_OK);
	CHECK(n_told > 10 && last_done == last_total && last_total > 500);
	vault_close(v);
}

/* A quorum of three agencies stays one, and each key keeps its passphrase. */
static void t_quorum_and_recovery_stay(void)
{
	static const char *const label[] = {
	        "Police, inspector", "Council, officer", "Health, nurse"};
	const char *dir = in_dir(test_dir(), "store");
	struct vault_unlock *u = NULL;
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	unsigned quorum = 0;
	size_t n;
	start();
	const struct vault_secret *pass[] = {
	        first, second, secret_of("ginger otter velvet stream")};
	CHECK_ERR(vault_create(dir, label[0], pass[0], &cheap, &v, &w), ERR_OK);
	CHECK(fill(v));
	CHECK_ERR(vault_slot_group(v, vault_opener(v)->id, 1, &w), ERR_OK);
	for (unsigned i = 1; i < 3; i++) {
		const struct vault_factors f = {.passphrase = pass[i]};
		const struct vault_slot_new s = {VAULT_SLOT_PERSON, label[i], i + 1, &f, &cheap};
		CHECK_ERR(vault_slot_add(v, &s, NULL, &w), ERR_OK);
	}
	struct vault_secret *r = NULL;
	CHECK_ERR(vault_recovery_make(&r), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "Recovery", r, NULL, &w), ERR_OK);
	CHECK_ERR(vault_quorum_set(v, 2, &w), ERR_OK);
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
	CHECK(is_whole(v));
	vault_close(v);
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, &quorum, &w), ERR_OK);
	CHECK(n == 4 && quorum == 2);
	CHECK_ERR(vault_unlock_begin(dir, &u, &w), ERR_OK);
	CHECK_ERR(vault_unlock_add(u, NULL, &(struct vault_factors){.passphrase = pass[2]}, &w),
	        ERR_OK);
	CHECK(vault_unlock_missing(u) == 1);
	CHECK_ERR(vault_unlock_add(u, NULL, &(struct vault_factors){.passphrase = pass[0]}, &w),
	        ERR_OK);
	CHECK_ERR(vault_unlock_open(u, &v, &w), ERR_OK);
	CHECK(is_whole(v));
	vault_close(v);
	v = opened(dir, r);
	CHECK(v && is_whole(v));
	vault_close(v);
	vault_secret_destroy(r);
}

/* ---- on a card that loses power, refuses, or is full ---- */

static struct sim_image image;
static uint8_t mark_before[VAULT_KEY_MARK_BYTES];

static void sim_start(void)
{
	start();
	sim_clear();
	vault_base_for_tests(&sim_vfs, &sim_io);
	sqlite3_vfs_register(&sim_vfs, 0);
	struct vault *v = made("/sim");
	vault_key_mark(v, mark_before);
	vault_close(v);
	sim_restart(100);
	sim_save(&image);
}

static void sim_end(void)
{
	sim_image_free(&image);
	sim_clear();
	vault_base_for_tests(NULL, NULL);
}

/* What is found afterwards: 1 the store before, 2 the one after, 0 neither. */
static int found(void)
{
	uint8_t now[VAULT_KEY_MARK_BYTES];
	struct vault *v = opened("/sim", second);
	if (!v) {
		printf("# %s\n", w.text);
		return 0;
	}
	vault_key_mark(v, now);
	bool whole = is_whole(v) && sql(v, "INSERT INTO t(b) VALUES('after')") == SQLITE_OK;
	if (!whole)
		printf("# not whole\n");
	vault_close(v);
	if (!whole || sim_find(sim.now, sim.now_n, "next.db") ||
	        sim_find(sim.now, sim.now_n, "next.anchor") ||
	        sim_find(sim.now, sim.now_n, "next.db-wal"))
		return 0;
	return memcmp(now, mark_before, sizeof(now)) == 0 ? 1 : 2;
}

static void t_a_cut_at_every_operation(void)
{
	static const int survive[] = {0, 20, 50, 80, 100};
	int before = 0, after = 0;
	sim_start();
	uint64_t ops;
	{
		sim_load(&image);
		struct vault *v = opened("/sim", first);
		CHECK(v);
		sim.ops = 0;
		CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
		ops = sim.ops;
		vault_close(v);
	}
	CHECK(ops > 30);
	for (uint64_t at = 1; at <= ops; at++)
		for (size_t s = 0; s < COUNT_OF(survive); s++) {
			sim_load(&image);
			sim_seed(at * 31 + s);
			struct vault *v = opened("/sim", first);
			CHECK(v);
			sim.ops = 0;
			sim.crash_at = at;
			err_ignore(vault_rekey(v, NULL, NULL, &w));
			vault_close(v);
			sim_restart(survive[s]);
			int is = found();
			if (!is)
				printf("# cut at %d of %d, %d %%\n", (int)at, (int)ops, survive[s]);
			CHECK(is);
			before += is == 1;
			after += is == 2;
		}
	printf("# %d operations, 5 ways each: %d times the store before, %d times the one after\n",
	        (int)ops, before, after);
	CHECK(before > 60 && after > 10);
	sim_end();
}

static void t_a_second_cut_while_it_is_tidied(void)
{
	int seen = 0;
	sim_start();
	sim_load(&image);
	struct vault *v = opened("/sim", first);
	sim.ops = 0;
	CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
	uint64_t ops = sim.ops;
	vault_close(v);
	for (uint64_t at = ops > 60 ? ops - 60 : 1; at <= ops; at++)
		for (uint64_t again = 1; again <= 14; again++) {
			sim_load(&image);
			v = opened("/sim", first);
			sim.ops = 0;
			sim.crash_at = at;
			err_ignore(vault_rekey(v, NULL, NULL, &w));
			vault_close(v);
			sim_restart(100);
			sim.crash_at = again;
			v = opened("/sim", first);
			vault_close(v);
			sim_restart(again % 2 ? 50 : 100);
			CHECK(found());
			seen++;
		}
	CHECK(seen > 100);
	sim_end();
}

static void t_every_call_failing_once(void)
{
	int failed = 0, went_on = 0;
	sim_start();
	for (uint64_t at = 1;; at++) {
		sim_load(&image);
		struct vault *v = opened("/sim", first);
		CHECK(v);
		sim.calls = 0;
		sim.fault_at = at;
		enum err e = vault_rekey(v, NULL, NULL, &w);
		bool faulted = sim.faulted;
		sim.fault_at = 0;
		if (e != ERR_OK && vault_db(v))
			CHECK(is_whole(v));
		failed += e != ERR_OK;
		went_on += e == ERR_OK;
		vault_close(v);
		sim_restart(100);
		if (!found()) {
			printf("# call %d\n", (int)at);
			CHECK(false);
		}
		if (!faulted)
			break;
	}
	printf("# %d calls failed and it was told, %d times it went on\n", failed, went_on);
	CHECK(failed > 50);
	sim_end();
}

/* The rename is made and its sync fails, and then the look at what is there: nobody knows. Nothing
 * is taken away then, and nothing is written any more that the next opening would replace. */
static void t_two_calls_failing_in_a_row(void)
{
	int not_known = 0, went_on = 0;
	bool faulted = true;
	sim_start();
	for (uint64_t at = 1; faulted; at++) {
		sim_load(&image);
		struct vault *v = opened("/sim", first);
		CHECK(v);
		w.text[0] = 0;
		sim.calls = 0;
		sim.fault_at = at;
		sim.fault_more = 1;
		enum err e = vault_rekey(v, NULL, NULL, &w);
		faulted = sim.faulted;
		sim.fault_at = 0;
		const bool goes_on = e != ERR_OK && vault_db(v);
		if (goes_on)
			CHECK(sql(v, "CREATE TABLE meanwhile(a)") == SQLITE_OK);
		if (strstr(w.text, "did not say which data key")) {
			CHECK(!vault_db(v) && strstr(w.text, "open it again"));
			not_known++;
		}
		vault_close(v);
		sim_restart(100);
		if (!found()) {
			printf("# call %d\n", (int)at);
			CHECK(false);
		}
		if (goes_on) {
			v = opened("/sim", first);
			CHECK(v && sql(v, "DROP TABLE meanwhile") == SQLITE_OK);
			vault_close(v);
			went_on++;
		}
	}
	printf("# %d times it was not known, %d times the store went on\n", not_known, went_on);
	CHECK(not_known > 0 && went_on > 50);
	sim_end();
}

static void t_a_full_card_changes_nothing(void)
{
	int full = 0;
	sim_start();
	for (uint64_t at = 1; at < 40; at++) {
		uint8_t now[VAULT_KEY_MARK_BYTES];
		sim_load(&image);
		struct vault *v = opened("/sim", first);
		CHECK(v);
		sim.ops = 0;
		sim.full_at = at;
		enum err e = vault_rekey(v, NULL, NULL, &w);
		sim.full_at = 0;
		if (e != ERR_OK) {
			CHECK_ERR(e, ERR_FULL);
			CHECK(strstr(w.text, "card is full"));
			vault_key_mark(v, now);
			CHECK(memcmp(now, mark_before, sizeof(now)) == 0);
			CHECK(is_whole(v));
			full++;
		}
		vault_close(v);
		CHECK(found() == (e == ERR_OK ? 2 : 1));
	}
	CHECK(full > 10);
	sim_end();
}

static const struct test TESTS[] = {
        T(t_everything_is_there_and_every_key_opens),
        T(t_an_old_card_does_not_open_with_the_new_keyring),
        T(t_an_old_keyring_opens_the_card_until_there_is_a_new_key),
        T(t_what_is_still_used_is_refused),
        T(t_progress_goes_on_to_its_end),
        T(t_quorum_and_recovery_stay),
        T(t_a_cut_at_every_operation),
        T(t_a_second_cut_while_it_is_tidied),
        T(t_every_call_failing_once),
        T(t_two_calls_failing_in_a_row),
        T(t_a_full_card_changes_nothing),
};
TEST_MAIN(TESTS)
