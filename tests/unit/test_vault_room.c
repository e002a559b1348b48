#include "vault_help.h"
#include <sodium.h>
#include "caseroom/time.h"
/*
 * The room key and what it remembers; the words of recovery and of fingerprints; what is good
 * enough beside other factors.
 */

static const char *const first_words = "harbour lentil quartz ninety";

/* ---- room key
 * ---------------------------------------------------------------------------------------------- */

struct room {
	const char *dir, *stick;
	struct vault_room_key *key;
	struct vault_secret *pin, *paper;
	struct vault *v;
};

static enum err room_open(struct room *r, struct why *w)
{
	const struct vault_factors f = {.passphrase = r->pin, .room_key = r->key};
	struct vault_unlock *u = NULL;
	enum err e = vault_unlock_begin(r->dir, &u, w);
	r->v = NULL;
	if (e == ERR_OK)
		e = vault_unlock_add(u, NULL, &f, w);
	if (e == ERR_OK)
		e = vault_unlock_open(u, &r->v, w);
	if (e != ERR_OK)
		vault_unlock_end(u);
	return e;
}

/* As the stick is now. */
static enum err room_again(struct room *r, struct why *w)
{
	vault_room_key_destroy(r->key);
	r->key = NULL;
	enum err e = vault_room_key_read(r->stick, &r->key, w);
	return e == ERR_OK ? room_open(r, w) : e;
}

static bool say(struct vault *v, uint64_t seq, uint8_t head0)
{
	uint8_t head[VAULT_HASH_BYTES] = {head0};
	if (sql(v, "BEGIN; CREATE TABLE IF NOT EXISTS t(a); INSERT INTO t VALUES(1)") != SQLITE_OK)
		return false;
	mark(v, seq, head);
	return sql(v, "COMMIT") == SQLITE_OK;
}

/* A store that opens with PIN and room key, ten entries and one meeting in it, open. */
static bool room_make(struct room *r)
{
	struct vault *v = NULL;
	*r = (struct room){.dir = test_dir(), .stick = test_dir(), .pin = secret_of("482915")};
	if (vault_room_key_make(r->stick, &r->key, NULL) != ERR_OK ||
	        vault_create(r->dir, "one", secret_of(first_words), &cheap, &v, NULL) != ERR_OK)
		return false;
	const struct vault_factors f = {.passphrase = r->pin, .room_key = r->key};
	bool good = vault_slot_change(v, vault_opener(v)->id, &f, NULL) == ERR_OK &&
	            (r->paper = paper_of()) &&
	            slot_add(v, VAULT_SLOT_RECOVERY, "paper", r->paper, NULL, NULL) == ERR_OK;
	vault_close(v);
	return good && room_open(r, NULL) == ERR_OK && say(r->v, 10, 1);
}

static void t_room_key_is_made_once_and_copied(void)
{
	const char *stick = test_dir(), *spare = test_dir();
	struct vault_room_key *k = NULL, *other = NULL;
	struct vault_witness is;
	struct why w = {""};
	struct bytes b;
	CHECK_ERR(vault_room_key_read(stick, &k, &w), ERR_NOT_FOUND);
	CHECK_ERR(vault_room_key_make(stick, &k, &w), ERR_OK);
	CHECK(!vault_room_key_witness(k, &is));
	CHECK_ERR(vault_room_key_make(stick, &other, &w), ERR_EXISTS);
	CHECK_ERR(vault_room_key_copy(k, stick, &w), ERR_EXISTS);
	CHECK_ERR(vault_room_key_copy(k, spare, &w), ERR_OK);
	CHECK_ERR(vault_room_key_read(spare, &other, &w), ERR_OK);
	CHECK(memcmp(vault_room_key_id(k), vault_room_key_id(other), VAULT_ID_BYTES) == 0);
	CHECK(memcmp(room_key_secret(k), room_key_secret(other), VAULT_KEY) == 0);
	vault_room_key_destroy(other);
	/* Any byte of what matters, any length. */
	b = load(in_dir(stick, VAULT_ROOM_KEY_FILE));
	CHECK(b.n == 8192);
	for (size_t i = 0; i < 128; i++) {
		b.p[i] ^= 0x20;
		const enum err e = room_key_decode(b.p, b.n, NULL);
		CHECK(e == ERR_DAMAGED || e == ERR_VERSION);
		b.p[i] ^= 0x20;
	}
	for (size_t n = 0; n < b.n; n += 61)
		CHECK_ERR(room_key_decode(b.p, n, NULL), ERR_DAMAGED);
	free(b.p);
	vault_room_key_destroy(k);
}

