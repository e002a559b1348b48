#include "app.h"
#include <string.h>

/* Old actions, by agency: done with outcome, carried on, overtaken by circumstances, not done. */

struct actions_state {
	struct action_row *row;
	size_t n;
	int heights[512];
	bool head[512];
	struct ui_scroll scroll;
	int64_t chosen;
};

static enum err load(struct app *app)
{
	struct actions_state *st = app->state;
	struct action_filter f = {.forum = app->forum_id, .open_only = true};
	if (app_in_session(app))
		f = (struct action_filter){
		        .forum = app->forum_id, .meeting = app->meeting.id, .before_meeting = true};
	enum err e = record_actions(app->record, &app->rows, &app->viewer, &f, &st->row, &st->n);
	if (st->n > COUNT_OF(st->heights))
		st->n = COUNT_OF(st->heights);
	return e;
}

static void update(struct app *app, int64_t action, enum action_state to, const char *words)
{
	struct command c = {.kind = CMD_ACTION_UPDATE};
	c.u.update.action = action;
	c.u.update.meeting = app_in_session(app) ? app->meeting.id : 0;
	c.u.update.to = to;
	c.u.update.words = words;
	(void)app_do(app, &c, NULL);
}

static void outcome_done(struct app *app, struct sheet *s)
{
	update(app, s->arg, (enum action_state)s->row[s->chosen].id, s->edit.text);
}

static void outcome_open(struct app *app, const struct action_row *a)
{
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

static void row(
        struct app *app, struct ui *ui, struct gfx_rect r, const struct action_row *a, bool head)
{
	const struct ui_metrics *m = ui_m(ui);
	if (head) {
		struct gfx_rect band = ui_cut_top(&r, ui_px(ui, 40));
		ui_fill(ui, band, GFX_SUNK);
		ui_label(ui, ui_inset(band, 16, 0), GFX_CAPTION_B, GFX_TEXT, UI_LEFT,
		        a->agency_name);
	}
	ui_push_id(ui, a->id);
	const char *second =
	        fmt(app, "%s%s%s%s", a->owner_role, *a->case_ref ? " · " : "", a->case_ref,
	                a->carried == 1 ? " · carried on once"
	                : a->carried    ? fmt(app, " · carried on %d times", a->carried)
	                                : "");
	bool open = a->state == ACTION_OPEN && a->sight == SIGHT_FULL;
	int tag_w = 0;
	const char *tag, *icon;
	enum ui_tag kind = UI_TAG_PLAIN;
	if (a->state != ACTION_OPEN) {
		tag = action_state_name(a->state);
		icon = a->state == ACTION_DONE        ? "done"
		       : a->state == ACTION_OVERTAKEN ? "repeat"
		                                      : "close";
		kind = a->state == ACTION_DONE ? UI_TAG_DONE : UI_TAG_PLAIN;
	} else {
		tag = fmt(app, "%s%s", fmt_day(app, a->due, DAY_SHORT), a->late ? ", late" : "");
		icon = a->late ? "warning" : "clock";
		kind = a->late                      ? UI_TAG_LATE
		       : a->due <= time_today() + 7 ? UI_TAG_WARN
		                                    : UI_TAG_PLAIN;
	}
	tag_w = ui_tag_w(ui, icon, tag);
	struct gfx_rect words = r;
	if (ui_row_room(ui, words, NULL, a->what, second, open, false,
	            tag_w + (open ? 0 : ui_px(ui, 8))) &&
	        open)
		outcome_open(app, a);
	(void)ui_tag(ui, r.x + r.w - tag_w - (open ? m->target : 16),
	        r.y + (r.h - ui_px(ui, 32)) / 2, kind, icon, tag);
	ui_pop_id(ui);
}

static void build(struct app *app, struct ui *ui)
{
	struct actions_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app), session = app_in_session(app);
	size_t open = 0;
	for (size_t i = 0; i < st->n; i++) {
		open += st->row[i].state == ACTION_OPEN;
		st->head[i] = session && (i == 0 || st->row[i].agency != st->row[i - 1].agency);
		st->heights[i] = m->row2 + (st->head[i] ? ui_px(ui, 40) : 0);
	}
	page_begin(app, ui, &p, "Actions",
	        session ? fmt(app, "from earlier meetings: %zu closed, %zu open", st->n - open,
	                          open)
	                : fmt(app, "%zu open", open),
	        NULL);
	if (!st->n) {
		ui_empty(ui, ui_panel(ui, p.body), "check", "Every action is done or in time",
		        "Actions of the coming meeting will stand here.");
	} else {
		struct ui_list l;
		struct gfx_rect r;
		size_t i;
		ui_list_begin(ui, &l, p.body, "Actions", &st->scroll, st->n, m->row2, st->heights);
		ui_fill(ui, l.view, GFX_PANEL);
		while (ui_list_next(ui, &l, &i, &r))
			row(app, ui, r, &st->row[i], st->head[i]);
		ui_list_end(ui, &l);
		page_pages(app, &p, &l);
	}
	if (session && page_primary(app, &p, "agenda", small ? "Go on" : "On to the agenda", false,
	                       open ? fmt(app, "%zu not asked about stay open", open) : "")) {
		/* the item of the old actions is done when the chair goes on */
		for (size_t i = 0; i < app->n_items; i++)
			if (app->item[i].kind == AGENDA_ACTIONS && app->item[i].state < ITEM_DONE) {
				struct command c = {.kind = CMD_ITEM_DONE};
				c.u.item.item = app->item[i].id;
				(void)app_do(app, &c, NULL);
				break;
			}
		app_go(app, &screen_agenda);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_actions = {
        "actions", PLACE_ACTIONS, sizeof(struct actions_state), load, build, NULL, NULL};
