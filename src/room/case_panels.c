#include "case.h"

/* Who is in the case, what happened by month, the risk and the actions. */

void case_head(struct app *app, struct gfx_rect *in, const char *icon, const char *title,
        const char *count)
{
	if (!app_small(app))
		ui_panel_head(app->ui, in, icon, title, count);
}

void case_pages(struct app *app, struct page *p, const struct ui_list *l)
{
	if (p)
		page_pages(app, p, l);
}

static const char *party_icon(const struct party_row *p)
{
	return p->place ? "place" : p->child ? "child" : "person";
}

/* Two lines; each can be touched. */
static int party_h(struct ui *ui)
{
	int h = ui_px(ui, 58);
	return h > ui_m(ui)->target ? h : ui_m(ui)->target;
}

static bool role_fits(struct ui *ui, int w, const char *name, const struct party_row *p)
{
	return ui_text_w(ui, GFX_BODY_B, name) + ui_text_w(ui, GFX_CAPTION, p->role_label) + 8 <= w;
}

static void party(struct app *app, struct ui *ui, struct gfx_rect r, const struct party_row *p)
{
	int tile = ui_px(ui, 48);
	if (p->identity) { /* not in the anonymised view */
		if (ui_hit(ui, r, UI_ROLE_ROW, p->name, 0))
			identity_open(app, p->identity, &screen_case);
		if (ui_pressed(ui))
			ui_fill(ui, r, GFX_SOFT);
	}
	struct gfx_rect in = ui_inset(r, ui_px(ui, 16), 0), t = ui_cut_left(&in, tile);
	ui_tile(ui, (struct gfx_rect){t.x, t.y + (party_h(ui) - tile) / 2, tile, tile},
	        party_icon(p), NULL, p->victim);
	ui_cut_left(&in, ui_px(ui, 12));
	int h = ui_line_h(ui, GFX_BODY_B), h2 = ui_line_h(ui, GFX_CAPTION),
	    top = in.y + (party_h(ui) - h - h2) / 2;
	int age = p->born == DAY_NONE ? -1 : practice_age(p->born, time_today());
	const char *name = p->child && age >= 0 ? fmt(app, "%s, %d", p->name, age) : p->name;
	struct gfx_rect line = {in.x, top, in.w, h};
	int wr = ui_text_w(ui, GFX_CAPTION, p->role_label);
	bool role_below = !role_fits(ui, in.w, name, p);
	if (!role_below)
		ui_label(ui, ui_cut_right(&line, wr), GFX_CAPTION, GFX_TEXT2, UI_RIGHT,
		        p->role_label);
	ui_elide(ui, line, GFX_BODY_B, GFX_TEXT, UI_LEFT, name);
	line = (struct gfx_rect){in.x, top + h, in.w, h2};
	if (role_below) { /* the part somebody has in the case is never left out */
		ui_label(ui, line, GFX_CAPTION, GFX_TEXT2, UI_LEFT, p->role_label);
		line.y += h2;
	}
	if (p->identity) /* it opens; the first line is too dear for a chevron */
		ui_icon(ui, ui_cut_right(&line, ui_px(ui, 20)), "forward", ui_px(ui, 20), GFX_TEXT);
	if (*p->safe_contact && !p->place) { /* outranks everything else on the line */
		ui_icon(ui, ui_cut_left(&line, ui_px(ui, 22)), "phone", ui_px(ui, 19), GFX_WARN);
		ui_cut_left(&line, 6);
		line.h = r.y + r.h - line.y;
		ui_wrap(ui, line, GFX_CAPTION_B, GFX_WARN, p->safe_contact,
		        0); /* an instruction is never cut */
		return;
	}
	/* a victim's address is on no line that the other side could see; a place and a subject
	 * have theirs */
	const char *second =
	        p->place ? fmt(app, "%s%s%s", p->postcode,
	                           *p->postcode && (*p->safe_contact || *p->address) ? ", " : "",
	                           *p->safe_contact ? p->safe_contact : p->address)
	                 : p->relations;
	ui_elide(ui, line, GFX_CAPTION, GFX_TEXT2, UI_LEFT, second);
}

