#include "vault_int.h"
#include <sodium.h>
#include <string.h>
/*
 * The keys of the audit: one an entry, each made from the one before, which is then wiped.
 *
 * Invariants.
 * 1. key(n + 1) = BLAKE2b-256(key(n), "caseroom 1 audit next"); mac(n) = BLAKE2b-256(key(n),
 * "caseroom 1 audit entry" || hash(n)). There is no way from a key to the one before it.
 * 2. keys->audit is the key of entry anchor.audit_key_seq, the first that no committed transaction
 * has sealed; `run` is as far ahead of it as the open transaction has sealed. Only
 * audit_committed() and vault_audit_catch_up() move the first, so what is rolled back leaves it
 * where it was.
 * 3. The anchor has that key as of its last save, together with the mark of the entry before it.
 * 4. A key of an earlier entry is in memory only when an auditor or the recovery words opened the
 * store (`verify`, and `walk` while the log is walked). All of them lie in guarded memory.
 */

static void key_next(uint8_t key[VAULT_KEY])
{
	uint8_t next[VAULT_KEY];
	keyed_hash(key, "caseroom 1 audit next", NULL, 0, NULL, 0, next, sizeof(next));
	memcpy(key, next, VAULT_KEY);
	sodium_memzero(next, sizeof(next));
}

static void entry_mac(const uint8_t key[VAULT_KEY], const uint8_t hash[VAULT_HASH_BYTES],
        uint8_t ret[VAULT_HASH_BYTES])
{
	keyed_hash(key, "caseroom 1 audit entry", hash, VAULT_HASH_BYTES, NULL, 0, ret,
	        VAULT_HASH_BYTES);
}

static void run_from_base(struct anchor *a)
{
	a->keys->audit_more.run_seq = a->audit_key_seq;
	memcpy(a->keys->audit_more.run, a->keys->audit, VAULT_KEY);
}

static void run_next(struct audit_keys *k)
{
	key_next(k->run);
	k->run_seq++;
}

void audit_start(struct anchor *a, uint64_t seq)
{
	randombytes_buf(a->keys->audit, VAULT_KEY);
	a->audit_key_seq = seq;
	run_from_base(a);
}

void audit_committed(struct anchor *a, uint64_t seq)
{
	const struct audit_keys *k = &a->keys->audit_more;
	if (seq + 1 >= k->run_seq && k->run_seq > a->audit_key_seq) { /* all that was sealed */
		a->audit_key_seq = k->run_seq;
		memcpy(a->keys->audit, k->run, VAULT_KEY);
		return;
	}
	for (; a->audit_key_seq <= seq && a->audit_key_seq < k->run_seq; a->audit_key_seq++)
		key_next(a->keys->audit);
	run_from_base(a); /* what was sealed after a savepoint that was rolled back to */
}

bool audit_key_now(const struct vault *v, uint64_t *ret_seq, uint8_t ret_key[VAULT_KEY])
{
	*ret_seq = v->anchor.audit_key_seq;
	memcpy(ret_key, v->keys->audit, VAULT_KEY);
	return *ret_seq != 0;
}

/* ---- sealing and catching up ---- */

/* A store of the first version has entries and no key: it begins with this one, and the card has
 * the key before the entry. */
static enum err first_key(struct vault *v, uint64_t seq)
{
	enum err e;
	audit_start(&v->anchor, seq);
	e = anchor_save(&v->anchor);
	if (e != ERR_OK) {
		sodium_memzero(v->keys->audit, VAULT_KEY);
		v->anchor.audit_key_seq = 0;
		run_from_base(&v->anchor);
	}
	return e;
}

enum err vault_audit_seal(struct vault *v, uint64_t seq, const uint8_t hash[VAULT_HASH_BYTES],
        uint8_t ret_mac[VAULT_HASH_BYTES])
{
	struct audit_keys *k = &v->keys->audit_more;
	if (seq == 0)
		return ERR_INPUT;
	if (v->anchor.audit_key_seq == 0) {
		enum err e = first_key(v, seq);
		if (e != ERR_OK)
			return e;
	}
	if (k->run_seq < v->anchor.audit_key_seq) /* the first since it was opened */
		run_from_base(&v->anchor);
	if (seq < v->anchor.audit_key_seq || seq > k->run_seq)
		return ERR_INTERNAL;
	if (seq < k->run_seq) { /* after a rollback */
		run_from_base(&v->anchor);
		while (k->run_seq < seq)
			run_next(k);
	}
	entry_mac(k->run, hash, ret_mac);
	run_next(k);
	return ERR_OK;
}

void vault_audit_skip(struct vault *v, uint64_t seq)
{
	for (; v->anchor.audit_key_seq != 0 && v->anchor.audit_key_seq < seq;
	        v->anchor.audit_key_seq++)
		key_next(v->keys->audit);
	run_from_base(&v->anchor);
}

bool vault_audit_catch_up(
        struct vault *v, uint64_t seq, const uint8_t hash[VAULT_HASH_BYTES], const uint8_t *mac)
{
	if (!mac) {
		if (v->anchor.audit_key_seq != 0 && seq >= v->anchor.audit_key_seq)
			return false;
	} else {
		uint8_t want[VAULT_HASH_BYTES];
		if (v->anchor.audit_key_seq == 0 || seq != v->anchor.audit_key_seq)
			return false;
		entry_mac(v->keys->audit, hash, want);
		if (sodium_memcmp(want, mac, sizeof(want)) != 0)
			return false;
		key_next(v->keys->audit);
		v->anchor.audit_key_seq++;
		run_from_base(&v->anchor);
	}
	v->anchor.audit.set = true;
	v->anchor.audit.mark.seq = seq;
	memcpy(v->anchor.audit.mark.head, hash, VAULT_HASH_BYTES);
	v->anchor.dirty = true;
	return true;
}

/* ---- walking what lies further back ---- */

bool vault_audit_walk_begin(struct vault *v, uint64_t *ret_first)
{
	struct audit_keys *k = &v->keys->audit_more;
	if (v->verify_from == 0)
		return false;
	memcpy(k->walk, v->keys->verify, VAULT_KEY);
	k->walk_seq = *ret_first = v->verify_from;
	return true;
}

bool vault_audit_walk_step(
        struct vault *v, const uint8_t hash[VAULT_HASH_BYTES], const uint8_t mac[VAULT_HASH_BYTES])
{
	struct audit_keys *k = &v->keys->audit_more;
	uint8_t want[VAULT_HASH_BYTES];
	entry_mac(k->walk, hash, want);
	if (sodium_memcmp(want, mac, sizeof(want)) != 0)
		return false;
	key_next(k->walk);
	k->walk_seq++;
	return true;
}

bool vault_audit_walk_end(struct vault *v)
{
	struct audit_keys *k = &v->keys->audit_more;
	bool arrived = k->walk_seq == v->anchor.audit_key_seq &&
	               sodium_memcmp(k->walk, v->keys->audit, VAULT_KEY) == 0;
	sodium_memzero(k->walk, sizeof(k->walk));
	k->walk_seq = 0;
	return arrived;
}
