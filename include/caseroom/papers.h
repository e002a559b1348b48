#ifndef CASEROOM_PAPERS_H
#define CASEROOM_PAPERS_H
/*
 * papers: from a closed meeting in the record to sealed files in a folder. It gathers what each recipient may have (the
 * entitlement function decides, for each agency by itself), has it set and sealed in memory, writes only the sealed
 * bytes, and enters each copy in the record. May run on a worker thread while nothing else uses the record.
 */
#include "caseroom/paper.h"
#include "caseroom/record.h"

enum papers_state { PAPERS_SEALED, PAPERS_NO_KEY, PAPERS_FAILED };
struct papers_result {
	int64_t agency; /* 0: the chair's copy of the minutes */
	const char *name, *code3;
	enum papers_state state;
	int copy;	  /* its number; 0 when none was made */
	const char *file; /* name below the folder, or "" */
};
typedef void papers_progress_fn(void *ctx, size_t done, size_t total);

/*
 * What stands in the minutes for one reader: agency 0 = the room as it was (for reading on the panel and for the chair), else the
 * extract for that agency. Lives in the arena. ERR_REFUSED while the meeting has not begun.
 */
enum err papers_gather(struct record *r, struct arena *a, int64_t meeting, int64_t agency, struct paper_minutes *ret, struct why *why) MUST_CHECK;

/*
 * Seals the minutes for the chair's agency and an extract for every agency that was invited, each as a new numbered copy,
 * into `dir` (made when absent). An agency without a key is told in its row and is no error. Lives in the arena.
 */
enum err papers_make(struct record *r, struct arena *a, int64_t meeting, const char *dir, papers_progress_fn *fn, void *ctx,
	struct papers_result **ret, size_t *ret_n, struct why *why) MUST_CHECK;

#endif
