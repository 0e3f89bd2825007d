/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_DECIDE_H
#define MTLSAUTH_AUTHORIZER_DECIDE_H

#include "authorizer/decision.h"
#include "authorizer/snapshot.h"
#include "authorizer/stats.h"

/* Certificates that may stand in the middle of a path, gathered from where they are kept. */
struct pool {
    mtlsauth_cert **certs; /* borrowed, each of them */
    size_t count, capacity;
};

/* False when memory runs out. */
bool mtlsauth__pool_add(struct pool *pool, mtlsauth_cert *const *certs, size_t count);
void mtlsauth__pool_drop(struct pool *pool);

/* Path, algorithms, time (now) and usage of a leaf. known may be NULL (trust/path.h). MTLSAUTH_OK
 * fills the path of the decision. */
int mtlsauth__decide_path(const mtlsauth_truststore *truststore, const mtlsauth_policy *policy,
                          mtlsauth_cert *leaf, const struct pool *pool, int64_t now,
                          struct issuer_cache *known, mtlsauth_decision *decision);

/*
 * All checks of a snapshot, in their order. again: for a resumed session, with what was seen of the
 * leaf before as further candidates. decision is fresh. stats: where paths are counted.
 */
int mtlsauth__decide(const struct snapshot *snapshot, const mtlsauth_chain *chain, bool again,
                     struct stats *stats, mtlsauth_decision *decision);

/* The denial where the clock of the policy has no time. */
int mtlsauth__decide_without_time(mtlsauth_decision *decision);

#endif
