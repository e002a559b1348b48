#include "app.h"
#include <string.h>

/* Every clock that runs in the group, the soonest first: what began it, how long it is, whose rule
 * it is. What it waits for is recorded here, and stops it. */

#define CLOCKS_MAX 500
#define DONE_DAYS 14

struct clocks_state {
	struct clock_row *row;
	struct event_row *done; /* what was recorded in the last days: below what runs */
	size_t n, late, n_done;
	struct ui_scroll scroll;
};

static enum err load(struct app *app)
{
	struct clocks_state *st = app->state;
	st->row = NULL;
	st->n = st->late = st->n_done = 0;
	if (!app->forum_id)
		return ERR_OK;
	enum err e = record_clocks(
	        app->record, &app->rows, &app->viewer, app->forum_id, CLOCKS_MAX, &st->row, &st->n);
	for (size_t i = 0; !e && i < st->n; i++)
		st->late += st->row[i].late;
	if (!e)
		e = record_events(app->record, &app->rows, &app->viewer, 0, app->forum_id,
		        time_from_day(time_today() - DONE_DAYS, 0, 0), &st->done, &st->n_done);
	return e;
}

/* "from meeting closed, 18 November, 13:00" */
static const char *began(struct app *app, const struct clock_row *c)
{
	int32_t day = time_to_day(c->started_us);
	bool hour = c->started_us != time_from_day(day, 0, 0); /* a referral has its day alone */
	return fmt(app, "from %s, %s%s%s", c->starts, fmt_day(app, day, DAY_MONTH),
	        hour ? ", " : "", hour ? fmt_hm(app, c->started_us) : "");
}

