#include "caseroom/base.h"
#include <stdlib.h>
#include <string.h>

/* Made by scripts/assets.sh, in order of name. */
extern const struct asset caseroom_assets[];
extern const size_t caseroom_assets_n;

static int by_name(const void *key, const void *a)
{
	return strcmp(key, ((const struct asset *)a)->name);
}

const struct asset *asset_find(const char *name)
{
	return bsearch(name, caseroom_assets, caseroom_assets_n, sizeof(struct asset), by_name);
}

const struct asset *asset_all(size_t *ret_n)
{
	*ret_n = caseroom_assets_n;
	return caseroom_assets;
}
