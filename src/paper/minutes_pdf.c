#include "doc.h"
#include "pdf_amend.h"
#include <cairo-pdf.h>
#include <hb.h>
#include <pango/pangocairo.h>
#include <string.h>

/*
 * The document as tagged PDF on A4.
 *
 * The same flow runs twice over the blocks: dry, to count the pages, then drawing. Nothing is drawn
 * or tagged in the dry run, and nothing else differs, so "page n of m" cannot be wrong.
 *
 * A table row that does not fit is broken between lines: each cell goes on where it stopped. In the
 * structure each part of a row is a row of its own, because a PDF element cannot be returned to;
 * repeated column heads are drawn but not tagged, so that a screen reader hears them once. The
 * furniture of a page (marking, foot, rules) is not tagged either, but for the marking of page 1,
 * which is read out first.
 *
 * All units are points, 1/72 inch.
 */

#define MM (72.0 / 25.4)
#define PAGE_W (210 * MM)
#define PAGE_H (297 * MM)
#define LEFT (20 * MM)
#define BODY_W (DOC_WIDTH_MM * MM)
#define TOP (21 * MM)
#define BOTTOM (PAGE_H - 25 * MM)
#define MARKING_TOP_Y (10.5 * MM)
#define FOOT_RULE_Y (PAGE_H - 21 * MM)
#define FOOT_Y (PAGE_H - 19 * MM)
#define MARKING_BOTTOM_Y (PAGE_H - 13.5 * MM)

#define BODY_PT 9.5
#define SMALL_PT 8.5
#define H1_PT 20.0
#define H2_PT 12.0
#define MARKING_PT 10.5
#define FEATURES "liga=0, clig=0"
#define LINE_SPACING 1.12f
#define CELL_GAP 8.0 /* between columns */
#define ROW_PAD 3.2  /* above and below the text of a row */
#define PARAGRAPH_GAP 5.0
#define TABLE_GAP 9.0
#define H2_BEFORE 10.0
#define H2_AFTER 4.0
#define KEEP_WITH_HEADING 42.0 /* a heading is not left alone at the foot of a page */
#define KEEP_ROW_WHOLE 110.0   /* a row up to this height moves to the next page whole */
#define SIGN_SPACE 40.0

struct setter {
	const struct doc *d;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	bool dry;
	int page, pages;
	double y;
	enum err err;
};

static void ink(struct setter *s)
{
	cairo_set_source_rgb(s->cr, 0.09, 0.09, 0.09);
}

static void tag(struct setter *s, const char *name)
{
	if (!s->dry)
		cairo_tag_begin(s->cr, name, NULL);
}

static void untag(struct setter *s, const char *name)
{
	if (!s->dry)
		cairo_tag_end(s->cr, name);
}

static void rule(struct setter *s, double x, double w, double y, double thick, double grey)
{
	if (s->dry)
		return;
	cairo_set_source_rgb(s->cr, grey, grey, grey);
	cairo_set_line_width(s->cr, thick);
	cairo_move_to(s->cr, x, y);
	cairo_line_to(s->cr, x + w, y);
	cairo_stroke(s->cr);
}

/* ---- text ---- */

static void add_attr(PangoAttrList *list, PangoAttribute *a, size_t from, size_t to)
{
	a->start_index = (guint)from;
	a->end_index = (guint)to;
	pango_attr_list_insert(list, a);
}

/* A line end is invisible to what reads the text aloud, so a space stands before it. */
static void put_flat(struct buf *flat, const char *text)
{
	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		buf_put(flat, text, (size_t)(end - text));
		buf_puts(flat, " \n");
	}
	buf_puts(flat, text);
}

