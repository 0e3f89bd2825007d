/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_AUTHORIZER_H
#define TESTS_UNIT_AUTHORIZER_H

/* What the tests of an authorizer share: handles made of the files of tests/data. */

#include "data.h"

static inline mtlsauth_decision *new_decision(void)
{
    mtlsauth_decision *decision;

    ASSERT_OK("decision", mtlsauth_decision_new(&decision));
    return decision;
}

static inline mtlsauth_authorizer *new_authorizer(const char *truststore,
                                                  const mtlsauth_policy *policy)
{
    mtlsauth_truststore *loaded = data_truststore(truststore);
    mtlsauth_authorizer *authorizer;

    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, loaded, policy));
    mtlsauth_truststore_free(loaded);
    return authorizer;
}

/* A policy without a rule. */
static inline mtlsauth_policy *new_policy(void)
{
    mtlsauth_policy *policy;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_OK("policy", mtlsauth_policy_set_time(policy, DATA_NOW));
    ASSERT_OK("policy", mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF,
                                                       MTLSAUTH_DEPTH_LEAF));
    return policy;
}

static inline void allow(mtlsauth_policy *policy, const char *label, const char *matcher)
{
    ASSERT_OK(matcher, mtlsauth_policy_allow(policy, label, &matcher, 1));
}

#endif
