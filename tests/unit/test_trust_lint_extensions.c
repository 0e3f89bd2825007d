/* SPDX-License-Identifier: MIT */
/* Lint of what is rare in a truststore: extensions, names and dates, of a root and of a CA below
 * it; and of more rules than are told one by one. */
#include "trust.h"

#include "forge.h"
#include "support/der_text.h"

enum { API = MTLSAUTH_PROFILE_API_GATEWAY, STRICT = MTLSAUTH_PROFILE_STRICT };

#define EKU "\x55\x1d\x25"
#define NAMES "\x55\x1d\x11"
#define POLICY_CONSTRAINTS "\x55\x1d\x24"
#define LONG_OID                                                                                   \
    "\x2a\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15"             \
    "\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x28\x29"

/* 2035-01-01, when they expire. */
#define END INT64_C(2051222400)

/* The severity of the finding about this certificate whose sentence has this in it; 0: none. */
static int find(mtlsauth_cert *const certs[2], int64_t now, int profile, size_t of,
                const char *says)
{
    mtlsauth_truststore *store = trust_store(certs, 2);
    mtlsauth_report *report;
    int found = 0;

    ck_assert_int_eq(mtlsauth_truststore_lint(store, now, profile, &report), MTLSAUTH_OK);
    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        size_t certificate;
        int severity, code;
        const char *sentence;

        ck_assert_int_eq(
            mtlsauth_report_finding(report, i, &certificate, &severity, &code, &sentence),
            MTLSAUTH_OK);
        if (certificate == of && strstr(sentence, says) != NULL)
            found = severity;
    }
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(store);
    return found;
}

START_TEST(extensions_and_names)
{
    static const struct {
        const char *name, *oid;
        bool critical;
        const char *value, *says;
        int root, ca; /* severities, in this profile */
        int profile;
    } rows[] = {
        {"unknown and critical", "\x2a\x03\x04", true, "05 00", "1.2.3.4 is not understood",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"unknown and critical, of a long OID", LONG_OID, true, "05 00",
         "with a long OID is not understood", MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR,
         API},
        {"clientAuth", EKU, false, "30 { 06 { 2b 06 01 05 05 07 03 02 } }", "no clientAuth", 0, 0,
         API},
        {"any usage", EKU, false, "30 { 06 { 55 1d 25 00 } }", "no clientAuth", 0, 0, API},
        {"serverAuth", EKU, false, "30 { 06 { 2b 06 01 05 05 07 03 01 } }", "no clientAuth",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"a NUL in a name", NAMES, false, "30 { 82 { 61 00 62 } }", "has a NUL inside",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"a name that is no ASCII", NAMES, false, "30 { 82 { 61 ff 62 } }", "is malformed",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"constraints", "\x55\x1d\x1e", true, "30 { a0 { 30 { 82 { 61 } } } }",
         "nameConstraints are malformed", 0, 0, API},
        {"no constraints", "\x55\x1d\x1e", true, "30 { }", "nameConstraints are malformed",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"a base at a host", "\x55\x1d\x1e", true, "30 { a0 { 30 { 81 { \"@a.com\" } } } }",
         "in its nameConstraints is malformed", 0, 0, API},
        {"a malformed base", "\x55\x1d\x1e", true,
         "30 { a0 { 30 { 82 { \"a.com\" } } 30 { 82 { \"*.com\" } } 30 { 87 00 } } }",
         "dNSName \"*.com\" in its nameConstraints is malformed: clients below it that have",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"a malformed address", "\x55\x1d\x1e", true, "30 { a1 { 30 { 87 { 0a 00 00 07 } } } }",
         "iPAddress \"0a000007\" in its nameConstraints is malformed", MTLSAUTH_SEVERITY_ERROR,
         MTLSAUTH_SEVERITY_ERROR, API},
        {"a leading dot", "\x55\x1d\x1e", true, "30 { a0 { 30 { 82 { \".com\" } } } }",
         "dNSName \".com\" in its nameConstraints is malformed", MTLSAUTH_SEVERITY_ERROR,
         MTLSAUTH_SEVERITY_ERROR, STRICT},
        {"no policies", "\x55\x1d\x20", false, "30 { }", "certificatePolicies is malformed",
         MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR, API},
        {"policyConstraints, critical", POLICY_CONSTRAINTS, true, "30 { 80 01 05 }",
         "policyConstraints are not critical", 0, 0, STRICT},
        {"policyConstraints", POLICY_CONSTRAINTS, false, "30 { 80 01 05 }",
         "policyConstraints are not critical", MTLSAUTH_SEVERITY_ERROR, MTLSAUTH_SEVERITY_ERROR,
         STRICT},
        {"inhibitAnyPolicy, critical", "\x55\x1d\x36", true, "02 01 05",
         "inhibitAnyPolicy is not critical", 0, 0, STRICT},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text value = der_text(rows[i].value);
        struct pki_extension extension = {rows[i].oid, rows[i].critical, (const char *)value.ptr,
                                          value.len};
        const struct pki_cert words[] = {
            {.subject = "Root",
             .issuer = "Root",
             .key = 1,
             .signer = 1,
             .ca = true,
             .extensions = &extension,
             .extension_count = 1},
            {.subject = "CA",
             .issuer = "Root",
             .key = 2,
             .signer = 1,
             .ca = true,
             .extensions = &extension,
             .extension_count = 1},
        };
        mtlsauth_cert *certs[2] = {trust_cert(&words[0]), trust_cert(&words[1])};

        ASSERT_INT(rows[i].name, find(certs, TRUST_NOW, rows[i].profile, 0, rows[i].says),
                   rows[i].root);
        ASSERT_INT(rows[i].name, find(certs, TRUST_NOW, rows[i].profile, 1, rows[i].says),
                   rows[i].ca);
        trust_free(certs, 2);
        free(value.ptr);
    }
}
END_TEST

