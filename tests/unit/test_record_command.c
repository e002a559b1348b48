#include "test.h"
#include "record_fixture.h"

/*
 * Every command: what it refuses and in which words, that a refusal changes nothing, that a success
 * writes one audit row, and that undo puts every table but the audit log back as it was.
 */

static struct fix f;
static int64_t made;                                  /* id of the last success */
static bool succeeded[CMD_COUNT], refused[CMD_COUNT]; /* by kind, over all tests */

/* A sentence for people: no words of ours for the inside of the program. */
static bool plain(const char *s)
{
	static const char *const JARGON[] = {"null", "constraint", "foreign", "sql", "err_", " id ",
	        "invalid", "enum", "tuple", " row ", "(null)", "%", "..", " .", "  ", "0x",
	        "statement", "transaction"};
	size_t n = strlen(s);
	char low[512];
	if (n < 8 || s[n - 1] != '.' || s[0] < 'A' || s[0] > 'Z')
		return false;
	for (size_t i = 0; i <= n; i++)
		low[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
	for (size_t i = 0; i < COUNT_OF(JARGON); i++)
		if (strstr(low, JARGON[i]))
			return false;
	return true;
}

enum undo { NO_UNDO, UNDONE, KEPT };

static void fail(int line, const char *what)
{
	snprintf(test_why, sizeof(test_why), "%s:%d: %.160s (why: \"%.200s\")", __FILE__, line,
	        what, f.why.text);
	test_failed = test_why;
}

static void attempt(int line, const struct command *c, enum err want, enum undo undo)
{
	struct record_undo offer;
	char *all = fix_dump(&f, true), *before = fix_dump(&f, false);
	int64_t audit = fix_int(&f, "SELECT count(*) FROM audit"), id = -7;
	enum err e = record_do(f.r, c, &id, &f.why);
	char *all2 = fix_dump(&f, true), *after = fix_dump(&f, false);
	if (e != want) {
		fail(line, err_text(e));
	} else if (e) {
		if (strcmp(all, all2) != 0)
			fail(line, "a refusal changed something");
		else if (id != -7)
			fail(line, "a refusal gave an id");
		else if (!plain(f.why.text))
			fail(line, "not a plain sentence");
		refused[c->kind] = true;
	} else {
		made = id;
		succeeded[c->kind] = true;
		if (fix_int(&f, "SELECT count(*) FROM audit") != audit + 1)
			fail(line, "not one audit row");
		else if (f.why.text[0])
			fail(line, "a success left a sentence");
		bool offered = record_undo_offer(f.r, &offer);
		if (offered && !plain(offer.text))
			fail(line, offer.text);
		if (offered != (undo != NO_UNDO))
			fail(line, offered ? "may be undone" : "cannot be undone");
		if (undo == UNDONE && offered) {
			struct why w = {0};
			if (record_undo(f.r, &w) != ERR_OK)
				fail(line, w.text);
			char *back = fix_dump(&f, false);
			if (strcmp(before, back) != 0)
				fail(line, "undo did not put everything back");
			if (strcmp(before, after) == 0)
				fail(line, "the command changed nothing");
			if (fix_int(&f, "SELECT count(*) FROM audit") != audit + 2)
				fail(line, "undo left not one audit row");
			if (record_undo_offer(f.r, &offer))
				fail(line, "undo is offered twice");
			sqlite3_free(back);
		}
	}
	sqlite3_free(all);
	sqlite3_free(all2);
	sqlite3_free(before);
	sqlite3_free(after);
}

#define ATTEMPT(want, undo, k, ...)                                                                \
	do {                                                                                       \
		attempt(__LINE__, FIX_CMD(k, __VA_ARGS__), want, undo);                            \
		if (test_failed)                                                                   \
			return;                                                                    \
	} while (0)
#define REFUSED(want, k, ...) ATTEMPT(want, NO_UNDO, k, __VA_ARGS__)
#define ATTEMPT_C(want, undo, c)                                                                   \
	do {                                                                                       \
		attempt(__LINE__, (c), want, undo);                                                \
		if (test_failed)                                                                   \
			return;                                                                    \
	} while (0)

static void start(bool session)
{
	fix_sample(&f, test_dir());
	if (session)
		fix_session(&f);
}

static void t_setup_commands_check_their_words(void)
{
	uint8_t slot[16] = {1};
	start(false);
	int64_t police = fix_agency(&f, "police"), ellis = fix_person(&f, "Ellis Pattern");
	ATTEMPT(ERR_OK, NO_UNDO, CMD_PARTNERSHIP, .partnership = {"Vale of Quexham", true});
	REFUSED(ERR_INPUT, CMD_PARTNERSHIP, .partnership = {"", true});
	REFUSED(ERR_INPUT, CMD_PARTNERSHIP, .partnership = {NULL, true});
	REFUSED(ERR_INPUT, CMD_PARTNERSHIP, .partnership = {"bad \x01 letters", true});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_AGENCY_ADD, .agency = {"parks", "Parks", "PRK", "Parks"});
	REFUSED(ERR_EXISTS, CMD_AGENCY_ADD, .agency = {"parks", "Parks", "PRK", "Parks"});
	REFUSED(ERR_INPUT, CMD_AGENCY_ADD, .agency = {"", "Parks", "PRK", "Parks"});
	REFUSED(ERR_LIMIT, CMD_AGENCY_ADD,
	        .agency = {"a-code-of-far-too-many-letters", "P", "P", "P"});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_AGENCY_RECIPIENT, .recipient = {police, "age1example"});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_AGENCY_RECIPIENT, .recipient = {police, ""});
	REFUSED(ERR_NOT_FOUND, CMD_AGENCY_RECIPIENT, .recipient = {9999, "age1example"});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_PERSON_ADD,
	        .person = {police, f.forum, "Zoë Łukasz-Sample", "", "Sergeant", STANDING_DEPUTY});
	CHECK(fix_int(&f, "SELECT initials = 'ZŁS' FROM person ORDER BY id DESC LIMIT 1") == 1);
	REFUSED(ERR_NOT_FOUND, CMD_PERSON_ADD,
	        .person = {9999, 0, "A Sample", "", "Sergeant", STANDING_CORE});
	REFUSED(ERR_NOT_FOUND, CMD_PERSON_ADD,
	        .person = {police, 9999, "A Sample", "", "Sergeant", STANDING_CORE});
	REFUSED(ERR_INPUT, CMD_PERSON_ADD,
	        .person = {police, 0, "", "", "Sergeant", STANDING_CORE});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_PERSON_SLOT, .slot = {ellis, slot});
	REFUSED(ERR_NOT_FOUND, CMD_PERSON_SLOT, .slot = {9999, slot});
	/* one slot opens for one person */
	ATTEMPT(ERR_OK, NO_UNDO, CMD_PERSON_SLOT, .slot = {fix_person(&f, "Lee Instance"), slot});
	CHECK(fix_int(&f, "SELECT count(*) FROM person WHERE slot = "
	                  "x'01000000000000000000000000000000'") == 1);
	/* the one who opened acts until the slot is taken away */
	CHECK(record_actor(f.r) == fix_person(&f, "Morgan Example"));
	ATTEMPT(ERR_OK, NO_UNDO, CMD_PERSON_SLOT, .slot = {fix_person(&f, "Morgan Example"), NULL});
	CHECK(record_actor(f.r) == 0);
	fix_finish(&f);
}

