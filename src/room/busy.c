#include "app.h"

/*
 * Slow work on the open store. Invariants:
 * 1. While the worker has the record nothing here touches it: the panel shows what is being done
 *    and nothing else, so that to lock or to cover it can wait for the end.
 * 2. `done` runs once, on the panel's thread, also when the program ends meanwhile.
 */

bool busy_start(struct app *app, const char *what, void (*job)(void *), void *arg,
        void (*done)(struct app *, void *))
{
	atomic_store(&app->busy.part, 0);
	app->busy.what = what;
	app->busy.arg = arg;
	app->busy.done = done;
	if (worker_start(app, job, arg)) {
		app_fail(app, ERR_NOMEM, NULL);
		return false;
	}
	app->busy.up = true;
	ui_focus(app->ui, NULL);
	ui_again(app->ui);
	return true;
}

void busy_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct app *app = ctx;
	unsigned part = total ? (unsigned)(done >= total ? 1000 : done * 1000 / total) : 0;
	if (atomic_exchange(&app->busy.part, part) / 10 != part / 10)
		plat_wake(app->plat);
}

static void ended(struct app *app)
{
	app->busy.up = false;
	app->reload = true;
	app->busy.done(app, app->busy.arg);
}

void busy_finish(struct app *app)
{
	worker_wait(app);
	if (app->busy.up)
		ended(app);
}

bool busy_build(struct app *app, struct ui *ui)
{
	const struct ui_metrics *m = ui_m(ui);
	if (!app->busy.up)
		return false;
	if (worker_ended(app)) {
		ended(app);
		ui_again(ui);
		return false;
	}
	struct gfx_rect all = {0, 0, m->w, m->h};
	ui_fill(ui, all, GFX_GROUND);
	ui_fill(ui, ui_cut_top(&all, m->header_h), GFX_RAIL);
	struct gfx_rect in = ui_inset(all, app_small(app) ? 16 : ui_px(ui, 200), ui_px(ui, 32));
	unsigned part = atomic_load(&app->busy.part);
	ui_note(ui, in, UI_ROLE_STATUS, app->busy.what, NULL);
	ui_cut_top(&in, ui_wrap(ui, in, GFX_TITLE, GFX_TEXT, app->busy.what, 0) + ui_px(ui, 16));
	if (part)
		ui_bar(ui, ui_cut_top(&in, ui_px(ui, 12)), (int)part, 1000, GFX_ACCENT);
	return true;
}
