#include "vault_help.h"
#include "vault/btree.h"
/*
 * A store is damaged page by page, and salvaged: every record of every other page is saved, what is
 * lost is named, nothing is given to a table that it may not be of, and the damaged store is not
 * changed by one byte.
 */

static const char *const words = "harbour lentil quartz ninety";

/*
 * Two tables of one form, long records, a tree of three levels, a table without row ids whose key
 * is not its first column (that column may be NULL: SQLite 3.40.1's own check mistakes it else).
 */
static const char schema[] =
        "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, born "
        "INTEGER) "
        "STRICT;"
        "CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT NOT NULL, since INTEGER) STRICT;"
        "CREATE TABLE share(id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id), "
        "words TEXT NOT NULL, weight REAL) STRICT;"
        "CREATE TABLE paper(id INTEGER PRIMARY KEY, digest BLOB NOT NULL, bytes INTEGER NOT NULL "
        "DEFAULT 7, kind TEXT NOT NULL DEFAULT 'minutes') STRICT;"
        "CREATE TABLE setting(value TEXT, key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
        "CREATE INDEX share_person ON share(person);"
        "CREATE VIRTUAL TABLE find USING fts5(body);"
        "CREATE TRIGGER find_person AFTER INSERT ON person BEGIN INSERT INTO find(rowid, body) "
        "VALUES(new.id, new.name); END;"
        "PRAGMA user_version = 4;";

#define NUMBERS(n) "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<" #n ")"
static const char rows[] = "BEGIN;" NUMBERS(
        2000) " INSERT INTO person(id, name, born) SELECT i * 3, 'person number '||i, "
              "CASE WHEN i % 5 THEN i END FROM c;" NUMBERS(
                      900) " INSERT INTO place SELECT i, 'place number '||i, i FROM "
                           "c;" NUMBERS(40) " INSERT INTO share SELECT i, i * 3, "
                                            "hex(zeroblob(i * 300)), i / 2.0 FROM "
                                            "c;" NUMBERS(1050) " INSERT INTO paper(id, "
                                                               "digest) SELECT i, "
                                                               "randomblob(1900) FROM "
                                                               "c;" NUMBERS(300) " INSERT "
                                                                                 "INTO "
                                                                                 "setting "
                                                                                 "SELECT "
                                                                                 "'value "
                                                                                 "'||i, 'a "
                                                                                 "key that "
                                                                                 "is long "
                                                                                 "enough "
                                                                                 "to take "
                                                                                 "its room "
                                                                                 "'||i "
                                                                                 "FROM c; "
                                                                                 "DELETE "
                                                                                 "FROM "
                                                                                 "person "
                                                                                 "WHERE id "
                                                                                 "> 5990; "
                                                                                 "COMMIT";

static struct vault *opened(const char *dir)
{
	struct vault *v = NULL;
	return vault_open(dir, NULL, secret_of(words), &v, NULL) == ERR_OK ? v : NULL;
}

static struct vault *made(const char *dir)
{
	struct vault *v = NULL;
	if (vault_create(dir, "first", secret_of(words), &cheap, &v, NULL) != ERR_OK)
		return NULL;
	return sql(v, schema) == SQLITE_OK && sql(v, rows) == SQLITE_OK ? v : NULL;
}

static struct vault_unlock *unlocked(const char *dir)
{
	struct vault_unlock *u = NULL;
	const struct vault_factors f = {.passphrase = secret_of(words)};
	if (vault_unlock_begin(dir, &u, NULL) != ERR_OK)
		abort();
	if (vault_unlock_add(u, NULL, &f, NULL) != ERR_OK)
		abort();
	return u;
}

static struct buf lost;

static enum err salvaged(struct vault_unlock *u, const char *out, struct vault_salvage *s)
{
	const struct vault_salvage_job job = {.out = out, .schema = schema};
	buf_clear(&lost);
	return vault_salvage(u, &job, s, &lost, NULL);
}

static bool told(const char *text)
{
	return strstr(buf_str(&lost), text) != NULL;
}

/* ---- what is on each page, by a reader of our own ---------------------------------------------
 */

