#ifndef CASEROOM_PRACTICE_READ_H
#define CASEROOM_PRACTICE_READ_H
/*
 * read: takes values out of a JSON tree, strictly, and remembers where it is, so that the first
 * thing wrong is told as "meeting-marac.json, agenda.parts[2].minutes: ...". The first failure
 * sticks: later reads give "" or 0 and change nothing, so that a loader checks once at its end.
 * Nothing is NULL while `err` is ERR_OK.
 */
#include <jansson.h>
#include "caseroom/base.h"

struct reader {
	struct arena *arena;
	struct why *why;
	const char *file;
	char place[256];
	enum err err;
};

void read_fail(struct reader *r, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Goes one step in; returns what read_out takes to come back. */
size_t read_in(struct reader *r, const char *key);
size_t read_in_item(struct reader *r, size_t i);
void read_out(struct reader *r, size_t mark);

/* Fails when `o` is no object or has a key that is not among `keys` (separated by a space). */
void read_keys(struct reader *r, const json_t *o, const char *keys);
/* NULL after a failure; an absent key is one. */
const json_t *read_object(struct reader *r, const json_t *o, const char *key);
const json_t *read_array(
        struct reader *r, const json_t *o, const char *key, size_t least, size_t most);
/* A sentence or a label of 1 to `most` bytes on one line. */
const char *read_text(struct reader *r, const json_t *o, const char *key, size_t most);
/* The same, or "" when absent or empty. */
const char *read_text_or_none(struct reader *r, const json_t *o, const char *key, size_t most);
/* Lower-case letters, digits and hyphens, 1 to 40 of them. */
const char *read_id(struct reader *r, const json_t *o, const char *key);
const char *read_id_or_none(struct reader *r, const json_t *o, const char *key);
/* Whose rule an entry is: each must have one. */
const char *read_source(struct reader *r, const json_t *o);
int read_int(struct reader *r, const json_t *o, const char *key, int least, int most);
bool read_flag(struct reader *r, const json_t *o, const char *key); /* false when absent */
/* An array of such texts without doubles; empty when absent and `least` is 0. */
const char *const *read_texts(struct reader *r, const json_t *o, const char *key, size_t least,
        size_t most, size_t *ret_n);
/* `n` zeroed things of `size`, NULL after a failure. */
void *read_alloc(struct reader *r, size_t n, size_t size);

#endif
