#include "ui_int.h"
#include <stdio.h>
#include <string.h>

#define HOLD_MS 1000

/* ---- buttons ------------------------------------------------------------------------------- */

struct look {
	enum gfx_colour fill, edge, words;
	int stroke2;
	bool filled;
};

static struct look look_of(const struct ui *ui, enum ui_kind k, bool off, bool pressed)
{
	int thin = ui_stroke2(ui);
	struct look l = {GFX_PANEL, GFX_EDGE, GFX_TEXT, thin, true};

	if (off)
		return (struct look){GFX_PANEL, GFX_HAIR, GFX_DISABLED, thin, false};
	switch (k) {
	case UI_NORMAL:
		break;
	case UI_PRIMARY:
		l = (struct look){GFX_ACCENT, GFX_ACCENT, GFX_ON_ACCENT, 2, true};
		break;
	case UI_CHOSEN:
		l = (struct look){GFX_SOFT, GFX_ACCENT, GFX_ON_SOFT, 4, true};
		break;
	case UI_DESTRUCTIVE:
		l = (struct look){GFX_PANEL, GFX_LATE, GFX_LATE, thin, true};
		break;
	case UI_ASKED:
		l = (struct look){GFX_PANEL, GFX_ACCENT, GFX_ON_SOFT, 4, true};
		break;
	case UI_ON_DARK:
		l = (struct look){GFX_RAIL, GFX_ON_RAIL, GFX_ON_RAIL, thin, true};
		break;
	case UI_ON_DARK_PRIMARY:
		l = (struct look){GFX_RAIL_SEL, GFX_RAIL_SEL, GFX_ON_RAIL_SEL, 2, true};
		break;
	case UI_ON_INK:
		l = (struct look){GFX_ON_INK, GFX_ON_INK, GFX_INK, 2, true};
		break;
	case UI_LINK:
		l = (struct look){GFX_PANEL, GFX_PANEL, GFX_ACCENT, 0, false};
		break;
	case UI_BARE:
		l = (struct look){GFX_PANEL, GFX_PANEL, GFX_TEXT, 0, false};
		break;
	}
	if (pressed) {
		l.fill = GFX_ACCENT_PRESS;
		l.words = GFX_ON_ACCENT;
		l.filled = true;
		if (k == UI_PRIMARY || k == UI_LINK || k == UI_BARE)
			l.edge = GFX_ACCENT_PRESS;
	}
	return l;
}

static void draw_look(struct ui *ui, struct gfx_rect r, const struct look *l)
{
	int radius = ui_px(ui, 8);

	if (l->filled && l->fill == l->edge)
		gfx_round(ui->g, r, radius, l->fill);
	else if (l->filled)
		gfx_box(ui->g, r, radius, l->fill, l->stroke2, l->edge);
	else if (l->stroke2)
		gfx_ring(ui->g, r, radius, l->stroke2, l->edge);
}

static int button_pad(const struct ui *ui, bool primary)
{
	return ui->m.layout == UI_SMALL ? 14 : ui_px(ui, primary ? 24 : 20);
}

int ui_button_w(struct ui *ui, const char *icon, const char *label, bool primary)
{
	int w = gfx_text_w(ui->g, GFX_BODY_B, label, strlen(label)) + 2 * button_pad(ui, primary);

	if (icon && *icon)
		w += ui_px(ui, 26) + ui_px(ui, 12);
	return w;
}

/* Icon and words in the middle; two lines when one is too narrow and two fit. */
static void words(
        struct ui *ui, struct gfx_rect r, const char *icon, const char *label, enum gfx_colour c)
{
	int text = gfx_text_w(ui->g, GFX_BODY_B, label, strlen(label)), size = ui_px(ui, 26),
	    gap = ui_px(ui, 12);
	int has = icon && *icon ? size + gap : 0, line = gfx_line_h(ui->g, GFX_BODY_B), room, x;
	bool after = icon && strcmp(icon, "forward") == 0;
	struct gfx_rect t;

	room = r.w - has - 12;
	if (text > room && r.h >= 2 * line + 4 && room > size) {
		text = room;
		t = (struct gfx_rect){
		        r.x + 6 + (after ? 0 : has), r.y + (r.h - 2 * line) / 2, room, 2 * line};
		ui_wrap_draw(ui, t, GFX_BODY_B, c, UI_CENTRE, label, 2, true);
	} else {
		if (text > r.w - has - 4)
			text = r.w - has - 4;
		x = r.x + (r.w - text - has) / 2 + (after ? 0 : has);
		t = (struct gfx_rect){x, r.y, text, r.h};
		ui_text_draw(ui, t, GFX_BODY_B, c, UI_LEFT, label, false, true);
	}
	if (has)
		ui_icon(ui, (struct gfx_rect){after ? t.x + text + gap : t.x - has, r.y, size, r.h},
		        icon, size, c);
}

