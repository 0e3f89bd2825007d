/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_RESPONSE_H
#define MTLSAUTH_REVOCATION_OCSP_RESPONSE_H

#include <mtlsauth/ocsp.h>
#include "base/der.h"
#include "base/refcount.h"
#include "revocation/ocsp_id.h"

/*
 * An OCSP response (RFC 6960 4.2.1) in spans of its own bytes. The reader is ours, not libcrypto's,
 * for the times above all: libcrypto hands a time that it cannot read on as one that has not
 * passed.
 */

/* A nonce of RFC 9654 2.1 has 1 to 128 octets. */
enum { OCSP_MAX_NONCE = 128, OCSP_MAX_CERTIFICATES = 16 };

struct mtlsauth_ocsp_response {
    struct refcount refs;
    uint8_t *der; /* the spans point into it */
    size_t len;
    int status; /* OCSPResponseStatus; what follows is empty unless it is 0 */

    struct span tbs; /* with tag and length: what is signed */
    bool by_key;
    struct span responder; /* Name with tag and length, or 20 octets of SHA-1 of the key */
    int64_t produced_at;
    struct span singles; /* content of the list */
    size_t count;
    struct span nonce;     /* empty when there is none */
    bool unknown_critical; /* among the extensions of the whole */
    struct algorithm algorithm;
    struct span signature;
    struct span certificates; /* content of the list; empty when there is none */
};

/* One answer. */
struct ocsp_single {
    struct ocsp_id id;
    int status; /* enum mtlsauth_ocsp_status */
    int64_t revoked_at;
    int reason;
    int64_t this_update, next_update; /* MTLSAUTH_NO_TIME where absent */
    bool unknown_critical;
};

/* Reads the next answer; false with *why, a static text, when it is malformed. */
bool mtlsauth__ocsp_single_next(struct der *in, struct ocsp_single *single, const char **why);

/* How bad a status is. */
int mtlsauth__ocsp_rank(int status);

/* Is it said for good? Only a hold ends (RFC 5280 5.3.1). */
bool mtlsauth__ocsp_is_final(int status, int reason);

/*
 * Of two answers about one certificate in one response: does a count, and not b? The worse one
 * does, of two revocations the one that is final, of two alike the later one. b without a status is
 * none yet.
 */
bool mtlsauth__ocsp_single_counts(const struct ocsp_single *a, const struct ocsp_single *b);

/* The name of a responseStatus, static. */
const char *mtlsauth__ocsp_response_status_name(int status);

#endif
