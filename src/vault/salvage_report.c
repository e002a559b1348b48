#include "salvage.h"
#include <string.h>
/*
 * What was lost, in plain English, a line each. Names of tables, numbers of pages, ids, counts:
 * nothing that anybody said.
 */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void range_say(struct buf *b, const struct salvage_trees *t, uint32_t pgno)
{
	int64_t from, to;
	(void)trees_top(t, pgno, &from, &to);
	if (from != INT64_MIN && to != INT64_MAX)
		buf_printf(b, " with ids %lld to %lld", (long long)from + 1, (long long)to);
	else if (from != INT64_MIN)
		buf_printf(b, " with ids from %lld on", (long long)from + 1);
	else if (to != INT64_MAX)
		buf_printf(b, " with ids up to %lld", (long long)to);
}

static void bad_page_is(struct buf *b, const struct salvage_trees *t, uint32_t pgno)
{
	const struct salvage_note *n = &t->note[pgno];
	const struct salvage_tree *tree = n->tree == NO_TREE ? NULL : &t->model->tree[n->tree];
	buf_puts(b, "did not open: ");
	if (n->free) {
		buf_puts(b, "it held nothing.\n");
	} else if (!tree) {
		buf_puts(b, "what it held, and of which table, is not known.\n");
	} else if (n->tree == 0) {
		buf_puts(b, "it held a part of the list of tables.\n");
	} else if (!tree->keep) {
		buf_printf(b, "it was of %s, which is made anew. Nothing is lost by it.\n",
		        tree->name);
	} else if (n->chained) {
		buf_printf(b, "a long record of the table %s went over it.\n", tree->name);
	} else if (n->root_of != NO_TREE) {
		buf_printf(b, "the table %s began there. %s\n", tree->name,
		        tree->found_pages ? "Its other pages were found by their form."
		                          : "Records that were on it are lost.");
	} else {
		buf_printf(b, "it was of the table %s. Records", tree->name);
		range_say(b, t, pgno);
		buf_puts(b, " that were on it are lost.\n");
	}
}

/* What is to be said of a page, after its number; nothing: it is saved as it was. */
static void page_is(struct buf *b, const struct salvage_trees *t, uint32_t pgno)
{
	const struct salvage_note *n = &t->note[pgno];
	if (n->state == NOTE_BAD)
		bad_page_is(b, t, pgno);
	else if (n->state == NOTE_PAGE && n->cells && n->tree == NO_TREE)
		buf_puts(b, "opens, but it fits more than one table or none: its records were not "
		            "saved.\n");
	else if (t->card->stale[pgno] == AGE_OLD && n->tree != NO_TREE && n->tree != 0 &&
	         t->model->tree[n->tree].keep)
		buf_printf(b,
		        "is or may be an older one: its records of the table %s were saved as it "
		        "has them.\n",
		        t->model->tree[n->tree].name);
}

static void run_say(struct buf *b, uint32_t from, uint32_t to, const struct buf *is)
{
	if (!is->len)
		return;
	if (from == to)
		buf_printf(b, "Page %u %s", from, buf_str(is));
	else
		buf_printf(b, "Each of pages %u to %u %s", from, to, buf_str(is));
}

/* Pages side by side of which the same is to be said stand in one line. */
static void pages_say(struct buf *b, const struct salvage_trees *t)
{
	struct buf run, is;
	uint32_t from = 1;
	buf_init(&run, 4096);
	buf_init(&is, 4096);
	for (uint32_t i = 1; i <= t->pages; i++) {
		buf_clear(&is);
		page_is(&is, t, i);
		if (strcmp(buf_str(&is), buf_str(&run)) == 0)
			continue;
		run_say(b, from, i - 1, &run);
		from = i;
		buf_clear(&run);
		buf_puts(&run, buf_str(&is));
	}
	run_say(b, from, t->pages, &run);
	if (!b->err)
		b->err = buf_err(&run) ? buf_err(&run) : buf_err(&is);
	buf_finish(&run);
	buf_finish(&is);
}

static void tables_say(struct buf *b, const struct salvage_trees *t)
{
	for (size_t i = 1; i < t->model->n_trees; i++) {
		const struct salvage_tree *tree = &t->model->tree[i];
		if (!tree->keep)
			continue;
		if (tree->short_rows)
			buf_printf(b,
			        "Table %s: %llu record%s could not be read whole, and %s left "
			        "out.\n",
			        tree->name, (unsigned long long)tree->short_rows,
			        plural(tree->short_rows), tree->short_rows == 1 ? "is" : "are");
		if (tree->twice)
			buf_printf(b,
			        "Table %s: %llu record%s could not stand beside one that was saved "
			        "already, and %s left out.\n",
			        tree->name, (unsigned long long)tree->twice, plural(tree->twice),
			        tree->twice == 1 ? "is" : "are");
		if (tree->found_pages)
			buf_printf(b,
			        "Table %s: %u page%s nothing leads to any more %s found by %s "
			        "form.\n",
			        tree->name, tree->found_pages,
			        tree->found_pages == 1 ? " that" : "s that",
			        tree->found_pages == 1 ? "was" : "were",
			        tree->found_pages == 1 ? "its" : "their");
	}
}

static void log_say(struct buf *b, const struct salvage_card *c)
{
	if (c->bad_frames)
		buf_printf(b,
		        "%u piece%s of the log did not open: what was said last may be lost, and "
		        "an older state saved in its place.\n",
		        c->bad_frames, plural(c->bad_frames));
	if (c->left_frames)
		buf_printf(b,
		        "The log is not the one that belongs to the store: its %u piece%s %s left "
		        "aside.\n",
		        c->left_frames, plural(c->left_frames),
		        c->left_frames == 1 ? "was" : "were");
	if (c->cut_frames)
		buf_printf(b,
		        "The log is missing or cut short: what was said last in %u piece%s of it "
		        "is "
		        "lost, where the database has it not.\n",
		        c->cut_frames, plural(c->cut_frames));
	if (c->unproven)
		buf_printf(b,
		        "%u page%s that opened count%s together with pages that did not: whether "
		        "%s the newest could not be told.\n",
		        c->unproven, plural(c->unproven), c->unproven == 1 ? "s" : "",
		        c->unproven == 1 ? "it is" : "they are");
	if (!c->anchor_good)
		buf_puts(b,
		        "The anchor did not open whole: whether all this is the newest could not "
		        "be told.\n");
}

void report_write(const struct salvage_trees *t, const struct vault_salvage *s, struct buf *b)
{
	buf_printf(b,
	        "What was saved of a damaged Caseroom store, and what was lost.\n\n"
	        "Pages: %llu, of which %llu did not open.\nRecords saved: %llu, of %llu "
	        "tables.\n\n",
	        (unsigned long long)s->pages, (unsigned long long)s->bad_pages,
	        (unsigned long long)s->rows, (unsigned long long)s->tables);
	log_say(b, t->card);
	pages_say(b, t);
	tables_say(b, t);
}
