#include <time.h>
#include "test.h"
#include "record_fixture.h"
#include "caseroom/record_people.h"

/*
 * The room is the viewer (DESIGN.md rule 1; R30, R31). Three cases, one of each restriction, carry
 * a word of their own in every text field. For each room all that any query says is written into
 * one buffer, and the words of what that room may not see must not be in it; where it may see, they
 * must. What a room may see is worked out here anew, not asked of practice/.
 */

static const char *fmt_sql(const char *f_, int id)
{
	static char sql[120];
	snprintf(sql, sizeof(sql), f_, id);
	return sql;
}

static struct fix f;
static int64_t first_meeting;

enum { N_CASES = 3 };
static const char LETTER[N_CASES + 1] = "nrh"; /* normal, named, hidden */
static const char *const REF[N_CASES] = {"C-2026-9001", "C-2026-9002", "C-2026-9003"};
static const char *const STRAND[N_CASES] = {"Strandnx", "Strandrx", "Strandhx"};
static struct subject {
	int64_t id, item, old_item, action, assessment;
	enum restriction level;
	bool police, victims, council; /* named */
} kase[N_CASES];

/* Everyone who may come, each with a seat at the second meeting. */
static struct visitor {
	const char *agency; /* "" = none */
	enum standing standing;
	int64_t seat;
	bool here, away, conflict[N_CASES];
} visitor[] = {
        {"police", STANDING_CORE, 0, 0, 0, {0}},
        {"victims", STANDING_CORE, 0, 0, 0, {0}},
        {"council", STANDING_CORE, 0, 0, 0, {0}},
        {"fire", STANDING_CORE, 0, 0, 0, {0}},
        {"police", STANDING_DEPUTY, 0, 0, 0, {0}},
        {"council", STANDING_DEPUTY, 0, 0, 0, {0}},
        {"police", STANDING_COOPTED, 0, 0, 0, {0}},
        {"education", STANDING_COOPTED, 0, 0, 0, {0}},
        {"police", STANDING_OBSERVER, 0, 0, 0, {0}},
        {"council", STANDING_OBSERVER, 0, 0, 0, {0}},
        {"victims", STANDING_COMMUNITY, 0, 0, 0, {0}},
        {"", STANDING_COMMUNITY, 0, 0, 0, {0}},
};
#define N_VISITORS COUNT_OF(visitor)

static char words[64][48];
/* "wfn-field": of the case n, for those who see it whole. */
static const char *word(int k, const char *field)
{
	static int turn;
	char *w = words[turn++ % 64];
	snprintf(w, sizeof(words[0]), "wf%c%s", LETTER[k], field);
	return w;
}

static void add_cases(void)
{
	struct buf b;
	size_t rows;
	buf_init(&b, 1u << 20);
	buf_puts(&b, "case_ref,received,forum,strand,referred_by,reason,restriction,named_agencies,"
	             "row_kind,role,name,born,address,"
	             "postcode,phone,safe_contact,related_as,related_to,incident_date,incident_"
	             "kind,reported_to,what\n");
	for (int k = 0; k < N_CASES; k++) {
		char head[200];
		snprintf(head, sizeof(head), "%s,2025-11-25,safer-estates,%s,police,%s,%s,%s,",
		        REF[k], STRAND[k], word(k, "reason"), restriction_name((enum restriction)k),
		        k ? "police;victims" : "");
		buf_printf(&b, "%sparty,victim,%s Sample,1990-05-14,%s Court,QXZ%d,%s,%s,,,,,,\n",
		        head, word(k, "name"), word(k, "street"), k, word(k, "phone"),
		        word(k, "safe"));
		buf_printf(&b, "%sparty,child,%s,2019-05-14,,,,,child-of,%s Sample,,,,\n", head,
		        word(k, "child"), word(k, "name"));
		buf_printf(&b, "%sincident,,,,,,,,,,2026-10-01,noise,police,%s\n", head,
		        word(k, "incident"));
	}
	FIX_MUST(
	        record_import(f.r, "referrals", b.data, b.len, fix_bad, NULL, NULL, &rows, &f.why));
	buf_finish(&b);
}

/* Everything that can be said of a case, said while only police and victim services are in the
 * room. */
