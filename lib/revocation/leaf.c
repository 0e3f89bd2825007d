/* SPDX-License-Identifier: MIT */
#include "revocation/leaf.h"

/*
 * Of each row 48 bits behind what all of them have in common, and 16 of its place, are one number;
 * numbers are sorted by their first bits, and what these do not decide by the rows.
 */

enum { DIGIT_MAX = 11, SMALL_LEAF = 32, MOVES_PER_ROW = 16 };

/* The rows that are sorted. */
struct part_of_rows {
    const struct crl_rows *rows;
    size_t start, n;
};

static bool is_below(const struct part_of_rows *part, uint64_t a, uint64_t b)
{
    if (a >> LEAF_BITS != b >> LEAF_BITS)
        return a < b;
    return memcmp(rows_at(part->rows, part->start + leaf_place(a)),
                  rows_at(part->rows, part->start + leaf_place(b)), part->rows->stride) < 0;
}

static void sift_down(const struct part_of_rows *part, uint64_t *keys, size_t root, size_t n)
{
    uint64_t moving = keys[root];

    for (;;) {
        size_t child = 2 * root + 1;

        if (child >= n)
            break;
        if (child + 1 < n && is_below(part, keys[child], keys[child + 1]))
            child++;
        if (!is_below(part, moving, keys[child]))
            break;
        keys[root] = keys[child];
        root = child;
    }
    keys[root] = moving;
}

/* For what the other two are slow at: no input makes it quadratic. */
static void heap_sort(const struct part_of_rows *part, uint64_t *keys)
{
    for (size_t i = part->n / 2; i-- > 0;)
        sift_down(part, keys, i, part->n);
    for (size_t i = part->n; i-- > 1;) {
        uint64_t top = keys[0];

        keys[0] = keys[i];
        keys[i] = top;
        sift_down(part, keys, 0, i);
    }
}

/* Finishes what is nearly sorted; false when it was not, and more moves than that are needed. */
static bool insertion_sort(const struct part_of_rows *part, uint64_t *keys)
{
    size_t moves = part->n * MOVES_PER_ROW;

    for (size_t i = 1; i < part->n; i++) {
        uint64_t moving = keys[i];
        size_t at = i;

        while (at > 0 && is_below(part, moving, keys[at - 1])) {
            if (moves-- == 0) {
                keys[at] = moving;
                return false;
            }
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = moving;
    }
    return true;
}

/* Two passes by the first 2 * bits bits of the keys. */
static void radix_sort(struct crl_leaf *leaf, size_t n, unsigned bits)
{
    uint32_t counts[2][1 << DIGIT_MAX];
    size_t digits = (size_t)1 << bits;
    unsigned shift[2] = {64 - 2 * bits, 64 - bits};

    for (unsigned pass = 0; pass < 2; pass++)
        memset(counts[pass], 0, digits * sizeof counts[0][0]);
    for (size_t i = 0; i < n; i++)
        for (unsigned pass = 0; pass < 2; pass++)
            counts[pass][leaf->keys[i] >> shift[pass] & (digits - 1)]++;
    for (unsigned pass = 0; pass < 2; pass++) {
        uint64_t *swap = leaf->keys;
        uint32_t sum = 0;

        for (size_t digit = 0; digit < digits; digit++) {
            uint32_t count = counts[pass][digit];

            counts[pass][digit] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++) {
            uint64_t key = leaf->keys[i];

            leaf->spare[counts[pass][key >> shift[pass] & (digits - 1)]++] = key;
        }
        leaf->keys = leaf->spare;
        leaf->spare = swap;
    }
}

void mtlsauth__crl_leaf_sort(struct crl_leaf *leaf, const struct crl_rows *rows, size_t start,
                             size_t n, unsigned depth)
{
    const struct part_of_rows part = {.rows = rows, .start = start, .n = n};
    uint64_t all = 0, first = rows_key(rows, start, depth);
    unsigned same;

    for (size_t i = 0; i < n; i++) {
        leaf->keys[i] = rows_key(rows, start + i, depth);
        all |= leaf->keys[i] ^ first;
    }
    same = all == 0 ? 63 : (unsigned)__builtin_clzll(all);
    for (size_t i = 0; i < n; i++)
        leaf->keys[i] = (leaf->keys[i] << same & ~(uint64_t)(LEAF_MAX - 1)) | i;
    if (n > SMALL_LEAF)
        radix_sort(leaf, n, n < 1024 ? 8 : DIGIT_MAX);
    if (!insertion_sort(&part, leaf->keys))
        heap_sort(&part, leaf->keys);
}
