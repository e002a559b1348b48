#include "ctl_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "caseroom/record_keys.h"
#include "caseroom/time.h"

/* The keys of a store: what each asks for, the room key, how many agencies, the recovery words. */

/* ---- which key is meant ---- */

enum meant { BY_LABEL, BY_LETTERS, BY_BEGINNING, MEANT_COUNT };

static bool means(enum meant how, const char *text, const char *label)
{
	char a[2 * VAULT_LABEL_MAX + 1], b[2 * VAULT_LABEL_MAX + 1];
	if (how == BY_LABEL)
		return strcmp(text, label) == 0;
	const size_t n = utf8_fold(text, strnlen(text, VAULT_LABEL_MAX), a, sizeof(a)),
	             of = utf8_fold(label, strlen(label), b, sizeof(b));
	return n && (how == BY_LETTERS ? n == of : n <= of) && memcmp(a, b, n) == 0;
}

static void print_labels(
        const char *said, const struct vault_slot *slot, size_t n, enum meant how, const char *text)
{
	fprintf(stderr, "%s:\n", said);
	for (size_t i = 0; i < n; i++)
		if (!text || means(how, text, slot[i].label))
			fprintf(stderr, "  %s\n", slot[i].label);
}

enum err ctl_find_key(struct ctl *c, const char *text, bool whole, struct vault_slot *ret)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	TRY(vault_slots(c->dir, slot, COUNT_OF(slot), &n, NULL, &c->why));
	for (enum meant how = BY_LABEL; how < (whole ? BY_LETTERS : MEANT_COUNT); how++) {
		size_t found = 0, at = 0;
		for (size_t i = 0; i < n; i++)
			if (means(how, text, slot[i].label)) {
				at = i;
				found++;
			}
		if (found == 1) {
			*ret = slot[at];
			return ERR_OK;
		}
		if (found) {
			print_labels("These could be meant", slot, n, how, text);
			return why(&c->why, ERR_INPUT,
			        "More than one key is called something like \"%.90s\". Nothing was "
			        "done. Say more of its name.",
			        text);
		}
	}
	print_labels("The keys of this store", slot, n, BY_LABEL, NULL);
	return why(&c->why, ERR_INPUT, "There is no key called \"%.90s\". Nothing was done.", text);
}

/* ---- the list ---- */

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

static const char *whose(const struct vault_slot *s, char out[48])
{
	if (s->kind == VAULT_SLOT_RECOVERY)
		return "; opens the store alone";
	if (s->group)
		snprintf(out, 48, "; %s of agency %u",
		        s->kind == VAULT_SLOT_AUDITOR ? "an auditor" : "a person", s->group);
	else
		snprintf(out, 48, "; %s of no agency",
		        s->kind == VAULT_SLOT_AUDITOR ? "an auditor" : "a person");
	return out;
}

static const char *waits(const struct vault_slot *s, char out[80])
{
	const int64_t us = s->waits_until_us + TIME_MINUTE_US - 1; /* the minute that is past it */
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	if (!s->waits_until_us)
		return "";
	snprintf(out, 80, "; waits after wrong tries until %s %s",
	        day_text(day, time_to_day(us), DAY_ISO), time_text_hm(hm, us));
	return out;
}

enum err verb_keys(struct ctl *c)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	unsigned quorum = 1;
	char text[96], who[48], until[80];
	TRY(vault_slots(c->dir, slot, COUNT_OF(slot), &n, &quorum, &c->why));
	for (size_t i = 0; i < n; i++)
		printf("%-40s  %s%s%s%s%s\n", slot[i].label, asks(&slot[i], text),
		        whose(&slot[i], who),
		        slot[i].kind == VAULT_SLOT_AUDITOR ? "; reads the audit log alone" : "",
		        slot[i].old_form ? "; of the old form: must open the store once" : "",
		        waits(&slot[i], until));
	if (quorum > 1)
		printf("It takes people of %u agencies to open the store; the recovery words open "
		       "it alone.\n",
		        quorum);
	return ERR_OK;
}

/* ---- room keys, quorum, recovery words ---- */

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
	const unsigned before = vault_quorum(c->vault);
	TRY(record_quorum_set(c->record, (unsigned)k, &c->why));
	if (k == 1)
		printf("From now on any one key opens the store.\n");
	else
		printf("From now on it takes people of %lu agencies to open the store. No one key "
		       "opens it, but the recovery words: keep them where no one agency has them "
		       "alone.\n",
		        k);
	if (k > before)
		ctl_advise_rekey();
	return ERR_OK;
}

enum err ctl_recovery(struct ctl *c, const struct vault_secret *words, int fd)
{
	if (fd >= 0)
		return ctl_write_line(c, fd, words->text, words->len);
	printf("The recovery words. They are shown this once: write them down and lock them "
	       "away.\n\n    ");
	fwrite(words->text, 1, words->len, stdout);
	printf("\n\n");
	if (fflush(stdout) != 0 || ferror(stdout))
		return why(&c->why, ERR_IO, "The recovery words could not be shown.");
	return ERR_OK;
}

/* The words are where they are read from before those of before are taken away. */
static enum err recovery_change(struct ctl *c, const uint8_t *id, int fd)
{
	struct vault_secret *words = NULL;
	TRY(vault_recovery_make(&words));
	enum err e = ctl_recovery(c, words, fd);
	const struct why failed = c->why;
	if (e)
		(void)why(&c->why, e, "%s Nothing was changed: the words of before still hold.",
		        failed.text);
	else
		e = record_recovery_new(c->record, id, words, &c->why);
	vault_secret_destroy(words);
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
	enum err e = recovery_change(c, id, fd);
	if (fd >= 0)
		close(fd);
	if (e && fd >= 0)
		(void)unlink(c->opt[OPT_RECOVERY]);
	TRY(e);
	printf("%s\n", id ? RECOVERY_CHANGED
	                  : "The recovery words are made. They open every "
	                    "backup from now on: make one.");
	if (id)
		ctl_advise_rekey();
	return ERR_OK;
}

/* ---- a new data key ---- */

void ctl_advise_rekey(void)
{
	printf("A copy of the keyring from before, in a backup or an image of the card, still "
	       "opens this card with what it asked for then: caseroomctl rekey ends that.\n");
}

static void rekey_told(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	ctl_progress("New data key", done, total);
}

enum err ctl_rekey(struct ctl *c)
{
	record_close(c->record);
	practice_destroy(c->practice);
	c->record = NULL;
	c->practice = NULL;
	enum err e = vault_rekey(c->vault, rekey_told, NULL, &c->why);
	ctl_progress_end();
	if (e)
		return e;
	return ctl_open_record(c);
}

enum err verb_rekey(struct ctl *c)
{
	TRY(ctl_open(c));
	TRY(record_rekey_ask(c->record, &c->why));
	TRY(ctl_rekey(c));
	printf("The store has a new data key: no copy of the keyring from before opens this card. "
	       "Keys and room keys stay as they are. Destroy older backups and copies of the "
	       "card, which still open with the keys of then. %s\n",
	        record_has_recovery(c->record)
	                ? "The next backup is a full one: make it before that."
	                : "There are no recovery words, and no backup can be made without: "
	                  "caseroomctl recovery new makes them.");
	return ERR_OK;
}
