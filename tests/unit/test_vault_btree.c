#include "vault_help.h"
#include "vault/btree.h"
/*
 * Our reader of SQLite's file format beside SQLite: ordinary databases are made with it, in clear,
 * and every row that it reads is read by us, in its order, with the same types and bytes.
 */

struct image {
	struct bytes b;
	struct bt_file f;
};

static bool image_page(void *ctx, uint32_t pgno, uint8_t *out)
{
	struct image *m = ctx;
	memcpy(out, m->b.p + (size_t)(pgno - 1) * m->f.page_size, m->f.page_size);
	return true;
}

static bool image_load(struct image *m, const char *path)
{
	m->b = load(path);
	if (m->b.n < 512)
		return false;
	m->f.page_size = (uint32_t)m->b.p[16] << 8 | m->b.p[17];
	if (m->f.page_size == 1)
		m->f.page_size = 65536;
	m->f.usable = m->f.page_size - m->b.p[20];
	m->f.pages = (uint32_t)(m->b.n / m->f.page_size);
	m->f.page = image_page;
	m->f.ctx = m;
	return true;
}

/* ---- what we read -----------------------------------------------------------------------------
 */

static void print_value(struct buf *b, const struct bt_value *v)
{
	switch (v->type) {
	case BT_NULL:
		buf_puts(b, "|N");
		break;
	case BT_INTEGER:
		buf_printf(b, "|I%lld", (long long)v->integer);
		break;
	case BT_REAL:
		buf_printf(b, "|R%a", v->real);
		break;
	default:
		buf_printf(b, "|%c%zu:", v->type == BT_TEXT ? 'T' : 'B', v->n);
		buf_put(b, v->p, v->n);
	}
}

static void print_cell(
        struct buf *b, struct image *m, struct bt_row *r, const struct bt_cell *c, bool table)
{
	if (bt_row_read(r, &m->f, c) != ERR_OK) {
		buf_puts(b, "lost\n");
		return;
	}
	if (table)
		buf_printf(b, "%lld", (long long)r->rowid);
	for (size_t i = 0; i < r->n; i++)
		print_value(b, &r->field[i]);
	buf_puts(b, "\n");
}

static bool print_tree(struct buf *b, struct image *m, struct bt_row *r, uint32_t pgno, int depth)
{
	uint8_t *bytes = malloc(m->f.page_size);
	struct bt_page p;
	struct bt_cell c;
	bool good = bytes && depth < 20 && m->f.page(m, pgno, bytes) &&
	            bt_page_parse(&m->f, pgno, bytes, &p);
	for (unsigned i = 0; good && i < p.cells; i++) {
		good = bt_cell_parse(&p, i, &c);
		if (good && c.child)
			good = print_tree(b, m, r, c.child, depth + 1);
		if (good && p.kind != BT_TABLE_INTERIOR)
			print_cell(b, m, r, &c, p.kind == BT_TABLE_LEAF);
	}
	if (good && p.right && bt_interior(p.kind))
		good = print_tree(b, m, r, p.right, depth + 1);
	free(bytes);
	return good;
}

/* ---- what SQLite reads ------------------------------------------------------------------------
 */

static void print_column(struct buf *b, sqlite3_stmt *st, int i)
{
	struct bt_value v = {0};
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		v.type = BT_INTEGER;
		v.integer = sqlite3_column_int64(st, i);
		break;
	case SQLITE_FLOAT:
		v.type = BT_REAL;
		v.real = sqlite3_column_double(st, i);
		break;
	case SQLITE_TEXT:
	case SQLITE_BLOB:
		v.type = sqlite3_column_type(st, i) == SQLITE_TEXT ? BT_TEXT : BT_BLOB;
		v.p = sqlite3_column_blob(st, i);
		v.n = (size_t)sqlite3_column_bytes(st, i);
		break;
	default:
		break;
	}
	print_value(b, &v);
}

