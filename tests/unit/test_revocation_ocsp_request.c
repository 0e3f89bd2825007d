/* SPDX-License-Identifier: MIT */
/* Requests: libcrypto makes the same bytes, and reads them. */
#include <openssl/ocsp.h>
#include "ocsp.h"

static X509 *native(const mtlsauth_cert *cert)
{
    size_t len;
    const unsigned char *der = mtlsauth_cert_der(cert, &len);

    return d2i_X509(NULL, &der, (long)len);
}

START_TEST(same_bytes_as_libcrypto)
{
    for (unsigned flags = 0; flags <= MTLSAUTH_OCSP_SHA256; flags++) {
        mtlsauth_cert *certs[2] = {
            ocsp_leaf(),
            ocsp_cert(&(struct ob_cert){
                .subject = "two", .key = OB_SIBLING, .serial = "\x00\xff\x01", .serial_len = 3})};
        mtlsauth_cert *issuer = ocsp_issuer();
        X509 *native_issuer = native(issuer);
        OCSP_REQUEST *peer = OCSP_REQUEST_new();
        mtlsauth_ocsp_request *request = NULL;
        unsigned char *der = NULL;
        const void *ours;
        size_t len;
        int der_len;

        for (size_t i = 0; i < 2; i++) {
            X509 *cert = native(certs[i]);

            ck_assert_ptr_nonnull(
                OCSP_request_add0_id(peer, OCSP_cert_to_id(flags == 0 ? EVP_sha1() : EVP_sha256(),
                                                           cert, native_issuer)));
            X509_free(cert);
        }
        ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, certs[0], issuer, flags), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_ocsp_request_add(request, certs[1], issuer), MTLSAUTH_OK);
        der_len = i2d_OCSP_REQUEST(peer, &der);
        ours = mtlsauth_ocsp_request_der(request, &len);
        ck_assert_int_eq((int)len, der_len);
        ck_assert_int_eq(memcmp(ours, der, len), 0);
        OPENSSL_free(der);
        OCSP_REQUEST_free(peer);
        X509_free(native_issuer);
        mtlsauth_ocsp_request_free(request);
        mtlsauth_cert_free(certs[0]);
        mtlsauth_cert_free(certs[1]);
        mtlsauth_cert_free(issuer);
    }
}
END_TEST

START_TEST(nonce_sent)
{
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_ocsp_request *requests[3] = {NULL};
    const uint8_t *nonces[3];
    const ASN1_OCTET_STRING *value;
    const unsigned char *at;
    OCSP_REQUEST *peer;
    size_t len;

    for (unsigned i = 0; i < 3; i++) {
        unsigned flags = i == 0 ? 0 : i == 1 ? MTLSAUTH_OCSP_NONCE : MTLSAUTH_OCSP_NONCE_REQUIRED;

        ck_assert_int_eq(mtlsauth_ocsp_request_new(&requests[i], leaf, issuer, flags), MTLSAUTH_OK);
        nonces[i] = mtlsauth_ocsp_request_nonce(requests[i], &len);
        ck_assert_uint_eq(len, i == 0 ? 0 : MTLSAUTH_OCSP_NONCE_LEN);
    }
    ck_assert_ptr_null(nonces[0]);
    ck_assert_int_ne(memcmp(nonces[1], nonces[2], MTLSAUTH_OCSP_NONCE_LEN), 0);
    at = mtlsauth_ocsp_request_der(requests[1], &len);
    peer = d2i_OCSP_REQUEST(NULL, &at, (long)len);
    ck_assert_ptr_nonnull(peer);
    ck_assert_int_eq(OCSP_REQUEST_get_ext_count(peer), 1);
    ck_assert_int_eq(OCSP_REQUEST_get_ext_by_NID(peer, NID_id_pkix_OCSP_Nonce, -1), 0);
    /* RFC 9654 2.1: an OCTET STRING of 32 octets within that of the extension. */
    value = X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(peer, 0));
    ck_assert_int_eq(ASN1_STRING_length(value), 2 + 32);
    ck_assert_int_eq(memcmp(ASN1_STRING_get0_data(value), "\x04\x20", 2), 0);
    ck_assert_int_eq(memcmp(ASN1_STRING_get0_data(value) + 2, nonces[1], 32), 0);
    OCSP_REQUEST_free(peer);
    /* What AWS Private CA's responder takes: no extension at all. */
    at = mtlsauth_ocsp_request_der(requests[0], &len);
    peer = d2i_OCSP_REQUEST(NULL, &at, (long)len);
    ck_assert_ptr_nonnull(peer);
    ck_assert_int_eq(OCSP_REQUEST_get_ext_count(peer), 0);
    ck_assert_int_eq(OCSP_request_onereq_count(peer), 1);
    OCSP_REQUEST_free(peer);
    for (size_t i = 0; i < 3; i++)
        mtlsauth_ocsp_request_free(requests[i]);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* RFC 5019 5: 255 bytes and no more; each of the three characters is escaped. */
