#include "vault_help.h"
#include <sodium.h>
/*
 * Hands that change a store from outside, in a table: what is done, which error says so, which
 * words. And the keyring: slots, their changes, and what is checked before and after a passphrase.
 */

static const char *const good_words = "harbour lentil quartz ninety";

static enum err opened(const char *dir, const char *pass, struct vault **ret, struct why *w)
{
	struct vault_secret *s = secret_of(pass);
	enum err e = vault_open(dir, NULL, s, ret, w);
	vault_secret_destroy(s);
	return e;
}

/* Two slots, rows in the database, an audit mark of 5. */
static struct vault *made(const char *dir)
{
	struct vault_secret *s = secret_of(good_words), *t = secret_of("second person here now");
	uint8_t head[VAULT_HASH_BYTES] = {1}, id[VAULT_ID_BYTES];
	struct vault *v = NULL;
	enum err e = vault_create(dir, "first", s, &cheap, &v, NULL);
	if (e == ERR_OK)
		e = slot_add(v, VAULT_SLOT_PERSON, "second", t, id, NULL);
	vault_secret_destroy(s);
	vault_secret_destroy(t);
	if (e != ERR_OK)
		return NULL;
	if (sql(v, "BEGIN; CREATE TABLE t(id INTEGER PRIMARY KEY, a, b);"
	           "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<300)"
	           " INSERT INTO t(a,b) SELECT 'row '||i, zeroblob(700) FROM c") != SQLITE_OK)
		return NULL;
	mark(v, 5, head);
	return sql(v, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK ? v : NULL;
}

/* ---- what a hand does to a closed store; `old` is the same store as it was some commits before
 * --------- */

static bool put_bytes(const char *dir, const char *name, size_t at, const void *p, size_t n)
{
	struct bytes b = load(in_dir(dir, name));
	bool good = b.p && at + n <= b.n;
	if (good) {
		memcpy(b.p + at, p, n);
		good = save(in_dir(dir, name), b.p, b.n);
	}
	free(b.p);
	return good;
}

static bool do_bit_flip(const char *dir, const char *old)
{
	(void)old;
	return flip(in_dir(dir, VAULT_FILE_DB), 5 * VAULT_PAGE + 99);
}

static bool do_flip_page_one(const char *dir, const char *old)
{
	(void)old;
	return flip(in_dir(dir, VAULT_FILE_DB), 20);
}

static bool do_swap_pages(const char *dir, const char *old)
{
	struct bytes b = load(in_dir(dir, VAULT_FILE_DB));
	bool good =
	        put_bytes(dir, VAULT_FILE_DB, 5 * VAULT_PAGE, b.p + 6 * VAULT_PAGE, VAULT_PAGE) &&
	        put_bytes(dir, VAULT_FILE_DB, 6 * VAULT_PAGE, b.p + 5 * VAULT_PAGE, VAULT_PAGE);
	(void)old;
	free(b.p);
	return good;
}

static bool do_zero_page(const char *dir, const char *old)
{
	static const uint8_t zero[VAULT_PAGE];
	(void)old;
	return put_bytes(dir, VAULT_FILE_DB, 5 * VAULT_PAGE, zero, VAULT_PAGE);
}

static bool do_truncate(const char *dir, const char *old)
{
	(void)old;
	return truncate(in_dir(dir, VAULT_FILE_DB), 20 * VAULT_PAGE) == 0;
}

static bool do_truncate_in_page(const char *dir, const char *old)
{
	(void)old;
	return truncate(in_dir(dir, VAULT_FILE_DB), 20 * VAULT_PAGE + 100) == 0;
}

static bool do_empty(const char *dir, const char *old)
{
	(void)old;
	return truncate(in_dir(dir, VAULT_FILE_DB), 0) == 0;
}

static bool do_remove_db(const char *dir, const char *old)
{
	(void)old;
	return unlink(in_dir(dir, VAULT_FILE_DB)) == 0;
}

static bool do_other_store(const char *dir, const char *old)
{
	const char *other = test_dir();
	struct vault *v = made(other);
	(void)old;
	vault_close(v);
	return v && copy_file(in_dir(other, VAULT_FILE_DB), in_dir(dir, VAULT_FILE_DB));
}

static bool do_plain_sqlite(const char *dir, const char *old)
{
	sqlite3 *db = NULL;
	(void)old;
	if (unlink(in_dir(dir, VAULT_FILE_DB)) != 0 ||
	        sqlite3_open(in_dir(dir, VAULT_FILE_DB), &db) != SQLITE_OK)
		return false;
	sqlite3_exec(db, "CREATE TABLE t(id,a,b)", NULL, NULL, NULL);
	return sqlite3_close(db) == SQLITE_OK;
}

/* `old` has a log that a cut left; the store has checkpointed it since and gone on. */
static bool do_old_log(const char *dir, const char *old)
{
	return copy_file(in_dir(old, VAULT_FILE_WAL), in_dir(dir, VAULT_FILE_WAL));
}

static bool do_old_anchor(const char *dir, const char *old)
{
	return copy_file(in_dir(old, VAULT_FILE_ANCHOR), in_dir(dir, VAULT_FILE_ANCHOR)) &&
	       copy_file(in_dir(old, "later-wal"), in_dir(dir, VAULT_FILE_WAL)) &&
	       copy_file(in_dir(old, "later-db"), in_dir(dir, VAULT_FILE_DB));
}

static bool do_old_keyring(const char *dir, const char *old)
{
	return copy_file(in_dir(old, VAULT_FILE_RING), in_dir(dir, VAULT_FILE_RING));
}

static bool do_remove_anchor(const char *dir, const char *old)
{
	(void)old;
	return unlink(in_dir(dir, VAULT_FILE_ANCHOR)) == 0;
}

static bool do_break_anchor(const char *dir, const char *old)
{
	(void)old;
	return flip(in_dir(dir, VAULT_FILE_ANCHOR), 60) &&
	       flip(in_dir(dir, VAULT_FILE_ANCHOR), ANCHOR_STEP + 60);
}

static bool do_shorten_anchor(const char *dir, const char *old)
{
	(void)old;
	return truncate(in_dir(dir, VAULT_FILE_ANCHOR), 100) == 0;
}

static void ring_sum(uint8_t *p, size_t n)
{
	crypto_generichash(p + n - RING_SUM, RING_SUM, p, n - RING_SUM, NULL, 0);
}

/* Changes the keyring as one would who knows the format and has no key: the checksum is made right.
 */
static bool edit_ring(const char *dir, void (*edit)(struct bytes *))
{
	struct bytes b = load(in_dir(dir, VAULT_FILE_RING));
	bool good;
	edit(&b);
	ring_sum(b.p, b.n);
	good = save(in_dir(dir, VAULT_FILE_RING), b.p, b.n);
	free(b.p);
	return good;
}

static void edit_drop_second(struct bytes *b)
{
	const size_t at = sizeof(struct ring_head) + sizeof(struct ring_slot);
	memmove(b->p + at, b->p + at + sizeof(struct ring_slot), RING_MAC + RING_SUM);
	b->n -= sizeof(struct ring_slot);
	b->p[12] = 1;
}

static void edit_cost_second(struct bytes *b)
{
	struct ring_slot *s = (struct ring_slot *)(b->p + sizeof(struct ring_head)) + 1;
	le_put(s->memory_kib, 4, 9);
}

static void edit_cost_floor(struct bytes *b)
{
	struct ring_slot *s = (struct ring_slot *)(b->p + sizeof(struct ring_head)) + 1;
	le_put(s->memory_kib, 4, 1);
}

static void edit_cost_ceiling(struct bytes *b)
{
	struct ring_slot *s = (struct ring_slot *)(b->p + sizeof(struct ring_head));
	le_put(s->memory_kib, 4, 64 << 20);
}

static void edit_wrapped(struct bytes *b)
{
	((struct ring_slot *)(b->p + sizeof(struct ring_head)))->wrapped[3] ^= 1;
}

static void edit_label(struct bytes *b)
{
	((struct ring_slot *)(b->p + sizeof(struct ring_head)))->label[0] ^= 1;
}

static bool do_drop_slot(const char *dir, const char *old)
{
	(void)old;
	return edit_ring(dir, edit_drop_second);
}

static bool do_lower_cost(const char *dir, const char *old)
{
	(void)old;
	return edit_ring(dir, edit_cost_second);
}

static bool do_cost_under_floor(const char *dir, const char *old)
{
	(void)old;
	return edit_ring(dir, edit_cost_floor);
}

static bool do_cost_over_ceiling(const char *dir, const char *old)
{
	(void)old;
	return edit_ring(dir, edit_cost_ceiling);
}

static bool do_wrapped_key(const char *dir, const char *old)
{
	(void)old;
	return edit_ring(dir, edit_wrapped);
}

static bool do_label(const char *dir, const char *old)
{
	(void)old;
	return edit_ring(dir, edit_label);
}

static bool do_flip_keyring(const char *dir, const char *old)
{
	(void)old;
	return flip(in_dir(dir, VAULT_FILE_RING), 300);
}

static const struct tamper {
	const char *name;
	bool (*act)(const char *dir, const char *old);
	enum err open, verify; /* verify: when it opens */
	const char *words;
} table[] = {
        {"bit flip", do_bit_flip, ERR_OK, ERR_DAMAGED, "page 6"},
        {"bit flip in page 1", do_flip_page_one, ERR_DAMAGED, ERR_OK, "Page 1 "},
        {"swapped pages", do_swap_pages, ERR_DAMAGED, ERR_OK, "pages 6 and 7 did not open"},
        {"zeroed page", do_zero_page, ERR_DAMAGED, ERR_OK, "page 6 did not open"},
        {"truncated file", do_truncate, ERR_DAMAGED, ERR_OK, "cut short and has 20 of"},
        {"truncated inside a page", do_truncate_in_page, ERR_DAMAGED, ERR_OK, "cut short"},
        {"emptied file", do_empty, ERR_DAMAGED, ERR_OK, "empty"},
        {"database gone", do_remove_db, ERR_DAMAGED, ERR_OK, "missing"},
        {"database of another store", do_other_store, ERR_DAMAGED, ERR_OK, "of another store"},
        {"plain database", do_plain_sqlite, ERR_DAMAGED, ERR_OK, "not a store's"},
        {"old log beside a newer store", do_old_log, ERR_OLDER, ERR_OK, "log"},
        {"old anchor beside a newer log", do_old_anchor, ERR_OLDER, ERR_OK, "log"},
        {"old keyring", do_old_keyring, ERR_OLDER, ERR_OK, "keyring is older"},
        {"anchor gone", do_remove_anchor, ERR_DAMAGED, ERR_OK, "missing"},
        {"anchor broken", do_break_anchor, ERR_DAMAGED, ERR_OK, "both its records"},
        {"anchor cut short", do_shorten_anchor, ERR_DAMAGED, ERR_OK, "both its records"},
        {"slot removed", do_drop_slot, ERR_DAMAGED, ERR_OK, "someone who had no key"},
        {"cost lowered", do_lower_cost, ERR_DAMAGED, ERR_OK, "someone who had no key"},
        {"cost under the floor", do_cost_under_floor, ERR_DAMAGED, ERR_OK,
                "No passphrase was tried"},
        {"cost over the ceiling", do_cost_over_ceiling, ERR_DAMAGED, ERR_OK,
                "No passphrase was tried"},
        {"wrapped key changed", do_wrapped_key, ERR_DAMAGED, ERR_OK,
                "key in the keyring is damaged"},
        {"label changed", do_label, ERR_WRONG_KEY, ERR_OK, ""},
        {"bit flip in the keyring", do_flip_keyring, ERR_DAMAGED, ERR_OK,
                "No passphrase was tried"},
};

/* The store, its past in `old`, and later-wal and later-db: a cut while it was open, after the
 * past. */
static bool prepare(const char *dir, const char *old)
{
	struct vault *v = made(dir);
	struct vault_secret *s = secret_of(good_words);
	bool good = v && sql(v, "INSERT INTO t(a) VALUES('past')") == SQLITE_OK;
	copy_store(dir, old);
	vault_close(v);
	v = NULL;
	good = good && opened(dir, good_words, &v, NULL) == ERR_OK &&
	       sql(v, "INSERT INTO t(a) VALUES('present')") == SQLITE_OK &&
	       slot_pass(v, vault_opener(v)->id, s, NULL) == ERR_OK &&
	       sql(v, "PRAGMA wal_checkpoint(RESTART); INSERT INTO t(a) VALUES('more')") ==
	               SQLITE_OK &&
	       copy_file(in_dir(dir, VAULT_FILE_WAL), in_dir(old, "later-wal")) &&
	       copy_file(in_dir(dir, VAULT_FILE_DB), in_dir(old, "later-db"));
	vault_close(v);
	vault_secret_destroy(s);
	return good;
}

static void t_tampering_is_seen_and_named(void)
{
	const char *base = test_dir(), *old = test_dir(), *dir = test_dir();
	CHECK(prepare(base, old));
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct tamper *t = &table[i];
		struct vault *v = NULL;
		struct vault_report r;
		struct why w = {""};
		enum err e, verify = ERR_OK;
		copy_store(base, dir);
		if (!t->act(dir, old)) {
			snprintf(test_why, sizeof(test_why), "%s: could not be done", t->name);
			test_failed = test_why;
			return;
		}
		e = opened(dir, good_words, &v, &w);
		if (e == ERR_OK)
			verify = vault_verify(v, &r, &w);
		vault_close(v);
		if (e != t->open || verify != t->verify || !strstr(w.text, t->words)) {
			snprintf(test_why, sizeof(test_why), "%s: open %s, verify %s, says %.200s",
			        t->name, err_text(e), err_text(verify), w.text);
			test_failed = test_why;
			return;
		}
	}
}

