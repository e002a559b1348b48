#include "record_int.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caseroom/record_people.h"

/*
 * Near matches (R14). Candidates come out of four indexes, so that nothing is scanned: names that
 * begin so, names that sound so, dates of birth, postcodes; at most COMMON from each, the newest.
 * Each is scored in memory; only then, nearest first, is the viewer's sight asked for its case, so
 * that what is hidden takes nobody's place and costs nothing that could be noticed.
 */

enum {
	SAME_NAME = 60,
	SOUNDS = 50,
	SPELT = 40,
	PARTLY = 30,
	BORN = 30,
	PLACE = 30,
	BEGINS = 35,
	LEAST = 25
};
#define WORDS 8
#define COMMON 300 /* people; a word that more have in their names tells nobody from another */

struct candidate {
	int64_t party, identity, kase;
	const char *name, *role, *address, *postcode, *reasons;
	int32_t born;
	int score;
};

struct near {
	struct record *r;
	struct arena *a;
	char name[2 * NAME_MAX_BYTES + 1], sound[SOUND_MAX], address[2 * NAME_MAX_BYTES + 1];
	char postcode[24], house[12];
	const char *word[WORDS];
	size_t n_words;
	int32_t born;
	struct candidate *row;
	size_t n, cap;
};

/* "QX2 4LT" and "qx24lt" are one. */
static void plain_postcode(const char *s, char *out, size_t cap)
{
	size_t o = 0;
	for (; *s && o + 1 < cap; s++)
		if (isalnum((unsigned char)*s))
			out[o++] = (char)toupper((unsigned char)*s);
	out[o] = 0;
}

/* The first number of an address with its letter, "12a"; else all of it. */
static void house_number(const char *folded, char *out, size_t cap)
{
	size_t o = 0;
	const char *s = folded;
	while (*s && !isdigit((unsigned char)*s))
		s++;
	for (s = *s ? s : folded; *s && *s != ' ' && o + 1 < cap; s++)
		out[o++] = *s;
	out[o] = 0;
}

/* Words that two sounds share; both are in order. */
static size_t shared(const char *a, const char *b, size_t *ret_most)
{
	size_t n = 0, na = 0, nb = 0;
	while (*a || *b) {
		size_t la = strcspn(a, " "), lb = strcspn(b, " "), l = la < lb ? la : lb;
		int c = !*a ? 1 : !*b ? -1 : strncmp(a, b, l);
		if (!c)
			c = la < lb ? -1 : la > lb;
		n += c == 0;
		if (c <= 0) {
			na++;
			a += la + (a[la] == ' ');
		}
		if (c >= 0) {
			nb++;
			b += lb + (b[lb] == ' ');
		}
	}
	*ret_most = na > nb ? na : nb;
	return n;
}

/* Each word that was typed begins a word of the name. */
static bool begins(const struct near *k, const char *folded)
{
	for (size_t i = 0; i < k->n_words; i++) {
		size_t len = strlen(k->word[i]);
		const char *s = folded;
		while (s && strncmp(s, k->word[i], len) != 0) {
			s = strchr(s, ' ');
			s = s ? s + 1 : NULL;
		}
		if (!s)
			return false;
	}
	return k->n_words > 0;
}

static void say(struct arena *a, struct candidate *c, int score, const char *reason)
{
	if (*reason)
		c->reasons = *c->reasons ? arena_printf(a, "%s, %s", c->reasons, reason) : reason;
	c->score += score;
}

static void score_name(struct near *k, struct candidate *c)
{
	char folded[2 * NAME_MAX_BYTES + 1], sound[SOUND_MAX];
	size_t most, same;
	if (!*k->name || !name_known(c->name))
		return;
	utf8_fold(c->name, strlen(c->name), folded, sizeof(folded));
	name_sound(c->name, strlen(c->name), sound);
	same = shared(k->sound, sound, &most);
	if (strcmp(folded, k->name) == 0)
		say(k->a, c, SAME_NAME, "same name");
	else if (same && same == most)
		say(k->a, c, SOUNDS, "sounds the same");
	else if (name_close(folded, k->name))
		say(k->a, c, SPELT, "spelt nearly the same");
	else if (begins(k, folded))
		say(k->a, c, BEGINS, "begins so");
	else if (same * 2 > most || (same && !strchr(k->sound, ' ')))
		say(k->a, c, PARTLY, "sounds the same in part");
	wipe(folded, sizeof(folded));
}

static bool day_month_swapped(int32_t a, int32_t b)
{
	int ya, ma, da, yb, mb, db;
	day_to_ymd(a, &ya, &ma, &da);
	day_to_ymd(b, &yb, &mb, &db);
	return ya == yb && ma == db && da == mb;
}

