#include "vault_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * From a passphrase to the key that wraps the master key.
 *
 * Invariants.
 * 1. No derivation runs on a cost outside floor and ceiling: a changed keyring can neither ask for
 * all memory nor for almost no work.
 * 2. The whole public part of the slot and the store's id go into the key, so that nothing in it
 * can be changed and the slot still open.
 * 3. Without memory is ERR_NOMEM, never ERR_WRONG_KEY.
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

/* A recovery key is read off paper: case, spaces and hyphens do not count. */
static enum err tidy_copy(
        const struct ring_slot *s, const struct vault_secret *in, struct vault_secret **ret)
{
	struct vault_secret *out;
	enum err e = vault_secret_create(in->len + 1, &out);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < in->len; i++) {
		char c = in->text[i];
		if (le_get(s->kind, 2) == VAULT_SLOT_RECOVERY) {
			if (c == ' ' || c == '-' || c == '\n' || c == '\t')
				continue;
			if (c >= 'a' && c <= 'z')
				c = (char)(c - 'a' + 'A');
		}
		out->text[out->len++] = c;
	}
	*ret = out;
	return ERR_OK;
}

enum err slot_kek(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_secret *pass, struct kek *ret)
{
	const uint32_t memory_kib = (uint32_t)le_get(s->memory_kib, 4),
	               passes = (uint32_t)le_get(s->passes, 4);
	struct vault_secret *text = NULL;
	enum err e;
	if (!cost_allowed(memory_kib, passes))
		return ERR_DAMAGED;
	e = tidy_copy(s, pass, &text);
	if (e != ERR_OK)
		return e;
	if (crypto_pwhash(ret->argon, sizeof(ret->argon), text->text, text->len, s->salt, passes,
	            (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		e = ERR_NOMEM;
	vault_secret_destroy(text);
	if (e != ERR_OK)
		return e;
	keyed_hash(ret->argon, "caseroom 1 slot", h->store_id, VAULT_ID_BYTES, s,
	        offsetof(struct ring_slot, nonce), ret->kek, sizeof(ret->kek));
	keyed_hash(ret->kek, "caseroom 1 wrap", NULL, 0, NULL, 0, ret->wrap, sizeof(ret->wrap));
	keyed_hash(
	        ret->kek, "caseroom 1 commit", NULL, 0, NULL, 0, ret->commit, sizeof(ret->commit));
	return ERR_OK;
}
