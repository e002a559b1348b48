#include "backup_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * What the box knows of a set on a stick, kept on that stick.
 *
 * Invariants.
 * 1. It is sealed with a key of the store, so a state that opens is one that this store wrote, with
 * this data key. Whether it is the last one the parts beside it tell (backup.c).
 * 2. Sizes are checked before anything is taken over.
 */

struct state_head {
	uint8_t magic[8], version[2], zero[6];
	uint8_t store_id[VAULT_ID_BYTES], nonce[24];
};

struct state_body {
	uint8_t set_id[VAULT_ID_BYTES], readers[32], mac[32];
	uint8_t whole[8], serial[8], made_us[8], pages[8], parts[4], life[4];
};

#define STATE_LIMIT (STATE_FILE - (1u << 20)) /* of tags */

_Static_assert(sizeof(struct state_head) == 56 && sizeof(struct state_body) == 120 &&
                       sizeof(struct state_part) == 48,
        "stored");

static const uint8_t state_magic[8] = {'C', 'R', 'S', 'T', 'A', 'T', '\r', '\n'};
#define STATE_TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

void state_finish(struct state *s)
{
	free(s->tag);
	s->tag = NULL;
}

enum err state_pages(struct state *s, uint64_t pages)
{
	uint8_t(*p)[VAULT_TAG];
	if (pages <= s->pages)
		return ERR_OK;
	if (pages > STATE_LIMIT / VAULT_TAG)
		return ERR_LIMIT;
	p = realloc(s->tag, pages * VAULT_TAG);
	if (!p)
		return ERR_NOMEM;
	memset(p + s->pages, 0, (pages - s->pages) * VAULT_TAG);
	s->tag = p;
	s->pages = pages;
	return ERR_OK;
}

enum err state_encode(const struct state *s, const uint8_t store_id[VAULT_ID_BYTES],
        const uint8_t key[VAULT_KEY], struct buf *ret)
{
	struct state_head h = {.version = {1}};
	struct state_body b = {0};
	uint8_t tag[STATE_TAG];
	uint8_t *clear;
	size_t n;
	memcpy(h.magic, state_magic, sizeof(h.magic));
	memcpy(h.store_id, store_id, sizeof(h.store_id));
	randombytes_buf(h.nonce, sizeof(h.nonce));
	memcpy(b.set_id, s->set_id, sizeof(b.set_id));
	memcpy(b.readers, s->readers, sizeof(b.readers));
	memcpy(b.mac, s->mac, sizeof(b.mac));
	le_put(b.whole, 8, s->whole);
	le_put(b.serial, 8, s->serial);
	le_put(b.made_us, 8, (uint64_t)s->made_us);
	le_put(b.pages, 8, s->pages);
	le_put(b.parts, 4, s->parts);
	le_put(b.life, 4, s->life);
	buf_put(ret, &h, sizeof(h));
	buf_put(ret, &b, sizeof(b));
	buf_put(ret, s->part, s->parts * sizeof(s->part[0]));
	buf_put(ret, s->tag, s->pages * VAULT_TAG);
	TRY(buf_err(ret));
	clear = (uint8_t *)ret->data + sizeof(h);
	n = ret->len - sizeof(h);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(clear, tag, NULL, clear, n,
	        (const uint8_t *)&h, sizeof(h) - sizeof(h.nonce), NULL, h.nonce, key);
	buf_put(ret, tag, sizeof(tag));
	return buf_err(ret);
}

/* The body in clear, n bytes. */
static enum err body_take(const uint8_t *p, size_t n, struct state *ret)
{
	struct state_body b;
	uint64_t pages, parts;
	if (n < sizeof(b))
		return ERR_DAMAGED;
	memcpy(&b, p, sizeof(b));
	pages = le_get(b.pages, 8);
	parts = le_get(b.parts, 4);
	if (parts > PART_MAX || pages > STATE_LIMIT / VAULT_TAG ||
	        n != sizeof(b) + parts * sizeof(struct state_part) + pages * VAULT_TAG ||
	        le_get(b.whole, 8) > parts)
		return ERR_DAMAGED;
	TRY(state_pages(ret, pages));
	memcpy(ret->set_id, b.set_id, sizeof(b.set_id));
	memcpy(ret->readers, b.readers, sizeof(b.readers));
	memcpy(ret->mac, b.mac, sizeof(b.mac));
	ret->life = (uint32_t)le_get(b.life, 4);
	ret->whole = le_get(b.whole, 8);
	ret->serial = le_get(b.serial, 8);
	ret->made_us = (int64_t)le_get(b.made_us, 8);
	ret->parts = (uint32_t)parts;
	p += sizeof(b);
	memcpy(ret->part, p, parts * sizeof(struct state_part));
	if (pages)
		memcpy(ret->tag, p + parts * sizeof(struct state_part), pages * VAULT_TAG);
	return ERR_OK;
}

enum err state_decode(const uint8_t *p, size_t n, const uint8_t store_id[VAULT_ID_BYTES],
        const uint8_t key[VAULT_KEY], struct state *ret)
{
	struct state_head h;
	const size_t body = n - sizeof(h) - STATE_TAG;
	uint8_t *clear;
	enum err e = ERR_WRONG_KEY;
	if (n < sizeof(h) + STATE_TAG || n > STATE_FILE)
		return ERR_DAMAGED;
	memcpy(&h, p, sizeof(h));
	if (memcmp(h.magic, state_magic, sizeof(h.magic)) != 0)
		return ERR_DAMAGED;
	if (le_get(h.version, 2) != 1)
		return ERR_VERSION;
	if (memcmp(h.store_id, store_id, sizeof(h.store_id)) != 0)
		return ERR_WRONG_KEY;
	clear = malloc(body + 1);
	if (!clear)
		return ERR_NOMEM;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(clear, NULL, p + sizeof(h), body,
	            p + n - STATE_TAG, (const uint8_t *)&h, sizeof(h) - sizeof(h.nonce), h.nonce,
	            key) == 0)
		e = body_take(clear, body, ret);
	free(clear);
	return e;
}
