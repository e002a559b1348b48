#ifndef ROOM_APP_H
#define ROOM_APP_H
/*
 * room: the conference on the panel. One screen is shown at a time; a sheet may lie over it.
 * Screens are pure views of rows that load() read for the people now in the room; they change
 * things only through app_do(command), after which the viewer is built anew and every row is read
 * again. What was shown is wiped before anything else is.
 *
 * Invariants:
 * 1. Rows live in app->rows; it is wiped and refilled by app_reload(), and nothing keeps a pointer
 * into it across that.
 * 2. app->viewer is who is in the room now; no query is made with any other.
 * 3. While locked or covered nothing of any case is in rows, in the picture or in a field.
 * 4. A screen's state is zeroed when it is left.
 */
#include <stdatomic.h>
#include "caseroom/papers.h"
#include "caseroom/plat.h"
#include "caseroom/record_agenda.h"
#include "caseroom/record_disposal.h"
#include "caseroom/ui.h"
#include "caseroom/vault.h"

struct app;

enum place {
	PLACE_HOME,
	PLACE_SEATS,
	PLACE_AGENDA,
	PLACE_CASE,
	PLACE_ACTIONS,
	PLACE_MEASURES,
	PLACE_NONE
};

struct screen_ops {
	const char *name;
	enum place place;
	size_t state_size;
	enum err (*load)(struct app *app); /* may be NULL */
	void (*build)(struct app *app, struct ui *ui);
	void (*keep)(struct app *app);  /* may be NULL; puts what was typed on disk: before it is
	                                   left or covered */
	void (*leave)(struct app *app); /* may be NULL; gives back what the state owns, once */
};
extern const struct screen_ops screen_lock, screen_setup, screen_home, screen_seats, screen_minutes,
        screen_actions, screen_agenda, screen_case, screen_share, screen_risk, screen_decide,
        screen_close, screen_read, screen_find, screen_measures, screen_person, screen_enter,
        screen_action, screen_around, screen_research, screen_line, screen_agreements,
        screen_compare, screen_clocks, screen_review, screen_progress, screen_restrict, screen_file,
        screen_keys, screen_disposal, screen_rekey, screen_backup, screen_restore;
extern const struct screen_ops screen_auditor; /* where an auditor's key leads, and nowhere else */

/* ---- a sheet: choose one of some, and say why ---- */

/* How much of a field is on disk already. */
struct kept {
	uint64_t changes;
	size_t len;
};

#define SHEET_ROWS 48
struct sheet {
	bool up;
	const char *title, *sentence; /* literals, or in sheet.arena */
	struct {
		const char *label, *second, *icon;
		int64_t id;
		const char *key; /* list id */
		bool needs_words;
	} row[SHEET_ROWS];
	size_t n;
	int chosen;         /* -1 */
	const char *words;  /* name of the field; NULL = no words */
	bool focused;       /* the field was given focus once */
	bool words_needed;  /* also without a row that asks for them */
	bool one_line;      /* Enter is the action, where words stand alone */
	const char *action; /* what the primary button does */
	bool hold;          /* the primary is held for a second: there is no undo */
	bool day;           /* a calendar beside */
	int32_t day_value, month, day_least;
	void (*done)(struct app *app, struct sheet *s);
	int64_t arg;
	struct ui_edit edit;
	struct ui_scroll scroll;
	struct arena arena;
	bool restored; /* words of an earlier try were looked for */
	struct kept kept;
	int64_t item, draft; /* where the draft of the words is kept */
	char text[WORDS_MAX];
};

/* ---- the minute taker's pad (pad.c) ---- */

struct pad_speaker {
	int64_t agency; /* 0: the chair */
	const char *code3, *name;
};
struct pad {
	bool up, phrases, held; /* held: the room may not see its item, its words are on disk */
	bool speaker_chosen;    /* by hand: the word does not change it */
	bool slim;              /* the case on a 7 inch panel needs the height: words alone */
	int64_t meeting, item, speaker;
	struct pad_speaker speakers[PRACTICE_MAX]; /* names in app->rows */
	size_t n_speakers, first_phrase;
	struct kept kept;
	struct ui_edit edit;
	char text[WORDS_MAX];
};

