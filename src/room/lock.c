#include "app.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Unlock by person and passphrase. The key is worked out on a worker, so that the panel answers
 * meanwhile. The passphrase is typed straight into guarded memory and wiped as soon as the worker
 * has done with it.
 */

struct lock_state {
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	int chosen;
	struct vault_secret *secret;
	struct ui_edit edit;
	bool show, busy;
};

/* Given to the worker; it owns the secret until it is done. */
struct unlock {
	char dir[4096];
	uint8_t id[VAULT_ID_BYTES];
	struct vault_secret *secret;
	struct vault *vault;
	enum err err;
	struct why why;
};

static void unlock_work(void *arg)
{
	struct unlock *u = arg;
	u->err = vault_open(u->dir, u->id, u->secret, &u->vault, &u->why);
	vault_secret_destroy(u->secret);
	u->secret = NULL;
	if (!u->err)
		u->err = record_migrate(u->vault, &u->why);
	if (u->err) {
		vault_close(u->vault);
		u->vault = NULL;
	}
}

static void unlock_start(struct app *app, struct lock_state *st)
{
	struct unlock *u = calloc(1, sizeof(*u));
	if (!u) {
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	snprintf(u->dir, sizeof(u->dir), "%s", app->store);
	memcpy(u->id, st->slot[st->chosen].id, VAULT_ID_BYTES);
	st->secret->len = st->edit.len;
	u->secret = st->secret;
	st->secret = NULL;
	if (worker_start(app, unlock_work, u)) {
		vault_secret_destroy(u->secret);
		free(u);
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	st->busy = true;
	app->unlock = u;
	ui_focus(app->ui, NULL);
	app->say.text[0] = 0;
}

/* True when the worker has ended and its result was taken. */
static bool unlock_end(struct app *app)
{
	struct unlock *u = app->unlock;
	if (!u || !worker_ended(app))
		return false;
	app->unlock = NULL;
	enum err e = u->err;
	if (!e)
		e = app_opened(app, u->vault, &u->why);
	if (e)
		app_fail(app, e, &u->why);
	wipe(u, sizeof(*u));
	free(u);
	return true;
}

void lock_abandon(struct app *app)
{
	struct unlock *u = app->unlock;
	vault_close(u->vault);
	wipe(u, sizeof(*u));
	free(u);
	app->unlock = NULL;
}

static enum err load(struct app *app)
{
	struct lock_state *st = app->state;
	struct why w = {0};
	if (!st->secret) {
		enum err e = vault_secret_create(VAULT_PASSPHRASE_MAX, &st->secret);
		if (e)
			return e;
		ui_edit_init(&st->edit, st->secret->text, st->secret->cap);
	}
	st->n = 0;
	enum err e = vault_slots(app->store, st->slot, VAULT_SLOTS_MAX, &st->n, NULL, &w);
	if (e)
		app_fail(app, e, &w);
	return ERR_OK;
}

static void leave(struct app *app)
{
	struct lock_state *st = app->state;
	if (!st)
		return;
	vault_secret_destroy(st->secret);
	st->secret = NULL;
	st->edit = (struct ui_edit){0};
}

static void who_done(struct app *app, struct sheet *s)
{
	struct lock_state *st = app->state;
	st->chosen = (int)s->row[s->chosen].id;
	ui_edit_set(&st->edit, "");
}

static void who_open(struct app *app, struct lock_state *st)
{
	struct sheet *s = sheet_open(app, "Who is opening?", NULL, NULL, who_done, 0);
	for (size_t i = 0; i < st->n; i++)
		sheet_row(s, st->slot[i].kind == VAULT_SLOT_RECOVERY ? "key" : "person",
		        st->slot[i].label,
		        st->slot[i].kind == VAULT_SLOT_RECOVERY ? "The key on paper" : NULL,
		        (int64_t)i, NULL, false);
}

/* The keys of a training store say so before it is opened (docs/decisions/0021). */
static bool training(const struct lock_state *st)
{
	return st->n && strncmp(st->slot[0].label, "Training: ", 10) == 0;
}

/* "City council, Community safety lead" -> agency and role */
static const char *split(struct app *app, const char *label, const char **ret_role)
{
	const char *comma = strstr(label, ", ");
	*ret_role = comma ? comma + 2 : "";
	return comma ? fmt(app, "%.*s", (int)(comma - label), label) : label;
}

static int words(const struct ui_edit *e)
{
	int n = 0;
	for (size_t i = 0; i < e->len; i++)
		n += e->text[i] != ' ' && (i == 0 || e->text[i - 1] == ' ');
	return n;
}

static void build(struct app *app, struct ui *ui)
{
	struct lock_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	struct gfx_rect all = {0, 0, m->w, m->h}, head;
	if (unlock_end(app)) {
		if (app->record)
			return;
		st->busy = false;
		app->reload = true;
		ui_again(ui);
	}
	if (!st->secret && !st->busy) {
		if (load(app))
			return;
	}
	int kb = ui_keyboard_h(ui);
	int64_t now = time_now_us();
	ui_fill(ui, all, GFX_GROUND);
	head = ui_cut_top(&all, m->header_h);
	ui_fill(ui, head, GFX_RAIL);
	head = ui_inset(head, m->margin, 0);
	ui_icon(ui, ui_cut_left(&head, ui_px(ui, 40)), "table", ui_px(ui, 38), GFX_ON_RAIL);
	ui_cut_left(&head, ui_px(ui, 14));
	ui_label(ui, ui_cut_left(&head, ui_text_w(ui, GFX_TITLE, "Caseroom")), GFX_TITLE,
	        GFX_ON_RAIL, UI_LEFT, "Caseroom");
	if (training(st)) {
		const char *t = small ? "Training" : TRAINING_WORDS;
		ui_cut_left(&head, m->gap);
		ui_label(ui, ui_cut_left(&head, ui_text_w(ui, GFX_BODY_B, t)), GFX_BODY_B,
		        GFX_ON_RAIL, UI_LEFT, t);
	}
	const char *clock = fmt_hm(app, now);
	ui_label(ui, ui_cut_right(&head, ui_text_w(ui, GFX_TITLE, clock)), GFX_TITLE, GFX_ON_RAIL,
	        UI_RIGHT, clock);
	ui_cut_right(&head, m->gap);
	const char *day = fmt_day(app, time_to_day(now), DAY_WEEKDAY);
	ui_label(ui, ui_cut_right(&head, ui_text_w(ui, GFX_CAPTION, day)), GFX_CAPTION, GFX_ON_RAIL,
	        UI_RIGHT, day);
	ui_wake_in(ui, (int)((TIME_MINUTE_US - now % TIME_MINUTE_US) / 1000) + 1);
	ui_cut_bottom(&all, kb);
	struct gfx_rect in = ui_inset(all,
	        small           ? 16
	        : app_wide(app) ? (m->w - ui_px(ui, 880)) / 2
	                        : ui_px(ui, 200),
	        small ? 8 : ui_px(ui, 24));
	app->sample = training(st);
	if (app->help) {
		help_build(app, ui, all);
		return;
	}
	if (app->sheet.up) {
		sheet_build(app, ui, all);
		return;
	}
	bool typing = kb && small;
	if (!typing) {
		ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_HEADING)), GFX_HEADING, GFX_TEXT,
		        UI_LEFT, "Who is opening?");
		ui_cut_top(&in, ui_px(ui, 10));
		if (st->n) {
			const char *role, *agency = split(app, st->slot[st->chosen].label, &role);
			struct gfx_rect row = ui_cut_top(&in, m->row2);
			const char *other = small ? "Other" : "Someone else";
			struct gfx_rect b =
			        ui_cut_right(&row, ui_button_w(ui, "people", other, false));
			ui_cut_right(&row, 12);
			if (ui_button(ui, b, UI_NORMAL, "people", other, st->busy))
				who_open(app, st);
			ui_box(ui, row, ui_px(ui, 8), GFX_SOFT, 2, GFX_ACCENT);
			if (ui_hit(ui, row, UI_ROLE_CHOICE, st->slot[st->chosen].label,
			            UI_CHOSEN_FLAG | (st->busy ? UI_OFF : 0)))
				who_open(app, st);
			struct gfx_rect c = ui_inset(row, 16, 0);
			struct gfx_rect tile = ui_cut_left(&c, ui_px(ui, 48));
			tile.y += (tile.h - ui_px(ui, 48)) / 2;
			tile.h = ui_px(ui, 48);
			ui_tile(ui, tile, "person", NULL, true);
			ui_cut_left(&c, 12);
			int h = ui_line_h(ui, GFX_BODY_B),
			    h2 = *role ? ui_line_h(ui, GFX_CAPTION) : 0,
			    top = c.y + (c.h - h - h2) / 2;
			ui_label(ui, (struct gfx_rect){c.x, top, c.w, h}, GFX_BODY_B, GFX_ON_SOFT,
			        UI_LEFT, agency);
			if (*role)
				ui_label(ui, (struct gfx_rect){c.x, top + h, c.w, h2}, GFX_CAPTION,
				        GFX_ON_SOFT, UI_LEFT, role);
		}
		ui_cut_top(&in, ui_px(ui, 12));
	}
	if (!st->busy && st->secret) {
		struct gfx_rect f = ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION) + 4 + m->target + 4);
		struct gfx_rect b = ui_cut_right(&f, ui_button_w(ui, "show", "Show", false));
		b.y += b.h - m->target;
		b.h = m->target;
		ui_cut_right(&f, 12);
		/* shown only while it is held */
		(void)ui_hit(ui, b, UI_ROLE_BUTTON, "Show", 0);
		st->show = ui_pressed(ui);
		ui_box(ui, b, ui_px(ui, 8), st->show ? GFX_ACCENT_PRESS : GFX_PANEL, 1, GFX_EDGE);
		struct gfx_rect bi = ui_inset(b, 18, 0);
		ui_icon(ui, ui_cut_left(&bi, ui_px(ui, 26)), "show", ui_px(ui, 26),
		        st->show ? GFX_ON_ACCENT : GFX_TEXT);
		ui_label(
		        ui, bi, GFX_BODY_B, st->show ? GFX_ON_ACCENT : GFX_TEXT, UI_CENTRE, "Show");
		(void)ui_labelled_field(ui, f, "Passphrase", &st->edit,
		        UI_FIELD_SECRET | (st->show ? UI_FIELD_SHOW : 0), "", NULL);
		ui_cut_top(&in, 8);
		struct gfx_rect c = ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION));
		int n = words(&st->edit);
		ui_label(ui, c, GFX_CAPTION, GFX_TEXT2, UI_LEFT,
		        n ? fmt(app, "%d %s", n, n == 1 ? "word" : "words") : "Four words or more");
	}
	bool go = st->secret && ui_submitted(ui, &st->edit) && st->edit.len && st->n;
	if (!kb) {
		ui_cut_top(&in, ui_px(ui, 16));
		struct gfx_rect b = ui_cut_top(&in, m->primary);
		struct gfx_rect h = ui_cut_left(&b, ui_button_w(ui, "info", "Help", true));
		if (ui_button(ui, h, UI_NORMAL, "info", "Help", false))
			help_open(app);
		b = ui_cut_right(&b, ui_px(ui, 240));
		go |= ui_button(ui, b, UI_PRIMARY, "unlock", st->busy ? "Opening" : "Open",
		        st->busy || !st->edit.len || !st->n);
	}
	if (go && !st->busy)
		unlock_start(app, st);
	if (app->say.text[0] && in.h > 40) {
		ui_cut_top(&in, ui_px(ui, 12));
		struct gfx_rect w = ui_inset(in, 0, 0);
		ui_icon(ui, (struct gfx_rect){w.x, w.y, ui_px(ui, 28), ui_line_h(ui, GFX_BODY)},
		        "warning", ui_px(ui, 24), GFX_LATE);
		ui_cut_left(&w, ui_px(ui, 38));
		ui_wrap(ui, w, GFX_BODY, GFX_LATE, app->say.text, 3);
	}
	if (kb)
		ui_keyboard(ui, 0, "Open");
}

const struct screen_ops screen_lock = {
        "lock", PLACE_NONE, sizeof(struct lock_state), load, build, NULL, leave};
