#include "app.h"
#include <stdio.h>
#include <string.h>

/*
 * Help: one text a screen, linked in from assets/help. The first line is its title; a blank line
 * parts paragraphs; a line that begins with "- " is a point. It lies over the screen like a sheet,
 * so that nothing of what was being done is lost. And the marks of a training store.
 */

#define HELP_PARTS 48

void help_open(struct app *app)
{
	app->help = !app->help;
	app->help_scroll = (struct ui_scroll){0};
	ui_focus(app->ui, NULL);
	ui_again(app->ui);
}

/* Splits the text into its title and parts, in the frame's memory; lines of one paragraph are
 * joined. */
static size_t parts(struct app *app, const char **ret_title, const char *ret[HELP_PARTS])
{
	const struct asset *f = asset_find(fmt(app, "help/%s.help", app->screen->name));
	size_t n = 0, i = 0;
	*ret_title = "Help";
	if (!f) {
		ret[0] = "There is no help for this screen yet.";
		return 1;
	}
	bool joined = false, titled = false;
	while (i < f->len) {
		const char *line = (const char *)f->data + i;
		const char *end = memchr(line, '\n', f->len - i);
		size_t len = end ? (size_t)(end - line) : f->len - i;
		i += len + 1;
		if (!len) {
			joined = false;
		} else if (!titled) {
			*ret_title = fmt(app, "%.*s", (int)len, line);
			titled = true;
		} else if (joined && line[0] != '-' && n) {
			ret[n - 1] = fmt(app, "%s %.*s", ret[n - 1], (int)len, line);
		} else if (n < HELP_PARTS) {
			ret[n++] = fmt(app, "%.*s", (int)len, line);
			joined = true;
		}
	}
	return n;
}

void help_build(struct app *app, struct ui *ui, struct gfx_rect all)
{
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	const char *title, *part[HELP_PARTS];
	int heights[HELP_PARTS], line = ui_line_h(ui, GFX_BODY), point = ui_px(ui, 24);
	size_t n = parts(app, &title, part), i;
	ui_cover_all(ui);
	ui_fill(ui, all, GFX_GROUND);
	struct gfx_rect r = ui_inset(all, small ? 12 : m->margin, small ? 8 : m->gap), row;
	int w = ui_px(ui, 900); /* a line no longer than the eye follows */
	if (r.w > w + m->pager_w)
		r = (struct gfx_rect){r.x + (r.w - w - m->pager_w) / 2, r.y, w + m->pager_w, r.h};
	ui_push_id(ui, 0x4e1b);
	struct gfx_rect head = ui_cut_top(&r, ui_line_h(ui, GFX_TITLE));
	ui_note(ui, head, UI_ROLE_HEADING, title, NULL);
	ui_elide(ui, head, GFX_TITLE, GFX_TEXT, UI_LEFT, title);
	ui_cut_top(&r, m->gap / 2);
	struct gfx_rect foot = ui_cut_bottom(&r, m->primary);
	ui_cut_bottom(&r, ui_px(ui, 14));
	for (i = 0; i < n; i++) {
		bool is_point = part[i][0] == '-';
		heights[i] = ui_wrap_h(ui, r.w - 2 * m->gap - m->pager_w - (is_point ? point : 0),
		                     GFX_BODY, part[i] + (is_point ? 2 : 0), 0) +
		             line / 2;
	}
	struct ui_list l;
	ui_list_begin(ui, &l, r, title, &app->help_scroll, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		struct gfx_rect t = ui_inset(row, m->gap, line / 4);
		t.w = r.w - 2 * m->gap - m->pager_w;
		if (part[i][0] == '-') {
			ui_disc(ui, t.x + point / 3, t.y + line / 2, ui_px(ui, 4), GFX_ACCENT);
			ui_cut_left(&t, point);
		}
		ui_wrap(ui, t, GFX_BODY, GFX_TEXT, part[i] + (part[i][0] == '-' ? 2 : 0), 0);
	}
	ui_list_end(ui, &l);
	struct gfx_rect b = ui_cut_right(&foot, ui_button_w(ui, "check", "Close the help", true));
	bool closed = ui_button(ui, b, UI_PRIMARY, "check", "Close the help", false);
	if (small && (l.first_seen > 0 || l.last_seen < l.n)) {
		struct gfx_rect up = ui_cut_left(&foot, m->pager_w);
		ui_cut_left(&foot, 12);
		ui_list_pages(ui, up, ui_cut_left(&foot, m->pager_w), title);
	}
	ui_pop_id(ui);
	if (closed || ui_key_hit(ui, UI_KEY_ESCAPE))
		help_open(app);
}

#define EDGE 5

void training_edge(struct app *app, struct ui *ui)
{
	const struct ui_metrics *m = ui_m(ui);
	if (!app->sample)
		return;
	ui_fill(ui, (struct gfx_rect){0, 0, m->w, EDGE}, GFX_WARN);
	ui_fill(ui, (struct gfx_rect){0, m->h - EDGE, m->w, EDGE}, GFX_WARN);
	ui_fill(ui, (struct gfx_rect){0, 0, EDGE, m->h}, GFX_WARN);
	ui_fill(ui, (struct gfx_rect){m->w - EDGE, 0, EDGE, m->h}, GFX_WARN);
}
