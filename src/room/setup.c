#include "app.h"
#include <stdio.h>
#include <string.h>

/* First run: a new store, its first person, and the recovery key that is shown once. */

enum setup_step {
	STEP_NAME,
	STEP_AGENCY,
	STEP_ROLE,
	STEP_PERSON,
	STEP_PASS,
	STEP_AGAIN,
	STEP_RECOVERY,
	STEP_COUNT
};

struct setup_state {
	enum setup_step step;
	char name[NAME_MAX_BYTES], agency[60], role[30], person[NAME_MAX_BYTES];
	struct ui_edit edit[4];
	struct vault_secret *pass, *again, *recovery;
	struct ui_edit pass_edit, again_edit;
	struct vault *vault;
	bool ready, busy; /* busy: what stands here is the worker's */
	/* for the worker */
	const char *store;
	enum err err;
	struct why why;
};

static const struct {
	const char *question, *help, *field;
} STEP[STEP_COUNT] = {
        [STEP_NAME] = {"What is your partnership called?",
                "It stands on the lock screen and on every paper.", "Name of the partnership"},
        [STEP_AGENCY] = {"Which agency sets this box up?",
                "The agency and the role are shown on the lock screen. No name is.", "Agency"},
        [STEP_ROLE] = {"In which role?", "For example: community safety lead.", "Role"},
        [STEP_PERSON] = {"And who are you?",
                "Your name stands in the record and in its audit log; the lock screen does not "
                "show it.",
                "Name"},
        [STEP_PASS] = {"Choose a passphrase",
                "Four words or more that nobody would guess together. It cannot be looked up "
                "again.",
                "Passphrase"},
        [STEP_AGAIN] = {"Type it once more", "So that a slip of the finger does not shut you out.",
                "Passphrase again"},
        [STEP_RECOVERY] = {"Write this down on paper now",
                "It opens the store when every passphrase is lost. It is shown once and kept "
                "nowhere. Seal it "
                "in an envelope, away from this box.",
                ""},
};

static enum err load(struct app *app)
{
	struct setup_state *st = app->state;
	if (st->ready)
		return ERR_OK;
	enum err e = vault_secret_create(VAULT_PASSPHRASE_MAX, &st->pass);
	if (!e)
		e = vault_secret_create(VAULT_PASSPHRASE_MAX, &st->again);
	if (e)
		return e;
	ui_edit_init(&st->pass_edit, st->pass->text, st->pass->cap);
	ui_edit_init(&st->again_edit, st->again->text, st->again->cap);
	ui_edit_init(&st->edit[0], st->name, sizeof(st->name));
	ui_edit_init(&st->edit[1], st->agency, sizeof(st->agency));
	ui_edit_init(&st->edit[2], st->role, sizeof(st->role));
	ui_edit_init(&st->edit[3], st->person, sizeof(st->person));
	st->ready = true;
	return ERR_OK;
}

static void leave(struct app *app)
{
	struct setup_state *st = app->state;
	vault_secret_destroy(st->pass);
	vault_secret_destroy(st->again);
	vault_secret_destroy(st->recovery);
	st->pass = st->again = st->recovery = NULL;
	vault_close(st->vault); /* when the panel ended before it was handed over */
	st->vault = NULL;
}

/* The first agency and person, so that the audit log knows from the start who acts. */
static enum err first_person(struct record *r, struct setup_state *st, struct why *w)
{
	struct command agency = {.kind = CMD_AGENCY_ADD}, person = {.kind = CMD_PERSON_ADD},
	               slot = {.kind = CMD_PERSON_SLOT};
	char code[20], code3[4];
	size_t o = utf8_fold(st->agency, strlen(st->agency), code, sizeof(code));
	for (size_t i = 0; i < o; i++)
		if (code[i] == ' ')
			code[i] = '-';
	snprintf(code3, sizeof(code3), "%.3s", code);
	for (size_t i = 0; code3[i]; i++)
		if (code3[i] >= 'a' && code3[i] <= 'z')
			code3[i] = (char)(code3[i] - 32);
	agency.u.agency.code = code;
	agency.u.agency.name = st->agency;
	agency.u.agency.code3 = code3;
	agency.u.agency.kind = st->agency;
	enum err e = record_do(r, &agency, &person.u.person.agency, w);
	person.u.person.name = st->person;
	person.u.person.role = st->role;
	if (!e)
		e = record_do(r, &person, &slot.u.slot.person, w);
	slot.u.slot.slot = vault_opener(st->vault)->id;
	return e ? e : record_do(r, &slot, NULL, w);
}

/* Makes the store and what first stands in it: two keys to work out, a second or more each. */
static enum err make(struct setup_state *st, struct why *w)
{
	char label[VAULT_LABEL_MAX];
	struct record *r = NULL;
	struct practice *p = NULL;
	snprintf(label, sizeof(label), "%s, %s", st->agency, st->role);
	st->pass->len = st->pass_edit.len;
	enum err e = vault_create(st->store, label, st->pass, NULL, &st->vault, w);
	if (!e)
		e = vault_recovery_make(&st->recovery);
	if (!e) {
		const struct vault_factors f = {.passphrase = st->recovery};
		const struct vault_slot_new paper = {
		        .kind = VAULT_SLOT_RECOVERY, .label = "Recovery key", .factors = &f};
		e = vault_slot_add(st->vault, &paper, NULL, w);
	}
	if (!e)
		e = record_practice_load(st->vault, &p, w);
	if (!e)
		e = record_open(st->vault, p, &r, w);
	if (!e) {
		struct command c = {.kind = CMD_PARTNERSHIP};
		c.u.partnership.name = st->name;
		e = record_do(r, &c, NULL, w);
	}
	if (!e)
		e = first_person(r, st, w);
	record_close(r);
	practice_destroy(p);
	return e;
}

