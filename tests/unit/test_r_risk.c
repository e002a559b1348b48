#include <limits.h>
#include "test.h"
#include "record_fixture.h"

/* R18, R21-R25, R38: practice of the partnership's own, risk tools, clocks. */

static struct fix f;

/* Closed and opened again as the programs do it: with the texts that the store keeps. */
static void again_with_texts(void)
{
	fix_close(&f);
	practice_destroy(f.p);
	f.p = NULL;
	FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
	FIX_MUST(record_practice_load(f.v, &f.p, &f.why));
	struct why w = f.why;
	FIX_MUST(record_open(f.v, f.p, &f.r, &f.why));
	f.why = w;
}

static enum err add_text(const char *name, const char *json)
{
	return fix_do(&f, FIX_CMD(CMD_PRACTICE, .practice = {name, json}), NULL);
}

/* A small tool with `n` questions of one to five points. */
static const char *tool(int version, const char *id, int points)
{
	static char out[4][1200];
	static int k;
	char *o = out[k++ % 4];
	snprintf(o, sizeof(out[0]),
	        "{\"version\": %d, \"id\": \"%s\", \"name\": \"Local tool\", \"source\": \"s\","
	        " \"bands\": {\"standard\": 0, \"medium\": 3, \"high\": null, \"very_high\": null, "
	        "\"source\": \"s\"},"
	        " \"factors\": [{\"id\": \"a\", \"label\": \"A\", \"question\": \"A?\", "
	        "\"source\": "
	        "\"s\", \"options\": [{\"label\": \"Yes\", \"points\": %d},"
	        " {\"label\": \"No\", \"points\": 0}]}]}",
	        version, id, points);
	return o;
}

/* A meeting type "own" of the group `forum`; its tool is "local". */
static const char *type(int version, const char *forum)
{
	static char out[3000];
	snprintf(out, sizeof(out),
	        "{\"version\": %d, \"id\": \"own\", \"name\": \"A sixth type\", \"source\": "
	        "\"ours\", "
	        "\"forums\": [\"%s\"],"
	        " \"declaration\": {\"version\": 1, \"title\": \"Declaration\", \"paragraphs\": "
	        "[\"What is said here stays here.\"], \"source\": \"ours\"},"
	        " \"agenda\": {\"source\": \"ours\", \"parts\": [{\"kind\": \"welcome\", "
	        "\"title\": "
	        "\"Welcome\", \"minutes\": 5}, {\"kind\": \"cases\", \"title\": \"Cases\","
	        " \"minutes\": 0}, {\"kind\": \"next\", \"title\": \"Next\", \"minutes\": 1}]},"
	        " \"quorum\": {\"number\": 2, \"source\": \"ours\"}, \"case_time\": {\"minutes\": "
	        "9, \"source\": \"ours\"},"
	        " \"strands\": [\"Any\"], \"risk_tool\": \"local\", \"minutes_heading\": "
	        "\"Minutes\","
	        " \"share\": {\"purpose\": \"prevent-crime\", \"gateway\": \"cda-115\", "
	        "\"article6\": \"6-1-e\", \"article9\": \"none\", \"article10\": \"sch1-10\","
	        " \"necessity\": \"judge-risk\", \"consent\": \"not-the-basis\", \"handling\": "
	        "\"room\", \"share_source\": \"own-record\", \"source\": \"ours\"}}",
	        version, forum);
	return out;
}

/* A group that no shipped type serves, with the members of the MARAC. */
static void sixth_group(void)
{
	fix_sql(&f, "INSERT INTO forum SELECT 999, randomblob(16), 'sixth', 'Sixth group', '', "
	            "reports_to, priority, purpose, meets, duration_months, chair, report_due, 0 "
	            "FROM forum WHERE code = 'marac';"
	            "INSERT INTO member(forum, agency_kind, standing) SELECT 'sixth', agency_kind, "
	            "standing FROM member WHERE forum = 'marac'");
}

/* R21: what a partnership writes is in force after the programs' own, is kept by version, and is
 * there when the store is opened again. */
