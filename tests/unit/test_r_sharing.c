#include "test.h"
#include "caseroom/papers.h"
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

/* ---- R29: research before the meeting ---- */

#define SECRET "Heronword in the shed"

static struct record_viewer opener(void)
{
	struct record_viewer v;
	FIX_MUST(record_viewer_opener(f.r, &v));
	return v;
}

static struct record_viewer room(void)
{
	struct record_viewer v;
	FIX_MUST(record_viewer_room(f.r, f.meeting, &v));
	return v;
}

static enum err return_line(
        const char *agency, const char *ref, const char *about, const char *words)
{
	struct research_words l = {
	        about ? fix_of(&f, "SELECT id FROM party WHERE name = %Q", about) : 0, words,
	        "Own record", false, DAY_NONE};
	return fix_do(&f,
	        FIX_CMD(CMD_RESEARCH_RETURN, .research = {f.meeting, fix_case(&f, ref),
	                                             fix_agency(&f, agency), false, &l, 1, 0}),
	        NULL);
}

static enum err return_nothing(const char *agency, const char *ref)
{
	return fix_do(&f,
	        FIX_CMD(CMD_RESEARCH_RETURN, .research = {f.meeting, fix_case(&f, ref),
	                                             fix_agency(&f, agency), true, NULL, 0, 0}),
	        NULL);
}

static enum err ask(const char *agency, const char *ref)
{
	return fix_do(&f,
	        FIX_CMD(CMD_RESEARCH_ASK,
	                .ask = {f.meeting, fix_case(&f, ref), fix_agency(&f, agency)}),
	        NULL);
}

static struct return_row own_return(const char *ref)
{
	struct record_viewer v = opener();
	struct return_row *t;
	size_t n;
	FIX_MUST(record_return(f.r, &f.a, &v, f.meeting, &t, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(t[i].ref, ref) == 0)
			return t[i];
	return (struct return_row){0};
}

static struct line_row first_line(const char *ref)
{
	struct record_viewer v = opener();
	struct line_row *t;
	size_t n;
	FIX_MUST(record_return_lines(f.r, &f.a, &v, f.meeting, fix_case(&f, ref), &t, &n));
	return n ? t[0] : (struct line_row){0};
}

/* All names of an agency's request, as "REF name postcode; ". */
static const char *asked(const char *agency)
{
	struct lookup_row *l;
	size_t n;
	const char *all = "";
	FIX_MUST(record_lookups(f.r, &f.a, f.meeting, fix_agency(&f, agency), &l, &n));
	for (size_t i = 0; i < n; i++)
		all = arena_printf(&f.a, "%s%s %s %s; ", all, l[i].ref, l[i].name, l[i].postcode);
	return all;
}

static void r29_request_has_names_and_nothing_else(void)
{
	fix_sample(&f, test_dir());
	const char *police = asked("police"), *fire = asked("fire");
	CHECK(strstr(fire, "C-2026-0118 Avery Sample"));
	CHECK(strstr(fire, "C-2026-0118 Dale Specimen"));
	/* by alphabet, not by part; the place where the complainant lives is left out */
	CHECK(strstr(fire, "Avery Sample") < strstr(fire, "Dale Specimen"));
	CHECK(!strstr(fire, "Sorrel Court") && !strstr(fire, "QX1 2AB"));
	CHECK(!strstr(fire, "Unknown"));
	/* named and hidden cases go to the agencies they name and to nobody else */
	CHECK(strstr(police, "Yael Sketch") && strstr(police, "Wren Facsimile"));
	CHECK(!strstr(fire, "C-2026-0120") && !strstr(fire, "Yael Sketch"));
	CHECK(!strstr(fire, "C-2026-0122") && !strstr(fire, "Wren Facsimile"));
	CHECK_ERR(ask("police", "C-2026-0122"), ERR_OK);
	CHECK_ERR(ask("fire", "C-2026-0122"), ERR_NOT_FOUND);
	CHECK_ERR(ask("fire", "C-2026-0120"), ERR_NOT_FOUND);
	CHECK_ERR(ask("youth-services", "C-2026-0118"), ERR_NOT_FOUND); /* no seat here */
	/* somebody who declared a conflict is asked nothing about that case */
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_CONFLICT, .conflict = {fix_seat(&f, "fire"),
	                                                fix_case(&f, "C-2026-0118"), "", "leaves"}),
	                  NULL),
	        ERR_OK);
	CHECK(!strstr(asked("fire"), "Avery Sample"));
	fix_finish(&f);
}

