#include "vault_int.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
/*
 * Invariants.
 * 1. A key or passphrase lies in memory from secret_alloc: between guard pages, locked, left out of
 * core files.
 * 2. secret_free wipes before it gives back; nothing here copies a secret to the ordinary heap or
 * the stack.
 */

/* libcrypto, for pages and below libfido2, reads no configuration file: one could load a library.
 */
enum err secret_start(void)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return ERR_INTERNAL;
	return sodium_init() < 0 ? ERR_INTERNAL : ERR_OK;
}

/* sodium_malloc does not tell when its mlock fails, so the lock is asked for again where it shows.
 */
void *secret_alloc(size_t n)
{
	void *p = sodium_malloc(n);
	if (!p)
		return NULL;
	if (sodium_mlock(p, n) != 0) {
		sodium_free(p);
		return NULL;
	}
	sodium_memzero(p, n);
	return p;
}

void secret_free(void *p)
{
	sodium_free(p);
}

enum err vault_secret_create(size_t cap, struct vault_secret **ret)
{
	struct vault_secret *s;
	if (secret_start() != ERR_OK)
		return ERR_INTERNAL;
	if (cap == 0 || cap > 1 << 20)
		return ERR_LIMIT;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ERR_NOMEM;
	s->text = secret_alloc(cap);
	if (!s->text) {
		free(s);
		return ERR_NOMEM;
	}
	s->cap = cap;
	*ret = s;
	return ERR_OK;
}

void vault_secret_clear(struct vault_secret *s)
{
	if (!s)
		return;
	sodium_memzero(s->text, s->cap);
	s->len = 0;
}

void vault_secret_destroy(struct vault_secret *s)
{
	if (!s)
		return;
	secret_free(s->text);
	free(s);
}

/* Byte by byte into guarded memory: a buffered reader would leave a copy on the heap. */
static enum err read_line(int fd, struct vault_secret *s, struct why *w)
{
	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return why(w, ERR_IO, "The passphrase file could not be read.");
		if (got == 0 || c == '\n')
			break;
		if (s->len + 1 >= s->cap)
			return why(w, ERR_LIMIT, "The passphrase is longer than %d bytes.",
			        VAULT_PASSPHRASE_MAX - 1);
		s->text[s->len++] = c;
		sodium_memzero(&c, 1);
	}
	if (s->len > 0 && s->text[s->len - 1] == '\r')
		s->text[--s->len] = 0;
	if (s->len == 0)
		return why(w, ERR_INPUT, "The passphrase file is empty.");
	if (memchr(s->text, 0, s->len))
		return why(w, ERR_INPUT, "The passphrase file is not a text file.");
	return ERR_OK;
}

enum err vault_secret_read(const char *path, struct vault_secret **ret, struct why *w)
{
	struct vault_secret *s = NULL;
	int fd = -1;
	enum err e = vault_secret_create(VAULT_PASSPHRASE_MAX, &s);
	if (e != ERR_OK)
		return e;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		e = why(w, io_err(errno), "The passphrase file could not be opened.");
		goto out;
	}
	e = read_line(fd, s, w);
out:
	if (fd >= 0)
		close(fd);
	if (e == ERR_OK)
		*ret = s;
	else
		vault_secret_destroy(s);
	return e;
}

enum err vault_process_start(void)
{
	struct rlimit none = {0, 0};
	if (secret_start() != ERR_OK || heap_start() != ERR_OK)
		return ERR_INTERNAL;
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return ERR_INTERNAL;
	umask(077);
	return ERR_OK;
}

void keyed_hash(const uint8_t key[VAULT_KEY], const char *label, const void *a, size_t an,
        const void *b, size_t bn, uint8_t *out, size_t n)
{
	crypto_generichash_state st;
	/* These cannot fail: every size is in range. */
	(void)crypto_generichash_init(&st, key, VAULT_KEY, n);
	(void)crypto_generichash_update(&st, (const unsigned char *)label, strlen(label) + 1);
	if (an)
		(void)crypto_generichash_update(&st, a, an);
	if (bn)
		(void)crypto_generichash_update(&st, b, bn);
	(void)crypto_generichash_final(&st, out, n);
	sodium_memzero(&st, sizeof(st));
}

void keys_derive(struct vault_keys *k)
{
	keyed_hash(k->master, "caseroom 1 page", NULL, 0, NULL, 0, k->page, VAULT_KEY);
	keyed_hash(k->master, "caseroom 1 wal", NULL, 0, NULL, 0, k->wal, VAULT_KEY);
	keyed_hash(k->master, "caseroom 1 keyring", NULL, 0, NULL, 0, k->ring, VAULT_KEY);
	keyed_hash(k->master, "caseroom 1 anchor", NULL, 0, NULL, 0, k->anchor, VAULT_KEY);
	keyed_hash(k->master, "caseroom 1 fresh", NULL, 0, NULL, 0, k->fresh, VAULT_KEY);
	keyed_hash(k->master, "caseroom 1 witness", NULL, 0, NULL, 0, k->witness, VAULT_KEY);
}

void vault_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void vault_chain(const uint8_t prev[VAULT_HASH_BYTES], const void *data, size_t n,
        uint8_t ret[VAULT_HASH_BYTES])
{
	crypto_generichash_state st;
	(void)crypto_generichash_init(&st, NULL, 0, VAULT_HASH_BYTES);
	(void)crypto_generichash_update(&st, prev, VAULT_HASH_BYTES);
	if (n)
		(void)crypto_generichash_update(&st, data, n);
	(void)crypto_generichash_final(&st, ret, VAULT_HASH_BYTES);
}

bool vault_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}
