/* SPDX-License-Identifier: MIT */
#include "base/oid.h"

bool mtlsauth__oid_ok(struct span value)
{
    bool first_of_arc = true;

    if (value.len == 0 || value.ptr[value.len - 1] >= 0x80)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        if (first_of_arc && value.ptr[i] == 0x80)
            return false;
        first_of_arc = value.ptr[i] < 0x80;
    }
    return true;
}

/* A number in base 128, as its octets have it, the last one first. Zero has no groups. */
struct arc {
    uint8_t groups[MTLSAUTH__MAX_OID];
    size_t count;
};

/* arc * factor + addend; false when it is none of MTLSAUTH__MAX_OID octets any more. */
static bool arc_multiply_add(struct arc *arc, unsigned factor, unsigned addend)
{
    unsigned carry = addend;

    for (size_t i = 0; i < arc->count; i++) {
        carry += arc->groups[i] * factor;
        arc->groups[i] = (uint8_t)(carry & 0x7fU);
        carry >>= 7;
    }
    for (; carry > 0; carry >>= 7) {
        if (arc->count == MTLSAUTH__MAX_OID)
            return false;
        arc->groups[arc->count++] = (uint8_t)(carry & 0x7fU);
    }
    return true;
}

/* Divides it; what is left over. */
static unsigned arc_divide(struct arc *arc, unsigned divisor)
{
    unsigned rest = 0;

    for (size_t i = arc->count; i > 0; i--) {
        rest = rest << 7 | arc->groups[i - 1];
        arc->groups[i - 1] = (uint8_t)(rest / divisor);
        rest %= divisor;
    }
    while (arc->count > 0 && arc->groups[arc->count - 1] == 0)
        arc->count--;
    return rest;
}

/* The first octets encode 40 * root + arc; root is 2 where that is 80 or more. */
static char take_root(struct arc *arc)
{
    unsigned least = arc->count == 0 ? 0 : arc->groups[0], root = 2, borrow = 80;

    if (arc->count <= 1 && least < 80) {
        root = least / 40;
        borrow = root * 40;
    }
    for (size_t i = 0; borrow > 0; i++) {
        unsigned enough = arc->groups[i] >= borrow ? 0 : 1;

        arc->groups[i] = (uint8_t)(arc->groups[i] + enough * 128 - borrow);
        borrow = enough;
    }
    while (arc->count > 0 && arc->groups[arc->count - 1] == 0)
        arc->count--;
    return (char)('0' + root);
}

static size_t arc_to_text(struct arc *arc, char *out)
{
    char digits[MTLSAUTH__MAX_OID_TEXT];
    size_t count = 0;

    do
        digits[count++] = (char)('0' + arc_divide(arc, 10));
    while (arc->count > 0);
    for (size_t i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

bool mtlsauth__oid_to_text(struct span value, char out[MTLSAUTH__MAX_OID_TEXT])
{
    size_t used = 0;

    if (value.len > MTLSAUTH__MAX_OID || !mtlsauth__oid_ok(value))
        return false;
    for (size_t at = 0; at < value.len;) {
        struct arc arc = {.count = 0};
        size_t end = at;

        while (value.ptr[end] >= 0x80)
            end++;
        for (size_t i = end + 1; i > at; i--)
            arc.groups[arc.count++] = (uint8_t)(value.ptr[i - 1] & 0x7fU);
        if (at == 0)
            out[used++] = take_root(&arc);
        out[used++] = '.';
        used += arc_to_text(&arc, out + used);
        at = end + 1;
    }
    out[used] = '\0';
    return true;
}

/* One arc of dotted text: digits without a leading zero. */
static bool read_arc(struct span *text, struct arc *arc)
{
    size_t n = 0;

    arc->count = 0;
    for (; n < text->len && ascii_is_digit(text->ptr[n]); n++)
        if ((n > 0 && text->ptr[0] == '0') ||
            !arc_multiply_add(arc, 10, (unsigned)(text->ptr[n] - '0')))
            return false;
    *text = span_tail(*text, n);
    return n > 0;
}

static bool write_arc(const struct arc *arc, uint8_t out[MTLSAUTH__MAX_OID], size_t *len)
{
    size_t groups = arc->count == 0 ? 1 : arc->count;

    if (groups > MTLSAUTH__MAX_OID - *len)
        return false;
    for (size_t i = groups; i > 1; i--)
        out[(*len)++] = (uint8_t)(arc->groups[i - 1] | 0x80U);
    out[(*len)++] = arc->count == 0 ? 0 : arc->groups[0];
    return true;
}

/* Below 40 under the roots 0 and 1. */
static bool read_first_arcs(struct span *text, struct arc *arc)
{
    unsigned root;
    bool is_small;

    if (text->len < 2 || text->ptr[0] < '0' || text->ptr[0] > '2' || text->ptr[1] != '.')
        return false;
    root = (unsigned)(text->ptr[0] - '0');
    *text = span_tail(*text, 2);
    if (!read_arc(text, arc))
        return false;
    is_small = arc->count == 0 || (arc->count == 1 && arc->groups[0] < 40);
    return (root == 2 || is_small) && arc_multiply_add(arc, 1, root * 40);
}

bool mtlsauth__oid_from_text(struct span text, uint8_t out[MTLSAUTH__MAX_OID], size_t *len)
{
    struct arc arc;

    *len = 0;
    if (!read_first_arcs(&text, &arc) || !write_arc(&arc, out, len))
        return false;
    while (text.len > 0) {
        if (text.ptr[0] != '.')
            return false;
        text = span_tail(text, 1);
        if (!read_arc(&text, &arc) || !write_arc(&arc, out, len))
            return false;
    }
    return true;
}
