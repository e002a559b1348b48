#include "doc.h"
#include <string.h>

/*
 * The parts of the minutes and their order: the house style of a county board (attendance by
 * initials, apologies with substitute, Speaker / Discussion / Actions, "agreed as a correct
 * record") with what the MARAC minutes checklist asks for: every expected seat, filled or empty;
 * observers and whether each signed; information sent with an apology; the confidentiality
 * statement; old actions, "overtaken by circumstances" apart from "not done".
 */

static const struct doc_col FACTS[] = {{"", 36, 16}, {"", 134, 60}};
/* lines up with DISCUSSION above it */
static const struct doc_col ITEM_FACTS[] = {{"", 30, 14}, {"", 140, 62}};
static const struct doc_col ATTENDANCE[] = {{"Agency", 40, 15}, {"Name", 38, 15},
        {"Initials", 17, 8}, {"Role", 37, 14}, {"Attendance", 38, 18}};
static const struct doc_col OBSERVERS[] = {
        {"Agency", 46, 20}, {"Name", 42, 20}, {"Role", 42, 14}, {"Statement signed", 40, 18}};
static const struct doc_col APOLOGIES[] = {
        {"Agency", 42, 18}, {"Name", 38, 17}, {"Substitute", 38, 16}, {"Information", 52, 21}};
static const struct doc_col OLD_ACTIONS[] = {{"Ref", 26, 11}, {"Action", 49, 22}, {"Owner", 34, 13},
        {"Due", 27, 11}, {"Outcome", 34, 13}};
static const struct doc_col DISCUSSION[] = {
        {"Speaker", 30, 14}, {"Discussion", 98, 42}, {"Actions", 42, 18}};
static const struct doc_col ACTIONS[] = {{"Ref", 25, 11}, {"Action", 49, 22}, {"Owner", 34, 13},
        {"Due", 34, 11}, {"Done when", 28, 13}};

/* Legal grounds, each printed once at the end. */
#define GROUNDS_MAX 64

struct writer {
	const char *ground[GROUNDS_MAX];
	size_t n_grounds;
	struct doc *d;
	const struct paper_minutes *m;
	const struct paper_copy *c;
};

static const char *line(struct writer *w, const char *s)
{
	return doc_clean(w->d, s, false);
}

static const char *lines(struct writer *w, const char *s)
{
	return doc_clean(w->d, s, true);
}

static bool given(const char *s)
{
	return s && *s;
}

static void cell(struct writer *w, struct doc_row *r, size_t i, const char *s)
{
	doc_put(w->d, &r->cell[i], DOC_PLAIN, lines(w, s));
}

/* A row of a table of facts; left out when there is nothing to say. */
static void fact(struct writer *w, struct doc_block *facts, const char *head, const char *s)
{
	s = lines(w, s);
	if (!*s)
		return;
	struct doc_row *r = doc_row(w->d, facts);
	doc_put(w->d, &r->cell[0], DOC_STRONG, head);
	doc_put(w->d, &r->cell[1], DOC_PLAIN, s);
}

static void say(struct writer *w, const char *s)
{
	doc_say(w->d, DOC_P, DOC_PLAIN, lines(w, s));
}

static void heading(struct writer *w, const char *s)
{
	doc_say(w->d, DOC_H2, DOC_STRONG, s);
}

/* "Sarah Specimen, Police", or whichever of the two is known. */
static const char *owner_text(struct writer *w, const char *owner, const char *agency)
{
	owner = line(w, owner);
	agency = line(w, agency);
	if (*owner && *agency)
		return doc_printf(w->d, "%s, %s", owner, agency);
	return *owner ? owner : agency;
}

static const char *day_or_none(struct writer *w, int32_t day)
{
	char text[TIME_TEXT_MAX];
	return day == DAY_NONE ? "No date" : doc_printf(w->d, "%s", day_text(text, day, DAY_YEAR));
}

