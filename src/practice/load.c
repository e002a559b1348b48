#include "data.h"
#include "read.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * From JSON texts to a struct practice. Each kind of file has one reader below and one line in
 * KINDS. A text that comes later replaces what an earlier one said under the same id (a list by its
 * name, holidays as a whole), so that a partnership's own files go after those of the program. What
 * refers to another file is checked when all are read.
 */
#define TEXTS_MAX 256
#define TEXT_BYTES_MAX (256u << 10)
#define ALL_BYTES_MAX (8u << 20) /* of the arena */
#define HOLIDAYS_MAX 512
#define LABEL_MAX 120
#define SENTENCE_MAX 600
#define VERSION_MAX 1000000

/* The place for an entry with this id: the old one, or one more. NULL after a failure. */
static void *place_for(
        struct reader *r, void *array, size_t *n, size_t size, const char *id, size_t id_offset)
{
	if (r->err)
		return NULL;
	for (size_t i = 0; i < *n; i++) {
		char *e = (char *)array + i * size;
		if (strcmp(*(const char **)(e + id_offset), id) == 0)
			return e;
	}
	if (*n == PRACTICE_MAX) {
		read_fail(r, ERR_LIMIT, "is one more than the %d allowed", PRACTICE_MAX);
		return NULL;
	}
	return (char *)array + (*n)++ * size;
}

/* Keeps what the file says under an id, so that another version of it can be told from this one. */
static void keep_defined(struct reader *r, struct practice *p, const char *kind, const char *id,
        int version, const json_t *o)
{
	void *rows = p->defined;
	if (r->err)
		return;
	char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	struct practice_defined *d =
	        arena_grow(&p->arena, &rows, &p->n_defined, &p->cap_defined, sizeof(*d));
	p->defined = rows;
	if (d)
		*d = (struct practice_defined){kind, id,
		        text ? arena_strdup(&p->arena, text) : NULL, version, p->n_files - 1};
	if (!d || !d->text)
		read_fail(r, ERR_NOMEM, "there is no memory for it");
	free(text);
}

/* Ids within one file are there once. */
static void check_twice(struct reader *r, const char *id, const char *before)
{
	if (!r->err && strcmp(id, before) == 0)
		read_fail(r, ERR_INPUT, "\"%s\" is there twice", id);
}

/* ---- meeting types ---- */

static void read_declaration(struct reader *r, const json_t *top, struct practice_type *t)
{
	const json_t *o = read_object(r, top, "declaration");
	size_t mark = read_in(r, "declaration"), n = 0;
	read_keys(r, o, "version title paragraphs source");
	t->declaration_version = read_int(r, o, "version", 1, VERSION_MAX);
	t->declaration_title = read_text(r, o, "title", LABEL_MAX);
	t->declaration_source = read_source(r, o);
	const json_t *a = read_array(r, o, "paragraphs", 1, 12);
	struct buf b;
	buf_init(&b, 8192);
	n = a ? json_array_size(a) : 0;
	for (size_t i = 0; i < n && !r->err; i++) {
		const char *s = json_string_value(json_array_get(a, i));
		size_t len = s ? strlen(s) : 0;
		size_t at = read_in(r, "paragraphs"), item = read_in_item(r, i);
		if (len == 0 || len > SENTENCE_MAX || !utf8_printable(s, len, false))
			read_fail(r, ERR_INPUT, "is not a text of 1 to %d bytes", SENTENCE_MAX);
		read_out(r, item);
		read_out(r, at);
		if (!r->err) {
			if (i > 0)
				buf_puts(&b, "\n");
			buf_puts(&b, s);
		}
	}
	if (!r->err && buf_err(&b))
		read_fail(r, buf_err(&b), "is too long");
	t->declaration = r->err ? "" : arena_strdup(r->arena, buf_str(&b));
	if (!t->declaration)
		read_fail(r, ERR_NOMEM, "there is no memory for it");
	buf_finish(&b);
	read_out(r, mark);
}

static enum agenda_kind read_agenda_kind(struct reader *r, const json_t *o)
{
	const char *name = read_text(r, o, "kind", 20);
	for (int k = 0; k < AGENDA_KIND_COUNT; k++)
		if (strcmp(name, agenda_kind_name((enum agenda_kind)k)) == 0 && k != AGENDA_CASE)
			return (enum agenda_kind)k;
	read_fail(r, ERR_INPUT, "\"%s\" is no kind of agenda item", name);
	return AGENDA_OTHER;
}

