#include "ctl_int.h"
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "caseroom/age.h"
#include "caseroom/record_keys.h"
#include "sample.h"

/*
 * The sample store: the CSV files of assets/sample, then the meetings of sample_story.c, held with
 * the same commands as on the panel while the clock stands at each meeting's day.
 */

#define SAMPLE_PARTNERSHIP "Quexham community safety partnership"
#define SAMPLE_VENUE "Guildhall, room 2"
#define STEP_US (45 * TIME_SECOND_US) /* between two entries of a meeting */
#define SEATS_MAX 24

/* ---- the files ---- */

/* incidents.csv and referrals-200.csv are left out: they came later, and are there to try an import
 * with. */
static const char *const FILES[] = {"forums", "agencies", "members", "people", "referrals",
        "measures", "plan", "projects", "standards", "agreements", "signatures"};

static void on_bad(
        void *ctx, size_t line, const char *column, const char *value, const char *reason)
{
	(void)column, (void)value;
	log_warn("sample %s, line %zu: %s", (const char *)ctx, line, reason);
}

static enum err import_files(struct ctl *c)
{
	for (size_t i = 0; i < COUNT_OF(FILES); i++) {
		char name[64];
		size_t rows;
		snprintf(name, sizeof(name), "sample/%s.csv", FILES[i]);
		const struct asset *a = asset_find(name);
		if (!a)
			return why(
			        &c->why, ERR_INTERNAL, "This program was built without %s.", name);
		ctl_progress("Filling the sample", i, COUNT_OF(FILES) + sample_story_n);
		TRY(record_import(
		        c->record, FILES[i], a->data, a->len, on_bad, NULL, name, &rows, &c->why));
	}
	return ERR_OK;
}

/* The key that opens the sample is the one of this person. */
static enum err link_opener(struct ctl *c)
{
	struct agency_row council;
	struct forum_row f;
	struct person_row *p;
	size_t n;
	int64_t person = 0;
	TRY(record_agency_by_code(c->record, &c->arena, "council", &council));
	TRY(record_forum_by_code(c->record, &c->arena, SAMPLE_FORUM, &f));
	TRY(record_people(c->record, &c->arena, f.id, council.id, &p, &n));
	for (size_t i = 0; i < n; i++)
		if (p[i].standing == STANDING_CORE)
			person = p[i].id;
	return person ? record_key_of_opener(c->record, person, NULL, &c->why) : ERR_INTERNAL;
}

/* ---- a meeting ---- */

struct scene {
	struct ctl *c;
	const struct meeting_story *story;
	const struct practice_type *type;
	int64_t forum, meeting;
	int32_t day;
	struct seat_row seat[SEATS_MAX];
	size_t n_seats;
};

static enum err act(struct scene *s, const struct command *cmd, int64_t *ret_id)
{
	time_advance_us(STEP_US);
	return record_do(s->c->record, cmd, ret_id, &s->c->why);
}

static enum err day_of(const char *text, int32_t *ret)
{
	*ret = DAY_NONE;
	return text ? day_parse(text, ret) : ERR_OK;
}

static enum err seat_of(struct scene *s, const char *code, struct seat_row *ret)
{
	struct agency_row g;
	TRY(record_agency_by_code(s->c->record, &s->c->arena, code, &g));
	for (size_t i = 0; i < s->n_seats; i++)
		if (s->seat[i].agency == g.id) {
			*ret = s->seat[i];
			return ERR_OK;
		}
	return why(&s->c->why, ERR_INTERNAL, "The sample has no seat for %s.", code);
}

static enum err load_seats(struct scene *s)
{
	struct seat_row *row;
	size_t n;
	TRY(record_seats(s->c->record, &s->c->arena, s->meeting, 0, &row, &n));
	if (n > SEATS_MAX)
		return ERR_LIMIT;
	memcpy(s->seat, row, n * sizeof(*row));
	s->n_seats = n;
	return ERR_OK;
}

static enum err at_seat(
        struct scene *s, enum command_kind kind, int64_t seat, int64_t item, const char *words)
{
	struct command cmd = {.kind = kind};
	cmd.u.at_seat.seat = seat;
	cmd.u.at_seat.item = item;
	cmd.u.at_seat.words = words;
	return act(s, &cmd, NULL);
}

static enum err state(struct scene *s, enum meeting_state to)
{
	struct command cmd = {.kind = CMD_MEETING_STATE};
	cmd.u.state.meeting = s->meeting;
	cmd.u.state.to = to;
	return act(s, &cmd, NULL);
}

/* Who comes: every core member but the one with apologies and the agency that has signed no
 * agreement. */
