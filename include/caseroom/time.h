#ifndef CASEROOM_TIME_H
#define CASEROOM_TIME_H
/*
 * Time: moments are UTC microseconds since 1970 (int64_t, `_us`); days are whole days since
 * 1970-01-01 in the meeting's own calendar (int32_t, `day`). The room's clock is Europe/London (set
 * at start by time_start). Tests and scripts pin the clock, so that nothing ever waits for a wall.
 */
#include "caseroom/base.h"

#define DAY_NONE INT32_MIN
#define TIME_NONE INT64_MIN
#define TIME_SECOND_US INT64_C(1000000)
#define TIME_MINUTE_US (60 * TIME_SECOND_US)
#define TIME_HOUR_US (60 * TIME_MINUTE_US)
#define TIME_DAY_US (24 * TIME_HOUR_US)

struct time_local {
	int year, month, day; /* month 1..12, day 1..31 */
	int weekday;          /* Monday = 1 .. Sunday = 7 */
	int hour, minute, second;
};

/* Sets the process time zone to Europe/London. Call once from main() before any thread. */
void time_start(void);

int64_t time_now_us(void);        /* the moment, pinned or real */
int64_t time_mono_ms(void);       /* never goes back; for gestures, timers and frames */
void time_pin_us(int64_t us);     /* stops both clocks at this moment */
void time_advance_us(int64_t us); /* moves the pinned clocks on */
/* The moment is this one now, and goes on from there: for a demonstration in a window. */
void time_shift_to_us(int64_t us);
void time_unpin(void);
bool time_pinned(void);

void time_to_local(int64_t us, struct time_local *ret);
int32_t time_to_day(int64_t us);                          /* the local calendar day */
int64_t time_from_day(int32_t day, int hour, int minute); /* local time of that day */
int32_t time_today(void);

int32_t day_from_ymd(int year, int month, int day); /* DAY_NONE when there is no such day */
void day_to_ymd(int32_t day, int *ret_year, int *ret_month, int *ret_day);
int day_weekday(int32_t day); /* Monday = 1 */
/* "2026-11-19" exactly; ERR_INPUT otherwise. */
enum err day_parse(const char *s, int32_t *ret_day) MUST_CHECK;
/* "2026-11-19" or "2026-11-19T14:05" (local) or with Z (UTC); ERR_INPUT otherwise. */
enum err time_parse(const char *s, int64_t *ret_us) MUST_CHECK;

enum day_style {
	DAY_ISO,          /* 2026-11-19 */
	DAY_SHORT,        /* 19 Nov */
	DAY_MONTH,        /* 19 November */
	DAY_YEAR,         /* 19 November 2026 */
	DAY_WEEKDAY,      /* Thursday 19 November */
	DAY_WEEKDAY_YEAR, /* Thursday 19 November 2026 */
	DAY_MONTH_ONLY,   /* November 2026 */
};

#define TIME_TEXT_MAX 40
/* Each writes at most TIME_TEXT_MAX bytes and returns its first argument. DAY_NONE / TIME_NONE give
 * "". */
char *day_text(char out[TIME_TEXT_MAX], int32_t day, enum day_style style);
char *time_text_hm(char out[TIME_TEXT_MAX], int64_t us);  /* 14:05, local */
char *time_text_iso(char out[TIME_TEXT_MAX], int64_t us); /* 2026-11-19T14:05:09Z */

#endif
