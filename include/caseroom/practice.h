#ifndef CASEROOM_PRACTICE_H
#define CASEROOM_PRACTICE_H
/*
 * practice: the rules of such meetings, as pure functions over plain data: no store, no files, no
 * clock. What differs between areas (meeting types, tools, clocks, lists) is read from versioned
 * JSON texts the caller hands in; each entry names its source. Nothing here is legal advice: what
 * is printed says whose rule it is. A loaded `struct practice` is read-only and may be shared
 * between threads.
 */
#include "caseroom/base.h"
#include "caseroom/time.h"

/* ---- who may see what: the room is the viewer (DESIGN.md rule 1, DOMAIN.md R30, R31)
 * ------------------- */

/* Standing of a person at a meeting. */
enum standing {
	STANDING_CORE,
	STANDING_DEPUTY,    /* also a named substitute */
	STANDING_COOPTED,   /* expert or lived experience, asked in for some items */
	STANDING_OBSERVER,  /* signs, listens, counts for nothing */
	STANDING_COMMUNITY, /* community representative */
	STANDING_COUNT
};
const char *standing_name(
        enum standing s); /* "core", "deputy", "co-opted", "observer", "community" */
enum err standing_parse(const char *s, enum standing *ret) MUST_CHECK;

enum restriction { RESTRICTION_NORMAL, RESTRICTION_NAMED, RESTRICTION_HIDDEN, RESTRICTION_COUNT };
const char *restriction_name(enum restriction r); /* "normal", "named", "hidden" */
enum err restriction_parse(const char *s, enum restriction *ret) MUST_CHECK;

/* In rising order: a smaller value shows less. */
enum sight {
	SIGHT_NONE, /* as if it were not there: not listed, not counted */
	SIGHT_HELD, /* that something is here may be known; nothing of it may be shown */
	SIGHT_ANON, /* the anonymised view: reference, strand, roles, age bands, months, figures; no
	               names, no words */
	SIGHT_FULL,
	SIGHT_COUNT
};

struct practice_present {
	int64_t agency; /* record id; 0 = none (a community member without one) */
	enum standing standing;
	bool conflict; /* has declared a conflict in the case in question */
};

struct practice_room {
	const struct practice_present *present; /* who is signed in and in the room for this item */
	size_t n;
	bool anonymised; /* the meeting type shows anonymised cases only (CSP sub-groups) */
};

struct practice_limit {
	enum restriction level;
	const int64_t *agency; /* the named agencies, for NAMED and HIDDEN */
	size_t n;
	bool opened; /* the chair broke the glass for this room, and the time is not over */
};

/*
 * May this room see this record? The lowest that any one person in it may see; an empty room sees
 * SIGHT_NONE. conflict                        -> HELD (NONE when hidden) normal:  core, deputy,
 * observer -> FULL;  co-opted, community -> ANON named:   core or deputy of a named agency -> FULL;
 * anyone else -> HELD hidden:  core or deputy of a named agency -> FULL;  anyone else -> NONE and
 * never more than ANON in a room whose type is anonymised. A named case that was opened is asked as
 * a normal one: that lifts the naming, neither a conflict nor what a standing may see (R31); a
 * hidden one is never opened. An agency that is to receive a paper is
 * asked as a room of one core member.
 */
enum sight practice_sight(const struct practice_room *room, const struct practice_limit *limit);
/* The same for one person, to name who must leave. */
enum sight practice_sight_of(const struct practice_present *p, const struct practice_limit *limit);

/* ---- practice data
 * ---------------------------------------------------------------------------------------- */

#define PRACTICE_MAX 64 /* entries of any list below */

/* One entry of a list: purposes, gateways, articles, reasons, outcomes ... */
struct practice_entry {
	const char *id;     /* stable, stored in records: "cda-115" */
	const char *label;  /* "CDA 1998, section 115" */
	const char *detail; /* a sentence, or "" */
	const char *source;
	bool needs_words; /* choosing it asks for a sentence too ("other") */
};

/* Lists of assets/practice/lists.json, by name: purpose, gateway, article6, article9, article10,
 * necessity, consent, handling, share-source, not-shared (reasons), case-added, case-removed,
 * needed-for, deferred, no-quorum, action-outcome, case-closed, override, conflict-decision,
 * party-role, relation, incident-kind. */
