/* SPDX-License-Identifier: MIT */
#include "identity/uri.h"

/* RFC 3986 2.3 */
static bool is_unreserved(uint8_t c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986 3.3: what a segment may have, but for percent-encoding and the wildcard. */
static bool is_path_char(uint8_t c)
{
    return is_unreserved(c) || memchr("!$&'()+,;=:@", c, 12) != NULL;
}

static bool bad_char(uint8_t c, size_t at, struct fault *fault)
{
    switch (c) {
    case '%':
        return fault_at(fault, at, "percent-encoding is not compared");
    case '?':
        return fault_at(fault, at, "a query is not compared");
    case '#':
        return fault_at(fault, at, "a fragment is not compared");
    case '*':
        return fault_at(fault, at, "a wildcard is a whole segment of the path of scheme://name/");
    default:
        return fault_at(fault, at, "not a character of a URI");
    }
}

/* RFC 3986 3.1. *at moves behind the colon. */
static bool read_scheme(struct span text, size_t *at, struct fault *fault)
{
    size_t end = span_find(text, ':');

    if (end == text.len)
        return fault_at(fault, text.len, "a URI begins with a scheme and a colon");
    for (size_t i = 0; i < end; i++) {
        uint8_t c = text.ptr[i];

        if (!ascii_is_alpha(c) &&
            (i == 0 || (!ascii_is_digit(c) && c != '+' && c != '-' && c != '.')))
            return fault_at(fault, i, "not a character of a scheme");
    }
    if (end == 0)
        return fault_at(fault, 0, "a URI begins with a scheme");
    *at = end + 1;
    return true;
}

/* RFC 3986 3.2, a registered name alone. *at moves from the slashes to the path. */
static bool read_authority(struct span text, size_t *at, struct fault *fault)
{
    size_t i = *at + 2;

    for (; i < text.len && text.ptr[i] != '/'; i++) {
        uint8_t c = text.ptr[i];

        if (c == ':')
            return fault_at(fault, i, "a port is not compared");
        if (c == '@')
            return fault_at(fault, i, "user information is not compared");
        if (!is_unreserved(c))
            return bad_char(c, i, fault);
    }
    if (i == *at + 2)
        return fault_at(fault, i, "an empty authority");
    /* The same host with and without it, and two names that differ. */
    if (text.ptr[i - 1] == '.')
        return fault_at(fault, i - 1, "a host that ends in a dot is not compared");
    *at = i;
    return true;
}

static bool segment_ok(struct span segment, size_t at, bool is_last, bool wildcards,
                       struct uri_shape *shape, struct fault *fault)
{
    if (wildcards && (span_is_text(segment, "*") || span_is_text(segment, "**"))) {
        if (segment.len == 2 && !is_last)
            return fault_at(fault, at, "** stands at the end alone");
        if (!shape->is_pattern)
            shape->literal = at;
        shape->is_pattern = true;
        return true;
    }
    if (span_is_text(segment, ".") || span_is_text(segment, ".."))
        return fault_at(fault, at, "a dot segment");
    if (segment.len == 0 && (!is_last || shape->is_spiffe))
        return fault_at(fault, at, "an empty segment");
    for (size_t i = 0; i < segment.len; i++)
        if (!is_path_char(segment.ptr[i]))
            return bad_char(segment.ptr[i], at + i, fault);
    return true;
}

/* RFC 3986 3.3, from the first character of the first segment. */
static bool read_path(struct span text, size_t at, bool wildcards, struct uri_shape *shape,
                      struct fault *fault)
{
    bool is_last;

    do {
        struct span segment = span_tail(text, at);

        segment = span_head(segment, span_find(segment, '/'));
        is_last = at + segment.len == text.len;
        if (!segment_ok(segment, at, is_last, wildcards, shape, fault))
            return false;
        at += segment.len + 1;
    } while (!is_last);
    return true;
}

/* How much of a URN, from behind its scheme at at, has no case: see uri.h. */
static size_t end_of_namespace(struct span urn, size_t at)
{
    struct span rest = span_tail(urn, at);
    size_t len = span_find(rest, ':');

    if (!span_equal_nocase(span_head(urn, at), span_of_text("urn:")) || len == rest.len)
        return at;
    return span_equal_nocase(span_head(rest, len), span_of_text("uuid")) ? urn.len : at + len;
}

bool mtlsauth__uri_key(struct span text, bool pattern, uint8_t *out, struct uri_shape *shape,
                       struct fault *fault)
{
    size_t at = 0, folded;
    bool has_authority;

    *shape = (struct uri_shape){.len = text.len, .literal = text.len};
    if (text.len > MTLSAUTH__MAX_URI)
        return fault_at(fault, MTLSAUTH__MAX_URI, "a URI longer than 2048 bytes");
    if (!read_scheme(text, &at, fault))
        return false;
    shape->is_spiffe = span_equal_nocase(span_head(text, at), span_of_text("spiffe:"));
    has_authority = text.len - at >= 2 && text.ptr[at] == '/' && text.ptr[at + 1] == '/';
    if (has_authority && !read_authority(text, &at, fault))
        return false;
    if (shape->is_spiffe && !has_authority)
        return fault_at(fault, at, "a SPIFFE ID has a trust domain");
    folded = has_authority ? at : end_of_namespace(text, at);
    if (at == text.len && !has_authority)
        return fault_at(fault, at, "nothing behind the scheme");
    shape->has_path = at < text.len;
    if (shape->has_path) {
        if (text.ptr[at] == '/')
            at++;
        if (!read_path(text, at, pattern && has_authority, shape, fault))
            return false;
    }
    if (has_authority && folded + 1 == text.len)
        shape->len = shape->literal = folded;
    for (size_t i = 0; i < shape->len; i++)
        out[i] = i < folded ? ascii_lower(text.ptr[i]) : text.ptr[i];
    return true;
}

bool mtlsauth__uri_meets(struct span pattern, size_t literal, struct span uri)
{
    struct span rule, name;

    if (uri.len < literal || !span_equal(span_head(pattern, literal), span_head(uri, literal)))
        return false;
    rule = span_tail(pattern, literal);
    name = span_tail(uri, literal);
    for (;;) {
        size_t rule_end = span_find(rule, '/'), name_end = span_find(name, '/');
        struct span want = span_head(rule, rule_end), got = span_head(name, name_end);

        if (span_is_text(want, "**"))
            return name.len > 0;
        if (span_is_text(want, "*") ? got.len == 0 : !span_equal(want, got))
            return false;
        if (rule_end == rule.len || name_end == name.len)
            return rule_end == rule.len && name_end == name.len;
        rule = span_tail(rule, rule_end + 1);
        name = span_tail(name, name_end + 1);
    }
}
