/* SPDX-License-Identifier: MIT */
/* What a wildcard of a rule stands for, and what it does not: a name more lets a client in. */
#include "unit.h"

#include "identity/dns.h"
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

UNIT_MAIN("identity/wildcards", labels, segments)
