/*
 * The room's attacker. A store is made in which every string of every case holds a word of its own;
 * the real panel is run headless and touched at random, while people come and go, conflicts are
 * declared, restrictions change, the chair breaks the glass and time passes. No frame may hold a
 * word of what the people now in the room may not see (R30, R31). What they may see is worked out
 * here anew from the tables, not asked of record/ or practice/.
 *
 *   PANEL_SEEDS=N   so many walks instead of a few
 *   PANEL_STEPS=N   so many steps in each
 *   PANEL_SEED=N    that walk alone, with every step printed
 */
#include "test.h"
#include "record_fixture.h"
#include "room/app.h"
#include "ui/ui_int.h"

static void presented(void);
/* every frame that would reach the panel is looked at first */
#define plat_present(p, px, pitch, d, n)                                                           \
	((void)(p), (void)(px), (void)(pitch), (void)(d), (void)(n), presented())
#include "room/app.c"
#undef plat_present

/* ---- chance ---- */

static uint64_t dice;

static uint32_t chance(uint32_t n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (uint32_t)((dice >> 24) % n);
}

/* ---- the store ---- */

enum { N_CASES = 14, N_FORUMS = 3 };
static const char *const FORUM[N_FORUMS] = {"safer-estates", "street-aware", "sub-asb"};
static const struct {
	int forum;
	enum restriction level;
	const char *named; /* codes */
} PLAN[N_CASES] = {
        {0, RESTRICTION_NORMAL, ""},
        {0, RESTRICTION_NORMAL, ""},
        {0, RESTRICTION_NAMED, "police;victims"},
        {0, RESTRICTION_NAMED, "council;fire"},
        {0, RESTRICTION_HIDDEN, "police;victims"},
        {0, RESTRICTION_HIDDEN, "council;fire"},
        {0, RESTRICTION_HIDDEN, "police"},
        {0, RESTRICTION_NAMED, "police"},
        {1, RESTRICTION_NORMAL, ""},
        {1, RESTRICTION_HIDDEN, "police"},
        {1, RESTRICTION_NAMED, "council"},
        {2, RESTRICTION_NORMAL, ""},
        {2, RESTRICTION_HIDDEN, "police"},
        {2, RESTRICTION_NAMED, "police"},
};
static int64_t case_id[N_CASES];

/* Three kinds of words: "Zq07..." of a case, for those who see it whole; "Zs07..." said to the
 * police alone; the reference and the strand, for the anonymised view too. */
static const char *word(int k, const char *what)
{
	static char w[16][64];
	static int turn_;
	char *out = w[turn_++ % 16];
	snprintf(out, sizeof(w[0]), "Zq%02d%s", k, what);
	return out;
}

static void ref_of(int k, char out[16])
{
	snprintf(out, 16, "C-2026-77%02d", k);
}

static struct fix f;

static void add_cases(void)
{
	struct buf b;
	size_t rows;
	buf_init(&b, 1u << 20);
	buf_puts(&b, "case_ref,received,forum,strand,referred_by,reason,restriction,named_agencies,"
	             "row_kind,role,name,born,address,postcode,phone,safe_contact,related_as,"
	             "related_to,incident_date,incident_kind,reported_to,what\n");
	for (int k = 0; k < N_CASES; k++) {
		char head[200], ref[16];
		ref_of(k, ref);
		snprintf(head, sizeof(head), "%s,2025-12-0%d,%s,Sq%02dx,police,%s,%s,%s,", ref,
		        1 + k % 9, FORUM[PLAN[k].forum], k, word(k, "reason"),
		        restriction_name(PLAN[k].level), PLAN[k].named);
		buf_printf(&b, "%sparty,victim,%s Sample,1990-05-14,%s Court,%s,%s,%s,,,,,,\n",
		        head, word(k, "victim"), word(k, "street"), word(k, "pc"), word(k, "phone"),
		        word(k, "safe"));
		buf_printf(&b, "%sparty,subject,%s Example,1985-02-01,%s Road,,,,,,,,,\n", head,
		        word(k, "subject"), word(k, "road"));
		if (k % 2)
			buf_printf(&b,
			        "%sparty,child,%s Sample,2019-05-14,,,,,child-of,%s Sample,,,,\n",
			        head, word(k, "child"), word(k, "victim"));
		buf_printf(&b, "%sincident,,,,,,,,,,2026-10-01,noise,police,%s\n", head,
		        word(k, "incident"));
		buf_printf(&b, "%sincident,,,,,,,,,,2026-11-16,noise,police,%s\n", head,
		        word(k, "newest"));
	}
	FIX_MUST(
	        record_import(f.r, "referrals", b.data, b.len, fix_bad, NULL, NULL, &rows, &f.why));
	buf_finish(&b);
}

static void sqlf(const char *fmt_, ...)
{
	va_list ap;
	va_start(ap, fmt_);
	char *sql = sqlite3_vmprintf(fmt_, ap);
	va_end(ap);
	fix_sql(&f, sql);
	sqlite3_free(sql);
}

static int64_t one(const char *fmt_, ...)
{
	va_list ap;
	va_start(ap, fmt_);
	char *sql = sqlite3_vmprintf(fmt_, ap);
	va_end(ap);
	int64_t n = fix_int(&f, sql);
	sqlite3_free(sql);
	return n;
}

