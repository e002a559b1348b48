#include "import_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * CSV in and out. A kind is one line of KIND: its columns, the function that takes a row, the query
 * that gives the rows back. Every bad line is reported; with any, the transaction is rolled back
 * and nothing was changed.
 */

const char *import_cell(const struct import *im, size_t col)
{
	return im->row->cell[col].text;
}

enum err import_bad(struct import *im, size_t col, const char *reason)
{
	im->bad_rows++;
	if (im->bad)
		im->bad(im->ctx, im->row->cell[col < im->row->n ? col : 0].line,
		        col < COLS_MAX ? im->kind->column[col] : "", import_cell(im, col), reason);
	return ERR_INPUT;
}

int words_ok(struct import *im, size_t col, size_t max, bool may_be_empty)
{
	const char *s = import_cell(im, col);
	size_t n = strlen(s);
	if (n == 0 && !may_be_empty)
		(void)import_bad(im, col, "must not be empty");
	else if (n > max)
		(void)import_bad(im, col, "is too long");
	else if (!utf8_printable(
	                 s, n, max > NAME_MAX_BYTES)) /* names and the like stand on one line */
		(void)import_bad(im, col, "holds letters that cannot be shown");
	else
		return true;
	return false;
}

int day_ok(struct import *im, size_t col, bool may_be_empty, int32_t *ret)
{
	*ret = DAY_NONE;
	if (may_be_empty && !*import_cell(im, col))
		return true;
	if (day_parse(import_cell(im, col), ret) == ERR_OK)
		return true;
	(void)import_bad(im, col, "is not a date as 2026-11-19");
	return false;
}

int entry_ok(struct import *im, size_t col, const char *list, bool may_be_empty)
{
	if (may_be_empty && !*import_cell(im, col))
		return true;
	if (practice_entry(im->r->practice, list, import_cell(im, col)))
		return true;
	char reason[80];
	snprintf(reason, sizeof(reason), "is not in the list %s", list);
	(void)import_bad(im, col, reason);
	return false;
}

enum err agency_ok(struct import *im, size_t col, bool may_be_empty, int64_t *ret)
{
	*ret = 0;
	if (may_be_empty && !*import_cell(im, col))
		return ERR_OK;
	enum err e = sql_one_int(
	        im->r, ret, "SELECT id FROM agency WHERE code = ?", "t", import_cell(im, col));
	if (e == ERR_NOT_FOUND)
		return import_bad(im, col, "is no agency's code; import the agencies first");
	return e;
}

enum err forum_ok(struct import *im, size_t col, int64_t *ret)
{
	enum err e = sql_one_int(
	        im->r, ret, "SELECT id FROM forum WHERE code = ?", "t", import_cell(im, col));
	if (e == ERR_NOT_FOUND)
		return import_bad(im, col, "is no group's code; import the forums first");
	return e;
}

void give_header(const struct kind *k, struct buf *out)
{
	for (size_t i = 0; k->column[i]; i++)
		csv_put(out, i == 0, k->column[i], false);
	csv_end(out);
}

enum err give_rows(struct record *r, const char *sql, bool of_case, struct buf *out)
{
	sqlite3_stmt *s = NULL;
	struct record_viewer v;
	int64_t kase = 0;
	enum sight sight = SIGHT_FULL;
	enum err e = record_viewer_opener(r, &v);
	int rc = SQLITE_OK;
	if (!e)
		e = sql_prepare(r, sql, &s);
	if (!e)
		e = isa_bind(r, s);
	if (e)
		rc = SQLITE_DONE;
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc != SQLITE_ROW)
			break;
		int n = sqlite3_column_count(s) - (of_case ? 2 : 1);
		if (of_case && sqlite3_column_int64(s, n) != kase) {
			kase = sqlite3_column_int64(s, n);
			e = record_sight(r, &v, kase, &sight);
			if (e)
				break;
		}
		if (sight < SIGHT_FULL) /* restrictions hold for files too (R30) */
			continue;
		uint64_t quoted = (uint64_t)sqlite3_column_int64(s, n + of_case);
		for (int i = 0; i < n; i++) {
			const char *text = (const char *)sqlite3_column_text(s, i);
			csv_put(out, i == 0, text ? text : "", quoted >> i & 1);
		}
		csv_end(out);
	}
	sqlite3_finalize(s);
	TRY(e);
	TRY(sql_error(r, rc));
	return buf_err(out);
}

