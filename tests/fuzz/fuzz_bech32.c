/*
 * Any text as a key, with either prefix: what decodes is written again the same, for there is one
 * way to write a key; and any 32 bytes written as a key read back.
 */
#include <stdlib.h>
#include <string.h>
#include "caseroom/age.h"
#include "vault/bech32.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const prefixes[] = {"age", "AGE-SECRET-KEY-"};

static void read_text(const uint8_t *p, size_t n)
{
	char text[200], again[200];
	uint8_t key[BECH32_KEY_BYTES];
	struct why w;
	if (n >= sizeof(text))
		return;
	memcpy(text, p, n);
	text[n] = 0;
	(void)!age_recipient_check(text, &w);
	for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
		if (bech32_decode(prefixes[i], text, key) != BECH32_OK)
			continue;
		bech32_encode(prefixes[i], key, again);
		if (strcmp(text, again) != 0)
			abort();
	}
}

/* A key of ours with one character changed is not a key. */
static void read_ours(const uint8_t *p, size_t n)
{
	char text[200];
	uint8_t key[BECH32_KEY_BYTES], again[BECH32_KEY_BYTES];
	const char *prefix = prefixes[p[0] & 1];
	size_t at;
	if (n < sizeof(key) + 3)
		return;
	memcpy(key, p + 1, sizeof(key));
	bech32_encode(prefix, key, text);
	if (bech32_decode(prefix, text, again) != BECH32_OK || memcmp(key, again, sizeof(key)) != 0)
		abort();
	at = p[33] % strlen(text);
	if (p[34] == 0 || (uint8_t)text[at] == p[34])
		return;
	text[at] = (char)p[34];
	if (bech32_decode(prefix, text, again) == BECH32_OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n < 2)
		return 0;
	if (p[0] & 0x80)
		read_ours(p + 1, n - 1);
	else
		read_text(p + 1, n - 1);
	return 0;
}
