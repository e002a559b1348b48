#include "caseroom/csv.h"
#include <csv.h>
#include <stdlib.h>
#include <string.h>

/*
 * libcsv tells neither lines nor quotes, so it is fed byte by byte and we look at each byte as it
 * goes in: a cell's line is where its first byte stood, and it was quoted when that byte was a
 * quote.
 */
struct reader {
	csv_row_fn *fn;
	void *ctx;
	enum err err;
	struct why *why;
	size_t line;   /* of the byte being fed */
	bool at_start; /* the next byte begins a cell */
	size_t cell_line;
	bool cell_quoted;
	struct buf text; /* the row's cells, zero-terminated, one after another */
	size_t offset[CSV_MAX_CELLS];
	struct csv_cell cell[CSV_MAX_CELLS];
	size_t n;
	uint64_t quoted;
};

static void on_cell(void *text, size_t len, void *data)
{
	struct reader *r = data;
	if (r->err)
		return;
	if (r->n == CSV_MAX_CELLS) {
		r->err = why(r->why, ERR_LIMIT, "Line %zu has more than %d cells.", r->line,
		        CSV_MAX_CELLS);
		return;
	}
	if (len && memchr(text, 0, len)) {
		r->err = why(r->why, ERR_INPUT, "Line %zu, column %zu holds a zero byte.",
		        r->cell_line, r->n + 1);
		return;
	}
	r->offset[r->n] = r->text.len;
	r->cell[r->n] = (struct csv_cell){.len = len, .line = r->cell_line};
	if (r->cell_quoted)
		r->quoted |= UINT64_C(1) << r->n;
	r->n++;
	buf_put(&r->text, text, len);
	buf_put(&r->text, "", 1);
}

static void on_row(int c, void *data)
{
	struct reader *r = data;
	(void)c;
	if (!r->err)
		r->err = buf_err(&r->text);
	if (!r->err && r->n) {
		for (size_t i = 0; i < r->n; i++)
			r->cell[i].text = r->text.data + r->offset[i];
		struct csv_row row = {
		        .line = r->cell[0].line, .n = r->n, .cell = r->cell, .quoted = r->quoted};
		r->err = r->fn(r->ctx, &row);
	}
	buf_clear(&r->text);
	r->n = 0;
	r->quoted = 0;
}

enum err csv_read(const void *data, size_t len, csv_row_fn *fn, void *ctx, struct why *w)
{
	const char *s = data;
	struct csv_parser p;
	struct reader *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	*r = (struct reader){.fn = fn, .ctx = ctx, .why = w, .line = 1, .at_start = true};
	buf_init(&r->text, 1u << 20);
	enum err e = ERR_OK;

	if (len > CSV_MAX_BYTES) {
		e = why(w, ERR_LIMIT, "The file is larger than %u MiB.", CSV_MAX_BYTES >> 20);
		goto out_reader;
	}
	if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3, len -= 3;
	for (size_t i = 0, n; i < len; i += n) {
		if (utf8_decode(s + i, len - i, &n) == 0xfffd && n == 1) {
			size_t line = 1;
			for (size_t k = 0; k < i; k++)
				line += s[k] == '\n';
			e = why(w, ERR_INPUT,
			        "Line %zu is not UTF-8 text. Save the file as UTF-8 and import it "
			        "again.",
			        line);
			goto out_reader;
		}
	}
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
		e = ERR_NOMEM;
		goto out_reader;
	}
	csv_set_space_func(&p, NULL); /* libcsv's own: space and tab */
	bool in_quotes = false;
	for (size_t i = 0; i < len && !r->err; i++) {
		char c = s[i];
		if (r->at_start) {
			r->cell_line = r->line;
			r->cell_quoted = c == '"';
			in_quotes = false;
			r->at_start = false;
		}
		if (c == '"')
			in_quotes = !in_quotes;
		if (csv_parse(&p, &c, 1, on_cell, on_row, r) != 1) {
			r->err = why(w, ERR_INPUT,
			        "Line %zu, column %zu has a quotation mark in the wrong place.",
			        r->line, r->n + 1);
			break;
		}
		if (!in_quotes && (c == ',' || c == '\n' || c == '\r'))
			r->at_start = true;
		r->line += c == '\n';
	}
	if (!r->err && csv_fini(&p, on_cell, on_row, r) != 0)
		r->err = why(w, ERR_INPUT, "A quotation mark opened on line %zu is never closed.",
		        r->cell_line);
	e = r->err;
	wipe(p.entry_buf, p.entry_size);
	csv_free(&p);
out_reader:
	buf_finish(&r->text);
	wipe(r, sizeof(*r));
	free(r);
	return e;
}

/* What the reader takes off the ends of a cell that is not quoted. */
static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

void csv_put(struct buf *b, bool first, const char *text, bool quoted)
{
	if (!first)
		buf_puts(b, ",");
	/* a byte-order mark at the start of a file would be taken for one */
	if (!quoted && strncmp(text, "\xef\xbb\xbf", 3) != 0 && !strpbrk(text, ",\"\r\n") &&
	        !blank(text[0]) && (!text[0] || !blank(text[strlen(text) - 1]))) {
		buf_puts(b, text);
		return;
	}
	buf_puts(b, "\"");
	for (const char *s = text; *s; s++) {
		if (*s == '"')
			buf_puts(b, "\"");
		buf_put(b, s, 1);
	}
	buf_puts(b, "\"");
}

void csv_end(struct buf *b)
{
	buf_puts(b, "\n");
}
