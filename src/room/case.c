#include "app.h"
#include <string.h>
#include "caseroom/record_people.h"
#include "caseroom/record_sharing.h"

/*
 * The case on the table, read left to right: who and what happened, what is said now, what follows;
 * the seats along the bottom are the table itself. When the room may not see it, one panel tells
 * who must leave, and nothing else is here.
 */

struct case_state {
	struct case_row row;
	enum err err;
	struct party_row *party;
	struct incident_row *incident;
	struct share_row *share, *now; /* all of the case; those of this item */
	struct assessment_row *assessment;
	const char *stale; /* why the last assessment is out of date, or "" */
	struct action_row *action;
	struct decision_row *decision;
	struct repeat_row repeat;
	size_t n_parties, n_incidents, n_shares, n_now, n_assessments, n_actions, n_decisions;
	int tab;
	struct waiting_row wait; /* the return of the agency that has the word */
	size_t seen;             /* entries at the last look: a new one is brought into view */
	struct ui_scroll people, shares, actions;
	bool read;           /* the audit has this reading */
	bool closed_to_room; /* was held back; opens only by a touch, and until then nothing of it
	                        is read */
};

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
	return e;
}

static bool on_table(const struct app *app)
{
	return app->item_id && app->meeting.table_item == app->item_id &&
	       app->meeting.state == MEETING_SESSION;
}

static const struct seat_row *seat_of(const struct app *app, int64_t agency)
{
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].agency == agency && !app->seat[i].guest)
			return &app->seat[i];
	return NULL;
}

/* ---- acts ---- */

static void give_word(struct app *app, int64_t agency)
{
	struct command c = {.kind = CMD_WORD};
	c.u.word.item = app->item_id;
	c.u.word.agency = agency;
	(void)app_do(app, &c, NULL);
}

static void write_share(struct app *app, int64_t agency)
{
	app->share_agency = agency;
	app->research_line = 0;
	app_go_back_to(app, &screen_share, &screen_case);
}

static void read_return(struct app *app, int64_t agency)
{
	app->share_agency = agency;
	app_go_back_to(app, &screen_research, &screen_case);
}

