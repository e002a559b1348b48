#include "vault_int.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
/*
 * The database file: 4096-byte pages, each sealed whole.
 *
 * Invariants.
 * 1. The 100 bytes that SQLite reads before it knows anything are made here, never read: a page 1
 * torn by a cut is repaired from the WAL only if the open gets that far (pitfall 1).
 * 2. A page comes back with its last 40 bytes zero and goes out only if they are (pitfall 3).
 * 3. A page 1 that does not reserve 40 bytes is not written: sealing it would overwrite data
 * (pitfall 6).
 * 4. In a checkpoint, a page passes as it is sealed, and only to the place that it was sealed for,
 * once the anchor knows that the place is in flux (fresh.c).
 * 5. A part of a page is cut from the whole opened page (pitfall 13). A page that lies beyond the
 * file is short; one that is all zero, or cut off, does not open (pitfall 12).
 * 6. No memory map, no other page size, no size hints (pitfall 14).
 */

static struct vfs_file *of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

/* Page size 4096, file versions 2 and 2 (WAL), 40 reserved; the rest as in any new database. */
static void made_header(uint8_t *out, int n)
{
	static const uint8_t head[24] = "SQLite format 3\0\x10\x00\x02\x02\x28\x40\x20\x20";
	memset(out, 0, (size_t)n);
	memcpy(out, head, sizeof(head));
}

/* Of a file that is still empty there is none: VACUUM INTO chooses the size of its pages by it. */
static int header_read(struct vault_vfs *v, uint8_t *out, int n)
{
	sqlite3_int64 size = 0;
	sqlite3_file *real = v->db_file->real;
	if (v->creating) {
		int rc = real->pMethods->xFileSize(real, &size);
		if (rc != SQLITE_OK)
			return rc;
		memset(out, 0, (size_t)n);
		if (size == 0)
			return SQLITE_IOERR_SHORT_READ;
	}
	made_header(out, n);
	return SQLITE_OK;
}

static int page_read(struct vault_vfs *v, uint32_t pgno, uint8_t *out)
{
	sqlite3_file *real = v->db_file->real;
	uint8_t tag[VAULT_TAG];
	int rc = vfs_real_read(v->db_file, out, VAULT_PAGE, (sqlite3_int64)(pgno - 1) * VAULT_PAGE);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		sqlite3_int64 size = 0;
		rc = real->pMethods->xFileSize(real, &size);
		if (rc != SQLITE_OK)
			return rc;
		if (size <= (sqlite3_int64)(pgno - 1) * VAULT_PAGE) {
			memset(out, 0, VAULT_PAGE);
			return SQLITE_IOERR_SHORT_READ;
		}
	} else if (rc != SQLITE_OK) {
		return rc;
	}
	memcpy(tag, page_tag(out), sizeof(tag));
	if (!seal_open_page(&v->seal, pgno, out, out)) {
		v->bad_page = pgno;
		v->old_page = 0;
		return SQLITE_IOERR_DATA;
	}
	if (!fresh_is(&v->fresh, pgno, tag)) {
		v->old_page = pgno;
		v->bad_page = 0;
		wipe(out, VAULT_PAGE);
		return SQLITE_IOERR_DATA;
	}
	return SQLITE_OK;
}

static int db_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 off)
{
	struct vault_vfs *v = of(file)->v;
	const sqlite3_int64 at = off % VAULT_PAGE;
	int rc;
	if (off == 0 && n == 100)
		return header_read(v, buf, n);
	if (off < 0 || n <= 0 || at + n > VAULT_PAGE || off / VAULT_PAGE >= UINT32_MAX)
		return SQLITE_IOERR_READ;
	if (n == VAULT_PAGE)
		return page_read(v, (uint32_t)(off / VAULT_PAGE) + 1, buf);
	rc = page_read(v, (uint32_t)(off / VAULT_PAGE) + 1, v->scratch);
	memcpy(buf, v->scratch + at, (size_t)n);
	wipe(v->scratch, sizeof(v->scratch));
	return rc;
}

static bool tail_zero(const uint8_t *page)
{
	uint8_t any = 0;
	for (int i = VAULT_BODY; i < VAULT_PAGE; i++)
		any |= page[i];
	return any == 0;
}

int vfs_real_write(struct vfs_file *f, const void *p, int n, sqlite3_int64 off)
{
	return f->v->shut ? SQLITE_IOERR_WRITE : f->real->pMethods->xWrite(f->real, p, n, off);
}

