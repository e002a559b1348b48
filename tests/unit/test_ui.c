#include <stdlib.h>
#include <unistd.h>

#include "caseroom/time.h"
#include "gfx/gfx_int.h"
#include "test.h"
#include "test_ui_gallery.h"
#include "ui/ui_int.h"

/* A small screen with one of each gesture. */
struct screen {
	int taps, holds, submits, rows_hit, row_last, page_rows, builds;
	bool sheet, cover, no_field, off, keyboard, focus_second, extra;
	int extra_kind;
	struct ui_scroll scroll;
	struct ui_list list;
	char text[3][128];
	struct ui_edit edit[3]; /* line, lines, secret */
	unsigned secret_flags, line_flags;
	bool grips;
	enum ui_grip grip;
	int grip_row, grip_dy;
};

static struct ui *ui;
static struct screen s;

static void build(void *ctx, struct ui *u)
{
	struct screen *c = ctx;
	struct gfx_rect row;
	size_t i;

	c->builds++;
	ui_fill(u, (struct gfx_rect){0, 0, 1280, 800}, GFX_GROUND);
	if (ui_button(u, (struct gfx_rect){20, 20, 160, 60}, UI_NORMAL, "check", "Keep", c->off))
		c->taps++;
	if (ui_hold(u, (struct gfx_rect){200, 20, 260, 72}, "lock", "Hold to close", false))
		c->holds++;
	if (!c->no_field) {
		ui_field(u, (struct gfx_rect){20, 120, 400, 60}, "Line", &c->edit[0], c->line_flags,
		        NULL, false);
		ui_field(u, (struct gfx_rect){20, 200, 400, 120}, "Lines", &c->edit[1],
		        UI_FIELD_LINES, NULL, false);
		ui_field(u, (struct gfx_rect){20, 340, 400, 60}, "Secret", &c->edit[2],
		        UI_FIELD_SECRET | c->secret_flags, NULL, false);
		for (i = 0; i < 3; i++)
			c->submits += ui_submitted(u, &c->edit[i]);
	}
	ui_list_begin(u, &c->list, (struct gfx_rect){700, 20, 500, 420}, "Rows", &c->scroll, 20, 72,
	        NULL);
	while (ui_list_next(u, &c->list, &i, &row)) {
		char title[16];
		snprintf(title, sizeof(title), "Row %zu", i);
		ui_push_id(u, (int64_t)i);
		if (ui_row(u, row, NULL, title, "second", true, false)) {
			c->rows_hit++;
			c->row_last = (int)i;
		}
		if (c->grips) {
			int dy;
			char name[16];
			snprintf(name, sizeof(name), "Move %zu", i);
			enum ui_grip g = ui_grip(u,
			        (struct gfx_rect){row.x + row.w - 64, row.y, 64, row.h}, name, &dy);
			if (g != UI_GRIP_REST) {
				c->grip = g;
				c->grip_row = (int)i;
				c->grip_dy = dy;
			}
		}
		ui_pop_id(u);
	}
	ui_list_end(u, &c->list);
	if (c->extra) {
		if (c->extra_kind == 0) /* too small */
			ui_button(u, (struct gfx_rect){480, 200, 60, 40}, UI_NORMAL, NULL, "S",
			        false);
		else if (c->extra_kind == 1) /* too near */
			ui_button(u, (struct gfx_rect){20, 84, 160, 60}, UI_NORMAL, NULL, "Near",
			        false);
		else if (c->extra_kind == 2) /* outside */
			ui_button(u, (struct gfx_rect){1230, 600, 100, 60}, UI_NORMAL, NULL, "Out",
			        false);
		else if (c->extra_kind == 3) /* same name */
			ui_check_box(
			        u, (struct gfx_rect){480, 20, 160, 60}, "Hold to close", &c->cover);
		else if (c->extra_kind == 4) /* cut */
			ui_label(u, (struct gfx_rect){480, 200, 40, 30}, GFX_BODY, GFX_TEXT,
			        UI_LEFT, "C-2026-0118");
		else if (c->extra_kind == 5) /* pale */
			ui_label(u, (struct gfx_rect){480, 200, 200, 30}, GFX_BODY, GFX_HAIR,
			        UI_LEFT, "pale");
	}
	if (c->focus_second) {
		c->focus_second = false;
		ui_focus(u, &c->edit[1]);
	}
	if (c->cover) {
		ui_cover_all(u);
		ui_fill(u, (struct gfx_rect){0, 0, 1280, 800}, GFX_RAIL);
		ui_label(u, (struct gfx_rect){500, 300, 300, 60}, GFX_HEADING, GFX_ON_RAIL,
		        UI_CENTRE, "14:05");
	}
	if (c->sheet)
		ui_field_sheet(u, (struct gfx_rect){300, 0, 980, 500});
	if (c->keyboard && !c->cover)
		ui_keyboard(u, 0, "Open");
}

static bool turn(void)
{
	return ui_turn(ui, build, &s);
}

static bool start(void)
{
	struct ui_config c = {.w = 1280, .h = 800};

	memset(&s, 0, sizeof(s));
	for (int i = 0; i < 3; i++)
		ui_edit_init(&s.edit[i], s.text[i], sizeof(s.text[i]));
	time_pin_us(INT64_C(1795000000000000));
	if (ui_create(&c, &ui) != ERR_OK)
		return false;
	turn();
	return true;
}

static void stop(void)
{
	ui_destroy(ui);
	ui = NULL;
	time_unpin();
}

static void ev(enum ui_event_kind k, int finger, int x, int y)
{
	ui_input(ui, &(struct ui_event){.kind = k, .finger = finger, .x = x, .y = y});
}

static void tap(int x, int y)
{
	ev(UI_DOWN, 1, x, y);
	ev(UI_UP, 1, x, y);
	turn();
}

static void key(enum ui_key k)
{
	ui_input(ui, &(struct ui_event){.kind = UI_KEY, .key = k});
	turn();
}

static void text(const char *t)
{
	struct ui_event e = {.kind = UI_TEXT};

	snprintf(e.text, sizeof(e.text), "%s", t);
	ui_input(ui, &e);
	turn();
}

static void later(int ms)
{
	time_advance_us((int64_t)ms * 1000);
	turn();
}

static bool touch_named(const char *name)
{
	int x, y;

	if (!ui_find(ui, name, &x, &y))
		return false;
	tap(x, y);
	return true;
}

static uint32_t pixel(int x, int y)
{
	int pitch;
	const uint8_t *p = ui_pixels(ui, &pitch);
	uint32_t v;

	memcpy(&v, p + y * pitch + 4 * x, 4);
	return v & 0xffffff;
}

/* ---- gestures ------------------------------------------------------------------------------ */

static void t_release_inside_acts_once(void)
{
	CHECK(start());
	tap(100, 50);
	CHECK(s.taps == 1);
	turn();
	CHECK(s.taps == 1);
	s.off = true;
	turn();
	tap(100, 50);
	CHECK(s.taps == 1); /* disabled */
	stop();
}

