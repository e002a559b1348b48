#include "vault_help.h"
#include "vault_sim.h"
#include "caseroom/time.h"
/*
 * The keys of the audit: each entry has its own, moved on by what is committed and by nothing else;
 * after a cut the store catches up; no key of an earlier entry is left anywhere.
 */

#define ENTRIES 400

static struct vault_secret *pass;
static struct vault *v;
static const char *dir;

/* The smallest record there can be: numbered entries with hash and seal. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS log(seq INTEGER PRIMARY KEY, hash, mac)";

static void hash_of(uint64_t seq, uint64_t salt, uint8_t ret[VAULT_HASH_BYTES])
{
	uint8_t n[16];
	static const uint8_t zero[VAULT_HASH_BYTES];
	le_put(n, 8, seq);
	le_put(n + 8, 8, salt);
	vault_chain(zero, n, sizeof(n), ret);
}

static uint64_t last(void)
{
	return (uint64_t)sql_int(vault_db(v), "SELECT ifnull(max(seq), 0) FROM log");
}

/* Inside a transaction. */
static enum err entry(uint64_t seq, uint64_t salt)
{
	uint8_t hash[VAULT_HASH_BYTES], mac[VAULT_HASH_BYTES];
	sqlite3_stmt *st = NULL;
	hash_of(seq, salt, hash);
	enum err e = vault_audit_seal(v, seq, hash, mac);
	if (e != ERR_OK)
		return e;
	if (sqlite3_prepare_v2(vault_db(v), "INSERT INTO log VALUES(?,?,?)", -1, &st, NULL) !=
	        SQLITE_OK)
		return ERR_IO;
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	sqlite3_bind_blob(st, 2, hash, sizeof(hash), SQLITE_TRANSIENT);
	sqlite3_bind_blob(st, 3, mac, sizeof(mac), SQLITE_TRANSIENT);
	int rc = sqlite3_step(st);
	sqlite3_finalize(st);
	mark(v, seq, hash);
	return rc == SQLITE_DONE ? ERR_OK : ERR_IO;
}

static bool commit_entries(uint64_t n, uint64_t salt)
{
	if (sql(v, "BEGIN IMMEDIATE") != SQLITE_OK)
		return false;
	uint64_t from = last() + 1;
	for (uint64_t seq = from; seq < from + n; seq++)
		if (entry(seq, salt) != ERR_OK)
			return false;
	return sql(v, "COMMIT") == SQLITE_OK;
}

/* What record_open does: from what the anchor remembers to the end. 0, or the entry that broke. */
static uint64_t catch_up(void)
{
	struct vault_mark m;
	sqlite3_stmt *st = NULL;
	uint64_t broken = 0;
	vault_anchor_mark(v, &m);
	sqlite3_prepare_v2(vault_db(v), "SELECT seq, hash, mac FROM log WHERE seq > ? ORDER BY seq",
	        -1, &st, NULL);
	sqlite3_bind_int64(st, 1, (int64_t)m.seq);
	while (!broken && sqlite3_step(st) == SQLITE_ROW) {
		uint64_t seq = (uint64_t)sqlite3_column_int64(st, 0);
		if (!vault_audit_catch_up(
		            v, seq, sqlite3_column_blob(st, 1), sqlite3_column_blob(st, 2)))
			broken = seq;
	}
	sqlite3_finalize(st);
	return broken;
}

/* With the first key of the log, as an auditor has it: 0, or the first entry that does not hold;
 * one beyond the last when the walk does not arrive. */
static uint64_t walk(void)
{
	sqlite3_stmt *st = NULL;
	uint64_t first = 0, broken = 0;
	if (!vault_audit_walk_begin(v, &first))
		return UINT64_MAX;
	uint64_t seq = first;
	sqlite3_prepare_v2(vault_db(v),
	        "SELECT seq, hash, mac FROM log WHERE seq >= ? ORDER BY seq", -1, &st, NULL);
	sqlite3_bind_int64(st, 1, (int64_t)first);
	for (; !broken && sqlite3_step(st) == SQLITE_ROW; seq++)
		if ((uint64_t)sqlite3_column_int64(st, 0) != seq ||
		        !vault_audit_walk_step(
		                v, sqlite3_column_blob(st, 1), sqlite3_column_blob(st, 2)))
			broken = seq;
	sqlite3_finalize(st);
	bool arrived = vault_audit_walk_end(v);
	return broken ? broken : arrived ? 0 : seq;
}

static uint64_t first_seq;
static uint8_t first_key[VAULT_KEY];

