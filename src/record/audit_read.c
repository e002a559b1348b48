#include "audit_int.h"
#include <stdlib.h>
#include <string.h>

/*
 * Reading the audit log. Invariants:
 * 1. An auditor sees every entry: ids, names of those who work here, and no word of any case.
 * 2. Anybody else sees no entry of a case that they may not know of, nor of one that was hidden
 * when it was disposed of. The number of an entry is the same for all, and what is left out is a
 * gap: a decision, docs/decisions/0044.
 * 3. A page costs what it holds: each way into the log has an index, in the order that is shown,
 * and is stepped until the page is full. What a filter asks beside it is asked of each row. The
 * numbers between which the entries of some days lie are looked for once, over the index of times.
 * 4. In the order of the chain, which nobody's clock can change; where the clock went back between
 * two rows, the later of the listing says so.
 * 5. Where a page ended is a place in the log and no offset: what is added meanwhile moves nothing.
 */

struct reader {
	struct record *r;
	struct arena *a;
	const struct record_viewer *v;
	struct audit_filter *f;
	int64_t *hidden; /* entries that the viewer may not know of, in their order */
	size_t n_hidden;
	/* whose key opened the store: known for entries from .. until */
	int64_t key_from, key_until;
	const char *key;
	enum err err; /* of a name that could not be read */
};

/* ---- what this viewer may know ---- */

