#include "app.h"
#include "caseroom/record_sharing.h"
#include <stdio.h>
#include <string.h>

/*
 * Sharing: what is said at the left, why it may be said at the right. The grounds come from the
 * meeting type: "This is right", then "Keep" are the two taps beyond the words. Every finished
 * sentence of the draft is on disk before the next.
 *
 * The same form takes a line of research before the meeting (screen_line): what is known, about
 * whom and from where, without grounds, because nothing is shared yet. Said at the table, such a
 * line fills the form (app->research_line).
 */

enum ground {
	G_PURPOSE,
	G_GATEWAY,
	G_ARTICLE6,
	G_ARTICLE9,
	G_ARTICLE10,
	G_NECESSITY,
	G_CONSENT,
	G_HANDLING,
	G_WHO,
	G_DAY,
	G_AUTHORISED,
	G_COUNT
};

static const struct {
	const char *list, *label;
} GROUND[G_COUNT] = {
        [G_PURPOSE] = {"purpose", "Purpose"},
        [G_GATEWAY] = {"gateway", "Gateway"},
        [G_ARTICLE6] = {"article6", "UK GDPR Article 6"},
        [G_ARTICLE9] = {"article9", "Article 9"},
        [G_ARTICLE10] = {"article10", "Article 10"},
        [G_NECESSITY] = {"necessity", "Necessary because"},
        [G_CONSENT] = {"consent", "Consent"},
        [G_HANDLING] = {"handling", "Handling"},
        [G_WHO] = {NULL, "Who may have it"},
        [G_DAY] = {NULL, "Date of the source"},
        [G_AUTHORISED] = {NULL, "Authorised by"},
};

struct share_state {
	bool ready, opinion, right, not_shared, why_tab;
	struct party_row *party;
	size_t n_parties;
	int64_t about, authorised;
	int32_t source_day;
	const char *source, *reason; /* source: entry id, or the words of a return */
	const char *ground[G_COUNT];
	int64_t named[SHARE_NAMED_MAX];
	size_t n_named;
	struct ui_edit edit;
	struct ui_scroll scroll;
	struct kept kept;
	bool draft_kept;
	struct person_row *person;
	size_t n_people;
	char said_source[NAME_MAX_BYTES + 1]; /* of the line that is being said */
	char text[WORDS_MAX];
};

/* A line of research, before the meeting. */
static bool is_line(const struct app *app)
{
	return app->screen == &screen_line;
}

static const char *draft_kind(const struct app *app)
{
	return is_line(app) ? "line" : app->research_line ? "said" : "share";
}

static const struct seat_row *speaker(const struct app *app)
{
	for (size_t i = 0; i < app->n_seats; i++)
		if (app->seat[i].agency == app->share_agency && !app->seat[i].guest)
			return &app->seat[i];
	return NULL;
}

/* What its agency wrote before the meeting; a draft of it that was begun goes before. */
static enum err fill_from_line(struct app *app, struct share_state *st)
{
	struct line_row line;
	int64_t read = app->research_line; /* was read on the screen before */
	enum err e = record_return_next(app->record, &app->rows, &app->viewer, app->item_id,
	        app->share_agency, &read, &line);
	if (e)
		return e == ERR_DENIED || e == ERR_NOT_FOUND ? ERR_OK : e;
	if (line.id != app->research_line)
		return ERR_OK;
	if (!st->draft_kept)
		ui_edit_set(&st->edit, line.words);
	st->about = line.about;
	st->opinion = line.opinion;
	st->source_day = line.source_day;
	snprintf(st->said_source, sizeof(st->said_source), "%s", line.source);
	st->source = st->said_source;
	return ERR_OK;
}

