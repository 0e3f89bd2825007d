/* SPDX-License-Identifier: MIT */
#include "revocation/params.h"

int mtlsauth__evidence_for(const struct revocation_params *params, const mtlsauth_cert *issuer)
{
    for (size_t i = 0; i < params->issuer_count; i++)
        if (memcmp(issuer->spki_sha256, params->issuers[i].spki_sha256, MTLSAUTH_SHA256_LEN) == 0)
            return params->issuers[i].evidence;
    return params->evidence;
}
