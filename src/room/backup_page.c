#include "app.h"

/*
 * The page of the backup: when the last one was, one now with what is done of it, where it lies in
 * the end, and what to do when there is none. It shows what backup.c knows and keeps nothing.
 */

static const char *size_words(struct app *app, uint64_t bytes)
{
	uint64_t kib = (bytes + 1023) / 1024;
	return kib < 1000 ? fmt(app, "%u KiB", (unsigned)kib)
	                  : fmt(app, "%.1f MiB", (double)kib / 1024);
}

static const char *wrote_words(struct app *app, const struct vault_backup_report *r)
{
	return fmt(app, "%u of %u pages written, %s", (unsigned)r->pages, (unsigned)r->all,
	        size_words(app, r->bytes));
}

/* A full one was begun beside what was there: whoever keeps the stick should know why. */
static const char *anew_words(enum vault_backup_anew anew)
{
	switch (anew) {
	case VAULT_BACKUP_DATA_KEY:
		return "The old one, made before the new data key, was removed from the stick.";
	case VAULT_BACKUP_NOT_OURS:
		return "What lay in its place was of another store, or was changed. It is made "
		       "anew beside it. Watch this stick, or use another.";
	case VAULT_BACKUP_DAMAGED:
		return "The one on the stick was damaged, or an older one was put back. It is made "
		       "anew. Watch this stick, or use another.";
	case VAULT_BACKUP_RESTORED:
		return "The one of before the store was restored stays on the stick, for your "
		       "administrator. It is made anew beside it.";
	case VAULT_BACKUP_WORDS:
		return "It is made anew, because the recovery words are other ones now.";
	default:
		return NULL;
	}
}

static const char *failed_words(enum err e)
{
	switch (e) {
	case ERR_NOT_FOUND:
		return "The stick was taken out";
	case ERR_FULL:
		return "The stick is full";
	case ERR_DENIED:
		return "The stick is read-only";
	case ERR_IO:
		return "The stick could not be written";
	case ERR_NEEDS:
		return "There are no recovery words";
	default:
		return "No backup was made";
	}
}

/* ---- in one row, on Home and beside the papers ------------------------------------------------
 */

const char *backup_title(struct app *app)
{
	struct vault_backup_counts n;
	switch (app->backed.state) {
	case BACKUP_RUNS:
		return !backup_counts(app, &n) || !n.changed
		               ? "A backup is being made"
		               : fmt(app, "Backup: %u of %u pages", (unsigned)n.proven,
		                         (unsigned)n.changed);
	case BACKUP_MADE:
		return "The backup is made";
	case BACKUP_STOPPED:
		return "The backup was stopped";
	case BACKUP_FAILED:
		return failed_words(app->backed.err);
	case BACKUP_LEFT_OUT:
		return stick_there(app) ? "Backup" : "No stick was in: no backup was made";
	default:
		return "Backup";
	}
}

const char *backup_words(struct app *app)
{
	const struct backed *b = &app->backed;
	switch (b->state) {
	case BACKUP_RUNS:
		return "Leave the stick in until it is done";
	case BACKUP_MADE:
		return fmt(app, "At %s on the stick. %s", fmt_hm(app, b->at_us),
		        wrote_words(app, &b->report));
	case BACKUP_STOPPED:
	case BACKUP_FAILED:
		return "Touch here to see what to do";
	default:
		return backup_last(app);
	}
}

static const char *icon(const struct app *app)
{
	switch (app->backed.state) {
	case BACKUP_RUNS:
		return "waiting";
	case BACKUP_MADE:
		return "done";
	case BACKUP_NONE:
		return "stick";
	default:
		return "warning";
	}
}

bool backup_row(struct app *app, struct gfx_rect r)
{
	return ui_row(app->ui, r, icon(app), backup_title(app), backup_words(app), true, false);
}

/* ---- the page ---------------------------------------------------------------------------------
 */

/* Icon, bold words and the rest below them; cuts itself off. */
static void told(
        struct app *app, struct gfx_rect *r, const char *what, const char *title, const char *words)
{
	struct ui *ui = app->ui;
	struct gfx_rect t = *r, side = ui_cut_left(&t, ui_px(ui, 44));
	int gap = ui_px(ui, app_small(app) ? 8 : 14);
	ui_note(ui, t, UI_ROLE_STATUS, title, words);
	ui_icon(ui, (struct gfx_rect){side.x, side.y, ui_px(ui, 30), ui_line_h(ui, GFX_BODY_B)},
	        what, ui_px(ui, 26), GFX_TEXT);
	ui_cut_top(&t, ui_wrap(ui, t, GFX_BODY_B, GFX_TEXT, title, 0));
	if (words)
		ui_cut_top(&t, ui_wrap(ui, t, GFX_BODY, GFX_TEXT2, words, 0));
	ui_cut_top(r, r->h - t.h + gap);
}

