/*
 * What lies on a stick comes from outside. By the first byte: the body of a state, sealed here as
 * the store would; a part's payload, with its MAC made right; either as it is. What is taken is
 * written again as the same bytes.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "vault/backup_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const uint8_t key[VAULT_KEY] = {7}, store[VAULT_ID_BYTES] = {9};

static void must(bool what)
{
	if (!what)
		abort();
}

static void state_bytes(const uint8_t *p, size_t n)
{
	struct state *s = calloc(1, sizeof(*s));
	must(s);
	if (state_decode(p, n, store, key, s) == ERR_OK)
		must(s->parts <= PART_MAX && s->whole <= s->parts && (s->tag || !s->pages));
	state_finish(s);
	free(s);
}

/* Head of 56 bytes (nonce of zeroes), the input sealed, tag. */
static void state_body(const uint8_t *p, size_t n)
{
	uint8_t *file = calloc(1, 56 + n + 16);
	must(file);
	memcpy(file, "CRSTAT\r\n\x01", 9);
	memcpy(file + 16, store, sizeof(store));
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
	        file + 56, file + 56 + n, NULL, p, n, file, 32, NULL, file + 32, key);
	state_bytes(file, 56 + n + 16);
	free(file);
}

static void part_bytes(const uint8_t *p, size_t n)
{
	struct part part;
	struct buf again;
	uint8_t mac[32];
	if (part_decode(p, n, key, &part, NULL) != ERR_OK)
		return;
	buf_init(&again, PART_FILE);
	must(part_encode(&part, key, &again, mac) == ERR_OK && again.len == n);
	buf_finish(&again);
}

static void part_payload(const uint8_t *p, size_t n)
{
	uint8_t *file = malloc(n + 32);
	must(file);
	memcpy(file, p, n);
	keyed_hash(key, "caseroom 1 part", p, n, NULL, 0, file + n, 32);
	part_bytes(file, n + 32);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const what[])(const uint8_t *p, size_t n) = {
	        state_body, part_payload, state_bytes, part_bytes};
	uint8_t *own;
	if (secret_start() != ERR_OK)
		abort();
	if (n == 0)
		return 0;
	own = malloc(n); /* its end is where the sanitizer sees it */
	must(own);
	memcpy(own, p + 1, n - 1);
	what[p[0] % 4](own, n - 1);
	free(own);
	return 0;
}
