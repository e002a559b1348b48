#include "doc.h"
#include "caseroom/age.h"
#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

/*
 * The parcel: the minutes as five files, any other document as three, as one tar, sealed. All of it
 * stays in memory; the tar is wiped when it has been sealed. age does not say who sent a file, so
 * the manifest says what, for whom, and the digests of the rest.
 */

#define FILE_LIMIT ((size_t)64 << 20)
#define DIGEST_BYTES 32

enum part { PART_PDF, PART_TEXT, PART_CSV, PART_ICS, PART_MANIFEST, PART_COUNT };

struct parcel {
	struct doc d; /* for cleaned text */
	const char *name[PART_COUNT];
	struct buf part[PART_COUNT];
	struct buf tar;
};

static void parcel_init(struct parcel *p)
{
	*p = (struct parcel){0};
	doc_init(&p->d);
	for (size_t i = 0; i < PART_COUNT; i++)
		buf_init(&p->part[i], FILE_LIMIT);
	buf_init(&p->tar, PART_COUNT * FILE_LIMIT);
}

static void parcel_finish(struct parcel *p)
{
	for (size_t i = 0; i < PART_COUNT; i++)
		buf_finish(&p->part[i]);
	buf_finish(&p->tar);
	doc_finish(&p->d);
}

/* "extract-adult-social-care.pdf": letters and digits of the agency's name alone. */
static const char *extract_name(struct doc *d, const char *agency, const char *end)
{
	char folded[512], slug[48];
	size_t n = 0, len = strnlen(agency, 200);
	(void)utf8_fold(agency, len, folded, sizeof(folded));
	for (const char *s = folded; *s && n + 1 < sizeof(slug); s++) {
		bool plain = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
		if (plain)
			slug[n++] = *s;
		else if (n && slug[n - 1] != '-')
			slug[n++] = '-';
	}
	while (n && slug[n - 1] == '-')
		n--;
	slug[n] = 0;
	return doc_printf(d, "extract-%s%s", n ? slug : "agency", end);
}

static void name_parts(struct parcel *p, const struct paper_minutes *m)
{
	const char *agency = m->extract_for;
	bool extract = agency && *agency;
	p->name[PART_PDF] = extract ? extract_name(&p->d, agency, ".pdf") : "minutes.pdf";
	p->name[PART_TEXT] = extract ? extract_name(&p->d, agency, ".txt") : "minutes.txt";
	p->name[PART_CSV] = "actions.csv";
	p->name[PART_ICS] = "actions.ics";
}

/* ---- manifest ---- */

static json_t *clean_string(struct parcel *p, const char *s)
{
	return json_string(doc_clean(&p->d, s, false));
}

static json_t *file_list(struct parcel *p)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < PART_MANIFEST; i++) {
		uint8_t digest[DIGEST_BYTES];
		char hex[2 * DIGEST_BYTES + 1];
		if (!p->name[i])
			continue;
		crypto_generichash(digest, sizeof(digest), (const uint8_t *)buf_str(&p->part[i]),
		        p->part[i].len, NULL, 0);
		sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
		json_t *o = json_pack("{s:s, s:I, s:s}", "name", p->name[i], "size",
		        (json_int_t)p->part[i].len, "blake2b_256", hex);
		if (!o || json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static int put_json(const char *s, size_t n, void *ctx)
{
	buf_put(ctx, s, n);
	return buf_err(ctx) ? -1 : 0;
}

static enum err put_manifest(
        struct parcel *p, const struct paper_minutes *m, const struct paper_copy *c)
{
	char day[TIME_TEXT_MAX], now[TIME_TEXT_MAX];
	struct buf *out = &p->part[PART_MANIFEST];
	enum err e = ERR_NOMEM;
	json_t *o = json_object();
	if (!o)
		return ERR_NOMEM;
	bool extract = m->extract_for && *m->extract_for;
	/* json_object_set_new takes the value also when it fails, and fails on NULL */
	int bad = json_object_set_new(o, "product", json_string("caseroom"));
	bad |= json_object_set_new(o, "format", json_integer(1));
	bad |= json_object_set_new(o, "marking",
	        clean_string(p, m->marking && *m->marking ? m->marking : DOC_MARKING));
	bad |= json_object_set_new(o, "partnership", clean_string(p, m->partnership));
	bad |= json_object_set_new(o, "meeting", clean_string(p, m->heading));
	bad |= json_object_set_new(o, "forum", clean_string(p, m->forum));
	bad |= json_object_set_new(o, "day", clean_string(p, day_text(day, m->day, DAY_ISO)));
	bad |= json_object_set_new(o, "status", clean_string(p, m->status));
	bad |= json_object_set_new(o, "version", json_integer(m->version));
	bad |= json_object_set_new(
	        o, "extract_for", extract ? clean_string(p, m->extract_for) : json_null());
	bad |= json_object_set_new(o, "copy", json_integer(c->number));
	bad |= json_object_set_new(o, "recipient", clean_string(p, c->recipient));
	bad |= json_object_set_new(o, "fingerprint", clean_string(p, m->fingerprint));
	bad |= json_object_set_new(o, "created", json_string(time_text_iso(now, time_now_us())));
	bad |= json_object_set_new(o, "files", file_list(p));
	if (!bad &&
	        json_dump_callback(o, put_json, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0) {
		buf_puts(out, "\n");
		e = buf_err(out);
	} else if (buf_err(out)) {
		e = buf_err(out);
	}
	json_decref(o);
	return p->d.err ? p->d.err : e;
}

/* ---- tar ---- */

static la_ssize_t put_tar(struct archive *a, void *ctx, const void *s, size_t n)
{
	buf_put(ctx, s, n);
	if (buf_err(ctx)) {
		archive_set_error(a, -1, "no room");
		return -1;
	}
	return (la_ssize_t)n;
}

static bool put_file(struct archive *a, const char *name, const struct buf *b, int64_t now_us)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry)
		return false;
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)b->len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, (time_t)(now_us / TIME_SECOND_US), 0);
	bool good = archive_write_header(a, entry) == ARCHIVE_OK &&
	            archive_write_data(a, buf_str(b), b->len) == (la_ssize_t)b->len;
	archive_entry_free(entry);
	return good;
}

