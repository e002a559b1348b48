#include "caseroom/record_keys.h"
#include <string.h>
#include "record_int.h"

/*
 * Who opens the store. Invariants:
 * 1. A change of keys is made while the transaction that tells of it is open, and that is taken
 *    back when the vault refuses: no entry tells of what did not happen. It names the key. Should
 * the commit fail after it, the error is told.
 * 2. The group of a key in the vault is the number of its person's agency here.
 * 3. What a key asks for is changed by who opened the store with it and by nobody else, the
 * recovery words neither: so that nobody gives another's key a passphrase of their own and acts as
 * them (docs/decisions/0043, 0050).
 * 4. No change here leaves a store that nobody may write any more (docs/decisions/0049): there are
 * always keys that may write of as many agencies as open it, and recovery words where these are
 * several.
 */
#define GROUP_MAX 65535

static enum err may(const struct record *r, struct why *w)
{
	if (r->auditor)
		return why(w, ERR_DENIED,
		        "The store was opened with an auditor's key: it reads the audit log, and "
		        "changes no keys.");
	return r->reads_only ? why(w, ERR_DENIED,
	                               "The store was opened with an observer's key: it reads, and "
	                               "changes no keys.")
	                     : ERR_OK;
}

/* `id`: the key that it is about, or NULL. */
static enum err begin(
        struct record *r, const char *act, const uint8_t id[VAULT_ID_BYTES], struct why *w)
{
	struct audit_entry e = {.act = act, .subject = "key"};
	struct vault_slot slot;
	if (id && vault_slot_show(r->vault, id, &slot) != ERR_OK)
		return why(w, ERR_NOT_FOUND, "This key is no longer in the keyring.");
	TRY(txn_begin(r));
	enum err err = id ? key_entry(r, act, &slot) : audit_add(r, &e);
	if (err)
		txn_rollback(r);
	return err;
}

static enum err end(struct record *r, enum err e)
{
	if (!e)
		return txn_commit(r);
	txn_rollback(r);
	return e;
}

static enum err group_of(struct record *r, int64_t person, unsigned *ret, struct why *w)
{
	int64_t agency;
	TRY(sql_one_int(
	        r, &agency, "SELECT coalesce(agency, 0) FROM person WHERE id = ?", "i", person));
	if (agency > GROUP_MAX)
		return why(w, ERR_LIMIT, "There are more agencies than keys can tell apart.");
	*ret = (unsigned)agency;
	return ERR_OK;
}

static enum err add_group(
        struct record *r, const struct record_key *k, unsigned *ret, struct why *w)
{
	*ret = 0;
	if (k->person)
		return group_of(r, k->person, ret, w);
	if (k->add && k->add->u.person.agency > GROUP_MAX)
		return why(w, ERR_LIMIT, "There are more agencies than keys can tell apart.");
	if (k->add)
		*ret = (unsigned)k->add->u.person.agency;
	return ERR_OK;
}

/* One key a person: a second would take the name from the first. */
static enum err keyless(struct record *r, int64_t person, struct why *w)
{
	struct sql q;
	struct vault_slot s;
	enum err e = ERR_NOT_FOUND;
	sql_query(r, &q, "SELECT slot FROM person WHERE id = ? AND slot IS NOT NULL", "i", person);
	if (sql_step(&q) && sqlite3_column_bytes(q.st, 0) == VAULT_ID_BYTES)
		e = vault_slot_show(r->vault, sqlite3_column_blob(q.st, 0), &s);
	enum err ended = sql_end(&q);
	if (ended || e)
		return ended;
	return why(w, ERR_EXISTS,
	        "This person has a key already: \"%s\". Nothing was changed. Remove it first.",
	        s.label);
}

static void take_away(struct record *r, const uint8_t id[VAULT_ID_BYTES])
{
	enum err e = vault_slot_remove(r->vault, id, NULL);
	if (e)
		log_warn("a key could not be taken away again: %s", err_text(e));
}

/* The key, and the entry that names it. */
static enum err add_told(struct record *r, const struct vault_slot_new *slot,
        uint8_t ret_id[VAULT_ID_BYTES], struct why *w)
{
	struct vault_slot shown;
	TRY(txn_begin(r));
	enum err e = vault_slot_add(r->vault, slot, ret_id, w);
	if (e)
		return end(r, e);
	e = vault_slot_show(r->vault, ret_id, &shown);
	if (!e)
		e = key_entry(r, "key.add", &shown);
	e = end(r, e);
	if (e)
		take_away(r, ret_id);
	return e;
}

