#include "vault_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * Who may open: lists, adds, changes and removes slots of a store.
 *
 * Invariants.
 * 1. A change is made on a copy; the vault takes it over only when it is on the card. So memory and
 * card agree.
 * 2. The keyring goes to the card before the anchor hears of its serial: a cut between the two is a
 * newer keyring, which is fine; the other way round would be an older one, which is not.
 * 3. There is always a person's slot.
 * 4. Each change deals the opening secret anew (quorum.c): what who was removed still has fits
 * nothing that is written from then on.
 * 5. Nobody else's passphrase is needed for any of it.
 * 6. New factors are a new pair, also for who opened: an older keyring still gives the pair of then
 * to who knows the factors of then, and nothing that is written from now on is sealed to it.
 */

enum err vault_slots(const char *dir, struct vault_slot *ret, size_t max, size_t *ret_n,
        unsigned *ret_quorum, struct why *w)
{
	struct keyring *k = calloc(1, sizeof(*k));
	int64_t until_us[VAULT_SLOTS_MAX];
	enum err e;
	if (!k)
		return ERR_NOMEM;
	e = keyring_load(dir, k, w);
	if (e == ERR_OK) {
		attempts_waits(dir, k, until_us);
		for (size_t i = 0; i < k->n && i < max; i++) {
			keyring_show(k, i, &ret[i]);
			ret[i].waits_until_us = until_us[i];
		}
		*ret_n = k->n < max ? k->n : max;
		if (ret_quorum)
			*ret_quorum = keyring_quorum(k);
	}
	free(k);
	return e;
}

enum err ring_store(struct vault *v, struct keyring *k, struct why *w)
{
	uint8_t bytes[RING_MAX];
	char path[PATH_MAX];
	size_t n;
	const uint64_t serial = le_get(k->head.serial, 8) + 1;
	enum err e = store_path(path, v->dir, VAULT_FILE_RING);
	if (e == ERR_OK)
		e = keyring_deal(k, v->keys, w);
	if (e != ERR_OK)
		return e;
	le_put(k->head.serial, 8, serial);
	n = keyring_encode(k, v->keys, bytes);
	e = vault_io()->replace(path, bytes, n);
	if (e != ERR_OK)
		return why(w, e,
		        "The keyring could not be written. The one before is still there and still "
		        "opens.");
	v->ring = *k;
	v->anchor.ring_serial = serial;
	v->anchor.dirty = true;
	if (anchor_save_both(&v->anchor) != ERR_OK)
		log_warn("vault: anchor not written after a change of keys");
	return ERR_OK;
}

static void audit_seal_to(struct ring_slot *s, uint64_t from, const uint8_t key[VAULT_KEY])
{
	if (crypto_box_seal(s->audit_key, key, VAULT_KEY, s->public_key) == 0)
		le_put(s->audit_from, 8, from);
}

void slot_grant(const struct vault *v, struct ring_slot *s)
{
	uint8_t key[VAULT_KEY];
	uint64_t seq = 0;
	memset(s->audit_key, 0, sizeof(s->audit_key));
	memset(s->audit_from, 0, sizeof(s->audit_from));
	if (le_get(s->kind, 2) != VAULT_SLOT_PERSON && audit_key_now(v, &seq, key))
		audit_seal_to(s, seq, key);
	sodium_memzero(key, sizeof(key));
}

/* After a new pair: whoever opened keeps the audit key that their slot had, anybody else gets the
 * one of now. */
static void slot_regrant(const struct vault *v, struct ring_slot *s, bool opened)
{
	if (opened && v->verify_from && le_get(s->audit_from, 8) == v->verify_from)
		audit_seal_to(s, v->verify_from, v->keys->verify);
	else
		slot_grant(v, s);
}

static enum err ring_copy(const struct vault *v, struct keyring **ret)
{
	struct keyring *k = malloc(sizeof(*k));
	if (!k)
		return ERR_NOMEM;
	*k = v->ring;
	*ret = k;
	return ERR_OK;
}

enum err vault_slot_add(struct vault *v, const struct vault_slot_new *slot,
        uint8_t ret_id[VAULT_ID_BYTES], struct why *w)
{
	struct keyring *k = NULL;
	enum err e = ring_copy(v, &k);
	if (e != ERR_OK)
		return e;
	e = keyring_add(k, slot, w);
	if (e == ERR_OK) {
		slot_grant(v, &k->slot[k->n - 1]);
		e = ring_store(v, k, w);
	}
	if (e == ERR_OK && ret_id)
		memcpy(ret_id, v->ring.slot[v->ring.n - 1].id, VAULT_ID_BYTES);
	free(k);
	return e;
}

