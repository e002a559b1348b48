#include "case.h"

/*
 * The case on the table, read left to right: who and what happened, what is said now, what follows;
 * the seats along the bottom are the table itself. When the room may not see it, one panel tells
 * who must leave, and nothing else is here.
 */

static enum err load(struct app *app)
{
	const char *stale_source;
	struct case_state *st = app->state;
	struct arena *a = &app->rows;
	struct record *r = app->record;
	const struct record_viewer *v = &app->viewer;
	st->stale = "";
	st->n_parties = st->n_incidents = st->n_shares = st->n_now = st->n_assessments =
	        st->n_actions = st->n_decisions = 0;
	st->row = (struct case_row){0};
	st->hold = (struct disposal_row){0};
	if (!app->case_id)
		return ERR_OK;
	if (st->closed_to_room) {
		enum sight s;
		st->row = (struct case_row){.id = app->case_id, .sight = SIGHT_HELD};
		enum err err = record_sight(r, v, app->case_id, &s);
		if (!err && s == SIGHT_NONE)
			app->case_id = 0;
		return err;
	}
	/* one entry in the audit for each opening, and one more whenever the room changes what it
	 * may see */
	enum err e = st->read ? record_case(r, a, v, app->case_id, &st->row)
	                      : record_case_read(r, a, v, app->case_id, &st->row);
	st->read = !e && st->row.sight >= SIGHT_ANON;
	if (e == ERR_DENIED || (!e && st->row.sight == SIGHT_HELD)) {
		st->row = (struct case_row){.id = app->case_id, .sight = SIGHT_HELD};
		st->closed_to_room = true;
		return ERR_OK;
	}
	if (e == ERR_NOT_FOUND || (!e && st->row.sight == SIGHT_NONE)) {
		app->case_id = 0;
		st->row.id = 0;
		return ERR_OK;
	}
	struct action_filter f = {.case_id = app->case_id};
	if (!e)
		e = record_parties(r, a, v, app->case_id, &st->party, &st->n_parties);
	if (!e)
		e = record_incidents(r, a, v, app->case_id, &st->incident, &st->n_incidents);
	if (!e)
		e = record_repeat(r, a, v, app->case_id, &st->repeat);
	if (!e)
		e = record_shares(r, a, v, app->case_id, 0, &st->share, &st->n_shares);
	if (!e && app->item_id)
		e = record_shares(r, a, v, app->case_id, app->item_id, &st->now, &st->n_now);
	size_t entries = app->item_id ? st->n_now : st->n_shares;
	if (entries > st->seen) {
		st->shares.offset = 1 << 20; /* the newest stands last; the list stops at its end */
		st->tab = st->tab == 4 ? 4 : 1; /* 7 inch: in view too, or the seats while the chair
		                                   goes round */
	}
	st->seen = entries;
	st->wait = (struct waiting_row){0};
	if (!e && app->item_id && app->meeting.word_agency)
		e = record_return_waiting(r, v, app->item_id, app->meeting.word_agency, &st->wait);
	if (!e)
		e = record_assessments(r, a, v, app->case_id, &st->assessment, &st->n_assessments);
	/* those marked in error come last: the panel goes by what stands */
	while (!e && st->n_assessments && *st->assessment[st->n_assessments - 1].mistake)
		st->n_assessments--;
	if (!e)
		e = record_stale(r, a, v, app->case_id, &st->stale, &stale_source);
	if (!e)
		e = record_actions(r, a, v, &f, &st->action, &st->n_actions);
	if (!e && app->item_id)
		e = record_decisions(
		        r, a, v, app->case_id, app->item_id, &st->decision, &st->n_decisions);
	if (!e && st->row.sight == SIGHT_FULL && !case_on_table(app))
		e = record_disposal_of(r, a, v, DISPOSAL_CASE, app->case_id, &st->hold);
	return e;
}

