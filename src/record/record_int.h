#ifndef RECORD_INT_H
#define RECORD_INT_H
/*
 * Private to record/: the open store, the SQL helpers, and what the command files share. A
 * command's apply function runs inside record_do's transaction; it returns an error and a sentence,
 * and never begins or ends a transaction itself.
 */
#include <sqlite3.h>
#include "caseroom/record_agenda.h"
#include "caseroom/record_disposal.h"
#include "caseroom/vault.h"

#define STMT_CACHE 384
#define UNDO_MS 10000

struct record {
	struct vault *vault;
	sqlite3 *db;
	const struct practice *practice;
	int64_t actor, actor_agency;
	bool reads_only; /* the opener is an observer wherever they have a seat (R32) */
	/* A key of an auditor opened it: every query is empty and every write refused (sql.c), but
	 * those of the audit itself, which say so by `own`. */
	bool auditor;
	int own;
	struct {
		const char *sql; /* the literal's address is the key */
		sqlite3_stmt *st;
	} cache[STMT_CACHE];
	size_t n_cache;
	uint8_t head[VAULT_HASH_BYTES];
	int64_t head_seq, meetings; /* last entry; meetings closed */
	/* the last command's change, to take back */
	void *undo;
	int undo_n;
	int64_t undo_at_ms;
	int64_t undo_seq, undo_case, undo_meeting;
	char undo_text[160];
};

/* ---- sql.c ---- */

/*
 * Types of the arguments, one letter each: i int64_t, t const char * (NULL = NULL), b pointer and
 * size_t, d int32_t day (DAY_NONE = NULL), u int64_t moment (TIME_NONE = NULL), z int64_t id (0 =
 * NULL). `sql` must be a literal.
 */
enum err sql_run(struct record *r, const char *sql, const char *types, ...) MUST_CHECK;
/* The same with the new row's id. */
enum err sql_insert(
        struct record *r, int64_t *ret_id, const char *sql, const char *types, ...) MUST_CHECK;
struct sql {
	struct record *r;
	sqlite3_stmt *st;
	enum err err;
};
/* A query: `while (sql_step(&q)) ...` then `return sql_end(&q)`. Errors stick and come out at the
 * end. */
void sql_query(struct record *r, struct sql *q, const char *sql, const char *types, ...);
bool sql_step(struct sql *q);
enum err sql_end(struct sql *q) MUST_CHECK;
int64_t sql_int(struct sql *q, int col);
bool sql_null(struct sql *q, int col);
int32_t sql_day(struct sql *q, int col);
int64_t sql_us(struct sql *q, int col);
/* "" for NULL; in the arena. Without memory the query ends in ERR_NOMEM. */
const char *sql_text(struct sql *q, int col, struct arena *a);
/* First column of the first row; ERR_NOT_FOUND without one. */
enum err sql_one_int(
        struct record *r, int64_t *ret, const char *sql, const char *types, ...) MUST_CHECK;
enum err sql_script(
        struct record *r, const char *sql) MUST_CHECK; /* no arguments, several statements */
enum err sql_error(struct record *r, int rc);
/* At the end of what a person asked for: an error gets its words. A damaged store is told before
 * anything else, with its page. */
enum err sql_said(struct record *r, enum err e, struct why *why) MUST_CHECK;
/* A statement of the caller's own, for one whose text is made; sqlite3_finalize ends it. */
enum err sql_prepare(struct record *r, const char *sql, sqlite3_stmt **ret) MUST_CHECK;

/* ---- schema.c ---- */
#define SCHEMA_VERSION 4
enum err schema_migrate(struct record *r, struct why *why) MUST_CHECK;
/* Up to a version below this program's: for tests that need a store as it was. */
enum err schema_migrate_to(struct record *r, int64_t to, struct why *why) MUST_CHECK;

/* ---- agreement.c ---- */
/* The sharing agreement that holds today, or 0. */
enum err isa_in_force(struct record *r, int64_t *ret) MUST_CHECK;
/* Gives a statement its parameter :isa, when it has one. */
enum err isa_bind(struct record *r, sqlite3_stmt *s) MUST_CHECK;
/* The short form of a list of agencies: signed that day, in the register's first agreement when
 * there is none yet. */
