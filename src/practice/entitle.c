#include "caseroom/practice.h"
#include <string.h>

static const char *const STANDING[] = {"core", "deputy", "co-opted", "observer", "community"};
static const char *const RESTRICTION[] = {"normal", "named", "hidden"};

const char *standing_name(enum standing s)
{
	return (size_t)s < STANDING_COUNT ? STANDING[s] : "";
}

enum err standing_parse(const char *s, enum standing *ret)
{
	for (size_t i = 0; i < COUNT_OF(STANDING); i++)
		if (strcmp(s, STANDING[i]) == 0) {
			*ret = (enum standing)i;
			return ERR_OK;
		}
	return ERR_INPUT;
}

const char *restriction_name(enum restriction r)
{
	return (size_t)r < RESTRICTION_COUNT ? RESTRICTION[r] : "";
}

enum err restriction_parse(const char *s, enum restriction *ret)
{
	for (size_t i = 0; i < COUNT_OF(RESTRICTION); i++)
		if (strcmp(s, RESTRICTION[i]) == 0) {
			*ret = (enum restriction)i;
			return ERR_OK;
		}
	return ERR_INPUT;
}

static bool is_named(const struct practice_limit *limit, int64_t agency)
{
	for (size_t i = 0; agency != 0 && i < limit->n; i++)
		if (limit->agency[i] == agency)
			return true;
	return false;
}

/* What is not understood shows nothing: a level or a standing out of range is SIGHT_NONE. */
enum sight practice_sight_of(const struct practice_present *p, const struct practice_limit *limit)
{
	if ((size_t)p->standing >= STANDING_COUNT)
		return SIGHT_NONE;
	bool member = p->standing == STANDING_CORE || p->standing == STANDING_DEPUTY;
	bool opened = limit->level == RESTRICTION_NAMED && limit->opened;
	switch (opened ? RESTRICTION_NORMAL : limit->level) {
	case RESTRICTION_NORMAL:
		if (p->conflict)
			return SIGHT_HELD;
		return member || p->standing == STANDING_OBSERVER ? SIGHT_FULL : SIGHT_ANON;
	case RESTRICTION_NAMED:
		return member && !p->conflict && is_named(limit, p->agency) ? SIGHT_FULL
		                                                            : SIGHT_HELD;
	case RESTRICTION_HIDDEN:
		return member && !p->conflict && is_named(limit, p->agency) ? SIGHT_FULL
		                                                            : SIGHT_NONE;
	case RESTRICTION_COUNT:
		break;
	}
	return SIGHT_NONE;
}

enum sight practice_sight(const struct practice_room *room, const struct practice_limit *limit)
{
	enum sight least = room->anonymised ? SIGHT_ANON : SIGHT_FULL;
	if (room->n == 0)
		return SIGHT_NONE;
	for (size_t i = 0; i < room->n; i++) {
		enum sight s = practice_sight_of(&room->present[i], limit);
		if (s < least)
			least = s;
	}
	return least;
}