static void r21_own_texts_are_kept_and_in_force(void)
{
	fix_sample(&f, test_dir());
	CHECK(!practice_tool(f.p, "local"));
	CHECK_ERR(add_text("tool-local.json", tool(1, "local", 2)), ERR_OK);
	again_with_texts();
	CHECK_STR(f.why.text, "");
	CHECK(practice_tool(f.p, "local") && practice_tool(f.p, "asb-matrix"));
	CHECK(practice_tool(f.p, "local")->factor[0].option[0].points == 2);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act = 'practice.text'") == 1);
	CHECK_ERR(add_text("tool-local.json", tool(2, "local", 5)), ERR_OK);
	CHECK_ERR(add_text("tool-local.json", tool(2, "local", 5)), ERR_EXISTS);
	again_with_texts();
	CHECK(practice_tool(f.p, "local")->factor[0].option[0].points == 5);
	/* what was replaced can still be read */
	struct practice_text_row *row;
	size_t n;
	FIX_MUST(record_practice_texts(f.r, &f.a, &row, &n));
	CHECK(n == 2 && row[0].version == 1 && row[0].gone_us != TIME_NONE && row[1].version == 2 &&
	        row[1].gone_us == TIME_NONE);
	CHECK_STR(row[0].json, tool(1, "local", 2));
	/* taken away, it is kept; put back the same, it is in force again */
	CHECK_ERR(add_text("tool-local.json", ""), ERR_OK);
	again_with_texts();
	CHECK(!practice_tool(f.p, "local"));
	CHECK_ERR(add_text("tool-local.json", ""), ERR_NOT_FOUND);
	CHECK_ERR(add_text("tool-local.json", tool(1, "local", 2)), ERR_REFUSED);
	CHECK_ERR(add_text("tool-local.json", tool(2, "local", 5)), ERR_OK);
	again_with_texts();
	CHECK(practice_tool(f.p, "local"));
	fix_finish(&f);
}

/* R21: a record says tool and version; what it was made under never says something else. */
static void r21_the_same_version_never_says_something_else(void)
{
	static const struct {
		const char *name;
		int version;
		const char *id;
		int points;
		enum err err;
		const char *words;
	} CASES[] = {
	        {"tool-local.json", 1, "local", 3, ERR_REFUSED, "raise its version above 1"},
	        {"tool-local.json", 2, "local", 3, ERR_OK, ""},
	        {"tool-local.json", 1, "local", 2, ERR_REFUSED, "raise its version above 2"},
	        {"tool-other.json", 3, "local", 4, ERR_REFUSED, "tool-local.json too"},
	        {"tool-matrix.json", 1, "asb-matrix", 4, ERR_REFUSED, "raise its version above"},
	        {"tool-matrix.json", 900, "asb-matrix", 4, ERR_OK, ""},
	        {"Tool.json", 1, "x", 4, ERR_INPUT, "no name of a practice text"},
	        {"../tool-x.json", 1, "x", 4, ERR_INPUT, "no name of a practice text"},
	        {"tool-x", 1, "x", 4, ERR_INPUT, "no name of a practice text"},
	        {".json", 1, "x", 4, ERR_INPUT, "no name of a practice text"},
	        {"notes.json", 1, "x", 4, ERR_INPUT, "tells no kind"},
	        {"tool-x.json", 1, "Not an id", 4, ERR_INPUT, "tool-x.json, id:"},
	};
	fix_sample(&f, test_dir());
	CHECK_ERR(add_text("tool-local.json", tool(1, "local", 2)), ERR_OK);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		char *was = fix_dump(&f, true);
		const char *json = tool(CASES[i].version, CASES[i].id, CASES[i].points);
		/* the check says what the command does, and changes nothing */
		CHECK_ERR(record_practice_check(f.r, CASES[i].name, json, &f.why), CASES[i].err);
		CHECK_ERR(add_text(CASES[i].name, json), CASES[i].err);
		if (CASES[i].err && !strstr(f.why.text, CASES[i].words))
			printf("# %zu: %s\n", i, f.why.text);
		CHECK(!CASES[i].err || strstr(f.why.text, CASES[i].words));
		char *is = fix_dump(&f, true);
		CHECK((strcmp(was, is) == 0) == (CASES[i].err != ERR_OK));
		sqlite3_free(was);
		sqlite3_free(is);
	}
	/* numbers have limits */
	for (int i = 0; i < 46; i++) {
		char name[40], id[20];
		snprintf(name, sizeof(name), "tool-n%d.json", i);
		snprintf(id, sizeof(id), "n%d", i);
		CHECK_ERR(add_text(name, tool(1, id, 1)), ERR_OK);
	}
	CHECK_ERR(add_text("tool-one-more.json", tool(1, "one-more", 1)), ERR_LIMIT);
	fix_finish(&f);
}

/* R1: a sixth meeting type is planned from JSON alone; what it needs cannot be taken from under it,
 * and a meeting held under it is always read by it. */
