#include "caseroom/gfx.h"

/*
 * PNG (ISO/IEC 15948) with stored deflate blocks (RFC 1951 section 3.2.4): larger than need be, but
 * the same bytes for the same pixels on every machine, and no library.
 */
#define BLOCK 65535u

struct png {
	struct buf *out;
	uint32_t crc, table[256];
	uint32_t a, b;     /* Adler-32 */
	size_t left, room; /* bytes of the raw stream to come; bytes left in this block */
};

static void be32(uint8_t p[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void put(struct png *p, const void *data, size_t n)
{
	const uint8_t *d = data;

	for (size_t i = 0; i < n; i++)
		p->crc = p->table[(p->crc ^ d[i]) & 0xff] ^ (p->crc >> 8);
	buf_put(p->out, data, n);
}

static void chunk_begin(struct png *p, const char type[4], size_t n)
{
	uint8_t len[4];

	be32(len, (uint32_t)n);
	buf_put(p->out, len, 4);
	p->crc = 0xffffffff;
	put(p, type, 4);
}

static void chunk_end(struct png *p)
{
	uint8_t crc[4];

	be32(crc, ~p->crc);
	buf_put(p->out, crc, 4);
}

static void raw(struct png *p, const uint8_t *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		p->a = (p->a + d[i]) % 65521;
		p->b = (p->b + p->a) % 65521;
	}
	while (n) {
		size_t k;
		if (!p->room) {
			p->room = p->left < BLOCK ? p->left : BLOCK;
			put(p,
			        (uint8_t[]){p->left <= BLOCK, p->room & 0xff,
			                (uint8_t)(p->room >> 8), ~p->room & 0xff,
			                (uint8_t)(~p->room >> 8)},
			        5);
		}
		k = n < p->room ? n : p->room;
		put(p, d, k);
		d += k;
		n -= k;
		p->room -= k;
		p->left -= k;
	}
}

void gfx_png(const struct gfx *g, struct buf *out)
{
	struct png p = {.out = out, .a = 1};
	uint8_t head[13] = {[8] = 8, [9] = 2}, sum[4], line[3 * 64];
	int w, h;
	const uint32_t *px = gfx_pixels(g, &w, &h);
	size_t bytes = (size_t)h * ((size_t)w * 3 + 1);

	for (uint32_t i = 0; i < 256; i++) {
		p.table[i] = i;
		for (int k = 0; k < 8; k++)
			p.table[i] = (p.table[i] >> 1) ^ (p.table[i] & 1 ? 0xedb88320 : 0);
	}
	buf_put(out, "\x89PNG\r\n\x1a\n", 8);
	be32(head, (uint32_t)w);
	be32(head + 4, (uint32_t)h);
	chunk_begin(&p, "IHDR", sizeof(head));
	put(&p, head, sizeof(head));
	chunk_end(&p);
	chunk_begin(&p, "IDAT", 2 + bytes + 5 * ((bytes + BLOCK - 1) / BLOCK) + 4);
	put(&p, "\x78\x01", 2);
	p.left = bytes;
	for (int y = 0; y < h; y++) {
		raw(&p, (uint8_t[]){0}, 1);
		for (int x = 0; x < w;) {
			size_t n = 0;
			for (; x < w && n < sizeof(line); x++) {
				uint32_t c = px[(size_t)y * (size_t)w + (size_t)x];
				line[n++] = (uint8_t)(c >> 16);
				line[n++] = (uint8_t)(c >> 8);
				line[n++] = (uint8_t)c;
			}
			raw(&p, line, n);
		}
	}
	be32(sum, p.b << 16 | p.a);
	put(&p, sum, 4);
	chunk_end(&p);
	chunk_begin(&p, "IEND", 0);
	chunk_end(&p);
	wipe(line, sizeof(line));
}
