#include "ui_int.h"
#include <stdio.h>
#include <string.h>

static const char *const names[7] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

#define GAP 2

/* One day. `pale`: of another month, or dimmed. True when it was chosen in this build. */
static bool cell(struct ui *ui, struct gfx_rect c, int32_t at, const char *word, int32_t *day,
        bool marked, bool dim, bool pale)
{
	bool on = *day == at, changed = false, pressed;
	enum gfx_colour words = pale ? GFX_TEXT2 : GFX_TEXT;
	char name[TIME_TEXT_MAX];

	day_text(name, at, DAY_YEAR);
	if (ui_hit(ui, c, UI_ROLE_CHOICE, name, UI_COMPOSITE | (on ? UI_CHOSEN_FLAG : 0)) && !on) {
		*day = at;
		changed = on = true;
		ui_again(ui);
	}
	pressed = ui_pressed(ui);
	if (pressed || on) {
		gfx_round(ui->g, c, ui_px(ui, 8), pressed ? GFX_ACCENT_PRESS : GFX_ACCENT);
		words = GFX_ON_ACCENT;
	} else if (marked) {
		gfx_box(ui->g, c, ui_px(ui, 8), GFX_PANEL, 4, GFX_ACCENT);
	} else if (dim) {
		gfx_round(ui->g, c, ui_px(ui, 8), GFX_GROUND);
	}
	ui_text_draw(
	        ui, c, on || marked ? GFX_BODY_B : GFX_BODY, words, UI_CENTRE, word, false, true);
	return changed;
}

/*
 * Where a month of finger-sized cells is too high (7 inch, large text, the pad is up): as many
 * weeks as fit, from the week of *month_shown, with the way to earlier and later ones beside them.
 * Nothing moves when a day is touched.
 */
static bool few_weeks(struct ui *ui, struct gfx_rect r, int least, int32_t *month_shown,
        int32_t *day, int32_t marked_day, ui_day_fn *off, void *ctx)
{
	int target = ui->m.target, fit, head = gfx_line_h(ui->g, GFX_MICRO_B) + 4;
	int line = gfx_line_h(ui->g, GFX_BODY_B), left = ui_px(ui, 150);
	int32_t start = *month_shown - (day_weekday(*month_shown) - 1), last;
	struct gfx_rect side, week, arrow;
	char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX], span[3 * TIME_TEXT_MAX];
	bool changed = false;

	left = left > 2 * target + 12 ? left : 2 * target + 12;
	bool above = r.w - left - 12 < 7 * (least + GAP); /* no room beside them */
	side = above ? ui_cut_top(&r, target) : ui_cut_left(&r, left);
	if (!above)
		ui_cut_left(&r, 12);
	week = ui_cut_top(&r, head);
	fit = (r.h + GAP) / (least + GAP);
	fit = fit < 1 ? 1 : fit > 6 ? 6 : fit;
	last = start + 7 * fit - 1;
	arrow = above ? ui_cut_right(&side, 2 * target + 12) : ui_cut_bottom(&side, target);
	if (ui_square(ui, ui_cut_left(&arrow, target), UI_NORMAL, "up", "Weeks before", false)) {
		*month_shown = start - 7 * fit;
		ui_again(ui);
	}
	ui_cut_left(&arrow, 12);
	if (ui_square(ui, ui_cut_left(&arrow, target), UI_NORMAL, "down", "Weeks after", false)) {
		*month_shown = start + 7 * fit;
		ui_again(ui);
	}
	int year, month, n;
	day_to_ymd(last, &year, &month, &n);
	snprintf(span, sizeof(span), "%s to %s %d", day_text(from, start, DAY_SHORT),
	        day_text(to, last, DAY_SHORT), year);
	if (above)
		side.y += (side.h - ui_wrap_h(ui, side.w, GFX_BODY_B, span, 2)) / 2;
	ui_wrap(ui, side, GFX_BODY_B, GFX_TEXT, span, side.h < line ? 1 : side.h / line);
	for (int i = 0; i < 7; i++)
		ui_text_draw(ui, ui_column(week, i, 7, GAP), GFX_MICRO_B, GFX_TEXT2, UI_CENTRE,
		        names[i], false, true);
	for (int i = 0; i < fit * 7; i++) {
		struct gfx_rect c = ui_column(ui_line(r, i / 7, fit, GAP), i % 7, 7, GAP);
		int32_t at = start + i;
		bool dim = off && off(ctx, at);
		char word[TIME_TEXT_MAX];
		day_to_ymd(at, &year, &month, &n);
		if (n == 1) /* a month begins: say which, where there is room */
			day_text(word, at, DAY_SHORT);
		if (n != 1 || ui_text_w(ui, GFX_BODY_B, word) > c.w)
			snprintf(word, sizeof(word), "%d", n);
		changed |= cell(ui, c, at, word, day, at == marked_day, dim, dim);
	}
	return changed;
}

