/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include "trust/name_constraints.h"

enum { DENY = MTLSAUTH_DENY_NAME_CONSTRAINTS };

/* What the check says by itself: libcrypto, which is asked behind it, sees most of it, too, and has
 * overlooked some of it. */
static enum constraints_outcome check_alone(const struct pki_cert words[], size_t count,
                                            int profile)
{
    struct path_params params = trust_params(profile);
    enum constraints_outcome outcome;
    struct reason reason = {.depth = -1};
    mtlsauth_cert *certs[4];
    unsigned compared = 0;

    ck_assert(count <= COUNT_OF(certs));
    for (size_t i = 0; i < count; i++)
        certs[i] = trust_cert(&words[i]);
    outcome = mtlsauth__check_name_constraints(
        &params, &(const struct candidate_path){.certs = certs, .count = count, .now = TRUST_NOW},
        &compared, &reason);
    trust_free(certs, count);
    return outcome;
}

/* What both say, who have to agree. */
static int verify(const char *row, const struct pki_cert words[], size_t count, int profile,
                  struct reason *reason)
{
    int code = trust_verify(words, count, profile, reason);

    ASSERT_INT(row, check_alone(words, count, profile),
               code == DENY ? CONSTRAINTS_VIOLATED : CONSTRAINTS_HOLD);
    return code;
}

/* Leaf with these names, below a CA with these constraints. */
static int check(const char *row, const char *constraints, const char *names, int profile,
                 struct reason *reason)
{
    const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .names = names},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = constraints},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    int code = verify(row, words, COUNT_OF(words), profile, reason);

    ck_assert_msg(code == MTLSAUTH_OK || reason->message[0] != '\0', "%s: no reason", row);
    return code;
}

struct row {
    const char *name, *constraints, *names;
    int code;
};

static void check_rows(const struct row *rows, size_t count)
{
    static const int profiles[] = {MTLSAUTH_PROFILE_API_GATEWAY, MTLSAUTH_PROFILE_STRICT};

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COUNT_OF(profiles); k++) {
            struct reason reason;
            int code = check(rows[i].name, rows[i].constraints, rows[i].names, profiles[k], &reason);

            ck_assert_msg(code == rows[i].code, "%s, profile %d: %s, %s", rows[i].name, profiles[k],
                          mtlsauth_code_name(code), code == 0 ? "" : reason.message);
        }
}

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
/* The longest domain has 253 octets. */
#define DOMAIN_191 LABEL_63 "." LABEL_63 "." LABEL_63
#define LABEL_61 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"

