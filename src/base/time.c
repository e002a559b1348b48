#include "caseroom/time.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool pinned;
static int64_t pinned_us, pinned_start_us, shift_us;

void time_start(void)
{
	setenv("TZ", "Europe/London", 1);
	tzset();
}

int64_t time_now_us(void)
{
	if (pinned)
		return pinned_us;
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * TIME_SECOND_US + ts.tv_nsec / 1000 + shift_us;
}

int64_t time_mono_ms(void)
{
	if (pinned)
		return 1000 + (pinned_us - pinned_start_us) / 1000;
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

void time_pin_us(int64_t us)
{
	/* the second clock only ever goes forward, also when the first is set back */
	pinned_start_us = pinned ? us - (pinned_us - pinned_start_us) : us;
	pinned_us = us;
	pinned = true;
}

void time_advance_us(int64_t us)
{
	pinned_us += us;
}

void time_shift_to_us(int64_t us)
{
	shift_us += us - time_now_us();
}

void time_unpin(void)
{
	pinned = false;
}

bool time_pinned(void)
{
	return pinned;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days from civil and back: proleptic Gregorian, era of 400 years (146,097 days). */
static int32_t civil_to_day(int y, int m, int d)
{
	y -= m <= 2;
	int64_t era = floor_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return (int32_t)(era * 146097 + doe - 719468);
}

void day_to_ymd(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

int32_t day_from_ymd(int year, int month, int day)
{
	int y, m, d;
	if (year < 1800 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31)
		return DAY_NONE;
	int32_t n = civil_to_day(year, month, day);
	day_to_ymd(n, &y, &m, &d);
	return m == month && d == day ? n : DAY_NONE;
}

int day_weekday(int32_t day)
{
	return (int)(((int64_t)day + 3) - floor_div((int64_t)day + 3, 7) * 7) +
	       1; /* 1970-01-01 was a Thursday */
}

void time_to_local(int64_t us, struct time_local *ret)
{
	time_t t = (time_t)floor_div(us, TIME_SECOND_US);
	struct tm tm;
	localtime_r(&t, &tm);
	*ret = (struct time_local){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	        tm.tm_wday == 0 ? 7 : tm.tm_wday, tm.tm_hour, tm.tm_min, tm.tm_sec};
}

int32_t time_to_day(int64_t us)
{
	struct time_local l;
	time_to_local(us, &l);
	return civil_to_day(l.year, l.month, l.day);
}

int64_t time_from_day(int32_t day, int hour, int minute)
{
	struct tm tm = {.tm_hour = hour, .tm_min = minute, .tm_isdst = -1};
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	tm.tm_year = y - 1900;
	tm.tm_mon = m - 1;
	tm.tm_mday = d;
	return (int64_t)mktime(&tm) * TIME_SECOND_US;
}

int32_t time_today(void)
{
	return time_to_day(time_now_us());
}

static bool digits(const char *s, int n, int *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*ret = *ret * 10 + (s[i] - '0');
	}
	return true;
}

static bool day_prefix(const char *s, int32_t *ret_day)
{
	int y, m, d;
	if (strnlen(s, 10) < 10 || !digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &m) ||
	        s[7] != '-' || !digits(s + 8, 2, &d))
		return false;
	*ret_day = day_from_ymd(y, m, d);
	return *ret_day != DAY_NONE;
}

enum err day_parse(const char *s, int32_t *ret_day)
{
	int32_t day;
	if (!day_prefix(s, &day) || s[10])
		return ERR_INPUT;
	*ret_day = day;
	return ERR_OK;
}

enum err time_parse(const char *s, int64_t *ret_us)
{
	int32_t day;
	int h = 0, m = 0, sec = 0;
	if (!day_prefix(s, &day))
		return ERR_INPUT;
	s += 10;
	if (!*s) {
		*ret_us = time_from_day(day, 0, 0);
		return ERR_OK;
	}
	if ((*s != 'T' && *s != ' ') || strnlen(s, 6) < 6 || !digits(s + 1, 2, &h) || s[3] != ':' ||
	        !digits(s + 4, 2, &m) || h > 23 || m > 59)
		return ERR_INPUT;
	s += 6;
	if (*s == ':') {
		if (strnlen(s, 3) < 3 || !digits(s + 1, 2, &sec) || sec > 59)
			return ERR_INPUT;
		s += 3;
	}
	if (s[0] == 'Z' && !s[1])
		*ret_us = (day * INT64_C(86400) + h * 3600 + m * 60 + sec) * TIME_SECOND_US;
	else if (!*s)
		*ret_us = time_from_day(day, h, m) + sec * TIME_SECOND_US;
	else
		return ERR_INPUT;
	return ERR_OK;
}

char *day_text(char out[TIME_TEXT_MAX], int32_t day, enum day_style style)
{
	static const char *const MONTH[] = {"January", "February", "March", "April", "May", "June",
	        "July", "August", "September", "October", "November", "December"};
	static const char *const WEEKDAY[] = {
	        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	int y, m, d;
	out[0] = 0;
	if (day == DAY_NONE)
		return out;
	day_to_ymd(day, &y, &m, &d);
	const char *month = MONTH[m - 1], *wd = WEEKDAY[day_weekday(day) - 1];
	switch (style) {
	case DAY_ISO:
		snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02d", y, m, d);
		break;
	case DAY_SHORT:
		snprintf(out, TIME_TEXT_MAX, "%d %.3s", d, month);
		break;
	case DAY_MONTH:
		snprintf(out, TIME_TEXT_MAX, "%d %s", d, month);
		break;
	case DAY_YEAR:
		snprintf(out, TIME_TEXT_MAX, "%d %s %d", d, month, y);
		break;
	case DAY_WEEKDAY:
		snprintf(out, TIME_TEXT_MAX, "%s %d %s", wd, d, month);
		break;
	case DAY_WEEKDAY_YEAR:
		snprintf(out, TIME_TEXT_MAX, "%s %d %s %d", wd, d, month, y);
		break;
	case DAY_MONTH_ONLY:
		snprintf(out, TIME_TEXT_MAX, "%s %d", month, y);
		break;
	}
	return out;
}

char *time_text_hm(char out[TIME_TEXT_MAX], int64_t us)
{
	struct time_local l;
	out[0] = 0;
	if (us == TIME_NONE)
		return out;
	time_to_local(us, &l);
	snprintf(out, TIME_TEXT_MAX, "%02d:%02d", l.hour % 100, l.minute % 100);
	return out;
}

char *time_text_iso(char out[TIME_TEXT_MAX], int64_t us)
{
	out[0] = 0;
	if (us == TIME_NONE)
		return out;
	int64_t s = floor_div(us, TIME_SECOND_US);
	int32_t day = (int32_t)floor_div(s, 86400);
	int in = (int)(s - (int64_t)day * 86400);
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, in / 3600,
	        in / 60 % 60, in % 60);
	return out;
}
