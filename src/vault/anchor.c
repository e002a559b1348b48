#include "vault_int.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "caseroom/time.h"
/*
 * The anchor: what the store must not be older than.
 *
 * Invariants.
 * 1. Two records, written in turn; epoch e lies at place e % 2. A cut while one is written leaves
 * the other.
 * 2. A record never says more than what is on the card already: a commit goes in after it is
 * synced, a page of the database after its checkpoint is, a keyring's serial after its rename is.
 * So every legal crash leaves a record that the store satisfies, and so is memory at any moment: it
 * may be saved whenever somebody wants to.
 * 3. It speaks of a log before the log's first byte is written (anchor_wal_begins: the old one and
 * the new one are both good), and drops the old one when something that only the new one explains
 * is on the card. A log that is neither is an old one put back.
 * 4. A log of the present life holds at least the frames that wal_now counts, or is not there at
 * all; with log_needed it must be there. Cut in between it would bring back pages that a checkpoint
 * has replaced since.
 * 5. Both records are made before the keyring is, and never removed: a store without a readable one
 * was tampered with, or the card is failing.
 * 6. A record that was spoiled looks like one that a cut tore, and then the other one holds. So
 * what must not be taken back (a store at rest, a change of keys) is written into both: the second
 * record also carries no older key of the audit.
 * 7. A record of the first version is read and, until everything is in the database and its pages
 * are counted, written as such; then both are replaced (anchor_upgrade).
 */

_Static_assert(sizeof(struct anchor_bytes) == 1024, "stored");
_Static_assert(sizeof(struct anchor_bytes_1) == 256, "stored");
_Static_assert(offsetof(struct anchor_bytes, pages) == offsetof(struct anchor_bytes_1, later),
        "the first version's fields are where they were");

#define FLAG_LOG_NEEDED 1
#define NOT_TOLD                                                                                   \
	"The store was not opened, because it could not be told whether it is the newest. "        \
	"Nothing "                                                                                 \
	"was changed. caseroomctl salvage makes a new store of all that opens; caseroomctl "       \
	"restore --replace brings a backup back."

static const uint8_t anchor_magic[8] = {'C', 'R', 'A', 'N', 'C', 'H', '\r', '\n'};

/* Of a record of either version, to its own length. */
static void anchor_mac(const struct anchor *a, const struct anchor_bytes *b, uint8_t out[32])
{
	const bool first = le_get(b->version, 2) == 1;
	keyed_hash(a->keys->anchor, first ? "caseroom 1 anchor" : "caseroom 2 anchor", b,
	        first ? offsetof(struct anchor_bytes_1, mac) : offsetof(struct anchor_bytes, mac),
	        NULL, 0, out, 32);
}

static void audit_key_encode(const struct anchor *a, struct anchor_bytes *b)
{
	if (a->audit_key_seq == 0)
		return;
	le_put(b->audit_key_seq, 8, a->audit_key_seq);
	randombytes_buf(b->audit_nonce, sizeof(b->audit_nonce));
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(b->audit_key, NULL, a->keys->audit,
	        VAULT_KEY, b->store_id, sizeof(b->store_id), NULL, b->audit_nonce, a->keys->anchor);
}

static void marks_encode(const struct anchor *a, struct anchor_bytes *b)
{
	le_put(b->flags, 4, a->log_needed ? FLAG_LOG_NEEDED : 0);
	le_put(b->wal_frames, 8, a->wal_now.frames);
	memcpy(b->wal_tag, a->wal_now.tag, VAULT_TAG);
	le_put(b->before_frames, 8, a->wal_before.frames);
	memcpy(b->before_tag, a->wal_before.tag, VAULT_TAG);
	le_put(b->pages, 8, a->pages);
	memcpy(b->pageset, a->pageset, sizeof(b->pageset));
	memcpy(b->parts, a->parts, sizeof(b->parts));
	le_put(b->flux_frames, 8, a->flux_frames);
	le_put(b->flux_pages, 8, a->flux_pages);
	le_put(b->began_seq, 8, a->began.seq);
	le_put(b->began_meetings, 8, a->began.meetings);
}

