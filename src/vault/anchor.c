#include "vault_int.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
/*
 * The anchor: what the store must not be older than.
 *
 * Invariants.
 * 1. Two records, written in turn; epoch e lies at place e % 2. A cut while one is written leaves
 * the other.
 * 2. A record never says more than what is on the card already: audit marks go in after their
 * commit is synced, a keyring's serial after its rename is. So every legal crash leaves a record
 * that the store satisfies.
 * 3. It speaks of a WAL before the WAL's first byte is written (anchor_wal_begins: the old one and
 * the new one are both good), and drops the old one before the first page that only the new one
 * explains goes into the database (anchor_checkpoint_begins). A WAL that is neither is an old one
 * put back. No WAL at all is always good here: that loss shows in the audit mark.
 * 4. Both records are made before the keyring is, and never removed: a store without a readable one
 * was tampered with, or the card is failing.
 */

_Static_assert(sizeof(struct anchor_bytes) == 256, "stored");

static const uint8_t anchor_magic[8] = {'C', 'R', 'A', 'N', 'C', 'H', '\r', '\n'};

static void anchor_mac(const struct anchor *a, const struct anchor_bytes *b, uint8_t out[32])
{
	keyed_hash(a->keys->anchor, "caseroom 1 anchor", b, offsetof(struct anchor_bytes, mac),
	        NULL, 0, out, 32);
}

static void anchor_encode(const struct anchor *a, uint64_t epoch, struct anchor_bytes *b)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->magic, anchor_magic, sizeof(b->magic));
	le_put(b->version, 2, VAULT_FORMAT);
	memcpy(b->store_id, a->store_id, VAULT_ID_BYTES);
	le_put(b->epoch, 8, epoch);
	if (a->audit.set) {
		le_put(b->audit_seq, 8, a->audit.mark.seq);
		memcpy(b->audit_head, a->audit.mark.head, VAULT_HASH_BYTES);
	}
	le_put(b->ring_serial, 8, a->ring_serial);
	memcpy(b->wal_now, a->wal_now.bytes, sizeof(b->wal_now));
	memcpy(b->wal_before, a->wal_before.bytes, sizeof(b->wal_before));
	anchor_mac(a, b, b->mac);
}

enum err anchor_create(struct anchor *a)
{
	uint8_t file[ANCHOR_FILE] = {0};
	struct anchor_bytes b;
	a->epoch = 1;
	for (uint64_t e = 0; e < 2; e++) {
		anchor_encode(a, e, &b);
		memcpy(file + e * ANCHOR_STEP, &b, sizeof(b));
	}
	return vault_io()->replace(a->path, file, sizeof(file));
}

/* Which of the two records holds? The MAC says so; a later version says so before its MAC is tried.
 */
static bool record_good(
        const struct anchor *a, const struct anchor_bytes *b, uint64_t place, bool *ret_later)
{
	uint8_t mac[32];
	if (memcmp(b->magic, anchor_magic, sizeof(b->magic)) == 0 &&
	        le_get(b->version, 2) > VAULT_FORMAT)
		*ret_later = true;
	anchor_mac(a, b, mac);
	return sodium_memcmp(mac, b->mac, sizeof(mac)) == 0 &&
	       le_get(b->version, 2) == VAULT_FORMAT &&
	       memcmp(b->store_id, a->store_id, VAULT_ID_BYTES) == 0 &&
	       le_get(b->epoch, 8) % 2 == place;
}

enum err anchor_decode(struct anchor *a, const uint8_t *p, size_t n, struct why *w)
{
	struct anchor_bytes best, b;
	bool found = false, later = false;
	for (uint64_t place = 0; place < 2; place++) {
		if (n < place * ANCHOR_STEP + sizeof(b))
			break;
		memcpy(&b, p + place * ANCHOR_STEP, sizeof(b));
		if (record_good(a, &b, place, &later) &&
		        (!found || le_get(b.epoch, 8) > le_get(best.epoch, 8))) {
			best = b;
			found = true;
		}
	}
	if (later)
		return why(w, ERR_VERSION,
		        "This store was written by a later version of Caseroom. Nothing was "
		        "changed. Update Caseroom.");
	if (!found)
		return why(w, ERR_DAMAGED,
		        "The anchor, which remembers how far this store goes, is damaged in both "
		        "its records. "
		        "The store was not opened, because it could not be told whether it is the "
		        "newest. Restore "
		        "from a backup.");
	a->epoch = le_get(best.epoch, 8);
	a->ring_serial = le_get(best.ring_serial, 8);
	a->audit.mark.seq = le_get(best.audit_seq, 8);
	a->audit.set = a->audit.mark.seq != 0;
	memcpy(a->audit.mark.head, best.audit_head, VAULT_HASH_BYTES);
	memcpy(a->wal_now.bytes, best.wal_now, sizeof(best.wal_now));
	memcpy(a->wal_before.bytes, best.wal_before, sizeof(best.wal_before));
	a->dirty = false;
	return ERR_OK;
}

enum err anchor_load(struct anchor *a, struct why *w)
{
	uint8_t file[ANCHOR_FILE];
	size_t n = 0;
	enum err e = vault_io()->read(a->path, file, sizeof(file), &n);
	if (e == ERR_NOT_FOUND)
		return why(w, ERR_DAMAGED,
		        "The anchor, which remembers how far this store goes, is missing. The "
		        "store was not opened, "
		        "because it could not be told whether it is the newest. Restore from a "
		        "backup.");
	if (e == ERR_LIMIT)
		return why(w, ERR_DAMAGED,
		        "The anchor is damaged: it is too long. Restore from a backup.");
	if (e != ERR_OK)
		return why(w, e, "The anchor could not be read.");
	return anchor_decode(a, file, n, w);
}

enum err anchor_save(struct anchor *a)
{
	struct anchor_bytes b;
	const uint64_t epoch = a->epoch + 1;
	enum err e;
	anchor_encode(a, epoch, &b);
	e = vault_io()->write_at(a->path, epoch % 2 * ANCHOR_STEP, (const uint8_t *)&b, sizeof(b));
	if (e != ERR_OK) {
		a->dirty = true;
		return e;
	}
	a->epoch = epoch;
	a->dirty = false;
	return ERR_OK;
}

static bool gen_equal(const struct wal_gen *a, const struct wal_gen *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

enum err anchor_wal_begins(
        struct anchor *a, const struct wal_gen *on_card, const struct wal_gen *gen)
{
	const struct wal_gen now = a->wal_now, before = a->wal_before;
	enum err e;
	a->wal_before = *on_card;
	a->wal_now = *gen;
	e = anchor_save(a);
	if (e != ERR_OK) {
		a->wal_now = now;
		a->wal_before = before;
	}
	return e;
}

enum err anchor_checkpoint_begins(struct anchor *a)
{
	static const struct wal_gen none;
	const struct wal_gen before = a->wal_before;
	enum err e;
	if (!a->dirty && gen_equal(&a->wal_before, &none))
		return ERR_OK;
	a->wal_before = none;
	e = anchor_save(a);
	if (e != ERR_OK)
		a->wal_before = before;
	return e;
}

bool anchor_wal_found(struct anchor *a, const struct wal_gen *gen)
{
	static const struct wal_gen none;
	if (!gen_equal(gen, &a->wal_now) && !gen_equal(gen, &a->wal_before))
		return false;
	/* The other one of the two is not on the card, and now never will be. */
	if (!gen_equal(gen, &a->wal_now) || !gen_equal(&a->wal_before, &none))
		a->dirty = true;
	a->wal_now = *gen;
	a->wal_before = none;
	return true;
}
