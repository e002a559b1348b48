#include "app.h"
#include <string.h>

/* Closing: what is still open, draft minutes at once, hold to close; then the chair approves and
 * papers are sealed. */

struct close_state {
	struct check_row *check;
	size_t n_checks;
	struct paper_minutes paper;
	bool have_paper;
	struct papers_copy copy[PRACTICE_MAX];
	size_t n_copies, sealing;
	bool planned, busy, approved;
	struct arena copies; /* rows that must last over reloads */
	struct ui_scroll scroll, paper_scroll;
};

/* What was sealed before the cover was drawn, say, stands as sealed. */
static enum err mark_sealed(struct app *app, struct close_state *st)
{
	struct paper_row *done;
	size_t n;
	enum err e = record_papers(app->record, &app->rows, app->meeting.id, &done, &n);
	for (size_t i = 0; !e && i < n; i++)
		for (size_t k = 0; k < st->n_copies; k++) {
			struct papers_copy *c = &st->copy[k];
			if (c->state == PAPERS_WAITING &&
			        (done[i].report ||
			                done[i].version == app->meeting.minutes_version) &&
			        c->report == done[i].report &&
			        strcmp(done[i].agency, c->minutes ? "Chair" : c->name) == 0) {
				c->state = PAPERS_SEALED;
				c->number = done[i].copy;
			}
		}
	return e;
}

static enum err load(struct app *app)
{
	struct close_state *st = app->state;
	if (app->meeting.state == MEETING_SESSION)
		return ERR_OK; /* it begins to close before anything is drawn: loaded then */
	enum err e = record_checks(
	        app->record, &app->rows, &app->viewer, app->meeting.id, &st->check, &st->n_checks);
	st->have_paper = false;
	if (!e) {
		e = papers_gather(app->record, &app->rows, app->meeting.id, &app->viewer, NULL,
		        &st->paper, NULL);
		st->have_paper = e == ERR_OK;
	}
	st->approved = app->meeting.minutes_approved;
	if (!e && !st->planned && app->meeting.state >= MEETING_CLOSED) {
		struct papers_copy *c;
		size_t n;
		arena_init(&st->copies, 1u << 20);
		e = papers_plan(app->record, &st->copies, app->meeting.id, &c, &n, NULL);
		if (!e) {
			st->n_copies = n < PRACTICE_MAX ? n : PRACTICE_MAX;
			memcpy(st->copy, c, st->n_copies * sizeof(*c));
			st->planned = true;
			e = mark_sealed(app, st);
		}
	}
	return e;
}

static void leave(struct app *app)
{
	struct close_state *st = app->state;
	if (st)
		arena_finish(&st->copies);
}

static bool to_state(struct app *app, enum meeting_state to)
{
	struct command c = {.kind = CMD_MEETING_STATE};
	c.u.state.meeting = app->meeting.id;
	c.u.state.to = to;
	return app_do(app, &c, NULL);
}

