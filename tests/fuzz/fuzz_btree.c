#include <stdlib.h>
#include <string.h>
#include "vault/btree.h"
/*
 * Any bytes as a file of SQLite pages of 512 bytes: every page, cell and record of it, as a salvage
 * reads them. Each byte of a value that is given must be one that may be read.
 */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define PAGE 512

struct bytes {
	const uint8_t *p;
	size_t n;
};

static bool page_of(void *ctx, uint32_t pgno, uint8_t *out)
{
	const struct bytes *b = ctx;
	const size_t at = (size_t)(pgno - 1) * PAGE;
	const size_t some = at >= b->n ? 0 : b->n - at < PAGE ? b->n - at : PAGE;
	memset(out, 0, PAGE);
	memcpy(out, b->p + at, some);
	return some > 0;
}

static void use_row(const struct bt_row *r)
{
	static volatile uint64_t sum;
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->field[i].n; k++)
			sum = sum + r->field[i].p[k];
}

static void use_cell(struct bt_row *r, const struct bt_file *f, const struct bt_cell *c)
{
	static enum bt_type types[BT_FIELDS_MAX];
	const int fields = bt_types(c->local, c->local_n, c->payload, types, COUNT_OF(types));
	if (bt_row_read(r, f, c) != ERR_OK)
		return;
	/* The head alone, where it lies in the page, says the same as the whole. */
	if (fields >= 0 && (size_t)fields != r->n)
		abort();
	for (int i = 0; i < fields; i++)
		if (types[i] != r->field[i].type)
			abort();
	use_row(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes b = {p, n};
	struct bt_file f = {.pages = (uint32_t)((n + PAGE - 1) / PAGE),
	        .page_size = PAGE,
	        .usable = PAGE - (n % 2 ? 32 : 0),
	        .page = page_of,
	        .ctx = &b};
	struct bt_row r;
	uint8_t *bytes = malloc(PAGE);
	if (!bytes || bt_row_init(&r, &f) != ERR_OK)
		abort();
	for (uint32_t i = 1; i <= f.pages; i++) {
		struct bt_page page;
		struct bt_cell c;
		if (!page_of(&b, i, bytes) || !bt_page_parse(&f, i, bytes, &page))
			continue;
		for (unsigned k = 0; k < page.cells; k++)
			if (bt_cell_parse(&page, k, &c) && page.kind != BT_TABLE_INTERIOR)
				use_cell(&r, &f, &c);
	}
	bt_row_finish(&r);
	free(bytes);
	return 0;
}