bool case_on_table(const struct app *app)
{
	return app->item_id && app->meeting.table_item == app->item_id &&
	       app->meeting.state == MEETING_SESSION;
}

const struct seat_row *case_seat_of(const struct app *app, int64_t agency)
{
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].agency == agency && !app->seat[i].guest)
			return &app->seat[i];
	return NULL;
}

static void header(struct app *app, struct ui *ui, struct page *p)
{
	struct case_state *st = app->state;
	struct gfx_rect h = p->head;
	int x = h.x, y = h.y + (h.h - ui_px(ui, 44)) / 2, ty = h.y + (h.h - ui_px(ui, 32)) / 2;
	bool small = app_small(app);
	if (st->row.band >= 0)
		x += ui_risk_badge(ui, x, y, risk_of(st->row.band), true) + 8;
	if (st->row.children) {
		const char *t = small                   ? fmt(app, "%d", st->row.children)
		                : st->row.children == 1 ? "Child at home"
		                                        : fmt(app, "%d children", st->row.children);
		if (!small || x + ui_tag_w(ui, "child", t) <= h.x + h.w)
			x += ui_tag(ui, x, ty, UI_TAG_EDGE, "child", t) + 8;
	}
	if (st->row.safe_contact && (!small || x + ui_tag_w(ui, "phone", "Safe") <= h.x + h.w))
		x += ui_tag(ui, x, ty, UI_TAG_EDGE, "phone", small ? "Safe" : "Safe contact") + 8;
	const char *limit = st->row.restriction == RESTRICTION_HIDDEN ? "Hidden" : "Named agencies";
	if (st->row.sight == SIGHT_FULL && st->row.restriction &&
	        x + ui_tag_w(ui, "lock", limit) <= h.x + h.w)
		x += ui_tag(ui, x, ty, UI_TAG_EDGE, "lock", limit) + 8;
	if ((st->row.repeat || st->repeat.proposed) && !small) {
		const char *t = !st->row.repeat      ? "Repeat?"
		                : *st->repeat.of_ref ? fmt(app, "Repeat of %s", st->repeat.of_ref)
		                                     : "Repeat";
		if (x + ui_tag_w(ui, "repeat", t) >= h.x + h.w)
			t = "Repeat";
		if (x + ui_tag_w(ui, "repeat", t) < h.x + h.w)
			x += ui_tag(ui, x, ty, st->row.repeat ? UI_TAG_EDGE : UI_TAG_WARN, "repeat",
			             t) +
			     8;
	}
	if (st->row.sight == SIGHT_ANON && x + ui_tag_w(ui, "hide", "Anonymised") < h.x + h.w)
		x += ui_tag(ui, x, ty, UI_TAG_WARN, "hide", "Anonymised") + 8;
	ui_cut_left(&p->head, x - h.x);
}

