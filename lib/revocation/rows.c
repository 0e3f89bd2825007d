/* SPDX-License-Identifier: MIT */
#include "revocation/rows.h"

#include "base/memory.h"
#include "base/pages.h"

enum { FIRST_ROWS = 64, ISSUER_WIDTH = 4 };

void mtlsauth__crl_rows_init(struct crl_rows *rows)
{
    *rows = (struct crl_rows){.key_width = ROWS_NARROW_KEY, .date_width = 4};
    rows->stride = rows->key_width + rows->date_width + 2;
}

static size_t block_size(const struct crl_rows *rows, size_t block)
{
    return (block == 0 ? rows->first_capacity : (size_t)ROWS_BLOCK) * rows->stride;
}

void mtlsauth__crl_rows_free_block(struct crl_rows *rows, size_t block)
{
    mtlsauth__pages_free(rows->blocks[block], block_size(rows, block));
    rows->blocks[block] = NULL;
}

void mtlsauth__crl_rows_drop(struct crl_rows *rows)
{
    for (size_t i = 0; i < rows->block_count; i++)
        mtlsauth__crl_rows_free_block(rows, i);
    mtlsauth__free(rows->blocks);
    mtlsauth__crl_rows_init(rows);
}

void mtlsauth__crl_rows_release(struct crl_rows *rows, size_t i)
{
    for (size_t block = i >> ROWS_BLOCK_SHIFT; block > 0 && rows->blocks[block - 1] != NULL;
         block--)
        mtlsauth__crl_rows_free_block(rows, block - 1);
}

static int64_t date_of(const struct crl_rows *rows, const uint8_t *row)
{
    const uint8_t *date = row_date(rows, row);
    uint64_t value = 0;

    for (unsigned i = 0; i < rows->date_width; i++)
        value = value << 8 | date[i];
    return (int64_t)value + (rows->date_width == 4 ? ROWS_EPOCH_4 : ROWS_EPOCH_8);
}

/* Room for one more row behind the last one. */
static bool make_room(struct crl_rows *rows)
{
    size_t block = rows->count >> ROWS_BLOCK_SHIFT;
    uint8_t *bytes;

    if (block > 0 && block < rows->block_count)
        return true;
    if (block == 0 && rows->block_count == 1) {
        size_t more = rows->first_capacity * 2;

        if (rows->count < rows->first_capacity)
            return true;
        bytes = mtlsauth__pages_new(more * rows->stride, PAGES_AS_NEEDED);
        if (bytes == NULL)
            return false;
        memcpy(bytes, rows->blocks[0], rows->count * rows->stride);
        mtlsauth__crl_rows_free_block(rows, 0);
        rows->last = bytes + (rows->count - 1) * rows->stride;
        rows->blocks[0] = bytes;
        rows->first_capacity = more;
        return true;
    }
    if (rows->block_count == rows->block_capacity) {
        uint8_t **moved = mtlsauth__grow(rows->blocks, rows->block_count, &rows->block_capacity,
                                         sizeof *rows->blocks);

        if (moved == NULL)
            return false;
        rows->blocks = moved;
    }
    if (block == 0)
        rows->first_capacity = FIRST_ROWS;
    bytes = mtlsauth__pages_new(block_size(rows, block), block > 0 ? PAGES_NOW : PAGES_AS_NEEDED);
    if (bytes == NULL)
        return false;
    rows->blocks[rows->block_count++] = bytes;
    return true;
}

static void store_date(uint8_t *to, unsigned width, int64_t date)
{
    uint64_t value = (uint64_t)(date - (width == 4 ? ROWS_EPOCH_4 : ROWS_EPOCH_8));

    if (width == 4) {
        to[0] = (uint8_t)(value >> 24);
        to[1] = (uint8_t)(value >> 16);
        to[2] = (uint8_t)(value >> 8);
        to[3] = (uint8_t)value;
        return;
    }
    for (unsigned i = width; i-- > 0; value >>= 8)
        to[i] = (uint8_t)value;
}

static void store_issuer(uint8_t *to, unsigned width, uint32_t issuer)
{
    for (unsigned i = width; i-- > 0; issuer >>= 8)
        to[i] = (uint8_t)issuer;
}

/* Blocks of two kinds, the first of them wide already, are of no use to anybody. */
static void forget(struct crl_rows *rows, struct crl_rows *wide, size_t wide_blocks)
{
    for (size_t i = 0; i < rows->block_count; i++)
        mtlsauth__crl_rows_free_block(i < wide_blocks ? wide : rows, i);
    mtlsauth__free(rows->blocks);
    mtlsauth__crl_rows_init(rows);
}

