#include "gfx_int.h"
#include <stdlib.h>
#include <string.h>

/*
 * Text as pictures of whole runs. SDL_ttf shapes at every call, so each run is rendered once, in
 * white, and its alpha is kept and blended in any colour. Rules:
 * 1. A hit compares the whole text: no collision can show another person's name.
 * 2. The hash is seeded at random for each process.
 * 3. Nothing is freed while a frame may still point to it: trimming happens at the end of a frame.
 * 4. What is freed is zeroed first. At most GFX_CACHE_MAX bytes stay, least recently used go first.
 * 5. A font is opened once for each type and never resized (a change of size flushes SDL_ttf's own
 * glyph cache).
 */

static const struct {
	uint8_t em, line;
	bool bold;
} types[GFX_TYPE_COUNT] = {
        [GFX_MICRO] = {16, 20, false},
        [GFX_MICRO_B] = {16, 20, true},
        [GFX_CAPTION] = {18, 24, false},
        [GFX_CAPTION_B] = {18, 24, true},
        [GFX_BODY] = {21, 28, false},
        [GFX_BODY_B] = {21, 28, true},
        [GFX_TITLE] = {26, 32, true},
        [GFX_TITLE_R] = {26, 32, false},
        [GFX_HEADING] = {32, 40, true},
        [GFX_DISPLAY] = {46, 54, true},
        [GFX_CLOCK] = {120, 124, true},
};

int gfx_type_px(int rem, enum gfx_type t)
{
	int px = (types[t].em * rem + 10) / 21;

	return px < 16 ? 16 : px; /* never less: look/tokens.md section 3 */
}

int gfx_px(const struct gfx *g, enum gfx_type t)
{
	return gfx_type_px(g->rem, t);
}

int gfx_line_h(const struct gfx *g, enum gfx_type t)
{
	int px = gfx_px(g, t), line = (types[t].line * g->rem + 10) / 21;

	return line < px + 4 ? px + 4 : line;
}

static TTF_Font *font(struct gfx *g, enum gfx_type t)
{
	const struct asset *a;

	if (g->font[t])
		return g->font[t];
	a = asset_find(types[t].bold ? "fonts/NotoSans-Bold.ttf" : "fonts/NotoSans-Regular.ttf");
	if (!a)
		abort(); /* linked into the program */
	g->font[t] = TTF_OpenFontRW(SDL_RWFromConstMem(a->data, (int)a->len), 1, gfx_px(g, t));
	if (!g->font[t])
		abort();
	TTF_SetFontHinting(g->font[t], TTF_HINTING_LIGHT);
	g->ascent[t] = TTF_FontAscent(g->font[t]);
	return g->font[t];
}

void gfx_fonts_close(struct gfx *g)
{
	for (int i = 0; i < GFX_TYPE_COUNT; i++) {
		if (g->font[i])
			TTF_CloseFont(g->font[i]);
		g->font[i] = NULL;
	}
}

/* Copies into scratch what SDL_ttf may see: valid UTF-8 with a glyph for each character, no control
 * characters. */
static const char *clean(struct gfx *g, enum gfx_type t, const char *s, size_t len)
{
	TTF_Font *f = font(g, t);
	size_t need = len * 3 + 1, o = 0;

	if (need > g->scratch_cap) {
		if (g->scratch)
			wipe(g->scratch, g->scratch_cap);
		free(g->scratch);
		g->scratch_cap = need < 1024 ? 1024 : need * 2;
		g->scratch = malloc(g->scratch_cap);
		if (!g->scratch)
			abort();
	}
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp = utf8_decode(s + i, len - i, &n);
		if (cp < 0x20 || cp == 0x7f)
			cp = ' ';
		else if (cp > 0x7e && !TTF_GlyphIsProvided32(f, cp))
			cp = TTF_GlyphIsProvided32(f, 0xfffd) ? 0xfffd : '?';
		o += utf8_encode(cp, g->scratch + o);
	}
	g->scratch[o] = 0;
	return g->scratch;
}