enum err isa_signed_on(struct record *r, int64_t agency, int32_t day) MUST_CHECK;

/* ---- research.c ---- */
/* Whether the agency may return research of this case to this meeting, with its sentence. */
enum err research_check(
        struct record *r, int64_t meeting, int64_t kase, int64_t agency, struct why *w) MUST_CHECK;
/* The agency's return for a case, made when there is none. */
enum err research_row(
        struct record *r, int64_t meeting, int64_t kase, int64_t agency, int64_t *ret) MUST_CHECK;
enum err research_line(struct record *r, int64_t research, int64_t kase,
        const struct research_words *l, struct why *w) MUST_CHECK;
/* A line became this share: said, or decided not to be. */
enum err research_decided(struct record *r, int64_t line, int64_t item, int64_t agency,
        int64_t share, struct why *w) MUST_CHECK;

/* ---- sound.c ---- */
#define SOUND_MAX 64
/*
 * How a name sounds: one code a word, in alphabetical order, so that word order does not matter;
 * the rules stand at the top of sound.c. "" for a name that says that none is known.
 */
void name_sound(const char *name, size_t len, char out[SOUND_MAX]);
/* Whether two folded names differ by at most one slip of the finger in five letters. */
bool name_close(const char *a, const char *b);
bool name_known(const char *name); /* false for "", "Unknown", "Not known" */

/* ---- identity.c: who somebody is, across cases ---- */
/* The identity that stands for this one, after merges. ERR_NOT_FOUND. */
enum err identity_root(struct record *r, int64_t identity, int64_t *ret) MUST_CHECK;
/* ?1 and all identities that were merged into it, at any depth. */
#define WHO                                                                                        \
	"WITH RECURSIVE who(id) AS (SELECT ?1 UNION ALL SELECT i.id FROM who JOIN identity i ON "  \
	"i.merged = who.id) "
/* Whether the viewer sees in full a case that this identity, or one merged into it, is in. */
enum err identity_seen(
        struct record *r, const struct record_viewer *v, int64_t identity, bool *ret) MUST_CHECK;
/* Bits of the part somebody has in a case, from the entry id of list "party-role". */
enum { SIDE_HARMED = 1, SIDE_HARMING = 2, SIDE_CHILD = 4, SIDE_PLACE = 8 };
unsigned party_side(const char *role);

/* ---- access.c ---- */
/* Everything about one identity; by a name, those it may mean with their ids. */
enum err list_subject(struct record *r, const struct record_viewer *v, const char *id,
        record_row_fn *fn, void *ctx, struct why *w) MUST_CHECK;

/* ---- newcase.c ---- */
/* The case, when whoever is before the panel sees it in full; else the sentence. */
enum err check_case_full(
        struct record *r, int64_t case_id, struct record_viewer *ret_v, struct why *w) MUST_CHECK;

/* ---- disposal.c ---- */
/* What is due and may be reviewed by whoever opened the store. */
enum err disposals(struct record *r, struct arena *a, const struct record_viewer *v,
        struct disposal_row **ret, size_t *ret_n) MUST_CHECK;
/* ---- dispose.c ---- */
/* At opening: a certificate whose data key was changed since is told so. */
enum err certificates_settle(struct record *r) MUST_CHECK;

/* ---- keys.c ---- */
/* At opening: a new data key that somebody asked for, and that was made since, is told so. */
enum err rekey_settle_note(struct record *r) MUST_CHECK;
/* From how many agencies to how many, as the number of a key.quorum entry; 0 in entries of before
 * it was told. */
static inline int64_t quorum_change(unsigned from, unsigned to)
{
	return (int64_t)from << 8 | to;
}

