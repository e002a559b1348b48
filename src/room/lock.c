#include "lock.h"
#include <stdio.h>
#include <string.h>

/*
 * The lock screen: who opens, and with what. Invariants:
 * 1. What is typed lies in guarded memory; it is the worker's from "Open" on.
 * 2. Where people of several agencies are asked for, or a token for its own PIN, what was given so
 *    far waits in app->unlock, and is thrown away when nobody goes on for five minutes.
 * 3. A store whose room key was taken out while it opened is closed again before it is shown.
 */

/* ---- what stands there -------------------------------------------------------------------------
 */

static bool busy(const struct app *app)
{
	return app->worker != NULL;
}

static void choose(struct app *app, struct lock_state *st, int i)
{
	if (unlock_wants_pin(app))
		unlock_leave_pin(app);
	st->chosen = i;
	memcpy(st->chosen_id, st->slot[i].id, VAULT_ID_BYTES);
	st->short_of = NULL;
	ui_edit_set(&st->edit, "");
	words_finish(&st->words);
	if (by_words(&st->slot[i]) && words_init(&st->words, NULL, VAULT_RECOVERY_WORDS))
		app_fail(app, ERR_NOMEM, NULL);
}

static bool given(const struct app *app, const struct vault_slot *s)
{
	const struct unlock *u = app->unlock;
	for (size_t i = 0; u && i < u->n_given; i++)
		if (s->group == u->given[i].group)
			return true;
	return false;
}

static int slot_of(const struct lock_state *st, const uint8_t id[VAULT_ID_BYTES])
{
	for (size_t i = 0; i < st->n; i++)
		if (memcmp(st->slot[i].id, id, VAULT_ID_BYTES) == 0)
			return (int)i;
	return -1;
}

/* Who is most likely to open: the person who did last, else the first, of an agency that has not
 * opened yet. An auditor or the recovery words only where there is nobody else. */
static int likely(const struct app *app, const struct lock_state *st)
{
	int last = slot_of(st, app->last_key);
	if (last >= 0 && !given(app, &st->slot[last]))
		return last;
	for (size_t i = 0; i < st->n; i++)
		if (st->slot[i].kind == VAULT_SLOT_PERSON && !given(app, &st->slot[i]))
			return (int)i;
	return 0;
}

static void load_room_key(struct app *app, struct lock_state *st)
{
	vault_room_key_destroy(st->room_key);
	st->room_key = NULL;
	st->room_key_err = stick_has_key(app) ? vault_room_key_read(app->stick, &st->room_key, NULL)
	                                      : ERR_NOT_FOUND;
}

static enum err load(struct app *app)
{
	struct lock_state *st = app->state;
	struct why w = {0};
	if (busy(app))
		return ERR_OK;
	if (!st->secret) {
		TRY(vault_secret_create(VAULT_PASSPHRASE_MAX, &st->secret));
		ui_edit_init(&st->edit, st->secret->text, st->secret->cap);
	}
	st->n = 0;
	enum err e = vault_slots(app->store, st->slot, VAULT_SLOTS_MAX, &st->n, &st->quorum, &w);
	if (e)
		st->problem = (struct problem){.err = e, .keyring = e == ERR_DAMAGED, .why = w};
	int tried = slot_of(st, st->problem.slot.id);
	if (tried >= 0)
		st->problem.slot.waits_until_us = st->slot[tried].waits_until_us;
	st->chosen = slot_of(st, st->chosen_id);
	if (st->n && (st->chosen < 0 || given(app, &st->slot[st->chosen])))
		choose(app, st, likely(app, st));
	if (st->n && !st->words.text && by_words(&st->slot[st->chosen]))
		choose(app, st, st->chosen);
	load_room_key(app, st);
	return ERR_OK;
}

void lock_damaged(struct app *app, enum err e, const struct why *w)
{
	struct lock_state *st = app->state;
	st->problem = (struct problem){.err = e, .why = *w};
	if (e == ERR_OLDER)
		st->problem.older = VAULT_OLDER_PAGES;
}

static void leave(struct app *app)
{
	struct lock_state *st = app->state;
	if (!st)
		return;
	vault_secret_destroy(st->secret);
	vault_room_key_destroy(st->room_key);
	words_finish(&st->words);
	st->secret = NULL;
	st->room_key = NULL;
	st->edit = (struct ui_edit){0};
}

