/* SPDX-License-Identifier: MIT */
#ifndef TESTS_PKI_BUILD_H
#define TESTS_PKI_BUILD_H

/*
 * Certificates that verify, made in a test: Ed25519 keys from a number, so that the same words make
 * the same bytes. Valid from 2025-01-01 to 2035-01-01 where nothing else is said.
 *
 *     static const struct pki_cert root = {.subject = "R", .issuer = "R", .key = 1, .signer = 1,
 *                                          .ca = true};
 *     struct der_build out = {0};
 *     pki_certificate(&out, &root);
 *
 * Names are written as words, separated by blanks: "dns:a.example email:x@a.example ip:0a000007",
 * with cn:, other:, smtp: and rid: beside the usual ones. Name constraints put "+" (permitted) or
 * "-" (excluded) in front of each.
 */

#include <stdio.h>
#include <openssl/evp.h>
#include "der_build.h"

/* An extension as it stands: content octets of the OID, and of extnValue. */
struct pki_extension {
    const char *oid;
    bool critical;
    const char *value;
    size_t len;
};

struct pki_cert {
    const char *subject, *issuer; /* a CN; "" the empty name */
    unsigned key, signer;         /* numbers of keys */
    const char *serial;           /* content octets; NULL: 01 */
    size_t serial_len;
    bool ca;
    const char *path_length; /* one octet, or NULL */
    const char *key_usage;   /* one octet of bits; NULL: what a CA or a client has */
    bool no_key_ids;
    const char *names;       /* of the SAN, or NULL */
    const char *constraints; /* or NULL */
    const struct pki_extension *extensions;
    size_t extension_count;
    const char *not_after; /* UTCTime, or NULL */
    bool version_1;        /* then without any extension */
    bool broken;           /* the signature is of something else */
    /* Instead of the words. */
    const struct der_build *constraints_der, *subject_der, *issuer_der, *names_der;
    const struct der_build *spki; /* instead of the key's: nobody has the private key */
};

static inline EVP_PKEY *pki_key(unsigned number)
{
    uint8_t seed[32] = {0};
    EVP_PKEY *key;

    seed[0] = (uint8_t)number;
    seed[1] = (uint8_t)(number >> 8);
    seed[31] = 1;
    key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    if (key == NULL)
        abort();
    return key;
}

static inline void pki_common_name(struct der_build *out, const char *text)
{
    const struct der_attribute cn = {"\x55\x04\x03", 0x0c, text, strlen(text), false};

    der_name(out, &cn, text[0] == '\0' ? 0 : 1);
}

/* The GeneralName that a word means. */
static inline void pki_general_name(struct der_build *out, const char *word, size_t len)
{
    static const struct {
        const char *prefix;
        unsigned tag;
    } forms[] = {{"email:", 0x81}, {"dns:", 0x82}, {"uri:", 0x86}, {"ip:", 0x87}, {"rid:", 0x88},
                 {"cn:", 0xa4},    {"other:", 0xa0}, {"smtp:", 0xa0}};
    size_t colon = strcspn(word, ":") + 1, form = 0;
    char text[1024];

    while (strncmp(word, forms[form].prefix, colon) != 0)
        if (++form == sizeof forms / sizeof forms[0])
            abort();
    if (forms[form].tag == 0x81 || forms[form].tag == 0x82 || forms[form].tag == 0x86) {
        der_add(out, forms[form].tag, word + colon, len - colon);
        return;
    }
    if (len - colon >= sizeof text)
        abort();
    memcpy(text, word + colon, len - colon);
    text[len - colon] = '\0';
    der_begin(out, forms[form].tag);
    if (forms[form].tag == 0x87 || forms[form].tag == 0x88) {
        for (size_t i = 0; i + 1 < len - colon; i += 2) {
            unsigned byte;

            if (sscanf(text + i, "%2x", &byte) != 1)
                abort();
            der_byte(out, byte);
        }
    } else if (forms[form].tag == 0xa4) {
        pki_common_name(out, text);
    } else if (forms[form].tag == 0xa0) {
        if (forms[form].prefix[0] == 's')
            der_add(out, 0x06, "\x2b\x06\x01\x05\x05\x07\x08\x09", 8); /* id-on-SmtpUTF8Mailbox */
        else
            der_add(out, 0x06, "\x2a\x03\x04", 3);
        der_begin(out, 0xa0);
        der_add_text(out, 0x0c, text);
        der_end(out);
    }
    der_end(out);
}

