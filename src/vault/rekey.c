#include "vault_int.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * A new data key: what was deleted before can be opened with no key that is left.
 *
 * Invariants.
 * 1. The store as it is stays whole and opens until the new keyring has its name: that rename is
 * the one moment at which the new key is in force.
 * 2. Before it, next.db and next.anchor are complete, checked page by page, and on the card. They
 * are VACUUM INTO of the database, sealed by the new key as they are written; never in clear.
 * 3. After it the names follow in this order: the log is gone, next.db is store.db, next.anchor is
 * anchor. A cut between them is finished when the store is opened (rekey_settle): an anchor of the
 * key before, beside a next.anchor of this one that speaks of this keyring, is such a cut.
 * Any other next.* is what an unfinished one left, and is removed. Where the card does not say
 * whether the keyring is the new one, all is left as it is, and the next opening looks.
 * 4. Nothing of a record is in the new keyring but what the old one had: each slot keeps its pair,
 * what opens the store is dealt anew. So slots of the old form, which wrap the old key, are
 * refused.
 * 5. The audit key and its mark go on unchanged.
 */

void vault_key_mark(const struct vault *v, uint8_t ret[VAULT_KEY_MARK_BYTES])
{
	uint8_t h[32];
	keyed_hash(v->keys->master, "caseroom 1 key mark", NULL, 0, NULL, 0, h, sizeof(h));
	memcpy(ret, h, VAULT_KEY_MARK_BYTES);
}

static enum err remove_file(const char *dir, const char *name)
{
	char path[PATH_MAX];
	enum err e = store_path(path, dir, name);
	if (e == ERR_OK && vault_io()->exists(path))
		e = vault_io()->remove(path);
	return e;
}

static enum err remove_next(const char *dir)
{
	enum err e = remove_file(dir, VAULT_FILE_NEXT_WAL);
	if (e == ERR_OK)
		e = remove_file(dir, VAULT_FILE_NEXT_DB);
	if (e == ERR_OK)
		e = remove_file(dir, VAULT_FILE_NEXT_ANCHOR);
	return e == ERR_OK ? vault_io()->sync_dir(dir) : e;
}

static enum err rename_to(const char *dir, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];
	enum err e = store_path(a, dir, from);
	if (e == ERR_OK)
		e = store_path(b, dir, to);
	if (e == ERR_OK && vault_io()->exists(a))
		e = vault_io()->rename(a, b);
	return e == ERR_OK ? vault_io()->sync_dir(dir) : e;
}

/* The names, once the keyring is the new one. Each step can be done again. */
static enum err take_names(const char *dir)
{
	enum err e = remove_file(dir, VAULT_FILE_WAL);
	if (e == ERR_OK)
		e = vault_io()->sync_dir(dir);
	if (e == ERR_OK)
		e = rename_to(dir, VAULT_FILE_NEXT_DB, VAULT_FILE_DB);
	if (e == ERR_OK)
		e = rename_to(dir, VAULT_FILE_NEXT_ANCHOR, VAULT_FILE_ANCHOR);
	return e;
}

/* Does this anchor open under the keys of `v`? *ret_serial: the keyring it speaks of. */
static enum err anchor_opens(struct vault *v, const char *name, bool *ret, uint64_t *ret_serial)
{
	struct anchor a = {.keys = v->keys};
	struct vault_keys *keys = NULL;
	enum err e;
	*ret = false;
	memcpy(a.store_id, v->ring.head.store_id, VAULT_ID_BYTES);
	e = store_path(a.path, v->dir, name);
	if (e != ERR_OK || !vault_io()->exists(a.path))
		return e;
	keys = secret_alloc(sizeof(*keys)); /* loading opens the audit key into them */
	if (!keys)
		return ERR_NOMEM;
	*keys = *v->keys;
	a.keys = keys;
	e = anchor_load(&a, NULL);
	*ret = e == ERR_OK;
	*ret_serial = a.ring_serial;
	secret_free(keys);
	return e == ERR_DAMAGED || e == ERR_VERSION || e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err rekey_settle(struct vault *v, struct why *w)
{
	char db[PATH_MAX], anchor[PATH_MAX];
	bool now = false, next = false;
	uint64_t serial = 0, next_serial = 0;
	enum err e = store_path(db, v->dir, VAULT_FILE_NEXT_DB);
	if (e == ERR_OK)
		e = store_path(anchor, v->dir, VAULT_FILE_NEXT_ANCHOR);
	if (e != ERR_OK || (!vault_io()->exists(db) && !vault_io()->exists(anchor)))
		return e;
	e = anchor_opens(v, VAULT_FILE_ANCHOR, &now, &serial);
	if (e == ERR_OK)
		e = anchor_opens(v, VAULT_FILE_NEXT_ANCHOR, &next, &next_serial);
	if (e == ERR_OK && !now && next && next_serial == le_get(v->ring.head.serial, 8))
		e = take_names(v->dir);
	else if (e == ERR_OK)
		e = remove_next(v->dir);
	return e == ERR_OK ? ERR_OK
	                   : why(w, e,
	                             "A new data key was begun and could not be tidied up now. "
	                             "Nothing is lost. Try again.");
}

/* ---- the VFS that VACUUM INTO writes through
 * ---------------------------------------------------- */

/*
 * The second vault_vfs under a name of its own, with the one thing that a store never asks for: a
 * rollback journal. It has nothing to keep, as the file is new: one that is not finished is
 * removed, not rolled back.
 */

static int none_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int none_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
	(void)f, (void)off;
	memset(p, 0, (size_t)n);
	return SQLITE_IOERR_SHORT_READ;
}

