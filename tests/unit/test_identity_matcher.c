/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include "identity/matcher.h"

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

START_TEST(serials)
{
    static const struct {
        const char *name, *serial;
        size_t len;
        const char *matcher;
        int want;
    } rows[] = {
        {"plain", "\x0a\x1b", 2, "serial:0a1b", 1},
        {"upper case", "\x0a\x1b", 2, "serial:0A1B", 1},
        {"colons", "\x0a\x1b", 2, "serial:0A:1B", 1},
        {"no leading zero", "\x0a\x1b", 2, "serial:a1b", 1},
        {"more leading zeros", "\x0a\x1b", 2, "serial:00000a1b", 1},
        {"sign octet", "\x00\x80\x01", 3, "serial:8001", 1},
        {"sign octet on both", "\x00\x80\x01", 3, "serial:008001", 1},
        {"negative", "\x80\x01", 2, "serial:8001", 0},
        {"zero", "\x00", 1, "serial:0", 1},
        {"prefix", "\x0a\x1b", 2, "serial:0a", 0},
        {"suffix", "\x0a\x1b", 2, "serial:1b", 0},
        {"zero behind", "\x0a\x1b", 2, "serial:0a1b00", 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct der_cert spec = {.serial = rows[i].serial, .serial_len = rows[i].len};
        mtlsauth_cert *cert = make_cert(&spec);

        ASSERT_INT(rows[i].name, matches(cert, rows[i].matcher), rows[i].want == 1);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* What is refused, with which code, at which position, and a word of why. */
START_TEST(refused)
{
    static const struct {
        const char *name, *matcher;
        int code;
        const char *says;
    } rows[] = {
        {"empty", "", MTLSAUTH_ERR_PARSE, "no colon"},
        {"no colon", "client.example.com", MTLSAUTH_ERR_PARSE, "type:pattern"},
        {"unknown type", "host:a", MTLSAUTH_ERR_PARSE, "position 1: unknown type, known are dns"},
        {"unknown, negated", "!host:a", MTLSAUTH_ERR_PARSE, "position 2: unknown"},
        {"type in capitals", "DNS:a", MTLSAUTH_ERR_PARSE, "unknown type"},
        {"common name", "cn:a", MTLSAUTH_ERR_PARSE, "subject.CN:"},
        {"twice negated", "!!dns:a", MTLSAUTH_ERR_PARSE, "unknown type"},
        {"nothing behind", "dns:", MTLSAUTH_ERR_PARSE, "position 5: nothing behind"},
        {"control character", "dns:a\nb", MTLSAUTH_ERR_PARSE, "position 6: a control"},
        {"C1 control", "dn:CN=a\xc2\x85", MTLSAUTH_ERR_PARSE, "position 8: a control"},
        {"not UTF-8", "dn:CN=\xff", MTLSAUTH_ERR_PARSE, "position 7"},
        {"path: anchor", "anchor:" HEX64, MTLSAUTH_ERR_UNSUPPORTED, "speaks of a path"},
        {"path: issuer key", "!issuer-spki:" HEX64, MTLSAUTH_ERR_UNSUPPORTED, "speaks of a path"},
        {"dns: address", "dns:10.0.0.7", MTLSAUTH_ERR_PARSE, "position 5: this reads like"},
        {"dns: network", "dns:*.0.0.7", MTLSAUTH_ERR_PARSE, "use ip:"},
        {"dns: IPv6", "dns:::1", MTLSAUTH_ERR_PARSE, "position 5"},
        {"dns: U-label", "dns:m\xc3\xbcnchen.de", MTLSAUTH_ERR_PARSE, "position 6: not ASCII"},
        {"dns: wildcard alone", "dns:*", MTLSAUTH_ERR_PARSE, "position 6"},
        {"dns: wildcard and dot", "dns:*.", MTLSAUTH_ERR_PARSE, "position 7: an empty label"},
        {"dns: part of a label", "dns:x*.example.com", MTLSAUTH_ERR_PARSE,
         "position 6: a wildcard"},
        {"dns: middle of it", "dns:f*o.example.com", MTLSAUTH_ERR_PARSE, "position 6: a wildcard"},
        {"dns: front of it", "dns:*x.example.com", MTLSAUTH_ERR_PARSE, "position 6: a wildcard"},
        {"dns: second label", "dns:a.*.com", MTLSAUTH_ERR_PARSE, "position 7: a wildcard"},
        {"dns: three", "dns:***.com", MTLSAUTH_ERR_PARSE, "position 7"},
        {"dns: twice", "dns:*.*.com", MTLSAUTH_ERR_PARSE, "position 7: a wildcard"},
        {"dns: space", "dns:a b", MTLSAUTH_ERR_PARSE, "position 6: not a character"},
        {"dns: hyphen", "dns:a-.com", MTLSAUTH_ERR_PARSE, "hyphen"},
        {"uri: no scheme", "uri:acme", MTLSAUTH_ERR_PARSE, "scheme"},
        {"uri: wildcard scheme", "uri:*://a", MTLSAUTH_ERR_PARSE, "position 5"},
        {"uri: wildcard host", "uri:spiffe://*/a", MTLSAUTH_ERR_PARSE, "position 14: a wildcard"},
        {"uri: part of a segment", "uri:spiffe://a/x*", MTLSAUTH_ERR_PARSE, "position 17"},
        {"uri: ** inside", "uri:spiffe://a/**/x", MTLSAUTH_ERR_PARSE, "position 16: **"},
        {"uri: no host", "uri:file:///x", MTLSAUTH_ERR_PARSE, "an empty authority"},
        {"uri: SPIFFE without one", "uri:spiffe:x", MTLSAUTH_ERR_PARSE, "trust domain"},
        {"uri: percent", "uri:https://a/%41", MTLSAUTH_ERR_PARSE, "position 15: percent"},
        {"uri: query", "uri:https://a/b?c", MTLSAUTH_ERR_PARSE, "a query"},
        {"uri: fragment", "uri:https://a/b#c", MTLSAUTH_ERR_PARSE, "a fragment"},
        {"uri: port", "uri:https://a:1/", MTLSAUTH_ERR_PARSE, "position 14: a port"},
        {"uri: dot behind the host", "uri:https://a.example./x", MTLSAUTH_ERR_PARSE,
         "ends in a dot"},
        {"uri: userinfo", "uri:https://u@a/", MTLSAUTH_ERR_PARSE, "user information"},
        {"uri: dots", "uri:https://a/../b", MTLSAUTH_ERR_PARSE, "a dot segment"},
        {"uri: empty segment", "uri:https://a//b", MTLSAUTH_ERR_PARSE, "an empty segment"},
        {"uri: wildcard in a urn", "uri:urn:*", MTLSAUTH_ERR_PARSE, "a wildcard"},
        {"ip: host bits", "ip:10.0.0.1/8", MTLSAUTH_ERR_PARSE, "bits behind the prefix"},
        {"ip: leading zero", "ip:010.0.0.1", MTLSAUTH_ERR_PARSE, "leading zero"},
        {"ip: too large", "ip:256.0.0.1", MTLSAUTH_ERR_PARSE, "too large"},
        {"ip: three numbers", "ip:10.0.1", MTLSAUTH_ERR_PARSE, "position 10: an IPv4"},
        {"ip: five numbers", "ip:1.2.3.4.5", MTLSAUTH_ERR_PARSE, "position 11"},
        {"ip: prefix too long", "ip:10.0.0.0/33", MTLSAUTH_ERR_PARSE, "too large"},
        {"ip: no prefix", "ip:10.0.0.0/", MTLSAUTH_ERR_PARSE, "position 13: not a number"},
        {"ip: text behind", "ip:10.0.0.0/8x", MTLSAUTH_ERR_PARSE, "more than a prefix"},
        {"ip: sign", "ip:+1.0.0.0", MTLSAUTH_ERR_PARSE, "position 4: not a number"},
        {"ip: two gaps", "ip:1::2::3", MTLSAUTH_ERR_PARSE, ":: twice"},
        {"ip: seven groups", "ip:1:2:3:4:5:6:7", MTLSAUTH_ERR_PARSE, "eight groups"},
        {"ip: nine groups", "ip:1:2:3:4:5:6:7:8:9", MTLSAUTH_ERR_PARSE, "eight groups"},
        {"ip: eight groups and a gap", "ip:1:2:3:4:5:6:7:8::", MTLSAUTH_ERR_PARSE, "eight groups"},
        {"ip: colon behind", "ip:1:2:3:4:5:6:7:", MTLSAUTH_ERR_PARSE, "ends with a colon"},
        {"ip: colon in front", "ip::1", MTLSAUTH_ERR_PARSE, "position 4"},
        {"ip: three colons", "ip::::1", MTLSAUTH_ERR_PARSE, "position 6"},
        {"ip: five digits", "ip:12345::", MTLSAUTH_ERR_PARSE, "position 8"},
        {"ip: zone", "ip:fe80::1%eth0", MTLSAUTH_ERR_PARSE, "position 11"},
        {"ip: IPv4 in the middle", "ip:::1.2.3.4:5", MTLSAUTH_ERR_PARSE, "position 7"},
        {"ip: IPv4 too far", "ip:1:2:3:4:5:6:7:1.2.3.4", MTLSAUTH_ERR_PARSE, "eight groups"},
        {"email: no @", "email:ops", MTLSAUTH_ERR_PARSE, "no @"},
        {"email: no local part", "email:@a.com", MTLSAUTH_ERR_PARSE, "nothing before"},
        {"email: no domain", "email:ops@", MTLSAUTH_ERR_PARSE, "nothing behind"},
        {"email: part wildcard", "email:o*@a.com", MTLSAUTH_ERR_PARSE, "position 8"},
        {"email: domain wildcard", "email:o@*.com", MTLSAUTH_ERR_PARSE, "position 9"},
        {"email: wildcard, no domain", "email:*@", MTLSAUTH_ERR_PARSE, "position 9"},
        {"upn: wildcard", "upn:*@corp", MTLSAUTH_ERR_PARSE, "no wildcard"},
        {"upn: no realm", "upn:alice", MTLSAUTH_ERR_PARSE, "no @"},
        {"dn: no name", "dn:client", MTLSAUTH_ERR_PARSE, "not a distinguished name"},
        {"subject: unknown type", "subject.XYZ:a", MTLSAUTH_ERR_PARSE, "position 9: not an attr"},
        {"subject: nothing", "subject.:a", MTLSAUTH_ERR_PARSE, "unknown type"},
        {"subject: blank", "subject.O:  ", MTLSAUTH_ERR_PARSE, "position 11: a blank"},
        {"sha256: short", "sha256:0011", MTLSAUTH_ERR_PARSE, "64 hexadecimal"},
        {"sha256: long", "sha256:" HEX64 "00", MTLSAUTH_ERR_PARSE, "64 hexadecimal"},
        {"sha256: colons", "sha256:00:11", MTLSAUTH_ERR_PARSE, "position 10: not a hex"},
        {"serial: sign", "serial:-1", MTLSAUTH_ERR_PARSE, "position 8"},
        {"serial: 0x", "serial:0x1f", MTLSAUTH_ERR_PARSE, "position 9"},
        {"serial: two colons", "serial:0a::1b", MTLSAUTH_ERR_PARSE, "between colons"},
        {"serial: colon behind", "serial:0a:", MTLSAUTH_ERR_PARSE, "between colons"},
        {"serial: one digit", "serial:0a:1", MTLSAUTH_ERR_PARSE, "between colons"},
    };
    mtlsauth_cert *cert = make_san_cert(NULL, 0);
    char large[MTLSAUTH_MAX_MATCHER_LEN + 2];
    int yes = 1;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(rows[i].name, matches(cert, rows[i].matcher), rows[i].code);
        ck_assert_msg(strstr(mtlsauth_last_error(), rows[i].says) != NULL, "%s: %s", rows[i].name,
                      mtlsauth_last_error());
    }
    memset(large, 'a', sizeof large);
    memcpy(large, "upn:a@", 6);
    large[sizeof large - 1] = '\0';
    ck_assert_int_eq(matches(cert, large), MTLSAUTH_ERR_LIMIT);
    large[sizeof large - 2] = '\0';
    ck_assert_int_eq(matches(cert, large), 0);
    ck_assert_int_eq(mtlsauth_cert_matches(NULL, "dns:a", &yes), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(yes, 0);
    ck_assert_int_eq(mtlsauth_cert_matches(cert, NULL, &yes), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_cert_matches(cert, "dns:a", NULL), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_cert_free(cert);
}
END_TEST

/* Free text, so that what was meant otherwise would be a name that nobody has: a block or a negated
 * matcher that says nothing. */
START_TEST(slips_in_free_text)
{
    static const struct {
        const char *matcher, *says;
    } rows[] = {
        {"subject.CN:trudy,subject.CN:mallory", "position 18: a second matcher"},
        {"subject.CN:a subject.CN:mallory", "position 14: a second matcher"},
        {"!subject.OU:Guest, !subject.OU:Test", "position 21: a second matcher"},
        {"!subject.OU:Guest,! subject.OU:Test", "position 21: a second matcher"},
        {"!subject.OU:Test,!DNS:x", "position 19: a second matcher"},
        {"!subject.OU:Test,!Subject.2.5.4.10:x", "position 19: a second matcher"},
        {"!subject.OU:Test;cn:x", "position 18: a second matcher"},
        {"subject.CN:a,\"subject.CN:b\"", "position 15: a second matcher"},
        {"subject.CN:a,b,issuer-spki:00", "position 16: a second matcher"},
        {"subject.CN:a: b, dns:c", "position 18: a second matcher"},
        {"upn:a@p,upn:b", "position 9: a second matcher"},
        {"uri:urn:a,uri:urn:b", "position 11: a second matcher"},
        {"dns:a,dns:b", "position 7: a second matcher"},
        {"dn:CN=a subject.CN:b", "position 9: a second matcher"},
        {"dn:CN=a\\, dns:b", "position 11: a second matcher"},
        {"issuer:CN=a !dns:b", "position 14: a second matcher"},
        {"subject.CN:\"mallory\"", "position 12: the quotes"},
        {"subject.CN:'mallory'", "position 12: the quotes"},
        {"subject.CN:\"\"", "position 12: the quotes"},
        {"upn:\"m@p\"", "position 5: the quotes"},
        {"dn:CN='mallory',O=a", "position 7: the quotes"},
        {"dn:O=a, CN = 'mallory'", "position 14: the quotes"},
        {"dn:O=a+CN='m\\,y' ,C=b", "position 11: the quotes"},
        {"issuer:CN='m'", "position 11: the quotes"},
        {"upn: mallory@p.example", "position 5: a blank"},
        {"upn:mallory@p.example ", "position 22: a blank"},
        {"subject.CN: mallory", "position 12: a blank"},
        {"subject.CN:mallory ", "position 19: a blank"},
        {"subject.CN:mallory,", "position 19: a blank, a comma"},
        {"subject.CN:;mallory", "position 12: a blank, a comma or a semicolon"},
        {"subject.CN:mallory\xc2\xa0", "position 19: a space other than the blank, U+00A0"},
        {"subject.CN:mal\xc2\xa0lory", "position 15: a space"},
        {"subject.CN:a\xe2\x80\x80", "U+2000"},
        {"subject.CN:a\xe2\x80\x8a", "U+200A"},
        {"subject.CN:a\xe2\x81\x9f", "U+205F"},
        {"upn:a@p\xe2\x80\xaf", "position 8: a space other than the blank, U+202F"},
        {"subject.CN:mal\xe2\x80\x8blory", "position 15: an invisible character, U+200B"},
        {"subject.CN:mal\xe2\x80\x8blory", "\\E2\\80\\8B"},
        {"subject.CN:\xef\xbb\xbfmallory", "position 12: an invisible character, U+FEFF"},
        {"subject.CN:mallory\xe2\x80\x8e", "position 19: an invisible character, U+200E"},
        {"dn:CN=mallory,\xc2\xa0O=a", "position 15: a space"},
        {"dn:CN=mallory\xe2\x80\x8b", "position 14: an invisible"},
        {"upn:mallory@p\xe2\x80\x8b", "position 14: an invisible"},
        {"dns:mallory.p\xe2\x80\x8b", "position 14: an invisible"},
        {"\xef\xbb\xbf"
         "dns:a",
         "position 1: an invisible"},
        {"dn:CN=\xf3\xa0\x80\xa1", "position 7: an invisible character, U+E0021"},
        {"dn:CN=a\x7f", "position 8: a control character, U+007F"},
        {"dn:CN=a\xff", "position 8: not UTF-8"},
    };
    mtlsauth_cert *cert = make_san_cert(NULL, 0);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(rows[i].matcher, matches(cert, rows[i].matcher), MTLSAUTH_ERR_PARSE);
        ck_assert_msg(strstr(mtlsauth_last_error(), rows[i].says) != NULL, "%s: %s",
                      rows[i].matcher, mtlsauth_last_error());
    }
    mtlsauth_cert_free(cert);
}
END_TEST

/* What only looks a little like one of them; and how a name that has it is written all the same. */
START_TEST(no_slips)
{
    static const struct {
        const char *name, *matcher;
    } rows[] = {
        {"Acme, Inc", "subject.CN:Acme, Inc"},
        {"Acme, Inc", "subject.CN:Acme,  Inc"},
        {"Acme: dnsmasq, a: b", "subject.CN:Acme: dnsmasq, a: b"},
        {"dns:a", "subject.CN:dns:a"},
        {"a/dns:b", "subject.CN:a/dns:b"},
        {"'s Hertogenbosch", "subject.CN:'s Hertogenbosch"},
        {"AO \"Acme\"", "subject.CN:AO \"Acme\""},
        {"'", "subject.CN:'"},
        {"Acme #5", "subject.CN:Acme #5"},
        {"a\xe3\x80\x80"
         "b",
         "subject.CN:a\xe3\x80\x80"
         "b"},
        {"caf\xc3\xa9", "subject.CN:caf\xc3\xa9"},
        {"a", "dn: CN = a "},
        {"a'b'", "dn:CN=a'b'"},
        {"'a'b", "dn:CN='a'b"},
        {"'", "dn:CN='"},
        {"a, dns:b", "dn:CN=a\\, dns\\3Ab"},
        {"\"a\"", "dn:CN=\\\"a\\\""},
        {"'a'", "dn:CN=\\27a\\27"},
        {"a,", "dn:CN=a\\,"},
        {"a\xe2\x80\x8b", "dn:CN=a\\E2\\80\\8B"},
        {"a\xc2\xa0"
         "b",
         "dn:CN=a\\C2\\A0b"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct der_attribute cn[] = {
            {"\x55\x04\x03", 0x0c, rows[i].name, strlen(rows[i].name), false}};
        const struct der_cert spec = {.subject = cn, .subject_count = 1};
        mtlsauth_cert *cert = make_cert(&spec);

        ASSERT_INT(rows[i].matcher, matches(cert, rows[i].matcher), 1);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

START_TEST(cve_2024_5991_every_prefix_of_a_matcher)
{
    static const char *const whole[] = {
        "!dns:**.example.com.",
        "uri:spiffe://acme.example/ns/*/x/**",
        "ip:2001:db8::1.2.3.4/128",
        "email:*@example.com",
        "upn:alice@corp.example",
        "dn:CN=a\\, b+OU=c,O=#0c0161",
        "subject.2.5.4.10:Acme \xc3\xa9",
        "serial:0a:1b:2c",
        ("sha256:" HEX64),
    };

    for (size_t i = 0; i < COUNT_OF(whole); i++)
        for (size_t len = 0; len <= strlen(whole[i]); len++) {
            /* Exactly as long as the text: a sanitizer sees a byte read behind it. */
            char *copy = malloc(len + 1);
            struct matcher matcher;

            ck_assert(copy != NULL);
            memcpy(copy, whole[i], len);
            copy[len] = '\0';
            if (mtlsauth__matcher_compile(&matcher, copy, 0) == MTLSAUTH_OK)
                mtlsauth__matcher_drop(&matcher);
            ck_assert(matcher.text == NULL);
            free(copy);
        }
}
END_TEST

START_TEST(mbedtls_3498_types_never_cross)
{
    /* Each matcher's own certificate, in the same row, and no other. The bytes are the same. */
    static const struct der_san sans[] = {
        DER_SAN_DNS("abcd"),        DER_SAN_URI("abcd:abcd"),       DER_SAN_IP("abcd"),
        DER_SAN_EMAIL("abcd@abcd"), DER_SAN_UPN(0x16, "abcd@abcd"),
    };
    static const struct der_attribute cn[] = {DER_CN("abcd")}, o[] = {DER_O("abcd")};
    static const char *const matchers[] = {
        "dns:abcd",   "uri:abcd:abcd",  "ip:97.98.99.100", "email:abcd@abcd", "upn:abcd@abcd",
        "dn:CN=abcd", "subject.O:abcd", "issuer:CN=abcd",  "serial:61626364",
    };
    struct der_cert specs[COUNT_OF(matchers)] = {0};

    for (size_t i = 0; i < COUNT_OF(sans); i++) {
        specs[i].sans = &sans[i];
        specs[i].san_count = 1;
    }
    specs[5].subject = cn;
    specs[5].subject_count = 1;
    specs[6].subject = o;
    specs[6].subject_count = 1;
    specs[7].issuer = cn;
    specs[7].issuer_count = 1;
    specs[8].serial = "abcd";
    specs[8].serial_len = 4;
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        mtlsauth_cert *cert = make_cert(&specs[i]);
        char pins[2][80];

        for (size_t j = 0; j < COUNT_OF(matchers); j++)
            ASSERT_INT(matchers[j], matches(cert, matchers[j]), i == j);
        /* A digest of the one kind is none of the other. */
        snprintf(pins[0], sizeof pins[0], "spki:%s", mtlsauth_cert_sha256_hex(cert));
        snprintf(pins[1], sizeof pins[1], "sha256:%s", mtlsauth_cert_spki_sha256_hex(cert));
        ASSERT_INT(matchers[i], matches(cert, pins[0]), 0);
        ASSERT_INT(matchers[i], matches(cert, pins[1]), 0);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* A NUL at any place of any name: nothing of the certificate is believed, negated or not. */
START_TEST(cve_2009_2408_nul_inside_a_name)
{
    static const unsigned tags[] = {0x81, 0x82, 0x86};
    static const unsigned strings[] = {0x0c, 0x13, 0x14, 0x16, 0x1c, 0x1e};
    static const char *const oids[] = {"\x55\x04\x03", "\x55\x04\x0a", "\x55\x04\x0b"};
    static const struct der_san good = DER_SAN_DNS("a.example");

    for (size_t at = 0; at <= 8; at += 4)
        for (size_t i = 0; i < COUNT_OF(tags) + COUNT_OF(strings) * 4; i++) {
            char bytes[13] = "aaa\0bbb\0ccc"; /* two wide characters of four, NULs are set below */
            struct der_san sans[2] = {good, {0x82, bytes, 12, 0}};
            struct der_attribute attribute = {"\x55\x04\x03", 0, bytes, 12, false};
            struct der_cert spec = {.sans = sans, .san_count = 2};
            mtlsauth_cert *cert;

            memset(bytes, 'a', sizeof bytes);
            if (i < COUNT_OF(tags)) {
                sans[1].tag = tags[i];
            } else {
                size_t kind = (i - COUNT_OF(tags)) / COUNT_OF(strings);

                attribute.tag = sans[1].string_tag = strings[(i - COUNT_OF(tags)) % 6];
                if (attribute.tag == 0x1c)
                    memcpy(bytes, "\0\0\0a\0\0\0a\0\0\0a", 12);
                sans[1].tag = 0xa0;
                if (kind < COUNT_OF(oids)) {
                    attribute.oid = oids[kind];
                    spec.subject = &attribute;
                    spec.subject_count = spec.san_count = 1;
                }
            }
            memset(bytes + at, 0, 4);
            cert = make_cert(&spec);
            ck_assert_int_ne(cert->names, NAME_OK);
            ck_assert_int_eq(matches(cert, "dns:a.example"), MTLSAUTH_ERR_PARSE);
            ck_assert_int_eq(matches(cert, "!dns:b.example"), MTLSAUTH_ERR_PARSE);
            ck_assert_int_eq(matches(cert, "serial:01"), MTLSAUTH_ERR_PARSE);
            mtlsauth_cert_free(cert);
        }
}
END_TEST

/* The same for the function below the public one: not even a negated matcher holds. */
START_TEST(cve_2025_66220_upn_with_a_nul)
{
    static const struct der_san san = DER_SAN_UPN(0x1e, "\0a\0@\0c\0\0\0x");
    static const char *const matchers[] = {"upn:a@c", "!upn:a@c", "!dns:x", "serial:01"};
    mtlsauth_cert *cert = make_san_cert(&san, 1);
    struct identity_subject subject = {.leaf = cert};

    for (size_t i = 0; i < COUNT_OF(matchers); i++) {
        struct subject_names names;
        struct matcher matcher;

        ASSERT_INT(matchers[i], mtlsauth__matcher_compile(&matcher, matchers[i], 0), 0);
        ASSERT_INT(matchers[i], mtlsauth__subject_names(&names, &subject, MATCHER_ALL_TYPES), 0);
        ASSERT_INT(matchers[i], mtlsauth__matcher_holds(&matcher, &names, NULL), 0);
        mtlsauth__subject_names_drop(&names);
        mtlsauth__matcher_drop(&matcher);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(cve_2026_42012_common_name_is_no_host)
{
    static const struct der_attribute cn[] = {DER_CN("victim.example")};
    static const struct der_san uri = DER_SAN_URI("https://x.example/");
    const struct der_cert spec = {.subject = cn, .subject_count = 1, .sans = &uri, .san_count = 1};
    const struct der_cert bare = {.subject = cn, .subject_count = 1};
    mtlsauth_cert *certs[] = {make_cert(&spec), make_cert(&bare)};

    for (size_t i = 0; i < COUNT_OF(certs); i++) {
        ck_assert_int_eq(matches(certs[i], "dns:victim.example"), 0);
        ck_assert_int_eq(matches(certs[i], "dns:*.example"), 0);
        ck_assert_int_eq(matches(certs[i], "subject.CN:victim.example"), 1);
        mtlsauth_cert_free(certs[i]);
    }
}
END_TEST

START_TEST(cve_2026_42013_too_many_names_are_no_certificate)
{
    static const struct der_attribute cn[] = {DER_CN("victim.example")};
    static struct der_san sans[1001];
    const struct der_san one = DER_SAN_DNS("a");
    struct der_cert spec = {.subject = cn, .subject_count = 1, .sans = sans, .san_count = 1001};
    struct der_build der = {0};
    mtlsauth_cert *cert;

    for (size_t i = 0; i < COUNT_OF(sans); i++)
        sans[i] = one;
    der_certificate(&der, &spec);
    ck_assert_int_eq(mtlsauth_cert_parse(&cert, der.bytes, der.len), MTLSAUTH_ERR_LIMIT);
    ck_assert(cert == NULL);
    der_build_free(&der);
    spec.san_count = 1000;
    cert = make_cert(&spec);
    ck_assert_int_eq(matches(cert, "dns:a"), 1);
    ck_assert_int_eq(matches(cert, "dns:victim.example"), 0);
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(cve_2026_33248_names_are_ordered)
{
    /* As the certificate has them: the other way round in text. */
    static const struct der_attribute plain[] = {DER_C("US"), DER_O("Acme"), DER_CN("admin")};
    static const struct der_attribute swapped[] = {DER_O("Acme"), DER_C("US"), DER_CN("admin")};
    static const struct der_attribute joined[] = {
        DER_C("US"), DER_O("Acme"), {"\x55\x04\x03", 0x0c, "admin", 5, true}};
    static const struct der_attribute twice[] = {DER_C("US"), DER_O("Acme"), DER_CN("admin"),
                                                 DER_CN("evil")};
    static const struct der_attribute comma[] = {DER_C("US"), DER_CN("admin,O=Acme")};
    static const struct der_attribute printable[] = {
        DER_C("us"), {"\x55\x04\x0a", 0x13, " ACME ", 6, false}, DER_CN("admin")};
    static const struct {
        const char *name;
        const struct der_attribute *subject;
        size_t count;
        int dn, cn, not_cn;
    } rows[] = {
        {"the name", plain, 3, 1, 1, 0},
        {"RDNs swapped", swapped, 3, 0, 1, 0},
        {"one RDN of two attributes", joined, 3, 0, 1, 0},
        {"a second CN: neither is taken, both keep out", twice, 4, 0, 0, 0},
        {"a comma inside", comma, 2, 0, 0, 1},
        {"another string type, case and spaces", printable, 3, 1, 1, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct der_cert spec = {.subject = rows[i].subject, .subject_count = rows[i].count};
        mtlsauth_cert *cert = make_cert(&spec);

        ASSERT_INT(rows[i].name, matches(cert, "dn:CN=admin,O=Acme,C=US"), rows[i].dn);
        ASSERT_INT(rows[i].name, matches(cert, "subject.cn:Admin"), rows[i].cn);
        ASSERT_INT(rows[i].name, matches(cert, "!subject.CN:admin"), rows[i].not_cn);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

START_TEST(cve_2025_6037_pin_is_of_the_certificate)
{
    static const struct der_attribute cn[] = {DER_CN("client")}, ca[] = {DER_CN("Test CA")};
    struct der_cert spec = {.subject = cn, .subject_count = 1, .issuer = ca, .issuer_count = 1};
    mtlsauth_cert *pinned = make_cert(&spec), *clone;
    char sha256[80], spki[80];

    spec.key = DER_KEY_2G;
    clone = make_cert(&spec);
    snprintf(sha256, sizeof sha256, "sha256:%s", mtlsauth_cert_sha256_hex(pinned));
    snprintf(spki, sizeof spki, "spki:%s", mtlsauth_cert_spki_sha256_hex(pinned));
    ck_assert_int_eq(matches(pinned, sha256), 1);
    ck_assert_int_eq(matches(pinned, spki), 1);
    ck_assert_int_eq(matches(clone, sha256), 0);
    ck_assert_int_eq(matches(clone, spki), 0);
    /* Upper case is the same digest. */
    for (char *c = sha256 + 7; *c != '\0'; c++)
        *c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
    ck_assert_int_eq(matches(pinned, sha256), 1);
    mtlsauth_cert_free(pinned);
    mtlsauth_cert_free(clone);
}
END_TEST

/* As many as a name can have: a repeated one is none wherever it stands, and one alone is found. */
START_TEST(many_attributes)
{
    static struct der_attribute many[1024];
    const struct der_attribute ou = DER_OU("x"), o = DER_O("Acme");
    const struct der_cert spec = {.subject = many, .subject_count = COUNT_OF(many)};
    mtlsauth_cert *cert;

    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = i == COUNT_OF(many) - 1 ? o : ou;
        many[i].joins = i % 16 != 0;
    }
    cert = make_cert(&spec);
    ck_assert_int_eq(matches(cert, "subject.O:Acme"), 1);
    ck_assert_int_eq(matches(cert, "subject.OU:x"), 0);
    ck_assert_int_eq(matches(cert, "!subject.OU:x"), 0);
    ck_assert_int_eq(matches(cert, "!subject.OU:y"), 1);
    mtlsauth_cert_free(cert);
}
END_TEST

UNIT_MAIN("identity/matcher", serials, refused, slips_in_free_text, no_slips,
          cve_2024_5991_every_prefix_of_a_matcher, mbedtls_3498_types_never_cross,
          cve_2009_2408_nul_inside_a_name, cve_2025_66220_upn_with_a_nul,
          cve_2026_42012_common_name_is_no_host, cve_2026_42013_too_many_names_are_no_certificate,
          cve_2026_33248_names_are_ordered, cve_2025_6037_pin_is_of_the_certificate,
          many_attributes)
