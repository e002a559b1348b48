#include "vault_int.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "caseroom/time.h"
/*
 * Wrong passphrases slow down. This guards the panel against a hand that tries; against a copied
 * card only the work of Argon2id does, so the file needs no key.
 *
 * Invariants.
 * 1. A try is counted on the card before it is made: pulling the plug during the derivation wins
 * nothing.
 * 2. A try that was right, or that could not be made, is taken back, its moment too: openings make
 * nobody's wait longer.
 * 3. A clock that went back (a Pi has none of its own) starts the wait again; it never shortens it.
 * 4. A file that is not one of ours counts as three wrong tries, of every slot. Where the card
 * itself refuses to read, no try is made and none is counted.
 * 5. Each slot has its own count: who opens with their own key takes nothing off the wait of
 * another key, and who tries at one key shuts nobody else out.
 * 6. The file is bounded: slots of the keyring, and no others.
 * 7. A try that was made and was wrong is never taken back, also where another key had to wait: a
 * key that waits would else make guesses at the others free.
 */

#define FREE_TRIES 3
#define WAIT_MAX_MINUTES 60
#define TRIES_VERSION 2

/* Version 1 had one count for all; it is read as the count of each. */
struct tries_bytes_1 {
	uint8_t magic[8], version[2], zero[2], count[4];
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t at_us[8];
	uint8_t sum[16];
};
struct tries_head {
	uint8_t magic[8], version[2], slots[2], zero[4];
	uint8_t store_id[VAULT_ID_BYTES];
};
struct tries_slot {
	uint8_t id[VAULT_ID_BYTES], count[4], zero[4], at_us[8];
};
#define TRIES_SUM 16
#define TRIES_MAX                                                                                  \
	(sizeof(struct tries_head) + VAULT_SLOTS_MAX * sizeof(struct tries_slot) + TRIES_SUM)
_Static_assert(sizeof(struct tries_bytes_1) == 56, "stored");
_Static_assert(sizeof(struct tries_head) == 32 && sizeof(struct tries_slot) == 32, "stored");

static const uint8_t tries_magic[8] = {'C', 'R', 'T', 'R', 'I', 'E', 'S', '\n'};

struct tries {
	struct {
		uint32_t count;
		int64_t at_us;
	} slot[VAULT_SLOTS_MAX]; /* as in the keyring */
	bool unread;             /* stands for a file that could not be read */
};

static void tries_all(struct tries *t, uint32_t count, int64_t at_us)
{
	for (size_t i = 0; i < VAULT_SLOTS_MAX; i++) {
		t->slot[i].count = count;
		t->slot[i].at_us = at_us;
	}
}

static bool sum_good(const uint8_t *p, size_t n)
{
	uint8_t sum[TRIES_SUM];
	(void)crypto_generichash(sum, sizeof(sum), p, n - TRIES_SUM, NULL, 0);
	return memcmp(sum, p + n - TRIES_SUM, sizeof(sum)) == 0;
}

static bool decode_1(const uint8_t *p, size_t n, const struct keyring *k, struct tries *t)
{
	struct tries_bytes_1 b;
	if (n != sizeof(b))
		return false;
	memcpy(&b, p, sizeof(b));
	if (memcmp(b.store_id, k->head.store_id, VAULT_ID_BYTES) != 0)
		return false;
	tries_all(t, (uint32_t)le_get(b.count, 4), (int64_t)le_get(b.at_us, 8));
	return true;
}

/* Slots that are not in the file have no tries; slots that are no longer in the keyring are left
 * out. */
