#include "app.h"
#include "caseroom/record_sharing.h"
#include <stdio.h>
#include <string.h>

/* Sign-in: a seat for each agency, the declaration at full reading size, nobody unsigned sees a
 * case. */

struct seats_state {
	int64_t chosen, in_view; /* the seat chosen; the one last brought into view */
	struct practice_quorum quorum;
	struct answered_row *answered; /* agencies asked for research */
	size_t n_answered;
	struct ui_scroll scroll, words;
	int64_t signed_ms; /* when somebody signed last on this screen; 0: nobody yet */
};

static enum err load(struct app *app)
{
	struct seats_state *st = app->state;
	if (!app->meeting.id)
		return ERR_OK;
	enum err e = record_quorum(app->record, app->meeting.id, 0, &st->quorum);
	st->n_answered = 0;
	return e ? e
	         : record_answered(app->record, &app->rows, &app->viewer, app->meeting.id,
	                   &st->answered, &st->n_answered);
}

/* What an agency still owes: a signature under the agreement that holds (R28), a return (R29). */
struct owes {
	bool agreement, research;
};

static struct owes seat_owes(const struct app *app, const struct seat_row *s)
{
	const struct seats_state *st = app->state;
	struct owes o = {0};
	if (s->guest || !s->agency || s->state == SEAT_EMPTY)
		return o;
	o.agreement = !s->isa_signed;
	for (size_t i = 0; i < st->n_answered; i++)
		o.research |= st->answered[i].agency == s->agency && !st->answered[i].returned;
	return o;
}

/* The sentence for a seat that is looked at; "" when nothing is owed. */
static const char *owes_words(struct app *app, const struct seat_row *s)
{
	struct owes o = seat_owes(app, s);
	const char *no_agreement =
	        o.agreement ? fmt(app,
	                              "%s has not signed the information sharing agreement. It can "
	                              "listen; it cannot be given papers.",
	                              s->agency_name)
	                    : "";
	return o.research ? fmt(app, "%s%sIt has not returned its research.", no_agreement,
	                            o.agreement ? " " : "")
	                  : no_agreement;
}

static const struct seat_row *chosen(const struct app *app)
{
	const struct seats_state *st = app->state;
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].id == st->chosen)
			return &app->seat[i];
	return NULL;
}

const char *seat_name(struct app *app, const struct seat_row *s)
{
	static const char *const KIND[] = {"Member", "Deputy", "Co-opted", "Observer", "Community"};
	return *s->agency_name && !s->guest ? s->agency_name
	                                    : fmt(app, "%s: %s", KIND[s->standing], s->role);
}

static bool at_seat(struct app *app, enum command_kind kind, int64_t seat)
{
	struct command c = {.kind = kind};
	c.u.at_seat.seat = seat;
	return app_do(app, &c, NULL);
}

/* ---- sheets ---- */

static void person_done(struct app *app, struct sheet *s)
{
	const struct seat_row *seat = chosen(app);
	struct command c = {.kind = CMD_SEAT_PERSON};
	if (!seat)
		return;
	c.u.seat.seat = seat->id;
	c.u.seat.person = s->row[s->chosen].id;
	if (s->row[s->chosen].needs_words) /* marks a substitute */
		c.u.seat.substitute_for = s->arg;
	(void)app_do(app, &c, NULL);
}

/* Who sits here: the people of the agency; whoever is not the core member sits as a named
 * substitute. */
static void person_open(struct app *app, const struct seat_row *seat)
{
	struct person_row *p;
	size_t n;
	int64_t core = 0;
	if (record_people(app->record, &app->rows, app->forum_id, seat->agency, &p, &n))
		return;
	for (size_t i = 0; i < n && !core; i++)
		if (p[i].standing == STANDING_CORE || p[i].standing == STANDING_COOPTED)
			core = p[i].id;
	struct sheet *s = sheet_open(app, fmt(app, "Who sits for %s?", seat_name(app, seat)), NULL,
	        NULL, person_done, core);
	for (size_t i = 0; i < n; i++)
		sheet_row(s, "person", p[i].name,
		        p[i].id == core ? p[i].role : fmt(app, "%s, as substitute", p[i].role),
		        p[i].id, NULL, p[i].id != core);
	if (!n) {
		sheet_close(app);
		app_fail(app, ERR_NOT_FOUND,
		        &(struct why){"Nobody of that agency is known yet. Add a person first."});
	}
}

