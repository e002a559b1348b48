#include "test.h"
#include <ctype.h>
#include "caseroom/csv.h"
#include "caseroom/practice.h"

/*
 * The sample partnership holds together: every id, code and name in it is known, and everything
 * that could look like a real place or telephone is in the ranges kept for invention.
 */
#define ROWS_MAX 1000
#define COLS_MAX 24

struct table {
	struct arena arena;
	const char *cell[ROWS_MAX][COLS_MAX];
	size_t n, cols;
};

static struct practice *p;
static struct table agencies, forums, people, referrals, incidents;
static char problem[300];

static enum err keep(void *ctx, const struct csv_row *row)
{
	struct table *t = ctx;
	if (t->n == ROWS_MAX || row->n > COLS_MAX || (t->n > 0 && row->n != t->cols)) {
		snprintf(problem, sizeof(problem), "line %zu has %zu cells", row->line, row->n);
		return ERR_INPUT;
	}
	t->cols = row->n;
	for (size_t i = 0; i < row->n; i++) {
		t->cell[t->n][i] = arena_strdup(&t->arena, row->cell[i].text);
		if (!t->cell[t->n][i])
			return ERR_NOMEM;
	}
	t->n++;
	return ERR_OK;
}

static bool read_table(struct table *t, const char *name)
{
	char path[80];
	struct why w = {""};
	arena_finish(&t->arena);
	t->n = 0;
	snprintf(path, sizeof(path), "sample/%s.csv", name);
	const struct asset *a = asset_find(path);
	if (a && csv_read(a->data, a->len, keep, t, &w) == ERR_OK && t->n > 1)
		return true;
	printf("# %s: %s %s\n", path, w.text, problem);
	return false;
}

/* The cell of a row under a heading. Row 0 is the header. */
static const char *get(const struct table *t, size_t row, const char *column)
{
	for (size_t i = 0; i < t->cols; i++)
		if (strcmp(t->cell[0][i], column) == 0)
			return t->cell[row][i];
	return "(no such column)";
}

/* Row whose `column` is `value`, from 1; 0 when there is none. */
static size_t row_of(const struct table *t, const char *column, const char *value)
{
	for (size_t i = 1; i < t->n; i++)
		if (strcmp(get(t, i, column), value) == 0)
			return i;
	return 0;
}

static bool load_all(void)
{
	struct why w = {""};
	time_start();
	if (!p && practice_load_assets(&p, &w)) {
		printf("# %s\n", w.text);
		return false;
	}
	return read_table(&agencies, "agencies") && read_table(&forums, "forums") &&
	       read_table(&people, "people") && read_table(&incidents, "incidents");
}

static bool is_agency(const char *code)
{
	return row_of(&agencies, "code", code) > 0;
}

static bool is_day(const char *s)
{
	int32_t d;
	return day_parse(s, &d) == ERR_OK;
}

static bool wrong(size_t row, const char *what, const char *value)
{
	snprintf(problem, sizeof(problem), "row %zu: %s \"%s\"", row, what, value);
	return false;
}

/* QX1 2AB: one digit, space, digit, two letters. */
static bool is_postcode(const char *s)
{
	return strlen(s) == 7 && strncmp(s, "QX", 2) == 0 && isdigit((unsigned char)s[2]) &&
	       s[3] == ' ' && isdigit((unsigned char)s[4]) && isupper((unsigned char)s[5]) &&
	       isupper((unsigned char)s[6]);
}

static bool is_phone(const char *s)
{
	return strlen(s) == 12 && strncmp(s, "01632 960", 9) == 0 &&
	       strspn(s + 9, "0123456789") == 3;
}

static bool is_invented(const char *name)
{
	static const char *const LAST[] = {"Sample", "Specimen", "Example", "Placeholder", "Model",
	        "Pattern", "Instance", "Mockup", "Testcase", "Template", "Draft", "Proof",
	        "Stencil", "Prototype", "Replica", "Outline", "Sketch", "Exemplar", "Facsimile"};
	const char *last = strrchr(name, ' ');
	for (size_t i = 0; last && i < COUNT_OF(LAST); i++)
		if (strcmp(last + 1, LAST[i]) == 0)
			return true;
	return strcmp(name, "Unknown") == 0;
}

static bool has_strand(const char *forum, const char *strand)
{
	const struct practice_type *t = practice_type_for_forum(p, forum, NULL);
	for (size_t i = 0; t && i < t->n_strands; i++)
		if (strcmp(t->strand[i], strand) == 0)
			return true;
	return false;
}

