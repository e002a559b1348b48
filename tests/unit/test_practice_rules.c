#include "test.h"
#include <limits.h>
#include <stdlib.h>
#include "caseroom/practice.h"

/* ---- sight ---- */

enum { MINE = 11, THEIRS = 12 };

/*
 * The rule told a second time, as a table: rows are restriction x (agency named or not), columns
 * are standings in the order of the enum; then the same rows for a person with a conflict. F full,
 * A anonymised, H held, N none.
 */
static const char *const RULE[2][RESTRICTION_COUNT][2] = {
        {{"FFAFA", "FFAFA"}, {"HHHHH", "FFHHH"}, {"NNNNN", "FFNNN"}},
        {{"HHHHH", "HHHHH"}, {"HHHHH", "HHHHH"}, {"NNNNN", "NNNNN"}},
};

static enum sight sight_of_letter(char c)
{
	return c == 'F' ? SIGHT_FULL : c == 'A' ? SIGHT_ANON : c == 'H' ? SIGHT_HELD : SIGHT_NONE;
}

/* One of the twenty kinds of person: standing x named agency or not x conflict or not. */
#define KINDS (STANDING_COUNT * 4)
static struct practice_present person_of(size_t kind)
{
	return (struct practice_present){.agency = kind & 1 ? MINE : THEIRS,
	        .conflict = kind & 2,
	        .standing = (enum standing)(kind >> 2)};
}

static enum sight wanted(size_t kind, int level)
{
	return sight_of_letter(RULE[(kind >> 1) & 1][level][kind & 1][kind >> 2]);
}

static void t_sight_of_one_person_follows_the_table(void)
{
	const int64_t named[] = {99, MINE};
	for (int level = 0; level < RESTRICTION_COUNT; level++)
		for (size_t k = 0; k < KINDS; k++) {
			struct practice_limit limit = {
			        (enum restriction)level, named, COUNT_OF(named), false};
			struct practice_present p = person_of(k);
			struct practice_room room = {&p, 1, false}, anon = {&p, 1, true};
			enum sight want = wanted(k, level);
			CHECK(practice_sight_of(&p, &limit) == want);
			CHECK(practice_sight(&room, &limit) == want);
			CHECK(practice_sight(&anon, &limit) ==
			        (want == SIGHT_FULL ? SIGHT_ANON : want));
		}
}

/* What the chair opened is asked as a normal case when it is one for named agencies; a hidden one
 * is as it was. */
static void r30_opened_lifts_the_naming_alone(void)
{
	const int64_t named[] = {99, MINE};
	for (int level = 0; level < RESTRICTION_COUNT; level++)
		for (size_t k = 0; k < KINDS; k++) {
			struct practice_limit limit = {
			        (enum restriction)level, named, COUNT_OF(named), true};
			struct practice_present p = person_of(k);
			CHECK(practice_sight_of(&p, &limit) ==
			        wanted(k, level == RESTRICTION_NAMED ? RESTRICTION_NORMAL : level));
		}
}

static void t_sight_of_two_is_the_lower(void)
{
	const int64_t named[] = {MINE};
	for (int level = 0; level < RESTRICTION_COUNT; level++)
		for (size_t a = 0; a < KINDS; a++)
			for (size_t b = 0; b < KINDS; b++)
				for (int anon = 0; anon < 2; anon++) {
					struct practice_limit limit = {
					        (enum restriction)level, named, 1, false};
					struct practice_present p[] = {person_of(a), person_of(b)};
					struct practice_room room = {p, 2, anon};
					enum sight wa = wanted(a, level), wb = wanted(b, level);
					enum sight want = wa < wb ? wa : wb;
					if (anon && want == SIGHT_FULL)
						want = SIGHT_ANON;
					CHECK(practice_sight(&room, &limit) == want);
				}
}

static void t_sight_of_nobody_is_none(void)
{
	struct practice_limit limit = {.level = RESTRICTION_NORMAL};
	struct practice_room room = {NULL, 0, false};
	CHECK(practice_sight(&room, &limit) == SIGHT_NONE);
	room.anonymised = true;
	CHECK(practice_sight(&room, &limit) == SIGHT_NONE);
}

static void t_sight_without_an_agency_is_never_named(void)
{
	const int64_t named[] = {0};
	struct practice_limit limit = {RESTRICTION_HIDDEN, named, 1, false};
	struct practice_present p = {.agency = 0, .standing = STANDING_CORE};
	CHECK(practice_sight_of(&p, &limit) == SIGHT_NONE);
	limit.level = RESTRICTION_NAMED;
	CHECK(practice_sight_of(&p, &limit) == SIGHT_HELD);
	limit.n = 0;
	CHECK(practice_sight_of(&p, &limit) == SIGHT_HELD);
}

