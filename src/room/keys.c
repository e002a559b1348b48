#include "keys.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_keys.h"

/*
 * The keys of the store, for whoever looks after them. Invariants:
 * 1. Every change goes through record_keys.h, so that the audit log tells of it.
 * 2. What takes a derivation runs on the worker; the secrets it works on are its own until it has
 *    ended, and wiped then.
 * 3. While a spare is made the room key has to come out: for one minute, on that screen alone, this
 *    does not close the store.
 */

#define SPARE_MS (60 * 1000)
#define BACKUP_RUNS                                                                                \
	"A backup is being made. Wait until it is done, or stop it on its page, then try again."

/* ---- rows --------------------------------------------------------------------------------------
 */

static enum err load(struct app *app)
{
	struct keys_state *st = app->state;
	struct why w = {0};
	int64_t person;
	if (!app->record)
		return ERR_OK;
	enum err e = vault_slots(app->store, st->slot, VAULT_SLOTS_MAX, &st->n, &st->quorum, &w);
	for (size_t i = 0; !e && i < st->n; i++)
		e = record_key_person(
		        app->record, &app->rows, st->slot[i].id, &person, &st->person[i]);
	return e;
}

static void leave(struct app *app)
{
	struct keys_state *st = app->state;
	keys_secret_finish(st);
	keys_words_drop(app, st);
	vault_room_key_destroy(st->spare);
	st->spare = NULL;
	app->stick_swap = false;
	keys_token_leave(st);
}

/* ---- the worker --------------------------------------------------------------------------------
 */

static void key_work(void *arg)
{
	struct key_job *j = arg;
	const struct vault_factors f = {.passphrase = j->secret,
	        .room_key = j->room_key,
	        .token = j->token ? vault_token_usb() : NULL};
	const struct vault_slot_new slot = {
	        .kind = VAULT_SLOT_PERSON, .label = j->label, .factors = &f};
	const struct record_key key = {.slot = &slot, .person = j->person};
	switch (j->kind) {
	case JOB_ADD:
		j->err = record_key_add(j->record, &key, NULL, &j->why);
		break;
	case JOB_CHANGE:
		j->err = record_key_change(j->record, j->id, &f, &j->why);
		break;
	case JOB_RECOVERY:
		j->err = record_recovery_new(
		        j->record, j->has_id ? j->id : NULL, j->secret, &j->why);
		break;
	case JOB_ROOM_KEY:
		j->err = record_room_key_make(j->record, NULL, j->stick, &j->why);
		break;
	case JOB_SPARE:
		j->err = record_room_key_make(j->record, j->room_key, j->stick, &j->why);
		break;
	}
}

void keys_job_free(struct key_job *j)
{
	if (!j)
		return;
	vault_secret_destroy(j->secret);
	vault_room_key_destroy(j->room_key);
	wipe(j, sizeof(*j));
	free(j);
}

static void key_done(struct app *app, void *arg)
{
	static const char *const SAID[] = {
	        [JOB_ADD] = "The key is added. It opens the store from now on.",
	        [JOB_CHANGE] = "It is changed.",
	        [JOB_ROOM_KEY] = "The room key is made. Make a spare of it on another stick.",
	        [JOB_SPARE] = "The spare is made. Keep it away from this room."};
	struct key_job *j = arg;
	struct keys_state *st = app->screen == &screen_keys ? app->state : NULL;
	if (st && keys_token_waits(app, st, j))
		return;
	if (j->kind == JOB_RECOVERY && st) {
		keys_words_done(app, st, j);
	} else if (!j->err) {
		if (st)
			st->view = VIEW_LIST;
		if (j->kind == JOB_CHANGE)
			rekey_offer(app, SAID[j->kind]);
		else
			app_say(app, SAID[j->kind]);
	} else if (j->err) {
		app_fail(app, j->err, &j->why);
	}
	keys_job_free(j);
}

struct key_job *keys_job(struct app *app, int kind)
{
	struct key_job *j = calloc(1, sizeof(*j));
	if (!j) {
		app_fail(app, ERR_NOMEM, NULL);
		return NULL;
	}
	j->record = app->record;
	j->stick = app->stick;
	j->kind = kind;
	return j;
}

void keys_job_start(struct app *app, struct key_job *j, const char *what)
{
	if (!app->backup && busy_start(app, what, key_work, j, key_done))
		return;
	j->err = app->backup ? why(&j->why, ERR_BUSY, "%s", BACKUP_RUNS) : ERR_NOMEM;
	key_done(app, j);
}

