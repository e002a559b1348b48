#ifndef CASEROOM_VAULT_H
#define CASEROOM_VAULT_H
/*
 * vault: one directory that holds a sealed SQLite database and the keyring that opens it. It knows
 * keys, pages and files; it knows nothing of cases. docs/FORMAT.md has the bytes, docs/THREATS.md
 * what they stop. The caller owns what create/open return and ends it with vault_close. One thread
 * at a time may use a vault; vault_open may run on a worker and hand the result over.
 */
#include <stdatomic.h>
#include "caseroom/base.h"

struct sqlite3;
struct vault;

#define VAULT_ID_BYTES 16
#define VAULT_HASH_BYTES 32
#define VAULT_KEY_BYTES 32
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

enum vault_slot_kind {
	VAULT_SLOT_PERSON,
	VAULT_SLOT_RECOVERY, /* the words on paper: opens alone, also where a quorum is asked for */
	VAULT_SLOT_AUDITOR,  /* opens like a person; record/ gives it the audit log and nothing else
	                      */
	VAULT_SLOT_KIND_COUNT
};

/* What a slot asks for, all of it together. */
enum vault_factor {
	VAULT_PASSPHRASE = 1, /* a passphrase, a PIN or the recovery words */
	VAULT_ROOM_KEY = 2,   /* the file on a USB stick */
	VAULT_DEVICE = 4,     /* the box's own secret */
	VAULT_FIDO = 8,       /* hmac-secret of a FIDO2 token */
};

/* What can be told before anything is opened. The label names an agency and a role, never a person.
 */
struct vault_slot {
	uint8_t id[VAULT_ID_BYTES];
	enum vault_slot_kind kind;
	unsigned factors;              /* of enum vault_factor */
	unsigned group;                /* the agency's number, 1..65535; 0: of none */
	uint8_t token[VAULT_ID_BYTES]; /* of its room key; zeroes without one */
	bool old_form; /* written by the first version: not yet for a quorum or a new data key */
	int64_t waits_until_us; /* after wrong tries none is made before; 0: no wait. vault_slots()
	                           alone fills it */
	char label[VAULT_LABEL_MAX];
};

struct vault_room_key;
struct vault_token;

/* What somebody brings to one slot; all borrowed, NULL where there is none. */
struct vault_factors {
	const struct vault_secret *passphrase;
	const struct vault_room_key *room_key;
	const struct vault_secret *device; /* VAULT_KEY_BYTES bytes, not text */
	struct vault_token *token;
};

/* The box's own secret: exactly VAULT_KEY_BYTES bytes of a file. ERR_IO, ERR_INPUT. */
enum err vault_device_read(const char *path, struct vault_secret **ret, struct why *why) MUST_CHECK;

/* Argon2id work for new slots. Zeroes mean the default: 128 MiB, 3 passes. Floor 64 MiB and 2
 * passes, ceiling 256 MiB and 10: checked before any derivation (VAULT.md section 2). */
struct vault_cost {
	uint32_t memory_kib;
	uint32_t passes;
};

/* What is typed beside a room key or a token has so many characters at least, whatever they are. */
#define VAULT_PIN_LEAST 6
/* The PIN that a token keeps of its own (CTAP 2.1 section 6.5.1): so many at least. */
#define VAULT_TOKEN_PIN_LEAST 4
/* The recovery key of the first version: ten groups of four, spaces and hyphens not counted. */
#define VAULT_OLD_RECOVERY_CHARS 40

/*
 * Is this passphrase good enough beside these other factors (of enum vault_factor)? Alone: at least
 * four words or an estimate as good. With a room key or a token: a PIN of six digits or any six
 * letters that do not repeat or follow (the rule and its reasons are in docs/THREATS.md).
 * ERR_REFUSED with a sentence that says what to do.
 */
enum err vault_passphrase_check(
        const struct vault_secret *s, unsigned factors, struct why *why) MUST_CHECK;

