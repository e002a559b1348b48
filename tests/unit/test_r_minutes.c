#include "record_fixture.h"
#include "test.h"

/* The minutes: who takes them, how they are kept, put right and handed out (R12, R35-R37, R41,
 * R44). */

static struct fix f;

/* What the minute taker keeps leaves what the chair can still take back as it was. */
static void r12_minute_taker_leaves_the_chairs_undo(void)
{
	struct record_undo offer;
	struct note_row *note;
	struct record_viewer v;
	size_t n;
	fix_sample(&f, test_dir());
	fix_session(&f);
	int64_t item = fix_item(&f, "C-2026-0118"), police = fix_agency(&f, "police");
	FIX_MUST(fix_do(&f, FIX_CMD(CMD_ITEM_OPEN, .item = {.item = item}), NULL));
	struct command said = fix_share(item, police, "Two calls since 1 November.");
	FIX_MUST(fix_do(&f, &said, NULL));
	CHECK(record_undo_offer(f.r, &offer));
	char text[160];
	snprintf(text, sizeof(text), "%s", offer.text);
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_NOTE, .note = {item, police, "Said slowly, twice.", .aside = true}),
	        NULL));
	CHECK(record_undo_offer(f.r, &offer));
	CHECK_STR(offer.text, text);
	FIX_MUST(record_undo(f.r, &f.why));
	CHECK(fix_int(&f, "SELECT count(*) FROM share WHERE words LIKE 'Two calls%'") == 0);
	FIX_MUST(record_viewer_meeting(f.r, f.meeting, &v));
	FIX_MUST(record_notes(f.r, &f.a, &v, f.meeting, item, &note, &n));
	CHECK(n == 1);
	CHECK_STR(note[0].words, "Said slowly, twice.");
	CHECK_STR(note[0].speaker, "Police");
	/* what was built on stays: the undo that would take it is refused, and nothing is lost */
	int64_t added;
	FIX_MUST(fix_do(&f,
	        FIX_CMD(CMD_ITEM_ADD, .add = {.meeting = f.meeting,
	                                      .kind = AGENDA_OTHER,
	                                      .title = "Fire drill",
	                                      .minutes = 5}),
	        &added));
	FIX_MUST(fix_do(
	        &f, FIX_CMD(CMD_NOTE, .note = {added, 0, "At three.", .aside = true}), NULL));
	CHECK_ERR(record_undo(f.r, &f.why), ERR_REFUSED);
	CHECK(fix_int(&f, "SELECT count(*) FROM note WHERE words = 'At three.'") == 1);
	fix_finish(&f);
}

static const struct test tests[] = {
        T(r12_minute_taker_leaves_the_chairs_undo),
};

TEST_MAIN(tests)
