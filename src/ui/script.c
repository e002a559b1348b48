#include "ui_int.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Steps for tests and for the demonstration: touches and keys in, words, trees and pictures out. */

#define ARG_MAX_N 16
#define STEP_MS 50

struct script {
	struct ui *ui;
	const struct ui_script_host *host;
	struct why *why;
	int x, y; /* where `down` put the finger */
};

static const struct {
	const char *name;
	enum ui_key key;
} keys[] = {
        {"Tab", UI_KEY_TAB},
        {"BackTab", UI_KEY_BACKTAB},
        {"Shift-Tab", UI_KEY_BACKTAB},
        {"Enter", UI_KEY_ENTER},
        {"Escape", UI_KEY_ESCAPE},
        {"Space", UI_KEY_SPACE},
        {"Backspace", UI_KEY_BACKSPACE},
        {"Delete", UI_KEY_DELETE},
        {"Left", UI_KEY_LEFT},
        {"Right", UI_KEY_RIGHT},
        {"Up", UI_KEY_UP},
        {"Down", UI_KEY_DOWN},
        {"Home", UI_KEY_HOME},
        {"End", UI_KEY_END},
        {"PageUp", UI_KEY_PAGE_UP},
        {"PageDown", UI_KEY_PAGE_DOWN},
        {"Hide", UI_KEY_HIDE},
        {"Help", UI_KEY_HELP},
        {"WordLeft", UI_KEY_WORD_LEFT},
        {"WordRight", UI_KEY_WORD_RIGHT},
        {"Undo", UI_KEY_UNDO},
        {"SelectAll", UI_KEY_SELECT_ALL},
        {"Ctrl-Enter", UI_KEY_KEEP},
        {"F2", UI_KEY_MINUTES},
        {"F3", UI_KEY_PHRASES},
        {"Alt-1", UI_KEY_PICK_1},
        {"Alt-2", UI_KEY_PICK_1 + 1},
        {"Alt-3", UI_KEY_PICK_1 + 2},
        {"Alt-4", UI_KEY_PICK_1 + 3},
};

static void turn(struct script *s)
{
	s->host->turn(s->host->ctx);
}

/* Time passes: at once when the clock is pinned, else really. */
static void pass(struct script *s, int ms)
{
	while (ms > 0) {
		int step = ms < STEP_MS ? ms : STEP_MS;
		if (time_pinned()) {
			time_advance_us((int64_t)step * 1000);
		} else {
			struct timespec t = {0, (long)step * 1000000};
			nanosleep(&t, NULL);
		}
		turn(s);
		ms -= step;
	}
}

static void finger(struct script *s, enum ui_event_kind kind, int x, int y)
{
	ui_input(s->ui, &(struct ui_event){.kind = kind, .finger = 1, .x = x, .y = y});
	turn(s);
}

static enum err step_tap(struct script *s, int argc, char **argv)
{
	int x, y, nth = argc > 2 ? atoi(argv[2]) : 1;

	if (!ui_find_nth(s->ui, argv[1], nth, &x, &y))
		return why(s->why, ERR_NOT_FOUND, "nothing to touch is named \"%s\"", argv[1]);
	finger(s, UI_DOWN, x, y);
	if (!time_pinned() && s->host->pause)
		pass(s, 120); /* long enough to be seen */
	finger(s, UI_UP, x, y);
	return ERR_OK;
}

static enum err step_hold(struct script *s, int argc, char **argv)
{
	int x, y;

	(void)argc;
	if (!ui_find(s->ui, argv[1], &x, &y))
		return why(s->why, ERR_NOT_FOUND, "nothing to hold is named \"%s\"", argv[1]);
	finger(s, UI_DOWN, x, y);
	pass(s, 1100);
	finger(s, UI_UP, x, y);
	return ERR_OK;
}