bool waits(const struct vault_slot *s)
{
	return time_now_us() < s->waits_until_us;
}

/* To the minute, as the clock of the screen goes. */
const char *wait_words(struct app *app, const struct vault_slot *s)
{
	int64_t minute = (s->waits_until_us + TIME_MINUTE_US - 1) / TIME_MINUTE_US;
	return !s->waits_until_us ? NULL
	       : waits(s)         ? fmt(app, "Too many wrong tries. The next is possible at %s.",
	                                    fmt_hm(app, minute * TIME_MINUTE_US))
	                          : "You can try again now.";
}

const char *key_asks(const struct vault_slot *s)
{
	const unsigned factors = s->factors;
	bool pin = factors & (VAULT_ROOM_KEY | VAULT_FIDO);
	if (s->kind == VAULT_SLOT_RECOVERY)
		return s->old_form ? "the recovery key on paper" : "the words on paper";
	if (factors & VAULT_ROOM_KEY && factors & VAULT_FIDO)
		return "a PIN, the room key and a token";
	if (factors & VAULT_FIDO)
		return "a PIN and a token";
	if (factors & VAULT_DEVICE)
		return pin ? "a PIN, the room key and this box" : "a passphrase, on this box";
	return pin ? "a PIN and the room key" : "a passphrase";
}

static void who_done(struct app *app, struct sheet *s)
{
	choose(app, app->state, (int)s->row[s->chosen].id);
}

static void who_open(struct app *app, struct lock_state *st)
{
	struct sheet *s = sheet_open(app, "Who is opening?", NULL, NULL, who_done, 0);
	for (size_t i = 0; i < st->n; i++) {
		const struct vault_slot *k = &st->slot[i];
		if (!given(app, k))
			sheet_row(s, k->kind == VAULT_SLOT_RECOVERY ? "key" : "person", k->label,
			        fmt(app, "With %s", key_asks(k)), (int64_t)i, NULL, false);
	}
}

/* The keys of a training store say so before it is opened (docs/decisions/0021). */
static bool training(const struct lock_state *st)
{
	return st->n && strncmp(st->slot[0].label, "Training: ", 10) == 0;
}

static bool own_room_key(const struct lock_state *st)
{
	return st->room_key && memcmp(vault_room_key_id(st->room_key), st->slot[st->chosen].token,
	                               VAULT_ID_BYTES) == 0;
}

/* What is missing before it can be opened; NULL: nothing. */
static const char *missing(const struct app *app, const struct lock_state *st)
{
	if (!st->n)
		return "";
	if (unlock_wants_pin(app))
		return typed_lack(app, st);
	if (waits(&st->slot[st->chosen]))
		return "";
	if ((st->slot[st->chosen].factors & VAULT_ROOM_KEY) && !own_room_key(st))
		return "Put the room key in.";
	if (st->words.text)
		return words_full(&st->words) ? NULL : "Enter all the words.";
	return typed_lack(app, st);
}

/* ---- parts of the screen -----------------------------------------------------------------------
 */

static void header(
        struct app *app, struct ui *ui, const struct lock_state *st, struct gfx_rect head)
{
	const struct ui_metrics *m = ui_m(ui);
	int64_t now = time_now_us();
	ui_fill(ui, head, GFX_RAIL);
	head = ui_inset(head, m->margin, 0);
	ui_icon(ui, ui_cut_left(&head, ui_px(ui, 40)), "table", ui_px(ui, 38), GFX_ON_RAIL);
	ui_cut_left(&head, ui_px(ui, 14));
	ui_label(ui, ui_cut_left(&head, ui_text_w(ui, GFX_TITLE, "Caseroom")), GFX_TITLE,
	        GFX_ON_RAIL, UI_LEFT, "Caseroom");
	if (training(st)) {
		const char *t = app_small(app) ? "Training" : TRAINING_WORDS;
		ui_cut_left(&head, m->gap);
		ui_label(ui, ui_cut_left(&head, ui_text_w(ui, GFX_BODY_B, t)), GFX_BODY_B,
		        GFX_ON_RAIL, UI_LEFT, t);
	}
	const char *clock = fmt_hm(app, now);
	ui_label(ui, ui_cut_right(&head, ui_text_w(ui, GFX_TITLE, clock)), GFX_TITLE, GFX_ON_RAIL,
	        UI_RIGHT, clock);
	ui_cut_right(&head, m->gap);
	const char *day = fmt_day(app, time_to_day(now), DAY_WEEKDAY);
	if (ui_text_w(ui, GFX_CAPTION, day) <= head.w)
		ui_label(ui, head, GFX_CAPTION, GFX_ON_RAIL, UI_RIGHT, day);
}

