#ifndef CASEROOM_ROOM_H
#define CASEROOM_ROOM_H
/*
 * room: the conference on the panel, from the lock screen to the sealed papers. One call runs it to
 * its end.
 */
#include "caseroom/base.h"

struct room_options {
	const char *store; /* the sealed store's directory; when it holds none, first-run set-up is
	                      shown */
	const char *out_dir; /* where sealed papers are left; a script's pictures and trees too */
	const char *stick;   /* where a USB stick is mounted; NULL: /run/caseroom/stick */
	const char *device_secret; /* file of the box's own secret, or NULL */
	const char *script;        /* steps to run, or NULL */
	int w, h;                  /* window size in px; 0 = the whole panel */
	bool window; /* run the script in a window, with the clock going, and stay open after it */
	int pace_ms; /* rest between steps, for a person who watches */
};

/* Returns when the person leaves or the script has ended. ERR_* with a sentence when it could not
 * start or a step failed. */
enum err room_run(const struct room_options *o, struct why *why) MUST_CHECK;

#endif
