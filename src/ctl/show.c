#include "ctl_int.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* list, show and agenda: what stands in the record, as a table or as JSON. */

#define COLUMNS_MAX 16
#define WIDTH_MAX 44 /* letters of a column in a table; the last column is never cut */

struct table {
	struct arena *a;
	const char *column[COLUMNS_MAX];
	const char **cell; /* rows * n */
	size_t n, rows, cap;
};

static enum err on_row(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	struct table *t = ctx;
	if (n > COLUMNS_MAX)
		return ERR_LIMIT;
	if (t->rows == t->cap) {
		size_t more = t->cap ? t->cap * 2 : 64;
		const char **cell = arena_alloc(t->a, more * n * sizeof(*cell));
		if (!cell)
			return ERR_NOMEM;
		if (t->rows)
			memcpy(cell, t->cell, t->rows * n * sizeof(*cell));
		t->cell = cell;
		t->cap = more;
	}
	for (size_t i = 0; i < n; i++) {
		if (!t->rows)
			t->column[i] = arena_strdup(t->a, column[i]);
		t->cell[t->rows * n + i] = arena_strdup(t->a, value[i]);
		if (!t->column[i] || !t->cell[t->rows * n + i])
			return ERR_NOMEM;
	}
	t->n = n;
	t->rows++;
	return ERR_OK;
}

/* ---- as text ---- */

static void print_cell(const char *s, size_t width, bool last)
{
	size_t n = strlen(s), i = 0, letters = 0;
	while (i < n && (last || letters < width)) {
		size_t next = utf8_next(s, n, i);
		if (s[i] == '\n')
			putchar(' ');
		else
			fwrite(s + i, 1, next - i, stdout);
		i = next;
		letters++;
	}
	for (; !last && letters < width; letters++)
		putchar(' ');
}

static void print_line(const struct table *t, const char *const *cell, const size_t *width)
{
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			printf("  ");
		print_cell(cell[i], width[i], i + 1 == t->n);
	}
	putchar('\n');
}

static void print_table(const struct table *t)
{
	size_t width[COLUMNS_MAX] = {0};
	for (size_t i = 0; i < t->n; i++) {
		width[i] = strlen(t->column[i]);
		for (size_t k = 0; k < t->rows; k++) {
			const char *s = t->cell[k * t->n + i];
			size_t w = utf8_count(s, strlen(s));
			width[i] = w > width[i] ? w : width[i];
		}
		width[i] = width[i] > WIDTH_MAX ? WIDTH_MAX : width[i];
	}
	print_line(t, t->column, width);
	for (size_t k = 0; k < t->rows; k++)
		print_line(t, t->cell + k * t->n, width);
}

static void print_fields(const struct table *t)
{
	size_t width = 0;
	for (size_t i = 0; i < t->n; i++)
		width = strlen(t->column[i]) > width ? strlen(t->column[i]) : width;
	for (size_t i = 0; i < t->n; i++)
		printf("%-*s  %s\n", (int)width, t->column[i], t->cell[i]);
}

/* ---- as JSON ---- */