/* What meetings leave behind in a case: a month ago it was talked about, and something is open. */
static void add_history(int k, int64_t old, int64_t seat)
{
	int64_t id = case_id[k], police = fix_agency(&f, "police"),
	        person = one("SELECT id FROM person WHERE agency = %lld LIMIT 1", police);
	int64_t forum = one("SELECT forum FROM kase WHERE id = %lld", id), item, day = 20740,
	        us = day * 86400000000LL + 36000000000LL;
	int64_t victim = one("SELECT id FROM party WHERE kase = %lld AND role = 'victim'", id);
	char ref[16];
	ref_of(k, ref);
	sqlf("INSERT INTO item(uid, meeting, kind, title, kase, position, minutes, state, words, "
	     "reason, opened, ended) VALUES(randomblob(16), %lld, 7, %Q, %lld, %d, 12, %d, %Q, "
	     "'other', "
	     "%lld, %lld)",
	        old, ref, id, 100 + k, k == 6 ? 0 : 2 /* the room never came to it */,
	        word(k, "deferral"), us, us);
	item = one("SELECT max(id) FROM item");
	for (int i = 0; i < 4; i++) {
		char w[32];
		snprintf(w, sizeof(w), "Zs%02dtold", k);
		sqlf("INSERT INTO share(uid, item, kase, agency, what, about, words, opinion, "
		     "source, "
		     "purpose, gateway, article6, article9, article10, necessity, consent, "
		     "handling, "
		     "reason, restriction, type_version, said) VALUES(randomblob(16), %lld, %lld, "
		     "%lld, "
		     "%d, %lld, %Q, 0, %Q, 'prevent-crime', 'cda-115', '6-1-e', 'none', 'sch1-10', "
		     "'judge-risk', 'not-the-basis', 'room', '', %d, 1, %lld)",
		        item, id, police, i == 3 ? SHARE_NOT : SHARE_WORDS, victim,
		        i == 1 || i == 2 ? w : word(k, "said"), word(k, "source"),
		        i == 1   ? RESTRICTION_NAMED
		        : i == 2 ? RESTRICTION_HIDDEN
		                 : 0,
		        us);
		if (i == 1 || i == 2)
			sqlf("INSERT INTO share_agency(share, agency) SELECT max(id), %lld FROM "
			     "share",
			        police);
	}
	sqlf("INSERT INTO assessment(uid, kase, item, tool, tool_version, score, highest, least, "
	     "most, "
	     "known, asked, proposed, band, thresholds, override, made) VALUES(randomblob(16), "
	     "%lld, "
	     "%lld, 'asb-matrix', 1, 12, 14, 0, 40, 9, 10, 1, 2, '', %Q, %lld)",
	        id, item, word(k, "override"), us);
	sqlf("INSERT INTO answer(assessment, factor, option, source) SELECT max(id), 'harm', 1, %Q "
	     "FROM assessment",
	        word(k, "answer"));
	sqlf("INSERT INTO decision(uid, item, kase, closes, review, outcome, words, dissent, "
	     "dissent_agency, made) VALUES(randomblob(16), %lld, %lld, 0, 20776, '', %Q, %Q, %lld, "
	     "%lld)",
	        item, id, word(k, "decision"), word(k, "dissent"), police, us);
	for (int i = 0; i < 2; i++) {
		sqlf("INSERT INTO action(uid, ref, forum, meeting, item, kase, agency, person, "
		     "what, "
		     "done_when, due, made) VALUES(randomblob(16), 'A-2026-77%02d%d', %lld, %lld, "
		     "%lld, "
		     "%lld, %lld, %lld, %Q, %Q, %d, %lld)",
		        k, i, forum, old, item, id, police, person, word(k, "action"),
		        word(k, "donewhen"), i ? 20700 : 20780, us);
		sqlf("INSERT INTO action_update(action, meeting, state, words, at) SELECT max(id), "
		     "%lld, 1, %Q, %lld FROM action",
		        old, word(k, "outcome"), us);
	}
	sqlf("INSERT INTO note(uid, meeting, item, agency, words, at) VALUES(randomblob(16), %lld, "
	     "%lld, NULL, %Q, %lld)",
	        old, item, word(k, "note"), us);
	sqlf("INSERT INTO conflict(uid, seat, kase, words, decision, at) VALUES(randomblob(16), "
	     "%lld, "
	     "%lld, %Q, 'leaves', %lld)",
	        seat, id, word(k, "conflict"), us);
	sqlf("INSERT INTO event(kase, event, words, at, made) VALUES(%lld, 'first-contact', %Q, "
	     "%lld, "
	     "%lld)",
	        id, word(k, "event"), us, us);
	sqlf("INSERT INTO party_was(party, role, name, address, postcode, phone, safe_contact, "
	     "until) "
	     "VALUES(%lld, 'victim', %Q, %Q, '', '', %Q, %lld)",
	        victim, word(k, "oldname"), word(k, "oldstreet"), word(k, "oldsafe"), us);
	sqlf("INSERT INTO restricted(kase, level, agencies, words, at) VALUES(%lld, 0, '', %Q, "
	     "%lld)",
	        id, word(k, "restricted"), us);
	sqlf("INSERT INTO glass(kase, meeting, seat, words, at, until) VALUES(%lld, %lld, %lld, "
	     "%Q, "
	     "%lld, %lld)",
	        id, old, seat, word(k, "glass"), us, us + 5);
	sqlf("INSERT INTO review(kase, applied, applicant, words, reasons, victim_words) "
	     "VALUES(%lld, "
	     "20730, 'victim', %Q, %Q, %Q)",
	        id, word(k, "applied"), word(k, "threshold"), word(k, "unwell"));
	sqlf("INSERT INTO review_step(uid, kase, what, agency, words, at) VALUES(randomblob(16), "
	     "%lld, "
	     "'recommendation', %lld, %Q, %lld)",
	        id, police, word(k, "step"), us);
	sqlf("UPDATE kase SET repeat_words = %Q, repeat = 1, band = 2, score = 12, discussed = 1 "
	     "WHERE "
	     "id = %lld",
	        word(k, "repeat"), id);
}