/* Set as data, never as markup. `width` < 0 is one line as long as it likes. Unref when done. */
static PangoLayout *layout_new(
        struct setter *s, const struct doc_text *t, double width, double size, bool strong)
{
	PangoLayout *l = pango_layout_new(s->context);
	PangoFontDescription *font = pango_font_description_new();
	PangoAttrList *list = pango_attr_list_new();
	struct buf flat;
	buf_init(&flat, (size_t)16 << 20);
	for (const struct doc_span *span = t->first; span; span = span->next) {
		size_t from = flat.len;
		put_flat(&flat, span->text);
		if (span->style == DOC_STRONG && !strong)
			add_attr(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from, flat.len);
		if (span->style == DOC_MUTED) {
			add_attr(list, pango_attr_foreground_new(0x5000, 0x4e00, 0x4a00), from,
			        flat.len);
			add_attr(list, pango_attr_size_new_absolute((int)(SMALL_PT * PANGO_SCALE)),
			        from, flat.len);
		}
	}
	/* a joined "fi" would have to be explained to a reader of the structure; two letters need
	 * not be */
	pango_attr_list_insert(list, pango_attr_font_features_new(FEATURES));
	/* sans-serif stands in where Noto Sans is not installed */
	pango_font_description_set_family_static(font, "Noto Sans,sans-serif");
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font, strong ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(l, font);
	pango_layout_set_attributes(l, list);
	pango_layout_set_text(l, buf_str(&flat), (int)flat.len);
	pango_layout_set_width(l, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(l, LINE_SPACING);
	if (buf_err(&flat) && !s->err)
		s->err = buf_err(&flat);
	pango_font_description_free(font);
	pango_attr_list_unref(list);
	buf_finish(&flat);
	return l;
}

static PangoLayout *layout_str(
        struct setter *s, const char *text, double width, double size, bool strong)
{
	struct doc_span span = {.text = text, .style = strong ? DOC_STRONG : DOC_PLAIN};
	struct doc_text t = {&span, &span};
	return layout_new(s, &t, width, size, strong);
}

static double layout_height(PangoLayout *l)
{
	int h;
	pango_layout_get_size(l, NULL, &h);
	return (double)h / PANGO_SCALE;
}

/*
 * Pango takes the space at a line's end away, and cairo then writes an empty piece with its text
 * beside it, at which readers of the structure stop (poppler 22 does). So it gets its glyph back,
 * of no width.
 */
static void keep_spaces(PangoLayoutLine *line, const char *text)
{
	for (GSList *at = line->runs; at; at = at->next) {
		PangoGlyphItem *run = at->data;
		hb_codepoint_t space;
		for (int i = 0; i < run->glyphs->num_glyphs; i++) {
			if (run->glyphs->glyphs[i].glyph == PANGO_GLYPH_EMPTY &&
			        text[run->item->offset + run->glyphs->log_clusters[i]] == ' ' &&
			        hb_font_get_nominal_glyph(
			                pango_font_get_hb_font(run->item->analysis.font), ' ',
			                &space))
				run->glyphs->glyphs[i].glyph = space;
		}
	}
}

/*
 * Lines of `l` from *line on, as many as fit in `height`, drawn (when `draw`) with the first at x,
 * y. Moves *line on and returns the height used. With `force` at least one line goes, whatever the
 * height.
 */
static double put_lines(struct setter *s, PangoLayout *l, int *line, double x, double y,
        double height, bool force, bool draw)
{
	PangoLayoutIter *it = pango_layout_get_iter(l);
	int n = 0, first_top = 0, top, bottom;
	double used = 0;
	bool begun = false;
	do {
		if (n++ < *line)
			continue;
		pango_layout_iter_get_line_yrange(it, &top, &bottom);
		if (!begun)
			first_top = top;
		double end = (double)(bottom - first_top) / PANGO_SCALE;
		if (end > height && !(force && !begun)) {
			n--;
			break;
		}
		begun = true;
		used = end;
		if (draw && !s->dry) {
			double base = (double)(pango_layout_iter_get_baseline(it) - first_top) /
			              PANGO_SCALE;
			ink(s);
			cairo_move_to(s->cr, x, y + base);
			PangoLayoutLine *drawn = pango_layout_iter_get_line(it);
			keep_spaces(drawn, pango_layout_get_text(l));
			pango_cairo_show_layout_line(s->cr, drawn);
		}
	} while (pango_layout_iter_next_line(it));
	*line = n;
	pango_layout_iter_free(it);
	return used;
}

static double put_whole(struct setter *s, PangoLayout *l, double x, double y)
{
	int line = 0;
	return put_lines(s, l, &line, x, y, PAGE_H, true, true);
}

/* ---- pages ---- */

static void put_centred(struct setter *s, const char *text, double y)
{
	PangoLayout *l = layout_str(s, text, BODY_W, MARKING_PT, true);
	pango_layout_set_alignment(l, PANGO_ALIGN_CENTER);
	if (!s->dry) {
		ink(s);
		cairo_move_to(s->cr, LEFT, y);
		pango_cairo_show_layout(s->cr, l);
	}
	g_object_unref(l);
}

static void page_begin(struct setter *s)
{
	s->page++;
	s->y = TOP;
	if (s->page == 1)
		tag(s, "P");
	put_centred(s, s->d->marking, MARKING_TOP_Y);
	if (s->page == 1)
		untag(s, "P");
}

/* One line of the foot, from x to at most x + w, or ending there. Returns its width. */
static double put_foot(struct setter *s, const char *text, double x, double w, bool right)
{
	int width;
	PangoLayout *l = layout_str(s, text, w, SMALL_PT, false);
	pango_layout_set_height(l, -1);
	pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	pango_layout_set_alignment(l, right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	pango_layout_get_size(l, &width, NULL);
	if (!s->dry) {
		ink(s);
		cairo_move_to(s->cr, x, FOOT_Y);
		pango_cairo_show_layout(s->cr, l);
	}
	g_object_unref(l);
	return (double)width / PANGO_SCALE;
}

/* A very long recipient's name is shortened here, where one line must do; the head of page 1 has it
 * in full. */
static void page_end(struct setter *s)
{
	char text[64];
	double left = LEFT, w = BODY_W;
	g_snprintf(text, sizeof(text), "Page %d of %d", s->page, s->pages);
	rule(s, LEFT, BODY_W, FOOT_RULE_Y, 0.5, 0.6);
	double used = put_foot(s, text, left, w, false) + 2 * CELL_GAP;
	left += used;
	w -= used;
	w -= put_foot(s, s->d->audit, left, w, true) + 2 * CELL_GAP;
	(void)put_foot(s, s->d->copy, left, w, false);
	put_centred(s, s->d->marking, MARKING_BOTTOM_Y);
	if (!s->dry)
		cairo_show_page(s->cr);
}

static void page_next(struct setter *s)
{
	page_end(s);
	page_begin(s);
}

/* ---- blocks ---- */

static void put_heading(struct setter *s, const struct doc_block *b)
{
	bool h1 = b->kind == DOC_H1;
	const char *name = h1 ? "H1" : "H2";
	PangoLayout *l = layout_new(s, &b->text, BODY_W, h1 ? H1_PT : H2_PT, true);
	double h = layout_height(l), before = h1 ? 0 : H2_BEFORE;
	if (s->y > TOP) {
		if (s->y + before + h + KEEP_WITH_HEADING > BOTTOM)
			page_next(s);
		else
			s->y += before;
	}
	if (!s->dry) {
		char where[64];
		g_snprintf(
		        where, sizeof(where), "page=%d pos=[%d %d]", s->page, (int)LEFT, (int)s->y);
		(void)cairo_pdf_surface_add_outline(
		        s->surface, CAIRO_PDF_OUTLINE_ROOT, pango_layout_get_text(l), where, 0);
	}
	tag(s, name);
	int line = 0, n = pango_layout_get_line_count(l);
	while (line < n) {
		s->y += put_lines(s, l, &line, LEFT, s->y, BOTTOM - s->y, s->y <= TOP, true);
		if (line < n)
			page_next(s);
	}
	untag(s, name);
	s->y += H2_AFTER;
	g_object_unref(l);
}

static void put_paragraph(struct setter *s, const struct doc_block *b)
{
	PangoLayout *l = layout_new(s, &b->text, BODY_W, BODY_PT, false);
	int line = 0, n = pango_layout_get_line_count(l);
	while (line < n) {
		int from = line;
		tag(s, "P");
		s->y += put_lines(s, l, &line, LEFT, s->y, BOTTOM - s->y, s->y <= TOP, true);
		untag(s, "P");
		if (line < n || (line == from && s->y > TOP))
			page_next(s);
	}
	s->y += PARAGRAPH_GAP;
	g_object_unref(l);
}

/* ---- tables ---- */

/* What a table and a list are called in the structure. */
static const struct row_tags {
	const char *whole, *row, *head, *cell;
} TABLE_TAGS = {"Table", "TR", "TH", "TD"}, LIST_TAGS = {"L", "LI", "Lbl", "LBody"};

static const struct row_tags *tags_of(const struct doc_block *t)
{
	return t->kind == DOC_LIST ? &LIST_TAGS : &TABLE_TAGS;
}

struct row {
	PangoLayout *cell[DOC_MAX_COLS];
	int line[DOC_MAX_COLS]; /* the next to be drawn */
	double x[DOC_MAX_COLS];
	bool head[DOC_MAX_COLS];
	size_t n;
	const struct row_tags *tags;
};

static void row_init(
        struct setter *s, struct row *r, const struct doc_block *t, const struct doc_row *from)
{
	double x = LEFT;
	*r = (struct row){.n = t->n_cols, .tags = tags_of(t)};
	for (size_t i = 0; i < r->n; i++) {
		double w = t->col[i].mm * MM - (i + 1 < r->n ? CELL_GAP : 0);
		r->x[i] = x;
		r->cell[i] = from ? layout_new(s, &from->cell[i], w, BODY_PT, false)
		                  : layout_str(s, t->col[i].head, w, SMALL_PT, true);
		r->head[i] = !from || (t->kind != DOC_TABLE && i == 0);
		x += t->col[i].mm * MM;
	}
}

static void row_finish(struct row *r)
{
	for (size_t i = 0; i < r->n; i++)
		g_object_unref(r->cell[i]);
}

static double row_height(const struct row *r)
{
	double h = 0;
	for (size_t i = 0; i < r->n; i++) {
		double one = layout_height(r->cell[i]);
		h = one > h ? one : h;
	}
	return h;
}

static bool row_done(const struct row *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->line[i] < pango_layout_get_line_count(r->cell[i]))
			return false;
	}
	return true;
}

