/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include "base/memory.h"
#include "identity/rules_private.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__})
#define ALLOW(rules, label, ...)                                                                   \
    mtlsauth__rules_allow(rules, label, LIST(__VA_ARGS__),                                         \
                          sizeof LIST(__VA_ARGS__) / sizeof(char *))

static struct rules *new_rules(void)
{
    struct rules *rules;

    ck_assert_int_eq(mtlsauth__rules_new(&rules), MTLSAUTH_OK);
    return rules;
}

/* Asserts that the rules give this label and identity; NULL: that they allow nobody. */
static void expect(const char *row, const struct rules *rules,
                   const struct identity_subject *subject, const char *label, const char *identity)
{
    struct text got = {0};
    const char *got_label = "?";
    int code = mtlsauth__rules_match(rules, subject, &got_label, &got);

    ASSERT_INT(row, code, label == NULL ? MTLSAUTH_DENY_IDENTITY : MTLSAUTH_OK);
    if (label == NULL) {
        ASSERT_TRUE(row, got_label == NULL && got.len == 0);
    } else {
        ASSERT_TEXT(row, got_label, label);
        ASSERT_TEXT(row, got.ptr, identity);
    }
    mtlsauth__text_drop(&got);
}

START_TEST(no_rule_no_allow)
{
    static const struct der_san san = DER_SAN_DNS("a.example");
    mtlsauth_cert *cert = make_san_cert(&san, 1);
    struct identity_subject subject = {.leaf = cert};
    struct rules *rules = new_rules();
    const char *met = "?";

    expect("no rules", rules, &subject, NULL, NULL);
    ck_assert_int_eq(mtlsauth__rules_blocked(rules, &subject, &met), MTLSAUTH_OK);
    ck_assert(met == NULL);
    mtlsauth__rules_free(rules);
    mtlsauth__rules_free(NULL);
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(first_rule_wins)
{
    static const struct der_san sans[] = {DER_SAN_URI("spiffe://acme/x"),
                                          DER_SAN_DNS("B.a.example")};
    static const struct der_attribute subject_name[] = {DER_O("Acme, Inc"), DER_CN("me")};
    const struct der_cert spec = {
        .subject = subject_name, .subject_count = 2, .sans = sans, .san_count = 2};
    mtlsauth_cert *cert = make_cert(&spec);
    struct identity_subject subject = {.leaf = cert, .issuer = cert, .anchor = cert};
    static const struct {
        const char *name;
        const char *first[3], *second[3];
        const char *label, *identity;
    } rows[] = {
        {"the first", {"dns:b.a.example"}, {"dns:**.example"}, "first", "dns:B.a.example"},
        {"a pattern first", {"dns:**.example"}, {"dns:b.a.example"}, "first", "dns:B.a.example"},
        {"the second", {"dns:c.a.example"}, {"dns:*.a.example"}, "second", "dns:B.a.example"},
        {"all must hold",
         {"dns:b.a.example", "uri:spiffe://acme/y"},
         {"uri:spiffe://acme/*"},
         "second",
         "uri:spiffe://acme/x"},
        {"the first that is met is the name",
         {"uri:spiffe://acme/x", "dns:b.a.example"},
         {"dns:b.a.example"},
         "first",
         "uri:spiffe://acme/x"},
        {"the issuer is no name",
         {"issuer:CN=nobody"},
         {"!dns:x", "dns:b.a.example"},
         "second",
         "dns:B.a.example"},
        {"a negated one keeps out",
         {"dns:b.a.example", "!uri:spiffe://acme/**"},
         {"dn:CN=me,O=Acme\\, Inc"},
         "second",
         "dn:CN=me,O=Acme\\, Inc"},
        {"one attribute", {"subject.o:acme, inc"}, {"dns:x"}, "first", "subject.o:Acme, Inc"},
        {"nothing of the leaf's names", {"serial:01"}, {"dns:x"}, "first", "uri:spiffe://acme/x"},
        {"none", {"dns:x"}, {"dns:y"}, NULL, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules *rules = new_rules();

        ASSERT_INT(rows[i].name,
                   mtlsauth__rules_allow(rules, "first", rows[i].first, rows[i].first[1] ? 2 : 1),
                   MTLSAUTH_OK);
        ASSERT_INT(
            rows[i].name,
            mtlsauth__rules_allow(rules, "second", rows[i].second, rows[i].second[1] ? 2 : 1),
            MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, mtlsauth__rules_count(rules), 2);
        expect(rows[i].name, rules, &subject, rows[i].label, rows[i].identity);
        mtlsauth__rules_free(rules);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(anybody)
{
    static const struct der_attribute cn[] = {DER_CN("me")};
    static const struct der_san san = DER_SAN_IP("\x0a\0\0\x07");
    const struct der_cert bare = {.subject = cn, .subject_count = 1};
    mtlsauth_cert *named = make_san_cert(&san, 1), *unnamed = make_cert(&bare);
    struct identity_subject a = {.leaf = named}, b = {.leaf = unnamed};
    struct rules *rules = new_rules();

    ck_assert_int_eq(ALLOW(rules, "first", "dns:x"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_allow_any(rules, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(ALLOW(rules, "late", "ip:10.0.0.7"), MTLSAUTH_OK);
    expect("an entry of the SAN", rules, &a, "any", "ip:10.0.0.7");
    expect("the subject", rules, &b, "any", "dn:CN=me");
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(named);
    mtlsauth_cert_free(unnamed);
}
END_TEST

START_TEST(malformed_names_let_nobody_in)
{
    static const struct der_san sans[] = {DER_SAN_DNS("admin"), DER_SAN_DNS("admin\0.evil")};
    mtlsauth_cert *cert = make_san_cert(sans, 2);
    struct identity_subject subject = {.leaf = cert, .issuer = cert, .anchor = cert};
    struct rules *rules = new_rules();
    const char *met;

    ck_assert_int_eq(ALLOW(rules, "name", "dns:admin"), MTLSAUTH_OK);
    ck_assert_int_eq(ALLOW(rules, "negated", "serial:01", "!dns:x"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_allow_any(rules, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_block(rules, "dns:x"), MTLSAUTH_OK);
    expect("malformed", rules, &subject, NULL, NULL);
    ck_assert_int_eq(mtlsauth__rules_blocked(rules, &subject, &met), MTLSAUTH_OK);
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

/* Two partners' CAs in one store: the one's cannot vouch for the other's name. */
START_TEST(spiffe_375_anchor_binds_a_name)
{
    static const struct der_san san = DER_SAN_URI("spiffe://b.example/svc");
    struct der_cert ca = {.key = DER_KEY_G};
    mtlsauth_cert *leaf = make_san_cert(&san, 1), *ca_a = make_cert(&ca), *ca_b;
    struct identity_subject by_a = {.leaf = leaf}, by_b = {.leaf = leaf}, no_path = {.leaf = leaf};
    struct rules *rules = new_rules();
    char anchor[80], spki[80], not_anchor[81];

    ca.key = DER_KEY_2G;
    ca_b = make_cert(&ca);
    by_a.issuer = by_a.anchor = ca_a;
    by_b.issuer = by_b.anchor = ca_b;
    snprintf(anchor, sizeof anchor, "anchor:%s", mtlsauth_cert_spki_sha256_hex(ca_b));
    snprintf(not_anchor, sizeof not_anchor, "!%s", anchor);
    snprintf(spki, sizeof spki, "issuer-spki:%s", mtlsauth_cert_spki_sha256_hex(ca_b));
    ck_assert_int_eq(ALLOW(rules, "b", "uri:spiffe://b.example/**", anchor, spki), MTLSAUTH_OK);
    expect("signed by B", rules, &by_b, "b", "uri:spiffe://b.example/svc");
    expect("signed by A", rules, &by_a, NULL, NULL);
    expect("no path", rules, &no_path, NULL, NULL);
    /* What cannot be known does not hold, negated or not. */
    ck_assert_int_eq(ALLOW(rules, "not b", "uri:spiffe://b.example/svc", not_anchor), MTLSAUTH_OK);
    expect("not B's anchor", rules, &by_a, "not b", "uri:spiffe://b.example/svc");
    expect("no path at all", rules, &no_path, NULL, NULL);
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(ca_a);
    mtlsauth_cert_free(ca_b);
}
END_TEST

START_TEST(block_list)
{
    static const struct der_san sans[] = {DER_SAN_DNS("a.example"), DER_SAN_URI("spiffe://acme/x"),
                                          DER_SAN_URI("spiffe://acme/y")};
    mtlsauth_cert *cert = make_san_cert(sans, 3);
    struct identity_subject subject = {.leaf = cert};
    static const struct {
        const char *matcher;
        bool blocked;
    } rows[] = {
        {"dns:a.example", true},      {"dns:*.example", true},     {"dns:b.example", false},
        {"serial:0001", true},        {"issuer:CN=Test CA", true}, {"uri:spiffe://acme/y", true},
        {"uri:spiffe://b/**", false},
    };
    struct rules *rules = new_rules();
    const char *met;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules *one = new_rules();

        ASSERT_INT(rows[i].matcher, mtlsauth__rules_block(one, rows[i].matcher), MTLSAUTH_OK);
        ASSERT_INT(rows[i].matcher, mtlsauth__rules_count(one), 0);
        ASSERT_INT(rows[i].matcher, mtlsauth__rules_blocked(one, &subject, &met),
                   rows[i].blocked ? MTLSAUTH_DENY_BLOCKED : MTLSAUTH_OK);
        if (rows[i].blocked)
            ASSERT_TEXT(rows[i].matcher, met, rows[i].matcher);
        mtlsauth__rules_free(one);
    }
    ck_assert_int_eq(mtlsauth__rules_block(rules, "!dns:a"), MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(
        mtlsauth__rules_block(
            rules, "anchor:0000000000000000000000000000000000000000000000000000000000000000"),
        MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth__rules_block(rules, "a"), MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth__rules_block(rules, NULL), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(refused_rules_change_nothing)
{
    const char *too_many[MTLSAUTH_MAX_MATCHERS + 1];
    struct rules *rules = new_rules();
    struct text before = {0}, after = {0};
    char label[257];

    for (size_t i = 0; i < COUNT_OF(too_many); i++)
        too_many[i] = "dns:a";
    memset(label, 'x', sizeof label);
    label[256] = '\0';
    ck_assert_int_eq(ALLOW(rules, "one", "dns:a"), MTLSAUTH_OK);
    mtlsauth__rules_describe(rules, &before);

    ck_assert_int_eq(mtlsauth__rules_allow(rules, "a", too_many, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth__rules_allow(rules, "a", NULL, 1), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth__rules_allow(rules, NULL, too_many, 1), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, "", "dns:a"), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, "a\n", "dns:a"), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, "\xc3\xa9", "dns:a"), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, label, "dns:a"), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, "a", "!dns:a", "!dns:b"), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, "a", "dns:a", NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(ALLOW(rules, "a", "dns:a", "dns:"), MTLSAUTH_ERR_PARSE);
    ck_assert(strstr(mtlsauth_last_error(), "rule 'a': matcher 'dns:': position 5") != NULL);
    ck_assert_int_eq(mtlsauth__rules_allow(rules, "a", too_many, COUNT_OF(too_many)),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(mtlsauth__rules_allow_any(rules, ""), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth__rules_describe(rules, &after);
    ck_assert_str_eq(before.ptr, after.ptr);
    ck_assert_uint_eq(mtlsauth__rules_count(rules), 1);

    label[255] = '\0';
    ck_assert_int_eq(mtlsauth__rules_allow(rules, label, too_many, MTLSAUTH_MAX_MATCHERS),
                     MTLSAUTH_OK);
    mtlsauth__text_drop(&before);
    mtlsauth__text_drop(&after);
    mtlsauth__rules_free(rules);
}
END_TEST

START_TEST(rfc8705_values_are_no_patterns)
{
    static const struct der_san sans[] = {
        DER_SAN_DNS("a.example.com"), DER_SAN_URI("https://a.example/x"),
        DER_SAN_IP("\x0a\0\0\x07"), DER_SAN_EMAIL("ops@example.com")};
    static const struct der_attribute cn[] = {DER_O("Acme"), DER_CN("client")};
    const struct der_cert spec = {
        .subject = cn, .subject_count = 2, .sans = sans, .san_count = COUNT_OF(sans)};
    static const struct {
        const char *member, *value;
        int code; /* MTLSAUTH_DENY_IDENTITY: taken, and does not match */
    } rows[] = {
        {"tls_client_auth_subject_dn", "CN=client,O=Acme", MTLSAUTH_OK},
        {"tls_client_auth_subject_dn", "cn=client, o=acme", MTLSAUTH_OK},
        {"tls_client_auth_subject_dn", "O=Acme,CN=client", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_subject_dn", "client", MTLSAUTH_ERR_PARSE},
        {"tls_client_auth_san_dns", "A.example.com", MTLSAUTH_OK},
        {"tls_client_auth_san_dns", "b.example.com", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_san_dns", "*.example.com", MTLSAUTH_ERR_PARSE},
        {"tls_client_auth_san_uri", "https://a.example/x", MTLSAUTH_OK},
        {"tls_client_auth_san_uri", "https://a.example/*", MTLSAUTH_ERR_PARSE},
        {"tls_client_auth_san_ip", "10.0.0.7", MTLSAUTH_OK},
        {"tls_client_auth_san_ip", "::ffff:10.0.0.7", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_san_ip", "10.0.0.0/8", MTLSAUTH_ERR_PARSE},
        {"tls_client_auth_san_email", "ops@EXAMPLE.com", MTLSAUTH_OK},
        {"tls_client_auth_san_email", "*@example.com", MTLSAUTH_DENY_IDENTITY},
        {"tls_client_auth_san_dns", "", MTLSAUTH_ERR_PARSE},
        {"san_dns", "a.example.com", MTLSAUTH_ERR_ARGUMENT},
        {"tls_client_auth_san_dns", NULL, MTLSAUTH_ERR_ARGUMENT},
        {NULL, "a", MTLSAUTH_ERR_ARGUMENT},
    };
    mtlsauth_cert *cert = make_cert(&spec);
    struct identity_subject subject = {.leaf = cert};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *row = rows[i].value == NULL ? "(no value)" : rows[i].value, *label;
        struct rules *rules = new_rules();
        struct text identity = {0};
        int code = mtlsauth__rules_allow_rfc8705(rules, "oauth", rows[i].member, rows[i].value);

        if (code == MTLSAUTH_OK)
            code = mtlsauth__rules_match(rules, &subject, &label, &identity);
        ASSERT_INT(row, code, rows[i].code);
        mtlsauth__text_drop(&identity);
        mtlsauth__rules_free(rules);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(copies_are_independent)
{
    static const struct der_san san = DER_SAN_DNS("a.example");
    mtlsauth_cert *cert = make_san_cert(&san, 1);
    struct identity_subject subject = {.leaf = cert};
    struct rules *rules = new_rules(), *copy, *empty;
    const char *met;

    ck_assert_int_eq(mtlsauth__rules_copy(&empty, rules), MTLSAUTH_OK);
    ck_assert_int_eq(ALLOW(rules, "one", "dns:b.example"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_block(rules, "dns:c.example"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_copy(&copy, rules), MTLSAUTH_OK);
    ck_assert_int_eq(ALLOW(rules, "two", "dns:a.example"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_block(rules, "dns:a.example"), MTLSAUTH_OK);
    expect("the original", rules, &subject, "two", "dns:a.example");
    expect("the copy", copy, &subject, NULL, NULL);
    mtlsauth__rules_free(rules);
    ck_assert_int_eq(mtlsauth__rules_blocked(copy, &subject, &met), MTLSAUTH_OK);
    ck_assert_int_eq(ALLOW(copy, "three", "dns:*.example"), MTLSAUTH_OK);
    expect("the copy, later", copy, &subject, "three", "dns:a.example");
    ck_assert_int_eq(ALLOW(empty, "four", "dns:a.example"), MTLSAUTH_OK);
    expect("the copy of nothing", empty, &subject, "four", "dns:a.example");
    mtlsauth__rules_free(copy);
    mtlsauth__rules_free(empty);
    mtlsauth_cert_free(cert);
}
END_TEST

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
        "ip:10.0.0.1",
        "ip:10.0.0.0/24",
        "ip:0.0.0.0/0",
        "ip:2001:db8::/32",
        "ip:::/0",
        "ip:2001:db8::1",
        "email:a@x",
        "email:*@x",
        "email:*@y",
        "upn:a@x",
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
        DER_SAN_URI("urn:a"),
        DER_SAN_URI("spiffe://t"),
        DER_SAN_IP("\x0a\0\0\x01"),
        DER_SAN_IP("\x0a\0\0\x02"),
        DER_SAN_IP("\x0b\0\0\x02"),
        DER_SAN_IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
        DER_SAN_IP("\x20\x02\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
        DER_SAN_EMAIL("a@x"),
        DER_SAN_EMAIL("b@y"),
        DER_SAN_UPN(0x0c, "a@x"),
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
            if (mtlsauth__rule_holds(rules->allow.entries[i].rule, &subject_names))
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

/* Rules that have most of their matchers in common, or begin alike, are found by what they have not. */
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

START_TEST(lint)
{
    static const struct {
        const char *name, *matchers[2];
        size_t roots;
        const char *says; /* "": nothing */
    } rows[] = {
        {"plain, one root", {"dns:a"}, 1, ""},
        {"plain, roots not known", {"dns:a"}, 0, ""},
        {"plain, two roots", {"dns:a"}, 2, "rule 1 'r' is met by certificates of every root"},
        {"bound by issuer", {"dns:a", "issuer:CN=a"}, 2, ""},
        {"bound, but negated", {"dns:a", "!issuer:CN=a"}, 2, "every root"},
        {"common name", {"subject.cn:a"}, 1, "common name"},
        {"common name, dotted", {"subject.2.5.4.3:a"}, 1, "common name"},
        {"organization", {"subject.O:a"}, 1, ""},
        {"serial", {"serial:1"}, 1, "serial: without issuer:"},
        {"serial and issuer", {"serial:1", "issuer:CN=a"}, 1, ""},
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
    mtlsauth__rules_free(none);
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

/* Who holds an ECDSA certificate can give it another signature, and so another digest. */
START_TEST(malleable_digests_block_nobody)
{
    const char *const negated[] = {
        "dns:a.example",
        "!sha256:0000000000000000000000000000000000000000000000000000000000000000"};
    struct rules *rules = new_rules();

    ck_assert_int_eq(
        mtlsauth__rules_block(
            rules, "sha256:0000000000000000000000000000000000000000000000000000000000000000"),
        MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "spki:"));
    ck_assert_int_eq(mtlsauth__rules_allow(rules, "not that one", negated, 2), MTLSAUTH_ERR_PARSE);
    mtlsauth__rules_free(rules);
}
END_TEST

/* A name that cannot be compared is not on the list, and not off it either. */
START_TEST(names_that_cannot_be_compared_are_kept_out)
{
    static const struct {
        struct der_san san;
        const char *matcher;
        int want;
    } rows[] = {
        {DER_SAN_DNS("*.bad.example"), "dns:**.bad.example", MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_DNS("x.bad.example.."), "dns:**.bad.example", MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_URI("spiffe://bad/a?x"), "uri:spiffe://bad/**", MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_URI("spiffe://bad:8443/a"), "uri:spiffe://bad/**", MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_EMAIL("\"a\"@bad.example"), "email:*@bad.example", MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_URI("spiffe://bad/a?x"), "dns:bad.example", MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = make_san_cert(&rows[i].san, 1);
        struct identity_subject subject = {.leaf = cert};
        struct rules *rules = new_rules();
        const char *met;

        ASSERT_INT(rows[i].matcher, mtlsauth__rules_block(rules, rows[i].matcher), MTLSAUTH_OK);
        ASSERT_INT(rows[i].matcher, mtlsauth__rules_blocked(rules, &subject, &met), rows[i].want);
        mtlsauth__rules_free(rules);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* A wildcard of a certificate has something in common with a pattern that is blocked. */
START_TEST(wildcards_that_overlap_are_blocked)
{
    static const struct der_san san = DER_SAN_DNS("*.a.bad.example");
    mtlsauth_cert *cert = make_san_cert(&san, 1);
    struct identity_subject subject = {.leaf = cert, .certificate_wildcards = true};
    static const struct {
        const char *matcher;
        int want;
    } rows[] = {
        {"dns:*.a.bad.example", MTLSAUTH_DENY_BLOCKED},
        {"dns:**.bad.example", MTLSAUTH_DENY_BLOCKED},
        {"dns:x.a.bad.example", MTLSAUTH_DENY_BLOCKED},
        {"dns:*.bad.example", MTLSAUTH_OK},
        {"dns:**.good.example", MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules *rules = new_rules();
        const char *met;

        ASSERT_INT(rows[i].matcher, mtlsauth__rules_block(rules, rows[i].matcher), MTLSAUTH_OK);
        ASSERT_INT(rows[i].matcher, mtlsauth__rules_blocked(rules, &subject, &met), rows[i].want);
        mtlsauth__rules_free(rules);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

/* A negative serial is written like a positive one: it blocks, and allows nobody. */
START_TEST(negative_serials_block)
{
    mtlsauth_cert *cert =
        make_cert(&(const struct der_cert){.serial = "\x8f\x00\x11", .serial_len = 3});
    struct identity_subject subject = {.leaf = cert};
    struct rules *rules = new_rules();
    const char *met;

    ck_assert_int_eq(mtlsauth__rules_block(rules, "serial:8f0011"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__rules_blocked(rules, &subject, &met), MTLSAUTH_DENY_BLOCKED);
    ck_assert_int_eq(matches(cert, "serial:8f0011"), 0);
    mtlsauth__rules_free(rules);
    mtlsauth_cert_free(cert);
}
END_TEST

UNIT_MAIN("identity/rules", malleable_digests_block_nobody,
          names_that_cannot_be_compared_are_kept_out, wildcards_that_overlap_are_blocked,
          negative_serials_block, no_rule_no_allow, first_rule_wins, anybody,
          malformed_names_let_nobody_in, spiffe_375_anchor_binds_a_name, block_list,
          refused_rules_change_nothing, rfc8705_values_are_no_patterns, copies_are_independent,
          index_is_the_same_as_a_loop, many_rules,
          rules_that_are_alike_are_found_by_where_they_differ, many_names_meet_many_rules,
          descriptions_differ, lint, explanations, cve_2025_61729_explanation_is_bounded,
          cve_2021_44532_identity_is_escaped)