static void nothing(struct app *app, int64_t agency)
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
		write_share(app, s->arg);
	} else if (s->row[s->chosen].id == DO_NOTHING) {
		nothing(app, s->arg);
	} else if (s->row[s->chosen].id == DO_READ) {
		read_return(app, s->arg);
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

static void seat_sheet(struct app *app, const struct seat_row *t)
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

/* ---- panels ---- */

static const char *party_icon(const struct party_row *p)
{
	return p->place ? "place" : p->child ? "child" : "person";
}

/* Two lines; each can be touched. */
static int party_h(struct ui *ui)
{
	int h = ui_px(ui, 58);
	return h > ui_m(ui)->target ? h : ui_m(ui)->target;
}

/* The head of a panel; at 7 inch the tab says it already, and there are page buttons in the bar. */
static void head(struct app *app, struct gfx_rect *in, const char *icon, const char *title,
        const char *count)
{
	if (!app_small(app))
		ui_panel_head(app->ui, in, icon, title, count);
}

static void pages(struct app *app, struct page *p, const struct ui_list *l)
{
	if (p)
		page_pages(app, p, l);
}

static bool role_fits(struct ui *ui, int w, const char *name, const struct party_row *p)
{
	return ui_text_w(ui, GFX_BODY_B, name) + ui_text_w(ui, GFX_CAPTION, p->role_label) + 8 <= w;
}

static void party(struct app *app, struct ui *ui, struct gfx_rect r, const struct party_row *p)
{
	int tile = ui_px(ui, 48);
	if (p->identity) { /* not in the anonymised view */
		if (ui_hit(ui, r, UI_ROLE_ROW, p->name, 0))
			identity_open(app, p->identity, &screen_case);
		if (ui_pressed(ui))
			ui_fill(ui, r, GFX_SOFT);
	}
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), 0), t = ui_cut_left(&in, tile);
	ui_tile(ui, (struct gfx_rect){t.x, t.y + (party_h(ui) - tile) / 2, tile, tile},
	        party_icon(p), NULL, p->victim);
	ui_cut_left(&in, ui_px(ui, 12));
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
	    top = in.y + (party_h(ui) - h - h2) / 2;
	int age = p->born == DAY_NONE ? -1 : practice_age(p->born, time_today());
	const char *name = p->child && age >= 0 ? fmt(app, "%s, %d", p->name, age) : p->name;
	struct gfx_rect line = {in.x, top, in.w, h};
	int wr = ui_text_w(ui, GFX_CAPTION, p->role_label);
	bool role_below = !role_fits(ui, in.w, name, p);
	if (!role_below)
		ui_label(ui, ui_cut_right(&line, wr), GFX_CAPTION, GFX_TEXT2, UI_RIGHT,
		        p->role_label);
	ui_elide(ui, line, GFX_BODY_B, GFX_TEXT, UI_LEFT, name);
	line = (struct gfx_rect){in.x, top + h, in.w, h2};
	if (role_below) { /* the part somebody has in the case is never left out */
		ui_label(ui, line, GFX_CAPTION, GFX_TEXT2, UI_LEFT, p->role_label);
		line.y += h2;
	}
	if (p->identity) /* it opens; the first line is too dear for a chevron */
		ui_icon(ui, ui_cut_right(&line, ui_px(ui, 20)), "forward", ui_px(ui, 20), GFX_TEXT);
	if (*p->safe_contact && !p->place) { /* outranks everything else on the line */
		ui_icon(ui, ui_cut_left(&line, ui_px(ui, 22)), "phone", ui_px(ui, 19), GFX_WARN);
		ui_cut_left(&line, 6);
		line.h = r.y + r.h - line.y;
		ui_wrap(ui, line, GFX_CAPTION_B, GFX_WARN, p->safe_contact,
		        0); /* an instruction is never cut */
		return;
	}
	/* a victim's address is on no line that the other side could see; a place and a subject
	 * have theirs */
	const char *second =
	        p->place ? fmt(app, "%s%s%s", p->postcode,
	                           *p->postcode && (*p->safe_contact || *p->address) ? ", " : "",
	                           *p->safe_contact ? p->safe_contact : p->address)
	                 : p->relations;
	ui_elide(ui, line, GFX_CAPTION, GFX_TEXT2, UI_LEFT, second);
}