static enum err load(struct app *app)
{
	struct share_state *st = app->state;
	enum err e = record_parties(
	        app->record, &app->rows, &app->viewer, app->case_id, &st->party, &st->n_parties);
	if (!e)
		e = record_people(
		        app->record, &app->rows, 0, app->share_agency, &st->person, &st->n_people);
	if (e || st->ready)
		return e;
	const struct practice_share_defaults *d = &app->meeting.type->share;
	const char *draft;
	st->ground[G_PURPOSE] = d->purpose;
	st->ground[G_GATEWAY] = d->gateway;
	st->ground[G_ARTICLE6] = d->article6;
	st->ground[G_ARTICLE9] = d->article9;
	st->ground[G_ARTICLE10] = d->article10;
	st->ground[G_NECESSITY] = d->necessity;
	st->ground[G_CONSENT] = d->consent;
	st->ground[G_HANDLING] = d->handling;
	st->source = d->source;
	st->source_day = time_today();
	ui_edit_init(&st->edit, st->text, sizeof(st->text));
	e = record_draft_get(
	        app->record, &app->rows, draft_kind(app), app->item_id, app->share_agency, &draft);
	if (e)
		return e;
	ui_edit_set(&st->edit, draft);
	draft_kept(&st->edit, &st->kept);
	st->draft_kept = st->edit.len > 0;
	/* the first person who is not the victim is who most is said about */
	for (size_t i = 0; i < st->n_parties && !st->about; i++)
		if (!st->party[i].victim && !st->party[i].child && !st->party[i].place)
			st->about = st->party[i].id;
	if (!st->about && st->n_parties)
		st->about = st->party[0].id;
	if (app->research_line && !is_line(app))
		e = fill_from_line(app, st);
	if (e)
		return e;
	st->ready = true;
	ui_focus(app->ui, &st->edit);
	return ERR_OK;
}

static const char *field_name(const struct app *app, const struct share_state *st)
{
	return st->not_shared ? "Reason in words" : is_line(app) ? "What is known" : "What is said";
}

static void keep_draft(struct app *app)
{
	struct share_state *st = app->state;
	if (!st->ready || st->kept.changes == st->edit.changes || !app->record)
		return;
	enum err e = record_draft_put(
	        app->record, draft_kind(app), app->item_id, app->share_agency, st->edit.text);
	if (e) {
		app_fail(app, e, NULL);
		return;
	}
	draft_kept(&st->edit, &st->kept);
	st->draft_kept = st->edit.len > 0;
}

static const char *source_label(struct app *app, const struct share_state *st)
{
	const struct practice_entry *e = practice_entry(app->practice, "share-source", st->source);
	return e ? e->label : st->source;
}

static void keep_typed(struct app *app)
{
	if (app->state && app->meeting.id)
		keep_draft(app);
}

static void keep_line(struct app *app)
{
	struct share_state *st = app->state;
	struct research_words line = {.about = st->about,
	        .words = st->edit.text,
	        .source = source_label(app, st),
	        .opinion = st->opinion,
	        .source_day = st->source_day};
	struct command c = {.kind = CMD_RESEARCH_RETURN};
	c.u.research.meeting = app->meeting.id;
	c.u.research.case_id = app->case_id;
	c.u.research.agency = app->share_agency;
	c.u.research.line = &line;
	c.u.research.n_lines = 1;
	if (!app_do(app, &c, NULL)) {
		keep_draft(app);
		return;
	}
	err_ignore(record_draft_put(app->record, "line", app->item_id, app->share_agency, ""));
	draft_kept(&st->edit, &st->kept);
	app_go_back_to(app, &screen_research, &screen_line);
}

static void keep(struct app *app)
{
	struct share_state *st = app->state;
	struct command c = {.kind = CMD_SHARE};
	if (is_line(app)) {
		keep_line(app);
		return;
	}
	c.u.share.what = st->not_shared ? SHARE_NOT : SHARE_WORDS;
	c.u.share.item = app->item_id;
	c.u.share.agency = app->share_agency;
	c.u.share.about = st->about;
	c.u.share.words = st->edit.text;
	c.u.share.opinion = st->opinion;
	c.u.share.source = source_label(app, st);
	c.u.share.source_day = st->source_day;
	c.u.share.authorised = st->authorised;
	c.u.share.research_line = app->research_line;
	c.u.share.purpose = st->ground[G_PURPOSE];
	c.u.share.gateway = st->ground[G_GATEWAY];
	c.u.share.article6 = st->ground[G_ARTICLE6];
	c.u.share.article9 = st->ground[G_ARTICLE9];
	c.u.share.article10 = st->ground[G_ARTICLE10];
	c.u.share.necessity = st->ground[G_NECESSITY];
	c.u.share.consent = st->ground[G_CONSENT];
	c.u.share.handling = st->ground[G_HANDLING];
	c.u.share.reason = st->reason;
	c.u.share.restriction = st->n_named ? RESTRICTION_NAMED : RESTRICTION_NORMAL;
	memcpy(c.u.share.named, st->named, sizeof(st->named));
	c.u.share.n_named = st->n_named;
	if (!app_do(app, &c, NULL)) {
		keep_draft(app);
		return;
	}
	err_ignore(record_draft_put(
	        app->record, draft_kind(app), app->item_id, app->share_agency, ""));
	draft_kept(&st->edit, &st->kept); /* nothing left to keep */
	if (app->research_line)           /* the next line of the return, if there is one */
		app_go_back_to(app, &screen_research, &screen_case);
	else
		app_go_back_to(app, &screen_case, &screen_agenda);
	app->research_line = 0;
}