static bool decode_2(const uint8_t *p, size_t n, const struct keyring *k, struct tries *t)
{
	struct tries_head h;
	struct tries_slot s;
	size_t slots;
	if (n < sizeof(h))
		return false;
	memcpy(&h, p, sizeof(h));
	slots = le_get(h.slots, 2);
	if (le_get(h.version, 2) != TRIES_VERSION || slots > VAULT_SLOTS_MAX ||
	        n != sizeof(h) + slots * sizeof(s) + TRIES_SUM ||
	        memcmp(h.store_id, k->head.store_id, VAULT_ID_BYTES) != 0)
		return false;
	for (size_t j = 0; j < slots; j++) {
		memcpy(&s, p + sizeof(h) + j * sizeof(s), sizeof(s));
		const size_t i = keyring_find(k, s.id);
		if (i == k->n)
			continue;
		t->slot[i].count = (uint32_t)le_get(s.count, 4);
		t->slot[i].at_us = (int64_t)le_get(s.at_us, 8);
	}
	return true;
}

static enum err tries_load(const char *dir, const struct keyring *k, struct tries *ret)
{
	uint8_t b[TRIES_MAX];
	char path[PATH_MAX];
	size_t n = 0;
	bool good;
	enum err e = store_path(path, dir, VAULT_FILE_TRIES);
	if (e != ERR_OK)
		return e;
	memset(ret, 0, sizeof(*ret));
	e = vault_io()->read(path, b, sizeof(b), &n);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK && e != ERR_LIMIT)
		return e;
	good = e == ERR_OK && n > TRIES_SUM && sum_good(b, n) &&
	       memcmp(b, tries_magic, sizeof(tries_magic)) == 0;
	if (good)
		good = le_get(b + sizeof(tries_magic), 2) == 1 ? decode_1(b, n, k, ret)
		                                               : decode_2(b, n, k, ret);
	if (!good) {
		tries_all(ret, FREE_TRIES, time_now_us());
		ret->unread = true;
	}
	return ERR_OK;
}

static enum err tries_save(const char *dir, const struct keyring *k, const struct tries *t)
{
	uint8_t b[TRIES_MAX] = {0};
	struct tries_head *h = (struct tries_head *)b;
	struct tries_slot *s = (struct tries_slot *)(b + sizeof(*h));
	char path[PATH_MAX];
	size_t n = 0, len;
	enum err e = store_path(path, dir, VAULT_FILE_TRIES);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < k->n; i++) {
		if (t->slot[i].count == 0)
			continue;
		memcpy(s[n].id, k->slot[i].id, VAULT_ID_BYTES);
		le_put(s[n].count, 4, t->slot[i].count);
		le_put(s[n].at_us, 8, (uint64_t)t->slot[i].at_us);
		n++;
	}
	memcpy(h->magic, tries_magic, sizeof(h->magic));
	le_put(h->version, 2, TRIES_VERSION);
	le_put(h->slots, 2, n);
	memcpy(h->store_id, k->head.store_id, VAULT_ID_BYTES);
	len = sizeof(*h) + n * sizeof(*s);
	(void)crypto_generichash(b + len, TRIES_SUM, b, len, NULL, 0);
	return vault_io()->replace(path, b, len + TRIES_SUM);
}

static int64_t wait_after_us(uint32_t count)
{
	int64_t minutes = 1;
	if (count < FREE_TRIES)
		return 0;
	for (uint32_t i = FREE_TRIES; i < count && minutes < WAIT_MAX_MINUTES; i++)
		minutes *= 2;
	return (minutes < WAIT_MAX_MINUTES ? minutes : WAIT_MAX_MINUTES) * TIME_MINUTE_US;
}

/* Slots that have to wait, and how long. */
struct waits {
	size_t n;
	bool unread; /* because their file could not be read */
	int64_t shortest_us, longest_us;
};

static int64_t minutes_of(int64_t us)
{
	return (us + TIME_MINUTE_US - 1) / TIME_MINUTE_US;
}

/* "in 1 minute", "in 1 to 4 minutes" */
static const char *in_minutes(const struct waits *o, char out[48])
{
	const int64_t a = minutes_of(o->shortest_us), b = minutes_of(o->longest_us);
	if (a == b)
		(void)snprintf(out, 48, "in %" PRId64 " minute%s", a, a == 1 ? "" : "s");
	else
		(void)snprintf(out, 48, "in %" PRId64 " to %" PRId64 " minutes", a, b);
	return out;
}

