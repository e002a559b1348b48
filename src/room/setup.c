#include "app.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include "caseroom/record_keys.h"

/*
 * First run: a new store, its first person, the recovery words and a room key; or the way to a
 * backup (restore.c). Invariants:
 * 1. Keys are worked out on the worker; until it has ended, what it reads here is its own.
 * 2. The recovery words are shown until two of them were given back, and kept nowhere.
 */

enum setup_step {
	STEP_START, /* a new store, or a backup */
	STEP_NAME,
	STEP_AGENCY,
	STEP_ROLE,
	STEP_PERSON,
	STEP_PASS,
	STEP_AGAIN,
	STEP_WORDS,
	STEP_CHECK,
	STEP_ROOM_KEY,
	STEP_COUNT
};
#define TYPED (STEP_PASS - STEP_NAME) /* steps with words in a field; the two after are secrets */

struct setup_state {
	enum setup_step step;
	char name[NAME_MAX_BYTES], agency[60], role[30], person[NAME_MAX_BYTES];
	struct ui_edit edit[TYPED];
	struct vault_secret *pass, *again, *recovery;
	struct ui_edit pass_edit, again_edit;
	struct words words; /* the two that are asked back */
	struct vault *vault;
	struct practice *practice;
	struct record *record; /* stays open: the audit log is sealed once, in one go */
	bool ready, busy;      /* busy: what stands here is the worker's */
	/* for the worker */
	const char *store;
	struct plat *plat;
	atomic_int done; /* of MAKE_STEPS */
	enum err err;
	struct why why;
};

static const char *const MAKING[] = {"Working out your key", "Working out the recovery words",
        "Writing the first entries", "Ready"};
#define MAKE_STEPS ((int)COUNT_OF(MAKING) - 1)

static const struct {
	const char *question, *help, *field, *act;
} STEP[STEP_COUNT] = {
        [STEP_START] = {"There is no store on this box yet",
                "A box that takes the place of another begins with its backup.", "", ""},
        [STEP_NAME] = {"What is your partnership called?",
                "It stands on the lock screen and on every paper.", "Name of the partnership",
                "Next"},
        [STEP_AGENCY] = {"Which agency sets this box up?",
                "The agency and the role are shown on the lock screen. No name is.", "Agency",
                "Next"},
        [STEP_ROLE] = {"In which role?", "For example: community safety lead.", "Role", "Next"},
        [STEP_PERSON] = {"And who are you?",
                "Your name stands in the record and in its audit log; the lock screen does not "
                "show it.",
                "Name", "Next"},
        [STEP_PASS] = {"Choose a passphrase",
                "Four words or more that nobody would guess together. Whoever steals the card can "
                "guess day and night, so a name, a date or one odd word is not enough. It cannot "
                "be looked up again.",
                "Passphrase", "Next"},
        [STEP_AGAIN] = {"Type it once more", "So that a slip of the finger does not shut you out.",
                "Passphrase again", "Next"},
        [STEP_WORDS] = {"Write these words down on paper now",
                "In this order. They open the store when every passphrase is lost. They are shown "
                "once and kept nowhere. Seal the paper in an envelope, away from this box.",
                "", "I have written them down"},
        [STEP_CHECK] = {"Two of them, from the paper",
                "So that a slip of the pen is found while it can be mended.", "", "Next"},
        [STEP_ROOM_KEY] = {"A room key on this stick?",
                "A file on the USB stick that remembers how far the store goes: an older store put "
                "in its place is noticed. A key can then be a PIN that goes with it. Taking it out "
                "closes the store. It can be made later as well, under Settings, Keys.",
                "", "Make a room key"},
};

static enum err load(struct app *app)
{
	struct setup_state *st = app->state;
	char *const typed[TYPED] = {st->name, st->agency, st->role, st->person};
	const size_t room[TYPED] = {
	        sizeof(st->name), sizeof(st->agency), sizeof(st->role), sizeof(st->person)};
	if (st->ready)
		return ERR_OK;
	TRY(vault_secret_create(VAULT_PASSPHRASE_MAX, &st->pass));
	TRY(vault_secret_create(VAULT_PASSPHRASE_MAX, &st->again));
	ui_edit_init(&st->pass_edit, st->pass->text, st->pass->cap);
	ui_edit_init(&st->again_edit, st->again->text, st->again->cap);
	for (int i = 0; i < TYPED; i++)
		ui_edit_init(&st->edit[i], typed[i], room[i]);
	st->ready = true;
	return ERR_OK;
}

