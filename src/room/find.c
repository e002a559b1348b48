#include "app.h"
#include <string.h>

/* Search as you type, over what this room may see; and the list of cases when nothing is typed. */

struct find_state {
	struct ui_edit edit;
	struct search_row *row;
	struct case_row *recent;
	size_t n, n_recent;
	uint64_t changes;
	bool ready;
	struct ui_scroll scroll;
	char text[120];
};

static enum err load(struct app *app)
{
	struct find_state *st = app->state;
	if (!st->ready) {
		ui_edit_init(&st->edit, st->text, sizeof(st->text));
		st->ready = true;
	}
	st->n = st->n_recent = 0;
	st->changes = st->edit.changes;
	if (st->edit.len)
		return record_search(
		        app->record, &app->rows, &app->viewer, st->edit.text, 40, &st->row, &st->n);
	if (app->forum_id)
		return record_cases(app->record, &app->rows, &app->viewer, app->forum_id, false, 40,
		        &st->recent, &st->n_recent);
	return ERR_OK;
}

static void build(struct app *app, struct ui *ui)
{
	struct find_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	if (!st->ready)
		return;
	page_begin(app, ui, &p, "Find a case",
	        app_small(app) ? NULL : "By reference, name or address", &screen_home);
	struct gfx_rect r = p.body;
	if (ui_field(ui, ui_cut_top(&r, m->target), "Name, address or reference", &st->edit, 0,
	            "Type the beginning of a name", false) ||
	        st->changes != st->edit.changes) {
		app->reload = true;
		st->scroll = (struct ui_scroll){0};
		ui_again(ui);
	}
	ui_cut_top(&r, ui_px(ui, 12));
	size_t n = st->edit.len ? st->n : st->n_recent;
	if (!n) {
		ui_wrap(ui, r, GFX_BODY, GFX_TEXT2,
		        st->edit.len    ? "No case has that name or address. Look again with fewer "
		                          "letters, "
		                          "or enter a new case."
		        : app->forum_id ? "No case yet. Enter one, or import referrals with "
		                          "caseroomctl."
		                        : "No case yet: there is no group. Home says what to do "
		                          "first.",
		        2);
	} else if (r.h > m->row2) {
		/* the buttons beside the rows keep their distance from one another */
		int row_h = m->row2 > m->target + 14 ? m->row2 : m->target + 14;
		ui_list_begin(
		        ui, &l, r, "Cases", &st->scroll, n, st->edit.len ? row_h : m->row2, NULL);
		ui_fill(ui, l.view, GFX_PANEL);
		while (ui_list_next(ui, &l, &i, &row)) {
			int64_t id = st->edit.len ? st->row[i].case_id : st->recent[i].id;
			ui_push_id(ui, (int64_t)i);
			const char *ref = st->edit.len ? st->row[i].ref : st->recent[i].ref;
			const char *second =
			        st->edit.len
			                ? (*st->row[i].matched ? st->row[i].matched
			                                       : st->row[i].strand)
			                : fmt(app, "%s, received %s%s", st->recent[i].strand,
			                          fmt_day(app, st->recent[i].received, DAY_MONTH),
			                          st->recent[i].open ? "" : ", closed");
			int64_t who = st->edit.len ? st->row[i].identity : 0;
			if (who) { /* a match is of somebody: their page is beside the case */
				struct gfx_rect b = ui_cut_right(&row, m->target + 16);
				b = (struct gfx_rect){
				        b.x + 4, b.y + (b.h - m->target) / 2, m->target, m->target};
				if (ui_square(ui, b, UI_NORMAL, "person",
				            fmt(app, "Page of %s", st->row[i].name), false)) {
					ui_pop_id(ui);
					ui_list_end(ui, &l);
					identity_open(app, who, &screen_find);
					return;
				}
			}
			if (ui_row(ui, row, "case", ref, second, true, false)) {
				ui_pop_id(ui);
				ui_list_end(ui, &l);
				app->item_id = 0;
				app->case_id = id;
				app_go_back_to(app, &screen_case, &screen_find);
				return;
			}
			ui_pop_id(ui);
		}
		ui_list_end(ui, &l);
		page_pages(app, &p, &l);
	}
	if (app->forum_id && page_button(app, &p, "plus", "New case", false))
		enter_open(app, 0, &screen_find);
	page_end(app, &p, "Done", true);
	if (app->screen == &screen_find && ui_submitted(ui, &st->edit))
		ui_focus(ui, NULL);
}

const struct screen_ops screen_find = {
        "find", PLACE_HOME, sizeof(struct find_state), load, build, NULL, NULL};
