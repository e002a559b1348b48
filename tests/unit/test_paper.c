#include "test.h"
#include "test_paper_sample.h"
#include "caseroom/age.h"
#include "caseroom/csv.h"
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <jansson.h>
#include <libical/ical.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* fontconfig keeps what it read about fonts until the process ends; everything else must be given
 * back */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

static const struct paper_copy COPY = {3, "Police", ""};

#define LIMIT ((size_t)64 << 20)

/* ---- helpers ---- */

static bool write_file(const char *dir, const char *name, const struct buf *b)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	bool good = f && fwrite(buf_str(b), 1, b->len, f) == b->len;
	return f && fclose(f) == 0 && good;
}

/* What a command says, run in `dir`; false when it fails. */
static bool output_of(const char *dir, const char *command, struct buf *out)
{
	char line[1024], part[4096];
	size_t n;
	buf_init(out, LIMIT);
	snprintf(line, sizeof(line), "cd '%s' && %s", dir, command);
	FILE *f = popen(line, "r");
	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(out, part, n);
	return f && pclose(f) == 0;
}

static size_t count_of(const char *s, const char *what)
{
	size_t n = 0;
	for (; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return n;
}

/* The text of one page, or of all when `page` is 0. */
static bool page_text(const char *dir, int page, struct buf *out)
{
	char command[200];
	if (page)
		snprintf(command, sizeof(command), "pdftotext -f %d -l %d -layout m.pdf -", page,
		        page);
	else
		snprintf(command, sizeof(command), "pdftotext m.pdf -");
	return output_of(dir, command, out);
}

static int page_count(const char *dir)
{
	struct buf out;
	int n = 0;
	if (output_of(dir, "pdfinfo m.pdf", &out)) {
		const char *at = strstr(buf_str(&out), "Pages:");
		n = at ? atoi(at + 6) : 0;
	}
	buf_finish(&out);
	return n;
}

static bool make_pdf(const struct paper_minutes *m, const char *dir)
{
	struct buf pdf;
	buf_init(&pdf, LIMIT);
	bool good = paper_minutes_pdf(m, &COPY, &pdf) == ERR_OK && write_file(dir, "m.pdf", &pdf);
	buf_finish(&pdf);
	return good;
}

/* The sample with its first two cases again and again. */
static struct paper_minutes with_cases(struct paper_item *it, size_t n)
{
	struct paper_minutes m = SAMPLE;
	for (size_t i = 0; i < n; i++) {
		it[i] = SAMPLE_ITEM[i % 2];
		it[i].number = (int)i + 1;
	}
	m.item = it;
	m.n_items = n;
	return m;
}

/* The sample with one item of one entry that says `text`, and one action that does. */
struct one {
	struct paper_entry entry;
	struct paper_action action;
	struct paper_item item;
	struct paper_minutes m;
};
static void one_init(struct one *o, const char *text)
{
	o->entry = (struct paper_entry){"Police", "Fact", "", text, "", ""};
	o->action = (struct paper_action){.ref = "A-1",
	        .what = text,
	        .agency = "Police",
	        .owner = "Sgt Wyn Specimen",
	        .done_when = "",
	        .case_ref = "C-1",
	        .due = 20777,
	        .review = DAY_NONE,
	        .uid = "u1"};
	o->item = (struct paper_item){.number = 1,
	        .title = "C-1",
	        .entry = &o->entry,
	        .n_entries = 1,
	        .action = &o->action,
	        .n_actions = 1};
	o->m = SAMPLE;
	o->m.item = &o->item;
	o->m.n_items = 1;
}

/* ---- plain text ---- */

/* GOLDEN=1 writes it anew; look at the difference before it is committed. */
static void t_text_is_the_golden_one(void)
{
	char path[512];
	struct buf text, golden;
	buf_init(&text, LIMIT);
	buf_init(&golden, LIMIT);
	snprintf(path, sizeof(path), "%.*s.txt", (int)strlen(__FILE__) - 2, __FILE__);
	CHECK_ERR(paper_minutes_text(&SAMPLE, &COPY, &text), ERR_OK);
	if (getenv("GOLDEN"))
		CHECK_ERR(file_write(path, text.data, text.len, NULL), ERR_OK);
	CHECK_ERR(file_read(path, LIMIT, &golden, NULL), ERR_OK);
	CHECK_STR(buf_str(&text), buf_str(&golden));
	buf_finish(&text);
	buf_finish(&golden);
}

static void t_text_keeps_to_78_columns(void)
{
	static const char *const WORDS[] = {
	        "short",
	        "averylongwordwithoutanyspaceinitthatcannotbebrokenatoneandhastobebrokeninthemiddle"
	        "ofitself",
	        "\xc5\x81ucja Pr\xc3\xb3"
	        "bka \xe2\x80\x93 \xc5\xb4yn y \xc3\xa2 \xc3\xae \xc3\xb4 \xc3\xbb "
	        "\xc5\xb5 \xc5\xb7 \xc3\xa2 \xc3\xae \xc3\xb4 \xc3\xbb \xc5\xb5 \xc5\xb7 \xc3\xa2 "
	        "\xc3\xae",
	        "\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d"
	        "\xb1\xe4\xba"
	        "\xac\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac\xe6"
	        "\x9d\xb1",
	        "   many     spaces   and\n\n\nline ends\n",
	};
	for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
		struct one o;
		struct buf text;
		one_init(&o, WORDS[i]);
		o.m.next_meeting = WORDS[i];
		o.item.title = WORDS[i];
		buf_init(&text, LIMIT);
		CHECK_ERR(paper_minutes_text(&o.m, &COPY, &text), ERR_OK);
		CHECK(utf8_valid(text.data, text.len));
		for (char *line = strtok(text.data, "\n"); line; line = strtok(NULL, "\n")) {
			CHECK(utf8_count(line, strlen(line)) <= 78);
			CHECK(line[strlen(line) - 1] != ' ');
		}
		buf_finish(&text);
	}
}

