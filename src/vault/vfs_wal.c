#include "vault_int.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
/*
 * The write-ahead log. SQLite sees its own form: 32 bytes, then frames of 24 + 4096. On the card
 * each frame is 64 bytes (nonce, tag, sealed header) + 4096 (sealed page), so that place n of
 * SQLite is another place below.
 *
 * Invariants.
 * 1. A frame's header is sealed for store, generation and index: SQLite's 64-bit checksum of the
 * page in it would confirm a guess at the page (pitfall 4).
 * 2. Frames 1..known were opened in recovery or written since. One of them that does not open is
 * damage. Any other is where the log ends: it reads as a frame of zeros, which SQLite takes for no
 * frame (pitfall 2).
 * 3. A sealed header waits in memory for its page, so that a frame is one write. Every other
 * operation writes it out first; the sync of a commit is such an operation.
 * 4. Writes are 32, 24 or 4096 bytes at their places, or refused (pitfall 7).
 * 5. Before the first byte of a new generation is written the anchor knows of it; a log of a
 * generation that the anchor does not know is not read.
 */

static struct vfs_file *of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

static sqlite3_int64 place_below(uint32_t frame)
{
	return WAL_HEAD + (sqlite3_int64)(frame - 1) * WAL_SEALED_FRAME;
}

static int head_flush(struct vfs_file *f)
{
	struct vfs_wal *w = &f->v->wal;
	int rc = SQLITE_OK;
	if (w->head_frame)
		rc = vfs_real_write(f, w->out, WAL_SEALED_HEAD, place_below(w->head_frame));
	if (rc == SQLITE_OK)
		w->head_frame = 0;
	return rc;
}

/* Remembers the page of a frame; needed to seal, and to open, what follows it. */
static int pgno_set(struct vfs_wal *w, uint32_t frame, uint32_t pgno)
{
	if (frame > w->cap) {
		uint32_t cap = w->cap ? w->cap : 1024;
		uint32_t *p;
		while (cap < frame)
			cap *= 2;
		p = realloc(w->pgno, cap * sizeof(*p));
		if (!p)
			return SQLITE_IOERR_NOMEM;
		memset(p + w->cap, 0, (cap - w->cap) * sizeof(*p));
		w->pgno = p;
		w->cap = cap;
	}
	w->pgno[frame - 1] = pgno;
	return SQLITE_OK;
}

static uint32_t pgno_get(const struct vfs_wal *w, uint32_t frame)
{
	return frame <= w->known && frame <= w->cap ? w->pgno[frame - 1] : 0;
}

/* SQLite's own sum over a WAL header, to tell a torn one (no log) from one of another generation
 * (an old log). */
static bool head_sum_good(const uint8_t *p)
{
	const bool big = p[3] & 1;
	uint32_t s0 = 0, s1 = 0;
	if ((be32_get(p) & 0xfffffffe) != 0x377f0682)
		return false;
	for (int i = 0; i < 24; i += 8) {
		uint32_t a = big ? be32_get(p + i) : (uint32_t)le_get(p + i, 4);
		uint32_t b = big ? be32_get(p + i + 4) : (uint32_t)le_get(p + i + 4, 4);
		s0 += a + s1;
		s1 += b + s0;
	}
	return s0 == be32_get(p + 24) && s1 == be32_get(p + 28);
}

static int head_read(struct vfs_file *f, uint8_t *out)
{
	struct vfs_wal *w = &f->v->wal;
	int rc = vfs_real_read(f, out, WAL_HEAD, 0);
	if (rc != SQLITE_OK)
		return rc;
	w->gen_known = false;
	w->known = 0;
	if (!head_sum_good(out))
		return SQLITE_OK;
	memcpy(w->gen.bytes, out + 12, sizeof(w->gen.bytes));
	if (!anchor_wal_found(f->v->anchor, &w->gen)) {
		f->v->bad_wal_age = true;
		return SQLITE_IOERR_DATA;
	}
	w->on_card = w->gen;
	w->gen_known = true;
	return SQLITE_OK;
}

static int wal_sync(sqlite3_file *file, int flags)
{
	struct vfs_wal *w = &of(file)->v->wal;
	int rc = head_flush(of(file));
	if (rc == SQLITE_OK)
		rc = of(file)->real->pMethods->xSync(of(file)->real, flags);
	if (rc == SQLITE_OK && w->head_unsynced) {
		w->on_card = w->gen;
		w->head_unsynced = false;
	}
	return rc;
}

