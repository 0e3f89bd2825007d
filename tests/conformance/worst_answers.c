/* SPDX-License-Identifier: MIT */
#include <openssl/pem.h>
#define OB_FIXED_KEYS
#include "ocsp_build.h"
#include "worst_cases.h"

/* OCSP answers about the leaf that nobody has signed, as many as are kept, behind the root, the
 * leaf and its CA. */

enum { HASHES = OB_ID_SHA512 + 1, MOST_CERTIFICATES = 5 };

#define DATES .from = "251201000000Z", .to = "260201000000Z"

static void write_pem(FILE *out, const char *label, struct der_build *der)
{
    require(PEM_write(out, label, "", der->bytes, (long)der->len) > 0, "PEM_write");
    der_build_free(der);
}

static void write_path(FILE *out)
{
    const struct ob_cert path[] = {
        {DATES, .subject = "Root", .issuer = "Root", .key = OB_OTHER_CA, .signer = OB_OTHER_CA,
         .ca = true, .key_usage = "\x03\x02\x01\x06"},
        {DATES, .key = OB_LEAF, .eku = OB_EKU_CLIENT, .eku_len = 12,
         .key_usage = "\x03\x02\x07\x80"},
        {DATES, .subject = "issuer", .issuer = "Root", .serial = "\x06", .serial_len = 1,
         .key = OB_ISSUER, .signer = OB_OTHER_CA, .ca = true, .key_usage = "\x03\x02\x01\x06"},
    };

    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        struct der_build der = ob_make_cert(&path[i]);

        write_pem(out, "CERTIFICATE", &der);
    }
}

/* Each brings along certificates of the responder that it names, or of another one. */
static void write_answers(FILE *out, const char *responder, const char *subject)
{
    struct der_build cert = ob_make_cert(
        &(struct ob_cert){DATES, .subject = subject, .key = OB_SIBLING, .signer = OB_SIBLING,
                          .serial = "\x33", .serial_len = 1, .eku = OB_EKU_OCSP, .eku_len = 12});

    write_path(out);
    for (unsigned i = 0; i < HASHES * MTLSAUTH_MAX_OCSP_PER_CERTIFICATE; i++) {
        char time[24];
        const struct ob_single single = {.hash = (enum ob_hash)(i % HASHES),
                                         .this_update = time,
                                         .next_update = "20260107000000Z"};
        struct ob_response spec = {.singles = &single,
                                   .single_count = 1,
                                   .signer = OB_SIBLING,
                                   .responder = responder,
                                   .produced_at = "20251231120000Z",
                                   .cert_count = MOST_CERTIFICATES};
        struct der_build der;

        for (size_t n = 0; n < MOST_CERTIFICATES; n++)
            spec.certs[n] = &cert;
        snprintf(time, sizeof time, "2025123100%02u00Z", i);
        der = ob_make_response(&spec);
        write_pem(out, "OCSP RESPONSE", &der);
    }
    der_build_free(&cert);
}

void worst_answers_forged(FILE *out)
{
    write_answers(out, "ocsp", "ocsp");
}

void worst_answers_of_long_names(FILE *out)
{
    static char responder[40000], subject[4000];

    memset(responder, 'A', sizeof responder - 1);
    memset(subject, 'A', sizeof subject - 1);
    write_answers(out, responder, subject);
}
