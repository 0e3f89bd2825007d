/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/memory.h"
#include "base/text.h"

#define TEXT(literal) literal, sizeof(literal) - 1

START_TEST(appending)
{
    struct text text = {0};
    char *taken;

    mtlsauth__text_add(&text, "");
    mtlsauth__text_add(&text, "abc");
    mtlsauth__text_add_bytes(&text, "defgh", 2);
    mtlsauth__text_add_bytes(&text, NULL, 0);
    mtlsauth__text_add_char(&text, '.');
    mtlsauth__text_add_hex(&text, span_of("\x00\x7f\xff", 3));
    mtlsauth__text_add_hex(&text, span_of(NULL, 0));
    mtlsauth__text_addf(&text, " %d %s", -5, "x");
    ck_assert_uint_eq(text.len, strlen(text.ptr));
    taken = mtlsauth__text_take(&text);
    ck_assert_str_eq(taken, "abcde.007fff -5 x");
    mtlsauth__free(taken);
    ck_assert_ptr_null(text.ptr);
    ck_assert_uint_eq(text.len, 0);
}
END_TEST

START_TEST(nothing)
{
    struct text text = {0};
    char *taken = mtlsauth__text_take(&text);

    ck_assert_str_eq(taken, "");
    mtlsauth__free(taken);
    mtlsauth__text_drop(&text);
    mtlsauth__text_drop(&text);
}
END_TEST

/* Every length around the sizes at which it grows, by one call and by many. */
START_TEST(growing)
{
    for (size_t n = 0; n <= 300; n++) {
        struct text whole = {0}, parts = {0}, formatted = {0};
        char filler[301], name[32];

        memset(filler, 'x', n);
        filler[n] = '\0';
        snprintf(name, sizeof name, "%zu characters", n);
        mtlsauth__text_add(&whole, filler);
        for (size_t i = 0; i < n; i++)
            mtlsauth__text_add_char(&parts, 'x');
        mtlsauth__text_addf(&formatted, "%s", filler);
        ASSERT_INT(name, whole.len, n);
        ASSERT_INT(name, formatted.len, n);
        ASSERT_TEXT(name, whole.ptr, filler);
        ASSERT_TEXT(name, formatted.ptr, filler);
        if (n > 0)
            ASSERT_TEXT(name, parts.ptr, filler);
        mtlsauth__text_drop(&whole);
        mtlsauth__text_drop(&parts);
        mtlsauth__text_drop(&formatted);
    }
}
END_TEST

START_TEST(json)
{
    static const struct {
        const char *name, *in, *out;
    } rows[] = {
        {"empty", "", "\"\""},
        {"plain", "abc", "\"abc\""},
        {"quote", "a\"b", "\"a\\\"b\""},
        {"backslash", "a\\b", "\"a\\\\b\""},
        {"newline", "a\nb", "\"a\\u000ab\""},
        {"first control", "\x01", "\"\\u0001\""},
        {"last control", "\x1f", "\"\\u001f\""},
        {"space", " ", "\" \""},
        {"DEL", "\x7f", "\"\\u007f\""},
        {"slash", "</script>", "\"</script>\""},
        {"UTF-8", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
         "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct text text = {0};

        mtlsauth__text_add_json(&text, rows[i].in);
        ASSERT_TEXT(rows[i].name, text.ptr, rows[i].out);
        mtlsauth__text_drop(&text);
    }
}
END_TEST

static char *build(void)
{
    struct text text = {0};

    for (int i = 0; i < 40; i++) {
        mtlsauth__text_add(&text, "0123456789");
        mtlsauth__text_addf(&text, "%d", i);
        mtlsauth__text_add_json(&text, "\"");
    }
    return mtlsauth__text_take(&text);
}

/* One append fails, all later ones do nothing, and the text is none. */
START_TEST(out_of_memory)
{
    size_t points;
    char *text;

    mtlsauth__memory_fail_at(0, 0);
    text = build();
    ck_assert_ptr_nonnull(text);
    mtlsauth__free(text);
    points = mtlsauth__memory_count();
    ck_assert_uint_ge(points, 3);
    for (size_t n = 1; n <= points; n++) {
        mtlsauth__memory_fail_at(n, 0);
        ck_assert_ptr_null(build());
        ck_assert_uint_eq(mtlsauth__memory_count(), n);
    }
    mtlsauth__memory_fail_at(0, 0);
}
END_TEST

START_TEST(sizes_that_overflow)
{
    struct text text = {0};

    mtlsauth__text_add(&text, "abc");
    mtlsauth__text_add_bytes(&text, "x", SIZE_MAX);
    ck_assert(text.failed);
    mtlsauth__text_add(&text, "def");
    ck_assert_uint_eq(text.len, 3);
    ck_assert_ptr_null(mtlsauth__text_take(&text));
    ck_assert_ptr_null(text.ptr);

    mtlsauth__text_add(&text, "abc");
    mtlsauth__text_add_bytes(&text, "x", SIZE_MAX - 4);
    ck_assert(text.failed);
    mtlsauth__text_drop(&text);
    ck_assert(!text.failed);
}
END_TEST

UNIT_MAIN("base/text", appending, nothing, growing, json, out_of_memory, sizes_that_overflow)
