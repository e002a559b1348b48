#include "vault_int.h"
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
/*
 * Freshness of the database: an older page that is put back opens as well as the newest does, so
 * memory keeps the tag of each page, and the anchor a hash over all of them.
 *
 * Invariants.
 * 1. The table has, for each page of the file, the tag that the card holds or, when a write is not
 * synced yet, will hold. It is filled by one pass over the file when the store is opened and from
 * then on compared at each read of a page.
 * 2. Part i of FRESH_PARTS is the XOR of a keyed hash of (page, tag) over the pages p with p %
 * FRESH_PARTS == i that count. XOR is linear: who saw a part before and after could make others. So
 * the parts stay in guarded memory, and the anchor holds keyed hashes of them only.
 * 3. SQLite's lock page and pages that are all zero do not count.
 * 4. Flux: between the first write of a checkpoint and the sync of a whole one, a cut may leave any
 * page that it writes old, new or torn. Before that first write the anchor says so: the pages in
 * frames 1..flux_frames of the log, and those beyond page flux_pages, do not count. All of them are
 * read from the log meanwhile, which must be there (log_needed) and is bound by its own tags.
 * 5. A checkpoint that fails, or is not whole, stays in flux; the next one can only widen it.
 * 6. Memory may leave flux though the anchor could not be saved: the record on the card then says
 * less, and both are true.
 */

#define CHUNK_PAGES 64 /* 256 KiB a read */
enum { OUT = 2 };      /* in `in`, during the pass: in flux */

static const uint8_t zeroes[VAULT_PAGE];

enum err fresh_init(struct fresh *f)
{
	f->sum = secret_alloc(FRESH_PARTS * sizeof(*f->sum));
	if (!f->sum)
		return ERR_NOMEM;
	memset(f->sum, 0, FRESH_PARTS * sizeof(*f->sum));
	return ERR_OK;
}

void fresh_finish(struct fresh *f)
{
	secret_free(f->sum);
	free(f->tag);
	free(f->in);
	*f = (struct fresh){0};
}

/* Room for this many pages, the new ones never written. */
static enum err reserve(struct fresh *f, uint32_t pages)
{
	uint32_t cap = f->cap ? f->cap : 1024;
	void *tag, *in;
	if (pages <= f->cap)
		return ERR_OK;
	while (cap < pages)
		cap = cap > UINT32_MAX / 2 ? UINT32_MAX : cap * 2;
	tag = realloc(f->tag, (size_t)cap * sizeof(*f->tag));
	if (!tag)
		return ERR_NOMEM;
	f->tag = tag;
	in = realloc(f->in, cap);
	if (!in)
		return ERR_NOMEM;
	f->in = in;
	memset(f->tag + f->cap, 0, (size_t)(cap - f->cap) * sizeof(*f->tag));
	memset(f->in + f->cap, 0, cap - f->cap);
	f->cap = cap;
	return ERR_OK;
}

/* Into its part, or out of it again. */
static void flip(const struct vault_vfs *v, uint32_t pgno)
{
	const struct fresh *f = &v->fresh;
	uint8_t in[4 + 8 + VAULT_TAG] = "page", hash[VAULT_HASH_BYTES];
	uint8_t *sum = f->sum[pgno % FRESH_PARTS];
	le_put(in + 4, 8, pgno);
	memcpy(in + 12, f->tag[pgno - 1], VAULT_TAG);
	(void)crypto_generichash(
	        hash, sizeof(hash), in, sizeof(in), v->seal.keys->fresh, VAULT_KEY);
	for (size_t i = 0; i < sizeof(hash); i++)
		sum[i] ^= hash[i];
}

static bool never_written(const uint8_t tag[VAULT_TAG])
{
	return memcmp(tag, zeroes, VAULT_TAG) == 0;
}

static void count(struct vault_vfs *v, uint32_t pgno)
{
	if (v->fresh.in[pgno - 1] || pgno == v->lock_page)
		return;
	v->fresh.in[pgno - 1] = 1;
	flip(v, pgno);
}

static void leave_out(struct vault_vfs *v, uint32_t pgno)
{
	if (v->fresh.in[pgno - 1] != 1)
		return;
	flip(v, pgno);
	v->fresh.in[pgno - 1] = 0;
}

/* ---- the anchor's hashes of the sums -------------------------------------------------------- */

struct told {
	uint8_t pageset[VAULT_HASH_BYTES], parts[FRESH_PARTS][8];
};

static void hash_sums(const struct vault_vfs *v, uint32_t pages, struct told *ret)
{
	const uint8_t *key = v->seal.keys->fresh;
	uint8_t n[8], hash[16];
	le_put(n, sizeof(n), pages);
	keyed_hash(key, "caseroom 1 pageset", v->fresh.sum, FRESH_PARTS * sizeof(*v->fresh.sum), n,
	        sizeof(n), ret->pageset, sizeof(ret->pageset));
	for (size_t i = 0; i < FRESH_PARTS; i++) {
		le_put(n, sizeof(n), i);
		keyed_hash(key, "caseroom 1 part", v->fresh.sum[i], sizeof(v->fresh.sum[i]), n,
		        sizeof(n), hash, sizeof(hash));
		memcpy(ret->parts[i], hash, sizeof(ret->parts[i]));
	}
}

