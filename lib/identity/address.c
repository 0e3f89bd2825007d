/* SPDX-License-Identifier: MIT */
#include "identity/address.h"

#include "base/hex.h"

/* A decimal number up to max without leading zeros; *at moves behind it. */
static bool read_number(struct span text, size_t *at, unsigned max, unsigned *out,
                        struct fault *fault)
{
    size_t start = *at, i = start;
    unsigned value = 0;

    for (; i < text.len && ascii_is_digit(text.ptr[i]); i++) {
        if (i > start && text.ptr[start] == '0')
            return fault_at(fault, start, "a number with a leading zero");
        value = value * 10 + (unsigned)(text.ptr[i] - '0');
        if (value > max)
            return fault_at(fault, start, "a number that is too large");
    }
    if (i == start)
        return fault_at(fault, i, "not a number");
    *out = value;
    *at = i;
    return true;
}

static bool read_v4(struct span text, size_t at, uint8_t out[4], struct fault *fault)
{
    for (size_t i = 0; i < 4; i++) {
        unsigned value;

        if (i > 0) {
            if (at == text.len || text.ptr[at] != '.')
                return fault_at(fault, at, "an IPv4 address has four numbers");
            at++;
        }
        if (!read_number(text, &at, 255, &value, fault))
            return false;
        out[i] = (uint8_t)value;
    }
    return at == text.len || fault_at(fault, at, "more than an IPv4 address");
}

/* What has been read of an IPv6 address. */
struct v6 {
    uint8_t bytes[16];
    size_t used; /* bytes */
    size_t gap;  /* where "::" stands, in bytes; SIZE_MAX: nowhere */
};

/* One group of up to four digits; *at moves behind it. */
static bool read_group(struct v6 *v6, struct span text, size_t *at, struct fault *fault)
{
    unsigned value = 0;
    size_t digits = 0;

    while (*at < text.len && digits < 4 && hex_value(text.ptr[*at]) >= 0) {
        value = value << 4 | (unsigned)hex_value(text.ptr[*at]);
        digits++;
        (*at)++;
    }
    if (digits == 0)
        return fault_at(fault, *at, "not an address");
    if (v6->used > 14)
        return fault_at(fault, *at, "an IPv6 address has eight groups");
    v6->bytes[v6->used++] = (uint8_t)(value >> 8);
    v6->bytes[v6->used++] = (uint8_t)(value & 0xffU);
    return true;
}

/* The last 32 bits may be written as an IPv4 address. */
static bool read_v4_end(struct v6 *v6, struct span text, size_t at, struct fault *fault)
{
    if (v6->used > 12)
        return fault_at(fault, at, "an IPv6 address has eight groups");
    if (!read_v4(text, at, v6->bytes + v6->used, fault))
        return false;
    v6->used += 4;
    return true;
}

static bool read_groups(struct v6 *v6, struct span text, struct fault *fault)
{
    size_t at = 0;

    if (text.len >= 2 && text.ptr[0] == ':' && text.ptr[1] == ':') {
        v6->gap = 0;
        at = 2;
    }
    while (at < text.len) {
        struct span rest = span_tail(text, at);

        if (span_has(rest, '.') && !span_has(rest, ':'))
            return read_v4_end(v6, text, at, fault);
        if (!read_group(v6, text, &at, fault))
            return false;
        if (at == text.len)
            return true;
        if (text.ptr[at] != ':')
            return fault_at(fault, at, "not a character of an IPv6 address");
        at++;
        if (at == text.len)
            return fault_at(fault, at, "an address that ends with a colon");
        if (text.ptr[at] == ':') {
            if (v6->gap != SIZE_MAX)
                return fault_at(fault, at, ":: twice");
            v6->gap = v6->used;
            at++;
        }
    }
    return true;
}

static bool read_v6(struct span text, uint8_t out[16], struct fault *fault)
{
    struct v6 v6 = {.gap = SIZE_MAX};
    size_t after;

    if (!read_groups(&v6, text, fault))
        return false;
    if (v6.gap == SIZE_MAX ? v6.used != 16 : v6.used > 14)
        return fault_at(fault, text.len, "an IPv6 address has eight groups");
    memset(out, 0, 16);
    after = v6.gap == SIZE_MAX ? 0 : v6.used - v6.gap;
    memcpy(out, v6.bytes, v6.used - after);
    memcpy(out + (16 - after), v6.bytes + (v6.used - after), after);
    return true;
}

void mtlsauth__address_mask(uint8_t *bytes, size_t len, unsigned bits)
{
    for (size_t i = 0; i < len; i++) {
        if (bits >= 8) {
            bits -= 8;
            continue;
        }
        bytes[i] = (uint8_t)(bytes[i] & (0xff00U >> bits));
        bits = 0;
    }
}

bool mtlsauth__address_read(struct address *address, struct span text, bool prefix,
                            struct fault *fault)
{
    size_t slash = span_find(text, '/'), at = slash + 1;
    struct span host = span_head(text, slash);
    bool is_v6 = span_has(host, ':');
    uint8_t masked[16];

    address->len = is_v6 ? 16 : 4;
    address->bits = (unsigned)address->len * 8;
    if (!(is_v6 ? read_v6(host, address->bytes, fault) : read_v4(host, 0, address->bytes, fault)))
        return false;
    if (slash == text.len)
        return true;
    if (!prefix)
        return fault_at(fault, slash, "one address is wanted, not a prefix");
    if (!read_number(text, &at, address->bits, &address->bits, fault))
        return false;
    if (at != text.len)
        return fault_at(fault, at, "more than a prefix");
    memcpy(masked, address->bytes, address->len);
    mtlsauth__address_mask(masked, address->len, address->bits);
    if (memcmp(masked, address->bytes, address->len) != 0)
        return fault_at(fault, 0, "bits behind the prefix are not zero");
    return true;
}