bool ui_button(struct ui *ui, struct gfx_rect r, enum ui_kind k, const char *icon,
        const char *label, bool off)
{
	bool hit = ui_hit(ui, r, UI_ROLE_BUTTON, label,
	        (off ? UI_OFF : 0) | (k == UI_CHOSEN ? UI_CHOSEN_FLAG : 0));
	struct look l = look_of(ui, k, off, ui_pressed(ui));

	draw_look(ui, r, &l);
	words(ui, r, icon, label, l.words);
	return hit;
}

bool ui_square(struct ui *ui, struct gfx_rect r, enum ui_kind k, const char *icon, const char *name,
        bool off)
{
	bool hit = ui_hit(ui, r, UI_ROLE_BUTTON, name,
	        (off ? UI_OFF : 0) | (k == UI_CHOSEN ? UI_CHOSEN_FLAG : 0));
	struct look l = look_of(ui, k, off, ui_pressed(ui));

	draw_look(ui, r, &l);
	ui_icon(ui, r, icon, ui_px(ui, 26), l.words);
	return hit;
}

bool ui_hold(struct ui *ui, struct gfx_rect r, const char *icon, const char *label, bool off)
{
	uint64_t id;
	bool full = false, pressed;
	int64_t ms = 0;
	struct look l;

	ui_hit(ui, r, UI_ROLE_BUTTON, label, off ? UI_OFF : 0);
	id = ui->node[ui->last_hit].id;
	ui->node[ui->last_hit].hold = true;
	pressed = ui_pressed(ui) && !ui->gest.fired;
	l = look_of(ui, UI_PRIMARY, off, false);
	draw_look(ui, r, &l);
	if (pressed)
		ms = ui->frame_ms - ui->gest.down_ms;
	else if (!off && ui->focus_id == id && ui->hold_key_last_ms &&
	         ui->frame_ms - ui->hold_key_last_ms < 700)
		ms = ui->hold_key_last_ms - ui->hold_key_ms;
	if (ui->hold_key == id && !off)
		full = true;
	if (pressed && ms >= HOLD_MS) {
		full = true;
		ui->gest.fired = true;
	}
	if (ms > 0 && !full) {
		int w = (int)((int64_t)r.w * ms / HOLD_MS), line = r.w - 2 * ui_px(ui, 21);
		gfx_push_clip(ui->g, (struct gfx_rect){r.x, r.y, w, r.h});
		gfx_round(ui->g, r, ui_px(ui, 8), GFX_ACCENT_PRESS);
		gfx_pop_clip(ui->g);
		gfx_round(ui->g,
		        (struct gfx_rect){r.x + ui_px(ui, 21), r.y + r.h - ui_px(ui, 14),
		                (int)((int64_t)line * ms / HOLD_MS), 4},
		        2, GFX_ON_ACCENT);
	}
	if ((pressed || ms > 0) && !full)
		ui_wake_in(ui, 100);
	words(ui, r, icon, label, l.words);
	return full;
}

enum ui_grip ui_grip(struct ui *ui, struct gfx_rect r, const char *name, int *ret_dy)
{
	/* part of its row: it reaches as far as the row does */
	bool hit = ui_hit(ui, r, UI_ROLE_ROW, name, UI_DRAGGED | UI_COMPOSITE);
	uint64_t id = ui->node[ui->last_hit].id;
	const struct gesture *g = &ui->gest;
	bool held = g->active && g->drags && g->node == id;
	int w = ui_px(ui, 24), gap = ui_px(ui, 7), y = r.y + r.h / 2 - gap - 1;

	*ret_dy = 0;
	for (int i = 0; i < 3; i++)
		gfx_fill(ui->g, (struct gfx_rect){r.x + (r.w - w) / 2, y + i * gap, w, 3},
		        held ? GFX_ACCENT : GFX_TEXT2);
	if (ui->dropped == id) {
		*ret_dy = ui->drop_dy;
		return UI_GRIP_DROPPED;
	}
	if (held && !g->armed) {
		*ret_dy = g->y - g->y0;
		return UI_GRIP_HELD;
	}
	return hit ? UI_GRIP_TOUCHED : UI_GRIP_REST;
}

/* ---- one of several ------------------------------------------------------------------------ */

#define CELLS_MAX 12