static void score_rest(struct near *k, struct candidate *c)
{
	char address[2 * NAME_MAX_BYTES + 1], house[12], postcode[24];
	if (k->born != DAY_NONE && c->born != DAY_NONE) {
		if (c->born == k->born)
			say(k->a, c, BORN, "same date of birth");
		else if (c->score && day_month_swapped(c->born, k->born))
			say(k->a, c, BORN / 2, "day and month of birth the other way round");
		else if (c->score)
			say(k->a, c, -BORN / 2, "another date of birth");
	}
	plain_postcode(c->postcode, postcode, sizeof(postcode));
	if (!*k->postcode || strcmp(postcode, k->postcode) != 0)
		return;
	utf8_fold(c->address, strlen(c->address), address, sizeof(address));
	house_number(address, house, sizeof(house));
	if (*k->house && strcmp(house, k->house) == 0)
		say(k->a, c, PLACE, "same address");
	else if (c->score)
		say(k->a, c, 5, "same postcode");
	wipe(address, sizeof(address));
}

/* Takes the parties of one query: id, name, role, born, address, postcode, identity, case. */
#define PARTY "SELECT p.id, p.name, p.role, p.born, p.address, p.postcode, p.identity, p.kase FROM "
static enum err take(struct near *k, struct sql *q)
{
	while (sql_step(q)) {
		struct candidate c = {.party = sql_int(q, 0),
		        .name = (const char *)sqlite3_column_text(q->st, 1),
		        .role = (const char *)sqlite3_column_text(q->st, 2),
		        .born = sql_day(q, 3),
		        .address = (const char *)sqlite3_column_text(q->st, 4),
		        .postcode = (const char *)sqlite3_column_text(q->st, 5),
		        .identity = sql_int(q, 6),
		        .kase = sql_int(q, 7),
		        .reasons = ""};
		if (!c.name || !c.role || !c.address || !c.postcode) {
			q->err = ERR_NOMEM;
			break;
		}
		score_name(k, &c);
		score_rest(k, &c);
		if (!c.reasons) {
			q->err = ERR_NOMEM;
			break;
		}
		if (c.score < LEAST)
			continue;
		void *rows = k->row;
		struct candidate *o = arena_grow(k->a, &rows, &k->n, &k->cap, sizeof(*o));
		k->row = rows;
		if (!o) {
			q->err = ERR_NOMEM;
			break;
		}
		*o = c;
		o->name = sql_text(q, 1, k->a);
		o->role = sql_text(q, 2, k->a);
		o->address = sql_text(q, 4, k->a);
		o->postcode = sql_text(q, 5, k->a);
	}
	return sql_end(q);
}

/* "smpl afr" -> "\"smpl\" \"afr\""; with `prefix`, "\"ave\"* \"sam\"*". */
static void match_words(char *out, size_t cap, const char *words, bool prefix)
{
	size_t o = 0;
	out[0] = 0;
	while (*words) {
		size_t n = strcspn(words, " ");
		if (o + n + 6 >= cap)
			break;
		if (o)
			out[o++] = ' ';
		out[o++] = '"';
		memcpy(out + o, words, n);
		o += n;
		out[o++] = '"';
		if (prefix)
			out[o++] = '*';
		out[o] = 0;
		words += n + (words[n] == ' ');
	}
}

/* The newest of those in whose name each of these words sounds. */
static enum err sounding(struct near *k, const char *match)
{
	struct sql q;
	sql_query(k->r, &q,
	        PARTY "find_sound f CROSS JOIN party p ON p.id = f.rowid WHERE find_sound MATCH ?1 "
	              "ORDER BY f.rowid DESC LIMIT ?2",
	        "ti", match, (int64_t)COMMON);
	return take(k, &q);
}

/* A slip of the finger changes how one word sounds: then the others find the name, when they are
 * not among the commonest. Those of a common name are found by date of birth or address. */
static enum err by_other_words(struct near *k)
{
	for (const char *s = k->sound; *s;) {
		char match[SOUND_MAX + 4];
		size_t n = strcspn(s, " ");
		int64_t count;
		snprintf(match, sizeof(match), "\"%.*s\"", (int)n, s);
		TRY(sql_one_int(k->r, &count,
		        "SELECT count(*) FROM (SELECT 1 FROM find_sound f WHERE find_sound MATCH "
		        "?1 "
		        "LIMIT ?2)",
		        "ti", match, (int64_t)COMMON + 1));
		if (count <= COMMON)
			TRY(sounding(k, match));
		s += n + (s[n] == ' ');
	}
	return ERR_OK;
}

static enum err candidates(struct near *k, const char *postcode)
{
	struct sql q;
	char match[3 * NAME_MAX_BYTES];
	if (strlen(k->name) >= 2) { /* after one letter everybody would be meant */
		match_words(match, sizeof(match), k->name, true);
		sql_query(k->r, &q,
		        PARTY "find f CROSS JOIN party p ON f.rowid % 2 = 0 AND p.id = f.rowid / 2 "
		              "WHERE find MATCH ?1 ORDER BY f.rowid DESC LIMIT ?2",
		        "ti", match, (int64_t)COMMON);
		TRY(take(k, &q));
	}
	if (*k->sound) {
		match_words(match, sizeof(match), k->sound, false);
		TRY(sounding(k, match));
		if (strchr(k->sound, ' '))
			TRY(by_other_words(k));
	}
	wipe(match, sizeof(match));
	if (k->born != DAY_NONE) {
		sql_query(k->r, &q, PARTY "party p WHERE p.born = ?1", "d", k->born);
		TRY(take(k, &q));
	}
	if (*k->postcode) {
		char spaced[28];
		size_t n = strlen(k->postcode), in = n > 3 ? n - 3 : n;
		memcpy(spaced, k->postcode, in);
		spaced[in] = ' ';
		memcpy(spaced + in + 1, k->postcode + in, n - in + 1);
		sql_query(k->r, &q, PARTY "party p WHERE p.postcode IN (?1, ?2, ?3)", "ttt", spaced,
		        k->postcode, postcode);
		TRY(take(k, &q));
	}
	return ERR_OK;
}