static void fill(int k)
{
	int answer[64];
	const char *source[64];
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	int64_t item = fix_item(&f, REF[k]), police = fix_agency(&f, "police");
	char override[32];
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {item, NULL, NULL}), NULL));
	struct command c = fix_share(item, police, word(k, "share"));
	c.u.share.source = word(k, "source");
	FIX_MUST(fix_do(&f, &c, NULL));
	c.u.share.restriction = RESTRICTION_NAMED;
	char tight[2][32];
	snprintf(tight[0], sizeof(tight[0]), "wt%cnamed", LETTER[k]);
	snprintf(tight[1], sizeof(tight[1]), "wt%chidden", LETTER[k]);
	c.u.share.words = tight[0];
	c.u.share.named[0] = police;
	c.u.share.n_named = 1;
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_SEAT_LEAVE, .at_seat = {.seat = fix_seat(&f, "victims")}), NULL));
	FIX_MUST(fix_do(&f, &c, NULL));
	c.u.share.restriction = RESTRICTION_HIDDEN;
	c.u.share.words = tight[1];
	FIX_MUST(fix_do(&f, &c, NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_SEAT_RETURN, .at_seat = {.seat = fix_seat(&f, "victims")}), NULL));
	struct command n = {.kind = CMD_SHARE,
	        .u.share = {.what = SHARE_NOT,
	                .item = item,
	                .agency = fix_agency(&f, "victims"),
	                .reason = "other",
	                .words = word(k, "notshared"),
	                .source_day = DAY_NONE}};
	FIX_MUST(fix_do(&f, &n, NULL));
	for (size_t i = 0; i < t->n_factors; i++) {
		answer[i] = 0;
		source[i] = word(k, "answer");
	}
	snprintf(override, sizeof(override), "%s", word(k, "override"));
	struct command s = {.kind = CMD_ASSESS,
	        .u.assess = {
	                item, "asb-matrix", answer, source, t->n_factors, BAND_HIGH, override}};
	FIX_MUST(fix_do(&f, &s, &kase[k].assessment));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_ADD,
	                .action = {item, police, fix_person(&f, "Morgan Example"),
	                        word(k, "action"), word(k, "donewhen"), f.day + 7, DAY_NONE}),
	        &kase[k].action));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ACTION_UPDATE,
	                .update = {kase[k].action, f.meeting, ACTION_CARRIED, word(k, "outcome")}),
	        NULL));
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, police, word(k, "note")}), NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_EVENT, .event = {fix_case(&f, REF[k]), "first-contact",
	                                   word(k, "event"), TIME_NONE}),
	        NULL));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_DECIDE, .decide = {.item = item,
	                                    .review = f.day + 14,
	                                    .words = word(k, "decision"),
	                                    .dissent = word(k, "dissent"),
	                                    .dissent_agency = police}),
	        NULL));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_ITEM_DEFER, .item = {item, "other", word(k, "deferral")}), NULL));
	kase[k].old_item = item;
}

static void start(void)
{
	fix_sample(&f, test_dir());
	/* a plan made before, without the three, is held on another day; theirs is the first of two
	 */
	fix_sql(&f, "DELETE FROM item; UPDATE meeting SET chair = NULL; DELETE FROM seat; DELETE "
	            "FROM meeting");
	add_cases();
	f.meeting = first_meeting = fix_plan(&f, "safer-estates", "2026-11-19");
	fix_session(&f);
	fix_closed_part(&f);
	for (int k = 0; k < N_CASES; k++)
		fill(k);
	FIX_MUST(fix_state(&f, MEETING_CLOSING));
	FIX_MUST(fix_state(&f, MEETING_CLOSED));
	fix_clock("2026-12-17T13:50");
	f.meeting = fix_plan(&f, "safer-estates", "2026-12-17");
	f.day += 28;
	for (size_t i = 0; i < N_VISITORS; i++) {
		struct visitor *v = &visitor[i];
		char sql[400];
		*v = (struct visitor){v->agency, v->standing, 0, false, false, {0}};
		snprintf(sql, sizeof(sql),
		        "INSERT INTO seat(uid, meeting, agency, person, standing, guest, position) "
		        "VALUES(randomblob(16), %lld,"
		        " (SELECT id FROM agency WHERE code = '%s'), 1, %d, %d, 900 + %zu)",
		        (long long)f.meeting, v->agency, (int)v->standing, !*v->agency, i);
		fix_sql(&f, sql);
		v->seat = sqlite3_last_insert_rowid(f.r->db);
	}
	fix_sql(&f, "UPDATE meeting SET state = 2 WHERE state = 0");
	for (int k = 0; k < N_CASES; k++) {
		kase[k].id = fix_case(&f, REF[k]);
		kase[k].item = fix_item(&f, REF[k]);
		kase[k].level = (enum restriction)k;
		kase[k].police = kase[k].victims = k > 0;
		kase[k].council = false;
		FIX_MUST(record_draft_put(f.r, "share", kase[k].item, 1, word(k, "draft")));
	}
}

/* ---- what may be seen, worked out anew ---- */

static bool named(const struct subject *k, const char *agency)
{
	return (k->police && strcmp(agency, "police") == 0) ||
	       (k->victims && strcmp(agency, "victims") == 0) ||
	       (k->council && strcmp(agency, "council") == 0);
}

static enum sight sees(const struct subject *k, const char *agency, enum standing s, bool conflict)
{
	bool member = s == STANDING_CORE || s == STANDING_DEPUTY;
	if (k->level == RESTRICTION_NORMAL)
		return conflict                           ? SIGHT_HELD
		       : member || s == STANDING_OBSERVER ? SIGHT_FULL
		                                          : SIGHT_ANON;
	if (member && !conflict && named(k, agency))
		return SIGHT_FULL;
	return k->level == RESTRICTION_NAMED ? SIGHT_HELD : SIGHT_NONE;
}

static enum sight room_sees(int k)
{
	enum sight least = SIGHT_FULL;
	bool anyone = false;
	for (size_t i = 0; i < N_VISITORS; i++) {
		if (!visitor[i].here || visitor[i].away)
			continue;
		enum sight s = sees(
		        &kase[k], visitor[i].agency, visitor[i].standing, visitor[i].conflict[k]);
		least = s < least ? s : least;
		anyone = true;
	}
	return anyone ? least : SIGHT_NONE;
}

static bool room_is_police(void)
{
	bool all = true, anyone = false;
	for (size_t i = 0; i < N_VISITORS; i++) {
		if (!visitor[i].here || visitor[i].away)
			continue;
		anyone = true;
		all &= strcmp(visitor[i].agency, "police") == 0 &&
		       visitor[i].standing <= STANDING_DEPUTY;
	}
	return all && anyone;
}

/* ---- all that is said ---- */

