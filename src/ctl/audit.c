#include "ctl_int.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_audit.h"

/* audit: who did what with which case, a plain line each, page by page; and which entry a printed
 * fingerprint belongs to. */

#define PAGE 500

static const char *moment(char out[40], int64_t us)
{
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	snprintf(out, 40, "%s %s", day_text(day, time_to_day(us), DAY_ISO), time_text_hm(hm, us));
	return out;
}

static void print_row(const struct audit_row *o)
{
	char at[40];
	if (o->clock_back)
		printf("          -- here the clock went back --\n");
	printf("%8" PRId64 "  %s  %s: %s%s%s\n", o->seq, moment(at, o->at_us), o->who, o->says,
	        *o->group ? "; " : "", o->group);
}

static json_t *number(int64_t n)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, n);
	return json_string(text);
}

static json_t *json_of(const struct audit_row *o)
{
	char at[TIME_TEXT_MAX], until[TIME_TEXT_MAX] = "";
	json_t *j = json_object();
	int bad = 0;
	if (!j)
		return NULL;
	if (o->until_us != TIME_NONE)
		time_text_iso(until, o->until_us);
	bad |= json_object_set_new(j, "seq", number(o->seq));
	bad |= json_object_set_new(j, "at", json_string(time_text_iso(at, o->at_us)));
	bad |= json_object_set_new(j, "clock_back", json_boolean(o->clock_back));
	bad |= json_object_set_new(j, "who", json_string(o->who));
	bad |= json_object_set_new(j, "actor", number(o->actor));
	bad |= json_object_set_new(j, "act", json_string(o->act));
	bad |= json_object_set_new(j, "says", json_string(o->says));
	bad |= json_object_set_new(j, "subject", json_string(o->subject));
	bad |= json_object_set_new(j, "subject_id", number(o->subject_id));
	bad |= json_object_set_new(j, "on", json_string(o->on));
	bad |= json_object_set_new(j, "case", number(o->case_id));
	bad |= json_object_set_new(j, "ref", json_string(o->ref));
	bad |= json_object_set_new(j, "meeting", number(o->meeting));
	bad |= json_object_set_new(j, "group", json_string(o->group));
	bad |= json_object_set_new(j, "until", json_string(until));
	bad |= json_object_set_new(j, "sealed", json_boolean(o->sealed));
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

static enum err print_json(const struct audit_row *o, bool first)
{
	json_t *j = json_of(o);
	if (!j)
		return ERR_NOMEM;
	printf("%s", first ? "[\n" : ",\n");
	int rc = json_dumpf(j, stdout, JSON_INDENT(2));
	json_decref(j);
	return rc == 0 ? ERR_OK : ERR_IO;
}

/* ---- what is asked for ---- */

static enum err person_of(struct ctl *c, const char *text, int64_t *ret)
{
	struct person_row *p;
	size_t n;
	char id[24];
	TRY(record_audit_people(c->record, &c->arena, &p, &n));
	for (size_t i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "%" PRId64, p[i].id);
		if (strcmp(text, id) == 0 || strcmp(text, p[i].name) == 0) {
			*ret = p[i].id;
			return ERR_OK;
		}
	}
	fprintf(stderr, "People of whom the audit log tells:\n");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %" PRId64 "  %s, %s, %s\n", p[i].id, p[i].name, p[i].role,
		        p[i].agency_name);
	return why(&c->why, ERR_NOT_FOUND,
	        "The audit log tells of nobody with the number or name \"%.60s\".", text);
}

static enum err filter_of(struct ctl *c, const struct record_viewer *v, struct audit_filter *f)
{
	*f = AUDIT_FILTER_ALL;
	f->oldest_first = true;
	if (c->opt[OPT_CASE]) {
		enum err e = record_audit_case(c->record, v, c->opt[OPT_CASE], &f->case_id);
		if (e == ERR_NOT_FOUND)
			return why(&c->why, e,
			        "There is no case \"%.40s\" that you may know of in the audit log.",
			        c->opt[OPT_CASE]);
		TRY(e);
	}
	if (c->opt[OPT_PERSON])
		TRY(person_of(c, c->opt[OPT_PERSON], &f->person));
	if (c->opt[OPT_SINCE] && day_parse(c->opt[OPT_SINCE], &f->from))
		return why(&c->why, ERR_INPUT, "\"%.20s\" is not a day like 2026-11-19.",
		        c->opt[OPT_SINCE]);
	return ERR_OK;
}

/* ---- the verb ---- */

static enum err page(struct ctl *c, const struct record_viewer *v, struct audit_filter *f,
        size_t *ret_n, size_t *all)
{
	struct audit_row *row;
	struct arena a;
	arena_init(&a, 16u << 20);
	enum err e = record_audit(c->record, &a, v, f, PAGE, &row, ret_n);
	for (size_t i = 0; !e && i < *ret_n; i++, ++*all) {
		if (c->opt[OPT_JSON])
			e = print_json(&row[i], *all == 0);
		else
			print_row(&row[i]);
	}
	if (!e && *ret_n)
		audit_page_after(f, &row[*ret_n - 1]);
	arena_finish(&a);
	return e;
}

static enum err fingerprint(struct ctl *c, const struct record_viewer *v)
{
	struct audit_row o;
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	TRY(record_audit_fingerprint(
	        c->record, &c->arena, v, c->opt[OPT_FINGERPRINT], &o, &c->why));
	printf("That is entry %" PRId64 " of the audit log, of %s at %s", o.seq,
	        day_text(day, time_to_day(o.at_us), DAY_YEAR), time_text_hm(hm, o.at_us));
	printf("%s%s:\n", *o.group ? ", at the meeting of " : "", o.group);
	print_row(&o);
	return ERR_OK;
}

enum err verb_audit(struct ctl *c)
{
	struct record_viewer v;
	struct audit_filter f;
	size_t n = PAGE, all = 0;
	char words[VAULT_FINGERPRINT_MAX];
	TRY(ctl_open(c));
	TRY(record_viewer_opener(c->record, &v));
	TRY(record_audit_reading(c->record));
	if (c->opt[OPT_FINGERPRINT])
		return fingerprint(c, &v);
	TRY(filter_of(c, &v, &f));
	while (n == PAGE)
		TRY(page(c, &v, &f, &n, &all));
	if (c->opt[OPT_JSON]) {
		printf("%s]\n", all ? "\n" : "[");
		return ERR_OK;
	}
	if (!all)
		fprintf(stderr, "There is no such entry in the audit log that you may see.\n");
	record_fingerprint(c->record, words);
	printf("The audit log ends with: %s\n", words);
	return ERR_OK;
}
