#include "app.h"
#include <stdio.h>
#include <string.h>

/* The frame of look/LOOK.md section 2: rail, header, action bar, and the ink corner that always
 * gets you away. */

static const struct {
	const char *label, *icon;
	const struct screen_ops *screen;
} RAIL[] = {
        {"Home", "home", &screen_home},
        {"Seats", "seat", &screen_seats},
        {"Agenda", "agenda", &screen_agenda},
        {"Case", "case", &screen_case},
        {"Actions", "check", &screen_actions},
        {"Measures", "chart", &screen_measures},
};
static const int SMALL_RAIL[] = {PLACE_HOME, PLACE_AGENDA, PLACE_CASE};

/* Items a person may not open are absent, not grey. */
static bool reachable(const struct app *app, int i)
{
	if (app_auditor(app))
		return false;
	switch (i) {
	case PLACE_SEATS:
		return app->meeting.id && app->meeting.state >= MEETING_SIGNING &&
		       app->meeting.state <= MEETING_CLOSING;
	case PLACE_AGENDA:
		return app->meeting.id != 0;
	case PLACE_CASE:
		return app->case_id != 0;
	case PLACE_ACTIONS:
		return app->forum_id != 0;
	default:
		return true;
	}
}

enum { HELP_ROW = PLACE_NONE, PAD_ROW, LOOK_ROW };

static void more_done(struct app *app, struct sheet *s)
{
	int64_t place = s->row[s->chosen].id;
	if (place == HELP_ROW)
		help_open(app);
	else if (place == PAD_ROW)
		pad_up(app);
	else if (place == LOOK_ROW)
		look_open(app);
	else
		app_go(app, RAIL[place].screen);
}

static void more_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Where to", NULL, NULL, more_done, 0);
	for (int i = PLACE_SEATS; i <= PLACE_MEASURES; i++)
		if (reachable(app, i) && i != PLACE_AGENDA && i != PLACE_CASE)
			sheet_row(s, RAIL[i].icon, RAIL[i].label, NULL, i, NULL, false);
	if (app_in_session(app) && !app->pad.up)
		sheet_row(s, "minutes", "Minutes", "Write down what is said; F2 on a keyboard",
		        PAD_ROW, NULL, false);
	sheet_row(s, "info", "Help", "With this screen", HELP_ROW, NULL, false);
	if (!app_auditor(app))
		sheet_row(s, "settings", "Display", "Light, dark, high contrast, large text",
		        LOOK_ROW, NULL, false);
}

static bool rail_item(
        struct ui *ui, struct gfx_rect r, const char *icon, const char *label, bool chosen)
{
	bool hit = ui_hit(ui, r, UI_ROLE_TAB, label, (chosen ? UI_CHOSEN_FLAG : 0) | UI_COMPOSITE),
	     pressed = ui_pressed(ui);
	enum gfx_colour c = chosen || pressed ? GFX_ON_RAIL_SEL : GFX_ON_RAIL;
	if (chosen || pressed)
		ui_round(ui, r, ui_px(ui, 8), GFX_RAIL_SEL);
	int h = ui_line_h(ui, GFX_MICRO_B), icon_h = ui_px(ui, 30), top;
	if (icon_h > r.h - h - 4)
		icon_h = r.h - h - 4;
	top = r.y + (r.h - h - icon_h - 4) / 2;
	ui_icon(ui, (struct gfx_rect){r.x, top, r.w, icon_h}, icon, icon_h, c);
	ui_label(ui, (struct gfx_rect){r.x, top + icon_h + 4, r.w, h}, GFX_MICRO_B, c, UI_CENTRE,
	        label);
	return hit;
}

/* In what the rail leaves above its corner. */
static void training_word(struct app *app, struct ui *ui, struct gfx_rect r)
{
	int h = ui_line_h(ui, GFX_MICRO_B);
	if (!app->sample || r.h < h)
		return;
	ui_note(ui, r, UI_ROLE_STATUS, TRAINING_WORDS, NULL);
	ui_label(ui, (struct gfx_rect){r.x, r.y + (r.h - h) / 2, r.w, h}, GFX_MICRO_B, GFX_ON_RAIL,
	        UI_CENTRE, "Training");
}