/* Two of one name are told apart by where they live: unless that is a victim's address. */
static void r29_postcode_only_where_two_are_alike(void)
{
	fix_sample(&f, test_dir());
	fix_sql(&f, "UPDATE party SET name = 'Dale Specimen', born = NULL, postcode = 'QX9 9ZZ', "
	            "role = "
	            "'subject' WHERE name = 'Taylor Specimen';"
	            "UPDATE party SET postcode = 'QX8 8ZZ' WHERE name = 'Dale Specimen' AND kase = "
	            "(SELECT id FROM kase WHERE ref = 'C-2026-0118')");
	const char *fire = asked("fire");
	CHECK(strstr(fire, "C-2026-0118 Dale Specimen QX8 8ZZ"));
	/* he lives with her: neither is told */
	fix_sql(&f, "UPDATE party SET postcode = 'QX1 2AB' WHERE name = 'Dale Specimen' AND kase = "
	            "(SELECT id FROM kase WHERE ref = 'C-2026-0118')");
	CHECK(!strstr(asked("fire"), "QX1 2AB"));
	fix_sql(&f, "UPDATE party SET name = 'Dale Specimen' WHERE name = 'Avery Sample'");
	CHECK(!strstr(asked("fire"), "QX1 2AB"));
	fix_finish(&f);
}

static void r29_nothing_known_is_an_answer(void)
{
	fix_sample(&f, test_dir());
	CHECK(own_return("C-2026-0118").returned_us == TIME_NONE);
	CHECK_ERR(return_nothing("police", "C-2026-0118"), ERR_OK);
	struct return_row t = own_return("C-2026-0118");
	CHECK(t.nothing && t.returned_us != TIME_NONE && t.lines == 0);
	CHECK_ERR(return_line("police", "C-2026-0118", "Dale Specimen", SECRET), ERR_OK);
	t = own_return("C-2026-0118");
	CHECK(!t.nothing && t.lines == 1);
	CHECK_ERR(return_nothing("police", "C-2026-0118"), ERR_REFUSED);
	/* taken back: it is no answer any more, and the line stays in the store, marked */
	CHECK_ERR(
	        fix_do(&f,
	                FIX_CMD(CMD_RESEARCH_RETURN, .research = {.meeting = f.meeting,
	                                                     .case_id = fix_case(&f, "C-2026-0118"),
	                                                     .agency = fix_agency(&f, "police"),
	                                                     .gone = first_line("C-2026-0118").id}),
	                NULL),
	        ERR_OK);
	t = own_return("C-2026-0118");
	CHECK(t.lines == 0 && t.returned_us == TIME_NONE);
	CHECK(fix_int(&f, "SELECT count(*) FROM research_line WHERE gone IS NOT NULL") == 1);
	/* typed by its own agency alone, before the meeting, about people of the case */
	CHECK_ERR(return_line("fire", "C-2026-0118", NULL, SECRET), ERR_DENIED);
	CHECK_ERR(return_line("police", "C-2026-0118", "Yael Sketch", SECRET), ERR_INPUT);
	CHECK_ERR(return_line("police", "C-2026-0118", NULL, ""), ERR_INPUT);
	CHECK_ERR(return_line("police", "C-2026-9999", NULL, SECRET), ERR_NOT_FOUND);
	fix_session(&f);
	CHECK_ERR(return_line("police", "C-2026-0118", NULL, SECRET), ERR_REFUSED);
	fix_finish(&f);
}

static bool holds_secret(struct buf *b)
{
	bool found = strstr(buf_str(b), "Heronword") != NULL;
	buf_finish(b);
	return found;
}

static enum err put_cells(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	(void)column;
	for (size_t i = 0; i < n; i++) {
		buf_puts(ctx, value[i]);
		buf_puts(ctx, "\n");
	}
	return ERR_OK;
}