/* Lists the slots of the keyring in `dir` into ret[max], and how many agencies it takes to open it
 * (1: any one key; may be NULL). ERR_NOT_FOUND: no store there; ERR_NOT_STORE; ERR_VERSION. */
enum err vault_slots(const char *dir, struct vault_slot *ret, size_t max, size_t *ret_n,
        unsigned *ret_quorum, struct why *why) MUST_CHECK;

struct vault_slot_new {
	enum vault_slot_kind kind;
	const char *label;                   /* must be new in this keyring */
	unsigned group;                      /* as in struct vault_slot */
	const struct vault_factors *factors; /* those that are there are asked for from now on */
	const struct vault_cost *cost;       /* may be NULL */
};

/* The slots of an open store; returns how many. */
size_t vault_slots_open(const struct vault *v, struct vault_slot ret[VAULT_SLOTS_MAX]);
/* One of them. ERR_NOT_FOUND. */
enum err vault_slot_show(
        const struct vault *v, const uint8_t id[VAULT_ID_BYTES], struct vault_slot *ret) MUST_CHECK;

/* Adds a slot that opens the store (in a quorum: that counts for its group). The keyring is
 * replaced whole or not at all. ret_id may be NULL. */
enum err vault_slot_add(struct vault *v, const struct vault_slot_new *slot,
        uint8_t ret_id[VAULT_ID_BYTES], struct why *why) MUST_CHECK;
/* Other factors for a slot that is there. Costs one derivation, whatever the size of the store. */
enum err vault_slot_change(struct vault *v, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *factors, struct why *why) MUST_CHECK;
/* The group of a slot. ERR_REFUSED when too few groups would be left for the quorum. */
enum err vault_slot_group(struct vault *v, const uint8_t id[VAULT_ID_BYTES], unsigned group,
        struct why *why) MUST_CHECK;
/* ERR_REFUSED for the last person's slot, and when too few groups would be left. */
enum err vault_slot_remove(
        struct vault *v, const uint8_t id[VAULT_ID_BYTES], struct why *why) MUST_CHECK;

/*
 * From now on it takes people of k different groups to open the store (1: any one). Held by the
 * keys: the secret that opens is shared out (Shamir), one share a group, so that fewer shares say
 * nothing. Recovery slots stay whole. ERR_REFUSED when there are fewer than k groups, or a person's
 * slot has no group, or is of the old form.
 */
enum err vault_quorum_set(struct vault *v, unsigned k, struct why *why) MUST_CHECK;
unsigned vault_quorum(const struct vault *v); /* 1 and more */

/* ---- words -------------------------------------------------------------------------------------
 */

#define VAULT_WORDS 2048 /* assets/words.lst: 11 bits each */
#define VAULT_WORD_MAX 12
#define VAULT_RECOVERY_WORDS 8    /* 88 bits, before Argon2id */
#define VAULT_FINGERPRINT_WORDS 5 /* 55 bits */
#define VAULT_FINGERPRINT_MAX (VAULT_FINGERPRINT_WORDS * (VAULT_WORD_MAX + 1))

/* Word i, 0 to VAULT_WORDS - 1, in alphabetical order. */
const char *vault_word(unsigned i);
/* The words that begin with these n letters (any case): the first, and how many follow it. False:
 * none does. n = 0: all. */
bool vault_word_find(const char *begin, size_t n, unsigned *ret_first, unsigned *ret_n);
/* New recovery words, with a space between. Shown once; stored nowhere. A recovery slot takes them
 * in either case, with any spaces or hyphens, each word by its first four letters or in full. */
enum err vault_recovery_make(struct vault_secret **ret) MUST_CHECK;
/* Five words for the first 55 bits of a hash, with a space between. */
void vault_fingerprint(const uint8_t hash[VAULT_HASH_BYTES], char ret[VAULT_FINGERPRINT_MAX]);

/* ---- room key ----------------------------------------------------------------------------------
 * One file on a USB stick: 32 random bytes, an id, and what it remembers of stores (the witness).
 */

