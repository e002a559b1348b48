#include <dirent.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/wait.h>
#include "caseroom/time.h"
#include "vault/backup_int.h"
#include "vault_help.h"
/*
 * The backup folder: small when little changed, whole after a cut at any change, noticing every
 * byte that is not as it was written, and the store row by row when it comes back.
 */

static const char *const pass = "harbour lentil quartz ninety";
static const char *const paper = "actor bundle daffodil fiddle halves leader noon proud";

static struct vault *opened(const char *dir)
{
	struct vault *v = NULL;
	struct why w = {""};
	if (vault_open(dir, NULL, secret_of(pass), &v, &w) != ERR_OK)
		fprintf(stderr, "vault_open: %s\n", w.text);
	return v;
}

/* A store with recovery words and about `pages` pages of rows. */
static struct vault *made(const char *dir, int pages)
{
	struct vault *v = NULL;
	char text[256];
	if (vault_create(dir, "Council, chair", secret_of(pass), &cheap, &v, NULL) != ERR_OK ||
	        slot_add(v, VAULT_SLOT_RECOVERY, "Recovery words", secret_of(paper), NULL, NULL) !=
	                ERR_OK)
		return NULL;
	snprintf(text, sizeof(text),
	        "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); WITH RECURSIVE c(i) AS (VALUES(1) "
	        "UNION ALL SELECT i+1 FROM c WHERE i<%d) INSERT INTO t SELECT i, 'note '||i, "
	        "randomblob(3900) FROM c",
	        pages);
	return sql(v, text) == SQLITE_OK ? v : NULL;
}

/* All rows in one number; random per run, the same for the same rows. */
static int64_t rows_sum(struct vault *v)
{
	sqlite3_stmt *st = NULL;
	uint8_t sum[8] = {0};
	int64_t n = 0;
	crypto_generichash_state h;
	(void)crypto_generichash_init(&h, NULL, 0, 16);
	if (sqlite3_prepare_v2(vault_db(v), "SELECT id,a,b FROM t ORDER BY id", -1, &st, NULL) !=
	        SQLITE_OK)
		return -1;
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0; i < 3; i++) {
			const void *p = sqlite3_column_blob(st, i);
			int k = sqlite3_column_bytes(st, i);
			(void)crypto_generichash_update(&h, (const uint8_t *)&k, sizeof(k));
			if (p)
				(void)crypto_generichash_update(&h, p, (size_t)k);
		}
	sqlite3_finalize(st);
	uint8_t out[16];
	(void)crypto_generichash_final(&h, out, sizeof(out));
	memcpy(sum, out, sizeof(sum));
	memcpy(&n, sum, sizeof(n));
	return n;
}

static const char *folder_of(const char *stick, const struct vault *v)
{
	char name[64];
	const uint8_t *id = vault_id(v);
	snprintf(
	        name, sizeof(name), "caseroom-backup-%02x%02x%02x%02x", id[0], id[1], id[2], id[3]);
	return in_dir(stick, name);
}

/* Everything below `from` into `to`, which must not be there. */
static void copy_tree(const char *from, const char *to)
{
	const struct dirent *d;
	DIR *all = opendir(from);
	if (mkdir(to, 0700) != 0 || !all)
		abort();
	while ((d = readdir(all))) {
		if (d->d_name[0] == '.')
			continue;
		if (d->d_type == DT_DIR)
			copy_tree(in_dir(from, d->d_name), in_dir(to, d->d_name));
		else if (!copy_file(in_dir(from, d->d_name), in_dir(to, d->d_name)))
			abort();
	}
	closedir(all);
}

/* A path below one directory of the tests, where nothing is yet. */
static const char *new_path(void)
{
	static const char *root;
	static unsigned turn;
	char name[16];
	if (!root)
		root = test_dir();
	snprintf(name, sizeof(name), "%u", turn++);
	return in_dir(root, name);
}

static const char *new_dir(void)
{
	const char *dir = new_path();
	if (mkdir(dir, 0700) != 0)
		abort();
	return dir;
}

static void remove_tree(const char *path)
{
	const struct dirent *d;
	DIR *all = opendir(path);
	while (all && (d = readdir(all))) {
		if (d->d_name[0] == '.')
			continue;
		if (d->d_type == DT_DIR)
			remove_tree(in_dir(path, d->d_name));
		else
			(void)unlink(in_dir(path, d->d_name));
	}
	if (all)
		closedir(all);
	(void)rmdir(path);
}

/* What a restore of `stick` gives: the rows' sum; 0 when it cannot be restored. */
static int64_t restored(const char *stick, enum err *ret)
{
	const char *dir = new_path();
	struct why w = {""};
	struct vault *v = NULL;
	int64_t sum = 0;
	*ret = vault_restore(stick, dir, secret_of(paper), false, NULL, NULL, NULL, &w);
	if (*ret == ERR_OK) {
		v = opened(dir);
		if (v && sql_says(vault_db(v), "PRAGMA integrity_check", "ok"))
			sum = rows_sum(v);
		vault_close(v);
	}
	remove_tree(dir);
	return sum;
}

static void t_what_comes_back_is_the_store(void)
{
	const char *dir = test_dir(), *stick = test_dir(), *again = test_dir();
	struct vault *v = made(dir, 2100);
	struct vault_backup_report r = {0};
	struct vault_restore_plan plan;
	struct why w = {""};
	uint8_t head[VAULT_HASH_BYTES] = {3}, got[VAULT_HASH_BYTES];
	uint64_t seq = 0;
	int64_t sum;
	CHECK(v);
	CHECK(sql(v, "BEGIN; INSERT INTO t VALUES(9999,'last',NULL)") == SQLITE_OK);
	mark(v, 70, head);
	CHECK(sql(v, "COMMIT") == SQLITE_OK);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, &w), ERR_OK);
	CHECK(r.anew == VAULT_BACKUP_FIRST && r.pages == r.all && r.all > 2100);
	CHECK(access(in_dir(in_dir(folder_of(stick, v), "0001"), "000003.age"), F_OK) == 0);
	vault_close(v);
	CHECK_ERR(vault_restore(stick, again, secret_of(paper), false, &plan, NULL, NULL, &w),
	        ERR_OK);
	CHECK(!plan.there && plan.backup.audit_seq == 70 && plan.backup.meetings == 7);
	v = opened(again);
	CHECK(v && rows_sum(v) == sum);
	marked(v, &seq, got);
	CHECK(seq == 70 && memcmp(head, got, sizeof(got)) == 0);
	CHECK(sql(v, "INSERT INTO t VALUES(10000,2,3)") == SQLITE_OK);
	vault_close(v);
}

