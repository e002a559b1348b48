#ifndef TESTS_BENCH_BIG_H
#define TESTS_BENCH_BIG_H
/*
 * A store as it is after ten years: so many cases over six groups that met monthly 120 times, six
 * people a case, fifty statements, ten incidents, two actions, every read and write in the audit
 * chain. Invented people only; the same rows each time for the same number. It is written by plain
 * SQL under the schema's own constraints and triggers, with the clock going through the years, and
 * its next meeting is planned by the command. Made once for each number of cases, and kept in
 * DIR/CASES-HASH; the hash is over this file and the schema's, so a change of either makes it anew.
 */
#include <dirent.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "record_fixture.h"

#define BIG_MEETINGS 120
#define BIG_FORUMS 6
#define BIG_PARTIES 6
#define BIG_SHARES 50
#define BIG_INCIDENTS 10
#define BIG_SEATS 12

struct big_case {
	int64_t id, party[BIG_PARTIES];
	int first, times, said; /* its first meeting; how often it is on the table; statements so
	                           far */
	int32_t received;
	bool open;
	char ref[REF_MAX];
};

struct big_forum {
	int64_t id;
	const struct practice_type *type;
	struct big_case *kase;
	int n, made; /* made: cases that exist so far */
	int64_t agency[BIG_SEATS], person[BIG_SEATS];
	int standing[BIG_SEATS], seats;
};

struct big {
	struct fix *f;
	uint64_t seed;
	struct big_forum forum[BIG_FORUMS];
	int actions, cases;
};

static const char *const big_code[BIG_FORUMS] = {
        "safer-estates", "street-aware", "marac", "blue-light", "asb-steering", "asb-review"};

/* splitmix64: the same numbers on every machine */
FIX uint32_t big_random(struct big *b, uint32_t below)
{
	uint64_t z = b->seed += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % below);
}
FIX bool big_percent(struct big *b, uint32_t p)
{
	return big_random(b, 100) < p;
}
#define BIG_PICK(b, list) ((list)[big_random((b), COUNT_OF(list))])

FIX void big_uid(struct big *b, uint8_t uid[16])
{
	for (int i = 0; i < 16; i++)
		uid[i] = (uint8_t)big_random(b, 256);
}

FIX void big_audit(struct big *b, const char *act, const char *subject, int64_t id, int64_t kase,
        int64_t meeting)
{
	uint8_t digest[32];
	big_uid(b, digest);
	big_uid(b, digest + 16);
	struct audit_entry e = {act, subject, id, kase, meeting, digest};
	FIX_MUST(audit_add(b->f->r, &e));
}

FIX void big_name(struct big *b, char *out, size_t cap, const char *last)
{
	static const char *const FIRST[] = {"Avery", "Robin", "Dale", "Jules", "Sage", "Morgan",
	        "Ellis", "Rowan", "Quinn", "Harper", "Linden", "Wren", "Marlow", "Briar", "Jamie",
	        "Casey", "Taylor", "Noor", "Asha", "Idris", "Freya", "Kit", "Perry", "Leigh",
	        "Rory", "Ash", "Drew", "Sky", "Toby", "Nell", "Ivo", "Maya", "Orla", "Pax", "Reese",
	        "Teal", "Uma", "Zia", "Łucja", "Zoë"};
	static const char *const LAST[] = {"Sample", "Specimen", "Example", "Placeholder", "Model",
	        "Pattern", "Instance", "Mockup", "Testcase", "Template", "Draft", "Proof",
	        "Stencil", "Prototype", "Replica", "Outline", "Sketch", "Exemplar", "Facsimile"};
	const char *first = BIG_PICK(b, FIRST), *other = BIG_PICK(b, LAST);
	snprintf(out, cap, "%s %s", first, last ? last : other);
}