/* Whether a viewer finds the words in any list, export or search. */
static bool found_anywhere(const struct record_viewer *v, bool own)
{
	struct search_row *s;
	size_t n;
	for (size_t i = 0; record_list_kind(i); i++) {
		struct buf b;
		if (own && strcmp(record_list_kind(i), "research") == 0)
			continue; /* its own list */
		buf_init(&b, 8u << 20);
		FIX_MUST(record_list(f.r, v, record_list_kind(i), NULL, put_cells, &b, &f.why));
		if (holds_secret(&b))
			return true;
	}
	for (size_t i = 0; record_import_kind(i); i++) {
		struct buf b;
		buf_init(&b, 8u << 20);
		enum err e = record_export(f.r, record_import_kind(i), &b, &f.why);
		if (holds_secret(&b) || (e && strcmp(record_import_kind(i), "research") != 0))
			return true;
	}
	FIX_MUST(record_search(f.r, &f.a, v, "heronword", 20, &s, &n));
	return n != 0;
}

static void r29_private_until_spoken(void)
{
	struct record_viewer v, other;
	struct return_row *t;
	struct line_row *l, line;
	struct waiting_row wait;
	struct answered_row *g;
	size_t n;
	int64_t read = 0, police, item;
	fix_sample(&f, test_dir());
	police = fix_agency(&f, "police");
	CHECK_ERR(ask("police", "C-2026-0118"), ERR_OK);
	CHECK_ERR(ask("fire", "C-2026-0118"), ERR_OK);
	CHECK_ERR(return_line("police", "C-2026-0118", "Dale Specimen", SECRET), ERR_OK);
	item = fix_item(&f, "C-2026-0118");
	/* its own agency, by itself */
	CHECK_STR(first_line("C-2026-0118").words, SECRET);
	CHECK_STR(first_line("C-2026-0118").about_name, "Dale Specimen");
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act = 'research.read'") == 2);
	v = opener();
	CHECK(found_anywhere(&v, false) && !found_anywhere(&v, true));
	record_viewer_agency(fix_agency(&f, "council"), false, &other);
	CHECK(!found_anywhere(&other, false));
	/* another agency, and a paper for its own, have nothing of it */
	record_viewer_agency(fix_agency(&f, "council"), false, &other);
	CHECK_ERR(record_return_lines(
	                  f.r, &f.a, &other, f.meeting, fix_case(&f, "C-2026-0118"), &l, &n),
	        ERR_OK);
	CHECK(n == 0);
	record_viewer_agency(police, false, &other);
	other.meeting = f.meeting; /* as papers ask */
	CHECK_ERR(record_return(f.r, &f.a, &other, f.meeting, &t, &n), ERR_DENIED);
	/* the room knows that there is one, and how long it is */
	fix_session(&f);
	v = room();
	CHECK_ERR(record_return(f.r, &f.a, &v, f.meeting, &t, &n), ERR_DENIED);
	CHECK_ERR(
	        record_return_lines(f.r, &f.a, &v, f.meeting, fix_case(&f, "C-2026-0118"), &l, &n),
	        ERR_DENIED);
	CHECK_ERR(record_answered(f.r, &f.a, &v, f.meeting, &g, &n), ERR_OK);
	CHECK(n == 2 && g[1].agency == police && g[1].returned == 1 && g[1].lines == 1);
	CHECK(g[0].returned == 0 && g[0].asked == f.day);
	CHECK_ERR(record_return_waiting(f.r, &v, item, police, &wait), ERR_OK);
	CHECK(wait.returned && wait.lines == 1 && wait.waiting == 1);
	CHECK(!found_anywhere(&v, false));
	/* not before the case is on the table, nor when its agency is out of the room */
	CHECK(record_return_next(f.r, &f.a, &v, item, police, &read, &line) == ERR_DENIED);
	CHECK_ERR(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"), ERR_OK);
	CHECK_ERR(fix_at_seat(&f, CMD_SEAT_LEAVE, "police"), ERR_OK);
	v = room();
	CHECK_ERR(record_return_next(f.r, &f.a, &v, item, police, &read, &line), ERR_DENIED);
	CHECK_ERR(fix_at_seat(&f, CMD_SEAT_RETURN, "police"), ERR_OK);
	v = room();
	/* then one line, read once */
	CHECK_ERR(record_return_next(f.r, &f.a, &v, item, police, &read, &line), ERR_OK);
	CHECK_STR(line.words, SECRET);
	CHECK_ERR(record_return_next(f.r, &f.a, &v, item, police, &read, &line), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act = 'research.read'") == 3);
	CHECK_ERR(record_return_next(f.r, &f.a, &v, item, fix_agency(&f, "fire"), &read, &line),
	        ERR_NOT_FOUND);
	CHECK(!found_anywhere(&v, false));
	fix_finish(&f);
}

/* Of a hidden case nobody learns that somebody was asked about it. */
static void r29_hidden_case_is_in_no_count(void)
{
	struct record_viewer v;
	struct answered_row *g;
	size_t n;
	fix_sample(&f, test_dir());
	CHECK_ERR(ask("police", "C-2026-0122"), ERR_OK);
	CHECK_ERR(return_line("police", "C-2026-0122", NULL, SECRET), ERR_OK);
	v = opener();
	CHECK_ERR(record_answered(f.r, &f.a, &v, f.meeting, &g, &n), ERR_OK);
	CHECK(n == 1 && g[0].cases == 1);
	fix_session(&f);
	v = room();
	CHECK_ERR(record_answered(f.r, &f.a, &v, f.meeting, &g, &n), ERR_OK);
	CHECK(n == 0);
	fix_finish(&f);
}

static void r29_line_becomes_what_is_said_or_a_decision_not_to(void)
{
	struct record_viewer v;
	struct waiting_row wait;
	struct line_row line;
	struct share_row *s;
	size_t n;
	int64_t read = 0, police, item, first;
	fix_sample(&f, test_dir());
	police = fix_agency(&f, "police");
	item = fix_item(&f, "C-2026-0118");
	CHECK_ERR(return_line("police", "C-2026-0118", "Dale Specimen", SECRET), ERR_OK);
	CHECK_ERR(return_line("police", "C-2026-0118", NULL, "Second line."), ERR_OK);
	CHECK_ERR(return_line("police", "C-2026-0118", NULL, "Third line."), ERR_OK);
	fix_session(&f);
	CHECK_ERR(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"), ERR_OK);
	v = room();
	CHECK_ERR(record_return_next(f.r, &f.a, &v, item, police, &read, &line), ERR_OK);
	first = line.id;
	struct command c = fix_share(item, police, line.words);
	c.u.share.about = line.about;
	c.u.share.research_line = first;
	c.u.share.agency = fix_agency(&f, "fire");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_NOT_FOUND); /* another agency's */
	c.u.share.agency = police;
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_NOT_FOUND); /* decided already */
	CHECK_ERR(record_return_waiting(f.r, &v, item, police, &wait), ERR_OK);
	CHECK(wait.waiting == 2);
	CHECK_ERR(record_return_next(f.r, &f.a, &v, item, police, &read, &line), ERR_OK);
	CHECK_STR(line.words, "Second line.");
	struct command not = {.kind = CMD_SHARE};
	not .u.share.what = SHARE_NOT;
	not .u.share.item = item;
	not .u.share.agency = police;
	not .u.share.reason = "not-necessary";
	not .u.share.words = "";
	not .u.share.source_day = DAY_NONE;
	not .u.share.research_line = line.id;
	CHECK_ERR(fix_do(&f, &not, NULL), ERR_OK);
	CHECK_ERR(record_shares(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), item, &s, &n), ERR_OK);
	CHECK(n == 2 && s[0].what == SHARE_WORDS && s[1].what == SHARE_NOT);
	CHECK_STR(s[0].words, SECRET);
	CHECK_STR(s[1].words, "");
	/* undone, the line waits again */
	CHECK_ERR(record_undo(f.r, &f.why), ERR_OK);
	CHECK_ERR(record_return_waiting(f.r, &v, item, police, &wait), ERR_OK);
	CHECK(wait.waiting == 2);
	/* when the meeting is closed its agency still has what was said of each, and what was not
	 */
	CHECK_ERR(fix_state(&f, MEETING_CLOSING), ERR_OK);
	CHECK_ERR(fix_state(&f, MEETING_CLOSED), ERR_OK);
	struct return_row t = own_return("C-2026-0118");
	CHECK(t.lines == 3 && t.decided == 1);
	CHECK(first_line("C-2026-0118").decided && first_line("C-2026-0118").said == SHARE_WORDS);
	fix_finish(&f);
}

