/*
 * Any bytes as a practice file of any kind: loaded beside the program's own, or refused with a
 * sentence. What was loaded is then used, so that a wrong size or a missing pointer shows.
 */
#include <string.h>
#include "caseroom/practice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct practice *p)
{
	size_t n, n_tools, n_clocks;
	const struct practice_type *t = practice_types(p, &n);
	const struct practice_tool *tool = practice_tools(p, &n_tools);
	const struct practice_clock *c = practice_clocks(p, &n_clocks);
	for (size_t i = 0; i < n; i++) {
		struct practice_quorum q;
		practice_quorum(&t[i], t[i].quorum_kind, t[i].n_quorum_kind, &q);
		(void)practice_type_for_forum(p, t[i].id, t[i].name);
	}
	for (size_t i = 0; i < n_tools; i++) {
		int answer[PRACTICE_MAX];
		static const struct practice_incident INCIDENT[] = {
		        {20700, "threat"}, {20750, "hate"}, {20776, "noise"}};
		const struct practice_facts facts = {INCIDENT, COUNT_OF(INCIDENT), 20777};
		struct practice_score s;
		for (size_t k = 0; k < PRACTICE_MAX; k++)
			answer[k] = (int)(k % 3) - 2;
		if (!practice_score(&tool[i], answer, tool[i].n_factors, &facts, &s) &&
		        (s.score > s.highest || s.highest > s.most))
			__builtin_trap();
	}
	for (size_t i = 0; i < n_clocks; i++) {
		char words[60];
		practice_clock_words(p, &c[i], INT64_C(1795000000) * TIME_SECOND_US,
		        INT64_C(1795900000) * TIME_SECOND_US, words, sizeof(words));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const NAME[] = {"meeting-x.json", "tool-x.json", "clocks-x.json",
	        "lists-x.json", "holidays-x.json", "retention-x.json"};
	struct practice_text text[40];
	struct practice *p = NULL;
	struct why w = {""};
	size_t n_assets, n = 0;
	const struct asset *a = asset_all(&n_assets);
	if (size < 1)
		return 0;
	for (size_t i = 0; i < n_assets && n + 1 < COUNT_OF(text); i++)
		if (strncmp(a[i].name, "practice/", 9) == 0)
			text[n++] = (struct practice_text){
			        a[i].name, (const char *)a[i].data, a[i].len};
	text[n++] = (struct practice_text){
	        NAME[data[0] % COUNT_OF(NAME)], (const char *)data + 1, size - 1};
	enum err e = practice_load(text, n, &p, &w);
	if (e && (!w.text[0] || p))
		__builtin_trap();
	if (!e)
		use(p);
	practice_destroy(p);
	return 0;
}
