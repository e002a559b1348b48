#include "restore.h"
#include <stdio.h>
#include <string.h>

/*
 * A backup comes back, on a box that has no store or one that does not open: the stick, the
 * recovery words, and where a store is replaced once more a question. Invariants:
 * 1. The words lie in guarded memory until the store is back, somebody leaves, or nobody touched
 * the panel for five minutes; each run takes its own copy.
 * 2. Nothing is changed before the whole backup has been read and holds; stopping, a stick that is
 *    pulled out and a power cut leave what was there.
 */

/* ---- from step to step -------------------------------------------------------------------------
 */

static void to_list(struct restore_state *st)
{
	words_finish(&st->words);
	st->step = RESTORE_LIST;
	st->looked = st->away = false;
	st->job.n = 0;
	st->job.earlier = st->job.replace = false;
	st->scroll = (struct ui_scroll){0};
}

static enum err load(struct app *app)
{
	struct restore_state *st = app->state;
	if (st->ready)
		return ERR_OK;
	arena_init(&st->job.arena, 1u << 20);
	st->job.store = app->store;
	st->job.stick = app->stick;
	st->job.plat = app->plat;
	st->job.stop = &app->stop;
	app->sample = false; /* what is restored may be another store than that of the box */
	st->ready = true;
	return ERR_OK;
}

static void leave(struct app *app)
{
	struct restore_state *st = app->state;
	words_finish(&st->words);
	vault_secret_destroy(st->job.words);
	st->job.words = NULL;
	arena_finish(&st->job.arena);
}

