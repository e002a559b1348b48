#include <stdio.h>
#include <string.h>
#include <sqlite3.h>
#include "caseroom/vault.h"

/*
 * kept STORE PASSPHRASE-FILE: prints what a store holds of a meeting, for the tests that end the
 * program in the middle of one: "act MOMENT ACT SUBJECT ID CASE MEETING" for each entry of the
 * audit log, "words TEXT" for what was shared and for each draft. Writes nothing into the audit log
 * itself.
 */

static int rows(sqlite3 *db, const char *kind, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int rc;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "kept: %s\n", sqlite3_errmsg(db));
		return 1;
	}
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		fputs(kind, stdout);
		for (int i = 0; i < sqlite3_column_count(st); i++)
			printf(" %s", (const char *)sqlite3_column_text(st, i));
		putchar('\n');
	}
	sqlite3_finalize(st);
	return rc != SQLITE_DONE;
}

int main(int argc, char **argv)
{
	struct vault_secret *s = NULL;
	struct vault *v = NULL;
	struct why w = {0};
	FILE *f = argc == 3 ? fopen(argv[2], "r") : NULL;
	int bad = 1;
	if (!f || vault_process_start() != ERR_OK ||
	        vault_secret_create(VAULT_PASSPHRASE_MAX, &s) != ERR_OK) {
		fprintf(stderr, "kept STORE PASSPHRASE-FILE\n");
		return 64;
	}
	if (fgets(s->text, (int)s->cap, f))
		s->len = strcspn(s->text, "\n");
	fclose(f);
	if (vault_open(argv[1], NULL, s, &v, &w) == ERR_OK)
		bad = rows(vault_db(v), "act",
		              "SELECT at, act, subject, subject_id, kase, meeting FROM audit ORDER "
		              "BY seq") |
		      rows(vault_db(v), "words",
		              "SELECT words FROM share UNION ALL SELECT words FROM draft");
	else
		fprintf(stderr, "kept: %s\n", w.text);
	vault_close(v);
	vault_secret_destroy(s);
	return bad;
}