#define VAULT_ROOM_KEY_FILE "caseroom-room-key"

struct vault_witness {
	uint64_t epoch, audit_seq, meetings; /* meetings closed */
	int64_t at_us;                       /* when it was written */
	uint8_t audit_head[VAULT_HASH_BYTES];
};

/* A new one into `dir`, synced and read back. ERR_EXISTS: there is one already. */
enum err vault_room_key_make(
        const char *dir, struct vault_room_key **ret, struct why *why) MUST_CHECK;
/* Of `dir`. ERR_NOT_FOUND; ERR_DAMAGED; ERR_VERSION. */
enum err vault_room_key_read(
        const char *dir, struct vault_room_key **ret, struct why *why) MUST_CHECK;
/* The same secret, id and witness into another directory: the spare. */
enum err vault_room_key_copy(
        const struct vault_room_key *k, const char *dir, struct why *why) MUST_CHECK;
const uint8_t *vault_room_key_id(const struct vault_room_key *k); /* VAULT_ID_BYTES */
/* What it remembers, not proven (that takes the store's keys). False: nothing yet. */
bool vault_room_key_witness(const struct vault_room_key *k, struct vault_witness *ret);
void vault_room_key_destroy(struct vault_room_key *k); /* wipes; NULL is fine */
/*
 * From now on the room key in `dir` is told at vault_close() how far the store goes, when anything
 * was marked (vault_mark), and one that knows nothing of it at vault_rest() too; vault_unlock_*
 * does so for the one that it was given. NULL: no more. ERR_OLDER, ERR_AUDIT: it remembers another
 * store or more of this one; record_witness_to() asks the audit log as well.
 */
enum err vault_witness_to(struct vault *v, const char *dir, struct why *why) MUST_CHECK;

/* ---- FIDO2 token -------------------------------------------------------------------------------
 * hmac-secret (CTAP 2.1 section 12.5): the token answers a salt with 32 bytes that only it can
 * make, after a touch. Calls wait for the touch; use a worker.
 */

#define VAULT_CREDENTIAL_MAX 256
struct vault_token {
	/* A new credential for this store, without a resident key. ERR_NOT_FOUND: no token is in;
	 * ERR_NEEDS: it wants a PIN of its own, or cannot do hmac-secret. */
	enum err (*make)(struct vault_token *t, uint8_t ret_credential[VAULT_CREDENTIAL_MAX],
	        size_t *ret_n, struct why *why);
	/* The 32 bytes for `salt`. ERR_NOT_FOUND: no token is in; ERR_WRONG_KEY: it is not the one;
	 * ERR_WAIT: nobody touched it. */
	enum err (*secret)(struct vault_token *t, const uint8_t *credential, size_t n,
	        const uint8_t salt[32], uint8_t ret[32], struct why *why);
	const char *pin; /* of the token, or NULL; borrowed */
	/* Set by both: other than FINE, the token is why there was an error. */
	enum vault_token_said {
		VAULT_TOKEN_FINE,
		VAULT_TOKEN_ABSENT,
		VAULT_TOKEN_OTHER, /* not the one of this key */
		VAULT_TOKEN_UNTOUCHED,
		VAULT_TOKEN_WANTS_PIN,
		VAULT_TOKEN_WRONG_PIN,
		VAULT_TOKEN_REFUSED /* blocked, without hmac-secret, or out of order */
	} said;
	int tries; /* with WRONG_PIN: after so many more it blocks itself; -1: it does not tell */
};
/* The token that is plugged in, through libfido2. Not tried on hardware (README). */
struct vault_token *vault_token_usb(void);
/* Is any token plugged in? Nothing is asked of it. */
bool vault_token_there(void);

/* ---- the store
 * ------------------------------------------------------------------------------------ */

/*
 * Makes a new store in `dir` (made when absent, mode 0700; ERR_EXISTS when it holds one) with one
 * person's slot, and opens it. `cost` may be NULL.
 */
