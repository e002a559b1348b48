#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "test.h"
#include "record_fixture.h"

/*
 * R44: a child holds a meeting and says through a pipe what it was told is kept; it is killed at
 * 200 seeded moments. After each, the store opens, the chain and the links hold, and everything
 * that was acknowledged is there.
 */

#define KILLS 200

enum what { OPENED, DRAFT, SHARED, CLEARED, NOTED, ACTED, UNDONE };
struct ack {
	int32_t what, number;
};

static struct fix f;
static int pipe_to_parent;

static void tell(enum what what, int number)
{
	struct ack a = {(int32_t)what, number};
	if (write(pipe_to_parent, &a, sizeof(a)) != sizeof(a))
		_exit(3);
}

/* Runs until it is killed. Numbers go on from what the store holds. */
static void hold_meeting(int number)
{
	if (fix_try_open(&f))
		_exit(4);
	tell(OPENED, 0);
	int64_t item = fix_item(&f, "C-2026-0118"), police = fix_agency(&f, "police"),
	        morgan = fix_person(&f, "Morgan Example");
	for (;; number++) {
		char words[600];
		size_t o = 0;
		for (int sentence = 0; sentence < 3; sentence++) {
			o += (size_t)snprintf(words + o, sizeof(words) - o,
			        "%s#%d Sentence %d of what the police say.", o ? " " : "", number,
			        sentence);
			FIX_MUST(record_draft_put(f.r, "share", item, police, words));
			tell(DRAFT, number * 4 + sentence);
		}
		struct command c = fix_share(item, police, words);
		FIX_MUST(fix_do(&f, &c, NULL));
		tell(SHARED, number);
		FIX_MUST(record_draft_put(f.r, "share", item, police, ""));
		tell(CLEARED, number);
		snprintf(words, sizeof(words), "#%d Note.", number);
		FIX_MUST(fix_do(&f, FIX_CMD(CMD_NOTE, .note = {item, 0, words}), NULL));
		tell(NOTED, number);
		snprintf(words, sizeof(words), "#%d Visit.", number);
		FIX_MUST(fix_do(&f,
		        FIX_CMD(CMD_ACTION_ADD,
		                .action = {item, police, morgan, words, "", f.day + 7, DAY_NONE}),
		        NULL));
		tell(ACTED, number);
		if (number % 3 == 0) {
			FIX_MUST(record_undo(f.r, &f.why));
			tell(UNDONE, number);
		}
	}
}

static int64_t count(const char *table, const char *column, int number)
{
	char sql[160];
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE %s LIKE '#%d %%'", table, column,
	        number);
	return fix_int(&f, sql);
}

/* What the child said is so. */
static const char *kept(const struct ack *a, size_t n)
{
	int draft = -1;
	for (size_t i = 0; i < n; i++) {
		switch (a[i].what) {
		case DRAFT:
			draft = a[i].number;
			break;
		case SHARED:
			if (count("share", "words", a[i].number) != 1)
				return "a share that was kept is lost";
			break;
		case CLEARED:
			draft = -1;
			break;
		case NOTED:
			if (count("note", "words", a[i].number) != 1)
				return "a note that was kept is lost";
			break;
		case UNDONE:
			if (count("action", "what", a[i].number) != 0)
				return "an action that was taken back is there";
			break;
		default:
			break;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (a[i].what == ACTED && a[i].number % 3 &&
		        count("action", "what", a[i].number) != 1)
			return "an action that was kept is lost";
	if (draft >= 0) { /* the sentence, or one more */
		char sql[300];
		snprintf(sql, sizeof(sql),
		        "SELECT count(*) FROM draft WHERE words LIKE '#%d Sentence 0%%Sentence %d "
		        "of what the police say.%%'",
		        draft / 4, draft % 4);
		if (draft % 4 == 0)
			snprintf(sql, sizeof(sql),
			        "SELECT count(*) FROM draft WHERE words LIKE '#%d Sentence 0 of "
			        "what the police say.%%'",
			        draft / 4);
		bool shared = count("share", "words", draft / 4) == 1;
		if (fix_int(&f, sql) != 1 && !(shared && draft % 4 == 2))
			return "a sentence that was kept is lost";
	}
	return NULL;
}

static int newest(void)
{
	return (int)fix_int(&f, "SELECT coalesce(max(CAST(substr(words, 2) AS INTEGER)), 0) FROM "
	                        "share WHERE words LIKE '#%'");
}

static void r44_kill_loses_nothing_that_was_kept(void)
{
	static struct ack got[20000];
	uint32_t seed = 44;
	size_t acknowledged = 0, in_open = 0;
	fix_sample(&f, test_dir());
	fix_session(&f);
	FIX_MUST(fix_at_item(&f, CMD_ITEM_OPEN, "C-2026-0118"));
	int64_t audit = 0;
	for (int kill_no = 0; kill_no < KILLS; kill_no++) {
		int fd[2], number = newest() + 1, status;
		size_t bytes = 0;
		ssize_t r;
		fix_close(&f);
		CHECK(pipe(fd) == 0);
		fflush(stdout);
		pid_t child = fork();
		CHECK(child >= 0);
		if (child == 0) {
			close(fd[0]);
			pipe_to_parent = fd[1];
			hold_meeting(number);
			_exit(5);
		}
		close(fd[1]);
		seed = seed * 1664525u + 1013904223u;
		/* One in four at any moment from its start; the others a moment after they
		 * acknowledged so many, so that a slow machine kills in the same places. */
		size_t after = kill_no % 4 == 0 ? 0 : 1 + (seed >> 4) % 16;
		while (bytes < after * sizeof(got[0])) {
			r = read(fd[0], (char *)got + bytes, after * sizeof(got[0]) - bytes);
			CHECK(r > 0);
			bytes += (size_t)r;
		}
		struct timespec wait = {0, (long)((seed >> 8) % (after ? 4000000u : 60000000u))};
		nanosleep(&wait, NULL);
		CHECK(kill(child, SIGKILL) == 0);
		CHECK(waitpid(child, &status, 0) == child);
		CHECK(WIFSIGNALED(status)); /* it did not stop by itself */
		while ((r = read(fd[0], (char *)got + bytes, sizeof(got) - bytes)) > 0)
			bytes += (size_t)r;
		close(fd[0]);
		size_t n = bytes / sizeof(got[0]);
		in_open += n == 0;
		acknowledged += n;
		CHECK_ERR(fix_try_open(&f), ERR_OK);
		const char *wrong = kept(got, n);
		CHECK_STR(wrong ? wrong : "", "");
		int64_t entries = 0, bad = 0;
		CHECK_ERR(record_audit_verify(f.r, &entries, &bad), ERR_OK);
		CHECK(entries >= audit);
		audit = entries;
		CHECK_ERR(record_links_verify(f.r, &bad), ERR_OK);
		if (kill_no % 20 == 19) {
			struct vault_report report;
			CHECK_ERR(vault_verify(f.v, &report, &f.why), ERR_OK);
		}
	}
	printf("# %d kills, %zu of them while opening; %zu acknowledgements, %lld audit entries\n",
	        KILLS, in_open, acknowledged, (long long)audit);
	CHECK(acknowledged > 500 && in_open <= KILLS / 4);
	fix_finish(&f);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r44_kill_loses_nothing_that_was_kept)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
