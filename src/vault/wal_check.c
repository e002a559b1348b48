#include "vault_int.h"
#include <sodium.h>
/* At opening: is the log that recovery has read the one that the anchor speaks of? */

static enum err log_older(struct why *w, uint32_t there, uint32_t want)
{
	if (there == 0)
		return why(w, ERR_OLDER,
		        "The store's log (%s) is missing, or was emptied: what was written last "
		        "is not here. Nothing was changed. " NEWEST_BACK,
		        VAULT_FILE_WAL);
	return why(w, ERR_OLDER,
	        "The store's log (%s) was cut: it ends after %u of the %u pages that the store "
	        "remembers. What was written last is not here. Nothing was changed. " NEWEST_BACK,
	        VAULT_FILE_WAL, there, want);
}

static enum err log_damaged(struct why *w, uint32_t frame)
{
	return why(w, ERR_DAMAGED,
	        "The store's log (%s) is damaged at its page %u; what was written from there on "
	        "cannot be read. Nothing was changed. Make a copy of the card, then restore from a "
	        "backup, or save what still opens with caseroomctl salvage.",
	        VAULT_FILE_WAL, frame);
}

enum err wal_check(struct vault_vfs *v, struct why *why_)
{
	const struct anchor *a = v->anchor;
	const struct vfs_wal *w = &v->wal;
	const uint32_t want = a->wal_now.frames;
	sqlite3_int64 size = 0;
	/* What was read may stand in the system's memory only, when a program was killed and not
	 * the power cut: the anchor may speak of it when it is on the card. */
	if (v->wal_file && (v->wal_file->file.pMethods->xSync(
	                            &v->wal_file->file, SQLITE_SYNC_NORMAL) != SQLITE_OK ||
	                           v->wal_file->real->pMethods->xFileSize(
	                                   v->wal_file->real, &size) != SQLITE_OK))
		return why(why_, ERR_IO, "The card could not be read or written.");
	if (!w->gen_known) {
		if (!a->log_needed)
			return ERR_OK;
		return size <= WAL_HEAD ? log_older(why_, 0, want) : log_damaged(why_, 1);
	}
	if (want == 0 || (w->committed >= want && sodium_memcmp(w->frame[want - 1].head_tag,
	                                                  a->wal_now.tag, VAULT_TAG) == 0)) {
		if (w->committed > want)
			wal_tell(v);
		return ERR_OK;
	}
	if (w->known >= want)
		return why(why_, ERR_OLDER,
		        "The store's log (%s) is not the one that belongs to it: it is older, or "
		        "from another copy. Nothing was changed. " NEWEST_BACK,
		        VAULT_FILE_WAL);
	if (size >= WAL_HEAD + (sqlite3_int64)want * WAL_SEALED_FRAME)
		return log_damaged(why_, w->known + 1);
	return log_older(why_, w->known, want);
}