/* Two lines beside an icon, in r. */
static void told(struct app *app, struct gfx_rect r, const char *icon, bool good, const char *title,
        const char *second)
{
	struct ui *ui = app->ui;
	struct gfx_rect tile = ui_cut_left(&r, ui_px(ui, 48));
	tile = (struct gfx_rect){
	        tile.x, tile.y + (tile.h - ui_px(ui, 48)) / 2, tile.w, ui_px(ui, 48)};
	ui_tile(ui, tile, icon, NULL, good);
	ui_cut_left(&r, ui_px(ui, 12));
	int h = ui_line_h(ui, GFX_BODY_B),
	    h2 = *second ? ui_wrap_h(ui, r.w, GFX_CAPTION, second, 2) : 0,
	    top = r.y + (r.h - h - h2) / 2;
	ui_note(ui, r, UI_ROLE_STATUS, title, *second ? second : NULL);
	ui_elide(ui, (struct gfx_rect){r.x, top, r.w, h}, GFX_BODY_B, GFX_TEXT, UI_LEFT, title);
	if (h2)
		ui_wrap(ui, (struct gfx_rect){r.x, top + h, r.w, h2}, GFX_CAPTION, GFX_TEXT2,
		        second, 2);
}

static void who_row(struct app *app, struct ui *ui, struct lock_state *st, struct gfx_rect row)
{
	const struct vault_slot *s = &st->slot[st->chosen];
	const char *role, *agency = label_split(app, s->label, &role);
	const char *other = app_small(app) ? "Other" : "Someone else";
	bool low = row.h < ui_m(ui)->row2; /* large text: the agency alone */
	struct gfx_rect b = ui_cut_right(
	        &row, low ? ui_m(ui)->pager_w : ui_button_w(ui, "people", other, false));
	ui_cut_right(&row, 12);
	if (low ? ui_square(ui, b, UI_NORMAL, "people", other, busy(app))
	        : ui_button(ui, b, UI_NORMAL, "people", other, busy(app)))
		who_open(app, st);
	ui_box(ui, row, ui_px(ui, 8), GFX_SOFT, 2, GFX_ACCENT);
	if (ui_hit(ui, row, UI_ROLE_CHOICE, s->label, UI_CHOSEN_FLAG | (busy(app) ? UI_OFF : 0)))
		who_open(app, st);
	struct gfx_rect c = ui_inset(row, 16, 0), tile;
	if (low) {
		ui_label(ui, c, GFX_BODY_B, GFX_ON_SOFT, UI_LEFT, agency);
		return;
	}
	tile = ui_cut_left(&c, ui_px(ui, 48));
	tile.y += (tile.h - ui_px(ui, 48)) / 2;
	tile.h = ui_px(ui, 48);
	ui_tile(ui, tile, s->kind == VAULT_SLOT_RECOVERY ? "key" : "person", NULL, true);
	ui_cut_left(&c, 12);
	const char *second = *role ? role : fmt(app, "With %s", key_asks(s));
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
	    top = c.y + (c.h - h - h2) / 2;
	ui_label(ui, (struct gfx_rect){c.x, top, c.w, h}, GFX_BODY_B, GFX_ON_SOFT, UI_LEFT, agency);
	ui_label(ui, (struct gfx_rect){c.x, top + h, c.w, h2}, GFX_CAPTION, GFX_ON_SOFT, UI_LEFT,
	        second);
}

static const char *witness_words(struct app *app, const struct vault_room_key *k)
{
	struct vault_witness w;
	char print[VAULT_FINGERPRINT_MAX];
	if (!vault_room_key_witness(k, &w))
		return "It remembers no store yet.";
	vault_fingerprint(w.audit_head, print);
	return fmt(app, "Last closed on %s at %s. Fingerprint: %s",
	        fmt_day(app, time_to_day(w.at_us), DAY_MONTH), fmt_hm(app, w.at_us), print);
}

