#include "caseroom/base.h"
#include <stdio.h>

/* systemd reads the <N> priority; a terminal shows it. */
static void line(int level, const char *fmt, va_list ap)
{
	fprintf(stderr, "<%d>caseroom: ", level);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_info(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	line(6, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	line(4, fmt, ap);
	va_end(ap);
}
