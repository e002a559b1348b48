#include "backup_int.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "caseroom/time.h"
/*
 * Brings the folder of this store on a stick up to date.
 *
 * Invariants.
 * 1. What is copied is the store as it was at begin: the log is empty then, and until end no
 * checkpoint writes to the database (vfs_db.c), however much goes into the log meanwhile.
 * 2. Each page is opened before it is copied: no backup holds a damaged one.
 * 3. A part is written by another name, synced, read back and compared; then `state` tells of it;
 * then it gets its name. So a cut leaves a state that tells of one part too many at most, and that
 * one is there whole by its other name. A part that the state does not know is the mark of an older
 * state put back.
 * 4. Nothing of a set is changed after it has its name. A set that is not sound, not ours, sealed
 * to other words or with an old data key is left as it is while a new one grows beside it, and
 * removed when the new one is whole.
 * 5. A set holds one life of the store. One of another life may go further than the store here: it
 * stays, until its words or its data key are of before.
 * 6. A part that makes the store whole again says so. What follows it counts for nothing until the
 * next one that does: an interrupted backup never spoils the one before.
 */

struct vault_backup {
	struct vault *v; /* used by begin and end alone */
	const struct vault_keys *keys;
	struct seal seal;
	uint8_t store_id[VAULT_ID_BYTES], key[VAULT_KEY];
	struct readers readers;
	uint8_t ring[RING_MAX], anchor[ANCHOR_FILE];
	size_t ring_n;
	uint64_t serial, pages;
	uint32_t life, lock_page;
	int fd;                    /* of store.db; the vfs owns it */
	uint8_t (*tag)[VAULT_TAG]; /* of each page then, as the vault knows them */
	int64_t made_us;
	char home[PATH_MAX], set[PATH_MAX]; /* caseroom-backup-XXXXXXXX, and the set in it */
	atomic_bool stop;
	vault_progress_fn *fn;
	void *ctx;
	uint64_t done, total;
	struct { /* as in struct vault_backup_counts */
		atomic_uint_fast64_t held, checked, changed, read, sealed, proven;
	} count;
	struct vault_backup_report report;
	struct state state;
	uint8_t page[PART_PAGES * VAULT_PAGE], pgno[PART_PAGES * 4], open[VAULT_PAGE];
	uint32_t n; /* pages gathered for the next part */
};

/* ---- begin and end: on the vault's thread -----------------------------------------------------
 */

