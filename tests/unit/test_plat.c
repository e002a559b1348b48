#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "plat/plat_int.h"
#include "test.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *wake_later(void *p)
{
	struct timespec t = {0, 30000000};

	nanosleep(&t, NULL);
	plat_wake(p);
	return NULL;
}

static void t_wait_sleeps_and_wakes(void)
{
	struct plat_config c = {.w = 640, .h = 400, .offscreen = true};
	struct plat_event e;
	struct plat *p;
	pthread_t th;
	int64_t at;
	int w, h, mm;

	CHECK_ERR(plat_open(&c, &p, NULL), ERR_OK);
	plat_size(p, &w, &h, &mm);
	CHECK(w == 640 && h == 400 && mm == 0);
	at = now_ms();
	CHECK(plat_wait(p, 40, &e) == PLAT_NONE);
	CHECK(now_ms() - at >= 39);
	plat_wake(p);
	plat_wake(p);
	CHECK(plat_wait(p, -1, &e) == PLAT_WOKEN);
	CHECK(plat_wait(p, 0, &e) == PLAT_NONE); /* two wakes are one */
	CHECK(pthread_create(&th, NULL, wake_later, p) == 0);
	CHECK(plat_wait(p, 5000, &e) == PLAT_WOKEN);
	pthread_join(th, NULL);
	plat_close(p);
}

/* Sleeping must cost nothing: SDL's own wait would wake a thousand times a second here. */
static void t_wait_does_not_poll(void)
{
	struct plat_config c = {.w = 640, .h = 400, .offscreen = true};
	struct timespec a, b;
	struct plat_event e;
	struct plat *p;

	CHECK_ERR(plat_open(&c, &p, NULL), ERR_OK);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	CHECK(plat_wait(p, 300, &e) == PLAT_NONE);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	CHECK((b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec < 1000000);
	plat_close(p);
}

static void t_sigterm_asks_to_leave(void)
{
	struct plat_config c = {.w = 640, .h = 400, .offscreen = true};
	struct plat_event e;
	struct plat *p;

	CHECK_ERR(plat_open(&c, &p, NULL), ERR_OK);
	raise(SIGTERM);
	CHECK(plat_wait(p, 1000, &e) == PLAT_QUIT);
	CHECK(!plat_poll(p, &e));
	plat_close(p);
}

static void t_turned_panel_maps_there_and_back(void)
{
	static const int turns[] = {0, 90, 180, 270};
	int w = 1280, h = 720;

	for (size_t i = 0; i < COUNT_OF(turns); i++) {
		int pw = turns[i] % 180 ? h : w, ph = turns[i] % 180 ? w : h, x, y;
		for (int k = 0; k < 200; k++) {
			int px = k * 37 % pw, py = k * 53 % ph;
			struct gfx_rect back;
			turn_point(turns[i], w, h, px, py, &x, &y);
			CHECK(x >= 0 && y >= 0 && x < w && y < h);
			back = turn_rect(turns[i], w, h, (struct gfx_rect){x, y, 1, 1});
			CHECK(back.x == px && back.y == py && back.w == 1 && back.h == 1);
		}
	}
	{ /* a quarter clockwise: the top left of the picture stands at the top right of the panel
	   */
		struct gfx_rect r = turn_rect(90, w, h, (struct gfx_rect){0, 0, 10, 20});
		CHECK(r.x == 700 && r.y == 0 && r.w == 20 && r.h == 10);
	}
}

static void put(const char *dir, const char *connector, const char *file, const void *p, size_t n)
{
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, connector);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/%s", dir, connector, file);
	f = fopen(path, "wb");
	if (!f)
		return;
	fwrite(p, 1, n, f);
	fclose(f);
}

static void t_card_with_a_panel_is_chosen(void)
{
	const char *dir = test_dir();
	unsigned char edid[128] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};

	CHECK(display_card(dir) == -1 && display_mm(dir) == 0);
	put(dir, "card0-HDMI-A-1", "status", "disconnected\n", 13);
	put(dir, "card1-DSI-1", "status", "connected\n", 10);
	put(dir, "renderD128", "status", "connected\n", 10);
	CHECK(display_card(dir) == 1);
	edid[21] = 22;
	put(dir, "card1-DSI-1", "edid", edid, sizeof(edid));
	CHECK(display_mm(dir) == 220);
	edid[54] = 1;
	edid[66] = 0xd9; /* 217 mm */
	CHECK(display_edid_mm(edid, sizeof(edid)) == 217);
	CHECK(display_edid_mm(edid, 100) == 0);
	edid[1] = 0;
	CHECK(display_edid_mm(edid, sizeof(edid)) == 0);
}

