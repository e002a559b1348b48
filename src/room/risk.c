#include "app.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Risk: the tool proposes, the panel decides; "don't know" is a range and never a no; earlier
 * scores stay in view. */

#define PER_PAGE 7
#define PER_PAGE_WIDE 10

struct risk_state {
	const struct practice_tool *tool;
	int answer[PRACTICE_MAX];
	char source_mem[PRACTICE_MAX][40];
	const char *source[PRACTICE_MAX];
	struct assessment_row *before;
	size_t n_before;
	struct practice_facts facts;
	const char *stale, *stale_source;
	int page, pages, per, first, band;
	bool ready, band_chosen;
	struct ui_edit edit;
	char text[WORDS_MAX];
};

/* The last answers by the same version of the tool are where this one begins; every one can be
 * changed. */
static enum err take_tool(struct app *app, const struct practice_tool *t)
{
	struct risk_state *st = app->state;
	const char *source[PRACTICE_MAX];
	st->tool = t;
	st->page = 0;
	st->band_chosen = false;
	for (size_t i = 0; i < PRACTICE_MAX; i++) {
		st->answer[i] = ANSWER_NONE;
		st->source_mem[i][0] = 0;
		st->source[i] = st->source_mem[i];
	}
	for (size_t k = 0; k < st->n_before; k++) {
		if (strcmp(st->before[k].tool, t->id) != 0)
			continue;
		enum err e = record_answers(app->record, &app->rows, &app->viewer, st->before[k].id,
		        t, st->answer, source);
		for (size_t i = 0; !e && i < t->n_factors; i++)
			snprintf(st->source_mem[i], sizeof(st->source_mem[i]), "%s", source[i]);
		return e;
	}
	return ERR_OK;
}