static void people(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	size_t i;
	head(app, &in, "people", "People and place", fmt(app, "%zu", st->n_parties));
	ui_cut_top(&in, 4);
	ui_cut_bottom(&in, 6);
	int *heights = row_heights(&app->frame, st->n_parties),
	    text_w = in.w - ui_px(ui, 32 + 48 + 12 + 22 + 6 + 20) - 4;
	size_t n = st->n_parties;
	for (int pass = 0; pass < 2; pass++) { /* narrower when page buttons are needed */
		int total = 0;
		for (i = 0; i < n; i++) {
			const struct party_row *t = &st->party[i];
			int lines =
			        *t->safe_contact && !t->place
			                ? ui_wrap_h(ui, text_w, GFX_CAPTION_B, t->safe_contact, 0) -
			                          ui_line_h(ui, GFX_CAPTION_B)
			                : 0;
			if (!role_fits(ui, text_w + ui_px(ui, 22 + 20) + 6, st->party[i].name,
			            &st->party[i]))
				lines += ui_line_h(ui, GFX_CAPTION);
			total += heights[i] = party_h(ui) + (lines > 0 ? lines : 0);
		}
		if (total <= in.h)
			break;
		text_w -= ui_m(ui)->pager_w;
	}
	ui_list_begin(ui, &l, in, "People and place", &st->people, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		ui_push_id(ui, st->party[i].id);
		party(app, ui, row, &st->party[i]);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	pages(app, p, &l);
}

/* One dot an incident, by month, over the twelve months to now; ringed dots are new since last
 * time. */
static void incidents(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), head = in;
	if (st->row.sight == SIGHT_FULL) { /* in words, and to add to */
		if (ui_hit(ui, r, UI_ROLE_ROW, "Incidents in words", 0))
			app_go_back_to(app, &screen_file, &screen_case);
		if (ui_pressed(ui))
			ui_fill(ui, ui_inset(in, 2, 2), GFX_SOFT);
		struct gfx_rect c = {in.x + in.w - ui_px(ui, 36), in.y + ui_px(ui, 56),
		        ui_px(ui, 20), ui_px(ui, 24)};
		ui_icon(ui, c, "forward", ui_px(ui, 20), GFX_TEXT);
	}
	int count[12] = {0}, fresh[12] = {0}, year, month, day, total = 0, new_n = 0;
	day_to_ymd(time_today(), &year, &month, &day);
	for (size_t i = 0; i < st->n_incidents; i++) {
		int y, m, d;
		day_to_ymd(st->incident[i].day, &y, &m, &d);
		int back = (year - y) * 12 + month - m;
		if (back < 0 || back > 11)
			continue;
		total++;
		new_n += st->incident[i].fresh;
		count[11 - back]++;
		fresh[11 - back] += st->incident[i].fresh;
	}
	bool room = in.w >= ui_px(ui, 250); /* not at large text */
	ui_panel_head(ui, &in, "incident", "Incidents",
	        new_n || !room ? "" : fmt(app, "%d in a year", total));
	if (new_n && room) {
		head.h = ui_px(ui, 52);
		struct gfx_rect h = ui_inset(head, ui_px(ui, 16), 0);
		const char *n = fmt(app, "%d new", new_n), *all = fmt(app, "%d in a year,", total);
		ui_label(ui, ui_cut_right(&h, ui_text_w(ui, GFX_CAPTION_B, n)), GFX_CAPTION_B,
		        GFX_LATE, UI_RIGHT, n);
		int cy = h.y + h.h / 2;
		ui_disc(ui, h.x + h.w - 11, cy, 6, GFX_LATE);
		ui_disc(ui, h.x + h.w - 11, cy, 3, GFX_PANEL);
		ui_cut_right(&h, 24);
		ui_label(ui, ui_cut_right(&h, ui_text_w(ui, GFX_CAPTION, all)), GFX_CAPTION,
		        GFX_TEXT2, UI_RIGHT, all);
	}
	in = ui_inset(in, ui_px(ui, 16), ui_px(ui, 8));
	struct gfx_rect axis = ui_cut_bottom(&in, ui_line_h(ui, GFX_MICRO));
	ui_fill(ui, (struct gfx_rect){in.x, in.y + in.h - 1, in.w, 1}, GFX_EDGE);
	if (!st->n_incidents) {
		ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2, "No incident is recorded in this case.", 2);
		return;
	}
	int most = 1, step;
	for (int i = 0; i < 12; i++)
		most = count[i] > most ? count[i] : most;
	step = (in.h - 8) / most;
	if (step > ui_px(ui, 17))
		step = ui_px(ui, 17);
	for (int i = 0; i < 12; i++) {
		struct gfx_rect c = ui_column(axis, i, 12, 0);
		int m = (month + i) % 12;
		ui_label(ui, c, GFX_MICRO, GFX_TEXT2, UI_CENTRE, fmt(app, "%c", "JFMAMJJASOND"[m]));
		for (int k = 0; k < count[i]; k++) {
			int cx = c.x + c.w / 2, cy = in.y + in.h - 11 - k * step;
			bool is_new = k >= count[i] - fresh[i];
			ui_disc(ui, cx, cy, 6, is_new ? GFX_LATE : GFX_ACCENT);
			if (is_new)
				ui_disc(ui, cx, cy, 3, GFX_PANEL);
		}
	}
}

static const char *share_tag(struct app *app, const struct share_row *s)
{
	return s->held          ? "Held back"
	       : *s->mistake    ? "Marked in error"
	       : s->version > 1 ? fmt(app, "%s, corrected", share_label(s))
	                        : share_label(s);
}

