/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/error.h"

int mtlsauth__crl_vet(const struct crl_facts *facts, bool without_number)
{
    if (facts->is_delta)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: a delta CRL (RFC 5280 5.2.4): taken alone it would say that "
                              "nothing else is revoked; load the complete list");
    if (facts->scope.indirect)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: an indirect CRL, with entries of several issuers (RFC 5280 "
                              "5.2.5); load the list of the issuer itself");
    if (facts->scope.only_attribute)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: a list of attribute certificates, which says nothing of "
                              "clients");
    if (!facts->has_number && !without_number)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: %s; without a number nobody can tell an old list from a new "
                              "one. Have the CA write one, or take "
                              "mtlsauth_policy_set_insecure_crl_without_number",
                              facts->version == 1 ? "a version 1 list, which has no cRLNumber"
                                                  : "no cRLNumber, which RFC 5280 5.2.3 requires");
    return MTLSAUTH_OK;
}
