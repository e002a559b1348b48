#ifndef CASEROOM_PAPER_PDF_AMEND_H
#define CASEROOM_PAPER_PDF_AMEND_H
/*
 * What cairo 1.16 cannot say of a PDF or says wrongly: its language, and that a window shows its
 * title instead of a file name (both asked for by PDF/UA-1, so that a screen reader speaks
 * English); and the "D:" before a date, which cairo forgets (ISO 32000-1, 7.9.4). Put right by an
 * incremental update (ISO 32000-1, 7.5.6): a new catalogue and a new information dictionary behind
 * the old end; no byte before it changes.
 */
#include "caseroom/base.h"

/* `pdf` is one whole file as cairo wrote it. ERR_INTERNAL when it is not of that form; then it is
 * unchanged. */
enum err pdf_amend(struct buf *pdf, const char *lang) MUST_CHECK;

#endif