/* One page that does not open fails its own statement and nothing else. */
static void t_bad_page_does_not_poison_the_connection(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	CHECK(v);
	CHECK(sql(v, "CREATE TABLE other(x); INSERT INTO other VALUES(1)") == SQLITE_OK);
	vault_close(v);
	CHECK(flip(in_dir(dir, VAULT_FILE_DB), 20 * VAULT_PAGE));
	CHECK_ERR(opened(dir, good_words, &v, NULL), ERR_OK);
	CHECK(sql(v, "SELECT sum(length(a)) FROM t") != SQLITE_OK);
	CHECK(sql(v, "INSERT INTO other VALUES(2)") == SQLITE_OK);
	CHECK(sql(v, "UPDATE t SET a='y'") != SQLITE_OK);
	CHECK(sql(v, "INSERT INTO other VALUES(3)") == SQLITE_OK);
	CHECK(sql_int(v->db, "SELECT count(*) FROM other") == 3);
	vault_close(v);
}

/* ---- keyring
 * ------------------------------------------------------------------------------------------ */

static void t_slots_are_listed_added_changed_removed(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct vault_slot slot[4];
	struct vault_secret *paper = NULL, *fresh = secret_of("another five words are fine");
	uint8_t id[VAULT_ID_BYTES];
	struct why w = {""};
	size_t n = 0;
	char typed[128];
	CHECK(v);
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, &w), ERR_OK);
	CHECK(n == 2 && slot[0].kind == VAULT_SLOT_PERSON);
	CHECK_STR(slot[1].label, "second");
	CHECK_ERR(vault_recovery_make(&paper), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "second", paper, id, &w), ERR_EXISTS);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "", paper, id, &w), ERR_INPUT);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "bad\nname", paper, id, &w), ERR_INPUT);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "paper", paper, id, &w), ERR_OK);
	CHECK_ERR(slot_pass(v, slot[1].id, fresh, &w), ERR_OK);
	CHECK_ERR(vault_slot_remove(v, slot[0].id, &w), ERR_OK);
	CHECK_ERR(vault_slot_remove(v, slot[1].id, &w), ERR_REFUSED);
	CHECK_ERR(vault_slot_remove(v, slot[0].id, &w), ERR_NOT_FOUND);
	vault_close(v);
	v = NULL;
	CHECK_ERR(opened(dir, good_words, &v, &w), ERR_WRONG_KEY);
	CHECK_ERR(opened(dir, "another five words are fine", &v, &w), ERR_OK);
	CHECK_STR(vault_opener(v)->label, "second");
	vault_close(v);
	/* As read off the paper, with capitals. */
	for (size_t i = 0; i <= paper->len; i++)
		typed[i] = paper->text[i] >= 'a' ? (char)(paper->text[i] - 32) : paper->text[i];
	CHECK_ERR(opened(dir, typed, &v, &w), ERR_OK);
	CHECK(vault_opener(v)->kind == VAULT_SLOT_RECOVERY);
	vault_close(v);
	vault_secret_destroy(paper);
	vault_secret_destroy(fresh);
}

