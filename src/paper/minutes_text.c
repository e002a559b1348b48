#include "doc.h"
#include <glib.h>
#include <string.h>

/*
 * Plain text of 78 columns: for a screen reader, a terminal, a mail program of any age. A column is
 * a code point; wide East Asian ones count two and combining marks none.
 */

static int cp_width(uint32_t cp)
{
	return g_unichar_iszerowidth(cp) ? 0 : g_unichar_iswide(cp) ? 2 : 1;
}

static int text_width(const char *s, size_t n)
{
	int w = 0;
	for (size_t i = 0, len; i < n; i += len)
		w += cp_width(utf8_decode(s + i, n - i, &len));
	return w;
}

static void pad(struct buf *out, int n)
{
	while (n-- > 0)
		buf_puts(out, " ");
}

/*
 * The next line of at most `width` columns from s: *ret_len bytes of it, and how many bytes to go
 * on by. Breaks at spaces; a word longer than a line is broken where the line ends.
 */
static size_t take_line(const char *s, int width, size_t *ret_len)
{
	size_t n = strlen(s), space = 0, i = 0, len;
	int w = 0;
	bool spaced = false;
	for (; i < n && s[i] != '\n'; i += len) {
		uint32_t cp = utf8_decode(s + i, n - i, &len);
		if (cp == ' ') {
			space = i;
			spaced = true;
		}
		w += cp_width(cp);
		if (w > width) {
			if (spaced && space > 0)
				i = space;
			else if (i == 0)
				i = len; /* a column too narrow for its letter still moves on */
			break;
		}
	}
	size_t go = i;
	while (s[go] == ' ')
		go++;
	if (s[go] == '\n')
		go++;
	while (i > 0 && s[i - 1] == ' ')
		i--;
	*ret_len = i;
	return go;
}

static void flatten(const struct doc_text *t, struct buf *flat)
{
	buf_clear(flat);
	for (const struct doc_span *s = t->first; s; s = s->next)
		buf_puts(flat, s->text);
}

/* With `under`, a line of that character below. */
static void put_heading(struct buf *out, const char *s, char under)
{
	int widest = 0;
	while (*s) {
		size_t len, go = take_line(s, DOC_WIDTH_CHARS, &len);
		int w = text_width(s, len);
		widest = w > widest ? w : widest;
		buf_put(out, s, len);
		buf_puts(out, "\n");
		s += go;
	}
	for (int i = 0; i < widest; i++)
		buf_put(out, &under, 1);
	buf_puts(out, widest ? "\n\n" : "\n");
}

static void put_paragraph(struct buf *out, const char *s)
{
	while (*s) {
		size_t len, go = take_line(s, DOC_WIDTH_CHARS, &len);
		buf_put(out, s, len);
		buf_puts(out, "\n");
		s += go;
	}
	buf_puts(out, "\n");
}

/* One row, its cells wrapped side by side. Returns the number of lines. */
static size_t put_row(struct buf *out, const struct doc_block *t, struct buf cell[DOC_MAX_COLS])
{
	const char *at[DOC_MAX_COLS];
	size_t n_lines = 0;
	for (size_t i = 0; i < t->n_cols; i++)
		at[i] = buf_str(&cell[i]);
	for (bool more = true; more; n_lines++) {
		int column = 0, stood = 0;
		more = false;
		for (size_t i = 0; i < t->n_cols; i++) {
			size_t len, go = take_line(at[i], t->col[i].chars, &len);
			if (len) {
				pad(out, column - stood);
				buf_put(out, at[i], len);
				stood = column + text_width(at[i], len);
			}
			at[i] += go;
			more |= *at[i] != 0;
			column += t->col[i].chars + DOC_GAP_CHARS;
		}
		buf_puts(out, "\n");
	}
	return n_lines;
}

static void put_table(struct buf *out, const struct doc_block *t, struct buf cell[DOC_MAX_COLS])
{
	bool roomy = false;
	for (const struct doc_row *r = t->row; r && !roomy && t->kind == DOC_TABLE; r = r->next) {
		for (size_t i = 0; i < t->n_cols; i++) {
			flatten(&r->cell[i], &cell[i]);
			roomy |= text_width(cell[i].data ? cell[i].data : "", cell[i].len) >
			         t->col[i].chars;
		}
	}
	if (t->kind == DOC_TABLE) {
		for (size_t i = 0; i < t->n_cols; i++) {
			buf_clear(&cell[i]);
			buf_puts(&cell[i], t->col[i].head);
		}
		(void)put_row(out, t, cell);
		for (int i = 0; i < DOC_WIDTH_CHARS; i++)
			buf_puts(out, "-");
		buf_puts(out, "\n");
	}
	for (const struct doc_row *r = t->row; r; r = r->next) {
		for (size_t i = 0; i < t->n_cols; i++)
			flatten(&r->cell[i], &cell[i]);
		(void)put_row(out, t, cell);
		if (roomy && r->next)
			buf_puts(out, "\n"); /* rows of several lines need to be told apart */
	}
	buf_puts(out, "\n");
}

static void put_sign(struct buf *out, const struct doc_block *t)
{
	buf_puts(out, "\n");
	for (size_t i = 0; i < t->n_cols; i++) {
		for (int k = 0; k < t->col[i].chars; k++)
			buf_puts(out, "_");
		pad(out, i + 1 < t->n_cols ? DOC_GAP_CHARS : 0);
	}
	buf_puts(out, "\n");
}

static void put_marking(struct buf *out, const char *marking)
{
	pad(out, (DOC_WIDTH_CHARS - text_width(marking, strlen(marking))) / 2);
	buf_puts(out, marking);
	buf_puts(out, "\n");
}

static void put_block(struct buf *out, const struct doc_block *b, struct buf cell[DOC_MAX_COLS])
{
	switch (b->kind) {
	case DOC_H1:
	case DOC_H2:
		flatten(&b->text, &cell[0]);
		put_heading(out, buf_str(&cell[0]), b->kind == DOC_H1 ? '=' : '-');
		break;
	case DOC_P:
		flatten(&b->text, &cell[0]);
		put_paragraph(out, buf_str(&cell[0]));
		break;
	case DOC_TABLE:
	case DOC_FACTS:
	case DOC_LIST:
		put_table(out, b, cell);
		break;
	case DOC_SIGN:
		put_sign(out, b);
		put_table(out, b, cell);
		break;
	}
}

enum err doc_text(struct doc *d, struct buf *out)
{
	struct buf cell[DOC_MAX_COLS];
	for (size_t i = 0; i < DOC_MAX_COLS; i++)
		buf_init(&cell[i], (size_t)16 << 20);
	put_marking(out, d->marking);
	buf_puts(out, "\n");
	for (const struct doc_block *b = d->first; b; b = b->next)
		put_block(out, b, cell);
	for (int i = 0; i < DOC_WIDTH_CHARS; i++)
		buf_puts(out, "-");
	buf_puts(out, "\n");
	put_paragraph(out, doc_printf(d, *d->audit ? "%s. %s." : "%s.", d->copy, d->audit));
	put_marking(out, d->marking);
	enum err e = d->err ? d->err : buf_err(out);
	for (size_t i = 0; i < DOC_MAX_COLS; i++) {
		if (!e)
			e = buf_err(&cell[i]);
		buf_finish(&cell[i]);
	}
	return e;
}

enum err paper_minutes_text(
        const struct paper_minutes *m, const struct paper_copy *c, struct buf *out)
{
	struct doc d;
	doc_init(&d);
	enum err e = doc_minutes(&d, m, c);
	if (!e)
		e = doc_text(&d, out);
	doc_finish(&d);
	return e;
}
