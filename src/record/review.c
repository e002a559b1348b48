#include "record_int.h"
#include <string.h>

/* The ASB case review (R20). */

enum err cmd_review_apply(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_review_threshold(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_review_victim(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_review_step(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}
