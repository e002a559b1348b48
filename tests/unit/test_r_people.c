#include "test.h"
#include "record_fixture.h"
#include "caseroom/papers.h"
#include "caseroom/record_people.h"

/* Cases and people: R13 to R17, R19 and R40, each by name. */

static struct fix f;

static int32_t day(const char *s)
{
	int32_t d;
	FIX_MUST(day_parse(s, &d));
	return d;
}

static int64_t who(const char *name)
{
	return fix_of(&f, "SELECT identity FROM party WHERE name = %Q ORDER BY id LIMIT 1", name);
}

static int64_t party(const char *name)
{
	return fix_of(&f, "SELECT id FROM party WHERE name = %Q ORDER BY id LIMIT 1", name);
}

static struct command new_case(const struct party_words *first)
{
	struct command c = {.kind = CMD_CASE_ADD};
	c.u.kase.ref = "";
	c.u.kase.forum = f.forum;
	c.u.kase.referred_by = fix_agency(&f, "landlord");
	c.u.kase.strand = "Neighbour ASB";
	c.u.kase.reason = "Shouting every evening.";
	c.u.kase.received = day("2026-11-18");
	c.u.kase.first = first;
	return c;
}

static enum err add(int64_t kase, const struct party_words *p, int64_t *ret)
{
	struct command c = {.kind = CMD_PARTY_ADD};
	c.u.party.case_id = kase;
	c.u.party.who = *p;
	return fix_do(&f, &c, ret);
}

static int64_t incident(int64_t kase, const char *on, const char *kind, const char *told)
{
	int64_t id = 0;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_INCIDENT_ADD, .incident = {kase, fix_agency(&f, told), day(on),
	                                          "Shouted at the door.", kind, false}),
	        &id));
	return id;
}

static size_t near_of(const struct record_viewer *v, const char *name, const char *born,
        const char *address, const char *postcode, struct near_row **ret)
{
	struct near_key k = {name, *born ? day(born) : DAY_NONE, address, postcode};
	size_t n;
	FIX_MUST(record_near(f.r, &f.a, v, &k, 0, 10, ret, &n));
	return n;
}

/* ---- R13 ---- */

static void r13_subject_is_victim_or_both_or_place_or_unknown(void)
{
	struct record_viewer v;
	struct party_row *p;
	struct case_row row;
	size_t n;
	int64_t kase, id;
	fix_sample(&f, test_dir());
	struct party_words place = {.role = "place",
	        .name = "Stairs of Larch Terrace",
	        .born = DAY_NONE,
	        .address = "Larch Terrace",
	        .postcode = "qx24lt"};
	struct party_words both = {.role = "subject-victim",
	        .name = "Rowan Sample",
	        .born = day("1988-02-03"),
	        .safe_contact = "write only"};
	struct party_words unknown = {.role = "subject", .name = "", .born = DAY_NONE};
	char ref[REF_MAX];
	snprintf(ref, sizeof(ref), "C-2026-%04d",
	        1 + (int)fix_int(&f,
	                    "SELECT max(CAST(substr(ref, 8) AS INT)) FROM kase WHERE ref LIKE "
	                    "'C-2026-%'"));
	struct command c = new_case(&place);
	CHECK_ERR(fix_do(&f, &c, &kase), ERR_OK);
	CHECK_ERR(add(kase, &both, &id), ERR_OK);
	CHECK_ERR(add(kase, &unknown, &id), ERR_OK);
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_case(f.r, &f.a, &v, kase, &row));
	CHECK_STR(row.ref, ref); /* the next number of the year */
	CHECK(row.safe_contact && row.open && row.children == 0);
	FIX_MUST(record_parties(f.r, &f.a, &v, kase, &p, &n));
	CHECK(n == 3 && p[0].place);
	CHECK_STR(p[0].postcode, "QX2 4LT");
	CHECK_STR(p[1].role_label, "Subject and victim");
	CHECK_STR(p[2].name, "Unknown");
	/* the clocks of the referral run */
	CHECK(fix_of(&f,
	              "SELECT count(*) FROM clock WHERE kase = (SELECT id FROM kase WHERE ref = "
	              "%Q)",
	              ref) > 0);
	/* a place has a name; nobody is born tomorrow; a case needs its words */
	place.name = "";
	CHECK_ERR(add(kase, &place, &id), ERR_INPUT);
	both.name = "Somebody Else";
	both.born = time_today() + 1;
	CHECK_ERR(add(kase, &both, &id), ERR_INPUT);
	c.u.kase.first = NULL;
	c.u.kase.reason = "";
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT);
	fix_finish(&f);
}

