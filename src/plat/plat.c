#include "plat_int.h"
#include <SDL2/SDL.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYS_DRM "/sys/class/drm"
/* A signal that comes just before a sleep is seen after it: no sleep is longer. */
#define LONGEST_SLEEP_MS 10000
#define WHEEL_PX 72 /* one notch: a row */

struct plat {
	struct plat_config config;
	int w, h; /* the picture, after turning */
	int px_per_mm_x10;
	struct waker waker;
	struct stick stick;
	SDL_Window *window;
	bool sdl;       /* video is up */
	bool sdl_waits; /* this driver waits for its device; else our own poll */
	bool cursor;
	char picked; /* the digit of the Alt+digit just pressed: its text comes next */
	Uint32 wake_event;
	int64_t watchdog_ms, fed_ms;
};

static volatile sig_atomic_t stop_asked;
static int stop_fd = -1;

/* Offscreen there is no SDL to turn the signal into SDL_QUIT. */
static void on_stop(int sig)
{
	uint64_t one = 1;

	(void)sig;
	stop_asked = 1;
	if (stop_fd >= 0 && write(stop_fd, &one, sizeof(one)) < 0)
		return;
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum err open_offscreen(struct plat *p)
{
	struct sigaction a = {.sa_handler = on_stop};

	p->w = p->config.w ? p->config.w : 1280;
	p->h = p->config.h ? p->config.h : 800;
	stop_fd = p->waker.event_fd;
	stop_asked = 0;
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGINT, &a, NULL);
	return ERR_OK;
}

static void hints(void)
{
	char index[8];
	int card = display_card(SYS_DRM);

	/* On KMSDRM touches carry no window and never become mouse events: one kind for all (SDL
	 * issue 6650). */
	SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
	SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
	SDL_SetHint(SDL_HINT_QUIT_ON_LAST_WINDOW_CLOSE, "1");
	if (card >= 0 && !SDL_getenv("SDL_KMSDRM_DEVICE_INDEX")) {
		SDL_snprintf(index, sizeof(index), "%d", card);
		SDL_SetHint(SDL_HINT_KMSDRM_DEVICE_INDEX, index);
	}
}

static void take_size(struct plat *p)
{
	int w, h;

	SDL_GetWindowSize(p->window, &w, &h);
	p->w = p->config.rotate % 180 ? h : w;
	p->h = p->config.rotate % 180 ? w : h;
}

static enum err open_window(struct plat *p, struct why *why_out)
{
	Uint32 flags = p->config.w ? SDL_WINDOW_RESIZABLE : SDL_WINDOW_FULLSCREEN_DESKTOP;
	bool turned = p->config.rotate % 180 != 0;
	const char *driver;
	int mm;

	hints();
	if (SDL_Init(SDL_INIT_VIDEO) != 0)
		return why(why_out, ERR_NOT_FOUND,
		        "No panel was found. Check its cable, then start again. (%s)",
		        SDL_GetError());
	p->sdl = true;
	driver = SDL_GetCurrentVideoDriver();
	p->sdl_waits = driver && (strcmp(driver, "x11") == 0 || strcmp(driver, "wayland") == 0);
	/* Plain memory everywhere but on KMSDRM, which cannot make a surface without it. */
	if (driver && strcmp(driver, "KMSDRM") != 0)
		SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	p->window = SDL_CreateWindow(p->config.title ? p->config.title : "Caseroom",
	        SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, turned ? p->config.h : p->config.w,
	        turned ? p->config.w : p->config.h, flags);
	if (!p->window || !SDL_GetWindowSurface(p->window))
		return why(why_out, ERR_IO, "The panel cannot be drawn on. (%s)", SDL_GetError());
	take_size(p);
	mm = p->config.w ? 0 : display_mm(SYS_DRM);
	if (mm > 50) {
		int w, h;
		SDL_GetWindowSize(p->window, &w, &h);
		p->px_per_mm_x10 = w * 10 / mm;
	}
	SDL_ShowCursor(SDL_DISABLE);
	SDL_StartTextInput();
	p->wake_event = SDL_RegisterEvents(1);
	return ERR_OK;
}

enum err plat_open(const struct plat_config *c, struct plat **ret, struct why *why_out)
{
	struct plat *p = calloc(1, sizeof(*p));
	enum err e = ERR_IO;

