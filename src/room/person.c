#include "app.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * One person or place across the cases the room sees: how they may be reached comes first, then who
 * they are, their cases, to whom they are related, what was shared about them by whom and on what
 * ground, whom they may be the same as, and everything that is held. An address that could lead the
 * other side to somebody is shown only when it is asked for.
 */

enum { TAB_WHO, TAB_SHARED, TAB_RELATIONS, TAB_SAME, TAB_ALL, TAB_COUNT };

struct person_state {
	struct identity_row who;
	struct appearance_row *in;
	struct was_row *was;
	struct relation_row *relation;
	struct merge_row *merge;
	struct about_row *about;
	struct near_row *near;
	struct everything_row *all;
	size_t n_in, n_was, n_relations, n_merges, n_about, n_near, n_all;
	int64_t other;              /* who they may be the same as, while it is asked */
	const char *exempt_subject; /* the record that is asked about */
	int64_t exempt_id;
	int tab;
	bool read, address; /* read: the audit has it; address: it was asked for */
	struct ui_scroll left, right;
};

void identity_open(struct app *app, int64_t identity, const struct screen_ops *back)
{
	app->person_id = identity;
	app_go_back_to(app, &screen_person, back);
}

const char *born_words(struct app *app, int32_t born)
{
	if (born == DAY_NONE)
		return "not known";
	return fmt(app, "%s, %d", fmt_day(app, born, DAY_YEAR), practice_age(born, time_today()));
}

bool born_typed(const char *s, int32_t *ret)
{
	int n[3] = {0}, k = 0, digits = 0, first = 0;
	*ret = DAY_NONE;
	if (!*s)
		return true;
	for (; *s; s++) {
		if (*s >= '0' && *s <= '9') {
			if (k == 3 || ++digits > 4)
				return false;
			n[k] = n[k] * 10 + *s - '0';
			first += k == 0;
		} else if (digits && strchr(" -/.", *s)) {
			k++;
			digits = 0;
		} else {
			return false;
		}
	}
	if (k != 2 || !digits)
		return false;
	*ret = first == 4 ? day_from_ymd(n[0], n[1], n[2]) : day_from_ymd(n[2], n[1], n[0]);
	return *ret != DAY_NONE;
}

static enum err load(struct app *app)
{
	struct person_state *st = app->state;
	struct record *r = app->record;
	struct arena *a = &app->rows;
	const struct record_viewer *v = &app->viewer;
	st->n_in = st->n_was = st->n_relations = st->n_merges = st->n_about = st->n_near =
	        st->n_all = 0;
	/* one entry in the audit for each case, for each opening */
	enum err e = st->read ? record_identity(r, a, v, app->person_id, &st->who)
	                      : record_identity_read(r, a, v, app->person_id, &st->who);
	if (e == ERR_NOT_FOUND) { /* the room changed, or it was taken back */
		app->person_id = 0;
		return ERR_OK;
	}
	st->read = !e;
	if (!e)
		e = record_appearances(r, a, v, app->person_id, &st->in, &st->n_in);
	if (!e)
		e = record_were(r, a, v, app->person_id, &st->was, &st->n_was);
	if (!e)
		e = record_relations_of(r, a, v, app->person_id, &st->relation, &st->n_relations);
	if (!e)
		e = record_merges(r, a, v, app->person_id, &st->merge, &st->n_merges);
	if (!e)
		e = record_shares_about(r, a, v, app->person_id, &st->about, &st->n_about);
	if (!e && st->who.known) {
		struct near_key k = {st->who.name, st->who.born, st->who.address, st->who.postcode};
		e = record_near(r, a, v, &k, st->who.id, 12, &st->near, &st->n_near);
	}
	/* those of a household share an address: that alone does not make them one */
	size_t n = 0;
	for (size_t i = 0; i < st->n_near; i++)
		if (st->near[i].place == st->who.place && st->near[i].score >= 40)
			st->near[n++] = st->near[i];
	st->n_near = n;
	if (!e && st->tab == TAB_ALL)
		e = record_everything(r, a, v, app->person_id, &st->all, &st->n_all);
	return e;
}

/* ---- acts ---- */

static void go_case(struct app *app, int64_t case_id)
{
	app->item_id = 0;
	app->case_id = case_id;
	app_go_back_to(app, &screen_case, &screen_person);
}

static void merge_words(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MERGE};
	c.u.merge.kept = s->arg;
	c.u.merge.gone = ((struct person_state *)app->state)->other;
	c.u.merge.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

enum { SAME_MERGE, SAME_LOOK };