#define COLUMNS(...)                                                                               \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct kind KIND[] = {
        {"forums", "forum",
                COLUMNS("code", "name", "kind", "reports_to", "priority", "purpose", "meets",
                        "duration_months", "chair", "report_due"),
                take_text, give_text},
        {"members", "member", COLUMNS("forum", "agency_kind", "standing"), take_text, give_text},
        {"agencies", NULL, COLUMNS("code", "name", "short", "kind", "isa_signed"), take_agency,
                give_agency},
        {"people", NULL, COLUMNS("agency", "name", "initials", "role", "forum", "standing"),
                take_person, give_person},
        {"referrals", NULL,
                COLUMNS("case_ref", "received", "forum", "strand", "referred_by", "reason",
                        "restriction", "named_agencies", "row_kind", "role", "name", "born",
                        "address", "postcode", "phone", "safe_contact", "related_as", "related_to",
                        "incident_date", "incident_kind", "reported_to", "what"),
                take_referral, give_referral},
        {"incidents", NULL, COLUMNS("case_ref", "date", "kind", "reported_to", "what"),
                take_incident, give_incident},
        {"measures", "measure",
                COLUMNS("code", "theme", "name", "unit", "better", "baseline",
                        "baseline_as_printed", "target", "target_as_printed", "target_year",
                        "benchmark"),
                take_text, give_text},
        {"plan", "plan",
                COLUMNS("theme", "project", "objective", "action", "lead_role", "measures",
                        "timescale", "status"),
                take_text, give_text},
        {"projects", "project", COLUMNS("lead_organisation", "project", "aim"), take_text,
                give_text},
        {"standards", "standard", COLUMNS("code", "what", "limit", "unit", "applies_to", "source"),
                take_text, give_text},
        {"agreements", NULL, COLUMNS("kind", "title", "version", "issued", "review"),
                take_agreement, give_agreement},
        {"signatures", NULL, COLUMNS("kind", "title", "version", "agency", "day", "name"),
                take_signature, give_signature},
        {"research", NULL,
                COLUMNS("marking", "copy", "forum", "meeting", "agency", "case_ref", "name", "born",
                        "postcode", "nothing_known", "words", "fact_or_opinion", "source",
                        "source_date"),
                take_research, NULL},
};

const char *record_import_kind(size_t i)
{
	return i < COUNT_OF(KIND) ? KIND[i].name : NULL;
}

static const struct kind *find_kind(const char *name, struct why *w)
{
	for (size_t i = 0; i < COUNT_OF(KIND); i++)
		if (strcmp(KIND[i].name, name) == 0)
			return &KIND[i];
	(void)why(w, ERR_INPUT,
	        "\"%.40s\" is no kind of file. It is one of: forums, members, agencies, people, "
	        "referrals, incidents, measures, plan, projects, standards, agreements, "
	        "signatures, research.",
	        name);
	return NULL;
}

static enum err header(struct import *im, const struct csv_row *row)
{
	size_t n = 0;
	im->header_seen = true;
	for (; im->kind->column[n]; n++) {
		if (n >= row->n || strcmp(row->cell[n].text, im->kind->column[n]) != 0)
			return why(im->why, ERR_INPUT,
			        "Line 1, column %zu: the heading should be \"%s\"%s%.40s%s. "
			        "Nothing was changed.",
			        n + 1, im->kind->column[n], n < row->n ? " and is \"" : "",
			        n < row->n ? row->cell[n].text : "", n < row->n ? "\"" : "");
	}
	if (row->n != n)
		return why(im->why, ERR_INPUT,
		        "Line 1 has %zu columns; %s has %zu. Nothing was changed.", row->n,
		        im->kind->name, n);
	return ERR_OK;
}