static enum err load(struct app *app)
{
	struct risk_state *st = app->state;
	size_t n_tools;
	enum err e = record_assessments(
	        app->record, &app->rows, &app->viewer, app->case_id, &st->before, &st->n_before);
	st->facts = (struct practice_facts){.today = time_today()};
	if (!e)
		e = record_stale(app->record, &app->rows, &app->viewer, app->case_id, &st->stale,
		        &st->stale_source);
	if (!e) { /* when the room may no longer see it, build() leaves */
		e = record_risk_facts(
		        app->record, &app->rows, &app->viewer, app->case_id, &st->facts);
		if (e == ERR_DENIED || e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	if (e || st->ready)
		return e;
	const struct practice_tool *all = practice_tools(app->practice, &n_tools),
	                           *t = practice_tool(app->practice, app->meeting.type->risk_tool);
	if (!t && st->n_before)
		t = practice_tool(app->practice, st->before[0].tool);
	if (!t && n_tools)
		t = all;
	if (!t)
		return ERR_OK;
	ui_edit_init(&st->edit, st->text, sizeof(st->text));
	st->ready = true;
	return take_tool(app, t);
}

static void tool_done(struct app *app, struct sheet *s)
{
	const struct practice_tool *t = practice_tool(app->practice, s->row[s->chosen].key);
	struct risk_state *st = app->state;
	if (t && t != st->tool && take_tool(app, t))
		app_fail(app, ERR_INTERNAL, NULL);
}

static void tool_open(struct app *app)
{
	size_t n;
	const struct practice_tool *t = practice_tools(app->practice, &n);
	struct sheet *s = sheet_open(app, "Which risk tool?",
	        "Each keeps its own answers. What was answered here and not kept is left.", NULL,
	        tool_done, 0);
	for (size_t i = 0; i < n; i++)
		sheet_row(s, "assess", t[i].name,
		        fmt(app, "Version %d, %zu questions%s", t[i].version, t[i].n_factors,
		                strcmp(t[i].id, app->meeting.type->risk_tool) == 0
		                        ? "; this group’s own"
		                        : ""),
		        0, t[i].id, false);
}

static void tool_button(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct risk_state *st = app->state;
	const char *tool = fmt(app, "%s, version %d", st->tool->name, st->tool->version);
	if (ui_button_w(ui, "down", tool, false) > r.w)
		tool = "Choose the tool";
	if (ui_button(ui, ui_cut_left(&r, ui_button_w(ui, "down", tool, false)), UI_LINK, "down",
	            tool, false))
		tool_open(app);
}

/* Why the proposal is higher than the score: each reason with whose rule it is. */
static void raised_open(struct app *app, const struct practice_score *sc)
{
	struct risk_state *st = app->state;
	struct sheet *s = sheet_open(app, "What raises the proposal", NULL, NULL, NULL, 0);
	for (size_t i = 0; i < st->tool->n_escalators; i++) {
		const struct practice_escalator *x = &st->tool->escalator[i];
		if (sc->raised[i])
			sheet_row(s, "warning",
			        fmt(app, "%s: at least %s", x->label, band_name(x->band)),
			        x->source, 0, NULL, false);
	}
}

static void keep(struct app *app, const struct practice_score *sc)
{
	struct risk_state *st = app->state;
	struct command c = {.kind = CMD_ASSESS};
	c.u.assess.item = app->item_id;
	c.u.assess.tool = st->tool->id;
	c.u.assess.answer = st->answer;
	c.u.assess.source = st->source;
	c.u.assess.n = st->tool->n_factors;
	c.u.assess.band = st->band_chosen ? st->band : (int)sc->band;
	c.u.assess.override = st->edit.text;
	if (app_do(app, &c, NULL))
		app_go_back_to(app, &screen_case, &screen_agenda);
}

static void source_done(struct app *app, struct sheet *s)
{
	struct risk_state *st = app->state;
	const char *src = s->edit.len      ? s->edit.text
	                  : s->chosen >= 0 ? s->row[s->chosen].label
	                                   : "";
	snprintf(st->source_mem[s->arg], sizeof(st->source_mem[0]), "%s", src);
}

static void source_open(struct app *app, size_t i)
{
	struct risk_state *st = app->state;
	struct sheet *s = sheet_open(app, "Where does the answer come from?",
	        st->tool->factor[i].question, NULL, source_done, (int64_t)i);
	for (size_t k = 0; k < app->n_seats; k++)
		if (!app->seat[k].guest)
			sheet_row(s, "person", fmt(app, "from %s", app->seat[k].agency_name), NULL,
			        0, NULL, false);
	sheet_row(s, "speaking", "from the victim", NULL, 0, NULL, false);
	sheet_row(s, "paper", "from the referral", NULL, 0, NULL, false);
}

static void factor(struct app *app, struct ui *ui, struct gfx_rect r, size_t i)
{
	struct risk_state *st = app->state;
	const struct practice_factor *f = &st->tool->factor[i];
	const char *label[PRACTICE_MAX];
	int n = (int)f->n_options, chosen = st->answer[i] == ANSWER_UNKNOWN ? n : st->answer[i],
	    most = 0, least = INT_MAX;
	bool small = app_small(app);
	ui_push_id(ui, (int64_t)i);
	for (int k = 0; k < n && k < PRACTICE_MAX - 1; k++) {
		label[k] = f->option[k].label;
		most = f->option[k].points > most ? f->option[k].points : most;
		least = f->option[k].points < least ? f->option[k].points : least;
	}
	label[n] = "Don’t know";
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), small ? 4 : ui_px(ui, 6)),
	                points = ui_cut_right(&in, ui_px(ui, 66));
	if (!small)
		ui_label(ui, ui_cut_left(&in, ui_px(ui, 34)), GFX_BODY, GFX_TEXT2, UI_LEFT,
		        fmt(app, "%zu", i + 1));
	if (chosen >= 0 && chosen < n)
		ui_label(ui, points, GFX_BODY_B, GFX_TEXT, UI_RIGHT,
		        fmt(app, "%d", f->option[chosen].points));
	else
		ui_label(ui, points, GFX_CAPTION_B, GFX_TEXT2, UI_RIGHT,
		        fmt(app, "%d to %d", least, most));
	int seg_w = 0, cell = ui_px(ui, 68);
	for (int k = 0; k <= n; k++) {
		int w = ui_text_w(ui, GFX_CAPTION_B, label[k]) + ui_px(ui, 18);
		seg_w += w > cell ? w : cell;
	}
	if (seg_w < ui_px(ui, 384))
		seg_w = ui_px(ui, 384);
	struct gfx_rect seg =
	        small ? ui_cut_bottom(&in, ui_m(ui)->target) : ui_cut_right(&in, seg_w);
	seg.y += (seg.h - ui_m(ui)->target) / 2;
	seg.h = ui_m(ui)->target;
	int was = chosen;
	if (ui_segment(ui, seg, f->label, label, n + 1, &chosen, n) && chosen != was) {
		st->answer[i] = chosen == n ? ANSWER_UNKNOWN : chosen;
		st->band_chosen = false;
		ui_again(ui);
	}
	ui_cut_right(&in, 8);
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
	    top = in.y + (in.h - h - h2) / 2;
	if (ui_hit(ui,
	            (struct gfx_rect){
	                    in.x, small ? r.y : r.y + 4, in.w, small ? seg.y - r.y - 1 : r.h - 8},
	            UI_ROLE_BUTTON, fmt(app, "Source of %s", f->label), UI_COMPOSITE))
		source_open(app, i);
	/* 7 inch has no column for the number */
	const char *asks = small ? fmt(app, "%zu  %s", i + 1, f->label) : f->label;
	int wrapped = ui_wrap_h(ui, in.w, GFX_CAPTION_B, asks, 0);
	if (ui_text_w(ui, GFX_BODY_B, asks) <= in.w) {
		ui_label(ui, (struct gfx_rect){in.x, top, in.w, h}, GFX_BODY_B, GFX_TEXT, UI_LEFT,
		        asks);
	} else { /* a question is never cut: it is set smaller, and takes the line of its source
		    when it must */
		if (wrapped > ui_line_h(ui, GFX_CAPTION_B))
			h2 = 0;
		top = in.y + (in.h - wrapped - h2) / 2;
		ui_wrap(ui, (struct gfx_rect){in.x, top, in.w, wrapped}, GFX_CAPTION_B, GFX_TEXT,
		        asks, 0);
		h = wrapped;
	}
	if (h2)
		ui_elide(ui, (struct gfx_rect){in.x, top + h, in.w, h2}, GFX_CAPTION, GFX_TEXT2,
		        UI_LEFT,
		        *st->source[i] ? st->source[i]
		        : chosen == n  ? "no one has asked"
		                       : "touch to say the source");
	ui_pop_id(ui);
}

