/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_CRL_SIGN_H
#define TESTS_SUPPORT_CRL_SIGN_H

/* Lists of crl_text.h with a signature that verifies: malformed perhaps, but of the right CA. */

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

/* The fields behind tbsCertList are those of a good list. */
static inline struct der_text crl_signed(const struct crl_text *parts, EVP_PKEY *key)
{
    struct crl_text with = *parts;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
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
    ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, ca_md(key), NULL, key), 1);
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

#endif
