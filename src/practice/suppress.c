#include "caseroom/practice.h"
#include <stdio.h>

static bool is_small(int figure)
{
	return figure > 0 && figure <= FIGURE_SMALL;
}

void practice_suppress(const int *figure, size_t n, bool *ret_hide, bool *ret_hide_total)
{
	size_t small = 0, least = n;
	if (ret_hide_total)
		*ret_hide_total = false;
	for (size_t i = 0; i < n; i++) {
		ret_hide[i] = is_small(figure[i]);
		small += ret_hide[i];
		if (!ret_hide[i] && figure[i] && (least == n || figure[i] < figure[least]))
			least = i;
	}
	/* one alone is the total less the others */
	if (small != 1 || !ret_hide_total)
		return;
	if (least < n)
		ret_hide[least] = true;
	else
		*ret_hide_total = true;
}

const char *practice_figure(int figure, bool hide, char out[16])
{
	if (is_small(figure))
		return "5 or fewer";
	if (hide)
		return "not shown";
	snprintf(out, 16, "%d", figure);
	return out;
}
