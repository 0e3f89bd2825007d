/* SPDX-License-Identifier: MIT */
#include "crypto/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "crypto/hash.h"
#include "crypto/known_answer.h"
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
    const struct refused refused = {.type = facts->type, .octets = spki.len};
    enum crypto_verdict verdict;

    *out = NULL;
    if (!mtlsauth__key_is_usable(facts) || spki.len > INT32_MAX)
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = decode_key(out, spki);
    if (verdict == CRYPTO_NO)
        verdict = mtlsauth__crypto_again(&refused)
                      ? mtlsauth__crypto_confirmed(decode_key(out, spki), &refused)
                      : CRYPTO_FAILED;
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

static enum key_type type_of(const EVP_PKEY *pkey)
{
    switch (EVP_PKEY_get_base_id(pkey)) {
    case EVP_PKEY_RSA:
        return KEY_RSA;
    case EVP_PKEY_RSA_PSS:
        return KEY_RSA_PSS;
    case EVP_PKEY_EC:
        return KEY_EC;
    case EVP_PKEY_ED25519:
        return KEY_ED25519;
    case EVP_PKEY_ED448:
        return KEY_ED448;
    default:
        return KEY_UNKNOWN;
    }
}

static bool fits(const struct algorithm *algorithm, enum key_type type)
{
    switch (algorithm->type) {
    case SIGNATURE_RSA:
        return type == KEY_RSA;
    case SIGNATURE_RSA_PSS:
        return type == KEY_RSA || type == KEY_RSA_PSS;
    case SIGNATURE_ECDSA:
        return type == KEY_EC;
    case SIGNATURE_ED25519:
        return type == KEY_ED25519;
    case SIGNATURE_ED448:
        return type == KEY_ED448;
    case SIGNATURE_DSA: /* such a key is never decoded */
    case SIGNATURE_UNKNOWN:
        break;
    }
    return false;
}

enum crypto_verdict mtlsauth__verify_once(const struct algorithm *algorithm, EVP_PKEY *pkey,
                                          struct span signed_bytes, struct span signature,
                                          bool *begun)
{
    const EVP_MD *md = is_hashed(algorithm) ? mtlsauth__evp_md(algorithm->hash) : NULL;
    EVP_PKEY_CTX *pkey_ctx = NULL;
    enum crypto_verdict verdict = CRYPTO_FAILED;
    EVP_MD_CTX *ctx;

    *begun = false;
    if (is_hashed(algorithm) && md == NULL)
        return CRYPTO_NO;
    ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return CRYPTO_FAILED;
    *begun = EVP_DigestVerifyInit(ctx, &pkey_ctx, md, NULL, pkey) == 1 &&
             (algorithm->type != SIGNATURE_RSA_PSS || set_pss(pkey_ctx, algorithm));
    if (*begun)
        verdict = verdict_of(EVP_DigestVerify(ctx, signature.ptr, signature.len, signed_bytes.ptr,
                                              signed_bytes.len));
    else
        verdict = mtlsauth__crypto_refusal();
    EVP_MD_CTX_free(ctx);
    return verdict;
}

/*
 * Where libcrypto has taken key and algorithm and begun, all that it needs is there but memory, and
 * a wrong signature costs no known answer: strangers send as many as they like. EdDSA looks for its
 * hash later; that of Ed448, SHAKE256, is not asked for otherwise.
 */
static struct refused refused_of(const struct algorithm *algorithm, enum key_type type, bool begun)
{
    return (struct refused){.type = begun && type != KEY_ED448 ? KEY_UNKNOWN : type,
                            .algorithm = algorithm};
}

enum crypto_verdict mtlsauth__signature_check(const struct algorithm *algorithm,
                                              const struct public_key *key,
                                              struct span signed_bytes, struct span signature)
{
    EVP_PKEY *pkey = mtlsauth__pkey_of(key);
    const enum key_type type = type_of(pkey);
    enum crypto_verdict verdict;
    struct refused refused;
    bool begun;

    if (!fits(algorithm, type))
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = mtlsauth__verify_once(algorithm, pkey, signed_bytes, signature, &begun);
    if (verdict == CRYPTO_NO) {
        refused = refused_of(algorithm, type, begun);
        verdict = CRYPTO_FAILED;
        if (mtlsauth__crypto_again(&refused))
            verdict = mtlsauth__crypto_confirmed(
                mtlsauth__verify_once(algorithm, pkey, signed_bytes, signature, &begun), &refused);
    }
    mtlsauth__errors_end();
    return verdict;
}

static enum crypto_verdict check_digest(const struct algorithm *algorithm, EVP_PKEY *pkey,
                                        struct span digest, struct span signature, bool *begun)
{
    const EVP_MD *md = mtlsauth__evp_md(algorithm->hash);
    enum crypto_verdict verdict;
    EVP_PKEY_CTX *ctx;

    *begun = false;
    if (md == NULL)
        return CRYPTO_NO;
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx == NULL)
        return CRYPTO_FAILED;
    *begun = EVP_PKEY_verify_init(ctx) == 1 &&
             (algorithm->type != SIGNATURE_RSA_PSS || set_pss(ctx, algorithm)) &&
             EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
    if (*begun)
        verdict =
            verdict_of(EVP_PKEY_verify(ctx, signature.ptr, signature.len, digest.ptr, digest.len));
    else
        verdict = mtlsauth__crypto_refusal();
    EVP_PKEY_CTX_free(ctx);
    return verdict;
}

enum crypto_verdict mtlsauth__signature_check_digest(const struct algorithm *algorithm,
                                                     const struct public_key *key,
                                                     struct span digest, struct span signature)
{
    EVP_PKEY *pkey = mtlsauth__pkey_of(key);
    const enum key_type type = type_of(pkey);
    enum crypto_verdict verdict;
    struct refused refused;
    bool begun;

    if (!is_hashed(algorithm) || !fits(algorithm, type))
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = check_digest(algorithm, pkey, digest, signature, &begun);
    if (verdict == CRYPTO_NO) {
        refused = refused_of(algorithm, type, begun);
        verdict = CRYPTO_FAILED;
        if (mtlsauth__crypto_again(&refused))
            verdict = mtlsauth__crypto_confirmed(
                check_digest(algorithm, pkey, digest, signature, &begun), &refused);
    }
    mtlsauth__errors_end();
    return verdict;
}