static void leave(struct app *app)
{
	struct setup_state *st = app->state;
	vault_secret_destroy(st->pass);
	vault_secret_destroy(st->again);
	vault_secret_destroy(st->recovery);
	words_finish(&st->words);
	st->pass = st->again = st->recovery = NULL;
	record_close(st->record);
	practice_destroy(st->practice);
	st->record = NULL;
	st->practice = NULL;
	vault_close(st->vault); /* when the panel ended before it was handed over */
	st->vault = NULL;
}

/* ---- on the worker -----------------------------------------------------------------------------
 */

/* The first agency and person, so that the audit log knows from the start who acts. */
static enum err first_person(struct record *r, struct setup_state *st, struct why *w)
{
	struct command agency = {.kind = CMD_AGENCY_ADD}, person = {.kind = CMD_PERSON_ADD};
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
	TRY(record_do(r, &agency, &person.u.person.agency, w));
	person.u.person.name = st->person;
	person.u.person.role = st->role;
	return record_key_of_opener(r, 0, &person, w);
}

static void made_one(struct setup_state *st)
{
	atomic_fetch_add(&st->done, 1);
	plat_wake(st->plat);
}

static enum err fill(struct record *r, struct setup_state *st, struct why *w)
{
	struct command c = {.kind = CMD_PARTNERSHIP};
	c.u.partnership.name = st->name;
	TRY(record_do(r, &c, NULL, w));
	TRY(first_person(r, st, w));
	return record_recovery_told(r);
}

/* Makes the store and what first stands in it: two keys to work out, a second or more each. */
static enum err make(struct setup_state *st, struct why *w)
{
	char label[VAULT_LABEL_MAX];
	snprintf(label, sizeof(label), "%s, %s", st->agency, st->role);
	st->pass->len = st->pass_edit.len;
	TRY(vault_create(st->store, label, st->pass, NULL, &st->vault, w));
	made_one(st);
	/* before the first entry: so they can check every seal of the audit log */
	TRY(record_recovery_first(st->vault, &st->recovery, w));
	made_one(st);
	TRY(record_practice_load(st->vault, &st->practice, w));
	TRY(record_open(st->vault, st->practice, &st->record, w));
	TRY(fill(st->record, st, w));
	made_one(st);
	return ERR_OK;
}

static void make_work(void *arg)
{
	struct setup_state *st = arg;
	st->err = make(st, &st->why);
}

/* ---- from step to step -------------------------------------------------------------------------
 */

static void made(struct app *app, struct setup_state *st)
{
	st->busy = false;
	if (st->err)
		app_fail(app, st->err, &st->why);
	else
		st->step = STEP_WORDS;
	ui_again(app->ui);
}