static void t_what_is_no_file_is_no_room_key(void)
{
	const char *stick = test_dir();
	struct vault_room_key *k = NULL;
	struct why w = {""};
	CHECK(mkfifo(in_dir(stick, VAULT_ROOM_KEY_FILE), 0600) == 0);
	CHECK_ERR(vault_room_key_read(stick, &k, &w), ERR_DAMAGED);
	alarm(60);
	CHECK_ERR(vault_io()->write_at(in_dir(stick, VAULT_ROOM_KEY_FILE), 0, (uint8_t *)"x", 1),
	        ERR_DAMAGED);
	alarm(0);
	CHECK(unlink(in_dir(stick, VAULT_ROOM_KEY_FILE)) == 0);
	CHECK(symlink("/dev/zero", in_dir(stick, VAULT_ROOM_KEY_FILE)) == 0);
	CHECK_ERR(vault_room_key_read(stick, &k, &w), ERR_DAMAGED);
}

static void t_room_key_taken_out_is_no_wrong_passphrase(void)
{
	struct room r;
	struct why w = {""};
	struct vault_room_key *mine;
	CHECK(room_make(&r));
	vault_close(r.v);
	mine = r.key;
	r.key = NULL;
	for (int i = 0; i < 5; i++) {
		CHECK_ERR(room_open(&r, &w), ERR_NEEDS);
		CHECK(strstr(w.text, "room key") && !strstr(w.text, "passphrase"));
	}
	CHECK_ERR(vault_room_key_make(test_dir(), &r.key, &w), ERR_OK);
	CHECK_ERR(room_open(&r, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "another room key"));
	vault_room_key_destroy(r.key);
	r.key = mine;
	CHECK_ERR(room_open(&r, &w), ERR_OK);
	vault_close(r.v);
	vault_room_key_destroy(mine);
}

static void t_witness_knows_a_newer_store(void)
{
	struct room r;
	const char *old = test_dir();
	struct vault_witness is;
	struct why w = {""};
	CHECK(room_make(&r));
	vault_close(r.v);
	copy_store(r.dir, old);
	time_pin_us(1795348800 * TIME_SECOND_US);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	CHECK(say(r.v, 35, 2));
	vault_close(r.v);
	/* The whole set put back, with its own anchor: nothing on the card can tell. */
	copy_store(old, r.dir);
	CHECK_ERR(room_again(&r, &w), ERR_OLDER);
	CHECK(strstr(w.text, "2 meetings and 25 entries"));
	CHECK(vault_room_key_witness(r.key, &is) && is.audit_seq == 35 && is.meetings == 3);
	/* Nor does somebody else's key overwrite what the stick remembers. */
	struct vault *v = NULL;
	CHECK_ERR(vault_open(r.dir, NULL, r.paper, &v, &w), ERR_OK);
	const struct vault_factors pass = {.passphrase = secret_of(first_words)};
	const struct vault_slot_new n = {.label = "two", .factors = &pass, .cost = &cheap};
	CHECK_ERR(vault_slot_add(v, &n, NULL, &w), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_open(r.dir, NULL, pass.passphrase, &v, &w), ERR_OK);
	CHECK_ERR(vault_witness_to(v, r.stick, &w), ERR_OLDER);
	vault_close(v);
	CHECK_ERR(room_again(&r, &w), ERR_OLDER);
	/* Restored on purpose: the recovery words, with the stick in, make it the newest. */
	CHECK_ERR(vault_open(r.dir, NULL, r.paper, &v, &w), ERR_OK);
	CHECK_ERR(vault_witness_to(v, r.stick, &w), ERR_OK);
	vault_close(v);
	/* Only looked at: the record has not said that it is sound. */
	CHECK_ERR(room_again(&r, &w), ERR_OLDER);
	CHECK_ERR(vault_open(r.dir, NULL, r.paper, &v, &w), ERR_OK);
	CHECK_ERR(vault_witness_to(v, r.stick, &w), ERR_OK);
	CHECK(say(v, 11, 1));
	vault_close(v);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	CHECK(vault_room_key_witness(r.key, &is) && is.audit_seq == 11 && is.meetings == 1);
	vault_close(r.v);
	vault_room_key_destroy(r.key);
	time_unpin();
}

