/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include "base/error.h"

/* Every code, with the number of <openssl/x509_vfy.h> that stands for it. */
#define CODE(name, openssl)                                                                        \
    {                                                                                              \
        MTLSAUTH_##name, "MTLSAUTH_" #name, openssl                                                \
    }
static const struct {
    int code;
    const char *name;
    int openssl;
} codes[] = {
    CODE(OK, X509_V_OK),

    CODE(ERR_ARGUMENT, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_NOMEM, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_IO, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_PARSE, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_LIMIT, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_SIGNATURE, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_STALE, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_ROLLBACK, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_SCOPE, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_UNSUPPORTED, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_NOT_FOUND, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_MISMATCH, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_CRYPTO, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(ERR_CANCELLED, X509_V_ERR_APPLICATION_VERIFICATION),

    CODE(DENY_NO_CERTIFICATE, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(DENY_MALFORMED, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(DENY_BLOCKED, X509_V_ERR_CERT_REJECTED),
    CODE(DENY_ISSUER_NOT_FOUND, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
    CODE(DENY_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT),
    CODE(DENY_UNTRUSTED_ROOT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN),
    CODE(DENY_BAD_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE),
    CODE(DENY_WEAK_SIGNATURE, X509_V_ERR_CA_MD_TOO_WEAK),
    CODE(DENY_WEAK_KEY, X509_V_ERR_EE_KEY_TOO_SMALL),
    CODE(DENY_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID),
    CODE(DENY_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED),
    CODE(DENY_CHAIN_TOO_LONG, X509_V_ERR_CERT_CHAIN_TOO_LONG),
    CODE(DENY_NOT_A_CA, X509_V_ERR_INVALID_CA),
    CODE(DENY_PATH_LENGTH, X509_V_ERR_PATH_LENGTH_EXCEEDED),
    CODE(DENY_NAME_CONSTRAINTS, X509_V_ERR_PERMITTED_VIOLATION),
    CODE(DENY_KEY_USAGE, X509_V_ERR_KEYUSAGE_NO_CERTSIGN),
    CODE(DENY_EXTENDED_KEY_USAGE, X509_V_ERR_INVALID_PURPOSE),
    CODE(DENY_CRITICAL_EXTENSION, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION),
    CODE(DENY_CERTIFICATE_POLICY, X509_V_ERR_NO_EXPLICIT_POLICY),
    CODE(DENY_PROFILE, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(DENY_BAD_NAME, X509_V_ERR_UNSUPPORTED_NAME_SYNTAX),
    CODE(DENY_LIMIT, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(DENY_BUDGET, X509_V_ERR_APPLICATION_VERIFICATION),
    CODE(DENY_IDENTITY, X509_V_ERR_HOSTNAME_MISMATCH),
    CODE(DENY_REVOKED, X509_V_ERR_CERT_REVOKED),
    CODE(DENY_REVOCATION_UNKNOWN, X509_V_ERR_UNABLE_TO_GET_CRL),
    CODE(DENY_REVOCATION_STALE, X509_V_ERR_CRL_HAS_EXPIRED),
    CODE(DENY_INTERNAL, X509_V_ERR_UNSPECIFIED),
    CODE(DENY_NOT_EVALUATED, X509_V_ERR_APPLICATION_VERIFICATION),
};

START_TEST(openssl_numbers)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        ASSERT_INT(codes[i].name, mtlsauth_code_openssl(codes[i].code), codes[i].openssl);
}
END_TEST

/* To OpenSSL 0 is "verified": no other number, known or not, may become it. */
START_TEST(nothing_but_ok_is_0)
{
    static const int others[] = {INT32_MIN, INT32_MIN + 1, 12345, INT32_MAX};

    for (int code = -1000; code <= 1000; code++)
        if ((mtlsauth_code_openssl(code) == 0) != (code == MTLSAUTH_OK))
            ck_abort_msg("code %d becomes %d", code, mtlsauth_code_openssl(code));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        ck_assert_int_eq(mtlsauth_code_openssl(others[i]), X509_V_ERR_APPLICATION_VERIFICATION);
}
END_TEST

START_TEST(names)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        int code = 12345;

        ASSERT_TEXT(codes[i].name, mtlsauth_code_name(codes[i].code), codes[i].name);
        ASSERT_INT(codes[i].name, mtlsauth_code_from_name(codes[i].name, &code), MTLSAUTH_OK);
        ASSERT_INT(codes[i].name, code, codes[i].code);
    }
}
END_TEST

/* tests/codes.txt has all codes there are, and knows nothing of the table above. */
START_TEST(listed)
{
    const char *source = getenv("MTLSAUTH_SOURCE");
    char path[4096], line[256];
    size_t count = 0;
    FILE *file;

    ck_assert_ptr_nonnull(source);
    snprintf(path, sizeof path, "%s/tests/codes.txt", source);
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        char name[128];
        int number, code = 12345;

        if (sscanf(line, "%127s %d", name, &number) != 2)
            continue;
        if (strcmp(name, "MTLSAUTH_OK") != 0 && strncmp(name, "MTLSAUTH_ERR_", 13) != 0 &&
            strncmp(name, "MTLSAUTH_DENY_", 14) != 0)
            continue;
        ASSERT_TEXT(name, mtlsauth_code_name(number), name);
        ASSERT_INT(name, mtlsauth_code_from_name(name, &code), MTLSAUTH_OK);
        ASSERT_INT(name, code, number);
        count++;
    }
    fclose(file);
    ck_assert_uint_eq(count, COUNT_OF(codes));
}
END_TEST

START_TEST(texts)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *text = mtlsauth_code_text(codes[i].code);
        const char *remedy = mtlsauth_code_remedy(codes[i].code);

        ASSERT_TRUE(codes[i].name, strlen(text) > 0 && strchr(text, '\n') == NULL);
        ASSERT_TRUE(codes[i].name, text[strlen(text) - 1] != '.');
        ASSERT_TRUE(codes[i].name, strlen(remedy) > 10 && strchr(remedy, '\n') == NULL);
        ASSERT_TRUE(codes[i].name, remedy[strlen(remedy) - 1] == '.');
        for (size_t j = 0; j < i; j++)
            if ((codes[i].code > 0) == (codes[j].code > 0))
                ASSERT_TRUE(codes[i].name, strcmp(text, mtlsauth_code_text(codes[j].code)) != 0);
    }
}
END_TEST