/* The fills of the bands: nothing else on a screen has them. */
static const enum gfx_colour FILL[BAND_COUNT] = {
        GFX_RISK_STANDARD, GFX_RISK_MEDIUM, GFX_RISK_HIGH, GFX_RISK_VERY_HIGH};

static size_t n_raised(const struct practice_tool *t, const struct practice_score *sc)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_escalators; i++)
		n += sc->raised[i];
	return n;
}

static void score_panel(
        struct app *app, struct ui *ui, struct gfx_rect r, const struct practice_score *sc)
{
	struct risk_state *st = app->state;
	struct gfx_rect in = ui_inset(ui_panel(ui, r), ui_px(ui, 16), ui_px(ui, 10)),
	                top = ui_cut_top(&in, ui_line_h(ui, GFX_DISPLAY));
	const char *score = fmt(app, "%d", sc->score), *of = fmt(app, "of %d", sc->most);
	int bw = ui_risk_badge_w(ui, risk_of((int)sc->band), true);
	(void)ui_risk_badge(ui, top.x + top.w - bw, top.y + (top.h - ui_px(ui, 44)) / 2,
	        risk_of((int)sc->band), true);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_DISPLAY, score)), GFX_DISPLAY, GFX_TEXT,
	        UI_LEFT, score);
	ui_cut_left(&top, 10);
	if (ui_text_w(ui, GFX_CAPTION, of) + bw + 8 <= top.w)
		ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_CAPTION, of)), GFX_CAPTION,
		        GFX_TEXT2, UI_LEFT, of);
	ui_cut_top(&in, ui_px(ui, 16));
	/* the scale: bands in their fills, a pointer at the score, a line as far as the unknowns
	 * could take it */
	struct gfx_rect bar = ui_cut_top(&in, 20);
	int span = sc->most - sc->least > 0 ? sc->most - sc->least : 1;
	for (int b = 0; b < BAND_COUNT; b++) {
		if (st->tool->from[b] == INT_MAX)
			continue;
		int to = sc->most;
		for (int k = b + 1; k < BAND_COUNT; k++)
			if (st->tool->from[k] != INT_MAX) {
				to = st->tool->from[k];
				break;
			}
		int x0 = bar.x +
		         (st->tool->from[b] > sc->least ? st->tool->from[b] - sc->least : 0) *
		                 bar.w / span,
		    x1 = bar.x + (to - sc->least) * bar.w / span;
		ui_box(ui, (struct gfx_rect){x0, bar.y, x1 - x0 + 1, bar.h}, 0, FILL[b], 1,
		        GFX_TEXT);
	}
	int px = bar.x + (sc->score - sc->least) * bar.w / span,
	    tri[] = {px - 9, bar.y - 14, px + 9, bar.y - 14, px, bar.y - 2};
	ui_polygon(ui, tri, 3, GFX_TEXT);
	if (sc->highest > sc->score) {
		int hx = bar.x + (sc->highest - sc->least) * bar.w / span;
		ui_fill(ui, (struct gfx_rect){px, bar.y + bar.h + 5, hx - px, 3}, GFX_TEXT);
		ui_fill(ui, (struct gfx_rect){hx - 2, bar.y + bar.h + 1, 3, 11}, GFX_TEXT);
	}
	ui_cut_top(&in, 14);
	size_t unknown = sc->asked - sc->known, raised = n_raised(st->tool, sc);
	if (raised) {
		struct gfx_rect row = ui_cut_bottom(&in, ui_m(ui)->target);
		const char *label = fmt(app, "Raised to %s, and why", band_name(sc->band));
		if (sc->band == sc->by_score)
			label = fmt(
			        app, "%zu %s to weigh", raised, raised == 1 ? "thing" : "things");
		if (ui_button_w(ui, "warning", label, false) > row.w)
			label = "Raised, and why";
		if (ui_button(ui, row, UI_LINK, "warning", label, false))
			raised_open(app, sc);
	}
	ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2,
	        unknown == 0 ? fmt(app,
	                               app_small(app) ? "Range %d to %d."
	                                              : "Every answer known. Range %d to %d.",
	                               sc->least, sc->most)
	                     : fmt(app, "Up to %d if %s not known %s at %s worst", sc->highest,
	                               unknown == 1 ? "what is" : fmt(app, "the %zu", unknown),
	                               unknown == 1 ? "is" : "are", unknown == 1 ? "its" : "their"),
	        2);
}