static void ask_back(struct app *app, struct setup_state *st)
{
	if (words_ask_back(&st->words)) {
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	ui_wipe(app->ui); /* the words were drawn */
	st->step = STEP_CHECK;
	ui_focus(app->ui, &st->words.edit);
}

static void hand_over(struct app *app, struct setup_state *st)
{
	struct why w = {0};
	enum err e = app_take(app, st->vault, st->practice, st->record, &w);
	st->vault = NULL;
	st->practice = NULL;
	st->record = NULL;
	if (e)
		app_fail(app, e, &w);
}

/* The room key is made with the store open, so that its entry stands in the audit log. */
static void make_room_key(struct app *app, struct setup_state *st)
{
	struct why w = {0};
	hand_over(app, st);
	if (!app->record)
		return;
	enum err e = record_room_key_make(app->record, NULL, app->stick, &w);
	if (e)
		app_fail(app, e, &w);
	else
		app_say(app, "The room key is made. Leave the stick in; make a spare of it under "
		             "Settings, Keys.");
}

static void start_making(struct app *app, struct setup_state *st)
{
	st->store = app->store;
	st->plat = app->plat;
	atomic_store(&st->done, 0);
	st->why.text[0] = 0;
	if (worker_start(app, make_work, st))
		app_fail(app, ERR_NOMEM, NULL);
	else
		st->busy = true;
}

static struct ui_edit *edit_of(struct setup_state *st)
{
	return st->step == STEP_START   ? NULL
	       : st->step < STEP_PASS   ? &st->edit[st->step - STEP_NAME]
	       : st->step == STEP_PASS  ? &st->pass_edit
	       : st->step == STEP_AGAIN ? &st->again_edit
	                                : NULL;
}

static void next(struct app *app, struct setup_state *st)
{
	struct why w = {0};
	ui_focus(app->ui, NULL);
	app->say.text[0] = 0;
	st->pass->len = st->pass_edit.len;
	switch (st->step) {
	case STEP_PASS:
		if (vault_passphrase_check(st->pass, VAULT_PASSPHRASE, &w))
			app_fail(app, ERR_REFUSED, &w);
		else
			st->step++;
		break;
	case STEP_AGAIN:
		if (st->pass_edit.len == st->again_edit.len &&
		        vault_equal(st->pass->text, st->again->text, st->pass_edit.len)) {
			start_making(app, st);
			break;
		}
		ui_edit_set(&st->again_edit, "");
		app_fail(app, ERR_INPUT,
		        &(struct why){"The two are not the same. Type the second once more, or go "
		                      "back."});
		break;
	case STEP_WORDS:
		ask_back(app, st);
		break;
	case STEP_CHECK:
		if (!words_given_back(app, &st->words, st->recovery))
			break;
		if (stick_there(app) && !stick_has_key(app))
			st->step = STEP_ROOM_KEY;
		else
			hand_over(app, st);
		break;
	case STEP_ROOM_KEY:
		make_room_key(app, st);
		break;
	default:
		st->step++;
	}
	if (!st->busy && edit_of(st) && !app->say.text[0])
		ui_focus(app->ui, edit_of(st));
	ui_again(app->ui);
}

/* ---- the screen --------------------------------------------------------------------------------
 */

void setup_header(struct ui *ui, struct gfx_rect head, const char *caption)
{
	ui_fill(ui, head, GFX_RAIL);
	head = ui_inset(head, ui_m(ui)->margin, 0);
	ui_icon(ui, ui_cut_left(&head, ui_px(ui, 40)), "table", ui_px(ui, 38), GFX_ON_RAIL);
	ui_cut_left(&head, ui_px(ui, 14));
	ui_label(ui, head, GFX_TITLE, GFX_ON_RAIL, UI_LEFT, "Caseroom");
	ui_label(ui, head, GFX_CAPTION, GFX_ON_RAIL, UI_RIGHT, caption);
}

static const char *step_words(struct app *app, const struct setup_state *st)
{
	return st->step == STEP_START || st->step == STEP_ROOM_KEY
	               ? ""
	               : fmt(app, "Step %d of %d", (int)st->step, (int)STEP_CHECK);
}

static void start_choice(
        struct app *app, struct ui *ui, struct setup_state *st, struct gfx_rect *in)
{
	/* 7 inch and large text: a line each */
	bool low = in->h < 2 * ui_m(ui)->row2 + 2;
	int h = low ? in->h / 2 - 1 : ui_m(ui)->row2;
	struct gfx_rect r = ui_panel(ui, ui_cut_top(in, 2 * h + 2));
	if (ui_row(ui, ui_cut_top(&r, h), "plus", "Make a new store",
	            low ? NULL : "For a partnership that begins with Caseroom", true, false)) {
		st->step = STEP_NAME;
		ui_again(ui);
	}
	if (ui_row(ui, ui_cut_top(&r, h), "stick", "Restore from a backup",
	            low ? NULL : "With the stick that the backups are on, and the recovery words",
	            true, false))
		app_go_back_to(app, &screen_restore, &screen_setup);
}

static void making(struct app *app, struct ui *ui, struct setup_state *st, struct gfx_rect in)
{
	int done = atomic_load(&st->done);
	const char *t = fmt(app, "%s. It takes some seconds on purpose: that makes guessing slow.",
	        MAKING[done < MAKE_STEPS ? done : MAKE_STEPS]);
	ui_note(ui, in, UI_ROLE_STATUS, t, NULL);
	ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT, t, 0) + ui_px(ui, 12));
	ui_bar(ui, ui_cut_top(&in, ui_px(ui, 12)), done + 1, MAKE_STEPS + 1, GFX_ACCENT);
}