START_TEST(unknown_codes)
{
    static const int unknown[] = {-15, 30, 1000, -1000, INT32_MAX, INT32_MIN};

    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        ck_assert_str_eq(mtlsauth_code_name(unknown[i]), "MTLSAUTH_UNKNOWN");
        ck_assert_str_eq(mtlsauth_code_text(unknown[i]), "unknown code");
        ck_assert_uint_gt(strlen(mtlsauth_code_remedy(unknown[i])), 10);
        ck_assert_ptr_null(mtlsauth_code_alias(unknown[i], MTLSAUTH_ALIAS_ALB));
    }
}
END_TEST

START_TEST(unknown_names)
{
    static const char *const unknown[] = {"",
                                          "MTLSAUTH_",
                                          "DENY_REVOKED",
                                          "mtlsauth_deny_revoked",
                                          "MTLSAUTH_DENY_REVOKED ",
                                          "MTLSAUTH_UNKNOWN"};
    int code = 12345;

    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        ASSERT_INT(unknown[i], mtlsauth_code_from_name(unknown[i], &code), MTLSAUTH_ERR_NOT_FOUND);
        ASSERT_INT(unknown[i], code, 12345);
    }
    ck_assert_int_eq(mtlsauth_code_from_name(NULL, &code), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_code_from_name("MTLSAUTH_OK", NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(code, 12345);
    ck_assert_str_eq(mtlsauth_last_error(), "code_from_name: name and code are needed");
}
END_TEST

/* The three strings of API Gateway's execution log, and the reason codes of ALB's connection
 * log. */
START_TEST(aliases)
{
    static const char *const alb[] = {"ClientCertMaxChainDepthExceeded",
                                      "ClientCertMaxSizeExceeded",
                                      "ClientCertCrlHit",
                                      "ClientCertCrlProcessingError",
                                      "ClientCertUntrusted",
                                      "ClientCertNotYetValid",
                                      "ClientCertExpired",
                                      "ClientCertTypeUnsupported",
                                      "ClientCertInvalid",
                                      "ClientCertPurposeInvalid",
                                      "ClientCertRejected",
                                      "UnmappedConnectionError"};
    static const char *const gateway[] = {
        "Access denied. Reason: Could not find issuer for certificate",
        "Access denied. Reason: Client cert using an insecure Signature Algorithm",
        "Access denied. Reason: self signed certificate"};

    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *theirs = mtlsauth_code_alias(codes[i].code, MTLSAUTH_ALIAS_ALB);
        bool known = false;

        ASSERT_INT(codes[i].name, theirs != NULL,
                   codes[i].code > 0 && codes[i].code != MTLSAUTH_DENY_NOT_EVALUATED);
        for (size_t j = 0; theirs != NULL && j < COUNT_OF(alb); j++)
            known |= strcmp(theirs, alb[j]) == 0;
        ASSERT_TRUE(codes[i].name, theirs == NULL || known);

        theirs = mtlsauth_code_alias(codes[i].code, MTLSAUTH_ALIAS_API_GATEWAY);
        known = false;
        for (size_t j = 0; theirs != NULL && j < COUNT_OF(gateway); j++)
            known |= strcmp(theirs, gateway[j]) == 0;
        ASSERT_TRUE(codes[i].name, theirs == NULL || (known && codes[i].code > 0));

        ck_assert_ptr_null(mtlsauth_code_alias(codes[i].code, 0));
        ck_assert_ptr_null(mtlsauth_code_alias(codes[i].code, 3));
    }
    ck_assert_str_eq(mtlsauth_code_alias(MTLSAUTH_DENY_SELF_SIGNED, MTLSAUTH_ALIAS_API_GATEWAY),
                     gateway[2]);
    ck_assert_str_eq(mtlsauth_code_alias(MTLSAUTH_DENY_WEAK_SIGNATURE, MTLSAUTH_ALIAS_API_GATEWAY),
                     gateway[1]);
    ck_assert_str_eq(
        mtlsauth_code_alias(MTLSAUTH_DENY_ISSUER_NOT_FOUND, MTLSAUTH_ALIAS_API_GATEWAY),
        gateway[0]);
}
END_TEST

