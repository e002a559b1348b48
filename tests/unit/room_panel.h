#ifndef TESTS_ROOM_PANEL_H
#define TESTS_ROOM_PANEL_H
/*
 * The whole panel in the process of a test, without a window: steps as in tests/e2e/NAME.steps, and
 * between them whatever the world outside does to a stick or a token. Pictures go to $OUT, where
 * that is set.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "test.h"
#include "room/app.c"

struct panel {
	struct room_options o;
	struct app *app;
	char out[256], script[300];
};

/* Store and stick are names of directories that outlive the panel; `stick` must be there. */
static bool panel_begin(struct panel *p, const char *store, const char *stick, int w, int h)
{
	struct why why_not = {""};
	const char *out = getenv("OUT");
	*p = (struct panel){.o = {.store = store, .stick = stick, .w = w, .h = h}};
	snprintf(p->out, sizeof(p->out), "%s", out ? out : test_dir());
	snprintf(p->script, sizeof(p->script), "%s/steps", test_dir());
	p->o.script = p->script;
	p->o.out_dir = p->out;
	setenv("TZ", "Europe/London", 1);
	time_start();
	if (app_begin(&p->o, &p->app, &why_not) == ERR_OK)
		return true;
	fprintf(stderr, "%s\n", why_not.text);
	return false;
}

static bool panel_steps(struct panel *p, const char *steps)
{
	struct why why_not = {""};
	FILE *f = fopen(p->script, "w");
	if (!f || fputs(steps, f) < 0 || fclose(f) != 0)
		return false;
	if (script(p->app, &p->o, &why_not) == ERR_OK)
		return true;
	fprintf(stderr, "%s\n", why_not.text);
	return false;
}

/* Is something of that name there to be touched? */
__attribute__((unused)) static bool panel_offers(struct panel *p, const char *name)
{
	int x, y;
	return ui_find(p->app->ui, name, &x, &y);
}

static void panel_end(struct panel *p)
{
	end(p->app);
	p->app = NULL;
	time_unpin();
}

#endif
