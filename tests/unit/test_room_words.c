#include "room/app.h"
#include "test.h"

/* Entering recovery words: letter by letter, as a person does. The words are taken from the list
 * itself, so that the test holds for any list. */

static struct words w;

static void type(const char *s)
{
	for (; *s; s++) {
		char t[VAULT_PASSPHRASE_MAX];
		snprintf(t, sizeof(t), "%s%c", w.edit.text, *s);
		ui_edit_set(&w.edit, t);
		words_typed(&w, false);
	}
}

/* How many letters of the word make it certain. */
static size_t certain(const char *t)
{
	unsigned first, n;
	for (size_t i = 1; t[i]; i++)
		if (vault_word_find(t, i, &first, &n) && n == 1)
			return i;
	return strlen(t);
}

/* A word that is certain before its end, `left` letters at least. */
static const char *early(size_t left, unsigned from)
{
	for (unsigned i = from; i < VAULT_WORDS; i++)
		if (strlen(vault_word(i)) >= certain(vault_word(i)) + left)
			return vault_word(i);
	return NULL;
}

static void t_certain_word_begins_the_next(void)
{
	CHECK_ERR(words_init(&w, NULL, 8), ERR_OK);
	const char *a = early(1, 0);
	char begin[20];
	CHECK(a && w.at == 0);
	snprintf(begin, sizeof(begin), "%.*s", (int)certain(a), a);
	type(begin);
	CHECK(w.at == 1 && w.edit.len == 0);
	CHECK_STR(words_at(&w, 0), a);
	words_finish(&w);
}

static void t_whole_words_with_spaces(void)
{
	struct vault_secret *back = NULL;
	char all[8 * 20] = "";
	CHECK_ERR(words_init(&w, NULL, 8), ERR_OK);
	for (unsigned i = 0; i < 8; i++) {
		const char *t = vault_word(i * 251 + 17);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? " " : "", t);
	}
	type(all);
	type(" ");
	CHECK(words_full(&w) && w.at == 8);
	CHECK_ERR(words_join(&w, &back), ERR_OK);
	CHECK_STR(back->text, all);
	CHECK(back->len == strlen(all));
	vault_secret_destroy(back);
	words_finish(&w);
}

/* Every pair of neighbours in a walk through the list, in the shortest form and in full. */
static void t_any_word_after_any(void)
{
	for (unsigned i = 0; i < VAULT_WORDS; i++) {
		const char *a = vault_word(i), *b = vault_word(i * 811 % VAULT_WORDS);
		for (int full = 0; full < 2; full++) {
			CHECK_ERR(words_init(&w, NULL, 2), ERR_OK);
			char t[20];
			snprintf(t, sizeof(t), "%.*s", (int)(full ? strlen(a) : certain(a)), a);
			type(t);
			if (full || w.at == 0)
				type(" ");
			CHECK(w.at == 1);
			type(b);
			type(" ");
			CHECK_STR(words_at(&w, 0), a);
			CHECK_STR(words_at(&w, 1), b);
			words_finish(&w);
		}
	}
}

static void t_not_in_the_list_is_said(void)
{
	CHECK_ERR(words_init(&w, NULL, 8), ERR_OK);
	type("qqx");
	CHECK(w.wrong && w.at == 0 && w.edit.len == 3);
	ui_edit_set(&w.edit, "");
	words_typed(&w, false);
	CHECK(!w.wrong);
	words_finish(&w);
}

static void t_back_and_again(void)
{
	uint8_t number[] = {3, 7};
	CHECK_ERR(words_init(&w, number, 2), ERR_OK);
	words_take(&w, 5);
	words_take(&w, 6);
	CHECK(words_full(&w) && w.at == 2 && w.number[1] == 7);
	words_go(&w, 0);
	CHECK(!words_full(&w) && w.at == 0 && !*words_at(&w, 0));
	words_take(&w, 9); /* the next place that is empty is none */
	CHECK(w.at == 2);
	CHECK_STR(words_at(&w, 0), vault_word(9));
	CHECK_STR(words_at(&w, 1), vault_word(6));
	words_finish(&w);
}

static const struct test tests[] = {
        T(t_certain_word_begins_the_next),
        T(t_whole_words_with_spaces),
        T(t_any_word_after_any),
        T(t_not_in_the_list_is_said),
        T(t_back_and_again),
};

TEST_MAIN(tests)
