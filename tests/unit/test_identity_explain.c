/* SPDX-License-Identifier: MIT */
/* What is said of rules: descriptions, lint, and why a client is not who they ask for. */
#include "rules.h"

/* A session of one policy must not be resumed under another. */
START_TEST(descriptions_differ)
{
    static const struct {
        const char *label, *matchers[2], *block;
    } rows[] = {
        {"a", {"dns:a"}, NULL},           {"b", {"dns:a"}, NULL},
        {"a", {"dns:b"}, NULL},           {"a", {"!dns:b", "dns:a"}, NULL},
        {"a", {"dns:a", "!dns:b"}, NULL}, {"a", {"dns:a"}, "dns:b"},
        {"a", {"upn:b@c 5:dns:d"}, NULL}, {"a", {"upn:b@c", "dns:d"}, NULL},
        {"a 1 5:dns:a", {NULL}, NULL},    {"a", {NULL}, NULL},
    };
    struct text texts[COUNT_OF(rows)] = {{0}}, again = {0};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules *rules = new_rules(), *copy;

        if (rows[i].matchers[0] == NULL)
            ck_assert_int_eq(mtlsauth__rules_allow_any(rules, rows[i].label), MTLSAUTH_OK);
        else
            ck_assert_int_eq(mtlsauth__rules_allow(rules, rows[i].label, rows[i].matchers,
                                                   rows[i].matchers[1] ? 2 : 1),
                             MTLSAUTH_OK);
        if (rows[i].block != NULL)
            ck_assert_int_eq(mtlsauth__rules_block(rules, rows[i].block), MTLSAUTH_OK);
        mtlsauth__rules_describe(rules, &texts[i]);
        ck_assert_int_eq(mtlsauth__rules_copy(&copy, rules), MTLSAUTH_OK);
        mtlsauth__rules_describe(copy, &again);
        ck_assert_str_eq(texts[i].ptr, again.ptr);
        mtlsauth__text_drop(&again);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(texts[i].ptr, texts[j].ptr);
        mtlsauth__rules_free(copy);
        mtlsauth__rules_free(rules);
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        mtlsauth__text_drop(&texts[i]);
}
END_TEST

#define HEX "0000000000000000000000000000000000000000000000000000000000000000"

