#include "app.h"
#include <string.h>
#include "caseroom/record_sharing.h"

/*
 * Research before the meeting (R29). With the case on the table it is one agency's return, line by
 * line: a line is shown to the room by a touch of its own, and can be left unshared without being
 * shown. Otherwise: who was asked and has answered; and, for whoever opened the store while no
 * meeting is on, the return of their own agency.
 */

struct research_state {
	bool ready, table, ours; /* ours: the second tab */
	enum err err;
	/* at the table */
	struct waiting_row wait;
	struct line_row line;
	bool shown;
	int64_t read;
	/* who has answered */
	struct papers_copy copy[PRACTICE_MAX];
	struct answered_row *answered;
	size_t n_copies, n_answered, sealing;
	bool busy;
	struct arena copies; /* rows that must last over reloads */
	/* our own return */
	struct return_row *own;
	struct line_row *lines;
	size_t n_own, n_lines;
	int64_t chosen; /* case */
	struct ui_scroll scroll, own_scroll, line_scroll;
};

static int64_t own_agency(const struct app *app)
{
	return !app->viewer.meeting && app->viewer.n == 1 ? app->viewer.present[0].agency : 0;
}

/* ---- rows ---- */

static enum err load_table(struct app *app, struct research_state *st)
{
	enum err e = record_return_waiting(
	        app->record, &app->viewer, app->item_id, app->share_agency, &st->wait);
	if (e || !st->shown)
		return e;
	e = record_return_next(app->record, &app->rows, &app->viewer, app->item_id,
	        app->share_agency, &st->read, &st->line);
	if (e == ERR_DENIED || e == ERR_NOT_FOUND) { /* the room changed, or it was decided */
		st->shown = false;
		e = ERR_OK;
	}
	return e;
}

static enum err load_requests(struct app *app, struct research_state *st)
{
	struct papers_copy *c;
	size_t n;
	st->n_copies = 0;
	if (app->meeting.state > MEETING_SIGNING || st->busy)
		return ERR_OK;
	arena_reset(&st->copies);
	enum err e = papers_requests_plan(app->record, &st->copies, app->meeting.id, &c, &n, NULL);
	if (e)
		return e;
	st->n_copies = n < PRACTICE_MAX ? n : PRACTICE_MAX;
	memcpy(st->copy, c, st->n_copies * sizeof(*c));
	return ERR_OK;
}

static enum err load_own(struct app *app, struct research_state *st)
{
	enum err e = record_return(
	        app->record, &app->rows, &app->viewer, app->meeting.id, &st->own, &st->n_own);
	bool there = false;
	for (size_t i = 0; !e && i < st->n_own; i++)
		there |= st->own[i].case_id == st->chosen;
	if (!there)
		st->chosen = !e && st->n_own && !app_small(app) ? st->own[0].case_id : 0;
	if (!e && st->chosen)
		e = record_return_lines(app->record, &app->rows, &app->viewer, app->meeting.id,
		        st->chosen, &st->lines, &st->n_lines);
	return e == ERR_NOT_FOUND || e == ERR_DENIED ? ERR_OK : e; /* no seat: nothing to return */
}

static enum err load(struct app *app)
{
	struct research_state *st = app->state;
	st->n_own = st->n_lines = st->n_answered = 0;
	st->wait = (struct waiting_row){0};
	st->table = app->meeting.state == MEETING_SESSION && app->viewer.meeting && app->item_id &&
	            app->meeting.table_item == app->item_id;
	if (!app->meeting.id)
		return ERR_OK;
	if (st->table)
		return load_table(app, st);
	if (!st->ready) {
		arena_init(&st->copies, 4u << 20);
		st->ours = app->back == &screen_line;
		st->chosen = st->ours ? app->case_id : 0;
		st->ready = true;
	}
	enum err e = record_answered(app->record, &app->rows, &app->viewer, app->meeting.id,
	        &st->answered, &st->n_answered);
	if (!e && !st->busy)
		e = load_requests(app, st);
	if (!e && own_agency(app))
		e = load_own(app, st);
	return e;
}

static void leave(struct app *app)
{
	struct research_state *st = app->state;
	if (st && st->ready)
		arena_finish(&st->copies);
}