static void step(struct app *app, struct gfx_rect *r, const char *word, uint64_t n, uint64_t of)
{
	struct ui *ui = app->ui;
	const char *count = fmt(app, "%u of %u pages", (unsigned)n, (unsigned)of);
	struct gfx_rect line = ui_cut_top(r, ui_line_h(ui, GFX_BODY)),
	                bar = ui_cut_top(r, ui_px(ui, 10));
	ui_note(ui, line, UI_ROLE_STATUS, word, count);
	ui_label(ui, line, GFX_CAPTION, GFX_TEXT2, UI_RIGHT, count);
	ui_label(ui, line, GFX_BODY_B, GFX_TEXT, UI_LEFT, word);
	ui_bar(ui, bar, of ? (int)(n * 1000 / of) : 0, 1000, GFX_ACCENT);
	ui_cut_top(r, ui_px(ui, app_small(app) ? 8 : 18));
}

static void progress(struct app *app, struct gfx_rect *r)
{
	struct vault_backup_counts n;
	if (!backup_counts(app, &n))
		return;
	if (n.held)
		step(app, r, "Looked through what is there", n.checked, n.held);
	step(app, r, "Read", n.read, n.changed);
	step(app, r, "Sealed to the recovery words", n.sealed, n.changed);
	step(app, r, "Written, read back and compared", n.proven, n.changed);
	told(app, r, "stick", "Leave the stick in until it is done", NULL);
}

static void made(struct app *app, struct gfx_rect *r)
{
	const struct backed *b = &app->backed;
	const char *anew = anew_words(b->report.anew);
	told(app, r, "stick", fmt(app, "In the folder %s on the stick", b->report.folder),
	        "Sealed to the recovery words: with them it comes back on any box.");
	told(app, r, "seal", wrote_words(app, &b->report),
	        "What was written was read back and compared.");
	told(app, r, "clock",
	        fmt(app, "%s, %s", fmt_day(app, time_to_day(b->at_us), DAY_MONTH),
	                fmt_hm(app, b->at_us)),
	        NULL);
	if (anew)
		told(app, r, "warning", "It is a full one", anew);
}

static void state(struct app *app, struct gfx_rect *r)
{
	bool in = stick_there(app);
	switch (app->backed.state) {
	case BACKUP_RUNS:
		progress(app, r);
		return;
	case BACKUP_MADE:
		made(app, r);
		return;
	case BACKUP_STOPPED:
		told(app, r, "warning", "The backup was stopped",
		        "What was written stays: the next one goes on from there. The one before "
		        "it is as it was.");
		break;
	case BACKUP_FAILED:
		told(app, r, "warning", failed_words(app->backed.err), app->backed.why.text);
		break;
	default:
		told(app, r, "clock", fmt(app, "%s.", backup_last(app)),
		        "A backup is made by itself when a meeting is closed with the stick in. It "
		        "writes only what changed.");
	}
	told(app, r, "stick", in ? "A stick is in" : "No stick is in",
	        in ? NULL : "Put it in. This screen sees it by itself.");
}

static const char *start_label(const struct app *app)
{
	return app->backed.state == BACKUP_STOPPED || app->backed.state == BACKUP_FAILED
	               ? "Go on"
	               : "Make a backup now";
}

static void build(struct app *app, struct ui *ui)
{
	struct page p;
	bool runs = app->backed.state == BACKUP_RUNS, is_made = app->backed.state == BACKUP_MADE;
	page_begin(app, ui, &p,
	        runs      ? "A backup is being made"
	        : is_made ? "The backup is made"
	                  : "Backup to the stick",
	        runs ? "The room can go on meanwhile" : "The whole store, sealed", app->back);
	struct gfx_rect r = p.body;
	if (r.w > ui_px(ui, 760))
		r.w = ui_px(ui, 760);
	state(app, &r);
	if (runs) {
		if (page_button(app, &p, "close", "Stop", false))
			backup_ask_to_stop(app);
	} else if (is_made) {
		if (page_primary(app, &p, "done", "Done", false, NULL))
			app_go(app, app->back);
	} else if (page_primary(app, &p, "stick", start_label(app), !stick_there(app),
	                   stick_there(app) ? NULL : "Put the stick in.")) {
		backup_start(app);
	}
	if (is_made && page_button(app, &p, "stick", "Make a backup now", !stick_there(app)))
		backup_start(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_backup = {"backup", PLACE_NONE, 0, NULL, build, NULL, NULL};
