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
                "A backup brings the store back. Keep this card as it is, and tell your "
                "administrator."},
        [ERR_OLDER] = {"warning", "The store is older than it should be",
                "Keep the card as it is and call your administrator. Somebody may have put back "
                "an older card or file. If a backup was brought back on purpose, open once with "
                "the recovery words while the room key is in."},
        [ERR_AUDIT] = {"warning", "The audit log does not hold",
                "Somebody may have changed what was recorded, or put an older card back and "
                "written to it. Keep the card and the room key as they are and call your "
                "administrator."},
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
                "backup was brought back on purpose, open once with the recovery words while the "
                "room key is in: that stands in the audit log."},
        [VAULT_OLDER_RESTORED] = {"warning", "A backup was brought back",
                "If that is right, open once with the recovery words while the room key is in: it "
                "goes with this store from then on. If nobody knows of it, keep the card and the "
                "room key as they are and call your administrator."},
        [VAULT_OLDER_WORDS] = {"key", "The room key does not know these words",
                "Take the room key out and open with the recovery words once more; then make a "
                "new room key on another stick, under Keys. If nobody knows of a backup that was "
                "brought back, keep the card and the room key as they are and call your "
                "administrator."},
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

/* Where the store itself is at fault, and not the key. */
static bool wants_backup(const struct problem *p)
{
	return p->err == ERR_DAMAGED || p->err == ERR_AUDIT || p->err == ERR_NOT_STORE ||
	       (p->err == ERR_OLDER && p->older != VAULT_OLDER_RESTORED &&
	               p->older != VAULT_OLDER_WORDS);
}

static const char *next_step(struct app *app, const struct problem *p, const struct told *t)
{
	if (!p->saved)
		return t->next;
	return fmt(app,
	        "A backup brings the store back. Without one, %llu record%s can be saved by your "
	        "administrator: keep the card as it is.",
	        (unsigned long long)p->saved, p->saved == 1 ? "" : "s");
}

static const char *found_words(struct app *app, const struct problem *p)
{
	const char *wait = wait_words(app, &p->slot);
	if (wait && (p->err == ERR_WRONG_KEY || p->err == ERR_WAIT))
		return wait;
	return p->why.text[0] ? p->why.text : err_user(p->err);
}

/* ---- the picture ---- */

#define PARTS 12

/* Its words from top to bottom, a sentence of what to do next each, so that they can be paged. */
struct part {
	enum gfx_type type;
	enum gfx_colour c;
	const char *text;
	int gap; /* above it */
};

static size_t sentences(struct app *app, const char *text, struct part *part, size_t n, int gap)
{
	while (*text && n < PARTS) {
		const char *end = n + 1 < PARTS ? strstr(text, ". ") : NULL;
		size_t len = end ? (size_t)(end - text) + 1 : strlen(text);
		part[n++] =
		        (struct part){GFX_BODY, GFX_TEXT, fmt(app, "%.*s", (int)len, text), gap};
		text += len;
		text += *text == ' ';
		gap = 0;
	}
	return n;
}

/* What was found stands first where it tells what to do, and last and small where it tells of the
 * card's pages and files. */
static size_t parts_of(
        struct app *app, const struct problem *p, bool paged, struct part part[PARTS])
{
	const struct told *told = told_of(p);
	const char *next = next_step(app, p, told), *found = found_words(app, p);
	const int gap = ui_px(app->ui, app_small(app) ? 8 : 16);
	const bool small = wants_backup(p);
	size_t n = 0;
	part[n++] = (struct part){GFX_TITLE, GFX_LATE, told->heading, 0};
	if (!small)
		part[n++] = (struct part){GFX_BODY, GFX_TEXT, found, gap / 2};
	part[n++] = (struct part){GFX_BODY_B, GFX_TEXT, "What to do next", small ? gap / 2 : gap};
	if (paged)
		n = sentences(app, next, part, n, 0);
	else
		part[n++] = (struct part){GFX_BODY, GFX_TEXT, next, 0};
	if (small && n < PARTS)
		part[n++] = (struct part){GFX_CAPTION, GFX_TEXT2, found, gap};
	return n;
}

static void part_draw(struct ui *ui, const struct part *part, struct gfx_rect r)
{
	ui_cut_top(&r, part->gap);
	ui_note(ui, r, part->type == GFX_TITLE ? UI_ROLE_HEADING : UI_ROLE_STATUS, part->text,
	        NULL);
	ui_wrap(ui, r, part->type, part->c, part->text, 0);
}

/* In a box that is as high as its words. False: they are too many for `in`, and nothing is drawn.
 */
