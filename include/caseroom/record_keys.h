#ifndef CASEROOM_RECORD_KEYS_H
#define CASEROOM_RECORD_KEYS_H
/*
 * record: who opens the store. The vault keeps the keys (vault.h); here each change of them is tied
 * to its person and stands in the audit log, in the transaction that the change was made in. A
 * store opened with a key that only reads changes none but its own: ERR_DENIED.
 */
#include "caseroom/record.h"
#include "caseroom/vault.h"

struct record_key {
	const struct vault_slot_new *slot; /* its group is set here: the person's agency */
	int64_t person;                    /* whose key it is; 0: of the person in `add` */
	const struct command *add;         /* CMD_PERSON_ADD, or NULL */
};
/* A key for a person who has none (else ERR_EXISTS); without one (both empty) a key of nobody. All
 * of it or nothing. Errors of vault_slot_add() and record_do(). ret_id may be NULL. */
enum err record_key_add(struct record *r, const struct record_key *k,
        uint8_t ret_id[VAULT_ID_BYTES], struct why *why) MUST_CHECK;
/*
 * Asks for these factors from now on. For whoever opened the store with this key and nobody else,
 * as record_key_may_change() says; else ERR_DENIED. As vault_slot_change().
 */
bool record_key_may_change(const struct record *r, const uint8_t id[VAULT_ID_BYTES]);
enum err record_key_change(struct record *r, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *f, struct why *why) MUST_CHECK;
/*
 * Opens nothing from now on; what its person wrote stays. As vault_slot_remove(); ERR_REFUSED also
 * when fewer agencies than open the store would be left with a key that may write (not an auditor's
 * or an observer's), and for the recovery words while it takes several agencies.
 */
enum err record_key_remove(
        struct record *r, const uint8_t id[VAULT_ID_BYTES], struct why *why) MUST_CHECK;
/*
 * The key that opened the store is this person's from now on (that of `add`, CMD_PERSON_ADD, when
 * it is not NULL), and its group is their agency. ERR_EXISTS: it is somebody's, or they have one;
 * ERR_REFUSED: the recovery words or several keys opened.
 */
enum err record_key_of_opener(
        struct record *r, int64_t person, const struct command *add, struct why *why) MUST_CHECK;
/*
 * People of how many agencies it takes to open the store. Each key is of its person's agency.
 * ERR_REFUSED as vault_quorum_set(), where more are asked for than have a key that may write, and
 * where there are no recovery words (docs/decisions/0049).
 */
enum err record_quorum_set(struct record *r, unsigned k, struct why *why) MUST_CHECK;
/*
 * Before vault_rekey(), for which the record is closed: may whoever opened the store make a new
 * data key, and the entry that says that they asked for one. record_open() writes the entry that it
 * was made. After a disposal there is a certificate that tells of both, and nothing is written.
 */
enum err record_rekey_ask(struct record *r, struct why *why) MUST_CHECK;
#define RECOVERY_LABEL "Recovery words"
/*
 * The first recovery words of a store that was just made, before record_open(): so they are given
 * the key of entry 1 and can check every seal of the audit log. record_recovery_told() writes their
 * entry once it is open. Shown once; the caller wipes them.
 */
enum err record_recovery_first(
        struct vault *v, struct vault_secret **ret, struct why *why) MUST_CHECK;
/* Are there any? */
bool record_has_recovery(const struct record *r);
enum err record_recovery_told(struct record *r) MUST_CHECK;
/* These recovery words, of vault_recovery_make(), in the place of slot `id` (NULL: there are none
 * yet); those before open this store no more, and the backups of before still. So whoever calls it
 * has the words on paper or in a file first: until then those before hold. */
#define RECOVERY_CHANGED                                                                           \
	"The new recovery words open this store from now on; those before do not. Backups made "   \
	"before now still open with the old words, and only with them. Make a backup now; "        \
	"destroy the old paper after it."
enum err record_recovery_new(struct record *r, const uint8_t *id, const struct vault_secret *words,
        struct why *why) MUST_CHECK;
/* A new room key into `dir`, which is told of the store from now on; or a spare of `from` (NULL: a
 * new one). */
enum err record_room_key_make(struct record *r, const struct vault_room_key *from, const char *dir,
        struct why *why) MUST_CHECK;
/* As vault_witness_to(), and the audit log must be the one that the key saw: ERR_OLDER where the
 * store was restored since, else ERR_AUDIT; then no key is told. */
enum err record_witness_to(struct record *r, const char *dir, struct why *why) MUST_CHECK;
/* What stands beside a key: the person's name, "" for a key of nobody. In `a`. */
enum err record_key_person(struct record *r, struct arena *a, const uint8_t id[VAULT_ID_BYTES],
        int64_t *ret_person, const char **ret_name) MUST_CHECK;

#endif
