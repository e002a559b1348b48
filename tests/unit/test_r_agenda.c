#include "test.h"
#include "record_fixture.h"

/* The running of the meeting: who is there for which item, what may be on the agenda and in what
 * order, how long it took, and what became of every action (R6-R9, R11, R19, R33, R34). */

static struct fix f;

static const char CASE[] = "C-2026-0118", NEXT_CASE[] = "C-2026-0009";

static struct record_viewer room(void)
{
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	return v;
}

static void minutes_pass(int n)
{
	time_advance_us(n * TIME_MINUTE_US);
}

static enum err leave(const char *code, int64_t item)
{
	return fix_do(&f,
	        FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = fix_seat(&f, code), .item = item}),
	        NULL);
}

static enum err state(int64_t meeting, enum meeting_state to)
{
	return fix_do(
	        &f, FIX_CMD(CMD_MEETING_STATE, .state = {.meeting = meeting, .to = to}), NULL);
}

static void decide_and_finish(const char *ref)
{
	int64_t item = fix_item(&f, ref);
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_DECIDE, .decide = {.item = item, .review = f.day + 28}), NULL));
	FIX_MUST(fix_at_item(&f, CMD_ITEM_DONE, ref));
}

static size_t n_items;
static struct item_row *items(int64_t meeting)
{
	struct item_row *i = NULL;
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f.r, meeting, &v));
	if (v.blind)
		FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_items(f.r, &f.a, &v, meeting, &i, &n_items));
	return i;
}

static struct item_row *item(int64_t meeting, const char *title)
{
	struct item_row *i = items(meeting);
	for (size_t k = 0; k < n_items; k++)
		if (strcmp(i[k].title, title) == 0 && i[k].state != ITEM_REMOVED)
			return &i[k];
	return NULL;
}

/* ---- R4 ---- */

static const struct seat_row *seat(const char *code)
{
	struct seat_row *s;
	size_t n;
	int64_t id = fix_seat(&f, code);
	FIX_MUST(record_seats(f.r, &f.a, f.meeting, 0, &s, &n));
	for (size_t i = 0; i < n; i++)
		if (s[i].id == id)
			return &s[i];
	return NULL;
}

static void r04_attendance_is_by_agency(void)
{
	fix_sample(&f, test_dir());
	fix_sql(&f,
	        "UPDATE seat SET person = NULL WHERE agency = (SELECT id FROM agency WHERE code "
	        "= 'fire')");
	CHECK(seat("fire")->state == SEAT_EMPTY); /* seen, not left out */
	CHECK(seat("police")->state == SEAT_EXPECTED);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_APOLOGIES, .apologies = {fix_seat(&f, "probation"), f.day - 1}),
	        NULL));
	CHECK(seat("probation")->state == SEAT_APOLOGIES &&
	        seat("probation")->information == f.day - 1);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_PERSON,
	                .seat = {fix_seat(&f, "landlord"), fix_person(&f, "Jo Testcase"),
	                        fix_person(&f, "Sasha Placeholder")}),
	        NULL));
	CHECK_STR(seat("landlord")->role, "Housing officer");
	CHECK_STR(seat("landlord")->substitute_role, "Housing manager");
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "landlord"));
	CHECK(seat("landlord")->state == SEAT_SIGNED);
	fix_finish(&f);
}

/* ---- R6 ---- */

/* As whoever opened the store sees it: the room itself is shown nothing of a case in which somebody
 * of it has declared a conflict. */
static const struct presence_row *present(const char *ref, const char *who)
{
	struct presence_row *p;
	size_t n;
	struct record_viewer v;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_presence_rows(f.r, &f.a, &v, fix_item(&f, ref), &p, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(p[i].who, who) == 0)
			return &p[i];
	return NULL;
}

