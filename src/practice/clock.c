#include "data.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A longer way than any rule goes; keeps a wrong length from counting for ever. */
#define STEPS_MAX 20000

static int by_day(const void *key, const void *e)
{
	int32_t a = *(const int32_t *)key, b = ((const struct practice_holiday_entry *)e)->day;
	return (a > b) - (a < b);
}

const char *practice_holiday(const struct practice *p, int32_t day)
{
	if (p->n_holidays == 0)
		return NULL;
	const struct practice_holiday_entry *h =
	        bsearch(&day, p->holiday, p->n_holidays, sizeof(p->holiday[0]), by_day);
	return h ? h->name : NULL;
}

int practice_holidays_to(const struct practice *p)
{
	int y = 0, m, d;
	if (p->n_holidays)
		day_to_ymd(p->holiday[p->n_holidays - 1].day, &y, &m, &d);
	return y;
}

bool practice_days_known(const struct practice *p, int32_t day)
{
	return day <= day_from_ymd(practice_holidays_to(p), 12, 31);
}

bool practice_is_working_day(const struct practice *p, int32_t day)
{
	return day != DAY_NONE && day_weekday(day) <= 5 && !practice_holiday(p, day);
}

int32_t practice_add_working_days(const struct practice *p, int32_t day, int n)
{
	int step = n < 0 ? -1 : 1;
	int left = n < 0 ? (n < -STEPS_MAX ? STEPS_MAX : -n) : (n > STEPS_MAX ? STEPS_MAX : n);
	if (day == DAY_NONE)
		return DAY_NONE;
	if (n == 0)
		while (!practice_is_working_day(p, day))
			day++;
	while (left > 0) {
		day += step;
		if (practice_is_working_day(p, day))
			left--;
	}
	return day;
}

int32_t practice_add_months(int32_t day, int months)
{
	int y, m, d;
	if (day == DAY_NONE || months < -12 * 1000 || months > 12 * 1000)
		return DAY_NONE;
	day_to_ymd(day, &y, &m, &d);
	int n = y * 12 + m - 1 + months;
	y = n / 12;
	m = n % 12 + 1;
	for (; d > 28; d--) {
		int32_t there = day_from_ymd(y, m, d);
		if (there != DAY_NONE)
			return there;
	}
	return day_from_ymd(y, m, d);
}

bool practice_is_repeat(int32_t last_referral, int32_t day)
{
	if (last_referral == DAY_NONE || day == DAY_NONE)
		return false;
	return day > last_referral && day <= practice_add_months(last_referral, 12);
}

static int32_t due_day(const struct practice *p, const struct practice_clock *c, int32_t start)
{
	switch (c->unit) {
	case CLOCK_DAYS:
		return start + c->length;
	case CLOCK_WORKING_DAYS:
		return practice_add_working_days(p, start, c->length);
	case CLOCK_MONTHS:
		return practice_add_months(start, c->length);
	case CLOCK_HOURS:
	case CLOCK_UNIT_COUNT:
		break;
	}
	return DAY_NONE;
}

/* The last microsecond of the day, so that time_to_day() of it is the day itself. */
int64_t practice_clock_due(
        const struct practice *p, const struct practice_clock *c, int64_t start_us)
{
	if (start_us == TIME_NONE)
		return TIME_NONE;
	if (c->unit == CLOCK_HOURS)
		return start_us + c->length * TIME_HOUR_US;
	int32_t day = due_day(p, c, time_to_day(start_us));
	return day == DAY_NONE ? TIME_NONE : time_from_day(day + 1, 0, 0) - 1;
}

bool practice_clock_is_for(const struct practice_clock *c, int band)
{
	return !c->bands || c->bands & 1u << (band < 0 ? BAND_STANDARD : band);
}

/* ---- words ---- */

static const char *s_of(int64_t n)
{
	return n == 1 ? "" : "s";
}

void practice_clock_length(const struct practice_clock *c, char *out, size_t cap)
{
	static const char *const UNIT[] = {"hour", "day", "working day", "month"};
	snprintf(out, cap, "%d %s%s", c->length,
	        (size_t)c->unit < CLOCK_UNIT_COUNT ? UNIT[c->unit] : "", s_of(c->length));
}

