#include "ui_int.h"
#include <string.h>

/*
 * Gestures. Invariants, tested in tests/unit/test_ui.c:
 * 1. Events are matched against the node list of the last built frame, the top-most node wins.
 * 2. The first finger down owns the gesture until it is lifted or cancelled; others are ignored.
 * One exception: on the keyboard the next key's finger may come before the last one is lifted; the
 * first key then counts.
 * 3. A press arms; release inside acts; release outside does nothing; coming back inside arms
 * again.
 * 4. Movement of more than 2.5 mm over a list hands the gesture to the list and disarms for good.
 * 5. A finger that stops a moving list does not also act.
 * 5a. What is dragged (UI_DRAGGED) keeps the gesture: past the slop it never acts and never
 * scrolls, and the release drops it.
 * 6. An UP or MOVE of a finger that is not down is ignored. CANCEL ends the gesture without a
 * trace.
 * 7. Nothing here follows a pointer of the screen: ids, rectangles and flags only. One exception:
 * the edit that the hardware keys were given to, whose owner promised its memory.
 */

#define SLOP_MM_X10 25
#define VELOCITY_MS 80
#define THROW_MIN_PX_S 60
#define HOLD_KEY_GAP_MS 700

void ui_input(struct ui *ui, const struct ui_event *e)
{
	struct queued *q;

	if (ui->q_n == QUEUE_MAX) {
		/* Never lose an end: the newest movement gives way. */
		q = &ui->queue[(ui->q_first + ui->q_n - 1) % QUEUE_MAX];
		if (q->e.kind != UI_MOVE && e->kind == UI_MOVE)
			return;
	} else {
		q = &ui->queue[(ui->q_first + ui->q_n++) % QUEUE_MAX];
	}
	q->e = *e;
	q->e.text[sizeof(q->e.text) - 1] = 0;
	q->ms = time_mono_ms();
}

void ui_gesture_drop(struct ui *ui)
{
	ui->gest = (struct gesture){0};
}

static const struct node *node_at(const struct ui *ui, int x, int y)
{
	for (size_t i = ui->n_node; i-- > 0;)
		if (ui->node[i].hit && ui_contains(ui->node[i].seen, x, y))
			return &ui->node[i];
	return NULL;
}

static const struct scroller *scroller_at(const struct ui *ui, int x, int y)
{
	for (size_t i = ui->n_scroller; i-- > 0;)
		if (ui_contains(ui->scroller[i].r, x, y) &&
		        ui->scroller[i].content > ui->scroller[i].page)
			return &ui->scroller[i];
	return NULL;
}

static void sample(struct gesture *g, int64_t ms, int y)
{
	if (g->n_sample == (int)COUNT_OF(g->sample)) {
		memmove(g->sample, g->sample + 1, sizeof(g->sample) - sizeof(g->sample[0]));
		g->n_sample--;
	}
	g->sample[g->n_sample].ms = ms;
	g->sample[g->n_sample].y = y;
	g->n_sample++;
}

/* px/s by least squares over the last 80 ms. */
static int velocity(const struct gesture *g, int64_t now)
{
	int64_t n = 0, st = 0, sy = 0, stt = 0, sty = 0, d;

	for (int i = 0; i < g->n_sample; i++) {
		int64_t t = g->sample[i].ms - now, y = g->sample[i].y - g->y0;
		if (t < -VELOCITY_MS)
			continue;
		n++;
		st += t;
		sy += y;
		stt += t * t;
		sty += t * y;
	}
	d = n * stt - st * st;
	return n < 2 || d == 0 ? 0 : (int)((n * sty - st * sy) * 1000 / d);
}

static void down(struct ui *ui, const struct queued *q)
{
	struct gesture *g = &ui->gest;
	const struct node *n = node_at(ui, q->e.x, q->e.y);
	const struct scroller *s = scroller_at(ui, q->e.x, q->e.y);

	*g = (struct gesture){.active = true,
	        .finger = q->e.finger,
	        .x0 = q->e.x,
	        .y0 = q->e.y,
	        .x = q->e.x,
	        .y = q->e.y,
	        .down_ms = q->ms};
	sample(g, q->ms, q->e.y);
	ui->keyboard_nav = false;
	if (s) {
		g->scroll = s->id;
		if (s->moving) {
			g->eaten = true;
			ui_scroll_ask(ui, s->id, 0);
		}
	}
	if (n && !(n->flags & UI_OFF)) {
		g->node = n->id;
		g->role = n->role;
		g->hold = n->hold;
		g->drags = !g->eaten && (n->flags & UI_DRAGGED);
		g->armed = !g->eaten;
		g->inside = true;
	}
}

