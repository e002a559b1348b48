#include "app.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * A case entered by hand, in three steps: who or what place it is about, with those who may be
 * meant shown while it is typed; their part and how they may be reached; why the case is referred.
 * The first two steps alone add somebody to a case that is there. What is typed is kept as a draft,
 * for whoever opened the store.
 */

enum { STEP_WHO, STEP_PART, STEP_WHY };
enum { E_NAME, E_BORN, E_ADDRESS, E_POSTCODE, E_SAFE, E_PHONE, E_REASON, E_COUNT };

static const struct {
	const char *name, *example;
	size_t cap;
} FIELD[E_COUNT] = {
        [E_NAME] = {"Name of the person or place", "", NAME_MAX_BYTES},
        [E_BORN] = {"Date of birth", "14 5 1990", 16},
        [E_ADDRESS] = {"Address", "", NAME_MAX_BYTES},
        [E_POSTCODE] = {"Postcode", "", 12},
        [E_SAFE] = {"Safe contact", "How and when they may be reached", NAME_MAX_BYTES},
        [E_PHONE] = {"Telephone", "", 24},
        [E_REASON] = {"Why it is referred", "What happens, to whom, since when", WORDS_MAX},
};

struct enter_state {
	bool ready, denied;
	int step;
	int64_t identity; /* it is this person */
	bool unknown;     /* nobody knows their name */
	const char *role, *strand;
	int64_t referred_by;
	char referred_name[NAME_MAX_BYTES];
	int32_t received;
	enum restriction level;
	int64_t named[SHARE_NAMED_MAX];
	size_t n_named;
	const char *ref; /* of the case somebody is added to */
	struct near_row *near;
	size_t n_near;
	uint64_t searched; /* changes at the last search */
	struct ui_scroll scroll;
	struct ui_edit edit[E_COUNT];
	struct kept kept[E_COUNT];
	char text[E_COUNT][NAME_MAX_BYTES], reason[WORDS_MAX];
};

void enter_open(struct app *app, int64_t case_id, const struct screen_ops *back)
{
	app->enter_case = case_id;
	app_go_back_to(app, &screen_enter, back);
}

/* ---- what was typed ---- */

static uint64_t changes(const struct enter_state *st)
{
	uint64_t n = 0;
	for (int i = E_NAME; i <= E_POSTCODE; i++)
		n += st->edit[i].changes;
	return n;
}

/* Kept for the case (a negative id: no item has one), or for whoever opened the store. */
static enum err draft_write(struct app *app, const char *text)
{
	return record_draft_put(
	        app->record, "enter", -app->enter_case, record_actor(app->record), text);
}

static void keep_typed(struct app *app)
{
	struct enter_state *st = app->state;
	struct buf b;
	size_t typed = 0;
	if (!st || !st->ready || st->denied || !app->record)
		return;
	buf_init(&b, 1u << 16);
	for (int i = 0; i < E_COUNT; i++) {
		buf_printf(&b, "%s%s", i ? "\n" : "", st->edit[i].text);
		typed += st->edit[i].len;
	}
	enum err e = draft_write(app, typed ? buf_str(&b) : "");
	buf_finish(&b);
	if (e)
		app_fail(app, e, NULL);
	for (int i = 0; !e && i < E_COUNT; i++)
		draft_kept(&st->edit[i], &st->kept[i]);
}

static void restore(struct enter_state *st, const char *draft)
{
	for (int i = 0; i < E_COUNT; i++) {
		char text[WORDS_MAX];
		size_t n = i == E_REASON ? strlen(draft) : strcspn(draft, "\n");
		snprintf(text, sizeof(text), "%.*s", (int)n, draft);
		ui_edit_set(&st->edit[i], text);
		draft_kept(&st->edit[i], &st->kept[i]);
		wipe(text, sizeof(text));
		draft += n;
		draft += *draft == '\n';
	}
}

