/* SPDX-License-Identifier: MIT */
#include "base/der.h"

/* Lengths beyond four octets describe more than any input that is taken. */
enum { MAX_LENGTH_OCTETS = 4 };

/* X.690 8.1.3, 10.1. */
static bool read_length(struct der *in, size_t *len)
{
    size_t n, value = 0;
    uint8_t first;

    if (in->pos == in->end)
        return false;
    first = *in->pos++;
    if (first < 0x80) {
        *len = first;
        return true;
    }
    n = first & 0x7fU;
    if (n == 0 || n > MAX_LENGTH_OCTETS || (size_t)(in->end - in->pos) < n)
        return false;
    if (*in->pos == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | *in->pos++;
    if (value < 0x80)
        return false;
    *len = value;
    return true;
}

/*
 * X.690 8 and 10.2: of the universal types EXTERNAL, EMBEDDED PDV, SEQUENCE, SET and CHARACTER
 * STRING are constructed, and no other is. A string in pieces is BER: others read one string where
 * a comparison of octets sees something else.
 */
static bool has_its_form(unsigned tag)
{
    const uint32_t constructed = 1U << 8 | 1U << 11 | 1U << 16 | 1U << 17 | 1U << 29;
    bool is_universal = (tag & 0xc0U) == 0, is_constructed = (tag & 0x20U) != 0;

    return !is_universal || is_constructed == ((constructed >> (tag & 0x1fU) & 1U) != 0);
}

bool mtlsauth__der_next(struct der *in, unsigned *tag, struct span *value, struct span *whole)
{
    struct der at = *in;
    size_t len;

    if (at.pos == at.end || (*at.pos & 0x1fU) == 0x1fU || !has_its_form(*at.pos))
        return false;
    *tag = *at.pos++;
    if (!read_length(&at, &len) || (size_t)(at.end - at.pos) < len)
        return false;
    *value = span_of(at.pos, len);
    at.pos += len;
    if (whole != NULL)
        *whole = span_of(in->pos, (size_t)(at.pos - in->pos));
    *in = at;
    return true;
}

bool mtlsauth__der_read(struct der *in, unsigned tag, struct span *value)
{
    unsigned found;

    return der_peek(in, tag) && mtlsauth__der_next(in, &found, value, NULL);
}

bool mtlsauth__der_read_whole(struct der *in, unsigned tag, struct span *whole)
{
    unsigned found;
    struct span value;

    return der_peek(in, tag) && mtlsauth__der_next(in, &found, &value, whole);
}

bool mtlsauth__der_enter(struct der *in, unsigned tag, struct der *inner)
{
    struct span value;

    if (!mtlsauth__der_read(in, tag, &value))
        return false;
    *inner = der_of(value);
    return true;
}

bool mtlsauth__der_optional(struct der *in, unsigned tag, bool *present, struct span *value)
{
    *present = der_peek(in, tag);
    if (*present)
        return mtlsauth__der_read(in, tag, value);
    *value = span_of(NULL, 0);
    return true;
}

bool mtlsauth__der_default_false(struct der *in, bool *value)
{
    struct der at = *in;
    struct span content;
    bool present;

    *value = false;
    if (!mtlsauth__der_optional(&at, DER_BOOLEAN, &present, &content))
        return false;
    if (!present)
        return true;
    if (content.len != 1 || (content.ptr[0] != 0x00 && content.ptr[0] != 0xff))
        return false;
    *value = content.ptr[0] == 0xff;
    *in = at;
    return true;
}

bool mtlsauth__der_integer_ok(struct span value)
{
    if (value.len == 0)
        return false;
    if (value.len == 1)
        return true;
    return !(value.ptr[0] == 0x00 && value.ptr[1] < 0x80) &&
           !(value.ptr[0] == 0xff && value.ptr[1] >= 0x80);
}

bool mtlsauth__der_small_integer(struct span value, uint32_t *out)
{
    uint32_t sum = 0;

    if (!mtlsauth__der_integer_ok(value) || value.ptr[0] >= 0x80 || value.len > sizeof sum)
        return false;
    for (size_t i = 0; i < value.len; i++)
        sum = sum << 8 | value.ptr[i];
    *out = sum;
    return true;
}

bool mtlsauth__der_bit_string(struct span value, struct span *octets, unsigned *unused)
{
    uint8_t pad;

    if (value.len == 0)
        return false;
    pad = value.ptr[0];
    if (pad > 7 || (pad != 0 && value.len == 1))
        return false;
    if (pad != 0 && (value.ptr[value.len - 1] & ((1U << pad) - 1U)) != 0)
        return false;
    *octets = span_tail(value, 1);
    *unused = pad;
    return true;
}

bool mtlsauth__der_only(struct span bytes, unsigned tag, struct span *value)
{
    struct der in = der_of(bytes);

    return mtlsauth__der_read(&in, tag, value) && der_at_end(&in);
}
