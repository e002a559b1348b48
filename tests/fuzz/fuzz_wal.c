/*
 * The write-ahead log through the VFS: any bytes as a log; our own log with bytes changed or cut;
 * our own frames in another order, repeated or left out. What opens is sound and holds whole
 * commits from the first on, those that the anchor was told of among them; untouched, all of them.
 */
#include "card.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Each byte names a frame of the real log. */
static void frames(const uint8_t *p, size_t n)
{
	const struct bytes *log = card_file(VAULT_FILE_WAL);
	const size_t have = (log->n - WAL_HEAD) / WAL_SEALED_FRAME;
	uint8_t *out;
	if (n > 64)
		n = 64;
	out = malloc(WAL_HEAD + n * WAL_SEALED_FRAME);
	card_must(out != NULL);
	memcpy(out, log->p, WAL_HEAD);
	for (size_t i = 0; i < n; i++)
		memcpy(out + WAL_HEAD + i * WAL_SEALED_FRAME,
		        log->p + WAL_HEAD + p[i] % have * WAL_SEALED_FRAME, WAL_SEALED_FRAME);
	card_put(VAULT_FILE_WAL, out, WAL_HEAD + n * WAL_SEALED_FRAME);
	free(out);
}

/* Any bytes behind our own header, so that they are read as frames. */
static void behind_header(const uint8_t *p, size_t n)
{
	uint8_t *out = malloc(WAL_HEAD + n);
	card_must(out != NULL);
	memcpy(out, card_file(VAULT_FILE_WAL)->p, WAL_HEAD);
	memcpy(out + WAL_HEAD, p, n);
	card_put(VAULT_FILE_WAL, out, WAL_HEAD + n);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	bool changed = true;
	int64_t got;
	card_start();
	if (n == 0 || n > 65536)
		return 0;
	switch (p[0] % 4) {
	case 0:
		card_put(VAULT_FILE_WAL, p + 1, n - 1);
		break;
	case 1:
		card_change(VAULT_FILE_WAL, p + 1, n - 1, &changed);
		break;
	case 2:
		frames(p + 1, n - 1);
		break;
	default:
		behind_header(p + 1, n - 1);
	}
	got = card_open(false);
	card_must(got == CARD_COMMITS || changed);
	card_must(got < 0 || got >= CARD_RESTED);
	return 0;
}
