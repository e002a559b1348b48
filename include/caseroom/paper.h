#ifndef CASEROOM_PAPER_H
#define CASEROOM_PAPER_H
/*
 * paper: what leaves the room. It is handed plain data that has already passed the entitlement
 * function, sets it as tagged PDF, plain text, CSV and iCalendar in memory, and seals all of it
 * into one age file for one recipient. No unsealed byte is ever written to a file. Pure but for
 * randomness and the clock; may run on worker threads, on data that nobody changes. Any string may
 * be NULL, which is "". All of it is data: no markup is read from it, and control characters and
 * direction overrides are dropped.
 */
#include "caseroom/base.h"
#include "caseroom/time.h"

/* ---- the minutes as data (board minutes house style, MARAC minutes checklist) ---------------- */

struct paper_attendee {
	const char *agency, *name, *initials, *role;
	const char *state; /* "Signed 13:56", "Sub: housing officer, signed 13:58" */
	bool observer;
	bool signed_statement;
};
struct paper_apology {
	const char *agency, *name;
	const char *substitute;  /* "" when none */
	const char *information; /* "information received 17 November" or "" */
};
struct paper_old_action {
	const char *ref, *what, *agency, *owner, *due;
	/* "Done: lock fitted", "Carried on", "Overtaken by circumstances: ...", "Not done: ..." */
	const char *outcome;
};
struct paper_entry {
	const char *speaker; /* agency */
	/* "Fact", "Opinion", "Decided not to share", "Dissent", ...; "Discussion" is not printed */
	const char *kind;
	const char *about; /* "" or whom */
	const char *text;
	/* "CDA 1998, section 115; Article 6(1)(e); handling: ..." or "". Printed once, in a list
	 * at the end that entries name by number. */
	const char *ground;
	const char *action; /* what stands in the Actions column beside it, or "" */
};
struct paper_action {
	const char *ref, *what, *agency, *owner, *done_when;
	const char *case_ref;
	int32_t due, review; /* days; DAY_NONE */
	const char *uid;     /* for the iCalendar UID */
};
struct paper_item {
	int number;
	const char *title; /* "C-2026-0118, neighbour ASB, third review" */
	/* "Probation left for this item: conflict of interest declared; decision: ..." or "" */
	const char *presence;
	/*
	 * For an extract: the sentence that stands instead of an item this agency may not have;
	 * else "". Then nothing below is printed or exported, whatever it holds, but `number` and
	 * `title` are: give "" where the title says too much.
	 */
	const char *held;
	const char *timing; /* "14:11 to 14:23, 12 minutes planned" or "" */
	const struct paper_entry *entry;
	size_t n_entries;
	const char *risk, *decision, *dissent, *review; /* sentences or ""; dissents with \n between
	                                                 */
	const char *case_review; /* the steps of an ASB case review, a line each, or "" */
	const struct paper_action *action;
	size_t n_actions;
};
struct paper_minutes {
	const char *marking; /* "" gives "OFFICIAL-SENSITIVE": no paper is without one */
	const char *partnership, *heading, *forum, *type_name, *venue;
	const char *status; /* "Draft minutes", "Minutes approved by the chair" */
	int version;
	const char *const *version_line; /* oldest first: "Version 2, approved by the chair ..." */
	size_t n_version_lines;
	int32_t day;
	const char *started, *ended; /* "14:00" */
	const char *chair, *minute_taker;
	const char *extract_for; /* agency name, or NULL for the full minutes */
	const struct paper_attendee *attendee;
	size_t n_attendees;
	const struct paper_apology *apology;
	size_t n_apologies;
	const char *const *empty_seat;
	size_t n_empty_seats;
	const char *quorum;
	const char *declaration_title, *declaration;
	const char *last_minutes; /* "The minutes of 22 October were agreed as a correct record." */
	const struct paper_old_action *old_action;
	size_t n_old_actions;
	const struct paper_item *item;
	size_t n_items;
	const char *const *open_point; /* checks left open at closing */
	size_t n_open_points;
	const char *next_meeting;
	const char *statistics;  /* lines, with \n between */
	const char *fingerprint; /* audit head as printed on each page */
};

/* The copy that one recipient gets. */
struct paper_copy {
	int number;                /* copy number of this meeting's papers, never used twice */
	const char *recipient;     /* agency name, or "Chair" */
	const char *age_recipient; /* age1... */
};

/*
 * Each appends to `out` (limits are the caller's). ERR_NOMEM, ERR_LIMIT; then what `out` has gained
 * is of no use. Text: UTF-8, 78 columns. PDF: A4, tagged (PDF 1.5), English, the same bytes for the
 * same minutes and copy; the font is "Noto Sans" as fontconfig finds it, else any sans-serif. CSV:
 * RFC 4180 with a row of names; a cell that a spreadsheet would run as a formula gets an apostrophe
 * before it. iCalendar: a VTODO for each action; the summary names no person.
 */
enum err paper_minutes_text(
        const struct paper_minutes *m, const struct paper_copy *c, struct buf *out) MUST_CHECK;
enum err paper_minutes_pdf(
        const struct paper_minutes *m, const struct paper_copy *c, struct buf *out) MUST_CHECK;
enum err paper_actions_csv(const struct paper_minutes *m, struct buf *out) MUST_CHECK;
enum err paper_actions_ics(const struct paper_minutes *m, struct buf *out) MUST_CHECK;
/*
 * All four and a manifest.json (what, for whom, copy number, digests, fingerprint), as one tar,
 * sealed to the copy's recipient: minutes.pdf, minutes.txt, actions.csv, actions.ics,
 * manifest.json; of an extract extract-AGENCY.pdf and .txt. `out` gets the age file, or nothing on
 * failure. ERR_INPUT when the copy has no number, recipient or good key.
 */
enum err paper_seal(const struct paper_minutes *m, const struct paper_copy *c, struct buf *out,
        struct why *why) MUST_CHECK;

#endif
