#include "vault_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * The keyring: who may open the store. Its bytes; wrap.c and quorum.c say what they mean.
 *
 * Invariants.
 * 1. What is on the card is a whole keyring: it is replaced by rename, never edited in place.
 * 2. Form, checksum and every cost are checked before any passphrase is worked on.
 * 3. The checksum tells bad luck (ERR_DAMAGED) from a wrong passphrase; the MAC, checked once the
 * master key is known, tells bad luck from a hand: a slot taken out, put in or made cheaper by
 * someone without the key.
 * 4. The serial rises with each change and the anchor remembers it.
 * 5. Both versions lie in memory in one form. Version 1 is written back byte for byte as it was
 * until keyring_deal makes it version 2.
 */

_Static_assert(sizeof(struct ring_head) == 160, "stored");
_Static_assert(sizeof(struct ring_slot) == 768, "stored");

/* Version 1: read, and never written again. */
struct ring_head_1 {
	uint8_t magic[8], version[2], slot_size[2], slots[2], quorum[2], store_id[VAULT_ID_BYTES];
	uint8_t serial[8], later[24];
};

struct ring_slot_1 {
	uint8_t id[VAULT_ID_BYTES], kind[2], factors[2], kdf[1], wrap[1], zero[2];
	uint8_t memory_kib[4], passes[4], lanes[4], zero2[4];
	uint8_t salt[16], token[16];
	char label[VAULT_LABEL_MAX];
	uint8_t nonce[VAULT_NONCE], wrapped[VAULT_KEY + VAULT_TAG], commit[32];
	uint8_t later[48];
};

_Static_assert(sizeof(struct ring_head_1) == 64, "stored");
_Static_assert(sizeof(struct ring_slot_1) == 320, "stored");
_Static_assert(offsetof(struct ring_slot_1, nonce) <= RING_CONTEXT, "slot_context");

static const uint8_t ring_magic[8] = {'C', 'R', 'K', 'E', 'Y', 'S', '\r', '\n'};

void keyring_init(struct keyring *k, const uint8_t store_id[VAULT_ID_BYTES])
{
	memset(k, 0, sizeof(*k));
	memcpy(k->head.magic, ring_magic, sizeof(ring_magic));
	le_put(k->head.version, 2, RING_VERSION);
	le_put(k->head.slot_size, 2, sizeof(struct ring_slot));
	le_put(k->head.data, 8, 1);
	memcpy(k->head.store_id, store_id, VAULT_ID_BYTES);
}

static size_t head_bytes(unsigned version)
{
	return version == 1 ? sizeof(struct ring_head_1) : sizeof(struct ring_head);
}

static size_t slot_bytes(unsigned version)
{
	return version == 1 ? sizeof(struct ring_slot_1) : sizeof(struct ring_slot);
}

static size_t body_bytes(unsigned version, size_t slots)
{
	return head_bytes(version) + slots * slot_bytes(version);
}

static void head_to_1(const struct ring_head *h, struct ring_head_1 *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, h, offsetof(struct ring_head_1, later));
}

static void slot_to_1(const struct ring_slot *s, struct ring_slot_1 *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, s, offsetof(struct ring_slot_1, zero2));
	memcpy(ret->salt, s->salt, sizeof(ret->salt));
	memcpy(ret->label, s->label, sizeof(ret->label));
	memcpy(ret->nonce, s->nonce, sizeof(ret->nonce));
	memcpy(ret->wrapped, s->wrapped, sizeof(ret->wrapped));
	memcpy(ret->commit, s->commit, sizeof(ret->commit));
}

static void slot_from_1(const struct ring_slot_1 *s, struct ring_slot *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, s, offsetof(struct ring_slot_1, zero2));
	memcpy(ret->salt, s->salt, sizeof(ret->salt));
	memcpy(ret->label, s->label, sizeof(ret->label));
	memcpy(ret->nonce, s->nonce, sizeof(ret->nonce));
	memcpy(ret->wrapped, s->wrapped, sizeof(ret->wrapped));
	memcpy(ret->commit, s->commit, sizeof(ret->commit));
}

size_t slot_context(const struct ring_slot *s, uint8_t out[RING_CONTEXT])
{
	struct ring_slot_1 old;
	if (s->wrap[0] != WRAP_MASTER) {
		memcpy(out, s, RING_CONTEXT);
		return RING_CONTEXT;
	}
	slot_to_1(s, &old);
	memcpy(out, &old, offsetof(struct ring_slot_1, nonce));
	return offsetof(struct ring_slot_1, nonce);
}

/* Head and slots, as they lie on the card; out[RING_MAX]. */
static size_t body_put(const struct keyring *k, uint8_t *out)
{
	const unsigned version = (unsigned)le_get(k->head.version, 2);
	if (version == 1) {
		head_to_1(&k->head, (struct ring_head_1 *)out);
		for (size_t i = 0; i < k->n; i++)
			slot_to_1(&k->slot[i], (struct ring_slot_1 *)(out + body_bytes(1, i)));
	} else {
		memcpy(out, &k->head, sizeof(k->head));
		memcpy(out + sizeof(k->head), k->slot, k->n * sizeof(k->slot[0]));
	}
	return body_bytes(version, k->n);
}

