#include "doc.h"
#include "caseroom/csv.h"
#include <stdio.h>
#include <string.h>

#define DOC_LIMIT_BYTES ((size_t)64 << 20)

void doc_init(struct doc *d)
{
	*d = (struct doc){
	        .marking = "", .title = "", .author = "", .copy = "", .audit = "", .day = DAY_NONE};
	arena_init(&d->arena, DOC_LIMIT_BYTES);
}

void doc_finish(struct doc *d)
{
	if (d)
		arena_finish(&d->arena);
}

static void *take(struct doc *d, size_t n)
{
	void *p = d->err ? NULL : arena_alloc(&d->arena, n);
	if (!p && !d->err)
		d->err = d->arena.used + n > d->arena.limit ? ERR_LIMIT : ERR_NOMEM;
	return p;
}

/* What would change how its neighbours read, or what a viewer may take for a command. */
static bool is_dropped(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff || (cp & 0xfffe) == 0xfffe ||
	       (cp >= 0xfdd0 && cp <= 0xfdef);
}

const char *doc_clean(struct doc *d, const char *s, bool lines)
{
	size_t n = s ? strlen(s) : 0, len;
	/* a bad byte becomes three */
	char *out = take(d, 3 * n + 1), *to = out;
	if (!out)
		return "";
	for (size_t i = 0; i < n; i += len) {
		uint32_t cp = utf8_decode(s + i, n - i, &len);
		if (cp == '\n' || cp == 0x2028 || cp == 0x2029)
			*to++ = lines ? '\n' : ' ';
		else if (cp == '\t')
			*to++ = ' ';
		else if (!is_dropped(cp))
			to += utf8_encode(cp, to);
	}
	while (to > out && (to[-1] == ' ' || to[-1] == '\n'))
		to--;
	*to = 0;
	return out;
}

const char *doc_printf(struct doc *d, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : take(d, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p ? p : "";
}

struct doc_block *doc_add(struct doc *d, enum doc_kind kind)
{
	static _Thread_local struct doc_block spare;
	struct doc_block *b = take(d, sizeof(*b));
	if (!b) {
		spare = (struct doc_block){.kind = kind};
		return &spare;
	}
	b->kind = kind;
	if (d->last)
		d->last->next = b;
	else
		d->first = b;
	d->last = b;
	return b;
}

struct doc_block *doc_add_table(
        struct doc *d, enum doc_kind kind, const struct doc_col *col, size_t n_cols)
{
	struct doc_block *b = doc_add(d, kind);
	b->col = col;
	b->n_cols = n_cols;
	return b;
}

struct doc_row *doc_row(struct doc *d, struct doc_block *table)
{
	static _Thread_local struct doc_row spare;
	struct doc_row *r = take(d, sizeof(*r));
	if (!r) {
		spare = (struct doc_row){0};
		return &spare;
	}
	if (table->last_row)
		table->last_row->next = r;
	else
		table->row = r;
	table->last_row = r;
	return r;
}

void doc_put(struct doc *d, struct doc_text *t, enum doc_style style, const char *s)
{
	if (!*s)
		return;
	struct doc_span *span = take(d, sizeof(*span));
	if (!span)
		return;
	*span = (struct doc_span){.text = s, .style = style};
	if (t->last)
		t->last->next = span;
	else
		t->first = span;
	t->last = span;
}

void doc_say(struct doc *d, enum doc_kind kind, enum doc_style style, const char *s)
{
	struct doc_block *b = doc_add(d, kind);
	doc_put(d, &b->text, style, s);
}

/*
 * A cell that begins with one of these is run as a formula by spreadsheet programs, so what
 * somebody said in a meeting could fetch a web page from a desk. A leading apostrophe makes it
 * text.
 */
void doc_cell(struct buf *out, struct doc *d, bool first, const char *s)
{
	s = doc_clean(d, s, false);
	while (*s == ' ')
		s++;
	csv_put(out, first, *s && strchr("=+-@", *s) ? doc_printf(d, "'%s", s) : s, false);
}
