/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_CRL_PAIR_H
#define MTLSAUTH_REVOCATION_CRL_PAIR_H

#include "revocation/crl.h"
#include "revocation/crl_context.h"

/* A complete list and the delta to it, either of which may be missing. */
struct crl_pair {
    const mtlsauth_crl *base, *delta;
};

/* One that is there: who issues them, and their scope, they have in common. */
static inline const mtlsauth_crl *crl_pair_any(const struct crl_pair *lists)
{
    return lists->base == NULL ? lists->delta : lists->base;
}

/*
 * From when on a list counts no more, without the grace: nextUpdate or the maximum age, whichever
 * comes first. Where neither says it, as under a policy that lost its maximum age, it is stale from
 * the first second.
 */
int64_t mtlsauth__crl_stale_from(const struct crl_facts *facts,
                                 const struct revocation_params *params);

/* The last second at which it counts: a grace comes behind nextUpdate, and not behind the maximum
 * age. */
int64_t mtlsauth__crl_counts_until(const struct crl_facts *facts,
                                   const struct revocation_params *params);

bool mtlsauth__crl_is_current(const mtlsauth_crl *crl, const struct revocation_params *params,
                              int64_t now);

/* Of a pair of which neither is missing. RFC 5280 5.2.4: does the delta follow the complete list in
 * the numbering, and (b): is nothing missing that happened between the two? */
bool mtlsauth__crl_delta_is_newer(const struct crl_pair *lists);
bool mtlsauth__crl_delta_continues(const struct crl_pair *lists);

/* Of a pair with a complete list. RFC 5280 6.3.3 (a) (1) (i): one past its nextUpdate is as current
 * as its delta. */
bool mtlsauth__crl_pair_is_current(const struct crl_pair *lists,
                                   const struct revocation_params *params, int64_t now);

/*
 * A delta that begins at a later complete list is the CA's word that there is one (RFC 5280 5.2.4).
 * Who was revoked until then may stand in that one alone, even whom an earlier delta had revoked,
 * whose place this one has taken. Only a delta that counts by itself says so: nobody is kept out by
 * one that was dug out again, or comes too early, or contradicts itself.
 */
bool mtlsauth__crl_pair_is_superseded(const struct crl_pair *lists,
                                      const struct revocation_params *params, int64_t now);

/* For how long the two let somebody in, or a delta alone counts; below 0 they do not. */
int64_t mtlsauth__crl_pair_seconds_left(const struct crl_pair *lists,
                                        const struct revocation_params *params, int64_t now);

#endif