static enum err note_store(struct vault_backup *b, struct why *w)
{
	struct vault *v = b->v;
	sqlite3_int64 size = 0;
	size_t n = 0;
	int rc;
	TRY(store_settle(v, w));
	TRY(vault_rest(v));
	TRY(vault_io()->read(v->anchor.path, b->anchor, sizeof(b->anchor), &n));
	if (n != sizeof(b->anchor))
		return why(w, ERR_DAMAGED, "The anchor is damaged: it is cut short.");
	rc = v->vfs->db_file->file.pMethods->xFileSize(&v->vfs->db_file->file, &size);
	if (rc != SQLITE_OK)
		return store_err(v, rc, w);
	b->pages = (uint64_t)size / VAULT_PAGE;
	b->tag = calloc(b->pages + 1, sizeof(*b->tag));
	if (!b->tag || v->vfs->fresh.pages < b->pages)
		return b->tag ? ERR_INTERNAL : ERR_NOMEM;
	memcpy(b->tag, v->vfs->fresh.tag, b->pages * sizeof(*b->tag));
	b->ring_n = keyring_encode(&v->ring, v->keys, b->ring);
	b->serial = le_get(v->ring.head.serial, 8);
	b->lock_page = v->vfs->lock_page;
	if (v->vfs->copy_fd < 0)
		v->vfs->copy_fd = open(v->vfs->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	b->fd = v->vfs->copy_fd;
	return b->fd >= 0 ? ERR_OK : io_err(errno);
}

enum err vault_backup_begin(
        struct vault *v, const char *dir, struct vault_backup **ret, struct why *w)
{
	const uint8_t *id = vault_id(v);
	struct vault_backup *b = calloc(1, sizeof(*b));
	enum err e;
	if (!b)
		return ERR_NOMEM;
	b->v = v;
	b->keys = v->keys;
	b->seal.keys = v->keys;
	memcpy(b->store_id, id, sizeof(b->store_id));
	memcpy(b->seal.store_id, id, sizeof(b->seal.store_id));
	b->made_us = time_now_us();
	b->life = vault_life(v);
	backup_key(v->keys, b->key);
	(void)snprintf(b->report.folder, sizeof(b->report.folder),
	        VAULT_BACKUP_BEGINS "%02x%02x%02x%02x", id[0], id[1], id[2], id[3]);
	e = path_in(b->home, dir, "%s", b->report.folder);
	if (e == ERR_OK && v->vfs->pinned)
		e = why(w, ERR_BUSY, "A backup is being made already.");
	if (e == ERR_OK)
		e = readers_of(&v->ring, &b->readers, w);
	if (e == ERR_OK)
		e = note_store(b, w);
	if (e != ERR_OK) {
		b->v = NULL; /* it was not pinned by this one */
		vault_backup_end(b);
		return e;
	}
	v->vfs->pinned = true;
	*ret = b;
	return ERR_OK;
}

void vault_backup_stop(struct vault_backup *b)
{
	atomic_store(&b->stop, true);
}

void vault_backup_count(const struct vault_backup *b, struct vault_backup_counts *ret)
{
	*ret = (struct vault_backup_counts){.held = atomic_load(&b->count.held),
	        .checked = atomic_load(&b->count.checked),
	        .changed = atomic_load(&b->count.changed),
	        .read = atomic_load(&b->count.read),
	        .sealed = atomic_load(&b->count.sealed),
	        .proven = atomic_load(&b->count.proven)};
}

void vault_backup_end(struct vault_backup *b)
{
	if (!b)
		return;
	if (b->v)
		b->v->vfs->pinned = false;
	state_finish(&b->state);
	free(b->tag);
	wipe(b, sizeof(*b));
	free(b);
}

/* ---- what the stick has -----------------------------------------------------------------------
 */

static void tell(struct vault_backup *b, uint64_t pages)
{
	b->done += pages;
	if (b->fn)
		b->fn(b->ctx, b->done < b->total ? b->done : b->total, b->total);
}

static enum err state_save(struct vault_backup *b)
{
	char path[PATH_MAX], new[PATH_MAX];
	uint8_t digest[DIGEST];
	struct buf f;
	enum err e;
	buf_init(&f, STATE_FILE);
	e = state_encode(&b->state, b->store_id, b->key, &f);
	if (e == ERR_OK)
		e = path_in(path, b->set, BACKUP_FILE_STATE);
	if (e == ERR_OK)
		e = path_in(new, b->set, BACKUP_FILE_STATE ".new");
	if (e == ERR_OK)
		e = folder_write(new, f.data, f.len, NULL);
	if (e == ERR_OK) {
		digest_of(f.data, f.len, digest);
		e = folder_check(new, f.len, digest, NULL);
	}
	if (e == ERR_OK)
		e = folder_rename(new, path, b->set);
	b->report.bytes += e == ERR_OK ? f.len : 0;
	buf_finish(&f);
	return e;
}

static enum err state_read(const struct vault_backup *b, const char *set, struct state *ret)
{
	char path[PATH_MAX];
	struct buf f;
	enum err e;
	state_finish(ret);
	memset(ret, 0, sizeof(*ret));
	buf_init(&f, STATE_FILE);
	e = path_in(path, set, BACKUP_FILE_STATE);
	if (e == ERR_OK)
		e = folder_read(path, &f);
	if (e == ERR_OK)
		e = state_decode((const uint8_t *)f.data, f.len, b->store_id, b->key, ret);
	buf_finish(&f);
	return e;
}

/* The keyring of a set names its store and its data key without any key. False: not readable. */
static bool set_ring(const char *set, struct keyring *ret)
{
	return keyring_load(set, ret, NULL) == ERR_OK;
}

static uint64_t pages_in_parts(const struct state *s)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s->parts; i++)
		n += le_get(s->part[i].pages, 4);
	return n;
}

