#include "backup_int.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "caseroom/time.h"
/*
 * Makes a store of a backup folder and the recovery words.
 *
 * Invariants.
 * 1. Nothing in a part is used before age and the part's own MAC hold, and nothing after the last
 * part that makes the store whole is used at all.
 * 2. The new store is made whole and checked, page by page and against its anchor, beside the one
 * that it replaces; then the two exchange their names in one step. The old one is never removed.
 * 3. A restored store begins a new life: the upper half of its anchor's epoch is above that of the
 * backup and, where they are the same store, of the one that it replaces; the anchor keeps how far
 * the record went then. So whatever remembers the store as it was before (a room key) is of an
 * earlier life and can say so, and a copy of the card from before the restore is older than the
 * witness written after it.
 */

struct restore {
	char set[PATH_MAX];
	struct keyring ring;     /* of the folder */
	struct vault_keys *keys; /* guarded */
	char *identity;          /* guarded */
	uint8_t key[VAULT_KEY], set_id[VAULT_ID_BYTES];
	uint32_t number[PART_MAX + 1]; /* of the parts there */
	uint32_t parts, whole;         /* there, and the last that makes the store whole */
	uint64_t pages;                /* of the store then */
	int64_t made_us;
	uint8_t ring_bytes[RING_MAX], anchor_bytes[ANCHOR_FILE];
	size_t ring_n, anchor_n;
	struct anchor anchor;
	uint64_t life; /* what is made is of a later one */
	uint8_t page[VAULT_PAGE];
	vault_progress_fn *fn;
	void *ctx;
	uint64_t done, total;
};

static void tell(struct restore *r, uint64_t n)
{
	r->done += n;
	if (r->fn)
		r->fn(r->ctx, r->done < r->total ? r->done : r->total, r->total);
}

/* ---- where the backup lies --------------------------------------------------------------------
 */

static bool has_ring(const char *dir)
{
	char path[PATH_MAX];
	return path_in(path, dir, VAULT_FILE_RING) == ERR_OK && vault_io_real.exists(path);
}

/* The folder caseroom-backup-XXXXXXXX in `dir`: ERR_EXISTS when there are several. */
static enum err folder_find(const char *dir, char ret[PATH_MAX], struct why *w)
{
	static const char name[] = "caseroom-backup-";
	char found[NAME_MAX + 1] = "";
	const size_t n = folder_begins(dir, name, found);
	if (n > 1)
		return why(w, ERR_EXISTS,
		        "There are backups of %zu stores here. Name the folder of the one that you "
		        "mean: each begins with %s.",
		        n, name);
	if (n == 0)
		return why(w, ERR_NOT_STORE, "There is no Caseroom backup here.");
	return path_in(ret, dir, "%s", found);
}

/* The sets of the backup in `from`, rising; r->set is their folder. */
static enum err sets_find(struct restore *r, const char *from, uint32_t *ret, size_t max,
        size_t *ret_n, struct why *w)
{
	struct stat st;
	*ret_n = 0;
	if (stat(from, &st) != 0)
		return why(w, io_err(errno), "The backup could not be opened.");
	(void)snprintf(r->set, sizeof(r->set), "%s", from);
	if (has_ring(from)) /* a set by itself */
		return ERR_OK;
	TRY(folder_numbers(from, 4, "", ret, max, ret_n));
	if (*ret_n == 0) {
		TRY(folder_find(from, r->set, w));
		TRY(folder_numbers(r->set, 4, "", ret, max, ret_n));
	}
	return *ret_n ? ERR_OK : why(w, ERR_NOT_STORE, "There is no Caseroom backup here.");
}

/* ---- parts ------------------------------------------------------------------------------------
 */

/* Opens part `number` and checks it against the one before; *ret points into `payload`. */
static enum err part_read(struct restore *r, uint32_t number, const uint8_t before[32],
        struct buf *payload, struct part *ret, struct why *w)
{
	char path[PATH_MAX];
	struct buf f;
	enum err e;
	buf_init(&f, PART_FILE);
	e = path_in(path, r->set, "%06u.age", number);
	if (e == ERR_OK)
		e = file_read(path, f.limit, &f, NULL);
	if (e == ERR_OK)
		e = age_open(r->identity, f.data, f.len, payload, NULL);
	if (e == ERR_OK)
		e = part_decode((const uint8_t *)payload->data, payload->len, r->key, ret, w);
	if (e == ERR_OK && (ret->number != number || memcmp(ret->head.before, before, 32) != 0 ||
	                           memcmp(ret->head.store_id, r->ring.head.store_id, 16) != 0 ||
	                           (number > 1 && memcmp(ret->head.set_id, r->set_id, 16) != 0)))
		e = ERR_DAMAGED;
	buf_finish(&f);
	if (e == ERR_OK)
		memcpy(r->set_id, ret->head.set_id, sizeof(r->set_id));
	return e;
}

