#ifndef PAPER_REPORT_H
#define PAPER_REPORT_H
/* Private to paper: what single meeting types put into a paper. */
#include "caseroom/record.h"

/* The steps of an ASB case review as lines for the minutes; "" when nobody has applied or `v` may
 * not see the case. */
enum err report_case_review(struct record *r, struct arena *a, const struct record_viewer *v,
        int64_t case_id, const char **ret) MUST_CHECK;

#endif