/* A finger that stays, so that what is shown only meanwhile can be looked at; `up` lifts it. */
static enum err step_down(struct script *s, int argc, char **argv)
{
	(void)argc;
	if (!ui_find(s->ui, argv[1], &s->x, &s->y))
		return why(s->why, ERR_NOT_FOUND, "nothing to touch is named \"%s\"", argv[1]);
	finger(s, UI_DOWN, s->x, s->y);
	return ERR_OK;
}

static enum err step_up(struct script *s, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	finger(s, UI_UP, s->x, s->y);
	return ERR_OK;
}

/* Letters and spaces on the on-screen keyboard, key by key; a capital by the shift key when the
 * keyboard does not offer it by itself, as at the beginning of a sentence. */
static enum err step_press(struct script *s, int argc, char **argv)
{
	(void)argc;
	for (const char *p = argv[1]; *p; p++) {
		char letter[] = {*p, 0};
		const char *key = *p == ' ' ? "Space" : letter;
		int x, y;
		for (int tries = 0; !ui_find_nth(s->ui, key, 0, &x, &y); tries++) {
			if (tries || (!ui_find_nth(s->ui, "Shift", 0, &x, &y) &&
			                     !ui_find_nth(s->ui, "Shift on", 0, &x, &y)))
				return why(s->why, ERR_NOT_FOUND, "no key types \"%s\"", letter);
			finger(s, UI_DOWN, x, y);
			finger(s, UI_UP, x, y);
		}
		finger(s, UI_DOWN, x, y);
		finger(s, UI_UP, x, y);
	}
	return ERR_OK;
}

static enum err step_drag(struct script *s, int argc, char **argv)
{
	int x0, y0, x1, y1;

	if (argc == 3) { /* from one control to another */
		if (!ui_find(s->ui, argv[1], &x0, &y0))
			return why(
			        s->why, ERR_NOT_FOUND, "nothing to drag is named \"%s\"", argv[1]);
		if (!ui_find(s->ui, argv[2], &x1, &y1))
			return why(s->why, ERR_NOT_FOUND, "nothing is named \"%s\"", argv[2]);
	} else if (argc == 5) {
		x0 = atoi(argv[1]);
		y0 = atoi(argv[2]);
		x1 = atoi(argv[3]);
		y1 = atoi(argv[4]);
	} else {
		return why(s->why, ERR_INPUT, "a drag names two controls, or two places");
	}
	finger(s, UI_DOWN, x0, y0);
	for (int i = 1; i <= 8; i++) {
		ui_input(s->ui, &(struct ui_event){.kind = UI_MOVE,
		                        .finger = 1,
		                        .x = x0 + (x1 - x0) * i / 8,
		                        .y = y0 + (y1 - y0) * i / 8});
		pass(s, 16);
	}
	pass(s, 200); /* at rest: no throw */
	finger(s, UI_UP, x1, y1);
	return ERR_OK;
}

static enum err step_type(struct script *s, int argc, char **argv)
{
	const char *p = argv[1];
	size_t len = strlen(p);

	(void)argc;
	while (len) {
		struct ui_event e = {.kind = UI_TEXT};
		size_t n = s->host->pause ? utf8_next(p, len, 0) : len < 32 ? len : 32;
		while (n < len && ((uint8_t)p[n] & 0xc0) == 0x80)
			n--;
		memcpy(e.text, p, n);
		ui_input(s->ui, &e);
		turn(s);
		if (s->host->pause)
			s->host->pause(s->host->ctx, 25);
		p += n;
		len -= n;
	}
	return ERR_OK;
}

static enum err step_key(struct script *s, int argc, char **argv)
{
	(void)argc;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (strcmp(keys[i].name, argv[1]) != 0)
			continue;
		ui_input(s->ui, &(struct ui_event){.kind = UI_KEY, .key = keys[i].key});
		turn(s);
		return ERR_OK;
	}
	return why(s->why, ERR_INPUT, "no key is named %s", argv[1]);
}

static enum err step_wait(struct script *s, int argc, char **argv)
{
	(void)argc;
	pass(s, atoi(argv[1]));
	return ERR_OK;
}

