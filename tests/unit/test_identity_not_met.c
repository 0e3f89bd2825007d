/* SPDX-License-Identifier: MIT */
/* What a rule does not stand for: a name more that it meets lets a client in. */
#include "unit.h"

#include <mtlsauth/error.h>
#include "identity/address.h"
#include "identity/dns.h"
#include "identity/fault.h"
#include "identity/matcher.h"
#include "identity/uri.h"

START_TEST(labels)
{
    static const struct {
        const char *name, *base;
        bool one, many;
    } rows[] = {
        {"a.example.com", "example.com", true, true},
        {"a.b.example.com", "example.com", false, true},
        {"example.com", "example.com", false, false},
        {".example.com", "example.com", false, false},
        {"a.example.org", "example.com", false, false},
        {"a.b.example.org", "example.com", false, false},
        {"badexample.com", "example.com", false, false},
        {"a.badexample.com", "example.com", false, false},
        {"com", "example.com", false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span name = span_of_text(rows[i].name), base = span_of_text(rows[i].base);

        ASSERT_INT(rows[i].name, mtlsauth__dns_under(name, base, false), rows[i].one);
        ASSERT_INT(rows[i].name, mtlsauth__dns_under(name, base, true), rows[i].many);
    }
}
END_TEST

START_TEST(segments)
{
    static const struct {
        const char *pattern, *uri;
        bool meets;
    } rows[] = {
        {"s://td/*", "s://td/x", true},
        {"s://td/*", "s://td/x/y", false},
        {"s://td/*", "s://td/", false},
        {"s://td/*", "s://te/x", false},
        {"s://td/*", "s://td", false},
        {"s://td/*/a", "s://td/x/a", true},
        {"s://td/*/a", "s://td/x/b", false},
        {"s://td/*/a", "s://td/x/ab", false},
        {"s://td/*/a", "s://td/x", false},
        {"s://td/*/a", "s://td/x/a/b", false},
        {"s://td/*/a", "s://td//a", false},
        {"s://td/*/a/*", "s://td/x/a/y", true},
        {"s://td/*/a/*", "s://td/x/b/y", false},
        {"s://td/**", "s://td/x", true},
        {"s://td/**", "s://td/x/y/z", true},
        {"s://td/**", "s://td/", false},
        {"s://td/**", "s://te/x", false},
        {"s://td/*/**", "s://td/x/y", true},
        {"s://td/*/**", "s://td/x/", false},
        {"s://td/*/**", "s://td/x", false},
        {"s://td/*/a/**", "s://td/x/a/y/z", true},
        {"s://td/*/a/**", "s://td/x/b/y/z", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_msg(mtlsauth__uri_meets(span_of_text(rows[i].pattern),
                                          strcspn(rows[i].pattern, "*"),
                                          span_of_text(rows[i].uri)) == rows[i].meets,
                      "%s, %s", rows[i].pattern, rows[i].uri);
}
END_TEST

/* A UPN and a mailbox may read the same, and are the names of two. */
START_TEST(kinds_of_names)
{
    static const char key[] = "a@example.com";
    static const struct {
        const char *matcher;
        enum matcher_type type;
        bool unbelieved, holds;
    } rows[] = {
        {"email:a@example.com", MATCHER_EMAIL, false, true},
        {"email:a@example.com", MATCHER_EMAIL, true, false},
        {"email:a@example.com", MATCHER_UPN, false, false},
        {"email:a@example.com", MATCHER_URI, false, false},
        {"upn:a@example.com", MATCHER_UPN, false, true},
        {"upn:a@example.com", MATCHER_UPN, true, false},
        {"upn:a@example.com", MATCHER_EMAIL, false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct identity_subject subject = {.leaf = NULL};
        struct subject_name name = {.type = rows[i].type, .key = span_of_text(key)};
        struct subject_names names = {
            .subject = &subject, .list = &name, .count = 1, .believed = !rows[i].unbelieved};
        struct matcher matcher;

        ASSERT_INT(rows[i].matcher, mtlsauth__matcher_compile(&matcher, rows[i].matcher, 0),
                   MTLSAUTH_OK);
        names.of_type[matcher.type].end = 1;
        ck_assert_msg(mtlsauth__matcher_holds(&matcher, &names, NULL) == rows[i].holds,
                      "row %zu, %s", i, rows[i].matcher);
        mtlsauth__matcher_drop(&matcher);
    }
}
END_TEST

START_TEST(addresses)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"192.0.2.1", true},
        {"192x0.2.1", false},
        {"192.0.2x1", false},
        {"192.0.2", false},
        {"192.0.2.", false},
        {"192.0.2.1.", false},
        {"192.0.2.1.1", false},
        {"192.0.2.1x", false},
        {"2001:db8::1", true},
        {"1:2:3:4:5:6:7:8", true},
        {"1:2:3:4:5:6:7", false},
        {"1:2:3:4:5:6:7:8:9", false},
        {"::192.0.2.1", true},
        {"1:2:3:4:5:6:192.0.2.1", true},
        {"1:2:3:4:5:6:7:192.0.2.1", false},
        {"::192.0.2", false},
        {"::192.0x2.1", false},
        {"::192.0.2.1:1", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address address;
        struct fault fault;

        ASSERT_INT(rows[i].text,
                   mtlsauth__address_read(&address, span_of_text(rows[i].text), false, &fault),
                   rows[i].good);
    }
}
END_TEST

UNIT_MAIN("identity/not_met", labels, segments, kinds_of_names, addresses)