static int by_score(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	if (a->score != b->score)
		return b->score - a->score;
	return a->party < b->party ? 1 : a->party > b->party ? -1 : 0;
}

static enum err cases_seen(
        struct record *r, const struct record_viewer *v, int64_t identity, size_t *ret)
{
	struct sql q;
	*ret = 0;
	sql_query(r, &q, WHO "SELECT DISTINCT p.kase FROM who JOIN party p ON p.identity = who.id",
	        "i", identity);
	while (sql_step(&q)) {
		enum sight s;
		q.err = record_sight(r, v, sql_int(&q, 0), &s);
		if (q.err)
			break;
		*ret += s == SIGHT_FULL;
	}
	return sql_end(&q);
}

enum err record_near(struct record *r, struct arena *a, const struct record_viewer *v,
        const struct near_key *key, int64_t except, size_t limit, struct near_row **ret,
        size_t *ret_n)
{
	struct near k = {.r = r, .a = a, .born = key->born};
	const char *name = key->name ? key->name : "", *code = key->postcode ? key->postcode : "",
	           *address = key->address ? key->address : "";
	void *rows = NULL;
	size_t n = 0, cap = 0;
	*ret = NULL;
	*ret_n = 0;
	if (v->blind || v->anonymised)
		return ERR_OK;
	if (except)
		TRY(identity_root(r, except, &except));
	if (name_known(name)) {
		utf8_fold(name, strnlen(name, NAME_MAX_BYTES), k.name, sizeof(k.name));
		name_sound(name, strnlen(name, NAME_MAX_BYTES), k.sound);
	}
	char *words = arena_strdup(a, k.name), *save = NULL;
	if (!words)
		return ERR_NOMEM;
	for (char *w = strtok_r(words, " ", &save); w && k.n_words < WORDS;
	        w = strtok_r(NULL, " ", &save))
		k.word[k.n_words++] = w;
	plain_postcode(code, k.postcode, sizeof(k.postcode));
	utf8_fold(address, strnlen(address, NAME_MAX_BYTES), k.address, sizeof(k.address));
	house_number(k.address, k.house, sizeof(k.house));
	enum err e = candidates(&k, code);
	if (!e && k.n)
		qsort(k.row, k.n, sizeof(*k.row), by_score);
	for (size_t i = 0; !e && i < k.n && n < limit; i++) {
		const struct candidate *c = &k.row[i];
		int64_t who;
		enum sight s;
		if (i && k.row[i - 1].party == c->party) /* found in two ways */
			continue;
		e = identity_root(r, c->identity, &who);
		bool again = who == except;
		for (size_t j = 0; j < n; j++)
			again |= ((struct near_row *)rows)[j].identity == who;
		if (e || again)
			continue;
		e = record_sight(r, v, c->kase, &s);
		if (e || s < SIGHT_FULL)
			continue;
		struct near_row *o = arena_grow(a, &rows, &n, &cap, sizeof(*o));
		if (!o) {
			e = ERR_NOMEM;
			break;
		}
		unsigned side = party_side(c->role);
		char *reasons = arena_strdup(a, c->reasons);
		*o = (struct near_row){.identity = who,
		        .party = c->party,
		        .case_id = c->kase,
		        .name = c->name,
		        .role_label = entry_label(r, "party-role", c->role),
		        .ref = "",
		        .address = c->address,
		        .postcode = c->postcode,
		        .reasons = reasons,
		        .born = c->born,
		        .guarded = side != SIDE_HARMING && side != SIDE_PLACE,
		        .place = side & SIDE_PLACE,
		        .score = c->score};
		if (!reasons) {
			e = ERR_NOMEM;
			break;
		}
		reasons[0] = (char)toupper((unsigned char)reasons[0]);
		struct sql q;
		sql_query(r, &q, "SELECT ref FROM kase WHERE id = ?", "i", c->kase);
		if (sql_step(&q))
			o->ref = sql_text(&q, 0, a);
		e = sql_end(&q);
		if (!e)
			e = cases_seen(r, v, who, &o->n_cases);
	}
	wipe(&k.name, sizeof(k.name));
	wipe(&k.address, sizeof(k.address));
	TRY(e);
	*ret = rows;
	*ret_n = n;
	return ERR_OK;
}