static void t_press_is_seen_in_the_next_frame(void)
{
	CHECK(start());
	CHECK(pixel(30, 30) == gfx_rgb(GFX_LIGHT, GFX_PANEL));
	ev(UI_DOWN, 1, 100, 50);
	CHECK(turn());
	CHECK(pixel(30, 30) == gfx_rgb(GFX_LIGHT, GFX_ACCENT_PRESS));
	CHECK(s.taps == 0);
	ev(UI_UP, 1, 100, 50);
	turn();
	CHECK(s.taps == 1 && pixel(30, 30) == gfx_rgb(GFX_LIGHT, GFX_PANEL));
	stop();
}

static void t_sliding_off_cancels_and_back_arms(void)
{
	CHECK(start());
	ev(UI_DOWN, 1, 100, 50);
	ev(UI_MOVE, 1, 500, 50);
	turn();
	CHECK(pixel(30, 30) == gfx_rgb(GFX_LIGHT, GFX_PANEL));
	ev(UI_UP, 1, 500, 50);
	turn();
	CHECK(s.taps == 0);
	ev(UI_DOWN, 1, 100, 50);
	ev(UI_MOVE, 1, 500, 50);
	ev(UI_MOVE, 1, 110, 50);
	ev(UI_UP, 1, 110, 50);
	turn();
	CHECK(s.taps == 1);
	ev(UI_DOWN, 1, 100, 50);
	ev(UI_CANCEL, 1, 100, 50);
	ev(UI_UP, 1, 100, 50);
	turn();
	CHECK(s.taps == 1);
	stop();
}

static void t_first_finger_owns_the_gesture(void)
{
	CHECK(start());
	ev(UI_UP, 9, 100, 50); /* never came down */
	ev(UI_DOWN, 1, 600, 600);
	ev(UI_DOWN, 2, 100, 50);
	ev(UI_UP, 2, 100, 50);
	ev(UI_UP, 1, 600, 600);
	turn();
	CHECK(s.taps == 0);
	ev(UI_DOWN, 1, 100, 50);
	ev(UI_DOWN, 2, 300, 50);
	ev(UI_MOVE, 2, 0, 0);
	ev(UI_UP, 2, 0, 0);
	ev(UI_UP, 1, 100, 50);
	turn();
	CHECK(s.taps == 1);
	stop();
}

static void t_drag_scrolls_and_does_not_act(void)
{
	CHECK(start());
	ev(UI_DOWN, 1, 800, 300);
	ev(UI_MOVE, 1, 800, 290); /* less than 2.5 mm */
	turn();
	CHECK(s.scroll.offset == 0);
	ev(UI_MOVE, 1, 800, 200);
	turn();
	CHECK(s.scroll.offset > 80);
	time_advance_us(300000); /* at rest, so no throw */
	ev(UI_UP, 1, 800, 200);
	turn();
	CHECK(s.rows_hit == 0 && s.scroll.velocity_px_s == 0);
	/* a small movement still acts */
	ev(UI_DOWN, 1, 800, 300);
	ev(UI_MOVE, 1, 803, 304);
	ev(UI_UP, 1, 803, 304);
	turn();
	CHECK(s.rows_hit == 1);
	stop();
}

/* 5a: the row is dragged, the list stays, nothing acts; a touch without movement is a touch. */
static void t_grip_drags_a_row_and_does_not_scroll(void)
{
	CHECK(start());
	s.grips = true;
	ui_again(ui);
	turn();
	int x = s.list.view.x + s.list.view.w - 30;
	ev(UI_DOWN, 1, x, 200);
	turn();
	CHECK(s.grip == UI_GRIP_REST); /* not before it has moved */
	ev(UI_MOVE, 1, x, 260);
	turn();
	CHECK(s.grip == UI_GRIP_HELD && s.grip_dy == 60 && s.scroll.offset == 0);
	ev(UI_MOVE, 1, x - 300, 350); /* beside it, too */
	turn();
	CHECK(s.grip == UI_GRIP_HELD && s.grip_dy == 150);
	int from = s.grip_row;
	ev(UI_UP, 1, x - 300, 350);
	turn();
	CHECK(s.grip == UI_GRIP_DROPPED && s.grip_dy == 150 && s.grip_row == from);
	CHECK(s.rows_hit == 0 && s.scroll.offset == 0);
	s.grip = UI_GRIP_REST;
	turn();
	CHECK(s.grip == UI_GRIP_REST); /* once */
	tap(x, 200);
	CHECK(s.grip == UI_GRIP_TOUCHED && s.rows_hit == 0);
	s.grip = UI_GRIP_REST;
	ev(UI_DOWN, 1, x, 200);
	ev(UI_MOVE, 1, x, 320);
	turn();
	s.grip = UI_GRIP_REST;
	ev(UI_CANCEL, 1, x, 320); /* ends without a trace */
	turn();
	CHECK(s.grip == UI_GRIP_REST);
	CHECK(ui_check(ui, NULL) == 0);
	stop();
}

static void t_throw_slows_by_time_and_a_touch_stops_it(void)
{
	int at[2];

	for (int fine = 0; fine < 2; fine++) { /* in steps of 10 and of 40 ms: the same way */
		CHECK(start());
		ev(UI_DOWN, 1, 800, 400);
		for (int i = 1; i <= 5; i++) {
			time_advance_us(10000);
			ev(UI_MOVE, 1, 800, 400 - 14 * i);
		}
		ev(UI_UP, 1, 800, 330);
		turn();
		CHECK(s.scroll.velocity_px_s > 1000);
		CHECK(ui_wait_ms(ui) >= 0);
		for (int i = 0; i < (fine ? 80 : 20); i++)
			later(fine ? 10 : 40);
		at[fine] = s.scroll.offset;
		CHECK(s.scroll.offset > 200);
		for (int i = 0; i < 60; i++)
			later(50);
		CHECK(s.scroll.velocity_px_s == 0 && ui_wait_ms(ui) == -1); /* it rests */
		if (!fine)
			stop();
	}
	CHECK(abs(at[0] - at[1]) <= 4);
	/* 1400 px/s decaying with 325 ms goes 455 px further than the 70 of the finger */
	CHECK(at[0] > 70 + 455 * 8 / 10 && at[0] < 70 + 455 * 11 / 10);
	s.scroll.offset = 0;
	s.scroll.velocity_px_s = 900;
	later(16);
	CHECK(s.scroll.velocity_px_s > 0);
	s.rows_hit = 0;
	tap(800, 200);
	CHECK(s.scroll.velocity_px_s == 0 && s.rows_hit == 0);
	tap(800, 200);
	CHECK(s.rows_hit == 1);
	stop();
}

static void t_wheel_moves_the_list_under_it(void)
{
	struct ui_event e = {.kind = UI_WHEEL, .x = 800, .y = 200, .wheel = 72};

	CHECK(start());
	ui_input(ui, &e);
	ui_input(ui, &e);
	turn();
	CHECK(s.scroll.offset == 144);
	e.x = 100; /* no list there */
	ui_input(ui, &e);
	turn();
	CHECK(s.scroll.offset == 144);
	stop();
}