/* The last part may still have its other name: the cut fell between state and rename. */
static enum err last_named(struct vault_backup *b)
{
	char part[PATH_MAX], name[PATH_MAX];
	if (b->state.parts == 0)
		return ERR_OK;
	TRY(path_in(name, b->set, "%06u.age", b->state.parts));
	TRY(path_in(part, b->set, "%06u.part", b->state.parts));
	if (vault_io_real.exists(name) || !vault_io_real.exists(part))
		return ERR_OK;
	return folder_rename(part, name, b->set);
}

/* Every part that the state tells of is there as it was written, and no other is. */
static enum err parts_sound(struct vault_backup *b)
{
	char path[PATH_MAX];
	uint32_t *on_stick = calloc(PART_MAX + 1, sizeof(*on_stick));
	size_t n = 0;
	enum err e = on_stick ? last_named(b) : ERR_NOMEM;
	if (e == ERR_OK)
		e = folder_numbers(b->set, 6, ".age", on_stick, PART_MAX + 1, &n);
	if (e == ERR_OK && (n != b->state.parts || (n && on_stick[n - 1] != n)))
		e = ERR_DAMAGED;
	free(on_stick);
	for (uint32_t i = 0; i < b->state.parts && e == ERR_OK; i++) {
		const struct state_part *p = &b->state.part[i];
		e = path_in(path, b->set, "%06u.age", i + 1);
		if (e == ERR_OK)
			e = folder_check(path, le_get(p->bytes, 8), p->digest, &b->stop);
		atomic_fetch_add(&b->count.checked, le_get(p->pages, 4));
		tell(b, le_get(p->pages, 4));
	}
	return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
}

/* A page that was never written has a tag of zeroes here and there. */
static bool page_changed(const struct vault_backup *b, uint32_t pgno)
{
	static const uint8_t none[VAULT_TAG];
	const uint8_t *held = pgno <= b->state.pages ? b->state.tag[pgno - 1] : none;
	return pgno != b->lock_page && memcmp(held, b->tag[pgno - 1], VAULT_TAG) != 0;
}

static uint64_t count_changed(const struct vault_backup *b)
{
	uint64_t n = 0;
	for (uint64_t p = 1; p <= b->pages; p++)
		n += page_changed(b, (uint32_t)p);
	return n;
}

/* ---- which set --------------------------------------------------------------------------------
 */

/* Why the newest set cannot be gone on with; MORE: it can. */
static enum err set_judge(struct vault_backup *b, enum vault_backup_anew *ret)
{
	struct keyring *k = calloc(1, sizeof(*k));
	enum err e = k ? folder_plain(b->set) : ERR_NOMEM;
	if (e == ERR_OK)
		e = state_read(b, b->set, &b->state);
	*ret = VAULT_BACKUP_MORE;
	if (e == ERR_OK && memcmp(b->state.readers, b->readers.digest, 32) != 0) {
		*ret = VAULT_BACKUP_WORDS;
	} else if (e == ERR_OK && b->state.life != b->life) {
		*ret = VAULT_BACKUP_RESTORED;
	} else if (e == ERR_WRONG_KEY) {
		const bool ring = set_ring(b->set, k);
		const bool ours = ring && memcmp(k->head.store_id, b->store_id, 16) == 0;
		*ret = ours && keyring_check(k, b->keys, NULL) != ERR_OK ? VAULT_BACKUP_DATA_KEY
		                                                         : VAULT_BACKUP_NOT_OURS;
		e = ERR_OK;
	} else if (e == ERR_DAMAGED || e == ERR_NOT_FOUND || e == ERR_LIMIT || e == ERR_VERSION) {
		*ret = VAULT_BACKUP_DAMAGED;
		e = ERR_OK;
	} else if (e == ERR_OK) {
		b->total = pages_in_parts(&b->state) + b->pages;
		atomic_store(&b->count.held, pages_in_parts(&b->state));
		e = parts_sound(b);
		if (e == ERR_DAMAGED) {
			*ret = VAULT_BACKUP_DAMAGED;
			e = ERR_OK;
		}
	}
	free(k);
	return e;
}

/* More than half of the parts would be pages that have changed since; then a full one, if there is
 * room for it beside this one. */
