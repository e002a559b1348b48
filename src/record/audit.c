#include "audit_int.h"
#include "caseroom/record_keys.h"
#include <string.h>

/*
 * The audit chain. Invariants:
 * 1. seq runs 1, 2, 3 ... without a gap; rows are inserted in the transaction of the change they
 * tell of, and never updated.
 * 2. hash(n) = BLAKE2b-256(hash(n-1) || entry(n)); hash(0) is the store's id, zero-padded.
 * 3. entry(n) is every other column in the byte form of entry_bytes(): no two entries have the same
 * bytes.
 * 4. `digest` binds the change itself: BLAKE2b over the change set of the transaction, zeroes for a
 * read.
 * 5. Nothing personal stands in an entry: ids and words of our own.
 * 6. The vault's anchor keeps the last committed (seq, hash): a store whose chain is shorter is
 * older than its witness.
 * 7. mac(n) is the vault's seal of hash(n) with a key that is gone once the entry is committed: who
 * opens the store later can make another chain, and not these seals. Entries of the first two
 * versions have none; from the first that has one on, each has.
 */

static void put64(struct buf *b, int64_t v)
{
	unsigned char le[8];
	for (int i = 0; i < 8; i++)
		le[i] = (unsigned char)((uint64_t)v >> (8 * i));
	buf_put(b, le, 8);
}

static void put_str(struct buf *b, const char *s)
{
	put64(b, (int64_t)strlen(s));
	buf_puts(b, s);
}

struct row {
	int64_t seq, at, actor, subject_id, kase, meeting;
	const char *act, *subject;
	const void *digest; /* 32 bytes */
};

static enum err link(
        const uint8_t prev[VAULT_HASH_BYTES], const struct row *e, uint8_t ret[VAULT_HASH_BYTES])
{
	struct buf b;
	buf_init(&b, 4096);
	put64(&b, e->seq);
	put64(&b, e->at);
	put64(&b, e->actor);
	put_str(&b, e->act);
	put_str(&b, e->subject);
	put64(&b, e->subject_id);
	put64(&b, e->kase);
	put64(&b, e->meeting);
	buf_put(&b, e->digest, VAULT_HASH_BYTES);
	enum err err = buf_err(&b);
	if (!err)
		vault_chain(prev, b.data, b.len, ret);
	buf_finish(&b);
	return err;
}

static void genesis(struct record *r, uint8_t out[VAULT_HASH_BYTES])
{
	memset(out, 0, VAULT_HASH_BYTES);
	memcpy(out, vault_id(r->vault), VAULT_ID_BYTES);
}

/* Only what is done to a meeting, or taken back, opens or closes one. */
static bool may_close(const struct audit_entry *e)
{
	return strcmp(e->subject, "meeting") == 0 || strcmp(e->act, "undo") == 0;
}

static enum err count_meetings(struct record *r)
{
	return sql_one_int(r, &r->meetings, "SELECT count(*) FROM meeting WHERE state >= ?", "i",
	        (int64_t)MEETING_CLOSED);
}

void audit_mark(struct record *r)
{
	struct vault_mark m = {.seq = (uint64_t)r->head_seq, .meetings = (uint64_t)r->meetings};
	memcpy(m.head, r->head, sizeof(m.head));
	vault_mark(r->vault, &m);
}

enum err audit_add(struct record *r, const struct audit_entry *e)
{
	static const uint8_t none[VAULT_HASH_BYTES];
	uint8_t next[VAULT_HASH_BYTES], mac[VAULT_HASH_BYTES];
	struct row row = {.seq = r->head_seq + 1,
	        .at = time_now_us(),
	        .actor = r->actor,
	        .subject_id = e->subject_id,
	        .kase = e->case_id,
	        .meeting = e->meeting_id,
	        .act = e->act,
	        .subject = e->subject,
	        .digest = e->digest ? e->digest : none};
	TRY(link(r->head, &row, next));
	TRY(vault_audit_seal(r->vault, (uint64_t)row.seq, next, mac));
	r->own++;
	enum err err = sql_run(r, "INSERT INTO audit VALUES(?,?,?,?,?,?,?,?,?,?,?)", "iiittiiibbb",
	        row.seq, row.at, row.actor, row.act, row.subject, row.subject_id, row.kase,
	        row.meeting, row.digest, (size_t)VAULT_HASH_BYTES, next, (size_t)VAULT_HASH_BYTES,
	        mac, (size_t)VAULT_HASH_BYTES);
	if (!err) {
		r->head_seq = row.seq;
		memcpy(r->head, next, sizeof(next));
		if (may_close(e))
			err = count_meetings(r);
	}
	r->own--;
	return err;
}