/* ---- audit.c ---- */
struct audit_entry {
	const char *act;     /* "share.keep"; its words are in audit_words.c */
	const char *subject; /* kind of record */
	int64_t subject_id, case_id, meeting_id;
	const void *digest; /* 32 bytes over the change, or NULL */
};
/* Tells the vault how far the record goes, before a commit. */
void audit_mark(struct record *r);
/* Inside a transaction; and in one of its own. */
enum err audit_add(struct record *r, const struct audit_entry *e) MUST_CHECK;
enum err audit_note(struct record *r, const struct audit_entry *e) MUST_CHECK;
/* How far the chain goes, into r. */
enum err audit_load_head(struct record *r) MUST_CHECK;
/* The same once at open, against what the vault's anchor remembers: ERR_OLDER, ERR_AUDIT. */
enum err audit_open(struct record *r, struct why *why) MUST_CHECK;

/* ---- opening.c ---- */
/* Who opened the store, by the keys that the vault knows: r->actor and what it may. */
enum err opening_actor(struct record *r) MUST_CHECK;
/* Whose key it is, and of which agency; 0: nobody's. */
enum err opening_person(struct record *r, const struct vault_slot *s, int64_t *ret_person,
        int64_t *ret_agency) MUST_CHECK;
/* Whether this key leaves an opening free to write, and of which agency it is (0: of none). */
enum err key_writes(
        struct record *r, const struct vault_slot *s, int64_t *ret_agency, bool *ret) MUST_CHECK;
/* An entry for each key that opened it, once for each opening of the vault. */
enum err opening_note(struct record *r) MUST_CHECK;
/* An entry about a key, which names it for ever; inside a transaction. */
enum err key_entry(struct record *r, const char *act, const struct vault_slot *s) MUST_CHECK;
/* kept.c: a store of a new life (a restored one) has an entry in the audit that says so. */
enum err kept_life(struct record *r) MUST_CHECK;
/* Its life is of another making, which has an entry of its own. */
enum err kept_life_known(struct record *r) MUST_CHECK;

/* ---- do.c ---- */
/* What a command's apply function leaves for the audit and the undo bar. */
struct done {
	int64_t id; /* what was made or changed */
	int64_t case_id, meeting_id;
	const char *act; /* what the audit calls it, when not as the command is called; or NULL */
	char text[160];  /* sentence of the undo bar; "" = no undo */
	bool aside;      /* what was to be undone before still is */
};
typedef enum err command_fn(
        struct record *r, const struct command *c, struct done *d, struct why *w);
command_fn cmd_partnership, cmd_agency_add, cmd_agency_recipient, cmd_person_add, cmd_person_slot,
        cmd_meeting_plan, cmd_meeting_state, cmd_meeting_next, cmd_seat_person, cmd_seat_apologies,
        cmd_seat_guest, cmd_seat_sign, cmd_seat_chair, cmd_seat_minutes, cmd_seat_leave,
        cmd_seat_return, cmd_conflict, cmd_minutes_agree, cmd_item_open, cmd_item_done,
        cmd_item_defer, cmd_item_remove, cmd_item_add, cmd_item_move, cmd_word, cmd_share,
        cmd_share_correct, cmd_assess, cmd_decide, cmd_action_add, cmd_action_update, cmd_note,
        cmd_minutes_approve, cmd_paper, cmd_meeting_move, cmd_case_add, cmd_party_add,
        cmd_party_change, cmd_relation_add, cmd_incident_add, cmd_incident_same, cmd_merge,
        cmd_unmerge, cmd_repeat, cmd_restrict, cmd_break_glass, cmd_event, cmd_practice,
        cmd_research_ask, cmd_research_return, cmd_agreement, cmd_agreement_sign, cmd_note_correct,
        cmd_mistake, cmd_minutes_correct, cmd_review_apply, cmd_review_complaint,
        cmd_review_threshold, cmd_review_victim, cmd_review_step, cmd_terms, cmd_progress,
        cmd_exempt, cmd_hold, cmd_hold_lift, cmd_disposal_review, cmd_dispose, cmd_certificate_copy;

/* What the audit calls it: "share.keep". */
const char *command_act(enum command_kind k);
/* begin immediate / commit / rollback, with the vault told of the audit head. */
enum err txn_begin(struct record *r) MUST_CHECK;
enum err txn_commit(struct record *r) MUST_CHECK;
void txn_rollback(struct record *r);
void undo_forget(struct record *r);

