#include "test.h"
#include "record_fixture.h"
#include "caseroom/record_audit.h"
#include "caseroom/record_keys.h"

/* A store that was restored, and the room key that saw it before. */

static struct fix f;
static struct vault_secret *paper;
static const char *stick, *backup;

/* n more entries of the audit. */
static void go_on(int n)
{
	while (n--)
		FIX_MUST(record_audit_note(f.r, "audit.verify", "audit", 0));
}

static void open_with(const struct vault_secret *s)
{
	fix_close(&f);
	FIX_MUST(vault_open(f.dir, NULL, s, &f.v, &f.why));
	FIX_MUST(record_open(f.v, f.p, &f.r, &f.why));
}

/* A store with recovery words and a room key that is told of it, and a backup of it; closed five
 * entries later, which the room key saw. */
static void start(void)
{
	fix_empty(&f, test_dir());
	stick = test_dir();
	backup = test_dir();
	FIX_MUST(vault_recovery_make(&paper));
	const struct vault_factors factors = {.passphrase = paper};
	const struct vault_slot_new slot = {.kind = VAULT_SLOT_RECOVERY,
	        .label = RECOVERY_LABEL,
	        .factors = &factors,
	        .cost = &fix_cost};
	FIX_MUST(vault_slot_add(f.v, &slot, NULL, &f.why));
	FIX_MUST(record_room_key_make(f.r, NULL, stick, &f.why));
	go_on(3);
	FIX_MUST(vault_backup(f.v, backup, NULL, NULL, NULL, &f.why));
	go_on(5);
	fix_close(&f);
}

static void finish(void)
{
	fix_finish(&f);
	vault_secret_destroy(paper);
}

/* In the place of the store; then used without the room key, until it goes further than that saw.
 */
static void restore(void)
{
	fix_close(&f);
	FIX_MUST(vault_restore(backup, f.dir, paper, true, NULL, NULL, NULL, &f.why));
	open_with(f.secret);
	go_on(20);
	fix_close(&f);
	/* a moment later, so that the next old store gets another name */
	time_pin_us(time_now_us() + 2 * TIME_SECOND_US);
}

/* The store with its person's key, and the room key put in. */
static enum err with_room_key(void)
{
	f.why.text[0] = 0;
	open_with(f.secret);
	return record_witness_to(f.r, stick, &f.why);
}

/* Likewise when it is in from the start, as the panel has it. */
static enum err opened_with_room_key(void)
{
	fix_close(&f);
	f.why.text[0] = 0;
	FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
	enum err e = vault_witness_to(f.v, stick, &f.why);
	return e ? e : record_open(f.v, f.p, &f.r, &f.why);
}

static bool says(const char *what)
{
	return strstr(f.why.text, what);
}

static void r_room_key_says_restored_however_far_the_store_has_gone(void)
{
	start();
	restore();
	CHECK_ERR(opened_with_room_key(), ERR_OLDER);
	CHECK(says("restored from a backup"));
	/* counted from where the two part, not from where this one is now */
	CHECK(says("0 meetings and 5 entries"));
	CHECK_ERR(with_room_key(), ERR_OLDER);
	CHECK(says("0 meetings and 5 entries"));
	/* nothing was told to the key by all this */
	CHECK_ERR(with_room_key(), ERR_OLDER);
	/* the recovery words, with the key in, say that it is meant */
	open_with(paper);
	CHECK_ERR(record_witness_to(f.r, stick, &f.why), ERR_OK);
	go_on(1);
	CHECK_ERR(with_room_key(), ERR_OK);
	CHECK_ERR(opened_with_room_key(), ERR_OK);
	finish();
}

static void r_room_key_that_saw_no_more_than_the_backup_agrees(void)
{
	start();
	char seen[300];
	snprintf(seen, sizeof(seen), "%s/seen", backup);
	FIX_MUST(vault_io_real.make_dir(seen));
	struct vault_room_key *k = NULL;
	FIX_MUST(vault_room_key_read(stick, &k, &f.why));
	FIX_MUST(vault_room_key_copy(k, seen, &f.why));
	vault_room_key_destroy(k);
	/* it saw all that the next backup holds */
	open_with(f.secret);
	FIX_MUST(vault_backup(f.v, backup, NULL, NULL, NULL, &f.why));
	fix_close(&f);
	stick = seen;
	restore();
	CHECK_ERR(opened_with_room_key(), ERR_OK);
	CHECK_ERR(with_room_key(), ERR_OK);
	finish();
}

