/* SPDX-License-Identifier: MIT */
#include "worst_cases.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>
#include "worst_build.h"

static void ordinary(FILE *out)
{
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){
                        .subject = "leaf", .issuer = "CA", .key = 3, .signer = 2});
    write_cert(out, &(struct pki_cert){
                        .subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true});
}

/* 100 certificates of CAs of one name. */
static void crowd(FILE *out, bool one_key, bool key_ids)
{
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "X", .key = 3, .signer = 100,
                                       .no_key_ids = !key_ids});
    for (unsigned i = 0; i < 100; i++) {
        const char serial[] = {(char)(i + 1)};

        write_cert(out, &(struct pki_cert){.subject = "X", .issuer = "X", .ca = true,
                                           .key = 100 + (one_key ? 0 : i), .serial = serial,
                                           .serial_len = 1, .no_key_ids = !key_ids,
                                           .signer = 100 + (one_key ? 0 : (i + 1) % 100)});
    }
}

static void same_name_same_key(FILE *out)
{
    crowd(out, true, true);
}

static void same_name_other_keys(FILE *out)
{
    crowd(out, false, false);
}

/* Ten CAs, each certified by each other, and none by a root. */
static void cycle(FILE *out)
{
    static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"};

    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "A", .key = 3, .signer = 10});
    for (unsigned subject = 0; subject < 10; subject++)
        for (unsigned issuer = 0; issuer < 10; issuer++)
            if (subject != issuer)
                write_cert(out, &(struct pki_cert){.subject = names[subject], .ca = true,
                                                   .issuer = names[issuer], .key = 10 + subject,
                                                   .signer = 10 + issuer});
}

/* Two certificates of each CA of a path of 24, and a leaf that has expired: 2^24 paths that reach
 * the root, of 48 signatures. */
static void ladder(FILE *out)
{
    char names[26][8];

    write_cert(out, &root);
    for (unsigned i = 0; i < 26; i++)
        snprintf(names[i], sizeof names[i], "%s%u", i == 25 ? "Root" : "CA", i);
    memcpy(names[25], "Root", 5);
    for (unsigned i = 0; i < 25; i++)
        for (unsigned twin = 0; twin < (i == 0 ? 1 : 2); twin++) {
            const char serial[] = {(char)(twin + 1)};

            write_cert(out, &(struct pki_cert){
                                .subject = names[i], .issuer = names[i + 1], .ca = i > 0,
                                .key = 50 + i, .signer = i == 24 ? 1 : 51 + i, .serial = serial,
                                .serial_len = 1, .not_after = i == 0 ? "250201000000Z" : NULL});
        }
}

void constrained(FILE *out, unsigned names, const char *name, unsigned subtrees,
                 const char *subtree, unsigned list)
{
    struct der_build sans = {0}, constraints = {0};

    add_many(&sans, 0x30, names, false, name);
    if (subtrees > 0) {
        der_begin(&constraints, 0x30);
        add_many(&constraints, 0xa0 + list, subtrees, true, subtree);
        der_end(&constraints);
    }
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                       .names_der = &sans});
    write_cert(out, &(struct pki_cert){.subject = "CA", .issuer = "Root", .key = 2, .signer = 1,
                                       .ca = true,
                                       .constraints_der = subtrees > 0 ? &constraints : NULL});
    der_build_free(&sans);
    der_build_free(&constraints);
}

static void names_10000(FILE *out)
{
    constrained(out, 10000, "dns:n#.example.com", 0, "#", 0);
}

static void names_10000_constrained(FILE *out)
{
    constrained(out, 10000, "dns:n#.example.com", 20, "dns:e#.example.org", 1);
}

/* Just below the budget of comparisons: libcrypto makes all of them as well. */
static void constraints_dns(FILE *out)
{
    constrained(out, 1000, "dns:n#.example.com", 240, "dns:e#.example.org", 1);
}

static void constraints_mail(FILE *out)
{
    constrained(out, 1000, "email:n#@example.com", 240, "email:e#@example.com", 1);
}

static void constraints_uri(FILE *out)
{
    constrained(out, 1000, "uri:https://n#.example.com/x", 240, "uri:e#.example.org", 1);
}

