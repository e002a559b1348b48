#include "caseroom/papers.h"
#include <string.h>
#include "caseroom/record_audit.h"
#include "caseroom/record_sharing.h"
#include "doc.h"

/*
 * What an agency is asked to look up before a meeting (R29): names, and nothing of why they are on
 * the agenda or in what part. The form beside it has a row for each name; filled in and sent back
 * it is what `caseroomctl import research` takes.
 */

static const struct doc_col FACTS[] = {{"", 36, 16}, {"", 134, 60}};
static const struct doc_col NAMES[] = {
        {"Case", 36, 16}, {"Name", 70, 28}, {"Born", 40, 18}, {"Postcode", 24, 10}};

struct request {
	const struct papers_copy *c;
	struct meeting_row m;
	struct forum_row f;
	const char *partnership;
	char print[VAULT_FINGERPRINT_MAX];
	int number;
	bool sample;
	const struct lookup_row *name;
	size_t n;
};

static enum err check_open(
        struct record *r, struct arena *a, int64_t meeting, struct meeting_row *ret, struct why *w)
{
	TRY(record_meeting(r, a, meeting, ret));
	if (ret->state > MEETING_SIGNING)
		return why(w, ERR_REFUSED, "The meeting is %s. Research is asked for before it.",
		        meeting_state_name(ret->state));
	return ERR_OK;
}

enum err papers_requests_plan(struct record *r, struct arena *a, int64_t meeting,
        struct papers_copy **ret, size_t *ret_n, struct why *w)
{
	struct meeting_row m;
	struct seat_row *s;
	struct agency_row *g;
	size_t n, ng, k = 0;
	TRY(check_open(r, a, meeting, &m, w));
	TRY(record_seats(r, a, meeting, 0, &s, &n));
	TRY(record_agencies(r, a, &g, &ng));
	struct papers_copy *c = arena_alloc(a, (ng + 1) * sizeof(*c));
	if (!c)
		return ERR_NOMEM;
	for (size_t i = 0; i < ng; i++) {
		struct lookup_row *l;
		size_t names, asked = 0;
		bool seat = false;
		for (size_t x = 0; x < n; x++)
			seat |= s[x].agency == g[i].id && !s[x].guest;
		if (!seat)
			continue;
		TRY(record_lookups(r, a, meeting, g[i].id, &l, &names));
		for (size_t x = 0; x < names; x++)
			asked += l[x].asked;
		c[k++] = (struct papers_copy){.agency = g[i].id,
		        .name = g[i].name,
		        .code3 = g[i].code3,
		        .recipient = g[i].recipient,
		        .file = "",
		        .state = g[i].isa_signed == DAY_NONE ? PAPERS_NO_AGREEMENT
		                 : !names                    ? PAPERS_NOTHING
		                 : !*g[i].recipient          ? PAPERS_NO_KEY
		                 : asked == names            ? PAPERS_SEALED
		                                             : PAPERS_WAITING};
	}
	*ret = c;
	*ret_n = k;
	return ERR_OK;
}

/* ---- the form ---- */

static void put_form(struct buf *out, struct doc *d, const struct request *q, const char *agency)
{
	static const char *const ANSWER[] = {
	        "nothing_known", "words", "fact_or_opinion", "source", "source_date"};
	char day[TIME_TEXT_MAX];
	buf_puts(out, "marking,copy,forum,meeting,agency,case_ref,name,born,postcode");
	for (size_t i = 0; i < COUNT_OF(ANSWER); i++)
		buf_printf(out, ",%s", ANSWER[i]);
	buf_puts(out, "\r\n");
	for (size_t i = 0; i < q->n; i++) {
		const struct lookup_row *l = &q->name[i];
		doc_cell(out, d, true, d->marking);
		doc_cell(out, d, false, doc_printf(d, "%d", q->number));
		doc_cell(out, d, false, q->f.code);
		doc_cell(out, d, false, day_text(day, q->m.day, DAY_ISO));
		doc_cell(out, d, false, agency);
		doc_cell(out, d, false, l->ref);
		doc_cell(out, d, false, l->name);
		doc_cell(out, d, false, day_text(day, l->born, DAY_ISO));
		doc_cell(out, d, false, l->postcode);
		for (size_t k = 0; k < COUNT_OF(ANSWER); k++)
			doc_cell(out, d, false, "");
		buf_puts(out, "\r\n");
	}
}

/* ---- the paper ---- */

static void fact(struct doc *d, struct doc_block *t, const char *head, const char *s)
{
	struct doc_row *r = doc_row(d, t);
	doc_put(d, &r->cell[0], DOC_STRONG, head);
	doc_put(d, &r->cell[1], DOC_PLAIN, doc_clean(d, s, false));
}

static void cell(struct doc *d, struct doc_row *r, size_t i, const char *s)
{
	doc_put(d, &r->cell[i], DOC_PLAIN, doc_clean(d, s, false));
}

static void put_names(struct doc *d, const struct request *q)
{
	struct doc_block *t = doc_add_table(d, DOC_TABLE, NAMES, COUNT_OF(NAMES));
	char day[TIME_TEXT_MAX];
	for (size_t i = 0; i < q->n; i++) {
		const struct lookup_row *l = &q->name[i];
		struct doc_row *r = doc_row(d, t);
		cell(d, r, 0, l->ref);
		cell(d, r, 1, l->name);
		cell(d, r, 2, day_text(day, l->born, DAY_YEAR));
		cell(d, r, 3, l->postcode);
	}
}

