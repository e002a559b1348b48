#include "caseroom/age.h"
#include "bech32.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

/*
 * age v1 (https://age-encryption.org/v1), X25519 recipients, binary form.
 *
 * Invariants:
 *  1. A file key is 16 random bytes, used for one file; a nonce of 16 random bytes makes the
 * payload key.
 *  2. The header is authenticated by the file key before a byte of payload is looked at.
 *  3. Chunk n is sealed under (n, last): all but the last hold 65,536 bytes; the last holds 1 to
 * 65,536, and 0 only when there is nothing else. The last chunk is therefore held back until it is
 * known to be last: a payload of exactly 65,536 bytes is one full chunk marked last, never a full
 * one and an empty one.
 *  4. A shared secret of zeros (low-order share) is refused when sealing and when opening.
 *  5. Nothing is given out until the last chunk has opened.
 */

#define KEY_BYTES 32
#define FILE_KEY_BYTES 16
#define NONCE_BYTES 16
#define TAG_BYTES 16
#define MAC_BYTES 32
#define CHUNK_BYTES 65536
#define BODY_BYTES (FILE_KEY_BYTES + TAG_BYTES)
#define B64_KEY_CHARS 43 /* 32 bytes without padding */
#define B64_LINE_CHARS 64
#define HEADER_LIMIT (64u << 10)
#define STANZA_LIMIT 128
#define RECIPIENT_LIMIT 32
#define PAYLOAD_LIMIT ((size_t)1 << 30)

static_assert(crypto_scalarmult_curve25519_BYTES == KEY_BYTES, "X25519");
static_assert(crypto_auth_hmacsha256_BYTES == KEY_BYTES, "HMAC-SHA-256");
static_assert(crypto_aead_chacha20poly1305_ietf_KEYBYTES == KEY_BYTES, "ChaCha20-Poly1305 key");
static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == TAG_BYTES, "ChaCha20-Poly1305 tag");
static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == 12, "ChaCha20-Poly1305 nonce");

static const char RECIPIENT_PREFIX[] = "age";
static const char IDENTITY_PREFIX[] = "AGE-SECRET-KEY-";
static const char VERSION_LINE[] = "age-encryption.org/v1\n";
static const char WRAP_LABEL[] = "age-encryption.org/v1/X25519";
static const uint8_t ZERO_NONCE[12];

static_assert(sizeof(RECIPIENT_PREFIX) + BECH32_TAIL_CHARS <= AGE_RECIPIENT_MAX, "recipient");
static_assert(sizeof(IDENTITY_PREFIX) + BECH32_TAIL_CHARS <= AGE_IDENTITY_MAX, "identity");

/* ---- keys ---- */

/* RFC 5869 for one block of output, which is all that age asks for. */
static void hkdf(uint8_t out[KEY_BYTES], const uint8_t *secret, size_t secret_len,
        const uint8_t *salt, size_t salt_len, const char *label)
{
	static const uint8_t one = 1;
	crypto_auth_hmacsha256_state st;
	uint8_t prk[KEY_BYTES];
	crypto_auth_hmacsha256_init(&st, salt, salt_len);
	crypto_auth_hmacsha256_update(&st, secret, secret_len);
	crypto_auth_hmacsha256_final(&st, prk);
	crypto_auth_hmacsha256_init(&st, prk, sizeof(prk));
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)label, strlen(label));
	crypto_auth_hmacsha256_update(&st, &one, 1);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(prk, sizeof(prk));
	sodium_memzero(&st, sizeof(st));
}

static void header_mac(uint8_t out[MAC_BYTES], const uint8_t file_key[FILE_KEY_BYTES],
        const char *header, size_t len)
{
	uint8_t key[KEY_BYTES];
	crypto_auth_hmacsha256_state st;
	hkdf(key, file_key, FILE_KEY_BYTES, (const uint8_t *)"", 0, "header");
	crypto_auth_hmacsha256_init(&st, key, sizeof(key));
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)header, len);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(&st, sizeof(st));
}

/* The key that wraps a file key: from the shared secret, bound to both public halves. False when
 * low-order. */
static bool wrap_key(uint8_t out[KEY_BYTES], const uint8_t scalar[KEY_BYTES],
        const uint8_t point[KEY_BYTES], const uint8_t share[KEY_BYTES],
        const uint8_t recipient[KEY_BYTES])
{
	uint8_t secret[KEY_BYTES], salt[2 * KEY_BYTES];
	bool good = crypto_scalarmult_curve25519(secret, scalar, point) == 0 &&
	            !sodium_is_zero(secret, sizeof(secret));
	if (good) {
		memcpy(salt, share, KEY_BYTES);
		memcpy(salt + KEY_BYTES, recipient, KEY_BYTES);
		hkdf(out, secret, sizeof(secret), salt, sizeof(salt), WRAP_LABEL);
	}
	sodium_memzero(secret, sizeof(secret));
	return good;
}

