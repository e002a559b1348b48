/*
 * The panel with ten years in the store: every screen, search, and what else grows, with 100 to
 * 10,000 cases (tests/bench/big.h). The room itself is driven, offscreen: a time is from the act to
 * the painted frame, with every query and the audit of the read. One line for each figure of the
 * largest store; then the curve over all sizes. Arguments are the numbers of cases; with --slow
 * every statement that took over 2 ms is told; with --cpu the processor's time is measured instead
 * of the clock's, to compare two versions on a machine that others use.
 */
#include "room/app.c"
#include <fcntl.h>
#include <libgen.h>
#include <malloc.h>
#include "big.h"
#include "caseroom/record_agenda.h"
#include "caseroom/record_people.h"
#include "caseroom/record_report.h"
#include "caseroom/record_sharing.h"

#define TURNS 12
#define MEASURES_MAX 64
#define SIZES_MAX 8

static struct figure {
	const char *name, *unit;
	double goal;                                      /* 0: none */
	double cold, median[SIZES_MAX], worst[SIZES_MAX]; /* cold: of the largest */
} figure[MEASURES_MAX];
static size_t n_figures, size_now;
static int64_t police;
static bool slow;
static const char *doing = "";

static int tell_slow(unsigned what, void *ctx, void *st, void *ns)
{
	(void)what, (void)ctx;
	if (*(sqlite3_int64 *)ns > 2000000)
		fprintf(stderr, "%s: %.1f ms, %d steps: %s\n", doing,
		        (double)*(sqlite3_int64 *)ns / 1e6,
		        sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 1), sqlite3_sql(st));
	return 0;
}

