#include "vault_int.h"
#include <string.h>
/*
 * SQLite's memory: page cache, rows, statements and sort buffers hold what was read in clear. Each
 * block is wiped before it goes back to the heap, so that a locked panel holds nothing of a case.
 *
 * Invariants.
 * 1. Set once, before SQLite is used and before there is a second thread.
 * 2. Nothing is given back unwiped: a block that changes its size is copied, never moved by
 * realloc.
 */

static sqlite3_mem_methods base;

static void heap_free(void *p)
{
	if (!p)
		return;
	wipe(p, (size_t)base.xSize(p));
	base.xFree(p);
}

static void *heap_realloc(void *p, int n)
{
	int old = base.xSize(p);
	void *out = base.xMalloc(n);
	if (!out)
		return NULL; /* the old block stays as it is */
	memcpy(out, p, (size_t)(old < n ? old : n));
	heap_free(p);
	return out;
}

enum err heap_start(void)
{
	sqlite3_mem_methods m;
	if (base.xMalloc)
		return ERR_OK;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &base) != SQLITE_OK || !base.xMalloc)
		return ERR_INTERNAL;
	m = base;
	m.xFree = heap_free;
	m.xRealloc = heap_realloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &m) == SQLITE_OK ? ERR_OK : ERR_INTERNAL;
}
