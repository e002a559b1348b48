#include "ctl_int.h"
#include <stdio.h>
#include <string.h>

/* agenda FORUM --date: the same command as on the panel, then what the panel would show whoever
 * opened the store. */

static enum err parse_time(struct ctl *c, const char *s, int *ret_hour, int *ret_minute)
{
	char after;
	*ret_hour = 14;
	*ret_minute = 0;
	if (!s)
		return ERR_OK;
	if (strlen(s) != 5 || sscanf(s, "%2d:%2d%c", ret_hour, ret_minute, &after) != 2 ||
	        *ret_hour > 23 || *ret_minute > 59 || *ret_hour < 0 || *ret_minute < 0)
		return why(&c->why, ERR_INPUT,
		        "\"%.20s\" is no time as 14:00. Nothing was planned.", s);
	return ERR_OK;
}

static enum err print_agenda(struct ctl *c, const struct forum_row *f, int64_t meeting)
{
	struct record_viewer v;
	struct meeting_row m;
	struct item_row *item;
	struct seat_row *seat;
	size_t n, n_seats;
	char day[TIME_TEXT_MAX], hm[TIME_TEXT_MAX];
	int minutes = 0;
	TRY(record_viewer_opener(c->record, &v));
	TRY(record_meeting(c->record, &c->arena, meeting, &m));
	TRY(record_items(c->record, &c->arena, &v, meeting, &item, &n));
	TRY(record_seats(c->record, &c->arena, meeting, 0, &seat, &n_seats));
	printf("%s\n%s at %s%s%s, meeting %lld\n\n", f->name,
	        day_text(day, m.day, DAY_WEEKDAY_YEAR), time_text_hm(hm, m.starts_us),
	        *m.venue ? ", " : "", m.venue, (long long)m.id);
	for (size_t i = 0; i < n; i++) {
		char risk[24] = "", children[24] = "";
		if (item[i].band >= 0)
			snprintf(risk, sizeof(risk), "  %s", band_name((enum band)item[i].band));
		if (item[i].children)
			snprintf(children, sizeof(children), "  %d %s", item[i].children,
			        item[i].children == 1 ? "child" : "children");
		printf("%3d  %3d min  %s%s%s%s%s\n", item[i].number, item[i].minutes, item[i].title,
		        *item[i].second ? "  " : "", item[i].second, risk, children);
		minutes += item[i].minutes;
	}
	printf("\n%d h %02d planned. Seats:", minutes / 60, minutes % 60);
	for (size_t i = 0; i < n_seats; i++)
		printf("%s %s%s", i ? "," : "", seat[i].agency_name,
		        seat[i].state == SEAT_EMPTY ? " (nobody named)" : "");
	printf(".\n");
	return ERR_OK;
}

enum err verb_agenda(struct ctl *c)
{
	struct forum_row f;
	struct command plan = {.kind = CMD_MEETING_PLAN};
	int64_t meeting;
	if (day_parse(c->opt[OPT_DATE], &plan.u.plan.day))
		return why(&c->why, ERR_INPUT,
		        "\"%.20s\" is no date as 2026-11-19. Nothing was planned.",
		        c->opt[OPT_DATE]);
	TRY(parse_time(c, c->opt[OPT_TIME], &plan.u.plan.hour, &plan.u.plan.minute));
	TRY(ctl_open(c));
	enum err e = record_forum_by_code(c->record, &c->arena, c->arg[0], &f);
	if (e == ERR_NOT_FOUND)
		return why(&c->why, e,
		        "There is no group with the code \"%.40s\". caseroomctl list forums shows "
		        "the codes.",
		        c->arg[0]);
	TRY(e);
	plan.u.plan.forum = f.id;
	plan.u.plan.venue = c->opt[OPT_VENUE] ? c->opt[OPT_VENUE] : "";
	if (!f.type)
		return why(&c->why, ERR_REFUSED,
		        "%s has no rules for its meetings yet (its kind is \"%s\"). Nothing was "
		        "planned.",
		        f.name, f.kind);
	TRY(record_do(c->record, &plan, &meeting, &c->why));
	return print_agenda(c, &f, meeting);
}