static void hours_words(const struct practice_clock *c, int64_t left_us, char *out, size_t cap)
{
	int64_t whole = c->length * TIME_HOUR_US;
	if (left_us > whole)
		left_us = whole;
	if (left_us >= TIME_HOUR_US)
		snprintf(out, cap, "%d h left of %d hour%s", (int)(left_us / TIME_HOUR_US),
		        c->length, s_of(c->length));
	else if (left_us > 0)
		snprintf(out, cap, "%d min left of %d hour%s",
		        (int)((left_us + TIME_MINUTE_US - 1) / TIME_MINUTE_US), c->length,
		        s_of(c->length));
	else if (-left_us < TIME_MINUTE_US)
		snprintf(out, cap, "just over");
	else if (-left_us < TIME_HOUR_US)
		snprintf(out, cap, "%d min over", (int)(-left_us / TIME_MINUTE_US));
	else if (-left_us < 2 * TIME_DAY_US)
		snprintf(out, cap, "%d h over", (int)(-left_us / TIME_HOUR_US));
	else
		snprintf(out, cap, "%d days over", (int)(-left_us / TIME_DAY_US));
}

/* Working days after `a`, up to and with `b`; enough of them is STEPS_MAX. */
static int working_days_between(const struct practice *p, int32_t a, int32_t b)
{
	int n = 0;
	for (int32_t d = a; d < b && n < STEPS_MAX;)
		n += practice_is_working_day(p, ++d);
	return n;
}

/* Whole months from `a` to `b`, a <= b. */
static int months_between(int32_t a, int32_t b)
{
	int ay, am, ad, by, bm, bd;
	day_to_ymd(a, &ay, &am, &ad);
	day_to_ymd(b, &by, &bm, &bd);
	int n = (by - ay) * 12 + bm - am;
	return n > 0 && practice_add_months(a, n) > b ? n - 1 : n;
}

static void days_words(
        const struct practice_clock *c, int n, bool over, const char *unit, char *out, size_t cap)
{
	if (over)
		snprintf(out, cap, "%d %s%s over", n, unit, s_of(n));
	else
		snprintf(out, cap, "%d %s%s left of %d", n, unit, s_of(n), c->length);
}

static void day_words(const struct practice *p, const struct practice_clock *c, int32_t start,
        int32_t due, int32_t today, char *out, size_t cap)
{
	const char *unit = c->unit == CLOCK_WORKING_DAYS ? "working day" : "day";
	bool over = today > due;
	int32_t from = over ? due : today < start ? start : today, to = over ? today : due;
	int n = c->unit == CLOCK_WORKING_DAYS ? working_days_between(p, from, to) : to - from;
	char day[TIME_TEXT_MAX];
	if (today == due && c->length == 1)
		snprintf(out, cap, "ends today");
	else if (today == due)
		snprintf(out, cap, "ends today, of %d %ss", c->length,
		        c->unit == CLOCK_MONTHS ? "month" : unit);
	else if (c->unit == CLOCK_MONTHS && months_between(from, to) > 0)
		days_words(c, months_between(from, to), over, "month", out, cap);
	else if (c->unit == CLOCK_MONTHS && !over)
		snprintf(out, cap, "%d day%s left of %d month%s", n, s_of(n), c->length,
		        s_of(c->length));
	else if (n == 0) /* a weekend or holiday after the last working day */
		snprintf(out, cap, "over since %s", day_text(day, due, DAY_MONTH));
	else
		days_words(c, n, over, unit, out, cap);
}

void practice_clock_words(const struct practice *p, const struct practice_clock *c,
        int64_t start_us, int64_t now_us, char *out, size_t cap)
{
	int64_t due_us = practice_clock_due(p, c, start_us);
	if (cap == 0)
		return;
	out[0] = 0;
	if (due_us == TIME_NONE || now_us == TIME_NONE)
		return;
	if (c->unit == CLOCK_HOURS) {
		hours_words(c, due_us - now_us, out, cap);
		return;
	}
	day_words(p, c, time_to_day(start_us), time_to_day(due_us), time_to_day(now_us), out, cap);
	size_t n = strlen(out);
	if (c->unit == CLOCK_WORKING_DAYS && !practice_days_known(p, time_to_day(due_us)))
		snprintf(out + n, cap - n, "; bank holidays after %d are not known",
		        practice_holidays_to(p));
}