static enum err recipient_parse(const char *s, uint8_t ret_key[KEY_BYTES], struct why *w)
{
	static const uint8_t any_scalar[KEY_BYTES] = {9};
	uint8_t key[KEY_BYTES], q[KEY_BYTES];
	switch (s ? bech32_decode(RECIPIENT_PREFIX, s, key) : BECH32_PREFIX) {
	case BECH32_OK:
		break;
	case BECH32_PREFIX:
		if (s && strncasecmp(s, IDENTITY_PREFIX, sizeof(IDENTITY_PREFIX) - 1) == 0)
			return why(w, ERR_INPUT,
			        "This is a secret key. It stays with its owner; give the key that "
			        "begins with "
			        "age1.");
		return why(w, ERR_INPUT, "A key to seal for begins with age1.");
	case BECH32_CASE:
		return why(w, ERR_INPUT, "A key to seal for is in small letters throughout.");
	case BECH32_LENGTH:
		return why(w, ERR_INPUT, "A key to seal for has 62 characters. Copy all of it.");
	case BECH32_CHARS:
		return why(
		        w, ERR_INPUT, "This key has a character that no key has. Copy it again.");
	case BECH32_CHECKSUM:
		return why(w, ERR_INPUT,
		        "This key was mistyped: its last six characters do not fit. Copy it "
		        "again.");
	}
	if (crypto_scalarmult_curve25519(q, any_scalar, key) != 0 || sodium_is_zero(q, sizeof(q)))
		return why(w, ERR_INPUT,
		        "This key would protect nothing. Ask its owner for a new one.");
	memcpy(ret_key, key, KEY_BYTES);
	return ERR_OK;
}

static enum err identity_parse(const char *s, uint8_t ret_key[KEY_BYTES], struct why *w)
{
	if (s && bech32_decode(IDENTITY_PREFIX, s, ret_key) == BECH32_OK)
		return ERR_OK;
	return why(w, ERR_INPUT,
	        "This is not a whole age secret key: it begins with AGE-SECRET-KEY-1, is in "
	        "capital letters and has "
	        "74 characters.");
}

enum err age_recipient_check(const char *recipient, struct why *w)
{
	uint8_t key[KEY_BYTES];
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	return recipient_parse(recipient, key, w);
}

enum err age_keygen(char ret_recipient[AGE_RECIPIENT_MAX], char ret_identity[AGE_IDENTITY_MAX])
{
	uint8_t secret[KEY_BYTES], key[KEY_BYTES];
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	randombytes_buf(secret, sizeof(secret));
	enum err e = crypto_scalarmult_curve25519_base(key, secret) == 0 ? ERR_OK : ERR_INTERNAL;
	if (!e) {
		bech32_encode(RECIPIENT_PREFIX, key, ret_recipient);
		bech32_encode(IDENTITY_PREFIX, secret, ret_identity);
	}
	sodium_memzero(secret, sizeof(secret));
	return e;
}

/* ---- base 64 without padding ---- */

