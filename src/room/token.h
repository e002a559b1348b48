#ifndef ROOM_TOKEN_H
#define ROOM_TOKEN_H
/* The page of a token that did not give what a new key asked of it. */
#include "app.h"

struct token_ask {
	enum vault_token_said said;
	int tries; /* as in struct vault_token */
	struct why why;
	struct vault_secret *pin; /* what is typed; NULL: nothing is asked */
	struct ui_edit edit;
};

/* After `t` said something other than FINE. ERR_NOMEM. */
enum err token_ask_begin(
        struct token_ask *a, const struct vault_token *t, const struct why *why_not) MUST_CHECK;
void token_ask_finish(struct token_ask *a); /* wipes; zeroed is fine */
enum token_answer { TOKEN_WAITS, TOKEN_GO_ON, TOKEN_LEAVE };
/* GO_ON: a->pin is the token's PIN, where it wants one (token_wants_pin). */
enum token_answer token_ask_build(struct app *app, struct token_ask *a, struct page *p);
bool token_wants_pin(enum vault_token_said said);
/* "After 7 more the token blocks itself." */
const char *token_tries_words(struct app *app, int tries);

#endif
