#include "caseroom/base.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err from_errno(int e)
{
	switch (e) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

enum err file_read(const char *path, size_t limit, struct buf *b, struct why *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return why(w, from_errno(errno), "%s cannot be read: %s.", path, strerror(errno));
	char part[16384];
	size_t total = 0;
	enum err e = ERR_OK;
	for (;;) {
		ssize_t n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			e = why(w, from_errno(errno), "%s cannot be read: %s.", path,
			        strerror(errno));
			break;
		}
		if (n == 0)
			break;
		total += (size_t)n;
		if (total > limit) {
			e = why(w, ERR_LIMIT, "%s is larger than %zu bytes.", path, limit);
			break;
		}
		buf_put(b, part, (size_t)n);
	}
	wipe(part, sizeof(part));
	close(fd);
	return e ? e : buf_err(b);
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return fsync(fd);
}

enum err file_write(const char *path, const void *p, size_t n, struct why *w)
{
	char tmp[4096], dir[4096];
	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.new", path) >= sizeof(tmp))
		return why(w, ERR_LIMIT, "The file name is too long.");
	snprintf(dir, sizeof(dir), "%s", path);
	(void)unlink(tmp); /* left by a power cut */
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return why(
		        w, from_errno(errno), "%s cannot be written: %s.", path, strerror(errno));
	bool bad = write_all(fd, p, n) != 0;
	int saved = errno;
	bad |= close(fd) != 0;
	if (!bad && rename(tmp, path) != 0) {
		bad = true;
		saved = errno;
	}
	if (bad) {
		(void)unlink(tmp);
		return why(w, from_errno(saved), "%s cannot be written: %s. Nothing was changed.",
		        path, strerror(saved));
	}
	int d = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d >= 0) {
		(void)fsync(d);
		close(d);
	}
	return ERR_OK;
}