static void t_sight_out_of_range_is_none(void)
{
	struct practice_limit limit = {.level = RESTRICTION_COUNT};
	struct practice_present p = {.agency = MINE, .standing = STANDING_CORE};
	CHECK(practice_sight_of(&p, &limit) == SIGHT_NONE);
	limit.level = RESTRICTION_NORMAL;
	p.standing = STANDING_COUNT;
	CHECK(practice_sight_of(&p, &limit) == SIGHT_NONE);
}

static void t_names_of_standing_and_restriction_read_back(void)
{
	enum standing s = STANDING_COUNT;
	enum restriction r = RESTRICTION_COUNT;
	for (int i = 0; i < STANDING_COUNT; i++) {
		CHECK_ERR(standing_parse(standing_name((enum standing)i), &s), ERR_OK);
		CHECK((int)s == i);
	}
	for (int i = 0; i < RESTRICTION_COUNT; i++) {
		CHECK_ERR(restriction_parse(restriction_name((enum restriction)i), &r), ERR_OK);
		CHECK((int)r == i);
	}
	CHECK_STR(standing_name(STANDING_COOPTED), "co-opted");
	CHECK_ERR(standing_parse("Core", &s), ERR_INPUT);
	CHECK_ERR(restriction_parse("", &r), ERR_INPUT);
	CHECK(r == RESTRICTION_HIDDEN);
}

/* ---- quorum ---- */

static void t_quorum_counts_kinds_and_number(void)
{
	static const char *const TWO[] = {"Police", "Probation"};
	static const struct {
		size_t kinds;
		int number;
		const char *here[4];
		size_t needed, come, n_missing;
		int number_missing;
		bool met;
	} CASES[] = {
	        {2, 0, {NULL}, 2, 0, 2, 0, false},
	        {2, 0, {"Police"}, 2, 1, 1, 0, false},
	        {2, 0, {"Police", "Probation"}, 2, 2, 0, 0, true},
	        {2, 0, {"Police", "Police", "Housing"}, 2, 1, 1, 0, false},
	        {0, 3, {"Housing", "Housing"}, 3, 2, 0, 1, false},
	        {0, 3, {"Housing", "Housing", "Police"}, 3, 3, 0, 0, true},
	        {0, 3, {"Housing", "Police", "Fire", "Other"}, 3, 3, 0, 0, true},
	        {2, 3, {"Police", "Probation"}, 3, 2, 0, 1, false},
	        {2, 3, {"Police", "Housing", "Fire"}, 3, 2, 1, 0, false},
	        {2, 3, {"Police", "Housing", "Probation"}, 3, 3, 0, 0, true},
	        {2, 1, {"Police"}, 2, 1, 1, 0, false},
	        {0, 0, {NULL}, 0, 0, 0, 0, true},
	};
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct practice_type t = {.quorum_kind = TWO,
		        .n_quorum_kind = CASES[i].kinds,
		        .quorum_number = CASES[i].number};
		struct practice_quorum q;
		size_t n = 0;
		while (n < 4 && CASES[i].here[n])
			n++;
		practice_quorum(&t, CASES[i].here, n, &q);
		CHECK(q.needed == CASES[i].needed);
		CHECK(q.here == CASES[i].come);
		CHECK(q.n_missing == CASES[i].n_missing);
		CHECK(q.number_missing == CASES[i].number_missing);
		CHECK(q.met == CASES[i].met);
		CHECK(q.met == (q.here == q.needed));
	}
}

static void t_quorum_names_who_is_missing(void)
{
	static const char *const KIND[] = {"Police", "Adult social care", "Probation"};
	static const char *const HERE[] = {"Probation", "Police"};
	struct practice_type t = {.quorum_kind = KIND, .n_quorum_kind = 3};
	struct practice_quorum q;
	practice_quorum(&t, HERE, 2, &q);
	CHECK(q.n_missing == 1);
	CHECK_STR(q.missing[0], "Adult social care");
}

/* ---- score ---- */

static struct practice *load(void)
{
	static struct why w;
	struct practice *p = NULL;
	w.text[0] = 0;
	if (practice_load_assets(&p, &w)) {
		printf("# %s\n", w.text);
		return NULL;
	}
	return p;
}