static bool set_large(struct vault_backup *b, uint64_t changed)
{
	const uint64_t held = pages_in_parts(&b->state) + changed,
	               full = b->pages * (VAULT_PAGE + 64) + (1u << 20);
	return (b->state.parts + 1 + changed / PART_PAGES >= PART_MAX ||
	               held > 2 * b->pages + PART_PAGES) &&
	       folder_room(b->home, full);
}

/* The keyring beside the parts opens them with the words of today. One that is right stays. */
static enum err ring_put(struct vault_backup *b)
{
	char path[PATH_MAX], new[PATH_MAX];
	uint8_t digest[DIGEST];
	TRY(path_in(path, b->set, VAULT_FILE_RING));
	TRY(path_in(new, b->set, VAULT_FILE_RING ".new"));
	digest_of(b->ring, b->ring_n, digest);
	if (folder_check(path, b->ring_n, digest, NULL) == ERR_OK)
		return ERR_OK;
	TRY(folder_write(new, b->ring, b->ring_n, NULL));
	TRY(folder_check(new, b->ring_n, digest, NULL));
	return folder_rename(new, path, b->set);
}

/* By the first number from this one on that nothing has, a link or a pipe neither. */
static enum err set_new(struct vault_backup *b, uint32_t number)
{
	do {
		if (number > SET_MAX)
			return ERR_LIMIT;
		TRY(path_in(b->set, b->home, "%04u", number++));
	} while (vault_io_real.exists(b->set));
	TRY(folder_make(b->set));
	state_finish(&b->state);
	memset(&b->state, 0, sizeof(b->state));
	b->state.life = b->life;
	randombytes_buf(b->state.set_id, sizeof(b->state.set_id));
	memcpy(b->state.readers, b->readers.digest, sizeof(b->state.readers));
	TRY(ring_put(b));
	return state_save(b);
}

static enum err set_choose(struct vault_backup *b, uint64_t *ret_changed)
{
	uint32_t set[64];
	size_t n = 0;
	enum vault_backup_anew anew = VAULT_BACKUP_FIRST;
	TRY(folder_make(b->home));
	TRY(folder_numbers(b->home, 4, "", set, COUNT_OF(set), &n));
	if (n > 0) {
		TRY(path_in(b->set, b->home, "%04u", set[n - 1]));
		TRY(set_judge(b, &anew));
	}
	if (anew == VAULT_BACKUP_MORE) {
		*ret_changed = count_changed(b);
		if (set_large(b, *ret_changed))
			anew = VAULT_BACKUP_LARGE;
	}
	b->report.anew = anew;
	b->report.before = n ? set[n - 1] : 0;
	if (anew == VAULT_BACKUP_MORE)
		return ring_put(b);
	TRY(set_new(b, n ? set[n - 1] + 1 : 1));
	*ret_changed = count_changed(b);
	return ERR_OK;
}

/* Invariant 5: is the set in `dir` to stay? */
static bool other_life(const struct vault_backup *b, const char *dir)
{
	struct state *s = calloc(1, sizeof(*s));
	if (!s)
		return true; /* until the next backup */
	const bool stays = state_read(b, dir, s) == ERR_OK && s->life != b->life && s->whole > 0 &&
	                   memcmp(s->readers, b->readers.digest, sizeof(s->readers)) == 0;
	state_finish(s);
	free(s);
	return stays;
}

/* Every other set of this store and of this life; one that is somebody else's is not touched. */
static enum err sets_remove(struct vault_backup *b)
{
	char dir[PATH_MAX];
	uint32_t set[64];
	size_t n = 0;
	struct keyring *k = calloc(1, sizeof(*k));
	enum err e = k ? folder_numbers(b->home, 4, "", set, COUNT_OF(set), &n) : ERR_NOMEM;
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		e = path_in(dir, b->home, "%04u", set[i]);
		if (e != ERR_OK || strcmp(dir, b->set) == 0)
			continue;
		if (set_ring(dir, k) && memcmp(k->head.store_id, b->store_id, 16) != 0)
			continue;
		if (other_life(b, dir))
			continue;
		e = folder_remove(dir);
		b->report.removed += e == ERR_OK;
	}
	free(k);
	return e;
}

/* ---- parts ------------------------------------------------------------------------------------
 */

