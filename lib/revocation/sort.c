/* SPDX-License-Identifier: MIT */
#include "revocation/index.h"

#include "base/error.h"
#include "base/memory.h"
#include "revocation/extension.h"

/*
 * From rows to columns. Rows are ordered by their octets, most significant first: a range of more
 * rows than a leaf takes is parted in place by one octet; a leaf sorts a small number for each of
 * its rows, and the rows are then copied to the columns in that order. A block of rows is freed when
 * all that lay in it has been copied, so that the memory for both is that of one.
 */

enum {
    LEAF_BITS = 16, /* a leaf's number is 48 bits of the row and 16 of its place */
    LEAF_MAX = 1 << LEAF_BITS,
    DIGIT_MAX = 11,
    SMALL_LEAF = 32,
    MOVES_PER_ROW = 16,
    ASK_EVERY = 1 << 16 /* rows that are looked at or moved: a millisecond or two */
};

struct range {
    size_t start, end;
    unsigned depth; /* octets that its rows have in common */
};

struct sorter {
    struct crl_rows *rows;
    struct crl_index *index;
    struct crl_ask ask;
    size_t unasked; /* rows since it was asked last */
    int code;       /* why the sort has ended early */
    struct range *stack;
    size_t stack_len, stack_capacity;
    uint64_t *keys, *spare;
    size_t key_capacity;
    size_t written;
    const uint8_t *last; /* the row that was written last */
    uint8_t
        kept[MTLSAUTH__MAX_SERIAL + 5]; /* its key, code and issuer, when its block may be gone */
};

static bool fail_memory(struct sorter *sorter)
{
    sorter->code = mtlsauth__fail_memory();
    return false;
}

/* So many rows more were worked on: is the rest still wanted? */
static bool go_on(struct sorter *sorter, size_t rows)
{
    sorter->unasked += rows;
    if (sorter->unasked < ASK_EVERY || sorter->ask.go_on == NULL)
        return true;
    sorter->unasked = 0;
    sorter->code = sorter->ask.go_on(sorter->ask.arg);
    return sorter->code == MTLSAUTH_OK;
}

static void write_row(struct sorter *sorter, const uint8_t *row)
{
    const struct crl_rows *rows = sorter->rows;
    struct crl_index *index = sorter->index;
    unsigned from = index->common_len, last = rows->key_width - 8;
    unsigned at = from < last ? from : last;
    size_t i = sorter->written++;
    const uint8_t *date = row_date(rows, row);

    index->prefix[i] = load_be64(row + at) << (8 * (from - at));
    if (index->rest_width == 12)
        memcpy(index->rest + i * 12, row + from + 8, 12);
    else if (index->rest_width > 0)
        memcpy(index->rest + i * index->rest_width, row + from + 8, index->rest_width);
    index->code[i] = row[rows->key_width];
    if (index->issuer != NULL)
        index->issuer[i] = row_issuer(rows, row);
    index->reason[i] = row[rows->stride - 1];
    if (rows->date_width == 4)
        index->date4[i] = (uint32_t)date[0] << 24 | (uint32_t)date[1] << 16 |
                          (uint32_t)date[2] << 8 | (uint32_t)date[3];
    else
        index->date8[i] = load_be64(date);
}

/*
 * Rows of the same serial come one after the other, the one of the earliest date first, and that is
 * kept. But a removal (RFC 5280 5.3.1) does not outweigh a revocation that stands beside it: what order
 * they were meant in, nobody can tell, and the one that denies is taken.
 */
static void write_if_new(struct sorter *sorter, const uint8_t *row)
{
    size_t len = sorter->rows->key_width + 1 + sorter->rows->issuer_width;

    if (sorter->written > 0 && load_be64(sorter->last) == load_be64(row) &&
        memcmp(sorter->last, row, len) == 0) {
        if (sorter->index->reason[sorter->written - 1] != CRL_REASON_REMOVE ||
            row[sorter->rows->stride - 1] == CRL_REASON_REMOVE)
            return;
        sorter->written--;
    }
    sorter->last = row;
    write_row(sorter, row);
}

/* All rows below i have been written. */
static void release(struct sorter *sorter, size_t i)
{
    if (sorter->last != sorter->kept)
        memcpy(sorter->kept, sorter->last,
               sorter->rows->key_width + 1 + sorter->rows->issuer_width);
    sorter->last = sorter->kept;
    mtlsauth__crl_rows_release(sorter->rows, i);
}

