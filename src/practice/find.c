#include "data.h"
#include <string.h>

/* Sixty-four entries at most: looked through from the first. */

const struct practice_type *practice_type(const struct practice *p, const char *id)
{
	for (size_t i = 0; i < p->n_types; i++)
		if (strcmp(p->type[i].id, id) == 0)
			return &p->type[i];
	return NULL;
}

const struct practice_type *practice_type_missing(void)
{
	static const struct practice_type NONE = {.id = "",
	        .name = "Meeting of a type that is no longer here",
	        .source = "The practice text of this meeting's type is not loaded",
	        .version = 1,
	        .anonymised = true,
	        .declaration_title = "",
	        .declaration = "",
	        .declaration_source = "",
	        .quorum_source = "",
	        .agenda_source = "",
	        .case_minutes = 12,
	        .case_minutes_source = "",
	        .risk_tool = "",
	        .share = {"", "", "", "", "", "", "", "", ""},
	        .share_basis = "",
	        .minutes_heading = "Minutes"};
	return &NONE;
}

const struct practice_type *practice_types(const struct practice *p, size_t *ret_n)
{
	*ret_n = p->n_types;
	return p->type;
}

static bool has(const char *const *text, size_t n, const char *want)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(text[i], want) == 0)
			return true;
	return false;
}

const struct practice_type *practice_type_for_forum(
        const struct practice *p, const char *forum_code, const char *forum_kind)
{
	for (size_t i = 0; forum_code && i < p->n_types; i++)
		if (has(p->type[i].forum, p->type[i].n_forums, forum_code))
			return &p->type[i];
	for (size_t i = 0; forum_kind && i < p->n_types; i++)
		if (has(p->type[i].forum_kind, p->type[i].n_forum_kinds, forum_kind))
			return &p->type[i];
	return NULL;
}

const struct practice_tool *practice_tool(const struct practice *p, const char *id)
{
	for (size_t i = 0; i < p->n_tools; i++)
		if (strcmp(p->tool[i].id, id) == 0)
			return &p->tool[i];
	return NULL;
}

const struct practice_tool *practice_tools(const struct practice *p, size_t *ret_n)
{
	*ret_n = p->n_tools;
	return p->tool;
}

const struct practice_list *practice_list(const struct practice *p, const char *name)
{
	for (size_t i = 0; i < p->n_lists; i++)
		if (strcmp(p->list[i].name, name) == 0)
			return &p->list[i];
	return NULL;
}

const struct practice_entry *practice_entry(
        const struct practice *p, const char *list, const char *id)
{
	const struct practice_list *l = practice_list(p, list);
	for (size_t i = 0; l && i < l->n; i++)
		if (strcmp(l->entry[i].id, id) == 0)
			return &l->entry[i];
	return NULL;
}

const struct practice_clock *practice_clock(const struct practice *p, const char *id)
{
	for (size_t i = 0; i < p->n_clocks; i++)
		if (strcmp(p->clock[i].id, id) == 0)
			return &p->clock[i];
	return NULL;
}

const struct practice_clock *practice_clocks(const struct practice *p, size_t *ret_n)
{
	*ret_n = p->n_clocks;
	return p->clock;
}
