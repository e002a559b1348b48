#include "app.h"
#include <stdlib.h>
#include <string.h>

/*
 * An item that is held back: the whole body is hatched, and one panel tells who must leave, in
 * words that give nothing away. It opens by a touch, when everyone it is not for has left. Who
 * leaves and who comes back is asked here for the case too.
 */

static const char *seat_who(const struct seat_row *s)
{
	return *s->agency_name ? s->agency_name : s->role;
}

/* ---- back by one tap ---- */

static bool is_away(const struct app *app, const struct seat_row *s)
{
	return s->out_item && s->left_us == TIME_NONE && s->out_item != app->meeting.table_item;
}

size_t away_count(const struct app *app)
{
	size_t n = 0;
	for (size_t i = 0; i < app->n_seats; i++)
		n += is_away(app, &app->seat[i]);
	return n;
}

const char *away_words(struct app *app)
{
	const char *who = "", *item = "";
	for (size_t i = 0; i < app->n_seats; i++) {
		if (!is_away(app, &app->seat[i]))
			continue;
		const struct item_row *it = app_item(app, app->seat[i].out_item);
		if (it && !*item)
			item = fmt(app, " for item %d", it->number);
		who = fmt(app, "%s%s%s", who, *who ? ", " : "", seat_who(&app->seat[i]));
	}
	return fmt(app, "Out of the room%s: %s", item, who);
}

const char *away_label(struct app *app)
{
	size_t n = away_count(app);
	for (size_t i = 0; n == 1 && i < app->n_seats; i++)
		if (is_away(app, &app->seat[i]))
			return fmt(app, "Bring back %s", seat_who(&app->seat[i]));
	return fmt(app, "Bring back all %zu", n);
}

void seats_do(struct app *app, enum command_kind kind,
        bool (*who)(const struct app *app, const struct seat_row *s))
{
	struct command c = {.kind = kind};
	for (size_t i = 0; i < app->n_seats; i++) {
		if (!who(app, &app->seat[i]))
			continue;
		if (!c.u.at_seat.seat)
			c.u.at_seat.seat = app->seat[i].id;
		else if (c.u.at_seat.n_also < SEATS_AT_ONCE)
			c.u.at_seat.also[c.u.at_seat.n_also++] = app->seat[i].id;
	}
	(void)app_do(app, &c, NULL);
}

void bring_back(struct app *app)
{
	seats_do(app, CMD_SEAT_RETURN, is_away);
}

/* ---- somebody knows someone in the case that is on the table ---- */

static void knows_decided(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_CONFLICT};
	const char *decision = s->row[s->chosen].key;
	c.u.conflict.seat = s->arg;
	c.u.conflict.case_id = app->case_id;
	c.u.conflict.decision = decision;
	c.u.conflict.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void knows_who(struct app *app, struct sheet *s)
{
	struct sheet *n =
	        sheet_open(app, fmt(app, "%s: what did the chair decide?", s->row[s->chosen].label),
	                "It is minuted. The panel holds the item back until the person has left.",
	                "Record it", knows_decided, s->row[s->chosen].id);
	sheet_list(app, n, "conflict-decision");
	sheet_words(n, "What was declared", false, "");
}

static void knows_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who knows someone in this case?",
	        "Nothing more of the case is asked here.", NULL, knows_who, 0);
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].state == SEAT_SIGNED)
			sheet_row(s, "person", seat_who(&app->seat[i]), app->seat[i].role,
			        app->seat[i].id, NULL, false);
}

/* ---- who leaves, or comes back ---- */

enum { KNOWS = -1, ALL_BACK = -2, CLOSE_IT = -3, WHO_MAY_SEE = -4 }; /* beside the seats' ids */