static void ring_mac(
        const uint8_t *body, size_t n, const struct vault_keys *keys, uint8_t out[RING_MAC])
{
	keyed_hash(keys->ring, "caseroom 1 ring", body, n, NULL, 0, out, RING_MAC);
}

bool label_good(const char *label, size_t cap)
{
	size_t n = strnlen(label, cap);
	return n > 0 && n < cap && utf8_printable(label, n, false);
}

static enum err say_later(struct why *w)
{
	return why(w, ERR_VERSION,
	        "The keyring has a key that only a later version of Caseroom can use. "
	        "Nothing was changed. Update Caseroom.");
}

/* Nothing here that this version does not know. */
static bool slot_known(const struct ring_slot *s, unsigned version)
{
	const unsigned mask = (unsigned)le_get(s->factors, 2),
	               all = VAULT_PASSPHRASE | VAULT_ROOM_KEY | VAULT_DEVICE | VAULT_FIDO;
	if (le_get(s->kind, 2) >= VAULT_SLOT_KIND_COUNT || !(mask & VAULT_PASSPHRASE))
		return false;
	if (s->kdf[0] != KDF_TEXT &&
	        (s->kdf[0] != KDF_WORDS || le_get(s->kind, 2) != VAULT_SLOT_RECOVERY))
		return false;
	if (s->wrap[0] == WRAP_MASTER)
		return s->kdf[0] == KDF_TEXT && mask == VAULT_PASSPHRASE &&
		       le_get(s->kind, 2) != VAULT_SLOT_AUDITOR;
	return version > 1 && s->wrap[0] == WRAP_PAIR && (mask & ~all) == 0;
}

static enum err slot_check(const struct ring_slot *s, unsigned version, struct why *w)
{
	size_t len = strnlen(s->label, sizeof(s->label));
	if (!slot_known(s, version))
		return say_later(w);
	if (!label_good(s->label, sizeof(s->label)))
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: a key has no readable name. " RING_BACK);
	for (; len < sizeof(s->label); len++)
		if (s->label[len])
			return why(w, ERR_DAMAGED,
			        "The keyring is damaged: a key's name is not clean. " RING_BACK);
	if (!cost_allowed((uint32_t)le_get(s->memory_kib, 4), (uint32_t)le_get(s->passes, 4)) ||
	        le_get(s->lanes, 4) != 1)
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged or was tampered with: the key \"%s\" asks for an "
		        "amount of work "
		        "that is not allowed. No passphrase was tried. " RING_BACK,
		        s->label);
	if (le_get(s->share, 2) > VAULT_SLOTS_MAX || le_get(s->fido_n, 2) > sizeof(s->fido))
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: the parts of the key \"%s\" do not "
		        "fit. " RING_BACK,
		        s->label);
	return ERR_OK;
}

static enum err head_check(const uint8_t *p, size_t n, struct why *w)
{
	struct ring_head_1 h;
	unsigned version;
	if (n < sizeof(ring_magic) || memcmp(p, ring_magic, sizeof(ring_magic)) != 0)
		return why(w, ERR_NOT_STORE,
		        "This directory holds no Caseroom store: its keyring is something else.");
	if (n < sizeof(h))
		return why(w, ERR_DAMAGED, "The keyring is damaged: it is cut short. " RING_BACK);
	memcpy(&h, p, sizeof(h));
	version = (unsigned)le_get(h.version, 2);
	if (version > RING_VERSION || (version == 1 && le_get(h.quorum, 2) > 1))
		return why(w, ERR_VERSION,
		        "This store was written by a later version of Caseroom. Nothing was "
		        "changed. Update Caseroom.");
	if (version == 0 || le_get(h.slot_size, 2) != slot_bytes(version) ||
	        le_get(h.slots, 2) == 0 || le_get(h.slots, 2) > VAULT_SLOTS_MAX ||
	        le_get(h.quorum, 2) > VAULT_SLOTS_MAX ||
	        n != body_bytes(version, le_get(h.slots, 2)) + RING_MAC + RING_SUM)
		return why(
		        w, ERR_DAMAGED, "The keyring is damaged: its parts do not fit. " RING_BACK);
	return ERR_OK;
}

