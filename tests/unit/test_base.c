#include "test.h"
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* base: errors, memory that is wiped, growing bytes, UTF-8, files. */

/* ---- errors ---- */

static void t_every_error_has_a_phrase_and_a_sentence(void)
{
	for (int e = 0; e < ERR_COUNT; e++) {
		const char *text = err_text((enum err)e), *user = err_user((enum err)e);
		CHECK(text && text[0]);
		CHECK(user != NULL);
		CHECK(e == ERR_OK || (user[0] && user[strlen(user) - 1] == '.'));
		for (int k = 0; k < e; k++)
			CHECK(strcmp(text, err_text((enum err)k)) != 0);
	}
	CHECK_STR(err_text((enum err)ERR_COUNT), "unknown");
	CHECK_STR(err_text((enum err) - 1), "unknown");
	CHECK_STR(err_user((enum err) - 1), err_user(ERR_INTERNAL));
}

static void t_why_writes_its_sentence_and_gives_the_error_back(void)
{
	struct why w = {"before"};
	char long_name[1000];
	CHECK_ERR(why(&w, ERR_INPUT, "line %d", 7), ERR_INPUT);
	CHECK_STR(w.text, "line 7");
	CHECK_ERR(why(NULL, ERR_BUSY, "dropped %d", 7), ERR_BUSY);
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = 0;
	CHECK_ERR(why(&w, ERR_LIMIT, "%s", long_name), ERR_LIMIT);
	CHECK(strlen(w.text) == sizeof(w.text) - 1);
}

/* ---- arena ---- */

static void t_arena_gives_aligned_zeroed_memory_that_does_not_overlap(void)
{
	struct arena a = {0}; /* a zeroed one is a valid one */
	unsigned char *p[200];
	for (size_t i = 0; i < COUNT_OF(p); i++) {
		size_t n = 1 + i * 37 % 500;
		p[i] = arena_alloc(&a, n);
		CHECK(p[i] != NULL);
		CHECK((uintptr_t)p[i] % _Alignof(max_align_t) == 0);
		for (size_t k = 0; k < n; k++)
			CHECK(p[i][k] == 0);
		memset(p[i], (int)(i + 1), n);
	}
	for (size_t i = 0; i < COUNT_OF(p); i++)
		for (size_t k = 0; k < 1 + i * 37 % 500; k++)
			CHECK(p[i][k] == (unsigned char)(i + 1));
	arena_finish(&a);
	CHECK(a.block == NULL && a.used == 0);
	arena_finish(&a);
	arena_finish(NULL);
}

/* The first block stays where it is, so that what was in it can be looked at after it was given up.
 */
static void t_arena_is_wiped_when_reset(void)
{
	struct arena a;
	arena_init(&a, 0);
	char *s = arena_strdup(&a, "Avery Sample, 4 Sorrel Court");
	CHECK_STR(s, "Avery Sample, 4 Sorrel Court");
	CHECK_STR(arena_printf(&a, "%s %d", "item", 5), "item 5");
	size_t n = a.used;
	arena_reset(&a);
	CHECK(a.used == 0);
	for (size_t i = 0; i < n; i++)
		CHECK(s[i] == 0);
	CHECK(arena_alloc(&a, 8) == (void *)s); /* the block is used again */
	arena_finish(&a);
}

static void t_arena_keeps_its_first_block_only(void)
{
	struct arena a;
	arena_init(&a, 0);
	char *first = arena_strdup(&a, "first");
	for (int i = 0; i < 100; i++)
		CHECK(arena_alloc(&a, 5000) != NULL);
	CHECK(first && arena_alloc(&a, 100000) != NULL); /* larger than a block */
	arena_reset(&a);
	CHECK(arena_alloc(&a, 8) == (void *)first);
	for (int i = 0; i < 8; i++)
		CHECK(first[i] == 0);
	arena_finish(&a);
}

