#include <stdlib.h>

#include "caseroom/time.h"
#include "gfx/gfx_int.h"
#include "test.h"

static struct gfx *open_gfx(void)
{
	struct gfx *g;

	return gfx_create(320, 200, &g) == ERR_OK ? g : NULL;
}

static uint32_t at(const struct gfx *g, int x, int y)
{
	int w, h;
	const uint32_t *p = gfx_pixels(g, &w, &h);

	return p[y * w + x] & 0xffffff;
}

static void ground(struct gfx *g)
{
	gfx_begin(g);
	gfx_fill(g, (struct gfx_rect){0, 0, 320, 200}, GFX_GROUND);
}

static void t_fill_stays_inside_clip(void)
{
	struct gfx *g = open_gfx();

	CHECK(g);
	ground(g);
	gfx_push_clip(g, (struct gfx_rect){10, 10, 20, 20});
	gfx_push_clip(g, (struct gfx_rect){0, 0, 15, 200});
	gfx_fill(g, (struct gfx_rect){0, 0, 320, 200}, GFX_INK);
	gfx_pop_clip(g);
	gfx_pop_clip(g);
	CHECK(gfx_end(g));
	CHECK(at(g, 10, 10) == 0x1E1B16 && at(g, 14, 29) == 0x1E1B16);
	CHECK(at(g, 9, 10) == 0xF5F1E8 && at(g, 15, 10) == 0xF5F1E8 && at(g, 10, 30) == 0xF5F1E8);
	gfx_destroy(g);
}

static void t_corners_are_round_and_symmetric(void)
{
	struct gfx *g = open_gfx();

	CHECK(g);
	ground(g);
	gfx_round(g, (struct gfx_rect){20, 20, 60, 40}, 10, GFX_INK);
	gfx_box(g, (struct gfx_rect){100, 20, 60, 40}, 8, GFX_PANEL, 3, GFX_TEXT);
	CHECK(gfx_end(g));
	CHECK(at(g, 20, 20) == 0xF5F1E8); /* outside the arc */
	CHECK(at(g, 30, 20) == 0x1E1B16 && at(g, 50, 40) == 0x1E1B16);
	for (int y = 0; y < 20; y++)
		for (int x = 0; x < 30; x++) {
			CHECK(at(g, 20 + x, 20 + y) == at(g, 79 - x, 20 + y));
			CHECK(at(g, 20 + x, 20 + y) == at(g, 20 + x, 59 - y));
			CHECK(at(g, 100 + x, 20 + y) == at(g, 159 - x, 59 - y));
		}
	CHECK(at(g, 130, 20) == 0x1E1B16); /* whole pixel of the stroke */
	CHECK(at(g, 130, 21) != 0x1E1B16 && at(g, 130, 21) != 0xFFFDF8); /* half pixel */
	CHECK(at(g, 130, 22) == 0xFFFDF8);
	gfx_destroy(g);
}

static void t_only_changed_cells_are_painted(void)
{
	struct gfx *g = open_gfx();
	const struct gfx_rect *d;
	size_t n;

	CHECK(g);
	ground(g);
	CHECK(gfx_end(g));
	d = gfx_damage(g, &n);
	CHECK(n == 1 && d[0].w == 320 && d[0].h == 200);
	ground(g);
	CHECK(!gfx_end(g)); /* the same picture: nothing */
	ground(g);
	gfx_fill(g, (struct gfx_rect){70, 70, 4, 4}, GFX_INK);
	CHECK(gfx_end(g));
	d = gfx_damage(g, &n);
	CHECK(n == 1 && d[0].x == 64 && d[0].y == 64 && d[0].w == 64 && d[0].h == 64);
	ground(g);
	CHECK(gfx_end(g)); /* what is gone is painted over */
	CHECK(at(g, 71, 71) == 0xF5F1E8);
	gfx_damage_all(g);
	ground(g);
	CHECK(gfx_end(g));
	for (int i = 0; i < 2; i++) { /* the clip alone differs */
		ground(g);
		gfx_push_clip(g, (struct gfx_rect){10 + 4 * i, 10, 20, 20});
		gfx_fill(g, (struct gfx_rect){0, 0, 60, 60}, GFX_INK);
		gfx_pop_clip(g);
		CHECK(gfx_end(g));
	}
	gfx_destroy(g);
}

