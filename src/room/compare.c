#include "app.h"
#include <string.h>

/* Two assessments of a case side by side: what changed comes first. Different tools, or versions of
 * one, are compared by their band alone: their answers stood for other words. */

struct compare_state {
	struct assessment_row *all;
	size_t n;
	int64_t id[2]; /* the earlier and the later; 0 = the last two */
	const struct assessment_row *side[2];
	const struct practice_tool *tool; /* NULL: by band alone */
	int answer[2][PRACTICE_MAX];
	size_t order[PRACTICE_MAX], n_changed; /* factors, those that changed first */
	const char *stale;
	struct ui_scroll scroll;
};

static enum err load_answers(struct app *app)
{
	struct compare_state *st = app->state;
	const struct assessment_row *a = st->side[0], *b = st->side[1];
	const char *source[PRACTICE_MAX];
	size_t n = 0;
	st->tool = practice_tool(app->practice, a->tool);
	if (!st->tool || strcmp(a->tool, b->tool) != 0 || a->tool_version != b->tool_version ||
	        a->tool_version != st->tool->version) {
		st->tool = NULL;
		return ERR_OK;
	}
	for (int k = 0; k < 2; k++) {
		enum err e = record_answers(app->record, &app->rows, &app->viewer, st->side[k]->id,
		        st->tool, st->answer[k], source);
		if (e)
			return e;
	}
	for (int same = 0; same < 2; same++) {
		for (size_t i = 0; i < st->tool->n_factors; i++)
			if ((st->answer[0][i] == st->answer[1][i]) == same)
				st->order[n++] = i;
		if (!same)
			st->n_changed = n;
	}
	return ERR_OK;
}

static enum err load(struct app *app)
{
	struct compare_state *st = app->state;
	const char *source;
	enum err e = record_assessments(
	        app->record, &app->rows, &app->viewer, app->case_id, &st->all, &st->n);
	if (!e)
		e = record_stale(
		        app->record, &app->rows, &app->viewer, app->case_id, &st->stale, &source);
	if (e || st->n < 2)
		return e;
	for (int k = 0; k < 2; k++) {
		st->side[k] = &st->all[1 - k]; /* the newest comes first in the list */
		for (size_t i = 0; i < st->n; i++)
			if (st->all[i].id == st->id[k])
				st->side[k] = &st->all[i];
	}
	return load_answers(app);
}

static const char *answer_text(const struct compare_state *st, int side, size_t i)
{
	int a = st->answer[side][i];
	return a == ANSWER_UNKNOWN ? "Don’t know"
	       : a < 0             ? "Not asked"
	                           : st->tool->factor[i].option[a].label;
}

static const char *day_of(struct app *app, const struct assessment_row *a)
{
	return fmt_day(app, time_to_day(a->made_us), app_small(app) ? DAY_SHORT : DAY_YEAR);
}

static void side_done(struct app *app, struct sheet *s)
{
	struct compare_state *st = app->state;
	st->id[s->arg] = s->row[s->chosen].id;
	st->id[1 - s->arg] = st->side[1 - s->arg]->id;
	st->scroll = (struct ui_scroll){0};
	app->reload = true;
	ui_again(app->ui);
}

static void side_open(struct app *app, int side)
{
	struct compare_state *st = app->state;
	struct sheet *s = sheet_open(
	        app, side ? "Which later one?" : "Which earlier one?", NULL, NULL, side_done, side);
	const struct assessment_row *other = st->side[1 - side];
	for (size_t i = 0; i < st->n; i++) {
		const struct assessment_row *a = &st->all[i];
		if (a != other && (a->made_us > other->made_us) == side)
			sheet_row(s, "assess",
			        fmt(app, "%s: %s", day_of(app, a), band_name((enum band)a->band)),
			        fmt(app, "%s, version %d, %d points", a->tool_name, a->tool_version,
			                a->score),
			        a->id, NULL, false);
	}
}