/* OpenSSL takes a URI to pieces for each comparison: such a one counts as several. */
static void constraints_uri_below_budget(FILE *out)
{
    constrained(out, 120, "uri:https://n#.example.com/x", 240, "uri:e#.example.org", 1);
}

/* One long URI, and as many subtrees as there is room for. */
static void constraints_uri_long(FILE *out)
{
    static char name[LONG_NAME + 64];

    snprintf(name, sizeof name, "uri:https://n.example.com/%0*d#", LONG_NAME, 0);
    constrained(out, 1, name, 2500, "uri:e#.example.org", 1);
}

static void constraints_directory(FILE *out)
{
    constrained(out, 1000, "cn:name #", 240, "cn:another #", 1);
}

static void constraints_over_budget(FILE *out)
{
    constrained(out, 10000, "dns:n#.example.com", 1000, "dns:e#.example.org", 1);
}

/* Many paths, and constraints in each. */
static void ladder_constrained(FILE *out)
{
    struct der_build sans = {0};
    char names[26][8];

    add_many(&sans, 0x30, 500, false, "dns:n#.example.com");
    write_cert(out, &root);
    for (unsigned i = 0; i < 13; i++)
        snprintf(names[i], sizeof names[i], "CA%u", i);
    memcpy(names[12], "Root", 5);
    for (unsigned i = 0; i < 12; i++)
        for (unsigned twin = 0; twin < (i == 0 ? 1 : 2); twin++) {
            const char serial[] = {(char)(twin + 1)};

            write_cert(out, &(struct pki_cert){
                                .subject = names[i], .issuer = names[i + 1], .ca = i > 0,
                                .key = 50 + i, .signer = i == 11 ? 1 : 51 + i, .serial = serial,
                                .serial_len = 1, .names_der = i == 0 ? &sans : NULL,
                                .constraints = i > 0 ? "-dns:example.org" : NULL,
                                .not_after = i == 0 ? "250201000000Z" : NULL});
        }
    der_build_free(&sans);
}

/* Each of so many policies mapped to each, at every certificate of a path. bare: the CA below the
 * root has none, so that libcrypto's tree ends there. */
static void policies(FILE *out, unsigned count, bool mapped, unsigned depth, bool bare)
{
    struct der_build list = {0}, mappings = {0};
    struct pki_extension extensions[2];
    char names[64][8];

    der_begin(&list, 0x30);
    der_begin(&mappings, 0x30);
    for (unsigned i = 0; i < count; i++) {
        const char oid[] = {0x2a, (char)(i / 128 + 1), (char)(i % 128)};

        der_begin(&list, 0x30);
        der_add(&list, 0x06, oid, sizeof oid);
        der_end(&list);
        for (unsigned k = 0; mapped && k < count; k++) {
            const char other[] = {0x2a, (char)(k / 128 + 1), (char)(k % 128)};

            der_begin(&mappings, 0x30);
            der_add(&mappings, 0x06, oid, sizeof oid);
            der_add(&mappings, 0x06, other, sizeof other);
            der_end(&mappings);
        }
    }
    der_end(&list);
    der_end(&mappings);
    extensions[0] = (struct pki_extension){"\x55\x1d\x20", false, (char *)list.bytes, list.len};
    extensions[1] =
        (struct pki_extension){"\x55\x1d\x21", true, (char *)mappings.bytes, mappings.len};
    write_cert(out, &root);
    for (unsigned i = 0; i <= depth; i++)
        snprintf(names[i], sizeof names[i], "CA%u", i);
    memcpy(names[depth], "Root", 5);
    for (unsigned i = 0; i < depth; i++)
        write_cert(out, &(struct pki_cert){.subject = names[i], .issuer = names[i + 1],
                                           .ca = i > 0, .key = 50 + i,
                                           .signer = i + 1 == depth ? 1 : 51 + i,
                                           .extensions = extensions,
                                           .extension_count = bare && i + 1 == depth ? 0
                                                                : mapped && i > 0 ? 2 : 1});
    der_build_free(&list);
    der_build_free(&mappings);
}

static void policies_mapped(FILE *out)
{
    policies(out, 2, true, 30, false);
}

static void policies_mapped_below_budget(FILE *out)
{
    policies(out, 2, true, 8, false);
}

