/* SPDX-License-Identifier: MIT */
/* Names of a wrong form, of the largest size, and of characters that hide. */
#include "unit.h"

#include <strings.h>
#include "base/asn1_string.h"
#include "base/text.h"
#include "cert/name.h"
#include "cert/name_canonical.h"
#include "support/der_text.h"

START_TEST(malformed)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"no SEQUENCE", "31 00"},
        {"something behind", "30 00 05 00"},
        {"an RDN that is no SET", "30 { 30 { 30 { 06 { 55 04 03 } 0c 01 41 } } }"},
        {"an RDN that is empty", "30 { 31 00 }"},
        {"an RDN longer than it is", "30 { 31 7f 30 }"},
        {"an attribute that is no SEQUENCE", "30 { 31 { 31 { 06 { 55 04 03 } 0c 01 41 } } }"},
        {"an attribute without an OID", "30 { 31 { 30 { 0c 01 41 } } }"},
        {"an OID that ends in the middle", "30 { 31 { 30 { 06 01 80 0c 01 41 } } }"},
        {"an attribute without a value", "30 { 31 { 30 { 06 { 55 04 03 } } } }"},
        {"something behind the value", "30 { 31 { 30 { 06 { 55 04 03 } 0c 01 41 05 00 } } }"},
        {"good, then bad", "30 { 31 { 30 { 06 { 55 04 03 } 0c 01 41 } } 31 00 }"},
        {"a string in pieces", "30 { 31 { 30 { 06 { 55 04 0b } 2c { 0c 01 62 0c 02 61 64 } } } }"},
        {"an INTEGER in pieces", "30 { 31 { 30 { 06 { 55 04 0b } 22 { 02 01 01 } } } }"},
        {"a SEQUENCE in one", "30 { 31 { 30 { 06 { 55 04 0b } 10 00 } } }"},
        {"an OID of 200 octets", "30 { 31 { 30 { 06 { 2a 03 * 199 } 0c 01 41 } } }"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text der = der_text(rows[i].text);
        struct span name = span_of(der.ptr, der.len);
        struct text text = {0}, canonical = {0};

        ASSERT_INT(rows[i].name, mtlsauth__name_text(&text, name), NAME_MALFORMED);
        ASSERT_INT(rows[i].name, mtlsauth__name_canonical(&canonical, name), NAME_MALFORMED);
        ASSERT_TRUE(rows[i].name, !mtlsauth__name_is_empty(name));
        mtlsauth__text_drop(&text);
        mtlsauth__text_drop(&canonical);
        free(der.ptr);
    }
}
END_TEST

static bool count_to(void *arg, const struct name_attribute *attribute)
{
    size_t *left = arg;

    ck_assert_uint_eq(attribute->oid.len, 3);
    return --*left > 0;
}

/* Who is told of attributes may stop; what is malformed behind is not looked at then. */
START_TEST(each_attribute)
{
    struct der_text der =
        der_text("30 { 31 { 30 { 06 { 55 04 03 } 0c 01 41 } } 31 { 30 { 06 { 55 04 "
                 "0a } 0c 01 42 } } 31 00 }");
    size_t left = 2;

    ck_assert(mtlsauth__name_each(span_of(der.ptr, der.len), count_to, &left));
    ck_assert_uint_eq(left, 0);
    left = 3;
    ck_assert(!mtlsauth__name_each(span_of(der.ptr, der.len), count_to, &left));
    ck_assert_uint_eq(left, 1);
    ck_assert(!mtlsauth__name_each(span_of("\x05\x00", 2), count_to, &left));
    free(der.ptr);
}
END_TEST

static struct der_text name_of(size_t rdns, size_t attributes)
{
    struct der_text der = der_text("30");

    for (size_t i = 0; i < rdns; i++) {
        size_t start;

        der_text_add(&der, "31");
        start = der.len;
        for (size_t k = 0; k < attributes; k++)
            der_text_add(&der, "30 { 06 { 55 04 03 } 0c 01 41 }");
        der_text_close(&der, start);
    }
    der_text_close(&der, 1);
    return der;
}

static enum name_status text_of(size_t rdns, size_t attributes)
{
    struct der_text der = name_of(rdns, attributes);
    struct text text = {0};
    enum name_status status = mtlsauth__name_text(&text, span_of(der.ptr, der.len));

    mtlsauth__text_drop(&text);
    free(der.ptr);
    return status;
}

START_TEST(most)
{
    ck_assert_int_eq(text_of(MTLSAUTH__MAX_RDNS, 1), NAME_OK);
    ck_assert_int_eq(text_of(MTLSAUTH__MAX_RDNS + 1, 1), NAME_MALFORMED);
    ck_assert_int_eq(text_of(1, MTLSAUTH__MAX_ATTRIBUTES), NAME_OK);
    ck_assert_int_eq(text_of(1, MTLSAUTH__MAX_ATTRIBUTES + 1), NAME_MALFORMED);
}
END_TEST

