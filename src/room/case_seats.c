#include "case.h"

/* The seats along the bottom, which are the table itself, and what a touch of one offers. */

static void give_word(struct app *app, int64_t agency)
{
	struct command c = {.kind = CMD_WORD};
	c.u.word.item = app->item_id;
	c.u.word.agency = agency;
	(void)app_do(app, &c, NULL);
}

void case_write_share(struct app *app, int64_t agency)
{
	app->share_agency = agency;
	app->research_line = 0;
	app_go_back_to(app, &screen_share, &screen_case);
}

void case_read_return(struct app *app, int64_t agency)
{
	app->share_agency = agency;
	app_go_back_to(app, &screen_research, &screen_case);
}

void case_says_nothing(struct app *app, int64_t agency)
{
	struct command c = {.kind = CMD_SHARE};
	c.u.share.what = SHARE_NOTHING;
	c.u.share.item = app->item_id;
	c.u.share.agency = agency;
	c.u.share.source_day = DAY_NONE;
	(void)app_do(app, &c, NULL);
}

enum { DO_WRITE, DO_NOTHING, DO_WORD, DO_READ };

static void seat_done(struct app *app, struct sheet *s)
{
	if (s->row[s->chosen].id == DO_WRITE) {
		case_write_share(app, s->arg);
	} else if (s->row[s->chosen].id == DO_NOTHING) {
		case_says_nothing(app, s->arg);
	} else if (s->row[s->chosen].id == DO_READ) {
		case_read_return(app, s->arg);
	} else {
		give_word(app, s->arg);
		((struct case_state *)app->state)->tab = 1; /* 7 inch: what is said now */
	}
}

/* "2 of 3 lines wait": that there are some, and nothing of them. */
static const char *return_words(struct app *app, const struct waiting_row *w)
{
	return w->waiting < w->lines ? fmt(app, "%zu of %zu lines wait", w->waiting, w->lines)
	                             : fmt(app, "%zu %s, private until said", w->lines,
	                                       w->lines == 1 ? "line" : "lines");
}

void case_seat_sheet(struct app *app, const struct seat_row *t)
{
	struct sheet *s = sheet_open(app, t->agency_name,
	        t->state == SEAT_SIGNED ? t->role
	                                : "Not in the room; what it sent can be written down",
	        NULL, seat_done, t->agency);
	struct waiting_row wait = {0};
	if (t->state == SEAT_SIGNED)
		err_ignore(record_return_waiting(
		        app->record, &app->viewer, app->item_id, t->agency, &wait));
	if (wait.waiting)
		sheet_row(s, "search", "Read out its return", return_words(app, &wait), DO_READ,
		        NULL, false);
	sheet_row(s, "edit", "Write what is said", "Or a decision not to share", DO_WRITE, NULL,
	        false);
	sheet_row(s, "nothing", "Has nothing to share",
	        wait.returned && wait.nothing ? "Its return says that nothing is known" : NULL,
	        DO_NOTHING, NULL, false);
	if (t->state == SEAT_SIGNED && app->meeting.word_agency != t->agency)
		sheet_row(s, "speaking", "Give it the word", NULL, DO_WORD, NULL, false);
}

void case_seat_words(const struct app *app, const struct seat_row *t, const char **icon,
        const char **text, bool *done, bool *speaking, bool *empty)
{
	struct case_state *st = app->state;
	const struct share_row *last;
	*done = agency_done(t->agency, st->now, st->n_now, &last);
	*speaking = app->meeting.word_agency == t->agency && t->agency;
	*empty = !*done && t->state != SEAT_SIGNED && t->information == DAY_NONE;
	*icon = "waiting";
	*text = "Waiting";
	if (*speaking) {
		*icon = "speaking";
		*text = "Speaking";
	} else if (*done) {
		*icon = last->what == SHARE_NOT       ? "no-share"
		        : last->what == SHARE_NOTHING ? "nothing"
		        : t->state == SEAT_SIGNED     ? "done"
		                                      : "minutes";
		*text = last->what == SHARE_NOT       ? "Not shared"
		        : last->what == SHARE_NOTHING ? "Nothing"
		        : t->state == SEAT_SIGNED     ? "Spoke"
		                                      : "By letter";
	} else if (t->state == SEAT_LEFT) {
		*icon = "leave";
		*text = "Out";
	} else if (*empty) {
		*icon = "seat";
		*text = "Empty";
	} else if (t->state != SEAT_SIGNED) {
		*icon = "minutes";
		*text = "Letter";
	}
}

