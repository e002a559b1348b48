/*
 * The backup on the panel, with a stick that is slow, full, read-only, or pulled out in the middle.
 * The stick is a folder; what it answers goes through the hook of src/vault/folder.c, on the thread
 * that writes the backup, which can be held there until the panel was looked at.
 */
#include <semaphore.h>
#include <sys/stat.h>
#include "record_fixture.h"
#include "room_panel.h"
#include "caseroom/record_keys.h"
#include "vault/backup_int.h"

static struct fix f;
static struct panel p;
static struct vault_secret *words;
static char stick[300], pulled_to[310];
static sem_t reached, go;
static bool hold;       /* before the first part is written */
static enum err answer; /* of the stick, from then on */

static enum err slow_stick(size_t *n)
{
	struct vault_backup_counts c;
	(void)n;
	if (!backup_counts(p.app, &c) || !c.sealed || c.proven)
		return ERR_OK;
	if (hold) {
		hold = false;
		sem_post(&reached);
		sem_wait(&go);
	}
	return answer;
}

static bool begin(bool session, int w, int h)
{
	fix_sample(&f, test_dir());
	if (session)
		fix_session(&f);
	FIX_MUST(vault_recovery_make(&words));
	FIX_MUST(record_recovery_new(f.r, NULL, words, &f.why));
	fix_close(&f);
	snprintf(stick, sizeof(stick), "%s/stick", test_dir());
	snprintf(pulled_to, sizeof(pulled_to), "%s.out", stick);
	hold = false;
	answer = ERR_OK;
	folder_change_for_tests = slow_stick;
	return mkdir(stick, 0700) == 0 && sem_init(&reached, 0, 0) == 0 &&
	       sem_init(&go, 0, 0) == 0 && panel_begin(&p, f.dir, stick, w, h) &&
	       panel_steps(&p, "tap \"Passphrase\"\n"
	                       "type \"harbour lantern copper meadow seven\"\n"
	                       "key Enter\n"
	                       "await-open\n");
}

static void finish(void)
{
	panel_end(&p);
	folder_change_for_tests = NULL;
	sem_destroy(&reached);
	sem_destroy(&go);
	vault_secret_destroy(words);
	fix_finish(&f);
}

/* The stick as a hand moves it; false: the panel was not told. */
static bool stick_in(bool in)
{
	struct plat_event e;
	if (rename(in ? pulled_to : stick, in ? stick : pulled_to) != 0)
		return false;
	for (int i = 0; i < 100 && stick_there(p.app) != in; i++) {
		(void)plat_wait(p.app->plat, 100, &e);
		stick_look(p.app);
	}
	return stick_there(p.app) == in;
}

/* A backup comes back with the recovery words, and as the store it was made of. */
static bool comes_back(void)
{
	char dir[300];
	struct vault *v = NULL;
	snprintf(dir, sizeof(dir), "%s/back", test_dir());
	bool good = vault_restore(stick, dir, words, false, NULL, NULL, NULL, NULL) == ERR_OK &&
	            vault_open(dir, NULL, f.secret, &v, NULL) == ERR_OK;
	vault_close(v);
	return good;
}

static void t_progress_stop_and_what_came_of_it(void)
{
	CHECK(begin(false, 1280, 800));
	hold = true;
	CHECK(panel_steps(&p, "tap \"Settings\"\n"
	                      "tap \"Backup\"\n"
	                      "expect \"No backup was made yet\"\n"
	                      "tap \"Make a backup now\"\n"));
	sem_wait(&reached);
	CHECK(panel_steps(&p, "wait 250\n"
	                      "expect \"Sealed to the recovery words\"\n"
	                      "expect \"0 of \"\n"
	                      "shot backup-runs.png\n"
	                      "check\n"
	                      "tap \"Home\"\n"
	                      "tap \"Settings\"\n"
	                      "expect \"Leave the stick in until it is done\"\n"
	                      "tap \"Backup\"\n"));
	CHECK(panel_steps(&p, "tap \"Home\"\n"
	                      "tap \"Settings\"\n"
	                      "tap \"Keys\"\n"
	                      "tap \"Recovery words\"\n"
	                      "tap \"New recovery words\"\n"
	                      "hold \"Hold to make new words\"\n"
	                      "expect \"A backup is being made. Wait until it is done\"\n"
	                      "tap \"Home\"\n"
	                      "tap \"Settings\"\n"
	                      "tap \"Backup\"\n"
	                      "tap \"Stop\"\n"));
	sem_post(&go);
	CHECK(panel_steps(&p, "await\n"
	                      "expect \"The backup was stopped\"\n"
	                      "shot backup-stopped.png\n"
	                      "check\n"
	                      "tap \"Go on\"\n"
	                      "await\n"
	                      "expect \"The backup is made\"\n"
	                      "expect \"In the folder caseroom-backup-\"\n"
	                      "expect \"19 November, 13:51\"\n"));
	CHECK(comes_back());
	finish();
}