static clockid_t measured_by = CLOCK_MONOTONIC;

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(measured_by, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int up(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static struct figure *figure_of(const char *name, const char *unit, double goal)
{
	for (size_t i = 0; i < n_figures; i++)
		if (strcmp(figure[i].name, name) == 0)
			return &figure[i];
	if (n_figures == MEASURES_MAX)
		exit(2);
	figure[n_figures] = (struct figure){.name = name, .unit = unit, .goal = goal};
	return &figure[n_figures++];
}

static void tell(const char *name, const char *unit, double goal, double *v, size_t n)
{
	struct figure *f = figure_of(name, unit, goal);
	qsort(v, n, sizeof(*v), up);
	f->median[size_now] = v[n / 2];
	f->worst[size_now] = v[n - 1];
}

static void tell_one(const char *name, const char *unit, double goal, double v)
{
	tell(name, unit, goal, &v, 1);
}

/* ---- the room ---- */

/* Nothing of the store is in the system's memory any more. */
static void forget_file(const char *dir)
{
	char path[600];
	snprintf(path, sizeof(path), "%s/%s", dir, VAULT_FILE_DB);
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fsync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		exit(2);
	close(fd);
}

static struct app *room_open(struct fix *f)
{
	struct room_options o = {
	        .store = f->dir, .out_dir = ".", .script = "", .w = 1280, .h = 800};
	struct app *app = calloc(1, sizeof(*app));
	struct vault *v = NULL;
	if (!app)
		exit(2);
	app->store = f->dir;
	app->out_dir = ".";
	app->partnership = "";
	app->forum = (struct forum_row){.code = "", .name = "", .reports_to_name = ""};
	FIX_MUST(start(app, &o, &f->why));
	turn(app);
	FIX_MUST(vault_open(f->dir, NULL, f->secret, &v, &f->why));
	FIX_MUST(app_opened(app, v, &f->why));
	if (slow)
		sqlite3_trace_v2(vault_db(v), SQLITE_TRACE_PROFILE, tell_slow, NULL);
	return app;
}

struct visit {
	const char *name;
	const struct screen_ops *screen;
	bool of_case, on_table; /* another case each time; the one on the table */
};

static const struct visit VISIT[] = {
        {"home", &screen_home, false, false},
        {"seats", &screen_seats, false, false},
        {"last minutes", &screen_minutes, false, false},
        {"old actions", &screen_actions, false, false},
        {"agenda", &screen_agenda, false, false},
        {"case", &screen_case, true, false},
        {"case on the table", &screen_case, false, true},
        {"share", &screen_share, false, true},
        {"risk", &screen_risk, false, true},
        {"decide", &screen_decide, false, true},
        {"close", &screen_close, false, false},
        {"minutes of an old meeting", &screen_read, false, false},
        {"find, nothing typed", &screen_find, false, false},
        {"measures", &screen_measures, false, false},
        {"history of an action", &screen_action, false, false},
        {"ASB case review", &screen_review, true, false},
        {"clocks", &screen_clocks, false, false},
        {"agreements", &screen_agreements, false, false},
        {"a person", &screen_person, true, false},
        {"two assessments compared", &screen_compare, false, true},
        {"who may see a case", &screen_restrict, true, false},
        {"plan and its progress", &screen_progress, false, false},
};

static double visit(struct app *app, const struct visit *v, int64_t kase)
{
	/* from a screen that looks otherwise, so that all of it is painted */
	app_go(app, v->screen == &screen_find ? &screen_agenda : &screen_find);
	turn(app);
	app->case_id = app->item_id = 0;
	if (v->of_case)
		app->case_id = kase;
	app->person_id = kase * BIG_PARTIES - 1; /* an identity of about that case */
	const struct item_row *on = app_table(app);
	int64_t table = on ? on->id : 0;
	if (v->on_table) {
		if (!on)
			exit(2);
		app->item_id = on->id;
		app->case_id = on->case_id;
		app->share_agency = police;
	}
	doing = v->name;
	double t = now_ms();
	app_go(app, v->screen);
	turn(app);
	t = now_ms() - t;
	doing = "between";
	if (app->screen != v->screen || (app->say.text[0] && !app->say_good)) {
		fprintf(stderr, "bench_scale: %s did not open: %s\n", v->name, app->say.text);
		exit(2);
	}
	if (v->screen == &screen_close) { /* which begins to close: the meeting goes on */
		struct command again = {.kind = CMD_MEETING_STATE}, open = {.kind = CMD_ITEM_OPEN};
		again.u.state.meeting = app->meeting.id;
		again.u.state.to = MEETING_SESSION;
		open.u.item.item = table;
		app_go(app, &screen_agenda);
		turn(app);
		if (!app_do(app, &again, NULL) || !app_do(app, &open, NULL))
			exit(2);
		turn(app);
	}
	return t;
}

static void pick_cases(struct fix *f, int64_t *kase, size_t n)
{
	int64_t last = fix_int(f, "SELECT max(id) FROM kase WHERE restriction = 0");
	for (size_t i = 0; i < n; i++) {
		char sql[200];
		snprintf(sql, sizeof(sql),
		        "SELECT id FROM kase WHERE restriction = 0 AND id <= %lld ORDER BY id DESC "
		        "LIMIT 1",
		        (long long)(last * (int64_t)(i + 1) / (int64_t)n));
		kase[i] = fix_int(f, sql);
	}
}

static void screens(struct fix *f, bool cold)
{
	int64_t kase[TURNS];
	double ms[TURNS];
	pick_cases(f, kase, TURNS);
	int64_t old = fix_int(f, "SELECT id FROM meeting WHERE state = 6 ORDER BY id LIMIT 1 "
	                         "OFFSET 300");
	int64_t action = fix_int(f, "SELECT max(u.action) FROM action_update u JOIN action t ON "
	                            "t.id = u.action JOIN kase k "
	                            "ON k.id = t.kase WHERE k.restriction = 0");
	fix_close(f);
	if (cold)
		for (size_t k = 0; k < COUNT_OF(VISIT); k++) {
			forget_file(f->dir);
			struct app *app = room_open(f);
			double t = now_ms();
			turn(app);
			figure_of("open the store to home", "ms", 100)->cold = now_ms() - t;
			app->read_meeting = old;
			app->action_id = action;
			figure_of(VISIT[k].name, "ms", 100)->cold = visit(app, &VISIT[k], kase[7]);
			end(app);
		}
	struct app *app = room_open(f);
	double t = now_ms();
	turn(app);
	tell_one("open the store to home", "ms", 100, now_ms() - t);
	app->read_meeting = old;
	app->action_id = action;
	for (size_t k = 0; k < COUNT_OF(VISIT); k++) {
		for (int i = 0; i < TURNS; i++)
			ms[i] = visit(app, &VISIT[k], kase[i]);
		tell(VISIT[k].name, "ms", 100, ms, TURNS);
	}
	/* a command and the screen after it */
	(void)visit(app, &VISIT[6], 0);
	for (int i = 0; i < TURNS; i++) {
		struct command c = {.kind = CMD_NOTE};
		c.u.note.item = app->item_id;
		c.u.note.words = "Something was said about this case.";
		t = now_ms();
		if (!app_do(app, &c, NULL))
			exit(2);
		turn(app);
		ms[i] = now_ms() - t;
	}
	tell("keep a note, case redrawn", "ms", 100, ms, TURNS);
	/* a list as long as it gets, while a finger moves it */
	for (size_t k = 0; k < COUNT_OF(VISIT); k++) {
		if (VISIT[k].screen != &screen_read)
			continue;
		(void)visit(app, &VISIT[k], 0);
		for (int i = 0; i < TURNS; i++) {
			t = now_ms();
			(void)ui_turn(app->ui, build, app);
			ms[i] = now_ms() - t;
		}
	}
	tell("a frame of long minutes", "ms", 16, ms, TURNS);
	/* nothing to do: no frame, nothing allocated */
	struct mallinfo2 before = mallinfo2();
	uint64_t frames = 0;
	for (int i = 0; i < 100; i++)
		frames += ui_turn(app->ui, build, app);
	tell_one("idle turns that painted", "of-100", 0, (double)frames);
	tell_one("idle turns, bytes allocated", "bytes", 0,
	        (double)mallinfo2().uordblks - (double)before.uordblks);
	FILE *in = fopen("/proc/self/smaps_rollup", "r");
	char line[200];
	long kib;
	while (in && fgets(line, sizeof(line), in))
		if (sscanf(line, "Pss: %ld", &kib) == 1)
			tell_one("memory (PSS)", "MiB", 0, (double)kib / 1024);
	if (in)
		fclose(in);
	end(app);
	FIX_MUST(fix_try_open(f));
}

/* ---- queries that are not a screen's first ---- */

static const char *const WORD[] = {"a", "s", "avery", "avery s", "sample", "samp", "e", "so",
        "sorrel court", "12 larch", "qx1", "c-2021", "zoe", "łucja model", "rowan prototype",
        "nobody at all", "quinn e harebell"};

static void searches(struct fix *f, const char *name, const struct record_viewer *v)
{
	double ms[COUNT_OF(WORD)];
	struct search_row *row;
	size_t n;
	for (size_t i = 0; i < COUNT_OF(WORD); i++) {
		ms[i] = 1e9;
		for (int k = 0; k < 3; k++) {
			double t = now_ms();
			FIX_MUST(record_search(f->r, &f->a, v, WORD[i], 40, &row, &n));
			t = now_ms() - t;
			ms[i] = t < ms[i] ? t : ms[i];
			arena_reset(&f->a);
		}
		if (slow && ms[i] > 2)
			fprintf(stderr, "%s \"%s\": %.1f ms, %zu found\n", name, WORD[i], ms[i], n);
	}
	tell(name, "ms", 20, ms, COUNT_OF(WORD));
}

static void search_rooms(struct fix *f)
{
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f->r, f->meeting, &v));
	searches(f, "search", &v);
	v.anonymised = true;
	searches(f, "search, anonymised", &v);
	record_viewer_agency(fix_agency(f, "faith"), false, &v);
	v.present[0].standing = STANDING_COMMUNITY;
	searches(f, "search, a community member", &v);
}

