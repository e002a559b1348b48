#include "app.h"
#include <string.h>

enum ui_risk risk_of(int band)
{
	return band < 0 || band >= BAND_COUNT ? UI_RISK_NONE : (enum ui_risk)band;
}

const char *share_label(const struct share_row *s)
{
	return s->what == SHARE_NOT       ? "Chose not to share"
	       : s->what == SHARE_NOTHING ? "Nothing to share"
	       : s->opinion               ? "Opinion"
	                                  : "Fact";
}

bool draft_due(const struct ui_edit *e, const struct kept *k)
{
	if (e->changes == k->changes)
		return false;
	char last = e->len ? e->text[e->len - 1] : '.';
	size_t behind = e->len > k->len ? e->len - k->len : k->len - e->len;
	return last == '.' || last == '?' || last == '!' || last == '\n' || behind > 60;
}

void draft_kept(const struct ui_edit *e, struct kept *k)
{
	*k = (struct kept){e->changes, e->len};
}

bool off_day(void *ctx, int32_t day)
{
	return !practice_is_working_day(ctx, day);
}

bool agency_done(
        int64_t agency, const struct share_row *s, size_t n, const struct share_row **ret_last)
{
	*ret_last = NULL;
	for (size_t i = 0; i < n; i++)
		if (s[i].agency == agency)
			*ret_last = &s[i];
	return *ret_last != NULL;
}

void case_open(struct app *app, int64_t item, int64_t case_id)
{
	app->item_id = item;
	app->case_id = case_id;
	app_go_back_to(app, &screen_case, &screen_agenda);
}
