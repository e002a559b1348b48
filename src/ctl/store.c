#include "ctl_int.h"
#include <stdio.h>

/* verify, backup and restore: the store as a whole. */

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	ctl_progress(ctx, done, total);
}

static enum err verify_pages(struct ctl *c, uint64_t *ret_pages)
{
	struct vault_report report = {0};
	ctl_progress("Opening every page", 0, 0);
	enum err e = vault_verify(c->vault, &report, &c->why);
	ctl_progress_end();
	*ret_pages = report.pages;
	for (size_t i = 0; i < report.bad_pages && i < COUNT_OF(report.bad); i++)
		fprintf(stderr, "page %llu is damaged\n", (unsigned long long)report.bad[i]);
	return e;
}

enum err verb_verify(struct ctl *c)
{
	uint64_t pages = 0;
	int64_t links = 0, entries = 0, bad = 0;
	char head[24];
	TRY(ctl_open_vault(c));
	TRY(verify_pages(c, &pages));
	TRY(ctl_open_record(c));
	enum err e = record_links_verify(c->record, &links);
	if (e == ERR_DAMAGED)
		return why(&c->why, e,
		        "%lld links between records lead nowhere. Every page is as it was written. "
		        "Keep a backup of this and call your administrator.",
		        (long long)links);
	TRY(e);
	e = record_audit_verify(c->record, &entries, &bad);
	if (e == ERR_AUDIT)
		return why(&c->why, e,
		        "The audit log does not hold at entry %lld. Every page is as it was "
		        "written. Call your administrator before anything is written.",
		        (long long)bad);
	TRY(e);
	TRY(record_fingerprint(c->record, head));
	/* not how many entries: beside the list of them the number would tell of hidden cases */
	printf("All is as it was written: %llu pages, every link between records, every entry of "
	       "the "
	       "audit log.\nThe audit log ends with %s.\n",
	        (unsigned long long)pages, head);
	return ERR_OK;
}

enum err verb_backup(struct ctl *c)
{
	char what[] = "Writing the backup";
	TRY(ctl_open(c));
	TRY(record_audit_note(c->record, "store.backup", "store", 0));
	/* nothing may read while the pages are copied */
	record_close(c->record);
	c->record = NULL;
	TRY(vault_backup(c->vault, c->arg[0], on_progress, what, &c->why));
	ctl_progress_end();
	printf("The backup is in %s, sealed like the store: the same keys open it.\n", c->arg[0]);
	return ERR_OK;
}

enum err verb_restore(struct ctl *c)
{
	char what[] = "Restoring";
	TRY(vault_restore(c->arg[0], c->dir, on_progress, what, &c->why));
	ctl_progress_end();
	printf("A store is in %s, as it was when the backup was made. Run caseroomctl verify "
	       "--store %s to check it.\n",
	        c->dir, c->dir);
	return ERR_OK;
}
