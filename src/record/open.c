#include "record_int.h"
#include <stdlib.h>
#include <string.h>

enum err record_migrate(struct vault *v, struct why *w)
{
	struct record *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	r->vault = v;
	r->db = vault_db(v);
	enum err e = sql_said(r, schema_migrate(r, w), w);
	record_close(r);
	return e;
}

enum err record_open(struct vault *v, const struct practice *p, struct record **ret, struct why *w)
{
	struct record *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	r->vault = v;
	r->db = vault_db(v);
	r->practice = p;
	enum err e = schema_migrate(r, w);
	if (!e)
		e = audit_open(r, w);
	if (!e)
		e = opening_actor(r);
	if (!e)
		e = opening_note(r);
	if (!e && !r->auditor)
		e = certificates_settle(r);
	if (!e && !r->auditor)
		e = rekey_settle_note(r);
	if (!e)
		e = kept_life(r);
	if (e) {
		e = sql_said(r, e, w);
		record_close(r);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

void record_close(struct record *r)
{
	if (!r)
		return;
	undo_forget(r);
	for (size_t i = 0; i < r->n_cache; i++)
		sqlite3_finalize(r->cache[i].st);
	wipe(r, sizeof(*r));
	free(r);
}

const struct practice *record_practice(const struct record *r)
{
	return r->practice;
}

struct vault *record_vault(const struct record *r)
{
	return r->vault;
}

int64_t record_actor(const struct record *r)
{
	return r->actor;
}

enum err record_partnership(
        struct record *r, struct arena *a, const char **ret_name, bool *ret_sample)
{
	struct sql q;
	*ret_name = "";
	*ret_sample = false;
	sql_query(
	        r, &q, "SELECT key, value FROM setting WHERE key IN ('partnership', 'sample')", "");
	while (sql_step(&q)) {
		const char *key = sql_text(&q, 0, a), *value = sql_text(&q, 1, a);
		if (strcmp(key, "partnership") == 0)
			*ret_name = value;
		else
			*ret_sample = strcmp(value, "1") == 0;
	}
	return sql_end(&q);
}

enum err cmd_partnership(struct record *r, const struct command *c, struct done *d, struct why *w)
{
	(void)d;
	TRY(check_words(
	        c->u.partnership.name, NAME_MAX_BYTES, false, "The name of the partnership", w));
	int64_t other = 0;
	TRY(sql_one_int(r, &other,
	        "SELECT count(*) FROM setting WHERE key = 'sample' AND value <> ?", "t",
	        c->u.partnership.sample ? "1" : "0"));
	if (other) /* a training store cannot become a live one, nor the other way round */
		return why(w, ERR_REFUSED,
		        c->u.partnership.sample
		                ? "This store is not for training. Make a training store of its "
		                  "own."
		                : "This is a training store. Make a new store for real work.");
	TRY(sql_run(r,
	        "INSERT INTO setting VALUES('partnership', ?) ON CONFLICT(key) DO UPDATE SET value "
	        "= excluded.value",
	        "t", c->u.partnership.name));
	return sql_run(r,
	        "INSERT INTO setting VALUES('sample', ?) ON CONFLICT(key) DO UPDATE SET value = "
	        "excluded.value",
	        "t", c->u.partnership.sample ? "1" : "0");
}