static bool box(struct app *app, struct ui *ui, const struct problem *p, struct gfx_rect in)
{
	struct part part[PARTS];
	size_t n = parts_of(app, p, false, part);
	int gap = ui_px(ui, app_small(app) ? 8 : 16), h[PARTS], need = 2 * gap;
	struct gfx_rect t = ui_inset(in, ui_px(ui, 24), gap);
	struct gfx_rect side = ui_cut_left(&t, ui_px(ui, 56));
	for (size_t i = 0; i < n; i++)
		need += h[i] = part[i].gap + ui_wrap_h(ui, t.w, part[i].type, part[i].text, 0);
	if (need > in.h)
		return false;
	in.h = need;
	ui_box(ui, in, ui_px(ui, 10), GFX_LATE_SOFT, 1, GFX_LATE);
	ui_icon(ui, (struct gfx_rect){side.x, side.y, ui_px(ui, 40), ui_line_h(ui, GFX_TITLE)},
	        told_of(p)->icon, ui_px(ui, 34), GFX_LATE);
	for (size_t i = 0; i < n; i++)
		part_draw(ui, &part[i], ui_cut_top(&t, h[i]));
	return true;
}

#define PAGED "What is the matter"

static void pages(struct app *app, struct ui *ui, struct problem *p, struct gfx_rect in)
{
	struct part part[PARTS];
	size_t n = parts_of(app, p, true, part), i;
	int h[PARTS];
	struct ui_list l;
	struct gfx_rect row;
	for (i = 0; i < n; i++)
		h[i] = part[i].gap + ui_wrap_h(ui, in.w - 2 * 16, part[i].type, part[i].text, 0);
	ui_list_begin(ui, &l, in, PAGED, &p->scroll, n, 0, h);
	while (ui_list_next(ui, &l, &i, &row))
		part_draw(ui, &part[i], (struct gfx_rect){row.x + 16, row.y, in.w - 2 * 16, row.h});
	ui_list_end(ui, &l);
}

/* Large text: the icon stands for the word. */
static bool foot_button(struct ui *ui, struct gfx_rect r, enum ui_kind kind, const char *icon,
        const char *label, bool bare)
{
	return bare ? ui_square(ui, r, kind, icon, label, false)
	            : ui_button(ui, r, kind, icon, label, false);
}

void problem_page(struct app *app, struct ui *ui, struct problem *p, struct gfx_rect in)
{
	static const char back_label[] = "Back to the keys", restore[] = "Restore from a backup";
	const int gap = ui_px(ui, 12), side = ui_m(ui)->pager_w;
	struct gfx_rect foot = ui_cut_bottom(&in, ui_m(ui)->primary);
	ui_cut_bottom(&in, ui_px(ui, app_small(app) ? 8 : 16));
	bool backup = wants_backup(p), paged = !box(app, ui, p, in);
	int help_w = ui_button_w(ui, "info", "Help", true),
	    back_w = ui_button_w(ui, "key", back_label, true),
	    main_w = backup ? ui_button_w(ui, "stick", restore, true) : back_w;
	int room = foot.w - (paged ? 2 * (side + gap) : 0) - main_w;
	bool bare = room < help_w + gap + (backup ? back_w + gap : 0);
	if (paged)
		pages(app, ui, p, in);
	if (foot_button(
	            ui, ui_cut_left(&foot, bare ? side : help_w), UI_NORMAL, "info", "Help", bare))
		help_open(app);
	ui_cut_left(&foot, gap);
	if (paged) {
		struct gfx_rect up = ui_cut_left(&foot, side);
		ui_cut_left(&foot, gap);
		ui_list_pages(ui, up, ui_cut_left(&foot, side), PAGED);
		ui_cut_left(&foot, gap);
	}
	bool back = ui_key_hit(ui, UI_KEY_ENTER) || ui_key_hit(ui, UI_KEY_ESCAPE);
	if (backup) {
		back |= foot_button(ui, ui_cut_left(&foot, bare ? side : back_w), UI_NORMAL, "key",
		        back_label, bare);
		ui_cut_left(&foot, gap);
	}
	bool tight = main_w > foot.w;
	if (foot_button(ui, ui_cut_right(&foot, tight ? side : main_w), UI_PRIMARY,
	            backup ? "stick" : "key", backup ? restore : back_label, tight)) {
		if (backup) {
			lock_abandon(app); /* what was given of several keys holds the store */
			app_go_back_to(app, &screen_restore, &screen_lock);
			return;
		}
		back = true;
	}
	if (back) {
		wipe(p, sizeof(*p));
		app->reload = true;
		ui_again(ui);
	}
}
