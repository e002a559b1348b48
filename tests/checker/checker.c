#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * Opens a store from docs/FORMAT.md alone: nothing of it is shared with src/. It is there to show
 * that the page is enough for a second program, and that two programs agree on what is whole.
 *
 *     checker DIR PASSPHRASE-FILE... [--room-key FILE] [--device-secret FILE]
 *
 * Prints what holds, a line each. Status 0: all of it; 1: something does not; 2: not tried.
 * What it works on is in clear in its memory: it is for tests, on invented stores.
 */

static int faults;

static void say(bool good, const char *what)
{
	printf("%s: %s\n", good ? "holds" : "DOES NOT HOLD", what);
	faults += !good;
}

static void stop(const char *what)
{
	printf("DOES NOT HOLD: %s\n", what);
	exit(1);
}

struct file {
	uint8_t *p;
	size_t n;
	bool there;
};

static struct file slurp(const char *dir, const char *name)
{
	char path[4096];
	struct file f = {0};
	FILE *in;
	snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", name);
	in = fopen(path, "rb");
	if (!in)
		return f;
	f.there = true;
	for (size_t cap = 0;;) {
		size_t got;
		if (f.n == cap) {
			cap = cap ? cap * 2 : 1 << 16;
			f.p = realloc(f.p, cap);
			if (!f.p)
				abort();
		}
		got = fread(f.p + f.n, 1, cap - f.n, in);
		if (got == 0)
			break;
		f.n += got;
	}
	fclose(in);
	return f;
}

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;
	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static uint32_t be(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put(uint8_t *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

/* BLAKE2b of n bytes under a key: a label with its final zero, then two strings. */
static void hash(const uint8_t key[32], const char *label, const void *a, size_t an, const void *b,
        size_t bn, uint8_t *out, size_t n)
{
	crypto_generichash_state s;
	crypto_generichash_init(&s, key, key ? 32 : 0, n);
	crypto_generichash_update(&s, (const uint8_t *)label, strlen(label) + 1);
	crypto_generichash_update(&s, a, an);
	crypto_generichash_update(&s, b, bn);
	crypto_generichash_final(&s, out, n);
}

static bool open_seal(uint8_t *out, const uint8_t *sealed, size_t n, const uint8_t *tag,
        const void *ad, size_t adn, const uint8_t *nonce, const uint8_t *key)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
	               out, NULL, sealed, n, tag, ad, adn, nonce, key) == 0;
}

/* ---- keyring: from passphrases to the master key ----------------------------------------------
 */

static struct {
	const uint8_t *bytes, *head, *slots;
	size_t n, head_n, slot_n, count;
	unsigned version, quorum;
	const uint8_t *id;
} ring;

static uint8_t master[32], room_secret[32], device_secret[32];
static bool have_room, have_device, have_master;
static uint8_t share[64][32], share_x[64];
static unsigned shares;

static void ring_read(const struct file *f)
{
	uint8_t sum[16];
	if (f->n < 64 || memcmp(f->p, "CRKEYS\r\n", 8) != 0)
		stop("keyring: its first bytes");
	ring.version = (unsigned)le(f->p + 8, 2);
	ring.head_n = ring.version == 1 ? 64 : 160;
	ring.slot_n = (size_t)le(f->p + 10, 2);
	ring.count = (size_t)le(f->p + 12, 2);
	ring.quorum = (unsigned)le(f->p + 14, 2);
	if (ring.version < 1 || ring.version > 2 ||
	        ring.slot_n != (ring.version == 1 ? 320 : 768) || ring.count < 1 ||
	        ring.count > 64 || f->n != ring.head_n + ring.count * ring.slot_n + 48)
		stop("keyring: version and sizes");
	ring.bytes = ring.head = f->p;
	ring.n = f->n;
	ring.slots = f->p + ring.head_n;
	ring.id = f->p + 16;
	crypto_generichash(sum, 16, f->p, f->n - 16, NULL, 0);
	say(memcmp(sum, f->p + f->n - 16, 16) == 0, "checksum of the keyring");
}

