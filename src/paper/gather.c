#include "doc.h"
#include "caseroom/papers.h"
#include "caseroom/record_agenda.h"
#include "caseroom/record_audit.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/vault.h"
#include "report.h"

/* One reader's minutes in the making. */
struct gather {
	struct record *r;
	struct arena *a;
	const struct record_viewer *v;
	struct meeting_row m;
	struct paper_minutes *out;
	int64_t own_agency; /* an extract holds only its own actions; 0 = all */
	size_t asked[ACTION_STATE_COUNT +
	             1]; /* old actions by what became of them; last: not asked */
	size_t made;     /* actions made here */
};

static char *text(struct gather *g, const char *s)
{
	return arena_strdup(g->a, s);
}

static const char *short_day(struct gather *g, int32_t day)
{
	char t[TIME_TEXT_MAX];
	return text(g, day_text(t, day, DAY_MONTH));
}

static const char *hm(struct gather *g, int64_t us)
{
	char t[TIME_TEXT_MAX];
	return text(g, time_text_hm(t, us));
}

static enum err attendance(struct gather *g)
{
	struct seat_row *s;
	size_t n, na = 0, np = 0, ne = 0;
	TRY(record_seats(g->r, g->a, g->m.id, 0, &s, &n));
	struct paper_attendee *att = arena_alloc(g->a, (n + 1) * sizeof(*att));
	struct paper_apology *ap = arena_alloc(g->a, (n + 1) * sizeof(*ap));
	const char **empty = arena_alloc(g->a, (n + 1) * sizeof(*empty));
	if (!att || !ap || !empty)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		static const char *const GUEST[] = {
		        "Guest", "Guest", "Co-opted", "Observer", "Community"};
		const char *who = *s[i].agency_name ? s[i].agency_name : GUEST[s[i].standing];
		if (s[i].chair)
			g->out->chair =
			        *s[i].name ? arena_printf(g->a, "%s, %s", s[i].name, who) : who;
		if (s[i].minute_taker)
			g->out->minute_taker =
			        *s[i].name ? arena_printf(g->a, "%s, %s", s[i].name, who) : who;
		if (s[i].signed_us != TIME_NONE) {
			const char *state = arena_printf(g->a, "%s%s%s%s %s",
			        s[i].chair ? "Chair, " : "", s[i].minute_taker ? "Minutes, " : "",
			        *s[i].substitute_role
			                ? arena_printf(g->a, "Sub for %s, ", s[i].substitute_role)
			                : "",
			        s[i].chair || s[i].minute_taker || *s[i].substitute_role ? "signed"
			                                                                 : "Signed",
			        hm(g, s[i].signed_us));
			att[na++] = (struct paper_attendee){.agency = who,
			        .name = s[i].name,
			        .initials = s[i].initials,
			        .role = s[i].role,
			        .state = state,
			        .observer = s[i].standing >= STANDING_OBSERVER,
			        .signed_statement = true};
			/* as a county board's minutes have it: member, then who sat for them */
			if (s[i].substitute_for) {
				struct person_row *p;
				size_t n_people;
				TRY(record_people(g->r, g->a, 0, s[i].agency, &p, &n_people));
				for (size_t k = 0; k < n_people; k++)
					if (p[k].id == s[i].substitute_for)
						ap[np++] = (struct paper_apology){.agency = who,
						        .name = p[k].name,
						        .substitute = s[i].name,
						        .information = ""};
			}
		} else if (s[i].state == SEAT_APOLOGIES) {
			ap[np++] = (struct paper_apology){.agency = who,
			        .name = s[i].name,
			        .substitute = "",
			        .information =
			                s[i].information != DAY_NONE
			                        ? arena_printf(g->a, "information received %s",
			                                  short_day(g, s[i].information))
			                        : ""};
		} else {
			empty[ne++] = who;
		}
	}
	g->out->attendee = att;
	g->out->n_attendees = na;
	g->out->apology = ap;
	g->out->n_apologies = np;
	g->out->empty_seat = empty;
	g->out->n_empty_seats = ne;
	return ERR_OK;
}

