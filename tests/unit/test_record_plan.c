#include "test.h"
#include "caseroom/record_sharing.h"
#include "record_fixture.h"
#include "caseroom/record_people.h"

/*
 * No screen waits for a table to be read from end to end: a meeting is held and every query asked,
 * then each statement that record keeps prepared is explained. Small tables of the partnership may
 * be scanned; cases and all that hangs on them not.
 */

static struct fix f;

static void ask_everything(int64_t meeting)
{
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	struct record_viewer v;
	void *rows;
	size_t n;
	const char *text;
	bool sample;
	int answer[64], copy;
	const char *source[64];
	int64_t kase = fix_case(&f, "C-2026-0118"), item = fix_item(&f, "C-2026-0118");
	struct arena *a = &f.a;
	struct record *r = f.r;
	FIX_MUST(record_viewer_meeting(r, meeting, &v));
	FIX_MUST(record_partnership(r, a, &text, &sample));
	FIX_MUST(record_forums(r, a, (struct forum_row **)&rows, &n));
	FIX_MUST(record_agencies(r, a, (struct agency_row **)&rows, &n));
	FIX_MUST(record_people(r, a, f.forum, 0, (struct person_row **)&rows, &n));
	struct meeting_row m;
	(void)!record_meeting_next(r, a, f.forum, &m);
	(void)!record_meeting_last(r, a, f.forum, 0, &m);
	FIX_MUST(record_seats(r, a, meeting, 0, (struct seat_row **)&rows, &n));
	FIX_MUST(record_items(r, a, &v, meeting, (struct item_row **)&rows, &n));
	FIX_MUST(record_cases(r, a, &v, f.forum, true, 100, (struct case_row **)&rows, &n));
	struct case_row c;
	FIX_MUST(record_case_read(r, a, &v, kase, &c));
	FIX_MUST(record_parties(r, a, &v, kase, (struct party_row **)&rows, &n));
	FIX_MUST(record_incidents(r, a, &v, kase, (struct incident_row **)&rows, &n));
	FIX_MUST(record_shares(r, a, &v, kase, 0, (struct share_row **)&rows, &n));
	FIX_MUST(record_shares(r, a, &v, kase, item, (struct share_row **)&rows, &n));
	struct assessment_row *s;
	FIX_MUST(record_assessments(r, a, &v, kase, &s, &n));
	if (n)
		FIX_MUST(record_answers(r, a, &v, s[0].id, t, answer, source));
	FIX_MUST(record_decisions(r, a, &v, kase, item, (struct decision_row **)&rows, &n));
	struct action_filter by[] = {{.case_id = kase}, {.item = item},
	        {.forum = f.forum, .open_only = true}, {.meeting = meeting},
	        {.forum = f.forum, .meeting = meeting, .before_meeting = true}};
	for (size_t i = 0; i < COUNT_OF(by); i++)
		FIX_MUST(record_actions(r, a, &v, &by[i], (struct action_row **)&rows, &n));
	FIX_MUST(record_notes(r, a, &v, meeting, item, (struct note_row **)&rows, &n));
	FIX_MUST(record_notes(r, a, &v, meeting, 0, (struct note_row **)&rows, &n));
	FIX_MUST(record_stale(r, a, &v, kase, &text, &text));
	FIX_MUST(record_events(r, a, &v, kase, 0, 0, (struct event_row **)&rows, &n));
	FIX_MUST(record_events(r, a, &v, 0, f.forum, 0, (struct event_row **)&rows, &n));
	FIX_MUST(record_clocks(r, a, &v, f.forum, 20, (struct clock_row **)&rows, &n));
	FIX_MUST(record_checks(r, a, &v, meeting, (struct check_row **)&rows, &n));
	FIX_MUST(record_presence(r, a, &v, item, &text));
	FIX_MUST(record_presence_rows(r, a, &v, item, (struct presence_row **)&rows, &n));
	struct record_times times;
	FIX_MUST(record_times(r, &v, meeting, &times));
	FIX_MUST(record_listed(r, a, &v, meeting, (struct listed_row **)&rows, &n));
	(void)!record_minutes_due(r, a, meeting, &m);
	FIX_MUST(record_meetings_planned(r, a, f.forum, (struct meeting_row **)&rows, &n));
	struct action_row one;
	(void)!record_action_history(r, a, &v, 1, &one, (struct action_event **)&rows, &n);
	struct action_figures figures;
	FIX_MUST(record_action_figures(r, &v, f.forum, 0, 0, f.day - 365, &figures));
	FIX_MUST(record_paper_next(r, meeting, &copy));
	FIX_MUST(record_papers(r, a, meeting, (struct paper_row **)&rows, &n));
	FIX_MUST(record_search(r, a, &v, "avery", 20, (struct search_row **)&rows, &n));
	FIX_MUST(record_lapsing(r, a, &v, f.forum, f.day + 28, (struct case_row **)&rows, &n));
	struct limit_row l;
	bool may;
	FIX_MUST(record_limit(r, a, &v, kase, &l));
	FIX_MUST(record_glass_may(r, &v, item, &may));
	FIX_MUST(record_glass_rows(r, a, &v, meeting, (struct glass_row **)&rows, &n));
	FIX_MUST(record_unreached(r, a, &v, f.forum, (struct case_row **)&rows, &n));
	struct record_viewer own;
	struct waiting_row wait;
	struct line_row line;
	int64_t read = 0;
	record_viewer_agency(fix_agency(&f, "police"), false, &own);
	FIX_MUST(record_agreements(r, a, (struct agreement_row **)&rows, &n));
	FIX_MUST(record_signatures(
	        r, a, ((struct agreement_row *)rows)->id, (struct signature_row **)&rows, &n));
	FIX_MUST(record_lookups(
	        r, a, meeting, own.present[0].agency, (struct lookup_row **)&rows, &n));
	FIX_MUST(record_answered(r, a, &v, meeting, (struct answered_row **)&rows, &n));
	FIX_MUST(record_return(r, a, &own, meeting, (struct return_row **)&rows, &n));
	FIX_MUST(record_return_lines(r, a, &own, meeting, kase, (struct line_row **)&rows, &n));
	FIX_MUST(record_return_waiting(r, &v, item, own.present[0].agency, &wait));
	FIX_MUST(record_return_next(r, a, &v, item, own.present[0].agency, &read, &line));
	FIX_MUST(record_share_heard(r, a, &v, fix_int(&f, "SELECT max(id) FROM share"), &text));
	FIX_MUST(record_draft_put(r, "share", item, 1, "Half a"));
	FIX_MUST(record_draft_get(r, a, "share", item, 1, &text));
}