static void t_one_changed_note_costs_few_pages(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = made(dir, 900);
	struct vault_backup_report r = {0};
	enum err e;
	int64_t sum;
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
	CHECK(r.pages > 900);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
	CHECK(r.pages == 0 && r.bytes == 0 && r.anew == VAULT_BACKUP_MORE);
	CHECK(sql(v, "UPDATE t SET a='another note' WHERE id=450") == SQLITE_OK);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
	CHECK(r.pages >= 1 && r.pages <= 3 && r.bytes < 100000 && r.anew == VAULT_BACKUP_MORE);
	CHECK(restored(stick, &e) == sum && e == ERR_OK);
	vault_close(v);
}

static void t_half_out_of_date_begins_anew(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = made(dir, 300);
	struct vault_backup_report r = {0};
	enum err e;
	bool anew = false;
	CHECK(v);
	for (int i = 0; i < 8 && !anew; i++) {
		CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
		anew = r.anew == VAULT_BACKUP_LARGE;
		CHECK(sql(v, "UPDATE t SET b=randomblob(3900)") == SQLITE_OK);
	}
	CHECK(anew && r.removed == 1 && r.pages == r.all);
	CHECK(access(in_dir(folder_of(stick, v), "0001"), F_OK) != 0);
	CHECK(access(in_dir(folder_of(stick, v), "0002/state"), F_OK) == 0);
	CHECK(restored(stick, &e) != 0 && e == ERR_OK);
	vault_close(v);
}

/* ---- cuts and faults --------------------------------------------------------------------------
 */

static struct {
	uint64_t seen, at; /* change number `at` fails, half written; 0: none */
	enum err e;
	bool dead; /* and so does everything after it */
} fault;

static enum err faulty(size_t *n)
{
	fault.seen++;
	if (fault.at == 0 || fault.seen < fault.at || (fault.seen > fault.at && !fault.dead))
		return ERR_OK;
	*n = fault.seen == fault.at ? *n / 2 : 0;
	return fault.e;
}

static void fault_at(uint64_t at, enum err e, bool dead)
{
	fault.seen = 0;
	fault.at = at;
	fault.e = e;
	fault.dead = dead;
	folder_change_for_tests = at ? faulty : NULL;
}

/* Runs are stopped at every change: what lies there is the one before or the one now, and the next
 * run goes on. */
static void stopped_everywhere(
        struct vault *v, const char *base, int64_t before, int64_t now, enum err kind, bool dead)
{
	enum err e = ERR_IO;
	int old = 0, new = 0;
	for (uint64_t at = 1; e != ERR_OK; at++) {
		const char *stick = new_path();
		struct vault_backup_report r = {0};
		enum err got;
		int64_t sum;
		copy_tree(base, stick);
		fault_at(at, kind, dead);
		e = vault_backup(v, stick, NULL, NULL, &r, NULL);
		fault_at(0, ERR_OK, false);
		CHECK(e == ERR_OK || e == kind);
		sum = restored(stick, &got);
		CHECK(sum == now || (e != ERR_OK && sum == before));
		CHECK(sum != 0 || got == ERR_NOT_STORE || got == ERR_NOT_FOUND);
		old += sum == before;
		new += sum == now;
		CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
		CHECK(r.anew == VAULT_BACKUP_MORE || before == 0 || r.removed > 0);
		CHECK(restored(stick, &got) == now);
		remove_tree(stick);
	}
	CHECK(old > 3 && new > 0);
}

static void t_cut_at_every_change_goes_on(void)
{
	const char *dir = test_dir(), *base = test_dir();
	struct vault *v = made(dir, 40);
	int64_t before, now;
	CHECK(v);
	now = rows_sum(v);
	stopped_everywhere(v, base, 0, now, ERR_IO, true);
	if (test_failed)
		return;
	CHECK_ERR(vault_backup(v, base, NULL, NULL, NULL, NULL), ERR_OK);
	before = now;
	CHECK(sql(v, "UPDATE t SET a='changed' WHERE id%3=0") == SQLITE_OK);
	now = rows_sum(v);
	stopped_everywhere(v, base, before, now, ERR_IO, true);
	vault_close(v);
}

