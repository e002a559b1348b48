#include "caseroom/papers.h"
#include <string.h>
#include "caseroom/record_audit.h"
#include "caseroom/record_report.h"
#include "doc.h"

/* The outcome letter of an ASB case review: what the record knows of it, for the agency that signs.
 */

static const struct doc_col FACTS[] = {{"", 40, 18}, {"", 130, 58}};
static const struct doc_col RECOMMENDED[] = {
        {"To", 40, 18}, {"Recommendation", 80, 36}, {"Answer", 50, 20}};

struct letter {
	struct record *r;
	struct arena *a;
	struct doc d;
	struct record_viewer v;
	struct meeting_row m;
	struct agency_row agency;
	struct case_row kase;
	struct review_row review;
	struct forum_row forum;
	const char *partnership;
	bool sample;
	char print[VAULT_FINGERPRINT_MAX];
};

static enum err check_letter(struct letter *l, int64_t case_id, struct why *w)
{
	struct seat_row *s;
	struct agency_row *g;
	size_t n;
	int64_t chair = 0;
	TRY(record_seats(l->r, l->a, l->m.id, 0, &s, &n));
	for (size_t i = 0; i < n; i++)
		if (s[i].chair)
			chair = s[i].agency;
	TRY(record_agencies(l->r, l->a, &g, &n));
	for (size_t i = 0; i < n; i++)
		if (chair && g[i].id == chair)
			l->agency = g[i];
	if (!l->agency.id)
		return why(w, ERR_REFUSED, "No agency is in the chair to sign the letter.");
	if (!*l->agency.recipient || l->agency.isa_signed == DAY_NONE)
		return why(w, ERR_REFUSED,
		        "%s has no key, or has not signed the agreement. It can be given no "
		        "letter.",
		        l->agency.name);
	record_viewer_agency(l->agency.id, false, &l->v);
	TRY(record_case_read(l->r, l->a, &l->v, case_id, &l->kase));
	if (l->kase.sight < SIGHT_FULL)
		return why(w, ERR_DENIED, "%s may not see that case in full.", l->agency.name);
	TRY(record_review(l->r, l->a, &l->v, case_id, &l->review));
	return l->review.decided
	               ? ERR_OK
	               : why(w, ERR_REFUSED, "Decide first whether the threshold is met.");
}

static void fact(struct letter *l, struct doc_block *facts, const char *head, const char *s)
{
	if (!*s)
		return;
	struct doc_row *row = doc_row(&l->d, facts);
	doc_put(&l->d, &row->cell[0], DOC_STRONG, head);
	doc_put(&l->d, &row->cell[1], DOC_PLAIN, doc_clean(&l->d, s, true));
}

static void say(struct letter *l, const char *s)
{
	doc_say(&l->d, DOC_P, DOC_PLAIN, doc_clean(&l->d, s, true));
}

static const char *day_words(struct letter *l, int32_t day)
{
	char t[TIME_TEXT_MAX];
	return doc_printf(&l->d, "%s", day_text(t, day, DAY_YEAR));
}

/* Whose application it is about, and where the letter goes: never anybody else of the case. */
static enum err put_head(struct letter *l)
{
	struct party_row *p;
	size_t n;
	struct doc_block *facts = doc_add_table(&l->d, DOC_FACTS, FACTS, COUNT_OF(FACTS));
	TRY(record_parties(l->r, l->a, &l->v, l->kase.id, &p, &n));
	for (size_t i = 0; i < n; i++) {
		if (!p[i].victim)
			continue;
		fact(l, facts, "For", p[i].name);
		fact(l, facts, "Address",
		        *p[i].postcode ? doc_printf(&l->d, "%s, %s", p[i].address, p[i].postcode)
		                       : p[i].address);
		fact(l, facts, "Safe contact", p[i].safe_contact);
		break;
	}
	fact(l, facts, "From", l->agency.name);
	fact(l, facts, "Reference", l->kase.ref);
	fact(l, facts, "Application",
	        doc_printf(&l->d, "%s, %s", day_words(l, l->review.applied), l->review.applicant));
	fact(l, facts, "Panel", doc_printf(&l->d, "%s, %s", l->forum.name, day_words(l, l->m.day)));
	return ERR_OK;
}