static bool comes(const struct seat_row *seat, int64_t away)
{
	return seat->standing == STANDING_CORE && seat->person && seat->isa_signed &&
	       seat->agency != away;
}

static enum err sign_in(struct scene *s)
{
	struct seat_row seat = {0};
	int64_t away = 0;
	time_pin_us(time_from_day(s->day, 13, 50));
	TRY(state(s, MEETING_SIGNING));
	if (s->story->apologies) {
		struct command cmd = {.kind = CMD_SEAT_APOLOGIES};
		TRY(seat_of(s, s->story->apologies, &seat));
		away = seat.agency;
		cmd.u.apologies.seat = seat.id;
		TRY(day_of(s->story->information, &cmd.u.apologies.information));
		TRY(act(s, &cmd, NULL));
	}
	TRY(seat_of(s, "victims", &seat));
	TRY(at_seat(s, CMD_SEAT_CHAIR, seat.id, 0, ""));
	TRY(seat_of(s, "council", &seat));
	TRY(at_seat(s, CMD_SEAT_MINUTES, seat.id, 0, ""));
	for (size_t i = 0; i < s->n_seats; i++)
		if (comes(&s->seat[i], away))
			TRY(at_seat(s, CMD_SEAT_SIGN, s->seat[i].id, 0, ""));
	time_pin_us(time_from_day(s->day, 14, 0));
	return state(s, MEETING_SESSION);
}

static enum err agree_minutes(struct scene *s)
{
	struct meeting_row last;
	struct command cmd = {.kind = CMD_MINUTES_AGREE};
	if (!s->story->correction)
		return ERR_OK;
	TRY(record_meeting_last(s->c->record, &s->c->arena, s->forum, s->meeting, &last));
	cmd.u.agree.meeting = last.id;
	cmd.u.agree.at = s->meeting;
	cmd.u.agree.correction = s->story->correction;
	return act(s, &cmd, NULL);
}

static enum err item_command(struct scene *s, enum command_kind kind, int64_t item)
{
	struct command cmd = {.kind = kind};
	cmd.u.item.item = item;
	return act(s, &cmd, NULL);
}