	if (!p)
		return ERR_NOMEM;
	p->config = *c;
	p->watchdog_ms = notify_watchdog_ms();
	if (!waker_init(&p->waker, !c->offscreen)) {
		(void)why(why_out, e, "The system has no more room for files.");
		goto out;
	}
	e = c->offscreen ? open_offscreen(p) : open_window(p, why_out);
	if (e)
		goto out;
	*ret = p;
	return ERR_OK;
out:
	plat_close(p);
	return e;
}

void plat_close(struct plat *p)
{
	if (!p)
		return;
	stick_unwatch(&p->stick); /* it wakes us */
	if (stop_fd == p->waker.event_fd) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		stop_fd = -1;
	}
	if (p->window) {
		SDL_Surface *s = SDL_GetWindowSurface(p->window);
		if (s && s->pixels) { /* it holds names */
			wipe(s->pixels, (size_t)s->pitch * (size_t)s->h);
			SDL_UpdateWindowSurface(p->window);
		}
		SDL_DestroyWindow(p->window);
	}
	if (p->sdl)
		SDL_QuitSubSystem(SDL_INIT_VIDEO);
	waker_finish(&p->waker);
	free(p);
}

void plat_size(const struct plat *p, int *ret_w, int *ret_h, int *ret_px_per_mm_x10)
{
	*ret_w = p->w;
	*ret_h = p->h;
	*ret_px_per_mm_x10 = p->px_per_mm_x10;
}

/* ---- events -------------------------------------------------------------------------------- */

static enum ui_key key_of(const SDL_KeyboardEvent *k)
{
	bool ctrl = (k->keysym.mod & KMOD_CTRL) != 0, shift = (k->keysym.mod & KMOD_SHIFT) != 0;

	switch (k->keysym.sym) {
	case SDLK_TAB:
		return shift ? UI_KEY_BACKTAB : UI_KEY_TAB;
	case SDLK_RETURN:
	case SDLK_KP_ENTER:
		return ctrl ? UI_KEY_KEEP : UI_KEY_ENTER;
	case SDLK_ESCAPE:
	case SDLK_AC_BACK:
		return UI_KEY_ESCAPE;
	case SDLK_SPACE:
		return UI_KEY_SPACE;
	case SDLK_BACKSPACE:
		return UI_KEY_BACKSPACE;
	case SDLK_DELETE:
		return UI_KEY_DELETE;
	case SDLK_LEFT:
		return ctrl ? UI_KEY_WORD_LEFT : UI_KEY_LEFT;
	case SDLK_RIGHT:
		return ctrl ? UI_KEY_WORD_RIGHT : UI_KEY_RIGHT;
	case SDLK_UP:
		return UI_KEY_UP;
	case SDLK_DOWN:
		return UI_KEY_DOWN;
	case SDLK_HOME:
		return UI_KEY_HOME;
	case SDLK_END:
		return UI_KEY_END;
	case SDLK_PAGEUP:
		return UI_KEY_PAGE_UP;
	case SDLK_PAGEDOWN:
		return UI_KEY_PAGE_DOWN;
	case SDLK_PAUSE:
	case SDLK_F12:
		return UI_KEY_HIDE;
	case SDLK_F1:
		return UI_KEY_HELP;
	case SDLK_z:
		return ctrl ? UI_KEY_UNDO : UI_KEY_NONE;
	case SDLK_a:
		return ctrl ? UI_KEY_SELECT_ALL : UI_KEY_NONE;
	case SDLK_F2:
		return UI_KEY_MINUTES;
	case SDLK_F3:
		return UI_KEY_PHRASES;
	default:
		if ((k->keysym.mod & KMOD_LALT) && k->keysym.sym >= SDLK_1 &&
		        k->keysym.sym <= SDLK_9)
			return (enum ui_key)(UI_KEY_PICK_1 + (k->keysym.sym - SDLK_1));
		return UI_KEY_NONE;
	}
}

static void cursor(struct plat *p, bool show)
{
	if (p->cursor != show)
		SDL_ShowCursor(show ? SDL_ENABLE : SDL_DISABLE);
	p->cursor = show;
}