void case_people(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	size_t i;
	case_head(app, &in, "people", "People and place", fmt(app, "%zu", st->n_parties));
	ui_cut_top(&in, 4);
	ui_cut_bottom(&in, 6);
	int *heights = row_heights(&app->frame, st->n_parties),
	    text_w = in.w - ui_px(ui, 32 + 48 + 12 + 22 + 6 + 20) - 4;
	size_t n = st->n_parties;
	for (int pass = 0; pass < 2; pass++) { /* narrower when page buttons are needed */
		int total = 0;
		for (i = 0; i < n; i++) {
			const struct party_row *t = &st->party[i];
			int lines =
			        *t->safe_contact && !t->place
			                ? ui_wrap_h(ui, text_w, GFX_CAPTION_B, t->safe_contact, 0) -
			                          ui_line_h(ui, GFX_CAPTION_B)
			                : 0;
			if (!role_fits(ui, text_w + ui_px(ui, 22 + 20) + 6, st->party[i].name,
			            &st->party[i]))
				lines += ui_line_h(ui, GFX_CAPTION);
			total += heights[i] = party_h(ui) + (lines > 0 ? lines : 0);
		}
		if (total <= in.h)
			break;
		text_w -= ui_m(ui)->pager_w;
	}
	ui_list_begin(ui, &l, in, "People and place", &st->people, n, 0, heights);
	while (ui_list_next(ui, &l, &i, &row)) {
		ui_push_id(ui, st->party[i].id);
		party(app, ui, row, &st->party[i]);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	case_pages(app, p, &l);
}

/* One dot an incident, by month, over the twelve months to now; ringed dots are new since last
 * time. */
void case_incidents(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), head = in;
	if (st->row.sight == SIGHT_FULL) { /* in words, and to add to */
		if (ui_hit(ui, r, UI_ROLE_ROW, "Incidents in words", 0))
			app_go_back_to(app, &screen_file, &screen_case);
		if (ui_pressed(ui))
			ui_fill(ui, ui_inset(in, 2, 2), GFX_SOFT);
		struct gfx_rect c = {in.x + in.w - ui_px(ui, 36), in.y + ui_px(ui, 56),
		        ui_px(ui, 20), ui_px(ui, 24)};
		ui_icon(ui, c, "forward", ui_px(ui, 20), GFX_TEXT);
	}
	int count[12] = {0}, fresh[12] = {0}, year, month, day, total = 0, new_n = 0;
	day_to_ymd(time_today(), &year, &month, &day);
	for (size_t i = 0; i < st->n_incidents; i++) {
		int y, m, d;
		day_to_ymd(st->incident[i].day, &y, &m, &d);
		int back = (year - y) * 12 + month - m;
		if (back < 0 || back > 11)
			continue;
		total++;
		new_n += st->incident[i].fresh;
		count[11 - back]++;
		fresh[11 - back] += st->incident[i].fresh;
	}
	bool room = in.w >= ui_px(ui, 250); /* not at large text */
	ui_panel_head(ui, &in, "incident", "Incidents",
	        new_n || !room ? "" : fmt(app, "%d in a year", total));
	if (new_n && room) {
		head.h = ui_px(ui, 52);
		struct gfx_rect h = ui_inset(head, ui_px(ui, 16), 0);
		const char *n = fmt(app, "%d new", new_n), *all = fmt(app, "%d in a year,", total);
		ui_label(ui, ui_cut_right(&h, ui_text_w(ui, GFX_CAPTION_B, n)), GFX_CAPTION_B,
		        GFX_LATE, UI_RIGHT, n);
		int cy = h.y + h.h / 2;
		ui_disc(ui, h.x + h.w - 11, cy, 6, GFX_LATE);
		ui_disc(ui, h.x + h.w - 11, cy, 3, GFX_PANEL);
		ui_cut_right(&h, 24);
		ui_label(ui, ui_cut_right(&h, ui_text_w(ui, GFX_CAPTION, all)), GFX_CAPTION,
		        GFX_TEXT2, UI_RIGHT, all);
	}
	in = ui_inset(in, ui_px(ui, 16), ui_px(ui, 8));
	struct gfx_rect axis = ui_cut_bottom(&in, ui_line_h(ui, GFX_MICRO));
	ui_fill(ui, (struct gfx_rect){in.x, in.y + in.h - 1, in.w, 1}, GFX_EDGE);
	if (!st->n_incidents) {
		ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2, "No incident is recorded in this case.", 2);
		return;
	}
	int most = 1, step;
	for (int i = 0; i < 12; i++)
		most = count[i] > most ? count[i] : most;
	step = (in.h - 8) / most;
	if (step > ui_px(ui, 17))
		step = ui_px(ui, 17);
	for (int i = 0; i < 12; i++) {
		struct gfx_rect c = ui_column(axis, i, 12, 0);
		int m = (month + i) % 12;
		ui_label(ui, c, GFX_MICRO, GFX_TEXT2, UI_CENTRE, fmt(app, "%c", "JFMAMJJASOND"[m]));
		for (int k = 0; k < count[i]; k++) {
			int cx = c.x + c.w / 2, cy = in.y + in.h - 11 - k * step;
			bool is_new = k >= count[i] - fresh[i];
			ui_disc(ui, cx, cy, 6, is_new ? GFX_LATE : GFX_ACCENT);
			if (is_new)
				ui_disc(ui, cx, cy, 3, GFX_PANEL);
		}
	}
}

