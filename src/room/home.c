#include "app.h"
#include <string.h>
#include "caseroom/record_disposal.h"
#include "caseroom/record_report.h"

/* Home of a group: the next meeting, and what will go wrong if nobody looks. References only, no
 * names. */

struct home_state {
	struct case_row *unreached; /* hidden, and no meeting came to them */
	size_t n_unreached;
	struct clock_row *clock;
	struct action_row *action;
	struct case_row *lapse;
	size_t n_clocks, n_actions, n_lapse;
	size_t disposals; /* that wait for whoever opened the panel; 0 for all who review nothing */
	struct meeting_row last;
	size_t late, due, cases, children, review;
	int planned, seats, filled;
	const char *late_who, *review_refs;
	struct terms_row terms;
};

/* The group's terms of reference need somebody to look at them. */
static bool terms_due(const struct home_state *st)
{
	return st->terms.state != TERMS_NONE && st->terms.state != TERMS_RUN;
}

static enum err load(struct app *app)
{
	struct home_state *st = app->state;
	struct arena *a = &app->rows;
	*st = (struct home_state){.late_who = "", .review_refs = ""};
	if (!app->forum_id)
		return ERR_OK;
	TRY(record_terms(app->record, a, app->forum_id, time_today(), &st->terms));
	struct action_filter f = {.forum = app->forum_id, .open_only = true};
	enum err e = record_clocks(
	        app->record, a, &app->viewer, app->forum_id, 50, &st->clock, &st->n_clocks);
	if (!e)
		e = record_actions(app->record, a, &app->viewer, &f, &st->action, &st->n_actions);
	if (!e)
		e = record_lapsing(app->record, a, &app->viewer, app->forum_id,
		        app->meeting.id ? app->meeting.day + 31 : time_today() + 31, &st->lapse,
		        &st->n_lapse);
	if (!e) /* only those who may know of them are told, and only while they alone look */
		e = record_unreached(app->record, a, &app->viewer, app->forum_id, &st->unreached,
		        &st->n_unreached);
	if (!e) {
		e = record_meeting_last(app->record, a, app->forum_id, app->meeting.id, &st->last);
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	if (!e)
		e = record_disposals_waiting(app->record, a, &app->viewer, &st->disposals);
	if (e)
		return e;
	int32_t today = time_today();
	const char *seen[8];
	size_t n_seen = 0;
	for (size_t i = 0; i < st->n_actions; i++) {
		if (!st->action[i].late) {
			st->due += st->action[i].due <= today + 7;
			continue;
		}
		st->late++;
		bool again = false;
		for (size_t k = 0; k < n_seen; k++)
			again |= strcmp(seen[k], st->action[i].agency_name) == 0;
		if (!again && n_seen < COUNT_OF(seen)) {
			st->late_who = arena_printf(a, "%s%s%s", st->late_who, n_seen ? ", " : "",
			        st->action[i].agency_name);
			seen[n_seen++] = st->action[i].agency_name;
		}
	}
	for (size_t i = 0; i < app->n_items; i++) {
		const struct item_row *t = &app->item[i];
		if (t->state == ITEM_REMOVED)
			continue;
		st->planned += t->minutes;
		if (t->kind != AGENDA_CASE)
			continue;
		st->cases++;
		st->children += t->children > 0;
		if (t->sight >= SIGHT_ANON && strstr(t->second, "review") && st->review++ < 3)
			st->review_refs = arena_printf(a, "%s%s%s", st->review_refs,
			        *st->review_refs ? ", " : "",
			        *st->review_refs && strlen(t->title) > 7 ? t->title + 7 : t->title);
	}
	for (size_t i = 0; i < app->n_seats; i++) {
		st->seats += !app->seat[i].guest;
		st->filled += !app->seat[i].guest && app->seat[i].state != SEAT_EMPTY;
	}
	return ERR_OK;
}

static void begin_meeting(struct app *app)
{
	if (app->meeting.state == MEETING_PLANNED) {
		struct command c = {.kind = CMD_MEETING_STATE};
		c.u.state.meeting = app->meeting.id;
		c.u.state.to = MEETING_SIGNING;
		if (!app_do(app, &c, NULL))
			return;
	}
	app_go(app, app->meeting.state <= MEETING_SIGNING   ? &screen_seats
	            : app->meeting.state >= MEETING_CLOSING ? &screen_close
	                                                    : &screen_agenda);
}

static void terms_asked(struct app *app, struct sheet *s)
{
	if (s->row[s->chosen].id)
		app_go(app, &screen_progress);
	else
		begin_meeting(app);
}

static void open_meeting(struct app *app)
{
	struct home_state *st = app->state;
	if (app->meeting.state != MEETING_PLANNED || !terms_due(st)) {
		begin_meeting(app);
		return;
	}
	struct sheet *s = sheet_open(app, "The group’s terms of reference",
	        fmt(app, "%s. The group can meet all the same.", terms_words(app, &st->terms)),
	        NULL, terms_asked, 0);
	sheet_row(s, "seat", "Open the meeting", "The report says until when they hold", 0, NULL,
	        false);
	sheet_row(s, "calendar", "Renew the terms", "With the day from which they hold", 1, NULL,
	        false);
}

static void forum_done(struct app *app, struct sheet *s)
{
	app->forum_id = s->row[s->chosen].id;
	app->meeting_id = app->case_id = app->item_id = 0;
	app_go(app, &screen_home);
}

static void forum_open(struct app *app)
{
	struct forum_row *f;
	size_t n;
	struct sheet *s = sheet_open(app, "Which group?", NULL, NULL, forum_done, 0);
	if (record_forums(app->record, &app->rows, &f, &n))
		return;
	for (size_t i = 0; i < n; i++)
		sheet_row(s, "people", f[i].name, f[i].kind, f[i].id, NULL, false);
}

void look_set(struct app *app, int look)
{
	enum gfx_theme theme = (enum gfx_theme)(look & 3);
	if (look >= 0 && theme < GFX_THEME_COUNT)
		ui_set_theme(app->ui, theme, look & 4);
}

static void look_done(struct app *app, struct sheet *s)
{
	int look = (int)s->row[s->chosen].id;
	enum err e = record_look_keep(app->record, look);
	look_set(app, look);
	if (e)
		app_fail(app, e, NULL);
}

void look_open(struct app *app)
{
	struct sheet *s = sheet_open(app, "How should the screen look?",
	        "For this room, from now on.", NULL, look_done, 0);
	sheet_row(s, "lamp", "Light", "For a bright room", GFX_LIGHT, NULL, false);
	sheet_row(s, "lamp", "Dark", "For a darkened room", GFX_DARK, NULL, false);
	sheet_row(s, "show", "High contrast", "Outlines, and yellow for what is chosen",
	        GFX_CONTRAST, NULL, false);
	sheet_row(s, "text-size", "Large text", "One column, capitals of 6 mm", GFX_LIGHT | 4, NULL,
	        false);
	sheet_row(s, "text-size", "Large text, high contrast", NULL, GFX_CONTRAST | 4, NULL, false);
}

/* 7 inch: what the bar has no room for; and the settings of the room. */
enum { DO_GROUP, DO_MINUTES, DO_CLOCKS, DO_DISPOSAL, DO_BACKUP, DO_LOOK, DO_KEYS };

static void other_done(struct app *app, struct sheet *s)
{
	const struct home_state *st = app->state;
	switch (s->row[s->chosen].id) {
	case DO_GROUP:
		forum_open(app);
		break;
	case DO_MINUTES:
		app->read_meeting = st->last.id;
		app_go_back_to(app, &screen_read, &screen_home);
		break;
	case DO_CLOCKS:
		app_go(app, &screen_clocks);
		break;
	case DO_KEYS:
		app_go(app, &screen_keys);
		break;
	case DO_DISPOSAL:
		app_go_back_to(app, &screen_disposal, &screen_home);
		break;
	case DO_BACKUP:
		app_go(app, &screen_backup);
		break;
	default:
		look_open(app);
	}
}

static void settings_rows(struct app *app, struct sheet *s)
{
	sheet_row(s, "stick", "Backup",
	        app->backed.state == BACKUP_NONE
	                ? backup_last(app)
	                : fmt(app, "%s. %s", backup_title(app), backup_words(app)),
	        DO_BACKUP, NULL, false);
	sheet_row(s, "key", "Keys", "Who opens the store, and with what", DO_KEYS, NULL, false);
	sheet_row(s, "settings", "Display", "Light, dark, high contrast, large text", DO_LOOK, NULL,
	        false);
}

static void settings_open(struct app *app)
{
	settings_rows(app, sheet_open(app, "Settings", NULL, NULL, other_done, 0));
}

static void other_open(struct app *app)
{
	const struct home_state *st = app->state;
	struct sheet *s = sheet_open(app, "What else", NULL, NULL, other_done, 0);
	if (app->forum_id)
		sheet_row(s, "people", "Change group", app->forum.name, DO_GROUP, NULL, false);
	if (st->last.id)
		sheet_row(s, "minutes", "Minutes of the last meeting",
		        fmt_day(app, st->last.day, DAY_MONTH), DO_MINUTES, NULL, false);
	sheet_row(s, "clock", "Clocks", "What must be done by when", DO_CLOCKS, NULL, false);
	if (st->disposals)
		sheet_row(s, "paper", fmt(app, "%zu due for disposal", st->disposals),
		        "Kept as long as the rules say: review", DO_DISPOSAL, NULL, false);
	settings_rows(app, s);
}

static void figure(struct ui *ui, struct gfx_rect r, const char *big, const char *small)
{
	enum gfx_type type = ui_m(ui)->layout == UI_SMALL ? GFX_TITLE : GFX_HEADING;
	int h = ui_line_h(ui, type);
	ui_label(ui, ui_cut_top(&r, h), type, GFX_ON_RAIL, UI_LEFT, big);
	ui_label(ui, ui_cut_top(&r, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_ON_RAIL, UI_LEFT,
	        small);
}

static const char *when_words(struct app *app)
{
	int64_t left = app->meeting.starts_us - time_now_us();
	int days = app->meeting.day - time_today();
	const char *what = *app->meeting.emergency ? "Emergency meeting" : "Next meeting";
	if (app->meeting.state == MEETING_SIGNING)
		return "Open for signing";
	if (app->meeting.state >= MEETING_CLOSED)
		return "Closed; the minutes and papers wait";
	if (app->meeting.state > MEETING_SIGNING)
		return fmt(app, "In session since %s", fmt_hm(app, app->meeting.started_us));
	if (days == 0 && left > 0 && left < TIME_HOUR_US)
		return fmt(app, "%s, in %d minutes", what, (int)(left / TIME_MINUTE_US));
	if (days > 0)
		return fmt(app, "%s, in %d %s", what, days, days == 1 ? "day" : "days");
	return what;
}

/* The largest type in which `text` stands whole in r; cuts it off. */
static void big_label(struct ui *ui, struct gfx_rect *r, const char *text)
{
	static const enum gfx_type TYPE[] = {GFX_DISPLAY, GFX_HEADING, GFX_TITLE, GFX_BODY_B};
	size_t i = 0;
	while (i + 1 < COUNT_OF(TYPE) &&
	        (ui_text_w(ui, TYPE[i], text) > r->w || ui_line_h(ui, TYPE[i]) > r->h))
		i++;
	ui_elide(ui, ui_cut_top(r, ui_line_h(ui, TYPE[i])), TYPE[i], GFX_ON_RAIL, UI_LEFT, text);
}

/* The one dark panel of the product. */
static void next_meeting(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct home_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	ui_area(ui, r, ui_px(ui, 10), GFX_RAIL, GFX_EDGE);
	struct gfx_rect in = ui_inset(r, small ? 16 : m->margin, small ? 8 : m->margin);
	struct gfx_rect foot = ui_cut_bottom(&in, m->primary);
	if (!app->meeting.id) {
		/* agreed at the last one, and still to be planned */
		bool agreed = st->last.id && st->last.next_day != DAY_NONE &&
		              st->last.next_day >= time_today();
		big_label(ui, &in,
		        agreed ? fmt(app, "%s, %s", fmt_day(app, st->last.next_day, DAY_MONTH),
		                         fmt_hm(app, st->last.next_us))
		               : "No meeting yet");
		if (in.h >= ui_line_h(ui, GFX_BODY))
			ui_wrap(ui, in, GFX_BODY, GFX_ON_RAIL,
			        agreed ? "Agreed at the last meeting. Plan it and its agenda is "
			                 "made."
			        : app->forum_id ? "Plan one and its agenda is made."
			                        : "There is no group yet.",
			        2);
		int w = ui_button_w(ui, "calendar", "Plan a meeting", true);
		if (app->forum_id &&
		        ui_button(ui, ui_cut_left(&foot, w > foot.w / 2 ? w : foot.w / 2),
		                UI_ON_DARK_PRIMARY, "calendar", "Plan a meeting", false))
			meeting_plan(app);
		return;
	}
	if (in.h >= ui_line_h(ui, GFX_CAPTION) + ui_line_h(ui, GFX_BODY_B))
		ui_label(ui, ui_cut_top(&in, ui_line_h(ui, GFX_CAPTION)), GFX_CAPTION, GFX_ON_RAIL,
		        UI_LEFT, when_words(app));
	const char *day = app->meeting.day == time_today()
	                          ? "Today"
	                          : fmt_day(app, app->meeting.day, small ? DAY_SHORT : DAY_MONTH);
	ui_cut_top(&in, small ? 0 : ui_px(ui, 10));
	big_label(ui, &in, fmt(app, "%s, %s", day, fmt_hm(app, app->meeting.starts_us)));
	ui_cut_top(&in, small ? 0 : ui_px(ui, 8));
	struct gfx_rect row =
	        ui_cut_top(&in, ui_line_h(ui, GFX_HEADING) + ui_line_h(ui, GFX_CAPTION));
	bool figures = row.h >= (small ? ui_line_h(ui, GFX_TITLE) + ui_line_h(ui, GFX_CAPTION) : 0);
	if (figures) {
		figure(ui, ui_column(row, 0, 4, 0), fmt(app, "%zu", st->cases), "cases");
		figure(ui, ui_column(row, 1, 4, 0), fmt(app, "%zu", st->children), "with children");
		figure(ui, ui_column(row, 2, 4, 0),
		        st->planned >= 60
		                ? fmt(app, "%d h %02d", st->planned / 60, st->planned % 60)
		                : fmt(app, "%d min", st->planned),
		        "planned");
		figure(ui, ui_column(row, 3, 4, 0), fmt(app, "%d of %d", st->filled, st->seats),
		        "seats named");
	}
	struct gfx_rect second = ui_cut_right(
	        &foot, ui_button_w(ui, "agenda", small ? "Items" : "The agenda", true));
	ui_cut_right(&foot, 12);
	bool begun = app->meeting.state > MEETING_SIGNING;
	const char *label = begun ? "Back to the meeting" : "Open the meeting";
	if (ui_button_w(ui, "seat", label, true) > foot.w)
		label = begun ? "Back" : "Open";
	if (ui_button(ui, foot, UI_ON_DARK_PRIMARY, "seat", label, false))
		open_meeting(app);
	else if (ui_button(ui, second, UI_ON_DARK, "agenda", small ? "Items" : "The agenda", false))
		app_go(app, &screen_agenda);
}

static void go_case(struct app *app, int64_t id)
{
	case_open(app, 0, id);
}

static void clocks(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct home_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	struct gfx_rect in = ui_panel(ui, r);
	size_t shown = (size_t)((in.h - ui_px(ui, 52)) / m->row2);
	if (shown > st->n_clocks)
		shown = st->n_clocks;
	ui_panel_head(ui, &in, "clock", "Clocks running out",
	        shown < st->n_clocks ? fmt(app, "%zu of %zu", shown, st->n_clocks)
	                             : fmt(app, "%zu", st->n_clocks));
	if (!st->n_clocks) {
		ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
		        "No clock runs out this week.", 2);
		return;
	}
	for (size_t i = 0; i < shown; i++) {
		const struct clock_row *c = &st->clock[i];
		struct gfx_rect row = ui_cut_top(
		        &in, m->row2 < in.h / (int)(shown - i) ? in.h / (int)(shown - i) : m->row2);
		ui_push_id(ui, (int64_t)i + 1000);
		if (ui_row(ui, row, NULL, fmt(app, "%s · %s", c->ref, c->what), c->left, true,
		            false))
			clock_open(app, c);
		ui_pop_id(ui);
		struct gfx_rect bar = {
		        row.x + row.w - ui_px(ui, 160), row.y + row.h / 2 - 5, ui_px(ui, 104), 10};
		if (!app_small(app))
			ui_bar(ui, bar, c->permille, 1000,
			        c->late || c->permille > 850 ? GFX_LATE : GFX_ACCENT);
	}
}

static void unreached_done(struct app *app, struct sheet *s)
{
	case_open(app, 0, s->row[s->chosen].id);
}

/* What the room of a meeting never learns of must not be forgotten by those who know. */
static void unreached_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct home_state *st = app->state;
	if (!ui_row(ui, r, "lock",
	            st->n_unreached == 1
	                    ? "1 case only you may know of"
	                    : fmt(app, "%zu cases only you may know of", st->n_unreached),
	            "No meeting has reached it while you were alone with it", true, false))
		return;
	if (st->n_unreached == 1) {
		case_open(app, 0, st->unreached[0].id);
		return;
	}
	struct sheet *s = sheet_open(
	        app, "Which case?", "Hidden from everyone else.", NULL, unreached_done, 0);
	for (size_t i = 0; i < st->n_unreached; i++)
		sheet_row(s, "case", st->unreached[i].ref, st->unreached[i].strand,
		        st->unreached[i].id, NULL, false);
}