typedef enum err part_fn(struct restore *r, const struct part *p, int out, struct why *w);

/* Parts 1 to n, in order. */
static enum err parts_each(struct restore *r, uint32_t n, part_fn *fn, int out, struct why *w)
{
	uint8_t before[32] = {0};
	struct part p;
	struct buf payload;
	enum err e = ERR_OK;
	buf_init(&payload, PART_PAYLOAD);
	for (uint32_t i = 1; i <= n && e == ERR_OK; i++) {
		buf_clear(&payload);
		e = part_read(r, i, before, &payload, &p, w);
		if (e == ERR_OK) {
			memcpy(before, p.mac, sizeof(before));
			e = fn(r, &p, out, w);
		}
		tell(r, 1);
		if (e != ERR_OK && e != ERR_NOMEM && e != ERR_FULL && !(w && w->text[0]))
			e = why(w, ERR_DAMAGED,
			        "Part %u of %u of this backup is damaged or does not belong to it. "
			        "Nothing was changed. Use another backup.",
			        i, n);
	}
	buf_finish(&payload);
	return e;
}

/* First time: how far it goes. */
static enum err part_note(struct restore *r, const struct part *p, int out, struct why *w)
{
	(void)out, (void)w;
	if (!p->whole)
		return ERR_OK;
	if (p->anchor_n != sizeof(r->anchor_bytes) || p->ring_n > sizeof(r->ring_bytes))
		return ERR_DAMAGED;
	r->whole = (uint32_t)p->number;
	r->pages = p->store_pages;
	r->made_us = p->made_us;
	r->ring_n = p->ring_n;
	r->anchor_n = p->anchor_n;
	memcpy(r->ring_bytes, p->ring, p->ring_n);
	memcpy(r->anchor_bytes, p->anchor, p->anchor_n);
	return ERR_OK;
}

/* Second time: the pages, each opened first, to their places. */
static enum err part_place(struct restore *r, const struct part *p, int out, struct why *w)
{
	struct seal s = {.keys = r->keys};
	memcpy(s.store_id, r->ring.head.store_id, sizeof(s.store_id));
	for (uint32_t i = 0; i < p->pages; i++) {
		const uint32_t pgno = (uint32_t)le_get(p->pgno + (size_t)4 * i, 4);
		const uint8_t *page = p->page + (size_t)i * VAULT_PAGE;
		if (!seal_open_page(&s, pgno, page, r->page))
			return why(w, ERR_DAMAGED, "Page %u of this backup is damaged.", pgno);
		wipe(r->page, sizeof(r->page));
		if (pwrite(out, page, VAULT_PAGE, (off_t)(pgno - 1) * VAULT_PAGE) != VAULT_PAGE)
			return why(w, io_err(errno ? errno : EIO),
			        "The new store could not be written. Nothing was changed.");
	}
	return ERR_OK;
}

/* ---- opening the backup -----------------------------------------------------------------------
 */

static enum err set_open(struct restore *r, const struct vault_secret *words, struct why *w)
{
	size_t n = 0;
	enum err e = keyring_load(r->set, &r->ring, w);
	if (e == ERR_DAMAGED || e == ERR_NOT_STORE)
		return why(w, ERR_DAMAGED,
		        "The keyring of this backup is damaged. Nothing was changed. Use another "
		        "backup.");
	TRY(e);
	TRY(words_open(&r->ring, words, r->keys, r->identity, w));
	backup_key(r->keys, r->key);
	TRY(folder_numbers(r->set, 6, ".age", r->number, COUNT_OF(r->number), &n));
	r->parts = 0;
	while (r->parts < n && r->number[r->parts] == r->parts + 1)
		r->parts++;
	if (n != r->parts)
		return why(w, ERR_DAMAGED,
		        "Part %u of this backup is missing. Nothing was changed. Use another "
		        "backup.",
		        r->parts + 1);
	r->whole = 0;
	r->total = 2ull * r->parts;
	return parts_each(r, r->parts, part_note, -1, w);
}

