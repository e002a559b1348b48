#include "ui_int.h"
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* ---- measures ------------------------------------------------------------------------------ */

static int at_least(int a, int b)
{
	return a > b ? a : b;
}

int ui_px(const struct ui *ui, int base_px)
{
	return (base_px * ui->m.rem + 10) / 21;
}

int ui_mm(const struct ui *ui, int mm_x10)
{
	return ui->config.px_per_mm_x10 * mm_x10 / 100;
}

/* look/tokens.md section 1: a profile sets rem, u and target; all else follows. */
static void measure(struct ui *ui)
{
	struct ui_config *c = &ui->config;
	struct ui_metrics *m = &ui->m;

	if (!c->px_per_mm_x10)
		c->px_per_mm_x10 = c->w <= 1024 ? 52 : c->w <= 1366 ? 59 : 36;
	*m = (struct ui_metrics){.w = c->w, .h = c->h, .u = 4};
	m->layout = c->px_per_mm_x10 <= 20         ? UI_WALL
	            : c->w < 1024 || c->large_text ? UI_SMALL
	                                           : UI_BASE;
	if (c->large_text) {
		/* capitals of 0.7 degrees: 6.1 mm at half a metre (EN 301 549 section 5.1.4), as
		 * far as the panel goes */
		m->rem = c->px_per_mm_x10 * 61 * 10 / 714;
		if (m->rem > c->w / 20)
			m->rem = c->w / 20;
		m->rem = at_least(m->rem, 21);
	} else {
		m->rem = m->layout == UI_WALL ? 33 : m->layout == UI_SMALL ? 20 : 21;
	}
	if (m->layout == UI_WALL)
		m->u = 6;
	gfx_set_rem(ui->g, m->rem);
	if (m->layout == UI_SMALL && !c->large_text) {
		m->target = 54;
		m->primary = 57;
		m->row = 54;
		m->row2 = 59;
		m->margin = 12;
		m->gap = 10;
		m->rail_w = 76;
		m->header_h = 57;
		m->bar_h = 69;
		m->pager_w = 68;
		ui->key_h = 53;
		ui->key_gap = 5;
	} else if (m->layout == UI_SMALL) {
		int line = gfx_line_h(ui->g, GFX_BODY);
		m->target = at_least(60, line + 12);
		m->primary = m->target + 8;
		m->row = m->target + 4;
		m->row2 = line + gfx_line_h(ui->g, GFX_CAPTION) + 12;
		m->margin = 12;
		m->gap = 12;
		m->rail_w = at_least(76, gfx_px(ui->g, GFX_MICRO) * 9 / 2);
		m->header_h = line + gfx_line_h(ui->g, GFX_CAPTION) + 8;
		m->bar_h = m->primary + 12;
		m->pager_w = m->target;
		ui->key_h = at_least(60, gfx_line_h(ui->g, GFX_TITLE_R) + 4);
		ui->key_gap = 5;
	} else {
		m->target = m->layout == UI_WALL    ? at_least(32, ui_px(ui, 28) + 12)
		            : c->px_per_mm_x10 < 50 ? 40
		                                    : 60;
		m->primary = m->layout == UI_WALL ? ui_px(ui, 60) : 72;
		m->row = ui_px(ui, 60);
		m->row2 = ui_px(ui, 72);
		m->margin = 6 * m->u;
		m->gap = 4 * m->u;
		m->rail_w = ui_px(ui, 96);
		m->header_h = ui_px(ui, 76);
		m->bar_h = m->primary + 5 * m->u;
		m->pager_w = ui_px(ui, 88);
		ui->key_h = ui_px(ui, 60);
		ui->key_gap = ui_px(ui, 6);
	}
	ui->kb_h = 4 * ui->key_h + 3 * ui->key_gap + (m->layout == UI_SMALL ? 13 : 17);
}

const struct ui_metrics *ui_m(const struct ui *ui)
{
	return &ui->m;
}

int ui_stroke2(const struct ui *ui)
{
	return ui->config.theme == GFX_CONTRAST ? 4 : 2;
}

/* ---- rectangles ---------------------------------------------------------------------------- */

static int bound(int v, int most)
{
	return v < 0 ? 0 : v > most ? most : v;
}

struct gfx_rect ui_cut_top(struct gfx_rect *r, int h)
{
	struct gfx_rect c = *r;

	c.h = bound(h, r->h);
	r->y += c.h;
	r->h -= c.h;
	return c;
}

struct gfx_rect ui_cut_bottom(struct gfx_rect *r, int h)
{
	struct gfx_rect c = *r;

	c.h = bound(h, r->h);
	c.y = r->y + r->h - c.h;
	r->h -= c.h;
	return c;
}

