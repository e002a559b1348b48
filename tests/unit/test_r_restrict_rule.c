#include "test.h"
#include "record_fixture.h"
#include "caseroom/record_audit.h"

/*
 * Restriction and breaking the glass (R30), and that every view is in the audit (R32). The sample's
 * meeting in session, victim services in the chair; C-2026-0118 is an ordinary case. What each room
 * is told of a restricted case is in test_record_sight.c; what its panel shows, in
 * test_r_restrict_panel.c.
 */

static struct fix f;
static int64_t kase, item;
#define REF "C-2026-0118"

static void start(void)
{
	fix_sample(&f, test_dir());
	fix_session(&f);
	kase = fix_case(&f, REF);
	item = fix_item(&f, REF);
}

static enum sight sight_now(int64_t id)
{
	struct record_viewer v;
	enum sight s;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_sight(f.r, &v, id, &s));
	return s;
}

static struct command restrict_to(enum restriction level, const char *one, const char *two)
{
	struct command c = {.kind = CMD_RESTRICT};
	c.u.restrict_.case_id = kase;
	c.u.restrict_.meeting = f.meeting;
	c.u.restrict_.level = level;
	c.u.restrict_.words = "A relative works at one of the agencies.";
	if (one)
		c.u.restrict_.named[c.u.restrict_.n_named++] = fix_agency(&f, one);
	if (two)
		c.u.restrict_.named[c.u.restrict_.n_named++] = fix_agency(&f, two);
	return c;
}

static enum err break_glass(int minutes, const char *words)
{
	return fix_do(&f,
	        FIX_CMD(CMD_BREAK_GLASS,
	                .glass = {.item = item, .words = words, .minutes = minutes}),
	        NULL);
}

static void r30_restricting_needs_full_sight(void)
{
	start();
	struct command c = restrict_to(RESTRICTION_NAMED, "victims", "police");
	/* a co-opted member in the room: the anonymised view says nothing about who may see it */
	int64_t guest = 0;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST,
	                .guest = {f.meeting, 0, "Sky Sample", "expert", STANDING_COOPTED}),
	        &guest));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = guest}), NULL));
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_DENIED);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = guest}), NULL));
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_HELD);
	/* who no longer sees it cannot loosen it, nor find it when it is hidden */
	c = restrict_to(RESTRICTION_NORMAL, NULL, NULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_DENIED);
	fix_sql(&f, "UPDATE kase SET restriction = 2 WHERE ref = '" REF "'");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_NOT_FOUND);
	char hidden[512];
	snprintf(hidden, sizeof(hidden), "%s", f.why.text);
	c.u.restrict_.case_id = 999999;
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_NOT_FOUND);
	CHECK_STR(f.why.text, hidden);
	fix_finish(&f);
}

static void r30_each_level_holds_everywhere_and_can_be_taken_back(void)
{
	start();
	struct command c = restrict_to(RESTRICTION_HIDDEN, "victims", "police");
	struct search_row *hit = NULL;
	struct record_viewer v;
	size_t n = 0;
	CHECK(sight_now(kase) == SIGHT_FULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_NONE);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_search(f.r, &f.a, &v, REF, 10, &hit, &n));
	CHECK(n == 0);
	struct record_undo u;
	CHECK(record_undo_offer(f.r, &u));
	CHECK(!strstr(u.text, "0118") && !strstr(u.text, "idden")); /* newcomers read it too */
	CHECK_ERR(record_undo(f.r, &f.why), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_FULL);
	FIX_MUST(record_search(f.r, &f.a, &v, REF, 10, &hit, &n));
	CHECK(n == 1);
	CHECK(fix_int(&f, "SELECT count(*) FROM kase_agency k JOIN kase c ON c.id = k.kase WHERE "
	                  "c.ref = '" REF "'") == 0);
	c.u.restrict_.level = RESTRICTION_NAMED;
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_HELD);
	fix_closed_part(&f);
	CHECK(sight_now(kase) == SIGHT_FULL);
	struct limit_row l;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_limit(f.r, &f.a, &v, kase, &l));
	CHECK(l.level == RESTRICTION_NAMED && l.n_named == 2);
	CHECK_STR(l.words, "A relative works at one of the agencies.");
	c = restrict_to(RESTRICTION_NORMAL, NULL, NULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM restricted") == 2); /* the undone one is gone */
	fix_finish(&f);
}