/* ---- a return as a file ---- */

#define FORM                                                                                       \
	"marking,copy,forum,meeting,agency,case_ref,name,born,postcode,nothing_known,words,"       \
	"fact_or_opinion,source,source_date\n"
#define OF "OFFICIAL-SENSITIVE,1,safer-estates,2026-11-19,"

struct told {
	size_t n, line;
	char column[40], reason[120];
};
static void tell(void *ctx, size_t line, const char *column, const char *value, const char *reason)
{
	struct told *t = ctx;
	(void)value;
	if (t->n++)
		return;
	t->line = line;
	snprintf(t->column, sizeof(t->column), "%s", column);
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
}

static enum err take(const char *csv, struct told *t)
{
	size_t rows;
	*t = (struct told){0};
	return record_import(f.r, "research", csv, strlen(csv), tell, NULL, t, &rows, &f.why);
}

static void r29_return_as_a_file(void)
{
	struct told t;
	fix_sample(&f, test_dir());
	CHECK_ERR(take(FORM OF "police,C-2026-0118,Avery Sample,1990-05-14,,yes,,,,\n" OF
	                       "police,C-2026-0118,Dale Specimen,,,,Stopped twice.,fact,Custody "
	                       "record,2026-10-01\n" OF
	                       "police,C-2026-0118,,,,,\"Calls, many.\",opinion,Own staff,\n" OF
	                       "police,C-2026-0009,,,,yes,,,,\n",
	                  &t),
	        ERR_OK);
	struct return_row r = own_return("C-2026-0118");
	CHECK(r.lines == 2 && !r.nothing);
	CHECK(own_return("C-2026-0009").nothing);
	struct line_row l = first_line("C-2026-0118");
	CHECK_STR(l.about_name, "Dale Specimen");
	CHECK(!l.opinion && l.source_day == day("2026-10-01"));
	/* a second return takes the place of the first */
	CHECK_ERR(take(FORM OF "police,C-2026-0118,,,,,One line.,fact,Own record,\n", &t), ERR_OK);
	CHECK(own_return("C-2026-0118").lines == 1);
	CHECK_STR(first_line("C-2026-0118").words, "One line.");
	CHECK(own_return("C-2026-0009").nothing);
	fix_finish(&f);
}