static enum err put_recommendations(struct letter *l)
{
	struct review_step_row *t;
	size_t n;
	struct doc_block *table = NULL;
	TRY(record_review_steps(l->r, l->a, &l->v, l->kase.id, &t, &n));
	if (!l->review.met)
		return ERR_OK;
	doc_say(&l->d, DOC_H2, DOC_STRONG, "What we recommend");
	for (size_t i = 0; i < n; i++) {
		const char *answer = "Not answered yet", *words = "";
		if (strcmp(t[i].what, "recommendation") != 0)
			continue;
		for (size_t k = i + 1; k < n; k++)
			if (t[k].answers == t[i].id) {
				answer = t[k].label;
				words = t[k].words;
			}
		if (!table)
			table = doc_add_table(&l->d, DOC_TABLE, RECOMMENDED, COUNT_OF(RECOMMENDED));
		struct doc_row *row = doc_row(&l->d, table);
		doc_put(&l->d, &row->cell[0], DOC_STRONG,
		        doc_clean(&l->d, t[i].agency_name, false));
		doc_put(&l->d, &row->cell[1], DOC_PLAIN, doc_clean(&l->d, t[i].words, true));
		doc_put(&l->d, &row->cell[2], DOC_PLAIN,
		        doc_clean(&l->d, doc_printf(&l->d, *words ? "%s. %s" : "%s", answer, words),
		                true));
	}
	if (!table)
		say(l, "We make no recommendation.");
	return ERR_OK;
}

static void put_appeal(struct letter *l)
{
	const struct practice *p = record_practice(l->r);
	const struct practice_clock *c = practice_clock(p, "review-appeal");
	int64_t due = c ? practice_clock_due(p, c, time_now_us()) : TIME_NONE;
	doc_say(&l->d, DOC_H2, DOC_STRONG, "If you do not agree");
	if (due == TIME_NONE) {
		say(l, "You can appeal. Our published procedure says how.");
		return;
	}
	say(l, doc_printf(&l->d,
	               "You can appeal until %s, when this letter goes out on %s. Our published "
	               "procedure says how.",
	               day_words(l, time_to_day(due)), day_words(l, time_today())));
}

static enum err put_letter(struct letter *l, const struct paper_copy *c)
{
	struct doc *d = &l->d;
	const struct review_row *v = &l->review;
	d->marking = l->sample ? DOC_MARKING_SAMPLE : DOC_MARKING;
	d->author = doc_clean(d, l->partnership, false);
	d->title = doc_printf(d, "Outcome of the ASB case review %s", l->kase.ref);
	d->copy = doc_printf(d, "Copy %d, %s", c->number, doc_clean(d, c->recipient, false));
	d->audit = doc_printf(d, "Audit %s", l->print);
	d->day = l->m.day;
	doc_say(d, DOC_H1, DOC_STRONG, "Outcome of the ASB case review");
	doc_say(d, DOC_P, DOC_MUTED,
	        "Text for the letter, from the record. Read it before it is signed and sent: words "
	        "stand in it as they were written down.");
	TRY(put_head(l));
	doc_say(d, DOC_H2, DOC_STRONG, "The threshold for a review");
	say(l, doc_printf(d, "On %s the panel decided that the threshold is %s.",
	               day_words(l, v->decided_day), v->met ? "met" : "not met"));
	say(l, doc_printf(d,
	               "%d of the reports count as qualifying complaints; at %d the threshold "
	               "must be found met (Anti-social Behaviour, Crime and Policing Act 2014, "
	               "section 104(4)).",
	               v->complaints, v->needed));
	if (*v->reasons)
		say(l, v->reasons);
	TRY(put_recommendations(l));
	put_appeal(l);
	return d->err;
}

enum err papers_letter(struct record *r, struct arena *a, int64_t meeting, int64_t case_id,
        const char *dir, const char **ret_file, struct why *w)
{
	struct letter l = {.r = r, .a = a};
	struct buf out;
	int number;
	TRY(record_meeting(r, a, meeting, &l.m));
	TRY(check_letter(&l, case_id, w));
	TRY(record_forum(r, a, l.kase.forum, &l.forum));
	TRY(record_partnership(r, a, &l.partnership, &l.sample));
	record_fingerprint(r, l.print);
	TRY(record_paper_next(r, meeting, &number));
	struct paper_copy copy = {
	        .number = number, .recipient = l.agency.name, .age_recipient = l.agency.recipient};
	struct paper_minutes about = {.marking = l.sample ? DOC_MARKING_SAMPLE : DOC_MARKING,
	        .partnership = l.partnership,
	        .heading = "Outcome of the ASB case review",
	        .forum = l.forum.name,
	        .day = l.m.day,
	        .status = "Text for the outcome letter",
	        .version = 1,
	        .fingerprint = l.print};
	struct doc_kept k = {.meeting = meeting,
	        .agency = l.agency.id,
	        .day = l.m.day,
	        .number = number,
	        .kind = "letter",
	        .record_kind = "letter",
	        .code = l.agency.code3};
	doc_init(&l.d);
	buf_init(&out, 64u << 20);
	enum err e = put_letter(&l, &copy);
	if (!e)
		e = doc_seal(&l.d, "letter", &about, &copy, &out, w);
	if (!e)
		e = doc_keep(r, a, dir, &k, &out, ret_file, w);
	buf_finish(&out);
	doc_finish(&l.d);
	return e;
}
