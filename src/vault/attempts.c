#include "vault_int.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include "caseroom/time.h"
/*
 * Wrong passphrases slow down. This guards the panel against a hand that tries; against a copied
 * card only the work of Argon2id does, so the file needs no key.
 *
 * Invariants.
 * 1. A try is counted on the card before it is made: pulling the plug during the derivation wins
 * nothing.
 * 2. A try that was right, or that could not be made, is taken back.
 * 3. A clock that went back (a Pi has none of its own) starts the wait again; it never shortens it.
 * 4. A file that cannot be read counts as three wrong tries.
 */

#define FREE_TRIES 3
#define WAIT_MAX_MINUTES 60

struct tries_bytes {
	uint8_t magic[8], version[2], zero[2], count[4];
	uint8_t store_id[VAULT_ID_BYTES];
	uint8_t at_us[8];
	uint8_t sum[16];
};
_Static_assert(sizeof(struct tries_bytes) == 56, "stored");

static const uint8_t tries_magic[8] = {'C', 'R', 'T', 'R', 'I', 'E', 'S', '\n'};

struct tries {
	uint32_t count;
	int64_t at_us;
	bool unread; /* stands for a file that could not be read */
};

static void tries_sum(const struct tries_bytes *b, uint8_t out[16])
{
	(void)crypto_generichash(
	        out, 16, (const uint8_t *)b, offsetof(struct tries_bytes, sum), NULL, 0);
}

static enum err tries_load(
        const char *dir, const uint8_t store_id[VAULT_ID_BYTES], struct tries *ret)
{
	struct tries_bytes b;
	uint8_t sum[16];
	char path[PATH_MAX];
	size_t n = 0;
	enum err e = store_path(path, dir, VAULT_FILE_TRIES);
	if (e != ERR_OK)
		return e;
	e = vault_io()->read(path, (uint8_t *)&b, sizeof(b), &n);
	if (e == ERR_NOT_FOUND) {
		*ret = (struct tries){0, 0, false};
		return ERR_OK;
	}
	if (e == ERR_OK && n == sizeof(b))
		tries_sum(&b, sum);
	if (e != ERR_OK || n != sizeof(b) || memcmp(sum, b.sum, sizeof(sum)) != 0 ||
	        memcmp(b.magic, tries_magic, sizeof(b.magic)) != 0 ||
	        memcmp(b.store_id, store_id, VAULT_ID_BYTES) != 0) {
		*ret = (struct tries){FREE_TRIES, time_now_us(), true};
		return ERR_OK;
	}
	*ret = (struct tries){(uint32_t)le_get(b.count, 4), (int64_t)le_get(b.at_us, 8), false};
	return ERR_OK;
}

static enum err tries_save(const char *dir, const uint8_t store_id[VAULT_ID_BYTES], struct tries t)
{
	struct tries_bytes b = {0};
	char path[PATH_MAX];
	enum err e = store_path(path, dir, VAULT_FILE_TRIES);
	if (e != ERR_OK)
		return e;
	memcpy(b.magic, tries_magic, sizeof(b.magic));
	le_put(b.version, 2, VAULT_FORMAT);
	le_put(b.count, 4, t.count);
	memcpy(b.store_id, store_id, VAULT_ID_BYTES);
	le_put(b.at_us, 8, (uint64_t)t.at_us);
	tries_sum(&b, b.sum);
	return vault_io()->replace(path, (const uint8_t *)&b, sizeof(b));
}

static int64_t wait_after_us(uint32_t count)
{
	int64_t minutes = 1;
	if (count < FREE_TRIES)
		return 0;
	for (uint32_t i = FREE_TRIES; i < count && minutes < WAIT_MAX_MINUTES; i++)
		minutes *= 2;
	return (minutes < WAIT_MAX_MINUTES ? minutes : WAIT_MAX_MINUTES) * TIME_MINUTE_US;
}

static enum err say_wait(struct why *w, int64_t left_us)
{
	const int64_t minutes = (left_us + TIME_MINUTE_US - 1) / TIME_MINUTE_US;
	return why(w, ERR_WAIT,
	        "There were too many wrong passphrases. Nothing was tried now. Wait %" PRId64
	        " minute%s, then try again.",
	        minutes, minutes == 1 ? "" : "s");
}

enum err attempts_begin(const char *dir, const uint8_t store_id[VAULT_ID_BYTES], struct why *w)
{
	struct tries t = {0, 0, false};
	const int64_t now = time_now_us();
	enum err e = tries_load(dir, store_id, &t);
	if (e != ERR_OK)
		return e;
	if (t.unread || (t.count >= FREE_TRIES && now < t.at_us)) {
		t.at_us = now;
		e = tries_save(dir, store_id, t);
		if (e != ERR_OK)
			return e;
	}
	if (t.count >= FREE_TRIES && now - t.at_us < wait_after_us(t.count))
		return say_wait(w, wait_after_us(t.count) - (now - t.at_us));
	if (t.count < UINT32_MAX)
		t.count++;
	t.at_us = now;
	e = tries_save(dir, store_id, t);
	if (e != ERR_OK)
		return why(w, e,
		        "The try could not be noted on the card, so it was not made. Is the card "
		        "full or write-"
		        "protected?");
	return ERR_OK;
}

void attempts_forget(const char *dir, const uint8_t store_id[VAULT_ID_BYTES], bool right)
{
	struct tries t = {0, 0, false};
	if (tries_load(dir, store_id, &t) != ERR_OK || t.count == 0)
		return;
	t.count = right ? 0 : t.count - 1;
	/* A count too high by one costs a minute at worst. */
	if (tries_save(dir, store_id, t) != ERR_OK)
		log_warn("vault: tries not taken back");
}

void attempts_tell(const char *dir, const uint8_t store_id[VAULT_ID_BYTES], struct why *w)
{
	struct tries t = {0, 0, false};
	if (tries_load(dir, store_id, &t) != ERR_OK)
		return;
	if (t.count < FREE_TRIES)
		(void)why(w, ERR_WRONG_KEY,
		        "This passphrase does not open the store. Nothing was changed. %u more "
		        "tr%s before a wait.",
		        FREE_TRIES - t.count, FREE_TRIES - t.count == 1 ? "y" : "ies");
	else
		(void)why(w, ERR_WRONG_KEY,
		        "This passphrase does not open the store. Nothing was changed. The next "
		        "try is possible in %" PRId64 " minutes.",
		        wait_after_us(t.count) / TIME_MINUTE_US);
}
