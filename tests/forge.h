/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FORGE_H
#define TESTS_FORGE_H

/*
 * Makes certificates that are signed, and of which any field can be written over with bytes that no
 * CA would write. Keys are made in the process that asks for them; dates are fixed.
 *
 *     struct der_build ca = forge(&(struct forge){.subject = "Root", .ca = true, .ku =
 * FORGE_KU_CA});
 */

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include "der_build.h"

/* Bytes that stand for a field; NULL: as it should be. */
struct forge_bytes {
    const char *bytes;
    size_t len;
};

#define FORGE(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* An extension: content octets of its OID, and of its extnValue. */
struct forge_extension {
    const char *oid;
    bool critical;
    const char *value;
    size_t len;
};

#define FORGE_EXTENSION(oid, critical, value)                                                      \
    {                                                                                              \
        oid, critical, value, sizeof(value) - 1                                                    \
    }

/* keyUsage as its first octet. */
#define FORGE_KU_SIGN 0x80U
#define FORGE_KU_ENCIPHER 0x20U
#define FORGE_KU_CERT_SIGN 0x04U
#define FORGE_KU_CA 0x06U

/* Keys are numbered; a number is the same key all through a process. */
#define FORGE_KEYS 260

struct forge {
    const char *subject, *issuer; /* common names; NULL: the empty name */
    const struct der_attribute *subject_rdns; /* instead of subject */
    size_t subject_rdn_count;
    int key, signer; /* P-256 keys, by number */
    bool ca;
    unsigned path_length; /* one more than pathLenConstraint; 0: none */
    unsigned ku;          /* 0: no keyUsage */
    const char *eku;      /* content octets of one OID; NULL: none */
    bool eku_critical;
    const struct der_san *sans;
    size_t san_count;
    const struct forge_extension *extensions;
    size_t extension_count;
    unsigned serial; /* 0: 1 */
    bool has_key_ids; /* subject and authority key identifiers, by key number */
    const char *not_before, *not_after; /* UTCTime or GeneralizedTime, by their length */
    bool unsigned_, v1;
    bool compressed; /* the point of the key */

    /* Written over, each with tag and length. */
    struct forge_bytes version, serial_field, algorithm, issuer_field, validity, subject_field, spki,
        unique_ids, all_extensions, behind_extensions, outer_algorithm, signature, behind;
};

static inline EVP_PKEY *forge_key(int number)
{
    static EVP_PKEY *keys[FORGE_KEYS];

    if (number < 0 || number >= FORGE_KEYS)
        abort();
    if (keys[number] == NULL)
        keys[number] = EVP_EC_gen("P-256");
    if (keys[number] == NULL)
        abort();
    return keys[number];
}

static inline void forge_spki(struct der_build *out, int key, bool compressed)
{
    unsigned char *spki = NULL;
    EVP_PKEY *copy = EVP_PKEY_dup(forge_key(key));
    int len;

    if (copy == NULL ||
        (compressed && EVP_PKEY_set_utf8_string_param(copy, "point-format", "compressed") != 1))
        abort();
    len = i2d_PUBKEY(copy, &spki);
    if (len <= 0)
        abort();
    der_raw(out, spki, (size_t)len);
    OPENSSL_free(spki);
    EVP_PKEY_free(copy);
}

static inline void forge_field(struct der_build *out, const struct forge_bytes *field)
{
    der_raw(out, field->bytes, field->len);
}

static inline void forge_name(struct der_build *out, const char *cn)
{
    struct der_attribute attribute = {"\x55\x04\x03", 0x0c, cn, cn == NULL ? 0 : strlen(cn), false};

    der_name(out, &attribute, cn != NULL);
}

static inline void forge_time(struct der_build *out, const char *text)
{
    der_add_text(out, strlen(text) == 13 ? 0x17 : 0x18, text);
}

static inline void forge_begin_extension(struct der_build *out, const char *oid, bool critical)
{
    der_begin(out, 0x30);
    der_add_text(out, 0x06, oid);
    if (critical)
        der_add(out, 0x01, "\xff", 1);
    der_begin(out, 0x04);
}

static inline void forge_end_extension(struct der_build *out)
{
    der_end(out);
    der_end(out);
}