/* As much of the row as fits in `height`; true when any line went. */
static bool put_row_part(struct setter *s, struct row *r, double height, bool force, bool tagged)
{
	double used = 0;
	int before = 0, after = 0;
	if (tagged)
		tag(s, r->tags->row);
	for (size_t i = 0; i < r->n; i++) {
		const char *name = r->head[i] ? r->tags->head : r->tags->cell;
		before += r->line[i];
		if (tagged)
			tag(s, name);
		double h =
		        put_lines(s, r->cell[i], &r->line[i], r->x[i], s->y, height, force, true);
		if (tagged)
			untag(s, name);
		after += r->line[i];
		used = h > used ? h : used;
	}
	if (tagged)
		untag(s, r->tags->row);
	s->y += used;
	return after > before;
}

static void put_column_heads(struct setter *s, const struct doc_block *t, bool tagged)
{
	struct row r;
	row_init(s, &r, t, NULL);
	s->y += ROW_PAD / 2;
	(void)put_row_part(s, &r, PAGE_H, true, tagged);
	row_finish(&r);
	s->y += ROW_PAD / 2;
	rule(s, LEFT, BODY_W, s->y, 0.9, 0.25);
}

static void put_table_row(struct setter *s, const struct doc_block *t, const struct doc_row *from)
{
	struct row r;
	row_init(s, &r, t, from);
	double h = row_height(&r);
	bool facts = t->kind != DOC_TABLE;
	double pad = facts ? ROW_PAD / 2 : ROW_PAD;
	bool fresh = false; /* at the top of a page made for this row */
	if (s->y + 2 * pad + h > BOTTOM &&
	        (h <= KEEP_ROW_WHOLE || s->y + KEEP_WITH_HEADING > BOTTOM)) {
		page_next(s);
		fresh = true;
		if (!facts)
			put_column_heads(s, t, false);
	}
	while (!row_done(&r)) {
		s->y += pad;
		(void)put_row_part(s, &r, BOTTOM - pad - s->y, fresh, true);
		s->y += pad;
		if (row_done(&r))
			break;
		page_next(s);
		fresh = true;
		if (!facts)
			put_column_heads(s, t, false);
	}
	if (!facts)
		rule(s, LEFT, BODY_W, s->y, 0.4, 0.72);
	row_finish(&r);
}

