/* SPDX-License-Identifier: MIT */
/*
 * Writes own.json: OCSP vectors in the form that tests/conformance/ocsp.c reads. Keys are new in each
 * run and are thrown away, so a new run gives other bytes and the same answers.
 */
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
        printf("   \"ocsp_request\": null, \"verify_time_unix\": %d, \"max_age_seconds\": 604800,\n"
               "   \"expected_revocation_status\": \"%s\"}%s\n",
               OB_NOW, cases[i].want, i + 1 < count ? "," : "");
        der_build_free(&response);
    }
    puts("]}");
    der_build_free(&leaf);
    der_build_free(&issuer);
    der_build_free(&delegate);
    der_build_free(&sibling);
    return 0;
}
