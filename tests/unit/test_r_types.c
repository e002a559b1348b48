#include "caseroom/record_report.h"
#include "record_fixture.h"
#include "test.h"

/* What single meeting types promise: the ASB case review (R20), sub-groups (R31), figures (R45,
 * R47). */

static struct fix f;

static int32_t day(const char *s)
{
	int32_t d = DAY_NONE;
	FIX_MUST(day_parse(s, &d));
	return d;
}

static struct record_viewer opener(void)
{
	struct record_viewer v;
	FIX_MUST(record_viewer_opener(f.r, &v));
	return v;
}

/* ---- the ASB case review ---- */

static enum err apply(int64_t kase, const char *when)
{
	return fix_do(&f,
	        FIX_CMD(CMD_REVIEW_APPLY, .review = {.case_id = kase,
	                                          .applied = day(when),
	                                          .applicant = "victim",
	                                          .words = "Asks that somebody answers."}),
	        NULL);
}

static enum err threshold(int64_t kase, bool met, const char *route, const char *reasons)
{
	return fix_do(&f,
	        FIX_CMD(CMD_REVIEW_THRESHOLD, .threshold = {.case_id = kase,
	                                              .met = met,
	                                              .route = route,
	                                              .reasons = reasons}),
	        NULL);
}

static enum err step(int64_t kase, const char *what, int64_t agency, int64_t answers,
        const char *words, int64_t *ret_id)
{
	return fix_do(&f,
	        FIX_CMD(CMD_REVIEW_STEP, .step = {.case_id = kase,
	                                         .agency = agency,
	                                         .step = answers,
	                                         .what = what,
	                                         .words = words,
	                                         .day = time_today()}),
	        ret_id);
}

static enum err count_report(int64_t incident, bool qualifying, const char *reported)
{
	return fix_do(&f,
	        FIX_CMD(CMD_REVIEW_COMPLAINT,
	                .complaint = {.incident = incident,
	                        .qualifying = qualifying,
	                        .reported = reported ? day(reported) : DAY_NONE}),
	        NULL);
}

/* The n-th report of the case, from 1. */
static int64_t report(const char *ref, int n)
{
	char sql[200];
	snprintf(sql, sizeof(sql),
	        "SELECT i.id FROM incident i JOIN kase k ON k.id = i.kase WHERE k.ref = '%s' ORDER "
	        "BY i.day, i.id LIMIT 1 OFFSET %d",
	        ref, n - 1);
	return fix_int(&f, sql);
}

static int complaints(int64_t kase)
{
	struct review_row row;
	struct record_viewer v = opener();
	FIX_MUST(record_review(f.r, &f.a, &v, kase, &row));
	return row.complaints;
}

static void r20_complaints_count_within_their_months(void)
{
	fix_sample(&f, test_dir());
	int64_t kase = fix_case(&f, "C-2026-0134"), first = report("C-2026-0134", 1);
	CHECK_ERR(apply(kase, "2026-10-26"), ERR_OK);
	CHECK_ERR(apply(kase, "2026-10-27"), ERR_EXISTS);
	CHECK(complaints(kase) == 0); /* nobody has said yet which reports are complaints */
	for (int i = 1; i <= 5; i++)
		CHECK_ERR(count_report(report("C-2026-0134", i), true, NULL), ERR_OK);
	CHECK(complaints(kase) == 5);
	/* one event reported to two agencies counts once */
	fix_sql(&f,
	        "UPDATE incident SET same_as = (SELECT i.id FROM incident i WHERE i.day = "
	        "incident.day AND i.kase = incident.kase AND i.id < incident.id) WHERE what LIKE "
	        "'The same evening%'");
	CHECK(complaints(kase) == 4);
	/* reported a month after it happened, and a day more */
	CHECK_ERR(count_report(first, true, "2026-07-02"), ERR_OK);
	CHECK(complaints(kase) == 4);
	CHECK_ERR(count_report(first, true, "2026-07-03"), ERR_OK);
	CHECK(complaints(kase) == 3);
	CHECK_ERR(count_report(first, true, "2026-06-01"), ERR_INPUT); /* before it happened */
	CHECK_ERR(count_report(first, false, NULL), ERR_OK);
	CHECK(complaints(kase) == 3);
	fix_finish(&f);
	/* applied for six months after the complaint, and a day more */
	struct practice *p = NULL;
	CHECK_ERR(practice_load_assets(&p, NULL), ERR_OK);
	CHECK(practice_complaint(p, day("2026-04-26"), day("2026-04-26"), day("2026-10-26")) ==
	        COMPLAINT_COUNTS);
	CHECK(practice_complaint(p, day("2026-04-25"), day("2026-04-25"), day("2026-10-26")) ==
	        COMPLAINT_OLD);
	CHECK(practice_complaint(p, day("2026-10-20"), day("2026-10-27"), day("2026-10-26")) ==
	        COMPLAINT_AFTER);
	practice_destroy(p);
}

