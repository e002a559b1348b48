#include "app.h"
#include <string.h>
#include "caseroom/record_report.h"

/*
 * The ASB case review of one case: its steps in order at the left, the reports that may count at
 * the right. The count is worked out; whether a report is a complaint, and what follows, people
 * say.
 */

#define LINES_MAX 96

enum line_kind {
	LINE_APPLICATION,
	LINE_ACKNOWLEDGED,
	LINE_THRESHOLD,
	LINE_VICTIM,
	LINE_RECOMMENDATION,
	LINE_RECOMMEND,
	LINE_LETTER,
	LINE_APPEAL,
	LINE_REPORT
};
struct line {
	enum line_kind kind;
	int64_t id; /* of a recommendation or an incident */
	const char *icon, *title, *words;
	enum gfx_colour colour;
	bool opens;
};

struct review_state {
	struct case_row row;
	struct review_row review;
	struct complaint_row *report;
	struct review_step_row *step;
	size_t n_reports, n_steps;
	struct agency_row *agency;
	size_t n_agencies;
	struct line line[LINES_MAX];
	int heights[LINES_MAX];
	size_t n_lines;
	bool shown; /* the viewer may see the case */
	struct ui_scroll left, right;
};

static enum err load(struct app *app)
{
	struct review_state *st = app->state;
	struct arena *a = &app->rows;
	st->shown = false;
	st->n_reports = st->n_steps = st->n_agencies = 0;
	enum err e = record_case(app->record, a, &app->viewer, app->case_id, &st->row);
	if (!e && st->row.sight < SIGHT_ANON)
		return ERR_OK;
	if (!e)
		e = record_review(app->record, a, &app->viewer, app->case_id, &st->review);
	if (!e)
		e = record_complaints(
		        app->record, a, &app->viewer, app->case_id, &st->report, &st->n_reports);
	if (!e)
		e = record_review_steps(
		        app->record, a, &app->viewer, app->case_id, &st->step, &st->n_steps);
	if (!e)
		e = record_agencies(app->record, a, &st->agency, &st->n_agencies);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	st->shown = !e;
	return e;
}

/* The newest step of that kind, or NULL. */
static const struct review_step_row *last_step(const struct review_state *st, const char *what)
{
	for (size_t i = st->n_steps; i-- > 0;)
		if (strcmp(st->step[i].what, what) == 0)
			return &st->step[i];
	return NULL;
}

static const struct review_step_row *answer_to(const struct review_state *st, int64_t step)
{
	for (size_t i = st->n_steps; i-- > 0;)
		if (st->step[i].answers == step)
			return &st->step[i];
	return NULL;
}

/* ---- acts: who or what first, then the day or the words; one thing a sheet also at 7 inch ---- */

static void do_step(struct app *app, const char *what, int64_t agency, int64_t step,
        const char *words, int32_t day)
{
	struct command c = {.kind = CMD_REVIEW_STEP};
	c.u.step.case_id = app->case_id;
	c.u.step.agency = agency;
	c.u.step.step = step;
	c.u.step.what = what;
	c.u.step.words = words;
	c.u.step.day = day;
	(void)app_do(app, &c, NULL);
}

static void apply_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_REVIEW_APPLY};
	const struct practice_list *l = practice_list(app->practice, "review-applicant");
	c.u.review.case_id = app->case_id;
	c.u.review.applied = s->day_value;
	c.u.review.applicant = l->entry[s->arg].id;
	c.u.review.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void applicant_done(struct app *app, struct sheet *s)
{
	struct review_state *st = app->state;
	struct sheet *n = sheet_open(app, "On which day was it asked for?",
	        "The clocks of the procedure begin with it.", "Keep the application", apply_done,
	        s->row[s->chosen].id);
	sheet_day(n, st->row.received, 0);
	sheet_words(n, "What is asked for", false, "");
}

static void application_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "Who asked for the review?",
	        "The person who complained, or any other person.", NULL, applicant_done, 0);
	sheet_list(app, s, "review-applicant");
}

static void acknowledged_done(struct app *app, struct sheet *s)
{
	do_step(app, "acknowledged", 0, 0, "", s->day_value);
}

static void acknowledged_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "When was the application acknowledged?", NULL,
	        "Keep the day", acknowledged_done, 0);
	sheet_day(s, time_today(), 0);
}

static void do_complaint(struct app *app, int64_t incident, bool counts, int32_t reported)
{
	struct command c = {.kind = CMD_REVIEW_COMPLAINT};
	c.u.complaint.incident = incident;
	c.u.complaint.qualifying = counts;
	c.u.complaint.reported = reported;
	(void)app_do(app, &c, NULL);
}

