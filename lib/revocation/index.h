/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_INDEX_H
#define MTLSAUTH_REVOCATION_INDEX_H

#include "base/pages.h"
#include "base/span.h"
#include "revocation/rows.h"
#include "revocation/serial.h"

/*
 * The entries of a CRL in columns, ordered by serial as serial.h has it: padded magnitude, then
 * code; then by issuer, where there are several. Of the magnitude the octets that all have in
 * common are kept once, the next eight as a number, and the rest behind: no octet twice. In front
 * stands a table of where the numbers of each range begin, so that a search is one look into the
 * table and a few steps in a cache line or two. A short list has none: the look into it would cost
 * more than it saves.
 *
 * What a search reads stands at the front: of thousands of lists, the one that is asked is in no
 * cache.
 */
enum { CRL_INDEX_SHORT = 4096 };

struct crl_index {
    size_t count;
    unsigned width; /* of the padded magnitude: that of the longest serial; 0 without entries */
    unsigned common_len; /* below width */
    unsigned rest_width;
    unsigned date_width; /* 4 or 8, as in rows.h */
    uint64_t *prefix;
    uint8_t *rest;
    uint8_t *code;
    uint8_t *reason;
    uint32_t *issuer; /* numbers of issuers.h; NULL: all are of the list's own issuer */
    uint32_t *date4;  /* one of the two */
    uint64_t *date8;

    /* The numbers from low to high in parts of the same size, each in ranges as fine as it has
     * entries: where those of a range begin, and in the number behind it where they end. */
    uint64_t low, high;
    uint32_t *table; /* NULL for a list of at most CRL_INDEX_SHORT entries */
    struct crl_index_part *parts;
    unsigned part_shift; /* of a short list: makes 32 bits of the numbers */

    size_t range_count;
    size_t issuer_size;
    void *memory; /* all columns, in one piece */
    size_t memory_size;
    uint8_t common[MTLSAUTH__MAX_SERIAL];
};

/* Range n of a part is that of the numbers from n << shift on within it, and stands at
 * table[first + n]. */
struct crl_index_part {
    uint32_t first;
    uint32_t shift;
};

/* More do not fit the table's numbers. */
#define CRL_INDEX_MAX ((size_t)UINT32_MAX - 1)

/* Columns for count entries, with count, width, common_len, date_width set; false without
 * memory. */
bool mtlsauth__crl_index_allocate(struct crl_index *index, size_t count, unsigned width,
                                  unsigned common_len, unsigned date_width, enum pages_use use);

/* The column of the issuers as well, for an indirect list; false without memory. */
bool mtlsauth__crl_index_allocate_issuers(struct crl_index *index);

/* Builds the table over sorted columns. */
bool mtlsauth__crl_index_table(struct crl_index *index);

/* Are the columns what a list can have: strictly ascending, dates, codes and reasons of known
 * values? */
bool mtlsauth__crl_index_ok(const struct crl_index *index);

/* Who is asked now and then whether work that takes long shall go on: another code than
 * MTLSAUTH_OK, with its sentence, ends it with that. go_on may be NULL. */
struct crl_ask {
    int (*go_on)(void *arg);
    void *arg;
};

/*
 * Sorts rows into an empty index, and frees them on the way, whatever becomes of it. A serial that
 * is there twice is kept once, with the earliest date and the reason of that entry; one that
 * removes counts only where no other does, and of a hold and a revocation for good the reason is
 * that of the latter. MTLSAUTH_OK, _ERR_NOMEM, or what was answered; then the index is empty.
 */
int mtlsauth__crl_index_build(struct crl_index *index, struct crl_rows *rows, struct crl_ask ask);

/* Is the serial there, and where? content must be a well-formed INTEGER. Of an indirect list: among
 * the certificates of that issuer, 0 being the list's own. */
bool mtlsauth__crl_index_find_of(const struct crl_index *index, uint32_t issuer,
                                 struct span content, size_t *i);

static inline bool mtlsauth__crl_index_find(const struct crl_index *index, struct span content,
                                            size_t *i)
{
    return mtlsauth__crl_index_find_of(index, 0, content, i);
}

/* Entry i: content octets of its serial (returns their number), date, reason. */
size_t mtlsauth__crl_index_serial(const struct crl_index *index, size_t i,
                                  uint8_t out[SERIAL_ROOM]);
int64_t mtlsauth__crl_index_date(const struct crl_index *index, size_t i);

/* Octets that the columns and the table take. */
size_t mtlsauth__crl_index_size(const struct crl_index *index);

void mtlsauth__crl_index_drop(struct crl_index *index);

#endif
