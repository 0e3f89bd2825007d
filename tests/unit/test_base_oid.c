/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/oid.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define OCTETS_31                                                                                  \
    "\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"                             \
    "\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"

#define ZEROS_29                                                                                   \
    "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"                             \
    "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"

START_TEST(both_ways)
{
    static const struct {
        const char *name;
        const char *octets;
        size_t len;
        const char *text;
    } rows[] = {
        {"0.0", TEXT("\x00"), "0.0"},
        {"0.39", TEXT("\x27"), "0.39"},
        {"1.0", TEXT("\x28"), "1.0"},
        {"1.39", TEXT("\x4f"), "1.39"},
        {"2.0", TEXT("\x50"), "2.0"},
        {"2.39", TEXT("\x77"), "2.39"},
        {"2.40", TEXT("\x78"), "2.40"},
        {"2.47", TEXT("\x7f"), "2.47"},
        {"2.48", TEXT("\x81\x00"), "2.48"},
        {"2.999", TEXT("\x88\x37"), "2.999"},
        {"commonName", TEXT("\x55\x04\x03"), "2.5.4.3"},
        {"clientAuth", TEXT("\x2b\x06\x01\x05\x05\x07\x03\x02"), "1.3.6.1.5.5.7.3.2"},
        {"sha256WithRSAEncryption", TEXT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"),
         "1.2.840.113549.1.1.11"},
        {"an arc of 127", TEXT("\x2a\x7f"), "1.2.127"},
        {"an arc of 128", TEXT("\x2a\x81\x00"), "1.2.128"},
        {"an arc of 16383", TEXT("\x2a\xff\x7f"), "1.2.16383"},
        {"an arc of 16384", TEXT("\x2a\x81\x80\x00"), "1.2.16384"},
        {"an arc of 2^32", TEXT("\x2a\x90\x80\x80\x80\x00"), "1.2.4294967296"},
        {"an arc of 2^63", TEXT("\x2a\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
         "1.2.9223372036854775808"},
        {"an arc of 2^64", TEXT("\x2a\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
         "1.2.18446744073709551616"},
        {"2.25 with a UUID",
         TEXT("\x69\x83\xf8\xac\xd0\xf8\xac\xd0\xf8\xac\xd0\xf8\xac\xd0\xf8\xac\xd0\xf8\x2c"),
         "2.25.2618728119727603582716032172176981036"},
        {"a large second arc", TEXT("\x82\x80\x80\x80\x80\x80\x80\x80\x80\x4f"),
         "2.18446744073709551615"},
        {"a large arc of 7s", TEXT("\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
         "1.2.1180591620717411303423"},
        {"zeros", TEXT("\x00\x00\x00"), "0.0.0.0"},
        {"one arc of 31 octets",
         TEXT("\x2a\x81" ZEROS_29 "\x00"),
         "1.2.1645504557321206042154969182557350504982735865633579863348609024"},
        {"longest, with the longest text", TEXT("\x7f" OCTETS_31),
         "2.47.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127."
         "127.127.127.127.127.127.127.127.127.127"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span value = span_of(rows[i].octets, rows[i].len);
        char text[MTLSAUTH__MAX_OID_TEXT];
        uint8_t octets[MTLSAUTH__MAX_OID];
        size_t len;

        ASSERT_TRUE(rows[i].name, mtlsauth__oid_ok(value));
        ASSERT_TRUE(rows[i].name, mtlsauth__oid_to_text(value, text));
        ASSERT_TEXT(rows[i].name, text, rows[i].text);
        ASSERT_TRUE(rows[i].name, mtlsauth__oid_from_text(span_of_text(text), octets, &len));
        ASSERT_TRUE(rows[i].name, span_equal(span_of(octets, len), value));
    }
}
END_TEST

START_TEST(octets_refused)
{
    static const struct {
        const char *name;
        const char *octets;
        size_t len;
        bool well_formed; /* an OID, though none that has a text here */
    } rows[] = {
        {"empty", TEXT(""), false},
        {"cut off", TEXT("\x55\x84"), false},
        {"cut off behind a zero", TEXT("\x55\x81\x80"), false},
        {"continuation alone", TEXT("\x80"), false},
        {"padded first arc", TEXT("\x80\x55"), false},
        {"padded arc", TEXT("\x55\x80\x03"), false},
        {"33 octets", TEXT("\x7f\x7f" OCTETS_31), true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span value = span_of(rows[i].octets, rows[i].len);
        char text[MTLSAUTH__MAX_OID_TEXT];

        ASSERT_INT(rows[i].name, mtlsauth__oid_ok(value), rows[i].well_formed);
        ASSERT_TRUE(rows[i].name, !mtlsauth__oid_to_text(value, text));
    }
}
END_TEST

START_TEST(text_refused)
{
    static const struct {
        const char *name;
        const char *text;
        size_t len;
    } rows[] = {
        {"empty", TEXT("")},
        {"one arc", TEXT("1")},
        {"a point alone", TEXT(".")},
        {"one arc and a point", TEXT("1.")},
        {"a point first", TEXT(".1.2")},
        {"a point last", TEXT("1.2.")},
        {"two points", TEXT("1..2")},
        {"first arc 3", TEXT("3.1")},
        {"0.40", TEXT("0.40")},
        {"1.40", TEXT("1.40")},
        {"leading zero", TEXT("1.02.3")},
        {"leading zero of the first", TEXT("01.2")},
        {"two zeros", TEXT("1.2.00")},
        {"minus", TEXT("1.-2")},
        {"plus", TEXT("1.+2")},
        {"space first", TEXT(" 1.2")},
        {"space last", TEXT("1.2 ")},
        {"letter", TEXT("1.2.a")},
        {"comma", TEXT("1,2")},
        {"NUL", TEXT("1.2\0")},
        {"an arc that is too long",
         TEXT("1.2.210624583337114373395836055367340864637790190801098222508621955072")},
        {"a first arc that is too long",
         TEXT("2.26959946667150639794667015087019630673637144422540572481103610249136")},
        {"33 octets",
         TEXT("1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25.26.27."
              "28.29.30.31.32.33.34")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t octets[MTLSAUTH__MAX_OID];
        size_t len;

        ASSERT_TRUE(rows[i].name,
                    !mtlsauth__oid_from_text(span_of(rows[i].text, rows[i].len), octets, &len));
    }
}
END_TEST

/* All 32 octets are one number; in text 80 less, for the first two arcs are one. */
START_TEST(largest_arc)
{
    static const char text[] =
        "2.26959946667150639794667015087019630673637144422540572481103610249135";
    char back[MTLSAUTH__MAX_OID_TEXT];
    uint8_t octets[MTLSAUTH__MAX_OID];
    size_t len;

    ck_assert(mtlsauth__oid_from_text(span_of_text(text), octets, &len));
    ck_assert_uint_eq(len, MTLSAUTH__MAX_OID);
    for (size_t i = 0; i < len; i++)
        ck_assert_uint_eq(octets[i], i + 1 < len ? 0xff : 0x7f);
    ck_assert(mtlsauth__oid_to_text(span_of(octets, len), back));
    ck_assert_str_eq(back, text);
}
END_TEST

START_TEST(comparison)
{
    ck_assert(OID_IS(span_of("\x55\x1d\x00", 3), "\x55\x1d\x00"));
    ck_assert(!OID_IS(span_of("\x55\x1d", 2), "\x55\x1d\x00"));
    ck_assert(!OID_IS(span_of(NULL, 0), "\x55"));
}
END_TEST

UNIT_MAIN("base/oid", both_ways, octets_refused, text_refused, largest_arc, comparison)
