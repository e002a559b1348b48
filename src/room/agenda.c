#include "app.h"
#include "caseroom/record_sharing.h"
#include <stdio.h>
#include <string.h>

/* The agenda in session: old actions first, cases with children, then adult cases; what is held
 * back is hatched. */

struct agenda_state {
	int heights[256];
	const char *band[256], *band2[256];
	int64_t chosen;
	const char *needed_for; /* what the case that is being added needs the table for */
	char title[WORDS_MAX];  /* of the urgent item that is being added */
	bool placed;            /* the item that is next was brought into view once */
	struct listed_row *told;
	size_t n_told;
	size_t asked, answered; /* agencies asked for research, and how many have answered all */
	struct ui_scroll scroll;
};

static enum err load(struct app *app)
{
	struct agenda_state *st = app->state;
	struct answered_row *g;
	size_t n;
	st->n_told = st->asked = st->answered = 0;
	if (!app->meeting.id)
		return ERR_OK;
	enum err e = record_listed(
	        app->record, &app->rows, &app->viewer, app->meeting.id, &st->told, &st->n_told);
	if (!e)
		e = record_answered(app->record, &app->rows, &app->viewer, app->meeting.id, &g, &n);
	for (size_t i = 0; !e && i < n; i++) {
		st->asked++;
		st->answered += g[i].returned == g[i].cases;
	}
	return e;
}

static bool is_case(const struct item_row *i)
{
	return i->kind == AGENDA_CASE && i->state != ITEM_REMOVED;
}

/* A band stands above the first case with children and above the first without, where they are
 * taken in that order. */
static void bands(struct app *app, struct agenda_state *st)
{
	int last_child = 0;
	const char *before = NULL;
	for (size_t i = 0; i < app->n_items; i++)
		if (is_case(&app->item[i]) && app->item[i].children)
			last_child = app->item[i].number;
	for (size_t i = 0; i < app->n_items && i < COUNT_OF(st->band); i++) {
		const struct item_row *t = &app->item[i];
		const char *b = !is_case(t) || !app->meeting.type->children_first ? NULL
		                : t->number <= last_child ? "Cases with children"
		                                          : "Adult cases";
		st->band[i] = b && (!before || strcmp(b, before) != 0) ? b : NULL;
		st->band2[i] =
		        st->band[i] && b[0] == 'C'
		                ? fmt(app, "their agencies may leave after item %d", last_child)
		                : "";
		before = b ? b : before;
	}
}

static void item_command(struct app *app, enum command_kind kind, int64_t item, const char *reason,
        const char *words)
{
	struct command c = {.kind = kind};
	c.u.item.item = item;
	c.u.item.reason = reason;
	c.u.item.words = words;
	(void)app_do(app, &c, NULL);
}

static void defer_done(struct app *app, struct sheet *s)
{
	item_command(app, CMD_ITEM_DEFER, s->arg, s->row[s->chosen].key, s->edit.text);
}

static void remove_done(struct app *app, struct sheet *s)
{
	item_command(app, CMD_ITEM_REMOVE, s->arg, s->row[s->chosen].key, s->edit.text);
}

static void move(struct app *app, int64_t item, int by)
{
	struct command c = {.kind = CMD_ITEM_MOVE};
	c.u.move.item = item;
	c.u.move.by = by;
	(void)app_do(app, &c, NULL);
}

static void open_item(struct app *app, const struct item_row *i)
{
	int64_t id = i->id, kase = i->case_id;
	enum agenda_kind kind = i->kind;
	if (app->meeting.table_item != id && i->state != ITEM_DONE) {
		struct command c = {.kind = CMD_ITEM_OPEN};
		c.u.item.item = id;
		if (!app_do(app, &c, NULL))
			return;
	}
	if (kase) {
		case_open(app, id, kase);
		return;
	}
	app->item_id = id;
	app->case_id = 0;
	if (kind == AGENDA_MINUTES || kind == AGENDA_ACTIONS)
		app_go(app, kind == AGENDA_MINUTES ? &screen_minutes : &screen_actions);
	else
		app_go_back_to(app, kind == AGENDA_OTHER ? &screen_around : &screen_decide,
		        &screen_agenda);
}

