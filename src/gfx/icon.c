#include "gfx_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Icons are drawn from their files: path (M L H V C Z, absolute), line, circle, rect. Nothing else
 * occurs, and anything else is skipped. A parsed icon becomes a mask for one size, kept for the
 * life of the program: icons tell nothing about anybody.
 */
#define SEG_MAX 512

struct figure {
	struct seg s[SEG_MAX];
	size_t n;
	size_t start; /* of the current element, for filling */
	int size;
	int hw; /* 1/256 px */
	uint8_t *a;
};

/* "12.5" as thousandths, scaled to 1/64 px. */
static int number(const char **p, const char *end, int size)
{
	int64_t v = 0, unit = 1000;
	bool minus = false;

	while (*p < end && (**p == ' ' || **p == ','))
		(*p)++;
	if (*p < end && **p == '-') {
		minus = true;
		(*p)++;
	}
	while (*p < end && **p >= '0' && **p <= '9' && v < 1000000)
		v = v * 10 + (*(*p)++ - '0');
	v *= 1000;
	if (*p < end && **p == '.')
		for ((*p)++; *p < end && **p >= '0' && **p <= '9'; (*p)++)
			v += (**p - '0') * (unit /= 10);
	v = v * size * 64 / 24000;
	return (int)(minus ? -v : v);
}

static void seg(struct figure *f, int x0, int y0, int x1, int y1)
{
	if (f->n < SEG_MAX)
		gfx_seg_init(&f->s[f->n++], x0, y0, x1, y1);
}

static void curve(struct figure *f, const int *p)
{
	int x = p[0], y = p[1];

	for (int i = 1; i <= 8; i++) {
		int64_t t = i, u = 8 - i,
		        b[4] = {u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};
		int64_t sx = 0, sy = 0;
		for (int k = 0; k < 4; k++) {
			sx += b[k] * p[2 * k];
			sy += b[k] * p[2 * k + 1];
		}
		seg(f, x, y, (int)(sx / 512), (int)(sy / 512));
		x = (int)(sx / 512);
		y = (int)(sy / 512);
	}
}

static bool inside(const struct figure *f, int px, int py)
{
	bool in = false;

	for (size_t i = f->start; i < f->n; i++) {
		const struct seg *s = &f->s[i];
		if ((s->y0 > py) != (s->y1 > py)) {
			int64_t x =
			        s->x0 + (int64_t)(s->x1 - s->x0) * (py - s->y0) / (s->y1 - s->y0);
			if (px < x)
				in = !in;
		}
	}
	return in;
}

/* Draws the element just parsed; the union of coverage is the greatest. */
static void flush(struct figure *f, bool fill)
{
	for (int y = 0; y < f->size; y++) {
		for (int x = 0; x < f->size; x++) {
			uint8_t *a = &f->a[y * f->size + x];
			int px = x * 64 + 32, py = y * 64 + 32;
			for (size_t i = f->start; i < f->n && *a < 255; i++) {
				int c = gfx_seg_cover(&f->s[i], px, py, f->hw);
				if (c > *a)
					*a = (uint8_t)c;
			}
			if (fill && *a < 255 && inside(f, px, py))
				*a = 255;
		}
	}
	f->n = f->start = 0;
}

static void circle(struct figure *f, int cx, int cy, int r, bool fill)
{
	for (int y = 0; y < f->size; y++) {
		for (int x = 0; x < f->size; x++) {
			uint8_t *a = &f->a[y * f->size + x];
			int outer = gfx_disc_cover(cx, cy, r + f->hw / 4, x * 64 + 32, y * 64 + 32);
			int inner = fill || r <= f->hw / 4 ? 0
			                                   : gfx_disc_cover(cx, cy, r - f->hw / 4,
			                                             x * 64 + 32, y * 64 + 32);
			if (outer - inner > *a)
				*a = (uint8_t)(outer - inner);
		}
	}
}

static void path(struct figure *f, const char *p, const char *end)
{
	int x = 0, y = 0, sx = 0, sy = 0;
	char op = 0;

	while (p < end) {
		if (*p == ' ' || *p == ',') {
			p++;
			continue;
		}
		if (*p >= 'A' && *p <= 'Z')
			op = *p++;
		if (op == 'M') {
			sx = x = number(&p, end, f->size);
			sy = y = number(&p, end, f->size);
			op = 'L';
		} else if (op == 'L' || op == 'H' || op == 'V') {
			int nx = op == 'V' ? x : number(&p, end, f->size);
			int ny = op == 'H' ? y : number(&p, end, f->size);
			seg(f, x, y, nx, ny);
			x = nx;
			y = ny;
		} else if (op == 'C') {
			int b[8] = {x, y};
			for (int i = 2; i < 8; i++)
				b[i] = number(&p, end, f->size);
			curve(f, b);
			x = b[6];
			y = b[7];
		} else if (op == 'Z') {
			seg(f, x, y, sx, sy);
			x = sx;
			y = sy;
			op = 0;
		} else {
			return; /* not a path of ours */
		}
	}
}

