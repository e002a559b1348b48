#include "app.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * The people and incidents of one case, to read and to add to: who is in it and how they are
 * related, each child against each adult, and what people have to decide: whether it is a repeat,
 * whether two reports are of one event, whether somebody is known from elsewhere.
 */

#define LIKE_MAX 12
#define LIKE_SCORE 80 /* the name and the date of birth, or the name and the address */

struct file_state {
	struct case_row row;
	struct party_row *party;
	struct incident_row *incident;
	struct child_row *child;
	struct twin_row *twin;
	struct repeat_row repeat;
	struct near_row like[LIKE_MAX]; /* whom somebody of this case may be the same as */
	const struct party_row *like_of[LIKE_MAX];
	size_t n_parties, n_incidents, n_children, n_twins, n_like;
	int tab;
	bool read;
	struct ui_scroll people, decide, incidents;
	/* what is being added, one sheet after the other */
	int64_t from;
	const char *key;
	int32_t day;
	char words[WORDS_MAX];
};

static enum err load_like(struct app *app)
{
	struct file_state *st = app->state;
	st->n_like = 0;
	for (size_t i = 0; i < st->n_parties && st->n_like < LIKE_MAX; i++) {
		const struct party_row *p = &st->party[i];
		struct near_key k = {p->name, p->born, p->address, p->postcode};
		struct near_row *n;
		size_t count;
		if (p->place)
			continue;
		enum err e = record_near(
		        app->record, &app->rows, &app->viewer, &k, p->identity, 1, &n, &count);
		if (e)
			return e;
		if (!count || n[0].score < LIKE_SCORE || n[0].place)
			continue;
		st->like_of[st->n_like] = p;
		st->like[st->n_like++] = n[0];
	}
	return ERR_OK;
}

static enum err load(struct app *app)
{
	struct file_state *st = app->state;
	struct arena *a = &app->rows;
	struct record *r = app->record;
	const struct record_viewer *v = &app->viewer;
	int64_t id = app->case_id;
	st->n_parties = st->n_incidents = st->n_children = st->n_twins = st->n_like = 0;
	st->row = (struct case_row){0};
	if (!id)
		return ERR_OK;
	enum err e = st->read ? record_case(r, a, v, id, &st->row)
	                      : record_case_read(r, a, v, id, &st->row);
	if (e == ERR_DENIED || e == ERR_NOT_FOUND) {
		st->row = (struct case_row){0};
		return ERR_OK;
	}
	st->read = !e;
	if (e || st->row.sight < SIGHT_FULL)
		return e;
	e = record_parties(r, a, v, id, &st->party, &st->n_parties);
	if (!e)
		e = record_incidents(r, a, v, id, &st->incident, &st->n_incidents);
	if (!e)
		e = record_children(r, a, v, id, &st->child, &st->n_children);
	if (!e)
		e = record_twins(r, a, v, id, &st->twin, &st->n_twins);
	if (!e)
		e = record_repeat(r, a, v, id, &st->repeat);
	return e ? e : load_like(app);
}

/* ---- adding a relation: who, how, of whom ---- */

static const struct party_row *party_of(const struct app *app, int64_t id)
{
	const struct file_state *st = app->state;
	for (size_t i = 0; i < st->n_parties; i++)
		if (st->party[i].id == id)
			return &st->party[i];
	return NULL;
}

static void party_rows(struct app *app, struct sheet *s, int64_t but)
{
	const struct file_state *st = app->state;
	for (size_t i = 0; i < st->n_parties; i++)
		if (st->party[i].id != but)
			sheet_row(s,
			        st->party[i].place   ? "place"
			        : st->party[i].child ? "child"
			                             : "person",
			        st->party[i].name, st->party[i].role_label, st->party[i].id, NULL,
			        false);
}

static void relation_done(struct app *app, struct sheet *s)
{
	struct file_state *st = app->state;
	struct command c = {.kind = CMD_RELATION_ADD};
	c.u.relation.case_id = app->case_id;
	c.u.relation.party = st->from;
	c.u.relation.other = s->row[s->chosen].id;
	c.u.relation.relation = st->key;
	(void)app_do(app, &c, NULL);
}

