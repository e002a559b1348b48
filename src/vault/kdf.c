#include "vault_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * From a passphrase, and what else a slot asks for, to the key that wraps what it holds.
 *
 * Invariants.
 * 1. No derivation runs on a cost outside floor and ceiling: a changed keyring can neither ask for
 * all memory nor for almost no work.
 * 2. The whole public part of the slot and the store's id go into the key, so that nothing in it
 * can be changed and the slot still open.
 * 3. Without memory is ERR_NOMEM, never ERR_WRONG_KEY.
 * 4. What is missing, or is somebody else's, is told before anything is worked out or counted.
 * 5. The factors go in by a fixed sequence, 32 bytes each; the mask that says which is itself bound
 * in by 2.
 */

#define COST_MEMORY_DEFAULT (128 * 1024)
#define COST_MEMORY_FLOOR (64 * 1024)
#define COST_MEMORY_CEILING (256 * 1024)
#define COST_PASSES_DEFAULT 3
#define COST_PASSES_FLOOR 2
#define COST_PASSES_CEILING 10

static uint32_t floor_memory = COST_MEMORY_FLOOR, floor_passes = COST_PASSES_FLOOR;

void vault_cost_floor_for_tests(uint32_t memory_kib, uint32_t passes)
{
	floor_memory = memory_kib ? memory_kib : COST_MEMORY_FLOOR;
	floor_passes = passes ? passes : COST_PASSES_FLOOR;
}

bool cost_allowed(uint32_t memory_kib, uint32_t passes)
{
	return memory_kib >= floor_memory && memory_kib <= COST_MEMORY_CEILING &&
	       passes >= floor_passes && passes <= COST_PASSES_CEILING;
}

enum err cost_choose(const struct vault_cost *cost, struct vault_cost *ret, struct why *w)
{
	struct vault_cost c = {COST_MEMORY_DEFAULT, COST_PASSES_DEFAULT};
	if (cost && cost->memory_kib)
		c.memory_kib = cost->memory_kib;
	if (cost && cost->passes)
		c.passes = cost->passes;
	if (!cost_allowed(c.memory_kib, c.passes))
		return why(w, ERR_LIMIT,
		        "The work for a passphrase must be %u to %u MiB and %u to %u passes.",
		        COST_MEMORY_FLOOR / 1024, COST_MEMORY_CEILING / 1024, COST_PASSES_FLOOR,
		        COST_PASSES_CEILING);
	*ret = c;
	return ERR_OK;
}

/* The old recovery key, ten groups read off paper: case, spaces and hyphens do not count. */
static enum err groups_tidy(const struct vault_secret *in, struct vault_secret **ret)
{
	struct vault_secret *out;
	enum err e = vault_secret_create(in->len + 1, &out);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < in->len; i++) {
		char c = in->text[i];
		if (c == ' ' || c == '-' || c == '\n' || c == '\t')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		out->text[out->len++] = c;
	}
	*ret = out;
	return ERR_OK;
}