static void leave_done(struct app *app, struct sheet *s)
{
	int64_t id = s->row[s->chosen].id;
	if (id == WHO_MAY_SEE) {
		app_go_back_to(app, &screen_restrict, &screen_case);
		return;
	}
	if (id == CLOSE_IT) {
		struct command shut = {.kind = CMD_BREAK_GLASS};
		shut.u.glass.item = s->arg;
		(void)app_do(app, &shut, NULL);
		return;
	}
	if (id == KNOWS) {
		knows_open(app);
		return;
	}
	if (id == ALL_BACK) {
		bring_back(app);
		return;
	}
	struct command c = {
	        .kind = s->row[s->chosen].needs_words ? CMD_SEAT_RETURN : CMD_SEAT_LEAVE};
	c.u.at_seat.seat = id;
	c.u.at_seat.item = app->item_id;
	(void)app_do(app, &c, NULL);
}

void leave_sheet(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who is here?",
	        "For this item. The minutes tell who was there.", NULL, leave_done, app->item_id);
	for (size_t i = 0; i < app->n_glass; i++)
		if (app->glass[i].item == app->item_id)
			sheet_row(s, "lock", "Close it to the room again",
			        fmt(app, "The chair opened it until %s",
			                fmt_hm(app, app->glass[i].until_us)),
			        CLOSE_IT, NULL, false);
	struct limit_row limit;
	if (!record_limit(app->record, &app->rows, &app->viewer, app->case_id, &limit))
		sheet_row(s, "lock", "Who may see this case",
		        limit.level == RESTRICTION_NORMAL ? "Now everyone"
		        : limit.level == RESTRICTION_NAMED
		                ? "Now named agencies"
		                : "Now named agencies; hidden from others",
		        WHO_MAY_SEE, NULL, false);
	if (away_count(app) > 1)
		sheet_row(s, "seat", away_label(app), away_words(app), ALL_BACK, NULL, false);
	if (app->case_id)
		sheet_row(s, "relation", "Somebody knows someone in this case",
		        "A conflict of interest is declared, and decided by the chair", KNOWS, NULL,
		        false);
	for (size_t i = 0; i < app->n_seats; i++) {
		const struct seat_row *t = &app->seat[i];
		if (t->state == SEAT_LEFT)
			sheet_row(s, "seat", fmt(app, "%s is back", seat_who(t)), t->role, t->id,
			        NULL, true);
	}
	for (size_t i = 0; i < app->n_seats; i++) {
		const struct seat_row *t = &app->seat[i];
		if (t->state == SEAT_SIGNED)
			sheet_row(s, "leave", fmt(app, "%s leaves", seat_who(t)), t->role, t->id,
			        NULL, false);
	}
}

static void glass_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_BREAK_GLASS};
	c.u.glass.item = s->arg;
	c.u.glass.words = s->edit.text;
	c.u.glass.minutes = (int)strtol(s->row[s->chosen].key, NULL, 10);
	(void)app_do(app, &c, NULL);
}

/* The chair's way past the naming, when waiting would harm: with a reason, for a time. */
static void glass_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "For how long does the chair open it to the room?",
	        "The minutes and the audit log tell of it. It closes by itself; who declared a "
	        "conflict still leaves.",
	        "Open it to the room", glass_done, app->item_id);
	sheet_list(app, s, "glass-minutes");
	sheet_words(s, "Why it cannot wait", true, "");
}

static const char *why_leaves(struct app *app, const struct practice_present *p)
{
	if (p->standing == STANDING_OBSERVER)
		return "Observer. The item is for named agencies only.";
	if (p->standing == STANDING_COOPTED || p->standing == STANDING_COMMUNITY)
		return fmt(app, "%s. The item is for named agencies only.",
		        p->standing == STANDING_COOPTED ? "Co-opted" : "From the community");
	return "The item is not for this agency, or a conflict was declared.";
}