/* Which of the openers; v->n_opener: none. */
static size_t opener_of(const struct vault *v, const uint8_t id[VAULT_ID_BYTES])
{
	size_t i = 0;
	while (i < v->n_opener && memcmp(v->opener[i].id, id, VAULT_ID_BYTES) != 0)
		i++;
	return i;
}

/* A copy of the keyring to change, and where the slot is in it. */
static enum err slot_copy(const struct vault *v, const uint8_t id[VAULT_ID_BYTES], size_t *ret_i,
        struct keyring **ret, struct why *w)
{
	*ret_i = keyring_find(&v->ring, id);
	if (*ret_i == v->ring.n)
		return why(w, ERR_NOT_FOUND, "This key is no longer in the keyring.");
	return ring_copy(v, ret);
}

size_t vault_slots_open(const struct vault *v, struct vault_slot ret[VAULT_SLOTS_MAX])
{
	for (size_t i = 0; i < v->ring.n; i++)
		keyring_show(&v->ring, i, &ret[i]);
	return v->ring.n;
}

enum err vault_slot_show(
        const struct vault *v, const uint8_t id[VAULT_ID_BYTES], struct vault_slot *ret)
{
	const size_t i = keyring_find(&v->ring, id);
	if (i == v->ring.n)
		return ERR_NOT_FOUND;
	keyring_show(&v->ring, i, ret);
	return ERR_OK;
}

enum err vault_slot_change(struct vault *v, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *factors, struct why *w)
{
	const size_t opener = opener_of(v, id);
	uint8_t *pair = secret_alloc(VAULT_KEY);
	struct keyring *k = NULL;
	size_t i = 0;
	enum err e = pair ? slot_copy(v, id, &i, &k, w) : ERR_NOMEM;
	if (e == ERR_OK) {
		randombytes_buf(pair, VAULT_KEY);
		e = keyring_wrap(k, i, factors, pair, w);
	}
	if (e == ERR_OK) {
		slot_regrant(v, &k->slot[i], opener < v->n_opener);
		e = ring_store(v, k, w);
	}
	if (e == ERR_OK && opener < v->n_opener) {
		memcpy(v->keys->pair[opener], pair, VAULT_KEY);
		keyring_show(&v->ring, i, &v->opener[opener]);
	}
	secret_free(pair);
	free(k);
	return e;
}

enum err vault_slot_group(
        struct vault *v, const uint8_t id[VAULT_ID_BYTES], unsigned group, struct why *w)
{
	struct keyring *k = NULL;
	size_t i = 0;
	enum err e;
	if (group > UINT16_MAX)
		return why(w, ERR_LIMIT, "An agency's number is 1 to %d.", UINT16_MAX);
	e = slot_copy(v, id, &i, &k, w);
	if (e != ERR_OK)
		return e;
	if (le_get(k->slot[i].group, 2) != group) {
		le_put(k->slot[i].group, 2, group);
		e = ring_store(v, k, w);
	}
	free(k);
	return e;
}

static size_t people(const struct keyring *k)
{
	size_t n = 0;
	for (size_t i = 0; i < k->n; i++)
		n += le_get(k->slot[i].kind, 2) == VAULT_SLOT_PERSON;
	return n;
}

enum err vault_slot_remove(struct vault *v, const uint8_t id[VAULT_ID_BYTES], struct why *w)
{
	struct keyring *k = NULL;
	size_t i = 0;
	enum err e = slot_copy(v, id, &i, &k, w);
	if (e != ERR_OK)
		return e;
	if (le_get(k->slot[i].kind, 2) == VAULT_SLOT_PERSON && people(k) == 1) {
		free(k);
		return why(w, ERR_REFUSED,
		        "This is the last person's key: without it only the recovery words on "
		        "paper "
		        "would open the store. Add another person first.");
	}
	memmove(&k->slot[i], &k->slot[i + 1], (k->n - i - 1) * sizeof(k->slot[0]));
	k->n--;
	memset(&k->slot[k->n], 0, sizeof(k->slot[0]));
	e = ring_store(v, k, w);
	free(k);
	return e;
}

enum err vault_quorum_set(struct vault *v, unsigned n, struct why *w)
{
	struct keyring *k = NULL;
	enum err e;
	if (n == 0 || n > VAULT_SLOTS_MAX)
		return why(w, ERR_INPUT, "1 to %d agencies can be asked for.", VAULT_SLOTS_MAX);
	if (n == keyring_quorum(&v->ring))
		return ERR_OK;
	e = ring_copy(v, &k);
	if (e != ERR_OK)
		return e;
	le_put(k->head.quorum, 2, n > 1 ? n : 0);
	e = ring_store(v, k, w);
	free(k);
	return e;
}

unsigned vault_quorum(const struct vault *v)
{
	return keyring_quorum(&v->ring);
}
