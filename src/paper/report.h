#ifndef PAPER_REPORT_H
#define PAPER_REPORT_H
/* Private to paper: what single meeting types put into a paper. */
#include "caseroom/papers.h"

/* The steps of an ASB case review as lines for the minutes; "" when nobody has applied or `v` may
 * not see the case. */
enum err report_case_review(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, const char **ret) MUST_CHECK;

/* The report to the parent group, one copy for each of its agencies, for a meeting whose type sends
 * one: appends at most as many as there are agencies. */
enum err report_plan(struct record *r, struct arena *a, const struct meeting_row *m,
        struct papers_copy *copy, size_t *n) MUST_CHECK;
/* As papers_seal(), for one of them. ERR_REFUSED when it would name somebody. */
enum err report_seal(struct record *r, struct arena *a, int64_t meeting, const char *dir,
        struct papers_copy *c, struct why *why) MUST_CHECK;

#endif
