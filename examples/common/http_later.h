/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_LATER_H
#define EXAMPLES_HTTP_LATER_H
#ifdef MTLSAUTH_LATER
#include <mtlsauth/mtlsauth.h>
int mtlsauth_authorizer_put_ocsp_response(mtlsauth_authorizer *, const void *, size_t);
int mtlsauth_decision_ocsp_request(const mtlsauth_decision *, const mtlsauth_ocsp_request **,
                                   const char **);
#endif
#endif
