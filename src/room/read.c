#include "app.h"
#include <string.h>
#include "caseroom/record_audit.h"

/* The minutes on the panel: the same data as on paper, set for reading, asked for the room that
 * reads. */

enum block_kind {
	BLOCK_MARK,
	BLOCK_TITLE,
	BLOCK_HEAD,
	BLOCK_SUB,
	BLOCK_TEXT,
	BLOCK_SMALL,
	BLOCK_KIND_COUNT
};

struct block {
	enum block_kind kind;
	const char *who, *text; /* who: the left column, or NULL */
};

struct read_state {
	struct block *block;
	size_t n, cap;
	int *heights, width, line; /* in the rows; measured once for a width and a size of type */
	struct ui_scroll scroll;
	const char *title;
	bool failed, approved, noted;
};

static const enum gfx_type TYPE[BLOCK_KIND_COUNT] = {
        GFX_CAPTION_B, GFX_HEADING, GFX_TITLE, GFX_BODY_B, GFX_BODY, GFX_CAPTION};
static const int ABOVE[BLOCK_KIND_COUNT] = {8, 8, 20, 14, 4, 2};

static void add(struct app *app, struct read_state *st, enum block_kind kind, const char *who,
        const char *text)
{
	void *rows = st->block;
	struct block *b;
	if (!text || !*text)
		return;
	b = arena_grow(&app->rows, &rows, &st->n, &st->cap, sizeof(*b));
	st->block = rows;
	if (b)
		*b = (struct block){kind, who, text};
	else
		st->failed = true;
}

static void item(struct app *app, struct read_state *st, const struct paper_item *t)
{
	struct arena *a = &app->rows;
	add(app, st, BLOCK_HEAD, NULL,
	        t->number ? arena_printf(a, "%d  %s", t->number, t->title) : t->title);
	add(app, st, BLOCK_SMALL, NULL, t->held);
	add(app, st, BLOCK_SMALL, NULL, t->timing);
	add(app, st, BLOCK_SMALL, NULL, t->presence);
	for (size_t i = 0; i < t->n_entries; i++) {
		const struct paper_entry *e = &t->entry[i];
		add(app, st, BLOCK_TEXT, e->speaker,
		        arena_printf(a, "%s%s%s%s%s", e->kind, *e->about ? ", about " : "",
		                e->about, *e->text ? ": " : "", e->text));
		add(app, st, BLOCK_SMALL, "", e->ground);
	}
	add(app, st, BLOCK_TEXT, "Risk", t->risk);
	add(app, st, BLOCK_TEXT, "Decision", t->decision);
	add(app, st, BLOCK_TEXT, "Review", t->review);
	add(app, st, BLOCK_TEXT, "Dissent", t->dissent);
	for (size_t i = 0; i < t->n_actions; i++) {
		char due[TIME_TEXT_MAX];
		add(app, st, BLOCK_TEXT, "Action",
		        arena_printf(a, "%s. %s, %s, by %s.", t->action[i].what,
		                t->action[i].agency, t->action[i].owner,
		                day_text(due, t->action[i].due, DAY_MONTH)));
	}
}

static void compose(struct app *app, struct read_state *st, const struct paper_minutes *m)
{
	struct arena *a = &app->rows;
	char day[TIME_TEXT_MAX];
	add(app, st, BLOCK_MARK, NULL, m->marking);
	add(app, st, BLOCK_TITLE, NULL, m->heading);
	add(app, st, BLOCK_TEXT, NULL,
	        arena_printf(a, "%s, %s%s%s, %s", day_text(day, m->day, DAY_WEEKDAY_YEAR),
	                m->started, *m->ended ? " to " : "", m->ended, m->venue));
	for (size_t i = 0; i < m->n_version_lines; i++)
		add(app, st, BLOCK_SMALL, NULL, m->version_line[i]);
	add(app, st, BLOCK_TEXT, "Chair", m->chair);
	add(app, st, BLOCK_TEXT, "Minutes", m->minute_taker);
	add(app, st, BLOCK_HEAD, NULL, "Present");
	for (size_t i = 0; i < m->n_attendees; i++)
		add(app, st, BLOCK_TEXT, m->attendee[i].agency,
		        arena_printf(a, "%s (%s), %s. %s%s", m->attendee[i].name,
		                m->attendee[i].initials, m->attendee[i].role, m->attendee[i].state,
		                m->attendee[i].observer ? ". Observer" : ""));
	if (m->n_apologies)
		add(app, st, BLOCK_HEAD, NULL, "Apologies");
	for (size_t i = 0; i < m->n_apologies; i++)
		add(app, st, BLOCK_TEXT, m->apology[i].agency,
		        *m->apology[i].substitute
		                ? arena_printf(a, "%s – sub – %s", m->apology[i].name,
		                          m->apology[i].substitute)
		        : *m->apology[i].information ? m->apology[i].information
		                                     : "no information received");
	for (size_t i = 0; i < m->n_empty_seats; i++)
		add(app, st, BLOCK_TEXT, "Empty seat", m->empty_seat[i]);
	add(app, st, BLOCK_TEXT, "Quorum", m->quorum);
	add(app, st, BLOCK_TEXT, "Last minutes", m->last_minutes);
	if (m->n_old_actions)
		add(app, st, BLOCK_HEAD, NULL, "Actions from earlier meetings");
	for (size_t i = 0; i < m->n_old_actions; i++)
		add(app, st, BLOCK_TEXT, m->old_action[i].agency,
		        arena_printf(a, "%s. Due %s. %s", m->old_action[i].what,
		                m->old_action[i].due, m->old_action[i].outcome));
	for (size_t i = 0; i < m->n_items; i++)
		item(app, st, &m->item[i]);
	if (m->n_open_points)
		add(app, st, BLOCK_HEAD, NULL, "Open at closing");
	for (size_t i = 0; i < m->n_open_points; i++)
		add(app, st, BLOCK_TEXT, NULL, m->open_point[i]);
	add(app, st, BLOCK_HEAD, NULL, "Figures");
	add(app, st, BLOCK_TEXT, NULL, m->statistics);
	add(app, st, BLOCK_HEAD, NULL, "Next meeting");
	add(app, st, BLOCK_TEXT, NULL, m->next_meeting);
	add(app, st, BLOCK_SMALL, NULL, arena_printf(a, "Audit %s", m->fingerprint));
}