static int option_of(const struct practice_factor *f, const char *label)
{
	for (size_t i = 0; i < f->n_options; i++)
		if (strcmp(f->option[i].label, label) == 0)
			return (int)i;
	return 1000;
}

/* The assessment of look/07: 31 of 42 with two answers not known, up to 35. */
static void t_score_of_the_matrix(void)
{
	static const char *const ANSWER[] = {"Weekly", "Yes", "Yes", "Yes", "Strong", NULL,
	        "Person", NULL, "Yes", "Severely", "Yes", "No", "Some", "Family"};
	struct practice *p = load();
	CHECK(p);
	const struct practice_tool *t = practice_tool(p, "asb-matrix");
	CHECK(t && t->n_factors == 14 && t->version == 9);
	int a[14];
	for (size_t i = 0; i < 14; i++)
		a[i] = ANSWER[i] ? option_of(&t->factor[i], ANSWER[i]) : ANSWER_UNKNOWN;
	struct practice_score s;
	CHECK_ERR(practice_score(t, a, 14, NULL, &s), ERR_OK);
	CHECK(s.least == 1 && s.most == 42);
	CHECK(s.score == 31 && s.highest == 35);
	CHECK(s.known == 12 && s.asked == 14);
	CHECK(s.band == BAND_HIGH);
	a[5] = ANSWER_NONE; /* not asked yet counts as not known */
	CHECK_ERR(practice_score(t, a, 14, NULL, &s), ERR_OK);
	CHECK(s.score == 31 && s.highest == 35 && s.known == 12);
	a[5] = option_of(&t->factor[5],
	        "No"); /* a no is not a don't know: the top of the range comes down */
	CHECK_ERR(practice_score(t, a, 14, NULL, &s), ERR_OK);
	CHECK(s.score == 31 && s.highest == 34 && s.known == 13);
	practice_destroy(p);
}

static void t_score_points_are_those_of_the_source(void)
{
	/* DOMAIN, matrix v8: the points of each factor, in rising order */
	static const int POINTS[14][6] = {{0, 1, 2, 3, -1}, {0, 2, -1}, {0, 2, -1}, {0, 1, 2, -1},
	        {0, 2, 4, 6, -1}, {0, 1, -1}, {1, 3, 4, -1}, {0, 3, -1}, {0, 3, -1},
	        {0, 1, 2, 3, 5, -1}, {0, 3, -1}, {0, 1, -1}, {0, 1, 3, 4, -1}, {0, 1, 3, -1}};
	struct practice *p = load();
	CHECK(p);
	const struct practice_tool *t = practice_tool(p, "asb-matrix");
	CHECK(t && t->n_factors == 14);
	for (size_t f = 0; f < 14; f++) {
		size_t n = 0;
		for (; POINTS[f][n] >= 0; n++) {
			size_t found = 0;
			for (size_t o = 0; o < t->factor[f].n_options; o++)
				found += t->factor[f].option[o].points == POINTS[f][n];
			CHECK(found == 1);
		}
		CHECK(t->factor[f].n_options == n);
	}
	practice_destroy(p);
}

static void r22_unknown_is_never_counted_as_no(void)
{
	struct practice *p = load();
	CHECK(p);
	const struct practice_tool *t = practice_tool(p, "asb-matrix");
	int a[14];
	struct practice_score s;
	for (size_t i = 0; i < 14; i++)
		a[i] = i % 2 ? ANSWER_NONE : ANSWER_UNKNOWN;
	CHECK_ERR(practice_score(t, a, 14, NULL, &s), ERR_OK);
	CHECK(s.score == 1 && s.highest == 42 && s.known == 0 && s.band == BAND_STANDARD);
	practice_destroy(p);
}

static void t_score_refuses_what_is_no_answer(void)
{
	static const struct practice_option OPTION[] = {{"No", 0}, {"Yes", 2}};
	static const struct practice_factor FACTOR[] = {
	        {"a", "A", "A?", "s", OPTION, 2}, {"b", "B", "B?", "s", OPTION, 2}};
	struct practice_tool t = {
	        .factor = FACTOR, .n_factors = 2, .from = {0, 3, INT_MAX, INT_MAX}};
	struct practice_score s = {.score = 77};
	int wrong[][2] = {{0, 2}, {-3, 0}, {INT_MAX, 0}, {INT_MIN, 0}};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		CHECK_ERR(practice_score(&t, wrong[i], 2, NULL, &s), ERR_INPUT);
	CHECK_ERR(practice_score(&t, wrong[0], 1, NULL, &s), ERR_INPUT);
	CHECK_ERR(practice_score(&t, wrong[0], 3, NULL, &s), ERR_INPUT);
	CHECK(s.score == 77);
}

