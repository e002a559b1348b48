#include "record_int.h"
#include <string.h>

enum err sql_error(struct record *r, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return ERR_OK;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return vault_damage_met(r->vault);
	case SQLITE_IOERR:
		return rc == SQLITE_IOERR_DATA ? vault_damage_met(r->vault) : ERR_IO;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return ERR_IO;
	case SQLITE_CONSTRAINT:
		switch (sqlite3_extended_errcode(r->db)) {
		case SQLITE_CONSTRAINT_FOREIGNKEY:
			return ERR_NOT_FOUND; /* it names something that is not there */
		case SQLITE_CONSTRAINT_NOTNULL:
		case SQLITE_CONSTRAINT_DATATYPE:
			return ERR_INPUT;
		default:
			return ERR_EXISTS;
		}
	default:
		/* the statement's own words, never its values */
		log_warn("sql error %d (%s)", rc, sqlite3_errstr(rc));
		return ERR_INTERNAL;
	}
}

enum err sql_said(struct record *r, enum err e, struct why *w)
{
	enum err damage = e ? vault_damage(r->vault, w) : ERR_OK;
	if (damage)
		return damage;
	return e && w && !w->text[0] ? why(w, e, "%s", err_user(e)) : e;
}

/*
 * An auditor's key reads the audit and nothing else. That is held here, under every query and every
 * command: a read finds nothing, a write is refused. Only what the audit does for itself passes.
 */
static bool shut(const struct record *r)
{
	return r->auditor && !r->own;
}

enum err sql_prepare(struct record *r, const char *sql, sqlite3_stmt **ret)
{
	if (shut(r))
		return ERR_DENIED;
	int rc = sqlite3_prepare_v2(r->db, sql, -1, ret, NULL);
	if ((rc & 0xff) == SQLITE_ERROR)
		log_warn("statement not understood: %s", sqlite3_errmsg(r->db));
	return sql_error(r, rc);
}

static sqlite3_stmt *prepared(struct record *r, const char *sql, enum err *ret_err)
{
	for (size_t i = 0; i < r->n_cache; i++)
		if (r->cache[i].sql == sql && !sqlite3_stmt_busy(r->cache[i].st))
			return r->cache[i].st;
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc != SQLITE_OK) {
		if ((rc & 0xff) == SQLITE_ERROR)
			log_warn("statement not understood: %s", sqlite3_errmsg(r->db));
		*ret_err = sql_error(r, rc);
		return NULL;
	}
	if (r->n_cache == STMT_CACHE) { /* the oldest idle one makes room */
		for (size_t i = 0; i < STMT_CACHE; i++) {
			if (sqlite3_stmt_busy(r->cache[i].st))
				continue;
			sqlite3_finalize(r->cache[i].st);
			memmove(&r->cache[i], &r->cache[i + 1],
			        (STMT_CACHE - i - 1) * sizeof(r->cache[0]));
			r->n_cache--;
			break;
		}
	}
	if (r->n_cache == STMT_CACHE) {
		sqlite3_finalize(st);
		*ret_err = ERR_INTERNAL;
		return NULL;
	}
	r->cache[r->n_cache].sql = sql;
	r->cache[r->n_cache++].st = st;
	return st;
}

static enum err bind(struct record *r, sqlite3_stmt *st, const char *types, va_list *ap)
{
	int rc = SQLITE_OK, i = 0;
	for (const char *t = types; *t && rc == SQLITE_OK; t++) {
		i++;
		switch (*t) {
		case 'i':
			rc = sqlite3_bind_int64(st, i, va_arg(*ap, int64_t));
			break;
		case 'z': {
			int64_t v = va_arg(*ap, int64_t);
			rc = v ? sqlite3_bind_int64(st, i, v) : sqlite3_bind_null(st, i);
			break;
		}
		case 'u': {
			int64_t v = va_arg(*ap, int64_t);
			rc = v != TIME_NONE ? sqlite3_bind_int64(st, i, v)
			                    : sqlite3_bind_null(st, i);
			break;
		}
		case 'd': {
			int32_t v = va_arg(*ap, int32_t);
			rc = v != DAY_NONE ? sqlite3_bind_int64(st, i, v)
			                   : sqlite3_bind_null(st, i);
			break;
		}
		case 't': {
			const char *s = va_arg(*ap, const char *);
			rc = s ? sqlite3_bind_text(st, i, s, -1, SQLITE_TRANSIENT)
			       : sqlite3_bind_null(st, i);
			break;
		}
		case 'b': {
			const void *p = va_arg(*ap, const void *);
			size_t n = va_arg(*ap, size_t);
			rc = p ? sqlite3_bind_blob64(st, i, p, n, SQLITE_TRANSIENT)
			       : sqlite3_bind_null(st, i);
			break;
		}
		default:
			return ERR_INTERNAL;
		}
	}
	return sql_error(r, rc);
}