static void r13_case_is_entered_whole_or_not(void)
{
	fix_sample(&f, test_dir());
	char *before = fix_dump(&f, false);
	struct party_words bad = {.role = "no such part", .name = "Rowan Sample", .born = DAY_NONE};
	struct command c = new_case(&bad);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT);
	/* the room would not see what it enters */
	c = new_case(NULL);
	c.u.kase.restriction = RESTRICTION_HIDDEN;
	c.u.kase.named[c.u.kase.n_named++] = fix_agency(&f, "fire");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	char *after = fix_dump(&f, false);
	CHECK_STR(after, before);
	/* and taken back whole, with the reference free and the id not */
	int64_t first, second;
	bad.role = "victim";
	c = new_case(&bad);
	CHECK_ERR(fix_do(&f, &c, &first), ERR_OK);
	CHECK_ERR(record_undo(f.r, &f.why), ERR_OK);
	sqlite3_free(after);
	after = fix_dump(&f, false);
	CHECK_STR(after, before);
	CHECK_ERR(fix_do(&f, &c, &second), ERR_OK);
	CHECK(second != first);
	sqlite3_free(before);
	sqlite3_free(after);
	fix_finish(&f);
}

static void r13_community_in_the_room_enters_nothing(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST,
	                .guest = {f.meeting, 0, "Sam Sample", "resident", STANDING_COMMUNITY}),
	        NULL));
	int64_t seat = fix_int(&f, "SELECT max(id) FROM seat");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = seat}), NULL));
	struct command c = new_case(NULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_DENIED);
	struct party_words p = {.role = "witness", .name = "Rowan Sample", .born = DAY_NONE};
	CHECK_ERR(add(fix_case(&f, "C-2026-0118"), &p, NULL), ERR_DENIED);
	fix_finish(&f);
}

/* ---- R14 ---- */

static void r14_names_sound_alike(void)
{
	static const struct {
		const char *a, *b;
		bool alike;
	} PAIR[] = {
	        {"Stephen Wright", "Steven Right", true},
	        {"Catherine", "Kathryn", true},
	        {"Mcdonald", "MacDonald", true},
	        {"McKenzie", "Mackenzie", true},
	        {"Sean O'Brien", "OBRIEN, Sian", true},
	        {"Philip", "Phillip", true},
	        {"Thompson", "Thomson", true},
	        {"Clark", "Clarke", true},
	        {"Davies", "Davis", true},
	        {"Rachel", "Rachael", true},
	        {"Geoffrey", "Jeffrey", true},
	        {"Niamh", "Neve", true},
	        {"Knight", "Nite", true},
	        {"Zoë", "Zoe", true},
	        {"Łukasz", "Lukas", true},
	        {"Hughes", "Hews", true},
	        {"Smyth", "Smith", true},
	        {"Mitchell", "Michel", true},
	        {"Avery Sample", "Sample Avery", true},
	        {"Robin", "Rowan", false},
	        {"Avery Sample", "Avery Specimen", false},
	        {"Jones", "James", false},
	};
	for (size_t i = 0; i < COUNT_OF(PAIR); i++) {
		char a[SOUND_MAX], b[SOUND_MAX];
		name_sound(PAIR[i].a, strlen(PAIR[i].a), a);
		name_sound(PAIR[i].b, strlen(PAIR[i].b), b);
		if ((strcmp(a, b) == 0) != PAIR[i].alike)
			fprintf(stderr, "%s \"%s\", %s \"%s\"\n", PAIR[i].a, a, PAIR[i].b, b);
		CHECK((strcmp(a, b) == 0) == PAIR[i].alike);
	}
	char none[SOUND_MAX], huge[4000], out[SOUND_MAX];
	name_sound("Unknown", 7, none);
	CHECK_STR(none, "");
	memset(huge, 'k', sizeof(huge));
	name_sound(huge, sizeof(huge), out);
	for (size_t i = 0; i < sizeof(huge); i += 2)
		memcpy(huge + i, "\xff ", 2);
	name_sound(huge, sizeof(huge), out);
	CHECK(strlen(out) < SOUND_MAX);
	CHECK(name_close("avery sample", "avrey sample") &&
	        name_close("dale specimen", "dale spicemen"));
	CHECK(!name_close("kit", "kat") && !name_close("avery sample", "robin sample"));
}

static void r14_near_matches_before_create(void)
{
	struct record_viewer v;
	struct near_row *r;
	fix_sample(&f, test_dir());
	FIX_MUST(record_viewer_opener(f.r, &v));
	CHECK(near_of(&v, "Averie Sampel", "", "", "", &r) >= 1);
	CHECK_STR(r[0].name, "Avery Sample");
	CHECK_STR(r[0].reasons, "Sounds the same");
	CHECK_STR(r[0].ref, "C-2026-0118");
	CHECK(r[0].n_cases == 1 && r[0].guarded);
	CHECK(near_of(&v, "avery sample", "1990-05-14", "", "", &r) >= 1);
	CHECK_STR(r[0].reasons, "Same name, same date of birth");
	CHECK(near_of(&v, "Ave", "", "", "", &r) >= 1); /* while it is being typed */
	CHECK_STR(r[0].reasons, "Begins so");
	/* by address alone, however it is typed; by date of birth alone */
	CHECK(near_of(&v, "", "", "no. 4, sorrel ct", "qx12ab", &r) >= 2);
	CHECK_STR(r[0].reasons, "Same address");
	CHECK(near_of(&v, "Nobody Atall", "1984-10-27", "", "", &r) == 1);
	CHECK_STR(r[0].name, "Dale Specimen");
	CHECK_STR(r[0].reasons, "Same date of birth");
	CHECK(near_of(&v, "Dale Specimen", "1984-10-26", "", "", &r) >= 1);
	CHECK_STR(r[0].reasons, "Same name, another date of birth");
	/* those whose name is not known are nobody in particular */
	CHECK(near_of(&v, "Unknown", "", "", "", &r) == 0);
	CHECK(near_of(&v, "", "", "", "", &r) == 0);
	fix_finish(&f);
}

