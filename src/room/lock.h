#ifndef ROOM_LOCK_H
#define ROOM_LOCK_H
/*
 * The lock screen in four files: lock.c draws it, typed.c its field, unlock.c opens on the worker,
 * problem.c says why a store did not open. Nothing else includes this.
 */
#include "app.h"

/* Why the store did not open. */
struct problem {
	enum err err; /* ERR_OK: no problem is shown */
	struct vault_slot slot;
	bool keyring; /* the keyring itself is at fault, before anything was opened with it */
	enum vault_token_said token;
	int token_tries; /* as in struct vault_token */
	enum vault_older older;
	uint64_t saved; /* records that a salvage would save */
	struct why why;
	struct ui_scroll scroll; /* where its words do not stand on one page */
};

struct lock_state {
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	unsigned quorum;
	int chosen; /* -1: there is no key at all */
	uint8_t chosen_id[VAULT_ID_BYTES];
	struct vault_secret *secret;
	struct ui_edit edit;
	struct words words;   /* text NULL: the chosen key has none */
	bool show, letters;   /* letters: a PIN is typed on the whole keyboard */
	const char *short_of; /* what was still missing when it was to be opened; NULL: nothing */
	struct vault_room_key *room_key;
	enum err room_key_err; /* why there is none */
	struct problem problem;
};

/* What the worker has in hand, and what it has brought. */
struct unlock {
	char dir[4096];
	struct vault_slot slot;       /* the key that is tried */
	struct vault_factors factors; /* owned, but for the token and the device's secret */
	struct vault_secret *secret, *token_pin;
	struct vault_room_key *room_key;
	struct vault_unlock *keys;
	struct vault *vault;
	struct problem problem; /* err: how it went */
	struct {
		char agency[VAULT_LABEL_MAX];
		unsigned group;
		int64_t at_us;
	} given[VAULT_SLOTS_MAX];
	size_t n_given;
};

/* "City council, Community safety lead": the agency; *ret_role is the role. */
const char *label_split(struct app *app, const char *label, const char **ret_role);
/* A recovery key of words, which are entered one by one. */
bool by_words(const struct vault_slot *s);

/* After wrong tries at this key: until when it has to wait, that the wait is over, or NULL. */
const char *wait_words(struct app *app, const struct vault_slot *s);
bool waits(const struct vault_slot *s);

/* ---- typed.c ---- */
/* The field for what the chosen key asks for, with its hint below; and their height. */
void typed_build(struct app *app, struct lock_state *st, struct gfx_rect r);
int typed_h(const struct app *app);
/* Why what was typed is not enough yet, "" where it needs no saying; NULL: it is. */
const char *typed_lack(const struct app *app, const struct lock_state *st);

/* ---- unlock.c ---- */
/* The chosen key with what was typed; it is the worker's from then on. */
void unlock_start(struct app *app, struct lock_state *st);
/* What the worker brought: an open store, one key of several, or a problem. */
void unlock_end(struct app *app, struct lock_state *st);
/* The token wants a PIN of its own, or another: what was given waits for it. */
bool unlock_wants_pin(const struct app *app);
/* Once more, with what was typed as the token's PIN. */
void unlock_with_pin(struct app *app, struct lock_state *st);
/* The key that waits for the token's PIN is not tried. */
void unlock_leave_pin(struct app *app);

/* ---- problem.c ---- */
void problem_page(struct app *app, struct ui *ui, struct problem *p, struct gfx_rect in);

#endif
