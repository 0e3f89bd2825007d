/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/der.h"

START_TEST(lengths)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        bool ok;
        size_t content;
    } rows[] = {
        {"empty input", "", 0, false, 0},
        {"no length", "\x04", 1, false, 0},
        {"empty value", "\x04\x00", 2, true, 0},
        {"short form", "\x04\x02"
                       "ab",
         4, true, 2},
        {"cut off", "\x04\x03"
                    "ab",
         4, false, 0},
        {"indefinite", "\x30\x80\x00\x00", 4, false, 0},
        {"long form of a short length", "\x04\x81\x02"
                                        "ab",
         5, false, 0},
        {"leading zero", "\x04\x82\x00\x80", 4, false, 0},
        {"four octets, beyond the end", "\x04\x84\xff\xff\xff\xff", 6, false, 0},
        {"five octets", "\x04\x85\x01\x00\x00\x00\x00", 7, false, 0},
        {"0xff is reserved", "\x04\xff", 2, false, 0},
        {"high tag number", "\x1f\x81\x01\x00", 4, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der in = der_of(span_of(rows[i].bytes, rows[i].len));
        struct span value, whole;
        unsigned tag;
        bool ok = mtlsauth__der_next(&in, &tag, &value, &whole);

        ASSERT_INT(rows[i].name, ok, rows[i].ok);
        if (ok) {
            ASSERT_INT(rows[i].name, value.len, rows[i].content);
            ASSERT_TRUE(rows[i].name, der_at_end(&in));
        } else {
            ASSERT_TRUE(rows[i].name, in.pos == (const uint8_t *)rows[i].bytes);
        }
    }
}
END_TEST

START_TEST(integers)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        bool ok, is_small;
        uint32_t value;
    } rows[] = {
        {"empty", "", 0, false, false, 0},
        {"zero", "\x00", 1, true, true, 0},
        {"127", "\x7f", 1, true, true, 127},
        {"128", "\x00\x80", 2, true, true, 128},
        {"zero padded", "\x00\x01", 2, false, false, 0},
        {"minus one", "\xff", 1, true, false, 0},
        {"minus one padded", "\xff\xff", 2, false, false, 0},
        {"largest", "\x7f\xff\xff\xff", 4, true, true, 0x7fffffff},
        {"too large", "\x00\x80\x00\x00\x00", 5, true, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span value = span_of(rows[i].bytes, rows[i].len);
        uint32_t got = 0;

        ASSERT_INT(rows[i].name, mtlsauth__der_integer_ok(value), rows[i].ok);
        ASSERT_INT(rows[i].name, mtlsauth__der_small_integer(value, &got), rows[i].is_small);
        ASSERT_INT(rows[i].name, got, rows[i].value);
    }
}
END_TEST

START_TEST(bit_strings)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        bool ok;
    } rows[] = {
        {"no pad octet", "", 0, false},
        {"empty", "\x00", 1, true},
        {"pad of nothing", "\x01", 1, false},
        {"pad over 7", "\x08\x00", 2, false},
        {"pad bits zero", "\x05\xa0", 2, true},
        {"pad bits set", "\x05\xa1", 2, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span octets;
        unsigned unused;

        ASSERT_INT(rows[i].name,
                   mtlsauth__der_bit_string(span_of(rows[i].bytes, rows[i].len), &octets, &unused),
                   rows[i].ok);
    }
}
END_TEST

START_TEST(booleans)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        bool ok, value;
    } rows[] = {
        {"absent", "", 0, true, false},
        {"another element", "\x02\x01\x00", 3, true, false},
        {"TRUE", "\x01\x01\xff", 3, true, true},
        {"FALSE", "\x01\x01\x00", 3, true, false},
        {"1 is no DER TRUE", "\x01\x01\x01", 3, false, false},
        {"two octets", "\x01\x02\xff\xff", 4, false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der in = der_of(span_of(rows[i].bytes, rows[i].len));
        bool value = false;
        bool ok = mtlsauth__der_default_false(&in, &value);

        ASSERT_INT(rows[i].name, ok, rows[i].ok);
        ASSERT_INT(rows[i].name, value, rows[i].value);
        if (!ok)
            ASSERT_TRUE(rows[i].name, in.pos == (const uint8_t *)rows[i].bytes);
    }
}
END_TEST

UNIT_MAIN("base/der", lengths, integers, bit_strings, booleans)