FIX void big_people(struct big *b, struct big_case *k)
{
	static const char *const STREET[] = {"Sorrel Court", "Larch Terrace", "Yarrow Street",
	        "Harebell Walk", "Meadowsweet Road", "Foxglove Lane", "Teasel Way", "Bramble Close",
	        "Mill Bridge", "Juniper Row"};
	static const char *const ROLE[BIG_PARTIES] = {
	        "complainant", "subject", "child", "household", "witness", "place"};
	static const char *const SAFE[] = {"", "", "text only", "ring after 18:00", "email only"};
	static const char *const TIE[BIG_PARTIES] = {
	        NULL, "neighbour-of", "child-of", "lives-with", NULL, NULL};
	char address[80], postcode[16], name[80], family[80], phone[16];
	uint32_t street = big_random(b, COUNT_OF(STREET) * 40); /* forty stretches of each */
	int child = b->forum[2].kase <= k && k < b->forum[2].kase + b->forum[2].n;
	snprintf(postcode, sizeof(postcode), "QX%u %uAA", 1 + street / 100, street % 10);
	big_name(b, family, sizeof(family), NULL);
	for (int i = 0; i < BIG_PARTIES; i++) {
		uint8_t uid[16];
		big_uid(b, uid);
		uint32_t number = 1 + big_random(b, 90), days = big_random(b, 20000),
		         line = big_random(b, 1000);
		const char *safe = BIG_PICK(b, SAFE);
		snprintf(address, sizeof(address), "%u %s", number,
		        STREET[street % COUNT_OF(STREET)]);
		snprintf(phone, sizeof(phone), "01632 960%03u", line);
		if (i == 0)
			snprintf(name, sizeof(name), "%s", family);
		else if (i == 5)
			snprintf(name, sizeof(name), "%s", address);
		else
			big_name(b, name, sizeof(name),
			        i == 2 || i == 3 ? strchr(family, ' ') + 1 : NULL);
		FIX_MUST(sql_insert(b->f->r, &k->party[i],
		        "INSERT INTO party(uid, kase, role, name, born, address, postcode, phone, "
		        "safe_contact, position) VALUES(?,?,?,?,?,?,?,?,?,?)",
		        "bittdtttti", UID_ARG, k->id, i == 0 && child ? "victim" : ROLE[i], name,
		        i == 5   ? DAY_NONE
		        : i == 2 ? k->received - (int32_t)(400 + days / 4)
		                 : k->received - (int32_t)(7000 + days),
		        address, postcode, i == 0 ? phone : "", i == 0 ? safe : "", (int64_t)i));
		if (TIE[i])
			FIX_MUST(sql_run(b->f->r,
			        "INSERT INTO relation(kase, party, kind, other) VALUES(?,?,?,?)",
			        "iiti", k->id, k->party[i], TIE[i], k->party[0]));
		/* one in twenty turned out to be somebody known: merged, and the merge kept */
		if (i < 5 && k->party[0] > 2000 && big_percent(b, 5)) {
			int64_t older = 1 + big_random(b, (uint32_t)k->party[0] - 1), to = 0;
			FIX_MUST(sql_one_int(b->f->r, &to,
			        "SELECT coalesce(y.merged, y.id) FROM party p JOIN identity y ON "
			        "y.id = p.identity WHERE p.id = ?",
			        "i", older));
			FIX_MUST(sql_run(b->f->r,
			        "INSERT INTO merge(kept, gone, words, at) SELECT ?, identity, "
			        "'Same "
			        "name and date of birth.', ? FROM party WHERE id = ?",
			        "iui", to, time_now_us(), k->party[i]));
			FIX_MUST(sql_run(b->f->r,
			        "UPDATE identity SET merged = ? WHERE id = (SELECT identity FROM "
			        "party WHERE id = ?)",
			        "ii", to, k->party[i]));
		}
	}
}

FIX void big_incidents(struct big *b, struct big_forum *g, struct big_case *k)
{
	static const char *const KIND[] = {"noise", "verbal", "threat", "damage", "rubbish"};
	static const char *const WHAT[] = {"Music until 03:00, the third time this week.",
	        "Sworn at on the stairs.", "Told to watch it.", "Letter box broken.",
	        "Bags left on the landing."};
	for (int i = 0; i < BIG_INCIDENTS; i++) {
		uint8_t uid[16];
		uint32_t what = big_random(b, COUNT_OF(KIND)),
		         days = big_random(b, i < 6 ? 60 : 140),
		         who = big_random(b, (uint32_t)g->seats);
		big_uid(b, uid);
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO incident(uid, kase, day, kind, reported_to, what, position) "
		        "VALUES(?,?,?,?,?,?,?)",
		        "bidtiti", UID_ARG, k->id, k->received - 60 + (int32_t)days, KIND[what],
		        g->agency[who], WHAT[what], (int64_t)i));
	}
}

