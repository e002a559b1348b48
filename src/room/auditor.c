#include "app.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "caseroom/record_audit.h"

/*
 * The one place that an auditor's key opens: the audit log, a plain line an entry, by day, case,
 * person and kind; one entry in full; whether chain and seals hold. It shows ids and no word of any
 * case, and nothing of it leaves the panel from here.
 */

#define PAGE 100
#define CHECK_STEP 4000 /* entries a frame: about twenty milliseconds on a board */

struct auditor_state {
	struct audit_filter filter;
	bool ready;
	struct audit_row *row;
	size_t n;
	struct ui_scroll scroll;
	/* what the filter was chosen by, for the header */
	char person[NAME_MAX_BYTES], kase[REF_MAX];
	struct audit_check check;
	bool checking;
};

enum choice { BY_KIND, BY_PERSON, BY_CASE, FROM_DAY, TO_DAY, BY_PRINT, NO_FILTER };

static enum err load(struct app *app)
{
	struct auditor_state *st = app->state;
	st->n = 0;
	if (!st->ready) {
		st->filter = AUDIT_FILTER_ALL;
		TRY(record_audit_reading(app->record));
		st->ready = true;
	}
	return record_audit(
	        app->record, &app->rows, &app->viewer, &st->filter, PAGE, &st->row, &st->n);
}

static void leave(struct app *app)
{
	struct auditor_state *st = app->state;
	if (st && st->checking && app->record)
		record_audit_check_end(app->record, &st->check);
}

/* The first page of what is chosen now. */
static void from_start(struct app *app)
{
	struct auditor_state *st = app->state;
	st->filter.after_seq = 0;
	st->scroll = (struct ui_scroll){0};
	app->reload = true;
	ui_again(app->ui);
}

/* ---- what is shown ---- */

static const char *filter_words(struct app *app)
{
	const struct auditor_state *st = app->state;
	const struct audit_filter *f = &st->filter;
	const char *s = audit_kind_name(f->kind);
	if (*st->kase)
		s = fmt(app, "%s, %s", s, st->kase);
	if (*st->person)
		s = fmt(app, "%s, %s", s, st->person);
	if (f->from != DAY_NONE)
		s = fmt(app, "%s, from %s", s, fmt_day(app, f->from, DAY_YEAR));
	if (f->to != DAY_NONE)
		s = fmt(app, "%s, to %s", s, fmt_day(app, f->to, DAY_YEAR));
	if (f->after_seq)
		return fmt(app, "%s, older", s);
	bool all = !*st->kase && !*st->person && f->kind == AUDIT_ALL && f->from == DAY_NONE &&
	           f->to == DAY_NONE;
	return st->n < PAGE ? s
	       : all ? fmt(app, "%s, newest %d of %" PRId64, s, PAGE, record_audit_end(app->record))
	             : fmt(app, "%s, newest %d", s, PAGE);
}

static void kind_done(struct app *app, struct sheet *s)
{
	struct auditor_state *st = app->state;
	st->filter.kind = (enum audit_kind)s->row[s->chosen].id;
	from_start(app);
}

static void person_done(struct app *app, struct sheet *s)
{
	struct auditor_state *st = app->state;
	st->filter.person = s->row[s->chosen].id;
	st->filter.case_id = 0;
	st->kase[0] = 0;
	snprintf(st->person, sizeof(st->person), "%s", s->row[s->chosen].label);
	from_start(app);
}

static void case_done(struct app *app, struct sheet *s);
static void print_done(struct app *app, struct sheet *s);

static void case_open_sheet(struct app *app, const char *typed)
{
	struct sheet *s = sheet_open(app, "Which case?",
	        "By its reference, as it stands on the agenda; C- may be left out.",
	        "Show its entries", case_done, 0);
	sheet_words(s, "Reference", true, typed);
	s->one_line = true;
}