static void r14_hidden_people_are_never_offered(void)
{
	struct record_viewer v;
	struct near_row *r;
	struct identity_row row;
	fix_sample(&f, test_dir());
	FIX_MUST(record_viewer_opener(f.r, &v)); /* police: named in both restricted cases */
	CHECK(near_of(&v, "Wren Facsimile", "", "", "", &r) >= 1);
	CHECK(near_of(&v, "Yael Sketch", "", "", "", &r) >= 1);
	record_viewer_agency(fix_agency(&f, "landlord"), false, &v);
	CHECK(near_of(&v, "Wren Facsimile", "1993-03-27", "", "", &r) == 0);
	CHECK(near_of(&v, "Yael Sketch", "2005-02-19", "", "", &r) == 0);
	CHECK_ERR(record_identity(f.r, &f.a, &v, who("Wren Facsimile"), &row), ERR_NOT_FOUND);
	record_viewer_agency(fix_agency(&f, "police"), true, &v); /* anonymised */
	CHECK(near_of(&v, "Avery Sample", "", "", "", &r) == 0);
	CHECK_ERR(record_identity(f.r, &f.a, &v, who("Avery Sample"), &row), ERR_NOT_FOUND);
	/* in a room with all agencies the commands know no such person either */
	fix_session(&f);
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_MERGE, .merge = {who("Avery Sample"), who("Wren Facsimile"),
	                                             "Said so."}),
	                  NULL),
	        ERR_NOT_FOUND);
	CHECK_STR(f.why.text, "There is no such person.");
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {who("Avery Sample"), 9999, "Said so."}),
	                  NULL),
	        ERR_NOT_FOUND);
	CHECK_STR(f.why.text, "There is no such person.");
	struct party_words p = {.role = "witness",
	        .identity = who("Wren Facsimile"),
	        .name = "Wren Facsimile",
	        .born = DAY_NONE};
	CHECK_ERR(add(fix_case(&f, "C-2026-0118"), &p, NULL), ERR_NOT_FOUND);
	CHECK_STR(f.why.text, "There is no such person.");
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_RELATION_ADD,
	                          .relation = {fix_case(&f, "C-2026-0122"), party("Bay Replica"),
	                                  party("Wren Facsimile"), "friend-of"}),
	                  NULL),
	        ERR_NOT_FOUND);
	CHECK_STR(f.why.text, "There is no such case.");
	fix_finish(&f);
}

