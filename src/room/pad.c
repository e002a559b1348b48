#include "app.h"
#include <string.h>

/*
 * The minute taker's pad: a strip under the header of every screen of a meeting in session. The
 * hardware keyboard writes into it while the chair touches whatever the chair touches. It is for
 * the item on the table, and follows the table only with nothing in it; what is in it is on disk
 * sentence by sentence, and kept as a note of that item with the one who spoke.
 *
 * Invariants:
 * 1. Its words are in memory only while the room may see the item they are for; else they are on
 *    disk alone, and the strip says so.
 * 2. It changes neither the focus of the chair, nor what the chair can still undo.
 */

#define PAD_DRAFT "minutes"
#define PICKS 9

static struct ui_edit *edit_of(struct app *app)
{
	return &app->pad.edit;
}

/* May words of this item be in memory? As check_item() and record_draft_get() have it. */
static bool open_to_room(const struct app *app, const struct item_row *i)
{
	return i && (!i->case_id || i->sight == SIGHT_FULL ||
	                    (app->viewer.anonymised && i->sight == SIGHT_ANON));
}

static void put_draft(struct app *app)
{
	struct pad *pad = &app->pad;
	enum err e = record_draft_put(app->record, PAD_DRAFT, pad->item, 0, pad->edit.text);
	if (e)
		app_fail(app, e, NULL);
	else
		draft_kept(&pad->edit, &pad->kept);
}

static void empty(struct app *app)
{
	ui_edit_set(&app->pad.edit, "");
	draft_kept(&app->pad.edit, &app->pad.kept);
}

static bool get_draft(struct app *app, int64_t item)
{
	const char *words;
	enum err e = record_draft_get(app->record, &app->rows, PAD_DRAFT, item, 0, &words);
	if (e || !*words)
		return false;
	ui_edit_set(&app->pad.edit, words);
	draft_kept(&app->pad.edit, &app->pad.kept);
	return true;
}

static void take_item(struct app *app, int64_t item)
{
	app->pad.item = item;
	app->pad.speaker_chosen = false;
	if (item)
		(void)get_draft(app, item);
}

/* What was being written when the power went, for whichever item it was. */
static void find_draft(struct app *app)
{
	take_item(app, app->meeting.table_item);
	for (size_t i = 0; i < app->n_items && !app->pad.edit.len; i++)
		if (open_to_room(app, &app->item[i]) && get_draft(app, app->item[i].id))
			app->pad.item = app->item[i].id;
	if (!app->pad.edit.len && get_draft(app, 0))
		app->pad.item = 0;
}

static void speakers(struct app *app)
{
	struct pad *pad = &app->pad;
	bool still = pad->speaker == 0, has_word = false;
	pad->n_speakers = 0;
	pad->speakers[pad->n_speakers++] = (struct pad_speaker){0, "Chair", "The chair"};
	for (int pass = 0; pass < 2; pass++) /* the agency with the word first */
		for (size_t i = 0; i < app->n_seats; i++) {
			const struct seat_row *s = &app->seat[i];
			bool again = false, word = s->agency == app->meeting.word_agency;
			for (size_t k = 0; k < pad->n_speakers; k++)
				again |= pad->speakers[k].agency == s->agency;
			if (!s->agency || again || s->state != SEAT_SIGNED || word != (pass == 0) ||
			        pad->n_speakers == COUNT_OF(pad->speakers))
				continue;
			pad->speakers[pad->n_speakers++] =
			        (struct pad_speaker){s->agency, s->code3, s->agency_name};
			still |= s->agency == pad->speaker;
			has_word |= word;
		}
	/* half a note keeps its speaker; the next one begins with whoever has the word */
	if (!still || (!pad->speaker_chosen && !pad->edit.len))
		pad->speaker = has_word ? app->meeting.word_agency : 0;
}

