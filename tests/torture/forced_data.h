/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_FORCED_DATA_H
#define TESTS_TORTURE_FORCED_DATA_H

/*
 * Truststores, chains, lists and OCSP responses, good and forged, with signatures of every kind.
 * They are made once, and kept until the process ends.
 */

#include "unit.h"

#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"
#include "pki_build.h"
#include "support/crl_sign.h"

struct text {
    char *ptr;
    size_t len;
};

enum kind { OF_EC, OF_RSA, OF_PSS, OF_ED25519, OF_ED448, KINDS };

/* A root, an intermediate below it, their clients, and lists of the root. */
static struct authority {
    EVP_PKEY *root_key, *ca_key, *stranger_key;
    struct text root, clone;         /* the clone is root in all but the key */
    struct text chain, forged_chain; /* leaf and intermediate; forged: the leaf is the stranger's */
    struct text forged_ca;           /* the intermediate is the stranger's */
    struct text leaf, forged_leaf;   /* below the root */
    struct text good_list, bad_list, forged_list, delta, older_list; /* bad: the client is on it */
} of[KINDS];

/* Signed with other hashes. */
enum hash_kind { WITH_MD5, WITH_SHA224, WITH_SHA384, WITH_SHA512, HASHES };

static struct {
    struct text root, leaf;
} hashed[HASHES];

static struct {
    struct text root, other, chain, expired, clone_client, self_signed, stranger, not_ca, critical,
        constraints, weak, usage, two_names, list, stale, wrong_key, rsa_chain;
    struct text pkcs8, sec1, csr, rsa_private, rsa_public;
} files;

static struct {
    struct text root, leaf, good, revoked, unknown, forged, delegated, no_eku, forged_delegate;
} ocsp;

/* Policies are skipped, for the leaf has constraints alone; in bad_chain the CA's are malformed. */
static struct {
    struct text root, chain, bad_chain;
} skipped;

static EVP_PKEY *client_key;

/* --- What stands ready ------------------------------------------------------------------------ */

static void text_free(struct text *text)
{
    free(text->ptr);
    *text = (struct text){NULL, 0};
}

static struct text text_of(const void *bytes, size_t len)
{
    struct text out = {malloc(len + 1), len};

    ck_assert_ptr_nonnull(out.ptr);
    memcpy(out.ptr, bytes, len);
    out.ptr[len] = '\0';
    return out;
}

static struct text text_of_file(const char *path)
{
    static char bytes[1 << 17];
    FILE *file = fopen(path, "rb");
    size_t len;

    ck_assert_msg(file != NULL, "%s", path);
    len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return text_of(bytes, len);
}

static struct text data(const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", getenv("MTLSAUTH_TEST_DATA"), name);
    return text_of_file(path);
}

static void add_pem(struct text *out, const char *label, const void *der, size_t len)
{
    unsigned char base64[8192];
    size_t room = out->len + sizeof base64 + 100;

    EVP_EncodeBlock(base64, der, (int)len);
    out->ptr = realloc(out->ptr, room);
    ck_assert_ptr_nonnull(out->ptr);
    out->len += (size_t)snprintf(out->ptr + out->len, room - out->len,
                                 "-----BEGIN %s-----\n%s\n-----END %s-----\n", label,
                                 (char *)base64, label);
}

static struct text pem_of_der(struct der_build der)
{
    struct text out = {NULL, 0};

    add_pem(&out, "CERTIFICATE", der.bytes, der.len);
    der_build_free(&der);
    return out;
}

/* Another digest than that of ca_x509; NULL: as it is. */
static const EVP_MD *cert_md;

static void add_cert(struct text *out, enum kind kind, const char *subject, EVP_PKEY *key,
                     const char *issuer, EVP_PKEY *issuer_key)
{
    bool is_ca = strcmp(subject, "client") != 0;
    struct ca_spec spec = {.subject = subject,
                           .issuer = issuer,
                           .key = key,
                           .issuer_key = issuer_key,
                           .pss = kind == OF_PSS,
                           .serial = (const unsigned char *)"\x05",
                           .serial_len = 1,
                           .constraints = is_ca ? "critical,CA:TRUE" : NULL,
                           .usage = is_ca ? "keyCertSign,cRLSign" : NULL};
    X509 *cert = ca_x509(&spec);
    unsigned char *der = NULL;
    int len;

    if (cert_md != NULL)
        ck_assert_int_gt(X509_sign(cert, issuer_key, cert_md), 0);
    len = i2d_X509(cert, &der);
    ck_assert_int_gt(len, 0);
    add_pem(out, "CERTIFICATE", der, (size_t)len);
    OPENSSL_free(der);
    X509_free(cert);
}

