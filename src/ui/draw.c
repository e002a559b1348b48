#include "ui_int.h"
#include <string.h>

/* ---- shapes -------------------------------------------------------------------------------- */

/* A fill that reaches into a panel's rounded corner is cut to it. */
static bool in_corner(const struct ui *ui, struct gfx_rect r, size_t *ret_panel)
{
	for (size_t i = ui->n_panel; i-- > 0;) {
		struct gfx_rect p = ui->panel[i].r;
		int k = ui->panel[i].radius;
		bool within = r.x >= p.x && r.y >= p.y && r.x + r.w <= p.x + p.w &&
		              r.y + r.h <= p.y + p.h;
		if (!within)
			continue;
		*ret_panel = i;
		return (r.x < p.x + k || r.x + r.w > p.x + p.w - k) &&
		       (r.y < p.y + k || r.y + r.h > p.y + p.h - k);
	}
	return false;
}

void ui_fill(struct ui *ui, struct gfx_rect r, enum gfx_colour c)
{
	size_t p;
	struct gfx_rect seen = gfx_intersect(r, gfx_clip(ui->g));

	if (seen.w && in_corner(ui, seen, &p)) {
		gfx_push_clip(ui->g, seen);
		gfx_round(ui->g, ui->panel[p].r, ui->panel[p].radius, c);
		gfx_pop_clip(ui->g);
	} else {
		gfx_fill(ui->g, r, c);
	}
}

void ui_round(struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour c)
{
	gfx_round(ui->g, r, radius, c);
}

void ui_box(struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour fill, int stroke,
        enum gfx_colour edge)
{
	gfx_box(ui->g, r, radius, fill, 2 * stroke, edge);
}

void ui_area(
        struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour fill, enum gfx_colour edge)
{
	if (ui->config.theme == GFX_CONTRAST)
		gfx_box(ui->g, r, radius, fill, 4, edge);
	else
		gfx_round(ui->g, r, radius, fill);
}

void ui_ring(struct ui *ui, struct gfx_rect r, int radius, int stroke, enum gfx_colour edge)
{
	gfx_ring(ui->g, r, radius, 2 * stroke, edge);
}

void ui_dashed(struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour edge)
{
	gfx_dashed(ui->g, r, radius, ui_stroke2(ui), edge);
}

void ui_hatch(struct ui *ui, struct gfx_rect r, int spacing)
{
	gfx_hatch(ui->g, r, 0, spacing, GFX_HELD, GFX_HATCH);
}

void ui_hatch_box(struct ui *ui, struct gfx_rect r, int radius, int spacing)
{
	gfx_hatch(ui->g, r, radius, spacing, GFX_HELD, GFX_HATCH);
	gfx_ring(ui->g, r, radius, ui_stroke2(ui), GFX_EDGE);
}

void ui_hairline(struct ui *ui, struct gfx_rect r)
{
	gfx_fill(ui->g, r, GFX_HAIR);
}

void ui_icon(struct ui *ui, struct gfx_rect r, const char *icon, int size, enum gfx_colour c)
{
	if (!icon || !*icon)
		return;
	if (!gfx_icon(ui->g, r.x + (r.w - size) / 2, r.y + (r.h - size) / 2, icon, size, c) &&
	        !ui->no_icon)
		ui->no_icon = ui_str_add(ui, icon, strlen(icon));
}

void ui_disc(struct ui *ui, int cx, int cy, int radius, enum gfx_colour c)
{
	gfx_disc(ui->g, 2 * cx + 1, 2 * cy + 1, 2 * radius, c);
}

void ui_polyline(struct ui *ui, const int *xy, int n_points, int width, enum gfx_colour c)
{
	gfx_polyline(ui->g, xy, n_points, width, c);
}

void ui_polygon(struct ui *ui, const int *xy, int n_points, enum gfx_colour c)
{
	gfx_polygon(ui->g, xy, n_points, c);
}

/* ---- text ---------------------------------------------------------------------------------- */

static struct node *text_node(
        struct ui *ui, struct gfx_rect r, enum gfx_colour c, const char *s, bool inner)
{
	struct node *n = ui_node_add(ui, r, UI_ROLE_TEXT, s);

	n->text = true;
	n->inner = inner;
	n->colour = (uint8_t)c;
	return n;
}

/* Trailing white space is not drawn. */
static size_t trimmed(const char *s, size_t len)
{
	while (len && (s[len - 1] == ' ' || s[len - 1] == '\n'))
		len--;
	return len;
}