bool keys_backup_runs(struct app *app)
{
	if (app->backup)
		app_fail(app, ERR_BUSY, &(struct why){BACKUP_RUNS});
	return app->backup;
}

/* ---- what can be done with a key ------------------------------------------------------------- */

enum { DO_CHANGE, DO_REMOVE, DO_WORDS };

static void remove_done(struct app *app, struct sheet *s)
{
	struct keys_state *st = app->state;
	struct why w = {0};
	enum err e = record_key_remove(app->record, st->slot[s->arg].id, &w);
	app->reload = true;
	if (e)
		app_fail(app, e, &w);
	else
		rekey_offer(app, "The key is removed. What its person wrote stays.");
}

/* In the place of those of slot `k`; NULL: there are none yet. */
static void key_act(struct app *app, struct sheet *s)
{
	struct keys_state *st = app->state;
	const struct vault_slot *k = &st->slot[s->arg];
	switch (s->row[s->chosen].id) {
	case DO_CHANGE:
		keys_secret_open(app, 0, k->id, k->label);
		break;
	case DO_REMOVE: {
		struct sheet *n = sheet_open(app, fmt(app, "Remove “%s”?", k->label),
		        "It opens nothing from then on, at once. What its person wrote stays in "
		        "the "
		        "record.",
		        NULL, remove_done, s->arg);
		sheet_row(n, "close", "Remove this key", NULL, 0, NULL, false);
		break;
	}
	case DO_WORDS:
		keys_words_ask(app, st, k->id);
		break;
	}
}

static void key_open(struct app *app, struct keys_state *st, size_t i)
{
	const struct vault_slot *k = &st->slot[i];
	struct sheet *s = sheet_open(app, k->label,
	        fmt(app, "It opens with %s.%s", key_asks(k),
	                k->old_form ? " It is of the old form: it must open the store once before "
	                              "several agencies can be asked for."
	                            : ""),
	        NULL, key_act, (int64_t)i);
	if (k->kind == VAULT_SLOT_RECOVERY) {
		sheet_row(s, "key", "New recovery words",
		        "Those on paper hold until the new ones are written down", DO_WORDS, NULL,
		        false);
		return;
	}
	if (record_key_may_change(app->record, k->id))
		sheet_row(s, "edit", "Change the passphrase or PIN",
		        "It is the key you opened with", DO_CHANGE, NULL, false);
	sheet_row(s, "close", "Remove", "It opens nothing from then on", DO_REMOVE, NULL, false);
}

static void add_done(struct app *app, struct sheet *s)
{
	struct keys_state *st = app->state;
	for (size_t i = 0; i < st->n; i++)
		if (strcmp(st->slot[i].label, s->row[s->chosen].label) == 0) {
			app_fail(app, ERR_EXISTS,
			        &(struct why){"There is a key of that agency and role already. "
			                      "Remove it first, or say the role more closely."});
			return;
		}
	keys_secret_open(app, s->row[s->chosen].id, NULL, s->row[s->chosen].label);
}

static bool has_key(const struct keys_state *st, const struct person_row *p)
{
	for (size_t k = 0; k < st->n; k++)
		if (*st->person[k] && strcmp(st->person[k], p->name) == 0)
			return true;
	return !p->agency;
}

static void add_open(struct app *app, struct keys_state *st)
{
	struct person_row *p = NULL;
	size_t n = 0, without = 0;
	enum err e = record_people(app->record, &app->rows, 0, 0, &p, &n);
	for (size_t i = 0; !e && i < n; i++)
		if (!has_key(st, &p[i]))
			p[without++] = p[i];
	if (!without) {
		app_fail(app, e ? e : ERR_NOT_FOUND,
		        &(struct why){
		                "Everybody whom the partnership knows has a key. Add a person "
		                "first, with caseroomctl person add."});
		return;
	}
	const char *whom = "Somebody whom the partnership knows and who has no key yet.";
	if (without > SHEET_ROWS)
		whom = fmt(app,
		        "The first %d of %zu people without a key. For the others: caseroomctl "
		        "person add.",
		        SHEET_ROWS, without);
	struct sheet *s = sheet_open(app, "Whose key?", whom, NULL, add_done, 0);
	for (size_t i = 0; i < without && i < SHEET_ROWS; i++)
		sheet_row(s, "person",
		        fmt(app, "%s%s, %s", app->sample ? "Training: " : "", p[i].agency_name,
		                p[i].role),
		        p[i].name, p[i].id, NULL, false);
}

/* ---- how many agencies, and the room key ----------------------------------------------------- */

