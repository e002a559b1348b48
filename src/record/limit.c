#include "record_int.h"
#include <string.h>

/* Restriction of a case, and breaking the glass (R30). */

enum err cmd_restrict(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_break_glass(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}