/* Painting only the damage must give what painting everything gives. */
static void t_damage_equals_full_redraw(void)
{
	struct gfx *a = open_gfx(), *b = open_gfx();
	uint32_t seed = 7;

	CHECK(a && b);
	for (int frame = 0; frame < 60; frame++) {
		struct gfx *both[2] = {a, b};
		uint32_t s = seed;
		for (int k = 0; k < 2; k++) {
			struct gfx *g = both[k];
			s = seed;
			ground(g);
			for (int i = 0; i < 12; i++) {
				struct gfx_rect r;
				int kind;
				s = s * 1664525 + 1013904223;
				r.x = (int)(s >> 8) % 300 - 10;
				s = s * 1664525 + 1013904223;
				r.y = (int)(s >> 8) % 180 - 10;
				s = s * 1664525 + 1013904223;
				r.w = 4 + (int)(s >> 8) % 90;
				r.h = 4 + (int)(s >> 20) % 60;
				s = s * 1664525 + 1013904223;
				kind = (int)(s >> 16) % 9;
				if (kind == 0)
					gfx_round(g, r, 9, GFX_ACCENT);
				else if (kind == 1)
					gfx_box(g, r, 8, GFX_PANEL, 3, GFX_TEXT);
				else if (kind == 2)
					gfx_ring(g, r, 12, 6, GFX_FOCUS_OUT);
				else if (kind == 3)
					gfx_dashed(g, r, 8, 2, GFX_EDGE);
				else if (kind == 4)
					gfx_hatch(g, r, 8, 14, GFX_HELD, GFX_HATCH);
				else if (kind == 5)
					gfx_disc(g, 2 * r.x, 2 * r.y, r.w, GFX_LATE);
				else if (kind == 6)
					gfx_polyline(g,
					        (int[]){r.x, r.y, r.x + r.w, r.y + r.h, r.x,
					                r.y + r.h},
					        3, 3, GFX_ACCENT);
				else if (kind == 7)
					gfx_icon(g, r.x, r.y, "table", 26, GFX_TEXT);
				else
					gfx_text(g, r.x, r.y, GFX_BODY_B, GFX_TEXT, "C-2026-0118",
					        11);
			}
		}
		gfx_damage_all(b);
		gfx_end(a);
		CHECK(gfx_end(b));
		for (int y = 0; y < 200; y++)
			for (int x = 0; x < 320; x++)
				CHECK(at(a, x, y) == at(b, x, y));
		if (frame % 3 != 0)
			seed = s;
	}
	gfx_destroy(a);
	gfx_destroy(b);
}

static void t_text_is_cached_and_compared_whole(void)
{
	struct gfx *g = open_gfx();
	struct gfx_stats s;
	uint64_t misses;

	CHECK(g);
	ground(g);
	gfx_text(g, 10, 10, GFX_BODY, GFX_TEXT, "Avery Sample", 12);
	CHECK(gfx_end(g));
	gfx_stats(g, &s);
	misses = s.misses;
	ground(g);
	gfx_text(g, 10, 10, GFX_BODY, GFX_TEXT, "Avery Sample", 12);
	CHECK(!gfx_end(g));
	gfx_stats(g, &s);
	CHECK(s.misses == misses && s.hits > 0);
	/* Planted collision: another entry with the hash of this text must not be taken for it. */
	{
		struct entry *e = g->newest;
		char *text = (char *)(e + 1) + (size_t)e->mask_w * (size_t)e->mask_h;
		CHECK(strcmp(text, "Avery Sample") == 0);
		memcpy(text, "Robin Sample", 12);
		ground(g);
		gfx_text(g, 10, 10, GFX_BODY, GFX_TEXT, "Avery Sample", 12);
		CHECK(gfx_end(g)); /* a new run was made, so the picture changed its serial */
		gfx_stats(g, &s);
		CHECK(s.misses == misses + 1);
	}
	gfx_destroy(g);
}