static void r20_at_three_complaints_the_threshold_is_met(void)
{
	fix_sample(&f, test_dir());
	struct review_row row;
	struct record_viewer v = opener();
	int64_t kase = fix_case(&f, "C-2026-0134");
	CHECK_ERR(threshold(kase, true, "judged", "No answer in half a year."), ERR_REFUSED);
	CHECK_ERR(apply(kase, "2026-10-26"), ERR_OK);
	for (int i = 1; i <= 2; i++)
		CHECK_ERR(count_report(report("C-2026-0134", i), true, NULL), ERR_OK);
	/* below the number: not by that route, and not without reasons */
	CHECK_ERR(threshold(kase, true, "complaints", "Enough."), ERR_REFUSED);
	CHECK_ERR(threshold(kase, true, "judged", ""), ERR_INPUT);
	CHECK_ERR(threshold(kase, false, "", ""), ERR_INPUT);
	CHECK_ERR(threshold(kase, false, "", "Two reports, and both were answered."), ERR_OK);
	/* at the number the Act leaves no choice */
	CHECK_ERR(count_report(report("C-2026-0134", 3), true, NULL), ERR_OK);
	CHECK_ERR(threshold(kase, false, "", "Two reports, and both were answered."), ERR_REFUSED);
	CHECK(strstr(f.why.text, "s.104(4)") != NULL);
	CHECK_ERR(threshold(kase, true, "complaints", ""), ERR_OK);
	CHECK_ERR(record_review(f.r, &f.a, &v, kase, &row), ERR_OK);
	CHECK(row.decided && row.met && row.must && row.complaints == 3 && row.needed == 3);
	/* the decision before it stays in the record */
	CHECK(fix_int(&f, "SELECT count(*) FROM review_step WHERE what LIKE 'threshold-%'") == 2);
	fix_finish(&f);
}

static void r20_victim_is_asked_or_it_is_said_why_not(void)
{
	fix_sample(&f, test_dir());
	struct review_row row;
	struct record_viewer v = opener();
	int64_t kase = fix_case(&f, "C-2026-0134");
	CHECK_ERR(apply(kase, "2026-10-26"), ERR_OK);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_REVIEW_VICTIM, .victim = {kase, "not-asked", ""}), NULL),
	        ERR_INPUT);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_REVIEW_VICTIM, .victim = {kase, "invited", ""}), NULL),
	        ERR_OK);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_REVIEW_VICTIM, .victim = {kase, "attended", ""}), NULL),
	        ERR_OK);
	CHECK_ERR(record_review(f.r, &f.a, &v, kase, &row), ERR_OK);
	CHECK_STR(row.victim, "attended");
	fix_finish(&f);
}