/* ---- choosers ---- */

static void about_done(struct app *app, struct sheet *s)
{
	((struct share_state *)app->state)->about = s->row[s->chosen].id;
}

static void about_open(struct app *app, struct share_state *st)
{
	struct sheet *s = sheet_open(app, "About whom?", NULL, NULL, about_done, 0);
	for (size_t i = 0; i < st->n_parties; i++)
		sheet_row(s,
		        st->party[i].place   ? "place"
		        : st->party[i].child ? "child"
		                             : "person",
		        st->party[i].name, st->party[i].role_label, st->party[i].id, NULL, false);
	sheet_row(s, "case", "The case as a whole", NULL, 0, NULL, false);
}

static void source_done(struct app *app, struct sheet *s)
{
	((struct share_state *)app->state)->source = s->row[s->chosen].key;
}

static void who_open(struct app *app);

static void who_done(struct app *app, struct sheet *s)
{
	struct share_state *st = app->state;
	int64_t id = s->row[s->chosen].id;
	if (id == -1)
		return;
	if (id == 0) {
		st->n_named = 0;
		return;
	}
	for (size_t i = 0; i < st->n_named; i++)
		if (st->named[i] == id) {
			st->named[i] = st->named[--st->n_named];
			who_open(app);
			return;
		}
	if (st->n_named < SHARE_NAMED_MAX)
		st->named[st->n_named++] = id;
	who_open(app);
}

static void who_open(struct app *app)
{
	struct share_state *st = app->state;
	struct sheet *s = sheet_open(app, "Who may have it?",
	        "Touch each agency it is for; the one that says it always may.", NULL, who_done, 0);
	sheet_row(s, "people", "Everyone who may have the case", NULL, 0, NULL, false);
	for (size_t i = 0; i < app->n_seats; i++) {
		const struct seat_row *t = &app->seat[i];
		bool on = false;
		if (!t->agency || t->guest || t->agency == app->share_agency)
			continue;
		for (size_t k = 0; k < st->n_named; k++)
			on |= st->named[k] == t->agency;
		sheet_row(s, on ? "check" : "person", t->agency_name, on ? "named" : NULL,
		        t->agency, NULL, false);
	}
	if (st->n_named)
		sheet_row(s, "done", "That is all", NULL, -1, NULL, false);
}

static void ground_done(struct app *app, struct sheet *s)
{
	struct share_state *st = app->state;
	st->ground[s->arg] = s->row[s->chosen].key;
	st->right = false; /* changed: look again */
}

static void reason_done(struct app *app, struct sheet *s)
{
	struct share_state *st = app->state;
	st->reason = s->row[s->chosen].key;
}

static void day_done(struct app *app, struct sheet *s)
{
	if (s->day_value > time_today())
		app_fail(app, ERR_INPUT,
		        &(struct why){"Give the day of the source: today or before."});
	else
		((struct share_state *)app->state)->source_day = s->day_value;
}

static void day_open(struct app *app, const struct share_state *st)
{
	struct sheet *s = sheet_open(app, "When is the source from?",
	        "The day it was written down or seen: today or before.", "Keep the date", day_done,
	        0);
	sheet_day(s, st->source_day == DAY_NONE ? time_today() : st->source_day, 1);
}

