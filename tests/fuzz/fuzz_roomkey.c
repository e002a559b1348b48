/*
 * The room key's file on a stick that anybody may have had: changed by bytes, or any bytes behind a
 * head whose checksum is made right. The store asks for it: it opens with the key as it was made,
 * and otherwise says what is wrong, never crashes, never loses a commit.
 */
#include <sodium.h>
#include "card.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define HEAD_SUM 112 /* docs/FORMAT.md: the checksum of the head, over what is before it */

static struct vault_secret *pin;

static void start(void)
{
	struct vault_room_key *k = NULL;
	struct vault_factors f = {0};
	struct vault *v = NULL;
	if (pin)
		return;
	card_start();
	pin = secret_of("harbour lentil quartz eighty");
	sim_load(&card_image);
	card_must(vault_open("/sim", NULL, card_pass, &v, NULL) == ERR_OK);
	card_must(vault_room_key_make("/stick", &k, NULL) == ERR_OK);
	f.passphrase = pin;
	f.room_key = k;
	card_must(vault_slot_add(v,
	                  &(struct vault_slot_new){.kind = VAULT_SLOT_PERSON,
	                          .label = "second",
	                          .factors = &f,
	                          .cost = &cheap},
	                  NULL, NULL) == ERR_OK);
	card_must(vault_witness_to(v, "/stick", NULL) == ERR_OK);
	vault_room_key_destroy(k);
	vault_close(v);
	sim_image_free(&card_image);
	sim_save(&card_image);
}

static enum err open_with_stick(void)
{
	struct vault_room_key *k = NULL;
	struct vault_unlock *u = NULL;
	struct vault *v = NULL;
	struct vault_witness seen;
	struct why w = {""};
	enum err e = vault_room_key_read("/stick", &k, &w);
	if (e == ERR_OK) {
		struct vault_factors f = {.passphrase = pin, .room_key = k};
		(void)vault_room_key_witness(k, &seen);
		e = vault_unlock_begin("/sim", &u, &w);
		if (e == ERR_OK)
			e = vault_unlock_add(u, NULL, &f, &w);
		if (e == ERR_OK)
			e = vault_unlock_open(u, &v, &w);
		if (e == ERR_OK)
			card_must(
			        sql_int(vault_db(v), "SELECT count(*) FROM done") == CARD_COMMITS);
		else
			vault_unlock_end(u);
	}
	card_must(e == ERR_OK || e == ERR_NOMEM || w.text[0]);
	vault_close(v);
	vault_room_key_destroy(k);
	return e;
}

static void whole(const uint8_t *p, size_t n)
{
	const struct bytes *file = card_file(VAULT_ROOM_KEY_FILE);
	uint8_t *copy = malloc(file->n);
	card_must(copy != NULL);
	memcpy(copy, file->p, file->n);
	memcpy(copy, p, n < file->n ? n : file->n);
	crypto_generichash(copy + HEAD_SUM, 16, copy, HEAD_SUM, NULL, 0);
	card_put(VAULT_ROOM_KEY_FILE, copy, file->n);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	bool changed = true;
	start();
	if (n == 0 || n > 16384)
		return 0;
	if (p[0] & 1)
		card_change(VAULT_ROOM_KEY_FILE, p + 1, n - 1, &changed);
	else
		whole(p + 1, n - 1);
	card_must(open_with_stick() == ERR_OK || changed);
	return 0;
}