/* What is being done at the meeting to come. */
static void add_open(int k, int64_t meeting)
{
	int64_t id = case_id[k], police = fix_agency(&f, "police"),
	        item = one("SELECT coalesce((SELECT id FROM item WHERE meeting = %lld AND kase = "
	                   "%lld), 0)",
	                meeting, id);
	sqlf("INSERT INTO research(uid, meeting, kase, agency, asked, returned) "
	     "VALUES(randomblob(16), %lld, %lld, %lld, 5, 6)",
	        meeting, id, police);
	sqlf("INSERT INTO research_line(research, words, opinion, source) SELECT max(id), %Q, 0, "
	     "%Q "
	     "FROM research",
	        word(k, "research"), word(k, "rsource"));
	if (!item)
		return;
	FIX_MUST(record_draft_put(f.r, "share", item, police, word(k, "draft")));
	FIX_MUST(record_draft_put(f.r, "action", item, 0, word(k, "adraft")));
}

static char store_dir[256], copy_dir[256];

static void make_store(void)
{
	static const char *const KIND[] = {"forums", "members", "agencies", "people"};
	const char *dir = test_dir();
	fix_empty(&f, dir);
	snprintf(store_dir, sizeof(store_dir), "%s/store", dir);
	snprintf(copy_dir, sizeof(copy_dir), "%s/copy", dir);
	for (size_t i = 0; i < COUNT_OF(KIND); i++)
		fix_import(&f, KIND[i]);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_PERSON_SLOT, .slot = {.person = fix_person(&f, "Morgan Example"),
	                                         .slot = vault_opener(f.v)->id}),
	        NULL));
	add_cases();
	for (int k = 0; k < N_CASES; k++) {
		char ref[16];
		ref_of(k, ref);
		case_id[k] = fix_case(&f, ref);
	}
	/* one person in two cases, one of them hidden: nothing on the other tells */
	sqlf("UPDATE party SET identity = (SELECT identity FROM party WHERE kase = %lld AND role = "
	     "'victim') WHERE kase IN (%lld, %lld, %lld) AND role = 'victim'",
	        case_id[0], case_id[4], case_id[3], case_id[9]);
	sqlf("UPDATE party SET identity = (SELECT identity FROM party WHERE kase = %lld AND role = "
	     "'subject') WHERE kase IN (%lld, %lld) AND role = 'subject'",
	        case_id[1], case_id[6], case_id[2]);
	for (int m = 0; m < N_FORUMS; m++) {
		int64_t old, seat;
		f.forum = fix_of(&f, "SELECT id FROM forum WHERE code = %Q", FORUM[m]);
		f.meeting = old = fix_plan(&f, FORUM[m], "2026-10-22");
		sqlf("DELETE FROM item WHERE meeting = %lld", old);
		seat = one("SELECT min(id) FROM seat WHERE meeting = %lld", old);
		for (int k = 0; k < N_CASES; k++)
			if (PLAN[k].forum == m)
				add_history(k, old, seat);
		sqlf("UPDATE meeting SET state = 5, started = starts, ended = starts + 3600000000, "
		     "minutes_version = 1 WHERE id = %lld",
		        old);
		f.meeting = fix_plan(&f, FORUM[m], "2026-11-19");
		for (int k = 0; k < N_CASES; k++)
			if (PLAN[k].forum == m)
				add_open(k, f.meeting);
	}
	f.meeting =
	        one("SELECT m.id FROM meeting m JOIN forum o ON o.id = m.forum WHERE m.state = 0 "
	            "AND o.code = 'safer-estates'");
	fix_close(&f);
}

/* ---- who is in the room, and what they may see: worked out anew ---- */

struct guest_ {
	int64_t agency, seat;
	enum standing standing;
};
static struct {
	struct guest_ who[PRACTICE_MAX];
	size_t n;
	int64_t meeting; /* 0: whoever opened the store */
	bool anonymised, blind;
	int64_t seated;
} truth;

static struct app *app;

static bool is_police(int64_t agency)
{
	return one("SELECT count(*) FROM agency WHERE id = %lld AND code = 'police'", agency) > 0;
}

static void look_who(void)
{
	int64_t m = app->meeting.id,
	        state = m ? one("SELECT state FROM meeting WHERE id = %lld", m) : 0;
	truth.n = 0;
	truth.anonymised = truth.blind = false;
	if (state < 1 || state > 5)
		m = one("SELECT coalesce((SELECT m.id FROM meeting m WHERE m.state BETWEEN 1 AND 4 "
		        "AND "
		        "EXISTS (SELECT 1 FROM seat s WHERE s.meeting = m.id AND s.signed >= %lld "
		        "AND "
		        "s.left_at IS NULL) ORDER BY m.state DESC, m.starts DESC LIMIT 1), 0)",
		        time_now_us() - 24 * TIME_HOUR_US);
	if (!m)
		m = truth.seated;
	truth.meeting = m;
	if (app->meeting.id)
		truth.anonymised = one("SELECT type = 'csp-sub-group' FROM meeting WHERE id = %lld",
		        app->meeting.id);
	if (!m) {
		truth.who[truth.n++] = (struct guest_){
		        one("SELECT id FROM agency WHERE code = 'police'"), 0, STANDING_CORE};
		return;
	}
	state = one("SELECT state FROM meeting WHERE id = %lld", m);
	truth.anonymised |= state == MEETING_SIGNING ||
	                    one("SELECT type = 'csp-sub-group' FROM meeting WHERE id = %lld", m);
	sqlite3_stmt *st = NULL;
	sqlite3_prepare_v2(f.r->db,
	        "SELECT coalesce(agency, 0), id, standing FROM seat WHERE meeting = ? AND signed "
	        "IS NOT "
	        "NULL AND left_at IS NULL AND id NOT IN (SELECT seat FROM absence WHERE back_at IS "
	        "NULL)",
	        -1, &st, NULL);
	sqlite3_bind_int64(st, 1, m);
	while (sqlite3_step(st) == SQLITE_ROW && truth.n < PRACTICE_MAX)
		truth.who[truth.n++] = (struct guest_){sqlite3_column_int64(st, 0),
		        sqlite3_column_int64(st, 1), (enum standing)sqlite3_column_int(st, 2)};
	sqlite3_finalize(st);
	truth.blind = truth.n == 0;
	if (truth.n) /* opened and taken back with nobody there, it has no room */
		truth.seated = m;
}

