#include "caseroom/base.h"
#include <stdio.h>
#include <string.h>

static const struct {
	const char *text, *user;
} ERRS[ERR_COUNT] = {
        [ERR_OK] = {"ok", "Done."},
        [ERR_NOMEM] = {"no memory", "There was no room in memory. Nothing is lost. Try again."},
        [ERR_IO] = {"input/output", "The card could not be read or written. What was kept before "
                                    "is safe. Try again, then "
                                    "call your administrator."},
        [ERR_FULL] = {"no space",
                "The card is full. What was kept before is safe. Make room, then try again."},
        [ERR_EXISTS] = {"exists", "That is there already. Nothing was changed."},
        [ERR_NOT_FOUND] = {"not found", "There is no such thing here. Nothing was changed."},
        [ERR_INPUT] = {"bad input", "What was given could not be read. Nothing was changed."},
        [ERR_LIMIT] = {"over a limit",
                "That is larger than this program takes. Nothing was changed."},
        [ERR_REFUSED] = {"refused by a rule",
                "The rules of this meeting do not allow that as it stands. Nothing was "
                "changed."},
        [ERR_WRONG_KEY] = {"wrong key", "That passphrase does not open this room."},
        [ERR_NEEDS] = {"key not there", "A key that belongs to it is not there. Put it in, then try again."},
        [ERR_WAIT] = {"must wait", "Too many tries. Wait a little, then try again."},
        [ERR_DAMAGED] = {"damaged", "Part of the store is damaged. Call your administrator before "
                                    "anything is written."},
        [ERR_OLDER] = {"older than its witness",
                "The store is older than it should be. Call your administrator before "
                "anything is written."},
        [ERR_AUDIT] = {"audit chain broken",
                "The audit log does not hold together. Call your administrator."},
        [ERR_NOT_STORE] = {"not a store", "This is not a Caseroom store."},
        [ERR_VERSION] = {"later version",
                "This was written by a later Caseroom. Use that version to open it."},
        [ERR_BUSY] = {"in use",
                "Another program has this store open. Close it there, then try again."},
        [ERR_DENIED] = {"not for this room", "That is held back from the room as it is now."},
        [ERR_INTERNAL] = {"internal", "Something in the program is wrong. What was kept is safe. "
                                      "Call your administrator."},
};

const char *err_text(enum err e)
{
	return (unsigned)e < ERR_COUNT ? ERRS[e].text : "unknown";
}

const char *err_user(enum err e)
{
	return ERRS[(unsigned)e < ERR_COUNT ? e : ERR_INTERNAL].user;
}

enum err why(struct why *w, enum err e, const char *fmt, ...)
{
	if (w) {
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(w->text, sizeof(w->text), fmt, ap);
		va_end(ap);
	}
	return e;
}

void wipe(void *p, size_t n)
{
	if (n)
		explicit_bzero(p, n);
}