static void apologies_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_SEAT_APOLOGIES};
	c.u.apologies.seat = s->arg;
	c.u.apologies.information = s->row[s->chosen].id
	                                    ? time_today() - (int32_t)(s->row[s->chosen].id - 1)
	                                    : DAY_NONE;
	if (app_do(app, &c, NULL) && app_small(app))
		((struct seats_state *)app->state)->chosen = 0; /* back to all seats */
}

static void apologies_open(struct app *app, const struct seat_row *seat)
{
	struct sheet *s = sheet_open(app, fmt(app, "Apologies of %s", seat_name(app, seat)),
	        "Did it send information for this meeting?", NULL, apologies_done, seat->id);
	sheet_row(s, "no-letter", "No information was sent", NULL, 0, NULL, false);
	sheet_row(s, "minutes", "Information sent, received today", NULL, 1, NULL, false);
	sheet_row(s, "minutes", "Information sent, received yesterday", NULL, 2, NULL, false);
	sheet_row(
	        s, "minutes", "Information sent, received earlier this week", NULL, 3, NULL, false);
}

static void guest_named(struct app *app, struct sheet *s)
{
	static const char *const ROLE[] = {"Expert", "Observer", "Community member"};
	struct command c = {.kind = CMD_SEAT_GUEST};
	char name[NAME_MAX_BYTES], *comma;
	snprintf(name, sizeof(name), "%s", s->edit.text);
	comma = strchr(name, ',');
	c.u.guest.meeting = app->meeting.id;
	c.u.guest.standing = (enum standing)s->arg;
	c.u.guest.role = ROLE[s->arg - STANDING_COOPTED];
	if (comma) {
		*comma = 0;
		c.u.guest.role = comma[1] == ' ' ? comma + 2 : comma + 1;
	}
	c.u.guest.name = name;
	(void)app_do(app, &c, NULL);
	wipe(name, sizeof(name));
}

static void guest_standing(struct app *app, struct sheet *s)
{
	int64_t standing = s->row[s->chosen].id;
	struct sheet *n = sheet_open(app, "Who is it?", "The name and, after a comma, the role.",
	        "Add", guest_named, standing);
	sheet_words(n, "Name, role", true, "");
}

static void guest_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Add a person",
	        "Who is not of an agency with a seat. They sign too.", NULL, guest_standing, 0);
	sheet_row(s, "show", "Observer",
	        "Listens; counts for nothing; sees items without restriction", STANDING_OBSERVER,
	        NULL, false);
	sheet_row(s, "person", "Co-opted expert or person with lived experience",
	        "Sees the anonymised view only", STANDING_COOPTED, NULL, false);
	sheet_row(s, "people", "Community member", "Sees the anonymised view only",
	        STANDING_COMMUNITY, NULL, false);
}

static void conflict_decided(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_CONFLICT};
	const struct seat_row *seat = chosen(app);
	if (!seat)
		return;
	c.u.conflict.seat = seat->id;
	c.u.conflict.case_id = s->arg;
	c.u.conflict.decision = s->row[s->chosen].key;
	c.u.conflict.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void conflict_case(struct app *app, struct sheet *s)
{
	int64_t kase = s->row[s->chosen].id;
	struct sheet *n = sheet_open(app, "What did the chair decide?",
	        "It is minuted. The panel holds the item back until the person has left.",
	        "Record it", conflict_decided, kase);
	sheet_list(app, n, "conflict-decision");
	sheet_words(n, "What was declared", false, "");
}

static void conflict_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "In which case?",
	        "Say the reference; nothing more is shown.", NULL, conflict_case, 0);
	struct record_viewer v = app->viewer;
	struct item_row *item = NULL;
	size_t n = 0;
	enum err e = ERR_OK;
	if (v.blind) /* the first to sign must be able to say so too: references that any member may
	                know, whoever opened the store */
		record_viewer_agency(0, true, &v);
	if (!e)
		e = record_items(app->record, &app->rows, &v, app->meeting.id, &item, &n);
	for (size_t i = 0; !e && i < n; i++)
		if (item[i].case_id && item[i].sight >= SIGHT_HELD && item[i].state < ITEM_DONE)
			sheet_row(s, "case",
			        item[i].sight >= SIGHT_ANON ? item[i].title
			                                    : fmt(app, "Item %d", item[i].number),
			        NULL, item[i].case_id, NULL, false);
	if (!s->n) {
		sheet_close(app);
		app_fail(app, ERR_NOT_FOUND,
		        &(struct why){"No case is on the agenda that could be named. Tell the "
		                      "chair before you sign."});
	}
}