/* Returns the length of the record. */
static size_t anchor_encode(const struct anchor *a, uint64_t epoch, struct anchor_bytes *b)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->magic, anchor_magic, sizeof(b->magic));
	le_put(b->version, 2, a->version);
	memcpy(b->store_id, a->store_id, VAULT_ID_BYTES);
	le_put(b->epoch, 8, epoch);
	if (a->audit.set) {
		le_put(b->audit_seq, 8, a->audit.mark.seq);
		memcpy(b->audit_head, a->audit.mark.head, VAULT_HASH_BYTES);
	}
	le_put(b->ring_serial, 8, a->ring_serial);
	memcpy(b->wal_now, a->wal_now.gen.bytes, sizeof(b->wal_now));
	memcpy(b->wal_before, a->wal_before.gen.bytes, sizeof(b->wal_before));
	if (a->version == 1) {
		struct anchor_bytes_1 *first = (struct anchor_bytes_1 *)b;
		anchor_mac(a, b, first->mac);
		return sizeof(*first);
	}
	le_put(b->meetings, 8, a->audit.set ? a->audit.mark.meetings : 0);
	le_put(b->at_us, 8, (uint64_t)time_now_us());
	marks_encode(a, b);
	audit_key_encode(a, b);
	anchor_mac(a, b, b->mac);
	return sizeof(*b);
}

