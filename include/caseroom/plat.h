#ifndef CASEROOM_PLAT_H
#define CASEROOM_PLAT_H
/*
 * plat: the window, its input, and the wait. SDL2 underneath; the only module beside gfx that knows
 * it. Fingers and mouse arrive as the same events, keys already translated. UI thread only, except
 * plat_wake.
 */
#include "caseroom/ui.h"

struct plat;

struct plat_config {
	const char *title;
	int w, h;       /* 0 = the whole panel, fullscreen */
	bool offscreen; /* no window: tests and make demo without a display */
	int rotate;     /* 0, 90, 180 or 270 degrees clockwise, for panels built upright; sizes are
	                   those after turning */
};

enum err plat_open(const struct plat_config *c, struct plat **ret, struct why *why) MUST_CHECK;
void plat_close(struct plat *p);
void plat_size(const struct plat *p, int *ret_w, int *ret_h, int *ret_px_per_mm_x10);

/* PLAT_RESIZED: ask plat_size, then ui_resize, then draw. PLAT_QUIT: save and leave without asking.
 */
enum plat_event_kind { PLAT_NONE, PLAT_INPUT, PLAT_RESIZED, PLAT_QUIT, PLAT_WOKEN };
struct plat_event {
	enum plat_event_kind kind;
	struct ui_event input;
};
/*
 * Waits without polling until something happens or `ms` passed (-1: for ever); PLAT_NONE after the
 * time, and now and then before it (so that the loop can tell the watchdog that it lives).
 */
enum plat_event_kind plat_wait(struct plat *p, int ms, struct plat_event *ret);
/* More events already here? Takes one; false when none. */
bool plat_poll(struct plat *p, struct plat_event *ret);
/* Any thread: makes plat_wait return PLAT_WOKEN. */
void plat_wake(struct plat *p);
/*
 * Looks after a USB stick: `dir`, where it is mounted, and `file` on it. From now on plat_wait
 * gives PLAT_WOKEN as soon as one of them has come or gone: by the system's events, never by the
 * clock. `mount_only`: an empty folder where nothing is mounted is no stick. Once; ERR_LIMIT,
 * ERR_IO.
 */
enum plat_stick { PLAT_STICK_IN = 1, PLAT_STICK_FILE = 2 };
enum err plat_watch_stick(
        struct plat *p, const char *dir, const char *file, bool mount_only) MUST_CHECK;
unsigned plat_stick(const struct plat *p); /* of enum plat_stick, as it was at the last event */
/* Copies the changed rectangles to the panel. */
void plat_present(
        struct plat *p, const void *pixels, int pitch, const struct gfx_rect *damage, size_t n);
/* systemd's watchdog and readiness, when started by it; else nothing. */
void plat_ready(struct plat *p);
void plat_alive(struct plat *p);

#endif