static enum err anchor_of(struct restore *r, struct why *w)
{
	r->anchor.keys = r->keys;
	memcpy(r->anchor.store_id, r->ring.head.store_id, VAULT_ID_BYTES);
	return anchor_decode(&r->anchor, r->anchor_bytes, r->anchor_n, w);
}

/* The newest set that was ever whole; one that is damaged is said, not passed over. */
static enum err backup_open(
        struct restore *r, const char *from, const struct vault_secret *words, struct why *w)
{
	uint32_t set[64];
	char home[PATH_MAX];
	size_t n = 0;
	TRY(sets_find(r, from, set, COUNT_OF(set), &n, w));
	memcpy(home, r->set, sizeof(home));
	for (size_t i = n ? n : 1; i > 0; i--) {
		if (n)
			TRY(path_in(r->set, home, "%04u", set[i - 1]));
		if (!has_ring(r->set)) /* not even begun in full */
			continue;
		TRY(set_open(r, words, w));
		if (r->whole)
			return anchor_of(r, w);
	}
	return why(w, ERR_NOT_STORE,
	        "This backup was interrupted before it was whole, or has lost its keyring, and "
	        "there is none before it.");
}

static void witness_of(const struct anchor *a, struct vault_witness *ret)
{
	ret->epoch = a->epoch;
	ret->audit_seq = a->audit.set ? a->audit.mark.seq : 0;
	ret->meetings = a->audit.mark.meetings;
	memcpy(ret->audit_head, a->audit.mark.head, VAULT_HASH_BYTES);
}

/* What the store in `dir` says of itself, when the same words open it. */
static void here_look(struct vault_restore_plan *plan, const char *dir,
        const struct vault_secret *words, const struct restore *r)
{
	struct keyring *k = calloc(1, sizeof(*k));
	struct vault_keys *keys = secret_alloc(sizeof(*keys));
	char *identity = secret_alloc(AGE_IDENTITY_MAX);
	struct anchor a = {.keys = keys};
	if (k && keys && identity && keyring_load(dir, k, NULL) == ERR_OK &&
	        store_path(a.path, dir, VAULT_FILE_ANCHOR) == ERR_OK) {
		plan->same = memcmp(k->head.store_id, r->ring.head.store_id, VAULT_ID_BYTES) == 0;
		memcpy(a.store_id, k->head.store_id, VAULT_ID_BYTES);
		if (words_open(k, words, keys, identity, NULL) == ERR_OK &&
		        anchor_load(&a, NULL) == ERR_OK) {
			plan->here_known = true;
			witness_of(&a, &plan->here);
		}
	}
	secret_free(identity);
	secret_free(keys);
	free(k);
}

/* ---- making the store -------------------------------------------------------------------------
 */

/* Every page opens in its place, as it lies on the card now, and all together they are the store
 * that the anchor speaks of. A page that was never written is all zero. */
static enum err db_check(struct restore *r, int fd, struct why *w)
{
	static const uint8_t zero[VAULT_PAGE];
	struct seal s = {.keys = r->keys};
	const uint32_t lock_page = seal_lock_page();
	uint8_t(*tag)[VAULT_TAG] = calloc(r->pages, sizeof(*tag));
	enum err e = tag ? ERR_OK : ERR_NOMEM;
	memcpy(s.store_id, r->ring.head.store_id, sizeof(s.store_id));
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	for (uint32_t p = 1; p <= r->pages && e == ERR_OK; p++) {
		if (p == lock_page)
			continue;
		if (pread(fd, r->page, VAULT_PAGE, (off_t)(p - 1) * VAULT_PAGE) != VAULT_PAGE) {
			e = ERR_IO;
		} else if (memcmp(r->page, zero, VAULT_PAGE) != 0) {
			memcpy(tag[p - 1], page_tag(r->page), VAULT_TAG);
			if (!seal_open_page(&s, p, r->page, r->page))
				e = why(w, ERR_DAMAGED, "Page %u of the restored store is damaged.",
				        p);
		}
		wipe(r->page, sizeof(r->page));
	}
	if (e == ERR_OK &&
	        !fresh_same(&r->anchor, r->keys, lock_page, (const void *)tag, (uint32_t)r->pages))
		e = why(w, ERR_DAMAGED,
		        "The pages of this backup are not the store that its anchor speaks of. "
		        "Nothing was changed. Use another backup.");
	free(tag);
	return e;
}

