#include "vault_int.h"
#include <sodium.h>
#include <string.h>
/*
 * The keyring: who may open the store, and the master key wrapped once for each.
 *
 * Invariants.
 * 1. What is on the card is a whole keyring: it is replaced by rename, never edited in place.
 * 2. Form, checksum and every cost are checked before any passphrase is worked on.
 * 3. The checksum tells bad luck (ERR_DAMAGED) from a wrong passphrase; the MAC, checked once the
 * master key is known, tells bad luck from a hand: a slot taken out, put in or made cheaper by
 * someone without the key.
 * 4. A slot's commitment is compared before its wrapped key is opened, so that one keyring cannot
 * be made to open with two passphrases to two different keys.
 * 5. The serial rises with each change and the anchor remembers it.
 */

_Static_assert(sizeof(struct ring_head) == 64, "stored");
_Static_assert(sizeof(struct ring_slot) == 320, "stored");

static const uint8_t ring_magic[8] = {'C', 'R', 'K', 'E', 'Y', 'S', '\r', '\n'};

void keyring_init(struct keyring *k, const uint8_t store_id[VAULT_ID_BYTES])
{
	memset(k, 0, sizeof(*k));
	memcpy(k->head.magic, ring_magic, sizeof(ring_magic));
	le_put(k->head.version, 2, VAULT_FORMAT);
	le_put(k->head.slot_size, 2, sizeof(struct ring_slot));
	memcpy(k->head.store_id, store_id, VAULT_ID_BYTES);
}

static size_t body_bytes(size_t slots)
{
	return sizeof(struct ring_head) + slots * sizeof(struct ring_slot);
}

static void ring_mac(const struct keyring *k, const struct vault_keys *keys, uint8_t out[RING_MAC])
{
	keyed_hash(keys->ring, "caseroom 1 ring", &k->head, sizeof(k->head), k->slot,
	        k->n * sizeof(struct ring_slot), out, RING_MAC);
}

static bool label_good(const char *label, size_t cap)
{
	size_t n = strnlen(label, cap);
	return n > 0 && n < cap && utf8_printable(label, n, false);
}

static enum err slot_check(const struct ring_slot *s, struct why *w)
{
	size_t len = strnlen(s->label, sizeof(s->label));
	if (s->kdf[0] != 1 || s->wrap[0] != 1 || le_get(s->factors, 2) != SLOT_FACTOR_PASSPHRASE ||
	        le_get(s->kind, 2) >= VAULT_SLOT_KIND_COUNT)
		return why(w, ERR_VERSION,
		        "The keyring has a key that only a later version of Caseroom can use. "
		        "Nothing was changed. "
		        "Update Caseroom.");
	if (!label_good(s->label, sizeof(s->label)))
		return why(w, ERR_DAMAGED, "The keyring is damaged: a key has no readable name.");
	for (; len < sizeof(s->label); len++)
		if (s->label[len])
			return why(w, ERR_DAMAGED,
			        "The keyring is damaged: a key's name is not clean.");
	if (!cost_allowed((uint32_t)le_get(s->memory_kib, 4), (uint32_t)le_get(s->passes, 4)) ||
	        le_get(s->lanes, 4) != 1)
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged or was tampered with: the key \"%s\" asks for an "
		        "amount of work "
		        "that is not allowed. No passphrase was tried. Restore the keyring from a "
		        "backup.",
		        s->label);
	return ERR_OK;
}

static enum err head_check(const uint8_t *p, size_t n, struct why *w)
{
	struct ring_head h;
	if (n < sizeof(ring_magic) || memcmp(p, ring_magic, sizeof(ring_magic)) != 0)
		return why(w, ERR_NOT_STORE,
		        "This directory holds no Caseroom store: its keyring is something else.");
	if (n < sizeof(h))
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: it is cut short. Restore it from a backup.");
	memcpy(&h, p, sizeof(h));
	if (le_get(h.version, 2) > VAULT_FORMAT || le_get(h.quorum, 2) > 1)
		return why(w, ERR_VERSION,
		        "This store was written by a later version of Caseroom. Nothing was "
		        "changed. Update Caseroom.");
	if (le_get(h.version, 2) != VAULT_FORMAT ||
	        le_get(h.slot_size, 2) != sizeof(struct ring_slot) || le_get(h.slots, 2) == 0 ||
	        le_get(h.slots, 2) > VAULT_SLOTS_MAX ||
	        n != body_bytes(le_get(h.slots, 2)) + RING_MAC + RING_SUM)
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: its parts do not fit. Restore it from a backup.");
	return ERR_OK;
}

