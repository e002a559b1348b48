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
 * 1. Nothing is used but what restore_read.c has checked.
 * 2. The new store is made whole and checked, page by page and against its anchor, beside the one
 * that it replaces; then the two exchange their names in one step. The old one is never removed.
 * 3. A restored store begins a new life: the upper half of its anchor's epoch is above that of the
 * backup and, where they are the same store, of the one that it replaces; the anchor keeps how far
 * the record went then. So whatever remembers the store as it was before (a room key) is of an
 * earlier life and can say so, and a copy of the card from before the restore is older than the
 * witness written after it.
 * 4. What was not finished is taken away again: after an error, or when somebody asked to stop,
 * `dir` is as it was.
 */

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

static void witness_of(const struct anchor *a, struct vault_witness *ret)
{
	ret->epoch = a->epoch;
	ret->audit_seq = a->audit.set ? a->audit.mark.seq : 0;
	ret->meetings = a->audit.mark.meetings;
	memcpy(ret->audit_head, a->audit.mark.head, VAULT_HASH_BYTES);
}

static const struct ring_slot *slot_same(const struct keyring *k, const struct ring_slot *s)
{
	for (size_t i = 0; i < k->n; i++)
		if (memcmp(k->slot[i].id, s->id, VAULT_ID_BYTES) == 0)
			return &k->slot[i];
	return NULL;
}

static void key_tell(
        struct vault_restore_plan *plan, enum vault_key_since since, const struct ring_slot *s)
{
	struct vault_restore_key *k = &plan->key[plan->n_keys++];
	k->since = since;
	memcpy(k->label, s->label, sizeof(k->label)); /* keyring_load: it has its zero */
}

/* Which keys the store here has, and the backup has not or has otherwise; and the other way round.
 */
static void keys_look(
        struct vault_restore_plan *plan, const struct keyring *here, const struct keyring *backup)
{
	for (size_t i = 0; i < here->n; i++) {
		const struct ring_slot *s = &here->slot[i], *was = slot_same(backup, s);
		if (!was)
			key_tell(plan, VAULT_KEY_ADDED, s);
		else if (memcmp(was->salt, s->salt, sizeof(s->salt)) != 0)
			key_tell(plan, VAULT_KEY_CHANGED, s);
	}
	for (size_t i = 0; i < backup->n; i++)
		if (!slot_same(here, &backup->slot[i]))
			key_tell(plan, VAULT_KEY_REMOVED, &backup->slot[i]);
}

