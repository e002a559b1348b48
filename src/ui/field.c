#include "ui_int.h"
#include <stdio.h>
#include <string.h>

void ui_op_push(struct ui *ui, const struct op *op)
{
	if (ui->n_op < OPS_MAX)
		ui->op[ui->n_op++] = *op;
}

void ui_focus(struct ui *ui, struct ui_edit *e)
{
	if (ui->focus == e)
		return;
	ui_undo_clear(ui);
	ui->focus = e;
	ui->focus_id = 0; /* known when the field is built */
	ui->focus_unseen = 0;
	ui->osk.symbols = false;
	ui->osk.shift = ui->osk.marks = 0;
	if (ui->building)
		ui_again(ui);
}

struct ui_edit *ui_focused_edit(const struct ui *ui)
{
	return ui->focus;
}

bool ui_submitted(const struct ui *ui, const struct ui_edit *e)
{
	return e && ui->submitted == e;
}

bool ui_key_hit(const struct ui *ui, enum ui_key key)
{
	return ui->key == key && key != UI_KEY_NONE;
}

/* Text inside the field: its rectangle and where the caret stands. */
struct layout {
	struct gfx_rect in;
	int line, dot;
	bool lines, dots;
};

static struct layout layout_of(const struct ui *ui, struct gfx_rect r, unsigned flags)
{
	struct layout l = {.line = gfx_line_h(ui->g, GFX_BODY), .dot = ui_px(ui, 13)};
	int pad = ui->m.layout == UI_SMALL ? 14 : ui_px(ui, 16);

	l.lines = (flags & UI_FIELD_LINES) && !(flags & UI_FIELD_SECRET);
	l.dots = (flags & UI_FIELD_SECRET) && !(flags & UI_FIELD_SHOW);
	int top = !l.lines                ? 0
	          : r.h < 2 * l.line + 8  ? (r.h - l.line) / 2 /* one line, in the middle */
	          : r.h < 2 * l.line + 20 ? (r.h - 2 * l.line) / 2
	                                  : ui_px(ui, 12);
	l.in = ui_inset(r, pad, top);
	return l;
}

/* Touch to caret. */
static size_t caret_at(struct ui *ui, const struct ui_edit *e, const struct layout *l, int x, int y)
{
	const uint32_t *start;
	size_t n, i, end, at;
	int half = gfx_px(ui->g, GFX_BODY) / 4;

	if (l->dots) {
		int count = (x - l->in.x + e->scroll + l->dot / 2) / l->dot;
		for (at = 0; count > 0 && at < e->len; count--)
			at = utf8_next(e->text, e->len, at);
		return at;
	}
	if (!l->lines)
		return gfx_fit(ui->g, GFX_BODY, e->text, e->len, x - l->in.x + e->scroll + half);
	n = gfx_wrap(ui->g, GFX_BODY, e->text, e->len, l->in.w, &start);
	i = y - l->in.y + e->scroll < 0 ? 0 : (size_t)((y - l->in.y + e->scroll) / l->line);
	if (i >= n)
		return e->len;
	end = start[i + 1];
	if (i + 1 < n && end > start[i])
		end = utf8_prev(e->text, e->len, end);
	return start[i] +
	       gfx_fit(ui->g, GFX_BODY, e->text + start[i], end - start[i], x - l->in.x + half);
}

static void caret(struct ui *ui, int x, int y, int h)
{
	gfx_fill(ui->g, (struct gfx_rect){x, y + 1, 2, h - 2}, GFX_TEXT);
}

static void draw_dots(struct ui *ui, struct ui_edit *e, const struct layout *l, bool focused)
{
	size_t n = utf8_count(e->text, e->len);
	int at = (int)utf8_count(e->text, e->caret) * l->dot, r2 = ui_px(ui, 5),
	    cy2 = 2 * l->in.y + l->in.h;

	if (at - e->scroll > l->in.w - 4)
		e->scroll = at - l->in.w + 4;
	if (at < e->scroll)
		e->scroll = at;
	for (size_t i = 0; i < n; i++) {
		int x = l->in.x + (int)i * l->dot - e->scroll;
		if (x > l->in.x - l->dot && x < l->in.x + l->in.w)
			gfx_disc(ui->g, 2 * x + l->dot - 3, cy2, r2, GFX_TEXT);
	}
	if (focused)
		caret(ui, l->in.x + at - e->scroll, l->in.y + l->in.h / 2 - l->line / 2 - 2,
		        l->line + 4);
}

