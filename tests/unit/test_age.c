#include "test.h"
#include "caseroom/age.h"
#include "vault/bech32.h"
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

/* Sizes at which chunks begin and end. */
static const size_t SIZE[] = {
        0, 1, 2, 15, 16, 65519, 65520, 65535, 65536, 65537, 131071, 131072, 131073, 200000};

struct pair {
	char recipient[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
};

static struct pair new_pair(void)
{
	struct pair p;
	if (age_keygen(p.recipient, p.identity) != ERR_OK)
		abort();
	return p;
}

static unsigned char *new_payload(size_t n)
{
	unsigned char *p = malloc(n + 1);
	if (!p)
		abort();
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(i * 31 + (i >> 8));
	return p;
}

static enum err seal_one(const struct pair *p, const void *s, size_t n, struct buf *out)
{
	const char *to[] = {p->recipient};
	return age_seal(to, 1, s, n, out, NULL);
}

static void t_round_trip_of_every_size(void)
{
	struct pair p = new_pair();
	CHECK(strlen(p.recipient) == 62 && strlen(p.identity) == 74);
	for (size_t i = 0; i < COUNT_OF(SIZE); i++) {
		unsigned char *payload = new_payload(SIZE[i]);
		struct buf sealed, back;
		buf_init(&sealed, 1u << 20);
		buf_init(&back, 1u << 20);
		CHECK_ERR(seal_one(&p, payload, SIZE[i], &sealed), ERR_OK);
		/* version, stanza and body, MAC line, nonce; then a tag for each chunk: a full last
		 * chunk has no empty one behind it */
		size_t chunks = SIZE[i] ? (SIZE[i] + 65535) / 65536 : 1;
		size_t header = 22 + (10 + 43 + 1) + 44 + (4 + 43 + 1);
		CHECK(sealed.len == header + 16 + SIZE[i] + 16 * chunks);
		CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_OK);
		CHECK(back.len == SIZE[i] &&
		        (SIZE[i] == 0 || memcmp(back.data, payload, SIZE[i]) == 0));
		CHECK(SIZE[i] < 16 || !memmem(sealed.data, sealed.len, payload, 16));
		buf_finish(&sealed);
		buf_finish(&back);
		free(payload);
	}
}

static void t_two_seals_share_nothing(void)
{
	struct pair p = new_pair();
	struct buf a, b;
	buf_init(&a, 1000);
	buf_init(&b, 1000);
	CHECK_ERR(seal_one(&p, "same words", 10, &a), ERR_OK);
	CHECK_ERR(seal_one(&p, "same words", 10, &b), ERR_OK);
	CHECK(a.len == b.len);
	CHECK(memcmp(a.data + 32, b.data + 32, 43) != 0);                 /* shares */
	CHECK(memcmp(a.data + a.len - 42, b.data + b.len - 42, 16) != 0); /* nonces */
	CHECK(memcmp(a.data + a.len - 26, b.data + b.len - 26, 26) != 0);
	buf_finish(&a);
	buf_finish(&b);
}

static void t_each_of_several_recipients_opens(void)
{
	struct pair p[3], other = new_pair();
	const char *to[3];
	struct buf sealed, back;
	struct why w;
	for (size_t i = 0; i < 3; i++) {
		p[i] = new_pair();
		to[i] = p[i].recipient;
	}
	buf_init(&sealed, 10000);
	CHECK_ERR(age_seal(to, 3, "for three", 9, &sealed, NULL), ERR_OK);
	for (size_t i = 0; i < 3; i++) {
		buf_init(&back, 1000);
		CHECK_ERR(age_open(p[i].identity, sealed.data, sealed.len, &back, NULL), ERR_OK);
		CHECK_STR(buf_str(&back), "for three");
		buf_finish(&back);
	}
	buf_init(&back, 1000);
	CHECK_ERR(age_open(other.identity, sealed.data, sealed.len, &back, &w), ERR_WRONG_KEY);
	CHECK_STR(w.text, "This file was not sealed for this key.");
	CHECK(back.len == 0);
	CHECK_ERR(age_seal(to, 0, "x", 1, &back, NULL), ERR_LIMIT);
	CHECK(back.len == 0);
	buf_finish(&back);
	buf_finish(&sealed);
}