static int none_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
	(void)f, (void)p, (void)n, (void)off;
	return SQLITE_OK;
}

static int none_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	(void)f, (void)n;
	return SQLITE_OK;
}

static int none_int(sqlite3_file *f, int n)
{
	(void)f, (void)n;
	return SQLITE_OK;
}

static int none_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	(void)f;
	*ret = 0;
	return SQLITE_OK;
}

static int none_locked(sqlite3_file *f, int *ret)
{
	(void)f;
	*ret = 0;
	return SQLITE_OK;
}

static int none_control(sqlite3_file *f, int op, void *arg)
{
	(void)f, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int none_number(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static const sqlite3_io_methods none_methods = {1, none_close, none_read, none_write, none_truncate,
        none_int, none_size, none_int, none_int, none_locked, none_control, none_number,
        none_number, NULL, NULL, NULL, NULL, NULL, NULL};

static int into_open(
        sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct vault_vfs *to = vfs->pAppData;
	if (!(flags & SQLITE_OPEN_MAIN_JOURNAL))
		return to->vfs.xOpen(vfs, name, file, flags, ret_flags);
	file->pMethods = &none_methods;
	return SQLITE_OK;
}

static int into_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	(void)vfs, (void)name, (void)sync_dir;
	return SQLITE_OK;
}

/* ---- making next.db ----------------------------------------------------------------------------
 */

struct rekey {
	struct vault *v, *n; /* the store, and what it is to become */
	vault_progress_fn *fn;
	void *ctx;
	uint64_t pages; /* of the store as it is */
	enum in_force { KEY_BEFORE, KEY_NEW, KEY_NOT_KNOWN } in_force;
	struct why *w;
};

/* Half of the work is writing, half is reading back. */
static int told(void *ctx)
{
	struct rekey *k = ctx;
	struct vfs_file *f = k->n->vfs ? k->n->vfs->db_file : NULL;
	sqlite3_int64 size = 0;
	if (k->fn && f && f->real->pMethods->xFileSize(f->real, &size) == SQLITE_OK) {
		uint64_t done = (uint64_t)size / VAULT_PAGE;
		k->fn(k->ctx, done < k->pages ? done : k->pages, 2 * k->pages);
	}
	return 0;
}

/* "file:" and the path, in the form that SQLite reads such names in. */
static char *into_uri(const char *path, const char *vfs)
{
	sqlite3_str *s = sqlite3_str_new(NULL);
	sqlite3_str_appendall(s, "file:");
	for (const char *p = path; *p; p++) {
		if (strchr("%?#", *p))
			sqlite3_str_appendf(s, "%%%02x", (unsigned char)*p);
		else
			sqlite3_str_appendchar(s, 1, *p);
	}
	sqlite3_str_appendf(s, "?vfs=%s", vfs);
	return sqlite3_str_finish(s);
}

/* Through a connection of its own to the store, which no SQL but this ever reaches. */
static int vacuum(struct rekey *k, const char *uri)
{
	sqlite3 *db = NULL;
	struct vault_vfs *from = k->v->vfs;
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", uri);
	int rc = sqlite3_open_v2(from->path, &db,
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	                SQLITE_OPEN_URI,
	        from->name);
	if (rc == SQLITE_OK && !sql)
		rc = SQLITE_NOMEM;
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA temp_store=2; PRAGMA mmap_size=0;", NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_progress_handler(db, 2000, told, k);
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
		sqlite3_progress_handler(db, 0, NULL, NULL);
	}
	(void)sqlite3_close(db);
	sqlite3_free(sql);
	return rc;
}