static void right_column(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct home_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	int head = ui_px(ui, 52);
	if (terms_due(st)) {
		if (ui_row(ui, ui_panel(ui, ui_cut_top(&r, m->row2)), "warning",
		            "Terms of reference", terms_words(app, &st->terms), true, false))
			app_go(app, &screen_progress);
		ui_cut_top(&r, m->gap);
	}
	if (st->n_unreached) {
		unreached_row(app, ui, ui_panel(ui, ui_cut_top(&r, m->row2)));
		ui_cut_top(&r, m->gap);
	}
	if (st->disposals) {
		if (ui_row(ui, ui_panel(ui, ui_cut_top(&r, m->row2)), "paper",
		            fmt(app, "%zu due for disposal", st->disposals),
		            "Kept as long as the rules say: review", true, false))
			app_go_back_to(app, &screen_disposal, &screen_home);
		ui_cut_top(&r, m->gap);
	}
	struct gfx_rect in = ui_panel(
	        ui, ui_cut_top(&r, head + (st->late + st->due ? (int)((st->late > 0) + 1) * m->row2
	                                                      : m->row2)));
	ui_panel_head(ui, &in, "check", "Actions open", fmt(app, "%zu", st->n_actions));
	if (st->late) {
		if (ui_row(ui, ui_cut_top(&in, m->row2), "warning", fmt(app, "%zu late", st->late),
		            st->late_who, true, false))
			app_go(app, &screen_actions);
	}
	if (st->n_actions > st->late) {
		if (ui_row(ui, ui_cut_top(&in, m->row2), "check",
		            fmt(app, "%zu waiting for an outcome", st->n_actions - st->late),
		            fmt(app, "%zu due within a week", st->due), true, false))
			app_go(app, &screen_actions);
	} else if (!st->late) {
		ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
		        "Every action is done or in time.", 2);
	}
	ui_cut_top(&r, m->gap);
	if (r.h > head + m->row2) {
		in = ui_panel(ui, ui_cut_top(&r, head + m->row2));
		ui_panel_head(ui, &in, "calendar", "Reviews due", fmt(app, "%zu", st->review));
		if (!st->review)
			ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
			        "No review is due at the next meeting.", 2);
		else if (ui_row(ui, in, "case", st->review_refs,
		                 st->review > 3
		                         ? fmt(app, "and %zu more on the agenda", st->review - 3)
		                         : "on the agenda",
		                 true, false))
			app_go(app, &screen_agenda);
		ui_cut_top(&r, m->gap);
	}
	size_t lapse = st->n_lapse > 2 ? 2 : st->n_lapse;
	int keep = st->last.id ? m->row2 + m->gap
	                       : 0; /* the minutes to be agreed are never pushed out */
	while (lapse > 1 && r.h - keep < head + m->row2 * (int)lapse)
		lapse--;
	if (r.h > head + m->row2 * (int)(lapse ? lapse : 1)) {
		in = ui_panel(ui, ui_cut_top(&r, head + m->row2 * (int)(lapse ? lapse : 1)));
		ui_panel_head(ui, &in, "repeat", "Repeats that lapse",
		        lapse < st->n_lapse ? fmt(app, "%zu of %zu", lapse, st->n_lapse)
		                            : fmt(app, "%zu", st->n_lapse));
		if (!lapse)
			ui_wrap(ui, ui_inset(in, 16, 12), GFX_BODY, GFX_TEXT2,
			        "No repeat lapses before the next meeting.", 2);
		for (size_t i = 0; i < lapse; i++) {
			ui_push_id(ui, (int64_t)i + 2000);
			if (ui_row(ui, ui_cut_top(&in, m->row2), "calendar", st->lapse[i].ref,
			            fmt(app, "%s12 months end on %s",
			                    st->lapse[i].repeat ? "Repeat; " : "",
			                    fmt_day(app,
			                            practice_add_months(st->lapse[i].received, 12),
			                            DAY_MONTH)),
			            true, false))
				go_case(app, st->lapse[i].id);
			ui_pop_id(ui);
		}
		ui_cut_top(&r, m->gap);
	}
	if (st->last.id && r.h >= m->row2) {
		in = ui_panel(ui, ui_cut_top(&r, m->row2));
		if (ui_row(ui, in, "minutes",
		            fmt(app, "Minutes of %s", fmt_day(app, st->last.day, DAY_MONTH)),
		            st->last.minutes_agreed     ? "agreed"
		            : st->last.minutes_approved ? "approved, to be agreed"
		                                        : "draft, to be agreed",
		            true, false)) {
			app->item_id = 0;
			app->read_meeting = st->last.id;
			app_go_back_to(app, &screen_read, &screen_home);
		}
	}
}

