#include "app.h"
#include <stdio.h>
#include <string.h>

/*
 * Retention and disposal (R39): what is due with its rule in words, what is held, the review of
 * each, and carrying out. A review deletes nothing and can be undone for ten seconds; carrying out
 * says beforehand that it cannot. After it the store gets a new data key beside the panel, which
 * shows how far that is and then locks.
 */

enum { TAB_DUE, TAB_REVIEWED, TAB_KEPT, TAB_HELD, TAB_CERTIFICATES, TAB_COUNT };

struct due_state {
	struct disposal_row *row;
	struct certificate_row *cert;
	size_t n, n_certs, count[TAB_COUNT];
	bool pending; /* something was deleted, and the key from before is still there */
	int tab;
	struct ui_scroll scroll;
	/* what the sheets are about */
	const char *subject;
	int64_t id;
};

static int tab_of(const struct disposal_row *d)
{
	return d->held                         ? TAB_HELD
	       : d->state == DISPOSAL_REVIEWED ? TAB_REVIEWED
	       : d->state == DISPOSAL_KEPT     ? TAB_KEPT
	                                       : TAB_DUE;
}

static enum err load(struct app *app)
{
	struct due_state *st = app->state;
	struct arena *a = &app->rows;
	memset(st->count, 0, sizeof(st->count));
	enum err e = record_disposals(app->record, a, &app->viewer, &st->row, &st->n);
	for (size_t i = 0; !e && i < st->n; i++)
		st->count[tab_of(&st->row[i])]++;
	if (!e)
		e = record_certificates(app->record, a, &st->cert, &st->n_certs);
	if (!e)
		e = record_key_pending(app->record, &st->pending);
	st->count[TAB_CERTIFICATES] = st->n_certs;
	return e;
}

/* ---- review ---- */

static void keep_done(struct app *app, struct sheet *s)
{
	const struct due_state *st = app->state;
	struct command c = {.kind = CMD_DISPOSAL_REVIEW};
	c.u.dispose.subject = st->subject;
	c.u.dispose.id = st->id;
	c.u.dispose.keep_until = s->day_value;
	c.u.dispose.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void keep_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Keep it longer until",
	        "On that day it is put before a reviewer again.", "Keep it", keep_done, 0);
	sheet_day(s, practice_add_months(time_today(), 12), time_today() + 1);
	sheet_words(s, "Why it is kept longer", true, "");
}

enum { DO_GOES, DO_KEEP, DO_HOLD, DO_LIFT };

static void choose_done(struct app *app, struct sheet *s)
{
	const struct due_state *st = app->state;
	struct command c = {.kind = CMD_DISPOSAL_REVIEW};
	switch (s->row[s->chosen].id) {
	case DO_GOES:
		c.u.dispose.subject = st->subject;
		c.u.dispose.id = st->id;
		c.u.dispose.keep_until = DAY_NONE;
		c.u.dispose.words = "";
		(void)app_do(app, &c, NULL);
		break;
	case DO_KEEP:
		keep_open(app);
		break;
	case DO_HOLD:
		hold_open(app, st->subject, st->id);
		break;
	default:
		hold_lift_open(app, st->subject, st->id);
	}
}

/* What somebody said of it that stands: a hold, or that it is kept; "" when it is for the rule. */
static const char *stands_words(struct app *app, const struct disposal_row *d)
{
	return d->held ? hold_words(app, d)
	       : d->state != DISPOSAL_KEPT
	               ? ""
	               : fmt(app, "Kept until %s by %s: %s", fmt_day(app, d->keep_until, DAY_YEAR),
	                         d->reviewer, d->review_words);
}

static void choose_open(struct app *app, const struct disposal_row *d)
{
	struct due_state *st = app->state;
	st->subject = d->subject;
	st->id = d->id;
	const char *stands = stands_words(app, d), *rule = fmt(app, "%s. %s", d->period, d->source);
	struct sheet *s = sheet_open(app, d->name,
	        !d->may   ? fmt(app, "%s%s%s", stands, *stands ? ". " : "", d->why_not)
	        : *stands ? stands
	                  : rule,
	        NULL, choose_done, 0);
	if (d->held && d->may)
		sheet_row(s, "undo", "Lift the hold", "With the reason why it is over", DO_LIFT,
		        NULL, false);
	if (d->may && (d->state == DISPOSAL_DUE || d->state == DISPOSAL_KEPT))
		sheet_row(s, "check", "It is to go",
		        "Reviewed; nothing is deleted before it is carried out", DO_GOES, NULL,
		        false);
	if (d->may && !d->held)
		sheet_row(s, "calendar",
		        d->state == DISPOSAL_KEPT ? "Keep it until another day" : "Keep it longer",
		        "With a reason and a new day", DO_KEEP, NULL, false);
	if (!d->held && strcmp(d->subject, DISPOSAL_DRAFTS) != 0)
		sheet_row(s, "pause", "Hold it", "A claim, a request for access: with a reason",
		        DO_HOLD, NULL, false);
}