static void r20_recommendations_are_answered_and_appealed(void)
{
	fix_sample(&f, test_dir());
	struct review_step_row *t;
	struct record_viewer v = opener();
	size_t n;
	int64_t kase = fix_case(&f, "C-2026-0134"), to = fix_agency(&f, "landlord"), one, two;
	CHECK_ERR(apply(kase, "2026-10-26"), ERR_OK);
	CHECK_ERR(step(kase, "recommendation", to, 0, "One person answers.", NULL), ERR_REFUSED);
	CHECK_ERR(threshold(kase, true, "judged", "Harm, and no answer."), ERR_OK);
	CHECK_ERR(step(kase, "recommendation", 0, 0, "One person answers.", NULL), ERR_INPUT);
	CHECK_ERR(step(kase, "recommendation", to, 0, "", NULL), ERR_INPUT);
	CHECK_ERR(step(kase, "recommendation", to, 0, "One person answers.", &one), ERR_OK);
	CHECK_ERR(
	        step(kase, "recommendation", fix_agency(&f, "council"), 0, "Move the bins.", &two),
	        ERR_OK);
	CHECK_ERR(step(kase, "accepted", 0, one + 1000, "", NULL), ERR_NOT_FOUND);
	CHECK_ERR(step(kase, "accepted", 0, one, "From Monday.", NULL), ERR_OK);
	CHECK_ERR(step(kase, "declined", 0, two, "", NULL), ERR_INPUT); /* with reasons */
	CHECK_ERR(step(kase, "declined", 0, two, "They are not the council's.", NULL), ERR_OK);
	CHECK_ERR(step(kase, "appeal-upheld", 0, 0, "", NULL), ERR_REFUSED);
	CHECK_ERR(step(kase, "letter", 0, 0, "", NULL), ERR_OK);
	/* the letter starts the time to appeal, as the panel's meeting started the letter's */
	CHECK(fix_int(&f, "SELECT count(*) FROM clock WHERE clock = 'review-appeal' AND stopped IS "
	                  "NULL") == 1);
	CHECK(fix_int(&f, "SELECT count(*) FROM clock WHERE clock IN ('review-acknowledge', "
	                  "'review-threshold', 'review-panel', 'review-outcome')") >= 4);
	CHECK_ERR(step(kase, "appeal", 0, 0, "The bins matter most.", NULL), ERR_OK);
	CHECK(fix_int(&f, "SELECT count(*) FROM clock WHERE clock = 'review-appeal' AND stopped IS "
	                  "NULL") == 0);
	CHECK_ERR(record_review_steps(f.r, &f.a, &v, kase, &t, &n), ERR_OK);
	CHECK(n == 7);
	CHECK_STR(t[1].agency_name, "Social landlord");
	CHECK(t[3].answers == one && t[3].agency == to);
	fix_finish(&f);
}

static enum err year_row(void *ctx, const char *const *column, const char *const *value, size_t n)
{
	(void)column;
	snprintf(ctx, 64, "%s %s %s %s %s", value[0], value[1], value[2], value[3],
	        n > 4 ? value[4] : "");
	return ERR_OK;
}

static void r20_yearly_figures_as_the_act_asks(void)
{
	fix_sample(&f, test_dir());
	char row[64] = "";
	struct record_viewer v = opener();
	int64_t a = fix_case(&f, "C-2026-0134"), b = fix_case(&f, "C-2026-0135");
	CHECK_ERR(apply(a, "2026-10-26"), ERR_OK);
	CHECK_ERR(apply(b, "2026-11-02"), ERR_OK);
	CHECK_ERR(threshold(a, true, "judged", "Harm, and no answer."), ERR_OK);
	CHECK_ERR(threshold(b, false, "", "Two reports, and both were answered."), ERR_OK);
	CHECK_ERR(step(a, "recommendation", fix_agency(&f, "landlord"), 0, "One person answers.",
	                  NULL),
	        ERR_OK);
	CHECK_ERR(record_list(f.r, &v, "review-year", NULL, year_row, row, &f.why), ERR_OK);
	CHECK_STR(row, "2026 2 1 1 1");
	fix_finish(&f);
}