/* What this meeting made of an action from before: told apart from one that nobody asked about. */
static const char *old_outcome(struct gather *g, const struct action_row *t)
{
	if (!t->answered) {
		g->asked[ACTION_STATE_COUNT]++;
		return "Not asked about; it stays open.";
	}
	enum action_state to = t->answer == ACTION_OPEN ? ACTION_CARRIED : t->answer;
	g->asked[to]++;
	return *t->answer_words
	               ? arena_printf(g->a, "%s: %s", action_state_name(to), t->answer_words)
	               : action_state_name(to);
}

static enum err old_actions(struct gather *g)
{
	struct action_row *t;
	size_t n;
	struct action_filter f = {.forum = g->m.forum,
	        .meeting = g->m.id,
	        .before_meeting = true,
	        .agency = g->own_agency};
	TRY(record_actions(g->r, g->a, g->v, &f, &t, &n));
	struct paper_old_action *o = arena_alloc(g->a, (n + 1) * sizeof(*o));
	if (!o)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const char *outcome = old_outcome(g, &t[i]);
		if (!outcome)
			return ERR_NOMEM;
		o[i] = (struct paper_old_action){.ref = t[i].ref,
		        .what = t[i].what,
		        .agency = t[i].agency_name,
		        .owner = t[i].owner,
		        .due = short_day(g, t[i].due),
		        .outcome = outcome};
	}
	g->out->old_action = o;
	g->out->n_old_actions = n;
	return ERR_OK;
}

static const char *ground(struct gather *g, const struct share_row *s)
{
	if (s->what != SHARE_WORDS || !*s->gateway)
		return "";
	return arena_printf(g->a, "%s; %s%s%s%s%s; %s; handling: %s", s->gateway, s->article6,
	        *s->article9 ? "; " : "", s->article9, *s->article10 ? "; " : "", s->article10,
	        s->necessity, s->handling);
}

/* That it was said stands, with its mark. The words themselves stay in the record, and so does the
 * reason: what was said of the wrong person does not go out again. */
static void in_error(struct paper_entry *e)
{
	e->kind = "Marked in error";
	e->text = "What was said here was marked as made in error. It stays in the record.";
	e->about = "";
	e->ground = "";
}

/* What was asked for its handling is done with it, whatever the words of the list are. */
static bool handled_as(struct gather *g, const struct share_row *s, const char *id)
{
	const struct practice_entry *e = practice_entry(record_practice(g->r), "handling", id);
	return e && strcmp(s->handling, e->label) == 0;
}

static void share_entry(struct gather *g, const struct share_row *s, struct paper_entry *e)
{
	static const char *const KIND[] = {"Fact", "Decided not to share", "Nothing to share"};
	*e = (struct paper_entry){.speaker = s->agency_name,
	        .kind = s->what == SHARE_WORDS && s->opinion ? "Opinion" : KIND[s->what],
	        .about = s->about,
	        .text = s->words,
	        .ground = ground(g, s),
	        .action = ""};
	bool own = g->v->n == 1 && g->v->present[0].agency == s->agency;
	if (handled_as(g, s, "spoken-only")) {
		e->text = "Heard at the table; left out of the papers as asked.";
		e->about = "";
	} else if (handled_as(g, s, "anonymised") && !own) {
		/* no rule makes free words anonymous: they stay with who said them */
		e->text = "Heard at the table; leaves it anonymised only.";
		e->about = "";
	} else if (s->held) {
		e->kind = "Held back";
		e->text = "Said to named agencies only.";
	} else if (s->what == SHARE_NOT) {
		/* the reason can tell what was not told: it is for the agency that gave it */
		if (own)
			e->text = *s->words ? arena_printf(g->a, "%s. %s", s->reason, s->words)
			                    : s->reason;
		else
			e->text = "The reason is kept with the record.";
	} else if (s->what == SHARE_WORDS && *s->source) {
		e->text = arena_printf(g->a, "%s (Source: %s)", s->words, s->source);
	}
	if (s->version > 1)
		e->kind = arena_printf(g->a, "%s, corrected", e->kind);
	if (*s->mistake)
		in_error(e);
}