static void r01_a_sixth_type_from_json_alone(void)
{
	struct meeting_row m;
	fix_sample(&f, test_dir());
	sixth_group();
	CHECK_ERR(add_text("meeting-own.json", type(1, "sixth")), ERR_INPUT);
	CHECK(strstr(f.why.text, "meeting-own.json") && strstr(f.why.text, "no tool \"local\""));
	CHECK_ERR(add_text("tool-local.json", tool(1, "local", 2)), ERR_OK);
	CHECK_ERR(add_text("meeting-own.json", type(1, "marac")), ERR_INPUT);
	CHECK(strstr(f.why.text, "forum \"marac\" is in"));
	CHECK_ERR(add_text("meeting-own.json", type(1, "sixth")), ERR_OK);
	again_with_texts();
	CHECK_ERR(add_text("tool-local.json", ""), ERR_REFUSED);
	CHECK(strstr(f.why.text, "Another text needs"));
	f.meeting = fix_plan(&f, "sixth", "2026-12-03");
	CHECK_ERR(record_meeting(f.r, &f.a, f.meeting, &m), ERR_OK);
	CHECK_STR(m.type->name, "A sixth type");
	CHECK(fix_int(&f, "SELECT count(*) FROM item WHERE meeting = (SELECT max(id) FROM meeting) "
	                  "AND kind IN (0, 6)") == 2);
	CHECK_ERR(add_text("meeting-own.json", ""), ERR_REFUSED);
	CHECK(strstr(f.why.text, "meeting has the type \"own\""));
	fix_finish(&f);
}

/* R41: a store opens whatever became of its texts; what no longer loads is left out with its
 * reason, and a meeting of that type can be read, showing the least. */
static void r41_a_text_that_no_longer_loads_is_left_out(void)
{
	struct meeting_row m;
	struct record_viewer v;
	struct practice_text_row *row;
	size_t n;
	fix_sample(&f, test_dir());
	sixth_group();
	FIX_MUST(add_text("tool-local.json", tool(1, "local", 2)));
	FIX_MUST(add_text("meeting-own.json", type(1, "sixth")));
	FIX_MUST(add_text("tool-spare.json", tool(1, "spare", 2)));
	again_with_texts();
	f.meeting = fix_plan(&f, "sixth", "2026-12-03");
	/* as if a later program had changed what a tool must say */
	fix_sql(&f,
	        "UPDATE practice_text SET json = replace(json, '\"points\"', '\"marks\"') WHERE "
	        "name = 'tool-local.json'");
	again_with_texts();
	CHECK(strstr(f.why.text, "2 practice texts of the partnership are left out; the first: "
	                         "meeting-own.json"));
	CHECK(!practice_tool(f.p, "local") && practice_tool(f.p, "spare") &&
	        practice_tool(f.p, "asb-matrix"));
	CHECK_ERR(record_meeting(f.r, &f.a, f.meeting, &m), ERR_OK);
	CHECK(m.type == practice_type_missing() && m.type->anonymised);
	CHECK_ERR(record_viewer_meeting(f.r, f.meeting, &v), ERR_OK);
	CHECK(v.anonymised);
	FIX_MUST(record_practice_texts(f.r, &f.a, &row, &n));
	CHECK(n == 3 && row[0].left_out && row[1].left_out && !row[2].left_out);
	CHECK(strstr(row[1].left_out, "tool-local.json, factors[1]"));
	/* mended by a later version */
	CHECK_ERR(add_text("tool-local.json", tool(2, "local", 2)), ERR_OK);
	again_with_texts();
	CHECK_STR(f.why.text, "");
	CHECK_ERR(record_meeting(f.r, &f.a, f.meeting, &m), ERR_OK);
	CHECK_STR(m.type->name, "A sixth type");
	fix_finish(&f);
}

/* ---- risk tools ---- */

/* Two questions; "hate" raises, and so do incidents. */
static const struct practice_option YES_NO[] = {{"Yes", 2}, {"No", 0}};
static const struct practice_factor ASKED[] = {
        {"a", "A", "A?", "s", YES_NO, 2}, {"hate", "Hate", "H?", "s", YES_NO, 2}};
static const int YES[] = {0};
static const char *const THREAT[] = {"threat", "assault"};
static const struct practice_escalator RAISES[] = {
        {"Hate", "s", BAND_MEDIUM, 1, YES, 1, 0, NULL, 0, 0},
        {"Threat", "s", BAND_MEDIUM, -1, NULL, 0, 1, THREAT, 2, 0},
        {"Six earlier", "s", BAND_HIGH, -1, NULL, 0, 7, NULL, 0, 0},
        {"Three in a year", "s", BAND_VERY_HIGH, -1, NULL, 0, 3, THREAT, 2, 12}};
static const struct practice_tool TOOL = {.factor = ASKED,
        .n_factors = 2,
        .from = {0, 3, 4, INT_MAX},
        .escalator = RAISES,
        .n_escalators = 4,
        .stale_days = 28};

