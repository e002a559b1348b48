#ifndef VAULT_SALVAGE_H
#define VAULT_SALVAGE_H
/*
 * Private to the files of a salvage: salvage_card.c (which bytes are the newest, and open),
 * salvage_model.c (which tables there are), salvage_tree.c and salvage_form.c (which page is of
 * which table), salvage.c (a new store of what was found) and salvage_report.c (what was not). The
 * damaged store is only read.
 */
#include "btree.h"
#include "vault_int.h"

/* ---- the card: pages in clear, the log laid over the database ----------------------------------
 */

/* In the order in which their rows are taken. */
enum card_age {
	AGE_NEWEST,
	AGE_UNPROVEN, /* counts together with a page that does not open: it could not be told */
	AGE_OLD,      /* is or may be older than what was there last */
};

struct salvage_card {
	int db, wal;             /* -1: not there */
	struct vault_keys *keys; /* the vault's, but the audit key is as the anchor has it */
	struct seal seal;
	struct wal_gen gen;
	uint32_t file_pages, pages; /* pages there are; pages there should be */
	uint32_t *frame; /* [pages + 1]: the frame that holds the page; 0: the database */
	uint8_t *stale;  /* [pages + 1]: enum card_age */
	uint32_t lock_page, unproven;             /* SQLite's own; pages that are AGE_UNPROVEN */
	uint32_t frames, bad_frames, left_frames; /* used; not opened; of another log */
	uint32_t cut_frames;                      /* the anchor counts so many more */
	bool anchor_good; /* both its records hold: what it says of the log and of pages is so */
	bool sure;        /* every page that opens is the newest, as far as can be told */
	struct vault_mark mark; /* how far the record went, as the anchor says */
	struct life_began began;
	uint64_t epoch, audit_key_seq;
};

enum err card_open(const struct vault *v, struct salvage_card *ret, struct why *why) MUST_CHECK;
void card_close(struct salvage_card *c);
/* Does any page? */
bool card_opens(struct salvage_card *c);
/* For bt_file: the newest bytes of a page, in clear. */
bool card_page(void *card, uint32_t pgno, uint8_t *out);

/* ---- the model: tables and their columns ------------------------------------------------------
 */

struct salvage_column {
	char *name;       /* "" in an index */
	unsigned types;   /* 1 << enum bt_type: what a record may hold there */
	bool maybe_short; /* a record may end before it: a column that was added later */
};

/* A table or an index: a tree of pages, and what was found of it. */
struct salvage_tree {
	char *name;
	uint32_t root; /* 0: not known */
	bool rowid;    /* a tree of table pages; else of index pages */
	bool keep;     /* its rows go into the new store */
	int alias;     /* the column that is the row's id; -1: none */
	struct salvage_column *column;
	size_t n_columns; /* 0: form not known */
	/* found */
	uint64_t rows, short_rows, twice; /* saved; not whole; not beside what is there already */
	uint32_t found_pages;             /* by their form alone */
};

struct salvage_row {
	char *type, *name, *table, *sql; /* sql NULL: made by SQLite */
	uint32_t root;
};

struct salvage_model {
	struct salvage_row *row; /* the store's own list of tables, as far as it opens */
	size_t n_rows;
	bool whole;          /* that list is all there, and page 1 says its version */
	int64_t version;     /* of the records: `user_version` */
	char *tables, *rest; /* SQL that makes the new store: tables; indexes, triggers, views */
	struct salvage_tree *tree; /* [0] is the list itself */
	size_t n_trees;
};

/* One row of the list of tables; false when it is none. */
bool model_is_row(const struct bt_row *r);
enum err model_add_row(struct salvage_model *m, const struct bt_row *r) MUST_CHECK;
/* Trees of the rows that were added, and of `schema` those that are missing. */
enum err model_make(struct salvage_model *m, const char *schema) MUST_CHECK;
void model_finish(struct salvage_model *m);

/* ---- trees: which page is of which table ------------------------------------------------------
 */

enum note_state {
	NOTE_BAD,   /* does not open, or is not there */
	NOTE_PAGE,  /* of a tree */
	NOTE_OTHER, /* opens: overflow, or what a free page still holds */
	NOTE_EMPTY, /* nothing on it that counts: free */
};

#define NO_TREE UINT32_MAX

struct salvage_note {
	uint32_t parent, parent2; /* pages that name it as their child; 0: none */
	uint32_t tree;            /* its own; NO_TREE */
	uint32_t root_of;         /* the tree that begins here; NO_TREE */
	uint32_t group;           /* of pages that no known tree leads to; NO_TREE */
	uint8_t state, kind;      /* enum note_state; enum bt_kind */
	bool over_leaves;         /* an interior page with a leaf below it */
	bool cells;               /* holds records */
	bool free;                /* does not open, and held nothing */
	bool chained;             /* overflow of a row of its tree */
	bool by_form;             /* is its tree's by the form of its records alone */
	int64_t from, to;         /* ids that its parent expects there: from < id <= to */
	int64_t low, high;        /* ids on this leaf */
};

struct salvage_trees {
	struct bt_file file;
	struct salvage_card *card;
	struct salvage_model *model;
	struct salvage_note *note; /* [pages + 1] */
	uint32_t pages;
	uint8_t *page;   /* for one page at a time */
	bool first_good; /* page 1 opens; what its head says: */
	uint32_t free_first, free_pages;
	int64_t version;
	vault_progress_fn *fn;
	void *ctx;
};

/* Reads every page, finds the tables and gives each page to one, or to none. */
enum err trees_open(struct salvage_trees *t, struct salvage_card *c, struct salvage_model *m,
        const char *schema, vault_progress_fn *fn, void *ctx) MUST_CHECK;
void trees_finish(struct salvage_trees *t);
/* The page that leads to all others which lead to this one; the ids that it may hold. */
uint32_t trees_top(
        const struct salvage_trees *t, uint32_t pgno, int64_t *ret_from, int64_t *ret_to);

/* Gives the pages that no known tree leads to (salvage_form.c). */
enum err trees_by_form(struct salvage_trees *t) MUST_CHECK;
/* What was lost, after the rows were read (salvage_report.c). */
void report_write(const struct salvage_trees *t, const struct vault_salvage *s, struct buf *lost);

#endif
