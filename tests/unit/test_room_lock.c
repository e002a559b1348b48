/* The lock screen, as a person meets it: which key it begins with, and when it takes what is typed
 * for a whole PIN or a whole recovery key. */
#include <sys/stat.h>
#include <unistd.h>
#include "old_form.h"
#include "room_panel.h"
#include "room/lock.h"

#define RELEASED "tests/unit/store-1"
#define OPENER "harbour lantern copper meadow seven"

static struct panel p;
static char store[300];

/* A store of three people, an auditor and recovery words, the second slot; Housing has a PIN with
 * the room key on `stick`. */
static bool three(const char *stick)
{
	struct vault_room_key *k = NULL;
	struct vault *v = NULL;
	cheap_start();
	snprintf(store, sizeof(store), "%s", test_dir());
	bool good = vault_create(store, "Police, inspector", secret_of(OPENER), &cheap, &v, NULL) ==
	                    ERR_OK &&
	            slot_add(v, VAULT_SLOT_RECOVERY, "Recovery words", paper_of(), NULL, NULL) ==
	                    ERR_OK &&
	            vault_room_key_make(stick, &k, NULL) == ERR_OK;
	const struct vault_factors pin = {.passphrase = secret_of("48ab15"), .room_key = k};
	const struct vault_slot_new housing = {.kind = VAULT_SLOT_PERSON,
	        .label = "Housing, officer",
	        .factors = &pin,
	        .cost = &cheap};
	good = good && vault_slot_add(v, &housing, NULL, NULL) == ERR_OK &&
	       slot_add(v, VAULT_SLOT_AUDITOR, "Auditor", secret_of("four quiet words alone"), NULL,
	               NULL) == ERR_OK &&
	       slot_add(v, VAULT_SLOT_PERSON, "Fire, watch manager",
	               secret_of("ladder amber kettle prune"), NULL, NULL) == ERR_OK;
	vault_room_key_destroy(k);
	vault_close(v);
	return good;
}

static void t_a_pin_takes_letters_and_is_not_tried_before_it_is_whole(void)
{
	const char *stick = test_dir();
	CHECK(three(stick));
	CHECK(panel_begin(&p, store, stick, 1280, 800));
	CHECK(panel_steps(&p, "tap \"Someone else\"\n"
	                      "tap \"Housing, officer\"\n"
	                      "expect \"Room key in place\"\n"
	                      "expect \"Six digits or letters, or more\"\n"));
	CHECK(!panel_offers(&p, "Open"));
	CHECK(panel_steps(&p, "tap \"PIN\"\n"
	                      "press \"48\"\n"
	                      "absent \"q\"\n"
	                      "shot lock-pin-pad.png\n"
	                      "type \"ab\"\n"
	                      "expect \"4 of at least 6\"\n"
	                      "key Enter\n"
	                      "expect \"A PIN has six digits or letters, or more.\"\n"
	                      "shot lock-pin-short.png\n"
	                      "check\n"));
	CHECK(!p.app->worker);
	CHECK(!panel_offers(&p, "Open"));
	CHECK(panel_steps(&p, "type \"15\"\n"
	                      "absent \"A PIN has six\"\n"
	                      "expect \"6 digits or letters\"\n"
	                      "shot lock-pin-whole.png\n"
	                      "tap \"Open\"\n"
	                      "await-open\n"));
	panel_end(&p);
}

static void t_the_pad_says_so_too_where_only_its_own_key_can_open(void)
{
	const char *stick = test_dir();
	CHECK(three(stick));
	CHECK(panel_begin(&p, store, stick, 800, 480));
	CHECK(panel_steps(&p, "tap \"Other\"\n"
	                      "tap \"Housing, officer\"\n"
	                      "tap \"PIN\"\n"
	                      "press \"482\"\n"
	                      "tap \"Done\"\n"
	                      "expect \"A PIN has six digits or letters, or more.\"\n"
	                      "shot lock-pin-short-small.png\n"
	                      "check\n"
	                      "tap \"Letters\"\n"
	                      "press \"ab\"\n"
	                      "expect \"5 of at least 6\"\n"
	                      "shot lock-pin-letters-small.png\n"
	                      "check\n"));
	CHECK(!p.app->worker);
	panel_end(&p);
}