static void r14_merge_acts_as_one_and_comes_apart_exactly(void)
{
	struct record_viewer v;
	struct appearance_row *in;
	struct identity_row row;
	struct merge_row *m;
	struct near_row *r;
	int64_t kase, merge, second, id;
	size_t n;
	fix_sample(&f, test_dir());
	struct party_words p = {.role = "witness",
	        .name = "Averey Sampel",
	        .born = day("1990-05-14"),
	        .phone = "01632 960111"};
	struct command c = new_case(&p);
	FIX_MUST(fix_do(&f, &c, &kase));
	FIX_MUST(record_viewer_opener(f.r, &v));
	CHECK(near_of(&v, "Avery Sample", "", "", "", &r) == 2);
	char *before = fix_dump(&f, false);
	int64_t one = who("Avery Sample"), other = who("Averey Sampel");
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {one, other, ""}), NULL), ERR_INPUT);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {one, one, "Same."}), NULL), ERR_REFUSED);
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {one, who("4 and 6 Sorrel Court"), "Same."}),
	                NULL),
	        ERR_REFUSED);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {one, other, "Both signed."}), &merge));
	CHECK(fix_int(&f, "SELECT count(*) FROM audit WHERE act = 'identity.merge'") == 1);
	CHECK(near_of(&v, "Avery Sample", "", "", "", &r) == 1 && r[0].n_cases == 2);
	FIX_MUST(record_appearances(f.r, &f.a, &v, other, &in, &n));
	CHECK(n == 2);
	FIX_MUST(record_identity(f.r, &f.a, &v, other, &row));
	CHECK(row.id == one && row.victim);
	CHECK_STR(row.also, "Avery Sample"); /* the newest spelling leads, the other is told */
	CHECK_STR(row.safe_contact, "text only, before 15:00");
	/* somebody of that identity is in the case, under either name */
	p.identity = other;
	CHECK_ERR(add(fix_case(&f, "C-2026-0118"), &p, &id), ERR_EXISTS);
	FIX_MUST(record_merges(f.r, &f.a, &v, one, &m, &n));
	CHECK(n == 1 && m[0].id == merge && m[0].undone_us == TIME_NONE);
	CHECK_STR(m[0].kept, "Avery Sample");
	CHECK_STR(m[0].gone, "Averey Sampel");
	/* a third joins, then the first merge is taken apart: the second stands */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {who("Dale Specimen"), one, "Two names."}),
	        &second));
	FIX_MUST(record_appearances(f.r, &f.a, &v, other, &in, &n));
	CHECK(n == 3);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_UNMERGE, .merge = {merge, 0, "Two birthdays."}), NULL));
	FIX_MUST(record_appearances(f.r, &f.a, &v, other, &in, &n));
	CHECK(n == 1);
	FIX_MUST(record_appearances(f.r, &f.a, &v, one, &in, &n));
	CHECK(n == 2);
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_UNMERGE, .merge = {merge, 0, "Again."}), NULL), ERR_REFUSED);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_UNMERGE, .merge = {second, 0, "A mistake."}), NULL));
	/* both merges stand in the record, and but for them all is as it was */
	CHECK(fix_int(&f, "SELECT count(*) FROM merge WHERE undone IS NOT NULL AND undone_words <> "
	                  "''") == 2);
	fix_sql(&f, "DELETE FROM merge");
	char *after = fix_dump(&f, false);
	CHECK_STR(after, before);
	sqlite3_free(before);
	sqlite3_free(after);
	fix_finish(&f);
}

/* Somebody whose other half is in a hidden case: merging tells nothing to those outside it. */
static void r14_merge_with_a_hidden_half_tells_nothing(void)
{
	struct record_viewer v;
	struct appearance_row *in;
	struct identity_row row;
	struct merge_row *m;
	struct near_row *r;
	size_t n;
	int64_t merge, one;
	fix_sample(&f, test_dir());
	one = who("Avery Sample");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_MERGE, .merge = {who("Wren Facsimile"), one, "Known to us."}), &merge));
	record_viewer_agency(fix_agency(&f, "landlord"), false, &v);
	FIX_MUST(record_identity(f.r, &f.a, &v, one, &row));
	CHECK_STR(row.name, "Avery Sample");
	CHECK_STR(row.also, "");
	FIX_MUST(record_appearances(f.r, &f.a, &v, one, &in, &n));
	CHECK(n == 1);
	FIX_MUST(record_merges(f.r, &f.a, &v, one, &m, &n));
	CHECK(n == 0);
	CHECK(near_of(&v, "Wren Facsimile", "1993-03-27", "", "", &r) == 0);
	CHECK(near_of(&v, "Avery Sample", "", "", "", &r) == 1 && r[0].n_cases == 1);
	fix_session(&f);
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_UNMERGE, .merge = {merge, 0, "No."}), NULL), ERR_NOT_FOUND);
	CHECK(fix_int(&f, "SELECT count(*) FROM identity WHERE merged IS NOT NULL") == 1);
	fix_finish(&f);
}

/* ---- R15, R17 ---- */

static void r15_relationships_read_both_ways(void)
{
	struct record_viewer v;
	struct relation_row *l;
	struct party_row *p;
	size_t n, n_p;
	int64_t kase = 0;
	fix_sample(&f, test_dir());
	kase = fix_case(&f, "C-2026-0118");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_RELATION_ADD, .relation = {kase, party("Dale Specimen"),
	                                          party("Avery Sample"), "landlord-of"}),
	        NULL));
	/* recorded from one end, it is recorded from the other too */
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_RELATION_ADD, .relation = {kase, party("Avery Sample"),
	                                                    party("Dale Specimen"), "tenant-of"}),
	                  NULL),
	        ERR_EXISTS);
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_RELATION_ADD, .relation = {kase, party("Avery Sample"),
	                                                    party("Kit Instance"), "friend-of"}),
	                  NULL),
	        ERR_INPUT);
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_RELATION_ADD, .relation = {kase, party("Avery Sample"),
	                                                    party("Avery Sample"), "friend-of"}),
	                  NULL),
	        ERR_INPUT);
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_relations_of(f.r, &f.a, &v, who("Avery Sample"), &l, &n));
	bool tenant = false, parent = false;
	for (size_t i = 0; i < n; i++) {
		tenant |= strcmp(l[i].reads, "tenant of") == 0 &&
		          strcmp(l[i].other_name, "Dale Specimen") == 0 &&
		          strcmp(l[i].other_reads, "landlord of") == 0;
		parent |= strcmp(l[i].reads, "parent of") == 0 &&
		          strcmp(l[i].other_name, "Robin Sample") == 0;
	}
	CHECK(n == 3 && tenant && parent);
	FIX_MUST(record_parties(f.r, &f.a, &v, kase, &p, &n_p));
	CHECK(strstr(p[0].relations, "tenant of Dale") &&
	        strstr(p[0].relations, "parent of Robin"));
	CHECK(strstr(p[2].relations, "landlord of Avery"));
	fix_finish(&f);
}

