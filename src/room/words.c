#include "app.h"
#include <stdio.h>
#include <string.h>

/*
 * Words of the shipped list, entered by touch: the recovery words. Invariants:
 * 1. What is entered lies in guarded memory: place i at i * CELL, the letters of the word under way
 *    behind the last place. On the screen a place that is filled shows dots until "Show" is held.
 * 2. A place holds a word of the list, or nothing.
 * 3. A word is taken, and the next place begins, as soon as only one word can be meant. Who goes on
 *    typing that word all the same loses nothing: what is left of it is passed over (`tail`).
 */
#define CELL 16
_Static_assert(VAULT_WORD_MAX < CELL, "a word fits its place");
_Static_assert(VAULT_RECOVERY_WORDS <= WORDS_PLACES, "and all of them fit");

enum err words_init(struct words *w, const uint8_t *number, size_t n)
{
	struct vault_secret *s = NULL;
	TRY(vault_secret_create((n + 1) * CELL, &s));
	*w = (struct words){.text = s, .n = n, .tail = ""};
	for (size_t i = 0; i < n; i++)
		w->number[i] = number ? number[i] : (uint8_t)(i + 1);
	ui_edit_init(&w->edit, s->text + n * CELL, CELL);
	return ERR_OK;
}

void words_finish(struct words *w)
{
	vault_secret_destroy(w->text);
	*w = (struct words){0};
}

const char *words_at(const struct words *w, size_t i)
{
	return w->text->text + i * CELL;
}

bool words_full(const struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (!*words_at(w, i))
			return false;
	return true;
}

enum err words_join(const struct words *w, struct vault_secret **ret)
{
	struct vault_secret *s = NULL;
	TRY(vault_secret_create(w->n * CELL, &s));
	for (size_t i = 0; i < w->n; i++)
		s->len += (size_t)snprintf(
		        s->text + s->len, s->cap - s->len, "%s%s", i ? " " : "", words_at(w, i));
	*ret = s;
	return ERR_OK;
}

/* The first place without a word from `from` on, and then from the start; n: there is none. */
static size_t next_place(const struct words *w, size_t from)
{
	for (size_t k = 0; k < w->n; k++)
		if (!*words_at(w, (from + k) % w->n))
			return (from + k) % w->n;
	return w->n;
}

void words_go(struct words *w, size_t place)
{
	w->at = place;
	w->tail = "";
	w->wrong = false;
	if (place < w->n)
		memset(w->text->text + place * CELL, 0, CELL);
	ui_edit_set(&w->edit, "");
}

static void take(struct words *w, unsigned word, size_t typed)
{
	const char *t = vault_word(word);
	snprintf(w->text->text + w->at * CELL, CELL, "%s", t);
	w->at = next_place(w, w->at);
	w->tail = t + typed;
	w->wrong = false;
	ui_edit_set(&w->edit, "");
}

void words_take(struct words *w, unsigned word)
{
	take(w, word, strlen(vault_word(word)));
}

static bool same_letters(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((a[i] | 0x20) != (b[i] | 0x20))
			return false;
	return true;
}

/* Is that, or what follows, still the word before? */
static bool tail_typed(const struct words *w, const char *t, size_t n)
{
	size_t tail = strlen(w->tail);
	return tail && same_letters(t, w->tail, tail < n ? tail : n);
}

/* Letters after the whole tail, when some word begins with them; else 0. */
static size_t behind_tail(const struct words *w, const char *t, size_t n)
{
	size_t tail = strlen(w->tail);
	unsigned first, count;
	return n > tail && tail_typed(w, t, n) &&
	                       vault_word_find(t + tail, n - tail, &first, &count)
	               ? n - tail
	               : 0;
}

static bool take_exact(struct words *w, const char *t, size_t n)
{
	unsigned first, count;
	if (!vault_word_find(t, n, &first, &count) || (count > 1 && vault_word(first)[n]))
		return false;
	take(w, first, strlen(vault_word(first)));
	return true;
}

/* A space or Enter ends a word: it is the exact one, or the only one, or not in the list. */
static void ended(struct words *w, const char *t, size_t n)
{
	size_t behind = behind_tail(w, t, n);
	if (n && n == strlen(w->tail) && tail_typed(w, t, n)) { /* the word before, to its end */
		w->tail = "";
		ui_edit_set(&w->edit, "");
		return;
	}
	if (n && (take_exact(w, t, n) || (behind && take_exact(w, t + n - behind, behind))))
		return;
	w->wrong = n > 0;
}