/* As if an auditor had opened it, who was given the key of the first entry. */
static void as_auditor(void)
{
	v->verify_from = first_seq;
	memcpy(v->keys->verify, first_key, VAULT_KEY);
}

static void start(void)
{
	cheap_start();
	pass = secret_of("correct horse battery staple");
	dir = test_dir();
	dir = in_dir(dir, "store");
	v = NULL;
	if (vault_create(dir, "first", pass, &cheap, &v, NULL) != ERR_OK ||
	        sql(v, schema) != SQLITE_OK || !audit_key_now(v, &first_seq, first_key))
		abort();
	as_auditor();
}

static void again(void)
{
	vault_close(v);
	v = NULL;
	if (vault_open(dir, NULL, pass, &v, NULL) != ERR_OK)
		abort();
	as_auditor();
}

static void t_every_entry_holds_and_none_can_be_another(void)
{
	start();
	CHECK(first_seq == 1);
	CHECK(walk() == 0);
	for (int i = 0; i < 40; i++)
		CHECK(commit_entries(1 + (uint64_t)i % 3, 0));
	CHECK(walk() == 0);
	again();
	CHECK(walk() == 0);
	CHECK(commit_entries(5, 0) && walk() == 0);
	static const struct {
		const char *harm;
		uint64_t at;
	} HARM[] = {{"UPDATE log SET mac = randomblob(32) WHERE seq = 7", 7},
	        {"UPDATE log SET hash = randomblob(32) WHERE seq = 7", 7},
	        {"UPDATE log SET mac = (SELECT mac FROM log WHERE seq = 8) WHERE seq = 7", 7},
	        {"UPDATE log SET seq = -seq WHERE seq IN (7, 8); UPDATE log SET seq = 8 WHERE seq "
	         "= -7; UPDATE log SET seq = 7 WHERE seq = -8",
	                7},
	        {"DELETE FROM log WHERE seq = 7", 7}, {"DELETE FROM log WHERE seq = 1", 1},
	        {"DELETE FROM log WHERE seq > 20", 21}};
	for (size_t i = 0; i < COUNT_OF(HARM); i++) {
		CHECK(sql(v, "SAVEPOINT harm") == SQLITE_OK && sql(v, HARM[i].harm) == SQLITE_OK);
		uint64_t at = walk();
		CHECK(sql(v, "ROLLBACK TO harm; RELEASE harm") == SQLITE_OK);
		CHECK(at == HARM[i].at);
	}
	CHECK(walk() == 0);
	vault_close(v);
}

static void t_only_what_is_committed_moves_the_key(void)
{
	uint64_t seq;
	uint8_t before[VAULT_KEY], after[VAULT_KEY];
	start();
	CHECK(commit_entries(3, 0));
	CHECK(audit_key_now(v, &seq, before) && seq == 4);
	/* rolled back whole */
	CHECK(sql(v, "BEGIN IMMEDIATE") == SQLITE_OK);
	CHECK(entry(4, 1) == ERR_OK && entry(5, 1) == ERR_OK);
	CHECK(sql(v, "ROLLBACK") == SQLITE_OK);
	CHECK(audit_key_now(v, &seq, after) && seq == 4 && memcmp(before, after, VAULT_KEY) == 0);
	/* other entries in their place, some of them taken back to a savepoint */
	CHECK(sql(v, "BEGIN IMMEDIATE") == SQLITE_OK);
	CHECK(entry(4, 2) == ERR_OK);
	CHECK(sql(v, "SAVEPOINT a") == SQLITE_OK);
	CHECK(entry(5, 3) == ERR_OK && entry(6, 3) == ERR_OK);
	CHECK(sql(v, "ROLLBACK TO a") == SQLITE_OK);
	CHECK(entry(5, 4) == ERR_OK);
	CHECK(sql(v, "COMMIT") == SQLITE_OK);
	CHECK(audit_key_now(v, &seq, after) && seq == 6);
	CHECK(walk() == 0);
	/* a mark that says less than was sealed: the key is that of the entry after the mark */
	CHECK(sql(v, "BEGIN IMMEDIATE") == SQLITE_OK);
	CHECK(entry(6, 0) == ERR_OK);
	CHECK(sql(v, "SAVEPOINT a") == SQLITE_OK);
	CHECK(entry(7, 0) == ERR_OK);
	CHECK(sql(v, "ROLLBACK TO a") == SQLITE_OK);
	uint8_t hash[VAULT_HASH_BYTES], mac[VAULT_HASH_BYTES];
	hash_of(6, 0, hash);
	mark(v, 6, hash);
	CHECK(sql(v, "COMMIT") == SQLITE_OK);
	CHECK(audit_key_now(v, &seq, after) && seq == 7);
	CHECK(walk() == 0);
	CHECK(commit_entries(2, 5) && walk() == 0);
	/* neither an entry again, nor one ahead */
	CHECK_ERR(vault_audit_seal(v, 8, hash, mac), ERR_INTERNAL);
	CHECK_ERR(vault_audit_seal(v, 10, hash, mac), ERR_INTERNAL);
	CHECK_ERR(vault_audit_seal(v, 0, hash, mac), ERR_INPUT);
	vault_close(v);
}

