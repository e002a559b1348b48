#include "ui_int.h"
#include <string.h>

/*
 * The on-screen keyboard. UK letters; one page of figures and signs; a pad of figures. It predicts
 * nothing and keeps nothing. A key's node is its pitch (key and half of each gap): there is no dead
 * strip between keys.
 */

#define REPEAT_AFTER_MS 400
#define REPEAT_MS 80
#define LOCK_MS 400

static const char *const letters[3][10] = {
        {"q", "w", "e", "r", "t", "y", "u", "i", "o", "p"},
        {"a", "s", "d", "f", "g", "h", "j", "k", "l"},
        {"z", "x", "c", "v", "b", "n", "m"},
};
static const char *const signs[3][10] = {
        {"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"},
        {"@", "\xC2\xA3", "&", "/", ":", ";", "(", ")", "'", "\""},
        {"-", "+", "?", "!", "%", "#", "\xE2\x80\x93"},
};

/* Held for half a second, a letter offers its marked forms in the top line; names need them. */
static const struct {
	char base;
	const char *form[8];
} marks[] = {
        {'a', {"\xC3\xA0", "\xC3\xA1", "\xC3\xA2", "\xC3\xA4", "\xC3\xA3", "\xC3\xA5", "\xC4\x85"}},
        {'c', {"\xC3\xA7", "\xC4\x87", "\xC4\x8D"}},
        {'e', {"\xC3\xA8", "\xC3\xA9", "\xC3\xAA", "\xC3\xAB", "\xC4\x99"}},
        {'g', {"\xC4\x9F"}},
        {'i', {"\xC3\xAC", "\xC3\xAD", "\xC3\xAE", "\xC3\xAF"}},
        {'l', {"\xC5\x82"}},
        {'n', {"\xC3\xB1", "\xC5\x84"}},
        {'o', {"\xC3\xB2", "\xC3\xB3", "\xC3\xB4", "\xC3\xB6", "\xC3\xB5", "\xC3\xB8"}},
        {'s', {"\xC5\x9B", "\xC5\xA1", "\xC8\x99", "\xC5\x9F", "\xC3\x9F"}},
        {'t', {"\xC8\x9B"}},
        {'u', {"\xC3\xB9", "\xC3\xBA", "\xC3\xBB", "\xC3\xBC"}},
        {'w', {"\xC5\xB5"}},
        {'y', {"\xC5\xB7", "\xC3\xBD", "\xC3\xBF"}},
        {'z', {"\xC5\xBA", "\xC5\xBC", "\xC5\xBE"}},
};
#define MARKS_AFTER_MS 500

int ui_keyboard_h(const struct ui *ui)
{
	/* with the hardware keys elsewhere, this is how the field with focus is written in */
	bool alone = ui->keys.edit && ui->keys.edit != ui->focus;

	return ui->focus && (alone || !ui->hardware) ? ui->kb_h : 0;
}

static int key_gap_x(const struct ui *ui)
{
	return ui->m.layout == UI_SMALL ? 5 : ui_px(ui, 8);
}

/* One key; `r` is what is drawn, the pitch is what is touched. */
static bool key(struct ui *ui, struct gfx_rect r, const char *name, const char *word,
        const char *icon, bool function, bool primary)
{
	int g = key_gap_x(ui), v = ui->key_gap, radius = ui_px(ui, 8);
	struct gfx_rect pitch = {r.x - g / 2, r.y - v / 2, r.w + g, r.h + v};
	bool hit = ui_hit(ui, pitch, UI_ROLE_KEY, name, UI_COMPOSITE), pressed = ui_pressed(ui);
	enum gfx_colour words = pressed || primary ? GFX_ON_ACCENT : GFX_TEXT;
	bool line = ui->config.theme == GFX_CONTRAST;

	if (pressed)
		gfx_round(ui->g, r, radius, GFX_ACCENT_PRESS);
	else if (primary)
		gfx_round(ui->g, r, radius, GFX_ACCENT);
	else if (function && !line)
		gfx_round(ui->g, r, radius, GFX_KEY);
	else
		gfx_box(ui->g, r, radius, function ? GFX_KEY : GFX_PANEL, ui_stroke2(ui), GFX_HAIR);
	if (icon) {
		ui_icon(ui, r, icon, ui_px(ui, 26), words);
	} else if (primary) {
		ui_text_draw(
		        ui, ui_inset(r, 4, 0), GFX_BODY_B, words, UI_CENTRE, word, false, true);
	} else if (function) {
		bool fits = gfx_text_w(ui->g, GFX_CAPTION_B, word, strlen(word)) <= r.w - 8;
		ui_text_draw(ui, r, fits ? GFX_CAPTION_B : GFX_MICRO_B, words, UI_CENTRE, word,
		        false, true);
	} else if (word[0] && word[1] && (uint8_t)word[0] < 0x80) { /* "space" */
		ui_text_draw(ui, r, GFX_CAPTION, pressed ? words : GFX_TEXT2, UI_CENTRE, word,
		        false, true);
	} else {
		ui_text_draw(ui, r, GFX_TITLE_R, words, UI_CENTRE, word, false, true);
	}
	return hit;
}

