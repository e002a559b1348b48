#include "test.h"
#include <stdlib.h>
#include "caseroom/csv.h"

/* CSV: each error has its line and column; what is written is read again as it was. */

/* Rows as one text: cells parted by |, quoted ones between ', each row as LINE:cells; */
static enum err show(void *ctx, const struct csv_row *r)
{
	struct buf *b = ctx;
	buf_printf(b, "%zu:", r->line);
	for (size_t i = 0; i < r->n; i++) {
		const char *q = r->quoted >> i & 1 ? "'" : "";
		buf_printf(b, "%s%s%s%s", i ? "|" : "", q, r->cell[i].text, q);
		if (r->cell[i].line != r->line)
			buf_printf(b, "@%zu", r->cell[i].line);
	}
	buf_puts(b, ";");
	return ERR_OK;
}

static void t_csv_reads_lines_and_quotes(void)
{
	static const struct {
		const char *in, *out;
	} ROW[] = {
	        {"", ""},
	        {"a,b\nc,d\n", "1:a|b;2:c|d;"},
	        {"a,b", "1:a|b;"}, /* no end of line at the end */
	        {"a,b\r\nc,d\r\n", "1:a|b;2:c|d;"},
	        {"\xef\xbb\xbf"
	         "a,b\n",
	                "1:a|b;"},
	        {"\xef\xbb\xbf\"a\",b\n", "1:'a'|b;"},
	        {"a,,b,\n", "1:a||b|;"},
	        {"\"a\",b,\"\"\n", "1:'a'|b|'';"},
	        {"\"say \"\"no\"\"\",b\n", "1:'say \"no\"'|b;"},
	        {"\"one\ntwo\",b\nc\n", "1:'one\ntwo'|b@2;3:c;"},
	        {"\"one\r\ntwo\",b\r\nc\r\n", "1:'one\r\ntwo'|b@2;3:c;"},
	        {" a ,\tb c \n", "1:a|b c;"},            /* blanks at the ends are taken off */
	        {"\" a \",\"\tb\"\n", "1:' a '|'\tb';"}, /* only in quotes */
	        {"\"a,b\",\"c\"\n", "1:'a,b'|'c';"},
	        {"a\n\n\nb\n", "1:a;4:b;"}, /* empty lines are none */
	        {"Siân,Łoś,😀\n", "1:Siân|Łoś|😀;"},
	};
	for (size_t i = 0; i < COUNT_OF(ROW); i++) {
		struct buf b;
		struct why w = {0};
		buf_init(&b, 1000);
		CHECK_ERR(csv_read(ROW[i].in, strlen(ROW[i].in), show, &b, &w), ERR_OK);
		CHECK_STR(buf_str(&b), ROW[i].out);
		buf_finish(&b);
	}
}

static void t_csv_says_where_it_is_wrong(void)
{
	static const struct {
		const char *in;
		size_t n; /* 0: strlen */
		enum err err;
		const char *says;
	} BAD[] = {
	        {"a,b\nc,d\"e\n", 0, ERR_INPUT,
	                "Line 2, column 2 has a quotation mark in the wrong place"},
	        {"a,b\n\"c\"x,d\n", 0, ERR_INPUT,
	                "Line 2, column 1 has a quotation mark in the wrong place"},
	        {"a\n\"b\nc\"\nd,e,\"f\"g\n", 0, ERR_INPUT,
	                "Line 4, column 3 has a quotation mark in the wrong place"},
	        {"a,b\nc,\"d\ne\n", 0, ERR_INPUT, "opened on line 2 is never closed"},
	        {"a\nb\nCaf\xe9,c\n", 0, ERR_INPUT, "Line 3 is not UTF-8"},
	        {"a\nb\xc3", 0, ERR_INPUT, "Line 2 is not UTF-8"},
	        {"a\nb\nc,d,e\0f\n", 11, ERR_INPUT, "Line 3, column 3 holds a zero byte"},
	};
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		struct buf b;
		struct why w = {0};
		buf_init(&b, 1000);
		CHECK_ERR(
		        csv_read(BAD[i].in, BAD[i].n ? BAD[i].n : strlen(BAD[i].in), show, &b, &w),
		        BAD[i].err);
		if (!strstr(w.text, BAD[i].says))
			CHECK_STR(w.text, BAD[i].says);
		CHECK_ERR(csv_read(BAD[i].in, BAD[i].n ? BAD[i].n : strlen(BAD[i].in), show, &b,
		                  NULL),
		        BAD[i].err);
		buf_finish(&b);
	}
}

static enum err count(void *ctx, const struct csv_row *r)
{
	size_t *n = ctx;
	*n = r->n;
	return ERR_OK;
}

static enum err stop_at_two(void *ctx, const struct csv_row *r)
{
	size_t *n = ctx;
	(void)r;
	return ++*n == 2 ? ERR_REFUSED : ERR_OK;
}

