#include "vault_int.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * One directory is one store. Makes it, opens it, closes it.
 *
 * Invariants.
 * 1. The keyring makes a directory a store. It is written last, so that a store that was never
 * finished is none; the marker `making` lies there while it is made, so that nothing else is ever
 * cleared away.
 * 2. Order at open: lock, keyring, tries, passphrase, keyring's MAC, what a cut left of a new data
 * key, anchor, database. Each step
 * may trust the ones before it and no other.
 * 3. One program at a time: the directory is locked from before the keyring is read until after the
 * anchor is written.
 * 4. A room key is told of a store at close only when the record took it for the one that the key
 * knew, and said so by a mark of its own: one that was refused, or only looked at, tells nothing.
 * 5. All keys are in one guarded allocation, wiped when the vault ends, whichever way that is.
 */

enum err store_path(char out[PATH_MAX], const char *dir, const char *name)
{
	/* A name that begins "file:" would be read as a URI. */
	int n = snprintf(out, PATH_MAX, "%s%s/%s", dir[0] == '/' ? "" : "./", dir, name);
	return n > 0 && n < PATH_MAX - 32 ? ERR_OK : ERR_LIMIT;
}

bool vault_is_store(const char *dir)
{
	char db[PATH_MAX], making[PATH_MAX];
	return store_path(db, dir, VAULT_FILE_DB) == ERR_OK &&
	       store_path(making, dir, VAULT_FILE_MAKING) == ERR_OK && vault_io()->exists(db) &&
	       !vault_io()->exists(making);
}

/* Connections that something outside still held at close: keys wiped, cut off from the card, never
 * freed. */
static struct vault *still_held;

void vault_free(struct vault *v)
{
	vault_io()->unlock(v->lock);
	secret_free(v->keys);
	v->keys = NULL;
	if (v->db) {
		v->next = still_held;
		still_held = v;
		return;
	}
	vfs_destroy(v->vfs);
	wipe(v, sizeof(*v));
	free(v);
}

enum err vault_new(const char *dir, struct vault **ret)
{
	struct vault *v;
	if (secret_start() != ERR_OK)
		return ERR_INTERNAL;
	v = calloc(1, sizeof(*v));
	if (!v)
		return ERR_NOMEM;
	v->lock = -1;
	v->keys = secret_alloc(sizeof(*v->keys));
	if (!v->keys) {
		free(v);
		return ERR_NOMEM;
	}
	if ((size_t)snprintf(v->dir, sizeof(v->dir), "%s", dir) >= sizeof(v->dir)) {
		vault_free(v);
		return ERR_LIMIT;
	}
	*ret = v;
	return ERR_OK;
}

enum err vault_lock(struct vault *v, struct why *w)
{
	enum err e = vault_io()->lock(v->dir, &v->lock);
	if (e == ERR_BUSY)
		return why(w, e, "Another program has this store open. Close it there first.");
	if (e == ERR_NOT_FOUND)
		return why(w, e, "There is no Caseroom store here.");
	if (e == ERR_DENIED)
		return why(w, e,
		        "The store's directory belongs to another user of this machine. Nothing "
		        "was "
		        "changed. Run this as that user, or give the directory and all in it to "
		        "the "
		        "one who runs this.");
	return e;
}

enum err anchor_prepare(struct vault *v)
{
	v->anchor.keys = v->keys;
	memcpy(v->anchor.store_id, v->ring.head.store_id, VAULT_ID_BYTES);
	return store_path(v->anchor.path, v->dir, VAULT_FILE_ANCHOR);
}

