/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Numbers that are the same in every run (xorshift64, Marsaglia 2003). Start with any but 0. */
struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return random->state;
}

/* 0 to below - 1. */
static inline size_t random_below(struct random *random, size_t below)
{
    return (size_t)((random_next(random) >> 11) % below);
}

static inline void random_bytes(struct random *random, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(random_next(random) >> 24);
}

#endif
