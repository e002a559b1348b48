#include "caseroom/base.h"
#include <string.h>

uint32_t utf8_decode(const char *s, size_t n, size_t *ret_len)
{
	const unsigned char *p = (const unsigned char *)s;
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = p[0] < 0x80             ? 1
	             : (p[0] & 0xe0) == 0xc0 ? 2
	             : (p[0] & 0xf0) == 0xe0 ? 3
	             : (p[0] & 0xf8) == 0xf0 ? 4
	                                     : 0;

	*ret_len = 1;
	if (len == 0 || len > n)
		return 0xfffd;
	if (len == 1)
		return p[0];
	uint32_t cp = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0xfffd;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0xfffd;
	*ret_len = len;
	return cp;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		cp = 0xfffd;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = len; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(lead[len] | cp);
	return len;
}

/* U+FFFD written out is valid; the same value for broken bytes has length 1. */
static bool good(uint32_t cp, size_t len)
{
	return cp != 0xfffd || len == 3;
}

bool utf8_valid(const char *s, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t cp = utf8_decode(s + i, n - i, &len);
		if (!good(cp, len))
			return false;
	}
	return true;
}

bool utf8_printable(const char *s, size_t n, bool lines)
{
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t cp = utf8_decode(s + i, n - i, &len);
		if (!good(cp, len) || (cp < 0x20 && !(lines && cp == '\n')) ||
		        (cp >= 0x7f && cp < 0xa0))
			return false;
		/* marks of direction can make a name read as another one; what has no width makes
		 * two names look the same. The joiners stay: scripts need them. */
		if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
		        cp == 0x200b || cp == 0x200e || cp == 0x200f || cp == 0x061c ||
		        (cp >= 0x2060 && cp <= 0x2064) || cp == 0xfeff)
			return false;
	}
	return true;
}

size_t utf8_count(const char *s, size_t n)
{
	size_t c = 0;
	for (size_t i = 0; i < n; i = utf8_next(s, n, i))
		c++;
	return c;
}

size_t utf8_next(const char *s, size_t n, size_t i)
{
	size_t len;
	if (i >= n)
		return n;
	(void)utf8_decode(s + i, n - i, &len);
	return i + len;
}

size_t utf8_prev(const char *s, size_t n, size_t i)
{
	if (i > n)
		i = n;
	if (i == 0)
		return 0;
	size_t back = i - 1;
	while (back > 0 && i - back < 4 && ((unsigned char)s[back] & 0xc0) == 0x80)
		back--;
	return utf8_next(s, n, back) == i ? back : i - 1;
}

/* Latin-1 and Latin Extended-A letters to plain ones, by code point from U+00C0; '.' = none. */
static const char LATIN1[] = "aaaaaaaceeeeiiiidnooooo.ouuuuyts"
                             "aaaaaaaceeeeiiiidnooooo.ouuuuyty";
static const char LATIN_A[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                              "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static char plain_letter(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return (char)(cp + 32);
	if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
		return (char)cp;
	if (cp >= 0xc0 && cp < 0x100)
		return LATIN1[cp - 0xc0];
	if (cp >= 0x100 && cp < 0x180)
		return LATIN_A[cp - 0x100];
	if (cp >= 0x218 && cp <= 0x21b) /* Romanian s and t with comma below */
		return cp < 0x21a ? 's' : 't';
	return '.';
}

size_t utf8_fold(const char *s, size_t n, char *out, size_t cap)
{
	size_t o = 0;
	bool gap = false;
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t cp = utf8_decode(s + i, n - i, &len);
		char add[4];
		size_t add_n = 1;
		if (cp == '\'' || cp == 0x2019)
			continue;
		add[0] = plain_letter(cp);
		if (cp == 0xdf) {
			add[0] = 's';
			add[1] = 's';
			add_n = 2;
		} else if (add[0] == '.') {
			if (cp < 0x180 || !good(cp, len) || (cp >= 0x2000 && cp < 0x3000)) {
				gap = o > 0;
				continue;
			}
			add_n = utf8_encode(cp, add); /* other scripts stay as they are */
		}
		if (o + add_n + gap + 1 > cap)
			break;
		if (gap)
			out[o++] = ' ';
		gap = false;
		memcpy(out + o, add, add_n);
		o += add_n;
	}
	if (cap)
		out[o] = 0;
	return o;
}
