/* SPDX-License-Identifier: MIT */
#include "authorizer/snapshot.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"

/* The same in every process that has the same truststore, intermediates and policy. */
static int make_context(struct snapshot *snapshot)
{
    struct text text = {0};
    bool ok;

    mtlsauth__text_addf(&text, "truststore %s\n", snapshot->truststore->sha256_hex);
    for (size_t i = 0; i < mtlsauth_chain_count(snapshot->intermediates); i++)
        mtlsauth__text_addf(&text, "intermediate %s\n",
                            snapshot->intermediates->certs[i]->sha256_hex);
    for (size_t i = 0; i < snapshot->crls->count; i++)
        if (snapshot->crls->slots[i].crl != NULL)
            mtlsauth__text_addf(&text, "crl %s\n", snapshot->crls->slots[i].crl->sha256_hex);
    mtlsauth__policy_describe(snapshot->policy, &text);
    if (text.failed) {
        mtlsauth__text_drop(&text);
        return mtlsauth__fail_memory();
    }
    ok = mtlsauth__sha256(span_of(text.ptr, text.len), snapshot->context);
    mtlsauth__text_drop(&text);
    if (!ok)
        return mtlsauth__fail_digest();
    return MTLSAUTH_OK;
}

int mtlsauth__snapshot_new(struct snapshot **out, const struct snapshot *last,
                           mtlsauth_truststore *truststore, const mtlsauth_policy *policy,
                           mtlsauth_chain *intermediates, struct crl_set *crls,
                           struct ocsp_cache *ocsp)
{
    struct snapshot *snapshot;
    int code;

    *out = NULL;
    if (truststore == NULL || policy == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "authorizer: a truststore and a policy are needed");
    if (policy->revocation.evidence == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "authorizer: the policy says nothing about revocation; call "
                              "mtlsauth_policy_set_revocation, with MTLSAUTH_EVIDENCE_OFF if that "
                              "is meant");
    /* A list that lies there and is not looked at: somebody believes that it is. */
    if (mtlsauth__crl_set_count(crls) > 0 && !mtlsauth__policy_asks_revocation(policy))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "authorizer: there are CRLs, and the policy says "
                              "MTLSAUTH_EVIDENCE_OFF; say MTLSAUTH_EVIDENCE_CRL, or remove them");
    snapshot = mtlsauth__calloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&snapshot->refs);
    for (size_t i = 0; i < STRIPES; i++)
        refcount_init(&snapshot->pins[i].refs);
    snapshot->generation = last == NULL ? 1 : last->generation + 1;
    snapshot->truststore = mtlsauth_truststore_ref(truststore);
    snapshot->intermediates = mtlsauth_chain_ref(intermediates);
    snapshot->crls = mtlsauth__crl_set_ref(crls);
    snapshot->ocsp = mtlsauth__ocsp_cache_ref(ocsp);
    code = mtlsauth__policy_copy(&snapshot->policy, policy);
    if (code == MTLSAUTH_OK)
        code = make_context(snapshot);
    if (code == MTLSAUTH_OK) {
        snapshot->paths = mtlsauth__path_cache_for(truststore, intermediates, snapshot->policy,
                                                   last == NULL ? NULL : last->paths);
        if (snapshot->paths == NULL)
            code = mtlsauth__fail_memory();
    }
    if (code == MTLSAUTH_OK)
        *out = snapshot;
    else
        mtlsauth__snapshot_free(snapshot);
    return code;
}

void mtlsauth__snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL || !refcount_drop(&snapshot->refs))
        return;
    mtlsauth_truststore_free(snapshot->truststore);
    mtlsauth_policy_free(snapshot->policy);
    mtlsauth_chain_free(snapshot->intermediates);
    mtlsauth__crl_set_free(snapshot->crls);
    mtlsauth__path_cache_free(snapshot->paths);
    mtlsauth__ocsp_cache_free(snapshot->ocsp);
    mtlsauth__free(snapshot);
}

void mtlsauth__snapshot_unpin(struct snapshot *snapshot, size_t stripe)
{
    if (refcount_drop(&snapshot->pins[stripe].refs))
        mtlsauth__snapshot_free(snapshot);
}
