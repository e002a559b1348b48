#ifndef CASEROOM_RECORD_H
#define CASEROOM_RECORD_H
/*
 * record: the partnership's records in the sealed store. One way to write: record_do(command),
 * checked by practice/, one transaction with its audit row. Queries fill plain rows from an arena
 * of the caller and never hand out what the viewer may not see. SQL about cases lives here alone.
 * One thread at a time.
 */
#include "caseroom/practice.h"

struct vault;
struct vault_mark;
struct record;

#define REF_MAX 24
#define WORDS_MAX 4000 /* bytes of one statement, decision, action or note */
#define NAME_MAX_BYTES 200

/* ---- opening
 * ---------------------------------------------------------------------------------------------- */

/*
 * Borrows the vault and the practice, both of which must outlive it. Makes or migrates the schema
 * (ERR_VERSION when later than this program), checks the end of the audit chain against the anchor
 * (ERR_OLDER, ERR_AUDIT).
 */
enum err record_open(
        struct vault *v, const struct practice *p, struct record **ret, struct why *why) MUST_CHECK;
/*
 * The part of it that may take long: a store of an earlier version is brought up to date, whole or
 * not at all (60,000 people: a second on a PC). For a worker, before record_open().
 */
enum err record_migrate(struct vault *v, struct why *why) MUST_CHECK;
void record_close(struct record *r); /* NULL is fine; wipes what undo kept */
const struct practice *record_practice(const struct record *r);
struct vault *record_vault(const struct record *r);

/* The person who acts, for the audit: found by the keyring slot that opened the store; 0 when no
 * person has that slot. */
int64_t record_actor(const struct record *r);
/* The person who has a keyring slot (16 bytes); ERR_NOT_FOUND. */
enum err record_person_by_slot(
        struct record *r, const uint8_t *slot, int64_t *ret_person) MUST_CHECK;

/*
 * The practice a store is worked under: the program's texts, then those of the partnership's own
 * that the open vault keeps (a later one replaces an earlier one by id). Before record_open; the
 * caller destroys it after record_close. ERR_OK with a sentence in `why` when a text of the store
 * no longer loads: it is left out, the others are in force. "" otherwise.
 */
enum err record_practice_load(struct vault *v, struct practice **ret, struct why *why) MUST_CHECK;
/*
 * What CMD_PRACTICE would refuse: a text that does not load beside all that is in force, or that
 * says something else under a version that is kept. Changes nothing. json NULL: taking it away.
 */
enum err record_practice_check(
        struct record *r, const char *name, const char *json, struct why *why) MUST_CHECK;
/* Every version of every text of the partnership's own, by name and version. */
struct practice_text_row {
	const char *name, *json;
	const char *left_out; /* why this program does not take it; NULL = in force, or gone */
	int version;
	int64_t at_us, gone_us; /* gone_us: replaced or removed; TIME_NONE = in force */
};
enum err record_practice_texts(struct record *r, struct arena *a, struct practice_text_row **ret,
        size_t *ret_n) MUST_CHECK;

/* Name of the partnership ("" until set) and whether this is the invented sample. */
enum err record_partnership(
        struct record *r, struct arena *a, const char **ret_name, bool *ret_sample) MUST_CHECK;

/* ---- commands
 * ------------------------------------------------------------------------------------------------
 */

