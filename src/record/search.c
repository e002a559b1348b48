#include "record_int.h"
#include <string.h>

/*
 * Search as you type: each word of what was typed begins a word of a name, an address or a
 * reference. What the viewer may not see is neither listed nor counted; in the anonymised view only
 * references are looked through.
 */

/* "avery sa" -> "\"avery\"* \"sa\"*"; folded words hold no quotation marks. */
static bool fts_query(const char *text, char *out, size_t cap)
{
	char folded[400];
	size_t o = 0;
	utf8_fold(text, strnlen(text, 190), folded, sizeof(folded));
	char *save = NULL;
	for (char *word = strtok_r(folded, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		size_t n = strlen(word);
		if (o + n + 5 >= cap)
			break;
		if (o)
			out[o++] = ' ';
		out[o++] = '"';
		memcpy(out + o, word, n);
		o += n;
		out[o++] = '"';
		out[o++] = '*';
	}
	out[o] = 0;
	wipe(folded, sizeof(folded));
	return o > 0;
}

enum err record_search(struct record *r, struct arena *a, const struct record_viewer *v,
        const char *text, size_t limit, struct search_row **ret, size_t *ret_n)
{
	struct sql q;
	char match[600];
	void *rows = NULL;
	size_t n = 0, cap = 0;
	/* the most this room may see of any case: without names, it is asked for references alone,
	 * and does not walk over everybody */
	const struct practice_room room = {v->present, v->n, v->anonymised};
	const struct practice_limit least = {.level = RESTRICTION_NORMAL};
	enum sight most = practice_sight(&room, &least);
	*ret = NULL;
	*ret_n = 0;
	if (v->blind || most < SIGHT_ANON || !fts_query(text, match, sizeof(match)))
		return ERR_OK;
	sql_query(r, &q,
	        "SELECT k.id, k.ref, k.strand, coalesce(p.name || CASE WHEN p.address = '' OR "
	        "p.role "
	        "NOT IN ('subject', 'place') THEN '' ELSE ', ' || p.address END, ''), p.id, "
	        "p.identity, coalesce(p.name, '') FROM find f"
	        " LEFT JOIN party p ON f.rowid % 2 = 0 AND p.id = f.rowid / 2"
	        " JOIN kase k ON k.id = CASE f.rowid % 2 WHEN 1 THEN f.rowid / 2 ELSE p.kase END "
	        "WHERE find MATCH ?1 AND (?2 OR f.rowid % 2 = 1) ORDER BY f.rowid DESC",
	        "ti", match, (int64_t)(most == SIGHT_FULL)); /* no LIMIT: hidden rows must not take
	                                                        the place of others */
	while (n < limit && sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		if (s < SIGHT_ANON || (s == SIGHT_ANON && !sql_null(&q, 4)))
			continue;
		bool again = false;
		for (size_t i = 0; i < n; i++)
			again |= ((struct search_row *)rows)[i].case_id == sql_int(&q, 0) &&
			         sql_null(&q, 4);
		if (again)
			continue;
		struct search_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			q.err = ERR_NOMEM;
			break;
		}
		*o = (struct search_row){.case_id = sql_int(&q, 0),
		        .ref = sql_text(&q, 1, a),
		        .strand = sql_text(&q, 2, a),
		        .name = sql_text(&q, 6, a),
		        .matched = sql_text(&q, 3, a)};
		if (s == SIGHT_FULL && !sql_null(&q, 5))
			q.err = identity_root(r, sql_int(&q, 5), &o->identity);
		if (q.err)
			break;
	}
	wipe(match, sizeof(match));
	*ret = rows;
	*ret_n = n;
	return sql_end(&q);
}

/* ---- drafts ---- */

enum err record_draft_put(
        struct record *r, const char *kind, int64_t item, int64_t agency, const char *text)
{
	if (!text || !*text)
		return sql_run(r, "DELETE FROM draft WHERE kind = ? AND item = ? AND agency = ?",
		        "tii", kind, item, agency);
	return sql_run(r,
	        "INSERT INTO draft VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET words = "
	        "excluded.words, at = excluded.at",
	        "tiitu", kind, item, agency, text, time_now_us());
}

/* A draft is of its item: when that is held back from the room, so is what was being typed. It
 * stays kept. */
static enum err draft_shown(struct record *r, int64_t item, bool *ret)
{
	struct record_viewer v;
	struct sql q;
	int64_t kase = 0, meeting = 0;
	enum sight s;
	*ret = true;
	sql_query(r, &q, "SELECT kase, meeting FROM item WHERE id = ?", "i", item);
	if (sql_step(&q)) {
		kase = sql_int(&q, 0);
		meeting = sql_int(&q, 1);
	}
	TRY(sql_end(&q));
	if (!kase)
		return ERR_OK;
	TRY(record_viewer_meeting(r, meeting, &v));
	TRY(record_sight(r, &v, kase, &s));
	*ret = s >= (v.anonymised ? SIGHT_ANON : SIGHT_FULL);
	return ERR_OK;
}

enum err record_draft_get(struct record *r, struct arena *a, const char *kind, int64_t item,
        int64_t agency, const char **ret)
{
	struct sql q;
	bool shown;
	*ret = "";
	TRY(draft_shown(r, item, &shown));
	if (!shown)
		return ERR_OK;
	sql_query(r, &q, "SELECT words FROM draft WHERE kind = ? AND item = ? AND agency = ?",
	        "tii", kind, item, agency);
	if (sql_step(&q))
		*ret = sql_text(&q, 0, a);
	return sql_end(&q);
}