static uint64_t beyond(uint64_t here, uint64_t common)
{
	return here > common ? here - common : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What of the store here is not in the backup. Numbers of one life are one log; of two, they went
 * together no further than to where the later life began, however far each has gone since. */
static void newer_look(
        struct vault_restore_plan *plan, const struct anchor *here, const struct anchor *backup)
{
	const uint64_t h = here->epoch >> LIFE_BITS, b = backup->epoch >> LIFE_BITS;
	const struct life_began *began = h > b ? &here->began : &backup->began;
	uint64_t seq = plan->backup.audit_seq, meetings = plan->backup.meetings;
	if (h != b && began->seq) { /* else it is not known */
		seq = least(seq, began->seq);
		meetings = least(meetings, began->meetings);
	}
	plan->newer.after = seq;
	plan->newer.entries = beyond(plan->here.audit_seq, seq);
	plan->newer.meetings = beyond(plan->here.meetings, meetings);
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
		plan->keyring = true;
		plan->same = memcmp(k->head.store_id, r->ring.head.store_id, VAULT_ID_BYTES) == 0;
		if (plan->same)
			keys_look(plan, k, &r->ring);
		memcpy(a.store_id, k->head.store_id, VAULT_ID_BYTES);
		plan->words = words_open(k, words, keys, identity, NULL) == ERR_OK;
		if (plan->words && anchor_load(&a, NULL) == ERR_OK) {
			plan->here_known = true;
			witness_of(&a, &plan->here);
			newer_look(plan, &a, &r->anchor);
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
		e = restore_stopped(r, w);
		if (p == lock_page || e != ERR_OK)
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

/* Our own names alone, the mark that it is no store last. */
static void files_clear(const char *dir)
{
	static const char *const NAME[] = {VAULT_FILE_RING, VAULT_FILE_DB, VAULT_FILE_WAL,
	        VAULT_FILE_ANCHOR, VAULT_FILE_TRIES, VAULT_FILE_MAKING};
	char path[PATH_MAX];
	for (size_t i = 0; i < COUNT_OF(NAME); i++)
		if (store_path(path, dir, NAME[i]) == ERR_OK)
			(void)unlink(path);
}

static enum err store_make(struct restore *r, const char *dir, struct why *w)
{
	char ring[PATH_MAX];
	enum err e;
	TRY(store_path(ring, dir, VAULT_FILE_RING));
	TRY(store_make_begin(dir, w));
	e = db_make(r, dir, w);
	if (e == ERR_OK)
		e = anchor_make(r, dir);
	if (e == ERR_OK)
		e = vault_io_real.replace(ring, r->ring_bytes, r->ring_n);
	if (e == ERR_OK)
		return store_make_end(dir);
	files_clear(dir);
	return e;
}

/* ---- in the place of a store ------------------------------------------------------------------
 */

/* In `dir`, which holds no store. */
static enum err make_in(struct restore *r, const char *dir, struct why *w)
{
	int lock = -1;
	enum err e;
	if (!r->whole) /* the single file */
		return restore_file(r->job->from, dir, r->job->fn, r->job->ctx, w);
	e = vault_io_real.make_dir(dir);
	if (e == ERR_OK)
		e = vault_io_real.lock(dir, &lock);
	if (e == ERR_OK)
		e = store_make(r, dir, w);
	vault_io_real.unlock(lock);
	return e;
}

/* Of this moment; numbered where that is taken. */
static enum err kept_name(const char *dir, char ret[VAULT_KEPT_MAX])
{
	struct time_local t;
	time_to_local(time_now_us(), &t);
	for (int i = 1; i < 100; i++) {
		char again[8] = "";
		if (i > 1)
			snprintf(again, sizeof(again), "-%d", i);
		int n = snprintf(ret, VAULT_KEPT_MAX, "%s.before-%04d-%02d-%02d-%02d%02d%02d%s",
		        dir, t.year, t.month, t.day, t.hour, t.minute, t.second, again);
		if (n < 0 || n >= VAULT_KEPT_MAX)
			return ERR_LIMIT;
		if (!vault_io_real.exists(ret))
			return ERR_OK;
	}
	return ERR_EXISTS;
}

/* `fresh` and `dir` exchange their names in one step; then the old one gets the name it keeps. */
static enum err exchange(
        const char *fresh, const char *dir, char kept[VAULT_KEPT_MAX], struct why *w)
{
	char parent[PATH_MAX];
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

/* What an interrupted restore left beside the store. A whole store is none of it: the exchange was
 * cut between its two steps, and that is the old one. */
static enum err beside_clear(const char *fresh, const char *dir, struct why *w)
{
	char kept[VAULT_KEPT_MAX];
	if (vault_is_store(fresh)) {
		TRY(kept_name(dir, kept));
		return rename(fresh, kept) == 0 ? ERR_OK
		                                : why(w, io_err(errno),
		                                          "What an interrupted restore left could "
		                                          "not be put aside.");
	}
	files_clear(fresh);
	(void)rmdir(fresh);
	return ERR_OK;
}

static enum err make_instead(
        struct restore *r, const char *dir, struct vault_restore_plan *plan, struct why *w)
{
	char fresh[PATH_MAX];
	int old = -1;
	enum err e;
	if ((size_t)snprintf(fresh, sizeof(fresh), "%s.restoring", dir) >= sizeof(fresh) - 32)
		return ERR_LIMIT;
	e = vault_io_real.lock(dir, &old);
	if (e == ERR_BUSY)
		return why(w, e, "Another program has this store open. Close it there first.");
	if (e == ERR_OK)
		e = beside_clear(fresh, dir, w);
	if (e == ERR_OK) {
		e = make_in(r, fresh, w);
		if (e != ERR_OK) {
			files_clear(fresh);
			(void)rmdir(fresh);
		}
	}
	if (e == ERR_OK)
		e = exchange(fresh, dir, plan->kept, w);
	if (e != ERR_OK)
		plan->kept[0] = 0;
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

static enum err folder_open(
        struct restore *r, const char *dir, struct vault_restore_plan *plan, struct why *w)
{
	if (!r->job->words)
		return why(w, ERR_NEEDS, "It takes the recovery words to open a backup.");
	TRY(restore_open(r, &plan->earlier_us, w));
	plan->made_us = r->made_us;
	witness_of(&r->anchor, &plan->backup);
	if (plan->there)
		here_look(plan, dir, r->job->words, r);
	r->life = r->anchor.epoch >> LIFE_BITS;
	if (plan->same && plan->here.epoch >> LIFE_BITS > r->life)
		r->life = plan->here.epoch >> LIFE_BITS;
	return ERR_OK;
}

static enum err restore_to(
        struct restore *r, const char *dir, struct vault_restore_plan *plan, struct why *w)
{
	if (plan->there && !r->job->replace)
		return there_already(w);
	return plan->there ? make_instead(r, dir, plan, w) : make_in(r, dir, w);
}

enum err vault_restore_run(
        const struct vault_restore_job *job, struct vault_restore_plan *ret, struct why *w)
{
	struct vault_restore_plan plan = {0};
	struct restore *r = NULL;
	struct stat st;
	char bare[PATH_MAX];
	enum err e = restore_new(&r);
	if (e == ERR_OK)
		e = bare_path(job->dir, bare);
	if (e == ERR_OK && stat(job->from, &st) != 0)
		e = why(w, io_err(errno), "The backup could not be opened.");
	if (e == ERR_OK) {
		r->job = job;
		plan.there = has_ring(bare) || vault_is_store(bare);
		if (S_ISDIR(st.st_mode))
			e = folder_open(r, bare, &plan, w);
	}
	if (e == ERR_OK)
		e = restore_to(r, bare, &plan, w);
	restore_destroy(r);
	if (ret)
		*ret = plan;
	return e;
}

enum err vault_restore(const char *from, const char *dir, const struct vault_secret *words,
        bool replace, struct vault_restore_plan *ret, vault_progress_fn *fn, void *ctx,
        struct why *w)
{
	const struct vault_restore_job job = {
	        .from = from, .dir = dir, .words = words, .replace = replace, .fn = fn, .ctx = ctx};
	return vault_restore_run(&job, ret, w);
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