static enum sight sees(int k, const struct guest_ *g)
{
	bool member = g->standing == STANDING_CORE || g->standing == STANDING_DEPUTY;
	int64_t id = case_id[k], level = one("SELECT restriction FROM kase WHERE id = %lld", id);
	bool conflict = g->seat && one("SELECT count(*) FROM conflict WHERE seat = %lld AND kase = "
	                               "%lld AND decision <> 'no-conflict'",
	                                   g->seat, id) > 0;
	bool is_named = one("SELECT count(*) FROM kase_agency WHERE kase = %lld AND agency = %lld",
	                        id, g->agency) > 0;
	if (level == RESTRICTION_NAMED && truth.meeting &&
	        one("SELECT count(*) FROM glass g JOIN meeting m ON m.id = g.meeting WHERE g.kase "
	            "= "
	            "%lld AND g.meeting = %lld AND g.until > %lld AND m.state BETWEEN 2 AND 4",
	                id, truth.meeting, time_now_us()) > 0)
		level = RESTRICTION_NORMAL;
	if (level == RESTRICTION_NORMAL)
		return conflict                                     ? SIGHT_HELD
		       : member || g->standing == STANDING_OBSERVER ? SIGHT_FULL
		                                                    : SIGHT_ANON;
	if (member && !conflict && is_named)
		return SIGHT_FULL;
	return level == RESTRICTION_NAMED ? SIGHT_HELD : SIGHT_NONE;
}

static enum sight room_sees(int k)
{
	enum sight least = truth.anonymised ? SIGHT_ANON : SIGHT_FULL;
	if (truth.blind) /* the reference of an ordinary case, so that a conflict can be declared */
		return one("SELECT restriction FROM kase WHERE id = %lld", case_id[k]) == 0
		               ? SIGHT_ANON
		               : SIGHT_NONE;
	for (size_t i = 0; i < truth.n; i++) {
		enum sight s = sees(k, &truth.who[i]);
		least = s < least ? s : least;
	}
	return least;
}

static bool room_is_police(void)
{
	for (size_t i = 0; i < truth.n; i++)
		if (!is_police(truth.who[i].agency) || truth.who[i].standing > STANDING_DEPUTY)
			return false;
	return truth.n > 0;
}

/* ---- every frame ---- */

static char found[256];
static size_t n_frames;
static enum sight level_now[N_CASES];
static bool police_now;

static void look_again(void)
{
	if (!app->record) {
		for (int k = 0; k < N_CASES; k++)
			level_now[k] = SIGHT_NONE;
		police_now = false;
		return;
	}
	f.r = app->record;
	look_who();
	for (int k = 0; k < N_CASES; k++)
		level_now[k] = app->covered ? SIGHT_NONE : room_sees(k);
	police_now = room_is_police();
}

static size_t n_shown[RESTRICTION_COUNT]; /* words seen by those who may: the walk gets there */

static enum restriction level_of(int k)
{
	return (enum restriction)one("SELECT restriction FROM kase WHERE id = %lld", case_id[k]);
}

static void judge(const char *s)
{
	for (const char *p = s; *p && !found[0]; p++) {
		int k = -1;
		enum sight need = SIGHT_FULL;
		if ((p[0] == 'Z' || p[0] == 'z') && (p[1] == 'q' || p[1] == 's') && p[2] >= '0' &&
		        p[2] <= '9' && p[3] >= '0' && p[3] <= '9') {
			k = (p[2] - '0') * 10 + p[3] - '0';
			if (p[1] == 's' && !police_now && k < N_CASES)
				snprintf(
				        found, sizeof(found), "said to the police alone: %.80s", s);
		} else if (p[0] == 'S' && p[1] == 'q' && p[4] == 'x') {
			k = (p[2] - '0') * 10 + p[3] - '0';
			need = SIGHT_ANON;
		} else if (p[0] == '7' && p[1] == '7' && p[2] >= '0' && p[2] <= '1' &&
		           p[3] >= '0' && p[3] <= '9' && (p == s || p[-1] == '-' || p[-1] == ' ') &&
		           strncmp(s, "Audit", 5) != 0) {
			k = (p[2] - '0') * 10 + p[3] - '0';
			need = SIGHT_ANON;
		}
		if (k < 0 || k >= N_CASES)
			continue;
		if (level_now[k] >= need) {
			n_shown[level_of(k)] += need == SIGHT_FULL;
			continue;
		}
		snprintf(found, sizeof(found), "case %d (%s), which the room may see as %d: %.120s",
		        k, restriction_name(level_of(k)), (int)level_now[k], s);
	}
}

static struct {
	const char *name;
	size_t n;
} n_screen[48]; /* frames of each screen */

static void presented(void)
{
	const struct ui *ui = app->ui;
	size_t at = 0;
	n_frames++;
	while (at + 1 < COUNT_OF(n_screen) && n_screen[at].name &&
	        strcmp(n_screen[at].name, app->screen->name) != 0)
		at++;
	n_screen[at].name = app->screen->name;
	n_screen[at].n++;
	if (found[0])
		return;
	look_again();
	for (size_t i = 0; i < ui->n_node; i++) {
		const struct node *n = &ui->node[i];
		judge(ui_str_at(ui, n->label));
		if (n->value)
			judge(ui_str_at(ui, n->value));
	}
	judge(app->say.text);
	struct record_undo u;
	if (app->record && record_undo_offer(app->record, &u))
		judge(u.text);
}

/* ---- steps ---- */