struct app {
	struct ui *ui;
	struct plat *plat;
	const char *store, *out_dir;
	const char *stick;           /* where a USB stick is mounted */
	struct vault_secret *device; /* the box's own secret, or NULL */
	unsigned stick_state;        /* of enum plat_stick, as it was looked at last */
	bool stick_swap;             /* a spare is being made: the room key may come out */
	enum closed_by { CLOSED_BY_HAND, CLOSED_BY_TIME, CLOSED_BY_ROOM_KEY } closed_by;
	char disposed[80]; /* "1 record deleted, certificate 1", until the store is open again */
	bool quit;

	struct practice *practice; /* of the open store, as vault and record are */
	struct vault *vault;
	struct record *record; /* NULL while locked */
	struct worker *worker; /* a slow job under way, or NULL */
	atomic_bool stop;      /* asked of that job, where it can stop */
	struct backup *backup; /* being made, or NULL */
	struct backed {
		enum backup_state {
			BACKUP_NONE,
			BACKUP_RUNS,
			BACKUP_MADE,
			BACKUP_STOPPED,
			BACKUP_FAILED,
			BACKUP_LEFT_OUT /* there was no stick */
		} state;
		enum err err; /* FAILED: why */
		struct why why;
		int64_t at_us;
		struct vault_backup_report report; /* MADE */
	} backed;                                  /* what the last backup came to */
	struct unlock *unlock;
	uint8_t last_key[VAULT_ID_BYTES]; /* of the person who opened last, since the program began
	                                   */
	struct {
		bool up; /* the worker has the record */
		const char *what;
		atomic_uint part; /* of 1000; 0: not told */
		void *arg;
		void (*done)(struct app *app, void *arg);
	} busy;

	struct arena rows;  /* what load() read */
	struct arena frame; /* strings of one build */
	bool reload;
	const struct screen_ops *screen, *back;
	const struct screen_ops *next, *next_back; /* the change that is due; NULL = none */
	bool want_lock, want_cover;
	bool rail_off; /* what is shown has an end of its own: of the rail there is the corner alone
	                */
	bool undo_seen; /* the offer to take the last act back was shown: it goes with its screen */
	void *state;
	struct sheet sheet;
	struct pad pad;
	struct why say; /* the sentence in the banner; "" = none */
	bool say_good;

	/* what is in focus, by id; rows of it are read by app_reload */
	int64_t forum_id, meeting_id, case_id, item_id, share_agency, read_meeting;
	const char *hold_subject; /* what a hold is asked for: hold.c's own */
	int64_t hold_id;
	int64_t research_line; /* the line of a return that is being said, or 0 */
	int64_t person_id;     /* identity of the person page */
	int64_t enter_case;    /* the case somebody is added to; 0 = a new case */
	int64_t seated; /* the meeting whose people are in the room: the last that was open since
	                   the panel was opened */
	int64_t children_stay; /* the meeting whose agencies for children were asked to stay on */
	struct {
		int64_t meeting, kase;
		const char *needed_for;
		int hour, minute;
	} plan;            /* what the sheets of plan.c have asked so far */
	int64_t action_id; /* the action whose history is shown */
	struct record_viewer viewer;
	struct forum_row forum;
	struct meeting_row meeting; /* id 0: none planned */
	struct seat_row *seat;
	size_t n_seats;
	struct item_row *item;
	size_t n_items;
	struct glass_row *glass; /* what the chair opened to the room, now */
	size_t n_glass;
	const char *partnership;
	bool sample;

	bool covered, pad_covered; /* the pad was up when the panel was covered */
	struct {
		bool on;                    /* a script runs: it can read what is shown once */
		struct vault_secret *shown; /* the recovery words that were shown last */
		struct words *words;        /* those that are being entered in this frame */
	} script;
	bool help; /* the help of the screen lies over it; what was being done waits below */
	struct ui_scroll help_scroll;
	int64_t touched_ms;
	int64_t rest_seq; /* last entry that the anchor was told of, and when the log last grew */
	int64_t grown_seq, grown_ms;
};