static void r06_minutes_show_who_was_there_for_which_item(void)
{
	const struct presence_row *p;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t fire = fix_seat(&f, "fire"), first = fix_item(&f, CASE);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_CONFLICT,
	                .conflict = {fire, fix_case(&f, CASE), "My neighbour.", "leaves"}),
	        NULL));
	minutes_pass(10);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, CASE));
	FIX_MUST(leave("fire", first));
	minutes_pass(2);
	FIX_MUST(leave("probation", first)); /* a telephone call, half way */
	int64_t left = time_now_us();
	minutes_pass(4);
	decide_and_finish(CASE);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_RETURN, "probation"));
	FIX_MUST(leave("drug-alcohol", 0)); /* for good */
	minutes_pass(1);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, NEXT_CASE));
	minutes_pass(3);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_RETURN, "fire")); /* back in the middle of the next */
	int64_t back = time_now_us();
	minutes_pass(3);
	decide_and_finish(NEXT_CASE);
	p = present(CASE, "Fire and rescue");
	CHECK(p && p->here == PRESENCE_OUT && p->for_this && p->back_us == back);
	CHECK_STR(p->decision, "Leaves the room for this item");
	CHECK_STR(p->declared, "My neighbour.");
	p = present(CASE, "Probation");
	CHECK(p && p->here == PRESENCE_PART && p->for_this && p->left_us == left);
	p = present(CASE, "Police");
	CHECK(p && p->here == PRESENCE_WHOLE && p->left_us == TIME_NONE && !*p->decision);
	p = present(CASE, "Drug and alcohol");
	CHECK(p && p->here == PRESENCE_WHOLE);
	CHECK(!present(CASE, "Youth justice")); /* never signed */
	p = present(NEXT_CASE, "Fire and rescue");
	CHECK(p && p->here == PRESENCE_PART && !p->for_this && p->back_us == back);
	p = present(NEXT_CASE, "Drug and alcohol");
	CHECK(p && p->here == PRESENCE_OUT && !p->for_this && p->back_us == TIME_NONE);
	CHECK(!present("C-2026-0031", "Police")); /* was never on the table */
	/* and as the minutes say it */
	struct record_viewer v;
	const char *text;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_presence(f.r, &f.a, &v, fix_item(&f, CASE), &text));
	CHECK_STR(text,
	        "Probation left for this item at 14:02, back at 14:06. Fire and rescue left for "
	        "this "
	        "item at 14:00, back at 14:10: conflict of interest declared; decision: Leaves the "
	        "room for this item.");
	FIX_MUST(record_presence(f.r, &f.a, &v, fix_item(&f, NEXT_CASE), &text));
	CHECK_STR(text, "Fire and rescue came back at 14:10. Not in the room: Drug and alcohol.");
	/* signing again after having left for good is coming back; the first signature stands */
	int64_t signed_us = fix_of(&f,
	        "SELECT s.signed FROM seat s JOIN agency g ON g.id = s.agency WHERE g.code = %Q "
	        "AND "
	        "s.meeting = %lld",
	        "drug-alcohol");
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "drug-alcohol"));
	CHECK(fix_of(&f,
	              "SELECT s.signed FROM seat s JOIN agency g ON g.id = s.agency WHERE g.code = "
	              "%Q AND s.meeting = %lld",
	              "drug-alcohol") == signed_us);
	minutes_pass(1);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0031"));
	minutes_pass(1);
	p = present("C-2026-0031", "Drug and alcohol");
	CHECK(p && p->here == PRESENCE_WHOLE);
	fix_finish(&f);
}

static void r06_presence_is_by_the_time_on_the_table(void)
{
	const struct presence_row *p;
	fix_sample(&f, test_dir());
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, CASE));
	minutes_pass(2);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, NEXT_CASE)); /* passed over */
	minutes_pass(1);
	FIX_MUST(leave("fire", fix_item(&f, NEXT_CASE)));
	minutes_pass(5);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_RETURN, "fire"));
	minutes_pass(1);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, CASE)); /* taken up again */
	minutes_pass(3);
	decide_and_finish(CASE);
	p = present(CASE, "Fire and rescue");
	CHECK(p && p->here == PRESENCE_WHOLE); /* out while it was not on the table */
	CHECK(item(f.meeting, CASE)->used_s == 300);
	/* undone, the time on the table is as it was */
	FIX_MUST(record_undo(f.r, &f.why));
	CHECK(fix_int(&f, "SELECT count(*) FROM stint") == fix_int(&f,
	                                                           "SELECT count(*) FROM stint s "
	                                                           "JOIN item i ON i.id = s.item"));
	fix_finish(&f);
}

