#include "vault_int.h"
#include <sodium.h>
#include <string.h>
/*
 * What a slot holds: the private half of a key pair, wrapped by the slot's factors. Whatever is to
 * reach who has those factors is sealed to the public half, so that it can be changed without them.
 *
 * Invariants.
 * 1. A slot's commitment is compared before what is wrapped is opened, so that one keyring cannot
 * be made to open with two passphrases to two different keys.
 * 2. The public half is bound into the key that wraps the private half: another one cannot be put
 * in its place.
 * 3. A slot of the old form wraps the master key itself. It is opened and made new, never made.
 */

static enum err wrap_pair(
        struct ring_head *h, struct ring_slot *s, const uint8_t pair[VAULT_KEY], struct kek *kek)
{
	uint8_t context[RING_CONTEXT];
	size_t n;
	if (crypto_scalarmult_base(s->public_key, pair) != 0)
		return ERR_INTERNAL;
	kek_finish(h, s, kek);
	n = slot_context(s, context);
	randombytes_buf(s->nonce, sizeof(s->nonce));
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
	        s->wrapped, NULL, pair, VAULT_KEY, context, n, NULL, s->nonce, kek->wrap);
	memcpy(s->commit, kek->commit, sizeof(s->commit));
	return ERR_OK;
}

/* The mask, and the public side of each factor. */
static enum err factors_put(const struct ring_head *h, struct ring_slot *s,
        const struct vault_factors *f, struct why *w)
{
	unsigned mask = VAULT_PASSPHRASE;
	size_t n = 0;
	enum err e;
	memset(s->token, 0, sizeof(s->token));
	memset(s->device, 0, sizeof(s->device));
	memset(s->fido, 0, sizeof(s->fido));
	le_put(s->fido_n, 2, 0);
	randombytes_buf(s->salt, sizeof(s->salt));
	randombytes_buf(s->fido_salt, sizeof(s->fido_salt));
	if (f->room_key) {
		mask |= VAULT_ROOM_KEY;
		memcpy(s->token, vault_room_key_id(f->room_key), sizeof(s->token));
	}
	if (f->device) {
		if (f->device->len != VAULT_KEY_BYTES)
			return why(w, ERR_INPUT, "The box's own secret has %d bytes.",
			        VAULT_KEY_BYTES);
		mask |= VAULT_DEVICE;
		device_mark(h, s, f->device, s->device);
	}
	if (f->token) {
		mask |= VAULT_FIDO;
		e = f->token->make(f->token, s->fido, &n, w);
		if (e != ERR_OK)
			return e;
		if (n == 0 || n > sizeof(s->fido))
			return why(w, ERR_NEEDS, "This FIDO2 token cannot be used here.");
		le_put(s->fido_n, 2, n);
	}
	le_put(s->factors, 2, mask);
	return ERR_OK;
}

enum err keyring_wrap(struct keyring *k, size_t i, const struct vault_factors *f,
        const uint8_t *pair, struct why *w)
{
	struct ring_slot *s = &k->slot[i];
	struct slot_open *o = secret_alloc(sizeof(*o));
	enum err e;
	if (!o)
		return ERR_NOMEM;
	s->wrap[0] = WRAP_PAIR;
	s->kdf[0] = le_get(s->kind, 2) == VAULT_SLOT_RECOVERY ? KDF_WORDS : KDF_TEXT;
	e = factors_put(&k->head, s, f, w);
	if (e == ERR_OK)
		e = slot_ready(&k->head, s, f, w);
	if (e == ERR_OK && pair)
		memcpy(o->pair, pair, VAULT_KEY);
	else if (e == ERR_OK)
		randombytes_buf(o->pair, VAULT_KEY);
	if (e == ERR_OK)
		e = slot_kek(&k->head, s, f, &o->kek, w);
	if (e == ERR_OK)
		e = wrap_pair(&k->head, s, o->pair, &o->kek);
	secret_free(o);
	return e;
}

static enum err label_check(const struct keyring *k, const char *label, struct why *w)
{
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
	return ERR_OK;
}

enum err keyring_add(struct keyring *k, const struct vault_slot_new *slot, struct why *w)
{
	struct ring_slot *s = &k->slot[k->n];
	struct vault_cost c = {0, 0};
	enum err e = cost_choose(slot->cost, &c, w);
	if (e == ERR_OK)
		e = label_check(k, slot->label, w);
	if (e == ERR_OK && slot->group > UINT16_MAX)
		e = why(w, ERR_LIMIT, "An agency's number is 1 to %d.", UINT16_MAX);
	if (e != ERR_OK)
		return e;
	memset(s, 0, sizeof(*s));
	randombytes_buf(s->id, sizeof(s->id));
	le_put(s->kind, 2, slot->kind);
	le_put(s->memory_kib, 4, c.memory_kib);
	le_put(s->passes, 4, c.passes);
	le_put(s->lanes, 4, 1);
	le_put(s->group, 2, slot->group);
	memcpy(s->label, slot->label, strlen(slot->label));
	e = keyring_wrap(k, k->n, slot->factors, NULL, w);
	if (e == ERR_OK)
		k->n++;
	else
		memset(s, 0, sizeof(*s));
	return e;
}

static enum err say_damaged(struct why *w)
{
	return why(w, ERR_DAMAGED,
	        "The passphrase is right, but its key in the keyring is damaged. Open with "
	        "another key, or restore the keyring from a backup.");
}

enum err keyring_open_slot(const struct keyring *k, size_t i, const struct vault_factors *f,
        struct slot_open *o, struct why *w)
{
	const struct ring_slot *s = &k->slot[i];
	uint8_t context[RING_CONTEXT];
	const size_t n = slot_context(s, context);
	const bool old = s->wrap[0] == WRAP_MASTER;
	enum err e = slot_kek(&k->head, s, f, &o->kek, w);
	if (e == ERR_OK && sodium_memcmp(o->kek.commit, s->commit, sizeof(s->commit)) != 0)
		e = ERR_WRONG_KEY;
	if (e == ERR_OK &&
	        crypto_aead_xchacha20poly1305_ietf_decrypt(old ? o->secret : o->pair, NULL, NULL,
	                s->wrapped, sizeof(s->wrapped), context, n, s->nonce, o->kek.wrap) != 0)
		e = say_damaged(w);
	if (e == ERR_OK && !old &&
	        crypto_box_seal_open(
	                o->secret, s->opening, sizeof(s->opening), s->public_key, o->pair) != 0)
		e = say_damaged(w);
	return e;
}

enum err keyring_renew(struct keyring *k, size_t i, struct slot_open *o)
{
	struct ring_slot *s = &k->slot[i];
	s->wrap[0] = WRAP_PAIR;
	randombytes_buf(o->pair, VAULT_KEY);
	return wrap_pair(&k->head, s, o->pair, &o->kek);
}
