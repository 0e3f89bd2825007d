/* SPDX-License-Identifier: MIT */
/* Lint of many CAs of one name: it warns of those whose clients the search for a path does not
 * reach within its budget of signatures, and of no other. */
#include "trust.h"

#include <openssl/ec.h>
#include <openssl/x509.h>

enum { MOST = 64, LEAF_KEY = 5000 };

#define NAME "kubernetes"

static struct store {
    mtlsauth_cert *certs[MOST];
    size_t count;
} made;

static void add(const struct pki_cert *words)
{
    ck_assert(made.count < MOST);
    made.certs[made.count++] = trust_cert(words);
}

static void add_roots(size_t count, bool no_key_ids)
{
    for (unsigned i = 0; i < count; i++)
        add(&(struct pki_cert){.subject = NAME, .issuer = NAME, .key = 1 + i, .signer = 1 + i,
                               .ca = true, .no_key_ids = no_key_ids});
}

static void drop(void)
{
    trust_free(made.certs, made.count);
    made.count = 0;
}

/* What is said of this certificate under its code that has the budget in it; NULL: nothing. */
static const char *budget_finding(const mtlsauth_report *report, size_t of)
{
    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        size_t certificate;
        int severity, code;
        const char *sentence;

        ck_assert_int_eq(
            mtlsauth_report_finding(report, i, &certificate, &severity, &code, &sentence),
            MTLSAUTH_OK);
        if (certificate != of || strstr(sentence, "MTLSAUTH_DENY_BUDGET") == NULL)
            continue;
        ck_assert_int_eq(code, MTLSAUTH_LINT_SAME_SUBJECT);
        ck_assert_int_ge(severity, MTLSAUTH_SEVERITY_WARNING);
        return sentence;
    }
    return NULL;
}

static mtlsauth_report *lint(const mtlsauth_truststore *store)
{
    mtlsauth_report *report;

    ck_assert_int_eq(mtlsauth_truststore_lint(store, TRUST_NOW, MTLSAUTH_PROFILE_ALB, &report),
                     MTLSAUTH_OK);
    return report;
}

/* What the search says of a client that the key of this number has issued. */
static int find_client(const mtlsauth_truststore *store, unsigned signer, bool no_key_ids)
{
    struct path_params params = trust_params(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_cert *sent[] = {trust_cert(&(struct pki_cert){.subject = "leaf", .issuer = NAME,
                                                           .key = LEAF_KEY, .signer = signer,
                                                           .no_key_ids = no_key_ids}),
                             NULL};
    int code = trust_find(store, sent, 1, &params, NULL, NULL);

    mtlsauth_cert_free(sent[0]);
    return code;
}

START_TEST(as_the_search_denies)
{
    mtlsauth_truststore *store;
    mtlsauth_report *report;
    const char *finding;

    add_roots(46, true);
    store = trust_store(made.certs, made.count);
    report = lint(store);
    for (unsigned i = 0; i < made.count; i++) {
        finding = budget_finding(report, i);
        ck_assert_int_eq(find_client(store, 1 + i, true),
                         finding == NULL ? MTLSAUTH_OK : MTLSAUTH_DENY_BUDGET);
    }
    finding = budget_finding(report, 43);
    ck_assert_ptr_nonnull(finding);
    ASSERT_TEXT("sentence", strstr(finding, "has the subject"),
                "has the subject of certificate 1, and another key: find out whether both are "
                "meant; it is number 44 of that name, and the search for a path affords "
                "43 with such keys: its clients may be denied (MTLSAUTH_DENY_BUDGET), so give "
                "each CA a name of its own");
    ck_assert_ptr_null(budget_finding(report, 42));
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(store);
    drop();
}
END_TEST

/* Where each has a key identifier, a client that names it is found. */
START_TEST(with_key_identifiers)
{
    mtlsauth_truststore *store;
    mtlsauth_report *report;
    const char *finding;

    add_roots(44, false);
    store = trust_store(made.certs, made.count);
    report = lint(store);
    finding = budget_finding(report, 43);
    ck_assert_ptr_nonnull(finding);
    ck_assert_msg(strstr(finding, "its clients without an authorityKeyIdentifier may be") != NULL,
                  "%s", finding);
    ck_assert_int_eq(find_client(store, 44, false), MTLSAUTH_OK);
    ck_assert_int_eq(find_client(store, 44, true), MTLSAUTH_DENY_BUDGET);
    ck_assert_ptr_null(budget_finding(report, 42));
    ck_assert_int_eq(find_client(store, 43, true), MTLSAUTH_OK);
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(store);
    drop();
}
END_TEST

static void add_p384(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-384");
    struct der_build spki = {0};
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);

    ck_assert_int_gt(len, 0);
    der_raw(&spki, der, (size_t)len);
    add(&(struct pki_cert){.subject = NAME, .issuer = "Root", .signer = 1, .ca = true,
                           .no_key_ids = true, .spki = &spki});
    der_build_free(&spki);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
}

