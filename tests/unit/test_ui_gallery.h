#ifndef CASEROOM_TEST_UI_GALLERY_H
#define CASEROOM_TEST_UI_GALLERY_H
/* The components and states of look/00-components, drawn with the real controls: for the eye and
 * for ui_check. */
#include "caseroom/ui.h"

struct gallery {
	char text[3][64];
	struct ui_edit edit[3];
	int fact;
	struct ui_scroll scroll;
};

static inline void gallery_init(struct gallery *g)
{
	for (int i = 0; i < 3; i++)
		ui_edit_init(&g->edit[i], g->text[i], sizeof(g->text[i]));
	ui_edit_set(&g->edit[1], "18 / 11 / 2026");
}

static inline void gallery_seat(struct ui *ui, struct gfx_rect r, int state, const char *name,
        const char *icon, const char *word)
{
	enum gfx_colour c = state == 1   ? GFX_ON_ACCENT
	                    : state == 0 ? GFX_ON_SOFT
	                    : state == 3 ? GFX_TEXT2
	                                 : GFX_TEXT;
	struct gfx_rect t = ui_inset(r, 8, 0), s;
	int h = ui_wrap_h(ui, t.w, GFX_CAPTION_B, name, 2), line = ui_line_h(ui, GFX_MICRO);

	ui_hit(ui, r, UI_ROLE_BUTTON, name, UI_COMPOSITE);
	if (state == 0)
		ui_round(ui, r, 8, GFX_SOFT);
	else if (state == 1)
		ui_round(ui, r, 8, GFX_ACCENT);
	else if (state == 2)
		ui_box(ui, r, 8, GFX_PANEL, 1, GFX_EDGE);
	else
		ui_dashed(ui, r, 8, GFX_EDGE);
	t.y = r.y + (r.h - h - line) / 2;
	t.h = h;
	ui_wrap(ui, t, GFX_CAPTION_B, c, name, 2);
	s = (struct gfx_rect){t.x, t.y + h, 19, line};
	ui_icon(ui, s, icon, 19, c);
	ui_label(ui, (struct gfx_rect){s.x + 23, s.y, r.w - 36, line}, GFX_MICRO, c, UI_LEFT, word);
}

static inline void gallery_build(void *ctx, struct ui *ui)
{
	static const char *const state[7] = {
	        "primary", "normal", "pressed", "focused", "selected", "disabled", "destructive"};
	struct gallery *g = ctx;
	int x = 32, w = ui_m(ui)->w;
	struct gfx_rect p, l;

	ui_fill(ui, (struct gfx_rect){0, 0, w, ui_m(ui)->h}, GFX_GROUND);
	ui_label(ui, (struct gfx_rect){32, 24, 500, 40}, GFX_HEADING, GFX_TEXT, UI_LEFT,
	        "Components and states");
	ui_label(ui, (struct gfx_rect){700, 30, 548, 28}, GFX_CAPTION, GFX_TEXT2, UI_RIGHT,
	        "10.1 inch, 1280 x 800, 5.9 px/mm. 60 px is 10.2 mm.");
	for (int i = 0; i < 7; i++) {
		struct gfx_rect r = {32 + i * 178, 85, 148, 60};
		enum ui_kind k = i == 0   ? UI_PRIMARY
		                 : i == 4 ? UI_CHOSEN
		                 : i == 6 ? UI_DESTRUCTIVE
		                          : UI_NORMAL;
		ui_push_id(ui, i);
		ui_button(ui, r, k, i == 6 ? "close" : "check", i == 6 ? "Remove" : "Keep", i == 5);
		ui_pop_id(ui);
		ui_label(ui, (struct gfx_rect){r.x, 150, r.w, 22}, GFX_MICRO, GFX_TEXT2, UI_CENTRE,
		        state[i]);
	}
	ui_labelled_field(ui, (struct gfx_rect){32, 193, 392, 89}, "Reason for adding the case",
	        &g->edit[0], 0, "Say it in one sentence", NULL);
	ui_labelled_field(ui, (struct gfx_rect){444, 193, 392, 89}, "Date", &g->edit[1], 0, NULL,
	        "Give a date after today, 19 November");
	ui_label(ui, (struct gfx_rect){856, 193, 392, 24}, GFX_CAPTION, GFX_TEXT2, UI_LEFT,
	        "A row that may be known of, but not seen");
	ui_held(ui, (struct gfx_rect){856, 222, 392, 60}, "Held back", "for named agencies");
	for (int i = 0; i < 4; i++)
		x += ui_risk_badge(ui, x, 300, (enum ui_risk)i, true) + 8;
	x = 600;
	x += ui_tag(ui, x, 306, UI_TAG_PLAIN, NULL, "Fact") + 8;
	x += ui_tag(ui, x, 306, UI_TAG_PLAIN, NULL, "Opinion") + 8;
	x += ui_tag(ui, x, 306, UI_TAG_LATE, "warning", "Late") + 8;
	x += ui_tag(ui, x, 306, UI_TAG_WARN, "clock", "1 day") + 8;
	x += ui_tag(ui, x, 306, UI_TAG_DONE, "done", "Signed") + 8;
	ui_tag(ui, x, 306, UI_TAG_EDGE, "child", "Child at home");
	gallery_seat(ui, (struct gfx_rect){32, 369, 121, 88}, 0, "Police", "done", "Spoke");
	gallery_seat(
	        ui, (struct gfx_rect){169, 369, 121, 88}, 0, "Probation", "no-share", "Not shared");
	gallery_seat(ui, (struct gfx_rect){307, 369, 121, 88}, 0, "Fire and rescue", "no-letter",
	        "Sent notes");
	gallery_seat(ui, (struct gfx_rect){444, 369, 121, 88}, 1, "Social landlord", "speaking",
	        "Speaking");
	gallery_seat(
	        ui, (struct gfx_rect){581, 369, 121, 88}, 2, "Mental health", "waiting", "Waiting");
	gallery_seat(
	        ui, (struct gfx_rect){719, 369, 121, 88}, 3, "Drug and alcohol", "seat", "Empty");
	ui_timer(ui, (struct gfx_rect){856, 364, 392, 46}, 670, 720);
	ui_wrap(ui, (struct gfx_rect){856, 416, 392, 48}, GFX_CAPTION, GFX_TEXT2,
	        "Amber with words at 10:00, red \xE2\x80\x9Cover by\xE2\x80\x9D at 12:00", 0);
	ui_undo_bar(ui, (struct gfx_rect){32, 482, 708, 72}, "Moved to 17 December.", 8000, 10000);
	l = ui_panel(ui, (struct gfx_rect){32, 568, 708, 208});
	ui_row(ui, ui_cut_top(&l, 104), NULL, "Selected row", "soft fill and darker words", false,
	        true);
	ui_row(ui, l, "person", "Normal row", "60 px at least, 72 px with two lines", true, false);
	p = ui_panel(ui, (struct gfx_rect){760, 482, 488, 294});
	ui_empty(ui, (struct gfx_rect){p.x, p.y + 40, p.w, 140}, "check",
	        "No actions in this item yet", "Ask who will do what, then add it here.");
	ui_button(ui, (struct gfx_rect){908, 660, 192, 60}, UI_NORMAL, "plus", "Add action", false);
}