enum command_kind {
	CMD_PARTNERSHIP, /* set-up: name of the partnership */
	CMD_AGENCY_ADD,
	CMD_AGENCY_RECIPIENT,
	CMD_PERSON_ADD,
	CMD_PERSON_SLOT,
	CMD_MEETING_PLAN, /* makes meeting, seats and agenda by the forum's rules */
	CMD_MEETING_STATE,
	CMD_MEETING_NEXT, /* date of next meeting */
	CMD_SEAT_PERSON,  /* who sits for the agency: core member, deputy, named substitute */
	CMD_SEAT_APOLOGIES,
	CMD_SEAT_GUEST, /* observer, co-opted or community member */
	CMD_SEAT_SIGN,
	CMD_SEAT_CHAIR,
	CMD_SEAT_MINUTES, /* minute taker: never the chair (R12) */
	CMD_SEAT_LEAVE,   /* leaves the room, for one item or for good */
	CMD_SEAT_RETURN,
	CMD_CONFLICT,      /* declares to know someone in a case; the decision about it */
	CMD_MINUTES_AGREE, /* last meeting's minutes agreed, or agreed with a correction */
	CMD_ITEM_OPEN,     /* puts on the table */
	CMD_ITEM_DONE,
	CMD_ITEM_DEFER,
	CMD_ITEM_REMOVE,
	CMD_ITEM_ADD,
	CMD_ITEM_MOVE,
	CMD_WORD, /* gives an agency the word */
	CMD_SHARE,
	CMD_SHARE_CORRECT,
	CMD_ASSESS,
	CMD_DECIDE,
	CMD_ACTION_ADD,
	CMD_ACTION_UPDATE,
	CMD_NOTE, /* discussion under any item */
	CMD_MINUTES_APPROVE,
	CMD_PAPER, /* a sealed copy was made */
	/* the agenda */
	CMD_MEETING_MOVE, /* a planned meeting is held at another time or place */
	/* cases and people (R13-R19) */
	CMD_CASE_ADD,
	CMD_PARTY_ADD,    /* of somebody new, or of somebody the store knows */
	CMD_PARTY_CHANGE, /* details change; what they were is kept */
	CMD_RELATION_ADD,
	CMD_INCIDENT_ADD,
	CMD_INCIDENT_SAME, /* a second report of one event: counted once */
	CMD_MERGE,         /* two identities are one person */
	CMD_UNMERGE,
	CMD_REPEAT, /* whether a referral is a repeat, proposed with its evidence */
	CMD_EXEMPT, /* a record is, or is not, exempt from somebody's subject access (R40) */
	/* restriction (R30) */
	CMD_RESTRICT,    /* level and named agencies of a case */
	CMD_BREAK_GLASS, /* the chair opens a held-back case to the room, for a time */
	/* clocks and practice data (R18, R21) */
	CMD_EVENT,    /* what a clock waits for has happened */
	CMD_PRACTICE, /* a practice text of the partnership's own */
	/* before and around the sharing (R28, R29) */
	CMD_RESEARCH_ASK,
	CMD_RESEARCH_RETURN,
	CMD_AGREEMENT,
	CMD_AGREEMENT_SIGN,
	/* the minutes (R36, R41) */
	CMD_NOTE_CORRECT,
	CMD_MISTAKE, /* marks a record as made in error; nothing is deleted */
	CMD_MINUTES_CORRECT,
	/* the ASB case review (R20) */
	CMD_REVIEW_APPLY,
	CMD_REVIEW_COMPLAINT, /* whether a report counts, and when it was made */
	CMD_REVIEW_THRESHOLD,
	CMD_REVIEW_VICTIM,
	CMD_REVIEW_STEP,
	/* sub-groups */
	CMD_TERMS,
	CMD_PROGRESS,
	/* retention and disposal (R39): record_disposal.h */
	CMD_HOLD,      /* keeps a record whatever the rules say */
	CMD_HOLD_LIFT, /* by a reviewer, with the reason */
	CMD_DISPOSAL_REVIEW,
	CMD_DISPOSE, /* carries out all that was reviewed; for ever */
	CMD_CERTIFICATE_COPY,
	CMD_COUNT
};

enum share_kind {
	SHARE_WORDS,
	SHARE_NOT,
	SHARE_NOTHING,
	SHARE_KIND_COUNT
}; /* shared; decided not to; has nothing */
enum action_state {
	ACTION_OPEN,
	ACTION_CARRIED,
	ACTION_DONE,
	ACTION_OVERTAKEN,
	ACTION_NOT_DONE,
	ACTION_STATE_COUNT
};
const char *action_state_name(enum action_state
                s); /* "Open", "Carried on", "Done", "Overtaken by circumstances", "Not done" */
enum item_state {
	ITEM_WAITING,
	ITEM_TABLE,
	ITEM_DONE,
	ITEM_DEFERRED,
	ITEM_REMOVED,
	ITEM_STATE_COUNT
};

#define SHARE_NAMED_MAX 16
#define SEATS_AT_ONCE 16

/* One appearance of a person or a place in a case, as it is entered. NULL texts are "" when new,
 * and as they were when changed. */
struct party_words {
	int64_t identity; /* somebody the store knows; 0 = somebody new */
	const char *role; /* list id "party-role" */
	const char *name; /* "" = not known, stored as "Unknown" */
	int32_t born;
	const char *address, *postcode, *phone, *safe_contact;
};