/* The same while a full one grows beside one that is not sound. */
static void t_cut_while_beginning_anew_keeps_the_old(void)
{
	const char *dir = test_dir(), *base = test_dir();
	struct vault *v = made(dir, 40);
	int64_t before, now;
	CHECK(v);
	before = rows_sum(v);
	CHECK_ERR(vault_backup(v, base, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(flip(in_dir(folder_of(base, v), "0001/state"), 200));
	CHECK(sql(v, "UPDATE t SET a='changed' WHERE id%3=0") == SQLITE_OK);
	now = rows_sum(v);
	stopped_everywhere(v, base, before, now, ERR_IO, true);
	vault_close(v);
}

static void t_full_stick_leaves_what_was_there(void)
{
	const char *dir = test_dir(), *base = test_dir();
	struct vault *v = made(dir, 40);
	int64_t before, now;
	CHECK(v);
	before = rows_sum(v);
	CHECK_ERR(vault_backup(v, base, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(sql(v, "UPDATE t SET a='changed' WHERE id%3=0") == SQLITE_OK);
	now = rows_sum(v);
	stopped_everywhere(v, base, before, now, ERR_FULL, false);
	vault_close(v);
}

/* ---- what lies there is not what was written --------------------------------------------------
 */

/* With `what` done to a good backup: a full one begins for that reason, the old one goes only when
 * the new one is whole. */
static void anew_after(void (*what)(const char *set, struct vault *v), enum vault_backup_anew why_)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = made(dir, 20);
	struct vault_backup_report r = {0};
	enum err e;
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(sql(v, "UPDATE t SET a='two' WHERE id=2") == SQLITE_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	what(in_dir(folder_of(stick, v), "0001"), v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
	CHECK(r.anew == why_);
	CHECK(why_ == VAULT_BACKUP_MORE || (r.pages == r.all && r.removed == 1));
	CHECK(restored(stick, &e) == rows_sum(v));
	vault_close(v);
}

static void lose_part(const char *set, struct vault *v)
{
	(void)v;
	(void)unlink(in_dir(set, "000001.age"));
}

static void cut_part(const char *set, struct vault *v)
{
	(void)v;
	if (truncate(in_dir(set, "000002.age"), 3000) != 0)
		abort();
}

static void exchange_parts(const char *set, struct vault *v)
{
	(void)v;
	(void)rename(in_dir(set, "000001.age"), in_dir(set, "y"));
	(void)rename(in_dir(set, "000002.age"), in_dir(set, "000001.age"));
	(void)rename(in_dir(set, "y"), in_dir(set, "000002.age"));
}

static void lose_state(const char *set, struct vault *v)
{
	(void)v;
	(void)unlink(in_dir(set, "state"));
}

static void other_state(const char *set, struct vault *v)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *other = made(dir, 5);
	(void)v;
	if (!other || vault_backup(other, stick, NULL, NULL, NULL, NULL) != ERR_OK ||
	        !copy_file(in_dir(folder_of(stick, other), "0001/state"), in_dir(set, "state")))
		abort();
	vault_close(other);
}

/* A state from before the last part, which lies there all the same. */
static void old_state(const char *set, struct vault *v)
{
	const char *keep = new_path();
	if (!copy_file(in_dir(set, "state"), keep) ||
	        sql(v, "UPDATE t SET a='three' WHERE id=3") != SQLITE_OK ||
	        vault_backup(v, in_dir(set, "../.."), NULL, NULL, NULL, NULL) != ERR_OK ||
	        !copy_file(keep, in_dir(set, "state")))
		abort();
}

static void other_words(const char *set, struct vault *v)
{
	uint8_t id[VAULT_ID_BYTES];
	(void)set;
	memcpy(id, v->ring.slot[1].id, sizeof(id));
	if (slot_add(v, VAULT_SLOT_RECOVERY, "New words", secret_of(paper), NULL, NULL) != ERR_OK ||
	        vault_slot_remove(v, id, NULL) != ERR_OK)
		abort();
}

static void bad_ring(const char *set, struct vault *v)
{
	(void)v;
	if (!flip(in_dir(set, "keyring"), 100))
		abort();
}

static void t_what_is_not_sound_is_noticed(void)
{
	anew_after(lose_part, VAULT_BACKUP_DAMAGED);
	if (!test_failed)
		anew_after(cut_part, VAULT_BACKUP_DAMAGED);
	if (!test_failed)
		anew_after(exchange_parts, VAULT_BACKUP_DAMAGED);
	if (!test_failed)
		anew_after(lose_state, VAULT_BACKUP_DAMAGED);
	if (!test_failed)
		anew_after(other_state, VAULT_BACKUP_NOT_OURS);
	if (!test_failed)
		anew_after(old_state, VAULT_BACKUP_DAMAGED);
	if (!test_failed)
		anew_after(other_words, VAULT_BACKUP_WORDS);
	if (!test_failed)
		anew_after(bad_ring, VAULT_BACKUP_MORE); /* mended: it lies in the store too */
}

/* Every byte of every file of a small backup; of the parts, which are large, each 41st. */
static void each_byte(const char *stick, const char *set, const char *name, size_t step)
{
	struct bytes b = load(in_dir(set, name));
	enum err e;
	CHECK(b.n > 100);
	for (size_t at = 0; at < b.n; at += step) {
		CHECK(flip(in_dir(set, name), at));
		CHECK(restored(stick, &e) == 0);
		CHECK(e == ERR_DAMAGED || e == ERR_VERSION || e == ERR_WRONG_KEY ||
		        e == ERR_NOT_STORE);
		CHECK(save(in_dir(set, name), b.p, b.n));
	}
	free(b.p);
}

static void t_each_damaged_byte_is_noticed(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	char *set;
	struct vault *v = made(dir, 3);
	struct bytes b;
	enum err e;
	int64_t sum;
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(sql(v, "UPDATE t SET a='two' WHERE id=2") == SQLITE_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	sum = rows_sum(v);
	set = strdup(in_dir(folder_of(stick, v), "0001"));
	each_byte(stick, set, "000001.age", 41);
	if (!test_failed)
		each_byte(stick, set, "000002.age", 41);
	if (!test_failed)
		each_byte(stick, set, "keyring", 1);
	if (test_failed)
		return;
	CHECK(restored(stick, &e) == sum);
	/* the state is not needed to restore; the next backup sees every byte of it */
	b = load(in_dir(set, "state"));
	for (size_t at = 0; at < b.n; at++) {
		const char *other = new_path();
		struct vault_backup_report r = {0};
		copy_tree(stick, other);
		CHECK(flip(in_dir(folder_of(other, v), "0001/state"), at));
		CHECK_ERR(vault_backup(v, other, NULL, NULL, &r, NULL), ERR_OK);
		CHECK(r.anew == VAULT_BACKUP_DAMAGED || r.anew == VAULT_BACKUP_NOT_OURS);
		CHECK(at % 50 || restored(other, &e) == sum);
		remove_tree(other);
	}
	free(b.p);
	free(set);
	vault_close(v);
}

static void t_two_stores_on_one_stick_do_not_meet(void)
{
	const char *a = test_dir(), *b = test_dir(), *stick = test_dir(), *again = test_dir();
	struct vault *v = made(a, 10), *u = made(b, 12);
	struct why w = {""};
	int64_t sum_v, sum_u;
	enum err e;
	CHECK(v && u);
	sum_v = rows_sum(v);
	sum_u = rows_sum(u);
	for (int i = 0; i < 2; i++) {
		CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
		CHECK_ERR(vault_backup(u, stick, NULL, NULL, NULL, NULL), ERR_OK);
	}
	CHECK_ERR(vault_restore(stick, again, secret_of(paper), false, NULL, NULL, NULL, &w),
	        ERR_EXISTS);
	CHECK(strstr(w.text, "2 stores"));
	CHECK(restored(folder_of(stick, v), &e) == sum_v);
	CHECK(restored(folder_of(stick, u), &e) == sum_u);
	/* a set of another store in our folder is left alone, whatever we do */
	copy_tree(in_dir(folder_of(stick, u), "0001"), in_dir(folder_of(stick, v), "0007"));
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(access(in_dir(folder_of(stick, v), "0007/000001.age"), F_OK) == 0);
	CHECK(restored(folder_of(stick, v), &e) == sum_v);
	vault_close(v);
	vault_close(u);
}

/* ---- beside the panel -------------------------------------------------------------------------
 */

struct beside {
	struct vault_backup *b;
	enum err e;
};

static void *run_beside(void *ctx)
{
	struct beside *x = ctx;
	x->e = vault_backup_run(x->b, NULL, NULL, NULL, NULL);
	return NULL;
}

static void t_the_store_is_used_meanwhile(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = made(dir, 600);
	struct beside x = {.e = ERR_IO};
	struct vault_backup *second = NULL;
	pthread_t t;
	int64_t sum;
	enum err e;
	CHECK(v);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup_begin(v, stick, &x.b, NULL), ERR_OK);
	CHECK_ERR(vault_backup_begin(v, stick, &second, NULL), ERR_BUSY);
	CHECK(pthread_create(&t, NULL, run_beside, &x) == 0);
	for (int i = 0; i < 6; i++)
		CHECK(sql(v, "UPDATE t SET b=randomblob(3900)") ==
		        SQLITE_OK); /* past 1000 frames */
	CHECK(sql(v, "PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM t") == 600);
	pthread_join(t, NULL);
	CHECK_ERR(x.e, ERR_OK);
	vault_backup_end(x.b);
	CHECK(restored(stick, &e) == sum);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(restored(stick, &e) == rows_sum(v));
	vault_close(v);
	v = opened(dir);
	CHECK(v && sql_says(vault_db(v), "PRAGMA integrity_check", "ok"));
	vault_close(v);
}

static void stop_at_once(void *ctx, uint64_t done, uint64_t total)
{
	(void)done, (void)total;
	vault_backup_stop(*(struct vault_backup **)ctx);
}

/* A stick that somebody made: its sets are links to the store, to be tidied away as old ones. */
static void t_links_on_a_stick_are_not_followed(void)
{
	const char *dir = in_dir(test_dir(), "store"), *stick = test_dir();
	struct vault *v = made(dir, 20);
	struct vault_backup_report report;
	struct why w = {""};
	CHECK(v);
	const char *home = folder_of(stick, v);
	CHECK(mkdir(home, 0700) == 0);
	CHECK(symlink(dir, in_dir(home, "0001")) == 0 && symlink(dir, in_dir(home, "0003")) == 0);
	CHECK(folder_remove(in_dir(home, "0001")) != ERR_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &report, &w), ERR_OK);
	CHECK(access(in_dir(home, "0002/state"), F_OK) == 0);
	vault_close(v);
	CHECK(access(in_dir(dir, VAULT_FILE_RING), F_OK) == 0);
	CHECK(access(in_dir(dir, "state"), F_OK) != 0);
	v = opened(dir);
	CHECK(v);
	vault_close(v);
}

enum odd { ODD_PIPE, ODD_ZERO, ODD_LINK, ODD_FOLDER, ODD_FULL, ODD_HUGE, ODD_KINDS };

/* Something else by the name that `path` has, or had. */
static bool odd_put(const char *path, enum odd kind)
{
	const char *was = new_path();
	(void)rename(path, was);
	switch (kind) {
	case ODD_PIPE:
		return mkfifo(path, 0600) == 0;
	case ODD_ZERO:
		return symlink("/dev/zero", path) == 0;
	case ODD_LINK: /* to the very bytes that are asked for */
		return symlink(was, path) == 0;
	case ODD_FOLDER:
		return mkdir(path, 0700) == 0;
	case ODD_FULL:
		return mkdir(path, 0700) == 0 && mkdir(in_dir(path, "of-somebody"), 0700) == 0;
	default:
		return save(path, NULL, 0) && truncate(path, (off_t)1 << 32) == 0;
	}
}

/* The next backup gets by; a restore of what is left tells damage at once, or is whole. */
static void odd_name(struct vault *v, const char *stick, const char *name, enum odd kind)
{
	const char *other = new_path();
	char odd[300];
	struct vault_backup_report r = {0};
	struct why w = {""};
	enum err e, want = kind == ODD_FULL ? ERR_EXISTS : ERR_OK;
	const int64_t sum = rows_sum(v);
	const bool used = strcmp(name, "keyring") == 0 || strcmp(name, "000001.age") == 0;
	copy_tree(stick, other);
	(void)snprintf(odd, sizeof(odd), "%s/0001/%s", folder_of(other, v), name);
	CHECK(odd_put(odd, kind));
	CHECK(restored(other, &e) == (used ? 0 : sum) &&
	        (!used || e == ERR_DAMAGED || e == ERR_NOT_STORE));
	CHECK_ERR(vault_backup(v, other, NULL, NULL, &r, &w), want);
	CHECK(want == ERR_OK || strstr(w.text, "made and whole"));
	CHECK(kind == ODD_HUGE || kind == ODD_FULL ||
	        (r.anew == VAULT_BACKUP_DAMAGED && r.removed == 1));
	CHECK(restored(other, &e) == sum);
	remove_tree(other);
}

/* A stick may hold anything by the names that are read: none is waited for, followed or believed.
 */
static void t_what_is_no_plain_file_in_a_set_stops_nothing(void)
{
	static const char *const NAME[] = {"state", "keyring", "000001.age", "state.new",
	        "keyring.new", "000002.part", "anything"};
	const char *dir = test_dir(), *stick = new_dir();
	struct vault *v = made(dir, 5);
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	alarm(120); /* a pipe that is waited for ends the test */
	for (size_t i = 0; i < COUNT_OF(NAME) && !test_failed; i++)
		for (enum odd k = 0; k < ODD_KINDS && !test_failed; k++) {
			odd_name(v, stick, NAME[i], k);
			if (test_failed)
				printf("# %s, kind %d\n", NAME[i], (int)k);
		}
	alarm(0);
	vault_close(v);
}

/* Nor what stands where a new set would, or for the whole folder. */
static void t_what_is_no_folder_is_no_set_and_no_backup(void)
{
	const char *dir = test_dir(), *stick = new_dir(), *other = new_dir();
	struct vault *v = made(dir, 5);
	struct vault_backup_report r = {0};
	struct why w = {""};
	enum err e;
	int64_t sum;
	CHECK(v);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(symlink(folder_of(stick, v), folder_of(other, v)) == 0);
	CHECK(restored(other, &e) == 0);
	CHECK_ERR(e, ERR_NOT_STORE);
	CHECK(flip(in_dir(folder_of(stick, v), "0001/state"), 90));
	alarm(120);
	CHECK(mkfifo(in_dir(folder_of(stick, v), "0002"), 0600) == 0);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, &w), ERR_OK);
	CHECK(r.removed == 1 && restored(stick, &e) == sum);
	CHECK(access(in_dir(folder_of(stick, v), "0003/state"), F_OK) == 0);
	alarm(0);
	vault_close(v);
}

static void t_stopped_goes_on_later(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = made(dir, 2500);
	struct vault_backup *b = NULL;
	struct vault_backup_report r = {0};
	enum err e;
	CHECK(v);
	CHECK_ERR(vault_backup_begin(v, stick, &b, NULL), ERR_OK);
	CHECK_ERR(vault_backup_run(b, stop_at_once, &b, NULL, NULL), ERR_REFUSED);
	vault_backup_end(b);
	CHECK(restored(stick, &e) == 0 && e == ERR_NOT_STORE);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
	CHECK(r.anew == VAULT_BACKUP_MORE && r.pages < r.all);
	CHECK(restored(stick, &e) == rows_sum(v));
	vault_close(v);
}

/* ---- refusals ---------------------------------------------------------------------------------
 */

static void t_damaged_store_gives_no_backup(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = made(dir, 30);
	struct why w = {""};
	int64_t sum;
	enum err e;
	CHECK(v);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, &w), ERR_OK);
	CHECK(sql(v, "UPDATE t SET a='x'") == SQLITE_OK);
	vault_close(v);
	CHECK(flip(in_dir(dir, VAULT_FILE_DB), 9 * VAULT_PAGE));
	if (vault_open(dir, NULL, secret_of(pass), &v, &w) == ERR_OK) {
		CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, &w), ERR_DAMAGED);
		CHECK(strstr(w.text, "Page 10") || strstr(w.text, "page 10"));
		vault_close(v);
	}
	CHECK(restored(stick, &e) == sum);
}

