#include "app.h"
#include <string.h>

/*
 * Who may see this case: everyone at the table, named agencies, or those alone who may know that it
 * is there. With a reason; and whoever would lose sight of it by the way is told before it is done.
 */

#define AGENCIES_MAX 96

struct restrict_state {
	bool ready, asked; /* asked: somebody would lose sight of it; the second touch means it */
	int level;
	struct agency_row *agency;
	size_t n;
	int64_t named[AGENCIES_MAX]; /* chosen; more than may be named is refused by the command */
	size_t n_named;
	struct limit_row now;
	const char *ref;
	struct ui_edit edit;
	struct kept kept;
	struct ui_scroll scroll;
	char text[WORDS_MAX];
};

static const struct seat_row *seat_of(const struct app *app, int64_t agency)
{
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].agency == agency && !app->seat[i].guest)
			return &app->seat[i];
	return NULL;
}

/* Those with a seat here come first. */
static void seats_first(struct app *app, struct agency_row *g, size_t n)
{
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (!seat_of(app, g[i].id))
			continue;
		struct agency_row t = g[i];
		memmove(&g[at + 1], &g[at], (i - at) * sizeof(*g));
		g[at++] = t;
	}
}

static enum err load(struct app *app)
{
	struct restrict_state *st = app->state;
	struct case_row row = {0};
	enum err e = record_limit(app->record, &app->rows, &app->viewer, app->case_id, &st->now);
	st->n = 0;
	st->ref = "";
	if (e) /* not for this room: the case says who leaves */
		return e == ERR_DENIED || e == ERR_NOT_FOUND ? ERR_OK : e;
	e = record_case(app->record, &app->rows, &app->viewer, app->case_id, &row);
	if (!e)
		e = record_agencies(app->record, &app->rows, &st->agency, &st->n);
	if (e)
		return e;
	if (st->n > AGENCIES_MAX)
		st->n = AGENCIES_MAX;
	seats_first(app, st->agency, st->n);
	st->ref = row.ref;
	if (st->ready)
		return ERR_OK;
	st->level = (int)st->now.level;
	memcpy(st->named, st->now.named, st->now.n_named * sizeof(*st->named));
	st->n_named = st->now.n_named;
	ui_edit_init(&st->edit, st->text, sizeof(st->text));
	st->ready = true;
	return ERR_OK;
}

static size_t index_of(const struct restrict_state *st, int64_t agency)
{
	size_t i = 0;
	while (i < st->n_named && st->named[i] != agency)
		i++;
	return i;
}

static bool is_now(const struct restrict_state *st)
{
	if (st->level != (int)st->now.level)
		return false;
	if (st->level == RESTRICTION_NORMAL)
		return true;
	for (size_t i = 0; i < st->now.n_named; i++)
		if (index_of(st, st->now.named[i]) == st->n_named)
			return false;
	return st->n_named == st->now.n_named;
}

static void turn_agency(struct restrict_state *st, int64_t agency)
{
	size_t i = index_of(st, agency);
	st->asked = false;
	if (i < st->n_named)
		st->named[i] = st->named[--st->n_named];
	else if (st->n_named < AGENCIES_MAX)
		st->named[st->n_named++] = agency;
}

static void keep(struct app *app)
{
	struct restrict_state *st = app->state;
	struct command c = {.kind = CMD_RESTRICT};
	bool fits = st->n_named <= SHARE_NAMED_MAX;
	c.u.restrict_.case_id = app->case_id;
	c.u.restrict_.meeting = app->meeting.id;
	c.u.restrict_.level = (enum restriction)st->level;
	c.u.restrict_.n_named = st->n_named;
	memcpy(c.u.restrict_.named, st->named,
	        (fits ? st->n_named : SHARE_NAMED_MAX) * sizeof(*st->named));
	c.u.restrict_.words = st->edit.text;
	c.u.restrict_.sure = st->asked;
	if (app_do(app, &c, NULL))
		app_go_back_to(app, &screen_case, &screen_agenda);
	else
		st->asked = strstr(app->say.text, "say that it is meant") != NULL;
}

static const char *const LEVEL[] = {"Everyone", "Named agencies", "Hidden"};
static const char *const MEANS[] = {
        "Every member of the group sees it; co-opted and community members the anonymised view.",
        "Members of the named agencies see it. Everyone else learns that an item is held back.",
        "Members of the named agencies see it. For everyone else it is not there: no list, count "
        "or "
        "search tells of it."};

static void agencies(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct restrict_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	ui_list_begin(ui, &l, r, "Agencies", &st->scroll, st->n, m->row, NULL);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct agency_row *g = &st->agency[i];
		bool on = index_of(st, g->id) < st->n_named;
		ui_push_id(ui, g->id);
		if (ui_row(ui, row, on ? "check" : "seat", g->name, NULL, false, on)) {
			turn_agency(st, g->id);
			ui_again(ui);
		}
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

static void build(struct app *app, struct ui *ui)
{
	struct restrict_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	struct page p;
	if (!st->n) {
		app_go_back_to(app, &screen_case, &screen_agenda);
		return;
	}
	page_begin(app, ui, &p, fmt(app, "Who may see %s?", st->ref),
	        small || st->now.at_us == TIME_NONE
	                ? NULL
	                : fmt(app, "Set on %s: %s",
	                          fmt_day(app, time_to_day(st->now.at_us), DAY_MONTH),
	                          st->now.words),
	        &screen_case);
	struct gfx_rect r = p.body, top = ui_cut_top(&r, m->target);
	int level = st->level;
	if (top.w > ui_px(ui, 720))
		top.w = ui_px(ui, 720);
	if (ui_segment(ui, top, "Who may see it", LEVEL, RESTRICTION_COUNT, &level, -1)) {
		st->level = level;
		st->asked = false;
		ui_again(ui);
	}
	ui_cut_top(&r, 8);
	if (!small || !p.keyboard)
		ui_cut_top(&r, ui_wrap(ui, r, GFX_CAPTION, GFX_TEXT2, MEANS[st->level], 0) + 8);
	struct gfx_rect field = ui_cut_bottom(&r, ui_line_h(ui, GFX_CAPTION) + 4 + m->target);
	ui_cut_bottom(&r, 10);
	if (st->level != RESTRICTION_NORMAL && r.h > m->row)
		agencies(app, ui, r, &p);
	if (ui_labelled_field(ui, field, "Why", &st->edit, 0, "A reason in words", NULL))
		st->asked = false;
	if (ui_submitted(ui, &st->edit))
		ui_focus(ui, NULL);
	const char *lack = is_now(st)                                        ? "As it is now"
	                   : st->level != RESTRICTION_NORMAL && !st->n_named ? "Name an agency"
	                   : !st->edit.len                                   ? "Say why"
	                                                                     : "";
	if (page_primary(app, &p, "lock", st->asked ? "It is meant" : "Keep", *lack != 0, lack))
		keep(app);
	page_end(app, &p, "Done", false);
}

const struct screen_ops screen_restrict = {
        "restrict", PLACE_CASE, sizeof(struct restrict_state), load, build, NULL, NULL};