/* A store that was just made: what comes next is done at the coordinator's computer. */
static void first_row(struct app *app, struct ui *ui, struct gfx_rect r)
{
	if (!ui_row(ui, r, "info", "What to do first", "Your coordinator imports the groups", true,
	            false))
		return;
	(void)sheet_open(app, "What to do first",
	        "Your coordinator imports the groups, their members, the agencies and the people "
	        "at the command line, with caseroomctl import. Which files, and in which order: "
	        "the last page of the quick guide, “The first day”. Then a meeting can be planned "
	        "here.",
	        NULL, NULL, 0);
}

static void build(struct app *app, struct ui *ui)
{
	struct page p;
	struct home_state *st = app->state;
	const struct ui_metrics *m = ui_m(ui);
	bool small = app_small(app);
	page_begin(app, ui, &p, app->forum_id ? app->forum.name : "Caseroom",
	        *app->forum.reports_to_name ? fmt(app, "Reports to %s", app->forum.reports_to_name)
	                                    : app->partnership,
	        NULL);
	if (!small && app->forum_id) {
		struct gfx_rect b =
		        ui_cut_right(&p.head, ui_button_w(ui, "down", "Change group", false));
		b.y += (b.h - m->target) / 2;
		b.h = m->target;
		if (ui_button(ui, b, UI_NORMAL, "down", "Change group", false))
			forum_open(app);
	}
	struct gfx_rect r = p.body;
	if (small) {
		/* at large text there is room for one row; the actions are under More */
		int least = ui_line_h(ui, GFX_DISPLAY) + ui_line_h(ui, GFX_CAPTION) + m->primary +
		            16 + m->gap;
		bool two = app->forum_id && r.h - 2 * m->row2 - 2 >= least;
		struct gfx_rect list = ui_cut_bottom(&r, (two ? 2 : 1) * m->row2 + 2);
		ui_cut_bottom(&r, m->gap);
		next_meeting(app, ui, r);
		list = ui_panel(ui, list);
		if (!app->forum_id) {
			first_row(app, ui, ui_cut_top(&list, m->row2));
		} else if (!st->n_clocks &&
		           terms_due(st)) { /* the place of the clocks, when none runs */
			if (ui_row(ui, ui_cut_top(&list, m->row2), "warning", "Terms of reference",
			            terms_words(app, &st->terms), true, false))
				app_go(app, &screen_progress);
		} else if (st->n_unreached) {
			unreached_row(app, ui, ui_cut_top(&list, m->row2));
		} else if (ui_row(ui, ui_cut_top(&list, m->row2), "clock",
		                   st->n_clocks ? fmt(app, "%s · %s", st->clock[0].ref,
		                                          st->clock[0].what)
		                                : "No clock runs out this week",
		                   st->n_clocks > 1 ? fmt(app, "%s, and %zu more",
		                                              st->clock[0].left, st->n_clocks - 1)
		                   : st->n_clocks   ? st->clock[0].left
		                                    : NULL,
		                   st->n_clocks > 0, false) &&
		           st->n_clocks)
			app_go(app, &screen_clocks);
		if (two && ui_row(ui, ui_cut_top(&list, m->row2), st->late ? "warning" : "check",
		                   fmt(app, "%zu late, %zu open", st->late, st->n_actions),
		                   *st->late_who ? st->late_who : "actions", true, false))
			app_go(app, &screen_actions);
	} else {
		struct gfx_rect left = ui_cut_left(&r, (r.w - m->gap) / 2);
		ui_cut_left(&r, m->gap);
		next_meeting(app, ui, ui_cut_top(&left, ui_px(ui, 310)));
		ui_cut_top(&left, m->gap);
		if (app->forum_id) {
			clocks(app, ui, left);
			right_column(app, ui, r);
		} else {
			first_row(app, ui, ui_panel(ui, ui_cut_top(&r, m->row2)));
		}
	}
	p.to_come = app->forum_id ? 5 : 3;
	if (page_button(app, &p, "search", small ? "Find" : "Find a case", false))
		app_go(app, &screen_find);
	/* never crowded out by what else there is to do */
	if (page_button(app, &p, "lock", "Lock", false)) {
		app_lock(app);
		return;
	}
	if (app->forum_id && page_button(app, &p, "calendar", "Meetings", false))
		meetings_open(app);
	if (!small && page_button(app, &p, "clock", "Clocks", false))
		app_go(app, &screen_clocks);
	if (app->forum_id && page_button(app, &p, "plus", small ? "New" : "New case", false))
		enter_open(app, 0, &screen_home);
	if (small && page_button(app, &p, "more", "Other", false))
		other_open(app);
	if (!small && page_button(app, &p, "settings", "Settings", false))
		settings_open(app);
	page_end(app, &p, NULL, false);
}

const struct screen_ops screen_home = {
        "home", PLACE_HOME, sizeof(struct home_state), load, build, NULL, NULL};