/* Only a room that sees cases with names enters one. */
static bool room_in_full(const struct app *app)
{
	struct practice_limit open = {.level = RESTRICTION_NORMAL};
	struct practice_room room = {.present = app->viewer.present,
	        .n = app->viewer.n,
	        .anonymised = app->viewer.anonymised};
	return !app->viewer.blind && practice_sight(&room, &open) == SIGHT_FULL;
}

static enum err load(struct app *app)
{
	struct enter_state *st = app->state;
	struct case_row c;
	const char *draft;
	int32_t born;
	enum err e = ERR_OK;
	st->n_near = 0;
	st->denied = !room_in_full(app);
	st->ref = "";
	if (!st->denied && app->enter_case) {
		e = record_case(app->record, &app->rows, &app->viewer, app->enter_case, &c);
		st->denied = e || c.sight < SIGHT_FULL;
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
		st->ref = st->denied ? "" : c.ref;
	}
	if (e || st->denied)
		return e;
	if (!st->ready) {
		for (int i = 0; i < E_COUNT; i++)
			ui_edit_init(&st->edit[i], i == E_REASON ? st->reason : st->text[i],
			        FIELD[i].cap);
		st->received = time_today();
		e = record_draft_get(app->record, &app->rows, "enter", -app->enter_case,
		        record_actor(app->record), &draft);
		if (!e)
			restore(st, draft);
		st->ready = true;
	}
	st->searched = changes(st);
	struct near_key k = {.name = st->edit[E_NAME].text,
	        .address = st->edit[E_ADDRESS].text,
	        .postcode = st->edit[E_POSTCODE].text};
	k.born = born_typed(st->edit[E_BORN].text, &born) ? born : DAY_NONE;
	return e ? e
	         : record_near(app->record, &app->rows, &app->viewer, &k, 0, 20, &st->near,
	                   &st->n_near);
}

/* ---- acts ---- */

/* What is known of them is offered for the new case; it can be changed. */
static void chosen(struct app *app, const struct near_row *n)
{
	struct enter_state *st = app->state;
	struct identity_row who;
	char born[TIME_TEXT_MAX];
	enum err e = record_identity(app->record, &app->rows, &app->viewer, n->identity, &who);
	if (e) {
		app_fail(app, e, NULL);
		return;
	}
	st->identity = who.id;
	st->unknown = false;
	ui_edit_set(&st->edit[E_NAME], who.name);
	ui_edit_set(&st->edit[E_BORN], day_text(born, who.born, DAY_ISO));
	if (!who.guarded) { /* where a victim lives stays where it is known */
		ui_edit_set(&st->edit[E_ADDRESS], who.address);
		ui_edit_set(&st->edit[E_POSTCODE], who.postcode);
	}
	ui_edit_set(&st->edit[E_SAFE], who.safe_contact);
	ui_edit_set(&st->edit[E_PHONE], who.phone);
	if (who.place)
		st->role = "place";
	st->step = STEP_PART;
	ui_focus(app->ui, NULL);
	keep_typed(app);
	ui_again(app->ui);
}

static void role_done(struct app *app, struct sheet *s)
{
	((struct enter_state *)app->state)->role = s->row[s->chosen].key;
}

static void strand_done(struct app *app, struct sheet *s)
{
	struct enter_state *st = app->state;
	st->strand = app->forum.type->strand[s->row[s->chosen].id];
}

static void by_done(struct app *app, struct sheet *s)
{
	struct enter_state *st = app->state;
	st->referred_by = s->row[s->chosen].id;
	snprintf(st->referred_name, sizeof(st->referred_name), "%s", s->row[s->chosen].label);
}

static void agency_rows(struct app *app, struct sheet *s)
{
	struct agency_row *g;
	size_t n;
	if (record_agencies(app->record, &app->rows, &g, &n))
		return;
	for (size_t i = 0; i < n; i++)
		sheet_row(s, "people", g[i].name, g[i].kind, g[i].id, NULL, false);
}

static void received_done(struct app *app, struct sheet *s)
{
	((struct enter_state *)app->state)->received = s->day_value;
}

static void named_open(struct app *app);