static int print_query(struct buf *b, sqlite3 *db, const char *text, bool rowid)
{
	sqlite3_stmt *st = NULL;
	int n = 0;
	if (sqlite3_prepare_v2(db, text, -1, &st, NULL) != SQLITE_OK)
		return -1;
	while (sqlite3_step(st) == SQLITE_ROW) {
		if (rowid)
			buf_printf(b, "%lld", (long long)sqlite3_column_int64(st, 0));
		for (int i = rowid; i < sqlite3_column_count(st); i++)
			print_column(b, st, i);
		buf_puts(b, "\n");
		n++;
	}
	sqlite3_finalize(st);
	return n;
}

/* ---- both -------------------------------------------------------------------------------------
 */

/* Rows that are the same in table `name`, or -1. The file is read from the disk by us. */
static int same_rows(sqlite3 *db, const char *path, const char *name, bool rowid)
{
	char text[256];
	struct image m = {0};
	struct bt_row r = {0};
	struct buf ours, theirs;
	int n = -1;
	buf_init(&ours, 1u << 30);
	buf_init(&theirs, 1u << 30);
	(void)snprintf(
	        text, sizeof(text), "SELECT rootpage FROM sqlite_schema WHERE name='%s'", name);
	const uint32_t root = (uint32_t)sql_int(db, text);
	(void)snprintf(text, sizeof(text), "SELECT %s* FROM %s", rowid ? "rowid, " : "", name);
	if (image_load(&m, path) && bt_row_init(&r, &m.f) == ERR_OK &&
	        print_tree(&ours, &m, &r, root, 0)) {
		n = print_query(&theirs, db, text, rowid);
		if (ours.len != theirs.len ||
		        (ours.len && memcmp(ours.data, theirs.data, ours.len) != 0))
			n = -1;
	}
	bt_row_finish(&r);
	buf_finish(&ours);
	buf_finish(&theirs);
	free(m.b.p);
	return n;
}

static sqlite3 *made(const char *path, int page_size, int reserve)
{
	char text[96];
	sqlite3 *db = NULL;
	(void)unlink(path);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		return NULL;
	if (reserve)
		(void)sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	(void)snprintf(
	        text, sizeof(text), "PRAGMA page_size=%d; PRAGMA synchronous=OFF", page_size);
	sqlite3_exec(db, text, NULL, NULL, NULL);
	return db;
}

#define RUN(text)                                                                                  \
	do {                                                                                       \
		const bool ran = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;            \
		CHECK(ran);                                                                        \
	} while (0)
#define NUMBERS(n) "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<" #n ")"

static const int page_sizes[] = {512, 1024, 4096, 65536};

static void t_every_serial_type_is_read(void)
{
	const char *path = in_dir(test_dir(), "plain.db");
	sqlite3 *db = made(path, 4096, 40);
	RUN("CREATE TABLE t(a,b);"
	    "INSERT INTO t "
	    "VALUES(NULL,0),(1,-1),(127,-128),(128,-129),(32767,-32768),(32768,-32769),"
	    "(8388607,-8388608),(8388608,-8388609),(2147483647,-2147483648),(2147483648,-"
	    "2147483649),"
	    "(140737488355327,-140737488355328),(140737488355328,-140737488355329),"
	    "(9223372036854775807,-9223372036854775808),(0.0,-1.5),(1e300,-1e-300),(9e999,-9e999),"
	    "('',x''),('a',x'00'),('caf\xc3\xa9',x'ff00ff');"
	    "INSERT INTO t(rowid,a) "
	    "VALUES(-9223372036854775808,1),(9223372036854775807,2),(-5,3);");
	CHECK(same_rows(db, path, "t", true) == 22);
	sqlite3_close(db);
}