static enum err write_next(struct rekey *k)
{
	struct vault *n = k->n;
	char path[PATH_MAX], name[64];
	char *uri = NULL;
	int rc = SQLITE_NOMEM;
	enum err e = store_path(path, n->dir, VAULT_FILE_NEXT_DB);
	if (e == ERR_OK)
		e = vfs_start(path, n->keys, n->ring.head.store_id, &n->anchor, &n->vfs);
	if (e != ERR_OK)
		return e;
	n->vfs->creating = true;
	sqlite3_vfs into = n->vfs->vfs;
	(void)snprintf(name, sizeof(name), "%s-into", n->vfs->name);
	into.zName = name;
	into.pNext = NULL;
	into.xOpen = into_open;
	into.xDelete = into_delete;
	uri = into_uri(n->vfs->path, name);
	if (uri && sqlite3_vfs_register(&into, 0) == SQLITE_OK) {
		rc = vacuum(k, uri);
		(void)sqlite3_vfs_unregister(&into);
	}
	sqlite3_free(uri);
	if (rc != SQLITE_OK)
		e = store_err(k->v, rc, k->w);
	vfs_destroy(n->vfs);
	n->vfs = NULL;
	return e;
}

static enum err integrity(struct vault *n, struct why *w)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(n->db, "PRAGMA integrity_check(1)", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	bool good = rc == SQLITE_ROW && sqlite3_column_text(st, 0) &&
	            strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
	(void)sqlite3_finalize(st);
	if (good)
		return ERR_OK;
	if (rc != SQLITE_ROW)
		return store_err(n, rc, w);
	return why(w, ERR_DAMAGED,
	        "The store did not come out whole under the new data key. It is as it was, under "
	        "the "
	        "one before. Run caseroomctl verify.");
}

/* Puts it into the form that a store has, reads all of it back, and lets go of it. */
static enum err check_next(struct rekey *k)
{
	struct vault *n = k->n;
	sqlite3_file *real;
	enum err e = db_open(n, true, k->w);
	if (e == ERR_OK && k->fn)
		k->fn(k->ctx, k->pages, 2 * k->pages);
	if (e == ERR_OK)
		e = integrity(n, k->w);
	if (e == ERR_OK) {
		real = n->vfs->db_file->real;
		if (real->pMethods->xSync(real, SQLITE_SYNC_FULL) != SQLITE_OK)
			e = why(k->w, ERR_IO, "The card refused to write. The store is as it was.");
	}
	if (!db_close(n) && e == ERR_OK)
		e = ERR_INTERNAL;
	return e;
}

static enum err refuse_old_form(const struct vault *v, struct why *w)
{
	for (size_t i = 0; i < v->ring.n; i++)
		if (v->ring.slot[i].wrap[0] == WRAP_MASTER)
			return why(w, ERR_REFUSED,
			        "The key \"%s\" is of an older form that holds the old data key. "
			        "Nothing was changed. Open the store with it once, or give it a "
			        "new "
			        "passphrase, or remove it.",
			        v->ring.slot[i].label);
	return ERR_OK;
}

/* The keyring, keys and anchor that are to be; nothing of them is on the card yet. */
static enum err plan_next(struct rekey *k)
{
	struct vault *v = k->v, *n = k->n;
	const uint64_t serial = le_get(v->ring.head.serial, 8) + 1;
	n->ring = v->ring;
	*n->keys = *v->keys;
	randombytes_buf(n->keys->master, VAULT_KEY);
	keys_derive(n->keys);
	le_put(n->ring.head.data, 8, le_get(v->ring.head.data, 8) + 1);
	enum err e = keyring_deal(&n->ring, n->keys, k->w);
	if (e != ERR_OK)
		return e;
	le_put(n->ring.head.serial, 8, serial);
	n->db_name = VAULT_FILE_NEXT_DB;
	n->anchor = (struct anchor){.keys = n->keys,
	        .version = ANCHOR_VERSION,
	        .ring_serial = serial,
	        .audit = v->anchor.audit,
	        .began = v->anchor.began,
	        .audit_key_seq = v->anchor.audit_key_seq};
	memcpy(n->anchor.store_id, v->ring.head.store_id, VAULT_ID_BYTES);
	return store_path(n->anchor.path, n->dir, VAULT_FILE_NEXT_ANCHOR);
}

