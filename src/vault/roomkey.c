#include "vault_int.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/time.h"
/*
 * The room key: a file on a stick that is one factor of the keys that ask for it, and the witness
 * of how far the stores that it opens go.
 *
 * Invariants.
 * 1. The secret lies in guarded memory, from the file on and into it.
 * 2. A store has two records at one place, written in turn; turn t lies in half t % 2, and no two
 * records share a sector. A cut while one is written leaves the other.
 * 3. The witness never says more than the anchor that is on the card: it is written after it.
 * 4. The checksum tells bad luck; only a record whose MAC the store's own keys make is believed. A
 * later one that they did not make is of before a new data key, or of another copy of the store
 * under one: it can refuse, and the log shows that it need not, as it holds the entry it names.
 * 5. A witness that is ahead of the store is not written over, except by who opened with recovery
 * words that it remembers: that is how a store that was restored on purpose becomes the newest
 * again. Words that were made on an old image since are not among them (docs/decisions/0050).
 * 6. A store under a data key of before cannot prove what was written under a later one, and is
 * older than it all the same: the number of the data key stands in the record for that. Who has the
 * stick could write any number; they could as well take the stick away.
 */

#define ROOM_VERSION 1
#define ROOM_HALF 4096
#define ROOM_FILE (2 * ROOM_HALF)
#define ROOM_FIRST 1024 /* of a half: the first store's record */
#define ROOM_STEP 512
#define WORDS_MAX 4 /* recovery slots that a record remembers */
#define WORDS_MARK 16

struct room_head {
	uint8_t magic[8], version[2], zero[6];
	uint8_t id[VAULT_ID_BYTES], secret[VAULT_KEY];
	uint8_t later[48];
	uint8_t sum[16];
};
struct witness_bytes {
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t epoch[8], audit_seq[8], audit_head[VAULT_HASH_BYTES], meetings[8], at_us[8],
	        turn[8];
	uint8_t data[8]; /* as in the keyring's head; 0: written before this was kept */
	uint8_t words[WORDS_MAX][WORDS_MARK]; /* that there were: words_mark() of each */
	uint8_t words_told[8];                /* 1; 0: written before they were kept */
	uint8_t later[40];
	uint8_t mac[32], sum[16];
};
_Static_assert(sizeof(struct room_head) == 128, "stored");
_Static_assert(sizeof(struct witness_bytes) == WITNESS_BYTES, "stored");
_Static_assert(ROOM_FIRST + ROOM_STORES * ROOM_STEP <= ROOM_HALF, "they fit");

static const uint8_t room_magic[8] = {'C', 'R', 'R', 'O', 'O', 'M', '\r', '\n'};

struct vault_room_key {
	uint8_t *file; /* ROOM_FILE bytes, guarded */
	char dir[PATH_MAX - 32];
};

static struct room_head *head_of(const struct vault_room_key *k)
{
	return (struct room_head *)k->file;
}

static size_t record_at(unsigned half, unsigned place)
{
	return (size_t)half * ROOM_HALF + ROOM_FIRST + (size_t)place * ROOM_STEP;
}

static void sum_of(const void *p, size_t n, uint8_t out[16])
{
	(void)crypto_generichash(out, 16, p, n, NULL, 0);
}

/* False: nothing was written here, or not all of it. */
static bool record_get(
        const struct vault_room_key *k, unsigned half, unsigned place, struct witness_bytes *ret)
{
	uint8_t sum[16];
	memcpy(ret, k->file + record_at(half, place), sizeof(*ret));
	sum_of(ret, offsetof(struct witness_bytes, sum), sum);
	return memcmp(sum, ret->sum, sizeof(sum)) == 0 && le_get(ret->turn, 8) % 2 == half;
}

static enum err key_new(const char *dir, struct vault_room_key **ret)
{
	struct vault_room_key *k;
	if (secret_start() != ERR_OK)
		return ERR_INTERNAL;
	k = calloc(1, sizeof(*k));
	if (!k)
		return ERR_NOMEM;
	if ((size_t)snprintf(k->dir, sizeof(k->dir), "%s", dir) >= sizeof(k->dir)) {
		free(k);
		return ERR_LIMIT;
	}
	k->file = secret_alloc(ROOM_FILE);
	if (!k->file) {
		free(k);
		return ERR_NOMEM;
	}
	*ret = k;
	return ERR_OK;
}

