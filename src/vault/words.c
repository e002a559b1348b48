#include "vault_int.h"
#include <string.h>
/*
 * Words for eleven bits each. Two syllables until the list of words is there: thirty-two and
 * sixty-four of them, in alphabetical order.
 */

static void spell(unsigned i, char out[5])
{
	static const char c[] = "bdfghjklmnprstvz", v[] = "aiou";
	const unsigned hi = i >> 6 & 31, lo = i & 63;
	out[0] = c[hi >> 2];
	out[1] = v[hi & 3];
	out[2] = c[lo >> 2];
	out[3] = v[lo & 3];
	out[4] = 0;
}

const char *vault_word(unsigned i)
{
	static char word[VAULT_WORDS][5];
	spell(i, word[i % VAULT_WORDS]);
	return word[i % VAULT_WORDS];
}

static int compare(const char *begin, size_t n, unsigned i)
{
	const char *word = vault_word(i);
	for (size_t k = 0; k < n; k++) {
		char c = begin[k];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[k])
			return c < word[k] ? -1 : 1;
	}
	return 0;
}

bool vault_word_find(const char *begin, size_t n, unsigned *ret_first, unsigned *ret_n)
{
	unsigned first = 0, end;
	while (first < VAULT_WORDS && compare(begin, n, first) > 0)
		first++;
	for (end = first; end < VAULT_WORDS && compare(begin, n, end) == 0;)
		end++;
	if (end == first)
		return false;
	*ret_first = first;
	*ret_n = end - first;
	return true;
}

void vault_fingerprint(const uint8_t hash[VAULT_HASH_BYTES], char ret[VAULT_FINGERPRINT_MAX])
{
	char *p = ret;
	for (unsigned w = 0; w < VAULT_FINGERPRINT_WORDS; w++) {
		unsigned bits = 0;
		for (unsigned b = w * 11; b < w * 11 + 11; b++)
			bits = bits << 1 | (hash[b / 8] >> (7 - b % 8) & 1u);
		const char *word = vault_word(bits);
		if (w)
			*p++ = ' ';
		memcpy(p, word, strlen(word) + 1);
		p += strlen(word);
	}
}