static void relation_how(struct app *app, struct sheet *s)
{
	struct file_state *st = app->state;
	const struct party_row *p = party_of(app, st->from);
	st->key = s->row[s->chosen].key;
	if (p)
		party_rows(app,
		        sheet_open(app, fmt(app, "%s is %s", p->name, s->row[s->chosen].label),
		                "The other reading follows by itself.", NULL, relation_done, 0),
		        p->id);
}

static void relation_who(struct app *app, struct sheet *s)
{
	struct file_state *st = app->state;
	const struct party_row *p = party_of(app, s->row[s->chosen].id);
	if (!p)
		return;
	st->from = p->id;
	const struct practice_list *l = practice_list(app->practice, "relation");
	struct sheet *n = sheet_open(app, fmt(app, "%s is", p->name), NULL, NULL, relation_how, 0);
	for (size_t i = 0; l && i < l->n; i++)
		sheet_row(n, NULL, l->entry[i].label,
		        fmt(app, "the other is %s them", l->entry[i].detail), (int64_t)i,
		        l->entry[i].id, false);
}

/* ---- adding an incident: of what kind, when and what, told to whom ---- */

static void incident_done(struct app *app, struct sheet *s)
{
	struct file_state *st = app->state;
	struct command c = {.kind = CMD_INCIDENT_ADD};
	c.u.incident.case_id = app->case_id;
	c.u.incident.reported_to = s->row[s->chosen].id;
	c.u.incident.day = st->day;
	c.u.incident.what = st->words;
	c.u.incident.incident_kind = st->key;
	if (app_do(app, &c, NULL))
		wipe(st->words, sizeof(st->words));
}

static void incident_told(struct app *app, struct sheet *s)
{
	struct file_state *st = app->state;
	struct agency_row *g;
	size_t n;
	st->day = s->day_value;
	snprintf(st->words, sizeof(st->words), "%s", s->edit.text);
	struct sheet *t = sheet_open(app, "To whom was it reported?",
	        "A second report of one event can be joined to the first; it counts once.", NULL,
	        incident_done, 0);
	sheet_row(t, "nothing", "To nobody yet", NULL, 0, NULL, false);
	if (record_agencies(app->record, &app->rows, &g, &n))
		return;
	for (size_t i = 0; i < n; i++)
		sheet_row(t, "people", g[i].name, NULL, g[i].id, NULL, false);
}

static void incident_what(struct app *app, struct sheet *s)
{
	struct file_state *st = app->state;
	st->key = s->row[s->chosen].key;
	/* the title names the case: what is typed and not finished is kept under it */
	struct sheet *n = sheet_open(app,
	        fmt(app, "%s: %s, when and what?", st->row.ref, s->row[s->chosen].label), NULL,
	        "Next", incident_told, 0);
	sheet_day(n, time_today(), day_from_ymd(1990, 1, 1));
	sheet_words(n, "What happened", true, "");
}

/* ---- what people decide ---- */

enum { IS_REPEAT, NO_REPEAT };

static void repeat_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_REPEAT};
	c.u.repeat.case_id = app->case_id;
	c.u.repeat.of_case = s->row[s->chosen].id == IS_REPEAT ? s->arg : 0;
	c.u.repeat.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static const char *evidence(struct app *app, const struct repeat_row *r)
{
	return fmt(app, "%s and %s are both in %s, received on %s. %s on %s: within twelve months.",
	        r->harmed, r->harming, r->of_ref, fmt_day(app, r->referred, DAY_YEAR),
	        *r->what ? r->what : "Referred again", fmt_day(app, r->day, DAY_YEAR));
}

static void repeat_open(struct app *app)
{
	struct file_state *st = app->state;
	const struct repeat_row *r = &st->repeat;
	struct sheet *s = sheet_open(app,
	        r->of_case ? fmt(app, "Is %s a repeat of %s?", st->row.ref, r->of_ref)
	                   : fmt(app, "Is %s a repeat?", st->row.ref),
	        r->proposed ? evidence(app, r) : r->words, "Keep the decision", repeat_done,
	        r->of_case);
	if (r->of_case)
		sheet_row(s, "repeat", "It is a repeat", NULL, IS_REPEAT, NULL, false);
	sheet_row(s, "nothing", "It is no repeat", "Say why", NO_REPEAT, NULL, true);
	sheet_words(s, "Reason", false, "");
}