static void r06_several_leave_and_come_back_in_one_act(void)
{
	struct practice_quorum q;
	struct record_undo undo;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t at = fix_item(&f, CASE);
	struct command c = {.kind = CMD_SEAT_LEAVE,
	        .u.at_seat = {.seat = fix_seat(&f, "probation"),
	                .item = at,
	                .also = {fix_seat(&f, "fire"), fix_seat(&f, "landlord")},
	                .n_also = 2}};
	FIX_MUST(fix_do(&f, &c, NULL));
	CHECK(room().n == COUNT_OF(fix_core) - 3);
	FIX_MUST(record_quorum(f.r, f.meeting, 0, &q)); /* not counted while out */
	CHECK(!q.met && q.n_missing == 2);
	CHECK(record_undo_offer(f.r, &undo));
	CHECK_STR(undo.text, "Probation and 2 others have left.");
	FIX_MUST(record_undo(f.r, &f.why)); /* all of them */
	CHECK(room().n == COUNT_OF(fix_core));
	FIX_MUST(fix_do(&f, &c, NULL));
	c.kind = CMD_SEAT_RETURN;
	FIX_MUST(fix_do(&f, &c, NULL));
	CHECK(room().n == COUNT_OF(fix_core));
	/* one of them who is not out: nobody moves */
	FIX_MUST(leave("probation", at));
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	CHECK(room().n == COUNT_OF(fix_core) - 1);
	c.u.at_seat.n_also = SEATS_AT_ONCE + 1;
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_LIMIT);
	fix_finish(&f);
}

/* ---- R7 ---- */

static enum err add_case(const char *ref, const char *needed_for, const char *words)
{
	return fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD, .add = {.meeting = f.meeting,
	                                      .case_id = fix_case(&f, ref),
	                                      .reason = "urgent",
	                                      .words = words,
	                                      .urgent = true,
	                                      .needed_for = needed_for}),
	        NULL);
}

static void r07_case_is_not_tabled_only_for_information(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	CHECK_ERR(add_case("C-2026-0099", NULL, "Cold nights."), ERR_INPUT);
	CHECK_ERR(add_case("C-2026-0099", "soon", "Cold nights."), ERR_INPUT);
	CHECK_ERR(add_case("C-2026-0099", "information-only", "Cold nights."), ERR_REFUSED);
	CHECK(strstr(f.why.text, "research request"));                     /* what to do instead */
	CHECK_ERR(add_case("C-2026-0099", "disagreement", ""), ERR_INPUT); /* about what? */
	FIX_MUST(add_case("C-2026-0099", "joint-plan", "Cold nights."));
	CHECK_STR(item(f.meeting, "C-2026-0099")->needed_for, "A plan of several agencies");
	fix_finish(&f);
}

static void r07_added_case_with_children_stands_among_them(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	fix_sql(&f, "UPDATE kase SET children = 2 WHERE ref = 'C-2026-0099'");
	FIX_MUST(add_case("C-2026-0099", "joint-plan", ""));
	struct item_row *i = items(f.meeting);
	bool adult = false;
	for (size_t k = 0; k < n_items; k++) {
		if (i[k].kind != AGENDA_CASE)
			continue;
		CHECK(!adult || !i[k].children);
		adult |= !i[k].children;
	}
	CHECK(item(f.meeting, "C-2026-0099")->children == 2);
	/* undone, every place is as it was */
	int before = item(f.meeting, CASE)->number;
	FIX_MUST(record_undo(f.r, &f.why));
	CHECK(!item(f.meeting, "C-2026-0099") && item(f.meeting, CASE)->number <= before);
	fix_finish(&f);
}

