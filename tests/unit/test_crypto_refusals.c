/* SPDX-License-Identifier: MIT */
/* What a refusal of libcrypto becomes, also one that our own checks never leave to it: the linker
 * hands its calls to this file. */
#include "support/reload.h"

#include <openssl/x509_vfy.h>

static int error, depth;
static unsigned calls;

int __wrap_X509_verify_cert(X509_STORE_CTX *ctx);
int __wrap_X509_STORE_CTX_get_error(const X509_STORE_CTX *ctx);
int __wrap_X509_STORE_CTX_get_error_depth(const X509_STORE_CTX *ctx);

int __wrap_X509_verify_cert(X509_STORE_CTX *ctx)
{
    (void)ctx;
    calls++;
    return 0;
}

/* -2: another one the second time, as no refusal is. */
int __wrap_X509_STORE_CTX_get_error(const X509_STORE_CTX *ctx)
{
    (void)ctx;
    return error != -2 ? error : calls == 1 ? X509_V_ERR_INVALID_CA : X509_V_ERR_INVALID_PURPOSE;
}

int __wrap_X509_STORE_CTX_get_error_depth(const X509_STORE_CTX *ctx)
{
    (void)ctx;
    return depth;
}

static int verify(int with_error, int at, mtlsauth_decision *decision)
{
    error = with_error;
    depth = at;
    calls = 0;
    return mtlsauth_path_verify(root_store, client5, policy, decision);
}

START_TEST(codes)
{
    static const struct {
        int error, code;
    } rows[] = {
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, MTLSAUTH_DENY_ISSUER_NOT_FOUND},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, MTLSAUTH_DENY_ISSUER_NOT_FOUND},
        {X509_V_ERR_AKID_SKID_MISMATCH, MTLSAUTH_DENY_ISSUER_NOT_FOUND},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, MTLSAUTH_DENY_SELF_SIGNED},
        {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, MTLSAUTH_DENY_UNTRUSTED_ROOT},
        {X509_V_ERR_CERT_UNTRUSTED, MTLSAUTH_DENY_UNTRUSTED_ROOT},
        {X509_V_ERR_CERT_CHAIN_TOO_LONG, MTLSAUTH_DENY_CHAIN_TOO_LONG},
        {X509_V_ERR_INVALID_CA, MTLSAUTH_DENY_NOT_A_CA},
        {X509_V_ERR_INVALID_NON_CA, MTLSAUTH_DENY_NOT_A_CA},
        {X509_V_ERR_PATH_LENGTH_EXCEEDED, MTLSAUTH_DENY_PATH_LENGTH},
        {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, MTLSAUTH_DENY_KEY_USAGE},
        {X509_V_ERR_INVALID_PURPOSE, MTLSAUTH_DENY_EXTENDED_KEY_USAGE},
        {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, MTLSAUTH_DENY_CRITICAL_EXTENSION},
        {X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED, MTLSAUTH_DENY_CRITICAL_EXTENSION},
        {X509_V_ERR_INVALID_POLICY_EXTENSION, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {X509_V_ERR_NO_EXPLICIT_POLICY, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {X509_V_ERR_PERMITTED_VIOLATION, MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {X509_V_ERR_EXCLUDED_VIOLATION, MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {X509_V_ERR_SUBTREE_MINMAX, MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {X509_V_ERR_EE_KEY_TOO_SMALL, MTLSAUTH_DENY_WEAK_KEY},
        {X509_V_ERR_CA_KEY_TOO_SMALL, MTLSAUTH_DENY_WEAK_KEY},
        {X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, MTLSAUTH_DENY_WEAK_KEY},
        {X509_V_ERR_CA_MD_TOO_WEAK, MTLSAUTH_DENY_WEAK_SIGNATURE},
        {X509_V_ERR_OUT_OF_MEM, MTLSAUTH_DENY_INTERNAL},
        {X509_V_ERR_UNSPECIFIED, MTLSAUTH_DENY_INTERNAL},
        {X509_V_ERR_STORE_LOOKUP, MTLSAUTH_DENY_INTERNAL},
        /* What says yes beside a verdict of no is no yes. */
        {X509_V_OK, MTLSAUTH_DENY_PROFILE},
        {4711, MTLSAUTH_DENY_PROFILE},
        {-2, MTLSAUTH_DENY_INTERNAL},
    };
    mtlsauth_decision *decision;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ASSERT_CALL(mtlsauth_decision_new(&decision));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int code = verify(rows[i].error, 0, decision);

        ck_assert_msg(code == rows[i].code, "%d: %s", rows[i].error, mtlsauth_code_name(code));
        ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
        /* A refusal is asked for twice, and what failed is not. */
        ck_assert_msg(calls ==
                          (rows[i].code != MTLSAUTH_DENY_INTERNAL || rows[i].error == -2 ? 2 : 1),
                      "%d: %u calls", rows[i].error, calls);
    }
    mtlsauth_decision_free(decision);
    reload_teardown();
}
END_TEST

/* Where it was, as long as there is such a certificate. */
START_TEST(depths)
{
    static const int rows[][2] = {{0, 0}, {1, 1}, {2, 0}, {77, 0}, {-1, 0}};
    mtlsauth_decision *decision;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ASSERT_CALL(mtlsauth_decision_new(&decision));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_int_eq(verify(X509_V_ERR_INVALID_CA, rows[i][0], decision),
                         MTLSAUTH_DENY_NOT_A_CA);
        ck_assert_int_eq(mtlsauth_decision_depth(decision), rows[i][1]);
    }
    mtlsauth_decision_free(decision);
    reload_teardown();
}
END_TEST

UNIT_MAIN("crypto/refusals", codes, depths)
