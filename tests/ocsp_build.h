/* SPDX-License-Identifier: MIT */
#ifndef TESTS_OCSP_BUILD_H
#define TESTS_OCSP_BUILD_H

/*
 * Makes certificates and OCSP responses, good and forged, signed with keys that live as long as the
 * test program. A zeroed spec is a good one; each field that is set is one thing that differs.
 * With OB_FIXED_KEYS the keys are the same in every run: what was signed in one counts in another.
 */

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include "der_build.h"

/* The keys, and who holds them. */
enum ob_key { OB_ISSUER, OB_LEAF, OB_DELEGATE, OB_SIBLING, OB_OTHER_CA, OB_KEYS };

#define OB_NOW 1780315200 /* 2026-06-01T12:00:00Z */

#ifdef OB_FIXED_KEYS
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

/* The private number is 32 octets of one value: it guards nothing. */
static inline EVP_PKEY *ob_new_key(enum ob_key which)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = EC_POINT_new(group);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;
    unsigned char octets[32], public_octets[65];
    BIGNUM *number;

    memset(octets, 0x11 * ((int)which + 1), sizeof octets);
    number = BN_bin2bn(octets, sizeof octets, NULL);
    if (EC_POINT_mul(group, point, number, NULL, NULL, NULL) != 1 ||
        EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, public_octets,
                           sizeof public_octets, NULL) != sizeof public_octets ||
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, public_octets,
                                         sizeof public_octets) != 1 ||
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number) != 1)
        abort();
    params = OSSL_PARAM_BLD_to_param(build);
    if (EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
        abort();
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    BN_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return key;
}
#else
static inline EVP_PKEY *ob_new_key(enum ob_key which)
{
    (void)which;
    return EVP_EC_gen("P-256");
}
#endif

static inline EVP_PKEY *ob_pkey(enum ob_key which)
{
    static EVP_PKEY *keys[OB_KEYS];

    if (keys[which] == NULL)
        keys[which] = ob_new_key(which);
    if (keys[which] == NULL)
        abort();
    return keys[which];
}

static inline void ob_spki(struct der_build *out, enum ob_key key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(ob_pkey(key), &der);

    if (len <= 0)
        abort();
    der_raw(out, der, (size_t)len);
    OPENSSL_free(der);
}

static inline void ob_name(struct der_build *out, const char *cn)
{
    struct der_attribute attribute = {"\x55\x04\x03", 0x0c, cn, strlen(cn), false};

    der_name(out, &attribute, 1);
}

enum ob_algorithm { OB_SHA256, OB_SHA1, OB_UNKNOWN_ALGORITHM };

static inline void ob_algorithm(struct der_build *out, enum ob_algorithm algorithm)
{
    static const char *const oids[] = {"\x2a\x86\x48\xce\x3d\x04\x03\x02",
                                       "\x2a\x86\x48\xce\x3d\x04\x01",
                                       "\x2a\x86\x48\xce\x3d\x04\x03\x7f"};

    der_begin(out, 0x30);
    der_add_text(out, 0x06, oids[algorithm]);
    der_end(out);
}

/* BIT STRING of a signature over bytes. */
static inline void ob_sign(struct der_build *out, const void *bytes, size_t len, enum ob_key key,
                           enum ob_algorithm algorithm)
{
    const EVP_MD *md = algorithm == OB_SHA1 ? EVP_sha1() : EVP_sha256();
    unsigned char signature[256];
    size_t signature_len = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, md, NULL, ob_pkey(key)) != 1 ||
        EVP_DigestSign(ctx, signature, &signature_len, bytes, len) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    der_begin(out, 0x03);
    der_byte(out, 0);
    der_raw(out, signature, signature_len);
    der_end(out);
}

static inline void ob_extension(struct der_build *out, const char *oid, bool critical,
                                const void *value, size_t len)
{
    der_begin(out, 0x30);
    der_add_text(out, 0x06, oid);
    if (critical)
        der_add(out, 0x01, "\xff", 1);
    der_add(out, 0x04, value, len);
    der_end(out);
}

/* DER of extendedKeyUsage with one OID. */
#define OB_EKU_OCSP "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x09"
#define OB_EKU_CLIENT "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
#define OB_EKU_ANY "\x30\x06\x06\x04\x55\x1d\x25\x00"