static void start(struct app *app, struct restore_state *st, void (*job)(void *))
{
	ui_focus(app->ui, NULL);
	app->say.text[0] = 0;
	st->job.why.text[0] = 0;
	st->away = false;
	if (worker_start(app, job, &st->job)) {
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	st->busy = true;
	ui_again(app->ui);
}

static void look(struct app *app, struct restore_state *st)
{
	st->looked = true;
	atomic_store(&st->job.phase, PHASE_LOOK);
	start(app, st, restoring_look);
}

static void run(struct app *app, struct restore_state *st)
{
	struct restoring *r = &st->job;
	enum err e = words_join(&st->words, &r->words);
	if (e) {
		app_fail(app, e, NULL);
		return;
	}
	snprintf(r->from, sizeof(r->from), "%s/%s", app->stick, r->backup[st->chosen].name);
	arena_reset(&r->arena);
	r->since_known = r->made = r->witness_set = false;
	r->room_key = stick_has_key(app);
	atomic_store(&r->phase, PHASE_KEY);
	atomic_store(&r->part, 0);
	start(app, st, restoring_run);
}

static void choose(struct app *app, struct restore_state *st, size_t i)
{
	st->chosen = i;
	if (words_init(&st->words, NULL, VAULT_RECOVERY_WORDS)) {
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	st->step = RESTORE_WORDS;
	app->say.text[0] = 0;
	ui_focus(app->ui, &st->words.edit);
	ui_again(app->ui);
}

/* What the worker brought. */
static void ended(struct app *app, struct restore_state *st)
{
	struct restoring *r = &st->job;
	st->busy = false;
	vault_secret_destroy(r->words);
	r->words = NULL;
	st->scroll = (struct ui_scroll){0};
	if (st->step == RESTORE_LIST)
		return;
	if (r->made) {
		app->sample = r->sample;
		words_finish(&st->words);
		st->step = RESTORE_DONE;
	} else if (r->err == ERR_EXISTS && r->plan.there) {
		st->step = RESTORE_ASK;
	} else if (r->err == ERR_WRONG_KEY || r->err == ERR_REFUSED) {
		st->step = RESTORE_WORDS;
		app_fail(app, r->err, &r->why);
	} else {
		st->step = RESTORE_FAILED;
	}
}

static bool stick_error(const struct restoring *r)
{
	return r->err == ERR_IO || r->err == ERR_NOT_FOUND;
}

/* The stick came, or went, or came back; and nobody is there any more. */
static void look_round(struct app *app, struct restore_state *st)
{
	const bool in = stick_there(app);
	const int64_t left = app->touched_ms + LOCK_AFTER_MS - time_mono_ms();
	if (st->step == RESTORE_LIST && in && !st->looked)
		look(app, st);
	else if (st->step == RESTORE_LIST && !in)
		to_list(st);
	else if (st->step == RESTORE_FAILED && st->away && in)
		run(app, st);
	else if (st->step == RESTORE_FAILED && stick_error(&st->job) && !in)
		st->away = true;
	if (st->busy || !st->words.text)
		return;
	if (left > 0) {
		ui_wake_in(app->ui, (int)left);
		return;
	}
	ui_focus(app->ui, NULL);
	ui_wipe(app->ui);
	to_list(st);
}

/* ---- what is said ------------------------------------------------------------------------------
 */

#define PARAS_MAX 96
struct paras {
	const char *t[PARAS_MAX];
	size_t n;
};

static void say(struct paras *p, const char *t)
{
	if (p->n < PARAS_MAX)
		p->t[p->n++] = t;
}

static const char *plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

static const char *when(struct app *app, int64_t us)
{
	return fmt(app, "%s at %s", fmt_day(app, time_to_day(us), DAY_YEAR), fmt_hm(app, us));
}

static const char *meetings(struct app *app, uint64_t n)
{
	return fmt(app, "%llu closed %s", (unsigned long long)n, plural(n, "meeting", "meetings"));
}

static const char *size_words(struct app *app, uint64_t bytes)
{
	return bytes >= 10u << 20 ? fmt(app, "%llu MB", (unsigned long long)(bytes >> 20))
	                          : fmt(app, "%llu KB", (unsigned long long)(bytes + 1023) >> 10);
}

#define ROOM_KEY_REFUSES                                                                           \
	"A room key that remembers more refuses the restored store, until it is opened once with " \
	"the recovery words while that room key is in."

static void say_counts(struct app *app, const struct restoring *r, struct paras *p)
{
	const uint64_t entries = r->plan.newer.entries, closed = r->plan.newer.meetings;
	const char *more = closed ? fmt(app, "%s and ", meetings(app, closed)) : "";
	if (entries)
		say(p, fmt(app,
		               "The store here goes further than the backup: by %s%llu %s of the "
		               "audit log.%s",
		               more, (unsigned long long)entries,
		               plural(entries, "entry", "entries"),
		               r->since_known ? ""
		                              : " What that is cannot be told: its record does not "
		                                "open. One entry can be an import of many cases."));
	else
		say(p, r->since_known ? "The store here does not go further than the backup."
		                      : "Whether the store here goes further than the backup "
		                        "cannot be told: its record does not open.");
}

static void say_key(struct app *app, const struct vault_restore_key *k, struct paras *p)
{
	say(p, k->since == VAULT_KEY_ADDED ? fmt(app, "A key was added here since: %s.", k->label)
	        : k->since == VAULT_KEY_CHANGED ? fmt(app,
	                                                  "A key was changed here since: %s. As it "
	                                                  "was before, it opens the "
	                                                  "restored store.",
	                                                  k->label)
	                                        : fmt(app,
	                                                  "A key was taken away here since: %s. It "
	                                                  "opens the restored store "
	                                                  "again.",
	                                                  k->label));
}

/* What would be lost from sight with the store that is here. */
static void say_newer(struct app *app, const struct restoring *r, struct paras *p)
{
	if (!r->plan.keyring)
		say(p, "The keyring of the store here is missing or damaged, so how far it goes "
		       "cannot be told.");
	else if (!r->plan.same)
		say(p, "The store here is another one than that of the backup.");
	else if (!r->plan.here_known)
		say(p, r->plan.words ? "It is the same store. How far it goes here cannot be told: "
		                       "its anchor is missing or damaged."
		                     : "It is the same store. How far it goes here cannot be told: "
		                       "it opens with other recovery words than these.");
	else
		say_counts(app, r, p);
	for (size_t i = 0; i < r->plan.n_keys; i++)
		say_key(app, &r->plan.key[i], p);
	for (size_t i = 0; r->since_known && i < r->since.n_meetings; i++)
		say(p, fmt(app, "Not in the backup: %s%s", r->since.meeting[i].name,
		               r->since.meeting[i].closed ? ", closed" : ""));
	for (size_t i = 0; r->since_known && i < r->since.n_imports; i++)
		say(p, fmt(app, "Imported here since: %llu %s of %s.",
		               (unsigned long long)r->since.import[i].lines,
		               plural(r->since.import[i].lines, "line", "lines"),
		               r->since.import[i].kind));
	if (r->since_known && r->since.actions + r->since.cases)
		say(p, fmt(app, "Changed here since: %llu %s and %llu %s.",
		               (unsigned long long)r->since.actions,
		               plural(r->since.actions, "action", "actions"),
		               (unsigned long long)r->since.cases,
		               plural(r->since.cases, "case", "cases")));
}

static void say_ask(struct app *app, const struct restoring *r, struct paras *p)
{
	say(p, fmt(app, "The backup is the store as it was on %s, with %s.",
	               when(app, r->plan.made_us), meetings(app, r->plan.backup.meetings)));
	say_newer(app, r, p);
	say(p, "Nothing was changed so far. The store here is not removed: it stays on the card "
	       "beside the restored one, under another name, and only your administrator gets at "
	       "it.");
	say(p, ROOM_KEY_REFUSES);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void say_done(struct app *app, const struct restoring *r, struct paras *p)
{
	say(p, fmt(app, "%s%sthe store as it was on %s, with %s.",
	               r->partnership ? r->partnership : "", r->partnership ? ": " : "This is ",
	               when(app, r->plan.made_us), meetings(app, r->plan.backup.meetings)));
	say(p, r->err ? fmt(app,
	                        "Something in it is not as it should be: %s Call your "
	                        "administrator.",
	                        r->why.text)
	              : "Every page, every link between records and every entry of its audit log "
	                "was checked. The audit log says that the store was restored.");
	say(p, "What was decided after that moment stands on paper alone. Compare the last minutes "
	       "that you have.");
	if (r->plan.kept[0])
		say(p, fmt(app, "The store that was here lies beside it as %s.",
		               name_of(r->plan.kept)));
	say(p, r->witness_set
	                ? "The room key on this stick goes with the restored store from now on."
	                : ROOM_KEY_REFUSES);
}

static void say_failed(
        struct app *app, const struct restore_state *st, const char **title, struct paras *p)
{
	const struct restoring *r = &st->job;
	*title = "This backup does not come back";
	if (st->away) {
		*title = "The stick was pulled out";
		say(p, "Nothing was changed. Put it back in: it goes on by itself. Or leave it, "
		       "and begin again another time.");
		return;
	}
	say(p, r->why.text[0] ? r->why.text : err_user(r->err));
	if (r->err != ERR_DAMAGED)
		return;
	*title = "This backup is damaged";
	if (r->plan.earlier_us)
		say(p, fmt(app,
		               "An earlier state on this stick is whole: the store as it was on "
		               "%s. "
		               "What came after it is not in it. Look first whether there is "
		               "another "
		               "stick.",
		               when(app, r->plan.earlier_us)));
	else
		say(p, "No earlier state on this stick is whole. Try another stick; keep this one "
		       "for your administrator.");
}

/* ---- the screen --------------------------------------------------------------------------------
 */

/* The end of a list; on the small panel its page buttons stand in the foot. */
static void pages(struct app *app, struct restore_state *st, struct ui_list *l)
{
	st->pages = app_small(app) && (l->first_seen > 0 || l->last_seen < l->n) ? l->name : NULL;
	ui_list_end(app->ui, l);
}

static void paras(struct app *app, struct ui *ui, struct restore_state *st, struct gfx_rect r,
        const struct paras *p)
{
	const struct ui_metrics *m = ui_m(ui);
	int heights[PARAS_MAX], all = 2, pad = ui_px(ui, app_small(app) ? 6 : 10);
	struct gfx_rect row;
	struct ui_list l;
	size_t i;
	const int w = r.w - 2 * m->gap - m->pager_w;
	for (i = 0; i < p->n; i++)
		all += heights[i] = ui_wrap_h(ui, w, GFX_BODY, p->t[i], 0) + 2 * pad;
	r.h = all < r.h ? all : r.h;
	ui_list_begin(ui, &l, r, "What is said", &st->scroll, p->n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		struct gfx_rect t = ui_inset(row, m->gap, pad);
		t.w = w;
		ui_note(ui, t, UI_ROLE_STATUS, p->t[i], NULL);
		ui_wrap(ui, t, GFX_BODY, GFX_TEXT, p->t[i], 0);
	}
	pages(app, st, &l);
}

static const char *backup_second(struct app *app, const struct vault_backup_seen *b)
{
	if (!b->parts)
		return "It has no part: it was interrupted at once";
	return fmt(app, "Written on %s, %u %s, %s", when(app, b->written_us), b->parts,
	        plural(b->parts, "part", "parts"), size_words(app, b->bytes));
}

static const char *backup_first(struct app *app, const struct vault_backup_seen *b)
{
	const char *id = b->name + strlen(VAULT_BACKUP_BEGINS);
	return b->label[0] ? fmt(app, "%s (store %s)", b->label, id)
	                   : fmt(app, "Store %s: its keyring cannot be read", id);
}

static void list(struct app *app, struct ui *ui, struct restore_state *st, struct gfx_rect in)
{
	struct gfx_rect row;
	struct ui_list l;
	size_t i;
	if (!stick_there(app)) {
		ui_empty(ui, in, "stick", "No stick is in",
		        "Put in the USB stick with the backup. This screen sees it by itself.");
		return;
	}
	if (!st->job.n) {
		ui_empty(ui, in, "stick", "There is no backup on this stick",
		        "Looked for: a folder whose name begins with " VAULT_BACKUP_BEGINS
		        ", not inside another folder. Take this stick out and put in another.");
		return;
	}
	const int rows = (int)st->job.n * ui_m(ui)->row2 + 2;
	in.h = rows < in.h ? rows : in.h;
	ui_list_begin(ui, &l, in, "Backups", &st->scroll, st->job.n, ui_m(ui)->row2, NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct vault_backup_seen *b = &st->job.backup[i];
		ui_push_id(ui, (int64_t)i);
		if (ui_row(ui, row, "stick", backup_first(app, b), backup_second(app, b), true,
		            false))
			choose(app, st, i);
		ui_pop_id(ui);
	}
	pages(app, st, &l);
}

static const char *phase_words(unsigned phase)
{
	static const char *const WORDS[] = {
	        [PHASE_LOOK] = "Looking at the stick",
	        [PHASE_KEY] =
	                "Working out the key of the backup. It takes some seconds on purpose: "
	                "that makes guessing slow.",
	        [PHASE_READ] = "Reading the backup. Leave the stick in.",
	        [PHASE_CHECK] = "The store is back. Everything in it is being checked.",
	};
	return WORDS[phase];
}

static void working(struct app *app, struct ui *ui, struct restore_state *st, struct gfx_rect in)
{
	struct restoring *r = &st->job;
	const unsigned phase = atomic_load(&r->phase), part = atomic_load(&r->part);
	const char *t = phase_words(phase);
	struct gfx_rect foot = ui_cut_bottom(&in, ui_m(ui)->primary);
	ui_note(ui, in, UI_ROLE_STATUS, t, NULL);
	ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT, t, 0) + ui_px(ui, 12));
	if (part)
		ui_bar(ui, ui_cut_top(&in, ui_px(ui, 12)), (int)part, 1000, GFX_ACCENT);
	if ((phase == PHASE_KEY || phase == PHASE_READ) &&
	        ui_button(ui, ui_cut_left(&foot, ui_button_w(ui, "close", "Stop", true)), UI_NORMAL,
	                "close", "Stop", atomic_load(&app->stop))) {
		atomic_store(&app->stop, true);
		ui_again(ui);
	}
}

/* Where "Back" leads from here. */
static void go_back(struct app *app, struct restore_state *st)
{
	app->say.text[0] = 0;
	ui_focus(app->ui, NULL);
	if (st->step == RESTORE_LIST || st->step == RESTORE_ASK)
		app_go_back_to(app, app->back, NULL);
	else
		to_list(st);
	ui_wipe(app->ui);
	ui_again(app->ui);
}

static bool act_off(const struct restore_state *st)
{
	return st->step == RESTORE_WORDS && !words_full(&st->words);
}

static const char *act_words(const struct restore_state *st)
{
	const struct restoring *r = &st->job;
	if (st->step == RESTORE_WORDS)
		return "Restore";
	if (st->step == RESTORE_ASK)
		return "Hold to replace the store";
	if (st->step == RESTORE_DONE)
		return "To the lock screen";
	if (st->step == RESTORE_FAILED && r->err == ERR_DAMAGED && r->plan.earlier_us)
		return "Restore the earlier state";
	return st->step == RESTORE_FAILED && stick_error(r) && !st->away ? "Try again" : NULL;
}

static void act(struct app *app, struct restore_state *st)
{
	if (st->step == RESTORE_DONE) {
		app_go_back_to(app, &screen_lock, NULL);
		return;
	}
	st->job.replace = st->step == RESTORE_ASK;
	st->job.earlier |= st->step == RESTORE_FAILED && st->job.err == ERR_DAMAGED;
	run(app, st);
}

static void foot(struct app *app, struct ui *ui, struct restore_state *st, struct gfx_rect b)
{
	const char *label = act_words(st), *back = st->step == RESTORE_LIST  ? "Back"
	                                           : st->step == RESTORE_ASK ? "Leave it"
	                                                                     : "Other backups";
	if (st->step != RESTORE_DONE &&
	        (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "back", back, true)), UI_NORMAL,
	                 "back", back, false) ||
	                ui_key_hit(ui, UI_KEY_ESCAPE))) {
		go_back(app, st);
		return;
	}
	if (st->step != RESTORE_DONE)
		ui_cut_left(&b, ui_px(ui, 12));
	if (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "info", "Help", true)), UI_NORMAL, "info",
	            "Help", false))
		help_open(app);
	if (st->pages) {
		ui_cut_left(&b, ui_px(ui, 12));
		struct gfx_rect up = ui_cut_left(&b, ui_m(ui)->pager_w);
		ui_cut_left(&b, ui_px(ui, 12));
		ui_list_pages(ui, up, ui_cut_left(&b, ui_m(ui)->pager_w), st->pages);
	}
	if (!label)
		return;
	b = ui_cut_right(&b, ui_button_w(ui, "check", label, true));
	if (st->step == RESTORE_ASK ? ui_hold(ui, b, "check", label, false)
	                            : ui_button(ui, b, UI_PRIMARY, "check", label, act_off(st)))
		act(app, st);
}