/* Letters that can be the end of the word before and the beginning of the next are neither until
 * more of them tell. */
static void letters(struct words *w, const char *t, size_t n)
{
	unsigned first = 0, count = 0;
	bool next = vault_word_find(t, n, &first, &count);
	size_t behind = behind_tail(w, t, n);
	w->wrong = !next && !behind;
	if (w->wrong || (next && behind))
		return;
	if (!next) {
		char rest[CELL];
		snprintf(rest, sizeof(rest), "%.*s", (int)behind, t + n - behind);
		ui_edit_set(&w->edit, rest);
		wipe(rest, sizeof(rest));
		w->tail = "";
		n = behind;
		(void)vault_word_find(w->edit.text, n, &first, &count);
	}
	if (count == 1)
		take(w, first, n);
}

void words_typed(struct words *w, bool enter)
{
	const char *t = w->edit.text;
	size_t n = w->edit.len, from = strspn(t, " ");
	t += from;
	n -= from;
	w->wrong = false;
	const char *space = memchr(t, ' ', n);
	if (space || enter)
		ended(w, t, space ? (size_t)(space - t) : n);
	else if (n && !(tail_typed(w, t, n) && n <= strlen(w->tail)))
		letters(w, t, n);
}

/* ---- on the screen ---- */

static void place(struct app *app, struct words *w, struct gfx_rect r, size_t i)
{
	struct ui *ui = app->ui;
	bool filled = *words_at(w, i), here = w->at == i;
	const char *state = !filled   ? ""
	                    : w->show ? ", shown"
	                              : ", there",
	           *name = fmt(app, "Word %d%s", w->number[i], state);
	ui_push_id(ui, (int64_t)i);
	bool hit = ui_hit(ui, r, UI_ROLE_CHOICE, name, here ? UI_CHOSEN_FLAG : 0);
	ui_box(ui, r, ui_px(ui, 8), here ? GFX_SOFT : GFX_PANEL, here ? 2 : 1,
	        here ? GFX_ACCENT : GFX_EDGE);
	struct gfx_rect in = ui_inset(r, ui_px(ui, 12), 0);
	enum gfx_colour c = here ? GFX_ON_SOFT : GFX_TEXT;
	const char *number = fmt(app, "%d", w->number[i]);
	ui_label(ui, ui_cut_left(&in, ui_px(ui, 26)), GFX_CAPTION, here ? c : GFX_TEXT2, UI_LEFT,
	        number);
	if (filled && w->show)
		ui_label(ui, in, GFX_BODY_B, c, UI_LEFT, words_at(w, i));
	else if (filled)
		ui_label(ui, in, GFX_BODY_B, c, UI_LEFT, "•••"); /* typed, not proven right */
	ui_pop_id(ui);
	if (hit) {
		words_go(w, i);
		ui_focus(ui, &w->edit);
		ui_again(ui);
	}
}

static void suggestions(struct app *app, struct words *w, struct gfx_rect r)
{
	struct ui *ui = app->ui;
	unsigned first, count;
	size_t from = strspn(w->edit.text, " ");
	if (w->edit.len - from < 2 ||
	        !vault_word_find(w->edit.text + from, w->edit.len - from, &first, &count))
		return;
	int gap = ui_px(ui, 12);
	for (unsigned i = 0; i < count; i++) {
		const char *t = vault_word(first + i);
		const char *more = fmt(app, "%u more", count - i);
		int bw = ui_button_w(ui, NULL, t, false), mw = ui_text_w(ui, GFX_CAPTION, more);
		if (bw + (i + 1 < count ? gap + mw : 0) > r.w) {
			ui_label(ui, ui_cut_left(&r, mw), GFX_CAPTION, GFX_TEXT2, UI_LEFT, more);
			return;
		}
		if (ui_button(ui, ui_cut_left(&r, bw), UI_NORMAL, NULL, t, false)) {
			words_take(w, first + i);
			ui_again(ui);
			return;
		}
		ui_cut_left(&r, gap);
	}
}