static void read_agenda(struct reader *r, const json_t *top, struct practice_type *t)
{
	const json_t *o = read_object(r, top, "agenda");
	size_t mark = read_in(r, "agenda"), cases = 0;
	read_keys(r, o, "source parts");
	t->agenda_source = read_source(r, o);
	const json_t *a = read_array(r, o, "parts", 1, 20);
	size_t n = a ? json_array_size(a) : 0;
	struct practice_agenda_part *part = read_alloc(r, n, sizeof(*part));
	size_t at = read_in(r, "parts");
	for (size_t i = 0; i < n && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t item = read_in_item(r, i);
		read_keys(r, e, "kind title minutes");
		part[i].kind = read_agenda_kind(r, e);
		part[i].title = read_text(r, e, "title", LABEL_MAX);
		part[i].minutes = read_int(r, e, "minutes", 0, 480);
		cases += part[i].kind == AGENDA_CASES;
		read_out(r, item);
	}
	if (!r->err && cases > 1)
		read_fail(r, ERR_INPUT, "the cases have one place in the agenda, not %zu", cases);
	read_out(r, at);
	read_out(r, mark);
	t->part = part;
	t->n_parts = n;
}

static void read_quorum(struct reader *r, const json_t *top, struct practice_type *t)
{
	const json_t *o = read_object(r, top, "quorum");
	size_t mark = read_in(r, "quorum");
	read_keys(r, o, "kinds number source");
	t->quorum_kind = read_texts(r, o, "kinds", 0, PRACTICE_MAX, &t->n_quorum_kind);
	t->quorum_number = read_int(r, o, "number", 0, PRACTICE_MAX);
	t->quorum_source = read_source(r, o);
	read_out(r, mark);
}

static void read_case_time(struct reader *r, const json_t *top, struct practice_type *t)
{
	const json_t *o = read_object(r, top, "case_time");
	size_t mark = read_in(r, "case_time");
	read_keys(r, o, "minutes source");
	t->case_minutes = read_int(r, o, "minutes", 1, 240);
	t->case_minutes_source = read_source(r, o);
	read_out(r, mark);
}

static void read_share(struct reader *r, const json_t *top, struct practice_type *t)
{
	const json_t *o = read_object(r, top, "share");
	size_t mark = read_in(r, "share");
	read_keys(r, o,
	        "purpose gateway article6 article9 article10 necessity consent handling "
	        "share_source source");
	t->share.purpose = read_id(r, o, "purpose");
	t->share.gateway = read_id(r, o, "gateway");
	t->share.article6 = read_id(r, o, "article6");
	t->share.article9 = read_id(r, o, "article9");
	t->share.article10 = read_id(r, o, "article10");
	t->share.necessity = read_id(r, o, "necessity");
	t->share.consent = read_id(r, o, "consent");
	t->share.handling = read_id(r, o, "handling");
	t->share.source = read_id(r, o, "share_source");
	t->share_basis = read_source(r, o);
	read_out(r, mark);
}

/* Only a panel that reviews cases has this. */
static void read_review(struct reader *r, const json_t *top, struct practice_type *t)
{
	t->review_source = "";
	if (r->err || !json_object_get(top, "review"))
		return;
	const json_t *o = read_object(r, top, "review");
	size_t mark = read_in(r, "review");
	read_keys(r, o, "complaints source");
	t->review_complaints = read_int(r, o, "complaints", 1, 100);
	t->review_source = read_source(r, o);
	read_out(r, mark);
}

/* Only a group that sends a report to its parent group has this. */
static void read_report(struct reader *r, const json_t *top, struct practice_type *t)
{
	t->report_source = "";
	if (r->err || !json_object_get(top, "report"))
		return;
	const json_t *o = read_object(r, top, "report");
	size_t mark = read_in(r, "report");
	read_keys(r, o, "monitored source");
	t->reports = true;
	t->report_monitored = read_flag(r, o, "monitored");
	t->report_source = read_source(r, o);
	read_out(r, mark);
}

