#include "app.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/record_sharing.h"

/* The register of agreements (R28): sharing agreements and concordats in one form, with who has
 * signed each and who has not. */

struct agreements_state {
	struct agreement_row *row;
	struct signature_row *sign;
	size_t n, n_signs;
	int64_t chosen;
	struct ui_scroll scroll, sign_scroll;
	/* what the sheets of a new one have asked so far */
	const char *kind;
	char title[NAME_MAX_BYTES + 1], version[32];
	int32_t issued;
};

static enum err load(struct app *app)
{
	struct agreements_state *st = app->state;
	bool there = false;
	st->n_signs = 0;
	enum err e = record_agreements(app->record, &app->rows, &st->row, &st->n);
	for (size_t i = 0; !e && i < st->n; i++)
		there |= st->row[i].id == st->chosen;
	if (!there)
		st->chosen = !e && st->n && !app_small(app) ? st->row[0].id : 0;
	if (!e && st->chosen)
		e = record_signatures(app->record, &app->rows, st->chosen, &st->sign, &st->n_signs);
	return e;
}

static const struct agreement_row *chosen(const struct agreements_state *st)
{
	for (size_t i = 0; i < st->n; i++)
		if (st->row[i].id == st->chosen)
			return &st->row[i];
	return NULL;
}

/* ---- sheets ---- */

static void review_done(struct app *app, struct sheet *s)
{
	struct agreements_state *st = app->state;
	struct command c = {.kind = CMD_AGREEMENT};
	const struct agreement_row *g = chosen(st);
	c.u.agreement.review = s->day_value;
	if (s->arg && g) { /* another date for one that is there */
		c.u.agreement.id = g->id;
		c.u.agreement.agreement = g->kind;
		c.u.agreement.title = g->title;
		c.u.agreement.version = g->version;
		c.u.agreement.issued = g->issued;
	} else {
		c.u.agreement.agreement = st->kind;
		c.u.agreement.title = st->title;
		c.u.agreement.version = st->version;
		c.u.agreement.issued = st->issued;
	}
	(void)app_do(app, &c, s->arg ? NULL : &st->chosen);
}

static void review_open(struct app *app, int32_t issued, int32_t review, int64_t id)
{
	int32_t from = issued == DAY_NONE ? time_today() : issued;
	struct sheet *s = sheet_open(app, "When is it looked at again?",
	        "A review that is late is told here.", "Keep the date", review_done, id);
	sheet_day(s, review != DAY_NONE ? review : practice_add_months(from, 24), from + 1);
}

static void issued_done(struct app *app, struct sheet *s)
{
	struct agreements_state *st = app->state;
	st->issued = s->day_value;
	review_open(app, st->issued, DAY_NONE, 0);
}

static void version_done(struct app *app, struct sheet *s)
{
	struct agreements_state *st = app->state;
	snprintf(st->version, sizeof(st->version), "%s", s->edit.text);
	s = sheet_open(app, "From which day does it hold?",
	        "Until then the one before it holds; it can be signed already.", "Go on",
	        issued_done, 0);
	sheet_day(s, time_today(), 1);
}

static void title_done(struct app *app, struct sheet *s)
{
	struct agreements_state *st = app->state;
	snprintf(st->title, sizeof(st->title), "%s", s->edit.text);
	s = sheet_open(app, "Which version is it?", NULL, "Go on", version_done, 0);
	sheet_words(s, "Version", true, "");
}

static void kind_done(struct app *app, struct sheet *s)
{
	struct agreements_state *st = app->state;
	st->kind = s->row[s->chosen].key;
	const char *label = s->row[s->chosen].label;
	s = sheet_open(app, "What is it called?", NULL, "Go on", title_done, 0);
	sheet_words(s, "Title", true, label);
}

static void add_open(struct app *app)
{
	struct sheet *s =
	        sheet_open(app, "What is added to the register?", NULL, NULL, kind_done, 0);
	sheet_list(app, s, "agreement");
}