/* Shown only while it is held, as a passphrase is. */
bool show_hold(struct app *app, struct gfx_rect r)
{
	struct ui *ui = app->ui;
	(void)ui_hit(ui, r, UI_ROLE_BUTTON, "Show", 0);
	bool show = ui_pressed(ui);
	enum gfx_colour c = show ? GFX_ON_ACCENT : GFX_TEXT;
	ui_box(ui, r, ui_px(ui, 8), show ? GFX_ACCENT_PRESS : GFX_PANEL, 1, GFX_EDGE);
	struct gfx_rect in = ui_inset(r, app_small(app) ? 14 : ui_px(ui, 18), 0);
	ui_icon(ui, ui_cut_left(&in, ui_px(ui, 26)), "show", ui_px(ui, 26), c);
	ui_label(ui, in, GFX_BODY_B, c, UI_CENTRE, "Show");
	return show;
}

int words_grid_h(const struct app *app, const struct words *w)
{
	int lines = ((int)w->n + 3) / 4;
	return lines * ui_m(app->ui)->target + (lines - 1) * ui_px(app->ui, 12);
}

/* Once every place is filled there is nothing to type, and room for the places on a 7 inch panel:
 * what stands in them can be looked at, and any of them entered again. */
static int field_h(const struct app *app, const struct words *w)
{
	return w->at == w->n ? ui_m(app->ui)->target : words_field_h(app);
}

int words_field_h(const struct app *app)
{
	const struct ui_metrics *m = ui_m(app->ui);
	return ui_line_h(app->ui, GFX_CAPTION) + 8 + 2 * m->target + ui_px(app->ui, 12);
}

/* Where "Show" stands, off the right of the field. */
static struct gfx_rect show_cut(const struct app *app, struct gfx_rect *f)
{
	struct gfx_rect b = ui_cut_right(f, ui_button_w(app->ui, "show", "Show", false));
	ui_cut_right(f, 12);
	return ui_cut_bottom(&b, ui_m(app->ui)->target);
}

/* Before the grid, which shows the words in the same picture or hides them again. */
static void show_build(struct app *app, struct words *w, struct gfx_rect r)
{
	const int caption = w->at == w->n ? 0 : ui_line_h(app->ui, GFX_CAPTION) + 8;
	struct gfx_rect f = ui_cut_top(&r, caption + ui_m(app->ui)->target);
	w->show = show_hold(app, show_cut(app, &f));
}

static void field(struct app *app, struct words *w, struct gfx_rect r)
{
	struct ui *ui = app->ui;
	const struct ui_metrics *m = ui_m(ui);
	int caption = w->at == w->n ? 0 : ui_line_h(ui, GFX_CAPTION) + 8;
	struct gfx_rect f = ui_cut_top(&r, caption + m->target), b;
	(void)show_cut(app, &f);
	b = ui_cut_right(&f, ui_button_w(ui, "back", "Back", false));
	ui_cut_right(&f, 12);
	b = ui_cut_bottom(&b, m->target);
	if (ui_button(ui, b, UI_NORMAL, "back", "Back", !w->at)) {
		words_go(w, w->at - 1);
		ui_focus(ui, &w->edit);
		ui_again(ui);
		return;
	}
	if (w->at == w->n) {
		ui_label(ui, ui_cut_bottom(&f, m->target), GFX_BODY, GFX_TEXT, UI_LEFT,
		        "Every word is there.");
		return;
	}
	const char *name = fmt(app, "Word %d", w->number[w->at]);
	const char *wrong =
	        w->wrong ? fmt(app, "%s: “%s” is not in the list", name, w->edit.text) : NULL;
	if (ui_labelled_field(ui, f, name, &w->edit, UI_FIELD_SECRET | UI_FIELD_SHOW, "", wrong)) {
		words_typed(w, false);
		ui_again(ui);
	}
	if (ui_submitted(ui, &w->edit) && w->edit.len) {
		words_typed(w, true);
		ui_again(ui);
	}
	ui_cut_top(&r, ui_px(ui, 12));
	suggestions(app, w, ui_cut_top(&r, m->target));
	if (w->at == w->n)
		ui_focus(ui, NULL);
}

void words_build(struct app *app, struct words *w, struct gfx_rect r)
{
	struct ui *ui = app->ui;
	const int grid = words_grid_h(app, w), gap = ui_px(ui, 12);
	const bool all = r.h >= grid + gap + field_h(app, w);
	struct gfx_rect g = {0, 0, 0, 0};
	app->script.words = w;
	if (all) {
		g = ui_cut_top(&r, grid);
		ui_cut_top(&r, gap);
	}
	show_build(app, w, r);
	int lines = ((int)w->n + 3) / 4, columns = w->n < 4 ? (int)w->n : 4;
	for (size_t i = 0; all && i < w->n; i++)
		place(app, w,
		        ui_column(ui_line(g, (int)i / 4, lines, gap), (int)i % 4, columns, gap), i);
	field(app, w, r);
}

