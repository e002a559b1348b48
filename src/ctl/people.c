#include "ctl_int.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/age.h"
#include "caseroom/record_keys.h"

/* Who opens the store, and to whom its papers are sealed. */

static enum err find_agency(struct ctl *c, const char *code, struct agency_row *ret)
{
	enum err e = record_agency_by_code(c->record, &c->arena, code, ret);
	if (e == ERR_NOT_FOUND)
		return why(&c->why, e,
		        "There is no agency with the code \"%.40s\". Nothing was changed. "
		        "caseroomctl list agencies shows the codes.",
		        code);
	return e;
}

/* What a new or changed key asks for fits together; then the store is opened, so that nobody at a
 * terminal types the new secret where the old one is asked for. */
static enum err open_for_new(struct ctl *c)
{
	const bool pin = c->opt[OPT_PIN], box = c->opt[OPT_THIS_BOX];
	if (pin && !c->opt[OPT_ROOM_KEY])
		return why(&c->why, ERR_INPUT,
		        "A PIN goes with a room key: say with --room-key where it is. caseroomctl "
		        "roomkey make makes one. Nothing was done.");
	if (box && !c->opt[OPT_DEVICE])
		return why(&c->why, ERR_INPUT,
		        "--this-box goes with --device-secret. Nothing was done.");
	return ctl_open(c);
}

static enum err new_factors(struct ctl *c, struct vault_secret **ret, struct vault_factors *f)
{
	const bool pin = c->opt[OPT_PIN], token = c->opt[OPT_NEW_TOKEN], box = c->opt[OPT_THIS_BOX];
	struct vault_secret *s = NULL;
	TRY(ctl_passphrase(c, c->opt[OPT_NEW_PASSPHRASE], "--new-passphrase-file",
	        pin     ? "New PIN (six digits or letters, or more)"
	        : token ? "New PIN or passphrase"
	                : "New passphrase (four different words, or more)",
	        true, &s));
	enum err e = vault_passphrase_check(s,
	        VAULT_PASSPHRASE | (pin ? VAULT_ROOM_KEY : 0u) | (token ? VAULT_FIDO : 0u),
	        &c->why);
	if (e) {
		vault_secret_destroy(s);
		return e;
	}
	*f = (struct vault_factors){.passphrase = s,
	        .room_key = pin ? c->room_key : NULL,
	        .device = box ? c->device : NULL,
	        .token = token ? vault_token_usb() : NULL};
	*ret = s;
	return ERR_OK;
}

/* Somebody whom people.csv or an earlier set-up brought is not added a second time. */
static enum err find_known(struct ctl *c, const struct command *add, int64_t *ret_id)
{
	struct person_row *p;
	size_t n;
	*ret_id = 0;
	TRY(record_people(c->record, &c->arena, 0, add->u.person.agency, &p, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(p[i].name, add->u.person.name) == 0 &&
		        strcmp(p[i].role, add->u.person.role) == 0)
			*ret_id = p[i].id;
	return *ret_id && (c->opt[OPT_FORUM] || c->opt[OPT_STANDING])
	               ? why(&c->why, ERR_EXISTS,
	                         "Somebody of that agency, name and role is known already. "
	                         "Nothing was changed. Leave out --forum and --standing to give "
	                         "them a key; caseroomctl import people gives them a group.")
	               : ERR_OK;
}

/* Who is added. *ret_id: somebody of that agency, name and role who is known already, and has no
 * key; 0: nobody is. */
static enum err person_command(
        struct ctl *c, struct agency_row *g, struct command *add, int64_t *ret_id)
{
	struct forum_row f = {0};
	*add = (struct command){.kind = CMD_PERSON_ADD};
	TRY(find_agency(c, c->opt[OPT_AGENCY], g));
	if (c->opt[OPT_FORUM]) {
		enum err e = record_forum_by_code(c->record, &c->arena, c->opt[OPT_FORUM], &f);
		if (e == ERR_NOT_FOUND)
			return why(&c->why, e,
			        "There is no group with the code \"%.40s\". Nobody was added.",
			        c->opt[OPT_FORUM]);
		TRY(e);
	}
	add->u.person.standing = STANDING_CORE;
	if (c->opt[OPT_STANDING] && standing_parse(c->opt[OPT_STANDING], &add->u.person.standing))
		return why(&c->why, ERR_INPUT,
		        "\"%.20s\" is not core, deputy, co-opted, observer or community. Nobody "
		        "was added.",
		        c->opt[OPT_STANDING]);
	add->u.person.agency = g->id;
	add->u.person.forum = f.id;
	add->u.person.name = c->opt[OPT_NAME];
	add->u.person.role = c->opt[OPT_ROLE];
	return find_known(c, add, ret_id);
}

static enum err key_label(struct ctl *c, const char *agency, char label[VAULT_LABEL_MAX])
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	const char *partnership;
	bool sample;
	TRY(record_partnership(c->record, &c->arena, &partnership, &sample));
	if (snprintf(label, VAULT_LABEL_MAX, "%s%s, %s", sample ? TRAINING_LABEL : "", agency,
	            c->opt[OPT_ROLE]) >= VAULT_LABEL_MAX)
		return why(&c->why, ERR_LIMIT,
		        "Agency and role are longer than %d letters together. Nobody was added.",
		        VAULT_LABEL_MAX - 1);
	TRY(vault_slots(c->dir, slot, COUNT_OF(slot), &n, NULL, &c->why));
	for (size_t i = 0; i < n; i++)
		if (strcmp(slot[i].label, label) == 0)
			return why(&c->why, ERR_EXISTS,
			        "There is a key called \"%s\" already. Nobody was added. Say the "
			        "role more closely. To give that person a group: caseroomctl "
			        "import people.",
			        label);
	return ERR_OK;
}