static json_t *json_of(const struct table *t, size_t row)
{
	json_t *o = json_object();
	for (size_t i = 0; o && i < t->n; i++)
		if (json_object_set_new(o, t->column[i], json_string(t->cell[row * t->n + i])) !=
		        0) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static enum err print_json(json_t *j)
{
	if (!j)
		return ERR_NOMEM;
	int rc = json_dumpf(j, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	json_decref(j);
	putchar('\n');
	return rc == 0 ? ERR_OK : ERR_IO;
}

static json_t *json_rows(const struct table *t)
{
	json_t *all = json_array();
	for (size_t k = 0; all && k < t->rows; k++)
		if (json_array_append_new(all, json_of(t, k)) != 0) {
			json_decref(all);
			return NULL;
		}
	return all;
}

static enum err load(struct ctl *c, const char *kind, const char *id, struct table *t)
{
	struct record_viewer v;
	*t = (struct table){.a = &c->arena};
	TRY(record_viewer_opener(c->record, &v));
	return record_list(c->record, &v, kind, id, on_row, t, &c->why);
}

enum err verb_list(struct ctl *c)
{
	struct table t;
	TRY(ctl_open(c));
	TRY(load(c, c->arg[0], c->n_arg > 1 ? c->arg[1] : NULL, &t));
	if (c->opt[OPT_JSON])
		return print_json(json_rows(&t));
	if (t.rows)
		print_table(&t);
	else
		fprintf(stderr, "There is nothing in %s that you may see.\n", c->arg[0]);
	return ERR_OK;
}

/* ---- a case with what hangs on it ---- */

static json_t *strings(const char *const *name, const char *const *value, size_t n)
{
	json_t *o = json_object();
	for (size_t i = 0; o && i < n; i++)
		if (json_object_set_new(o, name[i], json_string(value[i])) != 0) {
			json_decref(o);
			return NULL;
		}
	return o;
}

/* Rows under a heading, or a JSON array under a key; one printer for all the parts of a case. */
struct part {
	json_t *array; /* NULL: text */
	size_t n;
};

static void part_row(struct part *p, const char *title, const char *const *name,
        const char *const *value, size_t n)
{
	if (p->array) {
		(void)json_array_append_new(p->array, strings(name, value, n));
		return;
	}
	if (p->n++ == 0)
		printf("\n%s\n", title);
	printf(" ");
	for (size_t i = 0; i < n; i++)
		if (*value[i])
			printf(" %s%s", value[i], i + 1 < n ? "," : "");
	putchar('\n');
}

#define PART_ROW(p, title, ...)                                                                    \
	do {                                                                                       \
		const char *const value_[] = {__VA_ARGS__};                                        \
		_Static_assert(COUNT_OF(value_) == COUNT_OF(NAME), "a value for each name");       \
		part_row((p), (title), NAME, value_, COUNT_OF(NAME));                              \
	} while (0)

static enum err part_people(
        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const NAME[] = {
	        "name", "role", "address", "postcode", "phone", "safe_contact", "relations"};
	struct party_row *row;
	size_t n;
	TRY(record_parties(c->record, &c->arena, v, id, &row, &n));
	for (size_t i = 0; i < n; i++)
		PART_ROW(p, "People and place", row[i].name, row[i].role_label, row[i].address,
		        row[i].postcode, row[i].phone, row[i].safe_contact, row[i].relations);
	return ERR_OK;
}

static enum err part_incidents(
        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const NAME[] = {"date", "kind", "reported_to", "what"};
	struct incident_row *row;
	size_t n;
	char day[TIME_TEXT_MAX];
	TRY(record_incidents(c->record, &c->arena, v, id, &row, &n));
	for (size_t i = 0; i < n; i++)
		PART_ROW(p, "Incidents", day_text(day, row[i].day, DAY_ISO), row[i].kind,
		        row[i].reported_to, row[i].what);
	return ERR_OK;
}

static enum err part_shares(
        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const WHAT[] = {"fact", "decided not to share", "nothing to share"};
	static const char *const NAME[] = {"date", "agency", "kind", "about", "words", "ground"};
	struct share_row *row;
	size_t n;
	char day[TIME_TEXT_MAX];
	TRY(record_shares(c->record, &c->arena, v, id, 0, &row, &n));
	for (size_t i = 0; i < n; i++)
		PART_ROW(p, "Shared", day_text(day, time_to_day(row[i].said_us), DAY_ISO),
		        row[i].agency_name,
		        row[i].held      ? "held back"
		        : row[i].opinion ? "opinion"
		                         : WHAT[row[i].what],
		        row[i].about,
		        row[i].what == SHARE_NOT && !*row[i].words ? row[i].reason : row[i].words,
		        row[i].gateway);
	return ERR_OK;
}

static enum err part_risk(struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const NAME[] = {"date", "tool", "score", "band", "reason"};
	struct assessment_row *row;
	size_t n;
	char day[TIME_TEXT_MAX], score[32];
	TRY(record_assessments(c->record, &c->arena, v, id, &row, &n));
	for (size_t i = 0; i < n; i++) {
		snprintf(score, sizeof(score), p->array ? "%d" : "%d of %d", row[i].score,
		        row[i].most);
		PART_ROW(p, "Risk", day_text(day, time_to_day(row[i].made_us), DAY_ISO),
		        row[i].tool, score, band_name((enum band)row[i].band), row[i].override);
	}
	return ERR_OK;
}

static enum err part_events(
        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const NAME[] = {"date", "what", "words"};
	struct event_row *row;
	size_t n;
	char day[TIME_TEXT_MAX];
	TRY(record_events(c->record, &c->arena, v, id, 0, 0, &row, &n));
	for (size_t i = 0; i < n; i++)
		PART_ROW(p, "Done", day_text(day, time_to_day(row[i].at_us), DAY_ISO), row[i].event,
		        row[i].words);
	return ERR_OK;
}

static enum err part_decisions(
        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const NAME[] = {"date", "decision", "review", "words", "dissent"};
	struct decision_row *row;
	size_t n;
	char day[TIME_TEXT_MAX], review[TIME_TEXT_MAX];
	TRY(record_decisions(c->record, &c->arena, v, id, 0, &row, &n));
	for (size_t i = 0; i < n; i++)
		PART_ROW(p, "Decisions", day_text(day, time_to_day(row[i].made_us), DAY_ISO),
		        row[i].closes ? row[i].outcome : "Stays open",
		        day_text(review, row[i].review, DAY_ISO), row[i].words, row[i].dissent);
	return ERR_OK;
}

static enum err part_actions(
        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p)
{
	static const char *const NAME[] = {
	        "ref", "what", "agency", "owner", "due", "state", "outcome"};
	struct action_filter f = {.case_id = id};
	struct action_row *row;
	size_t n;
	char due[TIME_TEXT_MAX];
	TRY(record_actions(c->record, &c->arena, v, &f, &row, &n));
	for (size_t i = 0; i < n; i++)
		PART_ROW(p, "Actions", row[i].ref, row[i].what, row[i].agency_name, row[i].owner,
		        day_text(due, row[i].due, DAY_ISO), action_state_name(row[i].state),
		        row[i].outcome);
	return ERR_OK;
}

static enum err find_case(
        struct ctl *c, const struct record_viewer *v, const char *ref, struct case_row *ret)
{
	struct forum_row *forum;
	struct case_row *row;
	size_t n_forums, n;
	TRY(record_forums(c->record, &c->arena, &forum, &n_forums));
	for (size_t f = 0; f < n_forums; f++) {
		TRY(record_cases(c->record, &c->arena, v, forum[f].id, false, SIZE_MAX, &row, &n));
		for (size_t i = 0; i < n; i++)
			if (strcmp(row[i].ref, ref) == 0)
				return record_case_read(c->record, &c->arena, v, row[i].id, ret);
	}
	return why(&c->why, ERR_NOT_FOUND,
	        "There is no case \"%.40s\" that you may see. caseroomctl list cases shows those "
	        "there are.",
	        ref);
}

/* The whole file of a case; reading it is in the audit log, as on the panel. */
static enum err show_case(struct ctl *c, const char *ref)
{
	static const struct {
		const char *key;
		enum err (*print)(
		        struct ctl *c, const struct record_viewer *v, int64_t id, struct part *p);
	} PART[] = {{"people", part_people}, {"incidents", part_incidents}, {"shares", part_shares},
	        {"risk", part_risk}, {"decisions", part_decisions}, {"actions", part_actions},
	        {"events", part_events}};
	static const char *const NAME[] = {"ref", "strand", "received", "referred_by", "reason",
	        "restriction", "risk", "review", "status"};
	struct record_viewer v;
	struct case_row k;
	char received[TIME_TEXT_MAX], review[TIME_TEXT_MAX];
	TRY(record_viewer_opener(c->record, &v));
	TRY(find_case(c, &v, ref, &k));
	const char *const value[] = {k.ref, k.strand, day_text(received, k.received, DAY_ISO),
	        k.referred_by, k.reason, restriction_name(k.restriction),
	        k.band < 0 ? "" : band_name((enum band)k.band), day_text(review, k.review, DAY_ISO),
	        k.open ? "open" : "closed"};
	json_t *o = c->opt[OPT_JSON] ? strings(NAME, value, COUNT_OF(NAME)) : NULL;
	if (c->opt[OPT_JSON] && !o)
		return ERR_NOMEM;
	for (size_t i = 0; !o && i < COUNT_OF(NAME); i++)
		printf("%-12s %s\n", NAME[i], value[i]);
	for (size_t i = 0; i < COUNT_OF(PART); i++) {
		struct part p = {.array = o ? json_array() : NULL};
		enum err e = PART[i].print(c, &v, k.id, &p);
		if (!e && o && json_object_set_new(o, PART[i].key, p.array) != 0)
			e = ERR_NOMEM;
		if (e) {
			json_decref(o);
			return e;
		}
	}
	return o ? print_json(o) : ERR_OK;
}

enum err verb_show(struct ctl *c)
{
	struct table t;
	TRY(ctl_open(c));
	if (strcmp(c->arg[0], "cases") == 0)
		return show_case(c, c->arg[1]);
	TRY(load(c, c->arg[0], c->arg[1], &t));
	if (c->opt[OPT_JSON])
		return print_json(json_of(&t, 0));
	print_fields(&t);
	return ERR_OK;
}