static bool holds_key(const void *p, size_t n, const uint8_t *key)
{
	return memmem(p, n, key, VAULT_KEY) != NULL;
}

static void t_keys_of_earlier_entries_are_nowhere(void)
{
	static uint8_t key[ENTRIES + 2][VAULT_KEY];
	static const char *const file[] = {
	        VAULT_FILE_DB, VAULT_FILE_WAL, VAULT_FILE_ANCHOR, VAULT_FILE_RING};
	start();
	v->verify_from = 0;
	wipe(v->keys->verify, VAULT_KEY);
	memcpy(key[1], first_key, VAULT_KEY);
	for (size_t i = 1; i <= ENTRIES; i++)
		keyed_hash(
		        key[i], "caseroom 1 audit next", NULL, 0, NULL, 0, key[i + 1], VAULT_KEY);
	CHECK(holds_key(v->keys, sizeof(*v->keys), key[1])); /* this is where it would be */
	for (uint64_t n = 0; n < ENTRIES;) {
		uint64_t more = 1 + n % 7;
		if (n + more > ENTRIES)
			more = ENTRIES - n;
		if (n % 5 == 0) {
			CHECK(sql(v, "BEGIN IMMEDIATE") == SQLITE_OK);
			CHECK(entry(n + 1, 9) == ERR_OK && entry(n + 2, 9) == ERR_OK);
			CHECK(sql(v, "ROLLBACK") == SQLITE_OK);
		}
		CHECK(commit_entries(more, 0));
		n += more;
		CHECK(holds_key(v->keys, sizeof(*v->keys), key[n + 1]));
		for (uint64_t i = 1; i <= n; i++) {
			CHECK(!holds_key(v->keys, sizeof(*v->keys), key[i]));
			CHECK(!holds_key(v, sizeof(*v), key[i]));
			CHECK(!holds_key(v->vfs, sizeof(*v->vfs), key[i]));
		}
	}
	CHECK_ERR(vault_rest(v), ERR_OK);
	for (size_t f = 0; f < COUNT_OF(file); f++)
		for (size_t i = 1; i <= ENTRIES + 1; i++)
			CHECK(!file_has(in_dir(dir, file[f]), key[i], VAULT_KEY));
	vault_close(v);
}

/* The card has the key as of its last save: what was sealed since is told by it, what was made up
 * is not. */
static void t_made_up_after_a_cut_is_found(void)
{
	uint8_t hash[VAULT_HASH_BYTES], mac[VAULT_HASH_BYTES] = {0};
	const char *copy = in_dir(test_dir(), "copy");
	start();
	CHECK(commit_entries(4, 0));
	CHECK_ERR(vault_rest(v), ERR_OK);
	CHECK(commit_entries(6, 0));
	CHECK(mkdir(copy, 0700) == 0);
	copy_store(dir, copy); /* as a cut now would leave it */
	vault_close(v);
	dir = copy;
	CHECK_ERR(vault_open(dir, NULL, pass, &v, NULL), ERR_OK);
	struct vault_mark m;
	vault_anchor_mark(v, &m);
	CHECK(m.seq == 4 && last() == 10);
	hash_of(5, 1, hash);
	CHECK(!vault_audit_catch_up(v, 5, hash, mac));
	CHECK(!vault_audit_catch_up(v, 5, hash, NULL)); /* one without a seal */
	hash_of(6, 0, hash);
	CHECK(!vault_audit_catch_up(v, 6, hash, mac)); /* one left out */
	CHECK(catch_up() == 0);
	hash_of(10, 0, hash);
	CHECK(v->anchor.audit.mark.seq == 10 &&
	        memcmp(v->anchor.audit.mark.head, hash, sizeof(hash)) == 0);
	CHECK(commit_entries(2, 0));
	again();
	CHECK(walk() == 0 && last() == 12);
	vault_close(v);
}