static bool find_clock(struct app *app, int64_t id, struct clock_row *ret)
{
	struct clock_row *row;
	size_t n;
	if (record_clocks(
	            app->record, &app->rows, &app->viewer, app->forum_id, CLOCKS_MAX, &row, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (row[i].id == id) {
			*ret = row[i];
			return true;
		}
	return false;
}

static void happened_done(struct app *app, struct sheet *s)
{
	struct clock_row c;
	struct command cmd = {.kind = CMD_EVENT};
	if (!find_clock(app, s->arg, &c))
		return;
	cmd.u.event.case_id = c.case_id;
	cmd.u.event.event = c.event;
	cmd.u.event.words = s->edit.text;
	/* an earlier day counts to its end: the hour is not known */
	cmd.u.event.at_us = s->day_value == time_today()
	                            ? TIME_NONE
	                            : time_from_day(s->day_value + 1, 0, 0) - 1;
	(void)app_do(app, &cmd, NULL);
}

static void what_done(struct app *app, struct sheet *s)
{
	struct clock_row c;
	if (!find_clock(app, s->arg, &c))
		return;
	if (s->row[s->chosen].id) {
		case_open(app, 0, c.case_id);
		return;
	}
	struct sheet *t = sheet_open(app, fmt(app, "When was the %s?", c.what),
	        "Today counts as now; an earlier day counts to its end.", "Record it",
	        happened_done, c.id);
	sheet_day(t, time_today(), time_to_day(c.started_us));
	sheet_words(t, "What was done", false, "");
}

void clock_open(struct app *app, const struct clock_row *c)
{
	if (!c->case_id && c->meeting == app->meeting.id) { /* where its papers are sealed */
		app_go(app, &screen_close);
		return;
	}
	if (!c->case_id) {
		app->read_meeting = c->meeting;
		app_go_back_to(app, &screen_read, app->screen);
		return;
	}
	if (!c->id) {
		case_open(app, 0, c->case_id);
		return;
	}
	struct sheet *s = sheet_open(app, fmt(app, "%s: %s", c->ref, c->what),
	        fmt(app, "%s, %s. %s.", c->left, began(app, c), c->source), NULL, what_done, c->id);
	if (*c->event && strcmp(c->event, "assessment") != 0)
		sheet_row(s, "done", "It has happened",
		        "Say when; the clock stops there, and the record says who said so", 0, NULL,
		        false);
	sheet_row(s, "case", "Look at the case", NULL, 1, NULL, false);
}

static void clock_line(
        struct app *app, struct ui *ui, struct gfx_rect row, const struct clock_row *c)
{
	bool small = app_small(app);
	const char *title = fmt(app, "%s · %s", c->ref, c->what),
	           *second = small ? c->left : fmt(app, "%s, %s", c->left, began(app, c));
	int bar = small ? 0 : ui_px(ui, 150);
	if (ui_hit(ui, row, UI_ROLE_ROW, fmt(app, "%s, %s", title, c->left), 0))
		clock_open(app, c);
	if (ui_pressed(ui))
		ui_fill(ui, row, GFX_SUNK);
	ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
	struct gfx_rect in = ui_inset(row, ui_px(ui, 16), ui_px(ui, 4));
	struct gfx_rect chevron = ui_cut_right(&in, ui_px(ui, 24));
	ui_icon(ui, chevron, "forward", ui_px(ui, 22), GFX_TEXT2);
	if (bar) {
		struct gfx_rect b = ui_cut_right(&in, bar);
		if (*c->length)
			ui_bar(ui, (struct gfx_rect){b.x, b.y + b.h / 2 - 5, b.w - 24, 10},
			        c->permille, 1000,
			        c->late || c->permille > 850 ? GFX_LATE : GFX_ACCENT);
	}
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION);
	in.y += (in.h - h - (small ? 1 : 2) * h2) / 2;
	ui_label(ui, ui_cut_top(&in, h), GFX_BODY_B, GFX_TEXT, UI_LEFT, title);
	ui_elide(ui, ui_cut_top(&in, h2), GFX_CAPTION, c->late ? GFX_LATE : GFX_TEXT2, UI_LEFT,
	        second);
	if (!small)
		ui_elide(ui, ui_cut_top(&in, h2), GFX_CAPTION, GFX_TEXT2, UI_LEFT, c->source);
}

static void done_line(
        struct app *app, struct ui *ui, struct gfx_rect row, const struct event_row *e)
{
	if (ui_row(ui, row, "done",
	            fmt(app, "%s · %s, %s", e->ref, e->event,
	                    fmt_day(app, time_to_day(e->at_us), DAY_MONTH)),
	            *e->words ? e->words : "Recorded", true, false))
		case_open(app, 0, e->case_id);
}

static void build(struct app *app, struct ui *ui)
{
	struct clocks_state *st = app->state;
	struct page p;
	struct ui_list l = {0};
	bool known = practice_days_known(app->practice, time_today() + 92);
	page_begin(app, ui, &p, "Clocks",
	        !known ? fmt(app, "Bank holidays after %d are not known: weekdays count",
	                         practice_holidays_to(app->practice))
	               : fmt(app, "%zu run, %zu of them ran out", st->n, st->late),
	        &screen_home);
	struct gfx_rect r = p.body;
	if (!st->n && !st->n_done) {
		ui_empty(ui, ui_panel(ui, r), "clock", "No clock runs",
		        "A referral, an assessment or the close of a meeting begins one.");
	} else {
		size_t i;
		struct gfx_rect row;
		ui_list_begin(ui, &l, r, "Clocks", &st->scroll, st->n + st->n_done,
		        ui_m(ui)->row2 + (app_small(app) ? 0 : ui_line_h(ui, GFX_CAPTION)), NULL);
		while (ui_list_next(ui, &l, &i, &row)) {
			ui_push_id(ui, (int64_t)i);
			if (i < st->n)
				clock_line(app, ui, row, &st->row[i]);
			else
				done_line(app, ui, row, &st->done[i - st->n]);
			ui_pop_id(ui);
		}
		ui_list_end(ui, &l);
		page_pages(app, &p, &l);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_clocks = {
        "clocks", PLACE_HOME, sizeof(struct clocks_state), load, build, NULL, NULL};
