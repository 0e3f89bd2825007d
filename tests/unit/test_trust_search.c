/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include <openssl/x509.h>

enum { API = MTLSAUTH_PROFILE_API_GATEWAY, STRICT = MTLSAUTH_PROFILE_STRICT };

static const struct pki_cert root_words = {
    .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};

/* How often libcrypto is asked to decode a certificate: the linker hands its calls to this file. */
static unsigned decoded;

X509 *__real_d2i_X509(X509 **out, const unsigned char **in, long len);
X509 *__wrap_d2i_X509(X509 **out, const unsigned char **in, long len);

X509 *__wrap_d2i_X509(X509 **out, const unsigned char **in, long len)
{
    decoded++;
    return __real_d2i_X509(out, in, len);
}

/* Makes count certificates and a store of those from first_trusted on. */
static mtlsauth_truststore *make(const struct pki_cert *words, size_t count, size_t first_trusted,
                                 mtlsauth_cert **certs)
{
    for (size_t i = 0; i < count; i++)
        certs[i] = trust_cert(&words[i]);
    return trust_store(certs + first_trusted, count - first_trusted);
}

static void swap(mtlsauth_cert **a, mtlsauth_cert **b)
{
    mtlsauth_cert *other = *a;

    *a = *b;
    *b = other;
}

/* Every order of certs[at] to the last: the same answer. Returns how many there were. */
static size_t permute(const mtlsauth_truststore *truststore, mtlsauth_cert **certs, size_t at,
                      size_t count, const struct path_params *params, const struct reason *want)
{
    size_t orders = 0;

    if (at == count) {
        struct reason reason;
        int code = trust_find(truststore, certs, count, params, &reason, NULL);

        ck_assert_msg(code == want->code && reason.depth == want->depth &&
                          strcmp(reason.message, want->message) == 0,
                      "\"%s\", not \"%s\"", reason.message, want->message);
        return 1;
    }
    for (size_t i = at; i < count; i++) {
        swap(&certs[at], &certs[i]);
        orders += permute(truststore, certs, at + 1, count, params, want);
        swap(&certs[at], &certs[i]);
    }
    return orders;
}

/* Five CA certificates of one name, of which each fails in another way. */
START_TEST(reason_does_not_depend_on_the_order)
{
    static const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .no_key_ids = true,
         .names = "dns:evil.com"},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = "+dns:a.com"},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = "+dns:b.com"},
        {.subject = "CA", .issuer = "Nobody", .key = 2, .signer = 9, .ca = true},
        {.subject = "CA", .issuer = "Root", .key = 4, .signer = 1, .ca = true},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true, .broken = true},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct path_params params = trust_params(API);
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *truststore = make(words, COUNT_OF(words), COUNT_OF(words) - 1, certs);
    struct reason want;

    ASSERT_INT("constraints", trust_find(truststore, certs, 6, &params, &want, NULL),
               MTLSAUTH_DENY_NAME_CONSTRAINTS);
    ck_assert_uint_eq(permute(truststore, certs, 1, 6, &params, &want), 120);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(words));
}
END_TEST

/* What came furthest tells most: an expired CA more than one that nobody has issued. */
START_TEST(most_telling_reason)
{
    static const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .no_key_ids = true},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .not_after = "250201000000Z"},
        {.subject = "CA", .issuer = "Nobody", .key = 2, .signer = 9, .ca = true},
        {.subject = "CA", .issuer = "Root", .key = 4, .signer = 1, .ca = true},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct path_params params = trust_params(API);
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *truststore = make(words, COUNT_OF(words), COUNT_OF(words) - 1, certs);
    struct reason want;

    ASSERT_INT("expired", trust_find(truststore, certs, 5, &params, &want, NULL),
               MTLSAUTH_DENY_EXPIRED);
    ASSERT_INT("depth", want.depth, 1);
    ck_assert_uint_eq(permute(truststore, certs, 1, 5, &params, &want), 24);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(words));
}
END_TEST