struct look {
	unsigned rows;  /* records of tables that are lost with it */
	bool list;      /* page 1: with it the beginnings of all tables */
	char table[24]; /* named when it is lost */
	struct bt_page page;
	uint8_t bytes[VAULT_PAGE];
};

static uint32_t root_of(sqlite3 *db, const char *name)
{
	char text[128];
	(void)snprintf(
	        text, sizeof(text), "SELECT rootpage FROM sqlite_schema WHERE name='%s'", name);
	return (uint32_t)sql_int(db, text);
}

static void look_walk(
        struct vault *v, struct look *all, uint32_t n, uint32_t pgno, const char *table, bool keep)
{
	const struct bt_file f = {.pages = n, .page_size = VAULT_PAGE, .usable = VAULT_BODY};
	struct look *k = &all[pgno];
	struct bt_cell c;
	(void)snprintf(k->table, sizeof(k->table), "%s", table);
	if (db_page_raw(v->vfs, pgno, k->bytes) != SQLITE_OK ||
	        !seal_open_page(&v->vfs->seal, pgno, k->bytes, k->bytes) ||
	        !bt_page_parse(&f, pgno, k->bytes, &k->page))
		abort();
	for (unsigned i = 0; i < k->page.cells; i++) {
		if (!bt_cell_parse(&k->page, i, &c))
			abort();
		k->rows += keep && k->page.kind != BT_TABLE_INTERIOR;
		if (c.child)
			look_walk(v, all, n, c.child, table, keep);
		for (uint32_t o = keep ? c.overflow : 0; o != 0; o = be32_get(all[o].bytes)) {
			all[o].rows = 1;
			(void)snprintf(all[o].table, sizeof(all[o].table), "%s", table);
			if (db_page_raw(v->vfs, o, all[o].bytes) != SQLITE_OK ||
			        !seal_open_page(&v->vfs->seal, o, all[o].bytes, all[o].bytes))
				abort();
		}
	}
	if (bt_interior(k->page.kind))
		look_walk(v, all, n, k->page.right, table, keep);
}

static const char *const tables[] = {"person", "place", "share", "paper", "setting"};
static const char *const others[] = {"share_person", "find_data", "find_idx", "find_content",
        "find_docsize", "find_config", "sqlite_sequence"};

static struct look *look(struct vault *v, uint32_t *ret_pages)
{
	sqlite3 *db = vault_db(v);
	const uint32_t n = (uint32_t)sql_int(db, "PRAGMA page_count");
	struct look *all = calloc(n + 1, sizeof(*all));
	if (!all)
		abort();
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		look_walk(v, all, n, root_of(db, tables[i]), tables[i], true);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		look_walk(v, all, n, root_of(db, others[i]), others[i], false);
	all[1].list = true;
	*ret_pages = n;
	return all;
}

static uint64_t all_rows(sqlite3 *db)
{
	uint64_t n = 0;
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		char text[64];
		(void)snprintf(text, sizeof(text), "SELECT count(*) FROM %s", tables[i]);
		n += (uint64_t)sql_int(db, text);
	}
	return n;
}

/* ---- comparing --------------------------------------------------------------------------------
 */

/* Rows of the salvaged store that the whole one does not have, in memory beside each other. */
static int64_t strangers(struct vault *whole, struct vault *saved)
{
	int64_t n = 0;
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		char text[96];
		sqlite3_stmt *a = NULL, *b = NULL;
		(void)snprintf(text, sizeof(text), "SELECT * FROM %s ORDER BY 1, 2", tables[i]);
		sqlite3_prepare_v2(vault_db(whole), text, -1, &a, NULL);
		sqlite3_prepare_v2(vault_db(saved), text, -1, &b, NULL);
		bool more = sqlite3_step(a) == SQLITE_ROW;
		while (sqlite3_step(b) == SQLITE_ROW) {
			bool same = false;
			while (more && !same) {
				same = true;
				for (int c = 0; c < sqlite3_column_count(b); c++)
					same &= sqlite3_column_bytes(a, c) ==
					                sqlite3_column_bytes(b, c) &&
					        sqlite3_column_type(a, c) ==
					                sqlite3_column_type(b, c) &&
					        memcmp(sqlite3_column_blob(a, c)
					                        ? sqlite3_column_blob(a, c)
					                        : "",
					                sqlite3_column_blob(b, c)
					                        ? sqlite3_column_blob(b, c)
					                        : "",
					                (size_t)sqlite3_column_bytes(b, c)) == 0;
				more = sqlite3_step(a) == SQLITE_ROW;
			}
			n += !same;
		}
		sqlite3_finalize(a);
		sqlite3_finalize(b);
	}
	return n;
}