static void make_doc(struct doc *d, const struct request *q)
{
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	const char *who = doc_clean(d, q->c->name, false);
	d->marking = q->sample ? DOC_MARKING_SAMPLE : DOC_MARKING;
	d->author = doc_clean(d, q->partnership, false);
	d->copy = doc_printf(d, "Copy %d, %s", q->number, who);
	d->audit = doc_printf(d, "Audit %s", q->print);
	d->day = q->m.day;
	d->title = doc_printf(d, "Research request for %s", who);
	doc_say(d, DOC_H1, DOC_STRONG, d->title);
	struct doc_block *facts = doc_add_table(d, DOC_FACTS, FACTS, COUNT_OF(FACTS));
	fact(d, facts, "Partnership", q->partnership);
	fact(d, facts, "Meeting",
	        doc_printf(d, "%s, %s at %s", q->f.name, day_text(day, q->m.day, DAY_WEEKDAY_YEAR),
	                time_text_hm(hm, q->m.starts_us)));
	fact(d, facts, "Copy", doc_printf(d, "%d, for %s", q->number, who));
	fact(d, facts, "Audit", q->print);
	doc_say(d, DOC_H2, DOC_STRONG, "What is asked");
	doc_say(d, DOC_P, DOC_PLAIN,
	        "Look these names up in your own records. Fill in the form that came with this "
	        "(the "
	        "file that ends in .csv): one row for each thing you know, with its source and "
	        "whether it is fact or opinion. Nothing known is an answer: write yes in that "
	        "column. Send the form back by secure mail, or type what you know at the panel "
	        "with your "
	        "agency's own key.");
	doc_say(d, DOC_P, DOC_PLAIN,
	        "What you return stays with your agency until you say it at the meeting. There you "
	        "decide, line by line, what is necessary and proportionate to share; a decision "
	        "not "
	        "to share is recorded with its reason in the same way.");
	doc_say(d, DOC_P, DOC_PLAIN,
	        "Do not get in touch with anybody because they are named here, and tell nobody "
	        "that "
	        "they are.");
	doc_say(d, DOC_H2, DOC_STRONG, "Names");
	put_names(d, q);
}

static enum err seal_request(
        struct doc *d, const struct request *q, const char *agency, struct buf *out, struct why *w)
{
	struct buf form;
	struct paper_copy copy = {
	        .number = q->number, .recipient = q->c->name, .age_recipient = q->c->recipient};
	struct paper_minutes about = {.marking = q->sample ? DOC_MARKING_SAMPLE : DOC_MARKING,
	        .partnership = q->partnership,
	        .heading = "Research request",
	        .forum = q->f.name,
	        .status = "Request",
	        .version = 1,
	        .day = q->m.day,
	        .fingerprint = q->print};
	buf_init(&form, 16u << 20);
	make_doc(d, q);
	put_form(&form, d, q, agency);
	d->csv = &form;
	enum err e = d->err ? d->err : buf_err(&form);
	if (!e)
		e = doc_seal(d, "research-request", &about, &copy, out, w);
	d->csv = NULL;
	buf_finish(&form);
	return e;
}

/* The record says of each case that this agency was asked. */
static enum err note_asked(
        struct record *r, int64_t meeting, const struct request *q, struct why *w)
{
	int64_t last = 0;
	for (size_t i = 0; i < q->n; i++) {
		struct command c = {.kind = CMD_RESEARCH_ASK};
		if (q->name[i].case_id == last)
			continue;
		last = q->name[i].case_id;
		c.u.ask.meeting = meeting;
		c.u.ask.case_id = last;
		c.u.ask.agency = q->c->agency;
		TRY(record_do(r, &c, NULL, w));
	}
	return ERR_OK;
}

enum err papers_request(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *w)
{
	struct request q = {.c = c};
	struct agency_row *g;
	struct doc d;
	struct buf out;
	const char *code = NULL, *file = "";
	size_t n;
	c->state = PAPERS_FAILED;
	TRY(check_open(r, a, meeting, &q.m, w));
	TRY(record_forum(r, a, q.m.forum, &q.f));
	TRY(record_partnership(r, a, &q.partnership, &q.sample));
	record_fingerprint(r, q.print);
	TRY(record_agencies(r, a, &g, &n));
	for (size_t i = 0; i < n; i++)
		if (g[i].id == c->agency)
			code = g[i].code;
	TRY(record_lookups(r, a, meeting, c->agency, (struct lookup_row **)&q.name, &q.n));
	if (!code || !q.n)
		return why(w, ERR_REFUSED, "%s may see no case of this agenda in full.", c->name);
	TRY(record_paper_next(r, meeting, &q.number));
	doc_init(&d);
	buf_init(&out, 256u << 20);
	enum err e = seal_request(&d, &q, code, &out, w);
	if (!e) {
		struct doc_kept k = {.meeting = meeting,
		        .agency = c->agency,
		        .day = q.m.day,
		        .number = q.number,
		        .kind = "request",
		        .record_kind = "request",
		        .code = c->code3};
		e = doc_keep(r, a, dir, &k, &out, &file, w);
	}
	if (!e)
		e = note_asked(r, meeting, &q, w);
	buf_finish(&out);
	doc_finish(&d);
	if (e)
		return e;
	c->state = PAPERS_SEALED;
	c->number = q.number;
	c->file = file;
	return ERR_OK;
}