static void r07_referrer_absent_and_unbriefed_is_told(void)
{
	fix_sample(&f, test_dir());
	fix_sql(&f, "UPDATE kase SET referred_by = (SELECT id FROM agency WHERE code = "
	            "'youth-justice') WHERE ref = 'C-2026-0118'");
	CHECK_STR(item(f.meeting, CASE)->unbriefed, ""); /* nobody knows before it begins */
	fix_session(&f);
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "Youth justice");
	CHECK_STR(item(f.meeting, NEXT_CASE)->unbriefed, "");
	/* apologies alone tell nothing; information sent does */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_APOLOGIES, .apologies = {fix_seat(&f, "youth-justice"), DAY_NONE}),
	        NULL));
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "Youth justice");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_APOLOGIES,
	                .apologies = {fix_seat(&f, "youth-justice"), f.day - 1}),
	        NULL));
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "");
	FIX_MUST(record_undo(f.r, &f.why));
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "Youth justice");
	/* so does a research return, also one that knows nothing */
	fix_sql(&f,
	        "INSERT INTO research(uid, meeting, kase, agency, returned, nothing_known) SELECT "
	        "randomblob(16), i.meeting, i.kase, k.referred_by, 1, 1 FROM item i JOIN kase k ON "
	        "k.id = i.kase WHERE k.ref = 'C-2026-0118'");
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "");
	fix_sql(&f, "DELETE FROM research");
	/* or somebody who signed in its seat; not once they have left */
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "youth-justice"));
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "");
	FIX_MUST(leave("youth-justice", 0));
	CHECK_STR(item(f.meeting, CASE)->unbriefed, "Youth justice");
	fix_finish(&f);
}

static void order(char *out, size_t cap)
{
	struct item_row *i = items(f.meeting);
	out[0] = 0;
	for (size_t k = 0; k < n_items; k++)
		if (i[k].kind == AGENDA_CASE && i[k].state != ITEM_REMOVED)
			snprintf(out + strlen(out), cap - strlen(out), "%s%s", *out ? " " : "",
			        i[k].title + 7);
}

static void r07_order_is_changed_by_any_number_of_places(void)
{
	char was[200], is[200];
	fix_sample(&f, test_dir());
	fix_session(&f);
	order(was, sizeof(was));
	struct item_row *i = items(f.meeting);
	size_t first = 0;
	while (i[first].kind != AGENDA_CASE)
		first++;
	char a[8], b[8], c[8], d[8];
	snprintf(a, sizeof(a), "%s", i[first].title + 7);
	snprintf(b, sizeof(b), "%s", i[first + 1].title + 7);
	snprintf(c, sizeof(c), "%s", i[first + 2].title + 7);
	snprintf(d, sizeof(d), "%s", i[first + 3].title + 7);
	int64_t at = i[first].id;
	char want[64];
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {at, 3}), NULL));
	order(is, sizeof(is));
	snprintf(want, sizeof(want), "%s %s %s %s", b, c, d, a);
	CHECK(strncmp(is, want, strlen(want)) == 0);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {at, -3}), NULL));
	order(is, sizeof(is));
	CHECK_STR(is, was);
	/* beyond the end it stops there, and says so when it is there already */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {at, 1000000000}), NULL));
	i = items(f.meeting);
	CHECK(i[n_items - 1].id == at);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {at, 1}), NULL), ERR_REFUSED);
	FIX_MUST(record_undo(f.r, &f.why));
	order(is, sizeof(is));
	CHECK_STR(is, was);
	/* many times between the same two: there is always room */
	for (int k = 0; k < 40; k++) {
		FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {at, k % 2 ? -2 : 2}), NULL));
	}
	order(is, sizeof(is));
	CHECK_STR(is, was);
	CHECK(fix_int(&f,
	              "SELECT count(*) - count(DISTINCT position) FROM item WHERE meeting = 1") ==
	        0);
	fix_finish(&f);
}