int vfs_real_read(struct vfs_file *f, void *p, int n, sqlite3_int64 off)
{
	return f->v->shut ? SQLITE_IOERR_READ : f->real->pMethods->xRead(f->real, p, n, off);
}

/* Before a checkpoint changes anything. */
static bool checkpoint_tell(struct vault_vfs *v)
{
	enum err e = ERR_OK;
	if (!v->checkpoint_told)
		e = v->fresh.ready ? fresh_flux(v) : anchor_checkpoint_begins(v->anchor);
	if (e == ERR_OK)
		v->checkpoint_told = true;
	return e == ERR_OK;
}

/* What a checkpoint copies comes sealed from vfs_wal.c; what is written while the store is made is
 * in clear. */
static int db_write(sqlite3_file *file, const void *buf, int n, sqlite3_int64 off)
{
	struct vault_vfs *v = of(file)->v;
	const uint8_t *page = buf;
	const uint32_t pgno = (uint32_t)(off / VAULT_PAGE) + 1;
	if (n != VAULT_PAGE || off < 0 || off % VAULT_PAGE != 0 || pgno == v->lock_page)
		return SQLITE_IOERR_WRITE;
	if (v->checkpoint) {
		if (pgno != v->passing_pgno)
			return SQLITE_IOERR_WRITE;
		v->passing_pgno = 0;
		if (!checkpoint_tell(v) ||
		        (v->fresh.ready && !fresh_put(&v->fresh, pgno, page_tag(page))))
			return SQLITE_IOERR_WRITE;
		return vfs_real_write(of(file), buf, n, off);
	}
	if (!v->creating || !tail_zero(page) || (pgno == 1 && page[20] != VAULT_RESERVE))
		return SQLITE_IOERR_WRITE;
	seal_page(&v->seal, pgno, page, v->scratch);
	return vfs_real_write(of(file), v->scratch, n, off);
}

static int db_close_file(sqlite3_file *file)
{
	struct vfs_file *f = of(file);
	f->v->db_file = NULL;
	return f->real->pMethods->xClose(f->real);
}

/* SQLite cuts and syncs the file when a checkpoint has copied the whole log, and only then. */
static int db_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vault_vfs *v = of(file)->v;
	const sqlite3_int64 pages = size / VAULT_PAGE;
	int rc;
	if (size % VAULT_PAGE != 0 || v->shut)
		return SQLITE_IOERR_TRUNCATE;
	if (v->fresh.ready &&
	        (!checkpoint_tell(v) || pages < v->anchor->flux_pages || pages > v->fresh.cap))
		return SQLITE_IOERR_TRUNCATE;
	rc = of(file)->real->pMethods->xTruncate(of(file)->real, size);
	if (rc == SQLITE_OK && v->fresh.ready)
		fresh_cut(&v->fresh, (uint32_t)pages);
	v->checkpoint_whole = rc == SQLITE_OK;
	return rc;
}

static int db_sync(sqlite3_file *file, int flags)
{
	struct vault_vfs *v = of(file)->v;
	int rc = of(file)->real->pMethods->xSync(of(file)->real, flags);
	if (rc != SQLITE_OK || !v->checkpoint_whole)
		return rc;
	v->checkpoint_whole = v->checkpoint_told = false;
	wal_settle(v);
	return !v->fresh.ready || fresh_settle(v) == ERR_OK ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int db_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	return of(file)->real->pMethods->xFileSize(of(file)->real, ret);
}

static int db_lock(sqlite3_file *file, int lock)
{
	return of(file)->real->pMethods->xLock(of(file)->real, lock);
}

static int db_unlock(sqlite3_file *file, int lock)
{
	return of(file)->real->pMethods->xUnlock(of(file)->real, lock);
}

static int db_check_lock(sqlite3_file *file, int *ret)
{
	return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, ret);
}

static int db_pragma(char **arg)
{
	/* A page size other than ours would make a store that nothing here can seal. */
	if (arg[1] && sqlite3_stricmp(arg[1], "page_size") == 0 && arg[2])
		return SQLITE_OK;
	return SQLITE_NOTFOUND;
}

