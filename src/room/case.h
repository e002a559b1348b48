#ifndef ROOM_CASE_H
#define ROOM_CASE_H
/* Private to the files of the case screen: case.c has the screen, case_seats.c the table,
 * case_shares.c what is said, case_panels.c who, what happened, risk and actions. */
#include "app.h"
#include "caseroom/record_people.h"
#include "caseroom/record_sharing.h"

struct case_state {
	struct case_row row;
	enum err err;
	struct party_row *party;
	struct incident_row *incident;
	struct share_row *share, *now; /* all of the case; those of this item */
	struct assessment_row *assessment;
	const char *stale; /* why the last assessment is out of date, or "" */
	struct action_row *action;
	struct decision_row *decision;
	struct repeat_row repeat;
	struct disposal_row hold; /* id 0 while the case is on the table or not seen in full */
	size_t n_parties, n_incidents, n_shares, n_now, n_assessments, n_actions, n_decisions;
	int tab;
	struct waiting_row wait; /* the return of the agency that has the word */
	size_t seen;             /* entries at the last look: a new one is brought into view */
	struct ui_scroll people, shares, actions;
	bool read;           /* the audit has this reading */
	bool closed_to_room; /* was held back; opens only by a touch, and until then nothing of it
	                        is read */
};

/* ---- case.c ---- */
bool case_on_table(const struct app *app);
const struct seat_row *case_seat_of(const struct app *app, int64_t agency); /* or NULL */

/* ---- case_seats.c ---- */
void case_write_share(struct app *app, int64_t agency);
void case_read_return(struct app *app, int64_t agency);
void case_says_nothing(struct app *app, int64_t agency); /* of the item that is open */
void case_seat_sheet(struct app *app, const struct seat_row *t);
void case_seat_words(const struct app *app, const struct seat_row *t, const char **icon,
        const char **text, bool *done, bool *speaking, bool *empty);
void case_table_seats(struct app *app, struct ui *ui, struct gfx_rect r);

/* ---- case_shares.c ---- */
/* `p`: the page whose bar has the page buttons at 7 inch, or NULL; so below. */
void case_shared(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p);

/* ---- case_panels.c ---- */
/* The head of a panel; at 7 inch the tab says it already, and there are page buttons in the bar. */
void case_head(struct app *app, struct gfx_rect *in, const char *icon, const char *title,
        const char *count);
void case_pages(struct app *app, struct page *p, const struct ui_list *l);
void case_people(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p);
void case_incidents(struct app *app, struct ui *ui, struct gfx_rect r);
void case_risk(struct app *app, struct ui *ui, struct gfx_rect r);
void case_actions(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p);

#endif