static void t_plan_refuses_what_cannot_be_held(void)
{
	start(false);
	int64_t street = fix_of(&f, "SELECT id FROM forum WHERE code = %Q", "street-aware");
	ATTEMPT(ERR_OK, UNDONE, CMD_MEETING_PLAN, .plan = {street, f.day, 10, 0, "Room 1"});
	REFUSED(ERR_NOT_FOUND, CMD_MEETING_PLAN, .plan = {9999, f.day, 10, 0, ""});
	REFUSED(ERR_INPUT, CMD_MEETING_PLAN, .plan = {street, DAY_NONE, 10, 0, ""});
	REFUSED(ERR_INPUT, CMD_MEETING_PLAN, .plan = {street, f.day, 24, 0, ""});
	REFUSED(ERR_INPUT, CMD_MEETING_PLAN, .plan = {street, f.day, 10, 60, ""});
	REFUSED(ERR_INPUT, CMD_MEETING_PLAN, .plan = {street, f.day, 10, -1, ""});
	REFUSED(ERR_EXISTS, CMD_MEETING_PLAN, .plan = {f.forum, f.day, 14, 0, ""});
	REFUSED(ERR_INPUT, CMD_MEETING_PLAN, .plan = {street, f.day, 10, 0, "\x1b[2J"});
	/* a group of a kind no meeting type serves: refused, not a crash */
	fix_sql(&f, "INSERT INTO forum SELECT 900, randomblob(16), 'choir', 'Choir', 'singing', "
	            "'', '', '', '', '', '', '', 0");
	REFUSED(ERR_REFUSED, CMD_MEETING_PLAN, .plan = {900, f.day, 10, 0, ""});
	fix_sql(&f, "UPDATE forum SET kind = 'case conference' WHERE id = 900");
	REFUSED(ERR_REFUSED, CMD_MEETING_PLAN, .plan = {900, f.day, 10, 0, ""}); /* no members */
	ATTEMPT(ERR_OK, UNDONE, CMD_MEETING_NEXT, .next = {f.meeting, f.day + 28, 14, 0});
	REFUSED(ERR_INPUT, CMD_MEETING_NEXT, .next = {f.meeting, f.day, 14, 0});
	REFUSED(ERR_INPUT, CMD_MEETING_NEXT, .next = {f.meeting, DAY_NONE, 14, 0});
	REFUSED(ERR_INPUT, CMD_MEETING_NEXT, .next = {f.meeting, f.day + 28, 25, 0});
	REFUSED(ERR_NOT_FOUND, CMD_MEETING_NEXT, .next = {9999, f.day + 28, 14, 0});
	fix_finish(&f);
}

