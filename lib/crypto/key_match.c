/* SPDX-License-Identifier: MIT */
#include "crypto/key_match.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
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

enum crypto_verdict mtlsauth__key_decode(struct public_key **out, enum key_form form,
                                         struct span der)
{
    const unsigned char *at = der.ptr;
    enum crypto_verdict verdict = CRYPTO_NO;
    EVP_PKEY *pkey;

    *out = NULL;
    if (der.len > INT32_MAX)
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    pkey = decode(form, &at, (long)der.len);
    if (pkey == NULL)
        verdict = mtlsauth__crypto_refusal();
    else if (at == der.ptr + der.len && EVP_PKEY_get_bits(pkey) <= MTLSAUTH__MAX_RSA_BITS)
        verdict = CRYPTO_YES;
    mtlsauth__errors_end();
    if (verdict == CRYPTO_YES)
        *out = mtlsauth__public_key_of(pkey);
    else
        EVP_PKEY_free(pkey);
    return verdict;
}

enum crypto_verdict mtlsauth__key_same(const struct public_key *a, const struct public_key *b)
{
    enum crypto_verdict verdict;
    int same;

    mtlsauth__errors_begin();
    same = EVP_PKEY_eq(mtlsauth__pkey_of(a), mtlsauth__pkey_of(b));
    /* -1: of two types; -2: it has no way to compare them. */
    if (same == 1)
        verdict = CRYPTO_YES;
    else
        verdict = same == -2 ? CRYPTO_FAILED : mtlsauth__crypto_refusal();
    mtlsauth__errors_end();
    return verdict;
}

void mtlsauth__key_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}
