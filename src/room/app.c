#include "app.h"
#include "caseroom/room.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_audit.h"

const char *fmt(struct app *app, const char *f, ...)
{
	char *out = NULL;
	va_list ap, again;
	va_start(ap, f);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, f, ap);
	va_end(ap);
	if (n >= 0)
		out = arena_alloc(&app->frame, (size_t)n + 1);
	if (out)
		vsnprintf(out, (size_t)n + 1, f, again);
	va_end(again);
	return out ? out : "";
}

const char *fmt_day(struct app *app, int32_t day, enum day_style style)
{
	char t[TIME_TEXT_MAX];
	return fmt(app, "%s", day_text(t, day, style));
}

const char *fmt_hm(struct app *app, int64_t us)
{
	char t[TIME_TEXT_MAX];
	return fmt(app, "%s", time_text_hm(t, us));
}

bool app_small(const struct app *app)
{
	return ui_m(app->ui)->layout == UI_SMALL;
}

bool app_wide(const struct app *app)
{
	return ui_m(app->ui)->layout == UI_BASE && ui_m(app->ui)->w >= 1600;
}

bool app_in_session(const struct app *app)
{
	return app->meeting.id &&
	       (app->meeting.state == MEETING_SESSION || app->meeting.state == MEETING_CLOSING);
}

bool app_auditor(const struct app *app)
{
	return app->record && record_is_auditor(app->record);
}

size_t app_present(const struct app *app)
{
	return app->viewer.meeting ? app->viewer.n : 0;
}

const struct item_row *app_item(const struct app *app, int64_t id)
{
	for (size_t i = 0; id && i < app->n_items; i++)
		if (app->item[i].id == id)
			return &app->item[i];
	return NULL;
}

const struct item_row *app_table(const struct app *app)
{
	return app_item(app, app->meeting.table_item);
}

/* ---- saying ---- */

void app_say(struct app *app, const char *sentence)
{
	snprintf(app->say.text, sizeof(app->say.text), "%s", sentence);
	app->say_good = true;
	ui_again(app->ui);
}

void app_fail(struct app *app, enum err e, const struct why *w)
{
	snprintf(app->say.text, sizeof(app->say.text), "%s",
	        w && w->text[0] ? w->text : err_user(e));
	app->say_good = false;
	ui_again(app->ui);
}

/* ---- rows ---- */

/* Closing a meeting, or looking elsewhere, sends nobody out: who signed is in the room until they
 * leave or the panel locks. */
static enum err load_viewer(struct app *app)
{
	enum err e = app->meeting.state == MEETING_CLOSED
	                     ? record_viewer_meeting(app->record, app->meeting.id, &app->viewer)
	                     : record_viewer_room(app->record, app->meeting.id, &app->viewer);
	if (e)
		return e;
	if (!app->viewer.meeting)
		return app->seated ? record_viewer_meeting(app->record, app->seated, &app->viewer)
		                   : ERR_OK;
	if (app->viewer.n) /* where nobody has signed yet nobody sits: it may go back to planned */
		app->seated = app->viewer.meeting;
	return ERR_OK;
}

/* A covered meeting rests: nothing can be written into it until the panel is shown again. */
static enum err meeting_to(struct app *app, enum meeting_state to)
{
	struct command c = {.kind = CMD_MEETING_STATE};
	c.u.state.meeting = app->meeting.id;
	c.u.state.to = to;
	return record_do(app->record, &c, NULL, NULL);
}

/* Of those the chair opened at this meeting, the ones still open. */
static enum err load_glass(struct app *app)
{
	size_t n = 0;
	TRY(record_glass_rows(
	        app->record, &app->rows, &app->viewer, app->viewer.meeting, &app->glass, &n));
	for (size_t i = 0; i < n; i++)
		if (app->glass[i].open)
			app->glass[app->n_glass++] = app->glass[i];
	return ERR_OK;
}