static void t_systemd_is_told(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char got[64] = "", pid[16];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	CHECK(fd >= 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "%.80s/notify", test_dir());
	CHECK(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	unsetenv("NOTIFY_SOCKET");
	CHECK(!notify_send("READY=1"));
	setenv("NOTIFY_SOCKET", a.sun_path, 1);
	CHECK(notify_send("READY=1"));
	CHECK(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT) == 7);
	CHECK_STR(got, "READY=1");
	setenv("WATCHDOG_USEC", "4000000", 1);
	unsetenv("WATCHDOG_PID");
	CHECK(notify_watchdog_ms() == 4000);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid() + 1); /* meant for another process */
	setenv("WATCHDOG_PID", pid, 1);
	CHECK(notify_watchdog_ms() == 0);
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

/* How often threads other than this one gave the processor away since they began. */
static long sleeps_of_others(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	long sum = 0;

	while (d && (e = readdir(d)) != NULL) {
		char path[300], line[200];
		snprintf(path, sizeof(path), "/proc/self/task/%s/status", e->d_name);
		FILE *f = e->d_name[0] == '.' || atol(e->d_name) == (long)getpid()
		                  ? NULL
		                  : fopen(path, "r");
		while (f && fgets(line, sizeof(line), f)) {
			long n;
			if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
				sum += n;
		}
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return sum;
}

/* Waits for the watch alone; true when the stick is as it should be within a second. */
static bool becomes(struct plat *p, unsigned want)
{
	struct plat_event e;
	int64_t until = now_ms() + 1000, left;

	while (plat_stick(p) != want && (left = until - now_ms()) > 0)
		(void)plat_wait(p, (int)left, &e);
	return plat_stick(p) == want;
}

static void t_stick_is_told_without_a_timer(void)
{
	struct plat_config c = {.w = 640, .h = 400, .offscreen = true};
	struct plat_event e;
	struct plat *p;
	const char *top = test_dir();
	char dir[300], key[340], away[340];

	snprintf(dir, sizeof(dir), "%s/a/stick", top);
	snprintf(key, sizeof(key), "%s/key", dir);
	snprintf(away, sizeof(away), "%s/away", dir);
	CHECK_ERR(plat_open(&c, &p, NULL), ERR_OK);
	CHECK(plat_stick(p) == 0);
	CHECK_ERR(plat_watch_stick(p, dir, "key", false), ERR_OK);
	CHECK(plat_stick(p) == 0);
	snprintf(away, sizeof(away), "%s/a", top);
	CHECK(mkdir(away, 0700) == 0 && mkdir(dir, 0700) == 0);
	CHECK(becomes(p, PLAT_STICK_IN));
	snprintf(away, sizeof(away), "%s/away", dir);
	put(top, "a/stick", "key", "x", 1);
	CHECK(becomes(p, PLAT_STICK_IN | PLAT_STICK_FILE));
	CHECK(rename(key, away) == 0);
	CHECK(becomes(p, PLAT_STICK_IN));
	CHECK(rename(away, key) == 0);
	CHECK(becomes(p, PLAT_STICK_IN | PLAT_STICK_FILE));

	while (plat_wait(p, 20, &e) != PLAT_NONE)
		;
	long before = sleeps_of_others();
	CHECK(plat_wait(p, 400, &e) == PLAT_NONE);
	CHECK(before > 0 && sleeps_of_others() == before); /* nothing looks while nothing happens */

	CHECK(unlink(key) == 0 && rmdir(dir) == 0);
	CHECK(becomes(p, 0));
	plat_close(p);
}

/* A stick that is unmounted, in a name space of our own; told only to who may mount. */
static void t_unmounted_stick_is_out(void)
{
	struct plat_config c = {.w = 640, .h = 400, .offscreen = true};
	struct plat *p;
	const char *top = test_dir();
	char dir[300];

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return;
	snprintf(dir, sizeof(dir), "%s/the stick", top);
	CHECK(mkdir(dir, 0700) == 0);
	CHECK_ERR(plat_open(&c, &p, NULL), ERR_OK);
	CHECK_ERR(plat_watch_stick(p, dir, "key", true), ERR_OK);
	CHECK(plat_stick(p) == 0); /* a folder is no stick */
	CHECK(mount("none", dir, "tmpfs", 0, "size=64k") == 0);
	CHECK(becomes(p, PLAT_STICK_IN));
	put(top, "the stick", "key", "x", 1);
	CHECK(becomes(p, PLAT_STICK_IN | PLAT_STICK_FILE));
	CHECK(umount2(dir, MNT_DETACH) == 0);
	CHECK(becomes(p, 0));
	CHECK(mount("none", dir, "tmpfs", 0, "size=64k") == 0); /* once more, on the same folder */
	CHECK(becomes(p, PLAT_STICK_IN));
	CHECK(umount2(dir, MNT_DETACH) == 0);
	CHECK(becomes(p, 0));
	plat_close(p);
}

static const struct test tests[] = {
        T(t_wait_sleeps_and_wakes),
        T(t_wait_does_not_poll),
        T(t_sigterm_asks_to_leave),
        T(t_turned_panel_maps_there_and_back),
        T(t_card_with_a_panel_is_chosen),
        T(t_systemd_is_told),
        T(t_stick_is_told_without_a_timer),
        T(t_unmounted_stick_is_out),
};

TEST_MAIN(tests)
