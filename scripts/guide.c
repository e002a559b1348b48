/*
 * guide MARKDOWN TITLE FOOT > PDF: sets one page of documentation by the same code as the minutes.
 * Read by cmark: headings of two levels, paragraphs, numbered and plain lists, strong words;
 * anything else in it is refused, so that nothing of the text is dropped silently. A heading's list
 * makes a list in the structure of the PDF. FOOT stands in the foot of each page.
 */
#include <cmark.h>
#include <stdlib.h>
#include <string.h>
#include "paper/doc.h"

static const struct doc_col LIST[] = {{"", 8, 3}, {"", 162, 73}};

static void refuse(cmark_node *n)
{
	fprintf(stderr, "guide: line %d: %s cannot be set\n", cmark_node_get_start_line(n),
	        cmark_node_get_type_string(n));
	exit(1);
}

static void put_inline(struct doc *d, struct doc_text *to, cmark_node *n, enum doc_style style)
{
	for (; n; n = cmark_node_next(n)) {
		switch (cmark_node_get_type(n)) {
		case CMARK_NODE_TEXT:
			doc_put(d, to, style, doc_printf(d, "%s", cmark_node_get_literal(n)));
			break;
		case CMARK_NODE_SOFTBREAK:
			doc_put(d, to, style, " ");
			break;
		case CMARK_NODE_LINEBREAK:
			doc_put(d, to, style, "\n");
			break;
		case CMARK_NODE_STRONG:
			put_inline(d, to, cmark_node_first_child(n), DOC_STRONG);
			break;
		case CMARK_NODE_EMPH:
			put_inline(d, to, cmark_node_first_child(n), DOC_MUTED);
			break;
		default:
			refuse(n);
		}
	}
}

static void put_list(struct doc *d, cmark_node *list)
{
	struct doc_block *b = doc_add_table(d, DOC_LIST, LIST, 2);
	bool numbers = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
	int number = cmark_node_get_list_start(list);
	for (cmark_node *i = cmark_node_first_child(list); i; i = cmark_node_next(i), number++) {
		struct doc_row *r = doc_row(d, b);
		cmark_node *p = cmark_node_first_child(i);
		if (!p || cmark_node_get_type(p) != CMARK_NODE_PARAGRAPH || cmark_node_next(p))
			refuse(i);
		doc_put(d, &r->cell[0], DOC_STRONG, numbers ? doc_printf(d, "%d", number) : "•");
		put_inline(d, &r->cell[1], cmark_node_first_child(p), DOC_PLAIN);
	}
}

static void put_block(struct doc *d, cmark_node *n)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_HEADING:
		if (cmark_node_get_heading_level(n) > 2)
			refuse(n);
		put_inline(d,
		        &doc_add(d, cmark_node_get_heading_level(n) == 1 ? DOC_H1 : DOC_H2)->text,
		        cmark_node_first_child(n), DOC_PLAIN);
		break;
	case CMARK_NODE_PARAGRAPH:
		put_inline(d, &doc_add(d, DOC_P)->text, cmark_node_first_child(n), DOC_PLAIN);
		break;
	case CMARK_NODE_LIST:
		put_list(d, n);
		break;
	default:
		refuse(n);
	}
}

int main(int argc, char **argv)
{
	struct doc d;
	struct buf out;
	FILE *in = argc == 4 ? fopen(argv[1], "rb") : NULL;
	if (!in) {
		fprintf(stderr, "usage: guide MARKDOWN TITLE FOOT > PDF\n");
		return 64;
	}
	cmark_node *doc = cmark_parse_file(in, CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_SMART);
	fclose(in);
	doc_init(&d);
	buf_init(&out, (size_t)16 << 20);
	d.title = argv[2];
	d.author = "Caseroom";
	d.copy = argv[3];
	for (cmark_node *n = cmark_node_first_child(doc); n; n = cmark_node_next(n))
		put_block(&d, n);
	cmark_node_free(doc);
	enum err e = d.err ? d.err : doc_pdf(&d, &out);
	if (!e && fwrite(out.data, 1, out.len, stdout) != out.len)
		e = ERR_IO;
	if (e)
		fprintf(stderr, "guide: %s\n", err_text(e));
	buf_finish(&out);
	doc_finish(&d);
	return e != ERR_OK;
}
