#include "doc.h"
#include "caseroom/csv.h"
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

/* Actions for the agencies' own systems: a spreadsheet and a calendar. Held items give none. */

static bool is_held(const struct paper_item *it)
{
	return it->held && *it->held;
}

static void put_day(struct buf *out, struct doc *d, int32_t day)
{
	char text[TIME_TEXT_MAX];
	doc_cell(out, d, false, day_text(text, day, DAY_ISO));
}

enum err paper_actions_csv(const struct paper_minutes *m, struct buf *out)
{
	struct doc d;
	doc_init(&d);
	/* RFC 4180 ends each record with CR LF */
	buf_puts(out, "ref,case,what,agency,owner,due,review,done_when\r\n");
	for (size_t i = 0; i < m->n_items; i++) {
		const struct paper_item *it = &m->item[i];
		for (size_t k = 0; k < it->n_actions && !is_held(it); k++) {
			const struct paper_action *a = &it->action[k];
			doc_cell(out, &d, true, a->ref);
			doc_cell(out, &d, false, a->case_ref);
			doc_cell(out, &d, false, a->what);
			doc_cell(out, &d, false, a->agency);
			doc_cell(out, &d, false, a->owner);
			put_day(out, &d, a->due);
			put_day(out, &d, a->review);
			doc_cell(out, &d, false, a->done_when);
			buf_puts(out, "\r\n");
		}
	}
	enum err e = d.err ? d.err : buf_err(out);
	doc_finish(&d);
	return e;
}

/* ---- iCalendar (RFC 5545) ---- */

/* Gives `p` to `c`; false without memory. */
static bool add(icalcomponent *c, icalproperty *p)
{
	if (!p)
		return false;
	icalcomponent_add_property(c, p);
	return true;
}

static struct icaltimetype ical_day(int32_t day)
{
	struct icaltimetype t = icaltime_null_date();
	day_to_ymd(day, &t.year, &t.month, &t.day);
	return t;
}

/* Without a uid the place in the minutes has to do; it stays the same in each copy of these
 * minutes. */
static const char *action_uid(
        struct doc *d, const struct paper_minutes *m, const struct paper_item *it, size_t k)
{
	const char *uid = doc_clean(d, it->action[k].uid, false);
	if (*uid)
		return doc_printf(d, "%s@caseroom", uid);
	return doc_printf(d, "%d-%d-%zu@caseroom", (int)m->day, it->number, k + 1);
}

static enum err put_todo(icalcomponent *calendar, struct doc *d, const struct paper_minutes *m,
        const struct paper_item *it, size_t k)
{
	const struct paper_action *a = &it->action[k];
	const char *case_ref = doc_clean(d, a->case_ref, false),
	           *agency = doc_clean(d, a->agency, false);
	const char *what = doc_clean(d, a->what, true);
	icalcomponent *todo = icalcomponent_new(ICAL_VTODO_COMPONENT);
	if (!todo)
		return ERR_NOMEM;
	icalcomponent_add_component(calendar, todo);
	/* what a calendar shows on a desk or a telephone: no name of anybody */
	const char *summary = *case_ref ? doc_printf(d, "%s: action for %s", case_ref, agency)
	                                : doc_printf(d, "Action for %s", agency);
	bool good = add(todo, icalproperty_new_uid(action_uid(d, m, it, k))) &&
	            add(todo, icalproperty_new_dtstamp(icaltime_from_timet_with_zone(
	                              (time_t)(time_now_us() / TIME_SECOND_US), 0,
	                              icaltimezone_get_utc_timezone()))) &&
	            add(todo, icalproperty_new_sequence(m->version)) &&
	            add(todo, icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL)) &&
	            add(todo, icalproperty_new_status(ICAL_STATUS_NEEDSACTION)) &&
	            add(todo, icalproperty_new_summary(summary));
	if (good && *what)
		good = add(todo, icalproperty_new_description(what));
	if (good && a->due != DAY_NONE)
		good = add(todo, icalproperty_new_due(ical_day(a->due)));
	return d->err ? d->err : good ? ERR_OK : ERR_NOMEM;
}

enum err paper_actions_ics(const struct paper_minutes *m, struct buf *out)
{
	struct doc d;
	enum err e = ERR_OK;
	char *text = NULL;
	doc_init(&d);
	icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	if (!calendar || !add(calendar, icalproperty_new_prodid("-//Caseroom//Caseroom//EN")) ||
	        !add(calendar, icalproperty_new_version("2.0"))) {
		e = ERR_NOMEM;
		goto out;
	}
	for (size_t i = 0; i < m->n_items; i++) {
		const struct paper_item *it = &m->item[i];
		for (size_t k = 0; k < it->n_actions && !is_held(it) && !e; k++)
			e = put_todo(calendar, &d, m, it, k);
	}
	if (e)
		goto out;
	text = icalcomponent_as_ical_string_r(calendar);
	if (!text) {
		e = ERR_NOMEM;
		goto out;
	}
	buf_puts(out, text);
	e = buf_err(out);
out:
	if (text) {
		wipe(text, strlen(text));
		icalmemory_free_buffer(text);
	}
	if (calendar)
		icalcomponent_free(calendar);
	doc_finish(&d);
	return e;
}
