#include "ctl_int.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "caseroom/record_keys.h"

/* restore: first what would be lost, then, when that was asked for, the store of the backup, and
 * what comes after. And the key that opens a backup without this program. */

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	ctl_progress(ctx, done, total);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* What the anchors alone tell. */
static void say_counts(const struct vault_restore_plan *p)
{
	const uint64_t entries = p->newer.entries, meetings = p->newer.meetings;
	printf("The store here goes further than the backup by %llu entr%s of the audit log and "
	       "%llu closed meeting%s.\n",
	        (unsigned long long)entries, entries == 1 ? "y" : "ies",
	        (unsigned long long)meetings, plural(meetings));
}

static void say_keys(const struct vault_restore_plan *p)
{
	static const struct {
		const char *what, *then;
	} SAID[] = {[VAULT_KEY_ADDED] = {"added", ""},
	        [VAULT_KEY_CHANGED] = {"changed",
	                "; as it was before, it opens the restored store"},
	        [VAULT_KEY_REMOVED] = {"taken away", "; it opens the restored store again"}};
	for (size_t i = 0; i < p->n_keys; i++)
		printf("  key %s since: %s%s\n", SAID[p->key[i].since].what, p->key[i].label,
		        SAID[p->key[i].since].then);
}

/* What its record tells, when the recovery words open it. */
static enum err say_record(struct ctl *c, uint64_t seq)
{
	struct since s = {0};
	TRY(ctl_open_record(c));
	TRY(record_since(c->record, &c->arena, seq, &s));
	for (size_t i = 0; i < s.n_meetings; i++)
		printf("  meeting: %s%s\n", s.meeting[i].name,
		        s.meeting[i].closed ? ", closed" : "");
	for (size_t i = 0; i < s.n_imports; i++)
		printf("  imported since: %llu line%s of %s\n",
		        (unsigned long long)s.import[i].lines, plural(s.import[i].lines),
		        s.import[i].kind);
	printf("  %llu action%s and %llu case%s changed since%s.\n", (unsigned long long)s.actions,
	        plural(s.actions), (unsigned long long)s.cases, plural(s.cases),
	        s.n_imports ? ", beside what was imported" : "");
	return ERR_OK;
}

/* Opens the vault in c->dir with the recovery words and nothing else. */
static enum err open_words(struct ctl *c, const struct vault_secret *words, struct why *w)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	enum err e = vault_slots(c->dir, slot, COUNT_OF(slot), &n, NULL, w);
	if (!e)
		e = why(w, ERR_NEEDS, "The store has no recovery words.");
	for (size_t i = 0; i < n && (e == ERR_NEEDS || e == ERR_WRONG_KEY); i++)
		if (slot[i].kind == VAULT_SLOT_RECOVERY)
			e = vault_open(c->dir, slot[i].id, words, &c->vault, w);
	return e;
}

static void say_newer(
        struct ctl *c, const struct vault_restore_plan *p, const struct vault_secret *words)
{
	struct why why = {""};
	if (!p->keyring) {
		printf("What is newer in the store here could not be told: its keyring is missing "
		       "or damaged.\n");
		return;
	}
	if (!p->same) {
		printf("The store here is another one than that of the backup.\n");
		return;
	}
	if (p->here_known)
		say_counts(p);
	else
		printf("How far the store here goes could not be told: %s\n",
		        p->words ? "its anchor is missing or damaged."
		                 : "it opens with other recovery words than these.");
	say_keys(p);
	/* it may be too damaged for that */
	if (p->here_known && (open_words(c, words, &why) || say_record(c, p->newer.after)))
		printf("  What that is could not be told: its record does not open. One entry can "
		       "be an import of many cases.\n");
	ctl_close(c);
}

static void say_made(const struct vault_restore_plan *p)
{
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	if (p->made_us)
		printf("The backup was made on %s at %s.\n",
		        day_text(day, time_to_day(p->made_us), DAY_YEAR),
		        time_text_hm(hm, p->made_us));
	fflush(stdout);
}

/* The restored store is opened once, so that its audit says from the first that it was. */
static enum err note_restored(struct ctl *c, const struct vault_secret *words)
{
	enum err e = open_words(c, words, &c->why);
	if (!e)
		e = ctl_open_record(c);
	/* the recovery words say that it is meant: the room key goes with this store from now on */
	if (!e && c->opt[OPT_ROOM_KEY])
		e = record_witness_to(c->record, c->opt[OPT_ROOM_KEY], &c->why);
	ctl_close(c);
	return e;
}

