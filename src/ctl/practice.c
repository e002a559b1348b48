#include "ctl_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Practice texts of the partnership's own: taken in, checked, listed, shown, taken away. */

#define TEXT_MAX (256u << 10)

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static enum err read_text(struct ctl *c, const char *path, struct buf *b)
{
	buf_init(b, TEXT_MAX + 1);
	TRY(file_read(path, TEXT_MAX, b, &c->why));
	if (memchr(buf_str(b), 0, b->len))
		return why(&c->why, ERR_INPUT, "%.200s is not text.", path);
	if (b->len == 0)
		return why(&c->why, ERR_INPUT, "%.200s is empty.", path);
	return ERR_OK;
}

/* A text that does not fit what is kept is a file not taken, as one with a mistake in it is. */
static enum err not_taken(struct ctl *c, enum err e)
{
	if (e != ERR_EXISTS && e != ERR_REFUSED && e != ERR_LIMIT)
		return e;
	struct why said = c->why;
	return why(&c->why, ERR_INPUT, "%.200s: %.300s Nothing was changed.", c->arg[0], said.text);
}

enum err verb_practice_add(struct ctl *c)
{
	struct buf b;
	struct command add = {.kind = CMD_PRACTICE};
	enum err e = read_text(c, c->arg[0], &b);
	add.u.practice.name = name_of(c->arg[0]);
	add.u.practice.json = buf_str(&b);
	if (!e)
		e = ctl_open(c);
	if (!e)
		e = not_taken(c, record_do(c->record, &add, NULL, &c->why));
	buf_finish(&b);
	TRY(e);
	printf("%s is taken. It is in force when the store is opened next.\n", add.u.practice.name);
	return ERR_OK;
}

enum err verb_practice_check(struct ctl *c)
{
	struct buf b;
	enum err e = read_text(c, c->arg[0], &b);
	if (!e)
		e = ctl_open(c);
	if (!e)
		e = not_taken(c,
		        record_practice_check(c->record, name_of(c->arg[0]), buf_str(&b), &c->why));
	buf_finish(&b);
	TRY(e);
	printf("%s would be taken. Nothing was changed.\n", name_of(c->arg[0]));
	return ERR_OK;
}

enum err verb_practice_remove(struct ctl *c)
{
	struct command away = {.kind = CMD_PRACTICE, .u.practice = {.name = c->arg[0], .json = ""}};
	TRY(ctl_open(c));
	TRY(record_do(c->record, &away, NULL, &c->why));
	printf("%s is out of force when the store is opened next. Its versions stay kept.\n",
	        c->arg[0]);
	return ERR_OK;
}

static void print_line(const char *name, int version, const char *state)
{
	printf("%-32s %7d  %s\n", name, version, state);
}

enum err verb_practice_list(struct ctl *c)
{
	struct practice_text shipped[PRACTICE_MAX];
	struct practice_text_row *row;
	size_t n_shipped = practice_assets(shipped, COUNT_OF(shipped)), n;
	char day[TIME_TEXT_MAX];
	TRY(ctl_open(c));
	TRY(record_practice_texts(c->record, &c->arena, &row, &n));
	printf("%-32s %7s\n", "name", "version");
	for (size_t i = 0; i < n_shipped; i++)
		print_line(name_of(shipped[i].name),
		        practice_text_version(c->practice, shipped[i].name), "of the program");
	for (size_t i = 0; i < n; i++) {
		const char *state =
		        row[i].left_out
		                ? arena_printf(&c->arena, "left out: %s", row[i].left_out)
		                : arena_printf(&c->arena, "%s %s",
		                          row[i].gone_us == TIME_NONE ? "of the store, since"
		                                                      : "kept; gone since",
		                          day_text(day,
		                                  time_to_day(row[i].gone_us == TIME_NONE
		                                                      ? row[i].at_us
		                                                      : row[i].gone_us),
		                                  DAY_ISO));
		if (!state)
			return ERR_NOMEM;
		print_line(row[i].name, row[i].version, state);
	}
	printf("\nBank holidays are known to the end of %d. After that weekdays count, and what "
	       "shows a date says so. To add a\nyear: caseroomctl practice show holidays.json, "
	       "add its days, raise the version, caseroomctl practice add.\n",
	        practice_holidays_to(c->practice));
	return ERR_OK;
}

enum err verb_practice_show(struct ctl *c)
{
	struct practice_text shipped[PRACTICE_MAX];
	struct practice_text_row *row;
	size_t n_shipped = practice_assets(shipped, COUNT_OF(shipped)), n;
	const struct practice_text_row *found = NULL;
	int version = 0;
	if (c->n_arg == 2) {
		char *end;
		long v = strtol(c->arg[1], &end, 10);
		if (*end || v < 1 || v > 1000000)
			return why(&c->why, ERR_INPUT, "\"%.20s\" is no version.", c->arg[1]);
		version = (int)v;
	}
	TRY(ctl_open(c));
	TRY(record_practice_texts(c->record, &c->arena, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(row[i].name, c->arg[0]) == 0 &&
		        (version ? row[i].version == version : row[i].gone_us == TIME_NONE))
			found = &row[i];
	if (found) {
		fputs(found->json, stdout);
		return ERR_OK;
	}
	for (size_t i = 0; i < n_shipped; i++)
		if (strcmp(name_of(shipped[i].name), c->arg[0]) == 0 &&
		        (!version ||
		                version == practice_text_version(c->practice, shipped[i].name))) {
			fwrite(shipped[i].json, 1, shipped[i].len, stdout);
			return ERR_OK;
		}
	return why(&c->why, ERR_NOT_FOUND,
	        "There is no practice text %.80s%s. caseroomctl practice list shows them.",
	        c->arg[0], version ? " of that version" : "");
}
