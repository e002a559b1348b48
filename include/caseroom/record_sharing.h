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

#endif