static void same_done(struct app *app, struct sheet *s)
{
	struct person_state *st = app->state;
	if (s->row[s->chosen].id == SAME_LOOK) {
		identity_open(app, st->other, &screen_person);
		return;
	}
	struct sheet *n = sheet_open(app, "How is it known that they are one?",
	        "They act as one from now on. Nothing of either is rewritten, and it can be taken "
	        "apart.",
	        "Merge", merge_words, st->who.id);
	sheet_words(n, "How it is known", true, "");
}

static void same_open(struct app *app, const struct near_row *n)
{
	struct person_state *st = app->state;
	struct sheet *s = sheet_open(
	        app, fmt(app, "Is %s the same person?", n->name), n->reasons, NULL, same_done, 0);
	st->other = n->identity;
	sheet_row(s, "relation", "They are one: merge", "You say how it is known", SAME_MERGE, NULL,
	        false);
	sheet_row(s, n->place ? "place" : "person", "Look at the other first",
	        fmt(app, "%s, %s", n->role_label, n->ref), SAME_LOOK, NULL, false);
}

static void apart_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_UNMERGE};
	c.u.merge.kept = s->arg;
	c.u.merge.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void apart_open(struct app *app, const struct merge_row *m)
{
	struct sheet *s = sheet_open(app, "Why are they not one?",
	        fmt(app, "%s and %s are two again, each with what was theirs.", m->kept, m->gone),
	        "Take it apart", apart_done, m->id);
	sheet_words(s, "Why they are two", true, "");
}

enum { F_SAFE, F_PHONE, F_ADDRESS, F_POSTCODE, F_NAME, F_BORN, F_ROLE };

static void change(struct app *app, struct party_words *p, int64_t party, bool everywhere)
{
	struct command c = {.kind = CMD_PARTY_CHANGE};
	c.u.party.party = party;
	c.u.party.everywhere = everywhere;
	c.u.party.who = *p;
	(void)app_do(app, &c, NULL);
}

static void field_done(struct app *app, struct sheet *s)
{
	struct person_state *st = app->state;
	struct party_words p = {.born = st->who.born};
	struct why w = {0};
	const char *text = s->edit.text;
	switch (s->arg) {
	case F_SAFE:
		p.safe_contact = text;
		break;
	case F_PHONE:
		p.phone = text;
		break;
	case F_ADDRESS:
		p.address = text;
		break;
	case F_POSTCODE:
		p.postcode = text;
		break;
	case F_NAME:
		p.name = text;
		break;
	default:
		if (!born_typed(text, &p.born)) {
			app_fail(app, why(&w, ERR_INPUT, "Give the date of birth as 14 5 1990."),
			        &w);
			return;
		}
	}
	change(app, &p, st->who.party, true);
}

static void role_done(struct app *app, struct sheet *s)
{
	struct person_state *st = app->state;
	struct party_words p = {.born = st->who.born, .role = s->row[s->chosen].key};
	change(app, &p, s->arg, false);
}

static void role_case(struct app *app, struct sheet *s)
{
	struct person_state *st = app->state;
	int64_t party = s->row[s->chosen].id;
	for (size_t i = 0; i < st->n_in; i++)
		if (st->in[i].party == party) {
			struct sheet *n = sheet_open(app,
			        fmt(app, "Their part in %s", st->in[i].ref),
			        "The earlier one stays in the record.", NULL, role_done, party);
			sheet_list(app, n, "party-role");
		}
}

static void change_done(struct app *app, struct sheet *s)
{
	static const char *const LABEL[] = {"Safe contact", "Telephone", "Address", "Postcode",
	        "Name", "Date of birth, as 14 5 1990"};
	struct person_state *st = app->state;
	int f = (int)s->row[s->chosen].id;
	char born[TIME_TEXT_MAX];
	if (f == F_ROLE) {
		struct sheet *n = sheet_open(app, "In which case?", NULL, NULL, role_case, 0);
		for (size_t i = 0; i < st->n_in; i++)
			sheet_row(n, "case", st->in[i].ref, st->in[i].role_label, st->in[i].party,
			        NULL, false);
		return;
	}
	const char *now[] = {st->who.safe_contact, st->who.phone, st->who.address, st->who.postcode,
	        st->who.name, day_text(born, st->who.born, DAY_ISO)};
	struct sheet *n = sheet_open(app,
	        fmt(app, "%s of %s", f == F_BORN ? "Date of birth" : LABEL[f], st->who.name),
	        "It changes in each open case of theirs that this room sees. What it was stays in "
	        "the record.",
	        "Keep the change", field_done, f);
	sheet_words(n, LABEL[f], false, now[f]);
}