bool ui_calendar(struct ui *ui, struct gfx_rect r, int32_t *month_shown, int32_t *day,
        int32_t marked_day, ui_day_fn *off, void *ctx)
{
	bool tight = ui->m.layout == UI_SMALL;
	int year, month, d, weeks, target = tight ? ui->m.target : ui_px(ui, 60);
	int least = ui_mm(ui, 90) + 1, line = gfx_line_h(ui->g, GFX_BODY);
	int32_t first, start, next;
	char text[TIME_TEXT_MAX];
	struct gfx_rect head, week;
	bool changed = false;

	least = least > line ? least : line;
	if (r.h < target + gfx_line_h(ui->g, GFX_MICRO_B) + 8 + (tight ? 6 : 5) * (least + GAP))
		return few_weeks(ui, r, least, month_shown, day, marked_day, off, ctx);
	day_to_ymd(*month_shown, &year, &month, &d);
	head = ui_cut_top(&r, target);
	first = day_from_ymd(year, month, 1);
	next = month == 12 ? day_from_ymd(year + 1, 1, 1) : day_from_ymd(year, month + 1, 1);
	if (ui_square(ui, ui_cut_left(&head, target), UI_LINK, "back", "Month before", false)) {
		*month_shown =
		        day_from_ymd(month == 1 ? year - 1 : year, month == 1 ? 12 : month - 1, 1);
		ui_again(ui);
	}
	if (ui_square(ui, ui_cut_right(&head, target), UI_LINK, "forward", "Month after", false)) {
		*month_shown = next;
		ui_again(ui);
	}
	ui_label(ui, head, GFX_BODY_B, GFX_TEXT, UI_CENTRE, day_text(text, first, DAY_MONTH_ONLY));
	week = ui_cut_top(&r, gfx_line_h(ui->g, GFX_MICRO_B) + 8);
	for (int i = 0; i < 7; i++)
		ui_text_draw(ui, ui_column(week, i, 7, GAP), GFX_MICRO_B, GFX_TEXT2, UI_CENTRE,
		        names[i], false, true);
	start = first - (day_weekday(first) - 1);
	weeks = (int)(next - start + 6) / 7;
	for (int i = 0; i < weeks * 7; i++) {
		int32_t at = start + i;
		/* five or six weeks take the same height, so that nothing jumps when the month
		 * changes */
		struct gfx_rect c =
		        ui_column(ui_line(r, i / 7, weeks > 5 ? 6 : 5, GAP), i % 7, 7, GAP);
		bool other = at < first || at >= next, dim = off && off(ctx, at);
		char number[8];
		int n;
		day_to_ymd(at, &year, &month, &n);
		snprintf(number, sizeof(number), "%d", n);
		if (cell(ui, c, at, number, day, at == marked_day, dim, other || dim)) {
			changed = true;
			if (other)
				*month_shown = at;
		}
	}
	return changed;
}