FIX void big_add_case(struct big *b, struct big_forum *g, struct big_case *k, int32_t meeting)
{
	static const char *const REASON[] = {"Weekly trouble on the landing, two households.",
	        "Shouting and threats since the summer.", "Professional judgement, getting worse."};
	uint8_t uid[16];
	int y, m, d, level = big_percent(b, 3) ? 1 : big_percent(b, 1) ? 2 : 0;
	uint32_t strand = big_random(b, (uint32_t)g->type->n_strands),
	         who = big_random(b, (uint32_t)g->seats);
	const char *reason = BIG_PICK(b, REASON);
	bool children = big_percent(b, 40);
	k->received = meeting - 2 - (int32_t)big_random(b, 26);
	time_pin_us(time_from_day(k->received, 10, 0));
	day_to_ymd(k->received, &y, &m, &d);
	snprintf(k->ref, sizeof(k->ref), "C-%04d-%05d", y, ++b->cases);
	big_uid(b, uid);
	FIX_MUST(sql_insert(b->f->r, &k->id,
	        "INSERT INTO kase(uid, ref, forum, strand, received, referred_by, reason, "
	        "restriction, children, safe_contact) VALUES(?,?,?,?,?,?,?,?,?,1)",
	        "btitditii", UID_ARG, k->ref, g->id, g->type->strand[strand], k->received,
	        g->agency[who], reason, (int64_t)level, (int64_t)children));
	for (int i = 0; level && i < 2; i++) /* named: two of the agencies that sit in the forum */
		FIX_MUST(sql_run(b->f->r, "INSERT INTO kase_agency(kase, agency) VALUES(?,?)", "ii",
		        k->id, g->agency[i]));
	big_people(b, k);
	big_incidents(b, g, k);
	for (size_t i = 0; i < g->type->n_clocks; i++) {
		const struct practice_clock *c = practice_clock(b->f->p, g->type->clock[i]);
		int64_t now = time_now_us();
		bool in_time = big_percent(b, 95);
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO clock(kase, clock, version, started, due, stopped) "
		        "VALUES(?,?,?,?,?,?)",
		        "itiuuu", k->id, c->id, (int64_t)c->version, now,
		        practice_clock_due(b->f->p, c, now),
		        in_time ? now + 20 * TIME_HOUR_US : TIME_NONE));
	}
	if (strcmp(g->type->id, "asb-review") == 0)
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO review(kase, applied, applicant, words, met, decided) "
		        "VALUES(?,?,'the victim','Six reports and nothing has changed.',1,?)",
		        "idd", k->id, k->received, k->received + 8));
	big_audit(b, "case.add", "case", k->id, k->id, 0);
}

FIX void big_say(struct big *b, struct big_forum *g, struct big_case *k, int64_t item,
        int64_t meeting, int n)
{
	static const char *const WHAT[] = {
	        "Two calls since the last meeting. A warning was given and has been kept.",
	        "Attended the appointment and agreed to a visit next week; the support worker will "
	        "come along.",
	        "The tenancy is in order. Rent is paid to the end of the month, and the neighbours "
	        "on both sides were spoken to by the housing officer.",
	        "Not known to this service before the referral. A first letter was sent by plain "
	        "envelope.",
	        "The school reports that attendance has improved since September, from 71 to 88 in "
	        "a hundred."};
	const struct practice_share_defaults *s = &g->type->share;
	for (int i = 0; i < n; i++) {
		uint8_t uid[16];
		int64_t id, agency = g->agency[i % g->seats];
		int level = big_percent(b, 2) ? 1 : 0, kind = (int)big_random(b, 20);
		const char *what = BIG_PICK(b, WHAT);
		bool opinion = big_percent(b, 20);
		int64_t about = k->party[big_random(b, 3)];
		about = big_percent(b, 70) ? about : 0;
		char words[400];
		big_uid(b, uid);
		snprintf(words, sizeof(words), "%s (%u of %u.)", what, (unsigned)k->said + 1,
		        (unsigned)BIG_SHARES);
		k->said++;
		kind = kind == 0 ? SHARE_NOT : kind == 1 ? SHARE_NOTHING : SHARE_WORDS;
		FIX_MUST(sql_insert(b->f->r, &id,
		        "INSERT INTO share(uid, item, kase, agency, person, what, about, words, "
		        "opinion, source, source_day, purpose, gateway, article6, article9, "
		        "article10, necessity, consent, handling, reason, restriction, "
		        "type_version, "
		        "said) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,?)",
		        "biiiiizti"
		        "tdtttttttttiu",
		        UID_ARG, item, k->id, agency, g->person[i % g->seats], (int64_t)kind, about,
		        kind == SHARE_WORDS ? words : "", (int64_t)opinion, s->source, DAY_NONE,
		        s->purpose, s->gateway, s->article6, s->article9, s->article10,
		        s->necessity, s->consent, s->handling,
		        kind == SHARE_NOT ? "not-relevant" : "", (int64_t)level,
		        time_now_us() + i * TIME_SECOND_US));
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO share_heard(share, seat) SELECT ?, id FROM seat WHERE meeting "
		        "= ? AND signed IS NOT NULL",
		        "ii", id, meeting));
		if (level)
			FIX_MUST(sql_run(b->f->r,
			        "INSERT INTO share_agency(share, agency) VALUES(?,?)", "ii", id,
			        agency));
		big_audit(b, "share.keep", "share", id, k->id, meeting);
	}
}