enum { DO_CHAIR, DO_MINUTES, DO_PERSON, DO_APOLOGIES, DO_CONFLICT, DO_LEAVE, DO_RETURN };

static void more_done(struct app *app, struct sheet *s)
{
	const struct seat_row *seat = chosen(app);
	if (!seat)
		return;
	switch (s->row[s->chosen].id) {
	case DO_CHAIR:
		(void)at_seat(app, CMD_SEAT_CHAIR, seat->id);
		break;
	case DO_MINUTES:
		(void)at_seat(app, CMD_SEAT_MINUTES, seat->id);
		break;
	case DO_PERSON:
		person_open(app, seat);
		break;
	case DO_APOLOGIES:
		apologies_open(app, seat);
		break;
	case DO_CONFLICT:
		conflict_open(app);
		break;
	case DO_LEAVE:
		(void)at_seat(app, CMD_SEAT_LEAVE, seat->id);
		break;
	case DO_RETURN:
		(void)at_seat(app, CMD_SEAT_RETURN, seat->id);
		break;
	}
}

static void more_open(struct app *app, const struct seat_row *seat)
{
	struct sheet *s = sheet_open(app, seat_name(app, seat), seat->role, NULL, more_done, 0);
	bool member = !seat->guest && seat->standing <= STANDING_DEPUTY;
	if (member && !seat->chair)
		sheet_row(s, "people", "Takes the chair", NULL, DO_CHAIR, NULL, false);
	if (!seat->guest && !seat->chair && !seat->minute_taker)
		sheet_row(
		        s, "edit", "Takes the minutes", "Never the chair", DO_MINUTES, NULL, false);
	if (!seat->guest && seat->state != SEAT_SIGNED && seat->state != SEAT_LEFT)
		sheet_row(s, "person", "Somebody else sits here", "A deputy or a named substitute",
		        DO_PERSON, NULL, false);
	if (!seat->guest && seat->state != SEAT_SIGNED && seat->state != SEAT_LEFT)
		sheet_row(s, "no-letter", "Sends apologies", NULL, DO_APOLOGIES, NULL, false);
	sheet_row(s, "relation", "Knows someone in a case", NULL, DO_CONFLICT, NULL, false);
	if (seat->state == SEAT_SIGNED)
		sheet_row(s, "leave", "Leaves the room", NULL, DO_LEAVE, NULL, false);
	if (seat->state == SEAT_LEFT)
		sheet_row(s, "seat", "Is back", NULL, DO_RETURN, NULL, false);
}

/* ---- the picture ---- */

static void state_words(struct app *app, const struct seat_row *s, bool now, const char **icon,
        const char **text, enum gfx_colour *c)
{
	*c = GFX_TEXT2;
	*icon = "waiting";
	*text = "Not yet signed";
	switch (s->state) {
	case SEAT_SIGNED:
		*c = GFX_ACCENT;
		*icon = "done";
		*text = fmt(app, "%s %s",
		        s->chair          ? "Chair, signed"
		        : s->minute_taker ? "Minutes,"
		                          : "Signed",
		        fmt_hm(app, s->signed_us));
		return;
	case SEAT_APOLOGIES:
		*icon = s->information != DAY_NONE ? "minutes" : "no-letter";
		*text = s->information != DAY_NONE ? "Information sent" : "Apologies";
		return;
	case SEAT_EMPTY:
		*icon = "seat";
		*text = "Empty seat";
		return;
	case SEAT_LEFT:
		*icon = "leave";
		*text = "Out of the room";
		return;
	default:
		break;
	}
	if (now) {
		*c = GFX_ACCENT;
		*icon = "edit";
		*text = "Signing now";
	}
}

/* 7 inch: one word, so that it is never cut. */
static const char *state_word(const struct seat_row *s)
{
	switch (s->state) {
	case SEAT_SIGNED:
		return s->chair ? "Chair" : s->minute_taker ? "Minutes" : "Signed";
	case SEAT_APOLOGIES:
		return s->information != DAY_NONE ? "Information sent" : "Apologies";
	case SEAT_EMPTY:
		return "Empty seat";
	case SEAT_LEFT:
		return "Out of the room";
	default:
		return "Not yet signed";
	}
}

static const char *who_words(struct app *app, const struct seat_row *s)
{
	if (s->state == SEAT_EMPTY)
		return "No one expected";
	if (s->guest)
		return s->standing == STANDING_OBSERVER ? "No restricted items"
		                                        : "Anonymised view only";
	if (*s->substitute_role)
		return fmt(app, "Sub: %s", s->role);
	return s->role;
}

