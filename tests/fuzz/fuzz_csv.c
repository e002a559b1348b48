/*
 * CSV from outside. What is read is written again and read once more: the same cells, and the cells
 * that stood in quotes still do. Neither reading may fail in another way than with an error.
 */
#include <stdlib.h>
#include <string.h>
#include "caseroom/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct both {
	struct buf out, cells;
};

static enum err row(void *ctx, const struct csv_row *r)
{
	struct both *b = ctx;
	if (r->n == 0 || r->n > CSV_MAX_CELLS || r->line == 0)
		abort();
	for (size_t i = 0; i < r->n; i++) {
		if (strlen(r->cell[i].text) != r->cell[i].len || r->cell[i].line < r->line)
			abort();
		/* a row of one empty cell is an empty line unless it is quoted */
		csv_put(&b->out, i == 0, r->cell[i].text, (r->quoted >> i & 1) || r->n == 1);
		buf_printf(&b->cells, "%zu ", r->cell[i].len);
		buf_put(&b->cells, r->cell[i].text, r->cell[i].len);
		buf_puts(&b->cells, "\x1f");
	}
	csv_end(&b->out);
	buf_puts(&b->cells, "\x1e");
	return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct both one = {0}, two = {0};
	struct why w = {0};
	if (n > 65536)
		return 0;
	buf_init(&one.out, 1u << 22);
	buf_init(&one.cells, 1u << 22);
	buf_init(&two.out, 1u << 22);
	buf_init(&two.cells, 1u << 22);
	enum err e = csv_read(data, n, row, &one, &w);
	if (e != ERR_OK && e != ERR_INPUT && e != ERR_LIMIT && e != ERR_NOMEM)
		abort();
	if (e != ERR_OK && e != ERR_NOMEM && !w.text[0])
		abort();
	if (e == ERR_OK && buf_err(&one.out) == ERR_OK && buf_err(&one.cells) == ERR_OK) {
		if (csv_read(buf_str(&one.out), one.out.len, row, &two, &w) != ERR_OK)
			abort();
		if (one.cells.len != two.cells.len ||
		        (one.cells.len &&
		                memcmp(one.cells.data, two.cells.data, one.cells.len) != 0))
			abort();
	}
	buf_finish(&one.out);
	buf_finish(&one.cells);
	buf_finish(&two.out);
	buf_finish(&two.cells);
	return 0;
}
