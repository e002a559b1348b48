#include "test.h"
#include "caseroom/practice.h"

static struct practice *load(void)
{
	static struct why w;
	struct practice *p = NULL;
	time_start();
	if (practice_load_assets(&p, &w)) {
		printf("# %s\n", w.text);
		return NULL;
	}
	return p;
}

static int32_t day(const char *iso)
{
	int32_t d = DAY_NONE;
	return day_parse(iso, &d) ? DAY_NONE : d;
}

static int64_t at(const char *iso)
{
	int64_t us = TIME_NONE;
	return time_parse(iso, &us) ? TIME_NONE : us;
}

/* ---- bank holidays, computed a second time ---- */

/* Easter Sunday by the rule of Butcher (Gregorian), not the way the data was made. */
static int32_t easter(int y)
{
	int a = y % 19, b = y / 100, c = y % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
	return day_from_ymd(y, n / 31, n % 31 + 1);
}

static void t_holidays_are_those_of_the_law(void)
{
	struct practice *p = load();
	CHECK(p);
	CHECK(easter(2026) == day("2026-04-05") && easter(2027) == day("2027-03-28") &&
	        easter(2028) == day("2028-04-16"));
	for (int y = 2024; y <= 2030; y++) {
		bool want[366] = {false};
		int32_t first = day_from_ymd(y, 1, 1), n = day_from_ymd(y + 1, 1, 1) - first,
		        d = first;
		while (day_weekday(d) > 5) /* New Year's Day, else the Monday after */
			d++;
		want[d - first] = true;
		want[easter(y) - 2 - first] = want[easter(y) + 1 - first] = true;
		for (d = day_from_ymd(y, 5, 1); day_weekday(d) != 1;)
			d++;
		want[d - first] = true;
		for (d = day_from_ymd(y, 5, 31); day_weekday(d) != 1;)
			d--;
		want[d - first] = true;
		for (d = day_from_ymd(y, 8, 31); day_weekday(d) != 1;)
			d--;
		want[d - first] = true;
		/* Christmas and Boxing Day: two days off in the week, from the 25th on */
		int found = 0;
		for (d = day_from_ymd(y, 12, 25); found < 2; d++)
			if (day_weekday(d) <= 5) {
				want[d - first] = true;
				found++;
			}
		for (int32_t i = 0; i < n; i++) {
			bool is = practice_holiday(p, first + i) != NULL;
			if (is != want[i])
				printf("# day %d of %d\n", (int)i + 1, y);
			CHECK(is == want[i]);
			CHECK(practice_is_working_day(p, first + i) ==
			        (!want[i] && day_weekday(first + i) <= 5));
		}
	}
	CHECK_STR(practice_holiday(p, day("2026-04-03")), "Good Friday");
	CHECK(practice_is_working_day(
	        p, day("2031-12-25"))); /* past the data only weekends are known */
	CHECK(!practice_is_working_day(p, DAY_NONE));
	practice_destroy(p);
}

static void t_working_days_step_over_easter_and_christmas(void)
{
	static const struct {
		const char *from;
		int n;
		const char *to;
	} CASES[] = {
	        {"2026-04-02", 1, "2026-04-07"}, /* Maundy Thursday to Tuesday after Easter */
	        {"2026-04-02", 3, "2026-04-09"},
	        {"2026-04-03", 1, "2026-04-07"}, /* from Good Friday itself */
	        {"2026-12-24", 1, "2026-12-29"}, /* 25th, weekend, Boxing Day kept on the 28th */
	        {"2026-12-24", 4, "2027-01-04"}, /* and New Year's Day */
	        {"2027-12-24", 1, "2027-12-29"}, /* both kept on Monday and Tuesday */
	        {"2026-11-19", 1, "2026-11-20"},
	        {"2026-11-20", 1, "2026-11-23"},
	        {"2026-11-21", 1, "2026-11-23"},
	        {"2026-11-22", 1, "2026-11-23"},
	        {"2026-11-06", 15, "2026-11-27"},
	        {"2026-11-19", 0, "2026-11-19"},
	        {"2026-11-21", 0, "2026-11-23"},
	        {"2026-12-25", 0, "2026-12-29"},
	        {"2026-04-07", -1, "2026-04-02"},
	        {"2026-11-23", -1, "2026-11-20"},
	};
	struct practice *p = load();
	CHECK(p);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		char got[TIME_TEXT_MAX];
		day_text(
		        got, practice_add_working_days(p, day(CASES[i].from), CASES[i].n), DAY_ISO);
		CHECK_STR(got, CASES[i].to);
	}
	CHECK(practice_add_working_days(p, DAY_NONE, 3) == DAY_NONE);
	practice_destroy(p);
}