static void small_tabs(struct app *app, struct ui *ui, struct page *p)
{
	struct case_state *st = app->state;
	struct gfx_rect r = p->body;
	const char *label[4] = {"People",
	        fmt(app, "Shared %zu", app->item_id ? st->n_now : st->n_shares),
	        fmt(app, "Actions %zu", st->n_actions),
	        st->row.score >= 0 ? fmt(app, "Risk %d", st->row.score) : "Risk"};
	(void)ui_tabs(ui, ui_cut_top(&r, ui_m(ui)->target), label, 4, &st->tab);
	ui_cut_top(&r, 8);
	if (case_on_table(app) && st->tab != 4) {
		struct gfx_rect strip = ui_cut_bottom(&r, ui_m(ui)->target + 12);
		ui_cut_bottom(&r, 8);
		const struct seat_row *t = case_seat_of(app, app->meeting.word_agency);
		ui_area(ui, strip, ui_px(ui, 8), GFX_SOFT, GFX_HAIR);
		struct gfx_rect in = ui_inset(strip, 8, 6),
		                b = ui_cut_right(&in, ui_button_w(ui, "edit", "Write", false));
		if (ui_button(ui, b, UI_ASKED, "edit", "Write", !t) && t)
			case_write_share(app, t->agency);
		ui_cut_right(&in, 12);
		b = ui_cut_right(&in, ui_button_w(ui, "seat", "Seats", false));
		if (ui_button(ui, b, UI_NORMAL, "seat", "Seats", false)) {
			st->tab = 4;
			ui_again(ui);
		}
		size_t n_done = 0, n_waiting = 0, n_empty = 0;
		for (size_t i = 0; i < app->n_seats; i++) {
			const char *icon, *text;
			bool done, speaking, empty;
			if (app->seat[i].guest)
				continue;
			case_seat_words(app, &app->seat[i], &icon, &text, &done, &speaking, &empty);
			n_done += done;
			n_empty += empty;
			n_waiting += !done && !empty && !speaking;
		}
		in = ui_inset(in, 6, 0);
		if (t)
			ui_icon(ui, ui_cut_left(&in, ui_px(ui, 32)), "speaking", ui_px(ui, 24),
			        GFX_ON_SOFT);
		bool lines = in.h >= ui_line_h(ui, GFX_BODY_B) + ui_line_h(ui, GFX_CAPTION) -
		                             4; /* not at large text */
		struct gfx_rect top = lines ? ui_line(in, 0, 2, 0) : in;
		ui_elide(ui, top, GFX_BODY_B, GFX_ON_SOFT, UI_LEFT,
		        t ? t->agency_name : "Nobody is speaking");
		if (lines)
			ui_elide(ui, ui_line(in, 1, 2, 0), GFX_CAPTION, GFX_ON_SOFT, UI_LEFT,
			        n_empty ? fmt(app, "%zu done, %zu waiting, %zu empty", n_done,
			                          n_waiting, n_empty)
			                : fmt(app, "%zu done, %zu waiting", n_done, n_waiting));
	}
	switch (st->tab) {
	case 0:
		case_people(app, ui, r, p);
		break;
	case 2:
		case_actions(app, ui, r, p);
		break;
	case 3:
		case_risk(app, ui, ui_column(r, 0, 2, ui_m(ui)->gap));
		case_incidents(app, ui, ui_column(r, 1, 2, ui_m(ui)->gap));
		break;
	case 4: {
		/* the whole table, three in a row */
		size_t k = 0, n = 0;
		for (size_t i = 0; i < app->n_seats; i++)
			n += !app->seat[i].guest;
		struct gfx_rect grid = r;
		for (size_t i = 0; i < app->n_seats; i++) {
			const struct seat_row *t = &app->seat[i];
			const char *icon, *text;
			bool done, speaking, empty;
			if (t->guest)
				continue;
			int rows = (int)(n + 2) / 3;
			struct gfx_rect c =
			        ui_column(ui_line(grid, (int)k / 3, rows, 6), (int)k % 3, 3, 6);
			k++;
			case_seat_words(app, t, &icon, &text, &done, &speaking, &empty);
			ui_push_id(ui, t->id);
			if (ui_hit(ui, c, UI_ROLE_BUTTON, t->agency_name,
			            (empty || t->state == SEAT_LEFT ? UI_OFF : 0) | UI_COMPOSITE))
				case_seat_sheet(app, t);
			bool pressed = ui_pressed(ui);
			enum gfx_colour words = pressed || speaking ? GFX_ON_ACCENT
			                        : done              ? GFX_ON_SOFT
			                        : empty             ? GFX_TEXT2
			                                            : GFX_TEXT;
			ui_note(ui, c, UI_ROLE_STATUS, fmt(app, "%s: %s", t->agency_name, text),
			        NULL);
			if (empty) {
				ui_dashed(ui, c, ui_px(ui, 8), GFX_EDGE);
			} else if ((done || speaking) && !pressed) {
				ui_area(ui, c, ui_px(ui, 8), speaking ? GFX_ACCENT : GFX_SOFT,
				        GFX_ACCENT);
			} else {
				ui_box(ui, c, ui_px(ui, 8), pressed ? GFX_ACCENT_PRESS : GFX_PANEL,
				        1, GFX_EDGE);
			}
			struct gfx_rect cell = ui_inset(c, 10, 4),
			                state = ui_cut_bottom(&cell, ui_line_h(ui, GFX_MICRO));
			enum gfx_type type = ui_text_w(ui, GFX_CAPTION_B, t->agency_name) <= cell.w
			                             ? GFX_CAPTION_B
			                             : GFX_MICRO_B;
			ui_wrap(ui, cell, type, words, t->agency_name, 2);
			ui_icon(ui, ui_cut_left(&state, ui_px(ui, 20)), icon, ui_px(ui, 19), words);
			ui_cut_left(&state, 4);
			ui_elide(ui, state, GFX_MICRO, words, UI_LEFT, text);
			ui_pop_id(ui);
		}
		break;
	}
	default:
		case_shared(app, ui, r, p);
		break;
	}
}

