#include "vault_int.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * The write-ahead log. SQLite sees its own form: 32 bytes, then frames of 24 + 4096. On the card
 * each frame is 64 bytes (nonce, tag, sealed header) + 4096 (sealed page), so that place n of
 * SQLite is another place below.
 *
 * Invariants.
 * 1. A frame's header is sealed for store, generation, index, the tag of its page and the tag of
 * the header before: SQLite's 64-bit checksum of the page in it would confirm a guess at the page
 * (pitfall 4), and a frame opens after its own history only.
 * 2. Frames 1..known were opened in recovery or written since; memory has their headers and the
 * tags on the card. One of them that is other when it is read is damage, or older. Any other frame
 * is where the log ends: it reads as a frame of zeros, which SQLite takes for no frame (pitfall 2).
 * 3. A header waits in memory for its page, so that a frame is one write. One whose page is there
 * already (SQLite writes sums again after it has overwritten a page of this transaction) is
 * written out by the next operation; the sync of a commit is one.
 * 4. Writes are 32, 24 or 4096 bytes at their places, or refused (pitfall 7). Nothing is written
 * into frames 1..committed.
 * 5. Before the first byte of a new generation is written the anchor knows of it; a log of a
 * generation that the anchor does not know is not read.
 * 6. committed counts what SQLite has called committed (COMMIT_PHASETWO) and a sync has put on the
 * card. A commit whose sync failed is taken back by SQLite and written over, so it must not count.
 * 7. No frame is called committed without SQLite's sum, by which its recovery knows it.
 */

static const uint8_t no_tag[VAULT_TAG];

static struct vfs_file *of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

static sqlite3_int64 place_below(uint32_t frame)
{
	return WAL_HEAD + (sqlite3_int64)(frame - 1) * WAL_SEALED_FRAME;
}

static struct frame_bond bond_of(const struct vault_vfs *v, uint32_t frame, const uint8_t *page)
{
	const struct vfs_wal *w = &v->wal;
	const uint8_t *before = frame > 1 ? w->frame[frame - 2].head_tag : no_tag;
	if (v->anchor->version == 1)
		before = NULL;
	return (struct frame_bond){&w->gen, frame, before, page};
}

/* What was sealed into `out` is on the card: memory has it too. */
static void head_keep(struct vfs_wal *w, uint32_t frame)
{
	struct wal_frame *f = &w->frame[frame - 1];
	memcpy(f->head, w->head, sizeof(f->head));
	memcpy(f->head_tag, w->out + VAULT_NONCE, VAULT_TAG);
	if (frame_size(f->head))
		w->ending = frame;
}

/* A write that failed may have left half a frame: nothing from there on is ours any more. */
static int frame_put(struct vfs_file *f, uint32_t frame, int at, int n)
{
	struct vfs_wal *w = &f->v->wal;
	int rc = vfs_real_write(f, w->out + at, n, place_below(frame) + at);
	w->unsynced = true;
	if (rc != SQLITE_OK && frame <= w->known)
		w->known = frame - 1;
	return rc;
}

static int head_flush(struct vfs_file *f)
{
	struct vfs_wal *w = &f->v->wal;
	const uint32_t frame = w->waiting;
	struct frame_bond bond;
	int rc;
	w->waiting = 0;
	/* A header whose page never came: nothing of it is on the card. */
	if (frame == 0 || frame > w->known)
		return SQLITE_OK;
	bond = bond_of(f->v, frame, w->frame[frame - 1].page_tag);
	seal_frame(&f->v->seal, &bond, w->head, w->out);
	rc = frame_put(f, frame, 0, WAL_SEALED_HEAD);
	if (rc == SQLITE_OK)
		head_keep(w, frame);
	return rc;
}

static int reserve(struct vfs_wal *w, uint32_t frame)
{
	uint32_t cap = w->cap ? w->cap : 1024;
	struct wal_frame *p;
	if (frame <= w->cap)
		return SQLITE_OK;
	while (cap < frame)
		cap *= 2;
	p = realloc(w->frame, cap * sizeof(*p));
	if (!p)
		return SQLITE_IOERR_NOMEM;
	w->frame = p;
	w->cap = cap;
	return SQLITE_OK;
}

/* None of its frames is ours. */
static void log_forget(struct vfs_wal *w)
{
	w->known = w->waiting = w->ending = w->told = w->committed = w->settled = 0;
}

void wal_start(struct vfs_wal *w)
{
	static const struct wal_gen none;
	log_forget(w);
	w->gen_known = w->head_unsynced = w->unsynced = false;
	w->on_card = none;
}

