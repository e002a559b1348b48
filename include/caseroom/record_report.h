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

/* ---- terms of reference that end: CMD_TERMS ---- */

enum terms_state {
	TERMS_NONE,    /* the group's terms do not end */
	TERMS_UNKNOWN, /* they last some months, and nobody has said from when */
	TERMS_RUN,
	TERMS_SOON, /* they end within TERMS_SOON_MONTHS */
	TERMS_OVER
};
#define TERMS_SOON_MONTHS 3
struct terms_row {
	enum terms_state state;
	int months; /* how long they last, as the group's file or the latest renewal says */
	int32_t begins, ends; /* the last day they hold; DAY_NONE when UNKNOWN or NONE */
	const char *words;    /* of the renewal */
};
/* The terms that hold on `day`, or the last that did. */
enum err record_terms(struct record *r, struct arena *a, int64_t forum, int32_t day,
        struct terms_row *ret) MUST_CHECK;

/* ---- the plan and how it goes: CMD_PROGRESS ---- */

struct plan_row {
	int64_t id;
	const char *theme, *project, *objective, *action, *lead_role, *measures, *timescale;
	const char *imported;       /* status as the plan's file has it */
	const char *status, *label; /* list id "progress", "" when nothing was recorded yet */
	const char *words;
	int32_t day;     /* of the latest progress; DAY_NONE */
	int64_t forum;   /* the group that recorded it, or 0 */
	int64_t meeting; /* at which meeting, or 0 */
};
/* The plan in its order, each with its latest progress. No case is in it. */
enum err record_plan(
        struct record *r, struct arena *a, struct plan_row **ret, size_t *ret_n) MUST_CHECK;

/* ---- figures of a group (R45) ---- */

struct monitored_row {
	const char *strand;
	int people;
};
/*
 * Individuals monitored: different people who are a subject in an open case of the group, by strand
 * and in all; somebody in two cases, or under two names that were found to be one, is one. Who is
 * not known by name is not counted. Only cases the viewer may see count.
 */
enum err record_monitored(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, struct monitored_row **ret, size_t *ret_n, int *ret_all) MUST_CHECK;

/* What a report tells of one meeting without a case: numbers only. */
struct meeting_figures {
	int agencies, expected; /* signed in, and with a seat */
	int cases, closed; /* looked at, and closed by decision; cases for named agencies are in
	                      no figure */
	int actions;       /* made */
};
enum err record_meeting_figures(
        struct record *r, int64_t meeting, struct meeting_figures *ret) MUST_CHECK;
/* Does `text` hold the name of anybody in any case? It says only whether, for a paper that must
 * name nobody. Whole names, capitals or not. */
enum err record_names_somebody(
        struct record *r, const char *text, size_t len, bool *ret) MUST_CHECK;

/* To whom a group reports: the group's name, and the agencies that sit on it. ERR_NOT_FOUND when it
 * reports to none. */
enum err record_parent(struct record *r, struct arena *a, int64_t forum, const char **ret_name,
        struct agency_row **ret, size_t *ret_n) MUST_CHECK;

#endif
