#ifndef CASEROOM_GFX_H
#define CASEROOM_GFX_H
/*
 * gfx: a small software compositor. It owns the pixels, the fonts, the cache of text runs, the icons and the
 * themes; it knows rectangles and colours by function, not widgets. Integer arithmetic only where pixels are
 * made, so that the picture is the same to the bit on every machine. UI thread only. Run-cache entries are
 * images of personal data: gfx_wipe() zeroes and frees them.
 */
#include "caseroom/base.h"

struct gfx;

struct gfx_rect {
	int x, y, w, h;
};

/* Colours by function: look/tokens.md section 2. Screens use these names, never values. */
enum gfx_colour {
	GFX_GROUND, GFX_PANEL, GFX_SUNK, GFX_PAPER, GFX_TEXT, GFX_TEXT2, GFX_HAIR, GFX_EDGE,
	GFX_ACCENT, GFX_ACCENT_PRESS, GFX_ON_ACCENT, GFX_SOFT, GFX_ON_SOFT,
	GFX_RAIL, GFX_ON_RAIL, GFX_RAIL_SEL, GFX_ON_RAIL_SEL, GFX_INK, GFX_ON_INK,
	GFX_LATE, GFX_LATE_SOFT, GFX_WARN, GFX_WARN_SOFT, GFX_HELD, GFX_HATCH, GFX_KEY, GFX_DISABLED,
	GFX_FOCUS_IN, GFX_FOCUS_OUT,
	GFX_RISK_STANDARD, GFX_RISK_MEDIUM, GFX_RISK_HIGH, GFX_RISK_VERY_HIGH, /* same in every theme */
	GFX_ON_RISK_PALE, GFX_ON_RISK_DARK,
	GFX_COLOUR_COUNT
};

enum gfx_theme { GFX_LIGHT, GFX_DARK, GFX_CONTRAST, GFX_THEME_COUNT };

/* Type sizes: tokens.md section 3. _B is Noto Sans Bold. TITLE, HEADING, DISPLAY, CLOCK are bold. */
enum gfx_type {
	GFX_MICRO, GFX_MICRO_B, GFX_CAPTION, GFX_CAPTION_B, GFX_BODY, GFX_BODY_B,
	GFX_TITLE, GFX_TITLE_R, GFX_HEADING, GFX_DISPLAY, GFX_CLOCK,
	GFX_TYPE_COUNT
};

#endif
