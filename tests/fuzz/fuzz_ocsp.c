/* SPDX-License-Identifier: MIT */
/*
 * An OCSP response: parsed, checked, and put into an authorizer. The keys are those that the seeds are
 * signed with (ocsp_seeds.c), so that a mutation gets as far as to the signatures. A response that
 * counts has a signature that libcrypto takes, too, and what the authorizer makes of it is the same.
 */
#include <mtlsauth/mtlsauth.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#define OB_FIXED_KEYS
#include "ocsp_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static mtlsauth_cert *issuer;
static mtlsauth_chain *chain;
static mtlsauth_truststore *truststore;
static mtlsauth_policy *policy;
static X509 *ca_x509;

static void must(int code)
{
    if (code != MTLSAUTH_OK)
        abort();
}

static void setup(void)
{
    struct der_build leaf = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    struct der_build ca = ob_make_cert(&(struct ob_cert){
        .subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true});
    const unsigned char *at = ca.bytes;
    const void *der = leaf.bytes;

    must(mtlsauth_cert_parse(&issuer, ca.bytes, ca.len));
    must(mtlsauth_chain_from_der(&chain, &der, &leaf.len, 1));
    must(mtlsauth_truststore_parse(&truststore, ca.bytes, ca.len, NULL));
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(policy, OB_NOW));
    must(mtlsauth_policy_allow_any(policy, "any"));
    must(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_LEAF));
    ca_x509 = d2i_X509(NULL, &at, (long)ca.len);
    if (ca_x509 == NULL)
        abort();
    der_build_free(&leaf);
    der_build_free(&ca);
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

/* Has this certificate signed it? libcrypto's own search takes the first of a name, and no other. */
static bool has_signed(X509 *cert, const OCSP_BASICRESP *basic)
{
    return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                            OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata(basic),
                            X509_get0_pubkey(cert)) == 1;
}

/* What was taken is signed by the issuer or its delegate, as libcrypto sees it. */
static void compare(const uint8_t *data, size_t len)
{
    const unsigned char *at = data;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)len);
    OCSP_BASICRESP *basic = response == NULL ? NULL : OCSP_response_get1_basic(response);
    const STACK_OF(X509) * certs;
    bool is_signed;

    if (basic == NULL)
        abort();
    certs = OCSP_resp_get0_certs(basic);
    is_signed = has_signed(ca_x509, basic);
    for (int i = 0; !is_signed && i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);

        is_signed = X509_verify(cert, X509_get0_pubkey(ca_x509)) == 1 &&
                    (X509_get_extended_key_usage(cert) & XKU_OCSP_SIGN) != 0 &&
                    has_signed(cert, basic);
    }
    if (!is_signed)
        abort();
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
}

/* 0: no answer that counts. */
static int check(const uint8_t *data, size_t len)
{
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    int code = mtlsauth_ocsp_response_parse(&response, data, len), status = 0;

    if (code == MTLSAUTH_OK) {
        look_at(response);
        code = mtlsauth_ocsp_check(response, NULL, mtlsauth_chain_cert(chain, 0), issuer, policy,
                                   &result);
        if ((code == MTLSAUTH_OK) != (result != NULL))
            abort();
        status = mtlsauth_ocsp_result_status(result);
        if (result != NULL)
            compare(data, len);
    }
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    return status;
}

static int decide(const uint8_t *data, size_t len)
{
    mtlsauth_authorizer *authorizer = NULL;
    int code, again;

    must(mtlsauth_authorizer_new(&authorizer, truststore, policy));
    code = mtlsauth_authorizer_put_ocsp_response(authorizer, data, len);
    if (code != MTLSAUTH_OK && mtlsauth_authorizer_generation(authorizer) != 1)
        abort();
    code = mtlsauth_authorize(authorizer, chain, NULL);
    again = mtlsauth_authorize(authorizer, chain, NULL);
    if (again != code)
        abort();
    mtlsauth_authorizer_free(authorizer);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int status, code;

    if (policy == NULL)
        setup();
    status = check(data, len);
    code = decide(data, len);
    if ((status == MTLSAUTH_OCSP_GOOD) != (code == MTLSAUTH_OK))
        abort();
    if (status == MTLSAUTH_OCSP_REVOKED && code != MTLSAUTH_DENY_REVOKED)
        abort();
    return 0;
}