static const char *title_of(struct app *app, const struct restore_state *st, struct paras *p)
{
	const char *title = "";
	if (st->busy && st->step != RESTORE_LIST)
		return "Restoring the backup";
	switch (st->step) {
	case RESTORE_LIST:
		return "Restore from a backup";
	case RESTORE_WORDS:
		return "The recovery words of that store";
	case RESTORE_ASK:
		say_ask(app, &st->job, p);
		return "There is a store on this box";
	case RESTORE_DONE:
		say_done(app, &st->job, p);
		return "The store is back";
	default:
		say_failed(app, st, &title, p);
		return title;
	}
}

/* What was wrong with them stands above until one is changed. */
static void words(struct app *app, struct ui *ui, struct restore_state *st, struct gfx_rect in)
{
	const int gap = ui_px(ui, app_small(app) ? 6 : 12);
	if (!words_full(&st->words))
		app->say.text[0] = 0;
	if (app->say.text[0]) {
		ui_note(ui, in, UI_ROLE_STATUS, app->say.text, NULL);
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_LATE, app->say.text, 0) + gap);
	}
	words_build(app, &st->words, in);
}

static void answer(struct app *app, struct ui *ui, struct restore_state *st, struct gfx_rect in,
        const struct paras *p)
{
	if (st->step == RESTORE_LIST) {
		list(app, ui, st, in);
	} else if (st->step == RESTORE_WORDS) {
		words(app, ui, st, in);
	} else {
		paras(app, ui, st, in, p);
	}
}

