#include "vault_int.h"
#include <string.h>
/*
 * What SQL may do in a store: anything but name another file, load code, or change how pages are
 * kept (pitfall 8).
 *
 * Invariants.
 * 1. A pragma that is not in the table is denied; one that is there without `set` may be read only.
 * 2. ATTACH takes '' and ':memory:' alone, as constants. VACUUM attaches '' for itself; VACUUM INTO
 * a file.
 */

static const struct {
	const char *name;
	bool set; /* may be given a value */
} pragmas[] = {
        {"analysis_limit", true},
        {"application_id", true},
        {"auto_vacuum", false},
        {"busy_timeout", true},
        {"cache_size", true},
        {"collation_list", false},
        {"compile_options", false},
        {"data_version", false},
        {"database_list", false},
        {"defer_foreign_keys", true},
        {"encoding", false},
        {"foreign_key_check", true},
        {"foreign_key_list", true},
        {"foreign_keys", true},
        {"freelist_count", false},
        {"function_list", false},
        {"incremental_vacuum", true},
        {"index_info", true},
        {"index_list", true},
        {"index_xinfo", true},
        {"integrity_check", true},
        {"journal_mode", false},
        {"locking_mode", false},
        {"max_page_count", false},
        {"module_list", false},
        {"optimize", true},
        {"page_count", false},
        {"page_size", false},
        {"pragma_list", false},
        {"query_only", true},
        {"quick_check", true},
        {"recursive_triggers", true},
        {"schema_version", false},
        {"secure_delete", false},
        {"shrink_memory", false},
        {"synchronous", false},
        {"table_info", true},
        {"table_list", true},
        {"table_xinfo", true},
        {"temp_store", false},
        {"user_version", true},
        {"wal_checkpoint", true},
};

static int pragma_allowed(const char *name, const char *value)
{
	for (size_t i = 0; i < COUNT_OF(pragmas); i++)
		if (sqlite3_stricmp(name, pragmas[i].name) == 0)
			return pragmas[i].set || !value ? SQLITE_OK : SQLITE_DENY;
	return SQLITE_DENY;
}

int db_authorize(
        void *ctx, int action, const char *a, const char *b, const char *db, const char *trigger)
{
	(void)ctx, (void)db, (void)trigger;
	switch (action) {
	case SQLITE_ATTACH:
		return a && (strcmp(a, "") == 0 || strcmp(a, ":memory:") == 0) ? SQLITE_OK
		                                                               : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return a ? pragma_allowed(a, b) : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b && sqlite3_stricmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_OK;
	}
}