static void t_hold_needs_its_second(void)
{
	CHECK(start());
	ev(UI_DOWN, 1, 300, 50);
	turn();
	later(500);
	CHECK(s.holds == 0 && ui_wait_ms(ui) >= 0 && ui_wait_ms(ui) <= 100);
	ev(UI_UP, 1, 300, 50);
	turn();
	later(1000);
	CHECK(s.holds == 0);
	ev(UI_DOWN, 1, 300, 50);
	turn();
	later(990);
	CHECK(s.holds == 0);
	later(20);
	CHECK(s.holds == 1);
	later(2000);
	ev(UI_UP, 1, 300, 50);
	turn();
	CHECK(s.holds == 1);
	stop();
}

static void t_hold_by_repeating_enter(void)
{
	CHECK(start());
	key(UI_KEY_TAB);
	key(UI_KEY_TAB);
	key(UI_KEY_ENTER);
	CHECK(s.holds == 0);
	for (int i = 0; i < 9; i++) {
		time_advance_us(100000);
		key(UI_KEY_ENTER);
	}
	CHECK(s.holds == 0);
	time_advance_us(150000);
	key(UI_KEY_ENTER);
	CHECK(s.holds == 1);
	key(UI_KEY_ENTER); /* begins anew */
	CHECK(s.holds == 1);
	stop();
}

static void t_what_is_covered_cannot_be_touched(void)
{
	CHECK(start());
	s.cover = true;
	turn();
	tap(100, 50);
	CHECK(s.taps == 0 && !ui_shows(ui, "Keep") && ui_shows(ui, "14:05"));
	stop();
}

/* ---- lists and focus ----------------------------------------------------------------------- */

static void t_list_pages_and_tells_its_range(void)
{
	char out[40];

	CHECK(start());
	CHECK_STR(ui_list_range(&s.list, out), "1\xE2\x80\x93"
	                                       "5 of 20");
	CHECK(touch_named("Page down"));
	CHECK(s.scroll.offset == 418 - 72);
	CHECK(!touch_named("Page down ")); /* no such name */
	for (int i = 0; i < 9; i++)
		touch_named("Page down");
	CHECK(s.scroll.offset == 20 * 72 - 418);
	CHECK_STR(ui_list_range(&s.list, out), "16\xE2\x80\x93"
	                                       "20 of 20");
	CHECK(!touch_named("Page down")); /* off at the end */
	CHECK(touch_named("Page up"));
	key(UI_KEY_PAGE_UP);
	key(UI_KEY_PAGE_UP);
	key(UI_KEY_PAGE_UP);
	CHECK(s.scroll.offset == 0);
	key(UI_KEY_PAGE_DOWN);
	CHECK(s.scroll.offset > 300);
	stop();
}

static void t_keys_walk_in_order_and_activate(void)
{
	CHECK(start());
	key(UI_KEY_TAB);
	key(UI_KEY_SPACE);
	CHECK(s.taps == 1);
	key(UI_KEY_TAB);
	key(UI_KEY_BACKTAB);
	key(UI_KEY_ENTER);
	CHECK(s.taps == 2);
	key(UI_KEY_RIGHT);
	key(UI_KEY_LEFT);
	key(UI_KEY_ENTER);
	CHECK(s.taps == 3);
	/* Tab through hold and three fields into the list */
	for (int i = 0; i < 5; i++)
		key(UI_KEY_TAB);
	key(UI_KEY_ENTER);
	CHECK(s.rows_hit == 1 && s.row_last == 0);
	for (int i = 0; i < 11; i++)
		key(UI_KEY_DOWN);
	key(UI_KEY_ENTER);
	CHECK(s.row_last == 11); /* the list came along */
	CHECK(s.scroll.offset > 0);
	for (int i = 0; i < 11; i++)
		key(UI_KEY_UP);
	key(UI_KEY_ENTER);
	CHECK(s.row_last == 0 && s.scroll.offset == 0);
	stop();
}

static void t_focus_ring_has_both_colours(void)
{
	CHECK(start());
	CHECK(pixel(16, 50) == gfx_rgb(GFX_LIGHT, GFX_GROUND));
	key(UI_KEY_TAB);
	CHECK(pixel(15, 50) == gfx_rgb(GFX_LIGHT, GFX_FOCUS_OUT));
	CHECK(pixel(18, 50) == gfx_rgb(GFX_LIGHT, GFX_FOCUS_IN));
	ev(UI_DOWN, 1, 600, 600); /* touch takes it away */
	turn();
	CHECK(pixel(15, 50) == gfx_rgb(GFX_LIGHT, GFX_GROUND));
	stop();
}

static void t_hide_and_escape_reach_the_screen(void)
{
	CHECK(start());
	ui_input(ui, &(struct ui_event){.kind = UI_KEY, .key = UI_KEY_HIDE});
	ui_take_events(ui);
	CHECK(ui_key_hit(ui, UI_KEY_HIDE) && !ui_key_hit(ui, UI_KEY_ESCAPE));
	turn();
	CHECK(!ui_key_hit(ui, UI_KEY_HIDE));
	stop();
}

/* ---- editing ------------------------------------------------------------------------------- */

static void t_field_takes_text_and_keys(void)
{
	CHECK(start());
	tap(200, 150);
	CHECK(ui_focused_edit(ui) == &s.edit[0]);
	text("door repair");
	CHECK_STR(s.text[0], "door repair");
	key(UI_KEY_WORD_LEFT);
	text("the ");
	CHECK_STR(s.text[0], "door the repair");
	key(UI_KEY_HOME);
	key(UI_KEY_DELETE);
	text("D");
	CHECK_STR(s.text[0], "Door the repair");
	key(UI_KEY_END);
	key(UI_KEY_BACKSPACE);
	CHECK_STR(s.text[0], "Door the repai");
	text("\xC5\xB5");
	key(UI_KEY_BACKSPACE); /* a whole character */
	CHECK_STR(s.text[0], "Door the repai");
	text("a\nb\tc"); /* one line only */
	CHECK_STR(s.text[0], "Door the repaiabc");
	key(UI_KEY_SELECT_ALL);
	text("x");
	CHECK_STR(s.text[0], "x");
	key(UI_KEY_ENTER);
	CHECK(s.submits == 1);
	stop();
}

static void t_many_events_in_one_turn_keep_their_order(void)
{
	struct ui_event e = {.kind = UI_TEXT};

	CHECK(start());
	tap(200, 150);
	snprintf(e.text, sizeof(e.text), "one");
	ui_input(ui, &e);
	ui_input(ui, &(struct ui_event){.kind = UI_KEY, .key = UI_KEY_TAB});
	snprintf(e.text, sizeof(e.text), "two");
	ui_input(ui, &e);
	ui_input(ui, &(struct ui_event){.kind = UI_KEY, .key = UI_KEY_BACKSPACE});
	ev(UI_DOWN, 1, 100, 50);
	ev(UI_UP, 1, 100, 50);
	turn();
	CHECK_STR(s.text[0], "one");
	CHECK_STR(s.text[1], "tw");
	CHECK(s.taps == 1);
	stop();
}