/* The words of a review are the case's: who sees it anonymised sees no word, others nothing. */
static void r20_review_obeys_sight(void)
{
	fix_sample(&f, test_dir());
	struct review_row row;
	struct review_step_row *t;
	struct complaint_row *c;
	struct record_viewer v;
	size_t n;
	int64_t kase = fix_case(&f, "C-2026-0134");
	CHECK_ERR(apply(kase, "2026-10-26"), ERR_OK);
	CHECK_ERR(threshold(kase, true, "judged", "Harm, and no answer."), ERR_OK);
	record_viewer_agency(fix_agency(&f, "landlord"), true, &v);
	CHECK_ERR(record_review(f.r, &f.a, &v, kase, &row), ERR_OK);
	CHECK(row.met && !*row.words && !*row.reasons);
	CHECK_ERR(record_complaints(f.r, &f.a, &v, kase, &c, &n), ERR_OK);
	CHECK(n == 5 && !*c[0].what && c[0].day == day("2026-06-01"));
	fix_sql(&f, "UPDATE kase SET restriction = 2 WHERE ref = 'C-2026-0134'");
	record_viewer_agency(fix_agency(&f, "landlord"), false, &v);
	CHECK_ERR(record_review(f.r, &f.a, &v, kase, &row), ERR_NOT_FOUND);
	CHECK_ERR(record_complaints(f.r, &f.a, &v, kase, &c, &n), ERR_OK);
	CHECK(n == 0);
	CHECK_ERR(record_review_steps(f.r, &f.a, &v, kase, &t, &n), ERR_OK);
	CHECK(n == 0);
	CHECK_ERR(apply(kase, "2026-10-26"), ERR_NOT_FOUND); /* as if it were not there */
	CHECK_ERR(apply(fix_case(&f, "C-2026-0118"), "2026-10-26"),
	        ERR_REFUSED); /* no review group */
	fix_finish(&f);
}

/* ---- sub-groups ---- */

static int64_t forum(const char *code)
{
	return fix_of(&f, "SELECT id FROM forum WHERE code = %Q", code);
}

static enum err terms(const char *code, const char *from, int months)
{
	return fix_do(&f,
	        FIX_CMD(CMD_TERMS,
	                .terms = {forum(code), day(from), months, "Agreed by the parent."}),
	        NULL);
}

static enum terms_state terms_on(const char *code, const char *when)
{
	struct terms_row t;
	FIX_MUST(record_terms(f.r, &f.a, forum(code), day(when), &t));
	return t.state;
}

static void r31_sub_group_terms_end_and_are_renewed(void)
{
	fix_sample(&f, test_dir());
	struct terms_row t;
	CHECK(terms_on("safer-estates", "2026-11-19") == TERMS_NONE);
	CHECK(terms_on("sub-asb", "2026-11-19") == TERMS_UNKNOWN);
	CHECK_ERR(terms("sub-asb", "2025-12-01", 0), ERR_INPUT);
	CHECK_ERR(terms("sub-asb", "2025-12-01", 12), ERR_OK);
	CHECK(terms_on("sub-asb", "2026-08-29") == TERMS_RUN);
	CHECK(terms_on("sub-asb", "2026-08-30") == TERMS_SOON);
	CHECK(terms_on("sub-asb", "2026-11-30") == TERMS_SOON);
	CHECK(terms_on("sub-asb", "2026-12-01") == TERMS_OVER);
	CHECK_ERR(record_terms(f.r, &f.a, forum("sub-asb"), day("2026-11-24"), &t), ERR_OK);
	CHECK(t.ends == day("2026-11-30") && t.months == 12);
	CHECK_ERR(terms("sub-asb", "2025-12-01", 12), ERR_REFUSED);
	CHECK_ERR(terms("sub-asb", "2026-12-01", 12), ERR_OK);
	CHECK(terms_on("sub-asb", "2026-11-24") == TERMS_RUN); /* renewed before they ended */
	CHECK_ERR(record_terms(f.r, &f.a, forum("sub-asb"), day("2026-11-24"), &t), ERR_OK);
	CHECK(t.ends == day("2027-11-30"));
	CHECK(terms_on("sub-asb", "2027-11-30") == TERMS_SOON);
	fix_finish(&f);
}

