#include "report.h"
#include <string.h>
#include "caseroom/papers.h"
#include "caseroom/record_audit.h"
#include "caseroom/record_report.h"
#include "doc.h"

/* ---- the ASB case review, in the minutes (R20) ---- */

static const char *day_words(struct arena *a, int32_t day)
{
	char t[TIME_TEXT_MAX];
	return arena_strdup(a, day_text(t, day, DAY_MONTH));
}

/* "first. words." and each of them may be missing. */
static const char *sentence(struct arena *a, const char *first, const char *words)
{
	if (!first || !words)
		return NULL;
	return *first && *words ? arena_printf(a, "%s. %s", first, words) : *first ? first : words;
}

static enum err recommendations(
        struct arena *a, const struct review_step_row *t, size_t n, const char **text)
{
	for (size_t i = 0; i < n && *text; i++) {
		const char *answer = "Not answered yet";
		if (strcmp(t[i].what, "recommendation") != 0)
			continue;
		for (size_t k = i + 1; k < n; k++)
			if (t[k].answers == t[i].id)
				answer = sentence(a, t[k].label, t[k].words);
		*text = arena_printf(a, "%s\nRecommended to %s: %s\nIts answer: %s", *text,
		        t[i].agency_name, t[i].words, answer ? answer : "");
	}
	return *text ? ERR_OK : ERR_NOMEM;
}

/* Steps told by one line each, as they came. */
static bool is_told(const char *what)
{
	static const char *const TOLD[] = {"acknowledged", "no-recommendation", "letter", "appeal",
	        "appeal-upheld", "appeal-dismissed"};
	for (size_t i = 0; i < COUNT_OF(TOLD); i++)
		if (strcmp(what, TOLD[i]) == 0)
			return true;
	return false;
}

enum err report_case_review(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, const char **ret)
{
	struct review_row row;
	struct review_step_row *t;
	size_t n;
	*ret = "";
	enum err e = record_review(r, a, v, case_id, &row);
	if (e == ERR_NOT_FOUND || (!e && row.applied == DAY_NONE))
		return ERR_OK;
	TRY(e);
	TRY(record_review_steps(r, a, v, case_id, &t, &n));
	const char *text =
	        arena_printf(a, "Application of %s: %s\n%d of %d qualifying complaints count",
	                day_words(a, row.applied), sentence(a, row.applicant, row.words),
	                row.complaints, row.needed);
	if (text && row.decided)
		text = arena_printf(a, "%s\nThreshold %s, %s: %s", text,
		        row.met ? "met" : "not met", day_words(a, row.decided_day),
		        sentence(a, row.met ? row.route : "Decided under the procedure",
		                row.reasons));
	if (text && *row.victim)
		text = arena_printf(a, "%s\nThe victim: %s", text,
		        sentence(a, row.victim_label, row.victim_words));
	TRY(recommendations(a, t, n, &text));
	for (size_t i = 0; i < n && text; i++)
		if (is_told(t[i].what))
			text = arena_printf(a, "%s\n%s, %s%s%s", text, t[i].label,
			        day_words(a, t[i].day), *t[i].words ? ": " : "", t[i].words);
	if (!text)
		return ERR_NOMEM;
	*ret = text;
	return ERR_OK;
}

/* ---- the report to the parent group (R31, R45, R47) ---- */

static const struct doc_col FACTS[] = {{"", 50, 22}, {"", 120, 54}};
static const struct doc_col STRANDS[] = {{"Strand", 110, 50}, {"Individuals", 60, 26}};
static const struct doc_col PROGRESS[] = {{"Project", 42, 18}, {"Lead", 34, 14},
        {"Timescale", 30, 12}, {"How it goes", 22, 10}, {"In words", 42, 16}};
static const struct doc_col MEASURES[] = {
        {"Measure", 78, 36}, {"Then", 26, 12}, {"Goal", 26, 12}, {"Year", 40, 12}};
static const struct doc_col ACTIONS[] = {{"Action", 80, 36}, {"Agency", 50, 24}, {"Due", 40, 14}};