static int longest_word(struct app *app, struct ui *ui, enum gfx_type type, const char *text)
{
	int most = 0;
	while (*text) {
		size_t len = strcspn(text, " ");
		int w = ui_text_w(ui, type, fmt(app, "%.*s", (int)len, text));
		most = w > most ? w : most;
		text += len + strspn(text + len, " ");
	}
	return most;
}

static void seat(struct app *app, struct ui *ui, struct gfx_rect r, const struct seat_row *s)
{
	struct seats_state *st = app->state;
	bool now = st->chosen == s->id && s->state != SEAT_SIGNED, small = app_small(app);
	const char *icon, *text;
	enum gfx_colour c;
	ui_push_id(ui, s->id);
	state_words(app, s, now, &icon, &text, &c);
	if (ui_hit(ui, r, UI_ROLE_BUTTON, seat_name(app, s),
	            st->chosen == s->id ? UI_CHOSEN_FLAG : 0)) {
		st->chosen = s->id;
		ui_again(ui);
	}
	struct owes o = seat_owes(app, s);
	/* who is still to sign goes before */
	const char *warn = o.agreement                               ? "No agreement signed"
	                   : o.research && s->state != SEAT_EXPECTED ? "No return yet"
	                                                             : NULL;
	ui_note(ui, r, UI_ROLE_STATUS, fmt(app, "%s: %s", seat_name(app, s), text), warn);
	if (ui_pressed(ui)) {
		ui_round(ui, r, ui_px(ui, 8), GFX_SOFT);
	} else if (s->state == SEAT_EMPTY) {
		ui_round(ui, r, ui_px(ui, 8), GFX_GROUND);
		ui_dashed(ui, r, ui_px(ui, 8), GFX_EDGE);
	} else {
		bool sel = st->chosen == s->id;
		ui_box(ui, r, ui_px(ui, 8),
		        s->state == SEAT_APOLOGIES || s->state == SEAT_LEFT ? GFX_GROUND
		                                                            : GFX_PANEL,
		        sel ? 3 : 1, sel ? GFX_ACCENT : GFX_HAIR);
	}
	struct gfx_rect in = ui_inset(r, small ? 10 : ui_px(ui, 15), small ? 3 : ui_px(ui, 12)),
	                top = ui_cut_top(
	                        &in, small ? in.h - ui_line_h(ui, GFX_MICRO_B) : ui_px(ui, 48));
	if (small) {
		/* a name is never cut: it is set smaller, in two lines */
		enum gfx_type type = ui_text_w(ui, GFX_CAPTION_B, seat_name(app, s)) <= top.w
		                             ? GFX_CAPTION_B
		                             : GFX_MICRO_B;
		int h = ui_wrap_h(ui, top.w, type, seat_name(app, s), 2);
		ui_wrap(ui,
		        (struct gfx_rect){
		                top.x, top.y + (top.h > h ? (top.h - h) / 2 : 0), top.w, h},
		        type, GFX_TEXT, seat_name(app, s), 2);
		if (ui_text_w(ui, GFX_MICRO_B, state_word(s)) + ui_px(ui, 20) + 6 <= in.w) {
			ui_icon(ui, ui_cut_left(&in, ui_px(ui, 20)), icon, ui_px(ui, 19), c);
			ui_cut_left(&in, 6);
		}
		if (warn)
			ui_icon(ui, ui_cut_right(&in, ui_px(ui, 22)), "warning", ui_px(ui, 19),
			        GFX_WARN);
		ui_elide(ui, in, GFX_MICRO_B, c, UI_LEFT, state_word(s));
		ui_pop_id(ui);
		return;
	}
	ui_tile(ui, ui_cut_left(&top, ui_px(ui, 48)), *s->code3 ? NULL : "show",
	        *s->code3 ? s->code3 : NULL, s->state == SEAT_SIGNED);
	ui_cut_left(&top, ui_px(ui, 12));
	/* a name is never cut: it is set smaller */
	static const enum gfx_type SMALLER[] = {GFX_BODY_B, GFX_CAPTION_B, GFX_MICRO_B};
	enum gfx_type type = SMALLER[0];
	for (size_t i = 0; i < COUNT_OF(SMALLER); i++) {
		type = SMALLER[i];
		if (ui_wrap_h(ui, top.w, type, seat_name(app, s), 0) <= 2 * ui_line_h(ui, type) &&
		        longest_word(app, ui, type, seat_name(app, s)) <= top.w)
			break;
	}
	int most = type == GFX_MICRO_B ? 3 : 2,
	    lines = ui_wrap_h(ui, top.w, type, seat_name(app, s), most),
	    line_h = ui_line_h(ui, type);
	ui_wrap(ui,
	        (struct gfx_rect){
	                top.x, top.y + (top.h - lines) / 2, top.w, lines > line_h ? lines : line_h},
	        type, GFX_TEXT, seat_name(app, s), most);
	struct gfx_rect state = ui_cut_bottom(&in, ui_line_h(ui, GFX_CAPTION_B));
	ui_cut_top(&in, ui_px(ui, 6));
	struct gfx_rect who = ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION));
	if (warn)
		ui_icon(ui, ui_cut_left(&who, ui_px(ui, 26)), "warning", ui_px(ui, 20), GFX_WARN);
	const char *second = warn ? warn : who_words(app, s);
	ui_elide(ui, who, ui_text_w(ui, GFX_CAPTION, second) > who.w ? GFX_MICRO : GFX_CAPTION,
	        warn ? GFX_WARN : GFX_TEXT2, UI_LEFT, second);
	ui_icon(ui, ui_cut_left(&state, ui_px(ui, 22)), icon, ui_px(ui, 22), c);
	ui_cut_left(&state, ui_px(ui, 8));
	if (ui_text_w(ui, GFX_CAPTION_B, text) > state.w) /* the grid is paged: less room */
		text = now ? text : state_word(s);
	ui_elide(ui, state,
	        ui_text_w(ui, GFX_CAPTION_B, text) > state.w ? GFX_MICRO_B : GFX_CAPTION_B, c,
	        UI_LEFT, text);
	ui_pop_id(ui);
}