static void read_type(struct reader *r, struct practice *p, const json_t *top)
{
	struct practice_type t = {0};
	read_keys(r, top,
	        "version note id name source anonymised children_first children_kinds "
	        "children_source declaration agenda quorum "
	        "case_time "
	        "strands risk_tool share minutes_heading clocks forums forum_kinds review report");
	t.version = read_int(r, top, "version", 1, VERSION_MAX);
	t.id = read_id(r, top, "id");
	t.name = read_text(r, top, "name", LABEL_MAX);
	t.source = read_source(r, top);
	t.anonymised = read_flag(r, top, "anonymised");
	t.children_first = read_flag(r, top, "children_first");
	t.children_kind =
	        read_texts(r, top, "children_kinds", 0, PRACTICE_MAX, &t.n_children_kinds);
	t.children_source =
	        t.n_children_kinds ? read_text(r, top, "children_source", SENTENCE_MAX) : "";
	t.minutes_heading = read_text(r, top, "minutes_heading", LABEL_MAX);
	t.risk_tool = read_id_or_none(r, top, "risk_tool");
	t.strand = read_texts(r, top, "strands", 1, PRACTICE_MAX, &t.n_strands);
	t.clock = read_texts(r, top, "clocks", 0, PRACTICE_MAX, &t.n_clocks);
	t.forum = read_texts(r, top, "forums", 0, PRACTICE_MAX, &t.n_forums);
	t.forum_kind = read_texts(r, top, "forum_kinds", 0, PRACTICE_MAX, &t.n_forum_kinds);
	read_declaration(r, top, &t);
	read_agenda(r, top, &t);
	read_quorum(r, top, &t);
	read_review(r, top, &t);
	read_report(r, top, &t);
	read_case_time(r, top, &t);
	read_share(r, top, &t);
	struct practice_type *at = place_for(
	        r, p->type, &p->n_types, sizeof(t), t.id, offsetof(struct practice_type, id));
	if (!at)
		return;
	*at = t;
	p->type_file[at - p->type] = r->file;
	keep_defined(r, p, "meeting type", t.id, t.version, top);
}

/* ---- risk tools ---- */

static void read_options(struct reader *r, const json_t *o, struct practice_factor *f)
{
	const json_t *a = read_array(r, o, "options", 2, 12);
	f->n_options = a ? json_array_size(a) : 0;
	struct practice_option *option = read_alloc(r, f->n_options, sizeof(*option));
	f->option = option;
	for (size_t i = 0; i < f->n_options && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t mark = read_in(r, "options"), item = read_in_item(r, i);
		read_keys(r, e, "label points");
		option[i].label = read_text(r, e, "label", 40);
		option[i].points = read_int(r, e, "points", 0, 1000);
		for (size_t j = 0; j < i; j++)
			check_twice(r, option[i].label, option[j].label);
		read_out(r, item);
		read_out(r, mark);
	}
}

static const char *const BAND_KEY[] = {"standard", "medium", "high", "very_high"};

static void read_bands(struct reader *r, const json_t *top, struct practice_tool *t)
{
	const json_t *o = read_object(r, top, "bands");
	size_t mark = read_in(r, "bands");
	read_keys(r, o, "standard medium high very_high source");
	t->band_source = read_source(r, o);
	int last = INT_MIN;
	for (int b = 0; b < BAND_COUNT && !r->err; b++) {
		if (b > 0 && json_is_null(json_object_get(o, BAND_KEY[b]))) {
			t->from[b] = INT_MAX;
			continue;
		}
		t->from[b] = read_int(r, o, BAND_KEY[b], 0, 100000);
		if (!r->err && t->from[b] <= last)
			read_fail(r, ERR_INPUT, "\"%s\" must begin above the band before it",
			        BAND_KEY[b]);
		last = t->from[b];
	}
	read_out(r, mark);
}

static enum band read_band(struct reader *r, const char *name)
{
	for (int b = 0; b < BAND_COUNT; b++)
		if (strcmp(name, BAND_KEY[b]) == 0)
			return (enum band)b;
	read_fail(r, ERR_INPUT, "\"%s\" is no band: standard, medium, high or very_high", name);
	return BAND_STANDARD;
}

/* By an answer: the factor and the labels of its options. */
static void read_by_answer(struct reader *r, const json_t *e, const struct practice_tool *t,
        struct practice_escalator *x)
{
	size_t n = 0;
	const char *factor = read_id(r, e, "factor"), *const *label = read_texts(
	                                                      r, e, "options", 1, 12, &n);
	int *option = read_alloc(r, n, sizeof(*option));
	while (!r->err && (size_t)x->factor < t->n_factors &&
	        strcmp(t->factor[x->factor].id, factor) != 0)
		x->factor++;
	if (!r->err && (size_t)x->factor == t->n_factors) {
		read_fail(r, ERR_INPUT, "the tool has no factor \"%s\"", factor);
		return;
	}
	for (size_t i = 0; i < n && !r->err; i++) {
		const struct practice_factor *f = &t->factor[x->factor];
		while ((size_t)option[i] < f->n_options &&
		        strcmp(f->option[option[i]].label, label[i]) != 0)
			option[i]++;
		if ((size_t)option[i] == f->n_options)
			read_fail(r, ERR_INPUT, "\"%s\" is no answer of \"%s\"", label[i], factor);
	}
	x->option = option;
	x->n_options = n;
}

