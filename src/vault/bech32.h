#ifndef CASEROOM_VAULT_BECH32_H
#define CASEROOM_VAULT_BECH32_H
/*
 * Bech32 (BIP 173) for age keys alone: 32 bytes behind a known prefix. Strict: one case throughout,
 * the prefix exactly as given, the checksum right, no padding bit set. Both directions run without
 * branches on the key's value, since an identity is a secret.
 */
#include "caseroom/base.h"

#define BECH32_KEY_BYTES 32
/* Characters that follow the prefix: "1", 52 of key, 6 of checksum. */
#define BECH32_TAIL_CHARS 59

enum bech32_fault {
	BECH32_OK,
	BECH32_PREFIX,   /* another kind of thing, or other letters before the key */
	BECH32_CASE,     /* capital and small letters mixed, or the wrong one of them */
	BECH32_LENGTH,   /* characters missing or too many */
	BECH32_CHARS,    /* a character that bech32 does not have */
	BECH32_CHECKSUM, /* mistyped */
};

/* `prefix` is in the case that the text must be in throughout ("age", "AGE-SECRET-KEY-"). */
enum bech32_fault bech32_decode(
        const char *prefix, const char *s, uint8_t ret_key[BECH32_KEY_BYTES]) MUST_CHECK;
/* Writes strlen(prefix) + BECH32_TAIL_CHARS + 1 bytes. */
void bech32_encode(const char *prefix, const uint8_t key[BECH32_KEY_BYTES], char *out);

#endif