/* Two of three columns hold the seats; at 7 inch the whole page. Rows shrink to fit; beyond that
 * they are paged. */
static void seats(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct seats_state *st = app->state;
	bool small = app_small(app);
	int gap = ui_px(ui, 12),
	    least = small ? 2 * ui_line_h(ui, GFX_MICRO_B) + ui_line_h(ui, GFX_MICRO_B) + 6
	                  : ui_px(ui, 132),
	    row_h = small ? least : ui_px(ui, 160);
	int cols = !small && r.w > 5 * ui_px(ui, 231)   ? 5
	           : !small && r.w > 4 * ui_px(ui, 231) ? 4
	                                                : 3;
	size_t rows = (app->n_seats + (size_t)cols - 1) / (size_t)cols, i;
	struct ui_list l;
	struct gfx_rect row;
	if (rows && (r.h + gap) / (int)rows - gap >= least) {
		int h = (r.h + gap) / (int)rows - gap;
		for (i = 0; i < app->n_seats; i++) {
			row = (struct gfx_rect){r.x,
			        r.y + (int)(i / (size_t)cols) * ((h < row_h ? h : row_h) + gap),
			        r.w, h < row_h ? h : row_h};
			seat(app, ui, ui_column(row, (int)(i % (size_t)cols), cols, gap),
			        &app->seat[i]);
		}
		return;
	}
	for (i = 0; st->in_view != st->chosen && i < app->n_seats; i++) {
		if (app->seat[i].id != st->chosen)
			continue;
		/* whoever signs next is seen, on whichever page */
		int y = (int)(i / (size_t)cols) * (row_h + gap);
		if (y < st->scroll.offset || y + row_h > st->scroll.offset + r.h)
			st->scroll = (struct ui_scroll){.offset = y};
	}
	st->in_view = st->chosen;
	ui_list_begin(ui, &l, r, "Seats", &st->scroll, rows, row_h + gap, NULL);
	if (small)
		ui_fill(ui, l.view, GFX_GROUND);
	while (ui_list_next(ui, &l, &i, &row)) {
		row.h -= gap;
		for (int c = 0; c < cols && i * (size_t)cols + (size_t)c < app->n_seats; c++)
			seat(app, ui, ui_column(row, c, cols, gap),
			        &app->seat[i * (size_t)cols + (size_t)c]);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

#define SIGN_AGAIN_MS 700

/* The next signature is asked for at the same place: a finger that touched twice would give it. The
 * steps of a script touch once. */
static bool just_signed(struct app *app)
{
	const struct seats_state *st = app->state;
	int64_t left = st->signed_ms ? st->signed_ms + SIGN_AGAIN_MS - time_mono_ms() : 0;
	if (left <= 0 || app->script.on)
		return false;
	ui_wake_in(app->ui, (int)left);
	return true;
}

/* The next one who still has to sign. */
static void sign(struct app *app, const struct seat_row *s)
{
	struct seats_state *st = app->state;
	int64_t next = 0;
	if (!at_seat(app, CMD_SEAT_SIGN, s->id))
		return;
	st->signed_ms = time_mono_ms();
	for (size_t i = 0; i < app->n_seats && !next; i++)
		if (app->seat[i].id != s->id && app->seat[i].state == SEAT_EXPECTED)
			next = app->seat[i].id;
	st->chosen = next;
}

/* 7 inch: the declaration whole and at reading size, for one seat; the next follows by itself. */
static void sign_page(struct app *app, struct ui *ui, const struct seat_row *s)
{
	const struct ui_metrics *m = ui_m(ui);
	const char *text = app->meeting.type->declaration, *icon, *state;
	bool can_sign = s->state != SEAT_SIGNED && s->state != SEAT_EMPTY && s->state != SEAT_LEFT;
	enum gfx_colour c;
	struct page p;
	state_words(app, s, true, &icon, &state, &c);
	page_begin(app, ui, &p, seat_name(app, s),
	        *s->agency_name && !s->guest ? fmt(app, "%s. %s", who_words(app, s), state) : state,
	        &screen_seats);
	struct gfx_rect in = ui_inset(ui_panel(ui, p.body), 14, 10),
	                row = ui_cut_bottom(&in, m->target);
	enum gfx_type type = ui_wrap_h(ui, in.w, GFX_BODY, text, 0) + 2 * m->gap <= in.h
	                             ? GFX_BODY
	                             : GFX_CAPTION;
	ui_cut_bottom(&in, 10);
	ui_note(ui, in, UI_ROLE_HEADING, "Read, then sign", app->meeting.type->declaration_title);
	if (*owes_words(app, s)) {
		int h = ui_wrap(ui, in, GFX_CAPTION_B, GFX_WARN, owes_words(app, s), 0);
		ui_cut_top(&in, h + 8);
	}
	while (*text) {
		const char *end = strchr(text, '\n');
		const char *para = end ? fmt(app, "%.*s", (int)(end - text), text) : text;
		ui_cut_top(&in, ui_wrap(ui, in, type, GFX_TEXT, para, 0) + 8);
		text = end ? end + 1 : "";
	}
	if (can_sign) {
		struct gfx_rect more = ui_cut_right(&row, m->target + m->gap);
		ui_cut_right(&row, 12);
		if (ui_button(ui, row, UI_NORMAL, "person", "I know someone in a case", false))
			conflict_open(app);
		if (ui_square(ui, more, UI_NORMAL, "more", "More for this seat", false))
			more_open(app, s);
	} else if (ui_button(ui, row, UI_NORMAL, "more", "More for this seat", false)) {
		more_open(app, s);
	}
	if (can_sign &&
	        page_primary(app, &p, "edit", "I agree, sign",
	                app->meeting.state == MEETING_PLANNED || just_signed(app),
	                app->meeting.state == MEETING_PLANNED ? "Open the meeting first" : ""))
		sign(app, s);
	else if (s->state == SEAT_EMPTY &&
	         page_primary(app, &p, "person", "Who sits here?", false, ""))
		person_open(app, s);
	page_end(app, &p, NULL, false);
}

#define PARAGRAPHS_MAX 32

/* Whole, at reading size; a long one is set smaller, and one longer still is a list with pages. */
static void declaration_words(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct seats_state *st = app->state;
	const char *para[PARAGRAPHS_MAX];
	int heights[PARAGRAPHS_MAX], total = 0, w = r.w;
	size_t n = 0, i;
	enum gfx_type type = GFX_BODY;
	struct gfx_rect row;
	struct ui_list l;
	for (const char *text = app->meeting.type->declaration; *text && n < COUNT_OF(para);) {
		const char *end = strchr(text, '\n');
		/* the last place takes whatever is left */
		bool cut = end && n + 1 < COUNT_OF(para);
		para[n++] = cut ? fmt(app, "%.*s", (int)(end - text), text) : text;
		text = cut ? end + 1 : "";
	}
	for (int pass = 0; pass < 3; pass++) {
		total = 0;
		for (i = 0; i < n; i++)
			total += heights[i] = ui_wrap_h(ui, w, type, para[i], 0) + ui_px(ui, 12);
		if (total - ui_px(ui, 12) <= r.h)
			break;
		type = GFX_CAPTION;
		w = pass == 0 ? r.w : r.w - ui_m(ui)->pager_w - ui_px(ui, 12);
	}
	if (total - ui_px(ui, 12) <= r.h) {
		for (i = 0; i < n; i++)
			ui_wrap(ui, ui_cut_top(&r, heights[i]), type, GFX_TEXT, para[i], 0);
		return;
	}
	ui_list_begin(ui, &l, r, "Declaration", &st->words, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row))
		ui_wrap(ui, row, type, GFX_TEXT, para[i], 0);
	ui_list_end(ui, &l);
}

static void declaration(struct app *app, struct ui *ui, struct gfx_rect r)
{
	const struct ui_metrics *m = ui_m(ui);
	const struct practice_type *t = app->meeting.type;
	const struct seat_row *s = chosen(app);
	bool can_sign = s && s->state != SEAT_SIGNED && s->state != SEAT_EMPTY;
	struct gfx_rect in = ui_inset(ui_panel(ui, r), ui_px(ui, 22), ui_px(ui, 22));
	struct gfx_rect sign_at = {0}, know = {0};
	if (s) {
		sign_at = ui_cut_bottom(&in, m->primary);
		ui_cut_bottom(&in, ui_px(ui, 12));
		know = ui_cut_bottom(&in, m->target);
		ui_cut_bottom(&in, ui_px(ui, 12));
	}
	ui_note(ui, in, UI_ROLE_HEADING, "Read, then sign", t->declaration_title);
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_TITLE)), GFX_TITLE, GFX_TEXT, UI_LEFT,
	        s ? "Read, then sign" : "Touch a seat to sign");
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_TEXT2, UI_LEFT,
	        t->declaration_title);
	ui_cut_top(&in, ui_px(ui, 12));
	ui_hairline(ui, ui_cut_top(&in, 1));
	ui_cut_top(&in, ui_px(ui, 12));
	if (s && (can_sign || s->state == SEAT_EMPTY)) { /* whose turn it is */
		ui_elide(ui, ui_cut_top(&in, ui_line_h(ui, GFX_BODY_B)), GFX_BODY_B, GFX_ACCENT,
		        UI_LEFT, seat_name(app, s));
		ui_cut_top(&in, ui_px(ui, 6));
	}
	if (s && *owes_words(app, s)) {
		int h = ui_wrap(ui, in, GFX_CAPTION_B, GFX_WARN, owes_words(app, s), 0);
		ui_cut_top(&in, h + ui_px(ui, 10));
	}
	declaration_words(app, ui, in);
	if (!s)
		return;
	if (s->state ==
	        SEAT_LEFT) { /* out of the room: what is wanted next is that they are back */
		struct gfx_rect b = ui_cut_left(&sign_at, m->primary);
		ui_cut_left(&sign_at, ui_px(ui, 12));
		if (ui_square(ui, b, UI_NORMAL, "more", "More for this seat", false))
			more_open(app, s);
		else if (ui_button(ui, sign_at, UI_PRIMARY, "seat", "Is back", false))
			(void)at_seat(app, CMD_SEAT_RETURN, s->id);
		return;
	}
	if (can_sign || s->state == SEAT_EMPTY) {
		struct gfx_rect b = ui_cut_left(&sign_at, m->primary);
		ui_cut_left(&sign_at, ui_px(ui, 12));
		if (ui_square(ui, b, UI_NORMAL, "more", "More for this seat", false)) {
			more_open(app, s);
			return;
		}
	} else if (ui_button(ui, sign_at, UI_NORMAL, "more", "More for this seat", false)) {
		more_open(app, s);
		return;
	}
	if (can_sign) {
		if (ui_button(ui, know, UI_NORMAL, "person", "I know someone in a case", false))
			conflict_open(app);
		if (ui_button(ui, sign_at, UI_PRIMARY, "edit", "I agree and sign",
		            app->meeting.state == MEETING_PLANNED || just_signed(app)))
			sign(app, s);
	} else if (s->state == SEAT_EMPTY) {
		if (ui_button(ui, sign_at, UI_PRIMARY, "person", "Who sits here?", false))
			person_open(app, s);
	}
}