static void type(struct ui *ui, const char *s)
{
	struct op op = {.kind = OP_TEXT};

	memcpy(op.text, s, strlen(s) + 1);
	ui_op_push(ui, &op);
	wipe(&op, sizeof(op));
	if (ui->osk.shift == 1)
		ui->osk.shift = 0;
	ui->osk.spaced = s[0] == ' ';
	if (ui->osk.symbols && s[0] == '\'')
		ui->osk.symbols = false; /* an apostrophe stands inside a word */
	ui_again(ui);
}

/* Latin-1 and Latin Extended-A and -B as far as `marks` goes. */
static void capital(char word[8])
{
	size_t n;
	uint32_t cp = utf8_decode(word, strlen(word), &n);

	if ((cp >= 'a' && cp <= 'z') || (cp >= 0xe0 && cp <= 0xfe))
		cp -= 32;
	else if (cp == 0xff)
		cp = 0x178;
	else if (cp == 0x142 || cp == 0x144 || (cp >= 0x17a && cp <= 0x17e))
		cp -= 1; /* here the small letter is the even one, or the odd one after it */
	else if (cp >= 0x100 && cp < 0x250 && (cp & 1))
		cp -= 1;
	else
		return;
	memset(word, 0, 8);
	(void)utf8_encode(cp, word);
}

static int marks_of(const char *s)
{
	for (size_t i = 0; s[0] && !s[1] && i < COUNT_OF(marks); i++)
		if (marks[i].base == s[0])
			return (int)i + 1;
	return 0;
}

static void letter(struct ui *ui, struct gfx_rect r, const char *s)
{
	char word[8] = {0};
	int offer = ui->focus_flags & UI_FIELD_SECRET ? 0 : marks_of(s);

	memcpy(word, s, strlen(s));
	if (ui->osk.shift)
		capital(word);
	if (key(ui, r, word, word, NULL, false, false)) {
		type(ui, word);
		ui->osk.marks = 0;
	} else if (offer && ui_pressed(ui) && !ui->gest.fired) {
		int64_t at = ui->gest.down_ms + MARKS_AFTER_MS;
		if (ui->frame_ms < at) {
			ui_wake_in(ui, (int)(at - ui->frame_ms));
		} else {
			ui->gest.fired = true;
			ui->osk.marks = offer;
			ui_again(ui);
		}
	}
}

static void press_key(struct ui *ui, enum ui_key k)
{
	ui_op_push(ui, &(struct op){.kind = OP_KEY, .key = k});
	ui_again(ui);
}

static void backspace(struct ui *ui, struct gfx_rect r)
{
	bool hit = key(ui, r, "Backspace", "", "backspace", true, false);

	if (hit)
		press_key(ui, UI_KEY_BACKSPACE);
	if (ui_pressed(ui)) {
		struct gesture *g = &ui->gest;
		int64_t first = g->down_ms + REPEAT_AFTER_MS;
		if (ui->frame_ms >= first && ui->frame_ms >= g->repeat_ms) {
			g->fired = true; /* the release does not count once more */
			g->repeat_ms = ui->frame_ms + REPEAT_MS;
			press_key(ui, UI_KEY_BACKSPACE);
		}
		ui_wake_in(ui, (int)((g->fired ? g->repeat_ms : first) - ui->frame_ms));
	}
}