static void dirty(struct gfx *g, size_t len)
{
	wipe(g->scratch, len * 3 + 1);
}

#define FIT_MARK (1 << 30)
#define RUN_MAX 4096

/* ---- cache --------------------------------------------------------------------------------- */

static uint64_t hash_text(uint64_t h, const char *s, size_t len)
{
	uint64_t v;

	for (; len >= 8; s += 8, len -= 8) {
		memcpy(&v, s, 8);
		h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
		h ^= h >> 29;
	}
	v = len;
	for (size_t i = 0; i < len; i++)
		v = v << 8 | (uint8_t)s[i];
	h = (h ^ v) * UINT64_C(0xD6E8FEB86659FD93);
	return h ^ (h >> 32);
}

static char *text_of(struct entry *e)
{
	size_t payload = e->wrap_w < 0 ? (size_t)e->mask_w * (size_t)e->mask_h
	                               : (e->n + 1) * sizeof(uint32_t);

	return (char *)(e + 1) + payload;
}

static void unlink_lru(struct gfx *g, struct entry *e)
{
	*(e->newer ? &e->newer->older : &g->newest) = e->older;
	*(e->older ? &e->older->newer : &g->oldest) = e->newer;
	e->newer = e->older = NULL;
}

static void link_newest(struct gfx *g, struct entry *e)
{
	e->older = g->newest;
	e->newer = NULL;
	*(g->newest ? &g->newest->newer : &g->oldest) = e;
	g->newest = e;
}

static void drop(struct gfx *g, struct entry *e)
{
	struct entry **p = &g->bucket[e->hash % BUCKETS];
	size_t bytes = e->bytes;

	while (*p != e)
		p = &(*p)->next;
	*p = e->next;
	unlink_lru(g, e);
	g->bytes -= bytes;
	g->n_entries--;
	wipe(e, bytes);
	free(e);
}

void gfx_cache_clear(struct gfx *g)
{
	while (g->oldest)
		drop(g, g->oldest);
}

void gfx_cache_trim(struct gfx *g)
{
	/* Secrets are used in this frame, so they stand in front of the list. */
	for (struct entry *e = g->newest, *next; e && e->frame == g->frame; e = next) {
		next = e->older;
		if (e->secret)
			drop(g, e);
	}
	while (g->bytes > GFX_CACHE_MAX && g->oldest)
		drop(g, g->oldest);
}

static struct entry *lookup(
        struct gfx *g, enum gfx_type t, int wrap_w, const char *s, size_t len, uint64_t *ret_hash)
{
	uint64_t h = hash_text(
	        g->seed ^ ((uint64_t)t << 56) ^ ((uint64_t)(uint32_t)wrap_w << 24) ^ len, s, len);

	*ret_hash = h;
	for (struct entry *e = g->bucket[h % BUCKETS]; e; e = e->next) {
		if (e->hash != h || e->type != t || e->wrap_w != wrap_w || e->len != len ||
		        memcmp(text_of(e), s, len) != 0)
			continue;
		if (e != g->newest) {
			unlink_lru(g, e);
			link_newest(g, e);
		}
		e->frame = g->frame;
		g->hits++;
		return e;
	}
	g->misses++;
	return NULL;
}

static struct entry *insert(struct gfx *g, const struct entry *like, size_t payload, const char *s)
{
	size_t bytes = sizeof(*like) + payload + like->len + 1;
	struct entry *e = calloc(1, bytes);

	if (!e)
		abort();
	*e = *like;
	e->bytes = bytes;
	e->serial = ++g->serial;
	e->frame = g->frame;
	memcpy(text_of(e), s, e->len);
	e->next = g->bucket[e->hash % BUCKETS];
	g->bucket[e->hash % BUCKETS] = e;
	link_newest(g, e);
	g->bytes += bytes;
	g->n_entries++;
	return e;
}

static bool blank(const uint8_t *row, int w)
{
	for (int x = 0; x < w; x++)
		if (row[4 * x + 3])
			return false;
	return true;
}

