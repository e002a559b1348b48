#include "test.h"
#include "record_fixture.h"

/* CSV in and out: to the byte, or not at all, with the place of every mistake. */

static struct fix f;

static const char *const KIND[] = {"forums", "members", "agencies", "people", "referrals",
        "incidents", "measures", "plan", "projects", "standards", "agreements", "signatures"};

static void t_every_kind_goes_out_as_it_came_in(void)
{
	fix_sample(&f, test_dir());
	for (size_t i = 0; i < COUNT_OF(KIND); i++) {
		char name[64];
		struct buf b;
		CHECK_STR(record_import_kind(i) ? record_import_kind(i) : "", KIND[i]);
		snprintf(name, sizeof(name), "sample/%s.csv", KIND[i]);
		const struct asset *x = asset_find(name);
		CHECK(x);
		buf_init(&b, 8u << 20);
		CHECK_ERR(record_export(f.r, KIND[i], &b, &f.why), ERR_OK);
		CHECK(b.len == x->len && memcmp(b.data, x->data, x->len) == 0);
		buf_finish(&b);
	}
	/* what an agency returned goes nowhere */
	CHECK_STR(record_import_kind(COUNT_OF(KIND)), "research");
	CHECK(record_import_kind(COUNT_OF(KIND) + 1) == NULL);
	fix_finish(&f);
}

static void t_two_hundred_referrals_go_out_as_they_came_in(void)
{
	int lines = 0;
	const struct asset *x = asset_find("sample/referrals-200.csv");
	struct buf b;
	size_t rows = 0;
	int64_t bad = 0;
	CHECK(x);
	for (size_t i = 0; i < x->len; i++)
		lines += x->data[i] == '\n';
	fix_empty(&f, test_dir());
	for (size_t i = 0; i < 4; i++)
		fix_import(&f, KIND[i]);
	CHECK_ERR(record_import(
	                  f.r, "referrals", x->data, x->len, fix_bad, NULL, NULL, &rows, &f.why),
	        ERR_OK);
	CHECK(rows + 1 == (size_t)lines);
	CHECK(fix_int(&f, "SELECT count(*) FROM kase") == 200);
	buf_init(&b, 8u << 20);
	CHECK_ERR(record_export(f.r, "referrals", &b, &f.why), ERR_OK);
	CHECK(b.len == x->len && memcmp(b.data, x->data, x->len) == 0);
	buf_finish(&b);
	CHECK_ERR(record_links_verify(f.r, &bad), ERR_OK);
	/* every party and every case can be found */
	CHECK(fix_int(&f, "SELECT count(*) FROM find") ==
	        fix_int(&f, "SELECT (SELECT count(*) FROM party) + (SELECT count(*) FROM kase)"));
	fix_finish(&f);
}

static void t_same_partnership_file_twice_is_the_same(void)
{
	fix_sample(&f, test_dir());
	char *before = fix_dump(&f, false);
	for (size_t i = 0; i < COUNT_OF(KIND); i++)
		if (strcmp(KIND[i], "referrals") != 0 && strcmp(KIND[i], "incidents") != 0)
			fix_import(&f, KIND[i]);
	char *after = fix_dump(&f, false);
	CHECK(strcmp(before, after) == 0);
	sqlite3_free(before);
	sqlite3_free(after);
	fix_finish(&f);
}

/* The partnership's own files, when a directory of them is named in CASEROOM_DATA, are of the same
 * shape. */
static void t_real_files_have_the_shape_of_the_sample(void)
{
	const char *dir = getenv("CASEROOM_DATA");
	if (!dir)
		return;
	fix_empty(&f, test_dir());
	for (size_t i = 0; i < COUNT_OF(KIND); i++) {
		char path[400];
		struct buf in, out;
		size_t rows;
		snprintf(path, sizeof(path), "%s/%s.csv", dir, KIND[i]);
		buf_init(&in, 8u << 20);
		buf_init(&out, 8u << 20);
		enum err e = file_read(path, 8u << 20, &in, NULL);
		if (e == ERR_OK) {
			CHECK_ERR(record_import(f.r, KIND[i], in.data, in.len, fix_bad, NULL, NULL,
			                  &rows, &f.why),
			        ERR_OK);
			CHECK_ERR(record_export(f.r, KIND[i], &out, &f.why), ERR_OK);
			CHECK_STR(buf_str(&out), buf_str(&in));
		} else {
			CHECK(e == ERR_NOT_FOUND);
		}
		buf_finish(&in);
		buf_finish(&out);
	}
	fix_finish(&f);
}

