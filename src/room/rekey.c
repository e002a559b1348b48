#include "app.h"
#include <stdatomic.h>
#include "caseroom/record_disposal.h"
#include "caseroom/record_keys.h"

/*
 * The new data key. After a disposal it is part of it; after a key was changed or removed it is
 * offered, because a keyring that was copied before still opens this card. The store is written
 * anew beside the panel, which shows how far that is and then locks.
 */

/* ---- the offer ---- */

static void offer_done(struct app *app, struct sheet *s)
{
	struct why w = {""};
	(void)s;
	if (app->worker) {
		app_fail(app, ERR_BUSY,
		        &(struct why){"A backup is being made. When it is done, make the new data "
		                      "key: Settings, Keys."});
		return;
	}
	enum err e = record_rekey_ask(app->record, &w);
	if (e)
		app_fail(app, e, &w);
	else
		app_go(app, &screen_rekey);
}

void rekey_offer(struct app *app, const char *said)
{
	struct sheet *s = sheet_open(app, "Make a new data key now?",
	        fmt(app,
	                "%s%sOld copies of the card or a backup can still be opened with the old "
	                "key. "
	                "Making a new data key stops that for this card. It takes a moment and "
	                "locks the panel.",
	                said, *said ? " " : ""),
	        NULL, offer_done, 0);
	sheet_row(s, "key", "Make a new data key now",
	        "A bar shows how far it is; then the panel locks", 0, NULL, false);
}

/* ---- the page ---- */

struct rekey_state {
	bool begun, ended,
	        disposal;    /* disposal: records were deleted, and this is the rest of it */
	struct vault *vault; /* the app's; the worker's alone until it has ended */
	_Atomic uint64_t done, total;
	enum err err;
	struct why why;
};

static void rekey_told(void *ctx, uint64_t done, uint64_t total)
{
	struct rekey_state *st = ctx;
	atomic_store(&st->done, done);
	atomic_store(&st->total, total);
}

static void rekey_job(void *arg)
{
	struct rekey_state *st = arg;
	st->err = vault_rekey(st->vault, rekey_told, st, &st->why);
}

static void rekey_begin(struct app *app)
{
	struct rekey_state *st = app->state;
	st->begun = true;
	st->vault = app->vault;
	st->err = record_key_pending(app->record, &st->disposal);
	app_record_close(app);
	if (!st->err)
		st->err = worker_start(app, rekey_job, st);
	st->ended = st->err != ERR_OK;
}

static const char *words(struct app *app, const struct rekey_state *st)
{
	if (!st->ended)
		return "The store is written anew, and the key from before is destroyed. The panel "
		       "locks when it is done. Leave it switched on; should the power go, nothing "
		       "is lost.";
	if (!st->err)
		return "Done.";
	return fmt(app, "%s %s", st->why.text[0] ? st->why.text : err_user(st->err),
	        st->disposal ? "The records are deleted. Lock, open again and carry out once more."
	                     : "Lock, open again, and make it under Settings, Keys.");
}

static void rekey_build(struct app *app, struct ui *ui)
{
	struct rekey_state *st = app->state;
	struct page p;
	if (!st->begun)
		rekey_begin(app);
	if (worker_ended(app)) {
		st->ended = true;
		if (st->err)
			app->disposed[0] = 0; /* the lock screen would tell of a new key */
		else
			app_lock(app);
	}
	page_begin(app, ui, &p, "A new data key", NULL, NULL);
	struct gfx_rect in = ui_inset(ui_panel(ui, p.body), 24, 24);
	int total = (int)(atomic_load(&st->total) / 16), done = (int)(atomic_load(&st->done) / 16);
	const char *said = words(app, st);
	int h = ui_wrap_h(ui, in.w, GFX_BODY, said, 0);
	ui_wrap(ui, ui_cut_top(&in, h), GFX_BODY, GFX_TEXT, said, 0);
	ui_cut_top(&in, ui_m(ui)->gap);
	if (!st->ended) {
		ui_bar(ui, ui_cut_top(&in, 12), done, total ? total : 1, GFX_ACCENT);
		ui_wake_in(ui, 100);
	} else if (st->err && page_primary(app, &p, "lock", "Lock", false, "")) {
		app_lock(app);
	}
	page_end(app, &p, NULL, false);
}

/* The vault is closed next: it must be nobody else's. */
static void rekey_leave(struct app *app)
{
	worker_wait(app);
}

const struct screen_ops screen_rekey = {
        "rekey", PLACE_NONE, sizeof(struct rekey_state), NULL, rekey_build, NULL, rekey_leave};
