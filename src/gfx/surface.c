#include "gfx_int.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <wchar.h>

/*
 * Immediate calls over retained pixels (after rxi/lite's rencache): commands are kept, hashed into
 * a grid of cells, and only cells whose hash changed are painted. The seed makes it impossible to
 * prepare a text that collides.
 */

_Static_assert(sizeof(wchar_t) == 4, "rows are filled with wmemset");

/* ---- life ---------------------------------------------------------------------------------- */

enum err gfx_create(int w, int h, struct gfx **ret)
{
	struct gfx *g = calloc(1, sizeof(*g));
	enum err e;

	if (!g)
		return ERR_NOMEM;
	if (getrandom(&g->seed, sizeof(g->seed), 0) != (ssize_t)sizeof(g->seed)) {
		gfx_destroy(g);
		return ERR_IO;
	}
	if (TTF_Init() != 0) {
		gfx_destroy(g);
		return ERR_INTERNAL;
	}
	g->ttf = true;
	g->rem = 21;
	g->icon = calloc(ICON_SLOTS, sizeof(*g->icon));
	e = g->icon ? gfx_resize(g, w, h) : ERR_NOMEM;
	if (e) {
		gfx_destroy(g);
		return e;
	}
	*ret = g;
	return ERR_OK;
}

void gfx_destroy(struct gfx *g)
{
	if (!g)
		return;
	gfx_cache_clear(g);
	gfx_fonts_close(g);
	gfx_icons_finish(g);
	if (g->ttf)
		TTF_Quit();
	if (g->px)
		wipe(g->px, (size_t)g->w * (size_t)g->h * 4);
	if (g->scratch)
		wipe(g->scratch, g->scratch_cap);
	while (g->n_corner)
		free(g->corner[--g->n_corner].a);
	free(g->scratch);
	free(g->px);
	free(g->row);
	free(g->cell);
	free(g->cell_old);
	free(g->cmd);
	free(g->pt);
	free(g);
}

enum err gfx_resize(struct gfx *g, int w, int h)
{
	int cx = (w + CELL - 1) / CELL, cy = (h + CELL - 1) / CELL;
	uint32_t *px;
	uint64_t *a, *b;
	uint8_t *row;

	if (w < 64 || h < 64 || w > 8192 || h > 8192)
		return ERR_LIMIT;
	px = calloc((size_t)w * (size_t)h, 4);
	a = calloc((size_t)cx * (size_t)cy, sizeof(*a));
	b = calloc((size_t)cx * (size_t)cy, sizeof(*b));
	row = calloc(1, (size_t)w);
	if (!px || !a || !b || !row) {
		free(px);
		free(a);
		free(b);
		free(row);
		return ERR_NOMEM;
	}
	if (g->px)
		wipe(g->px, (size_t)g->w * (size_t)g->h * 4);
	free(g->px);
	free(g->cell);
	free(g->cell_old);
	free(g->row);
	g->px = px;
	g->cell = a;
	g->cell_old = b;
	g->row = row;
	g->w = w;
	g->h = h;
	g->cells_x = cx;
	g->cells_y = cy;
	g->n_cmd = g->n_pt = g->n_damage = 0;
	g->all = true;
	return ERR_OK;
}

void gfx_set_theme(struct gfx *g, enum gfx_theme theme)
{
	g->theme = theme;
}

enum gfx_theme gfx_theme(const struct gfx *g)
{
	return g->theme;
}

void gfx_set_rem(struct gfx *g, int rem)
{
	if (g->rem == rem)
		return;
	g->n_cmd = g->n_pt = 0;
	gfx_cache_clear(g);
	gfx_fonts_close(g);
	g->rem = rem;
}

void gfx_wipe(struct gfx *g)
{
	g->n_cmd = g->n_pt = 0; /* they point into the cache */
	gfx_cache_clear(g);
	wipe(g->px, (size_t)g->w * (size_t)g->h * 4);
	if (g->scratch)
		wipe(g->scratch, g->scratch_cap);
	g->all = true;
}

void gfx_damage_all(struct gfx *g)
{
	g->all = true;
}

const uint32_t *gfx_pixels(const struct gfx *g, int *ret_w, int *ret_h)
{
	*ret_w = g->w;
	*ret_h = g->h;
	return g->px;
}