static bool cells(struct ui *ui, struct gfx_rect r, enum ui_role role, const char *const *labels,
        int n, const int *edge, int *chosen, int brown, enum gfx_type plain, enum gfx_type bold)
{
	int radius = ui_px(ui, 8);
	bool changed = false;

	gfx_box(ui->g, r, radius, GFX_PANEL, ui_stroke2(ui), GFX_EDGE);
	for (int i = 0; i < n; i++) {
		struct gfx_rect c = {r.x + edge[i], r.y, edge[i + 1] - edge[i], r.h};
		bool on = *chosen == i, pressed;
		enum gfx_colour words = GFX_TEXT;
		if (ui_hit(ui, c, role, labels[i], UI_COMPOSITE | (on ? UI_CHOSEN_FLAG : 0)) &&
		        !on) {
			*chosen = i;
			changed = on = true;
		}
		pressed = ui_pressed(ui);
		if (pressed || on) {
			enum gfx_colour fill = pressed      ? GFX_ACCENT_PRESS
			                       : i == brown ? GFX_KEY
			                                    : GFX_ACCENT;
			gfx_push_clip(ui->g, c);
			if (!pressed && i == brown)
				gfx_box(ui->g, r, radius, fill, 4, GFX_TEXT);
			else
				gfx_round(ui->g, r, radius, fill);
			gfx_pop_clip(ui->g);
			if (!pressed && i == brown) {
				gfx_fill(ui->g, (struct gfx_rect){c.x, c.y, 2, c.h}, GFX_TEXT);
				if (i < n - 1)
					gfx_fill(ui->g,
					        (struct gfx_rect){c.x + c.w - 2, c.y, 2, c.h},
					        GFX_TEXT);
			}
			words = pressed || i != brown ? GFX_ON_ACCENT : GFX_TEXT;
		} else if (i > 0 && *chosen != i - 1) {
			gfx_fill(ui->g,
			        (struct gfx_rect){c.x, c.y + 1, ui_stroke2(ui) / 2, c.h - 2},
			        GFX_EDGE);
		}
		ui_text_draw(ui, ui_inset(c, 4, 0), on ? bold : plain, words, UI_CENTRE, labels[i],
		        false, true);
	}
	if (changed)
		ui_again(ui);
	return changed;
}

static int cell_text_w(struct ui *ui, const char *s, enum gfx_type plain, enum gfx_type bold)
{
	int a = gfx_text_w(ui->g, plain, s, strlen(s)), b = gfx_text_w(ui->g, bold, s, strlen(s));

	return a > b ? a : b;
}

bool ui_segment(struct ui *ui, struct gfx_rect r, const char *name, const char *const *labels,
        int n, int *chosen, int brown)
{
	enum gfx_type plain = GFX_BODY, bold = GFX_BODY_B;
	int edge[CELLS_MAX + 1], total = 0, w[CELLS_MAX], spare, x = 0;
	bool changed;

	if (n < 1 || n > CELLS_MAX)
		return false;
	for (int pass = 0; pass < 3; pass++) {
		total = 0;
		for (int i = 0; i < n; i++)
			total += w[i] = cell_text_w(ui, labels[i], plain, bold);
		if (total + n * 24 <= r.w)
			break;
		if (pass == 1 && total + n * 8 <= r.w)
			break;
		plain = pass ? GFX_MICRO : GFX_CAPTION;
		bold = pass ? GFX_MICRO_B : GFX_CAPTION_B;
	}
	ui_note(ui, r, UI_ROLE_CHOICE, name, *chosen >= 0 && *chosen < n ? labels[*chosen] : "");
	ui->node[ui->n_node - 1].group = true;
	spare = r.w - total;
	for (int i = 0; i < n; i++) {
		edge[i] = x + spare * i / n;
		x += w[i];
	}
	edge[n] = r.w;
	ui_push_id(ui, (int64_t)(ui_id_of(ui, UI_ROLE_CHOICE, name) >> 1));
	changed = cells(ui, r, UI_ROLE_CHOICE, labels, n, edge, chosen, brown, plain, bold);
	ui_pop_id(ui);
	return changed;
}

bool ui_tabs(struct ui *ui, struct gfx_rect r, const char *const *labels, int n, int *chosen)
{
	int edge[CELLS_MAX + 1];
	enum gfx_type plain = GFX_BODY, bold = GFX_BODY_B;

	if (n < 1 || n > CELLS_MAX)
		return false;
	for (int i = 0; i <= n; i++)
		edge[i] = i * r.w / n;
	for (int i = 0; i < n; i++) {
		if (cell_text_w(ui, labels[i], GFX_BODY, GFX_BODY_B) > r.w / n - 12) {
			plain = GFX_CAPTION;
			bold = GFX_CAPTION_B;
		}
	}
	return cells(ui, r, UI_ROLE_TAB, labels, n, edge, chosen, -1, plain, bold);
}