/* What decides first of a row: the eight octets behind those that all of its range have. */
static uint64_t key_at(const struct crl_rows *rows, size_t i, unsigned depth)
{
    unsigned last = rows->stride - 8;

    return load_be64(rows_at(rows, i) + (depth < last ? depth : last));
}

static bool is_below(const struct sorter *sorter, size_t start, uint64_t a, uint64_t b)
{
    const struct crl_rows *rows = sorter->rows;

    if (a >> LEAF_BITS != b >> LEAF_BITS)
        return a < b;
    return memcmp(rows_at(rows, start + (a & (LEAF_MAX - 1))),
                  rows_at(rows, start + (b & (LEAF_MAX - 1))), rows->stride) < 0;
}

static void sift_down(const struct sorter *sorter, size_t start, size_t root, size_t n)
{
    uint64_t *keys = sorter->keys, moving = keys[root];

    for (;;) {
        size_t child = 2 * root + 1;

        if (child >= n)
            break;
        if (child + 1 < n && is_below(sorter, start, keys[child], keys[child + 1]))
            child++;
        if (!is_below(sorter, start, moving, keys[child]))
            break;
        keys[root] = keys[child];
        root = child;
    }
    keys[root] = moving;
}

/* For what the other two are slow at: no input makes it quadratic. */
static void heap_sort(const struct sorter *sorter, size_t start, size_t n)
{
    uint64_t *keys = sorter->keys;

    for (size_t i = n / 2; i-- > 0;)
        sift_down(sorter, start, i, n);
    for (size_t i = n; i-- > 1;) {
        uint64_t top = keys[0];

        keys[0] = keys[i];
        keys[i] = top;
        sift_down(sorter, start, 0, i);
    }
}

