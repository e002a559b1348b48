#include "vault_help.h"
#include <sodium.h>
/*
 * What was right once and is put back: pages, the file, the log. Each hand is one row: where the
 * store stood, what is done, what is said. Beside them what no row may be: every state that a cut
 * leaves opens (test_vault_power.c has many more of these).
 */

static const char *const good_words = "harbour lentil quartz ninety";

static enum err opened(const char *dir, struct vault **ret, struct why *w)
{
	struct vault_secret *s = secret_of(good_words);
	enum err e = vault_open(dir, NULL, s, ret, w);
	vault_secret_destroy(s);
	return e;
}

/* 300 rows on about 80 pages; the log is never copied but when a test says so. */
static struct vault *made(const char *dir)
{
	struct vault_secret *s = secret_of(good_words);
	struct vault *v = NULL;
	enum err e = vault_create(dir, "first", s, &cheap, &v, NULL);
	vault_secret_destroy(s);
	if (e != ERR_OK)
		return NULL;
	(void)sqlite3_wal_autocheckpoint(v->db, 0);
	if (sql(v, "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); CREATE TABLE n(x);"
	           "INSERT INTO n VALUES(0);"
	           "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<300)"
	           " INSERT INTO t(a,b) SELECT 'row '||i, zeroblob(700) FROM c;"
	           "PRAGMA wal_checkpoint(TRUNCATE)") != SQLITE_OK)
		return NULL;
	return v;
}

static int64_t commits(struct vault *v)
{
	return sql_int(v->db, "SELECT x FROM n");
}

/* ---- where a store may stand when a hand reaches it ----------------------------------------- */

static const char *const part_names[] = {VAULT_FILE_DB, VAULT_FILE_WAL, VAULT_FILE_ANCHOR};

enum stand {
	SETTLED,      /* closed; commit 0 */
	SETTLED_LATE, /* closed later, many pages changed; commit 9 */
	RESTED,       /* commits 1 to 3 in the log, at rest */
	RUNNING,      /* and commit 4, a moment ago */
	CHECKPOINTED, /* all four in the database, the log still there */
	IN_FLUX,      /* the anchor saved, the checkpoint not begun */
	APPENDED,     /* RESTED, cut, opened again, another fourth commit, at rest */
	STANDS
};

static const char *stand_dir[STANDS];
static uint32_t ends[6]; /* frames of the log after commit i */
static uint32_t twin[2]; /* two frames of one page among the first ends[3] */

static void keep(struct vault *v, enum stand s)
{
	stand_dir[s] = test_dir();
	copy_store(v->dir, stand_dir[s]);
}

static void find_twin(const struct vfs_wal *w)
{
	for (uint32_t i = 1; i <= w->committed; i++)
		for (uint32_t k = i + 1; k <= w->committed; k++)
			if (frame_pgno(&w->frame[i - 1]) == frame_pgno(&w->frame[k - 1])) {
				twin[0] = i;
				twin[1] = k;
			}
}

static bool commit(struct vault *v, int n)
{
	char text[100];
	snprintf(text, sizeof(text),
	        "BEGIN; UPDATE n SET x=%d; UPDATE t SET a='c%d' WHERE id=%d; COMMIT", n, n, n * 50);
	return sql(v, text) == SQLITE_OK;
}

static bool stands_late(const char *dir)
{
	struct vault *v = NULL;
	bool good = opened(dir, &v, NULL) == ERR_OK &&
	            sql(v, "UPDATE t SET a='late'; UPDATE n SET x=9") == SQLITE_OK;
	vault_close(v);
	stand_dir[SETTLED_LATE] = test_dir();
	copy_store(dir, stand_dir[SETTLED_LATE]);
	return good;
}

static bool stands_other_branch(void)
{
	const char *dir = test_dir();
	struct vault *v = NULL;
	copy_store(stand_dir[RESTED], dir);
	bool good = opened(dir, &v, NULL) == ERR_OK && commits(v) == 3;
	if (good)
		(void)sqlite3_wal_autocheckpoint(v->db, 0);
	good = good && commit(v, 5) && vault_rest(v) == ERR_OK;
	if (good)
		keep(v, APPENDED);
	vault_close(v);
	return good;
}