#define LOG 4000
static char step_log[LOG][120];
static size_t n_steps;
static bool aloud;

static void note(const char *fmt_, ...)
{
	va_list ap;
	char *out = step_log[n_steps++ % LOG];
	va_start(ap, fmt_);
	vsnprintf(out, sizeof(step_log[0]), fmt_, ap);
	va_end(ap);
	if (aloud)
		printf("# %zu %s [%s]\n", n_steps, out, app->screen ? app->screen->name : "");
}

static void go_on(void)
{
	app->touched_ms = time_mono_ms();
	turn(app);
	if (app->ui->n_node)
		presented(); /* also when no pixel changed */
}

static void finger(enum ui_event_kind kind, int x, int y)
{
	ui_input(app->ui, &(struct ui_event){.kind = kind, .finger = 1, .x = x, .y = y});
	go_on();
}

static void pass(int ms)
{
	while (ms > 0 && !found[0]) {
		time_advance_us(200000);
		ms -= 200;
		go_on();
	}
}

/* The rail leads away: mostly what the screen itself offers is touched. */
static const struct node *any_node(bool keys)
{
	bool rail = chance(6) == 0 || app->covered;
	const struct node *n[400];
	size_t count = 0;
	for (size_t i = 0; i < app->ui->n_node && count < COUNT_OF(n); i++) {
		const struct node *o = &app->ui->node[i];
		if (o->hit && o->seen.w > 0 && o->seen.h > 0 && !(o->flags & UI_OFF) &&
		        (rail || o->seen.x >= app->ui->m.rail_w - 8) &&
		        (keys || o->role != UI_ROLE_KEY))
			n[count++] = o;
	}
	return count ? n[chance((uint32_t)count)] : NULL;
}

static void tap(const struct node *n)
{
	int x = n->seen.x + n->seen.w / 2, y = n->seen.y + n->seen.h / 2;
	bool hold = n->hold;
	note("tap \"%.80s\"%s", ui_str_at(app->ui, n->label), hold ? " held" : "");
	finger(UI_DOWN, x, y);
	if (hold)
		pass(1200);
	finger(UI_UP, x, y);
}

static bool tap_named(const char *label)
{
	int x, y;
	if (!app->ui->n_node || !ui_find_nth(app->ui, label, 1, &x, &y))
		return false;
	note("tap \"%s\"", label);
	finger(UI_DOWN, x, y);
	finger(UI_UP, x, y);
	return true;
}

/* The case whose words what is typed now will be: only where there is no doubt. */
static int case_typed(void)
{
	int64_t kase = app->screen->place == PLACE_CASE ? app->case_id : 0, of_item = kase;
	if (app->screen == &screen_agenda && app->sheet.up &&
	        strncmp(app->sheet.title, "Why is item", 11) == 0)
		kase = of_item = one("SELECT coalesce((SELECT kase FROM item WHERE id = %lld), 0)",
		        app->sheet.arg);
	else if (kase && app->item_id)
		of_item = one("SELECT coalesce((SELECT kase FROM item WHERE id = %lld), 0)",
		        app->item_id);
	for (int k = 0; k < N_CASES; k++)
		if (kase && case_id[k] == kase && kase == of_item && level_now[k] == SIGHT_FULL)
			return k;
	return -1;
}

static void type(void)
{
	struct ui_event e = {.kind = UI_TEXT};
	int k = case_typed();
	if (app->screen == &screen_find)
		snprintf(e.text, sizeof(e.text), "%s",
		        (const char *const[]){
		                "z", "zq", "zq0", "sample", "c-2026", "court", "sq"}[chance(7)]);
	else if (k >= 0)
		snprintf(e.text, sizeof(e.text), "%s said. ", word(k, "typed"));
	else
		snprintf(e.text, sizeof(e.text), "Plain words. ");
	note("type \"%s\"", e.text);
	ui_input(app->ui, &e);
	go_on();
}

static bool do_(const struct command *c)
{
	bool ok = app_do(app, c, NULL);
	note("command %d: %s", (int)c->kind, ok ? "done" : app->say.text);
	go_on();
	return ok;
}

static int64_t any_seat(const char *where)
{
	return one(
	        "SELECT coalesce((SELECT id FROM seat WHERE meeting = %lld AND %s ORDER BY (id * "
	        "%u) %% 1009 LIMIT 1), 0)",
	        app->meeting.id, where, 1 + chance(1000));
}

/* Onto a case of the agenda that the room sees, as a finger on its row would. */
static void visit(void)
{
	const struct item_row *i = app->n_items ? &app->item[chance((uint32_t)app->n_items)] : NULL;
	if (!i || !i->case_id || app->covered)
		return;
	int64_t item = i->id, kase = i->case_id;
	note("open item %d", i->number);
	if (app->meeting.state == MEETING_SESSION && chance(4)) {
		struct command c = {.kind = CMD_ITEM_OPEN};
		c.u.item.item = item;
		(void)app_do(app, &c, NULL);
	}
	case_open(app, item, kase);
	go_on();
}