static const char *agency_name(const struct app *app, int64_t agency)
{
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].agency == agency && !app->seat[i].guest)
			return app->seat[i].agency_name;
	return "The agency";
}

/* ---- at the table ---- */

static void not_shared(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_SHARE};
	c.u.share.what = SHARE_NOT;
	c.u.share.item = app->item_id;
	c.u.share.agency = app->share_agency;
	c.u.share.source_day = DAY_NONE;
	c.u.share.reason = s->row[s->chosen].key;
	c.u.share.words = s->edit.text;
	c.u.share.research_line = s->arg;
	if (app_do(app, &c, NULL))
		((struct research_state *)app->state)->shown = false;
}

static void not_shared_open(struct app *app, const struct waiting_row *w)
{
	struct sheet *s = sheet_open(app, fmt(app, "Why is line %zu not shared?", w->number),
	        "The decision stands in the minutes; its reason stays with the agency’s own "
	        "papers.",
	        "Keep the decision", not_shared, w->next);
	sheet_list(app, s, "not-shared");
	sheet_words(s, "More about the reason", false, "");
}

static const char *line_head(struct app *app, const struct line_row *l)
{
	return fmt(app, "%s%s%s. Source: %s%s%s", l->opinion ? "Opinion" : "Fact",
	        *l->about_name ? ", about " : ", about the case", l->about_name, l->source,
	        l->source_day != DAY_NONE ? ", " : "",
	        l->source_day != DAY_NONE ? fmt_day(app, l->source_day, DAY_YEAR) : "");
}

static void table(struct app *app, struct ui *ui)
{
	struct research_state *st = app->state;
	const char *who = agency_name(app, app->share_agency);
	const struct item_row *item = app_item(app, app->item_id);
	bool small = app_small(app);
	struct page p;
	if (!st->table || !st->wait.waiting || !item) { /* all decided, or the room changed */
		app_go_back_to(app, &screen_case, &screen_agenda);
		return;
	}
	page_begin(app, ui, &p, fmt(app, "Return of %s", who),
	        small ? NULL : fmt(app, "%s, item %d", item->title, item->number), &screen_case);
	page_timer(app, &p);
	struct gfx_rect in = ui_inset(ui_panel(ui, p.body), ui_px(ui, 24), ui_px(ui, 20));
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_TITLE)), GFX_TITLE, GFX_TEXT, UI_LEFT,
	        fmt(app, "Line %zu of %zu", st->wait.number, st->wait.lines));
	ui_cut_top(&in, ui_px(ui, 12));
	if (!st->shown) {
		ui_cut_top(
		        &in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT,
		                     fmt(app,
		                             "Nobody here has seen it. %s decides: the next touch "
		                             "shows this one line to everybody in the room.",
		                             who),
		                     0) +
		                     ui_px(ui, 12));
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT2,
		        "It can also stay unshared, with a reason, without being shown.", 0);
		if (page_primary(app, &p, "show", small ? "Show it" : "Show it to the room", false,
		            "")) {
			st->shown = true;
			app->reload = true;
			ui_again(ui);
		}
	} else {
		ui_cut_top(&in,
		        ui_wrap(ui, in, GFX_CAPTION_B, GFX_TEXT2, line_head(app, &st->line), 0) +
		                ui_px(ui, 12));
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT, st->line.words, 0);
		if (page_primary(app, &p, "speaking", "Say it", false, "")) {
			app->research_line = st->line.id;
			app_go_back_to(app, &screen_share, &screen_research);
		}
	}
	if (page_button(app, &p, "no-share", "Not shared", false))
		not_shared_open(app, &st->wait);
	page_end(app, &p, NULL, false);
}

/* ---- who has answered ---- */

static const struct answered_row *answer_of(const struct research_state *st, int64_t agency)
{
	for (size_t i = 0; i < st->n_answered; i++)
		if (st->answered[i].agency == agency)
			return &st->answered[i];
	return NULL;
}

static const char *answer_words(struct app *app, const struct answered_row *g)
{
	return fmt(app, "Asked %s. %zu of %zu cases answered, %zu %s",
	        g->asked == DAY_NONE ? "by word" : fmt_day(app, g->asked, DAY_MONTH), g->returned,
	        g->cases, g->lines, g->lines == 1 ? "line" : "lines");
}

