#include "test.h"
#include <stdlib.h>
#include <time.h>
#include "caseroom/time.h"

/* Days and moments, held against the C library, and the room's clock over the borders of summer
 * time. */

static int64_t at(const char *s)
{
	int64_t us;
	return time_parse(s, &us) == ERR_OK ? us : TIME_NONE;
}

/* Every day of 1800 to 2999, three times the calendar's own 400 years. */
static void t_day_is_the_calendars(void)
{
	int32_t first = day_from_ymd(1800, 1, 1), last = day_from_ymd(2999, 12, 31);
	CHECK(last - first + 1 == 3 * 146097);
	CHECK(day_from_ymd(1970, 1, 1) == 0 && day_weekday(0) == 4);
	for (int32_t day = first; day <= last; day++) {
		time_t t = (time_t)day * 86400;
		struct tm tm;
		int y, m, d;
		CHECK(gmtime_r(&t, &tm) != NULL);
		day_to_ymd(day, &y, &m, &d);
		CHECK(y == tm.tm_year + 1900 && m == tm.tm_mon + 1 && d == tm.tm_mday);
		CHECK(day_from_ymd(y, m, d) == day);
		CHECK(day_weekday(day) == (tm.tm_wday ? tm.tm_wday : 7));
	}
}

/* Outwards too, where no date is typed but a sum may come to: 1600 years around 1970, each
 * twentieth day. */
static void t_day_far_away_is_the_calendars(void)
{
	for (int32_t day = -800 * 366; day <= 800 * 366; day += 19) {
		time_t t = (time_t)day * 86400;
		struct tm tm;
		int y, m, d;
		CHECK(gmtime_r(&t, &tm) != NULL);
		day_to_ymd(day, &y, &m, &d);
		CHECK(y == tm.tm_year + 1900 && m == tm.tm_mon + 1 && d == tm.tm_mday);
		CHECK(day_weekday(day) == (tm.tm_wday ? tm.tm_wday : 7));
	}
}

static void t_day_that_is_none_is_refused(void)
{
	static const int NONE[][3] = {{2026, 2, 29}, {2100, 2, 29}, {1900, 2, 29}, {2026, 4, 31},
	        {2026, 13, 1}, {2026, 0, 1}, {2026, 1, 0}, {2026, 1, 32}, {1799, 12, 31},
	        {3000, 1, 1}, {2026, -1, 5}, {-1, 1, 1}};
	for (size_t i = 0; i < COUNT_OF(NONE); i++)
		CHECK(day_from_ymd(NONE[i][0], NONE[i][1], NONE[i][2]) == DAY_NONE);
	CHECK(day_from_ymd(2024, 2, 29) != DAY_NONE && day_from_ymd(2000, 2, 29) != DAY_NONE);
}

static void t_day_parse_takes_one_form(void)
{
	static const char *const BAD[] = {"", "2026", "2026-11", "2026-11-1", "2026-11-31",
	        "2026-11-199", "2026/11/19", "19-11-2026", " 2026-11-19", "2026-11-19 ",
	        "2026-1a-19", "+026-11-19", "2026-11-19T14:00", "٢٠٢٦-11-19"};
	int32_t day = 77;
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		CHECK_ERR(day_parse(BAD[i], &day), ERR_INPUT);
		CHECK(day == 77); /* untouched */
	}
	CHECK_ERR(day_parse("2026-11-19", &day), ERR_OK);
	CHECK(day == 20776 && day_weekday(day) == 4);
}

