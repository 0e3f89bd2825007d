/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <strings.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "base/memory.h"
#include "cert/cert.h"

static int parse(const void *data, size_t len)
{
    mtlsauth_cert *cert = (mtlsauth_cert *)(void *)"not touched";
    int code = mtlsauth_cert_parse(&cert, data, len);

    ck_assert((cert == NULL) == (code != MTLSAUTH_OK));
    mtlsauth_cert_free(cert);
    return code;
}

static int parse_forged(const struct forge *spec)
{
    struct der_build der = forge(spec);
    int code = parse(der.bytes, der.len);

    der_build_free(&der);
    return code;
}

#define SAN(bytes)                                                                                 \
    {                                                                                              \
        .unsigned_ = true, .subject = "leaf", .issuer = "ca", .extension_count = 1,                \
        .extensions = (const struct forge_extension[]){FORGE_EXTENSION("\x55\x1d\x11", false, bytes)} \
    }

START_TEST(subject_alternative_names)
{
    const struct {
        const char *name;
        struct forge spec;
        int code;
        size_t count;
        int names;
        const char *says;
    } rows[] = {
        {"one", SAN("\x30\x03\x82\x01" "a"), MTLSAUTH_OK, 1, NAME_OK, NULL},
        {"no GeneralNames", SAN(""), MTLSAUTH_ERR_PARSE, 0, 0, "alternative name is malformed"},
        {"empty GeneralNames", SAN("\x30\x00"), MTLSAUTH_ERR_PARSE, 0, 0,
         "alternative name is malformed"},
        {"behind GeneralNames", SAN("\x30\x03\x82\x01" "a\x05\x00"), MTLSAUTH_ERR_PARSE, 0, 0,
         "alternative name is malformed"},
        {"CVE-2026-5188: the first entry is longer than its list", SAN("\x30\x03\x82\x05" "a"),
         MTLSAUTH_OK, 0, NAME_MALFORMED, NULL},
        {"CVE-2026-5188: the second is", SAN("\x30\x06\x82\x01" "a\x82\x05" "b"), MTLSAUTH_OK, 1,
         NAME_MALFORMED, NULL},
        {"the first is a tag alone", SAN("\x30\x01\x82"), MTLSAUTH_OK, 0, NAME_MALFORMED, NULL},
        {"the eighth is a tag alone",
         SAN("\x30\x16\x82\x01" "a\x82\x01" "a\x82\x01" "a\x82\x01" "a\x82\x01" "a\x82\x01" "a"
             "\x82\x01" "a\x82"),
         MTLSAUTH_OK, 7, NAME_MALFORMED, NULL},
        {"malformed, then a good one", SAN("\x30\x05\x82\x00\x82\x01" "a"), MTLSAUTH_OK, 0,
         NAME_MALFORMED, NULL},
        {"NUL, then a good one", SAN("\x30\x07\x82\x02" "a\0\x82\x01" "a"), MTLSAUTH_OK, 0, NAME_NUL,
         NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build der = forge(&rows[i].spec);
        mtlsauth_cert *cert = NULL;

        ASSERT_CODE(rows[i].name, mtlsauth_cert_parse(&cert, der.bytes, der.len), rows[i].code);
        if (rows[i].says != NULL)
            ASSERT_SAYS(rows[i].name, mtlsauth_last_error(), rows[i].says);
        ASSERT_INT(rows[i].name, mtlsauth_cert_san_count(cert), rows[i].count);
        if (cert != NULL)
            ASSERT_INT(rows[i].name, cert->names, rows[i].names);
        mtlsauth_cert_free(cert);
        der_build_free(&der);
    }
}
END_TEST

/* CVE-2026-42013, CVE-2025-61729: never fewer names, and never the common name instead. */
START_TEST(gnutls_cve_2026_42013_many_names)
{
    static const struct {
        size_t count;
        int code;
    } rows[] = {{1000, MTLSAUTH_OK}, {1001, MTLSAUTH_ERR_LIMIT}, {10000, MTLSAUTH_ERR_LIMIT}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_san *sans = calloc(rows[i].count, sizeof *sans);

        for (size_t k = 0; k < rows[i].count; k++)
            sans[k] = (struct der_san)DER_SAN_DNS("a");
        ASSERT_CODE("names", parse_forged(&(struct forge){.unsigned_ = true, .subject = "victim",
                                                          .issuer = "ca", .sans = sans,
                                                          .san_count = rows[i].count}),
                    rows[i].code);
        free(sans);
    }
    ASSERT_SAYS("names", mtlsauth_last_error(),
                "more than 1000 names in the subject alternative name");
}
END_TEST

START_TEST(refused)
{
    static char large[MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES + 2], middle[65537];
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
    size_t len;
    char *pem = data_read("two-names.pem", &len), *two = malloc(2 * len + 1);
    const struct {
        const char *name;
        const void *data;
        size_t len;
        int code;
        const char *says;
    } rows[] = {
        {"nothing", "", 0, MTLSAUTH_ERR_PARSE, "empty: there is no certificate in it"},
        {"garbage", "garbage", 7, MTLSAUTH_ERR_PARSE, "not a certificate: not DER, or cut off"},
        {"larger than a chain", large, sizeof large - 1, MTLSAUTH_ERR_LIMIT,
         "262145 bytes; the limit is 262144 bytes"},
        {"larger than a certificate", middle, sizeof middle, MTLSAUTH_ERR_LIMIT,
         "a certificate of 65537 bytes; the limit is 65536 bytes"},
        {"half a block", begin, sizeof begin - 1, MTLSAUTH_ERR_PARSE, "no END line"},
        {"two blocks", two, 2 * len, MTLSAUTH_ERR_PARSE,
         "a second block where one certificate is expected"},
    };
    static const struct {
        const char *file;
        int code;
        const char *says;
    } files[] = {
        {"wrong-label.pem", MTLSAUTH_ERR_PARSE,
         "wrong-label.pem: line 1: this is a CERTIFICATE REQUEST, not a certificate"},
        {"two-names.key", MTLSAUTH_ERR_PARSE, "line 1: this is a private key (PRIVATE KEY)"},
        {"empty.pem", MTLSAUTH_ERR_PARSE, "empty.pem: empty"},
        {"not-there.pem", MTLSAUTH_ERR_IO, "not-there.pem: cannot be opened: no such file"},
        {".", MTLSAUTH_ERR_IO, "is a directory"},
        {"bundle.pem", MTLSAUTH_ERR_PARSE, "a second block"},
        {"many-san.pem", MTLSAUTH_ERR_LIMIT, "more than 1000 names"},
        {"too-big.pem", MTLSAUTH_ERR_LIMIT, "larger than the limit of 262144 bytes"},
        {"root.crl", MTLSAUTH_ERR_PARSE, "this is a X509 CRL, not a certificate"},
        {"root-der.crl", MTLSAUTH_ERR_PARSE, "not a certificate: "},
    };

    memcpy(two, pem, len);
    memcpy(two + len, pem, len);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_CODE(rows[i].name, parse(rows[i].data, rows[i].len), rows[i].code);
        ASSERT_SAYS(rows[i].name, mtlsauth_last_error(), rows[i].says);
    }
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        mtlsauth_cert *cert = (mtlsauth_cert *)(void *)two;
        char path[4096];

        data_path(path, files[i].file);
        ASSERT_CODE(files[i].file, mtlsauth_cert_load_file(&cert, path), files[i].code);
        ASSERT_SAYS(files[i].file, mtlsauth_last_error(), files[i].says);
        ck_assert_ptr_null(cert);
    }
    free(pem);
    free(two);
}
END_TEST

