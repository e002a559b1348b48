#include "ctl_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "caseroom/record_keys.h"

/* The keys of a store: what each asks for, the room key, how many agencies, the recovery words. */

static const char *asks(const struct vault_slot *s, char out[96])
{
	const bool pin = s->factors & (VAULT_ROOM_KEY | VAULT_FIDO);
	if (s->kind == VAULT_SLOT_RECOVERY)
		return s->old_form ? "the recovery key on paper" : "the recovery words on paper";
	snprintf(out, 96, "%s%s%s%s", pin ? "PIN" : "passphrase",
	        s->factors & VAULT_ROOM_KEY ? ", room key" : "",
	        s->factors & VAULT_FIDO ? ", token" : "",
	        s->factors & VAULT_DEVICE ? ", this box" : "");
	return out;
}

enum err verb_keys(struct ctl *c)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	unsigned quorum = 1;
	char text[96];
	TRY(vault_slots(c->dir, slot, COUNT_OF(slot), &n, &quorum, &c->why));
	for (size_t i = 0; i < n; i++)
		printf("%-40s  %s%s%s\n", slot[i].label, asks(&slot[i], text),
		        slot[i].kind == VAULT_SLOT_AUDITOR ? "; reads the audit log alone" : "",
		        slot[i].old_form ? "; of the old form: must open the store once" : "");
	if (quorum > 1)
		printf("It takes people of %u agencies to open the store; the recovery words open "
		       "it alone.\n",
		        quorum);
	return ERR_OK;
}

static enum err room_key(struct ctl *c, bool spare)
{
	TRY(ctl_open(c));
	TRY(record_room_key_make(c->record, spare ? c->room_key : NULL, c->arg[0], &c->why));
	printf("%s is in %s. Whoever has it still needs a PIN; without it no PIN opens.\n",
	        spare ? "The spare" : "The room key", c->arg[0]);
	return ERR_OK;
}

enum err verb_roomkey_make(struct ctl *c)
{
	return room_key(c, false);
}

enum err verb_roomkey_copy(struct ctl *c)
{
	return room_key(c, true);
}

enum err verb_quorum(struct ctl *c)
{
	char *end;
	const unsigned long k = strtoul(c->arg[0], &end, 10);
	if (*end || !*c->arg[0] || k < 1 || k > 3)
		return why(&c->why, ERR_INPUT,
		        "\"%.20s\" is not 1, 2 or 3 agencies. Nothing was changed.", c->arg[0]);
	TRY(ctl_open(c));
	TRY(record_quorum_set(c->record, (unsigned)k, &c->why));
	if (k == 1)
		printf("From now on any one key opens the store.\n");
	else
		printf("From now on it takes people of %lu agencies to open the store. No one key "
		       "opens it, but the recovery words: keep them where no one agency has them "
		       "alone.\n",
		        k);
	return ERR_OK;
}

enum err ctl_recovery(struct ctl *c, const struct vault_secret *words, int fd)
{
	enum err e = ERR_OK;
	if (fd >= 0) {
		e = ctl_write_line(c, fd, words->text, words->len);
	} else {
		printf("The recovery words. They are shown this once: write them down and lock "
		       "them away.\n\n    ");
		fwrite(words->text, 1, words->len, stdout);
		printf("\n\n");
		fflush(stdout);
	}
	return e;
}

enum err verb_recovery_new(struct ctl *c)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	const uint8_t *id = NULL;
	size_t n = 0;
	int fd = -1;
	if (!c->opt[OPT_RECOVERY] && !isatty(STDOUT_FILENO))
		return why(&c->why, ERR_REFUSED,
		        "The recovery words would go where nobody reads them. Name a "
		        "--recovery-file. Nothing was changed.");
	TRY(vault_slots(c->dir, slot, COUNT_OF(slot), &n, NULL, &c->why));
	for (size_t i = 0; i < n; i++)
		if (slot[i].kind == VAULT_SLOT_RECOVERY)
			id = slot[i].id;
	TRY(ctl_open(c));
	if (c->opt[OPT_RECOVERY])
		TRY(ctl_create_file(
		        c, c->opt[OPT_RECOVERY], "The file of the recovery words", &fd));
	struct vault_secret *words = NULL;
	enum err e = record_recovery_new(c->record, id, &words, &c->why);
	if (!e)
		e = ctl_recovery(c, words, fd);
	vault_secret_destroy(words);
	if (fd >= 0)
		close(fd);
	if (e && fd >= 0)
		(void)unlink(c->opt[OPT_RECOVERY]);
	if (!e)
		printf("New recovery words are made; those before open nothing from now on.\n");
	return e;
}