static enum err on_row(void *ctx, const struct csv_row *row)
{
	struct import *im = ctx;
	size_t n = 0;
	if (!im->header_seen)
		return header(im, row);
	im->row = row;
	while (im->kind->column[n])
		n++;
	if (row->n != n) {
		char reason[80];
		snprintf(reason, sizeof(reason), "the line has %zu cells, not %zu", row->n, n);
		im->bad_rows++;
		if (im->bad)
			im->bad(im->ctx, row->line, "", "", reason);
		return ERR_OK;
	}
	size_t before = im->bad_rows;
	enum err e = im->kind->take(im);
	if (e == ERR_INPUT && im->bad_rows > before)
		e = ERR_OK; /* told; look at the rest as well */
	if (e == ERR_EXISTS) {
		(void)import_bad(im, 0, "is there already");
		e = ERR_OK;
	}
	im->rows++;
	if (im->progress && im->rows % 256 == 0)
		im->progress(im->ctx, im->rows, im->total_lines);
	return e;
}

enum err record_import(struct record *r, const char *kind, const void *csv, size_t len,
        record_bad_fn *bad_fn, record_progress_fn *progress, void *ctx, size_t *ret_rows,
        struct why *w)
{
	uint8_t digest[VAULT_HASH_BYTES];
	static const uint8_t zero[VAULT_HASH_BYTES];
	struct import im = {.r = r,
	        .kind = find_kind(kind, w),
	        .bad = bad_fn,
	        .progress = progress,
	        .ctx = ctx,
	        .why = w};
	if (!im.kind)
		return ERR_INPUT;
	if (r->reads_only)
		return why(w, ERR_DENIED,
		        "The store was opened with an observer's key: it reads, and writes "
		        "nothing.");
	if (w)
		w->text[0] = 0;
	for (const char *s = csv, *end = s + len; s < end; s++)
		im.total_lines += *s == '\n';
	arena_init(&im.a, 256u << 20);
	enum err e = txn_begin(r);
	if (e)
		goto out;
	e = csv_read(csv, len, on_row, &im, w);
	if (!e && !im.header_seen)
		e = why(w, ERR_INPUT, "The file is empty. Nothing was changed.");
	if (!e)
		e = import_links(&im);
	if (!e && im.bad_rows)
		e = why(w, ERR_INPUT, "%zu %s could not be taken. Nothing was changed.",
		        im.bad_rows, im.bad_rows == 1 ? "value" : "values");
	if (!e) {
		char act[40];
		vault_chain(zero, csv, len, digest);
		snprintf(act, sizeof(act), "import.%s", im.kind->name);
		struct audit_entry entry = {.act = act,
		        .subject = "import",
		        .subject_id = (int64_t)im.rows,
		        .digest = digest};
		e = audit_add(r, &entry);
	}
	if (e)
		txn_rollback(r);
	else
		e = txn_commit(r);
	if (!e) {
		undo_forget(r);
		if (progress)
			progress(ctx, im.rows, im.rows);
		*ret_rows = im.rows;
	}
out:
	arena_finish(&im.a);
	return sql_said(r, e, w);
}

enum err record_export(struct record *r, const char *kind, struct buf *out, struct why *w)
{
	const struct kind *k = find_kind(kind, w);
	char act[40];
	if (!k)
		return ERR_INPUT;
	if (!k->give)
		return why(w, ERR_REFUSED,
		        "A return belongs to the agency that sent it, and goes nowhere from here.");
	if (r->auditor) /* nothing is given out, and the log does not say that it was */
		return ERR_DENIED;
	snprintf(act, sizeof(act), "export.%s", k->name);
	TRY(record_audit_note(r, act, "export", 0));
	return k->give(r, k, out);
}