static void t_text_stops_at_the_capacity(void)
{
	CHECK(start());
	tap(200, 150);
	for (int i = 0; i < 40; i++)
		text("abcd\xC5\xB5");
	CHECK(s.edit[0].len < sizeof(s.text[0]) && strlen(s.text[0]) == s.edit[0].len);
	CHECK(utf8_valid(s.text[0], s.edit[0].len));
	stop();
}

static void t_undo_goes_back_by_words(void)
{
	CHECK(start());
	tap(200, 150);
	text("one");
	text(" ");
	text("t");
	text("wo");
	CHECK_STR(s.text[0], "one two");
	key(UI_KEY_UNDO);
	CHECK_STR(s.text[0], "one ");
	key(UI_KEY_UNDO);
	CHECK_STR(s.text[0], "");
	key(UI_KEY_UNDO);
	CHECK_STR(s.text[0], "");
	text("keep");
	key(UI_KEY_SELECT_ALL);
	key(UI_KEY_DELETE);
	CHECK_STR(s.text[0], "");
	key(UI_KEY_UNDO);
	CHECK_STR(s.text[0], "keep");
	ui_edit_set(&s.edit[0], "new"); /* the screen's change is not undone */
	key(UI_KEY_UNDO);
	CHECK_STR(s.text[0], "new");
	stop();
}

static void t_undo_keeps_nothing_of_secrets(void)
{
	struct undo none;

	memset(&none, 0, sizeof(none));
	CHECK(start());
	tap(200, 370);
	CHECK(ui_focused_edit(ui) == &s.edit[2]);
	text("correct horse");
	key(UI_KEY_BACKSPACE);
	CHECK(memcmp(ui->undo[0].bytes, none.bytes, sizeof(none.bytes)) == 0);
	tap(200, 150);
	text("abc");
	key(UI_KEY_SELECT_ALL);
	key(UI_KEY_DELETE);
	CHECK(memcmp(ui->undo[0].bytes, none.bytes, sizeof(none.bytes)) != 0);
	ui_wipe(ui);
	CHECK(memcmp(ui->undo[0].bytes, none.bytes, sizeof(none.bytes)) == 0);
	stop();
}

static void t_lines_wrap_and_the_caret_moves_by_line(void)
{
	CHECK(start());
	tap(200, 250);
	text("A tenancy warning was served on 16 November after two");
	text(" neighbours wrote in.");
	key(UI_KEY_HOME);
	text("|");
	CHECK(s.text[1][0] != '|' && strchr(s.text[1], '|'));
	key(UI_KEY_UP);
	key(UI_KEY_UP);
	key(UI_KEY_UP);
	CHECK(s.edit[1].caret == 0);
	key(UI_KEY_ENTER);
	CHECK(s.text[1][0] == '\n' && s.submits == 0);
	key(UI_KEY_DOWN);
	key(UI_KEY_DOWN);
	key(UI_KEY_DOWN);
	key(UI_KEY_DOWN);
	CHECK(s.edit[1].caret == s.edit[1].len);
	stop();
}

static void t_touch_sets_the_caret(void)
{
	CHECK(start());
	ui_edit_set(&s.edit[0], "mmmmmmmmmm");
	turn();
	tap(40, 150);
	CHECK(s.edit[0].caret <= 1);
	tap(400, 150);
	CHECK(s.edit[0].caret == 10);
	ui_edit_set(&s.edit[1], "one\ntwo\nthree");
	turn();
	tap(400, 255);
	CHECK(s.edit[1].caret == 7);
	stop();
}

static void t_focus_can_be_given_and_is_lost_with_its_field(void)
{
	CHECK(start());
	s.focus_second = true;
	turn();
	CHECK(ui_focused_edit(ui) == &s.edit[1]);
	text("x");
	CHECK_STR(s.text[1], "x");
	s.no_field = true;
	turn();
	turn();
	turn();
	CHECK(!ui_focused_edit(ui));
	text("y"); /* goes nowhere */
	CHECK_STR(s.text[1], "x");
	stop();
}

/* ---- on-screen keyboard -------------------------------------------------------------------- */

static void t_keyboard_types_shifts_and_signs(void)
{
	CHECK(start());
	s.keyboard = true;
	CHECK(ui_keyboard_h(ui) == 0);
	tap(200, 150);
	CHECK(ui_keyboard_h(ui) == 275);
	CHECK(touch_named("Shift"));
	CHECK(touch_named("A"));
	CHECK(touch_named("b")); /* shift was for one */
	CHECK(touch_named("Space"));
	CHECK(touch_named("Figures and signs"));
	CHECK(touch_named("\xC2\xA3"));
	CHECK(touch_named("5"));
	CHECK(touch_named("Letters"));
	CHECK(touch_named("Backspace"));
	CHECK_STR(s.text[0], "Ab \xC2\xA3");
	CHECK(touch_named("Open"));
	CHECK(s.submits == 1);
	CHECK(touch_named("Hide keyboard"));
	CHECK(!ui_focused_edit(ui) && ui_keyboard_h(ui) == 0);
	stop();
}

static void t_letter_held_offers_its_marks(void)
{
	int x, y;

	CHECK(start());
	s.keyboard = true;
	tap(200, 150);
	CHECK(ui_find(ui, "w", &x, &y));
	ev(UI_DOWN, 1, x, y);
	turn();
	later(510);
	ev(UI_UP, 1, x, y);
	turn();
	CHECK_STR(s.text[0], "");
	CHECK(touch_named("\xC5\xB5"));
	CHECK(ui_find(ui, "q", &x, &y)); /* and the plain letters are back */
	CHECK(touch_named("Shift"));
	CHECK(ui_find(ui, "L", &x, &y));
	ev(UI_DOWN, 1, x, y);
	turn();
	later(510);
	ev(UI_UP, 1, x, y);
	turn();
	CHECK(touch_named("\xC5\x81"));
	CHECK_STR(s.text[0], "\xC5\xB5\xC5\x81");
	stop();
}

static void t_keyboard_hides_for_a_real_one(void)
{
	CHECK(start());
	s.keyboard = true;
	tap(200, 150);
	CHECK(ui_keyboard_h(ui) > 0);
	text("k");
	CHECK(ui_keyboard_h(ui) == 0 && ui_focused_edit(ui) == &s.edit[0]);
	tap(200, 150);
	CHECK(ui_keyboard_h(ui) > 0);
	stop();
}

static void t_fast_fingers_lose_no_key(void)
{
	int qx, qy, wx, wy;

	CHECK(start());
	s.keyboard = true;
	tap(200, 150);
	CHECK(ui_find(ui, "q", &qx, &qy) && ui_find(ui, "w", &wx, &wy));
	ev(UI_DOWN, 1, qx, qy);
	turn();
	ev(UI_DOWN, 2, wx, wy); /* before the first is lifted */
	turn();
	ev(UI_UP, 1, qx, qy);
	turn();
	ev(UI_UP, 2, wx, wy);
	turn();
	CHECK_STR(s.text[0], "qw");
	stop();
}

/* One keyboard for the minute taker, one finger for the chair: letters of both in any order, with
 * builds between them or not, on screens that show the minute taker's field or do not. */
