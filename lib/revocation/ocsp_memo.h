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
    const uint8_t *delegate; /* the responder's certificate within the response; NULL: the issuer */
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

/* memo may be NULL. */
static inline bool ocsp_memo_has(const struct ocsp_memo *memo,
                                 const uint8_t issuer[MTLSAUTH_SHA256_LEN], const uint8_t *delegate)
{
    return memo != NULL && ocsp_memo_is_set(memo) && memo->delegate == delegate &&
           memcmp(memo->issuer, issuer, MTLSAUTH_SHA256_LEN) == 0;
}

static inline void ocsp_memo_set(struct ocsp_memo *memo, const uint8_t issuer[MTLSAUTH_SHA256_LEN],
                                 const uint8_t *delegate)
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