static enum err load_meeting(struct app *app)
{
	enum err e = ERR_NOT_FOUND;
	if (app->meeting_id)
		e = record_meeting(app->record, &app->rows, app->meeting_id, &app->meeting);
	if (e == ERR_NOT_FOUND && app->forum_id)
		e = record_meeting_next(app->record, &app->rows, app->forum_id, &app->meeting);
	if (e == ERR_NOT_FOUND) {
		app->meeting = (struct meeting_row){0};
		app->meeting_id = 0;
		return load_viewer(app);
	}
	if (e)
		return e;
	app->meeting_id = app->meeting.id;
	if (app->meeting.state == MEETING_COVERED &&
	        !app->covered) { /* shown again, or opened after a power cut */
		e = meeting_to(app, MEETING_SESSION);
		if (e)
			return e;
		app->meeting.state = MEETING_SESSION;
	}
	e = load_viewer(app);
	if (!e && app->meeting.type->anonymised)
		app->viewer.anonymised = true;
	if (!e)
		e = record_seats(
		        app->record, &app->rows, app->meeting.id, 0, &app->seat, &app->n_seats);
	if (!e)
		e = record_items(app->record, &app->rows, &app->viewer, app->meeting.id, &app->item,
		        &app->n_items);
	if (!e && app->viewer.until_us)
		e = load_glass(app);
	return e;
}

/* Screens are changed between two builds, never inside one: what the running build points at stays.
 */
static void app_switch(struct app *app)
{
	const struct screen_ops *s = app->next;
	app->next = NULL;
	if (app->undo_seen && app->record && s != app->screen)
		record_undo_leave(app->record);
	app->help = false;
	if (app->screen && app->screen->keep)
		app->screen->keep(app);
	if (app->screen && app->screen->leave)
		app->screen->leave(app);
	if (app->state) {
		wipe(app->state, app->screen->state_size);
		free(app->state);
	}
	app->screen = s;
	app->back = app->next_back;
	app->state = s->state_size ? calloc(1, s->state_size) : NULL;
	if (s->state_size && !app->state)
		abort(); /* nothing said is lost: it is on disk; systemd starts us again */
	app->reload = true;
}

/* A screen of a case, but for the case itself, is no place to stay when the room may no longer see
 * it: that one says who must leave. */
static bool sees_case(const struct app *app)
{
	enum sight s;
	return !app->case_id || !app->record ||
	       (!record_sight(app->record, &app->viewer, app->case_id, &s) && s >= SIGHT_ANON);
}

static void app_reload(struct app *app)
{
	enum err e = ERR_OK;
	app->reload = false;
	arena_reset(&app->rows);
	app->seat = NULL;
	app->item = NULL;
	app->glass = NULL;
	app->n_seats = app->n_items = app->n_glass = app->pad.n_speakers = 0;
	app->partnership = "";
	if (app_auditor(app)) {
		e = record_viewer_opener(app->record, &app->viewer);
		app->sample = strncmp(vault_opener(app->vault)->label, "Training: ", 10) == 0;
	} else if (app->record) {
		e = record_partnership(app->record, &app->rows, &app->partnership, &app->sample);
		if (!e && app->forum_id)
			e = record_forum(app->record, &app->rows, app->forum_id, &app->forum);
		if (!e)
			e = load_meeting(app);
	}
	if (!e && app->screen != &screen_case && app->screen->place == PLACE_CASE &&
	        !sees_case(app)) {
		app_go_back_to(app, &screen_case, &screen_agenda);
		app_switch(app);
		app_reload(app);
		return;
	}
	if (!e)
		pad_load(app);
	if (!e && app->screen->load)
		e = app->screen->load(app);
	if (e)
		app_fail(app, e, NULL);
}

void app_go_back_to(struct app *app, const struct screen_ops *s, const struct screen_ops *back)
{
	sheet_close(app);
	ui_focus(app->ui, NULL);
	app->next = s;
	app->next_back = back;
	app->say.text[0] = 0;
	ui_again(app->ui);
}

