#include "app.h"
#include <stdio.h>
#include <string.h>

/* Decisions and actions of one item: when it is looked at again or why it closes; who will do what
 * by when. */

struct decide_state {
	struct decision_row *decision;
	struct action_row *action;
	struct note_row *note;
	struct person_row *person;
	size_t n_decisions, n_actions, n_notes, n_people;
	int64_t agency, who;
	int32_t due, month, review;
	bool ready, day_tab;
	int tab;
	struct ui_edit what, done_when;
	struct kept kept;
	struct ui_scroll scroll;
	char what_text[WORDS_MAX], done_text[NAME_MAX_BYTES];
};

static enum err load(struct app *app)
{
	struct decide_state *st = app->state;
	struct action_filter f = {.item = app->item_id};
	enum err e = record_actions(
	        app->record, &app->rows, &app->viewer, &f, &st->action, &st->n_actions);
	st->n_decisions = 0;
	if (!e && app->case_id)
		e = record_decisions(app->record, &app->rows, &app->viewer, app->case_id,
		        app->item_id, &st->decision, &st->n_decisions);
	while (!e && st->n_decisions && *st->decision[st->n_decisions - 1].mistake)
		st->n_decisions--; /* those marked in error come last */
	if (!e)
		e = record_notes(app->record, &app->rows, &app->viewer, app->meeting.id,
		        app->item_id, &st->note, &st->n_notes);
	if (st->ready || e)
		return e;
	ui_edit_init(&st->what, st->what_text, sizeof(st->what_text));
	ui_edit_init(&st->done_when, st->done_text, sizeof(st->done_text));
	st->due = DAY_NONE;
	st->month = time_today();
	const char *draft;
	e = record_draft_get(app->record, &app->rows, "action", app->item_id, 0, &draft);
	if (!e)
		ui_edit_set(&st->what, draft);
	st->ready = true;
	return e;
}

static void keep_typed(struct app *app)
{
	struct decide_state *st = app->state;
	if (!st || !st->ready || !app->record || st->kept.changes == st->what.changes)
		return;
	enum err e = record_draft_put(app->record, "action", app->item_id, 0, st->what.text);
	if (e)
		app_fail(app, e, NULL);
	else
		draft_kept(&st->what, &st->kept);
}

/* Working days around a date: the next meeting when it is known, else four weeks on. */
static int32_t next_meeting_day(const struct app *app)
{
	return app->meeting.next_day != DAY_NONE ? app->meeting.next_day : app->meeting.day + 28;
}

/* ---- decisions ---- */

static void stays_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_DECIDE};
	c.u.decide.item = app->item_id;
	c.u.decide.review = s->day_value;
	c.u.decide.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void stays_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "When is it looked at again?",
	        "The case stays open. The next meeting is marked when its date is known.",
	        "Keep the decision", stays_done, 0);
	sheet_day(s, next_meeting_day(app), app->meeting.day + 1);
	sheet_words(s, "Decision in words", false, "");
}

static void closes_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_DECIDE};
	c.u.decide.item = app->item_id;
	c.u.decide.closes = true;
	c.u.decide.review = DAY_NONE;
	c.u.decide.outcome = s->row[s->chosen].key;
	c.u.decide.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void closes_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "With what outcome does the case close?",
	        "It stays in the record and can come back.", "Close the case", closes_done, 0);
	sheet_list(app, s, "case-closed");
	sheet_words(s, "Reason", true, "");
}

static void dissent_words(struct app *app, struct sheet *s)
{
	struct decide_state *st = app->state;
	struct command c = {.kind = CMD_DECIDE};
	if (!st->n_decisions)
		return;
	const struct decision_row *d = &st->decision[0];
	c.u.decide.item = app->item_id;
	c.u.decide.closes = d->closes;
	c.u.decide.review = d->review;
	c.u.decide.words = d->words;
	c.u.decide.dissent = s->edit.text;
	c.u.decide.dissent_agency = s->arg;
	if (d->closes) { /* the outcome's id, by its label */
		const struct practice_list *l = practice_list(app->practice, "case-closed");
		for (size_t i = 0; i < l->n; i++)
			if (strcmp(l->entry[i].label, d->outcome) == 0)
				c.u.decide.outcome = l->entry[i].id;
	}
	(void)app_do(app, &c, NULL);
}