static void r12_minute_taker_and_chair_lose_no_letter(void)
{
	static char chair[8192], taker[8192], chair_want[8192], taker_want[8192];
	static const char *const marks[] = {"w", "\xC5\xB5", " ", "\xC3\xA9", "a", ".", "1"};
	uint32_t r = 7;
	size_t nc = 0, nt = 0;
	int queued = 0, x, y;

	CHECK(start());
	s.keyboard = true;
	ui_edit_init(&s.edit[0], chair, sizeof(chair));
	ui_edit_init(&s.edit[1], taker, sizeof(taker));
	ui_keys_to(ui, &s.edit[1], UI_FIELD_LINES);
	tap(200, 150);
	CHECK(ui_focused_edit(ui) == &s.edit[0] && ui_keyboard_h(ui) > 0);
	for (int i = 0; i < 6000; i++) {
		r = r * 1664525 + 1013904223;
		if ((r >> 28) < 7 && ui_focused_edit(ui)) {
			const char *k = &"q\0w\0e\0r\0t\0z\0x"[2 * ((r >> 20) % 7)];
			CHECK(ui_find(ui, k, &x, &y));
			ev(UI_DOWN, 1, x, y);
			if (r & 64) /* a letter comes while the key is held down */
				ui_input(ui, &(struct ui_event){.kind = UI_TEXT, .text = "h"}),
				        taker_want[nt++] = 'h';
			ev(UI_UP, 1, x, y);
			chair_want[nc++] = k[0];
		} else if ((r >> 28) < 14) {
			struct ui_event e = {.kind = UI_TEXT};
			const char *m = marks[(r >> 20) % COUNT_OF(marks)];
			snprintf(e.text, sizeof(e.text), "%s", m);
			ui_input(ui, &e);
			memcpy(taker_want + nt, m, strlen(m));
			nt += strlen(m);
		} else {
			enum ui_key k = r & 256 ? UI_KEY_ENTER : UI_KEY_BACKSPACE;
			ui_input(ui, &(struct ui_event){.kind = UI_KEY, .key = k});
			if (k == UI_KEY_ENTER)
				taker_want[nt++] = '\n';
			else if (nt)
				nt = utf8_prev(taker_want, nt, nt);
		}
		if (++queued > 40 || r % 3 == 0) {
			turn();
			queued = 0;
		}
		if (i % 997 == 996) { /* another screen and back: only the chair's focus goes */
			turn();
			s.no_field = true;
			turn(), turn(), turn();
			CHECK(!ui_focused_edit(ui));
			text("unseen");
			memcpy(taker_want + nt, "unseen", 6);
			nt += 6;
			s.no_field = false;
			turn();
			tap(200, 150);
			s.edit[0].caret = s.edit[0].anchor = s.edit[0].len;
			CHECK(ui_keyboard_h(ui) > 0); /* though a hardware key was the last */
			queued = 0;
		}
	}
	turn();
	chair_want[nc] = taker_want[nt] = 0;
	CHECK(nc > 2000 && nt > 2000);
	CHECK_STR(chair, chair_want);
	CHECK_STR(taker, taker_want);
	stop();
}

static void r12_minute_taker_keys_leave_the_chair_alone(void)
{
	CHECK(start());
	s.keyboard = true;
	ui_keys_to(ui, &s.edit[1], UI_FIELD_LINES);
	text("typed without a touch");
	CHECK_STR(s.text[1], "typed without a touch");
	CHECK(!ui_focused_edit(ui) && ui_keyboard_h(ui) == 0);
	tap(200, 150);
	CHECK(touch_named("q"));
	/* a touch in the pad's field places its caret and takes nothing */
	tap(36, 222);
	CHECK(s.edit[1].caret < 3 && ui_focused_edit(ui) == &s.edit[0]);
	text("X");
	CHECK(touch_named("w"));
	CHECK(strchr(s.text[1], 'X') && strchr(s.text[1], 'X') < s.text[1] + 3);
	CHECK_STR(s.text[0], "qw");
	/* keys that change no text: for the screen, and for nobody's focus */
	key(UI_KEY_TAB);
	key(UI_KEY_ESCAPE);
	key(UI_KEY_KEEP);
	key(UI_KEY_PICK_1);
	CHECK(ui_focused_edit(ui) == &s.edit[0] && s.submits == 0 && ui_keyboard_h(ui) > 0);
	/* each takes back its own */
	key(UI_KEY_UNDO);
	CHECK(!strchr(s.text[1], 'X'));
	CHECK_STR(s.text[0], "qw");
	/* both fields have their ring, and the tree tells them apart */
	CHECK(pixel(18, 150) == gfx_rgb(GFX_LIGHT, GFX_FOCUS_IN));
	CHECK(pixel(18, 260) == gfx_rgb(GFX_LIGHT, GFX_FOCUS_IN));
	struct buf tree;
	buf_init(&tree, 1 << 20);
	ui_dump(ui, &tree);
	CHECK(strstr(buf_str(&tree), "field \"Line\" \"qw\" focused"));
	CHECK(strstr(buf_str(&tree), " keys\n"));
	buf_finish(&tree);
	/* given back: the keys go where the touch is */
	ui_keys_to(ui, NULL, 0);
	text("e");
	CHECK_STR(s.text[0], "qwe");
	CHECK(ui_keyboard_h(ui) == 0);
	stop();
}

static void t_keys_leave_no_dead_strip(void)
{
	CHECK(start());
	s.keyboard = true;
	tap(200, 150);
	for (int x = 12; x < 1268; x++) {
		bool hit = false;
		for (size_t i = 0; i < ui->n_node; i++)
			hit |= ui->node[i].role == UI_ROLE_KEY &&
			       ui_contains(ui->node[i].seen, x, 534 + 30);
		CHECK(hit);
	}
	stop();
}

static void t_backspace_repeats_while_held(void)
{
	int x, y;

	CHECK(start());
	s.keyboard = true;
	ui_edit_set(&s.edit[0], "0123456789");
	tap(400, 150);
	CHECK(ui_find(ui, "Backspace", &x, &y));
	ev(UI_DOWN, 1, x, y);
	turn();
	later(300);
	CHECK(s.edit[0].len == 10);
	for (int i = 0; i < 10; i++)
		later(40);
	CHECK(s.edit[0].len < 9 && s.edit[0].len > 3);
	{
		size_t len = s.edit[0].len;
		ev(UI_UP, 1, x, y);
		turn();
		later(1000);
		CHECK(s.edit[0].len == len);
	}
	stop();
}

static void t_field_sheet_covers_its_part_only(void)
{
	int x, y;

	CHECK(start());
	s.keyboard = s.sheet = true;
	turn();
	CHECK(ui_find(ui, "Row 1", &x, &y)); /* no field has focus: no sheet */
	tap(200, 250);
	CHECK(!ui_find(ui, "Row 1", &x, &y) && !ui_find(ui, "Hold to close", &x, &y));
	CHECK(ui_find(ui, "Keep", &x, &y)); /* outside it */
	CHECK(ui_find(ui, "Lines", &x, &y) && x > 700);
	CHECK(touch_named("q") && touch_named("Backspace") && touch_named("w"));
	CHECK_STR(s.text[1], "w");
	tap(800, 120);
	CHECK(ui_focused_edit(ui) == &s.edit[1]);
	text("x");
	CHECK_STR(s.text[1], "wx");
	stop();
}

