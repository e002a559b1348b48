#include "app.h"
#include <stdio.h>
#include <string.h>

/* A sheet lies over a screen and asks for one thing: one of some, a day, some words, or these
 * together. */

/* What is being typed into a sheet is kept like any other draft: by its item, and by what the sheet
 * asks of what. A title alone may come again: "item 6" is another item when the room has changed.
 */
static int64_t draft_key(const struct app *app, const struct sheet *s)
{
	uint64_t h = 1469598103934665603u, of[] = {(uint64_t)s->arg, (uint64_t)app->case_id};
	for (const char *c = s->title; *c; c++)
		h = (h ^ (unsigned char)*c) * 1099511628211u;
	for (size_t i = 0; i < COUNT_OF(of); i++)
		h = (h ^ of[i]) * 1099511628211u;
	return (int64_t)(h >> 1);
}

struct sheet *sheet_open(struct app *app, const char *title, const char *sentence,
        const char *action, void (*done)(struct app *, struct sheet *), int64_t arg)
{
	struct sheet *s = &app->sheet;
	struct arena keep;
	sheet_close(app);
	keep = s->arena;
	wipe(s, sizeof(*s));
	s->arena = keep;
	s->up = true;
	s->title = title ? arena_strdup(&s->arena, title) : "";
	s->sentence = sentence ? arena_strdup(&s->arena, sentence) : NULL;
	s->action = action;
	s->done = done;
	s->arg = arg;
	s->chosen = -1;
	s->day_value = DAY_NONE;
	s->item = app->item_id;
	s->draft = draft_key(app, s);
	ui_edit_init(&s->edit, s->text, sizeof(s->text));
	app->say.text[0] = 0;
	ui_again(app->ui);
	return s;
}

/* Words are of their case: record_draft_get() asks for that of the item; without an item it is
 * asked here. */
static bool draft_may(const struct app *app)
{
	enum sight s;
	if (app->item_id || !app->case_id)
		return true;
	return !record_sight(app->record, &app->viewer, app->case_id, &s) &&
	       s >= (app->viewer.anonymised ? SIGHT_ANON : SIGHT_FULL);
}

static void sheet_draft(struct app *app, struct sheet *s, const char *text)
{
	if (s->words && app->record && !app_auditor(app)) {
		enum err e = record_draft_put(app->record, "sheet", s->item, s->draft, text);
		if (e)
			app_fail(app, e, NULL);
		else
			draft_kept(&s->edit, &s->kept);
	}
}

static void sheet_restore(struct app *app, struct sheet *s)
{
	const char *draft = "";
	s->restored = true;
	if (!s->edit.len && app->record && draft_may(app) &&
	        !record_draft_get(app->record, &s->arena, "sheet", s->item, s->draft, &draft))
		ui_edit_set(&s->edit, draft);
	draft_kept(&s->edit, &s->kept);
}

void sheet_close(struct app *app)
{
	struct sheet *s = &app->sheet;
	struct arena keep = s->arena;
	if (!s->up)
		return;
	if (s->restored &&
	        s->kept.changes !=
	                s->edit.changes) /* closed by the cover, the lock, another screen */
		sheet_draft(app, s, s->edit.text);
	ui_focus(app->ui, NULL);
	arena_reset(&keep);
	wipe(s, sizeof(*s));
	s->arena = keep;
	ui_again(app->ui);
}

void sheet_row(struct sheet *s, const char *icon, const char *label, const char *second, int64_t id,
        const char *key, bool needs_words)
{
	if (s->n == SHEET_ROWS)
		return;
	s->row[s->n].icon = icon;
	s->row[s->n].label = arena_strdup(&s->arena, label);
	s->row[s->n].second = second && *second ? arena_strdup(&s->arena, second) : NULL;
	s->row[s->n].id = id;
	s->row[s->n].key = key;
	s->row[s->n++].needs_words = needs_words;
}

void sheet_list(struct app *app, struct sheet *s, const char *list)
{
	const struct practice_list *l = practice_list(app->practice, list);
	for (size_t i = 0; l && i < l->n; i++)
		sheet_row(s, NULL, l->entry[i].label, l->entry[i].detail, (int64_t)i,
		        l->entry[i].id, l->entry[i].needs_words);
}

void sheet_words(struct sheet *s, const char *name, bool needed, const char *text)
{
	s->words = name;
	s->words_needed = needed;
	ui_edit_set(&s->edit, text ? text : "");
}

