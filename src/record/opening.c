#include "record_int.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/record_audit.h"

/*
 * Who opened the store. Invariants:
 * 1. Every key that opened it has an entry of its own, by its own person, before anything else of
 * that opening is written; the digest of the entry binds the key's id and label.
 * Wrong tries at it since its last opening are told right after.
 * 2. A key is kept by its label after it is taken from the keyring: an entry names it for ever.
 * 3. Where one of the keys is an auditor's, the store is open for the audit log alone, and where
 * one is an observer's it is open for reading: the least that any of them may do holds, as in a
 * room.
 */

static enum err key_id(struct record *r, const struct vault_slot *s, int64_t *ret)
{
	TRY(sql_run(r,
	        "INSERT INTO opener(slot, label, kind) VALUES(?1, ?2, ?3) ON CONFLICT(slot) DO "
	        "UPDATE SET label = excluded.label WHERE label <> excluded.label",
	        "bti", s->id, (size_t)VAULT_ID_BYTES, s->label, (int64_t)s->kind));
	return sql_one_int(
	        r, ret, "SELECT id FROM opener WHERE slot = ?", "b", s->id, (size_t)VAULT_ID_BYTES);
}

enum err key_entry(struct record *r, const char *act, const struct vault_slot *s)
{
	static const uint8_t zero[VAULT_HASH_BYTES];
	uint8_t digest[VAULT_HASH_BYTES], bytes[VAULT_ID_BYTES + VAULT_LABEL_MAX] = {0};
	struct audit_entry e = {.act = act, .subject = "key", .digest = digest};
	size_t n = strnlen(s->label, VAULT_LABEL_MAX);
	memcpy(bytes, s->id, VAULT_ID_BYTES);
	memcpy(bytes + VAULT_ID_BYTES, s->label, n);
	vault_chain(zero, bytes, VAULT_ID_BYTES + n, digest);
	TRY(key_id(r, s, &e.subject_id));
	return audit_add(r, &e);
}

enum err opening_person(
        struct record *r, const struct vault_slot *s, int64_t *ret_person, int64_t *ret_agency)
{
	struct sql q;
	*ret_person = *ret_agency = 0;
	sql_query(r, &q, "SELECT id, agency FROM person WHERE slot = ?", "b", s->id,
	        (size_t)VAULT_ID_BYTES);
	if (sql_step(&q)) {
		*ret_person = sql_int(&q, 0);
		*ret_agency = sql_int(&q, 1);
	}
	return sql_end(&q);
}

/* How many there were at this key since it opened the store before. */
static enum err tries_entry(struct record *r, uint32_t n)
{
	struct audit_entry e = {.act = "store.tries", .subject = "store", .subject_id = n};
	return n ? audit_add(r, &e) : ERR_OK;
}

/* Of opener i, by the person whose key it is. */
static enum err opener_entries(struct record *r, size_t i, const struct vault_slot *s)
{
	int64_t agency;
	TRY(opening_person(r, s, &r->actor, &agency));
	TRY(key_entry(
	        r, s->kind == VAULT_SLOT_RECOVERY ? "store.opened-recovery" : "store.opened", s));
	return tries_entry(r, vault_opener_tries(r->vault, i));
}

enum err opening_note(struct record *r)
{
	const struct vault_slot *s;
	const int64_t actor = r->actor;
	size_t n = vault_openers(r->vault, &s);
	r->own++;
	enum err e = txn_begin(r);
	for (size_t i = 0; !e && i < n; i++)
		e = opener_entries(r, i, &s[i]);
	r->actor = actor;
	e = e ? e : txn_commit(r);
	if (e)
		txn_rollback(r);
	r->own--;
	/* on a full card it opens all the same, so that it can be looked after; what has to be in
	 * the audit cannot be read then */
	if (e == ERR_FULL) {
		log_warn("the opening is not in the audit: the card is full");
		return ERR_OK;
	}
	return e;
}

/* An observer wherever they sit? */
static enum err observes(struct record *r, int64_t person, bool *ret)
{
	int64_t only = 0;
	if (person)
		TRY(sql_one_int(r, &only,
		        "SELECT count(*) > 0 AND min(standing) = 3 AND max(standing) = 3 FROM "
		        "membership WHERE person = ?",
		        "i", person));
	*ret = only;
	return ERR_OK;
}

enum err key_writes(struct record *r, const struct vault_slot *s, int64_t *ret_agency, bool *ret)
{
	int64_t person;
	bool observer;
	TRY(opening_person(r, s, &person, ret_agency));
	TRY(observes(r, person, &observer));
	*ret = s->kind == VAULT_SLOT_PERSON && !observer;
	return ERR_OK;
}

/* What is done is done by the first. */
enum err opening_actor(struct record *r)
{
	const struct vault_slot *s;
	const size_t n = vault_openers(r->vault, &s);
	r->actor = r->actor_agency = 0;
	r->reads_only = false;
	for (size_t i = 0; i < n; i++) {
		int64_t person, agency;
		bool observer;
		TRY(opening_person(r, &s[i], &person, &agency));
		TRY(observes(r, person, &observer));
		if (i == 0) {
			r->actor = person;
			r->actor_agency = agency;
		}
		r->reads_only |= observer;
		r->auditor |= s[i].kind == VAULT_SLOT_AUDITOR;
	}
	return ERR_OK;
}

bool record_is_auditor(const struct record *r)
{
	return r->auditor;
}