static void t_witness_knows_another_history(void)
{
	struct room r;
	const char *fork = test_dir();
	struct why w = {""};
	CHECK(room_make(&r));
	vault_close(r.v);
	copy_store(r.dir, fork);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	CHECK(say(r.v, 11, 2));
	vault_close(r.v);
	/* The same number of entries, written somewhere else without the stick. */
	const char *mine = r.dir;
	struct vault *v = NULL;
	r.dir = fork;
	CHECK_ERR(vault_open(fork, NULL, r.paper, &v, &w), ERR_OK);
	CHECK(say(v, 11, 3));
	while (vault_rest(v) == ERR_OK && v->anchor.epoch < 40) /* as new as can be */
		v->anchor.dirty = true;
	vault_close(v);
	CHECK_ERR(room_again(&r, &w), ERR_AUDIT);
	CHECK(strstr(w.text, "entry 11"));
	r.dir = mine;
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	vault_close(r.v);
	vault_room_key_destroy(r.key);
}

/* Words on the open store in the place of those that there were. */
static struct vault_secret *new_words(struct vault *v)
{
	struct vault_secret *paper = paper_of();
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	const struct vault_factors f = {.passphrase = paper};
	if (vault_slots(v->dir, slot, COUNT_OF(slot), &n, NULL, NULL) != ERR_OK)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (slot[i].kind == VAULT_SLOT_RECOVERY)
			return vault_slot_change(v, slot[i].id, &f, NULL) == ERR_OK ? paper : NULL;
	return NULL;
}

static enum err words_and_stick(
        const struct room *r, const struct vault_secret *paper, struct vault **ret, struct why *w)
{
	enum err e = vault_open(r->dir, NULL, paper, ret, w);
	return e == ERR_OK ? vault_witness_to(*ret, r->stick, w) : e;
}

/* A store that was told of 35 entries, and the image `old` of when there were 10. */
static bool room_and_image(struct room *r, const char *old)
{
	if (!room_make(r))
		return false;
	vault_close(r->v);
	copy_store(r->dir, old);
	const bool good = room_again(r, NULL) == ERR_OK && say(r->v, 35, 2);
	vault_close(r->v);
	r->v = NULL;
	return good && room_again(r, NULL) == ERR_OK && say(r->v, 35, 2); /* both records */
}