static void room_key_row(struct app *app, struct lock_state *st, struct gfx_rect r)
{
	bool asked = st->slot[st->chosen].factors & VAULT_ROOM_KEY;
	if (st->room_key && (!asked || own_room_key(st)))
		told(app, r, "stick", true, "Room key in place", witness_words(app, st->room_key));
	else if (st->room_key)
		told(app, r, "stick", false, "This is another room key",
		        "Take it out and put in the one that belongs to this key, or its spare.");
	else if (st->room_key_err == ERR_NOT_FOUND)
		told(app, r, "stick", false, "The room key is not in place",
		        "Put the stick in. This screen sees it by itself.");
	else
		told(app, r, "stick", false, "The room key cannot be read",
		        "Its file is damaged. Use the spare copy.");
}

static bool shows_room_key(const struct lock_state *st)
{
	return st->room_key || (st->n && st->slot[st->chosen].factors & VAULT_ROOM_KEY);
}

static const char *numeral(unsigned n)
{
	static const char *const WORD[] = {"None", "One", "Two", "Three", "Four"};
	return n < COUNT_OF(WORD) ? WORD[n] : "Several";
}

/* "1 of 2 agencies: City council. Next: somebody of another agency." */
static const char *so_far(struct app *app, const struct lock_state *st)
{
	const struct unlock *u = app->unlock;
	const char *names = "";
	size_t n = u ? u->n_given : 0;
	for (size_t i = 0; i < n; i++)
		names = fmt(app, "%s%s%s", names, i ? ", " : "", u->given[i].agency);
	return n ? fmt(app, "%zu of %u agencies: %s. Next: somebody of another agency.", n,
	                   st->quorum, names)
	         : fmt(app, "%s agencies open it together, one key after another.",
	                   numeral(st->quorum));
}

static void begin_again(struct app *app)
{
	lock_abandon(app);
	choose(app, app->state, likely(app, app->state));
	app->reload = true;
	ui_again(app->ui);
}

/* How far the agencies have come: a column at the left. */
static void agencies(struct app *app, struct ui *ui, struct lock_state *st, struct gfx_rect r)
{
	const struct ui_metrics *m = ui_m(ui);
	const struct unlock *u = app->unlock;
	unsigned n = u ? (unsigned)u->n_given : 0;
	const char *title = fmt(app, "%s of %u agencies", numeral(n), st->quorum);
	ui_note(ui, r, UI_ROLE_STATUS, so_far(app, st), NULL);
	ui_label(ui, ui_cut_top(&r, ui_line_h(ui, GFX_TITLE)), GFX_TITLE, GFX_TEXT, UI_LEFT, title);
	ui_cut_top(&r, ui_wrap(ui, r, GFX_CAPTION, GFX_TEXT2,
	                       n ? "Next: somebody of another agency."
	                         : "They open it together, one key after another.",
	                       2) +
	                       ui_px(ui, 10));
	struct gfx_rect bar = ui_cut_top(&r, ui_px(ui, 12));
	for (unsigned i = 0; i < st->quorum; i++) {
		struct gfx_rect c = ui_column(bar, (int)i, (int)st->quorum, 8);
		if (i < n)
			ui_round(ui, c, c.h / 2, GFX_ACCENT);
		else
			ui_dashed(ui, c, c.h / 2, GFX_EDGE);
	}
	ui_cut_top(&r, ui_px(ui, 8));
	for (unsigned i = 0; i < st->quorum && r.h >= m->row2; i++) {
		struct gfx_rect row = ui_cut_top(&r, m->row2);
		if (i < n)
			told(app, row, "check", true, u->given[i].agency,
			        fmt(app, "at %s", fmt_hm(app, u->given[i].at_us)));
		else
			told(app, row, "seat", false, "One more agency", "");
	}
	if (n && r.h >= m->target &&
	        ui_button(ui,
	                (struct gfx_rect){r.x, r.y + 4,
	                        ui_button_w(ui, "undo", "Begin again", false), m->target},
	                UI_NORMAL, "undo", "Begin again", busy(app)))
		begin_again(app);
}

/* ---- the screen --------------------------------------------------------------------------------
 */

