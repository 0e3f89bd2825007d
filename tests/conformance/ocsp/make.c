/* SPDX-License-Identifier: MIT */
/*
 * Writes own.json: OCSP vectors in the form that tests/conformance/ocsp.c reads. Keys are new in
 * each run and are thrown away, so a new run gives other bytes and the same answers.
 */
#include <openssl/ocsp.h>
#include <stdio.h>
#include "ocsp_build.h"

static void print_blob(const char *field, const char *label, const struct der_build *der)
{
    size_t room = 4 * (der->len / 3 + 1) + 1;
    unsigned char *text = malloc(room);
    int len;

    if (text == NULL)
        abort();
    len = EVP_EncodeBlock(text, der->bytes, (int)der->len);
    printf("   \"%s\": \"-----BEGIN %s-----\\n", field, label);
    for (int i = 0; i < len; i += 64)
        printf("%.64s\\n", text + i);
    printf("-----END %s-----\\n\",\n", label);
    free(text);
}

static X509 *native(const struct der_build *der)
{
    const unsigned char *at = der->bytes;

    return d2i_X509(NULL, &at, (long)der->len);
}

/* The request of a client that names the issuer by this hash, as libcrypto makes it. */
static struct der_build request_of(const struct der_build *leaf, const struct der_build *issuer,
                                   const EVP_MD *hash)
{
    X509 *cert = native(leaf), *ca = native(issuer);
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    struct der_build out = {0};
    unsigned char *der = NULL;
    int len;

    if (OCSP_request_add0_id(request, OCSP_cert_to_id(hash, cert, ca)) == NULL)
        abort();
    len = i2d_OCSP_REQUEST(request, &der);
    if (len <= 0)
        abort();
    der_raw(&out, der, (size_t)len);
    OPENSSL_free(der);
    OCSP_REQUEST_free(request);
    X509_free(cert);
    X509_free(ca);
    return out;
}

int main(void)
{
    static const struct ob_single revoked = {.status = 1, .reason = "\x01"},
                                  unknown = {.status = 2},
                                  other = {.serial = "\x06", .serial_len = 1},
                                  old = {.this_update = "20260501000000Z", .no_next_update = true},
                                  fraction = {.next_update = "20200101000000.5Z"},
                                  sha256 = {.hash = OB_ID_SHA256}, md5 = {.hash = OB_ID_MD5};
    static const struct ob_single both[] = {{0}, {.status = 1}},
                                  second[] = {{.serial = "\x06", .serial_len = 1}, {.status = 1}};
    struct der_build leaf = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    struct der_build issuer =
        ob_make_cert(&(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER});
    struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .eku = OB_EKU_OCSP,
                                                               .eku_len = sizeof OB_EKU_OCSP - 1,
                                                               .no_check = true});
    struct der_build sibling =
        ob_make_cert(&(struct ob_cert){.subject = "sibling", .key = OB_SIBLING});
    struct der_build sha1_request = request_of(&leaf, &issuer, EVP_sha1());
    struct der_build sha256_request = request_of(&leaf, &issuer, EVP_sha256());
    const struct {
        const char *id, *want;
        struct ob_response spec;
    } cases[] = {
        {"good", "GOOD", {0}},
        {"revoked", "REVOKED", {.singles = &revoked, .single_count = 1}},
        {"unknown", "UNKNOWN", {.singles = &unknown, .single_count = 1}},
        {"good-by-key", "GOOD", {.by_key = true}},
        {"good-sha256", "GOOD", {.singles = &sha256, .single_count = 1}},
        {"md5", "UNKNOWN", {.singles = &md5, .single_count = 1}},
        {"other-serial", "UNKNOWN", {.singles = &other, .single_count = 1}},
        {"second-entry", "REVOKED", {.singles = second, .single_count = 2}},
        {"contradiction", "UNKNOWN", {.singles = both, .single_count = 2}},
        {"too-old", "UNKNOWN", {.singles = &old, .single_count = 1}},
        {"time-with-fraction", "UNKNOWN", {.singles = &fraction, .single_count = 1}},
        {"try-later", "UNKNOWN", {.status = 3, .no_bytes = true}},
        {"broken-signature", "UNKNOWN", {.broken = true}},
        {"critical-extension", "UNKNOWN", {.unknown_extension = true, .critical = true}},
        {"delegate",
         "GOOD",
         {.signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1}},
        {"delegate-left-away", "UNKNOWN", {.signer = OB_DELEGATE, .responder = "ocsp"}},
        {"leaf-signs",
         "UNKNOWN",
         {.signer = OB_LEAF, .responder = "leaf", .certs = {&leaf}, .cert_count = 1}},
        {"sibling-signs",
         "UNKNOWN",
         {.signer = OB_SIBLING, .responder = "sibling", .certs = {&sibling}, .cert_count = 1}},
    };
    size_t count = sizeof cases / sizeof cases[0];

    printf("{\"version\": 1, \"source\": \"tests/conformance/ocsp/make.c\", \"testcases\": [\n");
    for (size_t i = 0; i < count; i++) {
        struct der_build response = ob_make_response(&cases[i].spec);

        printf("  {\"id\": \"%s\",\n", cases[i].id);
        print_blob("certificate", "CERTIFICATE", &leaf);
        print_blob("issuer", "CERTIFICATE", &issuer);
        print_blob("ocsp_response", "OCSP RESPONSE", &response);
        print_blob("ocsp_request", "OCSP REQUEST",
                   cases[i].spec.singles == &sha256 ? &sha256_request : &sha1_request);
        printf("   \"verify_time_unix\": %d, \"max_age_seconds\": 604800,\n"
               "   \"expected_revocation_status\": \"%s\"}%s\n",
               OB_NOW, cases[i].want, i + 1 < count ? "," : "");
        der_build_free(&response);
    }
    puts("]}");
    der_build_free(&sha1_request);
    der_build_free(&sha256_request);
    der_build_free(&leaf);
    der_build_free(&issuer);
    der_build_free(&delegate);
    der_build_free(&sibling);
    return 0;
}