static void r17_each_child_against_each_adult(void)
{
	struct record_viewer v;
	struct child_row *c;
	size_t n;
	fix_sample(&f, test_dir());
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_children(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &c, &n));
	CHECK(n == 1);
	CHECK_STR(c[0].name, "Robin Sample, 7");
	CHECK_STR(c[0].words, "child of Avery");
	CHECK_STR(c[0].gaps, "No relation recorded to Dale");
	/* under 18 is a child, whatever the part: Kit is the subject, 14 */
	FIX_MUST(record_children(f.r, &f.a, &v, fix_case(&f, "C-2026-0094"), &c, &n));
	CHECK(n == 2);
	CHECK_STR(c[0].name, "Kit Instance, 14");
	CHECK_STR(c[0].words, "child of Gale");
	CHECK_STR(c[1].gaps, "No relation recorded to Orla, Gale");
	record_viewer_agency(fix_agency(&f, "police"), true, &v);
	FIX_MUST(record_children(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &c, &n));
	CHECK(n == 0);
	fix_finish(&f);
}

/* ---- R16 ---- */

static void r16_details_change_and_stay(void)
{
	struct record_viewer v;
	struct identity_row row;
	struct was_row *w;
	size_t n;
	int64_t kase;
	fix_sample(&f, test_dir());
	struct party_words again = {.role = "witness",
	        .identity = who("Avery Sample"),
	        .name = "Avery Sample",
	        .born = day("1990-05-14"),
	        .safe_contact = "text only, before 15:00"};
	struct command c = new_case(&again);
	FIX_MUST(fix_do(&f, &c, &kase));
	struct command change = {.kind = CMD_PARTY_CHANGE};
	change.u.party.party = party("Avery Sample");
	change.u.party.everywhere = true;
	change.u.party.who = (struct party_words){
	        .born = day("1990-05-14"), .safe_contact = "never ring; write to her sister"};
	FIX_MUST(fix_do(&f, &change, NULL));
	CHECK_ERR(fix_do(&f, &change, NULL), ERR_REFUSED);
	/* the instruction changed in every open case, so that none is left with the old one */
	CHECK(fix_int(&f, "SELECT count(*) FROM party WHERE safe_contact = 'text only, before "
	                  "15:00'") == 0);
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_identity(f.r, &f.a, &v, who("Avery Sample"), &row));
	CHECK_STR(row.safe_contact, "never ring; write to her sister");
	CHECK_STR(row.address, "4 Sorrel Court");
	FIX_MUST(record_were(f.r, &f.a, &v, row.id, &w, &n));
	CHECK(n == 2);
	CHECK_STR(w[0].field, "Safe contact");
	CHECK_STR(w[0].words, "text only, before 15:00");
	CHECK_ERR(record_undo(f.r, &f.why), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM party WHERE safe_contact = 'text only, before "
	                  "15:00'") == 2);
	fix_finish(&f);
}

/* What is said of the other side holds no address of a victim: not their page, no paper. */
static void r16_no_victims_address_on_the_other_side(void)
{
	static const char *const ADDRESS[] = {"4 Sorrel Court", "01632 960100"};
	struct record_viewer v;
	struct relation_row *l;
	struct identity_row row;
	struct near_row *r;
	struct paper_minutes m;
	struct paper_copy copy = {1, "An agency", ""};
	struct buf out;
	size_t n;
	fix_sample(&f, test_dir());
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_identity(f.r, &f.a, &v, who("Dale Specimen"), &row));
	CHECK(!row.guarded && !row.victim);
	FIX_MUST(record_relations_of(f.r, &f.a, &v, row.id, &l, &n));
	for (size_t i = 0; i < n; i++) {
		CHECK(!strstr(l[i].reads, "Sorrel"));
		CHECK(!strstr(l[i].other_name, "Sorrel"));
	}
	/* victims, children and all who may live with them: shown only when asked for */
	CHECK(near_of(&v, "Avery Sample", "", "", "", &r) == 1 && r[0].guarded);
	CHECK(near_of(&v, "Robin Sample", "", "", "", &r) >= 1 && r[0].guarded);
	FIX_MUST(record_identity(f.r, &f.a, &v, who("Avery Sample"), &row));
	CHECK(row.guarded && row.victim);
	/* minutes and every extract */
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	struct command c =
	        fix_share(fix_item(&f, "C-2026-0118"), fix_agency(&f, "police"), "Called twice.");
	c.u.share.about = party("Dale Specimen");
	FIX_MUST(fix_do(&f, &c, NULL));
	int64_t agencies = fix_int(&f, "SELECT count(*) FROM agency");
	for (int64_t g = 1; g <= agencies; g++) {
		record_viewer_agency(g, false, &v);
		FIX_MUST(papers_gather(
		        f.r, &f.a, f.meeting, &v, g == 1 ? NULL : "An agency", &m, &f.why));
		buf_init(&out, 1u << 20);
		FIX_MUST(paper_minutes_text(&m, &copy, &out));
		for (size_t i = 0; i < COUNT_OF(ADDRESS); i++)
			CHECK(!strstr(buf_str(&out), ADDRESS[i]));
		buf_finish(&out);
	}
	fix_finish(&f);
}