void sql_query(struct record *r, struct sql *q, const char *sql, const char *types, ...)
{
	*q = (struct sql){.r = r};
	if (shut(r))
		return;
	q->st = prepared(r, sql, &q->err);
	if (!q->st)
		return;
	va_list ap;
	va_start(ap, types);
	q->err = bind(r, q->st, types, &ap);
	va_end(ap);
}

bool sql_step(struct sql *q)
{
	if (q->err || !q->st)
		return false;
	int rc = sqlite3_step(q->st);
	if (rc != SQLITE_ROW)
		q->err = sql_error(q->r, rc);
	return rc == SQLITE_ROW;
}

enum err sql_end(struct sql *q)
{
	if (q->st) {
		sqlite3_reset(q->st);
		sqlite3_clear_bindings(q->st);
	}
	q->st = NULL;
	return q->err;
}

static enum err run(struct record *r, const char *sql, const char *types, va_list *ap)
{
	enum err e = shut(r) ? ERR_DENIED : ERR_OK;
	sqlite3_stmt *st = e ? NULL : prepared(r, sql, &e);
	if (!st)
		return e;
	struct sql q = {.r = r, .st = st};
	q.err = bind(r, st, types, ap);
	while (sql_step(&q))
		;
	return sql_end(&q);
}

enum err sql_run(struct record *r, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	enum err e = run(r, sql, types, &ap);
	va_end(ap);
	return e;
}

enum err sql_insert(struct record *r, int64_t *ret_id, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	enum err e = run(r, sql, types, &ap);
	va_end(ap);
	if (!e)
		*ret_id = sqlite3_last_insert_rowid(r->db);
	return e;
}

enum err sql_one_int(struct record *r, int64_t *ret, const char *sql, const char *types, ...)
{
	enum err e = ERR_OK;
	struct sql q = {.r = r};
	if (shut(r))
		return ERR_NOT_FOUND;
	q.st = prepared(r, sql, &e);
	if (!q.st)
		return e;
	va_list ap;
	va_start(ap, types);
	q.err = bind(r, q.st, types, &ap);
	va_end(ap);
	bool found = sql_step(&q);
	int64_t v = found ? sql_int(&q, 0) : 0;
	TRY(sql_end(&q));
	if (!found)
		return ERR_NOT_FOUND;
	*ret = v;
	return ERR_OK;
}

enum err sql_script(struct record *r, const char *sql)
{
	int rc = sqlite3_exec(r->db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		log_warn("script: %s", sqlite3_errmsg(r->db));
	return sql_error(r, rc);
}

int64_t sql_int(struct sql *q, int col)
{
	return sqlite3_column_int64(q->st, col);
}

bool sql_null(struct sql *q, int col)
{
	return sqlite3_column_type(q->st, col) == SQLITE_NULL;
}

int32_t sql_day(struct sql *q, int col)
{
	return sql_null(q, col) ? DAY_NONE : (int32_t)sql_int(q, col);
}

int64_t sql_us(struct sql *q, int col)
{
	return sql_null(q, col) ? TIME_NONE : sql_int(q, col);
}

const char *sql_text(struct sql *q, int col, struct arena *a)
{
	const char *s = (const char *)sqlite3_column_text(q->st, col);
	if (!s)
		return "";
	const char *copy = arena_strndup(a, s, (size_t)sqlite3_column_bytes(q->st, col));
	if (!copy) {
		q->err = ERR_NOMEM;
		return "";
	}
	return copy;
}