/* Somebody comes or goes: on the screen where that is done. */
static void people(void)
{
	struct command c = {.kind = CMD_SEAT_SIGN};
	bool in_place = app->screen == &screen_case && app->item_id;
	if (!app->meeting.id || app->meeting.state < MEETING_SIGNING ||
	        app->meeting.state > MEETING_SESSION)
		return;
	switch (chance(in_place ? 2 : 6)) {
	case 0:
	case 2:
		c.kind = CMD_SEAT_LEAVE;
		c.u.at_seat.seat = any_seat("signed IS NOT NULL AND left_at IS NULL");
		c.u.at_seat.item = in_place ? app->item_id : 0;
		break;
	case 1:
		c.kind = CMD_SEAT_RETURN;
		c.u.at_seat.seat =
		        any_seat("left_at IS NOT NULL OR id IN (SELECT seat FROM absence "
		                 "WHERE back_at IS NULL)");
		break;
	case 3:
		c.kind = CMD_CONFLICT;
		c.u.conflict.seat = any_seat("signed IS NOT NULL");
		c.u.conflict.case_id = case_id[chance(N_CASES)];
		c.u.conflict.words = "Plain words.";
		c.u.conflict.decision = chance(3) ? "leaves" : "no-conflict";
		break;
	case 4:
		c.kind = CMD_SEAT_CHAIR;
		c.u.at_seat.seat = any_seat("signed IS NOT NULL AND standing < 2 AND guest = 0");
		break;
	default:
		c.u.at_seat.seat = any_seat("signed IS NULL AND person IS NOT NULL");
	}
	if (!c.u.at_seat.seat)
		return;
	if (!in_place) {
		note("go to the seats");
		app_go(app, &screen_seats);
		go_on();
	}
	(void)do_(&c);
}

/* All but one or two agencies leave, or come back: what is restricted is seen at all. */
static void crowd(void)
{
	if (!app->meeting.id || app->meeting.state != MEETING_SESSION)
		return;
	static const char *const STAY[] = {
	        "'police'", "'police', 'victims'", "'council', 'fire'", "'police', 'council'"};
	const char *stay = STAY[chance(4)];
	bool back = chance(3) == 0;
	note("%s: %s", back ? "all come back" : "all leave but", stay);
	app_go(app, &screen_seats);
	go_on();
	int64_t id[64];
	size_t n = 0;
	sqlite3_stmt *st = NULL;
	char *sql = sqlite3_mprintf(
	        back ? "SELECT id FROM seat WHERE meeting = %lld AND left_at IS NOT NULL"
	             : "SELECT s.id FROM seat s LEFT JOIN agency a ON a.id = s.agency WHERE "
	               "s.meeting = "
	               "%lld AND s.signed IS NOT NULL AND s.left_at IS NULL AND coalesce(a.code, "
	               "'') NOT "
	               "IN (%s)",
	        app->meeting.id, stay);
	sqlite3_prepare_v2(app->record->db, sql, -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW && n < COUNT_OF(id))
		id[n++] = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_free(sql);
	for (size_t i = 0; i < n && !found[0]; i++) {
		struct command c = {.kind = back ? CMD_SEAT_RETURN : CMD_SEAT_LEAVE};
		c.u.at_seat.seat = id[i];
		(void)app_do(app, &c, NULL);
	}
	go_on();
}

static void restriction_changes(void)
{
	struct command c = {.kind = CMD_RESTRICT};
	static const char *const CODE[] = {"police", "victims", "council", "fire"};
	c.u.restrict_.case_id = app->case_id;
	c.u.restrict_.meeting = app->meeting.id;
	c.u.restrict_.level = (enum restriction)chance(RESTRICTION_COUNT);
	c.u.restrict_.words = "Plain words.";
	c.u.restrict_.sure = true;
	for (size_t i = 0; i < COUNT_OF(CODE); i++)
		if (i == 0 || chance(2))
			c.u.restrict_.named[c.u.restrict_.n_named++] =
			        one("SELECT id FROM agency WHERE code = %Q", CODE[i]);
	if (!app->case_id)
		return;
	app_go(app, &screen_restrict);
	go_on();
	if (app->case_id && app->screen == &screen_restrict)
		(void)do_(&c);
}

static void break_the_glass(void)
{
	struct command c = {.kind = CMD_BREAK_GLASS};
	size_t from = app->n_items ? chance((uint32_t)app->n_items) : 0;
	for (size_t i = 0; i < app->n_items; i++) {
		const struct item_row *t = &app->item[(from + i) % app->n_items];
		if (t->sight != SIGHT_HELD)
			continue;
		int64_t item = t->id;
		char open[40];
		snprintf(open, sizeof(open), "Open item %d", t->number);
		case_open(app, item, t->case_id);
		go_on();
		c.u.glass.item = item;
		c.u.glass.words = "Plain words.";
		c.u.glass.minutes = 5;
		if (do_(&c))
			(void)tap_named(open);
		return;
	}
}

static void look_for(void)
{
	app_go(app, &screen_find);
	go_on();
	if (tap_named("Name, address or reference"))
		type();
}

static void reopen(void)
{
	struct vault *v = NULL;
	struct why w = {0};
	note("open the store");
	FIX_MUST(vault_open(copy_dir, NULL, f.secret, &v, &w));
	FIX_MUST(app_opened(app, v, &w));
	truth.seated = 0;
	go_on();
}

static void step(void)
{
	uint32_t what = chance(100);
	const struct node *n;
	static const enum ui_key KEY[] = {UI_KEY_ESCAPE, UI_KEY_TAB, UI_KEY_ENTER, UI_KEY_SPACE};
	if (!app->record) {
		reopen();
		return;
	}
	if (ui_focused_edit(app->ui) && chance(4) == 0) {
		type();
		return;
	}
	if (app->covered && chance(2) && tap_named("Hold to show the room"))
		return;
	if (what < 4) {
		people();
	} else if (what < 6) {
		crowd();
	} else if (what < 8) {
		restriction_changes();
	} else if (what < 10) {
		break_the_glass();
	} else if (what < 13) {
		int s = 1 + (int)chance(500);
		note("%d s pass", s);
		time_advance_us(s * TIME_SECOND_US);
		go_on();
	} else if (what < 16) {
		enum ui_key k = KEY[chance(COUNT_OF(KEY))];
		note("key %d", (int)k);
		ui_input(app->ui, &(struct ui_event){.kind = UI_KEY, .key = k});
		go_on();
	} else if (what < 18) {
		note("size");
		FIX_MUST(chance(2) ? ui_resize(app->ui, 800, 480, 0)
		                   : ui_resize(app->ui, 1280, 800, 0));
		go_on();
	} else if (what < 26) {
		visit();
	} else if (what < 28) {
		look_for();
	} else if (what < 31) {
		if (!tap_named("Agenda"))
			(void)tap_named("Home");
	} else if ((n = any_node(chance(20) == 0))) {
		const char *label = ui_str_at(app->ui, n->label);
		if ((strcmp(label, "Lock") == 0 || strcmp(label, "Hide screen") == 0 ||
		            strncmp(label, "Close the meeting", 17) == 0) &&
		        chance(6))
			return;
		tap(n);
	} else {
		go_on();
	}
}

