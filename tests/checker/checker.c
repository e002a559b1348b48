#include "checker.h"
#include <stdlib.h>
#include <string.h>
/*
 * Opens a store from docs/FORMAT.md alone: nothing of it is shared with src/. It is there to show
 * that the page is enough for a second program, and that two programs agree on what is whole.
 *
 *     checker DIR PASSPHRASE-FILE... [--recovery FILE --words LIST] [--room-key FILE]
 *             [--device-secret FILE] [--backup FOLDER]
 *
 * LIST is assets/words.lst; FOLDER is caseroom-backup-XXXXXXXX on a stick, which asks for the
 * recovery words. Prints what holds, a line each. Status 0: all of it; 1: something does not; 2:
 * not tried. What it works on is in clear in its memory: it is for tests, on invented stores.
 */

static int faults;
struct checker_ring ring;
struct checker_anchor anchor;
struct checker_keys keys;

void say(bool good, const char *what)
{
	printf("%s: %s\n", good ? "holds" : "DOES NOT HOLD", what);
	faults += !good;
}

void stop(const char *what)
{
	printf("DOES NOT HOLD: %s\n", what);
	exit(1);
}

struct file slurp(const char *dir, const char *name)
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

uint64_t le(const uint8_t *p, size_t n)
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

void put(uint8_t *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

/* BLAKE2b of n bytes under a key: a label with its final zero, then two strings. */
void hash(const uint8_t key[32], const char *label, const void *a, size_t an, const void *b,
        size_t bn, uint8_t *out, size_t n)
{
	crypto_generichash_state s;
	crypto_generichash_init(&s, key, key ? 32 : 0, n);
	crypto_generichash_update(&s, (const uint8_t *)label, strlen(label) + 1);
	crypto_generichash_update(&s, a, an);
	crypto_generichash_update(&s, b, bn);
	crypto_generichash_final(&s, out, n);
}

bool open_seal(uint8_t *out, const uint8_t *sealed, size_t n, const uint8_t *tag, const void *ad,
        size_t adn, const uint8_t *nonce, const uint8_t *key)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
	               out, NULL, sealed, n, tag, ad, adn, nonce, key) == 0;
}

/* ---- keyring: from passphrases to the master key ----------------------------------------------
 */

static uint8_t master[32], room_key[8192], device_secret[32];
static char recovery[256], groups[64]; /* the words that were meant; as ten groups */
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
			memcpy(rest + used, room_key + 32, 32), used += 32;
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

/* A recovery slot's pair opens backups; it and an auditor's hold a key of the audit log. */
static void slot_extras(const uint8_t *s, const uint8_t pair[32])
{
	if (le(s + 16, 2) == 1) {
		keys.have_identity = true;
		memcpy(keys.identity, pair, 32);
		memcpy(keys.recipient, s + 460, 32);
	}
	if (le(s + 680, 8) == 0)
		return;
	keys.audit_from = le(s + 680, 8);
	say(crypto_box_seal_open(keys.audit, s + 688, 80, s + 460, pair) == 0,
	        "the slot's key of the audit log opens");
}

static bool slot_try(const uint8_t *s, const uint8_t *pass, size_t n)
{
	uint8_t wrap[32], commit[32], pair[32], secret[32], public[168];
	const bool first = ring.version == 1, old = s[21] == 1;
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
	slot_extras(s, pair);
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
	for (size_t i = 0; i < ring.count && !have_master; i++) {
		const uint8_t *s = ring.slots + i * ring.slot_n;
		if (le(s + 16, 2) != 1 && slot_try(s, f.p, n))
			break;
	}
	free(f.p);
}

/* ---- recovery words ---------------------------------------------------------------------------
 */

/* Words of the list that begin with the first four letters of what was typed; *ret gets the one
 * that is meant, if it is clear. */
static bool word_find(const struct file *list, const char *typed, size_t n, char ret[16])
{
	const size_t least = n < 4 ? n : 4;
	unsigned many = 0;
	bool same = false;
	for (size_t at = 0, end; at < list->n && !same; at = end + 1) {
		const char *w = (const char *)list->p + at;
		for (end = at; end < list->n && list->p[end] != '\n'; end++)
			;
		if (end - at < least || end - at > 15 || memcmp(w, typed, least) != 0)
			continue;
		same = end - at == n && memcmp(w, typed, n) == 0;
		many++;
		memcpy(ret, w, end - at);
		ret[end - at] = 0;
	}
	return same || many == 1;
}