/* ---- app.c ---- */
void app_go(struct app *app, const struct screen_ops *s);
void app_go_back_to(struct app *app, const struct screen_ops *s, const struct screen_ops *back);
bool app_do(struct app *app, const struct command *c, int64_t *ret_id);
void app_say(struct app *app, const char *sentence);
void app_fail(struct app *app, enum err e, const struct why *w); /* shows the sentence */
void app_lock(struct app *app);
void app_cover(struct app *app);
enum err app_opened(struct app *app, struct vault *v, struct why *w); /* takes the vault */
/* The same with the record open already: a store that was just made. Takes all three. */
enum err app_take(
        struct app *app, struct vault *v, struct practice *p, struct record *r, struct why *w);
void app_record_close(struct app *app); /* the vault stays open, for work on the whole of it */
const struct item_row *app_item(
        const struct app *app, int64_t id);              /* NULL when not on the visible agenda */
const struct item_row *app_table(const struct app *app); /* the item on the table, or NULL */
bool app_small(const struct app *app);
bool app_wide(
        const struct app *app); /* a desk monitor: longer lists and wider columns, the same type */
bool app_in_session(const struct app *app);
/* An auditor's key opened the panel: the audit log is its one place. */
bool app_auditor(const struct app *app);
size_t app_present(const struct app *app);
const char *fmt(struct app *app, const char *f, ...) PRINTF_LIKE(2, 3); /* in the frame arena */
const char *fmt_day(struct app *app, int32_t day, enum day_style style);
const char *fmt_hm(struct app *app, int64_t us);

/* ---- lock.c ---- */
#define LOCK_AFTER_MS (5 * 60 * 1000)
/* On the lock screen: a page of the store, which is closed again, did not open. */
void lock_damaged(struct app *app, enum err e, const struct why *w);
void lock_abandon(struct app *app); /* throws away what was given and what the worker brought */
/* "a PIN and the room key": what a key asks for, after "With" or "Opens with". */
const char *key_asks(const struct vault_slot *s);

/* ---- setup.c ---- */
/* The header of a panel without a store; `caption` at the right. */
void setup_header(struct ui *ui, struct gfx_rect head, const char *caption);

/* ---- worker.c ---- */
/* Runs job(arg) on a thread of its own; `arg` is the job's alone until worker_ended. ERR_NOMEM; one
 * at a time. */
enum err worker_start(struct app *app, void (*job)(void *arg), void *arg) MUST_CHECK;
bool worker_ended(struct app *app); /* true once; the thread is joined */
void worker_wait(struct app *app);

/* ---- busy.c ---- */
/*
 * Runs job(arg) on the worker while the panel shows `what` alone; then done(app, arg) here. The job
 * may use app->record and app->vault. False: it did not begin, and that is said.
 */
bool busy_start(struct app *app, const char *what, void (*job)(void *), void *arg,
        void (*done)(struct app *, void *));
void busy_progress(void *app, uint64_t done, uint64_t total); /* any thread */
bool busy_build(struct app *app, struct ui *ui); /* true: it drew, and nothing else may */
void busy_finish(struct app *app);               /* the program ends */

/* ---- backup.c, backup_page.c ---- */
/* Begins a backup to the stick, unless one runs; app->backed says what came of it. */
void backup_start(struct app *app);
void backup_look(struct app *app);        /* before each build: takes over one that has ended */
void backup_ask_to_stop(struct app *app); /* it ends soon after */
void backup_stop(struct app *app);        /* before the vault is closed: it has ended */
/* How far the one that runs has come; false: none runs. */
bool backup_counts(const struct app *app, struct vault_backup_counts *ret);
const char *backup_last(struct app *app); /* when it was, as a sentence without its stop */
/* In one row: what it is doing or what came of it, and a word more; true when it was touched. */
const char *backup_title(struct app *app);
const char *backup_words(struct app *app);
bool backup_row(struct app *app, struct gfx_rect r);

/* ---- stick.c ---- */
#define STICK_DIR "/run/caseroom/stick"
/* `dir` NULL: STICK_DIR, and only while something is mounted there. */
enum err stick_start(struct app *app, const char *dir) MUST_CHECK;
bool stick_there(const struct app *app);   /* a stick is in: app->stick can be written to */
bool stick_has_key(const struct app *app); /* with a room key on it */
void stick_look(struct app *app);          /* before each build: locks when the room key is gone */
/* A script's hand, "in" or "out": the room key's file, or the whole stick. ERR_REFUSED when the
 * panel was not told within a second. */