static void draw_line(
        struct ui *ui, struct ui_edit *e, const struct layout *l, unsigned flags, bool focused)
{
	int top = l->in.y + (l->in.h - l->line) / 2;
	int at = focused ? gfx_measure(ui->g, GFX_BODY, e->text, e->caret) : 0;

	if (focused && at - e->scroll > l->in.w - 3)
		e->scroll = at - l->in.w + 3;
	if (focused && at < e->scroll)
		e->scroll = at;
	if (!focused || e->scroll < 0)
		e->scroll = 0;
	if (focused && e->anchor != e->caret) {
		int other = gfx_measure(ui->g, GFX_BODY, e->text, e->anchor),
		    a = at < other ? at : other;
		gfx_fill(ui->g,
		        (struct gfx_rect){l->in.x + a - e->scroll, top,
		                at < other ? other - at : at - other, l->line},
		        GFX_KEY);
	}
	if (flags & UI_FIELD_SECRET)
		gfx_text_secret(
		        ui->g, l->in.x - e->scroll, top, GFX_BODY, GFX_TEXT, e->text, e->len);
	else
		gfx_text(ui->g, l->in.x - e->scroll, top, GFX_BODY, GFX_TEXT, e->text, e->len);
	if (focused)
		caret(ui, l->in.x + at - e->scroll, top, l->line);
}

static void draw_lines(struct ui *ui, struct ui_edit *e, const struct layout *l, uint64_t id,
        bool focused, bool moved)
{
	const uint32_t *start;
	size_t n = gfx_wrap(ui->g, GFX_BODY, e->text, e->len, l->in.w, &start), at = n - 1;
	int content = (int)n * l->line, most = content > l->in.h ? content - l->in.h : 0;
	size_t from = e->caret < e->anchor ? e->caret : e->anchor,
	       to = e->caret < e->anchor ? e->anchor : e->caret;

	if (most) {
		struct ui_scroll s = {e->scroll, 0};
		struct scroller *rec = ui_scroller_add(ui, id, l->in);
		rec->field = true;
		ui_scroll_step(ui, rec, &s, content);
		rec->moving = false;
		e->scroll = s.offset;
	}
	while (at > 0 && start[at] > e->caret)
		at--;
	if (focused && moved) {
		if ((int)at * l->line < e->scroll)
			e->scroll = (int)at * l->line;
		if ((int)(at + 1) * l->line > e->scroll + l->in.h)
			e->scroll = (int)(at + 1) * l->line - l->in.h;
	}
	if (e->scroll > most)
		e->scroll = most;
	for (size_t i = 0; i < n; i++) {
		int y = l->in.y + (int)i * l->line - e->scroll;
		size_t end = start[i + 1];
		if (y + l->line <= l->in.y || y >= l->in.y + l->in.h)
			continue;
		if (focused && from < to && from < end && to > start[i]) {
			size_t a = from > start[i] ? from : start[i], b = to < end ? to : end;
			int xa = gfx_measure(ui->g, GFX_BODY, e->text + start[i], a - start[i]);
			int xb = gfx_measure(ui->g, GFX_BODY, e->text + start[i], b - start[i]);
			gfx_fill(ui->g, (struct gfx_rect){l->in.x + xa, y, xb - xa, l->line},
			        GFX_KEY);
		}
		while (end > start[i] && (e->text[end - 1] == '\n' || e->text[end - 1] == ' '))
			end--;
		gfx_text(ui->g, l->in.x, y, GFX_BODY, GFX_TEXT, e->text + start[i], end - start[i]);
		if (focused && i == at) {
			int x = gfx_measure(
			        ui->g, GFX_BODY, e->text + start[i], e->caret - start[i]);
			caret(ui, l->in.x + (x > l->in.w - 2 ? l->in.w - 2 : x), y, l->line);
		}
	}
}