static const char *copy_words(enum papers_state s)
{
	switch (s) {
	case PAPERS_NO_KEY:
		return "No key yet, so nothing can be sealed for it";
	case PAPERS_NO_AGREEMENT:
		return "Has not signed the sharing agreement, so it is asked nothing";
	case PAPERS_NOTHING:
		return "May see no case of this agenda in full";
	case PAPERS_FAILED:
		return "Could not be sealed; try again";
	default:
		return "Not asked yet";
	}
}

static void agency_row(struct app *app, struct ui *ui, struct gfx_rect r, const char *name,
        const char *code3, const struct answered_row *g, enum papers_state state)
{
	bool all = g && g->returned == g->cases, late = g && !g->returned;
	const char *tag = !g ? NULL : all ? "Returned" : late ? "No return yet" : "In part";
	struct gfx_rect t = ui_inset(r, 14, 4);
	int tile = ui_px(ui, 48);
	struct gfx_rect at = ui_cut_left(&t, tile);
	ui_tile(ui, (struct gfx_rect){at.x, at.y + (at.h - tile) / 2, tile, tile}, NULL, code3,
	        all);
	ui_cut_left(&t, 12);
	if (tag) {
		const char *icon = all ? "done" : "waiting";
		int w = ui_tag_w(ui, icon, tag);
		(void)ui_tag(ui, t.x + t.w - w, t.y + (t.h - ui_px(ui, 32)) / 2,
		        all ? UI_TAG_DONE : UI_TAG_WARN, icon, tag);
		ui_cut_right(&t, w + 10);
	}
	const char *words = g ? answer_words(app, g) : copy_words(state);
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_wrap_h(ui, t.w, GFX_CAPTION, words, 2),
	    top = t.y + (t.h - h - h2) / 2;
	ui_note(ui, r, UI_ROLE_ROW, name, tag ? fmt(app, "%s. %s", tag, words) : words);
	ui_elide(ui, (struct gfx_rect){t.x, top, t.w, h}, GFX_BODY_B, GFX_TEXT, UI_LEFT, name);
	ui_wrap(ui, (struct gfx_rect){t.x, top + h, t.w, h2}, GFX_CAPTION, GFX_TEXT2, words, 2);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
}