static void start_anyway(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MEETING_STATE};
	c.u.state.meeting = app->meeting.id;
	c.u.state.to = MEETING_SESSION;
	c.u.state.reason = s->row[s->chosen].key;
	c.u.state.words = s->edit.text;
	if (app_do(app, &c, NULL))
		go_on_to(app, AGENDA_MINUTES);
}

static void start(struct app *app)
{
	struct seats_state *st = app->state;
	if (!st->quorum.met) {
		struct sheet *s = sheet_open(app, "Go on without quorum?",
		        "The chair’s reason is minuted.", "Start the meeting", start_anyway, 0);
		sheet_list(app, s, "no-quorum");
		sheet_words(s, "More about the reason", false, "");
		return;
	}
	struct command c = {.kind = CMD_MEETING_STATE};
	c.u.state.meeting = app->meeting.id;
	c.u.state.to = MEETING_SESSION;
	if (app_do(app, &c, NULL))
		go_on_to(app, AGENDA_MINUTES);
}

static void quorum_bar(struct app *app, struct ui *ui, struct page *p)
{
	struct seats_state *st = app->state;
	const struct practice_quorum *q = &st->quorum;
	if (app_small(app) || !q->needed)
		return;
	int w = ui_px(ui, 356), h = ui_line_h(ui, GFX_CAPTION_B);
	struct gfx_rect r = ui_cut_right(&p->head, w < p->head.w ? w : p->head.w);
	int top = r.y + (r.h - h - 18) / 2;
	ui_label(ui, (struct gfx_rect){r.x, top, r.w, h}, GFX_CAPTION_B, GFX_TEXT, UI_LEFT,
	        fmt(app, "%zu of %zu needed %s signed", q->here, q->needed,
	                q->needed == 1 ? "agency" : "agencies"));
	if (q->here < q->needed)
		ui_label(ui, (struct gfx_rect){r.x, top, r.w, h}, GFX_CAPTION, GFX_TEXT2, UI_RIGHT,
		        fmt(app, "%zu to go", q->needed - q->here));
	for (size_t i = 0; i < q->needed; i++) {
		struct gfx_rect b = ui_column(
		        (struct gfx_rect){r.x, top + h + 6, r.w, 12}, (int)i, (int)q->needed, 4);
		if (i < q->here)
			ui_round(ui, b, 3, GFX_ACCENT);
		else
			ui_dashed(ui, b, 3, GFX_EDGE);
	}
}