static void t_months_end_where_the_month_ends(void)
{
	static const struct {
		const char *from;
		int n;
		const char *to;
	} CASES[] = {{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"},
	        {"2028-02-29", 12, "2029-02-28"}, {"2026-12-31", 2, "2027-02-28"},
	        {"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -1, "2025-12-15"},
	        {"2025-11-28", 12, "2026-11-28"}, {"2026-05-31", 0, "2026-05-31"},
	        {"2026-10-31", 25, "2028-11-30"}};
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		char got[TIME_TEXT_MAX];
		day_text(got, practice_add_months(day(CASES[i].from), CASES[i].n), DAY_ISO);
		CHECK_STR(got, CASES[i].to);
	}
	CHECK(practice_add_months(DAY_NONE, 1) == DAY_NONE);
	CHECK(practice_add_months(day("2026-01-01"), INT32_MAX) == DAY_NONE);
}

static void t_repeat_is_within_twelve_months(void)
{
	static const struct {
		const char *last, *day;
		bool repeat;
	} CASES[] = {{"2025-11-28", "2025-11-28", false}, {"2025-11-28", "2025-11-29", true},
	        {"2025-11-28", "2026-11-28", true}, {"2025-11-28", "2026-11-29", false},
	        {"2025-11-28", "2025-11-27", false}, {"2023-06-01", "2024-06-01", true},
	        {"2024-02-29", "2025-02-28", true}, {"2024-02-29", "2025-03-01", false}};
	for (size_t i = 0; i < COUNT_OF(CASES); i++)
		CHECK(practice_is_repeat(day(CASES[i].last), day(CASES[i].day)) == CASES[i].repeat);
	CHECK(!practice_is_repeat(DAY_NONE, day("2026-01-01")));
	CHECK(!practice_is_repeat(day("2026-01-01"), DAY_NONE));
}

static void t_clocks_run_out_at_the_end_of_the_day(void)
{
	static const struct {
		const char *clock, *start, *day;
	} CASES[] = {{"plan-serious", "2026-12-24T16:00", "2026-12-29"},
	        {"plan-minor", "2026-11-16T09:00", "2026-11-21"},
	        {"minutes-out", "2026-04-02T16:31", "2026-04-09"},
	        {"risk-review", "2026-10-31", "2026-11-28"},
	        {"review-apply", "2026-08-31", "2027-02-28"},
	        {"plan-minor", "2026-10-22T23:59", "2026-10-27"}};
	struct practice *p = load();
	CHECK(p);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		const struct practice_clock *c = practice_clock(p, CASES[i].clock);
		CHECK(c);
		int64_t due = practice_clock_due(p, c, at(CASES[i].start));
		CHECK(time_to_day(due) == day(CASES[i].day));
		CHECK(time_to_day(due + 1) == day(CASES[i].day) + 1);
	}
	/* hours are hours, also in the night the clocks go back */
	const struct practice_clock *c = practice_clock(p, "first-contact");
	CHECK(practice_clock_due(p, c, at("2026-10-24T12:00")) == at("2026-10-25T11:00"));
	CHECK(practice_clock_due(p, c, TIME_NONE) == TIME_NONE);
	practice_destroy(p);
}