static void dissent_agency(struct app *app, struct sheet *s)
{
	int64_t agency = s->row[s->chosen].id;
	struct sheet *n =
	        sheet_open(app, fmt(app, "What does %s want instead?", s->row[s->chosen].label),
	                "It stands in the minutes beside the decision.", "Keep the dissent",
	                dissent_words, agency);
	sheet_words(n, "Dissent", true, "");
}

static void dissent_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who disagrees?", NULL, NULL, dissent_agency, 0);
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].state == SEAT_SIGNED && app->seat[i].agency &&
		        app->seat[i].standing <= STANDING_DEPUTY)
			sheet_row(s, "person", app->seat[i].agency_name, app->seat[i].role,
			        app->seat[i].agency, NULL, false);
}

enum { DO_STAYS, DO_CLOSES, DO_DISSENT, DO_MISTAKE };

static void change_done(struct app *app, struct sheet *s)
{
	struct decide_state *st = app->state;
	switch (s->row[s->chosen].id) {
	case DO_STAYS:
		stays_open(app);
		break;
	case DO_CLOSES:
		closes_open(app);
		break;
	case DO_DISSENT:
		dissent_open(app);
		break;
	case DO_MISTAKE:
		if (st->n_decisions)
			mistake_open(app, "decision", st->decision[0].id);
		break;
	}
}

static void change_open(struct app *app)
{
	struct decide_state *st = app->state;
	struct sheet *s = sheet_open(app, "What is decided?", NULL, NULL, change_done, 0);
	sheet_row(s, "repeat", "It stays open", "With the day it is looked at again", DO_STAYS,
	        NULL, false);
	sheet_row(s, "done", "It closes", "With outcome and reason", DO_CLOSES, NULL, false);
	if (st->n_decisions)
		sheet_row(s, "no-share", "An agency disagrees", "Kept beside the decision",
		        DO_DISSENT, NULL, false);
	if (st->n_decisions)
		sheet_row(s, "warning", "It was made in error",
		        "It stays, marked; the one before it holds", DO_MISTAKE, NULL, false);
}

/* ---- notes, for items that are no case ---- */

static void note_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_NOTE};
	c.u.note.item = app->item_id;
	c.u.note.agency = s->chosen >= 0 ? s->row[s->chosen].id : 0;
	c.u.note.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void note_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who said it?", NULL, "Keep the note", note_done, 0);
	sheet_row(s, "person", "The chair", NULL, 0, NULL, false);
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].state == SEAT_SIGNED && app->seat[i].agency)
			sheet_row(s, "person", app->seat[i].agency_name, app->seat[i].role,
			        app->seat[i].agency, NULL, false);
	sheet_words(s, "What was said", true, "");
}

static void next_day_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MEETING_NEXT};
	struct time_local l;
	time_to_local(app->meeting.starts_us, &l);
	c.u.next.meeting = app->meeting.id;
	c.u.next.day = s->day_value;
	c.u.next.hour = l.hour;
	c.u.next.minute = l.minute;
	(void)app_do(app, &c, NULL);
}

void next_day_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "When is the next meeting?", "At the same time of day.",
	        "Keep the date", next_day_done, 0);
	sheet_day(s,
	        app->meeting.next_day != DAY_NONE ? app->meeting.next_day : app->meeting.day + 28,
	        app->meeting.day + 1);
}

/* ---- the new action ---- */

static void agency_done_(struct app *app, struct sheet *s)
{
	struct decide_state *st = app->state;
	int64_t seat = s->row[s->chosen].id;
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].id == seat) {
			st->agency = app->seat[i].agency;
			st->who = app->seat[i].person;
		}
}