static void print_open_sheet(struct app *app, const char *typed)
{
	struct sheet *s = sheet_open(app, "Which entry is a paper from?",
	        "The five words at its foot; or the sixteen letters and digits on older papers.",
	        "Find it", print_done, 0);
	sheet_words(s, "Fingerprint", true, typed);
	s->one_line = true;
}

static void case_done(struct app *app, struct sheet *s)
{
	struct auditor_state *st = app->state;
	int64_t id = 0;
	const char *ref = s->edit.text;
	enum err e = record_audit_case(app->record, &app->viewer, ref, &id);
	if (e == ERR_NOT_FOUND) {
		const char *with = fmt(app, "C-%s", ref);
		e = record_audit_case(app->record, &app->viewer, with, &id);
		ref = e ? ref : with;
	}
	if (e) {
		case_open_sheet(app, s->edit.text);
		struct why w;
		app_fail(app, e,
		        e == ERR_NOT_FOUND
		                ? (why(&w, e, "The audit log tells of no case \"%.24s\".",
		                           s->edit.text),
		                          &w)
		                : NULL);
		return;
	}
	st->filter.case_id = id;
	st->filter.person = 0;
	st->person[0] = 0;
	snprintf(st->kase, sizeof(st->kase), "%s", ref);
	from_start(app);
}

static void day_done(struct app *app, struct sheet *s)
{
	struct auditor_state *st = app->state;
	if (s->arg == FROM_DAY)
		st->filter.from = s->day_value;
	else
		st->filter.to = s->day_value;
	from_start(app);
}

static void entry_open(struct app *app, const struct audit_row *o);

static void print_done(struct app *app, struct sheet *s)
{
	struct audit_row o;
	struct why w = {0};
	enum err e = record_audit_fingerprint(
	        app->record, &app->frame, &app->viewer, s->edit.text, &o, &w);
	if (e) {
		print_open_sheet(app, s->edit.text);
		app_fail(app, e, &w);
	} else {
		entry_open(app, &o);
	}
}

static void people_open(struct app *app)
{
	struct person_row *p;
	size_t n = 0;
	enum err e = record_audit_people(app->record, &app->frame, &p, &n);
	struct sheet *s = sheet_open(app, "Whose entries are shown?",
	        "What they did, and what was done about them.", NULL, person_done, 0);
	for (size_t i = 0; !e && i < n; i++)
		sheet_row(s, "person", p[i].name, fmt(app, "%s, %s", p[i].role, p[i].agency_name),
		        p[i].id, NULL, false);
	if (e)
		app_fail(app, e, NULL);
}

static void choice_done(struct app *app, struct sheet *c)
{
	struct auditor_state *st = app->state;
	struct sheet *s;
	int64_t by = c->row[c->chosen].id;
	if (by == BY_KIND) {
		s = sheet_open(app, "Which entries are shown?", NULL, NULL, kind_done, 0);
		for (int k = 0; k < AUDIT_KIND_COUNT; k++)
			sheet_row(
			        s, NULL, audit_kind_name((enum audit_kind)k), NULL, k, NULL, false);
	} else if (by == BY_PERSON) {
		people_open(app);
	} else if (by == BY_CASE) {
		case_open_sheet(app, "");
	} else if (by == FROM_DAY || by == TO_DAY) {
		s = sheet_open(app, by == FROM_DAY ? "From which day?" : "To which day?", NULL,
		        "Show", day_done, by);
		sheet_day(s, time_today(), 1);
	} else if (by == BY_PRINT) {
		print_open_sheet(app, "");
	} else {
		st->filter = AUDIT_FILTER_ALL;
		st->person[0] = st->kase[0] = 0;
		from_start(app);
	}
}