static bool finger(struct plat *p, const SDL_TouchFingerEvent *t, struct plat_event *ret)
{
	bool turned = p->config.rotate % 180 != 0;
	int pw = turned ? p->h : p->w, ph = turned ? p->w : p->h;
	int x = (int)(t->x * (float)pw), y = (int)(t->y * (float)ph);

	x = x < 0 ? 0 : x >= pw ? pw - 1 : x;
	y = y < 0 ? 0 : y >= ph ? ph - 1 : y;
	ret->kind = PLAT_INPUT;
	ret->input = (struct ui_event){.kind = t->type == SDL_FINGERDOWN ? UI_DOWN
	                                       : t->type == SDL_FINGERUP ? UI_UP
	                                                                 : UI_MOVE,
	        .finger = (int64_t)t->fingerId ^ (int64_t)t->touchId << 16};
	turn_point(p->config.rotate, p->w, p->h, x, y, &ret->input.x, &ret->input.y);
	if (t->touchId != SDL_MOUSE_TOUCHID)
		cursor(p, false);
	return true;
}

/* False: nothing of it concerns the program. */
static bool translate(struct plat *p, const SDL_Event *e, struct plat_event *ret)
{
	*ret = (struct plat_event){.kind = PLAT_NONE};
	switch (e->type) {
	case SDL_QUIT:
		ret->kind = PLAT_QUIT;
		return true;
	case SDL_FINGERDOWN:
	case SDL_FINGERUP:
	case SDL_FINGERMOTION:
		return finger(p, &e->tfinger, ret);
	case SDL_MOUSEMOTION:
		if (e->motion.which != SDL_TOUCH_MOUSEID)
			cursor(p, true);
		return false;
	case SDL_MOUSEWHEEL: {
		int x, y;
		SDL_GetMouseState(&x, &y);
		ret->kind = PLAT_INPUT;
		ret->input.kind = UI_WHEEL;
		ret->input.wheel = -e->wheel.y * WHEEL_PX;
		turn_point(p->config.rotate, p->w, p->h, x, y, &ret->input.x, &ret->input.y);
		return ret->input.wheel != 0;
	}
	case SDL_KEYDOWN:
		cursor(p, false);
		ret->kind = PLAT_INPUT;
		ret->input = (struct ui_event){.kind = UI_KEY, .key = key_of(&e->key)};
		p->picked = ret->input.key >= UI_KEY_PICK_1 && ret->input.key <= UI_KEY_PICK_9
		                    ? (char)('1' + (ret->input.key - UI_KEY_PICK_1))
		                    : 0;
		return ret->input.key != UI_KEY_NONE;
	case SDL_TEXTINPUT:
		if (p->picked && e->text.text[0] == p->picked && !e->text.text[1]) {
			p->picked = 0; /* Alt+1 is a key of its own, and no "1" */
			return false;
		}
		ret->kind = PLAT_INPUT;
		ret->input.kind = UI_TEXT;
		_Static_assert(sizeof(ret->input.text) >= SDL_TEXTINPUTEVENT_TEXT_SIZE,
		        "a chunk of text fits");
		memcpy(ret->input.text, e->text.text, sizeof(e->text.text));
		return true;
	case SDL_WINDOWEVENT:
		if (e->window.event == SDL_WINDOWEVENT_SIZE_CHANGED) {
			take_size(p);
			ret->kind = PLAT_RESIZED;
			return true;
		}
		if (e->window.event == SDL_WINDOWEVENT_EXPOSED)
			SDL_UpdateWindowSurface(p->window); /* it still holds the picture */
		return false;
	default:
		if (e->type == p->wake_event) {
			ret->kind = PLAT_WOKEN;
			return true;
		}
		return false;
	}
}

bool plat_poll(struct plat *p, struct plat_event *ret)
{
	SDL_Event e;

	*ret = (struct plat_event){.kind = PLAT_NONE};
	if (stop_asked) {
		stop_asked = 0;
		ret->kind = PLAT_QUIT;
		return true;
	}
	if (!p->sdl)
		return false;
	while (SDL_PollEvent(&e)) {
		bool mine = translate(p, &e, ret);
		if (e.type == SDL_TEXTINPUT)
			wipe(&e, sizeof(e));
		if (mine)
			return true;
	}
	return false;
}

enum plat_event_kind plat_wait(struct plat *p, int ms, struct plat_event *ret)
{
	int64_t alive = p->watchdog_ms ? p->watchdog_ms / 2 : INT32_MAX, until;
	bool woken;