static void signed_done(struct app *app, struct sheet *s)
{
	struct agreements_state *st = app->state;
	struct command c = {.kind = CMD_AGREEMENT_SIGN};
	c.u.sign.agreement = st->chosen;
	c.u.sign.agency = s->arg;
	c.u.sign.day = s->n ? DAY_NONE : s->day_value; /* a row: taken back */
	c.u.sign.name = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void sign_open(struct app *app, const struct signature_row *t)
{
	struct sheet *s;
	if (t->day != DAY_NONE) {
		s = sheet_open(app, t->agency_name,
		        fmt(app, "Signed %s%s%s", fmt_day(app, t->day, DAY_YEAR),
		                *t->name ? " by " : "", t->name),
		        NULL, signed_done, t->agency);
		sheet_row(s, "undo", "Take the signature back",
		        "It was not signed, or not on that day", 0, NULL, false);
		return;
	}
	s = sheet_open(app, fmt(app, "%s signs", t->agency_name),
	        "The day on the signed paper, and who signed it.", "Keep the signature",
	        signed_done, t->agency);
	sheet_day(s, time_today(), 1);
	sheet_words(s, "Who signed for it", true, "");
}

/* ---- the picture ---- */

static const char *when_words(struct app *app, const struct agreement_row *g)
{
	const char *from = g->in_force ? "Holds"
	                   : g->issued > time_today()
	                           ? fmt(app, "Holds from %s", fmt_day(app, g->issued, DAY_YEAR))
	                           : "Replaced";
	return g->review == DAY_NONE
	               ? fmt(app, "%s. No review date", from)
	               : fmt(app, "%s. Review %s", from, fmt_day(app, g->review, DAY_YEAR));
}

static void register_list(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct agreements_state *st = app->state;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	if (!st->n) {
		ui_empty(ui, ui_panel(ui, r), "paper", "No agreements yet",
		        "Add the information sharing agreement, then who has signed it.");
		return;
	}
	ui_list_begin(
	        ui, &l, r, "Register of agreements", &st->scroll, st->n, ui_m(ui)->row2, NULL);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct agreement_row *g = &st->row[i];
		int w = g->late ? ui_tag_w(ui, "warning", "Late") + 8 : 0;
		ui_push_id(ui, g->id);
		if (ui_row_room(ui, row, g->in_force ? "done" : "paper",
		            fmt(app, "%s, %s", g->title, g->version), when_words(app, g), true,
		            g->id == st->chosen, w)) {
			st->chosen = g->id;
			app->reload = true;
			ui_again(ui);
		}
		if (w)
			(void)ui_tag(ui, row.x + row.w - w - ui_px(ui, 40),
			        row.y + (row.h - ui_px(ui, 32)) / 2, UI_TAG_LATE, "warning",
			        "Late");
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	if (app_small(app))
		page_pages(app, p, &l);
}

static void signatures(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct agreements_state *st = app->state;
	const struct agreement_row *g = chosen(st);
	struct ui_list l;
	struct gfx_rect in = ui_panel(ui, r), row;
	size_t i;
	if (!g)
		return;
	ui_panel_head(ui, &in, "edit",
	        app_small(app) ? fmt(app, "Version %s", g->version) : "Signed",
	        fmt(app, "%zu of %zu", g->signed_n, st->n_signs));
	ui_list_begin(
	        ui, &l, in, "Who has signed", &st->sign_scroll, st->n_signs, ui_m(ui)->row2, NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct signature_row *t = &st->sign[i];
		bool is_signed = t->day != DAY_NONE;
		ui_push_id(ui, t->agency);
		if (ui_row(ui, row, is_signed ? "done" : "waiting", t->agency_name,
		            is_signed ? fmt(app, "Signed %s%s%s", fmt_day(app, t->day, DAY_YEAR),
		                                *t->name ? " by " : "", t->name)
		                      : "Has not signed",
		            true, false))
			sign_open(app, t);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

static void build(struct app *app, struct ui *ui)
{
	struct agreements_state *st = app->state;
	const struct agreement_row *g = chosen(st);
	struct page p;
	bool small = app_small(app);
	page_begin(app, ui, &p, "Agreements",
	        small ? NULL : "Who has signed what, and when it is looked at again",
	        &screen_measures);
	struct gfx_rect r = p.body;
	if (small) {
		if (g)
			signatures(app, ui, r, &p);
		else
			register_list(app, ui, r, &p);
	} else {
		register_list(app, ui, ui_cut_left(&r, ui_px(ui, app_wide(app) ? 760 : 540)), &p);
		ui_cut_left(&r, ui_m(ui)->gap);
		signatures(app, ui, r, &p);
	}
	if ((!small || !g) &&
	        page_primary(app, &p, "plus", small ? "Add" : "Add an agreement", false, ""))
		add_open(app);
	if (g && page_button(app, &p, "calendar", small ? "Review" : "Move the review date", false))
		review_open(app, g->issued, g->review, g->id);
	if (small && g && page_button(app, &p, "back", "All", false)) {
		st->chosen = 0;
		app->reload = true;
		ui_again(ui);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_agreements = {
        "agreements", PLACE_MEASURES, sizeof(struct agreements_state), load, build, NULL, NULL};
