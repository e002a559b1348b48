#include "vault_int.h"
#include <libgfshare.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
/*
 * The secret that opens the store, and who has which part of it.
 *
 * Invariants.
 * 1. The master key is sealed under the opening secret and under nothing else; nothing but slots of
 * the old form goes around it.
 * 2. In a quorum of k every slot of an agency has that agency's one share (Shamir, over GF(256),
 * byte by byte), and the recovery slots have the secret. Fewer than k shares say nothing of it:
 * there is no check to get past.
 * 3. Every change of slots, agencies or k deals anew: another secret, other shares. A share of
 * before fits no share of after.
 * 4. gfshare_fill_rand is ours before anything of libgfshare is called. It makes the coefficients,
 * and it is what gfshare_ctx_free wipes with; the library's own default is none at all.
 * 5. libgfshare's heap is not guarded: a context lives for one call of ours (docs/decisions/0028).
 */

static void fill_rand(unsigned char *p, unsigned int n)
{
	randombytes_buf(p, n);
}

enum err shares_split(
        const uint8_t secret[32], unsigned k, unsigned n, const uint8_t *x, uint8_t (*ret)[32])
{
	uint8_t number[VAULT_SLOTS_MAX], copy[32];
	gfshare_ctx *g;
	gfshare_fill_rand = fill_rand;
	memcpy(number, x, n); /* its arguments are not const */
	g = gfshare_ctx_init_enc(number, n, (unsigned char)k, 32);
	if (!g)
		return ERR_NOMEM;
	memcpy(copy, secret, sizeof(copy));
	gfshare_ctx_enc_setsecret(g, copy);
	sodium_memzero(copy, sizeof(copy));
	for (unsigned i = 0; i < n; i++)
		gfshare_ctx_enc_getshare(g, (unsigned char)i, ret[i]);
	gfshare_ctx_free(g);
	return ERR_OK;
}

enum err shares_join(unsigned k, const uint8_t *x, const uint8_t (*share)[32], uint8_t ret[32])
{
	uint8_t number[VAULT_SLOTS_MAX], copy[32];
	gfshare_ctx *g;
	gfshare_fill_rand = fill_rand;
	memcpy(number, x, k);
	g = gfshare_ctx_init_dec(number, k, 32);
	if (!g)
		return ERR_NOMEM;
	for (unsigned i = 0; i < k; i++) {
		memcpy(copy, share[i], sizeof(copy));
		gfshare_ctx_dec_giveshare(g, (unsigned char)i, copy);
	}
	sodium_memzero(copy, sizeof(copy));
	gfshare_ctx_dec_extract(g, ret);
	gfshare_ctx_free(g);
	return ERR_OK;
}

unsigned keyring_quorum(const struct keyring *k)
{
	const unsigned n = (unsigned)le_get(k->head.quorum, 2);
	return n > 1 ? n : 1;
}

/* The agencies of a quorum: agency[x - 1] has share x. */
struct agencies {
	unsigned agency[VAULT_SLOTS_MAX], n;
};

static unsigned share_of(struct agencies *a, unsigned group)
{
	unsigned i = 0;
	while (i < a->n && a->agency[i] != group)
		i++;
	if (i == a->n)
		a->agency[a->n++] = group;
	return i + 1;
}

/* Which keys have no share to get, by their labels; as many as the sentence has room for. */
static enum err say_no_agency(const struct keyring *k, struct why *w)
{
	char names[3 * VAULT_LABEL_MAX] = "";
	size_t n = 0, named = 0, len = 0;
	for (size_t i = 0; i < k->n; i++) {
		const struct ring_slot *s = &k->slot[i];
		if (le_get(s->group, 2) || le_get(s->kind, 2) == VAULT_SLOT_RECOVERY)
			continue;
		n++;
		if (len + strlen(s->label) + 5 > sizeof(names))
			continue;
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s\"%s\"",
		        named++ ? ", " : "", s->label);
	}
	return why(w, ERR_REFUSED,
	        "The key%s %s%s belong%s to no agency. Nothing was changed. Open the store with "
	        "such a key and say whose it is (caseroomctl person add --own-key), or remove it.",
	        n == 1 ? "" : "s", names, named < n ? " and others" : "", n == 1 ? "s" : "");
}