void app_go(struct app *app, const struct screen_ops *s)
{
	app_go_back_to(app, s, &screen_home);
}

bool app_do(struct app *app, const struct command *c, int64_t *ret_id)
{
	struct why w = {0};
	enum err e = record_do(app->record, c, ret_id, &w);
	app->reload = true;
	ui_again(app->ui);
	if (e) {
		app_fail(app, e, &w);
	} else {
		app->say.text[0] = 0;
		app->undo_seen = false;
	}
	wipe(&w, sizeof(w));
	return e == ERR_OK;
}

/* ---- opening, covering, locking ---- */

/* The group whose meeting is on or nearest; else the first that has members. */
static enum err choose_forum(struct app *app)
{
	struct forum_row *f;
	size_t n;
	int64_t best = 0, best_us = INT64_MAX;
	enum err e = record_forums(app->record, &app->rows, &f, &n);
	for (size_t i = 0; !e && i < n; i++) {
		struct meeting_row m;
		enum err found = record_meeting_next(app->record, &app->rows, f[i].id, &m);
		int64_t at = found ? INT64_MAX - 1 : m.state > MEETING_PLANNED ? 0 : m.starts_us;
		if (found && found != ERR_NOT_FOUND)
			return found;
		if (at < best_us) {
			best_us = at;
			best = f[i].id;
		}
	}
	app->forum_id = best;
	return e;
}

/* What was shown is no longer in memory; uncovering reads it again. */
static void forget_rows(struct app *app)
{
	arena_reset(&app->rows);
	arena_reset(&app->frame);
	app->seat = NULL;
	app->item = NULL;
	app->glass = NULL;
	app->n_seats = app->n_items = app->n_glass = 0;
	app->partnership = "";
	app->forum.name = app->forum.code = app->forum.reports_to_name = "";
}

static void close_store(struct app *app)
{
	record_close(app->record);
	vault_close(app->vault);
	practice_destroy(app->practice);
	app->record = NULL;
	app->vault = NULL;
	app->practice = NULL;
}

void app_record_close(struct app *app)
{
	forget_rows(app);
	record_close(app->record);
	app->record = NULL;
}

enum err app_take(
        struct app *app, struct vault *v, struct practice *p, struct record *r, struct why *w)
{
	app->vault = v;
	app->practice = p;
	app->record = r;
	enum err e = choose_forum(app);
	if (e) {
		err_ignore(vault_damage(v, w));
		close_store(app);
		return e;
	}
	int look;
	if (!app_auditor(app) && !record_look(r, &look))
		look_set(app, look);
	app->touched_ms = time_mono_ms();
	app->closed_by = CLOSED_BY_HAND;
	app->rest_seq = app->grown_seq = 0;
	app_go(app, app_auditor(app) ? &screen_auditor : &screen_home);
	if (app->disposed[0])
		app_say(app, app->disposed);
	app->disposed[0] = 0;
	return ERR_OK;
}

enum err app_opened(struct app *app, struct vault *v, struct why *w)
{
	struct practice *p = NULL;
	struct record *r = NULL;
	struct why left_out = {0};
	enum err e = record_practice_load(v, &p, &left_out);
	if (e)
		*w = left_out;
	else
		e = record_open(v, p, &r, w);
	if (e) {
		vault_close(v);
		practice_destroy(p);
		return e;
	}
	TRY(app_take(app, v, p, r, w));
	if (left_out.text[0])
		app_fail(app, ERR_INPUT, &left_out);
	return ERR_OK;
}

void app_cover(struct app *app)
{
	app->want_cover = true;
	ui_again(app->ui);
}

void app_lock(struct app *app)
{
	app->want_lock = true;
	ui_again(app->ui);
}

/* The screen is left and entered anew: its state is wiped now, and read again from the store when
 * the cover is lifted. */