static enum err load(struct app *app)
{
	struct read_state *st = app->state;
	struct paper_minutes m;
	st->n = st->cap = 0;
	st->block = NULL;
	st->title = "Minutes";
	if (!app->read_meeting)
		return ERR_OK;
	if (!st->noted)
		TRY(record_minutes_reading(app->record, app->read_meeting));
	st->noted = true;
	enum err e = papers_gather(
	        app->record, &app->rows, app->read_meeting, &app->viewer, NULL, &m, NULL);
	if (e)
		return e;
	st->title = m.status;
	struct meeting_row row;
	TRY(record_meeting(app->record, &app->rows, app->read_meeting, &row));
	st->approved = row.state >= MEETING_CLOSED && (row.minutes_approved || row.minutes_agreed);
	compose(app, st, &m);
	st->heights = row_heights(&app->rows, st->n);
	st->width = 0;
	return st->failed ? ERR_NOMEM : ERR_OK;
}

static void corrected(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MINUTES_CORRECT};
	c.u.minutes_correct.meeting = app->read_meeting;
	c.u.minutes_correct.item = s->arg;
	c.u.minutes_correct.words = s->edit.text;
	if (app_do(app, &c, NULL))
		app_say(app,
		        "A new version of the minutes is kept. Seal its papers when the room is "
		        "done.");
}

static void which_done(struct app *app, struct sheet *s)
{
	int64_t item = s->row[s->chosen].id;
	struct sheet *n = sheet_open(app, "What is corrected?",
	        "The minutes stay as they are; the correction is a new version beside them.",
	        "Keep the correction", corrected, item);
	sheet_words(n, "Correction", true, "");
}

static void build(struct app *app, struct ui *ui)
{
	struct read_state *st = app->state;
	struct page p;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	page_begin(app, ui, &p, st->title,
	        app_small(app) ? NULL : "Read by the room; what it may not see is not in it",
	        app->back);
	struct gfx_rect r = p.body;
	int pad = ui_px(ui, 18), left = app_small(app) ? 130 : ui_px(ui, 190),
	    width = r.w - ui_m(ui)->pager_w - 2 * ui_m(ui)->gap - 2 * pad;
	int line = ui_line_h(ui, GFX_BODY);
	for (i = 0; (st->width != width || st->line != line) && i < st->n; i++)
		st->heights[i] = ui_wrap_h(ui, st->block[i].who ? width - left : width,
		                         TYPE[st->block[i].kind], st->block[i].text, 0) +
		                 ui_px(ui, ABOVE[st->block[i].kind]);
	st->width = width;
	st->line = line;
	ui_list_begin(ui, &l, r, "Minutes", &st->scroll, st->n, 0, st->heights);
	ui_fill(ui, l.view, GFX_PAPER);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct block *b = &st->block[i];
		ui_push_id(ui, (int64_t)i);
		row = ui_inset(row, pad, 0);
		ui_cut_top(&row, ui_px(ui, ABOVE[b->kind]));
		if (b->who) {
			struct gfx_rect c = ui_cut_left(&row, left);
			c.w -= 12;
			ui_elide(ui, (struct gfx_rect){c.x, c.y, c.w, ui_line_h(ui, GFX_BODY)},
			        GFX_CAPTION_B, GFX_TEXT, UI_LEFT, b->who);
		}
		row.w = b->who ? width - left : width;
		ui_wrap(ui, row, TYPE[b->kind], b->kind == BLOCK_SMALL ? GFX_TEXT2 : GFX_TEXT,
		        b->text, 0);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, &p, &l);
	if (page_primary(app, &p, "check", "Done reading", false, ""))
		app_go_back_to(app, app->back, &screen_home);
	else if (st->approved && page_button(app, &p, "edit", "Correct", false))
		correct_item_open(app, app->read_meeting, which_done);
	else if (st->approved && !app_in_session(app) &&
	         page_button(app, &p, "seal", "Papers", false)) {
		app->meeting_id = app->read_meeting;
		app->reload = true;
		app_go(app, &screen_close);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_read = {
        "read", PLACE_AGENDA, sizeof(struct read_state), load, build, NULL, NULL};