static int db_control(sqlite3_file *file, int op, void *arg)
{
	struct vault_vfs *v = of(file)->v;
	switch (op) {
	case SQLITE_FCNTL_CKPT_START:
		v->checkpoint = true;
		v->checkpoint_told = v->checkpoint_whole = false;
		v->passing_pgno = 0;
		return SQLITE_OK;
	case SQLITE_FCNTL_CKPT_DONE:
		v->checkpoint = false;
		return SQLITE_OK;
	case SQLITE_FCNTL_COMMIT_PHASETWO:
		wal_commit(v);
		/* The commit is on the card: what was said inside it may go into the anchor. */
		if (v->audit_ended.set) {
			v->anchor->audit = v->audit_ended;
			audit_committed(v->anchor, v->audit_ended.mark.seq);
			v->anchor->dirty = true;
			v->audit_ended.set = false;
		}
		return SQLITE_OK;
	case SQLITE_FCNTL_PRAGMA:
		return db_pragma(arg);
	case SQLITE_FCNTL_MMAP_SIZE:
		*(sqlite3_int64 *)arg = 0;
		return SQLITE_OK;
	case SQLITE_FCNTL_SIZE_HINT:
	case SQLITE_FCNTL_CHUNK_SIZE:
		return SQLITE_OK;
	case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
	case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
	case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE:
		return SQLITE_NOTFOUND;
	default:
		return of(file)->real->pMethods->xFileControl(of(file)->real, op, arg);
	}
}

static int db_sector(sqlite3_file *file)
{
	return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

/*
 * Powersafe overwrite is always claimed, or SQLite splits and pads its WAL writes (pitfall 7);
 * every claim of atomic writes or of reading parts of a page (pitfall 13) is taken back, since a
 * frame is longer below than above.
 */
static int db_traits(sqlite3_file *file)
{
	int traits = of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real);
	return (traits & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int db_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
	return of(file)->real->pMethods->xShmMap(of(file)->real, region, size, extend, ret);
}

#define SHM_LOCK_WRITE 0 /* SQLite's numbers of the WAL locks */
#define SHM_LOCK_CHECKPOINT 1

/*
 * The write lock tells when a transaction ends: SQLite gives it up before it reports
 * COMMIT_PHASETWO, and after a rollback it never reports. What was said inside waits in between and
 * is dropped when the next one begins.
 */
static int db_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	struct vault_vfs *v = of(file)->v;
	int rc;
	if (v->pinned && (flags & SQLITE_SHM_LOCK) && at <= SHM_LOCK_CHECKPOINT &&
	        at + n > SHM_LOCK_CHECKPOINT)
		return SQLITE_BUSY;
	rc = of(file)->real->pMethods->xShmLock(of(file)->real, at, n, flags);
	if (at == SHM_LOCK_WRITE && flags == (SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE)) {
		v->audit_ended = v->audit_open;
		v->audit_open.set = false;
	} else if (at == SHM_LOCK_WRITE && flags == (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) &&
	           rc == SQLITE_OK) {
		v->audit_open.set = v->audit_ended.set = false;
		v->wal.ending = 0;
	}
	if (at <= SHM_LOCK_CHECKPOINT && at + n > SHM_LOCK_CHECKPOINT &&
	        (flags & SQLITE_SHM_UNLOCK))
		v->checkpoint = false;
	return rc;
}

static void db_shm_barrier(sqlite3_file *file)
{
	of(file)->real->pMethods->xShmBarrier(of(file)->real);
}

static int db_shm_unmap(sqlite3_file *file, int del)
{
	return of(file)->real->pMethods->xShmUnmap(of(file)->real, del);
}

int db_page_raw(struct vault_vfs *v, uint32_t pgno, uint8_t out[VAULT_PAGE])
{
	return vfs_real_read(v->db_file, out, VAULT_PAGE, (sqlite3_int64)(pgno - 1) * VAULT_PAGE);
}

enum page_state db_page_state(struct vault_vfs *v, uint32_t pgno)
{
	enum page_state state = PAGE_GOOD;
	uint8_t tag[VAULT_TAG];
	if (db_page_raw(v, pgno, v->scratch) != SQLITE_OK)
		return PAGE_BAD;
	memcpy(tag, page_tag(v->scratch), sizeof(tag));
	if (!seal_open_page(&v->seal, pgno, v->scratch, v->scratch))
		state = PAGE_BAD;
	else if (!fresh_is(&v->fresh, pgno, tag))
		state = PAGE_OLD;
	wipe(v->scratch, sizeof(v->scratch));
	return state;
}

/* Version 2: with WAL index, without memory map. */
const sqlite3_io_methods vfs_db_methods = {2, db_close_file, db_read, db_write, db_truncate,
        db_sync, db_size, db_lock, db_unlock, db_check_lock, db_control, db_sector, db_traits,
        db_shm_map, db_shm_lock, db_shm_barrier, db_shm_unmap, NULL, NULL};