enum err stick_script_key(struct app *app, const char *what, struct why *w) MUST_CHECK;
enum err stick_script(struct app *app, const char *what, struct why *w) MUST_CHECK;

/* ---- home.c ---- */
void look_set(struct app *app, int look); /* as record_look() gives it */
void look_open(struct app *app);          /* the sheet that asks for it */

/* ---- words.c: the recovery words, entered by touch ---- */
#define WORDS_PLACES 8
struct words {
	struct vault_secret *text; /* of the places, and what is being typed */
	struct ui_edit edit;
	size_t n, at;                 /* at: the place being entered; n: every one is filled */
	uint8_t number[WORDS_PLACES]; /* what each place is called */
	const char *tail;             /* what is left of the word that was taken last */
	bool wrong;                   /* what was typed is not in the list */
	bool show;
};
/* Places for n words, called `number` (NULL: 1, 2, 3 ...). ERR_NOMEM. */
enum err words_init(struct words *w, const uint8_t *number, size_t n) MUST_CHECK;
void words_finish(struct words *w); /* wipes; zeroed is fine */
const char *words_at(const struct words *w, size_t i);
bool words_full(const struct words *w);
/* All of them with a space between. */
enum err words_join(const struct words *w, struct vault_secret **ret) MUST_CHECK;
void words_go(struct words *w, size_t place);    /* begins that place anew */
void words_take(struct words *w, unsigned word); /* word of vault_word() into this place */
void words_typed(struct words *w, bool enter);   /* after a letter, or after Enter */
/* Grid of places (left out where r is too low), field, suggestions. */
void words_build(struct app *app, struct words *w, struct gfx_rect r);
int words_grid_h(const struct app *app, const struct words *w);
int words_field_h(const struct app *app);
/* Places for two of the recovery words, chosen by chance. ERR_NOMEM. */
enum err words_ask_back(struct words *w) MUST_CHECK;
/* Are they those of `all`? If not, that is said, and the first wrong one is begun anew. */
bool words_given_back(struct app *app, struct words *w, const struct vault_secret *all);
/* The recovery words numbered and large, when they are shown once; and their height. */
void words_show(struct app *app, struct gfx_rect r, const struct vault_secret *all);
int words_show_h(const struct app *app);
/* A script's hand: types the words that are asked for, of the first line of `file`, or (NULL) those
 * that were shown. */
enum err words_script(
        struct app *app, const char *file, void (*turn)(void *), struct why *w) MUST_CHECK;
/* A button that is true for as long as it is held. */
bool show_hold(struct app *app, struct gfx_rect r);

/* ---- frame.c ---- */
struct page {
	struct gfx_rect head;   /* what is left of the header, from the right of the title */
	struct gfx_rect body;   /* inset; above the keyboard when it is up */
	struct gfx_rect pad;    /* h 0: the minute taker's pad is down */
	struct gfx_rect banner; /* h 0: nothing to say */
	struct gfx_rect bar;    /* what is left of the action bar */
	bool keyboard;
	bool undo_drawn;
	int to_come; /* 7 inch: buttons of the bar still to come, each of which keeps room for its
	                icon */
	const char *caption; /* 7 inch: what is missing, said where the buttons leave room */
};
/* Rail, header with title and second line, clock, empty bar. `back` NULL = no back button. */
void page_begin(struct app *app, struct ui *ui, struct page *p, const char *title, const char *sub,
        const struct screen_ops *back);
/* Primary first (it stands at the right, with what is missing beside it), then the others from the
 * left. */
bool page_primary(struct app *app, struct page *p, const char *icon, const char *label, bool off,
        const char *caption);
bool page_hold(struct app *app, struct page *p, const char *icon, const char *label, bool off,
        const char *caption);
bool page_button(struct app *app, struct page *p, const char *icon, const char *label, bool off);
/* 7 inch: page buttons of a list in the bar and "1-8 of 11" in the header, when not all rows fit.
 * After ui_list_end. */
