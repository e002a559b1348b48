#include "caseroom/practice.h"
#include <limits.h>
#include <string.h>

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

static bool is_kind(const struct practice_escalator *x, const char *kind)
{
	for (size_t i = 0; i < x->n_kinds; i++)
		if (strcmp(x->kind[i], kind) == 0)
			return true;
	return x->n_kinds == 0;
}

/* An answer that is not known raises nothing, and is not a no either: it stands in the range. */
static bool applies(
        const struct practice_escalator *x, const int *answer, const struct practice_facts *facts)
{
	int n = 0;
	if (x->factor >= 0) {
		for (size_t i = 0; i < x->n_options; i++)
			if (answer[x->factor] == x->option[i])
				return true;
		return false;
	}
	for (size_t i = 0; facts && i < facts->n; i++) {
		const struct practice_incident *e = &facts->incident[i];
		n += e->day <= facts->today && is_kind(x, e->kind) &&
		     (!x->months || e->day > practice_add_months(facts->today, -x->months));
	}
	return n >= x->incidents;
}

enum err practice_score(const struct practice_tool *t, const int *answer, size_t n,
        const struct practice_facts *facts, struct practice_score *ret)
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
	s.band = s.by_score = practice_band(t, s.score);
	for (size_t i = 0; i < t->n_escalators; i++) {
		const struct practice_escalator *x = &t->escalator[i];
		s.raised[i] = applies(x, answer, facts);
		if (s.raised[i] && x->band > s.band)
			s.band = x->band;
	}
	*ret = s;
	return ERR_OK;
}

enum stale practice_stale(
        const struct practice_tool *t, int32_t made, int32_t last_incident, int32_t today)
{
	if (last_incident != DAY_NONE && last_incident > made)
		return STALE_INCIDENT;
	return t && t->stale_days && today - made > t->stale_days ? STALE_OLD : STALE_NO;
}
