#include "record_int.h"
#include <string.h>

/* Corrections and marks in error: nothing is deleted (R36, R41). */

enum err cmd_note_correct(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_mistake(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_minutes_correct(
        struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}
