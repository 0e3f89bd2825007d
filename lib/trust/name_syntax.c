/* SPDX-License-Identifier: MIT */
#include "trust/name_syntax.h"

enum { MAX_LABEL = 63, MAX_DOMAIN = 253, MAX_LOCAL = 64 };

static bool is_letter_or_digit(uint8_t c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* Preferred name syntax, RFC 1034 3.5 as changed by RFC 1123 2.1: labels of letters, digits and
 * hyphens, the hyphens neither first nor last. */
static bool is_domain(struct span name)
{
    if (name.len > MAX_DOMAIN)
        return false;
    for (;;) {
        size_t len = span_find(name, '.');

        if (len == 0 || len > MAX_LABEL || !is_letter_or_digit(name.ptr[0]) ||
            !is_letter_or_digit(name.ptr[len - 1]))
            return false;
        for (size_t i = 0; i < len; i++)
            if (!is_letter_or_digit(name.ptr[i]) && name.ptr[i] != '-')
                return false;
        if (len == name.len)
            return true;
        name = span_tail(name, len + 1);
    }
}

/* RFC 9525 6.3: a wildcard is the whole left-most label. */
static bool is_dns_name(struct span name)
{
    return is_domain(name.len > 2 && memcmp(name.ptr, "*.", 2) == 0 ? span_tail(name, 2) : name);
}

/* RFC 5321 4.1.2 Dot-string: atoms of RFC 5322 3.2.3, one dot between two. */
static bool is_dot_string(struct span local)
{
    bool dot = true;

    for (size_t i = 0; i < local.len; i++) {
        uint8_t c = local.ptr[i];

        if (c == '.' ? dot
                     : !is_letter_or_digit(c) && memchr("!#$%&'*+-/=?^_`{|}~", c, 19) == NULL)
            return false;
        dot = c == '.';
    }
    return !dot;
}

/* RFC 5321 4.1.2 Quoted-string; what is not printable ASCII is no IA5String of a name here. */
static bool is_quoted_string(struct span local)
{
    if (local.len < 2 || local.ptr[0] != '"' || local.ptr[local.len - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < local.len; i++) {
        if (local.ptr[i] == '"')
            return false;
        if (local.ptr[i] == '\\' && ++i + 1 == local.len)
            return false;
    }
    return true;
}

/* RFC 5321 4.1.3: "[192.0.2.1]"; what stands in it names no domain, and is not looked at. */
static bool is_address_literal(struct span domain)
{
    return domain.len > 2 && domain.ptr[0] == '[' && span_find(domain, ']') == domain.len - 1;
}

/* Mailbox ::= Local-part "@" ( Domain / address-literal ) */
static bool is_mailbox(struct span name)
{
    size_t at = name.len;
    struct span local, domain;

    while (at > 0 && name.ptr[at - 1] != '@')
        at--;
    if (at < 2 || at - 1 > MAX_LOCAL)
        return false;
    local = span_head(name, at - 1);
    domain = span_tail(name, at);
    return (is_dot_string(local) || is_quoted_string(local)) &&
           (is_domain(domain) || is_address_literal(domain));
}

/* "The name MUST NOT be a relative URI ... MUST include both a scheme and a
 * scheme-specific-part." */
static bool is_uri(struct span name)
{
    size_t colon = span_find(name, ':');

    if (colon + 1 >= name.len || !ascii_is_alpha(name.ptr[0]))
        return false;
    for (size_t i = 0; i < colon; i++)
        if (!is_letter_or_digit(name.ptr[i]) && memchr("+-.", name.ptr[i], 3) == NULL)
            return false;
    return true;
}

bool mtlsauth__san_syntax_ok(const struct san_entry *entry)
{
    switch (entry->type) {
    case MTLSAUTH_SAN_DNS:
        return is_dns_name(entry->value);
    case MTLSAUTH_SAN_EMAIL:
        return is_mailbox(entry->value);
    case MTLSAUTH_SAN_URI:
        return is_uri(entry->value);
    default:
        return true;
    }
}