static void decide_panel(
        struct app *app, struct ui *ui, struct gfx_rect r, const struct practice_score *sc)
{
	struct risk_state *st = app->state;
	int band = st->band_chosen ? st->band : (int)sc->band;
	struct gfx_rect in = ui_inset(ui_panel(ui, r), ui_px(ui, 16), ui_px(ui, 10));
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_BODY_B)), GFX_BODY_B, GFX_TEXT, UI_LEFT,
	        "The panel decides");
	ui_cut_top(&in, 6);
	/* at large text two by two */
	int cols = ui_text_w(ui, GFX_MICRO_B, "Very high") + 8 > ui_column(in, 0, BAND_COUNT, 6).w
	                   ? 2
	                   : BAND_COUNT,
	    band_h = ui_px(ui, cols == 2 ? 68 : 76);
	struct gfx_rect row = ui_cut_top(&in, cols == 2 ? 2 * band_h + 6 : band_h);
	static const char *const ICON[BAND_COUNT] = {
	        "risk-standard", "risk-medium", "risk-high", "risk-very-high"};
	for (int b = 0; b < BAND_COUNT; b++) {
		struct gfx_rect c =
		        ui_column(ui_line(row, b / cols, BAND_COUNT / cols, 6), b % cols, cols, 6);
		if (ui_hit(ui, c, UI_ROLE_CHOICE, band_name((enum band)b),
		            (band == b ? UI_CHOSEN_FLAG : 0) | UI_COMPOSITE)) {
			st->band = b;
			st->band_chosen = true;
			ui_again(ui);
		}
		bool on = band == b;
		ui_box(ui, c, ui_px(ui, 8),
		        ui_pressed(ui) ? GFX_SUNK
		        : on           ? GFX_SOFT
		                       : GFX_PANEL,
		        on ? 2 : 1, on ? GFX_ACCENT : GFX_EDGE);
		int s = ui_px(ui, 28);
		struct gfx_rect sw = {
		        c.x + (c.w - s) / 2, c.y + ui_px(ui, cols == 2 ? 6 : 10), s, s};
		ui_box(ui, sw, 6, FILL[b], 1, GFX_TEXT);
		ui_icon(ui, sw, ICON[b], s - 8,
		        b >= BAND_HIGH ? GFX_ON_RISK_DARK : GFX_ON_RISK_PALE);
		ui_label(ui, (struct gfx_rect){c.x, sw.y + s + 4, c.w, ui_line_h(ui, GFX_MICRO_B)},
		        GFX_MICRO_B, on ? GFX_ON_SOFT : GFX_TEXT, UI_CENTRE,
		        band_name((enum band)b));
	}
	if (band == (int)sc->band)
		return;
	ui_cut_top(&in, ui_px(ui, 14));
	(void)ui_field(ui, in,
	        band > (int)sc->band ? "Reason for going above the proposal"
	                             : "Reason for going below the proposal",
	        &st->edit, UI_FIELD_LINES,
	        band > (int)sc->band ? "Reason for going above the proposal"
	                             : "Reason for going below the proposal",
	        false);
}