static enum err say_wait(struct why *w, const struct waits *o)
{
	const int64_t minutes = minutes_of(o->shortest_us);
	char in[48];
	if (o->unread)
		return why(w, ERR_WAIT,
		        "The file that counts wrong tries (" VAULT_FILE_TRIES
		        ") is damaged, or is another store's, so every key has to wait as after "
		        "three of them. Nothing was tried now, and nothing else is amiss by it. "
		        "Wait %" PRId64 " minute%s, then try again: the file is then made anew.",
		        minutes, minutes == 1 ? "" : "s");
	if (o->n > 1)
		return why(w, ERR_WAIT,
		        "There were too many wrong passphrases at each of the %zu keys that could "
		        "be meant. Nothing was tried now. They can be tried again %s; --key names "
		        "the one that is meant.",
		        o->n, in_minutes(o, in));
	return why(w, ERR_WAIT,
	        "There were too many wrong passphrases. Nothing was tried now. Wait %" PRId64
	        " minute%s, then try again.",
	        minutes, minutes == 1 ? "" : "s");
}

static slot_set one(size_t i)
{
	return (slot_set)1 << i;
}

/* How long slot i has to wait; a clock that went back starts it again. */
static int64_t wait_left_us(struct tries *t, size_t i, int64_t now, bool *changed)
{
	if (t->slot[i].count < FREE_TRIES)
		return 0;
	if (t->unread || now < t->slot[i].at_us) {
		t->slot[i].at_us = now;
		*changed = true;
	}
	return wait_after_us(t->slot[i].count) - (now - t->slot[i].at_us);
}

/* The slots of `want` that need not wait, and how long the others have to. */
static slot_set may_try(struct tries *t, const struct keyring *k, slot_set want, struct waits *ret,
        bool *ret_changed)
{
	const int64_t now = time_now_us();
	slot_set may = 0;
	*ret = (struct waits){0, t->unread, INT64_MAX, 0};
	for (size_t i = 0; i < k->n; i++) {
		if (!(want & one(i)))
			continue;
		const int64_t left = wait_left_us(t, i, now, ret_changed);
		if (left <= 0) {
			may |= one(i);
			continue;
		}
		ret->n++;
		if (left < ret->shortest_us)
			ret->shortest_us = left;
		if (left > ret->longest_us)
			ret->longest_us = left;
	}
	return may;
}

enum err attempts_begin(
        const char *dir, const struct keyring *k, slot_set want, struct attempt *ret, struct why *w)
{
	struct tries t;
	struct waits waits;
	bool changed = false;
	slot_set may;
	enum err e = tries_load(dir, k, &t);
	if (e != ERR_OK)
		return why(w, e,
		        "The card refused to say how many tries there were, so none was made. Try "
		        "again.");
	may = may_try(&t, k, want, &waits, &changed);
	for (size_t i = 0; i < k->n; i++) {
		if (!(may & one(i)))
			continue;
		if (t.slot[i].count < UINT32_MAX)
			t.slot[i].count++;
		ret->before_us[i] = t.slot[i].at_us;
		t.slot[i].at_us = time_now_us();
	}
	if (may || changed)
		e = tries_save(dir, k, &t);
	if (e != ERR_OK)
		return why(w, e,
		        "The try could not be noted on the card, so it was not made. Is the card "
		        "full or write-protected?");
	if (!may)
		return say_wait(w, &waits);
	ret->may = may;
	return ERR_OK;
}

uint32_t attempts_end(const char *dir, const struct keyring *k, const struct attempt *a,
        slot_set back, size_t opened)
{
	struct tries t;
	uint32_t wrong = 0;
	if (tries_load(dir, k, &t) != ERR_OK)
		return 0;
	if (opened < k->n && t.slot[opened].count) /* but for the one that was right */
		wrong = t.slot[opened].count - 1;
	for (size_t i = 0; i < k->n; i++)
		if (i == opened) {
			t.slot[i].count = 0;
		} else if (back & one(i) && t.slot[i].count) {
			t.slot[i].count--;
			t.slot[i].at_us = a->before_us[i];
		}
	/* A count too high by one costs a minute at worst. */
	if (tries_save(dir, k, &t) != ERR_OK)
		log_warn("vault: tries not taken back");
	return wrong;
}