const struct gfx_rect *gfx_damage(const struct gfx *g, size_t *ret_n)
{
	*ret_n = g->n_damage;
	return g->damage;
}

size_t gfx_command_count(const struct gfx *g)
{
	return g->n_cmd;
}

/* ---- rectangles and clips ------------------------------------------------------------------ */

struct gfx_rect gfx_intersect(struct gfx_rect a, struct gfx_rect b)
{
	int x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int x1 = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
	int y1 = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;

	if (x1 <= x0 || y1 <= y0)
		return (struct gfx_rect){x0, y0, 0, 0};
	return (struct gfx_rect){x0, y0, x1 - x0, y1 - y0};
}

struct gfx_rect gfx_clip(const struct gfx *g)
{
	return g->n_clip ? g->clip[g->n_clip - 1] : (struct gfx_rect){0, 0, g->w, g->h};
}

void gfx_push_clip(struct gfx *g, struct gfx_rect r)
{
	r = gfx_intersect(r, gfx_clip(g));
	if (g->n_clip == CLIP_MAX)
		abort(); /* a push without its pop */
	g->clip[g->n_clip++] = r;
}

void gfx_pop_clip(struct gfx *g)
{
	if (!g->n_clip)
		abort();
	g->n_clip--;
}

/* ---- commands ------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ (h >> 29);
}

static uint64_t pair(int a, int b)
{
	return (uint64_t)(uint32_t)a << 32 | (uint32_t)b;
}

void gfx_begin(struct gfx *g)
{
	g->n_cmd = g->n_pt = 0;
	g->n_clip = 0;
	g->frame++;
}

/* NULL when nothing of r can be seen. */
struct cmd *gfx_cmd_add(struct gfx *g, enum cmd_kind kind, struct gfx_rect r)
{
	struct gfx_rect clip = gfx_intersect(r, gfx_clip(g));
	struct cmd *c;

	if (!clip.w)
		return NULL;
	if (g->n_cmd == g->cap_cmd) {
		size_t cap = g->cap_cmd ? g->cap_cmd * 2 : 512;
		c = realloc(g->cmd, cap * sizeof(*c));
		if (!c)
			abort();
		g->cmd = c;
		g->cap_cmd = cap;
	}
	c = &g->cmd[g->n_cmd++];
	*c = (struct cmd){.kind = (uint8_t)kind, .r = r, .clip = clip};
	return c;
}

void gfx_cmd_close(struct gfx *g, struct cmd *c)
{
	uint64_t h = mix(g->seed, c->kind);

	h = mix(h, pair(c->radius, c->stroke2));
	h = mix(h, pair(c->extra, (int)c->n));
	h = mix(h, pair(c->r.x, c->r.y));
	h = mix(h, pair(c->r.w, c->r.h));
	h = mix(h, pair(c->clip.x, c->clip.y));
	h = mix(h, pair(c->clip.w, c->clip.h));
	h = mix(h, pair((int)c->c1, (int)c->c2));
	h = mix(h, c->ref);
	for (uint32_t i = 0; i < c->n; i++)
		h = mix(h, pair(g->pt[c->first + 2 * i], g->pt[c->first + 2 * i + 1]));
	c->hash = h;
}

static struct cmd *add(struct gfx *g, enum cmd_kind kind, struct gfx_rect r, enum gfx_colour c1,
        enum gfx_colour c2)
{
	struct cmd *c = gfx_cmd_add(g, kind, r);

	if (c) {
		c->c1 = gfx_rgb(g->theme, c1);
		c->c2 = gfx_rgb(g->theme, c2);
	}
	return c;
}

static int fit_radius(struct gfx_rect r, int radius)
{
	int most = (r.w < r.h ? r.w : r.h) / 2;

	return radius < most ? radius : most;
}

void gfx_fill(struct gfx *g, struct gfx_rect r, enum gfx_colour col)
{
	struct cmd *c = add(g, CMD_FILL, r, col, col);

	if (c)
		gfx_cmd_close(g, c);
}

void gfx_round(struct gfx *g, struct gfx_rect r, int radius, enum gfx_colour col)
{
	struct cmd *c = add(g, CMD_ROUND, r, col, col);

	if (!c)
		return;
	c->radius = fit_radius(r, radius);
	gfx_cmd_close(g, c);
}