/* All that can fail before the new key is in force. */
static enum err make_next(struct rekey *k)
{
	enum err e = remove_next(k->v->dir);
	if (e == ERR_OK)
		e = plan_next(k);
	if (e == ERR_OK)
		e = anchor_create(&k->n->anchor);
	if (e == ERR_OK)
		e = write_next(k);
	if (e == ERR_OK)
		e = check_next(k);
	if (e != ERR_OK)
		return e;
	/* its log is in it since db_open, whether or not the empty file could be removed */
	e = remove_file(k->v->dir, VAULT_FILE_NEXT_WAL);
	if (e != ERR_OK)
		return e;
	/* ahead of every record of the key before, so that a witness follows it */
	k->n->anchor.epoch += k->v->anchor.epoch + 1;
	e = anchor_save(&k->n->anchor);
	return e == ERR_OK ? vault_io()->sync_dir(k->v->dir) : e;
}

/* ---- taking it into force
 * -------------------------------------------------------------------------- */

/* Which keyring has the name? After a failed rename only the card can say, and it may not. */
static enum err commit(struct rekey *k)
{
	uint8_t before[RING_MAX], bytes[RING_MAX], there[RING_MAX];
	char path[PATH_MAX];
	size_t was = 0, n, got = 0;
	enum err e;
	TRY(store_path(path, k->v->dir, VAULT_FILE_RING));
	TRY(vault_io()->read(path, before, sizeof(before), &was));
	n = keyring_encode(&k->n->ring, k->n->keys, bytes);
	e = vault_io()->replace(path, bytes, n);
	k->in_force = e == ERR_OK ? KEY_NEW : KEY_NOT_KNOWN;
	if (e == ERR_OK || vault_io()->read(path, there, sizeof(there), &got) != ERR_OK)
		return e;
	if (got == n && memcmp(there, bytes, n) == 0)
		k->in_force = KEY_NEW;
	else if (got == was && memcmp(there, before, was) == 0)
		k->in_force = KEY_BEFORE;
	return k->in_force == KEY_NEW ? ERR_OK : e;
}

/* From here on `v` is under the new key. */
static void take_keys(struct rekey *k)
{
	struct vault *v = k->v, *n = k->n;
	char path[PATH_MAX];
	memcpy(path, v->anchor.path, sizeof(path));
	*v->keys = *n->keys;
	v->ring = n->ring;
	v->anchor = n->anchor;
	v->anchor.keys = v->keys;
	memcpy(v->anchor.path, path, sizeof(path));
}

static enum err rekey_run(struct rekey *k)
{
	enum err e = make_next(k);
	if (e == ERR_OK)
		e = commit(k);
	if (k->in_force == KEY_NOT_KNOWN)
		return why(k->w, e,
		        "The card failed at the last step and did not say which data key is in "
		        "force. Nothing is lost: close the store and open it again. If the card "
		        "goes on failing, copy it to another.");
	if (k->in_force == KEY_NEW) {
		take_keys(k);
		e = take_names(k->v->dir);
		return e == ERR_OK
		               ? ERR_OK
		               : why(k->w, e,
		                         "The new data key is in force, but the card refused the "
		                         "last step. Nothing is lost: close the store and open it "
		                         "again.");
	}
	if (remove_next(k->v->dir) != ERR_OK)
		log_warn("vault: what a new data key began was not removed");
	return e;
}

enum err vault_rekey(struct vault *v, vault_progress_fn *fn, void *ctx, struct why *w)
{
	struct rekey k = {.v = v, .fn = fn, .ctx = ctx, .w = w};
	struct why again = {""};
	sqlite3_int64 size = 0;
	enum err e = refuse_old_form(v, w), back;
	if (e == ERR_OK)
		e = vault_new(v->dir, &k.n);
	if (e != ERR_OK)
		return e;
	e = store_settle(v, w);
	if (e == ERR_OK && v->vfs->db_file->file.pMethods->xFileSize(
	                           &v->vfs->db_file->file, &size) == SQLITE_OK)
		k.pages = (uint64_t)size / VAULT_PAGE;
	if (e == ERR_OK && sqlite3_close(v->db) != SQLITE_OK)
		e = why(w, ERR_BUSY,
		        "Something still reads the store. Nothing was changed. Try again.");
	if (e != ERR_OK)
		goto out;
	v->db = NULL;
	e = rekey_run(&k);
	vfs_destroy(v->vfs);
	v->vfs = NULL;
	/* Under whichever key is in force; what comes first is what is told. Where that is not
	 * known nothing may be written any more: it could be to what the next opening replaces. */
	back = k.in_force == KEY_NOT_KNOWN ? e : db_open(v, false, &again);
	v->found = v->anchor.audit.mark; /* as at any opening: whoever reads on begins there */
	if (e == ERR_OK && fn)
		fn(ctx, 2 * k.pages, 2 * k.pages);
	if (back != ERR_OK && v->db)
		(void)db_close(v);
	if (e == ERR_OK && back != ERR_OK)
		e = why(w, back, "%s", again.text);
out:
	vault_free(k.n);
	return e;
}