static enum err hidden_add(struct reader *d, int64_t kase, size_t *cap)
{
	struct sql q;
	void *rows = d->hidden;
	sql_query(d->r, &q, "SELECT seq FROM audit WHERE kase = ? ORDER BY seq", "i", kase);
	while (sql_step(&q)) {
		int64_t *o = arena_grow(d->a, &rows, &d->n_hidden, cap, sizeof(*o));
		if (!o)
			q.err = ERR_NOMEM;
		else
			*o = sql_int(&q, 0);
	}
	d->hidden = rows;
	return sql_end(&q);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* Of a case that is there, or was: one that was hidden when it went is for auditors alone, as who
 * was named on it is gone too. */
static enum err may_know(struct record *r, const struct record_viewer *v, int64_t kase, bool *ret)
{
	int64_t gone = 0;
	enum sight s = SIGHT_FULL;
	*ret = true;
	if (r->auditor)
		return ERR_OK;
	TRY(sql_one_int(r, &gone, "SELECT count(*) FROM kase_gone WHERE id = ?", "i", kase));
	enum err e = record_sight(r, v, kase, &s);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret = !gone && s != SIGHT_NONE;
	return ERR_OK;
}

static enum err hidden_load(struct reader *d)
{
	struct sql q;
	size_t cap = 0;
	if (d->r->auditor)
		return ERR_OK;
	sql_query(d->r, &q,
	        "SELECT id FROM kase WHERE restriction = ? UNION ALL SELECT id FROM kase_gone", "i",
	        (int64_t)RESTRICTION_HIDDEN);
	while (sql_step(&q)) {
		bool may;
		int64_t kase = sql_int(&q, 0);
		q.err = may_know(d->r, d->v, kase, &may);
		if (!q.err && !may)
			q.err = hidden_add(d, kase, &cap);
	}
	TRY(sql_end(&q));
	if (d->n_hidden)
		qsort(d->hidden, d->n_hidden, sizeof(*d->hidden), by_number);
	return ERR_OK;
}

static bool is_hidden(const struct reader *d, int64_t seq)
{
	return d->n_hidden && bsearch(&seq, d->hidden, d->n_hidden, sizeof(*d->hidden), by_number);
}

/* ---- the ways into the log ---- */

#define COLUMNS                                                                                    \
	"SELECT u.seq, u.at, u.actor, u.act, u.subject, u.subject_id, u.kase, u.meeting, u.hash, " \
	"u.mac IS NOT NULL FROM "
#define BY_SEAT "(SELECT s.id FROM seat s WHERE s.person = ?1)"
#define BY_KEY "(SELECT o.id FROM opener o JOIN person p ON p.slot = o.slot WHERE p.id = ?1)"

/* One for each way, newest first and oldest first; ?1 of whom, ?2 the place to go on from, ?3 the
 * last that can be meant. */
enum way { WAY_ALL, WAY_CASE, WAY_PERSON, WAY_KEYS, WAY_OUT, WAY_COUNT };

#define WITHIN(seq, go, end) seq " " go " ?2 AND " seq " " end " ?3 "
/* Each part is in the order of its own index; SQLite merges them as they are read. */
#define PART(where, go, end) "SELECT seq FROM audit WHERE " where " AND " WITHIN("seq", go, end)
#define PERSON(go, end, order)                                                                     \
	"(" PART("actor = ?1", go, end) "UNION " PART("subject = 'person' AND subject_id = ?1",    \
	        go, end) "UNION " PART("subject = 'key' AND subject_id IN " BY_KEY, go,            \
	        end) "UNION " PART("subject = 'seat' AND subject_id IN " BY_SEAT, go,              \
	        end) "ORDER BY seq " order ") w CROSS JOIN audit u ON u.seq = w.seq"
#define SUBJECTS(list, go, end, order)                                                             \
	"audit u WHERE u.subject IN (" list ") AND " WITHIN("u.seq", go, end) "AND ?1 = 0 ORDER "  \
	                                                                      "BY u.seq " order
#define WAYS(go, end, order)                                                                       \
	{                                                                                          \
		[WAY_ALL] = COLUMNS "audit u WHERE " WITHIN(                                       \
		        "u.seq", go, end) "AND ?1 = 0 ORDER BY u.seq " order,                      \
		[WAY_CASE] = COLUMNS "audit u WHERE u.kase = ?1 AND " WITHIN(                      \
		        "u.seq", go, end) "ORDER BY u.seq " order,                                 \
		[WAY_PERSON] = COLUMNS PERSON(go, end, order),                                     \
		[WAY_KEYS] = COLUMNS SUBJECTS("'key', 'person', 'agency', 'partnership', "         \
		                              "'practice', 'store'",                               \
		        go, end, order),                                                           \
		[WAY_OUT] = COLUMNS SUBJECTS("'paper', 'export', 'store'", go, end, order),        \
	}
static const char *const NEWEST[WAY_COUNT] = WAYS("<", ">=", "DESC");
static const char *const OLDEST[WAY_COUNT] = WAYS(">", "<=", "ASC");

static enum way way_of(const struct audit_filter *f)
{
	return f->case_id              ? WAY_CASE
	       : f->person             ? WAY_PERSON
	       : f->kind == AUDIT_KEYS ? WAY_KEYS
	       : f->kind == AUDIT_OUT  ? WAY_OUT
	                               : WAY_ALL;
}

const char *audit_statement(enum audit_kind kind, bool of_case, bool of_person, bool oldest_first)
{
	struct audit_filter f = {.kind = kind, .case_id = of_case, .person = of_person};
	return (oldest_first ? OLDEST : NEWEST)[way_of(&f)];
}

static int64_t day_begins_us(int32_t day)
{
	return time_from_day(day, 0, 0);
}

/* The number that a statement of one number gives, or `none` where there is no such entry. */
static enum err edge(struct reader *d, const char *sql, int64_t us, int64_t none, int64_t *ret)
{
	struct sql q;
	sql_query(d->r, &q, sql, "i", us);
	*ret = sql_step(&q) && !sql_null(&q, 0) ? sql_int(&q, 0) : none;
	return sql_end(&q);
}

/* The first page: between which numbers the entries of these days lie. Others may lie between them
 * too, where the clock went back. */
static enum err edges(struct reader *d)
{
	struct audit_filter *f = d->f;
	if (f->after_seq)
		return ERR_OK;
	f->low = 1;
	f->high = INT64_MAX - 1;
	if (f->from != DAY_NONE)
		TRY(edge(d, AUDIT_SINCE, day_begins_us(f->from), INT64_MAX - 1, &f->low));
	if (f->to != DAY_NONE)
		TRY(edge(d, AUDIT_BEFORE, day_begins_us(f->to + 1), 0, &f->high));
	return ERR_OK;
}

static void query(struct reader *d, struct sql *q)
{
	const struct audit_filter *f = d->f;
	int64_t first = f->oldest_first ? f->low - 1 : f->high + 1;
	sql_query(d->r, q, (f->oldest_first ? OLDEST : NEWEST)[way_of(f)], "iii",
	        f->case_id ? f->case_id : f->person, f->after_seq ? f->after_seq : first,
	        f->oldest_first ? f->high : f->low);
}

/* ---- rows ---- */

static const char *one_text(struct reader *d, const char *sql, int64_t id)
{
	struct sql q;
	const char *s = "";
	sql_query(d->r, &q, sql, "i", id);
	if (sql_step(&q))
		s = sql_text(&q, 0, d->a);
	enum err e = sql_end(&q);
	if (e)
		d->err = e;
	return s;
}

/* Of somebody without a key of their own: the key that opened the store last before. It is looked
 * for once and holds for the entries between. */
static const char *key_at(struct reader *d, int64_t seq)
{
	struct sql q;
	if (d->key && seq >= d->key_from && seq <= d->key_until)
		return d->key;
	d->key = "A key of nobody";
	d->key_until = seq;
	d->key_from = seq > 50000 ? seq - 50000 : 1;
	sql_query(d->r, &q,
	        "SELECT u.seq, o.label FROM audit u JOIN opener o ON o.id = u.subject_id WHERE "
	        "u.seq BETWEEN ?1 AND ?2 AND u.subject = 'key' AND +u.act IN ('store.opened', "
	        "'store.opened-recovery') ORDER BY u.seq DESC LIMIT 1",
	        "ii", d->key_from, seq);
	if (sql_step(&q)) {
		d->key_from = sql_int(&q, 0);
		d->key = sql_text(&q, 1, d->a);
	}
	enum err e = sql_end(&q);
	if (e)
		d->err = e;
	return d->key;
}

static const char *who(struct reader *d, int64_t actor, int64_t seq)
{
	const char *s = "";
	if (actor)
		s = one_text(d,
		        "SELECT p.name || CASE WHEN p.role = '' THEN '' ELSE ', ' || p.role END || "
		        "coalesce(', ' || g.name, '') FROM person p LEFT JOIN agency g ON g.id = "
		        "p.agency WHERE p.id = ?",
		        actor);
	return *s ? s : key_at(d, seq);
}

static const char *quorum_words(struct reader *d, int64_t change)
{
	const int64_t from = change >> 8, to = change & 0xff;
	if (!change)
		return "";
	return arena_printf(d->a, "%lld %s instead of %lld", (long long)to,
	        to == 1 ? "agency" : "agencies", (long long)from);
}

/* On what, beside the case and the meeting. */
static const char *on_what(struct reader *d, const struct audit_row *o)
{
	static const struct {
		const char *subject, *sql;
	} NAMED[] = {{"key", "SELECT label FROM opener WHERE id = ?"},
	        {"person", "SELECT name || ', ' || role FROM person WHERE id = ?"},
	        {"agency", "SELECT name FROM agency WHERE id = ?"},
	        {"seat",
	                "SELECT 'seat of ' || coalesce(g.name, p.role, 'a guest') FROM seat s LEFT "
	                "JOIN agency g ON g.id = s.agency LEFT JOIN person p ON p.id = s.person "
	                "WHERE s.id = ?"},
	        {"paper", "SELECT 'copy ' || p.copy || coalesce(', ' || g.name, '') FROM paper p "
	                  "LEFT JOIN agency g ON g.id = p.agency WHERE p.id = ?"},
	        {"forum", "SELECT name FROM forum WHERE id = ?"}};
	static const char *const SILENT[] = {
	        "case", "meeting", "list", "export", "store", "partnership", "practice"};
	for (size_t i = 0; i < COUNT_OF(NAMED); i++) {
		const char *s = strcmp(o->subject, NAMED[i].subject) == 0
		                        ? one_text(d, NAMED[i].sql, o->subject_id)
		                        : "";
		if (*s)
			return s;
	}
	if (strcmp(o->act, "key.quorum") == 0)
		return quorum_words(d, o->subject_id);
	if (strcmp(o->act, "store.tries") == 0)
		return arena_printf(d->a, "%lld", (long long)o->subject_id);
	for (size_t i = 0; i < COUNT_OF(SILENT); i++)
		if (strcmp(o->subject, SILENT[i]) == 0)
			return "";
	if (!o->subject_id)
		return "";
	if (strcmp(o->subject, "import") == 0)
		return arena_printf(d->a, "%lld row%s", (long long)o->subject_id,
		        o->subject_id == 1 ? "" : "s");
	return arena_printf(d->a, "%s %lld",
	        strcmp(o->subject, "audit") == 0 ? "entry" : o->subject, (long long)o->subject_id);
}

static const char *says(struct reader *d, const struct audit_row *o)
{
	char until[TIME_TEXT_MAX];
	const char *kase = o->ref, *tail = o->on;
	if (!*kase && o->case_id)
		kase = arena_printf(
		        d->a, "case %lld, which is not there any more", (long long)o->case_id);
	if (o->until_us != TIME_NONE)
		tail = arena_printf(d->a, "until %s", time_text_hm(until, o->until_us));
	if (!kase || !tail)
		return NULL;
	return arena_printf(d->a, "%s%s%s%s%s", o->what, *kase || *tail ? ": " : "", kase,
	        *kase && *tail ? ", " : "", tail);
}

static enum err fill(struct reader *d, struct audit_row *o)
{
	struct sql q;
	o->who = who(d, o->actor, o->seq);
	o->ref = o->case_id ? one_text(d, "SELECT ref FROM kase WHERE id = ?", o->case_id) : "";
	o->group = "";
	if (o->meeting) {
		sql_query(d->r, &q,
		        "SELECT f.name, m.day FROM meeting m JOIN forum f ON f.id = m.forum WHERE "
		        "m.id = ?",
		        "i", o->meeting);
		if (sql_step(&q)) {
			char day[TIME_TEXT_MAX];
			const char *name = sql_text(&q, 0, d->a);
			o->group = arena_printf(
			        d->a, "%s, %s", name, day_text(day, sql_day(&q, 1), DAY_YEAR));
		}
		TRY(sql_end(&q));
	}
	o->until_us = TIME_NONE;
	if (strcmp(o->subject, "glass") == 0) {
		enum err e = sql_one_int(d->r, &o->until_us, "SELECT until FROM glass WHERE id = ?",
		        "i", o->subject_id);
		if (e && e != ERR_NOT_FOUND)
			return e;
	}
	o->on = o->until_us == TIME_NONE ? on_what(d, o) : "";
	o->says = o->who && o->ref && o->group && o->on ? says(d, o) : NULL;
	return o->says ? d->err : ERR_NOMEM;
}

static struct audit_row row_of(struct reader *d, struct sql *q, enum audit_kind *ret_kind)
{
	struct audit_row o = {.seq = sql_int(q, 0),
	        .at_us = sql_int(q, 1),
	        .actor = sql_int(q, 2),
	        .act = sql_text(q, 3, d->a),
	        .subject = sql_text(q, 4, d->a),
	        .subject_id = sql_int(q, 5),
	        .case_id = sql_int(q, 6),
	        .meeting = sql_int(q, 7),
	        .sealed = sql_int(q, 9)};
	if (sqlite3_column_bytes(q->st, 8) == VAULT_HASH_BYTES)
		memcpy(o.hash, sqlite3_column_blob(q->st, 8), VAULT_HASH_BYTES);
	*ret_kind = AUDIT_CHANGE;
	o.what = audit_words(d->a, o.act, ret_kind);
	if (!o.what)
		o.what = o.act;
	return o;
}

/* Days and kind, whatever way the rows came. */
static bool wanted(const struct audit_filter *f, const struct audit_row *o, enum audit_kind kind)
{
	return (f->kind == AUDIT_ALL || f->kind == kind) &&
	       (f->from == DAY_NONE || o->at_us >= day_begins_us(f->from)) &&
	       (f->to == DAY_NONE || o->at_us < day_begins_us(f->to + 1));
}

/* Between this row and the one that is listed before it, on the page before for the first. */
static bool clock_back(
        const struct audit_filter *f, const struct audit_row *before, const struct audit_row *o)
{
	if (!before && !f->after_seq)
		return false;
	int64_t us = before ? before->at_us : f->after_us;
	return f->oldest_first ? o->at_us < us : o->at_us > us;
}

static enum err read_page(struct reader *d, size_t limit, struct audit_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	TRY(hidden_load(d));
	TRY(edges(d));
	query(d, &q);
	while (n < limit && sql_step(&q)) {
		enum audit_kind kind;
		struct audit_row o = row_of(d, &q, &kind), *at;
		if (q.err || is_hidden(d, o.seq) || !wanted(d->f, &o, kind))
			continue;
		o.clock_back = clock_back(d->f, n ? &((struct audit_row *)rows)[n - 1] : NULL, &o);
		q.err = fill(d, &o);
		at = q.err ? NULL : arena_grow(d->a, &rows, &n, &cap, sizeof(o));
		if (at)
			*at = o;
		else if (!q.err)
			q.err = ERR_NOMEM;
	}
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

enum err record_audit(struct record *r, struct arena *a, const struct record_viewer *v,
        struct audit_filter *f, size_t limit, struct audit_row **ret, size_t *ret_n)
{
	struct reader d = {.r = r, .a = a, .v = v, .f = f};
	r->own++;
	enum err e = read_page(&d, limit, ret, ret_n);
	r->own--;
	return e;
}

void audit_page_after(struct audit_filter *f, const struct audit_row *last)
{
	f->after_seq = last->seq;
	f->after_us = last->at_us;
}

enum err record_audit_reading(struct record *r)
{
	return record_audit_note(r, "audit.read", "audit", 0);
}

enum err record_minutes_reading(struct record *r, int64_t meeting)
{
	struct audit_entry e = {.act = "minutes.read",
	        .subject = "meeting",
	        .subject_id = meeting,
	        .meeting_id = meeting};
	return audit_note(r, &e);
}

/* One that was taken back or disposed of has its number left in the log. */
static enum err case_number(struct record *r, const char *ref, int64_t *ret)
{
	int64_t n = 0;
	if (!*ref || strspn(ref, "0123456789") != strlen(ref))
		return ERR_NOT_FOUND;
	*ret = strtoll(ref, NULL, 10);
	TRY(sql_one_int(r, &n, "SELECT EXISTS (SELECT 1 FROM audit WHERE kase = ?)", "i", *ret));
	return n ? ERR_OK : ERR_NOT_FOUND;
}

enum err record_audit_case(
        struct record *r, const struct record_viewer *v, const char *ref, int64_t *ret)
{
	bool may = true;
	int64_t id = 0;
	r->own++;
	enum err e = sql_one_int(r, &id, "SELECT id FROM kase WHERE ref = ?", "t", ref);
	if (e == ERR_NOT_FOUND)
		e = case_number(r, ref, &id);
	if (!e)
		e = may_know(r, v, id, &may);
	r->own--;
	if (!e && !may)
		e = ERR_NOT_FOUND;
	if (!e)
		*ret = id;
	return e;
}

enum err record_audit_people(
        struct record *r, struct arena *a, struct person_row **ret, size_t *ret_n)
{
	struct sql q;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	r->own++;
	sql_query(r, &q,
	        "SELECT p.id, coalesce(p.agency, 0), coalesce(g.name, ''), p.name, p.initials, "
	        "p.role FROM person p LEFT JOIN agency g ON g.id = p.agency WHERE p.slot IS NOT "
	        "NULL OR EXISTS (SELECT 1 FROM audit u WHERE u.actor = p.id) ORDER BY g.name, "
	        "p.name",
	        "");
	while (sql_step(&q)) {
		struct person_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct person_row){.id = sql_int(&q, 0),
		        .agency = sql_int(&q, 1),
		        .agency_name = sql_text(&q, 2, a),
		        .name = sql_text(&q, 3, a),
		        .initials = sql_text(&q, 4, a),
		        .role = sql_text(&q, 5, a)};
	}
	r->own--;
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- fingerprints ---- */

/* The entry, or the nearest before it that the viewer may know of. */
static enum err entry_for(struct reader *d, int64_t seq, struct audit_row *ret)
{
	struct sql q;
	while (seq > 0 && is_hidden(d, seq))
		seq--;
	sql_query(d->r, &q, COLUMNS "audit u WHERE u.seq = ?", "i", seq);
	enum err e = ERR_NOT_FOUND;
	if (sql_step(&q)) {
		enum audit_kind kind;
		struct audit_row o = row_of(d, &q, &kind);
		e = q.err ? q.err : fill(d, &o);
		if (!e)
			*ret = o;
	}
	enum err end = sql_end(&q);
	return end ? end : e;
}

enum err record_audit_fingerprint(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *text, struct audit_row *ret, struct why *w)
{
	struct reader d = {.r = r, .a = a, .v = v};
	uint8_t from[8], to[8];
	int64_t seq = 0;
	if (!audit_print_parse(text, from, to))
		return why(w, ERR_INPUT,
		        "A fingerprint is the five words, or the sixteen letters and digits, as "
		        "they stand on the paper.");
	r->own++;
	enum err e = hidden_load(&d);
	if (!e)
		e = sql_one_int(r, &seq, AUDIT_OF_PRINT, "bb", from, sizeof(from), to, sizeof(to));
	if (!e)
		e = entry_for(&d, seq, ret);
	r->own--;
	if (e == ERR_NOT_FOUND)
		return why(w, e,
		        "No entry of this store has that fingerprint. The paper is of another "
		        "store, "
		        "or entries of this one were changed or are missing.");
	return e;
}

int64_t record_audit_end(const struct record *r)
{
	return r->head_seq;
}

void record_fingerprint(const struct record *r, char ret[VAULT_FINGERPRINT_MAX])
{
	vault_fingerprint(r->head, ret);
}