static const char *risk_sentence(struct gather *g, const struct item_row *i)
{
	struct assessment_row *t;
	size_t n;
	if (record_assessments(g->r, g->a, g->v, i->case_id, &t, &n) || n == 0 || t[0].band < 0 ||
	        *t[0].mistake)
		return "";
	const char *tool = practice_tool(record_practice(g->r), t[0].tool)
	                           ? practice_tool(record_practice(g->r), t[0].tool)->name
	                           : t[0].tool;
	return arena_printf(g->a, "%s: %s, version %d, score %d of %d, %d of %d answers known%s%s.",
	        band_name((enum band)t[0].band), tool, t[0].tool_version, t[0].score, t[0].most,
	        t[0].known, t[0].asked,
	        *t[0].override ? ". Decided otherwise than the score proposes: " : "",
	        t[0].override);
}

/* Who was there for an item, when not all who had signed were. */
static enum err presence(struct gather *g, int64_t item, const char **ret)
{
	struct presence_row *p;
	size_t n;
	const char *but = "", *more = "";
	*ret = "";
	TRY(record_presence_rows(g->r, g->a, g->v, item, &p, &n));
	for (size_t i = 0; i < n && but && more; i++) {
		const char *conflict =
		        *p[i].decision ? arena_printf(g->a,
		                                 ": conflict of interest declared; decision: %s",
		                                 p[i].decision)
		                       : "";
		if (p[i].here == PRESENCE_OUT)
			but = arena_printf(g->a, "%s%s%s", but, *but ? ", " : "", p[i].who);
		if (p[i].came_us != TIME_NONE)
			more = arena_printf(
			        g->a, "%s %s came at %s.", more, p[i].who, hm(g, p[i].came_us));
		if (p[i].left_us != TIME_NONE && conflict)
			more = arena_printf(g->a, "%s %s left%s at %s%s%s%s.", more, p[i].who,
			        p[i].for_this ? " for this item" : "", hm(g, p[i].left_us),
			        p[i].back_us != TIME_NONE ? ", back at " : "",
			        p[i].back_us != TIME_NONE ? hm(g, p[i].back_us) : "", conflict);
		else if (conflict && *conflict)
			more = arena_printf(g->a, "%s %s%s.", more, p[i].who, conflict);
	}
	if (!but || !more)
		return ERR_NOMEM;
	if (n)
		*ret = *but ? arena_printf(g->a, "Present: all but %s.%s", but, more)
		            : arena_printf(g->a, "Present: all who had signed.%s", more);
	return *ret ? ERR_OK : ERR_NOMEM;
}

/* The full stop a sentence of somebody's may have already. */
static const char *stop(const char *s)
{
	size_t n = strlen(s);
	return n && s[n - 1] == '.' ? "" : ".";
}

/* What the case needed the table for, and that the chair opened what was held back: both stand
 * with who was there. */
static enum err circumstances(struct gather *g, const struct item_row *i, const char **said)
{
	struct glass_row *glass;
	size_t n;
	if (*i->needed_for)
		*said = arena_printf(
		        g->a, "%s%sOn the table for: %s.", *said, **said ? " " : "", i->needed_for);
	TRY(record_glass_rows(g->r, g->a, g->v, g->m.id, &glass, &n));
	for (size_t k = 0; k < n && *said; k++)
		if (glass[k].item == i->id)
			*said = arena_printf(g->a,
			        "%s%sThe chair opened it to the room from %s to %s%s%s%s", *said,
			        **said ? " " : "", hm(g, glass[k].at_us), hm(g, glass[k].until_us),
			        *glass[k].words ? ": " : "", glass[k].words, stop(glass[k].words));
	return *said ? ERR_OK : ERR_NOMEM;
}