static const char METHOD[] =
        "This report names nobody and tells of no single case. Figures of people and cases from 1 "
        "to "
        "5 read \"5 or fewer\"; one more is not shown where a total would give it back. Cases that "
        "named agencies alone may see are in no figure. Individuals are counted once, however many "
        "cases they are in; who is not known by name is not counted.";

struct report {
	struct record *r;
	struct arena *a;
	struct doc *d;
	struct meeting_row m;
	struct forum_row f;
	struct record_viewer v; /* whoever the parent group is: no name, no named case */
	const char *parent, *partnership;
	bool sample;
	char print[VAULT_FINGERPRINT_MAX];
};

static void heading(struct report *p, const char *s)
{
	doc_say(p->d, DOC_H2, DOC_STRONG, s);
}

static void say(struct report *p, const char *s)
{
	doc_say(p->d, DOC_P, DOC_PLAIN, doc_clean(p->d, s, true));
}

static void cell(struct report *p, struct doc_row *row, size_t i, const char *s)
{
	doc_put(p->d, &row->cell[i], i ? DOC_PLAIN : DOC_STRONG, doc_clean(p->d, s, true));
}

static void fact(struct report *p, struct doc_block *facts, const char *head, const char *s)
{
	struct doc_row *row = doc_row(p->d, facts);
	cell(p, row, 0, head);
	cell(p, row, 1, s);
}

static enum err put_figures(struct report *p)
{
	struct meeting_figures g;
	struct terms_row terms;
	char day[TIME_TEXT_MAX], t[16];
	TRY(record_meeting_figures(p->r, p->m.id, &g));
	TRY(record_terms(p->r, p->a, p->m.forum, p->m.day, &terms));
	struct doc_block *facts = doc_add_table(p->d, DOC_FACTS, FACTS, COUNT_OF(FACTS));
	fact(p, facts, "Partnership", p->partnership);
	fact(p, facts, "Group", p->f.name);
	fact(p, facts, "Reports to", p->parent);
	fact(p, facts, "Meeting", day_text(day, p->m.day, DAY_WEEKDAY_YEAR));
	fact(p, facts, "Agencies present", doc_printf(p->d, "%d of %d", g.agencies, g.expected));
	fact(p, facts, "Cases looked at", practice_figure(g.cases, false, t));
	fact(p, facts, "Cases closed", practice_figure(g.closed, false, t));
	fact(p, facts, "Actions agreed", practice_figure(g.actions, false, t));
	if (terms.ends != DAY_NONE)
		fact(p, facts, "Terms of reference",
		        doc_printf(p->d, "%s %s", terms.state == TERMS_OVER ? "Ended on" : "To",
		                day_text(day, terms.ends, DAY_YEAR)));
	else if (terms.state == TERMS_UNKNOWN)
		fact(p, facts, "Terms of reference", "The day they began is not recorded");
	return ERR_OK;
}

static enum err put_monitored(struct report *p)
{
	struct monitored_row *s;
	size_t n;
	int all;
	char t[16];
	bool hide[PRACTICE_MAX], hide_all;
	int figure[PRACTICE_MAX];
	if (!p->m.type->report_monitored)
		return ERR_OK;
	TRY(record_monitored(p->r, p->a, &p->v, p->m.forum, &s, &n, &all));
	n = n < PRACTICE_MAX ? n : PRACTICE_MAX;
	for (size_t i = 0; i < n; i++)
		figure[i] = s[i].people;
	practice_suppress(figure, n, hide, &hide_all);
	heading(p, "Individuals monitored");
	struct doc_block *table = doc_add_table(p->d, DOC_TABLE, STRANDS, COUNT_OF(STRANDS));
	for (size_t i = 0; i < n; i++) {
		struct doc_row *row = doc_row(p->d, table);
		cell(p, row, 0, s[i].strand);
		cell(p, row, 1, practice_figure(figure[i], hide[i], t));
	}
	struct doc_row *row = doc_row(p->d, table);
	cell(p, row, 0, "All strands, each individual once");
	cell(p, row, 1, practice_figure(all, hide_all, t));
	return ERR_OK;
}