static void t_cache_stays_bounded(void)
{
	struct gfx *g = open_gfx();
	struct gfx_stats s;
	char text[64];

	CHECK(g);
	for (int i = 0; i < 2500; i++) {
		ground(g);
		snprintf(text, sizeof(text), "a sentence of some length, number %d", i);
		gfx_text(g, 10, 10, GFX_CLOCK, GFX_TEXT, text, strlen(text));
		gfx_end(g);
		gfx_stats(g, &s);
		CHECK(s.cache_bytes <= GFX_CACHE_MAX);
	}
	CHECK(s.cache_entries > 1);
	gfx_destroy(g);
}

static void t_wipe_leaves_no_run_and_no_pixel(void)
{
	struct gfx *g = open_gfx();
	struct gfx_stats s;
	const uint32_t *start;
	static const uint32_t none[320 * 200];

	CHECK(g);
	ground(g);
	gfx_text(g, 10, 10, GFX_BODY, GFX_TEXT, "Avery Sample", 12);
	gfx_wrap(g, GFX_BODY, "Avery Sample", 12, 50, &start);
	gfx_end(g);
	gfx_wipe(g);
	gfx_stats(g, &s);
	CHECK(s.cache_bytes == 0 && s.cache_entries == 0 && s.commands == 0);
	CHECK(memcmp(g->px, none, sizeof(none)) == 0);
	for (size_t i = 0; i < g->scratch_cap; i++)
		CHECK(g->scratch[i] == 0);
	ground(g);
	CHECK(gfx_end(g)); /* all is painted anew */
	gfx_destroy(g);
}

static void t_secret_run_goes_with_its_frame(void)
{
	struct gfx *g = open_gfx();
	struct gfx_stats s;

	CHECK(g);
	ground(g);
	gfx_text_secret(g, 10, 10, GFX_BODY, GFX_TEXT, "correct horse", 13);
	CHECK(gfx_end(g));
	CHECK(at(g, 10, 10) == 0xF5F1E8);
	gfx_stats(g, &s);
	CHECK(s.cache_entries == 0);
	gfx_destroy(g);
}

static void t_missing_glyphs_are_seen(void)
{
	struct gfx *g = open_gfx();

	CHECK(g);
	ground(g);
	CHECK(gfx_text_w(g, GFX_BODY, "\xF0\x9F\x98\x80", 4) > 5); /* no such glyph */
	CHECK(gfx_text_w(g, GFX_BODY, "\xFF\xFE", 2) > 10);        /* not UTF-8: two marks */
	CHECK(gfx_text_w(g, GFX_BODY, "", 0) == 0);
	CHECK(gfx_text_w(g, GFX_BODY, "\xC5\xB5\xC5\xB7\xC5\x82", 6) > 20); /* ŵ ŷ ł */
	gfx_end(g);
	gfx_destroy(g);
}

static void t_endless_line_stays_bounded(void)
{
	static char text[60000];
	struct gfx *g = open_gfx();
	struct gfx_stats st;

	CHECK(g);
	memset(text, 'm', sizeof(text));
	ground(g);
	gfx_text(g, 0, 0, GFX_BODY, GFX_TEXT, text, sizeof(text));
	CHECK(gfx_end(g));
	gfx_stats(g, &st);
	CHECK(st.cache_entries == 1 && st.cache_bytes < GFX_CACHE_MAX);
	gfx_destroy(g);
}

