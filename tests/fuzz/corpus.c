/*
 * corpus DIR: valid files for the fuzzers to begin from, made by the code that writes them, for a
 * store that says nothing of anybody. Run by `make fuzz-corpus` when a format has changed. The
 * seeds of CSV, practice files and pages (csv, practice, btree) are kept by hand.
 */
#include <errno.h>
#include "caseroom/age.h"
#include "card.h"
#include "vault/backup_int.h"

static const char *top;

/* Some bytes that choose what the target does, then a file. */
static void seed(const char *target, const char *name, const char *choose, size_t choose_n,
        const void *p, size_t n)
{
	char path[PATH_MAX];
	struct buf b;
	snprintf(path, sizeof(path), "%s/%s", top, target);
	if (mkdir(path, 0755) != 0)
		card_must(errno == EEXIST);
	snprintf(path, sizeof(path), "%s/%s/%s", top, target, name);
	buf_init(&b, 1u << 20);
	buf_put(&b, choose, choose_n);
	buf_put(&b, p, n);
	card_must(buf_err(&b) == ERR_OK && save(path, (const uint8_t *)b.data, b.len));
	buf_finish(&b);
}

static void store_seeds(void)
{
	const struct bytes *ring = card_file(VAULT_FILE_RING),
	                   *anchor = card_file(VAULT_FILE_ANCHOR),
	                   *tries = card_file(VAULT_FILE_TRIES);
	seed("keyring", "keyring", "", 0, ring->p, ring->n);
	seed("anchor", "anchor", "", 0, anchor->p, 2 * sizeof(struct anchor_bytes));
	seed("wal", "change", "\x01", 1, "\x40\x00\x01", 3);
	seed("wal", "order", "\x02", 1, "\x00\x01\x02\x03\x04\x05\x06\x07", 8);
	seed("wal", "short", "\x01", 1, "\x00\x20", 2);
	seed("store", "db-change", "\x00\x00", 2, "\x00\x10\x01", 3);
	seed("store", "anchor-change", "\x01\x00", 2, "\x20\x00\x01", 3);
	seed("store", "keyring", "\x02\x01", 2, ring->p, ring->n);
	if (tries)
		seed("store", "tries", "\x03\x01", 2, tries->p, tries->n);
	seed("roomkey", "change", "\x01", 1, "\x20\x00\x01", 3);
}

static void key_seeds(void)
{
	char recipient[AGE_RECIPIENT_MAX], identity[AGE_IDENTITY_MAX];
	const char *to[] = {recipient};
	struct buf sealed;
	buf_init(&sealed, 4096);
	card_must(age_keygen(recipient, identity) == ERR_OK &&
	          age_seal(to, 1, "words", 5, &sealed, NULL) == ERR_OK);
	seed("age", "sealed", "\x00", 1, sealed.data, sealed.len);
	seed("age", "changed", "\x01", 1, "\x09\x00\x01\x40\x00\x20", 6);
	seed("bech32", "recipient", "\x00", 1, recipient, strlen(recipient));
	seed("bech32", "identity", "\x00", 1, identity, strlen(identity));
	seed("bech32", "ours", "\x80\x01", 2, recipient, 36);
	buf_finish(&sealed);
}

static void room_key_seed(void)
{
	struct vault_room_key *k = NULL;
	uint8_t file[8192];
	size_t n = 0;
	card_must(vault_room_key_make("/stick", &k, NULL) == ERR_OK);
	card_must(
	        vault_io()->read("/stick/" VAULT_ROOM_KEY_FILE, file, sizeof(file), &n) == ERR_OK);
	seed("roomkey", "whole", "\x00", 1, file, 2048);
	vault_room_key_destroy(k);
}

/* A state of two parts and three pages, and a part of one page. */
static void set_seeds(void)
{
	static const uint8_t page[VAULT_PAGE], pgno[4] = {1}, anchor[ANCHOR_FILE];
	uint8_t body[120 + 2 * sizeof(struct state_part) + 3 * VAULT_TAG] = {0}, mac[32];
	struct part p = {.pgno = pgno,
	        .page = page,
	        .ring = anchor,
	        .ring_n = 100,
	        .anchor = anchor,
	        .anchor_n = sizeof(anchor),
	        .pages = 1,
	        .store_pages = 1,
	        .number = 1,
	        .whole = true};
	struct buf b;
	body[80] = 1;
	body[104] = 3;
	body[112] = 2;
	seed("set", "state", "\x00", 1, body, sizeof(body));
	buf_init(&b, PART_FILE);
	card_must(part_encode(&p, body, &b, mac) == ERR_OK);
	seed("set", "part", "\x01", 1, b.data, b.len - sizeof(mac));
	buf_finish(&b);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: corpus DIR\n");
		return 64;
	}
	top = argv[1];
	card_start();
	store_seeds();
	key_seeds();
	set_seeds();
	sim_clear();
	room_key_seed();
	return 0;
}
