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
        {"short form",
         "\x04\x02"
         "ab",
         4, true, 2},
        {"cut off",
         "\x04\x03"
         "ab",
         4, false, 0},
        {"indefinite", "\x30\x80\x00\x00", 4, false, 0},
        {"indefinite, nothing behind", "\x30\x80", 2, false, 0},
        {"long form of a short length",
         "\x04\x81\x02"
         "ab",
         5, false, 0},
        {"leading zero", "\x04\x82\x00\x80", 4, false, 0},
        {"four octets, beyond the end", "\x04\x84\xff\xff\xff\xff", 6, false, 0},
        {"one octet, it is missing", "\x04\x81", 2, false, 0},
        {"two octets, one is missing", "\x04\x82\x01", 3, false, 0},
        {"127 in the long form", "\x04\x81\x7f", 3, false, 0},
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
        {"minus 128", "\x80", 1, true, false, 0},
        {"minus 128 padded", "\xff\x80", 2, false, false, 0},
        {"minus 129", "\xff\x7f", 2, true, false, 0},
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
        {"no pad octet", "", 0, false},         {"empty", "\x00", 1, true},
        {"pad of nothing", "\x01", 1, false},   {"pad over 7", "\x08\x00", 2, false},
        {"pad of 7", "\x07\x80", 2, true},      {"pad bits zero", "\x05\xa0", 2, true},
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
        {"cut off", "\x01\x02\xff", 3, false, false},
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

/* Content of every number of octets of length, with its first and last octet where they should be;
 * one octet less is refused. */
START_TEST(long_lengths)
{
    static const struct {
        const char *name;
        const char *header;
        size_t header_len, content;
    } rows[] = {
        {"127", "\x04\x7f", 2, 0x7f},
        {"128", "\x04\x81\x80", 3, 0x80},
        {"129", "\x04\x81\x81", 3, 0x81},
        {"255", "\x04\x81\xff", 3, 0xff},
        {"256", "\x04\x82\x01\x00", 4, 0x100},
        {"65535", "\x04\x82\xff\xff", 4, 0xffff},
        {"65536", "\x04\x83\x01\x00\x00", 5, 0x10000},
        {"16777216", "\x04\x84\x01\x00\x00\x00", 6, 0x1000000},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = rows[i].header_len + rows[i].content;
        uint8_t *bytes = calloc(len, 1);
        struct span value, whole, none;
        struct der in, shorter;
        unsigned tag;

        ck_assert_ptr_nonnull(bytes);
        memcpy(bytes, rows[i].header, rows[i].header_len);
        bytes[rows[i].header_len] = 'a';
        bytes[len - 1] = 'z';
        in = der_of(span_of(bytes, len));
        shorter = der_of(span_of(bytes, len - 1));
        ASSERT_TRUE(rows[i].name, mtlsauth__der_next(&in, &tag, &value, &whole));
        ASSERT_INT(rows[i].name, tag, DER_OCTET_STRING);
        ASSERT_INT(rows[i].name, value.len, rows[i].content);
        ASSERT_TRUE(rows[i].name, value.ptr[0] == 'a' && value.ptr[value.len - 1] == 'z');
        ASSERT_TRUE(rows[i].name, whole.ptr == bytes && whole.len == len);
        ASSERT_TRUE(rows[i].name, der_at_end(&in));
        ASSERT_TRUE(rows[i].name, !mtlsauth__der_next(&shorter, &tag, &none, NULL));
        free(bytes);
    }
}
END_TEST

/* 0x80 is no length of 128. */
START_TEST(indefinite_before_128_octets)
{
    uint8_t bytes[130] = {0x24, 0x80, 0x04};
    struct der in = der_of(span_of(bytes, sizeof bytes));
    struct span value;
    unsigned tag;

    ck_assert(!mtlsauth__der_next(&in, &tag, &value, NULL));
}
END_TEST

/* SEQUENCE { INTEGER 5 } and one octet behind it. */
/* X.690 10.2: which form an element of a universal type has. */
START_TEST(forms)
{
    for (unsigned type = 0; type < 31; type++) {
        bool constructed = type == 8 || type == 11 || type == 16 || type == 17 || type == 29;

        for (unsigned form = 0; form < 8; form++) {
            const uint8_t bytes[] = {(uint8_t)(form << 5 | type), 0};
            struct der in = der_of(span_of(bytes, sizeof bytes));
            struct span value;
            unsigned tag;

            ck_assert_msg(mtlsauth__der_next(&in, &tag, &value, NULL) ==
                              (form > 1 || (form == 1) == constructed),
                          "%02x", bytes[0]);
            ck_assert(der_at_end(&in) == (form > 1 || (form == 1) == constructed));
        }
    }
}
END_TEST

START_TEST(reading_by_tag)
{
    static const uint8_t bytes[] = {0x30, 0x03, 0x02, 0x01, 0x05, 0x00};
    struct der in = der_of(span_of(bytes, 5)), inner;
    struct span value, whole;

    ck_assert(!mtlsauth__der_read(&in, DER_SET, &value));
    ck_assert(!mtlsauth__der_read_whole(&in, DER_SET, &whole));
    ck_assert(!mtlsauth__der_enter(&in, DER_SET, &inner));
    ck_assert(in.pos == bytes);
    ck_assert(mtlsauth__der_enter(&in, DER_SEQUENCE, &inner));
    ck_assert(der_at_end(&in));
    ck_assert(mtlsauth__der_read_whole(&inner, DER_INTEGER, &whole));
    ck_assert(whole.ptr == bytes + 2 && whole.len == 3);
    ck_assert(der_at_end(&inner));
    ck_assert(!mtlsauth__der_read(&inner, DER_INTEGER, &value));

    ck_assert(mtlsauth__der_only(span_of(bytes, 5), DER_SEQUENCE, &value));
    ck_assert(value.ptr == bytes + 2 && value.len == 3);
    ck_assert(!mtlsauth__der_only(span_of(bytes, 5), DER_SET, &value));
    ck_assert(!mtlsauth__der_only(span_of(bytes, 4), DER_SEQUENCE, &value));
    ck_assert(!mtlsauth__der_only(span_of(bytes, 6), DER_SEQUENCE, &value));
    ck_assert(!mtlsauth__der_only(span_of(NULL, 0), DER_SEQUENCE, &value));
}
END_TEST

START_TEST(optional_elements)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        bool ok, present;
        size_t content, left;
    } rows[] = {
        {"nothing", "", 0, true, false, 0, 0},
        {"another", "\x02\x01\x05", 3, true, false, 0, 3},
        {"there", "\xa0\x01x", 3, true, true, 1, 0},
        {"there and empty", "\xa0\x00", 2, true, true, 0, 0},
        {"there and cut off", "\xa0\x02x", 3, false, true, 0, 3},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der in = der_of(span_of(rows[i].bytes, rows[i].len));
        struct span value = span_of("?", 1);
        bool present = !rows[i].present;
        bool ok = mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &present, &value);

        ASSERT_INT(rows[i].name, ok, rows[i].ok);
        ASSERT_INT(rows[i].name, present, rows[i].present);
        ASSERT_INT(rows[i].name, in.end - in.pos, rows[i].left);
        if (ok)
            ASSERT_INT(rows[i].name, value.len, rows[i].content);
    }
}
END_TEST

UNIT_MAIN("base/der", lengths, long_lengths, indefinite_before_128_octets, forms, reading_by_tag,
          optional_elements, integers, bit_strings, booleans)