static const char *help_of(const struct restore_state *st)
{
	return st->step == RESTORE_LIST ? "Which store is it? How far it goes is told when its "
	                                  "recovery words open it."
	       : st->step == RESTORE_WORDS
	               ? "The eight words on paper, in their order. Nothing else opens a backup."
	               : NULL;
}

static void build(struct app *app, struct ui *ui)
{
	struct restore_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	const bool small = app_small(app);
	struct gfx_rect all = {0, 0, m->w, m->h}, foot_at = {0};
	struct paras p = {0};
	if (!st->ready)
		return;
	if (st->busy && worker_ended(app))
		ended(app, st);
	if (!st->busy)
		look_round(app, st);
	const int kb = ui_keyboard_h(ui);
	ui_fill(ui, all, GFX_GROUND);
	setup_header(ui, ui_cut_top(&all, m->header_h), "");
	ui_cut_bottom(&all, kb);
	if (app->help) {
		help_build(app, ui, all);
		return;
	}
	struct gfx_rect in = ui_inset(all, small ? 16 : ui_px(ui, 160), small ? 8 : ui_px(ui, 32));
	const char *title = title_of(app, st, &p), *help = help_of(st);
	ui_note(ui, in, UI_ROLE_HEADING, title, NULL);
	if (!kb)
		ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_HEADING)), GFX_HEADING, GFX_TEXT,
		        UI_LEFT, title);
	if (st->busy) {
		working(app, ui, st, in);
		return;
	}
	if (!kb && help && !(small && st->step == RESTORE_WORDS))
		ui_cut_top(&in, ui_wrap(ui, in, GFX_BODY, GFX_TEXT2, help, 0));
	ui_cut_top(&in, ui_px(ui, small ? 6 : 12));
	if (!kb) {
		foot_at = ui_cut_bottom(&in, m->primary);
		ui_cut_bottom(&in, ui_px(ui, small ? 8 : 16));
	}
	st->pages = NULL;
	answer(app, ui, st, in, &p);
	if (kb)
		ui_keyboard(ui, 0, "Next");
	else
		foot(app, ui, st, foot_at);
}

const struct screen_ops screen_restore = {
        "restore", PLACE_NONE, sizeof(struct restore_state), load, build, NULL, leave};
