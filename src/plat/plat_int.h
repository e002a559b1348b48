#ifndef CASEROOM_PLAT_INT_H
#define CASEROOM_PLAT_INT_H
/* Inside of plat. Only src/plat and its tests include this. */
#include <pthread.h>
#include <stdatomic.h>
#include "caseroom/plat.h"

#define INPUTS_MAX 32

/* What a wait sleeps on where SDL would poll: evdev devices (wake-ups only, SDL reads its own),
 * inotify, an eventfd. */
struct waker {
	int event_fd, notify_fd;
	int input[INPUTS_MAX];
	size_t n_input;
};

bool waker_init(struct waker *w, bool devices);
void waker_finish(struct waker *w);
/* Any thread. */
void waker_wake(const struct waker *w);
/* Sleeps at most ms (-1 = for ever). True when waker_wake() was the reason. */
bool waker_wait(struct waker *w, int ms);

/* What looks after the stick: a thread of its own, which calls plat_wake when something changed. */
struct stick {
	char dir[512], file[64];
	bool mount_only, running;
	int stop_fd, notify_fd, mounts_fd;
	atomic_uint state; /* of enum plat_stick */
	pthread_t thread;
	struct plat *plat;
};
/* `s` zeroed. ERR_LIMIT; ERR_IO: the system has no more of what it takes. */
enum err stick_watch(struct stick *s, struct plat *p, const char *dir, const char *file,
        bool mount_only) MUST_CHECK;
void stick_unwatch(struct stick *s); /* zeroed is fine */

/* The index of the DRM card that has something plugged in, or -1 (SDL issue 13705: SDL may pick
 * another). */
int display_card(const char *sys_class_drm);
/* Millimetres the panel is wide by its EDID, 0 when not told. */
int display_mm(const char *sys_class_drm);
int display_edid_mm(const unsigned char *edid, size_t n);

/* systemd's notify protocol: one datagram to the socket named in the environment; nothing without
 * it. */
bool notify_send(const char *text);
int64_t notify_watchdog_ms(void); /* 0 = none asked for */

/* Panel to picture and back for a turned panel. w, h: the picture. */
void turn_point(int rotate, int w, int h, int panel_x, int panel_y, int *ret_x, int *ret_y);
struct gfx_rect turn_rect(int rotate, int w, int h, struct gfx_rect r); /* picture to panel */

#endif