static void rail(struct app *app, struct ui *ui)
{
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	struct gfx_rect r = {0, 0, m->rail_w, m->h};
	int corner = ui_px(ui, 108), item = ui_px(ui, 84);
	if (small) { /* at large text the words of the corner go first, then the icons become
		        smaller */
		int line = ui_line_h(ui, GFX_MICRO_B), n = (int)COUNT_OF(SMALL_RAIL) + 1;
		corner = ui_px(ui, 34) + 2 * line + 28 > 99 ? ui_px(ui, 34) + 2 * line + 28 : 99;
		item = ui_px(ui, 30) + line + 16 > 78 ? ui_px(ui, 30) + line + 16 : 78;
		if (corner + n * item + 2 > r.h)
			corner = 99;
		if (corner + n * item + 2 > r.h)
			item = (r.h - corner - 2) / n;
	}
	ui_area(ui, (struct gfx_rect){-4, -4, r.w + 4, r.h + 8}, 0, GFX_RAIL,
	        GFX_HAIR); /* its edge is seen at the right only */
	struct gfx_rect hide = ui_cut_bottom(&r, corner);
	bool hidden = ui_hit(ui, hide, UI_ROLE_BUTTON, "Hide screen", UI_COMPOSITE);
	ui_fill(ui, hide, GFX_INK);
	struct gfx_rect in = ui_inset(hide, 2, small ? 14 : ui_px(ui, 16));
	ui_icon(ui, ui_cut_top(&in, ui_px(ui, 34)), "hide", ui_px(ui, 34), GFX_ON_INK);
	int word_h = ui_line_h(ui, GFX_MICRO_B);
	if (in.h >= word_h) /* at large text the icon stands for the words */
		ui_label(ui, ui_cut_top(&in, word_h), GFX_MICRO_B, GFX_ON_INK, UI_CENTRE, "Hide");
	if (in.h >= word_h)
		ui_label(ui, ui_cut_top(&in, word_h), GFX_MICRO_B, GFX_ON_INK, UI_CENTRE, "screen");
	if (hidden)
		app_cover(app);
	if (hidden || app->rail_off)
		return;
	if (small) {
		enum place p = app->screen == &screen_decide ? PLACE_CASE : app->screen->place;
		ui_cut_top(&r, 2);
		for (size_t i = 0; i < COUNT_OF(SMALL_RAIL); i++) {
			int k = SMALL_RAIL[i];
			struct gfx_rect c = ui_cut_top(&r, item);
			if (reachable(app, k) && rail_item(ui, ui_inset(c, 4, 2), RAIL[k].icon,
			                                 RAIL[k].label, (int)p == k))
				app_go(app, RAIL[k].screen);
		}
		struct gfx_rect c = ui_cut_top(&r, item);
		if (rail_item(ui, ui_inset(c, 4, 2), "more", "More",
		            p == PLACE_SEATS || p == PLACE_ACTIONS || p == PLACE_MEASURES))
			more_open(app);
		training_word(app, ui, r);
		return;
	}
	struct gfx_rect top = ui_cut_top(&r, m->header_h);
	if (rail_item(ui, ui_inset(top, 4, 2), "info", "Help", app->help))
		help_open(app);
	if (app_auditor(app)) {
		(void)rail_item(ui, ui_inset(ui_cut_top(&r, item), 4, 0), "minutes", "Audit", true);
		training_word(app, ui, r);
		return;
	}
	for (int i = 0; i < (int)COUNT_OF(RAIL); i++) {
		struct gfx_rect c = ui_cut_top(&r, item);
		c.x += 4;
		c.w -= 8;
		if (reachable(app, i) &&
		        rail_item(ui, c, RAIL[i].icon, RAIL[i].label, (int)app->screen->place == i))
			app_go(app, RAIL[i].screen);
	}
	if (app_in_session(app) && app_present(app) && r.h >= item) {
		struct gfx_rect c = ui_cut_top(&r, item);
		if (rail_item(ui, ui_inset(c, 4, 0), "minutes", "Minutes", app->pad.up)) {
			if (app->pad.up)
				pad_down(app);
			else
				pad_up(app);
		}
	}
	training_word(app, ui, r);
}

