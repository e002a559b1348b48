/*
 * At rest: one second after the last entry of the audit log the panel has the anchor told of it,
 * and then it does nothing at all until the next. The clock is pinned; no test waits.
 */
#include <sys/stat.h>
#include <unistd.h>
#include "test.h"
#include "record_fixture.h"
#include "room/app.c"

static struct fix f;
static struct app app;

static void begin(void)
{
	fix_empty(&f, test_dir());
	(void)sqlite3_wal_autocheckpoint(f.r->db, 0);
	app = (struct app){.record = f.r, .vault = f.v};
	CHECK(rest_ms(&app) == REST_AFTER_MS);
	time_advance_us(REST_AFTER_MS * INT64_C(1000));
	CHECK(rest_ms(&app) == -1);
}

static const char *part(const char *dir, const char *name)
{
	static char path[2][PATH_MAX];
	static int turn_;
	char *p = path[turn_++ % 2];
	snprintf(p, PATH_MAX, "%s/%s", dir, name);
	return p;
}

static off_t log_bytes(void)
{
	struct stat s;
	return stat(part(f.dir, VAULT_FILE_WAL), &s) ? -1 : s.st_size;
}

static bool copy_part(const char *to, const char *name)
{
	struct buf b;
	buf_init(&b, 64u << 20);
	FILE *out = fopen(part(to, name), "wb");
	bool good = out && file_read(part(f.dir, name), 64u << 20, &b, NULL) == ERR_OK &&
	            fwrite(b.data, 1, b.len, out) == b.len;
	if (out)
		fclose(out);
	buf_finish(&b);
	return good;
}

/* What the store says of itself when its log ends where it did before. */
static enum err opens_cut_at(off_t at)
{
	static const char *const PARTS[] = {
	        VAULT_FILE_DB, VAULT_FILE_WAL, VAULT_FILE_RING, VAULT_FILE_ANCHOR};
	const char *copy = test_dir();
	struct vault *v = NULL;
	for (size_t i = 0; i < COUNT_OF(PARTS); i++)
		if (!copy_part(copy, PARTS[i]))
			return ERR_IO;
	if (truncate(part(copy, VAULT_FILE_WAL), at))
		return ERR_IO;
	enum err e = vault_open(copy, NULL, f.secret, &v, &f.why);
	vault_close(v);
	return e;
}

static void t_a_second_after_the_last_entry_a_shorter_log_is_noticed(void)
{
	begin();
	off_t before = log_bytes();
	uint64_t epoch = f.v->anchor.epoch;
	CHECK_ERR(record_audit_reading(f.r), ERR_OK);
	CHECK(before > 0 && log_bytes() > before);
	CHECK(rest_ms(&app) == REST_AFTER_MS);
	time_advance_us((REST_AFTER_MS - 1) * INT64_C(1000));
	CHECK(rest_ms(&app) == 1 && f.v->anchor.epoch == epoch);
	CHECK_ERR(opens_cut_at(before), ERR_OK);
	time_advance_us(1000);
	CHECK(rest_ms(&app) == -1 && f.v->anchor.epoch > epoch);
	CHECK_ERR(opens_cut_at(before), ERR_OLDER);
	CHECK_ERR(opens_cut_at(log_bytes()), ERR_OK);
	fix_finish(&f);
}

/* Entries that keep coming are told of together, a second after the last of them. */
static void t_each_entry_puts_it_off(void)
{
	begin();
	uint64_t epoch = f.v->anchor.epoch;
	for (int i = 0; i < 5; i++) {
		CHECK_ERR(record_audit_reading(f.r), ERR_OK);
		CHECK(rest_ms(&app) == REST_AFTER_MS);
		time_advance_us(600 * INT64_C(1000));
	}
	CHECK(rest_ms(&app) == 400 && f.v->anchor.epoch == epoch);
	time_advance_us(400 * INT64_C(1000));
	CHECK(rest_ms(&app) == -1 && f.v->anchor.epoch > epoch);
	fix_finish(&f);
}

static void t_at_rest_nothing_is_done(void)
{
	begin();
	uint64_t epoch = f.v->anchor.epoch;
	off_t log = log_bytes();
	for (int i = 0; i < 100; i++) {
		time_advance_us(INT64_C(60000) * 1000);
		CHECK(rest_ms(&app) == -1);
	}
	CHECK(f.v->anchor.epoch == epoch && log_bytes() == log);
	app.record = NULL; /* locked */
	CHECK(rest_ms(&app) == -1);
	fix_finish(&f);
}

static const struct test TESTS[] = {T(t_a_second_after_the_last_entry_a_shorter_log_is_noticed),
        T(t_each_entry_puts_it_off), T(t_at_rest_nothing_is_done)};
TEST_MAIN(TESTS)
