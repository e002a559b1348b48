#include "backup_int.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
/*
 * Files on a stick, which may be slow, full, or gone in the middle of anything.
 *
 * Invariants.
 * 1. Every change passes change(), so that a test can end the world before any of them.
 * 2. A file is written in pieces, each on the stick before the next: whoever asks to stop waits for
 * one piece, and progress is true.
 * 3. Nothing follows a symbolic link that lies on the stick, or waits for a pipe or a device: files
 * are opened by regular_open, and only plain files and folders are looked for.
 */

#define PIECE (256u << 10)

enum err (*folder_change_for_tests)(size_t *n);

/* *n: the bytes that are about to be written; a test may cut them. */
static enum err change(size_t *n)
{
	size_t none = 0;
	return folder_change_for_tests ? folder_change_for_tests(n ? n : &none) : ERR_OK;
}

enum err path_in(char out[PATH_MAX], const char *dir, const char *fmt, ...)
{
	va_list ap;
	int k, n = snprintf(out, PATH_MAX, "%s/", dir);
	if (n < 0 || n >= PATH_MAX)
		return ERR_LIMIT;
	va_start(ap, fmt);
	k = vsnprintf(out + n, (size_t)(PATH_MAX - n), fmt, ap);
	va_end(ap);
	return k >= 0 && n + k < PATH_MAX - 16 ? ERR_OK : ERR_LIMIT;
}

/* A stick may be read-only, by its switch or because the system found it damaged. */
static enum err stick_err(int n)
{
	return n == EROFS || n == EACCES || n == EPERM ? ERR_DENIED : io_err(n);
}

void digest_of(const void *p, size_t n, uint8_t ret[DIGEST])
{
	(void)crypto_generichash(ret, DIGEST, p, n, NULL, 0);
}

static enum err piece_write(int fd, const uint8_t *p, size_t n)
{
	size_t allowed = n;
	enum err e = change(&allowed);
	while (allowed > 0) {
		ssize_t put = write(fd, p, allowed);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put < 0 ? stick_err(errno) : ERR_IO;
		p += put;
		allowed -= (size_t)put;
	}
	if (e == ERR_OK && fdatasync(fd) != 0)
		e = stick_err(errno);
	return e;
}

enum err folder_write(const char *path, const void *bytes, size_t n, const atomic_bool *stop)
{
	const uint8_t *p = bytes;
	enum err e = change(NULL);
	int fd;
	if (e != ERR_OK)
		return e;
	if (unlink(path) != 0 && errno != ENOENT)
		return stick_err(errno);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return stick_err(errno);
	while (n > 0 && e == ERR_OK) {
		const size_t k = n < PIECE ? n : PIECE;
		e = stop && atomic_load(stop) ? ERR_REFUSED : piece_write(fd, p, k);
		p += k;
		n -= k;
	}
	if (close(fd) != 0 && e == ERR_OK)
		e = stick_err(errno);
	return e;
}

enum err folder_check(
        const char *path, uint64_t n, const uint8_t digest[DIGEST], const atomic_bool *stop)
{
	crypto_generichash_state sum;
	uint8_t got[DIGEST], *piece = malloc(PIECE);
	uint64_t seen = 0;
	int fd;
	enum err e = piece ? regular_open(path, n, &fd) : ERR_NOMEM;
	if (e != ERR_OK) {
		free(piece);
		return e == ERR_LIMIT ? ERR_DAMAGED : e;
	}
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	(void)crypto_generichash_init(&sum, NULL, 0, DIGEST);
	while (e == ERR_OK) {
		ssize_t k = read(fd, piece, PIECE);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			e = stick_err(errno);
		if (k <= 0)
			break;
		(void)crypto_generichash_update(&sum, piece, (size_t)k);
		seen += (uint64_t)k;
		if (seen > n)
			e = ERR_DAMAGED;
		else if (stop && atomic_load(stop))
			e = ERR_REFUSED;
	}
	close(fd);
	free(piece);
	(void)crypto_generichash_final(&sum, got, sizeof(got));
	if (e == ERR_OK && (seen != n || memcmp(got, digest, sizeof(got)) != 0))
		e = ERR_DAMAGED;
	return e;
}

enum err folder_read(const char *path, struct buf *ret)
{
	uint8_t piece[16384];
	int fd;
	enum err e = regular_open(path, ret->limit, &fd);
	if (e != ERR_OK)
		return e;
	while (e == ERR_OK) {
		const ssize_t k = read(fd, piece, sizeof(piece));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			e = stick_err(errno);
		if (k <= 0)
			break;
		buf_put(ret, piece, (size_t)k);
		e = buf_err(ret);
	}
	close(fd);
	return e;
}