enum err audit_note(struct record *r, const struct audit_entry *e)
{
	TRY(txn_begin(r));
	enum err err = audit_add(r, e);
	if (!err)
		return txn_commit(r);
	txn_rollback(r);
	return err;
}

enum err record_audit_note(struct record *r, const char *act, const char *subject, int64_t id)
{
	struct audit_entry e = {.act = act, .subject = subject, .subject_id = id};
	return audit_note(r, &e);
}

static const void *hash_at(struct sql *q, int col)
{
	return sqlite3_column_bytes(q->st, col) == VAULT_HASH_BYTES
	               ? sqlite3_column_blob(q->st, col)
	               : NULL;
}

enum err audit_load_head(struct record *r)
{
	struct sql q;
	genesis(r, r->head);
	r->head_seq = 0;
	r->own++;
	sql_query(r, &q, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
	if (sql_step(&q)) {
		r->head_seq = sql_int(&q, 0);
		if (hash_at(&q, 1))
			memcpy(r->head, hash_at(&q, 1), VAULT_HASH_BYTES);
	}
	enum err e = sql_end(&q);
	if (!e)
		e = count_meetings(r);
	r->own--;
	return e;
}

/* ---- walking the chain ---- */

#define ENTRY_COLUMNS                                                                              \
	"SELECT seq, at, actor, act, subject, subject_id, kase, meeting, digest, hash, mac FROM "  \
	"audit WHERE seq > ?"

/* The entry that the statement is at: true when it follows on `hash`, which is then its own.
 * *ret_mac is NULL for one that was never sealed. */
static bool follows(struct sql *q, struct arena *a, int64_t seq, uint8_t hash[VAULT_HASH_BYTES],
        const uint8_t **ret_mac)
{
	struct row e = {.seq = sql_int(q, 0),
	        .at = sql_int(q, 1),
	        .actor = sql_int(q, 2),
	        .act = sql_text(q, 3, a),
	        .subject = sql_text(q, 4, a),
	        .subject_id = sql_int(q, 5),
	        .kase = sql_int(q, 6),
	        .meeting = sql_int(q, 7),
	        .digest = hash_at(q, 8)};
	const void *stored = hash_at(q, 9);
	*ret_mac = hash_at(q, 10);
	if (e.seq != seq || !e.digest || !stored || (!*ret_mac && !sql_null(q, 10)))
		return false;
	if (!q->err)
		q->err = link(hash, &e, hash);
	return q->err || vault_equal(hash, stored, VAULT_HASH_BYTES);
}

static enum err broken(struct why *w, uint64_t seq)
{
	return why(w, ERR_AUDIT,
	        "The audit log is broken at entry %llu: it is not what was written. Nothing was "
	        "changed. Call your administrator before anything is written.",
	        (unsigned long long)seq);
}

/* After a cut the log may hold entries that the anchor had not heard of yet. */
static enum err catch_up(struct record *r, const struct vault_mark *seen, struct why *w)
{
	uint8_t hash[VAULT_HASH_BYTES];
	uint64_t seq = seen->seq;
	struct arena a;
	struct sql q;
	bool good = true;
	arena_init(&a, 1u << 16);
	memcpy(hash, seen->head, sizeof(hash));
	if (!seq)
		genesis(r, hash);
	sql_query(r, &q, ENTRY_COLUMNS " ORDER BY seq", "i", (int64_t)seq);
	while (good && sql_step(&q)) {
		const uint8_t *mac;
		seq++;
		good = follows(&q, &a, (int64_t)seq, hash, &mac) &&
		       (q.err || vault_audit_catch_up(r->vault, seq, hash, mac));
		arena_reset(&a);
	}
	arena_finish(&a);
	TRY(sql_end(&q));
	return good ? ERR_OK : broken(w, seq);
}

/* Has the entry that somebody remembers still the head that they remember? */
static enum err still_there(struct record *r, const struct vault_mark *m, bool *ret)
{
	struct sql q;
	*ret = m->seq == 0;
	sql_query(r, &q, "SELECT hash FROM audit WHERE seq = ?", "i", (int64_t)m->seq);
	if (sql_step(&q))
		*ret = hash_at(&q, 0) && vault_equal(hash_at(&q, 0), m->head, VAULT_HASH_BYTES);
	return sql_end(&q);
}

/* Is the log the one that the room key saw? */
static enum err witness_holds(struct record *r, struct why *w)
{
	struct vault_mark key;
	bool same;
	if (!vault_witness_mark(r->vault, &key))
		return ERR_OK;
	TRY(still_there(r, &key, &same));
	return same ? ERR_OK : vault_witness_differs(r->vault, w);
}

enum err audit_open(struct record *r, struct why *w)
{
	struct vault_mark seen;
	TRY(audit_load_head(r));
	vault_anchor_mark(r->vault, &seen);
	const uint64_t here = (uint64_t)r->head_seq;
	if (here < seen.seq)
		return why(w, ERR_OLDER,
		        "The store is older than its witness: %llu %s of the audit log %s "
		        "missing. Call your administrator before anything is written.",
		        (unsigned long long)(seen.seq - here),
		        seen.seq - here == 1 ? "entry" : "entries",
		        seen.seq - here == 1 ? "is" : "are");
	bool same;
	r->own++;
	enum err e = still_there(r, &seen, &same);
	if (!e)
		e = same ? catch_up(r, &seen, w) : broken(w, seen.seq);
	if (!e)
		e = witness_holds(r, w);
	r->own--;
	return e;
}

enum err record_witness_to(struct record *r, const char *dir, struct why *w)
{
	TRY(vault_witness_to(r->vault, dir, w));
	r->own++;
	enum err e = witness_holds(r, w);
	r->own--;
	if (e) /* it keeps what it knows */
		err_ignore(vault_witness_to(r->vault, NULL, NULL));
	return e;
}

static void check_begin(struct record *r, struct audit_check *c)
{
	uint64_t first;
	*c = (struct audit_check){.begun = true};
	genesis(r, c->hash);
	if (vault_audit_walk_begin(r->vault, &first))
		c->checked_from = (int64_t)first;
}

/* One entry against its seal. A seal once begun is never missing again. */
static bool check_seal(struct record *r, struct audit_check *c, const uint8_t *mac)
{
	if (mac && !c->sealed_from)
		c->sealed_from = c->entries;
	if (!mac)
		return !c->sealed_from && !(c->checked_from && c->entries >= c->checked_from);
	return !c->checked_from || c->entries < c->checked_from ||
	       vault_audit_walk_step(r->vault, c->hash, mac);
}

void record_audit_check_end(struct record *r, struct audit_check *c)
{
	if (c->begun && !c->done)
		(void)vault_audit_walk_end(r->vault);
	c->done = true;
}

enum err record_audit_check(struct record *r, struct audit_check *c, size_t most)
{
	struct arena a;
	struct sql q;
	int64_t until = c->entries + (int64_t)most;
	if (!c->begun)
		check_begin(r, c);
	c->total = r->head_seq;
	arena_init(&a, 1u << 16);
	r->own++;
	sql_query(r, &q, ENTRY_COLUMNS " ORDER BY seq", "i", c->entries);
	while (c->entries < until && !c->bad && sql_step(&q)) {
		const uint8_t *mac;
		c->entries++;
		if (!follows(&q, &a, c->entries, c->hash, &mac) ||
		        (!q.err && !check_seal(r, c, mac)))
			c->bad = c->entries;
		arena_reset(&a);
	}
	arena_finish(&a);
	r->own--;
	enum err e = sql_end(&q);
	if (!e && !c->bad && c->entries == until)
		return ERR_OK;
	/* the end: where this program left it, and where the next seal goes on */
	bool arrived = !c->checked_from || vault_audit_walk_end(r->vault);
	c->done = true;
	TRY(e);
	if (!c->bad && (!arrived || c->entries != r->head_seq ||
	                       !vault_equal(c->hash, r->head, VAULT_HASH_BYTES)))
		c->bad = c->entries + 1;
	return c->bad ? ERR_AUDIT : ERR_OK;
}

enum err record_audit_verify(struct record *r, int64_t *ret_n, int64_t *ret_bad)
{
	struct audit_check c = {0};
	enum err e = ERR_OK;
	while (!e && !c.done)
		e = record_audit_check(r, &c, 10000);
	if (!e || e == ERR_AUDIT) {
		*ret_n = c.entries;
		*ret_bad = c.bad;
	}
	return e;
}

enum err record_links_verify(struct record *r, int64_t *ret_bad)
{
	struct sql q;
	int64_t bad = 0, more = 0;
	r->own++; /* it tells how many, and nothing of any */
	sql_query(r, &q, "PRAGMA foreign_key_check", "");
	while (sql_step(&q))
		bad++;
	enum err e = sql_end(&q);
	/* links that no foreign key can state */
	if (!e)
		e = sql_one_int(r, &more,
		        "SELECT (SELECT count(*) FROM relation r JOIN party p ON p.id = r.party "
		        "WHERE "
		        "p.kase <> r.kase)"
		        " + (SELECT count(*) FROM action a JOIN item i ON i.id = a.item WHERE "
		        "a.kase IS "
		        "NOT i.kase)"
		        " + (SELECT count(*) FROM seat s WHERE s.agency IS NULL AND s.guest = 0)",
		        "");
	r->own--;
	TRY(e);
	*ret_bad = bad + more;
	return *ret_bad ? ERR_DAMAGED : ERR_OK;
}