/* The key comes first: one without its person opens the store and belongs to nobody, and is taken
 * away again when the person cannot be written. */
enum err record_key_add(
        struct record *r, const struct record_key *k, uint8_t ret_id[VAULT_ID_BYTES], struct why *w)
{
	struct vault_slot_new slot = *k->slot;
	struct command link = {.kind = CMD_PERSON_SLOT, .u.slot.person = k->person};
	uint8_t id[VAULT_ID_BYTES];
	TRY(may(r, w));
	TRY(keyless(r, k->person, w));
	TRY(add_group(r, k, &slot.group, w));
	TRY(add_told(r, &slot, id, w));
	enum err e = k->add ? record_do(r, k->add, &link.u.slot.person, w) : ERR_OK;
	link.u.slot.slot = id;
	if (!e && link.u.slot.person)
		e = record_do(r, &link, NULL, w);
	if (e) {
		take_away(r, id);
		return e;
	}
	if (ret_id)
		memcpy(ret_id, id, VAULT_ID_BYTES);
	return ERR_OK;
}

bool record_key_may_change(const struct record *r, const uint8_t id[VAULT_ID_BYTES])
{
	const struct vault_slot *s;
	size_t n = vault_openers(r->vault, &s);
	for (size_t i = 0; i < n; i++)
		if (memcmp(s[i].id, id, VAULT_ID_BYTES) == 0)
			return true;
	return false;
}

enum err record_key_change(struct record *r, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *f, struct why *w)
{
	if (!record_key_may_change(r, id))
		return why(w, ERR_DENIED,
		        "This key is somebody else's. What it asks for is changed by who opened "
		        "the store with it and by nobody else. Nothing was changed. A forgotten "
		        "passphrase or a lost stick is mended by removing the key and adding a new "
		        "one.");
	r->own++; /* their own, so also of who may only read */
	enum err e = begin(r, "key.change", id, w);
	e = e ? e : end(r, vault_slot_change(r->vault, id, f, w));
	r->own--;
	return e;
}

/* ---- what is always left ---- */

/* Of how many agencies there are keys that may write, without key `gone` (NULL: with all). One of
 * no agency is enough for one; where more are asked for, the vault names it. */
static enum err writers(struct record *r, const uint8_t *gone, unsigned *ret)
{
	struct vault_slot s[VAULT_SLOTS_MAX];
	int64_t agency[VAULT_SLOTS_MAX];
	const size_t n = vault_slots_open(r->vault, s);
	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned j = 0;
		bool writes;
		if (gone && memcmp(s[i].id, gone, VAULT_ID_BYTES) == 0)
			continue;
		TRY(key_writes(r, &s[i], &agency[*ret], &writes));
		if (writes && agency[*ret] == 0) {
			*ret = VAULT_SLOTS_MAX;
			return ERR_OK;
		}
		while (agency[j] != agency[*ret])
			j++;
		*ret += writes && j == *ret;
	}
	return ERR_OK;
}

bool record_has_recovery(const struct record *r)
{
	struct vault_slot s[VAULT_SLOTS_MAX];
	const size_t n = vault_slots_open(r->vault, s);
	for (size_t i = 0; i < n; i++)
		if (s[i].kind == VAULT_SLOT_RECOVERY)
			return true;
	return false;
}

/* May the store do without this key? */
static enum err spared(struct record *r, const uint8_t id[VAULT_ID_BYTES], struct why *w)
{
	const unsigned k = vault_quorum(r->vault);
	unsigned with, without;
	struct vault_slot s;
	if (vault_slot_show(r->vault, id, &s) != ERR_OK)
		return ERR_OK; /* which is told */
	if (s.kind == VAULT_SLOT_RECOVERY)
		return k == 1 ? ERR_OK
		              : why(w, ERR_REFUSED,
		                        "It takes people of %u agencies to open this store, and "
		                        "the recovery words are the only other way in. Nothing was "
		                        "changed. New words take the place of these "
		                        "(caseroomctl recovery new).",
		                        k);
	TRY(writers(r, NULL, &with));
	TRY(writers(r, id, &without));
	if (without >= k || without == with)
		return ERR_OK;
	if (k == 1)
		return why(w, ERR_REFUSED,
		        "This is the last key that may write; auditors and observers read. Nothing "
		        "was changed. Add another person first.");
	return why(w, ERR_REFUSED,
	        "It takes people of %u agencies to open this store, and only %u would be left with "
	        "a key that may write; auditors and observers do not count. Nothing was changed. "
	        "Add somebody of another agency, or ask for fewer agencies first.",
	        k, without);
}