static int banner_h(struct app *app)
{
	struct ui *ui = app->ui;
	const struct ui_metrics *m = ui_m(ui);
	int w = m->w - m->rail_w - 2 * m->margin - m->target - ui_px(ui, 42);
	int wrap = ui_wrap_h(ui, w, GFX_BODY, app->say.text, 0) + 20;
	return wrap > m->target + 26
	               ? wrap
	               : m->target + 26; /* the button keeps its distance from what stands below */
}

/* Beside the clock on every screen, as long as the chair holds something open to the room. */
static void glass_tag(struct app *app, struct gfx_rect *head)
{
	struct ui *ui = app->ui;
	if (!app->n_glass)
		return;
	const struct glass_row *g = &app->glass[0];
	const struct item_row *i = app_item(app, g->item);
	int left = (int)((g->until_us - time_now_us() + TIME_MINUTE_US - 1) / TIME_MINUTE_US);
	const char *t = app_small(app)     ? fmt(app, "%d min", left)
	                : app->n_glass > 1 ? fmt(app, "%zu items open, %d min", app->n_glass, left)
	                : i                ? fmt(app, "Item %d open, %d min", i->number, left)
	                                   : fmt(app, "Open, %d min", left);
	int w = ui_tag_w(ui, "unlock", t), h = ui_px(ui, 32);
	struct gfx_rect r = ui_cut_right(head, w);
	(void)ui_tag(ui, r.x, r.y + (r.h - h) / 2, UI_TAG_WARN, "unlock", t);
	ui_cut_right(head, ui_m(ui)->gap);
}