static void choose_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "What is shown", filter_words(app), NULL, choice_done, 0);
	sheet_row(s, "undo", "Everything", "No choice at all", NO_FILTER, NULL, false);
	sheet_row(s, "more", "One kind of entry", "Reading, changes, papers, openings", BY_KIND,
	        NULL, false);
	sheet_row(s, "person", "One person", NULL, BY_PERSON, NULL, false);
	sheet_row(s, "case", "One case", NULL, BY_CASE, NULL, false);
	sheet_row(s, "calendar", "From a day", NULL, FROM_DAY, NULL, false);
	sheet_row(s, "calendar", "To a day", NULL, TO_DAY, NULL, false);
	sheet_row(s, "paper", "The fingerprint of a paper", "Which entry it belongs to", BY_PRINT,
	        NULL, false);
}

/* ---- one entry ---- */

static void entry_done(struct app *app, struct sheet *s)
{
	struct auditor_state *st = app->state;
	int64_t id = s->row[s->chosen].id;
	if (s->row[s->chosen].needs_words) {
		st->filter.person = id;
		st->filter.case_id = 0;
		st->kase[0] = 0;
		snprintf(st->person, sizeof(st->person), "%.*s", (int)sizeof(st->person) - 1,
		        s->row[s->chosen].second);
	} else {
		st->filter.case_id = id;
		st->filter.person = 0;
		st->person[0] = 0;
		snprintf(st->kase, sizeof(st->kase), "%.*s", (int)sizeof(st->kase) - 1,
		        s->row[s->chosen].second);
	}
	from_start(app);
}

static void entry_open(struct app *app, const struct audit_row *o)
{
	char print[VAULT_FINGERPRINT_MAX];
	vault_fingerprint(o->hash, print);
	struct sheet *s = sheet_open(app, fmt(app, "Entry %" PRId64, o->seq),
	        fmt(app, "%s at %s. %s: %s.%s%s%s Record: %s %" PRId64 ". %s Fingerprint: %s.",
	                fmt_day(app, time_to_day(o->at_us), DAY_WEEKDAY_YEAR),
	                fmt_hm(app, o->at_us), o->who, o->says,
	                *o->group ? " At the meeting of " : "", o->group, *o->group ? "." : "",
	                o->subject, o->subject_id,
	                o->sealed ? "Sealed." : "Written before entries had a seal.", print),
	        NULL, entry_done, 0);
	if (o->case_id)
		sheet_row(s, "case", "Entries of this case",
		        *o->ref ? o->ref : fmt(app, "%" PRId64, o->case_id), o->case_id, NULL,
		        false);
	if (o->actor)
		sheet_row(s, "person", "Entries of this person", o->who, o->actor, NULL, true);
}

/* ---- whether it holds ---- */

static void check_begin(struct app *app)
{
	struct auditor_state *st = app->state;
	enum err e = record_audit_note(app->record, "audit.verify", "audit", 0);
	if (e) {
		app_fail(app, e, NULL);
		return;
	}
	st->check = (struct audit_check){0};
	st->checking = true;
	ui_again(app->ui);
}

static const char *held_words(struct app *app, const struct audit_check *c)
{
	const char *chain =
	        fmt(app, "Every link of the chain holds, over %" PRId64 " entries.", c->entries);
	if (!c->sealed_from)
		return fmt(app, "%s None has a seal yet.", chain);
	if (!c->checked_from)
		return fmt(app, "%s This key cannot check the seals.", chain);
	return fmt(app, "%s Every seal holds from entry %" PRId64 " on.", chain,
	        c->checked_from > c->sealed_from ? c->checked_from : c->sealed_from);
}

/* Some entries a frame, so that the panel answers: the store belongs to one thread. */
static void check_step(struct app *app)
{
	struct auditor_state *st = app->state;
	struct why w = {0};
	enum err e = record_audit_check(app->record, &st->check, CHECK_STEP);
	st->checking = !e && !st->check.done;
	if (e == ERR_AUDIT)
		e = why(&w, e,
		        "The audit log is broken at entry %" PRId64
		        ": it is not what was written, or entries are missing. Nothing was "
		        "changed. "
		        "Write this number down and call the administrator.",
		        st->check.bad);
	if (e)
		app_fail(app, e, w.text[0] ? &w : NULL);
	else if (!st->checking)
		app_say(app, held_words(app, &st->check));
	if (st->checking)
		ui_wake_in(app->ui, 1);
}

