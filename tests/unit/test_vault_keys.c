#include "old_form.h"
#include <sys/wait.h>
#include "caseroom/time.h"
/*
 * Who opens a store: every mask of factors, people of several agencies, the form of the first
 * version, and what a changed keyring does.
 */

static const char *const first_words = "harbour lentil quartz ninety";

static enum err made(const char *dir, struct vault **ret)
{
	return vault_create(dir, "Agency 1, one", secret_of(first_words), &cheap, ret, NULL);
}

/* One key after another until it opens or an error; f[n]. ERR_NEEDS: keys are missing. */
static enum err open_with(const char *dir, const uint8_t (*id)[VAULT_ID_BYTES],
        const struct vault_factors *f, size_t n, struct vault **ret, struct why *w)
{
	struct vault_unlock *u = NULL;
	enum err e = vault_unlock_begin(dir, &u, w);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = vault_unlock_add(u, id ? id[i] : NULL, &f[i], w);
	if (e == ERR_OK && vault_unlock_missing(u))
		e = ERR_NEEDS;
	if (e == ERR_OK)
		e = vault_unlock_open(u, ret, w);
	if (e != ERR_OK)
		vault_unlock_end(u);
	return e;
}

static enum err open_one(const char *dir, const uint8_t id[VAULT_ID_BYTES],
        const struct vault_factors *f, struct vault **ret, struct why *w)
{
	*ret = NULL;
	return open_with(dir, (const uint8_t(*)[VAULT_ID_BYTES])id, f, 1, ret, w);
}

/* ---- factors
 * --------------------------------------------------------------------------------------------- */

/* A token in software: its answers are a hash under its own key. */
struct soft_token {
	struct vault_token token;
	uint8_t key[32];
	unsigned touched;
};

static enum err soft_make(
        struct vault_token *t, uint8_t ret[VAULT_CREDENTIAL_MAX], size_t *ret_n, struct why *w)
{
	struct soft_token *s = (struct soft_token *)t;
	(void)w;
	randombytes_buf(ret, 32);
	keyed_hash(s->key, "mine", ret, 32, NULL, 0, ret + 32, 32);
	*ret_n = 64;
	return ERR_OK;
}

static enum err soft_secret(struct vault_token *t, const uint8_t *credential, size_t n,
        const uint8_t salt[32], uint8_t ret[32], struct why *w)
{
	struct soft_token *s = (struct soft_token *)t;
	uint8_t mine[32];
	keyed_hash(s->key, "mine", credential, 32, NULL, 0, mine, 32);
	if (n != 64 || memcmp(mine, credential + 32, 32) != 0)
		return why(w, ERR_WRONG_KEY, "another token");
	s->touched++;
	keyed_hash(s->key, "answer", credential, n, salt, 32, ret, 32);
	return ERR_OK;
}

static struct soft_token soft_token(uint8_t seed)
{
	struct soft_token t = {.token = {.make = soft_make, .secret = soft_secret}};
	memset(t.key, seed, sizeof(t.key));
	return t;
}

static struct vault_secret *device_of(uint8_t seed)
{
	struct vault_secret *s = secret_of("");
	memset(s->text, seed, VAULT_KEY_BYTES);
	s->len = VAULT_KEY_BYTES;
	return s;
}

struct kit {
	struct soft_token token, other_token;
	struct vault_room_key *key, *other_key;
	struct vault_secret *device, *other_device, *pin, *other_pin;
};

static bool kit_make(struct kit *k)
{
	memset(k, 0, sizeof(*k));
	k->token = soft_token(1);
	k->other_token = soft_token(2);
	k->device = device_of(3);
	k->other_device = device_of(4);
	k->pin = secret_of("482915");
	k->other_pin = secret_of("482916");
	return vault_room_key_make(test_dir(), &k->key, NULL) == ERR_OK &&
	       vault_room_key_make(test_dir(), &k->other_key, NULL) == ERR_OK;
}

static void kit_finish(struct kit *k)
{
	vault_room_key_destroy(k->key);
	vault_room_key_destroy(k->other_key);
}

/* What of the kit a mask brings; what is in `wrong` is somebody else's. */
static struct vault_factors bring(struct kit *k, unsigned mask, unsigned wrong)
{
	return (struct vault_factors){
	        .passphrase = wrong & VAULT_PASSPHRASE ? k->other_pin : k->pin,
	        .room_key = !(mask & VAULT_ROOM_KEY) ? NULL
	                    : wrong & VAULT_ROOM_KEY ? k->other_key
	                                             : k->key,
	        .device = !(mask & VAULT_DEVICE) ? NULL
	                  : wrong & VAULT_DEVICE ? k->other_device
	                                         : k->device,
	        .token = !(mask & VAULT_FIDO) ? NULL
	                 : wrong & VAULT_FIDO ? &k->other_token.token
	                                      : &k->token.token,
	};
}

static const struct {
	unsigned factor;
	const char *missing, *wrong;
} told[] = {
        {VAULT_ROOM_KEY, "asks for the room key", "another room key"},
        {VAULT_DEVICE, "no secret of its own", "another box"},
        {VAULT_FIDO, "asks for its FIDO2 token", "another token"},
};