static const char *about_words(struct app *app, const struct share_row *s)
{
	const char *space = strchr(s->about, ' ');
	return *s->about
	               ? fmt(app, "about %.*s",
	                         space ? (int)(space - s->about) : (int)strlen(s->about), s->about)
	               : "";
}

/* Whom words are about is never cut: it takes a line of its own when agency and tag leave no room.
 */
static bool about_fits(struct app *app, struct ui *ui, int w, const struct share_row *s)
{
	return !*s->about || ui_text_w(ui, GFX_CAPTION_B, s->agency_name) +
	                                     ui_text_w(ui, GFX_CAPTION, about_words(app, s)) +
	                                     ui_tag_w(ui, s->what == SHARE_NOT ? "no-share" : NULL,
	                                             share_tag(app, s)) +
	                                     20 <=
	                             w;
}

/* What was said in error is kept, and is not shown to everybody over and over. */
static const char *shown_words(const struct share_row *s)
{
	return s->held                    ? "Said to named agencies only."
	       : *s->mistake              ? "It stays in the record."
	       : s->what == SHARE_NOT     ? "The reason is kept with the record."
	       : s->what == SHARE_NOTHING ? ""
	                                  : s->words;
}

static int share_height(struct app *app, struct ui *ui, int w, const struct share_row *s)
{
	const char *words = shown_words(s);
	int below = about_fits(app, ui, w - ui_px(ui, 32), s) ? 0 : ui_line_h(ui, GFX_CAPTION);
	return below + ui_px(ui, 32) + 4 +
	       (*words ? ui_wrap_h(ui, w - ui_px(ui, 32), GFX_BODY, words, 0) : 0) + ui_px(ui, 20);
}

static void share(struct app *app, struct ui *ui, struct gfx_rect r, const struct share_row *s)
{
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), ui_px(ui, 10)),
	                top = ui_cut_top(&in, ui_px(ui, 32));
	const char *label = share_tag(app, s);
	bool fits = about_fits(app, ui, in.w, s);
	int w = ui_tag_w(ui, s->what == SHARE_NOT ? "no-share" : NULL, label);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	(void)ui_tag(ui, top.x + top.w - w, top.y,
	        s->what == SHARE_NOT ? UI_TAG_EDGE : UI_TAG_PLAIN,
	        s->what == SHARE_NOT ? "no-share" : NULL, label);
	ui_cut_right(&top, w + 8);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_CAPTION_B, s->agency_name) + 8),
	        GFX_CAPTION_B, GFX_TEXT, UI_LEFT, s->agency_name);
	if (*s->about)
		ui_label(ui, fits ? top : ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION,
		        GFX_TEXT2, UI_LEFT, about_words(app, s));
	ui_cut_top(&in, 4);
	if (*shown_words(s))
		ui_wrap(ui, in, GFX_BODY, shown_words(s) == s->words ? GFX_TEXT : GFX_TEXT2,
		        shown_words(s), 0);
}