/* Assessments made under this item; those marked in error are told of in the minutes. */
static enum err marked(
        struct gather *g, const struct item_row *i, struct assessment_row **ret, size_t *ret_n)
{
	size_t n = 0;
	*ret = NULL;
	*ret_n = 0;
	if (!i->case_id)
		return ERR_OK;
	TRY(record_assessments(g->r, g->a, g->v, i->case_id, ret, ret_n));
	for (size_t k = 0; k < *ret_n; k++)
		if ((*ret)[k].item == i->id)
			(*ret)[n++] = (*ret)[k];
	*ret_n = n;
	return ERR_OK;
}

static enum err case_item(struct gather *g, const struct item_row *i, struct paper_item *p)
{
	struct share_row *s;
	struct note_row *note;
	struct decision_row *d;
	struct action_row *t;
	struct assessment_row *wrong;
	size_t ns, nn, nd, nt, nw, n = 0, na = 0;
	struct action_filter f = {.item = i->id, .agency = g->own_agency};
	TRY(record_notes(g->r, g->a, g->v, g->m.id, i->id, &note, &nn));
	TRY(record_shares(g->r, g->a, g->v, i->case_id, i->id, &s, &ns));
	TRY(record_decisions(g->r, g->a, g->v, i->case_id, i->id, &d, &nd));
	TRY(record_actions(g->r, g->a, g->v, &f, &t, &nt));
	TRY(presence(g, i->id, &p->presence));
	TRY(circumstances(g, i, &p->presence));
	TRY(marked(g, i, &wrong, &nw));
	struct paper_entry *e = arena_alloc(g->a, (ns + nn + nd + nt + nw + 1) * sizeof(*e));
	struct paper_action *act = arena_alloc(g->a, (nt + 1) * sizeof(*act));
	if (!e || !act)
		return ERR_NOMEM;
	for (size_t k = 0; k < ns; k++)
		share_entry(g, &s[k], &e[n++]);
	for (size_t k = 0; k < nn; k++) {
		e[n] = (struct paper_entry){.speaker = note[k].speaker,
		        .kind = note[k].corrected ? "Corrected" : "Discussion",
		        .about = "",
		        .text = note[k].words,
		        .ground = "",
		        .action = ""};
		if (*note[k].mistake)
			in_error(&e[n]);
		n++;
	}
	for (size_t k = 0; k < nd; k++) {
		if (!*d[k].mistake)
			continue;
		e[n] = (struct paper_entry){.speaker = "Decision",
		        .about = "",
		        .text = d[k].closes ? arena_printf(g->a, "Closed: %s. %s", d[k].outcome,
		                                      d[k].words)
		                            : d[k].words,
		        .ground = "",
		        .action = ""};
		in_error(&e[n++]);
	}
	for (size_t k = 0; k < nw; k++) {
		if (!*wrong[k].mistake)
			continue;
		e[n] = (struct paper_entry){.speaker = "Risk",
		        .about = "",
		        .text = arena_printf(
		                g->a, "Score %d of %d.", wrong[k].score, wrong[k].most),
		        .ground = "",
		        .action = ""};
		in_error(&e[n++]);
	}
	for (size_t k = 0; k < nt; k++) {
		if (*t[k].mistake) {
			e[n] = (struct paper_entry){.speaker = t[k].agency_name,
			        .about = "",
			        .text = arena_printf(g->a, "Action %s: %s.", t[k].ref, t[k].what),
			        .ground = "",
			        .action = ""};
			in_error(&e[n++]);
			continue;
		}
		g->made++;
		act[na++] = (struct paper_action){.ref = t[k].ref,
		        .what = t[k].what,
		        .agency = t[k].agency_name,
		        .owner = t[k].owner,
		        .done_when = t[k].done_when,
		        .case_ref = t[k].case_ref,
		        .due = t[k].due,
		        .review = t[k].review,
		        .uid = t[k].uid};
		for (size_t x = 0; x < n; x++) /* beside the words of the agency that took it on */
			if (strcmp(e[x].speaker, t[k].agency_name) == 0 && !*e[x].action)
				e[x].action = arena_printf(g->a, "%s. %s, %s", t[k].what,
				        t[k].agency_name, short_day(g, t[k].due));
	}
	p->entry = e;
	p->n_entries = n;
	p->action = act;
	p->n_actions = na;
	p->risk = i->case_id ? risk_sentence(g, i) : "";
	if (i->case_id && g->m.type->review_complaints)
		TRY(report_case_review(g->r, g->a, g->v, i->case_id, &p->case_review));
	if (nd && !*d[0].mistake) {
		p->decision =
		        d[0].closes ? arena_printf(g->a, "Closed: %s. %s", d[0].outcome, d[0].words)
		        : *d[0].words ? d[0].words
		                      : "Stays open.";
		if (d[0].review != DAY_NONE)
			p->review = arena_printf(
			        g->a, "Reviewed again on %s.", short_day(g, d[0].review));
	}
	for (size_t k = nd; k-- > 0;) /* of each agency, in the order they were told */
		if (*d[k].dissent && !*d[k].mistake)
			p->dissent = arena_printf(g->a, "%s%s%s%s%s", p->dissent,
			        *p->dissent ? "\n" : "", d[k].dissent_agency,
			        *d[k].dissent_agency ? " disagrees: " : "", d[k].dissent);
	return ERR_OK;
}