/* Somebody typed in, looked for among all: common names, parts, sounds, dates and places. */
static void near_matches(struct fix *f)
{
	static const struct near_key KEY[] = {{.name = "Av"}, {.name = "Avery"},
	        {.name = "Avery Sample"}, {.name = "Sampel Avrey"}, {.name = "Zoe Exemplar"},
	        {.name = "Sa"},
	        {.name = "Robin Instance", .address = "12 Larch Terrace", .postcode = "QX1 1AA"},
	        {.name = "Unheard Of"}, {.postcode = "QX3 4AA"}, {.name = "sorrel court"}};
	double ms[COUNT_OF(KEY)];
	struct record_viewer v;
	FIX_MUST(record_viewer_meeting(f->r, f->meeting, &v));
	for (size_t i = 0; i < COUNT_OF(KEY); i++) {
		struct near_key key = KEY[i];
		struct near_row *row;
		size_t n;
		key.born = i % 3 == 2 ? 4000 : DAY_NONE;
		ms[i] = 1e9;
		for (int k = 0; k < 3; k++) {
			double t = now_ms();
			FIX_MUST(record_near(f->r, &f->a, &v, &key, 0, 20, &row, &n));
			t = now_ms() - t;
			ms[i] = t < ms[i] ? t : ms[i];
			arena_reset(&f->a);
		}
		if (slow)
			fprintf(stderr, "near match \"%s\": %.1f ms, %zu found\n",
			        KEY[i].name ? KEY[i].name : "", ms[i], n);
	}
	tell("near matches", "ms", 20, ms, COUNT_OF(KEY));
}

