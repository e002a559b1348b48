#include "app.h"
#include <string.h>

/* The minutes on the panel, as they will stand on paper: the same data, the same words, asked for the room that reads. */

struct read_state {
	char *text;
	const char *line[4096];
	size_t n;
	struct ui_scroll scroll;
	const char *title;
};

static enum err load(struct app *app)
{
	struct read_state *st = app->state;
	struct paper_minutes m;
	struct buf b;
	struct paper_copy c = {.number = 0, .recipient = "the room", .age_recipient = ""};
	st->n = 0;
	st->title = "Minutes";
	if (!app->read_meeting)
		return ERR_OK;
	buf_init(&b, 4u << 20);
	enum err e = papers_gather(app->record, &app->rows, app->read_meeting, &app->viewer, NULL, &m, NULL);
	if (!e)
		e = paper_minutes_text(&m, &c, &b);
	if (!e) {
		st->text = arena_strndup(&app->rows, b.data, b.len);
		st->title = m.status;
		for (char *s = st->text; s && *s && st->n < COUNT_OF(st->line);) {
			char *end = strchr(s, '\n');
			st->line[st->n++] = s;
			if (!end)
				break;
			*end = 0;
			s = end + 1;
		}
	}
	buf_finish(&b);
	return e;
}

static void build(struct app *app, struct ui *ui)
{
	struct read_state *st = app->state;
	struct page p;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	page_begin(app, ui, &p, st->title, app_small(app) ? NULL : "Read by the room; what it may not see is not in it", app->back);
	struct gfx_rect r = p.body;
	ui_list_begin(ui, &l, r, "Minutes", &st->scroll, st->n, ui_line_h(ui, GFX_CAPTION) + 2, NULL);
	ui_fill(ui, l.view, GFX_PAPER);
	while (ui_list_next(ui, &l, &i, &row)) {
		if (!*st->line[i])
			continue;
		ui_push_id(ui, (int64_t)i);
		ui_elide(ui, ui_inset(row, 16, 0), GFX_CAPTION, GFX_TEXT, UI_LEFT, st->line[i]);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	if (page_primary(app, &p, "back", "Back", false, ""))
		app_go_back_to(app, app->back, &screen_home);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_read = {"read", PLACE_AGENDA, sizeof(struct read_state), load, build, NULL};