/* The path that holds is found whatever is tried before it. */
START_TEST(backtracking)
{
    static const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .no_key_ids = true,
         .names = "dns:good.com"},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = "-dns:good.com"},
        {.subject = "CA", .issuer = "Upper", .key = 2, .signer = 5, .ca = true},
        {.subject = "Upper", .issuer = "Nobody", .key = 5, .signer = 9, .ca = true},
        {.subject = "Upper", .issuer = "Root", .key = 5, .signer = 1, .ca = true,
         .not_after = "250201000000Z"},
        {.subject = "Upper", .issuer = "Root", .key = 5, .signer = 1, .ca = true},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct path_params params = trust_params(API);
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *truststore = make(words, COUNT_OF(words), COUNT_OF(words) - 1, certs);
    struct reason want = {.code = MTLSAUTH_OK};
    size_t path_len;

    ASSERT_INT("found", trust_find(truststore, certs, 6, &params, &want, &path_len), MTLSAUTH_OK);
    ck_assert_uint_eq(path_len, 4);
    for (size_t first = 1; first < 6; first++) {
        struct reason reason;

        swap(&certs[1], &certs[first]);
        swap(&certs[2], &certs[5]);
        ASSERT_INT("another order", trust_find(truststore, certs, 6, &params, &reason, NULL),
                   MTLSAUTH_OK);
    }
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(words));
}
END_TEST

/* CVE-2024-0567: CAs that have certified each other, with and without a way out. */
START_TEST(cve_2024_0567_cycle)
{
    static const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "A", .key = 9, .signer = 2},
        {.subject = "A", .issuer = "B", .key = 2, .signer = 3, .ca = true},
        {.subject = "B", .issuer = "C", .key = 3, .signer = 4, .ca = true},
        {.subject = "C", .issuer = "A", .key = 4, .signer = 2, .ca = true},
        {.subject = "C", .issuer = "Root", .key = 4, .signer = 1, .ca = true},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct path_params params = trust_params(API);
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *truststore = make(words, COUNT_OF(words), COUNT_OF(words) - 1, certs);
    size_t path_len;

    ck_assert_int_gt(trust_find(truststore, certs, 4, &params, NULL, NULL), 0);
    ASSERT_INT("way out", trust_find(truststore, certs, 5, &params, NULL, &path_len), MTLSAUTH_OK);
    ck_assert_uint_eq(path_len, 5);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(words));
}
END_TEST

/* The same right below the root that has another key now, of which the leaf does not say which. */
START_TEST(key_rollover_of_the_root)
{
    static const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "Root", .key = 4, .signer = 3, .no_key_ids = true},
        {.subject = "Root", .issuer = "Root", .key = 3, .signer = 1, .ca = true},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };

    ASSERT_INT("found", trust_verify(words, COUNT_OF(words), API, NULL), MTLSAUTH_OK);
    ASSERT_INT("strict", trust_verify(words, COUNT_OF(words), STRICT, NULL), MTLSAUTH_DENY_PROFILE);
}
END_TEST

/* A CA's new key, certified by its old one. With key identifiers it is found. Without them
 * libcrypto takes the new certificate for self-signed, by its names alone, and ends the path there:
 * denied, which is safe, in either order. */
START_TEST(key_rollover)
{
    for (int with_ids = 0; with_ids < 2; with_ids++) {
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "A", .key = 4, .signer = 3, .no_key_ids = !with_ids},
            {.subject = "A", .issuer = "A", .key = 3, .signer = 2, .ca = true,
             .no_key_ids = !with_ids},
            {.subject = "A", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
             .no_key_ids = !with_ids},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };
        struct path_params params = trust_params(API);
        mtlsauth_cert *certs[COUNT_OF(words)];
        mtlsauth_truststore *truststore = make(words, COUNT_OF(words), 3, certs);

        for (int order = 0; order < 2; order++) {
            struct reason reason;

            ASSERT_INT(with_ids ? "with" : "without",
                       trust_find(truststore, certs, 3, &params, &reason, NULL) == MTLSAUTH_OK,
                       with_ids);
            swap(&certs[1], &certs[2]);
        }
        mtlsauth_truststore_free(truststore);
        trust_free(certs, COUNT_OF(words));
    }
}
END_TEST

/* A chain of CAs: leaf, then "CA 1" to "CA n", of which the last is the root. */
static size_t make_line(mtlsauth_cert **certs, char (*names)[16], size_t cas)
{
    for (size_t i = 0; i <= cas; i++)
        snprintf(names[i], 16, "CA %zu", i);
    for (size_t i = 0; i <= cas; i++) {
        size_t issuer = i < cas ? i + 1 : i;
        struct pki_cert words = {.subject = names[i], .issuer = names[issuer],
                                 .key = (unsigned)i + 1, .signer = (unsigned)issuer + 1,
                                 .ca = i > 0};

        certs[i] = trust_cert(&words);
    }
    return cas + 1;
}