static void put_base64(struct buf *out, const uint8_t *p, size_t n)
{
	char text[sodium_base64_ENCODED_LEN(KEY_BYTES, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
	buf_puts(out, sodium_bin2base64(
	                      text, sizeof(text), p, n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING));
}

static bool is_base64(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool good = (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z') ||
		            (s[i] >= '0' && s[i] <= '9') || s[i] == '+' || s[i] == '/';
		if (!good)
			return false;
	}
	return n % 4 != 1;
}

/*
 * Exactly 32 bytes from exactly 43 canonical characters. libsodium 1.0.18 reads some bytes above
 * 127 as letters, so the alphabet is checked first.
 */
static bool get_base64(const char *s, size_t n, uint8_t ret[KEY_BYTES])
{
	size_t len;
	const char *end;
	return n == B64_KEY_CHARS && is_base64(s, n) &&
	       sodium_base642bin(ret, KEY_BYTES, s, n, NULL, &len, &end,
	               sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	       end == s + n && len == KEY_BYTES;
}

/* ---- payload ---- */

/* Eleven bytes of big-endian counter and one that says whether this is the last. */
static void chunk_nonce(uint8_t nonce[12], uint64_t n, bool last)
{
	memset(nonce, 0, 12);
	for (int i = 0; i < 8; i++)
		nonce[10 - i] = (uint8_t)(n >> (8 * i));
	nonce[11] = last;
}

/* Makes room for n bytes at the end of `out`; *ret_at gets their place, which is never NULL, also
 * for none. */
static enum err buf_extend(struct buf *out, size_t n, uint8_t **ret_at)
{
	static const uint8_t zeros[4096];
	size_t at = out->len;
	for (size_t left = n; left > 0;) {
		size_t take = left < sizeof(zeros) ? left : sizeof(zeros);
		buf_put(out, zeros, take);
		left -= take;
	}
	if (buf_err(out))
		return buf_err(out);
	buf_put(out, zeros, 0); /* memory, even for no bytes */
	*ret_at = (uint8_t *)out->data + at;
	return buf_err(out);
}

static void buf_cut(struct buf *out, size_t len)
{
	if (out->data && out->len > len) {
		sodium_memzero(out->data + len, out->len - len);
		out->len = len;
	}
}

static enum err payload_seal(
        const uint8_t key[KEY_BYTES], const uint8_t *p, size_t len, struct buf *out)
{
	size_t chunks = len ? (len + CHUNK_BYTES - 1) / CHUNK_BYTES : 1;
	uint8_t *to, nonce[12];
	enum err e = buf_extend(out, len + chunks * TAG_BYTES, &to);
	if (e)
		return e;
	for (size_t n = 0; n < chunks; n++) {
		bool last = n + 1 == chunks;
		size_t take = last ? len - n * CHUNK_BYTES : CHUNK_BYTES;
		chunk_nonce(nonce, n, last);
		crypto_aead_chacha20poly1305_ietf_encrypt(to, NULL,
		        take ? p + n * CHUNK_BYTES : NULL, take, NULL, 0, NULL, nonce, key);
		to += take + TAG_BYTES;
	}
	return ERR_OK;
}

static enum err payload_open(
        const uint8_t key[KEY_BYTES], const uint8_t *p, size_t len, struct buf *out, struct why *w)
{
	const size_t full = CHUNK_BYTES + TAG_BYTES;
	size_t chunks = (len + full - 1) / full;
	if (!chunks || len - (chunks - 1) * full < TAG_BYTES + (chunks > 1))
		return why(w, ERR_DAMAGED,
		        "The end of this sealed file is missing. Ask for it again.");
	uint8_t *to, nonce[12];
	enum err e = buf_extend(out, len - chunks * TAG_BYTES, &to);
	if (e)
		return e;
	for (size_t n = 0; n < chunks; n++) {
		bool last = n + 1 == chunks;
		size_t take = last ? len - n * full : full;
		chunk_nonce(nonce, n, last);
		if (crypto_aead_chacha20poly1305_ietf_decrypt(
		            to, NULL, NULL, p + n * full, take, NULL, 0, nonce, key) != 0)
			return why(w, ERR_DAMAGED,
			        "This sealed file was changed or cut short after it was sealed. "
			        "Ask for it again.");
		to += take - TAG_BYTES;
	}
	return ERR_OK;
}

/* ---- seal ---- */

static enum err put_stanza(
        struct buf *out, const uint8_t file_key[FILE_KEY_BYTES], const uint8_t recipient[KEY_BYTES])
{
	uint8_t secret[KEY_BYTES], share[KEY_BYTES], key[KEY_BYTES], body[BODY_BYTES];
	enum err e = ERR_OK;
	randombytes_buf(secret, sizeof(secret));
	if (crypto_scalarmult_curve25519_base(share, secret) != 0 ||
	        !wrap_key(key, secret, recipient, share, recipient)) {
		e = ERR_INTERNAL; /* the recipient was checked before */
		goto out;
	}
	crypto_aead_chacha20poly1305_ietf_encrypt(
	        body, NULL, file_key, FILE_KEY_BYTES, NULL, 0, NULL, ZERO_NONCE, key);
	buf_puts(out, "-> X25519 ");
	put_base64(out, share, sizeof(share));
	buf_puts(out, "\n");
	put_base64(out, body, sizeof(body));
	buf_puts(out, "\n");
out:
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(key, sizeof(key));
	return e;
}

enum err age_seal(const char *const *recipient, size_t n, const void *p, size_t len,
        struct buf *out, struct why *w)
{
	uint8_t to[RECIPIENT_LIMIT][KEY_BYTES];
	uint8_t file_key[FILE_KEY_BYTES], key[KEY_BYTES], nonce[NONCE_BYTES], mac[MAC_BYTES];
	size_t start = out->len;
	enum err e;
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	if (n == 0 || n > RECIPIENT_LIMIT)
		return why(w, ERR_LIMIT, "A file is sealed for 1 to %d keys.", RECIPIENT_LIMIT);
	if (len > PAYLOAD_LIMIT)
		return why(w, ERR_LIMIT, "This is too large to seal in one file.");
	for (size_t i = 0; i < n; i++) {
		e = recipient_parse(recipient[i], to[i], w);
		if (e)
			return e;
	}

	randombytes_buf(file_key, sizeof(file_key));
	randombytes_buf(nonce, sizeof(nonce));
	buf_puts(out, VERSION_LINE);
	for (size_t i = 0; i < n; i++) {
		e = put_stanza(out, file_key, to[i]);
		if (e)
			goto out;
	}
	buf_puts(out, "---");
	e = buf_err(out);
	if (e)
		goto out;
	header_mac(mac, file_key, out->data + start, out->len - start);
	buf_puts(out, " ");
	put_base64(out, mac, sizeof(mac));
	buf_puts(out, "\n");
	buf_put(out, nonce, sizeof(nonce));
	hkdf(key, file_key, sizeof(file_key), nonce, sizeof(nonce), "payload");
	e = payload_seal(key, p, len, out);
out:
	if (e)
		buf_cut(out, start);
	sodium_memzero(file_key, sizeof(file_key));
	sodium_memzero(key, sizeof(key));
	return e;
}

/* ---- open ---- */

struct header {
	const char *p;
	size_t len; /* of all that may be read */
	size_t at;
	size_t mac_len; /* bytes under the MAC: up to and with "---" */
	uint8_t mac[MAC_BYTES];
	uint8_t share[STANZA_LIMIT][KEY_BYTES]; /* of X25519 stanzas, in order */
	uint8_t body[STANZA_LIMIT][BODY_BYTES];
	size_t n;
	size_t n_stanzas;
	bool passphrase; /* a scrypt stanza was there */
};

/* The next line without its end; false when there is none within the limit. */
static bool next_line(struct header *h, const char **ret_line, size_t *ret_len)
{
	const char *s = h->p + h->at;
	const char *end = memchr(s, '\n', h->len - h->at);
	if (!end)
		return false;
	*ret_line = s;
	*ret_len = (size_t)(end - s);
	h->at += *ret_len + 1;
	return true;
}

/* "-> TYPE ARGUMENT...", each of visible ASCII with one space between. */
static bool stanza_args_good(const char *s, size_t n)
{
	bool gap = true;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == ' ' ? gap : s[i] < 33 || s[i] > 126)
			return false;
		gap = s[i] == ' ';
	}
	return !gap;
}

static bool parse_stanza(struct header *h, const char *line, size_t len)
{
	static const char TYPE[] = "X25519 ";
	const char *args = line + 3, *body, *first_body = NULL;
	size_t args_len = len - 3, body_len, total = 0;
	if (!stanza_args_good(args, args_len) || h->n_stanzas++ == STANZA_LIMIT)
		return false;
	do {
		if (!next_line(h, &body, &body_len) || body_len > B64_LINE_CHARS ||
		        !is_base64(body, body_len))
			return false;
		first_body = first_body ? first_body : body;
		total += body_len;
	} while (body_len == B64_LINE_CHARS);
	const char *space = memchr(args, ' ', args_len);
	size_t type_len = space ? (size_t)(space - args) : args_len;
	if (type_len == 6 && memcmp(args, "scrypt", 6) == 0)
		h->passphrase = true;
	if (type_len != 6 || memcmp(args, "X25519", 6) != 0)
		return true; /* some other kind of recipient */
	if (args_len < sizeof(TYPE) - 1 ||
	        !get_base64(
	                args + sizeof(TYPE) - 1, args_len - (sizeof(TYPE) - 1), h->share[h->n]) ||
	        !get_base64(first_body, total, h->body[h->n]))
		return false;
	h->n++;
	return true;
}

static enum err parse_header(struct header *h, struct why *w)
{
	const size_t version_len = sizeof(VERSION_LINE) - 1;
	const char *line;
	size_t len;
	if (h->len < version_len || memcmp(h->p, VERSION_LINE, version_len) != 0) {
		static const char ARMOUR[] = "-----BEGIN AGE";
		static const char ANY[] = "age-encryption.org/";
		if (h->len >= sizeof(ARMOUR) - 1 && memcmp(h->p, ARMOUR, sizeof(ARMOUR) - 1) == 0)
			return why(w, ERR_INPUT,
			        "This sealed file is in text form. Ask for it in binary form (age "
			        "without -a).");
		if (h->len >= sizeof(ANY) - 1 && memcmp(h->p, ANY, sizeof(ANY) - 1) == 0)
			return why(w, ERR_VERSION, "This was sealed by a later version of age.");
		return why(w, ERR_INPUT, "This is not a file sealed with age.");
	}
	h->at = version_len;
	while (next_line(h, &line, &len)) {
		if (len >= 3 && memcmp(line, "---", 3) == 0) {
			if (len != 4 + B64_KEY_CHARS || line[3] != ' ' ||
			        !get_base64(line + 4, B64_KEY_CHARS, h->mac) || h->n_stanzas == 0 ||
			        (h->passphrase && h->n_stanzas > 1))
				break;
			h->mac_len = (size_t)(line - h->p) + 3;
			return ERR_OK;
		}
		if (len < 4 || memcmp(line, "-> ", 3) != 0 || !parse_stanza(h, line, len))
			break;
	}
	return why(
	        w, ERR_DAMAGED, "The beginning of this sealed file is damaged. Ask for it again.");
}

/* Tries each stanza; *ret_found tells whether one was for this identity. */
static enum err unwrap(const struct header *h, const uint8_t identity[KEY_BYTES],
        uint8_t ret_file_key[FILE_KEY_BYTES], bool *ret_found, struct why *w)
{
	uint8_t mine[KEY_BYTES], key[KEY_BYTES], file_key[FILE_KEY_BYTES];
	enum err e = ERR_OK;
	*ret_found = false;
	if (crypto_scalarmult_curve25519_base(mine, identity) != 0)
		return ERR_INTERNAL;
	for (size_t i = 0; i < h->n; i++) {
		if (!wrap_key(key, identity, h->share[i], h->share[i], mine)) {
			e = why(w, ERR_DAMAGED,
			        "This sealed file carries a key that protects nothing. Do not use "
			        "it.");
			break;
		}
		if (crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL, h->body[i],
		            BODY_BYTES, NULL, 0, ZERO_NONCE, key) == 0) {
			memcpy(ret_file_key, file_key, FILE_KEY_BYTES);
			*ret_found = true;
			break;
		}
	}
	sodium_memzero(key, sizeof(key));
	sodium_memzero(file_key, sizeof(file_key));
	return e;
}

