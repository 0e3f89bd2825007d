/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONFORMANCE_WORST_BUILD_H
#define TESTS_CONFORMANCE_WORST_BUILD_H

/* What the files of worst cases have in common. */

#include <openssl/pem.h>
#include "pki_build.h"
#include "worst_cases.h"

static inline void write_cert(FILE *out, const struct pki_cert *words)
{
    struct der_build der = {0};

    pki_certificate(&der, words);
    require(PEM_write(out, "CERTIFICATE", "", der.bytes, (long)der.len) > 0, "PEM_write");
    der_build_free(&der);
}

static const struct pki_cert root = {
    .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};

/* Octets of a name as long as a certificate has room for. */
enum { LONG_NAME = 50000 };

/* A GeneralName, count times, in a SEQUENCE or as subtrees: "#" in the word becomes the number. */
static inline void add_many(struct der_build *out, unsigned tag, unsigned count, bool subtrees,
                            const char *pattern)
{
    der_begin(out, tag);
    for (unsigned i = 0; i < count; i++) {
        static char word[LONG_NAME + 128];
        int before = (int)strcspn(pattern, "#");
        int len = snprintf(word, sizeof word, "%.*s%u%s", before, pattern, i, pattern + before + 1);

        if (subtrees)
            der_begin(out, 0x30);
        pki_general_name(out, word, (size_t)len);
        if (subtrees)
            der_end(out);
    }
    der_end(out);
}

#endif
