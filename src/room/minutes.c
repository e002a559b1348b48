#include "app.h"
#include <string.h>
#include "caseroom/record_audit.h"

/* Minutes of the last meeting: agreed as they stand, or agreed with a correction. Then the old
 * actions. */

struct minutes_state {
	struct meeting_row last;
	struct paper_minutes paper;
	int64_t noted; /* the audit has this reading of it */
	bool have;
};

static enum err load(struct app *app)
{
	struct minutes_state *st = app->state;
	enum err e = record_minutes_due(app->record, &app->rows, app->meeting.id, &st->last);
	st->have = e == ERR_OK;
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (!e && st->noted != st->last.id)
		e = record_minutes_reading(app->record, st->last.id);
	st->noted = e ? 0 : st->last.id;
	return e ? e
	         : papers_gather(app->record, &app->rows, st->last.id, &app->viewer, NULL,
	                   &st->paper, NULL);
}

static void agree(struct app *app, const char *correction, int64_t item)
{
	struct minutes_state *st = app->state;
	struct command c = {.kind = CMD_MINUTES_AGREE};
	c.u.agree.meeting = st->last.id;
	c.u.agree.at = app->meeting.id;
	c.u.agree.correction = correction;
	c.u.agree.item = item;
	if (app_do(app, &c, NULL))
		app_go(app,
		        &screen_minutes); /* of an emergency meeting since, or on to the actions */
}

static void corrected(struct app *app, struct sheet *s)
{
	agree(app, s->edit.text, s->arg);
}

/* Nothing is left to agree: the item is done, whoever agreed it where. */
static void done(struct app *app)
{
	for (size_t i = 0; app_in_session(app) && i < app->n_items; i++)
		if (app->item[i].kind == AGENDA_MINUTES && app->item[i].state < ITEM_DONE) {
			struct command c = {.kind = CMD_ITEM_DONE};
			c.u.item.item = app->item[i].id;
			(void)app_do(app, &c, NULL);
		}
	go_on_to(app, AGENDA_ACTIONS);
}

static void which_done(struct app *app, struct sheet *s)
{
	int64_t item = s->row[s->chosen].id;
	struct sheet *n = sheet_open(app, "What is corrected?",
	        "The minutes stay as they are; the correction is a new version beside them.",
	        "Agree with this correction", corrected, item);
	sheet_words(n, "Correction", true, "");
}

static void build(struct app *app, struct ui *ui)
{
	struct minutes_state *st = app->state;
	struct page p;
	bool small = app_small(app);
	if (!st->have) {
		done(app);
		return;
	}
	page_begin(app, ui, &p, fmt(app, "Minutes of %s", fmt_day(app, st->last.day, DAY_MONTH)),
	        small                       ? NULL
	        : st->last.minutes_approved ? "approved by the chair, to be agreed today"
	                                    : "draft, to be agreed today",
	        &screen_agenda);
	struct gfx_rect in = ui_panel(ui, p.body);
	in = ui_inset(in, small ? 12 : 24, small ? 8 : 18);
	ui_cut_top(&in, ui_wrap(ui, in, GFX_TITLE, GFX_TEXT, st->paper.heading, 2));
	ui_cut_top(&in, 8);
	for (size_t i = 0; i < st->paper.n_items && in.h > ui_line_h(ui, GFX_BODY) * 2; i++) {
		const struct paper_item *t = &st->paper.item[i];
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY_B, GFX_TEXT,
		                        fmt(app, "%d  %s", t->number, t->title), 2));
		const char *said = *t->held       ? t->held
		                   : *t->decision ? t->decision
		                   : t->n_entries ? t->entry[t->n_entries - 1].text
		                                  : "";
		int h = ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2,
		        fmt(app, "%s %s", said, t->review ? t->review : ""), 2);
		ui_cut_top(&in, h + 8);
	}
	if (page_primary(
	            app, &p, "check", small ? "Agree" : "Agree as a correct record", false, ""))
		agree(app, "", 0);
	else if (page_button(app, &p, "edit", "Correct", false)) {
		correct_item_open(app, st->last.id, which_done);
	} else if (page_button(app, &p, "minutes", "Read", false)) {
		app->read_meeting = st->last.id;
		app_go_back_to(app, &screen_read, &screen_minutes);
	} else if (page_button(app, &p, "defer", "Later", false)) {
		go_on_to(app, AGENDA_ACTIONS);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_minutes = {
        "minutes", PLACE_AGENDA, sizeof(struct minutes_state), load, build, NULL, NULL};
