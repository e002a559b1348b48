#include "record_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * One way to write. Invariants:
 * 1. A command is applied inside one transaction, together with its audit row; on any error nothing
 * stays.
 * 2. The audit row's digest is over the change set that SQLite's session extension saw, so it binds
 * every byte changed.
 * 3. The change set of the last command is kept ten seconds; undo applies its inverse, as a
 * transaction with an audit row of its own. A change that something later was built on does not
 * invert cleanly, and is then refused whole.
 * 4. What must not be taken back (closing, approving, papers, set-up) leaves no undo.
 * 5. Search tables follow by trigger; audit and drafts are never part of a change set.
 */

static const struct {
	const char *act, *subject;
	command_fn *apply;
	bool undo;
} COMMAND[CMD_COUNT] = {
        [CMD_PARTNERSHIP] = {"partnership.name", "partnership", cmd_partnership, false},
        [CMD_AGENCY_ADD] = {"agency.add", "agency", cmd_agency_add, false},
        [CMD_AGENCY_RECIPIENT] = {"agency.recipient", "agency", cmd_agency_recipient, false},
        [CMD_PERSON_ADD] = {"person.add", "person", cmd_person_add, false},
        [CMD_PERSON_SLOT] = {"person.slot", "person", cmd_person_slot, false},
        [CMD_MEETING_PLAN] = {"meeting.plan", "meeting", cmd_meeting_plan, true},
        [CMD_MEETING_STATE] = {"meeting.state", "meeting", cmd_meeting_state, true},
        [CMD_MEETING_NEXT] = {"meeting.next", "meeting", cmd_meeting_next, true},
        [CMD_SEAT_PERSON] = {"seat.person", "seat", cmd_seat_person, true},
        [CMD_SEAT_APOLOGIES] = {"seat.apologies", "seat", cmd_seat_apologies, true},
        [CMD_SEAT_GUEST] = {"seat.guest", "seat", cmd_seat_guest, true},
        [CMD_SEAT_SIGN] = {"seat.sign", "seat", cmd_seat_sign, true},
        [CMD_SEAT_CHAIR] = {"seat.chair", "seat", cmd_seat_chair, true},
        [CMD_SEAT_MINUTES] = {"seat.minutes", "seat", cmd_seat_minutes, true},
        [CMD_SEAT_LEAVE] = {"seat.leave", "seat", cmd_seat_leave, true},
        [CMD_SEAT_RETURN] = {"seat.return", "seat", cmd_seat_return, true},
        [CMD_CONFLICT] = {"conflict.declare", "conflict", cmd_conflict, true},
        [CMD_MINUTES_AGREE] = {"minutes.agree", "meeting", cmd_minutes_agree, true},
        [CMD_ITEM_OPEN] = {"item.open", "item", cmd_item_open, true},
        [CMD_ITEM_DONE] = {"item.done", "item", cmd_item_done, true},
        [CMD_ITEM_DEFER] = {"item.defer", "item", cmd_item_defer, true},
        [CMD_ITEM_REMOVE] = {"item.remove", "item", cmd_item_remove, true},
        [CMD_ITEM_ADD] = {"item.add", "item", cmd_item_add, true},
        [CMD_ITEM_MOVE] = {"item.move", "item", cmd_item_move, true},
        [CMD_WORD] = {"item.word", "item", cmd_word, true},
        [CMD_SHARE] = {"share.keep", "share", cmd_share, true},
        [CMD_SHARE_CORRECT] = {"share.correct", "share", cmd_share_correct, true},
        [CMD_ASSESS] = {"assessment.keep", "assessment", cmd_assess, true},
        [CMD_DECIDE] = {"decision.keep", "decision", cmd_decide, true},
        [CMD_ACTION_ADD] = {"action.add", "action", cmd_action_add, true},
        [CMD_ACTION_UPDATE] = {"action.update", "action", cmd_action_update, true},
        [CMD_NOTE] = {"note.keep", "note", cmd_note, true},
        [CMD_MINUTES_APPROVE] = {"minutes.approve", "meeting", cmd_minutes_approve, false},
        [CMD_PAPER] = {"paper.seal", "paper", cmd_paper, false},
        [CMD_MEETING_MOVE] = {"meeting.move", "meeting", cmd_meeting_move, true},
        [CMD_CASE_ADD] = {"case.add", "case", cmd_case_add, true},
        [CMD_PARTY_ADD] = {"party.add", "party", cmd_party_add, true},
        [CMD_PARTY_CHANGE] = {"party.change", "party", cmd_party_change, true},
        [CMD_RELATION_ADD] = {"relation.add", "relation", cmd_relation_add, true},
        [CMD_INCIDENT_ADD] = {"incident.add", "incident", cmd_incident_add, true},
        [CMD_INCIDENT_SAME] = {"incident.same", "incident", cmd_incident_same, true},
        [CMD_MERGE] = {"identity.merge", "merge", cmd_merge, true},
        [CMD_UNMERGE] = {"identity.unmerge", "merge", cmd_unmerge, true},
        [CMD_REPEAT] = {"case.repeat", "case", cmd_repeat, true},
        [CMD_EXEMPT] = {"record.exempt", "exemption", cmd_exempt, true},
        [CMD_RESTRICT] = {"case.restrict", "case", cmd_restrict, true},
        [CMD_BREAK_GLASS] = {"case.break-glass", "glass", cmd_break_glass, false},
        [CMD_EVENT] = {"case.event", "event", cmd_event, true},
        [CMD_PRACTICE] = {"practice.text", "practice", cmd_practice, false},
        [CMD_RESEARCH_ASK] = {"research.ask", "research", cmd_research_ask, true},
        [CMD_RESEARCH_RETURN] = {"research.return", "research", cmd_research_return, true},
        [CMD_AGREEMENT] = {"agreement.keep", "agreement", cmd_agreement, true},
        [CMD_AGREEMENT_SIGN] = {"agreement.sign", "agreement", cmd_agreement_sign, true},
        [CMD_NOTE_CORRECT] = {"note.correct", "note", cmd_note_correct, true},
        [CMD_MISTAKE] = {"record.mistake", "mistake", cmd_mistake, true},
        [CMD_MINUTES_CORRECT] = {"minutes.correct", "meeting", cmd_minutes_correct, false},
        [CMD_REVIEW_APPLY] = {"review.apply", "review", cmd_review_apply, true},
        [CMD_REVIEW_COMPLAINT] = {"review.complaint", "incident", cmd_review_complaint, true},
        [CMD_REVIEW_THRESHOLD] = {"review.threshold", "review", cmd_review_threshold, true},
        [CMD_REVIEW_VICTIM] = {"review.victim", "review", cmd_review_victim, true},
        [CMD_REVIEW_STEP] = {"review.step", "review", cmd_review_step, true},
        [CMD_TERMS] = {"forum.terms", "forum", cmd_terms, true},
        [CMD_PROGRESS] = {"plan.progress", "plan", cmd_progress, true},
        [CMD_HOLD] = {"disposal.hold", "hold", cmd_hold, true},
        [CMD_HOLD_LIFT] = {"disposal.hold-lift", "hold", cmd_hold_lift, true},
        [CMD_DISPOSAL_REVIEW] = {"disposal.review", "disposal", cmd_disposal_review, true},
        [CMD_DISPOSE] = {"disposal.carry-out", "certificate", cmd_dispose, false},
        [CMD_CERTIFICATE_COPY] = {"certificate.copy", "certificate", cmd_certificate_copy, false},
};

