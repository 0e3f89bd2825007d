/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_SPAN_H
#define MTLSAUTH_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that belong to somebody else. ptr is NULL only when len is 0. */
struct span {
    const uint8_t *ptr;
    size_t len;
};

static inline struct span span_of(const void *ptr, size_t len)
{
    return (struct span){.ptr = ptr, .len = len};
}

static inline struct span span_of_text(const char *text)
{
    return (struct span){.ptr = (const uint8_t *)text, .len = strlen(text)};
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool span_is_text(struct span a, const char *text)
{
    return span_equal(a, span_of_text(text));
}

/* A total order: by bytes, then by length. */
static inline int span_compare(struct span a, struct span b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);

    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static inline uint8_t ascii_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static inline bool ascii_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(uint8_t c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Equal without regard to the case of ASCII letters. */
static inline bool span_equal_nocase(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

/* Does a end in b, without regard to the case of ASCII letters? */
static inline bool span_ends_nocase(struct span a, struct span b)
{
    return a.len >= b.len &&
           (b.len == 0 || span_equal_nocase(span_of(a.ptr + (a.len - b.len), b.len), b));
}

/* First position of byte c, or a.len. */
static inline size_t span_find(struct span a, uint8_t c)
{
    const uint8_t *hit = a.len == 0 ? NULL : memchr(a.ptr, c, a.len);

    return hit == NULL ? a.len : (size_t)(hit - a.ptr);
}

static inline bool span_has(struct span a, uint8_t c)
{
    return span_find(a, c) < a.len;
}

/* The first n bytes; what follows the first n bytes. n must not exceed the length. */
static inline struct span span_head(struct span a, size_t n)
{
    return span_of(a.ptr, n);
}

static inline struct span span_tail(struct span a, size_t n)
{
    return a.len == n ? span_of(NULL, 0) : span_of(a.ptr + n, a.len - n);
}

#endif
