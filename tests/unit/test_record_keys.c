#include "test.h"
#include "record_fixture.h"
#include "caseroom/record_audit.h"
#include "caseroom/record_keys.h"

/* Whose each key is, who may change it, and what the audit says of both. */

static struct fix f;
static struct vault_secret *second, *words;
static uint8_t first_id[VAULT_ID_BYTES], second_id[VAULT_ID_BYTES];

static struct vault_secret *secret(const char *text)
{
	struct vault_secret *s;
	FIX_MUST(vault_secret_create(VAULT_PASSPHRASE_MAX, &s));
	s->len = (size_t)snprintf(s->text, s->cap, "%s", text);
	return s;
}

static struct command person(const char *agency, const char *name, const char *role)
{
	struct command c = {.kind = CMD_PERSON_ADD};
	c.u.person.agency = fix_agency(&f, agency);
	c.u.person.name = name;
	c.u.person.role = role;
	return c;
}

/* A store with one key of nobody, recovery words, and agencies. */
static void start(void)
{
	fix_empty(&f, test_dir());
	fix_import(&f, "forums");
	fix_import(&f, "agencies");
	memcpy(first_id, vault_opener(f.v)->id, VAULT_ID_BYTES);
	second = secret("velvet anchor thimble marrow");
	FIX_MUST(vault_recovery_make(&words));
	const struct vault_factors of = {.passphrase = words};
	const struct vault_slot_new paper = {.kind = VAULT_SLOT_RECOVERY,
	        .label = RECOVERY_LABEL,
	        .factors = &of,
	        .cost = &fix_cost};
	FIX_MUST(vault_slot_add(f.v, &paper, NULL, &f.why));
}

/* And a second key, of a person of another agency. */
static void start_two(void)
{
	start();
	struct command me = person("police", "Alex Test", "Inspector"),
	               other = person("council", "Bo Test", "Officer");
	const struct vault_factors of = {.passphrase = second};
	const struct vault_slot_new slot = {.kind = VAULT_SLOT_PERSON,
	        .label = "Council, officer",
	        .factors = &of,
	        .cost = &fix_cost};
	const struct record_key key = {.slot = &slot, .add = &other};
	FIX_MUST(record_key_of_opener(f.r, 0, &me, &f.why));
	FIX_MUST(record_key_add(f.r, &key, second_id, &f.why));
}

static void finish(void)
{
	fix_finish(&f);
	vault_secret_destroy(second);
	vault_secret_destroy(words);
}

/* Closed and opened again with these, one after another. */
static void open_with(const struct vault_secret *a, const struct vault_secret *b)
{
	struct vault_unlock *u = NULL;
	const struct vault_factors of[] = {{.passphrase = a}, {.passphrase = b}};
	fix_close(&f);
	FIX_MUST(vault_unlock_begin(f.dir, &u, &f.why));
	for (size_t i = 0; i < 2 && of[i].passphrase; i++)
		FIX_MUST(vault_unlock_add(u, NULL, &of[i], &f.why));
	FIX_MUST(vault_unlock_open(u, &f.v, &f.why));
	FIX_MUST(record_open(f.v, f.p, &f.r, &f.why));
}