static void say(struct buf *b, const char *s)
{
	buf_puts(b, s ? s : "(null)");
	buf_puts(b, "\n");
}

static enum err list_row(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	(void)column;
	for (size_t i = 0; i < n; i++)
		say(ctx, value[i]);
	return ERR_OK;
}

static void say_case(struct buf *b, const struct case_row *c)
{
	say(b, c->ref), say(b, c->strand), say(b, c->reason), say(b, c->referred_by);
}

static void say_actions(struct buf *b, const struct record_viewer *v, struct action_filter filter)
{
	struct action_row *t = NULL;
	size_t n = 0;
	FIX_MUST(record_actions(f.r, &f.a, v, &filter, &t, &n));
	for (size_t i = 0; i < n; i++)
		say(b, t[i].what), say(b, t[i].owner), say(b, t[i].owner_role),
		        say(b, t[i].done_when), say(b, t[i].outcome), say(b, t[i].case_ref),
		        say(b, t[i].agency_name);
}

static void say_one(struct buf *b, const struct record_viewer *v, int k, bool reads)
{
	const struct practice_tool *t = practice_tool(f.p, "asb-matrix");
	struct case_row c = {0};
	struct party_row *p = NULL;
	struct incident_row *i = NULL;
	struct assessment_row *s = NULL;
	struct share_row *h = NULL;
	struct decision_row *d = NULL;
	int answer[64];
	const char *source[64];
	int64_t id = kase[k].id;
	size_t n = 0;
	enum err e;
	if (record_case(f.r, &f.a, v, id, &c) == ERR_OK && c.sight >= SIGHT_ANON)
		say_case(b, &c);
	else if (c.ref && *c.ref)
		say(b, c.ref);
	if (reads && record_case_read(f.r, &f.a, v, id, &c) == ERR_OK)
		say_case(b, &c);
	FIX_MUST(record_parties(f.r, &f.a, v, id, &p, &n));
	for (size_t j = 0; j < n; j++)
		say(b, p[j].role_label), say(b, p[j].name), say(b, p[j].address),
		        say(b, p[j].postcode), say(b, p[j].phone), say(b, p[j].safe_contact),
		        say(b, p[j].relations), say(b, p[j].short_name);
	FIX_MUST(record_incidents(f.r, &f.a, v, id, &i, &n));
	for (size_t j = 0; j < n; j++)
		say(b, i[j].kind), say(b, i[j].what), say(b, i[j].reported_to);
	for (int by = 0; by < 2; by++) {
		FIX_MUST(record_shares(f.r, &f.a, v, id, by ? kase[k].old_item : 0, &h, &n));
		for (size_t j = 0; j < n; j++)
			say(b, h[j].agency_name), say(b, h[j].about), say(b, h[j].words),
			        say(b, h[j].source), say(b, h[j].reason), say(b, h[j].purpose),
			        say(b, h[j].gateway), say(b, h[j].necessity), say(b, h[j].consent),
			        say(b, h[j].handling);
		FIX_MUST(record_decisions(f.r, &f.a, v, id, by ? kase[k].old_item : 0, &d, &n));
		for (size_t j = 0; j < n; j++)
			say(b, d[j].outcome), say(b, d[j].words), say(b, d[j].dissent),
			        say(b, d[j].dissent_agency);
	}
	FIX_MUST(record_assessments(f.r, &f.a, v, id, &s, &n));
	for (size_t j = 0; j < n; j++)
		say(b, s[j].tool), say(b, s[j].override), say(b, s[j].escalated);
	struct event_row *happened = NULL;
	for (int by = 0; by < 2; by++) {
		FIX_MUST(record_events(f.r, &f.a, v, by ? id : 0, f.forum, 0, &happened, &n));
		for (size_t j = 0; j < n; j++)
			if (happened[j].case_id == id)
				say(b, happened[j].words), say(b, happened[j].ref);
	}
	struct practice_facts facts;
	const char *stale, *rule;
	e = record_risk_facts(f.r, &f.a, v, id, &facts);
	for (size_t j = 0; e == ERR_OK && j < facts.n; j++)
		say(b, facts.incident[j].kind);
	FIX_MUST(record_stale(f.r, &f.a, v, id, &stale, &rule));
	if (*stale)
		say(b, REF[k]); /* that it is out of date may be known where the case may be */
	e = record_answers(f.r, &f.a, v, kase[k].assessment, t, answer, source);
	for (size_t j = 0; e == ERR_OK && j < t->n_factors; j++)
		say(b, source[j]);
	say_actions(b, v, (struct action_filter){.case_id = id});
	say_actions(b, v, (struct action_filter){.item = kase[k].old_item});
	const char *text = "";
	FIX_MUST(record_presence(f.r, &f.a, v, kase[k].item, &text));
	say(b, text);
	struct presence_row *pr = NULL;
	for (int old = 0; old < 2; old++) {
		FIX_MUST(record_presence_rows(
		        f.r, &f.a, v, old ? kase[k].old_item : kase[k].item, &pr, &n));
		for (size_t j = 0; j < n; j++)
			say(b, pr[j].declared), say(b, pr[j].decision), say(b, pr[j].who);
	}
	struct action_row act;
	struct action_event *ev = NULL;
	if (!record_action_history(f.r, &f.a, v, kase[k].action, &act, &ev, &n)) {
		say(b, act.what), say(b, act.case_ref), say(b, act.outcome);
		for (size_t j = 0; j < n; j++)
			say(b, ev[j].words);
	}
	/* the room's own: drafts, and the sentences of refusals */
	if (v->meeting) {
		FIX_MUST(record_draft_get(f.r, &f.a, "share", kase[k].item, 1, &text));
		say(b, text);
		struct command c2 = {.kind = CMD_NOTE, .u.note = {kase[k].item, 0, ""}};
		(void)!record_do(f.r, &c2, NULL, &f.why);
		say(b, f.why.text);
		c2 = (struct command){.kind = CMD_ACTION_UPDATE,
		        .u.update = {kase[k].action, f.meeting, ACTION_DONE, ""}};
		(void)!record_do(f.r, &c2, NULL, &f.why);
		say(b, f.why.text);
	}
}