/* True when the release acts, so that a build must see it. */
static bool act(struct ui *ui)
{
	struct gesture *g = &ui->gest;
	const struct node *n = ui_node_find(ui, g->node);

	if (!g->armed || !g->inside || g->fired || g->hold || !n || (n->flags & UI_OFF))
		return false;
	ui->activated = n->id;
	ui->tap_x = g->x;
	ui->tap_y = g->y;
	if (n->role == UI_ROLE_FIELD && n->edit == ui->keys.edit && ui->focus) {
		; /* only its caret: whoever else is writing goes on */
	} else if (n->role == UI_ROLE_FIELD) {
		ui->focus_id = n->id;
		ui->focus = n->edit;
		ui->focus_unseen = 0;
		ui->hardware = false;
	} else if (!ui->focus) {
		ui->focus_id = n->id;
	}
	return true;
}

static bool touch(struct ui *ui, const struct queued *q)
{
	struct gesture *g = &ui->gest;
	const struct ui_event *e = &q->e;
	bool acted = false;

	if (e->kind == UI_DOWN) {
		const struct node *n = node_at(ui, e->x, e->y);
		if (g->active) {
			if (e->finger == g->finger || g->role != UI_ROLE_KEY || !n ||
			        n->role != UI_ROLE_KEY)
				return false;
			acted = act(ui);
		}
		down(ui, q);
		return acted;
	}
	if (!g->active || e->finger != g->finger)
		return false;
	if (e->kind == UI_CANCEL) {
		ui_gesture_drop(ui);
		return false;
	}
	if (e->kind == UI_MOVE) {
		const struct node *n = ui_node_find(ui, g->node);
		int slop = ui_mm(ui, SLOP_MM_X10), dx = e->x - g->x0, dy = e->y - g->y0;
		g->inside = n && ui_contains(n->seen, e->x, e->y);
		sample(g, q->ms, e->y);
		if (g->drags && dx * dx + dy * dy > slop * slop)
			g->armed = false;
		if (!g->drags && !g->scrolling && g->scroll && dx * dx + dy * dy > slop * slop &&
		        g->role != UI_ROLE_KEY) {
			g->scrolling = true;
			g->armed = false;
			g->node = 0;
		}
		if (g->scrolling) {
			ui_scroll_ask(ui, g->scroll,
			        (ui->scroll_req.id == g->scroll ? ui->scroll_req.dy : 0) + g->y -
			                e->y);
		}
		g->x = e->x;
		g->y = e->y;
		return false;
	}
	/* UP: its coordinates repeat the last position on some drivers, so they are not used */
	if (g->scrolling) {
		int v = velocity(g, q->ms);
		if (v > THROW_MIN_PX_S || v < -THROW_MIN_PX_S) {
			if (ui->scroll_req.id != g->scroll)
				ui_scroll_ask(ui, g->scroll, 0);
			ui->scroll_req.thrown = true;
			ui->scroll_req.throw_v = -v;
		}
	} else if (g->drags && !g->armed) {
		ui->dropped = g->node;
		ui->drop_dy = g->y - g->y0;
		acted = true;
	} else {
		acted = act(ui);
	}
	ui_gesture_drop(ui);
	return acted;
}

/* ---- focus --------------------------------------------------------------------------------- */

static bool focusable(const struct node *n)
{
	return n->hit && !(n->flags & UI_OFF) && n->role != UI_ROLE_KEY && n->seen.w > 0;
}

static void focus_node(struct ui *ui, const struct node *n)
{
	ui->focus_id = n->id;
	ui->focus = n->role == UI_ROLE_FIELD ? n->edit : NULL;
	ui->focus_unseen = 0;
	if (n->scroller >= 0 && n->scroller < (int)ui->n_scroller) {
		const struct scroller *s = &ui->scroller[n->scroller];
		int up = n->r.y - s->r.y, below = n->r.y + n->r.h - (s->r.y + s->r.h);
		if (up < 0 || below > 0) {
			ui_scroll_ask(ui, s->id, up < 0 ? up : below);
		}
	}
}

