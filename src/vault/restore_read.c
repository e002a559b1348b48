#include "backup_int.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
/*
 * Finds a backup on a stick and opens it with the recovery words.
 *
 * Invariants.
 * 1. Nothing in a part is used before age and the part's own MAC hold, and nothing after the last
 * part that makes the store whole is used at all.
 * 2. The keyring of the folder opens the parts; what is restored is the one of the last part.
 */

void restore_destroy(struct restore *r)
{
	if (!r)
		return;
	secret_free(r->keys);
	secret_free(r->identity);
	wipe(r, sizeof(*r));
	free(r);
}

enum err restore_new(struct restore **ret)
{
	struct restore *r;
	if (secret_start() != ERR_OK)
		return ERR_INTERNAL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	r->keys = secret_alloc(sizeof(*r->keys));
	r->identity = secret_alloc(AGE_IDENTITY_MAX);
	if (!r->keys || !r->identity) {
		restore_destroy(r);
		return ERR_NOMEM;
	}
	*ret = r;
	return ERR_OK;
}

static void tell(struct restore *r, uint64_t n)
{
	r->done += n;
	if (r->job->fn)
		r->job->fn(r->job->ctx, r->done < r->total ? r->done : r->total, r->total);
}

enum err restore_stopped(const struct restore *r, struct why *w)
{
	return r->job->stop && atomic_load(r->job->stop)
	               ? why(w, ERR_REFUSED, "The restore was stopped. Nothing was changed.")
	               : ERR_OK;
}

/* ---- where the backup lies --------------------------------------------------------------------
 */

bool has_ring(const char *dir)
{
	char path[PATH_MAX];
	return path_in(path, dir, VAULT_FILE_RING) == ERR_OK && vault_io_real.exists(path);
}

/* The folder caseroom-backup-XXXXXXXX in `dir`: ERR_EXISTS when there are several. */
static enum err folder_find(const char *dir, char ret[PATH_MAX], struct why *w)
{
	static const char name[] = VAULT_BACKUP_BEGINS;
	char found[NAME_MAX + 1] = "";
	const size_t n = folder_begins(dir, name, found);
	if (n > 1)
		return why(w, ERR_EXISTS,
		        "There are backups of %zu stores here. Name the folder of the one that you "
		        "mean: each begins with %s.",
		        n, name);
	if (n == 0)
		return why(w, ERR_NOT_STORE, "There is no Caseroom backup here.");
	return path_in(ret, dir, "%s", found);
}

/* The sets of the backup in `from`, rising; r->set is their folder. */
static enum err sets_find(struct restore *r, const char *from, uint32_t *ret, size_t max,
        size_t *ret_n, struct why *w)
{
	struct stat st;
	*ret_n = 0;
	if (stat(from, &st) != 0)
		return why(w, io_err(errno), "The backup could not be opened.");
	(void)snprintf(r->set, sizeof(r->set), "%s", from);
	if (has_ring(from)) /* a set by itself */
		return ERR_OK;
	TRY(folder_numbers(from, 4, "", ret, max, ret_n));
	if (*ret_n == 0) {
		TRY(folder_find(from, r->set, w));
		TRY(folder_numbers(r->set, 4, "", ret, max, ret_n));
	}
	return *ret_n ? ERR_OK : why(w, ERR_NOT_STORE, "There is no Caseroom backup here.");
}

/* ---- parts ------------------------------------------------------------------------------------
 */