static void answer(struct app *app, struct ui *ui, struct setup_state *st, struct gfx_rect *in)
{
	const struct ui_metrics *m = ui_m(ui);
	struct ui_edit *e = edit_of(st);
	if (st->step == STEP_START) {
		start_choice(app, ui, st, in);
	} else if (e) {
		struct gfx_rect f = ui_cut_top(in, ui_line_h(ui, GFX_CAPTION) + 4 + m->target + 4);
		if (ui_labelled_field(ui, f, STEP[st->step].field, e,
		            st->step >= STEP_PASS ? UI_FIELD_SECRET : 0, "", NULL))
			app->say.text[0] = 0; /* it was about what stood there before */
		ui_cut_top(in, ui_px(ui, 16));
	} else if (st->step == STEP_WORDS) {
		words_show(app, ui_cut_top(in, words_show_h(app)), st->recovery);
		ui_cut_top(in, ui_px(ui, 16));
	} else if (st->step == STEP_CHECK) {
		int h = words_grid_h(app, &st->words) + ui_px(ui, 12) + words_field_h(app);
		words_build(app, &st->words, ui_cut_top(in, h < in->h ? h : in->h));
	}
}

/* Back, or the way round what is offered. */
static bool go_back(struct app *app, struct ui *ui, struct setup_state *st, struct gfx_rect *b)
{
	const char *label = st->step == STEP_CHECK      ? "See the words again"
	                    : st->step == STEP_ROOM_KEY ? "Not now"
	                                                : "Back";
	if (st->step == STEP_START || st->step == STEP_WORDS ||
	        !ui_button(ui, ui_cut_left(b, ui_button_w(ui, "back", label, true)), UI_NORMAL,
	                "back", label, false))
		return false;
	app->say.text[0] = 0;
	if (st->step == STEP_ROOM_KEY)
		hand_over(app, st);
	else
		st->step--;
	ui_again(ui);
	return true;
}

static bool foot(struct app *app, struct ui *ui, struct setup_state *st, struct gfx_rect b)
{
	const struct ui_edit *e = edit_of(st);
	bool off = (e && !e->len) || (st->step == STEP_CHECK && !words_full(&st->words));
	const char *act = STEP[st->step].act;
	const int at = b.x;
	if (go_back(app, ui, st, &b))
		return false;
	if (b.x > at)
		ui_cut_left(&b, ui_px(ui, 12));
	if (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "info", "Help", true)), UI_NORMAL, "info",
	            "Help", false))
		help_open(app);
	return st->step != STEP_START &&
	       ui_button(ui, ui_cut_right(&b, ui_button_w(ui, "check", act, true)), UI_PRIMARY,
	               "check", act, off);
}

static void build(struct app *app, struct ui *ui)
{
	struct setup_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	struct gfx_rect all = {0, 0, m->w, m->h};
	int kb = ui_keyboard_h(ui);
	if (!st->ready)
		return;
	if (st->busy && worker_ended(app))
		made(app, st);
	ui_fill(ui, all, GFX_GROUND);
	setup_header(ui, ui_cut_top(&all, m->header_h), step_words(app, st));
	ui_cut_bottom(&all, kb);
	if (app->help) {
		help_build(app, ui, all);
		return;
	}
	struct gfx_rect in = ui_inset(all, small ? 16 : ui_px(ui, 160), small ? 8 : ui_px(ui, 32)),
	                b = kb ? (struct gfx_rect){0, 0, 0, 0} : ui_cut_bottom(&in, m->primary);
	/* large text: a smaller heading, which says it all */
	enum gfx_type head = ui_text_w(ui, GFX_HEADING, STEP[st->step].question) > in.w
	                             ? GFX_BODY_B
	                             : GFX_HEADING;
	if (!(kb && small && st->step == STEP_CHECK))
		ui_label(ui, ui_cut_top(&in, ui_line_h(ui, head)), head, GFX_TEXT, UI_LEFT,
		        STEP[st->step].question);
	if (!(kb && small) && !(head == GFX_BODY_B && st->step == STEP_START))
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT2, STEP[st->step].help, 0));
	ui_cut_top(&in, ui_px(ui, 12));
	if (st->busy) {
		making(app, ui, st, in);
		return;
	}
	struct ui_edit *e = edit_of(st);
	answer(app, ui, st, &in);
	bool go = e && ui_submitted(ui, e) && e->len;
	if (app->say.text[0]) {
		ui_note(ui, in, UI_ROLE_STATUS, app->say.text, NULL);
		ui_wrap(ui, in, GFX_BODY, GFX_LATE, app->say.text, 0);
	}
	if (!kb)
		go |= foot(app, ui, st, b);
	if (go)
		next(app, st);
	else if (kb)
		ui_keyboard(ui, 0, "Next");
}

const struct screen_ops screen_setup = {
        "setup", PLACE_NONE, sizeof(struct setup_state), load, build, NULL, leave};
