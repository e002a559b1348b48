#include "test.h"
#include "record_fixture.h"

/* A meeting from its plan to the next one that agrees its minutes (R2, R3, R5, R7, R9-R12, R34,
 * R36). */

static struct fix f;

static size_t n_items;
static struct item_row *items(int64_t meeting)
{
	struct record_viewer v;
	struct item_row *i = NULL;
	FIX_MUST(record_viewer_meeting(f.r, meeting, &v));
	FIX_MUST(record_items(f.r, &f.a, &v, meeting, &i, &n_items));
	return i;
}

static struct item_row *item(int64_t meeting, const char *title)
{
	struct item_row *i = items(meeting);
	for (size_t k = 0; k < n_items; k++)
		if (strcmp(i[k].title, title) == 0)
			return &i[k];
	return NULL;
}

static struct meeting_row meeting(void)
{
	struct meeting_row m;
	FIX_MUST(record_meeting(f.r, &f.a, f.meeting, &m));
	return m;
}

static void t_states_follow_only_their_arrows(void)
{
	/* every state tried from every state; those marked are the only ways */
	static const char *const WAY[MEETING_STATE_COUNT] = {[MEETING_PLANNED] = ".X.....",
	        [MEETING_SIGNING] = "..X....",
	        [MEETING_SESSION] = "...XX..",
	        [MEETING_COVERED] = "..X....",
	        [MEETING_CLOSING] = "..X..X.",
	        [MEETING_CLOSED] = ".......",
	        [MEETING_AGREED] = "......."};
	fix_sample(&f, test_dir());
	fix_session(&f);
	for (int from = 0; from < MEETING_STATE_COUNT; from++)
		for (int to = 0; to < MEETING_STATE_COUNT; to++) {
			char sql[100];
			snprintf(sql, sizeof(sql), "UPDATE meeting SET state = %d", from);
			fix_sql(&f, sql);
			CHECK_ERR(fix_state(&f, (enum meeting_state)to),
			        WAY[from][to] == 'X' ? ERR_OK : ERR_REFUSED);
		}
	CHECK_ERR(fix_do(&f,
	                  FIX_CMD(CMD_MEETING_STATE,
	                          .state = {.meeting = 9999, .to = MEETING_SIGNING}),
	                  NULL),
	        ERR_NOT_FOUND);
	fix_finish(&f);
}

static void r05_quorum_or_a_reason(void)
{
	struct practice_quorum q;
	fix_sample(&f, test_dir());
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	CHECK_ERR(fix_state(&f, MEETING_SESSION), ERR_REFUSED); /* no chair */
	CHECK(strstr(f.why.text, "chair"));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_CHAIR, "victims"));
	CHECK_ERR(fix_state(&f, MEETING_SESSION), ERR_REFUSED); /* who has not signed */
	CHECK(strstr(f.why.text, "sign"));
	static const char *const HERE[] = {
	        "victims", "police", "council", "landlord", "adult-care"};
	for (size_t i = 0; i < COUNT_OF(HERE); i++)
		FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, HERE[i]));
	FIX_MUST(record_quorum(f.r, f.meeting, 0, &q));
	CHECK(!q.met && q.n_missing == 1 && q.needed == 6 && q.here == 5);
	CHECK_STR(q.missing[0], "Probation");
	CHECK_ERR(fix_state(&f, MEETING_SESSION), ERR_REFUSED);
	CHECK(strstr(f.why.text, "Probation"));
	/* an observer of the missing agency makes no quorum */
	int64_t guest;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST, .guest = {f.meeting, fix_agency(&f, "probation"), "Kim",
	                                        "Trainee", STANDING_OBSERVER}),
	        &guest));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = guest}), NULL));
	FIX_MUST(record_quorum(f.r, f.meeting, 0, &q));
	CHECK(!q.met);
