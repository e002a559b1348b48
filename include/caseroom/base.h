#ifndef CASEROOM_BASE_H
#define CASEROOM_BASE_H
/*
 * base: what every layer may use. Errors, the sentence that goes with an error, memory arenas,
 * growing buffers, UTF-8. Nothing here knows the meeting, the store or the screen. All functions
 * are safe to call from any thread on objects that one thread owns.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- errors ---------------------------------------------------------------------------------- */

enum err {
	ERR_OK = 0,
	ERR_NOMEM,     /* no memory; nothing changed, may be tried again */
	ERR_IO,        /* the operating system refused a read or write */
	ERR_FULL,      /* no space left on the card */
	ERR_EXISTS,    /* it is there already */
	ERR_NOT_FOUND, /* no such thing */
	ERR_INPUT,     /* what was given is not of the form; the why says where */
	ERR_LIMIT,     /* larger or more than a stated limit */
	ERR_REFUSED,   /* a practice rule says no; the why says which and what to do */
	ERR_WRONG_KEY, /* this passphrase or key does not open it */
	ERR_NEEDS, /* a key that belongs to it is not there: the room key, a token, the box's own */
	ERR_WAIT,  /* too many wrong tries; the why says how long */
	ERR_DAMAGED,   /* bytes on disk are not what was written */
	ERR_OLDER,     /* the store is older than its witness remembers */
	ERR_AUDIT,     /* the audit chain does not hold */
	ERR_NOT_STORE, /* this is not a Caseroom store */
	ERR_VERSION,   /* written by a later version */
	ERR_BUSY,      /* another program has it open */
	ERR_DENIED,    /* the room, as it is now, may not see or do this */
	ERR_INTERNAL,  /* a promise inside the program was broken */
	ERR_COUNT
};

/* Says that an error is left aside on purpose, where nothing better can be done. */
static inline void err_ignore(enum err e)
{
	(void)e;
}

/* Hands an error up: for functions that own nothing yet. */
#define TRY(x)                                                                                     \
	do {                                                                                       \
		enum err try_ = (x);                                                               \
		if (try_)                                                                          \
			return try_;                                                               \
	} while (0)

/* One short phrase for engineers ("wrong key"); never NULL, static. */
const char *err_text(enum err e);

/* The sentence for the screen when no better one is known: what happened, what was kept, what to
 * do. */
const char *err_user(enum err e);

/*
 * The sentence that goes with an error: plain English, for the person at the panel. May hold what
 * the person typed, so it is shown and then wiped; it is never logged. A NULL `struct why *` is
 * always allowed and drops the text.
 */
struct why {
	char text[512];
};

/* Writes the sentence and returns `e`, so that `return why(w, ERR_INPUT, "...")` reads well. */
enum err why(struct why *w, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- wiping ---------------------------------------------------------------------------------- */

/* Zeroes memory in a way the compiler keeps. NULL with n = 0 is allowed. */
void wipe(void *p, size_t n);

/* ---- arena: many small allocations that end together -------------------------------------------
 */

/*
 * Blocks are wiped before they are given back, because a screen's rows are personal data.
 * init/finish; a zeroed struct is a valid empty arena without limit.
 */
struct arena {
	struct arena_block *block;
	size_t used;  /* bytes handed out */
	size_t limit; /* bytes allowed in all; 0 = none */
};

void arena_init(struct arena *a, size_t limit);
void arena_reset(struct arena *a);  /* wipes and keeps the first block */
void arena_finish(struct arena *a); /* wipes and frees; NULL or zeroed is fine */

/* `n` zeroed bytes aligned for any type, or NULL (no memory, or over the limit). */
void *arena_alloc(struct arena *a, size_t n);
/* Copies; NULL `s` gives "". Returns NULL only without memory. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/*
 * One more element at the end of an array that lives in the arena; doubles it when it is full (the
 * old one stays until the arena is reset). Start with *rows NULL, *n and *cap 0. NULL without
 * memory, and then nothing changed.
 */
void *arena_grow(struct arena *a, void **rows, size_t *n, size_t *cap, size_t size);

/* ---- buf: a byte string that grows --------------------------------------------------------------
 */

/*
 * Every buf has a limit, given at init. The first failure (no memory, or over the limit) sticks:
 * later appends do nothing and `buf_err` tells it, so that a writer checks once at its end. `data`
 * is always zero-terminated after the first append. Growing and finishing wipe what they leave.
 */
struct buf {
	char *data;
	size_t len, cap, limit;
	enum err err;
};

void buf_init(struct buf *b, size_t limit);
void buf_finish(struct buf *b);
void buf_clear(struct buf *b); /* empties, keeps memory (wiped), forgets an error */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
enum err buf_err(const struct buf *b) MUST_CHECK;
/* Zero-terminated view, "" when empty; valid until the next change. */
const char *buf_str(const struct buf *b);

/* ---- UTF-8 -------------------------------------------------------------------------------------
 */

/* Decodes one code point at s (n bytes left, n > 0); *ret_len gets 1..4. Bad bytes give U+FFFD,
 * length 1. */
uint32_t utf8_decode(const char *s, size_t n, size_t *ret_len);
/* Encodes into out[4], returns the length 1..4 (U+FFFD for what is no scalar value). */
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(const char *s, size_t n);
/* Valid UTF-8 with no control characters but (when `lines`) \n: what may be shown and stored. */
bool utf8_printable(const char *s, size_t n, bool lines);
size_t utf8_count(const char *s, size_t n);
/* Byte offset of the next / previous code point boundary from byte i. */
size_t utf8_next(const char *s, size_t n, size_t i);
size_t utf8_prev(const char *s, size_t n, size_t i);
/*
 * Folds for search and comparison: lower case, Latin letters without their marks (ŵ -> w, Ł -> l,
 * ß -> ss), apostrophes dropped, any other punctuation a single space. Output never longer than
 * 2 * n + 1 bytes. Returns the length written (zero-terminated, cut at cap).
 */
size_t utf8_fold(const char *s, size_t n, char *out, size_t cap);

/* ---- files -------------------------------------------------------------------------------------
 */

/* Reads a whole file of at most `limit` bytes; appends to b. ERR_NOT_FOUND, ERR_IO, ERR_LIMIT,
 * ERR_NOMEM. */
enum err file_read(const char *path, size_t limit, struct buf *b, struct why *why) MUST_CHECK;
/*
 * Writes a new file by temporary name in the same directory, fsync, rename, fsync of the directory;
 * mode 0600. Either the whole file is there or nothing changed. For sealed or public bytes only: no
 * personal data in clear ever goes through here.
 */
enum err file_write(const char *path, const void *p, size_t n, struct why *why) MUST_CHECK;

/* ---- embedded assets
 * ----------------------------------------------------------------------------- */

struct asset {
	const char *name; /* path below assets/, for example "practice/marac.json" */
	const unsigned char *data;
	size_t len;
};

/* Files of assets/ are linked into the program, so that no path can point elsewhere. NULL when
 * absent. */
const struct asset *asset_find(const char *name);
/* All of them, in order of name; *ret_n gets the count. */
const struct asset *asset_all(size_t *ret_n);

/* ---- log: ids and error words only, never what people said
 * --------------------------------------- */

void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
