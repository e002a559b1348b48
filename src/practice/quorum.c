#include "caseroom/practice.h"
#include <string.h>

static bool among(const char *const *kind, size_t n, const char *want)
{
	for (size_t i = 0; i < n; i++)
		if (kind[i] && strcmp(kind[i], want) == 0)
			return true;
	return false;
}

/*
 * With both rules, the number is filled by the needed kinds first and by any other agency after
 * them, so that `here == needed` says the same as `met`: a block on the bar for each agency that is
 * still to come.
 */
void practice_quorum(const struct practice_type *t, const char *const *kind, size_t n,
        struct practice_quorum *ret)
{
	size_t kinds_here = 0, number = t->quorum_number > 0 ? (size_t)t->quorum_number : 0;
	*ret = (struct practice_quorum){0};
	for (size_t i = 0; i < t->n_quorum_kind && i < PRACTICE_MAX; i++) {
		if (among(kind, n, t->quorum_kind[i]))
			kinds_here++;
		else
			ret->missing[ret->n_missing++] = t->quorum_kind[i];
	}
	size_t places = number > t->n_quorum_kind ? number - t->n_quorum_kind : 0;
	size_t others = n > kinds_here ? n - kinds_here : 0;
	ret->needed = t->n_quorum_kind + places;
	ret->here = kinds_here + (others < places ? others : places);
	ret->number_missing = n < number ? (int)(number - n) : 0;
	ret->met = ret->n_missing == 0 && ret->number_missing == 0;
}