static void r07_what_was_put_off_comes_back(void)
{
	int64_t paper, other, unreached, next;
	fix_sample(&f, test_dir());
	next = fix_plan(&f, "safer-estates", "2026-12-17"); /* planned before this one is held */
	fix_session(&f);
#define ADD(k, t) .add = {.meeting = f.meeting, .kind = (k), .title = (t), .minutes = 7}
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_ADD, ADD(AGENDA_PAPER, "Survey of shops")), &paper));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_ADD, ADD(AGENDA_OTHER, "Bus station")), &other));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_ADD, ADD(AGENDA_PAPER, "Street lights")), &unreached));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_DEFER, .item = {paper, "time", ""}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_DEFER, .item = {other, "other", "The speaker is ill."}), NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_ITEM_DEFER, .item = {fix_item(&f, CASE), "time", ""}), NULL));
	fix_sql(&f,
	        "DELETE FROM item WHERE meeting = 2 AND kase = (SELECT id FROM kase WHERE ref = "
	        "'C-2026-0118')");
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	CHECK(!item(next, "Survey of shops"));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	const struct item_row *i = item(next, "Survey of shops");
	CHECK(i && i->kind == AGENDA_PAPER && i->minutes == 7 && i->carried_day == f.day);
	CHECK(item(next, "Bus station") && item(next, "Street lights") && item(next, CASE));
	size_t n = 0;
	i = items(next);
	for (size_t k = 0; k < n_items; k++)
		n += strcmp(i[k].title, "Any other business") == 0;
	CHECK(n == 1); /* a part of every agenda is not carried */
	/* once: not again onto another meeting, and not lost when it is put off again */
	int64_t third = fix_plan(&f, "safer-estates", "2027-01-21");
	CHECK(!item(third, "Survey of shops"));
	fix_finish(&f);
}

/* ---- R8 ---- */

static void r08_time_used_is_told_for_each_item_and_in_all(void)
{
	struct record_times t;
	fix_sample(&f, test_dir());
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, CASE));
	minutes_pass(15); /* planned: 12; nothing cuts it off */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_NOTE, .note = {fix_item(&f, CASE), 0, "Still here."}), NULL));
	decide_and_finish(CASE);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, NEXT_CASE));
	minutes_pass(5);
	struct record_viewer v = room();
	FIX_MUST(record_times(f.r, &v, f.meeting, &t));
	CHECK(t.cases == 2 && t.cases_planned_min == 24 && t.cases_used_s == 20 * 60);
	CHECK(t.cases_over == 1 && t.length_s == 20 * 60);
	CHECK(t.items == 3 && t.used_s == 20 * 60); /* the welcome took no time of the session */
	CHECK(item(f.meeting, CASE)->used_s == 900);
	fix_finish(&f);
}

/* ---- R9, R34 ---- */

static int64_t act(const char *ref, const char *agency, const char *person, const char *what)
{
	int64_t id;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD,
	                .action = {fix_item(&f, ref), fix_agency(&f, agency),
	                        fix_person(&f, person), what, "", f.day + 7, DAY_NONE}),
	        &id));
	return id;
}

static enum err update(int64_t action, int64_t meeting, enum action_state to, const char *words)
{
	return fix_do(&f, FIX_CMD(CMD_ACTION_UPDATE, .update = {action, meeting, to, words}), NULL);
}

static struct action_figures figures(const char *agency, const char *person)
{
	struct action_figures x;
	struct record_viewer v;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_action_figures(f.r, &v, f.forum, agency ? fix_agency(&f, agency) : 0,
	        person ? fix_person(&f, person) : 0, f.day - 365, &x));
	return x;
}

static void close_meeting(void)
{
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
}

