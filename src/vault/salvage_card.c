#include "salvage.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * The damaged store as it lies on the card: the newest bytes of each page that open.
 *
 * Invariants.
 * 1. Nothing here writes. Files are opened for reading alone.
 * 2. A frame counts when it opens under its generation and place, and a commit lies at or after it.
 * One that does not open does not end the log: those after it were sealed by the same hand. What it
 * held is then an older page, and is called so.
 * 3. A log of another generation than the anchor's is an old one put back, and is left aside; where
 * the anchor itself is damaged the log is taken, because it may hold the last that was said.
 */

static int file_open(const char *dir, const char *name)
{
	char path[PATH_MAX];
	if (store_path(path, dir, name) != ERR_OK)
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static bool read_at(int fd, uint64_t at, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = pread(fd, p, n, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

static uint64_t file_size(int fd)
{
	struct stat st;
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

/* ---- the anchor: what it says, and whether both its records say it ------------------------------
 */

static bool anchor_one(
        const struct salvage_card *c, const uint8_t *file, uint64_t place, struct anchor *ret)
{
	uint8_t alone[ANCHOR_FILE] = {0};
	memcpy(alone + place * ANCHOR_STEP, file + place * ANCHOR_STEP, ANCHOR_STEP);
	*ret = (struct anchor){.keys = c->keys};
	memcpy(ret->store_id, c->seal.store_id, VAULT_ID_BYTES);
	return anchor_decode(ret, alone, sizeof(alone), NULL) == ERR_OK;
}

/* The newest record that holds; false when there is none. */
static bool anchor_read(
        const struct vault *v, const char *name, struct salvage_card *c, struct anchor *ret)
{
	uint8_t file[ANCHOR_FILE] = {0};
	char path[PATH_MAX];
	struct anchor a[2];
	bool good[2];
	size_t n = 0;
	if (store_path(path, v->dir, name) != ERR_OK ||
	        vault_io()->read(path, file, sizeof(file), &n) != ERR_OK)
		return false;
	for (int i = 0; i < 2; i++)
		good[i] = anchor_one(c, file, (uint64_t)i, &a[i]);
	if (!good[0] && !good[1])
		return false;
	c->anchor_good = good[0] && good[1];
	/* the newest last: with it its audit key comes into c->keys */
	return anchor_one(c, file, good[1] && (!good[0] || a[1].epoch > a[0].epoch), ret);
}

/* ---- the log ----------------------------------------------------------------------------------
 */

struct log_frame {
	uint32_t pgno;   /* 0: its header does not open */
	uint32_t commit; /* pages of the store after this commit; 0: more follows */
	bool good;       /* its page opens too */
};

/* Bound to the tags as they lie there: a frame that is damaged does not take the next but one
 * along. Else of the first version, which bound a frame to its place alone. */
static bool frame_head(struct salvage_card *c, uint32_t i, const uint8_t *raw, uint8_t *head)
{
	uint8_t before[VAULT_TAG] = {0};
	struct frame_bond bond = {&c->gen, i, before, page_tag(raw + WAL_SEALED_HEAD)};
	if (i > 1 && !read_at(c->wal, WAL_HEAD + (uint64_t)(i - 2) * WAL_SEALED_FRAME + VAULT_NONCE,
	                     before, sizeof(before)))
		return false;
	if (seal_open_frame(&c->seal, &bond, raw, head))
		return true;
	bond.before = NULL;
	return seal_open_frame(&c->seal, &bond, raw, head);
}

static struct log_frame frame_look(struct salvage_card *c, uint32_t i)
{
	uint8_t raw[WAL_SEALED_FRAME], head[WAL_FRAME_HEAD], page[VAULT_PAGE];
	struct log_frame f = {0};
	if (!read_at(c->wal, WAL_HEAD + (uint64_t)(i - 1) * WAL_SEALED_FRAME, raw, sizeof(raw)) ||
	        !frame_head(c, i, raw, head))
		return f;
	f.pgno = be32_get(head);
	f.commit = be32_get(head + 4);
	f.good = f.pgno != 0 && seal_open_page(&c->seal, f.pgno, raw + WAL_SEALED_HEAD, page);
	wipe(page, sizeof(page));
	wipe(head, sizeof(head));
	return f;
}

/* The log's frames, as far as its last commit. *ret is the caller's. */
static enum err log_look(struct salvage_card *c, struct log_frame **ret, uint32_t *ret_n)
{
	const uint64_t size = file_size(c->wal);
	const uint32_t all = size > WAL_HEAD ? (uint32_t)((size - WAL_HEAD) / WAL_SEALED_FRAME) : 0;
	struct log_frame *f = calloc((size_t)all + 1, sizeof(*f));
	uint32_t last = 0;
	if (!f)
		return ERR_NOMEM;
	for (uint32_t i = 1; i <= all; i++) {
		f[i - 1] = frame_look(c, i);
		if (f[i - 1].commit)
			last = i;
	}
	*ret = f;
	*ret_n = last;
	return ERR_OK;
}

/* Which generation lies there, and is it the anchor's? False: the log is left aside. */
static bool log_of(struct salvage_card *c, const struct anchor *a)
{
	static const struct wal_gen none;
	uint8_t head[WAL_HEAD];
	if (!read_at(c->wal, 0, head, sizeof(head)))
		return false;
	memcpy(c->gen.bytes, head + 12, sizeof(c->gen.bytes));
	if (!a || !c->anchor_good)
		return true;
	/* at rest in the database: what lies there now came back */
	if (memcmp(&a->wal_now.gen, &none, sizeof(none)) == 0)
		return false;
	return memcmp(&c->gen, &a->wal_now.gen, sizeof(none)) == 0 ||
	       (memcmp(&a->wal_before.gen, &none, sizeof(none)) != 0 &&
	               memcmp(&c->gen, &a->wal_before.gen, sizeof(none)) == 0);
}

static enum err pages_room(struct salvage_card *c, uint32_t pages)
{
	c->pages = pages;
	c->frame = calloc((size_t)pages + 1, sizeof(*c->frame));
	c->stale = calloc((size_t)pages + 1, 1);
	return c->frame && c->stale ? ERR_OK : ERR_NOMEM;
}

/* The newest good frame of each page; a bad one makes what is left of its page an older one. */
static void log_lay(struct salvage_card *c, const struct log_frame *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (f[i].good && f[i].pgno <= c->pages) {
			c->frame[f[i].pgno] = i + 1;
			c->stale[f[i].pgno] = AGE_NEWEST;
			c->frames++;
		} else if (!f[i].good) {
			c->bad_frames++;
			c->sure = false;
			if (f[i].pgno && f[i].pgno <= c->pages)
				c->stale[f[i].pgno] = AGE_OLD;
		}
	}
}

/* ---- pages ------------------------------------------------------------------------------------
 */

/* What page 1 says of the size, where nothing newer does; 0 when it does not. */
static uint32_t size_in_head(struct salvage_card *c)
{
	uint8_t raw[VAULT_PAGE], page[VAULT_PAGE];
	uint32_t n = 0;
	if (read_at(c->db, 0, raw, sizeof(raw)) && seal_open_page(&c->seal, 1, raw, page) &&
	        memcmp(page + 24, page + 92, 4) == 0)
		n = be32_get(page + 28);
	wipe(page, sizeof(page));
	return n;
}

/* ---- older pages put back: the anchor's page set (fresh.c has its rules) ----------------------
 */

static void set_add(const struct salvage_card *c, uint32_t pgno, const uint8_t *raw,
        uint8_t sum[FRESH_PARTS][VAULT_HASH_BYTES])
{
	static const uint8_t zeroes[VAULT_PAGE];
	uint8_t in[4 + 8 + VAULT_TAG] = "page", hash[VAULT_HASH_BYTES];
	if (memcmp(raw, zeroes, VAULT_PAGE) == 0)
		return;
	le_put(in + 4, 8, pgno);
	memcpy(in + 12, page_tag(raw), VAULT_TAG);
	(void)crypto_generichash(hash, sizeof(hash), in, sizeof(in), c->keys->fresh, VAULT_KEY);
	for (size_t i = 0; i < sizeof(hash); i++)
		sum[pgno % FRESH_PARTS][i] ^= hash[i];
}

static bool db_page_opens(const struct salvage_card *c, uint32_t pgno)
{
	uint8_t page[VAULT_PAGE];
	const bool good = read_at(c->db, (uint64_t)(pgno - 1) * VAULT_PAGE, page, sizeof(page)) &&
	                  seal_open_page(&c->seal, pgno, page, page);
	wipe(page, sizeof(page));
	return good;
}

/*
 * Part i is other than the anchor has it. One of its pages that does not open, or is gone, is why:
 * then nothing says that others are older. Else some are. Pages that the log has are of its age.
 */
static void part_age(struct salvage_card *c, const struct anchor *a, const uint8_t *out, uint32_t i)
{
	const uint32_t first = i ? i : FRESH_PARTS;
	enum card_age age = AGE_OLD;
	for (uint32_t p = first; p <= a->pages && age == AGE_OLD; p += FRESH_PARTS)
		if (p > c->file_pages ? a->flux_frames == 0 : !out[p] && !db_page_opens(c, p))
			age = AGE_UNPROVEN;
	for (uint32_t p = first; p <= c->pages; p += FRESH_PARTS)
		if (c->frame[p] == 0 && c->stale[p] < age) {
			c->stale[p] = (uint8_t)age;
			c->unproven +=
			        age == AGE_UNPROVEN && p <= c->file_pages && db_page_opens(c, p);
		}
}

static void set_look(struct salvage_card *c, const struct anchor *a, const uint8_t *out,
        uint8_t sum[FRESH_PARTS][VAULT_HASH_BYTES])
{
	for (uint32_t i = 0; i < FRESH_PARTS; i++) {
		uint8_t n[8], hash[16];
		le_put(n, sizeof(n), i);
		keyed_hash(c->keys->fresh, "caseroom 1 part", sum[i], VAULT_HASH_BYTES, n,
		        sizeof(n), hash, sizeof(hash));
		if (memcmp(hash, a->parts[i], sizeof(a->parts[i])) == 0)
			continue;
		c->sure = false;
		part_age(c, a, out, i);
	}
}

/* Which pages of the file do not count: 1 in out[file_pages + 1]. */
static void leave_out(const struct salvage_card *c, const struct anchor *a,
        const struct log_frame *f, uint32_t n, uint8_t *out)
{
	for (uint32_t i = 0; i < n && i < a->flux_frames; i++)
		if (f[i].pgno && f[i].pgno <= c->file_pages)
			out[f[i].pgno] = 1;
	for (uint32_t p = a->flux_pages + 1; a->flux_frames && p <= c->file_pages; p++)
		out[p] = 1;
	if (c->lock_page <= c->file_pages)
		out[c->lock_page] = 1;
}

static enum err set_check(
        struct salvage_card *c, const struct anchor *a, const struct log_frame *f, uint32_t n)
{
	uint8_t(*sum)[VAULT_HASH_BYTES] = secret_alloc(FRESH_PARTS * sizeof(*sum));
	uint8_t *out = calloc((size_t)c->file_pages + 1, 1), raw[VAULT_PAGE];
	if (!sum || !out) {
		secret_free(sum);
		free(out);
		return ERR_NOMEM;
	}
	memset(sum, 0, FRESH_PARTS * sizeof(*sum));
	leave_out(c, a, f, n, out);
	for (uint32_t p = 1; p <= c->file_pages; p++)
		if (!out[p] && read_at(c->db, (uint64_t)(p - 1) * VAULT_PAGE, raw, sizeof(raw)))
			set_add(c, p, raw, sum);
	set_look(c, a, out, sum);
	secret_free(sum);
	free(out);
	return ERR_OK;
}

static enum err pages_lay(struct salvage_card *c, const struct anchor *a)
{
	struct log_frame *f = NULL;
	uint32_t n = 0, pages;
	enum err e = ERR_OK;
	const bool ours = c->wal >= 0 && log_of(c, a);
	if (c->wal >= 0)
		e = log_look(c, &f, &n);
	if (e != ERR_OK)
		return e;
	pages = c->file_pages;
	if (ours && n > 0) {
		pages = f[n - 1].commit;
	} else {
		const uint32_t said = size_in_head(c);
		c->left_frames = n;
		c->sure &= n == 0;
		n = 0;
		if (said > pages && said < UINT32_MAX - 1)
			pages = said;
	}
	e = pages_room(c, pages);
	if (e == ERR_OK)
		log_lay(c, f, n);
	c->cut_frames = a && a->wal_now.frames > n ? a->wal_now.frames - n : 0;
	if (c->cut_frames)
		c->sure = false;
	if (e == ERR_OK && a && a->version >= 2)
		e = set_check(c, a, f, n);
	free(f);
	return e;
}

/*
 * The files, and the anchor: *ret_have is false when there is none that holds. A new data key that
 * was cut short after its keyring was in force has left the old names beside the new ones
 * (rekey.c).
 */
static void files_open(
        const struct vault *v, struct salvage_card *c, struct anchor *ret, bool *ret_have)
{
	bool next = false;
	*ret_have = anchor_read(v, VAULT_FILE_ANCHOR, c, ret);
	if (!*ret_have) {
		next = anchor_read(v, VAULT_FILE_NEXT_ANCHOR, c, ret) &&
		       ret->ring_serial == le_get(v->ring.head.serial, 8);
		*ret_have = next;
		c->anchor_good &= next;
	}
	if (next)
		c->db = file_open(v->dir, VAULT_FILE_NEXT_DB);
	else
		c->wal = file_open(v->dir, VAULT_FILE_WAL);
	if (c->db < 0)
		c->db = file_open(v->dir, VAULT_FILE_DB);
}

static void marks_take(struct salvage_card *c, const struct anchor *a)
{
	c->epoch = a->epoch;
	c->audit_key_seq = a->audit_key_seq;
	c->began = a->began;
	if (a->audit.set)
		c->mark = a->audit.mark;
}

enum err card_open(const struct vault *v, struct salvage_card *c, struct why *w)
{
	struct anchor a;
	bool have = false;
	enum err e;
	*c = (struct salvage_card){.db = -1, .wal = -1, .lock_page = seal_lock_page()};
	c->keys = secret_alloc(sizeof(*c->keys));
	if (!c->keys)
		return ERR_NOMEM;
	memcpy(c->keys, v->keys, sizeof(*c->keys));
	c->seal.keys = c->keys;
	memcpy(c->seal.store_id, v->ring.head.store_id, VAULT_ID_BYTES);
	files_open(v, c, &a, &have);
	c->sure = have && c->anchor_good;
	if (have)
		marks_take(c, &a);
	c->file_pages = (uint32_t)((file_size(c->db) + VAULT_PAGE - 1) / VAULT_PAGE);
	e = pages_lay(c, have ? &a : NULL);
	if (e == ERR_OK && c->pages == 0)
		e = why(w, ERR_DAMAGED,
		        "Nothing can be saved: the database file is missing or empty, and there is "
		        "no log. Restore from a backup.");
	if (e != ERR_OK)
		card_close(c);
	return e;
}

bool card_opens(struct salvage_card *c)
{
	uint8_t page[VAULT_PAGE];
	uint32_t p = 1;
	while (p <= c->pages && !card_page(c, p, page))
		p++;
	wipe(page, sizeof(page));
	return p <= c->pages;
}

bool card_is_strange(const struct vault *v)
{
	struct salvage_card c;
	if (card_open(v, &c, NULL) != ERR_OK)
		return false;
	const bool strange = !card_opens(&c);
	card_close(&c);
	return strange;
}

void card_close(struct salvage_card *c)
{
	if (c->db >= 0)
		close(c->db);
	if (c->wal >= 0)
		close(c->wal);
	c->db = c->wal = -1;
	secret_free(c->keys);
	c->keys = NULL;
	free(c->frame);
	free(c->stale);
	c->frame = NULL;
	c->stale = NULL;
}

bool card_page(void *card, uint32_t pgno, uint8_t *out)
{
	struct salvage_card *c = card;
	uint8_t raw[VAULT_PAGE];
	uint64_t at = (uint64_t)(pgno - 1) * VAULT_PAGE;
	if (pgno == 0 || pgno > c->pages || pgno == c->lock_page)
		return false;
	if (c->frame[pgno])
		at = WAL_HEAD + (uint64_t)(c->frame[pgno] - 1) * WAL_SEALED_FRAME + WAL_SEALED_HEAD;
	return read_at(c->frame[pgno] ? c->wal : c->db, at, raw, sizeof(raw)) &&
	       seal_open_page(&c->seal, pgno, raw, out);
}
