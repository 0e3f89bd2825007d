/* SPDX-License-Identifier: MIT */
/*
 * An OCSP response: parsed, checked, and put into an authorizer. The keys are those that the seeds
 * are signed with (ocsp_seeds.c), so that a mutation gets as far as to the signatures. A response
 * that counts has a signature that libcrypto takes, too, and what the authorizer makes of it is the
 * same.
 */
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "ocsp_case.h"
#include "revocation/ocsp_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

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

/* Has this certificate signed it? libcrypto's own search takes the first of a name, and no
 * other. */
static bool has_signed(X509 *cert, const OCSP_BASICRESP *basic)
{
    return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                            OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata(basic),
                            X509_get0_pubkey(cert)) == 1;
}

/* The response without the certificates that it brings along, as libcrypto reads it. */
static OCSP_BASICRESP *read_without_certificates(const mtlsauth_ocsp_response *response)
{
    struct der_build basic = {0};
    const unsigned char *at;
    OCSP_BASICRESP *read;

    der_begin(&basic, 0x30);
    der_raw(&basic, response->tbs.ptr, response->tbs.len);
    der_raw(&basic, response->algorithm.whole.ptr, response->algorithm.whole.len);
    der_begin(&basic, 0x03);
    der_byte(&basic, 0);
    der_raw(&basic, response->signature.ptr, response->signature.len);
    der_end(&basic);
    der_end(&basic);
    at = basic.bytes;
    read = d2i_OCSP_BASICRESP(NULL, &at, (long)basic.len);
    der_build_free(&basic);
    return read;
}

/*
 * What was taken is signed by the issuer or its delegate, as libcrypto sees it. Each certificate is
 * read by itself: one that is malformed is passed over by us, and spoils the whole response for
 * libcrypto.
 */
static void compare(const mtlsauth_ocsp_response *response)
{
    OCSP_BASICRESP *basic = read_without_certificates(response);
    struct der list = der_of(response->certificates);
    struct span whole;
    bool is_signed;

    if (basic == NULL)
        abort();
    is_signed = has_signed(ca_x509, basic);
    while (!is_signed && mtlsauth__der_read_whole(&list, DER_SEQUENCE, &whole)) {
        const unsigned char *at = whole.ptr;
        X509 *cert = d2i_X509(NULL, &at, (long)whole.len);

        is_signed = cert != NULL && X509_verify(cert, X509_get0_pubkey(ca_x509)) == 1 &&
                    (X509_get_extended_key_usage(cert) & XKU_OCSP_SIGN) != 0 &&
                    has_signed(cert, basic);
        X509_free(cert);
    }
    if (!is_signed)
        abort();
    OCSP_BASICRESP_free(basic);
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
            compare(response);
    }
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    return status;
}

/* What refuses a response is as it was before, and serves for the next input: a new one costs more
 * than all else here. */
static int decide(const uint8_t *data, size_t len)
{
    static mtlsauth_authorizer *authorizer;
    uint64_t before;
    int put, code;

    if (authorizer == NULL)
        must(mtlsauth_authorizer_new(&authorizer, truststore, policy));
    before = mtlsauth_authorizer_generation(authorizer);
    put = mtlsauth_authorizer_put_ocsp_response(authorizer, data, len);
    if (put != MTLSAUTH_OK && mtlsauth_authorizer_generation(authorizer) != before)
        abort();
    code = mtlsauth_authorize(authorizer, chain, NULL);
    if (mtlsauth_authorize(authorizer, chain, NULL) != code ||
        (put != MTLSAUTH_OK && code != MTLSAUTH_DENY_REVOCATION_UNKNOWN))
        abort();
    if (put == MTLSAUTH_OK) {
        mtlsauth_authorizer_free(authorizer);
        authorizer = NULL;
    }
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
