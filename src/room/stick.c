#include "app.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "caseroom/record_keys.h"

/*
 * The USB stick: the room key lies on it, backups go onto it. Taking the room key out locks: the
 * panel waits for the system to say so and never looks by the clock.
 */

enum err stick_start(struct app *app, const char *dir)
{
	bool mount_only = !dir; /* the appliance's own place is there with nothing mounted too */
	app->stick = dir ? dir : STICK_DIR;
	enum err e = plat_watch_stick(app->plat, app->stick, VAULT_ROOM_KEY_FILE, mount_only);
	if (!e)
		app->stick_state = plat_stick(app->plat);
	return e;
}

bool stick_there(const struct app *app)
{
	return app->stick_state & PLAT_STICK_IN;
}

bool stick_has_key(const struct app *app)
{
	return app->stick_state & PLAT_STICK_FILE;
}

void stick_look(struct app *app)
{
	unsigned now = plat_stick(app->plat), was = app->stick_state;
	if (now == was)
		return;
	app->stick_state = now;
	if ((was & PLAT_STICK_FILE) && !(now & PLAT_STICK_FILE) && app->record &&
	        !app->stick_swap) {
		app->closed_by = CLOSED_BY_ROOM_KEY;
		app_lock(app);
	} else if ((now & PLAT_STICK_FILE) && app->record && !app->busy.up)
		err_ignore(
		        record_witness_to(app->record, app->stick, NULL)); /* another is no fault */
	app->reload = true;
	ui_again(app->ui);
}

#define SCRIPT_WAIT_MS 1000

static int64_t real_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* `here` goes to `away` or comes back, and the panel has seen it. */
static enum err script_move(struct app *app, const char *what, const char *here, const char *away,
        unsigned seen, struct why *w)
{
	struct plat_event e;
	bool in = strcmp(what, "in") == 0;
	if (!in && strcmp(what, "out") != 0)
		return why(w, ERR_INPUT, "it is put in or taken out");
	if (rename(in ? away : here, in ? here : away) != 0)
		return why(w, ERR_NOT_FOUND, "there is nothing to be moved");
	int64_t until = real_ms() + SCRIPT_WAIT_MS, left;
	while (!(app->stick_state & seen) == in && (left = until - real_ms()) > 0) {
		(void)plat_wait(app->plat, (int)left, &e);
		stick_look(app);
	}
	return !(app->stick_state & seen) != in
	               ? ERR_OK
	               : why(w, ERR_REFUSED, "nothing was told of it within a second");
}

enum err stick_script_key(struct app *app, const char *what, struct why *w)
{
	char here[600], away[600];
	snprintf(here, sizeof(here), "%s/" VAULT_ROOM_KEY_FILE, app->stick);
	snprintf(away, sizeof(away), "%s/taken-out", app->stick);
	return script_move(app, what, here, away, PLAT_STICK_FILE, w);
}

enum err stick_script(struct app *app, const char *what, struct why *w)
{
	char away[600];
	snprintf(away, sizeof(away), "%s.taken-out", app->stick);
	return script_move(app, what, app->stick, away, PLAT_STICK_IN, w);
}
