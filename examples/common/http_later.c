/* SPDX-License-Identifier: MIT */
/* Stands in for functions of the library, where it does not have them yet. */
#include "http_later.h"

int mtlsauth_authorizer_put_ocsp_response(mtlsauth_authorizer *a, const void *d, size_t n)
{
    (void)a;
    (void)d;
    (void)n;
    return MTLSAUTH_ERR_UNSUPPORTED;
}

int mtlsauth_decision_ocsp_request(const mtlsauth_decision *d, const mtlsauth_ocsp_request **r,
                                   const char **url)
{
    (void)d;
    (void)r;
    (void)url;
    return MTLSAUTH_ERR_NOT_FOUND;
}
