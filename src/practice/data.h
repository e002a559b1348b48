#ifndef CASEROOM_PRACTICE_DATA_H
#define CASEROOM_PRACTICE_DATA_H
/* data: what a loaded practice holds. All strings and arrays live in its arena. */
#include "caseroom/practice.h"

struct practice_holiday_entry {
	int32_t day;
	const char *name;
};

/* A text that was read, and what it says, in the order they came: for who may replace what. */
struct practice_file {
	const char *name;
	int version;
};
struct practice_defined {
	const char *kind, *id; /* "tool", "asb-matrix" */
	const char *text;      /* the same for the same content */
	int version;
	size_t file;
};

struct practice {
	struct arena arena;
	struct practice_file *file;
	size_t n_files;
	struct practice_defined *defined;
	size_t n_defined, cap_defined;
	struct practice_type type[PRACTICE_MAX];
	const char *type_file[PRACTICE_MAX]; /* for the sentence when a check across files fails */
	size_t n_types;
	struct practice_tool tool[PRACTICE_MAX];
	const char *tool_file[PRACTICE_MAX];
	size_t n_tools;
	struct practice_list list[PRACTICE_MAX];
	size_t n_lists;
	struct practice_clock clock[PRACTICE_MAX];
	size_t n_clocks;
	struct practice_retention retention[PRACTICE_MAX];
	const char *retention_file[PRACTICE_MAX];
	size_t n_retentions;
	const struct practice_holiday_entry *holiday; /* in order of day */
	size_t n_holidays;
};

#endif