struct command {
	enum command_kind kind;
	union {
		struct {
			const char *name;
			bool sample;
		} partnership;
		struct {
			const char *code, *name, *code3, *kind;
		} agency;
		struct {
			int64_t agency;
			const char
			        *recipient; /* age1..., checked by the caller; "" takes it away */
		} recipient;
		struct {
			int64_t agency, forum; /* forum 0 = none yet */
			const char *name, *initials, *role;
			enum standing standing;
		} person;
		struct {
			int64_t person;
			const uint8_t *slot; /* 16 bytes, or NULL to take it away */
		} slot;
		struct {
			int64_t forum;
			int32_t day;
			int hour, minute;
			const char *venue;
			const char *emergency; /* outside the cycle (R11): why; "" or NULL = an
			                          ordinary meeting */
		} plan;
		struct {
			int64_t meeting;
			enum meeting_state to;
			const char *reason; /* list id, when going on without quorum */
			const char *words;
		} state;
		struct {
			int64_t meeting;
			int32_t day;
			int hour, minute;
		} next;
		struct {
			int64_t seat, person, substitute_for; /* 0 = sits in their own right */
		} seat;
		struct {
			int64_t seat;
			int32_t information; /* day the information was received; DAY_NONE */
		} apologies;
		struct {
			int64_t meeting, agency;
			const char *name, *role;
			enum standing standing;
		} guest;
		struct {
			int64_t seat, item; /* item 0: for good / not for an item */
			const char *words;
			int64_t also[SEATS_AT_ONCE]; /* LEAVE, RETURN: others with it, in one act */
			size_t n_also;
		} at_seat; /* SIGN, CHAIR, MINUTES, LEAVE, RETURN */
		struct {
			int64_t seat, case_id;
			const char *words;    /* what was declared */
			const char *decision; /* list id: leaves, stays ... */
		} conflict;
		struct {
			int64_t meeting;        /* the one whose minutes they are */
			int64_t at;             /* the meeting that agrees */
			const char *correction; /* "" = as they stand */
			int64_t item;           /* what is corrected; 0 = the minutes as a whole:
			                           then all who have them read the words */
		} agree;
		struct {
			int64_t item;
			const char *reason, *words;
		} item;
		struct {
			int64_t meeting, case_id; /* case 0: a paper or other item */
			enum agenda_kind kind;
			const char *title, *reason, *words;
			int minutes;
			bool urgent;
			const char *needed_for; /* list id "needed-for": what the case needs the
			                           table for; NULL for other items */
		} add;
		struct {
			int64_t item;
			int by; /* places down among those the room sees; negative = up; stops at
			           the ends */
		} move;
		struct {
			int64_t item, agency;
		} word;
		struct {
			enum share_kind what;
			int64_t item, agency, about; /* about: party id, 0 = the case */
			const char *words;
			bool opinion;
			const char *source;
			int32_t source_day;
			const char *purpose, *gateway, *article6, *article9, *article10, *necessity,
			        *consent, *handling;
			const char *reason; /* of a decision not to share */
			enum restriction restriction;
			int64_t named[SHARE_NAMED_MAX];
			size_t n_named;
			int64_t replaces; /* CMD_SHARE_CORRECT: the share it corrects; with purpose
			                     NULL all but the words stays */
			int64_t research_line; /* the line of a return that is decided about, or 0
			                        */
			int64_t authorised;    /* who in the agency agreed to it: a person, 0 = who
			                          says it */
		} share;
		struct {
			int64_t item;
			const char *tool;
			const int *answer;         /* n_factors of the tool */
			const char *const *source; /* the same number; NULL or "" = none said */
			size_t n;
			int band;             /* decided band */
			const char *override; /* reason when it is not the proposed one */
		} assess;
		struct {
			int64_t item;
			bool closes;
			int32_t review;      /* when it stays open */
			const char *outcome; /* list id, when it closes */
			const char *words, *dissent;
			int64_t dissent_agency;
		} decide;
		struct {
			int64_t item; /* 0 with no case: any other business */
			int64_t agency, person;
			const char *what, *done_when;
			int32_t due, review;
		} action;
		struct {
			int64_t action, meeting;
			enum action_state to;
			const char *words;
		} update;
		struct {
			int64_t item, agency; /* agency 0 = the chair */
			const char *words;
			bool aside; /* the minute taker's: the chair's undo stays as it is */
		} note;
		struct {
			int64_t meeting;
		} approve;
		struct {
			int64_t meeting, agency; /* agency 0: the full minutes */
			int copy;
			const uint8_t *digest; /* 32 bytes of the sealed file */
			int64_t bytes;
			const char *kind; /* "minutes" (also NULL), "request", "report" */
		} paper;
		struct {
			int64_t meeting;
			int32_t day;
			int hour, minute;
			const char *venue; /* NULL = as it was */
		} reschedule;
		struct {
			const char *ref; /* "" = the next number of the year */
			int64_t forum, referred_by;
			const char *strand, *reason;
			int32_t received;
			enum restriction restriction;
			int64_t named[SHARE_NAMED_MAX];
			size_t n_named;
			const struct party_words *first; /* who or what it is about; NULL = nobody
			                                    yet */
		} kase;
		struct {
			int64_t case_id; /* CMD_PARTY_ADD */
			int64_t party;   /* CMD_PARTY_CHANGE */
			bool everywhere; /* details change in each open case of this person that
			                    the room sees; roles do not */
			struct party_words who;
		} party;
		struct {
			int64_t case_id, party, other;
			const char *relation; /* list id: party is RELATION of other */
		} relation;
		struct {
			int64_t case_id, reported_to;
			int32_t day;
			const char *what, *incident_kind;
			bool qualifying; /* a qualifying complaint (ASB case review) */
		} incident;
		struct {
			int64_t incident, same_as; /* same_as 0 takes it back */
		} same;
		struct {
			int64_t kept, gone; /* identities; CMD_UNMERGE: merge in kept */
			const char *words;
		} merge;
		struct {
			int64_t case_id, of_case; /* of_case 0: not a repeat */
			const char *words;
		} repeat;
		struct {
			int64_t identity;    /* who asks to see what is held about them */
			const char *subject; /* as everything_row names it */
			int64_t id;
			const char *reason; /* list id "exemption"; "" takes the mark away */
			const char *words;
		} exempt;
		struct {
			int64_t case_id;
			enum restriction level;
			int64_t named[SHARE_NAMED_MAX];
			size_t n_named;
			const char *words; /* why */
			int64_t meeting;   /* 0 outside one */
			bool sure; /* also when the chair's agency, or the opener's, or one with an
			              open action in it loses sight of the case */
		} restrict_;
		struct {
			int64_t item;
			const char *words; /* why */
			int minutes;       /* of the list "glass-minutes"; 0 closes it now */
		} glass;
		struct {
			int64_t case_id;
			const char *event; /* "first-contact", "plan" ... as in clocks.json */
			const char *words;
			int64_t at_us; /* TIME_NONE = now */
		} event;
		struct {
			const char *name, *json; /* "tool-local.json"; json "" takes it away. In
			                            force when the store is next opened */
		} practice;
		struct {
			int64_t meeting, case_id, agency;
		} ask;
		struct {
			int64_t meeting, case_id, agency;
			bool nothing; /* "nothing known" is an answer */
			const struct research_words {
				int64_t about;
				const char *words, *source;
				bool opinion;
				int32_t source_day;
			} * line; /* added to what was returned before */
			size_t n_lines;
			int64_t gone; /* a line that is taken back, or 0 */
		} research;
		struct {
			int64_t id;            /* 0 = a new one */
			const char *agreement; /* "isa", "concordat" */
			const char *title, *version;
			int32_t issued, review;
		} agreement;
		struct {
			int64_t agreement, agency;
			int32_t day; /* DAY_NONE takes it away */
			const char *name;
		} sign;
		struct {
			int64_t note;
			const char *words;
		} note_correct;
		struct {
			const char *subject; /* "share", "note", "decision", "action", "assessment",
			                        "incident", "party" */
			int64_t id;
			const char *words;
		} mistake;
		struct {
			int64_t meeting;
			const char *words;
			int64_t item; /* as in `agree` */
		} minutes_correct;
		struct {
			int64_t case_id;
			int32_t applied;
			const char *applicant; /* list id "review-applicant" */
			const char *words;
		} review;
		struct {
			int64_t incident;
			bool qualifying;
			int32_t reported; /* DAY_NONE = on the day it happened */
		} complaint;
		struct {
			int64_t case_id, meeting;
			bool met;
			const char *route; /* list id "review-route" */
			const char *reasons;
		} threshold;
		struct {
			int64_t case_id;
			const char *part; /* list id "review-victim" */
			const char *words;
		} victim;
		struct {
			int64_t case_id, agency, step; /* step: what is answered */
			const char *what; /* list id "review-step": recommendation, accepted,
			                     declined, appeal, appeal-upheld, letter ... */
			const char *words;
			int32_t day;
		} step;
		struct {
			int64_t forum;
			int32_t from;
			int months;
			const char *words;
		} terms;
		struct {
			int64_t plan, meeting;
			const char *status; /* list id "progress" */
			const char *words;
		} progress;
		struct {
			const char *subject; /* as in disposal_row */
			int64_t id;
			const char *words; /* why; of HOLD_LIFT why it is over */
			int32_t review; /* HOLD: the day on which it is looked at again, or DAY_NONE
			                 */
		} hold;
		struct {
			const char *subject;
			int64_t id;
			int32_t keep_until; /* DAY_NONE = it is to go */
			const char *words;  /* why it is kept longer; "" is enough when it goes */
		} dispose;
		struct {
			int64_t certificate, agency;
			int copy;
			const uint8_t *digest; /* 32 bytes of the sealed file */
			int64_t bytes;
		} certificate;
	} u;
};

