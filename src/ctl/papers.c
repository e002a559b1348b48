#include "ctl_int.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "caseroom/papers.h"

/* papers MEETING --out DIR: the same sealing as at the end of a meeting; every run makes new copy
 * numbers. */

static const char *state_text(enum papers_state s)
{
	switch (s) {
	case PAPERS_NO_KEY:
		return "has no key yet: caseroomctl recipient add gives it one";
	case PAPERS_NO_AGREEMENT:
		return "has not signed the agreement, so it is given no papers";
	default:
		return "could not be sealed";
	}
}

static enum err seal_all(
        struct ctl *c, int64_t meeting, struct papers_copy *copy, size_t n, size_t *ret_sealed)
{
	enum err first = ERR_OK;
	for (size_t i = 0; i < n; i++) {
		struct papers_copy *p = &copy[i];
		if (p->state == PAPERS_WAITING) {
			ctl_progress("Sealing", i, n);
			enum err e = papers_seal(
			        c->record, &c->arena, meeting, c->opt[OPT_OUT], p, &c->why);
			ctl_progress_end();
			if (!first)
				first = e;
		}
		if (p->state == PAPERS_SEALED) {
			++*ret_sealed;
			printf("copy %d: %s for %s, %s\n", p->number,
			        p->minutes  ? "minutes"
			        : p->report ? "report"
			                    : "extract",
			        p->name, p->file);
		} else {
			printf("no copy: %s %s\n", p->name, state_text(p->state));
		}
	}
	return first;
}

enum err ctl_open_meeting(struct ctl *c, int64_t *ret)
{
	struct meeting_row m;
	char *end;
	errno = 0;
	long long meeting = strtoll(c->arg[0], &end, 10);
	if (errno || *end || end == c->arg[0] || meeting <= 0)
		return why(&c->why, ERR_INPUT,
		        "\"%.20s\" is no number of a meeting. caseroomctl list meetings shows "
		        "them.",
		        c->arg[0]);
	TRY(ctl_open(c));
	enum err e = record_meeting(c->record, &c->arena, meeting, &m);
	if (e == ERR_NOT_FOUND)
		return why(&c->why, e,
		        "There is no meeting %lld. caseroomctl list meetings shows them.", meeting);
	*ret = meeting;
	return e;
}

void ctl_say_sealed(const struct ctl *c, size_t n)
{
	printf("%zu sealed file%s in %s.\n", n, n == 1 ? " is" : "s are", c->opt[OPT_OUT]);
}

enum err verb_papers(struct ctl *c)
{
	struct papers_copy *copy;
	size_t n, sealed = 0;
	int64_t meeting;
	TRY(ctl_open_meeting(c, &meeting));
	TRY(papers_plan(c->record, &c->arena, meeting, &copy, &n, &c->why));
	TRY(seal_all(c, meeting, copy, n, &sealed));
	if (!sealed)
		return why(&c->why, ERR_REFUSED,
		        "No agency has a key, so nothing was sealed. caseroomctl recipient add "
		        "gives one.");
	ctl_say_sealed(c, sealed);
	return ERR_OK;
}