static enum err find_item(
        struct scene *s, enum agenda_kind kind, const char *title, struct item_row *ret)
{
	struct record_viewer v;
	struct item_row *row;
	size_t n;
	TRY(record_viewer_meeting(s->c->record, s->meeting, &v));
	TRY(record_items(s->c->record, &s->c->arena, &v, s->meeting, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (row[i].kind == kind && (!title || strcmp(row[i].title, title) == 0)) {
			*ret = row[i];
			return ERR_OK;
		}
	return why(&s->c->why, ERR_INTERNAL, "The sample's agenda of %s has no %s.", s->story->day,
	        title ? title : agenda_kind_name(kind));
}

static enum err old_actions(struct scene *s)
{
	struct record_viewer v;
	struct action_row *row;
	size_t n;
	struct item_row item;
	struct action_filter f = {.forum = s->forum, .meeting = s->meeting, .before_meeting = true};
	if (!s->story->outcome->what)
		return ERR_OK;
	TRY(find_item(s, AGENDA_ACTIONS, NULL, &item));
	TRY(item_command(s, CMD_ITEM_OPEN, item.id));
	TRY(record_viewer_meeting(s->c->record, s->meeting, &v));
	TRY(record_actions(s->c->record, &s->c->arena, &v, &f, &row, &n));
	for (const struct outcome_story *o = s->story->outcome; o->what; o++) {
		struct command cmd = {.kind = CMD_ACTION_UPDATE};
		for (size_t i = 0; i < n; i++)
			if (strcmp(row[i].what, o->what) == 0)
				cmd.u.update.action = row[i].id;
		cmd.u.update.meeting = s->meeting;
		cmd.u.update.to = o->to;
		cmd.u.update.words = o->words;
		TRY(act(s, &cmd, NULL));
	}
	return item_command(s, CMD_ITEM_DONE, item.id);
}

/* ---- an item ---- */

static bool stays(struct scene *s, const char *codes, int64_t agency)
{
	char list[160], *save = NULL;
	struct seat_row seat;
	snprintf(list, sizeof(list), "%s", codes);
	for (char *code = strtok_r(list, " ", &save); code; code = strtok_r(NULL, " ", &save))
		if (seat_of(s, code, &seat) == ERR_OK && seat.agency == agency)
			return true;
	return false;
}

static enum err clear_room(
        struct scene *s, const struct item_story *it, int64_t item, enum command_kind kind)
{
	for (size_t i = 0; it->stay && i < s->n_seats; i++) {
		const struct seat_row *seat = &s->seat[i];
		if (seat->state == SEAT_SIGNED && !stays(s, it->stay, seat->agency))
			TRY(at_seat(s, kind, seat->id, item, "The item is for named agencies."));
	}
	return ERR_OK;
}

static enum err find_about(struct scene *s, int64_t case_id, const char *name, int64_t *ret)
{
	struct record_viewer v;
	struct party_row *row;
	size_t n;
	*ret = 0;
	if (!name)
		return ERR_OK;
	TRY(record_viewer_meeting(s->c->record, s->meeting, &v));
	TRY(record_parties(s->c->record, &s->c->arena, &v, case_id, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(row[i].short_name, name) == 0)
			*ret = row[i].id;
	return *ret ? ERR_OK
	            : why(&s->c->why, ERR_INTERNAL,
	                      "Nobody called %s is in that case of the sample.", name);
}

static enum err tell(struct scene *s, int64_t item, int64_t case_id, const struct told *t)
{
	const struct practice_share_defaults *d = &s->type->share;
	const struct practice_entry *source =
	        practice_entry(s->c->practice, "share-source", d->source);
	struct command cmd = {.kind = CMD_SHARE}, word = {.kind = CMD_WORD};
	struct seat_row seat;
	TRY(seat_of(s, t->agency, &seat));
	word.u.word.item = item;
	word.u.word.agency = seat.agency;
	TRY(act(s, &word, NULL));
	cmd.u.share.what = t->what;
	cmd.u.share.item = item;
	cmd.u.share.agency = seat.agency;
	TRY(find_about(s, case_id, t->about, &cmd.u.share.about));
	cmd.u.share.words = t->words;
	cmd.u.share.opinion = t->opinion;
	TRY(day_of(t->day, &cmd.u.share.source_day));
	cmd.u.share.reason = t->reason;
	if (t->what == SHARE_WORDS) {
		cmd.u.share.source = source ? source->label : "Own record";
		cmd.u.share.purpose = d->purpose;
		cmd.u.share.gateway = d->gateway;
		cmd.u.share.article6 = d->article6;
		cmd.u.share.article9 = d->article9;
		cmd.u.share.article10 = d->article10;
		cmd.u.share.necessity = d->necessity;
		cmd.u.share.consent = d->consent;
		cmd.u.share.handling = d->handling;
	}
	return act(s, &cmd, NULL);
}

static enum err assess(struct scene *s, int64_t item, int64_t case_id, const struct risk *k)
{
	struct record_viewer v;
	struct practice_facts facts;
	int answer[PRACTICE_MAX];
	struct practice_score score;
	struct command cmd = {.kind = CMD_ASSESS};
	const struct practice_tool *t = practice_tool(s->c->practice, s->type->risk_tool);
	if (!k->answers)
		return ERR_OK;
	if (!t || t->n_factors != strlen(k->answers) || t->n_factors > PRACTICE_MAX)
		return why(
		        &s->c->why, ERR_INTERNAL, "The sample's answers do not fit the risk tool.");
	for (size_t i = 0; i < t->n_factors; i++)
		answer[i] = k->answers[i] == '-' ? ANSWER_UNKNOWN : k->answers[i] - '0';
	TRY(record_viewer_meeting(s->c->record, s->meeting, &v));
	TRY(record_risk_facts(s->c->record, &s->c->arena, &v, case_id, &facts));
	TRY(practice_score(t, answer, t->n_factors, &facts, &score));
	cmd.u.assess.item = item;
	cmd.u.assess.tool = t->id;
	cmd.u.assess.answer = answer;
	cmd.u.assess.n = t->n_factors;
	cmd.u.assess.band = k->band < 0 ? (int)score.band : k->band;
	cmd.u.assess.override = k->reason;
	return act(s, &cmd, NULL);
}

static enum err add_action(struct scene *s, int64_t item, const struct todo *t)
{
	struct command cmd = {.kind = CMD_ACTION_ADD};
	struct seat_row seat;
	TRY(seat_of(s, t->agency, &seat));
	cmd.u.action.item = item;
	cmd.u.action.agency = seat.agency;
	cmd.u.action.person = seat.person;
	cmd.u.action.what = t->what;
	cmd.u.action.done_when = t->done_when;
	TRY(day_of(t->due, &cmd.u.action.due));
	cmd.u.action.review = DAY_NONE;
	return act(s, &cmd, NULL);
}

static enum err decide(struct scene *s, int64_t item, const struct item_story *it)
{
	struct command cmd = {.kind = CMD_DECIDE};
	struct seat_row seat = {0};
	cmd.u.decide.item = item;
	cmd.u.decide.closes = !it->review;
	TRY(day_of(it->review, &cmd.u.decide.review));
	cmd.u.decide.outcome = it->outcome;
	cmd.u.decide.words = it->words;
	if (it->dissent) {
		TRY(seat_of(s, it->dissent_agency, &seat));
		cmd.u.decide.dissent = it->dissent;
		cmd.u.decide.dissent_agency = seat.agency;
	}
	return act(s, &cmd, NULL);
}

/* A hidden case has no item until those it is not for have left; its id is found by asking as one
 * who may see it. */
static enum err find_case_item(struct scene *s, const struct item_story *it, struct item_row *ret)
{
	struct record_viewer v;
	struct seat_row seat;
	struct item_row *row;
	size_t n;
	char first[24];
	if (!it->stay)
		return find_item(s, AGENDA_CASE, it->ref, ret);
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(it->stay, " "), it->stay);
	TRY(seat_of(s, first, &seat));
	record_viewer_agency(seat.agency, false, &v);
	TRY(record_items(s->c->record, &s->c->arena, &v, s->meeting, &row, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(row[i].title, it->ref) == 0) {
			*ret = row[i];
			return ERR_OK;
		}
	return why(&s->c->why, ERR_INTERNAL, "The sample's agenda of %s has no %s.", s->story->day,
	        it->ref);
}

static enum err hold_item(struct scene *s, const struct item_story *it)
{
	struct item_row item;
	TRY(load_seats(s));
	TRY(find_case_item(s, it, &item));
	TRY(clear_room(s, it, item.id, CMD_SEAT_LEAVE));
	TRY(item_command(s, CMD_ITEM_OPEN, item.id));
	for (const struct told *t = it->told; t < it->told + COUNT_OF(it->told) && t->agency; t++)
		TRY(tell(s, item.id, item.case_id, t));
	TRY(assess(s, item.id, item.case_id, &it->risk));
	for (const struct todo *t = it->todo; t < it->todo + COUNT_OF(it->todo) && t->agency; t++)
		TRY(add_action(s, item.id, t));
	TRY(decide(s, item.id, it));
	TRY(item_command(s, CMD_ITEM_DONE, item.id));
	return clear_room(s, it, item.id, CMD_SEAT_RETURN);
}

static enum err plan_meeting(struct ctl *c, int64_t forum, const char *day, int64_t *ret)
{
	struct command cmd = {.kind = CMD_MEETING_PLAN};
	cmd.u.plan.forum = forum;
	TRY(day_of(day, &cmd.u.plan.day));
	cmd.u.plan.hour = 14;
	cmd.u.plan.venue = SAMPLE_VENUE;
	return record_do(c->record, &cmd, ret, &c->why);
}

static enum err close_meeting(struct scene *s)
{
	struct command next = {.kind = CMD_MEETING_NEXT}, approve = {.kind = CMD_MINUTES_APPROVE},
	               paper = {.kind = CMD_PAPER};
	static const uint8_t digest[32] = {'s', 'a', 'm', 'p', 'l', 'e'};
	next.u.next.meeting = s->meeting;
	next.u.next.hour = 14;
	TRY(day_of(s->story->next, &next.u.next.day));
	TRY(act(s, &next, NULL));
	TRY(state(s, MEETING_CLOSING));
	TRY(state(s, MEETING_CLOSED));
	approve.u.approve.meeting = s->meeting;
	TRY(act(s, &approve, NULL));
	/* its minutes went out: the sample has keys to make and no file to keep */
	paper.u.paper.meeting = s->meeting;
	paper.u.paper.copy = 1;
	paper.u.paper.digest = digest;
	paper.u.paper.bytes = 1;
	return act(s, &paper, NULL);
}

static enum err hold_meeting(
        struct ctl *c, const struct forum_row *f, const struct meeting_story *story)
{
	struct scene s = {.c = c, .story = story, .type = f->type, .forum = f->id};
	TRY(day_of(story->day, &s.day));
	time_pin_us(time_from_day(s.day - 7, 10, 0)); /* planned the week before */
	TRY(plan_meeting(c, f->id, story->day, &s.meeting));
	TRY(load_seats(&s));
	TRY(sign_in(&s));
	TRY(agree_minutes(&s));
	TRY(old_actions(&s));
	for (const struct item_story *it = story->item; it->ref; it++)
		TRY(hold_item(&s, it));
	return close_meeting(&s);
}

/* The officers did what older clocks wait for; those of the last days still run, or ran out. */
static enum err stop_old_clocks(struct ctl *c, int64_t forum)
{
	struct record_viewer v;
	struct clock_row *row;
	size_t n;
	int32_t day;
	TRY(day_of("2026-11-14", &day));
	time_pin_us(time_from_day(day, 9, 0));
	TRY(record_viewer_opener(c->record, &v));
	TRY(record_clocks(c->record, &c->arena, &v, forum, 1000, &row, &n));
	for (size_t i = 0; i < n; i++) {
		struct command done = {.kind = CMD_EVENT};
		done.u.event.case_id = row[i].case_id;
		done.u.event.event = row[i].event;
		done.u.event.at_us = row[i].due_us - TIME_HOUR_US; /* in time */
		if (row[i].id && row[i].late)
			TRY(record_do(c->record, &done, NULL, &c->why));
	}
	return ERR_OK;
}

static enum err hold_meetings(struct ctl *c)
{
	struct forum_row f;
	int64_t meeting;
	TRY(record_forum_by_code(c->record, &c->arena, SAMPLE_FORUM, &f));
	if (!f.type)
		return ERR_INTERNAL;
	for (size_t i = 0; i < sample_story_n; i++) {
		ctl_progress("Filling the sample", COUNT_OF(FILES) + i,
		        COUNT_OF(FILES) + sample_story_n);
		TRY(hold_meeting(c, &f, &sample_story[i]));
	}
	TRY(plan_meeting(c, f.id, SAMPLE_NEXT, &meeting));
	return stop_old_clocks(c, f.id);
}

/* The sub-groups' terms were agreed a year ago: they end soon. */
static enum err agree_terms(struct ctl *c)
{
	struct forum_row *f;
	size_t n;
	struct command terms = {.kind = CMD_TERMS};
	terms.u.terms.months = 12;
	terms.u.terms.words = "Agreed by the partnership.";
	TRY(day_of("2025-12-01", &terms.u.terms.from));
	TRY(record_forums(c->record, &c->arena, &f, &n));
	for (size_t i = 0; i < n; i++) {
		terms.u.terms.forum = f[i].id;
		if (strcmp(f[i].kind, "sub-group") == 0)
			TRY(record_do(c->record, &terms, NULL, &c->why));
	}
	return ERR_OK;
}

enum err sample_fill(struct ctl *c)
{
	struct command name = {.kind = CMD_PARTNERSHIP};
	name.u.partnership.name = SAMPLE_PARTNERSHIP;
	name.u.partnership.sample = true;
	TRY(record_do(c->record, &name, NULL, &c->why));
	TRY(import_files(c));
	TRY(link_opener(c));
	enum err e = hold_meetings(c);
	if (!e)
		e = agree_terms(c);
	time_unpin();
	ctl_progress_end();
	return e;
}

/* ---- keys for trying the papers ---- */

static enum err make_key(struct ctl *c, const char *dir, const struct agency_row *g)
{
	char recipient[AGE_RECIPIENT_MAX], path[512];
	struct command set = {.kind = CMD_AGENCY_RECIPIENT};
	struct vault_secret *identity = NULL;
	int fd = -1;
	if (snprintf(path, sizeof(path), "%s/%s.key", dir, g->code) >= (int)sizeof(path))
		return why(
		        &c->why, ERR_LIMIT, "The name of the directory for the keys is too long.");
	TRY(vault_secret_create(AGE_IDENTITY_MAX, &identity));
	enum err e = age_keygen(recipient, identity->text);
	identity->len = e ? 0 : strlen(identity->text);
	if (!e)
		e = ctl_create_file(c, path, "The key", &fd);
	if (!e)
		e = ctl_write_line(c, fd, identity->text, identity->len);
	if (fd >= 0)
		close(fd);
	vault_secret_destroy(identity);
	TRY(e);
	set.u.recipient.agency = g->id;
	set.u.recipient.recipient = recipient;
	return record_do(c->record, &set, NULL, &c->why);
}

enum err sample_keys(struct ctl *c, const char *dir)
{
	struct agency_row *g;
	size_t n;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return why(&c->why, ERR_IO,
		        "The directory %.200s for the keys cannot be made (%s).", dir,
		        strerror(errno));
	TRY(record_agencies(c->record, &c->arena, &g, &n));
	for (size_t i = 0; i < n; i++)
		TRY(make_key(c, dir, &g[i]));
	printf("The secret half of each agency's key is in %s. They are for trying the sample, for "
	       "nothing else.\n",
	        dir);
	return ERR_OK;
}
