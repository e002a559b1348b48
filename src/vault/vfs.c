#include "vault_int.h"
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/*
 * The VFS between SQLite and the card: which files may be opened at all, and who opens them.
 * vfs_db.c seals the database's pages, vfs_wal.c the write-ahead log.
 *
 * Invariants.
 * 1. One VFS for each open vault, known to SQLite by a name of its own, gone when the vault is
 * closed.
 * 2. It opens two files and no third: the store and its WAL. Temporary files, sub-journals and
 * rollback journals are refused, because what SQLite writes there is in clear (pitfall 8); a
 * journal that lies there is not seen, because rolling it back would seal what an attacker wrote in
 * it.
 * 3. The database is written only while it is made and between CKPT_START and CKPT_DONE.
 * 4. Nothing readable is written: each byte below this file is ciphertext, a nonce, a tag, or the
 * WAL's header of sizes and salts.
 */

static struct vault_vfs *of(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

static const sqlite3_io_methods *methods_for(const struct vault_vfs *v, const char *name, int flags)
{
	if ((flags & SQLITE_OPEN_MAIN_DB) && name && strcmp(name, v->path) == 0 && !v->db_file)
		return &vfs_db_methods;
	if ((flags & SQLITE_OPEN_WAL) && name && strcmp(name, v->wal_path) == 0 && !v->wal_file)
		return &vfs_wal_methods;
	return NULL;
}

static int vfs_open(
        sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct vault_vfs *v = of(vfs);
	struct vfs_file *f = (struct vfs_file *)file;
	const sqlite3_io_methods *m = methods_for(v, name, flags);
	int rc;
	f->file.pMethods = NULL;
	if (!m || v->shut)
		return SQLITE_CANTOPEN;
	memset(f, 0, sizeof(*f));
	f->v = v;
	f->real = (sqlite3_file *)(f + 1);
	f->real->pMethods = NULL;
	rc = v->base->xOpen(v->base, name, f->real, flags, ret_flags);
	if (rc != SQLITE_OK) {
		if (f->real->pMethods)
			f->real->pMethods->xClose(f->real);
		return rc;
	}
	f->file.pMethods = m;
	if (m == &vfs_db_methods) {
		v->db_file = f;
	} else {
		v->wal_file = f;
		wal_start(&v->wal);
	}
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	static const struct wal_mark none;
	struct vault_vfs *v = of(vfs);
	int rc;
	if (strcmp(name, v->wal_path) != 0 || v->shut || v->anchor->log_needed)
		return SQLITE_IOERR_DELETE;
	/* Durably: a log that comes back after a cut would be one that the anchor has forgotten. */
	(void)sync_dir;
	rc = v->base->xDelete(v->base, name, 1);
	if (rc == SQLITE_OK && memcmp(&v->anchor->wal_now, &none, sizeof(none)) != 0) {
		v->anchor->wal_now = v->anchor->wal_before = none;
		v->anchor->dirty = true;
	}
	return rc;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	struct vault_vfs *v = of(vfs);
	if (strcmp(name, v->path) != 0 && strcmp(name, v->wal_path) != 0) {
		*ret = 0;
		return SQLITE_OK;
	}
	return v->base->xAccess(v->base, name, flags, ret);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	return of(vfs)->base->xFullPathname(of(vfs)->base, name, n, out);
}

static void *vfs_dl_open(sqlite3_vfs *vfs, const char *name)
{
	(void)vfs, (void)name;
	return NULL;
}

static void vfs_dl_error(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	sqlite3_snprintf(n, out, "extensions are not loaded");
}

static void (*vfs_dl_sym(sqlite3_vfs *vfs, void *lib, const char *name))(void)
{
	(void)vfs, (void)lib, (void)name;
	return NULL;
}

static void vfs_dl_close(sqlite3_vfs *vfs, void *lib)
{
	(void)vfs, (void)lib;
}

static int vfs_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	vault_random(out, (size_t)n);
	return n;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
	return of(vfs)->base->xSleep(of(vfs)->base, us);
}

static int vfs_time(sqlite3_vfs *vfs, double *ret)
{
	return of(vfs)->base->xCurrentTime(of(vfs)->base, ret);
}

