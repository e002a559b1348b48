#include "test.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>
#include "caseroom/ctl.h"
#include "caseroom/record.h"
#include "caseroom/time.h"
#include "caseroom/vault.h"

/*
 * Exit codes of verify that no hand outside can bring about, because it takes the key: records that
 * were changed behind the audit log, and links that lead nowhere. Everything else about caseroomctl
 * is tested from outside (tests/e2e/ctl*.sh).
 */

static const char WORDS[] = "umber lantern orchard pebble";
static char store[300], pass[300];

/* Runs caseroomctl with its output thrown away. */
static int ctl(const char *verb, const char *arg)
{
	char *argv[9];
	int argc = 0, status;
	argv[argc++] = (char *)"caseroomctl";
	argv[argc++] = (char *)verb;
	if (arg)
		argv[argc++] = (char *)arg;
	argv[argc++] = (char *)"--store";
	argv[argc++] = store;
	argv[argc++] = (char *)"--passphrase-file";
	argv[argc++] = pass;
	argv[argc] = NULL;
	fflush(stdout);
	fflush(stderr);
	int was_out = dup(1), was_err = dup(2), null = open("/dev/null", O_WRONLY);
	dup2(null, 1);
	dup2(null, 2);
	optind = 0;
	status = ctl_run(argc, argv);
	fflush(stdout);
	fflush(stderr);
	dup2(was_out, 1);
	dup2(was_err, 2);
	close(was_out);
	close(was_err);
	close(null);
	return status;
}

static bool make_store(void)
{
	const char *dir = test_dir();
	snprintf(store, sizeof(store), "%s/s", dir);
	snprintf(pass, sizeof(pass), "%s/pass", dir);
	FILE *f = fopen(pass, "w");
	if (!f)
		return false;
	fprintf(f, "%s\n", WORDS);
	fclose(f);
	return ctl("init", "--sample") == 0;
}

/* One statement with the store's own key, behind the back of record/. */
static bool behind(const char *sql)
{
	struct vault_secret *s = NULL;
	struct vault *v = NULL;
	bool done = vault_secret_read(pass, &s, NULL) == ERR_OK &&
	            vault_open(store, NULL, s, &v, NULL) == ERR_OK &&
	            sqlite3_exec(vault_db(v), sql, NULL, NULL, NULL) == SQLITE_OK &&
	            sqlite3_changes(vault_db(v)) > 0;
	vault_close(v);
	vault_secret_destroy(s);
	return done;
}

static void t_verify_untouched_is_0(void)
{
	CHECK(make_store());
	CHECK(ctl("verify", NULL) == 0);
}

static void t_verify_audit_changed_is_5(void)
{
	CHECK(make_store());
	CHECK(behind("UPDATE audit SET act = 'share.keep' WHERE seq = 7"));
	CHECK(ctl("verify", NULL) == 5);
}

static void t_verify_audit_entry_gone_is_5(void)
{
	CHECK(make_store());
	CHECK(behind("DELETE FROM audit WHERE seq = 9"));
	CHECK(ctl("verify", NULL) == 5);
}

static void t_verify_audit_end_changed_is_5(void)
{
	CHECK(make_store());
	CHECK(behind(
	        "UPDATE audit SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM audit)"));
	CHECK(ctl("verify", NULL) == 5);
	CHECK(ctl("list", "forums") == 5);
}

static void t_verify_audit_end_gone_is_4(void)
{
	CHECK(make_store());
	CHECK(behind("DELETE FROM audit WHERE seq > 40"));
	CHECK(ctl("verify", NULL) == 4);
	CHECK(ctl("list", "forums") == 4);
}

static void t_verify_link_broken_is_3(void)
{
	CHECK(make_store());
	CHECK(behind("UPDATE relation SET kase = kase + 1 WHERE id = 1"));
	CHECK(ctl("verify", NULL) == 3);
}

static void t_sample_unpins_the_clock(void)
{
	CHECK(make_store());
	CHECK(!time_pinned());
}

static const struct test tests[] = {
        {"ctl_verify_untouched_is_0", t_verify_untouched_is_0},
        {"ctl_verify_audit_changed_is_5", t_verify_audit_changed_is_5},
        {"ctl_verify_audit_entry_gone_is_5", t_verify_audit_entry_gone_is_5},
        {"ctl_verify_audit_end_changed_is_5", t_verify_audit_end_changed_is_5},
        {"ctl_verify_audit_end_gone_is_4", t_verify_audit_end_gone_is_4},
        {"ctl_verify_link_broken_is_3", t_verify_link_broken_is_3},
        {"ctl_sample_unpins_the_clock", t_sample_unpins_the_clock},
};
TEST_MAIN(tests)