static void cover_now(struct app *app)
{
	app->want_cover = false;
	bool pad = app->pad.up;
	pad_down(app);
	app->pad_covered = pad;
	if (app->meeting.id && app->meeting.state == MEETING_SESSION)
		err_ignore(meeting_to(app, MEETING_COVERED));
	app_go_back_to(app, app->screen, app->back);
	wipe(app->say.text, sizeof(app->say.text));
	app_switch(app);
	app->covered = true;
	forget_rows(app);
	ui_wipe(app->ui);
}

static void lock_now(struct app *app)
{
	app->want_lock = false;
	pad_down(app);
	app->pad_covered = false;
	app_go(app, &screen_lock);
	app_switch(app);
	app->covered = false;
	forget_rows(app);
	ui_wipe(app->ui);
	backup_stop(app);
	close_store(app);
	app->meeting_id = app->case_id = app->item_id = app->read_meeting = app->seated = 0;
	app->sample = false; /* the lock screen tells it from the keys */
	app->meeting = (struct meeting_row){0};
	app->forum = (struct forum_row){.name = "", .reports_to_name = ""};
	app->viewer = (struct record_viewer){.blind = true};
}

/* A page that does not open ends the sitting, whatever met it: the store is closed, and the lock
 * screen says why. */
static void damage_look(struct app *app)
{
	struct why w = {0};
	enum err e = app->record ? vault_damage(app->vault, &w) : ERR_OK;
	if (!e)
		return;
	lock_now(app);
	app_reload(app);
	lock_damaged(app, e, &w);
}

/* What the chair opened is closed again: nothing that was read of it stays, neither in rows nor in
 * what the screen or a sheet holds. Nobody need touch anything for that. */
static void glass_over(struct app *app)
{
	if (!app->record || app->covered || !app->viewer.until_us)
		return;
	int64_t left = app->viewer.until_us - time_now_us();
	if (left > 0) {
		ui_wake_in(app->ui, (int)(left / 1000) + 1);
		return;
	}
	app_go_back_to(app, app->screen, app->back);
	app_switch(app);
	app_say(app, "What the chair had opened to the room is closed again.");
}

/* ---- the build ---- */

static void build(void *ctx, struct ui *ui)
{
	struct app *app = ctx;
	arena_reset(&app->frame);
	if (busy_build(app, ui))
		return;
	if (app->want_lock)
		lock_now(app);
	if (app->next)
		app_switch(app);
	if (app->record && !app->covered && (app->want_cover || ui_key_hit(ui, UI_KEY_HIDE)))
		cover_now(app);
	glass_over(app);
	if (app->reload && !app->covered)
		app_reload(app);
	damage_look(app);
	if (app->covered) {
		cover_build(app, ui);
	} else {
		if (app->pad_covered) { /* shown again: and with it what was being written */
			app->pad_covered = false;
			pad_up(app);
		}
		pad_keys(app);
		if (ui_key_hit(ui, UI_KEY_HELP))
			help_open(app);
		app->screen->build(app, ui);
	}
	training_edge(app, ui);
}

/* Locks when nobody has touched it for five minutes, covered or not. */
static int idle_ms(struct app *app)
{
	if (!app->record)
		return -1;
	int64_t left = app->touched_ms + LOCK_AFTER_MS - time_mono_ms();
	if (left > 0)
		return (int)left;
	app->touched_ms = time_mono_ms();
	app->closed_by = CLOSED_BY_TIME;
	app_lock(app);
	return 0;
}

static void turn(void *ctx)
{
	struct app *app = ctx;
	for (int i = 0; i < 8; i++) {
		stick_look(app);
		backup_look(app);
		(void)idle_ms(app);
		if (ui_turn(app->ui, build, app)) {
			size_t n;
			int pitch;
			const struct gfx_rect *damage = ui_damage(app->ui, &n);
			const void *pixels = ui_pixels(app->ui, &pitch);
			plat_present(app->plat, pixels, pitch, damage, n);
		}
		if (app->busy.up ||
		        (!app->reload && !app->next && !app->want_lock && !app->want_cover))
			break;
	}
}

#define REST_AFTER_MS 1000

