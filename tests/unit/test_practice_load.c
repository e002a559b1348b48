#include "test.h"
#include <limits.h>
#include "caseroom/practice.h"

/* ---- the data of the program ---- */

static void t_assets_hold_all_that_the_header_promises(void)
{
	static const char *const TYPE[] = {
	        "safer-estates", "street-aware", "marac", "asb-review", "csp-sub-group"};
	static const char *const LIST[] = {"purpose", "gateway", "article6", "article9",
	        "article10", "necessity", "consent", "handling", "share-source", "not-shared",
	        "case-added", "case-removed", "deferred", "no-quorum", "action-outcome",
	        "case-closed", "override", "conflict-decision", "glass-minutes", "exemption",
	        "party-role", "relation", "incident-kind"};
	static const char *const CLOCK[] = {"first-contact", "plan-serious", "plan-minor",
	        "minutes-out", "actions-out", "risk-review", "review-acknowledge",
	        "review-threshold", "review-panel", "review-outcome", "review-appeal"};
	struct practice *p = NULL;
	struct why w = {""};
	size_t n;
	CHECK_ERR(practice_load_assets(&p, &w), ERR_OK);
	for (size_t i = 0; i < COUNT_OF(TYPE); i++)
		CHECK(practice_type(p, TYPE[i]));
	CHECK(practice_types(p, &n) && n == COUNT_OF(TYPE));
	for (size_t i = 0; i < COUNT_OF(LIST); i++)
		CHECK(practice_list(p, LIST[i]) && practice_list(p, LIST[i])->n >= 4);
	for (size_t i = 0; i < COUNT_OF(CLOCK); i++)
		CHECK(practice_clock(p, CLOCK[i]) && practice_clock(p, CLOCK[i])->source[0]);
	CHECK(practice_tools(p, &n) && n == 3);
	CHECK(practice_clocks(p, &n) && n >= COUNT_OF(CLOCK));
	CHECK(!practice_type(p, "none") && !practice_tool(p, "none") && !practice_list(p, "none"));
	CHECK(!practice_clock(p, "none") && !practice_entry(p, "purpose", "none") &&
	        !practice_entry(p, "none", "none"));
	practice_destroy(p);
	practice_destroy(NULL);
}

static void r01_meeting_type_is_data(void)
{
	struct practice *p = NULL;
	CHECK_ERR(practice_load_assets(&p, NULL), ERR_OK);
	const struct practice_type *t = practice_type(p, "safer-estates");
	CHECK(t && t->children_first && !t->anonymised);
	CHECK_STR(t->declaration_title, "Declaration 3, January 2026");
	CHECK(t->declaration_version == 3);
	CHECK_STR(t->declaration, "What is said here stays with those who need it to keep someone "
	                          "safe or to prevent crime.\n"
	                          "I share what is necessary, say if it is fact or opinion, and "
	                          "follow my own agency’s rules.\n"
	                          "I speak up if I know anyone in a case.");
	CHECK(t->n_quorum_kind == 6 && t->quorum_number == 0 && t->case_minutes == 12);
	CHECK_STR(t->quorum_kind[1], "City council community safety");
	CHECK(t->n_parts == 6 && t->part[0].kind == AGENDA_WELCOME &&
	        t->part[3].kind == AGENDA_CASES);
	CHECK(t->part[5].kind == AGENDA_NEXT);
	CHECK_STR(t->risk_tool, "asb-matrix");
	CHECK_STR(practice_entry(p, "gateway", t->share.gateway)->label, "CDA 1998, section 115");
	CHECK_STR(practice_entry(p, "purpose", t->share.purpose)->label,
	        "Prevent crime and disorder");
	CHECK_STR(practice_entry(p, "article6", t->share.article6)->label,
	        "Article 6(1)(e), public task");
	CHECK(practice_type(p, "csp-sub-group")->anonymised);
	CHECK(practice_type(p, "asb-review")->case_minutes == 30 &&
	        practice_type(p, "asb-review")->quorum_number == 3);
	const struct practice_tool *tool = practice_tool(p, "asb-matrix");
	CHECK(tool->from[BAND_STANDARD] == 1 && tool->from[BAND_MEDIUM] == 16 &&
	        tool->from[BAND_HIGH] == 29);
	CHECK(tool->from[BAND_VERY_HIGH] == INT_MAX);
	practice_destroy(p);
}