static void put_table(struct setter *s, const struct doc_block *t)
{
	if (!t->row)
		return;
	if (t->kind == DOC_TABLE && s->y + KEEP_WITH_HEADING > BOTTOM)
		page_next(s);
	tag(s, tags_of(t)->whole);
	if (t->kind == DOC_TABLE)
		put_column_heads(s, t, true);
	for (const struct doc_row *r = t->row; r; r = r->next)
		put_table_row(s, t, r);
	untag(s, tags_of(t)->whole);
	s->y += t->kind == DOC_TABLE ? TABLE_GAP : PARAGRAPH_GAP;
}

static void put_sign(struct setter *s, const struct doc_block *t)
{
	if (s->y + SIGN_SPACE + KEEP_WITH_HEADING > BOTTOM)
		page_next(s);
	for (const struct doc_row *from = t->row; from; from = from->next) {
		struct row r;
		row_init(s, &r, t, from);
		s->y += SIGN_SPACE;
		for (size_t i = 0; i < r.n; i++) {
			double w = t->col[i].mm * MM - (i + 1 < r.n ? 2 * CELL_GAP : 0);
			rule(s, r.x[i], w, s->y, 0.6, 0.2);
			tag(s, "P");
			(void)put_whole(s, r.cell[i], r.x[i], s->y + ROW_PAD);
			untag(s, "P");
		}
		s->y += ROW_PAD + row_height(&r);
		row_finish(&r);
	}
}