static void r29_return_with_a_mistake_is_not_taken(void)
{
	static const struct {
		const char *row, *column, *reason;
	} BAD[] = {
	        {OF "police,C-2026-0118,Avery Sample,,,,,,,\n", "words", "must say"},
	        {OF "police,C-2026-0118,Avery Sample,,,no,,,,\n", "nothing_known", "is not yes"},
	        {OF "police,C-2026-0118,,,,yes,Words.,fact,Own,\n", "nothing_known", "exclude"},
	        {OF "police,C-2026-0118,,,,,Words.,rumour,Own,\n", "fact_or_opinion",
	                "is not fact"},
	        {OF "police,C-2026-0118,,,,,Words.,fact,,\n", "source", "empty"},
	        {OF "police,C-2026-0118,,,,,Words.,fact,Own,2026-13-01\n", "source_date", "date"},
	        {OF "police,C-2026-0118,,,,,Words.,fact,Own,2027-01-01\n", "source_date",
	                "to come"},
	        {OF "police,C-2026-0118,Yael Sketch,,,yes,,,,\n", "name", "nobody"},
	        {OF "police,C-2026-7777,,,,yes,,,,\n", "case_ref", "agenda"},
	        {OF "fire,C-2026-0122,,,,yes,,,,\n", "case_ref", "agenda"},
	        {OF "youth-services,C-2026-0118,,,,yes,,,,\n", "agency", "no seat"},
	        {OF "nobody,C-2026-0118,,,,yes,,,,\n", "agency", "no agency"},
	        {"X,1,safer-estates,2026-11-18,police,C-2026-0118,,,,yes,,,,\n", "meeting",
	                "no day"},
	        {"X,1,safer-states,2026-11-19,police,C-2026-0118,,,,yes,,,,\n", "forum",
	                "no group"},
	};
	struct told t;
	fix_sample(&f, test_dir());
	CHECK_ERR(return_line("police", "C-2026-0118", NULL, SECRET), ERR_OK);
	char *before = fix_dump(&f, true);
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		char csv[600];
		snprintf(csv, sizeof(csv), FORM OF "police,C-2026-0118,,,,,Good.,fact,Own,\n%s",
		        BAD[i].row);
		CHECK_ERR(take(csv, &t), ERR_INPUT);
		CHECK(t.n == 1 && t.line == 3);
		CHECK_STR(t.column, BAD[i].column);
		CHECK(strstr(t.reason, BAD[i].reason));
	}
	char *after = fix_dump(&f, true);
	CHECK_STR(after, before);
	sqlite3_free(before);
	sqlite3_free(after);
	fix_session(&f);
	CHECK_ERR(take(FORM OF "police,C-2026-0118,,,,yes,,,,\n", &t), ERR_INPUT);
	CHECK_STR(t.column, "meeting");
	fix_finish(&f);
}

