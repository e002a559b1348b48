#ifndef CASEROOM_RECORD_DISPOSAL_H
#define CASEROOM_RECORD_DISPOSAL_H
/*
 * record, retention and disposal (R39): what the rules of practice say is due, holds, the review of
 * each, carrying out, and the certificates. The commands are in record.h: CMD_HOLD, CMD_HOLD_LIFT,
 * CMD_DISPOSAL_REVIEW, CMD_DISPOSE, CMD_CERTIFICATE_COPY. Rows live in the caller's arena.
 *
 * In two steps: a reviewer says of each item that it goes, then somebody who may review it carries
 * out all that was reviewed. Only then is anything deleted, and that cannot be taken back. The rows
 * are gone from the tables at once; that no key opens their bytes any more takes a new data key
 * (vault_rekey), for which the record is closed and opened again.
 */
#include "caseroom/record.h"

/* What is disposed of at once. */
#define DISPOSAL_CASE "case"         /* id of the case */
#define DISPOSAL_RESEARCH "research" /* id of one agency's return: its lines that nobody spoke */
#define DISPOSAL_MEETING "meeting"   /* id of the meeting, once its cases are gone */
#define DISPOSAL_PAPERS "papers"     /* id of the meeting whose copies are listed */
#define DISPOSAL_DRAFTS "drafts"     /* id 0: all that were begun so long ago */

struct disposal_row {
	const char *subject;
	int64_t id, case_id; /* case_id 0: of none */
	const char *name;    /* "C-2023-0041, Neighbour ASB"; "Meeting of 3 September 2020" */
	const char *group;   /* the forum's name, or "" */
	const char *what, *period, *source, *decides; /* of the rule, in words */
	const char *rule;                             /* its id; "" = none: held only */
	int rule_version;
	int32_t from, due; /* counted from, due by the rule; DAY_NONE */
	int32_t keep_until;
	enum disposal_state state;
	/* the reviewer's word that stands, and the hold; "" and DAY_NONE without one */
	const char *review_words, *reviewer;
	int32_t reviewed;
	bool held;
	const char *hold_words, *holder;
	int32_t hold_day, hold_review; /* DAY_NONE: until it is lifted */
	bool may;                      /* whoever opened the store may review it */
	const char *why_not;           /* else the sentence; "" */
};

#define DISPOSAL_TEXT_MAX (TIME_TEXT_MAX + 40)
/* "due since 19 November 2029", "due on" a day to come, "not due yet"; of the hold "to be looked at
 * again on 1 March 2030" or "since", "until it is lifted". Into `out`, which is also given back. */
const char *disposal_due_text(const struct disposal_row *d, char out[DISPOSAL_TEXT_MAX]);
const char *disposal_hold_text(const struct disposal_row *d, char out[DISPOSAL_TEXT_MAX]);

/*
 * All that is due, reviewed, kept longer or held among what the viewer sees in full, the longest
 * due first. A hidden case is not there for those who may not know of it. Nothing for a blind
 * viewer.
 */
enum err record_disposals(struct record *r, struct arena *a, const struct record_viewer *v,
        struct disposal_row **ret, size_t *ret_n) MUST_CHECK;
/* One record, due or not. ERR_NOT_FOUND, also when the viewer does not see it in full. */
enum err record_disposal_of(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *subject, int64_t id, struct disposal_row *ret) MUST_CHECK;
/* The id of a case by its reference; ERR_NOT_FOUND also when the viewer does not see it in full. */
enum err record_disposal_case(
        struct record *r, const struct record_viewer *v, const char *ref, int64_t *ret) MUST_CHECK;
/* How many of them wait for whoever opened the store: due, reviewed, or with a hold to look at
 * again. 0 for those who may review nothing. */
enum err record_disposals_waiting(
        struct record *r, struct arena *a, const struct record_viewer *v, size_t *ret) MUST_CHECK;

/* What CMD_DISPOSE would refuse as a whole: an observer's key, a key of nobody, a meeting that is
 * on, nothing reviewed. */
enum err record_dispose_check(struct record *r, size_t *ret_n, struct why *why) MUST_CHECK;

struct certificate_line {
	const char *what, *period, *source; /* the rule, in words */
	int64_t n;                          /* disposed of under it */
	const char *reviewer;               /* "Police, Inspector" */
	int32_t first, last;                /* days on which they were reviewed */
};
struct certificate_count {
	const char *what; /* "people and places"; of one "person or place" */
	int64_t n;
};
struct certificate_row {
	int64_t id, at_us;
	const char *carried;                /* agency and role of who carried it out */
	const char *key_before, *key_after; /* "7F3A 91C2"; key_after "" = not changed yet */
	int64_t key_us;
	int64_t audit_seq; /* its entry */
	struct certificate_line *line;
	size_t n_lines;
	struct certificate_count *count;
	size_t n_counts;
};
/* The newest first. Nothing in them is about anybody, so that they are for every core member. */
enum err record_certificates(
        struct record *r, struct arena *a, struct certificate_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_certificate(
        struct record *r, struct arena *a, int64_t id, struct certificate_row *ret) MUST_CHECK;
/* The number of the next sealed copy of a certificate. */
enum err record_certificate_next(struct record *r, int64_t id, int *ret) MUST_CHECK;
/* Something was deleted and the data key is still the one from before: vault_rekey() is to come. */
enum err record_key_pending(struct record *r, bool *ret) MUST_CHECK;

#endif
