/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include "identity/rules_private.h"

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
        ASSERT_INT(rows[i].name, rules->allow.count, 2);
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
        ASSERT_INT(rows[i].matcher, one->allow.count, 0);
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
    ck_assert_uint_eq(rules->allow.count, 1);

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
        {"tls_client_auth_subject_dn", "CN='client'+O=a dns:c", MTLSAUTH_DENY_IDENTITY},
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
        {DER_SAN_URI("https://bad.example./a"), "uri:https://bad.example/a",
         MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_EMAIL("\"a\"@bad.example"), "email:*@bad.example", MTLSAUTH_DENY_BAD_NAME},
        /* SmtpUTF8Mailbox, RFC 9598 3 */
        {{0xa0, "\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x09\xa0\x07\x0c\x05" "a@b.c", 19, 0},
         "email:*@b.c", MTLSAUTH_DENY_BAD_NAME},
        {{0xa0, "\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x09\xa0\x07\x0c\x05" "a@b.c", 19, 0},
         "upn:a@b.c", MTLSAUTH_OK},
        /* Of another type: an SRVName */
        {{0xa0, "\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x07\xa0\x07\x16\x05" "_a.bc", 19, 0},
         "email:*@b.c", MTLSAUTH_OK},
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

/* Nor is a value of the subject that is none of the strings that are known: others show a
 * GeneralString, or one in pieces, as the text that it holds. */
START_TEST(values_that_cannot_be_compared_are_kept_out)
{
    static const struct {
        const char *name;
        struct der_attribute value;
        const char *matcher;
        int block, negated;
    } rows[] = {
        {"met", DER_OU("bad"), "subject.OU:bad", MTLSAUTH_DENY_BLOCKED, 0},
        {"not met", DER_OU("good"), "subject.OU:bad", MTLSAUTH_OK, 1},
        {"GeneralString", {"\x55\x04\x0b", 0x1b, "bad", 3, false}, "subject.OU:bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"BIT STRING of another type", {"\x55\x04\x2d", 0x03, "\0b", 2, false}, "subject.OU:bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"SEQUENCE", {"\x55\x04\x0b", 0x30, "\x0c\x03" "bad", 5, false}, "subject.OU:bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"a soft hyphen", DER_OU("ba\xc2\xad" "d"), "subject.OU:bad", MTLSAUTH_DENY_BAD_NAME, 0},
        {"a zero-width space", DER_OU("ba\xe2\x80\x8b" "d"), "dn:OU=bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"a control character", DER_OU("ba\x01" "d"), "issuer:OU=bad", MTLSAUTH_DENY_BAD_NAME, 0},
        {"an ideographic space", {"\x55\x04\x0b", 0x1e, "\0b\x30\0\0d", 6, false},
         "subject.OU:b d", MTLSAUTH_DENY_BAD_NAME, 0},
        {"a no-break space in Latin-1", {"\x55\x04\x0b", 0x14, "b\xa0" "d", 3, false},
         "subject.OU:b d", MTLSAUTH_DENY_BAD_NAME, 0},
        {"a tab", DER_OU("b\t\r\nd"), "subject.OU:b d", MTLSAUTH_DENY_BLOCKED, 0},
        {"a soft hyphen, spelled out", DER_OU("ba\xc2\xad" "d"), "dn:OU=ba\\C2\\ADd",
         MTLSAUTH_DENY_BLOCKED, 0},
        {"a soft hyphen, and no matcher", DER_OU("ba\xc2\xad" "d"), "dns:bad.example", MTLSAUTH_OK,
         1},
        {"a letter outside of ASCII", DER_OU("b\xc3\xa9" "d"), "subject.OU:bed", MTLSAUTH_OK, 1},
        {"the name is met", DER_OU("bad"), "dn:OU=bad", MTLSAUTH_DENY_BLOCKED, 0},
        {"the name is not met", DER_OU("good"), "dn:OU=bad", MTLSAUTH_OK, 1},
        {"a name with a GeneralString", {"\x55\x04\x0b", 0x1b, "bad", 3, false}, "dn:OU=bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"a name with a BIT STRING", {"\x55\x04\x2d", 0x03, "\0b", 2, false}, "dn:OU=bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"a name with a SEQUENCE", {"\x55\x04\x0b", 0x30, "\x0c\x03" "bad", 5, false}, "dn:OU=bad",
         MTLSAUTH_DENY_BAD_NAME, 0},
        {"an issuer's name with a GeneralString", {"\x55\x04\x0b", 0x1b, "bad", 3, false},
         "issuer:OU=bad", MTLSAUTH_DENY_BAD_NAME, 0},
        {"a name with a GeneralString that is spelled out",
         {"\x55\x04\x0b", 0x1b, "bad", 3, false},
         "dn:OU=#1b03626164", MTLSAUTH_DENY_BLOCKED, 0},
        {"of no matcher", {"\x55\x04\x0b", 0x1b, "bad", 3, false}, "dns:bad.example",
         MTLSAUTH_OK, 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = make_cert(
            &(const struct der_cert){.subject = &rows[i].value, .subject_count = 1,
                                     .issuer = &rows[i].value, .issuer_count = 1});
        struct identity_subject subject = {.leaf = cert};
        struct rules *rules = new_rules();
        char negated[64];
        const char *met;

        snprintf(negated, sizeof negated, "!%s", rows[i].matcher);
        ASSERT_INT(rows[i].name, mtlsauth__rules_block(rules, rows[i].matcher), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, mtlsauth__rules_blocked(rules, &subject, &met), rows[i].block);
        ASSERT_INT(rows[i].name, matches(cert, negated), rows[i].negated);
        mtlsauth__rules_free(rules);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* Mail servers and directories take both for one: the case counts for who is let in alone. */
START_TEST(mailboxes_are_blocked_in_any_case)
{
    static const struct {
        struct der_san san;
        const char *matcher;
        int want;
    } rows[] = {
        {DER_SAN_EMAIL("Mallory@bad.example"), "email:mallory@bad.example", MTLSAUTH_DENY_BLOCKED},
        {DER_SAN_EMAIL("mallory@bad.example"), "email:Mallory@bad.example", MTLSAUTH_DENY_BLOCKED},
        {DER_SAN_EMAIL("trudy@bad.example"), "email:mallory@bad.example", MTLSAUTH_OK},
        {DER_SAN_UPN(0x0c, "MALLORY@bad.example"), "upn:Mallory@bad.example",
         MTLSAUTH_DENY_BLOCKED},
        {DER_SAN_UPN(0x1e, "\0M\0@\0c"), "upn:m@c", MTLSAUTH_DENY_BLOCKED},
        {DER_SAN_UPN(0x0c, "m\xc3\x89@c"), "upn:m\xc3\xa9@c", MTLSAUTH_OK},
        {DER_SAN_UPN(0x0c, "m\xc2\xad@c"), "upn:m@c", MTLSAUTH_DENY_BAD_NAME},
        {DER_SAN_UPN(0x0c, "Mallory@bad.example"), "email:mallory@bad.example", MTLSAUTH_OK},
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

UNIT_MAIN("identity/rules", no_rule_no_allow, first_rule_wins, anybody,
          malformed_names_let_nobody_in, spiffe_375_anchor_binds_a_name, block_list,
          refused_rules_change_nothing, rfc8705_values_are_no_patterns, copies_are_independent,
          malleable_digests_block_nobody, names_that_cannot_be_compared_are_kept_out,
          values_that_cannot_be_compared_are_kept_out, mailboxes_are_blocked_in_any_case,
          wildcards_that_overlap_are_blocked, negative_serials_block)