FIX int big_assess(struct big *b, struct big_forum *g, struct big_case *k, int64_t item)
{
	const struct practice_tool *t = practice_tool(b->f->p, g->type->risk_tool);
	int answer[64];
	struct practice_score s;
	int64_t id;
	uint8_t uid[16];
	big_uid(b, uid);
	for (size_t i = 0; t && i < t->n_factors; i++)
		answer[i] = big_percent(b, 8)
		                    ? ANSWER_UNKNOWN
		                    : (int)big_random(b, (uint32_t)t->factor[i].n_options);
	if (!t || practice_score(t, answer, t->n_factors, NULL, &s) != ERR_OK)
		return -1;
	FIX_MUST(sql_insert(b->f->r, &id,
	        "INSERT INTO assessment(uid, kase, item, tool, tool_version, score, highest, "
	        "least, "
	        "most, known, asked, proposed, band, thresholds, override, made) "
	        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,'',?,?)",
	        "biitiiiiiiiiitu", UID_ARG, k->id, item, t->id, (int64_t)t->version,
	        (int64_t)s.score, (int64_t)s.highest, (int64_t)s.least, (int64_t)s.most,
	        (int64_t)s.known, (int64_t)s.asked, (int64_t)s.band, (int64_t)s.band, "",
	        time_now_us()));
	for (size_t i = 0; i < t->n_factors; i++)
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO answer(assessment, factor, option, source) VALUES(?,?,?,'')",
		        "iti", id, t->factor[i].id, (int64_t)answer[i]));
	FIX_MUST(sql_run(b->f->r, "UPDATE kase SET band = ?, score = ? WHERE id = ?", "iii",
	        (int64_t)s.band, (int64_t)s.score, k->id));
	return s.band;
}

/* One action, and what became of it at later meetings; one in five is still open. */
FIX void big_action(struct big *b, struct big_forum *g, struct big_case *k, int64_t item,
        int64_t meeting, int32_t day)
{
	static const char *const WHAT[] = {"Visit with the housing officer",
	        "Noise recorder put up for two weeks", "Locks changed and spare keys handed in",
	        "Letter to both households", "Referral to the drug and alcohol service"};
	uint8_t uid[16];
	char ref[REF_MAX];
	int64_t id;
	uint32_t who = big_random(b, (uint32_t)g->seats), end = big_random(b, 20);
	const char *what = BIG_PICK(b, WHAT);
	int state = end < 4    ? ACTION_OPEN
	            : end < 15 ? ACTION_DONE
	            : end < 18 ? ACTION_OVERTAKEN
	                       : ACTION_NOT_DONE;
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	snprintf(ref, sizeof(ref), "A-%04d-%05d", y, ++b->actions);
	big_uid(b, uid);
	FIX_MUST(sql_insert(b->f->r, &id,
	        "INSERT INTO action(uid, ref, forum, meeting, item, kase, agency, person, what, "
	        "done_when, due, state, made) VALUES(?,?,?,?,?,?,?,?,?,'',?,?,?)",
	        "btiiiiiitdiu", UID_ARG, ref, g->id, meeting, item, k->id, g->agency[who],
	        g->person[who], what, day + 28, (int64_t)state, time_now_us()));
	for (uint32_t i = big_random(b, 3); i > 0; i--)
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO action_update(action, meeting, state, words, at) "
		        "VALUES(?,?,?,'',?)",
		        "iiiu", id, meeting, (int64_t)ACTION_CARRIED, time_now_us()));
	if (state != ACTION_OPEN)
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO action_update(action, meeting, state, words, at) "
		        "VALUES(?,?,?,'Seen to.',?)",
		        "iiiu", id, meeting, (int64_t)state, time_now_us() + TIME_MINUTE_US));
	big_audit(b, "action.add", "action", id, k->id, meeting);
}

