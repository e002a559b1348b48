#include "caseroom/base.h"
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arena ---- */

#define BLOCK_BYTES 16384

struct arena_block {
	struct arena_block *next;
	size_t used, cap;
	max_align_t data[];
};

void arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit};
}

static void block_free(struct arena_block *b)
{
	wipe(b->data, b->used);
	free(b);
}

void arena_finish(struct arena *a)
{
	if (!a)
		return;
	while (a->block) {
		struct arena_block *next = a->block->next;
		block_free(a->block);
		a->block = next;
	}
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	while (a->block && a->block->next) {
		struct arena_block *next = a->block->next;
		block_free(a->block);
		a->block = next;
	}
	if (a->block) {
		wipe(a->block->data, a->block->used);
		a->block->used = 0;
	}
	a->used = 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t al = alignof(max_align_t);
	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + al - 1) / al * al;
	if (a->limit && a->used + n > a->limit)
		return NULL;
	if (!a->block || a->block->cap - a->block->used < n) {
		size_t cap = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		struct arena_block *b = calloc(1, sizeof(*b) + cap);
		if (!b)
			return NULL;
		b->cap = cap;
		b->next = a->block;
		a->block = b;
	}
	void *p = (char *)a->block->data + a->block->used;
	a->block->used += n;
	a->used += n;
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);
	if (p && n)
		memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : arena_strndup(a, "", 0);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

void *arena_grow(struct arena *a, void **rows, size_t *n, size_t *cap, size_t size)
{
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		void *p = arena_alloc(a, more * size);
		if (!p)
			return NULL;
		if (*n)
			memcpy(p, *rows, *n * size);
		*rows = p;
		*cap = more;
	}
	return (char *)*rows + (*n)++ * size;
}

/* ---- buf ---- */

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){.limit = limit};
}

void buf_finish(struct buf *b)
{
	if (!b)
		return;
	if (b->data)
		wipe(b->data, b->cap);
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}

void buf_clear(struct buf *b)
{
	if (b->data)
		wipe(b->data, b->len + 1);
	b->len = 0;
	b->err = ERR_OK;
}

/* Room for n more bytes and a zero. Not realloc: the old block must be wiped. */
static bool buf_room(struct buf *b, size_t n)
{
	if (b->err)
		return false;
	if (n > b->limit || b->len > b->limit - n) {
		b->err = ERR_LIMIT;
		return false;
	}
	if (b->data && b->cap - b->len > n)
		return true;
	size_t cap = b->cap ? b->cap * 2 : 256;
	while (cap <= b->len + n)
		cap *= 2;
	char *p = malloc(cap);
	if (!p) {
		b->err = ERR_NOMEM;
		return false;
	}
	if (b->data) {
		memcpy(p, b->data, b->len);
		wipe(b->data, b->cap);
		free(b->data);
	}
	b->data = p;
	b->cap = cap;
	return true;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = 0;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0 && buf_room(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

enum err buf_err(const struct buf *b)
{
	return b->err;
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}