/* The case of a group that reviews has the steps of its review (R20). */
static void review_button(struct app *app, struct page *p)
{
	struct case_state *st = app->state;
	if (st->row.forum == app->forum_id && app->forum.type &&
	        app->forum.type->review_complaints &&
	        page_button(app, p, "check", "Review", st->row.sight < SIGHT_ANON))
		app_go_back_to(app, &screen_review, &screen_case);
}

static void restrict_button(struct app *app, struct page *p)
{
	struct case_state *st = app->state;
	if (st->row.sight == SIGHT_FULL &&
	        page_button(app, p, "lock", app_small(app) ? "Limit" : "Who may see it", false))
		app_go_back_to(app, &screen_restrict, &screen_case);
}

/* Who is in it, how they are related, what happened: to read in full and to add to. */
static void file_button(struct app *app, struct page *p)
{
	struct case_state *st = app->state;
	if (st->row.sight == SIGHT_FULL &&
	        page_button(app, p, "case", app_small(app) ? "File" : "Case file", false))
		app_go_back_to(app, &screen_file, &screen_case);
}

static void buttons(struct app *app, struct page *p)
{
	struct case_state *st = app->state;
	bool small = app_small(app);
	if (!case_on_table(app)) {
		if (app->item_id && app->meeting.state == MEETING_SESSION) {
			const struct item_row *i = app_item(app, app->item_id);
			if (i && page_primary(app, p, "case",
			                 small ? "To table" : "Put it on the table", false,
			                 i->state == ITEM_DONE ? "This item is done" : "")) {
				struct command c = {.kind = CMD_ITEM_OPEN};
				c.u.item.item = app->item_id;
				(void)app_do(app, &c, NULL);
			}
		}
		review_button(app, p);
		file_button(app, p);
		restrict_button(app, p);
		hold_button(app, p, &st->hold);
		return;
	}
	size_t waiting = 0;
	for (size_t i = 0; i < app->n_seats; i++) {
		const struct share_row *last;
		const struct seat_row *t = &app->seat[i];
		waiting += !t->guest && t->state == SEAT_SIGNED &&
		           !agency_done(t->agency, st->now, st->n_now, &last);
	}
	const char *caption = waiting ? fmt(app, "%zu %s still waiting", waiting,
	                                        waiting == 1 ? "agency is" : "agencies are")
	                              : "";
	if (page_primary(app, p, "decision", small ? "Decide" : "Decide this item",
	            st->row.sight < SIGHT_ANON,
	            st->n_decisions ? "Decided; it can be changed"
	            : small         ? ""
	                            : caption))
		app_go_back_to(app, &screen_decide, &screen_case);
	review_button(app, p);
	if (page_button(app, p, "assess", small ? "Assess" : "Reassess risk",
	            st->row.sight < SIGHT_FULL))
		app_go_back_to(app, &screen_risk, &screen_case);
	/* another item was opened: whoever left for the last one is back by one touch */
	if (away_count(app) &&
	        page_button(app, p, "seat", small ? "Bring back" : away_label(app), false))
		bring_back(app);
	if (page_button(app, p, "people", small ? "Room" : "Who is here", false))
		leave_sheet(app);
	file_button(app, p);
}

