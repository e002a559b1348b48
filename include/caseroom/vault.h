#ifndef CASEROOM_VAULT_H
#define CASEROOM_VAULT_H
/*
 * vault: one directory that holds a sealed SQLite database and the keyring that opens it. It knows
 * keys, pages and files; it knows nothing of cases. docs/FORMAT.md has the bytes, docs/THREATS.md
 * what they stop. The caller owns what create/open return and ends it with vault_close. One thread
 * at a time may use a vault; vault_open may run on a worker and hand the result over.
 */
#include "caseroom/base.h"

struct sqlite3;
struct vault;

#define VAULT_ID_BYTES 16
#define VAULT_HASH_BYTES 32
#define VAULT_LABEL_MAX 96 /* bytes with the final zero */
#define VAULT_SLOTS_MAX 64 /* slots in one keyring */
#define VAULT_PASSPHRASE_MAX 512

/* ---- secrets -----------------------------------------------------------------------------------
 */

/*
 * A short text in guarded memory: not swapped, not in a core file, wiped at the end. `text` is
 * always zero-terminated; the owner may write up to cap - 1 bytes and set len.
 */
struct vault_secret {
	char *text;
	size_t len, cap;
};

/* ERR_NOMEM when guarded memory cannot be had (RLIMIT_MEMLOCK). */
enum err vault_secret_create(size_t cap, struct vault_secret **ret) MUST_CHECK;
void vault_secret_clear(struct vault_secret *s);
void vault_secret_destroy(struct vault_secret *s); /* wipes; NULL is fine */
/* First line of a file (without its line end); ERR_INPUT when empty, ERR_LIMIT when too long. */
enum err vault_secret_read(const char *path, struct vault_secret **ret, struct why *why) MUST_CHECK;

/* Process hardening, once from main() before any secret: no core files, not dumpable, umask 077. */
enum err vault_process_start(void) MUST_CHECK;

/* ---- keyring -----------------------------------------------------------------------------------
 */

enum vault_slot_kind { VAULT_SLOT_PERSON, VAULT_SLOT_RECOVERY, VAULT_SLOT_KIND_COUNT };

/* What can be told before anything is opened. The label names an agency and a role, never a person.
 */
struct vault_slot {
	uint8_t id[VAULT_ID_BYTES];
	enum vault_slot_kind kind;
	char label[VAULT_LABEL_MAX];
};

/* Argon2id work for new slots. Zeroes mean the default: 128 MiB, 3 passes. Floor 64 MiB and 2
 * passes, ceiling 256 MiB and 10: checked before any derivation (VAULT.md section 2). */
struct vault_cost {
	uint32_t memory_kib;
	uint32_t passes;
};

/*
 * Is this passphrase good enough to stand alone? At least four words or an estimate as good (the
 * rule and its reasons are in docs/THREATS.md). ERR_REFUSED with a sentence that says what to do.
 */
enum err vault_passphrase_check(const struct vault_secret *s, struct why *why) MUST_CHECK;

/* Lists the slots of the keyring in `dir` into ret[max]. ERR_NOT_FOUND: no store there;
 * ERR_NOT_STORE; ERR_VERSION. */
enum err vault_slots(const char *dir, struct vault_slot *ret, size_t max, size_t *ret_n,
        struct why *why) MUST_CHECK;

/* Adds a slot that opens the store; the label must be new. The keyring is replaced whole or not at
 * all. */
enum err vault_slot_add(struct vault *v, enum vault_slot_kind kind, const char *label,
        const struct vault_secret *s, const struct vault_cost *cost, uint8_t ret_id[VAULT_ID_BYTES],
        struct why *why) MUST_CHECK;
enum err vault_slot_change(struct vault *v, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_secret *s, struct why *why) MUST_CHECK;
/* ERR_REFUSED for the last person's slot. */
enum err vault_slot_remove(
        struct vault *v, const uint8_t id[VAULT_ID_BYTES], struct why *why) MUST_CHECK;

/*
 * A new recovery key: ten groups of four letters and digits without 0 O 1 I L U, with a hyphen
 * between groups; 196 random bits (thirty symbols, forty of them). Shown once. A recovery slot
 * takes it in either case, with or without hyphens and spaces.
 */
enum err vault_recovery_make(struct vault_secret **ret) MUST_CHECK;

/* ---- the store
 * ------------------------------------------------------------------------------------ */

