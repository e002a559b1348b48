#include "data.h"
#include <stdio.h>
#include <string.h>

/*
 * What retention says is due (R39). Invariants:
 * 1. Nothing is due without a rule, and a rule of length 0 is never due.
 * 2. A hold stands over everything, also after its review date: only somebody lifts it.
 * 3. A reviewer can put the day off, never forward.
 */

const char *const RETAINED_ID[RETAINED_COUNT] = {
        "case", "case-no-action", "review", "research", "meeting", "papers", "drafts", "audit"};
const char *const RETAINED_FROM_ID[RETAINED_FROM_COUNT] = {
        "closing", "last-review", "meeting-end", "sealing", "typing"};

static bool names(const struct practice_retention *t, const char *type)
{
	for (size_t i = 0; i < t->n_types; i++)
		if (strcmp(t->type[i], type) == 0)
			return true;
	return false;
}

const struct practice_retention *practice_retention(
        const struct practice *p, enum retained record, const char *type)
{
	const struct practice_retention *all = NULL;
	for (size_t i = 0; i < p->n_retentions; i++) {
		const struct practice_retention *t = &p->retention[i];
		if (t->record != record)
			continue;
		if (type && names(t, type))
			return t;
		if (!t->n_types)
			all = t;
	}
	if (!all && (record == RETAINED_NO_ACTION || record == RETAINED_REVIEW))
		return practice_retention(p, RETAINED_CASE, type);
	return all;
}

const struct practice_retention *practice_retentions(const struct practice *p, size_t *ret_n)
{
	*ret_n = p->n_retentions;
	return p->retention;
}

int32_t practice_retention_due(const struct practice_retention *t, int32_t from)
{
	if (!t || !t->length || from == DAY_NONE)
		return DAY_NONE;
	return t->unit == CLOCK_MONTHS ? practice_add_months(from, t->length) : from + t->length;
}

void practice_retention_words(const struct practice_retention *t, char *out, size_t cap)
{
	static const char *const AFTER[RETAINED_FROM_COUNT] = {"closing",
	        "the last step of the review", "the end of the meeting", "sealing", "it was typed"};
	const char *unit = t->unit == CLOCK_MONTHS ? "month" : "day";
	int n = t->length;
	if (!n) {
		snprintf(out, cap, "as long as the store");
		return;
	}
	if (t->unit == CLOCK_MONTHS && n % 12 == 0) {
		unit = "year";
		n /= 12;
	}
	snprintf(out, cap, "%d %s%s after %s", n, unit, n == 1 ? "" : "s", AFTER[t->from]);
}

enum disposal_state practice_disposal(const struct practice_disposal *d, int32_t today)
{
	if (d->held)
		return d->hold_review != DAY_NONE && today >= d->hold_review ? DISPOSAL_HOLD_OVER
		                                                             : DISPOSAL_HELD;
	if (d->due == DAY_NONE || today < d->due)
		return DISPOSAL_NOT_YET;
	if (d->keep_until != DAY_NONE && today < d->keep_until)
		return DISPOSAL_KEPT;
	return d->reviewed ? DISPOSAL_REVIEWED : DISPOSAL_DUE;
}