/* Opens part `number` and checks it against the one before; *ret points into `payload`. */
static enum err part_read(struct restore *r, uint32_t number, const uint8_t before[32],
        struct buf *payload, struct part *ret, struct why *w)
{
	char path[PATH_MAX];
	struct buf f;
	enum err e;
	buf_init(&f, PART_FILE);
	e = path_in(path, r->set, "%06u.age", number);
	if (e == ERR_OK)
		e = folder_read(path, &f);
	if (e == ERR_OK)
		e = age_open(r->identity, f.data, f.len, payload, NULL);
	if (e == ERR_OK)
		e = part_decode((const uint8_t *)payload->data, payload->len, r->key, ret, w);
	if (e == ERR_OK && (ret->number != number || memcmp(ret->head.before, before, 32) != 0 ||
	                           memcmp(ret->head.store_id, r->ring.head.store_id, 16) != 0 ||
	                           (number > 1 && memcmp(ret->head.set_id, r->set_id, 16) != 0)))
		e = ERR_DAMAGED;
	buf_finish(&f);
	if (e == ERR_OK)
		memcpy(r->set_id, ret->head.set_id, sizeof(r->set_id));
	return e;
}

enum err parts_each(struct restore *r, uint32_t n, part_fn *fn, int out, struct why *w)
{
	uint8_t before[32] = {0};
	struct part p;
	struct buf payload;
	enum err e = ERR_OK;
	buf_init(&payload, PART_PAYLOAD);
	for (uint32_t i = 1; i <= n && e == ERR_OK; i++) {
		buf_clear(&payload);
		e = restore_stopped(r, w);
		if (e == ERR_OK)
			e = part_read(r, i, before, &payload, &p, w);
		if (e == ERR_OK) {
			memcpy(before, p.mac, sizeof(before));
			e = fn(r, &p, out, w);
		}
		tell(r, 1);
		if (e == ERR_OK || (w && w->text[0]))
			continue;
		if (e == ERR_IO || e == ERR_NOT_FOUND)
			e = why(w, ERR_IO,
			        "Part %u of %u of this backup could not be read from the stick. "
			        "Nothing was changed.",
			        i, n);
		else if (e != ERR_NOMEM && e != ERR_FULL && e != ERR_REFUSED)
			e = why(w, ERR_DAMAGED,
			        "Part %u of %u of this backup is damaged or does not belong to it. "
			        "Nothing was changed. Use another backup.",
			        i, n);
	}
	buf_finish(&payload);
	return e;
}

/* First time: how far it goes. */
static enum err part_note(struct restore *r, const struct part *p, int out, struct why *w)
{
	(void)out, (void)w;
	if (!p->whole)
		return ERR_OK;
	if (p->anchor_n != sizeof(r->anchor_bytes) || p->ring_n > sizeof(r->ring_bytes))
		return ERR_DAMAGED;
	r->whole = (uint32_t)p->number;
	r->pages = p->store_pages;
	r->made_us = p->made_us;
	r->ring_n = p->ring_n;
	r->anchor_n = p->anchor_n;
	memcpy(r->ring_bytes, p->ring, p->ring_n);
	memcpy(r->anchor_bytes, p->anchor, p->anchor_n);
	return ERR_OK;
}

/* ---- opening the backup -----------------------------------------------------------------------
 */

static bool any_part(const struct restore *r)
{
	uint32_t number[1];
	size_t n = 0;
	return folder_numbers(r->set, 6, ".age", number, COUNT_OF(number), &n) != ERR_OK || n > 0;
}

static enum err set_open(struct restore *r, const struct vault_secret *words, struct why *w)
{
	size_t n = 0;
	r->whole = 0;
	if (!has_ring(r->set))
		return why(w, ERR_DAMAGED,
		        "This backup has lost its keyring, without which its parts do not open. "
		        "Nothing was changed. Use another backup, or copy the file keyring of this "
		        "store, or of another backup of it under the same recovery words, into "
		        "%.200s.",
		        r->set);
	enum err e = keyring_load(r->set, &r->ring, w);
	if (e == ERR_DAMAGED || e == ERR_NOT_STORE)
		return why(w, ERR_DAMAGED,
		        "The keyring of this backup is damaged. Nothing was changed. Use another "
		        "backup.");
	TRY(e);
	TRY(words_open(&r->ring, words, r->keys, r->identity, w));
	backup_key(r->keys, r->key);
	TRY(folder_numbers(r->set, 6, ".age", r->number, COUNT_OF(r->number), &n));
	r->parts = 0;
	while (r->parts < n && r->number[r->parts] == r->parts + 1)
		r->parts++;
	r->total = 2ull * r->parts;
	e = parts_each(r, r->parts, part_note, -1, w);
	if (e == ERR_OK && n != r->parts)
		e = why(w, ERR_DAMAGED,
		        "Part %u of this backup is missing. Nothing was changed. Use another "
		        "backup.",
		        r->parts + 1);
	return e;
}

