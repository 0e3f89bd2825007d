/* SPDX-License-Identifier: MIT */
/* RFC 5280 4.2.1.13: the points of a certificate, read one by one, all of them or none. */
#include "unit.h"

#include "revocation/extension.h"
#include "revocation/point.h"
#include "support/der_text.h"

#define URI "86 { \"http://a/\" }"
#define NAME "a0 { a0 { " URI " } }"
#define BY "a2 { a4 { 30 00 } }"

START_TEST(one_point)
{
    static const struct {
        const char *name, *point;
        bool good, has_name, is_relative, has_issuer;
        uint32_t reasons;
    } rows[] = {
        {"a name", "30 { " NAME " }", true, true, false, false, ALL_REASONS},
        {"a relative name", "30 { a0 { a1 { 30 00 } } }", true, true, true, false, ALL_REASONS},
        {"an issuer", "30 { " BY " }", true, false, false, true, ALL_REASONS},
        {"all", "30 { " NAME " 81 { 05 60 } " BY " }", true, true, false, true, 0x06},
        {"all nine bits, of which one is not used", "30 { " NAME " 81 { 07 ff 80 } }", true, true,
         false, false, ALL_REASONS},
        {"no SEQUENCE", "31 { " NAME " }", .good = false},
        {"nothing", "30 00", .good = false},
        {"reasons alone", "30 { 81 { 05 60 } }", .good = false},
        {"reasons that are none", "30 { " NAME " 81 00 }", .good = false},
        {"a reason that RFC 5280 does not know", "30 { " NAME " 81 { 06 00 40 } }", .good = false},
        {"an issuer without a name", "30 { " NAME " a2 00 }", .good = false},
        {"no name in the name", "30 { a0 00 }", .good = false},
        {"an empty name", "30 { a0 { a0 00 } }", .good = false},
        {"a third kind of name", "30 { a0 { a2 { " URI " } } }", .good = false},
        {"more behind the name", "30 { a0 { a0 { " URI " } 05 00 } }", .good = false},
        {"two names", "30 { a0 { a0 { " URI " } a1 { 30 00 } } }", .good = false},
        {"more behind all", "30 { " NAME " " BY " 05 00 }", .good = false},
        {"in another order", "30 { " BY " " NAME " }", .good = false},
        {"a name that is cut off", "30 { a0 05 a0 }", .good = false},
        {"reasons that are cut off", "30 { " NAME " 81 05 05 }", .good = false},
        {"an issuer that is cut off", "30 { " NAME " a2 05 a4 }", .good = false},
        {"cut off", "30 05 a0 00", .good = false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = {0};
        struct cert_point point;
        struct der in;

        der_text_add(&text, rows[i].point);
        in = der_of(span_of(text.ptr, text.len));
        ASSERT_INT(rows[i].name, mtlsauth__cert_point_next(&in, &point), rows[i].good);
        if (rows[i].good) {
            ASSERT_INT(rows[i].name, point.has_name, rows[i].has_name);
            ASSERT_INT(rows[i].name, point.is_relative, rows[i].is_relative);
            ASSERT_INT(rows[i].name, point.crl_issuer.len > 0, rows[i].has_issuer);
            ASSERT_INT(rows[i].name, point.name.len > 0, rows[i].has_name);
            ASSERT_INT(rows[i].name, point.reasons, rows[i].reasons);
            ASSERT_TRUE(rows[i].name, der_at_end(&in));
        }
        free(text.ptr);
    }
}
END_TEST

/* The points of a value that is count times the same point, and more; -1 where none is to be
 * used. */
static int count_points(const char *before, size_t count, const char *after, bool present)
{
    struct cert_view view = {.version = 3};
    struct der_text inner = {0}, text = {0};
    char source[128];
    struct cert_point point;
    struct der points;
    int found = 0;

    for (size_t i = 0; i < count; i++)
        der_text_add(&inner, "30 { " NAME " }");
    der_text_add(&inner, after);
    /* The length in four octets of text, whatever it is. */
    if (inner.len < 0x80)
        snprintf(source, sizeof source, "%s %02zx", before, inner.len);
    else
        snprintf(source, sizeof source, "%s 82 %02zx %02zx", before, inner.len >> 8,
                 inner.len & 0xff);
    der_text_add(&text, source);
    for (size_t i = 0; i < inner.len; i++) {
        snprintf(source, sizeof source, "%02x", inner.ptr[i]);
        der_text_add(&text, source);
    }
    view.extensions[EXTENSION_CRL_DISTRIBUTION_POINTS] =
        (struct extension_value){.present = present, .value = span_of(text.ptr, text.len)};
    if (!mtlsauth__cert_points(&view, &points))
        found = -1;
    while (found >= 0 && !der_at_end(&points)) {
        ck_assert(mtlsauth__cert_point_next(&points, &point));
        found++;
    }
    free(inner.ptr);
    free(text.ptr);
    return found;
}

START_TEST(all_or_none)
{
    ck_assert_int_eq(count_points("30", 1, "", true), 1);
    ck_assert_int_eq(count_points("30", 2, "", true), 2);
    ck_assert_int_eq(count_points("30", 2, "30 { " BY " }", true), 3);
    ck_assert_int_eq(count_points("30", 64, "", true), 64);
    /* More than anybody has. */
    ck_assert_int_eq(count_points("30", 65, "", true), -1);
    ck_assert_int_eq(count_points("30", 64, "05 00", true), -1);
    ck_assert_int_eq(count_points("30", 1, "", false), -1);
    ck_assert_int_eq(count_points("30", 0, "", true), -1);
    ck_assert_int_eq(count_points("31", 1, "", true), -1);
    ck_assert_int_eq(count_points("05 00 30", 1, "", true), -1);
    /* A good one, and one that nobody can read. */
    ck_assert_int_eq(count_points("30", 1, "30 00", true), -1);
    ck_assert_int_eq(count_points("30", 1, "05 00", true), -1);
}
END_TEST

START_TEST(nothing_behind_them)
{
    struct der_text text = {0};
    struct cert_view view = {.version = 3};
    struct der points;

    der_text_add(&text, "30 { 30 { " NAME " } } 05 00");
    view.extensions[EXTENSION_CRL_DISTRIBUTION_POINTS] =
        (struct extension_value){.present = true, .value = span_of(text.ptr, text.len)};
    ck_assert(!mtlsauth__cert_points(&view, &points));
    view.extensions[EXTENSION_CRL_DISTRIBUTION_POINTS].value.len -= 2;
    ck_assert(mtlsauth__cert_points(&view, &points));
    free(text.ptr);
}
END_TEST

UNIT_MAIN("revocation/cert_points", one_point, all_or_none, nothing_behind_them)