static void reported_done(struct app *app, struct sheet *s)
{
	do_complaint(app, s->arg, true, s->day_value);
}

static void same_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_INCIDENT_SAME};
	c.u.same.incident = s->arg;
	c.u.same.same_as = s->row[s->chosen].id;
	(void)app_do(app, &c, NULL);
}

enum { DO_SAME_DAY, DO_OTHER_DAY, DO_NOT, DO_AGAIN };

static const struct complaint_row *report_of(const struct review_state *st, int64_t id)
{
	for (size_t i = 0; i < st->n_reports; i++)
		if (st->report[i].incident == id)
			return &st->report[i];
	return NULL;
}

static const char *report_title(struct app *app, const struct complaint_row *c)
{
	return fmt(app, "%s, %s%s%s", fmt_day(app, c->day, DAY_MONTH), c->kind,
	        *c->reported_to ? ", to " : "", c->reported_to);
}

/* One event reported to two agencies counts once. */
static void same_open(struct app *app, int64_t id)
{
	struct review_state *st = app->state;
	struct sheet *s =
	        sheet_open(app, "Which report tells of the same event?", NULL, NULL, same_done, id);
	sheet_row(s, "close", "None: it is an event of its own", NULL, 0, NULL, false);
	for (size_t i = 0; i < st->n_reports; i++)
		if (st->report[i].incident != id && !st->report[i].again)
			sheet_row(s, "incident", report_title(app, &st->report[i]),
			        st->report[i].what, st->report[i].incident, NULL, false);
}

static void report_done(struct app *app, struct sheet *s)
{
	struct review_state *st = app->state;
	const struct complaint_row *c = report_of(st, s->arg);
	if (s->row[s->chosen].id == DO_AGAIN) {
		same_open(app, s->arg);
		return;
	}
	if (s->row[s->chosen].id != DO_OTHER_DAY) {
		do_complaint(app, s->arg, s->row[s->chosen].id == DO_SAME_DAY, DAY_NONE);
		return;
	}
	struct sheet *n = sheet_open(app, "When was it reported?",
	        "A report counts when it was made soon enough after what happened.",
	        "Count it as a complaint", reported_done, s->arg);
	sheet_day(n, c ? c->reported : time_today(), 0);
}

static void report_open(struct app *app, int64_t id)
{
	struct review_state *st = app->state;
	const struct complaint_row *c = report_of(st, id);
	if (!c)
		return;
	struct sheet *s =
	        sheet_open(app, fmt(app, "%s, %s", c->kind, fmt_day(app, c->day, DAY_MONTH)),
	                c->what, NULL, report_done, id);
	sheet_row(s, "check", "It is a complaint, reported the same day", NULL, DO_SAME_DAY, NULL,
	        false);
	sheet_row(s, "calendar", "It is a complaint, reported later", "Say on which day",
	        DO_OTHER_DAY, NULL, false);
	sheet_row(s, "close", "It is not a qualifying complaint", "It stays in the case", DO_NOT,
	        NULL, false);
	if (st->n_reports > 1)
		sheet_row(s, "repeat", "It tells of the same event as another report",
		        "Counted once", DO_AGAIN, NULL, false);
}

#define NOT_MET (-1)

static void threshold_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_REVIEW_THRESHOLD};
	c.u.threshold.case_id = app->case_id;
	c.u.threshold.meeting = app->meeting.state == MEETING_SESSION ? app->meeting.id : 0;
	c.u.threshold.met = s->row[s->chosen].id != NOT_MET;
	c.u.threshold.route = c.u.threshold.met ? s->row[s->chosen].key : "";
	c.u.threshold.reasons = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void threshold_open(struct app *app)
{
	struct review_state *st = app->state;
	const struct review_row *v = &st->review;
	const struct practice_list *l = practice_list(app->practice, "review-route");
	struct sheet *s = sheet_open(app, "Is the threshold for a review met?",
	        v->must ? fmt(app,
	                          "%d complaints count. From %d on it must be found met, section "
	                          "104(4).",
	                          v->complaints, v->needed)
	                : fmt(app,
	                          "%d of %d complaints count. The panel decides under the "
	                          "procedure, "
	                          "with reasons.",
	                          v->complaints, v->needed),
	        "Keep the decision", threshold_done, 0);
	for (size_t i = 0; l && i < l->n; i++)
		if ((strcmp(l->entry[i].id, "complaints") == 0) == v->must)
			sheet_row(s, "done", fmt(app, "Met: %s", l->entry[i].label),
			        l->entry[i].detail, (int64_t)i, l->entry[i].id, !v->must);
	if (!v->must)
		sheet_row(s, "close", "Not met",
		        "Persistence, harm and how the agencies answered: say what weighed",
		        NOT_MET, NULL, true);
	sheet_words(s, "Reasons", !v->must, "");
}