/*
 * Checks, writes and audits one command. *ret_id (may be NULL) gets the id of what was made. On any
 * error nothing was changed and `why` has the sentence. ERR_REFUSED: a rule; ERR_DENIED: the room
 * may not, or the store was opened by somebody who is an observer in every group they are in: an
 * auditor reads, each reading is in the audit, and writes nothing (R32); ERR_INPUT: the words.
 */
enum err record_do(
        struct record *r, const struct command *c, int64_t *ret_id, struct why *why) MUST_CHECK;

/* The last command, while it can be undone (ten seconds; none after closing, approving or papers).
 */
struct record_undo {
	const char *text; /* "Action for Police kept." */
	int left_ms, total_ms;
};
bool record_undo_offer(struct record *r, struct record_undo *ret);
void record_undo_leave(struct record *r); /* it is not offered any more; what was done stays */
enum err record_undo(struct record *r, struct why *why) MUST_CHECK;

/* ---- the viewer
 * ---------------------------------------------------------------------------------------------------
 */

/*
 * Who looks: the people signed in and present at a meeting; or, outside a meeting, whoever opened
 * the store; or the agency a paper is for. Every query of cases takes one. Built anew by
 * record_viewer_* after each command.
 */
struct record_viewer {
	struct practice_present present[PRACTICE_MAX];
	int64_t seat[PRACTICE_MAX]; /* seat id of each, 0 for an opener or a paper */
	size_t n;
	bool anonymised;
	int64_t meeting;  /* 0 outside one */
	bool blind;       /* nobody has signed: sees nothing of any case */
	int64_t until_us; /* the chair opened something to this room, and the first of it closes
	                     then: the viewer is built anew at that moment; 0 = nothing */
};
/* Everybody whose key opened the store: what the least of them may see. */
enum err record_viewer_opener(struct record *r, struct record_viewer *ret) MUST_CHECK;
enum err record_viewer_meeting(
        struct record *r, int64_t meeting, struct record_viewer *ret) MUST_CHECK;
