/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_INDEX_MODEL_H
#define TESTS_UNIT_INDEX_MODEL_H

/* Rows and serials for the tests of an index, and a model that it is compared with. */

#include "unit.h"

#include "base/der.h"
#include "base/error.h"
#include "base/memory.h"
#include "revocation/extension.h"
#include "revocation/index.h"
#include "support/random.h"

/* For loops over millions: libcheck writes a mark to a pipe at each of its own assertions. */
#define HOLDS(row, what)                                                                           \
    do {                                                                                           \
        if (!(what))                                                                               \
            ck_abort_msg("%s: " #what " does not hold", (row));                                    \
    } while (0)

/* A set of serials beside the index, as plain as can be: content octets, sorted by qsort. */
enum { SLOT = 32 }; /* length, content, and room to read on */

struct model {
    uint8_t *slots;
    size_t count;
};

static const uint8_t *slot(const struct model *model, size_t i)
{
    return model->slots + i * SLOT;
}

static inline struct span slot_content(const uint8_t *at)
{
    return span_of(at + 1, at[0]);
}

static inline int compare_slots(const void *a, const void *b)
{
    return memcmp(a, b, SLOT);
}

static inline void put_minimal(uint8_t *at, const uint8_t *bytes, size_t len)
{
    memset(at, 0, SLOT);
    while (len > 1 &&
           ((bytes[0] == 0 && bytes[1] < 0x80) || (bytes[0] == 0xff && bytes[1] >= 0x80))) {
        bytes++;
        len--;
    }
    at[0] = (uint8_t)len;
    memcpy(at + 1, bytes, len);
}

enum shape {
    RANDOM_16_TO_20,
    RANDOM_ANY, /* 1 to 20 octets, negative too */
    SEQUENTIAL,
    SEQUENTIAL_LONG, /* the same length: sorted already */
    DESCENDING,
    PREFIXED,  /* 12 octets of the CA's, then random */
    CLUSTERED, /* a few first octets */
    SHORT,     /* of one and two octets: all there are */
    SHAPES
};

static const char *const shape_names[] = {
    "random of 16 to 20", "random of any length", "sequential", "sequential of 16",
    "descending",         "with a common prefix", "clustered",  "short"};

static inline void make_serial(struct random *random, enum shape shape, size_t i, uint8_t *at)
{
    uint8_t bytes[24] = {0};
    size_t len = 20;

    random_bytes(random, bytes, len);
    switch (shape) {
    case RANDOM_16_TO_20:
        len = 16 + random_below(random, 5);
        if (bytes[0] >= 0x80)
            bytes[0] = 0;
        break;
    case RANDOM_ANY:
        len = 1 + random_below(random, 20);
        break;
    case SEQUENTIAL:
    case SEQUENTIAL_LONG:
    case DESCENDING:
        memset(bytes, 0, sizeof bytes);
        bytes[0] = shape == SEQUENTIAL_LONG ? 0x40 : 0;
        len = 16;
        if (shape == DESCENDING)
            i = 2000000 - i;
        for (size_t n = 0; n < 4; n++)
            bytes[15 - n] = (uint8_t)(i >> 8 * n);
        break;
    case PREFIXED:
        memcpy(bytes, "issuer no. 7", 12);
        break;
    case CLUSTERED:
        memset(bytes, 0x11, 9);
        bytes[0] = (uint8_t)(1 + random_below(random, 3));
        bytes[9] &= 1;
        break;
    default:
        len = 1 + random_below(random, 2);
        break;
    }
    put_minimal(at, bytes, len);
}

static inline uint32_t hash_of(struct span content)
{
    uint32_t sum = 2166136261;

    for (size_t i = 0; i < content.len; i++)
        sum = (sum ^ content.ptr[i]) * 16777619;
    return sum;
}

/* Date and reason of an entry follow from its serial, so that a mix-up shows. */
static inline int64_t date_of(struct span content)
{
    return (int64_t)(hash_of(content) % 2000000000);
}

static inline uint8_t reason_of(struct span content)
{
    uint8_t reason = (uint8_t)(hash_of(content) % 7);

    return reason == 6 ? CRL_REASON_NONE : reason;
}

static inline int build_index(struct crl_index *index, struct crl_rows *rows)
{
    return mtlsauth__crl_index_build(index, rows, (struct crl_ask){.go_on = NULL});
}

/* Rows of the slots in their order; then the model sorts them, and keeps each once. */
static inline void rows_of(struct model *model, size_t count, struct crl_rows *rows)
{
    size_t kept = 0;

    mtlsauth__crl_rows_init(rows);
    for (size_t i = 0; i < count; i++) {
        struct span content = slot_content(slot(model, i));
        struct serial serial = serial_of(content);

        HOLDS("adding",
              mtlsauth__crl_rows_add(rows, &serial, date_of(content), reason_of(content)));
    }
    qsort(model->slots, count, SLOT, compare_slots);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || memcmp(slot(model, kept - 1), slot(model, i), SLOT) != 0)
            memmove(model->slots + kept++ * SLOT, slot(model, i), SLOT);
    model->count = kept;
}

static inline void check_members(const char *row, const struct model *model,
                                 const struct crl_index *index)
{
    HOLDS(row, index->count == model->count);
    HOLDS(row, mtlsauth__crl_index_ok(index));
    for (size_t i = 0; i < model->count; i++) {
        struct span content = slot_content(slot(model, i));
        uint8_t again[SERIAL_ROOM];
        size_t at;

        HOLDS(row, mtlsauth__crl_index_find(index, content, &at));
        HOLDS(row, mtlsauth__crl_index_date(index, at) == date_of(content));
        HOLDS(row, index->reason[at] == reason_of(content));
        HOLDS(row,
              span_equal(content, span_of(again, mtlsauth__crl_index_serial(index, at, again))));
    }
}

static inline void add(struct crl_rows *rows, const char *content, size_t len, int64_t date,
                       uint8_t reason)
{
    uint8_t room[MTLSAUTH__MAX_SERIAL + ROWS_OVERREAD] = {0};
    struct serial serial;

    memcpy(room, content, len);
    serial = serial_of(span_of(room, len));
    HOLDS("adding", mtlsauth__crl_rows_add(rows, &serial, date, reason));
}

#endif