void page_pages(struct app *app, struct page *p, const struct ui_list *l);
/* Last: banner, sheet, keyboard. `action` names the keyboard's last key; `own` = the screen laid
 * out above the keyboard itself. */
void page_end(struct app *app, struct page *p, const char *action, bool own);
void page_timer(struct app *app, struct page *p);
void page_room(struct app *app, struct page *p); /* "11 in the room" */
/* Text at the right of the header; cuts it off. */
void page_head_text(struct app *app, struct page *p, const char *bold, const char *second);
void cover_build(struct app *app, struct ui *ui);

/* ---- sheet.c ---- */
/* Clears the sheet; fill rows with sheet_row, then it is up. */
struct sheet *sheet_open(struct app *app, const char *title, const char *sentence,
        const char *action, void (*done)(struct app *, struct sheet *), int64_t arg);
void sheet_row(struct sheet *s, const char *icon, const char *label, const char *second, int64_t id,
        const char *key, bool needs_words);
void sheet_list(
        struct app *app, struct sheet *s, const char *list); /* the entries of a practice list */
void sheet_words(struct sheet *s, const char *name, bool needed, const char *text);
void sheet_day(struct sheet *s, int32_t day, int32_t least);
void sheet_close(struct app *app);
void sheet_build(struct app *app, struct ui *ui, struct gfx_rect r);

/* ---- rekey.c ---- */
/* A sheet that offers a new data key, after what was changed (a sentence, or ""). */
void rekey_offer(struct app *app, const char *said);

/* ---- pad.c ---- */
void pad_up(struct app *app);   /* in a meeting in session only */
void pad_down(struct app *app); /* its words on disk, its memory wiped */
void pad_load(struct app *app); /* after the rows of the meeting were read */
void pad_keys(struct app *app); /* before each build of a screen */
/* Its height on this panel now, 0 when down; and the strip itself, over everything else. */
int pad_h(const struct app *app);
void pad_build(struct app *app, struct gfx_rect r);

/* ---- help.c ---- */
/* The help of the screen that is shown (assets/help/NAME.help), over `r`, until it is closed. */
void help_open(struct app *app);
void help_build(struct app *app, struct ui *ui, struct gfx_rect r);
/* A training store shows itself on every screen: an edge round the whole panel, drawn last. */
void training_edge(struct app *app, struct ui *ui);
#define TRAINING_WORDS "Training store: everyone in it is invented"

/* ---- mend.c: corrections, and marks in error ---- */
/* `subject` as in CMD_MISTAKE. */
void mistake_open(struct app *app, const char *subject, int64_t id);
/* Asks which item of a meeting's minutes is corrected; row id 0: the minutes as a whole. */
void correct_item_open(
        struct app *app, int64_t meeting, void (*done)(struct app *, struct sheet *));
void note_mend_open(struct app *app, const struct note_row *n);

/* ---- hold.c ---- */
/* Asks how long and why, and holds; asks why the hold is over, and lifts it. `subject` is one of
 * DISPOSAL_CASE and so on. */
void hold_open(struct app *app, const char *subject, int64_t id);
void hold_lift_open(struct app *app, const char *subject, int64_t id);
const char *hold_words(struct app *app, const struct disposal_row *d); /* "Held by ...: why" */
/* In the bar: holds the case, or says who does and lifts it. Nothing for a row of id 0. */
void hold_button(struct app *app, struct page *p, const struct disposal_row *d);

/* ---- held.c ---- */
/* Draws a held-back item below the header; true when it was opened by a touch. `item` NULL outside
 * an agenda. */
bool held_build(struct app *app, struct ui *ui, struct page *p, const struct item_row *item);
/* Who is here: who leaves the room for the item on the table or comes back, and who may see its
 * case.
 */
void leave_sheet(struct app *app);
/* Those who left for an item that is not on the table any more: their number, and a sentence about
 * them in the frame arena. */
size_t away_count(const struct app *app);
const char *away_words(struct app *app);
/* "Bring back Housing officer", "Bring back all 3". */
const char *away_label(struct app *app);
void bring_back(struct app *app); /* all of them, in one act */
/* One command, with one undo, for every seat that `who` names. */
void seats_do(struct app *app, enum command_kind kind,
        bool (*who)(const struct app *app, const struct seat_row *s));

