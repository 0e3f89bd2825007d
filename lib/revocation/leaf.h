/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_LEAF_H
#define MTLSAUTH_REVOCATION_LEAF_H

#include "revocation/rows.h"

/*
 * The order of a few rows, found without moving them.
 */
enum {
    LEAF_BITS = 16,
    LEAF_MAX = 1 << LEAF_BITS /* rows */
};

/* Room for as many numbers as there are rows, twice. The two may be exchanged. */
struct crl_leaf {
    uint64_t *keys, *spare;
};

/*
 * Sorts n rows from start on, which all begin with the same depth octets: the row that comes at i
 * is the one at start + leaf_place(leaf->keys[i]).
 */
void mtlsauth__crl_leaf_sort(struct crl_leaf *leaf, const struct crl_rows *rows, size_t start,
                             size_t n, unsigned depth);

static inline size_t leaf_place(uint64_t key)
{
    return key & (LEAF_MAX - 1);
}

#endif