struct practice_list {
	const char *name;
	int version;
	const struct practice_entry *entry;
	size_t n;
};

enum agenda_kind {
	AGENDA_WELCOME,
	AGENDA_MINUTES,
	AGENDA_ACTIONS,
	AGENDA_CASES,
	AGENDA_PAPER,
	AGENDA_OTHER,
	AGENDA_NEXT,
	AGENDA_CASE,
	AGENDA_KIND_COUNT
};
const char *agenda_kind_name(enum agenda_kind
                k); /* "welcome", "minutes", "actions", "cases", "paper", "other", "next", "case" */

struct practice_agenda_part {
	enum agenda_kind kind;
	const char *title;
	int minutes;
};

struct practice_share_defaults {
	const char *purpose, *gateway, *article6, *article9, *article10, *necessity, *consent,
	        *handling, *source; /* entry ids */
};

struct practice_type {
	const char *id, *name, *source;
	int version;
	bool anonymised;
	bool children_first;
	/* agency kinds that come for the cases with children and may leave after them */
	const char *const *children_kind;
	size_t n_children_kinds;
	const char *children_source;   /* "" without kinds */
	const char *declaration_title; /* "Declaration 3, January 2026" */
	const char *declaration;       /* paragraphs, one a line */
	int declaration_version;
	const char *declaration_source;
	const char *const *quorum_kind; /* agency kinds each of which must be present */
	size_t n_quorum_kind;
	int quorum_number; /* and at least so many agencies in all; 0 = no number */
	const char *quorum_source;
	int review_complaints; /* an ASB case review: qualifying complaints at which the threshold
	                          must be found met; 0 = no such review */
	const char *review_source;
	bool reports;          /* sends a report to its parent group after each meeting */
	bool report_monitored; /* with the number of individuals monitored, by strand */
	const char *report_source;
	const struct practice_agenda_part *part;
	size_t n_parts;
	const char *agenda_source;
	int case_minutes;
	const char *case_minutes_source;
	const char *const *strand;
	size_t n_strands;
	const char *risk_tool; /* id, or "" for none */
	struct practice_share_defaults share;
	const char *share_basis;     /* whose rule the defaults are */
	const char *minutes_heading; /* "Minutes of the Safer Estates steering group" */
	const char *const *clock;    /* clock ids that start with a referral */
	size_t n_clocks;
	const char *const *forum; /* codes of the forums that meet under it */
	size_t n_forums;
	const char *const *forum_kind; /* "review panel": kinds of forum it serves when no type
	                                  names the code */
	size_t n_forum_kinds;
};

struct practice_option {
	const char *label;
	int points;
};
struct practice_factor {
	const char *id, *label, *question, *source;
	const struct practice_option *option;
	size_t n_options;
};
enum band { BAND_STANDARD, BAND_MEDIUM, BAND_HIGH, BAND_VERY_HIGH, BAND_COUNT };
const char *band_name(enum band b); /* "Standard" ... */
/* What raises the proposed band whatever the score: an answer, or incidents of the case. */
#define PRACTICE_ESCALATORS_MAX 16
struct practice_escalator {
	const char *label, *source;
	enum band band;    /* at least this */
	int factor;        /* index, or -1: by incidents */
	const int *option; /* indices of the answers that raise it */
	size_t n_options;
	int incidents;           /* so many or more, a double counted once */
	const char *const *kind; /* of these kinds; none = of any */
	size_t n_kinds;
	int months; /* in the last so many months; 0 = ever */
};
struct practice_tool {
	const char *id, *name, *source;
	int version;
	const struct practice_factor *factor;
	size_t n_factors;
	int from[BAND_COUNT]; /* lowest score of each band; INT_MAX = the tool never proposes it */
	const char *band_source;
	const struct practice_escalator *escalator;
	size_t n_escalators;
	int stale_days; /* an older assessment is out of date; 0 = age alone does not tell */
	const char *stale_source;
};

enum clock_unit { CLOCK_HOURS, CLOCK_DAYS, CLOCK_WORKING_DAYS, CLOCK_MONTHS, CLOCK_UNIT_COUNT };
struct practice_clock {
	const char *id, *what, *source;
	const char *starts; /* event id: "referral", "plan", "meeting-closed", "assessment" ... */
	const char *stops;  /* event id */
	int length;
	enum clock_unit unit;
	int version;
	unsigned bands; /* runs for cases of these bands alone (1 << band); 0 = for all */
};