enum err vault_create(const char *dir, const char *label, const struct vault_secret *s,
        const struct vault_cost *cost, struct vault **ret, struct why *why) MUST_CHECK;

/*
 * Opens. `id` names the slot, or NULL to try every slot that could be meant in turn. Takes as long
 * as Argon2id takes, for each. ERR_WRONG_KEY (counted at each slot that was tried: after three the
 * next tries must wait 1, 2, 4 ... 60 minutes; kept on disk, so that it survives a restart),
 * ERR_WAIT (the slot has to wait: not tried, not counted; without an id: some have to and the
 * others, where it counts, did not open), ERR_DAMAGED, ERR_OLDER, ERR_NOT_STORE, ERR_VERSION,
 * ERR_BUSY, ERR_NOMEM. Each has its own sentence in `why`.
 */
enum err vault_open(const char *dir, const uint8_t id[VAULT_ID_BYTES], const struct vault_secret *s,
        struct vault **ret, struct why *why) MUST_CHECK;

/*
 * The same with all factors, and for a store that asks for people of several agencies: begin, then
 * one key after another until none is missing, then open. `id` as above; a wrong key is counted for
 * its slot. A key of a group that is there already is ERR_EXISTS. vault_unlock_open ends `u` when
 * it gives ERR_OK; vault_unlock_end is for every other case (NULL is fine). Beyond the errors
 * above: ERR_NEEDS: the slot asks for a room key, a token or the box's own secret that was not
 * given.
 */
struct vault_unlock;
enum err vault_unlock_begin(const char *dir, struct vault_unlock **ret, struct why *why) MUST_CHECK;
enum err vault_unlock_add(struct vault_unlock *u, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *f, struct why *why) MUST_CHECK;
/* People of how many more agencies are asked for; 0: it can be opened. */
unsigned vault_unlock_missing(const struct vault_unlock *u);
enum err vault_unlock_open(struct vault_unlock *u, struct vault **ret, struct why *why) MUST_CHECK;
void vault_unlock_end(struct vault_unlock *u);
/* What is older than it should be, where vault_unlock_open gave ERR_OLDER. */
enum vault_older {
	VAULT_OLDER_NOT,
	VAULT_OLDER_PAGES, /* of the database */
	VAULT_OLDER_FILE,  /* the database, or the anchor, beside the other files */
	VAULT_OLDER_LOG,   /* cut, missing or of another copy */
	VAULT_OLDER_KEYRING,
	VAULT_OLDER_STORE,    /* all of it, as the room key remembers it */
	VAULT_OLDER_RESTORED, /* so is that, because a backup was brought back */
	VAULT_OLDER_WORDS     /* either, and the room key does not know the recovery words */
};
enum vault_older vault_unlock_older(const struct vault_unlock *u);

/*
 * Writes the anchor and the witness, closes the database, wipes every key. NULL is fine. Finalize
 * every statement and session first: what is still held is cut off from the card (its next step is
 * SQLITE_IOERR) and its page cache stays in memory.
 */
void vault_close(struct vault *v);

/*
 * The database: WAL, synchronous FULL, foreign keys on, temp_store memory; borrowed, valid until
 * vault_close. An authorizer denies ATTACH of files, VACUUM INTO, load_extension, and pragmas
 * outside a list (src/vault/authorize.c); do not replace it. sqlite3_backup_* and sqlite3_serialize
 * would write in clear and are never called on it.
 */
struct sqlite3 *vault_db(struct vault *v);
/*
 * What the one who runs SQL on it does with SQLITE_CORRUPT, _NOTADB or _IOERR_DATA: the vault notes
 * that the store is damaged. ERR_DAMAGED, or ERR_OLDER for a page that was put back.
 */
enum err vault_damage_met(struct vault *v);
/* Whether that was met since the store was opened, with the sentence that names the page; ERR_OK:
 * it was not. A store that met it is closed, and brought back or salvaged. */
