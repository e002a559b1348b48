#include "app.h"
#include <string.h>

/* Old actions, by agency: done with outcome, carried on, overtaken by circumstances, not done. */

struct actions_state {
	struct action_row *row, *all; /* those shown; those before an agency or person was chosen */
	size_t n, n_all;
	struct action_figures figures;
	int64_t agency, person; /* of these alone; 0 = everybody's */
	const char *whose;      /* in the rows */
	struct ui_scroll scroll;
};

static enum err load(struct app *app)
{
	struct actions_state *st = app->state;
	struct action_filter f = {.forum = app->forum_id, .open_only = true};
	struct arena *a = &app->rows;
	if (app_in_session(app))
		f = (struct action_filter){
		        .forum = app->forum_id, .meeting = app->meeting.id, .before_meeting = true};
	enum err e = record_actions(app->record, a, &app->viewer, &f, &st->all, &st->n_all);
	f.agency = st->agency;
	f.person = st->person;
	st->row = st->all;
	st->n = st->n_all;
	st->whose = "";
	if (!e && (st->agency || st->person))
		e = record_actions(app->record, a, &app->viewer, &f, &st->row, &st->n);
	for (size_t i = 0; !e && i < st->n_all; i++)
		if (st->person && st->all[i].person == st->person)
			st->whose = st->all[i].owner;
		else if (st->agency && st->all[i].agency == st->agency)
			st->whose = st->all[i].agency_name;
	if (!e && !*st->whose) /* the last of theirs is gone from the list */
		st->agency = st->person = 0;
	if (!e)
		e = record_action_figures(app->record, &app->viewer, app->forum_id, st->agency,
		        st->person, practice_add_months(time_today(), -12), &st->figures);
	return e;
}

/* ---- whose ---- */

static void whose_done(struct app *app, struct sheet *s)
{
	struct actions_state *st = app->state;
	int64_t id = s->row[s->chosen].id;
	bool person = s->row[s->chosen].needs_words;
	st->agency = person ? 0 : id;
	st->person = person ? id : 0;
	st->scroll.offset = 0;
	app->reload = true;
	ui_again(app->ui);
}

static bool is_first_of(const struct actions_state *st, size_t at, bool person)
{
	for (size_t i = 0; i < at; i++)
		if (person ? st->all[i].person == st->all[at].person
		           : st->all[i].agency == st->all[at].agency)
			return false;
	return true;
}

static void whose_open(struct app *app)
{
	struct actions_state *st = app->state;
	struct sheet *s = sheet_open(app, "Whose actions?", NULL, NULL, whose_done, 0);
	sheet_row(s, "people", "Everybody’s", NULL, 0, NULL, false);
	for (int person = 0; person < 2; person++)
		for (size_t i = 0; i < st->n_all; i++) {
			const struct action_row *a = &st->all[i];
			size_t n = 0;
			if (!is_first_of(st, i, person))
				continue;
			for (size_t k = 0; k < st->n_all; k++)
				n += person ? st->all[k].person == a->person
				            : st->all[k].agency == a->agency;
			sheet_row(s, person ? "person" : "table",
			        person ? a->owner : a->agency_name,
			        person ? fmt(app, "%s, %s: %zu", a->agency_name, a->owner_role, n)
			               : fmt(app, "%zu %s", n, n == 1 ? "action" : "actions"),
			        person ? a->person : a->agency, NULL, person);
		}
}

/* ---- the picture ---- */

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
	/* asked with one touch while it is open; its history is one button beside. At 7 inch there
	 * is no room for that: between meetings the row opens the history, where it is asked too */
	bool small = app_small(app), asks = open && (!small || app_in_session(app));
	int more = asks && !small ? m->target + ui_px(ui, 8) : 0;
	if (ui_row_room(ui, r, NULL, a->what, second, true, false, tag_w + more)) {
		if (asks)
			action_ask(app, a);
		else
			action_open(app, a->id, &screen_actions);
	}
	int right = r.x + r.w - m->target;
	if (more && ui_square(ui,
	                    (struct gfx_rect){right - m->target, r.y + (r.h - m->target) / 2,
	                            m->target, m->target},
	                    UI_BARE, "info", "History", false))
		action_open(app, a->id, &screen_actions);
	(void)ui_tag(ui, right - more - tag_w, r.y + (r.h - ui_px(ui, 32)) / 2, kind, icon, tag);
	ui_pop_id(ui);
}

/* In session the first action of each agency has its name above it. */
static bool has_head(const struct actions_state *st, bool session, size_t i)
{
	return session && (i == 0 || st->row[i].agency != st->row[i - 1].agency);
}

static void build(struct app *app, struct ui *ui)
{
	struct actions_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app), session = app_in_session(app);
	int *heights = row_heights(&app->frame, st->n);
	size_t open = 0;
	for (size_t i = 0; i < st->n; i++) {
		open += st->row[i].state == ACTION_OPEN;
		heights[i] = m->row2 + (has_head(st, session, i) ? ui_px(ui, 40) : 0);
	}
	const struct action_figures *f = &st->figures;
	const char *whose = *st->whose ? fmt(app, "%s: ", st->whose) : "";
	page_begin(app, ui, &p, "Actions",
	        small     ? fmt(app, "%s%zu open", whose, open)
	        : session ? fmt(app, "%sfrom earlier meetings: %zu closed, %zu open", whose,
	                            st->n - open, open)
	                  : fmt(app, "%s%zu open, %zu late, %zu carried on", whose, f->open,
	                            f->late, f->carried),
	        NULL);
	if (!session) /* each outcome by itself */
		page_head_text(app, &p,
		        fmt(app, "%zu done, %zu overtaken by circumstances, %zu not done", f->done,
		                f->overtaken, f->not_done),
		        "closed in the last twelve months");
	if (!st->n) {
		ui_empty(ui, ui_panel(ui, p.body), "check", "Every action is done or in time",
		        "Actions of the coming meeting will stand here.");
	} else {
		struct ui_list l;
		struct gfx_rect r;
		size_t i;
		ui_list_begin(ui, &l, p.body, "Actions", &st->scroll, st->n, m->row2, heights);
		ui_fill(ui, l.view, GFX_PANEL);
		while (ui_list_next(ui, &l, &i, &r))
			row(app, ui, r, &st->row[i], has_head(st, session, i));
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
	if (st->n_all && page_button(app, &p, "people",
	                         *st->whose ? st->whose
	                         : small    ? "Whose"
	                                    : "By agency or person",
	                         false))
		whose_open(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_actions = {
        "actions", PLACE_ACTIONS, sizeof(struct actions_state), load, build, NULL, NULL};
