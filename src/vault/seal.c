#include "vault_int.h"
#include <sodium.h>
#include <string.h>
/*
 * Seals pages and WAL frame headers: XChaCha20-Poly1305-IETF, detached tag.
 *
 * Invariants.
 * 1. A nonce is 24 fresh random bytes each time something is sealed. It is never made from a page,
 * a counter, or what lies on the card, so that putting back an old file cannot bring back a nonce.
 * 2. The associated data names format, kind, store and place: what was sealed for one place opens
 * at no other. That of a frame header names the tag of its page and the tag of the header before as
 * well, so that a frame opens after the history that it was written after and after no other.
 * 3. The last VAULT_RESERVE bytes of a page in clear are zero, going in and coming out. SQLite's
 * WAL checksum covers them; anything else there loses commits after a crash.
 * 4. Where opening fails the output is all zero, never half a page.
 */

enum seal_kind { SEAL_PAGE = 1, SEAL_FRAME_1 = 2, SEAL_FRAME = 3 };
#define FRAME_AD_1 40 /* of the first version, which bound a frame to its place alone */
#define FRAME_AD (FRAME_AD_1 + 2 * VAULT_TAG)

/* One getrandom for 170 nonces; one for each costs a tenth of a seal. */
static void next_nonce(struct seal *s, uint8_t out[VAULT_NONCE])
{
	if (s->left < VAULT_NONCE) {
		randombytes_buf(s->pool, sizeof(s->pool));
		s->left = sizeof(s->pool);
	}
	memcpy(out, s->pool + sizeof(s->pool) - s->left, VAULT_NONCE);
	s->left -= VAULT_NONCE;
}

static void page_ad(const struct seal *s, uint32_t pgno, uint8_t ad[PAGE_AD])
{
	le_put(ad, 4, VAULT_FORMAT);
	le_put(ad + 4, 4, SEAL_PAGE);
	memcpy(ad + 8, s->store_id, VAULT_ID_BYTES);
	le_put(ad + 24, 8, pgno);
}

/* Returns the length. */
static size_t frame_ad(const struct seal *s, const struct frame_bond *b, uint8_t ad[FRAME_AD])
{
	le_put(ad, 4, VAULT_FORMAT);
	le_put(ad + 4, 4, b->before ? SEAL_FRAME : SEAL_FRAME_1);
	memcpy(ad + 8, s->store_id, VAULT_ID_BYTES);
	memcpy(ad + 24, b->gen->bytes, sizeof(b->gen->bytes));
	le_put(ad + 36, 4, b->frame);
	if (!b->before)
		return FRAME_AD_1;
	memcpy(ad + 40, b->before, VAULT_TAG);
	memcpy(ad + 56, b->page, VAULT_TAG);
	return FRAME_AD;
}

void seal_page(
        struct seal *s, uint32_t pgno, const uint8_t plain[VAULT_PAGE], uint8_t out[VAULT_PAGE])
{
	uint8_t ad[PAGE_AD], *nonce = out + VAULT_BODY, *tag = nonce + VAULT_NONCE;
	page_ad(s, pgno, ad);
	next_nonce(s, nonce);
	if (page_aead_seal(s->fast, s->keys->page, nonce, ad, plain, out, tag) == PAGE_AEAD_NOT)
		(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out, tag, NULL, plain,
		        VAULT_BODY, ad, sizeof(ad), NULL, nonce, s->keys->page);
}

bool seal_open_page(
        const struct seal *s, uint32_t pgno, const uint8_t in[VAULT_PAGE], uint8_t out[VAULT_PAGE])
{
	uint8_t ad[PAGE_AD];
	const uint8_t *nonce = in + VAULT_BODY, *tag = nonce + VAULT_NONCE;
	page_ad(s, pgno, ad);
	enum page_aead_end end = page_aead_open(s->fast, s->keys->page, nonce, ad, in, tag, out);
	if (end == PAGE_AEAD_NOT &&
	        crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
	                out, NULL, in, VAULT_BODY, tag, ad, sizeof(ad), nonce, s->keys->page) == 0)
		end = PAGE_AEAD_GOOD;
	if (end != PAGE_AEAD_GOOD) {
		memset(out, 0, VAULT_PAGE);
		return false;
	}
	memset(out + VAULT_BODY, 0, VAULT_RESERVE);
	return true;
}

void seal_frame(struct seal *s, const struct frame_bond *b, const uint8_t head[WAL_FRAME_HEAD],
        uint8_t out[WAL_SEALED_HEAD])
{
	uint8_t ad[FRAME_AD];
	const size_t n = frame_ad(s, b, ad);
	next_nonce(s, out);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out + VAULT_RESERVE,
	        out + VAULT_NONCE, NULL, head, WAL_FRAME_HEAD, ad, n, NULL, out, s->keys->wal);
}

bool seal_open_frame(const struct seal *s, const struct frame_bond *b,
        const uint8_t in[WAL_SEALED_HEAD], uint8_t head[WAL_FRAME_HEAD])
{
	uint8_t ad[FRAME_AD];
	const size_t n = frame_ad(s, b, ad);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(head, NULL, in + VAULT_RESERVE,
	            WAL_FRAME_HEAD, in + VAULT_NONCE, ad, n, in, s->keys->wal) != 0) {
		memset(head, 0, WAL_FRAME_HEAD);
		return false;
	}
	return true;
}
