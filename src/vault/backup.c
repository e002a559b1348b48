#include "vault_int.h"
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
 * A backup is one file of sealed bytes: head, keyring, anchor, pages, digest.
 *
 * Invariants.
 * 1. It is taken with the log empty, so that the pages are the whole store; each page is opened
 * before it is copied, so that no backup holds a damaged one.
 * 2. It has its name only after it was read back and its digest held. No file is ever replaced by
 * it.
 * 3. Restore reads and checks all of it before it makes anything, and writes the keyring last, as
 * making does.
 */

#define CHUNK_PAGES 64
#define DIGEST 32

struct backup_head {
	uint8_t magic[8], version[2], zero[2], page_size[4];
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t ring_bytes[4], anchor_bytes[4], pages[8], made_us[8];
	uint8_t later[72];
};
_Static_assert(sizeof(struct backup_head) == 128, "stored");

static const uint8_t backup_magic[8] = {'C', 'R', 'B', 'A', 'C', 'K', '\r', '\n'};

/* A file that is written or read from its beginning while its digest is made. */
struct stream {
	int fd;
	crypto_generichash_state sum;
};

static void stream_start(struct stream *s, int fd)
{
	s->fd = fd;
	(void)crypto_generichash_init(&s->sum, NULL, 0, DIGEST);
}

static enum err fd_write(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put < 0 ? io_err(errno) : ERR_IO;
		p += put;
		n -= (size_t)put;
	}
	return ERR_OK;
}

/* ERR_DAMAGED when the file ends before n bytes. */
static enum err fd_read(int fd, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_IO;
		if (got == 0)
			return ERR_DAMAGED;
		p += got;
		n -= (size_t)got;
	}
	return ERR_OK;
}

static enum err stream_write(struct stream *s, const void *p, size_t n)
{
	(void)crypto_generichash_update(&s->sum, p, n);
	return fd_write(s->fd, p, n);
}

static enum err stream_read(struct stream *s, void *p, size_t n)
{
	enum err e = fd_read(s->fd, p, n);
	if (e == ERR_OK)
		(void)crypto_generichash_update(&s->sum, p, n);
	return e;
}

static void tell(vault_progress_fn *fn, void *ctx, uint64_t done, uint64_t total)
{
	if (fn)
		fn(ctx, done, total);
}

/* ---- checking
 * ------------------------------------------------------------------------------------ */

struct backup {
	struct backup_head head;
	uint8_t ring[RING_MAX], anchor[ANCHOR_FILE], page[CHUNK_PAGES * VAULT_PAGE];
	size_t ring_n, anchor_n;
	uint64_t pages;
};

static enum err head_check(struct backup *b, int fd, struct why *w)
{
	struct stat st;
	const struct backup_head *h = &b->head;
	if (memcmp(h->magic, backup_magic, sizeof(backup_magic)) != 0)
		return why(w, ERR_NOT_STORE, "This file is not a Caseroom backup.");
	if (le_get(h->version, 2) > VAULT_FORMAT)
		return why(w, ERR_VERSION,
		        "This backup was written by a later version of Caseroom. Nothing was "
		        "changed. Update Caseroom.");
	b->ring_n = le_get(h->ring_bytes, 4);
	b->anchor_n = le_get(h->anchor_bytes, 4);
	b->pages = le_get(h->pages, 8);
	if (le_get(h->page_size, 4) != VAULT_PAGE || b->ring_n > sizeof(b->ring) ||
	        b->anchor_n != sizeof(b->anchor) || b->pages == 0 || b->pages > UINT32_MAX ||
	        fstat(fd, &st) != 0 ||
	        (uint64_t)st.st_size !=
	                sizeof(*h) + b->ring_n + b->anchor_n + b->pages * VAULT_PAGE + DIGEST)
		return why(w, ERR_DAMAGED,
		        "This backup is damaged: it is cut short or its parts do not fit.");
	return ERR_OK;
}

/* Reads on to the end; when out >= 0 the pages go there as well. */
static enum err pages_read(
        struct backup *b, struct stream *s, int out, vault_progress_fn *fn, void *ctx)
{
	enum err e = ERR_OK;
	for (uint64_t done = 0; done < b->pages && e == ERR_OK;) {
		const uint64_t left = b->pages - done;
		const size_t n = left < CHUNK_PAGES ? (size_t)left : CHUNK_PAGES;
		e = stream_read(s, b->page, n * VAULT_PAGE);
		if (e == ERR_OK && out >= 0)
			e = fd_write(out, b->page, n * VAULT_PAGE);
		done += n;
		tell(fn, ctx, done, b->pages);
	}
	return e;
}