static void put_head(struct writer *w)
{
	const struct paper_minutes *m = w->m;
	struct doc *d = w->d;
	char day[TIME_TEXT_MAX];
	const char *status = line(w, m->status), *forum = line(w, m->forum),
	           *type = line(w, m->type_name);
	const char *started = line(w, m->started), *ended = line(w, m->ended);
	const char *extract = given(m->extract_for) ? line(w, m->extract_for) : NULL;

	doc_say(d, DOC_H1, DOC_STRONG,
	        extract ? doc_printf(d, "%s: extract for %s", status, extract) : status);
	if (given(m->heading))
		doc_say(d, DOC_P, DOC_STRONG, line(w, m->heading));
	struct doc_block *facts = doc_add_table(d, DOC_FACTS, FACTS, COUNT_OF(FACTS));
	fact(w, facts, "Partnership", m->partnership);
	fact(w, facts, "Forum",
	        *type && *forum && strcmp(type, forum) != 0 ? doc_printf(d, "%s (%s)", forum, type)
	        : *forum                                    ? forum
	                                                    : type);
	fact(w, facts, "Date", day_text(day, m->day, DAY_WEEKDAY_YEAR));
	fact(w, facts, "Time", *ended ? doc_printf(d, "%s to %s", started, ended) : started);
	fact(w, facts, "Venue", m->venue);
	fact(w, facts, "Chair", m->chair);
	fact(w, facts, "Minutes taken by", m->minute_taker);
	fact(w, facts, "Version", doc_printf(d, "%d", m->version));
	fact(w, facts, "Copy", doc_printf(d, "%d, for %s", w->c->number, line(w, w->c->recipient)));
	fact(w, facts, "Audit", m->fingerprint);
	for (size_t i = 0; i < m->n_version_lines && m->version > 1; i++)
		say(w, m->version_line[i]);
	if (extract)
		say(w, doc_printf(d,
		               "This extract holds what %s may have of the minutes. The full "
		               "minutes stay with the "
		               "chair.",
		               extract));
}

static void put_attendance(struct writer *w)
{
	const struct paper_minutes *m = w->m;
	size_t observers = 0;
	heading(w, "Present");
	for (size_t i = 0; i < m->n_attendees; i++)
		observers += m->attendee[i].observer;
	if (m->n_attendees > observers) {
		struct doc_block *t =
		        doc_add_table(w->d, DOC_TABLE, ATTENDANCE, COUNT_OF(ATTENDANCE));
		for (size_t i = 0; i < m->n_attendees; i++) {
			const struct paper_attendee *a = &m->attendee[i];
			if (a->observer)
				continue;
			struct doc_row *r = doc_row(w->d, t);
			cell(w, r, 0, a->agency);
			cell(w, r, 1, a->name);
			cell(w, r, 2, a->initials);
			cell(w, r, 3, a->role);
			cell(w, r, 4, a->state);
		}
	} else {
		say(w, "Nobody signed in.");
	}

	heading(w, "Observers");
	if (!observers)
		say(w, "There were no observers.");
	else {
		struct doc_block *t =
		        doc_add_table(w->d, DOC_TABLE, OBSERVERS, COUNT_OF(OBSERVERS));
		for (size_t i = 0; i < m->n_attendees; i++) {
			const struct paper_attendee *a = &m->attendee[i];
			if (!a->observer)
				continue;
			struct doc_row *r = doc_row(w->d, t);
			cell(w, r, 0, a->agency);
			cell(w, r, 1, a->name);
			cell(w, r, 2, a->role);
			cell(w, r, 3, a->signed_statement ? "Yes" : "No");
		}
	}
}

static void put_absence(struct writer *w)
{
	const struct paper_minutes *m = w->m;
	struct doc *d = w->d;
	heading(w, "Apologies");
	if (m->n_apologies) {
		struct doc_block *t = doc_add_table(d, DOC_TABLE, APOLOGIES, COUNT_OF(APOLOGIES));
		for (size_t i = 0; i < m->n_apologies; i++) {
			const struct paper_apology *a = &m->apology[i];
			struct doc_row *r = doc_row(d, t);
			cell(w, r, 0, a->agency);
			cell(w, r, 1, a->name);
			cell(w, r, 2, given(a->substitute) ? a->substitute : "None named");
			cell(w, r, 3, given(a->information) ? a->information : "None received");
		}
	} else {
		say(w, "There were no apologies.");
	}

	heading(w, "Empty seats and quorum");
	struct doc_block *p = doc_add(d, DOC_P);
	doc_put(d, &p->text, DOC_STRONG, "Empty seats: ");
	for (size_t i = 0; i < m->n_empty_seats; i++) {
		doc_put(d, &p->text, DOC_PLAIN, line(w, m->empty_seat[i]));
		doc_put(d, &p->text, DOC_PLAIN, i + 1 < m->n_empty_seats ? ", " : ".");
	}
	if (!m->n_empty_seats)
		doc_put(d, &p->text, DOC_PLAIN, "none.");
	if (given(m->quorum))
		say(w, m->quorum);
}