/* mbedTLS CVE-2017-14032, LibreSSL 78103634af: one more than is taken is denied, by whatever. */
START_TEST(cve_2017_14032_lengths)
{
    enum { MOST = 40 };
    static char names[MOST + 1][16];
    mtlsauth_cert *certs[MOST + 1];
    static const unsigned limits[] = {1, 2, 4, 8, 9, 10, 31, 32, 33};

    for (size_t i = 0; i < COUNT_OF(limits); i++)
        for (int more = -1; more <= 2; more++) {
            size_t cas = limits[i] + (more == 2 ? 7U : 0) + (size_t)(more == 2 ? 0 : more), count;
            struct path_params params = trust_params(API);
            mtlsauth_truststore *truststore;

            if (cas == 0 || cas > MOST)
                continue;
            count = make_line(certs, names, cas);
            truststore = trust_store(&certs[cas], 1);
            params.max_ca_certificates = limits[i];
            ASSERT_INT(names[cas], trust_find(truststore, certs, count - 1, &params, NULL, NULL),
                       cas <= limits[i] ? MTLSAUTH_OK : MTLSAUTH_DENY_CHAIN_TOO_LONG);
            mtlsauth_truststore_free(truststore);
            trust_free(certs, count);
        }
}
END_TEST

START_TEST(cve_2026_11999_untrusted_self_signed)
{
    enum { MOST = 200 };
    static const struct pki_cert leaf = {
        .subject = "leaf", .issuer = "X", .key = 3, .signer = 1000, .no_key_ids = true};
    mtlsauth_cert *certs[MOST + 1], *root = trust_cert(&root_words);
    mtlsauth_truststore *truststore = trust_store(&root, 1);
    static const int profiles[] = {API, STRICT};

    certs[0] = trust_cert(&leaf);
    for (unsigned i = 1; i <= MOST; i++) {
        struct pki_cert words = {.subject = "X", .issuer = "X", .key = 999 + i, .signer = 999 + i,
                                 .ca = true};

        certs[i] = trust_cert(&words);
    }
    for (size_t k = 0; k < COUNT_OF(profiles); k++)
        for (size_t count = 1; count <= MOST; count += count < 40 ? 1 : 20) {
            struct path_params params = trust_params(profiles[k]);

            ck_assert_int_gt(trust_find(truststore, certs, count + 1, &params, NULL, NULL), 0);
        }
    mtlsauth_truststore_free(truststore);
    mtlsauth_cert_free(root);
    trust_free(certs, MOST + 1);
}
END_TEST

/* CVE-2026-93302: all of the anchor but its key. */
START_TEST(cve_2026_93302_clone_of_the_anchor)
{
    static const struct pki_extension ids[] = {
        {"\x55\x1d\x0e", false, "\x04\x01\x07", 3},
        {"\x55\x1d\x23", false, "\x30\x03\x80\x01\x07", 5},
    };
    const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "Root", .key = 3, .signer = 2, .no_key_ids = true,
         .extensions = ids + 1, .extension_count = 1},
        {.subject = "Root", .issuer = "Root", .key = 2, .signer = 2, .ca = true,
         .no_key_ids = true, .extensions = ids, .extension_count = 2},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true,
         .no_key_ids = true, .extensions = ids, .extension_count = 2},
    };
    static const int profiles[] = {API, STRICT};

    for (size_t k = 0; k < COUNT_OF(profiles); k++) {
        struct path_params params = trust_params(profiles[k]);
        mtlsauth_cert *certs[3];
        mtlsauth_truststore *truststore = make(words, 3, 2, certs);
        struct reason reason;

        ck_assert_int_gt(trust_find(truststore, certs, 2, &params, &reason, NULL), 0);
        ck_assert_int_gt(trust_find(truststore, certs, 1, &params, &reason, NULL), 0);
        ck_assert_int_gt(trust_find(truststore, certs + 1, 1, &params, &reason, NULL), 0);
        mtlsauth_truststore_free(truststore);
        trust_free(certs, 3);
    }
}
END_TEST