static bool flip_page(const char *dir, uint32_t pgno)
{
	const int fd = open(in_dir(dir, VAULT_FILE_DB), O_RDWR);
	const off_t at = (off_t)(pgno - 1) * VAULT_PAGE + 1234;
	uint8_t b = 0;
	bool good = fd >= 0 && pread(fd, &b, 1, at) == 1;
	b ^= 4;
	good = good && pwrite(fd, &b, 1, at) == 1;
	if (fd >= 0)
		close(fd);
	return good;
}

/* ---- tests ------------------------------------------------------------------------------------
 */

static char store[256];
static struct look *pages;
static uint32_t n_pages;
static uint64_t n_rows;

/* One store for all of them; each damages it and mends it again. */
static bool ready(void)
{
	if (pages)
		return true;
	cheap_start();
	buf_init(&lost, 1u << 24);
	(void)snprintf(store, sizeof(store), "%s", test_dir());
	struct vault *v = made(store);
	if (!v || sql(v, "PRAGMA wal_checkpoint(TRUNCATE)") != SQLITE_OK)
		return false;
	pages = look(v, &n_pages);
	n_rows = all_rows(vault_db(v));
	vault_close(v);
	return true;
}

static void t_a_whole_store_is_saved_whole(void)
{
	const char *out = test_dir();
	struct vault_salvage s;
	struct vault_unlock *u;
	CHECK(ready());
	u = unlocked(store);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(s.rows == n_rows && s.bad_pages == 0 && s.lost_pages == 0 && s.lost_rows == 0);
	struct vault *a = opened(store), *b = opened(out);
	CHECK(a && b && memcmp(vault_id(a), vault_id(b), VAULT_ID_BYTES) == 0);
	CHECK(strangers(a, b) == 0 && all_rows(vault_db(b)) == n_rows);
	CHECK(sql_int(vault_db(b), "PRAGMA user_version") == 4);
	CHECK(sql_says(vault_db(b), "PRAGMA integrity_check", "ok"));
	/* the largest person was deleted: its id is not given again */
	CHECK(sql_int(vault_db(b), "SELECT seq FROM sqlite_sequence WHERE name='person'") == 6000);
	CHECK(sql_int(vault_db(b), "SELECT count(*) FROM sqlite_schema WHERE name='find_person'") ==
	        1);
	CHECK(file_has(in_dir(out, VAULT_FILE_LOST), "Records saved", 13));
	struct vault_report r;
	CHECK_ERR(vault_verify(b, &r, NULL), ERR_OK);
	vault_close(a);
	vault_close(b);
}

static bool named(const struct look *k, uint32_t pgno)
{
	char text[48];
	(void)snprintf(text, sizeof(text), "Page %u did not open: ", pgno);
	const char *line = strstr(buf_str(&lost), text);
	const char *end = line ? strchr(line, '\n') : NULL;
	return line && end && memmem(line, (size_t)(end - line), k->table, strlen(k->table));
}

static void t_every_page_in_turn_costs_only_what_it_held(void)
{
	struct vault_unlock *u;
	CHECK(ready());
	u = unlocked(store);
	for (uint32_t i = 2; i <= n_pages; i++) {
		struct vault_salvage s;
		CHECK(flip_page(store, i));
		CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
		if (s.bad_pages != 1 || s.rows != n_rows - pages[i].rows || s.lost_pages != 0)
			fprintf(stderr, "page %u of %s: %llu rows, not %llu; lost %s\n", i,
			        pages[i].table, (unsigned long long)s.rows,
			        (unsigned long long)(n_rows - pages[i].rows), buf_str(&lost));
		CHECK(s.bad_pages == 1 && s.lost_pages == 0);
		CHECK(s.rows == n_rows - pages[i].rows);
		CHECK(named(&pages[i], i));
		CHECK(flip_page(store, i));
	}
	vault_unlock_end(u);
}

