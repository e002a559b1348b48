#include "case.h"
#include <string.h>

/*
 * Any other business, around the table: each agency that is here is asked in turn. It says
 * something, takes an action, or has nothing, and who has not been asked yet is seen.
 */

struct around_state {
	struct note_row *note;
	struct share_row *share;
	struct action_row *action;
	size_t n_notes, n_shares, n_actions;
	struct ui_scroll scroll;
};

static enum err load(struct app *app)
{
	struct around_state *st = app->state;
	struct action_filter f = {.item = app->item_id};
	struct arena *a = &app->rows;
	st->n_notes = st->n_shares = st->n_actions = 0;
	if (!app->item_id || !app->meeting.id)
		return ERR_OK;
	enum err e = record_notes(app->record, a, &app->viewer, app->meeting.id, app->item_id,
	        &st->note, &st->n_notes);
	if (!e)
		e = record_shares(
		        app->record, a, &app->viewer, 0, app->item_id, &st->share, &st->n_shares);
	if (!e)
		e = record_actions(app->record, a, &app->viewer, &f, &st->action, &st->n_actions);
	return e;
}

/* ---- acts ---- */

static void said_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_NOTE};
	c.u.note.item = app->item_id;
	c.u.note.agency = s->arg;
	c.u.note.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void said_open(struct app *app, int64_t agency, const char *name)
{
	struct sheet *s = sheet_open(app, fmt(app, "What does %s say?", name),
	        "It stands in the minutes under this item.", "Keep", said_done, agency);
	sheet_words(s, "What is said", true, "");
}

static void notes_and_actions(struct app *app)
{
	app_go_back_to(app, &screen_decide, &screen_around);
}

enum { SAYS, TAKES };

static void seat_done(struct app *app, struct sheet *s)
{
	if (s->row[s->chosen].id == TAKES) {
		notes_and_actions(app);
		return;
	}
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].agency == s->arg) {
			said_open(app, s->arg, app->seat[i].agency_name);
			return;
		}
	said_open(app, 0, "the chair");
}

static void seat_open(struct app *app, int64_t agency, const char *name)
{
	struct sheet *s = sheet_open(app, name, NULL, NULL, seat_done, agency);
	sheet_row(s, "speaking", "Says something", "Kept with who said it", SAYS, NULL, false);
	sheet_row(s, "plus", "Takes an action", "Who, what and by when", TAKES, NULL, false);
}

/* ---- the picture ---- */

/* What the agency has done so far under this item: the newest words, or "". */
static const char *so_far(struct app *app, const struct seat_row *s, bool *ret_asked)
{
	struct around_state *st = app->state;
	const char *words = "";
	size_t actions = 0, said = 0;
	bool none = false;
	for (size_t i = 0; i < st->n_notes; i++)
		if (strcmp(st->note[i].speaker, s->agency_name) == 0) {
			words = st->note[i].words;
			said++;
		}
	for (size_t i = 0; i < st->n_shares; i++) {
		if (st->share[i].agency != s->agency)
			continue;
		none |= st->share[i].what == SHARE_NOTHING;
		if (st->share[i].what == SHARE_WORDS)
			words = st->share[i].words;
		said += st->share[i].what == SHARE_WORDS;
	}
	for (size_t i = 0; i < st->n_actions; i++)
		actions += st->action[i].agency == s->agency;
	*ret_asked = said || actions || none;
	const char *act = actions == 0   ? ""
	                  : actions == 1 ? "Takes an action. "
	                                 : fmt(app, "Takes %zu actions. ", actions);
	if (said || actions)
		return fmt(app, "%s%s", act, words);
	return none ? "Has nothing" : "Not asked yet";
}

/* An agency is asked once, however many of it sit here. */
static bool is_asked_here(const struct app *app, size_t at)
{
	const struct seat_row *s = &app->seat[at];
	if (s->state != SEAT_SIGNED || !s->agency)
		return false;
	for (size_t i = 0; i < at; i++)
		if (app->seat[i].agency == s->agency && app->seat[i].state == SEAT_SIGNED)
			return false;
	return true;
}