/* Only people signed in can be chosen (R33). */
static void owner_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who will do it?",
	        "Only people who signed in can take an action.", NULL, agency_done_, 0);
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].signed_us != TIME_NONE && app->seat[i].agency &&
		        app->seat[i].standing < STANDING_OBSERVER)
			sheet_row(s, "person", app->seat[i].agency_name,
			        fmt(app, "%s, %s", app->seat[i].name, app->seat[i].role),
			        app->seat[i].id, NULL, false);
}

static const struct seat_row *owner(const struct app *app)
{
	const struct decide_state *st = app->state;
	for (size_t i = 0; i < app->n_seats; i++)
		if (st->agency && app->seat[i].agency == st->agency &&
		        app->seat[i].person == st->who)
			return &app->seat[i];
	return NULL;
}

static void keep_action(struct app *app)
{
	struct decide_state *st = app->state;
	struct command c = {.kind = CMD_ACTION_ADD};
	c.u.action.item = app->item_id;
	c.u.action.agency = st->agency;
	c.u.action.person = st->who;
	c.u.action.what = st->what.text;
	c.u.action.done_when = st->done_when.text;
	c.u.action.due = st->due;
	c.u.action.review = next_meeting_day(app);
	if (!app_do(app, &c, NULL))
		return;
	ui_edit_set(&st->what, "");
	ui_edit_set(&st->done_when, "");
	err_ignore(record_draft_put(app->record, "action", app->item_id, 0, ""));
	st->agency = st->who = 0;
	st->due = DAY_NONE;
	st->tab = 1; /* 7 inch: there it stands now */
	ui_focus(app->ui, NULL);
}

static const char *lack(const struct decide_state *st)
{
	if (!st->what.len)
		return "Say what will be done";
	if (!st->agency)
		return "Say who will do it: an agency and a person";
	if (st->due == DAY_NONE)
		return "Choose the day it is due";
	return NULL;
}