static void named_done(struct app *app, struct sheet *s)
{
	struct enter_state *st = app->state;
	int64_t id = s->row[s->chosen].id;
	size_t i = 0;
	if (id == 0)
		return;
	while (i < st->n_named && st->named[i] != id)
		i++;
	if (i < st->n_named)
		st->named[i] = st->named[--st->n_named];
	else if (st->n_named < SHARE_NAMED_MAX)
		st->named[st->n_named++] = id;
	named_open(app);
}

static void named_open(struct app *app)
{
	struct enter_state *st = app->state;
	struct agency_row *g;
	size_t n;
	struct sheet *s = sheet_open(app, "Which agencies may see it?",
	        "Touch each; those in this room must be among them.", NULL, named_done, 0);
	if (st->n_named)
		sheet_row(s, "done", "That is all", NULL, 0, NULL, false);
	if (record_agencies(app->record, &app->rows, &g, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		bool on = false;
		for (size_t k = 0; k < st->n_named; k++)
			on |= st->named[k] == g[i].id;
		sheet_row(s, on ? "check" : "people", g[i].name, on ? "named" : NULL, g[i].id, NULL,
		        false);
	}
}

static void level_done(struct app *app, struct sheet *s)
{
	struct enter_state *st = app->state;
	st->level = (enum restriction)s->row[s->chosen].id;
	if (st->level == RESTRICTION_NORMAL)
		st->n_named = 0;
	else
		named_open(app);
}

static void level_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who may see this case?", NULL, NULL, level_done, 0);
	sheet_row(s, "people", "Everyone at the table", "Core members, deputies, observers",
	        RESTRICTION_NORMAL, NULL, false);
	sheet_row(s, "lock", "Named agencies", "Others see that something is held back",
	        RESTRICTION_NAMED, NULL, false);
	sheet_row(s, "hide", "Named agencies, and nobody else knows of it",
	        "Not listed, not counted, not found", RESTRICTION_HIDDEN, NULL, false);
}

static const char *level_words(struct app *app)
{
	const struct enter_state *st = app->state;
	if (st->level == RESTRICTION_NORMAL)
		return "Everyone at the table";
	return fmt(app, "%zu named %s%s", st->n_named, st->n_named == 1 ? "agency" : "agencies",
	        st->level == RESTRICTION_HIDDEN ? ", hidden" : "");
}

static bool words_of(struct app *app, struct party_words *ret)
{
	struct enter_state *st = app->state;
	struct why w = {0};
	*ret = (struct party_words){.identity = st->identity,
	        .role = st->role,
	        .name = st->unknown ? "" : st->edit[E_NAME].text,
	        .address = st->edit[E_ADDRESS].text,
	        .postcode = st->edit[E_POSTCODE].text,
	        .phone = st->edit[E_PHONE].text,
	        .safe_contact = st->edit[E_SAFE].text};
	if (born_typed(st->edit[E_BORN].text, &ret->born))
		return true;
	st->step = STEP_WHO;
	app_fail(app, why(&w, ERR_INPUT, "Give the date of birth as 14 5 1990, or leave it empty."),
	        &w);
	return false;
}

/* All of it, in one command. */
static void enter(struct app *app)
{
	struct enter_state *st = app->state;
	struct party_words first;
	struct command c = {.kind = CMD_PARTY_ADD};
	int64_t id = app->enter_case;
	if (!words_of(app, &first))
		return;
	if (app->enter_case) {
		c.u.party.case_id = app->enter_case;
		c.u.party.who = first;
	} else {
		c.kind = CMD_CASE_ADD;
		c.u.kase.ref = "";
		c.u.kase.forum = app->forum_id;
		c.u.kase.referred_by = st->referred_by;
		c.u.kase.strand = st->strand;
		c.u.kase.reason = st->edit[E_REASON].text;
		c.u.kase.received = st->received;
		c.u.kase.restriction = st->level;
		memcpy(c.u.kase.named, st->named, sizeof(st->named));
		c.u.kase.n_named = st->n_named;
		c.u.kase.first = &first;
	}
	keep_typed(app);
	if (!app_do(app, &c, app->enter_case ? NULL : &id))
		return;
	err_ignore(draft_write(app, ""));
	st->ready = false; /* nothing left to keep */
	app->case_id = id;
	app->item_id = 0;
	app_go_back_to(app, &screen_file, &screen_case);
}