/* Seals what was gathered as part `number` of the set; its bytes into `ret`. */
static enum err part_seal(struct vault_backup *b, const struct part *p, uint8_t ret_mac[32],
        struct buf *ret, struct why *w)
{
	const char *to[VAULT_SLOTS_MAX];
	struct buf payload;
	enum err e;
	for (size_t i = 0; i < b->readers.n; i++)
		to[i] = b->readers.recipient[i];
	buf_init(&payload, PART_PAYLOAD);
	e = part_encode(p, b->key, &payload, ret_mac);
	if (e == ERR_OK)
		e = age_seal(to, b->readers.n, payload.data, payload.len, ret, w);
	buf_finish(&payload);
	return e;
}

/* Invariant 3, in its order. */
static enum err part_put(struct vault_backup *b, const struct buf *f, const uint8_t digest[DIGEST])
{
	char part[PATH_MAX], name[PATH_MAX];
	const uint32_t number = b->state.parts;
	enum err e;
	TRY(path_in(name, b->set, "%06u.age", number));
	TRY(path_in(part, b->set, "%06u.part", number));
	e = folder_write(part, f->data, f->len, &b->stop);
	if (e == ERR_OK)
		e = folder_check(part, f->len, digest, &b->stop);
	if (e == ERR_OK)
		e = state_save(b);
	if (e == ERR_OK)
		e = folder_rename(part, name, b->set);
	else
		(void)unlink(part);
	return e;
}

static enum err part_write(struct vault_backup *b, bool whole, struct why *w)
{
	struct state *s = &b->state;
	struct part p = {.ring = b->ring,
	        .ring_n = b->ring_n,
	        .anchor = b->anchor,
	        .anchor_n = sizeof(b->anchor),
	        .pgno = b->pgno,
	        .page = b->page,
	        .pages = b->n,
	        .store_pages = b->pages,
	        .number = s->parts + 1,
	        .made_us = b->made_us,
	        .whole = whole};
	struct state_part *told = &s->part[s->parts];
	struct buf f;
	enum err e;
	if (s->parts >= PART_MAX)
		return ERR_LIMIT;
	memcpy(p.head.store_id, b->store_id, sizeof(p.head.store_id));
	memcpy(p.head.set_id, s->set_id, sizeof(p.head.set_id));
	memcpy(p.head.before, s->mac, sizeof(p.head.before));
	buf_init(&f, PART_FILE);
	e = part_seal(b, &p, s->mac, &f, w);
	if (e == ERR_OK) {
		digest_of(f.data, f.len, told->digest);
		le_put(told->bytes, 8, f.len);
		le_put(told->pages, 4, b->n);
		for (uint32_t i = 0; i < b->n; i++)
			memcpy(s->tag[le_get(b->pgno + (size_t)4 * i, 4) - 1],
			        b->page + (size_t)(i + 1) * VAULT_PAGE - VAULT_TAG, VAULT_TAG);
		s->parts++;
		if (whole) {
			s->whole = s->parts;
			s->serial = b->serial;
			s->made_us = b->made_us;
		}
		atomic_fetch_add(&b->count.sealed, b->n);
		e = part_put(b, &f, told->digest);
	}
	if (e == ERR_OK) {
		atomic_fetch_add(&b->count.proven, b->n);
		b->report.bytes += f.len;
		b->report.pages += b->n;
	}
	tell(b, b->n);
	b->n = 0;
	buf_finish(&f);
	return e;
}

static enum err page_gather(struct vault_backup *b, uint32_t pgno, struct why *w)
{
	uint8_t *at = b->page + (size_t)b->n * VAULT_PAGE;
	ssize_t got = pread(b->fd, at, VAULT_PAGE, (off_t)(pgno - 1) * VAULT_PAGE);
	if (got < 0)
		return why(w, ERR_IO,
		        "The card refused to read. The backup before this one is as it was.");
	if (got != VAULT_PAGE || !seal_open_page(&b->seal, pgno, at, b->open))
		return why(w, ERR_DAMAGED,
		        "Page %u of the store is damaged, so no backup was made of it. The backup "
		        "before this one is as it was. Keep it, and run caseroomctl verify.",
		        pgno);
	wipe(b->open, sizeof(b->open));
	if (memcmp(page_tag(at), b->tag[pgno - 1], VAULT_TAG) != 0)
		return why(w, ERR_OLDER,
		        "Page %u of the store is an older one that was put back, so no backup was "
		        "made of it. The backup before this one is as it was. Keep it, and run "
		        "caseroomctl verify.",
		        pgno);
	le_put(b->pgno + (size_t)4 * b->n, 4, pgno);
	b->n++;
	atomic_fetch_add(&b->count.read, 1);
	return ERR_OK;
}