/* The bytes of a whole keyring into memory; nothing of it is believed yet. */
static void body_get(struct keyring *k, const uint8_t *p, size_t slots)
{
	const unsigned version = (unsigned)le_get(((const struct ring_head_1 *)p)->version, 2);
	memset(k, 0, sizeof(*k));
	k->n = slots;
	memcpy(k->mac, p + body_bytes(version, slots), RING_MAC);
	if (version != 1) {
		memcpy(&k->head, p, sizeof(k->head));
		memcpy(k->slot, p + sizeof(k->head), slots * sizeof(k->slot[0]));
		return;
	}
	memcpy(&k->head, p, offsetof(struct ring_head_1, later));
	for (size_t i = 0; i < slots; i++)
		slot_from_1((const struct ring_slot_1 *)(p + body_bytes(1, i)), &k->slot[i]);
}

/* What version 1 kept for later was always zero; anything else there would be lost. */
static bool unused_is_zero(const struct keyring *k, const uint8_t *p)
{
	uint8_t again[RING_MAX];
	return memcmp(again, p, body_put(k, again)) == 0;
}

enum err keyring_decode(const uint8_t *p, size_t n, struct keyring *ret, struct why *w)
{
	uint8_t sum[RING_SUM];
	struct keyring *k;
	unsigned version;
	enum err e = head_check(p, n, w);
	if (e != ERR_OK)
		return e;
	(void)crypto_generichash(sum, sizeof(sum), p, n - RING_SUM, NULL, 0);
	if (memcmp(sum, p + n - RING_SUM, RING_SUM) != 0)
		return why(w, ERR_DAMAGED,
		        "The keyring is damaged: its bytes are not what was written. No passphrase "
		        "was tried. " RING_BACK);
	k = calloc(1, sizeof(*k));
	if (!k)
		return ERR_NOMEM;
	body_get(k, p, le_get(((const struct ring_head_1 *)p)->slots, 2));
	version = (unsigned)le_get(k->head.version, 2);
	for (size_t i = 0; i < k->n && e == ERR_OK; i++)
		e = slot_check(&k->slot[i], version, w);
	if (e == ERR_OK && !unused_is_zero(k, p))
		e = say_later(w);
	if (e == ERR_OK)
		*ret = *k;
	free(k);
	return e;
}

size_t keyring_encode(struct keyring *k, const struct vault_keys *keys, uint8_t *out)
{
	size_t body;
	le_put(k->head.slots, 2, k->n);
	body = body_put(k, out);
	ring_mac(out, body, keys, k->mac);
	memcpy(out + body, k->mac, RING_MAC);
	(void)crypto_generichash(out + body + RING_MAC, RING_SUM, out, body + RING_MAC, NULL, 0);
	return body + RING_MAC + RING_SUM;
}

enum err keyring_check(const struct keyring *k, const struct vault_keys *keys, struct why *w)
{
	uint8_t bytes[RING_MAX], mac[RING_MAC];
	ring_mac(bytes, body_put(k, bytes), keys, mac);
	if (sodium_memcmp(mac, k->mac, RING_MAC) != 0)
		return why(w, ERR_DAMAGED,
		        "The passphrase is right, but the keyring was changed by someone who had "
		        "no key: a key was "
		        "added, removed or made weaker. The store was not opened. " RING_BACK);
	return ERR_OK;
}

enum err keyring_load(const char *dir, struct keyring *ret, struct why *w)
{
	uint8_t bytes[RING_MAX] = {0};
	char path[PATH_MAX];
	size_t n = 0;
	enum err e = secret_start();
	if (e == ERR_OK)
		e = store_path(path, dir, VAULT_FILE_RING);
	if (e != ERR_OK)
		return e;
	e = vault_io()->read(path, bytes, sizeof(bytes), &n);
	if (e == ERR_NOT_FOUND && vault_is_store(dir))
		return why(w, ERR_DAMAGED,
		        "The keyring of this store is missing, and nothing opens without it. "
		        "Nothing was changed. " RING_BACK);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no Caseroom store here: no keyring was found.");
	if ((e == ERR_OK || e == ERR_LIMIT || e == ERR_DAMAGED) &&
	        memcmp(bytes, ring_magic, sizeof(ring_magic)) != 0)
		return vault_is_store(dir)
		               ? why(w, ERR_DAMAGED,
		                         "The keyring of this store is damaged: something else is "
		                         "in "
		                         "its place. No passphrase was tried. " RING_BACK)
		               : why(w, ERR_NOT_STORE,
		                         "This directory holds no Caseroom store: its keyring is "
		                         "something else.");
	if (e == ERR_LIMIT)
		return why(w, ERR_DAMAGED, "The keyring is damaged: it is too long. " RING_BACK);
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
	const struct ring_slot *s = &k->slot[i];
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->id, s->id, VAULT_ID_BYTES);
	ret->kind = (enum vault_slot_kind)le_get(s->kind, 2);
	ret->factors = (unsigned)le_get(s->factors, 2);
	ret->group = (unsigned)le_get(s->group, 2);
	memcpy(ret->token, s->token, VAULT_ID_BYTES);
	ret->old_form = s->wrap[0] == WRAP_MASTER;
	memcpy(ret->label, s->label, VAULT_LABEL_MAX);
}