enum err vault_damage(const struct vault *v, struct why *why);
/* The slot that opened it: in a quorum the first; vault_openers gives all, in their order. */
const struct vault_slot *vault_opener(const struct vault *v);
size_t vault_openers(const struct vault *v, const struct vault_slot **ret);
/* Wrong tries at the key of opener i since that key opened the store before; a try that was cut off
 * counts. */
uint32_t vault_opener_tries(const struct vault *v, size_t i);
/* The store's id, random at creation. */
const uint8_t *vault_id(const struct vault *v);

/* ---- audit and freshness -----------------------------------------------------------------------
 */

/*
 * Tells the vault how far the record goes, inside the transaction that wrote the entry; the anchor
 * keeps the last committed one, and a store whose chain is shorter is ERR_OLDER. Call it after the
 * transaction's first write: what is said in a transaction that is rolled back, or before it holds
 * the write lock, is dropped. After ROLLBACK TO a savepoint say it again.
 */
struct vault_mark {
	uint64_t seq;      /* of the last audit entry */
	uint64_t meetings; /* closed so far */
	uint8_t head[VAULT_HASH_BYTES];
};
void vault_mark(struct vault *v, const struct vault_mark *m);
/* What the anchor remembered at open (seq 0: nothing yet). */
void vault_anchor_mark(const struct vault *v, struct vault_mark *ret);
/*
 * How far the room key that is in remembered this store: the entry of that number must still have
 * that head, also where the store has gone on since, or has a new data key under which what the
 * room key remembers is no longer proven; if not, vault_witness_differs(). False: there is none, or
 * recovery words that it remembers opened: they may set it back.
 */
bool vault_witness_mark(const struct vault *v, struct vault_mark *ret);
/* What to say where it has not: ERR_OLDER, the store was restored from a backup since, or the room
 * key's word is not proven; else ERR_AUDIT. Only after vault_witness_mark() gave one. */
enum err vault_witness_differs(const struct vault *v, struct why *why) MUST_CHECK;

/*
 * The forward-secure half of the audit. Each entry is authenticated with a key that is then hashed
 * forward; the key before is wiped once the transaction that used it is committed and the anchor
 * saved. So whoever opens the store later, with any key of the keyring, can add entries and cannot
 * make another one in the place of an earlier. `seq` is one more than that of the last entry
 * sealed in this transaction, or than the last committed.
 */
enum err vault_audit_seal(struct vault *v, uint64_t seq, const uint8_t hash[VAULT_HASH_BYTES],
        uint8_t ret_mac[VAULT_HASH_BYTES]) MUST_CHECK;
/* In the `finish` of a salvage: the next entry is `seq`, because those before it were given out,
 * and some of them may be lost. */
void vault_audit_skip(struct vault *v, uint64_t seq);
/*
 * Checks entries that were written after the anchor's last save (after a cut), in order, from
 * vault_anchor_mark().seq + 1 on; each that holds moves the key, and what the anchor remembers, on.
 * `mac` NULL: it has none, as entries of the first version have. False: it was not sealed here.
 */
bool vault_audit_catch_up(
        struct vault *v, uint64_t seq, const uint8_t hash[VAULT_HASH_BYTES], const uint8_t *mac);
/*
 * Verification of what lies further back takes a key that only auditors and the recovery words
 * have. False: who opened has none; else the first entry that can be checked. Then one call an
 * entry, in order; false: this entry is not the one that was sealed. At the end: false when the
 * walk did not arrive where the store goes on, so that entries are missing at the end. The key of
 * the walk stays in the vault, one walk at a time, and is wiped by walk_end.
 */
bool vault_audit_walk_begin(struct vault *v, uint64_t *ret_first);
bool vault_audit_walk_step(
        struct vault *v, const uint8_t hash[VAULT_HASH_BYTES], const uint8_t mac[VAULT_HASH_BYTES]);
