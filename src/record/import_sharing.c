#include "import_int.h"
#include <stdio.h>
#include <string.h>

/* CSV of the register of agreements, of its signatures, and of what an agency returns of its
 * research. */

enum err take_agreement(struct import *im)
{
	int32_t issued, review;
	bool ok = entry_ok(im, 0, "agreement", false) & words_ok(im, 1, NAME_MAX_BYTES, false) &
	          words_ok(im, 2, 20, false) & day_ok(im, 3, true, &issued) &
	          day_ok(im, 4, true, &review);
	if (ok && issued != DAY_NONE && review != DAY_NONE && review <= issued)
		return import_bad(im, 4, "is not after the day it was issued");
	if (!ok)
		return ERR_INPUT;
	return sql_run(im->r,
	        "INSERT INTO agreement(uid, kind, title, version, issued, review, quoted) "
	        "VALUES(randomblob(16),?,?,?,?,?,?) ON CONFLICT(kind, title, version) DO UPDATE "
	        "SET issued = excluded.issued, review = excluded.review, quoted = excluded.quoted",
	        "tttddi", import_cell(im, 0), import_cell(im, 1), import_cell(im, 2), issued,
	        review, (int64_t)im->row->quoted);
}

enum err give_agreement(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
	return give_rows(r,
	        "SELECT kind, title, version, date(issued * 86400, 'unixepoch'), date(review * "
	        "86400, 'unixepoch'), quoted FROM agreement ORDER BY id",
	        false, out);
}

enum err take_signature(struct import *im)
{
	int64_t agreement, agency;
	int32_t day;
	bool ok = day_ok(im, 4, false, &day) & words_ok(im, 5, NAME_MAX_BYTES, true);
	enum err e = sql_one_int(im->r, &agreement,
	        "SELECT id FROM agreement WHERE kind = ? AND title = ? AND version = ?", "ttt",
	        import_cell(im, 0), import_cell(im, 1), import_cell(im, 2));
	if (e == ERR_NOT_FOUND)
		return import_bad(im, 1,
		        "is not in the register in that version; import the agreements first");
	TRY(e);
	TRY(agency_ok(im, 3, false, &agency));
	if (ok && day > time_today())
		return import_bad(im, 4, "is a day to come");
	if (!ok)
		return ERR_INPUT;
	return sql_run(im->r,
	        "INSERT INTO signature(agreement, agency, day, name, quoted) VALUES(?,?,?,?,?) ON "
	        "CONFLICT(agreement, agency) DO UPDATE SET day = excluded.day, name = "
	        "excluded.name, quoted = excluded.quoted",
	        "iidti", agreement, agency, day, import_cell(im, 5), (int64_t)im->row->quoted);
}

enum err give_signature(struct record *r, const struct kind *k, struct buf *out)
{
	give_header(k, out);
	return give_rows(r,
	        "SELECT a.kind, a.title, a.version, g.code, date(s.day * 86400, 'unixepoch'), "
	        "s.name, s.quoted FROM signature s JOIN agreement a ON a.id = s.agreement JOIN "
	        "agency g ON g.id = s.agency ORDER BY s.id",
	        false, out);
}