void gfx_box(struct gfx *g, struct gfx_rect r, int radius, enum gfx_colour fill, int stroke2,
        enum gfx_colour edge)
{
	struct cmd *c = add(g, CMD_BOX, r, fill, edge);

	if (!c)
		return;
	c->radius = fit_radius(r, radius);
	c->stroke2 = stroke2;
	gfx_cmd_close(g, c);
}

void gfx_ring(struct gfx *g, struct gfx_rect r, int radius, int stroke2, enum gfx_colour edge)
{
	struct cmd *c = add(g, CMD_RING, r, edge, edge);

	if (!c)
		return;
	c->radius = fit_radius(r, radius);
	c->stroke2 = stroke2;
	gfx_cmd_close(g, c);
}

void gfx_dashed(struct gfx *g, struct gfx_rect r, int radius, int stroke2, enum gfx_colour edge)
{
	struct cmd *c = add(g, CMD_DASHED, r, edge, edge);

	if (!c)
		return;
	c->radius = fit_radius(r, radius);
	c->stroke2 = stroke2;
	gfx_cmd_close(g, c);
}

void gfx_hatch(struct gfx *g, struct gfx_rect r, int radius, int spacing, enum gfx_colour fill,
        enum gfx_colour line)
{
	struct cmd *c = add(g, CMD_HATCH, r, fill, line);

	if (!c)
		return;
	c->radius = fit_radius(r, radius);
	c->extra = spacing > 3 ? spacing : 4;
	gfx_cmd_close(g, c);
}

void gfx_disc(struct gfx *g, int cx2, int cy2, int radius2, enum gfx_colour col)
{
	int x0 = (cx2 - radius2) / 2 - 1, y0 = (cy2 - radius2) / 2 - 1;
	struct cmd *c =
	        add(g, CMD_DISC, (struct gfx_rect){x0, y0, radius2 + 3, radius2 + 3}, col, col);

	if (!c)
		return;
	c->radius = radius2;
	c->extra = cx2;
	c->stroke2 = cy2;
	gfx_cmd_close(g, c);
}

static void points(
        struct gfx *g, enum cmd_kind kind, const int *xy, int n, int width, enum gfx_colour col)
{
	int x0 = xy[0], y0 = xy[1], x1 = x0, y1 = y0;
	struct cmd *c;

	if (g->n_pt + 2 * (size_t)n > g->cap_pt) {
		size_t cap = (g->cap_pt + 2 * (size_t)n) * 2;
		int32_t *p = realloc(g->pt, cap * sizeof(*p));
		if (!p)
			abort();
		g->pt = p;
		g->cap_pt = cap;
	}
	for (int i = 1; i < n; i++) {
		x0 = xy[2 * i] < x0 ? xy[2 * i] : x0;
		x1 = xy[2 * i] > x1 ? xy[2 * i] : x1;
		y0 = xy[2 * i + 1] < y0 ? xy[2 * i + 1] : y0;
		y1 = xy[2 * i + 1] > y1 ? xy[2 * i + 1] : y1;
	}
	c = add(g, kind,
	        (struct gfx_rect){
	                x0 - width, y0 - width, x1 - x0 + 2 * width + 1, y1 - y0 + 2 * width + 1},
	        col, col);
	if (!c)
		return;
	c->first = (uint32_t)g->n_pt;
	c->n = (uint32_t)n;
	c->extra = width;
	for (int i = 0; i < 2 * n; i++)
		g->pt[g->n_pt++] = xy[i];
	gfx_cmd_close(g, c);
}

void gfx_polyline(struct gfx *g, const int *xy, int n_points, int width, enum gfx_colour col)
{
	if (n_points > 1 && n_points < 4096 && width > 0)
		points(g, CMD_LINE, xy, n_points, width, col);
}

void gfx_polygon(struct gfx *g, const int *xy, int n_points, enum gfx_colour col)
{
	if (n_points > 2 && n_points < 4096)
		points(g, CMD_POLYGON, xy, n_points, 1, col);
}

bool gfx_icon(struct gfx *g, int x, int y, const char *name, int size, enum gfx_colour col)
{
	const struct mask *m = gfx_icon_mask(g, name, size);
	struct cmd *c;

	if (!m)
		return false;
	c = add(g, CMD_MASK, (struct gfx_rect){x, y, m->w, m->h}, col, col);
	if (c) {
		c->mask = m->a;
		c->mask_pitch = m->w;
		c->ref = m->serial;
		gfx_cmd_close(g, c);
	}
	return true;
}

