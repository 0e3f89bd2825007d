/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_MEMO_H
#define MTLSAUTH_REVOCATION_OCSP_MEMO_H

#include <mtlsauth/cert.h>
#include <stdatomic.h>
#include "base/span.h"

/*
 * Which signatures verify, with the key of one issuer, and which do not: so much of a check is the
 * same whenever it is made, and it is the expensive part. Whose key it is is written once, by
 * whoever is first; nothing is noted of another one's.
 */
struct ocsp_signatures {
    atomic_int state;
    uint8_t issuer[MTLSAUTH_SHA256_LEN]; /* SHA-256 of the issuer's key */
    atomic_uint good, bad;
};

/*
 * What is known of one response: its signatures, and, where it is signed as it should be, by whom.
 * Everything else, times above all, is looked at anew. Written once, by whoever is first. That
 * libcrypto failed is not noted. Thread-safe.
 */
struct ocsp_memo {
    atomic_int state;
    uint8_t issuer[MTLSAUTH_SHA256_LEN]; /* SHA-256 of the issuer's key */
    struct span delegate; /* the responder's tbsCertificate within the response; NULL: the issuer */
    struct ocsp_signatures signatures;
    atomic_uint named; /* certificates of the responder that the response names */
};

enum { OCSP_MEMO_EMPTY, OCSP_MEMO_BEING_WRITTEN, OCSP_MEMO_SET };
#define OCSP_NAMED_IS_NOTED (1U << 31)

static inline void ocsp_memo_init(struct ocsp_memo *memo)
{
    atomic_init(&memo->state, OCSP_MEMO_EMPTY);
    atomic_init(&memo->signatures.state, OCSP_MEMO_EMPTY);
    atomic_init(&memo->signatures.good, 0);
    atomic_init(&memo->signatures.bad, 0);
    atomic_init(&memo->named, 0);
}

static inline bool ocsp_memo_is_set(const struct ocsp_memo *memo)
{
    return atomic_load_explicit(&memo->state, memory_order_acquire) == OCSP_MEMO_SET;
}

/* memo may be NULL. Of a delegate it is asked whether it is the one of that place. */
static inline bool ocsp_memo_has(const struct ocsp_memo *memo,
                                 const uint8_t issuer[MTLSAUTH_SHA256_LEN], struct span delegate)
{
    return memo != NULL && ocsp_memo_is_set(memo) && memo->delegate.ptr == delegate.ptr &&
           memcmp(memo->issuer, issuer, MTLSAUTH_SHA256_LEN) == 0;
}

/*
 * Have the same two signed? A delegate is told by what its issuer has signed of its certificate:
 * not by the signature, which others can alter (ECDSA), nor by the key, as the certificate of a
 * delegate that was revoked can be put beside what its successor has signed with that key.
 */
static inline bool ocsp_memo_same_signer(const struct ocsp_memo *a, const struct ocsp_memo *b)
{
    return memcmp(a->issuer, b->issuer, MTLSAUTH_SHA256_LEN) == 0 &&
           span_equal(a->delegate, b->delegate);
}

static inline void ocsp_memo_set(struct ocsp_memo *memo, const uint8_t issuer[MTLSAUTH_SHA256_LEN],
                                 struct span delegate)
{
    int empty = OCSP_MEMO_EMPTY;

    if (memo == NULL ||
        !atomic_compare_exchange_strong(&memo->state, &empty, OCSP_MEMO_BEING_WRITTEN))
        return;
    memcpy(memo->issuer, issuer, MTLSAUTH_SHA256_LEN);
    memo->delegate = delegate;
    atomic_store_explicit(&memo->state, OCSP_MEMO_SET, memory_order_release);
}

/* Which signature: the issuer's; of delegate n that a response brings along and names, that of its
 * certificate, and its own. */
enum { OCSP_BY_ISSUER = 1 };

static inline unsigned ocsp_of_delegate(unsigned n)
{
    return 2U << 2 * n;
}

static inline unsigned ocsp_by_delegate(unsigned n)
{
    return 4U << 2 * n;
}

static inline bool ocsp_memo_is_of(const struct ocsp_signatures *signatures,
                                   const uint8_t issuer[MTLSAUTH_SHA256_LEN])
{
    return atomic_load_explicit(&signatures->state, memory_order_acquire) == OCSP_MEMO_SET &&
           memcmp(signatures->issuer, issuer, MTLSAUTH_SHA256_LEN) == 0;
}

/* Was this signature looked at before, with that key? memo may be NULL. */
static inline bool ocsp_memo_knows(const struct ocsp_memo *memo,
                                   const uint8_t issuer[MTLSAUTH_SHA256_LEN], unsigned which,
                                   bool *verifies)
{
    if (memo == NULL || !ocsp_memo_is_of(&memo->signatures, issuer))
        return false;
    *verifies = (atomic_load(&memo->signatures.good) & which) != 0;
    return *verifies || (atomic_load(&memo->signatures.bad) & which) != 0;
}

static inline void ocsp_memo_note(struct ocsp_memo *memo, const uint8_t issuer[MTLSAUTH_SHA256_LEN],
                                  unsigned which, bool verifies)
{
    struct ocsp_signatures *signatures = memo == NULL ? NULL : &memo->signatures;
    int empty = OCSP_MEMO_EMPTY;

    if (signatures == NULL)
        return;
    if (atomic_compare_exchange_strong(&signatures->state, &empty, OCSP_MEMO_BEING_WRITTEN)) {
        memcpy(signatures->issuer, issuer, MTLSAUTH_SHA256_LEN);
        atomic_store_explicit(&signatures->state, OCSP_MEMO_SET, memory_order_release);
    }
    if (ocsp_memo_is_of(signatures, issuer))
        atomic_fetch_or(verifies ? &signatures->good : &signatures->bad, which);
}

/* Bit i stands for certificate i of the response; they are not as many as an unsigned has bits. */
static inline bool ocsp_memo_knows_named(const struct ocsp_memo *memo, unsigned *named)
{
    unsigned noted = memo == NULL ? 0 : atomic_load(&memo->named);

    *named = noted & ~OCSP_NAMED_IS_NOTED;
    return noted != 0;
}

static inline void ocsp_memo_note_named(struct ocsp_memo *memo, unsigned named)
{
    if (memo != NULL)
        atomic_store(&memo->named, named | OCSP_NAMED_IS_NOTED);
}

#endif