static void t_text_has_every_word_of_a_long_entry(void)
{
	struct buf words, text;
	struct one o;
	char word[32];
	buf_init(&words, LIMIT);
	buf_init(&text, LIMIT);
	for (int i = 0; i < 3000; i++)
		buf_printf(&words, "w%04d ", i);
	one_init(&o, buf_str(&words));
	o.item.n_actions = 0;
	CHECK_ERR(paper_minutes_text(&o.m, &COPY, &text), ERR_OK);
	const char *at = buf_str(&text);
	for (int i = 0; i < 3000; i++) {
		snprintf(word, sizeof(word), "w%04d", i);
		at = strstr(at, word);
		CHECK(at != NULL);
	}
	buf_finish(&words);
	buf_finish(&text);
}

/* ---- PDF ---- */

static void t_pdf_marks_every_page(void)
{
	const char *dir = test_dir();
	struct paper_item item[15];
	struct paper_minutes m = with_cases(item, 15);
	CHECK(make_pdf(&m, dir));
	int n = page_count(dir);
	CHECK(n > 5);
	for (int i = 1; i <= n; i++) {
		char foot[64];
		struct buf text;
		snprintf(foot, sizeof(foot), "Page %d of %d", i, n);
		CHECK(page_text(dir, i, &text));
		CHECK(count_of(buf_str(&text), "OFFICIAL-SENSITIVE") == 2);
		CHECK(count_of(buf_str(&text), foot) == 1);
		CHECK(count_of(buf_str(&text), "Copy 3, Police") == 1);
		CHECK(count_of(buf_str(&text), "Audit copper harvest lantern meadow thimble") == 1);
		buf_finish(&text);
	}
}

static void t_pdf_is_tagged_and_speaks_english(void)
{
	static const char *const ELEMENT[] = {"Document", "\n  H1", "\n  H2", "\n  P", "\n  Table",
	        "\n    TR", "\n      TH", "\n      TD"};
	const char *dir = test_dir();
	struct buf out, pdf;
	CHECK(make_pdf(&SAMPLE, dir));
	CHECK(output_of(dir, "(pdfinfo m.pdf; pdfinfo -struct m.pdf) 2>&1", &out));
	for (size_t i = 0; i < COUNT_OF(ELEMENT); i++)
		CHECK(strstr(buf_str(&out), ELEMENT[i]) != NULL);
	CHECK(count_of(buf_str(&out), "\n  H1") == 1);
	CHECK(count_of(buf_str(&out), "\n  H2") == 15);
	CHECK(strstr(buf_str(&out), "Syntax") == NULL);
	CHECK(strstr(buf_str(&out), "Tagged:          yes") != NULL);
	CHECK(strstr(buf_str(&out),
	              "Title:           Draft minutes, Safer Estates steering group, Quexham, 19 "
	              "November 2026\n") != NULL);
	buf_finish(&out);
	/* whole sentences, over line ends and with what other programs join to one letter */
	CHECK(output_of(dir, "pdfinfo -struct-text m.pdf 2>&1", &out));
	CHECK(strstr(buf_str(&out), "\"Confidentiality\"") != NULL);
	CHECK(strstr(buf_str(&out), "It is kept within the agencies present and used for nothing "
	                            "else. Each agency "
	                            "answers for its own actions.\"") != NULL);
	CHECK(strstr(buf_str(&out), "\"Decided not to share, about J. Specimen. Ground 4\"") !=
	        NULL);
	CHECK(strstr(buf_str(&out), "\"Reason kept by Probation: not necessary for today") != NULL);
	buf_finish(&out);
	CHECK_ERR((buf_init(&pdf, LIMIT), paper_minutes_pdf(&SAMPLE, &COPY, &pdf)), ERR_OK);
	CHECK(memmem(pdf.data, pdf.len, "/Lang (en-GB)", 13) != NULL);
	CHECK(memmem(pdf.data, pdf.len, "/DisplayDocTitle true", 21) != NULL);
	buf_finish(&pdf);
}