/* Whoever is in the store, by each way in: a person is seen through cases that are seen in full. */
static void say_people(struct buf *b, const struct record_viewer *v)
{
	int64_t last = fix_int(&f, "SELECT max(id) FROM identity");
	for (int64_t id = 1; id <= last; id++) {
		struct identity_row who;
		struct appearance_row *in;
		struct was_row *was;
		struct relation_row *l;
		struct merge_row *m;
		struct about_row *s;
		struct everything_row *all;
		struct near_row *near;
		size_t n;
		enum err e = record_identity(f.r, &f.a, v, id, &who);
		if (!e) {
			say(b, who.name), say(b, who.also), say(b, who.address);
			say(b, who.phone), say(b, who.safe_contact), say(b, who.postcode);
			FIX_MUST(record_were(f.r, &f.a, v, id, &was, &n));
			for (size_t j = 0; j < n; j++)
				say(b, was[j].ref), say(b, was[j].words);
		}
		FIX_MUST(record_appearances(f.r, &f.a, v, id, &in, &n));
		for (size_t j = 0; j < n; j++)
			say(b, in[j].ref), say(b, in[j].strand), say(b, in[j].safe_contact);
		FIX_MUST(record_relations_of(f.r, &f.a, v, id, &l, &n));
		for (size_t j = 0; j < n; j++)
			say(b, l[j].name), say(b, l[j].other_name);
		FIX_MUST(record_merges(f.r, &f.a, v, id, &m, &n));
		for (size_t j = 0; j < n; j++)
			say(b, m[j].kept), say(b, m[j].gone), say(b, m[j].words);
		FIX_MUST(record_shares_about(f.r, &f.a, v, id, &s, &n));
		for (size_t j = 0; j < n; j++)
			say(b, s[j].ref), say(b, s[j].share.words), say(b, s[j].share.about);
		FIX_MUST(record_everything(f.r, &f.a, v, id, &all, &n));
		for (size_t j = 0; j < n; j++)
			say(b, all[j].ref), say(b, all[j].words), say(b, all[j].agency);
		/* by the name, birthday and address the store itself has */
		struct sql q;
		struct near_key k = {0};
		sql_query(f.r, &q,
		        "SELECT name, born, address, postcode FROM party WHERE identity = ? LIMIT "
		        "1",
		        "i", id);
		if (sql_step(&q))
			k = (struct near_key){sql_text(&q, 0, &f.a), sql_day(&q, 1),
			        sql_text(&q, 2, &f.a), sql_text(&q, 3, &f.a)};
		FIX_MUST(sql_end(&q));
		if (!k.name)
			continue;
		FIX_MUST(record_near(f.r, &f.a, v, &k, 0, 100, &near, &n));
		for (size_t j = 0; j < n; j++)
			say(b, near[j].name), say(b, near[j].ref), say(b, near[j].address);
	}
	int64_t cases = fix_int(&f, "SELECT max(id) FROM kase");
	for (int64_t id = 1; id <= cases; id++) {
		struct child_row *c;
		struct twin_row *t;
		struct repeat_row rep;
		size_t n;
		FIX_MUST(record_children(f.r, &f.a, v, id, &c, &n));
		for (size_t j = 0; j < n; j++)
			say(b, c[j].name), say(b, c[j].words), say(b, c[j].gaps);
		FIX_MUST(record_twins(f.r, &f.a, v, id, &t, &n));
		for (size_t j = 0; j < n; j++)
			say(b, t[j].words), say(b, t[j].other_words);
		FIX_MUST(record_repeat(f.r, &f.a, v, id, &rep));
		say(b, rep.of_ref), say(b, rep.harmed), say(b, rep.harming), say(b, rep.words);
	}
}