/* Also where it is the first key of all that opens it after the restore. */
static void r_auditor_opens_what_was_restored(void)
{
	start();
	struct vault_secret *s = NULL;
	FIX_MUST(vault_secret_create(VAULT_PASSPHRASE_MAX, &s));
	s->len = (size_t)snprintf(s->text, s->cap, "velvet anchor thimble marrow");
	open_with(f.secret);
	const struct vault_factors factors = {.passphrase = s};
	const struct vault_slot_new slot = {.kind = VAULT_SLOT_AUDITOR,
	        .label = "Council, Internal auditor",
	        .factors = &factors,
	        .cost = &fix_cost};
	FIX_MUST(vault_slot_add(f.v, &slot, NULL, &f.why));
	FIX_MUST(vault_backup(f.v, backup, NULL, NULL, NULL, &f.why));
	fix_close(&f);
	FIX_MUST(vault_restore(backup, f.dir, paper, true, NULL, NULL, NULL, &f.why));
	for (int i = 0; i < 2; i++) {
		fix_close(&f);
		FIX_MUST(vault_open(f.dir, NULL, s, &f.v, &f.why));
		CHECK_ERR(record_open(f.v, f.p, &f.r, &f.why), ERR_OK);
		CHECK(f.r && record_is_auditor(f.r));
	}
	vault_secret_destroy(s);
	finish();
}

/* The backup is of a later life and has the higher numbers; what is here is missing from it all the
 * same. */
static void r_newer_is_told_from_where_two_lives_parted(void)
{
	struct vault_restore_plan plan = {0};
	start();
	FIX_MUST(vault_restore(backup, f.dir, paper, true, &plan, NULL, NULL, &f.why));
	open_with(f.secret);
	go_on(20);
	FIX_MUST(vault_backup(f.v, backup, NULL, NULL, NULL, &f.why));
	fix_close(&f);
	CHECK_ERR(vault_restore(backup, plan.kept, paper, false, &plan, NULL, NULL, &f.why),
	        ERR_EXISTS);
	CHECK(plan.here_known && plan.here.audit_seq < plan.backup.audit_seq);
	CHECK(plan.newer.entries == 5);
	CHECK(plan.newer.after + 5 == plan.here.audit_seq);
	finish();
}

/* The same old backup twice in one place is two lives, not one life that was rewritten. */
static void r_second_restore_of_a_backup_is_a_life_of_its_own(void)
{
	start();
	restore();
	open_with(paper);
	FIX_MUST(record_witness_to(f.r, stick, &f.why));
	go_on(4);
	fix_close(&f); /* told, of the second life */
	restore();
	open_with(f.secret);
	go_on(20);
	CHECK(vault_life(f.v) == 2);
	CHECK_ERR(opened_with_room_key(), ERR_OLDER);
	CHECK(says("restored from a backup"));
	finish();
}

/* The key saw the first life; what is there is the third, from a backup of the second, made when it
 * had gone further than the key ever saw. */
static void r_two_lives_later_the_key_says_restored_too(void)
{
	start();
	restore();
	open_with(f.secret);
	FIX_MUST(vault_backup(f.v, backup, NULL, NULL, NULL, &f.why));
	restore();
	CHECK_ERR(opened_with_room_key(), ERR_OLDER);
	CHECK(says("restored from a backup") && says("some entries"));
	CHECK_ERR(with_room_key(), ERR_OLDER);
	finish();
}

static void copy(const char *from, const char *to)
{
	static const char *const name[] = {VAULT_FILE_DB, VAULT_FILE_RING, VAULT_FILE_ANCHOR};
	static uint8_t bytes[8u << 20];
	for (size_t i = 0; i < COUNT_OF(name); i++) {
		char path[PATH_MAX];
		size_t n = 0;
		FIX_MUST(store_path(path, from, name[i]));
		FIX_MUST(vault_io_real.read(path, bytes, sizeof(bytes), &n));
		FIX_MUST(store_path(path, to, name[i]));
		FIX_MUST(vault_io_real.replace(path, bytes, n));
	}
}

