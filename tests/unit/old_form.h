#ifndef TESTS_OLD_FORM_H
#define TESTS_OLD_FORM_H
/* A keyring as the first version wrote it, for a store that is open. */
#include <sodium.h>
#include "vault_help.h"

/* The recovery key of the first version: ten groups read off paper. */
#define GROUPS "2B4D-6F8H-JKMN-PQRS-TVWX-YZ23-4567-89AB-CDEF-GHJK"

/* Slot `s` as version 1 made them: the master key itself under the passphrase. */
static bool slot_old(struct keyring *k, struct ring_slot *s, const uint8_t *master,
        const struct vault_secret *pass)
{
	const struct vault_factors f = {.passphrase = pass};
	struct slot_open *o = secret_alloc(sizeof(*o));
	uint8_t context[RING_CONTEXT];
	struct ring_slot old = {0};
	bool good;
	memcpy(&old, s, offsetof(struct ring_slot, label) + sizeof(s->label));
	old.wrap[0] = WRAP_MASTER;
	old.kdf[0] = KDF_TEXT;
	memset(old.token, 0, sizeof(old.token));
	good = o && slot_kek(&k->head, &old, &f, &o->kek, NULL) == ERR_OK;
	const size_t n = slot_context(&old, context);
	if (good) {
		crypto_aead_xchacha20poly1305_ietf_encrypt(old.wrapped, NULL, master, VAULT_KEY,
		        context, n, NULL, old.nonce, o->kek.wrap);
		memcpy(old.commit, o->kek.commit, sizeof(old.commit));
		*s = old;
	}
	secret_free(o);
	return good;
}

/* The keyring of `v`, in `dir`, with the first n slots opened by these; closes `v`. */
static bool ring_old(
        struct vault *v, const char *dir, const struct vault_secret *const *pass, size_t n)
{
	uint8_t bytes[RING_MAX];
	struct keyring *k = malloc(sizeof(*k));
	bool good = k != NULL;
	if (good) {
		*k = v->ring;
		memset(k->head.data, 0, sizeof(k->head) - offsetof(struct ring_head, data));
		le_put(k->head.version, 2, 1);
		le_put(k->head.slot_size, 2, 320);
	}
	for (size_t i = 0; good && i < n; i++)
		good = slot_old(k, &k->slot[i], v->keys->master, pass[i]);
	const size_t len = good ? keyring_encode(k, v->keys, bytes) : 0;
	vault_close(v);
	free(k);
	return len == 64 + n * 320 + RING_MAC + RING_SUM &&
	       save(in_dir(dir, VAULT_FILE_RING), bytes, len);
}

#endif