static void before_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct risk_state *st = app->state;
	struct gfx_rect in = ui_inset(ui_panel(ui, r), ui_px(ui, 16), ui_px(ui, 10));
	int h = ui_px(ui, 30);
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_BODY_B)), GFX_BODY_B, GFX_TEXT, UI_LEFT,
	        "Before today");
	if (!st->n_before)
		ui_label(ui, ui_cut_top(&in, h), GFX_CAPTION, GFX_TEXT2, UI_LEFT,
		        "Not assessed before.");
	for (size_t i = 0; i < st->n_before && in.h >= h; i++) {
		struct gfx_rect row = ui_cut_top(&in, h);
		ui_label(ui, ui_column(row, 0, 3, 4), GFX_CAPTION, GFX_TEXT, UI_LEFT,
		        fmt_day(app, time_to_day(st->before[i].made_us),
		                app_small(app) ? DAY_SHORT : DAY_MONTH));
		ui_label(ui, ui_inset(ui_column(row, 1, 3, 4), 20, 0), GFX_CAPTION_B, GFX_TEXT,
		        UI_RIGHT, fmt(app, "%d", st->before[i].score));
		ui_label(ui, ui_column(row, 2, 3, 4), GFX_CAPTION, GFX_TEXT, UI_LEFT,
		        st->before[i].band >= 0 ? band_name((enum band)st->before[i].band) : "");
	}
}