static void t_keyring_holds_sixty_four(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct vault_secret *s = secret_of("many words for many");
	struct vault_slot slot[VAULT_SLOTS_MAX];
	char label[32];
	uint8_t id[VAULT_ID_BYTES];
	size_t n = 0;
	CHECK(v);
	for (int i = 2; i < VAULT_SLOTS_MAX; i++) {
		snprintf(label, sizeof(label), "slot %d", i);
		CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, label, s, id, NULL), ERR_OK);
	}
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "one more", s, id, NULL), ERR_LIMIT);
	vault_close(v);
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, NULL), ERR_OK);
	CHECK(n == VAULT_SLOTS_MAX);
	CHECK_ERR(vault_open(dir, slot[63].id, s, &v, NULL), ERR_OK);
	CHECK_STR(vault_opener(v)->label, "slot 63");
	vault_close(v);
	vault_secret_destroy(s);
}

static void t_cost_has_floor_and_ceiling(void)
{
	struct vault_cost c = {0, 0};
	vault_cost_floor_for_tests(0, 0);
	CHECK_ERR(cost_choose(NULL, &c, NULL), ERR_OK);
	CHECK(c.memory_kib == 128 * 1024 && c.passes == 3);
	CHECK_ERR(cost_choose(&(struct vault_cost){64 * 1024, 2}, &c, NULL), ERR_OK);
	CHECK_ERR(cost_choose(&(struct vault_cost){64 * 1024 - 1, 2}, &c, NULL), ERR_LIMIT);
	CHECK_ERR(cost_choose(&(struct vault_cost){64 * 1024, 1}, &c, NULL), ERR_LIMIT);
	CHECK_ERR(cost_choose(&(struct vault_cost){256 * 1024 + 1, 3}, &c, NULL), ERR_LIMIT);
	CHECK_ERR(cost_choose(&(struct vault_cost){128 * 1024, 11}, &c, NULL), ERR_LIMIT);
	cheap_start();
}