/* Any full key makes recovery words: on an old image they set nothing back. */
static void t_words_made_on_an_old_image_set_nothing_back(void)
{
	struct room r;
	const char *old = test_dir();
	struct vault_witness is;
	struct vault_room_key *k = NULL;
	struct vault_secret *theirs;
	struct vault *v = NULL;
	struct why w = {""};
	CHECK(room_and_image(&r, old));
	vault_close(r.v);
	r.dir = old;
	CHECK_ERR(vault_open(old, NULL, r.paper, &v, &w), ERR_OK);
	CHECK((theirs = new_words(v)));
	vault_close(v);
	for (int rekeyed = 0; rekeyed < 2; rekeyed++) {
		CHECK_ERR(words_and_stick(&r, theirs, &v, &w), ERR_OLDER);
		CHECK(strstr(w.text, "make a new room key"));
		CHECK(say(v, 11, 1));
		/* nor with a new data key, under which nothing proves what the room key saw */
		CHECK_ERR(vault_rekey(v, NULL, NULL, &w), ERR_OK);
		vault_close(v);
	}
	CHECK_ERR(room_again(&r, &w), ERR_OLDER);
	CHECK(vault_room_key_witness(r.key, &is) && is.audit_seq == 35);
	vault_room_key_destroy(r.key);
	/* who restored with them goes on with a room key that knows nothing yet */
	r.stick = test_dir();
	CHECK_ERR(vault_room_key_make(r.stick, &k, &w), ERR_OK);
	vault_room_key_destroy(k);
	CHECK_ERR(words_and_stick(&r, theirs, &v, &w), ERR_OK);
	vault_close(v);
}

/* New words that the room key was told of take the place of those before. */
static void t_words_that_the_room_key_was_told_of_set_it_back(void)
{
	struct room r;
	const char *before = test_dir(), *old = test_dir();
	struct vault_secret *mine;
	struct vault *v = NULL;
	struct why w = {""};
	CHECK(room_and_image(&r, before));
	CHECK((mine = new_words(r.v)));
	vault_close(r.v);
	copy_store(r.dir, old);
	for (uint64_t i = 0; i < 2; i++) {
		CHECK_ERR(room_again(&r, &w), ERR_OK);
		CHECK(say(r.v, 40 + i, 2));
		vault_close(r.v);
	}
	r.dir = before;
	CHECK_ERR(words_and_stick(&r, r.paper, &v, &w), ERR_OLDER);
	vault_close(v);
	r.dir = old;
	CHECK_ERR(words_and_stick(&r, mine, &v, &w), ERR_OK);
	CHECK(say(v, 36, 2));
	vault_close(v);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	vault_close(r.v);
	vault_room_key_destroy(r.key);
}

/* Its records as they were written before words were remembered: FORMAT.md, Room key. */
static bool forget_words(const struct room *r, const struct vault *v)
{
	struct bytes b = load(in_dir(r->stick, VAULT_ROOM_KEY_FILE));
	for (size_t half = 0; half < 2; half++) {
		uint8_t *p = b.p + half * 4096 + 1024;
		memset(p + 96, 0, 112);
		keyed_hash(
		        v->keys->witness, "caseroom 1 witness", b.p + 16, 16, p, 208, p + 208, 32);
		(void)crypto_generichash(p + 240, 16, p, 240, NULL, 0);
	}
	const bool good = save(in_dir(r->stick, VAULT_ROOM_KEY_FILE), b.p, b.n);
	free(b.p);
	return good;
}

static void t_record_without_words_knows_all_of_them(void)
{
	struct room r;
	const char *old = test_dir();
	struct vault_secret *theirs;
	struct vault *v = NULL;
	struct why w = {""};
	CHECK(room_and_image(&r, old));
	vault_close(r.v);
	r.dir = old;
	CHECK_ERR(vault_open(old, NULL, r.paper, &v, &w), ERR_OK);
	CHECK((theirs = new_words(v)));
	CHECK(forget_words(&r, v));
	vault_close(v);
	CHECK_ERR(room_again(&r, &w), ERR_OLDER);
	CHECK_ERR(words_and_stick(&r, theirs, &v, &w), ERR_OK);
	vault_close(v);
	vault_room_key_destroy(r.key);
}

/* What was disposed of is on an old card, whose keys cannot read what the room key was told since.
 */
