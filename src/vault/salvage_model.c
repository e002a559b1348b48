#include "salvage.h"
#include <stdlib.h>
#include <string.h>
/*
 * Which tables and indexes there are, and what a record of each may look like.
 *
 * Invariants.
 * 1. The store's own list of tables is believed before the one that is given, table by table: its
 * columns are those that the records were written with.
 * 2. SQL of either is run in memory alone, on a database without a row.
 * 3. What a record may hold is said generously: a form that is too narrow would give its rows to
 * another table, one that is too wide only leaves more to be told apart.
 */

#define ANY_TYPE (1u << BT_NULL | 1u << BT_INTEGER | 1u << BT_REAL | 1u << BT_TEXT | 1u << BT_BLOB)

/* ---- the store's own list ---------------------------------------------------------------------
 */

static bool text_is(const struct bt_value *v, const char *want)
{
	return v->n == strlen(want) && memcmp(v->p, want, v->n) == 0;
}

bool model_is_row(const struct bt_row *r)
{
	const struct bt_value *f = r->field;
	if (r->n != 5 || f[0].type != BT_TEXT || f[1].type != BT_TEXT || f[2].type != BT_TEXT ||
	        f[3].type != BT_INTEGER || (f[4].type != BT_TEXT && f[4].type != BT_NULL))
		return false;
	if (f[4].type == BT_TEXT && (f[4].n < 7 || memcmp(f[4].p, "CREATE ", 7) != 0))
		return false;
	return f[1].n > 0 && f[2].n > 0 && f[3].integer >= 0 && f[3].integer < UINT32_MAX &&
	       (text_is(&f[0], "table") || text_is(&f[0], "index") || text_is(&f[0], "trigger") ||
	               text_is(&f[0], "view"));
}

static char *text_of(const struct bt_value *v)
{
	char *s = malloc(v->n + 1);
	if (!s)
		return NULL;
	if (v->n > 0)
		memcpy(s, v->p, v->n);
	s[v->n] = 0;
	return s;
}

static void row_finish(struct salvage_row *r)
{
	free(r->type);
	free(r->name);
	free(r->table);
	free(r->sql);
}

enum err model_add_row(struct salvage_model *m, const struct bt_row *r)
{
	const struct bt_value *f = r->field;
	struct salvage_row *rows = realloc(m->row, (m->n_rows + 1) * sizeof(*rows));
	struct salvage_row row;
	if (!rows)
		return ERR_NOMEM;
	m->row = rows;
	row = (struct salvage_row){.type = text_of(&f[0]),
	        .name = text_of(&f[1]),
	        .table = text_of(&f[2]),
	        .sql = f[4].type == BT_TEXT ? text_of(&f[4]) : NULL,
	        .root = (uint32_t)f[3].integer};
	if (!row.type || !row.name || !row.table || (f[4].type == BT_TEXT && !row.sql)) {
		row_finish(&row);
		return ERR_NOMEM;
	}
	m->row[m->n_rows++] = row;
	return ERR_OK;
}

/* ---- databases without a row, in memory -------------------------------------------------------
 */

static enum err sql_err(int rc)
{
	return (rc & 0xff) == SQLITE_NOMEM ? ERR_NOMEM : ERR_INTERNAL;
}

static enum err memory_open(sqlite3 **ret)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(":memory:", &db,
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	if (rc != SQLITE_OK) {
		sqlite3_close(db);
		return sql_err(rc);
	}
	*ret = db;
	return ERR_OK;
}

/* Bytes of the first whole statement; all of them when none ends. */
static size_t statement_bytes(const char *sql, char *room)
{
	size_t n = 0;
	for (;;) {
		const char *end = strchr(sql + n, ';');
		if (!end)
			return strlen(sql);
		n = (size_t)(end - sql) + 1;
		memcpy(room, sql, n);
		room[n] = 0;
		if (sqlite3_complete(room))
			return n;
	}
}