/* GeneralNames */
static inline void pki_names(struct der_build *out, const char *words)
{
    der_begin(out, 0x30);
    for (size_t len; *words != '\0'; words += len + (words[len] == ' ')) {
        len = strcspn(words, " ");
        pki_general_name(out, words, len);
    }
    der_end(out);
}

/* NameConstraints, permittedSubtrees first. */
static inline void pki_constraints(struct der_build *out, const char *words)
{
    der_begin(out, 0x30);
    for (unsigned list = 0; list < 2; list++) {
        char sign = list == 0 ? '+' : '-';
        bool open = false;

        for (const char *at = words; *at != '\0';) {
            size_t len = strcspn(at, " ");

            if (*at == sign) {
                if (!open)
                    der_begin(out, 0xa0U + list);
                open = true;
                der_begin(out, 0x30);
                pki_general_name(out, at + 1, len - 1);
                der_end(out);
            }
            at += len + (at[len] == ' ');
        }
        if (open)
            der_end(out);
    }
    der_end(out);
}

static inline void pki_extension(struct der_build *out, const char *oid, bool critical,
                                 const void *value, size_t len)
{
    der_begin(out, 0x30);
    der_add_text(out, 0x06, oid);
    if (critical)
        der_add(out, 0x01, "\xff", 1);
    der_add(out, 0x04, value, len);
    der_end(out);
}

/* A key identifier: 20 octets with the key's number. */
static inline void pki_key_id(struct der_build *out, unsigned tag, unsigned key)
{
    uint8_t id[20] = {0xaa, (uint8_t)key, (uint8_t)(key >> 8)};

    der_add(out, tag, id, sizeof id);
}

static inline void pki_add_constraints(struct der_build *out, const struct pki_cert *cert)
{
    struct der_build value = {0};

    if (cert->constraints_der != NULL)
        der_raw(&value, cert->constraints_der->bytes, cert->constraints_der->len);
    else if (cert->constraints != NULL)
        pki_constraints(&value, cert->constraints);
    if (value.len > 0)
        pki_extension(out, "\x55\x1d\x1e", true, value.bytes, value.len);
    der_build_free(&value);
}

static inline void pki_add_names(struct der_build *out, const struct pki_cert *cert)
{
    struct der_build value = {0};

    if (cert->names_der != NULL)
        der_raw(&value, cert->names_der->bytes, cert->names_der->len);
    else if (cert->names != NULL)
        pki_names(&value, cert->names);
    if (value.len > 0) /* critical where the subject is empty, RFC 5280 4.2.1.6 */
        pki_extension(out, "\x55\x1d\x11", cert->subject[0] == '\0', value.bytes, value.len);
    der_build_free(&value);
}

static inline void pki_add_key_usage(struct der_build *out, const struct pki_cert *cert)
{
    const char any[] = {0x03, 0x02, 0x00, cert->key_usage == NULL ? 0 : *cert->key_usage};

    if (cert->key_usage != NULL)
        pki_extension(out, "\x55\x1d\x0f", true, any, sizeof any);
    else if (cert->ca)
        pki_extension(out, "\x55\x1d\x0f", true, "\x03\x02\x01\x06", 4); /* keyCertSign, cRLSign */
    else
        pki_extension(out, "\x55\x1d\x0f", true, "\x03\x02\x07\x80", 4); /* digitalSignature */
}