static void say_all(struct buf *b, const struct record_viewer *v, bool reads)
{
	static const char *const SEARCH[] = {
	        "wf", "wt", "c-2026-9", "strand", "sample", "qxz", "C-2026-9003", "strandhx"};
	struct item_row *i = NULL;
	struct case_row *c = NULL;
	struct clock_row *k = NULL;
	struct note_row *o = NULL;
	struct check_row *x = NULL;
	size_t n = 0;
	for (int m = 0; m < 2; m++) {
		int64_t meeting = m ? f.meeting : first_meeting;
		int number = 0, after = 0;
		FIX_MUST(record_items(f.r, &f.a, v, meeting, &i, &n));
		for (size_t j = 0; j < n; j++) /* those of hidden cases come after all others */
			after += i[j].state != ITEM_REMOVED && i[j].case_id &&
			         fix_int(&f,
			                 fmt_sql("SELECT restriction = 2 FROM kase WHERE id = %d",
			                         (int)i[j].case_id));
		for (size_t j = 0; j < n; j++) {
			say(b, i[j].title), say(b, i[j].second);
			bool hidden =
			        i[j].state != ITEM_REMOVED && i[j].case_id &&
			        fix_int(&f, fmt_sql("SELECT restriction = 2 FROM kase WHERE id "
			                            "= %d",
			                            (int)i[j].case_id));
			if (i[j].state != ITEM_REMOVED && !hidden && i[j].number != ++number)
				say(b, "a gap in the numbers tells of a hidden item: wfhgap");
		}
		for (size_t j = 0; j < n; j++)
			if (i[j].number > number + after)
				say(b, "a number too high tells of a hidden item: wfhgap");
		FIX_MUST(record_notes(f.r, &f.a, v, meeting, 0, &o, &n));
		for (size_t j = 0; j < n; j++)
			say(b, o[j].speaker), say(b, o[j].words);
		FIX_MUST(record_checks(f.r, &f.a, v, meeting, &x, &n));
		for (size_t j = 0; j < n; j++)
			say(b, x[j].text), say(b, x[j].hint);
		say_actions(b, v, (struct action_filter){.meeting = meeting});
		struct listed_row *told = NULL;
		FIX_MUST(record_listed(f.r, &f.a, v, meeting, &told, &n));
		for (size_t j = 0; j < n; j++)
			say(b, told[j].ref), say(b, told[j].strand);
	}
	for (int open = 0; open < 2; open++) {
		FIX_MUST(record_cases(f.r, &f.a, v, f.forum, open, 1000, &c, &n));
		for (size_t j = 0; j < n; j++)
			say_case(b, &c[j]);
		say_actions(b, v, (struct action_filter){.forum = f.forum, .open_only = open});
	}
	FIX_MUST(record_lapsing(f.r, &f.a, v, f.forum, f.day + 400, &c, &n));
	for (size_t j = 0; j < n; j++)
		say_case(b, &c[j]);
	FIX_MUST(record_clocks(f.r, &f.a, v, f.forum, 1000, &k, &n));
	for (size_t j = 0; j < n; j++)
		say(b, k[j].ref), say(b, k[j].what), say(b, k[j].left);
	for (size_t s = 0; s < COUNT_OF(SEARCH); s++) {
		struct search_row *hit = NULL;
		FIX_MUST(record_search(f.r, &f.a, v, SEARCH[s], 50, &hit, &n));
		for (size_t j = 0; j < n; j++)
			say(b, hit[j].ref), say(b, hit[j].strand), say(b, hit[j].matched);
	}
	say_actions(b, v,
	        (struct action_filter){
	                .forum = f.forum, .meeting = f.meeting, .before_meeting = true});
	for (size_t l = 0; reads && record_list_kind(l); l++)
		FIX_MUST(record_list(f.r, v, record_list_kind(l), NULL, list_row, b, &f.why));
	if (reads) /* at the moments when everything is asked */
		say_people(b, v);
	for (int one = 0; one < N_CASES; one++)
		say_one(b, v, one, reads);
	FIX_MUST(buf_err(b));
}

/* NULL when all is as it should be. */
static const char *judge(const struct buf *b, int k, enum sight s, bool tight)
{
	static const char *const WHOLE[] = {"name", "street", "phone", "safe", "child", "incident",
	        "reason", "share", "source", "notshared", "answer", "override", "action",
	        "donewhen", "outcome", "note", "event", "decision", "dissent", "deferral"};
	char of[8];
	static char said[80];
	for (size_t i = 0; i < COUNT_OF(WHOLE); i++) {
		const char *w = word(k, WHOLE[i]);
		if ((strstr(buf_str(b), w) != NULL) != (s == SIGHT_FULL)) {
			snprintf(said, sizeof(said), "%s %s", w,
			        s == SIGHT_FULL ? "is kept back" : "is told");
			return said;
		}
	}
	snprintf(of, sizeof(of), "wf%c", LETTER[k]);
	if (s < SIGHT_FULL && strstr(buf_str(b), of))
		return "a word of the case";
	if ((strstr(buf_str(b), REF[k]) != NULL) != (s >= SIGHT_ANON))
		return s >= SIGHT_ANON ? "the reference is kept back" : "the reference is told";
	if ((strstr(buf_str(b), STRAND[k]) != NULL) != (s >= SIGHT_ANON))
		return s >= SIGHT_ANON ? "the strand is kept back" : "the strand is told";
	snprintf(of, sizeof(of), "wt%c", LETTER[k]);
	if (strstr(buf_str(b), of) && !(s == SIGHT_FULL && tight))
		return "a restricted share is told";
	if (s == SIGHT_FULL && tight && !strstr(buf_str(b), of))
		return "a restricted share is kept back from those it is for";
	return NULL;
}

static void set_room(void)
{
	fix_sql(&f, "DELETE FROM conflict; DELETE FROM absence");
	for (size_t i = 0; i < N_VISITORS; i++) {
		char sql[200];
		snprintf(sql, sizeof(sql),
		        "UPDATE seat SET signed = %s, left_at = %s WHERE id = %lld",
		        visitor[i].here ? "5" : "NULL", visitor[i].away && i % 2 ? "6" : "NULL",
		        (long long)visitor[i].seat);
		fix_sql(&f, sql);
		if (visitor[i].away && i % 2 == 0) {
			snprintf(sql, sizeof(sql),
			        "INSERT INTO absence(seat, item, left_at, words) VALUES(%lld, "
			        "%lld, 6, '')",
			        (long long)visitor[i].seat, (long long)kase[0].item);
			fix_sql(&f, sql);
		}
		for (int k = 0; k < N_CASES; k++) {
			if (!visitor[i].conflict[k])
				continue;
			snprintf(sql, sizeof(sql),
			        "INSERT INTO conflict(uid, seat, kase, words, decision, at) "
			        "VALUES(randomblob(16), %lld, %lld, '%s', 'leaves', 6)",
			        (long long)visitor[i].seat, (long long)kase[k].id,
			        word(k, "conflict"));
			fix_sql(&f, sql);
		}
	}
}