#define GO(r, w)                                                                                   \
	fix_do(&f, FIX_CMD(CMD_MEETING_STATE, .state = {f.meeting, MEETING_SESSION, (r), (w)}),    \
	        NULL)
	CHECK_ERR(GO("because", ""), ERR_INPUT); /* of the list */
	/* the chair who has gone does not open it */
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_LEAVE, "victims"));
	CHECK_ERR(GO("notes-sent", ""), ERR_REFUSED);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_RETURN, "victims"));
	CHECK_ERR(GO("notes-sent", "By post."), ERR_OK);
	struct meeting_row m = meeting();
	CHECK(strstr(m.quorum_reason, "By post.") && m.started_us == time_now_us());
	/* a deputy of probation counts; two of one agency count once */
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "probation"));
	FIX_MUST(record_quorum(f.r, f.meeting, 0, &q));
	CHECK(q.met && q.here == 6);
	/* who leaves, for an item or for good, is not counted */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = fix_seat(&f, "police"),
	                                        .item = fix_item(&f, "C-2026-0118")}),
	        NULL));
	FIX_MUST(record_quorum(f.r, f.meeting, 0, &q));
	CHECK(!q.met);
	fix_finish(&f);
}

static void r03_nobody_unsigned_sees_a_case(void)
{
	struct record_viewer v;
	struct case_row *c = NULL;
	struct search_row *s = NULL;
	struct item_row *i = NULL;
	struct case_row one;
	size_t n = 0;
	fix_sample(&f, test_dir());
	for (int step = 0; step < 3; step++) {
		if (step == 1)
			FIX_MUST(fix_state(&f, MEETING_SIGNING));
		if (step == 2) { /* signed, and gone again */
			FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police"));
			FIX_MUST(fix_at_seat(&f, CMD_SEAT_LEAVE, "police"));
		}
		FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
		CHECK(v.blind && v.n == 0);
		FIX_MUST(record_cases(f.r, &f.a, &v, f.forum, false, 100, &c, &n));
		CHECK(n == 0);
		FIX_MUST(record_search(f.r, &f.a, &v, "a", 100, &s, &n));
		CHECK(n == 0);
		CHECK_ERR(record_case_read(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &one),
		        ERR_NOT_FOUND);
		FIX_MUST(record_items(f.r, &f.a, &v, f.meeting, &i, &n));
		for (size_t k = 0; k < n; k++)
			CHECK(i[k].case_id == 0);
	}
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police")); /* signs in again */
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	CHECK(!v.blind && v.n == 1);
	fix_finish(&f);
}

static void r12_minute_taker_is_never_the_chair(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	CHECK_ERR(fix_at_seat(&f, CMD_SEAT_MINUTES, "victims"), ERR_REFUSED);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_CHAIR, "council")); /* the minute taker takes the chair */
	struct meeting_row m = meeting();
	CHECK(m.chair_seat == fix_seat(&f, "council") && m.minutes_seat == 0);
	/* a guest of the chair's agency takes them; next time that agency has one seat, and it is
	 * the chair's */
	int64_t guest;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST, .guest = {f.meeting, fix_agency(&f, "council"), "Kim",
	                                        "Clerk", STANDING_OBSERVER}),
	        &guest));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_MINUTES, .at_seat = {.seat = guest}), NULL));
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	m = meeting();
	CHECK(m.chair_seat == fix_seat(&f, "council") && m.minutes_seat != m.chair_seat);
	fix_finish(&f);
}

static void t_seat_that_was_left_is_taken_by_another(void)
{
	struct record_viewer v;
	struct seat_row *s = NULL;
	size_t n = 0, police = 0;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t seat = fix_seat(&f, "police"), next;
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = seat}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_PERSON, .seat = {seat, fix_person(&f, "Ellis Pattern"), 0}),
	        &next));
	CHECK(next != seat);
	/* the new person has not signed, and cannot come "back" without */
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	CHECK(v.n == COUNT_OF(fix_core) - 1);
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_SEAT_RETURN, .at_seat = {.seat = next}), NULL), ERR_REFUSED);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = next}), NULL));
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	CHECK(v.n == COUNT_OF(fix_core));
	FIX_MUST(record_seats(f.r, &f.a, f.meeting, 0, &s, &n));
	for (size_t i = 0; i < n; i++) {
		if (s[i].agency != fix_agency(&f, "police"))
			continue;
		police++; /* both stay in the record */
		CHECK(s[i].state == (s[i].id == seat ? SEAT_LEFT : SEAT_SIGNED));
		CHECK_STR(s[i].initials, s[i].id == seat ? "ME" : "EP");
	}
	CHECK(police == 2);
	fix_finish(&f);
}