/* Takes what was typed. True when the text changed. */
static bool take_ops(struct ui *ui, struct ui_edit *e, unsigned flags, int text_w)
{
	uint64_t before = e->changes;

	for (size_t i = 0; i < ui->n_op; i++) {
		struct op *op = &ui->op[i];
		if (op->kind == OP_TEXT)
			(void)ui_edit_insert(ui, e, op->text, strlen(op->text), flags);
		else if (op->kind == OP_SUBMIT ||
		         (op->key == UI_KEY_ENTER && !(flags & UI_FIELD_LINES)))
			ui->submitted = e;
		else if (op->key == UI_KEY_ENTER)
			(void)ui_edit_insert(ui, e, "\n", 1, flags);
		else
			(void)ui_edit_key(ui, e, op->key, flags, text_w);
	}
	wipe(ui->op, ui->n_op * sizeof(ui->op[0]));
	ui->n_op = 0;
	ui->op_taken = true;
	return e->changes != before;
}

static void word_count(struct ui *ui, struct gfx_rect *in, const struct ui_edit *e)
{
	int n = 0, w;
	char text[24];

	for (size_t i = 0; i < e->len; i++)
		n += e->text[i] != ' ' && (i == 0 || e->text[i - 1] == ' ');
	if (!n)
		return;
	snprintf(text, sizeof(text), "%d word%s", n, n == 1 ? "" : "s");
	w = gfx_text_w(ui->g, GFX_CAPTION, text, strlen(text));
	ui_text_draw(ui, ui_cut_right(in, w), GFX_CAPTION, GFX_TEXT2, UI_RIGHT, text, false, true);
	ui_cut_right(in, ui_px(ui, 10));
}

static void draw_content(struct ui *ui, struct ui_edit *e, struct layout l, uint64_t id,
        unsigned flags, const char *example, bool focused, bool moved)
{
	if (l.dots && !(flags & (UI_FIELD_DIGITS | UI_FIELD_ONE_WORD)))
		word_count(ui, &l.in, e);
	gfx_push_clip(ui->g, (struct gfx_rect){l.in.x - 3, l.in.y, l.in.w + 6, l.in.h});
	if (!e->len && example && !focused) {
		if (l.lines)
			ui_wrap_draw(ui, l.in, GFX_BODY, GFX_TEXT2, UI_LEFT, example, 0, true);
		else
			ui_text_draw(ui, l.in, GFX_BODY, GFX_TEXT2, UI_LEFT, example, true, true);
	} else if (l.dots) {
		draw_dots(ui, e, &l, focused);
	} else if (l.lines) {
		draw_lines(ui, e, &l, id, focused, moved);
	} else {
		draw_line(ui, e, &l, flags, focused);
	}
	gfx_pop_clip(ui->g);
}

bool ui_field(struct ui *ui, struct gfx_rect r, const char *name, struct ui_edit *e, unsigned flags,
        const char *example, bool invalid)
{
	struct layout l = layout_of(ui, r, flags);
	bool touched = ui_hit(ui, r, UI_ROLE_FIELD, name,
	        (invalid ? UI_INVALID : 0) | (flags & UI_FIELD_SECRET ? UI_SECRET : 0));
	struct node *n = &ui->node[ui->last_hit];
	uint64_t id = n->id;
	bool changed = false, moved = touched, active = ui->focus == e || ui->keys.edit == e;

	n->edit = e;
	if (ui->keys.edit == e) {
		ui->keys.id = id;
		ui->keys.text_w = l.in.w;
		changed = ui->keys.changes != e->changes;
		moved = moved || changed || ui->keys.moved;
		ui->keys.changes = e->changes;
		ui->keys.moved = false;
	}
	if (ui->focus == e) {
		ui->focus_id = id;
		moved = moved || ui->focus_unseen != 1;
		ui->focus_unseen = 0;
		ui->focus_flags = flags;
		ui->focus_name = n->label;
		if (ui->n_op) {
			changed |= take_ops(ui, e, flags, l.in.w);
			ui->keys.changes = ui->keys.edit == e ? e->changes : ui->keys.changes;
			moved = true;
		}
	}
	if (touched && e->len && active)
		e->caret = e->anchor = caret_at(ui, e, &l, ui->tap_x, ui->tap_y);
	if (e->len && (flags & UI_FIELD_SECRET)) {
		char dots[32];
		size_t count = utf8_count(e->text, e->len);
		count = count < sizeof(dots) ? count : sizeof(dots) - 1;
		memset(dots, '.', count);
		n->value = ui_str_add(ui, dots, count);
	} else if (e->len) {
		n->value = ui_str_add(ui, e->text, e->len);
	}
	/* The focus ring takes the place of the edge: two dark lines side by side would blur. */
	gfx_box(ui->g, r, ui_px(ui, 8), GFX_PAPER, invalid ? 6 : 4,
	        invalid  ? GFX_LATE
	        : active ? GFX_PAPER
	                 : GFX_EDGE);
	draw_content(ui, e, l, id, flags, example, active, moved);
	if (changed) /* what was built before the field may have asked whether it is empty */
		ui_again(ui);
	return changed;
}

