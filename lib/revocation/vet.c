/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/error.h"
#include "revocation/signer.h"

/* A list that is used: what it speaks of is found out for each certificate, whether it can be used
 * at all is found out here. */
int mtlsauth__crl_vet(const struct crl_facts *facts, const struct revocation_params *params)
{
    if (facts->scope.only_attribute)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: a list of attribute certificates, which says nothing of "
                              "clients");
    if (!facts->has_number && !params->crl_without_number)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: %s; without a number nobody can tell an old list from a new "
                              "one. Have the CA write one, or take "
                              "mtlsauth_policy_set_insecure_crl_without_number",
                              facts->version == 1 ? "a version 1 list, which has no cRLNumber"
                                                  : "no cRLNumber, which RFC 5280 5.2.3 requires");
    if (facts->is_delta && !facts->has_number)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: a delta CRL without a cRLNumber (RFC 5280 5.2.3): nobody can "
                              "tell which list it comes after");
    if (facts->next_update == CRL_NO_NEXT_UPDATE && params->crl_max_age == INT64_MAX)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: no nextUpdate, which RFC 5280 5.1.2.5 requires: without it "
                              "nobody can tell when the list is stale. Have the CA write one, or "
                              "say how old a list may be: mtlsauth_policy_set_crl_max_age");
    return MTLSAUTH_OK;
}

int mtlsauth__crl_vet_again(const mtlsauth_crl *crl, const mtlsauth_cert *signer,
                            const struct crl_rules *rules)
{
    int code = mtlsauth__crl_vet(&crl->image.facts, rules->revocation);

    return code == MTLSAUTH_OK ? mtlsauth__crl_check_strength(crl, signer, rules) : code;
}