const char *command_act(enum command_kind k)
{
	return COMMAND[k].act;
}

/* Also for an auditor: reading the audit is in the audit. */
static enum err run_own(struct record *r, const char *sql)
{
	r->own++;
	enum err e = sql_run(r, sql, "");
	r->own--;
	return e;
}

enum err txn_begin(struct record *r)
{
	return run_own(r, "BEGIN IMMEDIATE");
}

enum err txn_commit(struct record *r)
{
	audit_mark(r);
	enum err e = run_own(r, "COMMIT");
	if (e)
		txn_rollback(r);
	return e;
}

void txn_rollback(struct record *r)
{
	if (!sqlite3_get_autocommit(r->db))
		err_ignore(sql_script(r, "ROLLBACK"));
	err_ignore(audit_load_head(r)); /* the head in memory may be ahead of what stayed */
	audit_mark(r);
}

void undo_forget(struct record *r)
{
	if (r->undo) {
		wipe(r->undo, (size_t)r->undo_n);
		sqlite3_free(r->undo);
	}
	r->undo = NULL;
	r->undo_n = 0;
	wipe(r->undo_text, sizeof(r->undo_text));
}

static int in_change_set(void *ctx, const char *table)
{
	(void)ctx;
	return strcmp(table, "audit") != 0 && strcmp(table, "draft") != 0 &&
	       strncmp(table, "find", 4) != 0;
}

static enum err session_start(struct record *r, sqlite3_session **ret)
{
	int rc = sqlite3session_create(r->db, "main", ret);
	if (rc == SQLITE_OK) {
		sqlite3session_table_filter(*ret, in_change_set, NULL);
		rc = sqlite3session_attach(*ret, NULL);
	}
	return sql_error(r, rc);
}

static void digest_of(const void *set, int n, uint8_t ret[VAULT_HASH_BYTES])
{
	static const uint8_t zero[VAULT_HASH_BYTES];
	vault_chain(zero, set ? set : "", (size_t)n, ret);
}