static bool value_box(struct ui *ui, struct gfx_rect r, const char *name, const char *above,
        const char *value, bool chosen, bool outlined)
{
	bool hit = ui_hit(ui, r, UI_ROLE_CHOICE, name, chosen ? UI_CHOSEN_FLAG : 0),
	     pressed = ui_pressed(ui);
	struct look l = look_of(ui, chosen ? UI_CHOSEN : UI_NORMAL, false, pressed);
	int pad = ui_px(ui, 14), size = ui_px(ui, 22), line = gfx_line_h(ui->g, GFX_BODY), small;
	struct gfx_rect in = {r.x + pad, r.y, r.w - 3 * pad - size, r.h};

	if (*value && strcmp(name, value) != 0)
		ui->node[ui->last_hit].value = ui_str_add(ui, value, strlen(value));
	if (outlined)
		draw_look(ui, r, &l);
	else if (pressed || chosen)
		ui_fill(ui, r, l.fill);
	ui_icon(ui, (struct gfx_rect){r.x + r.w - pad - size, r.y, size, r.h}, "down", size,
	        l.words);
	if (!above || !*above) {
		ui_text_draw(ui, in, chosen ? GFX_BODY_B : GFX_BODY, l.words, UI_LEFT, value, true,
		        true);
		return hit;
	}
	small = gfx_line_h(ui->g, GFX_CAPTION);
	in.y = r.y + (r.h - small - line + 4) / 2;
	in.h = small;
	ui_text_draw(ui, in, GFX_CAPTION,
	        pressed  ? l.words
	        : chosen ? GFX_ON_SOFT
	                 : GFX_TEXT2,
	        UI_LEFT, above, false, true);
	in.y += small - 4;
	in.h = line;
	ui_text_draw(ui, in, GFX_BODY_B, l.words, UI_LEFT, value, true, true);
	return hit;
}

bool ui_value(struct ui *ui, struct gfx_rect r, const char *label, const char *value, bool chosen)
{
	bool one = !label || !*label;

	return value_box(ui, r, one ? value : label, one ? NULL : label, value, chosen, one);
}

bool ui_labelled_value(
        struct ui *ui, struct gfx_rect r, const char *label, const char *value, bool chosen)
{
	struct gfx_rect top = ui_cut_top(&r, gfx_line_h(ui->g, GFX_CAPTION));

	ui_text_draw(ui, top, GFX_CAPTION, GFX_TEXT2, UI_LEFT, label, false, true);
	ui_cut_top(&r, 4);
	return value_box(ui, r, label, NULL, value, chosen, true);
}

bool ui_check_box(struct ui *ui, struct gfx_rect r, const char *label, bool *on)
{
	int size = ui_px(ui, 22), x = r.x + 4, gap = ui_px(ui, 10);
	struct gfx_rect box = {x, r.y + (r.h - size) / 2, size, size};
	bool hit = ui_hit(ui, r, UI_ROLE_CHOICE, label, *on ? UI_CHOSEN_FLAG : 0), pressed;

	if (hit) {
		*on = !*on;
		ui->node[ui->last_hit].flags = *on ? UI_CHOSEN_FLAG : 0;
		ui_again(ui);
	}
	pressed = ui_pressed(ui);
	gfx_box(ui->g, box, 5,
	        pressed ? GFX_ACCENT_PRESS
	        : *on   ? GFX_ACCENT
	                : GFX_PANEL,
	        4, GFX_ACCENT);
	if (*on)
		ui_icon(ui, box, "check", size - 4, GFX_ON_ACCENT);
	ui_text_draw(ui, (struct gfx_rect){x + size + gap, r.y, r.w - size - gap - 4, r.h},
	        GFX_CAPTION, GFX_TEXT2, UI_LEFT, label, false, true);
	return hit;
}

/* ---- panels, rows -------------------------------------------------------------------------- */

struct gfx_rect ui_panel(struct ui *ui, struct gfx_rect r)
{
	int s = ui_stroke2(ui) / 2, radius = ui_px(ui, 10);
	struct gfx_rect in = ui_inset(r, s, s);

	gfx_box(ui->g, r, radius, GFX_PANEL, 2 * s, GFX_HAIR);
	if (ui->n_panel == PANELS) {
		memmove(ui->panel, ui->panel + 1, sizeof(ui->panel) - sizeof(ui->panel[0]));
		ui->n_panel--;
	}
	ui->panel[ui->n_panel].r = in;
	ui->panel[ui->n_panel++].radius = radius - s;
	return in;
}