static void r_old_card_is_older_and_not_restored(void)
{
	const char *old = test_dir();
	start();
	copy(f.dir, old); /* an image of the first life */
	restore();
	open_with(paper);
	FIX_MUST(record_witness_to(f.r, stick, &f.why));
	fix_close(&f);
	copy(old, f.dir);
	CHECK_ERR(opened_with_room_key(), ERR_OLDER);
	CHECK(says("older than the room key remembers"));
	open_with(f.secret); /* also after it has gone on */
	go_on(60);
	CHECK_ERR(opened_with_room_key(), ERR_OLDER);
	CHECK(says("goes with a later one") && says("while the room key is in"));
	CHECK(!says("0 entries"));
	finish();
}

/* Somebody with the keys writes the log anew, of this life or of what the backup held. */
static void r_rewritten_log_is_another_one_in_every_life(void)
{
	char sql[96];
	for (int lives = 0; lives < 2; lives++) {
		start();
		open_with(paper);
		FIX_MUST(record_witness_to(f.r, stick, &f.why));
		const long long told = (long long)f.r->head_seq; /* at close */
		fix_close(&f);
		open_with(f.secret);
		FIX_MUST(vault_backup(f.v, backup, NULL, NULL, NULL, &f.why));
		fix_close(&f);
		if (lives)
			restore();
		open_with(f.secret);
		go_on(3);
		snprintf(sql, sizeof(sql),
		        "UPDATE audit SET hash = randomblob(32) WHERE seq = %lld", told);
		fix_sql(&f, sql);
		CHECK_ERR(opened_with_room_key(), ERR_AUDIT);
		CHECK(says("another one than the room key remembers"));
		CHECK(says("open it once with the recovery words while the room key is in"));
		CHECK_ERR(with_room_key(), ERR_AUDIT);
		finish();
	}
}

static void new_data_key(void)
{
	open_with(f.secret);
	record_close(f.r);
	f.r = NULL;
	FIX_MUST(vault_rekey(f.v, NULL, NULL, &f.why));
	fix_close(&f);
}

static void r_life_began_lives_on_under_a_new_data_key(void)
{
	start();
	restore();
	open_with(f.secret);
	const struct life_began began = f.v->anchor.began;
	CHECK(began.seq > 3 && began.meetings == 0);
	new_data_key();
	FIX_MUST(vault_open(f.dir, NULL, f.secret, &f.v, &f.why));
	CHECK(f.v->anchor.began.seq == began.seq);
	finish();
}

/* No key is left that proves what the room key saw: the log does, and an old card's does not. */
static void r_new_data_key_makes_no_old_card_the_newest(void)
{
	const char *old = test_dir();
	struct vault_room_key *k = NULL;
	struct vault_witness was, is;
	start();
	copy(f.dir, old);
	CHECK_ERR(with_room_key(), ERR_OK); /* told at close */
	go_on(6);
	fix_close(&f);
	FIX_MUST(vault_room_key_read(stick, &k, &f.why));
	CHECK(vault_room_key_witness(k, &was));
	vault_room_key_destroy(k);
	copy(old, f.dir);
	for (int i = 0; i < 3; i++) { /* again, and when it has gone further than the key saw */
		new_data_key();
		CHECK_ERR(opened_with_room_key(), ERR_OLDER);
		CHECK_ERR(with_room_key(), ERR_OLDER);
		open_with(f.secret);
		go_on(30);
		CHECK_ERR(opened_with_room_key(), ERR_OLDER);
		CHECK(says("was given a new data key since"));
		CHECK_ERR(with_room_key(), ERR_OLDER);
	}
	fix_close(&f);
	FIX_MUST(vault_room_key_read(stick, &k, &f.why));
	CHECK(vault_room_key_witness(k, &is) && memcmp(&is, &was, sizeof(is)) == 0);
	vault_room_key_destroy(k);
	finish();
}

static enum err salvaged(void *ctx, struct vault *v, const struct vault_salvage *found,
        struct buf *lost, struct why *w)
{
	int64_t links;
	(void)ctx;
	return record_salvaged(v, &found->mark, lost, &links, w);
}