static void t_wrap_breaks_where_people_do(void)
{
	static const struct {
		const char *text;
		int w;
		const char *lines; /* with | between */
	} table[] = {
	        {"", 100, ""},
	        {"one", 400, "one"},
	        {"one two", 50, "one |two"},
	        {"one\n\ntwo\n", 400, "one\n|\n|two\n|"},
	        {"well-known", 80, "well-|known"},
	};
	struct gfx *g = open_gfx();

	CHECK(g);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const uint32_t *start;
		size_t len = strlen(table[i].text), n;
		char got[200] = "";
		gfx_begin(g);
		n = gfx_wrap(g, GFX_BODY, table[i].text, len, table[i].w, &start);
		CHECK(n >= 1 && start[0] == 0 && start[n] == len);
		for (size_t k = 0; k < n; k++) {
			strncat(got, table[i].text + start[k], start[k + 1] - start[k]);
			if (k + 1 < n)
				strcat(got, "|");
		}
		CHECK_STR(got, table[i].lines);
		gfx_end(g);
	}
	gfx_destroy(g);
}

/* Every word stays on its line's width, whatever the text. */
static void t_wrap_lines_fit(void)
{
	struct gfx *g = open_gfx();
	const uint32_t *start;
	const char *text =
	        "Sleeping at a relative\xE2\x80\x99s twice a week; more frightened than in "
	        "October. "
	        "aVeryLongWordWithoutAnyPlaceToBreakItAtAllBecauseItIsARegistrationNumber end";
	size_t len = strlen(text), n;

	CHECK(g);
	gfx_begin(g);
	n = gfx_wrap(g, GFX_BODY, text, len, 180, &start);
	CHECK(n > 4);
	for (size_t i = 0; i < n; i++) {
		size_t k = start[i + 1];
		while (k > start[i] && text[k - 1] == ' ')
			k--;
		CHECK(gfx_measure(g, GFX_BODY, text + start[i], k - start[i]) <= 182);
		CHECK(((uint8_t)text[start[i]] & 0xc0) != 0x80); /* never inside a character */
	}
	gfx_end(g);
	gfx_destroy(g);
}

static void t_every_icon_draws(void)
{
	struct gfx *g = open_gfx();
	size_t n, icons = 0;
	const struct asset *a = asset_all(&n);

	CHECK(g);
	for (size_t i = 0; i < n; i++) {
		char name[32];
		const struct mask *m;
		int ink = 0;
		if (strncmp(a[i].name, "icons/", 6) != 0 || strlen(a[i].name) > 30 ||
		        !strstr(a[i].name, ".svg"))
			continue;
		snprintf(name, sizeof(name), "%s", a[i].name + 6);
		*strstr(name, ".svg") = 0;
		m = gfx_icon_mask(g, name, 26);
		CHECK(m);
		for (int k = 0; k < m->w * m->h; k++)
			ink += m->a[k];
		CHECK(ink > 26 * 255); /* something is there */
		icons++;
	}
	CHECK(icons > 60);
	CHECK(!gfx_icon_mask(g, "nothing-of-this-name", 26));
	CHECK(!gfx_icon_mask(g, "../fonts/x", 26));
	gfx_destroy(g);
}

