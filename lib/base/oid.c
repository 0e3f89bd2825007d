/* SPDX-License-Identifier: MIT */
#include "base/oid.h"

#include <inttypes.h>
#include <stdio.h>

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

bool mtlsauth__oid_to_text(struct span value, char out[MTLSAUTH__MAX_OID_TEXT])
{
    size_t used = 0;
    uint64_t arc = 0;
    bool first = true;

    if (value.len > MTLSAUTH__MAX_OID || !mtlsauth__oid_ok(value))
        return false;
    for (size_t i = 0; i < value.len; i++) {
        int n;

        if (arc > UINT64_MAX >> 7)
            return false;
        arc = arc << 7 | (value.ptr[i] & 0x7fU);
        if (value.ptr[i] >= 0x80)
            continue;
        if (first) {
            uint64_t root = arc < 80 ? arc / 40 : 2;

            n = snprintf(out, MTLSAUTH__MAX_OID_TEXT, "%" PRIu64 ".%" PRIu64, root,
                         arc - root * 40);
        } else {
            n = snprintf(out + used, MTLSAUTH__MAX_OID_TEXT - used, ".%" PRIu64, arc);
        }
        if (n < 0 || (size_t)n >= MTLSAUTH__MAX_OID_TEXT - used)
            return false;
        used += (size_t)n;
        first = false;
        arc = 0;
    }
    return true;
}

/* One arc of dotted text: digits without a leading zero. */
static bool read_arc(struct span *text, uint64_t *arc)
{
    size_t n = 0;

    *arc = 0;
    while (n < text->len && ascii_is_digit(text->ptr[n])) {
        unsigned digit = (unsigned)(text->ptr[n] - '0');

        if (n > 0 && text->ptr[0] == '0')
            return false;
        if (*arc > (UINT64_MAX - 80 - digit) / 10)
            return false;
        *arc = *arc * 10 + digit;
        n++;
    }
    *text = span_tail(*text, n);
    return n > 0;
}

static bool write_arc(uint64_t arc, uint8_t out[MTLSAUTH__MAX_OID], size_t *len)
{
    unsigned groups = 1;

    while (groups < 10 && arc >> (7 * groups) != 0)
        groups++;
    if (*len + groups > MTLSAUTH__MAX_OID)
        return false;
    while (groups-- > 0)
        out[(*len)++] = (uint8_t)((arc >> (7 * groups) & 0x7fU) | (groups > 0 ? 0x80U : 0U));
    return true;
}

bool mtlsauth__oid_from_text(struct span text, uint8_t out[MTLSAUTH__MAX_OID], size_t *len)
{
    uint64_t root, arc;

    *len = 0;
    if (!read_arc(&text, &root) || root > 2 || text.len == 0 || text.ptr[0] != '.')
        return false;
    text = span_tail(text, 1);
    if (!read_arc(&text, &arc) || (root < 2 && arc >= 40) || !write_arc(root * 40 + arc, out, len))
        return false;
    while (text.len > 0) {
        if (text.ptr[0] != '.')
            return false;
        text = span_tail(text, 1);
        if (!read_arc(&text, &arc) || !write_arc(arc, out, len))
            return false;
    }
    return true;
}
