#include "test.h"
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

const char *test_failed;
char test_why[512];
static char dirs[96][256];
static size_t n_dirs;

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void remove_dirs(void)
{
	for (size_t i = 0; i < n_dirs; i++)
		(void)nftw(dirs[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *test_dir(void)
{
	const char *top = getenv("TEST_TMP");
	if (n_dirs == COUNT_OF(dirs)) {
		fprintf(stderr, "too many test directories\n");
		exit(2);
	}
	char *d = dirs[n_dirs];
	snprintf(d, sizeof(dirs[0]), "%s/caseroom-test-XXXXXX", top ? top : "/tmp");
	if (!mkdtemp(d)) {
		perror(d);
		exit(2);
	}
	if (n_dirs++ == 0)
		atexit(remove_dirs);
	return d;
}

/* With arguments, runs only the tests whose name contains one of them. */
int test_main(const struct test *t, size_t n, int argc, char **argv)
{
	int failed = 0;
	for (size_t i = 0; i < n; i++) {
		bool wanted = argc < 2;
		for (int a = 1; a < argc; a++)
			wanted |= strstr(t[i].name, argv[a]) != NULL;
		if (!wanted)
			continue;
		test_failed = NULL;
		t[i].fn();
		if (test_failed)
			printf("not ok %s: %s\n", t[i].name, test_failed);
		else
			printf("ok %s\n", t[i].name);
		fflush(stdout);
		failed |= test_failed != NULL;
	}
	return failed;
}
