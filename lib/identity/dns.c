/* SPDX-License-Identifier: MIT */
#include "identity/dns.h"

/* RFC 1035 2.3.1, with the digit in front that RFC 1123 2.1 adds, and the underscore of RFC
 * 8552. */
static bool label_ok(struct span label, size_t at, struct fault *fault)
{
    if (label.len == 0)
        return fault_at(fault, at, "an empty label");
    if (label.len > 63)
        return fault_at(fault, at + 63, "a label longer than 63 characters");
    for (size_t i = 0; i < label.len; i++) {
        uint8_t c = label.ptr[i];

        if (c == '*')
            return fault_at(fault, at + i,
                            "a wildcard stands for whole labels, at the front alone");
        if (c >= 0x80)
            return fault_at(fault, at + i, "not ASCII: write the A-label (xn--...)");
        if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-' && c != '_')
            return fault_at(fault, at + i, "not a character of a domain name");
    }
    if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return fault_at(fault, at, "a label that begins or ends with a hyphen");
    return true;
}

static bool is_number(struct span label)
{
    for (size_t i = 0; i < label.len; i++)
        if (!ascii_is_digit(label.ptr[i]))
            return false;
    return true;
}

bool mtlsauth__dns_key(struct span text, uint8_t *out, size_t *len, struct fault *fault)
{
    struct span label = span_of(NULL, 0);
    size_t labels = 0;

    if (text.len > 0 && text.ptr[text.len - 1] == '.')
        text.len--;
    if (text.len > MTLSAUTH__MAX_DNS)
        return fault_at(fault, MTLSAUTH__MAX_DNS, "a domain name longer than 253 characters");
    for (size_t at = 0; at <= text.len; at += label.len + 1) {
        label = span_tail(text, at);
        label = span_head(label, span_find(label, '.'));
        if (!label_ok(label, at, fault))
            return false;
        labels++;
    }
    /* No top-level domain is a number, but a host name that is one alone is used by devices. */
    if (labels > 1 && is_number(label))
        return fault_at(fault, 0, "this reads like an address: use ip:");
    for (size_t i = 0; i < text.len; i++)
        out[i] = ascii_lower(text.ptr[i]);
    *len = text.len;
    return true;
}

bool mtlsauth__dns_under(struct span name, struct span base, bool many)
{
    size_t front;

    if (name.len < base.len + 2)
        return false;
    front = name.len - base.len - 1;
    if (name.ptr[front] != '.' || !span_equal(span_tail(name, front + 1), base))
        return false;
    return many || !span_has(span_head(name, front), '.');
}