void pad_load(struct app *app)
{
	struct pad *pad = &app->pad;
	if (!pad->up)
		return;
	if (!app_in_session(app) || !app->viewer.meeting || pad->meeting != app->meeting.id) {
		pad_down(app);
		return;
	}
	const struct item_row *was = app_item(app, pad->item);
	if (pad->held && open_to_room(app, was)) {
		pad->held = false;
		take_item(app, pad->item);
	} else if (!pad->held && pad->item && !open_to_room(app, was)) {
		if (pad->edit.len)
			put_draft(app);
		empty(app);
		pad->held = true;
	}
	int64_t table = app->meeting.table_item;
	if (table && table != pad->item && !pad->edit.len) {
		pad->held = false;
		empty(app);
		take_item(app, table);
		pad->held = !open_to_room(app, app_item(app, table));
	} else if (table && !pad->item) { /* written before anything was on the table */
		err_ignore(record_draft_put(app->record, PAD_DRAFT, 0, 0, ""));
		pad->item = table;
		pad->held = !open_to_room(app, app_item(app, table));
		put_draft(app);
	}
	speakers(app);
	ui_keys_to(app->ui, edit_of(app), UI_FIELD_LINES);
}

void pad_up(struct app *app)
{
	struct pad *pad = &app->pad;
	if (pad->up || !app_in_session(app) || !app->viewer.meeting)
		return;
	wipe(pad, sizeof(*pad));
	pad->up = true;
	pad->meeting = app->meeting.id;
	ui_edit_init(&pad->edit, pad->text, sizeof(pad->text));
	find_draft(app);
	pad_load(app);
	ui_again(app->ui);
}

void pad_down(struct app *app)
{
	struct pad *pad = &app->pad;
	if (!pad->up)
		return;
	if (app->record && !pad->held && pad->edit.changes != pad->kept.changes)
		put_draft(app);
	ui_keys_to(app->ui, NULL, 0);
	if (ui_focused_edit(app->ui) == edit_of(app))
		ui_focus(app->ui, NULL);
	wipe(pad, sizeof(*pad));
	ui_again(app->ui);
}

/* The chair's banner and undo stay as they are, unless the note is refused. */
static void keep(struct app *app)
{
	struct pad *pad = &app->pad;
	struct why w = {0};
	if (!pad->edit.len || pad->held || !pad->item)
		return;
	struct command c = {.kind = CMD_NOTE};
	c.u.note.item = pad->item;
	c.u.note.agency = pad->speaker;
	c.u.note.words = pad->edit.text;
	c.u.note.aside = true;
	enum err e = record_do(app->record, &c, NULL, &w);
	if (e) {
		app_fail(app, e, &w);
	} else {
		err_ignore(record_draft_put(app->record, PAD_DRAFT, pad->item, 0, ""));
		empty(app);
		pad->speaker_chosen = false;
	}
	wipe(&w, sizeof(w));
	app->reload = true;
	ui_again(app->ui);
}

static const struct practice_list *phrases(const struct app *app)
{
	return practice_list(app->practice, "phrase");
}

static void speak(struct app *app, size_t i)
{
	if (i >= app->pad.n_speakers)
		return;
	app->pad.speaker = app->pad.speakers[i].agency;
	app->pad.speaker_chosen = true;
	ui_again(app->ui);
}

static void say(struct app *app, size_t i)
{
	const struct practice_list *l = phrases(app);
	struct ui_edit *e = edit_of(app);
	if (!l || i >= l->n || app->pad.held)
		return;
	if (e->caret && e->text[e->caret - 1] != ' ' && e->text[e->caret - 1] != '\n')
		ui_edit_type(app->ui, e, " ", UI_FIELD_LINES);
	ui_edit_type(app->ui, e, l->entry[i].detail, UI_FIELD_LINES);
	ui_edit_type(app->ui, e, " ", UI_FIELD_LINES);
	app->pad.phrases = false;
}

static size_t speaker_at(const struct pad *pad)
{
	for (size_t i = 0; i < pad->n_speakers; i++)
		if (pad->speakers[i].agency == pad->speaker)
			return i;
	return 0;
}