static void t_csv_keeps_to_its_limits(void)
{
	char row[200] = "";
	size_t n = 0;
	struct why w = {0};
	for (int i = 1; i < CSV_MAX_CELLS; i++)
		strcat(row, ",");
	CHECK_ERR(csv_read(row, strlen(row), count, &n, &w), ERR_OK);
	CHECK(n == CSV_MAX_CELLS);
	strcat(row, ",");
	CHECK_ERR(csv_read(row, strlen(row), count, &n, &w), ERR_LIMIT);
	CHECK(strstr(w.text, "Line 1 has more than 64 cells") != NULL);

	char *large = malloc(CSV_MAX_BYTES + 1);
	CHECK(large != NULL);
	memset(large, '\n', CSV_MAX_BYTES + 1);
	enum err over = csv_read(large, CSV_MAX_BYTES + 1, count, &n, &w);
	memset(large, 'a', 2u << 20); /* one cell of 2 MiB */
	enum err cell = csv_read(large, 2u << 20, count, &n, NULL);
	free(large);
	CHECK_ERR(over, ERR_LIMIT);
	CHECK_ERR(cell, ERR_LIMIT);
}

static void t_csv_stops_when_told(void)
{
	size_t n = 0;
	CHECK_ERR(csv_read("a\nb\nc\nd\n", 8, stop_at_two, &n, NULL), ERR_REFUSED);
	CHECK(n == 2);
}

static void t_csv_writes_quotes_where_they_must_be(void)
{
	struct buf b;
	buf_init(&b, 1000);
	csv_put(&b, true, "plain", false);
	csv_put(&b, false, "a,b", false);
	csv_put(&b, false, "say \"no\"", false);
	csv_put(&b, false, "two\nlines", false);
	csv_put(&b, false, " blank", false);
	csv_put(&b, false, "blank ", false);
	csv_put(&b, false, "\ttab", false);
	csv_put(&b, false, "", false);
	csv_put(&b, false, "", true);
	csv_put(&b, false, "as it was", true);
	csv_end(&b);
	CHECK_STR(buf_str(&b), "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\" blank\",\"blank "
	                       "\",\"\ttab\",,\"\",\"as it was\"\n");
	buf_finish(&b);
}

/* ---- there and back ---- */

struct table {
	struct buf text; /* the cells, each with its zero */
	size_t row, rows, cells[40];
	uint64_t quoted[40];
	const char *next;
	bool same;
};

static uint32_t seed = 20261119;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static void make(struct table *t, struct buf *out)
{
	static const char *const PIECE[] = {
	        "a", ",", "\"", "\n", "\r\n", " ", "ŵ", "word", "", "'", "\r", ";", "\t", "0"};
	buf_clear(&t->text);
	buf_clear(out);
	t->rows = any(COUNT_OF(t->cells));
	for (size_t r = 0; r < t->rows; r++) {
		t->cells[r] = 1 + any(any(8) ? 6 : CSV_MAX_CELLS);
		t->quoted[r] = 0;
		for (size_t c = 0; c < t->cells[r]; c++) {
			size_t at = t->text.len;
			for (uint32_t k = any(5); k; k--)
				buf_puts(&t->text, PIECE[any(COUNT_OF(PIECE))]);
			buf_put(&t->text, "", 1);
			const char *cell = t->text.data + at;
			/* a row of one empty cell is an empty line unless it stands in quotes */
			bool quoted = any(3) == 0 || (t->cells[r] == 1 && !*cell);
			if (quoted || strpbrk(cell, ",\"\r\n") || blank(cell[0]) ||
			        (*cell && blank(cell[strlen(cell) - 1])))
				t->quoted[r] |= UINT64_C(1) << c;
			csv_put(out, c == 0, cell, quoted);
		}
		csv_end(out);
	}
	t->row = 0;
	t->next = buf_str(&t->text);
	t->same = true;
}

static enum err compare(void *ctx, const struct csv_row *r)
{
	struct table *t = ctx;
	if (t->row >= t->rows || r->n != t->cells[t->row] || r->quoted != t->quoted[t->row]) {
		t->same = false;
		return ERR_INTERNAL;
	}
	for (size_t c = 0; c < r->n; c++) {
		t->same &=
		        strcmp(r->cell[c].text, t->next) == 0 && r->cell[c].len == strlen(t->next);
		t->next += strlen(t->next) + 1;
	}
	t->row++;
	return t->same ? ERR_OK : ERR_INTERNAL;
}

static void t_csv_what_is_written_is_read_again(void)
{
	struct table t = {0};
	struct buf out;
	buf_init(&out, 1u << 20);
	buf_init(&t.text, 1u << 20);
	for (int turn = 0; turn < 2000; turn++) {
		struct why w = {0};
		make(&t, &out);
		CHECK_ERR(buf_err(&out), ERR_OK);
		CHECK_ERR(csv_read(buf_str(&out), out.len, compare, &t, &w), ERR_OK);
		CHECK(t.same && t.row == t.rows);
	}
	buf_finish(&out);
	buf_finish(&t.text);
}

static const struct test TESTS[] = {
        T(t_csv_reads_lines_and_quotes),
        T(t_csv_says_where_it_is_wrong),
        T(t_csv_keeps_to_its_limits),
        T(t_csv_stops_when_told),
        T(t_csv_writes_quotes_where_they_must_be),
        T(t_csv_what_is_written_is_read_again),
};
TEST_MAIN(TESTS)