enum err store_make_begin(const char *dir, struct why *w)
{
	static const char *const parts[] = {
	        VAULT_FILE_DB, VAULT_FILE_WAL, VAULT_FILE_ANCHOR, VAULT_FILE_TRIES};
	static const uint8_t mark[] = "a store is being made here\n";
	char path[PATH_MAX];
	enum err e = store_path(path, dir, VAULT_FILE_RING);
	if (e != ERR_OK)
		return e;
	if (vault_io()->exists(path))
		return why(w, ERR_EXISTS, "There is a store here already. Nothing was changed.");
	e = store_path(path, dir, VAULT_FILE_MAKING);
	if (vault_is_store(dir))
		return why(w, ERR_EXISTS,
		        "There is a store here that has lost its keyring. Nothing was "
		        "changed. " RING_BACK);
	if (e == ERR_OK && !vault_io()->exists(path))
		e = vault_io()->replace(path, mark, sizeof(mark) - 1);
	for (size_t i = 0; i < COUNT_OF(parts) && e == ERR_OK; i++) {
		e = store_path(path, dir, parts[i]);
		if (e == ERR_OK)
			e = vault_io()->remove(path);
	}
	return e == ERR_OK ? vault_io()->sync_dir(dir) : e;
}

enum err store_make_end(const char *dir)
{
	char path[PATH_MAX];
	enum err e = store_path(path, dir, VAULT_FILE_MAKING);
	if (e == ERR_OK)
		e = vault_io()->remove(path);
	return e == ERR_OK ? vault_io()->sync_dir(dir) : e;
}

enum err store_make_parts(struct vault *v, struct why *w)
{
	enum err e = store_make_begin(v->dir, w);
	if (e == ERR_OK)
		e = anchor_prepare(v);
	if (e == ERR_OK) {
		audit_start(&v->anchor, 1);
		e = anchor_create(&v->anchor);
	}
	if (e == ERR_OK)
		e = db_open(v, true, w);
	if (e == ERR_OK)
		e = vault_io()->sync_dir(v->dir);
	return e;
}

enum err store_make_keyring(struct vault *v)
{
	uint8_t bytes[RING_MAX];
	char path[PATH_MAX];
	size_t n;
	enum err e = store_path(path, v->dir, VAULT_FILE_RING);
	if (e != ERR_OK)
		return e;
	n = keyring_encode(&v->ring, v->keys, bytes);
	e = vault_io()->replace(path, bytes, n);
	if (e != ERR_OK)
		return e;
	/* From here on it is a store; a marker left behind is harmless. */
	if (store_make_end(v->dir) != ERR_OK)
		log_warn("vault: marker of making not removed");
	return ERR_OK;
}

enum err vault_create(const char *dir, const char *label, const struct vault_secret *s,
        const struct vault_cost *cost, struct vault **ret, struct why *w)
{
	const struct vault_factors f = {.passphrase = s};
	const struct vault_slot_new first = {
	        .kind = VAULT_SLOT_PERSON, .label = label, .factors = &f, .cost = cost};
	uint8_t id[VAULT_ID_BYTES];
	struct vault *v = NULL;
	enum err e = vault_new(dir, &v);
	if (e != ERR_OK)
		return e;
	e = vault_io()->make_dir(dir);
	if (e != ERR_OK) {
		e = why(w, e, "The directory for the store could not be made.");
		goto out;
	}
	e = vault_lock(v, w);
	if (e != ERR_OK)
		goto out;
	randombytes_buf(id, sizeof(id));
	keyring_init(&v->ring, id);
	randombytes_buf(v->keys->master, VAULT_KEY);
	keys_derive(v->keys);
	e = keyring_add(&v->ring, &first, w);
	if (e == ERR_OK)
		e = keyring_deal(&v->ring, v->keys, w);
	if (e == ERR_OK)
		e = store_make_parts(v, w);
	if (e == ERR_OK)
		e = store_make_keyring(v);
	if (e == ERR_OK)
		keyring_show(&v->ring, 0, &v->opener[v->n_opener++]);
out:
	if (e == ERR_OK) {
		*ret = v;
		return e;
	}
	(void)db_close(v);
	vault_free(v);
	return e;
}