static const char *quorum_words(unsigned k)
{
	return k == 1   ? "Any one key opens the store"
	       : k == 2 ? "Two agencies open it together"
	                : "Three agencies open it together";
}

static void quorum_done(struct app *app, struct sheet *s)
{
	struct why w = {0};
	unsigned k = (unsigned)s->row[s->chosen].id, before = vault_quorum(app->vault);
	enum err e = record_quorum_set(app->record, k, &w);
	app->reload = true;
	if (e)
		app_fail(app, e, &w);
	else if (k > before)
		rekey_offer(app, fmt(app, "%s from now on.", quorum_words(k)));
	else
		app_say(app, fmt(app, "%s from now on.", quorum_words(k)));
}

static void quorum_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "How many agencies open the store?",
	        "From two on nobody opens it alone, and one stolen key is not enough. A meeting "
	        "cannot "
	        "begin without people of so many agencies. Only the recovery words still open it "
	        "alone, and that stands in the audit log for ever.",
	        "Change it", quorum_done, 0);
	sheet_row(s, "person", quorum_words(1), "One stolen passphrase is enough", 1, NULL, false);
	sheet_row(s, "people", quorum_words(2), "One key after another, of different agencies", 2,
	        NULL, false);
	sheet_row(s, "people", quorum_words(3), "For a store that no two agencies may open", 3,
	        NULL, false);
}

static void spare_begin(struct app *app, struct keys_state *st)
{
	struct why w = {0};
	enum err e = vault_room_key_read(app->stick, &st->spare, &w);
	if (e) {
		app_fail(app, e, &w);
		return;
	}
	app->say.text[0] = 0;
	app->stick_swap = true;
	st->spare_until_ms = time_mono_ms() + SPARE_MS;
	st->view = VIEW_SPARE;
}

static void room_key_act(struct app *app, struct keys_state *st)
{
	if (stick_has_key(app)) {
		spare_begin(app, st);
		return;
	}
	struct key_job *j = keys_job(app, JOB_ROOM_KEY);
	if (j)
		keys_job_start(app, j, "Writing the room key");
}