static void day_part(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct decide_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	const char *note = holiday_note(app, st->month);
	struct gfx_rect foot = ui_cut_bottom(&r, ui_line_h(ui, GFX_CAPTION) * (*note ? 2 : 1) + 8),
	                quick = ui_cut_bottom(&r, m->target);
	ui_cut_bottom(&r, ui_px(ui, 14));
	(void)ui_calendar(
	        ui, r, &st->month, &st->due, app->meeting.next_day, off_day, app->practice);
	static const char *const QUICK[] = {"24 hours", "2 weeks", "Next time"};
	int32_t day[] = {app->meeting.day + 1, app->meeting.day + 14, next_meeting_day(app)};
	for (int i = 0; i < 3; i++)
		if (ui_button(ui, ui_column(quick, i, 3, ui_px(ui, 12)),
		            st->due == day[i] ? UI_CHOSEN : UI_NORMAL, NULL, QUICK[i], false)) {
			st->due = st->month = day[i];
			ui_again(ui);
		}
	ui_cut_top(&foot, 8);
	ui_label(ui, ui_cut_top(&foot, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_TEXT, UI_LEFT,
	        st->due == DAY_NONE ? "Due: choose a day"
	                            : fmt(app, "Due %s", fmt_day(app, st->due, DAY_WEEKDAY)));
	if (*note)
		ui_label(ui, foot, GFX_CAPTION, GFX_TEXT2, UI_LEFT, note);
}

static void form_part(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct decide_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	const struct seat_row *o = owner(app);
	int label = ui_line_h(ui, GFX_CAPTION) + 8, gap = ui_px(ui, 12),
	    tall = label + ui_px(ui, 84);
	if (app_small(app)) { /* agency and person side by side */
		gap = 8;
		if (ui_keyboard_h(
		            ui)) { /* the sheet of the field that is typed in lies over both */
			(void)ui_field(ui, ui_line(r, 0, 2, 4), "What", &st->what, UI_FIELD_LINES,
			        "", false);
			(void)ui_field(
			        ui, ui_line(r, 1, 2, 4), "Done when", &st->done_when, 0, "", false);
			return;
		}
		int row = label + m->target, spare = r.h - 3 * row - 2 * gap;
		(void)ui_labelled_field(ui,
		        ui_inset(ui_cut_top(&r, row + (spare > 0 ? spare : 0)), 2, 0), "What",
		        &st->what, UI_FIELD_LINES, "Verb first: visit, write, fit", NULL);
		ui_cut_top(&r, gap);
		struct gfx_rect two = ui_cut_top(&r, row);
		if (ui_labelled_value(ui, ui_column(two, 0, 2, 12), "Agency",
		            o ? o->agency_name : "Choose an agency", o != NULL) ||
		        ui_labelled_value(ui, ui_column(two, 1, 2, 12), "Person, signed in now",
		                o ? o->role : "Choose a person", o != NULL))
			owner_open(app);
		ui_cut_top(&r, gap);
		if (r.h >= row) /* not beside the minute taker's pad */
			(void)ui_labelled_field(ui, ui_inset(ui_cut_top(&r, row), 2, 0),
			        "Done when", &st->done_when, 0, "For example: order number", NULL);
		return;
	}
	(void)ui_labelled_field(ui, ui_cut_top(&r, tall), "What", &st->what, UI_FIELD_LINES,
	        "Verb first: visit, write, fit", NULL);
	ui_cut_top(&r, gap);
	if (ui_labelled_value(ui, ui_cut_top(&r, label + m->target), "Agency",
	            o ? o->agency_name : "Choose an agency", o != NULL))
		owner_open(app);
	ui_cut_top(&r, gap);
	if (ui_labelled_value(ui, ui_cut_top(&r, label + m->target), "Person, signed in now",
	            o ? o->role : "Choose a person", o != NULL))
		owner_open(app);
	ui_cut_top(&r, gap);
	if (r.h >= label + m->target)
		(void)ui_labelled_field(ui, ui_cut_top(&r, label + m->target), "Done when",
		        &st->done_when, 0, "For example: order number", NULL);
}

/* ---- left column ---- */

static void decision_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct decide_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect in = ui_panel(ui, r), head = in;
	ui_panel_head(ui, &in, "decision", "Decision", NULL);
	const char *act = "Change"; /* at 7 inch it is in the bar */
	head.h = ui_px(ui, 52);
	struct gfx_rect b = ui_cut_right(&head, ui_button_w(ui, "edit", act, false));
	b.y -= (m->target - b.h) / 2 - 2;
	b.h = m->target - 4 < b.h + 8 ? m->target - 4 : b.h + 8;
	b = (struct gfx_rect){b.x - 4, r.y, b.w, m->target};
	if (st->n_decisions && !app_small(app) && ui_button(ui, b, UI_LINK, "edit", act, false))
		change_open(app);
	in = ui_inset(in, ui_px(ui, 16), ui_px(ui, 10));
	if (!st->n_decisions) {
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT2,
		        "Not decided yet. It stays open with a day to look at it again, or it "
		        "closes.",
		        0);
		return;
	}
	const struct decision_row *d = &st->decision[0];
	const char *text = d->closes ? fmt(app, "Closes: %s. %s", d->outcome, d->words)
	                             : fmt(app, "Stays open. Reviewed again on %s. %s",
	                                       fmt_day(app, d->review, DAY_MONTH), d->words);
	ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT, text, 0) + 6);
	/* each agency that disagreed, also when the decision was kept again since */
	const char *all = "", *who = "";
	for (size_t i = st->n_decisions; i-- > 0;)
		if (*st->decision[i].dissent) {
			all = fmt(app, "%s%s%s disagrees: %s", all, *all ? " " : "",
			        st->decision[i].dissent_agency, st->decision[i].dissent);
			who = fmt(app, "%s%s%s", who, *who ? ", " : "",
			        st->decision[i].dissent_agency);
		}
	if (*all && ui_wrap_h(ui, in.w - 30, GFX_CAPTION, all, 0) > in.h)
		all = fmt(app, "In the minutes, disagrees: %s.", who);
	if (*all && ui_wrap_h(ui, in.w - 30, GFX_CAPTION, all, 0) <= in.h) {
		ui_icon(ui, (struct gfx_rect){in.x, in.y, 24, ui_line_h(ui, GFX_CAPTION)}, "info",
		        20, GFX_TEXT);
		ui_cut_left(&in, 30);
		ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT, all, 0);
	}
}