static void r07_agenda_has_children_first(void)
{
	fix_sample(&f, test_dir());
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police"));
	fix_sql(&f, "UPDATE kase SET band = 2 WHERE ref = 'C-2026-0009'; UPDATE kase SET band = 1 "
	            "WHERE ref = 'C-2025-0212'");
	f.meeting = fix_plan(&f, "safer-estates", "2026-11-18");
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_SIGN, "police"));
	struct item_row *i = items(f.meeting);
	bool adults = false;
	int band = BAND_COUNT, cases = 0;
	for (size_t k = 0; k < n_items; k++) {
		/* each number once; a hidden case, which the police may know of, comes last */
		for (size_t j = 0; j < k; j++)
			CHECK(i[j].number != i[k].number);
		CHECK(i[k].number >= 1 && i[k].number <= (int)n_items);
		if (i[k].kind != AGENDA_CASE)
			continue;
		cases++;
		CHECK(!(adults && i[k].children));
		if (!i[k].children && !adults)
			adults = true, band = BAND_COUNT;
		CHECK(i[k].band <= band);
		band = i[k].band;
		CHECK(i[k].minutes == 12);
	}
	CHECK(cases > 8 && adults && i[0].kind == AGENDA_WELCOME &&
	        i[n_items - 1].kind == AGENDA_NEXT);
	/* the first of a group has no minutes and no old actions to go through */
	CHECK(!item(f.meeting, "Minutes of 19 November"));
	fix_finish(&f);
}

static void r10_reasons_are_kept(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t at = fix_item(&f, "C-2026-0118"), off = fix_item(&f, "C-2026-0009"), added;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_DEFER, .item = {at, "needed-absent", "Housing is ill."}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_REMOVE, .item = {off, "moved-away", ""}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD,
	                .add = {f.meeting, fix_case(&f, "C-2026-0099"), AGENDA_CASE, NULL, "urgent",
	                        "Cold nights.", 0, true, "joint-plan"}),
	        &added));
	struct item_row *i = item(f.meeting, "C-2026-0118");
	CHECK(i && i->state == ITEM_DEFERRED && strstr(i->second, "Housing is ill."));
	i = item(f.meeting, "C-2026-0009");
	CHECK(i && i->state == ITEM_REMOVED && i->number == 0 && *i->second);
	i = item(f.meeting, "C-2026-0099");
	CHECK(i && i->urgent && i->minutes == 12);
	/* before any other business */
	CHECK(i->number < item(f.meeting, "Any other business")->number);
	CHECK(fix_int(&f, "SELECT count(*) FROM item WHERE added_reason = 'urgent' AND added_words "
	                  "= 'Cold nights.'") == 1);
	/* taken off and added again: with a new reason, as a new item */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD, .add = {f.meeting, fix_case(&f, "C-2026-0009"), AGENDA_CASE,
	                                      NULL, "repeat", "", 0, false, "joint-plan"}),
	        &added));
	CHECK(added != off);
	fix_finish(&f);
}