static enum err add_person(struct ctl *c, const struct vault_factors *f)
{
	struct command add;
	struct agency_row g;
	char label[VAULT_LABEL_MAX];
	int64_t known;
	const struct vault_slot_new slot = {
	        .kind = c->opt[OPT_AUDITOR] ? VAULT_SLOT_AUDITOR : VAULT_SLOT_PERSON,
	        .label = label,
	        .factors = f};
	TRY(person_command(c, &g, &add, &known));
	TRY(key_label(c, g.name, label));
	const struct record_key key = {.slot = &slot, .person = known, .add = known ? NULL : &add};
	TRY(record_key_add(c->record, &key, NULL, &c->why));
	printf("Added. The key \"%s\" opens the store.\n", label);
	return ERR_OK;
}

/* No new key: the one that opened the store is this person's. */
static enum err own_key(struct ctl *c)
{
	static const int OTHER[] = {
	        OPT_AUDITOR, OPT_NEW_PASSPHRASE, OPT_PIN, OPT_THIS_BOX, OPT_NEW_TOKEN};
	struct command add;
	struct agency_row g;
	int64_t known;
	for (size_t i = 0; i < COUNT_OF(OTHER); i++)
		if (c->opt[OTHER[i]])
			return why(&c->why, ERR_INPUT,
			        "--own-key makes no new key: it says whose the key is that opens "
			        "the store now. Leave out what a new one would ask for. Nothing "
			        "was done.");
	TRY(ctl_open(c));
	TRY(person_command(c, &g, &add, &known));
	TRY(record_key_of_opener(c->record, known, known ? NULL : &add, &c->why));
	printf("The key \"%s\" is this person's from now on, and counts for %s.\n",
	        vault_opener(c->vault)->label, g.name);
	return ERR_OK;
}

enum err verb_person_add(struct ctl *c)
{
	struct vault_secret *s = NULL;
	struct vault_factors f;
	if (c->opt[OPT_OWN_KEY])
		return own_key(c);
	TRY(open_for_new(c));
	TRY(new_factors(c, &s, &f));
	enum err e = add_person(c, &f);
	vault_secret_destroy(s);
	return e;
}

enum err verb_person_passphrase(struct ctl *c)
{
	struct vault_slot slot;
	struct vault_secret *s = NULL;
	struct vault_factors f;
	TRY(ctl_find_key(c, c->arg[0], true, &slot));
	if (slot.kind == VAULT_SLOT_RECOVERY)
		return why(&c->why, ERR_REFUSED,
		        "The recovery words are made by the machine and cannot be chosen: "
		        "caseroomctl recovery new makes new ones. Nothing was changed.");
	c->changes = slot.label;
	TRY(open_for_new(c));
	TRY(new_factors(c, &s, &f));
	enum err e = record_key_change(c->record, slot.id, &f, &c->why);
	vault_secret_destroy(s);
	TRY(e);
	printf("The %s of \"%s\" is changed; the old one opens nothing from now on.\n",
	        c->opt[OPT_PIN] ? "PIN" : "passphrase", slot.label);
	ctl_advise_rekey();
	return ERR_OK;
}

enum err verb_person_remove(struct ctl *c)
{
	struct vault_slot slot;
	TRY(ctl_find_key(c, c->arg[0], true, &slot));
	TRY(ctl_open(c));
	TRY(record_key_remove(c->record, slot.id, &c->why));
	printf("The key \"%s\" is taken away and opens nothing from now on.%s\n", slot.label,
	        slot.kind == VAULT_SLOT_PERSON ? " What its person wrote stays in the record."
	                                       : "");
	if (slot.kind == VAULT_SLOT_RECOVERY)
		printf("Without recovery words no backup can be made and no store that lost its "
		       "keys opens again: caseroomctl recovery new makes new ones. Backups of "
		       "before still open with the old words: keep that paper with them.\n");
	ctl_advise_rekey();
	return ERR_OK;
}

enum err verb_recipient_add(struct ctl *c)
{
	struct agency_row g;
	struct command set = {.kind = CMD_AGENCY_RECIPIENT};
	TRY(age_recipient_check(c->arg[1], &c->why));
	TRY(ctl_open(c));
	TRY(find_agency(c, c->arg[0], &g));
	set.u.recipient.agency = g.id;
	set.u.recipient.recipient = c->arg[1];
	TRY(record_do(c->record, &set, NULL, &c->why));
	if (g.isa_signed == DAY_NONE)
		fprintf(stderr,
		        "%s has not signed the agreement. It can be given no papers of cases until "
		        "it has.\n",
		        g.name);
	printf("Papers for %s are sealed to this key from now on.\n", g.name);
	return ERR_OK;
}