/* A DER certificate is what it is, and not the PEM that its owner has put into a name of it. */
START_TEST(pem_inside_of_der_is_no_pem)
{
    size_t len, bait_len;
    char *pem = data_read("root.pem", &len), *bait = malloc(len + 2);
    struct der_attribute subject = {"\x55\x04\x03", 0x0c, bait, len + 1, false};
    struct forge spec = {.unsigned_ = true, .subject_rdns = &subject, .subject_rdn_count = 1,
                         .issuer = "ca"};
    struct der_build der;
    mtlsauth_cert *cert;
    mtlsauth_chain *chain;
    const void *back;

    bait[0] = '\n';
    memcpy(bait + 1, pem, len);
    der = forge(&spec);
    ASSERT_OK("cert", mtlsauth_cert_parse(&cert, der.bytes, der.len));
    back = mtlsauth_cert_der(cert, &bait_len);
    ck_assert_uint_eq(bait_len, der.len);
    ck_assert_mem_eq(back, der.bytes, der.len);
    ck_assert_str_eq(mtlsauth_cert_issuer(cert), "CN=ca");
    mtlsauth_cert_free(cert);
    ASSERT_OK("chain", mtlsauth_chain_parse(&chain, der.bytes, der.len, MTLSAUTH_FORMAT_AUTO, NULL));
    ck_assert_str_eq(mtlsauth_cert_issuer(mtlsauth_chain_cert(chain, 0)), "CN=ca");
    mtlsauth_chain_free(chain);
    der_build_free(&der);
    free(bait);
    free(pem);
}
END_TEST