static void r02_full_cycle_to_the_next_meeting(void)
{
	struct meeting_row m, last;
	int64_t action, late;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t first = f.meeting;
	int64_t done = fix_item(&f, "C-2026-0118"), far = fix_item(&f, "C-2026-0009"),
	        waiting = fix_item(&f, "C-2026-0031");
	/* one case is decided, one is far off its review and deferred, one nobody came to */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {done, NULL, NULL}), NULL));
	time_advance_us(90 * TIME_SECOND_US);
	FIX_MUST(fix_state(&f, MEETING_COVERED));
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {done, 0, "Words."}), NULL), ERR_REFUSED);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {far, NULL, NULL}), NULL), ERR_REFUSED);
	FIX_MUST(fix_state(&f, MEETING_SESSION));
	m = meeting();
	CHECK(m.table_item == done); /* covering takes nothing off the table */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_DECIDE, .decide = {.item = done, .review = f.day + 90}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD,
	                .action = {done, fix_agency(&f, "police"), fix_person(&f, "Morgan Example"),
	                        "Visit weekly.", "", f.day + 7, DAY_NONE}),
	        &action));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD,
	                .action = {done, fix_agency(&f, "council"), fix_person(&f, "Harper Model"),
	                        "Mend the light.", "", f.day + 30, DAY_NONE}),
	        &late));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_DONE, .item = {done, NULL, NULL}), NULL));
	CHECK(item(first, "C-2026-0118")->used_s == 90 &&
	        strstr(item(first, "C-2026-0118")->second, "new"));
	CHECK(fix_of(&f, "SELECT discussed FROM kase WHERE ref = %Q", "C-2026-0118") == 1);
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_DECIDE, .decide = {.item = far, .review = f.day + 200}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_DEFER, .item = {far, "time", ""}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_DECIDE, .decide = {.item = waiting, .review = f.day + 200}),
	        NULL)); /* decided, not done */
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MEETING_NEXT, .next = {first, f.day + 28, 14, 0}), NULL));
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	struct record_undo u;
	CHECK(!record_undo_offer(f.r, &u));
	CHECK_ERR(fix_at_seat(&f, CMD_SEAT_SIGN, "fire"), ERR_REFUSED);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {far, -1}), NULL), ERR_REFUSED);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {done, 0, "Words."}), NULL), ERR_REFUSED);
	m = meeting();
	CHECK(m.minutes_version == 1 && !m.minutes_approved && m.ended_us == time_now_us());
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MINUTES_APPROVE, .approve = {first}), NULL));
	CHECK(!record_undo_offer(f.r, &u));
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_MINUTES_APPROVE, .approve = {first}), NULL), ERR_EXISTS);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_MEETING_NEXT, .next = {first, f.day + 29, 14, 0}), NULL),
	        ERR_REFUSED);

	/* an action closed between the meetings is no old action of the next one */
	fix_clock("2026-12-01T10:00");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_UPDATE, .update = {late, 0, ACTION_DONE, "New lamp."}), NULL));
	fix_clock("2026-12-17T13:50");
	int64_t second = f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	fix_session(&f);
	m = meeting();
	FIX_MUST(record_meeting_last(f.r, &f.a, f.forum, second, &last));
	CHECK(last.id == first);
	CHECK(item(second, "Minutes of 19 November") && item(second, "Actions from 19 November"));
	CHECK(item(second, "C-2026-0009"));  /* deferred: comes back before its review */
	CHECK(item(second, "C-2026-0031"));  /* time ran out: comes back */
	CHECK(!item(second, "C-2026-0118")); /* reviewed in February */
	/* R36 */
	int64_t other = fix_plan(&f, "street-aware", "2026-12-18");
#define AGREE(of, at, words) fix_do(&f, FIX_CMD(CMD_MINUTES_AGREE, .agree = {of, at, words}), NULL)
	CHECK_ERR(AGREE(first, other, ""), ERR_REFUSED); /* not in session */
	fix_sql(&f, "UPDATE meeting SET state = 2 WHERE forum = (SELECT id FROM forum WHERE code = "
	            "'street-aware')");
	CHECK_ERR(AGREE(first, other, ""), ERR_REFUSED); /* another group's minutes */
	CHECK_ERR(AGREE(second, second, ""), ERR_REFUSED);
	CHECK_ERR(AGREE(9999, second, ""), ERR_NOT_FOUND);
	CHECK_ERR(AGREE(first, second, "Item 4: the date is 12 May."), ERR_OK);
	CHECK_ERR(AGREE(first, second, ""), ERR_REFUSED);
	FIX_MUST(record_meeting(f.r, &f.a, first, &last));
	CHECK(last.state == MEETING_AGREED && last.minutes_agreed && last.minutes_version == 3);
	CHECK(item(second, "Minutes of 19 November")->state == ITEM_DONE);
	/* R9, R34: old actions, carried until closed */
	struct record_viewer v;
	struct action_row *t = NULL;
	size_t n = 0;
	FIX_MUST(record_viewer_meeting(f.r, second, &v));
	struct action_filter old = {.forum = f.forum, .meeting = second, .before_meeting = true};
	FIX_MUST(record_actions(f.r, &f.a, &v, &old, &t, &n));
	CHECK(n == 1 && t[0].id == action && t[0].late && t[0].carried == 0);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_UPDATE, .update = {action, second, ACTION_CARRIED, ""}), NULL));
	FIX_MUST(record_actions(f.r, &f.a, &v, &old, &t, &n));
	CHECK(n == 1 && t[0].state == ACTION_OPEN && t[0].carried == 1);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_UPDATE,
	                .update = {action, second, ACTION_OVERTAKEN, "They moved away."}),
	        NULL));
	FIX_MUST(record_actions(f.r, &f.a, &v, &old, &t, &n));
	CHECK(n == 1 && t[0].state == ACTION_OVERTAKEN &&
	        strcmp(t[0].outcome, "They moved away.") == 0);
	/* an action made at this meeting is none of its old ones */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD,
	                .action = {fix_item(&f, "C-2026-0009"), fix_agency(&f, "police"),
	                        fix_person(&f, "Morgan Example"), "Ring.", "", f.day + 40,
	                        DAY_NONE}),
	        NULL));
	FIX_MUST(record_actions(f.r, &f.a, &v, &old, &t, &n));
	CHECK(n == 1);
	/* nor of the first one's, when its minutes are printed again */
	FIX_MUST(record_actions(f.r, &f.a, &v,
	        &(struct action_filter){.forum = f.forum, .meeting = first, .before_meeting = true},
	        &t, &n));
	CHECK(n == 0);
	/* what an old agenda said of a case stays as it was */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD, .add = {second, fix_case(&f, "C-2026-0118"), AGENDA_CASE,
	                                      NULL, "escalation", "", 0, false, "joint-plan"}),
	        NULL));
	CHECK(strstr(item(second, "C-2026-0118")->second, "first review"));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_DECIDE,
	                .decide = {.item = fix_item(&f, "C-2026-0118"), .review = f.day + 90}),
	        NULL));
	FIX_MUST(fix_at_item(&f, CMD_ITEM_DONE, "C-2026-0118"));
	CHECK(strstr(item(second, "C-2026-0118")->second, "first review"));
	CHECK(strstr(item(first, "C-2026-0118")->second, "new"));
	CHECK(fix_of(&f, "SELECT discussed FROM kase WHERE ref = %Q", "C-2026-0118") == 2);
	int64_t bad = 0;
	CHECK_ERR(record_links_verify(f.r, &bad), ERR_OK);
	fix_finish(&f);
}