static void t_time_parse_takes_its_forms(void)
{
	static const char *const BAD[] = {"", "2026-11-19T", "2026-11-19T14", "2026-11-19T14:0",
	        "2026-11-19T24:00", "2026-11-19T14:60", "2026-11-19X14:00", "2026-11-19T14:00z",
	        "2026-11-19T14:00ZZ", "2026-11-19T14:00:60Z",
	        "2026-11-19T14:00:", "2026-11-19T14:00+01:00", "2026-02-30T14:00",
	        "2026-11-19T-1:00", "14:00"};
	int64_t us = 77;
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		CHECK_ERR(time_parse(BAD[i], &us), ERR_INPUT);
		CHECK(us == 77);
	}
	CHECK(at("1970-01-01T00:00:00Z") == 0);
	CHECK(at("2026-11-19T14:05:09Z") ==
	        (20776 * INT64_C(86400) + 14 * 3600 + 5 * 60 + 9) * TIME_SECOND_US);
	CHECK(at("2026-11-19T14:05") == at("2026-11-19T14:05:00Z")); /* winter: London is UTC */
	CHECK(at("2026-11-19 14:05") == at("2026-11-19T14:05"));
	CHECK(at("2026-06-19T14:05") == at("2026-06-19T13:05Z")); /* summer: an hour before it */
	CHECK(at("2026-06-19") == at("2026-06-18T23:00Z"));
	CHECK(at("1969-12-31T23:59:59Z") == -TIME_SECOND_US);
}

/* 29 March 2026 at 01:00 UTC the clock goes on to 02:00; 25 October 2026 at 01:00 UTC back to
 * 01:00. */
static void t_time_over_the_borders_of_summer_time(void)
{
	struct time_local l;
	int64_t spring = at("2026-03-29T01:00Z"), autumn = at("2026-10-25T01:00Z");
	time_to_local(spring - 1, &l);
	CHECK(l.hour == 0 && l.minute == 59 && l.second == 59 && l.day == 29);
	time_to_local(spring, &l);
	CHECK(l.hour == 2 && l.minute == 0 && l.weekday == 7);
	time_to_local(autumn - 1, &l);
	CHECK(l.hour == 1 && l.minute == 59);
	time_to_local(autumn, &l);
	CHECK(l.hour == 1 && l.minute == 0 && l.day == 25);
	/* a day has 23, 25 hours; the hour after the border is the one meant */
	int32_t s = day_from_ymd(2026, 3, 29), a = day_from_ymd(2026, 10, 25);
	CHECK(time_from_day(s + 1, 0, 0) - time_from_day(s, 0, 0) == 23 * TIME_HOUR_US);
	CHECK(time_from_day(a + 1, 0, 0) - time_from_day(a, 0, 0) == 25 * TIME_HOUR_US);
	CHECK(time_from_day(s, 14, 0) == at("2026-03-29T13:00Z"));
	CHECK(time_from_day(a, 14, 0) == at("2026-10-25T14:00Z"));
	/* the calendar day is London's */
	CHECK(time_to_day(at("2026-06-18T23:30Z")) == day_from_ymd(2026, 6, 19));
	CHECK(time_to_day(at("2026-11-18T23:30Z")) == day_from_ymd(2026, 11, 18));
	CHECK(time_to_day(at("1969-12-31T22:59:59Z")) ==
	        -1); /* and London kept UTC+1 that winter */
}

/* Each hour of three years, against mktime of the same zone. */
static void t_time_local_agrees_with_the_c_library(void)
{
	for (int64_t us = at("2025-01-01T00:00Z"), end = at("2028-01-01T00:00Z"); us < end;
	        us += TIME_HOUR_US) {
		struct time_local l;
		struct tm tm = {.tm_isdst = -1};
		time_t t = (time_t)(us / TIME_SECOND_US);
		time_to_local(us, &l);
		CHECK(localtime_r(&t, &tm) != NULL);
		CHECK(l.year == tm.tm_year + 1900 && l.month == tm.tm_mon + 1 &&
		        l.day == tm.tm_mday && l.hour == tm.tm_hour);
		CHECK(time_to_day(us) == day_from_ymd(l.year, l.month, l.day));
		CHECK(l.weekday == day_weekday(time_to_day(us)));
		/* back again, but in the hour that comes twice */
		if (!(l.hour == 1 && l.month == 10 && l.weekday == 7 && l.day > 24))
			CHECK(time_from_day(time_to_day(us), l.hour, l.minute) == us);
	}
}

