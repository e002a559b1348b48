#ifndef CASEROOM_RECORD_SHARING_H
#define CASEROOM_RECORD_SHARING_H
/*
 * Before and around what is said at the table: the register of agreements (R28), and what each
 * agency looked up before the meeting (R29). A return belongs to its agency until it is spoken: its
 * words are given to that agency by itself, or one line at a time to the room in which the case is
 * on the table; to everybody else only that there is one. It is on no paper and in no search, list
 * or export.
 */
#include "caseroom/record.h"

/* ---- agreements (R28) ---- */

struct agreement_row {
	int64_t id;
	const char *kind, *label; /* list id "agreement" and its words */
	const char *title, *version;
	int32_t issued, review; /* days or DAY_NONE */
	bool in_force;          /* of the agreements of its kind, the one that holds today */
	bool late;              /* its review date is past */
	size_t signed_n;        /* agencies that have signed */
};
/* Those of a kind stand together, the newest first. */
enum err record_agreements(
        struct record *r, struct arena *a, struct agreement_row **ret, size_t *ret_n) MUST_CHECK;
struct signature_row {
	int64_t agency;
	const char *agency_name, *code3;
	int32_t day;      /* DAY_NONE: has not signed */
	const char *name; /* who signed for it, "" when not known */
};
/* Every agency, those that have not signed first. ERR_NOT_FOUND. */
enum err record_signatures(struct record *r, struct arena *a, int64_t agreement,
        struct signature_row **ret, size_t *ret_n) MUST_CHECK;

/* Who was in the room when it was said: agencies, and guests by their role, with commas between.
 * "" for a viewer that may not see the case in full. ERR_NOT_FOUND. */
enum err record_share_heard(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t share, const char **ret) MUST_CHECK;

/* ---- research before a meeting (R29) ---- */

/* A name that an agency is asked to look up: that, and nothing of why or in what part. */
struct lookup_row {
	int64_t case_id;
	const char *ref, *name;
	int32_t born;         /* DAY_NONE */
	bool asked;           /* the agency was asked about this case already */
	const char *postcode; /* where two of one name cannot be told apart else; never a victim's
	                         or of anybody who lives with one */
};
/*
 * What one agency may be asked before a meeting: the people of each case on its agenda that this
 * agency, in the standing of its seat and with its conflicts, may see in full. In the order of the
 * agenda, names by alphabet. ERR_NOT_FOUND when it has no seat.
 */
enum err record_lookups(struct record *r, struct arena *a, int64_t meeting, int64_t agency,
        struct lookup_row **ret, size_t *ret_n) MUST_CHECK;

/* What a room may know: that an agency was asked and has answered. Over the cases of which the
 * viewer may know; agencies that were not asked have no row. */
struct answered_row {
	int64_t agency;
	const char *agency_name, *code3;
	int32_t asked; /* day */
	size_t cases, returned, lines;
};
enum err record_answered(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct answered_row **ret, size_t *ret_n) MUST_CHECK;

/*
 * An agency's own return, case by case. Only for a viewer that is this agency by itself, outside
 * every meeting; anybody else gets ERR_DENIED.
 */
struct return_row {
	int64_t case_id;
	const char *ref, *strand;
	bool asked, nothing;
	size_t lines, decided; /* lines that stand; those said or decided not to be shared */
	int64_t returned_us;   /* TIME_NONE: not yet */
};
enum err record_return(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct return_row **ret, size_t *ret_n) MUST_CHECK;
struct line_row {
	int64_t id, about;
	const char *about_name; /* "" = the case */
	const char *words, *source;
	bool opinion;
	int32_t source_day;
	bool decided;
	enum share_kind said; /* when decided: SHARE_WORDS or SHARE_NOT */
};
/* The lines of one case; the same viewer. The reading is in the audit log. */
enum err record_return_lines(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, int64_t case_id, struct line_row **ret, size_t *ret_n) MUST_CHECK;

/* At the table: has the agency answered for the case of this item, and how many lines wait for its
 * decision. Nothing of them is given. */
struct waiting_row {
	bool returned, nothing;
	size_t lines, waiting;
	int64_t next;  /* the first line that waits, or 0 */
	size_t number; /* and which of the lines it is, from 1, as its agency has them */
};
enum err record_return_waiting(struct record *r, const struct record_viewer *v, int64_t item,
        int64_t agency, struct waiting_row *ret) MUST_CHECK;
/*
 * The first line that waits, for its agency to say: given to the room of the meeting while the item
 * is on its table and the agency in the room, one line and no other. ERR_DENIED, ERR_NOT_FOUND.
 * `*read` is the line read last (0 at first): each line is in the audit log once.
 */
enum err record_return_next(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, int64_t agency, int64_t *read, struct line_row *ret) MUST_CHECK;

#endif
