#include "ctl_int.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/papers.h"
#include "caseroom/record_disposal.h"

/* dispose: what is due, its review, holds, carrying out, certificates (R39). */

static enum err viewer(struct ctl *c, struct record_viewer *ret)
{
	return record_viewer_room(c->record, 0, ret);
}

static void print_row(const struct disposal_row *d)
{
	char day[TIME_TEXT_MAX], text[DISPOSAL_TEXT_MAX];
	printf("%s %lld: %s%s%s\n", d->subject, (long long)d->id, d->name, *d->group ? ", " : "",
	        d->group);
	printf("    %s", disposal_due_text(d, text));
	if (*d->rule)
		printf(": %s, %s\n    rule \"%s\", version %d: %s", d->what, d->period, d->rule,
		        d->rule_version, d->source);
	printf("\n");
	if (d->held)
		printf("    held by %s, %s: %s\n", d->holder, disposal_hold_text(d, text),
		        d->hold_words);
	if (d->state == DISPOSAL_KEPT)
		printf("    kept until %s by %s: %s\n", day_text(day, d->keep_until, DAY_YEAR),
		        d->reviewer, d->review_words);
	else if (d->reviewed != DAY_NONE)
		printf("    reviewed by %s on %s\n", d->reviewer,
		        day_text(day, d->reviewed, DAY_YEAR));
	if (*d->why_not)
		printf("    not for you to review: %s\n", d->why_not);
}

/* Those in one state, under a heading. */
static void print_group(
        const char *heading, enum disposal_state s, const struct disposal_row *row, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		if (row[i].state != s)
			continue;
		if (!any)
			printf("%s\n", heading);
		any = true;
		print_row(&row[i]);
	}
}

static enum err say_pending(struct ctl *c)
{
	bool pending;
	TRY(record_key_pending(c->record, &pending));
	if (pending)
		printf("The data key from before the last disposal is still in use. caseroomctl "
		       "dispose "
		       "carry-out --for-ever changes it.\n");
	return ERR_OK;
}

enum err verb_dispose_list(struct ctl *c)
{
	struct record_viewer v;
	struct disposal_row *row;
	size_t n;
	TRY(ctl_open(c));
	TRY(viewer(c, &v));
	TRY(record_disposals(c->record, &c->arena, &v, &row, &n));
	print_group("Due, to be reviewed:", DISPOSAL_DUE, row, n);
	print_group("Reviewed, to be carried out:", DISPOSAL_REVIEWED, row, n);
	print_group("Kept longer:", DISPOSAL_KEPT, row, n);
	print_group("Held, to be looked at again:", DISPOSAL_HOLD_OVER, row, n);
	print_group("Held:", DISPOSAL_HELD, row, n);
	if (!n)
		printf("Nothing is due, kept longer or held.\n");
	return say_pending(c);
}

/* KIND ID; a case by its reference too. */
static enum err read_subject(struct ctl *c, const char **ret_subject, int64_t *ret_id)
{
	static const char *const KIND[] = {DISPOSAL_CASE, DISPOSAL_RESEARCH, DISPOSAL_MEETING,
	        DISPOSAL_PAPERS, DISPOSAL_DRAFTS};
	char *end;
	size_t k = 0;
	while (k < COUNT_OF(KIND) && strcmp(KIND[k], c->arg[0]) != 0)
		k++;
	if (k == COUNT_OF(KIND))
		return why(&c->why, ERR_INPUT,
		        "\"%.20s\" is no kind: case, research, meeting, papers or drafts.",
		        c->arg[0]);
	errno = 0;
	long long id = strtoll(c->arg[1], &end, 10);
	if (errno || *end || end == c->arg[1] || id < 0) {
		struct record_viewer v;
		int64_t found = 0;
		if (k)
			return why(&c->why, ERR_INPUT,
			        "\"%.20s\" is no number; a case alone has a reference. caseroomctl "
			        "dispose list has the numbers of what is due or held, caseroomctl "
			        "list meetings those of all meetings.",
			        c->arg[1]);
		TRY(viewer(c, &v));
		enum err e = record_disposal_case(c->record, &v, c->arg[1], &found);
		if (e)
			return why(&c->why, e,
			        "There is no case \"%.40s\" to keep or dispose of. caseroomctl "
			        "list cases shows them.",
			        c->arg[1]);
		id = found;
	}
	*ret_subject = KIND[k];
	*ret_id = id;
	return ERR_OK;
}

static enum err read_until(struct ctl *c, int32_t *ret)
{
	*ret = DAY_NONE;
	if (c->opt[OPT_UNTIL] && day_parse(c->opt[OPT_UNTIL], ret))
		return why(&c->why, ERR_INPUT, "\"%.20s\" is no day; days are given as 2027-12-25.",
		        c->opt[OPT_UNTIL]);
	return ERR_OK;
}

static enum err run(struct ctl *c, struct command *k, const char *said)
{
	TRY(record_do(c->record, k, NULL, &c->why));
	printf("%s\n", said);
	return ERR_OK;
}

enum err verb_dispose_review(struct ctl *c)
{
	struct command k = {.kind = CMD_DISPOSAL_REVIEW};
	if (c->opt[OPT_REASON] && !c->opt[OPT_UNTIL])
		return why(&c->why, ERR_INPUT,
		        "A reason is for keeping a record longer: say --until which day. That it "
		        "is to go is said without one. Nothing was changed.");
	TRY(read_until(c, &k.u.dispose.keep_until));
	TRY(ctl_open(c));
	TRY(read_subject(c, &k.u.dispose.subject, &k.u.dispose.id));
	k.u.dispose.words = c->opt[OPT_REASON] ? c->opt[OPT_REASON] : "";
	return run(c, &k,
	        k.u.dispose.keep_until == DAY_NONE
	                ? "Reviewed: it is to go. Nothing is deleted before dispose carry-out."
	                : "It is kept longer.");
}