/*
 * Makes a new store in `dir` (made when absent, mode 0700; ERR_EXISTS when it holds one) with one
 * person's slot, and opens it. `cost` may be NULL.
 */
enum err vault_create(const char *dir, const char *label, const struct vault_secret *s,
        const struct vault_cost *cost, struct vault **ret, struct why *why) MUST_CHECK;

/*
 * Opens. `id` names the slot, or NULL to try every slot in turn. Takes as long as Argon2id takes.
 * ERR_WRONG_KEY (counted: after three the next tries must wait 1, 2, 4 ... 60 minutes; kept on
 * disk, so that it survives a restart), ERR_WAIT (not tried, not counted), ERR_DAMAGED, ERR_OLDER,
 * ERR_NOT_STORE, ERR_VERSION, ERR_BUSY, ERR_NOMEM. Each has its own sentence in `why`.
 */
enum err vault_open(const char *dir, const uint8_t id[VAULT_ID_BYTES], const struct vault_secret *s,
        struct vault **ret, struct why *why) MUST_CHECK;

/*
 * Writes the anchor, closes the database, wipes every key. NULL is fine. Finalize every statement
 * and session first: what is still held is cut off from the card (its next step is SQLITE_IOERR)
 * and its page cache stays in memory.
 */
void vault_close(struct vault *v);

/*
 * The database: WAL, synchronous FULL, foreign keys on, temp_store memory; borrowed, valid until
 * vault_close. An authorizer denies ATTACH of files, VACUUM INTO, load_extension, and pragmas
 * outside a list (src/vault/authorize.c); do not replace it. sqlite3_backup_* and sqlite3_serialize
 * would write in clear and are never called on it.
 */
struct sqlite3 *vault_db(struct vault *v);
/* The slot that opened it. */
const struct vault_slot *vault_opener(const struct vault *v);
/* The store's id, random at creation. */
const uint8_t *vault_id(const struct vault *v);

/*
 * Tells the vault how far the audit chain goes, inside the transaction that wrote the entry; the
 * anchor keeps the last committed pair, and a store whose chain is shorter is ERR_OLDER. Call it
 * after the transaction's first write: what is said in a transaction that is rolled back, or before
 * it holds the write lock, is dropped. After ROLLBACK TO a savepoint say it again.
 */
void vault_audit_head(struct vault *v, uint64_t seq, const uint8_t head[VAULT_HASH_BYTES]);
/* What the anchor remembered at open (seq 0: nothing yet). */
void vault_anchor_head(
        const struct vault *v, uint64_t *ret_seq, uint8_t ret_head[VAULT_HASH_BYTES]);

/* ---- whole-store work
 * -------------------------------------------------------------------------------- */

typedef void vault_progress_fn(void *ctx, uint64_t done, uint64_t total);

struct vault_report {
	uint64_t pages, bad_pages;
	uint64_t bad[16]; /* the first bad page numbers */
};

/* Opens every page and every WAL frame and runs SQLite's integrity check. ERR_DAMAGED with the
 * report filled. */
enum err vault_verify(struct vault *v, struct vault_report *ret, struct why *why) MUST_CHECK;

/*
 * A backup is one file: the keyring, and the pages as they are sealed, with a digest over all
 * (docs/FORMAT.md). Written by temporary name, read back and checked, then renamed. Restore makes a
 * new store directory from it (ERR_EXISTS when one is there) and needs no key; opening the result
 * does. A backup never replaces a file (ERR_EXISTS); ERR_BUSY while a statement reads; `fn` must
 * not use the vault.
 */
enum err vault_backup(struct vault *v, const char *file, vault_progress_fn *fn, void *ctx,
        struct why *why) MUST_CHECK;
enum err vault_restore(const char *file, const char *dir, vault_progress_fn *fn, void *ctx,
        struct why *why) MUST_CHECK;

/* ---- small cryptographic services for record/, which links no libsodium itself
 * -------------------------- */

void vault_random(void *out, size_t n);
/* BLAKE2b-256 of prev || data: one link of the audit chain. */
void vault_chain(const uint8_t prev[VAULT_HASH_BYTES], const void *data, size_t n,
        uint8_t ret[VAULT_HASH_BYTES]);
/* Constant-time compare of n bytes. */
bool vault_equal(const void *a, const void *b, size_t n);

#endif