/* Writes all rows anew, wider. A block at a time, so that no second copy of all of it exists. */
static bool widen(struct crl_rows *rows, unsigned key_width, unsigned issuer_width,
                  unsigned date_width)
{
    struct crl_rows wide = *rows;

    wide.key_width = key_width;
    wide.issuer_width = issuer_width;
    wide.date_width = date_width;
    wide.stride = key_width + issuer_width + date_width + 2;
    for (size_t b = 0; b < rows->block_count; b++) {
        size_t capacity = b == 0 ? rows->first_capacity : (size_t)ROWS_BLOCK;
        size_t used = rows->count - b * ROWS_BLOCK;
        uint8_t *bytes = mtlsauth__pages_new(capacity * wide.stride, PAGES_AS_NEEDED);

        if (bytes == NULL) {
            forget(rows, &wide, b);
            return false;
        }
        for (size_t i = 0; i < (used < capacity ? used : capacity); i++) {
            const uint8_t *from = rows->blocks[b] + i * rows->stride;
            uint8_t *to = bytes + i * wide.stride;

            memset(to, 0, key_width);
            memcpy(to, from, rows->key_width);
            to[key_width] = from[rows->key_width];
            store_issuer(to + key_width + 1, issuer_width, row_issuer(rows, from));
            store_date(to + key_width + 1 + issuer_width, date_width, date_of(rows, from));
            to[wide.stride - 1] = from[rows->stride - 1];
        }
        mtlsauth__crl_rows_free_block(rows, b);
        rows->blocks[b] = bytes;
    }
    *rows = wide;
    rows->last = rows->count == 0 ? NULL : rows_at(rows, rows->count - 1);
    return true;
}

static unsigned key_width_for(size_t len)
{
    static const unsigned widths[] = {8, 12, 16, 20, 32, 48};

    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (len <= widths[i])
            return widths[i];
    return MTLSAUTH__MAX_SERIAL;
}

static const uint8_t mask[2 * ROWS_USUAL_KEY] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                                 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/*
 * The usual keys, without a branch on the length: they read all octets of the key wherever the
 * serial ends, which the caller has promised to be readable, and clear what is behind it.
 */
static void store_usual_key(uint8_t *to, struct span magnitude)
{
    const uint8_t *keep = mask + ROWS_USUAL_KEY - magnitude.len;
    uint64_t a, b, keep_a, keep_b;
    uint32_t c, keep_c;

    memcpy(&a, magnitude.ptr, 8);
    memcpy(&b, magnitude.ptr + 8, 8);
    memcpy(&c, magnitude.ptr + 16, 4);
    memcpy(&keep_a, keep, 8);
    memcpy(&keep_b, keep + 8, 8);
    memcpy(&keep_c, keep + 16, 4);
    a &= keep_a;
    b &= keep_b;
    c &= keep_c;
    memcpy(to, &a, 8);
    memcpy(to + 8, &b, 8);
    memcpy(to + 16, &c, 4);
}

static void store_narrow_key(uint8_t *to, struct span magnitude)
{
    uint64_t a, keep;

    memcpy(&a, magnitude.ptr, 8);
    memcpy(&keep, mask + ROWS_USUAL_KEY - magnitude.len, 8);
    a &= keep;
    memcpy(to, &a, 8);
}

static void store_key(uint8_t *to, unsigned width, struct span magnitude)
{
    if (width == ROWS_USUAL_KEY && magnitude.len + ROWS_OVERREAD >= ROWS_USUAL_KEY) {
        store_usual_key(to, magnitude);
    } else if (width == ROWS_NARROW_KEY) {
        store_narrow_key(to, magnitude);
    } else {
        memset(to, 0, width);
        memcpy(to, magnitude.ptr, magnitude.len);
    }
}

/* Is a row above the one before it, by serial? */
static bool is_above(const struct crl_rows *rows, const uint8_t *row)
{
    uint64_t before = load_be64(rows->last), now = load_be64(row);

    if (before != now)
        return before < now;
    return memcmp(rows->last, row, rows->key_width + 1 + rows->issuer_width) < 0;
}

static void begin_run(struct crl_rows *rows)
{
    if (rows->run_count < ROWS_MAX_RUNS)
        rows->runs[rows->run_count] = rows->count;
    rows->run_count++;
}

static void shorten_common(struct crl_rows *rows, const uint8_t *row)
{
    const uint8_t *first = rows->blocks[0];
    unsigned i = 0;

    while (i < rows->common && row[i] == first[i])
        i++;
    rows->common = i;
}

bool mtlsauth__crl_rows_add(struct crl_rows *rows, const struct serial *serial, int64_t date,
                            uint8_t reason)
{
    size_t len = serial->magnitude.len;
    bool narrow = date >= ROWS_EPOCH_4 && date - ROWS_EPOCH_4 <= UINT32_MAX;
    uint8_t *row;

    if ((len > rows->key_width || (!narrow && rows->date_width == 4) ||
         (rows->issuer != 0 && rows->issuer_width == 0)) &&
        !widen(rows, len > rows->key_width ? key_width_for(len) : rows->key_width,
               rows->issuer == 0 ? rows->issuer_width : ISSUER_WIDTH,
               narrow ? rows->date_width : 8))
        return false;
    if (!make_room(rows))
        return false;
    row = rows_at(rows, rows->count);
    store_key(row, rows->key_width, serial->magnitude);
    row[rows->key_width] = serial->code;
    store_issuer(row + rows->key_width + 1, rows->issuer_width, rows->issuer);
    store_date(row + rows->key_width + 1 + rows->issuer_width, rows->date_width, date);
    row[rows->stride - 1] = reason;
    if (len > rows->longest)
        rows->longest = (unsigned)len;
    if (rows->last == NULL)
        rows->common = rows->key_width;
    else if (rows->common > 0)
        shorten_common(rows, row);
    if (rows->run_count <= ROWS_MAX_RUNS && (rows->last == NULL || !is_above(rows, row)))
        begin_run(rows);
    rows->last = row;
    rows->count++;
    return true;
}