static void correct_done(struct app *app, struct sheet *s)
{
	struct case_state *st = app->state;
	struct command c = {.kind = CMD_SHARE_CORRECT};
	for (size_t i = 0; i < st->n_now; i++)
		if (st->now[i].id == s->arg)
			c.u.share.agency = st->now[i].agency;
	c.u.share.what = SHARE_WORDS;
	c.u.share.item = app->item_id;
	c.u.share.replaces = s->arg;
	c.u.share.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void words_open(struct app *app, const struct share_row *e)
{
	struct sheet *s = sheet_open(app, fmt(app, "Correct what %s said", e->agency_name),
	        "The earlier words stay in the record; this is a new version beside them.",
	        "Keep the correction", correct_done, e->id);
	sheet_words(s, "What was said", true, e->words);
}

static void mend_done(struct app *app, struct sheet *s)
{
	struct case_state *st = app->state;
	if (s->row[s->chosen].id < 0)
		mistake_open(app, "share", s->arg);
	for (size_t i = 0; i < st->n_now && s->row[s->chosen].id == 0; i++)
		if (st->now[i].id == s->arg)
			words_open(app, &st->now[i]);
}

static void mend_open(struct app *app, const struct share_row *e)
{
	struct sheet *s = sheet_open(app, fmt(app, "What %s said", e->agency_name),
	        *e->mistake ? fmt(app, "Marked in error: %s", e->mistake) : e->words, NULL,
	        mend_done, e->id);
	if (*e->mistake) {
		sheet_row(s, "done", "Leave it as it is", NULL, 1, NULL, false);
		return;
	}
	sheet_row(
	        s, "edit", "Correct the words", "A new version beside the old one", 0, NULL, false);
	sheet_row(s, "warning", "It was made in error", "It stays, marked, with a reason", -1, NULL,
	        false);
}

static void word_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct case_state *st = app->state;
	const struct seat_row *t = seat_of(app, app->meeting.word_agency);
	const struct ui_metrics *m = ui_m(ui);
	if (!t)
		return;
	ui_area(ui, r, ui_px(ui, 10), GFX_SOFT, GFX_HAIR);
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), ui_px(ui, 12)),
	                b = ui_cut_bottom(&in, m->target);
	ui_icon(ui, ui_cut_left(&in, ui_px(ui, 24)), "speaking", ui_px(ui, 22), GFX_ON_SOFT);
	ui_cut_left(&in, 6);
	ui_label(ui, in, GFX_CAPTION_B, GFX_ON_SOFT, UI_LEFT,
	        fmt(app, "%s is speaking", t->agency_name));
	const char *out = fmt(app, "Return (%zu)", st->wait.waiting);
	if (st->wait.waiting) {
		if (ui_button(ui, ui_cut_right(&b, ui_button_w(ui, "search", out, false)),
		            UI_NORMAL, "search", out, false))
			read_return(app, t->agency);
		ui_cut_right(&b, ui_px(ui, 12));
	}
	if (ui_button(ui, b, UI_ASKED, "edit", "Write what is said", false))
		write_share(app, t->agency);
}