static void t_witness_knows_a_newer_data_key(void)
{
	struct room r;
	const char *old = test_dir();
	struct why w = {""};
	CHECK(room_make(&r));
	vault_close(r.v);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	vault_close(r.v);
	copy_store(r.dir, old);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	CHECK(say(r.v, 11, 1));
	CHECK_ERR(vault_rekey(r.v, NULL, NULL, &w), ERR_OK);
	vault_close(r.v);
	const char *mine = r.dir;
	for (int more = 0; more < 2; more++) { /* one of two records of the new key, then both */
		r.dir = old;
		CHECK_ERR(room_again(&r, &w), ERR_OLDER);
		r.dir = mine;
		CHECK_ERR(room_again(&r, &w), ERR_OK);
		CHECK(say(r.v, 12 + (uint64_t)more, 1));
		vault_close(r.v);
	}
	/* Restored on purpose: opened once with the recovery words, it is the newest again. */
	struct vault *v = NULL;
	r.dir = old;
	CHECK_ERR(vault_open(old, NULL, r.paper, &v, &w), ERR_OK);
	CHECK_ERR(vault_witness_to(v, r.stick, &w), ERR_OK);
	CHECK(say(v, 11, 1));
	vault_close(v);
	CHECK_ERR(room_again(&r, &w), ERR_OK);
	vault_close(r.v);
	vault_room_key_destroy(r.key);
}

/* One record torn, or made by a hand: the other one still speaks. */
static void t_witness_has_two_records(void)
{
	struct room r;
	const char *old = test_dir();
	struct why w = {""};
	CHECK(room_make(&r));
	vault_close(r.v);
	copy_store(r.dir, old);
	for (uint64_t i = 11; i < 14; i++) {
		CHECK_ERR(room_again(&r, &w), ERR_OK);
		CHECK(say(r.v, i, 2));
		vault_close(r.v);
	}
	copy_store(old, r.dir);
	for (size_t half = 0; half < 2; half++) {
		const size_t at = half * 4096 + 1024 + 40;
		CHECK(flip(in_dir(r.stick, VAULT_ROOM_KEY_FILE), at));
		CHECK_ERR(room_again(&r, &w), ERR_OLDER);
		CHECK(flip(in_dir(r.stick, VAULT_ROOM_KEY_FILE), at));
	}
	vault_room_key_destroy(r.key);
}

/* It is written at close if the same stick is there, and nowhere else; a meeting that was closed is
 * told at once. */
static void t_witness_is_written_where_it_belongs(void)
{
	struct room r;
	struct why w = {""};
	struct vault_witness is;
	struct vault_room_key *k = NULL;
	struct bytes before, after;
	CHECK(room_make(&r));
	CHECK(say(r.v, 20, 2));
	CHECK_ERR(vault_rest(r.v), ERR_OK);
	CHECK_ERR(vault_room_key_read(r.stick, &k, &w), ERR_OK);
	CHECK(vault_room_key_witness(k, &is) && is.meetings == 2 && is.audit_seq == 20);
	vault_room_key_destroy(k);
	/* Swapped while it was open. */
	CHECK(rename(in_dir(r.stick, VAULT_ROOM_KEY_FILE), in_dir(r.stick, "away")) == 0);
	CHECK_ERR(vault_room_key_make(r.stick, &k, &w), ERR_OK);
	vault_room_key_destroy(k);
	before = load(in_dir(r.stick, VAULT_ROOM_KEY_FILE));
	CHECK(say(r.v, 31, 3));
	vault_close(r.v);
	after = load(in_dir(r.stick, VAULT_ROOM_KEY_FILE));
	CHECK(before.n == after.n && memcmp(before.p, after.p, before.n) == 0);
	free(before.p);
	free(after.p);
	vault_room_key_destroy(r.key);
}

/* ---- words
 * -------------------------------------------------------------------------------------------------
 */

