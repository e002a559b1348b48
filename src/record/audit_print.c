#include "audit_int.h"
#include <string.h>

/* A printed fingerprint as somebody types it: which hashes it can be the beginning of. */

/* A word in full, or by as many letters as no other begins with. */
static bool word_of(const char *p, size_t len, unsigned *ret)
{
	unsigned first, n;
	if (!vault_word_find(p, len, &first, &n) && (len < 4 || !vault_word_find(p, 4, &first, &n)))
		return false;
	if (n != 1 && strlen(vault_word(first)) != len) /* the whole word comes first of them */
		return false;
	*ret = first;
	return true;
}

/* Five words, or sixteen digits; the bits it gives into ret[8], and how many. 0: neither. */
static unsigned print_bits(const char *text, uint8_t ret[8])
{
	unsigned bits = 0, first;
	const char *p = text;
	memset(ret, 0, 8);
	while (*(p += strspn(p, " -\t"))) {
		size_t len = strcspn(p, " -\t");
		if (bits >= VAULT_FINGERPRINT_WORDS * 11 || !word_of(p, len, &first))
			return 0;
		for (unsigned b = 0; b < 11; b++, bits++)
			if (first >> (10 - b) & 1)
				ret[bits / 8] |= (uint8_t)(0x80u >> (bits % 8));
		p += len;
	}
	return bits == VAULT_FINGERPRINT_WORDS * 11 ? bits : 0;
}

static unsigned print_digits(const char *text, uint8_t ret[8])
{
	unsigned n = 0;
	memset(ret, 0, 8);
	for (const char *p = text; *p; p++) {
		const char *at = *p ? strchr("0123456789abcdefABCDEF", *p) : NULL;
		if (*p == ' ')
			continue;
		if (!at || n == 16)
			return 0;
		unsigned d = (unsigned)(strchr("0123456789abcdef", *p | (*p > '9' ? 0x20 : 0)) -
		                        "0123456789abcdef");
		ret[n / 2] |= (uint8_t)(n % 2 ? d : d << 4);
		n++;
	}
	return n == 16 ? 64 : 0;
}

/* The last eight bytes that begin with the first `bits` of these. */
static void last_with_bits(const uint8_t from[8], unsigned bits, uint8_t ret[8])
{
	memcpy(ret, from, 8);
	for (; bits < 64; bits++)
		ret[bits / 8] |= (uint8_t)(0x80u >> (bits % 8));
}

bool audit_print_parse(const char *text, uint8_t from[8], uint8_t to[8])
{
	unsigned bits = print_bits(text, from);
	if (!bits)
		bits = print_digits(text, from);
	if (bits)
		last_with_bits(from, bits, to);
	return bits != 0;
}