FIX int64_t big_item(struct big *b, int64_t meeting, int kind, const char *title, int64_t kase,
        int *position, int minutes)
{
	uint8_t uid[16];
	int64_t id;
	big_uid(b, uid);
	*position += 1024;
	FIX_MUST(sql_insert(b->f->r, &id,
	        "INSERT INTO item(uid, meeting, kind, title, kase, position, minutes, state, "
	        "opened, "
	        "ended, used_s) VALUES(?,?,?,?,?,?,?,2,?,?,?)",
	        "biitziiuui", UID_ARG, meeting, (int64_t)kind, title, kase, (int64_t)*position,
	        (int64_t)minutes, time_now_us(), time_now_us() + minutes * TIME_MINUTE_US,
	        (int64_t)(minutes * 60)));
	return id;
}

FIX void big_tabled(struct big *b, struct big_forum *g, struct big_case *k, int nth,
        int64_t meeting, int32_t day, int *position)
{
	uint8_t uid[16];
	int64_t id, item;
	bool last = nth + 1 == k->times;
	int32_t review = day + 28 + (int32_t)big_random(b, 90);
	review = last && !k->open ? DAY_NONE : review;
	item = big_item(b, meeting, AGENDA_CASE, k->ref, k->id, position, 10);
	FIX_MUST(sql_run(b->f->r, "INSERT INTO stint(item, begins, ends) VALUES(?,?,?)", "iuu",
	        item, time_now_us(), time_now_us() + 10 * TIME_MINUTE_US));
	for (int i = 0; i < 3; i++)
		big_audit(b, "case.read", "case", k->id, k->id, meeting);
	big_say(b, g, k, item, meeting, last ? BIG_SHARES - k->said : BIG_SHARES / k->times);
	big_assess(b, g, k, item);
	for (int i = 0; i < 2; i++) {
		big_uid(b, uid);
		FIX_MUST(sql_run(b->f->r,
		        "INSERT INTO note(uid, meeting, item, agency, words, at) "
		        "VALUES(?,?,?,?,?,?)",
		        "biiitu", UID_ARG, meeting, item, g->agency[i],
		        "The group looked at what had changed since the summer.", time_now_us()));
	}
	big_action(b, g, k, item, meeting, day);
	big_uid(b, uid);
	FIX_MUST(sql_insert(b->f->r, &id,
	        "INSERT INTO decision(uid, item, kase, closes, review, outcome, words, dissent, "
	        "made) VALUES(?,?,?,?,?,?,'Agreed by all.','',?)",
	        "biiidtu", UID_ARG, item, k->id, (int64_t)(last && !k->open), review,
	        last && !k->open ? "risk-down" : "", time_now_us()));
	big_audit(b, "decision.keep", "decision", id, k->id, meeting);
	FIX_MUST(sql_run(b->f->r,
	        "UPDATE kase SET discussed = discussed + 1, last_meeting = ?, open = ?, closed = "
	        "?, "
	        "review = ? WHERE id = ?",
	        "iiddi", meeting, (int64_t)(!last || k->open), last && !k->open ? day : DAY_NONE,
	        review, k->id));
}

