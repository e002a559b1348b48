#include "ui_int.h"
#include <string.h>

/*
 * Editing of the caller's memory, in place. Undo keeps what was taken out in a fixed ring of bytes
 * that belongs to the one field with focus (and another to the one that has the hardware keys), is
 * never used for secrets, and is zeroed when the focus goes, at lock, or when the screen changes
 * the text itself.
 */

struct record {
	uint32_t pos, del, ins; /* then `del` bytes that stood there */
};

void ui_edit_init(struct ui_edit *e, char *mem, size_t cap)
{
	*e = (struct ui_edit){.text = mem, .cap = cap};
	mem[0] = 0;
}

void ui_edit_set(struct ui_edit *e, const char *text)
{
	size_t n = strlen(text);

	if (n >= e->cap) {
		n = e->cap - 1;
		while (n && ((uint8_t)text[n] & 0xc0) == 0x80)
			n--;
	}
	wipe(e->text, e->cap);
	memcpy(e->text, text, n);
	e->text[n] = 0;
	e->len = e->caret = e->anchor = n;
	e->scroll = 0;
	e->changes++;
}

void ui_undo_clear(struct ui *ui)
{
	wipe(&ui->undo[0], sizeof(ui->undo[0]));
}

void ui_undo_wipe(struct ui *ui)
{
	wipe(ui->undo, sizeof(ui->undo));
}

static struct undo *undo_of(struct ui *ui, const struct ui_edit *e)
{
	return &ui->undo[e == ui->keys.edit];
}

/* Offset of the last record, or SIZE_MAX. */
static size_t undo_last(const struct undo *u)
{
	size_t at = 0, found = SIZE_MAX;

	while (at < u->used) {
		struct record r;
		memcpy(&r, u->bytes + at, sizeof(r));
		found = at;
		at += sizeof(r) + r.del;
	}
	return found;
}

static void undo_note(
        struct ui *ui, struct ui_edit *e, size_t pos, size_t del, const char *ins, size_t n)
{
	struct undo *u = undo_of(ui, e);
	struct record r;
	size_t last, need = sizeof(r) + del;

	if (u->edit != e || u->changes != e->changes) {
		wipe(u, sizeof(*u));
		u->edit = e;
	}
	last = undo_last(u);
	if (last != SIZE_MAX && !del && n) { /* typing goes on in the same word */
		memcpy(&r, u->bytes + last, sizeof(r));
		if (!r.del && r.pos + r.ins == pos &&
		        !(pos && e->text[pos - 1] == ' ' && ins[0] != ' ')) {
			r.ins += (uint32_t)n;
			memcpy(u->bytes + last, &r, sizeof(r));
			return;
		}
	}
	if (need > sizeof(u->bytes)) {
		wipe(u, sizeof(*u));
		u->edit = e;
		return;
	}
	while (u->used + need > sizeof(u->bytes)) { /* the oldest goes */
		size_t first;
		memcpy(&r, u->bytes, sizeof(r));
		first = sizeof(r) + r.del;
		memmove(u->bytes, u->bytes + first, u->used - first);
		wipe(u->bytes + u->used - first, first);
		u->used -= first;
	}
	r = (struct record){(uint32_t)pos, (uint32_t)del, (uint32_t)n};
	memcpy(u->bytes + u->used, &r, sizeof(r));
	memcpy(u->bytes + u->used + sizeof(r), e->text + pos, del);
	u->used += need;
}

/* The one place where text changes. n must fit. */
static void replace(struct ui *ui, struct ui_edit *e, size_t pos, size_t del, const char *ins,
        size_t n, bool log)
{
	size_t tail = e->len - pos - del, len = e->len + n - del;

	if (log)
		undo_note(ui, e, pos, del, ins, n);
	memmove(e->text + pos + n, e->text + pos + del, tail);
	memcpy(e->text + pos, ins, n);
	if (len < e->len)
		wipe(e->text + len, e->len - len);
	e->len = len;
	e->text[len] = 0;
	e->caret = e->anchor = pos + n;
	e->changes++;
	if (log)
		undo_of(ui, e)->changes = e->changes;
}

static bool undo(struct ui *ui, struct ui_edit *e)
{
	struct undo *u = undo_of(ui, e);
	size_t last = undo_last(u);
	struct record r;

	if (u->edit != e || u->changes != e->changes || last == SIZE_MAX)
		return false;
	memcpy(&r, u->bytes + last, sizeof(r));
	if (r.pos + r.ins > e->len || e->len + r.del - r.ins >= e->cap)
		return false;
	replace(ui, e, r.pos, r.ins, u->bytes + last + sizeof(r), r.del, false);
	wipe(u->bytes + last, u->used - last);
	u->used = last;
	u->changes = e->changes;
	return true;
}

static void order(const struct ui_edit *e, size_t *ret_from, size_t *ret_to)
{
	*ret_from = e->caret < e->anchor ? e->caret : e->anchor;
	*ret_to = e->caret < e->anchor ? e->anchor : e->caret;
}

bool ui_edit_insert(struct ui *ui, struct ui_edit *e, const char *s, size_t n, unsigned flags)
{
	char clean[64];
	size_t from, to, m = 0, len;

	order(e, &from, &to);
	for (size_t i = 0; i < n; i += len) {
		uint32_t cp = utf8_decode(s + i, n - i, &len);
		bool lines = (flags & UI_FIELD_LINES) && cp == '\n';
		if ((cp < 0x20 && !lines) || cp == 0x7f || cp == 0xfffd ||
		        (cp >= 0x80 && cp < 0xa0))
			continue;
		if (m + len > sizeof(clean) || e->len - (to - from) + m + len >= e->cap)
			break;
		memcpy(clean + m, s + i, len);
		m += len;
	}
	if (m)
		replace(ui, e, from, to - from, clean, m, !(flags & UI_FIELD_SECRET));
	wipe(clean, sizeof(clean));
	return m > 0;
}

