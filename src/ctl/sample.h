#ifndef CTL_SAMPLE_H
#define CTL_SAMPLE_H
/*
 * The story of the sample store, as data (sample_story.c), and the words it is told with. sample.c
 * acts it out with the same commands as the panel. Agencies are named by their code, people in a
 * case by the first word of their name; all strings are static. Ends of lists: an entry whose first
 * member is NULL.
 */
#include "caseroom/record.h"

struct told { /* something shared, withheld, or nothing */
	const char *agency, *about;
	enum share_kind what;
	bool opinion;
	const char *words;
	const char *reason; /* list id, when withheld */
	const char *day;    /* of the source */
};
struct todo {
	const char *agency, *what, *done_when, *due;
};
struct risk {
	const char *answers; /* one digit a factor of the ASB matrix: the option's place; '-' =
	                        don't know */
	int band;            /* -1 = as proposed */
	const char *reason;
};
struct item_story {
	const char *ref;
	const char *stay;   /* codes of the agencies that stay, when the others leave for it; NULL:
	                       all stay */
	const char *review; /* NULL: it closes */
	const char *outcome, *words;
	const char *dissent_agency, *dissent;
	struct risk risk;
	struct told told[6];
	struct todo todo[4];
};
struct outcome_story {
	const char *what; /* the action, by its words */
	enum action_state to;
	const char *words;
};
struct meeting_story {
	const char *day, *next;
	const char *apologies, *information; /* agency that sent notes, and when they came */
	const char *correction;              /* of the minutes before; "" = as they stand */
	const struct outcome_story *outcome;
	const struct item_story *item;
};

extern const struct meeting_story sample_story[];
extern const size_t sample_story_n;
#define SAMPLE_FORUM "safer-estates"
#define SAMPLE_NEXT "2026-11-19" /* the meeting that is planned at the end */

#endif