/* R21: the proposal is the higher of the score's band and of what raises it, at each boundary. */
static void r21_escalators_raise_the_proposal(void)
{
	enum { UNKNOWN = ANSWER_UNKNOWN, Y = 0, N = 1 };
	const int32_t today = 20776, year = practice_add_months(20776, -12);
	const struct {
		int a, hate;
		int noise, threats; /* incidents of today */
		int old_threats;    /* of a day twelve months ago */
		int32_t old_day;
		enum band by_score, band;
		const char *raised; /* one letter each: - or x */
	} CASES[] = {
	        {N, N, 0, 0, 0, 0, BAND_STANDARD, BAND_STANDARD, "----"},
	        {N, Y, 0, 0, 0, 0, BAND_STANDARD, BAND_MEDIUM, "x---"},
	        {N, UNKNOWN, 0, 0, 0, 0, BAND_STANDARD, BAND_STANDARD, "----"},
	        {Y, Y, 0, 0, 0, 0, BAND_HIGH, BAND_HIGH, "x---"}, /* never lowers */
	        {N, N, 0, 1, 0, 0, BAND_STANDARD, BAND_MEDIUM, "-x--"},
	        {N, N, 1, 0, 0, 0, BAND_STANDARD, BAND_STANDARD, "----"},
	        {N, N, 6, 0, 0, 0, BAND_STANDARD, BAND_STANDARD, "----"},
	        {N, N, 7, 0, 0, 0, BAND_STANDARD, BAND_HIGH, "--x-"},
	        {N, N, 5, 2, 0, 0, BAND_STANDARD, BAND_HIGH, "-xx-"},
	        {N, N, 0, 2, 0, 0, BAND_STANDARD, BAND_MEDIUM, "-x--"},
	        {N, N, 0, 3, 0, 0, BAND_STANDARD, BAND_VERY_HIGH, "-x-x"},
	        {N, N, 0, 2, 1, year, BAND_STANDARD, BAND_MEDIUM, "-x--"},
	        {N, N, 0, 2, 1, year + 1, BAND_STANDARD, BAND_VERY_HIGH, "-x-x"},
	        {N, N, 0, 2, 1, today + 1, BAND_STANDARD, BAND_MEDIUM, "-x--"},
	};
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct practice_incident in[32];
		struct practice_facts facts = {.incident = in, .today = today};
		struct practice_score s;
		int answer[] = {CASES[i].a, CASES[i].hate};
		for (int k = 0; k < CASES[i].noise; k++)
			in[facts.n++] = (struct practice_incident){today, "noise"};
		for (int k = 0; k < CASES[i].threats; k++)
			in[facts.n++] = (struct practice_incident){today, "threat"};
		for (int k = 0; k < CASES[i].old_threats; k++)
			in[facts.n++] = (struct practice_incident){CASES[i].old_day, "assault"};
		CHECK_ERR(practice_score(&TOOL, answer, 2, &facts, &s), ERR_OK);
		char raised[5] = "----";
		for (int k = 0; k < 4; k++)
			raised[k] = s.raised[k] ? 'x' : '-';
		if (s.band != CASES[i].band || s.by_score != CASES[i].by_score ||
		        strcmp(raised, CASES[i].raised) != 0)
			printf("# %zu: %s, %s\n", i, band_name(s.band), raised);
		CHECK(s.band == CASES[i].band && s.by_score == CASES[i].by_score);
		CHECK_STR(raised, CASES[i].raised);
		/* nothing known of the case: by its answers alone */
		CHECK_ERR(practice_score(&TOOL, answer, 2, NULL, &s), ERR_OK);
		CHECK(!s.raised[1] && !s.raised[2] && !s.raised[3]);
	}
}

/* R24: out of date by age, or by an incident of a later day. */
static void r24_stale_at_each_boundary(void)
{
	static const struct {
		int32_t made, incident;
		bool tool;
		enum stale want;
	} CASES[] = {
	        {1000, DAY_NONE, true, STALE_NO},
	        {1000 - 28, DAY_NONE, true, STALE_NO},
	        {1000 - 29, DAY_NONE, true, STALE_OLD},
	        {1000 - 29, DAY_NONE, false, STALE_NO},
	        {990, 990, true, STALE_NO},
	        {990, 991, true, STALE_INCIDENT},
	        {990, 989, true, STALE_NO},
	        {1000 - 29, 999, true, STALE_INCIDENT},
	        {990, 991, false, STALE_INCIDENT},
	};
	for (size_t i = 0; i < COUNT_OF(CASES); i++)
		CHECK(practice_stale(CASES[i].tool ? &TOOL : NULL, CASES[i].made, CASES[i].incident,
		              1000) == CASES[i].want);
	struct practice_tool without = TOOL;
	without.stale_days = 0;
	CHECK(practice_stale(&without, 0, DAY_NONE, 30000) == STALE_NO);
}