/* One slot with this mask: opens with all, and says which is missing or wrong. */
static bool mask_holds(const char *dir, struct kit *kit, unsigned mask, const uint8_t *id)
{
	struct vault_factors f = bring(kit, mask, 0);
	struct vault *v = NULL;
	struct why w = {""};
	if (open_one(dir, id, &f, &v, &w) != ERR_OK || vault_opener(v)->factors != mask)
		return false;
	vault_close(v);
	for (size_t i = 0; i < COUNT_OF(told); i++) {
		if (!(mask & told[i].factor))
			continue;
		f = bring(kit, mask & ~told[i].factor, 0);
		if (open_one(dir, id, &f, &v, &w) != ERR_NEEDS || !strstr(w.text, told[i].missing))
			return false;
		f = bring(kit, mask, told[i].factor);
		if (open_one(dir, id, &f, &v, &w) != ERR_WRONG_KEY ||
		        !strstr(w.text, told[i].wrong))
			return false;
	}
	/* Only a wrong passphrase was counted: this is the first. */
	f = bring(kit, mask, VAULT_PASSPHRASE);
	if (open_one(dir, id, &f, &v, &w) != ERR_WRONG_KEY || !strstr(w.text, "2 more tries") ||
	        !strstr(w.text, mask & (VAULT_ROOM_KEY | VAULT_FIDO) ? "This PIN or passphrase does"
	                                                             : "This passphrase does"))
		return false;
	/* More than is asked for does no harm. */
	f = bring(kit, 15, 0);
	if (open_one(dir, id, &f, &v, &w) != ERR_OK)
		return false;
	vault_close(v);
	return true;
}

static void t_every_mask_opens_and_what_is_missing_or_wrong_is_told(void)
{
	const char *dir = test_dir();
	uint8_t id[16][VAULT_ID_BYTES];
	struct vault *v = NULL;
	struct kit kit;
	CHECK(kit_make(&kit));
	CHECK_ERR(made(dir, &v), ERR_OK);
	for (unsigned mask = 1; mask < 16; mask += 2) {
		char label[32];
		struct vault_factors f = bring(&kit, mask, 0);
		struct vault_slot_new n = {.label = label, .factors = &f, .cost = &cheap};
		snprintf(label, sizeof(label), "mask %u", mask);
		CHECK_ERR(vault_slot_add(v, &n, id[mask], NULL), ERR_OK);
	}
	struct vault_factors none = bring(&kit, 14, 0);
	none.passphrase = NULL;
	CHECK_ERR(vault_slot_add(v,
	                  &(struct vault_slot_new){
	                          .label = "no text", .factors = &none, .cost = &cheap},
	                  NULL, NULL),
	        ERR_INPUT);
	vault_close(v);
	for (unsigned mask = 1; mask < 16; mask += 2)
		if (!mask_holds(dir, &kit, mask, id[mask])) {
			snprintf(test_why, sizeof(test_why), "mask %u does not hold", mask);
			test_failed = test_why;
			return;
		}
	kit_finish(&kit);
}

/* The factors are in the key, not beside it: with the passphrase and the keyring alone nothing
 * opens, whatever the mask says. */
static void t_factors_are_held_by_the_key(void)
{
	const char *dir = test_dir();
	struct keyring *k = calloc(1, sizeof(*k));
	struct slot_open *o = secret_alloc(sizeof(*o));
	struct vault *v = NULL;
	struct kit kit;
	CHECK(k && o && kit_make(&kit));
	CHECK_ERR(made(dir, &v), ERR_OK);
	struct vault_factors f = bring(&kit, 15, 0);
	CHECK_ERR(vault_slot_change(v, vault_opener(v)->id, &f, NULL), ERR_OK);
	vault_close(v);
	CHECK_ERR(keyring_load(dir, k, NULL), ERR_OK);
	CHECK_ERR(keyring_open_slot(k, 0, &f, o, NULL), ERR_OK);
	for (unsigned mask = 1; mask < 15; mask += 2) {
		struct keyring lying = *k;
		struct vault_factors part = bring(&kit, mask, 0);
		le_put(lying.slot[0].factors, 2, mask);
		CHECK_ERR(keyring_open_slot(&lying, 0, &part, o, NULL), ERR_WRONG_KEY);
	}
	secret_free(o);
	free(k);
	kit_finish(&kit);
}

/* An old keyring still gives the pair of then to who knows the passphrase of then: nothing may be
 * sealed to it any more, whoever changed it. The audit key goes on. */