bool ui_labelled_field(struct ui *ui, struct gfx_rect r, const char *name, struct ui_edit *e,
        unsigned flags, const char *example, const char *error)
{
	struct gfx_rect top = ui_cut_top(&r, gfx_line_h(ui->g, GFX_CAPTION));
	int size = ui_px(ui, 22);

	top.y -= 3; /* the focus ring of the field reaches 6 px up, 4 of them are free */
	if (error && *error) {
		ui_icon(ui, ui_cut_left(&top, size), "warning", size, GFX_LATE);
		ui_cut_left(&top, 8);
		ui_label(ui, top, GFX_CAPTION_B, GFX_LATE, UI_LEFT, error);
	} else {
		ui_text_draw(ui, top, GFX_CAPTION, GFX_TEXT2, UI_LEFT, name, false, true);
	}
	ui_cut_top(&r, 4);
	return ui_field(ui, r, name, e, flags, example, error && *error);
}

/* What lies mostly inside r can no longer be touched or told; the rail and Hide stay. */
static void cover(struct ui *ui, struct gfx_rect r)
{
	size_t kept = 0;

	for (size_t i = 0; i < ui->n_node; i++) {
		struct gfx_rect s = ui->node[i].seen;
		bool same = ui->node[i].id == ui->focus_id; /* the sheet shows it instead */
		if (!same && !ui_contains(r, s.x + s.w / 2, s.y + s.h / 2))
			ui->node[kept++] = ui->node[i];
	}
	ui->n_node = kept;
	for (size_t i = 0; i < ui->n_scroller; i++)
		if (gfx_intersect(ui->scroller[i].r, r).w)
			ui->scroller[i].r.w = 0;
	ui->n_panel = 0;
	ui->last_hit = SIZE_MAX;
}

void ui_field_sheet(struct ui *ui, struct gfx_rect r)
{
	struct ui_edit *e = ui->focus;
	unsigned flags = ui->focus_flags;
	char name[96];
	struct gfx_rect in = ui_inset(r, ui->m.margin, ui->m.margin / 2);
	struct node *n;
	uint64_t id = ui->focus_id;

	if (!e || !id || ui->focus_unseen) /* only in a build in which the field was shown: its
	                                      memory is there */
		return;
	snprintf(name, sizeof(name), "%s", ui_str_at(ui, ui->focus_name));
	cover(ui, r);
	gfx_fill(ui->g, r, GFX_GROUND);
	ui_label(ui, ui_cut_top(&in, gfx_line_h(ui->g, GFX_CAPTION_B)), GFX_CAPTION_B, GFX_TEXT,
	        UI_LEFT, name);
	ui_cut_top(&in, 4);
	if (!(flags & UI_FIELD_LINES) && in.h > ui->m.target + 12)
		in.h = ui->m.target + 8;
	n = ui_node_add(ui, in, UI_ROLE_FIELD, name);
	n->id = id;
	n->hit = true;
	n->edit = e;
	n->flags = flags & UI_FIELD_SECRET ? UI_SECRET : 0;
	if (e->len && !(flags & UI_FIELD_SECRET))
		n->value = ui_str_add(ui, e->text, e->len);
	if (ui->activated == id && e->len) {
		struct layout l = layout_of(ui, in, flags);
		e->caret = e->anchor = caret_at(ui, e, &l, ui->tap_x, ui->tap_y);
	}
	gfx_box(ui->g, in, ui_px(ui, 8), GFX_PAPER, 4, GFX_PAPER);
	draw_content(ui, e, layout_of(ui, in, flags), id, flags, NULL, true, true);
}
