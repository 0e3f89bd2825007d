/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/base64.h"

#define TEXT(literal) literal, sizeof(literal) - 1

START_TEST(decoding)
{
    static const struct {
        const char *name;
        const char *text;
        size_t len;
        bool skip_space, ok;
        const char *bytes;
        size_t bytes_len;
        size_t bad;
    } rows[] = {
        /* RFC 4648 10. */
        {"empty", TEXT(""), false, true, TEXT(""), 0},
        {"f", TEXT("Zg=="), false, true, TEXT("f"), 0},
        {"fo", TEXT("Zm8="), false, true, TEXT("fo"), 0},
        {"foo", TEXT("Zm9v"), false, true, TEXT("foo"), 0},
        {"foob", TEXT("Zm9vYg=="), false, true, TEXT("foob"), 0},
        {"fooba", TEXT("Zm9vYmE="), false, true, TEXT("fooba"), 0},
        {"foobar", TEXT("Zm9vYmFy"), false, true, TEXT("foobar"), 0},
        {"all ones", TEXT("////"), false, true, TEXT("\xff\xff\xff"), 0},
        {"plus", TEXT("++++"), false, true, TEXT("\xfb\xef\xbe"), 0},
        {"zeros", TEXT("AAAA"), false, true, TEXT("\0\0\0"), 0},
        {"a zero octet", TEXT("AA=="), false, true, TEXT("\0"), 0},

        {"white space skipped", TEXT(" Z\tm\r\n9v "), true, true, TEXT("foo"), 0},
        {"white space around padding", TEXT("Zg = \n="), true, true, TEXT("f"), 0},
        {"white space alone", TEXT(" \n"), true, true, TEXT(""), 0},
        {"white space refused", TEXT("Zm 9v"), false, false, TEXT(""), 2},
        {"newline at the end refused", TEXT("Zm9v\n"), false, false, TEXT(""), 4},
        {"vertical tab is no white space", TEXT("Zm9v\v"), true, false, TEXT(""), 4},
        {"form feed is no white space", TEXT("\fZm9v"), true, false, TEXT(""), 0},
        {"NUL", TEXT("Zm9v\0"), true, false, TEXT(""), 4},

        {"one digit", TEXT("Z"), false, false, TEXT(""), 1},
        {"two digits without padding", TEXT("Zg"), false, false, TEXT(""), 2},
        {"three digits without padding", TEXT("Zm8"), false, false, TEXT(""), 3},
        {"half of the padding", TEXT("Zg="), false, false, TEXT(""), 3},
        {"too much padding after two", TEXT("Zg==="), false, false, TEXT(""), 4},
        {"too much padding after three", TEXT("Zm8=="), false, false, TEXT(""), 4},
        {"padding after four", TEXT("Zm9v="), false, false, TEXT(""), 4},
        {"padding after one", TEXT("Z==="), false, false, TEXT(""), 1},
        {"padding first", TEXT("=Zm9"), false, false, TEXT(""), 0},
        {"padding alone", TEXT("===="), false, false, TEXT(""), 0},
        {"padding in the middle", TEXT("Zg=v"), false, false, TEXT(""), 3},
        {"data behind padding", TEXT("Zg==Zm9v"), false, false, TEXT(""), 4},
        {"two values", TEXT("Zm8=Zm8="), false, false, TEXT(""), 4},
        {"unused bits set, two digits", TEXT("Zh=="), false, false, TEXT(""), 1},
        {"unused bits set, three digits", TEXT("Zm9="), false, false, TEXT(""), 2},
        {"highest unused bit", TEXT("Zo=="), false, false, TEXT(""), 1},

        {"URL alphabet: minus", TEXT("Zm-v"), false, false, TEXT(""), 2},
        {"URL alphabet: underscore", TEXT("Zm_v"), false, false, TEXT(""), 2},
        {"before plus", TEXT("Zm*v"), false, false, TEXT(""), 2},
        {"between slash and zero", TEXT("Zm.v"), false, false, TEXT(""), 2},
        {"after nine", TEXT("Zm:v"), false, false, TEXT(""), 2},
        {"before A", TEXT("Zm@v"), false, false, TEXT(""), 2},
        {"after Z", TEXT("Zm[v"), false, false, TEXT(""), 2},
        {"before a", TEXT("Zm`v"), false, false, TEXT(""), 2},
        {"after z", TEXT("Zm{v"), false, false, TEXT(""), 2},
        {"high bit", TEXT("Zm\xc1v"), false, false, TEXT(""), 2},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *out = malloc(base64_room(rows[i].len));
        size_t len = 0, bad = 0;
        bool ok = mtlsauth__base64_decode(span_of(rows[i].text, rows[i].len), rows[i].skip_space,
                                          out, &len, &bad);

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

/* The 64 digits are each other's neighbours, and all others are refused. */
START_TEST(every_octet)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (unsigned c = 0; c < 256; c++) {
        uint8_t text[4] = {'A', 'A', 'A', (uint8_t)c}, out[6];
        const char *digit = c == 0 ? NULL : strchr(alphabet, (int)c);
        size_t len = 0, bad = 0;
        char name[16];
        bool ok = mtlsauth__base64_decode(span_of(text, 4), false, out, &len, &bad);

        snprintf(name, sizeof name, "octet %u", c);
        if (c == '=') {
            ASSERT_TRUE(name, ok && len == 2);
            continue;
        }
        ASSERT_INT(name, ok, digit != NULL);
        if (ok)
            ASSERT_INT(name, out[2], digit - alphabet);
    }
}
END_TEST

START_TEST(url_encoding)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        const char *text;
    } rows[] = {
        {"empty", TEXT(""), ""},
        {"f", TEXT("f"), "Zg"},
        {"fo", TEXT("fo"), "Zm8"},
        {"foo", TEXT("foo"), "Zm9v"},
        {"foobar", TEXT("foobar"), "Zm9vYmFy"},
        {"62 and 63", TEXT("\xfb\xff\xbf"), "-_-_"},
        {"zeros", TEXT("\0\0"), "AAA"},
        /* RFC 8705 3.1. */
        {"a thumbprint",
         TEXT("\x03\x06\x09\x0c\x0f\x12\x15\x18\x1b\x1e\x21\x24\x27\x2a\x2d\x30"
              "\x33\x36\x39\x3c\x3f\x42\x45\x48\x4b\x4e\x51\x54\x57\x5a\x5d\x60"),
         "AwYJDA8SFRgbHiEkJyotMDM2OTw_QkVIS05RVFdaXWA"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t room = (rows[i].len * 4 + 2) / 3 + 1;
        char *out = malloc(room);

        mtlsauth__base64url_encode(span_of(rows[i].bytes, rows[i].len), out);
        ASSERT_TEXT(rows[i].name, out, rows[i].text);
        free(out);
    }
}
END_TEST

/* What is encoded decodes to itself: every length up to 80, put into the other alphabet. */
START_TEST(round_trip)
{
    for (size_t n = 0; n <= 80; n++) {
        uint8_t bytes[80], *out;
        char text[128], name[16];
        size_t len, back, bad;

        snprintf(name, sizeof name, "%zu octets", n);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)(n * 31 + i * 151);
        mtlsauth__base64url_encode(span_of(bytes, n), text);
        len = strlen(text);
        for (size_t i = 0; i < len; i++)
            text[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
        while (len % 4 != 0)
            text[len++] = '=';
        out = malloc(base64_room(len));
        ASSERT_TRUE(name, mtlsauth__base64_decode(span_of(text, len), false, out, &back, &bad));
        ASSERT_TRUE(name, span_equal(span_of(out, back), span_of(bytes, n)));
        free(out);
    }
}
END_TEST

UNIT_MAIN("base/base64", decoding, every_octet, url_encoding, round_trip)