static void change_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "What has changed?", NULL, NULL, change_done, 0);
	sheet_row(s, "phone", "Safe contact", "How and when they may be reached", F_SAFE, NULL,
	        false);
	sheet_row(s, "phone", "Telephone", NULL, F_PHONE, NULL, false);
	sheet_row(s, "place", "Address", NULL, F_ADDRESS, NULL, false);
	sheet_row(s, "place", "Postcode", NULL, F_POSTCODE, NULL, false);
	sheet_row(s, "person", "Name", NULL, F_NAME, NULL, false);
	sheet_row(s, "calendar", "Date of birth", NULL, F_BORN, NULL, false);
	sheet_row(s, "case", "Their part in a case", NULL, F_ROLE, NULL, false);
}

static void exempt(struct app *app, const char *reason, const char *words)
{
	struct person_state *st = app->state;
	struct command c = {.kind = CMD_EXEMPT};
	c.u.exempt.identity = app->person_id;
	c.u.exempt.subject = st->exempt_subject;
	c.u.exempt.id = st->exempt_id;
	c.u.exempt.reason = reason;
	c.u.exempt.words = words;
	(void)app_do(app, &c, NULL);
}

static void exempt_done(struct app *app, struct sheet *s)
{
	exempt(app, s->row[s->chosen].key, s->edit.text);
}

static void all_touched(struct app *app, int i)
{
	struct person_state *st = app->state;
	const struct everything_row *o = &st->all[i];
	st->exempt_subject = o->subject; /* a literal */
	st->exempt_id = o->id;
	if (*o->exempt) {
		exempt(app, "", "");
		return;
	}
	struct sheet *s = sheet_open(app, "Why is it exempt from subject access?",
	        "For this person and this record. Your data protection officer says which holds.",
	        "Mark it", exempt_done, o->id);
	sheet_list(app, s, "exemption");
	sheet_words(s, "Reason in words", false, "");
}

/* ---- entries ---- */

static struct entry *make(struct app *app, size_t n)
{
	struct entry *e = arena_alloc(&app->frame, (n + 1) * sizeof(*e));
	if (!e)
		abort(); /* nothing said is lost: it is on disk; systemd starts us again */
	return e;
}

/* Who they are: what outranks the rest, details, cases, what was before. */
static void who(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct person_state *st = app->state;
	const struct identity_row *w = &st->who;
	struct entry *e = make(app, st->n_in + st->n_was + 8);
	size_t n = 0, address = SIZE_MAX, cases;
	bool hidden = w->guarded && !st->address;
	if (*w->safe_contact && !w->place)
		e[n++] = (struct entry){.icon = "phone",
		        .title = "Safe contact",
		        .words = w->safe_contact,
		        .warn = true};
	for (size_t i = 0; i < st->n_in; i++)
		if (*st->in[i].safe_contact && !w->place)
			e[n++] = (struct entry){.icon = "warning",
			        .title = fmt(app, "But in %s", st->in[i].ref),
			        .words = st->in[i].safe_contact,
			        .warn = true};
	if (!w->place)
		e[n++] = (struct entry){
		        .icon = "person", .title = "Born", .words = born_words(app, w->born)};
	if (*w->phone)
		e[n++] = (struct entry){.icon = "phone",
		        .title = "Telephone",
		        .words = w->phone,
		        .foot = *w->safe_contact ? "Only as the safe contact says" : NULL};
	if (*w->address || *w->postcode) {
		address = n;
		e[n++] = (struct entry){.icon = "place",
		        .title = hidden ? "Show the address" : "Address",
		        .words = hidden ? NULL
		                        : fmt(app, "%s%s%s", w->address,
		                                  *w->address && *w->postcode ? ", " : "",
		                                  w->postcode),
		        .foot = hidden ? "Only when it is needed; do not read it aloud" : NULL,
		        .opens = hidden};
	}
	if (*w->also)
		e[n++] =
		        (struct entry){.icon = "person", .title = "Also written", .words = w->also};
	cases = n;
	for (size_t i = 0; i < st->n_in; i++)
		e[n++] = (struct entry){.icon = "case",
		        .title = fmt(app, "%s, %s", st->in[i].ref, st->in[i].role_label),
		        .foot = fmt(app, "%s, received %s%s", st->in[i].strand,
		                fmt_day(app, st->in[i].received, DAY_YEAR),
		                st->in[i].open ? "" : ", closed"),
		        .opens = true};
	for (size_t i = 0; i < st->n_was; i++) {
		const struct was_row *x = &st->was[i];
		e[n++] = (struct entry){.icon = "undo",
		        .title = fmt(app, "%s until %s", x->field,
		                fmt_day(app, time_to_day(x->until_us), DAY_MONTH)),
		        .words = x->guarded && !st->address ? "Shown with the address" : x->words,
		        .foot = x->ref};
	}
	int hit = entries(app, ui, r, "Who they are", &st->left, e, n, "", p);
	if (hit < 0)
		return;
	if ((size_t)hit == address) {
		st->address = true;
		ui_again(ui);
	} else if ((size_t)hit >= cases && (size_t)hit < cases + st->n_in) {
		go_case(app, st->in[(size_t)hit - cases].case_id);
	}
}