static void t_forums_find_their_type(void)
{
	static const struct {
		const char *code, *kind, *type;
	} CASES[] = {{"safer-estates", "case conference", "safer-estates"},
	        {"blue-light", "case conference", "safer-estates"},
	        {"street-aware", "case conference", "street-aware"},
	        {"marac", "case conference", "marac"}, {"asb-review", "review panel", "asb-review"},
	        {"sub-prevent", "sub-group", "csp-sub-group"},
	        {"my-own", "case conference", "safer-estates"},
	        {"my-own", "review panel", "asb-review"}, {"my-own", "sub-group", "csp-sub-group"},
	        {"county-board", "board", "csp-sub-group"},
	        {"city-csp", "partnership", "csp-sub-group"}, {"marac", NULL, "marac"},
	        {NULL, "board", "csp-sub-group"}, {"my-own", "choir", NULL}, {NULL, NULL, NULL}};
	struct practice *p = NULL;
	CHECK_ERR(practice_load_assets(&p, NULL), ERR_OK);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		const struct practice_type *t =
		        practice_type_for_forum(p, CASES[i].code, CASES[i].kind);
		CHECK_STR(t ? t->id : "none", CASES[i].type ? CASES[i].type : "none");
	}
	practice_destroy(p);
}

/* ---- changed texts ---- */

/* The assets with `from` replaced by `to`, once, in the file of this name; or the file cut at
 * `from` when `to` is NULL. */
static enum err load_changed(
        const char *file, const char *from, const char *to, struct practice **ret, struct why *w)
{
	struct practice_text text[64];
	struct buf b;
	size_t n_assets, n = 0;
	const struct asset *a = asset_all(&n_assets);
	buf_init(&b, 1u << 20);
	for (size_t i = 0; i < n_assets && n < COUNT_OF(text); i++) {
		if (strncmp(a[i].name, "practice/", 9) != 0)
			continue;
		text[n] = (struct practice_text){a[i].name, (const char *)a[i].data, a[i].len};
		if (strcmp(a[i].name + 9, file) == 0) {
			const char *at = memmem(a[i].data, a[i].len, from, strlen(from));
			if (!at) {
				buf_finish(&b);
				return ERR_INTERNAL;
			}
			size_t before = (size_t)(at - (const char *)a[i].data);
			buf_put(&b, a[i].data, before);
			if (to) {
				buf_puts(&b, to);
				buf_put(&b, at + strlen(from), a[i].len - before - strlen(from));
			}
			text[n].json = buf_str(&b);
			text[n].len = b.len;
		}
		n++;
	}
	enum err e = buf_err(&b);
	if (!e)
		e = practice_load(text, n, ret, w);
	buf_finish(&b);
	return e;
}

