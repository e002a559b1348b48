#ifndef ROOM_KEYS_H
#define ROOM_KEYS_H
/* The screen of the keys in three files: keys.c is the list and what is done with a key,
 * keys_secret.c how one is chosen, keys_words.c new recovery words. Nothing else includes this. */
#include "token.h"

enum view {
	VIEW_LIST,
	VIEW_SECRET,
	VIEW_WORDS_ASK,
	VIEW_WORDS,
	VIEW_WORDS_BACK,
	VIEW_SPARE,
	VIEW_TOKEN
};

struct keys_state {
	enum view view;
	struct vault_slot slot[VAULT_SLOTS_MAX];
	const char *person[VAULT_SLOTS_MAX]; /* in app->rows */
	size_t n;
	unsigned quorum;
	struct ui_scroll scroll;
	/* a secret to be chosen, for this person's new key or (person 0) for the key change_id */
	int64_t for_person;
	uint8_t change_id[VAULT_ID_BYTES];
	char label[VAULT_LABEL_MAX];
	int beside; /* of BESIDE */
	struct vault_secret *secret, *again;
	struct ui_edit edit, again_edit;
	const char *wrong;
	struct why wrong_why;
	struct vault_secret *words;   /* new recovery words, until they are set; else NULL */
	struct words asked;           /* the two of them that are asked back */
	bool first_words;             /* there were none before */
	bool words_doubtful;          /* to set them failed: which hold is not certain */
	struct vault_room_key *spare; /* waits for the other stick */
	int64_t spare_until_ms;
	struct key_job *waits; /* for the token, which said why */
	struct token_ask token;
};

/* What the worker does to the keys. */
struct key_job {
	struct record *record;
	enum { JOB_ADD, JOB_CHANGE, JOB_RECOVERY, JOB_ROOM_KEY, JOB_SPARE } kind;
	uint8_t id[VAULT_ID_BYTES];
	bool has_id;
	int64_t person;
	char label[VAULT_LABEL_MAX];
	struct vault_secret *secret;
	struct vault_room_key *room_key;
	bool token;
	const char *stick;
	enum err err;
	struct why why;
};

/* ---- keys.c: a job on the worker ---- */
struct key_job *keys_job(struct app *app, int kind); /* NULL: no memory, which was said */
void keys_job_start(struct app *app, struct key_job *j, const char *what);
void keys_job_free(struct key_job *j); /* wipes; NULL is fine */

/* A backup has the worker: that is said, and nothing is begun. */
bool keys_backup_runs(struct app *app);

/* ---- keys_words.c ---- */
/* New words for the recovery key `id` (NULL: there is none yet) are asked for, shown and asked
 * back, and only then set: until then those of before hold. */
void keys_words_ask(struct app *app, struct keys_state *st, const uint8_t *id);
void keys_words_build(struct app *app, struct keys_state *st, struct page *p);
void keys_words_done(struct app *app, struct keys_state *st, struct key_job *j);
void keys_words_drop(struct app *app, struct keys_state *st); /* says what holds; none is fine */

/* ---- keys_secret.c ---- */
/* For this person's new key (id NULL), or (person 0) for the key of that id. */
void keys_secret_open(struct app *app, int64_t person, const uint8_t *id, const char *label);
void keys_secret_build(struct app *app, struct ui *ui, struct keys_state *st, struct page *p);
void keys_secret_finish(struct keys_state *st);
/* A key that was not made because of its token waits for it with all that was typed; false: that is
 * not why. */
bool keys_token_waits(struct app *app, struct keys_state *st, struct key_job *j);
void keys_token_build(struct app *app, struct keys_state *st, struct page *p);
void keys_token_leave(struct keys_state *st);

#endif