void sheet_day(struct sheet *s, int32_t day, int32_t least)
{
	s->day = true;
	s->day_value = day;
	s->month = day != DAY_NONE ? day : least;
	s->day_least = least;
}

static bool wants_words(const struct sheet *s)
{
	return s->words &&
	       (s->words_needed || s->n == 0 || (s->chosen >= 0 && s->row[s->chosen].needs_words) ||
	               s->edit.len || s->chosen < 0);
}

static const char *missing(const struct sheet *s)
{
	if (s->n && s->chosen < 0)
		return "Choose one.";
	if (s->day && s->day_value < s->day_least)
		return "Choose a day.";
	if (s->words && !s->edit.len &&
	        (s->words_needed || (s->chosen >= 0 && s->row[s->chosen].needs_words)))
		return "Say it in a sentence.";
	return NULL;
}

static void finish(struct app *app)
{
	struct sheet s = app->sheet; /* done may open the next one */
	s.edit.text = s.text;
	app->sheet.up = false;
	ui_focus(app->ui, NULL);
	if (s.done)
		s.done(app, &s);
	/* what was refused can be opened again with its words */
	sheet_draft(app, &s, app->say.text[0] && !app->say_good ? s.text : "");
	wipe(s.text, sizeof(s.text));
	if (!app->sheet.up) {
		app->sheet.up = true;
		draft_kept(&app->sheet.edit, &app->sheet.kept);
		sheet_close(app);
	}
}