/* Kinds of page: the first root, interior, leaf, overflow of each table, as they come. */
static void t_what_is_saved_is_what_was_there(void)
{
	char seen[64][32];
	size_t n = 0;
	CHECK(ready());
	for (uint32_t i = 2; i <= n_pages; i++) {
		char kind[32];
		bool new = true;
		(void)snprintf(kind, sizeof(kind), "%s %d", pages[i].table, pages[i].page.kind);
		for (size_t k = 0; k < n; k++)
			new &= strcmp(seen[k], kind) != 0;
		if (!new)
			continue;
		memcpy(seen[n++], kind, sizeof(kind));
		const char *out = test_dir();
		struct vault_salvage s;
		struct vault *whole = opened(store);
		CHECK(whole && flip_page(store, i));
		/* it is open beside: read what it has before the page is damaged */
		vault_close(whole);
		struct vault_unlock *u = unlocked(store);
		CHECK_ERR(salvaged(u, out, &s), ERR_OK);
		vault_unlock_end(u);
		CHECK(flip_page(store, i));
		whole = opened(store);
		struct vault *saved = opened(out);
		CHECK(whole && saved && strangers(whole, saved) == 0);
		CHECK(all_rows(vault_db(saved)) == n_rows - pages[i].rows);
		CHECK(sql_says(vault_db(saved), "PRAGMA integrity_check", "ok"));
		vault_close(whole);
		vault_close(saved);
	}
	CHECK(n > 15);
}

static void t_page_one_lost_loses_only_twins(void)
{
	const char *out = test_dir();
	struct vault_salvage s;
	CHECK(ready());
	CHECK(flip_page(store, 1));
	struct vault_unlock *u = unlocked(store);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(flip_page(store, 1));
	struct vault *whole = opened(store), *saved = opened(out);
	CHECK(whole && saved && strangers(whole, saved) == 0);
	/* person and place have one form: which is which nobody can tell */
	const uint64_t twins = (uint64_t)sql_int(vault_db(whole),
	        "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM place)");
	CHECK(s.rows == n_rows - twins && all_rows(vault_db(saved)) == s.rows);
	CHECK(s.lost_pages > 0 && told("it fits more than one table"));
	CHECK(told("Page 1 did not open"));
	CHECK(sql_int(vault_db(saved), "PRAGMA user_version") == 4);
	/* which ids were given is known by form alone: the next is far from all of them */
	CHECK(sql_int(vault_db(saved), "SELECT seq FROM sqlite_sequence WHERE name='person'") ==
	        16000);
	vault_close(whole);
	vault_close(saved);
}

static void t_two_roots_of_one_form_are_not_mistaken(void)
{
	struct vault_salvage s;
	uint32_t root[2];
	CHECK(ready());
	struct vault *v = opened(store);
	CHECK(v);
	root[0] = root_of(vault_db(v), "person");
	root[1] = root_of(vault_db(v), "place");
	const uint64_t twins = (uint64_t)sql_int(
	        vault_db(v), "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM place)");
	vault_close(v);
	CHECK(flip_page(store, root[0]) && flip_page(store, root[1]));
	struct vault_unlock *u = unlocked(store);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	CHECK(s.rows == n_rows - twins && s.lost_pages > 0);
	/* with one of the two mended the other's pages can only be its own */
	CHECK(flip_page(store, root[0]));
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	CHECK(s.rows == n_rows && s.lost_pages == 0);
	CHECK(flip_page(store, root[1]));
	vault_unlock_end(u);
}

/* Every seventh page, among them roots and interior pages: what is saved is still as it was. */
static void t_many_broken_pages(void)
{
	const char *out = test_dir();
	struct vault_salvage s;
	uint64_t bad = 0;
	CHECK(ready());
	for (uint32_t i = 3; i <= n_pages; i += 7, bad++)
		CHECK(flip_page(store, i));
	struct vault_unlock *u = unlocked(store);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	for (uint32_t i = 3; i <= n_pages; i += 7)
		CHECK(flip_page(store, i));
	struct vault *whole = opened(store), *saved = opened(out);
	CHECK(whole && saved && strangers(whole, saved) == 0);
	CHECK(s.bad_pages == bad && s.rows > n_rows / 2 && all_rows(vault_db(saved)) == s.rows);
	vault_close(whole);
	vault_close(saved);
}

