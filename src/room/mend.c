#include "app.h"
#include <stdio.h>
#include <string.h>

/* Putting right what was kept: a new version of its words, or a mark that it was made in error.
 * Nothing is deleted. */

static const struct {
	const char *name, *title;
} SUBJECT[] = {
        {"share", "What was wrong with what was said?"},
        {"note", "What was wrong with the note?"},
        {"decision", "What was wrong with the decision?"},
        {"action", "What was wrong with the action?"},
        {"assessment", "What was wrong with the assessment?"},
        {"incident", "What was wrong with the incident?"},
};

static void mistake_done(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_MISTAKE};
	for (size_t i = 0; i < COUNT_OF(SUBJECT); i++)
		if (strcmp(s->title, SUBJECT[i].title) == 0)
			c.u.mistake.subject = SUBJECT[i].name;
	c.u.mistake.id = s->arg;
	c.u.mistake.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

void mistake_open(struct app *app, const char *subject, int64_t id)
{
	for (size_t i = 0; i < COUNT_OF(SUBJECT); i++)
		if (strcmp(subject, SUBJECT[i].name) == 0) {
			struct sheet *s = sheet_open(app, SUBJECT[i].title,
			        "It stays, marked as made in error with your reason, and counts no "
			        "more.",
			        "Mark it", mistake_done, id);
			sheet_words(s, "Reason", true, "");
		}
}

static void note_corrected(struct app *app, struct sheet *s)
{
	struct command c = {.kind = CMD_NOTE_CORRECT};
	c.u.note_correct.note = s->arg;
	c.u.note_correct.words = s->edit.text;
	(void)app_do(app, &c, NULL);
}

static void note_correct_open(struct app *app, const struct note_row *n)
{
	struct sheet *s = sheet_open(app, fmt(app, "Correct what %s said", n->speaker),
	        "The earlier words stay in the record; this is a new version in their place.",
	        "Keep the correction", note_corrected, n->id);
	sheet_words(s, "What was said", true, n->words);
}

static void note_chosen(struct app *app, struct sheet *s)
{
	struct note_row *n;
	size_t count;
	if (s->row[s->chosen].id < 0) {
		mistake_open(app, "note", s->arg);
		return;
	}
	if (record_notes(app->record, &app->rows, &app->viewer, app->meeting.id, 0, &n, &count))
		return;
	for (size_t i = 0; i < count; i++)
		if (n[i].id == s->arg)
			note_correct_open(app, &n[i]);
}

void note_mend_open(struct app *app, const struct note_row *n)
{
	struct sheet *s = sheet_open(
	        app, fmt(app, "What %s said", n->speaker), n->words, NULL, note_chosen, n->id);
	sheet_row(
	        s, "edit", "Correct the words", "A new version beside the old one", 0, NULL, false);
	sheet_row(s, "warning", "It was made in error", "It stays, marked, with a reason", -1, NULL,
	        false);
}

void correct_item_open(struct app *app, int64_t meeting, void (*done)(struct app *, struct sheet *))
{
	struct item_row *i = NULL;
	size_t n = 0;
	struct sheet *s = sheet_open(app, "Which item is corrected?",
	        "Only those who may see the item read the correction.", NULL, done, meeting);
	sheet_row(s, "minutes", "The minutes as a whole", "All who have them read it", 0, NULL,
	        false);
	if (record_items(app->record, &app->rows, &app->viewer, meeting, &i, &n))
		n = 0;
	for (size_t k = 0; k < n; k++)
		if (i[k].sight >= SIGHT_ANON)
			sheet_row(s, NULL, fmt(app, "Item %d, %s", i[k].number, i[k].title), NULL,
			        i[k].id, NULL, false);
}
