/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_POLICY_H
#define MTLSAUTH_AUTHORIZER_POLICY_H

#include <mtlsauth/policy.h>
#include "cert/cert.h"
#include "identity/rules.h"
#include "revocation/params.h"
#include "trust/params.h"

struct mtlsauth_policy {
    struct path_params path;
    struct revocation_params revocation;
    struct rules *rules;
    struct mtlsauth_limits limits;
    mtlsauth_clock clock; /* NULL: the system's */
    void *clock_arg;
    bool has_fixed_time;
    int64_t fixed_time;
    bool certificate_wildcards;
    bool explicit_policy_asked; /* by its own setter, not by a required certificate policy alone */
    char *warnings;             /* of mtlsauth_policy_lint */
};

int mtlsauth__policy_copy(mtlsauth_policy **out, const mtlsauth_policy *policy);

/* The time at which to decide, read once; false when the clock says MTLSAUTH_NO_TIME. */
bool mtlsauth__policy_time(const mtlsauth_policy *policy, int64_t *now);

/* The same where it only makes ages: without a time it is year 0. */
int64_t mtlsauth__policy_now(const mtlsauth_policy *policy);

/* What a call without a time returns. */
int mtlsauth__fail_clock(void);

/* Does it ask for evidence of any issuer's certificates? */
bool mtlsauth__policy_asks_revocation(const mtlsauth_policy *policy);

/* Appends what is the same for two policies only when they judge paths alike: for a digest. */
void mtlsauth__policy_describe_path(const mtlsauth_policy *policy, struct text *out);

/* Appends what is the same for two policies only when they decide alike, at the same time: where
 * that comes from is not in it. */
void mtlsauth__policy_describe(const mtlsauth_policy *policy, struct text *out);

#endif
