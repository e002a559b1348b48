#include "vault_int.h"
#include <sodium.h>
#include <string.h>
/*
 * Is a passphrase good enough against a copied card, alone or beside other factors? And the
 * recovery words, which are.
 *
 * The rule: four different words, or a guess of 50 bits. The guess takes a run of four letters or
 * more for a word out of a short list and not for random letters, and counts nothing for what
 * repeats or follows (aaa, 123, qwe). So a PIN of any length that a person would use, a name with a
 * year, a word with numbers for letters are all refused.
 */

#define WORDS_ENOUGH 4
#define WORD_MIN 3
#define BITS_ENOUGH 500 /* tenths of a bit; four words picked with dice have 517 */

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool word_equal(const char *a, size_t an, const char *b, size_t bn)
{
	if (an != bn)
		return false;
	for (size_t i = 0; i < an; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

static size_t word_end(const struct vault_secret *s, size_t i)
{
	while (i < s->len && letter(s->text[i]))
		i++;
	return i;
}

/* Is the word at [from, to) said before? */
static bool said_before(const struct vault_secret *s, size_t from, size_t to)
{
	for (size_t i = 0; i < from;) {
		size_t end = word_end(s, i);
		if (end > i && word_equal(s->text + i, end - i, s->text + from, to - from))
			return true;
		i = end > i ? end : i + 1;
	}
	return false;
}

static size_t words_count(const struct vault_secret *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->len;) {
		size_t end = word_end(s, i);
		n += end - i >= WORD_MIN && !said_before(s, i, end);
		i = end > i ? end : i + 1;
	}
	return n;
}

/* Does c repeat p, follow it, or lie beside it on the keyboard? */
static bool follows(char p, char c)
{
	static const char rows[] = "qwertyuiop asdfghjkl zxcvbnm 1234567890";
	const char *at;
	p = lower(p);
	c = lower(c);
	if (c == p || c == p + 1 || c == p - 1)
		return true;
	at = p ? strchr(rows, p) : NULL;
	return at && ((at > rows && at[-1] == c) || at[1] == c);
}

static int char_bits(char c)
{
	if (c == ' ')
		return 0;
	if (c >= '0' && c <= '9')
		return 33;
	return letter(c) ? 50 : 58;
}

static int guess_bits(const struct vault_secret *s)
{
	int bits = 0;
	for (size_t i = 0; i < s->len;) {
		const size_t end = word_end(s, i);
		if (end - i > WORD_MIN) {
			bits += said_before(s, i, end) ? 0 : 110;
			i = end;
			continue;
		}
		if (i == 0 || !follows(s->text[i - 1], s->text[i]))
			bits += char_bits(s->text[i]);
		i++;
	}
	return bits;
}

#define PIN_LEAST 3 /* different ones, and ones that do not follow */

/* Beside a room key or a token the text need only outlast the tries that a thief of both has time
 * for: six characters, not a row, not the same half twice. */
static bool pin_enough(const struct vault_secret *s)
{
	size_t n = 0, different = 0, free_ones = 0;
	for (size_t i = 0; i < s->len; i++) {
		if ((s->text[i] & 0xc0) == 0x80)
			continue;
		n++;
		different += !memchr(s->text, s->text[i], i);
		free_ones += i == 0 || !follows(s->text[i - 1], s->text[i]);
	}
	return n >= VAULT_PIN_LEAST && different >= PIN_LEAST && free_ones >= PIN_LEAST &&
	       !(s->len % 2 == 0 && memcmp(s->text, s->text + s->len / 2, s->len / 2) == 0);
}

enum err vault_passphrase_check(const struct vault_secret *s, unsigned factors, struct why *w)
{
	if (!utf8_printable(s->text, s->len, false))
		return why(w, ERR_REFUSED,
		        "The passphrase has a character that cannot be typed again. Choose "
		        "another.");
	if (words_count(s) >= WORDS_ENOUGH || guess_bits(s) >= BITS_ENOUGH)
		return ERR_OK;
	if (!(factors & (VAULT_ROOM_KEY | VAULT_FIDO)))
		return why(w, ERR_REFUSED,
		        "This passphrase is too easy to guess from a copied card. Use at least "
		        "four different words that do not belong together, such as four picked "
		        "with dice from a list.");
	return pin_enough(s) ? ERR_OK
	                     : why(w, ERR_REFUSED,
	                               "This PIN is too easy to guess. Use six digits or more that "
	                               "are not a row such as 123456 and do not repeat.");
}

enum err vault_recovery_make(struct vault_secret **ret)
{
	struct vault_secret *s;
	enum err e = vault_secret_create(VAULT_RECOVERY_WORDS * (VAULT_WORD_MAX + 1), &s);
	if (e != ERR_OK)
		return e;
	for (int i = 0; i < VAULT_RECOVERY_WORDS; i++) {
		const char *word = vault_word(randombytes_uniform(VAULT_WORDS));
		if (i > 0)
			s->text[s->len++] = ' ';
		memcpy(s->text + s->len, word, strlen(word));
		s->len += strlen(word);
	}
	*ret = s;
	return ERR_OK;
}
