#include "ctl_int.h"
#include <stdio.h>
#include "caseroom/papers.h"

/* request MEETING --out DIR: what each agency is to look up, sealed to it; every run makes new copy
 * numbers. */

static const char *state_text(enum papers_state s)
{
	switch (s) {
	case PAPERS_NO_KEY:
		return "has no key yet: caseroomctl recipient add gives it one";
	case PAPERS_NO_AGREEMENT:
		return "has not signed the agreement, so it is asked nothing";
	case PAPERS_NOTHING:
		return "may see no case of this agenda in full";
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
		if (p->state == PAPERS_WAITING || p->state == PAPERS_SEALED) {
			ctl_progress("Sealing", i, n);
			enum err e = papers_request(
			        c->record, &c->arena, meeting, c->opt[OPT_OUT], p, &c->why);
			ctl_progress_end();
			if (!first)
				first = e;
		}
		if (p->state == PAPERS_SEALED) {
			++*ret_sealed;
			printf("copy %d: request for %s, %s\n", p->number, p->name, p->file);
		} else {
			printf("no request: %s %s\n", p->name, state_text(p->state));
		}
	}
	return first;
}

enum err verb_request(struct ctl *c)
{
	struct papers_copy *copy;
	size_t n, sealed = 0;
	int64_t meeting;
	TRY(ctl_open_meeting(c, &meeting));
	TRY(papers_requests_plan(c->record, &c->arena, meeting, &copy, &n, &c->why));
	TRY(seal_all(c, meeting, copy, n, &sealed));
	if (!sealed)
		return why(&c->why, ERR_REFUSED, "Nobody could be asked, so nothing was sealed.");
	ctl_say_sealed(c, sealed);
	return ERR_OK;
}
