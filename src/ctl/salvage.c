#include "ctl_int.h"
#include <stdio.h>

/* salvage: what still opens of a damaged store, into a new one; and how much that would be. */

struct salvaging {
	const char *what; /* beside the progress */
	int64_t links;    /* that lead nowhere in the new store */
};

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct salvaging *s = ctx;
	ctl_progress(s->what, done, total);
}

static enum err finish(void *ctx, struct vault *v, const struct vault_salvage *found,
        struct buf *lost, struct why *w)
{
	struct salvaging *s = ctx;
	ctl_progress("Making search anew", 0, 0);
	return record_salvaged(v, &found->mark, lost, &s->links, w);
}

static enum err run(struct ctl *c, struct vault_unlock *u, const char *out, struct salvaging *s,
        struct vault_salvage *ret, struct buf *lost)
{
	struct buf schema;
	buf_init(&schema, 1u << 20);
	enum err e = record_schema_sql(&schema);
	struct vault_salvage_job job = {.out = out,
	        .schema = buf_str(&schema),
	        .fn = on_progress,
	        .finish = finish,
	        .ctx = s};
	if (!e)
		e = vault_salvage(u, &job, ret, lost, &c->why);
	buf_finish(&schema);
	ctl_progress_end();
	return e;
}

void ctl_salvageable(struct ctl *c, struct vault_unlock *u)
{
	struct salvaging s = {.what = "Counting what can be saved"};
	struct vault_salvage found = {0};
	struct buf lost, schema;
	struct why w;
	buf_init(&lost, 64u << 20);
	buf_init(&schema, 1u << 20);
	enum err e = record_schema_sql(&schema);
	struct vault_salvage_job job = {.schema = buf_str(&schema), .fn = on_progress, .ctx = &s};
	if (!e)
		e = u ? vault_salvage(u, &job, &found, &lost, &w)
		      : vault_salvageable(c->vault, buf_str(&schema), &found, &w);
	ctl_progress_end();
	if (!e)
		fprintf(stderr,
		        "%llu records can be saved: caseroomctl salvage --store %s --out DIR makes "
		        "a "
		        "new store of them and changes nothing here.\n",
		        (unsigned long long)found.rows, c->dir);
	buf_finish(&lost);
	buf_finish(&schema);
}

enum err verb_salvage(struct ctl *c)
{
	struct salvaging s = {.what = "Reading every page"};
	struct vault_salvage found = {0};
	struct vault_unlock *u = NULL;
	struct buf lost;
	buf_init(&lost, 64u << 20);
	enum err e = ctl_unlock(c, &u);
	if (!e)
		e = run(c, u, c->opt[OPT_OUT], &s, &found, &lost);
	vault_unlock_end(u);
	if (!e) {
		fputs(buf_str(&lost), stdout);
		printf("\nA new store is in %s: the same keys open it. The damaged one was not "
		       "changed. This list is in %s/lost.txt.\nRun caseroomctl verify --store %s "
		       "to see what a gap in the audit log means for it.\n",
		        c->opt[OPT_OUT], c->opt[OPT_OUT], c->opt[OPT_OUT]);
	}
	buf_finish(&lost);
	return e;
}