struct ob_cert {
    const char *subject, *issuer; /* CN; "leaf" by "issuer" */
    enum ob_key key, signer;
    const char *serial; /* content octets; NULL: 05 */
    size_t serial_len;
    const char *from, *to; /* UTCTime; 2026 */
    const char *eku;
    size_t eku_len;
    bool no_check, bad_no_check, crl_url, ocsp_url, ca_url, unknown_critical, ca;
    const char *aia; /* DER of authorityInfoAccess, instead of ocsp_url */
    size_t aia_len;
    const char *points; /* DER of crlDistributionPoints, instead of crl_url */
    size_t points_len;
    const char *key_usage;        /* DER of the BIT STRING */
    const struct der_build *spki; /* instead of that of key */
    enum ob_algorithm algorithm;
    bool broken; /* a signature of something else */
};

static inline void ob_cert_extensions(struct der_build *out, const struct ob_cert *cert)
{
    static const char crl[] = "\x30\x15\x30\x13\xa0\x11\xa0\x0f\x86\x0dhttp://crl/ca";
    static const char ocsp[] =
        "\x30\x1b\x30\x19\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01\x86\x0dhttp://ocsp/x";
    static const char issuers[] =
        "\x30\x1b\x30\x19\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x0dhttp://ca.crt";

    if (cert->eku != NULL)
        ob_extension(out, "\x55\x1d\x25", false, cert->eku, cert->eku_len);
    if (cert->no_check)
        ob_extension(out, "\x2b\x06\x01\x05\x05\x07\x30\x01\x05", false, "\x05\x00", 2);
    if (cert->bad_no_check)
        ob_extension(out, "\x2b\x06\x01\x05\x05\x07\x30\x01\x05", false, "\x01\x01\x00", 3);
    if (cert->crl_url)
        ob_extension(out, "\x55\x1d\x1f", false, crl, sizeof crl - 1);
    if (cert->points != NULL)
        ob_extension(out, "\x55\x1d\x1f", false, cert->points, cert->points_len);
    if (cert->ocsp_url || cert->ca_url)
        ob_extension(out, "\x2b\x06\x01\x05\x05\x07\x01\x01", false,
                     cert->ocsp_url ? ocsp : issuers, sizeof ocsp - 1);
    if (cert->aia != NULL)
        ob_extension(out, "\x2b\x06\x01\x05\x05\x07\x01\x01", false, cert->aia, cert->aia_len);
    if (cert->ca)
        ob_extension(out, "\x55\x1d\x13", true, "\x30\x03\x01\x01\xff", 5);
    if (cert->key_usage != NULL)
        ob_extension(out, "\x55\x1d\x0f", true, cert->key_usage, 4);
    if (cert->unknown_critical)
        ob_extension(out, "\x2a\x03\x04", true, "\x05\x00", 2);
}

static inline struct der_build ob_make_cert(const struct ob_cert *cert)
{
    struct der_build tbs = {0}, whole = {0}, extensions = {0};

    der_begin(&tbs, 0x30);
    der_begin(&tbs, 0xa0);
    der_add(&tbs, 0x02, "\x02", 1);
    der_end(&tbs);
    der_add(&tbs, 0x02, cert->serial == NULL ? "\x05" : cert->serial,
            cert->serial == NULL ? 1 : cert->serial_len);
    ob_algorithm(&tbs, cert->algorithm);
    ob_name(&tbs, cert->issuer == NULL ? "issuer" : cert->issuer);
    der_begin(&tbs, 0x30);
    der_add_text(&tbs, 0x17, cert->from == NULL ? "260101000000Z" : cert->from);
    der_add_text(&tbs, 0x17, cert->to == NULL ? "270101000000Z" : cert->to);
    der_end(&tbs);
    ob_name(&tbs, cert->subject == NULL ? "leaf" : cert->subject);
    if (cert->spki != NULL)
        der_raw(&tbs, cert->spki->bytes, cert->spki->len);
    else
        ob_spki(&tbs, cert->key);
    ob_cert_extensions(&extensions, cert);
    if (extensions.len > 0) {
        der_begin(&tbs, 0xa3);
        der_add(&tbs, 0x30, extensions.bytes, extensions.len);
        der_end(&tbs);
    }
    der_end(&tbs);
    der_begin(&whole, 0x30);
    der_raw(&whole, tbs.bytes, tbs.len);
    ob_algorithm(&whole, cert->algorithm);
    ob_sign(&whole, tbs.bytes, tbs.len - (cert->broken ? 1 : 0), cert->signer, cert->algorithm);
    der_end(&whole);
    der_build_free(&tbs);
    der_build_free(&extensions);
    return whole;
}

enum ob_hash { OB_ID_SHA1, OB_ID_SHA256, OB_ID_SHA384, OB_ID_SHA512, OB_ID_MD5, OB_ID_UNKNOWN };