/* What was shared about somebody, by whom, on what ground. */
static void r26_shared_about_a_person(void)
{
	struct record_viewer v;
	struct about_row *s;
	size_t n;
	fix_sample(&f, test_dir());
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	int64_t item = fix_item(&f, "C-2026-0118"), police = fix_agency(&f, "police");
	struct command c = fix_share(item, police, "Called twice.");
	c.u.share.about = party("Dale Specimen");
	FIX_MUST(fix_do(&f, &c, NULL));
	c = fix_share(item, fix_agency(&f, "landlord"), "Holds the tenancy.");
	c.u.share.about = party("Avery Sample");
	FIX_MUST(fix_do(&f, &c, NULL));
	c = fix_share(item, fix_agency(&f, "probation"), "On licence.");
	c.u.share.about = party("Dale Specimen");
	c.u.share.opinion = true;
	c.u.share.restriction = RESTRICTION_NAMED;
	c.u.share.named[c.u.share.n_named++] = police;
	FIX_MUST(fix_do(&f, &c, NULL));
	record_viewer_agency(police, false, &v);
	FIX_MUST(record_shares_about(f.r, &f.a, &v, who("Dale Specimen"), &s, &n));
	CHECK(n == 2);
	CHECK_STR(s[1].share.agency_name, "Police");
	CHECK_STR(s[1].share.words, "Called twice.");
	CHECK_STR(s[1].share.gateway, "CDA 1998, section 115");
	CHECK(s[0].share.opinion);
	/* the room is not named for the second */
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_shares_about(f.r, &f.a, &v, who("Dale Specimen"), &s, &n));
	CHECK(n == 1);
	fix_finish(&f);
}

/* ---- R19 ---- */

static void r19_repeat_is_proposed_with_its_evidence(void)
{
	struct record_viewer v;
	struct repeat_row rep;
	int64_t kase, id, old;
	fix_sample(&f, test_dir());
	old = fix_case(&f, "C-2025-0212"); /* received on 28 November 2025: Jules and Taylor */
	struct party_words jules = {.role = "victim",
	        .identity = who("Jules Sample"),
	        .name = "Jules Sample",
	        .born = day("1968-04-12")};
	struct party_words taylor = {
	        .role = "subject", .name = "Taylor Specimen", .born = day("1991-09-30")};
	struct command c = new_case(&jules);
	FIX_MUST(fix_do(&f, &c, &kase));
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(!rep.proposed); /* the same victim alone is no pair */
	FIX_MUST(add(kase, &taylor, &id));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(!rep.proposed); /* somebody of the same name is not the same person yet */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_MERGE,
	                .merge = {who("Taylor Specimen"),
	                        fix_of(&f, "SELECT max(identity) FROM party WHERE name = %Q",
	                                "Taylor Specimen"),
	                        "Same birthday."}),
	        NULL));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(rep.proposed && !rep.decided && rep.of_case == old);
	CHECK_STR(rep.of_ref, "C-2025-0212");
	CHECK_STR(rep.harmed, "Jules Sample");
	CHECK_STR(rep.harming, "Taylor Specimen");
	CHECK(rep.referred == day("2025-11-28") && rep.ends == day("2026-11-28"));
	CHECK(rep.day == day("2026-11-18") &&
	        !*rep.what); /* the referral, until there is an incident */
	incident(kase, "2026-11-17", "threat", "police");
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(rep.day == day("2026-11-17"));
	CHECK_STR(rep.what, "Threat");
	/* people decide, either way, with a reason against */
	struct case_row row;
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_REPEAT, .repeat = {kase, 0, ""}), NULL), ERR_INPUT);
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_REPEAT, .repeat = {kase, 0, "A mistake of the form."}), NULL));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(rep.decided && !rep.is && !rep.proposed);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_REPEAT, .repeat = {kase, old, ""}), NULL));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(rep.decided && rep.is && rep.of_case == old);
	FIX_MUST(record_case(f.r, &f.a, &v, kase, &row));
	CHECK(row.repeat);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_REPEAT, .repeat = {old, kase, ""}), NULL), ERR_INPUT);
	fix_finish(&f);
}

