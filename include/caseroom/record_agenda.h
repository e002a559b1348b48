#ifndef CASEROOM_RECORD_AGENDA_H
#define CASEROOM_RECORD_AGENDA_H
/*
 * The running of a meeting as rows: who was in the room for which item, how long each item took,
 * what became of an action, what the group is told of at each meeting. Plain rows in the caller's
 * arena, as in record.h; nothing here tells of a case that the viewer may not know.
 */
#include "caseroom/record.h"

/* ---- who was there for an item (R6) ---- */

enum presence {
	PRESENCE_WHOLE, /* in the room all the time that it was on the table */
	PRESENCE_PART,  /* came, left or came back while it was */
	PRESENCE_OUT,   /* out of the room all that time */
	PRESENCE_COUNT
};
struct presence_row {
	int64_t seat, agency;
	const char *who, *role;      /* the agency, or a guest's role; the person's role */
	const char *substitute_role; /* of the person they sat for; "" = in their own right */
	enum standing standing;
	enum presence here;
	int64_t came_us;          /* signed while it was on the table, else TIME_NONE */
	int64_t left_us, back_us; /* the absence that touches it; TIME_NONE = none, not come back */
	bool for_this;            /* left for this item, and not for another or for good */
	const char *declared;     /* what was declared; "" where words are held back */
	const char *decision;     /* label of the decision about the conflict; "" = none declared */
};
/*
 * A row for each seat that had signed before the item ended, and for each conflict declared in its
 * case; in the order of the seats. None for an item that was never on the table, and none where the
 * viewer may not see the case.
 */
enum err record_presence_rows(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, struct presence_row **ret, size_t *ret_n) MUST_CHECK;

/* ---- time (R8) ---- */

/* Of the items the viewer may know of. `used_s` of each item is in its item_row. */
struct record_times {
	int items, planned_min, used_s;             /* items that were taken */
	int cases, cases_planned_min, cases_used_s; /* those of them that are cases */
	int cases_over;                             /* took longer than planned */
	int length_s;                               /* of the meeting, from start to end or now */
};
enum err record_times(struct record *r, const struct record_viewer *v, int64_t meeting,
        struct record_times *ret) MUST_CHECK;

/* ---- actions (R9, R34) ---- */

/* One thing that happened to an action, oldest first; the first is its making. */
struct action_event {
	int64_t at_us, meeting; /* meeting 0: outside one */
	int32_t meeting_day;    /* DAY_NONE outside one */
	bool made;              /* the making; else an update to `to` */
	enum action_state to;
	const char *words;
};
/* ERR_NOT_FOUND when there is none, or none that the viewer may know of. */
enum err record_action_history(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t action, struct action_row *ret_action, struct action_event **ret,
        size_t *ret_n) MUST_CHECK;

/* Every outcome apart: "overtaken by circumstances" is never among "not done". */
struct action_figures {
	size_t open, late;                /* open now; those of them past their day */
	size_t carried;                   /* open now and carried on at least once */
	size_t done, overtaken, not_done; /* closed since the day asked for, by how they ended */
};
/* Of a forum, of one of its agencies (0: all), of one person (0: all). */
enum err record_action_figures(struct record *r, const struct record_viewer *v, int64_t forum,
        int64_t agency, int64_t person, int32_t since, struct action_figures *ret) MUST_CHECK;

/* ---- what the group is told of (R19) ---- */

struct listed_row {
	int64_t case_id;
	const char *ref, *strand;
	bool lapsed;  /* its twelve months have passed since the last meeting; else a repeat */
	int32_t day;  /* the end of the twelve months; of a repeat, the referral */
	int64_t item; /* its item at this meeting, 0 = not on the agenda */
};
/* Repeats on the agenda of a meeting, then cases of the group whose twelve months have passed since
 * the meeting before it. */
enum err record_listed(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct listed_row **ret, size_t *ret_n) MUST_CHECK;

/* The oldest minutes that wait to be agreed at `meeting`: of the last ordinary meeting, then of
 * emergency meetings since; ERR_NOT_FOUND. */
enum err record_minutes_due(
        struct record *r, struct arena *a, int64_t meeting, struct meeting_row *ret) MUST_CHECK;

/* Meetings of a forum that are not begun, soonest first. */
enum err record_meetings_planned(struct record *r, struct arena *a, int64_t forum,
        struct meeting_row **ret, size_t *ret_n) MUST_CHECK;

#endif
