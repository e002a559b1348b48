#include "app.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * The backup on the stick. It runs beside the panel: what is copied is the store at the moment it
 * was begun, and the room goes on reading and writing meanwhile.
 *
 * Invariants:
 * 1. It ends before the vault is closed: locking stops it, which takes a moment, and the next one
 * goes on from there.
 * 2. Nothing waits for it. Closing a meeting starts it; whether it ran, failed or was left out
 * stands on the papers screen and under Backup on Home.
 */

struct backup {
	struct vault_backup *b;
	atomic_uint done, total;
	enum err err;
	struct why why;
	struct vault_backup_report report;
};

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct backup *k = ctx;
	atomic_store(&k->done, (unsigned)done);
	atomic_store(&k->total, (unsigned)total);
}

static void work(void *arg)
{
	struct backup *k = arg;
	k->err = vault_backup_run(k->b, on_progress, k, &k->report, &k->why);
}

static void backup_free(struct app *app)
{
	vault_backup_end(app->backup->b);
	free(app->backup);
	app->backup = NULL;
}

/* What the last try came to; stands until the next. */
static void told(struct app *app, enum backup_state state, enum err e, const struct why *w)
{
	app->backup_state = state;
	app->backup_why = (struct why){""};
	if (e)
		(void)why(&app->backup_why, e, "%s", w->text[0] ? w->text : err_user(e));
	ui_again(app->ui);
}

void backup_start(struct app *app)
{
	struct why w = {""};
	if (app->backup || app->worker || !app->record)
		return;
	if (!stick_there(app)) {
		told(app, BACKUP_LEFT_OUT, ERR_OK, &w);
		return;
	}
	struct backup *k = calloc(1, sizeof(*k));
	enum err e = k ? vault_backup_begin(app->vault, app->stick, &k->b, &w) : ERR_NOMEM;
	app->backup = k;
	if (!e)
		e = worker_start(app, work, k);
	if (!e) {
		told(app, BACKUP_RUNS, ERR_OK, &w);
		return;
	}
	if (k)
		backup_free(app);
	told(app, BACKUP_FAILED, e, &w);
}

/* A full one was begun beside what was there: whoever keeps the stick should know why. */
static const char *anew_words(enum vault_backup_anew anew)
{
	switch (anew) {
	case VAULT_BACKUP_DATA_KEY:
		return "The backup is made. The old one, which still held what was disposed of, "
		       "was "
		       "removed from the stick.";
	case VAULT_BACKUP_NOT_OURS:
	case VAULT_BACKUP_DAMAGED:
		return "The backup is made anew: the one on the stick was damaged or changed. "
		       "Watch "
		       "this stick, or use another.";
	default:
		return "";
	}
}

static void ended(struct app *app)
{
	struct backup *k = app->backup;
	enum err e = k->err;
	struct why w = k->why;
	const char *words = anew_words(k->report.anew);
	if (!e)
		e = record_backup_done(app->record);
	backup_free(app);
	told(app, e ? BACKUP_FAILED : BACKUP_MADE, e, &w);
	if (e)
		app_fail(app, e, &app->backup_why);
	else if (*words)
		app_say(app, words);
	app->reload = true;
}

void backup_look(struct app *app)
{
	if (!app->backup)
		return;
	if (worker_ended(app))
		ended(app);
	else
		ui_wake_in(app->ui, 200);
}

void backup_stop(struct app *app)
{
	if (!app->backup)
		return;
	vault_backup_stop(app->backup->b);
	worker_wait(app);
	backup_free(app);
	app->backup_state = BACKUP_NONE;
}

static const char *last_words(struct app *app)
{
	int64_t at = TIME_NONE;
	if (!app->record || record_backup_last(app->record, &at) || at == TIME_NONE)
		return "No backup was made yet";
	return fmt(app, "The last backup was on %s, %s", fmt_day(app, time_to_day(at), DAY_MONTH),
	        fmt_hm(app, at));
}

const char *backup_title(struct app *app)
{
	switch (app->backup_state) {
	case BACKUP_RUNS: {
		const unsigned total = atomic_load(&app->backup->total),
		               done = atomic_load(&app->backup->done);
		return total ? fmt(app, "Backup: %u of %u pages", done, total) : "Backup begins";
	}
	case BACKUP_FAILED:
		return "The backup failed";
	case BACKUP_LEFT_OUT:
		return "No stick: no backup now";
	default:
		return "Backup";
	}
}

const char *backup_words(struct app *app)
{
	if (app->backup_state == BACKUP_FAILED)
		return app->backup_why.text;
	if (app->backup_state == BACKUP_RUNS)
		return "Leave the stick in until it is done";
	if (!stick_there(app))
		return fmt(app, "%s. Put the stick in and touch here", last_words(app));
	return fmt(app, "%s. Touch for one now", last_words(app));
}

void backup_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	const bool bad = app->backup_state == BACKUP_FAILED || app->backup_state == BACKUP_LEFT_OUT;
	if (ui_row(ui, r,
	            bad                                ? "warning"
	            : app->backup_state == BACKUP_RUNS ? "waiting"
	                                               : "stick",
	            backup_title(app), backup_words(app), false, false))
		backup_start(app);
}

static void asked(struct app *app, struct sheet *s)
{
	(void)s;
	backup_start(app);
	if (app->backup_state == BACKUP_LEFT_OUT)
		app_say(app, "There is no stick. Put it in, then touch Backup again.");
	else if (app->backup_state == BACKUP_FAILED)
		app_fail(app, ERR_IO, &app->backup_why);
}

void backup_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Backup to the stick",
	        app->backup_state == BACKUP_RUNS ? backup_title(app)
	                                         : fmt(app, "%s.", last_words(app)),
	        NULL, asked, 0);
	sheet_row(s, "stick", "Make a backup now",
	        stick_there(app) ? "Only what changed; the recovery words open it"
	                         : "Put the stick in first",
	        0, NULL, false);
}
