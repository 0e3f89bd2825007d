/* SPDX-License-Identifier: MIT */
/* RFC 8705: certificate thumbprints of tokens, and the metadata of a client. */
#include "data.h"

#include <mtlsauth/mtlsauth.h>

/* RFC 8705 appendix A. */
static const char example[] = "-----BEGIN CERTIFICATE-----\n"
                              "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx\n"
                              "ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG\n"
                              "SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ\n"
                              "/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID\n"
                              "SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV\n"
                              "bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=\n"
                              "-----END CERTIFICATE-----\n";

START_TEST(example_of_the_rfc)
{
    static const char want[] = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";
    mtlsauth_cert *cert;

    ASSERT_OK("RFC 8705", mtlsauth_cert_parse(&cert, example, strlen(example)));
    ASSERT_TEXT("RFC 8705", mtlsauth_cert_thumbprint(cert), want);
    ASSERT_INT("RFC 8705", mtlsauth_cert_thumbprint_equal(cert, want), 1);
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(claims)
{
    static const struct {
        const char *name, *claim;
    } rows[] = {
        {"nothing", ""},
        {"padded", "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0="},
        {"shorter", "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v"},
        {"another", "B4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"},
        {"another case", "a4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"},
        {"unused bits", "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v1"},
        {"a space", " A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"},
        {"hexadecimal", "0380ed2f626650c840b2f263e6d2b29fae12ab39ae5db32b25ad27efad72e6fd"},
    };
    mtlsauth_cert *cert;

    ASSERT_OK("RFC 8705", mtlsauth_cert_parse(&cert, example, strlen(example)));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_INT(rows[i].name, mtlsauth_cert_thumbprint_equal(cert, rows[i].claim), 0);
    ASSERT_INT("NULL", mtlsauth_cert_thumbprint_equal(cert, NULL), 0);
    ASSERT_INT("NULL", mtlsauth_cert_thumbprint_equal(NULL, "x"), 0);
    ASSERT_TRUE("NULL", mtlsauth_cert_thumbprint(NULL)[0] == '\0');
    mtlsauth_cert_free(cert);
}
END_TEST

static int decide(const char *member, const char *value, const char *file)
{
    mtlsauth_truststore *truststore = data_truststore("root.pem");
    mtlsauth_chain *chain = data_chain(file);
    mtlsauth_authorizer *authorizer;
    mtlsauth_policy *policy;
    int code;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_OK("policy", mtlsauth_policy_set_time(policy, DATA_NOW));
    ASSERT_OK("policy",
              mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    code = mtlsauth_policy_allow_rfc8705(policy, "client", member, value);
    if (code == MTLSAUTH_OK) {
        ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
        code = mtlsauth_authorize(authorizer, chain, NULL);
        mtlsauth_authorizer_free(authorizer);
    }
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    return code;
}

/* RFC 8705 2.1.2: one member, one value, compared whole. */
START_TEST(metadata)
{
    static const struct {
        const char *member, *value, *file;
        int want;
    } rows[] = {
        {"tls_client_auth_san_dns", "client.example.com", "two-names.pem", MTLSAUTH_OK},
        {"tls_client_auth_san_dns", "*.example.com", "two-names.pem", MTLSAUTH_ERR_PARSE},
        {"tls_client_auth_san_dns", "other.example.com", "two-names.pem", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_san_uri", "spiffe://acme.example/ns/prod/sa/web", "uri.pem", MTLSAUTH_OK},
        {"tls_client_auth_san_uri", "spiffe://acme.example/ns/prod/sa/*", "uri.pem",
         MTLSAUTH_ERR_PARSE},
        {"tls_client_auth_san_ip", "2001:db8:0:0::7", "ip.pem", MTLSAUTH_OK},
        {"tls_client_auth_san_ip", "10.0.0.7", "ip.pem", MTLSAUTH_OK},
        {"tls_client_auth_san_ip", "10.0.0.8", "ip.pem", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_san_email", "ops@example.com", "email.pem", MTLSAUTH_OK},
        {"tls_client_auth_san_email", "*@example.com", "email.pem", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_subject_dn", "CN=example.com", "two-names.pem", MTLSAUTH_OK},
        {"tls_client_auth_subject_dn", "CN=client.example.com", "two-names.pem",
         MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_san_dns", "client.example.com", "other-ca-client.pem",
         MTLSAUTH_DENY_ISSUER_NOT_FOUND},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_CODE(rows[i].value, decide(rows[i].member, rows[i].value, rows[i].file),
                    rows[i].want);
    ck_assert_int_lt(decide("tls_client_auth_san", "x", "two-names.pem"), 0);
    ck_assert_int_lt(decide("tls_client_auth_san_ip", "10.0.0.0/8", "ip.pem"), 0);
}
END_TEST

UNIT_MAIN("thumbprint", example_of_the_rfc, claims, metadata)
