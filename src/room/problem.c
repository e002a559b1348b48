#include "lock.h"
#include <string.h>

/*
 * A store that did not open: what is the matter, what was found, and what to do next. Each cause
 * that the vault tells apart has a heading and a next step of its own.
 */

struct told {
	const char *icon, *heading, *next;
};

static const struct told BY_ERR[ERR_COUNT] = {
        [ERR_NEEDS] = {"key", "Something that belongs to this key is not there",
                "The recovery words open the room without it; so does another person’s key."},
        [ERR_WAIT] = {"timer", "Too many tries",
                "The wait goes on when the panel is switched off. Somebody else’s key need not "
                "wait for this one."},
        [ERR_DAMAGED] = {"warning", "The store is damaged",
                "Keep the card as it is and call your administrator: caseroomctl verify says "
                "more. A backup brings the store back."},
        [ERR_OLDER] = {"warning", "The store is older than it should be",
                "Keep the card as it is and call your administrator. Somebody may have put back "
                "an older card or file. If a backup was brought back on purpose, open once with "
                "the recovery words while the room key is in."},
        [ERR_AUDIT] = {"warning", "The audit log does not hold",
                "Somebody may have changed what was recorded, or put an older card back and "
                "written to it. Keep the card and the room key as they are and call your "
                "administrator; caseroomctl verify says more."},
        [ERR_EXISTS] = {"people", "That agency has opened already",
                "The next key must be of another agency."},
        [ERR_NOT_STORE] = {"warning", "This is no Caseroom store",
                "Look whether the right card is in, then call your administrator."},
        [ERR_VERSION] = {"info", "A later Caseroom wrote this store",
                "Open it with that version, or bring this panel up to date."},
        [ERR_BUSY] = {"waiting", "Another program has the store open",
                "Close it there, then open once more."},
        [ERR_NOMEM] = {"info", "There was no room to work out the key",
                "Nothing is lost. Open once more."},
};

static const struct told BY_AGE[] = {
        [VAULT_OLDER_PAGES] = {"warning", "Older pages were put back",
                "Somebody may have changed the card outside Caseroom. Keep it as it is and call "
                "your administrator: a backup brings the newest pages back."},
        [VAULT_OLDER_FILE] = {"warning", "One file is older than the others",
                "Somebody may have put back or copied one file alone. Keep the card as it is and "
                "call your administrator: the files belong together, all of the newest copy."},
        [VAULT_OLDER_LOG] = {"warning", "What was written last is missing",
                "Keep the card as it is and call your administrator: the newest copy of all files "
                "brings it back, or a backup."},
        [VAULT_OLDER_KEYRING] = {"key", "The keyring is an older one",
                "Keys that were removed or changed since would open again. Keep the card as it is; "
                "your administrator puts the newest keyring back, which the newest backup may "
                "have, or makes a new store with caseroomctl salvage."},
        [VAULT_OLDER_STORE] = {"warning", "An older store was put back",
                "Look for the newer card, and keep this one and the room key as they are. If a "
                "backup was brought back on purpose, open once with the recovery words: that "
                "stands in the audit log."},
        [VAULT_OLDER_RESTORED] = {"warning", "A backup was brought back",
                "If that is right, open once with the recovery words while the room key is in: it "
                "goes with this store from then on. If nobody knows of it, keep the card and the "
                "room key as they are and call your administrator."},
};

static const struct told BY_TOKEN[] = {
        [VAULT_TOKEN_ABSENT] = {"stick", "The token is not in",
                "Put it in, then open once more. Without it the recovery words open the room, or "
                "another person’s key."},
        [VAULT_TOKEN_OTHER] = {"stick", "This is another token",
                "Put in the one that was made for this key, then open once more."},
        [VAULT_TOKEN_UNTOUCHED] = {"timer", "Nobody touched the token",
                "Open once more, and touch the token when it blinks."},
        [VAULT_TOKEN_REFUSED] = {"stick", "The token cannot be used",
                "Take it out, put it in and open once more. Else the recovery words open the "
                "room, or another person’s key."},
};

static const struct told KEYRING = {"warning", "The keyring is missing, damaged or was changed",
        "Without it nothing can be read. Keep the card as it is and call your administrator: a "
        "backup has a copy of the keyring, to be put back as it is; restoring it brings back the "
        "whole backup."};
static const struct told ROOM_KEY = {"stick", "The room key is missing",
        "Put it in, or its spare, then open once more. Without it the recovery words open the "
        "room, or another person’s key."};
static const struct told WRONG[] = {
        {"key", "Those words do not open this room",
                "Compare each word with the paper, in its order, and enter them once more."},
        {"key", "That PIN and room key do not open this room",
                "Enter the PIN once more. If it is lost, another person’s key or the recovery "
                "words open the room."},
        {"key", "That PIN and token do not open this room",
                "Enter the PIN once more. If it is lost, another person’s key or the recovery "
                "words open the room."},
        {"lock", "That passphrase does not open this room",
                "Look at capital letters and spaces: hold “Show” while you type. If it is lost, "
                "somebody else’s key or the recovery words open the room."},
};
static const struct told WRONG_GROUPS = {"key", "That recovery key does not open this room",
        "Compare each group of four with the paper, and enter it once more."};
static const struct told OTHER = {"warning", "The store did not open",
        "Nothing was changed. Try once more, then call your administrator."};

