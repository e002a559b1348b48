#ifndef CASEROOM_RECORD_AUDIT_H
#define CASEROOM_RECORD_AUDIT_H
/*
 * record_audit: reading the audit log, and checking it. Entries hold ids and words of our own; here
 * they become plain lines. An auditor, whose key reads nothing else of the store, sees every entry;
 * anybody else sees those of the cases they may know of. An entry has one number for all of them,
 * so that two can speak of it; what somebody may not see is a gap. That the log was read is in the
 * log.
 */
#include "caseroom/record.h"
#include "caseroom/vault.h"

/* The store was opened with an auditor's key: every other query is empty, every command refused. */
bool record_is_auditor(const struct record *r);

/* ---- what happened
 * ----------------------------------------------------------------------------- */

enum audit_kind {
	AUDIT_ALL,
	AUDIT_READING, /* cases, people, minutes and lists that were looked at */
	AUDIT_CHANGE,  /* what was written at meetings and around them */
	AUDIT_OUT,     /* papers, exports, backups: what left the box */
	AUDIT_KEYS,    /* openings, keys, people, set-up */
	AUDIT_KIND_COUNT
};
const char *audit_kind_name(enum audit_kind k); /* "Reading" */

struct audit_filter {
	int64_t case_id;  /* 0: any */
	int64_t person;   /* by them or about them: a person who works here; 0: any */
	int32_t from, to; /* days, both within; DAY_NONE: open */
	enum audit_kind kind;
	bool oldest_first;
	/* where the page before ended: the last row of it, as audit_page_after() sets them */
	int64_t after_seq, after_us;
	int64_t low, high; /* record_audit()'s own: between which numbers the days lie */
};
#define AUDIT_FILTER_ALL ((struct audit_filter){.from = DAY_NONE, .to = DAY_NONE})

struct audit_row {
	int64_t seq; /* its number, for every reader */
	int64_t at_us;
	bool clock_back; /* between this row and the one listed before it the clock went back */
	int64_t actor;   /* person, or 0: a key that belongs to nobody */
	const char *who; /* "Jo Sample, inspector, Police"; or the label of the key */
	const char *act, *what; /* "case.read", "read the case" */
	const char *subject;    /* kind of record */
	int64_t subject_id, case_id, meeting;
	const char *ref;   /* of the case; "" = none, or it is not there any more */
	const char *group; /* of the meeting, with its day: "Safer estates, 19 November 2026"; "" */
	const char *on;    /* on what, beside case and meeting: "action 12"; "" */
	const char *says;  /* all but when, who and where: "ended an item: C-2026-0118, item 39" */
	int64_t until_us;  /* of an opening of a held-back case; else TIME_NONE */
	bool sealed;       /* has a seal of its own */
	uint8_t hash[VAULT_HASH_BYTES];
};
/* At most `limit` entries in the order of their numbers, from where the page before ended; fewer:
 * there are no more. */
enum err record_audit(struct record *r, struct arena *a, const struct record_viewer *v,
        struct audit_filter *f, size_t limit, struct audit_row **ret, size_t *ret_n) MUST_CHECK;
void audit_page_after(struct audit_filter *f, const struct audit_row *last);
/* That it is about to be read, in the log: once for each reading, not for each page. */
enum err record_audit_reading(struct record *r) MUST_CHECK;
/* That the minutes of a meeting were read, which tell of its cases: once for each reading. */
enum err record_minutes_reading(struct record *r, int64_t meeting) MUST_CHECK;
/* The case with this reference, or with this number; ERR_NOT_FOUND, also of one that the viewer may
 * not know of. */
enum err record_audit_case(
        struct record *r, const struct record_viewer *v, const char *ref, int64_t *ret) MUST_CHECK;
/* Those who ever acted or whose key it was, for choosing. */
enum err record_audit_people(
        struct record *r, struct arena *a, struct person_row **ret, size_t *ret_n) MUST_CHECK;

/*
 * Which entry a printed fingerprint belongs to: five words, or the sixteen hexadecimal digits of
 * papers of the first version. ERR_INPUT with a sentence when it is not one; ERR_NOT_FOUND: of no
 * entry of this store. Where the viewer may not know of that entry, the nearest before it that they
 * may.
 */
enum err record_audit_fingerprint(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *text, struct audit_row *ret, struct why *why) MUST_CHECK;
/* The number of the last entry. */
int64_t record_audit_end(const struct record *r);
/* Of the end of the log now: five words, as papers, screens and the room key show it. */
void record_fingerprint(const struct record *r, char ret[VAULT_FINGERPRINT_MAX]);

/* ---- whether it holds
 * -------------------------------------------------------------------------- */

/* Zeroed at first; then record_audit_check() until `done`. */
struct audit_check {
	int64_t entries, total; /* looked at; in all, as long as none is added */
	int64_t bad; /* the first that does not hold; one beyond the last: some are missing */
	int64_t sealed_from;  /* the first with a seal; 0 = none yet */
	int64_t checked_from; /* the first whose seal this key can check; 0 = it can check none */
	bool begun, done;
	uint8_t hash[VAULT_HASH_BYTES];
};
/* Looks at `most` more entries. ERR_AUDIT with `bad`. */
enum err record_audit_check(struct record *r, struct audit_check *c, size_t most) MUST_CHECK;
/* Leaves off before the end; fine after it. */
void record_audit_check_end(struct record *r, struct audit_check *c);

#endif