static void t_a_truncated_file_gives_what_is_left(void)
{
	const char *dir = test_dir(), *out = test_dir();
	struct vault_salvage s;
	CHECK(ready());
	copy_store(store, dir);
	CHECK(truncate(in_dir(dir, VAULT_FILE_DB), (off_t)VAULT_PAGE * (n_pages / 2) + 99) == 0);
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	struct vault *whole = opened(store), *saved = opened(out);
	CHECK(whole && saved && strangers(whole, saved) == 0);
	CHECK(s.pages == n_pages && s.bad_pages == n_pages - n_pages / 2 && s.rows > 0);
	vault_close(whole);
	vault_close(saved);
}

/* ---- the log ----------------------------------------------------------------------------------
 */

/* A store as a cut leaves it: its last two commits are in the log alone. */
static bool with_log(const char *dir)
{
	const char *live = test_dir();
	struct vault *v;
	if (!ready())
		return false;
	copy_store(store, live);
	v = opened(live);
	if (!v || sql(v, "INSERT INTO place VALUES(5000, 'only in the log', 1)") != SQLITE_OK ||
	        sql(v, "INSERT INTO setting VALUES('second commit', 'zz')") != SQLITE_OK)
		return false;
	copy_store(live, dir);
	vault_close(v);
	return true;
}

static void t_what_is_only_in_the_log_is_saved(void)
{
	const char *dir = test_dir();
	struct vault_salvage s;
	CHECK(with_log(dir));
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	CHECK(s.rows == n_rows + 2);
	/* the log is gone: the store as its last checkpoint left it */
	CHECK(unlink(in_dir(dir, VAULT_FILE_WAL)) == 0);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	CHECK(s.rows == n_rows);
	vault_unlock_end(u);
}

static void t_a_broken_frame_costs_only_its_own_page(void)
{
	const char *dir = test_dir(), *whole = test_dir();
	struct vault_salvage s;
	CHECK(with_log(whole));
	struct bytes b = load(in_dir(whole, VAULT_FILE_WAL));
	const uint32_t frames = (uint32_t)((b.n - WAL_HEAD) / WAL_SEALED_FRAME);
	free(b.p);
	CHECK(frames >= 2);
	for (uint32_t i = 0; i < frames; i++) {
		copy_store(whole, dir);
		CHECK(flip(in_dir(dir, VAULT_FILE_WAL),
		        WAL_HEAD + (size_t)i * WAL_SEALED_FRAME + WAL_SEALED_HEAD + 77));
		struct vault_unlock *u = unlocked(dir);
		CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
		vault_unlock_end(u);
		CHECK(s.rows >= n_rows && s.rows <= n_rows + 2);
		CHECK(told("1 piece of the log did not open"));
		CHECK(s.old_pages == 1);
	}
}

static void t_an_old_log_is_left_aside(void)
{
	const char *dir = test_dir(), *live = test_dir();
	struct vault_salvage s;
	CHECK(with_log(dir));
	copy_store(dir, live);
	vault_close(opened(live)); /* its log ends here, and the next is another */
	struct vault *v = opened(live);
	CHECK(v && sql(v, "DELETE FROM place WHERE id = 5000") == SQLITE_OK);
	vault_close(v);
	CHECK(copy_file(in_dir(dir, VAULT_FILE_WAL), in_dir(live, VAULT_FILE_WAL)));
	struct vault_unlock *u = unlocked(live);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(s.rows == n_rows + 1);
	CHECK(told("not the one that belongs to the store"));
}

/* ---- anchor, keyring, and what must not happen -------------------------------------------------
 */

static void t_no_anchor_is_no_obstacle(void)
{
	const char *dir = test_dir(), *out = test_dir();
	struct vault_salvage s;
	CHECK(with_log(dir));
	CHECK(unlink(in_dir(dir, VAULT_FILE_ANCHOR)) == 0);
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(s.rows == n_rows + 2 && told("The anchor did not open whole"));
	struct vault *saved = opened(out);
	CHECK(saved && all_rows(vault_db(saved)) == n_rows + 2);
	vault_close(saved);
}