static size_t errors_of(const mtlsauth_truststore *truststore, int profile)
{
    mtlsauth_report *report;
    size_t errors = 0;

    ck_assert_int_eq(mtlsauth_truststore_lint(truststore, TRUST_NOW, profile, &report), MTLSAUTH_OK);
    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        int severity;

        ck_assert_int_eq(mtlsauth_report_finding(report, i, NULL, &severity, NULL, NULL),
                         MTLSAUTH_OK);
        errors += severity == MTLSAUTH_SEVERITY_ERROR;
    }
    mtlsauth_report_free(report);
    return errors;
}

/* Where lint speaks of an error, a client is denied for it, and nowhere else. In the strict profile
 * every certificate of the store is an anchor: what stands above it denies nobody. */
START_TEST(errors_are_what_denies)
{
    enum { TOO_MANY = 101, EACH = 7 };
    static char list[4 + TOO_MANY * EACH] = {0x30, (char)0x82, TOO_MANY * EACH / 256,
                                             (char)(TOO_MANY * EACH % 256)};
    static const struct pki_extension many_policies = {"\x55\x1d\x20", false, list, sizeof list};
    static const struct pki_extension server = {
        EKU, false, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 12};
    static const struct pki_extension no_policy = {"\x55\x1d\x20", false, "\x30\x00", 2};
    static const struct pki_extension policy_twice = {
        "\x55\x1d\x20", false, "\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x03",
        14};
    static const struct pki_extension any_mapped = {
        "\x55\x1d\x21", true, "\x30\x0c\x30\x0a\x06\x04\x55\x1d\x20\x00\x06\x02\x2a\x03", 14};
    static const struct der_build nothing = {.bytes = (uint8_t *)(uintptr_t)"\x30\x00", .len = 2};
    static const struct der_build nul = {
        .bytes = (uint8_t *)(uintptr_t)"\x30\x05\x82\x03\x61\x00\x62", .len = 7};
    static const struct {
        const char *name;
        struct pki_cert root, ca; /* what differs */
        size_t api, strict;       /* errors */
    } rows[] = {
        {"as they should be", {0}, {0}, 0, 0},
        {"serial of the root", {.serial = "\0", .serial_len = 1}, {0}, 0, 0},
        {"serial of the CA", {0}, {.serial = "\0", .serial_len = 1}, 0, 0},
        {"for servers", {0}, {.extensions = &server, .extension_count = 1}, 1, 1},
        {"path length", {.path_length = "\0"}, {0}, 1, 0},
        {"path length of the CA", {0}, {.path_length = "\0"}, 0, 0},
        {"name of the CA", {0}, {.names_der = &nul}, 1, 1},
        {"constraints of the CA", {0}, {.constraints_der = &nothing}, 1, 1},
        {"policies of the CA", {0}, {.extensions = &no_policy, .extension_count = 1}, 1, 1},
        {"a policy of the CA twice", {0}, {.extensions = &policy_twice, .extension_count = 1}, 1, 0},
        {"a policy of the root twice", {.extensions = &policy_twice, .extension_count = 1}, {0}, 0,
         0},
        {"anyPolicy mapped by the CA", {0}, {.extensions = &any_mapped, .extension_count = 1}, 1, 0},
        {"more policies of the CA than are looked at", {0},
         {.extensions = &many_policies, .extension_count = 1}, 1, 0},
    };
    const struct pki_cert leaf = {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2};
    mtlsauth_cert *certs[] = {trust_cert(&leaf), NULL, NULL};

    for (size_t i = 0; i < TOO_MANY; i++) {
        const char policy[EACH] = {0x30, 0x05, 0x06, 0x03, 0x2a, 0x01, (char)i};

        memcpy(list + 4 + i * EACH, policy, EACH);
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct path_params api = trust_params(API), strict = trust_params(STRICT);
        struct pki_cert root = rows[i].root, ca = rows[i].ca;
        mtlsauth_truststore *truststore;

        root.subject = root.issuer = ca.issuer = "Root";
        root.key = root.signer = ca.signer = 1;
        root.ca = ca.ca = true;
        ca.subject = "CA";
        ca.key = 2;
        certs[1] = trust_cert(&ca);
        certs[2] = trust_cert(&root);
        truststore = trust_store(certs + 1, 2);
        ASSERT_INT(rows[i].name, errors_of(truststore, API), rows[i].api);
        ASSERT_INT(rows[i].name, trust_find(truststore, certs, 1, &api, NULL, NULL) != MTLSAUTH_OK,
                   rows[i].api);
        ASSERT_INT(rows[i].name, errors_of(truststore, STRICT), rows[i].strict);
        ASSERT_INT(rows[i].name,
                   trust_find(truststore, certs, 1, &strict, NULL, NULL) != MTLSAUTH_OK,
                   rows[i].strict);
        mtlsauth_truststore_free(truststore);
        trust_free(certs + 1, 2);
    }
    mtlsauth_cert_free(certs[0]);
}
END_TEST