/* The newest entries of an act, as lines: "who: says". */
static const char *lines(const char *act)
{
	static char out[600];
	struct record_viewer v;
	struct audit_filter all = AUDIT_FILTER_ALL;
	struct audit_row *row;
	struct arena a;
	size_t n, len = 0;
	arena_init(&a, 4u << 20);
	out[0] = 0;
	FIX_MUST(record_viewer_opener(f.r, &v));
	FIX_MUST(record_audit(f.r, &a, &v, &all, 500, &row, &n));
	for (size_t i = 0; i < n && len < sizeof(out) - 200; i++)
		if (strcmp(row[i].act, act) == 0)
			len += (size_t)snprintf(
			        out + len, sizeof(out) - len, "%s: %s\n", row[i].who, row[i].says);
	arena_finish(&a);
	return out;
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* A key of somebody of the victims' agency that reads the audit log alone. */
static void auditor_add(const struct vault_secret *s)
{
	struct command who = person("victims", "Cy Test", "Auditor");
	const struct vault_factors of = {.passphrase = s};
	const struct vault_slot_new slot = {.kind = VAULT_SLOT_AUDITOR,
	        .label = "Victims, auditor",
	        .factors = &of,
	        .cost = &fix_cost};
	const struct record_key key = {.slot = &slot, .add = &who};
	FIX_MUST(record_key_add(f.r, &key, NULL, &f.why));
}

static void observer_make(const char *name)
{
	char sql[200];
	snprintf(sql, sizeof(sql),
	        "INSERT INTO membership(forum, person, standing) SELECT min(forum.id), person.id, "
	        "3 FROM forum, person WHERE person.name = '%s'",
	        name);
	CHECK(sqlite3_exec(vault_db(f.v), sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* Of the slot of the recovery words. */
static const uint8_t *paper_id(void)
{
	static struct vault_slot s[VAULT_SLOTS_MAX];
	size_t i = 0, n = vault_slots_open(f.v, s);
	while (i + 1 < n && s[i].kind != VAULT_SLOT_RECOVERY)
		i++;
	return s[i].id;
}

static void t_a_key_is_changed_by_its_own_and_no_other(void)
{
	struct vault_secret *now = secret("copper meadow seven bridges"), *made = NULL;
	start_two();
	const struct vault_factors of = {.passphrase = now}, back = {.passphrase = second};
	const int64_t head = f.r->head_seq;
	/* the first one changes their own, not the other's */
	CHECK(record_key_may_change(f.r, first_id) && !record_key_may_change(f.r, second_id));
	CHECK_ERR(record_key_change(f.r, second_id, &of, &f.why), ERR_DENIED);
	CHECK(strstr(f.why.text, "somebody else's") && strstr(f.why.text, "removing the key"));
	CHECK(f.r->head_seq == head);
	open_with(second, NULL);
	CHECK_ERR(record_key_change(f.r, first_id, &of, &f.why), ERR_DENIED);
	CHECK_ERR(record_key_change(f.r, second_id, &of, &f.why), ERR_OK);
	CHECK_STR(lines("key.change"),
	        "Bo Test, Officer, City council: changed what a key asks for: Council, officer\n");
	open_with(now, NULL);
	CHECK_ERR(record_key_change(f.r, second_id, &back, &f.why), ERR_OK);
	/* the recovery words neither: any full key makes new ones */
	open_with(f.secret, NULL);
	FIX_MUST(vault_recovery_make(&made));
	CHECK_ERR(record_recovery_new(f.r, paper_id(), made, &f.why), ERR_OK);
	open_with(made, NULL);
	CHECK(!record_key_may_change(f.r, second_id));
	CHECK_ERR(record_key_change(f.r, second_id, &of, &f.why), ERR_DENIED);
	vault_secret_destroy(made);
	/* where both opened, either is theirs */
	open_with(f.secret, NULL);
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_OK);
	open_with(f.secret, second);
	CHECK(record_key_may_change(f.r, first_id) && record_key_may_change(f.r, second_id));
	/* what is forgotten is mended in the open */
	CHECK_ERR(record_quorum_set(f.r, 1, &f.why), ERR_OK);
	open_with(f.secret, NULL);
	CHECK_ERR(record_key_remove(f.r, second_id, &f.why), ERR_OK);
	CHECK_STR(lines("key.remove"),
	        "Alex Test, Inspector, Police: took a key away: Council, officer\n");
	CHECK_STR(
	        lines("key.add"), "Alex Test, Inspector, Police: added a key: Council, officer\n");
	vault_secret_destroy(now);
	finish();
}

static void t_each_key_of_an_opening_is_its_own_persons(void)
{
	start_two();
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_OK);
	CHECK_STR(lines("key.quorum"),
	        "Alex Test, Inspector, Police: changed how many agencies it takes to open the "
	        "store: 2 agencies instead of 1\n");
	const int64_t head = f.r->head_seq;
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_OK); /* nothing changed, nothing said */
	CHECK(f.r->head_seq == head);
	open_with(f.secret, second);
	CHECK(begins(lines("store.opened"),
	        "Bo Test, Officer, City council: opened the store: Council, officer\n"
	        "Alex Test, Inspector, Police: opened the store: Police, inspector\n"));
	/* what they do then is done by the first */
	CHECK_ERR(record_quorum_set(f.r, 1, &f.why), ERR_OK);
	CHECK(begins(lines("key.quorum"), "Alex Test, Inspector, Police: "));
	CHECK(strstr(lines("key.quorum"), "1 agency instead of 2\n"));
	finish();
}

/* Whoever opens first: the least that any of them may do holds. */
static void t_an_observer_among_those_who_open_makes_it_read_only(void)
{
	start_two();
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_OK);
	observer_make("Bo Test");
	for (int i = 0; i < 2; i++) {
		struct record_viewer v;
		open_with(i ? second : f.secret, i ? f.secret : second);
		CHECK_ERR(record_quorum_set(f.r, 1, &f.why), ERR_DENIED);
		/* and both are who looks, so that a case is shown as the least of them may see it
		 */
		CHECK_ERR(record_viewer_opener(f.r, &v), ERR_OK);
		CHECK(v.n == 2 && v.present[0].agency != v.present[1].agency);
		CHECK(v.present[i].standing == STANDING_CORE &&
		        v.present[1 - i].standing == STANDING_OBSERVER);
	}
	finish();
}