static void t_without_words_there_is_none(void)
{
	const char *dir = test_dir(), *stick = test_dir();
	struct vault *v = NULL;
	struct why w = {""};
	CHECK_ERR(vault_create(dir, "Council, chair", secret_of(pass), &cheap, &v, NULL), ERR_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, &w), ERR_NEEDS);
	CHECK(strstr(w.text, "recovery words"));
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "R", secret_of(paper), NULL, NULL), ERR_OK);
	CHECK_ERR(vault_backup(v, in_dir(stick, "gone"), NULL, NULL, NULL, &w), ERR_NOT_FOUND);
	CHECK(strstr(w.text, "not there"));
	vault_close(v);
}

static void t_wrong_words_make_nothing(void)
{
	const char *dir = test_dir(), *stick = test_dir(), *again = test_dir();
	struct vault *v = made(dir, 10);
	struct why w = {""};
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_restore(stick, again,
	                  secret_of("actor bundle daffodil fiddle halves leader noon silver"),
	                  false, NULL, NULL, NULL, &w),
	        ERR_WRONG_KEY);
	CHECK_ERR(vault_restore(stick, again, NULL, false, NULL, NULL, NULL, &w), ERR_NEEDS);
	CHECK_ERR(vault_restore(again, dir, secret_of(paper), false, NULL, NULL, NULL, &w),
	        ERR_NOT_STORE);
	CHECK(access(in_dir(again, VAULT_FILE_DB), F_OK) != 0);
}

