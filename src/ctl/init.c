#include "ctl_int.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "caseroom/record_keys.h"

/* init: a new store. The file for the recovery words is made first, so that a bad path costs
 * nothing. */

/* Before the first entry, so that the recovery words can check every seal of the audit log. */
static enum err recovery(struct ctl *c, int fd)
{
	struct vault_secret *words = NULL;
	enum err e = record_recovery_first(c->vault, &words, &c->why);
	if (!e)
		e = ctl_recovery(c, words, fd);
	vault_secret_destroy(words);
	return e;
}

static enum err make(struct ctl *c, const struct vault_secret *s, int fd, bool to_tty)
{
	const char *label = c->opt[OPT_SAMPLE] ? SAMPLE_OPENER_LABEL : "Coordinator";
	ctl_progress("Making the store", 0, 0);
	TRY(vault_create(c->dir, label, s, NULL, &c->vault, &c->why));
	ctl_progress_end();
	const bool words = fd >= 0 || to_tty;
	if (words)
		TRY(recovery(c, fd));
	TRY(ctl_open_record(c));
	if (words)
		TRY(record_recovery_told(c->record));
	if (!c->opt[OPT_SAMPLE])
		return ERR_OK;
	TRY(sample_fill(c));
	return c->opt[OPT_DEMO_KEYS] ? sample_keys(c, c->opt[OPT_DEMO_KEYS]) : ERR_OK;
}

enum err verb_init(struct ctl *c)
{
	struct vault_secret *s = NULL;
	const char *file = c->opt[OPT_RECOVERY];
	bool to_tty = !file && isatty(STDOUT_FILENO);
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	int fd = -1;
	if (c->opt[OPT_DEMO_KEYS] && !c->opt[OPT_SAMPLE])
		return why(&c->why, ERR_REFUSED,
		        "--demo-keys goes with --sample alone: real agencies make their own keys "
		        "and keep the secret half. Nothing was done.");
	if (vault_slots(c->dir, slot, COUNT_OF(slot), &n, NULL, NULL) != ERR_NOT_FOUND)
		return why(&c->why, ERR_EXISTS,
		        "There is a store in %.200s already. Nothing was changed. Name another "
		        "directory.",
		        c->dir);
	enum err e = ctl_passphrase(c, c->opt[OPT_PASSPHRASE], "--passphrase-file",
	        "New passphrase of the store", true, &s);
	if (!e)
		e = vault_passphrase_check(s, VAULT_PASSPHRASE, &c->why);
	if (!e && file)
		e = ctl_create_file(c, file, "The file of the recovery words", &fd);
	if (!e) {
		e = make(c, s, fd, to_tty);
		if (e && c->vault)
			fprintf(stderr,
			        "The store in %s is not finished: remove that directory and begin "
			        "again.\n",
			        c->dir);
		if (e && !c->vault && fd >= 0)
			(void)unlink(file);
	}
	if (fd >= 0)
		close(fd);
	vault_secret_destroy(s);
	TRY(e);
	printf("A new store is in %s. The key \"%s\" opens it.\n", c->dir,
	        vault_opener(c->vault)->label);
	if (file)
		printf("The recovery words are in %s: write them down, lock them away, and remove "
		       "the file.\n",
		        file);
	else if (!to_tty)
		printf("There are no recovery words: if the passphrase is lost, so is the store. "
		       "caseroomctl recovery new makes some.\n");
	if (c->opt[OPT_SAMPLE])
		printf("It holds Quexham, which is invented throughout.\n");
	return ERR_OK;
}
