#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "vault/vault_int.h"
/*
 * Any bytes as a keyring: as they come, and with the checksum made right, so that
 * what lies behind it is reached too. What decodes must encode again to the same bytes but for the
 * MAC and the checksum.
 */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void try_ring(const uint8_t *p, size_t n)
{
	static struct vault_keys keys;
	static struct keyring k;
	uint8_t out[RING_MAX];
	struct vault_slot slot;
	struct why w;
	if (keyring_decode(p, n, &k, &w) != ERR_OK)
		return;
	for (size_t i = 0; i < k.n; i++) {
		keyring_show(&k, i, &slot);
		if (strnlen(slot.label, sizeof(slot.label)) == sizeof(slot.label))
			abort();
	}
	if (keyring_check(&k, &keys, NULL) == ERR_OK)
		abort();
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