static void describe(const char *what, int k)
{
	size_t o = (size_t)snprintf(
	        test_why, sizeof(test_why), "%s; case %c; in the room:", what, LETTER[k]);
	for (size_t i = 0; i < N_VISITORS && o < sizeof(test_why) - 60; i++)
		if (visitor[i].here)
			o += (size_t)snprintf(test_why + o, sizeof(test_why) - o, " %s/%s%s%s",
			        visitor[i].agency, standing_name(visitor[i].standing),
			        visitor[i].away ? "(away)" : "",
			        visitor[i].conflict[k] ? "(conflict)" : "");
	test_failed = test_why;
}

static void check_room(bool reads)
{
	struct record_viewer v;
	struct buf b;
	struct command none = {.kind = CMD_NOTE, .u.note = {999999, 0, ""}};
	char unknown[512];
	buf_init(&b, 8u << 20);
	set_room();
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	say_all(&b, &v, reads);
	for (int k = 0; k < N_CASES && !test_failed; k++) {
		enum sight s = room_sees(k), got;
		const char *wrong = judge(&b, k, s, room_is_police());
		if (wrong)
			describe(wrong, k);
		else if (record_sight(f.r, &v, kase[k].id, &got) != ERR_OK || got != s)
			describe("the sight is another", k);
		/* a hidden item answers as one that never was */
		(void)!record_do(f.r, &none, NULL, &f.why);
		snprintf(unknown, sizeof(unknown), "%s", f.why.text);
		struct command c = none;
		c.u.note.item = kase[k].item;
		(void)!record_do(f.r, &c, NULL, &f.why);
		if (!wrong && !v.blind && (strcmp(unknown, f.why.text) == 0) != (s == SIGHT_NONE))
			describe("asking for the item tells whether it is there", k);
	}
	buf_finish(&b);
	arena_reset(&f.a);
}

static void empty_room(void)
{
	for (size_t i = 0; i < N_VISITORS; i++) {
		visitor[i].here = visitor[i].away = false;
		memset(visitor[i].conflict, 0, sizeof(visitor[i].conflict));
	}
}

static void r30_every_room_is_told_what_it_may_see(void)
{
	start();
	empty_room();
	check_room(true); /* nobody: blind */
	for (size_t i = 0; i < N_VISITORS && !test_failed; i++)
		for (size_t j = i; j < N_VISITORS && !test_failed; j++)
			for (int c = 0; c < 3 && !test_failed; c++) {
				empty_room();
				visitor[i].here = visitor[j].here = true;
				for (int k = 0; k < N_CASES; k++)
					visitor[i].conflict[k] = c > 0;
				visitor[i].away = c == 2; /* has left: the others see again */
				check_room(i == j);
			}
	fix_finish(&f);
}

static void r30_papers_hold_what_their_agency_may_see(void)
{
	static const char *const AGENCY[] = {"police", "victims", "council", "fire", "education"};
	start();
	empty_room();
	set_room();
	for (size_t i = 0; i < COUNT_OF(AGENCY); i++)
		for (int anon = 0; anon < 2; anon++) {
			struct record_viewer v;
			struct buf b;
			buf_init(&b, 8u << 20);
			record_viewer_agency(fix_agency(&f, AGENCY[i]), anon, &v);
			say_all(&b, &v, true);
			for (int k = 0; k < N_CASES; k++) {
				enum sight s = sees(&kase[k], AGENCY[i], STANDING_CORE, false);
				if (anon && s > SIGHT_ANON)
					s = SIGHT_ANON;
				const char *wrong =
				        judge(&b, k, s, strcmp(AGENCY[i], "police") == 0);
				CHECK_STR(wrong ? wrong : "", "");
			}
			buf_finish(&b);
			arena_reset(&f.a);
		}
	/* the opener is Morgan Example of the police; and then nobody in particular */
	for (int who = 0; who < 2; who++) {
		struct record_viewer v;
		struct buf b;
		buf_init(&b, 8u << 20);
		FIX_MUST(record_viewer_opener(f.r, &v));
		say_all(&b, &v, true);
		for (int k = 0; k < N_CASES; k++) {
			const char *wrong = judge(&b, k,
			        sees(&kase[k], who ? "" : "police", STANDING_CORE, false), !who);
			CHECK_STR(wrong ? wrong : "", "");
		}
		buf_finish(&b);
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_PERSON_SLOT, .slot = {fix_person(&f, "Morgan Example"), NULL}),
		        NULL));
	}
	fix_finish(&f);
}