static enum err items(struct gather *g)
{
	struct item_row *i;
	size_t n, np = 0;
	TRY(record_items(g->r, g->a, g->v, g->m.id, &i, &n));
	struct paper_item *p = arena_alloc(g->a, (n + 1) * sizeof(*p));
	if (!p)
		return ERR_NOMEM;
	for (size_t k = 0; k < n; k++) {
		if (i[k].kind == AGENDA_WELCOME || i[k].kind == AGENDA_MINUTES ||
		        i[k].kind == AGENDA_ACTIONS || i[k].kind == AGENDA_NEXT)
			continue; /* these have a place of their own */
		struct paper_item *o = &p[np++];
		*o = (struct paper_item){.number = i[k].number,
		        .title = i[k].title,
		        .presence = "",
		        .held = "",
		        .timing = "",
		        .risk = "",
		        .decision = "",
		        .dissent = "",
		        .review = ""};
		if (i[k].sight == SIGHT_HELD) {
			o->held = "This item was for named agencies only. Ask the chair.";
			continue;
		}
		if (*i[k].second)
			o->title = arena_printf(g->a, "%s, %s", i[k].title, i[k].second);
		if (i[k].state == ITEM_DEFERRED || i[k].state == ITEM_REMOVED) {
			o->title = i[k].state == ITEM_REMOVED
			                   ? arena_printf(g->a, "Taken off: %s", i[k].title)
			                   : i[k].title;
			o->decision = arena_printf(g->a, "%s: %s",
			        i[k].state == ITEM_DEFERRED ? "Deferred" : "Taken off the agenda",
			        i[k].second);
			continue;
		}
		if (i[k].opened_us != TIME_NONE)
			o->timing = arena_printf(g->a, "%s%s%s, %d minutes planned, %d used",
			        hm(g, i[k].opened_us), i[k].ended_us != TIME_NONE ? " to " : "",
			        i[k].ended_us != TIME_NONE ? hm(g, i[k].ended_us) : "",
			        i[k].minutes, (i[k].used_s + 30) / 60);
		TRY(case_item(g, &i[k], o));
	}
	g->out->item = p;
	g->out->n_items = np;
	return ERR_OK;
}

/* "Version 3, corrected 17 December 2026, at the meeting of that day, replaces version 2: item 4,
 * C-2026-0118: ..." */
