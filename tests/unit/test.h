#ifndef CASEROOM_TEST_H
#define CASEROOM_TEST_H
/*
 * The whole test harness: a table of functions, one line of output for each ("ok NAME" or "not ok
 * NAME: why"), exit 1 when any failed. CHECK ends the test at the first broken promise.
 */
#include <stdio.h>
#include <string.h>
#include "caseroom/base.h"

struct test {
	const char *name;
	void (*fn)(void);
};

extern const char *test_failed; /* NULL while all is well */
extern char test_why[512];

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			snprintf(test_why, sizeof(test_why), "%s:%d: %s", __FILE__, __LINE__,      \
			        #cond);                                                            \
			test_failed = test_why;                                                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#define CHECK_ERR(expr, want)                                                                      \
	do {                                                                                       \
		enum err got_ = (expr);                                                            \
		if (got_ != (want)) {                                                              \
			snprintf(test_why, sizeof(test_why), "%s:%d: %s gave \"%s\"", __FILE__,    \
			        __LINE__, #expr, err_text(got_));                                  \
			test_failed = test_why;                                                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#define CHECK_STR(a, b)                                                                            \
	do {                                                                                       \
		const char *a_ = (a), *b_ = (b);                                                   \
		if (strcmp(a_, b_) != 0) {                                                         \
			snprintf(test_why, sizeof(test_why),                                       \
			        "%s:%d: %s is \"%.160s\", not \"%.160s\"", __FILE__, __LINE__, #a, \
			        a_, b_);                                                           \
			test_failed = test_why;                                                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

/* A new empty directory under build/, removed with all in it at exit. Never NULL (exits). */
const char *test_dir(void);

int test_main(const struct test *t, size_t n, int argc, char **argv);

#define TEST_MAIN(table)                                                                           \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return test_main(table, COUNT_OF(table), argc, argv);                              \
	}
#define T(fn)                                                                                      \
	{                                                                                          \
#fn, fn                                                                            \
	}

#endif
