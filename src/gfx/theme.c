#include "caseroom/gfx.h"
#include <math.h>

/* look/tokens.md section 2, in the order of enum gfx_colour. */
static const uint32_t colours[GFX_COLOUR_COUNT][GFX_THEME_COUNT] = {
        [GFX_GROUND] = {0xF5F1E8, 0x14130F, 0x000000},
        [GFX_PANEL] = {0xFFFDF8, 0x1F1D18, 0x000000},
        [GFX_SUNK] = {0xEAE4D6, 0x2C2922, 0x000000},
        [GFX_PAPER] = {0xFFFFFF, 0x1F1D18, 0x000000},
        [GFX_TEXT] = {0x1E1B16, 0xECE7DB, 0xFFFFFF},
        [GFX_TEXT2] = {0x575043, 0xB8B0A0, 0xFFFFFF},
        [GFX_HAIR] = {0xDCD4C4, 0x37332B, 0xFFFFFF},
        [GFX_EDGE] = {0x857A67, 0x857D6D, 0xFFFFFF},
        [GFX_ACCENT] = {0x0F5C5E, 0x6CC7BD, 0xFFDD00},
        [GFX_ACCENT_PRESS] = {0x0A4547, 0x8FD8D0, 0xFFFFFF},
        [GFX_ON_ACCENT] = {0xFFFFFF, 0x0B1F1E, 0x000000},
        [GFX_SOFT] = {0xDCEAE6, 0x1B3A38, 0x000000},
        [GFX_ON_SOFT] = {0x0A4547, 0xA9E3DC, 0xFFDD00},
        [GFX_RAIL] = {0x123C3E, 0x0B2628, 0x000000},
        [GFX_ON_RAIL] = {0xE9F1EE, 0xD5E5E1, 0xFFFFFF},
        [GFX_RAIL_SEL] = {0xFFFDF8, 0x6CC7BD, 0xFFDD00},
        [GFX_ON_RAIL_SEL] = {0x0A4547, 0x0B1F1E, 0x000000},
        [GFX_INK] = {0x1E1B16, 0xECE7DB, 0xFFFFFF},
        [GFX_ON_INK] = {0xFFFFFF, 0x14130F, 0x000000},
        [GFX_LATE] = {0x98260F, 0xFF9C85, 0xFFB3A0},
        [GFX_LATE_SOFT] = {0xF8E4DC, 0x3D1C14, 0x000000},
        [GFX_WARN] = {0x7A4B00, 0xF2BE5C, 0xFFDD00},
        [GFX_WARN_SOFT] = {0xFBEBC8, 0x38290D, 0x000000},
        [GFX_HELD] = {0xEAE4D6, 0x191712, 0x000000},
        [GFX_HATCH] = {0xCFC6B3, 0x3A362D, 0x808080},
        [GFX_KEY] = {0xDCD4C4, 0x3A362D, 0x000000},
        [GFX_DISABLED] = {0x8F8776, 0x7C7566, 0xA0A0A0},
        [GFX_FOCUS_IN] = {0x1E1B16, 0x1E1B16, 0x000000},
        [GFX_FOCUS_OUT] = {0xFFDD00, 0xFFDD00, 0xFFDD00},
        [GFX_RISK_STANDARD] = {0xF2E6B8, 0xF2E6B8, 0xF2E6B8},
        [GFX_RISK_MEDIUM] = {0xF0B429, 0xF0B429, 0xF0B429},
        [GFX_RISK_HIGH] = {0xB8431F, 0xB8431F, 0xB8431F},
        [GFX_RISK_VERY_HIGH] = {0x5C0A2E, 0x5C0A2E, 0x5C0A2E},
        [GFX_ON_RISK_PALE] = {0x1E1B16, 0x1E1B16, 0x1E1B16},
        [GFX_ON_RISK_DARK] = {0xFFFFFF, 0xFFFFFF, 0xFFFFFF},
};

uint32_t gfx_rgb(enum gfx_theme theme, enum gfx_colour c)
{
	return colours[c][theme];
}

const char *gfx_theme_name(enum gfx_theme theme)
{
	static const char *const name[GFX_THEME_COUNT] = {"light", "dark", "contrast"};

	return name[theme];
}

/* WCAG 2.2, definition of relative luminance. */
static double luminance(uint32_t rgb)
{
	static const double weight[3] = {0.2126, 0.7152, 0.0722};
	double l = 0;

	for (int i = 0; i < 3; i++) {
		double v = (double)((rgb >> (16 - 8 * i)) & 0xff) / 255.0;
		l += weight[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
	}
	return l;
}

int gfx_contrast_x10(uint32_t a, uint32_t b)
{
	double la = luminance(a), lb = luminance(b);

	if (la < lb) {
		double t = la;
		la = lb;
		lb = t;
	}
	return (int)(10.0 * (la + 0.05) / (lb + 0.05) + 1e-9);
}