static void t_pdf_of_the_same_minutes_is_the_same(void)
{
	struct buf a, b;
	buf_init(&a, LIMIT);
	buf_init(&b, LIMIT);
	buf_puts(&b, "before");
	CHECK_ERR(paper_minutes_pdf(&SAMPLE, &COPY, &a), ERR_OK);
	time_pin_us(INT64_C(1800000000) * TIME_SECOND_US);
	CHECK_ERR(paper_minutes_pdf(&SAMPLE, &COPY, &b), ERR_OK);
	time_unpin();
	CHECK(b.len == a.len + 6 && memcmp(b.data, "before", 6) == 0 &&
	        memcmp(a.data, b.data + 6, a.len) == 0);
	CHECK(memmem(a.data, a.len, "/CreationDate (D:20261119000000Z)", 33) != NULL);
	buf_finish(&a);
	buf_finish(&b);
}

static void t_pdf_breaks_a_long_row_and_cuts_nothing(void)
{
	const char *dir = test_dir();
	struct buf words, text;
	struct one o;
	char word[32];
	buf_init(&words, LIMIT);
	for (int i = 0; i < 3000; i++)
		buf_printf(&words, "w%04d ", i);
	one_init(&o, buf_str(&words));
	o.item.n_actions = 0;
	CHECK(make_pdf(&o.m, dir));
	int n = page_count(dir);
	CHECK(n >= 6);
	int heads = 0;
	for (int i = 1; i <= n; i++) {
		CHECK(page_text(dir, i, &text));
		bool words_here = strstr(buf_str(&text), "w0") || strstr(buf_str(&text), "w1") ||
		                  strstr(buf_str(&text), "w2");
		bool head_here = strstr(buf_str(&text), "Speaker") != NULL;
		CHECK(words_here == head_here); /* column heads again on each page of the table */
		heads += head_here;
		buf_finish(&text);
	}
	CHECK(heads >= 5);
	CHECK(page_text(dir, 0, &text));
	const char *at = buf_str(&text);
	for (int i = 0; i < 3000; i++) {
		snprintf(word, sizeof(word), "w%04d", i);
		CHECK(count_of(buf_str(&text), word) == 1);
		at = strstr(at, word);
		CHECK(at != NULL);
	}
	buf_finish(&text);
	buf_finish(&words);
}

static void t_pdf_holds_a_word_wider_than_its_column(void)
{
	const char *dir = test_dir();
	struct one o;
	struct buf text, joined;
	char word[151];
	for (size_t i = 0; i < 150; i++)
		word[i] = (char)('a' + i % 26);
	word[150] = 0;
	one_init(&o, "x");
	o.item.title = "C-1";
	o.entry.speaker = word;
	CHECK(make_pdf(&o.m, dir));
	CHECK(output_of(dir, "pdftotext -raw m.pdf - | tr -d '\\n '", &joined));
	CHECK(output_of(dir,
	        "pdftotext -bbox m.pdf - | grep -o 'xMax=\"[0-9.]*\"' | tr -dc '0-9.\\n' | sort -n "
	        "| tail "
	        "-1",
	        &text));
	CHECK(strstr(buf_str(&joined), word) != NULL);
	CHECK(atof(buf_str(&text)) > 400 && atof(buf_str(&text)) < 595.28 - 50);
	buf_finish(&text);
	buf_finish(&joined);
}