static void read_escalators(struct reader *r, const json_t *top, struct practice_tool *t)
{
	if (r->err || !json_object_get(top, "escalators"))
		return;
	const json_t *a = read_array(r, top, "escalators", 1, PRACTICE_ESCALATORS_MAX);
	size_t n = a ? json_array_size(a) : 0;
	struct practice_escalator *x = read_alloc(r, n, sizeof(*x));
	for (size_t i = 0; i < n && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t mark = read_in(r, "escalators"), item = read_in_item(r, i);
		bool by_answer = json_object_get(e, "factor");
		read_keys(r, e,
		        by_answer ? "label band source factor options"
		                  : "label band source incidents kinds months");
		x[i].label = read_text(r, e, "label", 40);
		x[i].band = read_band(r, read_text(r, e, "band", 20));
		x[i].source = read_source(r, e);
		if (by_answer) {
			read_by_answer(r, e, t, &x[i]);
		} else {
			x[i].factor = -1;
			x[i].incidents = read_int(r, e, "incidents", 1, 1000);
			x[i].kind = read_texts(r, e, "kinds", 0, PRACTICE_MAX, &x[i].n_kinds);
			if (!r->err && json_object_get(e, "months"))
				x[i].months = read_int(r, e, "months", 1, 120);
		}
		read_out(r, item);
		read_out(r, mark);
	}
	t->escalator = x;
	t->n_escalators = n;
}

static void read_stale(struct reader *r, const json_t *top, struct practice_tool *t)
{
	t->stale_source = "";
	if (r->err || !json_object_get(top, "stale"))
		return;
	const json_t *o = read_object(r, top, "stale");
	size_t mark = read_in(r, "stale");
	read_keys(r, o, "days source");
	t->stale_days = read_int(r, o, "days", 1, 3660);
	t->stale_source = read_source(r, o);
	read_out(r, mark);
}

static void read_tool(struct reader *r, struct practice *p, const json_t *top)
{
	struct practice_tool t = {0};
	read_keys(r, top, "version note id name source bands escalators stale factors");
	t.version = read_int(r, top, "version", 1, VERSION_MAX);
	t.id = read_id(r, top, "id");
	t.name = read_text(r, top, "name", LABEL_MAX);
	t.source = read_source(r, top);
	read_bands(r, top, &t);
	const json_t *a = read_array(r, top, "factors", 1, PRACTICE_MAX);
	t.n_factors = a ? json_array_size(a) : 0;
	struct practice_factor *factor = read_alloc(r, t.n_factors, sizeof(*factor));
	t.factor = factor;
	for (size_t i = 0; i < t.n_factors && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t mark = read_in(r, "factors"), item = read_in_item(r, i);
		read_keys(r, e, "id label question source options");
		factor[i].id = read_id(r, e, "id");
		factor[i].label = read_text(r, e, "label", 40);
		factor[i].question = read_text(r, e, "question", SENTENCE_MAX);
		factor[i].source = read_source(r, e);
		read_options(r, e, &factor[i]);
		for (size_t j = 0; j < i; j++)
			check_twice(r, factor[i].id, factor[j].id);
		read_out(r, item);
		read_out(r, mark);
	}
	read_escalators(r, top, &t);
	read_stale(r, top, &t);
	struct practice_tool *at = place_for(
	        r, p->tool, &p->n_tools, sizeof(t), t.id, offsetof(struct practice_tool, id));
	if (at) {
		*at = t;
		p->tool_file[at - p->tool] = r->file;
	}
	keep_defined(r, p, "tool", t.id, t.version, top);
}

/* ---- clocks, lists, holidays ---- */

