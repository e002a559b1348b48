#ifndef FIDO_DOUBLE_H
#define FIDO_DOUBLE_H
/*
 * A FIDO2 token in software, below libfido2: it takes and gives HID reports of 64 bytes (CTAPHID),
 * speaks CTAP 2.0 in CBOR and keeps a secret for each credential. So what is tested is our use of
 * libfido2, and libfido2's of the token. One PIN protocol (1). Nothing here is constant-time, or
 * secret.
 */
#include <fido.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DOUBLE_CRED 48

struct fido_double {
	uint8_t master[32]; /* makes it this token and no other */
	bool in;            /* plugged in */
	bool lazy;          /* nobody touches it */
	bool plain;         /* an old one: no hmac-secret */
	const char *pin;    /* its own PIN, or NULL */
	int wrong_pins, made, asked;
	BIGNUM *d; /* this session's key agreement */
	uint8_t pin_token[32];
	uint8_t in_buf[4096], out[64][64];
	size_t in_n, in_want, out_n, out_at;
	uint8_t in_cmd;
};

static struct fido_double *double_now; /* the one that is plugged in */

/* ---- CBOR: as much as the requests need ---- */

struct cb {
	const uint8_t *p, *end;
};

static uint64_t cb_head(struct cb *c, int *ret_type)
{
	uint64_t v;
	int more;
	if (c->p >= c->end) {
		*ret_type = -1;
		return 0;
	}
	*ret_type = *c->p >> 5;
	v = *c->p++ & 31;
	more = v == 24 ? 1 : v == 25 ? 2 : v == 26 ? 4 : v == 27 ? 8 : 0;
	if (!more)
		return v;
	for (v = 0; more-- > 0 && c->p < c->end;)
		v = v << 8 | *c->p++;
	return v;
}

static void cb_skip(struct cb *c)
{
	int type;
	uint64_t n = cb_head(c, &type);
	if (type == 2 || type == 3)
		c->p = n > (uint64_t)(c->end - c->p) ? c->end : c->p + n;
	for (uint64_t i = 0; type == 4 && i < n && c->p < c->end; i++)
		cb_skip(c);
	for (uint64_t i = 0; type == 5 && i < 2 * n && c->p < c->end; i++)
		cb_skip(c);
}

/* The value for an integer key (text NULL; negative as in CBOR: -1 is 0x20) or a text key. */
static bool cb_find(struct cb map, int type, uint64_t key, const char *text, struct cb *ret)
{
	int t;
	uint64_t n = cb_head(&map, &t);
	if (t != 5)
		return false;
	while (n-- > 0 && map.p < map.end) {
		struct cb at = map;
		int kt;
		uint64_t k = cb_head(&at, &kt);
		bool same = text ? kt == 3 && k == strlen(text) && memcmp(at.p, text, k) == 0
		                 : kt == type && k == key;
		cb_skip(&map);
		if (same) {
			*ret = map;
			return true;
		}
		cb_skip(&map);
	}
	return false;
}

static bool cb_int(struct cb map, uint64_t key, struct cb *ret)
{
	return cb_find(map, 0, key, NULL, ret);
}

static bool cb_bytes(struct cb c, const uint8_t **ret, size_t *ret_n)
{
	int t;
	uint64_t n = cb_head(&c, &t);
	*ret = c.p;
	*ret_n = (size_t)n;
	return t == 2 && n <= (uint64_t)(c.end - c.p);
}

struct out {
	uint8_t b[1024];
	size_t n;
};

static void o_head(struct out *o, int type, size_t v)
{
	if (v < 24) {
		o->b[o->n++] = (uint8_t)(type << 5 | v);
	} else if (v < 256) {
		o->b[o->n++] = (uint8_t)(type << 5 | 24);
		o->b[o->n++] = (uint8_t)v;
	} else {
		o->b[o->n++] = (uint8_t)(type << 5 | 25);
		o->b[o->n++] = (uint8_t)(v >> 8);
		o->b[o->n++] = (uint8_t)v;
	}
}

static void o_raw(struct out *o, const void *p, size_t n)
{
	memcpy(o->b + o->n, p, n);
	o->n += n;
}

static void o_bytes(struct out *o, const void *p, size_t n)
{
	o_head(o, 2, n);
	o_raw(o, p, n);
}

static void o_text(struct out *o, const char *s)
{
	o_head(o, 3, strlen(s));
	o_raw(o, s, strlen(s));
}