/* ---- retention (R39): how long a kind of record is kept
 * ------------------------------------------------------------------------------------ */

enum retained {
	RETAINED_CASE,
	RETAINED_NO_ACTION, /* a case in which no action was ever made */
	RETAINED_REVIEW,    /* an ASB case review */
	RETAINED_RESEARCH,  /* lines of a return that nobody spoke */
	RETAINED_MEETING,
	RETAINED_PAPERS, /* the list of sealed copies */
	RETAINED_DRAFTS,
	RETAINED_AUDIT,
	RETAINED_COUNT
};
enum retained_from {
	RETAINED_CLOSING,
	RETAINED_LAST_REVIEW, /* the later of closing and the review's last step */
	RETAINED_MEETING_END,
	RETAINED_SEALING,
	RETAINED_TYPING,
	RETAINED_FROM_COUNT
};
/* As they stand in the texts: "case-no-action", "last-review". */
extern const char *const RETAINED_ID[RETAINED_COUNT];
extern const char *const RETAINED_FROM_ID[RETAINED_FROM_COUNT];

struct practice_retention {
	const char *id, *what, *source;
	const char *decides; /* who reviews it, for people to read */
	enum retained record;
	enum retained_from from;
	int length; /* 0: as long as the store */
	enum clock_unit unit;
	int version;
	const char *const *type; /* for these meeting types alone; none = for all */
	size_t n_types;
};

struct practice;
/* One JSON text of assets/practice or of the partnership. `name` tells which kind by its beginning:
 * "meeting-", "tool-", "clocks", "lists", "holidays", "retention". */
struct practice_text {
	const char *name;
	const char *json;
	size_t len;
};
/*
 * Parses and checks all; ERR_INPUT (ERR_LIMIT for sizes) names file, place and reason. Strings live
 * as long as the practice. A later text replaces what an earlier one said under the same id: a
 * partnership's own files come last.
 */
enum err practice_load(
        const struct practice_text *t, size_t n, struct practice **ret, struct why *why) MUST_CHECK;
/* The texts of assets/practice, embedded: their number, and no more than `cap` of them in `t`. */
size_t practice_assets(struct practice_text *t, size_t cap);
enum err practice_load_assets(struct practice **ret, struct why *why) MUST_CHECK;
void practice_destroy(struct practice *p);

/* The version of a text by its name as it was handed in; 0 when it is not among them. */
int practice_text_version(const struct practice *p, const char *name);
/*
 * May the text `name`, as `after` has it, stand beside what `before` has? A record names what it
 * was made under by id and version, so ERR_REFUSED when something has other content under a version
 * that was there before, or is in a text besides `name` that begins with `own` too: the order of
 * names would choose.
 */
enum err practice_may_replace(const struct practice *before, const struct practice *after,
        const char *name, const char *own, struct why *why) MUST_CHECK;

const struct practice_type *practice_type(
        const struct practice *p, const char *id); /* NULL: none */
/* Stands for a type that is no longer loaded: it shows the least (anonymised) and has no agenda. */
const struct practice_type *practice_type_missing(void);
const struct practice_type *practice_types(const struct practice *p, size_t *ret_n);
/* The type a forum meets under: by its code, else by its kind ("case conference"), else NULL.
 * Either may be NULL. */
const struct practice_type *practice_type_for_forum(
        const struct practice *p, const char *forum_code, const char *forum_kind);
const struct practice_tool *practice_tool(const struct practice *p, const char *id);
const struct practice_tool *practice_tools(const struct practice *p, size_t *ret_n);
const struct practice_list *practice_list(const struct practice *p, const char *name);
const struct practice_entry *practice_entry(
        const struct practice *p, const char *list, const char *id);
const struct practice_clock *practice_clock(const struct practice *p, const char *id);
const struct practice_clock *practice_clocks(const struct practice *p, size_t *ret_n);

/* ---- quorum (R5)
 * ------------------------------------------------------------------------------------------- */

struct practice_quorum {
	size_t needed, here; /* needed agencies (the kinds, and others up to the number), and how
	                        many are here */
	const char *missing[PRACTICE_MAX]; /* kinds not here */
	size_t n_missing;
	int number_missing; /* agencies still lacking to the number */
	bool met;
};
/* `kind[i]` is the agency kind of each agency with a core member, deputy or substitute present (an
 * agency once). */
