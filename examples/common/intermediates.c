/* SPDX-License-Identifier: MIT */
#include "intermediates.h"

#include <mtlsauth/mtlsauth.h>

int intermediates_load(mtlsauth_chain **chain, const char *path)
{
    mtlsauth_limits *limits = NULL;
    int code = mtlsauth_limits_new(&limits);

    *chain = NULL;
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_chain_certificates(limits,
                                                      MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_CERTIFICATES);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_chain_bytes(limits, MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_chain_load_file(chain, path, MTLSAUTH_FORMAT_AUTO, limits);
    mtlsauth_limits_free(limits);
    return code;
}
