#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "vault_int.h"

/* The box's own secret: 32 bytes in a file that the board's package provides. */

enum err vault_device_read(const char *path, struct vault_secret **ret, struct why *w)
{
	struct vault_secret *s = NULL;
	TRY(vault_secret_create(VAULT_KEY_BYTES + 2, &s));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;
	do
		n = fd < 0 ? -1 : read(fd, s->text, VAULT_KEY_BYTES + 1);
	while (n < 0 && errno == EINTR);
	if (fd >= 0)
		close(fd);
	if (n == VAULT_KEY_BYTES) {
		s->len = VAULT_KEY_BYTES;
		*ret = s;
		return ERR_OK;
	}
	vault_secret_destroy(s);
	return n < 0 ? why(w, ERR_IO, "The box's own secret cannot be read.")
	             : why(w, ERR_INPUT, "The box's own secret is a file of exactly %d bytes.",
	                       VAULT_KEY_BYTES);
}
