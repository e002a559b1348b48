#include "app.h"
#include <string.h>
#include "caseroom/record_report.h"

/* The plan, a line each with how it goes; and a group's terms of reference, which end. */

#define LINES_MAX 128

struct progress_state {
	struct plan_row *plan;
	size_t n;
	struct terms_row terms;
	int heights[LINES_MAX + 1];
	struct ui_scroll scroll;
};

static enum err load(struct app *app)
{
	struct progress_state *st = app->state;
	enum err e = record_plan(app->record, &app->rows, &st->plan, &st->n);
	if (st->n > LINES_MAX)
		st->n = LINES_MAX;
	st->terms = (struct terms_row){.state = TERMS_NONE};
	if (!e && app->forum_id)
		e = record_terms(app->record, &app->rows, app->forum_id, time_today(), &st->terms);
	return e;
}

const char *terms_words(struct app *app, const struct terms_row *t)
{
	switch (t->state) {
	case TERMS_UNKNOWN:
		return fmt(
		        app, "They last %d months; the day they began is not recorded", t->months);
	case TERMS_RUN:
	case TERMS_SOON:
		return fmt(app, "%s %s", t->state == TERMS_SOON ? "They end on" : "To",
		        fmt_day(app, t->ends, DAY_YEAR));
	case TERMS_OVER:
		return fmt(app, "They ended on %s", fmt_day(app, t->ends, DAY_YEAR));
	case TERMS_NONE:
		break;
	}
	return "";
}

static void terms_done(struct app *app, struct sheet *s)
{
	struct progress_state *st = app->state;
	struct command c = {.kind = CMD_TERMS};
	c.u.terms.forum = app->forum_id;
	c.u.terms.from = s->day_value;
	c.u.terms.months = st->terms.months ? st->terms.months : 12;
	c.u.terms.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void terms_open(struct app *app)
{
	struct progress_state *st = app->state;
	const struct terms_row *t = &st->terms;
	struct sheet *s = sheet_open(app, "From which day do the new terms of reference hold?",
	        fmt(app, "They last %d months from then.", t->months ? t->months : 12),
	        "Keep the terms", terms_done, 0);
	sheet_day(s, t->ends != DAY_NONE ? t->ends + 1 : time_today(), 0);
	sheet_words(s, "Who agreed them", false, "");
}

static void progress_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_PROGRESS};
	c.u.progress.plan = s->arg;
	c.u.progress.meeting = app->meeting.state == MEETING_SESSION ? app->meeting.id : 0;
	c.u.progress.status = s->row[s->chosen].key;
	c.u.progress.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void progress_open(struct app *app, const struct plan_row *p)
{
	static const char *const ICON[] = {"done", "warning", "warning", "check", "close"};
	const struct practice_list *l = practice_list(app->practice, "progress");
	struct sheet *s = sheet_open(app, fmt(app, "How does it go: %s?", p->project), p->action,
	        "Keep it", progress_done, p->id);
	for (size_t i = 0; l && i < l->n; i++)
		sheet_row(s, i < COUNT_OF(ICON) ? ICON[i] : NULL, l->entry[i].label,
		        l->entry[i].detail, (int64_t)i, l->entry[i].id, l->entry[i].needs_words);
	sheet_words(s, "In words", false, "");
}

/* Said in words and shape; the colour only repeats it. */
static const char *look_of(const struct plan_row *p, enum gfx_colour *ret)
{
	static const struct {
		const char *status, *icon;
		enum gfx_colour colour;
	} LOOK[] = {{"green", "done", GFX_ACCENT}, {"amber", "warning", GFX_WARN},
	        {"red", "warning", GFX_LATE}, {"done", "check", GFX_ACCENT},
	        {"stopped", "close", GFX_TEXT2}};
	for (size_t i = 0; i < COUNT_OF(LOOK); i++)
		if (strcmp(p->status, LOOK[i].status) == 0) {
			*ret = LOOK[i].colour;
			return LOOK[i].icon;
		}
	*ret = GFX_TEXT2;
	return "waiting";
}

static const char *title_of(struct app *app, const struct plan_row *p)
{
	return *p->status ? fmt(app, "%s: %s", p->project, p->label) : p->project;
}

static const char *words_of(struct app *app, const struct plan_row *p)
{
	const char *lead =
	        fmt(app, "%s%s%s", p->lead_role, *p->timescale ? ". " : "", p->timescale);
	if (!*p->status)
		return fmt(app, "%s%s%s", lead,
		        *p->imported ? fmt(app, ". In the plan: %s", p->imported) : "",
		        ". No progress recorded yet.");
	return fmt(app, "%s\n%s%s%s", lead, fmt_day(app, p->day, DAY_MONTH), *p->words ? ": " : "",
	        p->words);
}

static void build(struct app *app, struct ui *ui)
{
	struct progress_state *st = app->state;
	struct page p;
	struct ui_list l;
	struct gfx_rect row;
	size_t i, n, terms = st->terms.state != TERMS_NONE;
	bool small = app_small(app);
	page_begin(app, ui, &p, small ? "Progress" : "Progress of the plan",
	        small ? NULL : app->forum.name, app->back);
	n = st->n + terms;
	if (!n) {
		ui_empty(ui, ui_panel(ui, p.body), "chart", "No plan yet",
		        "It comes with caseroomctl import plan.");
		page_end(app, &p, NULL, false);
		return;
	}
	const char *until = terms_words(app, &st->terms);
	int w = p.body.w;
	for (int pass = 0; pass < 2; pass++) {
		int total = 0;
		for (i = 0; i < n; i++)
			total += st->heights[i] =
			        i < terms ? told_height(ui, w, "Terms of reference", until)
			                  : told_height(ui, w, title_of(app, &st->plan[i - terms]),
			                            words_of(app, &st->plan[i - terms]));
		if (total <= p.body.h)
			break;
		w = p.body.w - ui_m(ui)->pager_w - ui_px(ui, 16);
	}
	ui_list_begin(ui, &l, p.body, "Progress of the plan", &st->scroll, n, 0, st->heights);
	ui_fill(ui, l.view, GFX_PANEL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct plan_row *t = i < terms ? NULL : &st->plan[i - terms];
		bool late = st->terms.state != TERMS_RUN;
		enum gfx_colour c = late ? GFX_WARN : GFX_TEXT2;
		const char *icon = t ? look_of(t, &c) : late ? "warning" : "calendar";
		ui_push_id(ui, t ? t->id : 0);
		if (told_row(ui, row, icon, c, t ? title_of(app, t) : "Terms of reference",
		            t ? words_of(app, t) : until, true)) {
			if (t)
				progress_open(app, t);
			else
				terms_open(app);
		}
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, &p, &l);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_progress = {
        "progress", PLACE_MEASURES, sizeof(struct progress_state), load, build, NULL, NULL};