static void policies_many(FILE *out)
{
    policies(out, 100, false, 7, false);
}

static void policies_too_many(FILE *out)
{
    policies(out, 4000, false, 3, false);
}

static void policies_too_many_below_none(FILE *out)
{
    policies(out, 4000, false, 3, true);
}

/* The key of P-256 with the curve written out. */
static void explicit_spki(struct der_build *out)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    unsigned char *der = NULL;
    int len;

    require(key != NULL && EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                                          OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1,
            "explicit parameters");
    len = i2d_PUBKEY(key, &der);
    require(len > 0, "i2d_PUBKEY");
    der_raw(out, der, (size_t)len);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
}

static void explicit_curve(FILE *out, bool ca)
{
    struct der_build spki = {0};

    explicit_spki(&spki);
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                       .spki = ca ? NULL : &spki});
    write_cert(out, &(struct pki_cert){.subject = "CA", .issuer = "Root", .key = 2, .signer = 1,
                                       .ca = true, .spki = ca ? &spki : NULL});
    der_build_free(&spki);
}

static void explicit_curve_leaf(FILE *out)
{
    explicit_curve(out, false);
}

static void explicit_curve_ca(FILE *out)
{
    explicit_curve(out, true);
}

/* What a client sends along is read before anyone knows who has signed it: the last of these CAs
 * was not signed by the root that it names. */
static void unsigned_cas(FILE *out, const char *extension_oid, const struct der_build *list)
{
    static const char *const names[] = {"A", "B", "C", "D", "Root"};
    const struct pki_extension extension = {extension_oid, false, (const char *)list->bytes,
                                            list->len};

    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "A", .key = 7, .signer = 2,
                                       .no_key_ids = true});
    for (unsigned i = 0; i < 4; i++)
        write_cert(out, &(struct pki_cert){.subject = names[i], .issuer = names[i + 1],
                                           .key = 2 + i, .signer = 3 + i, .ca = true,
                                           .no_key_ids = true, .extensions = &extension,
                                           .extension_count = 1});
}

/* Each another one, the first in BER. */
static void policies_not_der(FILE *out)
{
    struct der_build list = {0};

    der_begin(&list, 0x30);
    der_raw(&list, "\x30\x81\x05\x06\x03\x2b\x03\x01", 8);
    for (unsigned i = 0; i < 7000; i++) {
        const char one[] = {0x30, 0x05, 0x06, 0x03, 0x2a, (char)(i / 128 + 1), (char)(i % 128)};

        der_raw(&list, one, sizeof one);
    }
    der_end(&list);
    unsigned_cas(out, "\x55\x1d\x20", &list);
    der_build_free(&list);
}

/* CVE-2026-35189 */
static void relative_points(FILE *out)
{
    static const char point[] = "\x30\x0f\xa0\x0d\xa1\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02"
                                "ab";

    struct der_build list = {0};

    der_begin(&list, 0x30);
    for (unsigned i = 0; i < 3500; i++)
        der_raw(&list, point, sizeof point - 1);
    der_end(&list);
    unsigned_cas(out, "\x55\x1d\x1f", &list);
    der_build_free(&list);
}

/* CAs that have all certified each other, which differ in the last octet of so long an extension,
 * and have a name of so many octets. */
static void twins(FILE *out, size_t extension_len, size_t name_len)
{
    char *name = calloc(1, name_len + 1), *value = calloc(1, extension_len);

    require(name != NULL && value != NULL, "memory");
    memset(name, 'A', name_len);
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = name, .key = 3, .signer = 2,
                                       .no_key_ids = true});
    for (unsigned i = 1; i <= 7; i++) {
        const struct pki_extension extension = {"\x2a\x03", false, value, extension_len};

        value[extension_len - 1] = (char)i;
        write_cert(out, &(struct pki_cert){.subject = name, .issuer = name, .key = 2, .signer = 2,
                                           .ca = true, .no_key_ids = true,
                                           .extensions = &extension, .extension_count = 1});
    }
    free(name);
    free(value);
}

static void twins_long(FILE *out)
{
    twins(out, 30000, 1);
}

static void twins_of_a_long_name(FILE *out)
{
    twins(out, 1, 10000);
}

