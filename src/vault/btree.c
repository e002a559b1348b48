#include "btree.h"
#include <stdlib.h>
#include <string.h>
/*
 * Pages, cells and records of SQLite's file format.
 *
 * Invariants.
 * 1. Every number read from a page is compared with the page's usable size, or with the number of
 * pages, before it is used as a place.
 * 2. A chain of overflow pages has as many pages as the length of its record asks for, so that a
 * ring in it ends.
 * 3. A record is given whole or not at all.
 */

#define PAGE_ONE_HEAD 100
#define LEAF_HEAD 8
#define INTERIOR_HEAD 12

static uint32_t be(const uint8_t *p, size_t n)
{
	uint32_t v = 0;
	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* SQLite's varint: 1 to 9 bytes. The number of bytes, or 0 when it does not end within n. */
static size_t varint(const uint8_t *p, size_t n, uint64_t *ret)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n && i < 8; i++) {
		v = v << 7 | (p[i] & 0x7f);
		if (!(p[i] & 0x80)) {
			*ret = v;
			return i + 1;
		}
	}
	if (n < 9)
		return 0;
	*ret = v << 8 | p[8];
	return 9;
}

bool bt_page_parse(
        const struct bt_file *f, uint32_t pgno, const uint8_t *bytes, struct bt_page *ret)
{
	const uint8_t *head = bytes + (pgno == 1 ? PAGE_ONE_HEAD : 0);
	struct bt_page p = {.bytes = bytes, .usable = f->usable};
	size_t content, end;
	switch (head[0]) {
	case BT_INDEX_INTERIOR:
	case BT_TABLE_INTERIOR:
	case BT_INDEX_LEAF:
	case BT_TABLE_LEAF:
		p.kind = (enum bt_kind)head[0];
		break;
	default:
		return false;
	}
	p.cells = be(head + 3, 2);
	content = be(head + 5, 2);
	if (content == 0)
		content = 65536;
	p.pointers = head + (bt_interior(p.kind) ? INTERIOR_HEAD : LEAF_HEAD);
	end = (size_t)(p.pointers - bytes) + 2 * (size_t)p.cells;
	if (content > p.usable || end > content)
		return false;
	if (bt_interior(p.kind)) {
		p.right = be(head + 8, 4);
		if (p.right == 0 || p.right > f->pages)
			return false;
	}
	for (unsigned i = 0; i < p.cells; i++) {
		const uint32_t at = be(p.pointers + 2 * (size_t)i, 2);
		if (at < content || at + 4 > p.usable)
			return false;
	}
	*ret = p;
	return true;
}

/* How much of a record of n bytes lies in its cell (fileformat2, 1.6). */
static uint32_t local_bytes(enum bt_kind kind, uint32_t usable, uint64_t n)
{
	const uint32_t most = kind == BT_TABLE_LEAF ? usable - 35 : (usable - 12) * 64 / 255 - 23;
	const uint32_t least = (usable - 12) * 32 / 255 - 23;
	uint64_t k;
	if (n <= most)
		return (uint32_t)n;
	k = least + (n - least) % (usable - 4);
	return k <= most ? (uint32_t)k : least;
}

bool bt_cell_parse(const struct bt_page *p, unsigned i, struct bt_cell *ret)
{
	size_t at = be(p->pointers + 2 * (size_t)i, 2), n;
	const uint8_t *b = p->bytes;
	struct bt_cell c = {0};
	uint64_t v;
	if (bt_interior(p->kind)) {
		c.child = be(b + at, 4);
		at += 4;
	}
	if (p->kind != BT_TABLE_INTERIOR) {
		n = varint(b + at, p->usable - at, &c.payload);
		if (n == 0 || c.payload > INT32_MAX)
			return false;
		at += n;
	}
	if (bt_table(p->kind)) {
		n = varint(b + at, p->usable - at, &v);
		if (n == 0)
			return false;
		c.rowid = (int64_t)v;
		at += n;
	}
	if (p->kind != BT_TABLE_INTERIOR) {
		c.local = b + at;
		c.local_n = local_bytes(p->kind, p->usable, c.payload);
		at += c.local_n;
		if (c.local_n < c.payload) {
			if (at + 4 > p->usable)
				return false;
			c.overflow = be(b + at, 4);
			at += 4;
		}
	}
	if (at > p->usable)
		return false;
	*ret = c;
	return true;
}

/* ---- records ----------------------------------------------------------------------------------
 */

/* Bytes of a field of this serial type in the body; *ret_type gets what it is. -1: no such type. */
static int64_t serial(uint64_t serial_type, enum bt_type *ret_type)
{
	static const uint8_t size[10] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
	if (serial_type >= 12) {
		*ret_type = serial_type & 1 ? BT_TEXT : BT_BLOB;
		return serial_type / 2 > INT32_MAX ? -1 : (int64_t)(serial_type - 12) / 2;
	}
	if (serial_type >= COUNT_OF(size))
		return -1;
	*ret_type = serial_type == 0 ? BT_NULL : serial_type == 7 ? BT_REAL : BT_INTEGER;
	return size[serial_type];
}

/* The head of a record, field after field. */
struct head {
	const uint8_t *p;
	size_t at, end;
	uint64_t body; /* where the next field lies */
};

