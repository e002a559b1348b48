#include "ui_int.h"
#include <string.h>

bool ui_calendar(struct ui *ui, struct gfx_rect r, int32_t *month_shown, int32_t *day,
        int32_t marked_day, ui_day_fn *off, void *ctx)
{
	static const char *const names[7] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
	int year, month, d, weeks, gap = 2, target = ui_px(ui, ui->m.layout == UI_SMALL ? 48 : 60);
	int32_t first, start, next;
	char text[TIME_TEXT_MAX];
	struct gfx_rect head, week;
	bool changed = false;

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
		ui_text_draw(ui, ui_column(week, i, 7, gap), GFX_MICRO_B, GFX_TEXT2, UI_CENTRE,
		        names[i], false, true);
	start = first - (day_weekday(first) - 1);
	weeks = (int)(next - start + 6) / 7;
	for (int i = 0; i < weeks * 7; i++) {
		int32_t at = start + i;
		/* five or six weeks take the same height, so that nothing jumps when the month
		 * changes */
		struct gfx_rect c =
		        ui_column(ui_line(r, i / 7, weeks > 5 ? 6 : 5, gap), i % 7, 7, gap);
		bool other = at < first || at >= next, dim = off && off(ctx, at), on = *day == at,
		     pressed;
		enum gfx_colour words = other || dim ? GFX_TEXT2 : GFX_TEXT;
		char name[TIME_TEXT_MAX], number[8] = {0};
		int n;
		day_text(name, at, DAY_YEAR);
		if (ui_hit(ui, c, UI_ROLE_CHOICE, name, UI_COMPOSITE | (on ? UI_CHOSEN_FLAG : 0)) &&
		        !on) {
			*day = at;
			changed = on = true;
			if (other)
				*month_shown = at;
			ui_again(ui);
		}
		pressed = ui_pressed(ui);
		if (pressed || on) {
			gfx_round(ui->g, c, ui_px(ui, 8), pressed ? GFX_ACCENT_PRESS : GFX_ACCENT);
			words = GFX_ON_ACCENT;
		} else if (at == marked_day) {
			gfx_box(ui->g, c, ui_px(ui, 8), GFX_PANEL, 4, GFX_ACCENT);
		} else if (dim) {
			gfx_round(ui->g, c, ui_px(ui, 8), GFX_GROUND);
		}
		day_to_ymd(at, &year, &month, &n);
		if (n > 9)
			number[0] = (char)('0' + n / 10);
		number[n > 9] = (char)('0' + n % 10);
		ui_text_draw(ui, c, on || at == marked_day ? GFX_BODY_B : GFX_BODY, words,
		        UI_CENTRE, number, false, true);
	}
	return changed;
}