static void r34_action_is_carried_with_its_history_until_closed(void)
{
	struct action_event *e;
	struct action_row row;
	size_t n;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t letter = act(CASE, "council", "Harper Model", "Write to the owner.");
	close_meeting();
	int64_t first = f.meeting;
	fix_clock("2026-12-17T13:50");
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	fix_session(&f);
	FIX_MUST(update(letter, f.meeting, ACTION_CARRIED, "The address was wrong."));
	close_meeting();
	int64_t second = f.meeting;
	fix_clock("2027-01-21T13:50");
	f.meeting = fix_plan(&f, "safer-estates", "2027-01-21");
	fix_session(&f);
	CHECK_ERR(update(letter, f.meeting, ACTION_DONE, ""), ERR_INPUT); /* needs its outcome */
	FIX_MUST(update(letter, f.meeting, ACTION_DONE, "Sent on 4 January."));
	minutes_pass(1);
	FIX_MUST(update(letter, 0, ACTION_OPEN, "It came back."));
	struct record_viewer v = room();
	FIX_MUST(record_action_history(f.r, &f.a, &v, letter, &row, &e, &n));
	CHECK(n == 4 && row.state == ACTION_OPEN && row.carried == 1 &&
	        row.person == fix_person(&f, "Harper Model"));
	CHECK(e[0].made && e[0].meeting == first && e[0].meeting_day == f.day);
	CHECK(!e[1].made && e[1].to == ACTION_CARRIED && e[1].meeting == second);
	CHECK_STR(e[1].words, "The address was wrong.");
	CHECK(e[2].to == ACTION_DONE && e[2].meeting == f.meeting);
	CHECK_STR(e[2].words, "Sent on 4 January.");
	CHECK(e[3].to == ACTION_OPEN && e[3].meeting == 0 && e[3].meeting_day == DAY_NONE);
	CHECK_ERR(record_action_history(f.r, &f.a, &v, 9999, &row, &e, &n), ERR_NOT_FOUND);
	/* a conflict in its case: not even that it is there */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_CONFLICT,
	                .conflict = {fix_seat(&f, "fire"), fix_case(&f, CASE), "", "leaves"}),
	        NULL));
	v = room();
	CHECK_ERR(record_action_history(f.r, &f.a, &v, letter, &row, &e, &n), ERR_NOT_FOUND);
	fix_finish(&f);
}

static void r09_every_outcome_is_counted_apart(void)
{
	struct action_row *t;
	size_t n;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t a = act(CASE, "council", "Harper Model", "One."),
	        b = act(CASE, "council", "Harper Model", "Two."),
	        c = act(CASE, "police", "Morgan Example", "Three."),
	        d = act(NEXT_CASE, "police", "Morgan Example", "Four."),
	        e = act(NEXT_CASE, "landlord", "Sasha Placeholder", "Five.");
	FIX_MUST(update(a, f.meeting, ACTION_OVERTAKEN, "The tenant moved out."));
	FIX_MUST(update(b, f.meeting, ACTION_NOT_DONE, "Nobody was there."));
	FIX_MUST(update(c, f.meeting, ACTION_DONE, "Visited."));
	FIX_MUST(update(d, f.meeting, ACTION_CARRIED, ""));
	struct action_figures all = figures(NULL, NULL);
	CHECK(all.open == 2 && all.carried == 1 && all.done == 1 && all.overtaken == 1 &&
	        all.not_done == 1 && all.late == 0);
	struct action_figures council = figures("council", NULL);
	CHECK(council.open == 0 && council.done == 0 && council.overtaken == 1 &&
	        council.not_done == 1);
	CHECK(figures("police", "Morgan Example").done == 1 &&
	        figures(NULL, "Harper Model").done == 0);
	/* opened again and closed otherwise: counted by how it ended, once */
	FIX_MUST(update(b, f.meeting, ACTION_OPEN, ""));
	CHECK(figures("council", NULL).not_done == 0 && figures("council", NULL).open == 1);
	FIX_MUST(update(b, f.meeting, ACTION_DONE, "Done after all."));
	CHECK(figures(NULL, NULL).done == 2 && figures(NULL, NULL).not_done == 0);
	fix_clock("2026-12-01T09:00");
	CHECK(figures(NULL, NULL).late == 2);
	fix_clock("2027-12-01T09:00");
	CHECK(figures(NULL, NULL).done == 2); /* since a year before the meeting */
	/* rows by agency and by person */
	struct record_viewer v;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_actions(f.r, &f.a, &v,
	        &(struct action_filter){
	                .forum = f.forum, .person = fix_person(&f, "Sasha Placeholder")},
	        &t, &n));
	CHECK(n == 1 && t[0].id == e);
	/* what is held back is in no figure */
	fix_sql(&f, "UPDATE kase SET restriction = 2 WHERE ref = 'C-2026-0009'");
	CHECK(figures(NULL, NULL).open == 0);
	fix_finish(&f);
}