static bool space(char c)
{
	return c == ' ' || c == '\n';
}

static size_t word_left(const struct ui_edit *e)
{
	size_t i = e->caret;

	while (i && space(e->text[i - 1]))
		i--;
	while (i && !space(e->text[i - 1]))
		i--;
	return i;
}

static size_t word_right(const struct ui_edit *e)
{
	size_t i = e->caret;

	while (i < e->len && !space(e->text[i]))
		i++;
	while (i < e->len && space(e->text[i]))
		i++;
	return i;
}

static void go(struct ui_edit *e, size_t to)
{
	e->caret = e->anchor = to;
}

static size_t line_of(const uint32_t *start, size_t n, size_t caret)
{
	size_t i = n - 1;

	while (i > 0 && start[i] > caret)
		i--;
	return i;
}

/* The last place of line i where a caret belongs to it. */
static size_t line_end(const struct ui_edit *e, const uint32_t *start, size_t n, size_t i)
{
	size_t end = start[i + 1];

	if (i + 1 < n && end > start[i])
		end = utf8_prev(e->text, e->len, end);
	return end;
}

static void vertical(struct ui *ui, struct ui_edit *e, int step, int text_w)
{
	const uint32_t *start;
	size_t n = gfx_wrap(ui->g, GFX_BODY, e->text, e->len, text_w, &start),
	       i = line_of(start, n, e->caret), end;
	int x = gfx_measure(ui->g, GFX_BODY, e->text + start[i], e->caret - start[i]);

	if (step < 0 && i == 0) {
		go(e, 0);
		return;
	}
	if (step > 0 && i + 1 == n) {
		go(e, e->len);
		return;
	}
	i = step < 0 ? i - 1 : i + 1;
	end = line_end(e, start, n, i);
	go(e, start[i] + gfx_fit(ui->g, GFX_BODY, e->text + start[i], end - start[i],
	                         x + gfx_px(ui->g, GFX_BODY) / 4));
}

bool ui_edit_key(struct ui *ui, struct ui_edit *e, enum ui_key k, unsigned flags, int text_w)
{
	bool log = !(flags & UI_FIELD_SECRET), lines = (flags & UI_FIELD_LINES) != 0;
	const uint32_t *start;
	size_t from, to, n, i;

	order(e, &from, &to);
	switch (k) {
	case UI_KEY_BACKSPACE:
	case UI_KEY_DELETE:
		if (from == to && k == UI_KEY_BACKSPACE && from > 0)
			from = utf8_prev(e->text, e->len, from);
		else if (from == to && k == UI_KEY_DELETE && to < e->len)
			to = utf8_next(e->text, e->len, to);
		if (from == to)
			return false;
		replace(ui, e, from, to - from, "", 0, log);
		return true;
	case UI_KEY_LEFT:
		go(e, from < to ? from : from ? utf8_prev(e->text, e->len, from) : 0);
		return false;
	case UI_KEY_RIGHT:
		go(e, from < to ? to : to < e->len ? utf8_next(e->text, e->len, to) : to);
		return false;
	case UI_KEY_WORD_LEFT:
		go(e, word_left(e));
		return false;
	case UI_KEY_WORD_RIGHT:
		go(e, word_right(e));
		return false;
	case UI_KEY_UP:
	case UI_KEY_DOWN:
		if (lines)
			vertical(ui, e, k == UI_KEY_UP ? -1 : 1, text_w);
		return false;
	case UI_KEY_HOME:
	case UI_KEY_END:
		if (!lines) {
			go(e, k == UI_KEY_HOME ? 0 : e->len);
			return false;
		}
		n = gfx_wrap(ui->g, GFX_BODY, e->text, e->len, text_w, &start);
		i = line_of(start, n, e->caret);
		go(e, k == UI_KEY_HOME ? start[i] : line_end(e, start, n, i));
		return false;
	case UI_KEY_UNDO:
		return undo(ui, e);
	case UI_KEY_SELECT_ALL:
		e->anchor = 0;
		e->caret = e->len;
		return false;
	default:
		return false;
	}
}

void ui_keys_to(struct ui *ui, struct ui_edit *e, unsigned flags)
{
	if (ui->keys.edit == e)
		return;
	wipe(&ui->undo[1], sizeof(ui->undo[1]));
	ui->keys.edit = e;
	ui->keys.id = 0;
	ui->keys.flags = flags;
	ui->keys.text_w = 0;
	ui->keys.changes = e ? e->changes : 0;
	ui->keys.moved = true;
	if (ui->building)
		ui_again(ui);
}

void ui_edit_type(struct ui *ui, struct ui_edit *e, const char *text, unsigned flags)
{
	size_t n = strlen(text), len;

	for (; n; text += len, n -= len) { /* as many letters at once as one event brings */
		len = n < 60 ? n : 60;
		while (len < n && len && ((uint8_t)text[len] & 0xc0) == 0x80)
			len--;
		(void)ui_edit_insert(ui, e, text, len, flags);
	}
	ui->keys.moved |= e == ui->keys.edit;
	if (ui->building)
		ui_again(ui);
}