static enum err put_parts(struct parcel *p)
{
	struct archive *a = archive_write_new();
	if (!a)
		return ERR_NOMEM;
	/* no block of its own: libarchive would keep the last one unwiped */
	bool good = archive_write_set_format_ustar(a) == ARCHIVE_OK &&
	            archive_write_add_filter_none(a) == ARCHIVE_OK &&
	            archive_write_set_bytes_per_block(a, 0) == ARCHIVE_OK &&
	            archive_write_open(a, &p->tar, NULL, put_tar, NULL) == ARCHIVE_OK;
	int64_t now_us = time_now_us();
	for (size_t i = 0; i < PART_COUNT && good; i++)
		good = !p->name[i] || put_file(a, p->name[i], &p->part[i], now_us);
	good = good && archive_write_close(a) == ARCHIVE_OK;
	(void)archive_write_free(a);
	enum err e = buf_err(&p->tar);
	return e ? e : good ? ERR_OK : ERR_INTERNAL;
}

static enum err check_copy(const struct paper_copy *c, struct why *w)
{
	const char *who = c->recipient ? c->recipient : "";
	if (c->number < 1 || !*who)
		return why(w, ERR_INPUT, "A copy has a number and says whom it is for.");
	if (!c->age_recipient || !*c->age_recipient)
		return why(w, ERR_INPUT,
		        "%s has no key. Its papers cannot be sealed until it gives one.", who);
	return age_recipient_check(c->age_recipient, w);
}

/* The parts are made; the rest of it, and the parcel's end. */
static enum err seal(struct parcel *p, enum err e, const struct paper_minutes *about,
        const struct paper_copy *c, struct buf *out, struct why *w)
{
	p->name[PART_MANIFEST] = "manifest.json";
	if (!e)
		e = put_manifest(p, about, c);
	if (!e)
		e = put_parts(p);
	if (!e)
		e = age_seal(&c->age_recipient, 1, p->tar.data, p->tar.len, out, w);
	parcel_finish(p);
	return e;
}

enum err paper_seal(
        const struct paper_minutes *m, const struct paper_copy *c, struct buf *out, struct why *w)
{
	struct parcel p;
	TRY(check_copy(c, w));
	parcel_init(&p);
	name_parts(&p, m);
	enum err e = paper_minutes_pdf(m, c, &p.part[PART_PDF]);
	if (!e)
		e = paper_minutes_text(m, c, &p.part[PART_TEXT]);
	if (!e)
		e = paper_actions_csv(m, &p.part[PART_CSV]);
	if (!e)
		e = paper_actions_ics(m, &p.part[PART_ICS]);
	return seal(&p, e, m, c, out, w);
}

enum err doc_seal(struct doc *d, const char *name, const struct paper_minutes *about,
        const struct paper_copy *c, struct buf *out, struct why *w)
{
	struct parcel p;
	TRY(check_copy(c, w));
	parcel_init(&p);
	p.name[PART_PDF] = doc_printf(&p.d, "%s.pdf", name);
	p.name[PART_TEXT] = doc_printf(&p.d, "%s.txt", name);
	enum err e = doc_pdf(d, &p.part[PART_PDF]);
	if (!e)
		e = doc_text(d, &p.part[PART_TEXT]);
	if (!e && d->csv) {
		p.name[PART_CSV] = doc_printf(&p.d, "%s.csv", name);
		buf_put(&p.part[PART_CSV], buf_str(d->csv), d->csv->len);
		e = buf_err(&p.part[PART_CSV]);
	}
	return seal(&p, e, about, c, out, w);
}