/* A store of another life goes on in a set of its own; what the other life has stays restorable,
 * until the words are other ones. */
static void t_each_life_has_a_set_of_its_own(void)
{
	const char *dir = new_path(), *stick = test_dir(), *before = new_path();
	struct vault_backup_report r = {0};
	struct vault *v = made(dir, 10);
	enum err e;
	CHECK(v);
	const char *home = folder_of(stick, v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_restore(stick, before, secret_of(paper), false, NULL, NULL, NULL, NULL),
	        ERR_OK);
	v = opened(dir);
	CHECK(v && sql(v, "UPDATE t SET a='newer'") == SQLITE_OK);
	const int64_t newer = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
	CHECK(r.anew == VAULT_BACKUP_MORE);
	vault_close(v);
	v = opened(before);
	CHECK(v);
	const int64_t older = rows_sum(v);
	CHECK(older != newer);
	for (int i = 0; i < 2; i++) {
		CHECK_ERR(vault_backup(v, stick, NULL, NULL, &r, NULL), ERR_OK);
		CHECK(r.anew == (i ? VAULT_BACKUP_MORE : VAULT_BACKUP_RESTORED));
		CHECK(r.removed == 0 && r.before == (i ? 2 : 1));
		CHECK(restored(stick, &e) == older);
		CHECK(restored(in_dir(home, "0001"), &e) == newer);
	}
	vault_close(v);
}