static int place(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c,
        enum ui_align a, const char *s, size_t len, int w)
{
	int x = a == UI_LEFT ? r.x : a == UI_RIGHT ? r.x + r.w - w : r.x + (r.w - w) / 2;

	if (x < r.x)
		x = r.x;
	gfx_push_clip(ui->g, (struct gfx_rect){r.x - 2, r.y - 2, r.w + 4,
	                             r.h + 4}); /* overhanging edges of letters */
	gfx_text(ui->g, x, r.y + (r.h - gfx_line_h(ui->g, t)) / 2, t, c, s, len);
	gfx_pop_clip(ui->g);
	return w;
}

static int elided(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c,
        enum ui_align a, const char *s, size_t len)
{
	static const char dots[] = "\xE2\x80\xA6";
	size_t fit = gfx_fit_kept(ui->g, t, s, len, r.w - gfx_text_w(ui->g, t, dots, 3));
	uint32_t at;

	fit = trimmed(s, fit);
	at = ui_str_room(ui, fit + 3);
	memcpy(ui->str + at, s, fit);
	memcpy(ui->str + at + fit, dots, 3);
	return place(ui, r, t, c, a, ui_str_at(ui, at), fit + 3,
	        gfx_text_w(ui->g, t, ui_str_at(ui, at), fit + 3));
}

int ui_text_draw(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c,
        enum ui_align a, const char *s, bool elide, bool inner)
{
	size_t len = s ? strlen(s) : 0;
	struct node *n;
	int w;

	if (!len)
		return 0;
	n = text_node(ui, r, c, s, inner);
	if (!n->seen.w)
		return 0;
	w = gfx_text_w(ui->g, t, s, len);
	if (w > r.w && elide && r.w > 0 && len > 4)
		return elided(ui, r, t, c, a, s, len);
	/* A line box lower than its text is fine; lower than the letters is a cut. */
	n->cut = w > r.w + 2 || r.h < gfx_px(ui->g, t);
	return place(ui, r, t, c, a, s, len, w);
}

int ui_label(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c, enum ui_align a,
        const char *text)
{
	return ui_text_draw(ui, r, t, c, a, text, false, false);
}

int ui_elide(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c, enum ui_align a,
        const char *text)
{
	return ui_text_draw(ui, r, t, c, a, text, true, false);
}

int ui_wrap_draw(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c,
        enum ui_align a, const char *s, int max_lines, bool inner)
{
	size_t len = s ? strlen(s) : 0, n, shown;
	const uint32_t *start;
	int line = gfx_line_h(ui->g, t);
	struct node *node;

	if (!len || r.w < 1)
		return 0;
	n = gfx_wrap(ui->g, t, s, len, r.w, &start);
	shown = max_lines && n > (size_t)max_lines ? (size_t)max_lines : n;
	node = text_node(ui, r, c, s, inner);
	node->lines = true;
	node->cut = !max_lines && (int)n * line > r.h + line / 4;
	if (!node->seen.w)
		return (int)shown * line;
	for (size_t i = 0; i < shown; i++) {
		struct gfx_rect l = {r.x, r.y + (int)i * line, r.w, line};
		size_t end = start[i + 1], k;
		if (i + 1 == shown && shown < n) {
			elided(ui, l, t, c, a, s + start[i], trimmed(s + start[i], len - start[i]));
			break;
		}
		k = trimmed(s + start[i], end - start[i]);
		if (k)
			place(ui, l, t, c, a, s + start[i], k,
			        gfx_text_w(ui->g, t, s + start[i], k));
	}
	return (int)shown * line;
}

int ui_wrap(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c, const char *text,
        int max_lines)
{
	return ui_wrap_draw(ui, r, t, c, UI_LEFT, text, max_lines, false);
}

int ui_text_w(struct ui *ui, enum gfx_type t, const char *text)
{
	return gfx_text_w(ui->g, t, text, strlen(text));
}

int ui_line_h(const struct ui *ui, enum gfx_type t)
{
	return gfx_line_h(ui->g, t);
}

int ui_wrap_h(struct ui *ui, int w, enum gfx_type t, const char *text, int max_lines)
{
	const uint32_t *start;
	size_t n;

	if (!text || !*text)
		return 0;
	n = gfx_wrap(ui->g, t, text, strlen(text), w, &start);
	if (max_lines && n > (size_t)max_lines)
		n = (size_t)max_lines;
	return (int)n * gfx_line_h(ui->g, t);
}
