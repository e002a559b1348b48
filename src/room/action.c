#include "app.h"

/* One action with all that happened to it: made, carried on, updated, closed, opened again; each
 * with its meeting and its words (R34). */

struct one_action {
	struct action_row row;
	struct action_event *event;
	size_t n;
	int heights[128];
	struct ui_scroll scroll;
};

static enum err load(struct app *app)
{
	struct one_action *st = app->state;
	st->n = 0;
	st->row = (struct action_row){0};
	if (!app->action_id)
		return ERR_OK;
	enum err e = record_action_history(app->record, &app->rows, &app->viewer, app->action_id,
	        &st->row, &st->event, &st->n);
	if (e == ERR_NOT_FOUND) /* taken back, or of a case that is held back now */
		st->row.id = 0;
	if (st->n > COUNT_OF(st->heights))
		st->n = COUNT_OF(st->heights);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static void update(struct app *app, enum action_state to, const char *words)
{
	struct command c = {.kind = CMD_ACTION_UPDATE};
	c.u.update.action = app->action_id;
	c.u.update.meeting = app_in_session(app) ? app->meeting.id : 0;
	c.u.update.to = to;
	c.u.update.words = words;
	(void)app_do(app, &c, NULL);
}

static void outcome_done(struct app *app, struct sheet *s)
{
	update(app, (enum action_state)s->row[s->chosen].id, s->edit.text);
}

void action_ask(struct app *app, const struct action_row *a)
{
	app->action_id = a->id;
	struct sheet *s = sheet_open(app, a->what,
	        fmt(app, "%s, %s. Due %s.", a->agency_name, a->owner_role,
	                fmt_day(app, a->due, DAY_MONTH)),
	        "Keep", outcome_done, a->id);
	sheet_row(s, "done", "Done", "Say what came of it", ACTION_DONE, NULL, true);
	sheet_row(s, "forward", "Carried on", "Stays open to the next meeting", ACTION_CARRIED,
	        NULL, false);
	sheet_row(s, "repeat", "Overtaken by circumstances",
	        "It is no longer possible or needed; say why", ACTION_OVERTAKEN, NULL, true);
	sheet_row(s, "close", "Not done", "The agency has not done it; say why", ACTION_NOT_DONE,
	        NULL, true);
	sheet_words(s, "Outcome", false, "");
}

void action_open(struct app *app, int64_t id, const struct screen_ops *back)
{
	app->action_id = id;
	app_go_back_to(app, &screen_action, back);
}

static void again_done(struct app *app, struct sheet *s)
{
	update(app, ACTION_OPEN, s->edit.text);
}

static void again_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Why is it opened again?",
	        "What was recorded stays in its history.", "Open it again", again_done,
	        app->action_id);
	sheet_words(s, "Reason", true, "");
}

/* ---- the picture ---- */

static const char *event_title(struct app *app, const struct action_event *e)
{
	const char *what = e->made                ? "Taken on"
	                   : e->to == ACTION_OPEN ? "Opened again"
	                                          : action_state_name(e->to);
	return e->meeting_day != DAY_NONE ? fmt(app, "%s at the meeting of %s", what,
	                                            fmt_day(app, e->meeting_day, DAY_MONTH))
	                                  : fmt(app, "%s between meetings, on %s", what,
	                                            fmt_day(app, time_to_day(e->at_us), DAY_MONTH));
}

static const char *event_icon(const struct action_event *e)
{
	if (e->made)
		return "plus";
	switch (e->to) {
	case ACTION_DONE:
		return "done";
	case ACTION_OVERTAKEN:
		return "repeat";
	case ACTION_NOT_DONE:
		return "close";
	default:
		return "forward";
	}
}

static void event(struct app *app, struct ui *ui, struct gfx_rect r, const struct action_event *e)
{
	int pad = app_small(app) ? 10 : 16, h = ui_line_h(ui, GFX_BODY_B);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	struct gfx_rect in = ui_inset(r, pad, 10);
	struct gfx_rect icon = ui_cut_left(&in, ui_px(ui, 34));
	icon.h = h;
	ui_icon(ui, icon, event_icon(e), ui_px(ui, 24), GFX_TEXT);
	ui_cut_left(&in, 8);
	ui_elide(ui, ui_cut_top(&in, h), GFX_BODY_B, GFX_TEXT, UI_LEFT, event_title(app, e));
	if (*e->words)
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT2, e->words, 0);
}

static void build(struct app *app, struct ui *ui)
{
	struct one_action *st = app->state;
	const struct action_row *a = &st->row;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app);
	const struct screen_ops *back = app->back ? app->back : &screen_actions;
	if (!a->id) {
		app_go(app, &screen_actions);
		return;
	}
	page_begin(app, ui, &p, fmt(app, "Action %s", a->ref),
	        small ? NULL : fmt(app, "%s, %s", a->agency_name, a->owner_role), back);
	struct gfx_rect r = p.body,
	                head = ui_panel(ui, ui_cut_top(&r, small ? ui_px(ui, 92) : ui_px(ui, 132)));
	head = ui_inset(head, small ? 10 : 16, small ? 4 : 10);
	const char *state = a->state == ACTION_OPEN
	                            ? fmt(app, "Open, due %s%s", fmt_day(app, a->due, DAY_MONTH),
	                                      a->late ? ", late" : "")
	                            : action_state_name(a->state);
	struct gfx_rect foot = ui_cut_bottom(&head, ui_line_h(ui, GFX_CAPTION));
	ui_elide(ui, foot, GFX_CAPTION, a->late ? GFX_LATE : GFX_TEXT2, UI_LEFT,
	        fmt(app, "%s%s%s%s%s · %s", state, *a->case_ref ? " · " : "", a->case_ref,
	                *a->done_when ? " · done when: " : "", a->done_when, a->owner));
	ui_wrap(ui, head, small ? GFX_BODY_B : GFX_TITLE, GFX_TEXT, a->what, small ? 2 : 3);
	ui_cut_top(&r, small ? 8 : m->gap);
	int w = r.w - (small ? 20 : 32) - ui_px(ui, 34) - 8 - (small ? 0 : m->pager_w + m->gap);
	for (size_t i = 0; i < st->n; i++)
		st->heights[i] =
		        20 + ui_line_h(ui, GFX_BODY_B) +
		        (*st->event[i].words ? ui_wrap_h(ui, w, GFX_BODY, st->event[i].words, 0)
		                             : 0) +
		        4;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	ui_list_begin(ui, &l, r, "What became of it", &st->scroll, st->n, m->row2, st->heights);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row))
		event(app, ui, row, &st->event[i]);
	ui_list_end(ui, &l);
	if (a->sight == SIGHT_FULL && a->state == ACTION_OPEN) {
		if (page_primary(
		            app, &p, "check", small ? "Outcome" : "What became of it", false, ""))
			action_ask(app, a);
	} else if (a->sight == SIGHT_FULL &&
	           page_primary(app, &p, "repeat", "Open it again", false, "")) {
		again_open(app);
	}
	page_pages(app, &p, &l);
	if (a->case_id && page_button(app, &p, "case", small ? "Case" : "Look at the case", false))
		case_open(app, 0, a->case_id);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_action = {
        "action", PLACE_ACTIONS, sizeof(struct one_action), load, build, NULL, NULL};