/* What OpenSSL reads in the same bytes. */
static void compare_with_openssl(const char *file)
{
    mtlsauth_cert *cert = data_cert(file);
    unsigned char digest[32], *spki = NULL;
    unsigned digest_len;
    const unsigned char *at;
    BIGNUM *serial;
    char *hex;
    size_t len;
    X509 *x509;
    int spki_len;

    at = mtlsauth_cert_der(cert, &len);
    ck_assert(EVP_Digest(at, len, digest, &digest_len, EVP_sha256(), NULL) == 1);
    ck_assert_mem_eq(mtlsauth_cert_sha256(cert), digest, 32);
    x509 = d2i_X509(NULL, &at, (long)len);
    ck_assert_ptr_nonnull(x509);
    spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
    ck_assert(EVP_Digest(spki, (size_t)spki_len, digest, &digest_len, EVP_sha256(), NULL) == 1);
    ck_assert_mem_eq(mtlsauth_cert_spki_sha256(cert), digest, 32);
    ck_assert_int_eq(mtlsauth_cert_version(cert), X509_get_version(x509) + 1);
    /* X509_check_ca takes a self-signed version 1 certificate for a CA, too. */
    if (X509_get_version(x509) == 2)
        ck_assert_int_eq(mtlsauth_cert_is_ca(cert), X509_check_ca(x509) == 1);
    serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), NULL);
    hex = BN_bn2hex(serial);
    ck_assert_msg(strcasecmp(hex, mtlsauth_cert_serial_hex(cert)) == 0 ||
                      strcasecmp(hex, mtlsauth_cert_serial_hex(cert) + 2) == 0,
                  "%s: serial %s, %s", file, hex, mtlsauth_cert_serial_hex(cert));
    OPENSSL_free(hex);
    BN_free(serial);
    OPENSSL_free(spki);
    X509_free(x509);
    mtlsauth_cert_free(cert);
}

START_TEST(getters)
{
    static const char *const files[] = {"root.pem",    "client.pem",   "two-names.pem",
                                        "rsapss.pem",  "ed448.pem",    "multi-rdn.pem",
                                        "v1-root.pem", "unicode-dn.pem", "apigw/my_client.pem"};
    mtlsauth_cert *cert = data_cert("two-names.pem");
    const char *text;
    int type;

    ck_assert_str_eq(mtlsauth_cert_subject(cert), "CN=example.com");
    ck_assert_str_eq(mtlsauth_cert_issuer(cert), "CN=Example Root CA,O=Example,C=US");
    ck_assert_int_eq(mtlsauth_cert_not_before(cert), 1577836800);
    ck_assert_int_eq(mtlsauth_cert_not_after(cert), 2524607999);
    ck_assert_int_eq(mtlsauth_cert_is_ca(cert), 0);
    ck_assert_uint_eq(mtlsauth_cert_san_count(cert), 2);
    ASSERT_OK("san", mtlsauth_cert_san(cert, 1, &type, &text));
    ck_assert_int_eq(type, MTLSAUTH_SAN_DNS);
    ck_assert_str_eq(text, "client.example.com");
    ASSERT_OK("san", mtlsauth_cert_san(cert, 1, NULL, NULL));
    ASSERT_CODE("san", mtlsauth_cert_san(cert, 2, &type, &text), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(strlen(mtlsauth_cert_thumbprint(cert)), 43);
    ck_assert_int_eq(mtlsauth_cert_thumbprint_equal(cert, mtlsauth_cert_thumbprint(cert)), 1);
    ck_assert_int_eq(mtlsauth_cert_thumbprint_equal(cert, ""), 0);
    ck_assert_int_eq(mtlsauth_cert_thumbprint_equal(cert, NULL), 0);
    ck_assert_ptr_eq(mtlsauth_cert_ref(cert), cert);
    mtlsauth_cert_free(cert);
    ck_assert_str_eq(mtlsauth_cert_subject(cert), "CN=example.com");
    mtlsauth_cert_free(cert);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        compare_with_openssl(files[i]);
}
END_TEST

START_TEST(forms_of_one_certificate)
{
    static const char *const files[] = {"two-names.pem", "two-names.der", "der-with-pem-name.pem"};
    mtlsauth_cert *first = data_cert(files[0]);

    for (size_t i = 1; i < COUNT_OF(files); i++) {
        mtlsauth_cert *other = data_cert(files[i]);

        ck_assert_str_eq(mtlsauth_cert_sha256_hex(first), mtlsauth_cert_sha256_hex(other));
        ck_assert(mtlsauth__cert_same(first, other));
        mtlsauth_cert_free(other);
    }
    mtlsauth_cert_free(first);
}
END_TEST

UNIT_MAIN("cert", subject_alternative_names, gnutls_cve_2026_42013_many_names, refused,
          pem_inside_of_der_is_no_pem, getters, forms_of_one_certificate)