static enum err pages_write(struct vault_backup *b, uint64_t changed, struct why *w)
{
	atomic_store(&b->count.changed, changed);
	TRY(state_pages(&b->state, b->pages));
	for (uint64_t p = 1; p <= b->pages && changed > 0; p++) {
		if (!page_changed(b, (uint32_t)p))
			continue;
		TRY(page_gather(b, (uint32_t)p, w));
		changed--;
		if (b->n == PART_PAGES && changed > 0)
			TRY(part_write(b, false, w));
	}
	return part_write(b, true, w);
}

/* A set in which the store was never whole is of no use, and takes the room of one that is. */
static void full_clear(struct vault_backup *b)
{
	if (b->state.whole == 0 && b->set[0])
		err_ignore(folder_remove(b->set));
}

static enum err failed(struct vault_backup *b, enum err e, struct why *w)
{
	if (w && w->text[0])
		return e;
	switch (e) {
	case ERR_FULL:
		full_clear(b);
		return why(w, e,
		        "There is not enough room on the stick. The backup that was there before "
		        "is "
		        "as it was. Use a larger stick, or make room on this one.");
	case ERR_EXISTS:
		return why(w, e,
		        "The backup is made and whole. An older one in %s on the stick could not "
		        "be removed: somebody put a folder into it. Take that folder away; the "
		        "next backup removes the rest.",
		        b->report.folder);
	case ERR_REFUSED:
		return why(w, e, "The backup was stopped. The next one goes on from here.");
	case ERR_DENIED:
		return why(w, e,
		        "The stick can be read and not written. What is on it is as it was. Slide "
		        "its switch, where it has one, or use another stick.");
	case ERR_NOT_FOUND:
		return why(w, e,
		        "The stick is not there: there is no folder %.*s. Put it in; the next "
		        "backup goes on from here.",
		        (int)(strrchr(b->home, '/') - b->home), b->home);
	case ERR_DAMAGED:
		return why(w, e,
		        "What was written on the stick did not come back as it was written. The "
		        "stick may be failing: use another.");
	case ERR_IO:
		return why(w, e,
		        "The stick could not be written: it was taken out, or it is failing. What "
		        "was there before is as it was, and the next backup goes on from here.");
	default:
		return e;
	}
}

enum err vault_backup_run(struct vault_backup *b, vault_progress_fn *fn, void *ctx,
        struct vault_backup_report *ret, struct why *w)
{
	struct why local = {""};
	uint64_t changed = 0;
	enum err e;
	b->fn = fn;
	b->ctx = ctx;
	b->done = 0;
	b->total = b->pages;
	e = set_choose(b, &changed);
	if (e == ERR_OK && (changed > 0 || b->state.whole != b->state.parts ||
	                           b->state.serial != b->serial || b->state.parts == 0)) {
		b->total = b->done + changed;
		e = pages_write(b, changed, &local);
	}
	if (e == ERR_OK)
		e = sets_remove(b);
	b->report.all = b->pages;
	if (e != ERR_OK)
		e = failed(b, e, &local);
	if (local.text[0])
		(void)why(w, e, "%s", local.text);
	if (e == ERR_OK && ret)
		*ret = b->report;
	return e;
}

enum err vault_backup(struct vault *v, const char *dir, vault_progress_fn *fn, void *ctx,
        struct vault_backup_report *ret, struct why *w)
{
	struct vault_backup *b = NULL;
	enum err e = vault_backup_begin(v, dir, &b, w);
	if (e == ERR_OK)
		e = vault_backup_run(b, fn, ctx, ret, w);
	vault_backup_end(b);
	return e;
}