static void t_lost_keyring_is_damage_and_named(void)
{
	const char *dir = new_path(), *stick = test_dir();
	struct why w = {""};
	struct vault *v = made(dir, 10);
	CHECK(v);
	const char *home = folder_of(stick, v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	vault_close(v);
	CHECK(unlink(in_dir(in_dir(home, "0001"), VAULT_FILE_RING)) == 0);
	CHECK_ERR(vault_restore(stick, new_path(), secret_of(paper), false, NULL, NULL, NULL, &w),
	        ERR_DAMAGED);
	CHECK(strstr(w.text, "lost its keyring") && strstr(w.text, "copy the file keyring"));
}

static void t_restore_keeps_the_store_that_was_there(void)
{
	const char *dir = new_path(), *stick = test_dir();
	char kept[400] = "";
	struct vault *v = made(dir, 10);
	struct vault_restore_plan plan = {0};
	struct why w = {""};
	uint8_t head[VAULT_HASH_BYTES] = {3};
	int64_t sum, newer;
	CHECK(v);
	time_pin_us(time_from_day(day_from_ymd(2026, 11, 19), 14, 5));
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(sql(v, "BEGIN; UPDATE t SET a='newer'") == SQLITE_OK);
	mark(v, 30, head);
	CHECK(sql(v, "COMMIT") == SQLITE_OK);
	newer = rows_sum(v);
	CHECK_ERR(
	        vault_restore(stick, dir, secret_of(paper), true, NULL, NULL, NULL, &w), ERR_BUSY);
	vault_close(v);
	CHECK_ERR(vault_restore(stick, dir, secret_of(paper), false, &plan, NULL, NULL, &w),
	        ERR_EXISTS);
	CHECK(plan.there && plan.here_known && plan.same && plan.here.audit_seq == 30 &&
	        plan.here.meetings == 3 && plan.backup.audit_seq == 0);
	v = opened(dir);
	CHECK(v && rows_sum(v) == newer);
	vault_close(v);
	CHECK(plan.keyring && plan.n_keys == 0 && plan.kept[0] == 0);
	CHECK_ERR(vault_restore(stick, dir, secret_of(paper), true, &plan, NULL, NULL, &w), ERR_OK);
	v = opened(dir);
	CHECK(v && rows_sum(v) == sum && v->anchor.epoch > UINT32_MAX);
	vault_close(v);
	snprintf(kept, sizeof(kept), "%s.before-2026-11-19-140500", dir);
	CHECK(strcmp(plan.kept, kept) == 0);
	v = opened(kept);
	CHECK(v && rows_sum(v) == newer);
	vault_close(v);
	time_unpin();
}

/* Which keys a restore would take away, bring back, or set back. */
static void t_restore_tells_which_keys_are_newer_here(void)
{
	const char *dir = new_path(), *stick = test_dir();
	struct vault *v = made(dir, 3);
	struct vault_restore_plan plan = {0};
	uint8_t gone[VAULT_ID_BYTES], other[VAULT_ID_BYTES];
	const struct vault_factors f = {.passphrase = secret_of("violet anchor muffin gravel")};
	struct why w = {""};
	CHECK(v);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "Gone", f.passphrase, gone, NULL), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "Other", f.passphrase, other, NULL), ERR_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK_ERR(vault_slot_remove(v, gone, &w), ERR_OK);
	CHECK_ERR(vault_slot_change(v, other, &f, &w), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "New", f.passphrase, NULL, NULL), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_restore(stick, dir, secret_of(paper), false, &plan, NULL, NULL, &w),
	        ERR_EXISTS);
	CHECK(plan.n_keys == 3);
	CHECK(plan.key[0].since == VAULT_KEY_CHANGED && strcmp(plan.key[0].label, "Other") == 0);
	CHECK(plan.key[1].since == VAULT_KEY_ADDED && strcmp(plan.key[1].label, "New") == 0);
	CHECK(plan.key[2].since == VAULT_KEY_REMOVED && strcmp(plan.key[2].label, "Gone") == 0);
	/* without its keyring nothing is known of it; its place can be taken all the same */
	CHECK(unlink(in_dir(dir, VAULT_FILE_RING)) == 0);
	CHECK_ERR(vault_restore(stick, dir, secret_of(paper), false, &plan, NULL, NULL, &w),
	        ERR_EXISTS);
	CHECK(plan.there && !plan.keyring && !plan.same && plan.n_keys == 0);
	CHECK_ERR(vault_restore(stick, dir, secret_of(paper), true, &plan, NULL, NULL, &w), ERR_OK);
	CHECK(plan.kept[0]);
	v = opened(dir);
	CHECK(v);
	vault_close(v);
}

/* New words since: the folder's newer set is not whole yet, and the older one has the old words. */
static void t_identity_is_of_the_newest_set_that_the_words_open(void)
{
	const char *dir = test_dir(), *stick = test_dir(), *set;
	struct vault *v = made(dir, 3);
	struct vault_secret *identity = NULL;
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	set = folder_of(stick, v);
	CHECK(mkdir(in_dir(set, "0002"), 0700) == 0);
	CHECK(mkdir(in_dir(set, "0003"), 0700) == 0); /* begun, and nothing in it */
	CHECK_ERR(slot_add(v, VAULT_SLOT_RECOVERY, "More words",
	                  secret_of("abacus bundle daffodil fiddle halves leader noon proud"), NULL,
	                  NULL),
	        ERR_OK);
	vault_close(v);
	CHECK(copy_file(in_dir(dir, VAULT_FILE_RING), in_dir(set, "0002/keyring")));
	CHECK_ERR(vault_recovery_identity(set, secret_of(paper), &identity, NULL), ERR_OK);
	vault_secret_destroy(identity);
	CHECK_ERR(vault_recovery_identity(in_dir(set, "0002"),
	                  secret_of("abacus bundle daffodil fiddle halves leader noon proud"),
	                  &identity, NULL),
	        ERR_OK);
	vault_secret_destroy(identity);
	CHECK_ERR(vault_recovery_identity(in_dir(set, "0001"),
	                  secret_of("abacus bundle daffodil fiddle halves leader noon proud"),
	                  &identity, NULL),
	        ERR_WRONG_KEY);
	CHECK_ERR(vault_recovery_identity(dir, secret_of(paper), &identity, NULL), ERR_OK);
	vault_secret_destroy(identity);
}

/* Stopped at each step of its progress: nothing is there, and the store that was is what it was. */
struct stop_at {
	atomic_bool stop;
	uint64_t at;
};

static void stop_then(void *ctx, uint64_t done, uint64_t total)
{
	struct stop_at *s = ctx;
	(void)total;
	if (done == s->at)
		atomic_store(&s->stop, true);
}

static void t_a_restore_that_is_stopped_leaves_nothing(void)
{
	const char *dir = new_path(), *stick = new_dir(), *again = new_path();
	struct vault *v = made(dir, 1100);
	struct why w = {""};
	struct stop_at s = {0};
	struct vault_restore_job job = {.from = stick,
	        .dir = again,
	        .words = secret_of(paper),
	        .stop = &s.stop,
	        .fn = stop_then,
	        .ctx = &s};
	int64_t sum;
	CHECK(v);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	vault_close(v);
	for (s.at = 1; s.at <= 4; s.at++) {
		atomic_store(&s.stop, false);
		w.text[0] = 0;
		job.dir = again;
		job.replace = false;
		CHECK_ERR(vault_restore_run(&job, NULL, &w), ERR_REFUSED);
		CHECK(strstr(w.text, "stopped"));
		CHECK(!vault_is_store(again) &&
		        access(in_dir(again, VAULT_FILE_MAKING), F_OK) != 0);
		atomic_store(&s.stop, false);
		job.dir = dir;
		job.replace = true;
		CHECK_ERR(vault_restore_run(&job, NULL, NULL), ERR_REFUSED);
		v = opened(dir);
		CHECK(v && rows_sum(v) == sum && v->anchor.epoch < UINT32_MAX);
		vault_close(v);
	}
	atomic_store(&s.stop, false);
	job.dir = again;
	job.replace = false;
	CHECK_ERR(vault_restore_run(&job, NULL, &w), ERR_OK);
}

