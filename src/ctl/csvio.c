#include "ctl_int.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/csv.h"

/* import and export: each file is a transaction of its own. */

struct reading {
	const char *file;
	size_t bad;
};

#define BAD_SHOWN 50
#define VALUE_SHOWN 80 /* bytes */

/* What a partner's file holds may be a command to the terminal: only what can be shown is. */
static void showable(const char *value, char out[VALUE_SHOWN + 4])
{
	size_t n = strlen(value), o = 0;
	for (size_t i = 0, next; i < n && o < VALUE_SHOWN; i = next) {
		next = utf8_next(value, n, i);
		bool good = utf8_printable(value + i, next - i, false) && next - i <= 4;
		memcpy(out + o, good ? value + i : "?", good ? next - i : 1);
		o += good ? next - i : 1;
	}
	out[o] = 0;
}

static void on_bad(
        void *ctx, size_t line, const char *column, const char *value, const char *reason)
{
	struct reading *rd = ctx;
	ctl_progress_end();
	if (++rd->bad > BAD_SHOWN)
		return;
	char shown[VALUE_SHOWN + 4];
	showable(value, shown);
	if (*column)
		fprintf(stderr, "%s:%zu: %s \"%s\" %s\n", rd->file, line, column, shown, reason);
	else
		fprintf(stderr, "%s:%zu: %s\n", rd->file, line, reason);
	wipe(shown, sizeof(shown));
}

static void on_progress(void *ctx, size_t done, size_t total)
{
	(void)ctx;
	ctl_progress("Reading", done, total);
}

static enum err import_file(struct ctl *c, const char *kind, const char *path)
{
	struct reading rd = {.file = path};
	struct buf b;
	size_t rows = 0;
	c->why.text[0] = 0;
	buf_init(&b, CSV_MAX_BYTES);
	enum err e = file_read(path, CSV_MAX_BYTES, &b, &c->why);
	if (!e)
		e = record_import(c->record, kind, buf_str(&b), b.len, on_bad, on_progress, &rd,
		        &rows, &c->why);
	buf_finish(&b);
	ctl_progress_end();
	if (rd.bad > BAD_SHOWN)
		fprintf(stderr, "%s: and %zu more\n", path, rd.bad - BAD_SHOWN);
	if (e)
		fprintf(stderr, "%s: not taken. %s\n", path,
		        c->why.text[0] ? c->why.text : err_user(e));
	else
		printf("%s: taken, %zu %s of %s.\n", path, rows, rows == 1 ? "row" : "rows", kind);
	return e;
}

static enum err check_kind(struct ctl *c, const char *kind)
{
	for (size_t i = 0; record_import_kind(i); i++)
		if (strcmp(record_import_kind(i), kind) == 0)
			return ERR_OK;
	return why(&c->why, ERR_INPUT,
	        "\"%.40s\" is no kind of file. It is one of: forums, members, agencies, people, "
	        "referrals, incidents, measures, plan, projects, standards, agreements, "
	        "signatures, research.",
	        kind);
}

enum err verb_import(struct ctl *c)
{
	const char *kind = c->arg[0];
	enum err first = ERR_OK;
	int taken = 0, files = c->n_arg - 1;
	TRY(check_kind(c, kind));
	TRY(ctl_open(c));
	for (int i = 1; i < c->n_arg; i++) {
		enum err e = import_file(c, kind, c->arg[i]);
		taken += !e;
		if (!first)
			first = e;
	}
	if (!first)
		return ERR_OK;
	/* the files have said why; this is the sum of it */
	if (files == 1)
		return why(&c->why, first, "The store is as it was.");
	return why(&c->why, first,
	        "%d of %d files were taken; of the others nothing was kept. Put them right and "
	        "import those again.",
	        taken, files);
}

enum err verb_export(struct ctl *c)
{
	struct buf b;
	TRY(check_kind(c, c->arg[0]));
	TRY(ctl_open(c));
	buf_init(&b, CSV_MAX_BYTES);
	enum err e = record_export(c->record, c->arg[0], &b, &c->why);
	if (!e && fwrite(buf_str(&b), 1, b.len, stdout) != b.len)
		e = why(&c->why, ERR_IO, "The CSV could not be written in full.");
	buf_finish(&b);
	/* said of every export of cases: said only when it is so, it would tell that there is one
	 */
	if (!e && (strcmp(c->arg[0], "referrals") == 0 || strcmp(c->arg[0], "incidents") == 0))
		fprintf(stderr, "Restricted cases that do not name your agency are left out of an "
		                "export. A backup holds everything.\n");
	return e;
}
