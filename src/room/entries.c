#include "app.h"

/* A list of entries whose words are shown whole: what was said, what is held, what may be meant. */

#define PAD 10

static int words_w(struct app *app, struct ui *ui, int w, const struct entry *e)
{
	(void)app;
	return w - ui_px(ui, 32) - (e->icon ? ui_px(ui, 36) : 0) - (e->opens ? ui_px(ui, 30) : 0);
}

static int tag_room(struct ui *ui, const struct entry *e)
{
	return e->tag && *e->tag ? ui_tag_w(ui, NULL, e->tag) + 8 : 0;
}

/* The tag stands beside the title when that leaves the title on one line; else below it. */
static bool tag_beside(struct ui *ui, int w, const struct entry *e)
{
	return ui_text_w(ui, GFX_BODY_B, e->title) + tag_room(ui, e) <= w;
}

static int height(struct app *app, struct ui *ui, int width, const struct entry *e)
{
	int w = words_w(app, ui, width, e), tag = ui_px(ui, 32),
	    h = ui_wrap_h(ui, w, GFX_BODY_B, e->title, 0);
	if (tag_room(ui, e))
		h = tag_beside(ui, w, e) ? (h > tag ? h : tag) : h + tag;
	if (e->words && *e->words)
		h += ui_wrap_h(ui, w, e->warn ? GFX_BODY_B : GFX_BODY, e->words, 0);
	if (e->foot && *e->foot)
		h += ui_wrap_h(ui, w, GFX_CAPTION, e->foot, 0);
	h += 2 * PAD;
	return e->opens && h < ui_m(ui)->row ? ui_m(ui)->row : h;
}

static bool entry(struct app *app, struct ui *ui, struct gfx_rect r, const struct entry *e)
{
	bool hit = false, pressed = false;
	int w = words_w(app, ui, r.w, e), line = ui_line_h(ui, GFX_BODY_B), tag = ui_px(ui, 32);
	if (e->opens) {
		hit = ui_hit(ui, r, UI_ROLE_ROW, e->title, 0);
		pressed = ui_pressed(ui);
	}
	if (pressed)
		ui_fill(ui, r, GFX_SOFT);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), PAD);
	if (e->opens)
		ui_icon(ui, ui_cut_right(&in, ui_px(ui, 24)), "forward", ui_px(ui, 22), GFX_TEXT);
	if (e->icon) {
		struct gfx_rect icon = ui_cut_left(&in, ui_px(ui, 36));
		icon.h = line;
		icon.w = ui_px(ui, 26);
		ui_icon(ui, icon, e->icon, ui_px(ui, 24), e->warn ? GFX_WARN : GFX_TEXT2);
	}
	in.w = w;
	enum gfx_colour text = pressed ? GFX_ON_SOFT : GFX_TEXT,
	                grey = pressed ? GFX_ON_SOFT : GFX_TEXT2;
	if (tag_room(ui, e) && tag_beside(ui, w, e)) {
		struct gfx_rect top = ui_cut_top(&in, tag > line ? tag : line);
		int tw = tag_room(ui, e) - 8;
		(void)ui_tag(ui, top.x + top.w - tw, top.y, e->shade, NULL, e->tag);
		ui_label(ui, top, GFX_BODY_B, text, UI_LEFT, e->title);
	} else {
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY_B, text, e->title, 0));
		if (tag_room(ui, e)) {
			struct gfx_rect top = ui_cut_top(&in, tag);
			(void)ui_tag(ui, top.x, top.y, e->shade, NULL, e->tag);
		}
	}
	if (e->words && *e->words)
		ui_cut_top(&in, ui_wrap(ui, in, e->warn ? GFX_BODY_B : GFX_BODY,
		                        e->warn ? GFX_WARN : text, e->words, 0));
	if (e->foot && *e->foot)
		ui_wrap(ui, in, GFX_CAPTION, grey, e->foot, 0);
	return hit;
}

int entries(struct app *app, struct ui *ui, struct gfx_rect r, const char *name,
        struct ui_scroll *scroll, const struct entry *e, size_t n, const char *empty,
        struct page *p)
{
	int *heights = row_heights(&app->frame, n), hit = -1, w = r.w;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	if (!n) {
		ui_wrap(ui, ui_inset(r, ui_px(ui, 16), ui_px(ui, 12)), GFX_BODY, GFX_TEXT2, empty,
		        0);
		return -1;
	}
	for (int pass = 0; pass < 2; pass++) { /* narrower when page buttons are needed */
		int total = 0;
		for (i = 0; i < n; i++)
			total += heights[i] = height(app, ui, w, &e[i]);
		if (total <= r.h || app_small(app))
			break;
		w = r.w - ui_m(ui)->target - ui_px(ui, n < 100 ? 8 : 36);
	}
	ui_list_begin(ui, &l, r, name, scroll, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		ui_push_id(ui, (int64_t)i);
		if (row.w > w)
			row.w = w;
		if (entry(app, ui, row, &e[i]))
			hit = (int)i;
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	if (p)
		page_pages(app, p, &l);
	return hit;
}