/* One second after the last entry the anchor is told of it, so that a log which is cut back is
 * noticed from then on. How long to wait; -1 when there is nothing to tell, so that at rest nothing
 * is done at all. */
static int rest_ms(struct app *app)
{
	if (!app->record)
		return -1;
	int64_t seq = record_audit_end(app->record), now = time_mono_ms();
	if (seq == app->rest_seq)
		return -1;
	if (seq != app->grown_seq) {
		app->grown_seq = seq;
		app->grown_ms = now;
	}
	int64_t left = app->grown_ms + REST_AFTER_MS - now;
	if (left > 0)
		return (int)left;
	if (app->worker) /* it may have the vault */
		return REST_AFTER_MS;
	if (vault_rest(app->vault))
		log_warn("the anchor was not written; it is tried again with the next entry");
	app->rest_seq = seq;
	return -1;
}

static void loop(struct app *app)
{
	plat_ready(app->plat);
	while (!app->quit) {
		struct plat_event e;
		turn(app);
		plat_alive(app->plat);
		int ms = ui_wait_ms(app->ui), idle = idle_ms(app);
		if (idle >= 0 && (ms < 0 || idle < ms))
			ms = idle;
		int rest = rest_ms(app);
		if (rest >= 0 && (ms < 0 || rest < ms))
			ms = rest;
		enum plat_event_kind k = plat_wait(app->plat, ms, &e);
		while (k != PLAT_NONE) {
			if (k == PLAT_INPUT) {
				app->touched_ms = time_mono_ms();
				ui_input(app->ui, &e.input);
			} else if (k == PLAT_QUIT) {
				app->quit = true;
			} else if (k == PLAT_RESIZED) {
				int w, h, mm;
				plat_size(app->plat, &w, &h, &mm);
				err_ignore(ui_resize(app->ui, w, h, mm));
			}
			k = plat_poll(app->plat, &e) ? e.kind : PLAT_NONE;
		}
	}
}

/* ---- scripts ---- */

static void script_turn(void *ctx)
{
	struct app *app = ctx;
	app->touched_ms = time_mono_ms();
	turn(app);
	(void)rest_ms(app);
}

static enum err script_resize(void *ctx, int w, int h)
{
	struct app *app = ctx;
	return ui_resize(app->ui, w, h, 0);
}

static void script_pause(void *ctx, int ms)
{
	struct app *app = ctx;
	struct plat_event e;
	int64_t until = time_mono_ms() + ms;
	while (!time_pinned() && time_mono_ms() < until)
		if (plat_wait(app->plat, (int)(until - time_mono_ms()), &e) == PLAT_QUIT)
			app->quit = true;
}

/* Waits for the worker, as a script must: await-open until the store is open, await until a job has
 * ended. */
static enum err script_command(void *ctx, int argc, char **argv, struct why *w)
{
	struct app *app = ctx;
	bool open = argc == 1 && strcmp(argv[0], "await-open") == 0;
	if (open || (argc == 1 && strcmp(argv[0], "await") == 0)) {
		while (app->worker) {
			struct plat_event e;
			(void)plat_wait(app->plat, 1000, &e);
			turn(app);
		}
		return app->record || !open
		               ? ERR_OK
		               : why(w, ERR_WRONG_KEY, "the store did not open: %s", app->say.text);
	}
	if (argc == 1 && strcmp(argv[0], "lock") == 0) {
		app_lock(app);
		turn(app);
		return ERR_OK;
	}
	if (argc <= 2 && strcmp(argv[0], "words") == 0)
		return words_script(app, argc == 2 ? argv[1] : NULL, script_turn, w);
	const bool key = strcmp(argv[0], "room-key") == 0;
	if (argc == 2 && (key || strcmp(argv[0], "stick") == 0)) {
		TRY(key ? stick_script_key(app, argv[1], w) : stick_script(app, argv[1], w));
		turn(app);
		return ERR_OK;
	}
	return why(w, ERR_INPUT, "\"%s\" is no step", argv[0]);
}

