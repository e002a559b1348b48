#include "caseroom/practice.h"

static const char *const STATE[] = {
        "planned", "signing", "session", "covered", "closing", "closed", "agreed"};
static const char *const AGENDA[] = {
        "welcome", "minutes", "actions", "cases", "paper", "other", "next", "case"};

const char *meeting_state_name(enum meeting_state s)
{
	return (size_t)s < MEETING_STATE_COUNT ? STATE[s] : "";
}

const char *agenda_kind_name(enum agenda_kind k)
{
	return (size_t)k < AGENDA_KIND_COUNT ? AGENDA[k] : "";
}

bool practice_meeting_may(enum meeting_state from, enum meeting_state to)
{
	switch (from) {
	case MEETING_PLANNED:
		return to == MEETING_SIGNING;
	case MEETING_SIGNING:
		return to == MEETING_SESSION || to == MEETING_PLANNED;
	case MEETING_SESSION:
		return to == MEETING_COVERED || to == MEETING_CLOSING;
	case MEETING_COVERED:
		return to == MEETING_SESSION;
	case MEETING_CLOSING:
		return to == MEETING_SESSION || to == MEETING_CLOSED;
	case MEETING_CLOSED:
		return to == MEETING_AGREED;
	case MEETING_AGREED:
	case MEETING_STATE_COUNT:
		break;
	}
	return false;
}

/* A case without a day of receipt comes after those that have one; the id keeps the order the same
 * each time. */
int practice_case_order(const struct practice_case_key *a, const struct practice_case_key *b)
{
	if (a->children != b->children)
		return a->children ? -1 : 1;
	if (a->band != b->band)
		return a->band > b->band ? -1 : 1;
	if (a->received != b->received) {
		if (a->received == DAY_NONE || b->received == DAY_NONE)
			return a->received == DAY_NONE ? 1 : -1;
		return a->received < b->received ? -1 : 1;
	}
	return (a->id > b->id) - (a->id < b->id);
}