void pad_keys(struct app *app)
{
	struct pad *pad = &app->pad;
	struct ui *ui = app->ui;
	if (!pad->up) {
		if (ui_key_hit(ui, UI_KEY_MINUTES))
			pad_up(app);
		return;
	}
	size_t now = speaker_at(pad), n = pad->n_speakers;
	if (ui_key_hit(ui, UI_KEY_MINUTES) || ui_key_hit(ui, UI_KEY_ESCAPE)) {
		pad_down(app);
		return;
	}
	if (ui_key_hit(ui, UI_KEY_KEEP))
		keep(app);
	if (ui_key_hit(ui, UI_KEY_PHRASES))
		pad->phrases = !pad->phrases;
	if (n && ui_key_hit(ui, UI_KEY_TAB))
		speak(app, (now + 1) % n);
	if (n && ui_key_hit(ui, UI_KEY_BACKTAB))
		speak(app, (now + n - 1) % n);
	for (int i = 0; i < PICKS; i++)
		if (ui_key_hit(ui, (enum ui_key)(UI_KEY_PICK_1 + i))) {
			if (pad->phrases)
				say(app, pad->first_phrase + (size_t)i);
			else
				speak(app, (size_t)i);
		}
	if (pad->held && pad->edit.len)
		empty(app); /* nothing is written for what is held back */
	if (!pad->held && draft_due(&pad->edit, &pad->kept))
		put_draft(app);
}

/* ---- the strip ---- */

static bool one_line(const struct app *app)
{
	/* the chair types, or a calendar needs the height */
	return ui_keyboard_h(app->ui) > 0 || app->screen == &screen_decide;
}

/* Screens that leave no height for more than the words alone: seats with their declaration, a page
 * of questions; at 7 inch also what says so, and whatever has the keyboard up. */
static bool slim(const struct app *app)
{
	return app->screen == &screen_seats || app->screen == &screen_risk ||
	       (app_small(app) && (ui_keyboard_h(app->ui) > 0 || app->screen == &screen_decide ||
	                                  (app->pad.slim && app->screen == &screen_case)));
}

static int field_h(const struct app *app)
{
	const struct ui_metrics *m = ui_m(app->ui);
	int two = 2 * ui_line_h(app->ui, GFX_BODY) + 10;
	return app_small(app) || two < m->target ? m->target : two;
}

int pad_h(const struct app *app)
{
	const struct ui_metrics *m = ui_m(app->ui);
	if (!app->pad.up)
		return 0;
	if (slim(app))
		return ui_line_h(app->ui, GFX_CAPTION) + 10;
	int edge = app_small(app) ? 10 : 12;
	return 2 * edge + field_h(app) + (one_line(app) ? 0 : m->target + edge);
}

/* One cell of a row in one outline; the number is the key that picks it. */
static bool cell(struct app *app, struct gfx_rect r, const char *word, const char *name,
        bool chosen, int number)
{
	struct ui *ui = app->ui;
	bool hit = ui_hit(
	             ui, r, UI_ROLE_CHOICE, name, UI_COMPOSITE | (chosen ? UI_CHOSEN_FLAG : 0)),
	     pressed = ui_pressed(ui);
	enum gfx_colour c = pressed ? GFX_ON_ACCENT : chosen ? GFX_ON_SOFT : GFX_TEXT;
	ui_box(ui, r, ui_px(ui, 6),
	        pressed  ? GFX_ACCENT
	        : chosen ? GFX_SOFT
	                 : GFX_PANEL,
	        chosen ? 4 : 2, chosen ? GFX_ACCENT : GFX_EDGE);
	struct gfx_rect in = r;
	bool above = r.h >= ui_line_h(ui, GFX_MICRO) + ui_line_h(ui, GFX_CAPTION) + 6;
	if (number && number <= PICKS && !above) {
		ui_cut_left(&in, 6);
		ui_label(ui, ui_cut_left(&in, ui_text_w(ui, GFX_MICRO, "8")), GFX_MICRO,
		        pressed ? c : GFX_TEXT2, UI_LEFT, fmt(app, "%d", number));
	} else if (number && number <= PICKS) {
		struct gfx_rect top = ui_cut_top(&in, ui_line_h(ui, GFX_MICRO));
		ui_label(ui, ui_inset(top, 6, 0), GFX_MICRO, pressed ? c : GFX_TEXT2, UI_RIGHT,
		        fmt(app, "%d", number));
		in.h -= 6;
	}
	ui_label(ui, in, chosen ? GFX_CAPTION_B : GFX_CAPTION, c, UI_CENTRE, word);
	return hit;
}

static void speaker_done(struct app *app, struct sheet *s)
{
	speak(app, (size_t)s->row[s->chosen].id);
}