static int vfs_last_error(sqlite3_vfs *vfs, int n, char *out)
{
	return of(vfs)->base->xGetLastError(of(vfs)->base, n, out);
}

static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *ret)
{
	return of(vfs)->base->xCurrentTimeInt64(of(vfs)->base, ret);
}

static enum err paths_set(struct vault_vfs *v, const char *db_path)
{
	int rc = v->base->xFullPathname(v->base, db_path, sizeof(v->path) - 8, v->path);
	if ((rc & 0xff) != SQLITE_OK)
		return ERR_LIMIT;
	(void)snprintf(v->wal_path, sizeof(v->wal_path), "%.*s-wal", PATH_MAX - 8, v->path);
	return ERR_OK;
}

static void methods_set(struct vault_vfs *v)
{
	v->vfs = (sqlite3_vfs){.iVersion = 2,
	        .szOsFile = (int)sizeof(struct vfs_file) + v->base->szOsFile,
	        .mxPathname = v->base->mxPathname,
	        .zName = v->name,
	        .pAppData = v,
	        .xOpen = vfs_open,
	        .xDelete = vfs_delete,
	        .xAccess = vfs_access,
	        .xFullPathname = vfs_full_path,
	        .xDlOpen = vfs_dl_open,
	        .xDlError = vfs_dl_error,
	        .xDlSym = vfs_dl_sym,
	        .xDlClose = vfs_dl_close,
	        .xRandomness = vfs_randomness,
	        .xSleep = vfs_sleep,
	        .xCurrentTime = vfs_time,
	        .xGetLastError = vfs_last_error,
	        .xCurrentTimeInt64 = v->base->xCurrentTimeInt64 ? vfs_time64 : NULL};
	if (!v->vfs.xCurrentTimeInt64)
		v->vfs.iVersion = 1;
}

enum err vfs_start(const char *db_path, const struct vault_keys *keys,
        const uint8_t store_id[VAULT_ID_BYTES], struct anchor *anchor, struct vault_vfs **ret)
{
	static atomic_uint serial;
	struct vault_vfs *v = calloc(1, sizeof(*v));
	enum err e;
	if (!v)
		return ERR_NOMEM;
	v->base = vault_base();
	e = v->base ? paths_set(v, db_path) : ERR_INTERNAL;
	if (e != ERR_OK) {
		free(v);
		return e;
	}
	(void)snprintf(v->name, sizeof(v->name), "caseroom-%u", atomic_fetch_add(&serial, 1));
	v->copy_fd = -1;
	v->seal.keys = keys;
	v->seal.fast = page_aead_create();
	memcpy(v->seal.store_id, store_id, VAULT_ID_BYTES);
	v->anchor = anchor;
	v->lock_page = seal_lock_page();
	methods_set(v);
	if (fresh_init(&v->fresh) != ERR_OK || sqlite3_vfs_register(&v->vfs, 0) != SQLITE_OK) {
		fresh_finish(&v->fresh);
		page_aead_destroy(v->seal.fast);
		free(v);
		return ERR_NOMEM;
	}
	*ret = v;
	return ERR_OK;
}

void vfs_destroy(struct vault_vfs *v)
{
	if (!v)
		return;
	(void)sqlite3_vfs_unregister(&v->vfs);
	if (v->copy_fd >= 0)
		close(v->copy_fd);
	free(v->wal.frame);
	fresh_finish(&v->fresh);
	page_aead_destroy(v->seal.fast);
	wipe(v, sizeof(*v));
	free(v);
}

/* The list at the top, as far as memory can show it. */
void vfs_check(const struct vault_vfs *v)
{
	assert(!v->db_file || v->db_file->file.pMethods == &vfs_db_methods);
	assert(!v->wal_file || v->wal_file->file.pMethods == &vfs_wal_methods);
	assert(!v->wal_file || v->db_file);
	assert(v->wal.known <= v->wal.cap);
	assert(v->wal.committed <= v->wal.known && v->wal.settled <= v->wal.committed);
	assert(v->wal.waiting == 0 || v->wal.gen_known);
	assert(v->anchor->flux_frames == 0 || v->anchor->log_needed);
	assert(v->seal.left <= SEAL_POOL);
	(void)v;
}
