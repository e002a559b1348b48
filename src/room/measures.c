#include "app.h"
#include <string.h>
#include "caseroom/record_report.h"

/* Measures of the partnership: where it stood and its goal, as published. Readings come with a
 * later issue of the product. */

struct measures_state {
	struct measure {
		const char *name, *theme, *unit, *better, *baseline, *target, *year, *benchmark;
	} row[64];
	size_t n;
	struct app *app;
	struct ui_scroll scroll;
	struct monitored_row *monitored; /* of a group that watches individuals */
	size_t n_monitored;
	int individuals;
};

static enum err take(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	struct measures_state *st = ctx;
	struct arena *a = &st->app->rows;
	(void)column;
	if (st->n == COUNT_OF(st->row) || n < 8)
		return ERR_OK;
	st->row[st->n++] = (struct measure){.theme = arena_strdup(a, value[1]),
	        .name = arena_strdup(a, value[2]),
	        .unit = arena_strdup(a, value[3]),
	        .better = arena_strdup(a, value[4]),
	        .baseline = arena_strdup(a, value[5]),
	        .target = arena_strdup(a, value[6]),
	        .year = arena_strdup(a, value[7])};
	return ERR_OK;
}

static enum err load(struct app *app)
{
	struct measures_state *st = app->state;
	st->app = app;
	st->n = st->n_monitored = 0;
	if (app->forum_id && app->forum.type && app->forum.type->report_monitored)
		TRY(record_monitored(app->record, &app->rows, &app->viewer, app->forum_id,
		        &st->monitored, &st->n_monitored, &st->individuals));
	return record_list(app->record, &app->viewer, "measures", NULL, take, st, NULL);
}

/* Individuals monitored, by strand: exact in the room, "5 or fewer" in what leaves it (R45). */
static void monitored(struct app *app, struct ui *ui, struct gfx_rect *body)
{
	struct measures_state *st = app->state;
	const char *title = fmt(app, "Individuals monitored: %d", st->individuals), *words = "";
	if (!st->n_monitored)
		return;
	for (size_t i = 0; i < st->n_monitored; i++)
		words = fmt(app, "%s%s%s %d", words, i ? ", " : "", st->monitored[i].strand,
		        st->monitored[i].people);
	words = fmt(app, "%s. Open cases; each person once.", words);
	struct gfx_rect r = ui_cut_top(body, told_height(ui, body->w, title, words));
	(void)told_row(ui, ui_panel(ui, r), "people", GFX_ACCENT, title, words, false);
	ui_cut_top(body, ui_m(ui)->gap);
}

static void build(struct app *app, struct ui *ui)
{
	struct measures_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	page_begin(app, ui, &p, "Measures",
	        app_small(app) ? NULL : "Where the partnership stood, and its goal", NULL);
	monitored(app, ui, &p.body);
	if (!st->n)
		ui_empty(ui, ui_panel(ui, p.body), "chart", "No measures yet",
		        "They come with caseroomctl import measures.");
	bool small = app_small(app); /* a name is never cut: at 7 inch it takes two lines */
	ui_list_begin(ui, &l, p.body, "Measures", &st->scroll, st->n,
	        m->row2 + (small ? ui_line_h(ui, GFX_CAPTION_B) + 4 : 8), NULL);
	if (st->n)
		ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct measure *t = &st->row[i];
		struct gfx_rect in = ui_inset(row, 16, 6),
		                right = ui_cut_right(&in, small ? in.w * 36 / 100 : in.w * 4 / 10);
		ui_push_id(ui, (int64_t)i);
		ui_note(ui, row, UI_ROLE_ROW, t->name,
		        fmt(app, "from %s to %s", t->baseline, t->target));
		int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
		    top = in.y + (in.h - h - h2) / 2;
		int at = top + h;
		if (small && ui_text_w(ui, GFX_BODY_B, t->name) > in.w - 8) {
			int lines = ui_wrap_h(ui, in.w - 8, GFX_CAPTION_B, t->name, 2),
			    y = in.y + (in.h - lines - h2) / 2;
			ui_wrap(ui, (struct gfx_rect){in.x, y, in.w - 8, lines}, GFX_CAPTION_B,
			        GFX_TEXT, t->name, 2);
			at = y + lines;
		} else {
			ui_elide(ui, (struct gfx_rect){in.x, top, in.w - 8, h}, GFX_BODY_B,
			        GFX_TEXT, UI_LEFT, t->name);
		}
		ui_elide(ui, (struct gfx_rect){in.x, at, in.w - 8, h2}, GFX_CAPTION, GFX_TEXT2,
		        UI_LEFT, fmt(app, "%s, %s is better", t->unit, t->better));
		int half = right.w / 2;
		ui_label(ui, (struct gfx_rect){right.x, top, half, h}, GFX_BODY_B, GFX_TEXT,
		        UI_LEFT, *t->baseline ? t->baseline : "–");
		ui_label(ui, (struct gfx_rect){right.x, top + h, half, h2}, GFX_CAPTION, GFX_TEXT2,
		        UI_LEFT, "then");
		ui_label(ui, (struct gfx_rect){right.x + half, top, half, h}, GFX_BODY_B,
		        GFX_ACCENT, UI_LEFT, *t->target ? t->target : "–");
		ui_elide(ui, (struct gfx_rect){right.x + half, top + h, half, h2}, GFX_CAPTION,
		        GFX_TEXT2, UI_LEFT, fmt(app, "goal, %s", t->year));
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, &p, &l);
	if (page_button(app, &p, "check", app_small(app) ? "Plan" : "Plan and progress", false))
		app_go_back_to(app, &screen_progress, &screen_measures);
	if (page_button(app, &p, "edit", "Agreements", false))
		app_go_back_to(app, &screen_agreements, &screen_measures);
	if (page_button(app, &p, "paper", "Disposal", false))
		app_go_back_to(app, &screen_disposal, &screen_measures);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_measures = {
        "measures", PLACE_MEASURES, sizeof(struct measures_state), load, build, NULL, NULL};
