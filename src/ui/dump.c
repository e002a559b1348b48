#include "ui_int.h"
#include <stdio.h>
#include <string.h>

/* What a person or a test can tell of the last frame: the tree, what it shows, and which rules it
 * breaks. */

static const char *const role_names[UI_ROLE_COUNT] = {"text", "button", "row", "field", "choice",
        "tab", "heading", "panel", "list", "key", "status"};

static bool visible(const struct node *n)
{
	return n->seen.w > 0 && n->seen.h > 0;
}

static bool holds(struct gfx_rect a, struct gfx_rect b)
{
	return b.x >= a.x && b.y >= a.y && b.x + b.w <= a.x + a.w && b.y + b.h <= a.y + a.h;
}

/* Panels, lists, choices and rows hold what is drawn inside them afterwards. */
static int level(const struct ui *ui, size_t i)
{
	int l = 0;

	for (size_t k = 0; k < i; k++) {
		const struct node *n = &ui->node[k];
		if ((n->group || n->role == UI_ROLE_ROW) && visible(n) &&
		        holds(n->seen, ui->node[i].seen) &&
		        !(n->seen.w == ui->node[i].seen.w && n->seen.h == ui->node[i].seen.h &&
		                !n->group))
			l++;
	}
	return l;
}

static void quoted(struct buf *out, const char *s)
{
	buf_puts(out, "\"");
	for (; *s; s++) {
		if (*s == '\n')
			buf_puts(out, "\\n");
		else if (*s == '"' || *s == '\\')
			buf_printf(out, "\\%c", *s);
		else
			buf_put(out, s, 1);
	}
	buf_puts(out, "\"");
}

void ui_dump(const struct ui *ui, struct buf *out)
{
	for (size_t i = 0; i < ui->n_node; i++) {
		const struct node *n = &ui->node[i];
		if (!visible(n) || (n->text && n->inner))
			continue;
		buf_printf(out, "%*s%s ", 2 * level(ui, i), "", role_names[n->role]);
		quoted(out, ui_str_at(ui, n->label));
		if (n->value) {
			buf_puts(out, " ");
			quoted(out, ui_str_at(ui, n->value));
		}
		if (n->flags & UI_OFF)
			buf_puts(out, " off");
		if (n->flags & UI_CHOSEN_FLAG)
			buf_puts(out, " chosen");
		if (n->flags & UI_INVALID)
			buf_puts(out, " invalid");
		if (n->flags & UI_SECRET)
			buf_puts(out, " secret");
		if (n->hold)
			buf_puts(out, " hold");
		if (n->hit && n->id == ui->focus_id && (ui->focus || ui->keyboard_nav))
			buf_puts(out, " focused");
		if (n->hit && ui->keys.edit && n->id == ui->keys.id)
			buf_puts(out, " keys");
		buf_puts(out, "\n");
	}
}

void ui_shot(const struct ui *ui, struct buf *out)
{
	gfx_png(ui->g, out);
}

static bool enabled(const struct node *n)
{
	return n->hit && visible(n) && !(n->flags & UI_OFF);
}

bool ui_find_nth(const struct ui *ui, const char *label, int nth, int *ret_x, int *ret_y)
{
	const struct node *found = NULL;
	size_t len = strlen(label);
	int prefixes = 0;

	for (size_t i = 0; i < ui->n_node && !found; i++)
		if (enabled(&ui->node[i]) && strcmp(ui_str_at(ui, ui->node[i].label), label) == 0 &&
		        --nth < 1)
			found = &ui->node[i];
	for (size_t i = 0; i < ui->n_node && !found && nth > 0; i++)
		if (enabled(&ui->node[i]) &&
		        strncmp(ui_str_at(ui, ui->node[i].label), label, len) == 0)
			prefixes++;
	for (size_t i = 0; i < ui->n_node && !found && nth == 1 && prefixes == 1; i++)
		if (enabled(&ui->node[i]) &&
		        strncmp(ui_str_at(ui, ui->node[i].label), label, len) == 0)
			found = &ui->node[i];
	if (!found)
		return false;
	*ret_x = found->seen.x + found->seen.w / 2;
	*ret_y = found->seen.y + found->seen.h / 2;
	return true;
}

void ui_places(const struct ui *ui, struct buf *out)
{
	for (size_t i = 0; i < ui->n_node; i++) {
		const struct node *n = &ui->node[i];
		if (!enabled(n))
			continue;
		buf_printf(out, "%d %d ", n->seen.x + n->seen.w / 2, n->seen.y + n->seen.h / 2);
		quoted(out, ui_str_at(ui, n->label));
		buf_puts(out, "\n");
	}
}

bool ui_find(const struct ui *ui, const char *label, int *ret_x, int *ret_y)
{
	return ui_find_nth(ui, label, 1, ret_x, ret_y);
}

