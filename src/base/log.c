#include "caseroom/base.h"
#include <stdio.h>
#include <unistd.h>

/* systemd reads the <N> priority, and people at a terminal do not. */
static void line(int level, const char *fmt, va_list ap)
{
	if (!isatty(STDERR_FILENO))
		fprintf(stderr, "<%d>", level);
	fprintf(stderr, "caseroom: ");
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