/* All that opens of the store, with or without its anchor, is the store from now on. */
static void salvage(bool anchor)
{
	const char *out = test_dir();
	const struct vault_factors factors = {.passphrase = f.secret};
	struct vault_unlock *u = NULL;
	struct vault_salvage found;
	struct buf schema, lost;
	char path[PATH_MAX];
	fix_close(&f);
	FIX_MUST(store_path(path, f.dir, VAULT_FILE_ANCHOR));
	if (!anchor)
		FIX_MUST(vault_io_real.replace(path, (const uint8_t *)"", 0));
	buf_init(&schema, 1u << 20);
	buf_init(&lost, 1u << 20);
	FIX_MUST(record_schema_sql(&schema));
	const struct vault_salvage_job job = {
	        .out = out, .schema = buf_str(&schema), .finish = salvaged};
	FIX_MUST(vault_unlock_begin(f.dir, &u, &f.why));
	FIX_MUST(vault_unlock_add(u, NULL, &factors, &f.why));
	FIX_MUST(vault_salvage(u, &job, &found, &lost, &f.why));
	vault_unlock_end(u);
	buf_finish(&schema);
	buf_finish(&lost);
	snprintf(f.dir, sizeof(f.dir), "%s", out);
}

static void r_salvage_and_new_data_key_make_no_old_card_the_newest(void)
{
	for (int anchor = 0; anchor < 2; anchor++) {
		const char *old = test_dir();
		start();
		copy(f.dir, old);
		CHECK_ERR(with_room_key(), ERR_OK);
		go_on(6);
		fix_close(&f);
		copy(old, f.dir);
		salvage(anchor);
		new_data_key();
		open_with(f.secret);
		go_on(30);
		CHECK_ERR(opened_with_room_key(), ERR_OLDER);
		CHECK_ERR(with_room_key(), ERR_OLDER);
		finish();
	}
}

static void r_new_data_key_made_without_the_room_key_is_no_older_store(void)
{
	start();
	for (int i = 0; i < 3; i++) {
		new_data_key();
		new_data_key();
		open_with(f.secret);
		go_on(i); /* also at once */
		CHECK_ERR(i % 2 ? with_room_key() : opened_with_room_key(), ERR_OK);
		fix_close(&f); /* told, and proven again */
	}
	CHECK_ERR(with_room_key(), ERR_OK);
	finish();
}

/* Pulled out before the store was ever closed, a new room key knows it all the same. */
static void r_new_room_key_is_told_when_the_store_rests(void)
{
	struct vault_room_key *k = NULL;
	struct vault_witness is;
	fix_empty(&f, test_dir());
	stick = test_dir();
	paper = NULL;
	FIX_MUST(record_room_key_make(f.r, NULL, stick, &f.why));
	FIX_MUST(vault_rest(f.v));
	FIX_MUST(vault_room_key_read(stick, &k, &f.why));
	CHECK(vault_room_key_witness(k, &is) && is.audit_seq == (uint64_t)f.r->head_seq);
	vault_room_key_destroy(k);
	/* it spares the stick after that: at close, and when a meeting is closed */
	go_on(1);
	FIX_MUST(vault_rest(f.v));
	FIX_MUST(vault_room_key_read(stick, &k, &f.why));
	CHECK(vault_room_key_witness(k, &is) && is.audit_seq + 1 == (uint64_t)f.r->head_seq);
	vault_room_key_destroy(k);
	finish();
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
	        T(r_room_key_says_restored_however_far_the_store_has_gone),
	        T(r_room_key_that_saw_no_more_than_the_backup_agrees),
	        T(r_auditor_opens_what_was_restored),
	        T(r_newer_is_told_from_where_two_lives_parted),
	        T(r_second_restore_of_a_backup_is_a_life_of_its_own),
	        T(r_two_lives_later_the_key_says_restored_too),
	        T(r_old_card_is_older_and_not_restored),
	        T(r_rewritten_log_is_another_one_in_every_life),
	        T(r_life_began_lives_on_under_a_new_data_key),
	        T(r_new_data_key_makes_no_old_card_the_newest),
	        T(r_salvage_and_new_data_key_make_no_old_card_the_newest),
	        T(r_new_data_key_made_without_the_room_key_is_no_older_store),
	        T(r_new_room_key_is_told_when_the_store_rests)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