static void t_seat_commands_check_the_person(void)
{
	start(false);
	int64_t police = fix_seat(&f, "police"), council = fix_seat(&f, "council");
	int64_t ellis = fix_person(&f, "Ellis Pattern"), morgan = fix_person(&f, "Morgan Example");
	int64_t harper = fix_person(&f, "Harper Model");
	REFUSED(ERR_REFUSED, CMD_SEAT_SIGN, .at_seat = {.seat = police}); /* planned only */
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_PERSON, .seat = {police, ellis, 0});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_PERSON, .seat = {police, ellis, morgan});
	REFUSED(ERR_REFUSED, CMD_SEAT_PERSON, .seat = {police, harper, 0});
	REFUSED(ERR_REFUSED, CMD_SEAT_PERSON,
	        .seat = {police, ellis, harper}); /* a substitute for somebody else's */
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_PERSON, .seat = {police, 9999, 0});
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_PERSON, .seat = {9999, ellis, 0});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_APOLOGIES, .apologies = {police, DAY_NONE});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_APOLOGIES, .apologies = {police, f.day - 2});
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_APOLOGIES, .apologies = {9999, DAY_NONE});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_GUEST,
	        .guest = {f.meeting, fix_agency(&f, "fire"), "Kim Stand-in", "Watch manager",
	                STANDING_OBSERVER});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_GUEST,
	        .guest = {f.meeting, 0, "Nell Exemplar", "Neighbour", STANDING_COMMUNITY});
	REFUSED(ERR_REFUSED, CMD_SEAT_GUEST,
	        .guest = {f.meeting, 0, "Kim", "Neighbour", STANDING_CORE});
	REFUSED(ERR_REFUSED, CMD_SEAT_GUEST,
	        .guest = {f.meeting, 0, "Kim", "Neighbour", (enum standing)17});
	REFUSED(ERR_INPUT, CMD_SEAT_GUEST,
	        .guest = {f.meeting, 0, "", "Neighbour", STANDING_OBSERVER});
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_GUEST,
	        .guest = {9999, 0, "Kim", "Neighbour", STANDING_OBSERVER});
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_GUEST,
	        .guest = {f.meeting, 9999, "Kim", "Neighbour", STANDING_OBSERVER});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_SIGN, .at_seat = {.seat = police});
	REFUSED(ERR_REFUSED, CMD_SEAT_LEAVE, .at_seat = {.seat = police}); /* not here yet */
	REFUSED(ERR_REFUSED, CMD_SEAT_RETURN, .at_seat = {.seat = police});
	ATTEMPT(ERR_OK, KEPT, CMD_SEAT_SIGN, .at_seat = {.seat = police});
	REFUSED(ERR_EXISTS, CMD_SEAT_SIGN, .at_seat = {.seat = police});
	REFUSED(ERR_REFUSED, CMD_SEAT_PERSON, .seat = {police, ellis, 0});
	REFUSED(ERR_REFUSED, CMD_SEAT_APOLOGIES, .apologies = {police, DAY_NONE});
	REFUSED(ERR_REFUSED, CMD_SEAT_RETURN, .at_seat = {.seat = police}); /* is here */
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_CHAIR, .at_seat = {.seat = police});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_MINUTES, .at_seat = {.seat = council});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_LEAVE,
	        .at_seat = {.seat = police, .words = "Called away."});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_LEAVE,
	        .at_seat = {.seat = police, .item = fix_item(&f, "C-2026-0118")});
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_LEAVE, .at_seat = {.seat = police, .item = 9999});
	int64_t other = fix_plan(&f, "street-aware", "2026-11-20");
	int64_t strange = fix_of(&f,
	        "SELECT id FROM item WHERE meeting = (SELECT max(id) FROM meeting WHERE 1 OR %Q = "
	        "'')",
	        "");
	CHECK(other > 0 && strange > 0);
	REFUSED(ERR_NOT_FOUND, CMD_SEAT_LEAVE,
	        .at_seat = {.seat = police, .item = strange}); /* of another meeting */
	/* youth justice is co-opted: never the chair */
	REFUSED(ERR_REFUSED, CMD_SEAT_CHAIR, .at_seat = {.seat = fix_seat(&f, "youth-justice")});
	fix_finish(&f);
}

static void t_conflict_is_recorded_once_a_seat(void)
{
	start(true);
	int64_t fire = fix_seat(&f, "fire"), kase = fix_case(&f, "C-2026-0118"), first;
	ATTEMPT(ERR_OK, UNDONE, CMD_CONFLICT, .conflict = {fire, kase, "My cousin.", "leaves"});
	ATTEMPT(ERR_OK, KEPT, CMD_CONFLICT, .conflict = {fire, kase, "My cousin.", "leaves"});
	first = made;
	/* something else is inserted, then the first is said anew: the id is still its own */
	ATTEMPT(ERR_OK, KEPT, CMD_SEAT_GUEST,
	        .guest = {f.meeting, 0, "Kim", "Neighbour", STANDING_OBSERVER});
	ATTEMPT(ERR_OK, KEPT, CMD_CONFLICT,
	        .conflict = {fire, kase, "My cousin, once removed.", "no-conflict"});
	CHECK(made == first);
	REFUSED(ERR_INPUT, CMD_CONFLICT, .conflict = {fire, kase, "My cousin.", "shrugs"});
	REFUSED(ERR_INPUT, CMD_CONFLICT, .conflict = {fire, kase, "My cousin.", ""});
	REFUSED(ERR_NOT_FOUND, CMD_CONFLICT, .conflict = {fire, 9999, "", "leaves"});
	fix_finish(&f);
}

