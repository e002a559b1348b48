#include "vault_int.h"
#include <pthread.h>
#include <string.h>
/*
 * The list of words (assets/words.lst): 2048 of them, so that a word is eleven bits. Recovery words
 * and fingerprints are made of it.
 *
 * Invariants.
 * 1. The list is in alphabetical order, and no two words begin with the same four letters (a word
 * of three counts as itself): what is written on paper is clear after four.
 * 2. The list never changes: papers in envelopes and minutes in files speak of it.
 * 3. What was typed is made into the words of the list before anything is derived from it.
 */

static char table[VAULT_WORDS][VAULT_WORD_MAX + 1];

static void table_read(void)
{
	const struct asset *a = asset_find("words.lst");
	const char *p = a ? (const char *)a->data : "", *end = p + (a ? a->len : 0);
	for (unsigned i = 0; i < VAULT_WORDS && p < end; i++) {
		const char *line = memchr(p, '\n', (size_t)(end - p));
		const size_t n = (size_t)((line ? line : end) - p);
		memcpy(table[i], p, n < VAULT_WORD_MAX ? n : VAULT_WORD_MAX);
		p += n + 1;
	}
}

const char *vault_word(unsigned i)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, table_read);
	return i < VAULT_WORDS ? table[i] : "";
}

/* Before, among or after the words that begin with these letters? */
static int compare(const char *begin, size_t n, unsigned i)
{
	const char *word = vault_word(i);
	for (size_t k = 0; k < n; k++) {
		char c = begin[k];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[k])
			return (unsigned char)c < (unsigned char)word[k] ? -1 : 1;
	}
	return 0;
}

/* The first word that is not before these letters, or (after) that is behind all that begin so. */
static unsigned bound(const char *begin, size_t n, bool after)
{
	unsigned low = 0, high = VAULT_WORDS;
	while (low < high) {
		const unsigned mid = low + (high - low) / 2;
		const int c = compare(begin, n, mid);
		if (c > 0 || (after && c == 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool vault_word_find(const char *begin, size_t n, unsigned *ret_first, unsigned *ret_n)
{
	const unsigned first = bound(begin, n, false), end = bound(begin, n, true);
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

/* ---- recovery words as somebody types them ---- */

#define WORDS_FEWEST 5
#define WORDS_MOST 16

static bool between(char c)
{
	return c == ' ' || c == '-' || c == ',' || c == '.' || c == '\t' || c == '\n';
}

/* The one word that n letters stand for: it itself, the one with these first four, or the only one
 * that begins so. */
static const char *word_of(const char *typed, size_t n)
{
	unsigned first = 0, many = 0;
	if (!vault_word_find(typed, n < 4 ? n : 4, &first, &many))
		return NULL;
	/* In alphabetical order the word that is nothing but these letters comes first. */
	return many == 1 || strlen(vault_word(first)) == n ? vault_word(first) : NULL;
}

static enum err tidy(const struct vault_secret *in, struct vault_secret *out, struct why *w)
{
	unsigned words = 0;
	for (size_t i = 0; i < in->len;) {
		size_t end = i;
		while (end < in->len && !between(in->text[end]))
			end++;
		if (end > i) {
			const char *word = word_of(in->text + i, end - i);
			if (!word || words == WORDS_MOST)
				return why(w, ERR_INPUT,
				        "Word %u is not one of the recovery words. Nothing was "
				        "tried. "
				        "Look at the paper again.",
				        words + 1);
			if (words++)
				out->text[out->len++] = ' ';
			memcpy(out->text + out->len, word, strlen(word));
			out->len += strlen(word);
		}
		i = end + 1;
	}
	if (words < WORDS_FEWEST)
		return why(w, ERR_INPUT,
		        "There are %d recovery words on the paper; %u were typed. Nothing was "
		        "tried.",
		        VAULT_RECOVERY_WORDS, words);
	return ERR_OK;
}

enum err words_tidy(const struct vault_secret *in, struct vault_secret **ret, struct why *w)
{
	struct vault_secret *out;
	enum err e = vault_secret_create(WORDS_MOST * (VAULT_WORD_MAX + 1) + 1, &out);
	if (e != ERR_OK)
		return e;
	e = tidy(in, out, w);
	if (e == ERR_OK)
		*ret = out;
	else
		vault_secret_destroy(out);
	return e;
}