static void t_what_people_typed_is_data(void)
{
	const char *dir = test_dir();
	struct one o;
	struct buf text, plain;
	one_init(&o, "<b>bold</b> &amp; <span size='1'>\x07"
	             "bell\x1b[31mred\x7f \xe2\x80\xaename\xe2\x80\xac bad\xff\xc0 "
	             "(D) \\) %s%n {x}");
	CHECK(make_pdf(&o.m, dir));
	CHECK(output_of(dir, "pdftotext -raw m.pdf - | tr '\\n' ' '", &text));
	buf_init(&plain, LIMIT);
	CHECK_ERR(paper_minutes_text(&o.m, &COPY, &plain), ERR_OK);
	CHECK(strstr(buf_str(&text), "<b>bold</b> &amp; <span size='1'>bell[31mred name bad") !=
	        NULL);
	CHECK(strstr(buf_str(&text), "(D) \\) %s%n {x}") != NULL);
	CHECK(utf8_printable(plain.data, plain.len, true));
	CHECK(utf8_valid(plain.data, plain.len));
	buf_finish(&plain);
	CHECK_ERR(paper_actions_csv(&o.m, &plain), ERR_OK);
	CHECK(strstr(buf_str(&plain), "\x1b") == NULL &&
	        strstr(buf_str(&plain), "bell[31mred") != NULL);
	buf_finish(&plain);
	buf_finish(&text);
}

/* ---- what is held back ---- */

static void t_a_held_item_says_only_that(void)
{
	const char *dir = test_dir();
	struct paper_item item[3];
	struct paper_minutes m = with_cases(item, 3);
	static const char *const CANARY[] = {"kicked in", "01632 960 012", "second forced entry",
	        "A-2026-0102", "two weeks", "Kit Dummy (observer) left", "14:11"};
	struct buf part[4];
	m.extract_for = "Fire and rescue";
	item[0].held = "This item is held back from Fire and rescue.";
	item[0].title = "";
	item[2] = item[0];
	item[2].number = 3;
	for (size_t i = 0; i < 4; i++)
		buf_init(&part[i], LIMIT);
	CHECK(make_pdf(&m, dir));
	CHECK(page_text(dir, 0, &part[0]));
	CHECK_ERR(paper_minutes_text(&m, &COPY, &part[1]), ERR_OK);
	CHECK_ERR(paper_actions_csv(&m, &part[2]), ERR_OK);
	CHECK_ERR(paper_actions_ics(&m, &part[3]), ERR_OK);
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < COUNT_OF(CANARY); k++)
			CHECK(strstr(buf_str(&part[i]), CANARY[k]) == NULL);
	}
	for (size_t i = 0; i < 2; i++) {
		CHECK(count_of(buf_str(&part[i]), "This item is held back from Fire and rescue.") ==
		        2);
		CHECK(strstr(buf_str(&part[i]), "Item 1") && strstr(buf_str(&part[i]), "Item 3"));
		CHECK(strstr(buf_str(&part[i]), "extract for Fire and rescue") != NULL);
		CHECK(strstr(buf_str(&part[i]), "Signed by the chair") == NULL);
		CHECK(strstr(buf_str(&part[i]), "A-2026-0103") != NULL);
	}
	CHECK(count_of(buf_str(&part[2]), "\r\n") == 2 &&
	        count_of(buf_str(&part[3]), "BEGIN:VTODO") == 1);
	for (size_t i = 0; i < 4; i++)
		buf_finish(&part[i]);
}

/* ---- CSV and iCalendar ---- */

struct table {
	struct buf cells; /* one to a line, rows end with "--" */
	size_t rows;
};

static enum err on_row(void *ctx, const struct csv_row *row)
{
	struct table *t = ctx;
	t->rows++;
	for (size_t i = 0; i < row->n; i++)
		buf_printf(&t->cells, "%s\n", row->cell[i].text);
	buf_puts(&t->cells, "--\n");
	return ERR_OK;
}

static void t_csv_is_read_back(void)
{
	struct buf csv;
	struct table t = {0};
	buf_init(&csv, LIMIT);
	buf_init(&t.cells, LIMIT);
	CHECK_ERR(paper_actions_csv(&SAMPLE, &csv), ERR_OK);
	CHECK_ERR(csv_read(csv.data, csv.len, on_row, &t, NULL), ERR_OK);
	CHECK(t.rows == 4 && count_of(buf_str(&csv), "\r\n") == 4);
	CHECK_STR(buf_str(&t.cells),
	        "ref\ncase\nwhat\nagency\nowner\ndue\nreview\ndone_when\n--\n"
	        "A-2026-0101\nC-2026-0118\nJoint visit with the landlord, before "
	        "18:00\nPolice\nSgt "
	        "Wyn Specimen\n2026-11-20\n\nVisit made and written up\n--\n"
	        "A-2026-0102\nC-2026-0118\nRepair the front door; \"temporary\" board off\nSocial "
	        "landlord\n\xc5\x81ucja Pr\xc3\xb3"
	        "bka\n2026-12-03\n2026-12-10\nDoor shuts and locks\n--\n"
	        "A-2026-0103\nC-2026-0125\nMend lighting column 14\nCity council\nJo "
	        "Muster\n2026-11-27\n\nLit at dusk\n--\n");
	buf_finish(&csv);
	buf_finish(&t.cells);
}