static enum err versions(struct gather *g)
{
	struct minutes_row *v;
	struct item_row *i;
	size_t n, ni;
	TRY(record_minutes_versions(g->r, g->a, g->v, g->m.id, &v, &n));
	TRY(record_items(g->r, g->a, g->v, g->m.id, &i, &ni));
	const char **line = arena_alloc(g->a, (n + 1) * sizeof(*line));
	if (!line)
		return ERR_NOMEM;
	for (size_t k = 0; k < n; k++) {
		char day[TIME_TEXT_MAX];
		const char *about = "";
		for (size_t x = 0; x < ni && v[k].item; x++)
			if (i[x].id == v[k].item)
				about = arena_printf(
				        g->a, "item %d, %s: ", i[x].number, i[x].title);
		bool corrected = strcmp(v[k].stage, "corrected") == 0;
		line[k] = arena_printf(g->a, "Version %d, %s%s %s%s%s%s%s%s", v[k].version,
		        v[k].stage, strcmp(v[k].stage, "approved") == 0 ? " by the chair" : "",
		        day_text(day, time_to_day(v[k].at_us), DAY_YEAR),
		        v[k].at_meeting ? ", at the meeting of that day" : "",
		        corrected && k
		                ? arena_printf(g->a, ", replaces version %d", v[k - 1].version)
		                : "",
		        !corrected  ? "."
		        : v[k].held ? ": an item that is held back."
		                    : ": ",
		        about ? about : "", v[k].words);
		if (!about || !line[k])
			return ERR_NOMEM;
	}
	g->out->version_line = line;
	g->out->n_version_lines = n;
	return ERR_OK;
}