static void whole(struct fix *f)
{
	struct vault_report rep;
	struct stat st;
	char path[300];
	int64_t n, bad;
	double t = now_ms();
	FIX_MUST(record_audit_verify(f->r, &n, &bad));
	tell_one("audit chain verified", "ms", 0, now_ms() - t);
	t = now_ms();
	FIX_MUST(record_links_verify(f->r, &bad));
	tell_one("links verified", "ms", 0, now_ms() - t);
	t = now_ms();
	FIX_MUST(vault_verify(f->v, &rep, &f->why));
	tell_one("every page verified", "ms", 0, now_ms() - t);
	snprintf(path, sizeof(path), "%s/%s", f->dir, VAULT_FILE_DB);
	if (stat(path, &st) != 0)
		exit(2);
	tell_one("size of the store", "MiB", 0, (double)st.st_size / 1048576);
	tell_one("audit entries", "count", 0, (double)n);
	tell_one("people", "count", 0, (double)fix_int(f, "SELECT count(*) FROM party"));
	tell_one("statements", "count", 0, (double)fix_int(f, "SELECT count(*) FROM share"));
}

static void measure(const char *keep, const char *work, int cases, bool largest)
{
	struct fix f;
	double made;
	big_open(&f, keep, work, cases, &made);
	if (made > 0)
		fprintf(stderr, "bench_scale: the store of %d cases was made in %.0f s\n", cases,
		        made);
	fix_session(&f);
	/* the first case of the agenda that the room may see, with all its history */
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_OPEN,
	                .item = {.item = fix_of(&f,
	                                 "SELECT i.id FROM item i JOIN kase k ON k.id = i.kase "
	                                 "WHERE "
	                                 "k.restriction = 0 AND %Q <> '' AND i.meeting = %lld AND "
	                                 "NOT EXISTS (SELECT 1 FROM conflict c WHERE c.kase = "
	                                 "k.id) "
	                                 "ORDER BY k.discussed DESC, i.position LIMIT 1",
	                                 "x")}),
	        NULL));
	police = fix_agency(&f, "police");
	screens(&f, largest);
	search_rooms(&f);
	near_matches(&f);
	whole(&f);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const int ALL[] = {100, 1000, 3000, 10000};
	int size[SIZES_MAX], n = 0;
	char keep[200], work[] = "/tmp/caseroom-bench-XXXXXX";
	snprintf(keep, sizeof(keep), "%s/stores", dirname(strdup(argv[0])));
	for (int i = 1; i < argc && n < SIZES_MAX; i++)
		if (strcmp(argv[i], "--slow") == 0)
			slow = true;
		else if (strcmp(argv[i], "--cpu") == 0)
			measured_by = CLOCK_PROCESS_CPUTIME_ID;
		else
			size[n++] = atoi(argv[i]);
	for (size_t i = 0; !n && i < COUNT_OF(ALL); i++)
		size[i] = ALL[i];
	n = n ? n : (int)COUNT_OF(ALL);
	if (!mkdtemp(work))
		return 2;
	for (int i = 0; i < n; i++) {
		size_now = (size_t)i;
		measure(keep, work, size[i], i + 1 == n);
	}
	big_remove(work);
	int over = 0;
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *g = &figure[i];
		char name[80];
		snprintf(name, sizeof(name), "%s", g->name);
		for (char *c = name; *c; c++)
			*c = *c == ' ' ? '_' : *c;
		if (g->goal > 0) {
			printf("%s %.1f %s goal <= %.0f\n", name, g->worst[n - 1], g->unit,
			        g->goal);
			over |= g->worst[n - 1] > g->goal;
			if (g->cold > 0)
				printf("%s_cold %.1f %s goal <= %.0f\n", name, g->cold, g->unit,
				        g->goal);
		} else {
			printf("%s %.1f %s\n", name, g->worst[n - 1], g->unit);
		}
	}
	printf("|\n|%-30s", "cases, middle / worst of 12");
	for (int k = 0; k < n; k++)
		printf(" %15d", size[k]);
	printf("\n");
	for (size_t i = 0; i < n_figures; i++) {
		printf("|%-30s", figure[i].name);
		for (int k = 0; k < n; k++) {
			char cell[40];
			if (figure[i].median[k] == figure[i].worst[k])
				snprintf(cell, sizeof(cell), "%.0f", figure[i].worst[k]);
			else
				snprintf(cell, sizeof(cell), "%.1f / %.1f", figure[i].median[k],
				        figure[i].worst[k]);
			printf(" %15s", cell);
		}
		printf(" %s\n", figure[i].unit);
	}
	return over;
}