static void t_csv_has_no_formula(void)
{
	static const char *const BAD[] = {
	        "=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "  =1", "\n=1", "\x01=1"};
	for (size_t i = 0; i < COUNT_OF(BAD); i++) {
		struct one o;
		struct buf csv;
		one_init(&o, BAD[i]);
		buf_init(&csv, LIMIT);
		CHECK_ERR(paper_actions_csv(&o.m, &csv), ERR_OK);
		CHECK(strstr(buf_str(&csv), ",'") != NULL);
		buf_finish(&csv);
	}
}

static void t_calendar_is_read_back(void)
{
	struct buf ics;
	struct one o;
	static const char WHAT[] =
	        "Łucja Próbka: ring the bell, wait; \\ then go. Ŵŷ "
	        "ŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷŴŷ\nSecond line";
	one_init(&o, WHAT);
	buf_init(&ics, LIMIT);
	time_pin_us(INT64_C(1795000000) * TIME_SECOND_US);
	CHECK_ERR(paper_actions_ics(&o.m, &ics), ERR_OK);
	time_unpin();
	for (const char *s = buf_str(&ics); *s; s = strchr(s, '\n') + 1) {
		const char *end = strchr(s, '\n');
		CHECK(end && end[-1] == '\r' &&
		        end - s <= 76); /* RFC 5545 3.1: at most 75 octets and CRLF */
	}
	icalcomponent *c = icalparser_parse_string(buf_str(&ics));
	CHECK(c && icalcomponent_isa(c) == ICAL_VCALENDAR_COMPONENT &&
	        icalcomponent_count_errors(c) == 0);
	CHECK(icalcomponent_count_components(c, ICAL_VTODO_COMPONENT) == 1);
	CHECK(icalrestriction_check(c));
	icalcomponent *todo = icalcomponent_get_first_component(c, ICAL_VTODO_COMPONENT);
	CHECK_STR(icalcomponent_get_uid(todo), "u1@caseroom");
	CHECK_STR(icalcomponent_get_summary(todo), "C-1: action for Police");
	CHECK_STR(icalcomponent_get_description(todo), WHAT);
	struct icaltimetype due = icalcomponent_get_due(todo);
	CHECK(due.is_date && due.year == 2026 && due.month == 11 && due.day == 20);
	icalcomponent_free(c);
	buf_finish(&ics);

	/* nobody's name on the line that a calendar shows */
	CHECK_ERR(paper_actions_ics(&SAMPLE, &ics), ERR_OK);
	c = icalparser_parse_string(buf_str(&ics));
	CHECK(c && icalcomponent_count_components(c, ICAL_VTODO_COMPONENT) == 3);
	for (todo = icalcomponent_get_first_component(c, ICAL_VTODO_COMPONENT); todo;
	        todo = icalcomponent_get_next_component(c, ICAL_VTODO_COMPONENT)) {
		CHECK(!strstr(icalcomponent_get_summary(todo), "Specimen"));
		CHECK(!strstr(icalcomponent_get_summary(todo), "Muster"));
	}
	icalcomponent_free(c);
	buf_finish(&ics);
	CHECK(icalerrno == ICAL_NO_ERROR);
}

/* ---- the sealed parcel ---- */

struct opened {
	char name[8][64];
	struct buf part[8];
	size_t n;
};

static bool open_parcel(const char *identity, const struct buf *sealed, struct opened *o)
{
	struct buf tar;
	struct archive_entry *entry;
	buf_init(&tar, LIMIT);
	*o = (struct opened){0};
	if (age_open(identity, sealed->data, sealed->len, &tar, NULL) != ERR_OK)
		return false;
	struct archive *a = archive_read_new();
	archive_read_support_format_tar(a);
	bool good = archive_read_open_memory(a, tar.data, tar.len) == ARCHIVE_OK;
	int r = ARCHIVE_EOF;
	while (good && o->n < 8 && (r = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		size_t n = (size_t)archive_entry_size(entry);
		char *p = malloc(n + 1);
		good = p && archive_read_data(a, p, n) == (la_ssize_t)n &&
		       archive_entry_perm(entry) == 0600;
		snprintf(o->name[o->n], sizeof(o->name[0]), "%s", archive_entry_pathname(entry));
		buf_init(&o->part[o->n], LIMIT);
		if (good)
			buf_put(&o->part[o->n], p, n);
		free(p);
		o->n++;
	}
	archive_read_free(a);
	buf_finish(&tar);
	return good && r == ARCHIVE_EOF;
}

static void close_parcel(struct opened *o)
{
	for (size_t i = 0; i < o->n; i++)
		buf_finish(&o->part[i]);
}

static void t_parcel_opens_to_five_files_and_their_digests(void)
{
	static const char *const NAME[] = {
	        "minutes.pdf", "minutes.txt", "actions.csv", "actions.ics", "manifest.json"};
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	struct buf sealed, text;
	struct opened o;
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c = {12, "Police", to};
	buf_init(&sealed, LIMIT);
	buf_init(&text, LIMIT);
	time_pin_us(INT64_C(1795104000) * TIME_SECOND_US);
	CHECK_ERR(paper_seal(&SAMPLE, &c, &sealed, NULL), ERR_OK);
	time_unpin();
	CHECK(!memmem(sealed.data, sealed.len, "Specimen", 8) &&
	        !memmem(sealed.data, sealed.len, "minutes", 7));
	CHECK(open_parcel(identity, &sealed, &o));
	CHECK(o.n == 5);
	for (size_t i = 0; i < 5; i++)
		CHECK_STR(o.name[i], NAME[i]);
	CHECK_ERR(paper_minutes_text(&SAMPLE, &c, &text), ERR_OK);
	CHECK_STR(buf_str(&o.part[1]), buf_str(&text));

	json_t *j = json_loadb(o.part[4].data, o.part[4].len, JSON_REJECT_DUPLICATES, NULL);
	CHECK(j != NULL);
	CHECK_STR(json_string_value(json_object_get(j, "product")), "caseroom");
	CHECK_STR(json_string_value(json_object_get(j, "meeting")),
	        "Safer Estates steering group, Quexham");
	CHECK_STR(json_string_value(json_object_get(j, "forum")), "Safer Estates steering group");
	CHECK_STR(json_string_value(json_object_get(j, "day")), "2026-11-19");
	CHECK_STR(json_string_value(json_object_get(j, "status")), "Draft minutes");
	CHECK_STR(json_string_value(json_object_get(j, "recipient")), "Police");
	CHECK_STR(json_string_value(json_object_get(j, "marking")), "OFFICIAL-SENSITIVE");
	CHECK_STR(json_string_value(json_object_get(j, "fingerprint")),
	        "copper harvest lantern meadow thimble");
	CHECK_STR(json_string_value(json_object_get(j, "created")), "2026-11-19T16:00:00Z");
	CHECK(json_integer_value(json_object_get(j, "copy")) == 12);
	CHECK(json_integer_value(json_object_get(j, "version")) == 1);
	CHECK(json_is_null(json_object_get(j, "extract_for")));
	json_t *files = json_object_get(j, "files");
	CHECK(json_array_size(files) == 4);
	for (size_t i = 0; i < 4; i++) {
		unsigned char digest[32];
		char hex[65];
		json_t *f = json_array_get(files, i);
		crypto_generichash(
		        digest, 32, (const unsigned char *)o.part[i].data, o.part[i].len, NULL, 0);
		CHECK_STR(json_string_value(json_object_get(f, "name")), o.name[i]);
		CHECK_STR(json_string_value(json_object_get(f, "blake2b_256")),
		        sodium_bin2hex(hex, 65, digest, 32));
		CHECK(json_integer_value(json_object_get(f, "size")) == (json_int_t)o.part[i].len);
	}
	json_decref(j);
	close_parcel(&o);
	buf_finish(&sealed);
	buf_finish(&text);
}

static void t_an_extract_says_so_in_its_names(void)
{
	static const char *const AGENCY[][2] = {
	        {"Adult social care", "extract-adult-social-care"},
	        {"\xc5\xb4yn & Si\xc3\xa2n's ../../etc/passwd", "extract-wyn-sians-etc-passwd"},
	        {"\xe6\x9d\xb1\xe4\xba\xac", "extract-agency"},
	        {"An agency whose name is longer than any file name ought to be in a parcel",
	                "extract-an-agency-whose-name-is-longer-than-any-file-na"},
	};
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX], want[80];
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c = {1, "Police", to};
	for (size_t i = 0; i < COUNT_OF(AGENCY); i++) {
		struct paper_minutes m = SAMPLE;
		struct buf sealed;
		struct opened o;
		m.extract_for = AGENCY[i][0];
		buf_init(&sealed, LIMIT);
		CHECK_ERR(paper_seal(&m, &c, &sealed, NULL), ERR_OK);
		CHECK(open_parcel(identity, &sealed, &o));
		snprintf(want, sizeof(want), "%s.pdf", AGENCY[i][1]);
		CHECK_STR(o.name[0], want);
		snprintf(want, sizeof(want), "%s.txt", AGENCY[i][1]);
		CHECK_STR(o.name[1], want);
		close_parcel(&o);
		buf_finish(&sealed);
	}
}

static void t_a_parcel_without_a_good_key_is_not_made(void)
{
	static const struct {
		struct paper_copy copy;
		const char *says;
	} CASES[] = {
	        {{1, "Drug and alcohol service", NULL}, "Drug and alcohol service has no key."},
	        {{1, "Drug and alcohol service", ""}, "Drug and alcohol service has no key."},
	        {{1, "Police", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q"},
	                "mistyped"},
	        {{0, "Police", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"},
	                "number"},
	        {{1, "", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}, "whom"},
	};
	struct buf sealed;
	struct why w;
	buf_init(&sealed, LIMIT);
	for (size_t i = 0; i < COUNT_OF(CASES); i++) {
		CHECK_ERR(paper_seal(&SAMPLE, &CASES[i].copy, &sealed, &w), ERR_INPUT);
		CHECK(strstr(w.text, CASES[i].says) != NULL);
		CHECK(sealed.len == 0);
	}
	buf_finish(&sealed);
}

/* Debian's programs alone, as a partner agency without Caseroom has them. */
static void t_a_partner_opens_it_with_age_and_tar(void)
{
	const char *dir = test_dir();
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	struct buf sealed, key, out;
	if (system("age --version >/dev/null 2>&1") != 0) {
		printf("# skipped: no age program here\n");
		return;
	}
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c = {3, "Police", to};
	buf_init(&sealed, LIMIT);
	buf_init(&key, 200);
	buf_puts(&key, identity);
	CHECK_ERR(paper_seal(&SAMPLE, &c, &sealed, NULL), ERR_OK);
	CHECK(write_file(dir, "p.age", &sealed) && write_file(dir, "key", &key));
	CHECK(output_of(dir,
	        "age -d -i key p.age | tar -xf - && rm key p.age && ls | tr '\\n' ' ' && pdfinfo "
	        "minutes.pdf | grep -c "
	        "Tagged",
	        &out));
	CHECK_STR(
	        buf_str(&out), "actions.csv actions.ics manifest.json minutes.pdf minutes.txt 1\n");
	buf_finish(&out);
	buf_finish(&sealed);
	buf_finish(&key);
}

/* A child that the kernel ends at the first byte it writes to a file seals a parcel and comes to
 * its end. */
static void t_sealing_writes_no_file(void)
{
	const char *dir = test_dir();
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	struct buf warm;
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c = {3, "Police", to};
	buf_init(&warm, LIMIT);
	CHECK_ERR(paper_seal(&SAMPLE, &c, &warm, NULL),
	        ERR_OK); /* font caches hold fonts, not people */
	buf_finish(&warm);
	fflush(NULL);
	for (int break_it = 0; break_it < 2; break_it++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			struct rlimit none = {0, 0};
			struct buf sealed;
			buf_init(&sealed, LIMIT);
			setenv("TMPDIR", dir, 1);
			if (chdir(dir) != 0 || setrlimit(RLIMIT_FSIZE, &none) != 0 ||
			        setrlimit(RLIMIT_CORE, &none) != 0)
				_exit(3);
			signal(SIGXFSZ, SIG_DFL);
			if (break_it) { /* the trap itself works */
				FILE *f = tmpfile();
				if (!f || fputs("words", f) < 0 || fflush(f) != 0)
					_exit(4);
			}
			_exit(paper_seal(&SAMPLE, &c, &sealed, NULL) == ERR_OK && sealed.len > 10000
			                ? 0
			                : 5);
		}
		int status;
		CHECK(waitpid(pid, &status, 0) == pid);
		if (break_it)
			CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
		else
			CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	DIR *d = opendir(dir);
	size_t n = 0;
	CHECK(d != NULL);
	while (readdir(d))
		n++;
	closedir(d);
	CHECK(n == 2);
}

static void t_fifteen_cases_seal_within_a_second(void)
{
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	struct paper_item item[15];
	struct paper_minutes m = with_cases(item, 15);
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c = {3, "Police", to};
	struct buf sealed;
	buf_init(&sealed, LIMIT);
	int64_t from = time_mono_ms();
	CHECK_ERR(paper_seal(&m, &c, &sealed, NULL), ERR_OK);
	int64_t ms = time_mono_ms() - from;
	printf("# 15 cases sealed in %d ms, %zu bytes\n", (int)ms, sealed.len);
#if !defined(__SANITIZE_ADDRESS__)
	CHECK(ms <= 1000);
#endif
	buf_finish(&sealed);
}

static void *seal_on_worker(void *ctx)
{
	const struct paper_copy *c = ctx;
	static const enum err done = ERR_OK;
	struct buf sealed;
	buf_init(&sealed, LIMIT);
	enum err e = paper_seal(&SAMPLE, c, &sealed, NULL);
	buf_finish(&sealed);
	return e ? NULL : (void *)(uintptr_t)&done;
}

static void t_two_workers_seal_at_once(void)
{
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c[4];
	pthread_t worker[4];
	void *good[4];
	for (int i = 0; i < 4; i++) {
		c[i] = (struct paper_copy){i + 1, "Police", to};
		CHECK(pthread_create(&worker[i], NULL, seal_on_worker, &c[i]) == 0);
	}
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(worker[i], &good[i]) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(good[i] != NULL);
}

static void t_empty_minutes_are_still_marked(void)
{
	const char *dir = test_dir();
	struct paper_minutes none = {.day = DAY_NONE};
	struct buf text;
	buf_init(&text, LIMIT);
	CHECK_ERR(paper_minutes_text(&none, &COPY, &text), ERR_OK);
	CHECK(count_of(buf_str(&text), "OFFICIAL-SENSITIVE") == 2);
	CHECK(strstr(buf_str(&text), "Nobody signed in.") &&
	        strstr(buf_str(&text), "No actions were agreed."));
	buf_finish(&text);
	CHECK(make_pdf(&none, dir));
	CHECK(page_text(dir, 1, &text));
	CHECK(count_of(buf_str(&text), "OFFICIAL-SENSITIVE") == 2);
	buf_finish(&text);
	CHECK_ERR(paper_actions_csv(&none, &text), ERR_OK);
	buf_finish(&text);
	CHECK_ERR(paper_actions_ics(&none, &text), ERR_OK);
	buf_finish(&text);
}

static void t_a_limit_is_told(void)
{
	char to[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	CHECK_ERR(age_keygen(to, identity), ERR_OK);
	struct paper_copy c = {3, "Police", to};
	struct buf small;
	for (size_t limit = 0; limit < 20000; limit = limit * 3 + 50) {
		buf_init(&small, limit);
		CHECK_ERR(paper_minutes_pdf(&SAMPLE, &c, &small), ERR_LIMIT);
		buf_finish(&small);
		buf_init(&small, limit);
		CHECK_ERR(paper_seal(&SAMPLE, &c, &small, NULL), ERR_LIMIT);
		CHECK(small.len == 0);
		buf_finish(&small);
	}
	buf_init(&small, 100);
	CHECK_ERR(paper_minutes_text(&SAMPLE, &c, &small), ERR_LIMIT);
	buf_finish(&small);
	buf_init(&small, 100);
	CHECK_ERR(paper_actions_csv(&SAMPLE, &small), ERR_LIMIT);
	buf_finish(&small);
	buf_init(&small, 100);
	CHECK_ERR(paper_actions_ics(&SAMPLE, &small), ERR_LIMIT);
	buf_finish(&small);
}

static const struct test TESTS[] = {
        T(t_text_is_the_golden_one),
        T(t_text_keeps_to_78_columns),
        T(t_text_has_every_word_of_a_long_entry),
        T(t_pdf_marks_every_page),
        T(t_pdf_is_tagged_and_speaks_english),
        T(t_pdf_of_the_same_minutes_is_the_same),
        T(t_pdf_breaks_a_long_row_and_cuts_nothing),
        T(t_pdf_holds_a_word_wider_than_its_column),
        T(t_what_people_typed_is_data),
        T(t_a_held_item_says_only_that),
        T(t_csv_is_read_back),
        T(t_csv_has_no_formula),
        T(t_calendar_is_read_back),
        T(t_parcel_opens_to_five_files_and_their_digests),
        T(t_an_extract_says_so_in_its_names),
        T(t_a_parcel_without_a_good_key_is_not_made),
        T(t_a_partner_opens_it_with_age_and_tar),
        T(t_sealing_writes_no_file),
        T(t_fifteen_cases_seal_within_a_second),
        T(t_two_workers_seal_at_once),
        T(t_empty_minutes_are_still_marked),
        T(t_a_limit_is_told),
};
TEST_MAIN(TESTS)