enum err record_key_remove(struct record *r, const uint8_t id[VAULT_ID_BYTES], struct why *w)
{
	struct command unlink = {.kind = CMD_PERSON_SLOT};
	TRY(may(r, w));
	TRY(spared(r, id, w));
	TRY(begin(r, "key.remove", id, w));
	TRY(end(r, vault_slot_remove(r->vault, id, w)));
	enum err e = record_person_by_slot(r, id, &unlink.u.slot.person);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	return e ? e : record_do(r, &unlink, NULL, w);
}

/* The key that opened: one, of a person, and nobody's yet. */
static enum err free_opener(struct record *r, const struct vault_slot **ret, struct why *w)
{
	int64_t person = 0;
	size_t n = vault_openers(r->vault, ret);
	TRY(may(r, w));
	if (n != 1 || (*ret)->kind != VAULT_SLOT_PERSON)
		return why(w, ERR_REFUSED,
		        "The store was opened with the recovery words, or with several keys. "
		        "Nothing was changed. Open it with the one key that is to be this "
		        "person's.");
	enum err e = record_person_by_slot(r, (*ret)->id, &person);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	return e ? e
	         : why(w, ERR_EXISTS, "The key \"%s\" is somebody's already. Nothing was changed.",
	                   (*ret)->label);
}

enum err record_key_of_opener(
        struct record *r, int64_t person, const struct command *add, struct why *w)
{
	const struct vault_slot *s;
	TRY(free_opener(r, &s, w));
	TRY(keyless(r, person, w));
	if (add)
		TRY(record_do(r, add, &person, w));
	struct command link = {.kind = CMD_PERSON_SLOT, .u.slot = {person, s->id}};
	unsigned group = 0;
	TRY(group_of(r, person, &group, w));
	TRY(record_do(r, &link, NULL, w));
	return group ? vault_slot_group(r->vault, s->id, group, w) : ERR_OK;
}

/* Keys of before agencies were counted get theirs now. */
static enum err fill_groups(struct record *r, struct why *w)
{
	struct sql q;
	enum err e = ERR_OK;
	sql_query(
	        r, &q, "SELECT slot, agency FROM person WHERE slot IS NOT NULL AND agency > 0", "");
	while (!e && sql_step(&q)) {
		if (sqlite3_column_bytes(q.st, 0) == VAULT_ID_BYTES && sql_int(&q, 1) <= GROUP_MAX)
			e = vault_slot_group(r->vault, sqlite3_column_blob(q.st, 0),
			        (unsigned)sql_int(&q, 1), w);
		if (e == ERR_NOT_FOUND) /* a key that is gone */
			e = ERR_OK;
	}
	enum err ended = sql_end(&q);
	return e ? e : ended;
}

/* May so many agencies be asked for? */
static enum err enough(struct record *r, unsigned k, struct why *w)
{
	unsigned n;
	if (k <= vault_quorum(r->vault))
		return ERR_OK;
	if (!record_has_recovery(r))
		return why(w, ERR_REFUSED,
		        "There are no recovery words. Where several agencies open a store they are "
		        "the only way in when one agency's keys are lost. Nothing was changed. "
		        "Make them first: under Keys on the panel, or with caseroomctl recovery "
		        "new.");
	TRY(writers(r, NULL, &n));
	if (n >= k)
		return ERR_OK;
	return why(w, ERR_REFUSED,
	        "Only %u agenc%s a key that may write; auditors and observers do not count. "
	        "Nothing "
	        "was changed. Add somebody of another agency, or ask for fewer agencies.",
	        n, n == 1 ? "y has" : "ies have");
}

/* Says from how many to how many: the entry's number is both. */
enum err record_quorum_set(struct record *r, unsigned k, struct why *w)
{
	struct audit_entry entry = {.act = "key.quorum",
	        .subject = "store",
	        .subject_id = quorum_change(vault_quorum(r->vault), k)};
	TRY(may(r, w));
	if (k == vault_quorum(r->vault))
		return ERR_OK;
	TRY(enough(r, k, w));
	TRY(txn_begin(r));
	enum err e = audit_add(r, &entry);
	if (!e)
		e = fill_groups(r, w);
	return end(r, e ? e : vault_quorum_set(r->vault, k, w));
}