#define HEAD                                                                                       \
	"case_ref,received,forum,strand,referred_by,reason,restriction,named_agencies,row_kind,"   \
	"role,name,born,address,postcode,"                                                         \
	"phone,safe_contact,related_as,related_to,incident_date,incident_kind,reported_to,what\n"
#define GOOD                                                                                       \
	"C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,normal,,party,victim,Kim "        \
	"Sample,,,,,,,,,,,\n"

struct told {
	size_t n, line;
	char column[40], value[80], reason[120];
};
static void tell(void *ctx, size_t line, const char *column, const char *value, const char *reason)
{
	struct told *t = ctx;
	if (t->n++)
		return;
	t->line = line;
	snprintf(t->column, sizeof(t->column), "%s", column);
	snprintf(t->value, sizeof(t->value), "%s", value);
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
}

static void t_every_mistake_is_told_with_its_place(void)
{
	static const struct {
		const char *kind, *csv;
		size_t line;
		const char *column, *value, *reason;
	} BAD[] = {
	        {"forums",
	                "code,name,kind,reports_to,priority,purpose,meets,duration_months,chair,"
	                "report_due\n,A,board,,,,,,,\n",
	                2, "code", "", "empty"},
	        {"members", "forum,agency_kind,standing\nsafer-estates,Parks,king\n", 2, "standing",
	                "king", "is not core"},
	        {"agencies", "code,name,short,kind,isa_signed\nparks,Parks,PRK,Parks,2026-02-30\n",
	                2, "isa_signed", "2026-02-30", "date"},
	        {"agencies", "code,name,short,kind,isa_signed\nparks,\"Par\ak\",PRK,Parks,\n", 2,
	                "name", "Par\ak", "cannot be shown"},
	        {"agencies", "code,name,short,kind,isa_signed\nparks,Parks,PRK\n", 2, "", "",
	                "3 cells, not 5"},
	        {"agencies",
	                "code,name,short,kind,isa_signed\nok,Fine,OK,Fine,\nparks,\"Two\nlines\","
	                "PRK,Parks,\n",
	                3, "name", "Two\nlines", "cannot be shown"},
	        /* a cell of two lines moves the place of what comes after it */
	        {"incidents",
	                "case_ref,date,kind,reported_to,what\nC-2026-0118,2026-11-01,noise,police,"
	                "\"Two\nlines\"\n"
	                "C-2026-0118,2026-11-01,opera,police,Loud.\n",
	                4, "kind", "opera", "incident-kind"},
	        {"projects", "lead_organisation,project,aim\nA,\"Two\nlines\",\"\"\n,B,C\n", 4,
	                "lead_organisation", "", "empty"},
	        {"people",
	                "agency,name,initials,role,forum,standing\nnobody,Kim,K,Clerk,marac,core\n",
	                2, "agency", "nobody", "agencies first"},
	        {"people",
	                "agency,name,initials,role,forum,standing\npolice,Kim,K,Clerk,choir,core\n",
	                2, "forum", "choir", "forums first"},
	        {"people",
	                "agency,name,initials,role,forum,standing\npolice,Kim,K,Clerk,marac,boss\n",
	                2, "standing", "boss", "is not core"},
	        {"incidents",
	                "case_ref,date,kind,reported_to,what\nC-1,2026-11-01,noise,police,Loud.\n",
	                2, "case_ref", "C-1", "reference"},
	        {"incidents",
	                "case_ref,date,kind,reported_to,what\nC-2026-0118,2026-11-01,opera,police,"
	                "Loud.\n",
	                2, "kind", "opera", "incident-kind"},
	        {"incidents",
	                "case_ref,date,kind,reported_to,what\nC-2026-0118,01/11/"
	                "2026,noise,police,Loud.\n",
	                2, "date", "01/11/2026", "2026-11-19"},
	        {"referrals",
	                HEAD GOOD "C-2026-0118,2026-11-01,safer-estates,Noise,police,Loud.,normal,,"
	                          "party,victim,Kim,,,,,,,,,,,\n",
	                3, "case_ref", "C-2026-0118", "already"},
	        {"referrals",
	                HEAD "C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,secret,,"
	                     "party,victim,Kim,,,,,,,,,,,\n",
	                2, "restriction", "secret", "normal, named or hidden"},
	        {"referrals",
	                HEAD "C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,hidden,,"
	                     "party,victim,Kim,,,,,,,,,,,\n",
	                2, "named_agencies", "", "must name"},
	        {"referrals",
	                HEAD "C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,hidden,;;,"
	                     "party,victim,Kim,,,,,,,,,,,\n",
	                2, "named_agencies", ";;", "must name"},
	        {"referrals",
	                HEAD "C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,named,police;"
	                     "nobody,party,victim,Kim,,,,,,,,,,,\n",
	                2, "named_agencies", "police;nobody", "not there"},
	        /* a later row that says more about who may see the case is not passed over */
	        {"referrals",
	                HEAD GOOD "C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,hidden,"
	                          "police,party,subject,Jo,,,,,,,,,,,\n",
	                3, "restriction", "hidden", "differs"},
	        {"referrals",
	                HEAD "C-2026-7001,2026-11-01,safer-estates,Noise,police,Loud.,named,police;"
	                     "fire,party,victim,Kim,,,,,,,,,,,\n"
	                     "C-2026-7001,,,,,,named,police,party,subject,Jo,,,,,,,,,,,\n",
	                3, "named_agencies", "police", "differs"},
	        {"referrals",
	                HEAD GOOD "C-2026-7001,2026-11-02,,,,,,,party,subject,Jo,,,,,,,,,,,\n", 3,
	                "received", "2026-11-02", "differs"},
	        {"referrals", HEAD GOOD "C-2026-7001,,,,,,,,party,villain,Jo,,,,,,,,,,,\n", 3,
	                "role", "villain", "party-role"},
	        {"referrals",
	                HEAD GOOD "C-2026-7001,,,,,,,,party,subject,Jo,,,,,,friend-of,Nobody,,,,\n",
	                3, "related_to", "Nobody", "nobody else"},
	        {"referrals", HEAD GOOD "C-2026-7001,,,,,,,,party,subject,Jo,,,,,,friend-of,,,,,\n",
	                3, "related_to", "", "go together"},
	        {"referrals", HEAD GOOD "C-2026-7001,,,,,,,,thing,subject,Jo,,,,,,,,,,,\n", 3,
	                "row_kind", "thing", "party or incident"},
	        {"referrals",
	                HEAD GOOD "C-2026-7001,,,,,,,,incident,,,,,,,,,,2026-13-01,noise,,Loud.\n",
	                3, "incident_date", "2026-13-01", "date"},
	        {"referrals",
	                HEAD GOOD
	                "C-2026-7001,,,,,,,,incident,,,,,,,,,,2026-11-01,noise,moon,Loud.\n",
	                3, "reported_to", "moon", "agency"},
	        {"referrals",
	                HEAD ",2026-11-01,safer-estates,Noise,police,Loud.,normal,,party,victim,"
	                     "Kim,,,,,,,,,,,\n",
	                2, "case_ref", "", "empty"},
	};
	fix_sample(&f, test_dir());
	char *before = fix_dump(&f, true);
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		struct told t = {0};
		size_t rows = 77;
		enum err e = record_import(f.r, BAD[i].kind, BAD[i].csv, strlen(BAD[i].csv), tell,
		        NULL, &t, &rows, &f.why);
		char *after = fix_dump(&f, true);
		bool same = strcmp(before, after) == 0;
		sqlite3_free(after);
		if (e != ERR_INPUT || t.n == 0 || t.line != BAD[i].line ||
		        strcmp(t.column, BAD[i].column) != 0 ||
		        strcmp(t.value, BAD[i].value) != 0 || !strstr(t.reason, BAD[i].reason) ||
		        !same || rows != 77 || !strstr(f.why.text, "Nothing was changed.")) {
			snprintf(test_why, sizeof(test_why),
			        "mistake %zu: %s, line %zu, \"%s\", \"%.40s\", \"%s\"%s; %.80s", i,
			        err_text(e), t.line, t.column, t.value, t.reason,
			        same ? "" : ", changed", f.why.text);
			test_failed = test_why;
			return;
		}
	}
	sqlite3_free(before);
	fix_finish(&f);
}

