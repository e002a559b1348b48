#include "salvage.h"
#include <stdlib.h>
#include <string.h>
/*
 * Whose are the pages below a page that does not open? Told by the form of their records.
 *
 * Pages that hang together and that no known tree leads to are one group. A group can only hang
 * where a page is missing from a tree, so its candidates are the trees with such a hole whose ids
 * are those of the hole, and whose columns could hold each of its records.
 *
 * Invariants.
 * 1. The right tree is always among the candidates; so when one is left it is the right one, and
 * where two are left nothing is guessed.
 * 2. Where pages may be older than what was there last, holes prove nothing: then every tree is a
 * candidate that has the form.
 * 3. A tree whose beginning is not known is given away once, and only where every page that does
 * not open is accounted for.
 */

struct hole {
	uint32_t tree;
	int64_t from, to;
};

struct group {
	uint32_t top;
	bool rowid, cells;
	int64_t low, high;
	uint8_t *may; /* [n_trees] */
	size_t n_may;
};

struct forms {
	struct salvage_trees *t;
	struct hole *hole;
	size_t n_holes;
	struct group *group;
	size_t n_groups;
};

/* ---- holes ------------------------------------------------------------------------------------
 */

static enum err hole_add(struct forms *f, uint32_t tree, int64_t from, int64_t to)
{
	struct hole *h = realloc(f->hole, (f->n_holes + 1) * sizeof(*h));
	if (!h)
		return ERR_NOMEM;
	f->hole = h;
	h[f->n_holes++] = (struct hole){tree, from, to};
	return ERR_OK;
}

/* Something is called a child, and is no page of that tree: it may have led to others. */
static bool leads_nowhere(const struct salvage_trees *t, uint32_t pgno)
{
	const struct salvage_note *n = &t->note[pgno];
	return n->parent != 0 && (n->state != NOTE_PAGE || n->parent2 != 0) &&
	       !t->note[n->parent].over_leaves;
}

static enum err holes_find(struct forms *f)
{
	const struct salvage_trees *t = f->t;
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < t->model->n_trees && e == ERR_OK; i++) {
		const uint32_t root = t->model->tree[i].root;
		if (root == 0 || root > t->pages || t->note[root].root_of != i ||
		        t->note[root].state != NOTE_PAGE)
			e = hole_add(f, i, INT64_MIN, INT64_MAX);
	}
	for (uint32_t i = 1; i <= t->pages && e == ERR_OK; i++) {
		int64_t from, to;
		const uint32_t top = trees_top(t, i, &from, &to);
		/* A page that two lead to stops the way up to its own top. */
		const uint32_t tree = t->note[top].parent2 ? NO_TREE : t->note[top].root_of;
		if (tree != NO_TREE && leads_nowhere(t, i))
			e = hole_add(f, tree, from, to);
	}
	return e;
}

static bool hangs(const struct forms *f, const struct group *g, uint32_t tree)
{
	for (size_t i = 0; i < f->n_holes; i++) {
		const struct hole *h = &f->hole[i];
		if (h->tree == tree && (!g->rowid || (h->from < g->low && g->high <= h->to) ||
		                               (h->from == INT64_MIN && g->high <= h->to)))
			return true;
	}
	return false;
}

/* ---- groups -----------------------------------------------------------------------------------
 */

static enum err group_of(struct forms *f, uint32_t top, struct group **ret)
{
	struct salvage_note *n = &f->t->note[top];
	struct group *g;
	if (n->group == NO_TREE) {
		g = realloc(f->group, (f->n_groups + 1) * sizeof(*g));
		if (!g)
			return ERR_NOMEM;
		f->group = g;
		n->group = (uint32_t)f->n_groups;
		g = &f->group[f->n_groups];
		*g = (struct group){.top = top,
		        .rowid = bt_table(n->kind),
		        .low = INT64_MAX,
		        .high = INT64_MIN};
		g->may = malloc(f->t->model->n_trees);
		if (!g->may)
			return ERR_NOMEM;
		memset(g->may, 1, f->t->model->n_trees);
		g->may[0] = 0; /* the list of tables was found before */
		f->n_groups++;
	}
	*ret = &f->group[n->group];
	return ERR_OK;
}

/* Could the tree's columns hold a record of these? */
static bool fits(const struct salvage_tree *tree, const enum bt_type *type, size_t n)
{
	if (tree->n_columns == 0)
		return true;
	if (n > tree->n_columns)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(tree->column[i].types & 1u << type[i]))
			return false;
	for (size_t i = n; i < tree->n_columns; i++)
		if (!tree->column[i].maybe_short)
			return false;
	return true;
}

static void record_look(struct forms *f, struct group *g, const struct bt_cell *c)
{
	static const size_t most = 256;
	enum bt_type type[256];
	const int n = bt_types(c->local, c->local_n, c->payload, type, most);
	g->cells = true;
	for (uint32_t i = 0; i < f->t->model->n_trees; i++) {
		const struct salvage_tree *tree = &f->t->model->tree[i];
		if (g->may[i] && (tree->rowid != g->rowid || n < 0 || !fits(tree, type, (size_t)n)))
			g->may[i] = 0;
	}
}

static void page_look(struct forms *f, struct group *g, uint32_t pgno)
{
	struct salvage_trees *t = f->t;
	const struct salvage_note *n = &t->note[pgno];
	struct bt_page p;
	struct bt_cell c;
	if (n->kind == BT_TABLE_LEAF && n->cells) {
		g->low = n->low < g->low ? n->low : g->low;
		g->high = n->high > g->high ? n->high : g->high;
	}
	if (!card_page(t->card, pgno, t->page) || !bt_page_parse(&t->file, pgno, t->page, &p) ||
	        p.kind == BT_TABLE_INTERIOR)
		return;
	for (unsigned i = 0; i < p.cells; i++)
		if (bt_cell_parse(&p, i, &c))
			record_look(f, g, &c);
}