static void t_item_commands_need_reasons(void)
{
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118"), other = fix_item(&f, "other"),
	        next = fix_item(&f, "next");
	ATTEMPT(ERR_OK, NO_UNDO, CMD_ITEM_OPEN, .item = {item, NULL, NULL});
	REFUSED(ERR_NOT_FOUND, CMD_ITEM_OPEN, .item = {9999, NULL, NULL});
	REFUSED(ERR_REFUSED, CMD_ITEM_DONE, .item = {item, NULL, NULL}); /* not decided */
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_DEFER, .item = {item, "referrer-absent", ""});
	REFUSED(ERR_INPUT, CMD_ITEM_DEFER, .item = {item, "", ""});
	REFUSED(ERR_INPUT, CMD_ITEM_DEFER, .item = {item, "resolved", ""}); /* of the other list */
	REFUSED(ERR_INPUT, CMD_ITEM_DEFER, .item = {item, "needed-absent", ""}); /* needs words */
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_REMOVE,
	        .item = {item, "resolved", "All quiet since June."});
	REFUSED(ERR_INPUT, CMD_ITEM_REMOVE, .item = {item, "other-panel", NULL});
	REFUSED(ERR_NOT_FOUND, CMD_ITEM_REMOVE, .item = {9999, "resolved", ""});
	REFUSED(ERR_EXISTS, CMD_ITEM_ADD,
	        .add = {f.meeting, fix_case(&f, "C-2026-0118"), AGENDA_CASE, NULL, "repeat", "", 0,
	                false, "joint-plan"});
	REFUSED(ERR_INPUT, CMD_ITEM_ADD,
	        .add = {f.meeting, fix_case(&f, "C-2026-0099"), AGENDA_CASE, NULL, "", "", 0, false,
	                "joint-plan"});
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_ADD,
	        .add = {f.meeting, fix_case(&f, "C-2026-0099"), AGENDA_CASE, NULL, "repeat", "", 0,
	                false, "joint-plan"});
	REFUSED(ERR_NOT_FOUND, CMD_ITEM_ADD,
	        .add = {f.meeting, 9999, AGENDA_CASE, NULL, "repeat", "", 0, false, "joint-plan"});
	REFUSED(ERR_NOT_FOUND, CMD_ITEM_ADD,
	        .add = {9999, 0, AGENDA_PAPER, "Survey", "", "", 5, false});
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, AGENDA_PAPER, "Survey", "", "", 5, false});
	REFUSED(ERR_INPUT, CMD_ITEM_ADD, .add = {f.meeting, 0, AGENDA_PAPER, "", "", "", 5, false});
	REFUSED(ERR_INPUT, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, AGENDA_CASE, "Survey", "", "", 5, false});
	REFUSED(ERR_INPUT, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, (enum agenda_kind)40, "Survey", "", "", 5, false});
	REFUSED(ERR_INPUT, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, AGENDA_PAPER, "Survey", "", "", -5, false});
	REFUSED(ERR_INPUT, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, AGENDA_PAPER, "Survey", "", "", 5, true}); /* why now? */
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, AGENDA_PAPER, "Survey", "", "Due tomorrow.", 5, true});
	char longer[NAME_MAX_BYTES + 40];
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = 0;
	REFUSED(ERR_LIMIT, CMD_ITEM_ADD,
	        .add = {f.meeting, 0, AGENDA_PAPER, longer, "", "", 5, false});
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_MOVE, .move = {other, +1});
	ATTEMPT(ERR_OK, UNDONE, CMD_ITEM_MOVE, .move = {other, -1});
	REFUSED(ERR_REFUSED, CMD_ITEM_MOVE, .move = {next, +1});
	REFUSED(ERR_NOT_FOUND, CMD_ITEM_MOVE, .move = {9999, +1});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_WORD, .word = {item, fix_agency(&f, "police")});
	REFUSED(ERR_NOT_FOUND, CMD_WORD, .word = {item, 9999});
	REFUSED(ERR_REFUSED, CMD_WORD,
	        .word = {other, fix_agency(&f, "police")}); /* not on the table */
	/* done: an item that is not on the table leaves the one that is */
	ATTEMPT(ERR_OK, KEPT, CMD_ITEM_DONE, .item = {other, NULL, NULL});
	CHECK(fix_of(&f, "SELECT table_item FROM meeting WHERE %Q = '' AND id = %lld", "") == item);
	REFUSED(ERR_EXISTS, CMD_ITEM_DONE, .item = {other, NULL, NULL});
	REFUSED(ERR_REFUSED, CMD_ITEM_DEFER, .item = {other, "time", NULL});
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_REMOVE, .item = {next, "resolved", ""}), NULL));
	REFUSED(ERR_REFUSED, CMD_ITEM_OPEN, .item = {next, NULL, NULL}); /* taken off */
	REFUSED(ERR_REFUSED, CMD_ITEM_DONE, .item = {next, NULL, NULL});
	fix_finish(&f);
}

