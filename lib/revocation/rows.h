/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_ROWS_H
#define MTLSAUTH_REVOCATION_ROWS_H

#include "base/span.h"
#include "revocation/serial.h"

/*
 * Entries of a CRL as they come, before they are sorted: rows of bytes, in blocks that are freed
 * one by one while the columns of the index fill, so that both together never take more than one.
 *
 * A row is  key | code | issuer | date | reason  and the order of rows is the order of their bytes:
 *
 * - key, the magnitude of the serial, padded with zeros to key_width
 * - code, of serial.h
 * - issuer, 4 octets, big-endian: whose certificate it is; nothing where the list is not indirect
 * - date, big-endian: 4 octets, seconds since 1950-01-01, or 8, seconds since year 0
 * - reason, of extension.h
 */
enum { ROWS_MAX_RUNS = 32 };

struct crl_rows {
    uint8_t **blocks;
    size_t block_count, block_capacity;
    size_t first_capacity; /* rows that block 0 has room for: it grows, the others do not */
    size_t count;
    unsigned key_width, issuer_width, date_width, stride;
    uint32_t issuer; /* of the rows that are added: 0, that of the list, or a number of issuers.h */
    unsigned longest; /* magnitude, in octets */
    unsigned common;  /* octets with which every key begins */
    /* Where rows begin that ascend by serial, each above the one before; more are counted once
     * more, and then no longer. */
    size_t runs[ROWS_MAX_RUNS];
    size_t run_count;
    const uint8_t *last; /* the row that came last */
};

enum { ROWS_BLOCK_SHIFT = 14, ROWS_BLOCK = 1 << ROWS_BLOCK_SHIFT };

/* Of the row that most CRLs have: serials of up to 20 octets, dates from 1950 to 2086. */
enum { ROWS_USUAL_KEY = 20, ROWS_USUAL_STRIDE = 26 };

/* The same of serials of up to 8 octets, as of CAs that count. */
enum { ROWS_NARROW_KEY = 8, ROWS_NARROW_STRIDE = 14 };

/* 1950-01-01 and 0000-01-01, seconds since 1970. */
#define ROWS_EPOCH_4 (-INT64_C(631152000))
#define ROWS_EPOCH_8 (-INT64_C(62167219200))

/* 9999-12-31T23:59:59Z, the last date of a list, in a date of 8 octets. */
#define ROWS_LAST_8 UINT64_C(315569519999)

static inline uint8_t *rows_at(const struct crl_rows *rows, size_t i)
{
    return rows->blocks[i >> ROWS_BLOCK_SHIFT] + (i & (ROWS_BLOCK - 1)) * rows->stride;
}

static inline uint64_t load_be64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, sizeof value);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

void mtlsauth__crl_rows_init(struct crl_rows *rows);

/* Appends one entry; false when memory runs out. The magnitude must be followed by at least
 * ROWS_OVERREAD readable bytes. */
bool mtlsauth__crl_rows_add(struct crl_rows *rows, const struct serial *serial, int64_t date,
                            uint8_t reason);

/* An entry has at least a date of 15 octets behind its serial. */
enum { ROWS_OVERREAD = 15 };

/* The eight octets behind the first depth of row i, or the last eight of it. */
static inline uint64_t rows_key(const struct crl_rows *rows, size_t i, unsigned depth)
{
    unsigned last = rows->stride - 8;

    return load_be64(rows_at(rows, i) + (depth < last ? depth : last));
}

/* Where the date of a row stands, and the number of its issuer. */
static inline const uint8_t *row_date(const struct crl_rows *rows, const uint8_t *row)
{
    return row + rows->key_width + 1 + rows->issuer_width;
}

static inline uint32_t row_issuer(const struct crl_rows *rows, const uint8_t *row)
{
    const uint8_t *at = row + rows->key_width + 1;

    return rows->issuer_width == 0 ? 0
                                   : (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                                         (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

/* Frees the blocks of which every row is below i. */
void mtlsauth__crl_rows_release(struct crl_rows *rows, size_t i);

/* Frees one block, if it is there. */
void mtlsauth__crl_rows_free_block(struct crl_rows *rows, size_t block);

void mtlsauth__crl_rows_drop(struct crl_rows *rows);

#endif