static void r30_nobody_is_shut_out_unawares(void)
{
	start();
	struct command c = restrict_to(RESTRICTION_NAMED, NULL, NULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT); /* names nobody */
	c = restrict_to(RESTRICTION_NAMED, "police", NULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	CHECK(strstr(f.why.text, "is in the chair") && strstr(f.why.text, "lose sight"));
	c.u.restrict_.sure = true;
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	FIX_MUST(record_undo(f.r, &f.why));
	/* the council still has something to do in it */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD,
	                .action = {item, fix_agency(&f, "council"),
	                        fix_int(&f, "SELECT s.person FROM seat s JOIN agency "
	                                    "g ON g.id = s.agency WHERE g.code = "
	                                    "'council' AND s.meeting = (SELECT "
	                                    "max(id) FROM meeting)"),
	                        "Look at the locks", "", f.day + 7, DAY_NONE}),
	        NULL));
	c = restrict_to(RESTRICTION_NAMED, "victims", "police");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	CHECK(strstr(f.why.text, "open action"));
	c.u.restrict_.sure = true;
	c.u.restrict_.words = "";
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_INPUT); /* why */
	/* an agency without people could never open it */
	fix_sql(&f, "INSERT INTO agency(uid, code, name, code3, kind) VALUES(randomblob(16), "
	            "'empty', 'Empty Example', 'EMP', 'voluntary')");
	c = restrict_to(RESTRICTION_HIDDEN, "empty", NULL);
	c.u.restrict_.sure = true;
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	CHECK(sight_now(kase) == SIGHT_FULL);
	fix_finish(&f);
}

/* ---- breaking the glass ---- */

static void named_case(void)
{
	start();
	struct command c = restrict_to(RESTRICTION_NAMED, "victims", "police");
	FIX_MUST(fix_do(&f, &c, NULL));
}

static void r30_the_chair_breaks_the_glass_for_a_time(void)
{
	named_case();
	CHECK(sight_now(kase) == SIGHT_HELD);
	CHECK_ERR(break_glass(15, ""), ERR_INPUT);
	CHECK_ERR(break_glass(4, "Children are at risk today."), ERR_INPUT);
	CHECK_ERR(break_glass(16, "Children are at risk today."), ERR_INPUT);
	CHECK_ERR(break_glass(61, "Children are at risk today."), ERR_INPUT);
	CHECK(sight_now(kase) == SIGHT_HELD);
	CHECK_ERR(break_glass(15, "Children are at risk today."), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_FULL);
	struct record_undo u;
	CHECK(!record_undo_offer(f.r, &u));               /* what was seen cannot be taken back */
	CHECK_ERR(break_glass(15, "Again."), ERR_EXISTS); /* no command makes it longer */
	/* the audit has it as an act of its own, with meeting, case and until */
	CHECK(fix_int(&f,
	              "SELECT count(*) FROM audit a JOIN glass g ON g.id = a.subject_id WHERE "
	              "a.act = 'case.break-glass' AND a.kase = g.kase AND a.meeting = g.meeting "
	              "AND g.until = g.at + 900000000") == 1);
	/* others may not loosen it for good meanwhile, when no named agency is left */
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_CHAIR, "council"));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_LEAVE, "victims"));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_LEAVE, "police"));
	CHECK(sight_now(kase) == SIGHT_FULL);
	struct command c = restrict_to(RESTRICTION_NORMAL, NULL, NULL);
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_DENIED);
	/* it closes by itself */
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	CHECK(v.until_us == time_now_us() + 15 * TIME_MINUTE_US);
	time_advance_us(15 * TIME_MINUTE_US - 1);
	CHECK(sight_now(kase) == SIGHT_FULL);
	time_advance_us(1);
	CHECK(sight_now(kase) == SIGHT_HELD);
	/* also for a viewer that was made before */
	enum sight s;
	FIX_MUST(record_sight(f.r, &v, kase, &s));
	CHECK(s == SIGHT_HELD);
	/* and can be shut sooner */
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_RETURN, "victims"));
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_CHAIR, "victims"));
	CHECK_ERR(break_glass(60, "Once more."), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_FULL);
	CHECK_ERR(break_glass(0, NULL), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_HELD);
	CHECK_ERR(break_glass(0, NULL), ERR_EXISTS);
	fix_finish(&f);
}