static int head_read(struct vfs_file *f, uint8_t *out)
{
	struct vfs_wal *w = &f->v->wal;
	const struct anchor *a = f->v->anchor;
	int rc = vfs_real_read(f, out, WAL_HEAD, 0);
	if (rc != SQLITE_OK)
		return rc;
	w->gen_known = false;
	log_forget(w);
	if (!wal_head_good(out))
		return SQLITE_OK;
	memcpy(w->gen.bytes, out + 12, sizeof(w->gen.bytes));
	if (!anchor_wal_found(f->v->anchor, &w->gen)) {
		f->v->bad_wal_age = true;
		return SQLITE_IOERR_DATA;
	}
	w->on_card = w->gen;
	w->gen_known = true;
	w->settled = a->log_needed ? 0 : a->wal_now.frames;
	return SQLITE_OK;
}

void wal_tell(struct vault_vfs *v)
{
	const struct vfs_wal *w = &v->wal;
	struct anchor *a = v->anchor;
	a->wal_now.gen = w->gen;
	a->wal_now.frames = w->committed;
	memcpy(a->wal_now.tag, w->frame[w->committed - 1].head_tag, VAULT_TAG);
	a->wal_before = (struct wal_mark){.frames = 0};
	a->log_needed = w->committed > w->settled || a->flux_frames;
	a->dirty = true;
}

static void commit_count(struct vault_vfs *v)
{
	struct vfs_wal *w = &v->wal;
	if (w->unsynced || w->told <= w->committed)
		return;
	w->committed = w->told;
	wal_tell(v);
}

void wal_commit(struct vault_vfs *v)
{
	if (v->wal.ending)
		v->wal.told = v->wal.ending;
	v->wal.ending = 0;
	commit_count(v);
}

void wal_settle(struct vault_vfs *v)
{
	v->wal.settled = v->wal.committed;
	v->anchor->log_needed = false;
}

static int wal_sync(sqlite3_file *file, int flags)
{
	struct vfs_wal *w = &of(file)->v->wal;
	int rc = head_flush(of(file));
	if (rc == SQLITE_OK)
		rc = of(file)->real->pMethods->xSync(of(file)->real, flags);
	if (rc != SQLITE_OK)
		return rc;
	if (w->head_unsynced)
		w->on_card = w->gen;
	w->head_unsynced = w->unsynced = false;
	commit_count(of(file)->v);
	return SQLITE_OK;
}

