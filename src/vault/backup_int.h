#ifndef CASEROOM_VAULT_BACKUP_INT_H
#define CASEROOM_VAULT_BACKUP_INT_H
/*
 * What the files of the backup know of each other (docs/FORMAT.md part 1, Backup). A *set* is a
 * numbered folder with parts; a part is an age file; its payload holds pages as they are sealed in
 * the store. `state` is the box's own note of a set: nobody else can read or make one.
 */
#include <stdatomic.h>
#include "caseroom/age.h"
#include "vault_int.h"

#define PART_PAGES 1000 /* so that a payload stays below 4 MiB */
#define PART_PAYLOAD (4u << 20)
#define PART_FILE (PART_PAYLOAD + (64u << 10)) /* what an age file adds, with room to spare */
#define PART_MAX 2000                          /* parts of one set */
#define SET_MAX 9999
#define DIGEST 32

#define BACKUP_FILE_STATE "state"
#define STATE_FILE ((size_t)65 << 20) /* 64 MiB of tags: 16 GiB of store; and the rest */

/* ---- folder.c: files on a stick ---------------------------------------------------------------
 */

/* A new file of this name, or instead of the one that is there; onto the stick a piece at a time,
 * so that `stop` is heeded within a moment. */
enum err folder_write(
        const char *path, const void *p, size_t n, const atomic_bool *stop) MUST_CHECK;
/* Reads all of it from the stick and not from memory, as far as the system allows. ERR_DAMAGED when
 * it is not these n bytes. */
enum err folder_check(const char *path, uint64_t n, const uint8_t digest[DIGEST],
        const atomic_bool *stop) MUST_CHECK;
/* All of a file, appended; ERR_LIMIT when it is larger than the buffer may become. */
enum err folder_read(const char *path, struct buf *ret) MUST_CHECK;
enum err folder_rename(const char *from, const char *to, const char *dir) MUST_CHECK;
/* One level of files and empty folders, then the folder. ERR_EXISTS: a folder in it is not empty.
 */
enum err folder_remove(const char *dir) MUST_CHECK;
enum err folder_make(const char *dir) MUST_CHECK;
/* ERR_DAMAGED when there is anything in `dir` but plain files. */
enum err folder_plain(const char *dir) MUST_CHECK;
/* The numbers that files DDDD + `end` (or folders, with "") in `dir` have, rising; at most max. */
enum err folder_numbers(const char *dir, int digits, const char *end, uint32_t *ret, size_t max,
        size_t *ret_n) MUST_CHECK;
/* How many folders in `dir` have names that begin so, and one of them. */
size_t folder_begins(const char *dir, const char *begin, char ret[NAME_MAX + 1]);
bool folder_room(const char *dir, uint64_t bytes);
/* Tests only: called before each change; what it gives is what the stick answers. NULL: none. */
extern enum err (*folder_change_for_tests)(size_t *n);

void digest_of(const void *p, size_t n, uint8_t ret[DIGEST]);

/* ---- backup_part.c ----------------------------------------------------------------------------
 */

#define PART_WHOLE 1 /* flag: with this part the store is whole again */

struct part_head {
	uint8_t magic[8], version[2], zero[2], flags[4];
	uint8_t store_id[VAULT_ID_BYTES], set_id[VAULT_ID_BYTES];
	uint8_t number[8], made_us[8], store_pages[8], ring_bytes[4], anchor_bytes[4], pages[4],
	        zero2[4];
	uint8_t before[32]; /* MAC of the part before; zeroes in the first */
	uint8_t later[40];
};

/* A payload taken apart; everything points into it. */
struct part {
	struct part_head head;
	const uint8_t *ring, *anchor, *pgno, *page, *mac;
	size_t ring_n, anchor_n;
	uint32_t pages;
	uint64_t store_pages, number;
	int64_t made_us;
	bool whole;
};

void backup_key(const struct vault_keys *keys, uint8_t ret[VAULT_KEY]);
/* Puts the payload together: head with its sizes filled, list, pages, MAC. */
enum err part_encode(const struct part *p, const uint8_t key[VAULT_KEY], struct buf *ret,
        uint8_t ret_mac[32]) MUST_CHECK;
/* ERR_DAMAGED, ERR_VERSION. */
enum err part_decode(const uint8_t *p, size_t n, const uint8_t key[VAULT_KEY], struct part *ret,
        struct why *why) MUST_CHECK;

/* ---- backup_state.c ---------------------------------------------------------------------------
 */

struct state_part {
	uint8_t digest[DIGEST], bytes[8], pages[4], zero[4];
};

