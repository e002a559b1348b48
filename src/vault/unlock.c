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
 * 2. No factor is worked on before its try is counted on the card; what is only missing, or plainly
 * somebody else's, is told without a count.
 * 3. Shares lie in guarded memory until there are enough; nothing decides that there are enough but
 * that the master key opens.
 * 4. Nothing but the keyring and the tries is touched before the keyring's MAC was checked.
 * 5. A slot of the old form that opened the store is made new once the store is open, and not if
 * anything of it is in doubt.
 */

/* In guarded memory. */
struct unlock_secret {
	struct slot_open open; /* of the slot that was added last */
	uint8_t x[VAULT_SLOTS_MAX], share[VAULT_SLOTS_MAX][32];
	uint8_t opening[VAULT_KEY];
};

struct vault_unlock {
	struct vault *v;
	struct unlock_secret *s;
	unsigned shares; /* so many of s->share */
	bool ready;      /* v->keys are there and the keyring is as its owners left it */
	size_t renew;    /* the slot of the old form that opened; v->ring.n: none */
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
	if (e == ERR_OK && !(u->s = secret_alloc(sizeof(*u->s))))
		e = why(w, ERR_NOMEM,
		        "There was not enough protected memory. Nothing was changed. Try again.");
	if (e != ERR_OK) {
		vault_unlock_end(u);
		return e;
	}
	u->renew = u->v->ring.n;
	*ret = u;
	return ERR_OK;
}

static bool agency_is_there(const struct vault_unlock *u, const struct ring_slot *s)
{
	const size_t x = le_get(s->share, 2);
	for (unsigned i = 0; x && i < u->shares; i++)
		if (u->s->x[i] == x)
			return true;
	return false;
}

/* May slot i be tried with these factors? */
static enum err slot_fits(
        const struct vault_unlock *u, size_t i, const struct vault_factors *f, struct why *w)
{
	const struct keyring *k = &u->v->ring;
	if (agency_is_there(u, &k->slot[i]))
		return why(w, ERR_EXISTS,
		        "Somebody of this agency has opened already. It takes somebody of another "
		        "agency now.");
	return slot_ready(&k->head, &k->slot[i], f, w);
}

/* The slots to try. Without an id: all that could be meant; none is the fault of the first, of an
 * agency that is still to come where there is one. */
static enum err choose(const struct vault_unlock *u, const uint8_t *id,
        const struct vault_factors *f, slot_set *ret, struct why *w)
{
	const struct keyring *k = &u->v->ring;
	enum err first = ERR_OK;
	size_t i = id ? keyring_find(k, id) : 0, of = 0;
	struct why said = {""}, other;
	if (i == k->n)
		return why(
		        w, ERR_NOT_FOUND, "This key is no longer in the keyring. Choose another.");
	*ret = 0;
	for (; i < k->n; i++) {
		enum err e = slot_fits(u, i, f, &other);
		const bool to_come = first == ERR_EXISTS && e != ERR_EXISTS && e != ERR_INPUT;
		if (e == ERR_OK) {
			*ret |= (slot_set)1 << i;
		} else if (first == ERR_OK || to_come) {
			first = e;
			said = other;
			of = i;
		}
		if (id)
			break;
	}
	if (*ret)
		return ERR_OK;
	return id || !u->shares || first == ERR_EXISTS
	               ? why(w, first, "%s", said.text)
	               : why(w, first,
	                         "This fits none of the keys left; it takes somebody of another "
	                         "agency now. \"%s\": %s",
	                         k->slot[of].label, said.text);
}

/* A share, or the secret itself: enough to open? */
static enum err take_secret(struct vault_unlock *u, size_t i, struct why *w)
{
	struct vault *v = u->v;
	const struct ring_slot *s = &v->ring.slot[i];
	const unsigned k = keyring_quorum(&v->ring);
	enum err e = ERR_OK;
	if (s->wrap[0] == WRAP_MASTER) {
		memcpy(v->keys->master, u->s->open.secret, VAULT_KEY);
		u->renew = i;
		u->ready = true;
	} else if (le_get(s->share, 2) == 0) {
		u->ready = keyring_open_head(&v->ring, u->s->open.secret, v->keys);
	} else {
		u->s->x[u->shares] = (uint8_t)le_get(s->share, 2);
		memcpy(u->s->share[u->shares++], u->s->open.secret, 32);
		if (u->shares < k)
			return ERR_OK;
		e = shares_join(k, u->s->x, (const uint8_t(*)[32])u->s->share, u->s->opening);
		if (e == ERR_OK)
			u->ready = keyring_open_head(&v->ring, u->s->opening, v->keys);
	}
	if (e != ERR_OK)
		return e;
	if (!u->ready)
		return why(w, ERR_DAMAGED,
		        "The keys are right, but what they open in the keyring is damaged or was "
		        "changed. The store was not opened. " RING_BACK);
	keys_derive(v->keys);
	e = keyring_check(&v->ring, v->keys, w);
	u->ready = e == ERR_OK;
	return e;
}

