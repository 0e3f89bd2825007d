/* SPDX-License-Identifier: MIT */
/* What comparing names with constraints may cost. */
#include "trust.h"

/* A leaf with these names, below a CA with these constraints. */
static void check(const char *names, const char *constraints, unsigned budget, int want)
{
    const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .names = names},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = constraints},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct path_params params = trust_params(MTLSAUTH_PROFILE_STRICT);
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *truststore;
    struct reason reason;

    for (size_t i = 0; i < COUNT_OF(words); i++)
        certs[i] = trust_cert(&words[i]);
    truststore = trust_store(&certs[2], 1);
    params.budget_names = budget;
    ASSERT_INT(names, trust_find(truststore, certs, 2, &params, &reason, NULL), want);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(words));
}

/* CVE-2025-14831: names times constraints. Two subtrees are read, and subject and two names
 * compared with each. */
START_TEST(budget_of_comparisons)
{
    static const char names[] = "dns:a.com dns:b.com", constraints[] = "-dns:x.com -dns:y.com";

    check(names, constraints, 8, MTLSAUTH_OK);
    check(names, constraints, 7, MTLSAUTH_DENY_BUDGET);
    /* Reading counts. */
    check(names, constraints, 1, MTLSAUTH_DENY_BUDGET);
}
END_TEST

/* A URI is eight comparisons where it is compared, and one more for each 32 of its octets. */
START_TEST(openssl_3_5_parses_uris_again)
{
    static const char uris[] = "-uri:x.com -uri:y.com";
    static const struct {
        const char *name, *constraints;
        unsigned enough;
    } rows[] = {
        {"uri:https://a.com/", uris, 2 + 2 + 2 * 8},
        {"uri:https://a.com/12345678901234567", uris, 2 + 2 + 2 * 8},
        {"uri:https://a.com/123456789012345678", uris, 2 + 2 + 2 * 9},
        {"uri:https://a.com/", "-dns:x.com -dns:y.com", 2 + 2 + 2},
        {"dns:a.com", uris, 2 + 2 + 2},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check(rows[i].name, rows[i].constraints, rows[i].enough, MTLSAUTH_OK);
        check(rows[i].name, rows[i].constraints, rows[i].enough - 1, MTLSAUTH_DENY_BUDGET);
        /* Less than one comparison of a URI costs. */
        check(rows[i].name, rows[i].constraints, 5, MTLSAUTH_DENY_BUDGET);
    }
}
END_TEST

UNIT_MAIN("trust/name budget", budget_of_comparisons, openssl_3_5_parses_uris_again)