/* ---- mistake.c ---- */
/* For statements: what a record was marked in error for, "" when it stands; and that it stands. */
#define MISTAKE_OF(subject, id)                                                                    \
	"coalesce((SELECT w.words FROM mistake w WHERE w.subject = '" subject                      \
	"' AND w.subject_id = " id "), '')"
#define NOT_IN_ERROR(subject, id)                                                                  \
	"NOT EXISTS (SELECT 1 FROM mistake w WHERE w.subject = '" subject                          \
	"' AND w.subject_id = " id ")"
/* A new version of a meeting's minutes. */
enum err minutes_version(struct record *r, int64_t meeting, const char *stage, int64_t item,
        const char *words, int64_t at_meeting) MUST_CHECK;
enum err check_correction(struct record *r, int64_t meeting, int64_t item, const char *words,
        struct why *w) MUST_CHECK;
/* What the case's own row says of its people (newcase.c). */
enum err count_people(struct record *r, int64_t case_id) MUST_CHECK;
/* The words of a mark for a viewer of that sight. */
const char *mistake_words(struct sql *q, int col, struct arena *a, enum sight s);

/* ---- shared checks (check.c) ---- */
/* Printable UTF-8 of 1..max bytes ("" allowed when `may_be_empty`); `what` begins the sentence:
 * "What is said". */
enum err check_words(
        const char *s, size_t max, bool may_be_empty, const char *what, struct why *w) MUST_CHECK;
/* The id is an entry of that list (or "" / NULL when allowed). */
enum err check_entry(struct record *r, const char *list, const char *id, bool may_be_empty,
        const char *what, struct why *w) MUST_CHECK;
struct item_key {
	int64_t meeting, case_id, forum;
	enum agenda_kind kind;
	enum item_state state;
	enum meeting_state meeting_state;
	int number;
	char title[NAME_MAX_BYTES];
};
/* The item, when its meeting is in session and the room may see its case; else the sentence. */
enum err check_item(struct record *r, int64_t item, bool on_table, struct item_key *ret,
        struct why *w) MUST_CHECK;
enum err check_meeting(
        struct record *r, int64_t meeting, enum meeting_state want, struct why *w) MUST_CHECK;
enum err viewer_room(struct record *r, const struct record_viewer *v, int64_t case_id,
        struct record_viewer *room) MUST_CHECK;
enum err limit_of_case(struct record *r, int64_t case_id, struct practice_limit *ret,
        int64_t named[PRACTICE_MAX]) MUST_CHECK;
/* The item, when its case is held back from the room and its chair may open it; else the sentence.
 */
enum err check_glass(struct record *r, const struct record_viewer *v, int64_t item,
        int64_t *ret_case, int64_t *ret_seat, struct why *w) MUST_CHECK;
const char *entry_label(struct record *r, const char *list, const char *id);
/* Takes what is on the table off it, adding the time it was there. */
enum err item_off_table(struct record *r, int64_t meeting) MUST_CHECK;
/* The item is done now; takes nothing off the table. And all of one kind that wait. */
enum err item_is_done(struct record *r, int64_t item) MUST_CHECK;
enum err items_are_done(struct record *r, int64_t meeting, enum agenda_kind kind) MUST_CHECK;
/* The position of a new item (kase 0: none of a case), with room made for it. */
enum err item_place(struct record *r, int64_t meeting, int64_t kase, int64_t *ret) MUST_CHECK;
/* Why the last assessment of a case was out of date at a moment, and by whose rule; "" when it was
 * not. */
enum err stale_at(struct record *r, struct arena *a, int64_t kase, int64_t at_us, const char **ret,
        const char **ret_source) MUST_CHECK;
/* A recorded event of a case: stops the clocks that wait for it, starts those it begins. */
enum err clocks_event(struct record *r, int64_t kase, const char *event, int64_t at_us) MUST_CHECK;
enum err clocks_start(struct record *r, int64_t kase, const struct practice_type *t,
        const char *event, int64_t at_us) MUST_CHECK;
void uid_make(uint8_t out[16]);
/* A new row's uid, as the `b` argument pair. */
#define UID_ARG uid, (size_t)16

#endif