static enum err db_make(struct restore *r, const char *dir, struct why *w)
{
	char path[PATH_MAX];
	int out;
	enum err e = store_path(path, dir, VAULT_FILE_DB);
	if (e != ERR_OK)
		return e;
	out = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0)
		return io_err(errno);
	e = parts_each(r, r->whole, part_place, out, w);
	if (e == ERR_OK && ftruncate(out, (off_t)r->pages * VAULT_PAGE) != 0)
		e = io_err(errno);
	if (e == ERR_OK && fsync(out) != 0)
		e = io_err(errno);
	if (e == ERR_OK)
		e = db_check(r, out, w);
	if (close(out) != 0 && e == ERR_OK)
		e = ERR_IO;
	return e;
}

/* The anchor of the backup, then a record of the new life beside it. */
static enum err anchor_make(struct restore *r, const char *dir)
{
	TRY(store_path(r->anchor.path, dir, VAULT_FILE_ANCHOR));
	TRY(vault_io_real.replace(r->anchor.path, r->anchor_bytes, r->anchor_n));
	r->anchor.epoch = ((r->life + 1) << LIFE_BITS) | (uint32_t)r->anchor.epoch;
	r->anchor.began =
	        (struct life_began){r->anchor.audit.mark.seq, r->anchor.audit.mark.meetings};
	return anchor_save(&r->anchor);
}

static enum err store_make(struct restore *r, const char *dir, struct why *w)
{
	char ring[PATH_MAX];
	TRY(store_make_begin(dir, w));
	TRY(store_path(ring, dir, VAULT_FILE_RING));
	TRY(db_make(r, dir, w));
	TRY(anchor_make(r, dir));
	TRY(vault_io_real.replace(ring, r->ring_bytes, r->ring_n));
	return store_make_end(dir);
}

/* ---- in the place of a store ------------------------------------------------------------------
 */

/* What is to be made, for both forms of a backup. */
struct making {
	struct restore *r; /* NULL: the single file */
	const char *file;
	vault_progress_fn *fn;
	void *ctx;
};

/* In `dir`, which holds no store. */
static enum err make_in(const struct making *m, const char *dir, struct why *w)
{
	int lock = -1;
	enum err e;
	if (!m->r)
		return restore_file(m->file, dir, m->fn, m->ctx, w);
	e = vault_io_real.make_dir(dir);
	if (e == ERR_OK)
		e = vault_io_real.lock(dir, &lock);
	if (e == ERR_OK)
		e = store_make(m->r, dir, w);
	vault_io_real.unlock(lock);
	return e;
}

/* What an interrupted restore left beside `dir`: our own names alone. */
static void beside_clear(const char *dir)
{
	static const char *const NAME[] = {VAULT_FILE_RING, VAULT_FILE_DB, VAULT_FILE_WAL,
	        VAULT_FILE_ANCHOR, VAULT_FILE_TRIES, VAULT_FILE_MAKING};
	char path[PATH_MAX];
	for (size_t i = 0; i < COUNT_OF(NAME); i++)
		if (store_path(path, dir, NAME[i]) == ERR_OK)
			(void)unlink(path);
	(void)rmdir(dir);
}

static enum err kept_name(const char *dir, char ret[PATH_MAX])
{
	struct time_local t;
	int n;
	time_to_local(time_now_us(), &t);
	n = snprintf(ret, PATH_MAX, "%s.before-%04d-%02d-%02d-%02d%02d%02d", dir, t.year, t.month,
	        t.day, t.hour, t.minute, t.second);
	return n > 0 && n < PATH_MAX && !vault_io_real.exists(ret) ? ERR_OK : ERR_EXISTS;
}

/* `fresh` and `dir` exchange their names in one step; then the old one gets the name it keeps. */
static enum err exchange(const char *fresh, const char *dir, struct why *w)
{
	char kept[PATH_MAX], parent[PATH_MAX];
	enum err e = kept_name(dir, kept);
	if (e == ERR_OK && renameat2(AT_FDCWD, fresh, AT_FDCWD, dir, RENAME_EXCHANGE) != 0)
		e = io_err(errno);
	if (e == ERR_OK && rename(fresh, kept) != 0)
		e = io_err(errno);
	if (e == ERR_OK)
		e = path_parent(dir, parent);
	if (e == ERR_OK)
		e = vault_io_real.sync_dir(parent);
	return e == ERR_OK ? e
	                   : why(w, e,
	                             "The restored store could not take the place of the old one. "
	                             "Nothing of either is lost: they are in %.150s and beside it.",
	                             dir);
}