/* Who opened, their pair, and the audit key when their slot has one. */
static void take_opener(struct vault_unlock *u, size_t i)
{
	struct vault *v = u->v;
	const struct ring_slot *s = &v->ring.slot[i];
	const uint64_t from = le_get(s->audit_from, 8);
	keyring_show(&v->ring, i, &v->opener[v->n_opener]);
	memcpy(v->keys->pair[v->n_opener++], u->s->open.pair, VAULT_KEY);
	if (from && (v->verify_from == 0 || from < v->verify_from) &&
	        crypto_box_seal_open(v->keys->verify, s->audit_key, sizeof(s->audit_key),
	                s->public_key, u->s->open.pair) == 0)
		v->verify_from = from;
}

static enum err try_slots(struct vault_unlock *u, slot_set may, const struct vault_factors *f,
        size_t *ret_opened, slot_set *ret_guessed, struct why *w)
{
	const struct keyring *k = &u->v->ring;
	enum err e = ERR_WRONG_KEY;
	for (size_t i = 0; i < k->n && e == ERR_WRONG_KEY; i++) {
		if (!(may >> i & 1))
			continue;
		sodium_memzero(&u->s->open, sizeof(u->s->open));
		e = keyring_open_slot(k, i, f, &u->s->open, w);
		if (e == ERR_OK)
			*ret_opened = i;
		else if (e == ERR_WRONG_KEY && !u->s->open.kek.token_refused)
			*ret_guessed |= (slot_set)1 << i;
	}
	return e;
}

enum err vault_unlock_add(struct vault_unlock *u, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *f, struct why *w)
{
	struct vault *v = u->v;
	struct attempt a;
	slot_set want = 0, guessed = 0;
	size_t opened = v->ring.n;
	enum err e;
	if (u->ready)
		return why(w, ERR_EXISTS, "The store has the keys that it asks for already.");
	e = choose(u, id, f, &want, w);
	if (e == ERR_OK)
		e = attempts_begin(v->dir, &v->ring, want, &a, w);
	if (e != ERR_OK)
		return e;
	e = try_slots(u, a.may, f, &opened, &guessed, w);
	if (e == ERR_OK)
		v->tries[v->n_opener] = attempts_end(v->dir, &v->ring, &a, a.may, opened);
	else if (a.may & ~guessed)
		(void)attempts_end(v->dir, &v->ring, &a, a.may & ~guessed, v->ring.n);
	if (e == ERR_WRONG_KEY && guessed)
		e = attempts_tell(v->dir, &v->ring, guessed, want & ~a.may, w);
	if (e != ERR_OK)
		return e;
	e = take_secret(u, opened, w);
	if (e != ERR_OK)
		return e;
	take_opener(u, opened);
	if (f->room_key)
		witness_begin(v, f->room_key);
	return ERR_OK;
}

unsigned vault_unlock_missing(const struct vault_unlock *u)
{
	const unsigned k = keyring_quorum(&u->v->ring);
	/* As many shares as it takes that did not open it: one more may be tried. */
	return u->ready ? 0 : u->shares < k ? k - u->shares : 1;
}

const uint8_t *unlock_pair(const struct vault_unlock *u)
{
	const size_t n = u->v->n_opener;
	return n && !sodium_is_zero(u->v->keys->pair[n - 1], VAULT_KEY) ? u->v->keys->pair[n - 1]
	                                                                : NULL;
}

/* The first opening with a slot of the first version: the same passphrase, the new form. The store
 * is as good as before when it cannot be done now. */
static void renew(struct vault_unlock *u)
{
	struct vault *v = u->v;
	struct keyring *k = malloc(sizeof(*k));
	enum err e = k ? ERR_OK : ERR_NOMEM;
	if (k)
		*k = v->ring;
	if (e == ERR_OK)
		e = keyring_renew(k, u->renew, &u->s->open);
	if (e == ERR_OK) {
		slot_grant(v, &k->slot[u->renew]);
		e = ring_store(v, k, NULL);
	}
	if (e == ERR_OK) {
		memcpy(v->keys->pair[0], u->s->open.pair, VAULT_KEY);
		keyring_show(&v->ring, u->renew, &v->opener[0]);
	} else {
		log_warn("vault: a key keeps its old form for now: %s", err_text(e));
	}
	free(k);
}

struct vault *unlock_vault(const struct vault_unlock *u)
{
	return u->ready ? u->v : NULL;
}

enum err vault_unlock_open(struct vault_unlock *u, struct vault **ret, struct why *w)
{
	enum err e;
	if (!u->ready)
		return why(w, ERR_REFUSED, "The store is still locked: a key is missing.");
	e = store_open(u->v, w);
	if (e != ERR_OK)
		return e;
	if (u->renew < u->v->ring.n)
		renew(u);
	*ret = u->v;
	u->v = NULL;
	vault_unlock_end(u);
	return ERR_OK;
}

enum vault_older vault_unlock_older(const struct vault_unlock *u)
{
	return u->v->older;
}

void vault_unlock_end(struct vault_unlock *u)
{
	if (!u)
		return;
	if (u->v) {
		(void)db_close(u->v);
		vault_free(u->v);
	}
	secret_free(u->s);
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
	if (e == ERR_OK && vault_unlock_missing(u))
		e = why(w, ERR_NEEDS,
		        "This key is right, but it takes people of %u agencies to open this store. "
		        "Nothing was changed.",
		        keyring_quorum(&u->v->ring));
	if (e == ERR_OK)
		e = vault_unlock_open(u, ret, w);
	if (e != ERR_OK)
		vault_unlock_end(u);
	return e;
}
