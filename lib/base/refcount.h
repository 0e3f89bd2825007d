/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_REFCOUNT_H
#define MTLSAUTH_BASE_REFCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>

/* References to a shared handle. Whoever adds one must already hold one. */
struct refcount {
    atomic_uint count;
};

static inline void refcount_init(struct refcount *refs)
{
    atomic_init(&refs->count, 1);
}

static inline void refcount_add(struct refcount *refs)
{
    atomic_fetch_add_explicit(&refs->count, 1, memory_order_relaxed);
}

/* True for the last one: what others wrote before they let go is visible then. */
static inline bool refcount_drop(struct refcount *refs)
{
    return atomic_fetch_sub_explicit(&refs->count, 1, memory_order_acq_rel) == 1;
}

#endif