/* A true picture of the beginning of the minutes. */
static void minutes_picture(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct close_state *st = app->state;
	const struct paper_minutes *m = &st->paper;
	ui_box(ui, r, 0, GFX_PAPER, 1, GFX_EDGE);
	struct gfx_rect in = ui_inset(r, ui_px(ui, 22), ui_px(ui, 14)),
	                foot = ui_cut_bottom(&in, ui_line_h(ui, GFX_MICRO));
	if (!st->have_paper)
		return;
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_MICRO_B)), GFX_MICRO_B, GFX_TEXT, UI_CENTRE,
	        m->marking);
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_TITLE)), GFX_TITLE, GFX_TEXT, UI_LEFT,
	        m->status);
	ui_elide(ui, ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_TEXT2, UI_LEFT,
	        fmt(app, "%s, %s", m->forum, m->partnership));
	const char *present = "", *apologies = "";
	for (size_t i = 0; i < m->n_attendees; i++)
		present = fmt(app, "%s%s%s%s", present, i ? ", " : "", m->attendee[i].agency,
		        strncmp(m->attendee[i].state, "Chair", 5) == 0 ? " (chair)" : "");
	for (size_t i = 0; i < m->n_apologies; i++)
		apologies = fmt(app, "%s%s%s%s%s", apologies, i ? "; " : "", m->apology[i].agency,
		        *m->apology[i].information ? ", " : "", m->apology[i].information);
	ui_cut_top(&in, 4);
	ui_cut_top(&in,
	        ui_wrap(ui, in, GFX_MICRO, GFX_TEXT,
	                fmt(app, "Present: %s.%s%s%s", present, *apologies ? " Apologies: " : "",
	                        apologies, *apologies ? "." : ""),
	                0) +
	                8);
	int c0 = in.w * 24 / 100, c2 = in.w * 28 / 100;
	struct gfx_rect head = ui_cut_top(&in, ui_line_h(ui, GFX_MICRO)),
	                h0 = ui_cut_left(&head, c0), h2 = ui_cut_right(&head, c2);
	ui_label(ui, h0, GFX_MICRO, GFX_TEXT2, UI_LEFT, "Speaker");
	ui_label(ui, head, GFX_MICRO, GFX_TEXT2, UI_LEFT, "Discussion");
	ui_label(ui, h2, GFX_MICRO, GFX_TEXT2, UI_LEFT, "Actions");
	ui_fill(ui, ui_cut_top(&in, 1), GFX_EDGE);
	for (size_t i = 0; i < m->n_items; i++)
		for (size_t k = 0; k < m->item[i].n_entries; k++) {
			const struct paper_entry *e = &m->item[i].entry[k];
			struct gfx_rect row, a, c;
			const char *said =
			        fmt(app, "%s. %s", m->item[i].title, *e->text ? e->text : e->kind);
			int h = ui_wrap_h(ui, in.w - c0 - c2 - 16, GFX_MICRO, said, 3),
			    h3 = ui_wrap_h(ui, c2, GFX_MICRO, e->action, 3);
			h = (h > h3 ? h : h3) + 10;
			if (in.h < h)
				goto full;
			row = ui_cut_top(&in, h);
			a = ui_cut_left(&row, c0);
			c = ui_cut_right(&row, c2);
			ui_wrap(ui, ui_inset(a, 0, 5), GFX_MICRO_B, GFX_TEXT, e->speaker, 2);
			row.w -= 16;
			ui_wrap(ui, ui_inset(row, 0, 5), GFX_MICRO, GFX_TEXT, said, 3);
			if (*e->action)
				ui_wrap(ui, ui_inset(c, 0, 5), GFX_MICRO, GFX_TEXT, e->action, 3);
			ui_hairline(ui, (struct gfx_rect){in.x, in.y - 1, in.w, 1});
		}
full:
	ui_label(ui, foot, GFX_MICRO, GFX_TEXT2, UI_LEFT, "Page 1");
	ui_label(ui, foot, GFX_MICRO, GFX_TEXT2, UI_RIGHT, fmt(app, "Audit %s", m->fingerprint));
}