/* ---- R26, R27: what stands with what was said, and with what was not ---- */

static struct share_row last_share(void)
{
	struct record_viewer v = room();
	struct share_row *s;
	size_t n;
	FIX_MUST(record_shares(
	        f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), fix_item(&f, "C-2026-0118"), &s, &n));
	return n ? s[n - 1] : (struct share_row){0};
}

static void r26_every_field_stands_with_what_was_said(void)
{
	const char *heard;
	fix_sample(&f, test_dir());
	fix_session(&f);
	CHECK_ERR(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"), ERR_OK);
	CHECK_ERR(fix_at_seat(&f, CMD_SEAT_LEAVE, "fire"), ERR_OK);
	struct record_viewer v = room();
	struct command c = fix_share(
	        fix_item(&f, "C-2026-0118"), fix_agency(&f, "police"), "Called four times.");
	c.u.share.about = fix_of(&f, "SELECT id FROM party WHERE name = %Q", "Dale Specimen");
	c.u.share.source_day = day("2026-11-02");
	c.u.share.authorised = fix_person(&f, "Ellis Pattern");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	struct share_row s = last_share();
	CHECK_STR(s.agency_name, "Police");
	CHECK_STR(s.about, "Dale Specimen");
	CHECK(!s.opinion && s.source_day == day("2026-11-02") && s.said_us == time_now_us());
	CHECK(*s.source && *s.purpose && *s.gateway && *s.article6 && *s.article9 && *s.article10 &&
	        *s.necessity && *s.consent && *s.handling);
	CHECK_STR(s.authorised, "Ellis Pattern");
	CHECK_STR(s.agreement, "Information sharing agreement, version 1");
	/* with whom: who was in the room then, whoever comes in later */
	fix_clock("2026-11-19T14:20");
	CHECK_ERR(fix_at_seat(&f, CMD_SEAT_RETURN, "fire"), ERR_OK);
	CHECK_ERR(record_share_heard(f.r, &f.a, &v, s.id, &heard), ERR_OK);
	CHECK(strstr(heard, "City council") && strstr(heard, "Police") && !strstr(heard, "Fire"));
	/* nobody authorises for another agency, and a correction keeps who did */
	c.u.share.authorised = fix_person(&f, "Harper Model");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT);
	struct command fixed = {.kind = CMD_SHARE_CORRECT};
	fixed.u.share.what = SHARE_WORDS;
	fixed.u.share.item = fix_item(&f, "C-2026-0118");
	fixed.u.share.agency = fix_agency(&f, "police");
	fixed.u.share.replaces = s.id;
	fixed.u.share.words = "Called five times.";
	CHECK_ERR(fix_do(&f, &fixed, NULL), ERR_OK);
	CHECK_STR(last_share().authorised, "Ellis Pattern");
	fix_finish(&f);
}

static void r26_for_named_agencies_only_names_them(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	CHECK_ERR(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"), ERR_OK);
	struct command c =
	        fix_share(fix_item(&f, "C-2026-0118"), fix_agency(&f, "police"), "For few.");
	c.u.share.handling = "named-only";
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT);
	c.u.share.restriction = RESTRICTION_NAMED;
	c.u.share.named[c.u.share.n_named++] = fix_agency(&f, "council");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	fix_finish(&f);
}

/* What an agency's extract says of the item: "SPEAKER|KIND|ABOUT|TEXT|GROUND" a line. */
static const char *extract(const char *code)
{
	struct paper_minutes m;
	struct record_viewer v;
	const char *all = "";
	record_viewer_agency(fix_agency(&f, code), false, &v);
	v.meeting = f.meeting;
	v.seat[0] = fix_seat(&f, code);
	FIX_MUST(papers_gather(f.r, &f.a, f.meeting, &v, code, &m, &f.why));
	for (size_t i = 0; i < m.n_items; i++)
		for (size_t k = 0; k < m.item[i].n_entries; k++) {
			const struct paper_entry *e = &m.item[i].entry[k];
			all = arena_printf(&f.a, "%s%s|%s|%s|%s|%s\n", all, e->speaker, e->kind,
			        e->about, e->text, e->ground);
		}
	return all;
}