bool gfx_under(const struct gfx *g, size_t cmd, int x, int y, uint32_t *ret_rgb)
{
	while (cmd-- > 0) {
		const struct cmd *c = &g->cmd[cmd];
		if (c->kind != CMD_FILL && c->kind != CMD_ROUND && c->kind != CMD_BOX &&
		        c->kind != CMD_HATCH)
			continue;
		if (x < c->clip.x || y < c->clip.y || x >= c->clip.x + c->clip.w ||
		        y >= c->clip.y + c->clip.h)
			continue;
		*ret_rgb = c->c1;
		return true;
	}
	return false;
}

/* ---- painting ------------------------------------------------------------------------------ */

static inline uint32_t blend(uint32_t d, uint32_t s, uint32_t a)
{
	uint32_t rb, g;

	if (a == 0)
		return d;
	if (a == 255)
		return s;
	a += a >> 7;
	rb = ((d & 0xff00ff) * (256 - a) + (s & 0xff00ff) * a) >> 8 & 0xff00ff;
	g = ((d & 0x00ff00) * (256 - a) + (s & 0x00ff00) * a) >> 8 & 0x00ff00;
	return rb | g;
}

/* What is painted now: pixels and the part of them that may be touched. */
struct target {
	uint32_t *px;
	int pitch;
	int x0, y0, x1, y1;
};

static void span(const struct target *t, int y, int x0, int x1, uint32_t c)
{
	if (x0 < t->x0)
		x0 = t->x0;
	if (x1 > t->x1)
		x1 = t->x1;
	if (x1 > x0)
		wmemset((wchar_t *)(t->px + (ptrdiff_t)y * t->pitch + x0), (wchar_t)c,
		        (size_t)(x1 - x0));
}

static void dot(const struct target *t, int y, int x, uint32_t c, int a)
{
	if (x >= t->x0 && x < t->x1) {
		uint32_t *p = t->px + (ptrdiff_t)y * t->pitch + x;
		*p = blend(*p, c, (uint32_t)a);
	}
}

static void paint_fill(const struct target *t, const struct cmd *c)
{
	for (int y = t->y0; y < t->y1; y++)
		span(t, y, t->x0, t->x1, c->c1);
}

static void paint_round(struct gfx *g, const struct target *t, const struct cmd *c)
{
	int n = c->radius, left = c->r.x, right = c->r.x + c->r.w;
	const uint8_t *m = gfx_corner(g, n, 2 * n);

	for (int y = t->y0; y < t->y1; y++) {
		int top = y - c->r.y, bottom = c->r.y + c->r.h - 1 - y,
		    row = top < bottom ? top : bottom;
		if (row >= n) {
			span(t, y, left, right, c->c1);
			continue;
		}
		for (int x = 0; x < n; x++) {
			dot(t, y, left + x, c->c1, m[row * n + x]);
			dot(t, y, right - 1 - x, c->c1, m[row * n + x]);
		}
		span(t, y, left + n, right - n, c->c1);
	}
}

/* Box (fill and edge) and ring (edge only). */
static void paint_box(struct gfx *g, const struct target *t, const struct cmd *c, bool filled)
{
	int full = c->stroke2 / 2, half = c->stroke2 & 1, wide = full + half;
	int n = c->radius > wide ? c->radius : wide, left = c->r.x, right = c->r.x + c->r.w;
	uint32_t edge = filled ? c->c2 : c->c1;
	const uint8_t *out = gfx_corner(g, n, 2 * c->radius), *in;
	int inner = 2 * c->radius - c->stroke2;

	in = gfx_corner(g, n, inner > 0 ? inner : 0);
	out = gfx_corner(g, n, 2 * c->radius); /* the table may have been renewed */
	for (int y = t->y0; y < t->y1; y++) {
		int top = y - c->r.y, bottom = c->r.y + c->r.h - 1 - y,
		    row = top < bottom ? top : bottom;
		int from = left, to = right;
		if (c->radius && row < n) {
			for (int x = 0; x < n; x++) {
				int o = out[row * n + x], i = in[row * n + x];
				if (c->radius < n)
					o = 255; /* a stroke wider than the radius: square enough */
				if (filled) {
					dot(t, y, left + x, edge, o);
					dot(t, y, left + x, c->c1, i);
					dot(t, y, right - 1 - x, edge, o);
					dot(t, y, right - 1 - x, c->c1, i);
				} else {
					dot(t, y, left + x, edge, o - i);
					dot(t, y, right - 1 - x, edge, o - i);
				}
			}
			from += n;
			to -= n;
		}
		if (row < full) {
			span(t, y, from, to, edge);
			continue;
		}
		if (row >= n || !c->radius) {
			span(t, y, left, left + full, edge);
			span(t, y, right - full, right, edge);
			from = left + full;
			to = right - full;
		}
		if (filled)
			span(t, y, from, to, c->c1);
		if (half && row == full) {
			for (int x = from; x < to; x++)
				dot(t, y, x, edge, 128);
		} else if (half && (row >= n || !c->radius)) {
			dot(t, y, from, edge, 128);
			dot(t, y, to - 1, edge, 128);
		}
	}
}