static void authorised_done(struct app *app, struct sheet *s)
{
	((struct share_state *)app->state)->authorised = s->row[s->chosen].id;
}

static void authorised_open(struct app *app, const struct share_state *st)
{
	struct sheet *s =
	        sheet_open(app, "Who in the agency authorised it?", NULL, NULL, authorised_done, 0);
	sheet_row(s, "speaking", "Who says it", NULL, 0, NULL, false);
	for (size_t i = 0; i < st->n_people; i++)
		sheet_row(s, "person", st->person[i].name, st->person[i].role, st->person[i].id,
		        NULL, false);
}

static void choose(struct app *app, const char *title, const char *list,
        void (*done)(struct app *, struct sheet *), int64_t arg)
{
	struct sheet *s = sheet_open(app, title, NULL, NULL, done, arg);
	sheet_list(app, s, list);
}

static const char *label_of(struct app *app, const char *list, const char *id)
{
	const struct practice_entry *e = id && *id ? practice_entry(app->practice, list, id) : NULL;
	return e ? e->label : "None";
}

/* ---- the picture ---- */

static void about_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct share_state *st = app->state;
	int label = ui_px(ui, 76), gap = ui_px(ui, 12), shown = 0;
	ui_label(ui, ui_cut_left(&r, label), GFX_BODY_B, GFX_TEXT, UI_LEFT, "About");
	const struct party_row *chosen = NULL;
	for (size_t i = 0; i < st->n_parties; i++)
		if (st->party[i].id == st->about)
			chosen = &st->party[i];
	for (size_t i = 0; i < st->n_parties; i++) {
		const struct party_row *p = &st->party[i];
		const char *icon = p->place ? "place" : p->child ? "child" : "person";
		int w = ui_button_w(ui, icon, p->short_name, false);
		if (shown == 3 || r.w < w + gap + ui_m(ui)->target)
			break;
		ui_push_id(ui, p->id);
		if (ui_button(ui, ui_cut_left(&r, w), p == chosen ? UI_CHOSEN : UI_NORMAL, icon,
		            p->short_name, false)) {
			st->about = p->id;
			ui_again(ui);
		}
		ui_pop_id(ui);
		ui_cut_left(&r, gap);
		shown++;
	}
	bool beyond = chosen && (size_t)(chosen - st->party) >= (size_t)shown;
	if (ui_square(ui, ui_cut_left(&r, ui_m(ui)->target),
	            beyond || !st->about ? UI_CHOSEN : UI_NORMAL, "more",
	            "Somebody else, or the case", false))
		about_open(app, st);
}

static void kind_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct share_state *st = app->state;
	static const char *const KIND[] = {"Fact", "Opinion"};
	int chosen = st->opinion;
	ui_label(ui, ui_cut_left(&r, ui_px(ui, 76)), GFX_BODY_B, GFX_TEXT, UI_LEFT,
	        st->not_shared ? "Why" : "It is");
	if (st->not_shared) {
		const char *v =
		        st->reason ? label_of(app, "not-shared", st->reason) : "Choose the reason";
		ui_box(ui, r, ui_px(ui, 8), GFX_PANEL, 1, GFX_EDGE);
		if (ui_value(ui, r, "Reason for not sharing", v, st->reason != NULL))
			choose(app, "Why is it not shared?", "not-shared", reason_done, 0);
		return;
	}
	struct gfx_rect seg = ui_cut_left(&r, ui_px(ui, 198));
	ui_cut_left(&r, ui_px(ui, 12));
	if (ui_segment(ui, seg, "It is", KIND, 2, &chosen, -1)) {
		st->opinion = chosen;
		ui_again(ui);
	}
	const char *source = fmt(app, "Source: %s", source_label(app, st));
	bool fits = !app_small(app) || ui_button_w(ui, "paper", source, false) <=
	                                       r.w; /* at large text the header tells it */
	if (fits ? ui_button(ui, r, UI_NORMAL, "paper", source, false)
	         : ui_square(ui, r, UI_NORMAL, "paper", source, false))
		choose(app, "Where does it come from?", "share-source", source_done, 0);
}