/* Each sentence on each extract says how it is to be handled, and is handled so. */
static void r26_handling_goes_with_every_sentence(void)
{
	static const char *const ID[] = {"room", "need-to-know", "not-to-subject", "ask-first",
	        "spoken-only", "anonymised", "named-only"};
	static const char *const WORDS[] = {"Wordroom.", "Wordneed.", "Wordsubject.", "Wordask.",
	        "Wordspoken.", "Wordanon.", "Wordnamed."};
	fix_sample(&f, test_dir());
	CHECK_ERR(return_line("police", "C-2026-0118", NULL, SECRET), ERR_OK);
	fix_session(&f);
	CHECK_ERR(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"), ERR_OK);
	for (size_t i = 0; i < COUNT_OF(ID); i++) {
		struct command c =
		        fix_share(fix_item(&f, "C-2026-0118"), fix_agency(&f, "police"), WORDS[i]);
		c.u.share.handling = ID[i];
		c.u.share.about =
		        fix_of(&f, "SELECT id FROM party WHERE name = %Q", "Dale Specimen");
		if (strcmp(ID[i], "named-only") == 0) {
			c.u.share.restriction = RESTRICTION_NAMED;
			c.u.share.named[c.u.share.n_named++] = fix_agency(&f, "council");
		}
		CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	}
	const char *police = extract("police"), *council = extract("council"),
	           *fire = extract("fire");
	for (size_t i = 0; i < 4; i++) {
		char want[200];
		const struct practice_entry *e = practice_entry(f.p, "handling", ID[i]);
		CHECK(e && strstr(fire, WORDS[i]) && strstr(council, WORDS[i]));
		snprintf(want, sizeof(want), "handling: %s", e->label);
		CHECK(strstr(fire, want) && strstr(council, want) && strstr(police, want));
	}
	CHECK(!strstr(police, "Wordspoken") && !strstr(council, "Wordspoken") &&
	        !strstr(fire, "Wordspoken"));
	CHECK(strstr(police, "Wordanon") && !strstr(council, "Wordanon") &&
	        !strstr(fire, "Wordanon"));
	CHECK(strstr(police, "Wordnamed") && strstr(council, "Wordnamed") &&
	        !strstr(fire, "Wordnamed"));
	/* a return that was not said is on no paper, its own agency's neither */
	CHECK(!strstr(police, "Heronword") && !strstr(council, "Heronword"));
	fix_finish(&f);
}

static void r27_decision_not_to_share_is_kept_alike(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	CHECK_ERR(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"), ERR_OK);
	struct command c = fix_share(fix_item(&f, "C-2026-0118"), fix_agency(&f, "police"), "");
	c.u.share.what = SHARE_NOT;
	c.u.share.about = fix_of(&f, "SELECT id FROM party WHERE name = %Q", "Dale Specimen");
	c.u.share.authorised = fix_person(&f, "Ellis Pattern");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT); /* a reason there must be */
	c.u.share.reason = "other";
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT); /* in words, when it is another */
	c.u.share.reason = "investigation";
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	struct share_row s = last_share();
	CHECK(s.what == SHARE_NOT && s.said_us == time_now_us());
	CHECK_STR(s.about, "Dale Specimen");
	CHECK_STR(s.reason, "A live investigation");
	CHECK_STR(s.authorised, "Ellis Pattern");
	CHECK_STR(s.agreement, "Information sharing agreement, version 1");
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act = 'share.keep'") == 1);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r28_register_tells_who_signed),
	        T(r28_seat_without_signature_is_told), T(r28_what_was_signed_stays),
	        T(r28_short_form_is_a_signature), T(r28_days_of_an_older_store_become_signatures),
	        T(r29_request_has_names_and_nothing_else), T(r29_postcode_only_where_two_are_alike),
	        T(r29_nothing_known_is_an_answer), T(r29_private_until_spoken),
	        T(r29_hidden_case_is_in_no_count),
	        T(r29_line_becomes_what_is_said_or_a_decision_not_to), T(r29_return_as_a_file),
	        T(r29_return_with_a_mistake_is_not_taken),
	        T(r26_every_field_stands_with_what_was_said),
	        T(r26_for_named_agencies_only_names_them), T(r26_handling_goes_with_every_sentence),
	        T(r27_decision_not_to_share_is_kept_alike)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