static void t_errors_name_file_place_and_reason(void)
{
	static const struct {
		const char *file, *from, *to;
		enum err err;
		const char *words[3]; /* each is somewhere in the sentence */
	} CASES[] = {
	        {"meeting-marac.json", "\"version\": 1", "\"versoin\": 1", ERR_INPUT,
	                {"meeting-marac.json, top", "\"versoin\" is not known"}},
	        {"meeting-marac.json", "\"minutes\": 15}", "\"minutes\": \"15\"}", ERR_INPUT,
	                {"agenda.parts[3].minutes", "not a whole number"}},
	        {"meeting-marac.json", "\"minutes\": 15}", "\"minutes\": 15.5}", ERR_INPUT,
	                {"agenda.parts[3].minutes", "not a whole number"}},
	        {"meeting-marac.json", "\"minutes\": 15}", "\"minutes\": 481}", ERR_INPUT,
	                {"agenda.parts[3].minutes", "is 481"}},
	        {"meeting-marac.json", "\"kind\": \"paper\"", "\"kind\": \"case\"", ERR_INPUT,
	                {"agenda.parts[5]", "no kind"}},
	        {"meeting-marac.json", "\"kind\": \"paper\"", "\"kind\": \"cases\"", ERR_INPUT,
	                {"agenda", "one place"}},
	        {"meeting-marac.json", "\"dash-numbers\"", "\"dash\"", ERR_INPUT,
	                {"meeting-marac.json", "no tool \"dash\""}},
	        {"meeting-marac.json", "\"gateway\": \"cda-115\"", "\"gateway\": \"cda-1150\"",
	                ERR_INPUT, {"meeting-marac.json", "share.gateway", "no \"cda-1150\""}},
	        {"meeting-marac.json", "\"anonymised\": false", "\"anonymised\": 0", ERR_INPUT,
	                {"anonymised", "neither true nor false"}},
	        {"meeting-marac.json", "\"forums\": [\"marac\"]", "\"forums\": [\"street-aware\"]",
	                ERR_INPUT,
	                {"meeting-street-aware.json",
	                        "forum \"street-aware\" is in \"marac\" too"}},
	        {"meeting-marac.json", "\"forums\": [\"marac\"]",
	                "\"forums\": [\"marac\", \"marac\"]", ERR_INPUT,
	                {"forums[2]", "\"marac\" is there twice"}},
	        {"meeting-marac.json", "\"forums\": [\"marac\"]", "\"forums\": \"marac\"",
	                ERR_INPUT, {"forums", "not a list"}},
	        {"meeting-marac.json", "\"id\": \"marac\"", "\"id\": \"MARAC\"", ERR_INPUT,
	                {"id", "\"MARAC\" is not an id"}},
	        {"meeting-marac.json", "\"id\": \"marac\"", "\"id\": \"\"", ERR_INPUT,
	                {"id", "is empty"}},
	        {"meeting-marac.json", "\"id\": \"marac\"", "\"id\": \"a\\u0007\"", ERR_INPUT,
	                {"id", "cannot be shown"}},
	        {"meeting-marac.json", "\"id\": \"marac\"", "\"id\": \"marac\", \"id\": \"marac\"",
	                ERR_INPUT, {"duplicate"}},
	        {"meeting-safer-estates.json", "[\"first-contact\", ", "[\"first-contract\", ",
	                ERR_INPUT, {"meeting-safer-estates.json", "no clock \"first-contract\""}},
	        {"tool-asb-matrix.json",
	                "\"question\": \"How often do things like this happen?\", \"source\": "
	                "\"Matrix v8, factor 1\"",
	                "\"question\": \"How often?\"", ERR_INPUT,
	                {"tool-asb-matrix.json, factors[1]", "has no \"source\""}},
	        {"tool-asb-matrix.json", "\"medium\": 16", "\"medium\": 30", ERR_INPUT,
	                {"bands", "\"high\" must begin above"}},
	        {"tool-asb-matrix.json", "\"label\": \"Weekly\"", "\"label\": \"Monthly\"",
	                ERR_INPUT, {"factors[1].options[3]", "\"Monthly\" is there twice"}},
	        {"tool-asb-matrix.json", "\"id\": \"linked\"", "\"id\": \"how-often\"", ERR_INPUT,
	                {"factors[2]", "is there twice"}},
	        {"clocks.json", "\"unit\": \"hours\"", "\"unit\": \"weeks\"", ERR_INPUT,
	                {"clocks.json, clocks[1]", "\"weeks\" is no unit"}},
	        {"clocks.json", "\"length\": 24", "\"length\": 0", ERR_INPUT,
	                {"clocks[1].length", "is 0"}},
	        {"clocks.json", "\"id\": \"plan-minor\"", "\"id\": \"plan-serious\"", ERR_INPUT,
	                {"clocks[3]", "is there twice"}},
	        {"lists.json", "\"name\": \"gateway\"", "\"name\": \"purpose\"", ERR_INPUT,
	                {"lists[2]", "\"purpose\" is there twice"}},
	        {"lists.json", "\"needs_words\": true", "\"needs_words\": \"yes\"", ERR_INPUT,
	                {"lists[1].entries[11].needs_words"}},
	        {"holidays.json", "2026-12-25", "2026-12-32", ERR_INPUT,
	                {"holidays.json, days[23]", "is no day"}},
	        {"holidays.json", "2026-12-25", "2026-12-29", ERR_INPUT,
	                {"days[24]", "does not come after"}},
	        {"tool-asb-matrix.json", "\"factor\": \"hate\"", "\"factor\": \"hat\"", ERR_INPUT,
	                {"escalators[1]", "no factor \"hat\""}},
	        {"tool-asb-matrix.json", "\"options\": [\"Yes\"]", "\"options\": [\"Maybe\"]",
	                ERR_INPUT, {"escalators[1]", "\"Maybe\" is no answer"}},
	        {"tool-asb-matrix.json", "\"kinds\": [\"hate\"]", "\"kinds\": [\"hats\"]",
	                ERR_INPUT,
	                {"tool-asb-matrix.json, escalators[2]", "no \"hats\" in the list"}},
	        {"tool-asb-matrix.json", "\"incidents\": 7", "\"incidents\": 0", ERR_INPUT,
	                {"escalators[4].incidents", "is 0"}},
	        {"tool-asb-matrix.json", "\"days\": 28", "\"days\": 0", ERR_INPUT,
	                {"stale.days", "is 0"}},
	        {"clocks.json", "\"bands\": [\"high\"", "\"bands\": [\"tall\"", ERR_INPUT,
	                {"clocks[2].bands", "\"tall\" is no band"}},
	        {"lists.json", "\"lists\": [", NULL, ERR_INPUT, {"lists.json", "line "}},
	        {"meeting-marac.json", "{", "[{", ERR_INPUT, {"meeting-marac.json", "line "}},
	};
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		struct practice *p = NULL;
		struct why w = {""};
		enum err e = load_changed(CASES[i].file, CASES[i].from, CASES[i].to, &p, &w);
		if (e != CASES[i].err)
			printf("# change %zu gave \"%s\": %s\n", i + 1, err_text(e), w.text);
		CHECK(e == CASES[i].err && p == NULL);
		for (size_t k = 0; k < 3 && CASES[i].words[k]; k++) {
			if (!strstr(w.text, CASES[i].words[k]))
				printf("# change %zu: \"%s\"\n", i + 1, w.text);
			CHECK(strstr(w.text, CASES[i].words[k]));
		}
		CHECK_ERR(load_changed(CASES[i].file, CASES[i].from, CASES[i].to, &p, NULL),
		        CASES[i].err);
	}
}

