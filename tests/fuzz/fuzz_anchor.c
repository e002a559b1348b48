/*
 * Any bytes as an anchor: as they come, and each of its two records with the MAC made right under a
 * known key, so that what lies behind it is reached too. What decodes names the record with the
 * higher epoch, and no more than two records were there to choose from.
 */
#include <stdlib.h>
#include <string.h>
#include "vault/vault_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct vault_keys *keys;

static enum err decode(const uint8_t *p, size_t n, struct anchor *ret)
{
	struct why w = {""};
	enum err e;
	memset(ret, 0, sizeof(*ret));
	ret->keys = keys;
	if (n >= sizeof(struct anchor_bytes))
		memcpy(ret->store_id, ((const struct anchor_bytes *)p)->store_id, VAULT_ID_BYTES);
	e = anchor_decode(ret, p, n, &w);
	if (e != ERR_OK && !w.text[0])
		abort();
	return e;
}

/* The first bytes as the record at this place. */
static void record_put(uint8_t *file, const uint8_t *p, size_t n, uint64_t place)
{
	struct anchor_bytes b = {0};
	memcpy(&b, p, n < sizeof(b) ? n : sizeof(b));
	b.epoch[0] = (uint8_t)((b.epoch[0] & ~1u) | place);
	keyed_hash(keys->anchor, "caseroom 2 anchor", &b, offsetof(struct anchor_bytes, mac), NULL,
	        0, b.mac, sizeof(b.mac));
	memcpy(file + place * ANCHOR_STEP, &b, sizeof(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	uint8_t file[ANCHOR_FILE] = {0};
	struct anchor a, first;
	bool good;
	if (!keys) {
		if (secret_start() != ERR_OK || (keys = secret_alloc(sizeof(*keys))) == NULL)
			abort();
		memset(keys, 7, sizeof(*keys));
	}
	if (decode(p, n, &a) == ERR_OK)
		abort(); /* nobody guesses a MAC */
	record_put(file, p, n, 0);
	good = decode(file, sizeof(file), &first) == ERR_OK; /* its magic and zeroes hold too */
	if (n > sizeof(struct anchor_bytes))
		record_put(
		        file, p + sizeof(struct anchor_bytes), n - sizeof(struct anchor_bytes), 1);
	if (decode(file, sizeof(file), &a) == ERR_OK && good && a.epoch < first.epoch)
		abort();
	return 0;
}