static void checks(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct close_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect in = ui_panel(ui, r), row;
	size_t done = 0, i;
	struct ui_list l;
	for (i = 0; i < st->n_checks; i++)
		done += st->check[i].done;
	bool closed = app->meeting.state >= MEETING_CLOSED;
	const char *head = closed && done < st->n_checks ? "Left open, minuted as such"
	                   : closed                      ? "Looked at before it closed"
	                                                 : "Before you close";
	ui_panel_head(ui, &in, "check", head,
	        done == st->n_checks ? "all done"
	                             : fmt(app, "%zu done, %zu open", done, st->n_checks - done));
	ui_list_begin(ui, &l, in, head, &st->scroll, st->n_checks,
	        m->row2 > m->target + 12 ? m->row2 : m->target + 12, NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct check_row *c = &st->check[i];
		struct gfx_rect t = ui_inset(row, 16, 0);
		ui_push_id(ui, (int64_t)i);
		ui_icon(ui, ui_cut_left(&t, 30), c->done ? "done" : "warning", 26,
		        c->done ? GFX_ACCENT : GFX_LATE);
		ui_cut_left(&t, 10);
		bool next_day = !c->done && app->meeting.next_day == DAY_NONE &&
		                strstr(c->text, "next meeting");
		if (!c->done && app->meeting.state == MEETING_CLOSING && (c->item || next_day)) {
			struct gfx_rect b = ui_cut_right(&t, ui_button_w(ui, "edit", "Fix", false));
			b.y += (b.h - m->target) / 2;
			b.h = m->target;
			if (ui_button(ui, b, UI_NORMAL, "edit", "Fix", false)) {
				if (next_day) {
					next_day_open(app);
				} else {
					(void)to_state(app, MEETING_SESSION);
					app_go(app, &screen_agenda);
					ui_pop_id(ui);
					ui_list_end(ui, &l);
					return;
				}
			}
		}
		const char *hint = closed && !c->done ? "" : c->hint; /* nothing to do any more */
		int h = ui_line_h(ui, GFX_BODY_B), h2 = *hint ? ui_line_h(ui, GFX_CAPTION) : 0,
		    top = t.y + (t.h - h - h2) / 2;
		ui_elide(ui, (struct gfx_rect){t.x, top, t.w, h}, GFX_BODY_B, GFX_TEXT, UI_LEFT,
		        c->text);
		if (h2)
			ui_elide(ui, (struct gfx_rect){t.x, top + h, t.w, h2}, GFX_CAPTION,
			        GFX_TEXT2, UI_LEFT, hint);
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

static const char *copy_words(struct app *app, const struct papers_copy *c)
{
	switch (c->state) {
	case PAPERS_SEALED:
		return fmt(app, "sealed, copy %d", c->number);
	case PAPERS_NO_KEY:
		return "no key";
	case PAPERS_NO_AGREEMENT:
		return "no agreement";
	case PAPERS_FAILED:
		return "failed, try again";
	default:
		return "waiting";
	}
}

static void papers(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct close_state *st = app->state;
	if (app->meeting.state >= MEETING_CLOSED) {
		if (backup_row(app, ui_panel(ui, ui_cut_bottom(&r, ui_m(ui)->row2))) && !st->busy)
			app_go_back_to(app, &screen_backup, &screen_close);
		ui_cut_bottom(&r, ui_px(ui, 12));
	}
	struct gfx_rect in = ui_panel(ui, r), row;
	size_t sealed = 0, i;
	struct ui_list l;
	for (i = 0; i < st->n_copies; i++)
		sealed += st->copy[i].state == PAPERS_SEALED;
	ui_panel_head(ui, &in, "seal", "Papers, one for each agency",
	        st->n_copies ? fmt(app, "%zu of %zu", sealed, st->n_copies) : "");
	if (!st->n_copies) {
		ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
		        "Sealed when the meeting is closed and the chair has approved the minutes.",
		        0);
		return;
	}
	int row_h = ui_px(ui, 44);
	ui_list_begin(ui, &l, in, "Papers", &st->paper_scroll, st->n_copies, row_h, NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct papers_copy *c = &st->copy[i];
		struct gfx_rect t = ui_inset(row, 14, 3);
		ui_push_id(ui, (int64_t)i);
		ui_tile(ui, ui_cut_left(&t, ui_px(ui, 44)), NULL, c->code3,
		        c->state == PAPERS_SEALED);
		ui_cut_left(&t, 10);
		const char *words = copy_words(app, c);
		struct gfx_rect w = ui_cut_right(&t, ui_px(ui, 190));
		ui_icon(ui, ui_cut_left(&w, 28),
		        c->state == PAPERS_SEALED    ? "seal"
		        : c->state == PAPERS_WAITING ? "waiting"
		                                     : "warning",
		        20, c->state == PAPERS_FAILED ? GFX_LATE : GFX_TEXT2);
		ui_label(ui, w, GFX_CAPTION, c->state == PAPERS_FAILED ? GFX_LATE : GFX_TEXT2,
		        UI_LEFT, words);
		ui_elide(ui, t, GFX_BODY, GFX_TEXT, UI_LEFT,
		        c->minutes  ? fmt(app, "%s: full minutes", c->name)
		        : c->report ? fmt(app, "%s: report", c->name)
		                    : c->name);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	page_pages(app, p, &l);
}

/* One copy a turn, so that the panel answers and tells how far it is. */
static void seal_step(struct app *app)
{
	struct close_state *st = app->state;
	struct why w = {0};
	struct arena a;
	while (st->sealing < st->n_copies && st->copy[st->sealing].state != PAPERS_WAITING &&
	        st->copy[st->sealing].state != PAPERS_FAILED)
		st->sealing++;
	if (st->sealing >= st->n_copies) {
		st->busy = false;
		app->reload = true;
		backup_start(app); /* with the papers that are in the record now */
		const char *slash = strrchr(app->out_dir, '/');
		app_say(app, fmt(app, "Papers are sealed, in the folder %s.",
		                     slash && slash[1] ? slash + 1 : app->out_dir));
		return;
	}
	arena_init(&a, 64u << 20);
	struct papers_copy *c = &st->copy[st->sealing++];
	enum err e = papers_seal(app->record, &a, app->meeting.id, app->out_dir, c, &w);
	c->file = "";
	arena_finish(&a);
	if (e) {
		st->busy = false;
		app_fail(app, e, &w);
	}
	ui_wake_in(app->ui, 1);
}

static void build(struct app *app, struct ui *ui)
{
	struct close_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app), closed = app->meeting.state >= MEETING_CLOSED;
	if (!app->meeting.id) {
		app_go(app, &screen_home);
		return;
	}
	if (app->meeting.state == MEETING_SESSION) {
		(void)to_state(app, MEETING_CLOSING);
		return;
	}
	if (st->busy)
		seal_step(app);
	page_begin(app, ui, &p, closed ? "The meeting is closed" : "Close the meeting",
	        small ? NULL
	              : fmt(app, "%s, %s, %s%s%s", app->meeting.type->name,
	                        fmt_day(app, app->meeting.day, DAY_WEEKDAY),
	                        fmt_hm(app, app->meeting.started_us), closed ? " to " : "",
	                        closed ? fmt_hm(app, app->meeting.ended_us) : ""),
	        closed ? NULL : NULL);
	if (!closed)
		page_room(app, &p);
	struct gfx_rect r = p.body;
	if (small) {
		if (closed)
			papers(app, ui, r, &p);
		else
			checks(app, ui, r, &p);
	} else {
		struct gfx_rect left = ui_cut_left(&r, ui_px(ui, app_wide(app) ? 760 : 500));
		ui_cut_left(&r, m->gap);
		minutes_picture(app, ui, left);
		struct gfx_rect top = ui_cut_top(&r, r.h * 46 / 100);
		ui_cut_top(&r, ui_px(ui, 12));
		checks(app, ui, top, &p);
		papers(app, ui, r, &p);
	}
	size_t open = 0;
	for (size_t i = 0; i < st->n_checks; i++)
		open += !st->check[i].done;
	if (!closed) {
		const char *caption =
		        open == 0 ? "Hold for one second."
		                  : fmt(app, "%zu open %s minuted.\nHold for one second.", open,
		                            open == 1 ? "point is" : "points are");
		if (page_hold(app, &p, "lock", small ? "Hold" : "Hold to close", false, caption)) {
			if (to_state(app, MEETING_CLOSED))
				backup_start(app);
			return;
		}
		if (page_button(app, &p, "minutes", small ? "Read" : "Read all minutes", false)) {
			app->read_meeting = app->meeting.id;
			app_go_back_to(app, &screen_read, &screen_close);
		} else if (page_button(app, &p, "agenda", "Back to agenda", false)) {
			(void)to_state(app, MEETING_SESSION);
			app_go(app, &screen_agenda);
		}
	} else {
		bool left_over = false;
		for (size_t i = 0; i < st->n_copies; i++)
			left_over |= st->copy[i].state == PAPERS_WAITING ||
			             st->copy[i].state == PAPERS_FAILED;
		if (!st->approved) {
			if (page_primary(app, &p, "check",
			            small ? "Approve" : "Approve the minutes", false,
			            "Read them first, then approve.\nThen the papers can be "
			            "sealed.")) {
				struct command c = {.kind = CMD_MINUTES_APPROVE};
				c.u.approve.meeting = app->meeting.id;
				(void)app_do(app, &c, NULL);
			}
		} else if (left_over) {
			const char *label =
			        st->busy ? fmt(app, "Sealing %zu of %zu",
			                           st->sealing + 1 < st->n_copies ? st->sealing + 1
			                                                          : st->n_copies,
			                           st->n_copies)
			                 : "Hold to seal";
			if (page_hold(app, &p, "seal", label, st->busy,
			            small ? ""
			                  : "One file for each agency.\nHold for one second.")) {
				st->busy = true;
				st->sealing = 0;
				ui_again(ui);
			}
		} else if (page_primary(app, &p, "done", "Finish", false, "")) {
			app->meeting_id = 0;
			app_go(app, &screen_home);
			page_end(app, &p, NULL, false);
			return;
		}
		if (page_button(
		            app, &p, "minutes", small ? "Read" : "Read all minutes", st->busy)) {
			app->read_meeting = app->meeting.id;
			app_go_back_to(app, &screen_read, &screen_close);
		}
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_close = {
        "close", PLACE_AGENDA, sizeof(struct close_state), load, build, NULL, leave};