/* ---- the picture ---- */

static int field_h(struct ui *ui)
{
	return ui_line_h(ui, GFX_CAPTION) + 4 + ui_m(ui)->target;
}

static void field(struct app *app, struct ui *ui, struct gfx_rect r, int f)
{
	struct enter_state *st = app->state;
	(void)ui_labelled_field(ui, r, FIELD[f].name, &st->edit[f],
	        f == E_REASON ? UI_FIELD_LINES : 0, FIELD[f].example, NULL);
}

/* Those who may be meant; a touch says that it is this one. */
static void near(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct enter_state *st = app->state;
	struct entry *e = arena_alloc(&app->frame, (st->n_near + 1) * sizeof(*e));
	for (size_t i = 0; e && i < st->n_near; i++) {
		const struct near_row *n = &st->near[i];
		/* where a victim lives is not shown to tell people apart; the district is enough */
		const char *where =
		        n->guarded ? fmt(app, "%.*s", (int)strcspn(n->postcode, " "), n->postcode)
		                   : fmt(app, "%s%s%s", n->address,
		                             *n->address && *n->postcode ? ", " : "", n->postcode);
		e[i] = (struct entry){.icon = n->place ? "place" : "person",
		        .title = n->name,
		        .tag = n->n_cases == 1 ? n->ref : fmt(app, "%zu cases", n->n_cases),
		        .words = n->reasons,
		        .foot = n->place ? where
		                         : fmt(app, "%s, born %s%s%s", n->role_label,
		                                   born_words(app, n->born), *where ? ", " : "",
		                                   where),
		        .opens = true};
	}
	bool typed = st->edit[E_NAME].len || st->edit[E_POSTCODE].len || st->edit[E_BORN].len;
	int hit = entries(app, ui, r, "It is this person", &st->scroll, e, e ? st->n_near : 0,
	        typed ? "Nobody this room knows of sounds like that, was born that day or lives "
	                "there."
	              : "Who may be meant is shown here while you type.",
	        p);
	if (hit >= 0)
		chosen(app, &st->near[hit]);
}

static void step_who(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct enter_state *st = app->state;
	bool small = app_small(app);
	int gap = ui_px(ui, 12), h = field_h(ui);
	if (p->keyboard) { /* the field that is typed into, and whom it may mean */
		int f = E_NAME;
		for (int i = E_NAME; i <= E_POSTCODE; i++)
			if (ui_focused_edit(ui) == &st->edit[i])
				f = i;
		field(app, ui, ui_cut_top(&r, h), f);
		ui_cut_top(&r, gap);
		if (r.h > ui_m(ui)->row)
			near(app, ui, small ? r : ui_panel(ui, r), NULL);
		return;
	}
	if (small) { /* two and two, and whom they may mean below */
		for (int i = E_NAME; i <= E_POSTCODE; i += 2) {
			struct gfx_rect row = ui_cut_top(&r, h);
			field(app, ui, ui_column(row, 0, 2, gap), i);
			field(app, ui, ui_column(row, 1, 2, gap), i + 1);
			ui_cut_top(&r, 8);
		}
		near(app, ui, ui_panel(ui, r), p);
		return;
	}
	struct gfx_rect left = ui_cut_left(&r, ui_px(ui, 420)), head;
	ui_cut_left(&r, gap);
	for (int i = E_NAME; i <= E_POSTCODE; i++) {
		field(app, ui, ui_cut_top(&left, h), i);
		ui_cut_top(&left, gap);
	}
	head = ui_panel(ui, r);
	ui_panel_head(ui, &head, "people", "Is it one of these?", fmt(app, "%zu", st->n_near));
	near(app, ui, head, NULL);
}