/* ---- R11 ---- */

static void r11_emergency_meeting_upsets_nothing(void)
{
	struct meeting_row m;
	int64_t called;
	fix_sample(&f, test_dir());
	fix_session(&f);
	decide_and_finish(CASE);
	close_meeting();
	int64_t ordinary = fix_plan(&f, "safer-estates", "2026-12-17");
	size_t before = (items(ordinary), n_items);
	fix_clock("2026-11-25T09:00");
	struct command plan = {.kind = CMD_MEETING_PLAN,
	        .u.plan = {.forum = f.forum,
	                .day = f.day + 7,
	                .hour = 9,
	                .venue = "",
	                .emergency = "A threat to life last night."}};
	FIX_MUST(fix_do(&f, &plan, &called));
	FIX_MUST(record_meeting(f.r, &f.a, called, &m));
	CHECK_STR(m.emergency, "A threat to life last night.");
	struct item_row *i = items(called);
	CHECK(n_items == 1 && i[0].kind == AGENDA_WELCOME);
	f.meeting = called;
	FIX_MUST(add_case(CASE, "risk-decision", ""));
	CHECK((items(called), n_items) == 2);
	CHECK((items(ordinary), n_items) == before);
	FIX_MUST(record_meeting_next(f.r, &f.a, f.forum, &m));
	CHECK(m.id == called); /* the sooner one comes next */
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, CASE));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_ITEM_DEFER, .item = {fix_item(&f, CASE), "time", ""}), NULL));
	close_meeting();
	FIX_MUST(record_meeting_next(f.r, &f.a, f.forum, &m));
	CHECK(m.id == ordinary && !*m.emergency);
	CHECK(item(ordinary, CASE)); /* what it put off is on the ordinary agenda */
	/* the minutes of both wait to be agreed there, the older first */
	FIX_MUST(record_minutes_due(f.r, &f.a, ordinary, &m));
	CHECK(m.day == f.day && !*m.emergency);
	fix_finish(&f);
}

static void r11_meeting_is_moved(void)
{
	struct meeting_row m;
	fix_sample(&f, test_dir());
	int64_t second = fix_plan(&f, "safer-estates", "2026-12-17");
#define MOVE(id, d, h, v)                                                                          \
	fix_do(&f, FIX_CMD(CMD_MEETING_MOVE, .reschedule = {(id), (d), (h), 30, (v)}), NULL)
	FIX_MUST(MOVE(f.meeting, f.day + 1, 10, NULL));
	FIX_MUST(record_meeting(f.r, &f.a, f.meeting, &m));
	CHECK(m.day == f.day + 1);
	CHECK_STR(m.venue, "Room 2, Example House");
	FIX_MUST(MOVE(second, f.day + 2, 10, "Room 9"));
	CHECK_ERR(MOVE(second, f.day + 1, 10, NULL), ERR_EXISTS);
	CHECK(strstr(f.why.text, "already meets on 20 November at 10:30"));
	CHECK_ERR(MOVE(second, DAY_NONE, 10, NULL), ERR_INPUT);
	CHECK_ERR(MOVE(second, f.day, 24, NULL), ERR_INPUT);
	CHECK_ERR(MOVE(9999, f.day, 10, NULL), ERR_NOT_FOUND);
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	CHECK_ERR(MOVE(f.meeting, f.day + 5, 10, NULL), ERR_REFUSED);
	fix_finish(&f);
}

static void r03_opened_by_mistake_goes_back_while_nobody_signed(void)
{
	fix_sample(&f, test_dir());
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(fix_state(&f, MEETING_PLANNED));
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police"));
	CHECK_ERR(fix_state(&f, MEETING_PLANNED), ERR_REFUSED);
	fix_finish(&f);
}

