#include "fido_double.h"
#include "vault_help.h"
/*
 * A FIDO2 token as a factor: libfido2 and our use of it, against a token in software that speaks
 * CTAP over HID reports (fido_double.h). No hardware was met.
 */

static struct fido_double one, other;

static void plug(struct fido_double *t)
{
	double_now = t;
	vault_token_for_tests(&double_hid);
}

static void two_tokens(void)
{
	double_end(&one);
	double_end(&other);
	double_init(&one);
	double_init(&other);
	plug(&one);
}

struct credential {
	uint8_t id[VAULT_CREDENTIAL_MAX];
	size_t n;
};

static enum err make(struct credential *c, const char *pin, struct why *w)
{
	struct vault_token *t = vault_token_usb();
	t->pin = pin;
	c->n = 0;
	return t->make(t, c->id, &c->n, w);
}

static enum err ask(const struct credential *c, const char *pin, const char salt[32],
        uint8_t ret[32], struct why *w)
{
	struct vault_token *t = vault_token_usb();
	t->pin = pin;
	return t->secret(t, c->id, c->n, (const uint8_t *)salt, ret, w);
}

static const char salt_a[33] = "salt a salt a salt a salt a salt",
                  salt_b[33] = "salt b salt b salt b salt b salt";

static void t_token_answers_a_salt_always_alike(void)
{
	struct credential c;
	uint8_t a[32], again[32], b[32];
	struct why w = {""};
	two_tokens();
	CHECK_ERR(make(&c, NULL, &w), ERR_OK);
	CHECK(c.n == DOUBLE_CRED);
	CHECK_ERR(ask(&c, NULL, salt_a, a, &w), ERR_OK);
	CHECK_ERR(ask(&c, NULL, salt_a, again, &w), ERR_OK);
	CHECK_ERR(ask(&c, NULL, salt_b, b, &w), ERR_OK);
	CHECK(memcmp(a, again, 32) == 0);
	CHECK(memcmp(a, b, 32) != 0);
	CHECK(one.made == 1 && one.asked == 3);
}

/* The answer is HMAC-SHA-256 of what the token keeps for the credential, as CTAP says. */
static void t_token_answer_is_the_one_of_the_specification(void)
{
	struct credential c;
	uint8_t got[32], secret[32], want[32];
	struct why w = {""};
	two_tokens();
	CHECK_ERR(make(&c, NULL, &w), ERR_OK);
	CHECK_ERR(ask(&c, NULL, salt_a, got, &w), ERR_OK);
	double_hmac(one.master, c.id, c.n, secret);
	double_hmac(secret, salt_a, 32, want);
	CHECK(memcmp(got, want, 32) == 0);
}

static void t_token_two_credentials_are_two_secrets(void)
{
	struct credential c, d;
	uint8_t a[32], b[32];
	struct why w = {""};
	two_tokens();
	CHECK_ERR(make(&c, NULL, &w), ERR_OK);
	CHECK_ERR(make(&d, NULL, &w), ERR_OK);
	CHECK_ERR(ask(&c, NULL, salt_a, a, &w), ERR_OK);
	CHECK_ERR(ask(&d, NULL, salt_a, b, &w), ERR_OK);
	CHECK(memcmp(a, b, 32) != 0);
}

static void t_token_faults_are_told_apart(void)
{
	struct credential c;
	uint8_t a[32];
	struct why w = {""};
	two_tokens();
	CHECK_ERR(make(&c, NULL, &w), ERR_OK);
	plug(&other);
	CHECK_ERR(ask(&c, NULL, salt_a, a, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "not the token"));
	CHECK(vault_token_usb()->said == VAULT_TOKEN_OTHER);
	plug(&one);
	one.in = false;
	CHECK_ERR(ask(&c, NULL, salt_a, a, &w), ERR_NOT_FOUND);
	CHECK(strstr(w.text, "No token is in"));
	CHECK(vault_token_usb()->said == VAULT_TOKEN_ABSENT);
	CHECK_ERR(make(&c, NULL, &w), ERR_NOT_FOUND);
	one.in = true;
	one.lazy = true;
	CHECK_ERR(make(&c, NULL, &w), ERR_WAIT);
	CHECK(strstr(w.text, "touch"));
	CHECK(vault_token_usb()->said == VAULT_TOKEN_UNTOUCHED);
	one.lazy = false;
	one.plain = true;
	CHECK_ERR(make(&c, NULL, &w), ERR_NEEDS);
	CHECK(strstr(w.text, "hmac-secret"));
	CHECK(vault_token_usb()->said == VAULT_TOKEN_REFUSED);
}

static void t_token_with_its_own_pin(void)
{
	struct credential c, none;
	uint8_t a[32], b[32];
	struct why w = {""};
	two_tokens();
	one.pin = "482913";
	CHECK_ERR(make(&none, NULL, &w), ERR_NEEDS);
	CHECK(strstr(w.text, "its own PIN"));
	CHECK(vault_token_usb()->said == VAULT_TOKEN_WANTS_PIN);
	CHECK_ERR(make(&c, "482913", &w), ERR_OK);
	CHECK_ERR(ask(&c, "482913", salt_a, a, &w), ERR_OK);
	CHECK_ERR(ask(&c, "111111", salt_a, b, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "PIN is wrong"));
	CHECK(vault_token_usb()->said == VAULT_TOKEN_WRONG_PIN);
	CHECK_ERR(ask(&c, "482913", salt_a, b, &w), ERR_OK);
	CHECK(memcmp(a, b, 32) == 0);
	CHECK(vault_token_usb()->said == VAULT_TOKEN_FINE);
	CHECK_ERR(ask(&c, "111111", salt_a, b, &w), ERR_WRONG_KEY);
	CHECK_ERR(ask(&c, "111111", salt_a, b, &w), ERR_NEEDS);
	CHECK(strstr(w.text, "blocked itself"));
}

/* A credential that somebody changed in the keyring is no credential of any token. */
static void t_token_refuses_a_changed_credential(void)
{
	struct credential c;
	uint8_t a[32];
	struct why w = {""};
	two_tokens();
	CHECK_ERR(make(&c, NULL, &w), ERR_OK);
	for (size_t i = 0; i < c.n; i++) {
		c.id[i] ^= 1;
		CHECK_ERR(ask(&c, NULL, salt_a, a, &w), ERR_WRONG_KEY);
		c.id[i] ^= 1;
	}
	CHECK_ERR(ask(&c, NULL, salt_a, a, &w), ERR_OK);
}

static const struct test tests[] = {
        T(t_token_answers_a_salt_always_alike),
        T(t_token_answer_is_the_one_of_the_specification),
        T(t_token_two_credentials_are_two_secrets),
        T(t_token_faults_are_told_apart),
        T(t_token_with_its_own_pin),
        T(t_token_refuses_a_changed_credential),
};

int main(int argc, char **argv)
{
	cheap_start();
	if (secret_start() != ERR_OK)
		return 1;
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