/* Is there a party of this name in the same case? */
static bool has_party(const struct table *t, const char *ref, const char *name)
{
	for (size_t i = 1; i < t->n; i++)
		if (strcmp(get(t, i, "case_ref"), ref) == 0 && strcmp(get(t, i, "name"), name) == 0)
			return true;
	return false;
}

static bool check_party(const struct table *t, size_t i)
{
	const char *role = get(t, i, "role"), *name = get(t, i, "name"), *born = get(t, i, "born");
	const char *as = get(t, i, "related_as"), *to = get(t, i, "related_to");
	bool place = strcmp(role, "place") == 0;
	if (!practice_entry(p, "party-role", role))
		return wrong(i, "role", role);
	if (!name[0] || (!place && !is_invented(name)))
		return wrong(i, "name", name);
	if (born[0] && (place || !is_day(born)))
		return wrong(i, "born", born);
	if (get(t, i, "postcode")[0] && !is_postcode(get(t, i, "postcode")))
		return wrong(i, "postcode", get(t, i, "postcode"));
	if (get(t, i, "phone")[0] && !is_phone(get(t, i, "phone")))
		return wrong(i, "phone", get(t, i, "phone"));
	if ((as[0] == 0) != (to[0] == 0) || (as[0] && !practice_entry(p, "relation", as)))
		return wrong(i, "related_as", as);
	if (to[0] && (strcmp(to, name) == 0 || !has_party(t, get(t, i, "case_ref"), to)))
		return wrong(i, "related_to", to);
	for (size_t k = i; k-- > 1 && strcmp(get(t, k, "case_ref"), get(t, i, "case_ref")) == 0;)
		if (strcmp(get(t, k, "name"), name) == 0)
			return wrong(i, "name twice in the case", name);
	if (get(t, i, "incident_date")[0] || get(t, i, "incident_kind")[0] || get(t, i, "what")[0])
		return wrong(i, "party with an incident", name);
	return true;
}

static bool check_incident(const struct table *t, size_t i)
{
	if (!is_day(get(t, i, "incident_date")))
		return wrong(i, "incident_date", get(t, i, "incident_date"));
	if (!practice_entry(p, "incident-kind", get(t, i, "incident_kind")))
		return wrong(i, "incident_kind", get(t, i, "incident_kind"));
	if (!is_agency(get(t, i, "reported_to")))
		return wrong(i, "reported_to", get(t, i, "reported_to"));
	if (!get(t, i, "what")[0] || get(t, i, "role")[0] || get(t, i, "name")[0])
		return wrong(i, "incident", get(t, i, "what"));
	return true;
}

static bool check_case(const struct table *t, size_t i)
{
	enum restriction level;
	const char *ref = get(t, i, "case_ref"), *received = get(t, i, "received");
	char named[200], *rest = named;
	int year = 0, number = 0, end = 0;
	if (sscanf(ref, "C-%4d-%4d%n", &year, &number, &end) != 2 || ref[end] || strlen(ref) != 11)
		return wrong(i, "case_ref", ref);
	if (!is_day(received) || strncmp(received, ref + 2, 4) != 0)
		return wrong(i, "received", received);
	if (!row_of(&forums, "code", get(t, i, "forum")))
		return wrong(i, "forum", get(t, i, "forum"));
	if (!has_strand(get(t, i, "forum"), get(t, i, "strand")))
		return wrong(i, "strand", get(t, i, "strand"));
	if (!is_agency(get(t, i, "referred_by")) || !get(t, i, "reason")[0])
		return wrong(i, "referred_by", get(t, i, "referred_by"));
	if (restriction_parse(get(t, i, "restriction"), &level))
		return wrong(i, "restriction", get(t, i, "restriction"));
	snprintf(named, sizeof(named), "%s", get(t, i, "named_agencies"));
	if ((level == RESTRICTION_NORMAL) != (named[0] == 0))
		return wrong(i, "named_agencies", named);
	for (char *one; named[0] && (one = strsep(&rest, ";"));)
		if (!is_agency(one))
			return wrong(i, "named agency", one);
	/* the columns of the case are the same on each of its rows, which stand together */
	if (i > 1 && strcmp(get(t, i - 1, "case_ref"), ref) == 0) {
		for (size_t c = 0; c < 8; c++)
			if (strcmp(t->cell[i][c], t->cell[i - 1][c]) != 0)
				return wrong(i, t->cell[0][c], t->cell[i][c]);
	} else if (row_of(t, "case_ref", ref) != i) {
		return wrong(i, "case in two places", ref);
	}
	return true;
}

