#include "app.h"

/*
 * A hold: a record is kept whatever the rules say, until somebody lifts it. It is asked for on the
 * list of what is due and on the case itself; with a day on which it is looked at again, or
 * without.
 */

static void hold_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_HOLD};
	c.u.hold.subject = app->hold_subject;
	c.u.hold.id = app->hold_id;
	c.u.hold.words = s->edit.text;
	c.u.hold.review = s->day ? s->day_value : DAY_NONE;
	(void)app_do(app, &c, NULL);
}

static void until_done(struct app *app, struct sheet *s)
{
	const bool day = s->row[s->chosen].id;
	struct sheet *n = sheet_open(app,
	        day ? "Hold it, and look again on" : "Hold it until it is lifted",
	        "Nothing happens to it before somebody lifts the hold.", "Hold it", hold_done, 0);
	if (day)
		sheet_day(n, practice_add_months(time_today(), 6), time_today() + 1);
	sheet_words(n, "Why: a claim, a request for access", true, "");
}

void hold_open(struct app *app, const char *subject, int64_t id)
{
	app->hold_subject = subject;
	app->hold_id = id;
	struct sheet *s = sheet_open(app, "Hold it back from disposal",
	        "Whatever the rules say, nothing of it goes before somebody lifts the hold.", NULL,
	        until_done, 0);
	sheet_row(s, "pause", "Until it is lifted", "Without a day", 0, NULL, false);
	sheet_row(s, "calendar", "Look at it again on a day", "It stays held after that day too", 1,
	        NULL, false);
}

static void lift_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_HOLD_LIFT};
	c.u.hold.subject = app->hold_subject;
	c.u.hold.id = app->hold_id;
	c.u.hold.words = s->edit.text;
	c.u.hold.review = DAY_NONE;
	(void)app_do(app, &c, NULL);
}

void hold_lift_open(struct app *app, const char *subject, int64_t id)
{
	app->hold_subject = subject;
	app->hold_id = id;
	struct sheet *s = sheet_open(
	        app, "Lift the hold", "Then the rules count again.", "Lift it", lift_done, 0);
	sheet_words(s, "Why the hold is over", true, "");
}

const char *hold_words(struct app *app, const struct disposal_row *d)
{
	char text[DISPOSAL_TEXT_MAX];
	return fmt(
	        app, "Held by %s, %s: %s", d->holder, disposal_hold_text(d, text), d->hold_words);
}

/* ---- on the case ---- */

static void held_done(struct app *app, struct sheet *s)
{
	if (s->row[s->chosen].id)
		hold_lift_open(app, DISPOSAL_CASE, s->arg);
}

void hold_button(struct app *app, struct page *p, const struct disposal_row *d)
{
	if (!d->id || !page_button(app, p, "pause", d->held ? "Held" : "Hold", false))
		return;
	if (!d->held) {
		hold_open(app, DISPOSAL_CASE, d->id);
		return;
	}
	struct sheet *s = sheet_open(app, "Held back from disposal",
	        d->may ? hold_words(app, d) : fmt(app, "%s. %s", hold_words(app, d), d->why_not),
	        NULL, held_done, d->id);
	if (d->may)
		sheet_row(s, "undo", "Lift the hold", "With the reason why it is over", 1, NULL,
		        false);
	sheet_row(s, "done", "Leave it as it is", NULL, 0, NULL, false);
}