static void victim_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_REVIEW_VICTIM};
	c.u.victim.case_id = app->case_id;
	c.u.victim.part = s->row[s->chosen].key;
	c.u.victim.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void victim_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "What part does the victim have?",
	        "Inviting them to part of the meeting is always considered.", "Keep it",
	        victim_done, 0);
	sheet_list(app, s, "review-victim");
	sheet_words(s, "In words", false, "");
}

static void recommend_done(struct app *app, struct sheet *s)
{
	do_step(app, "recommendation", s->arg, 0, s->edit.text, time_today());
}

static void recommend_to(struct app *app, struct sheet *s)
{
	if (!s->row[s->chosen].id) {
		do_step(app, "no-recommendation", 0, 0, "", time_today());
		return;
	}
	struct sheet *n =
	        sheet_open(app, fmt(app, "What is recommended to %s?", s->row[s->chosen].label),
	                "It must have regard to it, and answers.", "Keep the recommendation",
	                recommend_done, s->row[s->chosen].id);
	sheet_words(n, "Recommendation", true, "");
}

static void recommend_open(struct app *app)
{
	struct review_state *st = app->state;
	struct sheet *s = sheet_open(app, "To whom?", NULL, NULL, recommend_to, 0);
	if (!last_step(st, "recommendation"))
		sheet_row(s, "close", "Nobody: no recommendation is made", "The review is done", 0,
		        NULL, false);
	for (size_t i = 0; i < app->n_seats; i++) /* those at the table first */
		if (app->seat[i].agency && !app->seat[i].guest)
			sheet_row(s, "people", app->seat[i].agency_name, app->seat[i].role,
			        app->seat[i].agency, NULL, false);
	for (size_t i = 0; i < st->n_agencies; i++) {
		bool here = false;
		for (size_t k = 0; k < app->n_seats; k++)
			here |= app->seat[k].agency == st->agency[i].id && !app->seat[k].guest;
		if (!here)
			sheet_row(s, "people", st->agency[i].name, st->agency[i].kind,
			        st->agency[i].id, NULL, false);
	}
}

static void answer_done(struct app *app, struct sheet *s)
{
	do_step(app, s->row[s->chosen].key, 0, s->arg, s->edit.text, time_today());
}

static void answer_open(struct app *app, int64_t step)
{
	struct review_state *st = app->state;
	for (size_t i = 0; i < st->n_steps; i++) {
		const struct review_step_row *t = &st->step[i];
		if (t->id != step)
			continue;
		struct sheet *s = sheet_open(app, fmt(app, "What does %s answer?", t->agency_name),
		        t->words, "Keep the answer", answer_done, step);
		sheet_row(s, "done", "Accepted", "Say by when, or what it will do", 0, "accepted",
		        true);
		sheet_row(s, "close", "Not accepted", "Say why", 0, "declined", true);
		sheet_words(s, "Answer in words", false, "");
		return;
	}
}

static void letter_done(struct app *app, struct sheet *s)
{
	do_step(app, "letter", 0, 0, "", s->day_value);
}

static void letter_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "When was the outcome letter sent?",
	        "The time to appeal begins with it.", "Keep the day", letter_done, 0);
	sheet_day(s, time_today(), 0);
}

static void appeal_done(struct app *app, struct sheet *s)
{
	do_step(app, s->row[s->chosen].key, 0, 0, s->edit.text, time_today());
}

static void appeal_open(struct app *app)
{
	struct review_state *st = app->state;
	bool open = last_step(st, "appeal") != NULL;
	struct sheet *s =
	        sheet_open(app, open ? "How was the appeal decided?" : "What is the appeal about?",
	                NULL, "Keep it", appeal_done, 0);
	if (open) {
		sheet_row(s, "done", "Upheld", "The panel looks again", 0, "appeal-upheld", true);
		sheet_row(s, "close", "Not upheld", "Say why", 0, "appeal-dismissed", true);
	} else {
		sheet_row(s, "info", "The applicant appeals", NULL, 0, "appeal", true);
	}
	sheet_words(s, "In words", true, "");
}

