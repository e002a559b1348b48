#include "ctl_int.h"
#include <stdio.h>
#include "caseroom/record_audit.h"

/* verify and backup: the store as a whole. */

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
	for (size_t i = 0; i < report.old_pages && i < COUNT_OF(report.old); i++)
		fprintf(stderr, "page %llu is an older one\n", (unsigned long long)report.old[i]);
	if (e == ERR_DAMAGED || e == ERR_OLDER)
		ctl_salvageable(c, NULL);
	return e;
}

/* Opens the store to look at it. One that is damaged is told what can be saved of it. */
static enum err verify_open(struct ctl *c)
{
	struct vault_unlock *u = NULL;
	enum err e = ctl_unlock(c, &u);
	if (!e) {
		e = vault_unlock_open(u, &c->vault, &c->why);
		if (e == ERR_DAMAGED || e == ERR_OLDER)
			ctl_salvageable(c, u);
		if (!e)
			u = NULL;
	}
	vault_unlock_end(u);
	return e;
}

static enum err verify_audit(struct ctl *c, struct audit_check *check)
{
	enum err e = ERR_OK;
	while (!e && !check->done) {
		e = record_audit_check(c->record, check, 10000);
		ctl_progress(
		        "Checking the audit log", (uint64_t)check->entries, (uint64_t)check->total);
	}
	ctl_progress_end();
	return e;
}

/* What was lost with records often took entries of the audit log along: both are told. */
static enum err links_say(struct ctl *c, int64_t links, struct audit_check *check)
{
	const char *whose =
	        links == 1 ? "1 link between records leads" : "links between records lead";
	char count[32] = "", gap[128] = "";
	enum err e = verify_audit(c, check);
	if (e && e != ERR_AUDIT)
		return e;
	if (links != 1)
		(void)snprintf(count, sizeof(count), "%lld ", (long long)links);
	if (e)
		(void)snprintf(gap, sizeof(gap),
		        " The audit log is broken at entry %lld, or entries are missing.",
		        (long long)check->bad);
	return why(&c->why, ERR_DAMAGED,
	        "%s%s nowhere.%s Every page is as it was written. Keep a backup of this and call "
	        "your administrator.",
	        count, whose, gap);
}

enum err verb_verify(struct ctl *c)
{
	uint64_t pages = 0;
	int64_t links = 0;
	struct audit_check check = {0};
	char words[VAULT_FINGERPRINT_MAX];
	TRY(verify_open(c));
	TRY(verify_pages(c, &pages));
	TRY(ctl_open_record(c));
	enum err e = record_links_verify(c->record, &links);
	if (e == ERR_DAMAGED)
		return links_say(c, links, &check);
	TRY(e);
	e = verify_audit(c, &check);
	if (e == ERR_AUDIT)
		return why(&c->why, e,
		        "The audit log is broken at entry %lld: it is not what was written, or "
		        "entries are missing. Every page is as it was written. Call your "
		        "administrator before anything is written.",
		        (long long)check.bad);
	TRY(e);
	record_fingerprint(c->record, words);
	printf("All is as it was written: %llu pages, every link between records, every entry of "
	       "the audit log.\n",
	        (unsigned long long)pages);
	if (check.checked_from)
		printf("Every seal of the audit log holds, from entry %lld on.\n",
		        (long long)check.checked_from);
	else
		printf("Its seals can be checked with an auditor's key, or with the recovery "
		       "words.\n");
	printf("The audit log ends with: %s\n", words);
	return ERR_OK;
}

/* Why a full backup was begun beside what was there. */
static const char *anew_words(const struct vault_backup_report *r)
{
	static const char *const WORDS[VAULT_BACKUP_ANEW_COUNT] = {
	        [VAULT_BACKUP_WORDS] = "The backup there opened with other recovery words; a full "
	                               "one took its place.\n",
	        [VAULT_BACKUP_DATA_KEY] =
	                "The backup there was made before the new data key; a full one took its "
	                "place and the old one was removed. A stick may keep traces of what it "
	                "removed, which open with the recovery "
	                "words alone: see docs/THREATS.md.\n",
	        [VAULT_BACKUP_NOT_OURS] = "The backup there was changed, or is another store's; a "
	                                  "full one was made beside it.\n",
	        [VAULT_BACKUP_DAMAGED] = "The backup there was damaged or an older one put back; a "
	                                 "full one took its place. Watch this stick.\n",
	        [VAULT_BACKUP_LARGE] = "More than half of the backup there was out of date; a full "
	                               "one took its place.\n",
	};
	return WORDS[r->anew] ? WORDS[r->anew] : "";
}

enum err verb_backup(struct ctl *c)
{
	char what[] = "Writing the backup";
	struct vault_backup_report r = {0};
	TRY(ctl_open(c));
	TRY(vault_backup(c->vault, c->arg[0], on_progress, what, &r, &c->why));
	ctl_progress_end();
	TRY(record_backup_done(c->record));
	if (r.anew == VAULT_BACKUP_RESTORED)
		printf("The backup there is of before this store was restored or salvaged, and may "
		       "hold what this store does not. It stays in %s/%s/%04u, and caseroomctl "
		       "restore of that folder brings it back; a full one was made beside it.\n",
		        c->arg[0], r.folder, r.before);
	printf("%sThe backup in %s is up to date: %llu of %llu pages were written and read back, "
	       "%llu "
	       "KiB. The recovery words open it.\n",
	        anew_words(&r), c->arg[0], (unsigned long long)r.pages, (unsigned long long)r.all,
	        (unsigned long long)((r.bytes + 1023) / 1024));
	return ERR_OK;
}
