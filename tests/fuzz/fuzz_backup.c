#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "vault/vault_int.h"
/* Any bytes as a backup, with the digest at its end made right: nothing is made from what is not a
 * backup. */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static char dir[] = "/tmp/fuzz-backup-XXXXXX";
	static bool started;
	uint8_t sum[32];
	char path[64];
	int fd = memfd_create("backup", 0);
	if (fd < 0 || secret_start() != ERR_OK)
		abort();
	if (!started && !mkdtemp(dir))
		abort();
	started = true;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, p, n) == (ssize_t)n) {
		crypto_generichash(sum, sizeof(sum), p, n, NULL, 0);
		if (write(fd, sum, sizeof(sum)) == (ssize_t)sizeof(sum) &&
		        vault_restore(path, dir, NULL, false, NULL, NULL, NULL, NULL) == ERR_OK) {
			nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
			if (mkdir(dir, 0700) != 0)
				abort();
		}
	}
	close(fd);
	return 0;
}