static void spare_build(struct app *app, struct ui *ui, struct keys_state *st, struct page *p)
{
	int64_t left = st->spare_until_ms - time_mono_ms();
	bool other = stick_there(app) && !stick_has_key(app);
	struct gfx_rect r = p->body;
	if (left <= 0) { /* nobody went on: as if it had been taken out */
		app->closed_by = CLOSED_BY_ROOM_KEY;
		app_lock(app);
		return;
	}
	ui_wake_in(ui, 1000);
	ui_cut_top(&r, ui_wrap(ui, r, GFX_BODY, GFX_TEXT,
	                       "Take the stick with the room key out and put another one in. For a "
	                       "minute, on this screen, the store stays open without it.",
	                       0) +
	                       ui_px(ui, 16));
	const char *t = other                ? "Another stick is in."
	                : stick_has_key(app) ? "The stick with the room key is still in."
	                                     : "No stick is in.";
	ui_note(ui, r, UI_ROLE_STATUS, t, NULL);
	ui_cut_top(&r, ui_wrap(ui, r, GFX_BODY_B, GFX_TEXT, t, 0) + ui_px(ui, 16));
	ui_label(ui, ui_cut_top(&r, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_TEXT2, UI_LEFT,
	        fmt(app, "%d s left", (int)(left / 1000) + 1));
	if (page_primary(app, p, "stick", "Write the spare", !other, "Put another stick in.")) {
		struct key_job *j = keys_job(app, JOB_SPARE);
		if (!j)
			return;
		j->room_key = st->spare;
		st->spare = NULL;
		app->stick_swap = false;
		keys_job_start(app, j, "Writing the spare");
	} else if (stick_has_key(app) && page_button(app, p, "back", "Leave it", false)) {
		vault_room_key_destroy(st->spare);
		st->spare = NULL;
		app->stick_swap = false;
		st->view = VIEW_LIST;
		ui_again(ui);
	}
}

/* ---- the screen --------------------------------------------------------------------------------
 */

static bool has_recovery(const struct keys_state *st)
{
	for (size_t i = 0; i < st->n; i++)
		if (st->slot[i].kind == VAULT_SLOT_RECOVERY)
			return true;
	return false;
}

enum { ROW_QUORUM, ROW_ROOM_KEY, ROW_REKEY, ROW_KEYS };

static size_t rows(struct app *app, struct keys_state *st, struct entry *e)
{
	e[ROW_QUORUM] = (struct entry){.icon = "people",
	        .title = quorum_words(st->quorum ? st->quorum : 1),
	        .foot = "How many agencies it takes",
	        .opens = true};
	e[ROW_ROOM_KEY] = (struct entry){.icon = "stick",
	        .title = stick_has_key(app) ? "The room key is in" : "No room key is in",
	        .foot = stick_has_key(app) ? "Make a spare of it on another stick"
	                : stick_there(app) ? "Make one on this stick"
	                                   : "Put a USB stick in to make one",
	        .opens = stick_there(app)};
	e[ROW_REKEY] = (struct entry){.icon = "lock",
	        .title = "Make a new data key",
	        .foot = "So that no old copy of the card or a backup opens this card",
	        .opens = true};
	for (size_t i = 0; i < st->n; i++) {
		const struct vault_slot *k = &st->slot[i];
		e[ROW_KEYS + i] = (struct entry){.icon = k->kind == VAULT_SLOT_RECOVERY  ? "key"
		                                         : k->kind == VAULT_SLOT_AUDITOR ? "show"
		                                                                         : "person",
		        .title = k->label,
		        .tag = k->old_form ? "Must open the store once"
		               : record_key_may_change(app->record, k->id) ? "You opened with it"
		                                                           : NULL,
		        .shade = k->old_form ? UI_TAG_WARN : UI_TAG_DONE,
		        .foot = fmt(app, "%s%sWith %s", st->person[i], *st->person[i] ? ". " : "",
		                key_asks(k)),
		        .opens = true};
	}
	if (has_recovery(st))
		return ROW_KEYS + st->n;
	e[ROW_KEYS + st->n] = (struct entry){.icon = "key",
	        .title = "Make recovery words",
	        .foot = "There are none: no backup can be made, nor several agencies asked for",
	        .opens = true};
	return ROW_KEYS + st->n + 1;
}

static void list_build(struct app *app, struct ui *ui, struct keys_state *st, struct page *p)
{
	struct entry *e = arena_alloc(&app->frame, (ROW_KEYS + st->n + 1) * sizeof(*e));
	if (!e)
		return;
	if (page_primary(app, p, "plus", "Add a key", false, NULL)) {
		add_open(app, st);
		return;
	}
	int hit = entries(app, ui, app_small(app) ? p->body : ui_panel(ui, p->body), "Keys",
	        &st->scroll, e, rows(app, st, e), "", p);
	if (hit == ROW_QUORUM)
		quorum_open(app);
	else if (hit == ROW_ROOM_KEY)
		room_key_act(app, st);
	else if (hit == ROW_REKEY)
		rekey_offer(app, "");
	else if (hit == ROW_KEYS + (int)st->n)
		keys_words_ask(app, st, NULL);
	else if (hit >= ROW_KEYS)
		key_open(app, st, (size_t)hit - ROW_KEYS);
}

static void build(struct app *app, struct ui *ui)
{
	static const char *const TITLE[] = {[VIEW_LIST] = "Keys",
	        [VIEW_WORDS_ASK] = "New recovery words",
	        [VIEW_WORDS] = "Write these words down",
	        [VIEW_WORDS_BACK] = "Two of them, from the paper",
	        [VIEW_SPARE] = "A spare of the room key",
	        [VIEW_TOKEN] = "The token"};
	struct keys_state *st = app->state;
	struct page p;
	const char *title = st->view != VIEW_SECRET ? TITLE[st->view]
	                    : st->for_person        ? "A new key"
	                                            : "Change a key";
	app->rail_off = st->words; /* by no other way than to the end, or to leave it */
	page_begin(app, ui, &p, title,
	        st->view == VIEW_SECRET ? st->label : "Who opens the store, and with what",
	        st->view == VIEW_LIST ? &screen_home : NULL);
	app->rail_off = false;
	switch (st->view) {
	case VIEW_LIST:
		list_build(app, ui, st, &p);
		break;
	case VIEW_SECRET:
		keys_secret_build(app, ui, st, &p);
		break;
	case VIEW_WORDS_ASK:
	case VIEW_WORDS:
	case VIEW_WORDS_BACK:
		keys_words_build(app, st, &p);
		break;
	case VIEW_SPARE:
		spare_build(app, ui, st, &p);
		break;
	case VIEW_TOKEN:
		keys_token_build(app, st, &p);
		break;
	}
	page_end(app, &p, "Next", st->view == VIEW_WORDS_BACK);
}

const struct screen_ops screen_keys = {
        "keys", PLACE_NONE, sizeof(struct keys_state), load, build, NULL, leave};
