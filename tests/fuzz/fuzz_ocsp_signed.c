/* SPDX-License-Identifier: MIT */
/*
 * What an OCSP responder signs: the input is a ResponseData, the issuer's signature over it is made
 * here. So a mutation gets behind the signature. Where our check finds an answer, libcrypto finds
 * one about the same certificate, of the same status and of a time that counts, and none that
 * contradicts it.
 */
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include "ocsp_case.h"
#include "revocation/ocsp_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct der_build sign(const uint8_t *data, size_t len)
{
    struct der_build basic = {0}, out = {0};

    der_begin(&basic, 0x30);
    der_raw(&basic, data, len);
    ob_algorithm(&basic, OB_SHA256);
    ob_sign(&basic, data, len, OB_ISSUER, OB_SHA256);
    der_end(&basic);
    ob_wrap(&out, 0, OB_BASIC, &basic);
    der_build_free(&basic);
    return out;
}

/* Has the responder a name that libcrypto reads? It knows no VisibleString in one. For us a string
 * is its characters (RFC 5280 7.1), and the signature says whose the answer is. */
static bool peer_reads_responder(const mtlsauth_ocsp_response *response)
{
    const unsigned char *at = response->responder.ptr;
    X509_NAME *name = NULL;

    if (!response->by_key)
        name = d2i_X509_NAME(NULL, &at, (long)response->responder.len);
    X509_NAME_free(name);
    return response->by_key || name != NULL;
}

/* Is this the CertID of the leaf in one of the hashes that count? */
static bool is_ours(const OCSP_CERTID *id)
{
    static X509 *leaf;
    const EVP_MD *const hashes[] = {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
    bool same = false;

    if (leaf == NULL)
        leaf = native(mtlsauth_chain_cert(chain, 0));
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0] && !same; i++) {
        OCSP_CERTID *want = OCSP_cert_to_id(hashes[i], leaf, ca_x509);
        ASN1_OCTET_STRING *key, *want_key;
        ASN1_INTEGER *serial, *want_serial;
        ASN1_OCTET_STRING *name, *want_name;
        ASN1_OBJECT *hash, *want_hash;

        OCSP_id_get0_info(&want_name, &want_hash, &want_key, &want_serial, want);
        OCSP_id_get0_info(&name, &hash, &key, &serial, (OCSP_CERTID *)(uintptr_t)id);
        same = OBJ_cmp(hash, want_hash) == 0 && ASN1_OCTET_STRING_cmp(name, want_name) == 0 &&
               ASN1_OCTET_STRING_cmp(key, want_key) == 0 &&
               ASN1_INTEGER_cmp(serial, want_serial) == 0;
        OCSP_CERTID_free(want);
    }
    return same;
}

static bool counts_now(const ASN1_GENERALIZEDTIME *this_update,
                       const ASN1_GENERALIZEDTIME *next_update)
{
    time_t oldest = OB_NOW - MTLSAUTH_DEFAULT_OCSP_MAX_AGE;

    return ASN1_TIME_cmp_time_t(this_update, OB_NOW) <= 0 &&
           ASN1_TIME_cmp_time_t(this_update, oldest) >= 0 &&
           (next_update == NULL || ASN1_TIME_cmp_time_t(next_update, OB_NOW) >= 0);
}

static void compare(const struct der_build *der, int status)
{
    static const int peers[] = {[MTLSAUTH_OCSP_GOOD] = V_OCSP_CERTSTATUS_GOOD,
                                [MTLSAUTH_OCSP_REVOKED] = V_OCSP_CERTSTATUS_REVOKED,
                                [MTLSAUTH_OCSP_UNKNOWN] = V_OCSP_CERTSTATUS_UNKNOWN};
    const unsigned char *at = der->bytes;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)der->len);
    OCSP_BASICRESP *basic = response == NULL ? NULL : OCSP_response_get1_basic(response);
    bool found = false;

    if (basic == NULL)
        abort();
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        ASN1_GENERALIZEDTIME *this_update, *next_update;
        int peer;

        if (!is_ours(OCSP_SINGLERESP_get0_id(single)))
            continue;
        peer = OCSP_single_get0_status(single, NULL, NULL, &this_update, &next_update);
        if (peer != peers[status])
            abort();
        found = found || counts_now(this_update, next_update);
    }
    if (!found)
        abort();
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    struct der_build der;
    int code;

    if (policy == NULL)
        setup();
    der = sign(data == NULL ? (const uint8_t *)"" : data, len);
    code = mtlsauth_ocsp_response_parse(&response, der.bytes, der.len);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_check(response, NULL, mtlsauth_chain_cert(chain, 0), issuer, policy,
                                   &result);
    if ((code == MTLSAUTH_OK) != (result != NULL) || code > MTLSAUTH_OK)
        abort();
    if (result != NULL && peer_reads_responder(response))
        compare(&der, mtlsauth_ocsp_result_status(result));
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    der_build_free(&der);
    return 0;
}