static void t_correction_and_shares_keep_every_version(void)
{
	struct record_viewer v;
	struct share_row *s = NULL;
	struct decision_row *d = NULL;
	size_t n = 0;
	int64_t share, item4;
	fix_sample(&f, test_dir());
	fix_session(&f);
	item4 = fix_item(&f, "C-2026-0118");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {item4, NULL, NULL}), NULL));
	struct command c = fix_share(item4, fix_agency(&f, "police"), "Called four times.");
	FIX_MUST(fix_do(&f, &c, &share));
	c.kind = CMD_SHARE_CORRECT;
	c.u.share.replaces = share;
	c.u.share.words = "Called five times.";
	FIX_MUST(fix_do(&f, &c, NULL));
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_shares(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), 0, &s, &n));
	CHECK(n == 1 && s[0].version == 2);
	CHECK_STR(s[0].words, "Called five times.");
	CHECK(fix_int(&f, "SELECT count(*) FROM share") == 2);
	/* what is said under an item without a case is told too */
	int64_t other = fix_item(&f, "other");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {other, NULL, NULL}), NULL));
	c = fix_share(other, fix_agency(&f, "police"), "Patrols on Fridays.");
	FIX_MUST(fix_do(&f, &c, NULL));
	FIX_MUST(record_shares(f.r, &f.a, &v, 0, other, &s, &n));
	CHECK(n == 1);
	CHECK_STR(s[0].words, "Patrols on Fridays.");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_DECIDE,
	                .decide = {.item = other, .review = DAY_NONE, .words = "Go on."}),
	        NULL));
	FIX_MUST(record_decisions(f.r, &f.a, &v, 0, other, &d, &n));
	CHECK(n == 1);
	v.blind = true;
	v.n = 0;
	FIX_MUST(record_shares(f.r, &f.a, &v, 0, other, &s, &n));
	CHECK(n == 0);
	FIX_MUST(record_decisions(f.r, &f.a, &v, 0, other, &d, &n));
	CHECK(n == 0);
	/* who left and sent nothing has no word; who sent information has */
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = fix_seat(&f, "police")}), NULL));
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	fix_finish(&f);
}

static void t_lapse_list_ends_after_twelve_months(void)
{
	struct record_viewer v;
	struct case_row *c = NULL;
	size_t n = 0;
	fix_sample(&f, test_dir());
	FIX_MUST(record_viewer_opener(f.r, &v));
	/* C-2025-0212 was received on 28 November 2025 */
	static const struct {
		const char *today;
		bool listed;
	} AT[] = {{"2026-11-19T10:00", true}, {"2026-11-28T23:00", true},
	        {"2026-11-29T00:30", false}};
	for (size_t i = 0; i < COUNT_OF(AT); i++) {
		bool found = false;
		fix_clock(AT[i].today);
		FIX_MUST(record_lapsing(f.r, &f.a, &v, f.forum, f.day + 28, &c, &n));
		for (size_t k = 0; k < n; k++)
			found |= strcmp(c[k].ref, "C-2025-0212") == 0;
		CHECK(found == AT[i].listed);
	}
	fix_finish(&f);
}

