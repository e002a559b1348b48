#include "pdf_amend.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last place of `what` in the n bytes at s, or NULL. */
static const char *find_last(const char *s, size_t n, const char *what)
{
	size_t k = strlen(what);
	for (size_t i = n < k ? 0 : n - k + 1; i-- > 0;) {
		if (memcmp(s + i, what, k) == 0)
			return s + i;
	}
	return NULL;
}

/* The number behind `key` in the zero-terminated s; 0 when there is none. */
static unsigned long number_after(const char *s, const char *key)
{
	const char *at = strstr(s, key);
	return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

/* The inside of a dictionary object as cairo writes it at its end: "N 0 obj", "<< ...", ">>",
 * "endobj". */
static const char *find_object(const struct buf *pdf, unsigned long number, size_t *ret_len)
{
	char head[32];
	snprintf(head, sizeof(head), "\n%lu 0 obj\n<< ", number);
	const char *at = find_last(pdf->data, pdf->len, head);
	if (!at)
		return NULL;
	at += strlen(head);
	const char *end = memmem(at, (size_t)(pdf->data + pdf->len - at), ">>\nendobj\n", 10);
	*ret_len = end ? (size_t)(end - at) : 0;
	return end ? at : NULL;
}

static void put_catalog(
        struct buf *out, unsigned long number, const char *inside, size_t n, const char *lang)
{
	buf_printf(out, "%lu 0 obj\n<< ", number);
	buf_put(out, inside, n);
	buf_printf(out,
	        "   /Lang (%s)\n   /ViewerPreferences << /DisplayDocTitle true >>\n>>\nendobj\n",
	        lang);
}

static void put_info(struct buf *out, unsigned long number, const char *inside, size_t n)
{
	static const char DATE[] = "\n   /CreationDate (";
	buf_printf(out, "%lu 0 obj\n<< ", number);
	for (const char *at; (at = memmem(inside, n, DATE, sizeof(DATE) - 1)) != NULL;) {
		size_t take = (size_t)(at - inside) + sizeof(DATE) - 1;
		buf_put(out, inside, take);
		inside += take;
		n -= take;
		if (n && inside[0] >= '0' && inside[0] <= '9')
			buf_puts(out, "D:");
	}
	buf_put(out, inside, n);
	buf_puts(out, ">>\nendobj\n");
}

enum err pdf_amend(struct buf *pdf, const char *lang)
{
	const char *s = buf_str(pdf);
	const char *trailer = find_last(s, pdf->len, "trailer\n");
	const char *startxref = find_last(s, pdf->len, "startxref\n");
	if (!trailer || !startxref || startxref < trailer)
		return ERR_INTERNAL;
	unsigned long size = number_after(trailer, "/Size "),
	              root = number_after(trailer, "/Root ");
	unsigned long info = number_after(trailer, "/Info ");
	unsigned long xref = number_after(startxref, "startxref\n");
	size_t root_len = 0, info_len = 0;
	const char *root_at = find_object(pdf, root, &root_len);
	const char *info_at = find_object(pdf, info, &info_len);
	if (!size || !xref || xref >= pdf->len || !root_at || !info_at)
		return ERR_INTERNAL;

	/* beside `pdf` first, which moves as it grows */
	struct buf update;
	buf_init(&update, 1u << 20);
	size_t info_offset = pdf->len;
	put_info(&update, info, info_at, info_len);
	size_t root_offset = pdf->len + update.len;
	put_catalog(&update, root, root_at, root_len, lang);
	size_t xref_offset = pdf->len + update.len;
	buf_printf(&update, "xref\n%lu 1\n%010zu 00000 n \n%lu 1\n%010zu 00000 n \n", info,
	        info_offset, root, root_offset);
	buf_printf(&update,
	        "trailer\n<< /Size %lu\n   /Root %lu 0 R\n   /Info %lu 0 R\n   /Prev %lu\n>>\n",
	        size, root, info, xref);
	buf_printf(&update, "startxref\n%zu\n%%%%EOF\n", xref_offset);
	enum err e = buf_err(&update);
	if (!e) {
		buf_put(pdf, update.data, update.len);
		e = buf_err(pdf);
	}
	buf_finish(&update);
	return e;
}