/* Who makes the case be shown without names, in a room that may else see them: said, so that they
 * can be asked to leave for the item. NULL when nobody does. */
static const char *why_anonymised(struct app *app)
{
	const struct case_state *st = app->state;
	const char *who = NULL;
	int more = 0;
	if (st->row.sight != SIGHT_ANON || app->viewer.anonymised)
		return NULL;
	for (size_t i = 0; i < app->viewer.n; i++) {
		enum standing s = app->viewer.present[i].standing;
		if (s != STANDING_COOPTED && s != STANDING_COMMUNITY)
			continue;
		for (size_t k = 0; k < app->n_seats; k++)
			if (app->seat[k].id == app->viewer.seat[i]) {
				more += who != NULL;
				who = who ? who : seat_name(app, &app->seat[k]);
			}
	}
	if (!who)
		return NULL;
	return more ? fmt(app, "Without names: %s and %d more are here", who, more)
	            : fmt(app, "Without names: %s is here", who);
}

static void build(struct app *app, struct ui *ui)
{
	struct case_state *st = app->state;
	struct page p;
	bool small = app_small(app);
	if (!app->case_id) {
		app_go(app, app->meeting.id ? &screen_agenda : &screen_home);
		return;
	}
	const struct item_row *item = app_item(app, app->item_id);
	app->pad.slim = small && st->tab >= 3;
	if (st->row.sight < SIGHT_ANON) {
		page_begin(app, ui, &p, item ? fmt(app, "Item %d", item->number) : "Held back",
		        small || !app->meeting.id
		                ? NULL
		                : fmt(app, "%s, %s", app->meeting.type->name,
		                          fmt_day(app, app->meeting.day, DAY_WEEKDAY)),
		        app->back);
		page_room(app, &p);
		if (held_build(app, ui, &p, item)) {
			st->closed_to_room = false;
			app->reload = true;
			ui_again(ui);
		}
		page_end(app, &p, NULL, false);
		return;
	}
	const char *anon = why_anonymised(app);
	page_begin(app, ui, &p, st->row.ref,
	        small                   ? NULL
	        : anon                  ? anon
	        : item && *item->second ? item->second
	                                : st->row.strand,
	        small ? NULL : app->back);
	if (case_on_table(app))
		page_timer(app, &p);
	header(app, ui, &p);
	if (small) {
		small_tabs(app, ui, &p);
	} else {
		struct gfx_rect r = ui_inset(p.body, 0, -4), seats = {0};
		int gap = ui_px(ui, 12);
		if (app->meeting.id && app->item_id) {
			seats = ui_cut_bottom(&r, ui_px(ui, 88));
			ui_cut_bottom(&r, 10);
		}
		struct gfx_rect left = ui_cut_left(&r, ui_px(ui, app_wide(app) ? 500 : 360)), right;
		ui_cut_left(&r, gap);
		right = ui_cut_right(&r, ui_px(ui, app_wide(app) ? 500 : 332));
		ui_cut_right(&r, gap);
		struct gfx_rect inc = ui_cut_bottom(&left, left.h * 38 / 100);
		ui_cut_bottom(&left, gap);
		case_people(app, ui, left, NULL);
		case_incidents(app, ui, inc);
		case_shared(app, ui, r, NULL);
		case_risk(app, ui, ui_cut_top(&right, ui_px(ui, 190)));
		ui_cut_top(&right, gap);
		case_actions(app, ui, right, NULL);
		if (seats.h)
			case_table_seats(app, ui, seats);
	}
	buttons(app, &p);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_case = {
        "case", PLACE_CASE, sizeof(struct case_state), load, build, NULL, NULL};