/* Where each kind of byte stands in a file sealed for one key. */
struct place {
	const char *what;
	size_t from, n;
	enum err want;
	enum err or ; /* also right: a changed share or body is a key that does not fit */
};

static void t_every_changed_byte_is_noticed(void)
{
	static const struct place PLACE[] = {
	        {"version", 0, 20, ERR_INPUT, ERR_VERSION},
	        {"version number", 20, 2, ERR_VERSION, ERR_INPUT},
	        {"stanza mark", 22, 3, ERR_DAMAGED, ERR_DAMAGED},
	        {"stanza type", 25, 7, ERR_WRONG_KEY, ERR_DAMAGED},
	        {"share", 32, 43, ERR_WRONG_KEY, ERR_DAMAGED},
	        {"line end", 75, 1, ERR_DAMAGED, ERR_DAMAGED},
	        {"wrapped key", 76, 43, ERR_WRONG_KEY, ERR_DAMAGED},
	        {"line end", 119, 1, ERR_DAMAGED, ERR_DAMAGED},
	        {"mac mark", 120, 4, ERR_DAMAGED, ERR_DAMAGED},
	        {"mac", 124, 43, ERR_DAMAGED, ERR_DAMAGED},
	        {"line end", 167, 1, ERR_DAMAGED, ERR_DAMAGED},
	        {"nonce", 168, 16, ERR_DAMAGED, ERR_DAMAGED},
	        {"first chunk", 184, 64, ERR_DAMAGED, ERR_DAMAGED},
	        {"first tag", 184 + 65536, 16, ERR_DAMAGED, ERR_DAMAGED},
	        {"last chunk", 184 + 65552, 10, ERR_DAMAGED, ERR_DAMAGED},
	        {"last tag", 184 + 65552 + 10, 16, ERR_DAMAGED, ERR_DAMAGED},
	};
	struct pair p = new_pair();
	unsigned char *payload = new_payload(65546);
	struct buf sealed, back;
	buf_init(&sealed, 1u << 20);
	CHECK_ERR(seal_one(&p, payload, 65546, &sealed), ERR_OK);
	CHECK(sealed.len == 184 + 65552 + 26);
	CHECK(memcmp(sealed.data + 22, "-> X25519 ", 10) == 0 &&
	        memcmp(sealed.data + 120, "--- ", 4) == 0);
	for (size_t i = 0; i < COUNT_OF(PLACE); i++) {
		for (size_t k = 0; k < PLACE[i].n; k++) {
			for (int bit = 0; bit < 8; bit++) {
				char *at = sealed.data + PLACE[i].from + k;
				*at ^= (char)(1 << bit);
				buf_init(&back, 1u << 20);
				enum err e =
				        age_open(p.identity, sealed.data, sealed.len, &back, NULL);
				if (e != PLACE[i].want && e != PLACE[i].or)
					fprintf(stderr, "%s, byte %zu, bit %d: %s\n", PLACE[i].what,
					        k, bit, err_text(e));
				CHECK(e == PLACE[i].want || e == PLACE[i].or);
				CHECK(back.len == 0);
				buf_finish(&back);
				*at ^= (char)(1 << bit);
			}
		}
	}
	buf_init(&back, 1u << 20);
	CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_OK);
	buf_finish(&back);
	buf_finish(&sealed);
	free(payload);
}

static void t_a_cut_is_noticed_wherever_it_is(void)
{
	static const size_t SIZES[] = {0, 100, 65536, 131072, 140000};
	struct pair p = new_pair();
	for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
		unsigned char *payload = new_payload(SIZES[i]);
		struct buf sealed, back;
		buf_init(&sealed, 1u << 20);
		CHECK_ERR(seal_one(&p, payload, SIZES[i], &sealed), ERR_OK);
		for (size_t len = 0; len < sealed.len; len++) {
			/* every length in the header; then around each border of chunks, where a
			 * cut would be easiest to miss */
			size_t in = len < 184 ? 0 : (len - 184) % 65552;
			if (len > 400 && in > 20 && in < 65530)
				continue;
			buf_init(&back, 1u << 20);
			enum err e = age_open(p.identity, sealed.data, len, &back, NULL);
			if (len < 22)
				CHECK(e == ERR_INPUT || e == ERR_VERSION);
			else {
				if (e != ERR_DAMAGED)
					fprintf(stderr, "%zu of %zu bytes\n", len, sealed.len);
				CHECK_ERR(e, ERR_DAMAGED);
			}
			CHECK(back.len == 0);
			buf_finish(&back);
		}
		buf_finish(&sealed);
		free(payload);
	}
}