static void t_list_of_words_is_sound(void)
{
	unsigned first, n;
	for (unsigned i = 0; i < VAULT_WORDS; i++) {
		const char *a = vault_word(i), *b = i ? vault_word(i - 1) : "";
		const size_t len = strlen(a);
		CHECK(len >= 3 && len <= 8 && len <= VAULT_WORD_MAX);
		CHECK(strspn(a, "abcdefghijklmnopqrstuvwxyz") == len);
		CHECK(strcmp(b, a) < 0 && strncmp(a, b, 4) != 0);
		CHECK(vault_word_find(a, len < 4 ? len : 4, &first, &n) && first == i);
		CHECK(n == 1 || len == 3);
	}
	CHECK_STR(vault_word(VAULT_WORDS), "");
	CHECK(vault_word_find("", 0, &first, &n) && first == 0 && n == VAULT_WORDS);
	CHECK(vault_word_find("HAR", 3, &first, &n) && n > 1);
	CHECK(strncmp(vault_word(first), "har", 3) == 0 &&
	        strncmp(vault_word(first + n - 1), "har", 3) == 0);
	CHECK(!vault_word_find("xq", 2, &first, &n));
	CHECK(!vault_word_find("\xc3\xa9", 2, &first, &n));
}

static void t_fingerprint_is_five_words_of_fifty_five_bits(void)
{
	uint8_t hash[VAULT_HASH_BYTES] = {0};
	char a[VAULT_FINGERPRINT_MAX], want[VAULT_FINGERPRINT_MAX];
	vault_fingerprint(hash, a);
	snprintf(want, sizeof(want), "%s %s %s %s %s", vault_word(0), vault_word(0), vault_word(0),
	        vault_word(0), vault_word(0));
	CHECK_STR(a, want);
	hash[0] = 0x80; /* the first bit is the first word's highest */
	hash[6] = 0x02; /* bit 54, the last that counts */
	hash[7] = 0xff;
	vault_fingerprint(hash, a);
	snprintf(want, sizeof(want), "%s %s %s %s %s", vault_word(1024), vault_word(0),
	        vault_word(0), vault_word(0), vault_word(1));
	CHECK_STR(a, want);
}

/* Types the words of `paper` in another way. */
static struct vault_secret *typed(
        const struct vault_secret *paper, size_t letters, bool capitals, const char *between)
{
	char text[VAULT_PASSPHRASE_MAX] = "", word[VAULT_WORD_MAX + 1];
	size_t n = 0;
	for (const char *p = paper->text; *p; p += strcspn(p, " "), p += *p == ' ') {
		const size_t len = strcspn(p, " ");
		snprintf(word, sizeof(word), "%.*s", (int)(len < letters ? len : letters), p);
		if (capitals)
			for (char *c = word; *c; c++)
				*c = (char)(*c - 32);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? between : "", word);
	}
	return secret_of(text);
}

static void t_recovery_words_are_taken_as_typed(void)
{
	static const struct {
		size_t letters;
		bool capitals;
		const char *between;
	} way[] = {{99, false, " "}, {4, false, " "}, {99, true, "-"}, {4, true, "   "},
	        {5, false, "\n"}};
	const char *dir = test_dir();
	struct vault *v = NULL;
	struct vault_secret *paper = NULL;
	struct why w = {""};
	uint8_t id[VAULT_ID_BYTES];
	CHECK_ERR(vault_create(dir, "one", secret_of(first_words), &cheap, &v, NULL), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "paper", secret_of("not words of the list"), id,
	                  &w),
	        ERR_INPUT);
	CHECK_ERR(vault_recovery_make(&paper), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "paper", paper, id, &w), ERR_OK);
	vault_close(v);
	for (size_t i = 0; i < COUNT_OF(way); i++) {
		struct vault_secret *s =
		        typed(paper, way[i].letters, way[i].capitals, way[i].between);
		CHECK_ERR(vault_open(dir, i % 2 ? id : NULL, s, &v, &w), ERR_OK);
		CHECK(vault_opener(v)->kind == VAULT_SLOT_RECOVERY);
		vault_close(v);
	}
	/* What cannot be the words is no try; other words are. */
	for (int i = 0; i < 5; i++) {
		CHECK_ERR(vault_open(dir, id, secret_of("garden lamp xyzzy"), &v, &w), ERR_INPUT);
		CHECK(strstr(w.text, "Word 3"));
		CHECK_ERR(vault_open(dir, id, secret_of("garden lamp"), &v, &w), ERR_INPUT);
	}
	CHECK_ERR(vault_open(dir, id, secret_of("lamp lamp lamp lamp lamp lamp lamp lamp"), &v, &w),
	        ERR_WRONG_KEY);
	CHECK(strstr(w.text, "These recovery words do not") && strstr(w.text, "2 more tries"));
	vault_secret_destroy(paper);
}