static void t_old_passphrase_and_old_keyring_open_nothing_new(void)
{
	const char *dir = test_dir();
	struct vault_secret *old = secret_of("harbour lentil quartz ninety two"),
	                    *now = secret_of("copper meadow seven bridges");
	struct keyring *then = calloc(1, sizeof(*then)), *k = calloc(1, sizeof(*k));
	struct slot_open *o = secret_alloc(sizeof(*o));
	static const enum vault_slot_kind kind[] = {
	        VAULT_SLOT_PERSON, VAULT_SLOT_AUDITOR, VAULT_SLOT_PERSON};
	uint8_t id[COUNT_OF(kind)][VAULT_ID_BYTES], secret[VAULT_KEY];
	const struct vault_factors f = {.passphrase = old};
	struct vault *v = NULL;
	CHECK(then && k && o);
	CHECK_ERR(made(dir, &v), ERR_OK);
	for (size_t i = 0; i < COUNT_OF(kind); i++) {
		const char *const label[] = {"a person", "an auditor", "another"};
		CHECK_ERR(slot_add(v, kind[i], label[i], old, id[i], NULL), ERR_OK);
	}
	vault_close(v);
	CHECK_ERR(keyring_load(dir, then, NULL), ERR_OK);
	for (size_t i = 0; i < COUNT_OF(kind); i++) { /* the last one by somebody else */
		CHECK_ERR(vault_open(dir, i < 2 ? id[i] : NULL,
		                  i < 2 ? old : secret_of(first_words), &v, NULL),
		        ERR_OK);
		CHECK(i != 1 || v->verify_from);
		CHECK_ERR(slot_pass(v, id[i], now, NULL), ERR_OK);
		vault_close(v);
		CHECK_ERR(keyring_load(dir, k, NULL), ERR_OK);
		const struct ring_slot *s = &k->slot[keyring_find(k, id[i])];
		CHECK_ERR(keyring_open_slot(then, keyring_find(then, id[i]), &f, o, NULL), ERR_OK);
		CHECK(crypto_box_seal_open(
		              secret, s->opening, sizeof(s->opening), s->public_key, o->pair) != 0);
		CHECK_ERR(vault_open(dir, id[i], now, &v, NULL), ERR_OK);
		if (kind[i] == VAULT_SLOT_AUDITOR)
			CHECK(v->verify_from ==
			        le_get(then->slot[keyring_find(then, id[i])].audit_from, 8));
		vault_close(v);
	}
	secret_free(o);
	free(then);
	free(k);
}

/* ---- quorum
 * ---------------------------------------------------------------------------------------------- */

#define PEOPLE 5

struct forum {
	const char *dir;
	uint8_t id[PEOPLE][VAULT_ID_BYTES];
	unsigned agency[PEOPLE];
	struct vault_factors f[PEOPLE];
	struct vault_secret *paper;
	struct vault *v;
};

/* People 0 and 1 of agency 1, then one of each of agencies 2, 3 and 4; `n` of them. */
static enum err forum_make(struct forum *r, size_t n, unsigned k)
{
	static const unsigned agency[PEOPLE] = {1, 1, 2, 3, 4};
	enum err e;
	*r = (struct forum){.dir = test_dir()};
	e = made(r->dir, &r->v);
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		char text[64];
		snprintf(text, sizeof(text), "quiet words of number %zu", i);
		r->agency[i] = agency[i];
		r->f[i].passphrase = i ? secret_of(text) : secret_of(first_words);
		struct vault_slot_new s = {.label = text,
		        .group = agency[i],
		        .factors = &r->f[i],
		        .cost = &cheap,
		        .kind = i == 4 ? VAULT_SLOT_AUDITOR : VAULT_SLOT_PERSON};
		if (i == 0) {
			memcpy(r->id[0], vault_opener(r->v)->id, VAULT_ID_BYTES);
			e = vault_slot_group(r->v, r->id[0], 1, NULL);
		} else {
			e = vault_slot_add(r->v, &s, r->id[i], NULL);
		}
	}
	r->paper = paper_of();
	if (e == ERR_OK)
		e = slot_add(r->v, VAULT_SLOT_RECOVERY, "paper", r->paper, NULL, NULL);
	return e == ERR_OK ? vault_quorum_set(r->v, k, NULL) : e;
}

static unsigned agencies_in(const struct forum *r, unsigned set)
{
	unsigned seen = 0, n = 0;
	for (size_t i = 0; i < PEOPLE; i++)
		if (set >> i & 1 && !(seen >> r->agency[i] & 1)) {
			seen |= 1u << r->agency[i];
			n++;
		}
	return n;
}

/* Brings the people of `set` in turn. */
static enum err forum_open(struct forum *r, unsigned set)
{
	struct vault_unlock *u = NULL;
	unsigned k = 0;
	struct vault_slot slot[VAULT_SLOTS_MAX];
	size_t n = 0;
	enum err e = vault_slots(r->dir, slot, COUNT_OF(slot), &n, &k, NULL);
	if (e == ERR_OK)
		e = vault_unlock_begin(r->dir, &u, NULL);
	for (size_t i = 0; i < PEOPLE && e == ERR_OK; i++) {
		if (!(set >> i & 1))
			continue;
		e = vault_unlock_add(u, r->id[i], &r->f[i], NULL);
		if (e == ERR_EXISTS)
			e = ERR_OK;
	}
	if (e == ERR_OK) {
		const unsigned have = agencies_in(r, set);
		if (vault_unlock_missing(u) != (have < k ? k - have : 0))
			e = ERR_INTERNAL;
		else
			e = vault_unlock_open(u, &r->v, NULL);
	}
	if (e != ERR_OK)
		vault_unlock_end(u);
	return e;
}

static bool every_subset(struct forum *r, size_t people, unsigned k)
{
	for (unsigned set = 1; set < 1u << people; set++) {
		const enum err want = agencies_in(r, set) >= k ? ERR_OK : ERR_REFUSED;
		const enum err got = forum_open(r, set);
		if (got == ERR_OK)
			vault_close(r->v);
		if (got != want)
			return false;
	}
	return true;
}