/* A table of more agencies than stand in the row. Not over a sheet of the chair's. */
static void speaker_open(struct app *app)
{
	struct pad *pad = &app->pad;
	if (app->sheet.up || ui_keyboard_h(app->ui))
		return;
	struct sheet *s = sheet_open(app, "Who is speaking?", NULL, NULL, speaker_done, 0);
	for (size_t i = 0; i < pad->n_speakers; i++)
		sheet_row(s, "speaking", pad->speakers[i].name, NULL, (int64_t)i, NULL, false);
}

static void speaker_cells(struct app *app, struct gfx_rect r)
{
	struct pad *pad = &app->pad;
	struct ui *ui = app->ui;
	int w = ui_text_w(ui, GFX_CAPTION_B, "Chair") + ui_px(ui, 36);
	w = w < ui_m(ui)->target ? ui_m(ui)->target : w;
	if ((int)pad->n_speakers * w > r.w) {
		struct gfx_rect more = ui_cut_right(&r, w);
		size_t now = speaker_at(pad);
		bool seen = (int)now < r.w / w;
		if (cell(app, more, seen ? "Others" : pad->speakers[now].code3, "Other speakers",
		            !seen, 0))
			speaker_open(app);
	}
	for (size_t i = 0; i < pad->n_speakers && r.w >= w; i++) {
		const struct pad_speaker *s = &pad->speakers[i];
		if (cell(app, ui_cut_left(&r, w), s->code3, fmt(app, "Speaker: %s", s->name),
		            s->agency == pad->speaker, (int)i + 1))
			speak(app, i);
	}
}

/* As many as fit; the last cell turns the page. */
static void phrase_cells(struct app *app, struct gfx_rect r)
{
	struct pad *pad = &app->pad;
	struct ui *ui = app->ui;
	const struct practice_list *l = phrases(app);
	struct gfx_rect more = ui_cut_right(&r, ui_m(ui)->target);
	size_t i = pad->first_phrase, first = i;
	for (; l && i < l->n; i++) {
		int w = ui_text_w(ui, GFX_CAPTION, l->entry[i].label) + 36;
		w = w < ui_m(ui)->target ? ui_m(ui)->target : w;
		if (r.w < w)
			break;
		if (cell(app, ui_cut_left(&r, w), l->entry[i].label,
		            fmt(app, "Phrase: %s", l->entry[i].label), false, (int)(i - first) + 1))
			say(app, i);
	}
	if (ui_square(ui, more, UI_NORMAL, "forward", "More phrases", false))
		pad->first_phrase = l && i < l->n ? i : 0;
}

/* "Item 4, C-2026-0118": what it is for, and whether that is on the table. */
static const char *heading(struct app *app)
{
	const struct pad *pad = &app->pad;
	const struct item_row *i = app_item(app, pad->item);
	if (!i)
		return "Nothing is on the table";
	return fmt(app, "%s %d", pad->item == app->meeting.table_item ? "Item" : "This is for item",
	        i->number);
}