void vault_room_key_destroy(struct vault_room_key *k)
{
	if (!k)
		return;
	secret_free(k->file);
	free(k);
}

enum err room_key_decode(const uint8_t *p, size_t n, struct why *w)
{
	const struct room_head *h = (const struct room_head *)p;
	uint8_t sum[16];
	if (n < sizeof(*h) || memcmp(h->magic, room_magic, sizeof(room_magic)) != 0)
		return why(w, ERR_DAMAGED,
		        "The file of the room key is something else or damaged. Use the spare.");
	if (le_get(h->version, 2) > ROOM_VERSION)
		return why(w, ERR_VERSION,
		        "The room key was written by a later version of Caseroom. Update "
		        "Caseroom.");
	sum_of(h, offsetof(struct room_head, sum), sum);
	if (n != ROOM_FILE || memcmp(sum, h->sum, sizeof(sum)) != 0)
		return why(w, ERR_DAMAGED,
		        "The room key is damaged: its bytes are not what was written. Use the "
		        "spare.");
	return ERR_OK;
}

enum err vault_room_key_read(const char *dir, struct vault_room_key **ret, struct why *w)
{
	struct vault_room_key *k = NULL;
	char path[PATH_MAX];
	size_t n = 0;
	enum err e = key_new(dir, &k);
	if (e != ERR_OK)
		return e;
	e = store_path(path, dir, VAULT_ROOM_KEY_FILE);
	if (e == ERR_OK)
		e = vault_io()->read(path, k->file, ROOM_FILE, &n);
	if (e == ERR_NOT_FOUND)
		e = why(w, e, "There is no room key here.");
	else if (e == ERR_LIMIT)
		e = why(w, ERR_DAMAGED, "The room key is damaged: it is too long. Use the spare.");
	else if (e != ERR_OK)
		e = why(w, e, "The room key could not be read.");
	else
		e = room_key_decode(k->file, n, w);
	if (e == ERR_OK)
		*ret = k;
	else
		vault_room_key_destroy(k);
	return e;
}

/* Onto a stick that has none, and read back: a stick that lies is found out now. */
static enum err key_write(const uint8_t *file, const char *dir, struct why *w)
{
	struct vault_room_key *back = NULL;
	char path[PATH_MAX];
	enum err e = store_path(path, dir, VAULT_ROOM_KEY_FILE);
	if (e != ERR_OK)
		return e;
	if (vault_io()->exists(path))
		return why(w, ERR_EXISTS,
		        "There is a room key on this stick already. Nothing was changed.");
	e = vault_io()->replace(path, file, ROOM_FILE);
	if (e != ERR_OK)
		return why(w, e, "The room key could not be written to the stick.");
	e = vault_room_key_read(dir, &back, NULL);
	if (e != ERR_OK || sodium_memcmp(back->file, file, ROOM_FILE) != 0)
		e = why(w, ERR_IO,
		        "The room key was not on the stick as it was written. Use another stick.");
	vault_room_key_destroy(back);
	return e;
}

enum err vault_room_key_make(const char *dir, struct vault_room_key **ret, struct why *w)
{
	struct vault_room_key *k = NULL;
	struct room_head *h;
	enum err e = key_new(dir, &k);
	if (e != ERR_OK)
		return e;
	h = head_of(k);
	memcpy(h->magic, room_magic, sizeof(room_magic));
	le_put(h->version, 2, ROOM_VERSION);
	randombytes_buf(h->id, sizeof(h->id));
	randombytes_buf(h->secret, sizeof(h->secret));
	sum_of(h, offsetof(struct room_head, sum), h->sum);
	e = key_write(k->file, dir, w);
	if (e == ERR_OK)
		*ret = k;
	else
		vault_room_key_destroy(k);
	return e;
}

enum err vault_room_key_copy(const struct vault_room_key *k, const char *dir, struct why *w)
{
	return key_write(k->file, dir, w);
}

const uint8_t *vault_room_key_id(const struct vault_room_key *k)
{
	return head_of(k)->id;
}