/* A check with a key of P-384 counts as four. */
START_TEST(of_keys_that_cost_more)
{
    for (size_t others = 10; others <= 11; others++) {
        mtlsauth_truststore *store;
        mtlsauth_report *report;
        const char *finding;

        add(&(struct pki_cert){.subject = "Root", .issuer = "Root", .key = 1, .signer = 1,
                               .ca = true});
        for (size_t i = 0; i < others; i++)
            add_p384();
        add(&(struct pki_cert){.subject = NAME, .issuer = "Root", .key = 2, .signer = 1, .ca = true,
                               .no_key_ids = true});
        store = trust_store(made.certs, made.count);
        report = lint(store);
        finding = budget_finding(report, made.count - 1);
        ck_assert_int_eq(find_client(store, 2, true),
                         others == 10 ? MTLSAUTH_OK : MTLSAUTH_DENY_BUDGET);
        ck_assert_int_eq(finding != NULL, others == 11);
        if (finding != NULL)
            ck_assert_msg(strstr(finding, "number 12 of that name, and the search for a path "
                                          "affords 11") != NULL, "%s", finding);
        mtlsauth_report_free(report);
        mtlsauth_truststore_free(store);
        drop();
    }
}
END_TEST

/* Roots come first, wherever they stand in the file; a key that is there again is found. */
START_TEST(in_the_order_of_the_search)
{
    mtlsauth_truststore *store;
    mtlsauth_report *report;
    const char *finding;

    add(&(struct pki_cert){.subject = NAME, .issuer = "Root", .key = 100, .signer = 99, .ca = true,
                           .no_key_ids = true});
    add(&(struct pki_cert){.subject = "Root", .issuer = "Root", .key = 99, .signer = 99,
                           .ca = true});
    add_roots(43, true);
    store = trust_store(made.certs, made.count);
    report = lint(store);
    finding = budget_finding(report, 0);
    ck_assert_ptr_nonnull(finding);
    ck_assert_msg(strstr(finding, "): it is number 44 of that name") != NULL, "%s", finding);
    ck_assert_int_eq(find_client(store, 100, true), MTLSAUTH_DENY_BUDGET);
    for (size_t i = 2; i < made.count; i++)
        ck_assert_ptr_null(budget_finding(report, i));
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(store);
    drop();
}
END_TEST

START_TEST(one_key_many_times)
{
    mtlsauth_truststore *store;
    mtlsauth_report *report;

    for (unsigned i = 0; i < 60; i++) {
        const char serial[] = {(char)(i + 1)};

        add(&(struct pki_cert){.subject = NAME, .issuer = NAME, .key = 1, .signer = 1, .ca = true,
                               .serial = serial, .serial_len = 1, .no_key_ids = true});
    }
    store = trust_store(made.certs, made.count);
    report = lint(store);
    for (size_t i = 0; i < made.count; i++)
        ck_assert_ptr_null(budget_finding(report, i));
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(store);
    drop();
}
END_TEST

UNIT_MAIN("trust/lint of the budget", as_the_search_denies, with_key_identifiers,
          of_keys_that_cost_more, in_the_order_of_the_search, one_key_many_times)