static void twin_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_INCIDENT_SAME};
	c.u.same.incident = s->arg;
	c.u.same.same_as = s->row[s->chosen].id;
	if (c.u.same.same_as >= 0)
		(void)app_do(app, &c, NULL);
}

static void twin_open(struct app *app, const struct twin_row *t)
{
	struct sheet *s = sheet_open(app, t->same ? "One event, told to two" : "One event, or two?",
	        fmt(app, "%s, %s. %s: %s %s: %s", t->kind, fmt_day(app, t->day, DAY_YEAR),
	                *t->told ? t->told : "Not reported", t->words,
	                *t->other_told ? t->other_told : "Not reported", t->other_words),
	        NULL, twin_done, t->other);
	if (!t->same)
		sheet_row(s, "check", "One event", "It counts once", t->incident, NULL, false);
	sheet_row(s, "incident", "Two events", t->same ? "Each counts again" : "Nothing changes",
	        t->same ? 0 : -1, NULL, false);
}

/* ---- the picture ---- */

static struct entry *make(struct app *app, size_t n)
{
	struct entry *e = arena_alloc(&app->frame, (n + 1) * sizeof(*e));
	if (!e)
		abort(); /* nothing said is lost: it is on disk; systemd starts us again */
	return e;
}

static void people(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct file_state *st = app->state;
	struct entry *e = make(app, st->n_parties);
	for (size_t i = 0; i < st->n_parties; i++) {
		const struct party_row *t = &st->party[i];
		bool safe = *t->safe_contact && !t->place;
		e[i] = (struct entry){.icon = t->place   ? "place"
		                              : t->child ? "child"
		                                         : "person",
		        .title = t->name,
		        .tag = t->role_label,
		        .words = safe ? t->safe_contact : NULL,
		        .warn = safe,
		        .foot = t->place ? t->postcode : t->relations,
		        .opens = true};
	}
	int hit = entries(app, ui, r, "People and place", &st->people, e, st->n_parties,
	        "Nobody is in this case yet. Add who or what place it is about.", p);
	if (hit >= 0)
		identity_open(app, st->party[hit].identity, &screen_file);
}

/* What is to be decided, then each child against each adult. */
static void decide(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct file_state *st = app->state;
	const struct repeat_row *rep = &st->repeat;
	struct entry *e = make(app, st->n_twins + st->n_like + st->n_children + 1);
	size_t n = 0, twins, like;
	bool asked = rep->proposed || rep->decided;
	if (asked)
		e[n++] = (struct entry){.icon = "repeat",
		        .title = rep->decided && !rep->is ? "No repeat"
		                 : *rep->of_ref           ? fmt(app, "Repeat of %s", rep->of_ref)
		                                          : "Repeat",
		        .tag = rep->decided ? "Decided" : "Proposed",
		        .shade = rep->decided ? UI_TAG_DONE : UI_TAG_WARN,
		        .foot = rep->proposed ? evidence(app, rep) : rep->words,
		        .opens = true};
	twins = n;
	for (size_t i = 0; i < st->n_twins; i++)
		e[n++] = (struct entry){.icon = "incident",
		        .title = fmt(app, "%s on %s", st->twin[i].kind,
		                fmt_day(app, st->twin[i].day, DAY_MONTH)),
		        .tag = st->twin[i].same ? "One event" : "One event?",
		        .shade = st->twin[i].same ? UI_TAG_DONE : UI_TAG_WARN,
		        .foot = fmt(app, "%s and %s",
		                *st->twin[i].told ? st->twin[i].told : "Not reported",
		                *st->twin[i].other_told ? st->twin[i].other_told : "not reported"),
		        .opens = true};
	like = n;
	for (size_t i = 0; i < st->n_like; i++)
		e[n++] = (struct entry){.icon = "relation",
		        .title = fmt(app, "Known already? %s", st->like_of[i]->name),
		        .foot = fmt(app, "%s of %s: %s", st->like[i].name, st->like[i].ref,
		                st->like[i].reasons),
		        .opens = true};
	for (size_t i = 0; i < st->n_children; i++)
		e[n++] = (struct entry){.icon = "child",
		        .title = st->child[i].name,
		        .words = st->child[i].words,
		        .foot = st->child[i].gaps};
	int hit = entries(app, ui, r, "To decide, and children", &st->decide, e, n,
	        "Nothing to decide, and no child in this case.", p);
	if (hit < 0)
		return;
	if (asked && hit == 0)
		repeat_open(app);
	else if ((size_t)hit < like)
		twin_open(app, &st->twin[(size_t)hit - twins]);
	else if ((size_t)hit < like + st->n_like)
		identity_open(app, st->like_of[(size_t)hit - like]->identity, &screen_file);
}