/* ---- carrying out ---- */

static int64_t records_of(const struct certificate_row *o)
{
	int64_t n = 0;
	for (size_t i = 0; i < o->n_lines; i++)
		n += o->line[i].n;
	return n;
}

/* Said on the lock screen, where the panel goes from here, and once more when it is open again. */
static void disposed_say(struct app *app)
{
	struct certificate_row *o;
	size_t n = 0;
	enum err e = record_certificates(app->record, &app->rows, &o, &n);
	const struct certificate_row *newest = NULL;
	for (size_t i = 0; !e && i < n; i++)
		if (!newest || o[i].id > newest->id)
			newest = &o[i];
	if (!newest)
		return;
	int64_t gone = records_of(newest);
	snprintf(app->disposed, sizeof(app->disposed), "%lld record%s deleted, certificate %lld",
	        (long long)gone, gone == 1 ? "" : "s", (long long)newest->id);
}

static void carry_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_DISPOSE};
	(void)s;
	if (!app_do(app, &c, NULL))
		return;
	disposed_say(app);
	app_go(app, &screen_rekey);
}

static void rekey_done(struct app *app, struct sheet *s)
{
	(void)s;
	app_go(app, &screen_rekey);
}

static void carry_open(struct app *app)
{
	const struct due_state *st = app->state;
	size_t n = st->count[TAB_REVIEWED];
	struct sheet *s;
	if (!n) {
		s = sheet_open(app, "Change the data key",
		        "Records were deleted, and it stopped before the key from then was "
		        "destroyed. "
		        "Afterwards the panel locks.",
		        NULL, rekey_done, 0);
		sheet_row(s, "key", "Change it now", "A few seconds, with a bar", 0, NULL, false);
		return;
	}
	s = sheet_open(app, fmt(app, "Delete %zu record%s for ever?", n, n == 1 ? "" : "s"),
	        "There is no undo: nobody can bring anything of it back. Then the store gets a new "
	        "data key and the panel locks. Afterwards destroy old backup sticks: they still "
	        "hold it. Those you may carry out are deleted, among what is reviewed.",
	        "Hold to delete", carry_done, 0);
	s->hold = true;
}

/* ---- a sealed copy of a certificate ---- */

static void seal_done(struct app *app, struct sheet *s)
{
	struct due_state *st = app->state;
	struct why w = {""};
	const char *file = "";
	char said[200];
	enum err e = papers_certificate(
	        app->record, &app->rows, st->id, s->row[s->chosen].key, app->out_dir, &file, &w);
	snprintf(said, sizeof(said), "Sealed: %s", file);
	app->reload = true;
	if (e)
		app_fail(app, e, &w);
	else
		app_say(app, said);
}