static void copy_store(void)
{
	char cmd[640];
	snprintf(cmd, sizeof(cmd), "rm -rf '%.200s' && cp -a '%.200s' '%.200s'", copy_dir,
	        store_dir, copy_dir);
	if (system(cmd) != 0)
		FIX_MUST(ERR_IO);
}

/* Into one of the situations a meeting can be in, without the fingers it would take. */
static void begin(void)
{
	int64_t m = f.meeting;
	uint32_t how = chance(4);
	if (how == 0)
		return; /* whoever opened the store */
	note("the meeting is opened");
	app->meeting_id = m;
	(void)do_(&(struct command){
	        .kind = CMD_MEETING_STATE, .u.state = {.meeting = m, .to = MEETING_SIGNING}});
	if (how == 1)
		return;
	for (size_t i = 0; i < COUNT_OF(fix_core); i++) {
		struct command c = {.kind = CMD_SEAT_SIGN};
		c.u.at_seat.seat = fix_seat(&f, fix_core[i]);
		(void)app_do(app, &c, NULL);
		if (i == 0) {
			c.kind = CMD_SEAT_CHAIR;
			(void)app_do(app, &c, NULL);
		}
	}
	(void)do_(&(struct command){
	        .kind = CMD_MEETING_STATE, .u.state = {.meeting = m, .to = MEETING_SESSION}});
	if (how == 2)
		return;
	crowd();
}

static void open_panel(uint32_t seed)
{
	struct room_options o = {.store = copy_dir, .script = "", .w = 1280, .h = 800};
	struct why w = {0};
	dice = 0x9e3779b97f4a7c15u * (seed + 1);
	(void)chance(2);
	n_steps = 0;
	found[0] = 0;
	truth.seated = 0;
	fix_clock("2026-11-19T13:50");
	copy_store();
	app = calloc(1, sizeof(*app));
	app->store = copy_dir;
	app->out_dir = "/nonexistent";
	app->partnership = "";
	app->forum = (struct forum_row){
	        .code = "", .name = "", .kind = "", .reports_to_name = "", .purpose = ""};
	FIX_MUST(start(app, &o, &w));
	go_on();
	reopen();
}

static void close_panel(void)
{
	end(app);
	app = NULL;
	f.r = NULL;
}

static void walk(uint32_t seed, uint32_t steps)
{
	open_panel(seed);
	begin();
	for (uint32_t i = 0; i < steps && !found[0]; i++)
		step();
	if (found[0]) {
		for (size_t i = n_steps > 40 && !aloud ? n_steps - 40 : 0; i < n_steps; i++)
			printf("# %s\n", step_log[i % LOG]);
		snprintf(test_why, sizeof(test_why), "seed %u, step %zu, screen %s: %s", seed,
		        n_steps, app->screen->name, found);
		test_failed = test_why;
	}
	close_panel();
}

static uint32_t number(const char *name, uint32_t otherwise)
{
	const char *s = getenv(name);
	return s && *s ? (uint32_t)strtoul(s, NULL, 10) : otherwise;
}

/* ---- twins: two stores, one without the hidden cases ---- */

/*
 * Both panels are touched in the same places. While nobody in the room may know of a hidden case
 * they must say the same to the letter: no count, number, time, sentence or empty space tells.
 */
static const char *const OF_CASE[] = {"party", "relation", "incident", "clock", "item", "share",
        "assessment", "decision", "action", "conflict", "event", "glass", "restricted", "research",
        "review", "review_step", "kase_agency"};

static void without_hidden(void)
{
	FIX_MUST(fix_try_open(&f));
	fix_sql(&f,
	        "PRAGMA foreign_keys = OFF; CREATE TEMP TABLE h AS SELECT id FROM kase WHERE "
	        "restriction = 2; DELETE FROM note WHERE item IN (SELECT id FROM item WHERE kase "
	        "IN "
	        "(SELECT id FROM h)); DELETE FROM draft WHERE item IN (SELECT id FROM item WHERE "
	        "kase IN (SELECT id FROM h)); DELETE FROM action_update WHERE action IN (SELECT id "
	        "FROM action WHERE kase IN (SELECT id FROM h)); DELETE FROM answer WHERE "
	        "assessment "
	        "IN (SELECT id FROM assessment WHERE kase IN (SELECT id FROM h)); DELETE FROM "
	        "share_agency WHERE share IN (SELECT id FROM share WHERE kase IN (SELECT id FROM "
	        "h)); DELETE FROM research_line WHERE research IN (SELECT id FROM research WHERE "
	        "kase IN (SELECT id FROM h)); DELETE FROM party_was WHERE party IN (SELECT id FROM "
	        "party WHERE kase IN (SELECT id FROM h))");
	for (size_t i = 0; i < COUNT_OF(OF_CASE); i++)
		sqlf("DELETE FROM %s WHERE kase IN (SELECT id FROM h)", OF_CASE[i]);
	fix_sql(&f, "DELETE FROM kase WHERE restriction = 2; DROP TABLE h");
	fix_close(&f);
}

static bool hidden_is_known(void)
{
	for (int k = 0; k < N_CASES; k++)
		if (level_now[k] > SIGHT_NONE && level_of(k) == RESTRICTION_HIDDEN)
			return true;
	return false;
}