static void t_figures_field_has_a_pad_and_drops_nothing(void)
{
	CHECK(start());
	s.keyboard = true;
	s.line_flags = UI_FIELD_DIGITS;
	turn();
	tap(200, 150);
	CHECK(!touch_named("q"));
	CHECK(touch_named("7") && touch_named("0"));
	text("a1b2");
	CHECK_STR(s.text[0], "70a1b2");
	stop();
}

/* ---- secrets ------------------------------------------------------------------------------- */

static bool found_in(const void *mem, size_t n, const char *what)
{
	return memmem(mem, n, what, strlen(what)) != NULL;
}

static bool in_cache(const char *what)
{
	for (struct entry *e = ui->g->newest; e; e = e->older)
		if (found_in(e, e->bytes, what))
			return true;
	return false;
}

static void t_secret_is_nowhere_but_in_its_memory(void)
{
	struct buf b;

	CHECK(start());
	s.keyboard = true;
	tap(200, 370);
	for (const char *p = "zebra"; *p; p++) {
		char k[2] = {*p, 0};
		CHECK(touch_named(k));
	}
	CHECK_STR(s.text[2], "zebra");
	buf_init(&b, 1 << 20);
	ui_dump(ui, &b);
	CHECK(!strstr(buf_str(&b), "zebra") &&
	        strstr(buf_str(&b), "field \"Secret\" \".....\" secret"));
	buf_finish(&b);
	CHECK(!found_in(ui->str, ui->cap_str, "zebra") && !in_cache("zebra"));
	CHECK(!found_in(ui->op, sizeof(ui->op), "z"));
	s.secret_flags = UI_FIELD_SHOW;
	turn();
	CHECK(!in_cache("zebra")); /* drawn, and gone with the frame */
	CHECK(!found_in(ui->str, ui->cap_str, "zebra"));
	s.secret_flags = 0;
	turn();
	stop();
}

static void t_wipe_empties_everything(void)
{
	static const uint32_t none[64];
	struct gfx_stats st;

	CHECK(start());
	ui_edit_set(&s.edit[0], "Avery Sample");
	turn();
	CHECK(in_cache("Avery Sample") && found_in(ui->str, ui->cap_str, "Avery Sample"));
	ui_input(ui, &(struct ui_event){.kind = UI_TEXT, .text = "Avery"});
	ui_wipe(ui);
	gfx_stats(ui->g, &st);
	CHECK(st.cache_bytes == 0 && st.cache_entries == 0);
	CHECK(!found_in(ui->str, ui->cap_str, "Avery"));
	CHECK(!found_in(ui->queue, sizeof(ui->queue), "Avery"));
	CHECK(memcmp(ui->g->px, none, sizeof(none)) == 0);
	CHECK(!ui_shows(ui, "Keep"));
	CHECK(turn()); /* and comes back whole */
	CHECK(ui_shows(ui, "Keep"));
	stop();
}

/* ---- idle, dump, check --------------------------------------------------------------------- */

static void t_idle_paints_nothing_and_wants_nothing(void)
{
	struct gfx_stats a, b;
	size_t n;

	CHECK(start());
	tap(200, 150);
	turn();
	CHECK(!turn());
	ui_damage(ui, &n);
	CHECK(n == 0 && ui_wait_ms(ui) == -1);
	gfx_stats(ui->g, &a);
	for (int i = 0; i < 5; i++)
		CHECK(!turn());
	gfx_stats(ui->g, &b);
	CHECK(a.misses == b.misses && a.cache_bytes == b.cache_bytes);
	stop();
}

static void t_press_damages_little(void)
{
	const struct gfx_rect *d;
	size_t n;
	long area = 0;

	CHECK(start());
	ev(UI_DOWN, 1, 100, 50);
	CHECK(turn());
	d = ui_damage(ui, &n);
	for (size_t i = 0; i < n; i++)
		area += (long)d[i].w * d[i].h;
	CHECK(area <= 256 * 128);
	stop();
}

static void t_dump_is_a_tree(void)
{
	struct buf b;

	CHECK(start());
	buf_init(&b, 1 << 20);
	ui_edit_set(&s.edit[0], "say \"yes\"");
	key(UI_KEY_TAB);
	ui_dump(ui, &b);
	CHECK(strstr(buf_str(&b), "button \"Keep\" focused\n"));
	CHECK(strstr(buf_str(&b), "button \"Hold to close\" hold\n"));
	CHECK(strstr(buf_str(&b), "field \"Line\" \"say \\\"yes\\\"\"\n"));
	CHECK(strstr(buf_str(&b), "list \"Rows\" \"1\xE2\x80\x93"
	                          "5 of 20\"\n  row \"Row 0\" \"second\"\n"));
	CHECK(strstr(buf_str(&b), "button \"Page up\" off\n"));
	buf_finish(&b);
	stop();
}

static void t_check_finds_planted_violations(void)
{
	static const char *const want[] = {"smaller than the target", "less than 2 mm",
	        "outside the panel", "two of one name", "text is cut", "contrast below"};
	struct buf b;

	CHECK(start());
	buf_init(&b, 1 << 16);
	if (ui_check(ui, &b))
		printf("%s", buf_str(&b));
	CHECK(ui_check(ui, NULL) == 0);
	s.extra = true;
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		s.extra_kind = (int)i;
		turn();
		buf_clear(&b);
		CHECK(ui_check(ui, &b) >= 1);
		if (!strstr(buf_str(&b), want[i]))
			printf("# %s: %s", want[i], buf_str(&b));
		CHECK(strstr(buf_str(&b), want[i]));
	}
	buf_finish(&b);
	stop();
}

static void t_gallery_keeps_every_rule(void)
{
	static struct gallery g;
	static struct gallery2 g2;
	struct buf b;

	time_pin_us(INT64_C(1795000000000000));
	buf_init(&b, 1 << 16);
	gallery_init(&g);
	for (int i = 0; i < 2; i++)
		ui_edit_init(&g2.edit[i], g2.text[i], sizeof(g2.text[i]));
	g2.month = day_from_ymd(2026, 12, 1);
	g2.day = day_from_ymd(2026, 12, 3);
	g2.seg[1] = 2;
	for (int t = 0; t < GFX_THEME_COUNT; t++) {
		struct ui_config c = {.w = 1280, .h = 800, .theme = (enum gfx_theme)t};
		CHECK_ERR(ui_create(&c, &ui), ERR_OK);
		ui_turn(ui, gallery_build, &g);
		if (ui_check(ui, &b))
			printf("%s", buf_str(&b));
		CHECK(ui_check(ui, NULL) == 0);
		if (getenv("UI_SHOTS")) { /* for the eye */
			char path[300];
			FILE *f;
			struct buf png;
			buf_init(&png, 64 << 20);
			ui_shot(ui, &png);
			snprintf(path, sizeof(path), "%s/components-%s.png", getenv("UI_SHOTS"),
			        gfx_theme_name(c.theme));
			f = fopen(path, "wb");
			CHECK(f && fwrite(png.data, 1, png.len, f) == png.len);
			fclose(f);
			buf_finish(&png);
		}
		ui_destroy(ui);
		CHECK_ERR(
		        ui_create(
		                &(struct ui_config){
		                        .w = 1600, .h = 900, .px_per_mm_x10 = 59, .theme = c.theme},
		                &ui),
		        ERR_OK);
		ui_turn(ui, gallery2_build, &g2);
		if (ui_check(ui, &b))
			printf("%s", buf_str(&b));
		CHECK(ui_check(ui, NULL) == 0);
		ui_destroy(ui);
	}
	ui = NULL;
	buf_finish(&b);
	time_unpin();
}