void ui_focus_move(struct ui *ui, int step)
{
	const struct node *now = ui_node_find(ui, ui->focus_id), *found = NULL, *first = NULL,
	                  *last = NULL;
	size_t at = now ? (size_t)(now - ui->node) : 0;

	for (size_t i = 0; i < ui->n_node; i++) {
		const struct node *n = &ui->node[i];
		if (!focusable(n))
			continue;
		first = first ? first : n;
		if (step > 0 && !found && (!now || i > at))
			found = n;
		if (step < 0 && (!now || i < at))
			found = n;
		last = n;
	}
	if (!found)
		found = step > 0 ? first : last;
	/* At the edge of a list with more to show: the list moves first, then the focus. */
	if (now && now->scroller >= 0 &&
	        (!found || found->scroller != now->scroller || (found > now) != (step > 0)) &&
	        !ui->refocus) {
		const struct scroller *s = &ui->scroller[now->scroller];
		int left = step > 0 ? s->content - s->page - s->offset : s->offset;
		if (left > 0) {
			int dy = now->r.h < left ? now->r.h : left;
			ui_scroll_ask(ui, s->id, step > 0 ? dy : -dy);
			ui->refocus = step;
			return;
		}
	}
	if (found)
		focus_node(ui, found);
}

static void page(struct ui *ui, int way, bool all)
{
	const struct node *n = ui_node_find(ui, ui->focus_id);
	const struct scroller *s = NULL;

	if (n && n->scroller >= 0 && n->scroller < (int)ui->n_scroller)
		s = &ui->scroller[n->scroller];
	for (size_t i = 0; !s && i < ui->n_scroller; i++)
		if (!ui->scroller[i].field && ui->scroller[i].content > ui->scroller[i].page)
			s = &ui->scroller[i];
	if (!s)
		return;
	ui_scroll_ask(ui, s->id, way * (all ? s->content : s->page * 7 / 8));
}

/* A held control has no key-up: the repeats of Enter count as holding. */
static bool hold_by_key(struct ui *ui, const struct node *n, int64_t ms)
{
	if (ms - ui->hold_key_last_ms > HOLD_KEY_GAP_MS)
		ui->hold_key_ms = ms;
	ui->hold_key_last_ms = ms;
	if (ms - ui->hold_key_ms < 1000)
		return false;
	ui->hold_key_last_ms = 0;
	ui->hold_key = n->id;
	return true;
}

/* The field that has the hardware keys: changed here and now, so that nothing typed can get lost
 * between two screens. True when a build must see the key. */
static bool pinned(struct ui *ui, enum ui_key k)
{
	struct ui_edit *e = ui->keys.edit;
	bool lines = (ui->keys.flags & UI_FIELD_LINES) != 0;

	switch (k) {
	case UI_KEY_BACKSPACE:
	case UI_KEY_DELETE:
	case UI_KEY_LEFT:
	case UI_KEY_RIGHT:
	case UI_KEY_UP:
	case UI_KEY_DOWN:
	case UI_KEY_HOME:
	case UI_KEY_END:
	case UI_KEY_WORD_LEFT:
	case UI_KEY_WORD_RIGHT:
	case UI_KEY_UNDO:
	case UI_KEY_SELECT_ALL:
		/* by line only once it is known how wide the lines are */
		(void)ui_edit_key(ui, e, k, ui->keys.text_w ? ui->keys.flags : 0, ui->keys.text_w);
		ui->keys.moved = true;
		return false;
	case UI_KEY_SPACE: /* comes as text */
	case UI_KEY_PAGE_UP:
	case UI_KEY_PAGE_DOWN:
		return false;
	case UI_KEY_ENTER:
		if (lines) {
			ui_edit_type(ui, e, "\n", ui->keys.flags);
			return false;
		}
		break;
	default:
		break;
	}
	ui->key = k;
	return true;
}