static void item_is_done(struct app *app)
{
	struct command c = {.kind = CMD_ITEM_DONE};
	c.u.item.item = app->item_id;
	if (app_do(app, &c, NULL))
		app_go(app, &screen_agenda);
}

static bool row(
        struct app *app, struct ui *ui, struct gfx_rect r, const struct seat_row *s, bool table)
{
	const struct ui_metrics *m = ui_m(ui);
	bool asked;
	const char *words = so_far(app, s, &asked);
	int w = asked || !table ? 0 : ui_button_w(ui, NULL, "Nothing", false);
	ui_push_id(ui, s->id);
	if (ui_row_room(ui, r, asked ? "done" : "waiting", s->agency_name, words, table, false,
	            w ? w + ui_px(ui, 12) : 0) &&
	        table)
		seat_open(app, s->agency, s->agency_name);
	if (w) {
		struct gfx_rect b = {r.x + r.w - m->target - w - ui_px(ui, 12),
		        r.y + (r.h - m->target) / 2, w, m->target};
		if (ui_button(ui, b, UI_NORMAL, NULL, "Nothing", false))
			case_says_nothing(app, s->agency);
	}
	ui_pop_id(ui);
	return asked;
}

static void build(struct app *app, struct ui *ui)
{
	struct around_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	const struct item_row *item = app_item(app, app->item_id);
	struct page p;
	bool small = app_small(app), asked;
	size_t at[PRACTICE_MAX], n = 0, waiting = 0, i;
	if (!item || !app->meeting.id) {
		app_go(app, app->meeting.id ? &screen_agenda : &screen_home);
		return;
	}
	bool table = app->meeting.table_item == item->id && app->meeting.state == MEETING_SESSION;
	for (i = 0; i < app->n_seats && n < PRACTICE_MAX; i++)
		if (is_asked_here(app, i)) {
			(void)so_far(app, &app->seat[i], &asked);
			waiting += !asked;
			at[n++] = i;
		}
	page_begin(app, ui, &p, item->title,
	        small     ? NULL
	        : waiting ? fmt(app, "around the table: %zu of %zu asked", n - waiting, n)
	                  : "around the table: everybody was asked",
	        &screen_agenda);
	page_timer(app, &p);
	if (!n) {
		ui_empty(ui, ui_panel(ui, p.body), "people", "Nobody who has signed is in the room",
		        "Bring somebody back at the seats, or go back to the agenda.");
	} else {
		struct ui_list l;
		struct gfx_rect r;
		ui_list_begin(
		        ui, &l, p.body, "Around the table", &st->scroll, n, m->row2 + 6, NULL);
		ui_fill(ui, l.view, GFX_PANEL);
		while (ui_list_next(ui, &l, &i, &r))
			(void)row(app, ui, r, &app->seat[at[i]], table);
		ui_list_end(ui, &l);
		page_pages(app, &p, &l);
	}
	if (item->state == ITEM_DONE) {
		if (page_primary(app, &p, "agenda", "Agenda", false, ""))
			app_go(app, &screen_agenda);
	} else if (table &&
	           page_primary(app, &p, "done", small ? "Done" : "Item is done", false,
	                   !waiting       ? ""
	                   : waiting == 1 ? "One has not been asked"
	                                  : fmt(app, "%zu have not been asked", waiting))) {
		item_is_done(app);
		return;
	}
	if (table && page_button(app, &p, "edit", small ? "Chair" : "The chair says", false))
		said_open(app, 0, "the chair");
	if (page_button(app, &p, "check", small ? "Notes" : "Notes and actions", false))
		notes_and_actions(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_around = {
        "around", PLACE_AGENDA, sizeof(struct around_state), load, build, NULL, NULL};