/*
 * Who is before the panel: the people of `meeting` (or 0) while it is open; else those who signed
 * at any other meeting that is open, because looking at another group sends nobody out of the room;
 * else whoever opened the store.
 */
enum err record_viewer_room(
        struct record *r, int64_t meeting, struct record_viewer *ret) MUST_CHECK;
void record_viewer_agency(int64_t agency, bool anonymised, struct record_viewer *ret);
/* The one question, with the case's restriction, named agencies and declared conflicts.
 * ERR_NOT_FOUND. */
enum err record_sight(struct record *r, const struct record_viewer *v, int64_t case_id,
        enum sight *ret) MUST_CHECK;

/* ---- rows
 * ----------------------------------------------------------------------------------------------------------
 */

struct forum_row {
	int64_t id;
	const char *code, *name, *kind, *reports_to_name, *purpose;
	const struct practice_type *type;
};
struct agency_row {
	int64_t id;
	const char *code, *name, *code3, *kind, *recipient;
	int32_t isa_signed; /* the agreement that holds today; DAY_NONE = it has not */
};
struct person_row {
	int64_t id, agency;
	const char *agency_name, *name, *initials, *role;
	enum standing standing;
};
struct meeting_row {
	int64_t id, forum;
	const struct practice_type *type;
	enum meeting_state state;
	int32_t day;
	int64_t starts_us, started_us, ended_us;
	const char *venue;
	int64_t chair_seat, minutes_seat, table_item, word_agency;
	int64_t table_since_us;
	int32_t next_day;
	int64_t next_us;
	const char *quorum_reason;
	int minutes_version;
	bool minutes_approved, minutes_agreed;
	const char *emergency; /* why it was called outside the cycle (R11); "" = ordinary */
};
enum seat_state { SEAT_EXPECTED, SEAT_SIGNED, SEAT_APOLOGIES, SEAT_EMPTY, SEAT_LEFT };
struct seat_row {
	int64_t id, agency, person, substitute_for;
	const char *agency_name, *code3, *kind;
	const char *name, *initials, *role, *substitute_role;
	enum standing standing;
	enum seat_state state;
	int64_t signed_us, left_us;
	int32_t information;
	bool chair, minute_taker, guest;
	int64_t out_item; /* the item they left for and are not back from; 0 = none */
	bool isa_signed;  /* the agreement that holds today */
};
struct item_row {
	int64_t id, case_id;
	enum agenda_kind kind;
	enum item_state state;
	enum sight sight;
	int number;
	const char *title;  /* for a case: the reference, or "Held back" */
	const char *second; /* strand and review, or the reason of a deferral */
	const char *stale;  /* why its assessment is out of date, or "" (record_stale) */
	int children, minutes, band;
	int64_t opened_us, ended_us;
	int used_s;
	bool urgent, repeat;
	const char *needed_for; /* what the case needs the table for, as a label; "" = not asked */
	const char *unbriefed;  /* in session: the agency that referred the case, when it is not
	                           here and sent nothing (R7); else "" */
	int32_t carried_day;    /* the meeting it was put off at; DAY_NONE */
};
struct case_row {
	int64_t id, forum;
	const char *ref, *strand, *reason, *referred_by;
	enum restriction restriction;
	enum sight sight;
	bool open;
	int32_t received, review;
	int band, score;         /* -1: never assessed */
	int children, discussed; /* how many times it was on the table before */
	bool safe_contact, repeat;
};
struct party_row {
	int64_t id;
	const char *role, *role_label, *name, *address, *postcode, *phone, *safe_contact;
	const char *relations; /* "child of Avery, lives with Avery" */
	int64_t identity;      /* who it is across cases (record_people.h); 0 when anonymised */
	int32_t born;
	bool victim, child, place;
	const char *short_name; /* first word of the name, for buttons */
	const char *mistake;    /* why it is marked as made in error; "" = it stands */
};
struct incident_row {
	int64_t id;
	int32_t day;
	const char *kind, *what, *reported_to; /* "Police, Landlord" when both were told */
	bool fresh;                            /* since the case was last on the table */
	bool qualifying;                       /* a qualifying complaint (ASB case review) */
	const char *mistake; /* why it is marked as made in error; "" = it stands */
};
struct share_row {
	int64_t id, agency, item;
	int64_t about_party; /* 0 = the case, or held back */
	enum share_kind what;
	const char *agency_name, *about, *words, *source, *reason;
	const char *purpose, *gateway, *article6, *article9, *article10, *necessity, *consent,
	        *handling;      /* labels */
	const char *authorised; /* who in the agency agreed to it, "" = who said it */
	const char *agreement;  /* the sharing agreement that held: title and version, or "" */
	bool opinion, held;
	int version;
	int64_t said_us;
	int32_t source_day;
	const char *mistake; /* why it is marked as made in error; "" = it stands */
};
struct assessment_row {
	int64_t id, item;
	const char *tool, *tool_name, *override;
	const char *escalated; /* what raised the proposal: "Hate: at least Medium; ..." or "" */
	int tool_version, score, highest, least, most, known, asked, proposed, band;
	int64_t made_us;
	const char *mistake; /* why it is marked as made in error; "" = it stands */
};
struct decision_row {
	int64_t id, case_id;
	bool closes;
	int32_t review;
	const char *outcome, *words, *dissent, *dissent_agency;
	int64_t made_us;
	const char *mistake; /* why it is marked as made in error; "" = it stands */
};
struct action_row {
	int64_t id, case_id, agency, person, item;
	const char *ref, *what, *agency_name, *owner, *owner_role, *done_when, *outcome, *case_ref,
	        *uid;
	int32_t due, review;
	enum action_state state;
	enum sight sight;
	int carried;
	bool late;
	const char *mistake; /* why it is marked as made in error; "" = it stands */
	/* of old actions: what the meeting made of it, or who closed it before that one ended */
	bool answered;
	enum action_state answer;
	const char *answer_words;
};
struct note_row {
	int64_t id, item, at_us;
	const char *speaker, *words;
	const char *mistake; /* why it is marked as made in error; "" = it stands */
	int64_t agency;      /* 0: the chair */
	bool corrected;
};
struct clock_row {
	int64_t id, case_id, meeting; /* id 0: of a meeting, or a review date */
	const char *ref;              /* of the case, or "Meeting of 22 October" */
	const char *what, *left;      /* "first contact"; "3 h left of 24 hours" */
	const char *starts, *length;  /* "referral"; "24 hours", "" for a review date */
	const char *source;
	const char *event; /* what stops it, for CMD_EVENT; "" = by itself */
	int64_t started_us, due_us;
	int permille; /* time used, 1000 = run out */
	bool late;
};
struct search_row {
	int64_t case_id;
	int64_t identity; /* of the person or place that matched (record_people.h); 0 for a case */
	const char *ref, *strand, *name;
	const char *matched; /* the name, with the address of a place or of a subject; "" for a case
	                      */
};
struct paper_row {
	int copy, version; /* version: of the minutes it holds */
	const char *agency;
	int64_t sealed_us;
	bool report; /* to the parent group */
};
/* A version of the minutes: "draft", "approved", "corrected". */
struct minutes_row {
	int version;
	const char *stage, *words; /* what was corrected; "" where the viewer may not see it */
	int64_t item;              /* which it is about; 0 = the minutes as a whole, or held */
	bool held;
	int64_t at_us, at_meeting; /* at_meeting 0: outside one */
	int32_t at_day;            /* of that meeting; DAY_NONE */
};

