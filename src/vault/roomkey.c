#include "vault_int.h"
#include <stdlib.h>
/* The room key: nothing reads or writes one yet, so there is none anywhere. */

struct vault_room_key {
	uint8_t id[VAULT_ID_BYTES];
};

enum err vault_room_key_make(const char *dir, struct vault_room_key **ret, struct why *w)
{
	(void)dir;
	(void)ret;
	return why(w, ERR_REFUSED, "This version of Caseroom makes no room key.");
}

enum err vault_room_key_read(const char *dir, struct vault_room_key **ret, struct why *w)
{
	(void)dir;
	(void)ret;
	return why(w, ERR_NOT_FOUND, "There is no room key here.");
}

enum err vault_room_key_copy(const struct vault_room_key *k, const char *dir, struct why *w)
{
	(void)k;
	(void)dir;
	return why(w, ERR_REFUSED, "This version of Caseroom makes no room key.");
}

const uint8_t *vault_room_key_id(const struct vault_room_key *k)
{
	return k->id;
}

bool vault_room_key_witness(const struct vault_room_key *k, struct vault_witness *ret)
{
	(void)k;
	(void)ret;
	return false;
}

void vault_room_key_destroy(struct vault_room_key *k)
{
	free(k);
}

enum err vault_witness_to(struct vault *v, const char *dir, struct why *w)
{
	(void)v;
	return dir ? why(w, ERR_NOT_FOUND, "There is no room key here.") : ERR_OK;
}