void ui_panel_head(struct ui *ui, struct gfx_rect *inside, const char *icon, const char *title,
        const char *count)
{
	int pad = ui->m.layout == UI_SMALL ? 13 : ui_px(ui, 16), size = ui_px(ui, 26), w = 0;
	struct gfx_rect r = ui_cut_top(inside, ui_px(ui, 52)), t;

	ui_note(ui, r, UI_ROLE_HEADING, title, count);
	ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	r.h--;
	t = ui_inset(r, pad, 0);
	if (icon && *icon) {
		ui_icon(ui, ui_cut_left(&t, size), icon, size, GFX_TEXT);
		ui_cut_left(&t, ui_px(ui, 10));
	}
	if (count && *count) {
		w = gfx_text_w(ui->g, GFX_CAPTION, count, strlen(count));
		ui_text_draw(ui, ui_cut_right(&t, w), GFX_CAPTION, GFX_TEXT2, UI_RIGHT, count,
		        false, true);
		ui_cut_right(&t, ui_px(ui, 8));
	}
	ui_text_draw(ui, t, GFX_BODY_B, GFX_TEXT, UI_LEFT, title, false, true);
}

/* True when r ends where the panel around it ends: no line is drawn there. */
static bool ends_panel(const struct ui *ui, struct gfx_rect r)
{
	for (size_t i = ui->n_panel; i-- > 0;) {
		struct gfx_rect p = ui->panel[i].r;
		if (r.x >= p.x && r.x + r.w <= p.x + p.w && r.y >= p.y && r.y < p.y + p.h)
			return r.y + r.h >= p.y + p.h - 1;
	}
	return false;
}

bool ui_row(struct ui *ui, struct gfx_rect r, const char *icon, const char *title,
        const char *second, bool opens, bool chosen)
{
	return ui_row_room(ui, r, icon, title, second, opens, chosen, 0);
}

bool ui_row_room(struct ui *ui, struct gfx_rect r, const char *icon, const char *title,
        const char *second, bool opens, bool chosen, int room)
{
	bool hit = ui_hit(ui, r, UI_ROLE_ROW, title, chosen ? UI_CHOSEN_FLAG : 0),
	     pressed = ui_pressed(ui);
	int pad = ui->m.layout == UI_SMALL ? 13 : ui_px(ui, 16), tile = ui_px(ui, 48),
	    size = ui_px(ui, 26);
	int line = gfx_line_h(ui->g, GFX_BODY), small = gfx_line_h(ui->g, GFX_CAPTION);
	enum gfx_colour c = pressed ? GFX_ON_ACCENT : chosen ? GFX_ON_SOFT : GFX_TEXT;
	enum gfx_colour c2 = pressed ? GFX_ON_ACCENT : chosen ? GFX_ON_SOFT : GFX_TEXT2;
	struct gfx_rect t = ui_inset(r, pad, 0), l;
	int lines;

	if (second && *second)
		ui->node[ui->last_hit].value = ui_str_add(ui, second, strlen(second));
	if (pressed || chosen)
		ui_fill(ui, r, pressed ? GFX_ACCENT_PRESS : GFX_SOFT);
	if (!ends_panel(ui, r))
		ui_hairline(ui, (struct gfx_rect){r.x, r.y + r.h - 1, r.w, 1});
	if (icon && *icon) {
		l = ui_cut_left(&t, tile);
		if (tile > r.h - 4)
			ui_icon(ui, l, icon, size, c);
		else
			ui_tile(ui, (struct gfx_rect){l.x, l.y + (l.h - tile) / 2, tile, tile},
			        icon, NULL, false);
		ui_cut_left(&t, ui_px(ui, 12));
	}
	if (opens || chosen) {
		l = ui_cut_right(&t, size);
		ui_icon(ui, l, opens ? "forward" : "check", size, c);
		ui_cut_right(&t, ui_px(ui, 8));
	}
	ui_cut_right(&t, room);
	if (ui_text_w(ui, GFX_BODY_B, title) > t.w) {
		lines = ui_wrap_h(ui, t.w, GFX_CAPTION_B, title, 2);
		if (!second || !*second || lines + small > r.h)
			second = NULL; /* the title comes first; the tree has both */
		t.y = r.y + (r.h - lines - (second ? small : 0)) / 2;
		t.h = lines;
		ui_wrap_draw(ui, t, GFX_CAPTION_B, c, UI_LEFT, title, 2, true);
		t.y += lines;
		t.h = small;
		if (second)
			ui_text_draw(ui, t, GFX_CAPTION, c2, UI_LEFT, second, true, true);
	} else if (second && *second) {
		t.y = r.y + (r.h - line - small) / 2;
		t.h = line;
		ui_text_draw(ui, t, GFX_BODY_B, c, UI_LEFT, title, false, true);
		t.y += line;
		t.h = small;
		ui_text_draw(ui, t, GFX_CAPTION, c2, UI_LEFT, second, true, true);
	} else {
		ui_text_draw(ui, t, GFX_BODY_B, c, UI_LEFT, title, false, true);
	}
	return hit;
}

