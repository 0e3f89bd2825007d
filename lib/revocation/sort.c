/* SPDX-License-Identifier: MIT */
#include "revocation/index.h"

#include "base/error.h"
#include "base/memory.h"
#include "revocation/extension.h"
#include "revocation/leaf.h"

/*
 * From rows to columns. Rows are ordered by their octets, most significant first. A few ascending
 * runs, as numeric order has, one for each length of a serial, are merged. Else a range of more
 * rows than a leaf takes is parted in place by one octet, and the rows of a leaf are copied to the
 * columns in its order. A block of rows is freed when all that lay in it has been copied, so that
 * the memory for both is that of one.
 */

/* Rows that are looked at or moved: a millisecond or two. */
enum { ASK_EVERY = 1 << 16 };

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
    struct crl_leaf leaf;
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
 * kept. But neither a removal (RFC 5280 5.3.1) nor a hold, which a delta may end, outweighs a
 * revocation that stands beside it: what order they were meant in, nobody can tell, and the one
 * that denies is taken.
 */
static void write_if_new(struct sorter *sorter, const uint8_t *row)
{
    size_t len = sorter->rows->key_width + 1 + sorter->rows->issuer_width;
    uint8_t reason = row[sorter->rows->stride - 1], *kept;

    if (sorter->written > 0 && load_be64(sorter->last) == load_be64(row) &&
        memcmp(sorter->last, row, len) == 0) {
        kept = &sorter->index->reason[sorter->written - 1];
        if (*kept == CRL_REASON_HOLD && reason != CRL_REASON_REMOVE)
            *kept = reason;
        if (*kept != CRL_REASON_REMOVE || reason == CRL_REASON_REMOVE)
            return;
        sorter->written--;
    }
    sorter->last = row;
    write_row(sorter, row);
}

/* The row that was written last is in a block that is freed now. */
static void keep_last(struct sorter *sorter)
{
    if (sorter->last != sorter->kept)
        memcpy(sorter->kept, sorter->last,
               sorter->rows->key_width + 1 + sorter->rows->issuer_width);
    sorter->last = sorter->kept;
}

static void sort_leaf(struct sorter *sorter, struct range range)
{
    size_t n = range.end - range.start;

    mtlsauth__crl_leaf_sort(&sorter->leaf, sorter->rows, range.start, n, range.depth);
    for (size_t i = 0; i < n; i++)
        write_if_new(sorter, rows_at(sorter->rows, range.start + leaf_place(sorter->leaf.keys[i])));
    keep_last(sorter);
    mtlsauth__crl_rows_release(sorter->rows, range.end);
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

/* A row of one of the two usual strides in registers: copied through memory in two overlapping
 * halves, each move would wait for the one before. */
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
 * The row at home goes to where the rows of its octet begin, the row from there to where it
 * belongs, until one comes that belongs home. After ASK_EVERY rows the one in hand is put home for
 * the time being, so that no list makes a move that nobody can end. Returns how many were moved.
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

    one = sorter->leaf.keys = mtlsauth__malloc(leaf * sizeof *one);
    other = sorter->leaf.spare = mtlsauth__malloc(leaf * sizeof *other);
    if (one == NULL || other == NULL)
        ok = fail_memory(sorter);
    else
        ok = push(sorter, all) && sort_ranges(sorter);
    mtlsauth__free(one);
    mtlsauth__free(other);
    mtlsauth__free(sorter->stack);
    return ok;
}

/* Rows that ascend, and of them the next one. */
struct run {
    uint64_t key;
    size_t at, end;
};

static bool is_before(const struct crl_rows *rows, const struct run *a, const struct run *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return memcmp(rows_at(rows, a->at), rows_at(rows, b->at), rows->stride) < 0;
}

/* The first of the runs goes behind those whose next row comes before its own. */
static void sift(const struct crl_rows *rows, struct run *runs, size_t count)
{
    struct run moving = runs[0];
    size_t i = 0;

    for (; i + 1 < count && is_before(rows, &runs[i + 1], &moving); i++)
        runs[i] = runs[i + 1];
    runs[i] = moving;
}

/* Frees a block unless a run still has rows in it. */
static void leave_block(struct sorter *sorter, size_t block, const struct run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (runs[i].at < runs[i].end && runs[i].at >> ROWS_BLOCK_SHIFT <= block &&
            (runs[i].end - 1) >> ROWS_BLOCK_SHIFT >= block)
            return;
    keep_last(sorter);
    mtlsauth__crl_rows_free_block(sorter->rows, block);
}

static bool merge_runs(struct sorter *sorter)
{
    const struct crl_rows *rows = sorter->rows;
    struct run all[ROWS_MAX_RUNS], *runs = all + rows->run_count;
    size_t count = 0, end = rows->count;

    for (size_t i = rows->run_count; i-- > 0; end = rows->runs[i]) {
        *--runs = (struct run){rows_key(rows, rows->runs[i], rows->common), rows->runs[i], end};
        sift(rows, runs, ++count);
    }
    while (count > 0) {
        size_t block = runs->at >> ROWS_BLOCK_SHIFT;

        write_if_new(sorter, rows_at(rows, runs->at));
        runs->at++;
        if (runs->at == runs->end || runs->at >> ROWS_BLOCK_SHIFT != block) {
            leave_block(sorter, block, runs, count);
            if (!go_on(sorter, ROWS_BLOCK))
                return false;
        }
        if (runs->at == runs->end) {
            runs++;
            count--;
            continue;
        }
        runs->key = rows_key(rows, runs->at, rows->common);
        if (count > 1 && runs->key >= runs[1].key)
            sift(rows, runs, count);
    }
    return true;
}

static bool fill(struct sorter *sorter)
{
    const struct crl_rows *rows = sorter->rows;
    unsigned common = rows->common < rows->longest ? rows->common : rows->longest - 1;

    /* All columns grow at a time, while rows go: huge pages would be there long before their
     * rows. */
    if (!mtlsauth__crl_index_allocate(sorter->index, rows->count, rows->longest, common,
                                      rows->date_width, PAGES_AS_NEEDED))
        return fail_memory(sorter);
    memcpy(sorter->index->common, rows->blocks[0], common);
    if (rows->issuer_width > 0 && !mtlsauth__crl_index_allocate_issuers(sorter->index))
        return fail_memory(sorter);
    return rows->run_count > ROWS_MAX_RUNS ? sort_rows(sorter) : merge_runs(sorter);
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