/* What agencies sent in before a meeting of the last two years. */
FIX void big_research(struct big *b, struct big_forum *g, struct big_case *k, int64_t meeting)
{
	for (int i = 0; i < g->seats; i++) {
		uint8_t uid[16];
		int64_t id;
		bool nothing = big_percent(b, 50);
		big_uid(b, uid);
		FIX_MUST(sql_insert(b->f->r, &id,
		        "INSERT INTO research(uid, meeting, kase, agency, asked, returned, "
		        "nothing_known) VALUES(?,?,?,?,?,?,?)",
		        "biiiuui", UID_ARG, meeting, k->id, g->agency[i], time_now_us(),
		        time_now_us(), (int64_t)nothing));
		if (!nothing)
			FIX_MUST(sql_run(b->f->r,
			        "INSERT INTO research_line(research, about, words, opinion, "
			        "source) "
			        "VALUES(?,?,'Known since 2019; two visits this year.',0,"
			        "'own-record')",
			        "ii", id, k->party[0]));
	}
}

FIX void big_meeting(struct big *b, struct big_forum *g, int m, int32_t day)
{
	uint8_t uid[16];
	int64_t id, seat[BIG_SEATS] = {0};
	int position = 0;
	/* what was referred since the last one */
	for (; g->made < g->n && g->kase[g->made].first <= m; g->made++)
		big_add_case(b, g, &g->kase[g->made], day);
	int64_t starts = time_from_day(day, 14, 0);
	time_pin_us(starts);
	big_uid(b, uid);
	FIX_MUST(sql_insert(b->f->r, &id,
	        "INSERT INTO meeting(uid, forum, type, type_version, day, starts, state, venue, "
	        "started, ended, minutes_version, approved, next_day) "
	        "VALUES(?,?,?,?,?,?,?,'Room 2, Example House',?,?,2,?,?)",
	        "bitidu"
	        "iuuud",
	        UID_ARG, g->id, g->type->id, (int64_t)g->type->version, day, starts,
	        (int64_t)(m + 1 < BIG_MEETINGS ? MEETING_AGREED : MEETING_CLOSED), starts,
	        starts + 3 * TIME_HOUR_US, starts + 4 * TIME_HOUR_US, day + 28));
	for (int i = 0; i < g->seats; i++) {
		big_uid(b, uid);
		FIX_MUST(sql_insert(b->f->r, &seat[i],
		        "INSERT INTO seat(uid, meeting, agency, person, standing, signed, "
		        "declaration_version, left_at, position) VALUES(?,?,?,?,?,?,1,?,?)",
		        "biiiiuui", UID_ARG, id, g->agency[i], g->person[i],
		        (int64_t)g->standing[i], i % 9 == 8 ? TIME_NONE : starts,
		        starts + 3 * TIME_HOUR_US, (int64_t)i));
		big_audit(b, "seat.sign", "seat", seat[i], 0, id);
	}
	FIX_MUST(sql_run(b->f->r, "UPDATE meeting SET chair = ?, minute_taker = ? WHERE id = ?",
	        "iii", seat[0], seat[1], id));
	big_item(b, id, AGENDA_WELCOME, "Welcome and declaration", 0, &position, 5);
	big_item(b, id, AGENDA_MINUTES, "Minutes of the last meeting", 0, &position, 5);
	big_item(b, id, AGENDA_ACTIONS, "Actions", 0, &position, 10);
	for (int i = g->made - 1; i >= 0 && g->kase[i].first >= m - 6; i--) {
		struct big_case *k = &g->kase[i];
		/* again after two months, then after two more */
		if ((m - k->first) % 2 != 0 || (m - k->first) / 2 >= k->times)
			continue;
		int nth = (m - k->first) / 2;
		if (big_percent(b, 1))
			FIX_MUST(sql_run(b->f->r,
			        "INSERT INTO conflict(uid, seat, kase, words, decision, at) "
			        "VALUES(randomblob(16),?,?,'Knows a neighbour.','leaves',?)",
			        "iiu", seat[2], k->id, time_now_us()));
		if (m >= BIG_MEETINGS - 24)
			big_research(b, g, k, id);
		big_tabled(b, g, k, nth, id, day, &position);
		time_pin_us(time_now_us() + 10 * TIME_MINUTE_US);
	}
	big_item(b, id, AGENDA_OTHER, "Any other business", 0, &position, 5);
	big_item(b, id, AGENDA_NEXT, "Date of next meeting", 0, &position, 2);
	big_audit(b, "meeting.state", "meeting", id, 0, id);
}