static void r31_sub_group_progress_keeps_what_was_said_before(void)
{
	fix_sample(&f, test_dir());
	struct plan_row *p;
	size_t n;
	int64_t plan = fix_of(&f, "SELECT id FROM plan WHERE project = %Q", "Street Aware");
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_PROGRESS, .progress = {plan, 0, "red", ""}), NULL),
	        ERR_INPUT);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_PROGRESS, .progress = {plan, 0, "blue", ""}), NULL),
	        ERR_INPUT);
	CHECK_ERR(fix_do(&f, FIX_CMD(CMD_PROGRESS, .progress = {plan, 0, "green", ""}), NULL),
	        ERR_OK);
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_PROGRESS, .progress = {plan, 0, "amber", "No worker yet."}),
	                NULL),
	        ERR_OK);
	/* a meeting that is not in session takes none */
	CHECK_ERR(
	        fix_do(&f, FIX_CMD(CMD_PROGRESS, .progress = {plan, f.meeting, "green", ""}), NULL),
	        ERR_REFUSED);
	CHECK_ERR(record_plan(f.r, &f.a, &p, &n), ERR_OK);
	for (size_t i = 0; i < n; i++) {
		bool this = p[i].id == plan;
		CHECK_STR(p[i].status, this ? "amber" : "");
		CHECK_STR(p[i].words, this ? "No worker yet." : "");
		CHECK((p[i].day == DAY_NONE) == !this);
	}
	CHECK(n == 14 && fix_int(&f, "SELECT count(*) FROM progress") == 2);
	fix_finish(&f);
}

static void r31_sub_group_reports_to_the_agencies_of_its_parent(void)
{
	fix_sample(&f, test_dir());
	const char *name;
	struct agency_row *g;
	size_t n;
	CHECK_ERR(record_parent(f.r, &f.a, forum("sub-asb"), &name, &g, &n), ERR_OK);
	CHECK_STR(name, "Vale of Quexham community safety partnership");
	CHECK(n == 5);
	CHECK_ERR(record_parent(f.r, &f.a, forum("county-board"), &name, &g, &n), ERR_NOT_FOUND);
	fix_finish(&f);
}

static void r31_sub_group_paper_that_names_somebody_is_found_out(void)
{
	fix_sample(&f, test_dir());
	bool named;
	static const char NO[] = "The benches on the market square were moved.",
	                  YES[] = "Said to be MERRIN specimen’s gate.";
	CHECK_ERR(record_names_somebody(f.r, NO, strlen(NO), &named), ERR_OK);
	CHECK(!named);
	CHECK_ERR(record_names_somebody(f.r, YES, strlen(YES), &named), ERR_OK);
	CHECK(named);
	fix_finish(&f);
}

/* ---- individuals monitored ---- */

static int monitored(const struct record_viewer *v, const char *strand)
{
	struct monitored_row *m;
	size_t n;
	int all;
	FIX_MUST(record_monitored(f.r, &f.a, v, forum("street-aware"), &m, &n, &all));
	for (size_t i = 0; i < n; i++)
		if (strand && strcmp(m[i].strand, strand) == 0)
			return m[i].people;
	return strand ? -1 : all;
}

