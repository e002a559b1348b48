/*
 * record in a store far larger than a partnership's: 10,000 cases with 100,000 incidents. One line
 * for each figure: name, median, unit, and the goal it is held against. scripts/referrals.awk makes
 * the cases, the same ones each time.
 */
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "record_fixture.h"

#define TURNS 7

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int up(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int print(const char *name, double *ms, size_t n, double goal)
{
	qsort(ms, n, sizeof(ms[0]), up);
	printf("%s %.2f ms goal <= %.0f\n", name, ms[n / 2], goal);
	return ms[n / 2] > goal;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void read_referrals(struct buf *b)
{
	char part[65536];
	size_t n;
	FILE *p = popen("awk -f scripts/referrals.awk -v n=10000", "r");
	if (!p)
		exit(2);
	while ((n = fread(part, 1, sizeof(part), p)) > 0)
		buf_put(b, part, n);
	if (pclose(p) != 0 || buf_err(b) != ERR_OK)
		exit(2);
}

static void open_case(struct fix *f, const struct record_viewer *v, int64_t id)
{
	struct case_row c;
	struct party_row *p;
	struct incident_row *i;
	struct share_row *s;
	struct assessment_row *t;
	struct action_row *a;
	size_t n;
	FIX_MUST(record_case_read(f->r, &f->a, v, id, &c));
	FIX_MUST(record_parties(f->r, &f->a, v, id, &p, &n));
	FIX_MUST(record_incidents(f->r, &f->a, v, id, &i, &n));
	FIX_MUST(record_shares(f->r, &f->a, v, id, 0, &s, &n));
	FIX_MUST(record_assessments(f->r, &f->a, v, id, &t, &n));
	FIX_MUST(record_actions(f->r, &f->a, v, &(struct action_filter){.case_id = id}, &a, &n));
}

int main(void)
{
	static const char *const WORD[TURNS] = {
	        "avery", "s", "sorrel court", "c-2026-1", "zoe", "sample r", "qx1"};
	struct fix f;
	struct buf csv;
	struct record_viewer v;
	double ms[TURNS];
	char dir[] = "/tmp/caseroom-bench-XXXXXX";
	size_t rows, n;
	int over = 0;
	if (!mkdtemp(dir))
		return 2;
	buf_init(&csv, 64u << 20);
	read_referrals(&csv);
	/* the import once in each of three stores: seven would say no more */
	for (int i = 0; i < 3; i++) {
		char one[64];
		snprintf(one, sizeof(one), "%s/%d", dir, i);
		if (i)
			fix_finish(&f);
		if (mkdir(one, 0700) != 0)
			return 2;
		fix_sample(&f, one);
		double t = now_ms();
		FIX_MUST(record_import(
		        f.r, "referrals", csv.data, csv.len, fix_bad, NULL, NULL, &rows, &f.why));
		ms[i] = now_ms() - t;
	}
	over |= print("import_10000_referrals", ms, 3, 5000);
	/* up to ten incidents for each case */
	fix_sql(&f, "BEGIN; WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n "
	            "< 10) INSERT INTO incident(uid, kase, day, kind,"
	            " what, position) SELECT randomblob(16), kase.id, 20000 + n, 'noise', 'Music "
	            "until 03:00, the third time this week.', 200000 + n"
	            " FROM kase, k; COMMIT");
	printf("cases %lld count\nincidents %lld count\n",
	        (long long)fix_int(&f, "SELECT count(*) FROM kase"),
	        (long long)fix_int(&f, "SELECT count(*) FROM incident"));
	fix_session(&f);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	for (int i = 0; i < TURNS; i++) {
		double t = now_ms();
		open_case(&f, &v, 1000 + 1217 * i);
		ms[i] = now_ms() - t;
		arena_reset(&f.a);
	}
	over |= print("open_case", ms, TURNS, 30);
	for (int i = 0; i < TURNS; i++) {
		struct search_row *s;
		double t = now_ms();
		FIX_MUST(record_search(f.r, &f.a, &v, WORD[i], 30, &s, &n));
		ms[i] = now_ms() - t;
		arena_reset(&f.a);
	}
	over |= print("search", ms, TURNS, 20);
	printf("search_slowest %.2f ms\n", ms[TURNS - 1]);
	for (int i = 0; i < TURNS; i++) {
		char words[60];
		snprintf(words, sizeof(words), "Note %d of the chair.", i);
		double t = now_ms();
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_NOTE, .note = {fix_item(&f, "C-2026-0118"), 0, words}), NULL));
		ms[i] = now_ms() - t;
	}
	over |= print("command", ms, TURNS, 30);
	for (int i = 0; i < TURNS; i++) {
		struct item_row *it;
		double t = now_ms();
		FIX_MUST(record_items(f.r, &f.a, &v, f.meeting, &it, &n));
		ms[i] = now_ms() - t;
		arena_reset(&f.a);
	}
	over |= print("agenda", ms, TURNS, 16);
	for (int i = 0; i < TURNS; i++) {
		struct clock_row *c;
		double t = now_ms();
		FIX_MUST(record_clocks(f.r, &f.a, &v, f.forum, 20, &c, &n));
		ms[i] = now_ms() - t;
		arena_reset(&f.a);
	}
	over |= print("clocks", ms, TURNS, 16);
	for (int i = 0; i < TURNS; i++) {
		struct case_row *c;
		double t = now_ms();
		FIX_MUST(record_cases(f.r, &f.a, &v, f.forum, true, 100, &c, &n));
		ms[i] = now_ms() - t;
		arena_reset(&f.a);
	}
	over |= print("cases_100", ms, TURNS, 16);
	fix_finish(&f);
	buf_finish(&csv);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return over;
}
