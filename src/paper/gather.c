#include "doc.h"
#include "caseroom/papers.h"
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
		const char *state =
		        t[i].state == ACTION_OPEN ? "Carried on" : action_state_name(t[i].state);
		o[i] = (struct paper_old_action){.ref = t[i].ref,
		        .what = t[i].what,
		        .agency = t[i].agency_name,
		        .owner = t[i].owner,
		        .due = short_day(g, t[i].due),
		        .outcome = *t[i].outcome ? arena_printf(g->a, "%s: %s", state, t[i].outcome)
		                                 : state};
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

static void share_entry(struct gather *g, const struct share_row *s, struct paper_entry *e)
{
	static const char *const KIND[] = {"Fact", "Decided not to share", "Nothing to share"};
	*e = (struct paper_entry){.speaker = s->agency_name,
	        .kind = s->what == SHARE_WORDS && s->opinion ? "Opinion" : KIND[s->what],
	        .about = s->about,
	        .text = s->words,
	        .ground = ground(g, s),
	        .action = ""};
	const struct practice_entry *spoken =
	        practice_entry(record_practice(g->r), "handling", "spoken-only");
	if (spoken && strcmp(s->handling, spoken->label) == 0) {
		e->text = "Heard at the table; left out of the papers as asked.";
		e->about = "";
	} else if (s->held) {
		e->kind = "Held back";
		e->text = "Said to named agencies only.";
	} else if (s->what == SHARE_NOT) {
		/* the reason can tell what was not told: it is for the agency that gave it */
		if (g->v->n == 1 && g->v->present[0].agency == s->agency)
			e->text = *s->words ? arena_printf(g->a, "%s. %s", s->reason, s->words)
			                    : s->reason;
		else
			e->text = "The reason is kept with the record.";
	} else if (s->what == SHARE_WORDS && *s->source) {
		e->text = arena_printf(g->a, "%s (Source: %s)", s->words, s->source);
	}
	if (s->version > 1)
		e->kind = arena_printf(g->a, "%s, corrected", e->kind);
}

static const char *risk_sentence(struct gather *g, const struct item_row *i)
{
	struct assessment_row *t;
	size_t n;
	if (record_assessments(g->r, g->a, g->v, i->case_id, &t, &n) || n == 0 || t[0].band < 0)
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

static enum err case_item(struct gather *g, const struct item_row *i, struct paper_item *p)
{
	struct share_row *s;
	struct note_row *note;
	struct decision_row *d;
	struct action_row *t;
	size_t ns, nn, nd, nt, n = 0;
	struct action_filter f = {.item = i->id, .agency = g->own_agency};
	TRY(record_notes(g->r, g->a, g->v, g->m.id, i->id, &note, &nn));
	TRY(record_shares(g->r, g->a, g->v, i->case_id, i->id, &s, &ns));
	TRY(record_decisions(g->r, g->a, g->v, i->case_id, i->id, &d, &nd));
	TRY(record_actions(g->r, g->a, g->v, &f, &t, &nt));
	TRY(record_presence(g->r, g->a, g->v, i->id, &p->presence));
	struct paper_entry *e = arena_alloc(g->a, (ns + nn + 1) * sizeof(*e));
	struct paper_action *act = arena_alloc(g->a, (nt + 1) * sizeof(*act));
	if (!e || !act)
		return ERR_NOMEM;
	for (size_t k = 0; k < ns; k++)
		share_entry(g, &s[k], &e[n++]);
	for (size_t k = 0; k < nn; k++)
		e[n++] = (struct paper_entry){.speaker = note[k].speaker,
		        .kind = "Discussion",
		        .about = "",
		        .text = note[k].words,
		        .ground = "",
		        .action = ""};
	for (size_t k = 0; k < nt; k++) {
		act[k] = (struct paper_action){.ref = t[k].ref,
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
	p->n_actions = nt;
	p->risk = i->case_id ? risk_sentence(g, i) : "";
	if (i->case_id && g->m.type->review_complaints)
		TRY(report_case_review(g->r, g->a, g->v, i->case_id, &p->case_review));
	if (nd) {
		p->decision =
		        d[0].closes ? arena_printf(g->a, "Closed: %s. %s", d[0].outcome, d[0].words)
		        : *d[0].words ? d[0].words
		                      : "Stays open.";
		if (d[0].review != DAY_NONE)
			p->review = arena_printf(
			        g->a, "Reviewed again on %s.", short_day(g, d[0].review));
		if (*d[0].dissent)
			p->dissent = *d[0].dissent_agency
			                     ? arena_printf(g->a, "%s disagrees: %s",
			                               d[0].dissent_agency, d[0].dissent)
			                     : d[0].dissent;
	}
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
		if (i[k].opened_us != TIME_NONE && i[k].ended_us != TIME_NONE)
			o->timing = arena_printf(g->a, "%s to %s, %d minutes planned",
			        hm(g, i[k].opened_us), hm(g, i[k].ended_us), i[k].minutes);
		TRY(case_item(g, &i[k], o));
	}
	g->out->item = p;
	g->out->n_items = np;
	return ERR_OK;
}

static enum err last_minutes(struct gather *g)
{
	struct meeting_row last;
	const char *correction;
	int32_t day;
	enum err e = record_meeting_last(g->r, g->a, g->m.forum, g->m.id, &last);
	g->out->last_minutes = "";
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	TRY(e);
	TRY(record_agreed(g->r, g->a, last.id, &correction, &day));
	if (day == DAY_NONE)
		g->out->last_minutes =
		        arena_printf(g->a, "The minutes of %s were not agreed at this meeting.",
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
	int used = 0;
	struct practice_quorum q;
	char t[TIME_TEXT_MAX], print[24];
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
		used += i[k].used_s;
	}
	g->out->statistics = arena_printf(g->a,
	        "Cases heard: %zu\nCases deferred: %zu\nTime on cases: %d minutes", cases, deferred,
	        (used + 30) / 60);
	TRY(record_quorum(g->r, g->m.id, 0, &q));
	if (*g->m.quorum_reason)
		g->out->quorum = arena_printf(g->a,
		        "The meeting was not quorate. The chair went on: %s.", g->m.quorum_reason);
	else
		g->out->quorum = "The meeting was quorate.";
	g->out->quorum = arena_printf(g->a,
	        "%s Item numbers can differ between copies; go by the case reference.",
	        g->out->quorum);
	TRY(record_fingerprint(g->r, print));
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
	ret->status = g.m.minutes_agreed     ? "Minutes agreed"
	              : g.m.minutes_approved ? "Minutes approved by the chair"
	                                     : "Draft minutes";
	ret->version = g.m.minutes_version ? g.m.minutes_version : 1;
	ret->day = g.m.day;
	ret->started = hm(&g, g.m.started_us);
	ret->ended = hm(&g, g.m.ended_us);
	ret->declaration_title = g.m.type->declaration_title;
	ret->declaration = g.m.type->declaration;
	TRY(attendance(&g));
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

enum err papers_seal(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *w)
{
	struct paper_minutes m;
	struct record_viewer v;
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
	/* asked as a room of one: this agency in its standing at this meeting, with the conflicts
	 * it declared there */
	record_viewer_agency(c->agency, row.type->anonymised, &v);
	v.present[0].standing = c->standing;
	v.meeting = meeting;
	v.seat[0] = c->seat;
	e = papers_gather(r, a, meeting, &v, c->minutes ? NULL : c->name, &m, w);
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