/* The last line of the panel: what is left when waiting would harm. */
static void glass_row(struct app *app, struct ui *ui, struct gfx_rect row, struct gfx_rect box)
{
	int target = ui_m(ui)->target, w = ui_button_w(ui, "unlock", "Chair opens it", false);
	ui_hairline(ui, (struct gfx_rect){box.x, row.y, box.w, 1});
	struct gfx_rect b = ui_cut_right(&row, w);
	b.y += (b.h - target) / 2;
	b.h = target;
	ui_cut_right(&row, 12);
	ui_elide(ui, row, GFX_CAPTION, GFX_TEXT2, UI_LEFT,
	        app_small(app) ? "If it cannot wait"
	                       : "If it cannot wait, the chair opens it to the room");
	if (ui_button(ui, b, UI_NORMAL, "unlock", "Chair opens it", false))
		glass_open(app);
}

/* The time of day until which the chair opened this item, or NULL. */
static const char *open_until(struct app *app)
{
	for (size_t i = 0; i < app->n_glass; i++)
		if (app->glass[i].case_id == app->case_id)
			return fmt_hm(app, app->glass[i].until_us);
	return NULL;
}

bool held_build(struct app *app, struct ui *ui, struct page *p, const struct item_row *item)
{
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect ground = {m->rail_w, p->pad.y + p->pad.h, m->w - m->rail_w,
	        m->h - p->pad.y - p->pad.h - m->bar_h};
	size_t leave_n = 0;
	ui_hatch(ui, ground, 18);
	size_t n = app->viewer.n, rows = 0;
	const struct seat_row *who[PRACTICE_MAX];
	for (size_t i = 0; i < n; i++) {
		/* asked one by one: whoever alone may not see it must leave */
		struct record_viewer one = app->viewer;
		enum sight s;
		one.present[0] = app->viewer.present[i];
		one.seat[0] = app->viewer.seat[i];
		one.n = 1;
		if (record_sight(app->record, &one, app->case_id, &s) || s >= SIGHT_ANON)
			continue;
		leave_n++; /* also somebody who signed at another group's meeting and has no row
		              here */
		for (size_t k = 0; k < app->n_seats; k++)
			if (app->seat[k].id == app->viewer.seat[i])
				who[rows++] = &app->seat[k];
	}
	size_t listed = rows;
	for (size_t k = 0; k < app->n_seats && rows < PRACTICE_MAX; k++)
		if (app->seat[k].out_item)
			who[rows++] = &app->seat[k];
	bool small = app_small(app);
	int two = ui_line_h(ui, GFX_BODY_B) + ui_line_h(ui, GFX_CAPTION) + 8;
	int row_h = !small                 ? m->row2 + 12
	            : m->target + 12 > two ? m->target + 12
	                                   : two,
	    w = small ? ground.w - 24 : ui_px(ui, 808), head_h = ui_px(ui, small ? 72 : 112);
	bool may = false;
	if (item && record_glass_may(app->record, &app->viewer, item->id, &may))
		may = false;
	size_t fit = (size_t)((ground.h - head_h - (small ? 12 : 40)) / row_h) - may;
	size_t shown = rows < fit ? rows : fit;
	int box_h = head_h + (int)(shown + may) * row_h;
	struct gfx_rect box = {
	        ground.x + (ground.w - w) / 2, ground.y + (ground.h - box_h) / 2, w, box_h};
	ui_box(ui, box, ui_px(ui, 10), GFX_PANEL, 2, GFX_EDGE);
	struct gfx_rect in = ui_inset(box, ui_px(ui, 22), 0), h = ui_cut_top(&in, head_h);
	ui_note(ui, h, UI_ROLE_HEADING, "This item is held back", NULL);
	struct gfx_rect t = ui_cut_left(&h, ui_px(ui, 60));
	t.y += (t.h - ui_px(ui, 60)) / 2;
	t.h = ui_px(ui, 60);
	ui_round(ui, t, ui_px(ui, 8), GFX_INK);
	ui_icon(ui, t, "lock", ui_px(ui, 34), GFX_ON_INK);
	ui_cut_left(&h, 16);
	int hh = ui_line_h(ui, GFX_HEADING), hb = ui_line_h(ui, GFX_BODY);
	ui_label(ui, (struct gfx_rect){h.x, h.y + (h.h - hh - hb) / 2, h.w, hh}, GFX_HEADING,
	        GFX_TEXT, UI_LEFT, "This item is held back");
	ui_elide(ui, (struct gfx_rect){h.x, h.y + (h.h - hh - hb) / 2 + hh, h.w, hb}, GFX_BODY,
	        GFX_TEXT2, UI_LEFT,
	        leave_n == 0 && open_until(app)
	                ? fmt(app, "The chair opened it to the room until %s.", open_until(app))
	        : leave_n == 0 ? "Everyone it is not for has left. Open it when you are ready."
	        : leave_n == 1
	                ? "It opens when one more person has left the room."
	                : fmt(app, "It opens when %zu more people have left the room.", leave_n));
	for (size_t i = 0; i < shown; i++) {
		struct gfx_rect row = ui_cut_top(&in, row_h);
		ui_hairline(ui, (struct gfx_rect){box.x, row.y, box.w, 1});
		const struct seat_row *s = who[i];
		bool gone = i >= listed;
		const char *label = gone ? "Is back" : "Has left",
		           *name = *s->agency_name ? fmt(app, "%s, %s", s->agency_name, s->role)
		                                   : fmt(app, "Guest: %s", s->role);
		ui_push_id(ui, s->id);
		struct gfx_rect b = ui_cut_right(&row, ui_button_w(ui, "leave", label, false));
		b.y += (b.h - m->target) / 2;
		b.h = m->target;
		if (ui_button(ui, b, gone ? UI_CHOSEN : UI_NORMAL, gone ? "seat" : "leave", label,
		            false)) {
			struct command c = {.kind = gone ? CMD_SEAT_RETURN : CMD_SEAT_LEAVE};
			c.u.at_seat.seat = s->id;
			c.u.at_seat.item = app->item_id;
			(void)app_do(app, &c, NULL);
		}
		ui_cut_right(&row, 12);
		int top = row.y +
		          (row.h - ui_line_h(ui, GFX_BODY_B) - ui_line_h(ui, GFX_CAPTION)) / 2;
		ui_elide(ui, (struct gfx_rect){row.x, top, row.w, ui_line_h(ui, GFX_BODY_B)},
		        GFX_BODY_B, GFX_TEXT, UI_LEFT, name);
		struct practice_present pp = {.agency = s->agency, .standing = s->standing};
		ui_elide(ui,
		        (struct gfx_rect){row.x, top + ui_line_h(ui, GFX_BODY_B), row.w,
		                ui_line_h(ui, GFX_CAPTION)},
		        GFX_CAPTION, GFX_TEXT2, UI_LEFT,
		        gone ? "Out of the room for this item." : why_leaves(app, &pp));
		ui_pop_id(ui);
	}
	if (may)
		glass_row(app, ui, ui_cut_top(&in, row_h), box);
	bool open = page_primary(app, p, "unlock",
	        item ? fmt(app, "Open item %d", item->number) : "Open", leave_n > 0,
	        leave_n == 0   ? ""
	        : leave_n == 1 ? "Waiting for\none person"
	                       : fmt(app, "Waiting for\n%zu people", leave_n));
	if (listed > 1 && listed <= SEATS_AT_ONCE &&
	        page_button(app, p, "leave", "All have left", false)) {
		struct command c = {.kind = CMD_SEAT_LEAVE};
		c.u.at_seat.seat = who[0]->id;
		c.u.at_seat.item = app->item_id;
		for (size_t i = 1; i < listed; i++)
			c.u.at_seat.also[c.u.at_seat.n_also++] = who[i]->id;
		(void)app_do(app, &c, NULL);
	}
	if (page_button(app, p, "defer", app_small(app) ? "Pass over" : "Pass over for now", false))
		app_go(app, &screen_agenda);
	if (page_button(app, p, "seat", app_small(app) ? "Came back" : "Someone came back", false))
		leave_sheet(app);
	return open;
}