static const char *ground(struct app *app, const struct share_row *s)
{
	if (s->what != SHARE_WORDS)
		return "";
	return fmt(app, "%s · %s · %s%s%s · Consent: %s", s->purpose, s->gateway, s->article6,
	        *s->article9 ? " · " : "", s->article9, s->consent);
}

static void shared(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct person_state *st = app->state;
	struct entry *e = make(app, st->n_about);
	for (size_t i = 0; i < st->n_about; i++) {
		const struct share_row *s = &st->about[i].share;
		const char *when = fmt(app, "%s, %s", st->about[i].ref,
		                   fmt_day(app, time_to_day(s->said_us), DAY_YEAR)),
		           *why = ground(app, s);
		e[i] = (struct entry){.title = s->agency_name,
		        .tag = s->version > 1 ? fmt(app, "%s, corrected", share_label(s))
		                              : share_label(s),
		        .shade = s->what == SHARE_NOT ? UI_TAG_EDGE : UI_TAG_PLAIN,
		        .words =
		                s->what == SHARE_NOT ? fmt(app, "Reason: %s", s->reason) : s->words,
		        .foot = *why ? fmt(app, "%s\n%s", when, why) : when};
	}
	(void)entries(app, ui, r, "Shared about them", &st->right, e, st->n_about,
	        "Nothing was shared about them by name, as far as this room may know.", p);
}

static void relations(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct person_state *st = app->state;
	struct entry *e = make(app, st->n_relations);
	for (size_t i = 0; i < st->n_relations; i++) {
		const struct relation_row *l = &st->relation[i];
		e[i] = (struct entry){.icon = "relation",
		        .title = fmt(app, "%s %s", l->reads, l->other_name),
		        .foot = fmt(
		                app, "%s is %s them. %s", l->other_name, l->other_reads, l->ref),
		        .opens = true};
	}
	int hit = entries(app, ui, r, "Relations", &st->right, e, st->n_relations,
	        "No relation to anybody is recorded.", p);
	if (hit >= 0)
		identity_open(app, st->relation[hit].other_identity, &screen_person);
}

static void same(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct person_state *st = app->state;
	size_t n = 0;
	struct entry *e = make(app, st->n_near + st->n_merges);
	for (size_t i = 0; i < st->n_near; i++) {
		const struct near_row *x = &st->near[i];
		e[n++] = (struct entry){.icon = x->place ? "place" : "person",
		        .title = x->name,
		        .tag = "May be the same",
		        .shade = UI_TAG_WARN,
		        .words = x->reasons,
		        .foot = x->place ? fmt(app, "%s, %s", x->role_label, x->ref)
		                         : fmt(app, "%s, %s, born %s", x->role_label, x->ref,
		                                   born_words(app, x->born)),
		        .opens = true};
	}
	for (size_t i = 0; i < st->n_merges; i++) {
		const struct merge_row *m = &st->merge[i];
		bool stands = m->undone_us == TIME_NONE;
		e[n++] = (struct entry){.icon = "relation",
		        .title = fmt(app, "%s and %s", m->kept, m->gone),
		        .tag = stands ? "Merged" : "Taken apart",
		        .shade = stands ? UI_TAG_DONE : UI_TAG_PLAIN,
		        .words = stands ? m->words : fmt(app, "%s\n%s", m->words, m->undone_words),
		        .foot = stands ? fmt(app, "%s. Touch to take it apart",
		                                 fmt_day(app, time_to_day(m->at_us), DAY_YEAR))
		                       : fmt(app, "%s to %s",
		                                 fmt_day(app, time_to_day(m->at_us), DAY_YEAR),
		                                 fmt_day(app, time_to_day(m->undone_us), DAY_YEAR)),
		        .opens = stands};
	}
	int hit = entries(app, ui, r, "May be the same as", &st->right, e, n,
	        "Nobody else that this room knows of sounds the same or has the same date of "
	        "birth.",
	        p);
	if (hit >= 0 && (size_t)hit < st->n_near)
		same_open(app, &st->near[hit]);
	else if (hit >= 0)
		apart_open(app, &st->merge[(size_t)hit - st->n_near]);
}