/* What is no string is written as its BER, whose length has one octet to four. */
START_TEST(lengths_of_what_is_no_string)
{
    static const struct {
        size_t len;
        const char *begins;
    } rows[] = {
        {0x7f, "CN=#047F00"},      {0x80, "CN=#04818000"},     {0xff, "CN=#0481FF00"},
        {0x100, "CN=#0482010000"}, {0xffff, "CN=#0482FFFF00"}, {0x10000, "CN=#048301000000"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text der = der_text("");
        struct text text = {0};
        char words[80];

        snprintf(words, sizeof words, "30 { 31 { 30 { 06 { 55 04 03 } 04 { 00 * %zu } } } }",
                 rows[i].len);
        der_text_add(&der, words);
        ck_assert_int_eq(mtlsauth__name_text(&text, span_of(der.ptr, der.len)), NAME_OK);
        ck_assert_msg(strncasecmp(text.ptr, rows[i].begins, strlen(rows[i].begins)) == 0, "%.24s",
                      text.ptr);
        ck_assert_uint_eq(text.len, strlen(rows[i].begins) + 2 * rows[i].len - 2);
        mtlsauth__text_drop(&text);
        free(der.ptr);
    }
}
END_TEST

/* What moves the cursor, hides, or turns the text of a line of a log around. */
START_TEST(invisible_characters)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x1, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},      {0x34f, 0x34f},
                  {0x61c, 0x61c},     {0x115f, 0x1160},   {0x17b4, 0x17b5},  {0x180b, 0x180f},
                  {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},  {0x3164, 0x3164},
                  {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},  {0xfff0, 0xfffb},
                  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        uint32_t last = ranges[i].last;
        const uint32_t rows[] = {ranges[i].first - 1, ranges[i].first, last, last + 1};

        for (size_t k = 0; k < COUNT_OF(rows); k++) {
            bool hidden = k == 1 || k == 2;
            struct text text = {0};
            uint8_t utf8[4];
            size_t len = mtlsauth__utf8_encode(rows[k], utf8);

            if (rows[k] == 0)
                continue;
            ck_assert_int_eq(mtlsauth__string_text(&text, 0x0c, span_of(utf8, len)), NAME_OK);
            ck_assert_msg(text.len == (hidden ? 3 * len : len), "%x", (unsigned)rows[k]);
            ck_assert_msg((text.ptr[0] == '\\') == hidden, "%x", (unsigned)rows[k]);
            mtlsauth__text_drop(&text);
        }
    }
}
END_TEST

/* RFC 4518 2.2 maps them to nothing, or to a space: a name with one is another octet by octet. */
START_TEST(characters_that_are_mapped)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x1, 0x8},       {0xe, 0x1f},      {0x7f, 0xa0},     {0xad, 0xad},
                  {0x6dd, 0x6dd},   {0x70f, 0x70f},   {0x1680, 0x1680}, {0x1806, 0x1806},
                  {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000},
                  {0xfff0, 0xfffc}, {0xe0001, 0xe0001}};

    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        const uint32_t rows[] = {ranges[i].first - 1, ranges[i].first, ranges[i].last,
                                 ranges[i].last + 1};

        for (size_t k = ranges[i].first == 1; k < (ranges[i].first > 0xffff ? 3 : 4); k++) {
            bool clear = (k == 0 && ranges[i].first < 0xffff) || k == 3;
            uint8_t utf8[6] = "a";
            size_t len = 1 + mtlsauth__utf8_encode(rows[k], utf8 + 1);

            ck_assert_msg(mtlsauth__name_value_is_clear(0x0c, span_of(utf8, len)) == clear, "%x",
                          (unsigned)rows[k]);
        }
    }
    ck_assert(mtlsauth__name_value_is_clear(0x0c, span_of_text("a \t\n\v\f\rb")));
    ck_assert(mtlsauth__name_value_is_clear(0x14, span_of_text("\xe9")));
    ck_assert(!mtlsauth__name_value_is_clear(0x14, span_of_text("\xa0")));
    ck_assert(!mtlsauth__name_value_is_clear(0x0c, span_of_text("\xe9")));
    ck_assert(!mtlsauth__name_value_is_clear(0x1b, span_of_text("a")));
}
END_TEST

/* Of all the values of a name. */
START_TEST(names_that_are_clear)
{
    static const struct {
        const char *text;
        bool clear;
    } rows[] = {
        {"30 { }", true},
        {"30 { 31 { 30 { 06 { 55 04 03 } 0c { 61 } } } }", true},
        {"30 { 31 { 30 { 06 { 55 04 03 } 0c { c2 a0 } } } "
         "31 { 30 { 06 { 55 04 0a } 0c { 61 } } } }",
         false},
        {"30 { 31 { 30 { 06 { 55 04 03 } 0c { 61 } } } 31 { 30 { 06 { 55 04 0a } 0c { 01 } } } }",
         false},
        {"30 { 31 { 30 { 06 { 55 04 03 } 1b { 61 } } } }", false},
        {"30 { 31 00 }", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text der = der_text(rows[i].text);

        ck_assert_msg(mtlsauth__name_is_clear(span_of(der.ptr, der.len)) == rows[i].clear, "%s",
                      rows[i].text);
        free(der.ptr);
    }
}
END_TEST

UNIT_MAIN("cert/name forms", malformed, each_attribute, most, lengths_of_what_is_no_string,
          invisible_characters, characters_that_are_mapped, names_that_are_clear)