struct ob_single {
    enum ob_hash hash;
    bool no_parameters;     /* the AlgorithmIdentifier without NULL */
    const char *parameters; /* two octets instead of NULL */
    const char *serial;     /* content octets; NULL: 05 */
    size_t serial_len;
    bool wrong_name, wrong_key, short_hash;
    const char *id_name; /* CN of the issuer that the CertID names; NULL: "issuer" */
    enum ob_key id_key;
    int status;         /* 0 good, 1 revoked, 2 unknown, 3 none of these */
    const char *reason; /* content of the ENUMERATED, one octet */
    const char *this_update, *next_update, *revoked_at; /* GeneralizedTime; "" leaves it away */
    unsigned time_tag;
    bool no_next_update, unknown_extension, critical, critical_sct;
};

struct ob_response {
    int status; /* responseStatus */
    bool no_bytes, other_type, explicit_version, version_2, trailing;
    bool by_key;
    const char *responder; /* CN; NULL: "issuer" */
    enum ob_key responder_key;
    const char *produced_at;
    const struct ob_single *singles; /* NULL: one good one */
    size_t single_count;
    const void *nonce; /* the inner OCTET STRING's content */
    size_t nonce_len;
    bool has_nonce, raw_nonce, unknown_extension, critical;
    enum ob_key signer;
    enum ob_algorithm algorithm;
    bool broken;
    const struct der_build *certs[5];
    size_t cert_count;
};

static inline void ob_hash(enum ob_hash hash, const void *bytes, size_t len, uint8_t out[64],
                           size_t *out_len)
{
    const EVP_MD *md = hash == OB_ID_SHA256   ? EVP_sha256()
                       : hash == OB_ID_SHA384 ? EVP_sha384()
                       : hash == OB_ID_SHA512 ? EVP_sha512()
                       : hash == OB_ID_MD5    ? EVP_md5()
                                              : EVP_sha1();
    unsigned written = 0;

    if (EVP_Digest(bytes, len, out, &written, md, NULL) != 1)
        abort();
    *out_len = written;
}

/* The key's bits are the end of its SubjectPublicKeyInfo: 65 octets of an uncompressed point. */
static inline void ob_key_hash(enum ob_key key, enum ob_hash hash, uint8_t out[64], size_t *len)
{
    struct der_build spki = {0};

    ob_spki(&spki, key);
    ob_hash(hash, spki.bytes + (spki.len - 65), 65, out, len);
    der_build_free(&spki);
}

static inline void ob_cert_id(struct der_build *out, const struct ob_single *single)
{
    static const char *const oids[] = {
        "\x2b\x0e\x03\x02\x1a",
        "\x60\x86\x48\x01\x65\x03\x04\x02\x01",
        "\x60\x86\x48\x01\x65\x03\x04\x02\x02",
        "\x60\x86\x48\x01\x65\x03\x04\x02\x03",
        "\x2a\x86\x48\x86\xf7\x0d\x02\x05",
        "\x2a\x03\x04",
    };
    struct der_build name = {0};
    uint8_t digest[64];
    size_t len;

    der_begin(out, 0x30);
    der_begin(out, 0x30);
    der_add_text(out, 0x06, oids[single->hash]);
    if (!single->no_parameters)
        der_raw(out, single->parameters == NULL ? "\x05\x00" : single->parameters, 2);
    der_end(out);
    ob_name(&name, single->wrong_name        ? "another"
                   : single->id_name == NULL ? "issuer"
                                             : single->id_name);
    ob_hash(single->hash, name.bytes, name.len, digest, &len);
    der_add(out, 0x04, digest, len - (single->short_hash ? 1 : 0));
    der_build_free(&name);
    ob_key_hash(single->wrong_key ? OB_OTHER_CA : single->id_key, single->hash, digest, &len);
    der_add(out, 0x04, digest, len - (single->short_hash ? 1 : 0));
    der_add(out, 0x02, single->serial == NULL ? "\x05" : single->serial,
            single->serial == NULL ? 1 : single->serial_len);
    der_end(out);
}

