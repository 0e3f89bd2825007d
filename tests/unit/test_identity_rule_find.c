/* SPDX-License-Identifier: MIT */
/* Many rules: the index finds what a loop over them finds. */
#include "rules.h"

/* A small generator with a fixed seed: the same rules in every run. */
static uint32_t next_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

/* What the index does must be what trying one rule after the other does. */
START_TEST(index_is_the_same_as_a_loop)
{
    static const char *const matchers[] = {
        "dns:a.x",
        "dns:b.x",
        "dns:*.x",
        "dns:**.x",
        "dns:a.b.x",
        "dns:*.b.x",
        "dns:**.b.x",
        "uri:spiffe://t/a",
        "uri:spiffe://t/*",
        "uri:spiffe://t/**",
        "uri:spiffe://t/a/*",
        "uri:spiffe://t/*/b",
        "uri:spiffe://t/*/c",
        "uri:spiffe://t/*/b/**",
        "uri:spiffe://t/*/*/b",
        "uri:spiffe://t/a/*/c/*",
        "uri:https://t/*/",
        "uri:https://t/*/b/",
        "uri:https://t/*/b/c",
        "uri:https://t/*/d/c",
        "uri:https://t/*/b/*",
        "uri:https://t/*/b/**",
        "uri:https://t/*/*/c/d",
        "ip:10.0.0.1",
        "ip:10.0.0.0/24",
        "ip:0.0.0.0/0",
        "ip:2001:db8::/32",
        "ip:::/0",
        "ip:2001:db8::1",
        "email:a@x",
        "email:A@x",
        "email:*@x",
        "email:*@y",
        "upn:a@x",
        "upn:A@x",
        "dn:CN=a,O=b",
        "subject.O:b",
        "subject.CN:a",
        "issuer:CN=i",
        "serial:1",
        "serial:2",
        "issuer:CN=j",
        "subject.O:c",
        "uri:urn:a",
        "uri:spiffe://t",
    };
    static const struct der_san pool[] = {
        DER_SAN_DNS("a.x"),
        DER_SAN_DNS("b.x"),
        DER_SAN_DNS("a.b.x"),
        DER_SAN_DNS("c.b.x"),
        DER_SAN_DNS("x"),
        DER_SAN_URI("spiffe://t/a"),
        DER_SAN_DNS("*.b.x"),
        DER_SAN_DNS("*.a.b.x"),
        DER_SAN_DNS("*.c.x"),
        DER_SAN_URI("spiffe://t/a/b"),
        DER_SAN_URI("spiffe://t/a/b/c/d"),
        DER_SAN_URI("spiffe://t/a/b/b"),
        DER_SAN_URI("https://t/a/"),
        DER_SAN_URI("https://t/a/b/"),
        DER_SAN_URI("https://t/a/b/c"),
        DER_SAN_URI("https://t/a/b/c/d"),
        DER_SAN_URI("https://t/a/d/c"),
        DER_SAN_URI("urn:a"),
        DER_SAN_URI("spiffe://t"),
        DER_SAN_IP("\x0a\0\0\x01"),
        DER_SAN_IP("\x0a\0\0\x02"),
        DER_SAN_IP("\x0b\0\0\x02"),
        DER_SAN_IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
        DER_SAN_IP("\x20\x02\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
        DER_SAN_EMAIL("a@x"),
        DER_SAN_EMAIL("b@y"),
        DER_SAN_EMAIL("A@X"),
        DER_SAN_EMAIL("*@x"),
        DER_SAN_UPN(0x0c, "a@x"),
        DER_SAN_UPN(0x0c, "A@x"),
        DER_SAN_EMAIL("a@z"),
        DER_SAN_DNS("a.b.x"),
    };
    static const struct der_attribute names[] = {DER_O("b"), DER_CN("a"), DER_CN("i"), DER_O("c")};
    uint32_t seed = 20261121;
    size_t allowed = 0, rounds = 6000;

    for (size_t round = 0; round < rounds; round++) {
        size_t count = next_random(&seed, 40);
        struct rules *rules = new_rules();
        struct der_san sans[4];
        struct der_cert spec = {.sans = sans,
                                .san_count = next_random(&seed, 5),
                                .subject = names,
                                .subject_count = next_random(&seed, 4),
                                .issuer = names + 2,
                                .issuer_count = next_random(&seed, 2),
                                .serial = next_random(&seed, 2) ? "\x01" : "\x02",
                                .serial_len = 1};
        struct identity_subject subject = {.certificate_wildcards = next_random(&seed, 2) == 0};
        const struct rule *found = NULL, *first = NULL;
        struct subject_names subject_names;
        mtlsauth_cert *cert;

        for (size_t i = 0; i < count; i++) {
            const char *chosen[4];
            size_t n = 1 + next_random(&seed, 3);
            char negated[64];

            for (size_t j = 0; j < n; j++)
                chosen[j] = matchers[next_random(&seed, COUNT_OF(matchers))];
            if (n > 1 && next_random(&seed, 3) == 0) {
                snprintf(negated, sizeof negated, "!%s", chosen[n - 1]);
                chosen[n - 1] = negated;
            }
            if (next_random(&seed, 60) == 0)
                ck_assert_int_eq(mtlsauth__rules_allow_any(rules, "any"), MTLSAUTH_OK);
            ck_assert_int_eq(mtlsauth__rules_allow(rules, "r", chosen, n), MTLSAUTH_OK);
        }
        for (size_t i = 0; i < spec.san_count; i++)
            sans[i] = pool[next_random(&seed, COUNT_OF(pool))];
        cert = make_cert(&spec);
        subject.leaf = cert;
        ck_assert_int_eq(mtlsauth__subject_names(&subject_names, &subject, rules->allow.types),
                         MTLSAUTH_OK);
        subject_names.blocking = next_random(&seed, 3) == 0;
        ck_assert_int_eq(mtlsauth__rule_list_first(&rules->allow, &subject_names, &found),
                         MTLSAUTH_OK);
        for (size_t i = 0; i < rules->allow.count && first == NULL; i++)
            if (mtlsauth__rule_holds(rules->allow.entries[i].rule, &subject_names, NULL))
                first = rules->allow.entries[i].rule;
        ck_assert_msg(found == first, "round %zu: the index found another rule", round);
        allowed += first != NULL;
        mtlsauth__subject_names_drop(&subject_names);
        mtlsauth_cert_free(cert);
        mtlsauth__rules_free(rules);
    }
    /* Else the rounds would prove little. */
    ck_assert_msg(allowed > rounds / 5 && allowed < rounds * 4 / 5, "%zu of %zu allowed", allowed,
                  rounds);
}
END_TEST

/* A text with at most one "%zu" in it. */
static void numbered(char *out, size_t room, const char *form, size_t number)
{
    const char *at = strstr(form, "%zu");

    if (at == NULL)
        snprintf(out, room, "%s", form);
    else
        snprintf(out, room, "%.*s%zu%s", (int)(at - form), form, number, at + 3);
}

START_TEST(many_rules)
{
    static const struct der_san san = DER_SAN_DNS("c999.example");
    mtlsauth_cert *cert = make_san_cert(&san, 1);
    struct identity_subject subject = {.leaf = cert};
    struct rules *rules = new_rules();
    char matcher[64], label[32];
    const char *list[] = {matcher, "issuer:CN=Test CA"};

    for (size_t i = 0; i < 5000; i++) {
        snprintf(matcher, sizeof matcher, "dns:c%zu.example", i);
        snprintf(label, sizeof label, "client %zu", i);
        ck_assert_int_eq(mtlsauth__rules_allow(rules, label, list, 2), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth__rules_block(rules, "dns:d.example"), MTLSAUTH_OK);
    }
    expect("one of many", rules, &subject, "client 999", "dns:c999.example");
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

/* Rules that have most of their matchers in common, or begin alike, are found by what they have
 * not. */
START_TEST(rules_that_are_alike_are_found_by_where_they_differ)
{
    static const struct der_san san = DER_SAN_URI("spiffe://t/ns/a/sa/app-77");
    static const struct der_attribute names[] = {DER_O("Acme"), DER_CN("client-88")};
    const struct der_cert spec = {
        .subject = names, .subject_count = 2, .sans = &san, .san_count = 1};
    static const struct {
        const char *name, *first, *second;
        const char *label, *identity;
    } rows[] = {
        {"in the last segment", "uri:spiffe://t/ns/*/sa/app-%zu", NULL, "rule 77",
         "uri:spiffe://t/ns/a/sa/app-77"},
        {"in a segment further up", "uri:spiffe://t/ns/*/sa-%zu/**", NULL, NULL, NULL},
        {"in a segment before the last", "uri:spiffe://t/ns/*/sa-%zu/app-77", NULL, NULL, NULL},
        {"in a segment that the name has, before the last", "uri:spiffe://t/*/a/*/app-%zu", NULL,
         "rule 77", "uri:spiffe://t/ns/a/sa/app-77"},
        {"in the second matcher", "subject.O:Acme", "subject.CN:client-%zu", "rule 88",
         "subject.O:Acme"},
        {"in the one that many meet", "uri:spiffe://t/**", "subject.CN:client-%zu", "rule 88",
         "uri:spiffe://t/ns/a/sa/app-77"},
    };
    mtlsauth_cert *cert = make_cert(&spec);
    struct identity_subject subject = {.leaf = cert};

    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        struct rules *rules = new_rules();

        for (size_t i = 0; i < 1000; i++) {
            char label[32], first[64], second[64];

            snprintf(label, sizeof label, "rule %zu", i);
            numbered(first, sizeof first, rows[row].first, i);
            if (rows[row].second == NULL) {
                ck_assert_int_eq(ALLOW(rules, label, first), MTLSAUTH_OK);
                continue;
            }
            numbered(second, sizeof second, rows[row].second, i);
            ck_assert_int_eq(ALLOW(rules, label, first, second), MTLSAUTH_OK);
        }
        for (size_t i = 0; i < rules->allow.bucket_count; i++)
            ASSERT_TRUE(rows[row].name, rules->allow.buckets[i].count < 50);
        expect(rows[row].name, rules, &subject, rows[row].label, rows[row].identity);
        mtlsauth__rules_free(rules);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

/* More names than a search keeps a short list of. */
START_TEST(many_names_meet_many_rules)
{
    struct der_san sans[100];
    char texts[100][32];
    struct identity_subject subject = {.leaf = NULL};
    struct rules *rules = new_rules();
    mtlsauth_cert *cert;

    for (size_t i = 0; i < COUNT_OF(sans); i++) {
        char matcher[64];

        snprintf(texts[i], sizeof texts[i], "c%zu.example", i % 60);
        sans[i] = (struct der_san){0x82, texts[i], strlen(texts[i]), 0};
        snprintf(matcher, sizeof matcher, "dns:c%zu.example", i % 60);
        ck_assert_int_eq(ALLOW(rules, "other", matcher, "subject.CN:other"), MTLSAUTH_OK);
    }
    ck_assert_int_eq(ALLOW(rules, "this", "dns:c59.example"), MTLSAUTH_OK);
    cert = make_san_cert(sans, COUNT_OF(sans));
    subject.leaf = cert;
    expect("many", rules, &subject, "this", "dns:c59.example");
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

UNIT_MAIN("identity/rule_find", index_is_the_same_as_a_loop, many_rules,
          rules_that_are_alike_are_found_by_where_they_differ, many_names_meet_many_rules)
