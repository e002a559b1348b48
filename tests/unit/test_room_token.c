/*
 * A key with a FIDO2 token, made and used on the panel. The token is the one in software; it can be
 * held back before it answers, so that what the panel shows meanwhile can be seen.
 */
#include <semaphore.h>
#include "fido_double.h"
#include "record_fixture.h"
#include "room_panel.h"

static struct fix f;
static struct panel p;
static struct fido_double t;
static sem_t touch;
static bool held, out_after_make;

static void *held_open(const char *path)
{
	if (held)
		sem_wait(&touch);
	return double_open(path);
}

static int held_write(void *handle, const unsigned char *b, size_t n)
{
	if (out_after_make && t.made)
		t.in = false;
	return double_write(handle, b, n);
}

static const fido_dev_io_t held_hid = {held_open, double_close, double_read, held_write};

/* `with`: a room key is in too. */
static bool begin(int w, int h, bool with)
{
	const char *stick = test_dir();
	struct vault_room_key *k = NULL;
	if (with && vault_room_key_make(stick, &k, NULL))
		return false;
	vault_room_key_destroy(k);
	fix_sample(&f, test_dir());
	fix_close(&f);
	double_init(&t);
	double_now = &t;
	vault_token_for_tests(&held_hid);
	held = out_after_make = false;
	return sem_init(&touch, 0, 0) == 0 && panel_begin(&p, f.dir, stick, w, h) &&
	       panel_steps(&p, "tap \"Passphrase\"\n"
	                       "type \"harbour lantern copper meadow seven\"\n"
	                       "key Enter\n"
	                       "await-open\n");
}

static void finish(void)
{
	panel_end(&p);
	vault_token_for_tests(NULL);
	double_now = NULL;
	double_end(&t);
	sem_destroy(&touch);
	fix_finish(&f);
}

/* Up to Keep: a PIN and a token, for another officer. */
static bool asked(const char *settings, const char *says, const char *kind, const char *pictures)
{
	char steps[1500];
	snprintf(steps, sizeof(steps),
	        "tap \"%s\"\n"
	        "tap \"Keys\"\n"
	        "tap \"Add a key\"\n"
	        "tap \"Training: Police, Neighbourhood officer\"\n"
	        "expect \"%s\"\n"
	        "tap \"%s\"\n"
	        "shot %s-0.png\n"
	        "check\n"
	        "tap \"PIN\"\n"
	        "type \"482915\"\n"
	        "key Enter\n"
	        "type \"482915\"\n"
	        "key Enter\n"
	        "shot %s-1.png\n"
	        "check\n",
	        settings, says, kind, pictures, pictures);
	return panel_steps(&p, steps);
}