static void t_it_begins_with_a_person(void)
{
	const char *stick = test_dir();
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	size_t n;
	CHECK(three(stick));
	CHECK_ERR(vault_slots(store, slot, COUNT_OF(slot), &n, NULL, NULL), ERR_OK);
	CHECK(n == 5 && slot[1].kind == VAULT_SLOT_RECOVERY);
	CHECK(panel_begin(&p, store, stick, 1280, 800));
	/* who opened last */
	CHECK(panel_steps(&p, "expect \"Police\"\n"
	                      "tap \"Someone else\"\n"
	                      "tap \"Fire, watch manager\"\n"
	                      "tap \"Passphrase\"\n"
	                      "type \"ladder amber kettle prune\"\n"
	                      "key Enter\n"
	                      "await-open\n"
	                      "lock\n"
	                      "expect \"Fire\"\n"
	                      "absent \"Police\"\n"));
	/* an auditor is not who is next, though they opened last */
	CHECK(panel_steps(&p, "tap \"Someone else\"\n"
	                      "tap \"Auditor\"\n"
	                      "tap \"Passphrase\"\n"
	                      "type \"four quiet words alone\"\n"
	                      "key Enter\n"
	                      "await-open\n"
	                      "lock\n"
	                      "expect \"Fire\"\n"));
	/* who opened last is removed, and the first person too */
	CHECK_ERR(vault_open(store, NULL, secret_of(OPENER), &v, NULL), ERR_OK);
	CHECK_ERR(vault_slot_remove(v, slot[4].id, NULL), ERR_OK);
	vault_close(v);
	CHECK(panel_steps(&p, "tap \"Someone else\"\n"
	                      "tap \"Police, inspector\"\n"
	                      "tap \"Passphrase\"\n"
	                      "type \"" OPENER "\"\n"
	                      "key Enter\n"
	                      "await-open\n"));
	CHECK_ERR(vault_slot_remove(p.app->vault, slot[0].id, NULL), ERR_OK);
	CHECK(panel_steps(&p, "lock\n"
	                      "expect \"Housing\"\n"
	                      "absent \"Word 1\"\n"
	                      "absent \"Auditor\"\n"
	                      "shot lock-begins-with-a-person.png\n"
	                      "check\n"));
	panel_end(&p);
	/* and the same at the next start */
	CHECK(panel_begin(&p, store, stick, 1280, 800));
	CHECK(panel_steps(&p, "expect \"Housing\"\n"));
	panel_end(&p);
}

/* The store that the first version left, with a recovery key that is known here. */
static bool released(char *dir, size_t cap)
{
	struct vault *v = NULL;
	const struct vault_secret *pass[] = {
	        secret_of("orchard lantern pebble harbour"), secret_of(GROUPS)};
	snprintf(dir, cap, "%s", test_dir());
	cheap_start();
	copy_store(RELEASED, dir);
	return vault_open(dir, NULL, pass[0], &v, NULL) == ERR_OK &&
	       ring_old(v, dir, pass, COUNT_OF(pass));
}

/* By touch alone, at both sizes. */
static void old_recovery(int w, int h, const char *someone, const char *name)
{
	char dir[300], steps[2000];
	CHECK(released(dir, sizeof(dir)));
	CHECK(panel_begin(&p, dir, test_dir(), w, h));
	snprintf(steps, sizeof(steps),
	        "tap \"%s\"\n"
	        "expect \"With the recovery key on paper\"\n"
	        "tap \"Recovery key\"\n"
	        "expect \"Ten groups of four\"\n"
	        "tap \"Recovery key from paper\"\n"
	        "expect \"Ten groups of four\"\n"
	        "shot %s-1.png\n"
	        "check\n"
	        "press \"zz\"\n"
	        "key SelectAll\n"
	        "key Backspace\n"
	        "type \"2b4d 6f8h j\"\n"
	        "expect \"Group 3 of ten: 1 of 4\"\n"
	        "absent \"words\"\n"
	        "key Enter\n"
	        "expect \"The recovery key has ten groups of four.\"\n"
	        "shot %s-2.png\n"
	        "check\n"
	        "type \"kmn-pqrs-tvwx-yz23-4567-89ab-cdef-ghj2\"\n"
	        "key Enter\n"
	        "await\n"
	        "expect \"That recovery key does not open this room\"\n"
	        "shot %s-3.png\n"
	        "check\n"
	        "tap \"Back to the keys\"\n"
	        "tap \"Recovery key from paper\"\n"
	        "type \"2B4D6F8HJKMNPQRSTVWXYZ23456789abcdefghj\"\n",
	        someone, name, name, name);
	CHECK(panel_steps(&p, steps));
	CHECK(!panel_offers(&p, "Open"));
	CHECK(panel_steps(
	        &p, "type \"k\"\nexpect \"Ten groups of four\"\ntap \"Open\"\nawait-open\n"));
	CHECK(p.app->record && vault_opener(p.app->vault)->kind == VAULT_SLOT_RECOVERY);
	panel_end(&p);
}

static void t_the_recovery_key_of_the_first_version(void)
{
	old_recovery(1280, 800, "Someone else", "lock-old-recovery");
}

static void t_the_recovery_key_of_the_first_version_small(void)
{
	old_recovery(800, 480, "Other", "lock-old-recovery-small");
}

/* The screen is drawn while the worker works, and the worker may have wiped what was typed by then:
 * while a wait runs it is done at once. */
static void t_an_answer_that_comes_at_once(void)
{
	struct plat_event e;
	struct lock_state *st;
	CHECK(three(test_dir()));
	CHECK(panel_begin(&p, store, test_dir(), 1280, 800));
	CHECK(panel_steps(&p, "tap \"Passphrase\"\ntype \"four other words here\"\n"));
	st = p.app->state;
	unlock_start(p.app, st);
	while (plat_wait(p.app->plat, 1000, &e) == PLAT_NONE && p.app->unlock->secret)
		;
	CHECK(p.app->worker && typed_lack(p.app, st));
	CHECK(panel_steps(&p, "await\nexpect \"That passphrase does not open this room\"\n"));
	panel_end(&p);
}

static const struct test TESTS[] = {T(t_an_answer_that_comes_at_once),
        T(t_a_pin_takes_letters_and_is_not_tried_before_it_is_whole),
        T(t_the_pad_says_so_too_where_only_its_own_key_can_open), T(t_it_begins_with_a_person),
        T(t_the_recovery_key_of_the_first_version),
        T(t_the_recovery_key_of_the_first_version_small)};
TEST_MAIN(TESTS)