static const struct told *wrong_key(const struct vault_slot *s)
{
	return s->kind == VAULT_SLOT_RECOVERY ? s->old_form ? &WRONG_GROUPS : &WRONG[0]
	       : s->factors & VAULT_ROOM_KEY ? &WRONG[1]
	       : s->factors & VAULT_FIDO      ? &WRONG[2]
	                                      : &WRONG[3];
}

static const struct told *told_of(const struct problem *p)
{
	if (p->token < COUNT_OF(BY_TOKEN) && BY_TOKEN[p->token].heading)
		return &BY_TOKEN[p->token];
	if (p->err == ERR_WRONG_KEY)
		return wrong_key(&p->slot);
	if (p->err == ERR_NEEDS && p->slot.factors & VAULT_ROOM_KEY)
		return &ROOM_KEY;
	if (p->err == ERR_DAMAGED && p->keyring)
		return &KEYRING;
	if (p->err == ERR_OLDER && BY_AGE[p->older].heading)
		return &BY_AGE[p->older];
	return BY_ERR[p->err].heading ? &BY_ERR[p->err] : &OTHER;
}

static const char *next_step(struct app *app, const struct problem *p, const struct told *t)
{
	if (!p->saved)
		return t->next;
	return fmt(app,
	        "%llu record%s can be saved. Keep the card as it is and call your administrator: "
	        "caseroomctl salvage makes a new store of them. A backup brings the store back.",
	        (unsigned long long)p->saved, p->saved == 1 ? "" : "s");
}

/* Heading, sentence and next step in a box that is as high as they are. */
static void box(struct app *app, struct ui *ui, const struct problem *p, struct gfx_rect in)
{
	const struct told *told = told_of(p);
	const char *next = next_step(app, p, told),
	           *found = p->why.text[0] ? p->why.text : err_user(p->err);
	int gap = ui_px(ui, app_small(app) ? 8 : 16);
	struct gfx_rect t = ui_inset(in, ui_px(ui, 24), gap);
	struct gfx_rect side = ui_cut_left(&t, ui_px(ui, 56));
	int need = ui_wrap_h(ui, t.w, GFX_TITLE, told->heading, 0) +
	           ui_wrap_h(ui, t.w, GFX_BODY, found, 0) + ui_wrap_h(ui, t.w, GFX_BODY, next, 0) +
	           ui_line_h(ui, GFX_BODY_B) + 5 * gap;
	in.h = need < in.h ? need : in.h;
	ui_note(ui, t, UI_ROLE_HEADING, told->heading, NULL);
	ui_box(ui, in, ui_px(ui, 10), GFX_LATE_SOFT, 1, GFX_LATE);
	ui_icon(ui, (struct gfx_rect){side.x, side.y, ui_px(ui, 40), ui_line_h(ui, GFX_TITLE)},
	        told->icon, ui_px(ui, 34), GFX_LATE);
	ui_cut_top(&t, ui_wrap(ui, t, GFX_TITLE, GFX_LATE, told->heading, 0) + gap / 2);
	ui_note(ui, t, UI_ROLE_STATUS, found, NULL);
	ui_cut_top(&t, ui_wrap(ui, t, GFX_BODY, GFX_TEXT, found, 0) + gap);
	ui_label(ui, ui_cut_top(&t, ui_line_h(ui, GFX_BODY_B)), GFX_BODY_B, GFX_TEXT, UI_LEFT,
	        "What to do next");
	ui_note(ui, t, UI_ROLE_STATUS, next, NULL);
	ui_wrap(ui, t, GFX_BODY, GFX_TEXT, next, 0);
}

/* Where the store itself is at fault, and not the key. */
static bool wants_backup(const struct problem *p)
{
	return p->err == ERR_DAMAGED || p->err == ERR_AUDIT || p->err == ERR_NOT_STORE ||
	       (p->err == ERR_OLDER && p->older != VAULT_OLDER_RESTORED);
}

void problem_page(struct app *app, struct ui *ui, struct problem *p, struct gfx_rect in)
{
	struct gfx_rect foot = ui_cut_bottom(&in, ui_m(ui)->primary);
	ui_cut_bottom(&in, ui_px(ui, app_small(app) ? 8 : 16));
	box(app, ui, p, in);
	if (ui_button(ui, ui_cut_left(&foot, ui_button_w(ui, "info", "Help", true)), UI_NORMAL,
	            "info", "Help", false))
		help_open(app);
	ui_cut_left(&foot, ui_px(ui, 12));
	if (wants_backup(p) &&
	        ui_button(ui,
	                ui_cut_left(&foot, ui_button_w(ui, "stick", "Restore from a backup", true)),
	                UI_NORMAL, "stick", "Restore from a backup", false)) {
		lock_abandon(app); /* what was given of several keys holds the store */
		app_go_back_to(app, &screen_restore, &screen_lock);
		return;
	}
	bool back = ui_key_hit(ui, UI_KEY_ENTER) || ui_key_hit(ui, UI_KEY_ESCAPE);
	if (ui_button(ui, ui_cut_right(&foot, ui_button_w(ui, "key", "Back to the keys", true)),
	            UI_PRIMARY, "key", "Back to the keys", false) ||
	        back) {
		wipe(p, sizeof(*p));
		app->reload = true;
		ui_again(ui);
	}
}
