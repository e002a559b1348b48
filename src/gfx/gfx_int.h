#ifndef CASEROOM_GFX_INT_H
#define CASEROOM_GFX_INT_H
/* Inside of gfx: commands, masks, cache. Only src/gfx includes this. */
#include <SDL2/SDL_ttf.h>
#include "caseroom/gfx.h"

enum cmd_kind {
	CMD_FILL,
	CMD_ROUND,
	CMD_BOX,
	CMD_RING,
	CMD_DASHED,
	CMD_HATCH,
	CMD_DISC,
	CMD_LINE,
	CMD_POLYGON,
	CMD_MASK
};

/* A picture of one line of text, or its line breaks; `text` is what it is a picture of. */
struct entry {
	struct entry *next;          /* in the bucket */
	struct entry *newer, *older; /* least recently used last */
	uint64_t hash, serial, frame;
	size_t bytes; /* of the allocation */
	uint32_t len;
	int32_t wrap_w; /* -1 = a run */
	uint8_t type;
	bool secret;                       /* goes at the end of the frame */
	int32_t w, mask_y, mask_w, mask_h; /* of a run */
	uint32_t n;                        /* lines of a wrap */
	                                   /* then the mask or n + 1 offsets, then the text */
};

struct mask {
	int32_t w, h;
	uint64_t serial;
	uint8_t *a;
};

struct cmd {
	uint8_t kind;
	int32_t radius, stroke2, extra;
	struct gfx_rect r, clip; /* clip is already cut to the rectangle that is touched */
	uint32_t c1, c2;
	const uint8_t *mask;
	int32_t mask_pitch;
	uint64_t ref;      /* serial of what mask shows */
	uint32_t first, n; /* points */
	uint64_t hash;
};

struct corner {
	int32_t n, rad2; /* n*n coverage of a disc of radius rad2/2 around (n, n) */
	uint8_t *a;
};

#define CORNER_MAX 96
#define CLIP_MAX 16
#define CELL 64
#define ICON_SLOTS 1024
#define BUCKETS 4096

struct icon_slot {
	char name[24];
	int32_t size;
	struct mask m;
};

struct gfx {
	int w, h;
	uint32_t *px;
	enum gfx_theme theme;
	int rem;

	struct cmd *cmd;
	size_t n_cmd, cap_cmd;
	int32_t *pt;
	size_t n_pt, cap_pt;
	struct gfx_rect clip[CLIP_MAX];
	int n_clip;

	uint64_t *cell, *cell_old;
	int cells_x, cells_y;
	bool all;
	struct gfx_rect damage[GFX_DAMAGE_MAX];
	size_t n_damage;

	struct corner corner[CORNER_MAX];
	size_t n_corner;
	uint8_t *row; /* one row of coverage, w bytes */

	struct icon_slot *icon; /* ICON_SLOTS */

	TTF_Font *font[GFX_TYPE_COUNT];
	int ascent[GFX_TYPE_COUNT];
	struct entry *bucket[BUCKETS];
	struct entry *newest, *oldest;
	size_t bytes, n_entries;
	uint64_t seed, serial, frame, hits, misses;
	char *scratch;
	size_t scratch_cap;
	bool ttf;
};

/* Integer square root, rounded down. */
uint32_t gfx_isqrt(uint64_t v);

/* A stroked and filled figure in 1/64 px. Shared by icons and polylines. */
struct seg {
	int32_t x0, y0, x1, y1;
	int64_t len; /* 1/64 px */
};
void gfx_seg_init(struct seg *s, int x0, int y0, int x1, int y1);
/* Coverage 0..255 of a pixel centre at distance from the segment, half width hw in 1/256 px. */
int gfx_seg_cover(const struct seg *s, int px, int py, int hw);
int gfx_disc_cover(int cx, int cy, int radius, int px, int py); /* all 1/64 px */

const struct mask *gfx_icon_mask(struct gfx *g, const char *name, int size);
void gfx_icons_finish(struct gfx *g);

void gfx_cache_clear(struct gfx *g);
void gfx_cache_trim(struct gfx *g); /* at the end of a frame */
void gfx_fonts_close(struct gfx *g);
int gfx_type_px(int rem, enum gfx_type t);

struct cmd *gfx_cmd_add(struct gfx *g, enum cmd_kind kind, struct gfx_rect r);
void gfx_cmd_close(struct gfx *g, struct cmd *c);
void gfx_paint(struct gfx *g, const struct gfx_rect *r);
const uint8_t *gfx_corner(struct gfx *g, int n, int rad2);

#endif