struct gfx_rect ui_cut_left(struct gfx_rect *r, int w)
{
	struct gfx_rect c = *r;

	c.w = bound(w, r->w);
	r->x += c.w;
	r->w -= c.w;
	return c;
}

struct gfx_rect ui_cut_right(struct gfx_rect *r, int w)
{
	struct gfx_rect c = *r;

	c.w = bound(w, r->w);
	c.x = r->x + r->w - c.w;
	r->w -= c.w;
	return c;
}

struct gfx_rect ui_inset(struct gfx_rect r, int dx, int dy)
{
	r.x += dx;
	r.y += dy;
	r.w = r.w > 2 * dx ? r.w - 2 * dx : 0;
	r.h = r.h > 2 * dy ? r.h - 2 * dy : 0;
	return r;
}

struct gfx_rect ui_column(struct gfx_rect r, int i, int n, int gap)
{
	int x0, x1;

	if (n < 1)
		return r;
	x0 = i * (r.w + gap) / n;
	x1 = (i + 1) * (r.w + gap) / n - gap;
	return (struct gfx_rect){r.x + x0, r.y, x1 - x0, r.h};
}

struct gfx_rect ui_line(struct gfx_rect r, int i, int n, int gap)
{
	int y0, y1;

	if (n < 1)
		return r;
	y0 = i * (r.h + gap) / n;
	y1 = (i + 1) * (r.h + gap) / n - gap;
	return (struct gfx_rect){r.x, r.y + y0, r.w, y1 - y0};
}

bool ui_contains(struct gfx_rect r, int x, int y)
{
	return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

/* ---- life ---------------------------------------------------------------------------------- */

enum err ui_create(const struct ui_config *c, struct ui **ret)
{
	struct ui *ui = calloc(1, sizeof(*ui));
	enum err e = ERR_NOMEM;

	if (!ui)
		return ERR_NOMEM;
	ui->config = *c;
	ui->cap_node = 512;
	ui->cap_str = 32768;
	ui->node = calloc(ui->cap_node, sizeof(*ui->node));
	ui->str = calloc(1, ui->cap_str);
	ui->n_str = 1; /* offset 0 is "" */
	ui->wake_ms = INT64_MAX;
	if (!ui->node || !ui->str)
		goto out;
	e = gfx_create(c->w, c->h, &ui->g);
	if (e)
		goto out;
	gfx_set_theme(ui->g, c->theme);
	measure(ui);
	ui->frame_ms = ui->before_ms = time_mono_ms();
	*ret = ui;
	return ERR_OK;
out:
	ui_destroy(ui);
	return e;
}

/* In tests: every frame that was painted keeps the rules of the panel. */
static void check_frame(struct ui *ui)
{
	struct buf b;
	buf_init(&b, 1u << 20);
	ui->check_failures += ui_check(ui, &b);
	if (!ui->check_first[0])
		snprintf(ui->check_first, sizeof(ui->check_first), "%.*s",
		        (int)strcspn(buf_str(&b), "\n"), buf_str(&b));
	buf_finish(&b);
}

void ui_destroy(struct ui *ui)
{
	if (!ui)
		return;
	gfx_destroy(ui->g);
	if (ui->str)
		wipe(ui->str, ui->cap_str);
	free(ui->str);
	free(ui->node);
	wipe(ui, sizeof(*ui));
	free(ui);
}

enum err ui_resize(struct ui *ui, int w, int h, int px_per_mm_x10)
{
	enum err e = gfx_resize(ui->g, w, h);

	if (e)
		return e;
	ui->config.w = w;
	ui->config.h = h;
	ui->config.px_per_mm_x10 = px_per_mm_x10;
	ui_gesture_drop(ui);
	ui->n_node = ui->n_scroller = 0;
	measure(ui);
	return ERR_OK;
}

void ui_set_theme(struct ui *ui, enum gfx_theme theme, bool large_text)
{
	ui->config.theme = theme;
	ui->config.large_text = large_text;
	gfx_set_theme(ui->g, theme);
	measure(ui);
	if (ui->building)
		ui->again = true;
}

void ui_wipe(struct ui *ui)
{
	gfx_wipe(ui->g);
	wipe(ui->str, ui->cap_str);
	ui->n_str = 1;
	ui->no_icon = 0;
	ui->n_node = ui->n_scroller = 0;
	wipe(ui->queue, sizeof(ui->queue));
	ui->q_first = ui->q_n = 0;
	wipe(ui->op, sizeof(ui->op));
	ui->n_op = ui->op_before = 0;
	ui_undo_wipe(ui);
	ui_gesture_drop(ui);
	ui->focus = NULL;
	ui->focus_id = 0;
	ui->keys.edit = NULL;
	ui->keys.id = 0;
	ui->activated = 0;
	ui->key = UI_KEY_NONE;
	ui->osk.shift = ui->osk.marks = 0;
	ui->osk.symbols = false;
	if (ui->building)
		ui->again = true; /* what was drawn in this build is gone */
}

/* ---- ids, strings, nodes ------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ (h >> 31);
}

static uint64_t scope_of(const struct ui *ui)
{
	return ui->n_id ? ui->id_stack[ui->n_id - 1] : UINT64_C(0x6361736572);
}

uint64_t ui_id_of(const struct ui *ui, enum ui_role role, const char *label)
{
	uint64_t h = mix(scope_of(ui), (uint64_t)role + 1);

	for (; *label; label++)
		h = (h ^ (uint8_t)*label) * UINT64_C(0x100000001b3);
	return mix(h, 7) | 1; /* never 0 */
}

