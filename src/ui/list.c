#include "ui_int.h"
#include <stdio.h>
#include <string.h>

#define DECAY_MS 325
#define STOP_PX_S 20

struct scroller *ui_scroller_add(struct ui *ui, uint64_t id, struct gfx_rect r)
{
	static struct scroller spare;
	struct scroller *s = ui->n_scroller < SCROLLERS ? &ui->scroller[ui->n_scroller++] : &spare;

	*s = (struct scroller){.id = id, .r = r, .page = r.h};
	return s;
}

/* Applies what the gesture asked for, then the throw, by time and not by frame. */
void ui_scroll_step(struct ui *ui, struct scroller *rec, struct ui_scroll *s, int content)
{
	int most = content > rec->page ? content - rec->page : 0;

	if (ui->scroll_req.id == rec->id) {
		s->offset += ui->scroll_req.dy;
		if (ui->scroll_req.stop)
			s->velocity_px_s = 0;
		if (ui->scroll_req.thrown) {
			s->velocity_px_s = ui->scroll_req.throw_v;
			ui->scroll_frac = 0;
		}
		ui->scroll_req.id = 0;
	} else if (s->velocity_px_s) {
		/* thousandths of px/s, kept over frames so that their length does not matter */
		int64_t v = ui->scroll_v / 1000 == s->velocity_px_s
		                    ? ui->scroll_v
		                    : (int64_t)s->velocity_px_s * 1000;
		for (int i = 0; i < ui->dt_ms; i++) {
			ui->scroll_frac += (int)(v / 1000);
			v -= v / DECAY_MS;
		}
		s->offset += ui->scroll_frac / 1000;
		ui->scroll_frac %= 1000;
		s->velocity_px_s = (int)(v / 1000);
		ui->scroll_v = v;
	}
	if (s->offset > most || s->offset < 0) {
		s->offset = s->offset < 0 ? 0 : most;
		s->velocity_px_s = 0;
	}
	if (s->velocity_px_s < STOP_PX_S && s->velocity_px_s > -STOP_PX_S)
		s->velocity_px_s = 0;
	if (s->velocity_px_s)
		ui_wake_in(ui, 16);
	rec->offset = s->offset;
	rec->content = content;
	rec->moving = s->velocity_px_s != 0;
}

static int row_h(const struct ui_list *l, size_t i)
{
	return l->heights ? l->heights[i] : l->row_h;
}

static bool inside_panel(const struct ui *ui, struct gfx_rect r)
{
	for (size_t i = ui->n_panel; i-- > 0;) {
		struct gfx_rect p = ui->panel[i].r;
		if (r.x >= p.x && r.y >= p.y && r.x + r.w <= p.x + p.w && r.y + r.h <= p.y + p.h)
			return true;
	}
	return false;
}

/* Moves a list by dy px in the next build that has it. */
void ui_scroll_ask(struct ui *ui, uint64_t id, int dy)
{
	ui->scroll_req.id = id;
	ui->scroll_req.dy = dy;
	ui->scroll_req.stop = true;
	ui->scroll_req.thrown = false;
	ui->scroll_req.age = 0;
	if (ui->building)
		ui_again(ui);
}

/* The least a page button may measure. */
static int touch(const struct ui *ui)
{
	int mm = ui_mm(ui, ui->m.layout == UI_WALL ? 200 : 100) + 1;

	return mm > ui->m.target ? mm : ui->m.target;
}

void ui_list_begin(struct ui *ui, struct ui_list *l, struct gfx_rect r, const char *name,
        struct ui_scroll *s, size_t n, int row_px, const int *heights)
{
	uint64_t id = ui_id_of(ui, UI_ROLE_LIST, name);
	int content = 0, border;
	struct scroller *rec;
	bool own = !inside_panel(ui, r), y_first;
	char range[40];

	*l = (struct ui_list){
	        .n = n, .row_h = row_px, .heights = heights, .scroll = s, .name = name};
	if (heights)
		for (size_t i = 0; i < n; i++)
			content += heights[i];
	else
		content = (int)n * row_px;
	border = own && ui->m.layout != UI_SMALL ? ui_stroke2(ui) / 2 : 0;
	if (content > r.h - 2 * border && ui->m.layout != UI_SMALL) {
		/* Inside a panel the page buttons are as small as may be; where two do not fit, a
		 * bar. */
		bool fits = r.h >= 2 * touch(ui) + ui_mm(ui, 20) + 1;
		/* "88-88" must stand in it, whatever a finger needs */
		const char *range_w = n < 100 ? "88\xE2\x80\x93"
		                                "88"
		                              : "888\xE2\x80\x93"
		                                "888";
		int narrow = ui_text_w(ui, GFX_CAPTION, range_w) + 4;
		narrow = narrow > touch(ui) ? narrow : touch(ui);
		l->pager = ui_cut_right(&r, !fits ? 16 : own ? ui->m.pager_w : narrow);
		ui_cut_right(&r, own ? ui->m.gap : 4);
	}
	if (own && ui->m.layout == UI_SMALL)
		gfx_fill(ui->g, r, GFX_PANEL);
	else if (own)
		r = ui_panel(ui, r);
	l->view = r;
	rec = ui_scroller_add(ui, id, r);
	ui_scroll_step(ui, rec, s, content);