#define NUMBER_6 CRL_EXTENSION("55 1d 14", "02 { 06 }")
#define DELTA_OF_7 CRL_EXTENSION("55 1d 14", "02 { 08 }") CRL_CRITICAL("55 1d 1b", "02 { 07 }")

static struct text list_of(enum kind kind, EVP_PKEY *key, const char *revoked,
                           const char *extensions)
{
    static const char *const algorithms[KINDS] = {CRL_ECDSA, CRL_RSA, CA_PSS, CRL_ED25519,
                                                  "30 { 06 { 2b 65 71 } }"};
    struct crl_text parts = {
        .algorithm = algorithms[kind], .revoked = revoked, .extensions = extensions};
    struct crl_how how = {
        .md = ca_md(key), .mgf = kind == OF_PSS ? EVP_sha256() : NULL, .salt = 32};
    struct der_text der = crl_signed_how(&parts, key, &how);
    struct text out = text_of(der.ptr, der.len);

    free(der.ptr);
    return out;
}

static void make_authority(enum kind kind)
{
    static const char *const types[KINDS] = {"EC", "RSA", "RSA", "ED25519", "ED448"};
    struct authority *it = &of[kind];

    it->root_key = ca_key(types[kind]);
    it->ca_key = ca_key(types[kind]);
    it->stranger_key = ca_key(types[kind]);
    add_cert(&it->root, kind, "Root", it->root_key, "Root", it->root_key);
    add_cert(&it->clone, kind, "Root", it->stranger_key, "Root", it->stranger_key);
    add_cert(&it->chain, kind, "client", client_key, "CA", it->ca_key);
    add_cert(&it->chain, kind, "CA", it->ca_key, "Root", it->root_key);
    add_cert(&it->forged_chain, kind, "client", client_key, "CA", it->stranger_key);
    add_cert(&it->forged_chain, kind, "CA", it->ca_key, "Root", it->root_key);
    add_cert(&it->forged_ca, kind, "client", client_key, "CA", it->ca_key);
    add_cert(&it->forged_ca, kind, "CA", it->ca_key, "Root", it->stranger_key);
    add_cert(&it->leaf, kind, "client", client_key, "Root", it->root_key);
    add_cert(&it->forged_leaf, kind, "client", client_key, "Root", it->stranger_key);
    it->good_list = list_of(kind, it->root_key, CRL_ENTRY("06"), NULL);
    it->bad_list = list_of(kind, it->root_key, CRL_ENTRY("05"), NULL);
    it->forged_list = list_of(kind, it->stranger_key, CRL_ENTRY("06"), NULL);
    it->older_list = list_of(kind, it->root_key, CRL_ENTRY("06"), NUMBER_6);
    it->delta = list_of(kind, it->root_key, CRL_ENTRY("05"), DELTA_OF_7);
}

static void make_hashes(void)
{
    const EVP_MD *const mds[HASHES] = {EVP_md5(), EVP_sha224(), EVP_sha384(), EVP_sha512()};
    EVP_PKEY *key = of[OF_RSA].root_key;

    for (size_t i = 0; i < HASHES; i++) {
        cert_md = mds[i];
        add_cert(&hashed[i].root, OF_RSA, "Root", key, "Root", key);
        add_cert(&hashed[i].leaf, OF_RSA, "client", client_key, "Root", key);
    }
    cert_md = NULL;
}

static struct text response_of(int status, enum ob_key signer, const char *responder,
                               const struct der_build *delegate)
{
    const struct ob_single single = {.status = status};
    struct der_build der = ob_make_response(&(struct ob_response){.singles = &single,
                                                                  .single_count = 1,
                                                                  .signer = signer,
                                                                  .responder = responder,
                                                                  .certs = {delegate},
                                                                  .cert_count = delegate != NULL});
    struct text out = text_of(der.bytes, der.len);

    der_build_free(&der);
    return out;
}

static struct der_build delegate_of(const char *eku, enum ob_key signer)
{
    return ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                          .key = OB_DELEGATE,
                                          .signer = signer,
                                          .eku = eku,
                                          .eku_len = 12,
                                          .no_check = true});
}