static bool head_start(struct head *h, const uint8_t *record, size_t n)
{
	uint64_t size;
	size_t k = varint(record, n, &size);
	if (k == 0 || size < k || size > n)
		return false;
	*h = (struct head){.p = record, .at = k, .end = (size_t)size, .body = size};
	return true;
}

static bool head_next(struct head *h, uint64_t *ret_serial, enum bt_type *ret_type, size_t *ret_n)
{
	size_t k = varint(h->p + h->at, h->end - h->at, ret_serial);
	int64_t size = k == 0 ? -1 : serial(*ret_serial, ret_type);
	if (size < 0)
		return false;
	h->at += k;
	h->body += (uint64_t)size;
	*ret_n = (size_t)size;
	return true;
}

int bt_types(const uint8_t *record, size_t n, uint64_t payload, enum bt_type *ret, size_t max)
{
	struct head h;
	uint64_t s;
	size_t fields = 0, size;
	if (!head_start(&h, record, n))
		return -1;
	while (h.at < h.end) {
		if (fields == max || !head_next(&h, &s, &ret[fields], &size))
			return -1;
		fields++;
	}
	return h.body == payload ? (int)fields : -1;
}

static void value_read(struct bt_value *v, uint64_t serial_type, const uint8_t *p, size_t n)
{
	uint64_t bits = n && p[0] & 0x80 ? UINT64_MAX : 0;
	if (v->type == BT_TEXT || v->type == BT_BLOB) {
		v->p = p;
		v->n = n;
		return;
	}
	if (serial_type == 8 || serial_type == 9) {
		v->integer = serial_type == 9;
		return;
	}
	for (size_t i = 0; i < n; i++)
		bits = bits << 8 | p[i];
	if (v->type == BT_REAL)
		memcpy(&v->real, &bits, sizeof(v->real));
	else if (v->type == BT_INTEGER)
		v->integer = (int64_t)bits;
}

static bool fields_read(struct bt_row *r, size_t n)
{
	struct head h;
	r->n = 0;
	if (!head_start(&h, r->bytes, n))
		return false;
	while (h.at < h.end) {
		struct bt_value *v = &r->field[r->n];
		const uint64_t at = h.body;
		uint64_t s;
		size_t size;
		if (r->n == BT_FIELDS_MAX)
			return false;
		memset(v, 0, sizeof(*v));
		if (!head_next(&h, &s, &v->type, &size) || h.body > n)
			return false;
		value_read(v, s, r->bytes + at, size);
		r->n++;
	}
	return h.body == n;
}

enum err bt_row_init(struct bt_row *r, const struct bt_file *f)
{
	*r = (struct bt_row){.cap = f->page_size};
	r->field = calloc(BT_FIELDS_MAX, sizeof(*r->field));
	r->bytes = calloc(1, r->cap);
	r->page = calloc(1, f->page_size);
	if (r->field && r->bytes && r->page)
		return ERR_OK;
	free(r->field);
	free(r->bytes);
	free(r->page);
	*r = (struct bt_row){0};
	return ERR_NOMEM;
}

void bt_row_finish(struct bt_row *r)
{
	if (!r)
		return;
	if (r->bytes)
		wipe(r->bytes, r->cap);
	/* the page was wiped after each use */
	free(r->field);
	free(r->bytes);
	free(r->page);
	*r = (struct bt_row){0};
}

static enum err room_for(struct bt_row *r, size_t n)
{
	uint8_t *p;
	if (n <= r->cap)
		return ERR_OK;
	p = calloc(1, n);
	if (!p)
		return ERR_NOMEM;
	wipe(r->bytes, r->cap);
	free(r->bytes);
	r->bytes = p;
	r->cap = n;
	return ERR_OK;
}

/* The rest of the record, from its chain of overflow pages. */
static enum err chain_read(
        struct bt_row *r, const struct bt_file *f, uint32_t pgno, size_t at, size_t n)
{
	enum err e = ERR_OK;
	while (at < n && e == ERR_OK) {
		size_t some = n - at < f->usable - 4 ? n - at : f->usable - 4;
		if (pgno == 0 || pgno > f->pages || !f->page(f->ctx, pgno, r->page)) {
			e = ERR_DAMAGED;
			break;
		}
		memcpy(r->bytes + at, r->page + 4, some);
		at += some;
		pgno = be(r->page, 4);
	}
	wipe(r->page, f->page_size);
	return e;
}

enum err bt_row_read(struct bt_row *r, const struct bt_file *f, const struct bt_cell *c)
{
	const size_t n = (size_t)c->payload;
	enum err e;
	r->n = 0;
	/* More than the whole file holds is no length. */
	if (c->payload > (uint64_t)f->pages * f->usable)
		return ERR_DAMAGED;
	e = room_for(r, n);
	if (e != ERR_OK)
		return e;
	memcpy(r->bytes, c->local, c->local_n);
	if (c->overflow)
		e = chain_read(r, f, c->overflow, c->local_n, n);
	if (e == ERR_OK && !fields_read(r, n))
		e = ERR_DAMAGED;
	r->rowid = c->rowid;
	return e;
}