/* A screen of its own for the rest: segments, tabs, values, calendar, list, keyboard. */
struct gallery2 {
	char text[2][400];
	struct ui_edit edit[2];
	int seg[3], tab;
	int32_t month, day;
	bool box;
	struct ui_scroll scroll;
};

static inline void gallery2_build(void *ctx, struct ui *ui)
{
	static const char *const often[] = {"Rarely", "Monthly", "Weekly", "Daily"};
	static const char *const know[] = {"Yes", "No", "Don\xE2\x80\x99t know"};
	static const char *const fact[] = {"Fact", "Opinion"};
	static const char *const tabs[] = {"People", "Shared 3", "Actions 3", "Risk 31"};
	struct gallery2 *g = ctx;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect r = {0, 0, m->w, m->h}, c;
	struct ui_list l;
	size_t i;

	ui_fill(ui, r, GFX_GROUND);
	ui_fill(ui, ui_cut_left(&r, m->rail_w), GFX_RAIL);
	r = ui_inset(r, m->margin, m->margin);
	c = ui_cut_left(&r, 360);
	ui_cut_left(&r, m->gap);
	ui_segment(ui, ui_cut_top(&c, 60), "How often", often, 4, &g->seg[0], -1);
	ui_cut_top(&c, 12);
	ui_segment(ui, ui_cut_top(&c, 60), "Linked to earlier", know, 3, &g->seg[1], 2);
	ui_cut_top(&c, 12);
	ui_segment(ui, ui_cut_top(&c, 60), "It is", fact, 2, &g->seg[2], -1);
	ui_cut_top(&c, 12);
	ui_tabs(ui, ui_cut_top(&c, 60), tabs, 4, &g->tab);
	ui_cut_top(&c, 12);
	ui_labelled_value(ui, ui_cut_top(&c, 88), "Agency", "Social landlord", true);
	ui_cut_top(&c, 12);
	ui_value(ui, ui_cut_top(&c, 60), NULL, "Source: own record, 16 Nov", false);
	ui_cut_top(&c, 12);
	ui_check_box(ui, ui_cut_top(&c, 60), "next meeting", &g->box);
	ui_cut_top(&c, 12);
	ui_hold(ui, ui_cut_top(&c, 72), "lock", "Hold to close", false);
	c = ui_cut_left(&r, 404);
	ui_cut_left(&r, m->gap);
	ui_fill(ui, c, GFX_PANEL);
	ui_calendar(ui, ui_cut_top(&c, 392), &g->month, &g->day, day_from_ymd(2026, 12, 17), NULL,
	        NULL);
	ui_cut_top(&c, 12);
	ui_field(ui, ui_cut_top(&c, 120), "What is said", &g->edit[0], UI_FIELD_LINES,
	        "Write what is said", false);
	ui_cut_top(&c, 12);
	ui_field(ui, ui_cut_top(&c, 64), "Passphrase", &g->edit[1], UI_FIELD_SECRET, NULL, false);
	ui_list_begin(ui, &l, r, "Rows", &g->scroll, 30, 72, NULL);
	while (ui_list_next(ui, &l, &i, &c)) {
		char title[32];
		snprintf(title, sizeof(title), "C-2026-%04zu", i + 1);
		ui_push_id(ui, (int64_t)i);
		ui_row(ui, c, "person", title, "neighbour ASB, third review", true, i == 1);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	ui_keyboard(ui, m->rail_w, "Next field");
}

#endif