static enum err assess(const char *ref, const char *tool_id, const int *answer, int band,
        const char *why_not, int64_t *ret)
{
	const struct practice_tool *t = practice_tool(f.p, tool_id);
	return fix_do(&f,
	        FIX_CMD(CMD_ASSESS, .assess = {fix_item(&f, ref), tool_id, answer, NULL,
	                                    t->n_factors, band, why_not}),
	        ret);
}

static int answers_of(
        const struct practice_tool *t, const char *factor, const char *option, int *answer)
{
	for (size_t i = 0; i < t->n_factors; i++)
		for (size_t k = 0;
		        strcmp(t->factor[i].id, factor) == 0 && k < t->factor[i].n_options; k++)
			if (strcmp(t->factor[i].option[k].label, option) == 0)
				return answer[i] = (int)k;
	return -1;
}

/* R21, R22, R23: what raised the proposal is kept with its source; "don't know" is kept as that;
 * another band than the proposed one takes a reason either way, and none is ever refused. */
static void r23_either_way_with_a_reason(void)
{
	int answer[PRACTICE_MAX], back[PRACTICE_MAX];
	const char *source[PRACTICE_MAX];
	struct record_viewer v;
	struct assessment_row *row;
	size_t n;
	int64_t id;
	fix_sample(&f, test_dir());
	fix_sql(&f, "DELETE FROM incident WHERE kase = (SELECT id FROM kase WHERE ref = "
	            "'C-2026-0118')");
	fix_session(&f);
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	for (size_t i = 0; i < PRACTICE_MAX; i++)
		answer[i] = ANSWER_UNKNOWN;
	CHECK(answers_of(t, "hate", "Yes", answer) == 0);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	CHECK_ERR(assess("C-2026-0118", t->id, answer, BAND_MEDIUM, NULL, &id), ERR_OK);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_assessments(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &row, &n));
	CHECK(row[0].score == 4 && row[0].proposed == BAND_MEDIUM && row[0].known == 1);
	CHECK_STR(row[0].escalated, "Hate: at least Medium");
	CHECK(fix_of(&f,
	              "SELECT escalated LIKE '%%rules.py%%' FROM assessment WHERE id = "
	              "(SELECT max(id) FROM assessment)%.0s",
	              "") == 1);
	FIX_MUST(record_answers(f.r, &f.a, &v, row[0].id, t, back, source));
	for (size_t i = 0; i < t->n_factors; i++)
		CHECK(back[i] == answer[i]);
	for (int band = 0; band < BAND_COUNT; band++) {
		CHECK_ERR(assess("C-2026-0118", t->id, answer, band, "", NULL),
		        band == BAND_MEDIUM ? ERR_OK : ERR_INPUT);
		CHECK_ERR(assess("C-2026-0118", t->id, answer, band, "The room knows more.", NULL),
		        ERR_OK);
		CHECK(fix_int(&f, "SELECT band FROM kase WHERE ref = 'C-2026-0118'") == band);
	}
	fix_finish(&f);
}

/* R21: answers of one version are not read as another's; a new tool of the partnership is used. */
static void r21_answers_belong_to_their_version(void)
{
	int answer[PRACTICE_MAX] = {0}, back[PRACTICE_MAX];
	const char *source[PRACTICE_MAX];
	struct record_viewer v;
	struct assessment_row *row;
	size_t n;
	fix_sample(&f, test_dir());
	FIX_MUST(add_text("tool-local.json", tool(1, "local", 2)));
	again_with_texts();
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0009"));
	struct practice_facts facts;
	struct practice_score s;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_risk_facts(f.r, &f.a, &v, fix_case(&f, "C-2026-0009"), &facts));
	FIX_MUST(practice_score(practice_tool(f.p, "local"), answer, 1, &facts, &s));
	FIX_MUST(assess("C-2026-0009", "local", answer, (int)s.band, NULL, NULL));
	FIX_MUST(add_text("tool-local.json", tool(2, "local", 2)));
	again_with_texts();
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_assessments(f.r, &f.a, &v, fix_case(&f, "C-2026-0009"), &row, &n));
	CHECK_STR(row[0].tool_name, "Local tool");
	CHECK(row[0].tool_version == 1 && practice_tool(f.p, "local")->version == 2);
	FIX_MUST(record_answers(
	        f.r, &f.a, &v, row[0].id, practice_tool(f.p, "local"), back, source));
	CHECK(back[0] == ANSWER_NONE);
	fix_finish(&f);
}