void page_begin(struct app *app, struct ui *ui, struct page *p, const char *title, const char *sub,
        const struct screen_ops *back)
{
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	struct gfx_rect all = {0, 0, m->w, m->h}, head;
	*p = (struct page){.keyboard = ui_keyboard_h(ui) > 0};
	ui_fill(ui, all, GFX_GROUND);
	rail(app, ui);
	ui_cut_left(&all, m->rail_w);
	head = ui_cut_top(&all, m->header_h);
	ui_fill(ui, head, GFX_PANEL);
	ui_fill(ui, (struct gfx_rect){head.x, head.y + head.h - 1, head.w, 1}, GFX_HAIR);
	head = ui_inset(head, small ? 14 : m->margin, 0);
	int64_t now = time_now_us();
	const char *clock = fmt_hm(app, now);
	/* at 7 inch the timer of the item on the table takes the place of the clock */
	bool timed = app_table(app) &&
	             (app->screen == &screen_case || app->screen == &screen_share ||
	                     app->screen == &screen_risk || app->screen == &screen_decide);
	if (!small || !timed) {
		ui_label(ui, ui_cut_right(&head, ui_text_w(ui, GFX_TITLE, clock)), GFX_TITLE,
		        GFX_TEXT, UI_RIGHT, clock);
		ui_cut_right(&head, m->gap);
		ui_wake_in(ui, (int)((TIME_MINUTE_US - now % TIME_MINUTE_US) / 1000) + 1);
	}
	glass_tag(app, &head);
	if (back) {
		struct gfx_rect b = ui_cut_left(&head, m->target);
		if (ui_square(ui,
		            (struct gfx_rect){b.x - (small ? 6 : 12), b.y + (b.h - m->target) / 2,
		                    m->target, m->target},
		            UI_BARE, "back", "Back", false))
			app_go(app, back);
		if (small)
			head.x -= 6, head.w += 6;
	}
	int w = ui_text_w(ui, small && sub && *sub ? GFX_BODY_B : GFX_TITLE, title),
	    ws = sub ? ui_text_w(ui, small ? GFX_MICRO : GFX_CAPTION, sub) : 0;
	if (ws > w)
		w = ws;
	if (w > head.w)
		w = head.w;
	struct gfx_rect t = ui_cut_left(&head, w);
	ui_note(ui, t, UI_ROLE_HEADING, title, NULL);
	if (sub && *sub) {
		enum gfx_type tt = small ? GFX_BODY_B : GFX_TITLE,
		              ts = small ? GFX_MICRO : GFX_CAPTION;
		int ht = ui_line_h(ui, tt), hs = ui_line_h(ui, ts), top = t.y + (t.h - ht - hs) / 2;
		ui_elide(ui, (struct gfx_rect){t.x, top, t.w, ht}, tt, GFX_TEXT, UI_LEFT, title);
		ui_elide(
		        ui, (struct gfx_rect){t.x, top + ht, t.w, hs}, ts, GFX_TEXT2, UI_LEFT, sub);
	} else {
		ui_elide(ui, t, GFX_TITLE, GFX_TEXT, UI_LEFT, title);
	}
	ui_cut_left(&head, m->gap);
	p->head = head;
	p->pad = ui_cut_top(&all, pad_h(app));
	if (app->say.text[0] && !(small && p->keyboard)) /* it is back when the keys are gone */
		p->banner = ui_cut_top(&all, banner_h(app));
	if (p->keyboard) {
		ui_cut_bottom(&all, ui_keyboard_h(ui));
		p->body = ui_inset(all, small ? 12 : m->margin, small ? 8 : 12);
		return;
	}
	p->bar = ui_cut_bottom(&all, m->bar_h);
	ui_fill(ui, p->bar, GFX_PANEL);
	ui_fill(ui, (struct gfx_rect){p->bar.x, p->bar.y, p->bar.w, 1}, GFX_HAIR);
	p->bar = ui_inset(p->bar, small ? 12 : m->margin, (m->bar_h - m->primary) / 2);
	p->body = ui_inset(all, small ? 12 : m->margin, small ? 10 : 16);
}

/* At the right of the bar: room for a button of that width, and the caption beside it. */
static struct gfx_rect bar_right(struct app *app, struct page *p, int w, const char *caption)
{
	struct ui *ui = app->ui;
	struct gfx_rect r = ui_cut_right(&p->bar, w);
	ui_cut_right(&p->bar, ui_px(ui, 12));
	if (app_small(app))
		p->caption = caption;
	if (caption && *caption && !app_small(app)) {
		struct record_undo undo;
		if (record_undo_offer(app->record, &undo)) /* the undo bar comes first; what is
		                                              missing is said again after it */
			return r;
		int cw = ui_px(ui, 260), lines = ui_wrap_h(ui, cw, GFX_CAPTION, caption, 3);
		struct gfx_rect c = ui_cut_right(&p->bar, cw < p->bar.w ? cw : p->bar.w);
		c.y += (c.h - lines) / 2;
		c.h = lines;
		if (ui_text_w(ui, GFX_CAPTION, caption) <= c.w)
			ui_label(ui, c, GFX_CAPTION, GFX_TEXT2, UI_RIGHT, caption);
		else
			ui_wrap(ui, c, GFX_CAPTION, GFX_TEXT2, caption, 3);
		ui_cut_right(&p->bar, ui_px(ui, 12));
	}
	return r;
}

static void undo_bar(struct app *app, struct page *p)
{
	struct record_undo undo;
	if (p->undo_drawn || !app->record || p->bar.w < ui_px(app->ui, 280) ||
	        !record_undo_offer(app->record, &undo))
		return;
	p->undo_drawn = true;
	app->undo_seen |= !app->next; /* a screen that is about to be left does not count */
	if (ui_undo_bar(app->ui, p->bar, undo.text, undo.left_ms, undo.total_ms)) {
		struct why w = {0};
		enum err e = record_undo(app->record, &w);
		app->reload = true;
		ui_again(app->ui);
		if (e)
			app_fail(app, e, &w);
	}
	p->bar.w = 0;
}