static void o_key(struct out *o, const BIGNUM *x, const BIGNUM *y, int alg)
{
	uint8_t b[32];
	o_head(o, 5, 5);
	o_head(o, 0, 1), o_head(o, 0, 2);                /* kty: EC2 */
	o_head(o, 0, 3), o_head(o, 1, (size_t)-alg - 1); /* alg */
	o_head(o, 1, 0), o_head(o, 0, 1);                /* crv: P-256 */
	BN_bn2binpad(x, b, 32);
	o_head(o, 1, 1), o_bytes(o, b, 32);
	BN_bn2binpad(y, b, 32);
	o_head(o, 1, 2), o_bytes(o, b, 32);
}

/* ---- its secrets ---- */

static void double_hmac(const uint8_t *key, const void *p, size_t n, uint8_t out[32])
{
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, key, 32);
	crypto_auth_hmacsha256_update(&st, p, n);
	crypto_auth_hmacsha256_final(&st, out);
}

static bool double_mine(const struct fido_double *t, const uint8_t *id, size_t n)
{
	uint8_t tag[32];
	double_hmac(t->master, id, 32, tag);
	return n == DOUBLE_CRED && memcmp(tag, id + 32, 16) == 0;
}

static void double_aes(const uint8_t key[32], bool encrypt, const uint8_t *in, uint8_t *out, int n)
{
	static const uint8_t iv[16];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int done = 0;
	EVP_CipherInit_ex(c, EVP_aes_256_cbc(), NULL, key, iv, encrypt);
	EVP_CIPHER_CTX_set_padding(c, 0);
	EVP_CipherUpdate(c, out, &done, in, n);
	EVP_CIPHER_CTX_free(c);
}

/* The session's own point, or with a peer's key the shared secret of PIN protocol 1. */
static bool double_ecdh(
        struct fido_double *t, struct cb *peer, BIGNUM *x, BIGNUM *y, uint8_t shared[32])
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = EC_POINT_new(g), *q = EC_POINT_new(g);
	struct cb cx, cy;
	const uint8_t *b;
	size_t n;
	bool good = true;
	if (!t->d) {
		t->d = BN_new();
		BN_rand_range(t->d, EC_GROUP_get0_order(g));
	}
	if (!peer) {
		EC_POINT_mul(g, p, t->d, NULL, NULL, NULL);
		EC_POINT_get_affine_coordinates(g, p, x, y, NULL);
	} else {
		good = cb_find(*peer, 1, 1, NULL, &cx) && cb_find(*peer, 1, 2, NULL, &cy) &&
		       cb_bytes(cx, &b, &n) && BN_bin2bn(b, (int)n, x) && cb_bytes(cy, &b, &n) &&
		       BN_bin2bn(b, (int)n, y) &&
		       EC_POINT_set_affine_coordinates(g, q, x, y, NULL) == 1;
		if (good) {
			uint8_t z[32];
			EC_POINT_mul(g, p, NULL, q, t->d, NULL);
			EC_POINT_get_affine_coordinates(g, p, x, y, NULL);
			BN_bn2binpad(x, z, 32);
			crypto_hash_sha256(shared, z, 32);
		}
	}
	EC_POINT_free(p);
	EC_POINT_free(q);
	EC_GROUP_free(g);
	return good;
}

static bool double_shared(struct fido_double *t, struct cb peer, uint8_t shared[32])
{
	BIGNUM *x = BN_new(), *y = BN_new();
	bool good = double_ecdh(t, &peer, x, y, shared);
	BN_free(x);
	BN_free(y);
	return good;
}

/* ---- its commands: each gives a CTAP status ---- */

static uint8_t double_info(struct fido_double *t, struct out *o)
{
	static const uint8_t aaguid[16] = "caseroom double";
	o_head(o, 5, t->plain ? 4 : 5);
	o_head(o, 0, 1), o_head(o, 4, 1), o_text(o, "FIDO_2_0");
	if (!t->plain)
		o_head(o, 0, 2), o_head(o, 4, 1), o_text(o, "hmac-secret");
	o_head(o, 0, 3), o_bytes(o, aaguid, 16);
	o_head(o, 0, 4), o_head(o, 5, 2), o_text(o, "up"), o_raw(o, "\xf5", 1);
	o_text(o, "clientPin"), o_raw(o, t->pin ? "\xf5" : "\xf4", 1);
	o_head(o, 0, 6), o_head(o, 4, 1), o_head(o, 0, 1);
	return 0;
}

