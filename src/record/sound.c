#include "record_int.h"
#include <stdlib.h>
#include <string.h>

/*
 * How a name sounds, for near matches (R14). In the spirit of Metaphone, small and our own, for
 * names as they are heard and written down in Britain. A word's code is made so:
 *  1. Folded first: lower case, accents and apostrophes dropped (utf8_fold). Letters of other
 *     scripts stand as they are.
 *  2. "mc" at the beginning is "mac". The first letter of kn, gn, pn, ps and wr is silent there; x
 *     begins as s.
 *  3. ph, bh, mh and v are f. th is t. sh, sch before a vowel, ch and tch are one sound (x), but ch
 *     before l or r is k. ck, q, and c before anything but e, i, y are k; c before these is s. z is
 *     s. dg, and g before e, i, y, are j. gh is g at the beginning and else silent.
 *  4. p between m and s or t is silent (Thompson). b after m at the end is silent.
 *  5. h, w and vowels (y too) are kept at the beginning alone, there any vowel is a.
 *  6. The same sound twice is once. At most eight sounds.
 * Words are put in order, so that "Sample, Avery" sounds as "Avery Sample".
 */

#define WORD_SOUNDS 8
#define WORDS_COUNT 8

static bool vowel(char c)
{
	return c && strchr("aeiouy", c);
}

static bool soft(char c)
{
	return c && strchr("eiy", c);
}

/* Letters of s[i..] that make one sound, and which ("" = silent). Returns how many letters. */
static size_t one(const char *s, size_t i, size_t n, const char **ret)
{
	char c = s[i], c1 = i + 1 < n ? s[i + 1] : 0, c2 = i + 2 < n ? s[i + 2] : 0;
	*ret = "";
	switch (c) {
	case 'b':
		*ret = c1 == 'h' ? "f" : (i + 1 == n && i && s[i - 1] == 'm') ? "" : "b";
		return c1 == 'h' ? 2 : 1;
	case 'c':
		if (c1 == 'h') {
			*ret = c2 == 'l' || c2 == 'r' ? "k" : "x";
			return 2;
		}
		*ret = soft(c1) ? "s" : "k";
		return c1 == 'k' ? 2 : 1;
	case 'd':
		*ret = c1 == 'g' && soft(c2) ? "j" : "d";
		return c1 == 'g' && soft(c2) ? 2 : 1;
	case 'g':
		if (c1 == 'h') {
			*ret = i == 0 ? "g" : "";
			return 2;
		}
		*ret = soft(c1) ? "j" : "g";
		return 1;
	case 'm':
		*ret = c1 == 'h' ? "f" : "m";
		return c1 == 'h' ? 2 : 1;
	case 'p':
		if (c1 == 'h') {
			*ret = "f";
			return 2;
		}
		*ret = i && s[i - 1] == 'm' && (c1 == 's' || c1 == 't') ? "" : "p";
		return 1;
	case 'q':
		*ret = "k";
		return 1;
	case 's':
		if (c1 == 'h' || (c1 == 'c' && c2 == 'h')) {
			*ret = "x";
			return c1 == 'h' ? 2 : 3;
		}
		*ret = "s";
		return 1;
	case 't':
		if (c1 == 'c' && c2 == 'h') {
			*ret = "x";
			return 3;
		}
		*ret = "t";
		return c1 == 'h' ? 2 : 1;
	case 'v':
		*ret = "f";
		return 1;
	case 'x':
		*ret = i ? "ks" : "s";
		return 1;
	case 'z':
		*ret = "s";
		return 1;
	default:
		return 0; /* itself */
	}
}

static size_t word_sound(const char *s, size_t n, char out[WORD_SOUNDS + 1])
{
	static const char *const SILENT[] = {"kn", "gn", "pn", "ps", "wr"};
	char mac[NAME_MAX_BYTES + 2];
	size_t o = 0, i = 0;
	if (n > 2 && n < NAME_MAX_BYTES && s[0] == 'm' && s[1] == 'c') {
		mac[0] = 'm';
		mac[1] = 'a';
		memcpy(mac + 2, s + 1, n - 1);
		s = mac;
		n++;
	}
	for (size_t k = 0; k < COUNT_OF(SILENT); k++)
		if (n > 2 && s[0] == SILENT[k][0] && s[1] == SILENT[k][1])
			i = 1;
	for (size_t first = i; i < n && o < WORD_SOUNDS;) {
		const char *sound;
		char self[2] = {s[i], 0};
		size_t took = one(s, i, n, &sound);
		if (!took) {
			bool begins = i == first;
			took = 1;
			self[0] = vowel(s[i]) && begins ? 'a' : s[i];
			sound = (vowel(s[i]) || s[i] == 'h' || s[i] == 'w') && !begins ? "" : self;
		}
		for (; *sound && o < WORD_SOUNDS; sound++)
			if (!o || out[o - 1] != *sound)
				out[o++] = *sound;
		i += took;
	}
	out[o] = 0;
	wipe(mac, sizeof(mac));
	return o;
}

static int by_sound(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool name_known(const char *name)
{
	char folded[2 * NAME_MAX_BYTES + 1];
	utf8_fold(name, strnlen(name, NAME_MAX_BYTES), folded, sizeof(folded));
	return *folded && strcmp(folded, "unknown") != 0 && strcmp(folded, "not known") != 0;
}

void name_sound(const char *name, size_t len, char out[SOUND_MAX])
{
	char folded[2 * NAME_MAX_BYTES + 1], code[WORDS_COUNT][WORD_SOUNDS + 1], *save = NULL;
	size_t n = 0, o = 0;
	out[0] = 0;
	utf8_fold(name, len < NAME_MAX_BYTES ? len : NAME_MAX_BYTES, folded, sizeof(folded));
	if (strcmp(folded, "unknown") == 0 || strcmp(folded, "not known") == 0)
		return;
	for (char *w = strtok_r(folded, " ", &save); w && n < WORDS_COUNT;
	        w = strtok_r(NULL, " ", &save))
		n += word_sound(w, strlen(w), code[n]) > 0;
	qsort(code, n, sizeof(code[0]), by_sound);
	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(code[i]);
		if (o + k + 2 > SOUND_MAX)
			break;
		if (o)
			out[o++] = ' ';
		memcpy(out + o, code[i], k + 1);
		o += k;
	}
	wipe(folded, sizeof(folded));
	wipe(code, sizeof(code));
}

bool name_close(const char *a, const char *b)
{
	/* distance with neighbours changed round, in three rows */
	enum { MOST = 80 };
	int row[3][MOST + 1];
	size_t na = strlen(a), nb = strlen(b), longer = na > nb ? na : nb;
	int most = (int)(longer / 5);
	if (longer > MOST || !most || (na > nb ? na - nb : nb - na) > (size_t)most)
		return false;
	for (size_t j = 0; j <= nb; j++)
		row[0][j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int *now = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3], least;
		least = now[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int d = up[j - 1] + (a[i - 1] != b[j - 1]);
			if (up[j] + 1 < d)
				d = up[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			        upup[j - 2] + 1 < d)
				d = upup[j - 2] + 1;
			now[j] = d;
			if (d < least)
				least = d;
		}
		if (least > most)
			return false;
	}
	return row[na % 3][nb] <= most;
}