static void shared(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct case_state *st = app->state;
	const struct share_row *s = app->item_id ? st->now : st->share;
	size_t n = app->item_id ? st->n_now : st->n_shares, i;
	int *heights = row_heights(&app->frame, n);
	struct ui_list l;
	struct gfx_rect in = ui_panel(ui, r), row;
	if (on_table(app) && app->meeting.word_agency && !app_small(app))
		word_panel(app, ui, ui_cut_bottom(&in, ui_m(ui)->target + ui_px(ui, 66)));
	head(app, &in, "share", app->item_id ? "Shared in this item" : "Shared before",
	        n == 1 ? "1 entry" : fmt(app, "%zu entries", n));
	if (!n) {
		ui_wrap(ui, ui_inset(in, 16, 14), GFX_BODY, GFX_TEXT2,
		        app->item_id
		                ? "Nothing shared yet. Touch a seat to write down what it says."
		                : "Nothing was shared in this case yet.",
		        0);
		return;
	}
	int total = 0;
	for (i = 0; i < n; i++)
		total += heights[i] = share_height(app, ui, in.w, &s[i]);
	for (i = 0; total > in.h && i < n; i++) /* page buttons take their part */
		heights[i] = share_height(app, ui, in.w - ui_m(ui)->pager_w, &s[i]);
	ui_list_begin(ui, &l, in, "Shared", &st->shares, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		ui_push_id(ui, s[i].id);
		if (on_table(app) && s[i].what == SHARE_WORDS && !s[i].held && *s[i].words) {
			if (ui_hit(ui, row, UI_ROLE_ROW, fmt(app, "What %s said", s[i].agency_name),
			            0))
				mend_open(app, &s[i]);
			if (ui_pressed(ui))
				ui_fill(ui, row, GFX_SUNK);
		}
		share(app, ui, row, &s[i]);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	pages(app, p, &l);
}

static void risk(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r);
	const struct assessment_row *a = st->n_assessments ? &st->assessment[0] : NULL;
	int32_t day = a ? time_to_day(a->made_us) : 0;
	if (st->n_assessments > 1 && ui_hit(ui, ui_inset(r, ui_px(ui, 12), ui_px(ui, 12)),
	                                     UI_ROLE_BUTTON, "Compare the assessments", 0))
		app_go_back_to(app, &screen_compare, &screen_case);
	ui_panel_head(ui, &in, "assess", "Risk",
	        !a                    ? ""
	        : day == time_today() ? fmt(app, "today %s", fmt_hm(app, a->made_us))
	                              : fmt_day(app, day, DAY_SHORT));
	in = ui_inset(in, ui_px(ui, 16), ui_px(ui, 8));
	if (!a) {
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT2, "Not assessed yet.", 2);
		return;
	}
	struct gfx_rect top = ui_cut_top(&in, ui_line_h(ui, GFX_DISPLAY));
	const char *score = fmt(app, "%d", a->score);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_DISPLAY, score)), GFX_DISPLAY, GFX_TEXT,
	        UI_LEFT, score);
	ui_cut_left(&top, 10);
	const char *of = fmt(app, "of %d", a->most);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_CAPTION, of)), GFX_CAPTION, GFX_TEXT2,
	        UI_LEFT, of);
	/* the steps that led here */
	size_t n = st->n_assessments < 6 ? st->n_assessments : 6;
	if (n > 1 && top.w > 100) {
		int xy[24], k = 0, w = ui_px(ui, 116), x0 = top.x + top.w - w,
		            span = a->most - a->least > 0 ? a->most - a->least : 1;
		for (size_t i = n; i-- > 0;) {
			int x = x0 + (int)(n - 1 - i) * w / (int)n,
			    y = top.y + top.h - 8 -
			        (st->assessment[i].score - a->least) * (top.h - 16) / span;
			xy[k++] = x;
			xy[k++] = y;
			xy[k++] = x + w / (int)n;
			xy[k++] = y;
		}
		ui_polyline(ui, xy, k / 2, 3, GFX_ACCENT);
		ui_disc(ui, xy[k - 2], xy[k - 1], 6, GFX_ACCENT);
	}
	const char *was = "";
	for (size_t i = 1; i < st->n_assessments && i < 3; i++)
		was = fmt(app, "%s%s %d in %s", was, i == 1 ? "Was" : ",", st->assessment[i].score,
		        fmt_day(app, time_to_day(st->assessment[i].made_us), DAY_MONTH_ONLY));
	if (st->n_assessments > 1) /* the panel opens: they can be compared */
		ui_icon(ui, ui_cut_right(&in, ui_px(ui, 24)), "forward", ui_px(ui, 22), GFX_TEXT2);
	int unknown = a->asked - a->known;
	if (*was)
		ui_cut_top(&in, ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2, fmt(app, "%s.", was), 2));
	if (*st->stale) {
		ui_wrap(ui, in, GFX_CAPTION_B, GFX_LATE, fmt(app, "Out of date: %s", st->stale), 2);
		return;
	}
	ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2,
	        unknown == 0   ? "Every answer known."
	        : unknown == 1 ? "One answer not known."
	                       : fmt(app, "%d answers not known.", unknown),
	        1);
}