const uint8_t *room_key_secret(const struct vault_room_key *k)
{
	return head_of(k)->secret;
}

static void witness_show(const struct witness_bytes *b, struct vault_witness *ret)
{
	ret->epoch = le_get(b->epoch, 8);
	ret->audit_seq = le_get(b->audit_seq, 8);
	ret->meetings = le_get(b->meetings, 8);
	ret->at_us = (int64_t)le_get(b->at_us, 8);
	memcpy(ret->audit_head, b->audit_head, sizeof(ret->audit_head));
}

/* The record of a place that was written last; a clock may have been set back, a turn not. */
static bool place_get(const struct vault_room_key *k, unsigned place, struct witness_bytes *ret)
{
	struct witness_bytes b;
	bool found = false;
	for (unsigned half = 0; half < 2; half++)
		if (record_get(k, half, place, &b) &&
		        (!found || le_get(b.turn, 8) > le_get(ret->turn, 8))) {
			*ret = b;
			found = true;
		}
	return found;
}

bool vault_room_key_witness(const struct vault_room_key *k, struct vault_witness *ret)
{
	struct witness_bytes b;
	bool found = false;
	for (unsigned place = 0; place < ROOM_STORES; place++)
		if (place_get(k, place, &b) &&
		        (!found || (int64_t)le_get(b.at_us, 8) > ret->at_us)) {
			witness_show(&b, ret);
			found = true;
		}
	return found;
}

/* ---- the witness of a store ---- */

/* A record of this store at this place? */
static bool place_is(const struct vault_room_key *k, unsigned place, const uint8_t *store_id)
{
	struct witness_bytes b;
	for (unsigned half = 0; half < 2; half++)
		if (record_get(k, half, place, &b) &&
		        memcmp(b.store_id, store_id, VAULT_ID_BYTES) == 0)
			return true;
	return false;
}

/* When the place was written last; INT64_MIN: never. */
static int64_t place_at_us(const struct vault_room_key *k, unsigned place)
{
	struct witness_bytes b;
	return place_get(k, place, &b) ? (int64_t)le_get(b.at_us, 8) : INT64_MIN;
}

/* The store's own place, or the one that was written longest ago. */
static unsigned place_for(const struct vault_room_key *k, const uint8_t *store_id)
{
	unsigned oldest = 0;
	for (unsigned i = 0; i < ROOM_STORES; i++)
		if (place_is(k, i, store_id))
			return i;
	for (unsigned i = 1; i < ROOM_STORES; i++)
		if (place_at_us(k, i) < place_at_us(k, oldest))
			oldest = i;
	return oldest;
}

void witness_begin(struct vault *v, const struct vault_room_key *k)
{
	const uint8_t *store_id = v->ring.head.store_id;
	const unsigned place = place_for(k, store_id);
	struct witness_bytes b;
	memset(&v->witness, 0, sizeof(v->witness));
	v->witness.set = true;
	memcpy(v->witness.id, vault_room_key_id(k), VAULT_ID_BYTES);
	memcpy(v->witness.dir, k->dir, sizeof(v->witness.dir));
	for (unsigned half = 0; half < 2; half++)
		if (record_get(k, half, place, &b) &&
		        memcmp(b.store_id, store_id, VAULT_ID_BYTES) == 0)
			memcpy(v->witness.seen[half], &b, sizeof(b));
}

static void witness_mac(const struct vault *v, const struct witness_bytes *b, uint8_t out[32])
{
	keyed_hash(v->keys->witness, "caseroom 1 witness", v->witness.id, VAULT_ID_BYTES, b,
	        offsetof(struct witness_bytes, mac), out, 32);
}

static uint64_t data_key(const struct vault *v)
{
	return le_get(v->ring.head.data, 8);
}

enum proof {
	PROVEN,
	UNPROVEN, /* made under a data key of before, or by another copy of the store */
	LATER     /* made under a later data key */
};

/* What the room key says of the store: the record that was written last, not the one that goes
 * furthest, since the recovery words may set it back. */
struct testimony {
	bool found;
	enum proof proof;
	struct vault_witness is;
	uint8_t words[WORDS_MAX][WORDS_MARK];
	bool words_told;
};