static void t_share_checks_speaker_and_ground(void)
{
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118"), police = fix_agency(&f, "police"), share;
	struct command c = fix_share(item, police, "Called four times since Monday.");
	ATTEMPT_C(ERR_REFUSED, NO_UNDO, &c); /* not on the table */
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	ATTEMPT_C(ERR_OK, UNDONE, &c);
	static const struct {
		size_t at;
		const char *value;
	} BAD[] = {
	        {offsetof(struct command, u.share.words), ""},
	        {offsetof(struct command, u.share.words), "\x07"},
	        {offsetof(struct command, u.share.source), ""},
	        {offsetof(struct command, u.share.purpose), ""},
	        {offsetof(struct command, u.share.purpose), "gossip"},
	        {offsetof(struct command, u.share.gateway), NULL},
	        {offsetof(struct command, u.share.article6), "6-9"},
	        {offsetof(struct command, u.share.article9), "x"},
	        {offsetof(struct command, u.share.article10), "x"},
	        {offsetof(struct command, u.share.necessity), ""},
	        {offsetof(struct command, u.share.consent), "maybe"},
	        {offsetof(struct command, u.share.handling), ""},
	};
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		struct command b = c;
		*(const char **)(void *)((char *)&b + BAD[i].at) = BAD[i].value;
		ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	}
	struct command b = c;
	b.u.share.agency = fix_agency(&f, "education");
	ATTEMPT_C(ERR_REFUSED, NO_UNDO, &b); /* not at the table */
	b = c;
	b.u.share.about = fix_int(&f, "SELECT id FROM party WHERE name = 'Yael Sketch'");
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b); /* of another case */
	b.u.share.about = 99999;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b.u.share.about = fix_int(&f, "SELECT id FROM party WHERE name = 'Avery Sample'");
	ATTEMPT_C(ERR_OK, UNDONE, &b);
	b = c;
	b.u.share.restriction = RESTRICTION_NAMED;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b.u.share.named[0] = fix_agency(&f, "victims");
	b.u.share.n_named = 1;
	ATTEMPT_C(ERR_OK, UNDONE, &b);
	b.u.share.named[0] = 9999;
	ATTEMPT_C(ERR_NOT_FOUND, NO_UNDO, &b);
	b.u.share.restriction = (enum restriction)9;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b = c;
	b.u.share.what = SHARE_KIND_COUNT;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b = c;
	b.u.share.n_named = SHARE_NAMED_MAX + 1;
	ATTEMPT_C(ERR_LIMIT, NO_UNDO, &b);
	/* R27: the decision not to share, equally */
	struct command n = {.kind = CMD_SHARE,
	        .u.share = {.what = SHARE_NOT,
	                .item = item,
	                .agency = police,
	                .reason = "raises-risk",
	                .source_day = DAY_NONE}};
	ATTEMPT_C(ERR_OK, UNDONE, &n);
	n.u.share.reason = "";
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &n);
	n.u.share.reason = "other"; /* needs words */
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &n);
	n = (struct command){.kind = CMD_SHARE,
	        .u.share = {.what = SHARE_NOTHING,
	                .item = item,
	                .agency = police,
	                .source_day = DAY_NONE}};
	ATTEMPT_C(ERR_OK, UNDONE, &n);
	/* corrections */
	FIX_MUST(fix_do(&f, &c, &share));
	c.kind = CMD_SHARE_CORRECT;
	c.u.share.words = "Called five times since Monday.";
	c.u.share.replaces = 9999;
	ATTEMPT_C(ERR_NOT_FOUND, NO_UNDO, &c);
	c.u.share.replaces = share;
	b = c;
	b.u.share.agency = fix_agency(&f, "council");
	ATTEMPT_C(ERR_REFUSED, NO_UNDO, &b);
	b = c;
	b.u.share.item = fix_item(&f, "C-2026-0009"); /* the words would leave their case */
	ATTEMPT_C(ERR_REFUSED, NO_UNDO, &b);
	ATTEMPT_C(ERR_OK, KEPT, &c);
	ATTEMPT_C(ERR_EXISTS, NO_UNDO, &c); /* corrected already */
	fix_finish(&f);
}

static void t_assessment_keeps_what_people_decide(void)
{
	int answer[64];
	start(true);
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	for (size_t i = 0; i < t->n_factors; i++)
		answer[i] = i % 3 ? 1 : ANSWER_UNKNOWN;
	struct practice_score s;
	struct practice_facts facts;
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_risk_facts(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &facts));
	FIX_MUST(practice_score(t, answer, t->n_factors, &facts, &s));
	int64_t item = fix_item(&f, "C-2026-0118");
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	struct command c = {.kind = CMD_ASSESS,
	        .u.assess = {item, "asb-matrix", answer, NULL, t->n_factors, (int)s.band, NULL}};
	ATTEMPT_C(ERR_OK, UNDONE, &c);
	struct command b = c;
	b.u.assess.band = s.band == BAND_HIGH ? BAND_MEDIUM : BAND_HIGH;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b.u.assess.override = "Two more calls last night."; /* R23: either way, with a reason */
	ATTEMPT_C(ERR_OK, UNDONE, &b);
	b = c;
	b.u.assess.tool = "tea-leaves";
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b = c;
	b.u.assess.n--;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	b = c;
	b.u.assess.band = BAND_COUNT;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	int wrong[64];
	memcpy(wrong, answer, sizeof(wrong));
	wrong[0] = 99;
	b = c;
	b.u.assess.answer = wrong;
	ATTEMPT_C(ERR_INPUT, NO_UNDO, &b);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "other"));
	b = c;
	b.u.assess.item = fix_item(&f, "other");
	ATTEMPT_C(ERR_REFUSED, NO_UNDO, &b);
	ATTEMPT_C(ERR_REFUSED, NO_UNDO, &c); /* no longer on the table */
	fix_finish(&f);
}

static void t_decision_needs_a_date_or_an_outcome(void)
{
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118"), other = fix_item(&f, "other");
	ATTEMPT(ERR_OK, UNDONE, CMD_DECIDE, .decide = {.item = item, .review = f.day + 1});
	REFUSED(ERR_INPUT, CMD_DECIDE, .decide = {.item = item, .review = f.day});
	REFUSED(ERR_INPUT, CMD_DECIDE, .decide = {.item = item, .review = DAY_NONE});
	REFUSED(ERR_INPUT, CMD_DECIDE,
	        .decide = {.item = item, .closes = true, .outcome = "", .words = "Quiet."});
	REFUSED(ERR_INPUT, CMD_DECIDE,
	        .decide = {.item = item, .closes = true, .outcome = "harm-stopped", .words = ""});
	ATTEMPT(ERR_OK, UNDONE, CMD_DECIDE,
	        .decide = {.item = item,
	                .closes = true,
	                .outcome = "harm-stopped",
	                .words = "Quiet."});
	REFUSED(ERR_NOT_FOUND, CMD_DECIDE,
	        .decide = {.item = item,
	                .review = f.day + 9,
	                .dissent = "No.",
	                .dissent_agency = 9999});
	ATTEMPT(ERR_OK, UNDONE, CMD_DECIDE,
	        .decide = {.item = item,
	                .review = f.day + 9,
	                .dissent = "Sooner.",
	                .dissent_agency = fix_agency(&f, "fire")});
	/* an item without a case has no case to close, and no review to name */
	REFUSED(ERR_REFUSED, CMD_DECIDE,
	        .decide = {.item = other,
	                .closes = true,
	                .outcome = "harm-stopped",
	                .words = "Quiet."});
	REFUSED(ERR_INPUT, CMD_DECIDE, .decide = {.item = other, .review = DAY_NONE});
	ATTEMPT(ERR_OK, UNDONE, CMD_DECIDE,
	        .decide = {.item = other, .review = DAY_NONE, .words = "A survey in spring."});
	fix_finish(&f);
}

