/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_HEX_H
#define MTLSAUTH_BASE_HEX_H

#include "base/span.h"

static inline char hex_digit(unsigned nibble)
{
    return "0123456789abcdef"[nibble & 0x0fU];
}

/* Value of a hexadecimal digit of either case, or -1. */
static inline int hex_value(uint8_t c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Lower-case hexadecimal of bytes into out, which has room for 2 * len + 1. */
static inline void hex_encode(struct span bytes, char *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        *out++ = hex_digit(bytes.ptr[i] >> 4);
        *out++ = hex_digit(bytes.ptr[i] & 0x0fU);
    }
    *out = '\0';
}

/* Bytes of an even number of digits, at most max of them; false for anything else. */
static inline bool hex_decode(struct span digits, uint8_t *out, size_t max, size_t *len)
{
    if (digits.len % 2 != 0 || digits.len / 2 > max)
        return false;
    for (size_t i = 0; i < digits.len; i += 2) {
        int high = hex_value(digits.ptr[i]), low = hex_value(digits.ptr[i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *len = digits.len / 2;
    return true;
}

#endif