static void incidents(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct file_state *st = app->state;
	size_t n = st->n_incidents;
	struct entry *e = make(app, n);
	for (size_t i = 0; i < n; i++) {
		const struct incident_row *t = &st->incident[n - 1 - i];
		e[i] = (struct entry){
		        .title = fmt(app, "%s, %s", fmt_day(app, t->day, DAY_SHORT), t->kind),
		        .tag = t->fresh ? "New" : NULL,
		        .shade = UI_TAG_LATE,
		        .words = t->what,
		        .foot = *t->reported_to ? t->reported_to : "Not reported"};
	}
	(void)entries(app, ui, r, "Incidents", &st->incidents, e, n,
	        "No incident is recorded in this case.", p);
}

static void head(struct app *app, struct ui *ui, struct gfx_rect r, const char *icon,
        const char *title, size_t n,
        void (*body)(struct app *, struct ui *, struct gfx_rect, struct page *))
{
	struct gfx_rect in = ui_panel(ui, r);
	ui_panel_head(ui, &in, icon, title, fmt(app, "%zu", n));
	body(app, ui, in, NULL);
}

static void build(struct app *app, struct ui *ui)
{
	struct file_state *st = app->state;
	struct page p;
	bool small = app_small(app);
	if (!app->case_id || st->row.sight < SIGHT_FULL) { /* the room changed */
		app_go(app, app->case_id ? &screen_case : &screen_home);
		return;
	}
	page_begin(app, ui, &p, small ? st->row.ref : fmt(app, "The file of %s", st->row.ref),
	        small ? NULL : st->row.strand, app->back);
	size_t decisions = (st->repeat.proposed || st->repeat.decided) + st->n_twins + st->n_like,
	       other = decisions + st->n_children;
	if (small) {
		struct gfx_rect r = p.body;
		const char *label[3] = {fmt(app, "People %zu", st->n_parties),
		        fmt(app, "Decide, children %zu", other),
		        fmt(app, "Incidents %zu", st->n_incidents)};
		(void)ui_tabs(ui, ui_cut_top(&r, ui_m(ui)->target), label, 3, &st->tab);
		ui_cut_top(&r, 8);
		r = ui_panel(ui, r);
		if (st->tab == 1)
			decide(app, ui, r, &p);
		else if (st->tab == 2)
			incidents(app, ui, r, &p);
		else
			people(app, ui, r, &p);
	} else {
		int gap = ui_px(ui, 12);
		head(app, ui, ui_column(p.body, 0, 3, gap), "people", "People and place",
		        st->n_parties, people);
		head(app, ui, ui_column(p.body, 1, 3, gap), "decision",
		        decisions ? "To decide, and children" : "Children and adults", other,
		        decide);
		head(app, ui, ui_column(p.body, 2, 3, gap), "incident", "Incidents",
		        st->n_incidents, incidents);
	}
	if (page_primary(app, &p, "plus", small ? "Somebody" : "Add somebody", false, ""))
		enter_open(app, app->case_id, &screen_file);
	if (page_button(
	            app, &p, "relation", small ? "Relation" : "Add a relation", st->n_parties < 2))
		party_rows(app, sheet_open(app, "Who?", NULL, NULL, relation_who, 0), 0);
	if (page_button(app, &p, "incident", small ? "Incident" : "Add an incident", false))
		sheet_list(app,
		        sheet_open(app, "What kind of incident?", NULL, NULL, incident_what, 0),
		        "incident-kind");
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_file = {
        "file", PLACE_CASE, sizeof(struct file_state), load, build, NULL, NULL};