bool page_primary(struct app *app, struct page *p, const char *icon, const char *label, bool off,
        const char *caption)
{
	if (p->keyboard)
		return false;
	struct gfx_rect r = bar_right(app, p, ui_button_w(app->ui, icon, label, true), caption);
	return ui_button(app->ui, r, UI_PRIMARY, icon, label, off);
}

bool page_hold(struct app *app, struct page *p, const char *icon, const char *label, bool off,
        const char *caption)
{
	if (p->keyboard)
		return false;
	struct gfx_rect r = bar_right(
	        app, p, ui_button_w(app->ui, icon, label, true) + ui_px(app->ui, 24), caption);
	return ui_hold(app->ui, r, icon, label, off);
}

bool page_button(struct app *app, struct page *p, const char *icon, const char *label, bool off)
{
	if (p->keyboard)
		return false;
	int w = ui_button_w(app->ui, icon, label, true);
	struct record_undo undo;
	/* the undo bar takes what is left; buttons it would have no room beside are covered by it
	 * while it is there */
	int keep = app->record && record_undo_offer(app->record, &undo)
	                   ? ui_px(app->ui, app_small(app) ? 340 : 540)
	                   : 0;
	if (p->bar.w < ui_px(app->ui, 280))
		keep = 0; /* it would not fit in any case */
	p->to_come -= p->to_come > 0;
	/* large text: the icon stands for the word */
	bool icon_only =
	        app_small(app) && p->bar.w < w + keep + p->to_come * (ui_m(app->ui)->pager_w + 12);
	if (icon_only)
		w = ui_m(app->ui)->pager_w;
	if (p->bar.w < w + keep)
		return false;
	struct gfx_rect r = ui_cut_left(&p->bar, w);
	ui_cut_left(&p->bar, app_small(app) ? 12 : ui_px(app->ui, 12));
	if (icon_only)
		return ui_square(app->ui, r, UI_NORMAL, icon, label, off);
	return ui_button(app->ui, r, UI_NORMAL, icon, label, off);
}

/* What went wrong, or what is so now, stands between the header and the body until it is read. */
void page_pages(struct app *app, struct page *p, const struct ui_list *l)
{
	struct ui *ui = app->ui;
	struct record_undo undo;
	char range[40];
	int w = ui_m(ui)->pager_w;
	if (!app_small(app) || (l->first_seen == 0 && l->last_seen == l->n))
		return;
	const char *t = fmt(app, "%s", ui_list_range(l, range));
	if (ui_text_w(ui, GFX_CAPTION, t) <= p->head.w)
		ui_label(ui, ui_cut_right(&p->head, ui_text_w(ui, GFX_CAPTION, t)), GFX_CAPTION,
		        GFX_TEXT2, UI_RIGHT, t);
	if (p->keyboard || (app->record && record_undo_offer(app->record, &undo) &&
	                           p->bar.w < 2 * w + ui_px(ui, ui_m(ui)->rem > 21 ? 540 : 370)))
		return; /* while the undo bar is there the list goes by touch alone */
	struct gfx_rect up = ui_cut_left(&p->bar, w), down;
	ui_cut_left(&p->bar, ui_px(ui, 12));
	down = ui_cut_left(&p->bar, w);
	ui_cut_left(&p->bar, ui_px(ui, 12));
	ui_list_pages(ui, up, down, l->name);
}