	/* The first row that is at all in view; rows of one height need no walk. */
	l->y = r.y - s->offset;
	if (!heights && row_px > 0) {
		l->next = (size_t)(s->offset / row_px);
		l->y += (int)l->next * row_px;
	} else {
		while (l->next < n && l->y + row_h(l, l->next) <= r.y)
			l->y += row_h(l, l->next++);
	}
	l->first_y = l->y;
	y_first = l->next < n && l->y >= r.y;
	l->first_seen = y_first ? l->next : l->next + 1;
	l->last_seen = l->next;
	for (int y = l->y; l->last_seen < n && y + row_h(l, l->last_seen) <= r.y + r.h;
	        l->last_seen++)
		y += row_h(l, l->last_seen);
	if (l->first_seen >= l->last_seen && l->next < n) { /* one row higher than the view */
		l->first_seen = l->next;
		l->last_seen = l->next + 1;
	}
	ui_note(ui, r, UI_ROLE_LIST, name, ui_list_range(l, range));
	ui->in_scroller = ui->n_scroller ? (int16_t)(ui->n_scroller - 1) : -1;
	gfx_push_clip(ui->g, r);
}

bool ui_list_next(struct ui *ui, struct ui_list *l, size_t *ret_i, struct gfx_rect *ret_row)
{
	if (l->next >= l->n || l->y >= l->view.y + l->view.h)
		return false;
	(void)ui;
	*ret_i = l->next;
	*ret_row = (struct gfx_rect){l->view.x, l->y, l->view.w, row_h(l, l->next)};
	l->y += row_h(l, l->next++);
	return true;
}

char *ui_list_range(const struct ui_list *l, char out[40])
{
	out[0] = 0;
	if (l->n)
		snprintf(out, 40, "%zu\xE2\x80\x93%zu of %zu", l->first_seen + 1, l->last_seen,
		        l->n);
	return out;
}

static const struct scroller *of_name(const struct ui *ui, const char *name)
{
	uint64_t id = ui_id_of(ui, UI_ROLE_LIST, name);

	for (size_t i = 0; i < ui->n_scroller; i++)
		if (ui->scroller[i].id == id)
			return &ui->scroller[i];
	return NULL;
}

/* A full page less one row. */
static int page_step(const struct scroller *s, int row)
{
	int step = s->page - (row > 0 ? row : s->page / 8);

	return step < 1 ? s->page : step;
}

static void pages(
        struct ui *ui, struct gfx_rect up, struct gfx_rect down, const struct scroller *s, int row)
{
	uint64_t id = s->id;
	int step = page_step(s, row), left = s->content - s->page - s->offset;
	bool top = s->offset <= 0, end = left <= 0;

	ui_push_id(ui, (int64_t)(id >> 1));
	if (ui_square(ui, up, UI_NORMAL, "up", "Page up", top))
		ui_scroll_ask(ui, id, -step);
	if (ui_square(ui, down, UI_NORMAL, "down", "Page down", end))
		ui_scroll_ask(ui, id, step);
	ui_pop_id(ui);
}

void ui_list_pages(struct ui *ui, struct gfx_rect up, struct gfx_rect down, const char *name)
{
	const struct scroller *s = of_name(ui, name);

	if (s)
		pages(ui, up, down, s, 0);
}

static void scroll_bar(struct ui *ui, struct gfx_rect p, const struct scroller *s)
{
	int bar = p.w < ui_px(ui, 12) ? p.w : ui_px(ui, 12), thumb, y;
	struct gfx_rect track = {p.x + (p.w - bar) / 2, p.y, bar, p.h};

	if (p.h < 3 * bar || s->content <= s->page)
		return;
	gfx_round(ui->g, track, bar / 2, GFX_SUNK);
	thumb = (int)((int64_t)track.h * s->page / s->content);
	thumb = thumb < 2 * bar ? 2 * bar : thumb;
	y = (int)((int64_t)(track.h - thumb) * s->offset / (s->content - s->page));
	gfx_round(ui->g, (struct gfx_rect){track.x, track.y + y, bar, thumb}, bar / 2, GFX_EDGE);
}

void ui_list_end(struct ui *ui, struct ui_list *l)
{
	const struct scroller *s = of_name(ui, l->name);
	int bh = ui_px(ui, 72), text = 2 * gfx_line_h(ui->g, GFX_CAPTION);
	struct gfx_rect p = l->pager, up, down;
	char range[40], lines[40], *of;

	gfx_pop_clip(ui->g);
	ui->in_scroller = -1;
	if (!p.w || !s)
		return;
	if (p.w < touch(ui)) {
		scroll_bar(ui, (struct gfx_rect){p.x, p.y + 4, p.w - 4, p.h - 8}, s);
		return;
	}
	if (2 * bh + 12 > p.h)
		bh = (p.h - ui_mm(ui, 20) - 1) / 2;
	up = ui_cut_top(&p, bh);
	down = ui_cut_bottom(&p, bh);
	ui_cut_bottom(&p, 8);
	ui_list_range(l, range);
	memcpy(lines, range, sizeof(lines));
	of = strstr(lines, " of ");
	if (of)
		*of = '\n';
	if (p.h >= text) {
		struct gfx_rect t = ui_cut_bottom(&p, text);
		ui_wrap_draw(ui, t, GFX_CAPTION, GFX_TEXT2, UI_CENTRE, lines, 2, true);
		ui_cut_bottom(&p, 12);
	}
	ui_cut_top(&p, 12);
	scroll_bar(ui, p, s);
	pages(ui, up, down, s, l->heights ? 0 : l->row_h);
}