FIX void big_forum_init(struct big *b, struct big_forum *g, const char *code, int cases)
{
	struct sql q;
	struct forum_row row;
	FIX_MUST(record_forum_by_code(b->f->r, &b->f->a, code, &row));
	g->id = row.id;
	g->type = row.type;
	g->n = cases;
	g->kase = calloc((size_t)cases + 1, sizeof(*g->kase));
	if (!g->kase || !g->type)
		FIX_MUST(ERR_NOMEM);
	sql_query(b->f->r, &q,
	        "SELECT a.id, min(p.id), m.standing = 'co-opted' FROM member m JOIN agency a ON "
	        "a.kind = m.agency_kind JOIN person p ON p.agency = a.id WHERE m.forum = ? GROUP "
	        "BY "
	        "a.id ORDER BY m.id",
	        "t", code);
	while (g->seats < BIG_SEATS && sql_step(&q)) {
		g->agency[g->seats] = sql_int(&q, 0);
		g->person[g->seats] = sql_int(&q, 1);
		g->standing[g->seats++] = sql_int(&q, 2) ? STANDING_COOPTED : STANDING_CORE;
	}
	FIX_MUST(sql_end(&q));
	for (int i = 0; i < cases; i++) {
		struct big_case *k = &g->kase[i];
		k->first = (int)((int64_t)i * BIG_MEETINGS / cases);
		k->times = big_percent(b, 10) ? 4 : 1 + (int)big_random(b, 3);
		/* most are closed when they were last on the table; some stay under review */
		k->open = big_percent(b, 4);
		while (k->times > 1 && k->first + 2 * (k->times - 1) >= BIG_MEETINGS)
			k->times--, k->open = true;
	}
}