static void tell(struct vault_vfs *v)
{
	struct told t;
	hash_sums(v, v->anchor->pages, &t);
	memcpy(v->anchor->pageset, t.pageset, sizeof(t.pageset));
	memcpy(v->anchor->parts, t.parts, sizeof(t.parts));
	v->anchor->dirty = true;
}

void fresh_tell(struct vault_vfs *v)
{
	v->anchor->pages = v->fresh.pages;
	tell(v);
}

/* ---- the pass ------------------------------------------------------------------------------- */

static enum err file_pages(struct vault_vfs *v, uint32_t *ret)
{
	sqlite3_file *real = v->db_file->real;
	sqlite3_int64 size = 0;
	if (real->pMethods->xFileSize(real, &size) != SQLITE_OK)
		return ERR_IO;
	if (size / VAULT_PAGE >= UINT32_MAX / 2)
		return ERR_LIMIT;
	*ret = (uint32_t)((size + VAULT_PAGE - 1) / VAULT_PAGE);
	return ERR_OK;
}

static enum err mark_flux(struct vault_vfs *v)
{
	const struct anchor *a = v->anchor;
	struct fresh *f = &v->fresh;
	if (a->flux_frames == 0)
		return ERR_OK;
	for (uint32_t i = 0; i < a->flux_frames && i < v->wal.known; i++) {
		const uint32_t p = frame_pgno(&v->wal.frame[i]);
		enum err e = reserve(f, p);
		if (e != ERR_OK)
			return e;
		f->in[p - 1] = OUT;
	}
	for (uint32_t p = a->flux_pages; p < f->pages; p++)
		f->in[p] = OUT;
	return ERR_OK;
}

static void take_page(struct vault_vfs *v, uint32_t pgno, const uint8_t *page)
{
	struct fresh *f = &v->fresh;
	memcpy(f->tag[pgno - 1], page_tag(page), VAULT_TAG);
	if (f->in[pgno - 1] != OUT &&
	        !(never_written(f->tag[pgno - 1]) && memcmp(page, zeroes, VAULT_PAGE) == 0))
		count(v, pgno);
}

static enum err pass(struct vault_vfs *v, uint8_t *buf)
{
	const uint32_t pages = v->fresh.pages;
	for (uint32_t at = 0; at < pages;) {
		const uint32_t n = pages - at < CHUNK_PAGES ? pages - at : CHUNK_PAGES;
		const int rc = vfs_real_read(
		        v->db_file, buf, (int)(n * VAULT_PAGE), (sqlite3_int64)at * VAULT_PAGE);
		/* The last page may be a torn one: the rest of it is zeroes. */
		if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
			return rc == SQLITE_IOERR_NOMEM ? ERR_NOMEM : ERR_IO;
		for (uint32_t i = 0; i < n; i++)
			take_page(v, at + i + 1, buf + (size_t)i * VAULT_PAGE);
		at += n;
	}
	for (uint32_t p = 0; p < v->fresh.cap; p++)
		if (v->fresh.in[p] == OUT)
			v->fresh.in[p] = 0;
	return ERR_OK;
}

enum err fresh_fill(struct vault_vfs *v)
{
	struct fresh *f = &v->fresh;
	uint8_t *buf = malloc(CHUNK_PAGES * VAULT_PAGE);
	enum err e = buf ? file_pages(v, &f->pages) : ERR_NOMEM;
	if (e == ERR_OK)
		e = reserve(f, f->pages);
	if (e == ERR_OK)
		e = mark_flux(v);
	if (e == ERR_OK)
		e = pass(v, buf);
	f->ready = e == ERR_OK;
	free(buf);
	return e;
}

/* ---- what is other than the anchor remembers ------------------------------------------------ */

static void note(uint32_t *n, uint32_t list[8], uint32_t pgno)
{
	if (*n < 8)
		list[*n] = pgno;
	++*n;
}

/* The size of the database that its first page speaks of; 0 when that page does not open. */
static uint32_t first_page_says(struct vault_vfs *v)
{
	uint32_t n = 0;
	if (db_page_raw(v, 1, v->scratch) == SQLITE_OK &&
	        seal_open_page(&v->seal, 1, v->scratch, v->scratch))
		n = be32_get(v->scratch + 28);
	wipe(v->scratch, sizeof(v->scratch));
	return n;
}

