/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support/random.h"

/* Keys of the roots that fill up a bundle: making one each would take minutes. */
enum { FILLING_KEYS = 4, NOT_BEFORE = 1767225600, NOT_AFTER = 2082758400 };

static EVP_PKEY *make_key(const char *type)
{
    EVP_PKEY *key;

    if (strcmp(type, "P-256") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    else if (strcmp(type, "RSA-2048") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    must(key != NULL, "a key");
    return key;
}

static const EVP_MD *md_of(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
}

struct spec {
    const char *subject, *san;
    long serial;
    EVP_PKEY *key;
    X509 *issuer; /* NULL: itself */
    EVP_PKEY *signer;
    bool ca;
};

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(extension != NULL && X509_add_ext(cert, extension, -1) == 1, "an extension");
    X509_EXTENSION_free(extension);
}

static X509 *make_cert(const struct spec *spec)
{
    X509 *cert = X509_new(), *issuer = spec->issuer == NULL ? cert : spec->issuer;
    X509_NAME *name;
    char san[128];

    must(cert != NULL, "a certificate");
    name = X509_get_subject_name(cert);
    must(X509_set_version(cert, X509_VERSION_3) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(cert), spec->serial) == 1 &&
             X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)"Example Ltd",
                                        -1, -1, 0) == 1 &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)spec->subject,
                                        -1, -1, 0) == 1 &&
             X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
             ASN1_TIME_set(X509_getm_notBefore(cert), NOT_BEFORE) != NULL &&
             ASN1_TIME_set(X509_getm_notAfter(cert), NOT_AFTER) != NULL &&
             X509_set_pubkey(cert, spec->key) == 1,
         "the fields of a certificate");
    add_extension(cert, issuer, NID_subject_key_identifier, "hash");
    add_extension(cert, issuer, NID_authority_key_identifier, "keyid");
    if (spec->ca) {
        add_extension(cert, issuer, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(cert, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    } else {
        add_extension(cert, issuer, NID_key_usage, "critical,digitalSignature");
        add_extension(cert, issuer, NID_ext_key_usage, "clientAuth");
        snprintf(san, sizeof san, "DNS:%s.example.com,URI:spiffe://example.com/%s", spec->san,
                 spec->subject);
        add_extension(cert, issuer, NID_subject_alt_name, san);
    }
    must(X509_sign(cert, spec->signer, md_of(spec->signer)) > 0, "signing");
    return cert;
}

static void add_pem(BIO *bio, X509 *cert)
{
    must(PEM_write_bio_X509(bio, cert) == 1, "PEM");
}

static struct bytes take(BIO *bio)
{
    struct bytes out;
    char *data;
    long len = BIO_get_mem_data(bio, &data);

    out = (struct bytes){room((size_t)len), (size_t)len};
    memcpy(out.ptr, data, out.len);
    BIO_free(bio);
    return out;
}

static void drop(struct bytes *bytes)
{
    free(bytes->ptr);
    *bytes = (struct bytes){NULL, 0};
}

static struct bytes make_leaf(const struct world *world, const char *name, const char *san, long i)
{
    BIO *bio = BIO_new(BIO_s_mem());
    X509 *leaf = make_cert(&(struct spec){name, san, 0x10000000 + i, world->leaf_key, world->issuer,
                                          world->issuer_key, false});

    add_pem(bio, leaf);
    X509_free(leaf);
    return take(bio);
}

void world_make(struct world *world, const char *type)
{
    *world = (struct world){.type = type,
                            .root_key = make_key(type),
                            .issuer_key = make_key(type),
                            .leaf_key = make_key(type)};
    world->root =
        make_cert(&(struct spec){"root", "", 1, world->root_key, NULL, world->root_key, true});
    world->issuer = make_cert(
        &(struct spec){"issuing", "", 2, world->issuer_key, world->root, world->root_key, true});
    for (long i = 0; i < LEAVES; i++) {
        char name[32];

        snprintf(name, sizeof name, "client-%ld", i);
        world->leaves[i] = make_leaf(world, name, name, i);
    }
    world->wildcard = make_leaf(world, "any", "*", LEAVES);
}

void world_set_cas(struct world *world, size_t cas)
{
    BIO *bio = BIO_new(BIO_s_mem());
    EVP_PKEY *keys[FILLING_KEYS];

    for (size_t i = 0; i < FILLING_KEYS; i++)
        keys[i] = make_key(world->type);
    for (size_t i = 2; i < cas; i++) {
        EVP_PKEY *key = keys[i % FILLING_KEYS];
        char name[32];
        X509 *root;

        snprintf(name, sizeof name, "root %zu", i);
        root = make_cert(&(struct spec){name, "", (long)i, key, NULL, key, true});
        add_pem(bio, root);
        X509_free(root);
    }
    add_pem(bio, world->root);
    add_pem(bio, world->issuer);
    for (size_t i = 0; i < FILLING_KEYS; i++)
        EVP_PKEY_free(keys[i]);
    drop(&world->bundle);
    world->bundle = take(bio);
    world->cas = cas;
}

static size_t put_header(uint8_t *at, unsigned tag, size_t len)
{
    size_t octets = 0;

    at[0] = (uint8_t)tag;
    if (len < 0x80) {
        at[1] = (uint8_t)len;
        return 2;
    }
    for (size_t rest = len; rest > 0; rest >>= 8)
        octets++;
    at[1] = (uint8_t)(0x80 | octets);
    for (size_t i = 0; i < octets; i++)
        at[2 + i] = (uint8_t)(len >> 8 * (octets - 1 - i));
    return 2 + octets;
}

static void add(struct bytes *out, const void *bytes, size_t len)
{
    memcpy(out->ptr + out->len, bytes, len);
    out->len += len;
}

/* Makes what is behind start the content of an element. */
static void wrap(struct bytes *out, size_t start, unsigned tag)
{
    uint8_t header[10];
    size_t len = put_header(header, tag, out->len - start);

    memmove(out->ptr + start + len, out->ptr + start, out->len - start);
    memcpy(out->ptr + start, header, len);
    out->len += len;
}

static void add_name(struct bytes *out, X509 *issuer)
{
    const uint8_t *der;
    size_t len;

    must(X509_NAME_get0_der(X509_get_subject_name(issuer), &der, &len) == 1, "a name");
    add(out, der, len);
}

/* Serials of 16 octets at random, which none of the clients has. */
static void add_entries(struct bytes *out, size_t entries)
{
    static const uint8_t date[] = "\x17\x0d"
                                  "260101000000Z";
    struct random random = {.state = 88172645463325252};
    size_t start = out->len;

    for (size_t i = 0; i < entries; i++) {
        uint8_t serial[18] = {0x02, 16};

        random_bytes(&random, serial + 2, 16);
        serial[2] = (uint8_t)((serial[2] & 0x7f) | 1);
        add(out, "\x30\x21", 2);
        add(out, serial, sizeof serial);
        add(out, date, sizeof date - 1);
    }
    if (entries > 0)
        wrap(out, start, 0x30);
}

static struct bytes make_crl(X509 *issuer, EVP_PKEY *key, size_t entries, uint8_t number)
{
    static const uint8_t dates[] = "\x17\x0d"
                                   "260101000000Z"
                                   "\x17\x0d"
                                   "351231000000Z";
    uint8_t extensions[] = {0xa0, 0x0e, 0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03,
                            0x55, 0x1d, 0x14, 0x04, 0x03, 0x02, 0x01, number};
    struct bytes out = {room(entries * 36 + 4096), 0};
    X509_ALGOR *algorithm = X509_ALGOR_new();
    uint8_t *der = NULL, signature[512];
    size_t len = sizeof signature;
    const X509_ALGOR *of_cert;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int der_len;

    X509_get0_signature(NULL, &of_cert, issuer);
    der_len = i2d_X509_ALGOR((X509_ALGOR *)(uintptr_t)of_cert, &der);
    must(algorithm != NULL && ctx != NULL && der_len > 0, "an algorithm");
    add(&out, "\x02\x01\x01", 3);
    add(&out, der, (size_t)der_len);
    add_name(&out, issuer);
    add(&out, dates, sizeof dates - 1);
    add_entries(&out, entries);
    add(&out, extensions, sizeof extensions);
    wrap(&out, 0, 0x30);
    must(EVP_DigestSignInit(ctx, NULL, md_of(key), NULL, key) == 1 &&
             EVP_DigestSign(ctx, signature, &len, out.ptr, out.len) == 1,
         "signing a list");
    add(&out, der, (size_t)der_len);
    der_len = (int)put_header(extensions, 0x03, len + 1);
    add(&out, extensions, (size_t)der_len);
    add(&out, "", 1);
    add(&out, signature, len);
    wrap(&out, 0, 0x30);
    EVP_MD_CTX_free(ctx);
    X509_ALGOR_free(algorithm);
    OPENSSL_free(der);
    return out;
}

static void drop_crls(struct world *world)
{
    drop(&world->root_crl);
    drop(&world->issuer_crl);
    drop(&world->next_crl);
}

void world_set_entries(struct world *world, size_t entries)
{
    drop_crls(world);
    world->entries = entries;
    if (entries == 0)
        return;
    world->root_crl = make_crl(world->root, world->root_key, 0, 1);
    world->issuer_crl = make_crl(world->issuer, world->issuer_key, entries, 1);
    world->next_crl = make_crl(world->issuer, world->issuer_key, entries, 2);
}

void world_free(struct world *world)
{
    drop_crls(world);
    drop(&world->bundle);
    for (size_t i = 0; i < LEAVES; i++)
        drop(&world->leaves[i]);
    drop(&world->wildcard);
    X509_free(world->root);
    X509_free(world->issuer);
    EVP_PKEY_free(world->root_key);
    EVP_PKEY_free(world->issuer_key);
    EVP_PKEY_free(world->leaf_key);
}
