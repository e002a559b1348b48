#ifndef CHECKER_H
#define CHECKER_H
/*
 * What the files of the checker know of each other: checker.c (keyring, anchor, log, pages),
 * audit.c (the database and its audit log), backup.c (a backup folder). None knows src/.
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct file {
	uint8_t *p;
	size_t n;
	bool there;
};

struct checker_ring {
	const uint8_t *bytes, *head, *slots;
	size_t n, head_n, slot_n, count;
	unsigned version, quorum;
	const uint8_t *id; /* of the store */
};

struct checker_anchor {
	bool there, set;
	uint64_t epoch, audit_seq, pages, frames, flux_frames, flux_pages, serial, audit_key_seq;
	uint32_t flags;
	uint8_t head[32], gen[12], before[12], pageset[32], tag[16], parts[64][8], audit_key[32];
	uint64_t before_frames;
	uint8_t before_tag[16];
};

/* Of the master key; and what the slots that were opened held. */
struct checker_keys {
	uint8_t page[32], wal[32], ring[32], anchor[32], fresh[32], witness[32], backup[32];
	bool have_identity;
	uint8_t identity[32], recipient[32]; /* of the recovery slot: opens a backup */
	uint64_t audit_from;                 /* the entry that `audit` is for; 0: none was held */
	uint8_t audit[32];
};

extern struct checker_ring ring;
extern struct checker_anchor anchor;
extern struct checker_keys keys;

/* One line; a fault is counted. */
void say(bool good, const char *what);
/* Nothing more can be told. */
void stop(const char *what);
struct file slurp(const char *dir, const char *name);
uint64_t le(const uint8_t *p, size_t n);
void put(uint8_t *p, size_t n, uint64_t v);
/* BLAKE2b of n bytes under a key: a label with its final zero, then two strings. */
void hash(const uint8_t key[32], const char *label, const void *a, size_t an, const void *b,
        size_t bn, uint8_t *out, size_t n);
bool open_seal(uint8_t *out, const uint8_t *sealed, size_t n, const uint8_t *tag, const void *ad,
        size_t adn, const uint8_t *nonce, const uint8_t *key);
bool page_open(const uint8_t *p, uint64_t pgno, uint8_t *out);
/* The newest record of an anchor's file. */
void anchor_read(const struct file *f, struct checker_anchor *ret);
/* The page set of `n` pages, without those that are in flux. */
void set_check(const uint8_t *db, size_t n, const struct checker_anchor *a, const char *what);

/* audit.c: the database in clear, of so many pages. */
void database_check(uint8_t *image, size_t pages);
/* backup.c: the folder of this store on a stick, beside its store.db. */
void backup_check(const char *folder, const struct file *db);

#endif