static void t_records_of_every_length_are_read(void)
{
	for (size_t i = 0; i < COUNT_OF(page_sizes); i++) {
		const char *path = in_dir(test_dir(), "plain.db");
		sqlite3 *db = made(path, page_sizes[i], i % 2 ? 40 : 0);
		RUN("CREATE TABLE t(a, b); CREATE TABLE k(a PRIMARY KEY, b) WITHOUT ROWID;");
		RUN(NUMBERS(1500) "INSERT INTO t SELECT i, randomblob(i * 3) FROM c");
		RUN(NUMBERS(600) "INSERT INTO k SELECT randomblob(i * 4), hex(randomblob(i % 90)) "
		                 "FROM c");
		RUN("INSERT INTO t VALUES('long', randomblob(3000000))");
		CHECK(same_rows(db, path, "t", true) == 1501);
		CHECK(same_rows(db, path, "k", false) == 600);
		sqlite3_close(db);
	}
}

static void t_deep_trees_are_read(void)
{
	const char *path = in_dir(test_dir(), "plain.db");
	sqlite3 *db = made(path, 512, 0);
	RUN("CREATE TABLE t(a, b); CREATE TABLE k(a, b, PRIMARY KEY(a)) "
	    "WITHOUT ROWID");
	RUN(NUMBERS(60000) "INSERT INTO t SELECT i, 'row '||i FROM c");
	RUN(NUMBERS(20000) "INSERT INTO k SELECT 'a long key, so that few fit '||i, i FROM c");
	CHECK(same_rows(db, path, "t", true) == 60000);
	CHECK(same_rows(db, path, "k", false) == 20000);
	sqlite3_close(db);
}

static void t_many_columns_are_read(void)
{
	const char *path = in_dir(test_dir(), "plain.db");
	sqlite3 *db = made(path, 1024, 0);
	struct buf b;
	buf_init(&b, 1u << 20);
	buf_puts(&b, "CREATE TABLE t(c0");
	for (int i = 1; i < 1999; i++)
		buf_printf(&b, ",c%d", i);
	buf_puts(&b, "); INSERT INTO t(c0,c1998) VALUES(1,'last')");
	RUN(buf_str(&b));
	buf_finish(&b);
	CHECK(same_rows(db, path, "t", true) == 1);
	sqlite3_close(db);
}

static void t_after_deleting_and_vacuum_the_same(void)
{
	const char *path = in_dir(test_dir(), "plain.db");
	sqlite3 *db = made(path, 1024, 40);
	RUN("CREATE TABLE t(a, b)");
	RUN(NUMBERS(5000) "INSERT INTO t SELECT i, randomblob(i % 700) FROM c");
	RUN("DELETE FROM t WHERE a % 3 = 0 OR a BETWEEN 1000 AND 1999; UPDATE t SET b = "
	    "zeroblob(2000) WHERE a % 7 = 0");
	CHECK(sql_int(db, "PRAGMA freelist_count") > 0);
	CHECK(same_rows(db, path, "t", true) == 2667);
	RUN("VACUUM");
	CHECK(same_rows(db, path, "t", true) == 2667);
	/* columns added later are not in the records that were there: SQLite says the default, the
	 * record ends early */
	RUN("DELETE FROM t; INSERT INTO t VALUES(1,2)");
	CHECK(same_rows(db, path, "t", true) == 1);
	RUN("DELETE FROM t");
	CHECK(same_rows(db, path, "t", true) == 0);
	sqlite3_close(db);
}

/* ---- what is not a page, a cell, a record -----------------------------------------------------
 */

static bool no_page(void *ctx, uint32_t pgno, uint8_t *out)
{
	(void)ctx, (void)pgno, (void)out;
	return false;
}