static void r45_monitored_counts_people_once(void)
{
	fix_sample(&f, test_dir());
	struct record_viewer v = opener();
	/* one of the two who beg is not known by name, and is not counted */
	CHECK(monitored(&v, "Begging") == 2);
	CHECK(monitored(&v, "Street drinking") == 3);
	CHECK(monitored(&v, "Youth ASB") == 7);
	CHECK(monitored(&v, NULL) == 12);
	/* two cases tell of the same person: one individual from then on */
	CHECK_ERR(
	        fix_do(&f,
	                FIX_CMD(CMD_MERGE,
	                        .merge = {fix_int(&f,
	                                          "SELECT p.identity FROM party p JOIN kase k ON "
	                                          "k.id = p.kase WHERE k.ref = 'C-2026-0099' AND "
	                                          "p.name = 'Reese Example'"),
	                                fix_int(&f, "SELECT p.identity FROM party p JOIN kase k ON "
	                                            "k.id = p.kase WHERE k.ref = 'C-2026-0133' AND "
	                                            "p.name = 'Reese Example'"),
	                                "Same person, says outreach."}),
	                NULL),
	        ERR_OK);
	CHECK(monitored(&v, "Street drinking") == 2);
	CHECK(monitored(&v, NULL) == 11);
	fix_sql(&f, "UPDATE kase SET open = 0 WHERE ref = 'C-2026-0132'");
	CHECK(monitored(&v, "Youth ASB") == 1);
	fix_finish(&f);
}

static void r45_monitored_tells_of_no_hidden_case(void)
{
	fix_sample(&f, test_dir());
	struct record_viewer v;
	fix_sql(&f, "UPDATE kase SET restriction = 2 WHERE ref = 'C-2026-0132'");
	record_viewer_agency(fix_agency(&f, "landlord"), false, &v);
	CHECK(monitored(&v, "Youth ASB") == 1);
	CHECK(monitored(&v, NULL) == 6);
	fix_finish(&f);
}

/* ---- figures that leave the room ---- */

static void r47_small_figures_are_not_given_back_by_a_total(void)
{
	bool hide[3], total;
	char t[16];
	practice_suppress((int[]){3, 0, 9}, 3, hide, &total);
	CHECK(hide[0] && !hide[1] && hide[2] && !total); /* 9 and a total of 12 would tell */
	practice_suppress((int[]){3, 4, 9}, 3, hide, &total);
	CHECK(hide[0] && hide[1] && !hide[2] && !total);
	practice_suppress((int[]){3, 0, 0}, 3, hide, &total);
	CHECK(hide[0] && total);
	practice_suppress((int[]){6, 0, 9}, 3, hide, &total);
	CHECK(!hide[0] && !hide[1] && !hide[2] && !total);
	practice_suppress((int[]){3, 0, 9}, 3, hide, NULL); /* no total is printed */
	CHECK(hide[0] && !hide[2]);
	CHECK_STR(practice_figure(0, false, t), "0");
	CHECK_STR(practice_figure(1, true, t), "5 or fewer");
	CHECK_STR(practice_figure(5, false, t), "5 or fewer");
	CHECK_STR(practice_figure(6, false, t), "6");
	CHECK_STR(practice_figure(9, true, t), "not shown");
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {T(r20_complaints_count_within_their_months),
	        T(r20_at_three_complaints_the_threshold_is_met),
	        T(r20_victim_is_asked_or_it_is_said_why_not),
	        T(r20_recommendations_are_answered_and_appealed),
	        T(r20_yearly_figures_as_the_act_asks), T(r20_review_obeys_sight),
	        T(r31_sub_group_terms_end_and_are_renewed),
	        T(r31_sub_group_progress_keeps_what_was_said_before),
	        T(r31_sub_group_reports_to_the_agencies_of_its_parent),
	        T(r31_sub_group_paper_that_names_somebody_is_found_out),
	        T(r45_monitored_counts_people_once), T(r45_monitored_tells_of_no_hidden_case),
	        T(r47_small_figures_are_not_given_back_by_a_total)};
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