void ui_empty(
        struct ui *ui, struct gfx_rect r, const char *icon, const char *title, const char *sentence)
{
	int size = ui_px(ui, 36), line = gfx_line_h(ui->g, GFX_BODY_B), gap = ui_px(ui, 12);
	int text = ui_wrap_h(ui, r.w - 2 * gap, GFX_CAPTION, sentence, 0), y;
	int has = icon && *icon ? size + gap : 0;

	y = r.y + (r.h - has - line - ui_px(ui, 8) - text) / 2;
	if (y < r.y)
		y = r.y;
	ui_icon(ui, (struct gfx_rect){r.x, y, r.w, size}, icon, size, GFX_TEXT);
	y += has;
	ui_label(ui, (struct gfx_rect){r.x + gap, y, r.w - 2 * gap, line}, GFX_BODY_B, GFX_TEXT,
	        UI_CENTRE, title);
	y += line + ui_px(ui, 8);
	ui_wrap_draw(ui, (struct gfx_rect){r.x + gap, y, r.w - 2 * gap, text}, GFX_CAPTION,
	        GFX_TEXT2, UI_CENTRE, sentence, 0, false);
}

void ui_held(struct ui *ui, struct gfx_rect r, const char *title, const char *rest)
{
	int size = ui_px(ui, 26), pad = ui_px(ui, 20), gap = ui_px(ui, 12), x = r.x + pad,
	    h = r.h - 4, w, total;

	w = gfx_text_w(ui->g, GFX_BODY_B, title, strlen(title));
	total = size + gap + w +
	        (rest && *rest ? gap + gfx_text_w(ui->g, GFX_BODY, rest, strlen(rest)) : 0);
	if (h > gfx_line_h(ui->g, GFX_BODY) + 10)
		h = gfx_line_h(ui->g, GFX_BODY) + 10;
	ui_hatch_box(ui, r, ui_px(ui, 8), 14);
	gfx_fill(ui->g, (struct gfx_rect){x - gap + 2, r.y + (r.h - h) / 2, total + 2 * gap - 4, h},
	        GFX_HELD);
	ui_icon(ui, (struct gfx_rect){x, r.y, size, r.h}, "lock", size, GFX_TEXT);
	x += size + gap;
	ui_label(ui, (struct gfx_rect){x, r.y, w, r.h}, GFX_BODY_B, GFX_TEXT, UI_LEFT, title);
	x += w + gap;
	if (rest && *rest)
		ui_label(ui, (struct gfx_rect){x, r.y, r.x + r.w - x - 4, r.h}, GFX_BODY, GFX_TEXT2,
		        UI_LEFT, rest);
}

/* ---- tags, badges, tiles, bars ------------------------------------------------------------- */

int ui_tag_w(struct ui *ui, const char *icon, const char *text)
{
	int w = gfx_text_w(ui->g, GFX_CAPTION_B, text, strlen(text)) + 2 * ui_px(ui, 10);

	return icon && *icon ? w + ui_px(ui, 20) + ui_px(ui, 6) : w;
}

int ui_tag(struct ui *ui, int x, int y, enum ui_tag t, const char *icon, const char *text)
{
	static const struct {
		enum gfx_colour fill, words;
	} c[] = {
	        [UI_TAG_PLAIN] = {GFX_SUNK, GFX_TEXT},
	        [UI_TAG_LATE] = {GFX_LATE_SOFT, GFX_LATE},
	        [UI_TAG_WARN] = {GFX_WARN_SOFT, GFX_WARN},
	        [UI_TAG_DONE] = {GFX_SOFT, GFX_ON_SOFT},
	        [UI_TAG_EDGE] = {GFX_PANEL, GFX_TEXT},
	};
	int w = ui_tag_w(ui, icon, text), pad = ui_px(ui, 10), size = ui_px(ui, 20);
	struct gfx_rect r = {x, y, w, ui_px(ui, 32)}, in = ui_inset(r, pad, 0);

	ui_note(ui, r, UI_ROLE_STATUS, text, NULL);
	if (t == UI_TAG_EDGE || ui->config.theme == GFX_CONTRAST)
		gfx_box(ui->g, r, ui_px(ui, 6), c[t].fill, ui_stroke2(ui), GFX_EDGE);
	else
		gfx_round(ui->g, r, ui_px(ui, 6), c[t].fill);
	if (icon && *icon) {
		ui_icon(ui, ui_cut_left(&in, size), icon, size, c[t].words);
		ui_cut_left(&in, ui_px(ui, 6));
	}
	ui_text_draw(ui, in, GFX_CAPTION_B, c[t].words, UI_LEFT, text, false, true);
	return w;
}

