#include "record_int.h"
#include <string.h>

/* Who somebody is, across cases: near matches, merging and taking a merge apart (R14). */

enum err cmd_merge(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_unmerge(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

enum err cmd_repeat(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)r, (void)c, (void)d;
	return why(w, ERR_REFUSED, "Not made yet.");
}

void name_sound(const char *name, size_t len, char out[SOUND_MAX])
{
	(void)name, (void)len;
	out[0] = 0;
}