void practice_quorum(const struct practice_type *t, const char *const *kind, size_t n,
        struct practice_quorum *ret);

/* ---- scores (R21-R23)
 * ----------------------------------------------------------------------------------------- */

#define ANSWER_UNKNOWN (-1) /* "don't know": never counted as no */
#define ANSWER_NONE (-2)    /* not asked yet; scored as unknown */
struct practice_score {
	int score;           /* points of the known answers, unknown ones at their least */
	int highest;         /* if every unknown turned out worst */
	int least, most;     /* range of the tool, computed from its options */
	size_t known, asked; /* answers known; factors in all */
	enum band by_score;
	enum band band; /* proposed: the higher of the score's and of what raises it */
	bool raised[PRACTICE_ESCALATORS_MAX]; /* which of the tool's escalators apply */
};
/* What is known of the case beside the answers: its incidents, each event once. */
struct practice_facts {
	const struct practice_incident {
		int32_t day;
		const char *kind;
	} * incident;
	size_t n;
	int32_t today;
};
/* `answer[i]` is an option index or one of the above, for each factor. `facts` NULL: none known.
 * ERR_INPUT for an index out of range. */
enum err practice_score(const struct practice_tool *t, const int *answer, size_t n,
        const struct practice_facts *facts, struct practice_score *ret) MUST_CHECK;
enum band practice_band(const struct practice_tool *t, int score);
/* R24: is an assessment of day `made` out of date on `today`? By its age, or by an incident of a
 * later day (`last_incident`, DAY_NONE = none). `t` NULL (a tool that is no longer here): by
 * incident alone. */
enum stale { STALE_NO, STALE_OLD, STALE_INCIDENT };
enum stale practice_stale(
        const struct practice_tool *t, int32_t made, int32_t last_incident, int32_t today);

/* ---- clocks and days (R18, R38)
 * -------------------------------------------------------------------------------- */

/* England and Wales bank holiday or weekend? After the last year of the data only weekends are
 * known. */
bool practice_is_working_day(const struct practice *p, int32_t day);
/* The last year whose bank holidays are in the data (0 without any). A date after it counts
 * weekdays alone; whatever shows one says so. */
int practice_holidays_to(const struct practice *p);
bool practice_days_known(const struct practice *p, int32_t day);
/* The name of a bank holiday ("Good Friday"), or NULL; also for one at a weekend. */
const char *practice_holiday(const struct practice *p, int32_t day);
/* The n-th working day after `day` (before it, when negative); 0 gives the day itself or the next
 * working day. */
int32_t practice_add_working_days(const struct practice *p, int32_t day, int n);
/*
 * When a clock started at `start_us` runs out. Days, working days and months end with their local
 * day, at its last microsecond, so that time_to_day() of it is the day to print. TIME_NONE when
 * there is no such day.
 */
int64_t practice_clock_due(
        const struct practice *p, const struct practice_clock *c, int64_t start_us);
/* "24 hours", "1 working day", into out. */
void practice_clock_length(const struct practice_clock *c, char *out, size_t cap);
/* Does the clock run for a case of this band? -1 = not assessed, which counts as the lowest. */
bool practice_clock_is_for(const struct practice_clock *c, int band);
/* "3 h left of 24 hours", "2 days left of 5", "1 working day over", "ends today, of 5 days", into
 * out. Working days that end after the last year of the data say so. */
void practice_clock_words(const struct practice *p, const struct practice_clock *c,
        int64_t start_us, int64_t now_us, char *out, size_t cap);
/*
 * A further incident of the same pair within twelve months of the last referral is a repeat (R19):
 * from the day after the referral to the same date a year later, that day included.
 */
bool practice_is_repeat(int32_t last_referral, int32_t day);
int32_t practice_add_months(int32_t day, int months); /* 31 January + 1 month = 28 or 29 February */

/* ---- what is due for disposal (R39)
 * ---------------------------------------------------------------------------------- */

/* The rule for a kind of record of a meeting type ("" or NULL: of none): one that names the type
 * before one for all; a kind of case without a rule of its own is kept as a case. NULL: there is
 * none, and it is kept. */
const struct practice_retention *practice_retention(
        const struct practice *p, enum retained record, const char *type);
