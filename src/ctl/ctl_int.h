#ifndef CTL_INT_H
#define CTL_INT_H
/*
 * Private to ctl/: one verb is one line of VERB (run.c) and one function. A verb returns an error
 * with its sentence in ctl.why; run.c alone prints it and turns it into the exit status.
 */
#include "caseroom/ctl.h"
#include "caseroom/record.h"
#include "caseroom/vault.h"

enum ctl_option {
	OPT_STORE,
	OPT_PASSPHRASE,
	OPT_KEY,
	OPT_NEW_PASSPHRASE,
	OPT_RECOVERY,
	OPT_SAMPLE,
	OPT_DEMO_KEYS,
	OPT_DATE,
	OPT_TIME,
	OPT_VENUE,
	OPT_JSON,
	OPT_OUT,
	OPT_AGENCY,
	OPT_NAME,
	OPT_ROLE,
	OPT_FORUM,
	OPT_STANDING,
	OPT_AUDITOR,
	OPT_OWN_KEY,
	OPT_CASE,
	OPT_PERSON,
	OPT_SINCE,
	OPT_FINGERPRINT,
	OPT_ROOM_KEY,
	OPT_DEVICE,
	OPT_TOKEN,
	OPT_PIN,
	OPT_THIS_BOX,
	OPT_NEW_TOKEN,
	OPT_REPLACE,
	OPT_EARLIER,
	OPT_UNTIL,
	OPT_REASON,
	OPT_FOR_EVER,
	OPT_HELP,
	OPT_COUNT
};
#define BIT(o) ((uint64_t)1 << (o))
#define KEYS_MAX 8 /* keys that open a store together */

struct ctl {
	const char *opt[OPT_COUNT];     /* NULL = not given; "" for one without a value */
	const char *key_file[KEYS_MAX]; /* each --passphrase-file, in their order */
	const char *key[KEYS_MAX];      /* each --key, likewise: key i names the one of file i */
	size_t n_key_files, n_keys;
	char **arg; /* what is not an option, without the verb */
	int n_arg;
	const char *dir;     /* the store */
	bool for_auditors;   /* this verb is for an auditor's key too */
	const char *changes; /* the key whose owner is to open the store */
	struct practice *practice;
	struct vault *vault;
	struct record *record;
	struct vault_room_key *room_key; /* of --room-key, read once */
	struct vault_secret *device;     /* of --device-secret */
	struct arena arena;              /* rows of queries; wiped at the end */
	struct why why;
};

typedef enum err verb_fn(struct ctl *c);
verb_fn verb_audit, verb_init, verb_import, verb_export, verb_agenda, verb_list, verb_show,
        verb_papers, verb_request, verb_person_add, verb_person_passphrase, verb_person_remove,
        verb_recipient_add, verb_salvage, verb_verify, verb_backup, verb_restore,
        verb_recovery_identity, verb_practice_add, verb_practice_list, verb_practice_show,
        verb_practice_remove, verb_practice_check, verb_keys, verb_roomkey_make, verb_roomkey_copy,
        verb_quorum, verb_recovery_new, verb_rekey, verb_dispose_list, verb_dispose_review,
        verb_dispose_hold, verb_dispose_lift, verb_dispose_carry_out, verb_dispose_certificate;

/* ---- open.c ---- */

/*
 * A passphrase from the file, or (path NULL) from the terminal without echo; `twice` asks again and
 * compares. The prompt is a sentence without its colon; `option` names the file
 * ("--recovery-file").
 */
enum err ctl_passphrase(struct ctl *c, const char *path, const char *option, const char *prompt,
        bool twice, struct vault_secret **ret) MUST_CHECK;
/* What --room-key and --device-secret name, into c; nothing when they were not given. */
enum err ctl_factors(struct ctl *c) MUST_CHECK;
/* The store's keys without opening it; vault_unlock_end is the caller's, also of NULL. */
enum err ctl_unlock(struct ctl *c, struct vault_unlock **ret) MUST_CHECK;
enum err ctl_open_vault(struct ctl *c) MUST_CHECK; /* the vault only */
/* Practice and record, of the open vault. ERR_DENIED with the sentence: an auditor's key opened it,
 * and the verb is not for auditors. */
enum err ctl_open_record(struct ctl *c) MUST_CHECK;
enum err ctl_open(struct ctl *c) MUST_CHECK; /* all of it */
void ctl_close(struct ctl *c);               /* any part may be absent */
/* A new file of mode 0600 that must not be there yet; *ret_fd is the caller's. */
enum err ctl_create_file(struct ctl *c, const char *path, const char *what, int *ret_fd) MUST_CHECK;
enum err ctl_write_line(
        struct ctl *c, int fd, const char *text, size_t n) MUST_CHECK; /* with a line end, fsync */

/* ---- keys.c ---- */
/*
 * The key of the store that `text` means: its label, or (unless `whole`) as much of its beginning
 * as no other key has, in either case. ERR_INPUT; those that could be meant are then on stderr.
 */
enum err ctl_find_key(
        struct ctl *c, const char *text, bool whole, struct vault_slot *ret) MUST_CHECK;
/* New recovery words in the place of slot `id` (NULL: the first), into the file `fd`; -1: printed.
 */
enum err ctl_recovery(struct ctl *c, const struct vault_secret *words, int fd) MUST_CHECK;

/* Says that the keyring of before the last change still opens this card, and what ends that. */
void ctl_advise_rekey(void);
/* The record lets go of the store, which gets a new data key, and takes it up again. */
enum err ctl_rekey(struct ctl *c) MUST_CHECK;

/* ---- salvage.c ---- */
/* Says on stderr how much a salvage would save: of what `u` has the keys of, or (NULL) of the open
 * vault. */
void ctl_salvageable(struct ctl *c, struct vault_unlock *u);

/* ---- papers.c ---- */
/* Opens the store, where the verb's first argument is the number of a meeting; ERR_INPUT (no
 * number) or ERR_NOT_FOUND with the sentence. */
enum err ctl_open_meeting(struct ctl *c, int64_t *ret) MUST_CHECK;
void ctl_say_sealed(const struct ctl *c, size_t n); /* how many files are in --out */

/* ---- progress on stderr, when that is a terminal ---- */
void ctl_progress(const char *what, uint64_t done, uint64_t total);
void ctl_progress_end(void);

/* ---- sample.c ---- */
/* Name of the keyring slot that opens a sample store. */
/* Every key of a training store says what it opens, before anything is opened. */
#define TRAINING_LABEL "Training: "
#define SAMPLE_OPENER_LABEL TRAINING_LABEL "City council, Community safety lead"
/* Fills an empty store with the invented partnership and its history. */
enum err sample_fill(struct ctl *c) MUST_CHECK;
/* An age key pair for each agency: recipients into the store, identities into dir/CODE.key. */
enum err sample_keys(struct ctl *c, const char *dir) MUST_CHECK;

#endif