static int head_write(struct vfs_file *f, const uint8_t *p)
{
	struct vfs_wal *w = &f->v->wal;
	struct wal_gen gen;
	memcpy(gen.bytes, p + 12, sizeof(gen.bytes));
	/* The sync after the last header failed, so it is not known which of two lies there; a
	 * third would be too many. */
	if (w->head_unsynced && wal_sync(&f->file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
		return SQLITE_IOERR_WRITE;
	log_forget(w);
	w->gen_known = false;
	if (anchor_wal_begins(f->v->anchor, &w->on_card, &gen) != ERR_OK)
		return SQLITE_IOERR_WRITE;
	w->gen = gen;
	w->gen_known = w->head_unsynced = true;
	return vfs_real_write(f, p, WAL_HEAD, 0);
}

static int damage(struct vault_vfs *v, uint32_t pgno)
{
	v->bad_page = pgno ? pgno : UINT32_MAX;
	v->old_page = 0;
	return SQLITE_IOERR_DATA;
}

static int older(struct vault_vfs *v, uint32_t pgno)
{
	v->old_page = pgno;
	v->bad_page = 0;
	return SQLITE_IOERR_DATA;
}

/* Opens the next frame of the log, which lies in `out` of the log, into out. */
static bool next_open(struct vault_vfs *v, uint32_t frame, uint8_t *out)
{
	struct vfs_wal *w = &v->wal;
	const uint8_t *page = w->out + WAL_SEALED_HEAD;
	const struct frame_bond bond = bond_of(v, frame, page_tag(page));
	struct wal_frame *f = &w->frame[frame - 1];
	uint32_t pgno;
	if (!w->gen_known || !seal_open_frame(&v->seal, &bond, w->out, out))
		return false;
	pgno = be32_get(out);
	if (pgno == 0 || !seal_open_page(&v->seal, pgno, page, out + WAL_FRAME_HEAD))
		return false;
	memcpy(f->head, out, sizeof(f->head));
	memcpy(f->page_tag, page_tag(page), VAULT_TAG);
	memcpy(f->head_tag, w->out + VAULT_NONCE, VAULT_TAG);
	return true;
}

/* In the place of a sum and the salts SQLite leaves zeros while it means to make the sums anew. */
static bool has_sum(const struct vfs_wal *w, uint32_t frame)
{
	return memcmp(w->frame[frame - 1].head + 8, w->gen.bytes + 4, 8) == 0;
}

/* A frame as recovery reads it. What does not open is the end of the log,
 * and so is what SQLite never came to finish. */
static int frame_next(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	struct vfs_wal *w = &f->v->wal;
	int rc = reserve(w, frame);
	if (rc != SQLITE_OK)
		return rc;
	rc = vfs_real_read(f, w->out, WAL_SEALED_FRAME, place_below(frame));
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	if (rc != SQLITE_OK || !next_open(f->v, frame, out) || !has_sum(w, frame)) {
		memset(out, 0, WAL_FRAME);
		return SQLITE_OK;
	}
	w->known = frame;
	if (frame_size(out))
		w->told = w->committed = frame;
	return SQLITE_OK;
}

/* The page of a frame that is ours; sealed, while a checkpoint copies it. */
static int page_read(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	struct vault_vfs *v = f->v;
	const struct wal_frame *known = &v->wal.frame[frame - 1];
	uint32_t pgno;
	bool same;
	int rc;
	if (frame > v->wal.known)
		return damage(v, 0);
	pgno = frame_pgno(known);
	rc = vfs_real_read(f, out, VAULT_PAGE, place_below(frame) + WAL_SEALED_HEAD);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return damage(v, pgno);
	if (rc != SQLITE_OK)
		return rc;
	same = memcmp(page_tag(out), known->page_tag, VAULT_TAG) == 0;
	if (v->checkpoint && same) {
		v->passing_pgno = pgno;
		return SQLITE_OK;
	}
	if (!seal_open_page(&v->seal, pgno, out, out))
		return damage(v, pgno);
	if (same)
		return SQLITE_OK;
	wipe(out, VAULT_PAGE);
	return older(v, pgno);
}

static int page_part(struct vfs_file *f, uint32_t frame, void *out, int n, int at)
{
	struct vault_vfs *v = f->v;
	int rc = page_read(f, frame, v->scratch);
	if (rc == SQLITE_OK)
		memcpy(out, v->scratch + at, (size_t)n);
	wipe(v->scratch, sizeof(v->scratch));
	return rc;
}

/* Whole: in recovery, and when SQLite reads again what it wrote in this transaction. */
static int frame_read(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	struct vfs_wal *w = &f->v->wal;
	if (frame == w->known + 1)
		return frame_next(f, frame, out);
	if (frame > w->known) {
		memset(out, 0, WAL_FRAME);
		return SQLITE_OK;
	}
	memcpy(out, w->frame[frame - 1].head, WAL_FRAME_HEAD);
	return page_read(f, frame, out + WAL_FRAME_HEAD);
}

/*
 * The sums of this transaction's frames up to `last` that have none. SQLite makes them anew at the
 * commit, from the first page on that it has written over. In 3.40.1 that place is not forgotten
 * when a savepoint takes the log back to before it: the frames written there since stay without a
 * sum, or it asks for that of a frame that is gone. Plain SQLite acknowledges such a commit, and
 * loses it with all that follow at the next crash
 * (t_commit_after_a_savepoint_that_was_spilled_survives_a_crash).
 */
static int sums_make(struct vfs_file *f, uint32_t last)
{
	struct vault_vfs *v = f->v;
	struct vfs_wal *w = &v->wal;
	uint8_t log[WAL_HEAD];
	const uint8_t *before = log + 24;
	uint32_t frame = w->committed + 1, sum[2];
	int rc;
	while (frame <= last && has_sum(w, frame))
		frame++;
	if (frame > last)
		return SQLITE_OK;
	rc = vfs_real_read(f, log, sizeof(log), 0);
	if (frame > 1)
		before = w->frame[frame - 2].head + 16;
	sum[0] = be32_get(before);
	sum[1] = be32_get(before + 4);
	for (; rc == SQLITE_OK && frame <= last; frame++) {
		rc = page_read(f, frame, v->scratch);
		if (rc != SQLITE_OK)
			break;
		memcpy(w->head, w->frame[frame - 1].head, 8);
		memcpy(w->head + 8, w->gen.bytes + 4, 8);
		wal_sum(log, w->head, 8, sum);
		wal_sum(log, v->scratch, VAULT_PAGE, sum);
		be32_put(w->head + 16, sum[0]);
		be32_put(w->head + 20, sum[1]);
		w->waiting = frame;
		rc = head_flush(f);
	}
	wipe(v->scratch, sizeof(v->scratch));
	return rc;
}

static int frame_head_part(struct vfs_file *f, uint32_t frame, void *out, int n, int at)
{
	const struct vfs_wal *w = &f->v->wal;
	if (at == 16 && n == 8 && w->known > w->committed) { /* to go on from */
		int rc;
		if (frame > w->known)
			frame = w->known;
		rc = sums_make(f, frame);
		if (rc != SQLITE_OK)
			return rc;
	}
	if (frame > w->known)
		return damage(f->v, 0);
	memcpy(out, w->frame[frame - 1].head + at, (size_t)n);
	return SQLITE_OK;
}

static int wal_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 off)
{
	struct vfs_file *f = of(file);
	uint32_t frame;
	int at, rc = head_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (off == 0 && n == WAL_HEAD)
		return head_read(f, buf);
	if (off >= 0 && n > 0 && off + n <= WAL_HEAD)
		return vfs_real_read(f, buf, n, off);
	if (off < WAL_HEAD || n <= 0 || (off - WAL_HEAD) / WAL_FRAME >= UINT32_MAX - 1)
		return SQLITE_IOERR_READ;
	frame = (uint32_t)((off - WAL_HEAD) / WAL_FRAME) + 1;
	at = (int)((off - WAL_HEAD) % WAL_FRAME);
	if (at == 0 && n == WAL_FRAME)
		return frame_read(f, frame, buf);
	if (at == WAL_FRAME_HEAD && n == VAULT_PAGE)
		return page_read(f, frame, buf);
	if (at + n <= WAL_FRAME_HEAD)
		return frame_head_part(f, frame, buf, n, at);
	if (at >= WAL_FRAME_HEAD && at + n <= WAL_FRAME)
		return page_part(f, frame, buf, n, at - WAL_FRAME_HEAD);
	return SQLITE_IOERR_READ;
}

static int frame_head_write(struct vfs_file *f, uint32_t frame, const uint8_t *head)
{
	struct vfs_wal *w = &f->v->wal;
	int rc = head_flush(f);
	if (rc == SQLITE_OK && (frame <= w->committed || frame > w->known + 1))
		rc = SQLITE_IOERR_WRITE;
	if (rc == SQLITE_OK)
		rc = reserve(w, frame);
	if (rc != SQLITE_OK)
		return rc;
	memcpy(w->head, head, sizeof(w->head));
	w->waiting = frame;
	return SQLITE_OK;
}

static bool page_allowed(const uint8_t *page, uint32_t pgno)
{
	uint8_t any = 0;
	for (int i = VAULT_BODY; i < VAULT_PAGE; i++)
		any |= page[i];
	return !any && pgno != 0 && (pgno != 1 || page[20] == VAULT_RESERVE);
}

/* The page of a new frame, with its header. What lay after it is of a history that is gone. */
static int frame_write(struct vfs_file *f, uint32_t frame, const uint8_t *page)
{
	struct vfs_wal *w = &f->v->wal;
	const uint32_t pgno = be32_get(w->head);
	struct frame_bond bond;
	int rc;
	if (!page_allowed(page, pgno))
		return SQLITE_IOERR_WRITE;
	seal_page(&f->v->seal, pgno, page, w->out + WAL_SEALED_HEAD);
	bond = bond_of(f->v, frame, page_tag(w->out + WAL_SEALED_HEAD));
	seal_frame(&f->v->seal, &bond, w->head, w->out);
	rc = frame_put(f, frame, 0, WAL_SEALED_FRAME);
	if (rc != SQLITE_OK)
		return rc;
	memcpy(w->frame[frame - 1].page_tag, bond.page, VAULT_TAG);
	head_keep(w, frame);
	w->known = frame;
	return SQLITE_OK;
}

/* Over a page of this transaction; until SQLite writes the headers from there on anew they open no
 * more. */
static int page_write(struct vfs_file *f, uint32_t frame, const uint8_t *page)
{
	struct vfs_wal *w = &f->v->wal;
	uint8_t *sealed = w->out + WAL_SEALED_HEAD;
	const bool whole = w->waiting == frame;
	int rc = SQLITE_OK;
	if (whole) {
		w->waiting = 0;
		return frame_write(f, frame, page);
	}
	rc = head_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (frame <= w->committed || frame > w->known ||
	        !page_allowed(page, frame_pgno(&w->frame[frame - 1])))
		return SQLITE_IOERR_WRITE;
	seal_page(&f->v->seal, frame_pgno(&w->frame[frame - 1]), page, sealed);
	rc = frame_put(f, frame, WAL_SEALED_HEAD, VAULT_PAGE);
	if (rc == SQLITE_OK)
		memcpy(w->frame[frame - 1].page_tag, page_tag(sealed), VAULT_TAG);
	return rc;
}

static int wal_write(sqlite3_file *file, const void *buf, int n, sqlite3_int64 off)
{
	struct vfs_file *f = of(file);
	uint32_t frame;
	int at;
	if (off == 0 && n == WAL_HEAD)
		return head_write(f, buf);
	if (off < WAL_HEAD || !f->v->wal.gen_known ||
	        (off - WAL_HEAD) / WAL_FRAME >= UINT32_MAX / 2)
		return SQLITE_IOERR_WRITE;
	frame = (uint32_t)((off - WAL_HEAD) / WAL_FRAME) + 1;
	at = (int)((off - WAL_HEAD) % WAL_FRAME);
	if (at == 0 && n == WAL_FRAME_HEAD)
		return frame_head_write(f, frame, buf);
	if (at == WAL_FRAME_HEAD && n == VAULT_PAGE)
		return page_write(f, frame, buf);
	return SQLITE_IOERR_WRITE;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfs_file *f = of(file);
	struct vfs_wal *w = &f->v->wal;
	uint32_t frames = 0;
	int rc = f->v->shut ? SQLITE_IOERR_TRUNCATE : head_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (size > WAL_HEAD)
		frames = (uint32_t)((size - WAL_HEAD + WAL_FRAME - 1) / WAL_FRAME);
	if (frames < w->committed && (frames || f->v->anchor->log_needed))
		return SQLITE_IOERR_TRUNCATE;
	if (frames == 0)
		log_forget(w);
	if (w->known > frames)
		w->known = frames;
	return f->real->pMethods->xTruncate(f->real, frames ? place_below(frames + 1) : size);
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	sqlite3_int64 below = 0;
	int rc = head_flush(of(file));
	if (rc == SQLITE_OK)
		rc = of(file)->real->pMethods->xFileSize(of(file)->real, &below);
	if (rc != SQLITE_OK)
		return rc;
	*ret = below <= WAL_HEAD ? below
	                         : WAL_HEAD + (below - WAL_HEAD) / WAL_SEALED_FRAME * WAL_FRAME;
	return SQLITE_OK;
}

static int wal_close(sqlite3_file *file)
{
	struct vfs_file *f = of(file);
	(void)head_flush(f);
	f->v->wal.waiting = 0;
	f->v->wal_file = NULL;
	return f->real->pMethods->xClose(f->real);
}

static int wal_lock(sqlite3_file *file, int lock)
{
	(void)file, (void)lock;
	return SQLITE_OK;
}

static int wal_check_lock(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int wal_control(sqlite3_file *file, int op, void *arg)
{
	/* Hints speak of SQLite's sizes, not of the card's (pitfall 14). */
	if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
		return SQLITE_OK;
	return of(file)->real->pMethods->xFileControl(of(file)->real, op, arg);
}

static int wal_sector(sqlite3_file *file)
{
	return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

static int wal_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

enum page_state wal_frame_state(struct vault_vfs *v, uint32_t i, uint32_t *ret_pgno)
{
	struct vfs_file *f = v->wal_file;
	struct vfs_wal *w = &v->wal;
	const struct wal_frame *known = &w->frame[i - 1];
	uint8_t *page = w->out + WAL_SEALED_HEAD, head[WAL_FRAME_HEAD];
	enum page_state state = PAGE_GOOD;
	struct frame_bond bond;
	*ret_pgno = frame_pgno(known);
	if (head_flush(f) != SQLITE_OK ||
	        vfs_real_read(f, w->out, WAL_SEALED_FRAME, place_below(i)) != SQLITE_OK)
		return PAGE_BAD;
	if (memcmp(page_tag(page), known->page_tag, VAULT_TAG) != 0)
		state = PAGE_OLD;
	bond = bond_of(v, i, known->page_tag);
	if (!seal_open_frame(&v->seal, &bond, w->out, head) ||
	        !seal_open_page(&v->seal, *ret_pgno, page, page))
		state = PAGE_BAD;
	wipe(w->out, sizeof(w->out));
	return state;
}

const sqlite3_io_methods vfs_wal_methods = {1, wal_close, wal_read, wal_write, wal_truncate,
        wal_sync, wal_size, wal_lock, wal_lock, wal_check_lock, wal_control, wal_sector, wal_traits,
        NULL, NULL, NULL, NULL, NULL, NULL};