static void t_contrast_table_holds(void)
{
	/* look/tokens.md section 2, ratio times 10 for light, dark, high contrast; 0 = not stated
	 * there */
	static const struct {
		enum gfx_colour a, b;
		int want[3], least;
	} pairs[] = {
	        {GFX_TEXT, GFX_GROUND, {152, 151, 210}, 45},
	        {GFX_TEXT, GFX_PANEL, {169, 136, 210}, 45},
	        {GFX_TEXT, GFX_SUNK, {135, 118, 210}, 45},
	        {GFX_TEXT2, GFX_GROUND, {71, 86, 210}, 45},
	        {GFX_TEXT2, GFX_PANEL, {78, 78, 210}, 45},
	        {GFX_TEXT2, GFX_SUNK, {63, 67, 210}, 45},
	        {GFX_TEXT2, GFX_HELD, {63, 83, 210}, 45},
	        {GFX_ACCENT, GFX_PANEL, {76, 85, 156}, 45},
	        {GFX_ACCENT, GFX_GROUND, {69, 93, 156}, 45},
	        {GFX_ON_ACCENT, GFX_ACCENT, {77, 86, 156}, 45},
	        {GFX_ON_ACCENT, GFX_ACCENT_PRESS, {107, 105, 210}, 45},
	        {GFX_ON_SOFT, GFX_SOFT, {87, 86, 156}, 45},
	        {GFX_ACCENT, GFX_SOFT, {62, 62, 156}, 45},
	        {GFX_TEXT2, GFX_SOFT, {64, 57, 210}, 45},
	        {GFX_ON_RAIL, GFX_RAIL, {105, 122, 210}, 45},
	        {GFX_ON_RAIL_SEL, GFX_RAIL_SEL, {106, 86, 156}, 45},
	        {GFX_ON_INK, GFX_INK, {172, 151, 210}, 45},
	        {GFX_LATE, GFX_PANEL, {79, 83, 122}, 45},
	        {GFX_LATE, GFX_LATE_SOFT, {65, 75, 122}, 45},
	        {GFX_WARN, GFX_PANEL, {73, 99, 156}, 45},
	        {GFX_WARN, GFX_WARN_SOFT, {63, 82, 156}, 45},
	        {GFX_TEXT, GFX_KEY, {117, 98, 210}, 45},
	        {GFX_EDGE, GFX_PANEL, {42, 41, 210}, 30},
	        {GFX_EDGE, GFX_GROUND, {37, 46, 210}, 30},
	        {GFX_ACCENT, GFX_SUNK, {61, 73, 156}, 30},
	        {GFX_LATE, GFX_SUNK, {63, 71, 122}, 30},
	        {GFX_FOCUS_IN, GFX_PANEL, {169, 0, 0}, 0},
	        {GFX_FOCUS_OUT, GFX_PANEL, {0, 125, 156}, 0},
	        {GFX_ON_RISK_PALE, GFX_RISK_STANDARD, {137, 137, 137}, 45},
	        {GFX_ON_RISK_PALE, GFX_RISK_MEDIUM, {92, 92, 92}, 45},
	        {GFX_ON_RISK_DARK, GFX_RISK_HIGH, {54, 54, 54}, 45},
	        {GFX_ON_RISK_DARK, GFX_RISK_VERY_HIGH, {137, 137, 137}, 45},
	};

	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		for (int t = 0; t < 3; t++) {
			int got = gfx_contrast_x10(gfx_rgb((enum gfx_theme)t, pairs[i].a),
			        gfx_rgb((enum gfx_theme)t, pairs[i].b));
			if (!pairs[i].want[t])
				continue;
			CHECK(got >= pairs[i].least);
			CHECK(got - pairs[i].want[t] <= 1 && pairs[i].want[t] - got <= 1);
		}
	}
}

static void t_png_is_whole_and_the_same(void)
{
	struct gfx *g = open_gfx();
	struct buf a, b;

	CHECK(g);
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	ground(g);
	gfx_text(g, 10, 10, GFX_BODY, GFX_TEXT, "Avery", 5);
	gfx_end(g);
	gfx_png(g, &a);
	gfx_png(g, &b);
	CHECK_ERR(buf_err(&a), ERR_OK);
	CHECK(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	CHECK(a.len > 320 * 200 * 3 && memcmp(a.data + a.len - 8, "IEND\xAE\x42\x60\x82", 8) == 0);
	buf_finish(&a);
	buf_finish(&b);
	gfx_destroy(g);
}

static const struct test tests[] = {
        T(t_fill_stays_inside_clip),
        T(t_corners_are_round_and_symmetric),
        T(t_only_changed_cells_are_painted),
        T(t_damage_equals_full_redraw),
        T(t_text_is_cached_and_compared_whole),
        T(t_cache_stays_bounded),
        T(t_wipe_leaves_no_run_and_no_pixel),
        T(t_secret_run_goes_with_its_frame),
        T(t_missing_glyphs_are_seen),
        T(t_endless_line_stays_bounded),
        T(t_wrap_breaks_where_people_do),
        T(t_wrap_lines_fit),
        T(t_every_icon_draws),
        T(t_contrast_table_holds),
        T(t_png_is_whole_and_the_same),
};

TEST_MAIN(tests)
