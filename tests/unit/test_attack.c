#include "test.h"
#include "record_fixture.h"

/* Attacks on the room that once worked, or that must go on failing. */

static struct fix f;

static int64_t guest_signs(int64_t meeting, enum standing standing)
{
	int64_t seat = 0;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST, .guest = {.meeting = meeting,
	                                        .standing = standing,
	                                        .name = "Sky Sample",
	                                        .role = "neighbour"}),
	        &seat));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = seat}), NULL));
	return seat;
}

static size_t found(const struct record_viewer *v, const char *text)
{
	struct search_row *row;
	size_t n = 0;
	arena_reset(&f.a);
	FIX_MUST(record_search(f.r, &f.a, v, text, 40, &row, &n));
	return n;
}

/* Another group is looked at while a community member sits in the room: nobody has left by that. */
static void another_group_is_seen_by_the_same_room(void)
{
	struct record_viewer v;
	enum sight s;
	fix_sample(&f, test_dir());
	arena_init(&f.a, 8u << 20);
	int64_t other = fix_plan(&f, "street-aware", "2026-11-26");
	int64_t normal = fix_case(&f, "C-2026-0118"), named = fix_case(&f, "C-2026-0120");
	FIX_MUST(record_viewer_room(f.r, other, &v));
	FIX_MUST(record_sight(f.r, &v, normal, &s));
	CHECK(s == SIGHT_FULL && v.meeting == 0); /* nobody has signed anywhere: the opener */
	fix_session(&f);
	guest_signs(f.meeting, STANDING_COMMUNITY);
	for (int i = 0; i < 2; i++) {
		FIX_MUST(record_viewer_room(f.r, i ? other : 0, &v));
		CHECK(v.meeting == f.meeting);
		FIX_MUST(record_sight(f.r, &v, normal, &s));
		CHECK(s == SIGHT_ANON);
		FIX_MUST(record_sight(f.r, &v, named, &s));
		CHECK(s < SIGHT_ANON);
		CHECK(found(&v, "avery") == 0);
	}
	/* what nobody closed does not hold the panel for ever */
	fix_clock("2026-11-21T09:00");
	FIX_MUST(record_viewer_room(f.r, other, &v));
	CHECK(v.meeting == 0);
	FIX_MUST(record_viewer_room(f.r, f.meeting, &v));
	CHECK(v.meeting == f.meeting);
	fix_finish(&f);
}

/* While a meeting is open for signing, those who come in see references and no names. */
static void before_the_start_no_names(void)
{
	struct record_viewer v;
	enum sight s;
	fix_sample(&f, test_dir());
	arena_init(&f.a, 8u << 20);
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(record_viewer_room(f.r, f.meeting, &v));
	CHECK(v.blind);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police"));
	FIX_MUST(record_viewer_room(f.r, f.meeting, &v));
	FIX_MUST(record_sight(f.r, &v, fix_case(&f, "C-2026-0118"), &s));
	CHECK(s == SIGHT_ANON);
	CHECK(found(&v, "avery") == 0);
	fix_finish(&f);
}

/* What is typed into the search is words, whatever it looks like. */
static void search_takes_no_operators(void)
{
	struct record_viewer v;
	static const char *const TRY[] = {"\" OR body MATCH \"a", "avery OR dale", "body : avery",
	        "NEAR(avery sample)", "*", "\"", "^avery", "avery NOT zzz", "a\" * --",
	        "{body} : a", "-avery", "'; DROP TABLE kase; --", "\xc3\x28", "\xe2\x80\xae", "NOT",
	        "AND AND", "a AND", "((((((((((((", "+ + +"};
	fix_sample(&f, test_dir());
	arena_init(&f.a, 8u << 20);
	FIX_MUST(record_viewer_opener(f.r, &v));
	CHECK(found(&v, "avery") > 0);
	for (size_t i = 0; i < COUNT_OF(TRY); i++) {
		struct search_row *row;
		size_t n;
		arena_reset(&f.a);
		CHECK_ERR(record_search(f.r, &f.a, &v, TRY[i], 40, &row, &n), ERR_OK);
	}
	CHECK(found(&v, "avery OR dale") == 0);
	CHECK(found(&v, "avery NOT zzz") == 0);
	CHECK(fix_int(&f, "SELECT count(*) FROM kase") > 0);
	fix_finish(&f);
}

static const struct test tests[] = {T(another_group_is_seen_by_the_same_room),
        T(before_the_start_no_names), T(search_takes_no_operators)};
TEST_MAIN(tests)