static inline void forge_extensions(struct der_build *out, const struct forge *spec)
{
    char id[3] = {'K', (char)(spec->key >> 8), (char)spec->key};

    if (spec->ca || spec->path_length > 0) {
        forge_begin_extension(out, "\x55\x1d\x13", true);
        der_begin(out, 0x30);
        if (spec->ca)
            der_add(out, 0x01, "\xff", 1);
        if (spec->path_length > 0)
            der_add(out, 0x02, &(char){(char)(spec->path_length - 1)}, 1);
        der_end(out);
        forge_end_extension(out);
    }
    if (spec->ku != 0) {
        forge_begin_extension(out, "\x55\x1d\x0f", true);
        der_add(out, 0x03, (char[]){0, (char)spec->ku}, 2);
        forge_end_extension(out);
    }
    if (spec->eku != NULL) {
        forge_begin_extension(out, "\x55\x1d\x25", spec->eku_critical);
        der_begin(out, 0x30);
        /* anyExtendedKeyUsage ends in a zero. */
        der_add(out, 0x06, spec->eku, strcmp(spec->eku, "\x55\x1d\x25") == 0 ? 4 : strlen(spec->eku));
        der_end(out);
        forge_end_extension(out);
    }
    if (spec->has_key_ids) {
        forge_begin_extension(out, "\x55\x1d\x0e", false);
        der_add(out, 0x04, id, sizeof id);
        forge_end_extension(out);
        id[1] = (char)(spec->signer >> 8);
        id[2] = (char)spec->signer;
        forge_begin_extension(out, "\x55\x1d\x23", false);
        der_begin(out, 0x30);
        der_add(out, 0x80, id, sizeof id);
        der_end(out);
        forge_end_extension(out);
    }
    if (spec->san_count > 0) {
        forge_begin_extension(out, "\x55\x1d\x11", spec->subject == NULL);
        der_sans(out, spec->sans, spec->san_count);
        forge_end_extension(out);
    }
    for (size_t i = 0; i < spec->extension_count; i++) {
        forge_begin_extension(out, spec->extensions[i].oid, spec->extensions[i].critical);
        der_raw(out, spec->extensions[i].value, spec->extensions[i].len);
        forge_end_extension(out);
    }
}

static inline bool forge_has_extensions(const struct forge *spec)
{
    return !spec->v1 && (spec->ca || spec->path_length > 0 || spec->ku != 0 || spec->eku != NULL ||
                         spec->has_key_ids || spec->san_count > 0 || spec->extension_count > 0);
}

static inline void forge_algorithm(struct der_build *out, const struct forge_bytes *instead)
{
    static const char ecdsa_sha256[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";

    if (instead->bytes != NULL)
        forge_field(out, instead);
    else
        der_raw(out, ecdsa_sha256, sizeof ecdsa_sha256 - 1);
}

static inline void forge_tbs(struct der_build *out, const struct forge *spec)
{
    unsigned serial = spec->serial == 0 ? 1 : spec->serial;

    der_begin(out, 0x30);
    if (spec->version.bytes != NULL)
        forge_field(out, &spec->version);
    else if (!spec->v1)
        der_raw(out, "\xa0\x03\x02\x01\x02", 5);
    if (spec->serial_field.bytes != NULL)
        forge_field(out, &spec->serial_field);
    else
        der_add(out, 0x02, (char[]){0x11, (char)(serial >> 8), (char)serial}, 3);
    forge_algorithm(out, &spec->algorithm);
    if (spec->issuer_field.bytes != NULL)
        forge_field(out, &spec->issuer_field);
    else
        forge_name(out, spec->issuer);
    if (spec->validity.bytes != NULL) {
        forge_field(out, &spec->validity);
    } else {
        der_begin(out, 0x30);
        forge_time(out, spec->not_before == NULL ? "200101000000Z" : spec->not_before);
        forge_time(out, spec->not_after == NULL ? "491231235959Z" : spec->not_after);
        der_end(out);
    }
    if (spec->subject_field.bytes != NULL)
        forge_field(out, &spec->subject_field);
    else if (spec->subject_rdns != NULL)
        der_name(out, spec->subject_rdns, spec->subject_rdn_count);
    else
        forge_name(out, spec->subject);
    if (spec->spki.bytes != NULL)
        forge_field(out, &spec->spki);
    else if (spec->unsigned_)
        der_spki(out, DER_KEY_G);
    else
        forge_spki(out, spec->key, spec->compressed);
    forge_field(out, &spec->unique_ids);
    if (spec->all_extensions.bytes != NULL) {
        forge_field(out, &spec->all_extensions);
    } else if (forge_has_extensions(spec)) {
        der_begin(out, 0xa3);
        der_begin(out, 0x30);
        forge_extensions(out, spec);
        der_end(out);
        der_end(out);
    }
    forge_field(out, &spec->behind_extensions);
    der_end(out);
}

static inline void forge_sign(struct der_build *out, const struct forge *spec, const void *tbs,
                              size_t len)
{
    unsigned char signature[256] = "\x30\x06\x02\x01\x01\x02\x01\x01";
    size_t size = 8;
    EVP_MD_CTX *ctx;

    if (!spec->unsigned_) {
        size = sizeof signature;
        ctx = EVP_MD_CTX_new();
        if (ctx == NULL ||
            EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, forge_key(spec->signer)) != 1 ||
            EVP_DigestSign(ctx, signature, &size, tbs, len) != 1)
            abort();
        EVP_MD_CTX_free(ctx);
    }
    der_begin(out, 0x03);
    der_byte(out, 0);
    der_raw(out, signature, size);
    der_end(out);
}

/* To be given back with der_build_free. */
static inline struct der_build forge(const struct forge *spec)
{
    struct der_build tbs = {0}, out = {0};

    forge_tbs(&tbs, spec);
    der_begin(&out, 0x30);
    der_raw(&out, tbs.bytes, tbs.len);
    if (spec->outer_algorithm.bytes != NULL)
        forge_field(&out, &spec->outer_algorithm);
    else
        forge_algorithm(&out, &spec->algorithm);
    if (spec->signature.bytes != NULL)
        forge_field(&out, &spec->signature);
    else
        forge_sign(&out, spec, tbs.bytes, tbs.len);
    forge_field(&out, &spec->behind);
    der_end(&out);
    der_build_free(&tbs);
    return out;
}

#endif
