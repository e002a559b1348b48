#include "report.h"
#include <string.h>
#include "caseroom/papers.h"
#include "caseroom/record_report.h"

/* ---- the ASB case review, in the minutes (R20) ---- */

static const char *day_words(struct arena *a, int32_t day)
{
	char t[TIME_TEXT_MAX];
	return arena_strdup(a, day_text(t, day, DAY_MONTH));
}

/* "first. words." and each of them may be missing. */
static const char *sentence(struct arena *a, const char *first, const char *words)
{
	if (!first || !words)
		return NULL;
	return *first && *words ? arena_printf(a, "%s. %s", first, words) : *first ? first : words;
}

static enum err recommendations(
        struct arena *a, const struct review_step_row *t, size_t n, const char **text)
{
	for (size_t i = 0; i < n && *text; i++) {
		const char *answer = "Not answered yet";
		if (strcmp(t[i].what, "recommendation") != 0)
			continue;
		for (size_t k = i + 1; k < n; k++)
			if (t[k].answers == t[i].id)
				answer = sentence(a, t[k].label, t[k].words);
		*text = arena_printf(a, "%s\nRecommended to %s: %s\nIts answer: %s", *text,
		        t[i].agency_name, t[i].words, answer ? answer : "");
	}
	return *text ? ERR_OK : ERR_NOMEM;
}

/* Steps told by one line each, as they came. */
static bool is_told(const char *what)
{
	static const char *const TOLD[] = {"acknowledged", "no-recommendation", "letter", "appeal",
	        "appeal-upheld", "appeal-dismissed"};
	for (size_t i = 0; i < COUNT_OF(TOLD); i++)
		if (strcmp(what, TOLD[i]) == 0)
			return true;
	return false;
}

enum err report_case_review(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, const char **ret)
{
	struct review_row row;
	struct review_step_row *t;
	size_t n;
	*ret = "";
	enum err e = record_review(r, a, v, case_id, &row);
	if (e == ERR_NOT_FOUND || (!e && row.applied == DAY_NONE))
		return ERR_OK;
	TRY(e);
	TRY(record_review_steps(r, a, v, case_id, &t, &n));
	const char *text =
	        arena_printf(a, "Application of %s: %s\n%d of %d qualifying complaints count",
	                day_words(a, row.applied), sentence(a, row.applicant, row.words),
	                row.complaints, row.needed);
	if (text && row.decided)
		text = arena_printf(a, "%s\nThreshold %s, %s: %s", text,
		        row.met ? "met" : "not met", day_words(a, row.decided_day),
		        sentence(a, row.met ? row.route : "Decided under the procedure",
		                row.reasons));
	if (text && *row.victim)
		text = arena_printf(a, "%s\nThe victim: %s", text,
		        sentence(a, row.victim_label, row.victim_words));
	TRY(recommendations(a, t, n, &text));
	for (size_t i = 0; i < n && text; i++)
		if (is_told(t[i].what))
			text = arena_printf(a, "%s\n%s, %s%s%s", text, t[i].label,
			        day_words(a, t[i].day), *t[i].words ? ": " : "", t[i].words);
	if (!text)
		return ERR_NOMEM;
	*ret = text;
	return ERR_OK;
}
