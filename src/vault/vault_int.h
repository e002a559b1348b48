#ifndef CASEROOM_VAULT_INT_H
#define CASEROOM_VAULT_INT_H
/*
 * What the files of vault/ know of each other, and what its tests may replace. No other module
 * includes this. Every number that is stored has its size and place in docs/FORMAT.md part 1;
 * stored structs are made of byte arrays only, so that they have no padding and no byte order of
 * their own.
 */
#include <limits.h>
#include <sqlite3.h>
#include "caseroom/vault.h"

#define VAULT_FORMAT 1
#define VAULT_PAGE 4096
#define VAULT_NONCE 24
#define VAULT_TAG 16
#define VAULT_RESERVE (VAULT_NONCE + VAULT_TAG)
#define VAULT_BODY (VAULT_PAGE - VAULT_RESERVE)
#define VAULT_KEY 32

/* ---- numbers as bytes -------------------------------------------------------------------------
 */

static inline void le_put(uint8_t *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static inline uint64_t le_get(const uint8_t *p, size_t n)
{
	uint64_t v = 0;
	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static inline uint32_t be32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void be32_put(uint8_t *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* ---- secrets ----------------------------------------------------------------------------------
 */

/* Starts libsodium and libcrypto; may be called any number of times. ERR_INTERNAL when there is no
 * randomness. */
enum err secret_start(void) MUST_CHECK;
/* Guarded, locked memory; NULL when it cannot be locked. Ends with secret_free, which wipes. */
void *secret_alloc(size_t n);
void secret_free(void *p);

/* SQLite wipes what it gives back. Once, before SQLite is used; ERR_INTERNAL when it is too late
 * for that. */
enum err heap_start(void) MUST_CHECK;

/* Keys of the audit beside the one that the anchor holds (audit.c), each with the entry that it
 * seals; 0: there is none. */
struct audit_keys {
	uint64_t run_seq, walk_seq;
	uint8_t run[VAULT_KEY];  /* ahead of the committed one, in this transaction */
	uint8_t walk[VAULT_KEY]; /* how far a walk of the log is */
};

/* Everything that the master key opens, and what the openers' slots held. Lives in guarded memory.
 */
struct vault_keys {
	uint8_t master[VAULT_KEY];
	uint8_t page[VAULT_KEY], wal[VAULT_KEY], ring[VAULT_KEY], anchor[VAULT_KEY],
	        fresh[VAULT_KEY], witness[VAULT_KEY];
	uint8_t audit[VAULT_KEY]; /* for entry anchor.audit_key_seq; not of the master key */
	uint8_t pair[VAULT_SLOTS_MAX][VAULT_KEY]; /* private, of vault.opener[i]; zeroes: none */
	uint8_t verify[VAULT_KEY]; /* the audit key that a slot held, for entry vault.verify_from */
	struct audit_keys audit_more;
};

/* Fills the working keys from `master`. */
void keys_derive(struct vault_keys *k);
/* BLAKE2b of a label and up to two byte strings under `key`; n is 16..64. */
void keyed_hash(const uint8_t key[VAULT_KEY], const char *label, const void *a, size_t an,
        const void *b, size_t bn, uint8_t *out, size_t n);

/* ---- files beside the database ------------------------------------------------------------------
 */

/* How keyring, anchor and tries reach the card. Tests put the power-loss simulator here. */
struct vault_io {
	/* ERR_NOT_FOUND, ERR_LIMIT when longer than cap, ERR_DAMAGED as regular_open, ERR_IO. */
	enum err (*read)(const char *path, uint8_t *buf, size_t cap, size_t *ret_n);
	/* New file by another name, fsync, rename, fsync of the directory. */
	enum err (*replace)(const char *path, const uint8_t *p, size_t n);
	/* In place, into a file that is there, and onto the card before it returns. */
	enum err (*write_at)(const char *path, uint64_t off, const uint8_t *p, size_t n);
	/* Absent is fine. Durable at the next sync_dir. */
	enum err (*remove)(const char *path);
	/* Over whatever has that name. Durable at the next sync_dir. */
	enum err (*rename)(const char *from, const char *to);
	enum err (*sync_dir)(const char *dir);
	enum err (*make_dir)(const char *dir);
	bool (*exists)(const char *path);
	/* ERR_BUSY when another program, or this one, holds the directory. */
	enum err (*lock)(const char *dir, int *ret_fd);
	void (*unlock)(int fd);
};

extern const struct vault_io vault_io_real;
const struct vault_io *vault_io(void);
sqlite3_vfs *vault_base(void);
/* Tests only: another world beneath every vault opened from now on; NULL puts the real one back. */
void vault_base_for_tests(sqlite3_vfs *vfs, const struct vault_io *io);
/*
 * Opens a file that somebody else may have put there, on a stick or a card, for reading. A link is
 * not followed, a pipe or a device not waited for: ERR_DAMAGED, as for a folder. ERR_LIMIT when it
 * is longer than `limit`. The caller closes *ret_fd.
 */
enum err regular_open(const char *path, uint64_t limit, int *ret_fd) MUST_CHECK;
/* ERR_FULL, ERR_NOT_FOUND, ERR_EXISTS, ERR_NOMEM or ERR_IO for errno. */
enum err io_err(int errno_value);

/* ---- seal: pages and frame headers
 * ---------------------------------------------------------------- */

/* Names one life of the WAL, between two resets: fields 12..23 of its header. All zero: none. */
struct wal_gen {
	uint8_t bytes[12];
};

#define PAGE_AD 32 /* associated data of a page */

/* ---- page_aead: XChaCha20-Poly1305 of VAULT_BODY bytes through libcrypto ---- */
struct page_aead;
enum page_aead_end {
	PAGE_AEAD_GOOD,
	PAGE_AEAD_BAD, /* open alone: the tag is not this page's; `out` holds rubbish */
	PAGE_AEAD_NOT, /* libcrypto did not do it; what is to be sealed or opened is untouched */
};
/* One thread at a time. NULL when libcrypto will not, or differs from libsodium: do without. */
struct page_aead *page_aead_create(void);
void page_aead_destroy(struct page_aead *a); /* also of NULL */
/* `a` may be NULL: PAGE_AEAD_NOT. */
enum page_aead_end page_aead_seal(const struct page_aead *a, const uint8_t key[VAULT_KEY],
        const uint8_t nonce[VAULT_NONCE], const uint8_t ad[PAGE_AD], const uint8_t *plain,
        uint8_t *out, uint8_t tag[VAULT_TAG]);
/* `in` may be `out`. */
enum page_aead_end page_aead_open(const struct page_aead *a, const uint8_t key[VAULT_KEY],
        const uint8_t nonce[VAULT_NONCE], const uint8_t ad[PAGE_AD], const uint8_t *in,
        const uint8_t tag[VAULT_TAG], uint8_t *out);

#define SEAL_POOL 4096
struct seal {
	const struct vault_keys *keys; /* borrowed from the vault */
	struct page_aead *fast;        /* of the open store; NULL: libsodium does it all */
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t pool[SEAL_POOL]; /* randomness not used yet: the last `left` bytes */
	size_t left;
};

void seal_page(
        struct seal *s, uint32_t pgno, const uint8_t plain[VAULT_PAGE], uint8_t out[VAULT_PAGE]);
/* False when it is not what was sealed for this page of this store. `in` may be `out`. The tail is
 * zeroed. */
bool seal_open_page(
        const struct seal *s, uint32_t pgno, const uint8_t in[VAULT_PAGE], uint8_t out[VAULT_PAGE]);

#define WAL_HEAD 32       /* SQLite's WAL header, in clear on disk too: sizes and salts */
#define WAL_FRAME_HEAD 24 /* SQLite's frame header */
#define WAL_SEALED_HEAD (VAULT_RESERVE + 24) /* nonce, tag, sealed frame header */
#define WAL_FRAME (WAL_FRAME_HEAD + VAULT_PAGE)
#define WAL_SEALED_FRAME (WAL_SEALED_HEAD + VAULT_PAGE)

/* What a frame's header is sealed for. */
struct frame_bond {
	const struct wal_gen *gen;
	uint32_t frame;
	const uint8_t
	        *before;     /* tag of the header before, zeroes for frame 1; NULL: first version */
	const uint8_t *page; /* tag of its own page */
};

void seal_frame(struct seal *s, const struct frame_bond *b, const uint8_t head[WAL_FRAME_HEAD],
        uint8_t out[WAL_SEALED_HEAD]);
bool seal_open_frame(const struct seal *s, const struct frame_bond *b,
        const uint8_t in[WAL_SEALED_HEAD], uint8_t head[WAL_FRAME_HEAD]);

/* The page of SQLite's lock bytes, which is never written: of a store of 1 GiB and more. */
static inline uint32_t seal_lock_page(void)
{
	return (uint32_t)sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0) / VAULT_PAGE + 1;
}

static inline const uint8_t *page_tag(const uint8_t page[VAULT_PAGE])
{
	return page + VAULT_BODY + VAULT_NONCE;
}

/* ---- keyring
 * ---------------------------------------------------------------------------------------- */

#define RING_VERSION 2

struct ring_head {
	uint8_t magic[8], version[2], slot_size[2], slots[2];
	uint8_t quorum[2]; /* k; 0: any one */
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t serial[8]; /* rises with each change; the anchor remembers it */
	uint8_t data[8];   /* rises with each new data key; 0 in version 1 */
	uint8_t later[24];
	uint8_t nonce[VAULT_NONCE],
	        master[VAULT_KEY + VAULT_TAG]; /* sealed under the opening secret */
	uint8_t zero[16];
};

enum { WRAP_MASTER = 1, WRAP_PAIR = 2 };
/* Argon2id of the text as it is (of a recovery slot: of its ten groups), or of recovery words. */
enum { KDF_TEXT = 1, KDF_WORDS = 2 };

struct ring_slot {
	uint8_t id[VAULT_ID_BYTES], kind[2], factors[2], kdf[1], wrap[1], zero[2];
	uint8_t memory_kib[4], passes[4], lanes[4];
	uint8_t salt[16], token[VAULT_ID_BYTES];
	char label[VAULT_LABEL_MAX];
	uint8_t fido_salt[32], fido_n[2], device[6], fido[VAULT_CREDENTIAL_MAX];
	uint8_t public_key[VAULT_KEY];
	/* all above is bound into the key that wraps */
	uint8_t nonce[VAULT_NONCE], wrapped[VAULT_KEY + VAULT_TAG], commit[32];
	uint8_t group[2], share[2]; /* share: 0 when `opening` holds the secret whole */
	uint8_t opening[VAULT_KEY + 48];
	uint8_t audit_from[8], audit_key[VAULT_KEY + 48];
};
#define RING_CONTEXT offsetof(struct ring_slot, nonce)

#define RING_MAC 32
#define RING_SUM 16
#define RING_MAX                                                                                   \
	(sizeof(struct ring_head) + VAULT_SLOTS_MAX * sizeof(struct ring_slot) + RING_MAC +        \
	        RING_SUM)

/* Either version in memory; head.version says which one it was, and is written as. */
struct keyring {
	struct ring_head head;
	struct ring_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	uint8_t mac[RING_MAC];
};

/* ---- keyring.c: its bytes ---- */
void keyring_init(struct keyring *k, const uint8_t store_id[VAULT_ID_BYTES]);
/* Checks form, checksum and every cost; no key needed. */
enum err keyring_decode(
        const uint8_t *p, size_t n, struct keyring *ret, struct why *why) MUST_CHECK;
/* Writes the MAC and checksum; out[RING_MAX]. Returns the length. */
size_t keyring_encode(struct keyring *k, const struct vault_keys *keys, uint8_t *out);
/* ERR_DAMAGED when the keyring was changed by someone without the key. */
enum err keyring_check(
        const struct keyring *k, const struct vault_keys *keys, struct why *why) MUST_CHECK;
enum err keyring_load(const char *dir, struct keyring *ret, struct why *why) MUST_CHECK;
/* k->n when there is none. */
size_t keyring_find(const struct keyring *k, const uint8_t id[VAULT_ID_BYTES]);
void keyring_show(const struct keyring *k, size_t i, struct vault_slot *ret);
/* 1 to cap - 1 printable bytes. */
bool label_good(const char *label, size_t cap);
/* The public part of a slot, in the layout of its form. */
size_t slot_context(const struct ring_slot *s, uint8_t out[RING_CONTEXT]);

/* ---- kdf.c: from factors to the key that wraps ---- */
struct kek {
	uint8_t argon[32], room[32], device[32], fido[32];
	uint8_t wrap[VAULT_KEY], commit[32];
	bool token_refused; /* the token said ERR_WRONG_KEY: nothing was guessed */
};
/* Does `f` have what the slot asks for? ERR_NEEDS, ERR_WRONG_KEY (another room key, another box),
 * ERR_INPUT (not recovery words); nothing is derived and nothing guessed. */
enum err slot_ready(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_factors *f, struct why *why) MUST_CHECK;
/* Works out all of `ret`. ERR_NOMEM, ERR_DAMAGED, and what the token says. */
enum err slot_kek(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_factors *f, struct kek *ret, struct why *why) MUST_CHECK;
/* ret->wrap and ret->commit for the slot as it is now, from the rest of `ret`. */
void kek_finish(const struct ring_head *h, const struct ring_slot *s, struct kek *ret);
/* Six bytes that tell one box from another. */
void device_mark(const struct ring_head *h, const struct ring_slot *s,
        const struct vault_secret *device, uint8_t out[6]);

/* ---- wrap.c: what a slot holds ---- */
/* In guarded memory. */
struct slot_open {
	struct kek kek;
	uint8_t pair[VAULT_KEY];   /* zeroes for a slot of the old form */
	uint8_t secret[VAULT_KEY]; /* opening secret, share of it, or (old form) the master key */
};
/* ERR_WRONG_KEY, ERR_NOMEM, ERR_DAMAGED. */
enum err keyring_open_slot(const struct keyring *k, size_t i, const struct vault_factors *f,
        struct slot_open *ret, struct why *why) MUST_CHECK;
/* A new slot at the end, with a new pair. What opens the store is not in it before keyring_deal. */
enum err keyring_add(
        struct keyring *k, const struct vault_slot_new *slot, struct why *why) MUST_CHECK;
/* New factors for slot i; pair NULL: a new pair too. */
enum err keyring_wrap(struct keyring *k, size_t i, const struct vault_factors *f,
        const uint8_t *pair, struct why *why) MUST_CHECK;
/* Slot i of the old form becomes one of the new form, with the factors that opened it. */
enum err keyring_renew(struct keyring *k, size_t i, struct slot_open *open) MUST_CHECK;

/* ---- quorum.c: what opens the store, and who has which part of it ---- */
unsigned keyring_quorum(const struct keyring *k);
/* Splits 32 bytes into n shares of which any k give them back; x[i] is share i's number, not 0. */
enum err shares_split(const uint8_t secret[32], unsigned k, unsigned n, const uint8_t *x,
        uint8_t (*ret)[32]) MUST_CHECK;
enum err shares_join(
        unsigned k, const uint8_t *x, const uint8_t (*share)[32], uint8_t ret[32]) MUST_CHECK;
/* A new opening secret: seals keys->master under it and it, or the shares, to every slot. Makes a
 * keyring of version 1 one of version 2. ERR_REFUSED when the quorum cannot be. */
enum err keyring_deal(struct keyring *k, const struct vault_keys *keys, struct why *why) MUST_CHECK;
/* keys->master from the opening secret; false when it is not the one. */
bool keyring_open_head(
        const struct keyring *k, const uint8_t secret[VAULT_KEY], struct vault_keys *keys);

/* ---- slots.c ---- */
/* Deals, writes the keyring, and takes it over into v->ring. */
enum err ring_store(struct vault *v, struct keyring *k, struct why *why) MUST_CHECK;
/* Seals the audit key of now to a slot that may have it and has a new pair. */
void slot_grant(const struct vault *v, struct ring_slot *s);

/* ---- words.c ---- */
/* Recovery words as typed to what is derived from: whole words, small letters, one space.
 * ERR_INPUT says which word is not one. */
enum err words_tidy(
        const struct vault_secret *in, struct vault_secret **ret, struct why *why) MUST_CHECK;

/* NULL cost, or zeroes in it, give the default. ERR_LIMIT outside floor and ceiling. */
enum err cost_choose(
        const struct vault_cost *cost, struct vault_cost *ret, struct why *why) MUST_CHECK;
bool cost_allowed(uint32_t memory_kib, uint32_t passes);
/* Tests only: a floor so low that a derivation takes microseconds. Zeroes put the real floor back.
 */
void vault_cost_floor_for_tests(uint32_t memory_kib, uint32_t passes);

/* Tests only: a token in software, as fido_dev_io_t of libfido2; NULL: real ones. */
void vault_token_for_tests(const void *io);

/* ---- anchor
 * -------------------------------------------------------------------------------------------- */

#define FRESH_PARTS 64

struct anchor_bytes {
	uint8_t magic[8], version[2], zero[2], flags[4];
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t epoch[8], audit_seq[8], audit_head[VAULT_HASH_BYTES], ring_serial[8];
	uint8_t wal_now[12], wal_before[12];
	uint8_t pages[8], meetings[8];
	uint8_t pageset[VAULT_HASH_BYTES]; /* keyed hash of the sums over (page, tag): fresh.c */
	uint8_t wal_tag[VAULT_TAG], wal_frames[8], flux_frames[8], flux_pages[8], at_us[8];
	uint8_t audit_key_seq[8], audit_nonce[VAULT_NONCE], audit_key[VAULT_KEY + VAULT_TAG];
	uint8_t parts[FRESH_PARTS][8];
	uint8_t before_frames[8], before_tag[VAULT_TAG];
	uint8_t began_seq[8], began_meetings[8];
	uint8_t later[152];
	uint8_t mac[32];
};

/* As the first version wrote it; a store that has one is brought up when it is opened. */
struct anchor_bytes_1 {
	uint8_t magic[8], version[2], zero[2], flags[4];
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t epoch[8], audit_seq[8], audit_head[VAULT_HASH_BYTES], ring_serial[8];
	uint8_t wal_now[12], wal_before[12];
	uint8_t later[112];
	uint8_t mac[32];
};

#define LIFE_BITS 32 /* the upper half of an epoch: how often the store was restored */
#define ANCHOR_VERSION 2
#define ANCHOR_STEP                                                                                \
	4096 /* records lie this far apart, so that one torn sector cannot take both               \
	      */
#define ANCHOR_FILE (2 * ANCHOR_STEP)

/* The last vault_mark() of a transaction. */
struct audit_mark {
	bool set;
	struct vault_mark mark;
};

/* How much of one life of the log is known to be on the card. */
struct wal_mark {
	struct wal_gen gen;
	uint32_t frames;        /* up to and with the last commit */
	uint8_t tag[VAULT_TAG]; /* of the header of that frame */
};

/* How far the record went when the store was restored last; zeroes: never, or not known. */
struct life_began {
	uint64_t seq, meetings;
};

struct anchor {
	struct vault_keys *keys; /* borrowed from the vault */
	char path[PATH_MAX];
	uint8_t store_id[VAULT_ID_BYTES];
	unsigned version; /* ANCHOR_VERSION; 1 until a store of the first version is brought up */
	uint64_t epoch, ring_serial;
	struct audit_mark audit;
	struct life_began began;
	uint64_t audit_key_seq; /* entry that keys->audit is for; 0: there is no key yet */
	struct wal_mark wal_now, wal_before;
	bool log_needed; /* wal_now holds commits that the database does not */
	uint32_t pages, flux_frames, flux_pages;                  /* fresh.c says what these are, */
	uint8_t pageset[VAULT_HASH_BYTES], parts[FRESH_PARTS][8]; /* and these */
	int64_t at_us; /* when the record on the card was written */
	bool dirty;    /* memory is ahead of the card */
};

/* The whole file for a store without history. */
enum err anchor_create(struct anchor *a) MUST_CHECK;
/* ERR_DAMAGED, each way with its own sentence; ERR_VERSION. */
enum err anchor_load(struct anchor *a, struct why *why) MUST_CHECK;
enum err anchor_save(struct anchor *a) MUST_CHECK;
/* Both records, so that spoiling one brings back nothing older. */
enum err anchor_save_both(struct anchor *a) MUST_CHECK;
/* Both records anew, in the present form: one of the first version remembers less. */
enum err anchor_upgrade(struct anchor *a) MUST_CHECK;
/* Before the first byte of a new WAL: both it and the one on the card (zeroes: none) are accepted.
 */
enum err anchor_wal_begins(
        struct anchor *a, const struct wal_gen *on_card, const struct wal_gen *gen) MUST_CHECK;
/* Before the first page of a checkpoint: from now on only the present WAL is. */
enum err anchor_checkpoint_begins(struct anchor *a) MUST_CHECK;
/* At open. False: this WAL is neither the present one nor the one before. */
bool anchor_wal_found(struct anchor *a, const struct wal_gen *gen) MUST_CHECK;
/* Both records of the file image p[ANCHOR_FILE]; used by anchor_load and the fuzzer. */
enum err anchor_decode(struct anchor *a, const uint8_t *p, size_t n, struct why *why) MUST_CHECK;

/* ---- audit keys
 * ----------------------------------------------------------------------------------------
 */

/* A new first key, for entry `seq`. */
void audit_start(struct anchor *a, uint64_t seq);
/* The entries up to `seq` are committed: no key before the next one is kept. */
void audit_committed(struct anchor *a, uint64_t seq);
/* What a slot that may verify is given: the present key, and the entry it begins at. False: there
 * is none yet. */
bool audit_key_now(const struct vault *v, uint64_t *ret_seq, uint8_t ret_key[VAULT_KEY]);

/* ---- tries
 * --------------------------------------------------------------------------------------------- */

/* Slots of a keyring, bit i for slot i. */
typedef uint64_t slot_set;
_Static_assert(VAULT_SLOTS_MAX <= 64, "a set is one word");

/* A try that is noted on the card. */
struct attempt {
	slot_set may;                       /* the slots that it is made at */
	int64_t before_us[VAULT_SLOTS_MAX]; /* when the try before it was, of each of them */
};
/* Counts a try for those of `want` that need not wait, on the card, before it is made. ERR_WAIT
 * with the time left when there is none such. */
enum err attempts_begin(const char *dir, const struct keyring *k, slot_set want,
        struct attempt *ret, struct why *why) MUST_CHECK;
/* Takes it back at the slots `back`, as if it had not been: it was right, or could not be made.
 * Slot `opened` (k->n: none) begins at zero; returns how many wrong ones it had. */
uint32_t attempts_end(const char *dir, const struct keyring *k, const struct attempt *a,
        slot_set back, size_t opened);
/* What a wrong one comes to; `waiting` were not tried. ERR_WAIT when there are such, as one of them
 * may be the right one; else ERR_WRONG_KEY. */
enum err attempts_tell(const char *dir, const struct keyring *k, slot_set tried, slot_set waiting,
        struct why *why);
/* Until when no try is made at each slot; 0: one is made now. */
void attempts_waits(
        const char *dir, const struct keyring *k, int64_t ret_until_us[VAULT_SLOTS_MAX]);

/* ---- room key and witness
 * ------------------------------------------------------------------------------ */

#define ROOM_STORES 6 /* that one room key can be a witness of */
#define WITNESS_BYTES 256
#define WITNESS_NEVER UINT64_MAX

/* A whole file: form and checksum. */
enum err room_key_decode(const uint8_t *p, size_t n, struct why *why) MUST_CHECK;
const uint8_t *room_key_secret(const struct vault_room_key *k); /* VAULT_KEY bytes, guarded */

/* Where the witness of an open vault is. */
struct witness_to {
	bool set;
	uint8_t id[VAULT_ID_BYTES];
	uint8_t seen[2][WITNESS_BYTES]; /* what it had of this store at open; zeroes: nothing */
	uint64_t meetings;              /* that it was told of last, or WITNESS_NEVER */
	char dir[PATH_MAX - 32];
};
void witness_begin(struct vault *v, const struct vault_room_key *k);
/* Is the store as new as the room key remembers? ERR_OLDER with what is older, ERR_AUDIT. Not for
 * who opened with recovery words that it remembers: they may set it back. */
enum err witness_check(
        const struct vault *v, enum vault_older *ret_older, struct why *why) MUST_CHECK;
/* When the anchor is on the card. */
void witness_write(struct vault *v);

/* ---- vfs
 * -------------------------------------------------------------------------------------------------
 */

struct vfs_file;

/* What memory keeps of each frame. */
struct wal_frame {
	uint8_t head[WAL_FRAME_HEAD]; /* in clear: page number, size of the database, sums */
	uint8_t page_tag[VAULT_TAG], head_tag[VAULT_TAG];
};

struct vfs_wal {
	struct wal_gen gen;
	bool gen_known;
	struct wal_gen on_card; /* what a cut now would leave at least; zeroes: no WAL */
	bool head_unsynced;     /* a header of another generation was written over it */
	bool unsynced;          /* so was a frame */
	uint32_t known;         /* frames 1..known are ours: opened in recovery, or written since */
	struct wal_frame *frame; /* of cap */
	uint32_t cap;
	uint32_t ending;    /* last commit frame written in this transaction; 0: none */
	uint32_t told;      /* last commit frame that SQLite has called committed */
	uint32_t committed; /* that too, and on the card */
	uint32_t settled;   /* frames 1..settled are in the database, on the card */
	uint32_t waiting;   /* frame whose header, `head`, waits for its page; 0: none */
	uint8_t head[WAL_FRAME_HEAD];
	uint8_t out[WAL_SEALED_FRAME];
};

/* ---- freshness: fresh.c
 * ------------------------------------------------------------------------------------------- */

enum page_state { PAGE_GOOD, PAGE_BAD, PAGE_OLD };

struct fresh {
	bool ready;     /* the pass was made: the table is what the card holds */
	uint32_t pages; /* of the file */
	uint32_t cap;
	uint8_t (*tag)[VAULT_TAG];        /* of page p at p - 1; zeroes: never written */
	uint8_t *in;                      /* 1: counted in its sum */
	uint8_t (*sum)[VAULT_HASH_BYTES]; /* FRESH_PARTS of them, in guarded memory */
};

/* What the pass at open found that is not as the anchor remembers. */
struct fresh_odd {
	bool any;
	bool foreign;               /* not one page opens */
	bool cut, longer;           /* the file is, than its own first page says */
	bool whole;                 /* most of it is other: an older file */
	uint32_t bad_pages, bad[8]; /* they do not open; the first of them */
	uint32_t old_pages,
	        old[8]; /* one or more of these are older: they open, their part is other */
};

struct vault_vfs {
	sqlite3_vfs vfs;
	sqlite3_vfs *base;
	char name[48], path[PATH_MAX], wal_path[PATH_MAX];
	struct seal seal;
	struct anchor *anchor; /* borrowed from the vault */
	struct vfs_file *db_file, *wal_file;
	struct vfs_wal wal;
	struct fresh fresh;
	bool shut;       /* the vault is closed, its keys are gone: nothing is read or written */
	bool creating;   /* pages may be written outside a checkpoint */
	bool checkpoint; /* between CKPT_START and CKPT_DONE: WAL pages pass as they are sealed */
	bool checkpoint_told;  /* the anchor knows of this checkpoint */
	bool checkpoint_whole; /* all of it was copied and the file has its size; sync is next */
	bool pinned;           /* a backup copies the database: no checkpoint may begin */
	int copy_fd;           /* what it reads; -1: none yet. Closed after SQLite's own, because
	                          closing it gives up this process's locks on the file. */
	uint32_t passing_pgno; /* page that the last WAL read of a checkpoint handed out sealed */
	uint32_t lock_page;
	struct audit_mark audit_open,
	        audit_ended; /* in this transaction; its lock given up, not yet committed */
	uint32_t bad_page;   /* the last page that did not open; 0: none */
	uint32_t old_page;   /* or that opened and was an older one put back */
	bool bad_wal_age;    /* the WAL is not the one that the anchor remembers */
	uint8_t scratch[VAULT_PAGE];
};

struct vfs_file {
	sqlite3_file file;
	struct vault_vfs *v;
	sqlite3_file *real; /* follows in the same allocation */
};

enum err vfs_start(const char *db_path, const struct vault_keys *keys,
        const uint8_t store_id[VAULT_ID_BYTES], struct anchor *anchor,
        struct vault_vfs **ret) MUST_CHECK;
void vfs_destroy(struct vault_vfs *v);
void vfs_check(const struct vault_vfs *v);
/* Every byte that is read or written passes here; a vfs that is shut does neither. */
int vfs_real_write(struct vfs_file *f, const void *p, int n, sqlite3_int64 off);
int vfs_real_read(struct vfs_file *f, void *p, int n, sqlite3_int64 off);
/* A log file is opened: nothing is known of it. */
void wal_start(struct vfs_wal *w);
/* Adds n (a multiple of 8) bytes to SQLite's sum, by the byte order that the log's header names. */
void wal_sum(const uint8_t log[WAL_HEAD], const uint8_t *p, size_t n, uint32_t sum[2]);
/* Whole by its own sum? To tell a torn one (no log) from one of another generation (an old log). */
bool wal_head_good(const uint8_t log[WAL_HEAD]);
/* The anchor, in memory, learns what is committed and on the card. */
void wal_tell(struct vault_vfs *v);
/* Looks at frame i (1..known) and its page as they lie on the card. */
enum page_state wal_frame_state(struct vault_vfs *v, uint32_t i, uint32_t *ret_pgno);
/* Likewise a page of the database. */
enum page_state db_page_state(struct vault_vfs *v, uint32_t pgno);
/* At open: is the log as long as the anchor remembers, and the same one? ERR_OLDER; ERR_DAMAGED. */
enum err wal_check(struct vault_vfs *v, struct why *why) MUST_CHECK;
/* What SQLite has called committed and is synced may go into the anchor. */
void wal_commit(struct vault_vfs *v);
/* Everything committed is in the database, on the card. */
void wal_settle(struct vault_vfs *v);
/* Page and size of the database in a frame's header; a size other than 0 ends a commit. */
static inline uint32_t frame_pgno(const struct wal_frame *f)
{
	return be32_get(f->head);
}
static inline uint32_t frame_size(const uint8_t head[WAL_FRAME_HEAD])
{
	return be32_get(head + 4);
}

enum err fresh_init(struct fresh *f) MUST_CHECK;
void fresh_finish(struct fresh *f);
/* The pass over the file: table and sums, without what is in flux. */
enum err fresh_fill(struct vault_vfs *v) MUST_CHECK;
/* After it: is the store as the anchor remembers it? If not, looks at every page to say why. */
void fresh_check(struct vault_vfs *v, struct fresh_odd *ret);
/* Sums into the anchor in memory; the file's size as it is now. */
void fresh_tell(struct vault_vfs *v);
/* Before a checkpoint changes the file: what it may change is left out, and the anchor saved. */
enum err fresh_flux(struct vault_vfs *v) MUST_CHECK;
/* A page that a checkpoint writes; false: it may not. */
bool fresh_put(struct fresh *f, uint32_t pgno, const uint8_t tag[VAULT_TAG]);
void fresh_cut(struct fresh *f, uint32_t pages);
/* After the sync of a whole checkpoint: everything counts again, and the anchor is saved. */
enum err fresh_settle(struct vault_vfs *v) MUST_CHECK;
/* Is this the tag of the page as it was last written? */
bool fresh_is(const struct fresh *f, uint32_t pgno, const uint8_t tag[VAULT_TAG]);
/* Are pages with these tags the store that the anchor speaks of? For one that is not open. */
bool fresh_same(const struct anchor *a, const struct vault_keys *keys, uint32_t lock_page,
        const uint8_t (*tag)[VAULT_TAG], uint32_t pages);
/* Reads a page as it lies on the card. */
int db_page_raw(struct vault_vfs *v, uint32_t pgno, uint8_t out[VAULT_PAGE]);
extern const sqlite3_io_methods vfs_db_methods, vfs_wal_methods;

/* ---- the store
 * --------------------------------------------------------------------------------------------- */

struct vault {
	struct vault_keys *keys;
	struct keyring ring;
	struct vault_slot opener[VAULT_SLOTS_MAX]; /* who opened it, the first n_opener */
	uint32_t tries[VAULT_SLOTS_MAX]; /* wrong ones at each of them since it opened before */
	size_t n_opener;
	uint64_t verify_from; /* first entry that keys->verify is for; 0: none */
	struct witness_to witness;
	struct anchor anchor;
	struct vault_mark found; /* what the anchor remembered at open */
	enum vault_older older;  /* why it did not open */
	struct vault_vfs *vfs;
	sqlite3 *db;
	char dir[PATH_MAX - 32];
	const char *db_name; /* another name than VAULT_FILE_DB, while it is not the store yet */
	int lock;
	struct vault *next; // store.c: still_held
	enum err damage;    /* vault_damage_met() */
	bool marked;        /* vault_mark() was called: the record was opened, and is sound */
};

#define VAULT_FILE_DB "store.db"
#define VAULT_FILE_WAL "store.db-wal"
#define VAULT_FILE_RING "keyring"
#define VAULT_FILE_ANCHOR "anchor"
#define VAULT_FILE_TRIES "tries"
#define VAULT_FILE_NEXT_DB "next.db" /* under a new data key, until it has its name */
#define VAULT_FILE_NEXT_WAL "next.db-wal"
#define VAULT_FILE_NEXT_ANCHOR "next.anchor"
#define VAULT_FILE_LOST "lost.txt" /* of a salvage, for people to read */
#define VAULT_FILE_MAKING                                                                          \
	"making" /* there while a store is made or restored; it is not one yet                     \
	          */

/* dir/name into out; ERR_LIMIT when it does not fit. */
enum err store_path(char out[PATH_MAX], const char *dir, const char *name) MUST_CHECK;
/* The end of a sentence about a keyring that is of no use: the next step. */
#define RING_BACK                                                                                  \
	"A backup has a copy: put the file keyring of its newest folder back, or restore the "     \
	"backup with caseroomctl restore --replace."
/* Is the database, as it lies with its log, of other keys than these: not one page of it opens? */
bool card_is_strange(const struct vault *v);
#define STRANGE                                                                                    \
	"The keyring and the database file (" VAULT_FILE_DB                                        \
	") do not belong together: not one page opens with these keys. One of them is of another " \
	"store, or of before a new data key was made. "
/* Likewise of files that are not of one time. */
#define NEWEST_BACK                                                                                \
	"Put the newest files back together, restore from a backup, or save what opens with "      \
	"caseroomctl salvage."
/* A vault with nothing in it but its directory and room for its keys. */
enum err vault_new(const char *dir, struct vault **ret) MUST_CHECK;
/* Ends one at any stage; the database is closed before it. */
void vault_free(struct vault *v);
enum err vault_lock(struct vault *v, struct why *why) MUST_CHECK;
/* The anchor's keys, store and path; not what it says. */
enum err anchor_prepare(struct vault *v) MUST_CHECK;
/* With the keys and the keyring there: anchor and database. */
enum err store_open(struct vault *v, struct why *why) MUST_CHECK;
/* The private key of the slot that was added last to `u` (VAULT_KEY bytes); NULL when it is of the
 * old form. */
const uint8_t *unlock_pair(const struct vault_unlock *u);
/* Looks whether `dir` may take a new store, clears what an interrupted making left, leaves the
 * marker. */
enum err store_make_begin(const char *dir, struct why *why) MUST_CHECK;
enum err store_make_end(const char *dir) MUST_CHECK;
/* Everything of a new store but the keyring, on the card; and then the keyring. */
enum err store_make_parts(struct vault *v, struct why *why) MUST_CHECK;
enum err store_make_keyring(struct vault *v) MUST_CHECK;
/* The vault that will be opened, with its keys; NULL while one is missing. */
struct vault *unlock_vault(const struct vault_unlock *u);
/* Our error and sentence for an SQLite result on v->db. */
enum err store_err(struct vault *v, int rc, struct why *why);
enum err store_exec(struct vault *v, const char *sql, struct why *why) MUST_CHECK;
enum err db_open(struct vault *v, bool create, struct why *why) MUST_CHECK;
/* False when something outside still holds the connection; it is then cut off from the card. */
bool db_close(struct vault *v);
int db_authorize(
        void *ctx, int action, const char *a, const char *b, const char *db, const char *trigger);
/* At open, under the keyring's key: finishes or removes what a cut left of a new data key. */
enum err rekey_settle(struct vault *v, struct why *why) MUST_CHECK;
/* Everything in the WAL into the database, WAL empty. ERR_BUSY while a statement reads. */
enum err store_settle(struct vault *v, struct why *why) MUST_CHECK;

#endif