static uint8_t gf_mul(uint8_t a, uint8_t b)
{
	unsigned r = 0, x = a;
	for (; b; b >>= 1, x <<= 1) {
		if (x & 0x100)
			x ^= 0x11d;
		if (b & 1)
			r ^= x;
	}
	return (uint8_t)r;
}

static uint8_t gf_inverse(uint8_t a)
{
	uint8_t r = 1;
	for (int i = 0; i < 254; i++)
		r = gf_mul(r, a);
	return r;
}

static void shares_join(uint8_t out[32])
{
	memset(out, 0, 32);
	for (unsigned i = 0; i < ring.quorum; i++) {
		uint8_t at_zero = 1;
		for (unsigned k = 0; k < ring.quorum; k++)
			if (k != i)
				at_zero = gf_mul(at_zero,
				        gf_mul(share_x[k], gf_inverse(share_x[k] ^ share_x[i])));
		for (int b = 0; b < 32; b++)
			out[b] ^= gf_mul(share[i][b], at_zero);
	}
}

static void master_open(const uint8_t secret[32])
{
	uint8_t ad[72], key[32];
	memcpy(ad, ring.head, sizeof(ad));
	memset(ad + 12, 0, 2);
	memset(ad + 32, 0, 8);
	hash(secret, "caseroom 2 opening", "", 0, "", 0, key, 32);
	have_master = open_seal(
	        master, ring.head + 96, 32, ring.head + 128, ad, sizeof(ad), ring.head + 72, key);
	say(have_master, "the master key opens under the opening secret");
}