/* ---- two of them, asked back ---- */

#define ASKED_BACK 2

enum err words_ask_back(struct words *w)
{
	uint8_t r[2], number[ASKED_BACK];
	vault_random(r, sizeof(r));
	number[0] = (uint8_t)(1 + r[0] % (VAULT_RECOVERY_WORDS - 1));
	number[1] = (uint8_t)(number[0] + 1 + r[1] % (VAULT_RECOVERY_WORDS - number[0]));
	words_finish(w);
	return words_init(w, number, ASKED_BACK);
}

/* Word n of `all`, from 0; *ret_len its length. */
static const char *nth_word(const struct vault_secret *all, size_t n, size_t *ret_len)
{
	const char *t = all->text;
	while (n-- && strchr(t, ' '))
		t = strchr(t, ' ') + 1;
	*ret_len = strcspn(t, " ");
	return t;
}

bool words_given_back(struct app *app, struct words *w, const struct vault_secret *all)
{
	for (size_t i = 0; i < w->n; i++) {
		size_t n;
		const char *want = nth_word(all, w->number[i] - 1u, &n);
		if (strlen(words_at(w, i)) == n && vault_equal(words_at(w, i), want, n))
			continue;
		app_fail(app, ERR_INPUT,
		        &(struct why){"That is not what was shown. Go back, look at the words once "
		                      "more and put the paper right."});
		words_go(w, i);
		return false;
	}
	return true;
}

/* ---- shown once --------------------------------------------------------------------------------
 */

int words_show_h(const struct app *app)
{
	int line = app_small(app) ? ui_m(app->ui)->row : ui_m(app->ui)->row2;
	return app_small(app) ? 4 * line : 2 * line + ui_px(app->ui, 12);
}

static enum err secret_copy(const struct vault_secret *s, struct vault_secret **ret)
{
	TRY(vault_secret_create(s->cap, ret));
	memcpy((*ret)->text, s->text, s->len);
	(*ret)->len = s->len;
	return ERR_OK;
}

void words_show(struct app *app, struct gfx_rect r, const struct vault_secret *all)
{
	struct ui *ui = app->ui;
	if (app->script.on) {
		vault_secret_destroy(app->script.shown);
		app->script.shown = NULL;
		err_ignore(secret_copy(all, &app->script.shown));
	}
	int columns = app_small(app) ? 2 : 4, lines = VAULT_RECOVERY_WORDS / columns,
	    gap = app_small(app) ? 4 : ui_px(ui, 12);
	const char *t = all->text;
	for (int i = 0; i < VAULT_RECOVERY_WORDS && *t; i++) {
		size_t n = strcspn(t, " ");
		struct gfx_rect c = ui_column(
		        ui_line(r, i / columns, lines, gap), i % columns, columns, ui_px(ui, 12));
		ui_box(ui, c, ui_px(ui, 8), GFX_PAPER, 1, GFX_EDGE);
		c = ui_inset(c, ui_px(ui, 14), 0);
		ui_label(ui, ui_cut_left(&c, ui_px(ui, 34)), GFX_BODY, GFX_TEXT2, UI_LEFT,
		        fmt(app, "%d", i + 1));
		ui_label(ui, c, GFX_TITLE, GFX_TEXT, UI_LEFT, fmt(app, "%.*s", (int)n, t));
		t += n + (t[n] == ' ');
	}
}

enum err words_script(struct app *app, const char *file, void (*turn)(void *), struct why *why_out)
{
	struct vault_secret *read = NULL;
	struct words *w = app->script.words;
	if (file)
		TRY(vault_secret_read(file, &read, why_out));
	const struct vault_secret *s = file ? read : app->script.shown;
	if (!s || !w || !w->text) {
		vault_secret_destroy(read);
		return why(why_out, ERR_NOT_FOUND, "no words are asked for");
	}
	for (size_t i = 0; i < w->n; i++) {
		const char *t = s->text;
		struct ui_event e = {.kind = UI_TEXT};
		for (int k = 1; k < w->number[i] && strchr(t, ' '); k++)
			t = strchr(t, ' ') + 1;
		snprintf(e.text, sizeof(e.text), "%.*s ", (int)strcspn(t, " "), t);
		ui_input(app->ui, &e);
		turn(app);
		wipe(&e, sizeof(e));
		if (w->at == w->n)
			break;
	}
	vault_secret_destroy(read);
	return ERR_OK;
}
