#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "vault/vault_int.h"
/*
 * Any bytes as a keyring of either version and as a room key: as they come, and with the checksum
 * made right, so that what lies behind it is reached too. What decodes must encode again to the
 * same bytes but for the MAC and the checksum, and opens with no key.
 */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The public part only: a derivation would take all the time there is. */
static void try_slot(const struct keyring *k, size_t i)
{
	static struct kek kek;
	static char text[] = "lamp lamp lamp lamp lamp lamp lamp lamp";
	const struct vault_secret s = {text, sizeof(text) - 1, sizeof(text)};
	const struct vault_factors f = {.passphrase = &s};
	const enum err e = slot_ready(&k->head, &k->slot[i], &f, NULL);
	if (e != ERR_OK && e != ERR_NEEDS)
		abort();
	kek_finish(&k->head, &k->slot[i], &kek);
}

static void try_room_key(const uint8_t *p, size_t n)
{
	uint8_t copy[8192];
	if (room_key_decode(p, n, NULL) == ERR_OK && n != sizeof(copy))
		abort();
	if (n < 128 || n > sizeof(copy))
		return;
	memcpy(copy, p, n);
	crypto_generichash(copy + 112, 16, copy, 112, NULL, 0);
	if (room_key_decode(copy, n, NULL) == ERR_OK && n != sizeof(copy))
		abort();
}

static void try_ring(const uint8_t *p, size_t n)
{
	static struct vault_keys keys;
	static struct keyring k;
	uint8_t out[RING_MAX];
	struct vault_slot slot;
	static const uint8_t zero[VAULT_KEY];
	struct why w;
	if (keyring_decode(p, n, &k, &w) != ERR_OK)
		return;
	for (size_t i = 0; i < k.n; i++) {
		keyring_show(&k, i, &slot);
		if (strnlen(slot.label, sizeof(slot.label)) == sizeof(slot.label))
			abort();
	}
	if (keyring_check(&k, &keys, NULL) == ERR_OK || keyring_open_head(&k, zero, &keys))
		abort();
	for (size_t i = 0; i < k.n; i++)
		try_slot(&k, i);
	if (keyring_encode(&k, &keys, out) != n || memcmp(out, p, n - RING_MAC - RING_SUM) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static bool started;
	uint8_t *copy;
	if (!started && secret_start() != ERR_OK)
		abort();
	started = true;
	try_room_key(p, n);
	try_ring(p, n);
	if (n < RING_SUM || n > RING_MAX)
		return 0;
	copy = malloc(n);
	if (!copy)
		return 0;
	memcpy(copy, p, n);
	crypto_generichash(copy + n - RING_SUM, RING_SUM, copy, n - RING_SUM, NULL, 0);
	try_ring(copy, n);
	free(copy);
	return 0;
}