/* One assessment: when, by what, how many points, what was proposed and what was decided. */
static void side_panel(struct app *app, struct ui *ui, struct gfx_rect r, int side)
{
	struct compare_state *st = app->state;
	const struct assessment_row *a = st->side[side];
	bool small = app_small(app);
	struct gfx_rect in =
	        ui_inset(ui_panel(ui, r), ui_px(ui, small ? 10 : 16), ui_px(ui, small ? 4 : 8));
	struct gfx_rect head = ui_cut_top(&in, ui_m(ui)->target);
	enum ui_risk risk = risk_of(a->band);
	int bw = ui_risk_badge_w(ui, risk, false);
	(void)ui_risk_badge(
	        ui, head.x + head.w - bw, head.y + (head.h - ui_px(ui, 32)) / 2, risk, false);
	ui_cut_right(&head, bw + 8);
	ui_push_id(ui, side);
	int w = ui_button_w(ui, st->n > 2 ? "down" : NULL, day_of(app, a), false);
	if (st->n < 3)
		ui_label(ui, head, GFX_BODY_B, GFX_TEXT, UI_LEFT, day_of(app, a));
	else if (ui_button(ui, ui_cut_left(&head, w < head.w ? w : head.w), UI_LINK, "down",
	                 day_of(app, a), false))
		side_open(app, side);
	ui_pop_id(ui);
	int unknown = a->asked - a->known;
	const char *text = fmt(app, "%s, version %d. %d of %d%s.", a->tool_name, a->tool_version,
	        a->score, a->most,
	        unknown ? fmt(app, ", up to %d: %d not known", a->highest, unknown) : "");
	if (*a->escalated)
		text = fmt(app, "%s %s.", text, a->escalated);
	if (a->band != a->proposed)
		text = fmt(app, "%s Proposed: %s. Decided otherwise%s%s", text,
		        band_name((enum band)a->proposed), *a->override ? ": " : ".", a->override);
	ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2, text, in.h / ui_line_h(ui, GFX_CAPTION));
}

static void factor_row(struct app *app, struct ui *ui, struct gfx_rect row, size_t k)
{
	struct compare_state *st = app->state;
	size_t i = st->order[k];
	bool changed = k < st->n_changed;
	const char *was = answer_text(st, 0, i), *is = answer_text(st, 1, i);
	ui_note(ui, row, UI_ROLE_ROW, st->tool->factor[i].label,
	        changed ? fmt(app, "%s, then %s", was, is) : fmt(app, "%s, the same", is));
	ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
	struct gfx_rect in = ui_inset(row, ui_px(ui, 16), 0);
	enum gfx_colour c = changed ? GFX_TEXT : GFX_TEXT2;
	ui_label(ui, ui_column(in, 0, 3, 8), changed ? GFX_BODY_B : GFX_BODY, c, UI_LEFT,
	        st->tool->factor[i].label);
	ui_label(ui, ui_column(in, 1, 3, 8), GFX_BODY, c, UI_LEFT, was);
	ui_label(ui, ui_column(in, 2, 3, 8), changed ? GFX_BODY_B : GFX_BODY, c, UI_LEFT,
	        changed ? is : "the same");
}

static void build(struct app *app, struct ui *ui)
{
	struct compare_state *st = app->state;
	struct page p;
	struct ui_list l = {0};
	bool small = app_small(app);
	if (st->n < 2) {
		app_go_back_to(app, app->back, &screen_agenda);
		return;
	}
	page_begin(app, ui, &p, "Two assessments",
	        !st->tool ? "Different tools or versions: compared by their band"
	        : st->n_changed
	                ? fmt(app, "%zu of %zu answers changed", st->n_changed, st->tool->n_factors)
	                : "No answer changed",
	        app->back);
	struct gfx_rect r = p.body;
	int text_h = ui_line_h(ui, GFX_CAPTION) * (small ? 3 : 4);
	struct gfx_rect sides =
	        st->tool ? ui_cut_top(&r, ui_m(ui)->target + text_h + ui_px(ui, small ? 10 : 18))
	                 : r;
	for (int k = 0; k < 2; k++)
		side_panel(app, ui, ui_column(sides, k, 2, ui_m(ui)->gap), k);
	if (st->tool) {
		size_t i;
		struct gfx_rect row;
		ui_cut_top(&r, ui_m(ui)->gap);
		ui_list_begin(ui, &l, r, "Answers", &st->scroll, st->tool->n_factors, ui_m(ui)->row,
		        NULL);
		while (ui_list_next(ui, &l, &i, &row)) {
			ui_push_id(ui, (int64_t)i);
			factor_row(app, ui, row, i);
			ui_pop_id(ui);
		}
		ui_list_end(ui, &l);
		page_pages(app, &p, &l);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_compare = {
        "compare", PLACE_CASE, sizeof(struct compare_state), load, build, NULL, NULL};
