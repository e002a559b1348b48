#include "doc.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "caseroom/vault.h"

/* The only way of a paper into a file: sealed bytes, a name that tells no more than day, agency and
 * copy, and its digest in the record. */

/* A code is a partner's word: it makes no path. */
static void plain_code(const char *code, char out[16])
{
	size_t o = 0;
	for (const char *k = code; *k && o + 1 < 16; k++)
		if ((*k >= 'A' && *k <= 'Z') || (*k >= 'a' && *k <= 'z') ||
		        (*k >= '0' && *k <= '9'))
			out[o++] = *k;
	out[o] = 0;
}

enum err doc_keep(struct record *r, struct arena *a, const char *dir, const struct doc_kept *k,
        const struct buf *sealed, const char **ret_file, struct why *w)
{
	static const uint8_t zero[VAULT_HASH_BYTES];
	uint8_t digest[VAULT_HASH_BYTES];
	char day[TIME_TEXT_MAX], code[16], path[4096];
	struct command c = {.kind = CMD_PAPER};
	plain_code(k->code, code);
	const char *file = arena_printf(a, "%s-%s-%s-copy-%d.age", k->kind,
	        day_text(day, k->day, DAY_ISO), code, k->number);
	if (!file)
		return ERR_NOMEM;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, file) >= sizeof(path))
		return ERR_LIMIT;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return why(w, ERR_IO, "The folder %s cannot be made: %s.", dir, strerror(errno));
	TRY(file_write(path, sealed->data, sealed->len, w));
	vault_chain(zero, sealed->data, sealed->len, digest);
	if (k->certificate) {
		c.kind = CMD_CERTIFICATE_COPY;
		c.u.certificate.certificate = k->certificate;
		c.u.certificate.agency = k->agency;
		c.u.certificate.copy = k->number;
		c.u.certificate.digest = digest;
		c.u.certificate.bytes = (int64_t)sealed->len;
	} else {
		c.u.paper.meeting = k->meeting;
		c.u.paper.agency = k->agency;
		c.u.paper.copy = k->number;
		c.u.paper.digest = digest;
		c.u.paper.bytes = (int64_t)sealed->len;
		c.u.paper.kind = k->record_kind;
	}
	TRY(record_do(r, &c, NULL, w));
	*ret_file = file;
	return ERR_OK;
}