static void ask_people(int64_t meeting)
{
	struct near_key k = {"Avery Sample", f.day - 10000, "4 Sorrel Court", "QX1 2AB"};
	int64_t kase = fix_case(&f, "C-2026-0118");
	int64_t who = fix_int(&f, "SELECT identity FROM party WHERE name = 'Dale Specimen'");
	struct record_viewer v;
	struct identity_row row;
	struct repeat_row rep;
	void *rows;
	size_t n;
	struct arena *a = &f.a;
	FIX_MUST(record_viewer_meeting(f.r, meeting, &v));
	FIX_MUST(record_near(f.r, a, &v, &k, 0, 10, (struct near_row **)&rows, &n));
	FIX_MUST(record_identity_read(f.r, a, &v, who, &row));
	FIX_MUST(record_were(f.r, a, &v, who, (struct was_row **)&rows, &n));
	FIX_MUST(record_relations_of(f.r, a, &v, who, (struct relation_row **)&rows, &n));
	FIX_MUST(record_merges(f.r, a, &v, who, (struct merge_row **)&rows, &n));
	FIX_MUST(record_shares_about(f.r, a, &v, who, (struct about_row **)&rows, &n));
	FIX_MUST(record_children(f.r, a, &v, kase, (struct child_row **)&rows, &n));
	FIX_MUST(record_twins(f.r, a, &v, kase, (struct twin_row **)&rows, &n));
	FIX_MUST(record_repeat(f.r, a, &v, kase, &rep));
}