/* ---- life ---- */

static enum err start(struct app *app, const struct room_options *o, struct why *w)
{
	struct plat_config pc = {
	        .title = "Caseroom", .w = o->w, .h = o->h, .offscreen = o->script && !o->window};
	struct ui_config uc = {.checks = o->script != NULL};
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	arena_init(&app->rows, 64u << 20);
	arena_init(&app->frame, 8u << 20);
	arena_init(&app->sheet.arena, 1u << 20);
	enum err e = plat_open(&pc, &app->plat, w);
	if (!e)
		e = stick_start(app, o->stick);
	if (e)
		return e;
	plat_size(app->plat, &uc.w, &uc.h, &uc.px_per_mm_x10);
	e = ui_create(&uc, &app->ui);
	if (e)
		return e;
	if (o->device_secret)
		TRY(vault_device_read(o->device_secret, &app->device, w));
	e = vault_slots(app->store, slot, VAULT_SLOTS_MAX, &n, NULL, w);
	app_go(app, e == ERR_NOT_FOUND ? &screen_setup : &screen_lock);
	if (e && e != ERR_NOT_FOUND)
		app_fail(app, e, w);
	return ERR_OK;
}

static enum err script(struct app *app, const struct room_options *o, struct why *w)
{
	struct ui_script_host host = {.ctx = app,
	        .turn = script_turn,
	        .resize = script_resize,
	        .command = script_command,
	        .pause = o->pace_ms ? script_pause : NULL,
	        .out_dir = o->out_dir};
	turn(app);
	enum err e = ui_script_run(app->ui, o->script, &host, w);
	uint64_t broken = ui_check_failures(app->ui);
	if (!e && broken && !o->window)
		e = why(w, ERR_REFUSED,
		        "rules of the panel were broken %llu times between the steps, first: "
		        "%.150s",
		        (unsigned long long)broken, ui_check_first(app->ui));
	return e;
}

static void end(struct app *app)
{
	if (!app)
		return;
	backup_stop(app);
	atomic_store(&app->stop, true);
	busy_finish(app);
	lock_abandon(app);
	pad_down(app);
	if (app->screen && app->screen->keep && app->record)
		app->screen->keep(app);
	if (app->screen && app->screen->leave)
		app->screen->leave(app);
	if (app->state) {
		wipe(app->state, app->screen->state_size);
		free(app->state);
	}
	record_close(app->record);
	vault_close(app->vault);
	vault_secret_destroy(app->device);
	vault_secret_destroy(app->script.shown);
	if (app->ui)
		ui_wipe(app->ui);
	ui_destroy(app->ui);
	plat_close(app->plat);
	practice_destroy(app->practice);
	arena_finish(&app->rows);
	arena_finish(&app->frame);
	arena_finish(&app->sheet.arena);
	wipe(app, sizeof(*app));
	free(app);
}

/* A panel with nothing open yet; end() is for it also where it could not begin. */
static enum err app_begin(const struct room_options *o, struct app **ret, struct why *w)
{
	struct app *app = calloc(1, sizeof(*app));
	*ret = app;
	if (!app)
		return ERR_NOMEM;
	app->store = o->store;
	app->out_dir = o->out_dir;
	app->script.on = o->script != NULL;
	app->partnership = "";
	app->forum = (struct forum_row){
	        .code = "", .name = "", .kind = "", .reports_to_name = "", .purpose = ""};
	if (o->script) { /* the day of the sample's meeting */
		int64_t at = time_from_day(day_from_ymd(2026, 11, 19), 13, 51);
		if (o->window)
			time_shift_to_us(at);
		else
			time_pin_us(at);
	}
	return start(app, o, w);
}

enum err room_run(const struct room_options *o, struct why *w)
{
	struct app *app = NULL;
	enum err e = app_begin(o, &app, w);
	if (!e && o->script)
		e = script(app, o, w);
	if (!e && (!o->script || o->window) && !app->quit)
		loop(app);
	end(app);
	return e;
}