static void seal_letter(struct app *app)
{
	struct why w = {0};
	const char *file = "";
	enum err e = papers_letter(
	        app->record, &app->rows, app->meeting.id, app->case_id, app->out_dir, &file, &w);
	const char *slash = strrchr(app->out_dir, '/');
	if (e)
		app_fail(app, e, &w);
	else
		app_say(app, fmt(app, "The letter is sealed, in the folder %s.",
		                     slash && slash[1] ? slash + 1 : app->out_dir));
}

/* ---- the lines ---- */

static void add(struct app *app, enum line_kind kind, bool done, bool opens, const char *title,
        const char *words)
{
	struct review_state *st = app->state;
	if (st->n_lines == LINES_MAX)
		return;
	st->line[st->n_lines++] = (struct line){.kind = kind,
	        .icon = done ? "done" : "waiting",
	        .colour = done ? GFX_ACCENT : GFX_TEXT2,
	        .title = title,
	        .words = words,
	        .opens = opens};
}

static const char *and_words(struct app *app, const char *first, const char *words)
{
	return !*words ? first : *first ? fmt(app, "%s. %s", first, words) : words;
}

static void step_lines(struct app *app)
{
	struct review_state *st = app->state;
	const struct review_row *v = &st->review;
	bool asked = v->applied != DAY_NONE;
	add(app, LINE_APPLICATION, asked, !asked, "Application",
	        asked ? and_words(app,
	                        fmt(app, "%s, %s", fmt_day(app, v->applied, DAY_MONTH),
	                                v->applicant),
	                        v->words)
	              : "Not recorded yet. Touch to say who asked, and when.");
	const struct review_step_row *t = last_step(st, "acknowledged");
	add(app, LINE_ACKNOWLEDGED, t, asked && !t, "Acknowledged",
	        t ? fmt(app, "%s", fmt_day(app, t->day, DAY_MONTH)) : "Not yet.");
	add(app, LINE_THRESHOLD, v->decided, asked,
	        v->decided ? v->met ? "Threshold met" : "Threshold not met" : "Threshold",
	        v->decided ? and_words(app,
	                             fmt(app, "%s: %s", fmt_day(app, v->decided_day, DAY_MONTH),
	                                     v->met ? v->route : "decided under the procedure"),
	                             v->reasons)
	        : v->must  ? fmt(app,
	                             "%d of %d complaints count: it must be found met, section "
	                              "104(4).",
	                             v->complaints, v->needed)
	                   : fmt(app, "%d of %d complaints count. The panel decides, with reasons.",
	                             v->complaints, v->needed));
	add(app, LINE_VICTIM, *v->victim, asked, "The victim’s part",
	        *v->victim ? and_words(app, v->victim_label, v->victim_words)
	                   : "Not recorded yet. Inviting them is always considered.");
	for (size_t i = 0; i < st->n_steps; i++) {
		const struct review_step_row *s = &st->step[i];
		if (strcmp(s->what, "recommendation") != 0)
			continue;
		const struct review_step_row *answer = answer_to(st, s->id);
		add(app, LINE_RECOMMENDATION, answer, true, fmt(app, "To %s", s->agency_name),
		        fmt(app, "%s%s%s", s->words, *s->words ? "\n" : "",
		                answer ? and_words(app, answer->label, answer->words)
		                       : "Not answered yet."));
		st->line[st->n_lines - 1].id = s->id;
	}
	if (last_step(st, "no-recommendation"))
		add(app, LINE_RECOMMEND, true, v->met, "No recommendation is made", "");
	else if (v->met)
		add(app, LINE_RECOMMEND, false, true, "Add a recommendation",
		        last_step(st, "recommendation") ? "" : "None yet.");
	t = last_step(st, "letter");
	add(app, LINE_LETTER, t, v->decided && !t, "Outcome letter",
	        t ? fmt(app, "Sent %s", fmt_day(app, t->day, DAY_MONTH)) : "Not sent yet.");
	const struct review_step_row *appeal = last_step(st, "appeal"),
	                             *up = last_step(st, "appeal-upheld"),
	                             *down = last_step(st, "appeal-dismissed"),
	                             *end = up ? up : down;
	add(app, LINE_APPEAL, end, v->decided && !end, appeal ? "Appeal" : "Nobody has appealed",
	        !appeal ? ""
	        : end   ? fmt(app, "%s\n%s", appeal->words, and_words(app, end->label, end->words))
	                : fmt(app, "%s\nNot decided yet.", appeal->words));
}