static uint8_t double_pin(struct fido_double *t, struct cb req, struct out *o)
{
	struct cb c;
	const uint8_t *p;
	size_t n;
	int type;
	uint8_t shared[32], want[32], got[16], out[32];
	uint64_t sub = cb_int(req, 2, &c) ? cb_head(&c, &type) : 0;
	if (sub == 1) {
		o_head(o, 5, 1), o_head(o, 0, 3), o_head(o, 0, (size_t)(8 - t->wrong_pins));
		return 0;
	}
	if (sub == 2) {
		BIGNUM *x = BN_new(), *y = BN_new();
		double_ecdh(t, NULL, x, y, NULL);
		o_head(o, 5, 1), o_head(o, 0, 1), o_key(o, x, y, -25);
		BN_free(x);
		BN_free(y);
		return 0;
	}
	if (sub != 5 || !cb_int(req, 3, &c) || !double_shared(t, c, shared) ||
	        !cb_int(req, 6, &c) || !cb_bytes(c, &p, &n) || n != 16)
		return 0x12;
	double_aes(shared, false, p, got, 16);
	if (!t->pin)
		return 0x35;
	crypto_hash_sha256(want, (const uint8_t *)t->pin, strlen(t->pin));
	if (memcmp(want, got, 16) != 0)
		return ++t->wrong_pins >= 3 ? 0x34 : 0x31;
	randombytes_buf(t->pin_token, sizeof(t->pin_token));
	double_aes(shared, true, t->pin_token, out, 32);
	o_head(o, 5, 1), o_head(o, 0, 2), o_bytes(o, out, 32);
	return 0;
}

/* Was it touched, and does the caller know its PIN where it has one? */
static uint8_t double_consent(
        struct fido_double *t, struct cb req, uint64_t hash_key, uint64_t auth_key)
{
	struct cb hash, auth;
	const uint8_t *h, *a;
	size_t hn, an;
	uint8_t mac[32];
	if (t->lazy)
		return 0x2f;
	if (!t->pin)
		return 0;
	if (!cb_int(req, auth_key, &auth))
		return 0x36;
	if (!cb_int(req, hash_key, &hash) || !cb_bytes(hash, &h, &hn) || !cb_bytes(auth, &a, &an))
		return 0x12;
	double_hmac(t->pin_token, h, hn, mac);
	return an == 16 && memcmp(mac, a, 16) == 0 ? 0 : 0x33;
}

static void double_auth_data(struct out *o, uint8_t flags)
{
	uint8_t head[37] = {0};
	crypto_hash_sha256(head, (const uint8_t *)"caseroom", 8);
	head[32] = flags;
	o_raw(o, head, sizeof(head));
}

static uint8_t double_make(struct fido_double *t, struct cb req, struct out *o)
{
	struct out auth = {{0}, 0};
	struct cb ext, want;
	uint8_t id[DOUBLE_CRED], tag[32];
	BIGNUM *x = BN_new(), *y = BN_new();
	uint8_t rc = double_consent(t, req, 1, 8);
	t->made++;
	if (rc == 0 && (!cb_int(req, 6, &ext) || !cb_find(ext, 0, 0, "hmac-secret", &want)))
		rc = 0x12;
	if (rc == 0) {
		randombytes_buf(id, 32);
		double_hmac(t->master, id, 32, tag);
		memcpy(id + 32, tag, 16);
		double_auth_data(&auth, 0xc1);
		o_raw(&auth, "caseroom double", 16);
		o_raw(&auth, "\0\x30", 2);
		o_raw(&auth, id, sizeof(id));
		double_ecdh(t, NULL, x, y, NULL);
		o_key(&auth, x, y, -7);
		o_head(&auth, 5, 1), o_text(&auth, "hmac-secret"), o_raw(&auth, "\xf5", 1);
		o_head(o, 5, 3);
		o_head(o, 0, 1), o_text(o, "none");
		o_head(o, 0, 2), o_bytes(o, auth.b, auth.n);
		o_head(o, 0, 3), o_head(o, 5, 0);
	}
	BN_free(x);
	BN_free(y);
	return rc;
}

