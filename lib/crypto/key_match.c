/* SPDX-License-Identifier: MIT */
#include "crypto/key_match.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include "crypto/known_answer.h"
#include "crypto/pkey.h"

static EVP_PKEY *decode_pkcs8(const unsigned char **at, long len)
{
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, at, len);
    EVP_PKEY *pkey = info == NULL ? NULL : EVP_PKCS82PKEY(info);

    /* Cleanses the key inside. */
    PKCS8_PRIV_KEY_INFO_free(info);
    return pkey;
}

static EVP_PKEY *decode(enum key_form form, const unsigned char **at, long len)
{
    switch (form) {
    case KEY_FORM_PKCS8:
        return decode_pkcs8(at, len);
    case KEY_FORM_RSA_PRIVATE:
        return d2i_PrivateKey(EVP_PKEY_RSA, NULL, at, len);
    case KEY_FORM_EC_PRIVATE:
        return d2i_PrivateKey(EVP_PKEY_EC, NULL, at, len);
    case KEY_FORM_SPKI:
        return d2i_PUBKEY(NULL, at, len);
    case KEY_FORM_RSA_PUBLIC:
        return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, len);
    }
    return NULL;
}

static enum crypto_verdict try_decode(EVP_PKEY **pkey, enum key_form form, struct span der)
{
    const unsigned char *at = der.ptr;
    int bits;

    *pkey = decode(form, &at, (long)der.len);
    if (*pkey == NULL)
        return mtlsauth__crypto_refusal();
    bits = EVP_PKEY_get_bits(*pkey);
    if (at == der.ptr + der.len && bits > 0 && bits <= MTLSAUTH__MAX_RSA_BITS)
        return CRYPTO_YES;
    EVP_PKEY_free(*pkey);
    *pkey = NULL;
    return CRYPTO_NO;
}

enum crypto_verdict mtlsauth__key_decode(struct public_key **out, enum key_form form,
                                         struct span der)
{
    /* What key is inside of PKCS #8 is not known here. */
    const struct refused refused = {.type = form == KEY_FORM_EC_PRIVATE ? KEY_EC : KEY_RSA,
                                    .octets = der.len};
    enum crypto_verdict verdict;
    EVP_PKEY *pkey = NULL;

    *out = NULL;
    if (der.len > INT32_MAX)
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = try_decode(&pkey, form, der);
    if (verdict == CRYPTO_NO)
        verdict = mtlsauth__crypto_again(&refused)
                      ? mtlsauth__crypto_confirmed(try_decode(&pkey, form, der), &refused)
                      : CRYPTO_FAILED;
    mtlsauth__errors_end();
    if (verdict != CRYPTO_YES)
        EVP_PKEY_free(pkey);
    else
        *out = mtlsauth__public_key_of(pkey);
    return verdict;
}

static enum crypto_verdict compare(EVP_PKEY *a, EVP_PKEY *b)
{
    int same = EVP_PKEY_eq(a, b);

    /* -1: of two types; -2: it has no way to compare them. */
    if (same == 1)
        return CRYPTO_YES;
    return same == -2 ? CRYPTO_FAILED : mtlsauth__crypto_refusal();
}

enum crypto_verdict mtlsauth__key_same(const struct public_key *a, const struct public_key *b)
{
    const struct refused refused = {.type = KEY_UNKNOWN};
    enum crypto_verdict verdict;

    mtlsauth__errors_begin();
    verdict = compare(mtlsauth__pkey_of(a), mtlsauth__pkey_of(b));
    if (verdict == CRYPTO_NO)
        verdict = mtlsauth__crypto_again(&refused)
                      ? mtlsauth__crypto_confirmed(
                            compare(mtlsauth__pkey_of(a), mtlsauth__pkey_of(b)), &refused)
                      : CRYPTO_FAILED;
    mtlsauth__errors_end();
    return verdict;
}

void mtlsauth__key_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}
