/* SPDX-License-Identifier: MIT */
/* Names of each kind in a SAN, and what matches them. */
#include "identity.h"

#include "forge.h"
#include "identity/matcher.h"

/* Has a certificate with this one entry in its SAN what the matcher asks for? */
struct row {
    const char *name;
    struct der_san san;
    const char *matcher;
    int want; /* 0, 1 or UNREAD */
};

/* The name lets nobody in, and nobody is let in for not having it: it cannot be compared, or is
 * the same to others. */
#define UNREAD 2

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mtlsauth_cert *cert = make_san_cert(&rows[i].san, 1);
        char negated[128];

        ASSERT_INT(rows[i].name, matches(cert, rows[i].matcher), rows[i].want == 1);
        snprintf(negated, sizeof negated, "!%s", rows[i].matcher);
        ASSERT_INT(rows[i].name, matches(cert, negated), rows[i].want == 0);
        mtlsauth_cert_free(cert);
    }
}

START_TEST(dns_names)
{
    static const struct row rows[] = {
        {"exact", DER_SAN_DNS("a.example.com"), "dns:a.example.com", 1},
        {"case", DER_SAN_DNS("A.Example.COM"), "dns:a.eXample.com", 1},
        {"dot behind the name", DER_SAN_DNS("a.example.com."), "dns:a.example.com", 1},
        {"dot behind the pattern", DER_SAN_DNS("a.example.com"), "dns:a.example.com.", 1},
        {"another", DER_SAN_DNS("b.example.com"), "dns:a.example.com", 0},
        {"longer", DER_SAN_DNS("a.example.com.evil"), "dns:a.example.com", 0},
        {"longer in front", DER_SAN_DNS("xa.example.com"), "dns:a.example.com", 0},
        {"prefix", DER_SAN_DNS("a.example.co"), "dns:a.example.com", 0},
        {"underscore", DER_SAN_DNS("_x.example.com"), "dns:_x.example.com", 1},
        {"A-label", DER_SAN_DNS("xn--mnchen-3ya.de"), "dns:XN--mnchen-3ya.de", 1},
        {"one label", DER_SAN_DNS("db1"), "dns:db1", 1},
        {"a number", DER_SAN_DNS("4711"), "dns:4711", 1},
        {"one more: the base", DER_SAN_DNS("example.com"), "dns:*.example.com", 0},
        {"one more: one", DER_SAN_DNS("a.example.com"), "dns:*.example.com", 1},
        {"one more: two", DER_SAN_DNS("b.a.example.com"), "dns:*.example.com", 0},
        {"one more: an A-label", DER_SAN_DNS("xn--a.example.com"), "dns:*.example.com", 1},
        {"one more: no dot", DER_SAN_DNS("aexample.com"), "dns:*.example.com", 0},
        {"one more: case", DER_SAN_DNS("A.EXAMPLE.com"), "dns:*.Example.com", 1},
        {"more: the base", DER_SAN_DNS("example.com"), "dns:**.example.com", 0},
        {"more: one", DER_SAN_DNS("a.example.com"), "dns:**.example.com", 1},
        {"more: three", DER_SAN_DNS("c.b.a.example.com"), "dns:**.example.com", 1},
        {"more: no dot", DER_SAN_DNS("notexample.com"), "dns:**.example.com", 0},
        {"address as a name", DER_SAN_DNS("10.0.0.7"), "dns:**.com", UNREAD},
        {"empty label", DER_SAN_DNS("a..com"), "dns:**.com", UNREAD},
        {"two dots at the end", DER_SAN_DNS("a.com.."), "dns:a.com", UNREAD},
        {"hyphen in front", DER_SAN_DNS("-a.com"), "dns:*.com", UNREAD},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(uris)
{
    static const struct row rows[] = {
        {"exact", DER_SAN_URI("spiffe://acme.example/ns/a"), "uri:spiffe://acme.example/ns/a", 1},
        {"scheme case", DER_SAN_URI("SPIFFE://acme/a"), "uri:spiffe://acme/a", 1},
        {"path case", DER_SAN_URI("spiffe://acme/A"), "uri:spiffe://acme/a", 0},
        {"no path", DER_SAN_URI("https://acme"), "uri:https://acme", 1},
        {"no path, of no workload", DER_SAN_URI("spiffe://acme"), "uri:spiffe://acme", UNREAD},
        {"path below no path", DER_SAN_URI("spiffe://acme/a"), "uri:spiffe://acme", 0},
        {"slash behind", DER_SAN_URI("https://a.example/x/"), "uri:https://a.example/x", 0},
        {"slash on both", DER_SAN_URI("https://a.example/x/"), "uri:https://a.example/x/", 1},
        {"one segment", DER_SAN_URI("spiffe://acme/ns/a/x"), "uri:spiffe://acme/ns/*/x", 1},
        {"one segment, two there", DER_SAN_URI("spiffe://acme/ns/a/b/x"),
         "uri:spiffe://acme/ns/*/x", 0},
        {"one segment, none there", DER_SAN_URI("spiffe://acme/ns"), "uri:spiffe://acme/ns/*", 0},
        {"one segment, an empty one", DER_SAN_URI("https://acme/ns/"), "uri:https://acme/ns/*", 0},
        {"one segment, more behind", DER_SAN_URI("spiffe://acme/ns/a/b"), "uri:spiffe://acme/ns/*",
         0},
        {"the rest: none", DER_SAN_URI("spiffe://acme/ns"), "uri:spiffe://acme/ns/**", 0},
        {"the rest: one", DER_SAN_URI("spiffe://acme/ns/a"), "uri:spiffe://acme/ns/**", 1},
        {"the rest: two", DER_SAN_URI("spiffe://acme/ns/a/b"), "uri:spiffe://acme/ns/**", 1},
        {"the rest: another", DER_SAN_URI("spiffe://acme/nsx/a"), "uri:spiffe://acme/ns/**", 0},
        {"both", DER_SAN_URI("spiffe://acme/ns/a/b/c"), "uri:spiffe://acme/*/a/**", 1},
        {"wildcard in the certificate", DER_SAN_URI("spiffe://acme/*"), "uri:spiffe://acme/*", UNREAD},
        {"urn", DER_SAN_URI("urn:uuid:1-2"), "uri:urn:uuid:1-2", 1},
        {"urn, scheme case", DER_SAN_URI("URN:uuid:1-2"), "uri:urn:uuid:1-2", 1},
        {"urn, case", DER_SAN_URI("urn:acme:A"), "uri:urn:acme:a", 0},
        {"urn, case of the namespace", DER_SAN_URI("urn:ACME:a"), "uri:urn:acme:a", 1},
        {"urn, case of it in the rule", DER_SAN_URI("urn:acme:a:B"), "uri:URN:Acme:a:B", 1},
        {"urn, no namespace", DER_SAN_URI("urn:ACME"), "uri:urn:acme", 0},
        {"urn, case of a UUID", DER_SAN_URI("urn:uuid:A"), "uri:urn:UUID:a", 1},
        {"no urn", DER_SAN_URI("x-urn:ACME:a"), "uri:x-urn:acme:a", 0},
        {"a host of that name", DER_SAN_URI("urn://x/A:b"), "uri:urn://x/a:b", 0},
        {"an empty path", DER_SAN_URI("https://acme"), "uri:https://acme/", 1},
        {"an empty path in the rule", DER_SAN_URI("HTTPS://Acme/"), "uri:https://acme", 1},
        {"an empty path is no segment", DER_SAN_URI("https://acme/"), "uri:https://acme/*", 0},
        {"an empty path, the rest", DER_SAN_URI("https://acme"), "uri:https://acme/**", 0},
        {"another host", DER_SAN_URI("https://acme/"), "uri:https://acm", 0},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(openziti_3753_one_reading_of_a_uri)
{
    static const struct row rows[] = {
        {"the trust domain goes on", DER_SAN_URI("spiffe://example.org.evil/x"),
         "uri:spiffe://example.org/**", 0},
        {"it goes on, no path", DER_SAN_URI("spiffe://example.org.evil"),
         "uri:spiffe://example.org", 0},
        {"it is a prefix", DER_SAN_URI("spiffe://example.or"), "uri:spiffe://example.org", 0},
        {"its case does not count", DER_SAN_URI("spiffe://EXAMPLE.org/x"),
         "uri:spiffe://example.org/x", 1},
        {"percent", DER_SAN_URI("spiffe://example.org/%2e"), "uri:spiffe://example.org/**", UNREAD},
        {"empty segment", DER_SAN_URI("spiffe://example.org//x"), "uri:spiffe://example.org/**", UNREAD},
        {"slash behind", DER_SAN_URI("spiffe://example.org/x/"), "uri:spiffe://example.org/**", UNREAD},
        {"dot dot", DER_SAN_URI("spiffe://example.org/a/../x"), "uri:spiffe://example.org/**", UNREAD},
        {"dot", DER_SAN_URI("spiffe://example.org/./x"), "uri:spiffe://example.org/**", UNREAD},
        {"query", DER_SAN_URI("spiffe://example.org/x?y"), "uri:spiffe://example.org/**", UNREAD},
        {"fragment", DER_SAN_URI("spiffe://example.org/x#y"), "uri:spiffe://example.org/**", UNREAD},
        {"port", DER_SAN_URI("spiffe://example.org:1/x"), "uri:spiffe://example.org/**", UNREAD},
        {"userinfo", DER_SAN_URI("spiffe://example.org@evil/x"), "uri:spiffe://example.org/**", UNREAD},
        {"userinfo in front", DER_SAN_URI("spiffe://u@example.org/x"),
         "uri:spiffe://example.org/**", UNREAD},
        {"backslash", DER_SAN_URI("spiffe://example.org\\x"), "uri:spiffe://example.org/**", UNREAD},
    };
    static const struct der_san two[] = {DER_SAN_URI("spiffe://example.org/x"),
                                         DER_SAN_URI("https://example.org/")};
    char uri[2200];
    struct der_san large = {0x86, uri, 2048, 0};
    mtlsauth_cert *cert = make_san_cert(two, 2);

    check_rows(rows, COUNT_OF(rows));
    /* A SPIFFE ID beside another URI lets nobody in, and still keeps out. */
    ck_assert_int_eq(matches(cert, "uri:spiffe://example.org/x"), 0);
    ck_assert_int_eq(matches(cert, "!uri:spiffe://example.org/x"), 0);
    ck_assert_int_eq(matches(cert, "uri:https://example.org/"), 1);
    mtlsauth_cert_free(cert);

    memset(uri, 'a', sizeof uri);
    memcpy(uri, "spiffe://e/", 11);
    cert = make_san_cert(&large, 1);
    ck_assert_int_eq(matches(cert, "uri:spiffe://e/*"), 1);
    mtlsauth_cert_free(cert);
    large.len = 2049;
    cert = make_san_cert(&large, 1);
    ck_assert_int_eq(matches(cert, "uri:spiffe://e/*"), 0);
    mtlsauth_cert_free(cert);
}
END_TEST

/* X509-SVID 5.2, which go-spiffe holds to: what signs others is no workload. It is kept out all the
 * same where its name is. */
START_TEST(spiffe_id_of_a_signing_certificate)
{
    enum { CRL_SIGN = 0x02 };
    static const struct {
        const char *name;
        bool ca;
        unsigned ku;
        bool spiffe, other;
    } rows[] = {
        {"leaf", false, FORGE_KU_SIGN, true, true},
        {"leaf without keyUsage", false, 0, true, true},
        {"leaf that decrypts", false, FORGE_KU_SIGN | FORGE_KU_ENCIPHER, true, true},
        {"CA", true, FORGE_KU_SIGN, false, true},
        {"CA without keyUsage", true, 0, false, true},
        {"keyCertSign", false, FORGE_KU_SIGN | FORGE_KU_CERT_SIGN, false, true},
        {"cRLSign", false, FORGE_KU_SIGN | CRL_SIGN, false, true},
    };
    static const struct {
        struct der_san san;
        const char *exact, *pattern, *negated;
    } ids[] = {
        {DER_SAN_URI("spiffe://acme/ns/a"), "uri:spiffe://acme/ns/a", "uri:spiffe://acme/**",
         "!uri:spiffe://acme/ns/a"},
        {DER_SAN_URI("https://acme/ns/a"), "uri:https://acme/ns/a", "uri:https://acme/**",
         "!uri:https://acme/ns/a"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t k = 0; k < COUNT_OF(ids); k++) {
            struct der_build der = forge(
                &(struct forge){.subject = "x", .issuer = "CA", .ca = rows[i].ca, .ku = rows[i].ku,
                                .sans = &ids[k].san, .san_count = 1, .unsigned_ = true});
            bool want = k == 0 ? rows[i].spiffe : rows[i].other;
            mtlsauth_cert *cert = NULL;

            ck_assert_int_eq(mtlsauth_cert_parse(&cert, der.bytes, der.len), MTLSAUTH_OK);
            ASSERT_INT(rows[i].name, matches(cert, ids[k].exact), want);
            ASSERT_INT(rows[i].name, matches(cert, ids[k].pattern), want);
            ASSERT_INT(rows[i].name, matches(cert, ids[k].negated), 0);
            mtlsauth_cert_free(cert);
            der_build_free(&der);
        }
    }
}
END_TEST

START_TEST(addresses)
{
    static const struct row rows[] = {
        {"exact", DER_SAN_IP("\x0a\x00\x00\x07"), "ip:10.0.0.7", 1},
        {"another", DER_SAN_IP("\x0a\x00\x00\x08"), "ip:10.0.0.7", 0},
        {"inside", DER_SAN_IP("\x0a\xff\x00\x08"), "ip:10.0.0.0/8", 1},
        {"outside", DER_SAN_IP("\x0b\x00\x00\x08"), "ip:10.0.0.0/8", 0},
        {"odd prefix, inside", DER_SAN_IP("\xac\x1f\xff\xff"), "ip:172.16.0.0/12", 1},
        {"odd prefix, outside", DER_SAN_IP("\xac\x20\x00\x00"), "ip:172.16.0.0/12", 0},
        {"all of IPv4", DER_SAN_IP("\xac\x20\x00\x00"), "ip:0.0.0.0/0", 1},
        {"/32", DER_SAN_IP("\x0a\x00\x00\x07"), "ip:10.0.0.7/32", 1},
        {"IPv6", DER_SAN_IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"), "ip:2001:DB8::1", 1},
        {"IPv6 in full", DER_SAN_IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
         "ip:2001:db8:0:0:0:0:0:1", 1},
        {"IPv6 inside", DER_SAN_IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
         "ip:2001:db8::/32", 1},
        {"IPv6 outside", DER_SAN_IP("\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\x01"),
         "ip:2001:db8::/32", 0},
        {"all of IPv6 is not IPv4", DER_SAN_IP("\x0a\x00\x00\x07"), "ip:::/0", 0},
        {"all of IPv4 is not IPv6", DER_SAN_IP("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "ip:0.0.0.0/0",
         0},
        {"mapped is 16 bytes", DER_SAN_IP("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x07"),
         "ip:::ffff:10.0.0.7", 1},
        {"mapped is not IPv4", DER_SAN_IP("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x07"),
         "ip:10.0.0.7", 0},
        {"gap at the end", DER_SAN_IP("\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "ip:1::", 1},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(mail)
{
    static const struct row rows[] = {
        {"exact", DER_SAN_EMAIL("ops@example.com"), "email:ops@example.com", 1},
        {"domain case", DER_SAN_EMAIL("ops@Example.COM"), "email:ops@example.com", 1},
        {"local case", DER_SAN_EMAIL("Ops@example.com"), "email:ops@example.com", UNREAD},
        {"any", DER_SAN_EMAIL("x.y@example.com"), "email:*@example.com", 1},
        {"any, domain below", DER_SAN_EMAIL("x@a.example.com"), "email:*@example.com", 0},
        {"two @", DER_SAN_EMAIL("x@evil@example.com"), "email:*@example.com", UNREAD},
        {"quoted", DER_SAN_EMAIL("\"x@evil\"@example.com"), "email:*@example.com", UNREAD},
        {"domain alone", DER_SAN_EMAIL("example.com"), "email:*@example.com", UNREAD},
        {"UPN", DER_SAN_UPN(0x0c, "al@CORP"), "upn:al@corp", 1},
        {"UPN, local case", DER_SAN_UPN(0x0c, "Al@corp"), "upn:al@corp", UNREAD},
        {"UPN, not ASCII", DER_SAN_UPN(0x0c, "j\xc3\xbcrg@corp"), "upn:j\xc3\xbcrg@corp", 1},
        {"UPN, Latin-1", DER_SAN_UPN(0x14, "j\xfcrg@corp"), "upn:j\xc3\xbcrg@corp", 1},
        {"UPN, BMP", DER_SAN_UPN(0x1e, "\0a\0@\0c"), "upn:a@c", 1},
        {"UPN, Universal", DER_SAN_UPN(0x1c, "\0\0\0a\0\0\0@\0\0\0c"), "upn:a@c", 1},
        {"UPN, IA5", DER_SAN_UPN(0x16, "a@c"), "upn:a@c", 1},
        {"UPN, two @", DER_SAN_UPN(0x0c, "a@b@c"), "upn:a@c", UNREAD},
        {"UPN, wildcard in it", DER_SAN_UPN(0x0c, "*@c"), "upn:a@c", UNREAD},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* A name is of one form alone, and those of other forms neither have it nor leave it in doubt. */
START_TEST(forms_are_kept_apart)
{
    static const struct der_san sans[] = {
        DER_SAN_DNS("a.example.com"),          DER_SAN_EMAIL("a@example.com"),
        DER_SAN_URI("https://a.example.com/"), DER_SAN_UPN(0x0c, "a@example.com"),
        DER_SAN_IP("\x0a\x00\x00\x07"),
    };
    static const char *const matchers[COUNT_OF(sans)] = {
        "dns:a.example.com", "email:a@example.com", "uri:https://a.example.com/",
        "upn:a@example.com", "ip:10.0.0.7",
    };

    for (size_t i = 0; i < COUNT_OF(sans); i++)
        for (size_t k = 0; k < COUNT_OF(matchers); k++) {
            const struct row row = {matchers[k], sans[i], matchers[k], i == k};

            check_rows(&row, 1);
        }
}
END_TEST

START_TEST(cve_2023_28321_wildcard_in_certificate)
{
    static const struct {
        const char *name;
        struct der_san san;
        const char *matcher;
        bool with_wildcards;
    } rows[] = {
        {"whole label", DER_SAN_DNS("*.example.com"), "dns:a.example.com", true},
        {"case", DER_SAN_DNS("*.Example.com"), "dns:A.example.com", true},
        {"two labels", DER_SAN_DNS("*.example.com"), "dns:b.a.example.com", false},
        {"the base", DER_SAN_DNS("*.example.com"), "dns:example.com", false},
        {"the same pattern", DER_SAN_DNS("*.example.com"), "dns:*.example.com", false},
        {"a wider pattern", DER_SAN_DNS("*.example.com"), "dns:**.com", false},
        {"part of a label", DER_SAN_DNS("x*.example"), "dns:xn--abc.example", false},
        {"middle of a label", DER_SAN_DNS("f*o.example"), "dns:foo.example", false},
        {"a whole top-level domain", DER_SAN_DNS("*.xn--p1ai"), "dns:a.xn--p1ai", false},
        {"two wildcards", DER_SAN_DNS("*.*.com"), "dns:a.b.com", false},
        {"no wildcard", DER_SAN_DNS("a.example.com"), "dns:b.example.com", false},
        {"no dot behind it", DER_SAN_DNS("*aexample.com"), "dns:b.example.com", false},
        {"** is none", DER_SAN_DNS("**.example.com"), "dns:a.example.com", false},
        {"alone", DER_SAN_DNS("*"), "dns:a", false},
        {"in a URI", DER_SAN_URI("spiffe://a/*"), "uri:spiffe://a/b", false},
        {"in an address", DER_SAN_EMAIL("*@a.com"), "email:b@a.com", false},
        {"in an address, any", DER_SAN_EMAIL("*@a.com"), "email:*@a.com", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = make_san_cert(&rows[i].san, 1);
        struct identity_subject subject = {.leaf = cert, .certificate_wildcards = true};
        struct subject_names names;
        struct matcher matcher;

        ASSERT_INT(rows[i].name, matches(cert, rows[i].matcher), 0);
        ASSERT_INT(rows[i].name, mtlsauth__matcher_compile(&matcher, rows[i].matcher, 0), 0);
        ASSERT_INT(rows[i].name, mtlsauth__subject_names(&names, &subject, MATCHER_ALL_TYPES), 0);
        ASSERT_INT(rows[i].name, mtlsauth__matcher_holds(&matcher, &names, NULL),
                   rows[i].with_wildcards);
        mtlsauth__subject_names_drop(&names);
        mtlsauth__matcher_drop(&matcher);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

UNIT_MAIN("identity/names", dns_names, uris, openziti_3753_one_reading_of_a_uri,
          spiffe_id_of_a_signing_certificate, addresses, mail, forms_are_kept_apart,
          cve_2023_28321_wildcard_in_certificate)
