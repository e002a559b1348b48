#include "test.h"
#include "record_fixture.h"
#define sql_int sql_int_of_db /* record/ has one of that name */
#include "vault_sim.h"
#undef sql_int
/*
 * A text of 32 bytes put into every field of every table that record/ has, and into whatever SQLite
 * makes of them: indices, full text, temporary tables, sorting, a spilled cache, a savepoint taken
 * back, the log, VACUUM. No write that reaches the card, in no file, at no step, has it; so no cut
 * can leave it either. The same rows on plain SQLite show it at once.
 */

#define CANARY "canary-7f3a9c51e2b8d604-sealed!!"
#define LOOKED_FOR "ry-7f3a9c51e2b8d" /* a part, should a page break it */

/* "INSERT OR REPLACE INTO t VALUES(...)" with the canary wherever the column's type takes it. */
static char *row_with_canary(sqlite3 *db, const char *table, int turn, int *ret_fields)
{
	sqlite3_str *out = sqlite3_str_new(db);
	sqlite3_stmt *st = NULL;
	bool first = true;
	sqlite3_str_appendf(out, "INSERT OR REPLACE INTO \"%w\" VALUES(", table);
	if (sqlite3_prepare_v2(db, "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid", -1,
	            &st, NULL) == SQLITE_OK)
		sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		const char *type = (const char *)sqlite3_column_text(st, 1);
		const bool text = strcmp(type, "TEXT") == 0, blob = strcmp(type, "BLOB") == 0;
		if (text)
			sqlite3_str_appendf(out, "%s'" CANARY " %s %s %d'", first ? "" : ",", table,
			        name, turn);
		else if (blob)
			sqlite3_str_appendf(out, "%scast('" CANARY "%s%d' AS BLOB)",
			        first ? "" : ",", name, turn);
		else
			sqlite3_str_appendf(out, "%s%d", first ? "" : ",", 900000 + turn);
		*ret_fields += text || blob;
		first = false;
	}
	sqlite3_finalize(st);
	sqlite3_str_appendall(out, ")");
	return sqlite3_str_finish(out);
}

static const char TABLES[] =
        "SELECT name FROM pragma_table_list WHERE schema='main' AND type='table' AND name NOT LIKE "
        "'sqlite_%' ORDER BY name";

/* Twenty rows into every table of `from`; how many fields took the canary. -1: a table did not. */
static int fill(sqlite3 *db, sqlite3 *from)
{
	sqlite3_stmt *st = NULL;
	int fields = 0;
	bool good = sqlite3_prepare_v2(from, TABLES, -1, &st, NULL) == SQLITE_OK;
	while (good && sqlite3_step(st) == SQLITE_ROW)
		for (int turn = 1; good && turn <= 20; turn++) {
			const char *table = (const char *)sqlite3_column_text(st, 0);
			char *text = row_with_canary(from, table, turn, &fields);
			good = text && sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
			if (!good)
				snprintf(test_why, sizeof(test_why), "%s: %s", table,
				        sqlite3_errmsg(db));
			sqlite3_free(text);
		}
	sqlite3_finalize(st);
	return good ? fields / 20 : -1;
}

static const char *const steps[] = {
        "PRAGMA cache_size=10",
        "BEGIN; SAVEPOINT s; UPDATE party SET name=name||'" CANARY
        "', address=name; UPDATE share SET words='" CANARY
        "'||id; ROLLBACK TO s; UPDATE note SET words=words||'" CANARY "'; COMMIT",
        "CREATE TEMP TABLE x AS SELECT name, address FROM party UNION ALL SELECT words, source "
        "FROM share ORDER BY 2 DESC; CREATE INDEX temp.xi ON x(name, address)",
        "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<9000)"
        " SELECT count(*) FROM (SELECT DISTINCT '" CANARY
        "'||i*7919%9001 k FROM c UNION SELECT name FROM party ORDER BY 1)",
        "CREATE INDEX canary ON party(address, name)",
        "PRAGMA wal_checkpoint",
        "DELETE FROM note WHERE id%2; DELETE FROM party WHERE id=900003",
        "INSERT INTO find(find) VALUES('optimize')",
        "VACUUM",
        "REINDEX",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA integrity_check",
};

static void t_canary_of_every_field_reaches_no_file(void)
{
	struct fix f;
	int fields;
	vault_base_for_tests(&sim_vfs, &sim_io);
	sim_clear();
	fix_sample(&f, "/sim");
	sim_watch.text = LOOKED_FOR;
	sim_watch.writes = sim_watch.found = 0;
	fix_sql(&f, "PRAGMA foreign_keys=OFF");
	fields = fill(f.r->db, f.r->db);
	for (size_t i = 0; fields > 0 && i < COUNT_OF(steps); i++)
		fix_sql(&f, steps[i]);
	if (fields > 0 &&
	        fix_int(&f, "SELECT count(*) FROM party WHERE name LIKE '" CANARY "%'") < 15)
		fields = 0;
	fix_close(&f);
	fix_finish(&f);
	vault_base_for_tests(NULL, NULL);
	sim_watch.text = NULL;
	sim_clear();
	if (fields <= 0) {
		test_failed = test_why;
		return;
	}
	printf("# %d fields, %llu writes\n", fields, (unsigned long long)sim_watch.writes);
	CHECK(fields > 150);
	CHECK(sim_watch.writes > 300);
	CHECK(sim_watch.found == 0);
}

/* The search itself works: one table is enough. */
static void t_canary_is_found_on_a_card_in_clear(void)
{
	sqlite3 *db = NULL;
	sim_clear();
	sim_watch.text = LOOKED_FOR;
	sim_watch.found = 0;
	CHECK(sqlite3_open_v2("/sim/p.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	              "sim") == SQLITE_OK);
	CHECK(sqlite3_exec(db, "CREATE TABLE t(a); INSERT INTO t VALUES('" CANARY "')", NULL, NULL,
	              NULL) == SQLITE_OK);
	sqlite3_close(db);
	sim_clear();
	sim_watch.text = NULL;
	CHECK(sim_watch.found > 0);
}

static const struct test tests[] = {
        T(t_canary_of_every_field_reaches_no_file),
        T(t_canary_is_found_on_a_card_in_clear),
};

int main(int argc, char **argv)
{
	if (secret_start() != ERR_OK)
		return 2;
	sqlite3_vfs_register(&sim_vfs, 0);
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