static bool check_referrals(const struct table *t)
{
	for (size_t i = 1; i < t->n; i++) {
		const char *kind = get(t, i, "row_kind");
		if (!check_case(t, i))
			return false;
		if (strcmp(kind, "party") == 0 ? !check_party(t, i) : !check_incident(t, i))
			return false;
		if (strcmp(kind, "party") != 0 && strcmp(kind, "incident") != 0)
			return wrong(i, "row_kind", kind);
	}
	return true;
}

#define CHECK_TABLE(t)                                                                             \
	do {                                                                                       \
		bool good_ = check_referrals(t);                                                   \
		if (!good_)                                                                        \
			printf("# %s\n", problem);                                                 \
		CHECK(good_);                                                                      \
	} while (0)

static void t_referrals_are_whole(void)
{
	CHECK(load_all() && read_table(&referrals, "referrals"));
	CHECK_STR(get(&referrals, 0, "what"), "what");
	CHECK(referrals.cols == 22 && referrals.n > 150);
	CHECK_TABLE(&referrals);
}

static void t_two_hundred_referrals_are_whole(void)
{
	size_t cases = 0;
	CHECK(load_all() && read_table(&referrals, "referrals-200"));
	CHECK_TABLE(&referrals);
	for (size_t i = 1; i < referrals.n; i++)
		cases += i == 1 || strcmp(get(&referrals, i, "case_ref"),
		                           get(&referrals, i - 1, "case_ref")) != 0;
	CHECK(cases == 200);
}

/* What the screens are drawn from. */
static void t_the_case_of_the_pictures_is_there(void)
{
	CHECK(load_all() && read_table(&referrals, "referrals"));
	const struct table *t = &referrals;
	size_t n = 0, fresh = 0, children = 0, safer = 0, named = 0, hidden = 0;
	for (size_t i = 1; i < t->n; i++) {
		bool first = strcmp(get(t, i, "case_ref"), get(t, i - 1, "case_ref")) != 0;
		safer += first && strcmp(get(t, i, "forum"), "safer-estates") == 0;
		named += first && strcmp(get(t, i, "restriction"), "named") == 0;
		hidden += first && strcmp(get(t, i, "restriction"), "hidden") == 0;
		children += strcmp(get(t, i, "role"), "child") == 0;
		if (strcmp(get(t, i, "case_ref"), "C-2026-0118") != 0 ||
		        strcmp(get(t, i, "row_kind"), "incident") != 0)
			continue;
		CHECK(strcmp(get(t, i, "incident_date"), "2025-11-19") > 0);
		n++;
		fresh += strncmp(get(t, i, "incident_date"), "2026-11", 7) == 0;
	}
	CHECK(n == 17 && fresh == 2);
	CHECK(safer >= 14 && named == 1 && hidden == 1 && children >= 8);
	static const char *const REF[] = {"C-2026-0094", "C-2026-0131", "C-2026-0087",
	        "C-2026-0125", "C-2026-0107", "C-2026-0129", "C-2025-0212", "C-2025-0219"};
	for (size_t i = 0; i < COUNT_OF(REF); i++)
		CHECK(row_of(t, "case_ref", REF[i]));
	size_t avery = row_of(t, "name", "Avery Sample"), robin = row_of(t, "name", "Robin Sample");
	CHECK(avery && robin);
	CHECK_STR(get(t, avery, "safe_contact"), "text only, before 15:00");
	CHECK_STR(get(t, robin, "related_as"), "child-of");
	CHECK_STR(get(t, robin, "address"), get(t, avery, "address"));
	int32_t born;
	CHECK_ERR(day_parse(get(t, robin, "born"), &born), ERR_OK);
	CHECK(practice_age(born, day_from_ymd(2026, 11, 19)) == 7);
}

static void t_later_incidents_belong_to_cases(void)
{
	CHECK(load_all() && read_table(&referrals, "referrals"));
	for (size_t i = 1; i < incidents.n; i++) {
		CHECK(row_of(&referrals, "case_ref", get(&incidents, i, "case_ref")));
		CHECK(is_day(get(&incidents, i, "date")) && get(&incidents, i, "what")[0]);
		CHECK(practice_entry(p, "incident-kind", get(&incidents, i, "kind")));
		CHECK(is_agency(get(&incidents, i, "reported_to")));
	}
}

