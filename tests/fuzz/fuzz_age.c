/*
 * Sealed files come from outside. By the first byte: any bytes as a sealed file; or a file of our
 * own with bytes changed, which must open to what was sealed or not at all.
 */
#include "caseroom/age.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static char recipient[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];

static void open_bytes(const uint8_t *p, size_t n)
{
	struct buf out;
	struct why w;
	buf_init(&out, 1u << 20);
	if (age_open(identity, p, n, &out, &w) != ERR_OK && out.len != 0)
		abort();
	buf_finish(&out);
}

/* Changes come in threes: a place and what to do there. */
static void change_ours(const uint8_t *p, size_t n)
{
	static const char WORDS[] = "what was said";
	const char *to[] = {recipient};
	struct buf sealed, out;
	bool changed = false;
	buf_init(&sealed, 4096);
	buf_init(&out, 4096);
	if (age_seal(to, 1, WORDS, sizeof(WORDS), &sealed, NULL) != ERR_OK)
		abort();
	for (; n >= 3; p += 3, n -= 3) {
		size_t at = (size_t)(p[0] | p[1] << 8) % sealed.len;
		sealed.data[at] ^= (char)p[2];
		changed |= p[2] != 0;
	}
	size_t len = n == 2 ? p[0] % (sealed.len + 1) : sealed.len;
	enum err e = age_open(identity, sealed.data, len, &out, NULL);
	if (!e && (out.len != sizeof(WORDS) || memcmp(out.data, WORDS, sizeof(WORDS)) != 0))
		abort();
	if (e && !changed && len == sealed.len)
		abort();
	buf_finish(&sealed);
	buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (!identity[0] && age_keygen(recipient, identity) != ERR_OK)
		abort();
	if (n == 0)
		return 0;
	if (p[0] & 1)
		change_ours(p + 1, n - 1);
	else
		open_bytes(p + 1, n - 1);
	return 0;
}
