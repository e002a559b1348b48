#include <string.h>
#include "caseroom/papers.h"
#include "caseroom/record_audit.h"
#include "caseroom/record_disposal.h"
#include "doc.h"

/*
 * The certificate of a disposal (R39): under which rule how many records went, who reviewed them,
 * and that the data key from before is gone. It names no case and nobody that one was about.
 */

static const struct doc_col FACTS[] = {{"", 46, 20}, {"", 124, 56}};
static const struct doc_col LINES[] = {{"Kind of record", 40, 18}, {"Number", 16, 6},
        {"Kept for", 34, 16}, {"Reviewed by", 40, 16}, {"On", 40, 14}};
static const struct doc_col COUNTS[] = {{"Deleted with them", 110, 50}, {"Number", 60, 26}};

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

static void put_lines(struct doc *d, const struct certificate_row *c)
{
	struct doc_block *t = doc_add_table(d, DOC_TABLE, LINES, COUNT_OF(LINES));
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	for (size_t i = 0; i < c->n_lines; i++) {
		const struct certificate_line *l = &c->line[i];
		struct doc_row *r = doc_row(d, t);
		day_text(first, l->first, DAY_YEAR);
		day_text(last, l->last, DAY_YEAR);
		cell(d, r, 0, l->what);
		cell(d, r, 1, doc_printf(d, "%lld", (long long)l->n));
		cell(d, r, 2, l->period);
		cell(d, r, 3, l->reviewer);
		cell(d, r, 4, l->first == l->last ? first : doc_printf(d, "%s to %s", first, last));
	}
	for (size_t i = 0; i < c->n_lines; i++)
		doc_say(d, DOC_P, DOC_MUTED,
		        doc_printf(d, "%s: %s", doc_clean(d, c->line[i].what, false),
		                doc_clean(d, c->line[i].source, false)));
}

static void put_counts(struct doc *d, const struct certificate_row *c)
{
	struct doc_block *t = doc_add_table(d, DOC_TABLE, COUNTS, COUNT_OF(COUNTS));
	for (size_t i = 0; i < c->n_counts; i++) {
		struct doc_row *r = doc_row(d, t);
		cell(d, r, 0, c->count[i].what);
		cell(d, r, 1, doc_printf(d, "%lld", (long long)c->count[i].n));
	}
}

static const char *moment(struct doc *d, int64_t us)
{
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	return doc_printf(
	        d, "%s, %s", day_text(day, time_to_day(us), DAY_YEAR), time_text_hm(hm, us));
}

static void put_key(struct doc *d, struct doc_block *facts, const struct certificate_row *c)
{
	fact(d, facts, "Data key before", c->key_before);
	fact(d, facts, "Data key after",
	        *c->key_after ? doc_printf(d, "%s, since %s", c->key_after, moment(d, c->key_us))
	                      : "not changed yet: what was deleted could still be opened from an "
	                        "old image of the card");
}

static void make_doc(struct doc *d, const struct certificate_row *c, const struct paper_copy *copy,
        const struct paper_minutes *about)
{
	const char *who = doc_clean(d, copy->recipient, false);
	d->marking = about->marking;
	d->author = doc_clean(d, about->partnership, false);
	d->title = doc_printf(d, "Certificate of disposal %lld", (long long)c->id);
	d->copy = doc_printf(d, "Copy %d, %s", copy->number, who);
	d->audit = doc_printf(d, "Audit %s", about->fingerprint);
	d->day = about->day;
	doc_say(d, DOC_H1, DOC_STRONG, d->title);
	struct doc_block *facts = doc_add_table(d, DOC_FACTS, FACTS, COUNT_OF(FACTS));
	fact(d, facts, "Partnership", about->partnership);
	fact(d, facts, "Carried out", moment(d, c->at_us));
	fact(d, facts, "By", c->carried);
	fact(d, facts, "Audit entry", doc_printf(d, "%lld", (long long)c->audit_seq));
	put_key(d, facts, c);
	fact(d, facts, "Copy", doc_printf(d, "%d, for %s", copy->number, who));
	doc_say(d, DOC_H2, DOC_STRONG, "What was disposed of, and under which rule");
	put_lines(d, c);
	doc_say(d, DOC_H2, DOC_STRONG, "What was deleted");
	put_counts(d, c);
	doc_say(d, DOC_P, DOC_PLAIN,
	        "The periods are settings of the partnership with the sources named above, and no "
	        "legal advice. Copies outside the store are not reached by this: sealed papers "
	        "that "
	        "were sent, and backups from before, which open with the keys of then. Old backup "
	        "sticks are to be destroyed, and a card that leaves service is to be wiped whole.");
}

static enum err find_agency(
        struct record *r, struct arena *a, const char *code, struct agency_row *ret, struct why *w)
{
	enum err e = record_agency_by_code(r, a, code, ret);
	if (e == ERR_NOT_FOUND)
		return why(w, e,
		        "There is no agency \"%.40s\". caseroomctl list agencies shows them.",
		        code);
	TRY(e);
	if (!*ret->recipient)
		return why(w, ERR_REFUSED,
		        "%s has no key yet, so nothing can be sealed for it: caseroomctl recipient "
		        "add "
		        "gives it one.",
		        ret->name);
	return ERR_OK;
}

enum err papers_certificate(struct record *r, struct arena *a, int64_t id, const char *agency,
        const char *dir, const char **ret_file, struct why *w)
{
	struct certificate_row c;
	struct agency_row g;
	struct doc d;
	struct buf out;
	const char *partnership;
	char print[VAULT_FINGERPRINT_MAX];
	bool sample;
	int number;
	enum err e = record_certificate(r, a, id, &c);
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no certificate %lld.", (long long)id);
	TRY(e);
	TRY(find_agency(r, a, agency, &g, w));
	TRY(record_partnership(r, a, &partnership, &sample));
	record_fingerprint(r, print);
	TRY(record_certificate_next(r, id, &number));
	struct paper_copy copy = {number, g.name, g.recipient};
	struct paper_minutes about = {.marking = sample ? DOC_MARKING_SAMPLE : DOC_MARKING,
	        .partnership = partnership,
	        .heading = "Certificate of disposal",
	        .forum = "",
	        .day = time_to_day(c.at_us),
	        .status = "Certificate",
	        .version = 1,
	        .fingerprint = print};
	struct doc_kept k = {.certificate = id,
	        .agency = g.id,
	        .day = about.day,
	        .number = number,
	        .kind = "certificate",
	        .code = g.code3};
	doc_init(&d);
	buf_init(&out, 64u << 20);
	make_doc(&d, &c, &copy, &about);
	e = d.err;
	if (!e)
		e = doc_seal(&d, "certificate", &about, &copy, &out, w);
	if (!e)
		e = doc_keep(r, a, dir, &k, &out, ret_file, w);
	buf_finish(&out);
	doc_finish(&d);
	return e;
}