/* Distance along the outline from the middle of the nearest corner, well enough for dashes. */
static int along(int dx, int dy, int r)
{
	int ax = dx < 0 ? -dx : dx, ay = dy < 0 ? -dy : dy;

	if (ax + ay == 0)
		return 0;
	/* an eighth of the circle is r * pi / 4 long; the diagonal is its end */
	return ax < ay ? r * 201 * ax / (256 * ay)
	               : 2 * (r * 201 / 256) - r * 201 * ay / (256 * ax);
}

static void paint_dashed(struct gfx *g, const struct target *t, const struct cmd *c)
{
	int wide = (c->stroke2 + 1) / 2, n = c->radius > wide ? c->radius : wide;
	int left = c->r.x, right = c->r.x + c->r.w, inner = 2 * c->radius - c->stroke2;
	const uint8_t *in = gfx_corner(g, n, inner > 0 ? inner : 0),
	              *out = gfx_corner(g, n, 2 * c->radius);

	for (int y = t->y0; y < t->y1; y++) {
		int top = y - c->r.y, bottom = c->r.y + c->r.h - 1 - y,
		    row = top < bottom ? top : bottom;
		for (int x = t->x0; x < t->x1; x++) {
			int l = x - left, r = right - 1 - x, col = l < r ? l : r, a, pos;
			if (row >= wide && col >= n && row < n)
				continue;
			if (row >= n && col >= wide) {
				if (col == l)
					x = right - wide - 1 > x ? right - wide - 1 : x;
				continue;
			}
			if (row < n && col < n) {
				a = c->radius < n ? 255 : out[row * n + col] - in[row * n + col];
				pos = along(n - col, n - row, n);
			} else if (row < wide) {
				a = 255;
				pos = l + 4 - n % 8 + 8;
			} else {
				a = 255;
				pos = top + 4 - n % 8 + 8;
			}
			if (a > 0 && pos % 8 < 4)
				dot(t, y, x, c->c1, a);
		}
	}
}

static void paint_hatch(struct gfx *g, const struct target *t, const struct cmd *c)
{
	int n = c->radius, s = c->extra, w = c->r.w, h = c->r.h;
	const uint8_t *m = gfx_corner(g, n, 2 * n);

	for (int y = t->y0; y < t->y1; y++) {
		int top = y - c->r.y, row = top < h - 1 - top ? top : h - 1 - top;
		span(t, y, row < n ? c->r.x + n : t->x0, row < n ? c->r.x + w - n : t->x1, c->c1);
		for (int i = 0; row < n && i < n; i++) {
			dot(t, y, c->r.x + i, c->c1, m[row * n + i]);
			dot(t, y, c->r.x + w - 1 - i, c->c1, m[row * n + i]);
		}
		/* the first line at or left of the part that is painted, then every `s` pixels */
		for (int l = (t->x0 - c->r.x + top) / s * s - top; l < t->x1 - c->r.x + 1; l += s) {
			for (int d = -1; d <= 1; d++) {
				int x = l + d, col = x < w - 1 - x ? x : w - 1 - x;
				int k = row < n && col < n && col >= 0 ? m[row * n + col] : 255;
				if (col >= 0)
					dot(t, y, c->r.x + x, c->c2, (d ? 35 : 210) * k / 255);
			}
		}
	}
}