/* R24: marked on the case and the agenda, and before closing; another incident marks it again, a
 * double report does not. */
static void r24_stale_is_said_until_assessed_again(void)
{
	struct record_viewer v;
	const char *stale, *source;
	int answer[PRACTICE_MAX];
	int64_t kase;
	struct item_row *item;
	size_t n;
	fix_sample(&f, test_dir());
	fix_session(&f);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	kase = fix_case(&f, "C-2026-0118");
	FIX_MUST(record_stale(f.r, &f.a, &v, kase, &stale, &source));
	CHECK_STR(stale, ""); /* never assessed is no old assessment */
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	for (size_t i = 0; i < PRACTICE_MAX; i++)
		answer[i] = 0;
	FIX_MUST(assess("C-2026-0118", "asb-matrix", answer, BAND_VERY_HIGH, "Worse.", NULL));
	FIX_MUST(record_stale(f.r, &f.a, &v, kase, &stale, &source));
	CHECK_STR(stale, "");
	time_pin_us(time_from_day(f.day + 29, 9, 0));
	FIX_MUST(record_stale(f.r, &f.a, &v, kase, &stale, &source));
	CHECK_STR(stale, "Assessed 29 days ago");
	CHECK(strstr(source, "LGSCO"));
	time_pin_us(time_from_day(f.day + 2, 9, 0));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_INCIDENT_ADD, .incident = {kase, fix_agency(&f, "police"), f.day + 1,
	                                          "Shouting.", "verbal", false}),
	        NULL));
	FIX_MUST(record_stale(f.r, &f.a, &v, kase, &stale, &source));
	CHECK_STR(stale, "1 incident since it was assessed");
	FIX_MUST(record_items(f.r, &f.a, &v, f.meeting, &item, &n));
	bool said = false;
	for (size_t i = 0; i < n; i++)
		if (item[i].case_id == kase)
			said = strcmp(item[i].stale, stale) == 0;
	CHECK(said);
	fix_finish(&f);
}

/* R25: no question of the licensed checklist is shipped: its factors are numbers, and say where the
 * words are. A partnership's own text puts them in its place. */
static void r25_no_licensed_wording_is_shipped(void)
{
	char question[80];
	fix_sample(&f, test_dir());
	const struct practice_tool *t = practice_tool(f.p, "dash-numbers");
	CHECK(t && t->n_factors == 24);
	for (size_t i = 0; i < t->n_factors; i++) {
		snprintf(question, sizeof(question),
		        "Question %zu of your licensed copy of the checklist.", i + 1);
		/* a word or three of our own to find one's way, never a question */
		CHECK(*t->factor[i].label && strlen(t->factor[i].label) <= 22);
		CHECK(!strpbrk(t->factor[i].label, "?.") && t->factor[i].label[0] != 'Q');
		CHECK_STR(t->factor[i].question, question);
		CHECK(t->factor[i].n_options == 2);
	}
	FIX_MUST(add_text("tool-checklist.json", tool(t->version + 1, "dash-numbers", 1)));
	again_with_texts();
	CHECK_STR(practice_tool(f.p, "dash-numbers")->name, "Local tool");
	/* what is called an example says so, and that it is nobody's */
	t = practice_tool(f.p, "street-example");
	CHECK(t && strstr(t->name, "example") && strstr(t->source, "Own wording, example"));
	fix_finish(&f);
}

/* ---- clocks ---- */

static size_t running(const char *what, struct clock_row *ret)
{
	struct record_viewer v;
	struct clock_row *c;
	size_t n, found = 0;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_clocks(f.r, &f.a, &v, f.forum, 100, &c, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(c[i].what, what) == 0) {
			*ret = c[i];
			found++;
		}
	return found;
}

static enum err happened(const char *ref, const char *event, int64_t at)
{
	return fix_do(
	        &f, FIX_CMD(CMD_EVENT, .event = {fix_case(&f, ref), event, "Done.", at}), NULL);
}

/* R18: a minor case has five days for its plan; from when it is decided to be serious, one working
 * day; one plan is waited for at a time, and the recorded event stops it. */