static void report_lines(struct app *app)
{
	struct review_state *st = app->state;
	for (size_t i = 0; i < st->n_reports; i++) {
		const struct complaint_row *c = &st->report[i];
		const char *state = c->counts        ? "Counts"
		                    : !c->qualifying ? "Not counted yet"
		                    : c->again       ? "Counted once: reported twice"
		                                     : complaint_name(c->time);
		add(app, LINE_REPORT, c->counts, st->row.sight == SIGHT_FULL, report_title(app, c),
		        fmt(app, "%s%s%s", c->what, *c->what ? "\n" : "", state));
		st->line[st->n_lines - 1].id = c->incident;
		st->line[st->n_lines - 1].icon = c->counts ? "done" : "nothing";
	}
}

static void touched(struct app *app, const struct line *l)
{
	switch (l->kind) {
	case LINE_APPLICATION:
		application_open(app);
		break;
	case LINE_ACKNOWLEDGED:
		acknowledged_open(app);
		break;
	case LINE_THRESHOLD:
		threshold_open(app);
		break;
	case LINE_VICTIM:
		victim_open(app);
		break;
	case LINE_RECOMMENDATION:
		answer_open(app, l->id);
		break;
	case LINE_RECOMMEND:
		recommend_open(app);
		break;
	case LINE_LETTER:
		letter_open(app);
		break;
	case LINE_APPEAL:
		appeal_open(app);
		break;
	case LINE_REPORT:
		report_open(app, l->id);
		break;
	}
}

/* Lines from..to as one list; a list with more than fits has pages at its right. */
static void lines(struct app *app, struct ui *ui, struct gfx_rect r, const char *name,
        struct ui_scroll *scroll, size_t from, size_t to, struct page *pages)
{
	struct review_state *st = app->state;
	struct ui_list l;
	struct gfx_rect row;
	size_t i;
	int w = r.w;
	for (int pass = 0; pass < 2; pass++) {
		int total = 0;
		for (i = from; i < to; i++)
			total += st->heights[i] =
			        told_height(ui, w, st->line[i].title, st->line[i].words);
		if (total <= r.h)
			break;
		w = r.w - ui_m(ui)->pager_w - ui_px(ui, 16);
	}
	ui_list_begin(ui, &l, r, name, scroll, to - from, 0, st->heights + from);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct line *t = &st->line[from + i];
		ui_push_id(ui, t->id ? t->id : -(int64_t)i - 1);
		if (told_row(ui, row, t->icon, t->colour, t->title, t->words, t->opens))
			touched(app, t);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	if (pages)
		page_pages(app, pages, &l);
}

static void build(struct app *app, struct ui *ui)
{
	struct review_state *st = app->state;
	struct page p;
	bool small = app_small(app);
	if (!app->case_id || !st->shown) {
		app_go(app, app->case_id ? &screen_case : &screen_home);
		return;
	}
	st->n_lines = 0;
	page_begin(app, ui, &p, fmt(app, "Review of %s", st->row.ref),
	        small ? NULL : st->row.strand, &screen_case);
	step_lines(app);
	size_t steps = st->n_lines;
	report_lines(app);
	const char *count = st->review.needed ? fmt(app, "%d of %d count", st->review.complaints,
	                                                st->review.needed)
	                                      : "";
	if (small) {
		lines(app, ui, p.body, "Review", &st->left, 0, st->n_lines, &p);
	} else {
		struct gfx_rect left = ui_column(p.body, 0, 2, ui_m(ui)->gap),
		                right = ui_column(p.body, 1, 2, ui_m(ui)->gap),
		                in = ui_panel(ui, left);
		ui_panel_head(ui, &in, "check", "Steps", NULL);
		lines(app, ui, in, "Steps", &st->left, 0, steps, NULL);
		in = ui_panel(ui, right);
		ui_panel_head(ui, &in, "incident", "Reports", count);
		if (st->n_reports)
			lines(app, ui, in, "Reports", &st->right, steps, st->n_lines, NULL);
		else
			ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
			        "No incident is recorded in this case. The panel decides under the "
			        "procedure.",
			        0);
	}
	if (st->review.decided && app->meeting.id) {
		if (page_hold(app, &p, "seal", small ? "Seal letter" : "Hold to seal the letter",
		            false, ""))
			seal_letter(app);
		if (page_button(app, &p, "case", small ? "To the case" : "Back to the case", false))
			app_go(app, &screen_case);
	} else if (page_primary(app, &p, "case", small ? "To the case" : "Back to the case", false,
	                   small ? count : "")) {
		app_go(app, &screen_case);
	}
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_review = {
        "review", PLACE_CASE, sizeof(struct review_state), load, build, NULL, NULL};
