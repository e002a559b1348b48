#include "test.h"
#include "caseroom/record_sharing.h"
#include "record_fixture.h"

/* Research before the meeting, sharing, and the register of agreements: R26 to R29. */

static struct fix f;

static int32_t day(const char *s)
{
	int32_t d;
	FIX_MUST(day_parse(s, &d));
	return d;
}

/* ---- R28: the register of agreements ---- */

static const struct agreement_row *in_force(const char *kind)
{
	struct agreement_row *g;
	size_t n;
	FIX_MUST(record_agreements(f.r, &f.a, &g, &n));
	for (size_t i = 0; i < n; i++)
		if (g[i].in_force && strcmp(g[i].kind, kind) == 0)
			return &g[i];
	return NULL;
}

static bool seat_has_signed(const char *code)
{
	struct seat_row *s;
	size_t n;
	int64_t agency = fix_agency(&f, code);
	FIX_MUST(record_seats(f.r, &f.a, f.meeting, 0, &s, &n));
	for (size_t i = 0; i < n; i++)
		if (s[i].agency == agency)
			return s[i].isa_signed;
	return false;
}

static int64_t agreement(const char *kind, const char *title, const char *version,
        const char *issued, const char *review)
{
	int64_t id = 0;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_AGREEMENT,
	                .agreement = {0, kind, title, version, issued ? day(issued) : DAY_NONE,
	                        review ? day(review) : DAY_NONE}),
	        &id));
	return id;
}

static void r28_register_tells_who_signed(void)
{
	struct signature_row *s;
	size_t n, without = 0;
	fix_sample(&f, test_dir());
	const struct agreement_row *isa = in_force("isa"), *concordat = in_force("concordat");
	CHECK(isa && concordat);
	CHECK_STR(isa->title, "Information sharing agreement");
	CHECK(isa->issued == day("2025-11-03") && isa->review == day("2027-11-02"));
	CHECK(!isa->late && concordat->late); /* its review was due in October */
	CHECK_ERR(record_signatures(f.r, &f.a, isa->id, &s, &n), ERR_OK);
	CHECK(n == (size_t)fix_int(&f, "SELECT count(*) FROM agency"));
	CHECK_STR(s[0].agency_name, "Drug and alcohol"); /* who has not stands first */
	for (size_t i = 0; i < n; i++)
		without += s[i].day == DAY_NONE;
	CHECK(without == 1 && isa->signed_n == n - 1);
	CHECK(*s[1].name && s[1].day != DAY_NONE);
	CHECK_ERR(record_signatures(f.r, &f.a, 999, &s, &n), ERR_NOT_FOUND);
	fix_finish(&f);
}

/* A seat is told apart by the agreement that holds today and by nothing else. */
static void r28_seat_without_signature_is_told(void)
{
	fix_sample(&f, test_dir());
	int64_t das = fix_agency(&f, "drug-alcohol"), isa = in_force("isa")->id, next;
	CHECK(seat_has_signed("police") && !seat_has_signed("drug-alcohol"));
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_AGREEMENT_SIGN, .sign = {isa, das, f.day, "Kim Example"}),
	                  NULL),
	        ERR_OK);
	CHECK(seat_has_signed("drug-alcohol"));
	/* another version holds from the day it is issued, and is signed anew */
	next = agreement("isa", "Information sharing agreement", "2", "2026-12-01", "2028-12-01");
	CHECK(seat_has_signed("police"));
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_AGREEMENT_SIGN,
	                          .sign = {next, fix_agency(&f, "police"), f.day, "Kim Example"}),
	                  NULL),
	        ERR_OK);
	fix_clock("2026-12-02T09:00");
	CHECK(in_force("isa")->id == next);
	CHECK(seat_has_signed("police") && !seat_has_signed("council"));
	/* a concordat is in the register and opens nothing */
	(void)agreement("concordat", "Promises", "1", NULL, NULL);
	CHECK(!seat_has_signed("council"));
	fix_finish(&f);
}

static void r28_what_was_signed_stays(void)
{
	struct agreement_row g;
	fix_sample(&f, test_dir());
	g = *in_force("isa");
#define CHANGE(t, v, i, r)                                                                         \
	fix_do(&f, FIX_CMD(CMD_AGREEMENT, .agreement = {g.id, "isa", t, v, i, r}), NULL)
	CHECK_ERR(CHANGE("Another title", "1", g.issued, g.review), ERR_REFUSED);
	CHECK_ERR(CHANGE(g.title, "1a", g.issued, g.review), ERR_REFUSED);
	CHECK_ERR(CHANGE(g.title, g.version, g.issued + 1, g.review), ERR_REFUSED);
	CHECK_ERR(CHANGE(g.title, g.version, g.issued, g.issued), ERR_INPUT);
	CHECK_ERR(CHANGE(g.title, g.version, g.issued, f.day - 1), ERR_OK);
	CHECK(in_force("isa")->late);
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_AGREEMENT,
	                          .agreement = {0, "isa", g.title, "1", DAY_NONE, DAY_NONE}),
	                  NULL),
	        ERR_EXISTS);
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_AGREEMENT,
	                          .agreement = {0, "treaty", "T", "1", DAY_NONE, DAY_NONE}),
	                  NULL),
	        ERR_INPUT);
