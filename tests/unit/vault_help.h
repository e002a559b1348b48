#ifndef TESTS_VAULT_HELP_H
#define TESTS_VAULT_HELP_H
/* What the tests of the vault share: cheap passphrases, SQL in a line, files as bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "test.h"
#include "vault/vault_int.h"

#define HELP_UNUSED __attribute__((unused))

static const struct vault_cost cheap = {8, 1};

HELP_UNUSED static void cheap_start(void)
{
	vault_cost_floor_for_tests(cheap.memory_kib, cheap.passes);
}

/* A secret that lives to the end of the program. */
HELP_UNUSED static struct vault_secret *secret_of(const char *text)
{
	static struct vault_secret *volatile kept[8192]; /* never read: or it would be left out */
	static unsigned turn;
	struct vault_secret *s = NULL;
	if (vault_secret_create(VAULT_PASSPHRASE_MAX, &s) != ERR_OK)
		abort();
	kept[turn++ % COUNT_OF(kept)] = s;
	s->len = strlen(text);
	memcpy(s->text, text, s->len);
	return s;
}

/* Recovery words, kept as secret_of keeps. */
HELP_UNUSED static struct vault_secret *paper_of(void)
{
	struct vault_secret *made = NULL, *kept;
	if (vault_recovery_make(&made) != ERR_OK)
		abort();
	kept = secret_of(made->text);
	vault_secret_destroy(made);
	return kept;
}

HELP_UNUSED static enum err slot_add(struct vault *v, enum vault_slot_kind kind, const char *label,
        const struct vault_secret *s, uint8_t ret_id[VAULT_ID_BYTES], struct why *w)
{
	const struct vault_factors f = {.passphrase = s};
	const struct vault_slot_new n = {
	        .kind = kind, .label = label, .factors = &f, .cost = &cheap};
	return vault_slot_add(v, &n, ret_id, w);
}

HELP_UNUSED static enum err slot_pass(struct vault *v, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_secret *s, struct why *w)
{
	return vault_slot_change(v, id, &(struct vault_factors){.passphrase = s}, w);
}

HELP_UNUSED static void mark(struct vault *v, uint64_t seq, const uint8_t head[VAULT_HASH_BYTES])
{
	struct vault_mark m = {.seq = seq, .meetings = seq / 10};
	memcpy(m.head, head, sizeof(m.head));
	vault_mark(v, &m);
}

HELP_UNUSED static void marked(
        const struct vault *v, uint64_t *ret_seq, uint8_t ret_head[VAULT_HASH_BYTES])
{
	struct vault_mark m;
	vault_anchor_mark(v, &m);
	*ret_seq = m.seq;
	memcpy(ret_head, m.head, sizeof(m.head));
}

HELP_UNUSED static int sql(struct vault *v, const char *text)
{
	return sqlite3_exec(vault_db(v), text, NULL, NULL, NULL);
}

/* The first column of the first row, or -1. */
HELP_UNUSED static int64_t sql_int(sqlite3 *db, const char *text)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(db, text, -1, &st, NULL) == SQLITE_OK &&
	        sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

HELP_UNUSED static bool sql_says(sqlite3 *db, const char *text, const char *want)
{
	sqlite3_stmt *st = NULL;
	bool same = false;
	if (sqlite3_prepare_v2(db, text, -1, &st, NULL) == SQLITE_OK &&
	        sqlite3_step(st) == SQLITE_ROW) {
		const char *got = (const char *)sqlite3_column_text(st, 0);
		same = got && strcmp(got, want) == 0;
	}
	sqlite3_finalize(st);
	return same;
}

/* Good for the next 4,000 calls. */
HELP_UNUSED static const char *in_dir(const char *dir, const char *name)
{
	static char path[4000][320];
	static unsigned turn;
	char made[320];
	char *p = path[turn++ % COUNT_OF(path)];
	snprintf(made, sizeof(made), "%s/%s", dir, name);
	memcpy(p, made, sizeof(made));
	return p;
}

struct bytes {
	uint8_t *p;
	size_t n;
};

HELP_UNUSED static struct bytes load(const char *path)
{
	struct bytes b = {NULL, 0};
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd >= 0 && fstat(fd, &st) == 0) {
		b.p = malloc((size_t)st.st_size + 1);
		if (b.p && read(fd, b.p, (size_t)st.st_size) == st.st_size)
			b.n = (size_t)st.st_size;
	}
	if (fd >= 0)
		close(fd);
	return b;
}

HELP_UNUSED static bool save(const char *path, const uint8_t *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	bool good = fd >= 0 && write(fd, p, n) == (ssize_t)n;
	if (fd >= 0)
		close(fd);
	return good;
}

HELP_UNUSED static bool copy_file(const char *from, const char *to)
{
	struct bytes b = load(from);
	bool good = b.p && save(to, b.p, b.n);
	free(b.p);
	return good;
}

static const char *const help_parts[] = {
        VAULT_FILE_DB, VAULT_FILE_WAL, VAULT_FILE_RING, VAULT_FILE_ANCHOR, VAULT_FILE_TRIES};

/* The files as they lie now: what a cut would leave if every write had reached the card. */
HELP_UNUSED static void copy_store(const char *from, const char *to)
{
	for (size_t i = 0; i < COUNT_OF(help_parts); i++) {
		(void)unlink(in_dir(to, help_parts[i]));
		(void)copy_file(in_dir(from, help_parts[i]), in_dir(to, help_parts[i]));
	}
}

HELP_UNUSED static bool flip(const char *path, size_t at)
{
	struct bytes b = load(path);
	bool good = at < b.n;
	if (good) {
		b.p[at] ^= 1;
		good = save(path, b.p, b.n);
	}
	free(b.p);
	return good;
}

HELP_UNUSED static bool file_has(const char *path, const void *needle, size_t n)
{
	struct bytes b = load(path);
	bool found = b.p && memmem(b.p, b.n, needle, n);
	free(b.p);
	return found;
}

#endif