/* Any one byte changed, any length cut: never a crash, never a key. */
static void t_keyring_any_byte_changed_is_refused(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	struct keyring *k = calloc(1, sizeof(*k));
	struct bytes b;
	CHECK(v && k);
	vault_close(v);
	b = load(in_dir(dir, VAULT_FILE_RING));
	CHECK_ERR(keyring_decode(b.p, b.n, k, NULL), ERR_OK);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] ^= 0x10;
		CHECK(keyring_decode(b.p, b.n, k, NULL) != ERR_OK);
		b.p[i] ^= 0x10;
		CHECK(keyring_decode(b.p, i, k, NULL) != ERR_OK);
	}
	free(b.p);
	free(k);
}

static void t_passphrase_rule(void)
{
	static const struct {
		const char *text;
		enum err want;
	} say[] = {
	        {"123456", ERR_REFUSED},
	        {"12345678901234567890", ERR_REFUSED},
	        {"password", ERR_REFUSED},
	        {"Tr0ub4dor&3", ERR_REFUSED},
	        {"qwertyuiop123", ERR_REFUSED},
	        {"word word word word", ERR_REFUSED},
	        {"Swansea2026!", ERR_REFUSED},
	        {"three good words", ERR_REFUSED},
	        {"a b c d e f", ERR_REFUSED},
	        {"", ERR_REFUSED},
	        {"tab\there is four words", ERR_REFUSED},
	        {"harbour lentil quartz ninety", ERR_OK},
	        {"harbour-lentil-quartz-ninety", ERR_OK},
	        {"môr mynydd afon coeden", ERR_OK},
	        {"k7#Qp9!xZ2mv&4", ERR_OK},
	};
	for (size_t i = 0; i < COUNT_OF(say); i++) {
		struct vault_secret *s = secret_of(say[i].text);
		struct why w = {""};
		enum err e = vault_passphrase_check(s, VAULT_PASSPHRASE, &w);
		vault_secret_destroy(s);
		if (e != say[i].want) {
			snprintf(test_why, sizeof(test_why), "\"%s\" gave %s", say[i].text,
			        err_text(e));
			test_failed = test_why;
			return;
		}
		CHECK(e == ERR_OK || w.text[0]);
	}
}

static const struct test tests[] = {
        T(t_tampering_is_seen_and_named),
        T(t_bad_page_does_not_poison_the_connection),
        T(t_slots_are_listed_added_changed_removed),
        T(t_keyring_holds_sixty_four),
        T(t_cost_has_floor_and_ceiling),
        T(t_keyring_any_byte_changed_is_refused),
        T(t_passphrase_rule),
};

int main(int argc, char **argv)
{
	cheap_start();
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