static void t_bands_begin_where_the_tool_says(void)
{
	static const struct {
		const char *tool;
		int score;
		enum band band;
	} CASES[] = {{"asb-matrix", 0, BAND_STANDARD}, {"asb-matrix", 1, BAND_STANDARD},
	        {"asb-matrix", 15, BAND_STANDARD}, {"asb-matrix", 16, BAND_MEDIUM},
	        {"asb-matrix", 28, BAND_MEDIUM}, {"asb-matrix", 29, BAND_HIGH},
	        {"asb-matrix", 42, BAND_HIGH}, {"dash-numbers", 0, BAND_STANDARD},
	        {"dash-numbers", 9, BAND_STANDARD}, {"dash-numbers", 10, BAND_MEDIUM},
	        {"dash-numbers", 13, BAND_MEDIUM}, {"dash-numbers", 14, BAND_HIGH},
	        {"dash-numbers", 24, BAND_HIGH}};
	struct practice *p = load();
	CHECK(p);
	for (size_t i = 0; i < COUNT_OF(CASES); i++)
		CHECK(practice_band(practice_tool(p, CASES[i].tool), CASES[i].score) ==
		        CASES[i].band);
	struct practice_tool t = {.from = {0, 5, INT_MAX, 9}}; /* a tool may leave a band out */
	CHECK(practice_band(&t, 8) == BAND_MEDIUM && practice_band(&t, 9) == BAND_VERY_HIGH);
	CHECK(practice_band(&t, INT_MAX) == BAND_VERY_HIGH);
	practice_destroy(p);
}

/* ---- the meeting ---- */

static void t_meeting_goes_only_the_ways_it_may(void)
{
	static const enum meeting_state MAY[][2] = {{MEETING_PLANNED, MEETING_SIGNING},
	        {MEETING_SIGNING, MEETING_SESSION}, {MEETING_SIGNING, MEETING_PLANNED},
	        {MEETING_SESSION, MEETING_COVERED}, {MEETING_COVERED, MEETING_SESSION},
	        {MEETING_SESSION, MEETING_CLOSING}, {MEETING_CLOSING, MEETING_SESSION},
	        {MEETING_CLOSING, MEETING_CLOSED}, {MEETING_CLOSED, MEETING_AGREED}};
	for (int a = 0; a <= MEETING_STATE_COUNT; a++)
		for (int b = 0; b <= MEETING_STATE_COUNT; b++) {
			bool want = false;
			for (size_t i = 0; i < COUNT_OF(MAY); i++)
				want |= (int)MAY[i][0] == a && (int)MAY[i][1] == b;
			CHECK(practice_meeting_may((enum meeting_state)a, (enum meeting_state)b) ==
			        want);
		}
}

static int by_order(const void *a, const void *b)
{
	return practice_case_order(a, b);
}

static void t_order_is_children_then_band_then_oldest(void)
{
	/* in the order wanted: 1, 2, 3 ... */
	static const struct practice_case_key WANT[] = {{1, true, BAND_VERY_HIGH, 300},
	        {2, true, BAND_MEDIUM, 100}, {3, true, -1, 50}, {4, false, BAND_VERY_HIGH, 900},
	        {5, false, BAND_HIGH, 20}, {6, false, BAND_HIGH, 21}, {7, false, BAND_HIGH, 21},
	        {8, false, BAND_HIGH, DAY_NONE}, {9, false, BAND_STANDARD, -5},
	        {10, false, -1, -6}};
	struct practice_case_key k[COUNT_OF(WANT)];
	for (size_t turn = 0; turn < COUNT_OF(WANT); turn++) {
		for (size_t i = 0; i < COUNT_OF(WANT); i++)
			k[i] = WANT[(i * 7 + turn) % COUNT_OF(WANT)];
		qsort(k, COUNT_OF(k), sizeof(k[0]), by_order);
		for (size_t i = 0; i < COUNT_OF(k); i++)
			CHECK(k[i].id == (int64_t)i + 1);
	}
	for (size_t i = 0; i < COUNT_OF(WANT); i++)
		for (size_t j = 0; j < COUNT_OF(WANT); j++) {
			int ij = practice_case_order(&WANT[i], &WANT[j]),
			    ji = practice_case_order(&WANT[j], &WANT[i]);
			CHECK((ij < 0) == (ji > 0) && (ij == 0) == (i == j));
		}
}

