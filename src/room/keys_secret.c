#include "keys.h"
#include <stdio.h>
#include <string.h>

/*
 * A secret for a new key, or one that is changed: what the key asks for beside it, typed twice, and
 * the token where one is asked for. What was typed is the worker's from "Keep" on; where the token
 * did not answer it waits, in memory that is wiped, for the person to go on or to leave it.
 */

/* What a key can ask for beside what is typed. */
static const unsigned BESIDE[] = {0, VAULT_ROOM_KEY, VAULT_FIDO, VAULT_ROOM_KEY | VAULT_FIDO};
static const char *const BESIDE_WORDS[] = {
        "Passphrase alone", "PIN and room key", "PIN and token", "PIN with both"};

void keys_secret_finish(struct keys_state *st)
{
	vault_secret_destroy(st->secret);
	vault_secret_destroy(st->again);
	st->secret = st->again = NULL;
	st->edit = st->again_edit = (struct ui_edit){0};
	st->wrong = NULL;
}

void keys_token_leave(struct keys_state *st)
{
	token_ask_finish(&st->token);
	keys_job_free(st->waits);
	st->waits = NULL;
}

bool keys_token_waits(struct app *app, struct keys_state *st, struct key_job *j)
{
	struct vault_token *t = vault_token_usb();
	const enum vault_token_said said = j->token && j->err ? t->said : VAULT_TOKEN_FINE;
	t->pin = NULL;
	token_ask_finish(&st->token);
	if (said == VAULT_TOKEN_FINE || token_ask_begin(&st->token, t, &j->why))
		return false;
	st->waits = j;
	st->view = VIEW_TOKEN;
	ui_again(app->ui);
	return true;
}