static enum err hold_or_lift(struct ctl *c, enum command_kind kind, const char *said)
{
	struct command k = {.kind = kind};
	TRY(read_until(c, &k.u.hold.review));
	TRY(ctl_open(c));
	TRY(read_subject(c, &k.u.hold.subject, &k.u.hold.id));
	k.u.hold.words = c->opt[OPT_REASON];
	return run(c, &k, said);
}

enum err verb_dispose_hold(struct ctl *c)
{
	return hold_or_lift(c, CMD_HOLD, "It is held.");
}

enum err verb_dispose_lift(struct ctl *c)
{
	return hold_or_lift(c, CMD_HOLD_LIFT, "The hold is lifted.");
}

/* ---- certificates ---- */

static void print_certificate(const struct certificate_row *o)
{
	char day[TIME_TEXT_MAX];
	printf("certificate %lld of %s, carried out by %s, audit entry %lld\n", (long long)o->id,
	        day_text(day, time_to_day(o->at_us), DAY_YEAR), o->carried,
	        (long long)o->audit_seq);
	for (size_t i = 0; i < o->n_lines; i++) {
		const struct certificate_line *l = &o->line[i];
		printf("    %lld x %s: %s (%s); reviewed by %s, %s\n", (long long)l->n, l->what,
		        l->period, l->source, l->reviewer, day_text(day, l->last, DAY_YEAR));
	}
	printf("    deleted:");
	for (size_t i = 0; i < o->n_counts; i++)
		printf("%s %lld %s", i ? "," : "", (long long)o->count[i].n, o->count[i].what);
	printf("\n    data key %s before, %s after\n", o->key_before,
	        *o->key_after ? o->key_after : "not changed yet");
}

enum err verb_dispose_certificate(struct ctl *c)
{
	struct certificate_row *o;
	size_t n;
	char *end = NULL;
	long long id = c->n_arg ? strtoll(c->arg[0], &end, 10) : 0;
	if (c->n_arg && (*end || id <= 0))
		return why(
		        &c->why, ERR_INPUT, "\"%.20s\" is no number of a certificate.", c->arg[0]);
	if ((c->opt[OPT_AGENCY] != NULL) != (c->opt[OPT_OUT] != NULL) || (c->opt[OPT_OUT] && !id))
		return why(&c->why, ERR_INPUT,
		        "A sealed copy takes the number of the certificate, --agency and --out.");
	TRY(ctl_open(c));
	if (c->opt[OPT_OUT]) {
		const char *file;
		TRY(papers_certificate(c->record, &c->arena, id, c->opt[OPT_AGENCY],
		        c->opt[OPT_OUT], &file, &c->why));
		printf("certificate %lld for %s: %s/%s\n", id, c->opt[OPT_AGENCY], c->opt[OPT_OUT],
		        file);
		return ERR_OK;
	}
	TRY(record_certificates(c->record, &c->arena, &o, &n));
	size_t shown = 0;
	for (size_t i = 0; i < n; i++)
		if (!id || o[i].id == id) {
			print_certificate(&o[i]);
			shown++;
		}
	if (!shown)
		return why(&c->why, ERR_NOT_FOUND, "There is no %scertificate.", id ? "such " : "");
	return ERR_OK;
}

/* ---- carrying out ---- */

static enum err carry_out(struct ctl *c, int64_t *ret)
{
	struct command k = {.kind = CMD_DISPOSE};
	bool pending;
	enum err e = record_do(c->record, &k, ret, &c->why);
	if (e != ERR_NOT_FOUND)
		return e;
	TRY(record_key_pending(c->record, &pending));
	return pending ? ERR_OK : e; /* deleted before, and stopped before the new key */
}

enum err verb_dispose_carry_out(struct ctl *c)
{
	struct certificate_row o;
	int64_t id = 0;
	size_t n = 0;
	TRY(ctl_open(c));
	enum err e = record_dispose_check(c->record, &n, &c->why);
	bool pending;
	TRY(record_key_pending(c->record, &pending));
	if (e && !(e == ERR_NOT_FOUND && pending))
		return e;
	if (!c->opt[OPT_FOR_EVER])
		return why(&c->why, ERR_REFUSED,
		        "%zu reviewed record%s would be deleted for ever; nobody can bring them "
		        "back, "
		        "and there is no undo. Nothing was done. Say --for-ever to do it.",
		        n, n == 1 ? "" : "s");
	TRY(carry_out(c, &id));
	e = ctl_rekey(c);
	if (e) {
		struct why first = c->why;
		return why(&c->why, e,
		        "The records are deleted, but the data key is not changed yet. %.200s Run "
		        "caseroomctl dispose carry-out --for-ever again.",
		        first.text[0] ? first.text : err_user(e));
	}
	if (id) {
		TRY(record_certificate(c->record, &c->arena, id, &o));
		print_certificate(&o);
	} else {
		printf("The data key is a new one.\n");
	}
	printf("Old backups and old copies of the card still open with the keys of then: destroy "
	       "old "
	       "sticks, make a new backup.\n");
	return ERR_OK;
}