static void r30_random_rooms_are_told_what_they_may_see(void)
{
	uint32_t seed = 20261122;
	start();
	for (int room = 0; room < 300 && !test_failed; room++) {
		empty_room();
		for (size_t i = 0; i < N_VISITORS; i++) {
			seed = seed * 1664525u + 1013904223u;
			visitor[i].here = (seed >> 28) < 4;
			visitor[i].away = (seed >> 24 & 15) < 3;
			for (int k = 0; k < N_CASES; k++)
				visitor[i].conflict[k] = (seed >> (8 + 4 * k) & 15) == 0;
		}
		for (int k = 0; k < N_CASES; k++) {
			char sql[300];
			seed = seed * 1664525u + 1013904223u;
			kase[k].level = (enum restriction)((seed >> 20) % RESTRICTION_COUNT);
			kase[k].police = true;
			kase[k].victims = seed >> 30 & 1;
			kase[k].council = seed >> 29 & 1;
			snprintf(sql, sizeof(sql),
			        "UPDATE kase SET restriction = %d WHERE id = %lld; DELETE FROM "
			        "kase_agency WHERE kase = %lld;"
			        "INSERT INTO kase_agency(kase, agency) SELECT %lld, id FROM agency "
			        "WHERE (code = 'police') OR (code ="
			        " 'victims' AND %d) OR (code = 'council' AND %d)",
			        (int)kase[k].level, (long long)kase[k].id, (long long)kase[k].id,
			        (long long)kase[k].id, kase[k].victims, kase[k].council);
			fix_sql(&f, sql);
		}
		check_room(room % 50 == 0);
	}
	fix_finish(&f);
}

/* Two stores, one without the hidden case: what a room that may not know is told must be the same
 * to the letter. */
static void r30_hidden_case_leaves_no_trace(void)
{
	static struct buf told[2];
	for (int without = 0; without < 2; without++) {
		struct record_viewer v;
		struct record_undo u;
		start();
		empty_room();
		visitor[2].here = visitor[0].here = true; /* council and police */
		set_room();
		/* both stores have had the same work; in one the case's rows are gone but for the
		 * id gaps */
		if (without) {
			char sql[1600];
			fix_sql(&f, "PRAGMA foreign_keys = OFF");
			long long id = (long long)kase[2].id;
			snprintf(sql, sizeof(sql),
			        "DELETE FROM item WHERE kase = %lld; DELETE FROM share WHERE kase "
			        "= %lld; DELETE FROM action WHERE kase = %lld;"
			        "DELETE FROM note WHERE words LIKE 'wfh%%'; DELETE FROM decision "
			        "WHERE kase = %lld; DELETE FROM assessment WHERE"
			        " kase = %lld; DELETE FROM party WHERE kase = %lld; DELETE FROM "
			        "incident WHERE kase = %lld; DELETE FROM clock WHERE"
			        " kase = %lld; DELETE FROM kase WHERE id = %lld; DELETE FROM "
			        "conflict WHERE kase = %lld",
			        id, id, id, id, id, id, id, id, id, id);
			fix_sql(&f, sql);
		}
		buf_init(&told[without], 8u << 20);
		FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
		/* all lists and counts; and what the undo bar says */
		struct item_row *i = NULL;
		struct check_row *x = NULL;
		size_t n = 0;
		FIX_MUST(record_items(f.r, &f.a, &v, f.meeting, &i, &n));
		for (size_t j = 0; j < n; j++)
			buf_printf(&told[without], "%d %s %s %d\n", i[j].number, i[j].title,
			        i[j].second, (int)i[j].state);
		FIX_MUST(record_checks(f.r, &f.a, &v, f.meeting, &x, &n));
		for (size_t j = 0; j < n; j++)
			say(&told[without], x[j].text);
		FIX_MUST(record_checks(f.r, &f.a, &v, first_meeting, &x, &n));
		for (size_t j = 0; j < n; j++)
			say(&told[without], x[j].text);
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_ITEM_DONE, .item = {fix_item(&f, "other"), NULL, NULL}), NULL));
		CHECK(record_undo_offer(f.r, &u));
		say(&told[without], u.text);
		FIX_MUST(record_undo(f.r, &f.why));
		/* moving past it is moving past the next one that is seen */
		for (size_t j = 0; j < 3; j++) {
			FIX_MUST(fix_do(&f,
			        FIX_CMD(CMD_ITEM_MOVE, .move = {fix_item(&f, "other"), -1}), NULL));
			FIX_MUST(record_items(f.r, &f.a, &v, f.meeting, &i, &n));
			for (size_t k = 0; k < n; k++)
				buf_printf(&told[without], "%d %s\n", i[k].number, i[k].title);
		}
		struct search_row *hit = NULL;
		FIX_MUST(record_search(
		        f.r, &f.a, &v, "wf", 3, &hit, &n)); /* hidden hits take no place */
		buf_printf(&told[without], "%zu\n", n);
		struct command add = {.kind = CMD_ITEM_ADD,
		        .u.add = {.meeting = f.meeting,
		                .case_id = kase[2].id,
		                .reason = "repeat",
		                .needed_for = "joint-plan"}};
		(void)!record_do(f.r, &add, NULL, &f.why);
		say(&told[without], f.why.text);
		struct command upd = {.kind = CMD_ACTION_UPDATE,
		        .u.update = {kase[2].action, f.meeting, ACTION_DONE, "Done."}};
		(void)!record_do(f.r, &upd, NULL, &f.why);
		say(&told[without], f.why.text);
		fix_finish(&f);
	}
	CHECK(told[0].len > 500);
	CHECK_STR(buf_str(&told[0]), buf_str(&told[1]));
	buf_finish(&told[0]);
	buf_finish(&told[1]);
}