static enum err backup_read(
        struct backup *b, int fd, int out, vault_progress_fn *fn, void *ctx, struct why *w)
{
	uint8_t sum[DIGEST], want[DIGEST];
	struct stream s;
	enum err e;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return ERR_IO;
	stream_start(&s, fd);
	e = stream_read(&s, &b->head, sizeof(b->head));
	if (e == ERR_DAMAGED)
		return why(w, ERR_NOT_STORE, "This file is not a Caseroom backup.");
	if (e == ERR_OK)
		e = head_check(b, fd, w);
	if (e != ERR_OK)
		return e;
	e = stream_read(&s, b->ring, b->ring_n);
	if (e == ERR_OK)
		e = stream_read(&s, b->anchor, b->anchor_n);
	if (e == ERR_OK)
		e = pages_read(b, &s, out, fn, ctx);
	if (e == ERR_OK)
		e = fd_read(fd, want, sizeof(want));
	if (e == ERR_OK) {
		(void)crypto_generichash_final(&s.sum, sum, sizeof(sum));
		if (memcmp(sum, want, sizeof(sum)) != 0)
			e = ERR_DAMAGED;
	}
	if (e == ERR_DAMAGED)
		return why(
		        w, e, "This backup is damaged: its digest does not hold. Use another one.");
	return e == ERR_OK ? ERR_OK : why(w, e, "The backup could not be read.");
}

/* ---- writing
 * --------------------------------------------------------------------------------------- */

static enum err pages_write(struct vault *v, struct backup *b, struct stream *s,
        vault_progress_fn *fn, void *ctx, struct why *w)
{
	uint8_t *open = b->page + VAULT_PAGE;
	for (uint32_t p = 1; p <= b->pages; p++) {
		enum err e;
		int rc = db_page_raw(v->vfs, p, b->page);
		if (rc != SQLITE_OK)
			return store_err(v, rc, w);
		if (p != v->vfs->lock_page && !seal_open_page(&v->vfs->seal, p, b->page, open)) {
			v->vfs->bad_page = p;
			return store_err(v, SQLITE_IOERR_DATA, w);
		}
		e = stream_write(s, b->page, VAULT_PAGE);
		if (e != ERR_OK)
			return e;
		tell(fn, ctx, p, b->pages);
	}
	return ERR_OK;
}

static enum err parts_take(struct vault *v, struct backup *b, struct why *w)
{
	sqlite3_int64 size = 0;
	int rc;
	enum err e = store_settle(v, w);
	if (e == ERR_OK)
		e = anchor_save(&v->anchor);
	if (e == ERR_OK)
		e = vault_io()->read(v->anchor.path, b->anchor, sizeof(b->anchor), &b->anchor_n);
	if (e != ERR_OK)
		return e;
	rc = v->vfs->db_file->file.pMethods->xFileSize(&v->vfs->db_file->file, &size);
	if (rc != SQLITE_OK)
		return store_err(v, rc, w);
	b->pages = (uint64_t)size / VAULT_PAGE;
	b->ring_n = keyring_encode(&v->ring, v->keys, b->ring);
	memcpy(b->head.magic, backup_magic, sizeof(backup_magic));
	le_put(b->head.version, 2, VAULT_FORMAT);
	le_put(b->head.page_size, 4, VAULT_PAGE);
	memcpy(b->head.store_id, vault_id(v), VAULT_ID_BYTES);
	le_put(b->head.ring_bytes, 4, b->ring_n);
	le_put(b->head.anchor_bytes, 4, b->anchor_n);
	le_put(b->head.pages, 8, b->pages);
	le_put(b->head.made_us, 8, (uint64_t)time_now_us());
	return ERR_OK;
}

static enum err backup_write(
        struct vault *v, struct backup *b, int fd, vault_progress_fn *fn, void *ctx, struct why *w)
{
	uint8_t sum[DIGEST];
	struct stream s;
	enum err e;
	stream_start(&s, fd);
	e = stream_write(&s, &b->head, sizeof(b->head));
	if (e == ERR_OK)
		e = stream_write(&s, b->ring, b->ring_n);
	if (e == ERR_OK)
		e = stream_write(&s, b->anchor, b->anchor_n);
	if (e == ERR_OK)
		e = pages_write(v, b, &s, fn, ctx, w);
	wipe(b->page, sizeof(b->page));
	if (e != ERR_OK)
		return e;
	(void)crypto_generichash_final(&s.sum, sum, sizeof(sum));
	e = fd_write(fd, sum, sizeof(sum));
	if (e == ERR_OK && fsync(fd) != 0)
		e = io_err(errno);
	return e;
}