static enum clock_unit read_unit(struct reader *r, const json_t *o)
{
	static const char *const UNIT[] = {"hours", "days", "working days", "months"};
	const char *name = read_text(r, o, "unit", 20);
	for (size_t i = 0; i < COUNT_OF(UNIT); i++)
		if (strcmp(name, UNIT[i]) == 0)
			return (enum clock_unit)i;
	read_fail(r, ERR_INPUT, "\"%s\" is no unit: hours, days, working days or months", name);
	return CLOCK_HOURS;
}

static unsigned read_clock_bands(struct reader *r, const json_t *e)
{
	size_t n = 0, mark = 0;
	unsigned bands = 0;
	const char *const *name = read_texts(r, e, "bands", 0, BAND_COUNT, &n);
	mark = read_in(r, "bands");
	for (size_t i = 0; i < n && !r->err; i++)
		bands |= 1u << read_band(r, name[i]);
	read_out(r, mark);
	return bands;
}

static void read_clocks(struct reader *r, struct practice *p, const json_t *top)
{
	read_keys(r, top, "version note source clocks");
	int version = read_int(r, top, "version", 1, VERSION_MAX);
	(void)read_source(r, top);
	const json_t *a = read_array(r, top, "clocks", 1, PRACTICE_MAX);
	size_t n = a ? json_array_size(a) : 0;
	const char **seen = read_alloc(r, n, sizeof(*seen));
	for (size_t i = 0; i < n && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		struct practice_clock c = {.version = version};
		size_t mark = read_in(r, "clocks"), item = read_in_item(r, i);
		read_keys(r, e, "id what starts stops length unit bands source");
		seen[i] = c.id = read_id(r, e, "id");
		c.what = read_text(r, e, "what", LABEL_MAX);
		c.starts = read_id(r, e, "starts");
		c.stops = read_id(r, e, "stops");
		c.length = read_int(r, e, "length", 1, 1200);
		c.unit = read_unit(r, e);
		c.bands = read_clock_bands(r, e);
		c.source = read_source(r, e);
		for (size_t j = 0; j < i; j++)
			check_twice(r, c.id, seen[j]);
		struct practice_clock *at = place_for(r, p->clock, &p->n_clocks, sizeof(c), c.id,
		        offsetof(struct practice_clock, id));
		if (at)
			*at = c;
		keep_defined(r, p, "clock", c.id, version, e);
		read_out(r, item);
		read_out(r, mark);
	}
}

/* One of `n` names, as its place among them. */
static int read_choice(struct reader *r, const json_t *o, const char *key, const char *const *name,
        size_t n, const char *what)
{
	const char *s = read_text(r, o, key, 20);
	for (size_t i = 0; i < n && !r->err; i++)
		if (strcmp(s, name[i]) == 0)
			return (int)i;
	read_fail(r, ERR_INPUT, "\"%s\" is no %s", s, what);
	return 0;
}

static struct practice_retention read_rule(struct reader *r, const json_t *e, int version)
{
	struct practice_retention t = {.version = version};
	read_keys(r, e, "id record what from length unit decides source types");
	t.id = read_id(r, e, "id");
	t.record = (enum retained)read_choice(
	        r, e, "record", RETAINED_ID, RETAINED_COUNT, "kind of record");
	t.what = read_text(r, e, "what", LABEL_MAX);
	t.from = (enum retained_from)read_choice(
	        r, e, "from", RETAINED_FROM_ID, RETAINED_FROM_COUNT, "moment to count from");
	t.length = read_int(r, e, "length", 0, 1200);
	t.unit = read_unit(r, e);
	if (!r->err && t.unit != CLOCK_DAYS && t.unit != CLOCK_MONTHS)
		read_fail(r, ERR_INPUT, "retention is counted in days or months");
	t.decides = read_text(r, e, "decides", SENTENCE_MAX);
	t.source = read_source(r, e);
	t.type = read_texts(r, e, "types", 0, PRACTICE_MAX, &t.n_types);
	return t;
}

static void read_retention(struct reader *r, struct practice *p, const json_t *top)
{
	read_keys(r, top, "version note source rules");
	int version = read_int(r, top, "version", 1, VERSION_MAX);
	(void)read_source(r, top);
	const json_t *a = read_array(r, top, "rules", 1, PRACTICE_MAX);
	size_t n = a ? json_array_size(a) : 0;
	const char **seen = read_alloc(r, n, sizeof(*seen));
	for (size_t i = 0; i < n && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t mark = read_in(r, "rules"), item = read_in_item(r, i);
		struct practice_retention t = read_rule(r, e, version);
		seen[i] = t.id;
		for (size_t j = 0; j < i; j++)
			check_twice(r, t.id, seen[j]);
		struct practice_retention *at = place_for(r, p->retention, &p->n_retentions,
		        sizeof(t), t.id, offsetof(struct practice_retention, id));
		if (at) {
			*at = t;
			p->retention_file[at - p->retention] = r->file;
		}
		keep_defined(r, p, "retention rule", t.id, version, e);
		read_out(r, item);
		read_out(r, mark);
	}
}