void go_on_to(struct app *app, enum agenda_kind kind)
{
	for (size_t i = 0; i < app->n_items; i++)
		if (app->item[i].kind == kind && app->item[i].state < ITEM_DONE) {
			open_item(app, &app->item[i]);
			return;
		}
	app_go(app, &screen_agenda);
}

static void defer_open(struct app *app, const struct item_row *i, const char *proposed)
{
	struct sheet *s = sheet_open(app, fmt(app, "Why is item %d deferred?", i->number),
	        "It comes back at the next meeting.", "Defer it", defer_done, i->id);
	sheet_list(app, s, "deferred");
	sheet_words(s, "More about it", false, "");
	for (size_t k = 0; proposed && k < s->n; k++)
		if (strcmp(s->row[k].key, proposed) == 0)
			s->chosen = (int)k;
}

/* The referrer is not here and nobody was briefed: a deferral is proposed, and people decide (R7).
 */
static const char *unbriefed_words(struct app *app, const struct item_row *i)
{
	return fmt(app, "%s referred it, is not here and sent nothing", i->unbriefed);
}

static void unbriefed_done(struct app *app, struct sheet *s)
{
	const struct item_row *i = app_item(app, s->arg);
	if (!i)
		return;
	if (s->row[s->chosen].id)
		defer_open(app, i, "referrer-absent");
	else
		open_item(app, i);
}

/* What the chair asks for: an item of nobody who could speak to it is not simply opened. */
static void open_asked(struct app *app, const struct item_row *i)
{
	if (!*i->unbriefed || i->state != ITEM_WAITING || i->sight < SIGHT_ANON) {
		open_item(app, i);
		return;
	}
	struct sheet *s = sheet_open(app, fmt(app, "Item %d: %s", i->number, i->title),
	        fmt(app, "%s.", unbriefed_words(app, i)), NULL, unbriefed_done, i->id);
	sheet_row(s, "defer", "Defer it to the next meeting", "The reason is filled in", 1, NULL,
	        false);
	sheet_row(s, "case", "Go on all the same", "Others can speak to it", 0, NULL, false);
}

enum { DO_OPEN, DO_DEFER, DO_REMOVE, DO_UP, DO_DOWN };

static void item_done(struct app *app, struct sheet *s)
{
	const struct item_row *i = app_item(app, s->arg);
	struct sheet *n;
	if (!i)
		return;
	switch (s->row[s->chosen].id) {
	case DO_OPEN:
		open_item(app, i);
		break;
	case DO_DEFER:
		defer_open(app, i, *i->unbriefed ? "referrer-absent" : NULL);
		break;
	case DO_REMOVE:
		n = sheet_open(app, fmt(app, "Why is item %d taken off?", i->number),
		        "The reason is minuted.", "Take it off", remove_done, i->id);
		sheet_list(app, n, "case-removed");
		sheet_words(n, "More about it", false, "");
		break;
	case DO_UP:
		move(app, i->id, -1);
		break;
	case DO_DOWN:
		move(app, i->id, 1);
		break;
	}
}

/* Papers and other items come back at the next meeting too; what every agenda has does anyway. */
static bool can_be_put_off(const struct item_row *i)
{
	return i->state < ITEM_DONE && i->sight >= SIGHT_ANON &&
	       (i->kind == AGENDA_CASE || i->kind == AGENDA_PAPER || i->kind == AGENDA_OTHER);
}