enum err anchor_create(struct anchor *a)
{
	uint8_t file[ANCHOR_FILE] = {0};
	struct anchor_bytes b;
	a->version = ANCHOR_VERSION;
	a->epoch = 1;
	for (uint64_t e = 0; e < 2; e++) {
		(void)anchor_encode(a, e, &b);
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
	const uint64_t version = le_get(b->version, 2);
	const uint8_t *want = version == 1 ? ((const struct anchor_bytes_1 *)b)->mac : b->mac;
	if (memcmp(b->magic, anchor_magic, sizeof(b->magic)) == 0 && version > ANCHOR_VERSION)
		*ret_later = true;
	anchor_mac(a, b, mac);
	return sodium_memcmp(mac, want, sizeof(mac)) == 0 && version >= 1 &&
	       version <= ANCHOR_VERSION && memcmp(b->store_id, a->store_id, VAULT_ID_BYTES) == 0 &&
	       le_get(b->epoch, 8) % 2 == place;
}

static void marks_decode(struct anchor *a, const struct anchor_bytes *b)
{
	a->log_needed = le_get(b->flags, 4) & FLAG_LOG_NEEDED;
	a->wal_now.frames = (uint32_t)le_get(b->wal_frames, 8);
	memcpy(a->wal_now.tag, b->wal_tag, VAULT_TAG);
	a->wal_before.frames = (uint32_t)le_get(b->before_frames, 8);
	memcpy(a->wal_before.tag, b->before_tag, VAULT_TAG);
	a->pages = (uint32_t)le_get(b->pages, 8);
	memcpy(a->pageset, b->pageset, sizeof(a->pageset));
	memcpy(a->parts, b->parts, sizeof(a->parts));
	a->flux_frames = (uint32_t)le_get(b->flux_frames, 8);
	a->flux_pages = (uint32_t)le_get(b->flux_pages, 8);
	a->began.seq = le_get(b->began_seq, 8);
	a->began.meetings = le_get(b->began_meetings, 8);
}

/* False: the record holds and the key in it does not open, which nobody without the keys can make.
 */
static bool record_take(struct anchor *a, const struct anchor_bytes *b)
{
	static const struct wal_mark none;
	a->version = (unsigned)le_get(b->version, 2);
	a->epoch = le_get(b->epoch, 8);
	a->ring_serial = le_get(b->ring_serial, 8);
	a->audit.mark.seq = le_get(b->audit_seq, 8);
	a->audit.set = a->audit.mark.seq != 0;
	memcpy(a->audit.mark.head, b->audit_head, VAULT_HASH_BYTES);
	a->wal_now = a->wal_before = none;
	memcpy(a->wal_now.gen.bytes, b->wal_now, sizeof(b->wal_now));
	memcpy(a->wal_before.gen.bytes, b->wal_before, sizeof(b->wal_before));
	a->log_needed = a->dirty = false;
	a->began = (struct life_began){0};
	if (a->version == 1)
		return true;
	a->audit.mark.meetings = le_get(b->meetings, 8);
	a->at_us = (int64_t)le_get(b->at_us, 8);
	marks_decode(a, b);
	a->audit_key_seq = le_get(b->audit_key_seq, 8);
	return a->audit_key_seq == 0 ||
	       crypto_aead_xchacha20poly1305_ietf_decrypt(a->keys->audit, NULL, NULL, b->audit_key,
	               sizeof(b->audit_key), b->store_id, sizeof(b->store_id), b->audit_nonce,
	               a->keys->anchor) == 0;
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
	if (!found || !record_take(a, &best))
		return why(w, ERR_DAMAGED,
		        "The anchor, which remembers how far this store goes, is damaged in both "
		        "its records. " NOT_TOLD);
	return ERR_OK;
}

enum err anchor_load(struct anchor *a, struct why *w)
{
	uint8_t file[ANCHOR_FILE];
	size_t n = 0;
	enum err e = vault_io()->read(a->path, file, sizeof(file), &n);
	if (e == ERR_NOT_FOUND)
		return why(w, ERR_DAMAGED,
		        "The anchor, which remembers how far this store goes, is "
		        "missing. " NOT_TOLD);
	if (e == ERR_LIMIT)
		return why(w, ERR_DAMAGED,
		        "The anchor, which remembers how far this store goes, is damaged: it is "
		        "too long. " NOT_TOLD);
	if (e != ERR_OK)
		return why(w, e, "The anchor could not be read.");
	return anchor_decode(a, file, n, w);
}

enum err anchor_save(struct anchor *a)
{
	struct anchor_bytes b;
	const uint64_t epoch = a->epoch + 1;
	const size_t n = anchor_encode(a, epoch, &b);
	enum err e = vault_io()->write_at(a->path, epoch % 2 * ANCHOR_STEP, (const uint8_t *)&b, n);
	if (e != ERR_OK) {
		a->dirty = true;
		return e;
	}
	a->epoch = epoch;
	a->at_us = (int64_t)le_get(b.at_us, 8);
	a->dirty = false;
	return ERR_OK;
}

enum err anchor_save_both(struct anchor *a)
{
	enum err e = anchor_save(a);
	return e == ERR_OK ? anchor_save(a) : e;
}

enum err anchor_upgrade(struct anchor *a)
{
	a->version = ANCHOR_VERSION;
	return anchor_save_both(a);
}

static bool gen_equal(const struct wal_gen *a, const struct wal_gen *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

enum err anchor_wal_begins(
        struct anchor *a, const struct wal_gen *on_card, const struct wal_gen *gen)
{
	static const struct wal_mark none;
	const struct wal_mark now = a->wal_now, before = a->wal_before;
	enum err e;
	/* SQLite begins a log only when the one before is in the database to its last commit. */
	if (a->log_needed)
		return ERR_INTERNAL;
	if (gen_equal(on_card, &now.gen))
		a->wal_before = now;
	else if (!gen_equal(on_card, &before.gen))
		a->wal_before = none;
	a->wal_now = (struct wal_mark){.gen = *gen};
	if (gen_equal(on_card, gen))
		a->wal_before = none;
	e = anchor_save(a);
	if (e != ERR_OK) {
		a->wal_now = now;
		a->wal_before = before;
	}
	return e;
}

enum err anchor_checkpoint_begins(struct anchor *a)
{
	static const struct wal_mark none;
	const struct wal_mark before = a->wal_before;
	enum err e;
	if (!a->dirty && gen_equal(&a->wal_before.gen, &none.gen))
		return ERR_OK;
	a->wal_before = none;
	e = anchor_save(a);
	if (e != ERR_OK)
		a->wal_before = before;
	return e;
}

bool anchor_wal_found(struct anchor *a, const struct wal_gen *gen)
{
	static const struct wal_mark none;
	const bool now = gen_equal(gen, &a->wal_now.gen);
	if (!now && (a->log_needed || !gen_equal(gen, &a->wal_before.gen)))
		return false;
	/* The other one of the two is not on the card, and now never will be. */
	if (!now || !gen_equal(&a->wal_before.gen, &none.gen))
		a->dirty = true;
	if (!now)
		a->wal_now = a->wal_before;
	a->wal_before = none;
	return true;
}