/* ---- plan.c ---- */
/* Meetings of the group that are planned; one more; one outside the cycle. */
void meetings_open(struct app *app);
void meeting_plan(struct app *app);

/* ---- action.c ---- */
/* The history of an action; and the sheet that asks what became of it. */
void action_open(struct app *app, int64_t id, const struct screen_ops *back);
void action_ask(struct app *app, const struct action_row *a);

/* ---- entries.c ---- */
/* Something of the record in a list: what it is, a tag at the right, the words whole, where it is
 * from. Nothing of it is cut. */
struct entry {
	const char *icon, *title, *tag, *words, *foot;
	bool opens;        /* can be touched */
	bool warn;         /* words that outrank the rest: a safe contact instruction */
	enum ui_tag shade; /* of the tag */
};
/* The entry that was touched, or -1. `empty`: what stands there instead. `p` NULL but for the list
 * that has page buttons in the bar at 7 inch. */
int entries(struct app *app, struct ui *ui, struct gfx_rect r, const char *name,
        struct ui_scroll *scroll, const struct entry *e, size_t n, const char *empty,
        struct page *p);

/* ---- person.c ---- */
void identity_open(struct app *app, int64_t identity, const struct screen_ops *back);
/* "14 May 1990, 36"; "not known". */
const char *born_words(struct app *app, int32_t born);
/* A date of birth as it is typed: 1990-05-14, 14/5/1990, 14 5 1990; "" is DAY_NONE. */
bool born_typed(const char *s, int32_t *ret);

/* ---- enter.c ---- */
void enter_open(
        struct app *app, int64_t case_id, const struct screen_ops *back); /* 0: a new case */

/* seats.c: the agency, or for a guest the standing and role */
const char *seat_name(struct app *app, const struct seat_row *s);

/* ---- things more than one screen draws (parts.c) ---- */
enum ui_risk risk_of(int band);
/* A strip that asks for one act; `other` (may be NULL) is the way to leave it. Returns 1 for the
 * act, 2 for the other, else 0. */
int strip(struct app *app, struct ui *ui, struct gfx_rect r, const char *icon, const char *text,
        const char *act, const char *other);
int strip_h(const struct app *app);
/* After the minutes and the old actions: the item of that kind goes on the table, so that its time
 * is counted, and its screen is shown; without one that waits, the agenda. */
void go_on_to(struct app *app, enum agenda_kind kind);
/* A case is not tabled only for a partner's information: said at once, as the record would. */
bool needed_refused(struct app *app, const struct practice_entry *e);
/* Time to put a draft on disk: a sentence has ended, or sixty letters are not there yet. */
bool draft_due(const struct ui_edit *e, const struct kept *k);
void draft_kept(const struct ui_edit *e, struct kept *k);
const char *share_label(const struct share_row *s);
/* Room for the heights of a list's rows: as many as there are, since a list that stops short hides
 * what the meeting must see. Never NULL. */
int *row_heights(struct arena *a, size_t n);
bool off_day(void *ctx, int32_t day); /* ctx: struct practice */
/* "Bank holidays after 2030 are not known", for a day shown after the last year of the data; "". */
const char *holiday_note(struct app *app, int32_t day);
/* The sheet that asks for the date of the next meeting (decide.c). */
void next_day_open(struct app *app);
/* A row whose words are never cut: icon, bold title, then as many lines as it takes. Height for a
 * width, and the row itself; true when it was touched. */
int told_height(struct ui *ui, int w, const char *title, const char *words);
bool told_row(struct ui *ui, struct gfx_rect r, const char *icon, enum gfx_colour c,
        const char *title, const char *words, bool opens);
/* The sheet of one clock: what it waits for is recorded, or its case is looked at (clocks.c). */
void clock_open(struct app *app, const struct clock_row *c);
struct terms_row;
/* Until when a group's terms of reference hold, as a sentence without its stop (progress.c). */
const char *terms_words(struct app *app, const struct terms_row *t);
/* Back to the case, to hear the next agency. */
void case_open(struct app *app, int64_t item, int64_t case_id);
bool agency_done(
        int64_t agency, const struct share_row *s, size_t n, const struct share_row **ret_last);

#endif