/* A case entered, with somebody known; people merged and taken apart; an event told twice. */
static void enter_people(void)
{
	int64_t kase, id, police = fix_agency(&f, "police");
	struct party_words p = {.role = "witness",
	        .name = "Robin Sample",
	        .born = DAY_NONE,
	        .identity = fix_int(&f, "SELECT identity FROM party WHERE name = 'Dale Specimen'")};
	struct command c = {.kind = CMD_CASE_ADD};
	c.u.kase.forum = f.forum;
	c.u.kase.referred_by = police;
	c.u.kase.strand = "Noise";
	c.u.kase.reason = "Noise.";
	c.u.kase.received = f.day;
	c.u.kase.first = &p;
	FIX_MUST(fix_do(&f, &c, &kase));
	p.identity = 0;
	c = (struct command){.kind = CMD_PARTY_ADD};
	c.u.party.case_id = kase;
	c.u.party.who = p;
	FIX_MUST(fix_do(&f, &c, &id));
	c.kind = CMD_PARTY_CHANGE;
	c.u.party.party = id;
	c.u.party.everywhere = true;
	c.u.party.who.phone = "01632 960111";
	FIX_MUST(fix_do(&f, &c, NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_RELATION_ADD, .relation = {kase, id, id - 1, "friend-of"}), NULL));
	int64_t who = fix_int(&f, "SELECT max(id) FROM identity"), merge, a, b;
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MERGE, .merge = {who, 1, "Same."}), &merge));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_UNMERGE, .merge = {merge, 0, "Not."}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_INCIDENT_ADD, .incident = {kase, police, f.day, "Noise.", "noise", 0}),
	        &a));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_INCIDENT_ADD, .incident = {kase, 0, f.day, "Noise.", "noise", 0}), &b));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_INCIDENT_SAME, .same = {b, a}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_REPEAT, .repeat = {kase, 1, ""}), NULL));
}

static void return_everything(void)
{
	struct research_words l = {0, "Words.", "Own record", false, DAY_NONE};
	int64_t kase = fix_case(&f, "C-2026-0118"), police = fix_agency(&f, "police");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_RESEARCH_ASK, .ask = {f.meeting, kase, police}), NULL));
	for (int i = 0; i < 2; i++)
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_RESEARCH_RETURN,
		                .research = {f.meeting, kase, police, false, &l, 1, 0}),
		        NULL));
}

static void say_everything(void)
{
	int answer[64] = {0};
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	int64_t item = fix_item(&f, "C-2026-0118"), police = fix_agency(&f, "police"), action,
	        share;
	uint8_t digest[32] = {0};
	struct practice_score s;
	struct practice_facts facts;
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_risk_facts(f.r, &f.a, &v, fix_case(&f, "C-2026-0118"), &facts));
	FIX_MUST(practice_score(t, answer, t->n_factors, &facts, &s));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {item, NULL, NULL}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_WORD, .word = {item, police}), NULL));
	struct command c = fix_share(item, police, "Called four times.");
	c.u.share.restriction = RESTRICTION_NAMED;
	c.u.share.n_named = 1;
	c.u.share.named[0] = police;
	c.u.share.about = fix_int(&f, "SELECT id FROM party WHERE name = 'Avery Sample'");
	FIX_MUST(fix_do(&f, &c, NULL));
	c = fix_share(item, police, "Called four times.");
	FIX_MUST(fix_do(&f, &c, &share));
	c.kind = CMD_SHARE_CORRECT;
	c.u.share.replaces = share;
	FIX_MUST(fix_do(&f, &c, NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ASSESS, .assess = {item, "asb-matrix", answer, NULL, t->n_factors,
	                                    (int)s.band, NULL}),
	        NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD, .action = {item, police, fix_person(&f, "Morgan Example"),
	                                        "Visit.", "", f.day, DAY_NONE}),
	        &action));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_UPDATE, .update = {action, f.meeting, ACTION_CARRIED, ""}),
	        NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, "Words."}), NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_DECIDE, .decide = {.item = item, .review = f.day + 9}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_CONFLICT, .conflict = {fix_seat(&f, "fire"),
	                                      fix_case(&f, "C-2026-0118"), "", "leaves"}),
	        NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = fix_seat(&f, "fire"), .item = item}),
	        NULL));
	ask_everything(f.meeting);
	enter_people();
	ask_people(f.meeting);
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_DONE, .item = {item, NULL, NULL}), NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_SEAT_RETURN, .at_seat = {.seat = fix_seat(&f, "fire")}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD, .add = {f.meeting, fix_case(&f, "C-2026-0099"), AGENDA_CASE,
	                                      NULL, "repeat", "", 0, false, "joint-plan"}),
	        NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_MOVE, .move = {fix_item(&f, "other"), -1}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_DEFER, .item = {fix_item(&f, "C-2026-0009"), "time", ""}), NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_MEETING_NEXT, .next = {f.meeting, f.day + 28, 14, 0}), NULL));
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_MINUTES_APPROVE, .approve = {f.meeting}), NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_PAPER, .paper = {f.meeting, police, 1, digest, 10}), NULL));
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
}

