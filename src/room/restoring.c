#include "restore.h"
#include <stdio.h>
#include <string.h>
#include "caseroom/record_audit.h"
#include "caseroom/record_keys.h"

/*
 * The work behind the restore screen, on the worker. Invariants:
 * 1. What is on the stick is read here alone: a stick that hangs never stops the panel.
 * 2. What came back is opened once with the recovery words: its audit log says from then on that it
 *    was restored, and every page, link and entry is checked before anybody is told that it is
 * there.
 * 3. The keys of both stores are given back before a job ends.
 */

struct opened {
	struct vault *vault;
	struct practice *practice;
	struct record *record;
};

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct restoring *r = ctx;
	const unsigned part = total ? (unsigned)(done * 1000 / total) : 0;
	atomic_store(&r->phase, PHASE_READ);
	if (atomic_exchange(&r->part, part) / 10 != part / 10)
		plat_wake(r->plat);
}

void restoring_look(void *arg)
{
	struct restoring *r = arg;
	r->err = vault_backups(r->stick, r->backup, BACKUPS_MAX, &r->n);
}

static void opened_close(struct opened *o)
{
	record_close(o->record);
	vault_close(o->vault);
	practice_destroy(o->practice);
}

/* The store here, with the words and nothing else. */
static enum err words_open_store(struct restoring *r, struct opened *o, struct why *w)
{
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct why left_out = {""};
	size_t n = 0;
	enum err e = vault_slots(r->store, slot, COUNT_OF(slot), &n, NULL, w);
	if (!e)
		e = ERR_NEEDS;
	for (size_t i = 0; i < n && (e == ERR_NEEDS || e == ERR_WRONG_KEY); i++)
		if (slot[i].kind == VAULT_SLOT_RECOVERY)
			e = vault_open(r->store, slot[i].id, r->words, &o->vault, w);
	if (!e)
		e = record_migrate(o->vault, w);
	if (!e)
		e = record_practice_load(o->vault, &o->practice, &left_out);
	if (!e)
		e = record_open(o->vault, o->practice, &o->record, w);
	return e;
}

/* What the store here has that the backup has not; it may be too damaged to tell. */
static void look_here(struct restoring *r)
{
	struct opened o = {0};
	struct why w = {""};
	if (r->plan.same && r->plan.here_known && !words_open_store(r, &o, &w))
		r->since_known = !record_since(o.record, &r->arena, r->plan.newer.after, &r->since);
	opened_close(&o);
}

static enum err audit_check_all(struct restoring *r, struct record *record, struct why *w)
{
	struct audit_check c = {0};
	enum err e = ERR_OK;
	while (!e && !c.done) {
		e = record_audit_check(record, &c, 10000);
		atomic_store(&r->part, c.total ? (unsigned)(c.entries * 1000 / c.total) : 0);
		plat_wake(r->plat);
	}
	return e == ERR_AUDIT
	               ? why(w, e, "Its audit log is broken at entry %lld.", (long long)c.bad)
	               : e;
}

static enum err check_back(struct restoring *r, struct opened *o)
{
	struct vault_report report = {0};
	int64_t links = 0;
	TRY(words_open_store(r, o, &r->why));
	/* they say that it is meant: the room key goes with this store from now on */
	r->witness_set = r->room_key && !record_witness_to(o->record, r->stick, NULL);
	TRY(vault_verify(o->vault, &report, &r->why));
	TRY(record_links_verify(o->record, &links));
	TRY(audit_check_all(r, o->record, &r->why));
	return record_partnership(o->record, &r->arena, &r->partnership, &r->sample);
}

void restoring_run(void *arg)
{
	struct restoring *r = arg;
	struct opened o = {0};
	const struct vault_restore_job job = {.from = r->from,
	        .dir = r->store,
	        .words = r->words,
	        .replace = r->replace,
	        .earlier = r->earlier,
	        .stop = r->stop,
	        .fn = on_progress,
	        .ctx = r};
	r->err = vault_restore_run(&job, &r->plan, &r->why);
	if (r->err == ERR_EXISTS && r->plan.there) {
		look_here(r);
	} else if (!r->err) {
		r->made = true;
		atomic_store(&r->part, 0);
		atomic_store(&r->phase, PHASE_CHECK);
		plat_wake(r->plat);
		r->err = check_back(r, &o);
		if (r->err && !r->why.text[0])
			err_ignore(why(&r->why, r->err, "%s", err_user(r->err)));
		opened_close(&o);
	}
}
