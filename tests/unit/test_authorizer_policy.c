/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "support/ca.h"

/* certificatePolicies with policy 1.2.LAST alone. */
#define STATES(last) "DER:30:06:30:04:06:02:2a:" last

/* A client whose certificate states a certificate policy, or none. */
static mtlsauth_chain *client_of(EVP_PKEY *key, EVP_PKEY *root_key, const char *policies)
{
    const struct ca_spec spec = {
        .subject = "a", .issuer = "Root", .key = key, .issuer_key = root_key};
    X509 *x509 = ca_x509(&spec);
    mtlsauth_chain *chain;
    unsigned char *der = NULL;
    size_t len;

    if (policies != NULL)
        ca_extension(x509, NID_certificate_policies, policies);
    ck_assert_int_gt(X509_sign(x509, root_key, ca_md(root_key)), 0);
    len = (size_t)i2d_X509(x509, &der);
    ck_assert_int_eq(mtlsauth_chain_from_der(&chain, (const void *[]){der}, &len, 1), MTLSAUTH_OK);
    OPENSSL_free(der);
    X509_free(x509);
    return chain;
}

static mtlsauth_truststore *store_of(EVP_PKEY *root_key)
{
    const struct ca_spec spec = {.subject = "Root",
                                 .issuer = "Root",
                                 .key = root_key,
                                 .issuer_key = root_key,
                                 .constraints = "critical,CA:TRUE",
                                 .usage = "keyCertSign,cRLSign"};
    mtlsauth_cert *root = ca_cert(&spec);
    mtlsauth_truststore *store;
    size_t len;
    const void *der = mtlsauth_cert_der(root, &len);

    ck_assert_int_eq(mtlsauth_truststore_parse(&store, der, len, NULL), MTLSAUTH_OK);
    mtlsauth_cert_free(root);
    return store;
}

/* What is called, in this order: R requires 1.2.3, S another, 1 and 0 set explicit policy. */
static mtlsauth_policy *policy_of(const char *calls)
{
    mtlsauth_policy *policy;

    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_allow_any(policy, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF),
        MTLSAUTH_OK);
    for (const char *at = calls; *at != '\0'; at++) {
        int code;

        if (*at == 'R' || *at == 'S')
            code =
                mtlsauth_policy_require_certificate_policy(policy, *at == 'R' ? "1.2.3" : "1.2.4");
        else
            code = mtlsauth_policy_set_explicit_policy(policy, *at == '1');
        ASSERT_INT(calls, code, MTLSAUTH_OK);
    }
    return policy;
}

/* A required policy is required, of a path that states none too. */
START_TEST(a_required_policy_is_required)
{
    enum { NO = MTLSAUTH_DENY_CERTIFICATE_POLICY };
    static const struct {
        const char *calls;
        int none, right, wrong; /* what the certificate states */
    } rows[] = {
        {"", 0, 0, 0},     {"R", NO, 0, NO}, {"RS", NO, 0, NO},  {"S", NO, NO, NO},
        {"0R", NO, 0, NO}, {"R0", 0, 0, 0},  {"R0R", NO, 0, NO}, {"R1", NO, 0, NO},
        {"1R", NO, 0, NO}, {"1", NO, 0, 0},  {"0", 0, 0, 0},
    };
    EVP_PKEY *root_key = ca_key("EC"), *key = ca_key("EC");
    mtlsauth_truststore *store = store_of(root_key);
    mtlsauth_chain *chains[] = {client_of(key, root_key, NULL),
                                client_of(key, root_key, STATES("03")),
                                client_of(key, root_key, STATES("05"))};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const int want[] = {rows[i].none, rows[i].right, rows[i].wrong};
        mtlsauth_policy *policy = policy_of(rows[i].calls);
        mtlsauth_authorizer *authorizer;

        ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
        for (size_t n = 0; n < COUNT_OF(chains); n++)
            ASSERT_INT(rows[i].calls, mtlsauth_authorize(authorizer, chains[n], NULL), want[n]);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    for (size_t n = 0; n < COUNT_OF(chains); n++)
        mtlsauth_chain_free(chains[n]);
    mtlsauth_truststore_free(store);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(key);
}
END_TEST

/* What its own setter has turned on stays on, whatever else turned it on too. */
START_TEST(explicit_policy_that_was_asked_for_stays)
{
    static const char *const calls[] = {"1", "R1", "1R", "R01", "1RS"};

    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        mtlsauth_policy *policy = policy_of(calls[i]);

        ASSERT_INT(calls[i], mtlsauth_policy_set_explicit_policy(policy, 0), MTLSAUTH_ERR_ARGUMENT);
        mtlsauth_policy_free(policy);
    }
}
END_TEST

UNIT_MAIN("authorizer/policy", a_required_policy_is_required,
          explicit_policy_that_was_asked_for_stays)