/* ---- the rule for what is typed
 * ---------------------------------------------------------------------------- */

static void t_pin_rule(void)
{
	static const struct {
		const char *text;
		enum err alone, with_room_key;
	} say[] = {
	        {"482915", ERR_REFUSED, ERR_OK},
	        {"902 614", ERR_REFUSED, ERR_OK},
	        {"kumquat", ERR_REFUSED, ERR_OK},
	        {"48291", ERR_REFUSED, ERR_REFUSED},
	        {"123456", ERR_REFUSED, ERR_REFUSED},
	        {"654321", ERR_REFUSED, ERR_REFUSED},
	        {"111111", ERR_REFUSED, ERR_REFUSED},
	        {"112233", ERR_REFUSED, ERR_REFUSED},
	        {"482482", ERR_REFUSED, ERR_REFUSED},
	        {"qwerty", ERR_REFUSED, ERR_REFUSED},
	        {"\xc3\xa9\xc3\xa9\xc3\xa9", ERR_REFUSED, ERR_REFUSED},
	        {"", ERR_REFUSED, ERR_REFUSED},
	        {"harbour lentil quartz ninety", ERR_OK, ERR_OK},
	};
	for (size_t i = 0; i < COUNT_OF(say); i++) {
		struct vault_secret *s = secret_of(say[i].text);
		struct why w = {""};
		CHECK_ERR(vault_passphrase_check(s, VAULT_PASSPHRASE, &w), say[i].alone);
		CHECK_ERR(vault_passphrase_check(s, VAULT_PASSPHRASE | VAULT_DEVICE, &w),
		        say[i].alone);
		CHECK_ERR(vault_passphrase_check(s, VAULT_PASSPHRASE | VAULT_ROOM_KEY, &w),
		        say[i].with_room_key);
		CHECK_ERR(vault_passphrase_check(s, VAULT_PASSPHRASE | VAULT_FIDO, &w),
		        say[i].with_room_key);
		CHECK(say[i].with_room_key == ERR_OK || w.text[0]);
	}
}

static const struct test tests[] = {
        T(t_room_key_is_made_once_and_copied),
        T(t_what_is_no_file_is_no_room_key),
        T(t_room_key_taken_out_is_no_wrong_passphrase),
        T(t_witness_knows_a_newer_store),
        T(t_witness_knows_another_history),
        T(t_words_made_on_an_old_image_set_nothing_back),
        T(t_words_that_the_room_key_was_told_of_set_it_back),
        T(t_record_without_words_knows_all_of_them),
        T(t_witness_knows_a_newer_data_key),
        T(t_witness_has_two_records),
        T(t_witness_is_written_where_it_belongs),
        T(t_list_of_words_is_sound),
        T(t_fingerprint_is_five_words_of_fifty_five_bits),
        T(t_recovery_words_are_taken_as_typed),
        T(t_pin_rule),
};

int main(int argc, char **argv)
{
	cheap_start();
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
