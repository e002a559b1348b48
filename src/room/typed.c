#include "lock.h"
#include "token.h"

/*
 * What is typed on the lock screen in one field: a passphrase, a PIN, a token's own PIN, the
 * recovery key of the first version. The field takes whatever can be typed; what opens is the
 * vault's to say. Until as much was typed as such a key has at the least, it is not tried.
 */

struct asked {
	enum { ASK_PASSPHRASE, ASK_PIN, ASK_TOKEN_PIN, ASK_GROUPS } what;
	const char *name, *hint; /* hint: before anything is typed */
	const char *lack;        /* while it is too short; "" needs no saying */
	size_t least;            /* characters */
};

static const struct asked ASKED[] = {
        {ASK_PASSPHRASE, "Passphrase", "Four words or more", "", 1},
        {ASK_PIN, "PIN", "Six digits or letters, or more",
                "A PIN has six digits or letters, or more.", VAULT_PIN_LEAST},
        {ASK_TOKEN_PIN, "PIN of the token",
                "Not this key’s PIN: the one that was set on the token itself",
                "A token’s PIN has four digits or letters, or more.", VAULT_TOKEN_PIN_LEAST},
        {ASK_GROUPS, "Recovery key from paper",
                "Ten groups of four, in either case, with or without hyphens",
                "The recovery key has ten groups of four.", VAULT_OLD_RECOVERY_CHARS},
};

static const struct asked *asked(const struct app *app, const struct lock_state *st)
{
	const struct vault_slot *s = &st->slot[st->chosen];
	if (unlock_wants_pin(app))
		return &ASKED[ASK_TOKEN_PIN];
	if (s->kind == VAULT_SLOT_RECOVERY)
		return &ASKED[ASK_GROUPS];
	return &ASKED[s->factors & (VAULT_ROOM_KEY | VAULT_FIDO) ? ASK_PIN : ASK_PASSPHRASE];
}

static bool pad(const struct asked *a)
{
	return a->what == ASK_PIN || a->what == ASK_TOKEN_PIN;
}

static int words_count(const struct ui_edit *e)
{
	int n = 0;
	for (size_t i = 0; i < e->len; i++)
		n += e->text[i] != ' ' && (i == 0 || e->text[i - 1] == ' ');
	return n;
}

/* Spaces and hyphens between the groups do not count. */
static size_t chars(const struct asked *a, const struct ui_edit *e)
{
	size_t n = utf8_count(e->text, e->len);
	for (size_t i = 0; a->what == ASK_GROUPS && i < e->len; i++)
		n -= e->text[i] == ' ' || e->text[i] == '-';
	return n;
}

const char *typed_lack(const struct app *app, const struct lock_state *st)
{
	const struct asked *a = asked(app, st);
	return chars(a, &st->edit) < a->least ? a->lack : NULL;
}

static const char *note(struct app *app, const struct lock_state *st, const struct asked *a)
{
	size_t n = chars(a, &st->edit);
	int words = words_count(&st->edit);
	const char *wait = unlock_wants_pin(app) ? NULL : wait_words(app, &st->slot[st->chosen]);
	if (wait && (!n || waits(&st->slot[st->chosen])))
		return wait;
	if (a->what == ASK_TOKEN_PIN && !n && app->unlock->problem.token == VAULT_TOKEN_WRONG_PIN)
		return fmt(app, "That was not it. %s",
		        token_tries_words(app, app->unlock->problem.token_tries));
	if (!n)
		return a->hint;
	if (a->what == ASK_PASSPHRASE)
		return fmt(app, "%d %s", words, words == 1 ? "word" : "words");
	if (a->what == ASK_GROUPS)
		return n < a->least ? fmt(app, "Group %zu of ten: %zu of 4", n / 4 + 1, n % 4)
		                    : "Ten groups of four";
	return n < a->least ? fmt(app, "%zu of at least %zu", n, a->least)
	                    : fmt(app, "%zu digits or letters", n);
}

int typed_h(const struct app *app)
{
	struct ui *ui = app->ui;
	return ui_line_h(ui, GFX_CAPTION) * 2 + 16 + ui_m(ui)->target;
}

void typed_build(struct app *app, struct lock_state *st, struct gfx_rect r)
{
	struct ui *ui = app->ui;
	const struct ui_metrics *m = ui_m(ui);
	const struct asked *a = asked(app, st);
	struct gfx_rect f = ui_cut_top(&r, ui_line_h(ui, GFX_CAPTION) + 8 + m->target), b;
	b = ui_cut_right(&f, ui_button_w(ui, "show", "Show", false));
	st->show = show_hold(app, ui_cut_bottom(&b, m->target));
	ui_cut_right(&f, 12);
	if (pad(a)) {
		const char *t = st->letters ? "Digits" : "Letters";
		b = ui_cut_right(&f, ui_button_w(ui, "keyboard", t, false));
		if (ui_button(ui, ui_cut_bottom(&b, m->target), UI_NORMAL, "keyboard", t, false)) {
			st->letters = !st->letters;
			ui_focus(ui, &st->edit);
			ui_again(ui);
		}
		ui_cut_right(&f, 12);
	}
	if (ui_labelled_field(ui, f, a->name, &st->edit,
	            UI_FIELD_SECRET | (st->show ? UI_FIELD_SHOW : 0) |
	                    (a->what == ASK_PASSPHRASE ? 0 : UI_FIELD_ONE_WORD) |
	                    (pad(a) && !st->letters ? UI_FIELD_DIGITS : 0),
	            "", st->short_of))
		st->short_of = NULL;
	ui_cut_top(&r, 4);
	ui_label(ui, ui_cut_top(&r, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_TEXT2, UI_LEFT,
	        note(app, st, a));
}
