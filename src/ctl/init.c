#include "ctl_int.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* init: a new store. The file for the recovery key is made first, so that a bad path costs nothing.
 */

static enum err recovery(struct ctl *c, int fd, bool to_tty)
{
	struct vault_secret *key = NULL;
	TRY(vault_recovery_make(&key));
	const struct vault_factors f = {.passphrase = key};
	const struct vault_slot_new paper = {
	        .kind = VAULT_SLOT_RECOVERY, .label = "Recovery key", .factors = &f};
	enum err e = ERR_OK;
	if (fd >= 0)
		e = ctl_write_line(c, fd, key->text, key->len);
	if (!e)
		e = vault_slot_add(c->vault, &paper, NULL, &c->why);
	if (!e && to_tty) {
		printf("The recovery key. It is shown this once: write it down and lock it "
		       "away.\n\n    ");
		fwrite(key->text, 1, key->len, stdout);
		printf("\n\n");
		fflush(stdout);
	}
	vault_secret_destroy(key);
	return e;
}

static enum err make(struct ctl *c, const struct vault_secret *s, int fd, bool to_tty)
{
	const char *label = c->opt[OPT_SAMPLE] ? SAMPLE_OPENER_LABEL : "Coordinator";
	ctl_progress("Making the store", 0, 0);
	TRY(vault_create(c->dir, label, s, NULL, &c->vault, &c->why));
	TRY(ctl_open_record(c));
	ctl_progress_end();
	if (fd >= 0 || to_tty)
		TRY(recovery(c, fd, to_tty));
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
	enum err e =
	        ctl_passphrase(c, c->opt[OPT_PASSPHRASE], "New passphrase of the store", true, &s);
	if (!e)
		e = vault_passphrase_check(s, VAULT_PASSPHRASE, &c->why);
	if (!e && file)
		e = ctl_create_file(c, file, "The recovery key", &fd);
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
		printf("The recovery key is in %s: print it, lock it away, and remove the file.\n",
		        file);
	else if (!to_tty)
		printf("There is no recovery key: if the passphrase is lost, so is the store. Use "
		       "--recovery-file next time.\n");
	if (c->opt[OPT_SAMPLE])
		printf("It holds Quexham, which is invented throughout.\n");
	return ERR_OK;
}