FIX void big_make(struct fix *f, const char *dir, int cases)
{
	static const char *const KIND[] = {"forums", "members", "agencies", "people", "measures",
	        "plan", "projects", "standards"};
	struct big *b = calloc(1, sizeof(*b));
	int32_t last;
	if (!b)
		FIX_MUST(ERR_NOMEM);
	fix_empty(f, dir);
	FIX_MUST(fix_do(f, FIX_CMD(CMD_PARTNERSHIP, .partnership = {"Quexham", true}), NULL));
	for (size_t i = 0; i < COUNT_OF(KIND); i++)
		fix_import(f, KIND[i]);
	/* a group of the sample without members of its own has those of Safer Estates */
	fix_sql(f, "INSERT INTO member(forum, agency_kind, standing) SELECT f.code, m.agency_kind, "
	           "m.standing FROM member m JOIN forum f ON f.code IN ('blue-light', "
	           "'asb-steering', 'asb-review') WHERE m.forum = 'safer-estates' AND NOT EXISTS "
	           "(SELECT 1 FROM member o WHERE o.forum = f.code)");
	FIX_MUST(fix_do(f,
	        FIX_CMD(CMD_PERSON_SLOT, .slot = {.person = fix_person(f, "Morgan Example"),
	                                         .slot = vault_opener(f->v)->id}),
	        NULL));
	*b = (struct big){.f = f, .seed = 20261119};
	for (int i = 0; i < BIG_FORUMS; i++)
		big_forum_init(
		        b, &b->forum[i], big_code[i], (cases + BIG_FORUMS - 1 - i) / BIG_FORUMS);
	FIX_MUST(day_parse("2026-11-19", &last));
	for (int m = 0; m < BIG_MEETINGS; m++) {
		int32_t day = practice_add_months(last, m - BIG_MEETINGS);
		FIX_MUST(txn_begin(f->r));
		for (int i = 0; i < BIG_FORUMS; i++)
			big_meeting(b, &b->forum[i], m, day + i - 3);
		FIX_MUST(txn_commit(f->r));
	}
	fix_clock("2026-11-19T13:50");
	f->forum = b->forum[0].id;
	f->day = last;
	f->meeting = fix_plan(f, "safer-estates", "2026-11-19");
	fix_sql(f, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (int i = 0; i < BIG_FORUMS; i++)
		free(b->forum[i].kase);
	free(b);
}

/* ---- kept from run to run ---- */

FIX uint64_t big_hash(uint64_t h, const char *path)
{
	int c;
	FILE *in = fopen(path, "rb");
	if (!in) {
		fprintf(stderr, "%s: run from the directory of the sources\n", path);
		exit(2);
	}
	while ((c = getc(in)) != EOF)
		h = (h ^ (uint64_t)c) * 0x100000001b3u;
	fclose(in);
	return h;
}

FIX int big_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}
FIX void big_remove(const char *dir)
{
	(void)nftw(dir, big_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Those of this size that an earlier generator or schema made. */
FIX void big_remove_others(const char *keep, int cases)
{
	char begin[32], path[600];
	struct dirent *e;
	DIR *d = opendir(keep);
	snprintf(begin, sizeof(begin), "%d-", cases);
	while (d && (e = readdir(d)) != NULL)
		if (strncmp(e->d_name, begin, strlen(begin)) == 0) {
			snprintf(path, sizeof(path), "%.300s/%.255s", keep, e->d_name);
			big_remove(path);
		}
	if (d)
		closedir(d);
}

FIX void big_copy_file(const char *from, const char *to, const char *name)
{
	char a[600], b[600];
	static char part[1 << 20];
	size_t n;
	snprintf(a, sizeof(a), "%s/store/%s", from, name);
	snprintf(b, sizeof(b), "%s/store/%s", to, name);
	FILE *in = fopen(a, "rb"), *out = in ? fopen(b, "wb") : NULL;
	while (in && out && (n = fread(part, 1, sizeof(part), in)) > 0)
		if (fwrite(part, 1, n, out) != n)
			exit(2);
	if (in)
		fclose(in);
	if (out && fclose(out) != 0)
		exit(2);
}

/*
 * Opens a copy of the store of so many cases in `work`, made in `keep` first if it is not there;
 * *ret_made says how long that took, 0 when it was kept.
 */
FIX void big_open(struct fix *f, const char *keep, const char *work, int cases, double *ret_made_s)
{
	char dir[256], part[300];
	struct stat st;
	struct timespec t0, t1;
	uint64_t h = big_hash(0xcbf29ce484222325u, "tests/bench/big.h");
	h = big_hash(h, "src/record/schema.c");
	snprintf(dir, sizeof(dir), "%.180s/%d-%016llx", keep, cases, (unsigned long long)h);
	*ret_made_s = 0;
	(void)mkdir(keep, 0700);
	if (stat(dir, &st) != 0) {
		clock_gettime(CLOCK_MONOTONIC, &t0);
		snprintf(part, sizeof(part), "%s.new", dir);
		big_remove_others(keep, cases);
		if (mkdir(part, 0700) != 0)
			exit(2);
		big_make(f, part, cases);
		fix_finish(f);
		if (rename(part, dir) != 0)
			exit(2);
		clock_gettime(CLOCK_MONOTONIC, &t1);
		*ret_made_s =
		        (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	}
	snprintf(part, sizeof(part), "%s/store", work);
	big_remove(part);
	if (mkdir(part, 0700) != 0)
		exit(2);
	static const char *const FILES[] = {VAULT_FILE_RING, VAULT_FILE_DB, VAULT_FILE_ANCHOR};
	for (size_t i = 0; i < COUNT_OF(FILES); i++)
		big_copy_file(dir, work, FILES[i]);
	*f = (struct fix){0};
	setenv("TZ", "Europe/London", 1);
	time_start();
	fix_clock("2026-11-19T13:50");
	vault_cost_floor_for_tests(fix_cost.memory_kib, fix_cost.passes);
	snprintf(f->dir, sizeof(f->dir), "%s/store", work);
	FIX_MUST(vault_secret_create(VAULT_PASSPHRASE_MAX, &f->secret));
	f->secret->len = (size_t)snprintf(
	        f->secret->text, f->secret->cap, "harbour lantern copper meadow seven");
	FIX_MUST(practice_load_assets(&f->p, &f->why));
	FIX_MUST(fix_try_open(f));
	f->forum = fix_of(f, "SELECT id FROM forum WHERE code = %Q", "safer-estates");
	f->meeting = fix_int(f, "SELECT max(id) FROM meeting");
	FIX_MUST(day_parse("2026-11-19", &f->day));
}

#endif