static void item_sheet(struct app *app, const struct item_row *i)
{
	bool session = app_in_session(app);
	if (app->meeting.state >= MEETING_CLOSING ||
	        (!session && (i->state != ITEM_WAITING || i->sight < SIGHT_ANON))) {
		app_fail(app, ERR_REFUSED,
		        &(struct why){"The meeting is not in session. Open it and sign in first."});
		return;
	}
	struct sheet *s = sheet_open(app, fmt(app, "Item %d: %s", i->number, i->title),
	        i->sight >= SIGHT_ANON ? i->second : NULL, NULL, item_done, i->id);
	if (session)
		sheet_row(s, "case",
		        i->state == ITEM_DONE    ? "Look at it again"
		        : i->state == ITEM_TABLE ? "Go back to it"
		                                 : "Put it on the table",
		        *i->unbriefed ? unbriefed_words(app, i) : NULL, DO_OPEN, NULL, false);
	if (session && can_be_put_off(i)) {
		sheet_row(s, "defer", "Defer it to the next meeting",
		        *i->unbriefed ? "Proposed: its referrer is absent and nobody was briefed"
		                      : "With a reason",
		        DO_DEFER, NULL, false);
		sheet_row(s, "close", "Take it off the agenda", "With a reason", DO_REMOVE, NULL,
		        false);
	}
	if (i->state == ITEM_WAITING && i->sight >= SIGHT_ANON) {
		sheet_row(s, "up", "Move it up", NULL, DO_UP, NULL, false);
		sheet_row(s, "down", "Move it down", NULL, DO_DOWN, NULL, false);
	}
}

/* ---- agencies for children may leave ---- */

static bool is_for_children(const struct app *app, const struct seat_row *s)
{
	const struct practice_type *t = app->meeting.type;
	for (size_t i = 0; i < t->n_children_kinds; i++)
		if (s->state == SEAT_SIGNED && strcmp(s->kind, t->children_kind[i]) == 0)
			return true;
	return false;
}

/* The last case with children is done, others wait, and somebody is here who came for them. */
static bool children_may_leave(const struct app *app)
{
	size_t with = 0, without = 0;
	if (!app_in_session(app) || !app->meeting.type->children_first ||
	        app->children_stay == app->meeting.id)
		return false;
	for (size_t i = 0; i < app->n_items; i++) {
		const struct item_row *t = &app->item[i];
		if (!is_case(t))
			continue;
		if (t->children && t->state < ITEM_DONE)
			return false;
		with += t->children > 0;
		without += t->state < ITEM_DONE;
	}
	for (size_t i = 0; with && without && i < app->n_seats; i++)
		if (is_for_children(app, &app->seat[i]))
			return true;
	return false;
}

static const char *children_words(struct app *app)
{
	const char *who = "";
	for (size_t i = 0; i < app->n_seats; i++)
		if (is_for_children(app, &app->seat[i]))
			who = fmt(app, "%s%s%s", who, *who ? ", " : "",
			        *app->seat[i].agency_name ? app->seat[i].agency_name
			                                  : app->seat[i].role);
	return fmt(app, "The last case with children is done. May leave now: %s", who);
}

static void children_leave(struct app *app)
{
	seats_do(app, CMD_SEAT_LEAVE, is_for_children);
}

/* One thing at a time is asked above the list. */
static void ask(struct app *app, struct ui *ui, struct gfx_rect *list)
{
	bool away = app_in_session(app) && away_count(app) > 0;
	if (!away && !children_may_leave(app))
		return;
	struct gfx_rect r = ui_cut_top(list, strip_h(app));
	ui_cut_top(list, app_small(app) ? 0 : 12);
	if (away) {
		if (strip(app, ui, r, "leave", away_words(app), away_label(app), NULL))
			bring_back(app);
		return;
	}
	int act = strip(app, ui, r, "child", children_words(app), "They leave", "They stay");
	if (act == 1)
		children_leave(app);
	else if (act == 2)
		app->children_stay = app->meeting.id;
	if (act)
		ui_again(ui);
}

/* ---- what the group is told of ---- */

static void told_done(struct app *app, struct sheet *s)
{
	int64_t kase = s->row[s->chosen].id, item = 0;
	for (size_t i = 0; i < app->n_items; i++)
		if (app->item[i].case_id == kase && app->item[i].state != ITEM_REMOVED)
			item = app->item[i].id;
	case_open(app, item, kase);
}