enum err keyring_decode(const uint8_t *p, size_t n, struct keyring *ret, struct why *w)
{
	uint8_t sum[RING_SUM];
	size_t slots, body;
	enum err e = head_check(p, n, w);
	if (e != ERR_OK)
		return e;
	slots = le_get(((const struct ring_head *)p)->slots, 2);
	body = body_bytes(slots);
	(void)crypto_generichash(sum, sizeof(sum), p, body + RING_MAC, NULL, 0);
	if (memcmp(sum, p + body + RING_MAC, RING_SUM) != 0)
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: its bytes are not what was written. No passphrase "
		        "was tried. "
		        "Restore the keyring from a backup.");
	for (size_t i = 0; i < slots; i++) {
		struct ring_slot s;
		memcpy(&s, p + body_bytes(i), sizeof(s));
		e = slot_check(&s, w);
		if (e != ERR_OK)
			return e;
	}
	memset(ret, 0, sizeof(*ret));
	memcpy(&ret->head, p, sizeof(ret->head));
	memcpy(ret->slot, p + sizeof(ret->head), slots * sizeof(struct ring_slot));
	memcpy(ret->mac, p + body, RING_MAC);
	ret->n = slots;
	return ERR_OK;
}

size_t keyring_encode(struct keyring *k, const struct vault_keys *keys, uint8_t *out)
{
	const size_t body = body_bytes(k->n);
	le_put(k->head.slots, 2, k->n);
	ring_mac(k, keys, k->mac);
	memcpy(out, &k->head, sizeof(k->head));
	memcpy(out + sizeof(k->head), k->slot, k->n * sizeof(struct ring_slot));
	memcpy(out + body, k->mac, RING_MAC);
	(void)crypto_generichash(out + body + RING_MAC, RING_SUM, out, body + RING_MAC, NULL, 0);
	return body + RING_MAC + RING_SUM;
}

enum err keyring_check(const struct keyring *k, const struct vault_keys *keys, struct why *w)
{
	uint8_t mac[RING_MAC];
	ring_mac(k, keys, mac);
	if (sodium_memcmp(mac, k->mac, RING_MAC) != 0)
		return why(w, ERR_DAMAGED,
		        "The passphrase is right, but the keyring was changed by someone who had "
		        "no key: a key was "
		        "added, removed or made weaker. The store was not opened. Restore the "
		        "keyring from a backup.");
	return ERR_OK;
}

enum err keyring_load(const char *dir, struct keyring *ret, struct why *w)
{
	uint8_t bytes[RING_MAX];
	char path[PATH_MAX];
	size_t n = 0;
	enum err e = secret_start();
	if (e == ERR_OK)
		e = store_path(path, dir, VAULT_FILE_RING);
	if (e != ERR_OK)
		return e;
	e = vault_io()->read(path, bytes, sizeof(bytes), &n);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no Caseroom store here: no keyring was found.");
	if (e == ERR_LIMIT && memcmp(bytes, ring_magic, sizeof(ring_magic)) != 0)
		return why(w, ERR_NOT_STORE,
		        "This directory holds no Caseroom store: its keyring is something else.");
	if (e == ERR_LIMIT)
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: it is too long. Restore it from a backup.");
	if (e != ERR_OK)
		return why(w, e, "The keyring could not be read.");
	return keyring_decode(bytes, n, ret, w);
}

size_t keyring_find(const struct keyring *k, const uint8_t id[VAULT_ID_BYTES])
{
	size_t i = 0;
	while (i < k->n && memcmp(k->slot[i].id, id, VAULT_ID_BYTES) != 0)
		i++;
	return i;
}

void keyring_show(const struct keyring *k, size_t i, struct vault_slot *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->id, k->slot[i].id, VAULT_ID_BYTES);
	ret->kind = (enum vault_slot_kind)le_get(k->slot[i].kind, 2);
	memcpy(ret->label, k->slot[i].label, VAULT_LABEL_MAX);
	ret->factors = VAULT_PASSPHRASE;
	ret->old_form = true;
}