static const struct {
	const char *word, *icon;
	enum gfx_colour fill, words;
} risks[] = {
        {"Standard", "risk-standard", GFX_RISK_STANDARD, GFX_ON_RISK_PALE},
        {"Medium", "risk-medium", GFX_RISK_MEDIUM, GFX_ON_RISK_PALE},
        {"High", "risk-high", GFX_RISK_HIGH, GFX_ON_RISK_DARK},
        {"Very high", "risk-very-high", GFX_RISK_VERY_HIGH, GFX_ON_RISK_DARK},
};

int ui_risk_badge_w(struct ui *ui, enum ui_risk band, bool header)
{
	(void)header;
	if (band < UI_RISK_STANDARD || band > UI_RISK_VERY_HIGH)
		return 0;
	return gfx_text_w(ui->g, GFX_CAPTION_B, risks[band].word, strlen(risks[band].word)) +
	       ui_px(ui, 20) + ui_px(ui, 8) + 2 * ui_px(ui, 12);
}

int ui_risk_badge(struct ui *ui, int x, int y, enum ui_risk band, bool header)
{
	int w = ui_risk_badge_w(ui, band, header), size = ui_px(ui, 20), pad = ui_px(ui, 12);
	struct gfx_rect r = {x, y, w, ui_px(ui, header ? 44 : 36)}, in = ui_inset(r, pad, 0);

	if (!w)
		return 0;
	ui_note(ui, r, UI_ROLE_STATUS, risks[band].word, "risk");
	gfx_box(ui->g, r, ui_px(ui, 6), risks[band].fill, ui->config.theme == GFX_CONTRAST ? 4 : 3,
	        GFX_TEXT);
	ui_icon(ui, ui_cut_left(&in, size), risks[band].icon, size, risks[band].words);
	ui_cut_left(&in, ui_px(ui, 8));
	ui_text_draw(
	        ui, in, GFX_CAPTION_B, risks[band].words, UI_LEFT, risks[band].word, false, true);
	return w;
}

void ui_tile(struct ui *ui, struct gfx_rect r, const char *icon, const char *code, bool accent)
{
	enum gfx_colour words = accent ? GFX_ON_ACCENT : GFX_TEXT;

	if (ui->config.theme == GFX_CONTRAST && !accent)
		gfx_box(ui->g, r, ui_px(ui, 8), GFX_SUNK, 4, GFX_EDGE);
	else
		gfx_round(ui->g, r, ui_px(ui, 8), accent ? GFX_ACCENT : GFX_SUNK);
	if (icon && *icon)
		ui_icon(ui, r, icon, ui_px(ui, 26), words);
	else if (code)
		ui_text_draw(ui, r, GFX_MICRO_B, words, UI_CENTRE, code, false, true);
}

void ui_bar(struct ui *ui, struct gfx_rect r, int done, int total, enum gfx_colour c)
{
	int w = total > 0 ? (int)((int64_t)r.w *
	                            (done < 0              ? 0
	                                    : done > total ? total
	                                                   : done) /
	                            total)
	                  : 0;

	if (ui->config.theme == GFX_CONTRAST)
		gfx_box(ui->g, r, r.h / 2, GFX_SUNK, 2, GFX_EDGE);
	else
		gfx_round(ui->g, r, r.h / 2, GFX_SUNK);
	if (w > 0)
		gfx_round(ui->g, (struct gfx_rect){r.x, r.y, w < r.h ? r.h : w, r.h}, r.h / 2, c);
}