static void hide_and_action(
        struct ui *ui, struct gfx_rect hide, struct gfx_rect act, const char *action)
{
	if (key(ui, hide, "Hide keyboard", "", "down", true, false))
		ui_focus(ui, NULL);
	if (key(ui, act, action, action, NULL, false, true)) {
		ui_op_push(ui, &(struct op){.kind = OP_SUBMIT});
		ui_again(ui);
	}
}

static void shift(struct ui *ui, struct gfx_rect r)
{
	bool hit = key(ui, r,
	        ui->osk.shift == 2 ? "Capitals on"
	        : ui->osk.shift    ? "Shift on"
	                           : "Shift",
	        "", "shift", true, false);

	if (ui->osk.shift)
		gfx_ring(ui->g, r, ui_px(ui, 8), ui->osk.shift == 2 ? 6 : 4, GFX_TEXT);
	if (!hit)
		return;
	if (ui->osk.shift == 1 && ui->frame_ms - ui->osk.shift_ms < LOCK_MS)
		ui->osk.shift = 2;
	else
		ui->osk.shift = ui->osk.shift ? 0 : 1;
	ui->osk.shift_ms = ui->frame_ms;
	ui_again(ui);
}

struct bed {
	int x, w, y, gap;
	int h;
};

static struct gfx_rect row_of(const struct bed *b, int i)
{
	return (struct gfx_rect){b->x, b->y + i * (b->h + b->gap), b->w, b->h};
}

/* The last line: page, comma, space, full stop, hide, action; widths as in look/06. */
static void last_line(struct ui *ui, struct gfx_rect r, const char *page, const char *page_word,
        bool pad, const char *action)
{
	int w = r.w, g = key_gap_x(ui), text, act;
	struct gfx_rect a, h;

	text = gfx_text_w(ui->g, GFX_BODY_B, action, strlen(action)) + ui_px(ui, 24);
	act = w * 180 / 1160;
	a = ui_cut_right(&r, text > act ? text : act);
	ui_cut_right(&r, g);
	h = ui_cut_right(&r, w * 115 / 1160 > ui->key_h ? w * 115 / 1160 : ui->key_h);
	ui_cut_right(&r, g);
	if (!pad) {
		struct gfx_rect p = ui_cut_left(&r, w * 143 / 1160), c, d;
		ui_cut_left(&r, g);
		c = ui_cut_left(&r, w * 95 / 1160);
		ui_cut_left(&r, g);
		d = ui_cut_right(&r, w * 96 / 1160);
		ui_cut_right(&r, g);
		if (key(ui, p, page_word, page, NULL, true, false)) {
			ui->osk.symbols = !ui->osk.symbols;
			ui_again(ui);
		}
		letter(ui, c, ",");
		if (key(ui, r, "Space", "space", NULL, false, false))
			type(ui, " ");
		letter(ui, d, ".");
	}
	hide_and_action(ui, h, a, action);
}