static void t_sizes_have_limits(void)
{
	struct practice *p = NULL;
	struct why w = {""};
	struct practice_text big = {"clocks.json", "", 300u << 10}, other = {"notes.json", "{}", 2};
	struct practice_text many[257];
	CHECK_ERR(practice_load(&big, 1, &p, &w), ERR_LIMIT);
	CHECK_ERR(practice_load(&other, 1, &p, &w), ERR_INPUT);
	CHECK(strstr(w.text, "tells no kind"));
	struct practice_text none = {
	        .name = "holidays.json", .json = "{\"version\":1,\"source\":\"s\",\"days\":[]}"};
	none.len = strlen(none.json);
	CHECK_ERR(practice_load(&none, 1, &p, &w), ERR_INPUT);
	CHECK(strstr(w.text, "days: has 0 entries; at least 1"));
	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = other;
	CHECK_ERR(practice_load(many, COUNT_OF(many), &p, &w), ERR_LIMIT);
	struct buf b;
	buf_init(&b, 1u << 20);
	buf_puts(&b, "{\"version\":1,\"source\":\"s\",\"clocks\":[");
	for (int i = 0; i < PRACTICE_MAX + 1; i++)
		buf_printf(&b,
		        "%s{\"id\":\"c%d\",\"what\":\"w\",\"starts\":\"a\",\"stops\":\"b\","
		        "\"length\":1,\"unit\":\"days\",\"source\":\"s\"}",
		        i ? "," : "", i);
	buf_puts(&b, "]}");
	struct practice_text clocks = {"clocks.json", buf_str(&b), b.len};
	enum err e = practice_load(&clocks, 1, &p, &w);
	buf_finish(&b);
	CHECK(e == ERR_LIMIT && strstr(w.text, "at most 64"));
	CHECK_ERR(practice_load(NULL, 0, &p, &w),
	        ERR_OK); /* nothing is no error: weekends are known without data */
	CHECK(practice_is_working_day(p, day_from_ymd(2026, 12, 25)) &&
	        !practice_is_working_day(p, day_from_ymd(2026, 12, 26)));
	practice_destroy(p);
}

static void t_later_texts_replace_earlier_ones(void)
{
	static const char ONE[] = "{\"version\":1,\"source\":\"s\",\"clocks\":[{\"id\":\"c\","
	                          "\"what\":\"w\",\"starts\":\"a\",\"stops\":\"b\","
	                          "\"length\":1,\"unit\":\"days\",\"source\":\"s\"}]}";
	static const char TWO[] = "{\"version\":2,\"source\":\"s\",\"clocks\":[{\"id\":\"c\","
	                          "\"what\":\"w\",\"starts\":\"a\",\"stops\":\"b\","
	                          "\"length\":7,\"unit\":\"months\",\"source\":\"ours\"}]}";
	struct practice_text text[] = {{"practice/clocks.json", ONE, sizeof(ONE) - 1},
	        {"clocks-own.json", TWO, sizeof(TWO) - 1}};
	struct practice *p = NULL;
	size_t n;
	CHECK_ERR(practice_load(text, 2, &p, NULL), ERR_OK);
	const struct practice_clock *c = practice_clocks(p, &n);
	CHECK(n == 1 && c->length == 7 && c->unit == CLOCK_MONTHS && c->version == 2);
	CHECK_STR(c->source, "ours");
	practice_destroy(p);
}

static const struct test TESTS[] = {
        T(t_assets_hold_all_that_the_header_promises),
        T(r01_meeting_type_is_data),
        T(t_forums_find_their_type),
        T(t_errors_name_file_place_and_reason),
        T(t_sizes_have_limits),
        T(t_later_texts_replace_earlier_ones),
};
TEST_MAIN(TESTS)
