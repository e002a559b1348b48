#include "salvage.h"
#include <stdlib.h>
#include <string.h>
/*
 * Which page is of which table, by what leads to it.
 *
 * Invariants.
 * 1. A page is given to a tree when pages that open lead to it from the tree's root; what hangs
 * below a page that does not open is given by its form (salvage_form.c), or to none.
 * 2. A page that two others call their child is led to by neither.
 * 3. The list of free pages takes no page away that something leads to.
 */

#define DEEPEST 32 /* SQLite's own trees end at 20 */

static void tell(const struct salvage_trees *t, uint64_t done)
{
	if (t->fn)
		t->fn(t->ctx, done, (uint64_t)t->pages * 2);
}

uint32_t trees_top(const struct salvage_trees *t, uint32_t pgno, int64_t *ret_from, int64_t *ret_to)
{
	*ret_from = INT64_MIN;
	*ret_to = INT64_MAX;
	for (int i = 0; i < DEEPEST; i++) {
		const struct salvage_note *n = &t->note[pgno];
		if (n->parent == 0 || n->parent2 != 0 || n->root_of != NO_TREE)
			break;
		if (n->from > *ret_from)
			*ret_from = n->from;
		if (n->to < *ret_to)
			*ret_to = n->to;
		pgno = n->parent;
	}
	return pgno;
}

/* ---- what each page is ------------------------------------------------------------------------
 */

static bool all_zero(const uint8_t *p, size_t n)
{
	uint8_t any = 0;
	for (size_t i = 0; i < n; i++)
		any |= p[i];
	return any == 0;
}

static void child_note(
        struct salvage_trees *t, uint32_t child, uint32_t parent, int64_t from, int64_t to)
{
	struct salvage_note *n;
	if (child == 0 || child > t->pages)
		return;
	n = &t->note[child];
	if (n->parent != 0) {
		n->parent2 = parent;
		return;
	}
	n->parent = parent;
	n->from = from;
	n->to = to;
}

static void children_note(struct salvage_trees *t, uint32_t pgno, const struct bt_page *p)
{
	const bool table = bt_table(p->kind);
	int64_t from = INT64_MIN;
	struct bt_cell c;
	for (unsigned i = 0; i < p->cells; i++) {
		if (!bt_cell_parse(p, i, &c))
			continue;
		child_note(t, c.child, pgno, from, table ? c.rowid : INT64_MAX);
		if (table)
			from = c.rowid;
	}
	child_note(t, p->right, pgno, from, INT64_MAX);
}

static void rows_note(struct salvage_note *n, const struct bt_page *p)
{
	struct bt_cell c;
	n->low = INT64_MAX;
	n->high = INT64_MIN;
	for (unsigned i = 0; i < p->cells; i++) {
		if (!bt_cell_parse(p, i, &c))
			continue;
		n->cells = true;
		n->low = c.rowid < n->low ? c.rowid : n->low;
		n->high = c.rowid > n->high ? c.rowid : n->high;
	}
}

static void first_note(struct salvage_trees *t)
{
	t->first_good = true;
	t->free_first = be32_get(t->page + 32);
	t->free_pages = be32_get(t->page + 36);
	t->version = (int32_t)be32_get(t->page + 60);
}

static void page_note(struct salvage_trees *t, uint32_t pgno)
{
	struct salvage_note *n = &t->note[pgno];
	struct bt_page p;
	if (!card_page(t->card, pgno, t->page)) {
		n->state = pgno == t->card->lock_page ? NOTE_EMPTY : NOTE_BAD;
		return;
	}
	if (pgno == 1)
		first_note(t);
	n->state = all_zero(t->page, VAULT_BODY) ? NOTE_EMPTY : NOTE_OTHER;
	if (!bt_page_parse(&t->file, pgno, t->page, &p))
		return;
	n->state = NOTE_PAGE;
	n->kind = (uint8_t)p.kind;
	if (p.kind != BT_TABLE_INTERIOR)
		rows_note(n, &p);
	if (bt_interior(p.kind))
		children_note(t, pgno, &p);
}

/* A table's page does not lead to an index's; and which interior pages stand over leaves. */
static void parents_check(struct salvage_trees *t)
{
	for (uint32_t i = 1; i <= t->pages; i++) {
		struct salvage_note *n = &t->note[i];
		if (n->parent == 0 || n->state != NOTE_PAGE)
			continue;
		if (bt_table(n->kind) != bt_table(t->note[n->parent].kind) || i == 1)
			n->parent = n->parent2 = 0;
		else if (!bt_interior(n->kind))
			t->note[n->parent].over_leaves = true;
	}
}

static void free_note(struct salvage_trees *t, uint32_t pgno)
{
	struct salvage_note *n;
	if (pgno == 0 || pgno > t->pages)
		return;
	n = &t->note[pgno];
	if (n->parent != 0)
		return;
	if (n->state == NOTE_BAD)
		n->free = t->card->sure;
	else if (t->card->sure || n->state != NOTE_PAGE)
		n->state = NOTE_EMPTY;
}

