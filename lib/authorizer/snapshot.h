/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_SNAPSHOT_H
#define MTLSAUTH_AUTHORIZER_SNAPSHOT_H

#include "authorizer/path_cache.h"
#include "authorizer/policy.h"
#include "base/stripe.h"
#include "base/refcount.h"
#include "cert/chain.h"
#include "revocation/crl_set.h"
#include "revocation/ocsp_cache.h"
#include "trust/truststore.h"

/* References of the threads of a stripe; the first is that of the authorizer. */
struct snapshot_pin {
    struct refcount refs;
    unsigned char padding[STRIPE_LINE];
};

/*
 * All that a decision looks at. It is never changed: a decision holds one from start to end, and a
 * writer puts another in its place.
 */
struct snapshot {
    struct refcount refs; /* once it is in force, one of them for the pins of each stripe */
    struct snapshot_pin pins[STRIPES];
    uint64_t generation;
    mtlsauth_truststore *truststore;
    mtlsauth_policy *policy;
    mtlsauth_chain *intermediates; /* may be NULL */
    struct crl_set *crls;
    struct path_cache *paths;
    struct ocsp_cache *ocsp;
    uint8_t context[MTLSAUTH_SHA256_LEN];
};

/*
 * Makes the one after last, which is NULL for the first; truststore, intermediates, CRLs and OCSP
 * answers are referred to, the policy is copied. What an authorizer asks of them is checked here.
 */
int mtlsauth__snapshot_new(struct snapshot **out, const struct snapshot *last,
                           mtlsauth_truststore *truststore, const mtlsauth_policy *policy,
                           mtlsauth_chain *intermediates, struct crl_set *crls,
                           struct ocsp_cache *ocsp);
void mtlsauth__snapshot_free(struct snapshot *snapshot);

/* Lets go of one reference of a stripe. */
void mtlsauth__snapshot_unpin(struct snapshot *snapshot, size_t stripe);

#endif
