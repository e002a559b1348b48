#ifndef VAULT_BTREE_H
#define VAULT_BTREE_H
/*
 * SQLite's file format (sqlite.org/fileformat2.html), read by ourselves and one page at a time, so
 * that what lies on good pages can be had when SQLite gives the whole file up. It knows nothing of
 * keys, files, tables or SQL: it is given pages in clear and gives cells and records. Nothing that
 * a page says is believed before it was measured against the page's bounds.
 */
#include "caseroom/base.h"

/* The file, as pages in clear. */
struct bt_file {
	uint32_t pages;             /* 1..pages */
	uint32_t page_size, usable; /* usable: without the reserved tail; at least 480 */
	/* Page `pgno` into out[page_size]; false when it is not to be had. */
	bool (*page)(void *ctx, uint32_t pgno, uint8_t *out);
	void *ctx;
};

enum bt_kind {
	BT_NONE = 0, /* overflow, free, or not of a tree at all */
	BT_INDEX_INTERIOR = 2,
	BT_TABLE_INTERIOR = 5,
	BT_INDEX_LEAF = 10, /* index, or table WITHOUT ROWID */
	BT_TABLE_LEAF = 13,
};

static inline bool bt_interior(enum bt_kind k)
{
	return k == BT_INDEX_INTERIOR || k == BT_TABLE_INTERIOR;
}

static inline bool bt_table(enum bt_kind k)
{
	return k == BT_TABLE_INTERIOR || k == BT_TABLE_LEAF;
}

/* One page of a tree; borrows the bytes that it was parsed from. */
struct bt_page {
	enum bt_kind kind;
	unsigned cells;
	uint32_t right; /* the last child of an interior page */
	const uint8_t *bytes, *pointers;
	uint32_t usable;
};

/* False: these bytes are no page of a tree (also: a page that says more than it can hold). */
bool bt_page_parse(const struct bt_file *f, uint32_t pgno, const uint8_t *bytes,
        struct bt_page *ret) MUST_CHECK;

struct bt_cell {
	uint32_t child;       /* of an interior page; else 0 */
	int64_t rowid;        /* of a table page: the row, or the largest below `child` */
	uint64_t payload;     /* bytes of the record; 0 on an interior page of a table */
	const uint8_t *local; /* its first bytes, in the page */
	uint32_t local_n;
	uint32_t overflow; /* page with the rest; 0: none */
};

/* Cell i (below p->cells). False: it does not lie in its page. */
bool bt_cell_parse(const struct bt_page *p, unsigned i, struct bt_cell *ret) MUST_CHECK;

enum bt_type { BT_NULL, BT_INTEGER, BT_REAL, BT_TEXT, BT_BLOB };

struct bt_value {
	enum bt_type type;
	int64_t integer;
	double real;
	const uint8_t *p; /* of text (in the file's encoding) and blob; borrowed from the row */
	size_t n;
};

/* SQLite's own limit; one record has no more. */
#define BT_FIELDS_MAX 2000

/*
 * The types of a record's fields, from its first bytes alone. The number of fields, or -1: this is
 * no record, or its head does not lie in these bytes, or has more fields than `max`.
 */
int bt_types(const uint8_t *record, size_t n, uint64_t payload, enum bt_type *ret,
        size_t max) MUST_CHECK;

/* A record in one piece. init/finish; used again for row after row; wiped at the end. */
struct bt_row {
	int64_t rowid;
	size_t n;
	struct bt_value *field; /* [n] */
	uint8_t *bytes, *page;
	size_t cap;
};

enum err bt_row_init(struct bt_row *r, const struct bt_file *f) MUST_CHECK;
void bt_row_finish(struct bt_row *r);
/* ERR_DAMAGED: a page with the rest of it is not to be had, or the record is none. ERR_NOMEM. */
enum err bt_row_read(struct bt_row *r, const struct bt_file *f, const struct bt_cell *c) MUST_CHECK;

#endif