static void t_text_of_days_and_moments(void)
{
	char t[TIME_TEXT_MAX];
	int32_t day = day_from_ymd(2026, 11, 9);
	static const struct {
		enum day_style style;
		const char *text;
	} STYLE[] = {{DAY_ISO, "2026-11-09"}, {DAY_SHORT, "9 Nov"}, {DAY_MONTH, "9 November"},
	        {DAY_YEAR, "9 November 2026"}, {DAY_WEEKDAY, "Monday 9 November"},
	        {DAY_WEEKDAY_YEAR, "Monday 9 November 2026"}, {DAY_MONTH_ONLY, "November 2026"}};
	for (size_t i = 0; i < COUNT_OF(STYLE); i++) {
		CHECK_STR(day_text(t, day, STYLE[i].style), STYLE[i].text);
		CHECK_STR(day_text(t, DAY_NONE, STYLE[i].style), "");
	}
	/* the longest there is fits */
	CHECK_STR(day_text(t, day_from_ymd(2026, 9, 30), DAY_WEEKDAY_YEAR),
	        "Wednesday 30 September 2026");
	CHECK_STR(time_text_hm(t, at("2026-06-19T13:05Z")), "14:05");
	CHECK_STR(time_text_hm(t, TIME_NONE), "");
	CHECK_STR(time_text_iso(t, at("2026-06-19T13:05:09Z")), "2026-06-19T13:05:09Z");
	CHECK_STR(time_text_iso(t, -1), "1969-12-31T23:59:59Z");
	CHECK_STR(time_text_iso(t, TIME_NONE), "");
	for (int64_t us = at("1999-01-01T00:00Z"); us < at("2040-01-01T00:00Z");
	        us += 12345678 * TIME_SECOND_US)
		CHECK(at(time_text_iso(t, us)) == us);
}

static void t_pinned_clock_stands_until_it_is_moved(void)
{
	time_pin_us(at("2026-11-19T13:51"));
	CHECK(time_pinned() && time_today() == day_from_ymd(2026, 11, 19));
	int64_t mono = time_mono_ms();
	CHECK(time_now_us() == at("2026-11-19T13:51") && time_mono_ms() == mono);
	time_advance_us(90 * TIME_SECOND_US);
	CHECK(time_now_us() == at("2026-11-19T13:52:30") && time_mono_ms() == mono + 90000);
	time_pin_us(at("2026-11-19T13:00")); /* set back: the second clock is not */
	CHECK(time_now_us() == at("2026-11-19T13:00") && time_mono_ms() == mono + 90000);
	time_unpin();
	CHECK(!time_pinned());
	int64_t real = (int64_t)time(NULL) * TIME_SECOND_US;
	CHECK(time_now_us() - real > -2 * TIME_SECOND_US &&
	        time_now_us() - real < 5 * TIME_SECOND_US);
	time_shift_to_us(at("2026-11-19T13:51"));
	CHECK(time_now_us() >= at("2026-11-19T13:51") && time_now_us() < at("2026-11-19T13:52"));
}

static const struct test TESTS[] = {
        T(t_day_is_the_calendars),
        T(t_day_far_away_is_the_calendars),
        T(t_day_that_is_none_is_refused),
        T(t_day_parse_takes_one_form),
        T(t_time_parse_takes_its_forms),
        T(t_time_over_the_borders_of_summer_time),
        T(t_time_local_agrees_with_the_c_library),
        T(t_text_of_days_and_moments),
        T(t_pinned_clock_stands_until_it_is_moved),
};

int main(int argc, char **argv)
{
	time_start();
	return test_main(TESTS, COUNT_OF(TESTS), argc, argv);
}
