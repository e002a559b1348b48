#include "token.h"

/*
 * A token that did not give what a new key asked of it: why, what to do, and its own PIN where it
 * wants one. What the key is to be made of waits meanwhile with whoever asked.
 */

static const struct {
	const char *icon, *heading, *next; /* next NULL: what the token's error says */
} SAID[] = {
        [VAULT_TOKEN_ABSENT] = {"stick", "The token is not in", "Put it in, then go on."},
        [VAULT_TOKEN_OTHER] = {"stick", "The token did not know its own key",
                "Use another token, or a key without one."},
        [VAULT_TOKEN_UNTOUCHED] = {"timer", "Nobody touched the token",
                "Go on, and touch it when it blinks: once to make the key, once to try it."},
        [VAULT_TOKEN_WANTS_PIN] = {"key", "The token asks for its own PIN",
                "Not the PIN of this key: the one that was set on the token itself."},
        [VAULT_TOKEN_WRONG_PIN] = {"key", "That was not the token’s own PIN", NULL},
        [VAULT_TOKEN_REFUSED] = {"warning", "The token cannot be used", NULL},
};

enum err token_ask_begin(
        struct token_ask *a, const struct vault_token *t, const struct why *why_not)
{
	*a = (struct token_ask){.said = t->said, .tries = t->tries, .why = *why_not};
	TRY(vault_secret_create(VAULT_PASSPHRASE_MAX, &a->pin));
	ui_edit_init(&a->edit, a->pin->text, a->pin->cap);
	return ERR_OK;
}

void token_ask_finish(struct token_ask *a)
{
	vault_secret_destroy(a->pin);
	*a = (struct token_ask){0};
}

bool token_wants_pin(enum vault_token_said said)
{
	return said == VAULT_TOKEN_WANTS_PIN || said == VAULT_TOKEN_WRONG_PIN;
}

const char *token_tries_words(struct app *app, int tries)
{
	return tries < 0    ? "After a few more the token blocks itself."
	       : tries == 0 ? "The token has blocked itself."
	       : tries == 1 ? "After one more the token blocks itself."
	                    : fmt(app, "After %d more the token blocks itself.", tries);
}

static const char *next_step(struct app *app, const struct token_ask *a)
{
	return a->said == VAULT_TOKEN_WRONG_PIN ? token_tries_words(app, a->tries)
	       : SAID[a->said].next             ? SAID[a->said].next
	                                        : a->why.text;
}

static void told(struct app *app, const struct token_ask *a, struct gfx_rect *r)
{
	struct ui *ui = app->ui;
	const char *heading = SAID[a->said].heading, *next = next_step(app, a);
	struct gfx_rect t = *r, side = ui_cut_left(&t, ui_px(ui, 48));
	int gap = ui_px(ui, 8);
	ui_icon(ui, (struct gfx_rect){side.x, side.y, ui_px(ui, 34), ui_line_h(ui, GFX_TITLE)},
	        SAID[a->said].icon, ui_px(ui, 30), GFX_TEXT);
	ui_note(ui, t, UI_ROLE_HEADING, heading, next);
	ui_cut_top(&t, ui_wrap(ui, t, GFX_TITLE, GFX_TEXT, heading, 0) + gap);
	ui_cut_top(&t, ui_wrap(ui, t, GFX_BODY, GFX_TEXT2, next, 0) + 2 * gap);
	ui_cut_top(r, r->h - t.h);
}

enum token_answer token_ask_build(struct app *app, struct token_ask *a, struct page *p)
{
	struct ui *ui = app->ui;
	struct gfx_rect r = p->body;
	bool pin = token_wants_pin(a->said), enough = true;
	if (r.w > ui_px(ui, 720))
		r.w = ui_px(ui, 720);
	if (!p->keyboard)
		told(app, a, &r);
	if (pin) {
		int h = ui_line_h(ui, GFX_CAPTION) + 8 + ui_m(ui)->target;
		(void)ui_labelled_field(ui, ui_cut_top(&r, h), "PIN of the token", &a->edit,
		        UI_FIELD_SECRET | UI_FIELD_ONE_WORD, "", NULL);
		a->pin->len = a->edit.len;
		enough = utf8_count(a->edit.text, a->edit.len) >= VAULT_TOKEN_PIN_LEAST;
	}
	bool enter = ui_submitted(ui, &a->edit);
	if (enter)
		ui_focus(ui, NULL);
	if (page_primary(app, p, "key", "Go on", !enough,
	            enough ? NULL : "Four digits or letters, or more") ||
	        (enter && enough))
		return TOKEN_GO_ON;
	return page_button(app, p, "back", "Leave it", false) ? TOKEN_LEAVE : TOKEN_WAITS;
}