static enum err step_expect(struct script *s, int argc, char **argv)
{
	(void)argc;
	if (!ui_shows(s->ui, argv[1]))
		return why(s->why, ERR_NOT_FOUND, "\"%s\" is not on the screen", argv[1]);
	return ERR_OK;
}

static enum err step_absent(struct script *s, int argc, char **argv)
{
	(void)argc;
	if (ui_shows(s->ui, argv[1]))
		return why(s->why, ERR_EXISTS, "\"%s\" is on the screen", argv[1]);
	return ERR_OK;
}

/* Plain files for the developer's eyes: tests and the demonstration work on invented people only.
 */
static enum err save(struct script *s, const char *name, struct buf *b)
{
	char path[512];
	FILE *f;
	int fd;
	bool ok;

	if (name[0] == '/' || strstr(name, ".."))
		return why(s->why, ERR_INPUT, "%s is not a name inside the output folder", name);
	snprintf(path, sizeof(path), "%s/%s", s->host->out_dir ? s->host->out_dir : ".", name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return why(s->why, ERR_IO, "%s cannot be written", path);
	}
	ok = fwrite(b->data, 1, b->len, f) == b->len;
	ok = fclose(f) == 0 && ok;
	return ok ? ERR_OK : why(s->why, ERR_IO, "%s cannot be written", path);
}

static enum err step_dump(struct script *s, int argc, char **argv)
{
	struct buf b;
	enum err e;

	(void)argc;
	buf_init(&b, (size_t)4 << 20);
	ui_dump(s->ui, &b);
	e = buf_err(&b);
	if (!e)
		e = save(s, argv[1], &b);
	buf_finish(&b);
	return e;
}

static enum err step_places(struct script *s, int argc, char **argv)
{
	struct buf b;
	enum err e;

	(void)argc;
	buf_init(&b, (size_t)1 << 20);
	ui_places(s->ui, &b);
	e = buf_err(&b);
	if (!e)
		e = save(s, argv[1], &b);
	buf_finish(&b);
	return e;
}

static enum err step_shot(struct script *s, int argc, char **argv)
{
	struct buf b;
	enum err e;

	(void)argc;
	buf_init(&b, (size_t)64 << 20);
	ui_shot(s->ui, &b);
	e = buf_err(&b);
	if (!e)
		e = save(s, argv[1], &b);
	buf_finish(&b);
	return e;
}

static enum err step_size(struct script *s, int argc, char **argv)
{
	int w, h;
	enum err e;

	(void)argc;
	if (sscanf(argv[1], "%dx%d", &w, &h) != 2)
		return why(s->why, ERR_INPUT, "a size reads 1280x800");
	if (!s->host->resize)
		return why(s->why, ERR_REFUSED, "the size cannot change here");
	e = s->host->resize(s->host->ctx, w, h);
	if (!e)
		turn(s);
	return e;
}

static enum err step_theme(struct script *s, int argc, char **argv)
{
	bool large = argc > 2 && strcmp(argv[2], "large") == 0;

	for (int t = 0; t < GFX_THEME_COUNT; t++) {
		if (strcmp(argv[1], gfx_theme_name((enum gfx_theme)t)) == 0) {
			ui_set_theme(s->ui, (enum gfx_theme)t, large);
			turn(s);
			return ERR_OK;
		}
	}
	return why(s->why, ERR_INPUT, "a theme is light, dark or contrast");
}

static enum err step_date(struct script *s, int argc, char **argv)
{
	int32_t day;
	int hour = 12, minute = 0;

	if (day_parse(argv[1], &day) != ERR_OK ||
	        (argc > 2 && (sscanf(argv[2], "%d:%d", &hour, &minute) != 2 || hour < 0 ||
	                             hour > 23 || minute < 0 || minute > 59)))
		return why(s->why, ERR_INPUT, "a date reads 2026-11-19 14:05");
	int64_t at = time_from_day(day, hour, minute);
	if (!time_pinned())
		time_shift_to_us(at);
	else if (at > time_now_us())
		time_advance_us(
		        at - time_now_us()); /* the time between has passed for timers too */
	else
		time_pin_us(at);
	turn(s);
	return ERR_OK;
}