bool vault_audit_walk_end(struct vault *v);

/* The anchor learns all that is committed, on the card. Call it when nothing more was written for a
 * second: from then on a log that is cut back is noticed. Cheap when there is nothing new. */
enum err vault_rest(struct vault *v) MUST_CHECK;

/* ---- whole-store work
 * -------------------------------------------------------------------------------- */

typedef void vault_progress_fn(void *ctx, uint64_t done, uint64_t total);

struct vault_report {
	uint64_t pages, bad_pages, old_pages; /* old: they open, but are older ones put back */
	uint64_t bad[16], old[16];            /* the first of each */
};

/* Opens every page and every WAL frame and runs SQLite's integrity check. ERR_DAMAGED, ERR_OLDER
 * with the report filled. */
enum err vault_verify(struct vault *v, struct vault_report *ret, struct why *why) MUST_CHECK;

/*
 * What is left of a damaged store: every row of every page that still opens goes into a new store
 * in `out`, with the same keys and ids. It changes the damaged one by no byte. Rows come back
 * with foreign keys off; the caller's `finish` makes what only it can make (search, the audit
 * entry), before the new store is one.
 */
struct vault_salvage {
	uint64_t pages, bad_pages, old_pages; /* old: they open, but are or may be older ones */
	uint64_t rows, tables;                /* saved */
	uint64_t lost_rows,
	        lost_pages;     /* not whole, or twice; they open, but are of no known table */
	struct vault_mark mark; /* how far the damaged store went, as its anchor says */
};

struct vault_salvage_job {
	const char *out;    /* NULL: only counts what could be saved */
	const char *schema; /* SQL that makes the tables, for when the store's own cannot be read */
	vault_progress_fn *fn;
	/* The new store, with its rows: not one yet. May add to `lost`. May be NULL. */
	enum err (*finish)(void *ctx, struct vault *v, const struct vault_salvage *s,
	        struct buf *lost, struct why *why);
	void *ctx; /* of both */
};

/*
 * `u` has all its keys, and stays the caller's. `lost` tells, a line each, what was not saved:
 * tables, counts, pages, nothing that anybody said; it is written to lost.txt in `out` too.
 * ERR_EXISTS: `out` holds a store. ERR_DAMAGED: there is nothing to read. ERR_DENIED: one of the
 * keys is an auditor's, which is for the audit log alone; to count it will do.
 */
enum err vault_salvage(struct vault_unlock *u, const struct vault_salvage_job *job,
        struct vault_salvage *ret, struct buf *lost, struct why *why) MUST_CHECK;
/* The same of a store that did open. */
enum err vault_salvage_open(const struct vault *v, const struct vault_salvage_job *job,
        struct vault_salvage *ret, struct buf *lost, struct why *why) MUST_CHECK;

/*
 * A new data key. Everything is sealed again with it (VACUUM INTO), the old key is destroyed, and
 * what was deleted before can be opened with no key that is left. Every slot stays. The database
 * is closed and opened again: nothing may hold it, vault_db() changes. All or nothing, also when
 * the power fails. ERR_BUSY; ERR_FULL; ERR_REFUSED with slots of the old form.
 */
enum err vault_rekey(struct vault *v, vault_progress_fn *fn, void *ctx, struct why *why) MUST_CHECK;
/* Names the data key without telling of it: before and after a new one it is another. */
#define VAULT_KEY_MARK_BYTES 8
void vault_key_mark(const struct vault *v, uint8_t ret[VAULT_KEY_MARK_BYTES]);

/*
 * Brings the backup folder of this store below `dir` (a stick) up to date: the pages that changed,
 * as they are sealed, sealed once more to the recovery words (age), written, read back, compared.
 * An interrupted one goes on where it was; the one before stays whole until the new one is.
 * ERR_BUSY while a statement reads or another backup is made; ERR_FULL; ERR_DENIED: the stick can
 * be read and not written; ERR_NEEDS: no recovery words; ERR_NOT_FOUND: no `dir`; ERR_DAMAGED: a
 * page of the store is, or the stick gives back other bytes.
 */
