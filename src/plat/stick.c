#include "plat_int.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Is the stick in, and is that file on it? Invariants:
 * 1. Nothing is looked at by the clock: the thread sleeps in poll() without a time, on the table of
 *    mounts, on inotify and on the descriptor that ends it.
 * 2. The disk is looked at on this thread alone, so that a stick that hangs never stops the panel;
 *    others read one atomic number.
 * 3. The watches are set before the look that follows them: what changes between is an event.
 * 4. A file that lies on a block device which is gone is not there, though the cache still shows
 * it.
 */
#define MOUNTS "/proc/self/mountinfo"
#define DEVICES "/dev"
#define HERE                                                                                       \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |     \
	        IN_UNMOUNT | IN_ONLYDIR)

/* The nearest folder that is there shall tell when the next one comes or goes. */
static void watch(const struct stick *s)
{
	char path[sizeof(s->dir)];
	snprintf(path, sizeof(path), "%s", s->dir);
	(void)inotify_add_watch(s->notify_fd, DEVICES, IN_DELETE | IN_ONLYDIR);
	while (inotify_add_watch(s->notify_fd, path, HERE) < 0 && errno == ENOENT) {
		char *slash = strrchr(path, '/');
		slash[slash == path] = 0;
	}
}

/* The spaces of a path stand as \040 in the table of mounts. */
static bool same_path(const char *field, const char *path)
{
	for (; *field; path++) {
		unsigned c = (unsigned char)*field++;
		if (c == '\\' && sscanf(field, "%3o", &c) == 1)
			field += 3;
		if (c != (unsigned char)*path)
			return false;
	}
	return *path == 0;
}

/* Is something mounted there, and if it is a block device, is that still plugged in? */
static bool mounted(const char *dir, bool *ret_gone)
{
	char line[4096], at[1024], source[1024];
	bool found = false;
	FILE *f = fopen(MOUNTS, "re");
	*ret_gone = false;
	while (f && fgets(line, sizeof(line), f)) {
		const char *rest = strstr(line, " - ");
		if (!rest || sscanf(line, "%*s %*s %*s %*s %1023s", at) != 1 ||
		        !same_path(at, dir) || sscanf(rest, " - %*s %1023s", source) != 1)
			continue;
		found = true; /* the last one lies on top */
		*ret_gone = strncmp(source, DEVICES "/", 5) == 0 && access(source, F_OK) != 0;
	}
	if (f)
		fclose(f);
	return found;
}

static unsigned look(const struct stick *s)
{
	char path[sizeof(s->dir) + sizeof(s->file) + 1];
	struct stat st;
	bool gone, mount = mounted(s->dir, &gone);
	if (gone || (s->mount_only && !mount) || stat(s->dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", s->dir, s->file);
	return PLAT_STICK_IN | (stat(path, &st) == 0 && S_ISREG(st.st_mode) ? PLAT_STICK_FILE : 0u);
}

static void empty(int fd)
{
	char junk[4096];
	while (read(fd, junk, sizeof(junk)) > 0)
		;
}

static void *run(void *arg)
{
	struct stick *s = arg;
	struct pollfd p[] = {{.fd = s->stop_fd, .events = POLLIN},
	        {.fd = s->notify_fd, .events = POLLIN}, {.fd = s->mounts_fd, .events = POLLPRI}};
	while (poll(p, COUNT_OF(p), -1) >= 0 || errno == EINTR) {
		if (p[0].revents)
			break;
		empty(s->notify_fd);
		watch(s);
		unsigned now = look(s);
		if (now != atomic_exchange(&s->state, now))
			plat_wake(s->plat);
	}
	return NULL;
}

/* From the root on, without a slash at the end. */
static bool take_dir(struct stick *s, const char *dir)
{
	char from[sizeof(s->dir)] = "";
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (dir[0] != '/' && !getcwd(from, sizeof(from)))
		return false;
	return (size_t)snprintf(s->dir, sizeof(s->dir), "%s%s%.*s", from, from[0] ? "/" : "",
	               (int)n, dir) < sizeof(s->dir);
}

enum err stick_watch(
        struct stick *s, struct plat *p, const char *dir, const char *file, bool mount_only)
{
	if (!take_dir(s, dir) ||
	        (size_t)snprintf(s->file, sizeof(s->file), "%s", file) >= sizeof(s->file))
		return ERR_LIMIT;
	s->plat = p;
	s->mount_only = mount_only;
	s->stop_fd = eventfd(0, EFD_CLOEXEC);
	s->notify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	s->mounts_fd = open(MOUNTS, O_RDONLY | O_CLOEXEC);
	if (s->stop_fd >= 0 && s->notify_fd >= 0 && s->mounts_fd >= 0) {
		watch(s);
		atomic_store(&s->state, look(s));
		s->running = pthread_create(&s->thread, NULL, run, s) == 0;
	}
	if (s->running)
		return ERR_OK;
	stick_unwatch(s);
	return ERR_IO;
}

void stick_unwatch(struct stick *s)
{
	uint64_t one = 1;
	if (s->running && write(s->stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
		pthread_join(s->thread, NULL);
	s->running = false;
	int *fd[] = {&s->stop_fd, &s->notify_fd, &s->mounts_fd};
	for (size_t i = 0; i < COUNT_OF(fd); i++) {
		if (*fd[i] > 0)
			close(*fd[i]);
		*fd[i] = 0;
	}
}