static void r30_glass_is_the_chairs_and_never_of_what_is_hidden(void)
{
	static const char why[] = "Children are at risk today.";
	named_case();
	/* the chair has left: nobody is in it */
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_LEAVE, "victims"));
	CHECK_ERR(break_glass(15, why), ERR_REFUSED);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_RETURN, "victims"));
	/* the chair knows somebody in it */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_CONFLICT,
	                .conflict = {fix_seat(&f, "victims"), kase, "A cousin.", "leaves"}),
	        NULL));
	CHECK_ERR(break_glass(15, why), ERR_REFUSED);
	fix_sql(&f, "DELETE FROM conflict");
	/* a conflict of somebody else is not overcome */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_CONFLICT,
	                .conflict = {fix_seat(&f, "fire"), kase, "A cousin.", "leaves"}),
	        NULL));
	CHECK_ERR(break_glass(15, why), ERR_OK);
	CHECK(sight_now(kase) == SIGHT_HELD);
	FIX_MUST(fix_at_seat(&f, CMD_SEAT_LEAVE, "fire"));
	CHECK(sight_now(kase) == SIGHT_FULL);
	/* nor what a standing may see: a co-opted member keeps the anonymised view (R31) */
	int64_t guest = 0;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST,
	                .guest = {f.meeting, 0, "Sky Sample", "expert", STANDING_COOPTED}),
	        &guest));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_SIGN, .at_seat = {.seat = guest}), NULL));
	CHECK(sight_now(kase) == SIGHT_ANON);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = guest}), NULL));
	/* hidden since: the open glass shows nothing of it, and a new one answers as for no item */
	fix_sql(&f, "UPDATE kase SET restriction = 2 WHERE ref = '" REF "'");
	CHECK(sight_now(kase) == SIGHT_NONE);
	CHECK_ERR(break_glass(15, why), ERR_NOT_FOUND);
	char hidden[512];
	snprintf(hidden, sizeof(hidden), "%s", f.why.text);
	CHECK_ERR(break_glass(0, NULL), ERR_NOT_FOUND);
	CHECK_STR(f.why.text, hidden);
	item = 999999;
	CHECK_ERR(break_glass(15, why), ERR_NOT_FOUND);
	CHECK_STR(f.why.text, hidden);
	struct glass_row *g = NULL;
	struct record_viewer v;
	size_t n = 9;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_glass_rows(f.r, &f.a, &v, f.meeting, &g, &n));
	CHECK(n == 0);
	fix_finish(&f);
}

static void r30_action_under_glass_is_for_a_named_agency(void)
{
	named_case();
	CHECK_ERR(break_glass(15, "Children are at risk today."), ERR_OK);
	struct command c = {.kind = CMD_ACTION_ADD};
	c.u.action.item = item;
	c.u.action.what = "Look at the locks";
	c.u.action.due = f.day + 7;
	c.u.action.review = DAY_NONE;
	c.u.action.agency = fix_agency(&f, "fire");
	c.u.action.person = fix_person(&f, "Idris Placeholder");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_REFUSED);
	CHECK(strstr(f.why.text, "Name it first") != NULL);
	c.u.action.agency = fix_agency(&f, "police");
	c.u.action.person = fix_person(&f, "Morgan Example");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	fix_finish(&f);
}

static void r30_conflict_in_a_hidden_case_answers_as_none(void)
{
	start();
	struct command cmd = restrict_to(RESTRICTION_HIDDEN, "victims", "police");
	FIX_MUST(fix_do(&f, &cmd, NULL));
	struct command c = {.kind = CMD_CONFLICT,
	        .u.conflict = {fix_seat(&f, "fire"), kase, "A cousin.", "leaves"}};
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_NOT_FOUND);
	CHECK_STR(f.why.text, "There is no such case.");
	fix_closed_part(&f);
	c.u.conflict.seat = fix_seat(&f, "police");
	CHECK_ERR(fix_do(&f, &c, NULL), ERR_OK);
	fix_finish(&f);
}

