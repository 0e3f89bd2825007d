/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include "authorizer/policy.h"
#include "base/error.h"
#include "base/memory.h"

/* Longer than a CA's outage lasts, and shorter than a revocation may wait. */
enum { MAX_GRACE = 30 * 86400 };

/* No CA's answers are valid longer than a year. */
enum { MAX_OCSP_AGE = 366 * 86400 };

static int fail_null(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: the handle is NULL");
}

static int check_evidence(int evidence)
{
    if (evidence < MTLSAUTH_EVIDENCE_OFF || evidence > MTLSAUTH_EVIDENCE_CRL_AND_OCSP)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: there is no evidence %d", evidence);
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_revocation(mtlsauth_policy *policy, int evidence, int depth)
{
    int code;

    if (policy == NULL)
        return fail_null();
    code = check_evidence(evidence);
    if (code != MTLSAUTH_OK)
        return code;
    if (depth < MTLSAUTH_DEPTH_LEAF || depth > MTLSAUTH_DEPTH_CHAIN)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: there is no depth %d", depth);
    policy->revocation.evidence = evidence;
    policy->revocation.depth = depth;
    return MTLSAUTH_OK;
}

/* In the order of the keys: the session context is the same whoever was named first. */
static void insert_issuer(struct revocation_params *params, const unsigned char *spki_sha256,
                          int evidence)
{
    struct issuer_evidence *all = params->issuers;
    size_t at = params->issuer_count++;

    for (; at > 0 && memcmp(all[at - 1].spki_sha256, spki_sha256, MTLSAUTH_SHA256_LEN) > 0; at--)
        all[at] = all[at - 1];
    memcpy(all[at].spki_sha256, spki_sha256, MTLSAUTH_SHA256_LEN);
    all[at].evidence = evidence;
}

int mtlsauth_policy_set_revocation_for_issuer(
    mtlsauth_policy *policy, const unsigned char spki_sha256[MTLSAUTH_SHA256_LEN], int evidence)
{
    struct revocation_params *params;
    struct issuer_evidence *grown;
    int code;

    if (policy == NULL)
        return fail_null();
    if (spki_sha256 == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: the issuer's key is NULL");
    code = check_evidence(evidence);
    if (code != MTLSAUTH_OK)
        return code;
    params = &policy->revocation;
    for (size_t i = 0; i < params->issuer_count; i++) {
        if (memcmp(params->issuers[i].spki_sha256, spki_sha256, MTLSAUTH_SHA256_LEN) == 0) {
            params->issuers[i].evidence = evidence;
            return MTLSAUTH_OK;
        }
    }
    if (params->issuer_count == MTLSAUTH_MAX_EVIDENCE_ISSUERS)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "policy: more than %d issuers with evidence of "
                              "their own",
                              MTLSAUTH_MAX_EVIDENCE_ISSUERS);
    grown = mtlsauth__grow(params->issuers, params->issuer_count, &params->issuer_capacity,
                           sizeof *grown);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    params->issuers = grown;
    insert_issuer(params, spki_sha256, evidence);
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_crl_max_age(mtlsauth_policy *policy, int64_t seconds)
{
    if (policy == NULL)
        return fail_null();
    if (seconds <= 0 || seconds > policy->revocation.crl_max_age)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: a maximum age is above 0 and only becomes smaller");
    policy->revocation.crl_max_age = seconds;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_ocsp_max_age(mtlsauth_policy *policy, int64_t seconds)
{
    if (policy == NULL)
        return fail_null();
    if (seconds <= 0 || seconds > MAX_OCSP_AGE)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: a maximum age of OCSP answers is 1 to %d seconds",
                              MAX_OCSP_AGE);
    policy->revocation.ocsp_max_age = seconds;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_revocation_grace(mtlsauth_policy *policy, int64_t seconds)
{
    if (policy == NULL)
        return fail_null();
    if (seconds < 0 || seconds > MAX_GRACE)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: a grace is 0 to %d seconds",
                              MAX_GRACE);
    policy->revocation.grace = seconds;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_allow_unknown_revocation(mtlsauth_policy *policy, int on)
{
    if (policy == NULL)
        return fail_null();
    policy->revocation.allow_unknown = on != 0;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_crl_without_number(mtlsauth_policy *policy, int on)
{
    if (policy == NULL)
        return fail_null();
    policy->revocation.crl_without_number = on != 0;
    return MTLSAUTH_OK;
}

bool mtlsauth__policy_asks_revocation(const mtlsauth_policy *policy)
{
    const struct revocation_params *params = &policy->revocation;
    bool asks = params->evidence != MTLSAUTH_EVIDENCE_OFF;

    for (size_t i = 0; i < params->issuer_count; i++)
        asks = asks || params->issuers[i].evidence != MTLSAUTH_EVIDENCE_OFF;
    return asks;
}
