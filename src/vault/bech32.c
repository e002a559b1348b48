#include "bech32.h"
#include <string.h>

#define KEY_CHARS 52
#define CHECK_CHARS 6

static uint32_t polymod_step(uint32_t c, uint32_t v)
{
	static const uint32_t GENERATOR[] = {
	        0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = c >> 25;
	c = (c & 0x1ffffff) << 5 ^ v;
	for (int i = 0; i < 5; i++)
		c ^= GENERATOR[i] & (0u - (top >> i & 1));
	return c;
}

static uint32_t lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static uint32_t polymod_prefix(const char *prefix)
{
	uint32_t c = 1;
	for (const char *p = prefix; *p; p++)
		c = polymod_step(c, lower((unsigned char)*p) >> 5);
	c = polymod_step(c, 0);
	for (const char *p = prefix; *p; p++)
		c = polymod_step(c, lower((unsigned char)*p) & 31);
	return c;
}

static const char ALPHABET[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* Every entry is looked at, so that the time does not tell which one it was. 32 when there is none.
 */
static uint32_t value_of(uint32_t c)
{
	uint32_t v = 32;
	for (uint32_t i = 0; i < 32; i++) {
		uint32_t differ = c ^ (unsigned char)ALPHABET[i];
		uint32_t mask = 0u - ((differ - 1) >> 31); /* all ones when equal */
		v = (v & ~mask) | (i & mask);
	}
	return v;
}

static uint32_t char_of(uint32_t v, bool upper)
{
	uint32_t c = 0;
	for (uint32_t i = 0; i < 32; i++) {
		uint32_t mask = 0u - (((v ^ i) - 1) >> 31);
		c |= (unsigned char)ALPHABET[i] & mask;
	}
	uint32_t letter = 0u - (c >> 6 & 1);
	return upper ? c - (32 & letter) : c;
}

static bool is_upper(const char *prefix)
{
	return prefix[0] >= 'A' && prefix[0] <= 'Z';
}

enum bech32_fault bech32_decode(
        const char *prefix, const char *s, uint8_t ret_key[BECH32_KEY_BYTES])
{
	size_t n = strlen(prefix), len = strnlen(s, n + BECH32_TAIL_CHARS + 1);
	bool upper = is_upper(prefix);
	if (strncasecmp(s, prefix, n) != 0 || s[n] != '1')
		return BECH32_PREFIX;
	for (size_t i = 0; i < len; i++) {
		bool wrong = upper ? s[i] >= 'a' && s[i] <= 'z' : s[i] >= 'A' && s[i] <= 'Z';
		if (wrong)
			return BECH32_CASE;
	}
	if (len != n + BECH32_TAIL_CHARS)
		return BECH32_LENGTH;

	uint32_t check = polymod_prefix(prefix), bad = 0, acc = 0, bits = 0;
	uint8_t key[BECH32_KEY_BYTES];
	size_t k = 0;
	s += n + 1;
	for (size_t i = 0; i < KEY_CHARS + CHECK_CHARS; i++) {
		uint32_t v = value_of(lower((unsigned char)s[i]));
		bad |= v >> 5;
		check = polymod_step(check, v & 31);
		if (i >= KEY_CHARS)
			continue;
		acc = (acc << 5 | (v & 31)) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			key[k++] = (uint8_t)(acc >> bits);
		}
	}
	/* 52 characters are 260 bits: the last 4 stand in the last key character and must be zero
	 */
	uint32_t padding = value_of(lower((unsigned char)s[KEY_CHARS - 1])) & 15;
	enum bech32_fault fault = bad          ? BECH32_CHARS
	                          : check != 1 ? BECH32_CHECKSUM
	                          : padding    ? BECH32_LENGTH
	                                       : BECH32_OK;
	if (fault == BECH32_OK)
		memcpy(ret_key, key, sizeof(key));
	wipe(key, sizeof(key));
	wipe(&acc, sizeof(acc));
	return fault;
}

void bech32_encode(const char *prefix, const uint8_t key[BECH32_KEY_BYTES], char *out)
{
	size_t n = strlen(prefix);
	bool upper = is_upper(prefix);
	uint32_t check = polymod_prefix(prefix), acc = 0, bits = 0;
	memcpy(out, prefix, n);
	out += n;
	*out++ = '1';
	for (size_t i = 0, k = 0; i < KEY_CHARS; i++) {
		if (bits < 5) {
			acc = (acc << 8 | (k < BECH32_KEY_BYTES ? key[k] : 0)) & 0xffff;
			k++;
			bits += 8;
		}
		bits -= 5;
		uint32_t v = acc >> bits & 31;
		check = polymod_step(check, v);
		*out++ = (char)char_of(v, upper);
	}
	for (int i = 0; i < CHECK_CHARS; i++)
		check = polymod_step(check, 0);
	check ^= 1;
	for (int i = 0; i < CHECK_CHARS; i++)
		*out++ = (char)char_of(check >> (5 * (5 - i)) & 31, upper);
	*out = 0;
	wipe(&acc, sizeof(acc));
}