static void closed_note(struct app *app, struct ui *ui, struct gfx_rect *in)
{
	static const struct {
		const char *icon, *title, *second;
	} NOTE[] = {
	        [CLOSED_BY_HAND] = {"lock", "The store was closed", ""},
	        [CLOSED_BY_TIME] = {"lock", "Locked after five minutes without a touch",
	                "What was being typed is kept in the store."},
	        [CLOSED_BY_ROOM_KEY] = {"stick", "The room key was taken out",
	                "The store was closed. What was being typed is kept in it."},
	};
	const struct ui_metrics *m = ui_m(ui);
	const bool disposed = app->disposed[0],
	           said = app->say.text[0]; /* by the screen that was left */
	if ((app->closed_by == CLOSED_BY_HAND && !disposed && !said) || in->h < 4 * m->row2)
		return;
	struct gfx_rect r = ui_cut_top(in, m->row2);
	ui_area(ui, r, ui_px(ui, 8), GFX_PANEL, GFX_HAIR);
	r = ui_inset(r, 12, 0);
	if (disposed)
		told(app, r, "done", true, app->disposed, "The store has a new data key.");
	else
		told(app, r, NOTE[app->closed_by].icon, false, NOTE[app->closed_by].title,
		        said ? app->say.text : NOTE[app->closed_by].second);
	ui_cut_top(in, ui_px(ui, 12));
}

static bool foot(struct app *app, struct ui *ui, struct lock_state *st, struct gfx_rect b)
{
	const char *lack = missing(app, st), *label = busy(app) ? "Opening" : "Open";
	if (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "info", "Help", true)), UI_NORMAL, "info",
	            "Help", false))
		help_open(app);
	struct gfx_rect open = ui_cut_right(&b, ui_px(ui, 240));
	ui_cut_right(&b, ui_px(ui, 12));
	if (unlock_wants_pin(app)) {
		ui_cut_left(&b, 12);
		if (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "back", "Leave it", false)),
		            UI_NORMAL, "back", "Leave it", false))
			unlock_leave_pin(app);
	} else if (app_small(app) && app->unlock && app->unlock->n_given) {
		ui_cut_left(&b, 12);
		if (ui_button(ui, ui_cut_left(&b, ui_button_w(ui, "undo", "Begin again", false)),
		            UI_NORMAL, "undo", "Begin again", busy(app)))
			begin_again(app);
	} else if (lack && *lack && !busy(app) && ui_text_w(ui, GFX_CAPTION, lack) <= b.w) {
		ui_label(ui, b, GFX_CAPTION, GFX_TEXT2, UI_RIGHT, lack);
	}
	return ui_button(ui, open, UI_PRIMARY, "unlock", label, busy(app) || lack);
}

static const char *title(struct app *app, const struct lock_state *st)
{
	if (busy(app))
		return st->slot[st->chosen].factors & VAULT_FIDO ? "Touch the token now"
		                                                 : "Working out the key";
	if (unlock_wants_pin(app))
		return "The token asks for its own PIN";
	return app->unlock && app->unlock->n_given ? "Who is next?" : "Who is opening?";
}

static void entry(struct app *app, struct ui *ui, struct lock_state *st, struct gfx_rect *in)
{
	const struct ui_metrics *m = ui_m(ui);
	bool kb = ui_keyboard_h(ui), alone = kb && (app_small(app) || st->words.text);
	/* 7 inch and large text: who it is in one line, and no heading */
	bool low = !kb && in->h < ui_line_h(ui, GFX_HEADING) + m->row2 + typed_h(app) + m->primary +
	                                  ui_px(ui, 38);
	if (low) {
		who_row(app, ui, st, ui_cut_top(in, m->target));
		ui_cut_top(in, 8);
	} else if (!alone) {
		closed_note(app, ui, in);
		ui_label(ui, ui_cut_top(in, ui_line_h(ui, GFX_HEADING)), GFX_HEADING, GFX_TEXT,
		        UI_LEFT, title(app, st));
		if (st->quorum > 1 && app_small(app))
			ui_cut_top(
			        in, ui_wrap(ui, *in, GFX_CAPTION, GFX_TEXT2, so_far(app, st), 2));
		ui_cut_top(in, ui_px(ui, 10));
		who_row(app, ui, st, ui_cut_top(in, m->row2));
		ui_cut_top(in, ui_px(ui, 12));
	}
	if (busy(app)) {
		ui_wrap(ui, *in, GFX_BODY, GFX_TEXT2,
		        st->slot[st->chosen].factors & VAULT_FIDO
		                ? "It blinks until somebody touches it. Then the key is worked "
		                  "out, "
		                  "which takes a second or more."
		                : "This takes a second or more on purpose: it makes guessing slow.",
		        2);
		return;
	}
	int keep = kb ? 0 : m->primary + ui_px(ui, 16);
	if (st->words.text) {
		struct gfx_rect r = *in;
		const char *wait = kb ? NULL : wait_words(app, &st->slot[st->chosen]);
		r.h -= keep;
		if (wait)
			ui_cut_top(&r, ui_wrap(ui, r, GFX_CAPTION, GFX_TEXT2, wait, 0) + 4);
		words_build(app, &st->words, r);
		return;
	}
	typed_build(app, st, ui_cut_top(in, typed_h(app)));
	if (shows_room_key(st) && in->h - keep >= m->row2)
		room_key_row(app, st, ui_cut_top(in, m->row2));
}

