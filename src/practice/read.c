#include "read.h"
#include <stdio.h>
#include <string.h>

#define ID_MAX 40
#define TEXTS_MAX 200 /* bytes of one text of a list */

void read_fail(struct reader *r, enum err e, const char *fmt, ...)
{
	char reason[320];
	va_list ap;
	if (r->err)
		return;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	r->err = why(r->why, e, "%s, %s: %s", r->file, r->place[0] ? r->place : "top", reason);
}

static size_t step(struct reader *r, const char *text)
{
	size_t mark = strlen(r->place);
	snprintf(r->place + mark, sizeof(r->place) - mark, "%s%s",
	        mark > 0 && text[0] != '[' ? "." : "", text);
	return mark;
}

size_t read_in(struct reader *r, const char *key)
{
	return step(r, key);
}

size_t read_in_item(struct reader *r, size_t i)
{
	char text[24];
	snprintf(text, sizeof(text), "[%zu]", i + 1);
	return step(r, text);
}

void read_out(struct reader *r, size_t mark)
{
	r->place[mark] = 0;
}

static bool is_among(const char *key, const char *keys)
{
	size_t n = strlen(key);
	for (const char *k = keys; *k;) {
		size_t len = strcspn(k, " ");
		if (len == n && memcmp(k, key, n) == 0)
			return true;
		k += len + (k[len] == ' ');
	}
	return false;
}

void read_keys(struct reader *r, const json_t *o, const char *keys)
{
	const char *key;
	json_t *value;
	if (r->err)
		return;
	if (!json_is_object(o)) {
		read_fail(r, ERR_INPUT, "is not an object");
		return;
	}
	json_object_foreach((json_t *)o, key, value)
	{
		if (!is_among(key, keys)) {
			read_fail(r, ERR_INPUT, "\"%.60s\" is not known here; known are %s", key,
			        keys);
			return;
		}
	}
}

/* The value of a key, which must be there. */
static const json_t *get(struct reader *r, const json_t *o, const char *key)
{
	if (r->err)
		return NULL;
	const json_t *v = json_object_get(o, key);
	if (!v)
		read_fail(r, ERR_INPUT, "has no \"%s\"", key);
	return v;
}

const json_t *read_object(struct reader *r, const json_t *o, const char *key)
{
	const json_t *v = get(r, o, key);
	if (v && !json_is_object(v)) {
		size_t mark = read_in(r, key);
		read_fail(r, ERR_INPUT, "is not an object");
		read_out(r, mark);
		return NULL;
	}
	return v;
}

const json_t *read_array(
        struct reader *r, const json_t *o, const char *key, size_t least, size_t most)
{
	const json_t *v = get(r, o, key);
	if (!v)
		return NULL;
	size_t mark = read_in(r, key), n = json_array_size(v);
	if (!json_is_array(v))
		read_fail(r, ERR_INPUT, "is not a list");
	else if (n < least)
		read_fail(r, ERR_INPUT, "has %zu entries; at least %zu are needed", n, least);
	else if (n > most)
		read_fail(r, ERR_LIMIT, "has %zu entries; at most %zu are allowed", n, most);
	read_out(r, mark);
	return r->err ? NULL : v;
}

void *read_alloc(struct reader *r, size_t n, size_t size)
{
	if (r->err)
		return NULL;
	void *p = arena_alloc(r->arena, n * size);
	if (!p)
		read_fail(r, ERR_NOMEM, "there is no memory for it");
	return p;
}

/* `v` as a text, at the place the reader is. */
static const char *text_of(struct reader *r, const json_t *v, size_t least, size_t most)
{
	if (r->err)
		return "";
	const char *s = json_string_value(v);
	size_t n = json_string_length(v);
	if (!s)
		read_fail(r, ERR_INPUT, "is not a text");
	else if (n < least)
		read_fail(r, ERR_INPUT, "is empty");
	else if (n > most)
		read_fail(r, ERR_LIMIT, "has %zu bytes; at most %zu are allowed", n, most);
	else if (!utf8_printable(s, n, false))
		read_fail(r, ERR_INPUT, "has a character that cannot be shown");
	if (r->err)
		return "";
	char *copy = arena_strndup(r->arena, s, n);
	if (!copy)
		read_fail(r, ERR_NOMEM, "there is no memory for it");
	return copy ? copy : "";
}

const char *read_text(struct reader *r, const json_t *o, const char *key, size_t most)
{
	const json_t *v = get(r, o, key);
	if (!v)
		return "";
	size_t mark = read_in(r, key);
	const char *s = text_of(r, v, 1, most);
	read_out(r, mark);
	return s;
}

const char *read_text_or_none(struct reader *r, const json_t *o, const char *key, size_t most)
{
	const json_t *v = r->err ? NULL : json_object_get(o, key);
	if (!v)
		return "";
	size_t mark = read_in(r, key);
	const char *s = text_of(r, v, 0, most);
	read_out(r, mark);
	return s;
}

static void check_id(struct reader *r, const char *key, const char *id)
{
	if (r->err || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id))
		return;
	size_t mark = read_in(r, key);
	read_fail(r, ERR_INPUT, "\"%s\" is not an id: small letters, digits and hyphens only", id);
	read_out(r, mark);
}

const char *read_id(struct reader *r, const json_t *o, const char *key)
{
	const char *id = read_text(r, o, key, ID_MAX);
	check_id(r, key, id);
	return id;
}

const char *read_id_or_none(struct reader *r, const json_t *o, const char *key)
{
	const char *id = read_text_or_none(r, o, key, ID_MAX);
	check_id(r, key, id);
	return id;
}

const char *read_source(struct reader *r, const json_t *o)
{
	return read_text(r, o, "source", 400);
}

int read_int(struct reader *r, const json_t *o, const char *key, int least, int most)
{
	const json_t *v = get(r, o, key);
	if (!v)
		return 0;
	size_t mark = read_in(r, key);
	json_int_t n = json_integer_value(v);
	if (!json_is_integer(v))
		read_fail(r, ERR_INPUT, "is not a whole number");
	else if (n < least || n > most)
		read_fail(r, ERR_INPUT, "is %lld; it must lie between %d and %d", (long long)n,
		        least, most);
	read_out(r, mark);
	return r->err ? 0 : (int)n;
}

bool read_flag(struct reader *r, const json_t *o, const char *key)
{
	const json_t *v = r->err ? NULL : json_object_get(o, key);
	if (!v)
		return false;
	if (!json_is_boolean(v)) {
		size_t mark = read_in(r, key);
		read_fail(r, ERR_INPUT, "is neither true nor false");
		read_out(r, mark);
	}
	return json_is_true(v);
}

const char *const *read_texts(struct reader *r, const json_t *o, const char *key, size_t least,
        size_t most, size_t *ret_n)
{
	if (least == 0 && !r->err && !json_object_get(o, key)) {
		*ret_n = 0;
		return NULL;
	}
	const json_t *a = read_array(r, o, key, least, most);
	size_t n = a ? json_array_size(a) : 0;
	const char **text = read_alloc(r, n, sizeof(*text));
	if (!text)
		return NULL;
	size_t mark = read_in(r, key);
	for (size_t i = 0; i < n; i++) {
		size_t at = read_in_item(r, i);
		text[i] = text_of(r, json_array_get(a, i), 1, TEXTS_MAX);
		for (size_t j = 0; j < i; j++)
			if (strcmp(text[i], text[j]) == 0)
				read_fail(r, ERR_INPUT, "\"%s\" is there twice", text[i]);
		read_out(r, at);
	}
	read_out(r, mark);
	if (r->err)
		return NULL;
	*ret_n = n;
	return text;
}