static void t_arena_keeps_to_its_limit(void)
{
	struct arena a;
	arena_init(&a, 1000);
	CHECK(arena_alloc(&a, 600) != NULL);
	CHECK(arena_alloc(&a, 600) == NULL);
	CHECK(arena_alloc(&a, 300) != NULL); /* a refusal spoils nothing */
	CHECK(arena_printf(&a, "%0500d", 1) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX - 20) == NULL);
	arena_reset(&a);
	CHECK(arena_alloc(&a, 900) != NULL);
	arena_finish(&a);
}

static void t_arena_copies_strings(void)
{
	struct arena a = {0};
	CHECK_STR(arena_strdup(&a, NULL), "");
	CHECK_STR(arena_strndup(&a, "Sorrel Court", 6), "Sorrel");
	CHECK_STR(arena_strndup(&a, "x", 0), "");
	arena_finish(&a);
}

static void t_arena_grow_keeps_the_rows(void)
{
	struct arena a;
	void *rows = NULL;
	size_t n = 0, cap = 0;
	arena_init(&a, 0);
	for (uint64_t i = 0; i < 1000; i++) {
		uint64_t *row = arena_grow(&a, &rows, &n, &cap, sizeof(*row));
		CHECK(row && *row == 0);
		*row = i * i;
		CHECK(n == i + 1 && cap >= n);
	}
	for (uint64_t i = 0; i < 1000; i++)
		CHECK(((uint64_t *)rows)[i] == i * i);
	arena_finish(&a);

	arena_init(&a, 300);
	rows = NULL;
	n = cap = 0;
	for (size_t i = 0; i < 16; i++)
		CHECK(arena_grow(&a, &rows, &n, &cap, 8) != NULL);
	void *was = rows;
	CHECK(arena_grow(&a, &rows, &n, &cap, 8) == NULL);
	CHECK(rows == was && n == 16 && cap == 16); /* nothing changed */
	arena_finish(&a);
}

/* ---- buf ---- */

static void t_buf_grows_and_is_terminated(void)
{
	struct buf b;
	buf_init(&b, 100000);
	CHECK_STR(buf_str(&b), "");
	for (int i = 0; i < 1000; i++) {
		buf_printf(&b, "%d,", i);
		CHECK(b.data[b.len] == 0);
	}
	buf_put(&b, "a\0b", 3);
	buf_puts(&b, "");
	CHECK_ERR(buf_err(&b), ERR_OK);
	CHECK(b.len == 10 * 2 + 90 * 3 + 900 * 4 + 3);
	CHECK(memcmp(b.data, "0,1,2,3,", 8) == 0);
	CHECK(memcmp(b.data + b.len - 3, "a\0b", 4) == 0);
	buf_finish(&b);
	buf_finish(&b);
}

static void t_buf_keeps_to_its_limit_and_the_failure_sticks(void)
{
	struct buf b;
	buf_init(&b, 10);
	buf_puts(&b, "0123456789"); /* exactly the limit */
	CHECK_ERR(buf_err(&b), ERR_OK);
	CHECK_STR(buf_str(&b), "0123456789");
	buf_puts(&b, "x");
	CHECK_ERR(buf_err(&b), ERR_LIMIT);
	buf_clear(&b);
	CHECK_ERR(buf_err(&b), ERR_OK);
	CHECK(b.len == 0);
	buf_puts(&b, "01234567");
	buf_puts(&b, "89a");
	buf_puts(&b, "b"); /* would fit, but a hole must not be written over */
	CHECK_ERR(buf_err(&b), ERR_LIMIT);
	CHECK(strchr(buf_str(&b), 'b') == NULL);
	buf_finish(&b);
	buf_init(&b, 10);
	buf_printf(&b, "%011d", 1);
	CHECK_ERR(buf_err(&b), ERR_LIMIT);
	buf_put(&b, "x", SIZE_MAX); /* must not wrap around */
	CHECK_ERR(buf_err(&b), ERR_LIMIT);
	buf_finish(&b);
}

static void t_buf_is_wiped_when_cleared(void)
{
	struct buf b;
	buf_init(&b, 100);
	buf_puts(&b, "Avery Sample");
	char *data = b.data;
	buf_clear(&b);
	CHECK(b.data == data);
	for (size_t i = 0; i < 12; i++)
		CHECK(data[i] == 0);
	buf_finish(&b);
}