/* Finishes what is nearly sorted; false when it was not, and more moves than that are needed. */
static bool insertion_sort(const struct sorter *sorter, size_t start, size_t n)
{
    uint64_t *keys = sorter->keys;
    size_t moves = n * MOVES_PER_ROW;

    for (size_t i = 1; i < n; i++) {
        uint64_t moving = keys[i];
        size_t at = i;

        while (at > 0 && is_below(sorter, start, moving, keys[at - 1])) {
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
static void radix_sort(struct sorter *sorter, size_t n, unsigned bits)
{
    uint32_t counts[2][1 << DIGIT_MAX];
    size_t digits = (size_t)1 << bits;
    unsigned shift[2] = {64 - 2 * bits, 64 - bits};

    for (unsigned pass = 0; pass < 2; pass++)
        memset(counts[pass], 0, digits * sizeof counts[0][0]);
    for (size_t i = 0; i < n; i++)
        for (unsigned pass = 0; pass < 2; pass++)
            counts[pass][sorter->keys[i] >> shift[pass] & (digits - 1)]++;
    for (unsigned pass = 0; pass < 2; pass++) {
        uint64_t *swap = sorter->keys;
        uint32_t sum = 0;

        for (size_t digit = 0; digit < digits; digit++) {
            uint32_t count = counts[pass][digit];

            counts[pass][digit] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++) {
            uint64_t key = sorter->keys[i];

            sorter->spare[counts[pass][key >> shift[pass] & (digits - 1)]++] = key;
        }
        sorter->keys = sorter->spare;
        sorter->spare = swap;
    }
}

static void sort_leaf(struct sorter *sorter, struct range range)
{
    size_t n = range.end - range.start;
    uint64_t all = 0, first = key_at(sorter->rows, range.start, range.depth);
    unsigned same;

    for (size_t i = 0; i < n; i++) {
        sorter->keys[i] = key_at(sorter->rows, range.start + i, range.depth);
        all |= sorter->keys[i] ^ first;
    }
    same = all == 0 ? 63 : (unsigned)__builtin_clzll(all);
    for (size_t i = 0; i < n; i++)
        sorter->keys[i] = (sorter->keys[i] << same & ~(uint64_t)(LEAF_MAX - 1)) | i;
    if (n > SMALL_LEAF)
        radix_sort(sorter, n, n < 1024 ? 8 : DIGIT_MAX);
    if (!insertion_sort(sorter, range.start, n))
        heap_sort(sorter, range.start, n);
    for (size_t i = 0; i < n; i++)
        write_if_new(sorter,
                     rows_at(sorter->rows, range.start + (sorter->keys[i] & (LEAF_MAX - 1))));
    release(sorter, range.end);
}

static bool push(struct sorter *sorter, struct range range)
{
    struct range *moved;

    if (range.start == range.end)
        return true;
    moved = mtlsauth__grow(sorter->stack, sorter->stack_len, &sorter->stack_capacity,
                           sizeof *sorter->stack);
    if (moved == NULL)
        return fail_memory(sorter);
    sorter->stack = moved;
    sorter->stack[sorter->stack_len++] = range;
    return true;
}

/* A row of one of the two usual strides in registers: copied through memory in two overlapping halves,
 * each move would wait for the one before. */
struct usual_row {
    uint64_t a, b, c;
    uint32_t d;
    uint16_t e;
};

static inline struct usual_row load_row(const uint8_t *from, bool narrow)
{
    struct usual_row row = {0};

    memcpy(&row.a, from, 8);
    if (narrow) {
        memcpy(&row.d, from + 8, 4);
        memcpy(&row.e, from + 12, 2);
    } else {
        memcpy(&row.b, from + 8, 8);
        memcpy(&row.c, from + 16, 8);
        memcpy(&row.e, from + 24, 2);
    }
    return row;
}

static inline void store_row(uint8_t *to, struct usual_row row, bool narrow)
{
    memcpy(to, &row.a, 8);
    if (narrow) {
        memcpy(to + 8, &row.d, 4);
        memcpy(to + 12, &row.e, 2);
    } else {
        memcpy(to + 8, &row.b, 8);
        memcpy(to + 16, &row.c, 8);
        memcpy(to + 24, &row.e, 2);
    }
}

/*
 * The row at home goes to where the rows of its octet begin, the row from there to where it belongs,
 * until one comes that belongs home. After ASK_EVERY rows the one in hand is put home for the time
 * being, so that no list makes a move that nobody can end. Returns how many were moved.
 */
static inline size_t move_usual(const struct crl_rows *rows, uint8_t *home, unsigned depth,
                                size_t heads[256], bool narrow)
{
    struct usual_row moving = load_row(home, narrow);
    uint8_t own = home[depth], to = own;
    uint8_t *there;
    size_t n = 0;

    do {
        struct usual_row waiting;

        there = rows_at(rows, heads[to]++);
        waiting = load_row(there, narrow);
        to = there[depth];
        store_row(there, moving, narrow);
        moving = waiting;
        __builtin_prefetch(there + 256, 1);
    } while (there != home && ++n < ASK_EVERY);
    if (there != home)
        store_row(home, moving, narrow);
    return n;
}

static size_t move_any(const struct crl_rows *rows, uint8_t *home, unsigned depth,
                       size_t heads[256])
{
    uint8_t moving[MTLSAUTH__MAX_SERIAL + 16], waiting[MTLSAUTH__MAX_SERIAL + 16];
    uint8_t to = home[depth];
    uint8_t *there;
    size_t n = 0;

    memcpy(moving, home, rows->stride);
    do {
        there = rows_at(rows, heads[to]++);
        to = there[depth];
        memcpy(waiting, there, rows->stride);
        memcpy(there, moving, rows->stride);
        memcpy(moving, waiting, rows->stride);
    } while (there != home && ++n < ASK_EVERY);
    if (there != home)
        memcpy(home, moving, rows->stride);
    return n;
}

static bool count_octets(struct sorter *sorter, struct range range, size_t counts[256])
{
    for (size_t i = range.start; i < range.end;) {
        size_t n = range.end - i < ASK_EVERY ? range.end - i : ASK_EVERY;

        for (size_t end = i + n; i < end; i++)
            counts[rows_at(sorter->rows, i)[range.depth]]++;
        if (!go_on(sorter, n))
            return false;
    }
    return true;
}

/* Puts every row of the range to those that have the same octet at its depth, in place: the
 * American flag sort of McIlroy, Bostic and McIlroy (1993). ends[b] is where the rows of b end. */
static bool part(struct sorter *sorter, struct range range, size_t ends[256])
{
    const struct crl_rows *rows = sorter->rows;
    size_t counts[256] = {0}, heads[256], sum = range.start;
    unsigned depth = range.depth;

    if (!count_octets(sorter, range, counts))
        return false;
    for (unsigned b = 0; b < 256; b++) {
        heads[b] = sum;
        sum += counts[b];
        ends[b] = sum;
    }
    for (unsigned b = 0; b < 256; b++) {
        while (heads[b] < ends[b]) {
            uint8_t *home = rows_at(rows, heads[b]);
            size_t moved;

            if (home[depth] == b) {
                heads[b]++;
                continue;
            }
            if (rows->stride == ROWS_USUAL_STRIDE)
                moved = move_usual(rows, home, depth, heads, false);
            else if (rows->stride == ROWS_NARROW_STRIDE)
                moved = move_usual(rows, home, depth, heads, true);
            else
                moved = move_any(rows, home, depth, heads);
            if (!go_on(sorter, moved))
                return false;
        }
    }
    return true;
}

static bool sort_ranges(struct sorter *sorter)
{
    while (sorter->stack_len > 0) {
        struct range range = sorter->stack[--sorter->stack_len];
        size_t ends[256];

        if (range.end - range.start <= LEAF_MAX) {
            sort_leaf(sorter, range);
            if (!go_on(sorter, range.end - range.start))
                return false;
            continue;
        }
        if (range.depth == sorter->rows->stride) {
            /* All the same, to the last octet. */
            write_if_new(sorter, rows_at(sorter->rows, range.start));
            continue;
        }
        if (!part(sorter, range, ends))
            return false;
        for (unsigned b = 256; b-- > 0;) {
            struct range inner = {.start = b == 0 ? range.start : ends[b - 1],
                                  .end = ends[b],
                                  .depth = range.depth + 1};

            if (!push(sorter, inner))
                return false;
        }
    }
    return true;
}

static bool sort_rows(struct sorter *sorter)
{
    const struct crl_rows *rows = sorter->rows;
    size_t leaf = rows->count < LEAF_MAX ? rows->count : LEAF_MAX;
    struct range all = {.start = 0, .end = rows->count, .depth = rows->common};
    uint64_t *one, *other;
    bool ok;

    one = sorter->keys = mtlsauth__malloc(leaf * sizeof *one);
    other = sorter->spare = mtlsauth__malloc(leaf * sizeof *other);
    if (one == NULL || other == NULL)
        ok = fail_memory(sorter);
    else
        ok = push(sorter, all) && sort_ranges(sorter);
    mtlsauth__free(one);
    mtlsauth__free(other);
    mtlsauth__free(sorter->stack);
    return ok;
}

static bool copy_rows(struct sorter *sorter)
{
    for (size_t i = 0; i < sorter->rows->count; i++) {
        write_row(sorter, rows_at(sorter->rows, i));
        if ((i & (ROWS_BLOCK - 1)) != ROWS_BLOCK - 1)
            continue;
        mtlsauth__crl_rows_release(sorter->rows, i + 1);
        if (!go_on(sorter, ROWS_BLOCK))
            return false;
    }
    return true;
}

static bool fill(struct sorter *sorter)
{
    const struct crl_rows *rows = sorter->rows;
    unsigned common = rows->common < rows->longest ? rows->common : rows->longest - 1;

    if (!mtlsauth__crl_index_allocate(sorter->index, rows->count, rows->longest, common,
                                      rows->date_width))
        return fail_memory(sorter);
    memcpy(sorter->index->common, rows->blocks[0], common);
    if (rows->issuer_width > 0 && !mtlsauth__crl_index_allocate_issuers(sorter->index))
        return fail_memory(sorter);
    return rows->unsorted ? sort_rows(sorter) : copy_rows(sorter);
}

int mtlsauth__crl_index_build(struct crl_index *index, struct crl_rows *rows, struct crl_ask ask)
{
    struct sorter sorter = {.rows = rows, .index = index, .ask = ask, .code = MTLSAUTH_OK};
    bool ok;

    *index = (struct crl_index){.date_width = 4};
    if (rows->count == 0)
        return MTLSAUTH_OK;
    ok = fill(&sorter);
    mtlsauth__crl_rows_drop(rows);
    if (ok) {
        /* Doubled entries leave the ends of the columns unused: not worth another copy. */
        index->count = sorter.written;
        ok = mtlsauth__crl_index_table(index) || fail_memory(&sorter);
    }
    if (!ok)
        mtlsauth__crl_index_drop(index);
    return sorter.code;
}