struct state {
	uint8_t set_id[VAULT_ID_BYTES];
	uint8_t readers[32]; /* digest over the recovery keys that the parts are sealed to */
	uint8_t mac[32];     /* of the last part */
	uint64_t whole;      /* the last part with which the store was whole; 0: none yet */
	uint64_t serial;     /* of the keyring then */
	int64_t made_us;
	uint64_t pages; /* entries of tag */
	uint32_t parts;
	uint32_t life; /* of the store: vault_life() */
	struct state_part part[PART_MAX];
	uint8_t (*tag)[VAULT_TAG]; /* what the set has of page i + 1; zeroes: nothing */
};

void state_finish(struct state *s);
/* More room for tags, filled with zeroes. */
enum err state_pages(struct state *s, uint64_t pages) MUST_CHECK;
enum err state_encode(const struct state *s, const uint8_t store_id[VAULT_ID_BYTES],
        const uint8_t key[VAULT_KEY], struct buf *ret) MUST_CHECK;
/* ERR_WRONG_KEY: another store's, of another data key, or changed. `ret` is zeroed. */
enum err state_decode(const uint8_t *p, size_t n, const uint8_t store_id[VAULT_ID_BYTES],
        const uint8_t key[VAULT_KEY], struct state *ret) MUST_CHECK;

/* ---- backup_keys.c: who can open a backup -----------------------------------------------------
 */

/* The age recipients of a keyring's recovery slots, and a digest over them. ERR_NEEDS: none. */
struct readers {
	char recipient[VAULT_SLOTS_MAX][AGE_RECIPIENT_MAX];
	size_t n;
	uint8_t digest[32];
};
enum err readers_of(const struct keyring *k, struct readers *ret, struct why *why) MUST_CHECK;
/* Opens `k` with recovery words: the keys of the store, and the identity of the slot that they
 * open, for age. `ret_identity` has AGE_IDENTITY_MAX bytes of guarded memory. ERR_WRONG_KEY;
 * ERR_NEEDS: it has no recovery words. */
enum err words_open(const struct keyring *k, const struct vault_secret *words,
        struct vault_keys *ret_keys, char *ret_identity, struct why *why) MUST_CHECK;

/* Path below a path; ERR_LIMIT. */
enum err path_in(char out[PATH_MAX], const char *dir, const char *fmt, ...)
        PRINTF_LIKE(3, 4) MUST_CHECK;
/* What holds it: "." for a bare name. */
enum err path_parent(const char *path, char ret[PATH_MAX]) MUST_CHECK;

/* ---- restore_read.c: a backup that is read ----------------------------------------------------
 */

struct restore {
	char set[PATH_MAX];
	struct keyring ring;     /* of the folder; then of the store as it was */
	struct vault_keys *keys; /* guarded */
	char *identity;          /* guarded */
	uint8_t key[VAULT_KEY], set_id[VAULT_ID_BYTES];
	uint32_t number[PART_MAX + 1]; /* of the parts there */
	uint32_t parts, whole;         /* there, and the last that makes the store whole */
	uint64_t pages;                /* of the store then */
	int64_t made_us;
	uint8_t ring_bytes[RING_MAX], anchor_bytes[ANCHOR_FILE];
	size_t ring_n, anchor_n;
	struct anchor anchor;
	uint64_t life; /* what is made is of a later one */
	uint8_t page[VAULT_PAGE];
	const struct vault_restore_job *job;
	uint64_t done, total;
};

enum err restore_new(struct restore **ret) MUST_CHECK;
void restore_destroy(struct restore *r); /* wipes; NULL is fine */
/*
 * The newest state in job->from that was ever whole. One that is damaged is said, not passed over:
 * *ret_earlier_us tells of when the newest is that holds, of the same set or of an older one, and
 * it is taken only where the job asks for it.
 */
enum err restore_open(struct restore *r, int64_t *ret_earlier_us, struct why *why) MUST_CHECK;
/* ERR_REFUSED when somebody asked the job to stop. */
enum err restore_stopped(const struct restore *r, struct why *why) MUST_CHECK;
/* Parts 1 to n, in order, each checked before `fn` has it. */
typedef enum err part_fn(struct restore *r, const struct part *p, int out, struct why *why);
enum err parts_each(
        struct restore *r, uint32_t n, part_fn *fn, int out, struct why *why) MUST_CHECK;
bool has_ring(const char *dir);

/* ---- restore_file.c ---------------------------------------------------------------------------
 */

/* The single file of the first version into `dir`, which holds no store. */
enum err restore_file(const char *file, const char *dir, vault_progress_fn *fn, void *ctx,
        struct why *why) MUST_CHECK;

#endif
