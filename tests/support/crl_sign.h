/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_CRL_SIGN_H
#define TESTS_SUPPORT_CRL_SIGN_H

/* Lists of crl_text.h with a signature that verifies: malformed perhaps, but of the right CA. */

#include <openssl/rsa.h>
#include "base/der.h"
#include "support/ca.h"
#include "support/crl_text.h"

#define CRL_ECDSA "30 { 06 { 2a 86 48 ce 3d 04 03 02 } }"

static inline const char *crl_algorithm_of(const EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "ED25519"))
        return CRL_ED25519;
    return EVP_PKEY_is_a(key, "EC") ? CRL_ECDSA : CRL_RSA;
}

/* How a signature is made, whatever the list says of it. */
struct crl_how {
    const EVP_MD *md;
    const EVP_MD *mgf; /* RSA-PSS; NULL: RSA with PKCS #1 v1.5, or no RSA */
    int salt;          /* octets */
};

/* The fields behind tbsCertList are those of a good list. */
static inline struct der_text crl_signed_how(const struct crl_text *parts, EVP_PKEY *key,
                                             const struct crl_how *how)
{
    struct crl_text with = *parts;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx;
    struct der_text unsigned_list, out;
    struct der list, inner;
    struct span tbs;
    unsigned char signature[1024];
    size_t len = sizeof signature;

    with.algorithm = crl_text_or(parts->algorithm, crl_algorithm_of(key));
    unsigned_list = crl_text(&with);
    list = der_of(span_of(unsigned_list.ptr, unsigned_list.len));
    ck_assert(mtlsauth__der_enter(&list, DER_SEQUENCE, &inner));
    ck_assert(mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &tbs));
    ck_assert_int_eq(EVP_DigestSignInit(ctx, &pkey_ctx, how->md, NULL, key), 1);
    if (how->mgf != NULL) {
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING), 1);
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_mgf1_md(pkey_ctx, how->mgf), 1);
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, how->salt), 1);
    }
    ck_assert_int_eq(EVP_DigestSign(ctx, signature, &len, tbs.ptr, tbs.len), 1);
    EVP_MD_CTX_free(ctx);
    out = der_text("30");
    crl_append(&out, tbs.ptr, tbs.len);
    der_text_add(&out, with.algorithm);
    der_text_add(&out, "03");
    crl_append(&out, "", 1);
    crl_append(&out, signature, len);
    der_text_close(&out, out.len - len - 1);
    der_text_close(&out, 1);
    free(unsigned_list.ptr);
    return out;
}

static inline struct der_text crl_signed(const struct crl_text *parts, EVP_PKEY *key)
{
    return crl_signed_how(parts, key, &(struct crl_how){.md = ca_md(key)});
}

#endif