/* "about Kit, fact, own record": what the keyboard hides. */
static const char *about_words(struct app *app)
{
	struct share_state *st = app->state;
	const char *who = "the case";
	for (size_t i = 0; i < st->n_parties; i++)
		if (st->party[i].id == st->about)
			who = st->party[i].short_name;
	if (st->not_shared)
		return fmt(app, "about %s. The reason is kept with the record", who);
	return fmt(app, "about %s. %s. Source: %s", who, st->opinion ? "Opinion" : "Fact",
	        source_label(app, st));
}

static const char *ground_words(struct app *app, const struct share_state *st, enum ground g)
{
	switch (g) {
	case G_WHO:
		return st->n_named ? fmt(app, "%zu named %s, and who says it", st->n_named,
		                             st->n_named == 1 ? "agency" : "agencies")
		                   : "Everyone who may have the case";
	case G_DAY:
		return st->source_day == DAY_NONE       ? "Not known"
		       : st->source_day == time_today() ? "Today"
		                                        : fmt_day(app, st->source_day, DAY_YEAR);
	case G_AUTHORISED:
		for (size_t i = 0; i < st->n_people; i++)
			if (st->person[i].id == st->authorised)
				return fmt(app, "%s, %s", st->person[i].name, st->person[i].role);
		return "Who says it";
	default:
		return label_of(app, GROUND[g].list, st->ground[g]);
	}
}

static void ground_open(struct app *app, const struct share_state *st, enum ground g)
{
	if (g == G_WHO)
		who_open(app);
	else if (g == G_DAY)
		day_open(app, st);
	else if (g == G_AUTHORISED)
		authorised_open(app, st);
	else
		choose(app, GROUND[g].label, GROUND[g].list, ground_done, (int64_t)g);
}