/* Every target, gap, name, text and contrast of the screen as it stands. */
static enum err step_check(struct script *s, int argc, char **argv)
{
	struct buf b;
	size_t n;

	(void)argc;
	(void)argv;
	buf_init(&b, 1 << 16);
	n = ui_check(s->ui, &b);
	if (n)
		(void)why(s->why, ERR_REFUSED, "%zu rules broken: %.400s", n, buf_str(&b));
	buf_finish(&b);
	return n ? ERR_REFUSED : ERR_OK;
}

static const struct {
	const char *name;
	int args; /* at least, with the name */
	enum err (*fn)(struct script *s, int argc, char **argv);
} steps[] = {
        {"tap", 2, step_tap},
        {"hold", 2, step_hold},
        {"down", 2, step_down},
        {"up", 1, step_up},
        {"press", 2, step_press},
        {"drag", 3, step_drag},
        {"type", 2, step_type},
        {"key", 2, step_key},
        {"wait", 2, step_wait},
        {"expect", 2, step_expect},
        {"absent", 2, step_absent},
        {"dump", 2, step_dump},
        {"places", 2, step_places},
        {"shot", 2, step_shot},
        {"size", 2, step_size},
        {"theme", 2, step_theme},
        {"date", 2, step_date},
        {"check", 1, step_check},
};

/* Splits in place: words, or "quoted words" with \" \\ and \n. -1 when a quote is open. */
static int split(char *p, char **argv)
{
	int n = 0;

	for (;;) {
		char *o;
		while (*p == ' ' || *p == '\t')
			p++;
		if (!*p || *p == '#' || n == ARG_MAX_N)
			return n;
		if (*p != '"') {
			argv[n++] = p;
			while (*p && *p != ' ' && *p != '\t')
				p++;
			if (*p)
				*p++ = 0;
			continue;
		}
		argv[n++] = o = ++p;
		while (*p && *p != '"') {
			if (*p == '\\' && p[1]) {
				p++;
				*o++ = *p == 'n' ? '\n' : *p;
				p++;
			} else {
				*o++ = *p++;
			}
		}
		if (!*p)
			return -1;
		p++;
		*o = 0;
	}
}

static enum err step(struct script *s, int argc, char **argv)
{
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		if (strcmp(steps[i].name, argv[0]) != 0)
			continue;
		if (argc < steps[i].args)
			return why(s->why, ERR_INPUT, "%s needs more", argv[0]);
		return steps[i].fn(s, argc, argv);
	}
	if (s->host->command)
		return s->host->command(s->host->ctx, argc, argv, s->why);
	return why(s->why, ERR_INPUT, "there is no step \"%s\"", argv[0]);
}

enum err ui_script_run(
        struct ui *ui, const char *path, const struct ui_script_host *h, struct why *why_out)
{
	struct why reason = {""};
	struct script s = {.ui = ui, .host = h, .why = &reason};
	struct buf b;
	enum err e;
	int line = 0;

	buf_init(&b, (size_t)1 << 20);
	e = file_read(path, (size_t)1 << 20, &b, why_out);
	if (e) {
		buf_finish(&b);
		return e;
	}
	turn(&s);
	for (char *p = b.data, *next; p && *p && !e; p = next) {
		char *argv[ARG_MAX_N];
		int argc;
		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		line++;
		argc = split(p, argv);
		if (argc < 0)
			e = why(&reason, ERR_INPUT, "a quote is open");
		else if (argc)
			e = step(&s, argc, argv);
		if (e)
			(void)why(why_out, e, "%s:%d: %s", path, line,
			        reason.text[0] ? reason.text : err_text(e));
		else if (argc && h->pause)
			h->pause(h->ctx, 0);
	}
	buf_finish(&b);
	return e;
}
