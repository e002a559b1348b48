#include "backup_int.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * Reads the backup of the first version: one file with head, keyring, anchor, pages, digest. It is
 * no longer written.
 *
 * Invariant: all of it is read and checked before anything is made, and the keyring is written
 * last, as making does.
 */

#define CHUNK_PAGES 64

struct backup_head {
	uint8_t magic[8], version[2], zero[2], page_size[4];
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t ring_bytes[4], anchor_bytes[4], pages[8], made_us[8];
	uint8_t later[72];
};
_Static_assert(sizeof(struct backup_head) == 128, "stored");

static const uint8_t backup_magic[8] = {'C', 'R', 'B', 'A', 'C', 'K', '\r', '\n'};

/* A file that is read from its beginning while its digest is made. */
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

enum err restore_file(
        const char *file, const char *dir, vault_progress_fn *fn, void *ctx, struct why *w)
{
	struct backup *b = calloc(1, sizeof(*b));
	struct keyring *k = calloc(1, sizeof(*k));
	int fd = -1, lock = -1;
	enum err e = b && k ? secret_start() : ERR_NOMEM;
	if (e != ERR_OK)
		goto out;
	e = regular_open(file, UINT64_MAX, &fd);
	if (e != ERR_OK) {
		e = why(w, e,
		        e == ERR_DAMAGED ? "What was named is neither a folder nor a plain file."
		                         : "The backup could not be opened.");
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