static enum err anchor_of(struct restore *r, struct why *w)
{
	r->anchor.keys = r->keys;
	memcpy(r->anchor.store_id, r->ring.head.store_id, VAULT_ID_BYTES);
	return anchor_decode(&r->anchor, r->anchor_bytes, r->anchor_n, w);
}

enum err restore_open(struct restore *r, int64_t *ret_earlier_us, struct why *w)
{
	uint32_t set[64];
	char home[PATH_MAX];
	size_t n = 0;
	enum err damaged = ERR_OK;
	*ret_earlier_us = 0;
	TRY(sets_find(r, r->job->from, set, COUNT_OF(set), &n, w));
	memcpy(home, r->set, sizeof(home));
	for (size_t i = n ? n : 1; i > 0 && !r->whole; i--) {
		enum err e;
		if (n)
			TRY(path_in(r->set, home, "%04u", set[i - 1]));
		if (!has_ring(r->set) && !any_part(r)) /* not even begun in full */
			continue;
		e = set_open(r, r->job->words, damaged ? NULL : w);
		if (e != ERR_OK && e != ERR_DAMAGED)
			return damaged ? damaged : e;
		if (!damaged)
			damaged = e;
	}
	if (damaged && !r->whole)
		return damaged;
	if (!r->whole)
		return why(w, ERR_NOT_STORE,
		        "This backup was interrupted before it was whole, and there is none before "
		        "it. Nothing was changed. Use another backup.");
	if (damaged) {
		*ret_earlier_us = r->made_us;
		if (!r->job->earlier)
			return damaged;
		if (w)
			w->text[0] = 0;
	}
	TRY(keyring_decode(r->ring_bytes, r->ring_n, &r->ring, w));
	return anchor_of(r, w);
}

/* ---- the key to the parts ---------------------------------------------------------------------
 */

/* Of the newest keyring that the words open: an older set may be sealed to older words. */
static enum err identity_find(
        struct restore *r, const char *from, const struct vault_secret *words, struct why *w)
{
	uint32_t set[64];
	char home[PATH_MAX];
	size_t n = 0;
	enum err e = ERR_NOT_STORE;
	TRY(sets_find(r, from, set, COUNT_OF(set), &n, w));
	memcpy(home, r->set, sizeof(home));
	for (size_t i = n ? n : 1; i > 0; i--) {
		if (n)
			TRY(path_in(r->set, home, "%04u", set[i - 1]));
		if (!has_ring(r->set))
			continue;
		e = keyring_load(r->set, &r->ring, w);
		if (e == ERR_OK)
			e = words_open(&r->ring, words, r->keys, r->identity, w);
		if (e != ERR_WRONG_KEY)
			return e;
	}
	return e == ERR_WRONG_KEY ? e : why(w, e, "This backup has lost its keyring.");
}

enum err vault_recovery_identity(const char *from, const struct vault_secret *words,
        struct vault_secret **ret, struct why *w)
{
	struct vault_secret *s = NULL;
	struct restore *r = NULL;
	enum err e = restore_new(&r);
	if (e == ERR_OK)
		e = identity_find(r, from, words, w);
	if (e == ERR_OK)
		e = vault_secret_create(AGE_IDENTITY_MAX, &s);
	if (e == ERR_OK) {
		s->len = strlen(r->identity);
		memcpy(s->text, r->identity, s->len + 1);
		*ret = s;
	}
	restore_destroy(r);
	return e;
}