/* What waits for the next agency, or for the token's PIN, does not wait for ever. */
static void unlock_rests(struct app *app)
{
	int64_t left = app->touched_ms + LOCK_AFTER_MS - time_mono_ms();
	if (!app->unlock || busy(app))
		return;
	if (left > 0)
		ui_wake_in(app->ui, (int)left);
	else
		begin_again(app);
}

static void build(struct app *app, struct ui *ui)
{
	struct lock_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	struct gfx_rect all = {0, 0, m->w, m->h};
	if (app->unlock && worker_ended(app)) {
		unlock_end(app, st);
		ui_again(ui);
		if (app->record)
			return;
	}
	if (!st->secret && !busy(app) && load(app))
		return;
	unlock_rests(app);
	int kb = ui_keyboard_h(ui);
	ui_fill(ui, all, GFX_GROUND);
	if (!kb || m->h - m->header_h - kb >= typed_h(app) + 16) /* the field comes first */
		header(app, ui, st, ui_cut_top(&all, m->header_h));
	ui_wake_in(ui, (int)((TIME_MINUTE_US - time_now_us() % TIME_MINUTE_US) / 1000) + 1);
	ui_cut_bottom(&all, kb);
	app->sample = training(st);
	if (app->help) {
		help_build(app, ui, all);
		return;
	}
	if (app->sheet.up) {
		sheet_build(app, ui, all);
		return;
	}
	if (st->quorum > 1 && !small && !st->problem.err) {
		struct gfx_rect left = ui_cut_left(&all, all.w * 35 / 100);
		ui_fill(ui, (struct gfx_rect){all.x, all.y, 1, all.h}, GFX_HAIR);
		agencies(app, ui, st, ui_inset(left, ui_px(ui, 32), ui_px(ui, 24)));
	}
	struct gfx_rect in = ui_inset(all,
	        small                                ? 16
	        : st->quorum > 1 && !st->problem.err ? ui_px(ui, 32)
	        : app_wide(app)                      ? (m->w - ui_px(ui, 880)) / 2
	                                             : ui_px(ui, 200),
	        small ? 8 : ui_px(ui, 24));
	if (st->problem.err) {
		problem_page(app, ui, &st->problem, in);
		return;
	}
	if (!st->n)
		return;
	entry(app, ui, st, &in);
	bool go = !busy(app) && ui_submitted(ui, &st->edit);
	if (!kb) {
		go |= foot(app, ui, st, ui_cut_bottom(&in, m->primary));
	} else {
		ui_keyboard(ui, 0, st->words.text ? "Next" : missing(app, st) ? "Done" : "Open");
	}
	if (st->short_of && !missing(app, st))
		st->short_of = NULL;
	const char *lack = go && !busy(app) ? missing(app, st) : "";
	if (lack) {
		if (*lack) { /* said where it was asked for; the keyboard may hide the foot */
			st->short_of = lack;
			ui_again(ui);
		}
		return;
	}
	if (unlock_wants_pin(app))
		unlock_with_pin(app, st);
	else
		unlock_start(app, st);
}

const struct screen_ops screen_lock = {
        "lock", PLACE_NONE, sizeof(struct lock_state), load, build, NULL, leave};