static uint8_t double_assert(struct fido_double *t, struct cb req, struct out *o)
{
	struct out auth = {{0}, 0};
	struct cb list, id_at, ext, hs, c;
	const uint8_t *id, *salt, *mac;
	size_t n, salt_n, mac_n;
	int type;
	uint8_t shared[32], want[32], plain[32], secret[32], answer[32], sealed[32];
	uint8_t rc;
	t->asked++;
	if (!cb_int(req, 3, &list) || cb_head(&list, &type) != 1 || type != 4 ||
	        !cb_find(list, 0, 0, "id", &id_at) || !cb_bytes(id_at, &id, &n))
		return 0x12;
	if (!double_mine(t, id, n))
		return 0x2e;
	rc = double_consent(t, req, 2, 6);
	if (rc != 0)
		return rc;
	if (!cb_int(req, 4, &ext) || !cb_find(ext, 0, 0, "hmac-secret", &hs) ||
	        !cb_int(hs, 1, &c) || !double_shared(t, c, shared) || !cb_int(hs, 2, &c) ||
	        !cb_bytes(c, &salt, &salt_n) || salt_n != 32 || !cb_int(hs, 3, &c) ||
	        !cb_bytes(c, &mac, &mac_n))
		return 0x12;
	double_hmac(shared, salt, salt_n, want);
	if (mac_n != 16 || memcmp(want, mac, 16) != 0)
		return 0x33;
	double_aes(shared, false, salt, plain, 32);
	double_hmac(t->master, id, n, secret);
	double_hmac(secret, plain, 32, answer);
	double_aes(shared, true, answer, sealed, 32);
	double_auth_data(&auth, 0x81);
	o_head(&auth, 5, 1), o_text(&auth, "hmac-secret"), o_bytes(&auth, sealed, 32);
	o_head(o, 5, 3);
	o_head(o, 0, 1), o_head(o, 5, 2), o_text(o, "id"), o_bytes(o, id, n), o_text(o, "type"),
	        o_text(o, "public-key");
	o_head(o, 0, 2), o_bytes(o, auth.b, auth.n);
	o_head(o, 0, 3), o_bytes(o, "not looked at", 13);
	return 0;
}

/* ---- CTAPHID ---- */

static void double_answer(struct fido_double *t, uint8_t cmd, const uint8_t *p, size_t n)
{
	size_t at = 0;
	for (int i = 0; i == 0 || at < n; i++) {
		uint8_t *r = t->out[t->out_n++];
		size_t head = i == 0 ? 7 : 5, take = n - at < 64 - head ? n - at : 64 - head;
		memset(r, 0, 64);
		memcpy(r, cmd == 0x06 ? "\xff\xff\xff\xff" : "\1\2\3\4", 4);
		r[4] = i == 0 ? 0x80 | cmd : (uint8_t)(i - 1);
		if (i == 0) {
			r[5] = (uint8_t)(n >> 8);
			r[6] = (uint8_t)n;
		}
		memcpy(r + head, p + at, take);
		at += take;
	}
}

static void double_do(struct fido_double *t)
{
	struct out o = {{0}, 1};
	struct cb req = {t->in_buf + 1, t->in_buf + t->in_want};
	t->out_n = t->out_at = 0;
	if (t->in_cmd == 0x06) {
		uint8_t hello[17];
		memcpy(hello, t->in_buf, 8);
		memcpy(hello + 8, "\1\2\3\4\2\1\0\0\x0c", 9);
		double_answer(t, 0x06, hello, sizeof(hello));
		return;
	}
	switch (t->in_cmd == 0x10 ? t->in_buf[0] : 0) {
	case 1:
		o.b[0] = double_make(t, req, &o);
		break;
	case 2:
		o.b[0] = double_assert(t, req, &o);
		break;
	case 4:
		o.b[0] = double_info(t, &o);
		break;
	case 6:
		o.b[0] = double_pin(t, req, &o);
		break;
	default:
		o.b[0] = 0x01;
	}
	double_answer(t, 0x10, o.b, o.b[0] ? 1 : o.n);
}

static void *double_open(const char *path)
{
	(void)path;
	return double_now && double_now->in ? double_now : NULL;
}

static void double_close(void *handle)
{
	(void)handle;
}

static int double_write(void *handle, const unsigned char *p, size_t n)
{
	struct fido_double *t = handle;
	const uint8_t *r = p + 1; /* after the report's number */
	size_t head = 5, take;
	if (n != 65 || !t->in)
		return -1;
	if (r[4] & 0x80) {
		t->in_cmd = r[4] & 0x7f;
		t->in_want = (size_t)r[5] << 8 | r[6];
		t->in_n = 0;
		head = 7;
	}
	take = t->in_want - t->in_n < 64 - head ? t->in_want - t->in_n : 64 - head;
	if (t->in_n + take > sizeof(t->in_buf))
		return -1;
	memcpy(t->in_buf + t->in_n, r + head, take);
	t->in_n += take;
	if (t->in_n == t->in_want)
		double_do(t);
	return (int)n;
}

static int double_read(void *handle, unsigned char *p, size_t n, int ms)
{
	struct fido_double *t = handle;
	(void)ms;
	if (n != 64 || t->out_at >= t->out_n)
		return -1;
	memcpy(p, t->out[t->out_at++], 64);
	return 64;
}

static const fido_dev_io_t double_hid = {double_open, double_close, double_read, double_write};

static void double_init(struct fido_double *t)
{
	memset(t, 0, sizeof(*t));
	randombytes_buf(t->master, sizeof(t->master));
	t->in = true;
}

static void double_end(struct fido_double *t)
{
	BN_free(t->d);
	t->d = NULL;
}

#endif
