#ifndef RECORD_AUDIT_INT_H
#define RECORD_AUDIT_INT_H
/* Private to the files of record/ that read the audit log. */
#include "caseroom/record_audit.h"
#include "record_int.h"

/* The statement of one way into the log, for a test of its plan. */
const char *audit_statement(enum audit_kind kind, bool of_case, bool of_person, bool oldest_first);
/* The first entry of a time or later, and the last before it, in the order of the chain; the +
 * keeps SQLite from walking the log itself. */
#define AUDIT_SINCE "SELECT min(+seq) FROM audit WHERE at >= ?"
#define AUDIT_BEFORE "SELECT max(+seq) FROM audit WHERE at < ?"
/* The entry whose hash begins with what a paper has, from ?1 to ?2; for that test too. */
#define AUDIT_OF_PRINT                                                                             \
	"SELECT seq FROM audit WHERE substr(hash, 1, 8) BETWEEN ? AND ? ORDER BY +seq LIMIT 1"
/* Five words, or sixteen digits: the first and the last eight bytes that a hash of it can begin
 * with. False: it is neither. */
bool audit_print_parse(const char *text, uint8_t from[8], uint8_t to[8]);
/* What an act says and of which kind it is; NULL: it has no words. May be made in the arena. */
const char *audit_words(struct arena *a, const char *act, enum audit_kind *ret_kind);

#endif
