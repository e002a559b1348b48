#ifndef TESTS_FUZZ_CARD_H
#define TESTS_FUZZ_CARD_H
/*
 * A small store on the simulated card, as a cut leaves it: a database, a log with commits that no
 * checkpoint has taken yet, keyring, anchor, tries. The fuzzer changes files and opens it. Whatever
 * they are, opening ends with an error that has a sentence and does not blame the passphrase, or
 * with a sound database that holds whole commits and all those before them.
 */
#include "vault_help.h"
#include "vault_sim.h"
#include "caseroom/time.h"

#define CARD_COMMITS 4
#define CARD_RESTED 2 /* the anchor was told of so many */

static struct sim_image card_image;
static struct vault_secret *card_pass;

static void card_must(bool good)
{
	if (!good)
		abort();
}

static void card_commit(struct vault *v, int k)
{
	uint8_t head[VAULT_HASH_BYTES] = {(uint8_t)k}, mac[VAULT_HASH_BYTES];
	char text[200];
	snprintf(text, sizeof(text),
	        "BEGIN IMMEDIATE; INSERT INTO done VALUES(%d, zeroblob(%d)); UPDATE done SET "
	        "b=zeroblob(length(b)+1)",
	        k, 700 * k);
	card_must(sql(v, text) == SQLITE_OK);
	card_must(vault_audit_seal(v, (uint64_t)k, head, mac) == ERR_OK);
	mark(v, (uint64_t)k, head);
	card_must(sql(v, "COMMIT") == SQLITE_OK);
}

/* Once. */
static void card_start(void)
{
	static bool started;
	struct vault *v = NULL;
	if (started)
		return;
	started = true;
	cheap_start();
	card_must(secret_start() == ERR_OK && sqlite3_vfs_register(&sim_vfs, 0) == SQLITE_OK);
	vault_base_for_tests(&sim_vfs, &sim_io);
	time_pin_us(1700000000 * TIME_SECOND_US);
	sim_clear();
	card_pass = secret_of("harbour lentil quartz ninety");
	card_must(vault_create("/sim", "first", card_pass, &cheap, &v, NULL) == ERR_OK);
	vault_close(v);
	v = NULL;
	/* A wrong try, so that the count of tries is a file. */
	card_must(vault_open("/sim", NULL, secret_of("x"), &v, NULL) == ERR_WRONG_KEY);
	card_must(vault_open("/sim", NULL, card_pass, &v, NULL) == ERR_OK);
	(void)sqlite3_wal_autocheckpoint(vault_db(v), 0);
	card_must(sql(v, "CREATE TABLE done(k INTEGER PRIMARY KEY, b); PRAGMA "
	                 "wal_checkpoint(TRUNCATE)") == SQLITE_OK);
	for (int k = 1; k <= CARD_COMMITS; k++) {
		card_commit(v, k);
		if (k == CARD_RESTED)
			card_must(vault_rest(v) == ERR_OK);
	}
	sim_restart(100);
	sim_save(&card_image);
	sim.dead = true;
	vault_close(v);
}

static struct bytes *card_file(const char *name)
{
	for (int i = 0; i < card_image.n; i++)
		if (strcmp(card_image.name[i].name, name) == 0)
			return &card_image.bytes[i];
	return NULL;
}

/* The card as it was, with one file's bytes. */
HELP_UNUSED static void card_put(const char *name, const uint8_t *p, size_t n)
{
	int k;
	sim_load(&card_image);
	time_advance_us(2 * TIME_HOUR_US);
	k = sim_inode_new();
	sim_write(k, 0, p, n);
	sim_sync(k);
	sim_name(name, k);
	sim_sync_names();
}

/* The file with changes, by threes: a place and what to do there; what is left over cuts it. */
HELP_UNUSED static void card_change(const char *name, const uint8_t *p, size_t n, bool *ret_changed)
{
	const struct bytes *from = card_file(name);
	uint8_t *copy;
	size_t len;
	card_must(from != NULL && from->n > 0);
	copy = malloc(from->n);
	card_must(copy != NULL);
	memcpy(copy, from->p, from->n);
	*ret_changed = false;
	for (; n >= 3; p += 3, n -= 3) {
		copy[(size_t)(p[0] | p[1] << 8) % from->n] ^= p[2];
		*ret_changed |= p[2] != 0;
	}
	len = n == 2 ? (size_t)(p[0] | p[1] << 8) % (from->n + 1) : from->n;
	*ret_changed |= len != from->n;
	card_put(name, copy, len);
	free(copy);
}

/* The commits that are there; -1: it does not open, or not every page does. `blame` allows "wrong
 * passphrase": for files that can make it true. */
HELP_UNUSED static int64_t card_open(bool blame)
{
	struct vault *v = NULL;
	struct why w = {""};
	enum err e = vault_open("/sim", NULL, card_pass, &v, &w);
	int64_t top = -1;
	if (e != ERR_OK) {
		card_must(e == ERR_NOMEM || w.text[0]);
		card_must(blame || (e != ERR_WRONG_KEY && e != ERR_WAIT));
	} else if (sql_says(vault_db(v), "PRAGMA integrity_check", "ok")) {
		top = sql_int(vault_db(v), "SELECT max(k) FROM done");
		card_must(top >= 0 && top == sql_int(vault_db(v), "SELECT count(*) FROM done"));
	}
	vault_close(v);
	return top;
}

#endif