static void t_quorum_opens_with_enough_agencies_and_not_with_fewer(void)
{
	struct forum r;
	const struct vault_slot *who;
	CHECK_ERR(forum_make(&r, 4, 2), ERR_OK);
	vault_close(r.v);
	CHECK(every_subset(&r, 4, 2)); /* 2 of 3 */
	CHECK_ERR(forum_make(&r, 5, 3), ERR_OK);
	CHECK(vault_quorum(r.v) == 3);
	vault_close(r.v);
	CHECK(every_subset(&r, 5, 3)); /* 3 of 4 */
	CHECK_ERR(forum_open(&r, 0x19), ERR_OK);
	CHECK(vault_openers(r.v, &who) == 3 && who[2].kind == VAULT_SLOT_AUDITOR);
	vault_close(r.v);
	/* One key says what is missing; the recovery words need nobody. */
	struct why w = {""};
	CHECK_ERR(vault_open(r.dir, NULL, r.f[0].passphrase, &r.v, &w), ERR_NEEDS);
	CHECK(strstr(w.text, "3 agencies"));
	CHECK_ERR(vault_open(r.dir, NULL, r.paper, &r.v, &w), ERR_OK);
	CHECK(vault_opener(r.v)->kind == VAULT_SLOT_RECOVERY);
	vault_close(r.v);
}

/* The shares of all people, as their keys give them. */
static bool shares_of(const struct forum *r, struct keyring *k, uint8_t *x, uint8_t (*share)[32])
{
	struct slot_open *o = secret_alloc(sizeof(*o));
	bool good = o && keyring_load(r->dir, k, NULL) == ERR_OK;
	for (size_t i = 0; i < PEOPLE && good && r->agency[i]; i++) {
		const size_t at = keyring_find(k, r->id[i]);
		good = at < k->n && keyring_open_slot(k, at, &r->f[i], o, NULL) == ERR_OK;
		if (good) {
			x[i] = (uint8_t)le_get(k->slot[at].share, 2);
			memcpy(share[i], o->secret, 32);
		}
	}
	secret_free(o);
	return good;
}

/* Does what `n` shares give open the master key, by any number that the head may be made to say? */
static bool joined_opens(
        const struct keyring *k, const uint8_t *x, const uint8_t (*share)[32], unsigned n)
{
	struct vault_keys *keys = secret_alloc(sizeof(*keys));
	uint8_t secret[32] = {0};
	bool opens = false;
	if (!keys || shares_join(n, x, share, secret) != ERR_OK)
		abort();
	for (unsigned said = 0; said < 5; said++) {
		struct keyring lying = *k;
		le_put(lying.head.quorum, 2, said);
		opens |= keyring_open_head(&lying, secret, keys);
	}
	secret_free(keys);
	return opens;
}

/* No check is there to get past: the bytes that fewer people have do not open, by whatever code. */
static void t_quorum_is_held_by_the_keys(void)
{
	struct forum r;
	struct keyring *k = calloc(1, sizeof(*k));
	uint8_t x[PEOPLE], share[PEOPLE][32], some_x[4], some[4][32];
	CHECK(k);
	CHECK_ERR(forum_make(&r, 5, 3), ERR_OK);
	vault_close(r.v);
	CHECK(shares_of(&r, k, x, share));
	CHECK(x[0] == x[1] && memcmp(share[0], share[1], 32) == 0 && x[0] != x[2]);
	CHECK(joined_opens(k, x + 2, (const uint8_t(*)[32])share + 2, 3));
	CHECK(joined_opens(k, x + 1, (const uint8_t(*)[32])share + 1, 4));
	for (size_t a = 1; a < PEOPLE; a++) {
		CHECK(!joined_opens(k, &x[a], (const uint8_t(*)[32])share + a, 1));
		for (size_t b = a + 1; b < PEOPLE; b++) {
			some_x[0] = x[a];
			some_x[1] = x[b];
			memcpy(some[0], share[a], 32);
			memcpy(some[1], share[b], 32);
			CHECK(!joined_opens(k, some_x, (const uint8_t(*)[32])some, 2));
			/* The same share as if it were a third agency's, or none, or an old one. */
			for (uint8_t third = 1; third < 8; third++) {
				some_x[2] = third;
				memcpy(some[2], share[a], 32);
				if (third != x[a] && third != x[b])
					CHECK(!joined_opens(
					        k, some_x, (const uint8_t(*)[32])some, 3));
			}
		}
	}
	/* As a whole secret it is none. */
	struct vault_keys *keys = secret_alloc(sizeof(*keys));
	CHECK(keys && !keyring_open_head(k, share[0], keys));
	secret_free(keys);
	free(k);
}

static uint8_t gf_times(uint8_t a, uint8_t b)
{
	unsigned p = 0, x = a;
	for (; b; b >>= 1, x = x << 1 ^ (x & 0x80 ? 0x11d : 0))
		p ^= b & 1 ? x : 0;
	return (uint8_t)p;
}

static uint8_t gf_inverse(uint8_t a)
{
	uint8_t p = 1;
	for (int i = 0; i < 254; i++)
		p = gf_times(p, a);
	return p;
}

