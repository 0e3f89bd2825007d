/* SPDX-License-Identifier: MIT */
#include "revocation/scope.h"

bool mtlsauth__crl_scope_has(const struct crl_scope *scope, const struct cert_view *cert)
{
    if (scope->only_attribute)
        return false;
    if (!scope->only_user && !scope->only_ca)
        return true;
    /* RFC 5280 5.2.5: such a list "MUST NOT include any version 1 or version 2 certificates". */
    return cert->version == 3 && (scope->only_ca ? cert->is_ca : !cert->is_ca);
}