void case_risk(struct app *app, struct ui *ui, struct gfx_rect r)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r);
	const struct assessment_row *a = st->n_assessments ? &st->assessment[0] : NULL;
	int32_t day = a ? time_to_day(a->made_us) : 0;
	if (st->n_assessments > 1 && ui_hit(ui, ui_inset(r, ui_px(ui, 12), ui_px(ui, 12)),
	                                     UI_ROLE_BUTTON, "Compare the assessments", 0))
		app_go_back_to(app, &screen_compare, &screen_case);
	ui_panel_head(ui, &in, "assess", "Risk",
	        !a                    ? ""
	        : day == time_today() ? fmt(app, "today %s", fmt_hm(app, a->made_us))
	                              : fmt_day(app, day, DAY_SHORT));
	in = ui_inset(in, ui_px(ui, 16), ui_px(ui, 8));
	if (!a) {
		ui_wrap(ui, in, GFX_BODY, GFX_TEXT2, "Not assessed yet.", 2);
		return;
	}
	struct gfx_rect top = ui_cut_top(&in, ui_line_h(ui, GFX_DISPLAY));
	const char *score = fmt(app, "%d", a->score);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_DISPLAY, score)), GFX_DISPLAY, GFX_TEXT,
	        UI_LEFT, score);
	ui_cut_left(&top, 10);
	const char *of = fmt(app, "of %d", a->most);
	ui_label(ui, ui_cut_left(&top, ui_text_w(ui, GFX_CAPTION, of)), GFX_CAPTION, GFX_TEXT2,
	        UI_LEFT, of);
	/* the steps that led here */
	size_t n = st->n_assessments < 6 ? st->n_assessments : 6;
	if (n > 1 && top.w > 100) {
		int xy[24], k = 0, w = ui_px(ui, 116), x0 = top.x + top.w - w,
		            span = a->most - a->least > 0 ? a->most - a->least : 1;
		for (size_t i = n; i-- > 0;) {
			int x = x0 + (int)(n - 1 - i) * w / (int)n,
			    y = top.y + top.h - 8 -
			        (st->assessment[i].score - a->least) * (top.h - 16) / span;
			xy[k++] = x;
			xy[k++] = y;
			xy[k++] = x + w / (int)n;
			xy[k++] = y;
		}
		ui_polyline(ui, xy, k / 2, 3, GFX_ACCENT);
		ui_disc(ui, xy[k - 2], xy[k - 1], 6, GFX_ACCENT);
	}
	const char *was = "";
	for (size_t i = 1; i < st->n_assessments && i < 3; i++)
		was = fmt(app, "%s%s %d in %s", was, i == 1 ? "Was" : ",", st->assessment[i].score,
		        fmt_day(app, time_to_day(st->assessment[i].made_us), DAY_MONTH_ONLY));
	if (st->n_assessments > 1) /* the panel opens: they can be compared */
		ui_icon(ui, ui_cut_right(&in, ui_px(ui, 24)), "forward", ui_px(ui, 22), GFX_TEXT2);
	int unknown = a->asked - a->known;
	if (*was)
		ui_cut_top(&in, ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2, fmt(app, "%s.", was), 2));
	if (*st->stale) {
		ui_wrap(ui, in, GFX_CAPTION_B, GFX_LATE, fmt(app, "Out of date: %s", st->stale), 2);
		return;
	}
	ui_wrap(ui, in, GFX_CAPTION, GFX_TEXT2,
	        unknown == 0   ? "Every answer known."
	        : unknown == 1 ? "One answer not known."
	                       : fmt(app, "%d answers not known.", unknown),
	        1);
}