static void t_log_without_seals_begins_with_a_key_of_its_own(void)
{
	uint8_t hash[VAULT_HASH_BYTES];
	start();
	/* as the first version left it: entries, and no key */
	v->anchor.audit_key_seq = 0;
	wipe(v->keys->audit, VAULT_KEY);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		hash_of(seq, 0, hash);
		CHECK(vault_audit_catch_up(v, seq, hash, NULL));
	}
	CHECK(sql(v, "INSERT INTO log(seq) VALUES(1), (2), (3)") == SQLITE_OK);
	CHECK(commit_entries(2, 0));
	CHECK(audit_key_now(v, &first_seq, first_key) && first_seq == 6);
	again();
	CHECK(walk() == 0);
	hash_of(6, 0, hash);
	CHECK(!vault_audit_catch_up(v, 6, hash, NULL)); /* from now on each has one */
	CHECK(commit_entries(2, 0) && walk() == 0);
	vault_close(v);
}

/* ---- cuts ---- */

static bool cut_and_check(uint64_t *acked, int percent)
{
	sim.dead = true;
	vault_close(v);
	v = NULL;
	sim_restart(percent);
	sim_tidy();
	time_advance_us(2 * TIME_HOUR_US);
	struct why w = {""};
	if (vault_open("/sim", NULL, pass, &v, &w) != ERR_OK) {
		fprintf(stderr, "does not open: %s\n", w.text);
		return false;
	}
	as_auditor();
	uint64_t broken = catch_up();
	if (broken || walk() != 0 || last() < *acked) {
		fprintf(stderr, "entry %llu, %llu of %llu\n", (unsigned long long)broken,
		        (unsigned long long)last(), (unsigned long long)*acked);
		return false;
	}
	*acked = last();
	return true;
}

static void some_work(uint64_t *acked)
{
	static const char *const other[] = {"PRAGMA wal_checkpoint(TRUNCATE)",
	        "PRAGMA wal_checkpoint(RESTART)", "PRAGMA wal_checkpoint"};
	for (int i = 0; i < 12 && !sim.dead; i++) {
		uint64_t dice = sim_rand() % 8;
		if (!commit_entries(1 + sim_rand() % 4, sim_rand()))
			break;
		*acked = last();
		if (dice < COUNT_OF(other))
			(void)sql(v, other[dice]);
		else if (dice == 5)
			err_ignore(vault_rest(v));
		else if (dice == 6 && sql(v, "BEGIN IMMEDIATE") == SQLITE_OK) {
			err_ignore(entry(last() + 1, 77));
			(void)sql(v, "ROLLBACK");
		}
	}
}

static void t_seals_catch_up_after_every_cut(void)
{
	static const int survive[] = {0, 20, 50, 80, 100};
	vault_base_for_tests(&sim_vfs, &sim_io);
	time_pin_us(1700000000 * TIME_SECOND_US);
	cheap_start();
	pass = secret_of("correct horse battery staple");
	for (uint64_t seed = 1; seed <= 60; seed++) {
		uint64_t acked = 0;
		sim_clear();
		sim_seed(seed);
		v = NULL;
		CHECK_ERR(vault_create("/sim", "first", pass, &cheap, &v, NULL), ERR_OK);
		CHECK(sql(v, schema) == SQLITE_OK);
		sim_sync_names();
		CHECK(audit_key_now(v, &first_seq, first_key));
		as_auditor();
		for (int cut = 0; cut < 4; cut++) {
			sim.ops = 0;
			sim.crash_at = 1 + sim_rand() % 250;
			some_work(&acked);
			sim.crash_at = 0;
			CHECK(cut_and_check(&acked, survive[sim_rand() % COUNT_OF(survive)]));
		}
		sim.dead = true;
		vault_close(v);
	}
	sim_clear();
	vault_base_for_tests(NULL, NULL);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(t_every_entry_holds_and_none_can_be_another),
	        T(t_only_what_is_committed_moves_the_key), T(t_keys_of_earlier_entries_are_nowhere),
	        T(t_made_up_after_a_cut_is_found),
	        T(t_log_without_seals_begins_with_a_key_of_its_own),
	        T(t_seals_catch_up_after_every_cut)};
	/* Cuts make the log speak thousands of times. */
	if (!getenv("VAULT_POWER_SHOW") && !freopen("/dev/null", "w", stderr))
		return 2;
	sqlite3_vfs_register(&sim_vfs, 0);
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