/* Gives each slot its share's number. */
static enum err number_shares(struct keyring *k, struct agencies *a, struct why *w)
{
	const unsigned quorum = keyring_quorum(k);
	for (size_t i = 0; i < k->n; i++) {
		struct ring_slot *s = &k->slot[i];
		const unsigned group = (unsigned)le_get(s->group, 2);
		const bool whole = quorum == 1 || le_get(s->kind, 2) == VAULT_SLOT_RECOVERY;
		if (quorum > 1 && s->wrap[0] == WRAP_MASTER)
			return why(w, ERR_REFUSED,
			        "The key \"%s\" is of an older form that opens the store alone. "
			        "Nothing "
			        "was changed. Open the store with it once, or give it a new "
			        "passphrase, "
			        "or remove it.",
			        s->label);
		if (!whole && group == 0)
			return say_no_agency(k, w);
		le_put(s->share, 2, whole ? 0 : share_of(a, group));
	}
	if (quorum > 1 && a->n < quorum)
		return why(w, ERR_REFUSED,
		        "It takes people of %u agencies to open this store, and only %u would be "
		        "left "
		        "with a key. Nothing was changed. Add somebody of another agency, or ask "
		        "for "
		        "fewer agencies first.",
		        quorum, a->n);
	return ERR_OK;
}

/* The head without what changes when the secret does not. */
static void head_context(const struct ring_head *h, uint8_t out[offsetof(struct ring_head, nonce)])
{
	struct ring_head copy = *h;
	memset(copy.serial, 0, sizeof(copy.serial));
	memset(copy.slots, 0, sizeof(copy.slots));
	memcpy(out, &copy, offsetof(struct ring_head, nonce));
}

static void seal_head(struct keyring *k, const uint8_t secret[VAULT_KEY], const uint8_t *master,
        uint8_t key[VAULT_KEY])
{
	uint8_t context[offsetof(struct ring_head, nonce)];
	head_context(&k->head, context);
	randombytes_buf(k->head.nonce, sizeof(k->head.nonce));
	keyed_hash(secret, "caseroom 2 opening", NULL, 0, NULL, 0, key, VAULT_KEY);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(k->head.master, NULL, master, VAULT_KEY,
	        context, sizeof(context), NULL, k->head.nonce, key);
}

bool keyring_open_head(
        const struct keyring *k, const uint8_t secret[VAULT_KEY], struct vault_keys *keys)
{
	uint8_t context[offsetof(struct ring_head, nonce)], key[VAULT_KEY];
	bool good;
	head_context(&k->head, context);
	keyed_hash(secret, "caseroom 2 opening", NULL, 0, NULL, 0, key, VAULT_KEY);
	good = crypto_aead_xchacha20poly1305_ietf_decrypt(keys->master, NULL, NULL, k->head.master,
	               sizeof(k->head.master), context, sizeof(context), k->head.nonce, key) == 0;
	sodium_memzero(key, sizeof(key));
	return good;
}

struct deal {
	uint8_t secret[VAULT_KEY], key[VAULT_KEY], share[VAULT_SLOTS_MAX][32];
};

static enum err seal_slots(struct keyring *k, const struct deal *d)
{
	for (size_t i = 0; i < k->n; i++) {
		struct ring_slot *s = &k->slot[i];
		const size_t x = le_get(s->share, 2);
		if (s->wrap[0] == WRAP_PAIR &&
		        crypto_box_seal(s->opening, x ? d->share[x - 1] : d->secret, VAULT_KEY,
		                s->public_key) != 0)
			return ERR_INTERNAL;
	}
	return ERR_OK;
}

static void to_version_2(struct ring_head *h)
{
	le_put(h->version, 2, RING_VERSION);
	le_put(h->slot_size, 2, sizeof(struct ring_slot));
	if (le_get(h->data, 8) == 0)
		le_put(h->data, 8, 1);
}

enum err keyring_deal(struct keyring *k, const struct vault_keys *keys, struct why *w)
{
	struct agencies a = {{0}, 0};
	uint8_t x[VAULT_SLOTS_MAX];
	struct deal *d;
	enum err e = number_shares(k, &a, w);
	if (e != ERR_OK)
		return e;
	d = secret_alloc(sizeof(*d));
	if (!d)
		return ERR_NOMEM;
	to_version_2(&k->head);
	randombytes_buf(d->secret, VAULT_KEY);
	for (unsigned i = 0; i < a.n; i++)
		x[i] = (uint8_t)(i + 1);
	if (a.n)
		e = shares_split(d->secret, keyring_quorum(k), a.n, x, d->share);
	if (e == ERR_OK)
		e = seal_slots(k, d);
	if (e == ERR_OK)
		seal_head(k, d->secret, keys->master, d->key);
	secret_free(d);
	return e;
}
