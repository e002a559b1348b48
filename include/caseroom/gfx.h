#ifndef CASEROOM_GFX_H
#define CASEROOM_GFX_H
/*
 * gfx: a small software compositor. It owns the pixels, the fonts, the cache of text runs, the
 * icons and the themes; it knows rectangles and colours by function, not widgets. Integer
 * arithmetic only where pixels are made, so that the picture is the same to the bit on every
 * machine. UI thread only. Run-cache entries are images of personal data: gfx_wipe() zeroes and
 * frees them.
 */
#include "caseroom/base.h"

struct gfx;

struct gfx_rect {
	int x, y, w, h;
};

/* Colours by function: look/tokens.md section 2. Screens use these names, never values. */
enum gfx_colour {
	GFX_GROUND,
	GFX_PANEL,
	GFX_SUNK,
	GFX_PAPER,
	GFX_TEXT,
	GFX_TEXT2,
	GFX_HAIR,
	GFX_EDGE,
	GFX_ACCENT,
	GFX_ACCENT_PRESS,
	GFX_ON_ACCENT,
	GFX_SOFT,
	GFX_ON_SOFT,
	GFX_RAIL,
	GFX_ON_RAIL,
	GFX_RAIL_SEL,
	GFX_ON_RAIL_SEL,
	GFX_INK,
	GFX_ON_INK,
	GFX_LATE,
	GFX_LATE_SOFT,
	GFX_WARN,
	GFX_WARN_SOFT,
	GFX_HELD,
	GFX_HATCH,
	GFX_KEY,
	GFX_DISABLED,
	GFX_FOCUS_IN,
	GFX_FOCUS_OUT,
	GFX_RISK_STANDARD,
	GFX_RISK_MEDIUM,
	GFX_RISK_HIGH,
	GFX_RISK_VERY_HIGH, /* same in every theme */
	GFX_ON_RISK_PALE,
	GFX_ON_RISK_DARK,
	GFX_COLOUR_COUNT
};

enum gfx_theme { GFX_LIGHT, GFX_DARK, GFX_CONTRAST, GFX_THEME_COUNT };

/* Type sizes: tokens.md section 3. _B is Noto Sans Bold. TITLE, HEADING, DISPLAY, CLOCK are bold.
 */
enum gfx_type {
	GFX_MICRO,
	GFX_MICRO_B,
	GFX_CAPTION,
	GFX_CAPTION_B,
	GFX_BODY,
	GFX_BODY_B,
	GFX_TITLE,
	GFX_TITLE_R,
	GFX_HEADING,
	GFX_DISPLAY,
	GFX_CLOCK,
	GFX_TYPE_COUNT
};

/* ---- life ---------------------------------------------------------------------------------- */

enum err gfx_create(int w, int h, struct gfx **ret) MUST_CHECK;
void gfx_destroy(struct gfx *g);
enum err gfx_resize(struct gfx *g, int w, int h) MUST_CHECK;
void gfx_set_theme(struct gfx *g, enum gfx_theme theme);
enum gfx_theme gfx_theme(const struct gfx *g);
/* The text unit in px (21 at the base profile). Closes the fonts and wipes the cache when it
 * changes. */
void gfx_set_rem(struct gfx *g, int rem);
/* Zeroes and frees every text run and line break kept, blanks the pixels; the next frame paints
 * all. */
void gfx_wipe(struct gfx *g);

/* 0x00RRGGBB. */
uint32_t gfx_rgb(enum gfx_theme theme, enum gfx_colour c);
/* WCAG 2 contrast ratio times 10, rounded down. */
int gfx_contrast_x10(uint32_t a, uint32_t b);
const char *gfx_theme_name(enum gfx_theme theme); /* "light", "dark", "contrast" */

/* ---- a frame: commands between begin and end ----------------------------------------------- */

void gfx_begin(struct gfx *g);
/*
 * Hashes the commands into a grid of 64 px cells, compares with the frame before and paints the
 * cells that differ, merged into at most GFX_DAMAGE_MAX rectangles. False: nothing changed, nothing
 * was painted.
 */
#define GFX_DAMAGE_MAX 16
bool gfx_end(struct gfx *g);
const struct gfx_rect *gfx_damage(const struct gfx *g, size_t *ret_n);
/* 32-bit XRGB, pitch w * 4. */
const uint32_t *gfx_pixels(const struct gfx *g, int *ret_w, int *ret_h);
/* The next frame paints everything (the panel lost its picture). */
void gfx_damage_all(struct gfx *g);