static void r03_one_meeting_at_a_time(void)
{
	fix_sample(&f, test_dir());
	int64_t other = fix_plan(&f, "marac", "2026-11-19");
	FIX_MUST(state(other, MEETING_SIGNING));
	fix_session(&f);
	FIX_MUST(state(other, MEETING_PLANNED));
	CHECK_ERR(state(other, MEETING_SIGNING), ERR_REFUSED);
	CHECK(strstr(f.why.text, "Safer Estates steering group") &&
	        strstr(f.why.text, "19 November"));
	FIX_MUST(fix_state(&f, MEETING_COVERED)); /* covered is not closed */
	CHECK_ERR(state(other, MEETING_SIGNING), ERR_REFUSED);
	FIX_MUST(fix_state(&f, MEETING_SESSION));
	close_meeting();
	FIX_MUST(state(other, MEETING_SIGNING));
	fix_finish(&f);
}

/* ---- R19 ---- */

static void r19_repeats_and_lapsed_cases_are_listed(void)
{
	struct listed_row *l;
	size_t n, repeats = 0, lapsed = 0;
	fix_sample(&f, test_dir());
	/* received on 28 November 2025 */
	fix_sql(&f, "UPDATE kase SET repeat = 1 WHERE ref = 'C-2026-0118'");
	fix_session(&f);
	close_meeting();
	fix_clock("2026-12-17T13:50");
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	fix_session(&f);
	struct record_viewer v = room();
	FIX_MUST(record_listed(f.r, &f.a, &v, f.meeting, &l, &n));
	for (size_t i = 0; i < n; i++) {
		CHECK(l[i].lapsed || strcmp(l[i].ref, CASE) == 0);
		repeats += !l[i].lapsed;
		if (l[i].lapsed && strcmp(l[i].ref, "C-2025-0212") == 0) {
			char day[TIME_TEXT_MAX];
			CHECK_STR(day_text(day, l[i].day, DAY_MONTH), "28 November");
			lapsed++;
		}
	}
	CHECK(repeats == 1 && lapsed == 1);
	/* told once: at the next meeting it is not listed again */
	close_meeting();
	fix_clock("2027-01-21T13:50");
	f.meeting = fix_plan(&f, "safer-estates", "2027-01-21");
	fix_session(&f);
	v = room();
	FIX_MUST(record_listed(f.r, &f.a, &v, f.meeting, &l, &n));
	for (size_t i = 0; i < n; i++)
		CHECK(strcmp(l[i].ref, "C-2025-0212") != 0);
	fix_finish(&f);
}

/* ---- R33 ---- */

static void r33_owner_is_here_or_invited_for_this_case(void)
{
	int64_t guest;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t council = fix_agency(&f, "education");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST, .guest = {f.meeting, council, "Alex Placeholder",
	                                        "Head of year", STANDING_COOPTED}),
	        &guest));
	struct command c = {.kind = CMD_ACTION_ADD,
	        .u.action = {fix_item(&f, CASE), council, fix_person(&f, "Alex Placeholder"),
	                "Ring the parents.", "", f.day + 7, DAY_NONE}};
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED); /* invited, and not signed yet */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = guest}), NULL));
	FIX_MUST(fix_do(&f, &c, NULL));
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r04_attendance_is_by_agency),
	        T(r06_minutes_show_who_was_there_for_which_item),
	        T(r06_presence_is_by_the_time_on_the_table),
	        T(r06_several_leave_and_come_back_in_one_act),
	        T(r07_case_is_not_tabled_only_for_information),
	        T(r07_added_case_with_children_stands_among_them),
	        T(r07_referrer_absent_and_unbriefed_is_told),
	        T(r07_order_is_changed_by_any_number_of_places), T(r07_what_was_put_off_comes_back),
	        T(r08_time_used_is_told_for_each_item_and_in_all),
	        T(r34_action_is_carried_with_its_history_until_closed),
	        T(r09_every_outcome_is_counted_apart), T(r11_emergency_meeting_upsets_nothing),
	        T(r11_meeting_is_moved), T(r03_opened_by_mistake_goes_back_while_nobody_signed),
	        T(r03_one_meeting_at_a_time), T(r19_repeats_and_lapsed_cases_are_listed),
	        T(r33_owner_is_here_or_invited_for_this_case)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
