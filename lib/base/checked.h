/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_CHECKED_H
#define MTLSAUTH_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>

/* Sums and products of sizes: false when they do not fit, and then *out is of no use. */
static inline bool checked_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline bool checked_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

#endif