/* Clips nest: each is cut by the one outside it. */
void gfx_push_clip(struct gfx *g, struct gfx_rect r);
void gfx_pop_clip(struct gfx *g);
struct gfx_rect gfx_clip(const struct gfx *g);
struct gfx_rect gfx_intersect(struct gfx_rect a, struct gfx_rect b); /* w = h = 0 when apart */

void gfx_fill(struct gfx *g, struct gfx_rect r, enum gfx_colour c);
void gfx_round(struct gfx *g, struct gfx_rect r, int radius, enum gfx_colour c);
/* Rounded fill with an outline inside r; the stroke in half pixels (3 = 1.5 px). */
void gfx_box(struct gfx *g, struct gfx_rect r, int radius, enum gfx_colour fill, int stroke2,
        enum gfx_colour edge);
void gfx_ring(struct gfx *g, struct gfx_rect r, int radius, int stroke2,
        enum gfx_colour edge); /* outline only */
void gfx_dashed(struct gfx *g, struct gfx_rect r, int radius, int stroke2,
        enum gfx_colour edge); /* 4 on, 4 off */
/* 45 degree lines, `spacing` px apart; corners cut to `radius`. */
void gfx_hatch(struct gfx *g, struct gfx_rect r, int radius, int spacing, enum gfx_colour fill,
        enum gfx_colour line);
void gfx_disc(
        struct gfx *g, int cx2, int cy2, int radius2, enum gfx_colour c); /* all in half pixels */
/* Round caps and joins. Points are copied. */
void gfx_polyline(struct gfx *g, const int *xy, int n_points, int width, enum gfx_colour c);
void gfx_polygon(struct gfx *g, const int *xy, int n_points, enum gfx_colour c);
/* False when there is no such icon (nothing is drawn). */
bool gfx_icon(struct gfx *g, int x, int y, const char *name, int size, enum gfx_colour c);

/* ---- text ---------------------------------------------------------------------------------- */

int gfx_px(const struct gfx *g, enum gfx_type t);     /* the em */
int gfx_line_h(const struct gfx *g, enum gfx_type t); /* line to line */
int gfx_text_w(struct gfx *g, enum gfx_type t, const char *s, size_t len);
/* Draws with the line box's top left at (x, y). Characters without a glyph show as a replacement
 * mark. */
void gfx_text(
        struct gfx *g, int x, int y, enum gfx_type t, enum gfx_colour c, const char *s, size_t len);
/* The same for a secret that is shown for a moment: its run is wiped at the end of this frame. */
void gfx_text_secret(
        struct gfx *g, int x, int y, enum gfx_type t, enum gfx_colour c, const char *s, size_t len);
/* Width of the first `len` bytes without keeping them (carets, secrets). */
int gfx_measure(struct gfx *g, enum gfx_type t, const char *s, size_t len);
/* How many bytes from the start fit into w px, on a code point boundary. */
size_t gfx_fit(struct gfx *g, enum gfx_type t, const char *s, size_t len, int w);
/* The same, remembered in the cache: for text that is drawn in every frame. */
size_t gfx_fit_kept(struct gfx *g, enum gfx_type t, const char *s, size_t len, int w);
/*
 * Line breaks for width w: line i is s[ret[i] .. ret[i + 1]) with its white space; n lines, ret has
 * n + 1 entries. Breaks after space, hyphen and slash, inside a word only when it is alone too
 * wide; \n ends a line. Never 0 lines. ret is valid until gfx_end or gfx_wipe.
 */
size_t gfx_wrap(
        struct gfx *g, enum gfx_type t, const char *s, size_t len, int w, const uint32_t **ret);
struct gfx_stats {
	size_t cache_bytes, cache_entries;
	uint64_t hits, misses; /* since creation */
	size_t commands;       /* of the last frame */
};
void gfx_stats(const struct gfx *g, struct gfx_stats *ret);
#define GFX_CACHE_MAX ((size_t)8 << 20)

/* The colour under a point before command `cmd` was drawn (tests of contrast); false when no fill
 * lies there. */
bool gfx_under(const struct gfx *g, size_t cmd, int x, int y, uint32_t *ret_rgb);
size_t gfx_command_count(const struct gfx *g);

/* The picture as PNG: 8-bit RGB, stored deflate, no time or text chunks, so equal pixels give equal
 * bytes. */
void gfx_png(const struct gfx *g, struct buf *out);

#endif