static enum err write_audit(
        struct record *r, enum command_kind k, const struct done *d, const void *set, int n)
{
	uint8_t digest[VAULT_HASH_BYTES];
	digest_of(set, n, digest);
	struct audit_entry e = {.act = d->act ? d->act : COMMAND[k].act,
	        .subject = COMMAND[k].subject,
	        .subject_id = d->id,
	        .case_id = d->case_id,
	        .meeting_id = d->meeting_id,
	        .digest = digest};
	return audit_add(r, &e);
}

enum err record_do(struct record *r, const struct command *c, int64_t *ret_id, struct why *w)
{
	struct done d = {0};
	sqlite3_session *session = NULL;
	void *set = NULL;
	int n = 0;

	if (w)
		w->text[0] = 0;
	if ((unsigned)c->kind >= CMD_COUNT || !COMMAND[c->kind].apply)
		return ERR_INTERNAL;
	if (r->auditor)
		return why(w, ERR_DENIED,
		        "The store was opened with an auditor's key: it reads the audit log, and "
		        "nothing else.");
	if (r->reads_only)
		return why(w, ERR_DENIED,
		        "The store was opened with an observer's key: it reads, and writes "
		        "nothing.");
	enum err e = txn_begin(r);
	if (e)
		goto out;
	e = session_start(r, &session);
	if (!e)
		e = COMMAND[c->kind].apply(r, c, &d, w);
	if (!e)
		e = sql_error(r, sqlite3session_changeset(session, &n, &set));
	if (!e)
		e = write_audit(r, c->kind, &d, set, n);
	if (session)
		sqlite3session_delete(session);
	if (e)
		txn_rollback(r);
	else
		e = txn_commit(r);
	if (!e) {
		if (!d.aside)
			undo_forget(r);
		if (!d.aside && COMMAND[c->kind].undo && d.text[0] && n) {
			r->undo = set;
			r->undo_n = n;
			r->undo_at_ms = time_mono_ms();
			r->undo_seq = r->head_seq;
			r->undo_case = d.case_id;
			r->undo_meeting = d.meeting_id;
			snprintf(r->undo_text, sizeof(r->undo_text), "%s", d.text);
			set = NULL;
		}
		if (ret_id)
			*ret_id = d.id;
	}
out:
	if (set)
		wipe(set, (size_t)n);
	sqlite3_free(set);
	wipe(&d, sizeof(d));
	return sql_said(r, e, w);
}

void record_undo_leave(struct record *r)
{
	undo_forget(r);
}

bool record_undo_offer(struct record *r, struct record_undo *ret)
{
	if (!r->undo)
		return false;
	int64_t left = UNDO_MS - (time_mono_ms() - r->undo_at_ms);
	if (left <= 0) {
		undo_forget(r);
		return false;
	}
	*ret = (struct record_undo){
	        .text = r->undo_text, .left_ms = (int)left, .total_ms = UNDO_MS};
	return true;
}

static int refuse(void *ctx, int conflict, sqlite3_changeset_iter *it)
{
	(void)ctx, (void)conflict, (void)it;
	return SQLITE_CHANGESET_ABORT;
}

enum err record_undo(struct record *r, struct why *w)
{
	void *inverse = NULL;
	int n = 0;
	struct record_undo offer;
	if (w)
		w->text[0] = 0;
	if (!record_undo_offer(r, &offer))
		return why(w, ERR_REFUSED,
		        "The ten seconds are over. Correct it with a new entry instead.");
	enum err e = sql_error(r, sqlite3changeset_invert(r->undo_n, r->undo, &n, &inverse));
	if (!e)
		e = txn_begin(r);
	if (e)
		goto out;
	int rc = sqlite3changeset_apply(r->db, n, inverse, NULL, refuse, NULL);
	if (rc == SQLITE_ABORT || rc == SQLITE_CONSTRAINT)
		e = why(w, ERR_REFUSED,
		        "Something was built on it since. Correct it with a new entry instead.");
	else
		e = sql_error(r, rc);
	if (!e) {
		uint8_t digest[VAULT_HASH_BYTES];
		digest_of(inverse, n, digest);
		struct audit_entry entry = {.act = "undo",
		        .subject = "audit",
		        .subject_id = r->undo_seq,
		        .case_id = r->undo_case,
		        .meeting_id = r->undo_meeting,
		        .digest = digest};
		e = audit_add(r, &entry);
	}
	if (e)
		txn_rollback(r);
	else
		e = txn_commit(r);
out:
	if (inverse)
		wipe(inverse, (size_t)n);
	sqlite3_free(inverse);
	undo_forget(r);
	return sql_said(r, e, w);
}
