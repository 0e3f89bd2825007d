/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/percent.h"

#define TEXT(literal) literal, sizeof(literal) - 1

START_TEST(decoding)
{
    static const struct {
        const char *name;
        const char *text;
        size_t len;
        bool ok;
        const char *bytes;
        size_t bytes_len;
        size_t bad;
    } rows[] = {
        {"empty", TEXT(""), true, TEXT(""), 0},
        {"nothing encoded", TEXT("abc"), true, TEXT("abc"), 0},
        {"lower case", TEXT("%2f"), true, TEXT("/"), 0},
        {"upper case", TEXT("%2F"), true, TEXT("/"), 0},
        {"mixed case", TEXT("%aB%Ab"), true, TEXT("\xab\xab"), 0},
        {"plus stays", TEXT("a+b%2Bc"), true, TEXT("a+b+c"), 0},
        {"percent encoded", TEXT("%25"), true, TEXT("%"), 0},
        {"undone once", TEXT("%252F"), true, TEXT("%2F"), 0},
        {"newline encoded", TEXT("a%0Ab%0D%0A"), true, TEXT("a\nb\r\n"), 0},
        {"space encoded", TEXT("BEGIN%20CERTIFICATE"), true, TEXT("BEGIN CERTIFICATE"), 0},
        {"high octet encoded", TEXT("%FF%80"), true, TEXT("\xff\x80"), 0},
        {"01 encoded", TEXT("%01"), true, TEXT("\x01"), 0},
        {"first and last printable", TEXT("!~"), true, TEXT("!~"), 0},

        {"NUL encoded", TEXT("ab%00c"), false, TEXT(""), 2},
        {"NUL", TEXT("ab\0c"), false, TEXT(""), 2},
        {"space", TEXT("a b"), false, TEXT(""), 1},
        {"newline", TEXT("abc\n"), false, TEXT(""), 3},
        {"TAB", TEXT("\tabc"), false, TEXT(""), 0},
        {"DEL", TEXT("ab\x7f"), false, TEXT(""), 2},
        {"UTF-8", TEXT("a\xc3\xa4"), false, TEXT(""), 1},
        {"percent at the end", TEXT("ab%"), false, TEXT(""), 2},
        {"one digit at the end", TEXT("ab%2"), false, TEXT(""), 2},
        {"first digit is none", TEXT("%g0"), false, TEXT(""), 0},
        {"second digit is none", TEXT("%0g"), false, TEXT(""), 0},
        {"two percents", TEXT("%%20"), false, TEXT(""), 0},
        {"sign", TEXT("%+1"), false, TEXT(""), 0},
        {"%u escape", TEXT("x%u0041"), false, TEXT(""), 1},
        {"a space for a digit", TEXT("% 1"), false, TEXT(""), 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *out = malloc(rows[i].len + 1);
        size_t len = 0, bad = 0;
        bool ok = mtlsauth__percent_decode(span_of(rows[i].text, rows[i].len), out, &len, &bad);

        ASSERT_INT(rows[i].name, ok, rows[i].ok);
        if (ok)
            ASSERT_TRUE(rows[i].name,
                        span_equal(span_of(out, len), span_of(rows[i].bytes, rows[i].bytes_len)));
        else
            ASSERT_INT(rows[i].name, bad, rows[i].bad);
        free(out);
    }
}
END_TEST

START_TEST(every_escape)
{
    for (unsigned c = 0; c < 256; c++) {
        char text[4];
        uint8_t out[3];
        size_t len = 0, bad;

        snprintf(text, sizeof text, "%%%02x", c);
        ASSERT_INT(text, mtlsauth__percent_decode(span_of_text(text), out, &len, &bad), c != 0);
        if (c != 0)
            ASSERT_TRUE(text, len == 1 && out[0] == c);
    }
}
END_TEST

UNIT_MAIN("base/percent", decoding, every_escape)
