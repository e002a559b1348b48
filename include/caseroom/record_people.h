#ifndef CASEROOM_RECORD_PEOPLE_H
#define CASEROOM_RECORD_PEOPLE_H
/*
 * record_people: who somebody is across cases (R13-R17, R19, R40). A party is one appearance of a
 * person or place in one case; an identity is who it is. Merging makes two identities act as one
 * everywhere below; nothing of either is rewritten, so that taking a merge apart is exact.
 *
 * Every query looks only into cases the viewer sees in full: somebody who is in none of these is
 * not found, not counted and not offered, and nothing here tells that there is one. An identity may
 * be given by any that was merged into it; rows name the one that stands for all.
 */
#include "caseroom/record.h"

/* ---- near matches: search before create (R14)
 * -------------------------------------------------- */

struct near_key {
	const char *name; /* any may be "" or NULL */
	int32_t born;
	const char *address, *postcode;
};
struct near_row {
	int64_t identity, party, case_id; /* the appearance that is nearest, and its case */
	const char *name, *role_label, *ref, *address, *postcode;
	const char *reasons; /* "Sounds the same, same date of birth" */
	int32_t born;
	bool guarded; /* the address is shown only when it is asked for: a victim's, or of one who
	                 may live with them */
	bool place;
	int score;      /* higher is nearer; only for ordering */
	size_t n_cases; /* cases of theirs that the viewer sees in full */
};
/*
 * Those who may be meant, nearest first: the name sounds the same, shares most words, begins so or
 * is spelt nearly so; the same date of birth; the same postcode and house number. `except` (an
 * identity, or 0) is left out.
 */
enum err record_near(struct record *r, struct arena *a, const struct record_viewer *v,
        const struct near_key *k, int64_t except, size_t limit, struct near_row **ret,
        size_t *ret_n) MUST_CHECK;

/* ---- one person or place
 * ----------------------------------------------------------------------- */

struct identity_row {
	int64_t id;
	int64_t party, case_id; /* the newest appearance, which the details are from */
	const char *name, *address, *postcode, *phone, *safe_contact, *role;
	const char *also; /* other names and spellings, "" when none */
	int32_t born;
	bool place, guarded, known; /* known: has a name */
	bool victim;                /* harmed in any of these cases */
};
/* ERR_NOT_FOUND unless the viewer sees a case of theirs in full. */
enum err record_identity(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct identity_row *ret) MUST_CHECK;
/* The same with an entry in the audit for each case that is looked into. */
enum err record_identity_read(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct identity_row *ret) MUST_CHECK;

struct appearance_row {
	int64_t party, case_id;
	const char *ref, *strand, *role_label;
	const char *safe_contact; /* when it is not the newest one; else "" */
	int32_t received;
	bool open;
	int band;
};
/* The cases they are in, newest referral first. */
enum err record_appearances(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct appearance_row **ret, size_t *ret_n) MUST_CHECK;

/* What was written about them before a change, newest first. */
struct was_row {
	int64_t id;
	const char *ref, *field, *words; /* "Telephone", "01632 960100" */
	int64_t until_us;
	bool guarded; /* an address that is shown only when asked for */
};
enum err record_were(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct was_row **ret, size_t *ret_n) MUST_CHECK;

/* Relationships from this side: "child of" Avery Sample, who is "parent of" them (R15). */
struct relation_row {
	int64_t id, case_id, party, other, other_identity;
	const char *ref, *name, *reads, *other_name, *other_reads;
};
enum err record_relations_of(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct relation_row **ret, size_t *ret_n) MUST_CHECK;

struct merge_row {
	int64_t id;
	const char *kept, *gone; /* names */
	const char *words, *undone_words;
	int64_t at_us, undone_us; /* TIME_NONE = it stands */
};
/* Merges that made them who they are, those taken apart too, newest first. */
enum err record_merges(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct merge_row **ret, size_t *ret_n) MUST_CHECK;

/* What was shared about them, by whom, on what ground; decisions not to share too. Newest first. */
struct about_row {
	int64_t case_id;
	const char *ref;
	struct share_row share;
};
enum err record_shares_about(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct about_row **ret, size_t *ret_n) MUST_CHECK;

/*
 * Everything held about them, for subject access (R40): what is said and written of them by name,
 * and what belongs to a case of theirs as a whole. Oldest first. Not legal advice: which exemption
 * holds is for each agency and its data protection officer to say.
 */
struct everything_row {
	const char *subject; /* "party", "was", "referral", "incident", "share", "assessment",
	                        "decision", "action", "note" */
	int64_t id, case_id;
	const char *ref, *label; /* "Decision" */
	const char *agency;      /* where it comes from; "" = the meeting */
	const char *words;
	int32_t day;
	bool named;         /* about them by name; else about a case of theirs */
	const char *exempt; /* the label of the exemption; "" = to be given */
	const char *exempt_words;
};
enum err record_everything(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t identity, struct everything_row **ret, size_t *ret_n) MUST_CHECK;

/* ---- in one case
 * ------------------------------------------------------------------------------- */

/* Each child against each adult (R17): what is recorded, and where nothing is. */
struct child_row {
	int64_t party;
	const char *name;  /* "Alex Sample, 9" */
	const char *words; /* "child of Avery; lives with Avery" */
	const char *gaps;  /* "No relation recorded to Morgan, Unknown"; "" when none is missing */
};
enum err record_children(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct child_row **ret, size_t *ret_n) MUST_CHECK;

/*
 * Two reports that may be of one event (the same day and kind, told to different agencies), and
 * those that people said are. Everything that counts incidents counts the first of such a pair
 * alone: rows with incident.same_as are left out.
 */
struct twin_row {
	int64_t incident, other; /* other is, or would be, the second report of incident */
	int32_t day;
	const char *kind, *words, *told, *other_words, *other_told;
	bool same; /* decided */
};
enum err record_twins(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct twin_row **ret, size_t *ret_n) MUST_CHECK;

/*
 * Whether a referral is a repeat (R19): the same harmed and the same harming person as in an
 * earlier case, and an incident within twelve months of its referral. Proposed with its evidence;
 * decided by CMD_REPEAT.
 */
struct repeat_row {
	bool decided, is;  /* people have said; and that it is */
	const char *words; /* their words */
	int64_t of_case;   /* the earlier case, decided or proposed; 0 = none */
	const char *of_ref;
	bool proposed;          /* what follows is the evidence of a proposal */
	int32_t referred, ends; /* last referral, and its twelve months' last day */
	const char *harmed, *harming;
	int32_t day;      /* of the incident that counts */
	const char *what; /* its kind; "" = none is dated after the last referral: the referral
	                     itself counts */
};
enum err record_repeat(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct repeat_row *ret) MUST_CHECK;

#endif