static inline void pki_extensions(struct der_build *out, const struct pki_cert *cert)
{
    struct der_build value = {0};

    der_begin(out, 0xa3);
    der_begin(out, 0x30);
    if (cert->ca) {
        der_begin(&value, 0x30);
        der_add(&value, 0x01, "\xff", 1);
        if (cert->path_length != NULL)
            der_add(&value, 0x02, cert->path_length, 1);
        der_end(&value);
        pki_extension(out, "\x55\x1d\x13", true, value.bytes, value.len); /* basicConstraints */
        der_build_free(&value);
    }
    pki_add_key_usage(out, cert);
    if (!cert->no_key_ids) {
        pki_key_id(&value, 0x04, cert->key);
        pki_extension(out, "\x55\x1d\x0e", false, value.bytes, value.len);
        der_build_free(&value);
        der_begin(&value, 0x30);
        pki_key_id(&value, 0x80, cert->signer);
        der_end(&value);
        pki_extension(out, "\x55\x1d\x23", false, value.bytes, value.len);
        der_build_free(&value);
    }
    pki_add_names(out, cert);
    pki_add_constraints(out, cert);
    for (size_t i = 0; i < cert->extension_count; i++)
        pki_extension(out, cert->extensions[i].oid, cert->extensions[i].critical,
                      cert->extensions[i].value, cert->extensions[i].len);
    der_end(out);
    der_end(out);
}

/* SubjectPublicKeyInfo, RFC 8410 4. */
static inline void pki_spki(struct der_build *out, unsigned number)
{
    EVP_PKEY *key = pki_key(number);
    uint8_t raw[32];
    size_t len = sizeof raw;

    if (EVP_PKEY_get_raw_public_key(key, raw, &len) != 1)
        abort();
    EVP_PKEY_free(key);
    der_begin(out, 0x30);
    der_raw(out, "\x30\x05\x06\x03\x2b\x65\x70", 7);
    der_begin(out, 0x03);
    der_byte(out, 0);
    der_raw(out, raw, len);
    der_end(out);
    der_end(out);
}

static inline void pki_tbs(struct der_build *out, const struct pki_cert *cert)
{
    der_begin(out, 0x30);
    if (!cert->version_1) {
        der_begin(out, 0xa0);
        der_add(out, 0x02, "\x02", 1);
        der_end(out);
    }
    der_add(out, 0x02, cert->serial == NULL ? "\x01" : cert->serial,
            cert->serial == NULL ? 1 : cert->serial_len);
    der_raw(out, "\x30\x05\x06\x03\x2b\x65\x70", 7);
    if (cert->issuer_der != NULL)
        der_raw(out, cert->issuer_der->bytes, cert->issuer_der->len);
    else
        pki_common_name(out, cert->issuer);
    der_begin(out, 0x30);
    der_add_text(out, 0x17, "250101000000Z");
    der_add_text(out, 0x17, cert->not_after == NULL ? "350101000000Z" : cert->not_after);
    der_end(out);
    if (cert->subject_der != NULL)
        der_raw(out, cert->subject_der->bytes, cert->subject_der->len);
    else
        pki_common_name(out, cert->subject);
    if (cert->spki != NULL)
        der_raw(out, cert->spki->bytes, cert->spki->len);
    else
        pki_spki(out, cert->key);
    if (!cert->version_1)
        pki_extensions(out, cert);
    der_end(out);
}

static inline void pki_certificate(struct der_build *out, const struct pki_cert *cert)
{
    EVP_PKEY *key = pki_key(cert->signer);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct der_build tbs = {0};
    uint8_t signature[64];
    size_t len = sizeof signature;

    pki_tbs(&tbs, cert);
    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &len, tbs.bytes, tbs.len - (cert->broken ? 1 : 0)) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    der_begin(out, 0x30);
    der_raw(out, tbs.bytes, tbs.len);
    der_raw(out, "\x30\x05\x06\x03\x2b\x65\x70", 7);
    der_begin(out, 0x03);
    der_byte(out, 0);
    der_raw(out, signature, len);
    der_end(out);
    der_end(out);
    der_build_free(&tbs);
}

#endif