static enum err last_minutes(struct gather *g)
{
	struct meeting_row last;
	struct minutes_row *v;
	const char *correction = "";
	int32_t day;
	int64_t at;
	size_t n, corrected = 0;
	enum err e = record_meeting_last(g->r, g->a, g->m.forum, g->m.id, &last);
	g->out->last_minutes = "";
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	TRY(e);
	TRY(record_agreed(g->r, last.id, &at, &day));
	TRY(record_minutes_versions(g->r, g->a, g->v, last.id, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (v[i].at_meeting == g->m.id) {
			corrected++;
			correction = arena_printf(g->a, "%s%s%s", correction,
			        *correction && *v[i].words ? " " : "", v[i].words);
		}
	if (at != g->m.id)
		g->out->last_minutes =
		        arena_printf(g->a, "The minutes of %s were not agreed at this meeting.",
		                short_day(g, last.day));
	else if (corrected && !*correction)
		g->out->last_minutes = arena_printf(g->a,
		        "The minutes of %s were agreed with a correction to an item that is held "
		        "back.",
		        short_day(g, last.day));
	else if (*correction)
		g->out->last_minutes =
		        arena_printf(g->a, "The minutes of %s were agreed with this correction: %s",
		                short_day(g, last.day), correction);
	else
		g->out->last_minutes =
		        arena_printf(g->a, "The minutes of %s were agreed as a correct record.",
		                short_day(g, last.day));
	return ERR_OK;
}

static enum err endings(struct gather *g)
{
	struct check_row *c;
	struct item_row *i;
	size_t n, open = 0, ni, cases = 0, deferred = 0;
	struct record_times times;
	struct practice_quorum q;
	char t[TIME_TEXT_MAX], print[VAULT_FINGERPRINT_MAX];
	TRY(record_checks(g->r, g->a, g->v, g->m.id, &c, &n));
	const char **point = arena_alloc(g->a, (n + 1) * sizeof(*point));
	if (!point)
		return ERR_NOMEM;
	for (size_t k = 0; k < n; k++)
		if (!c[k].done)
			point[open++] = c[k].text;
	g->out->open_point = point;
	g->out->n_open_points = open;
	g->out->next_meeting = g->m.next_day == DAY_NONE
	                               ? "The date of the next meeting is to be told."
	                               : arena_printf(g->a, "%s at %s",
	                                         day_text(t, g->m.next_day, DAY_WEEKDAY_YEAR),
	                                         hm(g, g->m.next_us));
	TRY(record_items(g->r, g->a, g->v, g->m.id, &i, &ni));
	for (size_t k = 0; k < ni; k++) {
		if (i[k].kind != AGENDA_CASE)
			continue;
		cases += i[k].state == ITEM_DONE;
		deferred += i[k].state == ITEM_DEFERRED;
	}
	TRY(record_times(g->r, g->v, g->m.id, &times));
	g->out->statistics = arena_printf(g->a,
	        "Cases heard: %zu\nCases deferred: %zu\nTime on cases: %d minutes of %d planned; "
	        "%d "
	        "took longer\nTime in all: %d minutes\nActions made: %zu\nOld actions: %zu done, "
	        "%zu overtaken by circumstances, %zu not done, %zu carried on, %zu not asked about",
	        cases, deferred, (times.cases_used_s + 30) / 60, times.cases_planned_min,
	        times.cases_over, (times.length_s + 30) / 60, g->made, g->asked[ACTION_DONE],
	        g->asked[ACTION_OVERTAKEN], g->asked[ACTION_NOT_DONE], g->asked[ACTION_CARRIED],
	        g->asked[ACTION_STATE_COUNT]);
	TRY(record_quorum(g->r, g->m.id, 0, &q));
	if (*g->m.quorum_reason)
		g->out->quorum = arena_printf(g->a,
		        "The meeting was not quorate. The chair went on: %s.", g->m.quorum_reason);
	else
		g->out->quorum = "The meeting was quorate.";
	if (*g->m.emergency)
		g->out->quorum = arena_printf(
		        g->a, "Called outside the cycle: %s. %s", g->m.emergency, g->out->quorum);
	record_fingerprint(g->r, print);
	g->out->fingerprint = text(g, print);
	return ERR_OK;
}

enum err papers_gather(struct record *r, struct arena *a, int64_t meeting,
        const struct record_viewer *v, const char *extract_for, struct paper_minutes *ret,
        struct why *w)
{
	struct gather g = {.r = r, .a = a, .v = v, .out = ret};
	struct forum_row f;
	bool sample;
	*ret = (struct paper_minutes){.marking = DOC_MARKING,
	        .extract_for = extract_for,
	        .chair = "",
	        .minute_taker = ""};
	TRY(record_meeting(r, a, meeting, &g.m));
	if (g.m.state < MEETING_SESSION)
		return why(w, ERR_REFUSED, "The meeting has not begun; there are no minutes yet.");
	TRY(record_forum(r, a, g.m.forum, &f));
	TRY(record_partnership(r, a, &ret->partnership, &sample));
	if (sample)
		ret->marking = DOC_MARKING_SAMPLE;
	if (extract_for)
		g.own_agency = v->present[0].agency;
	ret->heading = g.m.type->minutes_heading && *g.m.type->minutes_heading
	                       ? g.m.type->minutes_heading
	                       : arena_printf(a, "Minutes of %s", f.name);
	ret->forum = f.name;
	ret->type_name = g.m.type->name;
	ret->venue = g.m.venue;
	bool corrected = false;
	struct minutes_row *version;
	size_t n_versions;
	TRY(record_minutes_versions(r, a, v, meeting, &version, &n_versions));
	for (size_t i = 0; i < n_versions; i++)
		corrected |= strcmp(version[i].stage, "corrected") == 0;
	ret->status = corrected              ? "Minutes, corrected"
	              : g.m.minutes_agreed   ? "Minutes agreed"
	              : g.m.minutes_approved ? "Minutes approved by the chair"
	                                     : "Draft minutes";
	ret->version = g.m.minutes_version ? g.m.minutes_version : 1;
	ret->day = g.m.day;
	ret->started = hm(&g, g.m.started_us);
	ret->ended = hm(&g, g.m.ended_us);
	ret->declaration_title = g.m.type->declaration_title;
	ret->declaration = g.m.type->declaration;
	TRY(attendance(&g));
	TRY(versions(&g));
	TRY(last_minutes(&g));
	TRY(old_actions(&g));
	TRY(items(&g));
	return endings(&g);
}

enum err papers_plan(struct record *r, struct arena *a, int64_t meeting, struct papers_copy **ret,
        size_t *ret_n, struct why *w)
{
	struct meeting_row m;
	struct seat_row *s;
	struct agency_row *g;
	size_t n, ng, k = 0;
	TRY(record_meeting(r, a, meeting, &m));
	if (m.state < MEETING_CLOSED)
		return why(w, ERR_REFUSED, "The meeting is %s. Papers are made when it is closed.",
		        meeting_state_name(m.state));
	TRY(record_seats(r, a, meeting, 0, &s, &n));
	TRY(record_agencies(r, a, &g, &ng));
	struct papers_copy *c = arena_alloc(a, (n + ng + 2) * sizeof(*c));
	if (!c)
		return ERR_NOMEM;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			const struct agency_row *agency = NULL;
			bool again = false;
			for (size_t x = 0; x < ng; x++)
				if (g[x].id == s[i].agency)
					agency = &g[x];
			for (size_t x = 0; x < k; x++)
				again |= pass == 1 && c[x].agency == s[i].agency && !c[x].minutes;
			if (!agency || again || s[i].guest || (pass == 0 && !s[i].chair))
				continue;
			c[k++] = (struct papers_copy){.agency = agency->id,
			        .seat = s[i].id,
			        .minutes = pass == 0,
			        .standing = s[i].standing,
			        .name = agency->name,
			        .code3 = agency->code3,
			        .recipient = agency->recipient,
			        .file = "",
			        .state = agency->isa_signed == DAY_NONE ? PAPERS_NO_AGREEMENT
			                 : *agency->recipient           ? PAPERS_WAITING
			                                                : PAPERS_NO_KEY};
		}
	}
	TRY(report_plan(r, a, &m, c, &k));
	*ret = c;
	*ret_n = k;
	return ERR_OK;
}