static void seal_open(struct app *app, const struct certificate_row *o)
{
	struct due_state *st = app->state;
	struct agency_row *g;
	size_t n;
	struct sheet *s = sheet_open(app, "Seal a copy for",
	        fmt(app, "Certificate %lld, as a numbered copy.", (long long)o->id), NULL,
	        seal_done, 0);
	st->id = o->id;
	if (record_agencies(app->record, &app->rows, &g, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (*g[i].recipient)
			sheet_row(s, "seal", g[i].name, NULL, g[i].id, g[i].code, false);
}

/* ---- the picture ---- */

static struct entry entry_of(struct app *app, const struct disposal_row *d)
{
	static const char *const TAG[DISPOSAL_STATE_COUNT] = {
	        "", "Kept", "Due", "It goes", "Held", "Look again"};
	char text[DISPOSAL_TEXT_MAX];
	struct entry e = {.icon = d->may ? "paper" : "hide",
	        .title = d->name,
	        .tag = TAG[d->state],
	        .opens = true,
	        .shade = d->state == DISPOSAL_REVIEWED    ? UI_TAG_WARN
	                 : d->state == DISPOSAL_HOLD_OVER ? UI_TAG_LATE
	                                                  : UI_TAG_PLAIN,
	        .words = "",
	        .foot = ""};
	disposal_due_text(d, text);
	const char *due = fmt(app, "%c%s", text[0] - 'a' + 'A', text + 1);
	if (app_small(app)) { /* a line each, so that there is a list; a touch tells the rest */
		e.words = d->held ? fmt(app, "Held %s", disposal_hold_text(d, text))
		          : d->state == DISPOSAL_KEPT
		                  ? fmt(app, "Until %s", fmt_day(app, d->keep_until, DAY_YEAR))
		                  : due;
		return e;
	}
	if (d->state == DISPOSAL_REVIEWED)
		e.words = fmt(app, "%s. Reviewed by %s on %s", due, d->reviewer,
		        fmt_day(app, d->reviewed, DAY_YEAR));
	else
		e.words = *stands_words(app, d) ? fmt(app, "%s. %s", due, stands_words(app, d))
		                                : fmt(app, "%s: %s, %s", due, d->what, d->period);
	e.foot = *d->why_not ? d->why_not : d->source;
	return e;
}

static struct entry certificate_entry(struct app *app, const struct certificate_row *o)
{
	int64_t n = records_of(o);
	return (struct entry){.icon = "seal",
	        .title = fmt(app, "Certificate %lld, %s", (long long)o->id,
	                fmt_day(app, time_to_day(o->at_us), DAY_YEAR)),
	        .tag = *o->key_after ? "" : "Key not changed",
	        .shade = UI_TAG_LATE,
	        .words = fmt(app, "%lld record%s; carried out by %s", (long long)n,
	                n == 1 ? "" : "s", o->carried),
	        .foot = *o->key_after ? fmt(app, "Data key %s before, %s after", o->key_before,
	                                        o->key_after)
	                              : "Carry out again: the key from before is still in use",
	        .opens = true};
}

static void list(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	static const char *const NAME[TAB_COUNT] = {
	        "Due for disposal", "Reviewed", "Kept longer", "Held", "Certificates"};
	static const char *const EMPTY[TAB_COUNT] = {
	        "Nothing is due. What comes due is put before a reviewer here.",
	        "Nothing is reviewed and waits to be carried out.",
	        "Nothing is kept longer than the rules say.",
	        "Nothing is held. A hold keeps a record whatever the rules say.",
	        "Nothing was disposed of yet."};
	struct due_state *st = app->state;
	const struct disposal_row *of[512];
	size_t most = st->tab == TAB_CERTIFICATES ? st->n_certs : st->n, n = 0;
	struct entry *e = arena_alloc(&app->frame, (most + 1) * sizeof(*e));
	if (!e)
		return;
	for (size_t i = 0; i < most && n < COUNT_OF(of); i++) {
		if (st->tab == TAB_CERTIFICATES) {
			e[n++] = certificate_entry(app, &st->cert[i]);
		} else if (tab_of(&st->row[i]) == st->tab) {
			of[n] = &st->row[i];
			e[n++] = entry_of(app, &st->row[i]);
		}
	}
	int hit = entries(app, ui, r, NAME[st->tab], &st->scroll, e, n, EMPTY[st->tab], p);
	if (hit >= 0 && st->tab == TAB_CERTIFICATES)
		seal_open(app, &st->cert[hit]);
	else if (hit >= 0)
		choose_open(app, of[hit]);
}

static void build(struct app *app, struct ui *ui)
{
	struct due_state *st = app->state;
	struct page p;
	bool small = app_small(app);
	page_begin(app, ui, &p, "Disposal",
	        small ? NULL
	              : "What retention says is due: a reviewer decides, nothing goes by itself",
	        app->back ? app->back : &screen_measures);
	struct gfx_rect r = p.body;
	const char *label[TAB_COUNT] = {fmt(app, "Due %zu", st->count[TAB_DUE]),
	        fmt(app, small ? "Goes %zu" : "Reviewed %zu", st->count[TAB_REVIEWED]),
	        fmt(app, "Kept %zu", st->count[TAB_KEPT]),
	        fmt(app, "Held %zu", st->count[TAB_HELD]),
	        small ? "Done" : fmt(app, "Certificates %zu", st->count[TAB_CERTIFICATES])};
	int tab = st->tab;
	(void)ui_tabs(ui, ui_cut_top(&r, ui_m(ui)->target), label, TAB_COUNT, &st->tab);
	if (tab != st->tab)
		st->scroll = (struct ui_scroll){0};
	ui_cut_top(&r, ui_m(ui)->gap);
	list(app, ui, r, &p);
	struct record_undo undo; /* a review that can still be taken back is not carried out */
	bool some = st->count[TAB_REVIEWED] || st->pending;
	if (page_primary(app, &p, "warning", small ? "Carry out" : "Carry out what is reviewed",
	            !some || record_undo_offer(app->record, &undo),
	            some ? "" : "Nothing is reviewed"))
		carry_open(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_disposal = {
        "disposal", PLACE_NONE, sizeof(struct due_state), load, build, NULL, NULL};