static inline void ob_add_single(struct der_build *out, const struct ob_single *single)
{
    unsigned tag = single->time_tag == 0 ? 0x18 : single->time_tag;

    der_begin(out, 0x30);
    ob_cert_id(out, single);
    if (single->status == 1) {
        der_begin(out, 0xa1);
        der_add_text(out, 0x18,
                     single->revoked_at == NULL ? "20260501000000Z" : single->revoked_at);
        if (single->reason != NULL) {
            der_begin(out, 0xa0);
            der_add(out, 0x0a, single->reason, 1);
            der_end(out);
        }
        der_end(out);
    } else {
        der_add(out, 0x80U + (unsigned)single->status, "", 0);
    }
    der_add_text(out, tag, single->this_update == NULL ? "20260601000000Z" : single->this_update);
    if (!single->no_next_update) {
        der_begin(out, 0xa0);
        der_add_text(out, tag,
                     single->next_update == NULL ? "20260602000000Z" : single->next_update);
        der_end(out);
    }
    if (single->unknown_extension || single->critical_sct) {
        der_begin(out, 0xa1);
        der_begin(out, 0x30);
        if (single->critical_sct)
            ob_extension(out, "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05", true, "\x04\x00", 2);
        else
            ob_extension(out, "\x2a\x03\x04", single->critical, "\x05\x00", 2);
        der_end(out);
        der_end(out);
    }
    der_end(out);
}

static inline void ob_response_extensions(struct der_build *out, const struct ob_response *spec)
{
    if (!spec->has_nonce && !spec->unknown_extension)
        return;
    der_begin(out, 0xa1);
    der_begin(out, 0x30);
    if (spec->has_nonce) {
        struct der_build nonce = {0};

        if (spec->raw_nonce)
            der_raw(&nonce, spec->nonce, spec->nonce_len);
        else
            der_add(&nonce, 0x04, spec->nonce, spec->nonce_len);
        ob_extension(out, "\x2b\x06\x01\x05\x05\x07\x30\x01\x02", false, nonce.bytes, nonce.len);
        der_build_free(&nonce);
    }
    if (spec->unknown_extension)
        ob_extension(out, "\x2a\x03\x04", spec->critical, "\x05\x00", 2);
    der_end(out);
    der_end(out);
}

static inline void ob_data(struct der_build *out, const struct ob_response *spec)
{
    static const struct ob_single good = {0};
    size_t count = spec->singles == NULL ? 1 : spec->single_count, len;
    uint8_t digest[64];

    der_begin(out, 0x30);
    if (spec->explicit_version || spec->version_2) {
        der_begin(out, 0xa0);
        der_add(out, 0x02, spec->version_2 ? "\x01" : "\x00", 1);
        der_end(out);
    }
    der_begin(out, spec->by_key ? 0xa2 : 0xa1);
    if (spec->by_key) {
        ob_key_hash(spec->responder_key, OB_ID_SHA1, digest, &len);
        der_add(out, 0x04, digest, len);
    } else {
        ob_name(out, spec->responder == NULL ? "issuer" : spec->responder);
    }
    der_end(out);
    der_add_text(out, 0x18, spec->produced_at == NULL ? "20260601010000Z" : spec->produced_at);
    der_begin(out, 0x30);
    for (size_t i = 0; i < count; i++)
        ob_add_single(out, spec->singles == NULL ? &good : &spec->singles[i]);
    der_end(out);
    ob_response_extensions(out, spec);
    der_end(out);
}

#define OB_BASIC "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"

/* OCSPResponse around a basic response; without a type there is nothing in it. */
static inline void ob_wrap(struct der_build *out, int status, const char *type,
                           const struct der_build *basic)
{
    uint8_t octet = (uint8_t)status;

    der_begin(out, 0x30);
    der_add(out, 0x0a, &octet, 1);
    if (type != NULL) {
        der_begin(out, 0xa0);
        der_begin(out, 0x30);
        der_add_text(out, 0x06, type);
        der_add(out, 0x04, basic->bytes, basic->len);
        der_end(out);
        der_end(out);
    }
    der_end(out);
}

static inline struct der_build ob_make_response(const struct ob_response *spec)
{
    struct der_build data = {0}, basic = {0}, out = {0};

    ob_data(&data, spec);
    der_begin(&basic, 0x30);
    der_raw(&basic, data.bytes, data.len);
    ob_algorithm(&basic, spec->algorithm);
    ob_sign(&basic, data.bytes, data.len - (spec->broken ? 1 : 0), spec->signer, spec->algorithm);
    if (spec->cert_count > 0) {
        der_begin(&basic, 0xa0);
        der_begin(&basic, 0x30);
        for (size_t i = 0; i < spec->cert_count; i++)
            der_raw(&basic, spec->certs[i]->bytes, spec->certs[i]->len);
        der_end(&basic);
        der_end(&basic);
    }
    der_end(&basic);
    ob_wrap(&out, spec->status,
            spec->no_bytes     ? NULL
            : spec->other_type ? "\x2a\x03\x04"
                               : OB_BASIC,
            &basic);
    if (spec->trailing)
        der_byte(&out, 0);
    der_build_free(&data);
    der_build_free(&basic);
    return out;
}

#endif