static void r18_the_plan_of_a_serious_case(void)
{
	static const struct {
		int band;
		const char *length; /* of the plan clock that runs after it */
	} CASES[] = {{BAND_STANDARD, "5 days"}, {BAND_MEDIUM, "5 days"},
	        {BAND_HIGH, "1 working day"}, {BAND_VERY_HIGH, "1 working day"}};
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct clock_row c = {0};
		int answer[PRACTICE_MAX];
		for (size_t k = 0; k < PRACTICE_MAX; k++)
			answer[k] = ANSWER_UNKNOWN;
		fix_sample(&f, test_dir());
		fix_sql(&f, "DELETE FROM clock; UPDATE kase SET review = NULL");
		FIX_MUST(clocks_start(f.r, fix_case(&f, "C-2026-0118"),
		        practice_type(f.p, "safer-estates"), "referral",
		        time_from_day(f.day - 2, 0, 0)));
		CHECK(running("action plan", &c) == 1);
		CHECK_STR(c.length, "5 days");
		CHECK_STR(c.starts, "referral");
		CHECK_STR(c.left, "3 days left of 5");
		CHECK(strstr(c.source, "Safer Gloucester"));
		fix_session(&f);
		FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
		FIX_MUST(assess(
		        "C-2026-0118", "asb-matrix", answer, CASES[i].band, "So decided.", NULL));
		CHECK(running("action plan", &c) == 1);
		CHECK_STR(c.length, CASES[i].length);
		/* the same again begins nothing */
		int64_t id = c.id;
		FIX_MUST(assess(
		        "C-2026-0118", "asb-matrix", answer, CASES[i].band, "So decided.", NULL));
		CHECK(running("action plan", &c) == 1 && c.id == id);
		/* less serious later: the shorter time was promised, and stays */
		FIX_MUST(assess("C-2026-0118", "asb-matrix", answer, BAND_STANDARD, "Less.", NULL));
		CHECK(running("action plan", &c) == 1 && c.id == id);
		CHECK_ERR(happened("C-2026-0118", "plan", TIME_NONE), ERR_OK);
		CHECK(running("action plan", &c) == 0);
		CHECK(fix_int(&f, "SELECT count(*) FROM event WHERE words = 'Done.'") == 1);
		FIX_MUST(record_undo(f.r, &f.why));
		CHECK(running("action plan", &c) == 1 && c.id == id);
		fix_finish(&f);
	}
}

/* R18: what happened is recorded with when it did; not before the clock began, nor in the future;
 * a clock whose text has gone is still listed. */
static void r18_the_recorded_event_stops_it(void)
{
	struct clock_row c = {0};
	int64_t began;
	fix_sample(&f, test_dir());
	fix_sql(&f, "DELETE FROM clock; UPDATE kase SET review = NULL");
	began = time_from_day(f.day, 0, 0);
	FIX_MUST(clocks_start(f.r, fix_case(&f, "C-2026-0118"), practice_type(f.p, "safer-estates"),
	        "referral", began));
	CHECK(running("first contact", &c) == 1);
	CHECK_STR(c.left, "10 h left of 24 hours");
	CHECK_STR(c.event, "first-contact");
	CHECK_ERR(happened("C-2026-0118", "first-contact", began - 1), ERR_INPUT);
	CHECK_ERR(happened("C-2026-0118", "first-contact", time_now_us() + 1), ERR_INPUT);
	CHECK_ERR(happened("C-2026-0118", "appeal", TIME_NONE), ERR_REFUSED);
	CHECK_ERR(happened("C-2026-0118", "first-contact", began), ERR_OK);
	CHECK(fix_of(&f, "SELECT stopped = started FROM clock WHERE clock = %Q", "first-contact") ==
	        1);
	CHECK(running("first contact", &c) == 0 && running("action plan", &c) == 1);
	fix_sql(&f, "UPDATE clock SET clock = 'gone' WHERE clock = 'plan-minor'");
	CHECK(running("gone", &c) == 1 && !*c.event && strstr(c.left, "until 24 November 2026"));
	fix_finish(&f);
}

/* R18: dates after the last year of bank holidays count weekdays alone, and whatever shows one says
 * so. */
static void r18_after_the_last_year_of_bank_holidays(void)
{
	static const struct practice_clock THREE = {.length = 3, .unit = CLOCK_WORKING_DAYS},
	                                   DAYS = {.length = 30, .unit = CLOCK_DAYS};
	struct practice *p = NULL;
	char words[160];
	CHECK_ERR(practice_load_assets(&p, NULL), ERR_OK);
	CHECK(practice_holidays_to(p) == 2030);
	int32_t last = day_from_ymd(2030, 12, 31), christmas = day_from_ymd(2031, 12, 25);
	CHECK(practice_days_known(p, last) && !practice_days_known(p, last + 1));
	CHECK(!practice_is_working_day(p, day_from_ymd(2030, 12, 25)) &&
	        practice_is_working_day(p, christmas)); /* a Thursday, and nobody knows */
	CHECK(practice_add_working_days(p, christmas - 1, 2) == christmas + 1);
	int64_t at = time_from_day(day_from_ymd(2030, 12, 23), 9, 0);
	practice_clock_words(p, &THREE, at, at, words, sizeof(words));
	CHECK_STR(words, "3 working days left of 3"); /* Friday 28 is the day: all known */
	at = time_from_day(day_from_ymd(2030, 12, 27), 9, 0);
	practice_clock_words(p, &THREE, at, at, words, sizeof(words));
	CHECK_STR(words, "3 working days left of 3; bank holidays after 2030 are not known");
	practice_clock_words(p, &DAYS, at, at, words, sizeof(words));
	CHECK_STR(words, "30 days left of 30");
	practice_destroy(p);
	/* nothing known at all */
	CHECK_ERR(practice_load(NULL, 0, &p, NULL), ERR_OK);
	CHECK(practice_holidays_to(p) == 0 && !practice_days_known(p, 0));
	practice_destroy(p);
}