static void role_open(struct app *app)
{
	struct sheet *s =
	        sheet_open(app, "What is their part in the case?", NULL, NULL, role_done, 0);
	sheet_list(app, s, "party-role");
}

static void step_part(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct enter_state *st = app->state;
	const struct practice_entry *e =
	        st->role ? practice_entry(app->practice, "party-role", st->role) : NULL;
	int gap = ui_px(ui, 12), h = field_h(ui);
	if (!p->keyboard) {
		const char *name =
		        st->unknown ? "Somebody whose name is not known" : st->edit[E_NAME].text;
		ui_cut_top(&r, ui_wrap(ui, r, GFX_BODY_B, GFX_TEXT, name, 0));
		ui_cut_top(&r, ui_wrap(ui, r, GFX_CAPTION, GFX_TEXT2,
		                       st->identity  ? "Known already; what is known is filled in"
		                       : st->unknown ? "They can be named later, and merged"
		                                     : "Somebody new",
		                       0) +
		                       gap / 2);
		if (r.w > ui_px(ui, 640))
			r.w = ui_px(ui, 640);
		if (ui_labelled_value(ui, ui_cut_top(&r, h), "Their part in the case",
		            e ? e->label : "Choose their part", e != NULL))
			role_open(app);
		ui_cut_top(&r, gap);
	}
	for (int f = E_SAFE; f <= E_PHONE; f++) {
		if (p->keyboard && ui_focused_edit(ui) != &st->edit[f])
			continue;
		field(app, ui, ui_cut_top(&r, h), f);
		ui_cut_top(&r, gap);
	}
}

static void value(struct app *app, struct ui *ui, struct gfx_rect r, int i)
{
	struct enter_state *st = app->state;
	struct sheet *s;
	switch (i) {
	case 0:
		if (ui_labelled_value(ui, r, "Strand",
		            st->strand ? st->strand : "Choose the strand", st->strand != NULL)) {
			s = sheet_open(app, "Which strand?", NULL, NULL, strand_done, 0);
			for (size_t k = 0; app->forum.type && k < app->forum.type->n_strands; k++)
				sheet_row(s, "case", app->forum.type->strand[k], NULL, (int64_t)k,
				        NULL, false);
		}
		break;
	case 1:
		if (ui_labelled_value(ui, r, "Referred by",
		            st->referred_by ? st->referred_name : "Choose the agency",
		            st->referred_by != 0))
			agency_rows(app, sheet_open(app, "Who refers it?", NULL, NULL, by_done, 0));
		break;
	case 2:
		if (ui_labelled_value(
		            ui, r, "Received", fmt_day(app, st->received, DAY_YEAR), true))
			sheet_day(sheet_open(app, "When was it received?", NULL, "Keep the day",
			                  received_done, 0),
			        st->received, day_from_ymd(1990, 1, 1));
		break;
	default:
		if (ui_labelled_value(ui, r, "Who may see it", level_words(app), true))
			level_open(app);
		break;
	}
}

static void step_why(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	int gap = ui_px(ui, 12), h = field_h(ui);
	if (p->keyboard) {
		field(app, ui, r, E_REASON);
		return;
	}
	if (app_small(app)) {
		for (int line = 0; line < 2; line++) {
			struct gfx_rect row = ui_cut_top(&r, h);
			value(app, ui, ui_column(row, 0, 2, gap), line * 2);
			value(app, ui, ui_column(row, 1, 2, gap), line * 2 + 1);
			ui_cut_top(&r, 8);
		}
		field(app, ui, r, E_REASON);
		return;
	}
	struct gfx_rect right = ui_cut_right(&r, ui_px(ui, 420));
	ui_cut_right(&r, gap);
	for (int i = 0; i < 4; i++) {
		value(app, ui, ui_cut_top(&right, h), i);
		ui_cut_top(&right, gap);
	}
	field(app, ui, r, E_REASON);
}

