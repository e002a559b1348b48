#include "backup_int.h"
#include <sodium.h>
#include <string.h>
/*
 * What stands inside one part of a backup.
 *
 * Invariants.
 * 1. age hides a part and shows every change to it, but anybody who knows the recipient can make
 * one. So a part ends with a MAC by a key of the store, over all of it; nothing in it is used
 * before that was checked.
 * 2. Each part names its set, its number and the MAC of the part before: parts cannot be exchanged,
 * left out in the middle, or mixed with those of another set.
 */

_Static_assert(sizeof(struct part_head) == 160, "stored");
_Static_assert(
        sizeof(struct part_head) + RING_MAX + ANCHOR_FILE + 32 + PART_PAGES * (4ul + VAULT_PAGE) <=
                PART_PAYLOAD,
        "a full part fits");

static const uint8_t part_magic[8] = {'C', 'R', 'P', 'A', 'R', 'T', '\r', '\n'};

void backup_key(const struct vault_keys *keys, uint8_t ret[VAULT_KEY])
{
	keyed_hash(keys->master, "caseroom 1 backup", NULL, 0, NULL, 0, ret, VAULT_KEY);
}

static void part_mac(const uint8_t key[VAULT_KEY], const void *p, size_t n, uint8_t ret[32])
{
	keyed_hash(key, "caseroom 1 part", p, n, NULL, 0, ret, 32);
}

enum err part_encode(
        const struct part *p, const uint8_t key[VAULT_KEY], struct buf *ret, uint8_t ret_mac[32])
{
	struct part_head h = p->head;
	memcpy(h.magic, part_magic, sizeof(h.magic));
	le_put(h.version, 2, 1);
	le_put(h.flags, 4, p->whole ? PART_WHOLE : 0);
	le_put(h.number, 8, p->number);
	le_put(h.made_us, 8, (uint64_t)p->made_us);
	le_put(h.store_pages, 8, p->store_pages);
	le_put(h.ring_bytes, 4, p->ring_n);
	le_put(h.anchor_bytes, 4, p->anchor_n);
	le_put(h.pages, 4, p->pages);
	buf_put(ret, &h, sizeof(h));
	buf_put(ret, p->ring, p->ring_n);
	buf_put(ret, p->anchor, p->anchor_n);
	buf_put(ret, p->pgno, p->pages * (size_t)4);
	buf_put(ret, p->page, p->pages * (size_t)VAULT_PAGE);
	TRY(buf_err(ret));
	part_mac(key, ret->data, ret->len, ret_mac);
	buf_put(ret, ret_mac, 32);
	return buf_err(ret);
}

enum err part_decode(
        const uint8_t *p, size_t n, const uint8_t key[VAULT_KEY], struct part *ret, struct why *w)
{
	struct part q = {0};
	uint8_t mac[32];
	size_t pages, at = sizeof(q.head);
	if (n < sizeof(q.head) + 32 || memcmp(p, part_magic, sizeof(part_magic)) != 0)
		return why(w, ERR_DAMAGED, "This is no part of a Caseroom backup.");
	memcpy(&q.head, p, sizeof(q.head));
	if (le_get(q.head.version, 2) > 1)
		return why(w, ERR_VERSION,
		        "This backup was written by a later version of Caseroom. Nothing was "
		        "changed. Update Caseroom.");
	part_mac(key, p, n - 32, mac);
	if (sodium_memcmp(mac, p + n - 32, sizeof(mac)) != 0)
		return why(w, ERR_DAMAGED, "A part of this backup was not written by this store.");
	q.ring_n = le_get(q.head.ring_bytes, 4);
	q.anchor_n = le_get(q.head.anchor_bytes, 4);
	pages = le_get(q.head.pages, 4);
	if (q.ring_n > RING_MAX || q.anchor_n > ANCHOR_FILE || pages > PART_PAGES ||
	        n != at + q.ring_n + q.anchor_n + pages * (4 + VAULT_PAGE) + 32)
		return why(w, ERR_DAMAGED, "The pieces of a part of this backup do not fit.");
	q.pages = (uint32_t)pages;
	q.ring = p + at;
	q.anchor = q.ring + q.ring_n;
	q.pgno = q.anchor + q.anchor_n;
	q.page = q.pgno + pages * 4;
	q.mac = p + n - 32;
	q.number = le_get(q.head.number, 8);
	q.store_pages = le_get(q.head.store_pages, 8);
	q.made_us = (int64_t)le_get(q.head.made_us, 8);
	q.whole = le_get(q.head.flags, 4) & PART_WHOLE;
	if (q.store_pages == 0 || q.store_pages > UINT32_MAX)
		return why(w, ERR_DAMAGED, "The pieces of a part of this backup do not fit.");
	for (uint32_t i = 0; i < q.pages; i++)
		if (le_get(q.pgno + (size_t)4 * i, 4) == 0 ||
		        le_get(q.pgno + (size_t)4 * i, 4) > q.store_pages)
			return why(
			        w, ERR_DAMAGED, "The pieces of a part of this backup do not fit.");
	*ret = q;
	return ERR_OK;
}