static void t_the_damaged_store_is_not_changed_by_one_byte(void)
{
	const char *dir = test_dir(), *out = test_dir();
	struct vault_salvage s;
	CHECK(with_log(dir));
	CHECK(flip_page(dir, 9) && flip_page(dir, 10));
	struct vault_unlock *u = unlocked(dir);
	struct bytes before[COUNT_OF(help_parts)];
	for (size_t i = 0; i < COUNT_OF(help_parts); i++)
		before[i] = load(in_dir(dir, help_parts[i]));
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	for (size_t i = 0; i < COUNT_OF(help_parts); i++) {
		struct bytes after = load(in_dir(dir, help_parts[i]));
		CHECK(after.n == before[i].n &&
		        (after.n == 0 || memcmp(after.p, before[i].p, after.n) == 0));
		free(after.p);
		free(before[i].p);
	}
}

static void t_a_salvage_over_a_store_or_without_keys_is_refused(void)
{
	struct vault_salvage s;
	struct vault_unlock *u = NULL;
	CHECK(ready());
	const char *other = test_dir();
	copy_store(store, other);
	u = unlocked(store);
	CHECK_ERR(salvaged(u, other, &s), ERR_EXISTS);
	CHECK_ERR(salvaged(u, store, &s), ERR_BUSY);
	vault_unlock_end(u);
	u = NULL;
	CHECK_ERR(vault_unlock_begin(store, &u, NULL), ERR_OK);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_REFUSED);
	vault_unlock_end(u);
}

/* ---- older pages, and pages that count together with a bad one
 * -----------------------------------
 */

static bool page_from(const char *from, const char *to, uint32_t pgno)
{
	const off_t at = (off_t)(pgno - 1) * VAULT_PAGE;
	const int in = open(in_dir(from, VAULT_FILE_DB), O_RDONLY),
	          out = open(in_dir(to, VAULT_FILE_DB), O_RDWR);
	uint8_t page[VAULT_PAGE];
	const bool good = in >= 0 && out >= 0 &&
	                  pread(in, page, sizeof(page), at) == (ssize_t)sizeof(page) &&
	                  pwrite(out, page, sizeof(page), at) == (ssize_t)sizeof(page);
	close(in);
	close(out);
	return good;
}

/* `dir` gets the store after one place got another name; returns the leaf that it lies on. */
static uint32_t renamed(const char *dir)
{
	uint32_t leaf = 0;
	struct bytes old, new;
	copy_store(store, dir);
	struct vault *v = opened(dir);
	if (!v || sql(v, "UPDATE place SET name='place number x' WHERE id=450") != SQLITE_OK)
		return 0;
	vault_close(v);
	old = load(in_dir(store, VAULT_FILE_DB));
	new = load(in_dir(dir, VAULT_FILE_DB));
	for (uint32_t i = 2; i <= n_pages; i++)
		if (memcmp(old.p + (size_t)(i - 1) * VAULT_PAGE,
		            new.p + (size_t)(i - 1) * VAULT_PAGE, VAULT_PAGE) != 0)
			leaf = i;
	free(old.p);
	free(new.p);
	return leaf;
}

static bool told_of(uint32_t pgno, const char *rest)
{
	char text[160];
	(void)snprintf(text, sizeof(text), "Page %u %s", pgno, rest);
	return told(text);
}

static void t_one_older_page_put_back_is_listed_and_costs_nothing_else(void)
{
	const char *dir = test_dir(), *out = test_dir();
	struct vault_salvage s;
	CHECK(ready());
	const uint32_t leaf = renamed(dir);
	CHECK(leaf != 0 && page_from(store, dir, leaf));
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(s.bad_pages == 0 && s.rows == n_rows && s.lost_rows == 0);
	CHECK(told_of(
	        leaf, "is or may be an older one: its records of the table place were saved"));
	/* no more than the pages that count with it */
	CHECK(s.old_pages == (n_pages - leaf % FRESH_PARTS) / FRESH_PARTS + 1);
	struct vault *whole = opened(store), *saved = opened(out);
	CHECK(whole && saved && strangers(whole, saved) == 0);
	vault_close(whole);
	vault_close(saved);
}