/* 7 inch: beside the primary, in what the other buttons left. */
static void bar_caption(struct app *app, struct page *p)
{
	struct ui *ui = app->ui;
	struct gfx_rect c = p->bar;
	int line = ui_line_h(ui, GFX_CAPTION), h;
	if (!p->caption || !*p->caption || p->undo_drawn || c.w < ui_px(ui, 120))
		return;
	h = ui_wrap_h(ui, c.w, GFX_CAPTION, p->caption, 0);
	if (h > 2 * line)
		return;
	if (h == line && !strchr(p->caption, '\n')) {
		ui_label(ui, c, GFX_CAPTION, GFX_TEXT2, UI_RIGHT, p->caption);
		return;
	}
	ui_wrap(ui, (struct gfx_rect){c.x, c.y + (c.h - h) / 2, c.w, h}, GFX_CAPTION, GFX_TEXT2,
	        p->caption, 0);
}

static void banner(struct app *app, struct page *p)
{
	struct ui *ui = app->ui;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect r = p->banner;
	if (!app->say.text[0] || !r.h)
		return;
	ui_fill(ui, r, app->say_good ? GFX_SOFT : GFX_LATE_SOFT);
	ui_fill(ui, (struct gfx_rect){r.x, r.y + r.h - 2, r.w, 2},
	        app->say_good ? GFX_ACCENT : GFX_LATE);
	struct gfx_rect in = ui_inset(r, m->margin, 0);
	enum gfx_colour c = app->say_good ? GFX_ON_SOFT : GFX_LATE;
	ui_icon(ui, ui_cut_left(&in, ui_px(ui, 30)), app->say_good ? "done" : "warning",
	        ui_px(ui, 26), c);
	ui_cut_left(&in, ui_px(ui, 12));
	struct gfx_rect close = ui_cut_right(&in, m->target);
	close.y += (close.h - m->target) / 2;
	close.h = m->target;
	int wrap = ui_wrap_h(ui, in.w, GFX_BODY, app->say.text, 0);
	ui_note(ui, in, UI_ROLE_STATUS, app->say.text, NULL);
	ui_wrap(ui, (struct gfx_rect){in.x, in.y + (r.h - wrap) / 2, in.w, wrap}, GFX_BODY, c,
	        app->say.text, 0);
	if (ui_square(ui, close, UI_BARE, "close", "Close this message", false)) {
		wipe(app->say.text, sizeof(app->say.text));
		ui_again(ui);
	}
}

void page_end(struct app *app, struct page *p, const char *action, bool own)
{
	struct ui *ui = app->ui;
	const struct ui_metrics *m = ui_m(ui);
	int top = m->header_h + p->pad.h + p->banner.h;
	if (!p->keyboard) {
		undo_bar(app, p);
		bar_caption(app, p);
	}
	if (app->help) {
		help_build(app, ui,
		        (struct gfx_rect){
		                m->rail_w, m->header_h, m->w - m->rail_w, m->h - m->header_h});
		return;
	}
	if (app->sheet.up) {
		struct gfx_rect r = {m->rail_w, top, m->w - m->rail_w, m->h - top};
		if (p->keyboard)
			r.h -= ui_keyboard_h(ui);
		sheet_build(app, ui, r);
		action = app->sheet.up && app->sheet.action ? app->sheet.action : "Done";
		own = true;
	} else if (p->keyboard && !own) {
		ui_field_sheet(ui, (struct gfx_rect){m->rail_w, top, m->w - m->rail_w,
		                           m->h - top - ui_keyboard_h(ui)});
	}
	banner(app, p);
	pad_build(app, p->pad);
	if (p->keyboard)
		ui_keyboard(ui, m->rail_w, action ? action : "Done");
}