static void why_panel(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct share_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	/* a decision not to share has who took it, and no ground */
	size_t i, first = st->not_shared ? G_AUTHORISED : 0, n = G_COUNT - first;
	bool small = app_small(app);
	if (is_line(app)) {
		ui_empty(ui, in, "lock", "Your agency’s own",
		        "Nobody else sees it until your agency says it at the table. There it "
		        "decides, line by line, what is shared.");
		return;
	}
	if (st->not_shared && !small) { /* there the tab says it */
		ui_panel_head(ui, &in, "no-share", "Nothing is shared", "");
		ui_cut_top(&in, 8);
		ui_cut_top(&in,
		        ui_wrap(ui, ui_inset(in, ui_px(ui, 14), 0), GFX_CAPTION, GFX_TEXT2,
		                "The decision stands in the minutes. Its reason stays with the "
		                "record and in this agency’s own papers.",
		                0) +
		                8);
	} else {
		ui_panel_head(ui, &in, "shield", "Why it may be shared", fmt(app, "%d", (int)n));
	}
	struct gfx_rect foot = ui_inset(
	        ui_cut_bottom(&in, m->target + (small ? 20 : 28)), ui_px(ui, 14), small ? 10 : 14);
	const char *value[G_COUNT];
	int heights[G_COUNT], w = in.w - (small ? 0 : m->pager_w) - ui_px(ui, 56);
	for (i = 0; i < n; i++) {
		value[i] = ground_words(app, st, (enum ground)(first + i));
		heights[i] = ui_line_h(ui, GFX_CAPTION) +
		             ui_wrap_h(ui, w, GFX_CAPTION_B, value[i], 0) + ui_px(ui, 14);
		if (heights[i] < m->target)
			heights[i] = m->target;
	}
	ui_list_begin(ui, &l, in, "Why it may be shared", &st->scroll, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		struct gfx_rect t = ui_inset(row, ui_px(ui, 14), ui_px(ui, 6)), chevron;
		enum ground g = (enum ground)(first + i);
		ui_push_id(ui, (int64_t)g);
		if (ui_hit(ui, row, UI_ROLE_ROW, GROUND[g].label, 0))
			ground_open(app, st, g);
		bool pressed = ui_pressed(ui);
		if (pressed)
			ui_fill(ui, row, GFX_SOFT);
		chevron = ui_cut_right(&t, ui_px(ui, 24));
		ui_icon(ui, chevron, "down", ui_px(ui, 22), GFX_TEXT);
		/* a ground is never cut: it is read aloud */
		ui_label(ui, ui_cut_top(&t, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION,
		        pressed ? GFX_ON_SOFT : GFX_TEXT2, UI_LEFT, GROUND[g].label);
		ui_wrap(ui, (struct gfx_rect){t.x, t.y, w < t.w ? w : t.w, t.h}, GFX_CAPTION_B,
		        pressed ? GFX_ON_SOFT : GFX_TEXT, value[i], 0);
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	if (small) {
		struct gfx_rect up = ui_cut_left(&foot, m->pager_w);
		ui_cut_left(&foot, 12);
		ui_list_pages(ui, up, ui_cut_left(&foot, m->pager_w), l.name);
		ui_cut_left(&foot, 12);
	}
	if (!st->not_shared && ui_button(ui, foot, st->right ? UI_CHOSEN : UI_NORMAL, "check",
	                               "This is right", false)) {
		st->right = !st->right;
		ui_again(ui);
	}
}

static const char *lack(const struct share_state *st, bool is_line)
{
	if (st->not_shared)
		return st->reason ? NULL : "Choose the reason";
	if (!st->edit.len)
		return is_line ? "Write what is known" : "Write what is said";
	if (!st->right && !is_line)
		return "Look at why, then touch This is right";
	return NULL;
}

static void foot_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct share_state *st = app->state;
	bool small = app_small(app);
	const char *other = st->not_shared ? (small ? "Share it" : "Share it after all")
	                    : small        ? "Not sharing"
	                                   : "Decided not to share",
	           *missing = lack(st, is_line(app));
	if (!is_line(app) &&
	        ui_button(ui, ui_cut_left(&r, ui_button_w(ui, "share", other, true)), UI_NORMAL,
	                st->not_shared ? "share" : "no-share", other, false)) {
		st->not_shared = !st->not_shared;
		ui_again(ui);
	}
	if (ui_button(ui, ui_cut_right(&r, ui_px(ui, 168)), UI_PRIMARY, "check", "Keep",
	            missing != NULL)) {
		keep(app);
		return;
	}
	ui_cut_right(&r, 12);
	ui_cut_left(&r, 12);
	const char *note = st->draft_kept && missing == NULL ? "Draft kept"
	                   : missing                         ? missing
	                                                     : "";
	if (st->draft_kept && missing && st->edit.len && ui_text_w(ui, GFX_CAPTION, missing) > r.w)
		note = "Draft kept";
	int w = ui_text_w(ui, GFX_CAPTION, note);
	if (*note && w + 34 <= r.w) {
		ui_label(ui, ui_cut_right(&r, w), GFX_CAPTION, GFX_TEXT2, UI_RIGHT, note);
		if (strcmp(note, "Draft kept") == 0)
			ui_icon(ui, ui_cut_right(&r, 30), "done", ui_px(ui, 20), GFX_TEXT2);
	}
}

/* Under the field, above the keyboard (look/06 at 7 inch). */
static void typing_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct share_state *st = app->state;
	const char *next = "Why it may be shared";
	if (ui_button(ui, ui_cut_right(&r, ui_button_w(ui, "forward", next, true)), UI_PRIMARY,
	            "forward", next, false)) {
		keep_draft(app);
		ui_focus(ui, NULL);
		st->why_tab = true;
	}
	ui_cut_right(&r, 12);
	if (st->draft_kept && r.w > ui_text_w(ui, GFX_CAPTION, "Draft kept") + 34) {
		ui_icon(ui, ui_cut_left(&r, 30), "done", ui_px(ui, 20), GFX_TEXT2);
		ui_label(ui, r, GFX_CAPTION, GFX_TEXT2, UI_LEFT, "Draft kept");
	}
}