/* docs/FORMAT.md says which field and where the secret stands: interpolate without the library. */
static void t_shares_are_as_the_format_says(void)
{
	static const uint8_t x[5] = {1, 2, 3, 4, 5};
	uint8_t secret[32], share[5][32], again[32];
	vault_random(secret, sizeof(secret));
	CHECK_ERR(shares_split(secret, 3, 5, x, share), ERR_OK);
	for (size_t i = 0; i < 32; i++) {
		uint8_t sum = 0;
		for (size_t a = 1; a < 4; a++) {
			uint8_t w = share[a][i];
			for (size_t b = 1; b < 4; b++)
				if (b != a)
					w = gf_times(w, gf_times(x[b], gf_inverse(x[a] ^ x[b])));
			sum ^= w;
		}
		CHECK(sum == secret[i]);
	}
	CHECK_ERR(shares_join(3, x + 2, (const uint8_t(*)[32])share + 2, again), ERR_OK);
	CHECK(memcmp(again, secret, 32) == 0);
	/* The same secret never gives the same shares: the coefficients are random. */
	memcpy(again, share[0], 32);
	CHECK_ERR(shares_split(secret, 3, 5, x, share), ERR_OK);
	CHECK(memcmp(again, share[0], 32) != 0);
}

static void t_quorum_stays_when_people_come_and_go(void)
{
	struct forum r;
	struct why w = {""};
	struct vault_secret *s = secret_of("somebody new is here today");
	const struct vault_factors f = {.passphrase = s};
	struct vault_slot_new n = {.label = "Agency 9", .factors = &f, .cost = &cheap};
	uint8_t id[VAULT_ID_BYTES];
	CHECK_ERR(forum_make(&r, 4, 2), ERR_OK);
	CHECK_ERR(vault_quorum_set(r.v, 4, &w), ERR_REFUSED);
	CHECK(strstr(w.text, "4 agencies") && vault_quorum(r.v) == 2);
	CHECK_ERR(vault_slot_add(r.v, &n, id, &w), ERR_REFUSED);
	CHECK(strstr(w.text, "belongs to no agency"));
	n.group = 9;
	CHECK_ERR(vault_slot_add(r.v, &n, id, &w), ERR_OK);
	vault_close(r.v);
	CHECK(every_subset(&r, 4, 2));
	CHECK_ERR(open_with(r.dir, NULL, (struct vault_factors[]){f, r.f[2]}, 2, &r.v, &w), ERR_OK);
	/* Out go agencies 3 and 9: two are left, and none may go. */
	CHECK_ERR(vault_slot_remove(r.v, r.id[3], &w), ERR_OK);
	CHECK_ERR(vault_slot_remove(r.v, id, &w), ERR_OK);
	CHECK_ERR(vault_slot_remove(r.v, r.id[2], &w), ERR_REFUSED);
	CHECK_ERR(vault_slot_group(r.v, r.id[2], 1, &w), ERR_REFUSED);
	CHECK_ERR(vault_slot_group(r.v, r.id[2], 0, &w), ERR_REFUSED);
	CHECK_ERR(vault_slot_remove(r.v, r.id[1], &w), ERR_OK);
	CHECK_ERR(slot_pass(r.v, r.id[2], s, &w),
	        ERR_OK); /* by the other agency, who knows nothing */
	vault_close(r.v);
	r.f[2].passphrase = s;
	CHECK_ERR(forum_open(&r, 5), ERR_OK);
	CHECK_ERR(vault_quorum_set(r.v, 1, &w), ERR_OK);
	vault_close(r.v);
	CHECK_ERR(vault_open(r.dir, r.id[2], s, &r.v, &w), ERR_OK);
	vault_close(r.v);
}

/* Somebody who was removed has the old keyring and their old share, and finds a colleague. */
static void t_old_share_fits_no_new_keyring(void)
{
	struct forum r;
	const char *old = test_dir();
	struct keyring *before = calloc(1, sizeof(*before)), *after = calloc(1, sizeof(*after));
	uint8_t x[PEOPLE], was[PEOPLE][32], is[PEOPLE][32], some[2][32];
	struct why w = {""};
	CHECK(before && after);
	CHECK_ERR(forum_make(&r, 4, 2), ERR_OK);
	copy_store(r.dir, old);
	vault_close(r.v);
	CHECK(shares_of(&r, before, x, was));
	CHECK_ERR(forum_open(&r, 5), ERR_OK);
	CHECK_ERR(vault_slot_remove(r.v, r.id[3], &w), ERR_OK);
	vault_close(r.v);
	r.agency[3] = 0;
	CHECK(shares_of(&r, after, x, is));
	memcpy(some[0], is[0], 32);
	memcpy(some[1], was[3], 32);
	const uint8_t some_x[2] = {x[0], (uint8_t)le_get(before->slot[3].share, 2)};
	CHECK(!joined_opens(after, some_x, (const uint8_t(*)[32])some, 2));
	memcpy(some[1], was[2], 32); /* not even of one who stayed */
	CHECK(!joined_opens(after, (uint8_t[]){x[0], x[2]}, (const uint8_t(*)[32])some, 2));
	CHECK(copy_file(in_dir(old, VAULT_FILE_RING), in_dir(r.dir, VAULT_FILE_RING)));
	r.agency[3] = 3;
	CHECK_ERR(forum_open(&r, 9), ERR_OLDER);
	free(before);
	free(after);
}

/* ---- a changed keyring
 * ------------------------------------------------------------------------------------ */

