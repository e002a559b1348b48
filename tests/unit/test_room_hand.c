/* What a hurried or a coming hand meets: a double tap signs once, Undo goes with its screen, and
 * the room looks as it was left. */
#include "record_fixture.h"
#include "room_panel.h"

static struct fix f;
static struct panel p;

static bool begin(int w, int h)
{
	return panel_begin(&p, f.dir, test_dir(), w, h) &&
	       panel_steps(&p, "tap \"Passphrase\"\n"
	                       "type \"harbour lantern copper meadow seven\"\n"
	                       "key Enter\n"
	                       "await-open\n");
}

/* The picture itself, at the right edge of the body. */
static bool dark(void)
{
	int pitch;
	const uint32_t *px = ui_pixels(p.app->ui, &pitch);
	uint32_t ground = px[(size_t)700 * (size_t)pitch / 4 + 1270] & 0xffffff;
	return (ground >> 16) + (ground >> 8 & 255) + (ground & 255) < 3 * 128;
}

static int signed_seats(void)
{
	int n = 0;
	for (size_t i = 0; i < p.app->n_seats; i++)
		n += p.app->seat[i].state == SEAT_SIGNED;
	return n;
}

static void touch(int x, int y)
{
	ui_input(p.app->ui, &(struct ui_event){.kind = UI_DOWN, .finger = 1, .x = x, .y = y});
	turn(p.app);
	ui_input(p.app->ui, &(struct ui_event){.kind = UI_UP, .finger = 1, .x = x, .y = y});
	turn(p.app);
}

static void double_tap(int w, int h, const char *seat, const char *sign)
{
	int x, y;
	char steps[300];
	fix_sample(&f, test_dir());
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	fix_close(&f);
	CHECK(begin(w, h));
	snprintf(steps, sizeof(steps), "tap \"Open\"\n%s", seat);
	CHECK(panel_steps(&p, steps));
	CHECK(signed_seats() == 0 && ui_find(p.app->ui, sign, &x, &y));
	p.app->script.on = false; /* a person's finger */
	touch(x, y);
	time_advance_us(150 * INT64_C(1000));
	touch(x, y);
	CHECK(signed_seats() == 1);
	time_advance_us(600 * INT64_C(1000));
	turn(p.app);
	touch(x, y);
	CHECK(signed_seats() == 2);
	panel_end(&p);
	fix_finish(&f);
}

static void t_a_double_tap_signs_for_one(void)
{
	double_tap(1280, 800, "tap \"Police\"\n", "I agree and sign");
}

static void t_a_double_tap_signs_for_one_small(void)
{
	double_tap(800, 480, "tap \"Police\"\n", "I agree, sign");
}

static void t_undo_goes_with_its_screen(void)
{
	fix_sample(&f, test_dir());
	FIX_MUST(fix_state(&f, MEETING_SIGNING));
	fix_close(&f);
	CHECK(begin(1280, 800));
	CHECK(panel_steps(&p, "tap \"Open\"\n"
	                      "tap \"Police\"\n"
	                      "tap \"I agree and sign\"\n"
	                      "expect \"Undo\"\n"
	                      "tap \"Actions\"\n"
	                      "absent \"Undo\"\n"
	                      "tap \"Seats\"\n"
	                      "absent \"Undo\"\n"));
	CHECK(signed_seats() == 1);
	panel_end(&p);
	fix_finish(&f);
}

static void t_the_room_looks_as_it_was_left(void)
{
	fix_sample(&f, test_dir());
	fix_close(&f);
	CHECK(begin(1280, 800));
	CHECK(!dark());
	CHECK(panel_steps(&p, "tap \"Settings\"\n"
	                      "tap \"Display\"\n"
	                      "expect \"For this room, from now on.\"\n"
	                      "tap \"Dark\"\n"));
	CHECK(dark());
	panel_end(&p);
	CHECK(begin(1280, 800));
	CHECK(dark());
	panel_end(&p);
	fix_finish(&f);
}

static const struct test TESTS[] = {T(t_a_double_tap_signs_for_one),
        T(t_a_double_tap_signs_for_one_small), T(t_undo_goes_with_its_screen),
        T(t_the_room_looks_as_it_was_left)};
TEST_MAIN(TESTS)