static void build(struct app *app, struct ui *ui)
{
	struct seats_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app), in_session = app_in_session(app);
	if (!app->meeting.id) {
		app_go(app, &screen_home);
		return;
	}
	const char *sub = fmt(app, "%s, %s", app->meeting.type->name,
	        fmt_day(app, app->meeting.day, DAY_WEEKDAY));
	if (small && chosen(app)) {
		sign_page(app, ui, chosen(app));
		return;
	}
	page_begin(app, ui, &p, in_session ? "Seats" : "Sign-in", small ? NULL : sub, NULL);
	quorum_bar(app, ui, &p);
	struct gfx_rect r = p.body;
	if (small) {
		seats(app, ui, r, &p);
	} else {
		struct gfx_rect right = ui_cut_right(&r, ui_px(ui, m->w > 1600 ? 560 : 404));
		ui_cut_right(&r, m->gap);
		seats(app, ui, r, &p);
		declaration(app, ui, right);
	}
	if (in_session) {
		if (page_primary(app, &p, "agenda", small ? "To agenda" : "Back to the agenda",
		            false, ""))
			app_go(app, &screen_agenda);
	} else {
		const char *caption = "";
		bool chair = false;
		for (size_t i = 0; i < app->n_seats; i++)
			chair |= app->seat[i].chair && app->seat[i].state == SEAT_SIGNED;
		if (!chair)
			caption = app->meeting.chair_seat ? "The chair still has to sign"
			                                  : "Nobody is in the chair yet: touch a "
			                                    "seat, then its three dots";
		else if (st->quorum.n_missing)
			caption = fmt(app, "%s still has to sign. Or go on, with a reason",
			        st->quorum.missing[0]);
		else if (st->quorum.number_missing)
			caption = fmt(
			        app, "%d more agencies have to sign", st->quorum.number_missing);
		if (page_primary(app, &p, "forward", small ? "Start" : "Start the meeting", !chair,
		            caption))
			start(app);
	}
	if (page_button(app, &p, "plus", small ? "Add" : "Add a person", false))
		guest_open(app);
	bool signed_ = false;
	for (size_t i = 0; i < app->n_seats; i++)
		signed_ |= app->seat[i].signed_us != TIME_NONE;
	if (app->meeting.state == MEETING_SIGNING && !signed_ &&
	        page_button(app, &p, "back", small ? "Not now" : "Opened by mistake", false)) {
		struct command c = {.kind = CMD_MEETING_STATE};
		c.u.state.meeting = app->meeting.id;
		c.u.state.to = MEETING_PLANNED;
		if (app_do(app, &c, NULL))
			app_go(app, &screen_home);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_seats = {
        "seats", PLACE_SEATS, sizeof(struct seats_state), load, build, NULL, NULL};