void pad_build(struct app *app, struct gfx_rect r)
{
	struct pad *pad = &app->pad;
	struct ui *ui = app->ui;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app), one = one_line(app);
	int edge = small ? 10 : 12, gap = small ? 10 : ui_px(ui, 12);
	if (!pad->up || !r.h)
		return;
	ui_push_id(ui, 0x9ad);
	ui_note(ui, r, UI_ROLE_PANEL, "Minutes", NULL);
	ui_fill(ui, r, GFX_SUNK);
	ui_fill(ui, (struct gfx_rect){r.x, r.y + r.h - 2, r.w, 2}, GFX_ACCENT);
	struct gfx_rect in = ui_inset(r, small ? 12 : m->margin, edge);
	const struct item_row *item = app_item(app, pad->item);
	const char *for_item = heading(app);
	if (slim(app)) { /* the end of what was typed; it goes on by keyboard */
		const char *t = pad->edit.text, *end = t;
		in = ui_inset(r, 12, 4);
		if (strrchr(t, '\n'))
			end = strrchr(t, '\n') + 1;
		while (ui_text_w(ui, GFX_CAPTION, end) > in.w - 4)
			end += utf8_next(end, strlen(end), 0);
		ui_label(ui, in, GFX_CAPTION, *end ? GFX_TEXT : GFX_TEXT2, UI_LEFT,
		        pad->held ? "The minutes wait until the room may see this item."
		        : *end    ? end
		                  : "Minutes: type what is said");
		ui_pop_id(ui);
		return;
	}
	if (!one) {
		struct gfx_rect top = ui_cut_top(&in, m->target), b;
		ui_cut_top(&in, edge);
		b = ui_cut_right(&top, m->target);
		if (ui_square(ui, b, UI_BARE, "close", "Put the minutes away", false)) {
			ui_pop_id(ui);
			pad_down(app);
			return;
		}
		ui_cut_right(&top, gap);
		b = ui_cut_right(&top, ui_button_w(ui, NULL, "Phrases", false));
		if (ui_button(ui, b, pad->phrases ? UI_CHOSEN : UI_NORMAL, NULL, "Phrases",
		            pad->held))
			pad->phrases = !pad->phrases;
		ui_cut_right(&top, gap);
		if (!small) {
			bool away = pad->item != app->meeting.table_item;
			bool two = 2 * ui_line_h(ui, GFX_CAPTION) <= m->target;
			const char *second = item && !pad->held && two ? item->title : "";
			if (!two && item && !pad->held)
				for_item = fmt(app, "%s, %s", for_item, item->title);
			int w = ui_text_w(ui, GFX_CAPTION_B, for_item),
			    w2 = ui_text_w(ui, GFX_CAPTION, second), h = ui_line_h(ui, GFX_CAPTION);
			w = w2 > w ? w2 : w;
			int most = ui_px(ui, two ? 200 : 320);
			w = w > most ? most : w;
			b = ui_cut_left(&top, w);
			b.y += (b.h - (*second ? 2 : 1) * h) / 2;
			ui_elide(ui, ui_cut_top(&b, h), GFX_CAPTION_B, away ? GFX_LATE : GFX_TEXT,
			        UI_LEFT, for_item);
			if (*second)
				ui_elide(ui, ui_cut_top(&b, h), GFX_CAPTION, GFX_TEXT2, UI_LEFT,
				        second);
			ui_cut_left(&top, gap);
		}
		if (pad->phrases && !pad->held)
			phrase_cells(app, top);
		else
			speaker_cells(app, top);
	}
	if (pad->held) {
		ui_held(ui, in, "Held back", "The minutes wait until the room may see this item.");
		ui_note(ui, in, UI_ROLE_STATUS,
		        "The minutes wait until the room may see this item.", NULL);
		ui_pop_id(ui);
		return;
	}
	struct gfx_rect b = ui_cut_right(&in, ui_button_w(ui, "check", "Keep note", false));
	b.y += (b.h - m->target) / 2;
	b.h = m->target;
	if (ui_button(ui, b, UI_NORMAL, "check", "Keep note", !pad->edit.len || !item))
		keep(app);
	ui_cut_right(&in, gap);
	if (one || small) { /* who speaks, and for which item when it is not the one on the table */
		const char *who = pad->n_speakers ? pad->speakers[speaker_at(pad)].code3 : "";
		if (small && !one && pad->item != app->meeting.table_item && item)
			who = fmt(app, "%s\nitem %d", who, item->number);
		else if (one && pad->item != app->meeting.table_item && item)
			who = fmt(app, "%s, item %d", who, item->number);
		int w = ui_text_w(ui, GFX_CAPTION_B, "item 88") + 16;
		struct gfx_rect c = ui_cut_left(&in, w);
		int h = ui_wrap_h(ui, w, GFX_CAPTION_B, who, 0);
		enum gfx_colour colour = GFX_TEXT;
		if (one && !small) {
			struct gfx_rect at = {c.x, c.y + (c.h - m->target) / 2, c.w, m->target};
			if (cell(app, at, "", "Other speakers", false, 0))
				speaker_open(app);
			colour = ui_pressed(ui) ? GFX_ON_ACCENT : GFX_TEXT;
			c = ui_inset(c, 6, 0);
		}
		c.y += (c.h - h) / 2;
		c.h = h;
		ui_wrap(ui, c, GFX_CAPTION_B, colour, who, 0);
		ui_cut_left(&in, gap);
	}
	(void)ui_field(ui, in, "Note", edit_of(app), UI_FIELD_LINES, "What is said", false);
	ui_pop_id(ui);
}