/* ---- UTF-8 ---- */

static void t_utf8_every_code_point_goes_out_and_in(void)
{
	for (uint32_t cp = 0; cp < 0x110000 + 10; cp++) {
		char s[4];
		size_t len, n = utf8_encode(cp, s);
		bool scalar = cp < 0x110000 && !(cp >= 0xd800 && cp < 0xe000);
		CHECK(n == (!scalar ? 3 : cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4));
		CHECK(utf8_decode(s, n, &len) == (scalar ? cp : 0xfffd) && len == n);
		CHECK(utf8_valid(s, n));
		CHECK(n == 1 || !utf8_valid(s, n - 1));
	}
}

static void t_utf8_valid_refuses_what_is_none(void)
{
	static const char *const BAD[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
	        "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
	        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xfe",
	        "\xc3", "\xe2\x82", "\xe2(\xa1", "\xf0\x9f\x98", "a\xc3(", "Caf\xe9"};
	for (size_t i = 0; i < COUNT_OF(BAD); i++)
		CHECK(!utf8_valid(BAD[i], strlen(BAD[i])));
	CHECK(utf8_valid("", 0));
	CHECK(utf8_valid("\xef\xbf\xbd", 3)); /* U+FFFD written out is a letter as any other */
	CHECK(utf8_valid("Siân Łoś ŵyr €5 😀", strlen("Siân Łoś ŵyr €5 😀")));
}