static void actions(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	size_t open = 0, i;
	for (i = 0; i < st->n_actions; i++)
		open += st->action[i].state == ACTION_OPEN;
	head(app, &in, "check", "Actions",
	        fmt(app, open == st->n_actions ? "%zu open" : "%zu open of %zu", open,
	                st->n_actions));
	if (!st->n_actions) {
		ui_wrap(ui, ui_inset(in, 16, 12), GFX_CAPTION, GFX_TEXT2,
		        "No actions in this case yet.", 3);
		return;
	}
	ui_list_begin(ui, &l, in, "Actions of the case", &st->actions, st->n_actions, ui_px(ui, 82),
	        NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct action_row *a = &st->action[i];
		struct gfx_rect c = ui_inset(row, ui_px(ui, 16), ui_px(ui, 8)),
		                top = ui_cut_top(&c, ui_line_h(ui, GFX_BODY_B));
		ui_push_id(ui, a->id);
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_elide(ui, top, GFX_BODY_B, GFX_TEXT, UI_LEFT, a->what);
		const char *tag = a->state != ACTION_OPEN
		                          ? action_state_name(a->state)
		                          : fmt(app, "%s%s", fmt_day(app, a->due, DAY_SHORT),
		                                    a->late ? ", late" : "");
		const char *icon = a->state != ACTION_OPEN      ? "done"
		                   : a->late                    ? "warning"
		                   : a->due <= time_today() + 7 ? "clock"
		                                                : NULL;
		if (icon) {
			int w = ui_tag_w(ui, icon, tag);
			(void)ui_tag(ui, c.x + c.w - w, c.y + 2,
			        a->state != ACTION_OPEN ? UI_TAG_DONE
			        : a->late               ? UI_TAG_LATE
			                                : UI_TAG_WARN,
			        icon, tag);
			ui_cut_right(&c, w + 8);
		} else {
			ui_label(ui, ui_cut_right(&c, ui_text_w(ui, GFX_CAPTION, tag)), GFX_CAPTION,
			        GFX_TEXT, UI_RIGHT, tag);
			ui_cut_right(&c, 8);
		}
		ui_elide(ui, c, GFX_CAPTION, GFX_TEXT2, UI_LEFT, a->agency_name);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	pages(app, p, &l);
}

/* ---- the seats along the bottom ---- */

static void seat_words(const struct app *app, const struct seat_row *t, const char **icon,
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

static void table_seats(struct app *app, struct ui *ui, struct gfx_rect r)
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
		seat_words(app, t, &icon, &text, &done, &speaking, &empty);
		ui_push_id(ui, t->id);
		bool off =
		        !on_table(app) || (empty && t->state != SEAT_LEFT) || t->state == SEAT_LEFT;
		if (ui_hit(ui, c, UI_ROLE_BUTTON, t->agency_name,
		            (off ? UI_OFF : 0) | (speaking ? UI_CHOSEN_FLAG : 0) | UI_COMPOSITE))
			seat_sheet(app, t);
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

/* ---- the screen ---- */

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
	if (on_table(app) && st->tab != 4) {
		struct gfx_rect strip = ui_cut_bottom(&r, ui_m(ui)->target + 12);
		ui_cut_bottom(&r, 8);
		const struct seat_row *t = seat_of(app, app->meeting.word_agency);
		ui_area(ui, strip, ui_px(ui, 8), GFX_SOFT, GFX_HAIR);
		struct gfx_rect in = ui_inset(strip, 8, 6),
		                b = ui_cut_right(&in, ui_button_w(ui, "edit", "Write", false));
		if (ui_button(ui, b, UI_ASKED, "edit", "Write", !t) && t)
			write_share(app, t->agency);
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
			seat_words(app, &app->seat[i], &icon, &text, &done, &speaking, &empty);
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
		people(app, ui, r, p);
		break;
	case 2:
		actions(app, ui, r, p);
		break;
	case 3:
		risk(app, ui, ui_column(r, 0, 2, ui_m(ui)->gap));
		incidents(app, ui, ui_column(r, 1, 2, ui_m(ui)->gap));
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
			seat_words(app, t, &icon, &text, &done, &speaking, &empty);
			ui_push_id(ui, t->id);
			if (ui_hit(ui, c, UI_ROLE_BUTTON, t->agency_name,
			            (empty || t->state == SEAT_LEFT ? UI_OFF : 0) | UI_COMPOSITE))
				seat_sheet(app, t);
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
		shared(app, ui, r, p);
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
	if (!on_table(app)) {
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
	if (on_table(app))
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
		people(app, ui, left, NULL);
		incidents(app, ui, inc);
		shared(app, ui, r, NULL);
		risk(app, ui, ui_cut_top(&right, ui_px(ui, 190)));
		ui_cut_top(&right, gap);
		actions(app, ui, right, NULL);
		if (seats.h)
			table_seats(app, ui, seats);
	}
	buttons(app, &p);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_case = {
        "case", PLACE_CASE, sizeof(struct case_state), load, build, NULL, NULL};
