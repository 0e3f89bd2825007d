/* SPDX-License-Identifier: MIT */
/*
 * An OCSP response, parsed and checked. The certificate and its issuer have serial number 5 and the
 * name "issuer", as in ocsp_build.h, under a key that is new in each run: what a mutation makes of a
 * response is never signed by it, so that one which is taken is a fault.
 */
#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static mtlsauth_cert *parse(const struct ob_cert *spec)
{
    struct der_build der = ob_make_cert(spec);
    mtlsauth_cert *cert = NULL;

    if (mtlsauth_cert_parse(&cert, der.bytes, der.len) != MTLSAUTH_OK)
        abort();
    der_build_free(&der);
    return cert;
}

static void look_at(const mtlsauth_ocsp_response *response)
{
    for (size_t i = 0; i <= mtlsauth_ocsp_response_count(response); i++) {
        int64_t this_update, next_update;
        const void *serial = NULL;
        size_t len = 0;
        int status = 0;
        int code = mtlsauth_ocsp_response_entry(response, i, &serial, &len, &status, &this_update,
                                                &next_update);

        if ((code == MTLSAUTH_OK) != (i < mtlsauth_ocsp_response_count(response)))
            abort();
        if (code == MTLSAUTH_OK && (len == 0 || serial == NULL || status < 1))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mtlsauth_cert *leaf, *issuer;
    static mtlsauth_policy *policy;
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;

    if (policy == NULL) {
        leaf = parse(&(struct ob_cert){.key = OB_LEAF});
        issuer =
            parse(&(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER});
        if (mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_STRICT) != MTLSAUTH_OK ||
            mtlsauth_policy_set_time(policy, OB_NOW) != MTLSAUTH_OK)
            abort();
    }
    if (mtlsauth_ocsp_response_parse(&response, data, len) != MTLSAUTH_OK)
        return 0;
    look_at(response);
    if (mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result) == MTLSAUTH_OK ||
        result != NULL)
        abort();
    mtlsauth_ocsp_response_free(response);
    return 0;
}