static void make_work(void *arg)
{
	struct setup_state *st = arg;
	st->err = make(st, &st->why);
}

static void made(struct app *app, struct setup_state *st)
{
	st->busy = false;
	if (st->err)
		app_fail(app, st->err, &st->why);
	else
		st->step = STEP_RECOVERY;
	ui_again(app->ui);
}

static void next(struct app *app, struct setup_state *st)
{
	struct why w = {0};
	ui_focus(app->ui, NULL);
	app->say.text[0] = 0;
	st->pass->len = st->pass_edit.len;
	if (st->step == STEP_PASS && vault_passphrase_check(st->pass, VAULT_PASSPHRASE, &w)) {
		app_fail(app, ERR_REFUSED, &w);
		return;
	}
	if (st->step == STEP_AGAIN) {
		if (st->pass_edit.len != st->again_edit.len ||
		        !vault_equal(st->pass->text, st->again->text, st->pass_edit.len)) {
			ui_edit_set(&st->again_edit, "");
			(void)why(&w, ERR_INPUT,
			        "The two are not the same. Type the second once more, or go back.");
			app_fail(app, ERR_INPUT, &w);
			return;
		}
		st->store = app->store;
		st->why.text[0] = 0;
		if (worker_start(app, make_work, st))
			app_fail(app, ERR_NOMEM, NULL);
		else
			st->busy = true;
		return;
	}
	if (st->step == STEP_RECOVERY) {
		struct vault *v = st->vault;
		st->vault = NULL;
		enum err e = app_opened(app, v, &w);
		if (e)
			app_fail(app, e, &w);
		return;
	}
	st->step++;
	ui_again(app->ui);
}

static void build(struct app *app, struct ui *ui)
{
	struct setup_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect all = {0, 0, m->w, m->h}, head;
	int kb = ui_keyboard_h(ui);
	if (!st->ready)
		return;
	if (st->busy && worker_ended(app))
		made(app, st);
	struct ui_edit *e = st->step < STEP_PASS    ? &st->edit[st->step]
	                    : st->step == STEP_PASS ? &st->pass_edit
	                                            : &st->again_edit;
	ui_fill(ui, all, GFX_GROUND);
	head = ui_cut_top(&all, m->header_h);
	ui_fill(ui, head, GFX_RAIL);
	head = ui_inset(head, m->margin, 0);
	ui_icon(ui, ui_cut_left(&head, ui_px(ui, 40)), "table", ui_px(ui, 38), GFX_ON_RAIL);
	ui_cut_left(&head, ui_px(ui, 14));
	ui_label(ui, head, GFX_TITLE, GFX_ON_RAIL, UI_LEFT, "Caseroom");
	const char *steps = fmt(app, "Step %d of %d", (int)st->step + 1, (int)STEP_COUNT);
	ui_label(ui, head, GFX_CAPTION, GFX_ON_RAIL, UI_RIGHT, steps);
	ui_cut_bottom(&all, kb);
	if (app->help) {
		help_build(app, ui, all);
		return;
	}
	struct gfx_rect in = ui_inset(
	        all, app_small(app) ? 16 : ui_px(ui, 160), app_small(app) ? 8 : ui_px(ui, 32));
	ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_HEADING)), GFX_HEADING, GFX_TEXT, UI_LEFT,
	        STEP[st->step].question);
	if (!(kb && app_small(app)))
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT2, STEP[st->step].help, 3));
	ui_cut_top(&in, ui_px(ui, 12));
	bool off = st->busy || (st->step != STEP_RECOVERY && !e->len);
	bool go = false;
	if (st->busy) {
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT,
		        "Working out the keys of the store. This takes some seconds.", 2);
		return;
	}
	if (st->step == STEP_RECOVERY) {
		struct gfx_rect b = ui_cut_top(&in, ui_line_h(ui, GFX_HEADING) * 2 + 40);
		ui_box(ui, b, ui_px(ui, 10), GFX_PAPER, 2, GFX_EDGE);
		ui_wrap(ui, ui_inset(b, 20, 20), GFX_TITLE, GFX_TEXT, st->recovery->text, 2);
	} else {
		struct gfx_rect f = ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION) + 4 + m->target + 4);
		(void)ui_labelled_field(ui, f, STEP[st->step].field, e,
		        st->step >= STEP_PASS ? UI_FIELD_SECRET : 0, "", NULL);
		go = ui_submitted(ui, e) && e->len;
	}
	ui_cut_top(&in, ui_px(ui, 16));
	if (app->say.text[0])
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_LATE, app->say.text, 3) + 8);
	if (!kb) {
		struct gfx_rect b = ui_cut_top(&in, m->primary);
		const char *label = st->step == STEP_RECOVERY ? "I have written it down" : "Next";
		if (st->step > 0 && st->step < STEP_RECOVERY &&
		        ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "back", "Back", true)),
		                UI_NORMAL, "back", "Back", false)) {
			st->step--;
			app->say.text[0] = 0;
			ui_again(ui);
			return;
		}
		ui_cut_left(&b, ui_px(ui, 12));
		if (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "info", "Help", true)), UI_NORMAL,
		            "info", "Help", false))
			help_open(app);
		go |= ui_button(ui, ui_cut_right(&b, ui_button_w(ui, "check", label, true)),
		        UI_PRIMARY, "check", label, off);
	}
	if (go)
		next(app, st);
	else if (kb)
		ui_keyboard(ui, 0, "Next");
}

const struct screen_ops screen_setup = {
        "setup", PLACE_NONE, sizeof(struct setup_state), load, build, NULL, leave};
