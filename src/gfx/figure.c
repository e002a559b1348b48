#include "gfx_int.h"
#include <stdlib.h>
#include <string.h>

/*
 * Coverage by distance: a pixel is covered by how far its centre lies inside the outline, clamped
 * to one pixel. That gives round caps and joins for nothing and needs integers only. Curves become
 * eight segments.
 */

uint32_t gfx_isqrt(uint64_t v)
{
	uint64_t root = 0, bit = UINT64_C(1) << 62;

	while (bit > v)
		bit >>= 2;
	while (bit) {
		if (v >= root + bit) {
			v -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
		bit >>= 2;
	}
	return (uint32_t)root;
}

void gfx_seg_init(struct seg *s, int x0, int y0, int x1, int y1)
{
	int64_t dx = x1 - x0, dy = y1 - y0;

	*s = (struct seg){x0, y0, x1, y1, gfx_isqrt((uint64_t)(dx * dx + dy * dy))};
}

static int cover_of(int64_t d)
{
	/* d: 1/256 px inside the outline, of the pixel's centre */
	d += 128;
	return d <= 0 ? 0 : d >= 255 ? 255 : (int)d;
}

int gfx_seg_cover(const struct seg *s, int px, int py, int hw)
{
	int64_t dx = s->x1 - s->x0, dy = s->y1 - s->y0, ax = px - s->x0, ay = py - s->y0;
	int64_t dot = ax * dx + ay * dy, far = (int64_t)(hw >> 2) + 64, d2;

	if (s->len && dot > 0 && dot < s->len * s->len) {
		int64_t cross = ax * dy - ay * dx;
		return cover_of(hw - ((cross < 0 ? -cross : cross) << 2) / s->len);
	}
	if (dot > 0) {
		ax = px - s->x1;
		ay = py - s->y1;
	}
	d2 = ax * ax + ay * ay;
	if (d2 > far * far)
		return 0;
	return cover_of(hw - (int64_t)gfx_isqrt((uint64_t)d2 << 4));
}

int gfx_disc_cover(int cx, int cy, int radius, int px, int py)
{
	int64_t dx = px - cx, dy = py - cy, d2 = dx * dx + dy * dy;
	int64_t in = radius - 64, out = radius + 64;

	if (in > 0 && d2 < in * in)
		return 255;
	if (d2 > out * out)
		return 0;
	return cover_of(((int64_t)radius << 2) - (int64_t)gfx_isqrt((uint64_t)d2 << 4));
}

const uint8_t *gfx_corner(struct gfx *g, int n, int rad2)
{
	struct corner *c;

	for (size_t i = 0; i < g->n_corner; i++)
		if (g->corner[i].n == n && g->corner[i].rad2 == rad2)
			return g->corner[i].a;
	if (g->n_corner == CORNER_MAX) /* a program uses a dozen; start anew */
		while (g->n_corner)
			free(g->corner[--g->n_corner].a);
	c = &g->corner[g->n_corner];
	c->a = malloc((size_t)n * (size_t)n + 1);
	if (!c->a)
		abort(); /* the touch side may end: nothing is lost, it is started again */
	c->n = n;
	c->rad2 = rad2;
	for (int y = 0; y < n; y++)
		for (int x = 0; x < n; x++)
			c->a[y * n + x] = (uint8_t)gfx_disc_cover(
			        n * 64, n * 64, rad2 * 32, x * 64 + 32, y * 64 + 32);
	g->n_corner++;
	return c->a;
}