static void t_people_sit_for_known_agencies_and_forums(void)
{
	size_t observers = 0, community = 0;
	CHECK(load_all());
	for (size_t i = 1; i < people.n; i++) {
		enum standing s;
		CHECK(is_agency(get(&people, i, "agency")));
		CHECK(row_of(&forums, "code", get(&people, i, "forum")));
		CHECK_ERR(standing_parse(get(&people, i, "standing"), &s), ERR_OK);
		CHECK(is_invented(get(&people, i, "name")) && get(&people, i, "role")[0]);
		CHECK(strlen(get(&people, i, "initials")) == 2);
		/* the same person always has the same initials, and nobody else has them */
		for (size_t j = 1; j < i; j++)
			CHECK((strcmp(get(&people, i, "name"), get(&people, j, "name")) == 0) ==
			        (strcmp(get(&people, i, "initials"), get(&people, j, "initials")) ==
			                0));
		/* a person has one agency and one role, whatever the forum */
		size_t before = row_of(&people, "name", get(&people, i, "name"));
		CHECK_STR(get(&people, i, "role"), get(&people, before, "role"));
		CHECK_STR(get(&people, i, "agency"), get(&people, before, "agency"));
		if (strcmp(get(&people, i, "forum"), "safer-estates") == 0) {
			observers += s == STANDING_OBSERVER;
			community += s == STANDING_COMMUNITY;
		}
	}
	CHECK(observers == 1 && community == 1);
}

static void t_agencies_fill_the_seats_of_every_forum(void)
{
	static struct table members;
	size_t unsigned_ = 0;
	CHECK(load_all() && read_table(&members, "members"));
	for (size_t i = 1; i < members.n; i++) {
		CHECK(row_of(&forums, "code", get(&members, i, "forum")));
		CHECK(row_of(&agencies, "kind", get(&members, i, "agency_kind")));
	}
	for (size_t i = 1; i < agencies.n; i++) {
		CHECK(strlen(get(&agencies, i, "short")) == 3 &&
		        row_of(&agencies, "short", get(&agencies, i, "short")) == i);
		CHECK(row_of(&agencies, "code", get(&agencies, i, "code")) == i);
		CHECK(!get(&agencies, i, "isa_signed")[0] ||
		        is_day(get(&agencies, i, "isa_signed")));
		unsigned_ += !get(&agencies, i, "isa_signed")[0];
	}
	CHECK(unsigned_ == 1);
	/* what a meeting type needs for its quorum has somebody who could come */
	size_t n;
	const struct practice_type *t = practice_types(p, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < t[i].n_quorum_kind; k++)
			CHECK(row_of(&agencies, "kind", t[i].quorum_kind[k]));
	for (size_t i = 1; i < forums.n; i++)
		CHECK(practice_type_for_forum(p, get(&forums, i, "code"), get(&forums, i, "kind")));
	arena_finish(&members.arena);
}

static void t_no_real_place_is_named(void)
{
	static const char *const REAL[] = {"Glouc", "Stroud", "Glos ", "Kingsholm", "Matson",
	        "Barton", "Tredworth", "Widden", "Coney Hill", "Cheltenham", "Tewkesbury",
	        "Bristol"};
	size_t n;
	const struct asset *a = asset_all(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < COUNT_OF(REAL); k++)
			CHECK(strncmp(a[i].name, "sample/", 7) != 0 ||
			        !memmem(a[i].data, a[i].len, REAL[k], strlen(REAL[k])));
}

static const struct test TESTS[] = {
        T(t_referrals_are_whole),
        T(t_two_hundred_referrals_are_whole),
        T(t_the_case_of_the_pictures_is_there),
        T(t_later_incidents_belong_to_cases),
        T(t_people_sit_for_known_agencies_and_forums),
        T(t_agencies_fill_the_seats_of_every_forum),
        T(t_no_real_place_is_named),
};

int main(int argc, char **argv)
{
	int failed = test_main(TESTS, COUNT_OF(TESTS), argc, argv);
	practice_destroy(p);
	arena_finish(&agencies.arena);
	arena_finish(&forums.arena);
	arena_finish(&people.arena);
	arena_finish(&referrals.arena);
	arena_finish(&incidents.arena);
	return failed;
}