enum err folder_rename(const char *from, const char *to, const char *dir)
{
	enum err e = change(NULL);
	if (e == ERR_OK && rename(from, to) != 0)
		e = stick_err(errno);
	return e == ERR_OK ? vault_io_real.sync_dir(dir) : e;
}

/* Modes are left alone: a stick's file system may have none. */
enum err folder_make(const char *dir)
{
	char parent[PATH_MAX];
	struct stat st;
	TRY(change(NULL));
	if (mkdir(dir, 0700) != 0) {
		if (errno != EEXIST)
			return stick_err(errno);
		return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) ? ERR_OK : ERR_IO;
	}
	TRY(path_parent(dir, parent));
	return vault_io_real.sync_dir(parent);
}

enum err folder_remove(const char *dir)
{
	const struct dirent *d;
	char path[PATH_MAX];
	enum err e = ERR_OK;
	/* A link on a strange stick could lead to the store itself. */
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *all = fd >= 0 ? fdopendir(fd) : NULL;
	if (!all) {
		e = stick_err(errno);
		if (fd >= 0)
			close(fd);
		return e;
	}
	while (e == ERR_OK && (d = readdir(all))) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		e = path_in(path, dir, "%s", d->d_name);
		if (e == ERR_OK)
			e = change(NULL);
		if (e == ERR_OK && unlink(path) != 0 && (errno != EISDIR || rmdir(path) != 0))
			e = errno == ENOTEMPTY ? ERR_EXISTS : stick_err(errno);
	}
	closedir(all);
	if (e == ERR_OK)
		e = change(NULL);
	if (e == ERR_OK && rmdir(dir) != 0)
		e = stick_err(errno);
	return e;
}

enum err folder_plain(const char *dir)
{
	const struct dirent *d;
	DIR *all = opendir(dir);
	enum err e = ERR_OK;
	if (!all)
		return stick_err(errno);
	while (e == ERR_OK && (d = readdir(all))) {
		struct stat st;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(all), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			e = stick_err(errno);
		else if (!S_ISREG(st.st_mode))
			e = ERR_DAMAGED;
	}
	closedir(all);
	return e;
}

/* "0001" with 4 digits and end "", "000001.age" with 6 and ".age"; 0 is no number. */
static uint32_t number_of(const char *name, int digits, const char *end)
{
	uint32_t n = 0;
	for (int i = 0; i < digits; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		n = n * 10 + (uint32_t)(name[i] - '0');
	}
	return strcmp(name + digits, end) == 0 ? n : 0;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

enum err folder_numbers(
        const char *dir, int digits, const char *end, uint32_t *ret, size_t max, size_t *ret_n)
{
	const struct dirent *d;
	DIR *all = opendir(dir);
	size_t n = 0;
	if (!all)
		return stick_err(errno);
	while ((d = readdir(all))) {
		const uint32_t k = number_of(d->d_name, digits, end);
		const mode_t want = *end ? S_IFREG : S_IFDIR;
		struct stat st;
		if (k && n < max && fstatat(dirfd(all), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		        (st.st_mode & S_IFMT) == want)
			ret[n++] = k;
	}
	closedir(all);
	qsort(ret, n, sizeof(*ret), by_number);
	*ret_n = n;
	return ERR_OK;
}

size_t folder_begins(const char *dir, const char *begin, char ret[NAME_MAX + 1])
{
	const struct dirent *d;
	DIR *all = opendir(dir);
	size_t n = 0;
	while (all && (d = readdir(all))) {
		struct stat st;
		if (strncmp(d->d_name, begin, strlen(begin)) == 0 &&
		        fstatat(dirfd(all), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		        S_ISDIR(st.st_mode)) {
			(void)snprintf(ret, NAME_MAX + 1, "%s", d->d_name);
			n++;
		}
	}
	if (all)
		closedir(all);
	return n;
}

enum err path_parent(const char *path, char ret[PATH_MAX])
{
	char *slash;
	if ((size_t)snprintf(ret, PATH_MAX, "%s", path) >= PATH_MAX)
		return ERR_LIMIT;
	slash = strrchr(ret, '/');
	if (slash)
		slash[slash == ret] = 0;
	else
		memcpy(ret, ".", 2);
	return ERR_OK;
}

bool folder_room(const char *dir, uint64_t bytes)
{
	struct statvfs st;
	return statvfs(dir, &st) != 0 || (uint64_t)st.f_bavail * st.f_frsize > bytes;
}