START_TEST(get_url)
{
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_ocsp_request *request = NULL;
    char url[MTLSAUTH_OCSP_URL_LEN], responder[300] = "http://";
    size_t room;
    static const char *const bad[] = {"",           "http://",         "ftp://a",      "http://a b",
                                      "http:///",   "http://a?b=c",    "http://a#b",   "//a",
                                      "http://a\"", "http://\xc3\xa9", "file:///etc/x"};

    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, issuer, 0), MTLSAUTH_OK);
    ck_assert_int_eq(
        mtlsauth_ocsp_request_http_get_url(request, "http://o.example", url, sizeof url),
        MTLSAUTH_OK);
    ck_assert_int_eq(strncmp(url, "http://o.example/MEIwQDA%2BMDwwOjAJBgUrDgMCGgUABBT", 48), 0);
    ck_assert_ptr_null(strpbrk(url + 17, "+/="));
    room = sizeof url - 1 - strlen(url);
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, "https://o.example/", responder,
                                                        sizeof responder),
                     MTLSAUTH_OK);
    ck_assert_uint_eq(strlen(responder), strlen(url) + 1);
    /* As long as is allowed, and one more. */
    strcpy(responder, "http://o.example");
    memset(responder + 16, 'a', room);
    responder[16 + room] = '\0';
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, responder, url, sizeof url),
                     MTLSAUTH_OK);
    ck_assert_uint_eq(strlen(url), 255);
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, responder, url, 255),
                     MTLSAUTH_ERR_LIMIT);
    strcat(responder, "a");
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, responder, url, sizeof url),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "POST"));
    ck_assert_str_eq(url, "");
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ASSERT_INT(bad[i], mtlsauth_ocsp_request_http_get_url(request, bad[i], url, sizeof url),
                   MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(NULL, "http://a", url, sizeof url),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, NULL, url, sizeof url),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, "http://a", NULL, 0),
                     MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