static void paint_disc(const struct target *t, const struct cmd *c)
{
	for (int y = t->y0; y < t->y1; y++)
		for (int x = t->x0; x < t->x1; x++)
			dot(t, y, x, c->c1,
			        gfx_disc_cover(c->extra * 32, c->stroke2 * 32, c->radius * 32,
			                x * 64 + 32, y * 64 + 32));
}

/* One row at a time, so that joins are not blended twice. */
static void paint_line(struct gfx *g, const struct target *t, const struct cmd *c)
{
	const int32_t *p = &g->pt[c->first];
	int hw = c->extra * 128, far = c->extra / 2 + 2;

	for (int y = t->y0; y < t->y1; y++) {
		memset(g->row + t->x0, 0, (size_t)(t->x1 - t->x0));
		for (uint32_t i = 0; i + 1 < c->n; i++) {
			int ax = p[2 * i], ay = p[2 * i + 1], bx = p[2 * i + 2], by = p[2 * i + 3];
			int from = (ax < bx ? ax : bx) - far, to = (ax > bx ? ax : bx) + far + 1;
			struct seg s;
			if (y < (ay < by ? ay : by) - far || y > (ay > by ? ay : by) + far)
				continue;
			gfx_seg_init(&s, ax * 64 + 32, ay * 64 + 32, bx * 64 + 32, by * 64 + 32);
			for (int x = from < t->x0 ? t->x0 : from; x < to && x < t->x1; x++) {
				int k = gfx_seg_cover(&s, x * 64 + 32, y * 64 + 32, hw);
				if (k > g->row[x])
					g->row[x] = (uint8_t)k;
			}
		}
		for (int x = t->x0; x < t->x1; x++)
			if (g->row[x])
				dot(t, y, x, c->c1, g->row[x]);
	}
}

/* Even-odd, four by four samples. */
static void paint_polygon(struct gfx *g, const struct target *t, const struct cmd *c)
{
	const int32_t *p = &g->pt[c->first];

	for (int y = t->y0; y < t->y1; y++) {
		for (int x = t->x0; x < t->x1; x++) {
			int hit = 0;
			for (int k = 0; k < 16; k++) {
				int64_t px = x * 64 + 8 + 16 * (k & 3),
				        py = y * 64 + 8 + 16 * (k >> 2);
				bool in = false;
				for (uint32_t i = 0, j = c->n - 1; i < c->n; j = i++) {
					int64_t yi = p[2 * i + 1] * 64, yj = p[2 * j + 1] * 64;
					int64_t xi = p[2 * i] * 64, xj = p[2 * j] * 64;
					if ((yi > py) != (yj > py) &&
					        px < xi + (xj - xi) * (py - yi) / (yj - yi))
						in = !in;
				}
				hit += in;
			}
			if (hit)
				dot(t, y, x, c->c1, hit * 255 / 16);
		}
	}
}

/* Eight pixels without a branch: coverage 0 leaves, 255 replaces, exactly as blend() does. */
static inline void blend8(uint32_t *restrict p, const uint8_t *restrict a, uint32_t c)
{
	uint32_t rb = c & 0xff00ff, g = c & 0x00ff00;

	for (int i = 0; i < 8; i++) {
		uint32_t k = a[i] + (a[i] >> 7), d = p[i];
		uint32_t lo = ((d & 0xff00ff) * (256 - k) + rb * k) >> 8 & 0xff00ff;
		uint32_t mid = ((d & 0x00ff00) * (256 - k) + g * k) >> 8 & 0x00ff00;
		p[i] = lo | mid;
	}
}

static void paint_mask(const struct target *t, const struct cmd *c)
{
	int n = t->x1 - t->x0;

	for (int y = t->y0; y < t->y1; y++) {
		const uint8_t *a =
		        c->mask + (ptrdiff_t)(y - c->r.y) * c->mask_pitch + (t->x0 - c->r.x);
		uint32_t *p = t->px + (ptrdiff_t)y * t->pitch + t->x0;
		int x = 0;
		for (; x + 8 <= n; x += 8) {
			uint64_t eight;
			memcpy(&eight, a + x, 8);
			if (eight) /* most of a line of text is empty */
				blend8(p + x, a + x, c->c1);
		}
		for (; x < n; x++)
			p[x] = blend(p[x], c->c1, a[x]);
	}
}