static void t_a_damaged_tag_makes_no_good_page_an_older_one(void)
{
	const char *dir = test_dir();
	struct vault_salvage s;
	CHECK(ready());
	for (uint32_t i = 70; i < 75; i++) {
		copy_store(store, dir);
		CHECK(flip(in_dir(dir, VAULT_FILE_DB), (size_t)i * VAULT_PAGE - 7));
		struct vault_unlock *u = unlocked(dir);
		CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
		vault_unlock_end(u);
		CHECK(s.bad_pages == 1 && s.old_pages == 0);
		CHECK(s.rows == n_rows - pages[i].rows && !told("an older one"));
		CHECK(told("whether they are the newest could not be told"));
	}
}

/* In the page of its lock bytes SQLite keeps nothing; what lies there is no page of the store. */
static void t_the_lock_page_is_none_of_the_store(void)
{
	const int pending = sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0);
	const char *dir = test_dir();
	const uint32_t lock = 17;
	struct vault_salvage s;
	uint8_t junk[VAULT_PAGE];
	CHECK(ready());
	memset(junk, 7, sizeof(junk));
	sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, (lock - 1) * VAULT_PAGE);
	struct vault *v = made(dir);
	CHECK(v && sql(v, "PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK);
	const uint64_t rows_made = all_rows(vault_db(v));
	vault_close(v);
	const int fd = open(in_dir(dir, VAULT_FILE_DB), O_RDWR);
	CHECK(fd >= 0 && pwrite(fd, junk, sizeof(junk), (off_t)(lock - 1) * VAULT_PAGE) ==
	                         (ssize_t)sizeof(junk));
	close(fd);
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(s.bad_pages == 0 && s.old_pages == 0 && s.rows == rows_made);
	CHECK(!told("Page 17") && !told("could not be told"));
	sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, (unsigned)pending);
}

/* ---- keys -------------------------------------------------------------------------------------
 */

static void t_a_quorum_store_is_salvaged_by_as_many_and_asks_for_as_many(void)
{
	const char *dir = test_dir(), *out = test_dir();
	const struct vault_factors second = {.passphrase = secret_of("the second agency's words")};
	const struct vault_slot_new slot = {.kind = VAULT_SLOT_PERSON,
	        .label = "second",
	        .group = 2,
	        .factors = &second,
	        .cost = &cheap};
	struct vault_salvage s;
	uint8_t id[VAULT_ID_BYTES];
	struct vault *saved = NULL;
	CHECK(ready());
	copy_store(store, dir);
	struct vault *v = opened(dir);
	CHECK(v);
	CHECK_ERR(vault_slot_group(v, vault_opener(v)->id, 1, NULL), ERR_OK);
	CHECK_ERR(vault_slot_add(v, &slot, id, NULL), ERR_OK);
	CHECK_ERR(vault_quorum_set(v, 2, NULL), ERR_OK);
	vault_close(v);
	CHECK(flip_page(dir, 1));
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, out, &s), ERR_REFUSED);
	CHECK_ERR(vault_unlock_add(u, NULL, &second, NULL), ERR_OK);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	CHECK(s.bad_pages == 1 && s.rows > n_rows / 4);
	CHECK(opened(out) == NULL); /* one key is not enough here either */
	u = unlocked(out);
	CHECK_ERR(vault_unlock_add(u, NULL, &second, NULL), ERR_OK);
	CHECK_ERR(vault_unlock_open(u, &saved, NULL), ERR_OK);
	CHECK(all_rows(vault_db(saved)) == s.rows);
	vault_close(saved);
}