static int head_write(struct vfs_file *f, const uint8_t *p)
{
	struct vfs_wal *w = &f->v->wal;
	struct wal_gen gen;
	memcpy(gen.bytes, p + 12, sizeof(gen.bytes));
	w->head_frame = 0;
	w->known = 0;
	/* The sync after the last header failed, so it is not known which of two lies there; a
	 * third would be too many. */
	if (w->head_unsynced && wal_sync(&f->file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
		return SQLITE_IOERR_WRITE;
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
	return SQLITE_IOERR_DATA;
}

/* A whole frame as recovery reads it. What does not open is the end of the log, unless it is known
 * to be ours. */
static int frame_read(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	struct vault_vfs *v = f->v;
	struct vfs_wal *w = &v->wal;
	uint32_t pgno = 0;
	bool good = false;
	int rc = vfs_real_read(f, w->out, WAL_SEALED_FRAME, place_below(frame));
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	if (rc == SQLITE_OK && w->gen_known &&
	        seal_open_frame(&v->seal, &w->gen, frame, w->out, out)) {
		pgno = be32_get(out);
		good = pgno != 0 && seal_open_page(&v->seal, pgno, w->out + WAL_SEALED_HEAD,
		                            out + WAL_FRAME_HEAD);
	}
	if (!good) {
		memset(out, 0, WAL_FRAME);
		return frame <= w->known ? damage(v, pgno) : SQLITE_OK;
	}
	if (frame == w->known + 1) {
		rc = pgno_set(w, frame, pgno);
		if (rc == SQLITE_OK)
			w->known = frame;
		return rc;
	}
	return SQLITE_OK;
}

static int page_read(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	struct vault_vfs *v = f->v;
	const uint32_t pgno = pgno_get(&v->wal, frame);
	int rc;
	if (pgno == 0)
		return damage(v, 0);
	rc = vfs_real_read(f, out, VAULT_PAGE, place_below(frame) + WAL_SEALED_HEAD);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return damage(v, pgno);
	if (rc != SQLITE_OK)
		return rc;
	if (v->checkpoint) {
		v->passing_pgno = pgno;
		return SQLITE_OK;
	}
	return seal_open_page(&v->seal, pgno, out, out) ? SQLITE_OK : damage(v, pgno);
}

static int frame_head_part(struct vfs_file *f, uint32_t frame, void *out, int n, int at)
{
	uint8_t sealed[WAL_SEALED_HEAD], head[WAL_FRAME_HEAD];
	int rc = vfs_real_read(f, sealed, sizeof(sealed), place_below(frame));
	if (rc != SQLITE_OK)
		return rc;
	if (!f->v->wal.gen_known ||
	        !seal_open_frame(&f->v->seal, &f->v->wal.gen, frame, sealed, head))
		return damage(f->v, 0);
	memcpy(out, head + at, (size_t)n);
	return SQLITE_OK;
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
	if (rc == SQLITE_OK)
		rc = pgno_set(w, frame, be32_get(head));
	if (rc != SQLITE_OK)
		return rc;
	seal_frame(&f->v->seal, &w->gen, frame, head, w->out);
	w->head_frame = frame;
	return SQLITE_OK;
}

/* A write that failed may have left half a frame: nothing from there on is ours any more. */
static int frame_write(struct vfs_file *f, uint32_t frame, bool whole)
{
	struct vfs_wal *w = &f->v->wal;
	const int skip = whole ? 0 : WAL_SEALED_HEAD;
	int rc = vfs_real_write(
	        f, w->out + skip, WAL_SEALED_FRAME - skip, place_below(frame) + skip);
	if (rc == SQLITE_OK && frame == w->known + 1)
		w->known = frame;
	else if (rc != SQLITE_OK && frame <= w->known)
		w->known = frame - 1;
	return rc;
}

static int page_write(struct vfs_file *f, uint32_t frame, const uint8_t *page)
{
	struct vault_vfs *v = f->v;
	struct vfs_wal *w = &v->wal;
	const uint32_t pgno = frame <= w->known + 1 && frame <= w->cap ? w->pgno[frame - 1] : 0;
	const bool whole = w->head_frame == frame;
	uint8_t any = 0;
	int rc;
	if (!whole) {
		rc = head_flush(f);
		if (rc != SQLITE_OK)
			return rc;
	}
	for (int i = VAULT_BODY; i < VAULT_PAGE; i++)
		any |= page[i];
	if (any || pgno == 0 || (pgno == 1 && page[20] != VAULT_RESERVE))
		return SQLITE_IOERR_WRITE;
	seal_page(&v->seal, pgno, page, w->out + WAL_SEALED_HEAD);
	w->head_frame = 0;
	return frame_write(f, frame, whole);
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
	sqlite3_int64 below = size;
	int rc = f->v->shut ? SQLITE_IOERR_TRUNCATE : head_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (size > WAL_HEAD) {
		uint32_t frames = (uint32_t)((size - WAL_HEAD + WAL_FRAME - 1) / WAL_FRAME);
		below = place_below(frames + 1);
		if (f->v->wal.known > frames)
			f->v->wal.known = frames;
	} else {
		f->v->wal.known = 0;
	}
	return f->real->pMethods->xTruncate(f->real, below);
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
	f->v->wal.head_frame = 0;
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

bool wal_frame_good(struct vault_vfs *v, uint32_t i, uint32_t *ret_pgno)
{
	struct vfs_file *f = v->wal_file;
	uint8_t *frame = malloc(WAL_FRAME);
	bool good = false;
	*ret_pgno = pgno_get(&v->wal, i);
	if (frame && head_flush(f) == SQLITE_OK) {
		good = frame_read(f, i, frame) == SQLITE_OK;
		wipe(frame, WAL_FRAME);
	}
	free(frame);
	return good;
}

const sqlite3_io_methods vfs_wal_methods = {1, wal_close, wal_read, wal_write, wal_truncate,
        wal_sync, wal_size, wal_lock, wal_lock, wal_check_lock, wal_control, wal_sector, wal_traits,
        NULL, NULL, NULL, NULL, NULL, NULL};
