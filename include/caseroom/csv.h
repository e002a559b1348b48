#ifndef CASEROOM_CSV_H
#define CASEROOM_CSV_H
/*
 * RFC 4180 over libcsv: one call for each record with the line it starts on, so that a bad value
 * can be told with its place. UTF-8 only; a byte-order mark and CRLF are accepted. Spaces and tabs
 * at the ends of a cell belong to it only in quotes. Remembers which cells were quoted, so that
 * they go out the same.
 */
#include "caseroom/base.h"

#define CSV_MAX_CELLS 64
#define CSV_MAX_BYTES (64u << 20)

struct csv_cell {
	const char *text; /* zero-terminated; valid during the call */
	size_t len;
	size_t line; /* 1-based line the cell starts on */
};

struct csv_row {
	size_t line; /* 1-based line of the first cell */
	size_t n;
	const struct csv_cell *cell;
	uint64_t quoted; /* bit i: cell i stood in quotes */
};

/* Return anything but ERR_OK to stop. */
typedef enum err csv_row_fn(void *ctx, const struct csv_row *row);

/* ERR_INPUT (with line and reason) when the bytes are not CSV or not UTF-8; ERR_LIMIT over the
 * sizes above. */
enum err csv_read(
        const void *data, size_t len, csv_row_fn *fn, void *ctx, struct why *why) MUST_CHECK;

/* Appends one cell, after a comma unless `first`; in quotes when it must be, or when `quoted`. */
void csv_put(struct buf *b, bool first, const char *text, bool quoted);
void csv_end(struct buf *b); /* ends the record with LF */

#endif
