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

static const struct test TESTS[] = {
        T(r21_own_texts_are_kept_and_in_force),
        T(r21_the_same_version_never_says_something_else),
        T(r01_a_sixth_type_from_json_alone),
        T(r41_a_text_that_no_longer_loads_is_left_out),
};
TEST_MAIN(TESTS)
