/* SPDX-License-Identifier: MIT */
#include "revocation/params.h"

int mtlsauth__evidence_for(const struct revocation_params *params, const mtlsauth_cert *issuer)
{
    for (size_t i = 0; i < params->issuer_count; i++)
        if (mtlsauth__cert_has_key(issuer, params->issuers[i].spki_sha256))
            return params->issuers[i].evidence;
    return params->evidence;
}