static bool stands_make(void)
{
	const char *dir = test_dir();
	struct vault *v = made(dir);
	bool good = v;
	vault_close(v);
	v = NULL;
	stand_dir[SETTLED] = test_dir();
	copy_store(dir, stand_dir[SETTLED]);
	good = good && opened(dir, &v, NULL) == ERR_OK;
	if (good)
		(void)sqlite3_wal_autocheckpoint(v->db, 0);
	for (int i = 1; i <= 4 && good; i++) {
		good = commit(v, i);
		ends[i] = v->vfs->wal.committed;
		if (i == 3) {
			find_twin(&v->vfs->wal);
			good = good && vault_rest(v) == ERR_OK;
			keep(v, RESTED);
		}
	}
	keep(v, RUNNING);
	good = good && fresh_flux(v->vfs) == ERR_OK;
	keep(v, IN_FLUX);
	good = good && sql(v, "PRAGMA wal_checkpoint") == SQLITE_OK;
	keep(v, CHECKPOINTED);
	vault_close(v);
	return good && twin[0] && stands_late(dir) && stands_other_branch();
}

/* ---- what a hand does ----------------------------------------------------------------------- */

static long frame_place(uint32_t frame)
{
	return WAL_HEAD + (long)(frame - 1) * WAL_SEALED_FRAME;
}

static bool put_bytes(const char *file, size_t at, const void *p, size_t n)
{
	struct bytes b = load(file);
	bool good = b.p && at + n <= b.n;
	if (good) {
		memcpy(b.p + at, p, n);
		good = save(file, b.p, b.n);
	}
	free(b.p);
	return good;
}

static bool log_cut(const char *dir, uint32_t frames)
{
	return truncate(in_dir(dir, VAULT_FILE_WAL), frame_place(frames + 1)) == 0;
}

static bool do_nothing(const char *dir)
{
	return access(dir, F_OK) == 0;
}

static bool do_cut_one_commit(const char *dir)
{
	return log_cut(dir, ends[2]);
}

static bool do_cut_last_second(const char *dir)
{
	return log_cut(dir, ends[3]);
}

static bool do_cut_in_a_frame(const char *dir)
{
	return truncate(in_dir(dir, VAULT_FILE_WAL), frame_place(ends[3]) + 1000) == 0;
}

static bool do_remove_log(const char *dir)
{
	return unlink(in_dir(dir, VAULT_FILE_WAL)) == 0;
}

static bool do_empty_log(const char *dir)
{
	return truncate(in_dir(dir, VAULT_FILE_WAL), 0) == 0;
}

static bool do_keep_log_header(const char *dir)
{
	return log_cut(dir, 0);
}

static bool do_break_log_header(const char *dir)
{
	return flip(in_dir(dir, VAULT_FILE_WAL), 17);
}

static bool do_flip_frame(const char *dir)
{
	return flip(in_dir(dir, VAULT_FILE_WAL), (size_t)frame_place(ends[1] + 1) + 50);
}

static bool do_flip_frame_page(const char *dir)
{
	return flip(in_dir(dir, VAULT_FILE_WAL), (size_t)frame_place(ends[1] + 1) + 500);
}

/* Bytes `from` to `to` within the frame, of frame a over frame b. */
static bool frame_over(const char *dir, uint32_t a, uint32_t b, size_t from, size_t to)
{
	struct bytes log = load(in_dir(dir, VAULT_FILE_WAL));
	bool good = log.p && put_bytes(in_dir(dir, VAULT_FILE_WAL), (size_t)frame_place(b) + from,
	                             log.p + frame_place(a) + from, to - from);
	free(log.p);
	return good;
}

static bool do_frame_elsewhere(const char *dir)
{
	return frame_over(dir, 1, 2, 0, WAL_SEALED_FRAME);
}

static bool do_frame_page_exchanged(const char *dir)
{
	return frame_over(dir, twin[0], twin[1], WAL_SEALED_HEAD, WAL_SEALED_FRAME);
}

static bool put_back(const char *dir, enum stand from, const char *name)
{
	return copy_file(in_dir(stand_dir[from], name), in_dir(dir, name));
}

static bool do_log_of_other_branch(const char *dir)
{
	return put_back(dir, RUNNING, VAULT_FILE_WAL);
}

static bool do_log_of_an_old_life(const char *dir)
{
	return put_back(dir, RESTED, VAULT_FILE_WAL);
}

static bool do_old_file(const char *dir)
{
	return put_back(dir, SETTLED, VAULT_FILE_DB);
}

static bool do_newer_file(const char *dir)
{
	return put_back(dir, SETTLED_LATE, VAULT_FILE_DB);
}