const struct practice_retention *practice_retentions(const struct practice *p, size_t *ret_n);
/* The first day on which it is due: that of `from` so many months later. DAY_NONE: never. */
int32_t practice_retention_due(const struct practice_retention *t, int32_t from);
/* "36 months after closing", "as long as the store", into out. */
void practice_retention_words(const struct practice_retention *t, char *out, size_t cap);

enum disposal_state {
	DISPOSAL_NOT_YET,
	DISPOSAL_KEPT,      /* it is due by the rule, and a reviewer keeps it until a later day */
	DISPOSAL_DUE,       /* to be reviewed */
	DISPOSAL_REVIEWED,  /* to be carried out */
	DISPOSAL_HELD,      /* a hold stands over whatever else is so */
	DISPOSAL_HOLD_OVER, /* the hold's own review date has come; it stands until it is lifted */
	DISPOSAL_STATE_COUNT
};
struct practice_disposal {
	int32_t due;        /* by the rule; DAY_NONE = never */
	int32_t keep_until; /* a reviewer's later day; DAY_NONE */
	bool reviewed;      /* a reviewer said: dispose of it */
	bool held;
	int32_t hold_review; /* the day on which the hold is looked at again; DAY_NONE: until it is
	                        lifted */
};
enum disposal_state practice_disposal(const struct practice_disposal *d, int32_t today);

/* ---- the meeting
 * --------------------------------------------------------------------------------------------------
 */

enum meeting_state {
	MEETING_PLANNED,
	MEETING_SIGNING,
	MEETING_SESSION,
	MEETING_COVERED,
	MEETING_CLOSING,
	MEETING_CLOSED,
	MEETING_AGREED,
	MEETING_STATE_COUNT
};
const char *meeting_state_name(enum meeting_state s);
/* planned <-> signing -> session <-> covered; session -> closing -> (session | closed) -> agreed.
 */
bool practice_meeting_may(enum meeting_state from, enum meeting_state to);

/* What the agenda's order is made from (R7): children's cases first, then by band (highest first),
 * then oldest first. */
struct practice_case_key {
	int64_t id;
	bool children;
	int band; /* -1 = none */
	int32_t received;
};
/* qsort order. */
int practice_case_order(const struct practice_case_key *a, const struct practice_case_key *b);

/* ---- the ASB case review (R20; ASB, Crime and Policing Act 2014, s.104)
 * ---------------------------------------------------------------- */

enum complaint { COMPLAINT_COUNTS, COMPLAINT_LATE, COMPLAINT_OLD, COMPLAINT_AFTER };
/*
 * Does a report of something done on `day`, made on `reported`, count towards an application made
 * on `applied`? LATE: reported after the time of the clock "review-complaint"; OLD: applied for
 * after the time of "review-apply"; AFTER: reported after the application. A clock that is not
 * there sets no limit. The lengths are the procedure's (s.104(11)).
 */
enum complaint practice_complaint(
        const struct practice *p, int32_t day, int32_t reported, int32_t applied);
const char *complaint_name(enum complaint c); /* "Counts", "Reported too late" ... */

/* ---- figures that leave the room (R47)
 * ------------------------------------------------------------------------------------------ */

#define FIGURE_SMALL 5 /* 1 to 5 read "5 or fewer" */
/*
 * Which of `n` figures, printed with their total or not, must not be printed: those of 1 to 5, and,
 * when a total would give one of them back, the smallest other that is not 0. `ret_hide` has n
 * places; *ret_hide_total (may be NULL: no total is printed) is set when nothing else can be
 * hidden.
 */
void practice_suppress(const int *figure, size_t n, bool *ret_hide, bool *ret_hide_total);
/* "0", "5 or fewer", "not shown" for one hidden beside a small one, "17" into out. */
const char *practice_figure(int figure, bool hide, char out[16]);

/* ---- the anonymised view (DOMAIN.md section 4.3)
 * --------------------------------------------------------------------- */

/* "Victim A", "Subject B" from a role's entry label and its place in the case (from 0); never the
 * same letter twice. */
void practice_anon_name(const char *role_label, size_t index, char *out, size_t cap);
/* "under 10", "10 to 15", "16 to 17", "18 to 24", "25 to 34" ... "65 or over"; "age not known" for
 * DAY_NONE. */
const char *practice_age_band(int32_t born, int32_t on);
int practice_age(int32_t born, int32_t on); /* whole years; -1 unknown */

#endif