void ui_push_id(struct ui *ui, int64_t id)
{
	if (ui->n_id == ID_DEPTH)
		abort();
	ui->id_stack[ui->n_id] = mix(scope_of(ui) + 1, (uint64_t)id);
	ui->n_id++;
}

void ui_pop_id(struct ui *ui)
{
	if (!ui->n_id)
		abort();
	ui->n_id--;
}

/* `len` zero bytes and one more; never 0. */
uint32_t ui_str_room(struct ui *ui, size_t len)
{
	size_t at = ui->n_str;

	if (at + len + 1 > ui->cap_str) {
		size_t cap = (ui->cap_str + len) * 2;
		char *p = calloc(1, cap);
		if (!p)
			abort();
		memcpy(p, ui->str, at);
		wipe(ui->str, ui->cap_str);
		free(ui->str);
		ui->str = p;
		ui->cap_str = cap;
	}
	memset(ui->str + at, 0, len + 1);
	ui->n_str = at + len + 1;
	return (uint32_t)at;
}

uint32_t ui_str_add(struct ui *ui, const char *s, size_t len)
{
	uint32_t at;

	if (!len)
		return 0;
	at = ui_str_room(ui, len);
	memcpy(ui->str + at, s, len);
	return at;
}

struct node *ui_node_add(struct ui *ui, struct gfx_rect r, enum ui_role role, const char *label)
{
	struct node *n;

	if (ui->n_node == ui->cap_node) {
		n = realloc(ui->node, 2 * ui->cap_node * sizeof(*n));
		if (!n)
			abort();
		ui->node = n;
		ui->cap_node *= 2;
	}
	n = &ui->node[ui->n_node++];
	*n = (struct node){
	        .scope = scope_of(ui),
	        .r = r,
	        .seen = gfx_intersect(r, gfx_clip(ui->g)),
	        .label = label ? ui_str_add(ui, label, strlen(label)) : 0,
	        .cmd = (uint32_t)gfx_command_count(ui->g),
	        .scroller = ui->in_scroller,
	        .role = (uint8_t)role,
	};
	return n;
}

const struct node *ui_node_find(const struct ui *ui, uint64_t id)
{
	for (size_t i = ui->n_node; id && i-- > 0;)
		if (ui->node[i].id == id)
			return &ui->node[i];
	return NULL;
}

bool ui_hit(struct ui *ui, struct gfx_rect r, enum ui_role role, const char *label, unsigned flags)
{
	uint64_t id = ui_id_of(ui, role, label);
	struct node *n = ui_node_add(ui, r, role, label);

	n->id = id;
	n->hit = true;
	n->flags = flags;
	ui->last_hit = ui->n_node - 1;
	return ui->activated == id && !(flags & UI_OFF);
}

static const struct node *last(const struct ui *ui)
{
	return ui->last_hit < ui->n_node ? &ui->node[ui->last_hit] : NULL;
}

bool ui_pressed(const struct ui *ui)
{
	const struct node *n = last(ui);

	return n && ui->gest.active && ui->gest.armed && ui->gest.inside &&
	       ui->gest.node == n->id && !(n->flags & UI_OFF);
}

bool ui_focused(const struct ui *ui)
{
	const struct node *n = last(ui);

	return n && ui->focus_id == n->id && (ui->keyboard_nav || ui->focus);
}

void ui_note(
        struct ui *ui, struct gfx_rect r, enum ui_role role, const char *label, const char *value)
{
	struct node *n = ui_node_add(ui, r, role, label);

	if (value)
		n->value = ui_str_add(ui, value, strlen(value));
	n->group = role == UI_ROLE_PANEL || role == UI_ROLE_LIST;
}

void ui_cover_all(struct ui *ui)
{
	ui->n_node = 0;
	ui->n_scroller = 0;
	ui->n_panel = 0;
	ui->last_hit = SIZE_MAX;
}

