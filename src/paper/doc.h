#ifndef CASEROOM_PAPER_DOC_H
#define CASEROOM_PAPER_DOC_H
/*
 * doc: a paper as blocks: headings, paragraphs, tables. Made once from the minutes (minutes_doc.c),
 * then set as plain text (minutes_text.c) and as PDF (minutes_pdf.c), so that both always have the
 * same parts. All text in it is clean: valid UTF-8, no control character but the line end. Owns
 * everything it points to but column tables, which are static.
 */
#include "caseroom/paper.h"
#include "caseroom/record.h"

enum doc_style {
	DOC_PLAIN,
	DOC_STRONG,
	DOC_MUTED,
};

struct doc_span {
	struct doc_span *next;
	const char *text;
	enum doc_style style;
};
struct doc_text {
	struct doc_span *first, *last;
};

struct doc_col {
	const char *head;
	int mm;    /* on paper; a table's columns make DOC_WIDTH_MM */
	int chars; /* in plain text; with two between columns they make DOC_WIDTH_CHARS */
};
#define DOC_WIDTH_MM 170
#define DOC_WIDTH_CHARS 78
#define DOC_GAP_CHARS 2

#define DOC_MAX_COLS 5
struct doc_row {
	struct doc_row *next;
	struct doc_text cell[DOC_MAX_COLS];
};

enum doc_kind {
	DOC_H1,
	DOC_H2,
	DOC_P,
	DOC_TABLE, /* with a row of column heads */
	DOC_FACTS, /* the first cell of each row is the head of that row */
	DOC_LIST,  /* the first cell of each row is its number or mark */
	DOC_SIGN,  /* places to sign: each row a label */
};

struct doc_block {
	struct doc_block *next;
	enum doc_kind kind;
	struct doc_text text; /* heading or paragraph */
	const struct doc_col *col;
	size_t n_cols;
	struct doc_row *row, *last_row;
};

struct doc {
	struct arena arena;
	struct doc_block *first, *last;
	const char *marking, *title, *author;
	const char *copy, *audit; /* foot of each page: "Copy 3, Police", "Audit 7F3A 91C2" */
	int32_t day;
	const struct buf *csv; /* a form that goes with it, or NULL; borrowed */
	enum err err;          /* the first failure sticks */
};

void doc_init(struct doc *d);
void doc_finish(struct doc *d); /* NULL or zeroed is fine */

/* Copies of `s` (NULL gives "") fit to be printed; without `lines` line ends become spaces. Never
 * NULL. */
const char *doc_clean(struct doc *d, const char *s, bool lines);
const char *doc_printf(struct doc *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Never NULL: without memory they give a spare block or row that is not in the document. */
struct doc_block *doc_add(struct doc *d, enum doc_kind kind);
struct doc_block *doc_add_table(
        struct doc *d, enum doc_kind kind, const struct doc_col *col, size_t n_cols);
struct doc_row *doc_row(struct doc *d, struct doc_block *table);
void doc_put(struct doc *d, struct doc_text *t, enum doc_style style, const char *s);

/* A heading or a paragraph of one style. */
void doc_say(struct doc *d, enum doc_kind kind, enum doc_style style, const char *s);

/* The minutes as they go to this copy's recipient. ERR_NOMEM, ERR_LIMIT. */
enum err doc_minutes(
        struct doc *d, const struct paper_minutes *m, const struct paper_copy *c) MUST_CHECK;

/* Any document, set: appended to `out`. As paper_minutes_text() and paper_minutes_pdf(). */
enum err doc_text(struct doc *d, struct buf *out) MUST_CHECK;
enum err doc_pdf(const struct doc *d, struct buf *out) MUST_CHECK;

/* What stands at the head and foot of all that leaves: of the sample too, and told from a live
 * store. */
#define DOC_MARKING "OFFICIAL-SENSITIVE"
#define DOC_MARKING_SAMPLE "OFFICIAL-SENSITIVE (TRAINING: everyone is invented)"

/* A cell of CSV in which a spreadsheet program runs no formula. */
void doc_cell(struct buf *out, struct doc *d, bool first, const char *s);

/*
 * A sealed copy, kept: written into `dir` (made when absent, mode 0700) as
 * KIND-DAY-CODE-copy-N.age, and entered in the record as a paper of `record_kind` (NULL = minutes),
 * or as a copy of a certificate. `agency` 0 = the chair's. *ret_file lives in the arena.
 */
struct doc_kept {
	int64_t meeting, agency;
	int64_t certificate; /* 0: it is a paper of `meeting` */
	int32_t day;
	int number;
	const char *kind, *record_kind, *code;
};
enum err doc_keep(struct record *r, struct arena *a, const char *dir, const struct doc_kept *k,
        const struct buf *sealed, const char **ret_file, struct why *why) MUST_CHECK;

/*
 * Any document but the minutes, sealed: NAME.pdf, NAME.txt (and NAME.csv, when it has a form) and
 * manifest.json as one tar in `out`,
 * or nothing on failure. The manifest tells the marking, partnership, heading, forum, day, status,
 * version and fingerprint of `about`. ERR_INPUT as paper_seal().
 */
enum err doc_seal(struct doc *d, const char *name, const struct paper_minutes *about,
        const struct paper_copy *c, struct buf *out, struct why *why) MUST_CHECK;

#endif