static void all(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct person_state *st = app->state;
	struct entry *e = make(app, st->n_all);
	for (size_t i = 0; i < st->n_all; i++) {
		const struct everything_row *o = &st->all[i];
		bool entry = strcmp(o->subject, "party") == 0 || strcmp(o->subject, "was") == 0;
		e[i] = (struct entry){
		        .title = fmt(app, "%s, %s", o->label, fmt_day(app, o->day, DAY_YEAR)),
		        .tag = *o->exempt ? "Exempt"
		               : o->named ? "By name"
		                          : "The case",
		        .shade = *o->exempt ? UI_TAG_WARN : UI_TAG_PLAIN,
		        .words = entry && st->who.guarded && !st->address
		                         ? "Details, shown with the address"
		                         : o->words,
		        .foot = fmt(app, "%s · %s%s%s%s%s", *o->agency ? o->agency : "The meeting",
		                o->ref, *o->exempt ? "\n" : "", o->exempt,
		                *o->exempt_words ? ". " : "", o->exempt_words),
		        .opens = true};
	}
	int hit = entries(app, ui, r, "Everything held", &st->right, e, st->n_all,
	        "Nothing is held about them that this room may see.", p);
	if (hit >= 0)
		all_touched(app, hit);
}

static void tab(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct person_state *st = app->state;
	switch (st->tab) {
	case TAB_SHARED:
		shared(app, ui, r, p);
		break;
	case TAB_RELATIONS:
		relations(app, ui, r, p);
		break;
	case TAB_SAME:
		same(app, ui, r, p);
		break;
	case TAB_ALL:
		all(app, ui, r, p);
		break;
	default:
		who(app, ui, r, p);
		break;
	}
}

static void build(struct app *app, struct ui *ui)
{
	struct person_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct page p;
	bool small = app_small(app);
	if (!app->person_id) {
		app_go(app, app->case_id ? &screen_case : &screen_find);
		return;
	}
	size_t stand = 0;
	for (size_t i = 0; i < st->n_merges; i++)
		stand += st->merge[i].undone_us == TIME_NONE;
	const char *label[TAB_COUNT] = {"Who",
	        small ? "Shared" : fmt(app, "Shared %zu", st->n_about),
	        small ? "Relations" : fmt(app, "Relations %zu", st->n_relations),
	        small ? "Same?" : fmt(app, "Same? %zu", st->n_near), small ? "All" : "Everything"};
	/* no name in the header: it is read from behind (look/LOOK.md section 2) */
	page_begin(app, ui, &p, st->who.place ? "A place" : "One person",
	        small ? NULL
	              : fmt(app, "%zu %s%s", st->n_in, st->n_in == 1 ? "case" : "cases",
	                        stand ? ", more than one entry merged" : ""),
	        app->back);
	struct gfx_rect r = p.body, head = ui_cut_top(&r, ui_line_h(ui, GFX_TITLE));
	const char *name = st->who.known ? st->who.name : "Name not known";
	ui_note(ui, head, UI_ROLE_HEADING, name, NULL);
	ui_wrap(ui, head, ui_text_w(ui, GFX_TITLE, name) <= head.w ? GFX_TITLE : GFX_CAPTION_B,
	        GFX_TEXT, name, 1);
	ui_cut_top(&r, small ? 4 : 8);
	int was = st->tab;
	if (small) {
		(void)ui_tabs(ui, ui_cut_top(&r, m->target), label, TAB_COUNT, &st->tab);
		ui_cut_top(&r, 8);
		tab(app, ui, ui_panel(ui, r), &p);
	} else {
		int t = (st->tab ? st->tab : TAB_SHARED) - 1;
		struct gfx_rect left = ui_cut_left(&r, ui_px(ui, app_wide(app) ? 480 : 392));
		ui_cut_left(&r, ui_px(ui, 12));
		who(app, ui, ui_panel(ui, left), NULL);
		(void)ui_tabs(ui, ui_cut_top(&r, m->target), label + 1, TAB_COUNT - 1, &t);
		st->tab = t + 1;
		ui_cut_top(&r, m->gap);
		tab(app, ui, ui_panel(ui, r), NULL);
	}
	if (was != st->tab) {
		st->right = (struct ui_scroll){0};
		app->reload |= st->tab == TAB_ALL;
		ui_again(ui);
	}
	if (page_button(app, &p, "edit", small ? "Change" : "Change details", false))
		change_open(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_person = {
        "person", PLACE_CASE, sizeof(struct person_state), load, build, NULL, NULL};