static unsigned from_hex(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

/* The URL says the bytes of the request, whatever base64 ends with. */
START_TEST(get_url_says_the_request)
{
    static const char serial[] = "\x01\xfb\xff\xfe\x3e\x3f";
    static const char base[] = "http://o.example/x/";
    mtlsauth_cert *issuer = ocsp_issuer();
    unsigned escapes = 0;

    for (unsigned i = 0; i < 12; i++) {
        mtlsauth_cert *leaf =
            ocsp_cert(&(struct ob_cert){.key = OB_LEAF, .serial = serial, .serial_len = i % 6 + 1});
        mtlsauth_ocsp_request *request = NULL;
        char url[MTLSAUTH_OCSP_URL_LEN], text[MTLSAUTH_OCSP_URL_LEN];
        unsigned char bytes[MTLSAUTH_OCSP_URL_LEN];
        const void *der;
        size_t at = 0, len;
        int decoded;

        ck_assert_int_eq(
            mtlsauth_ocsp_request_new(&request, leaf, issuer, i < 6 ? 0 : MTLSAUTH_OCSP_NONCE),
            MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_ocsp_request_http_get_url(request, base, url, sizeof url),
                         MTLSAUTH_OK);
        ck_assert_int_eq(strncmp(url, base, strlen(base)), 0);
        for (const char *c = url + strlen(base); *c != '\0'; c++) {
            bool escaped = *c == '%';

            ck_assert(escaped || strchr("+/=", *c) == NULL);
            text[at++] = escaped ? (char)(from_hex(c[1]) << 4 | from_hex(c[2])) : *c;
            escapes |= escaped ? 1U << (text[at - 1] & 15) : 0;
            c += escaped ? 2 : 0;
        }
        decoded = EVP_DecodeBlock(bytes, (unsigned char *)text, (int)at);
        der = mtlsauth_ocsp_request_der(request, &len);
        ck_assert_int_ge(decoded, (int)len);
        ck_assert_int_eq(decoded % 3, 0);
        ck_assert_int_eq((decoded - (int)len), (int)(3 - len % 3) % 3);
        ck_assert_int_eq(memcmp(bytes, der, len), 0);
        mtlsauth_ocsp_request_free(request);
        mtlsauth_cert_free(leaf);
    }
    /* Of "+", "/" and "=" each was met. */
    ck_assert_uint_eq(escapes, 1U << ('+' & 15) | 1U << ('/' & 15) | 1U << ('=' & 15));
    mtlsauth_cert_free(issuer);
}
END_TEST

#define AIA(der) .aia = (der), .aia_len = sizeof(der) - 1
#define AD_OCSP "\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01"
#define LDAP "\x30\x12" AD_OCSP "\x86\x06ldap:a"
#define DIRECTORY "\x30\x0e" AD_OCSP "\xa4\x02\x30\x00"
#define HTTP "\x30\x19" AD_OCSP "\x86\x0dhttp://ocsp/x"
#define OTHER "\x30\x19" AD_OCSP "\x86\x0dhttp://ocsp/y"
#define SPACE "\x30\x19" AD_OCSP "\x86\x0dhttp://ocsp x"
#define NUL "\x30\x19" AD_OCSP "\x86\x0dhttp://ocsp\0x"
#define QUERY "\x30\x19" AD_OCSP "\x86\x0dhttp://o?cspx"

START_TEST(responder_of_a_certificate)
{
    static const struct {
        const char *name;
        struct ob_cert spec;
        int want;
    } rows[] = {
        {"none", {0}, MTLSAUTH_ERR_NOT_FOUND},
        {"one", {.ocsp_url = true}, MTLSAUTH_OK},
        {"the issuer's certificate alone", {.ca_url = true}, MTLSAUTH_ERR_NOT_FOUND},
        {"LDAP alone", {AIA("\x30\x14" LDAP)}, MTLSAUTH_ERR_NOT_FOUND},
        {"a name alone", {AIA("\x30\x10" DIRECTORY)}, MTLSAUTH_ERR_NOT_FOUND},
        {"LDAP, a name, then HTTP", {AIA("\x30\x3f" LDAP DIRECTORY HTTP)}, MTLSAUTH_OK},
        {"the first of two", {AIA("\x30\x36" HTTP OTHER)}, MTLSAUTH_OK},
        {"a space in it", {AIA("\x30\x1b" SPACE)}, MTLSAUTH_ERR_NOT_FOUND},
        {"a NUL in it, then one that is plain", {AIA("\x30\x36" NUL HTTP)}, MTLSAUTH_OK},
        {"a query, to which nothing can be appended",
         {AIA("\x30\x1b" QUERY)},
         MTLSAUTH_ERR_NOT_FOUND},
        {"an empty list", {AIA("\x30\x00")}, MTLSAUTH_ERR_PARSE},
        {"something behind the list", {AIA("\x30\x1b" HTTP "\x05\x00")}, MTLSAUTH_ERR_PARSE},
        {"malformed behind the one that counts",
         {AIA("\x30\x1d" HTTP "\x30\x00")},
         MTLSAUTH_ERR_PARSE},
    };
    mtlsauth_cert *cert;
    char url[32];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cert = ocsp_cert(&rows[i].spec);
        ASSERT_INT(rows[i].name, mtlsauth_cert_ocsp_url(cert, url, sizeof url), rows[i].want);
        ASSERT_TEXT(rows[i].name, url, rows[i].want == MTLSAUTH_OK ? "http://ocsp/x" : "");
        mtlsauth_cert_free(cert);
    }
    cert = ocsp_cert(&rows[1].spec);
    ck_assert_int_eq(mtlsauth_cert_ocsp_url(cert, url, 13), MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(mtlsauth_cert_ocsp_url(cert, url, 14), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_cert_ocsp_url(cert, NULL, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_cert_ocsp_url(NULL, url, sizeof url), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(refused)
{
    char serial[65];
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer(), *odd;
    mtlsauth_ocsp_request *request = NULL;
    size_t before, after;

    memset(serial, 1, sizeof serial);
    odd = ocsp_cert(&(struct ob_cert){.serial = serial, .serial_len = sizeof serial});
    ck_assert_int_eq(mtlsauth_ocsp_request_new(NULL, leaf, issuer, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, NULL, issuer, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, NULL, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, issuer, 8), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, leaf, 0), MTLSAUTH_ERR_MISMATCH);
    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, odd, issuer, 0), MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_null(request);
    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, issuer, 0), MTLSAUTH_OK);
    for (int i = 1; i < MTLSAUTH_MAX_OCSP_CERTIFICATES; i++)
        ck_assert_int_eq(mtlsauth_ocsp_request_add(request, leaf, issuer), MTLSAUTH_OK);
    mtlsauth_ocsp_request_der(request, &before);
    ck_assert_int_eq(mtlsauth_ocsp_request_add(request, leaf, issuer), MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(mtlsauth_ocsp_request_add(request, NULL, issuer), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_ocsp_request_der(request, &after);
    ck_assert_uint_eq(before, after);
    ck_assert_ptr_null(mtlsauth_ocsp_request_der(NULL, &after));
    ck_assert_ptr_null(mtlsauth_ocsp_request_nonce(NULL, NULL));
    mtlsauth_ocsp_request_free(NULL);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_cert_free(odd);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

UNIT_MAIN("revocation_ocsp_request", same_bytes_as_libcrypto, nonce_sent, get_url,
          get_url_says_the_request, responder_of_a_certificate, refused)
