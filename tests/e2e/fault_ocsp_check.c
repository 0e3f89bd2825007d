/* SPDX-License-Identifier: MIT */

/* In front of mtlsauth_ocsp_check of a program: fails with the code in FAULT_OCSP_CHECK, if it is
 * set. */

#include <stdlib.h>
#include <mtlsauth/ocsp.h>

int __real_mtlsauth_ocsp_check(const mtlsauth_ocsp_response *response,
                               const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                               const mtlsauth_cert *issuer, const mtlsauth_policy *policy,
                               mtlsauth_ocsp_result **out);
int __wrap_mtlsauth_ocsp_check(const mtlsauth_ocsp_response *response,
                               const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                               const mtlsauth_cert *issuer, const mtlsauth_policy *policy,
                               mtlsauth_ocsp_result **out);

int __wrap_mtlsauth_ocsp_check(const mtlsauth_ocsp_response *response,
                               const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                               const mtlsauth_cert *issuer, const mtlsauth_policy *policy,
                               mtlsauth_ocsp_result **out)
{
    const char *code = getenv("FAULT_OCSP_CHECK");

    *out = NULL;
    return code != NULL ? atoi(code)
                        : __real_mtlsauth_ocsp_check(response, request, cert, issuer, policy, out);
}