static void r33_action_owner_is_signed_in(void)
{
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118"), police = fix_agency(&f, "police");
	int64_t morgan = fix_person(&f, "Morgan Example"), ellis = fix_person(&f, "Ellis Pattern");
	int64_t action;
#define ACTION(a, p, w, d)                                                                         \
	.action = {.item = item,                                                                   \
	        .agency = (a),                                                                     \
	        .person = (p),                                                                     \
	        .what = (w),                                                                       \
	        .due = (d),                                                                        \
	        .review = DAY_NONE}
	ATTEMPT(ERR_OK, UNDONE, CMD_ACTION_ADD, ACTION(police, morgan, "Visit.", f.day));
	REFUSED(ERR_REFUSED, CMD_ACTION_ADD,
	        ACTION(police, ellis, "Visit.", f.day + 7)); /* not signed in */
	/* has a seat and has not signed */
	REFUSED(ERR_REFUSED, CMD_ACTION_ADD,
	        ACTION(fix_agency(&f, "youth-justice"), fix_person(&f, "Kit Prototype"), "Visit.",
	                f.day + 7));
	REFUSED(ERR_INPUT, CMD_ACTION_ADD, ACTION(police, 0, "Visit.", f.day + 7));
	REFUSED(ERR_INPUT, CMD_ACTION_ADD, ACTION(0, morgan, "Visit.", f.day + 7));
	REFUSED(ERR_INPUT, CMD_ACTION_ADD,
	        ACTION(fix_agency(&f, "council"), morgan, "Visit.", f.day + 7));
	REFUSED(ERR_INPUT, CMD_ACTION_ADD, ACTION(police, morgan, "", f.day + 7));
	REFUSED(ERR_INPUT, CMD_ACTION_ADD, ACTION(police, morgan, "Visit.", f.day - 1));
	REFUSED(ERR_INPUT, CMD_ACTION_ADD, ACTION(police, morgan, "Visit.", DAY_NONE));
	/* somebody who declared to know a person in the case does not act in it */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_CONFLICT, .conflict = {fix_seat(&f, "fire"),
	                                      fix_case(&f, "C-2026-0118"), "My cousin.", "leaves"}),
	        NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = fix_seat(&f, "fire"), .item = item}),
	        NULL));
	REFUSED(ERR_REFUSED, CMD_ACTION_ADD,
	        ACTION(fix_agency(&f, "fire"), fix_person(&f, "Idris Placeholder"), "Visit.",
	                f.day + 7));
	/* updates */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_ACTION_ADD, ACTION(police, morgan, "Visit.", f.day + 7)), &action));
	ATTEMPT(ERR_OK, UNDONE, CMD_ACTION_UPDATE,
	        .update = {action, f.meeting, ACTION_CARRIED, ""});
	ATTEMPT(ERR_OK, UNDONE, CMD_ACTION_UPDATE,
	        .update = {action, f.meeting, ACTION_OVERTAKEN, "They moved away."});
	REFUSED(ERR_INPUT, CMD_ACTION_UPDATE,
	        .update = {action, f.meeting, ACTION_DONE, ""}); /* R34: with an outcome */
	REFUSED(ERR_NOT_FOUND, CMD_ACTION_UPDATE,
	        .update = {9999, f.meeting, ACTION_DONE, "Done."});
	REFUSED(ERR_NOT_FOUND, CMD_ACTION_UPDATE, .update = {action, 9999, ACTION_DONE, "Done."});
	REFUSED(ERR_INPUT, CMD_ACTION_UPDATE,
	        .update = {action, f.meeting, ACTION_STATE_COUNT, "Done."});
	ATTEMPT(ERR_OK, KEPT, CMD_ACTION_UPDATE, .update = {action, 0, ACTION_DONE, "Visited."});
	CHECK(fix_int(&f, "SELECT kase FROM audit ORDER BY seq DESC LIMIT 1") ==
	        fix_case(&f, "C-2026-0118"));
	REFUSED(ERR_REFUSED, CMD_ACTION_UPDATE,
	        .update = {action, f.meeting, ACTION_NOT_DONE, "Was not."});
	ATTEMPT(ERR_OK, UNDONE, CMD_ACTION_UPDATE, .update = {action, f.meeting, ACTION_OPEN, ""});
	fix_finish(&f);
}

static void t_note_and_paper_check_their_words(void)
{
	uint8_t digest[32] = {7};
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118");
	ATTEMPT(ERR_OK, UNDONE, CMD_NOTE, .note = {item, 0, "The chair asks for patience."});
	ATTEMPT(ERR_OK, UNDONE, CMD_NOTE,
	        .note = {item, fix_agency(&f, "fire"), "Alarms were fitted."});
	REFUSED(ERR_INPUT, CMD_NOTE, .note = {item, 0, ""});
	REFUSED(ERR_NOT_FOUND, CMD_NOTE, .note = {9999, 0, "Words."});
	REFUSED(ERR_NOT_FOUND, CMD_NOTE, .note = {item, 9999, "Words."});
	char *longer = calloc(1, WORDS_MAX + 2);
	memset(longer, 'a', WORDS_MAX + 1);
	REFUSED(ERR_LIMIT, CMD_NOTE, .note = {item, 0, longer});
	longer[WORDS_MAX] = 0;
	ATTEMPT(ERR_OK, UNDONE, CMD_NOTE, .note = {item, 0, longer});
	free(longer);
	ATTEMPT(ERR_OK, NO_UNDO, CMD_PAPER, .paper = {f.meeting, 0, 1, digest, 1000});
	REFUSED(ERR_EXISTS, CMD_PAPER, .paper = {f.meeting, 0, 1, digest, 1000});
	REFUSED(ERR_NOT_FOUND, CMD_PAPER, .paper = {9999, 0, 1, digest, 1000});
	REFUSED(ERR_NOT_FOUND, CMD_PAPER, .paper = {f.meeting, 9999, 2, digest, 1000});
	int copy = 0;
	CHECK_ERR(record_paper_next(f.r, f.meeting, &copy), ERR_OK);
	CHECK(copy == 2);
	fix_finish(&f);
}