static void t_a_quorum_counts_the_agencies_that_may_write(void)
{
	struct vault_secret *third = secret("copper meadow seven bridges");
	start_two();
	auditor_add(third);
	const int64_t head = f.r->head_seq;
	CHECK_ERR(record_quorum_set(f.r, 3, &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "Only 2 agencies have a key that may write"));
	CHECK(f.r->head_seq == head && vault_quorum(f.v) == 1);
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_OK);
	CHECK_ERR(record_key_remove(f.r, second_id, &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "only 1 would be left with a key that may write"));
	/* an auditor opens the audit log with one of the others */
	open_with(f.secret, third);
	CHECK(record_is_auditor(f.r));
	/* and changes their own key, and no other */
	const struct vault_slot *opener;
	const struct vault_factors of = {.passphrase = third};
	CHECK(vault_openers(f.v, &opener) == 2);
	CHECK_ERR(record_key_change(f.r, opener[1].id, &of, &f.why), ERR_OK);
	CHECK_ERR(record_key_change(f.r, paper_id(), &of, &f.why), ERR_DENIED);
	open_with(f.secret, second);
	/* who observes counts no more, and the way back is never refused */
	observer_make("Bo Test");
	CHECK_ERR(record_quorum_set(f.r, 1, &f.why), ERR_OK);
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "Only 1 agency has a key that may write"));
	CHECK_ERR(record_key_remove(f.r, first_id, &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "the last key that may write"));
	CHECK_ERR(record_key_remove(f.r, second_id, &f.why), ERR_OK);
	vault_secret_destroy(third);
	finish();
}

static void t_several_agencies_are_asked_for_with_recovery_words_alone(void)
{
	start_two();
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_OK);
	CHECK_ERR(record_key_remove(f.r, paper_id(), &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "only other way in"));
	CHECK_ERR(record_quorum_set(f.r, 1, &f.why), ERR_OK);
	CHECK_ERR(record_key_remove(f.r, paper_id(), &f.why), ERR_OK);
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "There are no recovery words"));
	CHECK(vault_quorum(f.v) == 1);
	finish();
}

static void t_the_key_that_opened_is_given_to_one_person(void)
{
	start();
	struct command me = person("police", "Alex Test", "Inspector"),
	               other = person("council", "Bo Test", "Officer");
	const int64_t people = fix_int(&f, "SELECT count(*) FROM person");
	CHECK_ERR(record_quorum_set(f.r, 2, &f.why), ERR_REFUSED);
	CHECK(strstr(f.why.text, "\"Police, inspector\" belongs to no agency"));
	CHECK(strstr(f.why.text, "--own-key"));
	open_with(words, NULL);
	CHECK_ERR(record_key_of_opener(f.r, 0, &me, &f.why), ERR_REFUSED);
	open_with(f.secret, NULL);
	CHECK_ERR(record_key_of_opener(f.r, 0, &me, &f.why), ERR_OK);
	CHECK(vault_opener(f.v)->group == 0); /* as it opened */
	open_with(f.secret, NULL);
	CHECK((int64_t)vault_opener(f.v)->group == fix_agency(&f, "police"));
	CHECK_ERR(record_key_of_opener(f.r, 0, &other, &f.why), ERR_EXISTS);
	CHECK(fix_int(&f, "SELECT count(*) FROM person") == people + 1);
	finish();
}

/* A second key for the same name would act as them, and leave theirs to nobody. */
static void t_a_person_has_one_key(void)
{
	start_two();
	const struct vault_factors of = {.passphrase = f.secret};
	const struct vault_slot_new slot = {.kind = VAULT_SLOT_PERSON,
	        .label = "Council, another",
	        .factors = &of,
	        .cost = &fix_cost};
	const struct record_key key = {.slot = &slot, .person = fix_person(&f, "Bo Test")};
	CHECK_ERR(record_key_add(f.r, &key, NULL, &f.why), ERR_EXISTS);
	CHECK(strstr(f.why.text, "\"Council, officer\""));
	CHECK_ERR(record_key_remove(f.r, second_id, &f.why), ERR_OK);
	CHECK_ERR(record_key_add(f.r, &key, NULL, &f.why), ERR_OK);
	finish();
}

static void t_a_new_data_key_is_told_by_who_asked_for_it(void)
{
	start_two();
	CHECK_ERR(record_rekey_ask(f.r, &f.why), ERR_OK);
	/* asked for and not made: nothing says that it was */
	open_with(second, NULL);
	CHECK_STR(lines("store.data-key"), "");
	open_with(f.secret, NULL);
	CHECK_ERR(record_rekey_ask(f.r, &f.why), ERR_OK);
	record_close(f.r);
	f.r = NULL;
	FIX_MUST(vault_rekey(f.v, NULL, NULL, &f.why));
	open_with(second, NULL); /* the panel locks after it, and somebody else opens next */
	CHECK_STR(lines("store.data-key"), "Alex Test, Inspector, Police: made a new data key\n");
	open_with(second, NULL);
	CHECK_STR(lines("store.data-key"), "Alex Test, Inspector, Police: made a new data key\n");
	finish();
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(t_a_key_is_changed_by_its_own_and_no_other),
	        T(t_each_key_of_an_opening_is_its_own_persons),
	        T(t_an_observer_among_those_who_open_makes_it_read_only),
	        T(t_a_quorum_counts_the_agencies_that_may_write),
	        T(t_several_agencies_are_asked_for_with_recovery_words_alone),
	        T(t_the_key_that_opened_is_given_to_one_person), T(t_a_person_has_one_key),
	        T(t_a_new_data_key_is_told_by_who_asked_for_it)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
