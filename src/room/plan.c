#include "app.h"
#include <stdio.h>

/* Planning: the meetings that are to come, one more, one moved, and an emergency meeting outside
 * the cycle with the one case it is called for (R11). */

/* ---- an ordinary meeting ---- */

/* When the last one agreed that the group meets next; else no day, at the time of day of the last
 * one. */
static int32_t usual_time(struct app *app, int *hour, int *minute)
{
	struct meeting_row last;
	struct time_local l;
	*hour = 14;
	*minute = 0;
	if (record_meeting_last(app->record, &app->rows, app->forum_id, 0, &last))
		return DAY_NONE;
	bool agreed = last.next_day != DAY_NONE && last.next_day >= time_today();
	time_to_local(agreed ? last.next_us : last.starts_us, &l);
	*hour = l.hour;
	*minute = l.minute;
	return agreed ? last.next_day : DAY_NONE;
}

static void plan_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MEETING_PLAN};
	c.u.plan.forum = app->forum_id;
	c.u.plan.day = s->day_value;
	(void)usual_time(app, &c.u.plan.hour, &c.u.plan.minute);
	c.u.plan.venue = s->edit.text;
	if (app_do(app, &c, &app->meeting_id))
		app_go(app, &screen_home);
}

void meeting_plan(struct app *app)
{
	int hour, minute;
	int32_t agreed = usual_time(app, &hour, &minute);
	struct sheet *s = sheet_open(app, "When does the group meet?",
	        fmt(app,
	                "%sIt begins at %02d:%02d and can be moved; the agenda is made by the "
	                "group’s own rules.",
	                agreed == DAY_NONE ? ""
	                                   : fmt(app, "The last meeting agreed on %s. ",
	                                             fmt_day(app, agreed, DAY_MONTH)),
	                hour, minute),
	        "Plan the meeting", plan_done, 0);
	sheet_day(s, agreed, time_today());
	sheet_words(s, "Venue", false, "");
}

/* ---- what time of day ---- */

static void time_rows(struct sheet *s)
{
	char at[8];
	for (int m = 8 * 60; m <= 20 * 60; m += 30) {
		snprintf(at, sizeof(at), "%02d:%02d", m / 60, m % 60);
		sheet_row(s, "clock", at, NULL, m, NULL, false);
	}
}

static void keep_time(struct app *app, const struct sheet *s)
{
	app->plan.hour = (int)(s->row[s->chosen].id / 60);
	app->plan.minute = (int)(s->row[s->chosen].id % 60);
}

/* ---- moving one ---- */

static void moved(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MEETING_MOVE};
	c.u.reschedule.meeting = app->plan.meeting;
	c.u.reschedule.day = s->day_value;
	c.u.reschedule.hour = app->plan.hour;
	c.u.reschedule.minute = app->plan.minute;
	c.u.reschedule.venue = s->edit.len ? s->edit.text : NULL;
	(void)app_do(app, &c, NULL);
}

static void move_day(struct app *app, struct sheet *s)
{
	keep_time(app, s);
	struct sheet *n = sheet_open(app, fmt(app, "On which day, at %s?", s->row[s->chosen].label),
	        "Without a new venue it stays where it was.", "Move the meeting", moved, 0);
	sheet_day(n, DAY_NONE, time_today());
	sheet_words(n, "Another venue", false, "");
}

static void move_open(struct app *app)
{
	int hour, minute;
	struct sheet *s = sheet_open(app, "At what time does it begin?", NULL, NULL, move_day, 0);
	time_rows(s);
	(void)usual_time(app, &hour, &minute); /* in view; earlier and later are one page away */
	if (hour > 9)
		s->scroll.offset = 2 * (hour - 9) * ui_m(app->ui)->row2;
}

/* ---- outside the cycle ---- */

static void called(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MEETING_PLAN};
	int64_t meeting;
	c.u.plan.forum = app->forum_id;
	c.u.plan.day = s->day_value;
	c.u.plan.hour = app->plan.hour;
	c.u.plan.minute = app->plan.minute;
	c.u.plan.emergency = s->edit.text;
	if (!app_do(app, &c, &meeting))
		return;
	app->meeting_id = meeting;
	struct command add = {.kind = CMD_ITEM_ADD};
	add.u.add.meeting = meeting;
	add.u.add.case_id = app->plan.kase;
	add.u.add.reason = "urgent";
	add.u.add.words = s->edit.text;
	add.u.add.urgent = true;
	add.u.add.needed_for = app->plan.needed_for;
	if (app_do(app, &add, NULL))
		app_go(app, &screen_agenda);
}