static enum err dir_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int n = slash ? snprintf(out, PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path),
	                        path)
	              : snprintf(out, PATH_MAX, ".");
	return n > 0 && n < PATH_MAX ? ERR_OK : ERR_LIMIT;
}

static enum err backup_name(const char *part, const char *file)
{
	char dir[PATH_MAX];
	enum err e = dir_of(file, dir);
	if (e == ERR_OK && rename(part, file) != 0)
		e = io_err(errno);
	return e == ERR_OK ? vault_io_real.sync_dir(dir) : e;
}

enum err vault_backup(
        struct vault *v, const char *file, vault_progress_fn *fn, void *ctx, struct why *w)
{
	char part[PATH_MAX];
	struct stat st;
	struct backup *b = calloc(1, sizeof(*b));
	int fd = -1, n = snprintf(part, sizeof(part), "%s.part", file);
	enum err e;
	if (!b)
		return ERR_NOMEM;
	if (n < 0 || n >= PATH_MAX) {
		e = ERR_LIMIT;
		goto out;
	}
	if (lstat(file, &st) == 0) {
		e = why(w, ERR_EXISTS,
		        "There is a file of this name already. Nothing was written.");
		goto out;
	}
	e = parts_take(v, b, w);
	if (e != ERR_OK)
		goto out;
	/* What an interrupted backup left has no use. */
	(void)unlink(part);
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		e = why(w, io_err(errno),
		        "The backup could not be made there. Is the stick in, and has it room?");
		goto out;
	}
	e = backup_write(v, b, fd, fn, ctx, w);
	/* Read back from the stick and not from memory, as far as the system allows. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (e == ERR_OK)
		e = backup_read(b, fd, -1, NULL, NULL, w);
	if (e == ERR_OK)
		e = backup_name(part, file);
	else if (e == ERR_FULL)
		e = why(w, e, "There is not enough room for the backup. Nothing was written.");
out:
	if (fd >= 0) {
		close(fd);
		if (e != ERR_OK)
			(void)unlink(part);
	}
	free(b);
	return e;
}

/* ---- restoring
 * --------------------------------------------------------------------------------------- */

static enum err restore_db(
        struct backup *b, int fd, const char *dir, vault_progress_fn *fn, void *ctx, struct why *w)
{
	char path[PATH_MAX];
	int out;
	enum err e = store_path(path, dir, VAULT_FILE_DB);
	if (e != ERR_OK)
		return e;
	out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0)
		return io_err(errno);
	e = backup_read(b, fd, out, fn, ctx, w);
	if (e == ERR_OK && fsync(out) != 0)
		e = io_err(errno);
	if (close(out) != 0 && e == ERR_OK)
		e = ERR_IO;
	return e;
}

static enum err restore_parts(
        struct backup *b, int fd, const char *dir, vault_progress_fn *fn, void *ctx, struct why *w)
{
	char anchor[PATH_MAX], ring[PATH_MAX];
	enum err e = store_make_begin(dir, w);
	if (e == ERR_OK)
		e = store_path(anchor, dir, VAULT_FILE_ANCHOR);
	if (e == ERR_OK)
		e = store_path(ring, dir, VAULT_FILE_RING);
	if (e == ERR_OK)
		e = restore_db(b, fd, dir, fn, ctx, w);
	if (e == ERR_OK)
		e = vault_io_real.replace(anchor, b->anchor, b->anchor_n);
	if (e == ERR_OK)
		e = vault_io_real.replace(ring, b->ring, b->ring_n);
	return e == ERR_OK ? store_make_end(dir) : e;
}

enum err vault_restore(
        const char *file, const char *dir, vault_progress_fn *fn, void *ctx, struct why *w)
{
	struct backup *b = calloc(1, sizeof(*b));
	struct keyring *k = calloc(1, sizeof(*k));
	int fd = -1, lock = -1;
	enum err e = b && k ? secret_start() : ERR_NOMEM;
	if (e != ERR_OK)
		goto out;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		e = why(w, io_err(errno), "The backup could not be opened.");
		goto out;
	}
	e = backup_read(b, fd, -1, NULL, NULL, w);
	if (e == ERR_OK)
		e = keyring_decode(b->ring, b->ring_n, k, w);
	if (e == ERR_OK)
		e = vault_io_real.make_dir(dir);
	if (e == ERR_OK)
		e = vault_io_real.lock(dir, &lock);
	if (e == ERR_OK)
		e = restore_parts(b, fd, dir, fn, ctx, w);
out:
	vault_io_real.unlock(lock);
	if (fd >= 0)
		close(fd);
	free(k);
	free(b);
	return e;
}
