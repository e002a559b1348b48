#include "case.h"
#include <string.h>

/* What is said now, or was before; its correction. */

static const char *share_tag(struct app *app, const struct share_row *s)
{
	return s->held          ? "Held back"
	       : *s->mistake    ? "Marked in error"
	       : s->version > 1 ? fmt(app, "%s, corrected", share_label(s))
	                        : share_label(s);
}

static const char *about_words(struct app *app, const struct share_row *s)
{
	const char *space = strchr(s->about, ' ');
	return *s->about
	               ? fmt(app, "about %.*s",
	                         space ? (int)(space - s->about) : (int)strlen(s->about), s->about)
	               : "";
}

/* Whom words are about is never cut: it takes a line of its own when agency and tag leave no room.
 */
static bool about_fits(struct app *app, struct ui *ui, int w, const struct share_row *s)
{
	return !*s->about || ui_text_w(ui, GFX_CAPTION_B, s->agency_name) +
	                                     ui_text_w(ui, GFX_CAPTION, about_words(app, s)) +
	                                     ui_tag_w(ui, s->what == SHARE_NOT ? "no-share" : NULL,
	                                             share_tag(app, s)) +
	                                     20 <=
	                             w;
}

/* What was said in error is kept, and is not shown to everybody over and over. */
static const char *shown_words(const struct share_row *s)
{
	return s->held                    ? "Said to named agencies only."
	       : *s->mistake              ? "It stays in the record."
	       : s->what == SHARE_NOT     ? "The reason is kept with the record."
	       : s->what == SHARE_NOTHING ? ""
	                                  : s->words;
}

static int share_height(struct app *app, struct ui *ui, int w, const struct share_row *s)
{
	const char *words = shown_words(s);
	int below = about_fits(app, ui, w - ui_px(ui, 32), s) ? 0 : ui_line_h(ui, GFX_CAPTION);
	return below + ui_px(ui, 32) + 4 +
	       (*words ? ui_wrap_h(ui, w - ui_px(ui, 32), GFX_BODY, words, 0) : 0) + ui_px(ui, 20);
}

static void share(struct app *app, struct ui *ui, struct gfx_rect r, const struct share_row *s)
{
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), ui_px(ui, 10)),
	                top = ui_cut_top(&in, ui_px(ui, 32));
	const char *label = share_tag(app, s);
	bool fits = about_fits(app, ui, in.w, s);
	int w = ui_tag_w(ui, s->what == SHARE_NOT ? "no-share" : NULL, label);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	(void)ui_tag(ui, top.x + top.w - w, top.y,
	        s->what == SHARE_NOT ? UI_TAG_EDGE : UI_TAG_PLAIN,
	        s->what == SHARE_NOT ? "no-share" : NULL, label);
	ui_cut_right(&top, w + 8);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_CAPTION_B, s->agency_name) + 8),
	        GFX_CAPTION_B, GFX_TEXT, UI_LEFT, s->agency_name);
	if (*s->about)
		ui_label(ui, fits ? top : ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION,
		        GFX_TEXT2, UI_LEFT, about_words(app, s));
	ui_cut_top(&in, 4);
	if (*shown_words(s))
		ui_wrap(ui, in, GFX_BODY, shown_words(s) == s->words ? GFX_TEXT : GFX_TEXT2,
		        shown_words(s), 0);
}

