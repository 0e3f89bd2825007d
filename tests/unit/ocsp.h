/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_OCSP_H
#define TESTS_UNIT_OCSP_H

/* What the tests of OCSP share: a leaf, its issuer, a policy with a fixed time, and one
 * question. */

#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"
#include "unit.h"

static inline mtlsauth_cert *ocsp_cert(const struct ob_cert *spec)
{
    struct der_build der = ob_make_cert(spec);
    mtlsauth_cert *cert = NULL;

    ck_assert_msg(mtlsauth_cert_parse(&cert, der.bytes, der.len) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    der_build_free(&der);
    return cert;
}

static inline mtlsauth_cert *ocsp_issuer(void)
{
    return ocsp_cert(&(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER});
}

static inline mtlsauth_cert *ocsp_leaf(void)
{
    return ocsp_cert(&(struct ob_cert){.key = OB_LEAF});
}

static inline mtlsauth_policy *ocsp_policy(void)
{
    mtlsauth_policy *policy = NULL;

    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, OB_NOW), MTLSAUTH_OK);
    return policy;
}

/*
 * Parses and checks twice: a second attempt says what the first one said. The status when the
 * answer counts, else the code; the sentence of a failure is never empty.
 */
static inline int ocsp_ask(const char *row, const struct der_build *der,
                           const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                           const mtlsauth_cert *issuer, const mtlsauth_policy *policy)
{
    int said[2];

    for (int i = 0; i < 2; i++) {
        mtlsauth_ocsp_response *response = NULL;
        mtlsauth_ocsp_result *result = NULL;

        said[i] = mtlsauth_ocsp_response_parse(&response, der->bytes, der->len);
        if (said[i] == MTLSAUTH_OK)
            said[i] = mtlsauth_ocsp_check(response, request, cert, issuer, policy, &result);
        if (said[i] == MTLSAUTH_OK) {
            said[i] = mtlsauth_ocsp_result_status(result);
        } else {
            ASSERT_TRUE(row, said[i] < 0);
            ASSERT_TRUE(row, result == NULL);
            ASSERT_TRUE(row, mtlsauth_last_error()[0] != '\0');
        }
        mtlsauth_ocsp_result_free(result);
        mtlsauth_ocsp_response_free(response);
    }
    ASSERT_INT(row, said[1], said[0]);
    return said[0];
}

/* The usual question, about a response of this spec. */
static inline int ocsp_say(const char *row, const struct ob_response *spec)
{
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    struct der_build der = ob_make_response(spec);
    int said = ocsp_ask(row, &der, NULL, leaf, issuer, policy);

    der_build_free(&der);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
    return said;
}

#endif