/* Where some had to wait the right one may be among them, so that is the answer. The try counts at
 * the others all the same: else whoever makes one key wait could guess at the rest for ever. */
static enum err tell_waiting(struct why *w, const struct waits *o, size_t tried)
{
	char in[48], others[96] = "does not open the other one, and counts as a wrong try at it";
	if (tried > 1)
		(void)snprintf(others, sizeof(others),
		        "opens none of the %zu others, and counts as a wrong try at each", tried);
	return why(w, ERR_WAIT,
	        "%zu key%s to wait after wrong passphrases and %s not tried: %s can be tried %s. "
	        "This passphrase %s. Nothing was changed. --key names the one that is meant.",
	        o->n, o->n == 1 ? " has" : "s have", o->n == 1 ? "was" : "were",
	        o->n == 1 ? "it" : "they", in_minutes(o, in), others);
}

/* What was typed does not open, by what the keys that it was tried at ask for. */
static const char *what_does_not(const struct keyring *k, slot_set tried)
{
	bool words = true, pin = true;
	for (size_t i = 0; i < k->n; i++) {
		if (!(tried & one(i)))
			continue;
		words = words && le_get(k->slot[i].kind, 2) == VAULT_SLOT_RECOVERY;
		pin = pin && le_get(k->slot[i].factors, 2) & (VAULT_ROOM_KEY | VAULT_FIDO);
	}
	return words ? "These recovery words do"
	       : pin ? "This PIN or passphrase does"
	             : "This passphrase does";
}

enum err attempts_tell(
        const char *dir, const struct keyring *k, slot_set tried, slot_set waiting, struct why *w)
{
	struct tries t;
	struct waits waits;
	bool changed = false;
	uint32_t most = 0;
	size_t n = 0;
	char at[120] = "", next[64];
	if (tries_load(dir, k, &t) != ERR_OK)
		return ERR_WRONG_KEY;
	for (size_t i = 0; i < k->n; i++) {
		n += (tried & one(i)) != 0;
		if (tried & one(i) && t.slot[i].count > most)
			most = t.slot[i].count;
	}
	(void)may_try(&t, k, waiting, &waits, &changed);
	if (waits.n)
		return tell_waiting(w, &waits, n);
	if (n > 1)
		(void)snprintf(at, sizeof(at),
		        " It was tried at %zu keys and counts as a wrong try at each: --key names "
		        "the one that is meant.",
		        n);
	if (most < FREE_TRIES)
		(void)snprintf(next, sizeof(next), "%u more tr%s before a wait.", FREE_TRIES - most,
		        FREE_TRIES - most == 1 ? "y" : "ies");
	else
		(void)snprintf(next, sizeof(next),
		        "The next try is possible in %" PRId64 " minute%s.",
		        minutes_of(wait_after_us(most)), most == FREE_TRIES ? "" : "s");
	return why(w, ERR_WRONG_KEY, "%s not open the store. Nothing was changed.%s %s",
	        what_does_not(k, tried), at, next);
}

void attempts_waits(const char *dir, const struct keyring *k, int64_t ret_until_us[VAULT_SLOTS_MAX])
{
	struct tries t;
	const int64_t now = time_now_us();
	bool changed = false;
	memset(ret_until_us, 0, VAULT_SLOTS_MAX * sizeof(*ret_until_us));
	if (tries_load(dir, k, &t) != ERR_OK)
		return;
	for (size_t i = 0; i < k->n; i++) {
		const int64_t left = wait_left_us(&t, i, now, &changed);
		if (left > 0)
			ret_until_us[i] = now + left;
	}
}