#define SIGN(agency, d, who)                                                                       \
	fix_do(&f, FIX_CMD(CMD_AGREEMENT_SIGN, .sign = {g.id, agency, d, who}), NULL)
	CHECK_ERR(SIGN(fix_agency(&f, "fire"), f.day + 1, "Kim Example"), ERR_INPUT);
	CHECK_ERR(SIGN(fix_agency(&f, "fire"), f.day, ""), ERR_INPUT);
	CHECK_ERR(SIGN(999, f.day, "Kim Example"), ERR_NOT_FOUND);
	CHECK_ERR(SIGN(fix_agency(&f, "fire"), DAY_NONE, NULL), ERR_OK);
	CHECK(!seat_has_signed("fire"));
	CHECK_ERR(record_undo(f.r, &f.why), ERR_OK);
	CHECK(seat_has_signed("fire"));
	fix_finish(&f);
}

/* The day in an agency's list is a short form: it signs the agreement that holds, and an empty one
 * takes nothing back. */
static void r28_short_form_is_a_signature(void)
{
	static const char SHORT[] = "code,name,short,kind,isa_signed\n"
	                            "parks,Parks,PRK,Parks,2026-01-05\nponds,Ponds,PND,Parks,\n";
	static const char AGAIN[] = "code,name,short,kind,isa_signed\nparks,Parks,PRK,Parks,\n";
	struct agreement_row *g;
	struct agency_row park, pond;
	size_t rows, n;
	fix_empty(&f, test_dir());
	CHECK_ERR(record_import(f.r, "agencies", SHORT, sizeof(SHORT) - 1, fix_bad, NULL, NULL,
	                  &rows, &f.why),
	        ERR_OK);
	CHECK_ERR(record_import(f.r, "agencies", AGAIN, sizeof(AGAIN) - 1, fix_bad, NULL, NULL,
	                  &rows, &f.why),
	        ERR_OK);
	CHECK_ERR(record_agreements(f.r, &f.a, &g, &n), ERR_OK);
	CHECK(n == 1 && g[0].in_force && g[0].signed_n == 1);
	CHECK_ERR(record_agency_by_code(f.r, &f.a, "parks", &park), ERR_OK);
	CHECK_ERR(record_agency_by_code(f.r, &f.a, "ponds", &pond), ERR_OK);
	CHECK(park.isa_signed == day("2026-01-05") && pond.isa_signed == DAY_NONE);
	fix_finish(&f);
}

/* A store of the first schema: the days of its agencies become signatures. */
static void r28_days_of_an_older_store_become_signatures(void)
{
	struct agency_row *g;
	struct agreement_row *row;
	size_t n, k;
	sqlite3 *db = NULL;
	struct record old = {0};
	fix_empty(&f, test_dir());
	CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
	old.db = db;
	old.practice = f.p;
	CHECK_ERR(schema_migrate_to(&old, 1, &f.why), ERR_OK);
	CHECK(sqlite3_exec(db,
	              "INSERT INTO agency(uid, code, name, code3, kind, isa_signed) VALUES(x'01', "
	              "'parks', 'Parks', 'PRK', 'Parks', 20458), (x'02', 'ponds', 'Ponds', 'PND', "
	              "'Parks', NULL)",
	              NULL, NULL, NULL) == SQLITE_OK);
	CHECK_ERR(schema_migrate(&old, &f.why), ERR_OK);
	CHECK_ERR(record_agencies(&old, &f.a, &g, &n), ERR_OK);
	CHECK(n == 2 && g[0].isa_signed == 20458 && g[1].isa_signed == DAY_NONE);
	CHECK_ERR(record_agreements(&old, &f.a, &row, &k), ERR_OK);
	CHECK(k == 1 && row[0].in_force && row[0].signed_n == 1);
	for (size_t i = 0; i < old.n_cache; i++)
		sqlite3_finalize(old.cache[i].st);
	sqlite3_close(db);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r28_register_tells_who_signed),
	        T(r28_seat_without_signature_is_told), T(r28_what_was_signed_stays),
	        T(r28_short_form_is_a_signature), T(r28_days_of_an_older_store_become_signatures)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
