#include "audit_int.h"
#include <string.h>

/*
 * What each entry of the audit says, in plain words: read after a name and before a case, as in "Jo
 * Sample, inspector, Police: read a case: C-2026-0118". An act that is not here is shown as it
 * stands; a test walks over all that the program writes.
 */

static const struct {
	const char *act, *what;
	enum audit_kind kind;
} WORDS[] = {
        {"action.add", "kept an action", AUDIT_CHANGE},
        {"action.update", "said how an action stands", AUDIT_CHANGE},
        {"agency.add", "added an agency", AUDIT_KEYS},
        {"agency.recipient", "changed the key that an agency's papers are sealed to", AUDIT_KEYS},
        {"agreement.keep", "kept an agreement", AUDIT_CHANGE},
        {"agreement.sign", "kept a signature of an agreement", AUDIT_CHANGE},
        {"assessment.keep", "kept a risk assessment", AUDIT_CHANGE},
        {"audit.read", "read the audit log", AUDIT_READING},
        {"audit.verify", "checked the audit log", AUDIT_READING},
        {"case.add", "added a case", AUDIT_CHANGE},
        {"case.break-glass", "opened a held-back case to the room, as chair", AUDIT_CHANGE},
        {"case.event", "recorded an event", AUDIT_CHANGE},
        {"case.held", "asked for a case that was held back", AUDIT_READING},
        {"case.read", "read a case", AUDIT_READING},
        {"case.repeat", "said whether a case is a repeat", AUDIT_CHANGE},
        {"case.restrict", "changed who may see a case", AUDIT_CHANGE},
        {"certificate.copy", "sealed a certificate of disposal", AUDIT_OUT},
        {"conflict.declare", "kept a declared conflict", AUDIT_CHANGE},
        {"decision.keep", "kept a decision", AUDIT_CHANGE},
        {"disposal.carry-out", "disposed of what was due", AUDIT_CHANGE},
        {"disposal.go", "decided that a record is to go", AUDIT_CHANGE},
        {"disposal.gone", "disposed of a record", AUDIT_CHANGE},
        {"disposal.hold", "held a record back from disposal", AUDIT_CHANGE},
        {"disposal.hold-lift", "lifted a hold", AUDIT_CHANGE},
        {"disposal.keep", "decided that a record is kept longer", AUDIT_CHANGE},
        {"disposal.review", "decided whether a record is kept", AUDIT_CHANGE},
        {"forum.terms", "renewed terms of reference", AUDIT_CHANGE},
        {"identity.merge", "said that two entries are one person", AUDIT_CHANGE},
        {"identity.unmerge", "took two people apart again", AUDIT_CHANGE},
        {"incident.add", "added an incident", AUDIT_CHANGE},
        {"incident.same", "said whether two reports are of one event", AUDIT_CHANGE},
        {"item.add", "added an item", AUDIT_CHANGE},
        {"item.defer", "put an item off", AUDIT_CHANGE},
        {"item.done", "ended an item", AUDIT_CHANGE},
        {"item.move", "moved an item", AUDIT_CHANGE},
        {"item.open", "put an item on the table", AUDIT_CHANGE},
        {"item.remove", "took an item off the agenda", AUDIT_CHANGE},
        {"item.word", "gave an agency the word", AUDIT_CHANGE},
        {"key.add", "added a key", AUDIT_KEYS},
        {"key.change", "changed what a key asks for", AUDIT_KEYS},
        {"key.quorum", "changed how many agencies it takes to open the store", AUDIT_KEYS},
        {"key.recovery", "made new recovery words", AUDIT_KEYS},
        {"key.room", "made a room key", AUDIT_KEYS},
        {"key.room-spare", "made a spare of a room key", AUDIT_KEYS},
        {"key.remove", "took a key away", AUDIT_KEYS},
        {"list.subject", "listed what is held about somebody", AUDIT_READING},
        {"meeting.move", "moved the meeting", AUDIT_CHANGE},
        {"meeting.next", "set the next date", AUDIT_CHANGE},
        {"meeting.plan", "planned the meeting", AUDIT_CHANGE},
        {"meeting.state", "took the meeting a step on", AUDIT_CHANGE},
        {"minutes.agree", "kept that the minutes were agreed", AUDIT_CHANGE},
        {"minutes.approve", "approved the minutes", AUDIT_CHANGE},
        {"minutes.correct", "corrected the minutes", AUDIT_CHANGE},
        {"minutes.read", "read the minutes", AUDIT_READING},
        {"note.correct", "corrected a note", AUDIT_CHANGE},
        {"note.keep", "kept a note", AUDIT_CHANGE},
        {"paper.seal", "sealed a paper", AUDIT_OUT},
        {"partnership.name", "named the partnership", AUDIT_KEYS},
        {"party.add", "added somebody to a case", AUDIT_CHANGE},
        {"party.change", "changed details of somebody", AUDIT_CHANGE},
        {"person.add", "added a person", AUDIT_KEYS},
        {"person.read", "looked at the page of a person", AUDIT_READING},
        {"person.slot", "gave or took a person's key", AUDIT_KEYS},
        {"plan.progress", "recorded progress of the plan", AUDIT_CHANGE},
        {"practice.text", "changed a practice text", AUDIT_KEYS},
        {"record.exempt", "marked a record as exempt, or not", AUDIT_CHANGE},
        {"record.mistake", "marked a record as made in error", AUDIT_CHANGE},
        {"recovery.identity", "took out the key that opens every backup", AUDIT_OUT},
        {"relation.add", "added a relationship", AUDIT_CHANGE},
        {"research.ask", "asked an agency to look up names", AUDIT_CHANGE},
        {"research.read", "read a return of research", AUDIT_READING},
        {"research.return", "kept a return of research", AUDIT_CHANGE},
        {"review.apply", "kept an application for a review", AUDIT_CHANGE},
        {"review.complaint", "said whether a report counts", AUDIT_CHANGE},
        {"review.step", "kept a step of the review", AUDIT_CHANGE},
        {"review.threshold", "decided on the threshold", AUDIT_CHANGE},
        {"review.victim", "kept how the victim takes part", AUDIT_CHANGE},
        {"seat.apologies", "kept apologies", AUDIT_CHANGE},
        {"seat.chair", "made a seat the chair", AUDIT_CHANGE},
        {"seat.guest", "added a guest", AUDIT_CHANGE},
        {"seat.leave", "kept that somebody left", AUDIT_CHANGE},
        {"seat.minutes", "made a seat the minute taker", AUDIT_CHANGE},
        {"seat.person", "said who sits for an agency", AUDIT_CHANGE},
        {"seat.return", "kept that somebody came back", AUDIT_CHANGE},
        {"seat.sign", "signed somebody in", AUDIT_CHANGE},
        {"share.correct", "corrected what was shared", AUDIT_CHANGE},
        {"share.keep", "kept what was shared, or that it was not", AUDIT_CHANGE},
        {"store.backup", "made a backup", AUDIT_OUT},
        {"store.data-key", "made a new data key", AUDIT_KEYS},
        {"store.opened", "opened the store", AUDIT_KEYS},
        {"store.opened-recovery", "opened the store with the recovery words", AUDIT_KEYS},
        {"store.rekey", "asked for a new data key", AUDIT_KEYS},
        {"store.restored", "was first to open the store after a restore", AUDIT_KEYS},
        {"store.salvaged", "was first to open the store that a salvage made", AUDIT_OUT},
        {"store.tries", "had wrong tries at this key before", AUDIT_KEYS},
        {"undo", "took back the last act", AUDIT_CHANGE},
};