/* ---- the picture ---- */

static const char *icon_of(const struct audit_row *o)
{
	return o->case_id                         ? "case"
	       : strcmp(o->subject, "key") == 0   ? "key"
	       : strcmp(o->subject, "paper") == 0 ? "paper"
	                                          : "person";
}

static void list(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct auditor_state *st = app->state;
	struct entry *e = arena_alloc(&app->frame, (st->n + 1) * sizeof(*e));
	if (!e)
		return;
	for (size_t i = 0; i < st->n; i++) {
		const struct audit_row *o = &st->row[i];
		const char *foot = o->clock_back ? "After this entry the clock went back." : "";
		e[i] = (struct entry){.icon = icon_of(o),
		        .title = o->says,
		        .tag = fmt(app, "Entry %" PRId64 ", %s, %s", o->seq,
		                fmt_day(app, time_to_day(o->at_us), DAY_YEAR),
		                fmt_hm(app, o->at_us)),
		        .words = o->who,
		        .foot = *o->group && *foot ? fmt(app, "%s. %s", o->group, foot)
		                : *foot            ? foot
		                                   : o->group,
		        .opens = true,
		        .shade = UI_TAG_PLAIN};
	}
	int hit = entries(app, ui, r, "Audit log", &st->scroll, e, st->n,
	        "No entry of the audit log is like that. Choose less, or everything.", p);
	if (hit >= 0)
		entry_open(app, &st->row[hit]);
}

/* In the header where there is room beside what is chosen; else above the list. */
static void print_show(struct app *app, struct ui *ui, struct page *p)
{
	char print[VAULT_FINGERPRINT_MAX];
	record_fingerprint(app->record, print);
	if (!app_small(app) && ui_text_w(ui, GFX_BODY_B, print) <= p->head.w) {
		page_head_text(app, p, fmt(app, "%s", print), "fingerprint now");
		return;
	}
	struct gfx_rect r = ui_cut_top(&p->body, ui_line_h(ui, GFX_CAPTION));
	ui_label(ui, r, GFX_CAPTION, GFX_TEXT, UI_LEFT, fmt(app, "Fingerprint now: %s", print));
	ui_cut_top(&p->body, ui_px(ui, 4));
}

static void build(struct app *app, struct ui *ui)
{
	struct auditor_state *st = app->state;
	struct page p;
	bool small = app_small(app);
	if (st->checking)
		check_step(app);
	page_begin(app, ui, &p, "Audit log", filter_words(app), NULL);
	print_show(app, ui, &p);
	list(app, ui, small ? p.body : ui_panel(ui, p.body), &p);
	const char *label = st->checking ? fmt(app, "Checking %" PRId64 " of %" PRId64,
	                                           st->check.entries, st->check.total)
	                    : small      ? "Check"
	                                 : "Check chain and seals";
	if (page_primary(app, &p, "seal", label, st->checking, ""))
		check_begin(app);
	if (page_button(app, &p, "filter", small ? "Choose" : "Choose what is shown", false))
		choose_open(app);
	if (st->n == PAGE && page_button(app, &p, "forward", "Older", false)) {
		audit_page_after(&st->filter, &st->row[st->n - 1]);
		st->scroll = (struct ui_scroll){0};
		app->reload = true;
		ui_again(ui);
	}
	if (st->filter.after_seq && page_button(app, &p, "back", "Newest", false))
		from_start(app);
	if (page_button(app, &p, "lock", "Lock", false))
		app_lock(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_auditor = {
        "auditor", PLACE_NONE, sizeof(struct auditor_state), load, build, NULL, leave};
