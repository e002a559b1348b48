#include "vault_int.h"
#include <fido.h>
#include <sodium.h>
#include <string.h>
/*
 * A FIDO2 token as one of the factors: its hmac-secret (CTAP 2.1 section 12.5), through libfido2.
 * The token keeps a secret for each credential and answers a salt with HMAC-SHA-256 of it; the
 * answer comes encrypted for this call alone, so that nothing on the cable can be played again.
 *
 * Invariants.
 * 1. The credential is not resident: the token stores nothing, and nothing on it names this store.
 * The credential lies in the keyring's slot; without the token it is noise.
 * 2. What the token answers goes into guarded memory of the caller and nowhere else.
 * 3. No token, another token, one that nobody touched and one that wants its own PIN are told
 * apart; none of them looks like a wrong passphrase.
 * 4. U2F tokens are not used: they have no hmac-secret.
 *
 * Written from the specification and libfido2's manual and tried against a token in software
 * (tests/unit/fido_double.h). It has not met hardware.
 */

#define TOKENS_MAX 8
#define TOUCH_MS 30000
#define RP_ID "caseroom"

static const fido_dev_io_t *double_io; /* tests: a token in software */

void vault_token_for_tests(const void *io)
{
	double_io = io;
}

static enum vault_token_said said(int rc)
{
	switch (rc) {
	case FIDO_OK:
	case FIDO_ERR_INTERNAL: /* no memory */
		return VAULT_TOKEN_FINE;
	case FIDO_ERR_NO_CREDENTIALS:
	case FIDO_ERR_INVALID_CREDENTIAL:
		return VAULT_TOKEN_OTHER;
	case FIDO_ERR_ACTION_TIMEOUT:
	case FIDO_ERR_USER_ACTION_TIMEOUT:
	case FIDO_ERR_OPERATION_DENIED:
		return VAULT_TOKEN_UNTOUCHED;
	case FIDO_ERR_PIN_REQUIRED:
		return VAULT_TOKEN_WANTS_PIN;
	case FIDO_ERR_PIN_INVALID:
		return VAULT_TOKEN_WRONG_PIN;
	default:
		return VAULT_TOKEN_REFUSED;
	}
}

static enum err say(int rc, struct why *w)
{
	switch (rc) {
	case FIDO_OK:
		return ERR_OK;
	case FIDO_ERR_NO_CREDENTIALS:
	case FIDO_ERR_INVALID_CREDENTIAL:
		return why(w, ERR_WRONG_KEY,
		        "This is not the token that belongs to this key. Nothing was changed. Put "
		        "in the right one.");
	case FIDO_ERR_ACTION_TIMEOUT:
	case FIDO_ERR_USER_ACTION_TIMEOUT:
	case FIDO_ERR_OPERATION_DENIED:
		return why(w, ERR_WAIT,
		        "Nobody touched the token. Nothing was changed. Try again, and touch it "
		        "when it blinks.");
	case FIDO_ERR_PIN_REQUIRED:
		return why(w, ERR_NEEDS, "The token wants its own PIN. Nothing was changed.");
	case FIDO_ERR_PIN_INVALID:
		return why(w, ERR_WRONG_KEY,
		        "The token's own PIN is wrong. Nothing was changed. It blocks itself after "
		        "a "
		        "few more wrong ones.");
	case FIDO_ERR_PIN_BLOCKED:
	case FIDO_ERR_PIN_AUTH_BLOCKED:
		return why(w, ERR_NEEDS,
		        "The token has blocked itself after too many wrong PINs. Take it out and "
		        "put it in again; if that does not help, open with another key.");
	case FIDO_ERR_TX:
	case FIDO_ERR_RX: /* taken out meanwhile */
		return ERR_NOT_FOUND;
	case FIDO_ERR_INTERNAL:
		return why(w, ERR_NOMEM,
		        "There was not enough memory. Nothing was changed. Try "
		        "again.");
	default:
		return why(w, ERR_IO,
		        "The token did not answer as it should (code %d). Nothing was changed. "
		        "Take it out, put it in and try again.",
		        rc);
	}
}

static enum err none_there(struct why *w)
{
	return why(w, ERR_NOT_FOUND, "No token is in. Put it in, then try again.");
}