static void t_file_that_is_none_is_refused(void)
{
	static const struct {
		const char *kind, *csv;
		enum err err;
	} BAD[] = {{"songs", "a\n", ERR_INPUT}, {"agencies", "", ERR_INPUT},
	        {"agencies", "code,name\n", ERR_INPUT},
	        {"agencies", "code,name,short,kind,signed\n", ERR_INPUT},
	        {"agencies", "code,name,short,kind,isa_signed,more\n", ERR_INPUT},
	        {"agencies", "code,name,short,kind,isa_signed\n\"a,b\n", ERR_INPUT},
	        {"agencies", "\xff\xfe", ERR_INPUT}};
	fix_sample(&f, test_dir());
	char *before = fix_dump(&f, true);
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		size_t rows;
		struct told t = {0};
		CHECK_ERR(record_import(f.r, BAD[i].kind, BAD[i].csv, strlen(BAD[i].csv), tell,
		                  NULL, &t, &rows, &f.why),
		        BAD[i].err);
		CHECK(f.why.text[0] && f.why.text[strlen(f.why.text) - 1] == '.');
	}
	char *after = fix_dump(&f, true);
	CHECK(strcmp(before, after) == 0);
	sqlite3_free(before);
	sqlite3_free(after);
	/* several mistakes are all told, in one reading */
	struct told t = {0};
	size_t rows;
	static const char TWO[] = "agency,name,initials,role,forum,standing\npolice,,K,Clerk,marac,"
	                          "core\npolice,Kim,K,,marac,core\n";
	CHECK_ERR(record_import(f.r, "people", TWO, strlen(TWO), tell, NULL, &t, &rows, &f.why),
	        ERR_INPUT);
	CHECK(t.n == 2 && strstr(f.why.text, "2 values"));
	fix_finish(&f);
}