static void notes_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct decide_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r);
	ui_panel_head(ui, &in, "minutes", "Said under this item", fmt(app, "%zu", st->n_notes));
	in = ui_inset(in, ui_px(ui, 16), ui_px(ui, 10));
	if (!st->n_notes)
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT2,
		        "Nothing noted yet. Add what the minutes should hold.", 0);
	for (size_t i = st->n_notes; i-- > 0 && in.h > ui_line_h(ui, GFX_BODY) * 2;) {
		const struct note_row *n = &st->note[i];
		int h = ui_line_h(ui, GFX_CAPTION_B) + ui_wrap_h(ui, in.w, GFX_BODY, n->words, 3);
		struct gfx_rect hit = {
		        in.x, in.y, in.w, h > ui_m(ui)->target ? h : ui_m(ui)->target};
		if (hit.h > in.h)
			break;
		ui_push_id(ui, n->id);
		if (ui_hit(ui, hit, UI_ROLE_ROW, fmt(app, "Note of %s", n->speaker), 0) &&
		        !*n->mistake)
			note_mend_open(app, n);
		ui_label(ui, (struct gfx_rect){in.x, in.y, in.w, ui_line_h(ui, GFX_CAPTION_B)},
		        GFX_CAPTION_B, GFX_TEXT, UI_LEFT,
		        *n->mistake    ? fmt(app, "%s, marked in error", n->speaker)
		        : n->corrected ? fmt(app, "%s, corrected", n->speaker)
		                       : n->speaker);
		in.y += ui_line_h(ui, GFX_CAPTION_B);
		ui_wrap(ui, in, GFX_BODY, *n->mistake ? GFX_TEXT2 : GFX_TEXT, n->words, 3);
		in.y -= ui_line_h(ui, GFX_CAPTION_B);
		ui_pop_id(ui);
		ui_cut_top(&in, hit.h + ui_px(ui, 14));
	}
}

static void actions_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct decide_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	size_t i;
	ui_panel_head(ui, &in, "check", "Actions in this item", fmt(app, "%zu", st->n_actions));
	if (!st->n_actions) {
		ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
		        "No actions in this item yet. Ask who will do what, then add it here.", 0);
		return;
	}
	ui_list_begin(ui, &l, in, "Actions in this item", &st->scroll, st->n_actions,
	        ui_m(ui)->row2 + 12, NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct action_row *a = &st->action[i];
		struct gfx_rect c = ui_inset(row, ui_px(ui, 16), 0);
		const char *due = fmt_day(app, a->due, DAY_SHORT);
		ui_push_id(ui, a->id);
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_label(ui, ui_cut_right(&c, ui_text_w(ui, GFX_CAPTION, due)), GFX_CAPTION,
		        GFX_TEXT, UI_RIGHT, due);
		ui_cut_right(&c, 8);
		int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
		    top = c.y + (c.h - h - h2) / 2;
		ui_elide(ui, (struct gfx_rect){c.x, top, c.w, h}, GFX_BODY_B, GFX_TEXT, UI_LEFT,
		        a->what);
		ui_elide(ui, (struct gfx_rect){c.x, top + h, c.w, h2}, GFX_CAPTION, GFX_TEXT2,
		        UI_LEFT, fmt(app, "%s, %s", a->agency_name, a->owner_role));
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
}

static void item_is_done(struct app *app)
{
	struct command c = {.kind = CMD_ITEM_DONE};
	c.u.item.item = app->item_id;
	if (app_do(app, &c, NULL))
		app_go(app, &screen_agenda);
}