/* CVE-2021-3450: a leaf issues a leaf, under every combination of what a policy can turn on. */
START_TEST(cve_2021_3450_leaf_issues_leaf)
{
    static const struct pki_cert words[] = {
        {.subject = "victim", .issuer = "leaf", .key = 4, .signer = 3},
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *stores[2] = {make(words, COUNT_OF(words), 3, certs)};

    /* With the leaf in the store as well: trusted as a client, and under partial chain no CA. */
    stores[1] = trust_store(certs + 1, 3);
    for (unsigned mask = 0; mask < 1U << 8; mask++) {
        struct path_params params = trust_params(1 + (int)(mask & 3) % 3);
        int code;

        params.nist_curves_only = false;
        params.partial_chain = (mask & 4) != 0;
        params.explicit_policy = (mask & 8) != 0;
        params.inhibit_mapping = (mask & 16) != 0;
        params.inhibit_any_policy = (mask & 32) != 0;
        params.skip_time = (mask & 64) != 0;
        params.check_eku = (mask & 128) != 0;
        for (size_t i = 0; i < 2; i++) {
            code = trust_find(stores[i], certs, 3, &params, NULL, NULL);
            ck_assert_msg(code > 0, "flags %#x: %s", mask, mtlsauth_code_name(code));
        }
    }
    mtlsauth_truststore_free(stores[0]);
    mtlsauth_truststore_free(stores[1]);
    trust_free(certs, COUNT_OF(words));
}
END_TEST

/* A CRL issuer (RFC 5280 6.3.3 (f)) is asked for no usage of a client, in whatever extension. */
START_TEST(usages_that_are_not_asked_for)
{
    static const struct pki_extension usages[] = {
        {"\x55\x1d\x25", false, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 12},
        {"\x60\x86\x48\x01\x86\xf8\x42\x01\x01", false, "\x03\x02\x06\x40", 4},
    };
    const struct pki_cert root = {
        .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};
    mtlsauth_cert *anchor = trust_cert(&root);
    mtlsauth_truststore *truststore = trust_store(&anchor, 1);

    for (size_t i = 0; i < COUNT_OF(usages); i++) {
        const struct pki_cert words = {.subject = "leaf", .issuer = "Root", .key = 2, .signer = 1,
                                       .extensions = &usages[i], .extension_count = 1};
        struct path_params params = trust_params(API);
        mtlsauth_cert *certs[2] = {trust_cert(&words), NULL};

        ck_assert_int_eq(trust_find(truststore, certs, 1, &params, NULL, NULL),
                         MTLSAUTH_DENY_EXTENDED_KEY_USAGE);
        params.check_eku = false;
        ck_assert_int_eq(trust_find(truststore, certs, 1, &params, NULL, NULL), MTLSAUTH_OK);
        mtlsauth_cert_free(certs[0]);
    }
    mtlsauth_truststore_free(truststore);
    mtlsauth_cert_free(anchor);
}
END_TEST

/* Two certificates of each CA on a path of twelve: 4,096 paths and 23 signatures, and the leaf has
 * expired. */
START_TEST(cve_2018_16875_budgets)
{
    enum { LEVELS = 12, COUNT = 1 + 2 * LEVELS };
    char names[LEVELS + 2][16];
    mtlsauth_cert *certs[COUNT + 1];
    mtlsauth_truststore *truststore;
    struct path_params params = trust_params(API);
    struct reason reason;
    size_t count = 0;

    for (unsigned i = 0; i <= LEVELS + 1; i++)
        snprintf(names[i], sizeof names[i], "CA %u", i);
    for (unsigned i = 0; i <= LEVELS; i++)
        for (unsigned twin = 0; twin < (i == 0 ? 1 : 2); twin++) {
            const char serial[] = {(char)(twin + 1)};
            struct pki_cert words = {.subject = names[i], .issuer = names[i + 1], .key = i + 1,
                                     .signer = i + 2, .ca = i > 0, .serial = serial,
                                     .serial_len = 1,
                                     .not_after = i == 0 ? "250201000000Z" : NULL};

            certs[count++] = trust_cert(&words);
        }
    certs[count] = trust_cert(&(const struct pki_cert){.subject = names[LEVELS + 1],
                                                       .issuer = names[LEVELS + 1],
                                                       .key = LEVELS + 2,
                                                       .signer = LEVELS + 2,
                                                       .ca = true});
    truststore = trust_store(&certs[count], 1);
    params.max_ca_certificates = 40;
    ASSERT_INT("steps", trust_find(truststore, certs, count, &params, &reason, NULL),
               MTLSAUTH_DENY_BUDGET);
    ASSERT_TRUE("steps", strstr(reason.message, " steps") != NULL);
    params.budget_signatures = 5;
    ASSERT_INT("signatures", trust_find(truststore, certs, count, &params, &reason, NULL),
               MTLSAUTH_DENY_BUDGET);
    ASSERT_TRUE("signatures", strstr(reason.message, "5 signature checks") != NULL);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, count + 1);
}
END_TEST