/* A byte-order mark and lines that end in CRLF, as spreadsheets write them. */
static void t_spreadsheet_files_are_taken(void)
{
	static const char CSV[] = "\xef\xbb\xbf"
	                          "code,name,short,kind,isa_signed\r\nparks,\"Parks, "
	                          "\"\"green\"\"\",PRK,Parks,2026-01-05\r\n";
	size_t rows;
	fix_empty(&f, test_dir());
	CHECK_ERR(record_import(
	                  f.r, "agencies", CSV, strlen(CSV), fix_bad, NULL, NULL, &rows, &f.why),
	        ERR_OK);
	CHECK(rows == 1);
	CHECK(fix_int(&f, "SELECT name = 'Parks, \"green\"' AND (SELECT day = 20458 FROM signature "
	                  "s WHERE s.agency = agency.id) FROM agency") == 1);
	fix_finish(&f);
}

static void t_search_finds_each_word_from_its_beginning(void)
{
	static const struct {
		const char *text;
		size_t hits; /* at least one, or none */
	} LOOK[] = {{"avery", 1}, {"AVERY sam", 1}, {"c-2026-0118", 1}, {"sorrel", 1}, {"zzz", 0},
	        {"", 0}, {"   ", 0}, {"\"", 0}, {"*", 0}, {"very", 0}, {"avery AND", 0},
	        {"a\" OR \"b", 0}, {"\xf0\x9f\x98\x80", 0}, {"\xff\xfe", 0}, {"NEAR(a b)", 0},
	        {"-", 0}, {"^a", 1}};
	struct record_viewer v;
	struct search_row *s = NULL;
	size_t n = 0;
	fix_sample(&f, test_dir());
	FIX_MUST(record_viewer_opener(f.r, &v));
	for (size_t i = 0; i < COUNT_OF(LOOK); i++) {
		CHECK_ERR(record_search(f.r, &f.a, &v, LOOK[i].text, 20, &s, &n), ERR_OK);
		if ((n > 0) != (LOOK[i].hits > 0)) {
			snprintf(test_why, sizeof(test_why), "\"%s\": %zu found", LOOK[i].text, n);
			test_failed = test_why;
			return;
		}
	}
	char longer[5000];
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = 0;
	CHECK_ERR(record_search(f.r, &f.a, &v, longer, 20, &s, &n), ERR_OK);
	for (size_t i = 1; i + 1 < sizeof(longer); i += 2)
		longer[i] = ' ';
	CHECK_ERR(record_search(f.r, &f.a, &v, longer, 20, &s, &n), ERR_OK);
	CHECK_ERR(record_search(f.r, &f.a, &v, "a", 3, &s, &n), ERR_OK);
	CHECK(n == 3);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(t_every_kind_goes_out_as_it_came_in),
	        T(t_two_hundred_referrals_go_out_as_they_came_in),
	        T(t_same_partnership_file_twice_is_the_same),
	        T(t_real_files_have_the_shape_of_the_sample),
	        T(t_every_mistake_is_told_with_its_place), T(t_file_that_is_none_is_refused),
	        T(t_spreadsheet_files_are_taken), T(t_search_finds_each_word_from_its_beginning)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
