/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_CA_H
#define TESTS_SUPPORT_CA_H

/* A CA and its clients made by libcrypto while a test runs, with fixed dates. */

#include <check.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/error.h>
#include "support/der_text.h"

/* 2026-01-01 and 2036-01-01. */
#define CA_NOT_BEFORE 1767225600
#define CA_NOT_AFTER 2082758400

/* "EC", "RSA" or "ED25519". */
static inline EVP_PKEY *ca_key(const char *type)
{
    EVP_PKEY *key;

    if (strcmp(type, "EC") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    else if (strcmp(type, "RSA") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, type);
    ck_assert_ptr_nonnull(key);
    return key;
}

static inline const EVP_MD *ca_md(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448") ? NULL : EVP_sha256();
}

static inline void ca_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    ck_assert_ptr_nonnull(extension);
    ck_assert_int_eq(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* RSA-PSS with SHA-256, its mask too, and a salt of 32 octets. */
#define CA_SHA256 "30 { 06 { 60 86 48 01 65 03 04 02 01 } 05 00 }"
#define CA_PSS                                                                                     \
    "30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } 30 { a0 { " CA_SHA256                                  \
    " } a1 { 30 { 06 { 2a 86 48 86 f7 0d 01 01 08 } " CA_SHA256 " } } a2 { 02 { 20 } } } }"

struct ca_spec {
    const char *subject, *issuer; /* common names */
    EVP_PKEY *key, *issuer_key;
    const char *key_algorithm;   /* AlgorithmIdentifier of the key, as der_text; NULL: its own */
    bool pss;                    /* the signature is RSA-PSS, as CA_PSS says */
    const unsigned char *serial; /* content octets of a positive number; NULL: 01 */
    int serial_len;
    const char *constraints; /* basicConstraints, "critical,CA:TRUE"; NULL: none */
    const char *usage;       /* keyUsage; NULL: none */
    const char *points;      /* crlDistributionPoints; NULL: none */
};

static inline void ca_name(X509_NAME *name, const char *text)
{
    ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)text, -1, -1, 0),
                     1);
}

static inline void ca_key_algorithm(X509 *cert, const char *text)
{
    struct der_text der = der_text(text);
    const unsigned char *at = der.ptr;
    X509_ALGOR *own, *wanted = d2i_X509_ALGOR(NULL, &at, (long)der.len);

    ck_assert_ptr_nonnull(wanted);
    ck_assert_int_eq(X509_PUBKEY_get0_param(NULL, NULL, NULL, &own, X509_get_X509_PUBKEY(cert)), 1);
    ck_assert_int_eq(X509_ALGOR_copy(own, wanted), 1);
    X509_ALGOR_free(wanted);
    free(der.ptr);
}

static inline void ca_sign_pss(X509 *cert, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx;

    ck_assert_int_eq(EVP_DigestSignInit(ctx, &pkey_ctx, EVP_sha256(), NULL, key), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, 32), 1);
    ck_assert_int_gt(X509_sign_ctx(cert, ctx), 0);
    EVP_MD_CTX_free(ctx);
}

static inline X509 *ca_x509(const struct ca_spec *spec)
{
    X509 *cert = X509_new();
    static const unsigned char one[] = {1};
    const unsigned char *serial = spec->serial == NULL ? one : spec->serial;
    int serial_len = spec->serial == NULL ? 1 : spec->serial_len;
    BIGNUM *number = BN_bin2bn(serial, serial_len, NULL);

    ck_assert_ptr_nonnull(cert);
    ck_assert_int_eq(X509_set_version(cert, X509_VERSION_3), 1);
    ck_assert_ptr_nonnull(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)));
    BN_free(number);
    ca_name(X509_get_subject_name(cert), spec->subject);
    ca_name(X509_get_issuer_name(cert), spec->issuer);
    ck_assert_ptr_nonnull(ASN1_TIME_set(X509_getm_notBefore(cert), CA_NOT_BEFORE));
    ck_assert_ptr_nonnull(ASN1_TIME_set(X509_getm_notAfter(cert), CA_NOT_AFTER));
    ck_assert_int_eq(X509_set_pubkey(cert, spec->key), 1);
    if (spec->key_algorithm != NULL)
        ca_key_algorithm(cert, spec->key_algorithm);
    if (spec->constraints != NULL)
        ca_extension(cert, NID_basic_constraints, spec->constraints);
    if (spec->usage != NULL)
        ca_extension(cert, NID_key_usage, spec->usage);
    if (spec->points != NULL)
        ca_extension(cert, NID_crl_distribution_points, spec->points);
    if (spec->pss)
        ca_sign_pss(cert, spec->issuer_key);
    else
        ck_assert_int_gt(X509_sign(cert, spec->issuer_key, ca_md(spec->issuer_key)), 0);
    return cert;
}

static inline mtlsauth_cert *ca_cert(const struct ca_spec *spec)
{
    X509 *x509 = ca_x509(spec);
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    mtlsauth_cert *cert = NULL;

    ck_assert_int_gt(len, 0);
    ck_assert_int_eq(mtlsauth_cert_parse(&cert, der, (size_t)len), MTLSAUTH_OK);
    OPENSSL_free(der);
    X509_free(x509);
    return cert;
}

#endif
