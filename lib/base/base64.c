/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#define X (-1)

/* RFC 4648 4: what a character stands for, or X. */
static const int8_t values[256] = {
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  62,
    X,  X,  X,  63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X,  X,  X,  X,  X,  X,  X,  0,
    1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, X,  X,  X,  X,  X,  X,  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
    39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
};

/* Four digits at once; false when one of them is none. */
static bool decode_group(const uint8_t *text, uint8_t *out)
{
    int32_t a = values[text[0]], b = values[text[1]], c = values[text[2]], d = values[text[3]];
    uint32_t group;

    if ((a | b | c | d) < 0)
        return false;
    group = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
    out[0] = (uint8_t)(group >> 16);
    out[1] = (uint8_t)(group >> 8);
    out[2] = (uint8_t)group;
    return true;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool mtlsauth__base64_decode(struct span text, bool skip_space, uint8_t *out, size_t *len,
                             size_t *bad)
{
    uint32_t group = 0;
    size_t digits = 0, padding = 0, written = 0, last = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c;
        int value;

        while (digits % 4 == 0 && padding == 0 && text.len - i >= 4 &&
               decode_group(text.ptr + i, out + written)) {
            written += 3;
            digits += 4;
            last = i + 3;
            i += 4;
        }
        if (i == text.len)
            break;
        c = text.ptr[i];
        value = values[c];
        *bad = i;
        if (skip_space && is_space(c))
            continue;
        if (c == '=' && (digits % 4 >= 2 || padding > 0) && digits % 4 + padding < 4) {
            padding++;
            continue;
        }
        if (value < 0 || padding > 0)
            return false;
        group = group << 6 | (uint32_t)value;
        last = i;
        if (++digits % 4 == 0) {
            out[written++] = (uint8_t)(group >> 16);
            out[written++] = (uint8_t)(group >> 8);
            out[written++] = (uint8_t)group;
            group = 0;
        }
    }
    *bad = text.len;
    if ((digits + padding) % 4 != 0)
        return false;
    /* Bits that decode to nothing: two texts would mean the same bytes (RFC 4648 3.5). */
    if ((padding == 1 && (group & 0x3U) != 0) || (padding == 2 && (group & 0xfU) != 0)) {
        *bad = last;
        return false;
    }
    if (padding == 1) {
        out[written++] = (uint8_t)(group >> 10);
        out[written++] = (uint8_t)(group >> 2);
    } else if (padding == 2) {
        out[written++] = (uint8_t)(group >> 4);
    }
    *len = written;
    return true;
}

void mtlsauth__base64url_encode(struct span bytes, char *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned held = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | bytes.ptr[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            *out++ = alphabet[bits >> held & 0x3fU];
        }
    }
    if (held > 0)
        *out++ = alphabet[bits << (6 - held) & 0x3fU];
    *out = '\0';
}