/* A day of 24 hours from the start of the day of receipt, five days to the end of the fifth,
 * stopped by what they wait for. */
static void r18_clocks_run_stop_and_run_again(void)
{
	struct record_viewer v;
	struct clock_row *c = NULL;
	size_t n = 0, mine;
	int64_t id;
	static const struct {
		const char *now, *what, *left;
		bool late;
	} AT[] = {{"2026-11-18T13:00", "first contact", "11 h left of 24 hours", false},
	        {"2026-11-18T13:00", "action plan", "5 days left of 5", false},
	        {"2026-11-19T00:00", "first contact", "", false},
	        {"2026-11-19T00:01", "first contact", "", true},
	        {"2026-11-23T23:59", "action plan", "", false},
	        {"2026-11-24T00:00", "action plan", "", true}};
	fix_sample(&f, test_dir());
	fix_sql(&f, "DELETE FROM clock; UPDATE kase SET received = 20775 WHERE ref = "
	            "'C-2026-0118'"); /* 18 November 2026 */
	id = fix_case(&f, "C-2026-0118");
	const struct practice_type *t = practice_type(f.p, "safer-estates");
	FIX_MUST(clocks_start(f.r, id, t, "referral", time_from_day(20775, 0, 0)));
	FIX_MUST(record_viewer_opener(f.r, &v));
	for (size_t i = 0; i < COUNT_OF(AT); i++) {
		bool found = false;
		fix_clock(AT[i].now);
		FIX_MUST(record_clocks(f.r, &f.a, &v, f.forum, 100, &c, &n));
		for (size_t k = 0; k < n; k++) {
			if (strcmp(c[k].what, AT[i].what) != 0)
				continue;
			found = true;
			CHECK(c[k].permille >= 0 && c[k].permille <= 1000);
			if (*AT[i].left)
				CHECK_STR(c[k].left, AT[i].left);
			if (c[k].late != AT[i].late)
				CHECK_STR(AT[i].now, AT[i].late ? "late" : "in time");
		}
		CHECK(found);
	}
	fix_clock("2026-11-19T13:50");
	fix_session(&f);
	for (int step = 0; step < 3; step++) {
		if (step == 1)
			FIX_MUST(fix_do(&f,
			        FIX_CMD(CMD_DECIDE, .decide = {.item = fix_item(&f, "C-2026-0118"),
			                                    .review = f.day + 9}),
			        NULL));
		if (step == 2)
			FIX_MUST(record_undo(f.r, &f.why));
		FIX_MUST(record_clocks(f.r, &f.a, &v, f.forum, 100, &c, &n));
		mine = 0;
		for (size_t k = 0; k < n; k++)
			mine += strcmp(c[k].what, "action plan") == 0;
		CHECK(mine == (step == 1 ? 0 : 1));
	}
	fix_finish(&f);
}

static void t_room_that_is_full_takes_no_more(void)
{
	struct record_viewer v;
	fix_sample(&f, test_dir());
	fix_session(&f);
	for (int i = (int)COUNT_OF(fix_core); i < PRACTICE_MAX + 1; i++) {
		int64_t guest;
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_SEAT_GUEST, .guest = {f.meeting, 0, "Kim Sample", "Observer",
		                                        STANDING_OBSERVER}),
		        &guest));
		enum err e = fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = guest}), NULL);
		CHECK(e == (i < PRACTICE_MAX ? ERR_OK : ERR_REFUSED));
	}
	CHECK_ERR(record_viewer_meeting(f.r, f.meeting, &v), ERR_OK);
	CHECK(v.n == PRACTICE_MAX);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(t_states_follow_only_their_arrows),
	        T(r05_quorum_or_a_reason), T(r03_nobody_unsigned_sees_a_case),
	        T(r12_minute_taker_is_never_the_chair), T(t_seat_that_was_left_is_taken_by_another),
	        T(r07_agenda_has_children_first), T(r10_reasons_are_kept),
	        T(r02_full_cycle_to_the_next_meeting),
	        T(t_correction_and_shares_keep_every_version),
	        T(t_lapse_list_ends_after_twelve_months), T(r18_clocks_run_stop_and_run_again),
	        T(t_room_that_is_full_takes_no_more)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