static const char *missing(const struct app *app)
{
	const struct enter_state *st = app->state;
	switch (st->step) {
	case STEP_WHO:
		return st->edit[E_NAME].len ? NULL : "Type a name, or say that it is not known";
	case STEP_PART:
		return st->role ? NULL : "Choose their part";
	default:
		return !st->edit[E_REASON].len ? "Say why it is referred"
		       : !st->strand           ? "Choose the strand"
		       : !st->referred_by      ? "Choose who refers it"
		                               : NULL;
	}
}

static void next(struct app *app, bool unknown)
{
	struct enter_state *st = app->state;
	if (st->step == STEP_WHO) {
		st->identity = 0; /* nobody of those that are known */
		st->unknown = unknown;
	}
	if (st->step == (app->enter_case ? STEP_PART : STEP_WHY)) {
		enter(app);
		return;
	}
	keep_typed(app);
	st->step++;
	ui_again(app->ui);
}

static void buttons(struct app *app, struct page *p)
{
	struct enter_state *st = app->state;
	bool small = app_small(app), last = st->step == (app->enter_case ? STEP_PART : STEP_WHY);
	const char *lack = missing(app),
	           *label = last && app->enter_case ? (small ? "Add" : "Add to the case")
	                    : last                  ? "Enter the case"
	                    : st->step == STEP_PART ? "Next"
	                    : st->n_near && !lack   ? (small ? "New" : "None of these: new")
	                                            : (small ? "New" : "Somebody new");
	if (page_primary(
	            app, p, last ? "check" : "forward", label, lack != NULL, lack ? lack : "")) {
		next(app, false);
		return;
	}
	if (st->step > STEP_WHO && page_button(app, p, "back", "Step back", false)) {
		st->step--;
		ui_again(app->ui);
	}
	if (st->step == STEP_WHO && page_button(app, p, "person", "Not known", false))
		next(app, true);
}

/* The next field of the step, as the keyboard's last key says. */
static void submitted(struct app *app, struct ui *ui)
{
	static const int LAST[] = {E_POSTCODE, E_PHONE, E_REASON};
	struct enter_state *st = app->state;
	for (int i = 0; i < E_COUNT; i++) {
		if (!ui_submitted(ui, &st->edit[i]))
			continue;
		ui_focus(ui, i == LAST[st->step] ? NULL : &st->edit[i + 1]);
		keep_typed(app);
		return;
	}
}

static void build(struct app *app, struct ui *ui)
{
	static const char *const TITLE[] = {"Who or what place is it about?",
	        "Their part, and how to reach them", "Why is it referred?"};
	struct enter_state *st = app->state;
	struct page p;
	page_begin(app, ui, &p, st->denied ? "A new case" : TITLE[st->step],
	        app_small(app)    ? NULL
	        : app->enter_case ? fmt(app, "Added to %s, step %d of 2", st->ref, st->step + 1)
	                          : fmt(app, "A new case for %s, step %d of 3", app->forum.name,
	                                    st->step + 1),
	        app->back);
	if (st->denied || !app->forum_id) {
		ui_empty(ui, p.body, "hide", "Not in front of this room",
		        "People are before the panel who see cases without names, or not this one. "
		        "It is entered when they have left.");
		page_end(app, &p, NULL, false);
		return;
	}
	if (!st->ready) {
		page_end(app, &p, NULL, false);
		return;
	}
	if (st->step == STEP_WHO)
		step_who(app, ui, p.body, &p);
	else if (st->step == STEP_PART)
		step_part(app, ui, p.body, &p);
	else
		step_why(app, ui, p.body, &p);
	if (st->ready && changes(st) != st->searched) {
		app->reload = true;
		ui_again(ui);
	}
	bool due = false;
	for (int i = 0; i < E_COUNT; i++)
		due |= draft_due(&st->edit[i], &st->kept[i]);
	if (due)
		keep_typed(app);
	if (!p.keyboard)
		buttons(app, &p);
	page_end(app, &p, st->step == STEP_WHY ? "Done" : "Next field", true);
	if (st->ready)
		submitted(app, ui);
}

const struct screen_ops screen_enter = {
        "enter", PLACE_HOME, sizeof(struct enter_state), load, build, keep_typed, NULL};