/* R38: from the close of a meeting to the sealing of its papers; agreed, nothing waits any more. */
static void r38_minutes_and_actions_wait_for_the_papers(void)
{
	static const uint8_t digest[32] = {1};
	struct clock_row c = {0};
	fix_sample(&f, test_dir());
	fix_sql(&f, "DELETE FROM clock; UPDATE kase SET review = NULL");
	fix_session(&f);
	CHECK(running("minutes sent", &c) == 0);
	fix_clock("2026-11-19T15:30"); /* a Thursday */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_MEETING_NEXT, .next = {f.meeting, f.day + 28, 14, 0}), NULL));
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	CHECK(running("minutes sent", &c) == 1 && c.meeting == f.meeting && !c.id);
	CHECK_STR(c.ref, "Meeting of 19 November");
	CHECK_STR(c.left, "3 working days left of 3");
	CHECK_STR(c.starts, "meeting closed");
	CHECK(running("actions sent", &c) == 1);
	CHECK_STR(c.left, "24 h left of 24 hours");
	fix_clock("2026-11-20T15:31");
	CHECK(running("actions sent", &c) == 1 && c.late);
	fix_clock("2026-11-24T23:59");
	CHECK(running("minutes sent", &c) == 1 && !c.late);
	CHECK_STR(c.left, "ends today, of 3 working days");
	fix_clock("2026-11-25T00:00");
	CHECK(running("minutes sent", &c) == 1 && c.late);
	CHECK_STR(c.left, "1 working day over");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MINUTES_APPROVE, .approve = {f.meeting}), NULL));
	CHECK(running("minutes sent", &c) == 1); /* approved is not sent */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_PAPER, .paper = {f.meeting, 0, 1, digest, 10}), NULL));
	CHECK(running("minutes sent", &c) == 0 && running("actions sent", &c) == 0);
	fix_finish(&f);
}

/* R18: a review date runs among the clocks until a meeting to come has the case on its agenda. */
static void r18_review_dates_without_an_agenda(void)
{
	struct clock_row c = {0};
	fix_sample(&f, test_dir());
	fix_sql(&f, "DELETE FROM clock; UPDATE kase SET review = NULL; UPDATE kase SET review = "
	            "20776 + 3 WHERE ref = 'C-2026-0118'");
	CHECK(running("review date", &c) == 0); /* on the agenda of 19 November */
	fix_session(&f);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_REMOVE, .item = {fix_item(&f, "C-2026-0118"), "other", "Moved."}),
	        NULL));
	CHECK(running("review date", &c) == 1 && !c.id && !*c.event);
	CHECK_STR(c.left, "3 days left");
	fix_clock("2026-11-22T12:00");
	CHECK(running("review date", &c) == 1 && !c.late);
	CHECK_STR(c.left, "today");
	fix_clock("2026-11-23T12:00");
	CHECK(running("review date", &c) == 1 && c.late);
	CHECK_STR(c.left, "1 day over");
	fix_finish(&f);
}

static const struct test TESTS[] = {
        T(r18_the_plan_of_a_serious_case),
        T(r18_the_recorded_event_stops_it),
        T(r18_after_the_last_year_of_bank_holidays),
        T(r38_minutes_and_actions_wait_for_the_papers),
        T(r18_review_dates_without_an_agenda),
        T(r21_escalators_raise_the_proposal),
        T(r24_stale_at_each_boundary),
        T(r23_either_way_with_a_reason),
        T(r21_answers_belong_to_their_version),
        T(r24_stale_is_said_until_assessed_again),
        T(r25_no_licensed_wording_is_shipped),
        T(r21_own_texts_are_kept_and_in_force),
        T(r21_the_same_version_never_says_something_else),
        T(r01_a_sixth_type_from_json_alone),
        T(r41_a_text_that_no_longer_loads_is_left_out),
};
TEST_MAIN(TESTS)