static bool has_hmac_secret(fido_dev_t *dev)
{
	fido_cbor_info_t *info = fido_cbor_info_new();
	bool has = false;
	if (info && fido_dev_get_cbor_info(dev, info) == FIDO_OK) {
		char **name = fido_cbor_info_extensions_ptr(info);
		for (size_t i = 0; i < fido_cbor_info_extensions_len(info); i++)
			has |= strcmp(name[i], "hmac-secret") == 0;
	}
	fido_cbor_info_free(&info);
	return has;
}

/* What is done with one open token; ERR_NOT_FOUND: not with this one, look at the next. */
typedef enum err token_fn(fido_dev_t *dev, void *ctx, struct why *w);

static enum err with_path(const char *path, token_fn *fn, void *ctx, struct why *w)
{
	fido_dev_t *dev = fido_dev_new();
	enum err e = ERR_NOT_FOUND;
	if (!dev)
		return ERR_NOMEM;
	if ((!double_io || fido_dev_set_io_functions(dev, double_io) == FIDO_OK) &&
	        fido_dev_open(dev, path) == FIDO_OK) {
		(void)fido_dev_set_timeout(dev, TOUCH_MS);
		e = fido_dev_is_fido2(dev) && has_hmac_secret(dev)
		            ? fn(dev, ctx, w)
		            : why(w, ERR_NEEDS,
		                      "This token cannot keep a secret for Caseroom: it has no "
		                      "hmac-secret. Use another one.");
		(void)fido_dev_close(dev);
	}
	fido_dev_free(&dev);
	return e;
}

bool vault_token_there(void)
{
	fido_dev_info_t *list;
	size_t n = 0;
	fido_init(FIDO_DISABLE_U2F_FALLBACK);
	list = fido_dev_info_new(1);
	if (list && fido_dev_info_manifest(list, 1, &n) != FIDO_OK)
		n = 0;
	fido_dev_info_free(&list, 1);
	return n > 0;
}

/* Each token that is plugged in, until one is the right one. */
static enum err with_token(token_fn *fn, void *ctx, struct why *w)
{
	fido_dev_info_t *list;
	size_t n = 0;
	enum err e = ERR_NOT_FOUND;
	fido_init(FIDO_DISABLE_U2F_FALLBACK);
	if (double_io) {
		e = with_path("double", fn, ctx, w);
		return e == ERR_NOT_FOUND ? none_there(w) : e;
	}
	list = fido_dev_info_new(TOKENS_MAX);
	if (!list)
		return ERR_NOMEM;
	if (fido_dev_info_manifest(list, TOKENS_MAX, &n) != FIDO_OK)
		n = 0;
	for (size_t i = 0; i < n && (e == ERR_NOT_FOUND || e == ERR_NEEDS || e == ERR_WRONG_KEY);
	        i++)
		e = with_path(fido_dev_info_path(fido_dev_info_ptr(list, i)), fn, ctx, w);
	fido_dev_info_free(&list, TOKENS_MAX);
	return e == ERR_NOT_FOUND ? none_there(w) : e;
}

/* Runs `fn` on the tokens that are in; `t` knows what they said. */
static enum err with(struct vault_token *t, token_fn *fn, void *ctx, struct why *w)
{
	enum err e;
	t->said = VAULT_TOKEN_REFUSED; /* unless it gets as far as to answer */
	e = with_token(fn, ctx, w);
	if (e == ERR_NOT_FOUND)
		t->said = VAULT_TOKEN_ABSENT;
	else if (e == ERR_NOMEM)
		t->said = VAULT_TOKEN_FINE;
	return e;
}

/* What the token came to with `dev`. */
static enum err came_to(fido_dev_t *dev, struct vault_token *t, int rc, struct why *w)
{
	int left;
	t->said = said(rc);
	t->tries = rc == FIDO_ERR_PIN_INVALID && fido_dev_get_retry_count(dev, &left) == FIDO_OK
	                   ? left
	                   : -1;
	return say(rc, w);
}

struct making {
	struct vault_token *token;
	uint8_t *credential;
	size_t *n;
};