/* A calendar and an undo bar in what a 7 inch panel has for them. */
struct low {
	int32_t month, day, marked;
	int h;
	bool undone;
	const char *words;
};

static bool no_day_off(void *ctx, int32_t day)
{
	(void)ctx;
	return day_weekday(day) > 5;
}

static void low_build(void *ctx, struct ui *u)
{
	struct low *l = ctx;

	ui_fill(u, (struct gfx_rect){0, 0, ui_m(u)->w, ui_m(u)->h}, GFX_GROUND);
	(void)ui_calendar(u, (struct gfx_rect){88, 70, 700, l->h}, &l->month, &l->day, l->marked,
	        no_day_off, NULL);
	if (l->words)
		l->undone |=
		        ui_undo_bar(u, (struct gfx_rect){88, 417, 420, 57}, l->words, 8000, 10000);
}

static void t_calendar_shows_the_weeks_that_fit(void)
{
	struct low l = {.month = day_from_ymd(2026, 11, 19), .day = DAY_NONE, .h = 174};
	struct buf b;

	time_pin_us(INT64_C(1795000000000000));
	buf_init(&b, 1 << 16);
	CHECK_ERR(ui_create(&(struct ui_config){.w = 800, .h = 480}, &ui), ERR_OK);
	ui_turn(ui, low_build, &l);
	if (ui_check(ui, &b))
		printf("%s", buf_str(&b));
	CHECK(ui_check(ui, NULL) == 0);
	/* three weeks, from that of the day asked for */
	CHECK(ui_shows(ui, "16 November 2026") && ui_shows(ui, "6 December 2026"));
	CHECK(!ui_shows(ui, "15 November 2026") && !ui_shows(ui, "7 December 2026"));
	for (int i = 0; i < 2; i++) { /* on, and back to the same weeks */
		int x, y;
		CHECK(ui_find(ui, i ? "Weeks before" : "Weeks after", &x, &y));
		ev(UI_DOWN, 1, x, y);
		ev(UI_UP, 1, x, y);
		ui_turn(ui, low_build, &l);
		CHECK(ui_shows(ui, i ? "16 November 2026" : "7 December 2026"));
		CHECK(!ui_shows(ui, i ? "7 December 2026" : "16 November 2026"));
	}
	int x, y;
	CHECK(ui_find(ui, "6 December 2026", &x, &y));
	ev(UI_DOWN, 1, x, y);
	ev(UI_UP, 1, x, y);
	ui_turn(ui, low_build, &l);
	CHECK(l.day == day_from_ymd(2026, 12, 6));
	CHECK(ui_shows(ui, "16 November 2026")); /* a touch moves nothing */
	/* where six weeks fit, the whole month */
	l.h = 400;
	ui_turn(ui, low_build, &l);
	CHECK(ui_shows(ui, "Month before") && ui_check(ui, NULL) == 0);
	ui_destroy(ui);
	ui = NULL;
	buf_finish(&b);
	time_unpin();
}

static void area_build(void *ctx, struct ui *u)
{
	(void)ctx;
	ui_fill(u, (struct gfx_rect){0, 0, ui_m(u)->w, ui_m(u)->h}, GFX_GROUND);
	ui_area(u, (struct gfx_rect){100, 100, 200, 80}, 8, GFX_SOFT, GFX_ACCENT);
}

static void t_soft_areas_have_an_edge_in_high_contrast(void)
{
	time_pin_us(INT64_C(1795000000000000));
	for (int t = 0; t < GFX_THEME_COUNT; t++) {
		enum gfx_theme theme = (enum gfx_theme)t;
		CHECK_ERR(ui_create(&(struct ui_config){.w = 800, .h = 480, .theme = theme}, &ui),
		        ERR_OK);
		ui_turn(ui, area_build, NULL);
		CHECK(pixel(200, 140) == gfx_rgb(theme, GFX_SOFT));
		CHECK(pixel(100, 140) ==
		        gfx_rgb(theme, theme == GFX_CONTRAST ? GFX_ACCENT : GFX_SOFT));
		ui_destroy(ui);
	}
	ui = NULL;
	time_unpin();
}

static void t_undo_bar_is_never_cut_and_keeps_its_target(void)
{
	static const char *const words[] = {"Kept.", "Apologies of Fire and rescue recorded.",
	        "Item 11 is deferred to the next meeting of the group."};
	struct buf b;

	time_pin_us(INT64_C(1795000000000000));
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct low l = {.month = day_from_ymd(2026, 11, 19),
		        .day = DAY_NONE,
		        .h = 174,
		        .words = words[i]};
		CHECK_ERR(ui_create(&(struct ui_config){.w = 800, .h = 480}, &ui), ERR_OK);
		ui_turn(ui, low_build, &l);
		if (ui_check(ui, &b))
			printf("%s", buf_str(&b));
		CHECK(ui_check(ui, NULL) == 0);
		ui_destroy(ui);
	}
	ui = NULL;
	buf_finish(&b);
	time_unpin();
}

static void t_measures_follow_the_panel(void)
{
	static const struct {
		struct ui_config c;
		enum ui_layout layout;
		int rem, target, rail, header, bar, kb;
	} table[] = {
	        {{.w = 800, .h = 480}, UI_SMALL, 20, 54, 76, 57, 69, 240},
	        {{.w = 1280, .h = 800}, UI_BASE, 21, 60, 96, 76, 92, 275},
	        {{.w = 1920, .h = 1080}, UI_BASE, 21, 40, 96, 76, 92, 275},
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct ui_metrics *m;
		CHECK_ERR(ui_create(&table[i].c, &ui), ERR_OK);
		m = ui_m(ui);
		CHECK(m->layout == table[i].layout && m->rem == table[i].rem &&
		        m->target == table[i].target);
		CHECK(m->rail_w == table[i].rail && m->header_h == table[i].header &&
		        m->bar_h == table[i].bar);
		CHECK(ui->kb_h == table[i].kb);
		ui_destroy(ui);
	}
	CHECK_ERR(ui_create(&(struct ui_config){.w = 1280, .h = 800, .large_text = true}, &ui),
	        ERR_OK);
	CHECK(ui_m(ui)->layout == UI_SMALL && ui_m(ui)->rem == 50);
	ui_destroy(ui);
	CHECK_ERR(ui_create(&(struct ui_config){.w = 1920, .h = 1080, .px_per_mm_x10 = 16}, &ui),
	        ERR_OK);
	CHECK(ui_m(ui)->layout == UI_WALL && ui_m(ui)->rem == 33);
	ui_destroy(ui);
	ui = NULL;
}