/* ---- the frame ----------------------------------------------------------------------------- */

void ui_again(struct ui *ui)
{
	ui->again = true;
}

void ui_wake_in(struct ui *ui, int ms)
{
	int64_t at = ui->frame_ms + (ms > 0 ? ms : 0);

	if (at < ui->wake_ms)
		ui->wake_ms = at;
}

int ui_wait_ms(const struct ui *ui)
{
	int64_t left;

	if (ui->q_n)
		return 0;
	if (ui->wake_ms == INT64_MAX)
		return -1;
	left = ui->wake_ms - time_mono_ms();
	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static void frame_begin(struct ui *ui)
{
	wipe(ui->str, ui->n_str);
	ui->n_str = 1;
	ui->n_node = ui->n_scroller = ui->n_panel = 0;
	ui->last_hit = SIZE_MAX;
	ui->in_scroller = -1;
	ui->n_id = 0;
	ui->again = false;
	ui->wake_ms = INT64_MAX;
	ui->submitted = NULL;
	ui->op_before = ui->n_op;
	ui->op_taken = false;
	ui->focus_unseen++;
	ui->no_icon = 0;
	gfx_begin(ui->g);
}

static void ring(struct ui *ui, uint64_t id)
{
	const struct node *n = ui_node_find(ui, id);
	struct gfx_rect r;
	int radius = ui_px(ui, 8);

	if (!n || !n->seen.w)
		return;
	r = n->seen;
	gfx_ring(ui->g, (struct gfx_rect){r.x - 3, r.y - 3, r.w + 6, r.h + 6}, radius + 2, 6,
	        GFX_FOCUS_IN);
	gfx_ring(ui->g, (struct gfx_rect){r.x - 6, r.y - 6, r.w + 12, r.h + 12}, radius + 5, 6,
	        GFX_FOCUS_OUT);
}

static void frame_end(struct ui *ui)
{
	if (ui->n_id)
		abort();                         /* a push without its pop */
	if (ui->focus && ui->focus_unseen > 2) { /* its field is gone: never follow the pointer */
		ui->focus = NULL;
		ui->focus_id = 0;
		ui_undo_clear(ui);
		ui->again = true; /* the keyboard goes down with it */
	}
	if (!ui->op_taken && ui->op_before) {
		size_t left = ui->n_op - ui->op_before;
		memmove(ui->op, ui->op + ui->op_before, left * sizeof(ui->op[0]));
		wipe(ui->op + left, ui->op_before * sizeof(ui->op[0]));
		ui->n_op = left;
	}
	if (ui->n_op)
		ui->again = true;
	if (ui->gest.active && ui->gest.armed && !ui_node_find(ui, ui->gest.node))
		ui->gest.armed = false; /* what was touched is gone */
	if (ui->keyboard_nav || ui->focus)
		ring(ui, ui->focus_id);
	if (ui->keys.edit && ui->keys.id != ui->focus_id)
		ring(ui, ui->keys.id);
}

bool ui_turn(struct ui *ui, ui_build_fn *build, void *ctx)
{
	int64_t now = time_mono_ms();
	bool changed;

	ui->before_ms = ui->frame_ms;
	ui->frame_ms = now;
	ui->dt_ms = now - ui->before_ms > 100 ? 100
	            : now < ui->before_ms     ? 0
	                                      : (int)(now - ui->before_ms);
	do {
		int pass = 0;
		ui_take_events(ui);
		do {
			frame_begin(ui);
			ui->building = true;
			build(ctx, ui);
			ui->building = false;
			frame_end(ui);
			ui->activated = 0;
			ui->dropped = 0;
			ui->hold_key = 0;
			ui->key = UI_KEY_NONE;
			if (ui->scroll_req.id && ++ui->scroll_req.age > 2)
				ui->scroll_req.id = 0; /* its list is gone */
			ui->dt_ms = 0;
			if (ui->refocus) {
				int step = ui->refocus;
				ui->refocus = 0;
				ui_focus_move(ui, step);
				ui->again = true;
			}
		} while (ui->again && ++pass < 4);
	} while (ui->q_n);
	if (ui->again) /* still changing after three: the next turn goes on */
		ui_wake_in(ui, 0);
	changed = gfx_end(ui->g);
	if (ui->config.checks && changed)
		check_frame(ui);
	return changed;
}

const struct gfx_rect *ui_damage(const struct ui *ui, size_t *ret_n)
{
	return gfx_damage(ui->g, ret_n);
}

const void *ui_pixels(const struct ui *ui, int *ret_pitch)
{
	int w, h;
	const uint32_t *p = gfx_pixels(ui->g, &w, &h);

	*ret_pitch = w * 4;
	return p;
}