static void t_clock_words_say_what_is_left_and_of_how_much(void)
{
	static const struct {
		const char *clock, *start, *now, *words;
	} CASES[] = {
	        {"first-contact", "2026-11-18T17:00", "2026-11-19T14:00", "3 h left of 24 hours"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-19T16:00", "1 h left of 24 hours"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-19T16:01",
	                "59 min left of 24 hours"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-19T17:00", "just over"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-19T17:20", "20 min over"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-20T17:00", "24 h over"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-22T17:00", "3 days over"},
	        {"first-contact", "2026-11-18T17:00", "2026-11-18T12:00", "24 h left of 24 hours"},
	        {"plan-minor", "2026-11-16T09:00", "2026-11-19T14:00", "2 days left of 5"},
	        {"plan-minor", "2026-11-16T09:00", "2026-11-20T23:59", "1 day left of 5"},
	        {"plan-minor", "2026-11-16T09:00", "2026-11-21T00:00", "ends today, of 5 days"},
	        {"plan-minor", "2026-11-16T09:00", "2026-11-22T08:00", "1 day over"},
	        {"plan-minor", "2026-11-16T09:00", "2026-11-23T08:00", "2 days over"},
	        {"plan-serious", "2026-11-19T09:00", "2026-11-19T14:00", "1 working day left of 1"},
	        {"plan-serious", "2026-11-19T09:00", "2026-11-20T14:00", "ends today"},
	        {"plan-serious", "2026-11-19T09:00", "2026-11-22T14:00", "over since 20 November"},
	        {"plan-serious", "2026-11-19T09:00", "2026-11-23T14:00", "1 working day over"},
	        {"plan-serious", "2026-12-24T09:00", "2026-12-26T14:00", "1 working day left of 1"},
	        {"review-threshold", "2026-11-06", "2026-11-19", "6 working days left of 15"},
	        {"review-threshold", "2026-11-06", "2026-11-27", "ends today, of 15 working days"},
	        {"review-threshold", "2026-11-06", "2026-12-02", "3 working days over"},
	        {"risk-review", "2026-10-31", "2026-11-19", "9 days left of 28"},
	        {"repeat-window", "2025-11-28", "2026-11-19", "9 days left of 12 months"},
	        {"repeat-window", "2025-11-28", "2026-07-19", "4 months left of 12"},
	        {"repeat-window", "2025-11-28", "2026-11-28", "ends today, of 12 months"},
	        {"repeat-window", "2025-11-28", "2026-12-01", "3 days over"},
	        {"repeat-window", "2025-11-28", "2027-02-28", "3 months over"},
	};
	struct practice *p = load();
	CHECK(p);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		char got[80];
		const struct practice_clock *c = practice_clock(p, CASES[i].clock);
		CHECK(c);
		practice_clock_words(p, c, at(CASES[i].start), at(CASES[i].now), got, sizeof(got));
		CHECK_STR(got, CASES[i].words);
	}
	char small[6] = "12345";
	practice_clock_words(p, practice_clock(p, "plan-minor"), at("2026-11-16"), at("2026-11-19"),
	        small, sizeof(small));
	CHECK_STR(small, "2 day");
	practice_clock_words(p, practice_clock(p, "plan-minor"), TIME_NONE, at("2026-11-19"), small,
	        sizeof(small));
	CHECK_STR(small, "");
	practice_destroy(p);
}

static const struct test TESTS[] = {
        T(t_holidays_are_those_of_the_law),
        T(t_working_days_step_over_easter_and_christmas),
        T(t_months_end_where_the_month_ends),
        T(t_repeat_is_within_twelve_months),
        T(t_clocks_run_out_at_the_end_of_the_day),
        T(t_clock_words_say_what_is_left_and_of_how_much),
};
TEST_MAIN(TESTS)