static void r30_exports_hold_what_the_opener_may_see(void)
{
	struct buf b;
	start();
	static const char *const KIND[] = {"referrals", "incidents"};
	for (int who = 0; who < 2; who++) {
		for (size_t i = 0; i < COUNT_OF(KIND); i++) {
			buf_init(&b, 8u << 20);
			FIX_MUST(record_export(f.r, KIND[i], &b, &f.why));
			CHECK(strstr(buf_str(&b), i ? "C-2026-0009" : "wfnname"));
			CHECK((strstr(buf_str(&b), i ? "C-2026-0120" : "wfrname") != NULL) ==
			        (who == 0));
			if (!i)
				CHECK((strstr(buf_str(&b), "wfhname") != NULL) == (who == 0));
			buf_finish(&b);
		}
		/* then a member of the council holds the key */
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_PERSON_SLOT,
		                .slot = {fix_person(&f, "Lee Instance"), vault_opener(f.v)->id}),
		        NULL));
		fix_sql(&f, "DELETE FROM kase_agency WHERE agency = (SELECT id FROM agency WHERE "
		            "code = 'council')");
	}
	fix_finish(&f);
}

/* A person who may see less than their agency's seat sits as themselves, also when somebody else
 * sat there before. */
static void r31_seat_never_raises_its_person(void)
{
	fix_sample(&f, test_dir());
	fix_sql(&f, "INSERT INTO member(forum, agency_kind, standing) VALUES('asb-steering', "
	            "'Community representative', 'core'),"
	            "('asb-steering', 'Police', 'core'), ('asb-steering', 'Education', "
	            "'observer'), ('asb-steering', 'Adult social care', 'core');"
	            "INSERT INTO membership(forum, person, standing) SELECT f.id, p.id, CASE "
	            "p.name WHEN 'Nell Exemplar' THEN 4 WHEN 'Ola Replica' THEN 3"
	            " WHEN 'Ellis Pattern' THEN 1 ELSE 0 END FROM forum f JOIN person p ON p.name "
	            "IN ('Nell Exemplar', 'Ola Replica', 'Nico Outline',"
	            " 'Ellis Pattern', 'Morgan Example') WHERE f.code = 'asb-steering'");
	f.meeting = fix_plan(&f, "asb-steering", "2026-11-26");
#define STANDS(code)                                                                               \
	fix_of(&f,                                                                                 \
	        "SELECT standing FROM seat s JOIN agency g ON g.id = s.agency WHERE g.code = %Q "  \
	        "AND s.meeting = %lld"                                                             \
	        " ORDER BY s.id DESC LIMIT 1",                                                     \
	        code)
	CHECK(STANDS("community") == STANDING_COMMUNITY);
	CHECK(STANDS("education") == STANDING_OBSERVER);
	CHECK(STANDS("adult-care") == STANDING_OBSERVER);
	CHECK(STANDS("police") == STANDING_CORE);
	/* the observer's seat taken by somebody else, and back; the guest's seat keeps its own */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_PERSON,
	                .seat = {fix_seat(&f, "adult-care"), fix_person(&f, "Noor Pattern"), 0}),
	        NULL));
	CHECK(STANDS("adult-care") ==
	        STANDING_DEPUTY); /* not on the group's list: sent by the agency */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_PERSON,
	                .seat = {fix_seat(&f, "adult-care"), fix_person(&f, "Ola Replica"), 0}),
	        NULL));
	CHECK(STANDS("adult-care") == STANDING_OBSERVER);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_PERSON,
	                .seat = {fix_seat(&f, "education"), fix_person(&f, "Nico Outline"), 0}),
	        NULL));
	CHECK(STANDS("education") == STANDING_OBSERVER);
	int64_t guest, police = fix_agency(&f, "police");
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_GUEST,
	                .guest = {f.meeting, police, "Kim Stand-in", "Trainee", STANDING_OBSERVER}),
	        &guest));
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_SEAT_PERSON, .seat = {guest, fix_person(&f, "Morgan Example"), 0}),
	        NULL));
	CHECK(STANDS("police") == STANDING_OBSERVER);
	fix_finish(&f);
}

/* 'No conflict' lets a person stay and see. */
static void r06_conflict_holds_back_until_decided(void)
{
	struct record_viewer v;
	enum sight s;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t id = fix_case(&f, "C-2026-0118"), fire = fix_seat(&f, "fire");
	for (int i = 0; i < 2; i++) {
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_CONFLICT, .conflict = {fire, id, "I know the street.",
		                                      i ? "no-conflict" : "leaves"}),
		        NULL));
		FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
		FIX_MUST(record_sight(f.r, &v, id, &s));
		CHECK(s == (i ? SIGHT_FULL : SIGHT_HELD));
		if (i == 0) {
			FIX_MUST(fix_do(&f,
			        FIX_CMD(CMD_SEAT_LEAVE,
			                .at_seat = {.seat = fire,
			                        .item = fix_item(&f, "C-2026-0118")}),
			        NULL));
			FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
			FIX_MUST(record_sight(f.r, &v, id, &s));
			CHECK(s == SIGHT_FULL);
			struct practice_quorum q;
			FIX_MUST(record_quorum(
			        f.r, f.meeting, 0, &q)); /* and is not counted (4Minitz #390) */
			CHECK(q.met);
			FIX_MUST(fix_do(
			        &f, FIX_CMD(CMD_SEAT_RETURN, .at_seat = {.seat = fire}), NULL));
		}
	}
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r30_every_room_is_told_what_it_may_see),
	        T(r30_papers_hold_what_their_agency_may_see),
	        T(r30_random_rooms_are_told_what_they_may_see), T(r30_hidden_case_leaves_no_trace),
	        T(r30_exports_hold_what_the_opener_may_see), T(r31_seat_never_raises_its_person),
	        T(r06_conflict_holds_back_until_decided)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
