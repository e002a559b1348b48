#include "lock.h"
#include "token.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * From the key that was typed to an open store. Invariants:
 * 1. struct unlock is the worker's while app->worker runs; the panel looks at it before and after.
 * 2. Secrets are wiped as soon as they were tried; only where the token asks for its own PIN do
 *    they wait for that, with what was given of several agencies, and no longer.
 * 3. A store that did not open is counted through on the worker, so that the page can say how much
 *    of it a salvage would save.
 * 4. Whatever ends an unlock gives the store's directory back: caseroomctl can get at it.
 */

static void forget(struct unlock *u)
{
	vault_secret_destroy(u->secret);
	vault_secret_destroy(u->token_pin);
	vault_room_key_destroy(u->room_key);
	u->secret = u->token_pin = NULL;
	u->room_key = NULL;
	if (u->factors.token)
		u->factors.token->pin = NULL;
	u->factors = (struct vault_factors){0};
}

static bool wants_pin(const struct unlock *u)
{
	return token_wants_pin(u->problem.token);
}

/* ---- the worker --------------------------------------------------------------------------------
 */

static void give(struct unlock *u)
{
	struct problem *p = &u->problem;
	struct vault_token *t = u->factors.token;
	*p = (struct problem){.slot = u->slot};
	if (t)
		t->said = VAULT_TOKEN_FINE;
	p->err = u->keys ? ERR_OK : vault_unlock_begin(u->dir, &u->keys, &p->why);
	p->keyring = p->err;
	if (!p->err)
		p->err = vault_unlock_add(u->keys, u->slot.id, &u->factors, &p->why);
	p->keyring |= p->err == ERR_DAMAGED;
	if (t && p->err) {
		p->token = t->said;
		p->token_tries = t->tries;
	}
	if (!wants_pin(u))
		forget(u);
}

static void count_saved(struct unlock *u)
{
	struct vault_salvage found = {0};
	struct buf schema, lost;
	if (u->problem.err != ERR_DAMAGED && u->problem.older != VAULT_OLDER_PAGES)
		return;
	buf_init(&schema, 1u << 20);
	buf_init(&lost, 64u << 20);
	if (!record_schema_sql(&schema)) {
		const struct vault_salvage_job job = {.schema = buf_str(&schema)};
		if (!vault_salvage(u->keys, &job, &found, &lost, NULL))
			u->problem.saved = found.rows;
	}
	buf_finish(&schema);
	buf_finish(&lost);
}

static void unlock_work(void *arg)
{
	struct unlock *u = arg;
	struct problem *p = &u->problem;
	give(u);
	if (p->err || vault_unlock_missing(u->keys))
		return;
	p->err = vault_unlock_open(u->keys, &u->vault, &p->why);
	if (p->err) {
		p->older = vault_unlock_older(u->keys);
		count_saved(u);
		vault_unlock_end(u->keys);
	}
	u->keys = NULL;
	if (!p->err)
		p->err = record_migrate(u->vault, &p->why);
	if (p->err) {
		vault_close(u->vault);
		u->vault = NULL;
	}
}

/* ---- the panel ---------------------------------------------------------------------------------
 */

void lock_abandon(struct app *app)
{
	struct unlock *u = app->unlock;
	if (!u)
		return;
	forget(u);
	vault_unlock_end(u->keys);
	vault_close(u->vault);
	wipe(u, sizeof(*u));
	free(u);
	app->unlock = NULL;
}

const char *label_split(struct app *app, const char *label, const char **ret_role)
{
	const char *comma = strstr(label, ", ");
	*ret_role = comma ? comma + 2 : "";
	return comma ? fmt(app, "%.*s", (int)(comma - label), label) : label;
}

bool by_words(const struct vault_slot *s)
{
	return s->kind == VAULT_SLOT_RECOVERY && !s->old_form;
}

static struct vault_secret *take_typed(struct lock_state *st)
{
	struct vault_secret *s = st->secret;
	s->len = st->edit.len;
	st->secret = NULL;
	st->edit = (struct ui_edit){0}; /* the worker may have wiped its memory by the next build */
	return s;
}

static void run(struct app *app)
{
	ui_focus(app->ui, NULL);
	app->say.text[0] = 0;
	app->closed_by = CLOSED_BY_HAND;
	if (worker_start(app, unlock_work, app->unlock)) {
		lock_abandon(app);
		app_fail(app, ERR_NOMEM, NULL);
	}
}

void unlock_start(struct app *app, struct lock_state *st)
{
	const struct vault_slot *s = &st->slot[st->chosen];
	struct unlock *u = app->unlock ? app->unlock : calloc(1, sizeof(*u));
	enum err e = u ? ERR_OK : ERR_NOMEM;
	if (!e && st->words.text)
		e = words_join(&st->words, &u->secret);
	if (e) {
		if (!app->unlock)
			free(u);
		app_fail(app, e, NULL);
		return;
	}
	if (!st->words.text)
		u->secret = take_typed(st);
	app->unlock = u;
	snprintf(u->dir, sizeof(u->dir), "%s", app->store);
	u->slot = *s;
	u->room_key = st->room_key;
	st->room_key = NULL;
	u->factors = (struct vault_factors){.passphrase = u->secret,
	        .room_key = u->room_key,
	        .device = app->device,
	        .token = s->factors & VAULT_FIDO ? vault_token_usb() : NULL};
	words_finish(&st->words);
	run(app);
}

bool unlock_wants_pin(const struct app *app)
{
	return app->unlock && !app->worker && wants_pin(app->unlock);
}

void unlock_with_pin(struct app *app, struct lock_state *st)
{
	struct unlock *u = app->unlock;
	vault_secret_destroy(u->token_pin);
	u->token_pin = take_typed(st);
	u->factors.token->pin = u->token_pin->text;
	run(app);
}

void unlock_leave_pin(struct app *app)
{
	struct unlock *u = app->unlock;
	forget(u);
	u->problem = (struct problem){0};
	if (!u->n_given)
		lock_abandon(app);
	app->reload = true;
	ui_again(app->ui);
}

/* One key of several is there: the next agency. */
static void keep_given(struct app *app, struct unlock *u)
{
	const char *role;
	snprintf(u->given[u->n_given].agency, VAULT_LABEL_MAX, "%s",
	        label_split(app, u->slot.label, &role));
	u->given[u->n_given].group = u->slot.group;
	u->given[u->n_given++].at_us = time_now_us();
}

void unlock_end(struct app *app, struct lock_state *st)
{
	struct unlock *u = app->unlock;
	struct problem *p = &u->problem;
	app->reload = true;
	if (!p->err && !u->vault) {
		keep_given(app, u);
		return;
	}
	if (p->err && wants_pin(u))
		return;
	if (!p->err && (u->slot.factors & VAULT_ROOM_KEY) && !stick_has_key(app)) {
		app->closed_by = CLOSED_BY_ROOM_KEY;
		lock_abandon(app);
		return;
	}
	if (!p->err) {
		struct vault *v = u->vault;
		u->vault = NULL;
		if (vault_opener(v)->kind == VAULT_SLOT_PERSON)
			memcpy(app->last_key, vault_opener(v)->id, VAULT_ID_BYTES);
		p->err = app_opened(app, v, &p->why);
	}
	if (p->err)
		st->problem = *p;
	if (!p->err || !u->keys || !u->n_given)
		lock_abandon(app);
}