void ui_timer(struct ui *ui, struct gfx_rect r, int elapsed_s, int planned_s)
{
	char clock[24], note[40];
	int left = planned_s - elapsed_s, size = ui_px(ui, 24), track = ui_px(ui, 10), w;
	bool over = planned_s > 0 && left<0, near = planned_s> 0 && !over && left <= 120;
	enum gfx_colour c = over ? GFX_LATE : near ? GFX_WARN : GFX_ACCENT;
	struct gfx_rect top = r, t;

	snprintf(clock, sizeof(clock), "%02d:%02d", elapsed_s / 60, elapsed_s % 60);
	if (over)
		snprintf(note, sizeof(note), "over by %d:%02d", -left / 60, -left % 60);
	else if (near && left > 60)
		snprintf(note, sizeof(note), "%d:%02d left", left / 60, left % 60);
	else if (near)
		snprintf(note, sizeof(note), "%d second%s left", left, left == 1 ? "" : "s");
	else if (planned_s > 0)
		snprintf(note, sizeof(note), "of %d min", planned_s / 60);
	else
		note[0] = 0;
	ui_note(ui, r, UI_ROLE_STATUS, "Timer", clock);
	if (r.h >= ui_px(ui, 40) && planned_s > 0) {
		ui_bar(ui, (struct gfx_rect){r.x, r.y + r.h - track, r.w, track}, elapsed_s,
		        planned_s, c);
		top.h = r.h - track - 4;
	}
	t = top;
	ui_icon(ui, ui_cut_left(&t, size), "timer", size, over ? GFX_LATE : GFX_TEXT);
	ui_cut_left(&t, ui_px(ui, 9));
	w = gfx_text_w(ui->g, GFX_TITLE, clock, strlen(clock));
	ui_text_draw(ui, ui_cut_left(&t, w), GFX_TITLE, over ? GFX_LATE : GFX_TEXT, UI_LEFT, clock,
	        false, true);
	ui_cut_left(&t, 8);
	if (note[0]) {
		enum gfx_type type = over || near ? GFX_CAPTION_B : GFX_CAPTION;
		if (gfx_text_w(ui->g, type, note, strlen(note)) <= t.w) {
			ui->node[ui->n_node - 1].cut = false;
			ui_text_draw(ui, t, type, over || near ? c : GFX_TEXT2, UI_RIGHT, note,
			        false, false);
		}
	}
}

bool ui_undo_bar(struct ui *ui, struct gfx_rect r, const char *text, int left_ms, int total_ms)
{
	int size = ui_px(ui, 26), w = ui_button_w(ui, "undo", "Undo", false),
	    edge = (r.h - ui_px(ui, 60)) / 2, x;
	struct gfx_rect b, t;
	char left[16];
	bool hit;

	if (edge < 4) /* a low bar: the button keeps its target */
		edge = (r.h - ui->m.target) / 2;
	edge = edge < 2 ? 2 : edge;
	gfx_round(ui->g, r, ui_px(ui, 8), GFX_INK);
	b = (struct gfx_rect){r.x + r.w - edge - 2 - w, r.y + edge, w, r.h - 2 * edge};
	hit = ui_button(ui, b, UI_ON_INK, "undo", "Undo", false);
	ui_icon(ui, (struct gfx_rect){r.x + ui_px(ui, 20), r.y, size, r.h}, "done", size,
	        GFX_ON_INK);
	x = r.x + ui_px(ui, 64);
	t = (struct gfx_rect){x, r.y, b.x - ui_px(ui, 16) - x, r.h};
	if (total_ms > 0) {
		int track = t.w - ui_px(ui, 58), done = (int)((int64_t)track * left_ms / total_ms);
		snprintf(left, sizeof(left), "%d s", (left_ms + 999) / 1000);
		ui_text_draw(ui, ui_cut_right(&t, ui_px(ui, 50)), GFX_CAPTION, GFX_ON_INK, UI_RIGHT,
		        left, false, true);
		gfx_fill(ui->g, (struct gfx_rect){x, r.y + r.h - 12, track, 3}, GFX_EDGE);
		gfx_fill(ui->g, (struct gfx_rect){x, r.y + r.h - 12, done, 3}, GFX_ON_INK);
		ui_cut_right(&t, 8);
		if (left_ms > 0)
			ui_wake_in(ui, 100);
	}
	/* What was done is never cut: it is set smaller, then in two lines. */
	x = ui_wrap_h(ui, t.w, GFX_CAPTION, text, 2);
	if (ui_text_w(ui, GFX_BODY, text) <= t.w) {
		ui_label(ui, t, GFX_BODY, GFX_ON_INK, UI_LEFT, text);
	} else if (ui_text_w(ui, GFX_CAPTION, text) <= t.w) {
		ui_label(ui, t, GFX_CAPTION, GFX_ON_INK, UI_LEFT, text);
	} else {
		t.y += (t.h - x) / 2 - (r.h < 2 * x ? 5 : 0);
		t.h = x;
		ui_wrap(ui, t, GFX_CAPTION, GFX_ON_INK, text, 2);
	}
	return hit;
}