static void build(struct app *app, struct ui *ui)
{
	struct decide_state *st = app->state;
	const struct item_row *item = app_item(app, app->item_id);
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app);
	if (!st->ready || !item || item->sight < SIGHT_ANON) {
		app_go_back_to(app, app->case_id ? &screen_case : &screen_agenda, &screen_agenda);
		return;
	}
	page_begin(app, ui, &p, item->case_id ? "Decisions and actions" : item->title, NULL,
	        item->case_id ? &screen_case : &screen_agenda);
	page_timer(app, &p);
	if (item->case_id)
		page_head_text(app, &p, item->title, fmt(app, "item %d", item->number));
	struct gfx_rect r = p.body;
	if (draft_due(&st->what, &st->kept))
		keep_typed(app);
	const char *missing = lack(st);
	bool writing = st->what.len > 0;
	if (small) {
		const char *const TAB[] = {
		        item->case_id ? "Decision" : "Said", "Actions", "New action", "Due"};
		(void)ui_tabs(ui, ui_cut_top(&r, m->target), TAB, 4, &st->tab);
		ui_cut_top(&r, 8);
		if (st->tab == 0 && item->case_id)
			decision_panel(app, ui, r);
		else if (st->tab == 0)
			notes_panel(app, ui, r);
		else if (st->tab == 1)
			actions_panel(app, ui, r);
		else if (st->tab == 2)
			form_part(app, ui, r);
		else
			day_part(app, ui, r);
	} else {
		struct gfx_rect left = ui_cut_left(&r, ui_px(ui, app_wide(app) ? 560 : 356)),
		                top = ui_cut_top(&left, left.h * 38 / 100);
		ui_cut_left(&r, ui_px(ui, 16));
		ui_cut_top(&left, ui_px(ui, 12));
		if (item->case_id)
			decision_panel(app, ui, top);
		else
			notes_panel(app, ui, top);
		actions_panel(app, ui, left);
		struct gfx_rect in = ui_panel(ui, r);
		ui_panel_head(ui, &in, "plus", "New action", "volunteered by the owner");
		struct gfx_rect form =
		        ui_cut_left(&in, app_wide(app) ? in.w - ui_px(ui, 640) : ui_px(ui, 330));
		if (in.h > ui_px(ui, 640)) /* days as large as fingers need, and no larger */
			in.h = ui_px(ui, 640);
		ui_fill(ui, ui_cut_left(&in, 1), GFX_HAIR);
		form_part(app, ui, ui_inset(form, ui_px(ui, 16), ui_px(ui, 10)));
		day_part(app, ui, ui_inset(in, ui_px(ui, 14), ui_px(ui, 10)));
	}
	ui_push_id(ui, 7);
	if (writing) {
		if (page_primary(app, &p, "check", small ? "Keep" : "Keep action", missing != NULL,
		            missing))
			keep_action(app);
	} else if (item->state == ITEM_DONE) {
		if (page_primary(app, &p, "agenda", "Agenda", false, ""))
			app_go(app, &screen_agenda);
	} else if (item->case_id && !st->n_decisions) {
		if (page_primary(
		            app, &p, "decision", small ? "Decide" : "Decide the case", false, ""))
			change_open(app);
	} else if (page_primary(app, &p, "done", small ? "Done" : "Item is done", false, "")) {
		ui_pop_id(ui);
		item_is_done(app);
		return;
	}
	ui_pop_id(ui);
	if (small && st->tab == 0 && st->n_decisions &&
	        page_button(app, &p, "edit", "Change", false))
		change_open(app);
	if (!item->case_id && page_button(app, &p, "edit", "Note", false))
		note_open(app);
	if (item->kind == AGENDA_PAPER && app->meeting.type->reports &&
	        page_button(app, &p, "chart", small ? "Plan" : "Plan and progress", false))
		app_go_back_to(app, &screen_progress, &screen_decide);
	if (item->kind == AGENDA_NEXT &&
	        page_button(app, &p, "calendar", small ? "Date" : "Date of next meeting", false))
		next_day_open(app);
	page_end(app, &p, "Done", false);
	if (ui_submitted(ui, &st->what) || ui_submitted(ui, &st->done_when))
		ui_focus(ui, NULL);
}

const struct screen_ops screen_decide = {
        "decide", PLACE_ACTIONS, sizeof(struct decide_state), load, build, keep_typed, NULL};