static void r19_no_repeat_after_twelve_months(void)
{
	struct record_viewer v;
	struct repeat_row rep;
	int64_t kase;
	fix_sample(&f, test_dir());
	struct party_words both = {.role = "victim",
	        .identity = who("Jules Sample"),
	        .name = "Jules Sample",
	        .born = DAY_NONE};
	struct party_words taylor = {.role = "subject",
	        .identity = who("Taylor Specimen"),
	        .name = "Taylor Specimen",
	        .born = DAY_NONE};
	FIX_MUST(record_viewer_opener(f.r, &v));
	for (int after = 0; after < 2; after++) {
		int64_t id;
		fix_clock(after ? "2026-11-29T10:00" : "2026-11-28T10:00");
		struct command c = new_case(&both);
		c.u.kase.received = time_today();
		FIX_MUST(fix_do(&f, &c, &kase));
		FIX_MUST(add(kase, &taylor, &id));
		FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
		CHECK(rep.proposed == !after ||
		        (after && rep.of_case != fix_case(&f, "C-2025-0212")));
		FIX_MUST(record_undo(f.r, &f.why));
		fix_sql(&f, "UPDATE party SET role = 'witness' WHERE kase > 1 AND kase = (SELECT "
		            "max(id) FROM kase)");
	}
	fix_finish(&f);
}

static void r19_repeat_of_a_hidden_case_is_not_proposed(void)
{
	struct record_viewer v;
	struct repeat_row rep;
	int64_t kase, id;
	fix_sample(&f, test_dir());
	struct party_words wren = {.role = "victim",
	        .identity = who("Wren Facsimile"),
	        .name = "Wren Facsimile",
	        .born = DAY_NONE};
	struct party_words bay = {.role = "subject",
	        .identity = who("Bay Replica"),
	        .name = "Bay Replica",
	        .born = DAY_NONE};
	struct command c = new_case(&wren);
	FIX_MUST(fix_do(&f, &c, &kase));
	FIX_MUST(add(kase, &bay, &id));
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(rep.proposed && rep.of_case == fix_case(&f, "C-2026-0122"));
	record_viewer_agency(fix_agency(&f, "landlord"), false, &v);
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(!rep.proposed && !rep.of_case);
	/* decided by those who see it: the others learn that it is a repeat, not of what */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_REPEAT, .repeat = {kase, fix_case(&f, "C-2026-0122"), ""}), NULL));
	FIX_MUST(record_repeat(f.r, &f.a, &v, kase, &rep));
	CHECK(rep.is && !rep.of_case && !*rep.of_ref);
	fix_finish(&f);
}

static void r19_one_incident_told_to_two_counts_once(void)
{
	struct record_viewer v;
	struct incident_row *i;
	struct twin_row *t;
	size_t n, before;
	fix_sample(&f, test_dir());
	int64_t kase = fix_case(&f, "C-2026-0118"), a, b;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_incidents(f.r, &f.a, &v, kase, &i, &before));
	a = incident(kase, "2026-11-18", "threat", "police");
	b = incident(kase, "2026-11-18", "threat", "landlord");
	FIX_MUST(record_twins(f.r, &f.a, &v, kase, &t, &n));
	CHECK(n == 1 && t[0].incident == a && t[0].other == b && !t[0].same);
	FIX_MUST(record_incidents(f.r, &f.a, &v, kase, &i, &n));
	CHECK(n == before + 2); /* proposed, not done */
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_INCIDENT_SAME, .same = {b, b}), NULL), ERR_INPUT);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_INCIDENT_SAME, .same = {b, a}), NULL));
	FIX_MUST(record_incidents(f.r, &f.a, &v, kase, &i, &n));
	CHECK(n == before + 1);
	CHECK_STR(i[n - 1].reported_to, "Police, Social landlord");
	FIX_MUST(record_twins(f.r, &f.a, &v, kase, &t, &n));
	CHECK(n == 1 && t[0].same);
	/* a third report joins the event; turned round, the event stays one */
	int64_t third = incident(kase, "2026-11-18", "threat", "council");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_INCIDENT_SAME, .same = {third, b}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_INCIDENT_SAME, .same = {b, 0}), NULL));
	FIX_MUST(record_incidents(f.r, &f.a, &v, kase, &i, &n));
	CHECK(n == before + 2);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_INCIDENT_SAME, .same = {a, b}), NULL));
	FIX_MUST(record_incidents(f.r, &f.a, &v, kase, &i, &n));
	CHECK(n == before + 1);
	CHECK(fix_int(&f,
	              "SELECT count(*) FROM incident x JOIN incident y ON y.id = x.same_as WHERE "
	              "y.same_as IS NOT NULL") == 0);
	fix_finish(&f);
}

/* ---- R40 ---- */

static const struct everything_row *of(
        const struct everything_row *r, size_t n, const char *subject, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(r[i].subject, subject) == 0 && (!id || r[i].id == id))
			return &r[i];
	return NULL;
}

