#include "app.h"
#include <stdlib.h>
#include <string.h>

/*
 * The backup on the stick. It runs beside the panel: what is copied is the store at the moment it
 * was begun, and the room goes on reading and writing meanwhile. backup_page.c shows it.
 *
 * Invariants:
 * 1. It ends before the vault is closed: locking stops it, which takes a moment, and the next one
 * goes on from there.
 * 2. Nothing waits for it. Closing a meeting starts it; whether it ran, failed or was left out
 * stands on the papers screen and under Backup on Home.
 */

struct backup {
	struct vault_backup *b;
	enum err err;
	struct why why;
	struct vault_backup_report report;
};

static void work(void *arg)
{
	struct backup *k = arg;
	k->err = vault_backup_run(k->b, NULL, NULL, &k->report, &k->why);
}

static void backup_free(struct app *app)
{
	vault_backup_end(app->backup->b);
	free(app->backup);
	app->backup = NULL;
}

/* What the last try came to; stands until the next. */
static void came_to(struct app *app, enum backup_state state, enum err e, const struct why *w)
{
	app->backed = (struct backed){.state = state, .err = e, .at_us = time_now_us()};
	if (e)
		(void)why(&app->backed.why, e, "%s", w && w->text[0] ? w->text : err_user(e));
	ui_again(app->ui);
}

void backup_start(struct app *app)
{
	struct why w = {""};
	if (app->backup || app->worker || !app->record)
		return;
	if (!stick_there(app)) {
		came_to(app, BACKUP_LEFT_OUT, ERR_OK, NULL);
		return;
	}
	struct backup *k = calloc(1, sizeof(*k));
	enum err e = k ? vault_backup_begin(app->vault, app->stick, &k->b, &w) : ERR_NOMEM;
	app->backup = k;
	if (!e)
		e = worker_start(app, work, k);
	if (!e) {
		came_to(app, BACKUP_RUNS, ERR_OK, NULL);
		return;
	}
	if (k)
		backup_free(app);
	came_to(app, BACKUP_FAILED, e, &w);
}

/* A stick that is pulled out looks like one that fails, but for its being gone. */
static void pulled(const struct app *app, enum err *e, struct why *w)
{
	if (!stick_there(app) && (*e == ERR_IO || *e == ERR_NOT_FOUND || *e == ERR_DAMAGED))
		*e = why(w, ERR_NOT_FOUND,
		        "Put it in again and go on: what was written of this backup stays, and the "
		        "one before it is as it was.");
}

static void ended(struct app *app)
{
	struct backup *k = app->backup;
	enum err e = k->err;
	struct why w = k->why;
	struct vault_backup_report report = k->report;
	pulled(app, &e, &w);
	if (!e)
		e = record_backup_done(app->record);
	backup_free(app);
	came_to(app, e == ERR_REFUSED ? BACKUP_STOPPED : e ? BACKUP_FAILED : BACKUP_MADE, e, &w);
	app->backed.report = report;
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

void backup_ask_to_stop(struct app *app)
{
	if (app->backup)
		vault_backup_stop(app->backup->b);
}

void backup_stop(struct app *app)
{
	if (!app->backup)
		return;
	vault_backup_stop(app->backup->b);
	worker_wait(app);
	backup_free(app);
	came_to(app, BACKUP_STOPPED, ERR_OK, NULL);
}

bool backup_counts(const struct app *app, struct vault_backup_counts *ret)
{
	if (app->backup)
		vault_backup_count(app->backup->b, ret);
	return app->backup;
}

const char *backup_last(struct app *app)
{
	int64_t at = TIME_NONE;
	if (!app->record || record_backup_last(app->record, &at) || at == TIME_NONE)
		return "No backup was made yet";
	return fmt(app, "The last backup was on %s, %s", fmt_day(app, time_to_day(at), DAY_MONTH),
	        fmt_hm(app, at));
}
