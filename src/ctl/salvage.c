#include "ctl_int.h"
#include <stdio.h>
#include <string.h>

/* salvage: what still opens of a damaged store, into a new one; and how much that would be. */

struct salvaging {
	const char *what; /* beside the progress */
	bool older_keys;  /* the keyring is older than the store */
	bool noted;       /* the salvage stands in the audit log of the store that is read */
	struct why why;   /* why not */
	int64_t links;    /* that lead nowhere in the new store */
};

#define OLDER_KEYS                                                                                 \
	"The keyring is older than the store, and the new store has its keys: one that was made "  \
	"since is not among them, and one that was removed or changed since opens it again. Look " \
	"at them with caseroomctl keys, remove what should be gone, then run caseroomctl rekey."

/* Its length: what follows in a sentence of why is advice for before a salvage. */
static int first_sentence(const char *text)
{
	const char *end = strstr(text, ". ");
	return end ? (int)(end - text) + 1 : (int)strlen(text);
}

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
	if (!s->noted)
		buf_printf(lost,
		        "No entry about this could be written into the audit log of the damaged "
		        "store. It did not open: %.*s\n",
		        first_sentence(s->why.text), s->why.text);
	if (s->older_keys)
		buf_puts(lost, OLDER_KEYS "\n");
	return record_salvaged(v, &found->mark, lost, &s->links, w);
}

/* `out` NULL: only counts. Of what `u` has the keys of, or (NULL) of the open vault. */
static enum err run(struct ctl *c, struct vault_unlock *u, const char *out, struct salvaging *s,
        struct vault_salvage *ret, struct buf *lost, struct why *w)
{
	struct buf schema;
	buf_init(&schema, 1u << 20);
	enum err e = record_schema_sql(&schema);
	const struct vault_salvage_job job = {.out = out,
	        .schema = buf_str(&schema),
	        .fn = on_progress,
	        .finish = finish,
	        .ctx = s};
	if (!e)
		e = u ? vault_salvage(u, &job, ret, lost, w)
		      : vault_salvage_open(c->vault, &job, ret, lost, w);
	buf_finish(&schema);
	ctl_progress_end();
	return e;
}

void ctl_salvageable(struct ctl *c, struct vault_unlock *u)
{
	struct salvaging s = {.what = "Counting what can be saved"};
	struct vault_salvage found = {0};
	struct buf lost;
	buf_init(&lost, 64u << 20);
	if (!run(c, u, NULL, &s, &found, &lost, NULL) && found.rows)
		fprintf(stderr,
		        "%llu records can be saved: caseroomctl salvage --store %s --out DIR makes "
		        "a "
		        "new store of them and changes nothing here.\n",
		        (unsigned long long)found.rows, c->dir);
	buf_finish(&lost);
}

/* A store that still opens says in its own audit log that all of it was taken along, before it is.
 * One that does not is salvaged all the same: that is what a salvage is for. */
static enum err note_salvage(struct ctl *c, struct vault_unlock **u, struct salvaging *s)
{
	enum err e = vault_unlock_open(*u, &c->vault, &s->why);
	if (e) {
		s->older_keys = vault_unlock_older(*u) == VAULT_OLDER_KEYRING;
		return ERR_OK;
	}
	*u = NULL;
	e = ctl_open_record(c);
	if (e == ERR_DENIED)
		return e;
	if (!e)
		e = record_audit_note(c->record, "store.salvaged", "store", 0);
	if (!e)
		e = vault_rest(c->vault);
	s->noted = !e;
	if (e && !vault_damage(c->vault, &c->why) && !c->why.text[0])
		err_ignore(why(&c->why, e, "%s", err_user(e)));
	s->why = c->why;
	c->why.text[0] = 0;
	return ERR_OK;
}

static void say_done(const struct ctl *c, const struct salvaging *s, const struct buf *lost)
{
	const char *out = c->opt[OPT_OUT];
	fputs(buf_str(lost), stdout);
	printf("\nA new store is in %s: %s. %s This list is in "
	       "%s/lost.txt.\nRun "
	       "caseroomctl verify --store %s to see what a gap in the audit log means for it.\n",
	        out,
	        s->older_keys ? "the keys of the older keyring open it" : "the same keys open it",
	        s->noted ? "The audit log of the other one says so, and nothing else of it was "
	                   "changed."
	                 : "The damaged one was not changed.",
	        out, out);
}

/* Before anybody types, and before an entry says that it was done. */
static enum err out_free(struct ctl *c)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	if (vault_slots(c->opt[OPT_OUT], slot, COUNT_OF(slot), &n, NULL, NULL) == ERR_NOT_FOUND)
		return ERR_OK;
	return why(&c->why, ERR_EXISTS,
	        "There is a store here already: %.200s. Nothing was changed. Name another "
	        "directory.",
	        c->opt[OPT_OUT]);
}

enum err verb_salvage(struct ctl *c)
{
	struct salvaging s = {.what = "Reading every page"};
	struct vault_salvage found = {0};
	struct vault_unlock *u = NULL;
	struct buf lost;
	TRY(out_free(c));
	buf_init(&lost, 64u << 20);
	enum err e = ctl_unlock(c, &u);
	if (!e)
		e = note_salvage(c, &u, &s);
	if (!e)
		e = run(c, u, c->opt[OPT_OUT], &s, &found, &lost, &c->why);
	vault_unlock_end(u);
	if (!e)
		say_done(c, &s, &lost);
	buf_finish(&lost);
	return e;
}
