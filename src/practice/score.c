#include "caseroom/practice.h"
#include <limits.h>

static const char *const BAND[] = {"Standard", "Medium", "High", "Very high"};

const char *band_name(enum band b)
{
	return (size_t)b < BAND_COUNT ? BAND[b] : "";
}

/* A score below every threshold is standard: there is no band under it. */
enum band practice_band(const struct practice_tool *t, int score)
{
	enum band b = BAND_STANDARD;
	for (int i = BAND_STANDARD + 1; i < BAND_COUNT; i++)
		if (t->from[i] != INT_MAX && score >= t->from[i])
			b = (enum band)i;
	return b;
}

static void range_of(const struct practice_factor *f, int *ret_least, int *ret_most)
{
	int least = f->option[0].points, most = least;
	for (size_t i = 1; i < f->n_options; i++) {
		int p = f->option[i].points;
		least = p < least ? p : least;
		most = p > most ? p : most;
	}
	*ret_least = least;
	*ret_most = most;
}

enum err practice_score(
        const struct practice_tool *t, const int *answer, size_t n, struct practice_score *ret)
{
	struct practice_score s = {.asked = t->n_factors};
	if (n != t->n_factors)
		return ERR_INPUT;
	for (size_t i = 0; i < n; i++) {
		int least, most;
		range_of(&t->factor[i], &least, &most);
		s.least += least;
		s.most += most;
		if (answer[i] == ANSWER_UNKNOWN || answer[i] == ANSWER_NONE) {
			s.score += least;
			s.highest += most;
		} else if (answer[i] >= 0 && (size_t)answer[i] < t->factor[i].n_options) {
			s.score += t->factor[i].option[answer[i]].points;
			s.highest += t->factor[i].option[answer[i]].points;
			s.known++;
		} else {
			return ERR_INPUT;
		}
	}
	s.band = practice_band(t, s.score);
	*ret = s;
	return ERR_OK;
}