enum err age_open(const char *identity, const void *p, size_t len, struct buf *out, struct why *w)
{
	uint8_t secret[KEY_BYTES] = {0}, file_key[FILE_KEY_BYTES] = {0}, key[KEY_BYTES] = {0};
	uint8_t mac[MAC_BYTES];
	const uint8_t *nonce;
	struct header h = {.p = p, .len = len < HEADER_LIMIT ? len : HEADER_LIMIT};
	size_t start = out->len;
	bool found = false;
	enum err e;
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	if (len > PAYLOAD_LIMIT)
		return why(w, ERR_LIMIT, "This sealed file is too large.");
	e = identity_parse(identity, secret, w);
	if (e)
		goto out;
	e = parse_header(&h, w);
	if (e)
		goto out;
	e = unwrap(&h, secret, file_key, &found, w);
	if (e)
		goto out;
	if (!found) {
		e = h.passphrase ? why(w, ERR_WRONG_KEY,
		                           "This file was sealed with a passphrase, not for a key.")
		                 : why(w, ERR_WRONG_KEY, "This file was not sealed for this key.");
		goto out;
	}
	header_mac(mac, file_key, h.p, h.mac_len);
	if (sodium_memcmp(mac, h.mac, sizeof(mac)) != 0) {
		e = why(w, ERR_DAMAGED,
		        "The beginning of this sealed file was changed. Ask for it again.");
		goto out;
	}
	if (len - h.at < NONCE_BYTES) {
		e = why(w, ERR_DAMAGED,
		        "The end of this sealed file is missing. Ask for it again.");
		goto out;
	}
	nonce = (const uint8_t *)p + h.at;
	hkdf(key, file_key, sizeof(file_key), nonce, NONCE_BYTES, "payload");
	e = payload_open(key, nonce + NONCE_BYTES, len - h.at - NONCE_BYTES, out, w);
out:
	if (e)
		buf_cut(out, start);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(file_key, sizeof(file_key));
	sodium_memzero(key, sizeof(key));
	sodium_memzero(mac, sizeof(mac));
	return e;
}