START_TEST(days_that_are_left)
{
    static const struct {
        int64_t seconds;
        const char *says;
    } rows[] = {
        {0, "in 0 days:"}, {86399, "in 0 days:"}, {86400, "in 1 day:"}, {2 * 86400, "in 2 days:"}};
    const struct pki_cert words[] = {
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true},
    };
    mtlsauth_cert *certs[2] = {trust_cert(&words[0]), trust_cert(&words[1])};

    ck_assert_int_eq(mtlsauth_cert_not_after(certs[0]), END);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_INT(rows[i].says, find(certs, END - rows[i].seconds, API, 0, rows[i].says),
                   MTLSAUTH_SEVERITY_WARNING);
    ck_assert_int_eq(find(certs, END + 1, API, 0, "expires at"), 0);
    trust_free(certs, 2);
}
END_TEST

/* Fifty of a kind are told, and how many more there are. */
START_TEST(many_rules)
{
    for (int count = 50; count <= 52; count++) {
        mtlsauth_policy *policy;
        const char *text;
        char more[40];

        ck_assert_int_eq(mtlsauth_policy_new(&policy, API), MTLSAUTH_OK);
        for (int i = 0; i < count; i++) {
            char matcher[32];

            snprintf(matcher, sizeof matcher, "subject.CN:client %d", i);
            ck_assert_int_eq(mtlsauth_policy_allow(policy, "a", &(const char *){matcher}, 1),
                             MTLSAUTH_OK);
        }
        ck_assert_int_eq(mtlsauth_policy_lint(policy, NULL, &text), MTLSAUTH_OK);
        ck_assert_ptr_nonnull(strstr(text, "rule 50 'a' compares the common name"));
        ck_assert_ptr_null(strstr(text, "rule 51 'a'"));
        snprintf(more, sizeof more, "%d more rules: compares", count - 50);
        ck_assert_int_eq(strstr(text, more) != NULL, count > 50);
        mtlsauth_policy_free(policy);
    }
}
END_TEST