static void r40_everything_with_agency_and_exemption(void)
{
	static const char *const SUBJECT[] = {"party", "was", "referral", "incident", "share",
	        "assessment", "decision", "action", "note"};
	struct record_viewer v;
	struct everything_row *r;
	const struct everything_row *o;
	size_t n;
	int answer[64] = {0};
	int64_t share, named;
	fix_sample(&f, test_dir());
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	int64_t police = fix_agency(&f, "police"), dale = who("Dale Specimen");
	struct command change = {.kind = CMD_PARTY_CHANGE};
	change.u.party.party = party("Dale Specimen");
	change.u.party.who =
	        (struct party_words){.born = day("1984-10-27"), .phone = "01632 960199"};
	FIX_MUST(fix_do(&f, &change, NULL));
	fix_session(&f);
	int64_t item = fix_item(&f, "C-2026-0118");
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	struct command c = fix_share(item, police, "Called twice.");
	c.u.share.about = party("Dale Specimen");
	FIX_MUST(fix_do(&f, &c, &share));
	c = fix_share(item, police, "About Avery alone.");
	c.u.share.about = party("Avery Sample");
	FIX_MUST(fix_do(&f, &c, NULL));
	c = fix_share(item, police, "For the police alone.");
	c.u.share.about = party("Dale Specimen");
	c.u.share.restriction = RESTRICTION_HIDDEN;
	c.u.share.named[c.u.share.n_named++] = police;
	FIX_MUST(fix_do(&f, &c, &named));
	struct practice_score score;
	struct practice_facts facts;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_risk_facts(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &facts));
	FIX_MUST(practice_score(t, answer, t->n_factors, &facts, &score));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ASSESS, .assess = {item, "asb-matrix", answer, NULL, t->n_factors,
	                                    (int)score.band, NULL}),
	        NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, "The chair asked."}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD, .action = {item, police, fix_person(&f, "Morgan Example"),
	                                        "Visit.", "", f.day, DAY_NONE}),
	        NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_DECIDE, .decide = {.item = item, .review = f.day + 9}), NULL));
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_everything(f.r, &f.a, &v, dale, &r, &n));
	for (size_t i = 0; i < COUNT_OF(SUBJECT); i++)
		CHECK(of(r, n, SUBJECT[i], 0) != NULL);
	o = of(r, n, "share", share);
	CHECK(o && o->named && !*o->exempt);
	CHECK_STR(o->agency, "Police");
	CHECK(!of(r, n, "share", named)); /* not for this room */
	for (size_t i = 0; i < n; i++)
		CHECK(!strstr(r[i].words, "About Avery alone."));
	/* the mark with its reason; not on what the room cannot see, not on another's record */
	struct command x = *FIX_CMD(CMD_EXEMPT, .exempt = {dale, "share", share, "no such", ""});
	CHECK_ERR(fix_do(&f, &x, NULL), ERR_INPUT);
	x.u.exempt.reason = "other";
	CHECK_ERR(fix_do(&f, &x, NULL), ERR_INPUT); /* say which */
	x.u.exempt.reason = "third-party";
	x.u.exempt.words = "The caller would be known.";
	CHECK_ERR(fix_do(&f, &x, NULL), ERR_OK);
	FIX_MUST(record_everything(f.r, &f.a, &v, dale, &r, &n));
	CHECK_STR(of(r, n, "share", share)->exempt, "Another person would be known by it");
	x.u.exempt.id = named;
	CHECK_ERR(fix_do(&f, &x, NULL), ERR_NOT_FOUND);
	x.u.exempt.identity = who("Kit Instance");
	x.u.exempt.id = share;
	CHECK_ERR(fix_do(&f, &x, NULL), ERR_NOT_FOUND);
	x.u.exempt.identity = dale;
	x.u.exempt.reason = "";
	CHECK_ERR(fix_do(&f, &x, NULL), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM exemption") == 0);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r13_subject_is_victim_or_both_or_place_or_unknown),
	        T(r13_case_is_entered_whole_or_not), T(r13_community_in_the_room_enters_nothing),
	        T(r14_names_sound_alike), T(r14_near_matches_before_create),
	        T(r14_hidden_people_are_never_offered),
	        T(r14_merge_acts_as_one_and_comes_apart_exactly),
	        T(r14_merge_with_a_hidden_half_tells_nothing), T(r15_relationships_read_both_ways),
	        T(r17_each_child_against_each_adult), T(r16_details_change_and_stay),
	        T(r16_no_victims_address_on_the_other_side), T(r26_shared_about_a_person),
	        T(r19_repeat_is_proposed_with_its_evidence), T(r19_no_repeat_after_twelve_months),
	        T(r19_repeat_of_a_hidden_case_is_not_proposed),
	        T(r19_one_incident_told_to_two_counts_once),
	        T(r40_everything_with_agency_and_exemption)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