/* All that an opening does with the keyring, for slot 0. */
static enum err ring_opens(const uint8_t *p, size_t n, const struct vault_factors *f,
        struct keyring *k, struct slot_open *o, struct vault_keys *keys)
{
	enum err e = keyring_decode(p, n, k, NULL);
	if (e == ERR_OK)
		e = slot_ready(&k->head, &k->slot[0], f, NULL);
	if (e == ERR_OK)
		e = keyring_open_slot(k, 0, f, o, NULL);
	if (e == ERR_OK && !keyring_open_head(k, o->secret, keys))
		e = ERR_DAMAGED;
	if (e == ERR_OK) {
		keys_derive(keys);
		e = keyring_check(k, keys, NULL);
	}
	return e;
}

static void t_any_byte_of_a_keyring_changed_is_noticed(void)
{
	const char *dir = test_dir();
	const struct vault_factors f = {.passphrase = secret_of(first_words)};
	struct keyring *k = calloc(1, sizeof(*k));
	struct slot_open *o = secret_alloc(sizeof(*o));
	struct vault_keys *keys = secret_alloc(sizeof(*keys));
	struct vault *v = NULL;
	struct bytes b;
	CHECK(k && o && keys);
	CHECK_ERR(made(dir, &v), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "second", secret_of("another four words here"),
	                  NULL, NULL),
	        ERR_OK);
	vault_close(v);
	b = load(in_dir(dir, VAULT_FILE_RING));
	CHECK(b.n == sizeof(struct ring_head) + 2 * sizeof(struct ring_slot) + RING_MAC + RING_SUM);
	CHECK_ERR(ring_opens(b.p, b.n, &f, k, o, keys), ERR_OK);
	for (size_t i = 0; i < b.n - RING_SUM; i++)
		for (uint8_t bit = 1; bit; bit = (uint8_t)(bit << 3)) {
			b.p[i] ^= bit;
			crypto_generichash(
			        b.p + b.n - RING_SUM, RING_SUM, b.p, b.n - RING_SUM, NULL, 0);
			const enum err e = ring_opens(b.p, b.n, &f, k, o, keys);
			b.p[i] ^= bit;
			if (e == ERR_OK) {
				snprintf(test_why, sizeof(test_why), "byte %zu was not noticed", i);
				test_failed = test_why;
				return;
			}
		}
	free(b.p);
	free(k);
	secret_free(o);
	secret_free(keys);
}

/* ---- writing fails
 * ---------------------------------------------------------------------------------------- */

static struct vault_io failing;
static bool fail_rings;

static enum err replace_or_fail(const char *path, const uint8_t *p, size_t n)
{
	if (fail_rings && strstr(path, "/" VAULT_FILE_RING))
		return ERR_FULL;
	return vault_io_real.replace(path, p, n);
}

static void t_keyring_that_cannot_be_written_stays(void)
{
	struct forum r;
	struct why w = {""};
	const uint8_t *second;
	failing = vault_io_real;
	failing.replace = replace_or_fail;
	vault_base_for_tests(sqlite3_vfs_find("unix-excl"), &failing);
	CHECK_ERR(forum_make(&r, 4, 2), ERR_OK);
	second = r.id[2];
	fail_rings = true;
	CHECK_ERR(vault_quorum_set(r.v, 3, &w), ERR_FULL);
	CHECK(strstr(w.text, "still opens") && vault_quorum(r.v) == 2);
	CHECK_ERR(vault_slot_remove(r.v, second, &w), ERR_FULL);
	CHECK_ERR(slot_pass(r.v, second, secret_of("never to be used at all"), &w), ERR_FULL);
	fail_rings = false;
	/* What failed left nothing behind in memory that the next one writes. */
	CHECK_ERR(vault_slot_group(r.v, r.id[3], 7, &w), ERR_OK);
	vault_close(r.v);
	r.agency[3] = 7;
	CHECK(every_subset(&r, 4, 2));
	vault_base_for_tests(NULL, NULL);
}

/* ---- the first version's form
 * ---------------------------------------------------------------------------- */

#define RELEASED "tests/unit/store-1"

/* A store with a person, a second and a recovery key, all as the first version wrote them. */
static bool made_old(const char *dir)
{
	struct vault *v = NULL;
	const struct vault_secret *pass[] = {
	        secret_of(first_words), secret_of("another four words here"), secret_of(GROUPS)};
	return made(dir, &v) == ERR_OK &&
	       slot_add(v, VAULT_SLOT_PERSON, "second", pass[1], NULL, NULL) == ERR_OK &&
	       slot_add(v, VAULT_SLOT_RECOVERY, "Recovery key", paper_of(), NULL, NULL) == ERR_OK &&
	       ring_old(v, dir, pass, COUNT_OF(pass));
}

