#include "ctl_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "caseroom/record_audit.h"

/* Passphrases, opening and closing, new private files, progress. */

static enum err tty_say(int fd, const char *s)
{
	return write(fd, s, strlen(s)) < 0 ? ERR_IO : ERR_OK;
}

/* One line without echo. Control keys come in as bytes (no signal can end us with the echo off):
 * Ctrl-C gives up. */
static enum err tty_line(struct ctl *c, int fd, const char *option, struct vault_secret *s)
{
	struct termios was, raw;
	enum err e = ERR_OK;
	if (tcgetattr(fd, &was) != 0)
		return why(&c->why, ERR_IO,
		        "The terminal cannot be asked for a passphrase. Use %s.", option);
	raw = was;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ISIG | ICANON);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSAFLUSH, &raw) != 0)
		return why(
		        &c->why, ERR_IO, "The terminal would show the passphrase. Use %s.", option);
	vault_secret_clear(s);
	for (;;) {
		char b;
		ssize_t n = read(fd, &b, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || b == 3 || b == 28 || b == 4) {
			e = why(&c->why, ERR_REFUSED, "No passphrase was given. Nothing was done.");
			break;
		}
		if (b == '\n' || b == '\r')
			break;
		if (b == 21) { /* Ctrl-U: start again */
			vault_secret_clear(s);
		} else if (b == 127 || b == 8) {
			s->len = utf8_prev(s->text, s->len, s->len);
			s->text[s->len] = 0;
		} else if (s->len + 1 < s->cap) {
			s->text[s->len++] = b;
			s->text[s->len] = 0;
		} else {
			e = why(&c->why, ERR_LIMIT, "A passphrase has at most %d bytes.",
			        VAULT_PASSPHRASE_MAX - 1);
			break;
		}
	}
	(void)tcsetattr(fd, TCSAFLUSH, &was);
	err_ignore(tty_say(fd, "\n"));
	return e;
}

static enum err tty_ask(
        struct ctl *c, int fd, const char *option, const char *prompt, struct vault_secret **ret)
{
	struct vault_secret *s = NULL;
	char text[200];
	snprintf(text, sizeof(text), "%s: ", prompt);
	TRY(vault_secret_create(VAULT_PASSPHRASE_MAX, &s));
	enum err e = tty_say(fd, text);
	if (!e)
		e = tty_line(c, fd, option, s);
	if (!e && s->len == 0)
		e = why(&c->why, ERR_REFUSED, "No passphrase was given. Nothing was done.");
	if (e) {
		vault_secret_destroy(s);
		return e;
	}
	*ret = s;
	return ERR_OK;
}

enum err ctl_passphrase(struct ctl *c, const char *path, const char *option, const char *prompt,
        bool twice, struct vault_secret **ret)
{
	struct vault_secret *a = NULL, *b = NULL;
	if (path)
		return vault_secret_read(path, ret, &c->why);
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return why(&c->why, ERR_REFUSED,
		        "There is no terminal to ask for a passphrase. Use %s.", option);
	enum err e = tty_ask(c, fd, option, prompt, &a);
	if (!e && twice)
		e = tty_ask(c, fd, option, "The same again", &b);
	if (!e && twice && (a->len != b->len || !vault_equal(a->text, b->text, a->len)))
		e = why(&c->why, ERR_REFUSED, "The two were not the same. Nothing was done.");
	vault_secret_destroy(b);
	close(fd);
	if (e) {
		vault_secret_destroy(a);
		return e;
	}
	*ret = a;
	return ERR_OK;
}

enum err ctl_factors(struct ctl *c)
{
	if (c->opt[OPT_ROOM_KEY] && !c->room_key) {
		enum err e = vault_room_key_read(c->opt[OPT_ROOM_KEY], &c->room_key, &c->why);
		if (e == ERR_NOT_FOUND)
			return why(&c->why, e,
			        "There is no room key in %.200s. Put the stick in, or name the "
			        "folder where it is mounted.",
			        c->opt[OPT_ROOM_KEY]);
		TRY(e);
	}
	if (c->opt[OPT_TOKEN] && !vault_token_there())
		return why(&c->why, ERR_NOT_FOUND,
		        "No token was found. Nothing was tried. Put it in, then try again.");
	if (c->opt[OPT_DEVICE] && !c->device)
		TRY(vault_device_read(c->opt[OPT_DEVICE], &c->device, &c->why));
	return ERR_OK;
}

/* The keys that --key names; those after them are not named. */
struct named {
	struct vault_slot key[KEYS_MAX];
	size_t n;
};

static enum err find_named(struct ctl *c, struct named *ret)
{
	ret->n = 0;
	if (c->n_key_files && c->n_keys && c->n_keys != c->n_key_files)
		return why(&c->why, ERR_INPUT,
		        "There are %s --key than --passphrase-file: each names the key of one of "
		        "them, in their order. Name all or none. Nothing was done.",
		        c->n_keys > c->n_key_files ? "more" : "fewer");
	for (; ret->n < c->n_keys; ret->n++)
		TRY(ctl_find_key(c, c->key[ret->n], false, &ret->key[ret->n]));
	return ERR_OK;
}