/* Statement after statement; one that is refused (it is there already) is passed over. */
static enum err script_run(sqlite3 *db, const char *sql)
{
	char *room = malloc(strlen(sql) + 1);
	if (!room)
		return ERR_NOMEM;
	while (*sql) {
		const size_t n = statement_bytes(sql, room);
		memcpy(room, sql, n);
		room[n] = 0;
		(void)sqlite3_exec(db, room, NULL, NULL, NULL);
		sql += n;
	}
	free(room);
	return ERR_OK;
}

static bool is_virtual(const struct salvage_row *r)
{
	return r->sql && sqlite3_strnicmp(r->sql, "CREATE VIRTUAL TABLE", 20) == 0;
}

/* Virtual tables make tables of their own, so they come first; indexes and triggers need theirs. */
static void own_run(sqlite3 *db, const struct salvage_model *m)
{
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < m->n_rows; i++) {
			const struct salvage_row *r = &m->row[i];
			const int mine = is_virtual(r) ? 0 : strcmp(r->type, "table") == 0 ? 1 : 2;
			if (mine == turn && r->sql)
				(void)sqlite3_exec(db, r->sql, NULL, NULL, NULL);
		}
}

static const struct salvage_row *own_row(
        const struct salvage_model *m, const char *type, const char *name)
{
	for (size_t i = 0; i < m->n_rows; i++)
		if (strcmp(m->row[i].name, name) == 0 && strcmp(m->row[i].type, type) == 0)
			return &m->row[i];
	return NULL;
}

/* ---- columns ----------------------------------------------------------------------------------
 */

static unsigned types_of(const char *declared, bool strict)
{
	if (!strict || !declared || sqlite3_stricmp(declared, "ANY") == 0)
		return ANY_TYPE;
	if (sqlite3_stricmp(declared, "TEXT") == 0)
		return 1u << BT_TEXT;
	if (sqlite3_stricmp(declared, "BLOB") == 0)
		return 1u << BT_BLOB;
	if (sqlite3_stricmp(declared, "REAL") == 0)
		return 1u << BT_REAL | 1u << BT_INTEGER;
	return 1u << BT_INTEGER;
}

static enum err column_add(
        struct salvage_tree *t, const char *name, unsigned types, bool maybe_short)
{
	struct salvage_column *c = realloc(t->column, (t->n_columns + 1) * sizeof(*t->column));
	char *copy = strdup(name ? name : "");
	if (c)
		t->column = c;
	if (!c || !copy) {
		free(copy);
		return ERR_NOMEM;
	}
	t->column[t->n_columns++] = (struct salvage_column){copy, types, maybe_short};
	return ERR_OK;
}

/*
 * Columns in the order of a record: name, type, never NULL, has a default, is the row's id; of an
 * index also: is an id, is an expression. ?1 is the table, ?2 the index.
 */
#define ROWID_COLUMNS                                                                              \
	"SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk = 1 AND (SELECT max(pk) "      \
	"FROM pragma_table_xinfo(?1)) = 1 AND type LIKE 'INTEGER' FROM pragma_table_xinfo(?1) "    \
	"ORDER BY cid"
#define KEYED_COLUMNS                                                                              \
	"SELECT c.name, c.type, c.\"notnull\", 0, 0 FROM pragma_index_list(?1) l, "                \
	"pragma_index_xinfo(l.name) x, pragma_table_xinfo(?1) c WHERE l.origin = 'pk' AND "        \
	"c.cid = x.cid ORDER BY x.seqno"
#define INDEX_COLUMNS                                                                              \
	"SELECT '', c.type, coalesce(c.\"notnull\", x.cid = -1), 0, 0, x.cid = -1 OR "             \
	"(c.pk = 1 AND c.type LIKE 'INTEGER'), x.cid = -2 FROM pragma_index_xinfo(?2) x LEFT "     \
	"JOIN "                                                                                    \
	"pragma_table_xinfo(?1) c ON c.cid = x.cid ORDER BY x.seqno"

static enum err column_take(struct salvage_tree *t, sqlite3_stmt *st, bool strict, bool index)
{
	unsigned types = types_of((const char *)sqlite3_column_text(st, 1), strict);
	const bool not_null = sqlite3_column_int(st, 2), given = sqlite3_column_int(st, 3);
	if (index && sqlite3_column_int(st, 5))
		types = 1u << BT_INTEGER;
	if (index && sqlite3_column_int(st, 6))
		types = ANY_TYPE;
	if (!not_null)
		types |= 1u << BT_NULL;
	if (sqlite3_column_int(st, 4)) {
		t->alias = (int)t->n_columns;
		types = 1u << BT_NULL;
	}
	return column_add(t, (const char *)sqlite3_column_text(st, 0), types,
	        !index && t->rowid && (given || !not_null));
}

