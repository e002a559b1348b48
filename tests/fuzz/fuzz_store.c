/*
 * A store in which one file was changed: the database, the anchor, the keyring or the count of
 * tries. By single bytes, or the file whole, with the checksum at its end made right where there is
 * one, so that what lies behind it is reached too.
 */
#include "card.h"
#include <sodium.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define SUM 16

static void whole(const char *name, const uint8_t *p, size_t n, bool sum)
{
	uint8_t *copy = malloc(n + 1);
	card_must(copy != NULL);
	if (n)
		memcpy(copy, p, n);
	if (sum && n > SUM)
		crypto_generichash(copy + n - SUM, SUM, copy, n - SUM, NULL, 0);
	card_put(name, copy, n);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {
	        VAULT_FILE_DB, VAULT_FILE_ANCHOR, VAULT_FILE_RING, VAULT_FILE_TRIES};
	const char *name;
	bool changed = true;
	card_start();
	if (n < 2 || n > 65536)
		return 0;
	name = names[p[0] % COUNT_OF(names)];
	if (p[1] % 3 == 0 && card_file(name))
		card_change(name, p + 2, n - 2, &changed);
	else
		whole(name, p + 2, n - 2, p[1] % 3 == 1);
	/* A slot's salt or wrapped key that was changed is a wrong passphrase; tries make it wait.
	 */
	card_must(card_open(p[0] % COUNT_OF(names) >= 2) == CARD_COMMITS || changed);
	return 0;
}