static bool do_old_file_and_anchor(const char *dir)
{
	return do_old_file(dir) && put_back(dir, SETTLED, VAULT_FILE_ANCHOR);
}

/* Every page of the last leaf that differs, from page `first` on, `n` of them. */
static bool old_pages(const char *dir, uint32_t first, uint32_t n)
{
	struct bytes old = load(in_dir(stand_dir[SETTLED], VAULT_FILE_DB)),
	             now = load(in_dir(dir, VAULT_FILE_DB));
	bool good = old.p && now.p && old.n == now.n;
	for (uint32_t p = first; good && n > 0 && p <= now.n / VAULT_PAGE; p++) {
		const size_t at = (size_t)(p - 1) * VAULT_PAGE;
		if (memcmp(old.p + at, now.p + at, VAULT_PAGE) == 0)
			continue;
		good = put_bytes(in_dir(dir, VAULT_FILE_DB), at, old.p + at, VAULT_PAGE);
		n--;
	}
	free(old.p);
	free(now.p);
	return good && n == 0;
}

static bool do_one_old_page(const char *dir)
{
	return old_pages(dir, 30, 1);
}

static bool do_old_first_page(const char *dir)
{
	return old_pages(dir, 1, 1);
}

static bool do_several_old_pages(const char *dir)
{
	return old_pages(dir, 20, 5);
}

static bool do_old_page_and_damage(const char *dir)
{
	return do_one_old_page(dir) &&
	       flip(in_dir(dir, VAULT_FILE_DB), 40 * VAULT_PAGE + VAULT_PAGE - 1);
}

static bool do_longer_file(const char *dir)
{
	struct bytes b = load(in_dir(dir, VAULT_FILE_DB));
	uint8_t *more = malloc(b.n + VAULT_PAGE);
	bool good = more;
	if (good) {
		memcpy(more, b.p, b.n);
		memcpy(more + b.n, b.p, VAULT_PAGE);
		good = save(in_dir(dir, VAULT_FILE_DB), more, b.n + VAULT_PAGE);
	}
	free(more);
	free(b.p);
	return good;
}

/* What a cut in the first write of a checkpoint leaves. */
static bool do_tear_page_in_flux(const char *dir)
{
	static const uint8_t torn[2048] = {0x5a};
	uint32_t pgno = 0;
	struct bytes before = load(in_dir(stand_dir[CHECKPOINTED], VAULT_FILE_DB)),
	             now = load(in_dir(dir, VAULT_FILE_DB));
	for (uint32_t p = 2; p < now.n / VAULT_PAGE; p++)
		if (memcmp(before.p + p * VAULT_PAGE, now.p + p * VAULT_PAGE, VAULT_PAGE) != 0)
			pgno = p + 1;
	free(before.p);
	free(now.p);
	return pgno && put_bytes(in_dir(dir, VAULT_FILE_DB), (size_t)(pgno - 1) * VAULT_PAGE + 2048,
	                       torn, sizeof(torn));
}

/* One that no frame replaces: from before the table was filled, it is in no copy, so it is taken
 * from its neighbour, which does not open there. */
static bool do_page_outside_flux(const char *dir)
{
	struct bytes b = load(in_dir(dir, VAULT_FILE_DB));
	bool good = put_bytes(
	        in_dir(dir, VAULT_FILE_DB), 40 * VAULT_PAGE, b.p + 41 * VAULT_PAGE, VAULT_PAGE);
	free(b.p);
	return good;
}

