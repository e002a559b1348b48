#include "backup_int.h"
#include "bech32.h"
#include <sodium.h>
#include <string.h>
/*
 * Who can open a backup: the recovery words, and nobody else. Their slot's key pair is an age
 * identity and its recipient. A slot of the old form has no pair.
 */

static bool has_pair(const struct ring_slot *s)
{
	return le_get(s->kind, 2) == VAULT_SLOT_RECOVERY && s->wrap[0] == WRAP_PAIR;
}

static bool any_recovery(const struct keyring *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (le_get(k->slot[i].kind, 2) == VAULT_SLOT_RECOVERY)
			return true;
	return false;
}

enum err readers_of(const struct keyring *k, struct readers *ret, struct why *w)
{
	crypto_generichash_state sum;
	ret->n = 0;
	(void)crypto_generichash_init(&sum, NULL, 0, sizeof(ret->digest));
	for (size_t i = 0; i < k->n; i++) {
		const struct ring_slot *s = &k->slot[i];
		if (!has_pair(s))
			continue;
		bech32_encode("age", s->public_key, ret->recipient[ret->n++]);
		(void)crypto_generichash_update(&sum, s->public_key, sizeof(s->public_key));
	}
	(void)crypto_generichash_final(&sum, ret->digest, sizeof(ret->digest));
	if (ret->n > 0)
		return ERR_OK;
	return any_recovery(k)
	               ? why(w, ERR_NEEDS,
	                         "The recovery key of this store is of the first version and "
	                         "cannot "
	                         "be sealed to. Nothing was written. Open the store with it once, "
	                         "or "
	                         "make new recovery words.")
	               : why(w, ERR_NEEDS,
	                         "This store has no recovery words, and they are what opens a "
	                         "backup. Nothing was written. Make recovery words first "
	                         "(caseroomctl recovery new).");
}

/* Slot i with the words. ERR_INPUT: they are none, and `w` says which is not. */
static enum err slot_try(const struct keyring *k, size_t i, const struct vault_secret *words,
        struct slot_open *open, struct vault_keys *ret_keys, struct why *w)
{
	const struct vault_factors f = {.passphrase = words};
	enum err e = slot_ready(&k->head, &k->slot[i], &f, w);
	if (e == ERR_NEEDS)
		return ERR_WRONG_KEY;
	if (e == ERR_OK)
		e = keyring_open_slot(k, i, &f, open, w);
	if (e != ERR_OK)
		return e;
	if (!keyring_open_head(k, open->secret, ret_keys))
		return why(w, ERR_DAMAGED,
		        "The keyring of this backup is damaged: its parts do not fit.");
	keys_derive(ret_keys);
	return keyring_check(k, ret_keys, w);
}

enum err words_open(const struct keyring *k, const struct vault_secret *words,
        struct vault_keys *ret_keys, char *ret_identity, struct why *w)
{
	struct slot_open *open = secret_alloc(sizeof(*open));
	enum err e = open ? ERR_NEEDS : ERR_NOMEM;
	for (size_t i = 0; i < k->n && (e == ERR_NEEDS || e == ERR_WRONG_KEY || e == ERR_INPUT);
	        i++)
		if (has_pair(&k->slot[i]))
			e = slot_try(k, i, words, open, ret_keys, w);
	if (e == ERR_OK)
		bech32_encode("AGE-SECRET-KEY-", open->pair, ret_identity);
	secret_free(open);
	if (e == ERR_NEEDS)
		return why(w, e,
		        "This keyring has no recovery words that a backup could be sealed to.");
	if (e == ERR_INPUT)
		return ERR_WRONG_KEY;
	if (e == ERR_WRONG_KEY)
		return why(w, e,
		        "These are not the recovery words of this store. Look at the paper again, "
		        "and at its date: a backup made before the words were changed opens with "
		        "the words of that time.");
	return e;
}
