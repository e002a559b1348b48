#include "vault_int.h"
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * The body of a page through libcrypto: the bytes are those of libsodium's XChaCha20-Poly1305-IETF,
 * in six tenths of the time on x86-64; libsodium 1.0.18 has no vector code for ARM, libcrypto has
 * (docs/decisions/0047).
 *
 * Invariants.
 * 1. A key of the store never goes to libcrypto. What goes there is a page's own subkey, HChaCha20
 * of the key and the first 16 bytes of the nonce (draft-irtf-cfrg-xchacha-03, 2.2 and 2.3), which
 * opens this one writing of this one page. It lies on libcrypto's heap until the next page takes
 * its place, and is wiped at the end.
 * 2. Before anything was written to `out` a refusal of libcrypto's is told as PAGE_AEAD_NOT, and
 * libsodium does it. After that a refusal is never taken for success.
 * 3. It is tried against libsodium when it is made; where the two differ it is not used at all.
 */

struct page_aead {
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *seal, *open;
};

static bool begin(EVP_CIPHER_CTX *c, bool seal, const uint8_t key[VAULT_KEY],
        const uint8_t nonce[VAULT_NONCE], const uint8_t *tag, const uint8_t ad[PAGE_AD])
{
	uint8_t subkey[VAULT_KEY], iv[12] = {0};
	int n;
	(void)crypto_core_hchacha20(subkey, nonce, key, NULL);
	memcpy(iv + 4, nonce + 16, 8);
	bool good = EVP_CipherInit_ex2(c, NULL, subkey, iv, seal, NULL) == 1;
	sodium_memzero(subkey, sizeof(subkey));
	if (good && tag)
		good = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, VAULT_TAG, (void *)tag) == 1;
	return good && EVP_CipherUpdate(c, NULL, &n, ad, PAGE_AD) == 1 && n == PAGE_AD;
}

enum page_aead_end page_aead_seal(const struct page_aead *a, const uint8_t key[VAULT_KEY],
        const uint8_t nonce[VAULT_NONCE], const uint8_t ad[PAGE_AD], const uint8_t *plain,
        uint8_t *out, uint8_t tag[VAULT_TAG])
{
	int n, rest;
	if (!a || plain == out || !begin(a->seal, true, key, nonce, NULL, ad))
		return PAGE_AEAD_NOT;
	return EVP_CipherUpdate(a->seal, out, &n, plain, VAULT_BODY) == 1 && n == VAULT_BODY &&
	                       EVP_CipherFinal_ex(a->seal, out + n, &rest) == 1 && rest == 0 &&
	                       EVP_CIPHER_CTX_ctrl(
	                               a->seal, EVP_CTRL_AEAD_GET_TAG, VAULT_TAG, tag) == 1
	               ? PAGE_AEAD_GOOD
	               : PAGE_AEAD_NOT;
}

enum page_aead_end page_aead_open(const struct page_aead *a, const uint8_t key[VAULT_KEY],
        const uint8_t nonce[VAULT_NONCE], const uint8_t ad[PAGE_AD], const uint8_t *in,
        const uint8_t tag[VAULT_TAG], uint8_t *out)
{
	int n, rest;
	if (!a || !begin(a->open, false, key, nonce, tag, ad))
		return PAGE_AEAD_NOT;
	return EVP_CipherUpdate(a->open, out, &n, in, VAULT_BODY) == 1 && n == VAULT_BODY &&
	                       EVP_CipherFinal_ex(a->open, out + n, &rest) == 1 && rest == 0
	               ? PAGE_AEAD_GOOD
	               : PAGE_AEAD_BAD;
}

/* Both ways against libsodium, and a page with one bit changed. */
static bool agrees(const struct page_aead *a)
{
	uint8_t key[VAULT_KEY], nonce[VAULT_NONCE], ad[PAGE_AD], tag[VAULT_TAG],
	        want_tag[VAULT_TAG], plain[VAULT_BODY], out[VAULT_BODY], want[VAULT_BODY];
	randombytes_buf(key, sizeof(key));
	randombytes_buf(nonce, sizeof(nonce));
	memset(ad, 1, sizeof(ad));
	memset(plain, 2, sizeof(plain));
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
	        want, want_tag, NULL, plain, sizeof(plain), ad, sizeof(ad), NULL, nonce, key);
	if (page_aead_seal(a, key, nonce, ad, plain, out, tag) != PAGE_AEAD_GOOD ||
	        memcmp(out, want, sizeof(want)) != 0 || memcmp(tag, want_tag, sizeof(tag)) != 0 ||
	        page_aead_open(a, key, nonce, ad, out, tag, out) != PAGE_AEAD_GOOD ||
	        memcmp(out, plain, sizeof(plain)) != 0)
		return false;
	want[VAULT_BODY - 1] ^= 1;
	return page_aead_open(a, key, nonce, ad, want, tag, out) == PAGE_AEAD_BAD;
}

struct page_aead *page_aead_create(void)
{
	struct page_aead *a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	if ((a->cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL)) &&
	        (a->seal = EVP_CIPHER_CTX_new()) && (a->open = EVP_CIPHER_CTX_new()) &&
	        EVP_CipherInit_ex2(a->seal, a->cipher, NULL, NULL, 1, NULL) == 1 &&
	        EVP_CipherInit_ex2(a->open, a->cipher, NULL, NULL, 0, NULL) == 1 && agrees(a))
		return a;
	page_aead_destroy(a);
	return NULL;
}

void page_aead_destroy(struct page_aead *a)
{
	if (!a)
		return;
	EVP_CIPHER_CTX_free(a->seal); /* wipes the subkey */
	EVP_CIPHER_CTX_free(a->open);
	EVP_CIPHER_free(a->cipher);
	free(a);
}