/* What libcrypto refuses is shown to it twice (crypto/known_answer.h) and not again, however many
 * paths come by it, and whether the client or the operator has brought it. */
START_TEST(unreadable_issuers_are_decoded_once)
{
    enum { CAS = 5 };
    static const char serials[] = "123456";
    static const struct der_attribute odd = {"\x55\x04\x03", 0x1e, "odd", 3, false};
    struct der_build name = {0};
    struct pki_cert words[CAS + 3] = {
        {.subject = "leaf", .issuer = "X", .key = 3, .signer = 2, .no_key_ids = true}};
    mtlsauth_cert *certs[CAS + 3];
    struct path_params params = trust_params(API);

    der_name(&name, &odd, 1);
    for (unsigned i = 1; i <= CAS + 1; i++)
        words[i] = (struct pki_cert){.subject = "X", .issuer = "X", .key = 2, .signer = 2,
                                     .ca = true, .no_key_ids = true, .serial = &serials[i - 1],
                                     .serial_len = 1};
    words[CAS + 1].issuer_der = &name;
    words[CAS + 2] = root_words;
    for (int trusted = 0; trusted < 2; trusted++) {
        mtlsauth_truststore *truststore =
            make(words, COUNT_OF(words), CAS + 2 - (size_t)trusted, certs);
        struct reason reason;

        for (size_t round = 0; round < 2; round++) {
            decoded = 0;
            (void)trust_find(truststore, certs, CAS + 2 - (size_t)trusted, &params, &reason, NULL);
            ASSERT_INT("decoded", decoded, trusted && round > 0 ? CAS : CAS + 2);
        }
        mtlsauth_truststore_free(truststore);
        trust_free(certs, COUNT_OF(words));
    }
    der_build_free(&name);
}
END_TEST

/* Two roots of one name: the one that has signed is found, with key identifiers and without. */
START_TEST(roots_of_one_name)
{
    enum { ROOTS = 30 };
    mtlsauth_cert *certs[ROOTS + 1];
    mtlsauth_truststore *truststore;
    struct path_params params = trust_params(API);

    for (unsigned i = 1; i <= ROOTS; i++)
        certs[i] = trust_cert(&(const struct pki_cert){
            .subject = "Root", .issuer = "Root", .key = i, .signer = i, .ca = true});
    truststore = trust_store(certs + 1, ROOTS);
    for (int no_ids = 0; no_ids < 2; no_ids++) {
        certs[0] = trust_cert(&(const struct pki_cert){.subject = "leaf", .issuer = "Root",
                                                       .key = 99, .signer = 27,
                                                       .no_key_ids = no_ids != 0});
        ASSERT_INT("found", trust_find(truststore, certs, 1, &params, NULL, NULL), MTLSAUTH_OK);
        mtlsauth_cert_free(certs[0]);
    }
    mtlsauth_truststore_free(truststore);
    trust_free(certs + 1, ROOTS);
}
END_TEST

UNIT_MAIN("trust/search", reason_does_not_depend_on_the_order, most_telling_reason, backtracking,
          cve_2024_0567_cycle, key_rollover_of_the_root, key_rollover, cve_2017_14032_lengths,
          cve_2026_11999_untrusted_self_signed, cve_2026_93302_clone_of_the_anchor,
          cve_2021_3450_leaf_issues_leaf, usages_that_are_not_asked_for,
          cve_2018_16875_budgets, unreadable_issuers_are_decoded_once, roots_of_one_name)
