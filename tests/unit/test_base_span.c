/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/hex.h"
#include "base/span.h"

/* Nothing at all, with and without a pointer. */
static const struct span none = {NULL, 0}, empty = {(const uint8_t *)"x", 0};

START_TEST(equal_and_order)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"", "", 0},     {"a", "a", 0},  {"", "a", -1},        {"a", "b", -1},
        {"a", "aa", -1}, {"b", "aa", 1}, {"\x7f", "\x80", -1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span a = span_of_text(rows[i].a), b = span_of_text(rows[i].b);
        int order = span_compare(a, b), back = span_compare(b, a);

        ASSERT_INT(rows[i].b, (order > 0) - (order < 0), rows[i].order);
        ASSERT_INT(rows[i].b, (back > 0) - (back < 0), -rows[i].order);
        ASSERT_INT(rows[i].b, span_equal(a, b), rows[i].order == 0);
    }
    ck_assert(span_equal(none, empty));
    ck_assert_int_eq(span_compare(none, empty), 0);
}
END_TEST

START_TEST(case_of_letters)
{
    static const struct {
        const char *a, *end;
        bool equal, ends;
    } rows[] = {
        {"", "", true, true},
        {"a", "A", true, true},
        {"Example.COM", "eXAMPLE.com", true, true},
        {"www.example.com", ".EXAMPLE.com", false, true},
        {"example.com", "www.example.com", false, false},
        {"a", "", false, true},
        {"@", "`", false, false},
        {"[", "{", false, false},
        {"\xc3\x84", "\xc3\xa4", false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span a = span_of_text(rows[i].a), end = span_of_text(rows[i].end);

        ASSERT_INT(rows[i].a, span_equal_nocase(a, end), rows[i].equal);
        ASSERT_INT(rows[i].a, span_ends_nocase(a, end), rows[i].ends);
    }
    ck_assert(span_equal_nocase(none, empty));
    ck_assert(span_ends_nocase(none, none));
    ck_assert(span_ends_nocase(none, empty));
    ck_assert(!span_ends_nocase(none, span_of_text("a")));
}
END_TEST

START_TEST(parts)
{
    struct span text = span_of_text("abcb");

    ck_assert_uint_eq(span_find(text, 'b'), 1);
    ck_assert_uint_eq(span_find(text, 'x'), 4);
    ck_assert_uint_eq(span_find(none, 0), 0);
    ck_assert(span_has(text, 'c') && !span_has(text, 'x') && !span_has(none, 0));
    ck_assert(span_is_text(span_head(text, 0), ""));
    ck_assert(span_is_text(span_head(text, 3), "abc"));
    ck_assert(span_is_text(span_tail(text, 1), "bcb"));
    ck_assert(span_is_text(span_tail(text, 4), ""));
    ck_assert(span_is_text(span_tail(none, 0), ""));
    /* Text with a NUL is longer than the text in front of it. */
    ck_assert(!span_is_text(span_of("abc\0", 4), "abc"));
}
END_TEST

START_TEST(hexadecimal)
{
    static const struct {
        const char *name, *digits;
        size_t max;
        bool ok;
        const char *text;
    } rows[] = {
        {"empty", "", 4, true, ""},
        {"lower case", "00ff7a", 4, true, "00ff7a"},
        {"upper case", "00FF7A", 4, true, "00ff7a"},
        {"as long as there is room", "01020304", 4, true, "01020304"},
        {"longer", "0102030405", 4, false, NULL},
        {"odd", "012", 4, false, NULL},
        {"letter", "0g", 4, false, NULL},
        {"first of two", "g0", 4, false, NULL},
        {"colon", "00:11:", 4, false, NULL},
        {"sign", "-1", 4, false, NULL},
        {"0x", "0x00", 4, false, NULL},
        {"before and after the digits", "/:", 4, false, NULL},
        {"around the letters", "@`", 4, false, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t bytes[4];
        char text[9];
        size_t len = 0;

        ASSERT_INT(rows[i].name, hex_decode(span_of_text(rows[i].digits), bytes, rows[i].max, &len),
                   rows[i].ok);
        if (rows[i].ok) {
            hex_encode(span_of(bytes, len), text);
            ASSERT_TEXT(rows[i].name, text, rows[i].text);
        }
    }
}
END_TEST

UNIT_MAIN("base/span", equal_and_order, case_of_letters, parts, hexadecimal)