static void make_ocsp(void)
{
    struct der_build good = delegate_of(OB_EKU_OCSP, OB_ISSUER);
    struct der_build no_eku = delegate_of(OB_EKU_CLIENT, OB_ISSUER);
    struct der_build forged = delegate_of(OB_EKU_OCSP, OB_OTHER_CA);

    ocsp.root = pem_of_der(ob_make_cert(
        &(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true}));
    ocsp.leaf = pem_of_der(ob_make_cert(&(struct ob_cert){.key = OB_LEAF, .ocsp_url = true}));
    ocsp.good = response_of(0, OB_ISSUER, "issuer", NULL);
    ocsp.revoked = response_of(1, OB_ISSUER, "issuer", NULL);
    ocsp.unknown = response_of(2, OB_ISSUER, "issuer", NULL);
    ocsp.forged = response_of(0, OB_OTHER_CA, "issuer", NULL);
    ocsp.delegated = response_of(0, OB_DELEGATE, "ocsp", &good);
    ocsp.no_eku = response_of(0, OB_DELEGATE, "ocsp", &no_eku);
    ocsp.forged_delegate = response_of(0, OB_DELEGATE, "ocsp", &forged);
    der_build_free(&good);
    der_build_free(&no_eku);
    der_build_free(&forged);
}

static void add_pki(struct text *out, const struct pki_cert *words)
{
    struct der_build der = {0};

    pki_certificate(&der, words);
    add_pem(out, "CERTIFICATE", der.bytes, der.len);
    der_build_free(&der);
}

static void make_skipped(void)
{
    static const struct pki_extension constraints = {"\x55\x1d\x24", true,
                                                     "\x30\x03\x80\x01\x05", 5};
    /* The qualifier of 1.2.3, an id-qt-cps, is no IA5String. */
    static const struct pki_extension policies = {
        "\x55\x1d\x20", false,
        "\x30\x16\x30\x14\x06\x02\x2a\x03\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01"
        "\x05\x00",
        24};
    const struct pki_cert root = {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1,
                                  .ca = true};
    const struct pki_cert leaf = {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                  .extensions = &constraints, .extension_count = 1};
    struct pki_cert ca = {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
                          .extensions = &policies};

    add_pki(&skipped.root, &root);
    add_pki(&skipped.chain, &leaf);
    add_pki(&skipped.chain, &ca);
    ca.extension_count = 1;
    add_pki(&skipped.bad_chain, &leaf);
    add_pki(&skipped.bad_chain, &ca);
}

/* PKCS #1. */
static void make_public_key(void)
{
    BIO *in = BIO_new_mem_buf(files.rsa_private.ptr, (int)files.rsa_private.len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    unsigned char *der = NULL;
    int len = i2d_PublicKey(key, &der);

    ck_assert_int_gt(len, 0);
    add_pem(&files.rsa_public, "RSA PUBLIC KEY", der, (size_t)len);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    BIO_free(in);
}

static void read_files(void)
{
    const struct {
        struct text *file;
        const char *name;
    } all[] = {
        {&files.root, "root.pem"},
        {&files.other, "other-root.pem"},
        {&files.chain, "chain.pem"},
        {&files.expired, "expired.pem"},
        {&files.clone_client, "clone-client.pem"},
        {&files.self_signed, "self-signed.pem"},
        {&files.stranger, "other-ca-client.pem"},
        {&files.not_ca, "leaf-issued-by-leaf.pem"},
        {&files.critical, "critical-unknown.pem"},
        {&files.constraints, "nc-chain.pem"},
        {&files.weak, "sha1.pem"},
        {&files.usage, "ku-chain.pem"},
        {&files.two_names, "two-names.pem"},
        {&files.rsa_chain, "rsa2048.pem"},
        {&files.list, "root-der.crl"},
        {&files.stale, "stale.crl"},
        {&files.pkcs8, "two-names.key"},
        {&files.sec1, "two-names.sec1.key"},
        {&files.csr, "two-names.csr"},
        {&files.rsa_private, "rsa2048.pkcs1.key"},
        {&files.wrong_key, "client.key"},
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        *all[i].file = data(all[i].name);
    make_public_key();
}

static void make_data(void)
{
    client_key = ca_key("EC");
    for (int kind = 0; kind < KINDS; kind++)
        make_authority((enum kind)kind);
    make_hashes();
    make_ocsp();
    make_skipped();
    read_files();
}

#endif