static void r30_glass_is_minuted_and_ends_with_the_meeting(void)
{
	struct glass_row *g = NULL;
	struct record_viewer v;
	size_t n = 0;
	named_case();
	CHECK_ERR(break_glass(60, "Children are at risk today."), ERR_OK);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_glass_rows(f.r, &f.a, &v, f.meeting, &g, &n));
	CHECK(n == 1 && g[0].open && g[0].item == item && g[0].case_id == kase);
	CHECK_STR(g[0].ref, REF);
	CHECK_STR(g[0].words, "Children are at risk today.");
	CHECK(g[0].until_us - g[0].at_us == 60 * TIME_MINUTE_US);
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	CHECK(sight_now(kase) == SIGHT_HELD);
	/* that it was so is known to all; for whom it is not, without reference and reason */
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_glass_rows(f.r, &f.a, &v, f.meeting, &g, &n));
	CHECK(n == 1);
	CHECK_STR(g[0].ref, "");
	CHECK_STR(g[0].words, "");
	record_viewer_agency(fix_agency(&f, "police"), false, &v);
	FIX_MUST(record_glass_rows(f.r, &f.a, &v, f.meeting, &g, &n));
	CHECK(n == 1);
	CHECK_STR(g[0].ref, REF);
	fix_finish(&f);
}

/* ---- the audit, for those who may not know ---- */

struct listed {
	size_t n;
	bool gap, told;
	int64_t kase, last;
};

/* The whole log as this viewer reads it, in pages of a few. */
static void read_audit(const struct record_viewer *v, struct listed *l)
{
	struct audit_filter filter = AUDIT_FILTER_ALL;
	struct audit_row *row;
	size_t n = 7;
	filter.oldest_first = true;
	*l = (struct listed){.kase = l->kase};
	while (n == 7) {
		FIX_MUST(record_audit(f.r, &f.a, v, &filter, 7, &row, &n));
		for (size_t i = 0; i < n; i++) {
			l->gap |= row[i].seq != (int64_t)++l->n;
			l->last = row[i].seq;
			l->told |= row[i].case_id == l->kase;
		}
		if (n)
			audit_page_after(&filter, &row[n - 1]);
	}
}

static void r30_audit_has_no_hidden_case_for_others(void)
{
	struct listed l[2] = {0};
	struct record_viewer v;
	start();
	struct case_row c;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_case_read(f.r, &f.a, &v, kase, &c));
	struct command cmd = restrict_to(RESTRICTION_HIDDEN, "victims", "police");
	FIX_MUST(fix_do(&f, &cmd, NULL));
	FIX_MUST(record_audit_reading(f.r));
	for (int i = 0; i < 2; i++) {
		l[i].kase = kase;
		record_viewer_agency(fix_agency(&f, i ? "fire" : "police"), false, &v);
		read_audit(&v, &l[i]);
	}
	CHECK(l[0].told && !l[0].gap);
	CHECK(!l[1].told);
	CHECK(l[1].n + 2 <= l[0].n);
	/* what is left has the numbers that it has for everybody */
	CHECK(l[1].gap && l[1].last == l[0].last);
	/* of a case for named agencies the acts are shown, by id and without a word */
	fix_sql(&f, "UPDATE kase SET restriction = 1 WHERE ref = '" REF "'");
	read_audit(&v, &l[1]);
	CHECK(l[1].told);
	fix_finish(&f);
}

/* ---- the auditor ---- */

static enum err count_row(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	(void)column, (void)value, (void)n;
	++*(size_t *)ctx;
	return ERR_OK;
}