static enum err open_anchor(struct vault *v, struct why *w)
{
	const uint64_t serial = le_get(v->ring.head.serial, 8);
	enum err e = anchor_prepare(v);
	if (e == ERR_OK)
		e = anchor_load(&v->anchor, w);
	if (e == ERR_DAMAGED && card_is_strange(v))
		return why(w, e, STRANGE "Nothing was changed. " RING_BACK);
	if (e != ERR_OK)
		return e;
	v->older = VAULT_OLDER_KEYRING;
	if (v->anchor.ring_serial > serial)
		return why(w, ERR_OLDER,
		        "The keyring is older than the store remembers: a key that was changed or "
		        "removed since would "
		        "open it again. Nothing was changed. Put the newest keyring back; the "
		        "newest backup may have it. If there is none, caseroomctl salvage makes a "
		        "new store of all that opens.");
	/* A keyring becomes version 2 only after the anchor has. */
	v->older = VAULT_OLDER_FILE;
	if (v->anchor.version < ANCHOR_VERSION && le_get(v->ring.head.version, 2) > 1)
		return why(w, ERR_OLDER,
		        "The anchor, which remembers how far this store goes, is older than the "
		        "keyring: it was put back. Nothing was changed. " NEWEST_BACK);
	if (v->anchor.ring_serial < serial) {
		v->anchor.ring_serial = serial;
		v->anchor.dirty = true;
	}
	v->older = VAULT_OLDER_NOT;
	v->found = v->anchor.audit.mark;
	return ERR_OK;
}

enum err store_open(struct vault *v, struct why *w)
{
	char mark[PATH_MAX];
	enum err e = rekey_settle(v, w);
	if (e == ERR_OK)
		e = open_anchor(v, w);
	if (e == ERR_OK)
		e = witness_check(v, &v->older, w);
	if (e == ERR_OK)
		e = db_open(v, false, w);
	if (e != ERR_OK)
		return e;
	if (store_path(mark, v->dir, VAULT_FILE_MAKING) == ERR_OK && vault_io()->exists(mark) &&
	        store_make_end(v->dir) != ERR_OK)
		log_warn("vault: marker of making not removed");
	return ERR_OK;
}

void vault_close(struct vault *v)
{
	if (!v)
		return;
	/* The database first: its last checkpoint is what the anchor then speaks of. */
	if (!db_close(v))
		log_warn("vault: something still held the database at close");
	if (v->anchor.dirty && anchor_save_both(&v->anchor) != ERR_OK)
		log_warn("vault: anchor not written at close");
	else if (v->marked)
		witness_write(v);
	vault_free(v);
}

struct sqlite3 *vault_db(struct vault *v)
{
	return v->db;
}

const struct vault_slot *vault_opener(const struct vault *v)
{
	return &v->opener[0];
}

size_t vault_openers(const struct vault *v, const struct vault_slot **ret)
{
	*ret = v->opener;
	return v->n_opener;
}

uint32_t vault_opener_tries(const struct vault *v, size_t i)
{
	return i < v->n_opener ? v->tries[i] : 0;
}

const uint8_t *vault_id(const struct vault *v)
{
	return v->ring.head.store_id;
}

void vault_mark(struct vault *v, const struct vault_mark *m)
{
	v->vfs->audit_open = (struct audit_mark){true, *m};
	v->marked = true;
}

void vault_anchor_mark(const struct vault *v, struct vault_mark *ret)
{
	*ret = v->found;
}

enum err vault_rest(struct vault *v)
{
	const uint64_t meetings =
	        v->witness.set ? v->witness.meetings : v->anchor.audit.mark.meetings;
	enum err e = v->anchor.dirty ? anchor_save_both(&v->anchor) : ERR_OK;
	/* A meeting that was closed is told to the room key at once, and so is a key that knows
	 * nothing yet: it may be pulled out next. */
	if (e == ERR_OK && v->anchor.audit.mark.meetings != meetings)
		witness_write(v);
	return e;
}