#define VAULT_BACKUP_FOLDER_MAX 32
enum vault_backup_anew {
	VAULT_BACKUP_MORE,     /* went on with what is there */
	VAULT_BACKUP_FIRST,    /* nothing was there */
	VAULT_BACKUP_WORDS,    /* what is there opens with other recovery words */
	VAULT_BACKUP_DATA_KEY, /* what is there is of before a new data key */
	VAULT_BACKUP_NOT_OURS, /* its state is another store's, or was changed */
	VAULT_BACKUP_DAMAGED,  /* a part is damaged or missing, or an older state was put back */
	VAULT_BACKUP_RESTORED, /* what is there is of before a restore, and stays beside it */
	VAULT_BACKUP_LARGE,    /* more than half of it was out of date */
	VAULT_BACKUP_ANEW_COUNT
};
struct vault_backup_report {
	uint64_t pages, all;                  /* pages written now, and of the store */
	uint64_t bytes;                       /* written now */
	char folder[VAULT_BACKUP_FOLDER_MAX]; /* its name below `dir` */
	enum vault_backup_anew anew;          /* beyond MORE: a full backup was begun, and why */
	unsigned before;                      /* number of the set that was the newest; 0: none */
	unsigned removed;                     /* older sets that it took the place of */
};
enum err vault_backup(struct vault *v, const char *dir, vault_progress_fn *fn, void *ctx,
        struct vault_backup_report *ret, struct why *why) MUST_CHECK;

/*
 * The same in three steps, for a panel that goes on: begin and end on the vault's thread, run on
 * any. Between them the vault may be read and written, not verified, rekeyed or closed; what is
 * copied is the store at begin. vault_backup_stop makes run end within a moment (ERR_REFUSED) and
 * may be called from any thread. `fn` is called on run's thread and must not use the vault. NULL is
 * fine for end.
 */
struct vault_backup;
enum err vault_backup_begin(
        struct vault *v, const char *dir, struct vault_backup **ret, struct why *why) MUST_CHECK;
enum err vault_backup_run(struct vault_backup *b, vault_progress_fn *fn, void *ctx,
        struct vault_backup_report *ret, struct why *why) MUST_CHECK;
void vault_backup_stop(struct vault_backup *b);
/* How far run has come, in pages; from any thread. What is there already is read back first. */
struct vault_backup_counts {
	uint64_t held, checked;                 /* on the stick already */
	uint64_t changed, read, sealed, proven; /* since then; proven: written and read back */
};
void vault_backup_count(const struct vault_backup *b, struct vault_backup_counts *ret);
void vault_backup_end(struct vault_backup *b);

/* A key of the store in `dir` or of the backup, where they differ. */
enum vault_key_since {
	VAULT_KEY_ADDED,   /* since the backup: it opens nothing after a restore */
	VAULT_KEY_CHANGED, /* the passphrase, PIN or words of before open again */
	VAULT_KEY_REMOVED  /* it opens again */
};
struct vault_restore_key {
	enum vault_key_since since;
	char label[VAULT_LABEL_MAX];
};

