#include "vault_int.h"
#include <string.h>

void vault_key_mark(const struct vault *v, uint8_t ret[VAULT_KEY_MARK_BYTES])
{
	uint8_t h[32];
	keyed_hash(v->keys->master, "caseroom 1 key mark", NULL, 0, NULL, 0, h, sizeof(h));
	memcpy(ret, h, VAULT_KEY_MARK_BYTES);
}