void keys_secret_open(struct app *app, int64_t person, const uint8_t *id, const char *label)
{
	struct keys_state *st = app->state;
	keys_secret_finish(st);
	if (vault_secret_create(VAULT_PASSPHRASE_MAX, &st->secret) ||
	        vault_secret_create(VAULT_PASSPHRASE_MAX, &st->again)) {
		keys_secret_finish(st);
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	ui_edit_init(&st->edit, st->secret->text, st->secret->cap);
	ui_edit_init(&st->again_edit, st->again->text, st->again->cap);
	st->for_person = person;
	if (id)
		memcpy(st->change_id, id, VAULT_ID_BYTES);
	st->beside = 0;
	snprintf(st->label, sizeof(st->label), "%s", label);
	st->view = VIEW_SECRET;
	ui_again(app->ui);
}

static bool secret_good(struct app *app, struct keys_state *st)
{
	st->secret->len = st->edit.len;
	st->wrong = NULL;
	if (vault_passphrase_check(
	            st->secret, VAULT_PASSPHRASE | BESIDE[st->beside], &st->wrong_why)) {
		app_fail(app, ERR_REFUSED, &st->wrong_why);
		return false;
	}
	if (st->edit.len == st->again_edit.len &&
	        vault_equal(st->secret->text, st->again->text, st->edit.len))
		return true;
	ui_edit_set(&st->again_edit, "");
	app_fail(app, ERR_INPUT,
	        &(struct why){"The two are not the same. Type the second once more."});
	return false;
}

static void secret_start(struct app *app, struct key_job *j)
{
	vault_token_usb()->said = VAULT_TOKEN_FINE;
	keys_job_start(app, j,
	        j->token ? "Touch the token now. It blinks twice: touch it each time, once to make "
	                   "the key and once to try it."
	                 : "Working out the key. This takes a second or more on purpose.");
}

void keys_token_build(struct app *app, struct keys_state *st, struct page *p)
{
	struct key_job *j = st->waits;
	switch (token_ask_build(app, &st->token, p)) {
	case TOKEN_GO_ON:
		if (token_wants_pin(st->token.said))
			vault_token_usb()->pin = st->token.pin->text;
		st->waits = NULL;
		st->view = VIEW_LIST;
		j->err = ERR_OK;
		secret_start(app, j);
		break;
	case TOKEN_LEAVE:
		keys_token_leave(st);
		st->view = VIEW_LIST;
		ui_again(app->ui);
		break;
	case TOKEN_WAITS:
		break;
	}
}

static void secret_keep(struct app *app, struct keys_state *st)
{
	struct why w = {0};
	struct vault_room_key *k = NULL;
	if (!secret_good(app, st))
		return;
	enum err e = BESIDE[st->beside] & VAULT_ROOM_KEY ? vault_room_key_read(app->stick, &k, &w)
	                                                 : ERR_OK;
	struct key_job *j = e ? NULL : keys_job(app, st->for_person ? JOB_ADD : JOB_CHANGE);
	if (e)
		app_fail(app, e, &w);
	if (!j) {
		vault_room_key_destroy(k);
		return;
	}
	memcpy(j->id, st->change_id, VAULT_ID_BYTES);
	snprintf(j->label, sizeof(j->label), "%s", st->label);
	j->person = st->for_person;
	j->room_key = k;
	j->token = BESIDE[st->beside] & VAULT_FIDO;
	j->secret = st->secret;
	st->secret = NULL;
	keys_secret_finish(st);
	st->view = VIEW_LIST;
	secret_start(app, j);
}

/* What the key asks for beside what is typed: nothing, the room key that is in, a token. */
static void beside_build(struct app *app, struct keys_state *st, struct gfx_rect *r)
{
	struct ui *ui = app->ui;
	const char *word[COUNT_OF(BESIDE)];
	int of[COUNT_OF(BESIDE)], n = 0, chosen = 0;
	for (int i = 0; i < (int)COUNT_OF(BESIDE); i++) {
		if (BESIDE[i] & VAULT_ROOM_KEY && !stick_has_key(app))
			continue;
		chosen = st->beside == i ? n : chosen;
		word[n] = BESIDE_WORDS[i];
		of[n++] = i;
	}
	struct gfx_rect s = ui_cut_top(r, ui_m(ui)->target);
	if (s.w > ui_px(ui, 240) * n)
		s.w = ui_px(ui, 240) * n;
	if (ui_segment(ui, s, "What it asks for", word, n, &chosen, -1)) {
		ui_edit_set(&st->edit, "");
		ui_edit_set(&st->again_edit, "");
	}
	st->beside = of[chosen];
	ui_cut_top(r, ui_px(ui, 12));
}

void keys_secret_build(struct app *app, struct ui *ui, struct keys_state *st, struct page *p)
{
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect r = p->body;
	int h = ui_line_h(ui, GFX_CAPTION) + 8 + m->target, gap = ui_px(ui, 12);
	if (!p->keyboard) {
		const char *t =
		        stick_has_key(app)
		                ? "A PIN goes with the room key or a token: neither opens alone."
		                : "A PIN goes with a token, or with the room key: put its "
		                  "stick in for that.";
		ui_cut_top(&r, ui_wrap(ui, r, GFX_BODY, GFX_TEXT2, t, 0) + gap);
		beside_build(app, st, &r);
	}
	if (r.w > ui_px(ui, 720))
		r.w = ui_px(ui, 720);
	const char *name = st->beside ? "PIN" : "Passphrase";
	unsigned flags = UI_FIELD_SECRET | (st->beside ? UI_FIELD_DIGITS : 0u);
	(void)ui_labelled_field(ui, ui_cut_top(&r, h), name, &st->edit, flags, "", NULL);
	ui_cut_top(&r, gap);
	(void)ui_labelled_field(ui, ui_cut_top(&r, h), fmt(app, "%s again", name), &st->again_edit,
	        flags, "", NULL);
	if (ui_submitted(ui, &st->edit))
		ui_focus(ui, &st->again_edit);
	else if (ui_submitted(ui, &st->again_edit))
		ui_focus(ui, NULL);
	size_t least = st->beside ? VAULT_PIN_LEAST : 1;
	bool off = utf8_count(st->edit.text, st->edit.len) < least ||
	           utf8_count(st->again_edit.text, st->again_edit.len) < least;
	if (page_primary(app, p, "key", "Keep", off,
	            st->beside ? "Six digits or more" : "Four words or more")) {
		secret_keep(app, st);
	} else if (page_button(app, p, "back", "Leave it", false)) {
		ui_focus(ui, NULL);
		keys_secret_finish(st);
		app->say.text[0] = 0; /* of what was left */
		st->view = VIEW_LIST;
		ui_again(ui);
	}
}
