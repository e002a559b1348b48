#include "vault_int.h"
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
 */

enum err vault_slots(const char *dir, struct vault_slot *ret, size_t max, size_t *ret_n,
        unsigned *ret_quorum, struct why *w)
{
	struct keyring *k = calloc(1, sizeof(*k));
	enum err e;
	if (!k)
		return ERR_NOMEM;
	e = keyring_load(dir, k, w);
	if (e == ERR_OK) {
		for (size_t i = 0; i < k->n && i < max; i++)
			keyring_show(k, i, &ret[i]);
		*ret_n = k->n < max ? k->n : max;
		if (ret_quorum)
			*ret_quorum = 1;
	}
	free(k);
	return e;
}

static enum err ring_store(struct vault *v, struct keyring *k, struct why *w)
{
	uint8_t bytes[RING_MAX];
	char path[PATH_MAX];
	size_t n;
	const uint64_t serial = le_get(k->head.serial, 8) + 1;
	enum err e = store_path(path, v->dir, VAULT_FILE_RING);
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
	if (anchor_save(&v->anchor) != ERR_OK)
		log_warn("vault: anchor not written after a change of keys");
	return ERR_OK;
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

/* Only a passphrase for now. */
static enum err factors_known(const struct vault_factors *f, struct why *w)
{
	if (f->room_key || f->device || f->token || !f->passphrase)
		return why(w, ERR_REFUSED,
		        "This version of Caseroom asks for passphrases only. Nothing was changed.");
	return ERR_OK;
}

enum err vault_slot_add(struct vault *v, const struct vault_slot_new *slot,
        uint8_t ret_id[VAULT_ID_BYTES], struct why *w)
{
	struct keyring *k = NULL;
	enum err e = factors_known(slot->factors, w);
	if (e == ERR_OK)
		e = ring_copy(v, &k);
	if (e != ERR_OK)
		return e;
	e = keyring_add(
	        k, slot->kind, slot->label, slot->factors->passphrase, slot->cost, v->keys, w);
	if (e == ERR_OK)
		e = ring_store(v, k, w);
	if (e == ERR_OK && ret_id)
		memcpy(ret_id, v->ring.slot[v->ring.n - 1].id, VAULT_ID_BYTES);
	free(k);
	return e;
}

enum err vault_slot_change(struct vault *v, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *factors, struct why *w)
{
	const size_t i = keyring_find(&v->ring, id);
	struct keyring *k = NULL;
	enum err e;
	if (i == v->ring.n)
		return why(w, ERR_NOT_FOUND, "This key is no longer in the keyring.");
	e = factors_known(factors, w);
	if (e == ERR_OK)
		e = ring_copy(v, &k);
	if (e != ERR_OK)
		return e;
	e = keyring_rewrap(k, i, factors->passphrase, v->keys, w);
	if (e == ERR_OK)
		e = ring_store(v, k, w);
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
	const size_t i = keyring_find(&v->ring, id);
	struct keyring *k = NULL;
	enum err e;
	if (i == v->ring.n)
		return why(w, ERR_NOT_FOUND, "This key is no longer in the keyring.");
	if (le_get(v->ring.slot[i].kind, 2) == VAULT_SLOT_PERSON && people(&v->ring) == 1)
		return why(w, ERR_REFUSED,
		        "This is the last person's key: without it only the recovery key on paper "
		        "would open the store. Add "
		        "another person first.");
	e = ring_copy(v, &k);
	if (e != ERR_OK)
		return e;
	memmove(&k->slot[i], &k->slot[i + 1], (k->n - i - 1) * sizeof(k->slot[0]));
	k->n--;
	memset(&k->slot[k->n], 0, sizeof(k->slot[0]));
	e = ring_store(v, k, w);
	free(k);
	return e;
}

enum err vault_slot_group(
        struct vault *v, const uint8_t id[VAULT_ID_BYTES], unsigned group, struct why *w)
{
	(void)v;
	(void)id;
	return group == 0 ? ERR_OK
	                  : why(w, ERR_REFUSED,
	                            "This version of Caseroom keeps no agencies in its keyring.");
}

enum err vault_quorum_set(struct vault *v, unsigned k, struct why *w)
{
	(void)v;
	return k <= 1 ? ERR_OK
	              : why(w, ERR_REFUSED,
	                        "This version of Caseroom cannot ask for more than one key.");
}

unsigned vault_quorum(const struct vault *v)
{
	(void)v;
	return 1;
}