static void t_cut_columns_add_up(void)
{
	struct gfx_rect r = {10, 20, 101, 50}, a, all = r;
	int x = r.x;

	for (int i = 0; i < 7; i++) {
		struct gfx_rect c = ui_column(r, i, 7, 2);
		CHECK(c.x == x || i == 0);
		x = c.x + c.w + 2;
	}
	CHECK(x - 2 == r.x + r.w);
	a = ui_cut_left(&r, 500); /* no more than there is */
	CHECK(a.w == all.w && r.w == 0);
}

/* ---- scripts and chance -------------------------------------------------------------------- */

static void script_turn(void *ctx)
{
	(void)ctx;
	turn();
}

static enum err run(const char *script, struct why *w)
{
	char path[300];
	struct ui_script_host h = {.turn = script_turn, .out_dir = test_dir()};
	FILE *f;

	snprintf(path, sizeof(path), "%s/x.steps", h.out_dir);
	f = fopen(path, "w");
	if (!f)
		return ERR_IO;
	fputs(script, f);
	fclose(f);
	return ui_script_run(ui, path, &h, w);
}

static void t_script_runs_and_stops_at_the_first_failure(void)
{
	struct why w = {""};

	CHECK(start());
	CHECK_ERR(run("# a comment\n"
	              "tap \"Keep\"\n"
	              "expect \"Row 3\"\n"
	              "absent \"Row 19\"\n"
	              "tap \"Line\"\n"
	              "type \"say \\\"yes\\\"\"\n"
	              "key Enter\n"
	              "hold \"Hold to close\"\n"
	              "drag 800 300 800 100\n"
	              "absent \"Row 0\"\n"
	              "dump tree.txt\n"
	              "shot x.png\n"
	              "theme dark\n"
	              "check\n"
	              "wait 500\n"
	              "date 2026-11-19 14:05\n",
	                  &w),
	        ERR_OK);
	CHECK(s.taps == 1 && s.holds == 1 && s.submits == 1);
	CHECK_STR(s.text[0], "say \"yes\"");
	CHECK(time_now_us() == time_from_day(day_from_ymd(2026, 11, 19), 14, 5));
	CHECK_ERR(run("tap \"Keep\"\n\ntap \"Nothing\"\ntap \"Keep\"\n", &w), ERR_NOT_FOUND);
	CHECK(s.taps == 2 && strstr(w.text, ":3: ") && strstr(w.text, "Nothing"));
	CHECK_ERR(run("fly\n", &w), ERR_INPUT);
	CHECK_ERR(run("tap \"Keep\n", &w), ERR_INPUT);
	CHECK_ERR(run("dump ../x\n", &w), ERR_INPUT);
	stop();
}

/* Random events: nothing may fall over, and no button may act without a release inside it. */
static void t_monkey(void)
{
	uint32_t r = 1;
	long n = getenv("UI_MONKEY") ? atol(getenv("UI_MONKEY")) : 20000;

	CHECK(start());
	s.keyboard = true;
	for (long i = 0; i < n; i++) {
		struct ui_event e = {0};
		r = r * 1664525 + 1013904223;
		e.kind = (enum ui_event_kind)((r >> 24) % 6);
		e.finger = (r >> 12) & 3;
		e.x = (int)((r >> 8) % 1400) - 50;
		r = r * 1664525 + 1013904223;
		e.y = (int)((r >> 8) % 900) - 50;
		if (e.kind == UI_KEY)
			e.key = (enum ui_key)((r >> 20) % UI_KEY_COUNT);
		if (e.kind == UI_TEXT)
			snprintf(e.text, sizeof(e.text), "%c\xC5\xB5 %c", (int)(r >> 25) + 1,
			        (int)(r >> 17) & 0xff);
		ui_input(ui, &e);
		if ((r >> 9) % 3 == 0) {
			time_advance_us((int64_t)((r >> 4) % 60) * 1000);
			turn();
		}
		if (i % 500 == 0)
			s.cover = !s.cover;
		if (i % 777 == 0)
			s.no_field = !s.no_field;
		if (i % 3001 == 0)
			ui_wipe(ui);
		for (int k = 0; k < 3; k++)
			CHECK(s.edit[k].len < s.edit[k].cap && s.edit[k].caret <= s.edit[k].len &&
			        s.edit[k].anchor <= s.edit[k].len && s.text[k][s.edit[k].len] == 0);
	}
	stop();
}

static const struct test tests[] = {
        T(t_release_inside_acts_once),
        T(t_press_is_seen_in_the_next_frame),
        T(t_sliding_off_cancels_and_back_arms),
        T(t_first_finger_owns_the_gesture),
        T(t_drag_scrolls_and_does_not_act),
        T(t_grip_drags_a_row_and_does_not_scroll),
        T(t_throw_slows_by_time_and_a_touch_stops_it),
        T(t_wheel_moves_the_list_under_it),
        T(t_hold_needs_its_second),
        T(t_hold_by_repeating_enter),
        T(t_what_is_covered_cannot_be_touched),
        T(t_list_pages_and_tells_its_range),
        T(t_keys_walk_in_order_and_activate),
        T(t_focus_ring_has_both_colours),
        T(t_hide_and_escape_reach_the_screen),
        T(t_field_takes_text_and_keys),
        T(t_many_events_in_one_turn_keep_their_order),
        T(t_text_stops_at_the_capacity),
        T(t_undo_goes_back_by_words),
        T(t_undo_keeps_nothing_of_secrets),
        T(t_lines_wrap_and_the_caret_moves_by_line),
        T(t_touch_sets_the_caret),
        T(t_focus_can_be_given_and_is_lost_with_its_field),
        T(t_keyboard_types_shifts_and_signs),
        T(t_letter_held_offers_its_marks),
        T(t_keyboard_hides_for_a_real_one),
        T(t_fast_fingers_lose_no_key),
        T(r12_minute_taker_and_chair_lose_no_letter),
        T(r12_minute_taker_keys_leave_the_chair_alone),
        T(t_keys_leave_no_dead_strip),
        T(t_backspace_repeats_while_held),
        T(t_field_sheet_covers_its_part_only),
        T(t_figures_field_has_a_pad_and_drops_nothing),
        T(t_secret_is_nowhere_but_in_its_memory),
        T(t_wipe_empties_everything),
        T(t_idle_paints_nothing_and_wants_nothing),
        T(t_press_damages_little),
        T(t_dump_is_a_tree),
        T(t_check_finds_planted_violations),
        T(t_gallery_keeps_every_rule),
        T(t_calendar_shows_the_weeks_that_fit),
        T(t_soft_areas_have_an_edge_in_high_contrast),
        T(t_undo_bar_is_never_cut_and_keeps_its_target),
        T(t_measures_follow_the_panel),
        T(t_cut_columns_add_up),
        T(t_script_runs_and_stops_at_the_first_failure),
        T(t_monkey),
};

TEST_MAIN(tests)
