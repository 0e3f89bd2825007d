/* SPDX-License-Identifier: MIT */
#include "crypto/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "crypto/hash.h"
#include "crypto/pkey.h"

bool mtlsauth__key_is_usable(const struct key_facts *key)
{
    switch (key->type) {
    case KEY_RSA:
    case KEY_RSA_PSS:
        return key->bits <= MTLSAUTH__MAX_RSA_BITS && key->is_usual_rsa;
    case KEY_EC:
        return key->curve == CURVE_P256 || key->curve == CURVE_P384 || key->curve == CURVE_P521;
    case KEY_ED25519:
    case KEY_ED448:
        return true;
    case KEY_DSA:
    case KEY_UNKNOWN:
        break;
    }
    return false;
}

static enum crypto_verdict decode_key(struct public_key **out, struct span spki)
{
    const unsigned char *at = spki.ptr;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)spki.len);

    *out = mtlsauth__public_key_of(pkey);
    return pkey != NULL ? CRYPTO_YES : mtlsauth__crypto_refusal();
}

enum crypto_verdict mtlsauth__public_key_new(struct public_key **out, struct span spki,
                                             const struct key_facts *facts)
{
    enum crypto_verdict verdict;

    *out = NULL;
    if (!mtlsauth__key_is_usable(facts) || spki.len > INT32_MAX)
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = decode_key(out, spki);
    if (verdict == CRYPTO_NO) {
        mtlsauth__errors_again();
        verdict = mtlsauth__crypto_confirmed(decode_key(out, spki));
    }
    mtlsauth__errors_end();
    return verdict;
}

void mtlsauth__public_key_free(struct public_key *key)
{
    EVP_PKEY_free(mtlsauth__pkey_of(key));
}

enum crypto_verdict mtlsauth__crypto_refusal(void)
{
    unsigned long error = ERR_peek_last_error();

    if (error != 0 && (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE ||
                       ERR_GET_REASON(error) == ERR_R_INTERNAL_ERROR))
        return CRYPTO_FAILED;
    return CRYPTO_NO;
}

enum crypto_verdict mtlsauth__crypto_confirmed(enum crypto_verdict second)
{
    void *probe;

    if (second != CRYPTO_NO)
        return second;
    probe = OPENSSL_malloc(64);
    OPENSSL_free(probe);
    return probe != NULL ? CRYPTO_NO : CRYPTO_FAILED;
}

static enum crypto_verdict verdict_of(int result)
{
    return result == 1 ? CRYPTO_YES : mtlsauth__crypto_refusal();
}

/* RFC 4055 3.1: hash, mask and salt length are those of the AlgorithmIdentifier. */
static bool set_pss(EVP_PKEY_CTX *ctx, const struct algorithm *algorithm)
{
    const EVP_MD *mgf = mtlsauth__evp_md(algorithm->mgf_hash);

    if (mgf == NULL || algorithm->salt_length > MTLSAUTH__MAX_RSA_BITS / 8)
        return false;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)algorithm->salt_length) == 1;
}

static bool is_hashed(const struct algorithm *algorithm)
{
    return algorithm->type != SIGNATURE_ED25519 && algorithm->type != SIGNATURE_ED448;
}

static bool fits(const struct algorithm *algorithm, const EVP_PKEY *pkey)
{
    switch (algorithm->type) {
    case SIGNATURE_RSA:
        return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA;
    case SIGNATURE_RSA_PSS:
        return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA ||
               EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA_PSS;
    case SIGNATURE_ECDSA:
        return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC;
    case SIGNATURE_ED25519:
        return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519;
    case SIGNATURE_ED448:
        return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED448;
    case SIGNATURE_DSA:
        return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_DSA;
    case SIGNATURE_UNKNOWN:
        break;
    }
    return false;
}

static enum crypto_verdict check(const struct algorithm *algorithm, EVP_PKEY *pkey,
                                 struct span signed_bytes, struct span signature)
{
    const EVP_MD *md = is_hashed(algorithm) ? mtlsauth__evp_md(algorithm->hash) : NULL;
    EVP_PKEY_CTX *pkey_ctx = NULL;
    enum crypto_verdict verdict = CRYPTO_FAILED;
    EVP_MD_CTX *ctx;

    if (is_hashed(algorithm) && md == NULL)
        return CRYPTO_NO;
    ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return CRYPTO_FAILED;
    if (EVP_DigestVerifyInit(ctx, &pkey_ctx, md, NULL, pkey) != 1 ||
        (algorithm->type == SIGNATURE_RSA_PSS && !set_pss(pkey_ctx, algorithm)))
        verdict = mtlsauth__crypto_refusal();
    else
        verdict = verdict_of(EVP_DigestVerify(ctx, signature.ptr, signature.len, signed_bytes.ptr,
                                              signed_bytes.len));
    EVP_MD_CTX_free(ctx);
    return verdict;
}

enum crypto_verdict mtlsauth__signature_check(const struct algorithm *algorithm,
                                              const struct public_key *key,
                                              struct span signed_bytes, struct span signature)
{
    EVP_PKEY *pkey = mtlsauth__pkey_of(key);
    enum crypto_verdict verdict;

    if (!fits(algorithm, pkey))
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = check(algorithm, pkey, signed_bytes, signature);
    if (verdict == CRYPTO_NO) {
        mtlsauth__errors_again();
        verdict = mtlsauth__crypto_confirmed(check(algorithm, pkey, signed_bytes, signature));
    }
    mtlsauth__errors_end();
    return verdict;
}

static enum crypto_verdict check_digest(const struct algorithm *algorithm, EVP_PKEY *pkey,
                                        struct span digest, struct span signature)
{
    const EVP_MD *md = mtlsauth__evp_md(algorithm->hash);
    enum crypto_verdict verdict;
    EVP_PKEY_CTX *ctx;

    if (md == NULL)
        return CRYPTO_NO;
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx == NULL)
        return CRYPTO_FAILED;
    if (EVP_PKEY_verify_init(ctx) != 1 ||
        (algorithm->type == SIGNATURE_RSA_PSS && !set_pss(ctx, algorithm)) ||
        EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
        verdict = mtlsauth__crypto_refusal();
    else
        verdict = verdict_of(
            EVP_PKEY_verify(ctx, signature.ptr, signature.len, digest.ptr, digest.len));
    EVP_PKEY_CTX_free(ctx);
    return verdict;
}

enum crypto_verdict mtlsauth__signature_check_digest(const struct algorithm *algorithm,
                                                     const struct public_key *key,
                                                     struct span digest, struct span signature)
{
    EVP_PKEY *pkey = mtlsauth__pkey_of(key);
    enum crypto_verdict verdict;

    if (!is_hashed(algorithm) || !fits(algorithm, pkey))
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = check_digest(algorithm, pkey, digest, signature);
    if (verdict == CRYPTO_NO) {
        mtlsauth__errors_again();
        verdict = mtlsauth__crypto_confirmed(check_digest(algorithm, pkey, digest, signature));
    }
    mtlsauth__errors_end();
    return verdict;
}