static bool key(struct ui *ui, const struct queued *q)
{
	enum ui_key k = q->e.key;
	bool lines = (ui->focus_flags & UI_FIELD_LINES) != 0;
	const struct node *n;

	if (k == UI_KEY_HIDE || k == UI_KEY_HELP ||
	        k >= UI_KEY_MINUTES) { /* whatever has the focus */
		ui->key = k;
		return true;
	}
	if (ui->keys.edit) {
		ui->hardware |= ui->focus == ui->keys.edit;
		return pinned(ui, k);
	}
	ui->hardware = true;
	ui->keyboard_nav = true;
	switch (k) {
	case UI_KEY_TAB:
		ui_focus_move(ui, 1);
		return true;
	case UI_KEY_BACKTAB:
		ui_focus_move(ui, -1);
		return true;
	case UI_KEY_PAGE_UP:
	case UI_KEY_PAGE_DOWN:
		page(ui, k == UI_KEY_PAGE_UP ? -1 : 1, false);
		return true;
	case UI_KEY_ESCAPE:
		if (ui->focus) {
			ui->focus = NULL;
			ui->focus_id = 0;
			ui_undo_clear(ui);
		} else {
			ui->key = k;
		}
		return true;
	default:
		break;
	}
	if (ui->focus) {
		if (k == UI_KEY_SPACE)
			return false; /* comes as text */
		if ((k == UI_KEY_UP || k == UI_KEY_DOWN) && !lines) {
			ui_focus_move(ui, k == UI_KEY_UP ? -1 : 1);
			return true;
		}
		ui_op_push(ui, k == UI_KEY_KEEP ? &(struct op){.kind = OP_SUBMIT}
		                                : &(struct op){.kind = OP_KEY, .key = k});
		return true;
	}
	switch (k) {
	case UI_KEY_UP:
	case UI_KEY_LEFT:
		ui_focus_move(ui, -1);
		return true;
	case UI_KEY_DOWN:
	case UI_KEY_RIGHT:
		ui_focus_move(ui, 1);
		return true;
	case UI_KEY_HOME:
	case UI_KEY_END:
		page(ui, k == UI_KEY_HOME ? -1 : 1, true);
		return true;
	case UI_KEY_ENTER:
	case UI_KEY_SPACE:
		n = ui_node_find(ui, ui->focus_id);
		if (n && focusable(n)) {
			if (n->hold)
				return hold_by_key(ui, n, q->ms);
			ui->activated = n->id;
			return true;
		}
		ui->key = k;
		return true;
	default:
		ui->key = k;
		return true;
	}
}

/* Takes events until one must be seen by a build; text that follows text is taken together. */
void ui_take_events(struct ui *ui)
{
	while (ui->q_n) {
		struct queued *q = &ui->queue[ui->q_first];
		bool typed = q->e.kind == UI_TEXT || q->e.kind == UI_KEY, stop = false;
		if (ui->n_op && (!typed || ui->n_op > OPS_MAX - 2))
			return;
		if (ui->n_op && ui->op[ui->n_op - 1].kind == OP_SUBMIT)
			return;
		if (ui->n_op && q->e.kind == UI_KEY && ui->op[ui->n_op - 1].kind == OP_KEY &&
		        ui->op[ui->n_op - 1].key == UI_KEY_ENTER)
			return;
		switch (q->e.kind) {
		case UI_DOWN:
		case UI_MOVE:
		case UI_UP:
		case UI_CANCEL:
			stop = touch(ui, q);
			break;
		case UI_KEY: {
			size_t ops = ui->n_op;
			bool moves = q->e.key == UI_KEY_TAB || q->e.key == UI_KEY_BACKTAB ||
			             q->e.key == UI_KEY_ESCAPE || q->e.key >= UI_KEY_MINUTES;
			if (ops && moves)
				return; /* what was typed first belongs to the field that has the
				           focus now */
			stop = key(ui, q) && ui->n_op == ops;
			break;
		}
		case UI_WHEEL: {
			const struct scroller *s = scroller_at(ui, q->e.x, q->e.y);
			if (s && !ui->gest.active)
				ui_scroll_ask(ui, s->id,
				        (ui->scroll_req.id == s->id ? ui->scroll_req.dy : 0) +
				                q->e.wheel);
			break;
		}
		case UI_TEXT:
			if (ui->keys.edit) {
				ui->hardware |= ui->focus == ui->keys.edit;
				ui_edit_type(ui, ui->keys.edit, q->e.text, ui->keys.flags);
				break;
			}
			ui->hardware = true;
			if (ui->focus) {
				struct op op = {.kind = OP_TEXT};
				memcpy(op.text, q->e.text, sizeof(op.text));
				ui_op_push(ui, &op);
				wipe(&op, sizeof(op));
			}
			break;
		}
		wipe(q, sizeof(*q));
		ui->q_first = (ui->q_first + 1) % QUEUE_MAX;
		ui->q_n--;
		if (stop)
			return;
	}
}