static void t_old_form_opens_and_becomes_new(void)
{
	const char *dir = test_dir();
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	struct why w = {""};
	size_t n = 0;
	struct bytes b;
	CHECK(made_old(dir));
	CHECK_ERR(vault_open(dir, NULL, secret_of("no such words here"), &v, &w), ERR_WRONG_KEY);
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, &w), ERR_OK);
	CHECK(!vault_opener(v)->old_form);
	/* The others still open alone, so that nothing may rely on more than one. */
	CHECK_ERR(vault_slot_group(v, vault_opener(v)->id, 1, &w), ERR_OK);
	CHECK_ERR(vault_quorum_set(v, 2, &w), ERR_REFUSED);
	CHECK(strstr(w.text, "\"second\"") && strstr(w.text, "once"));
	vault_close(v);
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, &w), ERR_OK);
	CHECK(n == 3 && !slot[0].old_form && slot[1].old_form && slot[2].old_form);
	/* The ten groups, as somebody types them, before and after. */
	for (int i = 0; i < 2; i++) {
		CHECK_ERR(vault_open(dir, slot[2].id,
		                  secret_of("2b4d 6f8h jkmn pqrs tvwx yz23 4567 89ab cdef ghjk"),
		                  &v, &w),
		        ERR_OK);
		CHECK(!vault_opener(v)->old_form);
		vault_close(v);
	}
	CHECK_ERR(vault_open(dir, NULL, secret_of("another four words here"), &v, &w), ERR_OK);
	CHECK_ERR(vault_slot_group(v, slot[1].id, 2, &w), ERR_OK);
	CHECK_ERR(vault_quorum_set(v, 2, &w), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, &w), ERR_NEEDS);
	b = load(in_dir(dir, VAULT_FILE_RING));
	CHECK(b.p && b.p[8] == 2);
	free(b.p);
}

/* A card that cannot be written leaves an old store as it is, and opens it. */
static void t_old_form_stays_when_it_cannot_be_written(void)
{
	const char *dir = test_dir();
	struct vault *v = NULL;
	CHECK(made_old(dir));
	failing = vault_io_real;
	failing.replace = replace_or_fail;
	vault_base_for_tests(sqlite3_vfs_find("unix-excl"), &failing);
	fail_rings = true;
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, NULL), ERR_OK);
	CHECK(vault_opener(v)->old_form);
	vault_close(v);
	fail_rings = false;
	vault_base_for_tests(NULL, NULL);
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, NULL), ERR_OK);
	CHECK(!vault_opener(v)->old_form);
	vault_close(v);
}

/* A store that the released program left. */
static void t_released_store_opens_and_becomes_new(void)
{
	const char *dir = test_dir();
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	size_t n = 0;
	copy_store(RELEASED, dir);
	CHECK_ERR(vault_open(dir, NULL, secret_of("orchard lantern pebble harbour"), &v, NULL),
	        ERR_OK);
	CHECK(sql_int(vault_db(v), "SELECT count(*) FROM audit") > 0);
	vault_close(v);
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, NULL), ERR_OK);
	CHECK(n > 0 && !slot[0].old_form);
	CHECK_ERR(
	        vault_open(dir, slot[0].id, secret_of("orchard lantern pebble harbour"), &v, NULL),
	        ERR_OK);
	vault_close(v);
}

/* ---- tries
 * ------------------------------------------------------------------------------------------------
 */

static void t_each_key_has_its_own_wait(void)
{
	const char *dir = test_dir();
	uint8_t id[2][VAULT_ID_BYTES];
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	struct why w = {""};
	size_t n = 0;
	struct bytes b;
	CHECK_ERR(made(dir, &v), ERR_OK);
	memcpy(id[0], vault_opener(v)->id, VAULT_ID_BYTES);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "second", secret_of("another four words here"),
	                  id[1], NULL),
	        ERR_OK);
	vault_close(v);
	time_pin_us(1700000000 * TIME_SECOND_US);
	for (int i = 0; i < 3; i++)
		CHECK_ERR(vault_open(dir, id[1], secret_of("a guess"), &v, &w), ERR_WRONG_KEY);
	CHECK_ERR(vault_open(dir, id[1], secret_of("another four words here"), &v, &w), ERR_WAIT);
	/* Who opens with their own key takes nothing off that wait, by name or not. */
	CHECK_ERR(vault_open(dir, id[0], secret_of(first_words), &v, &w), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, &w), ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_open(dir, id[1], secret_of("another four words here"), &v, &w), ERR_WAIT);
	/* Without a name the right one may be the one that waits; the other is tried, and counted:
	 * a key that waits makes no guess free. */
	for (unsigned i = 1; i < 3; i++) {
		CHECK_ERR(vault_open(dir, NULL, secret_of("another four words here"), &v, &w),
		        ERR_WAIT);
		CHECK(strstr(w.text, "1 key has to wait") && strstr(w.text, "in 1 minute") &&
		        strstr(w.text, "try at it") && strstr(w.text, "--key"));
	}
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, &w), ERR_OK);
	CHECK(n == 2 && slot[0].waits_until_us == 0);
	CHECK(slot[1].waits_until_us == time_now_us() + TIME_MINUTE_US);
	CHECK_ERR(vault_open(dir, id[0], secret_of("a guess"), &v, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "in 1 minute."));
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, &w), ERR_WAIT);
	CHECK(strstr(w.text, "each of the 2 keys") && strstr(w.text, "in 1 minute;"));
	b = load(in_dir(dir, VAULT_FILE_TRIES));
	CHECK(b.n == 32 + 2 * 32 + 16);
	free(b.p);
	time_advance_us(TIME_MINUTE_US);
	CHECK_ERR(vault_open(dir, id[1], secret_of("another four words here"), &v, &w), ERR_OK);
	CHECK_ERR(vault_slot_remove(v, id[0], &w), ERR_OK);
	vault_close(v);
	/* Nobody is left in the file who is not in the keyring. */
	CHECK_ERR(vault_open(dir, NULL, secret_of("another four words here"), &v, &w), ERR_OK);
	vault_close(v);
	b = load(in_dir(dir, VAULT_FILE_TRIES));
	CHECK(b.n == 32 + 16);
	free(b.p);
	time_unpin();
}