static void t_utf8_printable_refuses_controls_and_overrides(void)
{
	char s[8];
	for (uint32_t cp = 0; cp < 0x3000; cp++) {
		size_t n = utf8_encode(cp, s);
		bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
		bool bidi = (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
		bool mark = cp == 0x61c || cp == 0x200e || cp == 0x200f;
		bool unseen = cp == 0x200b || (cp >= 0x2060 && cp <= 0x2064);
		bool bad = control || bidi || mark || unseen;
		CHECK(utf8_printable(s, n, false) == !bad);
		CHECK(utf8_printable(s, n, true) == (!bad || cp == '\n'));
	}
	CHECK(!utf8_printable("\xef\xbb\xbf", 3, true)); /* a byte-order mark inside */
	CHECK(!utf8_printable("good \xe2\x80\xae"
	                      "dab",
	        11, true));
	CHECK(!utf8_printable("a\xc3", 2, true));
	CHECK(utf8_printable("Robin’s – Café ŵ", strlen("Robin’s – Café ŵ"), false));
	CHECK(!utf8_printable("a\tb", 3, true));
	CHECK(!utf8_printable("a\0b", 3, true));
}

static void t_utf8_steps_by_whole_letters(void)
{
	const char s[] = "aŵ€😀z";
	static const size_t AT[] = {0, 1, 3, 6, 10, 11};
	size_t n = strlen(s);
	CHECK(n == 11 && utf8_count(s, n) == 5);
	for (size_t i = 0; i + 1 < COUNT_OF(AT); i++) {
		CHECK(utf8_next(s, n, AT[i]) == AT[i + 1]);
		CHECK(utf8_prev(s, n, AT[i + 1]) == AT[i]);
	}
	CHECK(utf8_prev(s, n, 0) == 0 && utf8_next(s, n, n) == n && utf8_next(s, n, n + 5) == n);
	CHECK(utf8_prev(s, n, n + 5) == 10);
	/* broken bytes are stepped over one by one, and both ways come to an end */
	CHECK(utf8_count("\xff\xfe\x80"
	                 "a\xc3",
	              5) == 5);
	for (size_t i = 5, steps = 0; i > 0; steps++) {
		CHECK(steps < 5);
		i = utf8_prev("\xff\xfe\x80"
		              "a\xc3",
		        5, i);
	}
}

static void t_utf8_fold_is_for_search(void)
{
	static const struct {
		const char *in, *out;
	} T[] = {{"", ""}, {"Avery", "avery"}, {"ŵ Ŵ ŷ Ŷ", "w w y y"}, {"Łoś", "los"},
	        {"Straße", "strasse"}, {"ß", "ss"}, {"é è ê ë É", "e e e e e"},
	        {"Siân Ñandú Çelik Øre Åse", "sian nandu celik ore ase"}, {"O'Neill", "oneill"},
	        {"O’Neill", "oneill"}, {"Smith-Jones", "smith jones"},
	        {"  4,  Sorrel   Court. ", "4 sorrel court"}, {"C-2026/0118", "c 2026 0118"},
	        {"…—«»", ""}, {"Șerban Țepeș", "serban tepes"}, {"žluťoučký", "zlutoucky"},
	        {"Иван", "Иван"}, {"a😀", "a😀"}, {"İstanbul", "istanbul"},
	        {"Ðorđe Þór", "dorde tor"}};
	char out[100];
	for (size_t i = 0; i < COUNT_OF(T); i++) {
		size_t n = utf8_fold(T[i].in, strlen(T[i].in), out, sizeof(out));
		CHECK_STR(out, T[i].out);
		CHECK(n == strlen(out));
	}
	CHECK(utf8_fold("a\xff"
	                "b",
	              3, out, sizeof(out)) == 3); /* broken bytes part words */
	CHECK_STR(out, "a b");
}

static void t_utf8_fold_never_passes_its_room(void)
{
	uint32_t x = 1;
	for (int turn = 0; turn < 20000; turn++) {
		char in[24], out[64], small[16];
		size_t n = 0;
		while (n + 4 <= sizeof(in)) {
			x = x * 1664525 + 1013904223;
			n += utf8_encode((x >> 8) % (turn & 1 ? 0x250 : 0x2100), in + n);
		}
		memset(small, 0x55, sizeof(small));
		size_t whole = utf8_fold(in, n, out, sizeof(out)), cut = utf8_fold(in, n, small, 9);
		CHECK(whole <= 2 * n && out[whole] == 0);
		CHECK(cut <= 8 && small[cut] == 0 && small[9] == 0x55);
		CHECK(memcmp(small, out, cut) == 0);
		CHECK(utf8_valid(out, whole) && utf8_valid(small, cut));
		char again[128];
		size_t same =
		        utf8_fold(out, whole, again, sizeof(again)); /* folded once is folded */
		CHECK(same == whole && memcmp(again, out, whole) == 0);
	}
	char none[1] = {0x55};
	CHECK(utf8_fold("abc", 3, none, 0) == 0 && none[0] == 0x55);
	CHECK(utf8_fold("abc", 3, none, 1) == 0 && none[0] == 0);
}

/* ---- files ---- */

static int entries(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static bool holds(const char *path, const void *p, size_t n)
{
	struct buf b;
	buf_init(&b, 1u << 20);
	bool same = file_read(path, 1u << 20, &b, NULL) == ERR_OK && b.len == n &&
	            (!n || memcmp(b.data, p, n) == 0);
	buf_finish(&b);
	return same;
}

static void t_file_write_leaves_the_whole_file_alone(void)
{
	char path[300], left[320];
	struct stat st;
	const char *dir = test_dir();
	static char big[300000];
	snprintf(path, sizeof(path), "%s/paper.age", dir);
	snprintf(left, sizeof(left), "%s.new", path);
	mode_t mask = umask(0);
	enum err e = file_write(path, "one", 3, NULL);
	umask(mask);
	CHECK_ERR(e, ERR_OK);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
	CHECK(holds(path, "one", 3));
	CHECK(entries(dir) == 1);
	/* over an older one, and over what a power cut left beside it */
	FILE *f = fopen(left, "w");
	CHECK(f != NULL);
	fputs("half", f);
	fclose(f);
	memset(big, 'b', sizeof(big));
	CHECK_ERR(file_write(path, big, sizeof(big), NULL), ERR_OK);
	CHECK(holds(path, big, sizeof(big)));
	CHECK(entries(dir) == 1);
	CHECK_ERR(file_write(path, "", 0, NULL), ERR_OK);
	CHECK(holds(path, "", 0));
}

static void t_file_write_that_fails_changes_nothing(void)
{
	char path[300], other[320];
	struct why w = {0};
	const char *dir = test_dir();
	snprintf(path, sizeof(path), "%s/paper.age", dir);
	CHECK_ERR(file_write(path, "kept", 4, NULL), ERR_OK);
	/* a folder stands where the temporary file would */
	snprintf(other, sizeof(other), "%s.new", path);
	CHECK(mkdir(other, 0700) == 0);
	CHECK_ERR(file_write(path, "lost", 4, &w), ERR_IO);
	CHECK(strstr(w.text, "paper.age") && strstr(w.text, "cannot be written"));
	CHECK(holds(path, "kept", 4));
	CHECK(rmdir(other) == 0);
	/* a folder stands where the file would: nothing is left beside it */
	snprintf(other, sizeof(other), "%s/folder", dir);
	CHECK(mkdir(other, 0700) == 0);
	CHECK_ERR(file_write(other, "lost", 4, &w), ERR_IO);
	CHECK(entries(dir) == 2);
	snprintf(other, sizeof(other), "%s/none/paper.age", dir);
	CHECK_ERR(file_write(other, "lost", 4, &w), ERR_NOT_FOUND);
	CHECK(entries(dir) == 2);
}

/* What the temporary name points at is not written through. */
static void t_file_write_follows_no_link(void)
{
	char path[300], left[320], target[320];
	const char *dir = test_dir();
	snprintf(path, sizeof(path), "%s/paper.age", dir);
	snprintf(left, sizeof(left), "%s.new", path);
	snprintf(target, sizeof(target), "%s/target", dir);
	CHECK_ERR(file_write(target, "mine", 4, NULL), ERR_OK);
	CHECK(symlink(target, left) == 0);
	CHECK_ERR(file_write(path, "new", 3, NULL), ERR_OK);
	CHECK(holds(target, "mine", 4));
	CHECK(holds(path, "new", 3));
}

static void t_file_read_says_what_is_wrong(void)
{
	char path[300];
	struct buf b;
	struct why w = {0};
	snprintf(path, sizeof(path), "%s/file", test_dir());
	buf_init(&b, 100);
	CHECK_ERR(file_read(path, 100, &b, &w), ERR_NOT_FOUND);
	CHECK(strstr(w.text, "file") != NULL);
	CHECK_ERR(file_write(path, "0123456789", 10, NULL), ERR_OK);
	CHECK_ERR(file_read(path, 9, &b, &w), ERR_LIMIT);
	buf_clear(&b);
	CHECK_ERR(file_read(path, 10, &b, &w), ERR_OK);
	CHECK_ERR(file_read(path, 10, &b, &w), ERR_OK);
	CHECK_STR(buf_str(&b), "01234567890123456789"); /* it appends */
	buf_finish(&b);
	buf_init(&b, 5);
	CHECK_ERR(file_read(path, 10, &b, &w), ERR_LIMIT);
	buf_finish(&b);
}

static const struct test TESTS[] = {
        T(t_every_error_has_a_phrase_and_a_sentence),
        T(t_why_writes_its_sentence_and_gives_the_error_back),
        T(t_arena_gives_aligned_zeroed_memory_that_does_not_overlap),
        T(t_arena_is_wiped_when_reset),
        T(t_arena_keeps_its_first_block_only),
        T(t_arena_keeps_to_its_limit),
        T(t_arena_copies_strings),
        T(t_arena_grow_keeps_the_rows),
        T(t_buf_grows_and_is_terminated),
        T(t_buf_keeps_to_its_limit_and_the_failure_sticks),
        T(t_buf_is_wiped_when_cleared),
        T(t_utf8_every_code_point_goes_out_and_in),
        T(t_utf8_valid_refuses_what_is_none),
        T(t_utf8_printable_refuses_controls_and_overrides),
        T(t_utf8_steps_by_whole_letters),
        T(t_utf8_fold_is_for_search),
        T(t_utf8_fold_never_passes_its_room),
        T(t_file_write_leaves_the_whole_file_alone),
        T(t_file_write_that_fails_changes_nothing),
        T(t_file_write_follows_no_link),
        T(t_file_read_says_what_is_wrong),
};
TEST_MAIN(TESTS)
