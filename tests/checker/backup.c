#include "checker.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
/*
 * A backup folder: its parts opened as age files with the identity that the recovery words gave,
 * put together, and held beside `state` and the store.
 */

/* ---- age v1, binary, X25519 (https://age-encryption.org/v1) -----------------------------------
 */

static void hmac(const uint8_t *key, size_t key_n, const void *a, size_t an, const void *b,
        size_t bn, uint8_t out[32])
{
	crypto_auth_hmacsha256_state s;
	static const uint8_t none[1]; /* HKDF without a salt: a key of no bytes */
	crypto_auth_hmacsha256_init(&s, key_n ? key : none, key_n);
	crypto_auth_hmacsha256_update(&s, a, an);
	crypto_auth_hmacsha256_update(&s, b, bn);
	crypto_auth_hmacsha256_final(&s, out);
}

/* HKDF-SHA-256 to 32 bytes. */
static void hkdf(const uint8_t key[], size_t key_n, const uint8_t *salt, size_t salt_n,
        const char *info, uint8_t out[32])
{
	uint8_t prk[32];
	hmac(salt, salt_n, key, key_n, "", 0, prk);
	hmac(prk, 32, info, strlen(info), "\1", 1, out);
}

static bool base64(const char *text, size_t n, uint8_t *out, size_t want)
{
	size_t got = 0;
	return sodium_base642bin(out, want, text, n, NULL, &got, NULL,
	               sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	       got == want;
}

/* The file key from one stanza: the recipient's share, and the line below it. */
static bool stanza_open(const char *share_text, const char *body_text, uint8_t file_key[16])
{
	static const uint8_t nonce[12];
	uint8_t share[32], body[32], secret[32], salt[64], wrap[32];
	if (!base64(share_text, 43, share, 32) || !base64(body_text, 43, body, 32) ||
	        crypto_scalarmult(secret, keys.identity, share) != 0)
		return false;
	memcpy(salt, share, 32);
	memcpy(salt + 32, keys.recipient, 32);
	hkdf(secret, 32, salt, 64, "age-encryption.org/v1/X25519", wrap);
	return crypto_aead_chacha20poly1305_ietf_decrypt(
	               file_key, NULL, NULL, body, 32, NULL, 0, nonce, wrap) == 0;
}

/* Chunks of 64 KiB; `at` is where they begin. */
static bool chunks_open(const struct file *f, size_t at, const uint8_t key[32], struct file *ret)
{
	uint8_t nonce[12] = {0};
	ret->p = malloc(f->n);
	ret->n = 0;
	for (uint64_t i = 0; at < f->n; i++) {
		const size_t n = f->n - at < 65552 ? f->n - at : 65552;
		for (int b = 0; b < 8; b++)
			nonce[10 - b] = (uint8_t)(i >> 8 * b);
		nonce[11] = at + n == f->n;
		if (crypto_aead_chacha20poly1305_ietf_decrypt(
		            ret->p + ret->n, NULL, NULL, f->p + at, n, NULL, 0, nonce, key) != 0)
			return false;
		ret->n += n - 16;
		at += n;
	}
	return nonce[11] == 1;
}

static bool age_open(const struct file *f, struct file *ret)
{
	static const char magic[] = "age-encryption.org/v1\n", stanza[] = "-> X25519 ";
	uint8_t file_key[16], key[32], mac[32], want[32];
	const char *p = (const char *)f->p, *end = p + f->n, *at = p + strlen(magic);
	bool have = false;
	if (f->n < strlen(magic) || memcmp(p, magic, strlen(magic)) != 0)
		return false;
	while (end - at > 99 && memcmp(at, stanza, strlen(stanza)) == 0) {
		have = have || stanza_open(at + 10, at + 54, file_key);
		at += 98;
	}
	if (!have || end - at < 48 + 16 || memcmp(at, "--- ", 4) != 0 ||
	        !base64(at + 4, 43, mac, 32))
		return false;
	hkdf(file_key, 16, NULL, 0, "header", key);
	hmac(key, 32, p, (size_t)(at + 3 - p), "", 0, want);
	if (memcmp(mac, want, 32) != 0)
		return false;
	at += 48;
	hkdf(file_key, 16, (const uint8_t *)at, 16, "payload", key);
	return chunks_open(f, (size_t)(at - p) + 16, key, ret);
}

/* ---- the set ----------------------------------------------------------------------------------
 */

static struct {
	char dir[4096];
	uint8_t id[16], last_mac[32];
	uint64_t parts, whole, pages; /* pages of the store with part `whole` */
	uint8_t *page, *tag;          /* as part `whole` left them; tags as the last part did */
	uint64_t cap;
	struct file anchor, keyring; /* of part `whole` */
	uint32_t n[10000];           /* pages of each part */
	uint8_t digest[10000][32];
	uint64_t bytes[10000];
} set;

/* The folder with the highest number; the programs leave one that is whole. */
static bool set_find(const char *folder)
{
	char best[8] = "";
	struct dirent *e;
	DIR *d = opendir(folder);
	while (d && (e = readdir(d)))
		if (strlen(e->d_name) == 4 && strspn(e->d_name, "0123456789") == 4 &&
		        strcmp(e->d_name, best) > 0)
			memcpy(best, e->d_name, 5);
	if (d)
		closedir(d);
	snprintf(set.dir, sizeof(set.dir), "%s/%s", folder, best);
	return *best;
}

static void room_for(uint64_t pages)
{
	if (pages <= set.cap)
		return;
	set.page = realloc(set.page, pages * 4096);
	set.tag = realloc(set.tag, pages * 16);
	if (!set.page || !set.tag)
		abort();
	memset(set.page + set.cap * 4096, 0, (pages - set.cap) * 4096);
	memset(set.tag + set.cap * 16, 0, (pages - set.cap) * 16);
	set.cap = pages;
}

static struct file copy_of(const uint8_t *p, size_t n)
{
	struct file f = {malloc(n), n, true};
	memcpy(f.p, p, n);
	return f;
}

static bool part_sound(const struct file *f, uint64_t number)
{
	uint8_t mac[32];
	const uint8_t *p = f->p;
	if (f->n < 160 + 32 || memcmp(p, "CRPART\r\n", 8) != 0 || le(p + 8, 2) != 1)
		return false;
	hash(keys.backup, "caseroom 1 part", p, f->n - 32, "", 0, mac, 32);
	if (memcmp(mac, p + f->n - 32, 32) != 0 || memcmp(p + 16, ring.id, 16) != 0 ||
	        le(p + 48, 8) != number || memcmp(p + 88, set.last_mac, 32) != 0 ||
	        (number > 1 && memcmp(p + 32, set.id, 16) != 0) || le(p + 76, 4) != 8192)
		return false;
	memcpy(set.id, p + 32, 16);
	memcpy(set.last_mac, mac, 32);
	return f->n == 160 + le(p + 72, 4) + 8192 + le(p + 80, 4) * 4100 + 32;
}

static void part_take(const struct file *f, uint64_t number)
{
	const uint64_t k = le(f->p + 72, 4), n = le(f->p + 80, 4);
	const uint8_t *list = f->p + 160 + k + 8192, *page = list + 4 * n;
	room_for(le(f->p + 64, 8));
	for (uint64_t i = 0; i < n; i++) {
		const uint64_t pgno = le(list + 4 * i, 4);
		if (pgno == 0 || pgno > le(f->p + 64, 8))
			stop("a part's pages are of the store");
		memcpy(set.page + (pgno - 1) * 4096, page + i * 4096, 4096);
		memcpy(set.tag + (pgno - 1) * 16, page + i * 4096 + 4080, 16);
	}
	set.n[number] = (uint32_t)n;
	if (!(le(f->p + 12, 4) & 1))
		return;
	set.whole = number;
	set.pages = le(f->p + 64, 8);
	free(set.keyring.p);
	free(set.anchor.p);
	set.keyring = copy_of(f->p + 160, k);
	set.anchor = copy_of(f->p + 160 + k, 8192);
}

static void parts_read(void)
{
	char name[16];
	for (uint64_t i = 1; i < 10000; i++) {
		struct file sealed, part = {0};
		snprintf(name, sizeof(name), "%06u.age", (unsigned)i);
		sealed = slurp(set.dir, name);
		if (!sealed.there)
			break;
		if (!age_open(&sealed, &part))
			stop("a part opens with the identity that the recovery words give");
		if (!part_sound(&part, i))
			stop("a part has its MAC, and follows the one before");
		crypto_generichash(set.digest[i], 32, sealed.p, sealed.n, NULL, 0);
		set.bytes[i] = sealed.n;
		part_take(&part, i);
		set.parts = i;
		free(sealed.p);
		free(part.p);
	}
	say(set.whole > 0 && set.whole == set.parts, "the parts open, and the last is whole");
	if (set.whole == 0)
		stop("a part is whole");
}

/* ---- what the box noted, and the store ---------------------------------------------------------
 */

static void readers_digest(uint8_t out[32])
{
	crypto_generichash_state s;
	crypto_generichash_init(&s, NULL, 0, 32);
	for (size_t i = 0; i < ring.count; i++) {
		const uint8_t *slot = ring.slots + i * ring.slot_n;
		if (le(slot + 16, 2) == 1)
			crypto_generichash_update(&s, slot + 460, 32);
	}
	crypto_generichash_final(&s, out, 32);
}

static bool state_agrees(const uint8_t *p, size_t n)
{
	const uint64_t tags = le(p + 104, 8), parts = le(p + 112, 4);
	uint8_t readers[32];
	bool good = parts == set.parts && n == 120 + parts * 48 + tags * 16 && tags <= set.cap;
	readers_digest(readers);
	good = good && memcmp(p, set.id, 16) == 0 && memcmp(p + 16, readers, 32) == 0 &&
	       memcmp(p + 48, set.last_mac, 32) == 0 && le(p + 80, 8) == set.whole;
	for (uint64_t i = 1; i <= parts && good; i++) {
		const uint8_t *d = p + 120 + (i - 1) * 48;
		good = memcmp(d, set.digest[i], 32) == 0 && le(d + 32, 8) == set.bytes[i] &&
		       le(d + 40, 4) == set.n[i];
	}
	return good && memcmp(p + 120 + parts * 48, set.tag, tags * 16) == 0;
}

static void state_check(void)
{
	struct file f = slurp(set.dir, "state");
	if (f.n < 56 + 120 + 16 || memcmp(f.p, "CRSTAT\r\n", 8) != 0 || le(f.p + 8, 2) != 1) {
		say(false, "the note of the box is there");
		return;
	}
	uint8_t *p = malloc(f.n);
	const size_t n = f.n - 56 - 16;
	const bool opens =
	        open_seal(p, f.p + 56, n, f.p + f.n - 16, f.p, 32, f.p + 32, keys.backup);
	say(opens, "the note of the box opens");
	if (opens)
		say(state_agrees(p, n), "and has every part with its digest, and every page's tag");
	free(p);
	free(f.p);
}

static void pages_check(const struct file *db)
{
	struct checker_anchor a;
	uint8_t clear[4096];
	size_t bad = 0, same = 0;
	anchor_read(&set.anchor, &a);
	say(a.there && a.flux_frames == 0, "the anchor in the last part");
	set_check(set.page, set.pages, &a, "the page set of the backup: no page is older");
	for (uint64_t p = 1; p <= set.pages; p++) {
		if (p == 262145)
			continue;
		bad += !page_open(set.page + (p - 1) * 4096, p, clear);
		same += p <= db->n / 4096 &&
		        memcmp(set.page + (p - 1) * 4096, db->p + (p - 1) * 4096, 4096) == 0;
	}
	say(bad == 0, "every page of the backup opens");
	printf("backup: %llu parts, %llu pages, %llu as in the store\n",
	        (unsigned long long)set.parts, (unsigned long long)set.pages,
	        (unsigned long long)same);
}

void backup_check(const char *folder, const struct file *db)
{
	char name[32];
	struct file keyring;
	snprintf(name, sizeof(name), "caseroom-backup-%02x%02x%02x%02x", ring.id[0], ring.id[1],
	        ring.id[2], ring.id[3]);
	say(strlen(folder) >= strlen(name) &&
	                strcmp(folder + strlen(folder) - strlen(name), name) == 0,
	        "the folder has the store's name");
	if (!keys.have_identity)
		stop("the recovery words open the store: a backup opens with nothing else");
	if (!set_find(folder))
		stop("the folder has a set");
	parts_read();
	keyring = slurp(set.dir, "keyring");
	say(keyring.n == set.keyring.n && memcmp(keyring.p, set.keyring.p, keyring.n) == 0,
	        "the keyring beside the parts is that of the last");
	free(keyring.p);
	state_check();
	pages_check(db);
}