static void build(struct app *app, struct ui *ui)
{
	struct risk_state *st = app->state;
	const struct item_row *item = app_item(app, app->item_id);
	struct page p;
	struct practice_score sc;
	bool small = app_small(app);
	if (!st->ready || !item || item->sight < SIGHT_FULL ||
	        practice_score(st->tool, st->answer, st->tool->n_factors, &st->facts, &sc)) {
		struct why w = {"There is no risk tool. A coordinator can add one."};
		bool none = item && item->sight >= SIGHT_FULL && !st->tool;
		app_go_back_to(app, &screen_case, &screen_agenda);
		if (none)
			app_fail(app, ERR_NOT_FOUND, &w);
		return;
	}
	/* at 7 inch the last page holds the score and what the panel decides */
	int row_least =
	            ui_m(ui)->target + ui_line_h(ui, GFX_BODY_B) + ui_line_h(ui, GFX_CAPTION) + 4,
	    fit = (ui_m(ui)->h - ui_m(ui)->header_h - pad_h(app) - ui_m(ui)->bar_h - 22) /
	          row_least;
	int per = small           ? (fit < 1          ? 1
	                                    : fit > 3 ? 3
	                                              : fit)
	          : app_wide(app) ? PER_PAGE_WIDE
	                          : PER_PAGE,
	    pages = ((int)st->tool->n_factors + per - 1) / per + small;
	if (st->per && st->per != per) /* the minute taker's pad came or went: the same page */
		st->page = st->page == st->pages - 1 ? pages - 1 : st->first / per;
	else if (st->page != st->first / per)
		st->first = st->page * per;
	st->per = per;
	st->pages = pages;
	if (st->page >= pages)
		st->page = pages - 1;
	page_begin(app, ui, &p, "Risk assessment",
	        *st->stale ? fmt(app, "Out of date: %s", st->stale)
	        : small    ? NULL
	                   : fmt(app, "%zu factors", st->tool->n_factors),
	        &screen_case);
	page_timer(app, &p);
	page_head_text(app, &p, item->title, fmt(app, "item %d", item->number));
	struct gfx_rect r = p.body, right = {0};
	if (!small) {
		right = ui_cut_right(&r, ui_px(ui, app_wide(app) ? 540 : 396));
		ui_cut_right(&r, ui_px(ui, 16));
	}
	bool last_small = small && st->page == pages - 1;
	struct gfx_rect in = last_small ? r : ui_panel(ui, r);
	if (!small) {
		struct gfx_rect head = ui_cut_top(&in, ui_m(ui)->target);
		ui_cut_top(&in, ui_m(ui)->gap / 2); /* the first row's own target begins lower */
		const char *known = fmt(app, "%zu of %zu known", sc.known, sc.asked);
		ui_cut_right(&head, ui_px(ui, 14));
		ui_label(ui, ui_cut_right(&head, ui_text_w(ui, GFX_CAPTION, known)), GFX_CAPTION,
		        GFX_TEXT2, UI_RIGHT, known);
		tool_button(app, ui, head);
	}
	int row_h = in.h / per;
	if (!small && row_h > ui_px(ui, 76))
		row_h = ui_px(ui, 76);
	for (int k = 0; k < per && !last_small; k++) {
		size_t i = (size_t)(st->page * per + k);
		if (i < st->tool->n_factors)
			factor(app, ui, ui_cut_top(&in, row_h), i);
	}
	if (!small) {
		score_panel(app, ui,
		        ui_cut_top(&right,
		                ui_px(ui, 176) + (n_raised(st->tool, &sc)
		                                                 ? ui_m(ui)->target - ui_px(ui, 10)
		                                                 : 0)),
		        &sc);
		ui_cut_top(&right, ui_px(ui, 12));
		decide_panel(app, ui, ui_cut_top(&right, ui_px(ui, 242)), &sc);
		ui_cut_top(&right, ui_px(ui, 12));
		if (right.h > ui_px(ui, 60))
			before_panel(app, ui, right);
	}
	if (last_small) {
		struct gfx_rect left = ui_cut_left(&r, r.w * 44 / 100);
		ui_cut_left(&r, ui_m(ui)->gap);
		score_panel(app, ui,
		        ui_cut_top(&left,
		                ui_px(ui, 160) + (n_raised(st->tool, &sc)
		                                                 ? ui_m(ui)->target - ui_px(ui, 10)
		                                                 : 0)),
		        &sc);
		ui_cut_top(&left, ui_m(ui)->gap);
		tool_button(app, ui, ui_cut_top(&left, ui_m(ui)->target));
		ui_cut_top(&left, ui_m(ui)->gap);
		if (left.h > ui_px(ui, 80))
			before_panel(app, ui, left);
		decide_panel(app, ui, r, &sc);
	}
	int band = st->band_chosen ? st->band : (int)sc.band;
	bool nothing = !sc.known && !st->edit.len,
	     lacks = nothing || (band != (int)sc.band && !st->edit.len);
	if (page_primary(app, &p, "check", small ? "Keep" : "Keep assessment",
	            lacks || (small && !last_small),
	            nothing                ? "Nothing is answered yet"
	            : lacks                ? "Say why the panel goes\nanother way"
	            : small && !last_small ? ""
	                                   : "The score proposes.\nThe panel decides.")) {
		keep(app, &sc);
		return;
	}
	if (small && !last_small && page_button(app, &p, "assess", "Score", false)) {
		st->page = pages - 1;
		ui_again(ui);
	}
	const char *prev =
	        small ? "Before"
	              : fmt(app, "Factors %d–%d", st->page > 0 ? (st->page - 1) * per + 1 : 1,
	                        st->page > 0 ? st->page * per : per);
	int from = (st->page + 1 < pages ? st->page + 1 : st->page) * per + 1,
	    to = from + per - 1 < (int)st->tool->n_factors ? from + per - 1
	                                                   : (int)st->tool->n_factors;
	const char *next = small        ? fmt(app, "Next, %d of %d", st->page + 1, pages)
	                   : from == to ? fmt(app, "Factor %d", from)
	                                : fmt(app, "Factors %d–%d", from, to);
	ui_push_id(ui, 1);
	if (st->page > 0 && page_button(app, &p, "up", prev, false)) {
		st->page--;
		ui_again(ui);
	}
	ui_pop_id(ui);
	ui_push_id(ui, 2);
	if (st->page + 1 < pages && page_button(app, &p, "down", next, false)) {
		st->page++;
		ui_again(ui);
	}
	ui_pop_id(ui);
	page_end(app, &p, "Done", false);
	if (ui_submitted(ui, &st->edit))
		ui_focus(ui, NULL);
}

const struct screen_ops screen_risk = {
        "risk", PLACE_CASE, sizeof(struct risk_state), load, build, NULL, NULL};