void gfx_paint(struct gfx *g, const struct gfx_rect *r)
{
	for (size_t i = 0; i < g->n_cmd; i++) {
		const struct cmd *c = &g->cmd[i];
		struct gfx_rect k = gfx_intersect(c->clip, *r);
		struct target t = {g->px, g->w, k.x, k.y, k.x + k.w, k.y + k.h};
		if (!k.w)
			continue;
		switch ((enum cmd_kind)c->kind) {
		case CMD_FILL:
			paint_fill(&t, c);
			break;
		case CMD_ROUND:
			paint_round(g, &t, c);
			break;
		case CMD_BOX:
			paint_box(g, &t, c, true);
			break;
		case CMD_RING:
			paint_box(g, &t, c, false);
			break;
		case CMD_DASHED:
			paint_dashed(g, &t, c);
			break;
		case CMD_HATCH:
			paint_hatch(g, &t, c);
			break;
		case CMD_DISC:
			paint_disc(&t, c);
			break;
		case CMD_LINE:
			paint_line(g, &t, c);
			break;
		case CMD_POLYGON:
			paint_polygon(g, &t, c);
			break;
		case CMD_MASK:
			paint_mask(&t, c);
			break;
		}
	}
}

/* ---- damage -------------------------------------------------------------------------------- */

static void hash_cells(struct gfx *g)
{
	size_t n = (size_t)g->cells_x * (size_t)g->cells_y;
	uint64_t *swap = g->cell_old;

	g->cell_old = g->cell;
	g->cell = swap;
	for (size_t i = 0; i < n; i++)
		g->cell[i] = g->seed;
	for (size_t i = 0; i < g->n_cmd; i++) {
		const struct cmd *c = &g->cmd[i];
		int x1 = (c->clip.x + c->clip.w - 1) / CELL,
		    y1 = (c->clip.y + c->clip.h - 1) / CELL;
		for (int y = c->clip.y / CELL; y <= y1; y++)
			for (int x = c->clip.x / CELL; x <= x1; x++) {
				uint64_t *cell = &g->cell[y * g->cells_x + x];
				*cell = mix(*cell, c->hash);
			}
	}
}

static void damage_add(struct gfx *g, struct gfx_rect r)
{
	for (size_t i = 0; i < g->n_damage; i++) {
		struct gfx_rect *d = &g->damage[i];
		if (d->x == r.x && d->w == r.w && d->y + d->h == r.y) {
			d->h += r.h;
			return;
		}
	}
	if (g->n_damage == GFX_DAMAGE_MAX) { /* too many: one that holds them all */
		struct gfx_rect *a = &g->damage[0];
		for (size_t i = 1; i <= g->n_damage; i++) {
			struct gfx_rect b = i < g->n_damage ? g->damage[i] : r;
			int x1 = a->x + a->w > b.x + b.w ? a->x + a->w : b.x + b.w;
			int y1 = a->y + a->h > b.y + b.h ? a->y + a->h : b.y + b.h;
			a->x = a->x < b.x ? a->x : b.x;
			a->y = a->y < b.y ? a->y : b.y;
			a->w = x1 - a->x;
			a->h = y1 - a->y;
		}
		g->n_damage = 1;
		return;
	}
	g->damage[g->n_damage++] = r;
}

bool gfx_end(struct gfx *g)
{
	struct gfx_rect panel = {0, 0, g->w, g->h};

	hash_cells(g);
	g->n_damage = 0;
	if (g->all) {
		damage_add(g, panel);
		g->all = false;
	} else {
		for (int y = 0; y < g->cells_y; y++) {
			for (int x = 0; x < g->cells_x; x++) {
				int from = x;
				while (x < g->cells_x && g->cell[y * g->cells_x + x] !=
				                                 g->cell_old[y * g->cells_x + x])
					x++;
				if (x > from)
					damage_add(
					        g, gfx_intersect(panel,
					                   (struct gfx_rect){from * CELL, y * CELL,
					                           (x - from) * CELL, CELL}));
			}
		}
	}
	for (size_t i = 0; i < g->n_damage; i++)
		gfx_paint(g, &g->damage[i]);
	gfx_cache_trim(g);
	return g->n_damage > 0;
}