void page_timer(struct app *app, struct page *p)
{
	const struct item_row *i = app_table(app);
	struct ui *ui = app->ui;
	if (!i || app->meeting.table_since_us == TIME_NONE)
		return;
	int used =
	        i->used_s + (int)((time_now_us() - app->meeting.table_since_us) / TIME_SECOND_US);
	struct gfx_rect r;
	if (app_small(app)) {
		const char *t = fmt(app, "%02d:%02d", used / 60, used % 60);
		r = ui_cut_right(&p->head, ui_text_w(ui, GFX_TITLE, t));
		int left = i->minutes * 60 - used; /* as the large timer: two minutes before */
		ui_label(ui, r, GFX_TITLE,
		        left < 0      ? GFX_LATE
		        : left <= 120 ? GFX_WARN
		                      : GFX_TEXT,
		        UI_RIGHT, t);
		ui_icon(ui, ui_cut_right(&p->head, ui_px(ui, 34)), "timer", ui_px(ui, 24),
		        GFX_TEXT);
	} else {
		r = ui_cut_right(&p->head, ui_px(ui, 210));
		r.y += (r.h - ui_px(ui, 46)) / 2;
		r.h = ui_px(ui, 46);
		r.w -= ui_px(ui, 10);
		ui_timer(ui, r, used, i->minutes * 60);
	}
	ui_cut_right(&p->head, ui_m(ui)->gap);
	ui_wake_in(ui, 1000);
}

void page_room(struct app *app, struct page *p)
{
	struct ui *ui = app->ui;
	if (app_small(app))
		return;
	const char *t = fmt(app, "%zu in the room", app_present(app));
	ui_label(ui, ui_cut_right(&p->head, ui_text_w(ui, GFX_CAPTION, t)), GFX_CAPTION, GFX_TEXT2,
	        UI_RIGHT, t);
	ui_icon(ui, ui_cut_right(&p->head, ui_px(ui, 34)), "people", ui_px(ui, 24), GFX_TEXT2);
	ui_cut_right(&p->head, ui_m(ui)->gap);
}

void page_head_text(struct app *app, struct page *p, const char *bold, const char *second)
{
	struct ui *ui = app->ui;
	if (app_small(app))
		return;
	int w = ui_text_w(ui, GFX_BODY_B, bold), w2 = ui_text_w(ui, GFX_CAPTION, second);
	struct gfx_rect r = ui_cut_right(&p->head, w > w2 ? w : w2);
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
	    top = r.y + (r.h - h - h2) / 2;
	ui_label(ui, (struct gfx_rect){r.x, top, r.w, h}, GFX_BODY_B, GFX_TEXT, UI_RIGHT, bold);
	ui_label(ui, (struct gfx_rect){r.x, top + h, r.w, h2}, GFX_CAPTION, GFX_TEXT2, UI_RIGHT,
	        second);
	ui_cut_right(&p->head, ui_m(ui)->gap);
}

/* Time, date, mark. No counts, no names, no forum. A second's hold shows the room again. */
void cover_build(struct app *app, struct ui *ui)
{
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect all = {0, 0, m->w, m->h};
	int64_t now = time_now_us();
	ui_fill(ui, all, GFX_RAIL);
	struct gfx_rect in = ui_inset(all, m->margin, m->h / 5);
	ui_icon(ui, ui_cut_top(&in, ui_px(ui, 72)), "table", ui_px(ui, 64), GFX_ON_RAIL);
	ui_cut_top(&in, m->gap);
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_CLOCK)), GFX_CLOCK, GFX_ON_RAIL, UI_CENTRE,
	        fmt_hm(app, now));
	ui_cut_top(&in, m->gap);
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_HEADING)), GFX_HEADING, GFX_ON_RAIL,
	        UI_CENTRE, fmt_day(app, time_to_day(now), DAY_WEEKDAY));
	if (app->sample) {
		ui_cut_top(&in, m->gap);
		ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION_B)), GFX_CAPTION_B,
		        GFX_ON_RAIL, UI_CENTRE, TRAINING_WORDS);
	}
	int w = ui_button_w(ui, NULL, "Hold to show the room", true) + ui_px(ui, 40);
	struct gfx_rect b = {(m->w - w) / 2, m->h - m->primary - m->margin, w, m->primary};
	if (ui_hold(ui, b, NULL, "Hold to show the room", false)) {
		app->covered = false;
		app->reload = true;
		ui_again(ui);
	}
	ui_wake_in(ui, (int)((TIME_MINUTE_US - now % TIME_MINUTE_US) / 1000) + 1);
}
