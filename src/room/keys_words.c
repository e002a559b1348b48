#include "keys.h"
#include <string.h>
#include "caseroom/record_keys.h"

/*
 * New recovery words. Invariants:
 * 1. Those of before are taken away only once two of the new words were given back from the paper.
 *    Whatever ends this earlier (the cover, the lock, "Leave it") drops the new words, and that is
 *    said.
 * 2. They lie in guarded memory, here or with the worker that sets them, and are kept nowhere else.
 */

void keys_words_ask(struct app *app, struct keys_state *st, const uint8_t *id)
{
	st->first_words = !id;
	if (id)
		memcpy(st->change_id, id, VAULT_ID_BYTES);
	st->view = VIEW_WORDS_ASK;
	ui_again(app->ui);
}

void keys_words_drop(struct app *app, struct keys_state *st)
{
	words_finish(&st->asked);
	if (!st->words)
		return;
	vault_secret_destroy(st->words);
	st->words = NULL;
	ui_wipe(app->ui);
	app_say(app, st->words_doubtful ? "Which recovery words hold is not certain. Keep both "
	                                  "papers, and make new words once more."
	             : st->first_words  ? "The new recovery words were dropped. There are none yet."
	                                : "The new recovery words were dropped. The old words "
	                                  "still hold.");
}

static void to_list(struct app *app, struct keys_state *st)
{
	ui_focus(app->ui, NULL);
	keys_words_drop(app, st);
	st->view = VIEW_LIST;
	ui_again(app->ui);
}

static void make(struct app *app, struct keys_state *st)
{
	if (keys_backup_runs(app))
		return;
	st->words_doubtful = false;
	if (vault_recovery_make(&st->words)) {
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	app->say.text[0] = 0;
	st->view = VIEW_WORDS;
	ui_again(app->ui);
}

static void ask_back(struct app *app, struct keys_state *st)
{
	if (words_ask_back(&st->asked)) {
		app_fail(app, ERR_NOMEM, NULL);
		return;
	}
	ui_wipe(app->ui); /* the words were drawn */
	app->say.text[0] = 0;
	st->view = VIEW_WORDS_BACK;
	ui_focus(app->ui, &st->asked.edit);
	ui_again(app->ui);
}

static void set(struct app *app, struct keys_state *st)
{
	struct key_job *j =
	        words_given_back(app, &st->asked, st->words) ? keys_job(app, JOB_RECOVERY) : NULL;
	if (!j)
		return;
	j->has_id = !st->first_words;
	memcpy(j->id, st->change_id, VAULT_ID_BYTES);
	j->secret = st->words;
	st->words = NULL;
	keys_job_start(app, j, "Setting the new recovery words. This takes a second or more.");
}

void keys_words_done(struct app *app, struct keys_state *st, struct key_job *j)
{
	if (j->err) { /* they wait where they are, to be tried again */
		st->words = j->secret;
		j->secret = NULL;
		st->words_doubtful |= j->err != ERR_BUSY && j->err != ERR_DENIED;
		app_fail(app, j->err, &j->why);
		return;
	}
	words_finish(&st->asked);
	st->view = VIEW_LIST;
	if (st->first_words)
		app_say(app, "The recovery words open every backup from now on. Make one.");
	else
		rekey_offer(app, RECOVERY_CHANGED);
}

static void told(struct app *app, struct gfx_rect *r, const char *text)
{
	ui_cut_top(r, ui_wrap(app->ui, *r, GFX_BODY, GFX_TEXT2, text, 0) + ui_px(app->ui, 12));
}

static void ask_page(struct app *app, struct keys_state *st, struct page *p)
{
	struct gfx_rect r = p->body;
	told(app, &r,
	        "Have paper and a pen at hand: the new words are shown once, and two of them are "
	        "asked back. Until then an old paper holds.");
	if (page_hold(app, p, "key", "Hold to make new words", false, NULL))
		make(app, st);
	else if (page_button(app, p, "back", "Leave it", false))
		to_list(app, st);
}

static void show_page(struct app *app, struct keys_state *st, struct page *p)
{
	struct gfx_rect r = p->body;
	told(app, &r,
	        st->first_words
	                ? "Write them on paper in this order. They hold once two of them were "
	                  "given back."
	                : "Write them on paper in this order. They hold once two of them were "
	                  "given back; until then the old words do.");
	words_show(app, ui_cut_top(&r, words_show_h(app)), st->words);
	if (page_primary(app, p, "check", "I have written them down", false, NULL))
		ask_back(app, st);
	else if (page_button(app, p, "back", "Leave it", false))
		to_list(app, st);
}

static void back_page(struct app *app, struct keys_state *st, struct page *p)
{
	struct gfx_rect r = p->body;
	if (!p->keyboard)
		told(app, &r, "So that a slip of the pen is found while it can be mended.");
	words_build(app, &st->asked, r);
	const bool lack = !words_full(&st->asked);
	if (page_primary(app, p, "key", "Use the new words", lack,
	            lack ? "Both words are needed." : NULL)) {
		set(app, st);
	} else if (page_button(app, p, "back", "See the words again", false)) {
		app->say.text[0] = 0;
		st->view = VIEW_WORDS;
		ui_again(app->ui);
	}
}

void keys_words_build(struct app *app, struct keys_state *st, struct page *p)
{
	if (st->view == VIEW_WORDS_ASK)
		ask_page(app, st, p);
	else if (st->view == VIEW_WORDS)
		show_page(app, st, p);
	else
		back_page(app, st, p);
}