void sheet_build(struct app *app, struct ui *ui, struct gfx_rect all)
{
	struct sheet *s = &app->sheet;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app), typing = ui_focused_edit(ui) == &s->edit && ui_keyboard_h(ui);
	if (s->words && !s->restored)
		sheet_restore(app, s);
	else if (s->words && draft_due(&s->edit, &s->kept))
		sheet_draft(app, s, s->edit.text);
	ui_cover_all(ui);
	ui_fill(ui, all, GFX_GROUND);
	struct gfx_rect r = ui_inset(all, small ? 12 : m->margin, small ? 8 : m->gap);
	struct gfx_rect foot = {0, 0, 0, 0};
	bool paged = false;
	if (app_wide(app) && !typing) { /* what belongs together stays together: no wider and no
		                           higher than it needs */
		int w = ui_px(ui, 1184), h = ui_px(ui, 692),
		    need = ui_px(ui, 300) + (int)s->n * m->row2;
		if (r.w > w)
			r = (struct gfx_rect){r.x + (r.w - w) / 2, r.y, w, r.h};
		h = need > h ? need : h;
		r.h = r.h > h ? h : r.h;
	}
	ui_push_id(ui, 0x5eee7);
	if (!typing) {
		struct gfx_rect head = ui_cut_top(&r, ui_line_h(ui, GFX_TITLE));
		ui_note(ui, head, UI_ROLE_HEADING, s->title, NULL);
		if (ui_text_w(ui, GFX_TITLE, s->title) <= head.w)
			ui_label(ui, head, GFX_TITLE, GFX_TEXT, UI_LEFT, s->title);
		else if (ui_text_w(ui, GFX_BODY_B, s->title) <= head.w)
			ui_label(ui, head, GFX_BODY_B, GFX_TEXT, UI_LEFT, s->title);
		else /* never cut: set smaller, in two lines */
			ui_cut_top(&r, ui_wrap(ui,
			                       (struct gfx_rect){
			                               head.x, head.y, head.w, r.y + r.h - head.y},
			                       GFX_BODY_B, GFX_TEXT, s->title, 2) -
			                       head.h);
		if (s->sentence) {
			int h = ui_wrap(ui, r, GFX_CAPTION, GFX_TEXT2, s->sentence,
			        s->n || s->words || s->day ? 3 : 0);
			ui_cut_top(&r, h);
		}
		ui_cut_top(&r, m->gap / 2);
		foot = ui_cut_bottom(&r, m->primary);
		ui_cut_bottom(&r, ui_px(ui, 14));
	}
	struct gfx_rect words = {0, 0, 0, 0};
	if (!s->focused && s->words &&
	        ((s->n == 0 && !s->day) ||
	                (s->chosen >= 0 && (s->words_needed || s->row[s->chosen].needs_words)))) {
		s->focused = true; /* once: where words are asked for, they can be typed at once */
		ui_focus(ui, &s->edit);
	}
	if (typing)
		words = s->one_line ? ui_cut_top(&r, ui_line_h(ui, GFX_CAPTION) + 4 + m->target)
		                    : r;
	else if (s->words && s->n == 0 && !s->day)
		words = ui_cut_top(
		        &r, ui_line_h(ui, GFX_CAPTION) + 4 + m->target * (s->one_line ? 1 : 3));
	else if (s->words && wants_words(s))
		words = ui_cut_bottom(
		        &r, ui_line_h(ui, GFX_CAPTION) + 4 +
		                    (s->n || s->day ? m->target + (small && s->day ? 2 : 20)
		                                    : m->target * 3));
	if (s->day && !typing) {
		struct gfx_rect cal = s->n && !small ? ui_cut_right(&r, ui_px(ui, 420)) : r;
		if (small) {
			ui_cut_bottom(&cal, m->gap / 2);
		} else {
			if (cal.w > ui_px(ui, 520))
				cal.w = ui_px(ui, 520);
			cal = ui_inset(ui_panel(ui, cal), 10, 8);
		}
		(void)ui_calendar(
		        ui, cal, &s->month, &s->day_value, DAY_NONE, off_day, app->practice);
		if (s->n && !small)
			ui_cut_right(&r, m->gap);
		else
			r.h = 0;
	}
	if (s->n && !typing && r.h > m->row) {
		struct ui_list l;
		size_t i;
		struct gfx_rect row;
		ui_cut_bottom(&r, m->gap / 2);
		ui_list_begin(ui, &l, r, s->title, &s->scroll, s->n, m->row2, NULL);
		while (ui_list_next(ui, &l, &i, &row)) {
			ui_push_id(ui, (int64_t)i);
			if (ui_row(ui, row, s->row[i].icon, s->row[i].label, s->row[i].second,
			            false, s->chosen == (int)i)) {
				s->chosen = (int)i;
				ui_again(ui);
				if (!s->words && !s->day && !s->action) {
					ui_pop_id(ui);
					ui_list_end(ui, &l);
					ui_pop_id(ui);
					finish(app);
					return;
				}
			}
			ui_pop_id(ui);
		}
		ui_list_end(ui, &l);
		paged = small && (l.first_seen > 0 || l.last_seen < l.n);
	}
	if (words.h)
		(void)ui_labelled_field(ui, words, s->words, &s->edit,
		        words.h > m->target * 2 && !s->one_line ? UI_FIELD_LINES : 0, "", NULL);
	if (s->words && ui_submitted(ui, &s->edit)) {
		ui_focus(ui, NULL);
		if (!missing(s)) {
			ui_pop_id(ui);
			finish(app);
			return;
		}
	}
	if (!typing) {
		const char *lack = missing(s), *note = s->day ? holiday_note(app, s->month) : "";
		if (s->action) {
			struct gfx_rect b =
			        ui_cut_right(&foot, ui_button_w(ui, "check", s->action, true) +
			                                    (s->hold ? ui_px(ui, 24) : 0));
			if (s->hold ? ui_hold(ui, b, "warning", s->action, lack != NULL)
			            : ui_button(ui, b, UI_PRIMARY, "check", s->action,
			                      lack != NULL)) {
				ui_pop_id(ui);
				finish(app);
				return;
			}
			ui_cut_right(&foot, ui_px(ui, 12));
			const char *say = lack ? lack : note;
			if (*say && foot.w > ui_button_w(ui, "close", "Leave it", true) +
			                             (paged ? 2 * m->pager_w + 36 : 12) +
			                             ui_text_w(ui, GFX_CAPTION, say))
				ui_label(ui, ui_cut_right(&foot, ui_text_w(ui, GFX_CAPTION, say)),
				        GFX_CAPTION, GFX_TEXT2, UI_RIGHT, say);
		}
		int w = ui_button_w(ui, "close", "Leave it", true);
		bool left = w + (paged ? 2 * m->pager_w + 36 : 12) <= foot.w
		                    ? ui_button(ui, ui_cut_left(&foot, w), UI_NORMAL, "close",
		                              "Leave it", false)
		                    : ui_square(ui, ui_cut_left(&foot, m->pager_w), UI_NORMAL,
		                              "close", "Leave it", false);
		if (left) {
			ui_pop_id(ui);
			sheet_draft(app, s, "");
			sheet_close(app);
			return;
		}
		if (paged) {
			ui_cut_left(&foot, 12);
			struct gfx_rect up = ui_cut_left(&foot, m->pager_w);
			ui_cut_left(&foot, 12);
			ui_list_pages(ui, up, ui_cut_left(&foot, m->pager_w), s->title);
		}
	}
	ui_pop_id(ui);
}
