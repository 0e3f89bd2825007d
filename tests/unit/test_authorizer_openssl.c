/* SPDX-License-Identifier: MIT */
#include "authorizer.h"

#include <mtlsauth/openssl.h>

/* What OpenSSL hands over for one client: X509 may be NULL. */
static void check_message(const char *row, X509 *x509, int want)
{
    mtlsauth_policy *policy = new_policy();
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_decision *decision = new_decision();
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    mtlsauth_chain *chain;
    char before[1024];
    const char *said;

    /* The last error is that of the client before this one. */
    ck_assert_int_ne(
        mtlsauth_chain_parse(&chain, "the other client", 16, MTLSAUTH_FORMAT_XFCC, NULL),
        MTLSAUTH_OK);
    snprintf(before, sizeof before, "%s", mtlsauth_last_error());
    ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, x509, NULL), 1);
    ASSERT_INT(row, mtlsauth_openssl_authorize(authorizer, ctx, decision), 0);
    ASSERT_CODE(row, mtlsauth_decision_code(decision), want);
    said = mtlsauth_decision_message(decision);
    ASSERT_SAYS(row, said, "OpenSSL");
    ck_assert_msg(strstr(said, before) == NULL, "%s: %s", row, said);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}

/* A denial has no sentence that was made for another client. */
START_TEST(what_openssl_cannot_hand_over)
{
    X509 *empty = X509_new();

    ck_assert_ptr_nonnull(empty);
    check_message("no certificate", NULL, MTLSAUTH_ERR_ARGUMENT);
    check_message("one that cannot be encoded", empty, MTLSAUTH_DENY_INTERNAL);
    X509_free(empty);
}
END_TEST

UNIT_MAIN("authorizer/openssl", what_openssl_cannot_hand_over)
