#ifndef RECORD_DISPOSAL_INT_H
#define RECORD_DISPOSAL_INT_H
/* Private to the files of record/ that know what is due: disposal_due.c, disposal.c, hold.c. */
#include "record_int.h"

/* One record that may be due, before the rule was asked. */
struct cand {
	struct disposal_row row; // first: rows of a list are these, cut short
	enum retained kind;
	int64_t forum, referred_by, agency, open_actions;
	const char *type;   /* of meeting, or NULL */
	int32_t not_before; /* another rule holds it back until then; DAY_NONE */
	bool waits;         /* for what hangs on it: not due whatever the day */
};

struct gather {
	struct record *r;
	struct arena *a;
	const struct record_viewer *v;
	int32_t today;
	const char *subject; /* that one alone, also when it is not due; NULL = all that is */
	int64_t id;
	void *rows;
	size_t n, cap;
};

/* Either may be DAY_NONE. */
static inline int32_t later_day(int32_t a, int32_t b)
{
	return a == DAY_NONE || (b != DAY_NONE && b > a) ? b : a;
}

/* Adds what may be due by its day, or is held, or was asked for; the rule is not asked yet. */
enum err disposal_candidates(struct gather *g) MUST_CHECK;
/* Candidates with rule, review and hold: those that wait for something, or the one asked for. */
enum err disposal_gather(struct gather *g) MUST_CHECK;

#endif
