#include "record_int.h"
#include <stdlib.h>
#include <string.h>
/*
 * What a salvaged store needs of record/: the tables it is made with, its search made anew, links
 * counted, and an entry of the audit that says what happened.
 *
 * The entry comes after every number that the damaged store ever gave to one, as its anchor
 * remembers: so entries that were lost leave a gap that verify names, and no witness finds the
 * salvaged store older than itself.
 */

enum err record_schema_sql(struct buf *ret)
{
	struct record r = {0};
	struct sql q;
	struct arena a;
	int64_t version = 0;
	enum err e = ERR_NOMEM;
	arena_init(&a, 1u << 22);
	if (sqlite3_open(":memory:", &r.db) == SQLITE_OK)
		e = schema_migrate(&r, NULL);
	if (e)
		goto out;
	/* what FTS5 makes for itself is made again by the table that it belongs to */
	sql_query(&r, &q,
	        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
	        "AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') "
	        "ORDER BY type <> 'table', rowid",
	        "");
	while (sql_step(&q))
		buf_printf(ret, "%s;\n", sql_text(&q, 0, &a));
	e = sql_end(&q);
	if (!e)
		e = sql_one_int(&r, &version, "PRAGMA user_version", "");
	buf_printf(ret, "PRAGMA user_version = %d;\n", (int)version);
	if (!e)
		e = buf_err(ret);
out:
	for (size_t i = 0; i < r.n_cache; i++)
		sqlite3_finalize(r.cache[i].st);
	sqlite3_close(r.db);
	arena_finish(&a);
	return e;
}

static enum err search_anew(struct record *r)
{
	return sql_script(r,
	        "DELETE FROM find; DELETE FROM find_sound;"
	        "INSERT INTO find(rowid, body) SELECT 2 * id, fold(name || ' ' || address || ' ' "
	        "|| "
	        "postcode) FROM party;"
	        "INSERT INTO find(rowid, body) SELECT 2 * id + 1, fold(ref || ' ' || strand) FROM "
	        "kase;"
	        "INSERT INTO find_sound(rowid, body) SELECT id, sound(name) FROM party;");
}

static enum err links_tell(struct record *r, struct buf *lost, int64_t *ret_links)
{
	struct sql q;
	struct arena a;
	arena_init(&a, 1u << 16);
	*ret_links = 0;
	sql_query(r, &q,
	        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 "
	        "ORDER BY 1, 2",
	        "");
	while (sql_step(&q)) {
		int64_t n = sql_int(&q, 2);
		*ret_links += n;
		buf_printf(lost,
		        "Table %s: %lld link%s to the table %s lead%s to a record that is not "
		        "there.\n",
		        sql_text(&q, 0, &a), (long long)n, n == 1 ? "" : "s", sql_text(&q, 1, &a),
		        n == 1 ? "s" : "");
	}
	arena_finish(&a);
	return sql_end(&q);
}

static enum err audit_tell(struct record *r, const struct vault_mark *mark)
{
	const struct vault_slot *s = vault_opener(r->vault);
	enum err e = sql_one_int(r, &r->actor, "SELECT id FROM person WHERE slot = ?", "b", s->id,
	        (size_t)VAULT_ID_BYTES);
	if (e && e != ERR_NOT_FOUND)
		return e;
	TRY(audit_load_head(r));
	if ((uint64_t)r->head_seq < mark->seq) {
		r->head_seq = (int64_t)mark->seq;
		memcpy(r->head, mark->head, sizeof(r->head));
	}
	vault_audit_skip(r->vault, (uint64_t)r->head_seq + 1);
	struct audit_entry entry = {.act = "store.salvaged", .subject = "store"};
	TRY(txn_begin(r));
	e = audit_add(r, &entry);
	if (!e)
		e = kept_life_known(r);
	if (!e)
		return txn_commit(r);
	txn_rollback(r);
	return e;
}

enum err record_salvaged(struct vault *v, const struct vault_mark *mark, struct buf *lost,
        int64_t *ret_links, struct why *w)
{
	struct record *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	r->vault = v;
	r->db = vault_db(v);
	enum err e = schema_migrate(r, w);
	if (!e)
		e = search_anew(r);
	if (!e)
		e = links_tell(r, lost, ret_links);
	if (!e)
		e = audit_tell(r, mark);
	record_close(r);
	return e;
}