static void t_names_of_states_are_all_different(void)
{
	for (int a = 0; a < MEETING_STATE_COUNT; a++)
		for (int b = 0; b < a; b++)
			CHECK(strcmp(meeting_state_name((enum meeting_state)a),
			              meeting_state_name((enum meeting_state)b)) != 0);
	for (int a = 0; a < AGENDA_KIND_COUNT; a++)
		for (int b = 0; b < a; b++)
			CHECK(strcmp(agenda_kind_name((enum agenda_kind)a),
			              agenda_kind_name((enum agenda_kind)b)) != 0);
	CHECK_STR(band_name(BAND_VERY_HIGH), "Very high");
	CHECK_STR(meeting_state_name(MEETING_STATE_COUNT), "");
}

/* ---- the anonymised view ---- */

static void t_anon_names_count_in_letters(void)
{
	static const struct {
		size_t index;
		const char *name;
	} CASES[] = {{0, "Victim A"}, {1, "Victim B"}, {25, "Victim Z"}, {26, "Victim AA"},
	        {27, "Victim AB"}, {51, "Victim AZ"}, {52, "Victim BA"}, {701, "Victim ZZ"},
	        {702, "Victim AAA"}};
	char out[40], seen[1000][12];
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		practice_anon_name("Victim", CASES[i].index, out, sizeof(out));
		CHECK_STR(out, CASES[i].name);
	}
	for (size_t i = 0; i < COUNT_OF(seen); i++) {
		practice_anon_name("V", i, seen[i], sizeof(seen[i]));
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(seen[i], seen[j]) != 0);
	}
	practice_anon_name("child", 2, out, sizeof(out));
	CHECK_STR(out, "Child C");
	practice_anon_name("Victim", SIZE_MAX, out, sizeof(out));
	CHECK(strlen(out) > 10);
	practice_anon_name("Victim", 0, out, 4);
	CHECK_STR(out, "Vic");
}

static void t_ages_fall_into_their_bands(void)
{
	static const struct {
		int years;
		const char *band;
	} CASES[] = {{0, "under 10"}, {9, "under 10"}, {10, "10 to 15"}, {15, "10 to 15"},
	        {16, "16 to 17"}, {17, "16 to 17"}, {18, "18 to 24"}, {24, "18 to 24"},
	        {25, "25 to 34"}, {35, "35 to 44"}, {44, "35 to 44"}, {54, "45 to 54"},
	        {64, "55 to 64"}, {65, "65 or over"}, {103, "65 or over"}};
	int32_t on = day_from_ymd(2026, 11, 19);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		/* on the birthday, and on the last day before the next */
		CHECK(practice_age(day_from_ymd(2026 - CASES[i].years, 11, 19), on) ==
		        CASES[i].years);
		CHECK(practice_age(day_from_ymd(2026 - CASES[i].years - 1, 11, 20), on) ==
		        CASES[i].years);
		CHECK_STR(practice_age_band(day_from_ymd(2026 - CASES[i].years, 11, 19), on),
		        CASES[i].band);
		CHECK_STR(practice_age_band(day_from_ymd(2026 - CASES[i].years - 1, 11, 20), on),
		        CASES[i].band);
	}
	CHECK_STR(practice_age_band(DAY_NONE, on), "age not known");
	CHECK_STR(practice_age_band(on + 1, on), "age not known");
	CHECK(practice_age(day_from_ymd(2008, 2, 29), day_from_ymd(2026, 2, 28)) == 17);
	CHECK(practice_age(day_from_ymd(2008, 2, 29), day_from_ymd(2026, 3, 1)) == 18);
}

static const struct test TESTS[] = {
        T(t_sight_of_one_person_follows_the_table),
        T(r30_opened_lifts_the_naming_alone),
        T(t_sight_of_two_is_the_lower),
        T(t_sight_of_nobody_is_none),
        T(t_sight_without_an_agency_is_never_named),
        T(t_sight_out_of_range_is_none),
        T(t_names_of_standing_and_restriction_read_back),
        T(t_quorum_counts_kinds_and_number),
        T(t_quorum_names_who_is_missing),
        T(t_score_of_the_matrix),
        T(t_score_points_are_those_of_the_source),
        T(r22_unknown_is_never_counted_as_no),
        T(t_score_refuses_what_is_no_answer),
        T(t_bands_begin_where_the_tool_says),
        T(t_meeting_goes_only_the_ways_it_may),
        T(t_order_is_children_then_band_then_oldest),
        T(t_names_of_states_are_all_different),
        T(t_anon_names_count_in_letters),
        T(t_ages_fall_into_their_bands),
};
TEST_MAIN(TESTS)