static void recovery_read(const struct file *f, const struct file *list)
{
	char typed[32], meant[16];
	size_t n = 0, g = 0;
	bool words = true;
	for (size_t i = 0; i < f->n && f->p[i] != '\n' && f->p[i] != '\r'; i++) {
		const uint8_t c = f->p[i];
		if (!strchr(" \t-", c) && g + 1 < sizeof(groups))
			groups[g++] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
	}
	for (size_t i = 0; i <= f->n && words; i++) {
		const uint8_t c = i < f->n ? f->p[i] : '\n';
		if (!strchr(" \t-,.\n", c) && n < sizeof(typed)) {
			typed[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		} else if (n > 0) {
			words = word_find(list, typed, n, meant) &&
			        strlen(recovery) + 17 < sizeof(recovery);
			if (words && *recovery)
				strcat(recovery, " ");
			if (words)
				strcat(recovery, meant);
			n = 0;
		}
	}
	if (!words)
		*recovery = 0;
}

static void recovery_try(const char *path, const char *list_path)
{
	struct file f = slurp("", path), list = slurp("", list_path);
	recovery_read(&f, &list);
	for (size_t i = 0; i < ring.count && !have_master; i++) {
		const uint8_t *s = ring.slots + i * ring.slot_n;
		const char *text = s[20] == 2 ? recovery : groups;
		if (le(s + 16, 2) == 1 && *text)
			(void)slot_try(s, (const uint8_t *)text, strlen(text));
	}
	free(f.p);
	free(list.p);
}

/* ---- the anchor -------------------------------------------------------------------------------
 */

static void keys_make(void)
{
	uint8_t mac[32];
	hash(master, "caseroom 1 page", "", 0, "", 0, keys.page, 32);
	hash(master, "caseroom 1 wal", "", 0, "", 0, keys.wal, 32);
	hash(master, "caseroom 1 keyring", "", 0, "", 0, keys.ring, 32);
	hash(master, "caseroom 1 anchor", "", 0, "", 0, keys.anchor, 32);
	hash(master, "caseroom 1 fresh", "", 0, "", 0, keys.fresh, 32);
	hash(master, "caseroom 1 witness", "", 0, "", 0, keys.witness, 32);
	hash(master, "caseroom 1 backup", "", 0, "", 0, keys.backup, 32);
	hash(keys.ring, "caseroom 1 ring", ring.bytes, ring.n - 48, "", 0, mac, 32);
	say(memcmp(mac, ring.bytes + ring.n - 48, 32) == 0, "MAC of the keyring");
}

static void anchor_take(const uint8_t *r, uint64_t place, struct checker_anchor *a)
{
	const bool two = le(r + 8, 2) == 2;
	uint8_t mac[32];
	hash(keys.anchor, two ? "caseroom 2 anchor" : "caseroom 1 anchor", r, two ? 992 : 224, "",
	        0, mac, 32);
	if (memcmp(r, "CRANCH\r\n", 8) != 0 || memcmp(mac, r + (two ? 992 : 224), 32) != 0 ||
	        memcmp(r + 16, ring.id, 16) != 0 || le(r + 32, 8) % 2 != place ||
	        (a->there && le(r + 32, 8) < a->epoch))
		return;
	*a = (struct checker_anchor){.there = true, .set = two};
	a->flags = (uint32_t)le(r + 12, 4);
	a->epoch = le(r + 32, 8);
	a->audit_seq = le(r + 40, 8);
	memcpy(a->head, r + 48, 32);
	a->serial = le(r + 80, 8);
	memcpy(a->gen, r + 88, 12);
	memcpy(a->before, r + 100, 12);
	if (!two)
		return;
	a->pages = le(r + 112, 8);
	memcpy(a->pageset, r + 128, 32);
	memcpy(a->tag, r + 160, 16);
	a->frames = le(r + 176, 8);
	a->flux_frames = le(r + 184, 8);
	a->flux_pages = le(r + 192, 8);
	a->audit_key_seq = le(r + 208, 8);
	if (a->audit_key_seq &&
	        !open_seal(a->audit_key, r + 240, 32, r + 272, r + 16, 16, r + 216, keys.anchor))
		stop("the audit key in the anchor opens");
	memcpy(a->parts, r + 288, sizeof(a->parts));
	memcpy(a->before_tag, r + 808, 16);
	a->before_frames = le(r + 800, 8);
}

void anchor_read(const struct file *f, struct checker_anchor *ret)
{
	*ret = (struct checker_anchor){0};
	for (uint64_t i = 0; i < 2 && f->n == 8192; i++)
		anchor_take(f->p + i * 4096, i, ret);
}

/* ---- the room key as a witness ----------------------------------------------------------------
 */

static void witness_check(void)
{
	const uint8_t *best = NULL;
	uint8_t sum[16], mac[32];
	crypto_generichash(sum, 16, room_key, 112, NULL, 0);
	say(memcmp(room_key, "CRROOM\r\n", 8) == 0 && memcmp(sum, room_key + 112, 16) == 0,
	        "the head of the room key");
	for (size_t i = 0; i < 12; i++) {
		const uint8_t *r = room_key + i % 2 * 4096 + 1024 + i / 2 * 512;
		crypto_generichash(sum, 16, r, 240, NULL, 0);
		hash(keys.witness, "caseroom 1 witness", room_key + 16, 16, r, 208, mac, 32);
		if (memcmp(r, ring.id, 16) == 0 && memcmp(sum, r + 240, 16) == 0 &&
		        memcmp(mac, r + 208, 32) == 0 && le(r + 80, 8) % 2 == i % 2 &&
		        (!best || le(r + 80, 8) > le(best + 80, 8)))
			best = r;
	}
	if (!best) {
		printf("witness: none of this store\n");
		return;
	}
	say(le(best + 16, 8) <= anchor.epoch && le(best + 24, 8) <= anchor.audit_seq,
	        "the store is not older than its witness");
	say((le(best + 16, 8) != anchor.epoch || le(best + 24, 8) == anchor.audit_seq) &&
	                (le(best + 24, 8) != anchor.audit_seq ||
	                        memcmp(best + 32, anchor.head, 32) == 0),
	        "and has the history that the witness saw");
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

bool page_open(const uint8_t *p, uint64_t pgno, uint8_t *out)
{
	uint8_t ad[32];
	page_ad(ad, pgno);
	return open_seal(out, p, 4056, p + 4080, ad, sizeof(ad), p + 4056, keys.page);
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
	if (open_seal(head, f + 40, 24, f + 24, ad, 72, f, keys.wal))
		return true;
	put(ad + 4, 4, 2);
	return open_seal(head, f + 40, 24, f + 24, ad, 40, f, keys.wal);
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

/* As many frames as the anchor counts of this generation, the last of them with its tag. */
static void log_counted(const struct file *wal, size_t last)
{
	const bool now = memcmp(wal->p + 12, anchor.gen, 12) == 0;
	const uint64_t want = now ? anchor.frames : anchor.before_frames;
	const uint8_t *tag = now ? anchor.tag : anchor.before_tag;
	say(last >= want &&
	                (want == 0 || memcmp(wal->p + 32 + (want - 1) * 4160 + 24, tag, 16) == 0),
	        "the log holds every frame that the anchor counts");
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
	if (anchor.set && wal->n > 32)
		log_counted(wal, last);
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

static bool page_counts(const uint8_t *page, size_t p, const struct checker_anchor *a)
{
	static const uint8_t none[4096];
	if (p == 262145 || memcmp(page, none, 4096) == 0)
		return false;
	if (a->flux_frames == 0)
		return true;
	for (size_t i = 1; i <= n_flux; i++)
		if (flux[i] == p)
			return false;
	return p <= a->flux_pages;
}

void set_check(const uint8_t *db, size_t pages, const struct checker_anchor *a, const char *what)
{
	uint8_t sum[64][32] = {0}, out[32], n[8];
	for (size_t p = 1; p <= pages; p++) {
		const uint8_t *page = db + (p - 1) * 4096;
		uint8_t in[28] = "page", h[32];
		if (!page_counts(page, p, a))
			continue;
		put(in + 4, 8, p);
		memcpy(in + 12, page + 4080, 16);
		crypto_generichash(h, 32, in, 28, keys.fresh, 32);
		for (int b = 0; b < 32; b++)
			sum[p % 64][b] ^= h[b];
	}
	put(n, 8, a->pages);
	hash(keys.fresh, "caseroom 1 pageset", sum, sizeof(sum), n, 8, out, 32);
	say(memcmp(out, a->pageset, 32) == 0 && (a->flux_frames || pages == a->pages), what);
	for (size_t i = 0; i < 64; i++) {
		put(n, 8, i);
		hash(keys.fresh, "caseroom 1 part", sum[i], 32, n, 8, out, 16);
		if (memcmp(out, a->parts[i], 8) != 0)
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
		set_check(db->p, db->n / 4096, &anchor, "the page set: no page is older");
}

static bool secret_take(const char *path, uint8_t *out, size_t n)
{
	struct file f = slurp("", path);
	if (f.n != n)
		stop("a file with a secret has its size");
	memcpy(out, f.p, n);
	free(f.p);
	return true;
}

static int usage(void)
{
	fprintf(stderr, "checker DIR PASSPHRASE-FILE... [--recovery FILE --words LIST] [--room-key "
	                "FILE] [--device-secret FILE] [--backup FOLDER]\n");
	return 2;
}

struct given {
	const char *recovery, *words, *backup;
};

static bool options_take(int argc, char **argv, struct given *ret)
{
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) != 0)
			continue;
		if (i + 1 == argc)
			return false;
		if (strcmp(argv[i], "--room-key") == 0)
			have_room = secret_take(argv[++i], room_key, sizeof(room_key));
		else if (strcmp(argv[i], "--device-secret") == 0)
			have_device = secret_take(argv[++i], device_secret, sizeof(device_secret));
		else if (strcmp(argv[i], "--recovery") == 0)
			ret->recovery = argv[++i];
		else if (strcmp(argv[i], "--words") == 0)
			ret->words = argv[++i];
		else if (strcmp(argv[i], "--backup") == 0)
			ret->backup = argv[++i];
		else
			return false;
	}
	return !ret->recovery == !ret->words;
}

static void unlock(int argc, char **argv, const struct given *g)
{
	for (int i = 2; i < argc && !have_master; i++) {
		if (strncmp(argv[i], "--", 2) == 0)
			i++;
		else
			passphrase_try(argv[i]);
	}
	if (!have_master && g->recovery)
		recovery_try(g->recovery, g->words);
	if (!have_master)
		stop("the passphrases open it");
	keys_make();
}

int main(int argc, char **argv)
{
	struct given g = {0};
	struct file keyring, anchor_file, db, wal;
	if (argc < 3 || sodium_init() < 0 || !options_take(argc, argv, &g))
		return usage();
	keyring = slurp(argv[1], "keyring");
	anchor_file = slurp(argv[1], "anchor");
	db = slurp(argv[1], "store.db");
	wal = slurp(argv[1], "store.db-wal");
	if (!keyring.there)
		stop("there is a keyring");
	ring_read(&keyring);
	printf("keyring: version %u, %zu slots, quorum %u, data key %u\n", ring.version, ring.count,
	        ring.quorum, ring.version == 1 ? 0 : (unsigned)le(ring.head + 40, 8));
	unlock(argc, argv, &g);
	anchor_read(&anchor_file, &anchor);
	say(anchor.there, "the anchor");
	say(anchor.serial <= le(ring.head + 32, 8), "the keyring is not older than the anchor");
	if (have_room)
		witness_check();
	pages_open(&db, &wal);
	database_check(image, image_pages);
	if (g.backup)
		backup_check(g.backup, &db);
	free(keyring.p);
	free(anchor_file.p);
	free(db.p);
	free(wal.p);
	printf("%s\n", faults ? "Not whole." : "Whole.");
	return faults != 0;
}
