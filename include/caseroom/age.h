#ifndef CASEROOM_AGE_H
#define CASEROOM_AGE_H
/*
 * age v1 (https://age-encryption.org/v1): X25519 recipients, binary form. What is sealed here opens
 * with any age program, and the other way round. It hides what it holds and shows every change; it
 * does not say who sealed it. In memory only; may run on any thread.
 */
#include "caseroom/base.h"

#define AGE_RECIPIENT_MAX 80 /* "age1..." with zero */
#define AGE_IDENTITY_MAX 96  /* "AGE-SECRET-KEY-1..." with zero */

/* Is this an age X25519 recipient? ERR_INPUT with a sentence (checksum, mixed case, wrong kind,
 * low-order point). */
enum err age_recipient_check(const char *recipient, struct why *why) MUST_CHECK;
/* A new pair; for demonstration and recovery keys. The identity is a secret: guard and wipe it. */
enum err age_keygen(
        char ret_recipient[AGE_RECIPIENT_MAX], char ret_identity[AGE_IDENTITY_MAX]) MUST_CHECK;
enum err age_seal(const char *const *recipient, size_t n, const void *p, size_t len,
        struct buf *out, struct why *why) MUST_CHECK;
/* ERR_WRONG_KEY when no stanza is for this identity, ERR_DAMAGED, ERR_INPUT when not an age file.
 * `out` empty on failure. */
enum err age_open(const char *identity, const void *p, size_t len, struct buf *out,
        struct why *why) MUST_CHECK;

#endif