/* Repeats on this agenda, and cases whose twelve months have passed since the last meeting. */
static void told_open(struct app *app)
{
	struct agenda_state *st = app->state;
	struct sheet *s = sheet_open(app, "Repeats, and twelve months passed",
	        "A repeat: the same pair within twelve months of the last referral. After twelve "
	        "months without one a case is no longer counted as active.",
	        NULL, told_done, 0);
	for (size_t i = 0; i < st->n_told; i++) {
		const struct listed_row *t = &st->told[i];
		sheet_row(s, t->lapsed ? "calendar" : "repeat",
		        fmt(app, "%s · %s", t->ref, t->strand),
		        t->lapsed ? fmt(app, "Twelve months ended on %s",
		                            fmt_day(app, t->day, DAY_MONTH))
		                  : fmt(app, "Repeat, referred on %s",
		                            fmt_day(app, t->day, DAY_MONTH)),
		        t->case_id, NULL, false);
	}
}

/* ---- adding ---- */

static void add_done(struct app *app, struct sheet *s)
{
	struct agenda_state *st = app->state;
	struct command c = {.kind = CMD_ITEM_ADD};
	c.u.add.meeting = app->meeting.id;
	c.u.add.case_id = s->arg;
	c.u.add.reason = s->row[s->chosen].key;
	c.u.add.words = s->edit.text;
	c.u.add.urgent = app_in_session(app);
	c.u.add.needed_for = st->needed_for;
	(void)app_do(app, &c, NULL);
}

static void add_matter(struct app *app, const char *title, const char *why_now)
{
	struct command c = {.kind = CMD_ITEM_ADD};
	c.u.add.meeting = app->meeting.id;
	c.u.add.kind = AGENDA_PAPER;
	c.u.add.title = title;
	c.u.add.words = why_now;
	c.u.add.urgent = why_now != NULL;
	(void)app_do(app, &c, NULL);
}

static void add_urgent(struct app *app, struct sheet *s)
{
	struct agenda_state *st = app->state;
	add_matter(app, st->title, s->edit.text);
}

static void add_paper(struct app *app, struct sheet *s)
{
	struct agenda_state *st = app->state;
	if (!app_in_session(app)) {
		add_matter(app, s->edit.text, NULL);
		return;
	}
	snprintf(st->title, sizeof(st->title), "%s", s->edit.text);
	struct sheet *n = sheet_open(app, "Why can it not wait?",
	        "In session an item is added by exception; the reason is minuted.", "Add the item",
	        add_urgent, 0);
	sheet_words(n, "Reason", true, "");
}

bool needed_refused(struct app *app, const struct practice_entry *e)
{
	struct why w = {0};
	if (strcmp(e->id, "information-only") != 0)
		return false;
	app_fail(app, why(&w, ERR_REFUSED, "%s", e->detail), &w);
	return true;
}

static void add_needed(struct app *app, struct sheet *s)
{
	struct agenda_state *st = app->state;
	const struct practice_entry *e =
	        practice_entry(app->practice, "needed-for", s->row[s->chosen].key);
	if (needed_refused(app, e))
		return;
	st->needed_for = e->id;
	struct sheet *n = sheet_open(app, "Why is it added?", "Both reasons are minuted.",
	        "Add the case", add_done, s->arg);
	sheet_list(app, n, "case-added");
	sheet_words(n, "More about it", e->needs_words, "");
}

static void add_case(struct app *app, struct sheet *s)
{
	int64_t kase = s->row[s->chosen].id;
	if (!kase) {
		struct sheet *n = sheet_open(app, "What is it called?", NULL,
		        app_in_session(app) ? "Go on" : "Add the item", add_paper, 0);
		sheet_words(n, "Title", true, "");
		return;
	}
	struct sheet *n = sheet_open(app,
	        fmt(app, "What does %s need the table for?", s->row[s->chosen].label), NULL, NULL,
	        add_needed, kase);
	sheet_list(app, n, "needed-for");
}

