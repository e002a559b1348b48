#ifndef CASEROOM_RECORD_REPORT_H
#define CASEROOM_RECORD_REPORT_H
/*
 * What single meeting types do of their own: the steps of an ASB case review (R20), terms of
 * reference that end, the progress of the plan, and the figures that go up to the parent group
 * (R31, R45). As everywhere, a query of a case takes a viewer and gives what practice_sight allows.
 */
#include "caseroom/record.h"

/* ---- the ASB case review (R20): commands CMD_REVIEW_* ---- */

struct review_row {
	int32_t applied; /* DAY_NONE: no application yet; then nothing below is set but `needed` */
	const char *applicant;  /* label */
	const char *words;      /* "" in the anonymised view, as all words below */
	int complaints, needed; /* qualifying complaints that count; how many make it a duty */
	bool must; /* complaints >= needed: the threshold must be found met, s.104(4) */
	bool decided, met;
	int32_t decided_day;
	const char *route, *reasons; /* label */
	const char *victim; /* list id "review-victim" of the latest, "" when nothing is known */
	const char *victim_label, *victim_words;
};
/* ERR_NOT_FOUND when the viewer may not see the case at all. */
enum err record_review(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct review_row *ret) MUST_CHECK;

struct complaint_row {
	int64_t incident;
	int32_t day, reported; /* of the month alone in the anonymised view */
	const char *kind, *reported_to, *what;
	bool qualifying; /* somebody said that it is one */
	bool again;      /* the same event as another report: counted once */
	enum complaint time;
	bool counts; /* all of it together */
};
/* The reports of the case in their order, with whether each counts towards the application. */
enum err record_complaints(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct complaint_row **ret, size_t *ret_n) MUST_CHECK;

struct review_step_row {
	int64_t id, agency, answers; /* answers: the recommendation that is answered, or 0 */
	const char *what,
	        *label; /* list id "review-step", "threshold-met", "victim-attended" ... */
	const char *agency_name, *words;
	int32_t day;
};
/* Everything that was recorded of the review, oldest first: decisions stay when later ones differ.
 */
enum err record_review_steps(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct review_step_row **ret, size_t *ret_n) MUST_CHECK;

#endif
