#include "caseroom/practice.h"

static int32_t last_day(const struct practice *p, const char *clock, int32_t from)
{
	const struct practice_clock *c = practice_clock(p, clock);
	int64_t due = c ? practice_clock_due(p, c, time_from_day(from, 0, 0)) : TIME_NONE;
	return due == TIME_NONE ? INT32_MAX : time_to_day(due);
}

enum complaint practice_complaint(
        const struct practice *p, int32_t day, int32_t reported, int32_t applied)
{
	if (reported > applied)
		return COMPLAINT_AFTER;
	if (reported > last_day(p, "review-complaint", day))
		return COMPLAINT_LATE;
	return applied > last_day(p, "review-apply", reported) ? COMPLAINT_OLD : COMPLAINT_COUNTS;
}

const char *complaint_name(enum complaint c)
{
	static const char *const NAME[] = {"Counts", "Reported too long after it happened",
	        "Too long before the application", "Reported after the application"};
	return (unsigned)c < COUNT_OF(NAME) ? NAME[c] : "";
}