/* A new data key, cut after its keyring had its name: what counts lies under the other names. */
static void t_a_new_data_key_that_was_cut_is_no_obstacle(void)
{
	const char *dir = test_dir(), *after = test_dir();
	struct vault_salvage s;
	CHECK(ready());
	copy_store(store, dir);
	copy_store(store, after);
	struct vault *v = opened(after);
	CHECK(v);
	CHECK_ERR(vault_rekey(v, NULL, NULL, NULL), ERR_OK);
	vault_close(v);
	CHECK(copy_file(in_dir(after, VAULT_FILE_RING), in_dir(dir, VAULT_FILE_RING)));
	CHECK(copy_file(in_dir(after, VAULT_FILE_DB), in_dir(dir, VAULT_FILE_NEXT_DB)));
	CHECK(copy_file(in_dir(after, VAULT_FILE_ANCHOR), in_dir(dir, VAULT_FILE_NEXT_ANCHOR)));
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	CHECK(s.rows == n_rows && s.bad_pages == 0 && s.old_pages == 0);
	/* the database has its name, the anchor not yet */
	CHECK(rename(in_dir(dir, VAULT_FILE_NEXT_DB), in_dir(dir, VAULT_FILE_DB)) == 0);
	CHECK_ERR(salvaged(u, NULL, &s), ERR_OK);
	CHECK(s.rows == n_rows && s.bad_pages == 0 && s.old_pages == 0);
	vault_unlock_end(u);
}

static enum err refuse(
        void *ctx, struct vault *v, const struct vault_salvage *s, struct buf *l, struct why *w)
{
	(void)v, (void)s, (void)l;
	++*(int *)ctx;
	return why(w, ERR_FULL, "No.");
}

static void t_a_salvage_that_ends_early_leaves_no_store(void)
{
	const char *out = test_dir();
	struct vault_salvage s;
	struct vault_slot slot[4];
	size_t n;
	int called = 0;
	CHECK(ready());
	const struct vault_salvage_job job = {
	        .out = out, .schema = schema, .finish = refuse, .ctx = &called};
	struct vault_unlock *u = unlocked(store);
	CHECK_ERR(vault_salvage(u, &job, &s, &lost, NULL), ERR_FULL);
	CHECK(called == 1);
	CHECK_ERR(vault_slots(out, slot, 4, &n, NULL, NULL), ERR_NOT_FOUND);
	/* and does not stand in the way of the next */
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
}

static void t_columns_added_later_take_their_default(void)
{
	const char *dir = test_dir(), *out = test_dir();
	struct vault_salvage s;
	CHECK(ready());
	copy_store(store, dir);
	struct vault *v = opened(dir);
	CHECK(v && sql(v, "ALTER TABLE place ADD COLUMN story TEXT NOT NULL DEFAULT 'none';"
	                  "INSERT INTO place VALUES(7000, 'new', 1, 'told')") == SQLITE_OK);
	vault_close(v);
	struct vault_unlock *u = unlocked(dir);
	CHECK_ERR(salvaged(u, out, &s), ERR_OK);
	vault_unlock_end(u);
	v = opened(out);
	CHECK(v && s.rows == n_rows + 1);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM place WHERE story='none'") == 900);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM place WHERE story='told'") == 1);
	vault_close(v);
}

static const struct test tests[] = {
        T(t_a_whole_store_is_saved_whole),
        T(t_every_page_in_turn_costs_only_what_it_held),
        T(t_what_is_saved_is_what_was_there),
        T(t_page_one_lost_loses_only_twins),
        T(t_two_roots_of_one_form_are_not_mistaken),
        T(t_many_broken_pages),
        T(t_a_truncated_file_gives_what_is_left),
        T(t_what_is_only_in_the_log_is_saved),
        T(t_a_broken_frame_costs_only_its_own_page),
        T(t_an_old_log_is_left_aside),
        T(t_no_anchor_is_no_obstacle),
        T(t_the_damaged_store_is_not_changed_by_one_byte),
        T(t_a_salvage_over_a_store_or_without_keys_is_refused),
        T(t_one_older_page_put_back_is_listed_and_costs_nothing_else),
        T(t_a_damaged_tag_makes_no_good_page_an_older_one),
        T(t_the_lock_page_is_none_of_the_store),
        T(t_a_quorum_store_is_salvaged_by_as_many_and_asks_for_as_many),
        T(t_a_new_data_key_that_was_cut_is_no_obstacle),
        T(t_a_salvage_that_ends_early_leaves_no_store),
        T(t_columns_added_later_take_their_default),
};

TEST_MAIN(tests)