static void t_bytes_behind_the_end_are_noticed(void)
{
	static const size_t SIZES[] = {0, 5, 65535, 65536, 65537};
	static const size_t MORE[] = {1, 15, 16, 17, 65552};
	struct pair p = new_pair();
	for (size_t i = 0; i < COUNT_OF(SIZES) * COUNT_OF(MORE); i++) {
		unsigned char *payload = new_payload(SIZES[i % COUNT_OF(SIZES)]);
		unsigned char *more = calloc(1, 65552);
		struct buf sealed, back;
		buf_init(&sealed, 1u << 20);
		buf_init(&back, 1u << 20);
		CHECK(more != NULL);
		CHECK_ERR(seal_one(&p, payload, SIZES[i % COUNT_OF(SIZES)], &sealed), ERR_OK);
		buf_put(&sealed, more, MORE[i / COUNT_OF(SIZES)]);
		CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_DAMAGED);
		CHECK(back.len == 0);
		buf_finish(&sealed);
		buf_finish(&back);
		free(payload);
		free(more);
	}
}

static void t_swapped_chunks_are_noticed(void)
{
	struct pair p = new_pair();
	unsigned char *payload = new_payload(200000), *hold = malloc(65552);
	struct buf sealed, back;
	buf_init(&sealed, 1u << 20);
	buf_init(&back, 1u << 20);
	CHECK(hold != NULL);
	CHECK_ERR(seal_one(&p, payload, 200000, &sealed), ERR_OK);
	memcpy(hold, sealed.data + 184, 65552);
	memmove(sealed.data + 184, sealed.data + 184 + 65552, 65552);
	memcpy(sealed.data + 184 + 65552, hold, 65552);
	CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_DAMAGED);
	CHECK(back.len == 0);
	buf_finish(&sealed);
	buf_finish(&back);
	free(payload);
	free(hold);
}

static void hkdf(uint8_t out[32], const uint8_t *secret, size_t n, const uint8_t *salt,
        size_t salt_len, const char *label)
{
	crypto_auth_hmacsha256_state st;
	uint8_t prk[32];
	crypto_auth_hmacsha256_init(&st, salt, salt_len);
	crypto_auth_hmacsha256_update(&st, secret, n);
	crypto_auth_hmacsha256_final(&st, prk);
	crypto_auth_hmacsha256_init(&st, prk, 32);
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)label, strlen(label));
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)"\x01", 1);
	crypto_auth_hmacsha256_final(&st, out);
}

/* The key of the payload of a file for one recipient, worked out here from the specification. */
static bool payload_key(const struct pair *p, const struct buf *sealed, uint8_t ret[32])
{
	uint8_t secret[32], mine[32], share[32], body[32], shared[32], salt[64], wrap[32],
	        file_key[16];
	static const uint8_t zero[12];
	size_t n;
	if (bech32_decode("AGE-SECRET-KEY-", p->identity, secret) != BECH32_OK ||
	        crypto_scalarmult_curve25519_base(mine, secret) != 0 ||
	        sodium_base642bin(share, 32, sealed->data + 32, 43, NULL, &n, NULL,
	                sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 ||
	        sodium_base642bin(body, 32, sealed->data + 76, 43, NULL, &n, NULL,
	                sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 ||
	        crypto_scalarmult_curve25519(shared, secret, share) != 0)
		return false;
	memcpy(salt, share, 32);
	memcpy(salt + 32, mine, 32);
	hkdf(wrap, shared, 32, salt, 64, "age-encryption.org/v1/X25519");
	if (crypto_aead_chacha20poly1305_ietf_decrypt(
	            file_key, NULL, NULL, body, 32, NULL, 0, zero, wrap) != 0)
		return false;
	hkdf(ret, file_key, 16, (const uint8_t *)sealed->data + 168, 16, "payload");
	return true;
}

/* Properly sealed, yet not as the specification has it: a full chunk not marked last, then an empty
 * last one. */
static void t_an_empty_chunk_behind_a_full_one_is_refused(void)
{
	struct pair p = new_pair();
	unsigned char *payload = new_payload(65536);
	uint8_t key[32], nonce[12] = {0}, tag[16];
	struct buf sealed, back;
	buf_init(&sealed, 1u << 20);
	buf_init(&back, 1u << 20);
	CHECK_ERR(seal_one(&p, payload, 65536, &sealed), ERR_OK);
	CHECK(sealed.len == 184 + 65552 && payload_key(&p, &sealed, key));
	uint8_t *chunk = (uint8_t *)sealed.data + 184;
	/* the key is the right one: the same chunk marked last comes out as it was */
	nonce[11] = 1;
	crypto_aead_chacha20poly1305_ietf_encrypt(
	        chunk, NULL, payload, 65536, NULL, 0, NULL, nonce, key);
	CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_OK);
	buf_clear(&back);
	nonce[11] = 0;
	crypto_aead_chacha20poly1305_ietf_encrypt(
	        chunk, NULL, payload, 65536, NULL, 0, NULL, nonce, key);
	nonce[10] = 1;
	nonce[11] = 1;
	crypto_aead_chacha20poly1305_ietf_encrypt(tag, NULL, NULL, 0, NULL, 0, NULL, nonce, key);
	buf_put(&sealed, tag, 16);
	CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_DAMAGED);
	CHECK(back.len == 0);
	buf_finish(&sealed);
	buf_finish(&back);
	free(payload);
}