enum err papers_gather_copy(struct record *r, struct arena *a, int64_t meeting,
        const struct papers_copy *c, struct paper_minutes *ret, struct why *w)
{
	struct record_viewer v;
	struct meeting_row row;
	TRY(record_meeting(r, a, meeting, &row));
	record_viewer_agency(c->agency, row.type->anonymised, &v);
	v.present[0].standing = c->standing;
	v.meeting = meeting;
	v.seat[0] = c->seat;
	return papers_gather(r, a, meeting, &v, c->minutes ? NULL : c->name, ret, w);
}

enum err papers_seal(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *w)
{
	struct paper_minutes m;
	struct meeting_row row;
	struct buf out;
	int number;
	if (c->report)
		return report_seal(r, a, meeting, dir, c, w);
	buf_init(&out, 256u << 20);
	c->state = PAPERS_FAILED;
	enum err e = record_meeting(r, a, meeting, &row);
	if (e)
		return e;
	e = papers_gather_copy(r, a, meeting, c, &m, w);
	if (!e)
		e = record_paper_next(r, meeting, &number);
	if (e)
		return e;
	struct paper_copy copy = {
	        .number = number, .recipient = c->name, .age_recipient = c->recipient};
	e = paper_seal(&m, &copy, &out, w);
	const char *file = NULL;
	if (!e) {
		struct doc_kept k = {.meeting = meeting,
		        .agency = c->minutes ? 0 : c->agency,
		        .day = row.day,
		        .number = number,
		        .kind = c->minutes ? "minutes" : "extract",
		        .code = c->code3};
		e = doc_keep(r, a, dir, &k, &out, &file, w);
	}
	buf_finish(&out);
	if (!e) {
		c->state = PAPERS_SEALED;
		c->number = number;
		c->file = file;
	}
	return e;
}