/* What this group recorded of the plan, whenever it did. */
static enum err put_progress(struct report *p)
{
	struct plan_row *row;
	size_t n;
	struct doc_block *table = NULL;
	TRY(record_plan(p->r, p->a, &row, &n));
	heading(p, "Progress of the plan");
	for (size_t i = 0; i < n; i++) {
		if (row[i].forum != p->m.forum)
			continue;
		if (!table)
			table = doc_add_table(p->d, DOC_TABLE, PROGRESS, COUNT_OF(PROGRESS));
		struct doc_row *r = doc_row(p->d, table);
		cell(p, r, 0, row[i].project);
		cell(p, r, 1, row[i].lead_role);
		cell(p, r, 2, row[i].timescale);
		cell(p, r, 3, row[i].label);
		cell(p, r, 4, row[i].words);
	}
	if (!table)
		say(p, "The group has recorded no progress of the plan.");
	return ERR_OK;
}

static enum err put_measure(
        void *ctx, const char *const *column, const char *const *value, size_t n)
{
	struct report *p = ctx;
	(void)column;
	if (n < 8)
		return ERR_OK;
	struct doc_row *row = doc_row(p->d, p->d->last);
	cell(p, row, 0, doc_printf(p->d, "%s (%s)", value[2], value[3]));
	cell(p, row, 1, *value[5] ? value[5] : "\xe2\x80\x93");
	cell(p, row, 2, *value[6] ? value[6] : "\xe2\x80\x93");
	cell(p, row, 3, value[7]);
	return ERR_OK;
}

/* What was said under the papers of the agenda is said for the parent group. */
static enum err put_notes(struct report *p)
{
	struct item_row *item;
	struct note_row *note;
	size_t n, n_notes, said = 0;
	TRY(record_items(p->r, p->a, &p->v, p->m.id, &item, &n));
	heading(p, "From the meeting");
	for (size_t i = 0; i < n; i++) {
		if (item[i].kind != AGENDA_PAPER || item[i].case_id)
			continue;
		TRY(record_notes(p->r, p->a, &p->v, p->m.id, item[i].id, &note, &n_notes));
		for (size_t k = 0; k < n_notes; k++, said++) {
			struct doc_block *b = doc_add(p->d, DOC_P);
			doc_put(p->d, &b->text, DOC_STRONG,
			        doc_printf(p->d, "%s: ", doc_clean(p->d, item[i].title, false)));
			doc_put(p->d, &b->text, DOC_PLAIN, doc_clean(p->d, note[k].words, true));
		}
	}
	if (!said)
		say(p, "Nothing was noted for the parent group.");
	return ERR_OK;
}

static enum err put_actions(struct report *p)
{
	struct action_row *t;
	size_t n;
	struct doc_block *table = NULL;
	struct action_filter f = {.meeting = p->m.id, .forum = p->m.forum};
	TRY(record_actions(p->r, p->a, &p->v, &f, &t, &n));
	for (size_t i = 0; i < n; i++) {
		if (t[i].case_id)
			continue;
		if (!table) {
			heading(p, "Actions that are about no case");
			table = doc_add_table(p->d, DOC_TABLE, ACTIONS, COUNT_OF(ACTIONS));
		}
		struct doc_row *row = doc_row(p->d, table);
		cell(p, row, 0, t[i].what);
		cell(p, row, 1, t[i].agency_name);
		cell(p, row, 2, day_words(p->a, t[i].due));
	}
	return ERR_OK;
}