	if (plat_poll(p, ret))
		return ret->kind;
	if (ms < 0 || ms > LONGEST_SLEEP_MS)
		ms = LONGEST_SLEEP_MS;
	if (ms > alive)
		ms = (int)alive;
	if (!p->sdl_waits) {
		woken = waker_wait(&p->waker, ms);
		if (plat_poll(p, ret))
			return ret->kind;
		ret->kind = woken ? PLAT_WOKEN : PLAT_NONE;
		return ret->kind;
	}
	until = (int64_t)SDL_GetTicks64() + ms;
	for (;;) {
		SDL_Event e;
		int64_t left = until - (int64_t)SDL_GetTicks64();
		bool mine;
		if (!SDL_WaitEventTimeout(&e, left > 0 ? (int)left : 0)) {
			ret->kind = PLAT_NONE;
			return PLAT_NONE;
		}
		mine = translate(p, &e, ret);
		if (e.type == SDL_TEXTINPUT)
			wipe(&e, sizeof(e));
		if (mine)
			return ret->kind;
	}
}

void plat_wake(struct plat *p)
{
	if (p->sdl_waits) {
		SDL_Event e = {.type = p->wake_event};
		(void)SDL_PushEvent(&e);
	} else {
		waker_wake(&p->waker);
	}
}

enum err plat_watch_stick(struct plat *p, const char *dir, const char *file, bool mount_only)
{
	return stick_watch(&p->stick, p, dir, file, mount_only);
}

unsigned plat_stick(const struct plat *p)
{
	return atomic_load(&p->stick.state);
}

/* ---- the picture --------------------------------------------------------------------------- */

static void copy_turned(
        SDL_Surface *s, const struct plat *p, const uint8_t *px, int pitch, struct gfx_rect r)
{
	struct gfx_rect to = turn_rect(p->config.rotate, p->w, p->h, r);

	for (int y = to.y; y < to.y + to.h && y < s->h; y++) {
		uint32_t *out =
		        (uint32_t *)(void *)((uint8_t *)s->pixels + (ptrdiff_t)y * s->pitch);
		for (int x = to.x; x < to.x + to.w && x < s->w; x++) {
			int sx, sy;
			turn_point(p->config.rotate, p->w, p->h, x, y, &sx, &sy);
			memcpy(&out[x], px + (ptrdiff_t)sy * pitch + (ptrdiff_t)sx * 4, 4);
		}
	}
}

void plat_present(
        struct plat *p, const void *pixels, int pitch, const struct gfx_rect *damage, size_t n)
{
	SDL_Rect rects[GFX_DAMAGE_MAX];
	SDL_Surface *s;
	int count = 0;

	if (!p->window || !n)
		return;
	s = SDL_GetWindowSurface(p->window);
	if (!s)
		return;
	for (size_t i = 0; i < n && count < GFX_DAMAGE_MAX; i++) {
		struct gfx_rect r = gfx_intersect(damage[i], (struct gfx_rect){0, 0, p->w, p->h}),
		                t;
		if (!r.w)
			continue;
		t = gfx_intersect(turn_rect(p->config.rotate, p->w, p->h, r),
		        (struct gfx_rect){0, 0, s->w, s->h});
		if (!t.w)
			continue;
		if (p->config.rotate) {
			copy_turned(s, p, pixels, pitch, r);
		} else {
			(void)SDL_ConvertPixels(t.w, t.h, SDL_PIXELFORMAT_RGB888,
			        (const uint8_t *)pixels + (ptrdiff_t)t.y * pitch +
			                (ptrdiff_t)t.x * 4,
			        pitch, s->format->format,
			        (uint8_t *)s->pixels + (ptrdiff_t)t.y * s->pitch +
			                (ptrdiff_t)t.x * s->format->BytesPerPixel,
			        s->pitch);
		}
		rects[count++] = (SDL_Rect){t.x, t.y, t.w, t.h};
	}
	if (count)
		SDL_UpdateWindowSurfaceRects(p->window, rects, count);
}

/* ---- systemd ------------------------------------------------------------------------------- */

void plat_ready(struct plat *p)
{
	(void)p;
	(void)notify_send("READY=1");
}

void plat_alive(struct plat *p)
{
	int64_t now = (int64_t)SDL_GetTicks64();

	if (!p->watchdog_ms || (p->fed_ms && now - p->fed_ms < p->watchdog_ms / 4))
		return;
	p->fed_ms = now;
	(void)notify_send("WATCHDOG=1");
}