/* One more key: of the i-th file, or asked for at the terminal. */
static enum err give_key(struct ctl *c, struct vault_unlock *u, size_t i, unsigned quorum,
        const struct vault_slot *named)
{
	struct vault_secret *s = NULL;
	char prompt[160] = "Passphrase of the store";
	if (named)
		snprintf(prompt, sizeof(prompt), "%s of \"%s\"",
		        named->factors & (VAULT_ROOM_KEY | VAULT_FIDO) ? "PIN" : "Passphrase",
		        named->label);
	else if (c->changes && quorum == 1)
		snprintf(prompt, sizeof(prompt), "Passphrase of \"%s\" until now", c->changes);
	else if (quorum > 1)
		snprintf(prompt, sizeof(prompt), "Key %zu of %u agencies", i + 1, quorum);
	TRY(ctl_passphrase(
	        c, c->n_key_files ? c->key_file[i] : NULL, "--passphrase-file", prompt, false, &s));
	const struct vault_factors f = {.passphrase = s,
	        .room_key = c->room_key,
	        .device = c->device,
	        .token = c->opt[OPT_TOKEN] ? vault_token_usb() : NULL};
	enum err e = vault_unlock_add(u, named ? named->id : NULL, &f, &c->why);
	vault_secret_destroy(s);
	return e;
}

static enum err give_keys(
        struct ctl *c, struct vault_unlock *u, unsigned quorum, const struct named *named)
{
	for (size_t i = 0; vault_unlock_missing(u); i++) {
		if (c->n_key_files && i == c->n_key_files)
			return why(&c->why, ERR_NEEDS,
			        "It takes keys of %u agencies to open this store, and %zu %s "
			        "given. Name a --passphrase-file for each. Nothing was done.",
			        quorum, i, i == 1 ? "was" : "were");
		TRY(give_key(c, u, i, quorum, i < named->n ? &named->key[i] : NULL));
	}
	return ERR_OK;
}

enum err ctl_unlock(struct ctl *c, struct vault_unlock **ret)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct named named;
	unsigned quorum = 1;
	size_t n;
	/* before anybody types: is there a store, and what belongs to it? */
	TRY(vault_slots(c->dir, slot, COUNT_OF(slot), &n, &quorum, &c->why));
	TRY(find_named(c, &named));
	TRY(ctl_factors(c));
	TRY(vault_unlock_begin(c->dir, ret, &c->why));
	return give_keys(c, *ret, quorum, &named);
}

enum err ctl_open_vault(struct ctl *c)
{
	struct vault_unlock *u = NULL;
	enum err e = ctl_unlock(c, &u);
	if (!e)
		e = vault_unlock_open(u, &c->vault, &c->why);
	if (e)
		vault_unlock_end(u);
	return e;
}

enum err ctl_open_record(struct ctl *c)
{
	TRY(record_practice_load(c->vault, &c->practice, &c->why));
	if (c->why.text[0])
		fprintf(stderr, "caseroomctl: %s\n", c->why.text);
	c->why.text[0] = 0;
	TRY(record_open(c->vault, c->practice, &c->record, &c->why));
	if (record_is_auditor(c->record) && !c->for_auditors) /* that it opened the store is told */
		return why(&c->why, ERR_DENIED,
		        "This key is an auditor's: it reads the audit log and nothing else. Use "
		        "caseroomctl audit.");
	return ERR_OK;
}

enum err ctl_open(struct ctl *c)
{
	TRY(ctl_open_vault(c));
	return ctl_open_record(c);
}

void ctl_close(struct ctl *c)
{
	arena_finish(&c->arena);
	record_close(c->record);
	vault_close(c->vault);
	practice_destroy(c->practice);
	vault_room_key_destroy(c->room_key);
	vault_secret_destroy(c->device);
	c->room_key = NULL;
	c->device = NULL;
	c->record = NULL;
	c->vault = NULL;
	c->practice = NULL;
}

enum err ctl_create_file(struct ctl *c, const char *path, const char *what, int *ret_fd)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == EEXIST)
		return why(&c->why, ERR_EXISTS,
		        "%s is not written over a file that is there: %.200s was left as it was. "
		        "Name "
		        "another.",
		        what, path);
	if (fd < 0)
		return why(&c->why, ERR_IO,
		        "%s cannot be written to %.200s (%s). Name another place.", what, path,
		        strerror(errno));
	*ret_fd = fd;
	return ERR_OK;
}

static enum err write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return errno == ENOSPC ? ERR_FULL : ERR_IO;
		p += k;
		n -= (size_t)k;
	}
	return ERR_OK;
}

enum err ctl_write_line(struct ctl *c, int fd, const char *text, size_t n)
{
	enum err e = write_all(fd, text, n);
	if (!e)
		e = write_all(fd, "\n", 1);
	if (!e && fsync(fd) != 0)
		e = ERR_IO;
	return e ? why(&c->why, e, "The file could not be written (%s).", err_text(e)) : ERR_OK;
}

/* ---- progress ---- */

static bool progress_shown;
static int64_t progress_at_ms;

void ctl_progress(const char *what, uint64_t done, uint64_t total)
{
	int64_t now = time_mono_ms();
	if (!isatty(STDERR_FILENO) || (progress_shown && now - progress_at_ms < 100))
		return;
	progress_at_ms = now;
	progress_shown = true;
	if (total)
		fprintf(stderr, "\r%s: %3u %%\033[K", what,
		        (unsigned)(done >= total ? 100 : done * 100 / total));
	else
		fprintf(stderr, "\r%s ...\033[K", what);
}

void ctl_progress_end(void)
{
	if (progress_shown)
		fprintf(stderr, "\r\033[K");
	progress_shown = false;
}