static enum err put_report(struct report *p, const struct paper_copy *c)
{
	char day[TIME_TEXT_MAX];
	struct doc *d = p->d;
	const char *title = doc_printf(d, "Report of %s", doc_clean(d, p->f.name, false));
	d->marking = p->sample ? DOC_MARKING_SAMPLE : DOC_MARKING;
	d->author = doc_clean(d, p->partnership, false);
	d->title = doc_printf(d, "%s, %s", title, day_text(day, p->m.day, DAY_YEAR));
	d->copy = doc_printf(d, "Copy %d, %s", c->number, doc_clean(d, c->recipient, false));
	d->audit = doc_printf(d, "Audit %s", p->print);
	d->day = p->m.day;
	doc_say(d, DOC_H1, DOC_STRONG, title);
	TRY(put_figures(p));
	TRY(put_monitored(p));
	TRY(put_progress(p));
	heading(p, "Measures");
	(void)doc_add_table(d, DOC_TABLE, MEASURES, COUNT_OF(MEASURES));
	TRY(record_list(p->r, &p->v, "measures", NULL, put_measure, p, NULL));
	TRY(put_notes(p));
	TRY(put_actions(p));
	heading(p, "How this report was made");
	say(p, METHOD);
	return d->err;
}

/* A name that slipped into somebody's words is found before it leaves. */
static enum err check_nameless(struct report *p, struct why *w)
{
	struct buf text;
	bool named = false;
	buf_init(&text, (size_t)16 << 20);
	enum err e = doc_text(p->d, &text);
	if (!e)
		e = record_names_somebody(p->r, buf_str(&text), text.len, &named);
	buf_finish(&text);
	if (!e && named)
		return why(w, ERR_REFUSED,
		        "The report names somebody who is in a case. Correct the note or the "
		        "progress "
		        "in which the name stands, then seal again.");
	return e;
}

enum err report_plan(struct record *r, struct arena *a, const struct meeting_row *m,
        struct papers_copy *copy, size_t *n)
{
	const char *parent;
	struct agency_row *g;
	size_t ng;
	if (!m->type->reports)
		return ERR_OK;
	enum err e = record_parent(r, a, m->forum, &parent, &g, &ng);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	for (size_t i = 0; i < ng; i++)
		copy[(*n)++] = (struct papers_copy){.agency = g[i].id,
		        .report = true,
		        .standing = STANDING_CORE,
		        .name = g[i].name,
		        .code3 = g[i].code3,
		        .recipient = g[i].recipient,
		        .file = "",
		        .state = g[i].isa_signed == DAY_NONE ? PAPERS_NO_AGREEMENT
		                 : *g[i].recipient           ? PAPERS_WAITING
		                                             : PAPERS_NO_KEY};
	return ERR_OK;
}

enum err report_seal(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *w)
{
	struct doc d;
	struct buf out;
	struct report p = {.r = r, .a = a, .d = &d};
	struct agency_row *g;
	size_t n;
	int number;
	c->state = PAPERS_FAILED;
	record_viewer_agency(0, true, &p.v);
	TRY(record_meeting(r, a, meeting, &p.m));
	TRY(record_forum(r, a, p.m.forum, &p.f));
	TRY(record_parent(r, a, p.m.forum, &p.parent, &g, &n));
	TRY(record_partnership(r, a, &p.partnership, &p.sample));
	record_fingerprint(r, p.print);
	TRY(record_paper_next(r, meeting, &number));
	struct paper_copy copy = {
	        .number = number, .recipient = c->name, .age_recipient = c->recipient};
	struct paper_minutes about = {.marking = p.sample ? DOC_MARKING_SAMPLE : DOC_MARKING,
	        .partnership = p.partnership,
	        .heading = arena_printf(a, "Report of %s", p.f.name),
	        .forum = p.f.name,
	        .day = p.m.day,
	        .status = "Report to the parent group",
	        .version = 1,
	        .fingerprint = p.print};
	struct doc_kept k = {.meeting = meeting,
	        .agency = c->agency,
	        .day = p.m.day,
	        .number = number,
	        .kind = "report",
	        .record_kind = "report",
	        .code = c->code3};
	doc_init(&d);
	buf_init(&out, 64u << 20);
	enum err e = put_report(&p, &copy);
	if (!e)
		e = check_nameless(&p, w);
	if (!e)
		e = doc_seal(&d, "report", &about, &copy, &out, w);
	if (!e)
		e = doc_keep(r, a, dir, &k, &out, &c->file, w);
	if (!e) {
		c->state = PAPERS_SEALED;
		c->number = number;
	}
	buf_finish(&out);
	doc_finish(&d);
	return e;
}