/* The key that wraps, and the commitment. */
static bool slot_keys(const uint8_t *s, bool old, const uint8_t *pass, size_t n, uint8_t wrap[32],
        uint8_t commit[32])
{
	uint8_t argon[32], factors[32], kek[32], rest[96];
	const unsigned mask = (unsigned)le(s + 18, 2);
	size_t used = 0;
	if (crypto_pwhash(argon, 32, (const char *)pass, n, s + (old ? 40 : 36), le(s + 28, 4),
	            (size_t)le(s + 24, 4) * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		stop("Argon2id: no memory");
	if (old) {
		crypto_generichash_state g;
		crypto_generichash_init(&g, argon, 32, 32);
		crypto_generichash_update(&g, (const uint8_t *)"caseroom 1 slot", 16);
		crypto_generichash_update(&g, ring.id, 16);
		crypto_generichash_update(&g, s, 168);
		crypto_generichash_final(&g, kek, 32);
	} else {
		if ((mask & 2 && !have_room) || (mask & 4 && !have_device) || mask & 8)
			return false;
		if (mask & 2)
			memcpy(rest + used, room_secret, 32), used += 32;
		if (mask & 4)
			memcpy(rest + used, device_secret, 32), used += 32;
		hash(argon, "caseroom 2 factors", rest, used, "", 0, factors, 32);
		hash(factors, "caseroom 2 slot", ring.id, 16, s, 492, kek, 32);
	}
	hash(kek, "caseroom 1 wrap", "", 0, "", 0, wrap, 32);
	hash(kek, "caseroom 1 commit", "", 0, "", 0, commit, 32);
	return true;
}

/* Bytes 0 to 167 of a slot of version 1, put together again from the layout of version 2. */
static void old_public(const uint8_t *s, uint8_t out[168])
{
	memset(out, 0, 168);
	memcpy(out, s, 36);
	memcpy(out + 40, s + 36, 16);
	memcpy(out + 72, s + 68, 96);
}

static bool slot_try(const uint8_t *s, const uint8_t *pass, size_t n)
{
	uint8_t wrap[32], commit[32], pair[32], secret[32], public[168];
	const bool first = ring.version == 1, old = s[21] == 1;
	if (le(s + 16, 2) == 1)
		return false; /* recovery: typed otherwise */
	if (first)
		memcpy(public, s, 168);
	else if (old)
		old_public(s, public);
	if (!slot_keys(old ? public : s, old, pass, n, wrap, commit))
		return false;
	if (memcmp(commit, s + (first ? 240 : 564), 32) != 0)
		return false;
	if (old) {
		const uint8_t *sealed = s + (first ? 192 : 516), *nonce = s + (first ? 168 : 492);
		have_master = open_seal(master, sealed, 32, sealed + 32, public, 168, nonce, wrap);
		say(have_master, "a slot of the first form holds the master key");
		return true;
	}
	if (!open_seal(pair, s + 516, 32, s + 548, s, 492, s + 492, wrap) ||
	        crypto_box_seal_open(secret, s + 600, 80, s + 460, pair) != 0)
		stop("keyring: what a slot holds, under the right passphrase");
	if (le(s + 598, 2) == 0) {
		master_open(secret);
		return true;
	}
	for (unsigned i = 0; i < shares; i++)
		if (share_x[i] == le(s + 598, 2))
			return true; /* of the same agency */
	share_x[shares] = (uint8_t)le(s + 598, 2);
	memcpy(share[shares++], secret, 32);
	if (shares == ring.quorum) {
		shares_join(secret);
		master_open(secret);
	}
	return true;
}

static void passphrase_try(const char *path)
{
	struct file f = slurp("", path);
	size_t n = 0;
	while (n < f.n && f.p[n] != '\n' && f.p[n] != '\r')
		n++;
	for (size_t i = 0; i < ring.count && !have_master; i++)
		if (slot_try(ring.slots + i * ring.slot_n, f.p, n))
			break;
	free(f.p);
}

/* ---- the anchor -------------------------------------------------------------------------------
 */

static uint8_t page_key[32], wal_key[32], ring_key[32], anchor_key[32], fresh_key[32];
static struct {
	bool there, set;
	uint64_t epoch, audit_seq, pages, frames, flux_frames, flux_pages, serial;
	uint32_t flags;
	uint8_t head[32], gen[12], before[12], pageset[32], tag[16], parts[64][8];
} anchor;

static void keys_make(void)
{
	uint8_t mac[32];
	hash(master, "caseroom 1 page", "", 0, "", 0, page_key, 32);
	hash(master, "caseroom 1 wal", "", 0, "", 0, wal_key, 32);
	hash(master, "caseroom 1 keyring", "", 0, "", 0, ring_key, 32);
	hash(master, "caseroom 1 anchor", "", 0, "", 0, anchor_key, 32);
	hash(master, "caseroom 1 fresh", "", 0, "", 0, fresh_key, 32);
	hash(ring_key, "caseroom 1 ring", ring.bytes, ring.n - 48, "", 0, mac, 32);
	say(memcmp(mac, ring.bytes + ring.n - 48, 32) == 0, "MAC of the keyring");
}

static void anchor_take(const uint8_t *r)
{
	const unsigned version = (unsigned)le(r + 8, 2);
	const bool two = version == 2;
	uint8_t mac[32];
	hash(anchor_key, two ? "caseroom 2 anchor" : "caseroom 1 anchor", r, two ? 992 : 224, "", 0,
	        mac, 32);
	if (memcmp(r, "CRANCH\r\n", 8) != 0 || memcmp(mac, r + (two ? 992 : 224), 32) != 0 ||
	        memcmp(r + 16, ring.id, 16) != 0 || (anchor.there && le(r + 32, 8) < anchor.epoch))
		return;
	anchor.there = true;
	anchor.set = two;
	anchor.flags = (uint32_t)le(r + 12, 4);
	anchor.epoch = le(r + 32, 8);
	anchor.audit_seq = le(r + 40, 8);
	memcpy(anchor.head, r + 48, 32);
	anchor.serial = le(r + 80, 8);
	memcpy(anchor.gen, r + 88, 12);
	memcpy(anchor.before, r + 100, 12);
	anchor.pages = le(r + 112, 8);
	memcpy(anchor.pageset, r + 128, 32);
	memcpy(anchor.tag, r + 160, 16);
	anchor.frames = le(r + 176, 8);
	anchor.flux_frames = le(r + 184, 8);
	anchor.flux_pages = le(r + 192, 8);
	memcpy(anchor.parts, r + 288, sizeof(anchor.parts));
}

/* ---- the log and the pages --------------------------------------------------------------------
 */

static uint8_t *image; /* the database in clear, the log laid over it */
static size_t image_pages;
static const uint8_t **newest; /* by page number: as it lies on the card */
static uint32_t *flux;         /* pages in the first flux frames */
static size_t n_flux;

static void page_ad(uint8_t ad[32], uint64_t pgno)
{
	put(ad, 4, 1);
	put(ad + 4, 4, 1);
	memcpy(ad + 8, ring.id, 16);
	put(ad + 24, 8, pgno);
}

static bool page_open(const uint8_t *p, uint64_t pgno, uint8_t *out)
{
	uint8_t ad[32];
	page_ad(ad, pgno);
	return open_seal(out, p, 4056, p + 4080, ad, sizeof(ad), p + 4056, page_key);
}

static bool frame_open(const uint8_t *wal, size_t i, uint8_t head[24])
{
	static const uint8_t none[16];
	const uint8_t *f = wal + 32 + (i - 1) * 4160;
	uint8_t ad[72];
	put(ad, 4, 1);
	put(ad + 4, 4, 3);
	memcpy(ad + 8, ring.id, 16);
	memcpy(ad + 24, wal + 12, 12);
	put(ad + 36, 4, i);
	memcpy(ad + 40, i == 1 ? none : f - 4160 + 24, 16);
	memcpy(ad + 56, f + 64 + 4080, 16);
	if (open_seal(head, f + 40, 24, f + 24, ad, 72, f, wal_key))
		return true;
	put(ad + 4, 4, 2);
	return open_seal(head, f + 40, 24, f + 24, ad, 40, f, wal_key);
}

/* Frames up to the last commit; *ret_size gets the pages of the database after it. */
static size_t wal_walk(const struct file *wal, uint32_t *pgno, uint32_t *ret_size)
{
	size_t i, last = 0;
	uint8_t head[24], page[4096];
	for (i = 1; wal->n >= 32 + i * 4160; i++) {
		if (!frame_open(wal->p, i, head))
			break;
		pgno[i] = be(head);
		if (!page_open(wal->p + 32 + (i - 1) * 4160 + 64, pgno[i], page))
			break;
		if (be(head + 4)) {
			last = i;
			*ret_size = be(head + 4);
		}
	}
	return last;
}

static void wal_read(const struct file *wal)
{
	size_t last = 0, top = image_pages;
	uint32_t size = 0, *pgno = calloc(wal->n / 4160 + 2, sizeof(*pgno));
	if (wal->n > 32 && anchor.there) {
		static const uint8_t none[12];
		bool known = memcmp(wal->p + 12, anchor.gen, 12) == 0 ||
		             (memcmp(anchor.before, none, 12) != 0 &&
		                     memcmp(wal->p + 12, anchor.before, 12) == 0);
		say(known, "the log is of a generation that the anchor knows");
		last = wal_walk(wal, pgno, &size);
	}
	if (anchor.set && wal->n > 32 && memcmp(wal->p + 12, anchor.gen, 12) == 0)
		say(last >= anchor.frames &&
		                (anchor.frames == 0 ||
		                        memcmp(wal->p + 32 + (anchor.frames - 1) * 4160 + 24,
		                                anchor.tag, 16) == 0),
		        "the log holds every frame that the anchor counts");
	else
		say(!(anchor.flags & 1), "no log is there, and none must be");
	for (size_t i = 1; i <= last; i++)
		top = pgno[i] > top ? pgno[i] : top;
	newest = realloc(newest, (top + 1) * sizeof(*newest));
	for (size_t i = image_pages + 1; i <= top; i++)
		newest[i] = NULL;
	for (size_t i = 1; i <= last; i++)
		newest[pgno[i]] = wal->p + 32 + (i - 1) * 4160 + 64;
	n_flux = anchor.flux_frames < last ? anchor.flux_frames : last;
	flux = pgno;
	if (last)
		image_pages = size;
	printf("log: %zu frames\n", last);
}

static void set_check(const struct file *db)
{
	static const uint8_t none[4096];
	uint8_t sum[64][32] = {0}, out[32], n[8];
	for (size_t p = 1; p <= db->n / 4096; p++) {
		const uint8_t *page = db->p + (p - 1) * 4096;
		uint8_t in[28] = "page", h[32];
		bool counts = p != 262145 && memcmp(page, none, 4096) != 0 &&
		              !(anchor.flux_frames && p > anchor.flux_pages);
		for (size_t i = 1; i <= n_flux; i++)
			counts &= flux[i] != p;
		if (!counts)
			continue;
		put(in + 4, 8, p);
		memcpy(in + 12, page + 4080, 16);
		crypto_generichash(h, 32, in, 28, fresh_key, 32);
		for (int b = 0; b < 32; b++)
			sum[p % 64][b] ^= h[b];
	}
	put(n, 8, anchor.pages);
	hash(fresh_key, "caseroom 1 pageset", sum, sizeof(sum), n, 8, out, 32);
	say(memcmp(out, anchor.pageset, 32) == 0, "the page set: no page is older");
	for (size_t i = 0; i < 64; i++) {
		put(n, 8, i);
		hash(fresh_key, "caseroom 1 part", sum[i], 32, n, 8, out, 16);
		if (memcmp(out, anchor.parts[i], 8) != 0)
			printf("   part %zu differs\n", i);
	}
}

static void pages_open(const struct file *db, const struct file *wal)
{
	size_t bad = 0;
	image_pages = db->n / 4096;
	newest = calloc(image_pages + 1, sizeof(*newest));
	for (size_t p = 1; p <= image_pages; p++)
		newest[p] = db->p + (p - 1) * 4096;
	wal_read(wal);
	image = calloc(image_pages, 4096);
	for (size_t p = 1; p <= image_pages; p++) {
		if (p == 262145)
			continue;
		if (!newest[p] || !page_open(newest[p], p, image + (p - 1) * 4096)) {
			printf("   page %zu does not open\n", p);
			bad++;
		}
	}
	printf("pages: %zu\n", image_pages);
	say(bad == 0, "every page opens");
	if (anchor.set)
		set_check(db);
}

/* ---- the database and its audit log -----------------------------------------------------------
 */

static bool one_text(sqlite3 *db, const char *sql, const char *want)
{
	sqlite3_stmt *st = NULL;
	bool same = sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	            sqlite3_step(st) == SQLITE_ROW &&
	            strcmp((const char *)sqlite3_column_text(st, 0), want) == 0;
	sqlite3_finalize(st);
	return same;
}

static void add64(crypto_generichash_state *s, int64_t v)
{
	uint8_t b[8];
	put(b, 8, (uint64_t)v);
	crypto_generichash_update(s, b, 8);
}

static void add_text(crypto_generichash_state *s, sqlite3_stmt *st, int col)
{
	const void *p = sqlite3_column_text(st, col);
	add64(s, sqlite3_column_bytes(st, col));
	crypto_generichash_update(s, p, (size_t)sqlite3_column_bytes(st, col));
}

static void link_make(sqlite3_stmt *st, uint8_t prev[32])
{
	crypto_generichash_state s;
	crypto_generichash_init(&s, NULL, 0, 32);
	crypto_generichash_update(&s, prev, 32);
	for (int i = 0; i < 3; i++)
		add64(&s, sqlite3_column_int64(st, i));
	add_text(&s, st, 3);
	add_text(&s, st, 4);
	for (int i = 5; i < 8; i++)
		add64(&s, sqlite3_column_int64(st, i));
	crypto_generichash_update(&s, sqlite3_column_blob(st, 8), 32);
	crypto_generichash_final(&s, prev, 32);
}

static void audit_walk(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	uint8_t head[32] = {0};
	uint64_t n = 0;
	bool good = true, mark = anchor.audit_seq == 0;
	memcpy(head, ring.id, 16);
	if (sqlite3_prepare_v2(db,
	            "SELECT seq, at, actor, act, subject, subject_id, kase, meeting, digest, hash "
	            "FROM audit ORDER BY seq",
	            -1, &st, NULL) != SQLITE_OK)
		stop("the table audit");
	while (good && sqlite3_step(st) == SQLITE_ROW) {
		n++;
		good = (uint64_t)sqlite3_column_int64(st, 0) == n &&
		       sqlite3_column_bytes(st, 8) == 32 && sqlite3_column_bytes(st, 9) == 32;
		if (good)
			link_make(st, head);
		good = good && memcmp(head, sqlite3_column_blob(st, 9), 32) == 0;
		if (n == anchor.audit_seq)
			mark = memcmp(head, anchor.head, 32) == 0;
	}
	sqlite3_finalize(st);
	if (!good)
		printf("   the audit log is broken at entry %llu\n", (unsigned long long)n);
	say(good, "the audit log is one chain");
	say(mark, "the audit log holds what the anchor remembers of it");
	printf("audit: %llu entries, head %02X%02X %02X%02X %02X%02X %02X%02X\n",
	        (unsigned long long)n, head[0], head[1], head[2], head[3], head[4], head[5],
	        head[6], head[7]);
}

static void database_check(void)
{
	sqlite3 *db = NULL;
	const sqlite3_int64 n = (sqlite3_int64)image_pages * 4096;
	if (image_pages == 0)
		stop("the database is empty");
	/* in memory there is no log: file versions 1 and 1 */
	image[18] = image[19] = 1;
	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	        sqlite3_deserialize(db, "main", image, n, n, SQLITE_DESERIALIZE_READONLY) !=
	                SQLITE_OK)
		stop("SQLite takes the database");
	say(one_text(db, "PRAGMA application_id", "1129468749"), "application_id is 0x4352534D");
	say(one_text(db, "PRAGMA integrity_check", "ok"), "SQLite's integrity check");
	audit_walk(db);
	sqlite3_close(db);
}

static void secret_take(const char *path, size_t at, size_t n, uint8_t out[32], bool *ret)
{
	struct file f = slurp("", path);
	if (f.n < at + 32 || (n && f.n != n))
		stop("a file with a secret has its size");
	memcpy(out, f.p + at, 32);
	*ret = true;
	free(f.p);
}

int main(int argc, char **argv)
{
	struct file keyring, anchor_file, db, wal;
	if (argc < 3 || sodium_init() < 0) {
		fprintf(stderr, "checker DIR PASSPHRASE-FILE... [--room-key FILE] [--device-secret "
		                "FILE]\n");
		return 2;
	}
	keyring = slurp(argv[1], "keyring");
	anchor_file = slurp(argv[1], "anchor");
	db = slurp(argv[1], "store.db");
	wal = slurp(argv[1], "store.db-wal");
	if (!keyring.there)
		stop("there is a keyring");
	ring_read(&keyring);
	printf("keyring: version %u, %zu slots, quorum %u\n", ring.version, ring.count,
	        ring.quorum);
	for (int i = 2; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--room-key") == 0)
			secret_take(argv[i + 1], 32, 8192, room_secret, &have_room);
		if (strcmp(argv[i], "--device-secret") == 0)
			secret_take(argv[i + 1], 0, 32, device_secret, &have_device);
	}
	for (int i = 2; i < argc && !have_master; i++) {
		if (strncmp(argv[i], "--", 2) == 0)
			i++;
		else
			passphrase_try(argv[i]);
	}
	if (!have_master)
		stop("the passphrases open it");
	keys_make();
	for (int i = 0; i < 2; i++)
		if (anchor_file.n == 8192)
			anchor_take(anchor_file.p + i * 4096);
	say(anchor.there, "the anchor");
	say(anchor.serial <= le(ring.head + 32, 8), "the keyring is not older than the anchor");
	pages_open(&db, &wal);
	database_check();
	printf("%s\n", faults ? "Not whole." : "Whole.");
	return faults != 0;
}