/* What a restore would bring, beside what is in `dir` now. */
#define VAULT_KEPT_MAX 4096
struct vault_restore_plan {
	bool there;      /* `dir` holds a store */
	bool keyring;    /* and its keyring could be read; if not, nothing is known of it */
	bool words;      /* the recovery words open it */
	bool here_known; /* and its anchor, which tells how far it goes, could be read */
	bool same;       /* it is the same store as the backup */
	struct vault_witness backup, here; /* as far as the anchors say */
	struct {
		uint64_t after, entries, meetings; /* what of the audit log is here alone: after
		                                      entry `after`, where the two parted; and how
		                                      many closed meetings */
	} newer;
	struct vault_restore_key key[2 * VAULT_SLOTS_MAX]; /* of the same store: n_keys of them */
	size_t n_keys;
	int64_t made_us;
	char kept[VAULT_KEPT_MAX]; /* where the store that was in `dir` is now; "": none was */
	int64_t earlier_us; /* of when the newest state that holds is, where the newest of all is
	                       damaged; 0: there is none, or nothing is */
};
/*
 * `from` is a backup folder, or what holds one, or a single backup file of the first version.
 * `words` open it (not needed for the single file; then the plan says `there` alone). Makes a new
 * store in `dir`, checked page by page before it is one. When `dir` holds a store: ERR_EXISTS, with
 * the plan filled and nothing changed, unless `replace`; then the old one is kept beside it under
 * another name, dir.before-DATE. ERR_WRONG_KEY, ERR_DAMAGED, ERR_NOT_STORE, ERR_NEEDS, ERR_BUSY.
 * `ret` may be NULL.
 */
enum err vault_restore(const char *from, const char *dir, const struct vault_secret *words,
        bool replace, struct vault_restore_plan *ret, vault_progress_fn *fn, void *ctx,
        struct why *why) MUST_CHECK;
/* Does a store lie in `dir`, with or without its keyring? Not one that is still being made. */
bool vault_is_store(const char *dir);
/*
 * The same for a panel. `stop`, which may be set from any thread, ends it within a moment
 * (ERR_REFUSED), and nothing is left half-done; it may be NULL. `earlier` takes the newest state
 * that holds where the newest of all is damaged. ERR_IO, ERR_NOT_FOUND: the stick gives no answer.
 */
struct vault_restore_job {
	const char *from, *dir;
	const struct vault_secret *words;
	bool replace, earlier;
	const atomic_bool *stop;
	vault_progress_fn *fn;
	void *ctx;
};
enum err vault_restore_run(const struct vault_restore_job *job, struct vault_restore_plan *ret,
        struct why *why) MUST_CHECK;
/*
 * The backups in `dir` (a stick): its folders caseroom-backup-XXXXXXXX, by name, at most max. What
 * can be told without the recovery words is told by the stick, and not proven.
 */
#define VAULT_BACKUP_BEGINS "caseroom-backup-"
struct vault_backup_seen {
	char name[sizeof(VAULT_BACKUP_BEGINS) + 8]; /* of the folder */
	char label[VAULT_LABEL_MAX]; /* of the first key in its keyring; "": it cannot be read */
	int64_t written_us;          /* when its newest part was written; 0: it has none */
	uint64_t bytes;
	unsigned parts;
};
enum err vault_backups(
        const char *dir, struct vault_backup_seen *ret, size_t max, size_t *ret_n) MUST_CHECK;
/* Is this a backup of the first version, in a single file, which needs no words? */
bool vault_backup_is_file(const char *from);
/* Rises with each restore from a backup, which begins a new life; 0 at first. What remembers the
 * store from an earlier one (a room key) is not ahead of it, but of another life. */
unsigned vault_life(const struct vault *v);
/*
 * The age identity that opens the parts of a backup, from the recovery words and a keyring alone:
 * that of a backup folder, of what holds one, or of a store. Where a backup has several sets, of
 * the newest that the words open. ERR_WRONG_KEY; ERR_NOT_STORE; ERR_NEEDS: the keyring has no
 * words.
 */
enum err vault_recovery_identity(const char *from, const struct vault_secret *words,
        struct vault_secret **ret, struct why *why) MUST_CHECK;

/* ---- small cryptographic services for record/, which links no libsodium itself
 * -------------------------- */

void vault_random(void *out, size_t n);
/* BLAKE2b-256 of prev || data: one link of the audit chain. */
void vault_chain(const uint8_t prev[VAULT_HASH_BYTES], const void *data, size_t n,
        uint8_t ret[VAULT_HASH_BYTES]);
/* Constant-time compare of n bytes. */
bool vault_equal(const void *a, const void *b, size_t n);

#endif