/* Every page that counts, opened; those that open lie in a part that is other, or are right. */
static void look(struct vault_vfs *v, const struct told *t, struct fresh_odd *o)
{
	const struct anchor *a = v->anchor;
	uint32_t counted = 0, other = 0, parts = 0;
	bool differs[FRESH_PARTS];
	for (size_t i = 0; i < FRESH_PARTS; i++) {
		differs[i] = memcmp(t->parts[i], a->parts[i], sizeof(t->parts[i])) != 0;
		other += differs[i];
		parts += i < v->fresh.pages;
	}
	for (uint32_t p = 1; p <= v->fresh.pages; p++) {
		if (p == v->lock_page || (a->flux_frames && !v->fresh.in[p - 1]))
			continue;
		counted++;
		if (db_page_state(v, p) != PAGE_GOOD)
			note(&o->bad_pages, o->bad, p);
		else if (differs[p % FRESH_PARTS])
			note(&o->old_pages, o->old, p);
	}
	o->foreign = counted > 0 && o->bad_pages == counted;
	if (a->flux_frames == 0) {
		const uint32_t says = first_page_says(v);
		o->cut = v->fresh.pages < says;
		o->longer = says && v->fresh.pages > says;
	}
	o->whole = other > parts / 2;
}

void fresh_check(struct vault_vfs *v, struct fresh_odd *ret)
{
	const struct anchor *a = v->anchor;
	struct told t;
	memset(ret, 0, sizeof(*ret));
	hash_sums(v, a->pages, &t);
	ret->any = sodium_memcmp(t.pageset, a->pageset, sizeof(t.pageset)) != 0 ||
	           (a->flux_frames == 0 && v->fresh.pages != a->pages);
	if (ret->any)
		look(v, &t, ret);
}

bool fresh_is(const struct fresh *f, uint32_t pgno, const uint8_t tag[VAULT_TAG])
{
	return !f->ready || (pgno <= f->pages && memcmp(f->tag[pgno - 1], tag, VAULT_TAG) == 0);
}

bool fresh_same(const struct anchor *a, const struct vault_keys *keys, uint32_t lock_page,
        const uint8_t (*tag)[VAULT_TAG], uint32_t pages)
{
	struct vault_vfs *v = calloc(1, sizeof(*v));
	struct told t;
	bool same = false;
	if (v && fresh_init(&v->fresh) == ERR_OK && reserve(&v->fresh, pages) == ERR_OK) {
		v->seal.keys = keys;
		v->lock_page = lock_page;
		memcpy(v->fresh.tag, tag, (size_t)pages * VAULT_TAG);
		for (uint32_t p = 1; p <= pages; p++)
			if (!never_written(tag[p - 1]))
				count(v, p);
		hash_sums(v, pages, &t);
		same = a->pages == pages &&
		       sodium_memcmp(t.pageset, a->pageset, sizeof(t.pageset)) == 0;
	}
	if (v)
		fresh_finish(&v->fresh);
	free(v);
	return same;
}

/* ---- checkpoints ---------------------------------------------------------------------------- */

enum err fresh_flux(struct vault_vfs *v)
{
	const struct vfs_wal *w = &v->wal;
	struct anchor *a = v->anchor;
	struct fresh *f = &v->fresh;
	uint32_t size, keep, top;
	enum err e;
	if (w->committed == 0)
		return ERR_INTERNAL;
	size = top = frame_size(w->frame[w->committed - 1].head);
	keep = a->flux_frames && a->flux_pages < size ? a->flux_pages : size;
	for (uint32_t i = 0; i < w->committed; i++)
		if (frame_pgno(&w->frame[i]) > top)
			top = frame_pgno(&w->frame[i]);
	e = reserve(f, top);
	if (e != ERR_OK)
		return e;
	for (uint32_t i = 0; i < w->committed; i++)
		leave_out(v, frame_pgno(&w->frame[i]));
	for (uint32_t p = keep + 1; p <= f->pages; p++)
		leave_out(v, p);
	a->flux_frames = w->committed;
	a->flux_pages = keep;
	a->log_needed = true;
	tell(v);
	return anchor_save(a);
}

bool fresh_put(struct fresh *f, uint32_t pgno, const uint8_t tag[VAULT_TAG])
{
	if (pgno > f->cap || f->in[pgno - 1])
		return false;
	memcpy(f->tag[pgno - 1], tag, VAULT_TAG);
	if (pgno > f->pages)
		f->pages = pgno;
	return true;
}

void fresh_cut(struct fresh *f, uint32_t pages)
{
	assert(pages <= f->cap);
	for (uint32_t p = pages; p < f->pages; p++) {
		assert(!f->in[p]);
		memset(f->tag[p], 0, VAULT_TAG);
	}
	f->pages = pages;
}

enum err fresh_settle(struct vault_vfs *v)
{
	struct anchor *a = v->anchor;
	for (uint32_t p = 1; p <= v->fresh.pages; p++)
		if (!never_written(v->fresh.tag[p - 1]))
			count(v, p);
	a->flux_frames = a->flux_pages = 0;
	fresh_tell(v);
	return anchor_save(a);
}
