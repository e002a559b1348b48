#ifndef CASEROOM_CTL_H
#define CASEROOM_CTL_H
/*
 * ctl: the verbs of caseroomctl. Reads its arguments, opens and closes the store, prints;
 * everything about cases is done by record/. Knows no window. One thread.
 */
#include "caseroom/base.h"

/* Runs one verb and says on stderr what went wrong. Returns the exit status of the man page. */
int ctl_run(int argc, char **argv);

#endif