static enum err groups_find(struct forms *f)
{
	struct salvage_trees *t = f->t;
	enum err e = ERR_OK;
	for (uint32_t i = 1; i <= t->pages && e == ERR_OK; i++) {
		int64_t from, to;
		struct group *g = NULL;
		uint32_t top;
		if (t->note[i].state != NOTE_PAGE || t->note[i].tree != NO_TREE)
			continue;
		top = trees_top(t, i, &from, &to);
		e = group_of(f, top, &g);
		if (e == ERR_OK) {
			t->note[i].group = t->note[top].group;
			page_look(f, g, i);
		}
	}
	return e;
}

/* ---- giving -----------------------------------------------------------------------------------
 */

/* Of a page that two lead to: one of the two. */
static bool claimed(const struct forms *f, const struct group *g, uint32_t tree)
{
	const struct salvage_note *n = &f->t->note[g->top];
	int64_t from, to;
	uint32_t a, b;
	if (n->parent2 == 0)
		return true;
	a = f->t->note[trees_top(f->t, n->parent, &from, &to)].root_of;
	b = f->t->note[trees_top(f->t, n->parent2, &from, &to)].root_of;
	return a == NO_TREE || b == NO_TREE || a == tree || b == tree;
}

static size_t count_may(const struct forms *f, const struct group *g)
{
	size_t n = 0;
	for (size_t i = 0; i < f->t->model->n_trees; i++)
		n += g->may[i];
	return n;
}

static void narrow(struct forms *f, struct group *g)
{
	const size_t n_trees = f->t->model->n_trees;
	size_t left = 0;
	for (uint32_t i = 0; i < n_trees; i++)
		if (g->may[i] && !claimed(f, g, i))
			g->may[i] = 0;
	for (uint32_t i = 0; i < n_trees; i++)
		left += g->may[i] && hangs(f, g, i);
	/* None: something is older than it should be, and holes prove nothing. */
	if (f->t->card->sure && left > 0 && f->t->note[g->top].parent2 == 0)
		for (uint32_t i = 0; i < n_trees; i++)
			g->may[i] = g->may[i] && hangs(f, g, i);
	g->n_may = count_may(f, g);
}

/* Every page that does not open is somebody's, so that none can be a beginning that is missing. */
static bool all_accounted(const struct forms *f)
{
	for (uint32_t i = 1; i <= f->t->pages; i++) {
		const struct salvage_note *n = &f->t->note[i];
		if (n->state == NOTE_BAD && !n->free && n->tree == NO_TREE)
			return false;
	}
	return f->t->card->sure;
}

static void take_away(struct forms *f, uint32_t tree, const struct group *but)
{
	for (size_t i = 0; i < f->n_groups; i++) {
		struct group *g = &f->group[i];
		if (g == but || !g->may[tree])
			continue;
		g->may[tree] = 0;
		g->n_may--;
	}
}

/* The only candidate of one group is none of the others any more, where trees come whole. */
static void narrow_together(struct forms *f)
{
	const bool whole = all_accounted(f);
	uint8_t *done = calloc(f->n_groups + 1, 1);
	for (size_t i = 0; done && whole && i < f->n_groups; i++) {
		struct group *g = &f->group[i];
		uint32_t tree = 0;
		if (done[i] || !g->cells || g->n_may != 1)
			continue;
		done[i] = 1;
		while (!g->may[tree])
			tree++;
		if (f->t->model->tree[tree].root == 0) {
			take_away(f, tree, g);
			i = (size_t)-1; /* from the beginning: others may have one left now */
		}
	}
	free(done);
}

static void give(struct forms *f)
{
	struct salvage_trees *t = f->t;
	for (uint32_t i = 1; i <= t->pages; i++) {
		struct salvage_note *n = &t->note[i];
		const struct group *g = n->group == NO_TREE ? NULL : &f->group[n->group];
		uint32_t tree = 0;
		if (!g || g->n_may != 1 || !g->cells)
			continue;
		while (!g->may[tree])
			tree++;
		n->tree = tree;
		n->by_form = true;
		t->model->tree[tree].found_pages++;
	}
}

/* Of what is left, only rows of tables are a loss: an index is made anew. */
static void keepless(struct forms *f)
{
	for (uint32_t i = 1; i <= f->t->pages; i++) {
		struct salvage_note *n = &f->t->note[i];
		const struct group *g = n->group == NO_TREE ? NULL : &f->group[n->group];
		bool keep = false;
		if (!g || n->tree != NO_TREE)
			continue;
		for (size_t k = 0; k < f->t->model->n_trees; k++)
			keep |= g->may[k] && f->t->model->tree[k].keep;
		/* no candidate at all: nobody knows what it was */
		if (!keep && g->n_may > 0)
			n->cells = false;
	}
}

enum err trees_by_form(struct salvage_trees *t)
{
	struct forms f = {.t = t};
	enum err e = holes_find(&f);
	if (e == ERR_OK)
		e = groups_find(&f);
	if (e == ERR_OK) {
		for (size_t i = 0; i < f.n_groups; i++)
			narrow(&f, &f.group[i]);
		narrow_together(&f);
		give(&f);
		keepless(&f);
	}
	for (size_t i = 0; i < f.n_groups; i++)
		free(f.group[i].may);
	free(f.group);
	free(f.hole);
	return e;
}