static void read_list(struct reader *r, struct practice *p, const json_t *o)
{
	struct practice_list l = {0};
	read_keys(r, o, "name version note entries");
	l.name = read_id(r, o, "name");
	l.version = read_int(r, o, "version", 1, VERSION_MAX);
	const json_t *a = read_array(r, o, "entries", 1, PRACTICE_MAX);
	l.n = a ? json_array_size(a) : 0;
	struct practice_entry *entry = read_alloc(r, l.n, sizeof(*entry));
	l.entry = entry;
	for (size_t i = 0; i < l.n && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t mark = read_in(r, "entries"), item = read_in_item(r, i);
		read_keys(r, e, "id label detail source needs_words");
		entry[i].id = read_id(r, e, "id");
		entry[i].label = read_text(r, e, "label", LABEL_MAX);
		entry[i].detail = read_text_or_none(r, e, "detail", SENTENCE_MAX);
		entry[i].source = read_source(r, e);
		entry[i].needs_words = read_flag(r, e, "needs_words");
		for (size_t j = 0; j < i; j++)
			check_twice(r, entry[i].id, entry[j].id);
		read_out(r, item);
		read_out(r, mark);
	}
	struct practice_list *at = place_for(
	        r, p->list, &p->n_lists, sizeof(l), l.name, offsetof(struct practice_list, name));
	if (at)
		*at = l;
	keep_defined(r, p, "list", l.name, l.version, o);
}

static void read_lists(struct reader *r, struct practice *p, const json_t *top)
{
	read_keys(r, top, "version note source lists");
	(void)read_int(r, top, "version", 1, VERSION_MAX);
	(void)read_source(r, top);
	const json_t *a = read_array(r, top, "lists", 1, PRACTICE_MAX);
	for (size_t i = 0; a && i < json_array_size(a) && !r->err; i++) {
		size_t mark = read_in(r, "lists"), item = read_in_item(r, i);
		const json_t *o = json_array_get(a, i);
		read_list(r, p, o);
		for (size_t j = 0; j < i && !r->err; j++)
			check_twice(r, json_string_value(json_object_get(o, "name")),
			        json_string_value(json_object_get(json_array_get(a, j), "name")));
		read_out(r, item);
		read_out(r, mark);
	}
}

static void read_holidays(struct reader *r, struct practice *p, const json_t *top)
{
	read_keys(r, top, "version note source days");
	int version = read_int(r, top, "version", 1, VERSION_MAX);
	(void)read_source(r, top);
	const json_t *a = read_array(r, top, "days", 1, HOLIDAYS_MAX);
	size_t n = a ? json_array_size(a) : 0;
	struct practice_holiday_entry *h = read_alloc(r, n, sizeof(*h));
	for (size_t i = 0; i < n && !r->err; i++) {
		const json_t *e = json_array_get(a, i);
		size_t mark = read_in(r, "days"), item = read_in_item(r, i);
		read_keys(r, e, "day name source");
		const char *day = read_text(r, e, "day", 10);
		h[i].name = read_text(r, e, "name", LABEL_MAX);
		(void)read_source(r, e);
		if (!r->err && day_parse(day, &h[i].day))
			read_fail(r, ERR_INPUT, "\"%s\" is no day; days are given as 2026-12-25",
			        day);
		if (!r->err && i > 0 && h[i].day <= h[i - 1].day)
			read_fail(
			        r, ERR_INPUT, "\"%s\" does not come after the day before it", day);
		read_out(r, item);
		read_out(r, mark);
	}
	if (!r->err) {
		p->holiday = h;
		p->n_holidays = n;
	}
	keep_defined(r, p, "list of bank", "holidays", version, top);
}

/* ---- what refers to another file ---- */

static void check_entry(
        struct reader *r, const struct practice *p, const char *list, const char *id)
{
	size_t mark = read_in(r, list);
	if (!practice_entry(p, list, id))
		read_fail(r, ERR_INPUT, "there is no \"%s\" in the list \"%s\"", id, list);
	read_out(r, mark);
}