static void r32_an_observers_key_reads_and_writes_nothing(void)
{
	struct record_viewer v;
	struct case_row c;
	size_t n = 0, rows;
	int64_t before, entries, bad;
	start();
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_PERSON_SLOT, .slot = {fix_person(&f, "Morgan Example"), NULL}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_PERSON_SLOT,
	                .slot = {fix_person(&f, "Ola Replica"), vault_opener(f.v)->id}),
	        NULL));
	fix_again(&f);
	before = fix_int(&f, "SELECT count(*) FROM audit");
	struct command cmd = restrict_to(RESTRICTION_NORMAL, NULL, NULL);
	CHECK_ERR(fix_do(&f, &cmd, NULL), ERR_DENIED);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_PARTNERSHIP, .partnership = {"Another", true}), NULL),
	        ERR_DENIED);
	CHECK_ERR(
	        record_import(f.r, "forums", "x", 1, NULL, NULL, NULL, &rows, &f.why), ERR_DENIED);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit") == before);
	/* what is read is in the chain: a case, a list, an export */
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_case_read(f.r, &f.a, &v, kase, &c));
	FIX_MUST(record_list(f.r, &v, "agencies", NULL, count_row, &n, &f.why));
	CHECK(n > 0);
	struct buf b;
	buf_init(&b, 8u << 20);
	FIX_MUST(record_export(f.r, "referrals", &b, &f.why));
	buf_finish(&b);
	CHECK(fix_int(&f, "SELECT count(*) FROM audit") == before + 3);
	CHECK(fix_int(&f,
	              "SELECT count(*) FROM audit a JOIN person p ON p.id = a.actor WHERE p.name "
	              "= 'Ola Replica' AND a.act IN ('case.read', 'list.agencies', "
	              "'export.referrals')") == 3);
	FIX_MUST(record_audit_verify(f.r, &entries, &bad));
	fix_finish(&f);
}

/* ---- what nobody else would remember ---- */

static size_t unreached(const struct record_viewer *v)
{
	struct case_row *c = NULL;
	size_t n = 99;
	FIX_MUST(record_unreached(f.r, &f.a, v, f.forum, &c, &n));
	return n;
}

static void r30_unreached_hidden_case_is_told_to_those_who_may_know(void)
{
	struct record_viewer police, fire, room;
	start();
	fix_sql(&f, "UPDATE kase SET restriction = 0");
	struct command c = restrict_to(RESTRICTION_HIDDEN, "victims", "police");
	FIX_MUST(fix_do(&f, &c, NULL));
	record_viewer_agency(fix_agency(&f, "police"), false, &police);
	record_viewer_agency(fix_agency(&f, "fire"), false, &fire);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &room));
	CHECK(unreached(&police) == 0); /* it is on this meeting's agenda */
	/* the room was mixed, and the meeting ended without it */
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	CHECK(unreached(&police) == 1);
	CHECK(unreached(&fire) == 0);
	CHECK(unreached(&room) == 0);
	fix_clock("2026-11-20T09:00");
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	CHECK(unreached(&police) == 1); /* on the agenda again, and passed over once */
	/* never on one, and its review has come */
	fix_sql(&f, "DELETE FROM absence; DELETE FROM item WHERE kase = (SELECT id FROM kase WHERE "
	            "ref = '" REF "')");
	CHECK(unreached(&police) == 1);
	fix_sql(&f, "UPDATE kase SET review = 999999 WHERE ref = '" REF "'");
	CHECK(unreached(&police) == 0);
	fix_finish(&f);
}

static const struct test TESTS[] = {
        T(r30_restricting_needs_full_sight),
        T(r30_each_level_holds_everywhere_and_can_be_taken_back),
        T(r30_nobody_is_shut_out_unawares),
        T(r30_the_chair_breaks_the_glass_for_a_time),
        T(r30_glass_is_the_chairs_and_never_of_what_is_hidden),
        T(r30_action_under_glass_is_for_a_named_agency),
        T(r30_conflict_in_a_hidden_case_answers_as_none),
        T(r30_glass_is_minuted_and_ends_with_the_meeting),
        T(r30_audit_has_no_hidden_case_for_others),
        T(r32_an_observers_key_reads_and_writes_nothing),
        T(r30_unreached_hidden_case_is_told_to_those_who_may_know),
};
TEST_MAIN(TESTS)