void case_actions(struct app *app, struct ui *ui, struct gfx_rect r, struct page *p)
{
	struct case_state *st = app->state;
	struct gfx_rect in = ui_panel(ui, r), row;
	struct ui_list l;
	size_t open = 0, i;
	for (i = 0; i < st->n_actions; i++)
		open += st->action[i].state == ACTION_OPEN;
	case_head(app, &in, "check", "Actions",
	        fmt(app, open == st->n_actions ? "%zu open" : "%zu open of %zu", open,
	                st->n_actions));
	if (!st->n_actions) {
		ui_wrap(ui, ui_inset(in, 16, 12), GFX_CAPTION, GFX_TEXT2,
		        "No actions in this case yet.", 3);
		return;
	}
	ui_list_begin(ui, &l, in, "Actions of the case", &st->actions, st->n_actions, ui_px(ui, 82),
	        NULL);
	while (ui_list_next(ui, &l, &i, &row)) {
		const struct action_row *a = &st->action[i];
		struct gfx_rect c = ui_inset(row, ui_px(ui, 16), ui_px(ui, 8)),
		                top = ui_cut_top(&c, ui_line_h(ui, GFX_BODY_B));
		ui_push_id(ui, a->id);
		ui_hairline(ui, (struct gfx_rect){row.x, row.y + row.h - 1, row.w, 1});
		ui_elide(ui, top, GFX_BODY_B, GFX_TEXT, UI_LEFT, a->what);
		const char *tag = a->state != ACTION_OPEN
		                          ? action_state_name(a->state)
		                          : fmt(app, "%s%s", fmt_day(app, a->due, DAY_SHORT),
		                                    a->late ? ", late" : "");
		const char *icon = a->state != ACTION_OPEN      ? "done"
		                   : a->late                    ? "warning"
		                   : a->due <= time_today() + 7 ? "clock"
		                                                : NULL;
		if (icon) {
			int w = ui_tag_w(ui, icon, tag);
			(void)ui_tag(ui, c.x + c.w - w, c.y + 2,
			        a->state != ACTION_OPEN ? UI_TAG_DONE
			        : a->late               ? UI_TAG_LATE
			                                : UI_TAG_WARN,
			        icon, tag);
			ui_cut_right(&c, w + 8);
		} else {
			ui_label(ui, ui_cut_right(&c, ui_text_w(ui, GFX_CAPTION, tag)), GFX_CAPTION,
			        GFX_TEXT, UI_RIGHT, tag);
			ui_cut_right(&c, 8);
		}
		ui_elide(ui, c, GFX_CAPTION, GFX_TEXT2, UI_LEFT, a->agency_name);
		ui_pop_id(ui);
	}
	ui_list_end(ui, &l);
	case_pages(app, p, &l);
}
