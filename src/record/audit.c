#include "record_int.h"
#include <stdio.h>
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
	uint8_t next[VAULT_HASH_BYTES];
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
	TRY(sql_run(r, "INSERT INTO audit VALUES(?,?,?,?,?,?,?,?,?,?)", "iiittiiibb", row.seq,
	        row.at, row.actor, row.act, row.subject, row.subject_id, row.kase, row.meeting,
	        row.digest, (size_t)VAULT_HASH_BYTES, next, (size_t)VAULT_HASH_BYTES));
	r->head_seq = row.seq;
	memcpy(r->head, next, sizeof(next));
	return may_close(e) ? count_meetings(r) : ERR_OK;
}

enum err audit_load_head(struct record *r, struct why *w)
{
	struct vault_mark seen;
	struct sql q;
	genesis(r, r->head);
	r->head_seq = 0;
	sql_query(r, &q, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
	if (sql_step(&q)) {
		r->head_seq = sql_int(&q, 0);
		if (sqlite3_column_bytes(q.st, 1) == VAULT_HASH_BYTES)
			memcpy(r->head, sqlite3_column_blob(q.st, 1), VAULT_HASH_BYTES);
	}
	TRY(sql_end(&q));
	TRY(count_meetings(r));
	vault_anchor_mark(r->vault, &seen);
	if ((uint64_t)r->head_seq < seen.seq)
		return why(w, ERR_OLDER,
		        "The store is older than its witness: %lld entries of the audit log are "
		        "missing. Call your administrator "
		        "before anything is written.",
		        (long long)(seen.seq - (uint64_t)r->head_seq));
	if (seen.seq == 0)
		return ERR_OK;
	bool same = false;
	sql_query(r, &q, "SELECT hash FROM audit WHERE seq = ?", "i", (int64_t)seen.seq);
	if (sql_step(&q))
		same = sqlite3_column_bytes(q.st, 0) == VAULT_HASH_BYTES &&
		       vault_equal(sqlite3_column_blob(q.st, 0), seen.head, VAULT_HASH_BYTES);
	TRY(sql_end(&q));
	if (!same)
		return why(w, ERR_AUDIT,
		        "The audit log was changed at entry %llu. Call your administrator before "
		        "anything is written.",
		        (unsigned long long)seen.seq);
	return ERR_OK;
}

enum err record_audit_verify(struct record *r, int64_t *ret_n, int64_t *ret_bad)
{
	uint8_t hash[VAULT_HASH_BYTES];
	int64_t n = 0, bad = 0;
	struct arena a;
	struct sql q;
	arena_init(&a, 1u << 20);
	genesis(r, hash);
	sql_query(r, &q,
	        "SELECT seq, at, actor, act, subject, subject_id, kase, meeting, digest, hash FROM "
	        "audit ORDER BY seq",
	        "");
	while (!bad && sql_step(&q)) {
		struct row e = {.seq = sql_int(&q, 0),
		        .at = sql_int(&q, 1),
		        .actor = sql_int(&q, 2),
		        .act = sql_text(&q, 3, &a),
		        .subject = sql_text(&q, 4, &a),
		        .subject_id = sql_int(&q, 5),
		        .kase = sql_int(&q, 6),
		        .meeting = sql_int(&q, 7),
		        .digest = sqlite3_column_blob(q.st, 8)};
		n++;
		if (e.seq != n || sqlite3_column_bytes(q.st, 8) != VAULT_HASH_BYTES ||
		        sqlite3_column_bytes(q.st, 9) != VAULT_HASH_BYTES) {
			bad = n;
			break;
		}
		q.err = link(hash, &e, hash);
		if (!vault_equal(hash, sqlite3_column_blob(q.st, 9), VAULT_HASH_BYTES))
			bad = n;
		arena_reset(&a);
	}
	arena_finish(&a);
	TRY(sql_end(&q));
	/* a tail that was cut since the store was opened: the chain must end where this program
	 * left it */
	if (!bad && (n != r->head_seq || !vault_equal(hash, r->head, VAULT_HASH_BYTES)))
		bad = n + 1;
	*ret_n = n;
	*ret_bad = bad;
	return bad ? ERR_AUDIT : ERR_OK;
}

enum err record_links_verify(struct record *r, int64_t *ret_bad)
{
	struct sql q;
	int64_t bad = 0, more = 0;
	sql_query(r, &q, "PRAGMA foreign_key_check", "");
	while (sql_step(&q))
		bad++;
	TRY(sql_end(&q));
	/* links that no foreign key can state */
	TRY(sql_one_int(r, &more,
	        "SELECT (SELECT count(*) FROM relation r JOIN party p ON p.id = r.party WHERE "
	        "p.kase <> r.kase)"
	        " + (SELECT count(*) FROM action a JOIN item i ON i.id = a.item WHERE a.kase IS "
	        "NOT i.kase)"
	        " + (SELECT count(*) FROM seat s WHERE s.agency IS NULL AND s.guest = 0)",
	        ""));
	*ret_bad = bad + more;
	return *ret_bad ? ERR_DAMAGED : ERR_OK;
}

enum err record_fingerprint(struct record *r, char out[24])
{
	snprintf(out, 24, "%02X%02X %02X%02X %02X%02X %02X%02X", r->head[0], r->head[1], r->head[2],
	        r->head[3], r->head[4], r->head[5], r->head[6], r->head[7]);
	return ERR_OK;
}

enum err record_audit_note(struct record *r, const char *act, const char *subject, int64_t id)
{
	struct audit_entry e = {.act = act, .subject = subject, .subject_id = id};
	TRY(txn_begin(r));
	enum err err = audit_add(r, &e);
	if (!err)
		return txn_commit(r);
	txn_rollback(r);
	return err;
}