START_TEST(dns)
{
    static const struct row rows[] = {
        {"the base", "+dns:example.com", "dns:example.com", 0},
        {"below", "+dns:example.com", "dns:a.b.example.com", 0},
        {"LibreSSL cf3eec32e7: a substring", "+dns:example.com", "dns:notexample.com", DENY},
        {"LibreSSL cf3eec32e7: excluded", "-dns:example.com", "dns:notexample.com", 0},
        {"above", "+dns:a.example.com", "dns:example.com", DENY},
        {"CVE-2026-3833: case", "-dns:bar.example.com", "dns:BAR.example.com", DENY},
        {"case of the constraint", "-dns:BAR.example.COM", "dns:bar.example.com", DENY},
        {"case, permitted", "+dns:EXAMPLE.com", "dns:a.example.COM", 0},
        {"one of two", "+dns:a.com +dns:b.com", "dns:x.b.com", 0},
        {"the other", "+dns:a.com +dns:b.com", "dns:x.a.com", 0},
        {"none of two", "+dns:a.com +dns:b.com", "dns:x.c.com", DENY},
        {"not permitted, and not excluded", "+dns:a.com -dns:x.com", "dns:b.com", DENY},
        {"each name counts", "+dns:a.com", "dns:x.a.com dns:b.com", DENY},
        {"both", "+dns:a.com -dns:x.a.com", "dns:y.x.a.com", DENY},
        {"another form", "+dns:a.com", "email:x@b.com", 0},
        {"all of them", "-dns:", "dns:a.com", DENY},
        {"all of them permitted", "+dns:", "dns:a.com", 0},
        {"excluded below", "-dns:a.example.com", "dns:example.com", 0},
        {"a digit and a hyphen", "+dns:a-1.com", "dns:x.a-1.com", 0},
        {"an underscore", "-dns:a_1.com", "dns:b.com", 0},
        {"253 octets", "-dns:" DOMAIN_191 "." LABEL_61, "dns:b.com", 0},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* A last dot is no label; STRICT does not take one in a name. */
START_TEST(last_dots)
{
    struct reason reason;

    ASSERT_INT("name", check("name", "-dns:example.com", "dns:a.example.com.",
                             MTLSAUTH_PROFILE_API_GATEWAY, &reason), DENY);
    ASSERT_INT("constraint", check("constraint", "-dns:example.com.", "dns:a.example.com",
                                   MTLSAUTH_PROFILE_API_GATEWAY, &reason), DENY);
    ASSERT_INT("mail", check("mail", "-email:example.com", "email:a@example.com.",
                             MTLSAUTH_PROFILE_API_GATEWAY, &reason), DENY);
}
END_TEST

START_TEST(cve_2025_61727_wildcard_overlaps)
{
    static const struct row rows[] = {
        {"excluded below", "-dns:bar.example.com", "dns:*.example.com", DENY},
        {"case", "-dns:BAR.Example.com", "dns:*.example.COM", DENY},
        {"excluded two below", "-dns:a.bar.example.com", "dns:*.example.com", 0},
        {"excluded base", "-dns:example.com", "dns:*.example.com", DENY},
        {"excluded elsewhere", "-dns:bar.example.org", "dns:*.example.com", 0},
        {"permitted base", "+dns:example.com", "dns:*.example.com", 0},
        {"permitted below alone", "+dns:foo.example.com", "dns:*.example.com", DENY},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* What is no domain name is compared with none, as of mailboxes and URIs: two readers could see two
 * hosts in it. Other libraries refuse such a certificate where names are constrained. */
START_TEST(what_is_no_domain)
{
    static const struct {
        const char *name, *dns;
    } rows[] = {
        {"two last dots", "dns:evil.example.."},
        {"an empty label", "dns:evil..example"},
        {"a first dot", "dns:.evil.example"},
        {"a port", "dns:evil.example:443"},
        {"a URI", "dns:https://evil.example"},
        {"a mailbox", "dns:root@evil.example"},
        {"a path into what is permitted", "dns:evil.example/.a.example"},
        {"a long label", "dns:a" LABEL_63 ".a.example"},
        {"a wildcard of two dots", "dns:*..evil.example"},
    };
    static const char *const constraints[] = {
        "-dns:evil.example", "+dns:a.example +dns:evil.example", "+dns:"};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reason reason;

        for (size_t k = 0; k < COUNT_OF(constraints); k++) {
            ASSERT_INT(rows[i].name,
                       check(rows[i].name, constraints[k], rows[i].dns,
                             MTLSAUTH_PROFILE_API_GATEWAY, &reason),
                       DENY);
            ck_assert_msg(strstr(reason.message, "cannot be compared") != NULL, "%s",
                          reason.message);
        }
        ASSERT_INT(rows[i].name,
                   check(rows[i].name, "-email:evil.example", rows[i].dns,
                         MTLSAUTH_PROFILE_API_GATEWAY, &reason),
                   0);
    }
}
END_TEST

/* What is no wildcard of RFC 9525 may mean more; STRICT does not take it at all. */
START_TEST(odd_wildcards)
{
    static const struct row rows[] = {
        {"part of a label", "-dns:bar.example.com", "dns:b*.example.com", DENY},
        {"two", "-dns:a.b.example.com", "dns:*.*.example.com", DENY},
        {"not left-most", "-dns:a.b.example.com", "dns:a.*.example.com", DENY},
        {"alone", "-dns:example.com", "dns:*", DENY},
        {"alone, and a last dot", "-dns:example.com", "dns:*.", DENY},
        {"alone, and two dots", "-dns:example.com", "dns:*..", DENY},
        {"behind a letter", "-dns:example.com", "dns:a*", DENY},
        {"in front of a label", "-dns:a.b.example.com", "dns:*b.example.com", DENY},
        {"elsewhere", "-dns:bar.example.org", "dns:b*.example.com", 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reason reason;

        ASSERT_INT(rows[i].name,
                   check(rows[i].name, rows[i].constraints, rows[i].names,
                         MTLSAUTH_PROFILE_API_GATEWAY, &reason),
                   rows[i].code);
        ck_assert_int_ne(check(rows[i].name, rows[i].constraints, rows[i].names,
                               MTLSAUTH_PROFILE_STRICT, &reason),
                         MTLSAUTH_OK);
    }
}
END_TEST

/* A leading dot is nothing that RFC 5280 knows in a dNSName: the narrower reading permits, the
 * wider one excludes. */
START_TEST(leading_dot)
{
    static const struct row rows[] = {
        {"below", "+dns:.example.com", "dns:a.example.com", 0},
        {"not the base", "+dns:.example.com", "dns:example.com", DENY},
        {"below, excluded", "-dns:.example.com", "dns:a.example.com", DENY},
        {"the base, excluded", "-dns:.example.com", "dns:example.com", DENY},
        {"a wildcard", "+dns:.example.com", "dns:*.example.com", 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reason reason;

        ASSERT_INT(rows[i].name,
                   check(rows[i].name, rows[i].constraints, rows[i].names,
                         MTLSAUTH_PROFILE_API_GATEWAY, &reason),
                   rows[i].code);
        ASSERT_INT(rows[i].name,
                   check(rows[i].name, rows[i].constraints, rows[i].names, MTLSAUTH_PROFILE_STRICT,
                         &reason),
                   DENY);
    }
}
END_TEST

START_TEST(mail)
{
    static const struct row rows[] = {
        {"a mailbox", "+email:ops@example.com", "email:ops@example.com", 0},
        {"domain case", "+email:ops@Example.com", "email:ops@example.COM", 0},
        {"local case, permitted", "+email:ops@example.com", "email:Ops@example.com", DENY},
        {"local case, excluded", "-email:ops@example.com", "email:Ops@example.com", DENY},
        {"another mailbox", "+email:ops@example.com", "email:dev@example.com", DENY},
        {"of another host", "+email:ops@example.com", "email:ops@example.org", DENY},
        {"a host", "+email:example.com", "email:any@example.com", 0},
        {"a host below", "+email:example.com", "email:any@a.example.com", DENY},
        {"a domain", "+email:.example.com", "email:any@a.example.com", 0},
        {"a domain, not the host", "+email:.example.com", "email:any@example.com", DENY},
        {"another domain", "+email:.example.com", "email:any@www.example.org", DENY},
        {"a host of one letter", "+email:a.com", "email:any@a.com", 0},
        {"substring", "+email:example.com", "email:any@notexample.com", DENY},
        {"excluded", "-email:example.com", "email:any@EXAMPLE.com", DENY},
        {"two @", "+email:example.com", "email:a@evil.com@example.com", DENY},
        {"two @, excluded", "-email:evil.com", "email:a@evil.com@example.com", DENY},
        {"no @", "-email:evil.com", "email:evil.com", DENY},
        {"nothing in front of the @", "+email:example.com", "email:@example.com", DENY},
        {"an address", "-email:evil.com", "email:a@[10.0.0.7]", DENY},
        {"all of them", "-email:", "email:a@b.com", DENY},
        {"all of them, and none there", "-email:", "dns:a.com", 0},
        {"quoted, excluded", "-email:ops@example.com", "email:\"ops\"@example.com", DENY},
        {"quoted, excluded elsewhere", "-email:ops@example.com", "email:\"ops\"@example.org", 0},
        {"quoted, another excluded", "-email:ops@example.com", "email:\"dev\"@example.com", DENY},
        {"a comment, excluded", "-email:ops@example.com", "email:ops(x)@example.com", DENY},
        {"escaped, excluded", "-email:ops@example.com", "email:o\\ps@example.com", DENY},
        {"quoted in the constraint", "-email:\"ops\"@example.com", "email:ops@example.com", DENY},
        {"quoted, permitted", "+email:\"ops\"@example.com", "email:\"ops\"@example.com", 0},
        {"not quoted, permitted", "+email:\"ops\"@example.com", "email:ops@example.com", DENY},
        {"every character of an atom", "-email:ops@example.com",
         "email:!#$%&'*+-/=?^_`{|}~.aZ0@example.com", 0},
        {"asterisk is a character", "+email:*@example.com", "email:a@example.com", DENY},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(openssl_31680_mailbox_in_utf8)
{
    static const struct row rows[] = {
        {"excluded", "-email:example.com", "smtp:a@example.com", DENY},
        {"permitted", "+email:example.com", "smtp:a@example.com", DENY},
        {"of another domain", "-email:example.org", "smtp:a@example.com", DENY},
        {"no constraint on mail", "-dns:example.com", "smtp:a@example.com", 0},
        {"an otherName that is no mailbox", "-email:example.com", "other:a@example.com", 0},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(rustsec_2026_0098_uris)
{
    static const struct row rows[] = {
        {"the host", "+uri:example.com", "uri:https://example.com/x", 0},
        {"outside", "+uri:example.com", "uri:https://example.org/x", DENY},
        {"excluded", "-uri:example.com", "uri:https://example.com/x", DENY},
        {"not excluded", "-uri:example.com", "uri:https://example.org/x", 0},
        {"below is another host", "+uri:example.com", "uri:https://a.example.com/", DENY},
        {"a domain", "+uri:.example.com", "uri:https://a.example.com/", 0},
        {"a domain, not the host", "+uri:.example.com", "uri:https://example.com/", DENY},
        {"another domain", "+uri:.example.com", "uri:https://www.example.org/", DENY},
        {"no path", "+uri:example.com", "uri:https://example.com", 0},
        {"a query and no path", "-uri:example.com", "uri:https://example.org?x", 0},
        {"a fragment and no path", "-uri:example.com", "uri:https://example.org#x", 0},
        {"no scheme", "+uri:example.com", "uri:://example.com/", DENY},
        {"a port that is none", "+uri:example.com", "uri:https://example.com:x/", DENY},
        {"a host of one label", "+uri:localhost", "uri:https://localhost/", 0},
        {"userinfo", "-uri:example.com", "uri:https://me@example.org/", 0},
        {"case", "-uri:example.com", "uri:HTTPS://EXAMPLE.com/", DENY},
        {"port", "+uri:example.com", "uri:https://example.com:443/", 0},
        {"userinfo as host", "+uri:example.com", "uri:https://example.com@evil.org/", DENY},
        {"userinfo with a port", "+uri:example.com", "uri:https://example.com:1@evil.org/", DENY},
        {"query as host", "+uri:.example.com", "uri:https://evil.org?a.example.com", DENY},
        {"fragment as host", "+uri:.example.com", "uri:https://evil.org#a.example.com", DENY},
        {"backslash", "+uri:.example.com", "uri:https://evil.org\\.example.com/", DENY},
        {"backslash in the userinfo", "+uri:.example.com", "uri:https://evil.org\\@a.example.com/",
         DENY},
        {"percent-encoded", "-uri:evil.org", "uri:https://%65vil.org/", DENY},
        {"an address", "-uri:example.com", "uri:https://10.0.0.7/", DENY},
        {"an IPv6 address", "-uri:example.com", "uri:https://[::1]/", DENY},
        {"no authority", "-uri:example.com", "uri:urn:a:b", DENY},
        {"SPIFFE", "+uri:acme.example", "uri:spiffe://acme.example/ns/x", 0},
        {"all of them", "-uri:", "uri:https://a.com/", DENY},
        {"all of them, and none there", "-uri:", "dns:a.com", 0},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* 2001:db8::/32 and ::/0 */
#define NET_6 "20010db8000000000000000000000000ffffffff000000000000000000000000"
#define ALL_6 "0000000000000000000000000000000000000000000000000000000000000000"

START_TEST(addresses)
{
    static const struct row rows[] = {
        {"inside", "+ip:0a000000ff000000", "ip:0a010203", 0},
        {"outside", "+ip:0a000000ff000000", "ip:0b010203", DENY},
        {"excluded", "-ip:0a000000ff000000", "ip:0a010203", DENY},
        {"bits of the base behind the mask", "+ip:0a010203ff000000", "ip:0a040506", 0},
        {"IPv6 under IPv4", "+ip:0a000000ff000000", "ip:20010db8000000000000000000000007", DENY},
        {"IPv6 under excluded IPv4", "-ip:0a000000ff000000",
         "ip:20010db8000000000000000000000007", 0},
        {"all", "-ip:0000000000000000", "ip:0a010203", DENY},
        {"IPv6, inside", "+ip:" NET_6, "ip:20010db8000000000000000000000007", 0},
        {"IPv6, outside", "+ip:" NET_6, "ip:20010db9000000000000000000000007", DENY},
        {"IPv6, excluded", "-ip:" NET_6, "ip:20010db8000000000000000000000007", DENY},
        {"IPv4 under all of IPv6", "+ip:" ALL_6, "ip:0a010203", DENY},
        {"IPv4 under all of IPv6 excluded", "-ip:" ALL_6, "ip:0a010203", 0},
        {"a network of two octets", "-ip:0a00ff00", "ip:0b010203", DENY},
        {"mask with a hole", "-ip:0a000000ff00ff00", "ip:0b010203", DENY},
        {"an address alone", "-ip:0a000007", "ip:0b010203", DENY},
        {"of 7 octets", "-ip:0a000000ff0000", "ip:0b010203", DENY},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* The leaf's subject is CN=leaf. */
START_TEST(directory_names)
{
    static const struct row rows[] = {
        {"subject", "+cn:leaf", "dns:a.com", 0},
        {"subject, case", "+cn:LEAF", "dns:a.com", 0},
        {"subject outside", "+cn:other", "dns:a.com", DENY},
        {"subject excluded", "-cn:Leaf", "dns:a.com", DENY},
        {"beginning of a value", "+cn:lea", "dns:a.com", DENY},
        {"in the SAN", "-cn:other", "cn:other", DENY},
        {"in the SAN, permitted", "+cn:leaf", "cn:leaf", 0},
        {"with a soft hyphen", "-cn:other", "cn:o\xc2\xadther", DENY},
        {"excluded with one", "-cn:o\xc2\xadther", "cn:other", DENY},
        {"permitted with one", "+cn:leaf +cn:o\xc2\xadther", "cn:o\xc2\xadther", 0},
        {"the empty name permits", "+cn:", "dns:a.com", 0},
        {"the empty name excludes", "-cn:", "dns:a.com", DENY},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(unsupported_forms)
{
    static const struct row rows[] = {
        {"registeredID", "-rid:2a0304", "rid:2a0305", DENY},
        {"registeredID, none there", "-rid:2a0304", "dns:a.com", 0},
        {"otherName of that type", "-other:x", "other:y", DENY},
        {"otherName of that type, permitted", "+other:x", "other:x", DENY},
        {"otherName of another type", "-other:x", "smtp:a@b.com", 0},
        {"otherName of another type, permitted", "+other:x", "smtp:a@b.com", 0},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(malformed_extensions)
{
    static const struct {
        const char *name, *der;
        size_t len;
        int code;
    } rows[] = {
#define ROW(name, der, code) {name, der, sizeof(der) - 1, code}
        ROW("well-formed", "\x30\x07\xa1\x05\x30\x03\x82\x01x", 0),
        ROW("minimum 0", "\x30\x0a\xa1\x08\x30\x06\x82\x01x\x80\x01\x00", 0),
        ROW("minimum 1", "\x30\x0a\xa1\x08\x30\x06\x82\x01x\x80\x01\x01", DENY),
        ROW("maximum", "\x30\x0a\xa1\x08\x30\x06\x82\x01x\x81\x01\x00", DENY),
        ROW("nothing in it", "\x30\x00", DENY),
        ROW("CVE-2026-42011: nothing permitted", "\x30\x02\xa0\x00", DENY),
        ROW("nothing excluded", "\x30\x02\xa1\x00", DENY),
        ROW("wrong order", "\x30\x0e\xa1\x05\x30\x03\x82\x01x\xa0\x05\x30\x03\x82\x01x", DENY),
        ROW("no SEQUENCE", "\x31\x07\xa1\x05\x30\x03\x82\x01x", DENY),
        ROW("more behind it", "\x30\x07\xa1\x05\x30\x03\x82\x01x\x05\x00", DENY),
        ROW("cut off", "\x30\x07\xa1\x05\x30\x04\x82\x01x", DENY),
        ROW("an unknown form", "\x30\x07\xa1\x05\x30\x03\x89\x01x", DENY),
        ROW("a dNSName that is constructed", "\x30\x07\xa1\x05\x30\x03\xa2\x01x", DENY),
        ROW("NUL in a dNSName", "\x30\x09\xa1\x07\x30\x05\x82\x03x\0y", DENY),
        ROW("directoryName that is none", "\x30\x08\xa1\x06\x30\x04\xa4\x02\x05\x00", DENY),
        ROW("directoryName of what is no RDN",
            "\x30\x0a\xa0\x08\x30\x06\xa4\x04\x30\x02\x05\x00", DENY),
        ROW("directoryName, and more behind it",
            "\x30\x0a\xa0\x08\x30\x06\xa4\x04\x30\x00\x05\x00", DENY),
        ROW("otherName without a type", "\x30\x08\xa1\x06\x30\x04\xa0\x02\x05\x00", DENY),
        ROW("nothing permitted, and something excluded",
            "\x30\x09\xa0\x00\xa1\x05\x30\x03\x82\x01x", DENY),
        ROW("minimum of two octets",
            "\x30\x0b\xa1\x09\x30\x07\x82\x01x\x80\x02\x00\x01", DENY),
#undef ROW
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build der = {0};
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .names = "dns:a.com"},
            {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
             .constraints_der = &der},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };
        struct reason reason;

        der_raw(&der, rows[i].der, rows[i].len);
        ASSERT_INT(rows[i].name,
                   verify(rows[i].name, words, COUNT_OF(words), MTLSAUTH_PROFILE_API_GATEWAY,
                          &reason),
                   rows[i].code);
        der_build_free(&der);
    }
}
END_TEST

/* CVE-2026-42011: a root without constraints, and a CA below it with some. The same where it is the
 * root that has them, and a CA below that has none. */
START_TEST(constraints_of_any_ca)
{
    static const struct {
        const char *name, *root, *upper, *lower;
        int code;
    } rows[] = {
        {"the lower CA's", NULL, NULL, "+dns:good.com", DENY},
        {"the upper CA's", NULL, "+dns:good.com", NULL, DENY},
        {"the root's", "+dns:good.com", NULL, NULL, DENY},
        {"the lower one does not widen", NULL, "+dns:good.com", "+dns:evil.com", DENY},
        {"nor the upper one", NULL, "+dns:evil.com", "+dns:good.com", DENY},
        {"each has some", "+dns:com", "+dns:good.com", "+dns:com", DENY},
        {"all permit", "+dns:com", "+dns:evil.com", "-dns:good.com", 0},
        {"the name of a CA below", NULL, "-cn:Lower", NULL, DENY},
        {"its own name", NULL, "-cn:Upper", NULL, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "Lower", .key = 4, .signer = 3, .names = "dns:evil.com"},
            {.subject = "Lower", .issuer = "Upper", .key = 3, .signer = 2, .ca = true,
             .constraints = rows[i].lower},
            {.subject = "Upper", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
             .constraints = rows[i].upper},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true,
             .constraints = rows[i].root},
        };
        struct reason reason;

        ASSERT_INT(rows[i].name,
                   verify(rows[i].name, words, COUNT_OF(words), MTLSAUTH_PROFILE_STRICT, &reason),
                   rows[i].code);
    }
}
END_TEST

/* RFC 5280 6.1.3 (b): a self-issued CA is skipped, a self-issued leaf is not. */
START_TEST(self_issued)
{
    const struct pki_cert rollover[] = {
        {.subject = "leaf", .issuer = "CA", .key = 4, .signer = 3, .names = "dns:a.com"},
        {.subject = "CA", .issuer = "CA", .key = 3, .signer = 2, .ca = true},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = "-cn:CA"},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    const struct pki_cert leaf[] = {
        {.subject = "CA", .issuer = "CA", .key = 3, .signer = 2, .names = "dns:a.com"},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = "-cn:CA"},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct reason reason;

    ASSERT_INT("CA",
               verify("CA", rollover, COUNT_OF(rollover), MTLSAUTH_PROFILE_STRICT, &reason),
               MTLSAUTH_OK);
    ASSERT_INT("leaf", verify("leaf", leaf, COUNT_OF(leaf), MTLSAUTH_PROFILE_STRICT, &reason),
               DENY);
    ASSERT_INT("depth", reason.depth, 0);
}
END_TEST

/* "Restrictions apply to the subject distinguished name", where there is one. */
START_TEST(no_subject)
{
    const struct pki_cert words[] = {
        {.subject = "", .issuer = "Root", .key = 2, .signer = 1, .names = "dns:a.com"},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true,
         .constraints = "+cn:CA"},
    };
    struct reason reason;

    ASSERT_INT("none",
               verify("none", words, COUNT_OF(words), MTLSAUTH_PROFILE_API_GATEWAY, &reason), 0);
}
END_TEST

/* emailAddress of the subject is under the constraints on mail, whatever type its string is. */
START_TEST(mail_in_the_subject)
{
    static const struct {
        const char *name;
        unsigned tag;
        const char *value;
        size_t len;
        int code;
    } rows[] = {
        {"permitted", 0x16, "a@example.com", 13, 0},
        {"outside", 0x16, "a@example.org", 13, DENY},
        {"BMPString", 0x1e, "\0a\0@\0b", 6, DENY},
        {"TeletexString", 0x14, "a@example.com", 13, DENY},
        {"no mailbox", 0x16, "example.com", 11, DENY},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build subject = {0};
        const struct der_attribute attributes[] = {
            {"\x55\x04\x03", 0x0c, "leaf", 4, false},
            {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", rows[i].tag, rows[i].value, rows[i].len,
             false},
        };
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .subject_der = &subject},
            {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
             .constraints = "+email:example.com"},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };
        struct reason reason;

        der_name(&subject, attributes, COUNT_OF(attributes));
        ASSERT_INT(rows[i].name,
                   verify(rows[i].name, words, COUNT_OF(words), MTLSAUTH_PROFILE_API_GATEWAY,
                          &reason),
                   rows[i].code);
        der_build_free(&subject);
    }
}
END_TEST

UNIT_MAIN("trust/name_constraints", dns, last_dots, cve_2025_61727_wildcard_overlaps,
          what_is_no_domain, odd_wildcards, leading_dot, mail,
          openssl_31680_mailbox_in_utf8, rustsec_2026_0098_uris, addresses, directory_names,
          unsupported_forms, malformed_extensions, constraints_of_any_ca,
          self_issued, no_subject, mail_in_the_subject)