static void t_an_earlier_state_comes_back_when_it_is_asked_for(void)
{
	const char *dir = new_dir(), *stick = new_dir(), *again = new_path(), *part, *first;
	struct vault *v = made(dir, 300);
	struct vault_restore_plan plan = {0};
	struct vault_restore_job job = {.from = stick, .dir = again, .words = secret_of(paper)};
	struct why w = {""};
	const int64_t at = time_from_day(day_from_ymd(2026, 11, 12), 10, 0);
	int64_t sum;
	CHECK(v);
	time_pin_us(at);
	sum = rows_sum(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	time_pin_us(at + TIME_DAY_US);
	CHECK(sql(v, "UPDATE t SET a='newer' WHERE id=7") == SQLITE_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	part = in_dir(folder_of(stick, v), "0001/000002.age");
	first = in_dir(folder_of(stick, v), "0001/000001.age");
	vault_close(v);
	CHECK(flip(part, 3000));
	CHECK_ERR(vault_restore_run(&job, &plan, &w), ERR_DAMAGED);
	CHECK(strstr(w.text, "Part 2 of 2") && plan.earlier_us == at && !vault_is_store(again));
	job.earlier = true;
	w.text[0] = 0;
	CHECK_ERR(vault_restore_run(&job, &plan, &w), ERR_OK);
	CHECK(plan.made_us == at && !w.text[0]);
	v = opened(again);
	CHECK(v && rows_sum(v) == sum);
	vault_close(v);
	/* with the first part damaged too there is none, whatever is asked for */
	CHECK(flip(first, 3000));
	job.dir = new_path();
	CHECK_ERR(vault_restore_run(&job, &plan, &w), ERR_DAMAGED);
	CHECK(strstr(w.text, "Part 1 of 2") && !plan.earlier_us && !vault_is_store(job.dir));
	time_unpin();
}

static void t_what_is_on_a_stick_is_told_without_the_words(void)
{
	const char *a = new_dir(), *b = new_dir(), *stick = new_dir();
	struct vault *v = made(a, 10), *u = made(b, 12);
	struct vault_backup_seen seen[3];
	size_t n = 9;
	CHECK(v && u);
	CHECK_ERR(vault_backups(stick, seen, 3, &n), ERR_OK);
	CHECK(n == 0);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK_ERR(vault_backup(u, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(mkdir(in_dir(stick, "caseroom-backup-notours"), 0700) == 0);
	CHECK(symlink(folder_of(stick, v), in_dir(stick, "caseroom-backup-00000000")) == 0);
	CHECK_ERR(vault_backups(stick, seen, 3, &n), ERR_OK);
	CHECK(n == 2 && strcmp(seen[0].name, seen[1].name) < 0);
	for (size_t i = 0; i < n; i++)
		CHECK(strcmp(seen[i].label, "Council, chair") == 0 && seen[i].parts == 1 &&
		        seen[i].bytes > 10 * VAULT_PAGE && seen[i].written_us > 0);
	CHECK_ERR(vault_backups(stick, seen, 1, &n), ERR_OK);
	CHECK(n == 1);
	CHECK(flip(in_dir(folder_of(stick, v), "0001/keyring"), 3));
	CHECK(flip(in_dir(folder_of(stick, u), "0001/keyring"), 3));
	CHECK_ERR(vault_backups(stick, seen, 3, &n), ERR_OK);
	CHECK(n == 2 && !seen[0].label[0] && !seen[1].label[0]);
	CHECK_ERR(vault_backups(in_dir(stick, "gone"), seen, 3, &n), ERR_NOT_FOUND);
	vault_close(v);
	vault_close(u);
}

/* The power went between the exchange and the old store's new name: it lies where a half-made one
 * would. And a store whose keyring is gone is kept as one that has it. */
static void t_a_cut_exchange_and_a_lost_keyring_cost_no_store(void)
{
	const char *dir = new_path(), *stick = new_dir();
	char beside[300], kept[2][300];
	struct vault *v = made(dir, 10);
	struct vault_restore_plan plan = {0};
	int64_t sum;
	CHECK(v);
	time_pin_us(time_from_day(day_from_ymd(2026, 11, 19), 14, 5));
	snprintf(beside, sizeof(beside), "%s.restoring", dir);
	snprintf(kept[0], sizeof(kept[0]), "%s.before-2026-11-19-140500", dir);
	snprintf(kept[1], sizeof(kept[1]), "%s.before-2026-11-19-140500-2", dir);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK(sql(v, "UPDATE t SET a='only here'") == SQLITE_OK);
	sum = rows_sum(v);
	vault_close(v);
	copy_tree(dir, beside);
	CHECK(unlink(in_dir(dir, VAULT_FILE_RING)) == 0);
	CHECK_ERR(vault_restore(stick, dir, secret_of(paper), false, &plan, NULL, NULL, NULL),
	        ERR_EXISTS);
	CHECK(plan.there && !plan.keyring && !plan.same);
	CHECK_ERR(
	        vault_restore(stick, dir, secret_of(paper), true, &plan, NULL, NULL, NULL), ERR_OK);
	CHECK(strstr(plan.kept, ".before-2026-11-19-140500-2"));
	v = opened(kept[0]);
	CHECK(v && rows_sum(v) == sum);
	vault_close(v);
	CHECK(vault_is_store(kept[1]) && access(in_dir(kept[1], VAULT_FILE_RING), F_OK) != 0);
	time_unpin();
}

/* ---- from outside -----------------------------------------------------------------------------
 */

static const char canary[] = "Quexham canary 5b1f0c";

static void t_nothing_on_the_stick_is_in_clear(void)
{
	const char *dir = test_dir(), *stick = test_dir(), *set;
	struct vault *v = made(dir, 10);
	char text[128];
	CHECK(v);
	snprintf(text, sizeof(text), "INSERT INTO t VALUES(77,'%s','%s')", canary, canary);
	CHECK(sql(v, text) == SQLITE_OK);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	set = in_dir(folder_of(stick, v), "0001");
	CHECK(!file_has(in_dir(set, "000001.age"), canary, strlen(canary)));
	CHECK(!file_has(in_dir(set, "state"), canary, strlen(canary)));
	CHECK(!file_has(in_dir(set, "keyring"), canary, strlen(canary)));
	CHECK(!file_has(in_dir(set, "000001.age"), "SQLite format 3", 15));
	CHECK(file_has(in_dir(set, "000001.age"), "age-encryption.org/v1", 21));
	vault_close(v);
}

/* Debian's age with the identity of the words opens a part; what it gives is our payload. */
static void t_debian_age_opens_a_part(void)
{
	const char *dir = test_dir(), *stick = test_dir(), *away = test_dir();
	struct vault *v = made(dir, 10);
	struct vault_secret *identity = NULL;
	struct bytes b;
	struct part p;
	uint8_t key[VAULT_KEY];
	int status = -1;
	CHECK(v);
	CHECK_ERR(vault_backup(v, stick, NULL, NULL, NULL, NULL), ERR_OK);
	CHECK_ERR(vault_recovery_identity(stick, secret_of(pass), &identity, NULL), ERR_WRONG_KEY);
	CHECK_ERR(vault_recovery_identity(away, secret_of(paper), &identity, NULL), ERR_NOT_STORE);
	CHECK_ERR(vault_recovery_identity(stick, secret_of(paper), &identity, NULL), ERR_OK);
	CHECK(save(in_dir(away, "id"), (const uint8_t *)identity->text, identity->len));
	vault_secret_destroy(identity);
	pid_t child = fork();
	if (child == 0) {
		execlp("age", "age", "-d", "-i", in_dir(away, "id"), "-o", in_dir(away, "out"),
		        in_dir(folder_of(stick, v), "0001/000001.age"), (char *)NULL);
		_exit(127);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	b = load(in_dir(away, "out"));
	backup_key(v->keys, key);
	CHECK_ERR(part_decode(b.p, b.n, key, &p, NULL), ERR_OK);
	CHECK(p.whole && p.number == 1 && p.pages >= 10 && p.store_pages == p.pages);
	free(b.p);
	vault_close(v);
}

/* ---- the single file of the first version -----------------------------------------------------
 */

/* As it was written: head, keyring, anchor, pages, digest. */
static void old_file(const char *dir, const char *to)
{
	struct bytes ring = load(in_dir(dir, VAULT_FILE_RING)),
	             anchor = load(in_dir(dir, VAULT_FILE_ANCHOR)),
	             db = load(in_dir(dir, VAULT_FILE_DB));
	size_t n = 128 + ring.n + anchor.n + db.n;
	uint8_t *p = calloc(1, n + DIGEST);
	if (!p || !db.n)
		abort();
	memcpy(p, "CRBACK\r\n", 8);
	le_put(p + 8, 2, 1);
	le_put(p + 12, 4, VAULT_PAGE);
	memcpy(p + 16, ring.p + 16, VAULT_ID_BYTES);
	le_put(p + 32, 4, ring.n);
	le_put(p + 36, 4, anchor.n);
	le_put(p + 40, 8, db.n / VAULT_PAGE);
	memcpy(p + 128, ring.p, ring.n);
	memcpy(p + 128 + ring.n, anchor.p, anchor.n);
	memcpy(p + 128 + ring.n + anchor.n, db.p, db.n);
	digest_of(p, n, p + n);
	if (!save(to, p, n + DIGEST))
		abort();
	free(p);
	free(ring.p);
	free(anchor.p);
	free(db.p);
}

static void t_the_old_file_comes_back(void)
{
	const char *dir = test_dir(), *again = test_dir(), *file = in_dir(test_dir(), "b");
	struct vault *v = made(dir, 30);
	struct why w = {""};
	struct bytes b;
	int64_t sum;
	CHECK(v);
	sum = rows_sum(v);
	vault_close(v);
	old_file(dir, file);
	CHECK_ERR(vault_restore(file, dir, NULL, false, NULL, NULL, NULL, &w), ERR_EXISTS);
	b = load(file);
	for (size_t at = 0; at < b.n; at += b.n / 40) {
		enum err e;
		CHECK(flip(file, at));
		e = vault_restore(file, again, NULL, false, NULL, NULL, NULL, &w);
		CHECK(e == ERR_DAMAGED || e == ERR_NOT_STORE || e == ERR_VERSION);
		CHECK(access(in_dir(again, VAULT_FILE_RING), F_OK) != 0);
		CHECK(access(in_dir(again, VAULT_FILE_DB), F_OK) != 0);
		CHECK(flip(file, at));
	}
	CHECK(save(file, b.p, b.n - 1));
	CHECK_ERR(vault_restore(file, again, NULL, false, NULL, NULL, NULL, &w), ERR_DAMAGED);
	CHECK(save(file, b.p, 50));
	CHECK_ERR(vault_restore(file, again, NULL, false, NULL, NULL, NULL, &w), ERR_NOT_STORE);
	CHECK(save(file, b.p, b.n));
	free(b.p);
	CHECK_ERR(vault_restore(file, again, NULL, false, NULL, NULL, NULL, &w), ERR_OK);
	v = opened(again);
	CHECK(v && rows_sum(v) == sum);
	vault_close(v);
	CHECK_ERR(vault_restore(file, again, NULL, true, NULL, NULL, NULL, &w), ERR_OK);
	alarm(60);
	for (enum odd k = ODD_PIPE; k <= ODD_LINK; k++) {
		CHECK(odd_put(file, k));
		CHECK_ERR(vault_restore(file, new_path(), NULL, false, NULL, NULL, NULL, &w),
		        ERR_DAMAGED);
		CHECK(strstr(w.text, "neither a folder nor a plain file"));
	}
	alarm(0);
}

int main(int argc, char **argv)
{
	static const struct test all[] = {
	        T(t_what_comes_back_is_the_store),
	        T(t_one_changed_note_costs_few_pages),
	        T(t_half_out_of_date_begins_anew),
	        T(t_cut_at_every_change_goes_on),
	        T(t_cut_while_beginning_anew_keeps_the_old),
	        T(t_full_stick_leaves_what_was_there),
	        T(t_what_is_not_sound_is_noticed),
	        T(t_each_damaged_byte_is_noticed),
	        T(t_two_stores_on_one_stick_do_not_meet),
	        T(t_the_store_is_used_meanwhile),
	        T(t_links_on_a_stick_are_not_followed),
	        T(t_what_is_no_plain_file_in_a_set_stops_nothing),
	        T(t_what_is_no_folder_is_no_set_and_no_backup),
	        T(t_stopped_goes_on_later),
	        T(t_damaged_store_gives_no_backup),
	        T(t_without_words_there_is_none),
	        T(t_wrong_words_make_nothing),
	        T(t_each_life_has_a_set_of_its_own),
	        T(t_lost_keyring_is_damage_and_named),
	        T(t_restore_keeps_the_store_that_was_there),
	        T(t_restore_tells_which_keys_are_newer_here),
	        T(t_identity_is_of_the_newest_set_that_the_words_open),
	        T(t_a_restore_that_is_stopped_leaves_nothing),
	        T(t_an_earlier_state_comes_back_when_it_is_asked_for),
	        T(t_what_is_on_a_stick_is_told_without_the_words),
	        T(t_a_cut_exchange_and_a_lost_keyring_cost_no_store),
	        T(t_nothing_on_the_stick_is_in_clear),
	        T(t_debian_age_opens_a_part),
	        T(t_the_old_file_comes_back),
	};
	cheap_start();
	return test_main(all, COUNT_OF(all), argc, argv);
}