static int cred_prepare(fido_cred_t *c)
{
	uint8_t challenge[32], user[16];
	int rc = fido_cred_set_type(c, COSE_ES256);
	randombytes_buf(challenge, sizeof(challenge));
	randombytes_buf(user, sizeof(user));
	if (rc == FIDO_OK)
		rc = fido_cred_set_clientdata_hash(c, challenge, sizeof(challenge));
	if (rc == FIDO_OK)
		rc = fido_cred_set_rp(c, RP_ID, "Caseroom");
	if (rc == FIDO_OK)
		rc = fido_cred_set_user(c, user, sizeof(user), "key", "Key", NULL);
	if (rc == FIDO_OK)
		rc = fido_cred_set_extensions(c, FIDO_EXT_HMAC_SECRET);
	return rc;
}

static enum err make_on(fido_dev_t *dev, void *ctx, struct why *w)
{
	struct making *m = ctx;
	fido_cred_t *c = fido_cred_new();
	enum err e;
	int rc = c ? cred_prepare(c) : FIDO_ERR_INTERNAL;
	if (rc == FIDO_OK)
		rc = fido_dev_make_cred(dev, c, m->token->pin);
	e = came_to(dev, m->token, rc, w);
	if (e == ERR_OK && (fido_cred_id_len(c) == 0 || fido_cred_id_len(c) > VAULT_CREDENTIAL_MAX))
		e = why(w, ERR_LIMIT,
		        "This token's credentials are longer than a keyring holds. Use another "
		        "one.");
	if (e == ERR_OK) {
		memcpy(m->credential, fido_cred_id_ptr(c), fido_cred_id_len(c));
		*m->n = fido_cred_id_len(c);
	}
	fido_cred_free(&c);
	return e;
}

static enum err token_make(struct vault_token *t, uint8_t ret_credential[VAULT_CREDENTIAL_MAX],
        size_t *ret_n, struct why *w)
{
	struct making m = {t, ret_credential, ret_n};
	return with(t, make_on, &m, w);
}

struct asking {
	struct vault_token *token;
	const uint8_t *credential, *salt;
	size_t n;
	uint8_t *ret;
};

static int assert_prepare(fido_assert_t *a, const struct asking *q)
{
	uint8_t challenge[32];
	int rc;
	randombytes_buf(challenge, sizeof(challenge));
	rc = fido_assert_set_clientdata_hash(a, challenge, sizeof(challenge));
	if (rc == FIDO_OK)
		rc = fido_assert_set_rp(a, RP_ID);
	if (rc == FIDO_OK)
		rc = fido_assert_allow_cred(a, q->credential, q->n);
	if (rc == FIDO_OK)
		rc = fido_assert_set_extensions(a, FIDO_EXT_HMAC_SECRET);
	if (rc == FIDO_OK)
		rc = fido_assert_set_hmac_salt(a, q->salt, 32);
	if (rc == FIDO_OK)
		rc = fido_assert_set_up(a, FIDO_OPT_TRUE);
	return rc;
}

static enum err ask_on(fido_dev_t *dev, void *ctx, struct why *w)
{
	struct asking *q = ctx;
	fido_assert_t *a = fido_assert_new();
	int rc = a ? assert_prepare(a, q) : FIDO_ERR_INTERNAL;
	if (rc == FIDO_OK)
		rc = fido_dev_get_assert(dev, a, q->token->pin);
	if (rc == FIDO_OK && (fido_assert_count(a) != 1 || fido_assert_hmac_secret_len(a, 0) != 32))
		rc = FIDO_ERR_RX_INVALID_CBOR;
	if (rc == FIDO_OK)
		memcpy(q->ret, fido_assert_hmac_secret_ptr(a, 0), 32);
	fido_assert_free(&a); /* libfido2 wipes the secret that it held */
	return came_to(dev, q->token, rc, w);
}

static enum err token_secret(struct vault_token *t, const uint8_t *credential, size_t n,
        const uint8_t salt[32], uint8_t ret[32], struct why *w)
{
	struct asking q = {t, credential, salt, n, ret};
	return with(t, ask_on, &q, w);
}

struct vault_token *vault_token_usb(void)
{
	static struct vault_token token = {.make = token_make, .secret = token_secret};
	return &token;
}