START_TEST(lint)
{
    static const struct {
        const char *name, *matchers[2];
        size_t roots;
        const char *says; /* "": nothing */
    } rows[] = {
        {"plain, one root", {"dns:a"}, 1, ""},
        {"plain, roots not known", {"dns:a"}, 0, ""},
        {"plain, two roots", {"dns:a"}, 2, "rule 1 'r' is met by certificates of every anchor"},
        {"issuer's name, which any root may give", {"dns:a", "issuer:CN=a"}, 2, "every anchor"},
        {"issuer's name, one root", {"dns:a", "issuer:CN=a"}, 1, ""},
        {"bound by the issuer's key", {"dns:a", "issuer-spki:" HEX}, 2, ""},
        {"bound by the anchor", {"dns:a", "anchor:" HEX}, 2, ""},
        {"bound by its key", {"dns:a", "spki:" HEX}, 2, ""},
        {"bound by its digest", {"dns:a", "sha256:" HEX}, 2, ""},
        {"bound, but negated", {"dns:a", "!anchor:" HEX}, 2, "every anchor"},
        {"common name", {"subject.cn:a"}, 1, "common name"},
        {"common name, dotted", {"subject.2.5.4.3:a"}, 1, "common name"},
        {"organization", {"subject.O:a"}, 1, ""},
        {"serial", {"serial:1"}, 1, "serial: without issuer:"},
        {"serial and issuer", {"serial:1", "issuer:CN=a"}, 1, ""},
        {"serial and digest", {"serial:1", "sha256:" HEX}, 1, ""},
        {"anybody in front", {NULL}, 1, "rule 2 'late' is never reached"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules *rules = new_rules();
        struct text out = {0};
        int code = MTLSAUTH_OK;

        if (rows[i].matchers[0] == NULL) {
            code = mtlsauth__rules_allow_any(rules, "any");
            ASSERT_INT(rows[i].name, ALLOW(rules, "late", "dns:a"), MTLSAUTH_OK);
        } else {
            code = mtlsauth__rules_allow(rules, "r", rows[i].matchers, rows[i].matchers[1] ? 2 : 1);
        }
        ASSERT_INT(rows[i].name, code, MTLSAUTH_OK);
        mtlsauth__rules_lint(rules, rows[i].roots, &out);
        if (rows[i].says[0] == '\0')
            ASSERT_INT(rows[i].name, out.len, 0);
        else
            ck_assert_msg(out.ptr != NULL && strstr(out.ptr, rows[i].says) != NULL, "%s: %s",
                          rows[i].name, out.ptr == NULL ? "" : out.ptr);
        mtlsauth__text_drop(&out);
        mtlsauth__rules_free(rules);
    }

    struct rules *none = new_rules();
    struct text out = {0};

    mtlsauth__rules_lint(none, 1, &out);
    ck_assert_str_eq(out.ptr, "no rule allows anybody: every client is denied\n");
    mtlsauth__text_drop(&out);
    ck_assert_int_eq(ALLOW(none, "early", "dns:a"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_allow_any(none, "any"), MTLSAUTH_OK);
    mtlsauth__rules_lint(none, 1, &out);
    ck_assert_uint_eq(out.len, 0);
    mtlsauth__rules_free(none);
}
END_TEST

/* Names that may say less than they seem to, in rules and in the block list. */
START_TEST(lint_of_names)
{
    static const char reversed[] = "with CN at the end", beyond[] = "characters outside of ASCII";
    static const struct {
        const char *matcher;
        const char *allowed, *kept_out; /* what is said of it in a rule; negated, or blocked */
    } rows[] = {
        {"dn:CN=mallory,O=Partner,C=US", NULL, NULL},
        {"dn:O=Partner,CN=mallory", reversed, reversed},
        {"dn:C=US,OU=a,CN=mallory", reversed, reversed},
        {"dn:DC=example, DC=partner, CN=mallory", reversed, reversed},
        {"issuer:O=Partner,CN=CA", reversed, reversed},
        {"dn:O=Partner+C=US,CN=mallory+SN=x", reversed, reversed},
        {"dn:OU=Partner,CN=mallory", NULL, NULL},
        {"dn:O=Partner,OU=mallory", NULL, NULL},
        {"dn:CN=mallory", NULL, NULL},
        {"subject.O:O=Partner,CN=mallory", NULL, NULL},
        {"subject.O:jos\xc3\xa9", NULL, beyond},
        {"dn:CN=jos\xc3\xa9,O=Partner", NULL, beyond},
        {"dn:CN=jos\\C3\\A9,O=Partner", NULL, beyond},
        {"dn:CN=jos\\2c\\,e,O=Partner", NULL, NULL},
        {"issuer:CN=jos\xc3\xa9", NULL, beyond},
        {"upn:jos\xc3\xa9@c", NULL, beyond},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (unsigned place = 0; place < 3; place++) {
            const char *wanted = place == 0 ? rows[i].allowed : rows[i].kept_out;
            struct rules *rules = new_rules();
            struct text out = {0};
            char matcher[80];

            snprintf(matcher, sizeof matcher, "%s%s", place == 1 ? "!" : "", rows[i].matcher);
            if (place == 2)
                ASSERT_INT(matcher, mtlsauth__rules_block(rules, matcher), MTLSAUTH_OK);
            ASSERT_INT(matcher, ALLOW(rules, "r", "dns:a", place == 2 ? "dns:b" : matcher),
                       MTLSAUTH_OK);
            mtlsauth__rules_lint(rules, 1, &out);
            if (wanted == NULL) {
                ck_assert_msg(out.len == 0, "%s: %s", matcher, out.ptr);
            } else {
                ck_assert_msg(out.len > 0 && strstr(out.ptr, wanted) != NULL, "%s, %u", matcher,
                              place);
                ck_assert_int_eq(strncmp(out.ptr, "block '", 7) == 0, place == 2);
                ck_assert_ptr_eq(strchr(out.ptr, '\n'), out.ptr + out.len - 1);
            }
            mtlsauth__text_drop(&out);
            mtlsauth__rules_free(rules);
        }
}
END_TEST

/* Fifty warnings of a kind, and how many more there are. */
START_TEST(warnings_of_many_rules)
{
    struct rules *rules = new_rules();

    for (size_t n = 1; n <= 52; n++) {
        struct text out = {0};
        size_t lines = 0;
        char name[32];

        snprintf(name, sizeof name, "subject.cn:a%zu", n);
        ck_assert_int_eq(ALLOW(rules, name, name), MTLSAUTH_OK);
        mtlsauth__rules_lint(rules, 1, &out);
        for (size_t i = 0; i < out.len; i++)
            lines += out.ptr[i] == '\n';
        ck_assert_uint_eq(lines, n < 51 ? n : 51);
        ck_assert_int_eq(strstr(out.ptr, "more rules: compares the common name") != NULL, n > 50);
        ck_assert_int_eq(strstr(out.ptr, "\n2 more rules") != NULL, n == 52);
        mtlsauth__text_drop(&out);
    }
    mtlsauth__rules_free(rules);
}
END_TEST

START_TEST(explanations)
{
    static const struct der_attribute cn[] = {DER_CN("example.com")};
    static const struct der_san sans[] = {DER_SAN_DNS("a.example"), DER_SAN_DNS("b.example"),
                                          DER_SAN_IP("\x0a\0\0\x07")};
    static const struct {
        const char *name, *matchers[2];
        size_t sans;
        const char *says;
    } rows[] = {
        {"no rules", {NULL}, 3, "the policy has no rule, so it allows nobody"},
        {"one rule",
         {"dns:c.example"},
         3,
         "rule 'r' asks for dns:c.example; it has dns:a.example, dns:b.example (and 1 more); its "
         "subject CN=example.com is not compared"},
        {"the second matcher",
         {"dns:a.example", "ip:10.0.0.8"},
         1,
         "rule 'r' asks for ip:10.0.0.8; it has dns:a.example; its subject CN=example.com is not "
         "compared"},
        {"a subject",
         {"dn:CN=client.example.com"},
         0,
         "rule 'r' asks for dn:CN=client.example.com; it has no Subject Alternative Name; its "
         "subject is CN=example.com"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct der_cert spec = {
            .subject = cn, .subject_count = 1, .sans = sans, .san_count = rows[i].sans};
        mtlsauth_cert *cert = make_cert(&spec);
        struct identity_subject subject = {.leaf = cert};
        struct rules *rules = new_rules();
        struct text out = {0};

        if (rows[i].matchers[0] != NULL)
            ASSERT_INT(
                rows[i].name,
                mtlsauth__rules_allow(rules, "r", rows[i].matchers, rows[i].matchers[1] ? 2 : 1),
                MTLSAUTH_OK);
        mtlsauth__rules_explain(rules, &subject, &out);
        ASSERT_TEXT(rows[i].name, out.ptr, rows[i].says);
        mtlsauth__text_drop(&out);
        mtlsauth__rules_free(rules);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* A thousand long names, a long subject that is not ASCII, and a long rule: still one sentence. */
START_TEST(cve_2025_61729_explanation_is_bounded)
{
    static struct der_san sans[1000];
    char label[256], dns[60], cn[201], matcher[500];
    struct der_attribute name = {"\x55\x04\x03", 0x0c, cn, 200, false};
    const struct der_cert spec = {
        .subject = &name, .subject_count = 1, .sans = sans, .san_count = 1000};
    const char *list[] = {matcher};
    struct rules *rules = new_rules();
    struct identity_subject subject = {0};
    mtlsauth_cert *cert;

    memset(dns, 'a', sizeof dns);
    memset(label, 'l', sizeof label);
    label[255] = '\0';
    for (size_t i = 0; i < COUNT_OF(sans); i++)
        sans[i] = (struct der_san){0x82, dns, sizeof dns, 0};
    memcpy(matcher, "dn:CN=", 6);
    for (size_t i = 0; i < 200; i += 2) {
        memcpy(cn + i, "\xc3\xa9", 2);
        memcpy(matcher + 6 + i, "\xc3\xa8", 2);
    }
    cn[200] = matcher[206] = '\0';
    cert = make_cert(&spec);
    subject.leaf = cert;
    ck_assert_int_eq(mtlsauth__rules_allow(rules, label, list, 1), MTLSAUTH_OK);
    for (size_t shift = 0; shift < 2; shift++) {
        struct text out = {0};

        mtlsauth__rules_explain(rules, &subject, &out);
        ck_assert_uint_le(out.len, MTLSAUTH__MAX_EXPLANATION);
        /* Cut between two characters: it still is UTF-8. */
        for (size_t i = 0; i < out.len; i++)
            if ((uint8_t)out.ptr[i] == 0xc3)
                ck_assert(((uint8_t)out.ptr[i + 1] & 0xc0) == 0x80);
        mtlsauth__text_drop(&out);
        ck_assert_int_eq(ALLOW(rules, "another", "dns:x"), MTLSAUTH_OK);
    }
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

/* Text of the certificate in an identity is escaped: nothing in it looks like a second name. */
START_TEST(cve_2021_44532_identity_is_escaped)
{
    static const struct der_attribute comma[] = {DER_CN("a,O=Admins\n")};
    const struct der_cert spec = {.subject = comma, .subject_count = 1};
    mtlsauth_cert *cert = make_cert(&spec);
    struct identity_subject subject = {.leaf = cert};
    struct rules *rules = new_rules();
    struct text identity = {0};
    const char *label;

    ck_assert_int_eq(mtlsauth__rules_allow_any(rules, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_match(rules, &subject, &label, &identity), MTLSAUTH_OK);
    ck_assert(strstr(identity.ptr, "a\\,O=Admins") != NULL);
    ck_assert(strchr(identity.ptr, '\n') == NULL);
    mtlsauth__text_drop(&identity);
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

UNIT_MAIN("identity/explain", descriptions_differ, lint, lint_of_names, warnings_of_many_rules,
          explanations,
          cve_2025_61729_explanation_is_bounded, cve_2021_44532_identity_is_escaped)