/* No panel is wider than this many letters; a longer run would only cost memory. */
static size_t bounded(const char *s, size_t len)
{
	if (len <= RUN_MAX)
		return len;
	len = RUN_MAX;
	while (len && ((uint8_t)s[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static struct entry *run(struct gfx *g, enum gfx_type t, const char *s, size_t len)
{
	struct entry like = {.type = (uint8_t)t, .wrap_w = -1}, *e;
	SDL_Surface *pic;
	int top = 0, bottom = 0;

	len = bounded(s, len);
	like.len = (uint32_t)len;
	e = lookup(g, t, -1, s, len, &like.hash);
	if (e)
		return e;
	pic = TTF_RenderUTF8_Blended(
	        font(g, t), clean(g, t, s, len), (SDL_Color){255, 255, 255, 255});
	dirty(g, len);
	if (pic) {
		const uint8_t *px = pic->pixels;
		bottom = pic->h;
		while (top < bottom && blank(px + top * pic->pitch, pic->w))
			top++;
		while (bottom > top && blank(px + (bottom - 1) * pic->pitch, pic->w))
			bottom--;
		like.w = like.mask_w = pic->w;
		like.mask_y = top;
		like.mask_h = bottom - top;
	}
	e = insert(g, &like, (size_t)like.mask_w * (size_t)like.mask_h, s);
	if (pic) {
		uint8_t *a = (uint8_t *)(e + 1);
		for (int y = top; y < bottom; y++) {
			const uint32_t *p =
			        (const uint32_t *)((const uint8_t *)pic->pixels + y * pic->pitch);
			for (int x = 0; x < pic->w; x++)
				*a++ = (uint8_t)(p[x] >>
				                 24); /* ARGB8888 in the machine's own order */
		}
		wipe(pic->pixels, (size_t)pic->pitch * (size_t)pic->h);
		SDL_FreeSurface(pic);
	}
	return e;
}

int gfx_text_w(struct gfx *g, enum gfx_type t, const char *s, size_t len)
{
	return len ? run(g, t, s, len)->w : 0;
}

static void draw(struct gfx *g, int x, int y, enum gfx_type t, enum gfx_colour col, struct entry *e)
{
	/* The line box is set around the ascent and descent of the face: capitals stand in its
	 * middle. */
	int lead = (gfx_line_h(g, t) - TTF_FontHeight(font(g, t)) - 1) >> 1;
	struct cmd *c;

	if (!e->mask_h)
		return;
	c = gfx_cmd_add(
	        g, CMD_MASK, (struct gfx_rect){x, y + lead + e->mask_y, e->mask_w, e->mask_h});
	if (!c)
		return;
	c->c1 = gfx_rgb(g->theme, col);
	c->mask = (const uint8_t *)(e + 1);
	c->mask_pitch = e->mask_w;
	c->ref = e->serial;
	gfx_cmd_close(g, c);
}

void gfx_text(
        struct gfx *g, int x, int y, enum gfx_type t, enum gfx_colour c, const char *s, size_t len)
{
	if (len)
		draw(g, x, y, t, c, run(g, t, s, len));
}

void gfx_text_secret(
        struct gfx *g, int x, int y, enum gfx_type t, enum gfx_colour c, const char *s, size_t len)
{
	struct entry *e;

	if (!len)
		return;
	e = run(g, t, s, len);
	e->secret = true;
	draw(g, x, y, t, c, e);
}

int gfx_measure(struct gfx *g, enum gfx_type t, const char *s, size_t len)
{
	int w = 0;

	if (!len)
		return 0;
	if (TTF_SizeUTF8(font(g, t), clean(g, t, s, len), &w, NULL) != 0)
		w = 0;
	dirty(g, len);
	return w;
}

size_t gfx_fit(struct gfx *g, enum gfx_type t, const char *s, size_t len, int w)
{
	int extent = 0, count = 0;
	size_t i = 0;

	if (!len || w <= 0)
		return 0;
	if (TTF_MeasureUTF8(font(g, t), clean(g, t, s, len), w, &extent, &count) != 0)
		count = 0;
	dirty(g, len);
	for (size_t n; count > 0 && i < len; count--, i += n)
		utf8_decode(s + i, len - i, &n);
	return i;
}

size_t gfx_fit_kept(struct gfx *g, enum gfx_type t, const char *s, size_t len, int w)
{
	/* Kept as a line break whose width has a mark no real width has. */
	struct entry like = {.type = (uint8_t)t,
	        .wrap_w = (w < 1 ? 1 : w) | FIT_MARK,
	        .n = 1,
	        .len = (uint32_t)len};
	struct entry *e = lookup(g, t, like.wrap_w, s, len, &like.hash);

	if (!e) {
		uint32_t fit[2] = {0, (uint32_t)gfx_fit(g, t, s, len, w)};
		e = insert(g, &like, sizeof(fit), s);
		memcpy(e + 1, fit, sizeof(fit));
	}
	return ((const uint32_t *)(const void *)(e + 1))[1];
}

/* ---- line breaks --------------------------------------------------------------------------- */

#define LINE_MAX 1024

static bool breaks_after(const char *s, size_t i)
{
	if (s[i] == ' ' || s[i] == '-' || s[i] == '/')
		return true;
	return i >= 2 && memcmp(s + i - 2, "\xE2\x80\x8B", 3) == 0; /* zero width space */
}

/* Bytes of the line that begins at s; the paragraph is n long. */
static size_t line_len(struct gfx *g, enum gfx_type t, const char *s, size_t n, int w)
{
	/* Shaping a whole paragraph for each line is quadratic: no line holds more than this. */
	size_t most = ((size_t)w * 6 / (size_t)gfx_px(g, t) + 8) * 4, fit, i;

	if (most > n) {
		most = n;
	} else {
		while (most > 1 && ((uint8_t)s[most] & 0xc0) == 0x80)
			most--;
	}
	fit = gfx_fit(g, t, s, most, w);
	if (fit >= n)
		return n;
	for (i = fit; i < n && s[i] == ' '; i++)
		; /* spaces hang over the edge */
	if (i > fit)
		return i;
	for (i = fit; i > 0; i--)
		if (breaks_after(s, i - 1))
			return i;
	return fit ? fit : utf8_next(s, n, 0);
}

size_t gfx_wrap(
        struct gfx *g, enum gfx_type t, const char *s, size_t len, int w, const uint32_t **ret)
{
	struct entry like = {.type = (uint8_t)t, .wrap_w = w < 1 ? 1 : w, .len = (uint32_t)len};
	struct entry *e = lookup(g, t, like.wrap_w, s, len, &like.hash);
	uint32_t start[LINE_MAX + 1];
	size_t n = 0, i = 0;

	if (!e) {
		while (i < len && n < LINE_MAX - 1) {
			const char *nl = memchr(s + i, '\n', len - i);
			size_t para = nl ? (size_t)(nl - s) - i : len - i, k = 0;
			do {
				start[n++] = (uint32_t)(i + k);
				if (k < para)
					k += line_len(g, t, s + i + k, para - k, like.wrap_w);
			} while (k < para && n < LINE_MAX - 1);
			i += para + (nl != NULL);
		}
		if (!n || (s[len - 1] == '\n' && n < LINE_MAX))
			start[n++] = (uint32_t)len;
		start[n] = (uint32_t)len;
		like.n = (uint32_t)n;
		e = insert(g, &like, (n + 1) * sizeof(*start), s);
		memcpy(e + 1, start, (n + 1) * sizeof(*start));
	}
	*ret = (const uint32_t *)(const void *)(e + 1);
	return e->n;
}

void gfx_stats(const struct gfx *g, struct gfx_stats *ret)
{
	*ret = (struct gfx_stats){g->bytes, g->n_entries, g->hits, g->misses, g->n_cmd};
}
