#include "plat_int.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

/*
 * SDL_WaitEventTimeout polls once a millisecond on KMSDRM and offscreen (897 wake-ups a second,
 * SDL 2.26.5). So the wait is ours: every input device is opened a second time, read only to be
 * emptied; SDL then reads its own copy.
 */
#define INPUT_DIR "/dev/input"

static void close_inputs(struct waker *w)
{
	while (w->n_input)
		close(w->input[--w->n_input]);
}

static void open_inputs(struct waker *w)
{
	DIR *d = opendir(INPUT_DIR);
	struct dirent *e;

	close_inputs(w);
	while (d && (e = readdir(d)) != NULL && w->n_input < INPUTS_MAX) {
		char path[300];
		int fd;
		if (strncmp(e->d_name, "event", 5) != 0)
			continue;
		snprintf(path, sizeof(path), INPUT_DIR "/%s", e->d_name);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			w->input[w->n_input++] = fd;
	}
	if (d)
		closedir(d);
}

bool waker_init(struct waker *w, bool devices)
{
	*w = (struct waker){.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .notify_fd = -1};
	if (w->event_fd < 0)
		return false;
	if (!devices)
		return true;
	w->notify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->notify_fd >= 0)
		(void)inotify_add_watch(w->notify_fd, INPUT_DIR, IN_CREATE | IN_DELETE | IN_ATTRIB);
	open_inputs(w);
	return true;
}

void waker_finish(struct waker *w)
{
	close_inputs(w);
	if (w->notify_fd >= 0)
		close(w->notify_fd);
	if (w->event_fd >= 0)
		close(w->event_fd);
	w->notify_fd = w->event_fd = -1;
}

void waker_wake(const struct waker *w)
{
	uint64_t one = 1;

	/* Full means that a wake-up is already waiting. */
	if (write(w->event_fd, &one, sizeof(one)) < 0)
		return;
}

static bool empty(int fd)
{
	char junk[1024];
	ssize_t n;

	while ((n = read(fd, junk, sizeof(junk))) > 0)
		;
	return n == 0 || errno == EAGAIN || errno == EINTR;
}

bool waker_wait(struct waker *w, int ms)
{
	struct pollfd p[INPUTS_MAX + 2];
	nfds_t n = 0;
	bool again = false, woken;

	p[n++] = (struct pollfd){.fd = w->event_fd, .events = POLLIN};
	p[n++] = (struct pollfd){.fd = w->notify_fd, .events = POLLIN}; /* -1 is passed over */
	for (size_t i = 0; i < w->n_input; i++)
		p[n++] = (struct pollfd){.fd = w->input[i], .events = POLLIN};
	if (poll(p, n, ms) <= 0)
		return false;
	woken = (p[0].revents & POLLIN) != 0;
	if (woken)
		(void)empty(w->event_fd);
	if (p[1].revents & POLLIN) {
		(void)empty(w->notify_fd);
		again = true;
	}
	for (nfds_t i = 2; i < n; i++)
		if (p[i].revents &&
		        ((p[i].revents & (POLLERR | POLLHUP | POLLNVAL)) || !empty(p[i].fd)))
			again = true; /* unplugged */
	if (again)
		open_inputs(w);
	return woken;
}