static void *other_thread(void *arg)
{
    (void)arg;
    if (mtlsauth_last_error()[0] != '\0')
        return "a sentence of another thread";
    return mtlsauth__fail(-3, "%s", "of this thread") == -3 &&
                   strcmp(mtlsauth_last_error(), "of this thread") == 0
               ? NULL
               : "not its own sentence";
}

START_TEST(last_error)
{
    pthread_t thread;
    void *failed = NULL;
    char longer[2 * MTLSAUTH__MAX_SENTENCE];

    ck_assert_int_eq(mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %d: %s", 7, "no"),
                     MTLSAUTH_ERR_PARSE);
    ck_assert_str_eq(mtlsauth_last_error(), "line 7: no");
    ck_assert_int_eq(mtlsauth__fail_in(MTLSAUTH_ERR_PARSE, "%s: ", "a.pem"), MTLSAUTH_ERR_PARSE);
    ck_assert_str_eq(mtlsauth_last_error(), "a.pem: line 7: no");

    ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, &failed), 0);
    ck_assert_msg(failed == NULL, "%s", (const char *)failed);
    ck_assert_str_eq(mtlsauth_last_error(), "a.pem: line 7: no");

    /* What does not fit is cut off at the end. */
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ck_assert_int_eq(mtlsauth__fail(-1, "%s", longer), -1);
    ck_assert_uint_eq(strlen(mtlsauth_last_error()), MTLSAUTH__MAX_SENTENCE - 1);
    ck_assert_int_eq(mtlsauth__fail_in(-1, "front: "), -1);
    ck_assert_uint_eq(strlen(mtlsauth_last_error()), MTLSAUTH__MAX_SENTENCE - 1);
    ck_assert_int_eq(strncmp(mtlsauth_last_error(), "front: xxx", 10), 0);
    ck_assert_int_eq(mtlsauth__fail_in(-1, "%s", longer), -1);
    ck_assert_uint_eq(strlen(mtlsauth_last_error()), MTLSAUTH__MAX_SENTENCE - 1);

    ck_assert_int_eq(mtlsauth__fail_memory(), MTLSAUTH_ERR_NOMEM);
    ck_assert_str_eq(mtlsauth_last_error(), "out of memory");
}
END_TEST

UNIT_MAIN("base/code", openssl_numbers, nothing_but_ok_is_0, names, listed, texts, unknown_codes,
          unknown_names, aliases, last_error)