void case_table_seats(struct app *app, struct ui *ui, struct gfx_rect r)
{
	size_t n = 0, k = 0;
	for (size_t i = 0; i < app->n_seats; i++)
		n += !app->seat[i].guest;
	for (size_t i = 0; i < app->n_seats && n; i++) {
		const struct seat_row *t = &app->seat[i];
		const char *icon, *text;
		bool done, speaking, empty;
		if (t->guest)
			continue;
		struct gfx_rect c = ui_column(r, (int)k++, (int)n, 6);
		case_seat_words(app, t, &icon, &text, &done, &speaking, &empty);
		ui_push_id(ui, t->id);
		bool off = !case_on_table(app) || (empty && t->state != SEAT_LEFT) ||
		           t->state == SEAT_LEFT;
		if (ui_hit(ui, c, UI_ROLE_BUTTON, t->agency_name,
		            (off ? UI_OFF : 0) | (speaking ? UI_CHOSEN_FLAG : 0) | UI_COMPOSITE))
			case_seat_sheet(app, t);
		ui_note(ui, c, UI_ROLE_STATUS, fmt(app, "%s: %s", t->agency_name, text), NULL);
		bool pressed = ui_pressed(ui);
		enum gfx_colour fill = pressed    ? GFX_ACCENT_PRESS
		                       : speaking ? GFX_ACCENT
		                       : done     ? GFX_SOFT
		                       : empty    ? GFX_GROUND
		                                  : GFX_PANEL;
		enum gfx_colour words = pressed || speaking ? GFX_ON_ACCENT
		                        : done              ? GFX_ON_SOFT
		                        : empty             ? GFX_TEXT2
		                                            : GFX_TEXT;
		if (empty) {
			ui_round(ui, c, ui_px(ui, 8), fill);
			ui_dashed(ui, c, ui_px(ui, 8), GFX_EDGE);
		} else if (done || speaking) {
			ui_area(ui, c, ui_px(ui, 8), fill, GFX_ACCENT);
		} else {
			ui_box(ui, c, ui_px(ui, 8), fill, 1, GFX_EDGE);
		}
		struct gfx_rect in = ui_inset(c, ui_px(ui, 5), ui_px(ui, 8)),
		                state = ui_cut_bottom(&in, ui_line_h(ui, GFX_MICRO));
		/* a name is never cut: it is set smaller */
		enum gfx_type type = ui_wrap_h(ui, in.w, GFX_CAPTION_B, t->agency_name, 0) >
		                                     2 * ui_line_h(ui, GFX_CAPTION_B)
		                             ? GFX_MICRO_B
		                             : GFX_CAPTION_B;
		int h = ui_wrap_h(ui, in.w, type, t->agency_name, 2);
		in.y += (in.h - h) / 2;
		in.h = h;
		ui_wrap(ui, in, type, words, t->agency_name, 2);
		state.x = c.x + 3; /* ten seats are narrow; the word is never cut */
		state.w = c.w - 5;
		ui_icon(ui, ui_cut_left(&state, ui_px(ui, 19)), icon, ui_px(ui, 18), words);
		ui_cut_left(&state, 2);
		ui_elide(ui, state, GFX_MICRO, words, UI_LEFT, text);
		ui_pop_id(ui);
	}
}