static const struct row {
	const char *name;
	enum stand stand;
	bool (*act)(const char *dir);
	enum err open;
	const char *words; /* or, when it opens, */
	int commits;       /* the last commit that is there */
} rows[] = {
        {"as closed", SETTLED_LATE, do_nothing, ERR_OK, "", 9},
        {"one old page", SETTLED_LATE, do_one_old_page, ERR_OLDER, "age", 0},
        {"old first page", SETTLED_LATE, do_old_first_page, ERR_OLDER, "older", 0},
        {"several old pages", SETTLED_LATE, do_several_old_pages, ERR_OLDER, "among pages ", 0},
        {"old page and a damaged one", SETTLED_LATE, do_old_page_and_damage, ERR_DAMAGED, "page 41",
                0},
        {"old file", SETTLED_LATE, do_old_file, ERR_OLDER, "database file (store.db) as a whole",
                0},
        {"newer file", SETTLED, do_newer_file, ERR_OLDER, "database file (store.db) as a whole", 0},
        {"longer file", SETTLED_LATE, do_longer_file, ERR_DAMAGED, "longer", 0},
        {"log of an old life", SETTLED_LATE, do_log_of_an_old_life, ERR_OLDER, "log", 0},
        {"old file and anchor: only the room key knows", SETTLED_LATE, do_old_file_and_anchor,
                ERR_OK, "", 0},

        {"at rest", RESTED, do_nothing, ERR_OK, "", 3},
        {"cut by a commit", RESTED, do_cut_one_commit, ERR_OLDER, "was cut", 0},
        {"cut in a frame", RESTED, do_cut_in_a_frame, ERR_OLDER, "was cut", 0},
        {"log removed", RESTED, do_remove_log, ERR_OLDER, "missing", 0},
        {"log emptied", RESTED, do_empty_log, ERR_OLDER, "emptied", 0},
        {"log cut to its header", RESTED, do_keep_log_header, ERR_OLDER, "emptied", 0},
        {"log header broken", RESTED, do_break_log_header, ERR_DAMAGED,
                "log (store.db-wal) is damaged", 0},
        {"bit flip in a frame header", RESTED, do_flip_frame, ERR_DAMAGED,
                "log (store.db-wal) is damaged", 0},
        {"bit flip in a frame's page", RESTED, do_flip_frame_page, ERR_DAMAGED,
                "log (store.db-wal) is damaged", 0},
        {"frame in another place", RESTED, do_frame_elsewhere, ERR_DAMAGED, "at its page 2", 0},
        {"page of another frame", RESTED, do_frame_page_exchanged, ERR_DAMAGED,
                "log (store.db-wal) is damaged", 0},
        {"a longer log of the same life", RESTED, do_log_of_other_branch, ERR_OK, "", 4},
        {"log of another branch", APPENDED, do_log_of_other_branch, ERR_OLDER, "another copy", 0},
        {"other branch as it is", APPENDED, do_nothing, ERR_OK, "", 5},

        {"a moment after a commit", RUNNING, do_nothing, ERR_OK, "", 4},
        {"cut back to rest: not seen", RUNNING, do_cut_last_second, ERR_OK, "", 3},
        {"cut back beyond rest", RUNNING, do_cut_one_commit, ERR_OLDER, "was cut", 0},

        {"after a checkpoint", CHECKPOINTED, do_nothing, ERR_OK, "", 4},
        {"then the log cut", CHECKPOINTED, do_cut_last_second, ERR_OLDER, "was cut", 0},
        {"then the log removed", CHECKPOINTED, do_remove_log, ERR_OK, "", 4},
        {"then the log emptied", CHECKPOINTED, do_empty_log, ERR_OK, "", 4},
        {"then the old file", CHECKPOINTED, do_old_file, ERR_OLDER, "older", 0},

        {"in flux", IN_FLUX, do_nothing, ERR_OK, "", 4},
        {"in flux, a page torn", IN_FLUX, do_tear_page_in_flux, ERR_OK, "", 4},
        {"in flux, the log cut", IN_FLUX, do_cut_last_second, ERR_OLDER, "was cut", 0},
        {"in flux, the log removed", IN_FLUX, do_remove_log, ERR_OLDER, "missing", 0},
        {"in flux, another page", IN_FLUX, do_page_outside_flux, ERR_DAMAGED, "page 41", 0},
};

static bool fails(const struct row *r, const char *what, enum err e, const struct why *w)
{
	snprintf(test_why, sizeof(test_why), "%s: %s: %s: %.250s", r->name, what, err_text(e),
	        w->text);
	test_failed = test_why;
	return true;
}

/* What is refused changes nothing: the same files again, the same answer. */
static bool row_fails(const struct row *r, const char *dir)
{
	struct vault *v = NULL;
	struct vault_report report;
	struct why w = {""};
	enum err e;
	struct bytes before[3], after[3];
	bool same = true;
	for (size_t i = 0; i < COUNT_OF(part_names); i++)
		before[i] = load(in_dir(dir, part_names[i]));
	e = opened(dir, &v, &w);
	if (e != r->open || (e != ERR_OK && !strstr(w.text, r->words)))
		return fails(r, "open", e, &w);
	if (e == ERR_OK && commits(v) != r->commits)
		return fails(r, "another commit is the last", e, &w);
	if (e == ERR_OK && (e = vault_verify(v, &report, &w)) != ERR_OK)
		return fails(r, "verify", e, &w);
	vault_close(v);
	for (size_t i = 0; i < COUNT_OF(part_names); i++) {
		after[i] = load(in_dir(dir, part_names[i]));
		same = same && before[i].n == after[i].n &&
		       (before[i].n == 0 || memcmp(before[i].p, after[i].p, before[i].n) == 0);
		free(before[i].p);
		free(after[i].p);
	}
	if (r->open != ERR_OK && !same)
		return fails(r, "something was changed", e, &w);
	v = NULL;
	e = opened(dir, &v, &w);
	vault_close(v);
	return e == r->open ? false : fails(r, "the second time", e, &w);
}