static void page_of_keys(struct ui *ui, const struct bed *b, const char *action)
{
	bool sym = ui->osk.symbols;
	const char *const(*rows)[10] = sym ? signs : letters;
	int g = key_gap_x(ui), wide = b->w * 164 / 1160, half;
	struct gfx_rect r = row_of(b, 0), k;

	if (ui->osk.marks) {
		int at = ui->osk.marks - 1;
		for (int i = 0; i < 8 && marks[at].form[i]; i++)
			letter(ui, ui_column(r, i, 10, g), marks[at].form[i]);
		if (key(ui, ui_column(r, 9, 10, g), "Plain letters", "", "close", true, false)) {
			ui->osk.marks = 0;
			ui_again(ui);
		}
	}
	for (int i = 0; i < 10 && !ui->osk.marks; i++)
		letter(ui, ui_column(r, i, 10, g), rows[0][i]);
	k = row_of(b, 1);
	half = (b->w + g) / 20;
	for (int i = 0; i < (sym ? 10 : 9); i++) {
		struct gfx_rect c = ui_column(k, i, 10, g);
		c.x += sym ? 0 : half;
		letter(ui, c, rows[1][i]);
	}
	r = row_of(b, 2);
	k = ui_cut_left(&r, wide);
	ui_cut_left(&r, g);
	if (!sym) {
		shift(ui, k);
	} else if (ui->focus_flags & UI_FIELD_LINES) {
		if (key(ui, k, "New line", "", "enter", true, false))
			press_key(ui, UI_KEY_ENTER);
	} else if (key(ui, k, "Undo typing", "", "undo", true, false)) {
		press_key(ui, UI_KEY_UNDO);
	}
	k = ui_cut_right(&r, wide);
	ui_cut_right(&r, g);
	for (int i = 0; i < 7; i++)
		letter(ui, ui_column(r, i, 7, g), rows[2][i]);
	backspace(ui, k);
	last_line(ui, row_of(b, 3), sym ? "abc" : "123 \xC2\xA3?",
	        sym ? "Letters" : "Figures and signs", false, action);
}

/* 3 x 4 in the middle. */
static void pad_of_keys(struct ui *ui, const struct bed *b, const char *action)
{
	static const char *const keys[12] = {
	        "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL, "0", ""};
	int w = ui_px(ui, 118), g = key_gap_x(ui), x, most;

	/* In the middle of the bed, or of what the last line's two keys leave of it. */
	most = (b->w * 7 / 10 - 2 * g) / 3;
	if (b->w < 10 * w && w > most * 8 / 10)
		w = most * 8 / 10;
	x = b->x + (b->w < 10 * w ? b->w * 7 / 10 - 3 * w - 2 * g : b->w - 3 * w - 2 * g) / 2;

	for (int i = 0; i < 12; i++) {
		struct gfx_rect r = row_of(b, i / 3), k = {x + i % 3 * (w + g), r.y, w, r.h};
		if (!keys[i])
			continue;
		if (keys[i][0])
			letter(ui, k, keys[i]);
		else
			backspace(ui, k);
	}
	last_line(ui, row_of(b, 3), NULL, NULL, true, action);
}

/* After a full stop and a space a sentence begins with a capital; only where sentences are written.
 */
static void sentence(struct ui *ui)
{
	const struct ui_edit *e = ui->focus;

	if (!ui->osk.spaced || ui->focus_unseen || ui->n_op)
		return;
	ui->osk.spaced = false;
	if ((ui->focus_flags & UI_FIELD_LINES) && !ui->osk.shift && e->caret >= 2 &&
	        e->text[e->caret - 1] == ' ' && e->text[e->caret - 2] == '.')
		ui->osk.shift = 1;
}

void ui_keyboard(struct ui *ui, int x, const char *action)
{
	struct gfx_rect r = {x, ui->m.h - ui->kb_h, ui->m.w - x, ui->kb_h};
	int margin = ui->m.layout == UI_SMALL ? 6 : ui_px(ui, 12);
	int most = ui_px(ui, 1280); /* keys stay within reach of two hands on a wide monitor */
	if (ui->m.layout == UI_BASE && r.w - 2 * margin > most)
		margin = (r.w - most) / 2;
	struct bed b = {x + margin, r.w - 2 * margin, r.y + (ui->m.layout == UI_SMALL ? 7 : 9),
	        ui->key_gap, ui->key_h};

	if (!ui_keyboard_h(ui))
		return;
	/* Large text: the other keys of its line keep their size. */
	if (!action || !*action || ui_text_w(ui, GFX_BODY_B, action) + ui_px(ui, 24) > b.w * 2 / 5)
		action = "Done";
	gfx_fill(ui->g, r, GFX_SUNK);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y, r.w, 1});
	ui_push_id(ui, INT64_MAX);
	if (ui->focus_flags & UI_FIELD_DIGITS) {
		pad_of_keys(ui, &b, action);
	} else {
		sentence(ui);
		page_of_keys(ui, &b, action);
	}
	ui_pop_id(ui);
}
