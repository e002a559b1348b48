#include "app.h"
#include <stdlib.h>
#include <string.h>

enum ui_risk risk_of(int band)
{
	return band < 0 || band >= BAND_COUNT ? UI_RISK_NONE : (enum ui_risk)band;
}

const char *share_label(const struct share_row *s)
{
	return s->what == SHARE_NOT       ? "Chose not to share"
	       : s->what == SHARE_NOTHING ? "Nothing to share"
	       : s->opinion               ? "Opinion"
	                                  : "Fact";
}

bool draft_due(const struct ui_edit *e, const struct kept *k)
{
	if (e->changes == k->changes)
		return false;
	char last = e->len ? e->text[e->len - 1] : '.';
	size_t behind = e->len > k->len ? e->len - k->len : k->len - e->len;
	return last == '.' || last == '?' || last == '!' || last == '\n' || behind > 60;
}

void draft_kept(const struct ui_edit *e, struct kept *k)
{
	*k = (struct kept){e->changes, e->len};
}

bool off_day(void *ctx, int32_t day)
{
	return !practice_is_working_day(ctx, day);
}

const char *holiday_note(struct app *app, int32_t day)
{
	if (day == DAY_NONE || practice_days_known(app->practice, day))
		return "";
	return fmt(
	        app, "Bank holidays after %d are not known", practice_holidays_to(app->practice));
}

bool agency_done(
        int64_t agency, const struct share_row *s, size_t n, const struct share_row **ret_last)
{
	*ret_last = NULL;
	for (size_t i = 0; i < n; i++)
		if (s[i].agency == agency && !*s[i].mistake)
			*ret_last = &s[i];
	return *ret_last != NULL;
}

void case_open(struct app *app, int64_t item, int64_t case_id)
{
	app->item_id = item;
	app->case_id = case_id;
	app_go_back_to(app, &screen_case, &screen_agenda);
}

#define TOLD_ICON 40
#define TOLD_CHEVRON 34

static int told_width(struct ui *ui, int w)
{
	return w - ui_px(ui, 2 * 14 + TOLD_ICON + TOLD_CHEVRON);
}

int told_height(struct ui *ui, int w, const char *title, const char *words)
{
	int in = told_width(ui, w), h = ui_wrap_h(ui, in, GFX_BODY_B, title, 0) +
	                                (*words ? ui_wrap_h(ui, in, GFX_CAPTION, words, 0) : 0) +
	                                ui_px(ui, 18);
	return h > ui_m(ui)->row2 ? h : ui_m(ui)->row2;
}

bool told_row(struct ui *ui, struct gfx_rect r, const char *icon, enum gfx_colour c,
        const char *title, const char *words, bool opens)
{
	bool hit = opens && ui_hit(ui, r, UI_ROLE_ROW, title, UI_COMPOSITE),
	     pressed = opens && ui_pressed(ui);
	if (pressed)
		ui_fill(ui, r, GFX_ACCENT_PRESS);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	struct gfx_rect in = ui_inset(r, ui_px(ui, 14), 0), at;
	at = ui_cut_left(&in, ui_px(ui, TOLD_ICON));
	at.w = ui_px(ui, 28);
	ui_icon(ui, at, icon, ui_px(ui, 26), pressed ? GFX_ON_ACCENT : c);
	at = ui_cut_right(&in, ui_px(ui, TOLD_CHEVRON));
	if (opens)
		ui_icon(ui, at, "forward", ui_px(ui, 26), pressed ? GFX_ON_ACCENT : GFX_TEXT);
	int h = ui_wrap_h(ui, in.w, GFX_BODY_B, title, 0),
	    h2 = *words ? ui_wrap_h(ui, in.w, GFX_CAPTION, words, 0) : 0;
	in.y += (in.h - h - h2) / 2;
	ui_wrap(ui, ui_cut_top(&in, h), GFX_BODY_B, pressed ? GFX_ON_ACCENT : GFX_TEXT, title, 0);
	if (h2)
		ui_wrap(ui, (struct gfx_rect){in.x, in.y, in.w, h2}, GFX_CAPTION,
		        pressed ? GFX_ON_ACCENT : GFX_TEXT2, words, 0);
	return hit;
}

int strip_h(const struct app *app)
{
	return ui_m(app->ui)->target + (app_small(app) ? 10 : 20);
}

int strip(struct app *app, struct ui *ui, struct gfx_rect r, const char *icon, const char *text,
        const char *act, const char *other)
{
	const struct ui_metrics *m = ui_m(ui);
	int done = 0, gap = app_small(app) ? 10 : 12;
	ui_area(ui, r, app_small(app) ? 0 : ui_px(ui, 8), GFX_SOFT, GFX_HAIR);
	struct gfx_rect in = ui_inset(r, gap, (r.h - m->target) / 2);
	ui_note(ui, in, UI_ROLE_STATUS, text, NULL);
	if (ui_button(ui, ui_cut_right(&in, ui_button_w(ui, NULL, act, false)), UI_ASKED, NULL, act,
	            false))
		done = 1;
	ui_cut_right(&in, gap);
	if (other) {
		if (ui_button(ui, ui_cut_right(&in, ui_button_w(ui, NULL, other, false)), UI_NORMAL,
		            NULL, other, false))
			done = 2;
		ui_cut_right(&in, gap);
	}
	ui_icon(ui, ui_cut_left(&in, ui_px(ui, 26)), icon, ui_px(ui, 24), GFX_ON_SOFT);
	ui_cut_left(&in, 10);
	/* a name is never cut: set smaller, in two lines */
	enum gfx_type type = ui_text_w(ui, GFX_BODY, text) <= in.w ? GFX_BODY : GFX_CAPTION;
	int h = ui_wrap_h(ui, in.w, type, text, 2);
	ui_wrap(ui, (struct gfx_rect){in.x, in.y + (in.h - h) / 2, in.w, h}, type, GFX_ON_SOFT,
	        text, 2);
	return done;
}

int *row_heights(struct arena *a, size_t n)
{
	int *h = arena_alloc(a, (n + 1) * sizeof(*h));
	if (!h)
		abort(); /* nothing said is lost: it is on disk; systemd starts us again */
	return h;
}
