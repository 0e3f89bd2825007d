/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <mtlsauth/mtlsauth.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static int matches(const mtlsauth_cert *cert, const void *data, size_t len, const char **found)
{
    /* Exactly as long as the data, so that a sanitizer sees a read beyond the end. */
    char *exact = malloc(len == 0 ? 1 : len);
    int yes = 7, code;

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, data, len);
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    code = mtlsauth_cert_matches_key(cert, exact, len, &yes, found);
    ck_assert_msg(ERR_GET_REASON(ERR_get_error()) == 42 && ERR_get_error() == 0,
                  "the error queue was changed");
    free(exact);
    if (code != MTLSAUTH_OK)
        ck_assert_int_eq(yes, 0);
    return code == MTLSAUTH_OK ? yes : code;
}

START_TEST(files)
{
    static const struct {
        const char *cert, *key;
        int want;
        const char *says; /* what was found, or the error */
    } rows[] = {
        {"two-names.pem", "two-names.key", 1, "private key (PKCS#8, PEM)"},
        {"two-names.pem", "two-names.sec1.key", 1, "private key (SEC1, PEM)"},
        {"two-names.pem", "two-names.key.der", 1, "private key (PKCS#8, DER)"},
        {"two-names.pem", "two-names.csr", 1, "CSR (certificate signing request, PEM)"},
        {"two-names.der", "two-names.key", 1, "private key (PKCS#8, PEM)"},
        {"two-names.pem", "client.key", 0, "private key (PKCS#8, PEM)"},
        {"two-names.pem", "rsa2048.key", 0, "private key (PKCS#8, PEM)"},
        {"client.pem", "two-names.csr", 0, "CSR (certificate signing request, PEM)"},
        {"rsa2048.pem", "rsa2048.key", 1, "private key (PKCS#8, PEM)"},
        {"rsa2048.pem", "rsa2048.pkcs1.key", 1, "private key (PKCS#1, PEM)"},
        {"rsa2048.pem", "rsa2048.pkcs8.key", 1, "private key (PKCS#8, PEM)"},
        {"rsa2048.pem", "rsa2048.key.der", 1, "private key (PKCS#8, DER)"},
        {"rsa2048.pem", "rsapss.key", 0, "private key (PKCS#8, PEM)"},
        {"rsapss.pem", "rsapss.key", 1, "private key (PKCS#8, PEM)"},
        {"rsapss.pem", "rsa2048.key", 0, "private key (PKCS#8, PEM)"},
        {"p521.pem", "p521.key", 1, "private key (PKCS#8, PEM)"},
        {"ed25519.pem", "ed25519.key", 1, "private key (PKCS#8, PEM)"},
        {"ed25519.pem", "ed448.key", 0, "private key (PKCS#8, PEM)"},
        {"ed448.pem", "ed448.key", 1, "private key (PKCS#8, PEM)"},
        {"apigw/my_client.pem", "apigw/my_client.csr", 1, "CSR"},
        {"apigw/my_client.pem", "apigw/my_client.key", 1, "private key"},
        {"root.pem", "clone-root.key", 0, "private key (PKCS#8, PEM)"},
        {"two-names.pem", "encrypted.key", MTLSAUTH_ERR_UNSUPPORTED,
         "the private key is encrypted"},
        {"two-names.pem", "two-names.pem", MTLSAUTH_ERR_PARSE, "this is a certificate"},
        {"two-names.pem", "two-names.der", MTLSAUTH_ERR_PARSE, "this is a certificate"},
        {"two-names.pem", "apigw/my_client.pem", MTLSAUTH_ERR_PARSE, "this is a certificate"},
        {"two-names.pem", "root.crl", MTLSAUTH_ERR_PARSE, "this is a X509 CRL, not a key"},
        {"two-names.pem", "root-der.crl", MTLSAUTH_ERR_PARSE, "neither a private key"},
        {"two-names.pem", "header.nginx", MTLSAUTH_ERR_PARSE, "neither a private key"},
        {"two-names.pem", "empty.pem", MTLSAUTH_ERR_PARSE, "empty"},
        {"two-names.pem", "bundle-1000.pem", MTLSAUTH_ERR_LIMIT, "the limit is 262144"},
        {"two-names.pem", "explicit-params.key", MTLSAUTH_ERR_UNSUPPORTED, "given by its"},
        {"explicit-params.pem", "two-names.key", MTLSAUTH_ERR_UNSUPPORTED, "never used"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = data_cert(rows[i].cert);
        const char *found = "x";
        size_t len;
        char *key = data_read(rows[i].key, &len);

        ASSERT_INT(rows[i].key, matches(cert, key, len, &found), rows[i].want);
        ASSERT_SAYS(rows[i].key, rows[i].want < 0 ? mtlsauth_last_error() : found, rows[i].says);
        ASSERT_INT(rows[i].key, found == NULL, rows[i].want < 0);
        free(key);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* A key of a file, and what libcrypto writes of it. */
static EVP_PKEY *load_key(const char *name)
{
    EVP_PKEY *pkey;
    size_t len;
    char *text = data_read(name, &len);
    BIO *bio = BIO_new_mem_buf(text, (int)len);

    pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    ck_assert_msg(pkey != NULL, "%s", name);
    BIO_free(bio);
    free(text);
    return pkey;
}

static void check_der(const char *row, const mtlsauth_cert *cert, unsigned char *der, int len,
                      const char *says)
{
    const char *found = NULL;

    ck_assert_int_gt(len, 0);
    ASSERT_INT(row, matches(cert, der, (size_t)len, &found), 1);
    ASSERT_TEXT(row, found, says);
    /* Something behind it is another thing. */
    der = OPENSSL_realloc(der, (size_t)len + 1);
    der[len] = 0;
    ASSERT_INT(row, matches(cert, der, (size_t)len + 1, &found), MTLSAUTH_ERR_PARSE);
    OPENSSL_free(der);
}

START_TEST(forms_that_libcrypto_writes)
{
    static const struct {
        const char *cert, *key;
        const char *traditional; /* NULL: it has none */
    } rows[] = {
        {"two-names.pem", "two-names.key", "private key (SEC1, DER)"},
        {"rsa2048.pem", "rsa2048.key", "private key (PKCS#1, DER)"},
        {"rsapss.pem", "rsapss.key", NULL},
        {"ed25519.pem", "ed25519.key", NULL},
        {"ed448.pem", "ed448.key", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = data_cert(rows[i].cert);
        EVP_PKEY *pkey = load_key(rows[i].key);
        PKCS8_PRIV_KEY_INFO *pkcs8 = EVP_PKEY2PKCS8(pkey);
        X509_REQ *csr = X509_REQ_new();
        unsigned char *der = NULL;
        int len = i2d_PUBKEY(pkey, &der);

        check_der(rows[i].key, cert, der, len, "public key (DER)");
        der = NULL;
        len = i2d_PKCS8_PRIV_KEY_INFO(pkcs8, &der);
        check_der(rows[i].key, cert, der, len, "private key (PKCS#8, DER)");
        if (rows[i].traditional != NULL) {
            der = NULL;
            len = i2d_PrivateKey(pkey, &der);
            check_der(rows[i].key, cert, der, len, rows[i].traditional);
        }
        /* Nobody has signed it: that it was made with the key is not what is asked. */
        ck_assert_int_eq(X509_REQ_set_pubkey(csr, pkey), 1);
        ck_assert_int_gt(
            X509_REQ_sign(csr, pkey, strncmp(rows[i].key, "ed", 2) == 0 ? NULL : EVP_sha256()), 0);
        der = NULL;
        len = i2d_X509_REQ(csr, &der);
        check_der(rows[i].key, cert, der, len, "CSR (certificate signing request, DER)");
        X509_REQ_free(csr);
        PKCS8_PRIV_KEY_INFO_free(pkcs8);
        EVP_PKEY_free(pkey);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

START_TEST(rsa_public_of_pkcs1)
{
    mtlsauth_cert *cert = data_cert("rsa2048.pem");
    EVP_PKEY *pkey = load_key("rsa2048.key");
    unsigned char *der = NULL;
    int len = i2d_PublicKey(pkey, &der);

    check_der("PKCS#1", cert, der, len, "public key (PKCS#1, DER)");
    EVP_PKEY_free(pkey);
    mtlsauth_cert_free(cert);
}
END_TEST

/* Public keys that no certificate is taken with are keys all the same, as their private ones
 * are. */
START_TEST(keys_of_other_kinds)
{
    static const struct {
        const char *name, *type;
        bool signs;
    } rows[] = {{"secp256k1", "EC", true}, {"X25519", "X25519", false}, {"X448", "X448", false}};
    mtlsauth_cert *cert = data_cert("two-names.pem");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, rows[i].type, rows[i].name);
        X509_REQ *csr = X509_REQ_new();
        unsigned char *der = NULL;
        const char *found = NULL;
        int len = i2d_PUBKEY(pkey, &der);

        ASSERT_INT(rows[i].name, matches(cert, der, (size_t)len, &found), 0);
        ASSERT_TEXT(rows[i].name, found, "public key (DER)");
        OPENSSL_free(der);
        der = NULL;
        ck_assert_int_eq(X509_REQ_set_pubkey(csr, pkey), 1);
        if (rows[i].signs) {
            ck_assert_int_gt(X509_REQ_sign(csr, pkey, EVP_sha256()), 0);
            len = i2d_X509_REQ(csr, &der);
            ASSERT_INT(rows[i].name, matches(cert, der, (size_t)len, &found), 0);
            OPENSSL_free(der);
            der = NULL;
        }
        len = i2d_PrivateKey(pkey, &der);
        ASSERT_INT(rows[i].name, matches(cert, der, (size_t)len, &found), 0);
        OPENSSL_free(der);
        X509_REQ_free(csr);
        EVP_PKEY_free(pkey);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

/* The same key, in another writing. */
START_TEST(compressed_point)
{
    mtlsauth_cert *cert = data_cert("two-names.pem");
    EVP_PKEY *pkey = load_key("two-names.key");
    unsigned char *der = NULL;
    const char *found = NULL;
    int len;

    ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(pkey, "point-format", "compressed"), 1);
    len = i2d_PUBKEY(pkey, &der);
    ck_assert_int_eq(len, 59);
    check_der("compressed", cert, der, len, "public key (DER)");
    (void)found;
    EVP_PKEY_free(pkey);
    mtlsauth_cert_free(cert);
}
END_TEST

/* A PEM text of pieces: files, each whole. */
static int match_files(const mtlsauth_cert *cert, const char *front, const char *const names[],
                       size_t n, const char **found)
{
    char *text = strdup(front);
    int yes;

    for (size_t i = 0; i < n; i++) {
        size_t len;
        char *more = data_read(names[i], &len);

        text = realloc(text, strlen(text) + len + 1);
        ck_assert_ptr_nonnull(text);
        strcat(text, more);
        free(more);
    }
    yes = matches(cert, text, strlen(text), found);
    free(text);
    return yes;
}

START_TEST(texts)
{
    static const char parameters[] = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
                                     "-----END EC PARAMETERS-----\n";
    static const char proc_type[] = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                                    "DEK-Info: AES-128-CBC,00\n\nAAAA\n"
                                    "-----END RSA PRIVATE KEY-----\n";
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
                                  "-----END OPENSSH PRIVATE KEY-----\n";
    static const char dsa[] = "-----BEGIN DSA PRIVATE KEY-----\nMBICAQACAQECAQECAQECAQECAQE=\n"
                              "-----END DSA PRIVATE KEY-----\n";
    static const char broken[] = "-----BEGIN PRIVATE KEY-----\nMII!\n-----END PRIVATE KEY-----\n";
    static const char hollow[] = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    static const struct {
        const char *name, *front;
        const char *parts[2];
        int want;
        const char *says;
    } rows[] = {
        {"parameters in front", parameters, {"two-names.sec1.key"}, 1, "SEC1"},
        {"certificate beside it", "", {"two-names.pem", "two-names.key"}, 1, "PKCS#8"},
        {"text in front", "Bag Attributes\n", {"two-names.key"}, 1, "PKCS#8"},
        {"two keys", "", {"two-names.key", "client.key"}, MTLSAUTH_ERR_PARSE, "a second key"},
        {"key and request", "", {"two-names.key", "two-names.csr"}, MTLSAUTH_ERR_PARSE, "a second"},
        {"parameters alone", parameters, {NULL}, MTLSAUTH_ERR_PARSE, "there is no key"},
        {"Proc-Type", proc_type, {NULL}, MTLSAUTH_ERR_UNSUPPORTED, "the private key is encrypted"},
        {"OpenSSH", openssh, {NULL}, MTLSAUTH_ERR_UNSUPPORTED, "OpenSSH"},
        {"DSA", dsa, {NULL}, MTLSAUTH_ERR_UNSUPPORTED, "DSA"},
        {"base64", broken, {NULL}, MTLSAUTH_ERR_PARSE, "line 2: not valid base64"},
        {"hollow", hollow, {NULL}, MTLSAUTH_ERR_PARSE, "neither a private key"},
        {"cut off", "-----BEGIN PRIVATE KEY-----\nMII", {NULL}, MTLSAUTH_ERR_PARSE, "no END line"},
    };
    mtlsauth_cert *cert = data_cert("two-names.pem");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *found = NULL;
        size_t n = rows[i].parts[0] == NULL ? 0 : rows[i].parts[1] == NULL ? 1 : 2;

        ASSERT_INT(rows[i].name, match_files(cert, rows[i].front, rows[i].parts, n, &found),
                   rows[i].want);
        ASSERT_SAYS(rows[i].name, rows[i].want < 0 ? mtlsauth_last_error() : found, rows[i].says);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

/* No byte of a key may be read beyond its end, whatever is wrong with it. */
START_TEST(bent_keys)
{
    static const char *const names[] = {"two-names.key.der", "rsa2048.key.der"};
    mtlsauth_cert *cert = data_cert("two-names.pem");

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t len;
        char *key = data_read(names[i], &len);

        for (size_t k = 0; k < len; k += i == 0 ? 1 : 23) {
            char was = key[k];

            (void)matches(cert, key, k, NULL);
            key[k] = (char)(was ^ 0x81);
            (void)matches(cert, key, len, NULL);
            key[k] = was;
        }
        free(key);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(arguments)
{
    mtlsauth_cert *cert = data_cert("two-names.pem");
    const char *found = "x";
    int yes = 7;

    ck_assert_int_eq(mtlsauth_cert_matches_key(NULL, "x", 1, &yes, &found), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(yes, 0);
    ck_assert_ptr_null(found);
    ck_assert_int_eq(mtlsauth_cert_matches_key(cert, NULL, 1, &yes, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_cert_matches_key(cert, "x", 1, NULL, NULL), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_cert_free(cert);
}
END_TEST

UNIT_MAIN("key_match", files, forms_that_libcrypto_writes, rsa_public_of_pkcs1, keys_of_other_kinds,
          compressed_point, texts, bent_keys, arguments)