static void check_forums(struct reader *r, const struct practice *p, size_t at)
{
	const struct practice_type *t = &p->type[at];
	for (size_t i = 0; i < at; i++) {
		const struct practice_type *o = &p->type[i];
		for (size_t a = 0; a < t->n_forums; a++)
			for (size_t b = 0; b < o->n_forums; b++)
				if (strcmp(t->forum[a], o->forum[b]) == 0)
					read_fail(r, ERR_INPUT, "forum \"%s\" is in \"%s\" too",
					        t->forum[a], o->id);
		for (size_t a = 0; a < t->n_forum_kinds; a++)
			for (size_t b = 0; b < o->n_forum_kinds; b++)
				if (strcmp(t->forum_kind[a], o->forum_kind[b]) == 0)
					read_fail(r, ERR_INPUT,
					        "forum kind \"%s\" is in \"%s\" too",
					        t->forum_kind[a], o->id);
	}
}

/* Kinds of incident that raise a band are of the list. */
static void check_tool(struct reader *r, const struct practice *p, size_t at)
{
	const struct practice_tool *t = &p->tool[at];
	r->file = p->tool_file[at];
	for (size_t i = 0; i < t->n_escalators; i++) {
		size_t mark = read_in(r, "escalators"), item = read_in_item(r, i);
		for (size_t k = 0; k < t->escalator[i].n_kinds && !r->err; k++)
			check_entry(r, p, "incident-kind", t->escalator[i].kind[k]);
		read_out(r, item);
		read_out(r, mark);
	}
}

static void check_type(struct reader *r, const struct practice *p, size_t at)
{
	const struct practice_type *t = &p->type[at];
	const struct practice_share_defaults *s = &t->share;
	r->file = p->type_file[at];
	if (t->risk_tool[0] && !practice_tool(p, t->risk_tool))
		read_fail(r, ERR_INPUT, "risk_tool: there is no tool \"%s\"", t->risk_tool);
	for (size_t i = 0; i < t->n_clocks; i++)
		if (!practice_clock(p, t->clock[i]))
			read_fail(r, ERR_INPUT, "clocks: there is no clock \"%s\"", t->clock[i]);
	size_t mark = read_in(r, "share");
	check_entry(r, p, "purpose", s->purpose);
	check_entry(r, p, "gateway", s->gateway);
	check_entry(r, p, "article6", s->article6);
	check_entry(r, p, "article9", s->article9);
	check_entry(r, p, "article10", s->article10);
	check_entry(r, p, "necessity", s->necessity);
	check_entry(r, p, "consent", s->consent);
	check_entry(r, p, "handling", s->handling);
	check_entry(r, p, "share-source", s->source);
	read_out(r, mark);
	check_forums(r, p, at);
}

static void check_retention(struct reader *r, const struct practice *p, size_t at)
{
	const struct practice_retention *t = &p->retention[at];
	r->file = p->retention_file[at];
	for (size_t i = 0; i < t->n_types; i++)
		if (!practice_type(p, t->type[i]))
			read_fail(
			        r, ERR_INPUT, "types: there is no meeting type \"%s\"", t->type[i]);
}

/* ---- all of it ---- */

static const struct {
	const char *begins;
	void (*read)(struct reader *r, struct practice *p, const json_t *top);
} KINDS[] = {
        {"meeting-", read_type},
        {"tool-", read_tool},
        {"clocks", read_clocks},
        {"lists", read_lists},
        {"holidays", read_holidays},
        {"retention", read_retention},
};

static void read_one(struct reader *r, struct practice *p, const struct practice_text *t)
{
	json_error_t at;
	size_t kind = 0;
	char *name = arena_strdup(&p->arena, t->name);
	if (!name) {
		read_fail(r, ERR_NOMEM, "there is no memory for it");
		return;
	}
	r->file = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	p->file[p->n_files++] = (struct practice_file){name, 0};
	while (kind < COUNT_OF(KINDS) &&
	        strncmp(r->file, KINDS[kind].begins, strlen(KINDS[kind].begins)) != 0)
		kind++;
	if (kind == COUNT_OF(KINDS)) {
		read_fail(r, ERR_INPUT,
		        "the name tells no kind: meeting-, tool-, clocks, lists, holidays or "
		        "retention");
		return;
	}
	if (t->len > TEXT_BYTES_MAX) {
		read_fail(r, ERR_LIMIT, "has %zu bytes; at most %u are allowed", t->len,
		        TEXT_BYTES_MAX);
		return;
	}
	json_t *top = json_loadb(t->json, t->len, JSON_REJECT_DUPLICATES, &at);
	if (!top && json_error_code(&at) == json_error_out_of_memory)
		read_fail(r, ERR_NOMEM, "there is no memory for it");
	else if (!top)
		read_fail(r, ERR_INPUT, "line %d: %s", at.line, at.text);
	else
		KINDS[kind].read(r, p, top);
	if (!r->err)
		p->file[p->n_files - 1].version =
		        (int)json_integer_value(json_object_get(top, "version"));
	json_decref(top);
}

