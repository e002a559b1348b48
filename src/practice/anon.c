#include "caseroom/practice.h"
#include <stdio.h>
#include <string.h>

/* A, B ... Z, AA, AB ...: counting without a nought, so that no letters come twice. */
static void letters(size_t index, char *out, size_t cap)
{
	char back[16];
	size_t n = 0;
	for (size_t i = index + 1; i > 0 && n < sizeof(back); i = (i - 1) / 26)
		back[n++] = (char)('A' + (i - 1) % 26);
	size_t at = 0;
	while (n > 0 && at + 1 < cap)
		out[at++] = back[--n];
	out[at] = 0;
}

void practice_anon_name(const char *role_label, size_t index, char *out, size_t cap)
{
	char which[20];
	if (cap == 0)
		return;
	if (index == SIZE_MAX)
		index--;
	letters(index, which, sizeof(which));
	snprintf(out, cap, "%s %s", role_label, which);
	if (out[0] >= 'a' && out[0] <= 'z')
		out[0] = (char)(out[0] - 'a' + 'A');
}

/* Whoever is born on 29 February is a year older on 1 March of the other years, as the law counts.
 */
int practice_age(int32_t born, int32_t on)
{
	int by, bm, bd, y, m, d;
	if (born == DAY_NONE || on == DAY_NONE || born > on)
		return -1;
	day_to_ymd(born, &by, &bm, &bd);
	day_to_ymd(on, &y, &m, &d);
	return y - by - (m < bm || (m == bm && d < bd));
}

const char *practice_age_band(int32_t born, int32_t on)
{
	static const struct {
		int below;
		const char *name;
	} BANDS[] = {{10, "under 10"}, {16, "10 to 15"}, {18, "16 to 17"}, {25, "18 to 24"},
	        {35, "25 to 34"}, {45, "35 to 44"}, {55, "45 to 54"}, {65, "55 to 64"}};
	int age = practice_age(born, on);
	if (age < 0)
		return "age not known";
	for (size_t i = 0; i < COUNT_OF(BANDS); i++)
		if (age < BANDS[i].below)
			return BANDS[i].name;
	return "65 or over";
}