/* May be read whole: lists of at most some hundreds, and what SQLite makes itself. */
static bool small(const char *detail, const char *sql)
{
	static const char *const SMALL[] = {"SCAN forum", "SCAN agency", "SCAN agreement",
	        "SCAN person", "SCAN p USING", "SCAN setting", "SCAN CONSTANT ROW",
	        "SCAN f VIRTUAL TABLE INDEX", "SCAN sqlite_sequence", "SCAN (subquery"};
	for (size_t i = 0; i < COUNT_OF(SMALL); i++)
		if (strncmp(detail, SMALL[i], strlen(SMALL[i])) == 0)
			return true;
	if (strcmp(detail, "SCAN f") == 0 && strstr(sql, "FROM forum f"))
		return true;
	if (strncmp(detail, "SCAN g", 6) == 0 && strstr(sql, "JOIN agency g ON g.kind"))
		return true; /* planning: agencies of a kind */
	if (strcmp(detail, "SCAN audit") == 0 && strstr(sql, "ORDER BY seq DESC LIMIT 1"))
		return true; /* from its end, one row */
	if (strcmp(detail, "SCAN share") == 0 && strncmp(sql, "INSERT INTO party", 17) == 0)
		return true; /* only when a deferred key is open, which none is */
	if (strcmp(detail, "SCAN x") == 0 && strstr(sql, "group_concat(x.code"))
		return true; /* the agencies named for one case */
	if (strcmp(detail, "SCAN p") == 0 && strstr(sql, "FROM person p"))
		return true;
	if (strcmp(detail, "SCAN who") == 0 && strstr(sql, "WITH RECURSIVE who"))
		return true; /* the identities that are one person */
	return strcmp(detail, "SCAN m") == 0 && strstr(sql, "JOIN member m");
}

static void t_no_statement_of_a_screen_reads_a_whole_table(void)
{
	size_t scans = 0;
	fix_sample(&f, test_dir());
	return_everything();
	fix_session(&f);
	say_everything();
	CHECK(f.r->n_cache > 80 && f.r->n_cache < STMT_CACHE);
	for (size_t i = 0; i < f.r->n_cache; i++) {
		const char *sql = sqlite3_sql(f.r->cache[i].st);
		char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
		sqlite3_stmt *st = NULL;
		if (strncmp(sql, "PRAGMA", 6) == 0 ||
		        sqlite3_prepare_v2(f.r->db, explain, -1, &st, NULL) != SQLITE_OK) {
			sqlite3_free(explain);
			continue;
		}
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *detail = (const char *)sqlite3_column_text(st, 3);
			if (strncmp(detail, "SCAN", 4) != 0 || small(detail, sql))
				continue;
			scans++;
			fprintf(stderr, "%s\n\t%s\n", detail, sql);
		}
		sqlite3_finalize(st);
		sqlite3_free(explain);
	}
	CHECK(scans == 0);
	fix_finish(&f);
}

/* Nothing is left half read: a statement that is still busy would keep the log from being folded
 * in. */
static void t_no_statement_is_left_busy(void)
{
	fix_sample(&f, test_dir());
	return_everything();
	fix_session(&f);
	say_everything();
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {9999, 0, "Words."}), NULL), ERR_NOT_FOUND);
	for (size_t i = 0; i < f.r->n_cache; i++)
		CHECK(!sqlite3_stmt_busy(f.r->cache[i].st));
	/* nor does memory that runs out leave one: each query with an arena too small for its rows
	 */
	struct record_viewer v;
	struct case_row *c;
	struct party_row *p;
	struct item_row *it;
	size_t n;
	FIX_MUST(record_viewer_opener(f.r, &v));
	for (size_t limit = 1; limit < 3000; limit += 37) {
		struct arena a;
		arena_init(&a, limit);
		enum err e = record_cases(f.r, &a, &v, f.forum, false, 100, &c, &n);
		CHECK(e == ERR_NOMEM || e == ERR_LIMIT || e == ERR_OK);
		e = record_parties(f.r, &a, &v, fix_case(&f, "C-2026-0118"), &p, &n);
		CHECK(e == ERR_NOMEM || e == ERR_LIMIT || e == ERR_OK);
		e = record_items(f.r, &a, &v, f.meeting, &it, &n);
		CHECK(e == ERR_NOMEM || e == ERR_LIMIT || e == ERR_OK);
		arena_finish(&a);
	}
	for (size_t i = 0; i < f.r->n_cache; i++)
		CHECK(!sqlite3_stmt_busy(f.r->cache[i].st));
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
	        T(t_no_statement_of_a_screen_reads_a_whole_table), T(t_no_statement_is_left_busy)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