static void t_event_is_recorded_where_its_case_is_seen(void)
{
	start(false);
	int64_t mine = fix_case(&f, "C-2026-0118"), hidden = fix_case(&f, "C-2026-0122");
	ATTEMPT(ERR_OK, UNDONE, CMD_EVENT, .event = {mine, "first-contact", "", TIME_NONE});
	ATTEMPT(ERR_OK, KEPT, CMD_EVENT, .event = {mine, "first-contact", "Rang.", TIME_NONE});
	REFUSED(ERR_REFUSED, CMD_EVENT, .event = {mine, "first-contact", "", TIME_NONE});
	REFUSED(ERR_REFUSED, CMD_EVENT, .event = {mine, "assessment", "", TIME_NONE});
	REFUSED(ERR_REFUSED, CMD_EVENT, .event = {mine, NULL, "", TIME_NONE});
	REFUSED(ERR_INPUT, CMD_EVENT, .event = {mine, "plan", "", time_now_us() + 1});
	REFUSED(ERR_INPUT, CMD_EVENT, .event = {mine, "plan", "", 0});
	/* a member of the council opens: the hidden case is none */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_PERSON_SLOT,
	                .slot = {fix_person(&f, "Lee Instance"), vault_opener(f.v)->id}),
	        NULL));
	REFUSED(ERR_NOT_FOUND, CMD_EVENT, .event = {hidden, "plan", "", TIME_NONE});
	char told[512];
	snprintf(told, sizeof(told), "%s", f.why.text);
	REFUSED(ERR_NOT_FOUND, CMD_EVENT, .event = {9999999, "plan", "", TIME_NONE});
	CHECK_STR(f.why.text, told);
	fix_finish(&f);
}

static void t_state_and_minutes_are_undone_or_not(void)
{
	start(false);
	int64_t first = f.meeting, police;
	ATTEMPT(ERR_OK, UNDONE, CMD_MEETING_STATE,
	        .state = {.meeting = first, .to = MEETING_SIGNING});
	REFUSED(ERR_REFUSED, CMD_MEETING_STATE, .state = {.meeting = first, .to = MEETING_CLOSED});
	fix_session(&f);
	police = fix_seat(&f, "police");
	ATTEMPT(ERR_OK, NO_UNDO, CMD_MEETING_STATE,
	        .state = {.meeting = first, .to = MEETING_COVERED});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_MEETING_STATE,
	        .state = {.meeting = first, .to = MEETING_SESSION});
	REFUSED(ERR_REFUSED, CMD_SEAT_MINUTES, .at_seat = {.seat = fix_seat(&f, "victims")});
	ATTEMPT(ERR_OK, KEPT, CMD_SEAT_LEAVE, .at_seat = {.seat = police});
	ATTEMPT(ERR_OK, UNDONE, CMD_SEAT_RETURN, .at_seat = {.seat = police});
	REFUSED(ERR_REFUSED, CMD_MINUTES_APPROVE, .approve = {first});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_MEETING_STATE,
	        .state = {.meeting = first, .to = MEETING_CLOSING});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_MEETING_STATE,
	        .state = {.meeting = first, .to = MEETING_CLOSED});
	ATTEMPT(ERR_OK, NO_UNDO, CMD_MINUTES_APPROVE, .approve = {first});
	REFUSED(ERR_EXISTS, CMD_MINUTES_APPROVE, .approve = {first});
	fix_clock("2026-12-17T13:50");
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	fix_session(&f);
	ATTEMPT(ERR_OK, UNDONE, CMD_MINUTES_AGREE, .agree = {first, f.meeting, ""});
	ATTEMPT(ERR_OK, UNDONE, CMD_MINUTES_AGREE, .agree = {first, f.meeting, "Item 4: 12 May."});
	REFUSED(ERR_REFUSED, CMD_MINUTES_AGREE, .agree = {f.meeting, f.meeting, ""});
	fix_finish(&f);
}

/* The commands of a plain meeting; those after CMD_PAPER have test files of their own. Stands last;
 * says nothing when only some tests were asked for. */
static int tests_asked_for;
static void t_every_command_was_done_and_refused(void)
{
	if (tests_asked_for > 1)
		return;
	for (int k = 0; k <= CMD_PAPER; k++) {
		if (succeeded[k] && refused[k])
			continue;
		snprintf(test_why, sizeof(test_why), "command %d was never %s", k,
		        succeeded[k] ? "refused" : "done");
		test_failed = test_why;
		return;
	}
}