/* An opening tries at every key that could be meant; what it takes back is the moment too. */
static void t_an_opening_makes_no_wait_longer(void)
{
	const char *dir = test_dir();
	uint8_t id[2][VAULT_ID_BYTES];
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	struct why w = {""};
	size_t n = 0;
	CHECK_ERR(made(dir, &v), ERR_OK);
	memcpy(id[0], vault_opener(v)->id, VAULT_ID_BYTES);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "second", secret_of("another four words here"),
	                  id[1], NULL),
	        ERR_OK);
	vault_close(v);
	for (int first = 0; first < 2; first++) { /* the key that waited comes first, or after */
		const char *mine = first ? "another four words here" : first_words;
		const char *theirs = first ? first_words : "another four words here";
		time_pin_us((1700000000 + 100000 * first) * TIME_SECOND_US);
		for (int i = 0; i < 3; i++)
			CHECK_ERR(vault_open(dir, id[!first], secret_of("a guess"), &v, &w),
			        ERR_WRONG_KEY);
		time_advance_us(2 * TIME_MINUTE_US);
		CHECK_ERR(vault_open(dir, NULL, secret_of(mine), &v, &w), ERR_OK);
		vault_close(v);
		CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, &w), ERR_OK);
		CHECK(n == 2 && slot[0].waits_until_us == 0 && slot[1].waits_until_us == 0);
		CHECK_ERR(vault_open(dir, id[!first], secret_of(theirs), &v, &w), ERR_OK);
		vault_close(v);
	}
	time_unpin();
}

/* A passphrase that is tried at every key counts at each, and that is said. */
static void t_a_try_without_a_name_counts_at_each_key(void)
{
	const char *dir = test_dir();
	struct vault_slot slot[VAULT_SLOTS_MAX];
	struct vault *v = NULL;
	struct why w = {""};
	size_t n = 0;
	CHECK_ERR(made(dir, &v), ERR_OK);
	CHECK_ERR(slot_add(v, VAULT_SLOT_PERSON, "second", secret_of("another four words here"),
	                  NULL, NULL),
	        ERR_OK);
	vault_close(v);
	CHECK_ERR(vault_open(dir, NULL, secret_of("a guess"), &v, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "tried at 2 keys") && strstr(w.text, "--key") &&
	        strstr(w.text, "2 more tries"));
	CHECK_ERR(vault_slots(dir, slot, COUNT_OF(slot), &n, NULL, &w), ERR_OK);
	CHECK(n == 2);
	/* By name it is one key's count, and the sentence speaks of no other. */
	CHECK_ERR(vault_open(dir, slot[1].id, secret_of("a guess"), &v, &w), ERR_WRONG_KEY);
	CHECK(!strstr(w.text, "--key") && strstr(w.text, "1 more try"));
	CHECK_ERR(vault_open(dir, slot[0].id, secret_of("a guess"), &v, &w), ERR_WRONG_KEY);
	CHECK(strstr(w.text, "1 more try"));
}

/* The file of the first version: one count, which is everybody's. */
static void t_old_tries_are_everybodys(void)
{
	const char *dir = test_dir();
	uint8_t old[56] = "CRTRIES\n\1";
	struct vault *v = NULL;
	struct why w = {""};
	time_pin_us(1700000000 * TIME_SECOND_US);
	CHECK_ERR(made(dir, &v), ERR_OK);
	le_put(old + 12, 4, 4);
	memcpy(old + 16, vault_id(v), VAULT_ID_BYTES);
	le_put(old + 32, 8, (uint64_t)time_now_us());
	crypto_generichash(old + 40, 16, old, 40, NULL, 0);
	vault_close(v);
	CHECK(save(in_dir(dir, VAULT_FILE_TRIES), old, sizeof(old)));
	time_advance_us(TIME_MINUTE_US);
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, &w), ERR_WAIT);
	CHECK(strstr(w.text, "1 minute,"));
	time_advance_us(TIME_MINUTE_US);
	CHECK_ERR(vault_open(dir, NULL, secret_of(first_words), &v, &w), ERR_OK);
	vault_close(v);
	time_unpin();
}

static const struct test tests[] = {
        T(t_every_mask_opens_and_what_is_missing_or_wrong_is_told),
        T(t_factors_are_held_by_the_key),
        T(t_old_passphrase_and_old_keyring_open_nothing_new),
        T(t_quorum_opens_with_enough_agencies_and_not_with_fewer),
        T(t_quorum_is_held_by_the_keys),
        T(t_shares_are_as_the_format_says),
        T(t_quorum_stays_when_people_come_and_go),
        T(t_old_share_fits_no_new_keyring),
        T(t_any_byte_of_a_keyring_changed_is_noticed),
        T(t_keyring_that_cannot_be_written_stays),
        T(t_old_form_opens_and_becomes_new),
        T(t_old_form_stays_when_it_cannot_be_written),
        T(t_released_store_opens_and_becomes_new),
        T(t_each_key_has_its_own_wait),
        T(t_an_opening_makes_no_wait_longer),
        T(t_a_try_without_a_name_counts_at_each_key),
        T(t_old_tries_are_everybodys),
};

int main(int argc, char **argv)
{
	cheap_start();
	return test_main(tests, COUNT_OF(tests), argc, argv);
}