static void add_open(struct app *app)
{
	struct case_row *c;
	size_t n;
	struct sheet *s = sheet_open(app, "What is added?",
	        "Open cases of this group that are not on the agenda.", NULL, add_case, 0);
	sheet_row(s, "paper", "A paper or another matter", NULL, 0, NULL, false);
	if (record_cases(
	            app->record, &app->rows, &app->viewer, app->forum_id, true, SHEET_ROWS, &c, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		bool there = false;
		for (size_t k = 0; k < app->n_items; k++)
			there |= app->item[k].case_id == c[i].id &&
			         app->item[k].state != ITEM_REMOVED;
		if (!there)
			sheet_row(s, "case", c[i].ref, c[i].strand, c[i].id, NULL, false);
	}
}

/* ---- the picture ---- */

static void state_words(struct app *app, const struct item_row *i, const char **icon,
        const char **text, enum gfx_colour *c)
{
	*icon = NULL;
	*text = "";
	*c = GFX_TEXT2;
	if (i->sight == SIGHT_HELD && i->state < ITEM_DONE) {
		*icon = "lock";
		*text = i->state == ITEM_TABLE ? "Called" : "Held back";
	} else if (i->state == ITEM_DONE) {
		*icon = "done";
		*text = i->ended_us != TIME_NONE ? fmt(app, "Done %s", fmt_hm(app, i->ended_us))
		                                 : "Done";
		*c = GFX_ACCENT;
	} else if (i->state == ITEM_DEFERRED) {
		*icon = "defer";
		*text = "Deferred";
	} else if (i->state == ITEM_REMOVED) {
		*icon = "close";
		*text = "Taken off";
	} else if (i->state == ITEM_TABLE) {
		*icon = "speaking";
		*text = "On the table";
		*c = GFX_ACCENT;
	}
}

/* The second line: what speaks against taking it now comes before what it is. */
static const char *second_line(struct app *app, const struct item_row *i)
{
	if (i->state == ITEM_WAITING && *i->unbriefed)
		return unbriefed_words(app, i);
	if (i->state == ITEM_WAITING && i->carried_day != DAY_NONE)
		return fmt(app, "put off on %s", fmt_day(app, i->carried_day, DAY_MONTH));
	if (i->sight < SIGHT_ANON || !*i->second || i->state > ITEM_DONE)
		return i->second;
	return fmt(app, "%s%s%s%s", i->second, i->repeat ? " · repeat" : "",
	        i->urgent ? " · urgent" : "",
	        *i->stale && i->state < ITEM_DONE ? " · risk out of date" : "");
}

static bool can_move(const struct app *app, const struct item_row *i)
{
	return i->state == ITEM_WAITING && i->sight >= SIGHT_ANON &&
	       app->meeting.state < MEETING_CLOSING;
}

/* Returns what the grip of the row says, REST without one. */
static enum ui_grip row(struct app *app, struct ui *ui, struct gfx_rect r, const struct item_row *i,
        bool next, int *ret_dy)
{
	enum ui_grip grip = UI_GRIP_REST;
	bool small = app_small(app), table = i->state == ITEM_TABLE, held = i->sight == SIGHT_HELD;
	const char *icon, *text, *second = second_line(app, i);
	enum gfx_colour c, words = table ? GFX_ON_SOFT : GFX_TEXT;
	ui_push_id(ui, i->id);
	state_words(app, i, &icon, &text, &c);
	if (next && !icon) {
		icon = "forward";
		text = "Next";
	}
	if (ui_hit(ui, r, UI_ROLE_ROW, fmt(app, "%d %s", i->number, i->title),
	            (table ? UI_CHOSEN_FLAG : 0) | UI_COMPOSITE))
		item_sheet(app, i);
	if (ui_pressed(ui))
		ui_fill(ui, r, GFX_SUNK);
	else if (held)
		ui_hatch(ui, r, 14);
	else if (table)
		ui_fill(ui, r, GFX_SOFT);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	struct gfx_rect in = ui_inset(r, small ? 10 : 16, 0);
	*ret_dy = 0;
	if (can_move(app, i)) {
		int w = ui_m(ui)->target;
		grip = ui_grip(ui, (struct gfx_rect){r.x + r.w - w, r.y, w, r.h - 1},
		        fmt(app, "Move item %d", i->number), ret_dy);
	}
	if (!small) {
		struct gfx_rect state = ui_cut_right(&in, ui_px(ui, 150));
		if (held)
			ui_fill(ui, ui_inset(state, 0, 12), GFX_HELD);
		if (icon)
			ui_icon(ui, ui_cut_left(&state, ui_px(ui, 22)), icon, ui_px(ui, 20), c);
		ui_cut_left(&state, 8);
		ui_label(ui, state, GFX_CAPTION_B, c, UI_LEFT, text);
		struct gfx_rect mins = ui_cut_right(&in, ui_px(ui, 90));
		if (held)
			ui_fill(ui, ui_inset(mins, 0, 12), GFX_HELD);
		ui_label(ui, ui_inset(mins, 8, 0), GFX_BODY, GFX_TEXT2, UI_RIGHT,
		        fmt(app, "%d min", i->minutes));
	} else {
		struct gfx_rect at =
		        ui_cut_right(&in, can_move(app, i) ? ui_m(ui)->target : ui_px(ui, 34));
		if (!can_move(app, i))
			ui_icon(ui, at, icon ? icon : "forward", ui_px(ui, 24), c);
	}
	/* the columns keep their places, unless a sentence needs the room of empty ones */
	bool sentence = second != i->second && *i->unbriefed && i->band < 0 && !i->children;
	struct gfx_rect badge =
	        ui_cut_right(&in, sentence || (small && i->band < 0) ? 0 : ui_px(ui, 146));
	if (i->band >= 0)
		(void)ui_risk_badge(ui, badge.x, badge.y + (badge.h - ui_px(ui, 36)) / 2,
		        risk_of(i->band), false);
	if (!small) {
		struct gfx_rect kids = ui_cut_right(&in, sentence ? 0 : ui_px(ui, 60));
		if (i->children) {
			ui_icon(ui, ui_cut_left(&kids, ui_px(ui, 24)), "child", ui_px(ui, 22),
			        GFX_TEXT);
			ui_label(ui, kids, GFX_CAPTION_B, GFX_TEXT, UI_LEFT,
			        fmt(app, "%d", i->children));
		}
	}
	struct gfx_rect num = ui_cut_left(&in, ui_px(ui, 42));
	if (held)
		ui_fill(ui, ui_inset(num, 0, 12), GFX_HELD);
	ui_label(ui, ui_inset(num, 6, 0), GFX_BODY, table ? GFX_ON_SOFT : GFX_TEXT2,
	        small ? UI_LEFT : UI_RIGHT, i->number ? fmt(app, "%d", i->number) : "–");
	ui_cut_left(&in, 8);
	int wt = ui_text_w(ui, GFX_BODY_B, i->title), ws = ui_text_w(ui, GFX_BODY, second);
	if (held) {
		struct gfx_rect patch = ui_inset(in, 0, 10);
		patch.w = wt + ws + 30 < in.w ? wt + ws + 30 : in.w;
		ui_fill(ui, patch, GFX_HELD);
	}
	if (!small && wt + ws + 20 < in.w) {
		ui_label(ui, ui_cut_left(&in, wt + 12), GFX_BODY_B, words, UI_LEFT, i->title);
		ui_label(ui, in, GFX_BODY, table ? GFX_ON_SOFT : GFX_TEXT2, UI_LEFT, second);
	} else if (*second) {
		int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
		    top = in.y + (in.h - h - h2) / 2;
		ui_label(ui, (struct gfx_rect){in.x, top, in.w, h}, GFX_BODY_B, words, UI_LEFT,
		        i->title);
		ui_elide(ui, (struct gfx_rect){in.x, top + h, in.w, h2}, GFX_CAPTION,
		        table ? GFX_ON_SOFT : GFX_TEXT2, UI_LEFT, second);
	} else {
		ui_elide(ui, in, GFX_BODY_B, words, UI_LEFT, i->title);
	}
	ui_pop_id(ui);
	return grip;
}

/* ---- order by drag ---- */

/* The row over which the middle of row `from` lies when it is moved by dy. */
static size_t row_under(const int *heights, size_t n, size_t from, int dy)
{
	int y = heights[from] / 2 + dy;
	size_t to = from;
	for (size_t k = 0; k < from; k++)
		y += heights[k];
	for (to = 0; to + 1 < n && y >= heights[to]; to++)
		y -= heights[to];
	return to;
}

static void drag(struct app *app, struct ui *ui, const struct ui_list *l, size_t n, size_t from,
        enum ui_grip grip, int dy)
{
	struct agenda_state *st = app->state;
	size_t to = row_under(st->heights, n, from, dy);
	int by = 0, y = l->view.y - st->scroll.offset;
	for (size_t k = from; k != to; k += k < to ? 1 : (size_t)-1)
		by += app->item[k < to ? k + 1 : k - 1].state != ITEM_REMOVED ? k < to ? 1 : -1 : 0;
	if (grip == UI_GRIP_DROPPED) {
		if (by)
			move(app, app->item[from].id, by);
		return;
	}
	for (size_t k = 0; k < to + (to > from); k++)
		y += st->heights[k];
	if (by) /* where it would stand */
		ui_fill(ui, (struct gfx_rect){l->view.x, y - 3, l->view.w, 6}, GFX_ACCENT);
}

/* "4 minutes behind plan, ends about 16:36", over the items this room may know of. */
static const char *timing(struct app *app)
{
	int left = 0, planned_done = 0;
	if (!app_in_session(app))
		return "";
	for (size_t i = 0; i < app->n_items; i++) {
		const struct item_row *t = &app->item[i];
		if (t->state == ITEM_WAITING || t->state == ITEM_TABLE)
			left += t->minutes * 60 -
			        (t->used_s < t->minutes * 60 ? t->used_s : t->minutes * 60);
		else if (t->state == ITEM_DONE)
			planned_done += t->minutes * 60;
	}
	int64_t now = time_now_us(), spent = (now - app->meeting.started_us) / TIME_SECOND_US;
	int behind = (int)((spent - planned_done) / 60);
	const char *end = fmt_hm(app, now + left * TIME_SECOND_US);
	if (behind > 1)
		return fmt(app, "%d minutes behind plan\nends about %s", behind, end);
	return fmt(app, "in time\nends about %s", end);
}

static void build(struct app *app, struct ui *ui)
{
	struct agenda_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app), session = app_in_session(app);
	size_t n = app->n_items < COUNT_OF(st->heights) ? app->n_items : COUNT_OF(st->heights),
	       next = n;
	const struct item_row *table = app_table(app);
	if (!app->meeting.id) {
		app_go(app, &screen_home);
		return;
	}
	const char *since =
	        session ? fmt(app, ", in session since %s", fmt_hm(app, app->meeting.started_us))
	                : fmt(app, " at %s", fmt_hm(app, app->meeting.starts_us));
	page_begin(app, ui, &p, "Agenda",
	        small ? NULL
	              : fmt(app, "%s%s, %s%s", app->meeting.type->name,
	                        *app->meeting.emergency ? ", emergency meeting" : "",
	                        fmt_day(app, app->meeting.day, DAY_WEEKDAY), since),
	        NULL);
	if (session)
		page_room(app, &p);
	bands(app, st);
	for (size_t i = 0; i < n; i++) {
		const struct item_row *t = &app->item[i];
		bool two = small ? true
		                 : (t->state == ITEM_DEFERRED || t->state == ITEM_REMOVED ||
		                           (t->state == ITEM_WAITING && *t->unbriefed)) &&
		                           *t->second;
		st->heights[i] =
		        (two ? m->row2 : m->row) + (st->band[i] && !small ? ui_px(ui, 40) : 0);
		if (next == n && t->state == ITEM_WAITING && (!table || t->number > table->number))
			next = i;
	}
	struct ui_list l;
	struct gfx_rect r, list = p.body;
	enum ui_grip grip = UI_GRIP_REST;
	size_t i, dragged = 0;
	int by_px = 0;
	if (!n)
		ui_empty(ui, ui_panel(ui, p.body), "agenda", "No items yet",
		        "Add a case or a paper.");
	if (small)
		list = (struct gfx_rect){m->rail_w, p.pad.y + p.pad.h, m->w - m->rail_w,
		        m->h - p.pad.y - p.pad.h - m->bar_h};
	if (n)
		ask(app, ui, &list);
	if (!st->placed && session) {
		int y = 0, table_y = 0;
		for (size_t k = 0; k < n; y += st->heights[k++])
			if (k == next || (table && app->item[k].id == table->id)) {
				table_y = y;
				break;
			}
		st->scroll.offset = table_y > list.h / 2 ? table_y - list.h / 3 : 0;
		st->placed = true;
	}
	ui_list_begin(ui, &l, list, "Agenda", &st->scroll, n, m->row, st->heights);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &r)) {
		if (st->band[i] && !small) {
			struct gfx_rect b = ui_cut_top(&r, ui_px(ui, 40));
			ui_fill(ui, b, GFX_SUNK);
			b = ui_inset(b, 16, 0);
			ui_label(ui,
			        ui_cut_left(&b, ui_text_w(ui, GFX_CAPTION_B, st->band[i]) + 12),
			        GFX_CAPTION_B, GFX_TEXT, UI_LEFT, st->band[i]);
			ui_label(ui, b, GFX_CAPTION, GFX_TEXT2, UI_LEFT, st->band2[i]);
		}
		int dy;
		enum ui_grip g = row(app, ui, r, &app->item[i], i == next, &dy);
		if (g == UI_GRIP_TOUCHED)
			item_sheet(app, &app->item[i]);
		if (g == UI_GRIP_HELD || g == UI_GRIP_DROPPED) {
			dragged = i;
			grip = g;
			by_px = dy;
		}
	}
	if (grip != UI_GRIP_REST)
		drag(app, ui, &l, n, dragged, grip, by_px);
	ui_list_end(ui, &l);
	if (session) {
		const struct item_row *go = table ? table : next < n ? &app->item[next] : NULL;
		if (go) {
			const char *label = small ? fmt(app, "Item %d", go->number)
			                          : fmt(app, "%s item %d",
			                                    table ? "Back to" : "Open", go->number);
			if (page_primary(app, &p, "case", label, false, timing(app)))
				open_asked(app, go);
		} else if (page_primary(app, &p, "lock", small ? "Close" : "Close the meeting",
		                   false, timing(app))) {
			app_go_back_to(app, &screen_close, &screen_agenda);
		}
	} else if (app->meeting.state <= MEETING_SIGNING &&
	           page_primary(app, &p, "seat", small ? "Seats" : "Go to the seats",
	                   app->meeting.state == MEETING_PLANNED,
	                   app->meeting.state == MEETING_PLANNED
	                           ? "Open the meeting from Home first"
	                           : "")) {
		app_go(app, &screen_seats);
	}
	page_pages(app, &p, &l);
	bool over = app->meeting.state >= MEETING_CLOSING; /* what is closed is only looked at */
	if (!over && page_button(app, &p, "plus", session ? "Urgent item" : "Add an item", false))
		add_open(app);
	const char *research = st->asked && !small
	                               ? fmt(app, "Research, %zu of %zu", st->answered, st->asked)
	                               : "Research";
	if (!session && !over && page_button(app, &p, "search", research, false))
		app_go_back_to(app, &screen_research, &screen_agenda);
	if (st->n_told &&
	        page_button(app, &p, "repeat",
	                small ? "Repeats" : fmt(app, "Repeats, 12 months (%zu)", st->n_told),
	                false))
		told_open(app);
	if (session && page_button(app, &p, "lock", "Close", false))
		app_go_back_to(app, &screen_close, &screen_agenda);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_agenda = {
        "agenda", PLACE_AGENDA, sizeof(struct agenda_state), load, build, NULL, NULL};