static void t_what_a_stick_may_answer(void)
{
	static const struct {
		enum err e;
		const char *steps;
	} SAYS[] = {
	        {ERR_FULL, "await\nexpect \"The stick is full\"\nexpect \"Use a larger stick\"\n"
	                   "shot backup-full.png\ncheck\n"},
	        {ERR_DENIED,
	                "await\nexpect \"The stick is read-only\"\nexpect \"Slide its switch\"\n"
	                "shot backup-read-only.png\ncheck\n"},
	        {ERR_IO, "await\nexpect \"The stick could not be written\"\n"
	                 "shot backup-failing.png\ncheck\n"}};
	CHECK(begin(false, 800, 480));
	CHECK(panel_steps(&p, "tap \"Other\"\ntap \"Backup\"\n"));
	for (size_t i = 0; i < COUNT_OF(SAYS); i++) {
		answer = SAYS[i].e;
		CHECK(panel_steps(&p, i ? "tap \"Go on\"\n" : "tap \"Make a backup now\"\n"));
		CHECK(panel_steps(&p, SAYS[i].steps));
	}
	answer = ERR_OK;
	CHECK(panel_steps(&p, "tap \"Go on\"\nawait\nexpect \"The backup is made\"\n"));
	finish();
}

/* Somebody wrote into what only this store writes. */
static void t_a_backup_that_is_not_ours(void)
{
	char path[700];
	FILE *s;
	CHECK(begin(false, 1280, 800));
	CHECK(panel_steps(&p, "tap \"Settings\"\n"
	                      "tap \"Backup\"\n"
	                      "tap \"Make a backup now\"\n"
	                      "await\n"
	                      "absent \"It is a full one\"\n"));
	snprintf(path, sizeof(path), "%s/%s/0001/" BACKUP_FILE_STATE, stick,
	        p.app->backed.report.folder);
	s = fopen(path, "r+b");
	CHECK(s && fseek(s, 100, SEEK_SET) == 0 && fputs("not what was written", s) >= 0 &&
	        fclose(s) == 0);
	CHECK(panel_steps(&p, "tap \"Make a backup now\"\n"
	                      "await\n"
	                      "expect \"It is a full one\"\n"
	                      "expect \"was of another store, or was changed\"\n"
	                      "shot backup-not-ours.png\n"
	                      "check\n"));
	finish();
}

/* At the close of a meeting it runs by itself; the stick is pulled out meanwhile, and comes back.
 */
static void pulled_midway(int w, int h, const char *name, const char *title)
{
	char steps[1200];
	CHECK(begin(true, w, h));
	hold = true;
	snprintf(steps, sizeof(steps),
	        "tap \"Back\"\n"
	        "tap \"Close\"\n"
	        "hold \"%s\"\n"
	        "expect \"The meeting is closed\"\n",
	        title);
	CHECK(panel_steps(&p, steps));
	sem_wait(&reached);
	snprintf(steps, sizeof(steps),
	        "wait 250\n"
	        "expect \"Backup: 0 of \"\n"
	        "expect \"Leave the stick in until it is done\"\n"
	        "shot %s-1-runs.png\n"
	        "check\n",
	        name);
	CHECK(panel_steps(&p, steps));
	CHECK(stick_in(false));
	sem_post(&go);
	snprintf(steps, sizeof(steps),
	        "await\n"
	        "expect \"The stick was taken out\"\n"
	        "shot %s-2-pulled.png\n"
	        "check\n"
	        "tap \"The stick was taken out\"\n"
	        "expect \"Put it in again and go on\"\n"
	        "expect \"No stick is in\"\n"
	        "shot %s-3-page.png\n"
	        "check\n",
	        name, name);
	CHECK(panel_steps(&p, steps));
	CHECK(!panel_offers(&p, "Go on"));
	CHECK(stick_in(true));
	snprintf(steps, sizeof(steps),
	        "expect \"A stick is in\"\n"
	        "tap \"Go on\"\n"
	        "await\n"
	        "expect \"The backup is made\"\n"
	        "tap \"Done\"\n"
	        "expect \"The meeting is closed\"\n"
	        "expect \"The backup is made\"\n"
	        "expect \"At 13:51 on the stick.\"\n"
	        "shot %s-4-made.png\n"
	        "check\n",
	        name);
	CHECK(panel_steps(&p, steps));
	CHECK(comes_back());
	finish();
}

static void t_the_stick_is_pulled_out_at_the_close_of_a_meeting(void)
{
	pulled_midway(1280, 800, "close-backup", "Hold to close");
}

static void t_the_stick_is_pulled_out_at_the_close_of_a_meeting_small(void)
{
	pulled_midway(800, 480, "close-backup-small", "Hold");
}

static const struct test TESTS[] = {T(t_progress_stop_and_what_came_of_it),
        T(t_what_a_stick_may_answer), T(t_a_backup_that_is_not_ours),
        T(t_the_stick_is_pulled_out_at_the_close_of_a_meeting),
        T(t_the_stick_is_pulled_out_at_the_close_of_a_meeting_small)};
TEST_MAIN(TESTS)
