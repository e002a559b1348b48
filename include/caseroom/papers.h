#ifndef CASEROOM_PAPERS_H
#define CASEROOM_PAPERS_H
/*
 * papers: from a meeting in the record to sealed files in a folder. It gathers what each recipient
 * may have (the entitlement function decides, for each by itself), has it set and sealed in memory,
 * writes only the sealed bytes, and enters each copy in the record. Same thread as the record.
 */
#include "caseroom/paper.h"
#include "caseroom/record.h"

enum papers_state {
	PAPERS_WAITING,
	PAPERS_SEALED,
	PAPERS_NO_KEY,       /* the agency has no age key yet */
	PAPERS_NO_AGREEMENT, /* it has not signed the information sharing agreement: it can listen,
	                        it cannot be given papers */
	PAPERS_FAILED,
	PAPERS_NOTHING, /* of a request: it may see no case of the agenda in full */
};
struct papers_copy {
	int64_t agency, seat;
	bool minutes; /* the chair's copy of the minutes; else an extract */
	bool report;  /* the report to the parent group; then neither */
	enum standing standing;
	const char *name, *code3, *recipient;
	enum papers_state state;
	int number;       /* copy number; 0 when none was made */
	const char *file; /* name below the folder, or "" */
};

/*
 * What stands in the minutes for one reader: the room of `v`, or the agency of `v` when
 * `extract_for` names it. Lives in the arena. ERR_REFUSED while the meeting has not begun.
 */
enum err papers_gather(struct record *r, struct arena *a, int64_t meeting,
        const struct record_viewer *v, const char *extract_for, struct paper_minutes *ret,
        struct why *why) MUST_CHECK;

/* Who gets what: the minutes for the chair's agency, then an extract for each agency that has a
 * seat, and the report for each agency of the parent group when the type sends one. Nothing is made
 * yet. */
enum err papers_plan(struct record *r, struct arena *a, int64_t meeting, struct papers_copy **ret,
        size_t *ret_n, struct why *why) MUST_CHECK;

/* What a copy of papers_plan() holds: asked as a room of one, its agency in its standing at the
 * meeting, with the conflicts it declared there. */
enum err papers_gather_copy(struct record *r, struct arena *a, int64_t meeting,
        const struct papers_copy *c, struct paper_minutes *ret, struct why *why) MUST_CHECK;

/* Makes one waiting copy, a new number each time, into `dir` (made when absent, mode 0700). Sets
 * state, number and file. */
enum err papers_seal(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *why) MUST_CHECK;

/*
 * Requests for research before a meeting (R29): for each agency with a seat, the names it is to
 * look up and nothing else, with a form to send back. Of an agency that was asked about every case
 * on the agenda the state is PAPERS_SEALED with number 0; making one again gives a new copy.
 * ERR_REFUSED when the meeting has begun.
 */
enum err papers_requests_plan(struct record *r, struct arena *a, int64_t meeting,
        struct papers_copy **ret, size_t *ret_n, struct why *why) MUST_CHECK;
enum err papers_request(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *why) MUST_CHECK;

/*
 * The outcome letter of an ASB case review (R20), as far as the record knows it: the application,
 * the decision on the threshold, the recommendations with their answers, and until when an appeal
 * can be made. Sealed for the agency in the chair of `meeting`, which signs and sends it. Its file
 * below `dir` is in *ret_file. ERR_REFUSED before the threshold is decided, and when that agency
 * has no key or no agreement; ERR_NOT_FOUND, ERR_DENIED when it may not see the case in full.
 */
enum err papers_letter(struct record *r, struct arena *a, int64_t meeting, int64_t case_id,
        const char *dir, const char **ret_file, struct why *why) MUST_CHECK;

/*
 * A certificate of disposal (R39, record_disposal.h) for the agency of that code, as a numbered
 * copy in `dir`. ERR_NOT_FOUND: no such certificate or agency; ERR_REFUSED: the agency has no key.
 */
enum err papers_certificate(struct record *r, struct arena *a, int64_t certificate,
        const char *agency, const char *dir, const char **ret_file, struct why *why) MUST_CHECK;

#endif