static void t_a_key_with_a_token_is_made_and_opens(void)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n;
	CHECK(begin(1280, 800, false));
	CHECK(asked("Settings", "A PIN goes with a token, or with the room key", "PIN and token",
	        "token"));
	t.in = false;
	held = true;
	CHECK(panel_steps(&p, "tap \"Keep\"\n"
	                      "expect \"Touch the token now\"\n"
	                      "shot token-2-touch.png\n"
	                      "check\n"));
	held = false;
	sem_post(&touch);
	CHECK(panel_steps(&p, "await\n"
	                      "expect \"The token is not in\"\n"
	                      "shot token-3-absent.png\n"
	                      "check\n"));
	t.in = t.lazy = true;
	CHECK(panel_steps(&p, "tap \"Go on\"\n"
	                      "await\n"
	                      "expect \"Nobody touched the token\"\n"
	                      "shot token-4-untouched.png\n"
	                      "check\n"));
	t.lazy = false;
	t.pin = "73x1";
	CHECK(panel_steps(&p, "tap \"Go on\"\n"
	                      "await\n"
	                      "expect \"The token asks for its own PIN\"\n"
	                      "shot token-5-pin.png\n"
	                      "check\n"));
	CHECK(!panel_offers(&p, "Go on"));
	CHECK(panel_steps(&p, "tap \"PIN of the token\"\n"
	                      "type \"7311\"\n"
	                      "key Enter\n"
	                      "await\n"
	                      "expect \"That was not the token’s own PIN\"\n"
	                      "expect \"After 7 more the token blocks itself.\"\n"
	                      "shot token-6-wrong.png\n"
	                      "check\n"));
	CHECK(panel_steps(&p, "tap \"PIN of the token\"\n"
	                      "type \"73x1\"\n"
	                      "tap \"Go on\"\n"
	                      "await\n"
	                      "expect \"The key is added.\"\n"
	                      "expect \"With a PIN and a token\"\n"
	                      "shot token-7-made.png\n"
	                      "check\n"));
	CHECK(!vault_token_usb()->pin);
	CHECK_ERR(vault_slots(f.dir, slot, COUNT_OF(slot), &n, NULL, NULL), ERR_OK);
	CHECK(slot[n - 1].factors == (VAULT_PASSPHRASE | VAULT_FIDO));
	/* and it opens, with the token's own PIN */
	held = true;
	CHECK(panel_steps(&p, "lock\n"
	                      "tap \"Someone else\"\n"
	                      "tap \"Training: Police, Neighbourhood officer\"\n"
	                      "tap \"PIN\"\n"
	                      "press \"482915\"\n"
	                      "key Enter\n"
	                      "expect \"Touch the token now\"\n"
	                      "shot lock-token-1-touch.png\n"
	                      "check\n"));
	held = false;
	sem_post(&touch);
	CHECK(panel_steps(&p, "await\n"
	                      "expect \"The token asks for its own PIN\"\n"
	                      "shot lock-token-2-pin.png\n"
	                      "check\n"
	                      "tap \"PIN of the token\"\n"
	                      "press \"731\"\n"
	                      "expect \"3 of at least 4\"\n"
	                      "press \"2\"\n"
	                      "key Enter\n"
	                      "await\n"
	                      "expect \"After 6 more the token blocks itself.\"\n"
	                      "shot lock-token-3-wrong.png\n"
	                      "check\n"
	                      "tap \"PIN of the token\"\n"
	                      "type \"73x1\"\n"
	                      "key Enter\n"
	                      "await-open\n"));
	finish();
}

static void t_a_token_that_is_taken_out_or_blocked(void)
{
	CHECK(begin(800, 480, true));
	CHECK(asked("Other", "A PIN goes with the room key or a token", "PIN with both",
	        "token-small"));
	out_after_make = true;
	CHECK(panel_steps(&p, "tap \"Keep\"\n"
	                      "await\n"
	                      "expect \"The token is not in\"\n"
	                      "shot token-small-2-out.png\n"
	                      "check\n"));
	CHECK(t.made == 1);
	out_after_make = false;
	t.in = true;
	t.pin = "73x1";
	t.wrong_pins = 2;
	CHECK(panel_steps(&p, "tap \"Go on\"\n"
	                      "await\n"
	                      "expect \"The token asks for its own PIN\"\n"
	                      "tap \"PIN of the token\"\n"
	                      "shot token-small-3-pin.png\n"
	                      "check\n"
	                      "type \"1111\"\n"
	                      "key Enter\n"
	                      "await\n"
	                      "expect \"The token cannot be used\"\n"
	                      "expect \"blocked itself after too many wrong PINs\"\n"
	                      "shot token-small-4-blocked.png\n"
	                      "check\n"
	                      "tap \"Leave it\"\n"
	                      "expect \"Any one key opens the store\"\n"
	                      "absent \"Neighbourhood officer\"\n"));
	finish();
}

static const struct test TESTS[] = {
        T(t_a_key_with_a_token_is_made_and_opens), T(t_a_token_that_is_taken_out_or_blocked)};
TEST_MAIN(TESTS)