/* What the panel says, but for the fingerprint of the audit. */
static void tell(struct buf *b)
{
	buf_clear(b);
	if (!app->ui->n_node)
		return;
	struct buf all;
	buf_init(&all, 4u << 20);
	ui_dump(app->ui, &all);
	for (char *line = all.data, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (!strstr(line, "Audit "))
			buf_printf(b, "%s\n", line);
	}
	buf_finish(&all);
}

static void seat_all(const char *const *agency, size_t n)
{
	struct command c = {.kind = CMD_MEETING_STATE};
	c.u.state.meeting = f.meeting;
	c.u.state.to = MEETING_SIGNING;
	app->meeting_id = f.meeting;
	(void)do_(&c);
	for (size_t i = 0; i < n; i++) {
		c = (struct command){.kind = CMD_SEAT_SIGN};
		c.u.at_seat.seat = fix_seat(&f, agency[i]);
		(void)app_do(app, &c, NULL);
	}
	c.kind = CMD_SEAT_CHAIR;
	(void)app_do(app, &c, NULL);
	c = (struct command){.kind = CMD_MEETING_STATE};
	c.u.state.meeting = f.meeting;
	c.u.state.to = MEETING_SESSION;
	(void)do_(&c);
}

enum { TWIN_STEPS = 300 };
static char *said[2][TWIN_STEPS]; /* what each said before each step */

/* One of the two: walks until the end, a hidden case may be known, or the other said otherwise. */
static size_t twin(uint32_t seed, int which, size_t end_)
{
	static const char *const ROOM[] = {"council", "landlord", "probation", "victims", "police",
	        "fire", "mental-health", "adult-care", "drug-alcohol"};
	struct buf b;
	size_t n = 0;
	buf_init(&b, 8u << 20);
	open_panel(seed);
	seat_all(ROOM, COUNT_OF(ROOM));
	while (n < end_ && !found[0]) {
		look_again();
		if (hidden_is_known() || !app->record)
			break;
		tell(&b);
		said[which][n] = strdup(buf_str(&b));
		n++;
		if (which && strcmp(said[0][n - 1], said[1][n - 1]) != 0)
			break;
		uint32_t what = chance(100);
		const struct node *o = any_node(false);
		const char *label = o ? ui_str_at(app->ui, o->label) : "";
		if (ui_focused_edit(app->ui) && what < 30)
			type();
		else if (what < 40)
			visit();
		else if (what < 45)
			look_for();
		else if (what < 50)
			(void)tap_named("Agenda");
		else if (o && !strstr(label, "Lock") && !strstr(label, "left") &&
		         !strstr(label, "leaves"))
			tap(o);
		else
			go_on();
	}
	close_panel();
	buf_finish(&b);
	return n;
}

static void r30_hidden_cases_change_nothing_on_the_panel(void)
{
	uint32_t seeds = number("PANEL_SEEDS", 5);
	size_t alike = 0;
	char full[256], cmd[640];
	make_store();
	snprintf(full, sizeof(full), "%s", store_dir);
	snprintf(cmd, sizeof(cmd), "cp -a '%.200s' '%.200s.without'", full, full);
	if (system(cmd) != 0)
		FIX_MUST(ERR_IO);
	snprintf(f.dir, sizeof(f.dir), "%.240s.without", full);
	without_hidden();
	aloud = getenv("PANEL_SEED") != NULL;
	uint32_t from = aloud ? number("PANEL_SEED", 0) : 0;
	for (uint32_t s = from; s < (aloud ? from + 1 : seeds) && !test_failed; s++) {
		size_t n[2] = {TWIN_STEPS, TWIN_STEPS};
		for (int w = 0; w < 2; w++) {
			snprintf(store_dir, sizeof(store_dir), w ? "%.240s.without" : "%s", full);
			n[w] = twin(s, w, n[0]);
		}
		const char *a = n[1] ? said[0][n[1] - 1] : "", *b = n[1] ? said[1][n[1] - 1] : "";
		if (n[1] < n[0] || strcmp(a, b) != 0) {
			for (size_t i = n_steps > 12 ? n_steps - 12 : 0; i < n_steps; i++)
				printf("# %s\n", step_log[i % LOG]);
			while (*a && *a == *b)
				a++, b++;
			snprintf(test_why, sizeof(test_why),
			        "seed %u, step %zu: with hidden cases \"%.120s\", without "
			        "\"%.120s\"",
			        s, n[1], a, b);
			test_failed = test_why;
		}
		alike += n[1];
		for (int w = 0; w < 2; w++)
			for (size_t i = 0; i < TWIN_STEPS; i++) {
				free(said[w][i]);
				said[w][i] = NULL;
			}
	}
	printf("# %zu frames alike\n", alike);
	fix_finish(&f);
}

static void r30_no_frame_holds_what_the_room_may_not_see(void)
{
	uint32_t seeds = number("PANEL_SEEDS", 8), steps = number("PANEL_STEPS", 250);
	const char *only = getenv("PANEL_SEED");
	make_store();
	aloud = only != NULL;
	if (only)
		walk(number("PANEL_SEED", 0), steps);
	for (uint32_t s = 0; !only && s < seeds && !test_failed; s++)
		walk(s, steps);
	printf("# %zu frames; words of normal cases %zu, of named %zu, of hidden %zu times\n",
	        n_frames, n_shown[0], n_shown[1], n_shown[2]);
	for (size_t i = 0; i < COUNT_OF(n_screen) && n_screen[i].name; i++)
		printf("# %s: %zu\n", n_screen[i].name, n_screen[i].n);
	fix_finish(&f);
}

static const struct test TESTS[] = {
        T(r30_no_frame_holds_what_the_room_may_not_see),
        T(r30_hidden_cases_change_nothing_on_the_panel),
};
TEST_MAIN(TESTS)