static void free_list(struct salvage_trees *t)
{
	uint32_t trunk = t->first_good ? t->free_first : 0;
	for (uint32_t turn = 0; trunk != 0 && trunk <= t->pages && turn <= t->free_pages; turn++) {
		uint32_t leaves;
		free_note(t, trunk);
		if (!card_page(t->card, trunk, t->page))
			return;
		leaves = be32_get(t->page + 4);
		for (uint32_t i = 0; i < leaves && i < VAULT_BODY / 4 - 2; i++)
			free_note(t, be32_get(t->page + 8 + 4 * (size_t)i));
		trunk = be32_get(t->page);
	}
}

static enum err notes_make(struct salvage_trees *t)
{
	t->note = calloc((size_t)t->pages + 1, sizeof(*t->note));
	t->page = calloc(1, VAULT_PAGE);
	if (!t->note || !t->page)
		return ERR_NOMEM;
	for (uint32_t i = 0; i <= t->pages; i++)
		t->note[i].tree = t->note[i].root_of = t->note[i].group = NO_TREE;
	for (uint32_t i = 1; i <= t->pages; i++) {
		page_note(t, i);
		tell(t, i);
	}
	parents_check(t);
	free_list(t);
	return ERR_OK;
}

/* ---- the store's own list of tables ------------------------------------------------------------
 */

/* Rows of the list on this page, into the model when `take`. False: it holds something else. */
static bool list_page(
        struct salvage_trees *t, struct bt_row *r, uint32_t pgno, bool take, enum err *ret_err)
{
	uint8_t page[VAULT_PAGE];
	struct bt_page p;
	struct bt_cell c;
	bool good = card_page(t->card, pgno, page) && bt_page_parse(&t->file, pgno, page, &p);
	for (unsigned i = 0; good && i < p.cells && *ret_err == ERR_OK; i++) {
		enum err e = bt_cell_parse(&p, i, &c) ? bt_row_read(r, &t->file, &c) : ERR_DAMAGED;
		good = e == ERR_OK && model_is_row(r);
		if (e == ERR_NOMEM)
			*ret_err = e;
		else if (good && take)
			*ret_err = model_add_row(t->model, r);
		else if (!good && take) /* the others on it are as good as ever */
			t->model->whole = false, good = true;
	}
	wipe(page, sizeof(page));
	return good;
}

/* Led to by page 1; or by nothing at all, and of the form that no other table has. */
static enum err list_find(struct salvage_trees *t, struct bt_row *r)
{
	int64_t from, to;
	enum err e = ERR_OK;
	t->model->whole = t->first_good;
	for (uint32_t i = 1; i <= t->pages && e == ERR_OK; i++) {
		struct salvage_note *n = &t->note[i];
		const uint32_t top = trees_top(t, i, &from, &to);
		if (top == 1 && i != 1 && (n->state != NOTE_PAGE || n->parent2 != 0))
			t->model->whole = false;
		if (n->state != NOTE_PAGE || n->kind != BT_TABLE_LEAF || !n->cells)
			continue;
		if (top != 1 && !(n->parent == 0 && list_page(t, r, i, false, &e)))
			continue;
		n->tree = 0;
		n->by_form = top != 1;
		if (e == ERR_OK)
			(void)list_page(t, r, i, true, &e);
	}
	return e;
}

/* ---- each tree's own pages ---------------------------------------------------------------------
 */

static void roots_note(struct salvage_trees *t)
{
	for (size_t i = 0; i < t->model->n_trees; i++) {
		struct salvage_tree *tree = &t->model->tree[i];
		struct salvage_note *n;
		if (tree->root == 0 || tree->root > t->pages)
			continue;
		n = &t->note[tree->root];
		if (n->state == NOTE_PAGE && bt_table(n->kind) != tree->rowid)
			continue;
		if (n->root_of == NO_TREE)
			n->root_of = (uint32_t)i;
	}
}

static void led_to(struct salvage_trees *t)
{
	int64_t from, to;
	for (uint32_t i = 1; i <= t->pages; i++) {
		struct salvage_note *n = &t->note[i];
		const uint32_t top = trees_top(t, i, &from, &to);
		if (n->tree == NO_TREE && (n->state == NOTE_PAGE || n->state == NOTE_BAD))
			n->tree = t->note[top].root_of;
	}
}

enum err trees_open(struct salvage_trees *t, struct salvage_card *c, struct salvage_model *m,
        const char *schema, vault_progress_fn *fn, void *ctx)
{
	struct bt_row r = {0};
	enum err e;
	*t = (struct salvage_trees){.card = c, .model = m, .pages = c->pages, .fn = fn, .ctx = ctx};
	t->file = (struct bt_file){c->pages, VAULT_PAGE, VAULT_BODY, card_page, c};
	e = notes_make(t);
	if (e == ERR_OK)
		e = bt_row_init(&r, &t->file);
	if (e == ERR_OK)
		e = list_find(t, &r);
	bt_row_finish(&r);
	if (e != ERR_OK)
		return e;
	m->version = t->version;
	e = model_make(m, schema);
	if (e != ERR_OK)
		return e;
	roots_note(t);
	led_to(t);
	return trees_by_form(t);
}

void trees_finish(struct salvage_trees *t)
{
	if (t->page)
		wipe(t->page, VAULT_PAGE);
	free(t->page);
	free(t->note);
	*t = (struct salvage_trees){0};
}