enum err practice_load(
        const struct practice_text *t, size_t n, struct practice **ret, struct why *why_)
{
	if (n > TEXTS_MAX)
		return why(why_, ERR_LIMIT, "There are %zu practice files; at most %d are allowed.",
		        n, TEXTS_MAX);
	struct practice *p = calloc(1, sizeof(*p));
	if (!p)
		return why(why_, ERR_NOMEM, "There is no memory for the practice data.");
	arena_init(&p->arena, ALL_BYTES_MAX);
	struct reader r = {.arena = &p->arena, .why = why_};
	p->file = read_alloc(&r, n ? n : 1, sizeof(*p->file));
	for (size_t i = 0; i < n && !r.err; i++)
		read_one(&r, p, &t[i]);
	for (size_t i = 0; i < p->n_tools && !r.err; i++)
		check_tool(&r, p, i);
	for (size_t i = 0; i < p->n_types && !r.err; i++)
		check_type(&r, p, i);
	for (size_t i = 0; i < p->n_retentions && !r.err; i++)
		check_retention(&r, p, i);
	if (r.err) {
		practice_destroy(p);
		return r.err;
	}
	*ret = p;
	return ERR_OK;
}

size_t practice_assets(struct practice_text *t, size_t cap)
{
	size_t n_assets, n = 0;
	const struct asset *a = asset_all(&n_assets);
	for (size_t i = 0; i < n_assets && n < cap; i++)
		if (strncmp(a[i].name, "practice/", 9) == 0)
			t[n++] = (struct practice_text){
			        a[i].name, (const char *)a[i].data, a[i].len};
	return n;
}

enum err practice_load_assets(struct practice **ret, struct why *why_)
{
	struct practice_text text[TEXTS_MAX];
	return practice_load(text, practice_assets(text, TEXTS_MAX), ret, why_);
}

int practice_text_version(const struct practice *p, const char *name)
{
	for (size_t i = 0; i < p->n_files; i++)
		if (strcmp(p->file[i].name, name) == 0)
			return p->file[i].version;
	return 0;
}

/* What is in force under an id: the last that says it. */
static const struct practice_defined *in_force(
        const struct practice *p, const struct practice_defined *like)
{
	for (size_t i = p->n_defined; i-- > 0;)
		if (strcmp(p->defined[i].kind, like->kind) == 0 &&
		        strcmp(p->defined[i].id, like->id) == 0)
			return &p->defined[i];
	return NULL;
}

enum err practice_may_replace(const struct practice *before, const struct practice *after,
        const char *name, const char *own, struct why *why_)
{
	for (size_t i = 0; i < after->n_defined; i++) {
		const struct practice_defined *d = &after->defined[i];
		if (strcmp(after->file[d->file].name, name) != 0)
			continue;
		for (size_t k = 0; k < after->n_defined; k++) {
			const struct practice_defined *o = &after->defined[k];
			const char *other = after->file[o->file].name;
			if (o->file != d->file && strcmp(o->kind, d->kind) == 0 &&
			        strcmp(o->id, d->id) == 0 && strncmp(other, own, strlen(own)) == 0)
				return why(why_, ERR_REFUSED,
				        "The %s \"%s\" is in %s too: change it there.", d->kind,
				        d->id, other + strlen(own));
		}
		const struct practice_defined *b = in_force(before, d);
		if (b && b->version >= d->version && strcmp(b->text, d->text) != 0)
			return why(why_, ERR_REFUSED,
			        "The %s \"%s\" says something else than its version %d that is in "
			        "use: raise its version above %d.",
			        d->kind, d->id, b->version, b->version);
	}
	return ERR_OK;
}

void practice_destroy(struct practice *p)
{
	if (!p)
		return;
	arena_finish(&p->arena);
	free(p);
}