static enum err make_instead(const struct making *m, const char *dir, struct why *w)
{
	char fresh[PATH_MAX];
	int old = -1;
	enum err e;
	if ((size_t)snprintf(fresh, sizeof(fresh), "%s.restoring", dir) >= sizeof(fresh) - 32)
		return ERR_LIMIT;
	e = vault_io_real.lock(dir, &old);
	if (e == ERR_BUSY)
		return why(w, e, "Another program has this store open. Close it there first.");
	if (e == ERR_OK) {
		beside_clear(fresh);
		e = make_in(m, fresh, w);
		if (e != ERR_OK)
			beside_clear(fresh);
	}
	if (e == ERR_OK)
		e = exchange(fresh, dir, w);
	vault_io_real.unlock(old);
	return e;
}

/* Without the slashes at its end. */
static enum err bare_path(const char *dir, char ret[PATH_MAX])
{
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (n >= PATH_MAX - 64)
		return ERR_LIMIT;
	memcpy(ret, dir, n);
	ret[n] = 0;
	return ERR_OK;
}

static enum err there_already(struct why *w)
{
	return why(w, ERR_EXISTS, "There is a store here already. Nothing was changed.");
}

static enum err restore_folder(struct restore *r, const char *from, const char *dir,
        const struct vault_secret *words, bool replace, struct vault_restore_plan *plan,
        struct why *w)
{
	const struct making m = {.r = r};
	if (!words)
		return why(w, ERR_NEEDS, "It takes the recovery words to open a backup.");
	r->keys = secret_alloc(sizeof(*r->keys));
	r->identity = secret_alloc(AGE_IDENTITY_MAX);
	if (!r->keys || !r->identity)
		return ERR_NOMEM;
	TRY(backup_open(r, from, words, w));
	plan->made_us = r->made_us;
	witness_of(&r->anchor, &plan->backup);
	if (plan->there)
		here_look(plan, dir, words, r);
	if (plan->there && !replace)
		return there_already(w);
	r->life = r->anchor.epoch >> LIFE_BITS;
	if (plan->same && plan->here.epoch >> LIFE_BITS > r->life)
		r->life = plan->here.epoch >> LIFE_BITS;
	return plan->there ? make_instead(&m, dir, w) : make_in(&m, dir, w);
}

static void restore_destroy(struct restore *r)
{
	if (!r)
		return;
	secret_free(r->keys);
	secret_free(r->identity);
	wipe(r, sizeof(*r));
	free(r);
}

enum err vault_restore(const char *from, const char *dir, const struct vault_secret *words,
        bool replace, struct vault_restore_plan *ret, vault_progress_fn *fn, void *ctx,
        struct why *w)
{
	struct vault_restore_plan plan = {0};
	struct restore *r = calloc(1, sizeof(*r));
	const struct making file = {.file = from, .fn = fn, .ctx = ctx};
	struct stat st;
	char bare[PATH_MAX];
	enum err e = r ? secret_start() : ERR_NOMEM;
	if (e == ERR_OK)
		e = bare_path(dir, bare);
	if (e == ERR_OK && stat(from, &st) != 0)
		e = why(w, io_err(errno), "The backup could not be opened.");
	if (e != ERR_OK)
		goto out;
	r->fn = fn;
	r->ctx = ctx;
	plan.there = has_ring(bare) || store_there(bare);
	if (S_ISDIR(st.st_mode))
		e = restore_folder(r, from, bare, words, replace, &plan, w);
	else if (plan.there)
		e = replace ? make_instead(&file, bare, w) : there_already(w);
	else
		e = make_in(&file, bare, w);
out:
	restore_destroy(r);
	if (ret)
		*ret = plan;
	return e;
}

bool vault_backup_is_file(const char *from)
{
	struct stat st;
	return stat(from, &st) == 0 && S_ISREG(st.st_mode);
}

unsigned vault_life(const struct vault *v)
{
	return (unsigned)(v->anchor.epoch >> LIFE_BITS);
}
