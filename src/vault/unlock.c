#include "vault_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * From keys to an open store.
 *
 * Invariants.
 * 1. The directory is locked from begin to the end of the vault that came of it, so that keyring
 * and tries stay what they were when they were read.
 * 2. No factor is worked on before its try is counted on the card.
 * 3. Nothing but the keyring and the tries is touched before the keyring's MAC was checked.
 */

struct vault_unlock {
	struct vault *v;
	bool ready; /* v->keys are there and the keyring is as its owners left it */
};

enum err vault_unlock_begin(const char *dir, struct vault_unlock **ret, struct why *w)
{
	struct vault_unlock *u = calloc(1, sizeof(*u));
	enum err e;
	if (!u)
		return ERR_NOMEM;
	e = vault_new(dir, &u->v);
	if (e == ERR_OK)
		e = vault_lock(u->v, w);
	if (e == ERR_OK)
		e = keyring_load(dir, &u->v->ring, w);
	if (e != ERR_OK) {
		vault_unlock_end(u);
		return e;
	}
	*ret = u;
	return ERR_OK;
}

static enum err open_slots(
        struct vault *v, size_t from, size_t to, const struct vault_secret *s, struct why *w)
{
	enum err e = ERR_WRONG_KEY;
	for (size_t i = from; i < to && e == ERR_WRONG_KEY; i++) {
		e = keyring_open_slot(&v->ring, i, s, v->keys, w);
		if (e == ERR_OK)
			keyring_show(&v->ring, i, &v->opener[v->n_opener++]);
	}
	return e;
}

enum err vault_unlock_add(struct vault_unlock *u, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *f, struct why *w)
{
	struct vault *v = u->v;
	const struct vault_secret *s = f->passphrase;
	const uint8_t *store_id = v->ring.head.store_id;
	const size_t from = id ? keyring_find(&v->ring, id) : 0;
	enum err e;
	if (u->ready)
		return why(w, ERR_EXISTS, "The store has the keys that it asks for already.");
	if (from == v->ring.n)
		return why(
		        w, ERR_NOT_FOUND, "This key is no longer in the keyring. Choose another.");
	if (!s || s->len == 0 || s->len >= VAULT_PASSPHRASE_MAX)
		return why(
		        w, ERR_INPUT, "A passphrase has 1 to %d bytes.", VAULT_PASSPHRASE_MAX - 1);
	e = attempts_begin(v->dir, store_id, w);
	if (e != ERR_OK)
		return e;
	e = open_slots(v, from, id ? from + 1 : v->ring.n, s, w);
	if (e == ERR_WRONG_KEY) {
		attempts_tell(v->dir, store_id, w);
		return e;
	}
	attempts_forget(v->dir, store_id, e == ERR_OK);
	if (e != ERR_OK)
		return e;
	keys_derive(v->keys);
	e = keyring_check(&v->ring, v->keys, w);
	u->ready = e == ERR_OK;
	return e;
}

unsigned vault_unlock_missing(const struct vault_unlock *u)
{
	return u->ready ? 0 : 1;
}

enum err vault_unlock_open(struct vault_unlock *u, struct vault **ret, struct why *w)
{
	enum err e;
	if (!u->ready)
		return why(w, ERR_REFUSED, "The store is still locked: a key is missing.");
	e = store_open(u->v, w);
	if (e != ERR_OK)
		return e;
	*ret = u->v;
	u->v = NULL;
	vault_unlock_end(u);
	return ERR_OK;
}

void vault_unlock_end(struct vault_unlock *u)
{
	if (!u)
		return;
	if (u->v) {
		(void)db_close(u->v);
		vault_free(u->v);
	}
	free(u);
}

enum err vault_open(const char *dir, const uint8_t id[VAULT_ID_BYTES], const struct vault_secret *s,
        struct vault **ret, struct why *w)
{
	const struct vault_factors f = {.passphrase = s};
	struct vault_unlock *u = NULL;
	enum err e = vault_unlock_begin(dir, &u, w);
	if (e == ERR_OK)
		e = vault_unlock_add(u, id, &f, w);
	if (e == ERR_OK)
		e = vault_unlock_open(u, ret, w);
	if (e != ERR_OK)
		vault_unlock_end(u);
	return e;
}