bool ui_shows(const struct ui *ui, const char *text)
{
	for (size_t i = 0; i < ui->n_node; i++) {
		const struct node *n = &ui->node[i];
		if (visible(n) && (strstr(ui_str_at(ui, n->label), text) ||
		                          (n->value && strstr(ui_str_at(ui, n->value), text))))
			return true;
	}
	return false;
}

/* ---- invariants ---------------------------------------------------------------------------- */

struct report {
	struct buf *out;
	size_t n;
};

static void broken(struct report *r, const struct ui *ui, const struct node *n, const char *what)
{
	r->n++;
	if (!r->out)
		return;
	buf_puts(r->out, what);
	buf_printf(r->out, ": %s ", role_names[n->role]);
	quoted(r->out, ui_str_at(ui, n->label));
	buf_printf(r->out, " at %d,%d %dx%d\n", n->r.x, n->r.y, n->r.w, n->r.h);
}

static int gap_of(int a, int a_len, int b, int b_len)
{
	return a > b ? a - b - b_len : b - a - a_len;
}

/* Cells of one control may touch; so may rows of one list. A button may stand on a row. */
static bool may_touch(const struct node *a, const struct node *b)
{
	if ((a->flags & UI_COMPOSITE) && (b->flags & UI_COMPOSITE))
		return true;
	if (a->role == UI_ROLE_ROW && b->role == UI_ROLE_ROW)
		return true;
	if (a->role == UI_ROLE_ROW && holds(a->r, b->r))
		return true;
	return b->role == UI_ROLE_ROW && holds(b->r, a->r);
}

static void check_target(struct report *r, const struct ui *ui, size_t i)
{
	const struct node *n = &ui->node[i];
	bool wall = ui->m.layout == UI_WALL, cell = (n->flags & UI_COMPOSITE) != 0;
	int least = ui_mm(ui, wall ? 200 : cell ? 90 : 100), gap = ui_mm(ui, 20);
	struct gfx_rect panel = {0, 0, ui->m.w, ui->m.h};

	if (n->r.w < least || n->r.h < least)
		broken(r, ui, n, cell ? "smaller than 9 mm" : "smaller than the target");
	if (n->scroller < 0 && !holds(panel, n->r))
		broken(r, ui, n, "outside the panel");
	if (!n->label)
		broken(r, ui, n, "without a name");
	for (size_t k = 0; k < i; k++) {
		const struct node *o = &ui->node[k];
		int gx, gy, near = gap;
		if (!o->hit || !visible(o))
			continue;
		if (o->id == n->id)
			broken(r, ui, n, "two with one id");
		else if (o->scope == n->scope && o->role != UI_ROLE_KEY && n->role != UI_ROLE_KEY &&
		         strcmp(ui_str_at(ui, o->label), ui_str_at(ui, n->label)) == 0)
			broken(r, ui, n, "two of one name");
		if (may_touch(n, o))
			continue;
		gx = gap_of(n->seen.x, n->seen.w, o->seen.x, o->seen.w);
		gy = gap_of(n->seen.y, n->seen.h, o->seen.y, o->seen.h);
		/* Rows of the 7 inch layout reach to rail and bar (look/04): as long as nothing
		 * overlaps. */
		if (n->role == UI_ROLE_ROW || o->role == UI_ROLE_ROW)
			near = 0;
		if (gx < near && gy < near)
			broken(r, ui, n, "less than 2 mm from another");
	}
}

static void check_text(struct report *r, const struct ui *ui, const struct node *n)
{
	uint32_t under;
	int x = n->seen.x + (n->seen.w < 8 ? n->seen.w / 2 : 4), y = n->seen.y + n->seen.h / 2;

	if (n->cut)
		broken(r, ui, n, "text is cut");
	if (n->colour == GFX_DISABLED)
		return; /* WCAG 1.4.3 leaves out what cannot be used now */
	if (!gfx_under(ui->g, n->cmd, x, y, &under))
		broken(r, ui, n, "text on nothing");
	else if (gfx_contrast_x10(gfx_rgb(ui->config.theme, n->colour), under) < 45)
		broken(r, ui, n, "contrast below 4.5");
}

size_t ui_check(const struct ui *ui, struct buf *out)
{
	struct report r = {.out = out};

	if (ui->no_icon) {
		r.n++;
		if (out)
			buf_printf(out, "no icon is named %s\n", ui_str_at(ui, ui->no_icon));
	}
	for (size_t i = 0; i < ui->n_node; i++) {
		const struct node *n = &ui->node[i];
		if (!visible(n))
			continue;
		if (n->hit)
			check_target(&r, ui, i);
		if (n->text)
			check_text(&r, ui, n);
	}
	return r.n;
}

const char *ui_check_first(const struct ui *ui)
{
	return ui->check_first;
}

uint64_t ui_check_failures(const struct ui *ui)
{
	return ui->check_failures;
}
