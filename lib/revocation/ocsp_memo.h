/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_MEMO_H
#define MTLSAUTH_REVOCATION_OCSP_MEMO_H

#include <mtlsauth/cert.h>
#include <stdatomic.h>
#include "base/span.h"

/*
 * That the signatures of one response were verified, and with whose keys: so much of a check is the
 * same whenever it is made, and it is the expensive part. Everything else, times above all, is
 * looked at anew. Written once, by whoever is first; a failure is not noted. Thread-safe.
 */
struct ocsp_memo {
    atomic_int state;
    uint8_t issuer[MTLSAUTH_SHA256_LEN]; /* SHA-256 of the issuer's key */
    struct span delegate; /* the responder's tbsCertificate within the response; NULL: the issuer */
};

enum { OCSP_MEMO_EMPTY, OCSP_MEMO_BEING_WRITTEN, OCSP_MEMO_SET };

static inline void ocsp_memo_init(struct ocsp_memo *memo)
{
    atomic_init(&memo->state, OCSP_MEMO_EMPTY);
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

#endif