/* A path may end at each CA of the truststore: a rule that binds to none is met below all. */
START_TEST(rules_below_partial_chains)
{
    static const struct pki_cert words[] = {
        {.subject = "CA A", .issuer = "Root A", .key = 2, .signer = 1, .ca = true},
        {.subject = "client", .issuer = "CA C", .key = 4, .signer = 5},
        {.subject = "CA B", .issuer = "Root B", .key = 3, .signer = 6, .ca = true},
    };
    static const struct {
        const char *name;
        int profile, partial_chain; /* -1: as in the profile */
        size_t count;
        bool warns;
    } rows[] = {
        {"roots alone", API, -1, 3, false},    {"any CA", API, 1, 3, true},
        {"any certificate", STRICT, -1, 3, true}, {"roots after all", STRICT, 0, 3, false},
        {"one CA and a client", STRICT, -1, 2, false},
    };
    mtlsauth_cert *certs[COUNT_OF(words)];

    for (size_t i = 0; i < COUNT_OF(words); i++)
        certs[i] = trust_cert(&words[i]);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *store = trust_store(certs, rows[i].count);
        mtlsauth_policy *policy;
        const char *text;

        ck_assert_int_eq(mtlsauth_policy_new(&policy, rows[i].profile), MTLSAUTH_OK);
        if (rows[i].partial_chain >= 0)
            ck_assert_int_eq(mtlsauth_policy_set_partial_chain(policy, rows[i].partial_chain),
                             MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_policy_allow(policy, "a", &(const char *){"dns:a"}, 1),
                         MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_policy_lint(policy, store, &text), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, strstr(text, "every anchor in the truststore") != NULL,
                   rows[i].warns);
        mtlsauth_policy_free(policy);
        mtlsauth_truststore_free(store);
    }
    trust_free(certs, COUNT_OF(certs));
}
END_TEST

/* Whoever issues has its key in one form; a client that stands there itself issues nothing. */
START_TEST(form_of_a_key)
{
    static const struct {
        const char *name;
        bool ca, compressed;
        int severity;
    } rows[] = {
        {"CA", true, false, 0},
        {"CA, compressed", true, true, MTLSAUTH_SEVERITY_ERROR},
        {"client, compressed", false, true, 0},
    };
    const struct pki_cert other = {
        .subject = "Other", .issuer = "Other", .key = 2, .signer = 2, .ca = true};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct forge spec = {.subject = "Root",
                                   .issuer = "Root",
                                   .ca = rows[i].ca,
                                   .compressed = rows[i].compressed};
        struct der_build der = forge(&spec);
        mtlsauth_cert *certs[2] = {NULL, trust_cert(&other)};

        ck_assert_int_eq(mtlsauth_cert_parse(&certs[0], der.bytes, der.len), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, find(certs, TRUST_NOW, API, 0, "has to write its point"),
                   rows[i].severity);
        der_build_free(&der);
        trust_free(certs, 2);
    }
}
END_TEST

UNIT_MAIN("trust/lint of extensions", extensions_and_names, errors_are_what_denies,
          days_that_are_left, many_rules, rules_below_partial_chains, form_of_a_key)