static void call_why(struct app *app, struct sheet *s)
{
	keep_time(app, s);
	struct sheet *n = sheet_open(app, "On which day, and why can it not wait?",
	        fmt(app, "It begins at %s. The reason stands in everybody’s minutes: name nobody.",
	                s->row[s->chosen].label),
	        "Call the meeting", called, 0);
	sheet_day(n, time_today(), time_today());
	sheet_words(n, "Why it cannot wait", true, "");
}

static void call_time(struct app *app, struct sheet *s)
{
	const struct practice_entry *e =
	        practice_entry(app->practice, "needed-for", s->row[s->chosen].key);
	struct time_local l;
	char now[48];
	if (needed_refused(app, e))
		return;
	app->plan.needed_for = e->id;
	struct sheet *n = sheet_open(app, "At what time does it begin?", NULL, NULL, call_why, 0);
	time_to_local(time_now_us() + 4 * TIME_MINUTE_US, &l); /* the next five minutes */
	snprintf(now, sizeof(now), "%02d:%02d", l.hour, l.minute - l.minute % 5);
	sheet_row(n, "timer", now, "As soon as people are here",
	        l.hour * 60 + l.minute - l.minute % 5, NULL, false);
	time_rows(n);
}

static void call_needed(struct app *app, struct sheet *s)
{
	app->plan.kase = s->row[s->chosen].id;
	struct sheet *n = sheet_open(app,
	        fmt(app, "What does %s need the table for?", s->row[s->chosen].label), NULL, NULL,
	        call_time, 0);
	sheet_list(app, n, "needed-for");
}

static void call_open(struct app *app)
{
	struct case_row *c;
	size_t n;
	struct sheet *s = sheet_open(app, "Which case cannot wait?",
	        "An emergency meeting has this case on its agenda; others can be added. The next "
	        "ordinary meeting stays as it is.",
	        NULL, call_needed, 0);
	if (record_cases(
	            app->record, &app->rows, &app->viewer, app->forum_id, true, SHEET_ROWS, &c, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (c[i].sight >= SIGHT_ANON)
			sheet_row(s, "case", c[i].ref, c[i].strand, c[i].id, NULL, false);
	if (!s->n) {
		sheet_close(app);
		app_fail(app, ERR_NOT_FOUND,
		        &(struct why){"This group has no open case that can be shown now."});
	}
}

/* ---- the meetings to come ---- */

enum { DO_PLAN = -1, DO_CALL = -2, DO_MOVE = -3, DO_LOOK = -4 };

static void one_done(struct app *app, struct sheet *s)
{
	app->plan.meeting = s->arg;
	if (s->row[s->chosen].id == DO_MOVE) {
		move_open(app);
		return;
	}
	app->meeting_id = s->arg;
	app->case_id = app->item_id = 0;
	app_go(app, &screen_agenda);
}

static void meetings_done(struct app *app, struct sheet *s)
{
	int64_t id = s->row[s->chosen].id;
	if (id == DO_PLAN) {
		meeting_plan(app);
	} else if (id == DO_CALL) {
		call_open(app);
	} else {
		struct sheet *n = sheet_open(
		        app, s->row[s->chosen].label, s->row[s->chosen].second, NULL, one_done, id);
		sheet_row(n, "agenda", "Look at its agenda", "And open it from Home", DO_LOOK, NULL,
		        false);
		sheet_row(n, "calendar", "Move it to another day or time", NULL, DO_MOVE, NULL,
		        false);
	}
}

void meetings_open(struct app *app)
{
	struct meeting_row *m;
	size_t n;
	struct sheet *s =
	        sheet_open(app, "Meetings to come", app->forum.name, NULL, meetings_done, 0);
	if (record_meetings_planned(app->record, &app->rows, app->forum_id, &m, &n))
		return;
	for (size_t i = 0; i < n && i < SHEET_ROWS - 2; i++)
		sheet_row(s, *m[i].emergency ? "warning" : "agenda",
		        fmt(app, "%s at %s", fmt_day(app, m[i].day, DAY_WEEKDAY),
		                fmt_hm(app, m[i].starts_us)),
		        *m[i].emergency ? "Emergency meeting" : m[i].venue, m[i].id, NULL, false);
	sheet_row(s, "plus", "Plan a meeting", "Its agenda is made by the group’s own rules",
	        DO_PLAN, NULL, false);
	sheet_row(s, "timer", "Call an emergency meeting", "For one case that cannot wait", DO_CALL,
	        NULL, false);
}