/* ---- the whole ---- */

static void put_document(struct setter *s, bool dry)
{
	s->dry = dry;
	s->page = 0;
	tag(s, "Document");
	page_begin(s);
	for (const struct doc_block *b = s->d->first; b; b = b->next) {
		switch (b->kind) {
		case DOC_H1:
		case DOC_H2:
			put_heading(s, b);
			break;
		case DOC_P:
			put_paragraph(s, b);
			break;
		case DOC_TABLE:
		case DOC_FACTS:
		case DOC_LIST:
			put_table(s, b);
			break;
		case DOC_SIGN:
			put_sign(s, b);
			break;
		}
	}
	page_end(s);
	untag(s, "Document");
	s->pages = s->page;
}

static cairo_status_t on_bytes(void *ctx, const unsigned char *p, unsigned n)
{
	buf_put(ctx, p, n);
	return buf_err(ctx) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_metadata(struct setter *s)
{
	char when[TIME_TEXT_MAX], day[TIME_TEXT_MAX];
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_TITLE, s->d->title);
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_AUTHOR, s->d->author);
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_SUBJECT, s->d->marking);
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATOR, "Caseroom");
	/* the day of the meeting, not of the printing: the same minutes give the same bytes */
	g_snprintf(when, sizeof(when), "%sT00:00:00Z", day_text(day, s->d->day, DAY_ISO));
	cairo_pdf_surface_set_metadata(
	        s->surface, CAIRO_PDF_METADATA_CREATE_DATE, *day ? when : "1970-01-01T00:00:00Z");
}

static enum err status_err(cairo_status_t st)
{
	return st == CAIRO_STATUS_SUCCESS     ? ERR_OK
	       : st == CAIRO_STATUS_NO_MEMORY ? ERR_NOMEM
	                                      : ERR_INTERNAL;
}

enum err doc_pdf(const struct doc *d, struct buf *out)
{
	struct buf pdf;
	buf_init(&pdf, (size_t)64 << 20);
	struct setter s = {.d = d};
	s.surface = cairo_pdf_surface_create_for_stream(on_bytes, &pdf, PAGE_W, PAGE_H);
	cairo_pdf_surface_restrict_to_version(s.surface, CAIRO_PDF_VERSION_1_5);
	s.cr = cairo_create(s.surface);
	s.context = pango_cairo_create_context(s.cr);
	/* for paper, not for the dots of a screen: glyphs stand where the type designer puts them
	 */
	cairo_font_options_t *exact = cairo_font_options_create();
	cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(s.context, exact);
	cairo_font_options_destroy(exact);
	pango_context_set_round_glyph_positions(s.context, FALSE);
	pango_context_set_language(s.context, pango_language_from_string("en-gb"));
	pango_context_set_base_dir(s.context, PANGO_DIRECTION_LTR);
	set_metadata(&s);
	put_document(&s, true);
	put_document(&s, false);
	enum err e = s.err ? s.err : status_err(cairo_status(s.cr));
	cairo_destroy(s.cr);
	cairo_surface_finish(s.surface);
	if (!e)
		e = buf_err(&pdf) ? buf_err(&pdf) : status_err(cairo_surface_status(s.surface));
	g_object_unref(s.context);
	cairo_surface_destroy(s.surface);
	if (!e)
		e = pdf_amend(&pdf, "en-GB");
	if (!e) {
		buf_put(out, buf_str(&pdf), pdf.len);
		e = buf_err(out);
	}
	buf_finish(&pdf);
	return e;
}

enum err paper_minutes_pdf(
        const struct paper_minutes *m, const struct paper_copy *c, struct buf *out)
{
	struct doc d;
	doc_init(&d);
	enum err e = doc_minutes(&d, m, c);
	if (!e)
		e = doc_pdf(&d, out);
	doc_finish(&d);
	return e;
}
