#include "vault_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * The small files of a store (keyring, anchor, tries) on the real card, and the seam where tests
 * put another one.
 */

static sqlite3_vfs *test_vfs;
static const struct vault_io *test_io;

void vault_base_for_tests(sqlite3_vfs *vfs, const struct vault_io *io)
{
	test_vfs = vfs;
	test_io = io;
}

const struct vault_io *vault_io(void)
{
	return test_io ? test_io : &vault_io_real;
}

/* unix-excl keeps the WAL index on the heap: it holds page numbers and checksums (pitfall 9). */
sqlite3_vfs *vault_base(void)
{
	return test_vfs ? test_vfs : sqlite3_vfs_find("unix-excl");
}

enum err io_err(int n)
{
	switch (n) {
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

/* `flags`: O_RDONLY or O_WRONLY. */
static enum err regular_open_for(const char *path, int flags, struct stat *ret, int *ret_fd)
{
	const int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) /* a link; a socket, or a pipe that nobody reads */
		return errno == ELOOP || errno == ENXIO ? ERR_DAMAGED : io_err(errno);
	if (fstat(fd, ret) != 0 || !S_ISREG(ret->st_mode)) {
		close(fd);
		return ERR_DAMAGED;
	}
	*ret_fd = fd;
	return ERR_OK;
}

enum err regular_open(const char *path, uint64_t limit, int *ret_fd)
{
	struct stat st;
	TRY(regular_open_for(path, O_RDONLY, &st, ret_fd));
	if ((uint64_t)st.st_size <= limit)
		return ERR_OK;
	close(*ret_fd);
	return ERR_LIMIT;
}

static enum err real_read(const char *path, uint8_t *buf, size_t cap, size_t *ret_n)
{
	size_t n = 0;
	int fd;
	enum err e = regular_open(path, UINT64_MAX, &fd);
	if (e != ERR_OK)
		return e;
	while (e == ERR_OK) {
		uint8_t more;
		ssize_t got = n < cap ? read(fd, buf + n, cap - n) : read(fd, &more, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			e = ERR_IO;
		if (got > 0 && n == cap)
			e = ERR_LIMIT;
		if (got <= 0 || e != ERR_OK)
			break;
		n += (size_t)got;
	}
	close(fd);
	if (e == ERR_OK)
		*ret_n = n;
	return e;
}

static enum err real_replace(const char *path, const uint8_t *p, size_t n)
{
	return file_write(path, p, n, NULL);
}

static enum err real_write_at(const char *path, uint64_t off, const uint8_t *p, size_t n)
{
	struct stat st;
	int fd;
	enum err e = regular_open_for(path, O_WRONLY, &st, &fd);
	if (e != ERR_OK)
		return e;
	while (n > 0) {
		ssize_t put = pwrite(fd, p, n, (off_t)off);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			e = put < 0 ? io_err(errno) : ERR_IO;
			break;
		}
		p += put;
		off += (uint64_t)put;
		n -= (size_t)put;
	}
	if (e == ERR_OK && fdatasync(fd) != 0)
		e = io_err(errno);
	if (close(fd) != 0 && e == ERR_OK)
		e = ERR_IO;
	return e;
}

static enum err real_remove(const char *path)
{
	return unlink(path) == 0 || errno == ENOENT ? ERR_OK : io_err(errno);
}

static enum err real_rename(const char *from, const char *to)
{
	return rename(from, to) == 0 ? ERR_OK : io_err(errno);
}

static enum err real_sync_dir(const char *dir)
{
	enum err e;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return io_err(errno);
	e = fsync(fd) == 0 ? ERR_OK : io_err(errno);
	close(fd);
	return e;
}

/* The new directory's own name must reach the card too, so its parent is synced. */
static enum err real_make_dir(const char *dir)
{
	char parent[PATH_MAX];
	char *slash;
	if (mkdir(dir, 0700) != 0) {
		struct stat st;
		if (errno != EEXIST)
			return io_err(errno);
		return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) && chmod(dir, 0700) == 0 ? ERR_OK
		                                                                           : ERR_IO;
	}
	if (strlen(dir) >= sizeof(parent))
		return ERR_LIMIT;
	memcpy(parent, dir, strlen(dir) + 1);
	for (size_t n = strlen(parent); n > 1 && parent[n - 1] == '/'; n--)
		parent[n - 1] = 0;
	slash = strrchr(parent, '/');
	if (!slash)
		return real_sync_dir(".");
	slash[slash == parent] = 0;
	return real_sync_dir(parent);
}

static bool real_exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

/* Whoever may write into it could take files away and put others; a mode that a copy left open is
 * set right. Where it belongs to somebody else, what is written here they could not open. */
static enum err dir_close_up(int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return io_err(errno);
	if (st.st_uid != geteuid())
		return ERR_DENIED;
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		if (fchmod(fd, 0700) != 0)
			return io_err(errno);
		log_warn("vault: the store's directory was open to others; it is closed to them");
	}
	return ERR_OK;
}

/* The lock is on the directory itself: files inside are replaced, and one more file would be one
 * more thing to lose. */
static enum err real_lock(const char *dir, int *ret_fd)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return io_err(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum err e = errno == EWOULDBLOCK ? ERR_BUSY : io_err(errno);
		close(fd);
		return e;
	}
	enum err e = dir_close_up(fd);
	if (e != ERR_OK) {
		close(fd);
		return e;
	}
	*ret_fd = fd;
	return ERR_OK;
}

static void real_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

const struct vault_io vault_io_real = {real_read, real_replace, real_write_at, real_remove,
        real_rename, real_sync_dir, real_make_dir, real_exists, real_lock, real_unlock};