static enum proof proof_of(const struct vault *v, const struct witness_bytes *b)
{
	uint8_t mac[32];
	witness_mac(v, b, mac);
	if (sodium_memcmp(mac, b->mac, sizeof(mac)) == 0)
		return PROVEN;
	return le_get(b->data, 8) > data_key(v) ? LATER : UNPROVEN;
}

static void hear(const struct vault *v, struct testimony *ret)
{
	uint64_t last = 0;
	memset(ret, 0, sizeof(*ret));
	for (unsigned half = 0; half < 2; half++) {
		struct witness_bytes b;
		memcpy(&b, v->witness.seen[half], sizeof(b));
		const uint64_t turn = le_get(b.turn, 8);
		if (memcmp(b.store_id, v->ring.head.store_id, VAULT_ID_BYTES) != 0 ||
		        (ret->found && turn < last))
			continue;
		witness_show(&b, &ret->is);
		memcpy(ret->words, b.words, sizeof(ret->words));
		ret->words_told = le_get(b.words_told, 8) != 0;
		ret->proof = proof_of(v, &b);
		ret->found = true;
		last = turn;
	}
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* "2 meetings and 25 entries of the audit log": what the room key saw beyond these. */
#define MISSING_MAX 96
static const char *missing(
        const struct vault_witness *is, uint64_t seq, uint64_t meetings, char ret[MISSING_MAX])
{
	const uint64_t m = is->meetings > meetings ? is->meetings - meetings : 0,
	               n = is->audit_seq > seq ? is->audit_seq - seq : 0;
	(void)snprintf(ret, MISSING_MAX,
	        "%" PRIu64 " meeting%s and %" PRIu64 " entr%s of the audit log", m, plural(m), n,
	        n == 1 ? "y" : "ies");
	return ret;
}

static enum err say_older(
        const struct vault_witness *is, const struct vault_mark *mark, struct why *w)
{
	char at[TIME_TEXT_MAX], what[MISSING_MAX];
	if (is->audit_seq <= mark->seq && is->meetings <= mark->meetings)
		return why(w, ERR_OLDER,
		        "This store is older than the room key remembers: the room key goes with a "
		        "later one, as a restore makes, which it saw on %s. Nothing was changed. "
		        "Put that one back; if this one is to be used again, open it once with the "
		        "recovery words while the room key is in.",
		        day_text(at, time_to_day(is->at_us), DAY_MONTH));
	return why(w, ERR_OLDER,
	        "This store is older than the room key remembers: %s are missing. The room key saw "
	        "a newer one on %s. Nothing was changed. Put the newest copy back; if it was "
	        "restored on purpose, open it once with the recovery words while the room key is "
	        "in.",
	        missing(is, mark->seq, mark->meetings, what),
	        day_text(at, time_to_day(is->at_us), DAY_MONTH));
}

/* New words are a new pair. */
static void words_mark(const struct ring_slot *s, uint8_t out[WORDS_MARK])
{
	sum_of(s->public_key, sizeof(s->public_key), out);
}

static bool words_remembered(const struct testimony *t, const struct ring_slot *s)
{
	uint8_t mark[WORDS_MARK];
	words_mark(s, mark);
	for (size_t i = 0; i < WORDS_MAX; i++)
		if (memcmp(t->words[i], mark, sizeof(mark)) == 0)
			return true;
	return !t->words_told;
}

/* The recovery words among the openers, or NULL. */
static const struct ring_slot *words_of(const struct vault *v)
{
	for (size_t i = 0; i < v->n_opener; i++) {
		const size_t at = keyring_find(&v->ring, v->opener[i].id);
		if (v->opener[i].kind == VAULT_SLOT_RECOVERY && at < v->ring.n)
			return &v->ring.slot[at];
	}
	return NULL;
}

/* Does what the room key says hold for this opening? */
static bool witness_binding(const struct vault *v, struct testimony *ret)
{
	const struct ring_slot *words = words_of(v);
	if (!v->witness.set)
		return false;
	hear(v, ret);
	return ret->found && !(words && words_remembered(ret, words));
}

bool vault_witness_mark(const struct vault *v, struct vault_mark *ret)
{
	struct testimony t;
	if (!witness_binding(v, &t) || t.proof == LATER)
		return false;
	ret->seq = t.is.audit_seq;
	ret->meetings = t.is.meetings;
	memcpy(ret->head, t.is.audit_head, VAULT_HASH_BYTES);
	return true;
}

static uint64_t life_of(uint64_t epoch)
{
	return epoch >> LIFE_BITS;
}

/* How far the store certainly went together with one of an earlier life. */
static struct life_began parted(const struct vault *v)
{
	const struct vault_mark *mark = &v->anchor.audit.mark;
	return v->anchor.began.seq ? v->anchor.began
	                           : (struct life_began){mark->seq, mark->meetings};
}

/* The store was restored from a backup since (or salvaged without its anchor): what the room key
 * saw of the life before is not in it. */
static enum err say_restored(const struct vault *v, const struct vault_witness *is, struct why *w)
{
	const struct life_began p = parted(v);
	char at[TIME_TEXT_MAX], what[MISSING_MAX];
	const bool counted = is->audit_seq > p.seq;
	return why(w, ERR_OLDER,
	        "This store was restored from a backup, or salvaged: %s that the room key saw "
	        "until "
	        "%s are not in it. Nothing was changed. If that is right, open it once with the "
	        "recovery words while the room key is in.",
	        counted ? missing(is, p.seq, p.meetings, what) : "some entries of the audit log",
	        day_text(at, time_to_day(is->at_us), DAY_MONTH));
}

/* The log holds another entry than the one that the room key names, or none. */
static enum err say_differs(const struct testimony *t, struct why *w)
{
	char at[TIME_TEXT_MAX];
	if (t->proof == PROVEN)
		return why(w, ERR_AUDIT,
		        "The audit log is another one than the room key remembers, from entry "
		        "%" PRIu64
		        " or before. Nothing was changed. Somebody may have changed it, or put "
		        "back an older copy and used it: keep the store and the room key as they "
		        "are until that is known. If it is meant, open it once with the recovery "
		        "words while the room key is in.",
		        t->is.audit_seq);
	return why(w, ERR_OLDER,
	        "This store is older than the room key remembers, and was given a new data key "
	        "since: entry %" PRIu64
	        " of the audit log, which the room key saw on %s, is not in it. Nothing was "
	        "changed. Put the newest copy back; if it was restored on purpose, open it once "
	        "with the recovery words while the room key is in.",
	        t->is.audit_seq, day_text(at, time_to_day(t->is.at_us), DAY_MONTH));
}

/* Recovery words opened that the room key knows nothing of. */
static enum err say_words(const struct testimony *t, struct why *w)
{
	char at[TIME_TEXT_MAX];
	return why(w, ERR_OLDER,
	        "This store is not the newest that the room key saw (on %s), and these recovery "
	        "words are not those that there were then: they cannot set it back. Nothing was "
	        "changed. If the store was restored on purpose, open it with the recovery words "
	        "and without this room key, and make a new room key on another stick.",
	        day_text(at, time_to_day(t->is.at_us), DAY_MONTH));
}

static enum err compare(const struct vault *v, const struct testimony *t,
        enum vault_older *ret_older, struct why *w)
{
	const struct vault_mark *mark = &v->anchor.audit.mark;
	if (life_of(t->is.epoch) < life_of(v->anchor.epoch)) {
		if (t->proof != LATER && t->is.audit_seq <= parted(v).seq)
			return ERR_OK;
		*ret_older = VAULT_OLDER_RESTORED;
		return say_restored(v, &t->is, w);
	}
	if (t->proof == LATER || t->is.epoch > v->anchor.epoch || t->is.audit_seq > mark->seq) {
		*ret_older = VAULT_OLDER_STORE;
		return say_older(&t->is, mark, w);
	}
	if ((t->is.epoch == v->anchor.epoch && t->is.audit_seq != mark->seq) ||
	        (t->is.audit_seq == mark->seq &&
	                memcmp(t->is.audit_head, mark->head, VAULT_HASH_BYTES) != 0)) {
		*ret_older = t->proof == PROVEN ? VAULT_OLDER_NOT : VAULT_OLDER_STORE;
		return say_differs(t, w);
	}
	return ERR_OK;
}

/* Of an unproven record the log is asked as well: vault_witness_mark(). */
enum err witness_check(const struct vault *v, enum vault_older *ret_older, struct why *w)
{
	struct testimony t;
	enum err e = witness_binding(v, &t) ? compare(v, &t, ret_older, w) : ERR_OK;
	if (e == ERR_OK || !words_of(v))
		return e;
	*ret_older = VAULT_OLDER_WORDS;
	return say_words(&t, w);
}

/* What the last life began with, the one before had: an entry of then that is another was changed.
 * Of the lives before that it is not known what came to this one. */
enum err vault_witness_differs(const struct vault *v, struct why *w)
{
	const uint64_t life = life_of(v->anchor.epoch);
	struct testimony t;
	hear(v, &t);
	if (words_of(v))
		return say_words(&t, w);
	const uint64_t seen = life_of(t.is.epoch);
	if (seen == life || (seen + 1 == life && t.is.audit_seq <= v->anchor.began.seq))
		return say_differs(&t, w);
	return say_restored(v, &t.is, w);
}

static void words_tell(const struct vault *v, struct witness_bytes *b)
{
	size_t n = 0;
	for (size_t i = 0; i < v->ring.n && n < WORDS_MAX; i++)
		if (le_get(v->ring.slot[i].kind, 2) == VAULT_SLOT_RECOVERY)
			words_mark(&v->ring.slot[i], b->words[n++]);
	le_put(b->words_told, 8, 1);
}

static void witness_record(const struct vault *v, uint64_t turn, struct witness_bytes *b)
{
	const struct vault_mark *m = &v->anchor.audit.mark;
	memset(b, 0, sizeof(*b));
	memcpy(b->store_id, v->ring.head.store_id, VAULT_ID_BYTES);
	le_put(b->epoch, 8, v->anchor.epoch);
	le_put(b->audit_seq, 8, m->seq);
	memcpy(b->audit_head, m->head, VAULT_HASH_BYTES);
	le_put(b->meetings, 8, m->meetings);
	le_put(b->at_us, 8, (uint64_t)time_now_us());
	le_put(b->turn, 8, turn);
	le_put(b->data, 8, data_key(v));
	words_tell(v, b);
	witness_mac(v, b, b->mac);
	sum_of(b, offsetof(struct witness_bytes, sum), b->sum);
}

void witness_write(struct vault *v)
{
	struct vault_room_key *k = NULL;
	struct witness_bytes b;
	char path[PATH_MAX];
	uint64_t turn = 0;
	unsigned place;
	if (!v->witness.set || vault_room_key_read(v->witness.dir, &k, NULL) != ERR_OK ||
	        memcmp(vault_room_key_id(k), v->witness.id, VAULT_ID_BYTES) != 0)
		goto out; /* pulled out, or another one put in */
	place = place_for(k, v->ring.head.store_id);
	if (place_get(k, place, &b))
		turn = le_get(b.turn, 8) + 1;
	witness_record(v, turn, &b);
	if (store_path(path, v->witness.dir, VAULT_ROOM_KEY_FILE) != ERR_OK ||
	        vault_io()->write_at(
	                path, record_at(turn % 2, place), (const uint8_t *)&b, sizeof(b)) != ERR_OK)
		log_warn("vault: the room key was not told how far the store goes");
	else
		v->witness.meetings = v->anchor.audit.mark.meetings;
out:
	vault_room_key_destroy(k);
}

enum err vault_witness_to(struct vault *v, const char *dir, struct why *w)
{
	struct vault_room_key *k = NULL;
	struct witness_to before;
	enum vault_older older;
	struct testimony t;
	enum err e;
	if (!dir) {
		memset(&v->witness, 0, sizeof(v->witness));
		return ERR_OK;
	}
	e = vault_room_key_read(dir, &k, w);
	if (e != ERR_OK)
		return e;
	before = v->witness;
	witness_begin(v, k);
	hear(v, &t);
	v->witness.meetings = t.found ? v->anchor.audit.mark.meetings : WITNESS_NEVER;
	e = witness_check(v, &older, w);
	if (e != ERR_OK)
		v->witness = before;
	vault_room_key_destroy(k);
	return e;
}
