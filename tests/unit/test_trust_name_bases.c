/* SPDX-License-Identifier: MIT */
/* Bases of name constraints that cannot be read: nobody below with a name of that form is let in,
 * and nobody else is kept out. */
#include "trust.h"

enum { DENY = MTLSAUTH_DENY_NAME_CONSTRAINTS };

/* Leaf with these names, below a CA with these names and constraints. */
static int check_ca(const char *of_ca, const char *constraints, const char *names, int profile,
                    struct reason *reason)
{
    const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "Lower", .key = 4, .signer = 3, .names = names},
        {.subject = "Lower", .issuer = "CA", .key = 3, .signer = 2, .ca = true, .names = of_ca},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
         .constraints = constraints},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };

    return trust_verify(words, COUNT_OF(words), profile, reason);
}

static int check(const char *constraints, const char *names, int profile, struct reason *reason)
{
    return check_ca(NULL, constraints, names, profile, reason);
}

static void assert_code(const char *row, const char *constraints, const char *names, int want,
                        const char *says)
{
    static const int profiles[] = {MTLSAUTH_PROFILE_API_GATEWAY, MTLSAUTH_PROFILE_STRICT};

    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        struct reason reason;
        int code = check(constraints, names, profiles[i], &reason);

        ck_assert_msg(code == want, "%s, \"%s\" under \"%s\", profile %d: %s, %s", row, names,
                      constraints, profiles[i], mtlsauth_code_name(code),
                      code == 0 ? "" : reason.message);
        if (want != MTLSAUTH_OK && says != NULL)
            ck_assert_msg(strstr(reason.message, says) != NULL, "%s: \"%s\"", row, reason.message);
    }
}

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define DOMAIN_191 LABEL_63 "." LABEL_63 "." LABEL_63
#define LABEL_61 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"

static const struct {
    const char *name, *base, *other;   /* other is a base in which such_a_name stands */
    const char *such_a_name, *another; /* of that form, and of another one */
    const char *says;
} bases[] = {
    {"wildcard", "dns:*.example.com", "dns:example.com", "dns:a.example.com", "uri:https://a.com/",
     "dNSName \"*.example.com\""},
    {"empty label", "dns:a..com", "dns:com", "dns:a.com", "email:a@a.com", "dNSName \"a..com\""},
    {"two leading dots", "dns:..com", "dns:com", "dns:a.com", "ip:0a000007", "dNSName \"..com\""},
    {"a dot", "dns:.", "dns:", "dns:a.com", "ip:0a000007", "dNSName \".\""},
    {"two last dots", "dns:a.com..", "dns:a.com", "dns:a.com", "ip:0a000007",
     "dNSName \"a.com..\""},
    {"a label of 64 octets", "dns:" LABEL_63 "j.com", "dns:com", "dns:b.com", "email:a@b.com",
     "dNSName \"" LABEL_63 "j.com\""},
    {"254 octets", "dns:" DOMAIN_191 "." LABEL_61 "j", "dns:com", "dns:b.com", "email:a@b.com",
     "dNSName \"" LABEL_63 "." LABEL_63},
    {"not ASCII", "dns:\xc3\xa9.com", "dns:com", "dns:b.com", "email:a@b.com",
     "dNSName \"\xc3\xa9.com\""},
    {"a line break", "dns:a\n.com", "dns:com", "dns:b.com", "email:a@b.com", "dNSName \"a?.com\""},
    {"a URI for a host", "uri:http://contoso.com", "uri:contoso.com", "uri:http://contoso.com/",
     "dns:contoso.com", "URI \"http://contoso.com\""},
    {"an address for a host", "uri:10.0.0.7", "uri:a.com", "uri:https://a.com/", "dns:a.com",
     "URI \"10.0.0.7\""},
    {"an address alone", "ip:0a000007", "ip:0a000000ff000000", "ip:0a000007", "dns:a.com",
     "iPAddress \"0a000007\""},
    {"the other family", "ip:0a000007", "ip:" "00000000000000000000000000000000"
     "00000000000000000000000000000000", "ip:20010db8000000000000000000000007", "dns:a.com",
     "iPAddress \"0a000007\""},
    {"mask with a hole", "ip:0a000000ff00ff00", "ip:0a000000ff000000", "ip:0a000007", "dns:a.com",
     "iPAddress \"0a000000ff00ff00\""},
    {"no address", "ip:", "ip:0a000000ff000000", "ip:0a000007", "dns:a.com", "iPAddress \"\""},
    {"mail without a domain", "email:a@", "email:a.com", "email:a@a.com", "dns:a.com",
     "rfc822Name \"a@\""},
    {"an at sign", "email:@", "email:a.com", "email:a@a.com", "dns:a.com", "rfc822Name \"@\""},
    {"mail at a domain", "email:@.a.com", "email:.a.com", "email:a@b.a.com", "dns:a.com",
     "rfc822Name \"@.a.com\""},
    {"two at signs", "email:@@a.com", "email:a.com", "email:a@a.com", "dns:a.com",
     "rfc822Name \"@@a.com\""},
    {"mail below a mailbox", "email:a@.a.com", "email:.a.com", "email:a@b.a.com", "dns:a.com",
     "rfc822Name \"a@.a.com\""},
    {"mail with an empty label", "email:a..com", "email:a.com", "email:a@a.com", "dns:a.com",
     "rfc822Name \"a..com\""},
    {"mail in UTF-8", "email:a..com", "email:a.com", "smtp:a@a.com", "other:a@a.com",
     "cannot be compared"},
};

