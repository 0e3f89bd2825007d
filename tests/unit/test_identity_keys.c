/* SPDX-License-Identifier: MIT */
/* What names are refused as: each fault, where it stands, and the longest that are taken. */
#include "unit.h"

#include "base/asn1_string.h"
#include "identity/dns.h"
#include "identity/mail.h"
#include "identity/uri.h"

enum kind { DNS, EMAIL, UPN, URI };

static uint8_t key[MTLSAUTH__MAX_MAIL + 8];

static bool make_key(enum kind kind, struct span text, size_t *len, struct fault *fault)
{
    struct uri_shape shape;

    *len = text.len;
    switch (kind) {
    case DNS:
        return mtlsauth__dns_key(text, key, len, fault);
    case EMAIL:
        return mtlsauth__email_key(text, false, key, len, fault);
    case UPN:
        return mtlsauth__upn_key(text, key, fault);
    default:
        return mtlsauth__uri_key(text, true, key, &shape, fault);
    }
}

START_TEST(faults)
{
    static const struct {
        enum kind kind;
        const char *text;
        size_t at;
        const char *why; /* a part of it; NULL: it is taken */
    } rows[] = {
        {DNS, "", 0, "an empty label"},
        {DNS, ".", 0, "an empty label"},
        {DNS, "a.*.b", 2, "wildcard"},
        {DNS, "a.\xc3\xa4", 2, "not ASCII"},
        {DNS, "a b", 1, "not a character"},
        {DNS, "a.b-", 2, "hyphen"},
        {DNS, "1.2", 0, "reads like an address"},
        {EMAIL, "a", 1, "no @"},
        {EMAIL, "@a", 0, "before the @"},
        {EMAIL, "a@", 2, "behind the @"},
        {EMAIL, "a@b@c", 3, "a second @"},
        {EMAIL, "a b@c", 1, "local part"},
        {EMAIL, "a*@c", 1, "local part"},
        {EMAIL, "\"a\"@c", 0, "local part"},
        {EMAIL, "\x80@c", 0, "local part"},
        {EMAIL, "a@c.", 3, "ends with a dot"},
        {EMAIL, "a@c..d", 4, "an empty label"},
        {EMAIL, "!#$%&'+-/=?^_`{|}~.aZ0@c", 0, NULL},
        {UPN, "a", 1, "no @"},
        {UPN, "a\x1f@b", 1, "control"},
        {UPN, "a@b\x7f", 3, "control"},
        {UPN, "*@b", 0, "wildcard"},
        {UPN, "A@B", 0, NULL},
        {URI, "", 0, "begins with a scheme and a colon"},
        {URI, "abc", 3, "begins with a scheme and a colon"},
        {URI, ":abc", 0, "begins with a scheme"},
        {URI, "1a:b", 0, "a scheme"},
        {URI, "a_b:c", 1, "a scheme"},
        {URI, "a+-.1:c", 0, NULL},
        {URI, "urn:", 4, "nothing behind the scheme"},
        {URI, "spiffe:a", 7, "a trust domain"},
        {URI, "a:/", 0, NULL},
        {URI, "a://h/-._~!$&'()+,;=:@", 0, NULL},
        {URI, "a://h/\x7f", 6, "not a character"},
        {URI, "a://h/%41", 6, "percent"},
        {URI, "a://h/?q", 6, "query"},
        {URI, "a://h/#f", 6, "fragment"},
        {URI, "a:b/*", 4, "wildcard"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault fault = {.why = ""};
        size_t len;
        bool ok = make_key(rows[i].kind, span_of_text(rows[i].text), &len, &fault);

        ck_assert_msg(ok == (rows[i].why == NULL), "%s: %s", rows[i].text, fault.why);
        if (ok)
            continue;
        ck_assert_msg(strstr(fault.why, rows[i].why) != NULL, "%s: %s", rows[i].text, fault.why);
        ASSERT_INT(rows[i].text, fault.at, rows[i].at);
    }
}
END_TEST

/* A zero is a character of none of them. */
START_TEST(zeros)
{
    static const struct {
        enum kind kind;
        const char *text;
        size_t len, at;
    } rows[] = {
        {DNS, "a\0b", 3, 1},
        {EMAIL, "a\0b@c", 5, 1},
        {UPN, "a\0b@c", 5, 1},
        {URI, "a://h/b\0c", 9, 7},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault fault = {.why = ""};
        size_t len;

        ck_assert(!make_key(rows[i].kind, span_of(rows[i].text, rows[i].len), &len, &fault));
        ASSERT_INT(rows[i].text, fault.at, rows[i].at);
    }
}
END_TEST

/* The longest is taken, and one octet more is not. */
START_TEST(lengths)
{
    static const struct {
        const char *name;
        enum kind kind;
        const char *front;
        size_t most;
        const char *why;
    } rows[] = {
        {"a domain name", DNS, "", MTLSAUTH__MAX_DNS, "253 characters"},
        {"a principal", UPN, "a@", MTLSAUTH__MAX_MAIL, "principal"},
        {"a URI", URI, "a:b", MTLSAUTH__MAX_URI, "2048 bytes"},
    };
    static char text[MTLSAUTH__MAX_MAIL + 2];
    struct fault fault;
    size_t len;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t n = 0; n <= rows[i].most; n++)
            text[n] = rows[i].kind == DNS && n % 64 == 63 ? '.' : 'a';
        memcpy(text, rows[i].front, strlen(rows[i].front));
        ASSERT_TRUE(rows[i].name,
                    make_key(rows[i].kind, span_of(text, rows[i].most), &len, &fault));
        ASSERT_INT(rows[i].name, len, rows[i].most);
        ASSERT_TRUE(rows[i].name,
                    !make_key(rows[i].kind, span_of(text, rows[i].most + 1), &len, &fault));
        ASSERT_INT(rows[i].name, fault.at, rows[i].most);
        ASSERT_TRUE(rows[i].name, strstr(fault.why, rows[i].why) != NULL);
    }

    /* A label, and an address of which the domain is short enough. */
    memset(text, 'a', sizeof text);
    ck_assert(make_key(DNS, span_of(text, 63), &len, &fault));
    ck_assert(!make_key(DNS, span_of(text, 64), &len, &fault));
    ck_assert_uint_eq(fault.at, 63);
    memcpy(text + MTLSAUTH__MAX_MAIL - 2, "@aa", 3);
    ck_assert(make_key(EMAIL, span_of(text, MTLSAUTH__MAX_MAIL), &len, &fault));
    ck_assert_uint_eq(len, MTLSAUTH__MAX_MAIL);
    ck_assert(!make_key(EMAIL, span_of(text, MTLSAUTH__MAX_MAIL + 1), &len, &fault));
    ck_assert_uint_eq(fault.at, MTLSAUTH__MAX_MAIL);
}
END_TEST

