#include <string.h>
#include "caseroom/practice.h"
#include "test.h"

/* How long records are kept, and what that makes due (R39). */

static struct practice *load(const char *name, const char *own, struct why *w)
{
	struct practice_text text[64];
	struct practice *p = NULL;
	size_t n = practice_assets(text, COUNT_OF(text) - 1);
	time_start();
	if (own)
		text[n++] = (struct practice_text){name, own, strlen(own)};
	return practice_load(text, n, &p, w) ? NULL : p;
}

static int32_t day(const char *iso)
{
	int32_t d = DAY_NONE;
	return day_parse(iso, &d) ? DAY_NONE : d;
}

static void r39_each_kind_has_a_period_with_its_source(void)
{
	struct why w;
	struct practice *p = load(NULL, NULL, &w);
	char words[80];
	CHECK(p);
	for (int k = 0; k < RETAINED_COUNT; k++) {
		const struct practice_retention *t = practice_retention(p, (enum retained)k, "");
		CHECK(t && t->record == (enum retained)k);
		CHECK(strlen(t->source) > 20 && strlen(t->decides) > 5);
	}
	const struct practice_retention *t = practice_retention(p, RETAINED_CASE, "");
	CHECK(practice_retention_due(t, day("2023-11-19")) == day("2026-11-19"));
	practice_retention_words(t, words, sizeof(words));
	CHECK_STR(words, "3 years after closing");
	practice_retention_words(practice_retention(p, RETAINED_DRAFTS, ""), words, sizeof(words));
	CHECK_STR(words, "28 days after it was typed");
	t = practice_retention(p, RETAINED_AUDIT, "");
	CHECK(practice_retention_due(t, day("1990-01-01")) == DAY_NONE);
	practice_retention_words(t, words, sizeof(words));
	CHECK_STR(words, "as long as the store");
	CHECK(practice_retention_due(NULL, day("1990-01-01")) == DAY_NONE);
	practice_destroy(p);
}

#define OWN(record, length, more)                                                                  \
	"{\"version\": 2, \"source\": \"Own policy\", \"rules\": [{\"id\": \"own\", \"record\": "  \
	"\"" record "\", \"what\": \"Case\", \"from\": \"closing\", \"length\": " length           \
	", \"unit\": \"months\", \"decides\": \"Us\", \"source\": \"Own policy\"" more "}]}"

static void r39_a_partnerships_own_rule_goes_before(void)
{
	struct why w;
	struct practice *p =
	        load("retention-own.json", OWN("case", "60", ", \"types\": [\"marac\"]"), &w);
	CHECK(p);
	CHECK(practice_retention(p, RETAINED_CASE, "marac")->length == 60);
	CHECK(practice_retention(p, RETAINED_CASE, "safer-estates")->length == 36);
	CHECK(practice_retention(p, RETAINED_CASE, NULL)->length == 36);
	/* a kind of case that has none of its own there keeps the program's */
	CHECK(practice_retention(p, RETAINED_NO_ACTION, "marac")->length == 12);
	practice_destroy(p);
	CHECK(!load("retention-own.json", OWN("case", "60", ", \"types\": [\"mara\"]"), &w));
	CHECK(strstr(w.text, "no meeting type \"mara\""));
	CHECK(!load("retention-own.json", OWN("cases", "60", ""), &w));
	CHECK(strstr(w.text, "no kind of record"));
	CHECK(!load("retention-own.json", OWN("case", "-1", ""), &w));
}

static void r39_a_hold_stands_over_everything(void)
{
	static const struct {
		const char *due, *keep, *hold;
		bool reviewed;
		enum disposal_state want;
	} CASE[] = {
	        {"2026-11-20", NULL, NULL, false, DISPOSAL_NOT_YET},
	        {"2026-11-19", NULL, NULL, false, DISPOSAL_DUE},
	        {"2026-11-19", NULL, NULL, true, DISPOSAL_REVIEWED},
	        {"2026-11-19", "2027-11-19", NULL, false, DISPOSAL_KEPT},
	        {"2026-11-20", "2027-11-19", NULL, false, DISPOSAL_NOT_YET},
	        {"2026-11-19", "2026-11-19", NULL, false, DISPOSAL_DUE},
	        {"2026-11-20", "2026-11-18", NULL, false, DISPOSAL_NOT_YET}, /* never forward */
	        {"2026-11-19", NULL, "2027-01-01", true, DISPOSAL_HELD},
	        {"2026-11-19", NULL, "2026-11-19", true, DISPOSAL_HOLD_OVER},
	        {NULL, NULL, "2026-11-20", false, DISPOSAL_HELD},
	        {NULL, "2020-01-01", NULL, true, DISPOSAL_NOT_YET},
	};
	for (size_t i = 0; i < COUNT_OF(CASE); i++) {
		struct practice_disposal d = {.due = CASE[i].due ? day(CASE[i].due) : DAY_NONE,
		        .keep_until = CASE[i].keep ? day(CASE[i].keep) : DAY_NONE,
		        .held = CASE[i].hold,
		        .hold_review = CASE[i].hold ? day(CASE[i].hold) : DAY_NONE,
		        .reviewed = CASE[i].reviewed};
		CHECK(practice_disposal(&d, day("2026-11-19")) == CASE[i].want);
	}
}

static const struct test TESTS[] = {
        T(r39_each_kind_has_a_period_with_its_source),
        T(r39_a_partnerships_own_rule_goes_before),
        T(r39_a_hold_stands_over_everything),
};
TEST_MAIN(TESTS)
