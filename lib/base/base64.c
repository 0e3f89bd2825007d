/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (ascii_is_digit(c))
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
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
        uint8_t c = text.ptr[i];
        int value = value_of(c);

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