/* Permitted or excluded, alone or beside one in which the name stands. */
START_TEST(deny_names_of_their_form_alone)
{
    enum { ALONE, BEFORE, BEHIND, PLACES };

    for (size_t i = 0; i < COUNT_OF(bases); i++)
        for (int k = 0; k < 2 * PLACES; k++) {
            char constraints[1024];

            snprintf(constraints, sizeof constraints, "%s%s%s%s%s%s",
                     k % PLACES == BEHIND ? "+" : "", k % PLACES == BEHIND ? bases[i].other : "",
                     k % PLACES == BEHIND ? " " : "", k < PLACES ? "+" : "-", bases[i].base,
                     k % PLACES == BEFORE ? " +" : "");
            if (k % PLACES == BEFORE)
                strncat(constraints, bases[i].other, sizeof constraints - strlen(constraints) - 1);
            assert_code(bases[i].name, constraints, bases[i].such_a_name, DENY, bases[i].says);
            assert_code(bases[i].name, constraints, bases[i].another, MTLSAUTH_OK, NULL);
        }
}
END_TEST

START_TEST(what_the_denial_says)
{
    struct reason reason;

    ASSERT_INT("code", check("+dns:*.example.com", "dns:a.example.com",
                             MTLSAUTH_PROFILE_API_GATEWAY, &reason), DENY);
    ASSERT_TEXT("sentence", reason.message,
                "the client's certificate (CN=leaf): its name a.example.com cannot be compared "
                "with dNSName \"*.example.com\" in the nameConstraints of its CA (CN=CA), which "
                "is malformed");
    ASSERT_INT("depth", reason.depth, 0);
}
END_TEST

/* The names of CAs below are under them, too. */
START_TEST(names_of_a_ca_below)
{
    struct reason reason;

    ASSERT_INT("of the form", check_ca("dns:lower.com", "-dns:*.com", "email:a@b.com",
                                       MTLSAUTH_PROFILE_API_GATEWAY, &reason), DENY);
    ASSERT_INT("depth", reason.depth, 1);
    ASSERT_INT("of another", check_ca("uri:http://lower.com/", "-dns:*.com", "email:a@b.com",
                                      MTLSAUTH_PROFILE_API_GATEWAY, &reason), MTLSAUTH_OK);
}
END_TEST

/* emailAddress of the subject is a name of the form rfc822Name. */
START_TEST(mail_in_the_subject)
{
    static const struct {
        const char *name, *constraints, *mail;
        int code;
    } rows[] = {
        {"malformed", "-email:a..com", "a@example.com", DENY},
        {"malformed, and permitted as well", "+email:example.com +email:a..com", "a@example.com",
         DENY},
        {"malformed, of another form", "-dns:a..com", "a@example.com", MTLSAUTH_OK},
        {"at a host", "+email:@example.com", "a@example.com", MTLSAUTH_OK},
        {"at another host", "+email:@example.com", "a@example.org", DENY},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build subject = {0};
        const struct der_attribute attributes[] = {
            {"\x55\x04\x03", 0x0c, "leaf", 4, false},
            {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 0x16, rows[i].mail, strlen(rows[i].mail),
             false},
        };
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .subject_der = &subject},
            {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
             .constraints = rows[i].constraints},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };
        struct reason reason;

        der_name(&subject, attributes, COUNT_OF(attributes));
        ASSERT_INT(rows[i].name,
                   trust_verify(words, COUNT_OF(words), MTLSAUTH_PROFILE_API_GATEWAY, &reason),
                   rows[i].code);
        der_build_free(&subject);
    }
}
END_TEST

/* policy.inf of AD CS has mail as "@contoso.com", which OpenSSL takes for the host as well. */
START_TEST(mail_at_a_host_is_that_host)
{
    static const struct {
        const char *name, *constraints, *names;
        int code;
    } rows[] = {
        {"the host", "+email:@example.com", "email:any@example.com", MTLSAUTH_OK},
        {"case", "+email:@Example.COM", "email:any@example.com", MTLSAUTH_OK},
        {"another", "+email:@example.com", "email:any@example.org", DENY},
        {"below", "+email:@example.com", "email:any@a.example.com", DENY},
        {"its end", "+email:@example.com", "email:any@notexample.com", DENY},
        {"excluded", "-email:@example.com", "email:any@EXAMPLE.com", DENY},
        {"quoted, excluded", "-email:@example.com", "email:\"any\"@example.com", DENY},
        {"excluded, another", "-email:@example.com", "email:any@example.org", MTLSAUTH_OK},
        {"excluded, below", "-email:@example.com", "email:any@a.example.com", MTLSAUTH_OK},
        {"two hosts", "+email:@example.com", "email:a@evil.com@example.com", DENY},
        {"none of that form", "+email:@example.com", "dns:example.org", MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_code(rows[i].name, rows[i].constraints, rows[i].names, rows[i].code, NULL);
}
END_TEST

/* RFC 5280 has no dot in front of a dNSName: STRICT cannot read it. */
START_TEST(a_leading_dot_under_strict)
{
    struct reason reason;

    ASSERT_INT("a host", check("+dns:.example.com", "dns:a.example.com", MTLSAUTH_PROFILE_STRICT,
                               &reason), DENY);
    ck_assert_msg(strstr(reason.message, "dNSName \".example.com\"") != NULL, "%s", reason.message);
    ASSERT_INT("no host", check("+dns:.example.com", "email:a@b.com", MTLSAUTH_PROFILE_STRICT,
                                &reason), MTLSAUTH_OK);
}
END_TEST

UNIT_MAIN("trust/name_bases", deny_names_of_their_form_alone, what_the_denial_says,
          names_of_a_ca_below, mail_in_the_subject, mail_at_a_host_is_that_host,
          a_leading_dot_under_strict)