/* "list.cases": one word of ours before the dot, the kind of list or file after it. */
static const struct {
	const char *begins, *what;
	enum audit_kind kind;
} FAMILY[] = {
        {"list.", "listed the %s", AUDIT_READING},
        {"import.", "took in a file of %s", AUDIT_CHANGE},
        {"export.", "gave out a file of %s", AUDIT_OUT},
};

static const char *family(struct arena *a, const char *act, enum audit_kind *ret_kind)
{
	for (size_t i = 0; i < COUNT_OF(FAMILY); i++) {
		size_t n = strlen(FAMILY[i].begins);
		if (strncmp(act, FAMILY[i].begins, n) != 0)
			continue;
		*ret_kind = FAMILY[i].kind;
		const char *before = FAMILY[i].what, *hole = strstr(before, "%s");
		return arena_printf(a, "%.*s%s", (int)(hole - before), before, act + n);
	}
	return NULL;
}

const char *audit_words(struct arena *a, const char *act, enum audit_kind *ret_kind)
{
	for (size_t i = 0; i < COUNT_OF(WORDS); i++)
		if (strcmp(WORDS[i].act, act) == 0) {
			*ret_kind = WORDS[i].kind;
			return WORDS[i].what;
		}
	return family(a, act, ret_kind);
}

const char *audit_kind_name(enum audit_kind k)
{
	static const char *const NAME[AUDIT_KIND_COUNT] = {"Everything", "Reading", "Changes",
	        "Papers, exports and backups", "Openings, keys and people"};
	return NAME[k];
}