static void who_list(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct research_state *st = app->state;
	size_t n = st->n_copies ? st->n_copies : st->n_answered, i;
	struct ui_list l;
	struct gfx_rect row;
	if (!n) {
		ui_empty(ui, ui_panel(ui, r), "search", "Nobody was asked",
		        "Requests are sealed before the meeting, one for each agency.");
		return;
	}
	ui_list_begin(ui, &l, r, "Who has answered", &st->scroll, n,
	        ui_m(ui)->row2 + (app_small(app) ? ui_line_h(ui, GFX_CAPTION) : 0), NULL);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct papers_copy *c = st->n_copies ? &st->copy[i] : NULL;
		const struct answered_row *g = c ? answer_of(st, c->agency) : &st->answered[i];
		ui_push_id(ui, c ? c->agency : g->agency);
		agency_row(app, ui, row, c ? c->name : g->agency_name, c ? c->code3 : g->code3, g,
		        c ? c->state : PAPERS_SEALED);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

/* One request a turn, so that the panel answers and tells how far it is. */
static void seal_step(struct app *app)
{
	struct research_state *st = app->state;
	struct why w = {0};
	struct arena a;
	while (st->sealing < st->n_copies && st->copy[st->sealing].state != PAPERS_WAITING)
		st->sealing++;
	if (st->sealing >= st->n_copies) {
		const char *slash = strrchr(app->out_dir, '/');
		st->busy = false;
		app->reload = true;
		app_say(app, fmt(app, "Requests are sealed, in the folder %s.",
		                     slash && slash[1] ? slash + 1 : app->out_dir));
		return;
	}
	arena_init(&a, 64u << 20);
	enum err e = papers_request(
	        app->record, &a, app->meeting.id, app->out_dir, &st->copy[st->sealing++], &w);
	arena_finish(&a);
	if (e) {
		st->busy = false;
		app_fail(app, e, &w);
	}
	app->reload = true; /* as the record has it now */
	ui_wake_in(app->ui, 1);
}

/* ---- our own return ---- */

static bool may_write(const struct app *app)
{
	return app->meeting.state <= MEETING_SIGNING;
}

static const char *own_words(struct app *app, const struct return_row *t)
{
	if (t->lines && !may_write(app))
		return fmt(app, "%zu of %zu %s decided at the table", t->decided, t->lines,
		        t->lines == 1 ? "line" : "lines");
	return t->lines     ? fmt(app, "%zu %s", t->lines, t->lines == 1 ? "line" : "lines")
	       : t->nothing ? "Nothing known"
	       : t->returned_us == TIME_NONE ? "No answer yet"
	                                     : "";
}

static void own_list(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct research_state *st = app->state;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	ui_list_begin(
	        ui, &l, r, "Cases to look up", &st->own_scroll, st->n_own, ui_m(ui)->row2, NULL);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct return_row *t = &st->own[i];
		ui_push_id(ui, t->case_id);
		if (ui_row(ui, row, t->lines || t->nothing ? "done" : "waiting", t->ref,
		            own_words(app, t), true, st->chosen == t->case_id)) {
			st->chosen = t->case_id;
			app->reload = true;
			ui_again(ui);
		}
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	if (app_small(app))
		page_pages(app, p, &l);
}

static void take_back(struct app *app, struct sheet *s)
{
	struct research_state *st = app->state;
	struct command c = {.kind = CMD_RESEARCH_RETURN};
	c.u.research.meeting = app->meeting.id;
	c.u.research.case_id = st->chosen;
	c.u.research.agency = own_agency(app);
	c.u.research.gone = s->arg;
	(void)app_do(app, &c, NULL);
}

static void line_sheet(struct app *app, size_t i, const struct line_row *t)
{
	struct sheet *s =
	        sheet_open(app, fmt(app, "Line %zu", i + 1), t->words, NULL, take_back, t->id);
	sheet_row(
	        s, "undo", "Take this line back", "It is not said at the meeting", 0, NULL, false);
}

static int line_h(struct app *app, struct ui *ui, int w, const struct line_row *t)
{
	return ui_px(ui, 24) + ui_wrap_h(ui, w, GFX_CAPTION, line_head(app, t), 0) +
	       ui_wrap_h(ui, w, GFX_BODY, t->words, 0);
}

static void own_lines(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct research_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	int heights[64], pad = ui_px(ui, 16);
	size_t i, n = st->n_lines < COUNT_OF(heights) ? st->n_lines : COUNT_OF(heights);
	const struct return_row *t = NULL;
	for (i = 0; i < st->n_own; i++)
		if (st->own[i].case_id == st->chosen)
			t = &st->own[i];
	if (!t)
		return;
	if (!app_small(app))
		ui_panel_head(ui, &in, "search", t->ref, own_words(app, t));
	if (!n) {
		ui_empty(ui, in, t->nothing ? "nothing" : "search",
		        t->nothing ? "Nothing known" : "No answer yet",
		        t->nothing ? "It is an answer; at the table it is said by one touch."
		                   : "Write down what is known, or that nothing is.");
		return;
	}
	for (i = 0; i < n; i++)
		heights[i] = line_h(app, ui, in.w - 2 * pad - ui_m(ui)->pager_w, &st->lines[i]);
	ui_list_begin(ui, &l, in, "Our return", &st->line_scroll, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct line_row *x = &st->lines[i];
		ui_push_id(ui, x->id);
		if (may_write(app)) {
			if (ui_hit(ui, row, UI_ROLE_ROW, fmt(app, "Line %zu", i + 1), 0))
				line_sheet(app, i, x);
			if (ui_pressed(ui))
				ui_fill(ui, row, GFX_SUNK);
		}
		struct gfx_rect c = ui_inset(row, pad, ui_px(ui, 10));
		c.w = row.w - 2 * pad;
		const char *end = may_write(app)           ? ""
		                  : !x->decided            ? " Not said; stays with the agency."
		                  : x->said == SHARE_WORDS ? " Said."
		                                           : " Not shared.";
		ui_cut_top(&c, ui_wrap(ui, c, GFX_CAPTION, GFX_TEXT2,
		                       fmt(app, "%zu. %s.%s", i + 1, line_head(app, x), end), 0));
		ui_wrap(ui, c, GFX_BODY, GFX_TEXT, x->words, 0);
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

static void nothing_known(struct app *app)
{
	struct research_state *st = app->state;
	struct command c = {.kind = CMD_RESEARCH_RETURN};
	c.u.research.meeting = app->meeting.id;
	c.u.research.case_id = st->chosen;
	c.u.research.agency = own_agency(app);
	c.u.research.nothing = true;
	(void)app_do(app, &c, NULL);
}

static void add_line(struct app *app)
{
	struct research_state *st = app->state;
	app->case_id = st->chosen;
	app->item_id = 0;
	for (size_t i = 0; i < app->n_items; i++)
		if (app->item[i].case_id == st->chosen)
			app->item_id = app->item[i].id;
	app->share_agency = own_agency(app);
	app->research_line = 0;
	app_go_back_to(app, &screen_line, &screen_research);
}

static void own(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct research_state *st = app->state;
	bool small = app_small(app), answered = false;
	if (!st->n_own) {
		ui_empty(ui, ui_panel(ui, r), "search", "Nothing to look up",
		        "Your agency has no seat at this meeting, or no case it may see in full.");
		return;
	}
	if (!small) {
		own_list(app, ui, ui_cut_left(&r, ui_px(ui, app_wide(app) ? 560 : 400)), p);
		ui_cut_left(&r, ui_m(ui)->gap);
	}
	if (small && !st->chosen)
		own_list(app, ui, r, p);
	else
		own_lines(app, ui, r, p);
	if (!st->chosen || !may_write(app))
		return;
	for (size_t i = 0; i < st->n_own; i++)
		answered |= st->own[i].case_id == st->chosen && st->own[i].nothing;
	if (page_primary(app, p, "plus", small ? "Add a line" : "Write what is known", false,
	            small ? "" : "Your agency alone sees it\nuntil it is said at the table."))
		add_line(app);
	if (!st->n_lines && page_button(app, p, "nothing", "Nothing known", answered))
		nothing_known(app);
	if (small && page_button(app, p, "back", "Cases", false)) {
		st->chosen = 0;
		app->reload = true;
		ui_again(ui);
	}
}

/* ---- the screen ---- */

static void build(struct app *app, struct ui *ui)
{
	struct research_state *st = app->state;
	static const char *const TAB[] = {"Who has answered", "Our return"};
	struct page p;
	bool small = app_small(app);
	if (!app->meeting.id) {
		app_go(app, &screen_home);
		return;
	}
	if (app_in_session(app)) {
		table(app, ui);
		return;
	}
	if (st->busy)
		seal_step(app);
	page_begin(app, ui, &p, "Research",
	        small ? NULL
	              : fmt(app, "Before %s, %s", app->meeting.type->name,
	                        fmt_day(app, app->meeting.day, DAY_WEEKDAY)),
	        &screen_agenda);
	struct gfx_rect r = p.body;
	if (own_agency(app)) {
		int tab = st->ours;
		struct gfx_rect tabs = ui_cut_top(&r, ui_m(ui)->target);
		if (!small && tabs.w > ui_px(ui, 560))
			tabs.w = ui_px(ui, 560);
		if (ui_tabs(ui, tabs, TAB, 2, &tab)) {
			st->ours = tab;
			ui_again(ui);
		}
		ui_cut_top(&r, 12);
	}
	if (st->ours && own_agency(app)) {
		own(app, ui, r, &p);
		page_end(app, &p, NULL, false);
		return;
	}
	who_list(app, ui, r, &p);
	size_t waiting = 0;
	for (size_t i = 0; i < st->n_copies; i++)
		waiting += st->copy[i].state == PAPERS_WAITING;
	if (st->busy || waiting) {
		const char *label =
		        st->busy ? fmt(app, "Sealing %zu of %zu",
		                           st->sealing + 1 < st->n_copies ? st->sealing + 1
		                                                          : st->n_copies,
		                           st->n_copies)
		        : small  ? "Hold: requests"
		                 : "Hold to seal requests";
		if (page_hold(app, &p, "seal", label, st->busy,
		            small ? ""
		                  : "Names to look up and nothing else,\none file for each "
		                    "agency.")) {
			st->busy = true;
			st->sealing = 0;
			ui_again(ui);
		}
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_research = {
        "research", PLACE_AGENDA, sizeof(struct research_state), load, build, NULL, leave};