static void small_layout(struct app *app, struct ui *ui, struct page *p)
{
	struct share_state *st = app->state;
	static const char *const TAB[] = {"Words", "Why it may be shared"};
	struct gfx_rect r = p->body;
	int tab = st->why_tab;
	if (p->keyboard) {
		struct gfx_rect row = {0};
		if (!st->not_shared && !is_line(app)) {
			row = ui_cut_bottom(&r, ui_m(ui)->target);
			ui_cut_bottom(&r, 12);
		}
		(void)ui_field(ui, ui_inset(r, 2, 0), field_name(app, st), &st->edit,
		        UI_FIELD_LINES, "", false);
		if (row.h)
			typing_row(app, ui, row);
		return;
	}
	if (!is_line(app)) {
		if (ui_tabs(ui, ui_cut_top(&r, ui_m(ui)->target), TAB, 2, &tab)) {
			st->why_tab = tab;
			ui_again(ui);
		}
		ui_cut_top(&r, 12);
	}
	if (st->why_tab) {
		why_panel(app, ui, r);
		return;
	}
	about_row(app, ui, ui_cut_top(&r, ui_m(ui)->target));
	ui_cut_top(&r, 12);
	kind_row(app, ui, ui_cut_top(&r, ui_m(ui)->target));
	ui_cut_top(&r, 12);
	(void)ui_field(ui, ui_inset(r, 2, 0), field_name(app, st), &st->edit, UI_FIELD_LINES,
	        st->not_shared ? "Say more about the reason" : "Touch here to write", false);
}

static void build(struct app *app, struct ui *ui)
{
	struct share_state *st = app->state;
	const struct seat_row *s = speaker(app);
	const struct item_row *item = app_item(app, app->item_id);
	struct page p;
	bool small = app_small(app);
	if (!s || !item || item->sight < SIGHT_ANON || !st->ready) { /* the room changed */
		app_go_back_to(app, is_line(app) ? &screen_agenda : &screen_case, &screen_agenda);
		return;
	}
	const char *title = is_line(app)     ? fmt(app, "What does %s know?", s->agency_name)
	                    : st->not_shared ? fmt(app, "%s: not shared", s->agency_name)
	                                     : fmt(app, "What does %s say?", s->agency_name);
	page_begin(app, ui, &p, title,
	        small          ? about_words(app)
	        : is_line(app) ? "For your agency alone until it is said"
	                       : "Read back before it is kept",
	        app->back);
	if (!is_line(app))
		page_timer(app, &p);
	page_head_text(app, &p, item->title, fmt(app, "item %d", item->number));
	if (small) {
		small_layout(app, ui, &p);
		if (!p.keyboard) {
			struct gfx_rect bar = p.bar;
			p.bar.w = 0;
			foot_row(app, ui, bar);
		}
	} else {
		struct gfx_rect r = p.body,
		                right = ui_cut_right(&r, ui_px(ui, app_wide(app) ? 600 : 392)),
		                foot;
		ui_cut_right(&r, ui_px(ui, 16));
		why_panel(app, ui, right);
		about_row(app, ui, ui_cut_top(&r, ui_m(ui)->target));
		ui_cut_top(&r, ui_px(ui, 12));
		kind_row(app, ui, ui_cut_top(&r, ui_m(ui)->target));
		ui_cut_top(&r, ui_px(ui, 12));
		if (p.keyboard) {
			foot = ui_cut_bottom(&r, ui_px(ui, 64));
			ui_cut_bottom(&r, ui_px(ui, 14));
		} else {
			foot = p.bar;
			p.bar.w = 0;
		}
		(void)ui_field(ui, r, field_name(app, st), &st->edit, UI_FIELD_LINES,
		        st->not_shared ? "Say more about the reason"
		        : is_line(app) ? "What your agency knows; one thing a line"
		                       : "What the agency says, in its own words",
		        false);
		foot_row(app, ui, foot);
	}
	/* sentence by sentence; and never more than 60 letters behind */
	if (draft_due(&st->edit, &st->kept))
		keep_draft(app);
	page_end(app, &p, small ? "Done" : "Next field", true);
	if (app->screen == &screen_share && ui_submitted(ui, &st->edit)) {
		keep_draft(app);
		ui_focus(ui, NULL);
	}
}

const struct screen_ops screen_share = {
        "share", PLACE_CASE, sizeof(struct share_state), load, build, keep_typed, NULL};

const struct screen_ops screen_line = {
        "line", PLACE_AGENDA, sizeof(struct share_state), load, build, keep_typed, NULL};
