#include "record_int.h"
#include <string.h>

/* Practice texts of the partnership's own, kept in the store (R21). */

enum err cmd_practice(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}
