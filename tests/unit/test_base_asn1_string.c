/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/asn1_string.h"
#include "base/der.h"

#define TEXT(literal) literal, sizeof(literal) - 1

START_TEST(string_types)
{
    static const unsigned strings[] = {
        DER_UTF8_STRING, DER_NUMERIC_STRING, DER_PRINTABLE_STRING, DER_TELETEX_STRING,
        DER_IA5_STRING,  DER_VISIBLE_STRING, DER_UNIVERSAL_STRING, DER_BMP_STRING};

    for (unsigned tag = 0; tag < 256; tag++) {
        bool expected = false;
        char name[16];

        for (size_t i = 0; i < COUNT_OF(strings); i++)
            expected |= strings[i] == tag;
        snprintf(name, sizeof name, "tag 0x%02x", tag);
        ASSERT_INT(name, mtlsauth__asn1_is_string(tag), expected);
    }
}
END_TEST

START_TEST(characters)
{
    static const struct {
        const char *name;
        unsigned tag;
        const char *bytes;
        size_t len;
        enum asn1_char end; /* what comes behind the characters */
        size_t count;
        uint32_t c[4];
    } rows[] = {
        {"empty UTF8String", DER_UTF8_STRING, TEXT(""), ASN1_CHAR_END, 0, {0}},
        {"one to four octets",
         DER_UTF8_STRING,
         TEXT("A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
         ASN1_CHAR_END,
         4,
         {'A', 0xe4, 0x20ac, 0x1f600}},
        {"smallest of each",
         DER_UTF8_STRING,
         TEXT("\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80"),
         ASN1_CHAR_END,
         3,
         {0x80, 0x800, 0x10000}},
        {"largest of each",
         DER_UTF8_STRING,
         TEXT("\x7f\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf"),
         ASN1_CHAR_END,
         4,
         {0x7f, 0x7ff, 0xffff, 0x10ffff}},
        {"around the surrogates",
         DER_UTF8_STRING,
         TEXT("\xed\x9f\xbf\xee\x80\x80"),
         ASN1_CHAR_END,
         2,
         {0xd7ff, 0xe000}},
        {"continuation alone", DER_UTF8_STRING, TEXT("a\x80"), ASN1_CHAR_BAD, 1, {'a'}},
        {"two octets for a slash", DER_UTF8_STRING, TEXT("\xc0\xaf"), ASN1_CHAR_BAD, 0, {0}},
        {"0xc1", DER_UTF8_STRING, TEXT("\xc1\xbf"), ASN1_CHAR_BAD, 0, {0}},
        {"three octets for a slash", DER_UTF8_STRING, TEXT("\xe0\x80\xaf"), ASN1_CHAR_BAD, 0, {0}},
        {"three octets for 0x7ff", DER_UTF8_STRING, TEXT("\xe0\x9f\xbf"), ASN1_CHAR_BAD, 0, {0}},
        {"four octets for 0xffff",
         DER_UTF8_STRING,
         TEXT("\xf0\x8f\xbf\xbf"),
         ASN1_CHAR_BAD,
         0,
         {0}},
        {"first surrogate", DER_UTF8_STRING, TEXT("\xed\xa0\x80"), ASN1_CHAR_BAD, 0, {0}},
        {"last surrogate", DER_UTF8_STRING, TEXT("\xed\xbf\xbf"), ASN1_CHAR_BAD, 0, {0}},
        {"above U+10FFFF", DER_UTF8_STRING, TEXT("\xf4\x90\x80\x80"), ASN1_CHAR_BAD, 0, {0}},
        {"0xf5", DER_UTF8_STRING, TEXT("\xf5\x80\x80\x80"), ASN1_CHAR_BAD, 0, {0}},
        {"0xf9 for the first of four",
         DER_UTF8_STRING,
         TEXT("\xf9\x80\x80\x80"),
         ASN1_CHAR_BAD,
         0,
         {0}},
        {"a continuation for the first of two",
         DER_UTF8_STRING,
         TEXT("\x9f\xbf"),
         ASN1_CHAR_BAD,
         0,
         {0}},
        {"0xff", DER_UTF8_STRING, TEXT("\xff"), ASN1_CHAR_BAD, 0, {0}},
        {"cut after one of two", DER_UTF8_STRING, TEXT("\xc3"), ASN1_CHAR_BAD, 0, {0}},
        {"cut after two of three", DER_UTF8_STRING, TEXT("\xe2\x82"), ASN1_CHAR_BAD, 0, {0}},
        {"cut after three of four", DER_UTF8_STRING, TEXT("\xf0\x9f\x98"), ASN1_CHAR_BAD, 0, {0}},
        {"no continuation", DER_UTF8_STRING, TEXT("\xe2\x28\xa1"), ASN1_CHAR_BAD, 0, {0}},

        {"BMPString", DER_BMP_STRING, TEXT("\0A\x20\xac"), ASN1_CHAR_END, 2, {'A', 0x20ac}},
        {"BMPString of an odd length", DER_BMP_STRING, TEXT("\0A\0"), ASN1_CHAR_BAD, 1, {'A'}},
        {"BMPString with a surrogate",
         DER_BMP_STRING,
         TEXT("\xd8\x3d\xde\x00"),
         ASN1_CHAR_BAD,
         0,
         {0}},
        {"UniversalString",
         DER_UNIVERSAL_STRING,
         TEXT("\0\0\0A\0\x01\xf6\0"),
         ASN1_CHAR_END,
         2,
         {'A', 0x1f600}},
        {"UniversalString cut off", DER_UNIVERSAL_STRING, TEXT("\0\0\0"), ASN1_CHAR_BAD, 0, {0}},
        {"UniversalString above U+10FFFF",
         DER_UNIVERSAL_STRING,
         TEXT("\0\x11\0\0"),
         ASN1_CHAR_BAD,
         0,
         {0}},
        {"UniversalString with a surrogate",
         DER_UNIVERSAL_STRING,
         TEXT("\0\0\xdf\xff"),
         ASN1_CHAR_BAD,
         0,
         {0}},

        {"NumericString", DER_NUMERIC_STRING, TEXT("0 9"), ASN1_CHAR_END, 3, {'0', ' ', '9'}},
        {"NumericString with a letter", DER_NUMERIC_STRING, TEXT("1a"), ASN1_CHAR_BAD, 1, {'1'}},
        {"NumericString with a sign", DER_NUMERIC_STRING, TEXT("-1"), ASN1_CHAR_BAD, 0, {0}},
        {"PrintableString with a star",
         DER_PRINTABLE_STRING,
         TEXT("*.a"),
         ASN1_CHAR_END,
         3,
         {'*', '.', 'a'}},
        {"PrintableString with Latin-1",
         DER_PRINTABLE_STRING,
         TEXT("a\xe4"),
         ASN1_CHAR_BAD,
         1,
         {'a'}},
        {"IA5String with a high bit", DER_IA5_STRING, TEXT("\x80"), ASN1_CHAR_BAD, 0, {0}},
        {"IA5String, DEL", DER_IA5_STRING, TEXT("\x7f"), ASN1_CHAR_END, 1, {0x7f}},
        {"VisibleString with a high bit", DER_VISIBLE_STRING, TEXT("\xff"), ASN1_CHAR_BAD, 0, {0}},
        {"TeletexString is Latin-1",
         DER_TELETEX_STRING,
         TEXT("M\xfcller"),
         ASN1_CHAR_END,
         6,
         {'M', 0xfc, 'l', 'l'}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span value = span_of(rows[i].bytes, rows[i].len);
        struct asn1_string in = mtlsauth__asn1_string(rows[i].tag, value);
        enum asn1_char state;
        uint32_t c = 0;
        size_t n = 0;

        while ((state = mtlsauth__asn1_string_next(&in, &c)) == ASN1_CHAR_OK) {
            if (n < COUNT_OF(rows[i].c))
                ASSERT_INT(rows[i].name, c, rows[i].c[n]);
            n++;
        }
        ASSERT_INT(rows[i].name, state, rows[i].end);
        ASSERT_INT(rows[i].name, n, rows[i].count);
        ASSERT_INT(rows[i].name, mtlsauth__asn1_string_ok(rows[i].tag, value),
                   rows[i].end == ASN1_CHAR_END);
    }
}
END_TEST

START_TEST(nul_is_refused)
{
    static const struct {
        const char *name;
        unsigned tag;
        const char *bytes;
        size_t len;
    } rows[] = {
        {"UTF8String", DER_UTF8_STRING, TEXT("a\0b")},
        {"UTF8String, overlong", DER_UTF8_STRING, TEXT("a\xc0\x80")},
        {"IA5String", DER_IA5_STRING, TEXT("www.example.com\0.evil.example")},
        {"PrintableString, at the end", DER_PRINTABLE_STRING, TEXT("a\0")},
        {"TeletexString", DER_TELETEX_STRING, TEXT("\0")},
        {"VisibleString", DER_VISIBLE_STRING, TEXT("\0a")},
        {"NumericString", DER_NUMERIC_STRING, TEXT("1\0")},
        {"BMPString", DER_BMP_STRING, TEXT("\0a\0\0")},
        {"UniversalString", DER_UNIVERSAL_STRING, TEXT("\0\0\0\0")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_TRUE(rows[i].name,
                    !mtlsauth__asn1_string_ok(rows[i].tag, span_of(rows[i].bytes, rows[i].len)));
}
END_TEST

/* Every character there is becomes UTF-8 that reads back as itself. */
START_TEST(every_scalar)
{
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t utf8[4];
        uint32_t back = 0;
        size_t len;
        struct asn1_string in;

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        len = mtlsauth__utf8_encode(c, utf8);
        in = mtlsauth__asn1_string(DER_UTF8_STRING, span_of(utf8, len));
        if (mtlsauth__asn1_string_next(&in, &back) != ASN1_CHAR_OK || back != c || in.pos != in.end)
            ck_abort_msg("U+%04X does not come back", (unsigned)c);
    }
}
END_TEST

UNIT_MAIN("base/asn1_string", string_types, characters, nul_is_refused, every_scalar)
