/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_LATER_H
#define EXAMPLES_HTTP_LATER_H
#ifdef MTLSAUTH_LATER
#include <mtlsauth/mtlsauth.h>
int mtlsauth_authorizer_update(mtlsauth_authorizer *, mtlsauth_truststore *,
                               const mtlsauth_policy *, mtlsauth_chain *);
int mtlsauth_authorizer_add_truststore_file(mtlsauth_authorizer *, const char *);
int mtlsauth_authorizer_add_crl_file(mtlsauth_authorizer *, const char *, mtlsauth_cert *);
int mtlsauth_authorizer_add_crl_dir(mtlsauth_authorizer *, const char *, mtlsauth_cert *);
int mtlsauth_authorizer_refresh(mtlsauth_authorizer *, int *, mtlsauth_report **);
int mtlsauth_authorizer_stats_json(mtlsauth_authorizer *, char *, size_t, size_t *);
int mtlsauth_authorizer_put_ocsp_response(mtlsauth_authorizer *, const void *, size_t);
int mtlsauth_decision_ocsp_request(const mtlsauth_decision *, const mtlsauth_ocsp_request **,
                                   const char **);
#endif
#endif