/* ---- a new data key ---- */

static int64_t key_mark(const struct record *r)
{
	uint8_t mark[VAULT_KEY_MARK_BYTES];
	uint64_t n = 0;
	vault_key_mark(r->vault, mark);
	for (size_t i = 0; i < sizeof(mark); i++)
		n = n << 8 | mark[i];
	return (int64_t)n;
}

enum err record_rekey_ask(struct record *r, struct why *w)
{
	bool pending;
	TRY(may(r, w));
	TRY(record_key_pending(r, &pending));
	return pending ? ERR_OK : record_audit_note(r, "store.rekey", "store", key_mark(r));
}

/* Whoever asked for it last, if nothing was made since. */
static enum err asked(struct record *r, int64_t *ret_actor, int64_t *ret_mark)
{
	struct sql q;
	enum err e = ERR_NOT_FOUND;
	r->own++;
	sql_query(r, &q,
	        "SELECT act, actor, subject_id FROM audit WHERE subject = 'store' AND act IN "
	        "('store.rekey', 'store.data-key') ORDER BY +seq DESC LIMIT 1", /* by its index */
	        "");
	if (sql_step(&q) &&
	        strcmp((const char *)sqlite3_column_text(q.st, 0), "store.rekey") == 0) {
		*ret_actor = sql_int(&q, 1);
		*ret_mark = sql_int(&q, 2);
		e = ERR_OK;
	}
	enum err ended = sql_end(&q);
	r->own--;
	return ended ? ended : e;
}

enum err rekey_settle_note(struct record *r)
{
	const int64_t actor = r->actor;
	int64_t mark = 0, by = 0;
	enum err e = asked(r, &by, &mark);
	if (e == ERR_NOT_FOUND || (!e && mark == key_mark(r)))
		return ERR_OK;
	TRY(e);
	r->actor = by;
	e = record_audit_note(r, "store.data-key", "store", 0);
	r->actor = actor;
	return e == ERR_FULL ? ERR_OK : e; /* the next opening says it */
}

static enum err recovery_slot(
        struct vault *v, const uint8_t *id, const struct vault_secret *s, struct why *w)
{
	const struct vault_factors f = {.passphrase = s};
	const struct vault_slot_new paper = {
	        .kind = VAULT_SLOT_RECOVERY, .label = RECOVERY_LABEL, .factors = &f};
	return id ? vault_slot_change(v, id, &f, w) : vault_slot_add(v, &paper, NULL, w);
}

enum err record_recovery_first(struct vault *v, struct vault_secret **ret, struct why *w)
{
	struct vault_secret *s = NULL;
	TRY(vault_recovery_make(&s));
	enum err e = recovery_slot(v, NULL, s, w);
	if (e)
		vault_secret_destroy(s);
	else
		*ret = s;
	return e;
}

enum err record_recovery_told(struct record *r)
{
	return record_audit_note(r, "key.recovery", "key", 0);
}

enum err record_recovery_new(
        struct record *r, const uint8_t *id, const struct vault_secret *words, struct why *w)
{
	TRY(may(r, w));
	TRY(begin(r, "key.recovery", id, w));
	return end(r, recovery_slot(r->vault, id, words, w));
}

enum err record_room_key_make(
        struct record *r, const struct vault_room_key *from, const char *dir, struct why *w)
{
	struct vault_room_key *k = NULL;
	TRY(may(r, w));
	TRY(begin(r, from ? "key.room-spare" : "key.room", NULL, w));
	enum err e = from ? vault_room_key_copy(from, dir, w) : vault_room_key_make(dir, &k, w);
	vault_room_key_destroy(k);
	e = end(r, e);
	/* a new one knows nothing yet: it is told when the store is at rest next */
	return e || from ? e : record_witness_to(r, dir, w);
}

enum err record_key_person(struct record *r, struct arena *a, const uint8_t id[VAULT_ID_BYTES],
        int64_t *ret_person, const char **ret_name)
{
	struct sql q;
	*ret_person = 0;
	*ret_name = "";
	sql_query(r, &q, "SELECT id, name FROM person WHERE slot = ?", "b", id,
	        (size_t)VAULT_ID_BYTES);
	if (sql_step(&q)) {
		*ret_person = sql_int(&q, 0);
		*ret_name = sql_text(&q, 1, a);
	}
	return sql_end(&q);
}