/* Each fills an array in the arena; *ret_n may be 0. */
enum err record_forums(
        struct record *r, struct arena *a, struct forum_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_forum(
        struct record *r, struct arena *a, int64_t id, struct forum_row *ret) MUST_CHECK;
enum err record_forum_by_code(
        struct record *r, struct arena *a, const char *code, struct forum_row *ret) MUST_CHECK;
enum err record_agencies(
        struct record *r, struct arena *a, struct agency_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_agency_by_code(
        struct record *r, struct arena *a, const char *code, struct agency_row *ret) MUST_CHECK;
/* People of a forum (0: all), of one agency (0: all). */
enum err record_people(struct record *r, struct arena *a, int64_t forum, int64_t agency,
        struct person_row **ret, size_t *ret_n) MUST_CHECK;

/* The meeting that is on or comes next; ERR_NOT_FOUND. And the last closed one before it. */
enum err record_meeting_next(
        struct record *r, struct arena *a, int64_t forum, struct meeting_row *ret) MUST_CHECK;
enum err record_meeting_last(struct record *r, struct arena *a, int64_t forum, int64_t before,
        struct meeting_row *ret) MUST_CHECK;
enum err record_meeting(
        struct record *r, struct arena *a, int64_t id, struct meeting_row *ret) MUST_CHECK;
enum err record_seats(struct record *r, struct arena *a, int64_t meeting, int64_t item,
        struct seat_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_quorum(
        struct record *r, int64_t meeting, int64_t item, struct practice_quorum *ret) MUST_CHECK;
enum err record_items(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct item_row **ret, size_t *ret_n) MUST_CHECK;

enum err record_cases(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, bool open_only, size_t limit, struct case_row **ret,
        size_t *ret_n) MUST_CHECK;
/* ERR_DENIED unless the viewer's sight is ANON or FULL. Writes the read to the audit log. */
enum err record_case_read(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t id, struct case_row *ret) MUST_CHECK;
/* The same row without an audit entry, for redraws of a case already read; with HELD or NONE only
 * id and sight are set. */
enum err record_case(struct record *r, struct arena *a, const struct record_viewer *v, int64_t id,
        struct case_row *ret) MUST_CHECK;
enum err record_parties(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct party_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_incidents(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct incident_row **ret, size_t *ret_n) MUST_CHECK;
/* Shares of a case; item 0 = all, else those of that item. Case 0: of items without one. Only the
 * newest version of each. */
enum err record_shares(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int64_t item, struct share_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_assessments(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct assessment_row **ret, size_t *ret_n) MUST_CHECK;
/* Answers of one assessment: answer[] and source[] have n_factors of the tool; sources live in the
 * arena. All ANSWER_NONE when it was made with another tool or another version of it: an answer is
 * kept by its place, and means what that version says. */
enum err record_answers(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t assessment, const struct practice_tool *t, int *answer,
        const char **source) MUST_CHECK;
/* What a tool is told of a case beside the answers. ERR_DENIED, ERR_NOT_FOUND as for a case. */
enum err record_risk_facts(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct practice_facts *ret) MUST_CHECK;
/* R24: why the last assessment of a case is out of date ("Assessed 41 days ago"), and by whose
 * rule; both "" when it is not, or the case was never assessed. */
enum err record_stale(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, const char **ret, const char **ret_source) MUST_CHECK;
enum err record_decisions(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int64_t item, struct decision_row **ret, size_t *ret_n) MUST_CHECK;
/* Actions of a case (or 0), of an item (or 0), of a forum (or 0); open ones only, or all. */
struct action_filter {
	int64_t case_id, item, forum, agency, person, meeting;
	bool open_only;
	bool before_meeting; /* made before `meeting` and open when it began (old actions) */
};
enum err record_actions(struct record *r, struct arena *a, const struct record_viewer *v,
        const struct action_filter *f, struct action_row **ret, size_t *ret_n) MUST_CHECK;
enum err record_notes(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, int64_t item, struct note_row **ret, size_t *ret_n) MUST_CHECK;
/* R18, R38: what runs in a group, the soonest first: clocks of its cases, of closed meetings whose
 * papers wait, and review dates that no meeting to come has on its agenda. */
enum err record_clocks(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, size_t limit, struct clock_row **ret, size_t *ret_n) MUST_CHECK;
/* What was recorded by hand that clocks waited for, the newest first: of a case, or (case_id 0) of
 * a group since a moment. Words only for who sees the case in full. */
struct event_row {
	int64_t id, case_id, at_us;
	const char *ref, *event, *words; /* event: "first contact" */
};
enum err record_events(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, int64_t forum, int64_t since_us, struct event_row **ret,
        size_t *ret_n) MUST_CHECK;
/* What should be so before a meeting closes. An open check does not stop it; it is minuted. */
struct check_row {
	const char *text,
	        *hint; /* "C-2026-0125 has no review date", "Give one, or say why there is none" */
	bool done;
	int64_t item; /* where it is mended; 0 = nowhere */
};
enum err record_checks(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct check_row **ret, size_t *ret_n) MUST_CHECK;
/* Who came, left, came back or was out of the room for an item, and what conflicts were declared in
 * its case, as sentences for the minutes; "" when everybody was there. See record_presence_rows. */
enum err record_presence(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t item, const char **ret) MUST_CHECK;
/* The meeting that agreed the minutes of `meeting`, and its day; 0 and DAY_NONE: none yet. */
enum err record_agreed(
        struct record *r, int64_t meeting, int64_t *ret_at, int32_t *ret_day) MUST_CHECK;
/* Oldest first. A correction about a case tells its words only to those who may see the case. */
enum err record_minutes_versions(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct minutes_row **ret, size_t *ret_n) MUST_CHECK;
/* The number of the next copy of this meeting's papers; none is ever used twice. */
enum err record_paper_next(struct record *r, int64_t meeting, int *ret) MUST_CHECK;
/* Copies of the minutes, extracts and reports. */
enum err record_papers(struct record *r, struct arena *a, int64_t meeting, struct paper_row **ret,
        size_t *ret_n) MUST_CHECK;
/* Names, addresses and references that begin with each word of `text`; at most `limit`. */
enum err record_search(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *text, size_t limit, struct search_row **ret, size_t *ret_n) MUST_CHECK;
/* Repeats whose twelve months end before `day`, as cases. */
enum err record_lapsing(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, int32_t day, struct case_row **ret, size_t *ret_n) MUST_CHECK;

/* ---- restriction (R30)
 * ---------------------------------------------------------------------------------------------------
 */

/*
 * CMD_RESTRICT and CMD_BREAK_GLASS. A restriction is set by a room (or, outside a meeting, an
 * opener) that sees the case in full; one that is there already, only with somebody of a named
 * agency in the room. At least one named agency always has a person in the store.
 * Breaking the glass: the chair, signed and in the room, without a conflict in the case, opens a
 * held-back item of a case for named agencies to the room, for the minutes chosen. Those with a
 * conflict still leave. A hidden case answers as one that is not there.
 */
struct limit_row {
	enum restriction level;
	int64_t *named; /* agencies */
	size_t n_named;
	/* the last time it was set; "" and TIME_NONE when it came so */
	const char *words;
	int64_t at_us;
};
/* Only for a viewer who sees the case in full: ERR_DENIED, or ERR_NOT_FOUND when hidden. */
enum err record_limit(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, struct limit_row *ret) MUST_CHECK;
/* May the chair break the glass for this item now? false for what is hidden, too. */
enum err record_glass_may(
        struct record *r, const struct record_viewer *v, int64_t item, bool *ret) MUST_CHECK;
/* What the chair opened at a meeting, in order, for the minutes. That it was so may be known by all
 * who may know of the case; reference and words are "" for those who may not see it. */
struct glass_row {
	int64_t item, case_id;
	const char *ref, *agency, *words; /* agency: of the chair */
	int64_t at_us, until_us;
	bool open; /* now */
};
enum err record_glass_rows(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t meeting, struct glass_row **ret, size_t *ret_n) MUST_CHECK;
/*
 * Open hidden cases of a group, new or with their review come, that no meeting reached: on no
 * agenda still to come, or passed over by the last. Only those who may know of them alone with the
 * panel are told, and nobody else could remind them.
 */
enum err record_unreached(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t forum, struct case_row **ret, size_t *ret_n) MUST_CHECK;

/* ---- drafts: what is being typed, sentence by sentence (R44)
 * --------------------------------------------------------- */

enum err record_draft_put(struct record *r, const char *kind, int64_t item, int64_t agency,
        const char *text) MUST_CHECK;
/* "" while the item's case is held back from its meeting's room; the draft stays kept. `item` is an
 * item's id. */
enum err record_draft_get(struct record *r, struct arena *a, const char *kind, int64_t item,
        int64_t agency, const char **ret) MUST_CHECK;

/* ---- import, export, lists
 * -----------------------------------------------------------------------------------------------
 */

typedef void record_progress_fn(void *ctx, size_t done, size_t total);
typedef void record_bad_fn(
        void *ctx, size_t line, const char *column, const char *value, const char *reason);
/* KINDs in the order they are listed; NULL after the last. */
const char *record_import_kind(size_t i);
/* Every bad line is reported to `bad`; with any, nothing is changed and ERR_INPUT comes back.
 * *ret_rows gets the rows taken. */
enum err record_import(struct record *r, const char *kind, const void *csv, size_t len,
        record_bad_fn *bad, record_progress_fn *progress, void *ctx, size_t *ret_rows,
        struct why *why) MUST_CHECK;
/* Cases and incidents that the opener's agency may not see in full are left out (R30); a backup
 * holds the whole store. */
enum err record_export(
        struct record *r, const char *kind, struct buf *out, struct why *why) MUST_CHECK;
/* Generic listing for the command line: writes a header row and rows as cells. KINDs by
 * record_list_kind(i). */
typedef enum err record_row_fn(
        void *ctx, const char *const *column, const char *const *value, size_t n);
const char *record_list_kind(size_t i);
enum err record_list(struct record *r, const struct record_viewer *v, const char *kind,
        const char *id, record_row_fn *fn, void *ctx, struct why *why) MUST_CHECK;

/* How the panel looks in this room: a number that is the panel's own; -1: nobody chose. */
enum err record_look_keep(struct record *r, int look) MUST_CHECK;
enum err record_look(struct record *r, int *ret) MUST_CHECK;

/* ---- backup and restore
 * ----------------------------------------------------------------------- */

/* A backup was made: in the audit, and its moment is remembered. */
enum err record_backup_done(struct record *r) MUST_CHECK;
/* When the last one was made; TIME_NONE: never. */
enum err record_backup_last(struct record *r, int64_t *ret_us) MUST_CHECK;

/* What came after entry `seq` of the audit. Meetings by their names, no case and nobody's. */
struct since_meeting {
	const char *name; /* "Safer estates, 19 November 2026" */
	bool closed;
};
struct since_import {
	const char *kind; /* as in record_import_kind() */
	uint64_t lines;
};
struct since {
	uint64_t entries, actions, cases; /* entries of the audit; actions and cases changed */
	struct since_meeting *meeting;
	size_t n_meetings;
	struct since_import *import; /* one entry of the audit each time, however many lines */
	size_t n_imports;
};
enum err record_since(
        struct record *r, struct arena *a, uint64_t seq, struct since *ret) MUST_CHECK;

/* ---- audit
 * ---------------------------------------------------------------------------------------------------------------
 */

/* Walks the chain; ERR_AUDIT with *ret_bad = the first entry that does not hold. */
enum err record_audit_verify(struct record *r, int64_t *ret_n, int64_t *ret_bad) MUST_CHECK;
/* Foreign keys and links between records; ERR_DAMAGED with the number of broken ones. */
enum err record_links_verify(struct record *r, int64_t *ret_bad) MUST_CHECK;

/* ---- a store salvaged from a damaged one (vault_salvage) ---------------------------------------
 */

/* SQL that makes the tables of the present version, appended. */
enum err record_schema_sql(struct buf *ret) MUST_CHECK;
/*
 * In the `finish` of a salvage: brings the records up to date, makes search anew, appends to `lost`
 * which links lead nowhere (a line each table; *ret_links gets how many), and writes the audit
 * entry store.salvaged after entry `mark->seq`, the last that the damaged store remembered.
 */
enum err record_salvaged(struct vault *v, const struct vault_mark *mark, struct buf *lost,
        int64_t *ret_links, struct why *why) MUST_CHECK;
enum err record_audit_note(
        struct record *r, const char *act, const char *subject, int64_t id) MUST_CHECK;

#endif
