#ifndef ROOM_RESTORE_H
#define ROOM_RESTORE_H
/*
 * The screen that brings a backup back, in two files: restore.c draws it, restoring.c does the work
 * on the worker. Nothing else includes this.
 */
#include "app.h"

#define BACKUPS_MAX 16

enum restore_step {
	RESTORE_LIST,
	RESTORE_WORDS,
	RESTORE_ASK, /* there is a store here: what is newer in it, and once more */
	RESTORE_DONE,
	RESTORE_FAILED
};

enum restore_phase { PHASE_LOOK, PHASE_KEY, PHASE_READ, PHASE_CHECK };

/* What the worker has in hand, and what it brings; it is the screen's before and after. */
struct restoring {
	const char *store, *stick;
	struct plat *plat;
	atomic_bool *stop;
	atomic_uint phase, part; /* of enum restore_phase; part of 1000 */
	char from[4096];
	struct vault_secret *words;
	bool replace, earlier, room_key; /* room_key: one is on the stick */

	struct vault_backup_seen backup[BACKUPS_MAX];
	size_t n;
	struct vault_restore_plan plan;
	struct arena arena; /* of what follows */
	bool since_known;   /* the store here could be opened, so that `since` tells of it */
	struct since since;
	const char *partnership;
	bool sample;
	bool made;        /* the store is there, whatever became of the check */
	bool witness_set; /* the room key on the stick goes with the restored store */
	enum err err;
	struct why why;
};

/* Jobs for worker_start(). */
void restoring_look(void *restoring); /* backup, n */
/* err, why, plan. ERR_EXISTS with plan.there: nothing was changed, and what is newer is known. */
void restoring_run(void *restoring);

struct restore_state {
	enum restore_step step;
	bool ready, busy, looked, away; /* away: it goes on when the stick is back */
	size_t chosen;
	struct words words;
	struct restoring job;
	struct ui_scroll scroll;
	const char *pages; /* the list whose page buttons stand in the foot, or NULL */
};

#endif