static void correct_done(struct app *app, struct sheet *s)
{
	struct case_state *st = app->state;
	struct command c = {.kind = CMD_SHARE_CORRECT};
	for (size_t i = 0; i < st->n_now; i++)
		if (st->now[i].id == s->arg)
			c.u.share.agency = st->now[i].agency;
	c.u.share.what = SHARE_WORDS;
	c.u.share.item = app->item_id;
	c.u.share.replaces = s->arg;
	c.u.share.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void words_open(struct app *app, const struct share_row *e)
{
	struct sheet *s = sheet_open(app, fmt(app, "Correct what %s said", e->agency_name),
	        "The earlier words stay in the record; this is a new version beside them.",
	        "Keep the correction", correct_done, e->id);
	sheet_words(s, "What was said", true, e->words);
}

static void mend_done(struct app *app, struct sheet *s)
{
	struct case_state *st = app->state;
	if (s->row[s->chosen].id < 0)
		mistake_open(app, "share", s->arg);
	for (size_t i = 0; i < st->n_now && s->row[s->chosen].id == 0; i++)
		if (st->now[i].id == s->arg)
			words_open(app, &st->now[i]);
}

static void mend_open(struct app *app, const struct share_row *e)
{
	struct sheet *s = sheet_open(app, fmt(app, "What %s said", e->agency_name),
	        *e->mistake ? fmt(app, "Marked in error: %s", e->mistake) : e->words, NULL,
	        mend_done, e->id);
	if (*e->mistake) {
		sheet_row(s, "done", "Leave it as it is", NULL, 1, NULL, false);
		return;
	}
	sheet_row(
	        s, "edit", "Correct the words", "A new version beside the old one", 0, NULL, false);
	sheet_row(s, "warning", "It was made in error", "It stays, marked, with a reason", -1, NULL,
	        false);
}

static void word_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct case_state *st = app->state;
	const struct seat_row *t = case_seat_of(app, app->meeting.word_agency);
	const struct ui_metrics *m = ui_m(ui);
	if (!t)
		return;
	ui_area(ui, r, ui_px(ui, 10), GFX_SOFT, GFX_HAIR);
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), ui_px(ui, 12)),
	                b = ui_cut_bottom(&in, m->target);
	ui_icon(ui, ui_cut_left(&in, ui_px(ui, 24)), "speaking", ui_px(ui, 22), GFX_ON_SOFT);
	ui_cut_left(&in, 6);
	ui_label(ui, in, GFX_CAPTION_B, GFX_ON_SOFT, UI_LEFT,
	        fmt(app, "%s is speaking", t->agency_name));
	const char *out = fmt(app, "Return (%zu)", st->wait.waiting);
	if (st->wait.waiting) {
		if (ui_button(ui, ui_cut_right(&b, ui_button_w(ui, "search", out, false)),
		            UI_NORMAL, "search", out, false))
			case_read_return(app, t->agency);
		ui_cut_right(&b, ui_px(ui, 12));
	}
	if (ui_button(ui, b, UI_ASKED, "edit", "Write what is said", false))
		case_write_share(app, t->agency);
}

void case_shared(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct case_state *st = app->state;
	const struct share_row *s = app->item_id ? st->now : st->share;
	size_t n = app->item_id ? st->n_now : st->n_shares, i;
	int *heights = row_heights(&app->frame, n);
	struct ui_list l;
	struct gfx_rect in = ui_panel(ui, r), row;
	if (case_on_table(app) && app->meeting.word_agency && !app_small(app))
		word_panel(app, ui, ui_cut_bottom(&in, ui_m(ui)->target + ui_px(ui, 66)));
	case_head(app, &in, "share", app->item_id ? "Shared in this item" : "Shared before",
	        n == 1 ? "1 entry" : fmt(app, "%zu entries", n));
	if (!n) {
		ui_wrap(ui, ui_inset(in, 16, 14), GFX_BODY, GFX_TEXT2,
		        app->item_id
		                ? "Nothing shared yet. Touch a seat to write down what it says."
		                : "Nothing was shared in this case yet.",
		        0);
		return;
	}
	int total = 0;
	for (i = 0; i < n; i++)
		total += heights[i] = share_height(app, ui, in.w, &s[i]);
	for (i = 0; total > in.h && i < n; i++) /* page buttons take their part */
		heights[i] = share_height(app, ui, in.w - ui_m(ui)->pager_w, &s[i]);
	ui_list_begin(ui, &l, in, "Shared", &st->shares, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		ui_push_id(ui, s[i].id);
		if (case_on_table(app) && s[i].what == SHARE_WORDS && !s[i].held && *s[i].words) {
			if (ui_hit(ui, row, UI_ROLE_ROW, fmt(app, "What %s said", s[i].agency_name),
			            0))
				mend_open(app, &s[i]);
			if (ui_pressed(ui))
				ui_fill(ui, row, GFX_SUNK);
		}
		share(app, ui, row, &s[i]);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	case_pages(app, p, &l);
}