static void rounded(struct figure *f, int x, int y, int w, int h, int r)
{
	int k = r * 448 / 1000; /* 1 - 0.5523: control points of a quarter circle */
	int x1 = x + w, y1 = y + h;

	seg(f, x + r, y, x1 - r, y);
	if (r)
		curve(f, (int[]){x1 - r, y, x1 - k, y, x1, y + k, x1, y + r});
	seg(f, x1, y + r, x1, y1 - r);
	if (r)
		curve(f, (int[]){x1, y1 - r, x1, y1 - k, x1 - k, y1, x1 - r, y1});
	seg(f, x1 - r, y1, x + r, y1);
	if (r)
		curve(f, (int[]){x + r, y1, x + k, y1, x, y1 - k, x, y1 - r});
	seg(f, x, y1 - r, x, y + r);
	if (r)
		curve(f, (int[]){x, y + r, x, y + k, x + k, y, x + r, y});
}

/* The value of attribute `name` inside one tag, or NULL. */
static const char *attribute(const char *p, const char *end, const char *name, const char **ret_end)
{
	size_t n = strlen(name);

	for (; p + n + 2 < end; p++) {
		if (p[0] == ' ' && strncmp(p + 1, name, n) == 0 && p[n + 1] == '=' &&
		        p[n + 2] == '"') {
			p += n + 3;
			*ret_end = memchr(p, '"', (size_t)(end - p));
			return *ret_end ? p : NULL;
		}
	}
	return NULL;
}

static int value(const char *p, const char *end, const char *name, int size)
{
	const char *e, *v = attribute(p, end, name, &e);

	return v ? number(&v, e, size) : 0;
}

static void parse(struct figure *f, const char *p, const char *end)
{
	while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		const char *close = memchr(p, '>', (size_t)(end - p)), *e, *d;
		bool fill;
		if (!close)
			return;
		fill = attribute(p, close, "fill", &e) != NULL && strncmp(p, "<svg", 4) != 0;
		if (strncmp(p, "<path", 5) == 0) {
			d = attribute(p, close, "d", &e);
			if (d)
				path(f, d, e);
			flush(f, fill);
		} else if (strncmp(p, "<line", 5) == 0) {
			seg(f, value(p, close, "x1", f->size), value(p, close, "y1", f->size),
			        value(p, close, "x2", f->size), value(p, close, "y2", f->size));
			flush(f, false);
		} else if (strncmp(p, "<rect", 5) == 0) {
			rounded(f, value(p, close, "x", f->size), value(p, close, "y", f->size),
			        value(p, close, "width", f->size),
			        value(p, close, "height", f->size), value(p, close, "rx", f->size));
			flush(f, fill);
		} else if (strncmp(p, "<circle", 7) == 0) {
			circle(f, value(p, close, "cx", f->size), value(p, close, "cy", f->size),
			        value(p, close, "r", f->size), fill);
		}
		p = close;
	}
}

static bool draw(struct gfx *g, struct icon_slot *s)
{
	char file[48];
	const struct asset *a;
	struct figure *f;

	snprintf(file, sizeof(file), "icons/%s.svg", s->name);
	a = asset_find(file);
	if (!a)
		return false;
	f = calloc(1, sizeof(*f));
	s->m.a = calloc((size_t)s->size, (size_t)s->size);
	if (!f || !s->m.a)
		abort();
	f->size = s->size;
	/* 2 px at small sizes, 2 units of 24 above (look/tokens.md section 7) */
	f->hw = s->size > 24 ? s->size * 256 / 24 : 256;
	f->a = s->m.a;
	parse(f, (const char *)a->data, (const char *)a->data + a->len);
	free(f);
	s->m.w = s->m.h = s->size;
	s->m.serial = ++g->serial;
	return true;
}

const struct mask *gfx_icon_mask(struct gfx *g, const char *name, int size)
{
	uint32_t h = (uint32_t)size * 2654435761u;
	size_t len = strlen(name);

	if (size < 1 || size > 512 || len >= sizeof(g->icon->name))
		return NULL;
	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	for (uint32_t i = 0; i < ICON_SLOTS; i++) {
		struct icon_slot *s = &g->icon[(h + i) % ICON_SLOTS];
		if (s->size == size && strcmp(s->name, name) == 0)
			return s->m.a ? &s->m : NULL;
		if (!s->size) {
			memcpy(s->name, name, len + 1);
			s->size = size;
			return draw(g, s) ? &s->m : NULL;
		}
	}
	return NULL;
}

void gfx_icons_finish(struct gfx *g)
{
	if (!g->icon)
		return;
	for (size_t i = 0; i < ICON_SLOTS; i++)
		free(g->icon[i].m.a);
	free(g->icon);
	g->icon = NULL;
}