static enum err columns_fill(
        sqlite3 *db, struct salvage_tree *t, const char *table, bool index, bool strict)
{
	sqlite3_stmt *st = NULL;
	enum err e = ERR_OK;
	int rc = sqlite3_prepare_v2(db,
	        index      ? INDEX_COLUMNS
	        : t->rowid ? ROWID_COLUMNS
	                   : KEYED_COLUMNS,
	        -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK && index)
		rc = sqlite3_bind_text(st, 2, t->name, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK && e == ERR_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		e = column_take(t, st, strict, index);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(st);
	return e == ERR_OK && rc != SQLITE_OK && rc != SQLITE_DONE ? sql_err(rc) : e;
}

/* ---- trees ------------------------------------------------------------------------------------
 */

static enum err tree_add(struct salvage_model *m, const char *name, struct salvage_tree **ret)
{
	struct salvage_tree *t = realloc(m->tree, (m->n_trees + 1) * sizeof(*t));
	char *copy = strdup(name);
	if (t)
		m->tree = t;
	if (!t || !copy) {
		free(copy);
		return ERR_NOMEM;
	}
	*ret = &m->tree[m->n_trees++];
	**ret = (struct salvage_tree){.name = copy, .alias = -1};
	return ERR_OK;
}

static enum err tree_of_list(struct salvage_model *m)
{
	static const struct {
		const char *name;
		unsigned types;
	} columns[] = {{"type", 1u << BT_TEXT}, {"name", 1u << BT_TEXT},
	        {"tbl_name", 1u << BT_TEXT}, {"rootpage", 1u << BT_INTEGER},
	        {"sql", 1u << BT_TEXT | 1u << BT_NULL}};
	struct salvage_tree *t = NULL;
	enum err e = tree_add(m, "sqlite_schema", &t);
	if (e != ERR_OK)
		return e;
	t->root = 1;
	t->rowid = true;
	for (size_t i = 0; i < COUNT_OF(columns) && e == ERR_OK; i++)
		e = column_add(t, columns[i].name, columns[i].types, false);
	return e;
}

#define TREES                                                                                      \
	"SELECT s.type, s.name, s.tbl_name, l.type, l.wr, l.strict FROM sqlite_schema s LEFT "     \
	"JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.tbl_name WHERE "             \
	"s.rootpage > 0 ORDER BY s.rowid"

static enum err tree_take(struct salvage_model *m, sqlite3 *db, sqlite3_stmt *st)
{
	const char *type = (const char *)sqlite3_column_text(st, 0);
	const char *name = (const char *)sqlite3_column_text(st, 1);
	const char *kind = (const char *)sqlite3_column_text(st, 3);
	const struct salvage_row *own = own_row(m, type, name);
	const bool index = strcmp(type, "index") == 0;
	struct salvage_tree *t = NULL;
	enum err e;
	if (m->whole && !own)
		return ERR_OK;
	e = tree_add(m, name, &t);
	if (e != ERR_OK)
		return e;
	t->root = own ? own->root : 0;
	t->rowid = !index && !sqlite3_column_int(st, 4);
	t->keep =
	        !index && kind && strcmp(kind, "table") == 0 &&
	        (sqlite3_strnicmp(name, "sqlite_", 7) != 0 || strcmp(name, "sqlite_sequence") == 0);
	return columns_fill(
	        db, t, (const char *)sqlite3_column_text(st, 2), index, sqlite3_column_int(st, 5));
}

/* What is in the store's list and not in the model (SQLite's own tables): its pages are known. */
static enum err formless_add(struct salvage_model *m)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		struct salvage_tree *t = NULL;
		bool known = m->row[i].root == 0;
		for (size_t k = 0; k < m->n_trees && !known; k++)
			known = m->tree[k].root == m->row[i].root;
		if (known)
			continue;
		enum err e = tree_add(m, m->row[i].name, &t);
		if (e != ERR_OK)
			return e;
		t->root = m->row[i].root;
		t->rowid = strcmp(m->row[i].type, "table") == 0;
	}
	return ERR_OK;
}