/* As a certificate has it: in any string type, longer than it may be, and broken. */
START_TEST(principals_of_certificates)
{
    static uint8_t text[MTLSAUTH__MAX_MAIL + 4];
    size_t len;

    ck_assert(mtlsauth__upn_key_of_string(0x0c, span_of_text("A@B"), key, &len));
    ck_assert_uint_eq(len, 3);
    ck_assert_int_eq(memcmp(key, "A@b", 3), 0);
    ck_assert(mtlsauth__upn_key_of_string(0x1e, span_of("\0A\0@\0B", 6), key, &len));
    ck_assert_int_eq(memcmp(key, "A@b", 3), 0);
    ck_assert(!mtlsauth__upn_key_of_string(0x0c, span_of("A@\xff", 3), key, &len));
    ck_assert(!mtlsauth__upn_key_of_string(0x1e, span_of("\0A\0@\0", 5), key, &len));
    ck_assert(!mtlsauth__upn_key_of_string(0x0c, span_of_text("AB"), key, &len));
    memset(text, 'a', sizeof text);
    text[1] = '@';
    ck_assert(!mtlsauth__upn_key_of_string(0x0c, span_of(text, sizeof text), key, &len));
}
END_TEST

UNIT_MAIN("identity/keys", faults, zeros, lengths, principals_of_certificates)