static void t_what_does_not_fit_its_page_is_refused(void)
{
	static uint8_t page[512];
	const struct bt_file f = {.pages = 9, .page_size = 512, .usable = 512, .page = no_page};
	static const struct {
		uint8_t head[12];
		bool good;
	} rows[] = {
	        {{13, 0, 0, 0, 0, 2, 0}, true},                 /* empty leaf */
	        {{13, 0, 0, 0, 0, 2, 1}, false},                /* content beyond the page */
	        {{0, 0, 0, 0, 0, 2, 0}, false},                 /* an overflow page */
	        {{13, 0, 0, 1, 0, 0, 9}, false},                /* more cells than room */
	        {{13, 0, 0, 0, 1, 1, 0, 0, 0, 99}, false},      /* pointer before the content */
	        {{13, 0, 0, 0, 1, 1, 0, 0, 1, 253}, false},     /* cell at the very end */
	        {{5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 9}, true},   /* right child 9 of 9 */
	        {{5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 10}, false}, /* beyond the file */
	        {{5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0}, false},  /* none */
	};
	struct bt_page p;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		memset(page, 0, sizeof(page));
		memcpy(page, rows[i].head, sizeof(rows[i].head));
		CHECK(bt_page_parse(&f, 2, page, &p) == rows[i].good);
	}
}

static void t_a_cell_that_runs_out_of_its_page_is_refused(void)
{
	static uint8_t page[512] = {13, 0, 0, 0, 1, 1, 0xf8, 0, 1, 0xf8};
	const struct bt_file f = {.pages = 9, .page_size = 512, .usable = 512, .page = no_page};
	struct bt_page p;
	struct bt_cell c;
	CHECK(bt_page_parse(&f, 2, page, &p));
	page[504] = 6, page[505] = 1; /* six bytes are there */
	CHECK(bt_cell_parse(&p, 0, &c) && c.payload == 6 && c.rowid == 1);
	page[504] = 7;
	CHECK(!bt_cell_parse(&p, 0, &c));
	memset(page + 504, 0xff, 8); /* numbers that never end */
	CHECK(!bt_cell_parse(&p, 0, &c));
}

static void t_a_record_is_whole_or_none(void)
{
	static uint8_t local[600];
	const struct bt_file f = {.pages = 9, .page_size = 512, .usable = 512, .page = no_page};
	struct bt_cell c = {.local = local, .local_n = 3, .payload = 3, .rowid = 7};
	struct bt_row r;
	enum bt_type t[2];
	CHECK_ERR(bt_row_init(&r, &f), ERR_OK);
	memcpy(local, (uint8_t[]){2, 1, 0xfe}, 3);
	CHECK_ERR(bt_row_read(&r, &f, &c), ERR_OK);
	CHECK(r.n == 1 && r.field[0].integer == -2 && r.rowid == 7);
	CHECK(bt_types(local, 3, 3, t, 2) == 1 && t[0] == BT_INTEGER);
	memcpy(local, (uint8_t[]){2, 2, 0xfe}, 3); /* two bytes promised */
	CHECK_ERR(bt_row_read(&r, &f, &c), ERR_DAMAGED);
	CHECK(bt_types(local, 3, 3, t, 2) == -1);
	memcpy(local, (uint8_t[]){2, 10, 0}, 3); /* no such type */
	CHECK_ERR(bt_row_read(&r, &f, &c), ERR_DAMAGED);
	memcpy(local, (uint8_t[]){4, 1, 0}, 3); /* a head longer than all */
	CHECK_ERR(bt_row_read(&r, &f, &c), ERR_DAMAGED);
	c.payload = 500; /* the rest lies on a page that is not to be had */
	c.overflow = 5;
	CHECK_ERR(bt_row_read(&r, &f, &c), ERR_DAMAGED);
	c.payload = 2000000000;
	CHECK_ERR(bt_row_read(&r, &f, &c), ERR_DAMAGED);
	bt_row_finish(&r);
}

static const struct test tests[] = {
        T(t_every_serial_type_is_read),
        T(t_records_of_every_length_are_read),
        T(t_deep_trees_are_read),
        T(t_many_columns_are_read),
        T(t_after_deleting_and_vacuum_the_same),
        T(t_what_does_not_fit_its_page_is_refused),
        T(t_a_cell_that_runs_out_of_its_page_is_refused),
        T(t_a_record_is_whole_or_none),
};

TEST_MAIN(tests)