static void put_opening(struct writer *w)
{
	const struct paper_minutes *m = w->m;
	if (given(m->declaration)) {
		heading(w, given(m->declaration_title) ? line(w, m->declaration_title)
		                                       : "Confidentiality");
		say(w, m->declaration);
	}
	heading(w, "Minutes of the last meeting");
	say(w, given(m->last_minutes) ? m->last_minutes : "There were no minutes to agree.");
	heading(w, "Actions from earlier meetings");
	if (!m->n_old_actions) {
		say(w, "There were no earlier actions to report on.");
		return;
	}
	struct doc_block *t = doc_add_table(w->d, DOC_TABLE, OLD_ACTIONS, COUNT_OF(OLD_ACTIONS));
	for (size_t i = 0; i < m->n_old_actions; i++) {
		const struct paper_old_action *a = &m->old_action[i];
		struct doc_row *r = doc_row(w->d, t);
		cell(w, r, 0, a->ref);
		cell(w, r, 1, a->what);
		cell(w, r, 2, owner_text(w, a->owner, a->agency));
		cell(w, r, 3, a->due);
		cell(w, r, 4, a->outcome);
	}
}

/* "Ground 2"; in full when there are more grounds than a list should have. */
static const char *ground_key(struct writer *w, const char *ground)
{
	size_t i = 0;
	while (i < w->n_grounds && strcmp(w->ground[i], ground) != 0)
		i++;
	if (i == GROUNDS_MAX)
		return ground;
	if (i == w->n_grounds)
		w->ground[w->n_grounds++] = ground;
	return doc_printf(w->d, "Ground %zu", i + 1);
}

static void put_grounds(struct writer *w)
{
	static const struct doc_col GROUNDS[] = {{"", 12, 4}, {"", 158, 72}};
	struct doc_block *t;
	if (!w->n_grounds)
		return;
	heading(w, "Grounds given");
	t = doc_add_table(w->d, DOC_LIST, GROUNDS, COUNT_OF(GROUNDS));
	for (size_t i = 0; i < w->n_grounds; i++) {
		struct doc_row *r = doc_row(w->d, t);
		doc_put(w->d, &r->cell[0], DOC_STRONG, doc_printf(w->d, "%zu", i + 1));
		doc_put(w->d, &r->cell[1], DOC_PLAIN, w->ground[i]);
	}
}

static void put_entry(struct writer *w, struct doc_block *t, const struct paper_entry *e)
{
	struct doc *d = w->d;
	const char *kind = line(w, e->kind), *about = line(w, e->about);
	const char *text = lines(w, e->text), *ground = lines(w, e->ground);
	struct doc_row *r = doc_row(d, t);
	doc_put(d, &r->cell[0], DOC_STRONG, line(w, e->speaker));
	/* plain discussion needs no word for what it is */
	if (strcmp(kind, "Discussion") == 0)
		kind = "";
	if (*kind && *about)
		kind = doc_printf(d, "%s, about %s", kind, about);
	else if (*about)
		kind = doc_printf(d, "About %s", about);
	if (*kind)
		doc_put(d, &r->cell[1], DOC_STRONG, doc_printf(d, *text ? "%s. " : "%s.", kind));
	doc_put(d, &r->cell[1], DOC_PLAIN, text);
	if (*ground)
		doc_put(d, &r->cell[1], DOC_MUTED,
		        doc_printf(d, *kind || *text ? "\n%s" : "%s", ground_key(w, ground)));
	cell(w, r, 2, e->action);
}

static void put_item(struct writer *w, const struct paper_item *it)
{
	struct doc *d = w->d;
	const char *title = line(w, it->title);
	heading(w, *title && it->number < 1 ? title
	           : *title                 ? doc_printf(d, "%d. %s", it->number, title)
	                                    : doc_printf(d, "Item %d", it->number));
	if (given(it->held)) {
		say(w, it->held); /* nothing else of it, whatever else we were handed */
		return;
	}
	if (given(it->timing))
		doc_say(d, DOC_P, DOC_MUTED, line(w, it->timing));
	if (given(it->presence))
		say(w, it->presence);
	if (it->n_entries) {
		struct doc_block *t = doc_add_table(d, DOC_TABLE, DISCUSSION, COUNT_OF(DISCUSSION));
		for (size_t i = 0; i < it->n_entries; i++)
			put_entry(w, t, &it->entry[i]);
	}
	if (!given(it->case_review) && !given(it->risk) && !given(it->decision) &&
	        !given(it->dissent) && !given(it->review) && !it->n_actions) {
		if (!it->n_entries)
			say(w, "Nothing was written down for this item.");
		return;
	}
	struct doc_block *facts = doc_add_table(d, DOC_FACTS, ITEM_FACTS, COUNT_OF(ITEM_FACTS));
	fact(w, facts, "Case review", it->case_review);
	fact(w, facts, "Risk", it->risk);
	fact(w, facts, "Decision", it->decision);
	fact(w, facts, "Dissent", it->dissent);
	fact(w, facts, "Review", it->review);
	const char *refs = "";
	for (size_t i = 0; i < it->n_actions; i++)
		refs = doc_printf(d, "%s%s%s", refs, i ? ", " : "", line(w, it->action[i].ref));
	fact(w, facts, it->n_actions == 1 ? "Action" : "Actions", refs);
}