static enum err trees_take(struct salvage_model *m, sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	enum err e = tree_of_list(m);
	int rc = sqlite3_prepare_v2(db, TREES, -1, &st, NULL);
	while (rc == SQLITE_OK && e == ERR_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		e = tree_take(m, db, st);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(st);
	if (e == ERR_OK && rc != SQLITE_OK && rc != SQLITE_DONE)
		e = sql_err(rc);
	return e == ERR_OK ? formless_add(m) : e;
}

/* ---- what makes the new store -----------------------------------------------------------------
 */

#define MAKERS(which)                                                                              \
	"SELECT coalesce(group_concat(sql || ';', char(10)), '') FROM (SELECT sql FROM "           \
	"sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "      \
	"type " which " 'table' AND name NOT IN (SELECT name FROM pragma_table_list WHERE "        \
	"type = 'shadow') ORDER BY rowid)"

static enum err text_query(sqlite3 *db, const char *sql, char **ret)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	char *copy = NULL;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW && sqlite3_column_text(st, 0))
		copy = strdup((const char *)sqlite3_column_text(st, 0));
	(void)sqlite3_finalize(st);
	if (!copy)
		return rc == SQLITE_ROW ? ERR_NOMEM : sql_err(rc);
	*ret = copy;
	return ERR_OK;
}

static enum err makers_take(struct salvage_model *m, sqlite3 *db)
{
	char *version = NULL;
	enum err e = text_query(db, MAKERS("="), &m->tables);
	if (e == ERR_OK)
		e = text_query(db, MAKERS("<>"), &m->rest);
	if (e == ERR_OK && !m->whole)
		e = text_query(db, "PRAGMA user_version", &version);
	if (version)
		m->version = strtoll(version, NULL, 10);
	free(version);
	return e;
}

/* Tables that a search index keeps for itself: where the store's list lost the row of the index
 * they look like others. It is made anew. */
static enum err shadows_leave(struct salvage_model *m, sqlite3 *given)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(given,
	        "SELECT 1 FROM pragma_table_list WHERE type = 'shadow' AND name = ?1", -1, &st,
	        NULL);
	for (size_t i = 1; i < m->n_trees && rc == SQLITE_OK; i++) {
		(void)sqlite3_bind_text(st, 1, m->tree[i].name, -1, SQLITE_STATIC);
		if (sqlite3_step(st) == SQLITE_ROW)
			m->tree[i].keep = false;
		rc = sqlite3_reset(st);
	}
	(void)sqlite3_finalize(st);
	return rc == SQLITE_OK ? ERR_OK : sql_err(rc);
}

enum err model_make(struct salvage_model *m, const char *schema)
{
	sqlite3 *own = NULL, *given = NULL;
	enum err e = memory_open(&own);
	if (e == ERR_OK)
		e = memory_open(&given);
	if (e != ERR_OK)
		goto out;
	own_run(own, m);
	if (!m->whole)
		e = script_run(own, schema);
	if (e == ERR_OK && !m->whole)
		e = script_run(given, schema);
	if (e == ERR_OK)
		e = trees_take(m, own);
	if (e == ERR_OK && !m->whole)
		e = shadows_leave(m, given);
	if (e == ERR_OK)
		e = makers_take(m, m->whole ? own : given);
out:
	sqlite3_close(own);
	sqlite3_close(given);
	return e;
}

void model_finish(struct salvage_model *m)
{
	for (size_t i = 0; i < m->n_rows; i++)
		row_finish(&m->row[i]);
	for (size_t i = 0; i < m->n_trees; i++) {
		for (size_t k = 0; k < m->tree[i].n_columns; k++)
			free(m->tree[i].column[k].name);
		free(m->tree[i].column);
		free(m->tree[i].name);
	}
	free(m->row);
	free(m->tree);
	free(m->tables);
	free(m->rest);
	*m = (struct salvage_model){0};
}
