#ifndef RECORD_IMPORT_INT_H
#define RECORD_IMPORT_INT_H
/*
 * Private to the import files: import.c reads the file and knows the kinds; the others take and
 * give the rows of theirs. A taker reports every bad cell of its row with import_bad() and goes on;
 * it writes inside the import's transaction, which is rolled back when anything was bad.
 */
#include "caseroom/csv.h"
#include "record_int.h"

#define COLS_MAX 24

struct import {
	struct record *r;
	const struct kind *kind;
	record_bad_fn *bad;
	record_progress_fn *progress;
	void *ctx;
	struct why *why;
	size_t bad_rows, rows, total_lines;
	bool header_seen;
	const struct csv_row *row;
	int64_t case_before; /* cases with a higher id were made by this import */
	int64_t case_id;     /* the case of the row before */
	char case_ref[REF_MAX];
	int64_t position;
	struct arena a;
	struct link {
		int64_t kase, party;
		const char *kind, *to;
		size_t line;
	} * link;
	size_t n_links, cap_links;
	int64_t *begun; /* returns whose lines of before were taken back by this import */
	size_t n_begun, cap_begun;
};

struct kind {
	const char *name, *table;
	const char *const *column;
	enum err (*take)(struct import *im);
	enum err (*give)(struct record *r, const struct kind *k, struct buf *out); /* NULL: never */
};

typedef enum err take_fn(struct import *im);
typedef enum err give_fn(struct record *r, const struct kind *k, struct buf *out);
/* import_partnership.c */
take_fn take_text, take_agency, take_person;
give_fn give_text, give_agency, give_person;
/* import_cases.c */
take_fn take_referral, take_incident;
give_fn give_referral, give_incident;
/* Who is related to whom is known only when all rows of the file are in. */
enum err import_links(struct import *im) MUST_CHECK;
/* import_sharing.c */
take_fn take_agreement, take_signature, take_research;
give_fn give_agreement, give_signature;

const char *import_cell(const struct import *im, size_t col);
/* Reports the cell and goes on; the import will change nothing. Gives ERR_INPUT. */
enum err import_bad(struct import *im, size_t col, const char *reason);
/* These report what is wrong and answer int, so that & between them, which tells every mistake of a
 * row, is no slip to a compiler. */
int words_ok(struct import *im, size_t col, size_t max, bool may_be_empty);
int day_ok(struct import *im, size_t col, bool may_be_empty, int32_t *ret);
int entry_ok(struct import *im, size_t col, const char *list, bool may_be_empty);
/* The id of an agency or a group by its code. */
enum err agency_ok(struct import *im, size_t col, bool may_be_empty, int64_t *ret) MUST_CHECK;
enum err forum_ok(struct import *im, size_t col, int64_t *ret) MUST_CHECK;

void give_header(const struct kind *k, struct buf *out);
/* Rows of a statement; the last column is the mask of quoted cells. With `of_case`, the one before
 * it is the row's case: rows that the opener's agency may not see in full are left out. */
enum err give_rows(struct record *r, const char *sql, bool of_case, struct buf *out) MUST_CHECK;

#endif