static void t_what_is_not_age_is_told_apart(void)
{
	static const struct {
		const char *bytes;
		enum err want;
	} CASES[] = {
	        {"", ERR_INPUT},
	        {"%PDF-1.5\n", ERR_INPUT},
	        {"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", ERR_INPUT},
	        {"age-encryption.org/v2\n-> X\n\n--- x\n", ERR_VERSION},
	        {"age-encryption.org/v1", ERR_VERSION},
	        {"age-encryption.org/v1\n", ERR_DAMAGED},
	        {"age-encryption.org/v1\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_DAMAGED},
	        {"age-encryption.org/v1\n-> \n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_DAMAGED},
	        {"age-encryption.org/v1\n-> a  b\n\n--- "
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_DAMAGED},
	        {"age-encryption.org/v1\n-> other x\n\n--- "
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_WRONG_KEY},
	        {"age-encryption.org/v1\n-> other x\n\n--- "
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n",
	                ERR_DAMAGED},
	        {"age-encryption.org/v1\n-> scrypt AAAA 18\nAAAA\n--- "
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_WRONG_KEY},
	        /* a passphrase stands alone, so that nobody can add themselves beside it */
	        {"age-encryption.org/v1\n-> scrypt AAAA 18\nAAAA\n-> other x\n\n--- "
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_DAMAGED},
	        {"age-encryption.org/v1\n-> X25519\n\n--- "
	         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	                ERR_DAMAGED},
	        {"age-encryption.org/v1\r\n", ERR_VERSION},
	};
	struct pair p = new_pair();
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct buf back;
		buf_init(&back, 1000);
		enum err e =
		        age_open(p.identity, CASES[i].bytes, strlen(CASES[i].bytes), &back, NULL);
		if (e != CASES[i].want)
			fprintf(stderr, "case %zu\n", i);
		CHECK_ERR(e, CASES[i].want);
		CHECK(back.len == 0);
		buf_finish(&back);
	}
}

static void t_a_header_without_end_is_refused(void)
{
	struct pair p = new_pair();
	struct buf s, back;
	buf_init(&s, 4u << 20);
	buf_init(&back, 1000);
	buf_puts(&s, "age-encryption.org/v1\n");
	for (int i = 0; i < 200; i++)
		buf_puts(&s, "-> other x\n\n");
	buf_puts(&s, "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	CHECK_ERR(age_open(p.identity, s.data, s.len, &back, NULL),
	        ERR_DAMAGED); /* too many stanzas */
	buf_clear(&s);
	buf_puts(&s, "age-encryption.org/v1\n-> other ");
	for (int i = 0; i < 70000; i++)
		buf_puts(&s, "x");
	buf_puts(&s, "\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	CHECK_ERR(age_open(p.identity, s.data, s.len, &back, NULL), ERR_DAMAGED); /* past 64 KiB */
	buf_finish(&s);
	buf_finish(&back);
}

static void t_a_low_order_share_is_refused(void)
{
	/* the points of order 1, 2, 4 and 8, and two that are the same modulo p */
	static const char *const POINT[] = {
	        "0000000000000000000000000000000000000000000000000000000000000000",
	        "0100000000000000000000000000000000000000000000000000000000000000",
	        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	struct pair p = new_pair();
	for (size_t i = 0; i < COUNT_OF(POINT); i++) {
		uint8_t point[32];
		char recipient[AGE_RECIPIENT_MAX], b64[64];
		struct buf s, back;
		struct why w;
		CHECK(sodium_hex2bin(point, sizeof(point), POINT[i], 64, NULL, NULL, NULL) == 0);
		bech32_encode("age", point, recipient);
		CHECK_ERR(age_recipient_check(recipient, &w), ERR_INPUT);
		CHECK_STR(w.text, "This key would protect nothing. Ask its owner for a new one.");
		buf_init(&s, 1000);
		buf_init(&back, 1000);
		const char *to[] = {recipient};
		CHECK_ERR(age_seal(to, 1, "x", 1, &s, NULL), ERR_INPUT);
		CHECK(s.len == 0);
		sodium_bin2base64(
		        b64, sizeof(b64), point, 32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
		buf_printf(&s, "age-encryption.org/v1\n-> X25519 %s\n%s\n--- %s\n", b64, b64, b64);
		CHECK_ERR(age_open(p.identity, s.data, s.len, &back, &w), ERR_DAMAGED);
		CHECK(strstr(w.text, "protects nothing") != NULL);
		buf_finish(&s);
		buf_finish(&back);
	}
}

static void t_a_recipient_is_checked(void)
{
	struct pair p = new_pair();
	char bad[AGE_RECIPIENT_MAX + 8];
	struct why w;
	CHECK_ERR(age_recipient_check(p.recipient, &w), ERR_OK);
	/* the recipient of the age specification's own examples */
	CHECK_ERR(age_recipient_check(
	                  "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", &w),
	        ERR_OK);
	for (size_t i = 0; i < 62; i++) {
		snprintf(bad, sizeof(bad), "%s", p.recipient);
		bad[i] = bad[i] == 'q' ? 'p' : 'q';
		CHECK_ERR(age_recipient_check(bad, &w), ERR_INPUT);
		CHECK(w.text[0] != 0);
	}
	for (size_t n = 0; n < 62; n++) {
		memcpy(bad, p.recipient, n);
		bad[n] = 0;
		CHECK_ERR(age_recipient_check(bad, NULL), ERR_INPUT);
	}
	snprintf(bad, sizeof(bad), "%sq", p.recipient);
	CHECK_ERR(age_recipient_check(bad, &w), ERR_INPUT);
	snprintf(bad, sizeof(bad), "%s ", p.recipient);
	CHECK_ERR(age_recipient_check(bad, &w), ERR_INPUT);
	snprintf(bad, sizeof(bad), "%s", p.recipient);
	for (char *c = bad; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
	CHECK_ERR(age_recipient_check(bad, &w), ERR_INPUT);
	CHECK_STR(w.text, "A key to seal for is in small letters throughout.");
	CHECK_ERR(age_recipient_check(p.identity, &w), ERR_INPUT);
	CHECK(strstr(w.text, "secret key") && !strstr(w.text, p.identity));
	CHECK_ERR(age_recipient_check("", &w), ERR_INPUT);
	CHECK_ERR(age_recipient_check(NULL, &w), ERR_INPUT);
	CHECK_ERR(age_recipient_check("ssh-ed25519 AAAA", &w), ERR_INPUT);
}

static void t_an_identity_is_parsed_strictly(void)
{
	struct pair p = new_pair();
	struct buf sealed, back;
	char bad[AGE_IDENTITY_MAX + 8];
	buf_init(&sealed, 1000);
	buf_init(&back, 1000);
	CHECK_ERR(seal_one(&p, "x", 1, &sealed), ERR_OK);
	for (size_t i = 0; i < 74; i++) {
		snprintf(bad, sizeof(bad), "%s", p.identity);
		bad[i] = bad[i] == 'Q' ? 'P' : 'Q';
		CHECK_ERR(age_open(bad, sealed.data, sealed.len, &back, NULL), ERR_INPUT);
		snprintf(bad, sizeof(bad), "%s", p.identity);
		if (bad[i] >= 'A' && bad[i] <= 'Z') {
			bad[i] = (char)(bad[i] + 32);
			CHECK_ERR(age_open(bad, sealed.data, sealed.len, &back, NULL), ERR_INPUT);
		}
	}
	snprintf(bad, sizeof(bad), "%s\n", p.identity);
	CHECK_ERR(age_open(bad, sealed.data, sealed.len, &back, NULL), ERR_INPUT);
	CHECK_ERR(age_open(p.recipient, sealed.data, sealed.len, &back, NULL), ERR_INPUT);
	CHECK_ERR(age_open(NULL, sealed.data, sealed.len, &back, NULL), ERR_INPUT);
	buf_finish(&sealed);
	buf_finish(&back);
}

static void t_bech32_refuses_set_padding(void)
{
	/* all 16 values of the last key character that keep its top bit; only zero padding is a key
	 */
	static const char A[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	uint8_t key[32] = {1}, back[32];
	char text[128];
	size_t good = 0, tried = 0;
	bech32_encode("age", key, text);
	CHECK(bech32_decode("age", text, back) == BECH32_OK && memcmp(key, back, 32) == 0);
	/* the code corrects nothing, but a changed character and its checksum can be searched: 2^30
	 * is too many, so the checksum is taken from the encoder by linearity: check(a ^ b ^ c) =
	 * check(a) ^ check(b) ^ check(c) */
	for (int v = 1; v < 16; v++) {
		/* polymod of a lone value at the last key character, six zeros behind */
		static const uint32_t G[] = {
		        0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
		uint32_t c = (uint32_t)v;
		char bad[128];
		for (int i = 0; i < 6; i++) {
			uint32_t top = c >> 25;
			c = (c & 0x1ffffff) << 5;
			for (int k = 0; k < 5; k++)
				c ^= top >> k & 1 ? G[k] : 0;
		}
		memcpy(bad, text, sizeof(bad));
		bad[4 + 51] = A[(strchr(A, bad[4 + 51]) - A) ^ v];
		for (int i = 0; i < 6; i++) {
			char *at = &bad[4 + 52 + i];
			*at = A[(uint32_t)(strchr(A, *at) - A) ^ (c >> (5 * (5 - i)) & 31)];
		}
		tried++;
		good += bech32_decode("age", bad, back) == BECH32_OK;
		CHECK(bech32_decode("age", bad, back) ==
		        BECH32_LENGTH); /* so the checksum was right */
	}
	CHECK(tried == 15 && good == 0);
}

static void t_a_small_limit_leaves_nothing(void)
{
	struct pair p = new_pair();
	struct buf sealed, back;
	buf_init(&sealed, 190);
	buf_init(&back, 4);
	buf_puts(&sealed, "before");
	CHECK_ERR(seal_one(&p, "0123456789", 10, &sealed), ERR_LIMIT);
	CHECK_STR(buf_str(&sealed), "before");
	buf_finish(&sealed);
	buf_init(&sealed, 1000);
	CHECK_ERR(seal_one(&p, "0123456789", 10, &sealed), ERR_OK);
	CHECK_ERR(age_open(p.identity, sealed.data, sealed.len, &back, NULL), ERR_LIMIT);
	CHECK(back.len == 0);
	buf_finish(&sealed);
	buf_finish(&back);
}

/* ---- with Debian's age ---- */

static bool have_age(void)
{
	if (system("age --version >/dev/null 2>&1") == 0)
		return true;
	printf("# skipped: no age program here\n");
	return false;
}

static bool write_file(const char *dir, const char *name, const void *p, size_t n)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	bool good = f && fwrite(p, 1, n, f) == n;
	return f && fclose(f) == 0 && good;
}

static bool run(const char *dir, const char *fmt, const char *arg)
{
	char line[1024], command[700];
	snprintf(command, sizeof(command), fmt, arg);
	snprintf(line, sizeof(line), "cd '%s' && %s", dir, command);
	return system(line) == 0;
}

static void t_debian_age_opens_ours_and_we_open_its(void)
{
	const char *dir = test_dir();
	struct pair p = new_pair(), second = new_pair();
	char path[512];
	if (!have_age())
		return;
	snprintf(path, sizeof(path), "%s/theirs.age", dir);
	CHECK(write_file(dir, "key", p.identity, strlen(p.identity)));
	for (size_t i = 0; i < COUNT_OF(SIZE); i++) {
		unsigned char *payload = new_payload(SIZE[i]);
		const char *to[] = {second.recipient, p.recipient};
		struct buf sealed, theirs, back;
		buf_init(&sealed, 1u << 20);
		buf_init(&theirs, 1u << 20);
		buf_init(&back, 1u << 20);
		CHECK_ERR(age_seal(to, 2, payload, SIZE[i], &sealed, NULL), ERR_OK);
		CHECK(write_file(dir, "plain", payload, SIZE[i]));
		CHECK(write_file(dir, "ours.age", sealed.data, sealed.len));
		CHECK(run(dir, "age -d -i key ours.age > back && cmp -s plain back%s", ""));
		CHECK(run(dir, "age -r %s -o theirs.age plain", p.recipient));
		CHECK_ERR(file_read(path, 1u << 20, &theirs, NULL), ERR_OK);
		CHECK_ERR(age_open(p.identity, theirs.data, theirs.len, &back, NULL), ERR_OK);
		CHECK(back.len == SIZE[i] &&
		        (SIZE[i] == 0 || memcmp(back.data, payload, SIZE[i]) == 0));
		CHECK(unlink(path) == 0);
		buf_finish(&sealed);
		buf_finish(&theirs);
		buf_finish(&back);
		free(payload);
	}
	/* its key for our identity is our recipient, and it refuses ours with a byte changed */
	char public[700];
	snprintf(public, sizeof(public), "test \"$(age-keygen -y key)\" = %s", p.recipient);
	CHECK(run(dir, "%s", public));
	CHECK(run(
	        dir, "printf x >> ours.age && ! age -d -i key -o back ours.age 2>/dev/null%s", ""));
}

static void t_a_file_of_many_kinds_opens(void)
{
	const char *dir = test_dir();
	struct pair p = new_pair(), second = new_pair();
	char path[512], command[300];
	struct buf theirs, back;
	if (!have_age())
		return;
	if (system("ssh-keygen -V >/dev/null 2>&1; command -v ssh-keygen >/dev/null") != 0) {
		printf("# skipped: no ssh-keygen for a second kind of recipient\n");
		return;
	}
	buf_init(&theirs, 10000);
	buf_init(&back, 10000);
	CHECK(write_file(dir, "plain", "words", 5));
	CHECK(run(dir, "ssh-keygen -q -t ed25519 -N '' -C '' -f ssh%s", ""));
	snprintf(command, sizeof(command), "age -R ssh.pub -r %s -r %s -o theirs.age plain",
	        second.recipient, p.recipient);
	CHECK(run(dir, "%s", command));
	snprintf(path, sizeof(path), "%s/theirs.age", dir);
	CHECK_ERR(file_read(path, 10000, &theirs, NULL), ERR_OK);
	CHECK_ERR(age_open(p.identity, theirs.data, theirs.len, &back, NULL), ERR_OK);
	CHECK_STR(buf_str(&back), "words");
	buf_finish(&theirs);
	buf_finish(&back);
}

static const struct test TESTS[] = {
        T(t_round_trip_of_every_size),
        T(t_two_seals_share_nothing),
        T(t_each_of_several_recipients_opens),
        T(t_every_changed_byte_is_noticed),
        T(t_a_cut_is_noticed_wherever_it_is),
        T(t_bytes_behind_the_end_are_noticed),
        T(t_swapped_chunks_are_noticed),
        T(t_an_empty_chunk_behind_a_full_one_is_refused),
        T(t_what_is_not_age_is_told_apart),
        T(t_a_header_without_end_is_refused),
        T(t_a_low_order_share_is_refused),
        T(t_a_recipient_is_checked),
        T(t_an_identity_is_parsed_strictly),
        T(t_bech32_refuses_set_padding),
        T(t_a_small_limit_leaves_nothing),
        T(t_debian_age_opens_ours_and_we_open_its),
        T(t_a_file_of_many_kinds_opens),
};
TEST_MAIN(TESTS)