static enum err argon(const struct ring_slot *s, const struct vault_secret *in, uint8_t ret[32])
{
	const uint32_t memory_kib = (uint32_t)le_get(s->memory_kib, 4),
	               passes = (uint32_t)le_get(s->passes, 4);
	struct vault_secret *tidy = NULL;
	const struct vault_secret *text;
	enum err e = ERR_OK;
	if (!cost_allowed(memory_kib, passes))
		return ERR_DAMAGED;
	if (le_get(s->kind, 2) == VAULT_SLOT_RECOVERY)
		e = s->kdf[0] == KDF_WORDS ? words_tidy(in, &tidy, NULL) : groups_tidy(in, &tidy);
	if (e != ERR_OK)
		return e;
	text = tidy ? tidy : in;
	if (crypto_pwhash(ret, 32, text->text, text->len, s->salt, passes,
	            (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		e = ERR_NOMEM;
	vault_secret_destroy(tidy);
	return e;
}

void device_mark(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_secret *device, uint8_t out[6])
{
	uint8_t mark[16];
	keyed_hash((const uint8_t *)device->text, "caseroom 2 device", h->store_id, VAULT_ID_BYTES,
	        s->id, VAULT_ID_BYTES, mark, sizeof(mark));
	memcpy(out, mark, 6);
}

static enum err room_key_ready(
        const struct ring_slot *s, const struct vault_factors *f, struct why *w)
{
	if (!f->room_key)
		return why(w, ERR_NEEDS,
		        "This key asks for the room key as well. Nothing was tried. Put the room "
		        "key's stick in, then try again.");
	if (memcmp(vault_room_key_id(f->room_key), s->token, VAULT_ID_BYTES) != 0)
		return why(w, ERR_WRONG_KEY,
		        "This is another room key than the one that belongs to this key. Nothing "
		        "was tried. Put the right stick in, or its spare.");
	return ERR_OK;
}

static enum err device_ready(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_factors *f, struct why *w)
{
	uint8_t mark[6];
	if (!f->device || f->device->len != VAULT_KEY_BYTES)
		return why(w, ERR_NEEDS,
		        "This key opens only in the box that it was made for, and this box gave no "
		        "secret of its own. Nothing was tried. Open it there, or use the recovery "
		        "words.");
	device_mark(h, s, f->device, mark);
	if (memcmp(mark, s->device, sizeof(mark)) != 0)
		return why(w, ERR_WRONG_KEY,
		        "This is another box than the one that this key was made for. Nothing was "
		        "tried. Open it there, or use the recovery words.");
	return ERR_OK;
}

enum err slot_ready(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_factors *f, struct why *w)
{
	const unsigned mask = (unsigned)le_get(s->factors, 2);
	struct vault_secret *words = NULL;
	enum err e = ERR_OK;
	if (!f->passphrase || f->passphrase->len == 0 || f->passphrase->len >= VAULT_PASSPHRASE_MAX)
		return why(
		        w, ERR_INPUT, "A passphrase has 1 to %d bytes.", VAULT_PASSPHRASE_MAX - 1);
	if (mask & VAULT_ROOM_KEY)
		e = room_key_ready(s, f, w);
	if (e == ERR_OK && mask & VAULT_DEVICE)
		e = device_ready(h, s, f, w);
	if (e == ERR_OK && mask & VAULT_FIDO && !f->token)
		e = why(w, ERR_NEEDS,
		        "This key asks for its FIDO2 token as well. Nothing was tried. Put the "
		        "token in, then try again.");
	if (e == ERR_OK && s->kdf[0] == KDF_WORDS)
		e = words_tidy(f->passphrase, &words, w);
	vault_secret_destroy(words);
	return e;
}

void kek_finish(const struct ring_head *h, const struct ring_slot *s, struct kek *k)
{
	const unsigned mask = (unsigned)le_get(s->factors, 2);
	uint8_t context[RING_CONTEXT], *kek = k->wrap; /* is replaced by what comes of it */
	const size_t n = slot_context(s, context);
	if (s->wrap[0] == WRAP_MASTER) {
		keyed_hash(k->argon, "caseroom 1 slot", h->store_id, VAULT_ID_BYTES, context, n,
		        kek, VAULT_KEY);
	} else {
		crypto_generichash_state st;
		(void)crypto_generichash_init(&st, k->argon, sizeof(k->argon), VAULT_KEY);
		(void)crypto_generichash_update(&st, (const uint8_t *)"caseroom 2 factors", 19);
		if (mask & VAULT_ROOM_KEY)
			(void)crypto_generichash_update(&st, k->room, sizeof(k->room));
		if (mask & VAULT_DEVICE)
			(void)crypto_generichash_update(&st, k->device, sizeof(k->device));
		if (mask & VAULT_FIDO)
			(void)crypto_generichash_update(&st, k->fido, sizeof(k->fido));
		(void)crypto_generichash_final(&st, kek, VAULT_KEY);
		sodium_memzero(&st, sizeof(st));
		keyed_hash(kek, "caseroom 2 slot", h->store_id, VAULT_ID_BYTES, context, n, kek,
		        VAULT_KEY);
	}
	keyed_hash(kek, "caseroom 1 commit", NULL, 0, NULL, 0, k->commit, sizeof(k->commit));
	keyed_hash(kek, "caseroom 1 wrap", NULL, 0, NULL, 0, k->wrap, sizeof(k->wrap));
}

enum err slot_kek(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_factors *f, struct kek *ret, struct why *w)
{
	const unsigned mask = (unsigned)le_get(s->factors, 2);
	enum err e = ERR_OK;
	ret->token_refused = false;
	/* The token first: it waits for a touch, which nobody should have to time. */
	if (mask & VAULT_FIDO)
		e = f->token->secret(
		        f->token, s->fido, le_get(s->fido_n, 2), s->fido_salt, ret->fido, w);
	if (e != ERR_OK) {
		ret->token_refused = e == ERR_WRONG_KEY;
		return e;
	}
	if (mask & VAULT_ROOM_KEY)
		memcpy(ret->room, room_key_secret(f->room_key), sizeof(ret->room));
	if (mask & VAULT_DEVICE)
		memcpy(ret->device, f->device->text, sizeof(ret->device));
	e = argon(s, f->passphrase, ret->argon);
	if (e == ERR_NOMEM)
		(void)why(w, e,
		        "There was not enough memory to work out the key. This was not counted as "
		        "a wrong passphrase. Try again.");
	if (e == ERR_OK)
		kek_finish(h, s, ret);
	return e;
}