static void t_undo_lasts_ten_seconds(void)
{
	struct record_undo u;
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, "One."}), NULL));
	time_advance_us(9999 * 1000);
	CHECK(record_undo_offer(f.r, &u));
	CHECK(u.left_ms == 1 && u.total_ms == 10000);
	CHECK_STR(u.text, "Note kept.");
	time_advance_us(1000);
	CHECK(!record_undo_offer(f.r, &u));
	CHECK_ERR(record_undo(f.r, &f.why), ERR_REFUSED);
	CHECK(plain(f.why.text));
	/* the wall clock set back does not lengthen it */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, "Two."}), NULL));
	time_advance_us(4 * TIME_SECOND_US);
	fix_clock("2026-11-19T09:00");
	CHECK(record_undo_offer(f.r, &u));
	CHECK(u.left_ms == 6000);
	fix_clock("2026-11-19T13:50");
	/* a refusal in between takes nothing away; a reading does not either */
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, ""}), NULL), ERR_INPUT);
	struct record_viewer v;
	struct case_row k;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	CHECK_ERR(record_case_read(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &k), ERR_OK);
	CHECK_ERR(record_undo(f.r, &f.why), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM note WHERE words = 'Two.'") == 0);
	fix_finish(&f);
}

static void t_undo_is_refused_when_built_on(void)
{
	int64_t action;
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD, ACTION(fix_agency(&f, "police"),
	                                        fix_person(&f, "Morgan Example"), "Visit.", f.day)),
	        &action));
	char sql[160];
	snprintf(sql, sizeof(sql),
	        "INSERT INTO action_update(action, state, words, at) VALUES(%lld, 1, '', 0)",
	        (long long)action);
	fix_sql(&f, sql);
	char *before = fix_dump(&f, true);
	CHECK_ERR(record_undo(f.r, &f.why), ERR_REFUSED);
	char *after = fix_dump(&f, true);
	CHECK(plain(f.why.text));
	CHECK(strcmp(before, after) == 0);
	sqlite3_free(before);
	sqlite3_free(after);
	/* and when what it changed was changed again */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_MEETING_NEXT, .next = {f.meeting, f.day + 28, 14, 0}), NULL));
	fix_sql(&f, "UPDATE meeting SET next_day = next_day + 1");
	before = fix_dump(&f, true);
	CHECK_ERR(record_undo(f.r, &f.why), ERR_REFUSED);
	after = fix_dump(&f, true);
	CHECK(strcmp(before, after) == 0);
	sqlite3_free(before);
	sqlite3_free(after);
	/* the store is still whole and takes the next command */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, "One."}), NULL));
	fix_finish(&f);
}

static void t_undone_ids_are_not_given_again(void)
{
	int64_t first, second;
	const char *draft;
	start(true);
	/* a draft under an item that was taken back must not turn up under the next one */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD,
	                .add = {f.meeting, 0, AGENDA_PAPER, "Survey", "", "", 5, false}),
	        &first));
	FIX_MUST(record_draft_put(f.r, "share", first, 1, "Half a sentence about"));
	FIX_MUST(record_undo(f.r, &f.why));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD,
	                .add = {f.meeting, 0, AGENDA_PAPER, "Patrols", "", "", 5, false}),
	        &second));
	CHECK(first != second);
	FIX_MUST(record_draft_get(f.r, &f.a, "share", second, 1, &draft));
	CHECK_STR(draft, "");
	/* nor is the number of an action that was said aloud */
	int64_t item = second;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD, ACTION(fix_agency(&f, "police"),
	                                        fix_person(&f, "Morgan Example"), "Visit.", f.day)),
	        &first));
	int64_t ref = fix_int(&f, "SELECT CAST(substr(max(ref), 8) AS INTEGER) FROM action");
	FIX_MUST(record_undo(f.r, &f.why));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD, ACTION(fix_agency(&f, "police"),
	                                        fix_person(&f, "Morgan Example"), "Visit.", f.day)),
	        &second));
	CHECK(second != first);
	CHECK(fix_int(&f, "SELECT CAST(substr(max(ref), 8) AS INTEGER) FROM action") > ref);
	fix_finish(&f);
}

static void t_undo_is_bound_into_the_audit_log(void)
{
	start(true);
	int64_t item = fix_item(&f, "C-2026-0118");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, "One."}), NULL));
	FIX_MUST(record_undo(f.r, &f.why));
	/* the undo is an entry of the same case, and its digest is over what it changed */
	CHECK(fix_int(&f, "SELECT kase FROM audit ORDER BY seq DESC LIMIT 1") ==
	        fix_case(&f, "C-2026-0118"));
	CHECK(fix_int(&f, "SELECT meeting FROM audit ORDER BY seq DESC LIMIT 1") == f.meeting);
	CHECK(fix_int(&f, "SELECT digest = zeroblob(32) FROM audit ORDER BY seq DESC LIMIT 1") ==
	        0);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
	        T(t_setup_commands_check_their_words),
	        T(t_plan_refuses_what_cannot_be_held),
	        T(t_seat_commands_check_the_person),
	        T(t_conflict_is_recorded_once_a_seat),
	        T(t_item_commands_need_reasons),
	        T(t_share_checks_speaker_and_ground),
	        T(t_assessment_keeps_what_people_decide),
	        T(t_decision_needs_a_date_or_an_outcome),
	        T(r33_action_owner_is_signed_in),
	        T(t_note_and_paper_check_their_words),
	        T(t_undo_lasts_ten_seconds),
	        T(t_undo_is_refused_when_built_on),
	        T(t_undone_ids_are_not_given_again),
	        T(t_undo_is_bound_into_the_audit_log),
	        T(t_event_is_recorded_where_its_case_is_seen),
	        T(t_state_and_minutes_are_undone_or_not),
	        T(t_every_command_was_done_and_refused),
	};
	tests_asked_for = argc;
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
