/* SPDX-License-Identifier: MIT */
#include "identity/value.h"

#define QUOTES                                                                                     \
    "the quotes would be a part of the value: leave them away, or in a rules file put them "       \
    "around the whole matcher; quotes that a name has are \\22 and \\27 in dn: and issuer:"
#define ENDS                                                                                       \
    "a blank, a comma or a semicolon at an end of the value would be a part of it: take it away; " \
    "one that a name has is written in dn: (\\2C, \\3B)"
#define SECOND                                                                                     \
    "a second matcher seems to begin here, and would be a part of the first one's value: give "    \
    "each a text of its own; a colon that a name has is \\3A in dn: and issuer:"

/* What people put between two matchers. */
static bool is_separator(uint8_t c)
{
    return c == ' ' || c == ',' || c == ';';
}

static bool is_quote(uint8_t c)
{
    return c == '"' || c == '\'';
}

bool mtlsauth__value_is_bare(struct span value, struct fault *fault)
{
    size_t last = value.len - 1;

    if (is_separator(value.ptr[0]))
        return fault_at(fault, 0, ENDS);
    if (is_separator(value.ptr[last]))
        return fault_at(fault, last, ENDS);
    if (last > 0 && is_quote(value.ptr[0]) && value.ptr[0] == value.ptr[last])
        return fault_at(fault, 0, QUOTES);
    return true;
}

/* Where the value of an attribute that begins at i ends. */
static size_t attribute_end(struct span name, size_t i)
{
    while (i < name.len && name.ptr[i] != ',' && name.ptr[i] != '+')
        i += name.ptr[i] == '\\' ? 2 : 1;
    return i < name.len ? i : name.len;
}

bool mtlsauth__value_name_is_bare(struct span rfc4514, struct fault *fault)
{
    for (size_t i = 0; i < rfc4514.len; i++) {
        size_t first = i + 1, end;

        if (rfc4514.ptr[i] != '=')
            continue;
        while (first < rfc4514.len && rfc4514.ptr[first] == ' ')
            first++;
        end = attribute_end(rfc4514, first);
        while (end > first && rfc4514.ptr[end - 1] == ' ')
            end--;
        if (end > first + 1 && rfc4514.ptr[first] == '\'' && rfc4514.ptr[end - 1] == '\'')
            return fault_at(fault, first, QUOTES);
        i = end;
    }
    return true;
}

static bool is_type_character(uint8_t c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '.';
}

bool mtlsauth__value_is_single(struct span value, bool (*is_type)(struct span word),
                               struct fault *fault)
{
    for (size_t colon = 0; colon < value.len; colon++) {
        size_t word = colon, front;

        if (value.ptr[colon] != ':')
            continue;
        while (word > 0 && is_type_character(value.ptr[word - 1]))
            word--;
        front = word;
        while (front > 0 && (value.ptr[front - 1] == '!' || is_quote(value.ptr[front - 1])))
            front--;
        if (front > 0 && is_separator(value.ptr[front - 1]) &&
            is_type(span_of(value.ptr + word, colon - word)))
            return fault_at(fault, word, SECOND);
    }
    return true;
}