enum err keyring_rewrap(struct keyring *k, size_t i, const struct vault_secret *s,
        const struct vault_keys *keys, struct why *w)
{
	struct ring_slot *slot = &k->slot[i];
	struct kek *kek;
	enum err e;
	if (s->len == 0)
		return why(w, ERR_INPUT, "The passphrase is empty.");
	if (s->len >= VAULT_PASSPHRASE_MAX)
		return why(w, ERR_LIMIT, "The passphrase is longer than %d bytes.",
		        VAULT_PASSPHRASE_MAX - 1);
	kek = secret_alloc(sizeof(*kek));
	if (!kek)
		return ERR_NOMEM;
	randombytes_buf(slot->salt, sizeof(slot->salt));
	e = slot_kek(&k->head, slot, s, kek);
	if (e == ERR_NOMEM)
		e = why(w, e,
		        "There was not enough memory to work out the key. Nothing was changed. Try "
		        "again.");
	if (e == ERR_OK) {
		randombytes_buf(slot->nonce, sizeof(slot->nonce));
		(void)crypto_aead_xchacha20poly1305_ietf_encrypt(slot->wrapped, NULL, keys->master,
		        VAULT_KEY, (const uint8_t *)slot, offsetof(struct ring_slot, nonce), NULL,
		        slot->nonce, kek->wrap);
		memcpy(slot->commit, kek->commit, sizeof(slot->commit));
	}
	secret_free(kek);
	return e;
}

enum err keyring_add(struct keyring *k, enum vault_slot_kind kind, const char *label,
        const struct vault_secret *s, const struct vault_cost *cost, const struct vault_keys *keys,
        struct why *w)
{
	struct ring_slot *slot = &k->slot[k->n];
	struct vault_cost c = {0, 0};
	enum err e = cost_choose(cost, &c, w);
	if (e != ERR_OK)
		return e;
	if (k->n == VAULT_SLOTS_MAX)
		return why(w, ERR_LIMIT, "The keyring is full: it holds %d keys. Remove one first.",
		        VAULT_SLOTS_MAX);
	if (!label_good(label, VAULT_LABEL_MAX))
		return why(
		        w, ERR_INPUT, "A key needs a name of 1 to %d bytes.", VAULT_LABEL_MAX - 1);
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->slot[i].label, label) == 0)
			return why(w, ERR_EXISTS, "There is a key with the name \"%s\" already.",
			        label);
	memset(slot, 0, sizeof(*slot));
	randombytes_buf(slot->id, sizeof(slot->id));
	le_put(slot->kind, 2, kind);
	le_put(slot->factors, 2, SLOT_FACTOR_PASSPHRASE);
	slot->kdf[0] = 1;
	slot->wrap[0] = 1;
	le_put(slot->memory_kib, 4, c.memory_kib);
	le_put(slot->passes, 4, c.passes);
	le_put(slot->lanes, 4, 1);
	memcpy(slot->label, label, strlen(label));
	e = keyring_rewrap(k, k->n, s, keys, w);
	if (e == ERR_OK)
		k->n++;
	else
		memset(slot, 0, sizeof(*slot));
	return e;
}

enum err keyring_open_slot(const struct keyring *k, size_t i, const struct vault_secret *s,
        struct vault_keys *keys, struct why *w)
{
	const struct ring_slot *slot = &k->slot[i];
	struct kek *kek = secret_alloc(sizeof(*kek));
	enum err e;
	if (!kek)
		return why(w, ERR_NOMEM,
		        "There was not enough protected memory. Nothing was changed. Try again.");
	e = slot_kek(&k->head, slot, s, kek);
	if (e == ERR_NOMEM)
		(void)why(w, e,
		        "There was not enough memory to work out the key. This was not counted as "
		        "a wrong "
		        "passphrase. Try again.");
	if (e == ERR_OK && sodium_memcmp(kek->commit, slot->commit, sizeof(slot->commit)) != 0)
		e = ERR_WRONG_KEY;
	if (e == ERR_OK && crypto_aead_xchacha20poly1305_ietf_decrypt(keys->master, NULL, NULL,
	                           slot->wrapped, sizeof(slot->wrapped), (const uint8_t *)slot,
	                           offsetof(struct ring_slot, nonce), slot->nonce, kek->wrap) != 0)
		e = why(w, ERR_DAMAGED,
		        "The passphrase is right, but its key in the keyring is damaged. Open with "
		        "another key, or "
		        "restore the keyring from a backup.");
	secret_free(kek);
	return e;
}