/* CAs that have all certified each other, and two that libcrypto gives up at the end of the issuer's
 * name of. */
static void unreadable(FILE *out)
{
    struct der_build name = {0};

    der_begin(&name, 0x30);
    for (unsigned i = 0; i < 64; i++) {
        der_begin(&name, 0x31);
        for (unsigned k = 0; k < 16; k++) {
            const char text[] = {(char)('A' + i / 8), (char)('A' + i % 8), (char)('A' + k)};

            der_begin(&name, 0x30);
            der_add(&name, 0x06, "\x55\x04\x03", 3);
            der_add(&name, i == 63 && k == 15 ? 0x1e : 0x0c, text, sizeof text);
            der_end(&name);
        }
        der_end(&name);
    }
    der_end(&name);
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "X", .key = 3, .signer = 2,
                                       .no_key_ids = true});
    for (unsigned i = 1; i <= 9; i++) {
        const char serial[] = {(char)i};

        write_cert(out, &(struct pki_cert){.subject = "X", .issuer = "X", .key = 2, .signer = 2,
                                           .ca = true, .no_key_ids = true, .serial = serial,
                                           .serial_len = 1, .issuer_der = i > 7 ? &name : NULL});
    }
    der_build_free(&name);
}

/* What stands behind the last of them is looked for once, and not for each subtree. */
static void constraints_asterisks(FILE *out)
{
    static char name[LONG_NAME + 64] = "dns:";
    size_t len = strlen(name);

    while (len < LONG_NAME) {
        memcpy(name + len, "*.", 2);
        len += 2;
    }
    memcpy(name + len, "a#.example", sizeof "a#.example");
    constrained(out, 1, name, 10000, "dns:z#", 1);
}

const struct worst_case worst_cases[] = {
#define CASE(name, code) {#name, name, MTLSAUTH_##code}
    CASE(ordinary, OK),
    CASE(same_name_same_key, DENY_BUDGET),
    CASE(same_name_other_keys, DENY_BUDGET),
    CASE(cycle, DENY_BUDGET),
    CASE(ladder, DENY_BUDGET),
    CASE(ladder_constrained, DENY_BUDGET),
    CASE(names_10000, OK),
    CASE(names_10000_constrained, OK),
    CASE(constraints_dns, OK),
    CASE(constraints_mail, OK),
    CASE(constraints_uri, DENY_BUDGET),
    CASE(constraints_uri_below_budget, OK),
    CASE(constraints_uri_long, DENY_BUDGET),
    CASE(constraints_directory, OK),
    CASE(constraints_over_budget, DENY_BUDGET),
    CASE(policies_mapped, DENY_BUDGET),
    CASE(policies_mapped_below_budget, OK),
    CASE(policies_many, OK),
    CASE(policies_too_many, DENY_BUDGET),
    CASE(policies_too_many_below_none, DENY_BUDGET),
    CASE(explicit_curve_leaf, DENY_WEAK_KEY),
    CASE(explicit_curve_ca, DENY_WEAK_KEY),
    CASE(policies_not_der, DENY_BAD_SIGNATURE),
    CASE(relative_points, DENY_BUDGET),
    CASE(twins_long, DENY_UNTRUSTED_ROOT),
    CASE(twins_of_a_long_name, DENY_BUDGET),
    CASE(unreadable, DENY_MALFORMED),
    CASE(constraints_asterisks, DENY_NAME_CONSTRAINTS),
    CASE(points_of_long_names, OK),
    CASE(points_of_many_names, OK),
    CASE(points_of_one_issuer, OK),
    CASE(points_below_many_issuers, OK),
    CASE(points_of_many_lists, DENY_REVOCATION_UNKNOWN),
    CASE(worst_answers_forged, DENY_REVOCATION_UNKNOWN),
    CASE(worst_answers_of_long_names, DENY_REVOCATION_UNKNOWN),
    CASE(blocked_patterns_that_end_alike, OK),
    CASE(blocked_patterns_that_go_on, OK),
    CASE(rules_below_a_wildcard, DENY_IDENTITY),
#undef CASE
};

const size_t worst_case_count = sizeof worst_cases / sizeof worst_cases[0];