/* What whoever restored has to know, or will wonder at later. */
static void say_after(const struct ctl *c, const struct vault_restore_plan *p, bool by_words)
{
	printf("A store is in %s, as it was when the backup was made. Run caseroomctl verify "
	       "--store %s to check it.\n",
	        c->dir, c->dir);
	if (p->kept[0])
		printf("The store that was there is kept whole in %s, and its keys open it; where "
		       "a room key went on with the restored one, after it was opened once with "
		       "the recovery words while that room key was in. Remove it when nothing in "
		       "it is missed.\n",
		        p->kept);
	if (!by_words || !c->opt[OPT_ROOM_KEY])
		printf("A room key that saw more than the backup holds refuses this store until it "
		       "is "
		       "opened once with the recovery words while that key is in: on the panel, or "
		       "with caseroomctl verify --store %s --room-key DIR and the words as the "
		       "passphrase.\n",
		        c->dir);
}

static void say_earlier(const struct vault_restore_plan *p)
{
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	printf("An earlier state is whole: the store as it was on %s at %s. With --earlier it "
	       "comes back, without what came after it.\n",
	        day_text(day, time_to_day(p->earlier_us), DAY_YEAR),
	        time_text_hm(hm, p->earlier_us));
	fflush(stdout);
}

static enum err restore_run(struct ctl *c, const struct vault_secret *words, bool replace,
        struct vault_restore_plan *plan)
{
	char what[] = "Restoring";
	const struct vault_restore_job job = {.from = c->arg[0],
	        .dir = c->dir,
	        .words = words,
	        .replace = replace,
	        .earlier = c->opt[OPT_EARLIER] != NULL,
	        .fn = on_progress,
	        .ctx = what};
	enum err e = vault_restore_run(&job, plan, &c->why);
	ctl_progress_end();
	if (e == ERR_DAMAGED && plan->earlier_us)
		say_earlier(plan);
	return e;
}

static enum err restore(
        struct ctl *c, const struct vault_secret *words, struct vault_restore_plan *plan)
{
	enum err e = restore_run(c, words, false, plan);
	if (e == ERR_EXISTS && plan->there) {
		say_made(plan);
		if (words)
			say_newer(c, plan, words);
		if (!c->opt[OPT_REPLACE])
			return why(&c->why, e,
			        "There is a store in %.200s. Nothing was changed. Add --replace "
			        "and "
			        "the backup takes its place; the store here is then kept beside "
			        "it.",
			        c->dir);
		c->why.text[0] = 0;
		e = restore_run(c, words, true, plan);
	} else if (!e) {
		say_made(plan);
	}
	return e;
}

static enum err ask_words(struct ctl *c, struct vault_secret **ret)
{
	return ctl_passphrase(
	        c, c->opt[OPT_RECOVERY], "--recovery-file", "The recovery words", false, ret);
}

enum err verb_restore(struct ctl *c)
{
	struct vault_secret *words = NULL;
	struct vault_restore_plan plan = {0};
	/* a backup of the first version is one file, and needs no words */
	if (!vault_backup_is_file(c->arg[0]))
		TRY(ask_words(c, &words));
	enum err e = restore(c, words, &plan);
	if (!e) {
		say_after(c, &plan, words);
		e = words ? note_restored(c, words) : ERR_OK;
	}
	vault_secret_destroy(words);
	return e;
}

/* A store that is there says in its audit log that its key was taken out. */
static enum err note_identity(struct ctl *c, const char *dir, const struct vault_secret *words)
{
	c->dir = dir;
	enum err e = open_words(c, words, &c->why);
	if (!e)
		e = ctl_open_record(c);
	if (!e)
		e = record_audit_note(c->record, "recovery.identity", "store", 0);
	ctl_close(c);
	return e;
}

static enum err give_identity(struct ctl *c, const char *file, const struct vault_secret *identity)
{
	int fd = STDOUT_FILENO;
	enum err e = file ? ctl_create_file(c, file, "The key", &fd) : ERR_OK;
	if (!e && file)
		e = ctl_write_line(c, fd, identity->text, identity->len);
	else if (!e && (write(fd, identity->text, identity->len) != (ssize_t)identity->len ||
	                       write(fd, "\n", 1) != 1))
		e = ERR_IO;
	if (fd != STDOUT_FILENO)
		close(fd);
	return e;
}

enum err verb_recovery_identity(struct ctl *c)
{
	struct vault_secret *words = NULL, *identity = NULL;
	const char *dir = c->arg[0], *file = c->n_arg > 1 ? c->arg[1] : NULL;
	if (!file && !isatty(STDOUT_FILENO))
		return why(&c->why, ERR_REFUSED,
		        "This key opens every backup. It is shown on a terminal, or written to a "
		        "new file that you name.");
	TRY(ask_words(c, &words));
	enum err e = vault_is_store(dir) ? note_identity(c, dir, words) : ERR_OK;
	if (!e)
		e = vault_recovery_identity(dir, words, &identity, &c->why);
	if (!e)
		e = give_identity(c, file, identity);
	vault_secret_destroy(identity);
	vault_secret_destroy(words);
	return e;
}