static void t_what_is_put_back_is_seen_and_named(void)
{
	const char *dir = test_dir();
	CHECK(stands_make());
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct why none = {""};
		copy_store(stand_dir[rows[i].stand], dir);
		if (!rows[i].act(dir)) {
			fails(&rows[i], "could not be done", ERR_OK, &none);
			return;
		}
		if (row_fails(&rows[i], dir))
			return;
	}
}

/* ---- while the store is open ---------------------------------------------------------------- */

static bool put_page(const char *dir, const char *name, long at, const uint8_t *page)
{
	int fd = open(in_dir(dir, name), O_WRONLY);
	bool good = fd >= 0 && pwrite(fd, page, VAULT_PAGE, at) == VAULT_PAGE;
	if (fd >= 0)
		close(fd);
	return good;
}

static void t_old_page_under_an_open_store_is_seen_when_read(void)
{
	const char *dir = test_dir(), *old = test_dir();
	struct vault *v = made(dir);
	struct vault_report r = {0};
	struct why w = {""};
	struct bytes b;
	CHECK(v);
	copy_store(dir, old);
	CHECK(sql(v, "UPDATE t SET a='new'; PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK);
	b = load(in_dir(old, VAULT_FILE_DB));
	CHECK(put_page(dir, VAULT_FILE_DB, 30 * VAULT_PAGE, b.p + 30 * VAULT_PAGE));
	free(b.p);
	CHECK(sqlite3_db_release_memory(v->db) == SQLITE_OK);
	CHECK(sql_int(v->db, "SELECT sum(length(a)) FROM t") == -1);
	CHECK(v->vfs->old_page == 31);
	CHECK_ERR(store_err(v, SQLITE_IOERR_DATA, &w), ERR_OLDER);
	CHECK(strstr(w.text, "Page 31 "));
	CHECK_ERR(vault_verify(v, &r, &w), ERR_OLDER);
	CHECK(r.bad_pages == 0 && r.old_pages == 1 && r.old[0] == 31);
	/* the rest of it goes on */
	CHECK(sql(v, "UPDATE n SET x=7") == SQLITE_OK && commits(v) == 7);
	vault_close(v);
	CHECK_ERR(opened(dir, &v, &w), ERR_OLDER);
}

static void t_old_frame_under_an_open_store_is_seen_when_read(void)
{
	struct vault *v = NULL;
	struct vault_report r = {0};
	const char *dir = test_dir();
	struct bytes b;
	CHECK(stands_make());
	copy_store(stand_dir[RESTED], dir);
	CHECK_ERR(opened(dir, &v, NULL), ERR_OK);
	b = load(in_dir(dir, VAULT_FILE_WAL));
	CHECK(put_page(dir, VAULT_FILE_WAL, frame_place(twin[1]) + WAL_SEALED_HEAD,
	        b.p + frame_place(twin[0]) + WAL_SEALED_HEAD));
	free(b.p);
	CHECK(sqlite3_db_release_memory(v->db) == SQLITE_OK);
	CHECK(sql(v, "PRAGMA wal_checkpoint") != SQLITE_OK);
	CHECK(v->vfs->old_page != 0);
	CHECK_ERR(vault_verify(v, &r, NULL), ERR_OLDER);
	CHECK(r.old_pages == 1);
	vault_close(v);
}

/* ---- the commit path ------------------------------------------------------------------------ */

/* SQLite overwrites pages of a transaction in the log when its cache is small, and writes the sums
 * of all frames since anew. */
static void t_headers_written_anew_stay_bound(void)
{
	const char *dir = test_dir(), *copy = test_dir();
	struct vault *v = made(dir);
	uint32_t pgno;
	CHECK(v);
	CHECK(sql(v, "PRAGMA cache_size=4; BEGIN; UPDATE t SET a='one'; UPDATE t SET a='two'||id;"
	             "SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; UPDATE t SET b=a; COMMIT") ==
	        SQLITE_OK);
	CHECK(v->vfs->wal.committed > 50);
	for (uint32_t i = 1; i <= v->vfs->wal.committed; i++)
		CHECK(wal_frame_state(v->vfs, i, &pgno) == PAGE_GOOD);
	CHECK(sql(v, "BEGIN; UPDATE t SET a='gone'; ROLLBACK; UPDATE n SET x=1") == SQLITE_OK);
	CHECK_ERR(vault_rest(v), ERR_OK);
	copy_store(dir, copy);
	vault_close(v);
	CHECK_ERR(opened(copy, &v, NULL), ERR_OK);
	CHECK(sql_int(v->db, "SELECT count(*) FROM t WHERE a='two'||id AND b=a") == 300);
	CHECK(commits(v) == 1);
	vault_close(v);
}

/* Two saves of the anchor a checkpoint, one a log, none a commit. */
static void t_commits_do_not_write_the_anchor(void)
{
	struct vault *v = made(test_dir());
	uint64_t epoch;
	CHECK(v);
	CHECK(commit(v, 1));
	epoch = v->anchor.epoch;
	CHECK(commit(v, 2) && commit(v, 3) && v->anchor.epoch == epoch);
	CHECK_ERR(vault_rest(v), ERR_OK);
	CHECK(v->anchor.epoch == epoch + 2);
	CHECK_ERR(vault_rest(v), ERR_OK);
	CHECK(v->anchor.epoch == epoch + 2);
	CHECK(sql(v, "PRAGMA wal_checkpoint") == SQLITE_OK && v->anchor.epoch == epoch + 4);
	CHECK(commit(v, 4) && v->anchor.epoch == epoch + 5);
	vault_close(v);
}

/* ---- stores of the first version ------------------------------------------------------------ */

/* The old sealing, as it was written then: a header bound to store, generation and place. */
static void seal_frame_1(const struct vault *v, uint32_t frame, uint8_t out[WAL_SEALED_HEAD])
{
	const struct vfs_wal *w = &v->vfs->wal;
	uint8_t ad[40];
	le_put(ad, 4, 1);
	le_put(ad + 4, 4, 2);
	memcpy(ad + 8, vault_id(v), VAULT_ID_BYTES);
	memcpy(ad + 24, w->gen.bytes, 12);
	le_put(ad + 36, 4, frame);
	randombytes_buf(out, VAULT_NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out + VAULT_RESERVE, out + VAULT_NONCE,
	        NULL, w->frame[frame - 1].head, WAL_FRAME_HEAD, ad, sizeof(ad), NULL, out,
	        v->keys->wal);
}

static bool anchor_1(const struct vault *v, const char *dir)
{
	uint8_t file[ANCHOR_FILE] = {0};
	struct bytes ring = load(in_dir(dir, VAULT_FILE_RING));
	for (uint64_t e = 6; ring.p && e < 8; e++) {
		struct anchor_bytes_1 b = {.magic = {'C', 'R', 'A', 'N', 'C', 'H', '\r', '\n'}};
		le_put(b.version, 2, 1);
		memcpy(b.store_id, vault_id(v), VAULT_ID_BYTES);
		le_put(b.epoch, 8, e);
		memcpy(b.ring_serial, ring.p + 32, 8);
		memcpy(b.wal_now, v->vfs->wal.gen.bytes, 12);
		keyed_hash(v->keys->anchor, "caseroom 1 anchor", &b,
		        offsetof(struct anchor_bytes_1, mac), NULL, 0, b.mac, 32);
		memcpy(file + e % 2 * ANCHOR_STEP, &b, sizeof(b));
	}
	free(ring.p);
	return save(in_dir(dir, VAULT_FILE_ANCHOR), file, sizeof(file));
}

static const char *const first_words = "orchard lantern pebble harbour";

/* What the first version left when the power went: a store that it made, with its keyring, and
 * commits 1 to 4 in its log. */
static bool first_version(const char *dir)
{
	const char *work = test_dir();
	struct vault_secret *s = secret_of(first_words);
	struct vault *v = NULL;
	uint8_t head[WAL_SEALED_HEAD];
	bool good;
	copy_store("tests/unit/store-1", work);
	good = vault_open(work, NULL, s, &v, NULL) == ERR_OK;
	if (good)
		(void)sqlite3_wal_autocheckpoint(v->db, 0);
	good = good && sql(v, "CREATE TABLE n(x); INSERT INTO n VALUES(0)") == SQLITE_OK;
	for (int i = 1; i <= 4 && good; i++)
		good = sql(v, "UPDATE n SET x=x+1") == SQLITE_OK;
	if (good) {
		copy_store(work, dir);
		good = copy_file(in_dir("tests/unit/store-1", VAULT_FILE_RING),
		        in_dir(dir, VAULT_FILE_RING));
	}
	for (uint32_t i = 1; good && i <= v->vfs->wal.committed; i++) {
		seal_frame_1(v, i, head);
		good = put_bytes(
		        in_dir(dir, VAULT_FILE_WAL), (size_t)frame_place(i), head, sizeof(head));
	}
	good = good && anchor_1(v, dir);
	vault_close(v);
	vault_secret_destroy(s);
	return good;
}

static enum err first_opened(const char *dir, struct vault **ret, struct why *w)
{
	struct vault_secret *s = secret_of(first_words);
	enum err e = vault_open(dir, NULL, s, ret, w);
	vault_secret_destroy(s);
	return e;
}

static bool anchor_is_2(const char *dir)
{
	struct bytes b = load(in_dir(dir, VAULT_FILE_ANCHOR));
	bool good = b.n == ANCHOR_FILE && b.p[8] == 2 && b.p[ANCHOR_STEP + 8] == 2;
	free(b.p);
	return good;
}

static void t_first_version_with_a_log_is_brought_up(void)
{
	const char *dir = test_dir(), *cut = test_dir();
	struct vault *v = NULL;
	struct vault_report r;
	struct why w = {""};
	struct bytes log, anchor;
	CHECK(first_version(dir));
	log = load(in_dir(dir, VAULT_FILE_WAL));
	anchor = load(in_dir(dir, VAULT_FILE_ANCHOR));
	CHECK_ERR(first_opened(dir, &v, &w), ERR_OK);
	CHECK(commits(v) == 4 && anchor_is_2(dir));
	/* A cut may bring the old log back: that it was emptied need not be on the card yet. */
	copy_store(dir, cut);
	CHECK(save(in_dir(cut, VAULT_FILE_WAL), log.p, log.n));
	CHECK(sql(v, "UPDATE n SET x=5") == SQLITE_OK);
	CHECK_ERR(vault_verify(v, &r, &w), ERR_OK);
	vault_close(v);
	CHECK_ERR(first_opened(cut, &v, &w), ERR_OK);
	CHECK(commits(v) == 4 && sql(v, "UPDATE n SET x=6") == SQLITE_OK);
	vault_close(v);
	CHECK_ERR(first_opened(cut, &v, &w), ERR_OK);
	CHECK(commits(v) == 6);
	vault_close(v);
	/* Its anchor knew nothing of pages; put back, it would forget them. */
	CHECK(save(in_dir(cut, VAULT_FILE_ANCHOR), anchor.p, anchor.n));
	CHECK_ERR(first_opened(cut, &v, &w), ERR_OLDER);
	CHECK(strstr(w.text, "older than the keyring"));
	free(log.p);
	free(anchor.p);
}

static void t_first_version_with_another_log_is_refused(void)
{
	const char *dir = test_dir();
	struct vault *v = NULL;
	struct why w = {""};
	CHECK(first_version(dir));
	CHECK(stands_make());
	CHECK(copy_file(in_dir(stand_dir[RESTED], VAULT_FILE_WAL), in_dir(dir, VAULT_FILE_WAL)));
	CHECK_ERR(first_opened(dir, &v, &w), ERR_OLDER);
	CHECK(strstr(w.text, "log"));
}

/* ---- the room key --------------------------------------------------------------------------- */

/* A commit, an entry, a closed meeting; the room key is told at close. */
static bool meeting_held(const char *dir, const char *stick, int n)
{
	const struct vault_mark m = {(uint64_t)n * 3, (uint64_t)n, {(uint8_t)n}};
	struct vault *v = NULL;
	char text[60];
	bool good = opened(dir, &v, NULL) == ERR_OK && vault_witness_to(v, stick, NULL) == ERR_OK;
	snprintf(text, sizeof(text), "BEGIN; UPDATE n SET x=%d", n);
	good = good && sql(v, text) == SQLITE_OK;
	if (good)
		vault_mark(v, &m);
	good = good && sql(v, "COMMIT") == SQLITE_OK;
	vault_close(v);
	return good;
}

static void t_all_files_put_back_are_seen_with_the_room_key(void)
{
	const char *dir = test_dir(), *old = test_dir(), *stick = test_dir();
	struct vault_room_key *k = NULL;
	struct vault *v = made(dir);
	struct why w = {""};
	CHECK(v);
	vault_close(v);
	CHECK_ERR(vault_room_key_make(stick, &k, &w), ERR_OK);
	vault_room_key_destroy(k);
	CHECK(meeting_held(dir, stick, 1));
	copy_store(dir, old);
	CHECK(meeting_held(dir, stick, 2) && meeting_held(dir, stick, 3));
	copy_store(old, dir);
	CHECK_ERR(opened(dir, &v, &w), ERR_OK); /* the card alone cannot know */
	CHECK_ERR(vault_witness_to(v, stick, &w), ERR_OLDER);
	CHECK(strstr(w.text, "2 meetings and 6 entries"));
	vault_close(v);
}

/* Zeroes the record of the anchor that was written last, as if a cut had torn it. */
static bool spoil_newest(const char *dir)
{
	struct bytes b = load(in_dir(dir, VAULT_FILE_ANCHOR));
	bool good = b.n == ANCHOR_FILE;
	if (good) {
		const uint64_t one = le_get(b.p + offsetof(struct anchor_bytes, epoch), 8),
		               two = le_get(
		                       b.p + ANCHOR_STEP + offsetof(struct anchor_bytes, epoch), 8);
		memset(b.p + (two > one ? ANCHOR_STEP : 0), 0, sizeof(struct anchor_bytes));
		good = save(in_dir(dir, VAULT_FILE_ANCHOR), b.p, b.n);
	}
	free(b.p);
	return good;
}

static void t_spoilt_record_brings_back_nothing_older(void)
{
	const char *dir = test_dir(), *card = test_dir();
	struct vault_secret *other = secret_of("copper meadow seven bridges");
	uint8_t id[VAULT_ID_BYTES];
	struct stat st;
	struct vault *v = made(dir), *again = NULL;
	struct why w = {""};
	CHECK(v);
	/* the log, cut back to where it was at rest before */
	CHECK(sql(v, "UPDATE n SET x=1") == SQLITE_OK);
	CHECK_ERR(vault_rest(v), ERR_OK);
	CHECK(stat(in_dir(dir, VAULT_FILE_WAL), &st) == 0);
	CHECK(sql(v, "UPDATE n SET x=2") == SQLITE_OK);
	CHECK_ERR(vault_rest(v), ERR_OK);
	copy_store(dir, card);
	CHECK(spoil_newest(card));
	CHECK_ERR(opened(card, &again, &w), ERR_OK); /* a torn record is no harm */
	CHECK(commits(again) == 2);
	vault_close(again);
	copy_store(dir, card);
	CHECK(spoil_newest(card));
	CHECK(truncate(in_dir(card, VAULT_FILE_WAL), st.st_size) == 0);
	CHECK_ERR(opened(card, &again, &w), ERR_OLDER);
	/* the keyring of before a key was taken away, the plug pulled at once */
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "second", other, id, &w), ERR_OK);
	copy_store(dir, card);
	CHECK_ERR(vault_slot_remove(v, id, &w), ERR_OK);
	CHECK(copy_file(in_dir(dir, VAULT_FILE_ANCHOR), in_dir(card, VAULT_FILE_ANCHOR)));
	CHECK(spoil_newest(card));
	CHECK_ERR(vault_open(card, id, other, &again, &w), ERR_OLDER);
	CHECK(strstr(w.text, "keyring"));
	vault_close(v);
}

static const struct test tests[] = {
        T(t_what_is_put_back_is_seen_and_named),
        T(t_old_page_under_an_open_store_is_seen_when_read),
        T(t_old_frame_under_an_open_store_is_seen_when_read),
        T(t_headers_written_anew_stay_bound),
        T(t_commits_do_not_write_the_anchor),
        T(t_spoilt_record_brings_back_nothing_older),
        T(t_first_version_with_a_log_is_brought_up),
        T(t_first_version_with_another_log_is_refused),
        T(t_all_files_put_back_are_seen_with_the_room_key),
};

int main(int argc, char **argv)
{
	cheap_start();
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