static void put_actions(struct writer *w)
{
	struct doc_block *t = NULL;
	heading(w, "Actions agreed");
	for (size_t i = 0; i < w->m->n_items; i++) {
		const struct paper_item *it = &w->m->item[i];
		if (given(it->held))
			continue;
		for (size_t k = 0; k < it->n_actions; k++) {
			const struct paper_action *a = &it->action[k];
			if (!t)
				t = doc_add_table(w->d, DOC_TABLE, ACTIONS, COUNT_OF(ACTIONS));
			struct doc_row *r = doc_row(w->d, t);
			doc_put(w->d, &r->cell[0], DOC_PLAIN, line(w, a->ref));
			if (given(a->case_ref))
				doc_put(w->d, &r->cell[0], DOC_MUTED,
				        doc_printf(w->d, given(a->ref) ? "\n%s" : "%s",
				                line(w, a->case_ref)));
			cell(w, r, 1, a->what);
			cell(w, r, 2, owner_text(w, a->owner, a->agency));
			cell(w, r, 3, day_or_none(w, a->due));
			if (a->review != DAY_NONE)
				doc_put(w->d, &r->cell[3], DOC_MUTED,
				        doc_printf(w->d, "\nreview %s", day_or_none(w, a->review)));
			cell(w, r, 4, a->done_when);
		}
	}
	if (!t)
		say(w, "No actions were agreed.");
}

static void put_close(struct writer *w)
{
	static const struct doc_col SIGN[] = {{"", 110, 50}, {"", 60, 26}};
	const struct paper_minutes *m = w->m;
	struct doc *d = w->d;
	if (m->n_open_points) {
		heading(w, "Left open at closing");
		for (size_t i = 0; i < m->n_open_points; i++)
			say(w, m->open_point[i]);
	}
	if (given(m->statistics)) {
		heading(w, "Figures");
		say(w, m->statistics);
	}
	heading(w, "Next meeting");
	say(w, given(m->next_meeting) ? m->next_meeting : "No date was set.");
	if (given(m->extract_for))
		return; /* only the full minutes are signed */
	struct doc_block *sign = doc_add_table(d, DOC_SIGN, SIGN, COUNT_OF(SIGN));
	struct doc_row *r = doc_row(d, sign);
	doc_put(d, &r->cell[0], DOC_PLAIN, "Signed by the chair as a correct record");
	doc_put(d, &r->cell[1], DOC_PLAIN, "Date");
}

enum err doc_minutes(struct doc *d, const struct paper_minutes *m, const struct paper_copy *c)
{
	struct writer w = {.d = d, .m = m, .c = c};
	char day[TIME_TEXT_MAX];
	d->marking = given(m->marking) ? line(&w, m->marking) : DOC_MARKING; /* never without */
	d->author = line(&w, m->partnership);
	d->copy = doc_printf(d, "Copy %d, %s", c->number, line(&w, c->recipient));
	d->audit = given(m->fingerprint) ? doc_printf(d, "Audit %s", line(&w, m->fingerprint)) : "";
	d->day = m->day;
	const char *extract = given(m->extract_for)
	                              ? doc_printf(d, ": extract for %s", line(&w, m->extract_for))
	                              : "";
	d->title = doc_printf(d, "%s%s, %s, %s", line(&w, m->status), extract,
	        line(&w, given(m->heading) ? m->heading : m->forum),
	        day_text(day, m->day, DAY_YEAR));
	put_head(&w);
	put_attendance(&w);
	put_absence(&w);
	put_opening(&w);
	for (size_t i = 0; i < m->n_items; i++)
		put_item(&w, &m->item[i]);
	put_actions(&w);
	put_grounds(&w);
	put_close(&w);
	return d->err;
}
