/* SPDX-License-Identifier: MIT */
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

static struct span slot_content(const uint8_t *at)
{
    return span_of(at + 1, at[0]);
}

static int compare_slots(const void *a, const void *b)
{
    return memcmp(a, b, SLOT);
}

static bool model_has(const struct model *model, struct span content)
{
    uint8_t key[SLOT] = {0};

    if (content.len > 20)
        return false;
    key[0] = (uint8_t)content.len;
    memcpy(key + 1, content.ptr, content.len);
    return bsearch(key, model->slots, model->count, SLOT, compare_slots) != NULL;
}

static void put_minimal(uint8_t *at, const uint8_t *bytes, size_t len)
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

static void make_serial(struct random *random, enum shape shape, size_t i, uint8_t *at)
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

static uint32_t hash_of(struct span content)
{
    uint32_t sum = 2166136261;

    for (size_t i = 0; i < content.len; i++)
        sum = (sum ^ content.ptr[i]) * 16777619;
    return sum;
}

/* Date and reason of an entry follow from its serial, so that a mix-up shows. */
static int64_t date_of(struct span content)
{
    return (int64_t)(hash_of(content) % 2000000000);
}

static uint8_t reason_of(struct span content)
{
    uint8_t reason = (uint8_t)(hash_of(content) % 7);

    return reason == 6 ? CRL_REASON_NONE : reason;
}

static int build_index(struct crl_index *index, struct crl_rows *rows)
{
    return mtlsauth__crl_index_build(index, rows, (struct crl_ask){.go_on = NULL});
}

static void fill_rows(struct random *random, enum shape shape, size_t count, struct crl_rows *rows)
{
    mtlsauth__crl_rows_init(rows);
    for (size_t i = 0; i < count; i++) {
        uint8_t at[SLOT];
        struct serial serial;

        make_serial(random, shape, i, at);
        serial = serial_of(slot_content(at));
        HOLDS("adding", mtlsauth__crl_rows_add(rows, &serial, 1000, 0));
    }
}

/* Rows of the slots in their order; then the model sorts them, and keeps each once. */
static void rows_of(struct model *model, size_t count, struct crl_rows *rows)
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

static void build(struct random *random, enum shape shape, size_t count, struct model *model,
                  struct crl_index *index)
{
    struct crl_rows rows;

    model->slots = calloc(count + 2, SLOT);
    ck_assert_ptr_nonnull(model->slots);
    for (size_t i = 0; i < count; i++)
        make_serial(random, shape, i, model->slots + i * SLOT);
    rows_of(model, count, &rows);
    ck_assert_int_eq(build_index(index, &rows), MTLSAUTH_OK);
}

static void check_members(const char *row, const struct model *model, const struct crl_index *index)
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

static void check_one(const char *row, const struct model *model, const struct crl_index *index,
                      struct span content)
{
    size_t at;

    if (!mtlsauth__der_integer_ok(content))
        return;
    HOLDS(row, mtlsauth__crl_index_find(index, content, &at) == model_has(model, content));
}

/* What lies next to a member: plus and minus 1, a prefix, the sign, a leading zero, one more octet. */
static void check_neighbours(const char *row, const struct model *model,
                             const struct crl_index *index, size_t i)
{
    const uint8_t *at = slot(model, i);
    uint8_t near[SLOT];

    for (int step = -1; step <= 1; step += 2) {
        memcpy(near, at, SLOT);
        near[near[0]] = (uint8_t)(near[near[0]] + step);
        check_one(row, model, index, slot_content(near));
    }
    memcpy(near, at, SLOT);
    for (size_t len = 1; len < at[0]; len++)
        check_one(row, model, index, span_of(near + 1, len));
    near[1] ^= 0x80;
    check_one(row, model, index, slot_content(near));
    near[1] = 0;
    memcpy(near + 2, at + 1, at[0]);
    check_one(row, model, index, span_of(near + 1, (size_t)at[0] + 1));
    memcpy(near, at, SLOT);
    near[at[0] + 1] = 0;
    check_one(row, model, index, span_of(near + 1, (size_t)at[0] + 1));
}

static void check_shape(enum shape shape, size_t count, size_t probes)
{
    struct random random = {.state = UINT64_C(88172645463325252) + count * SHAPES + shape};
    struct model model;
    struct crl_index index;
    char row[64];

    snprintf(row, sizeof row, "%zu, %s", count, shape_names[shape]);
    build(&random, shape, count, &model, &index);
    check_members(row, &model, &index);
    for (size_t i = 0; i < model.count; i += 1 + model.count / 5000)
        check_neighbours(row, &model, &index, i);
    for (size_t i = 0; i < probes; i++) {
        uint8_t probe[SLOT];

        make_serial(&random, i % 2 == 0 ? shape : RANDOM_ANY, i * 7, probe);
        check_one(row, &model, &index, slot_content(probe));
    }
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
}

START_TEST(every_member_and_nothing_else)
{
    static const size_t counts[] = {0, 1, 2, 3, 7, 64, 65, 1000, 1024, 33000, 70000};

    for (enum shape shape = 0; shape < SHAPES; shape++)
        for (size_t i = 0; i < COUNT_OF(counts); i++)
            check_shape(shape, counts[i], 3000);
}
END_TEST

START_TEST(a_million)
{
    check_shape(RANDOM_16_TO_20, 1000000, 1000000);
    check_shape(SEQUENTIAL, 300000, 100000);
    check_shape(CLUSTERED, 300000, 100000);
}
END_TEST

/* The order of rows: octets from the left, padded with zeros, then the code. */
static int compare_as_rows(const void *a, const void *b)
{
    struct serial one = serial_of(slot_content(a)), other = serial_of(slot_content(b));
    uint8_t keys[2][SLOT] = {{0}};
    int order;

    memcpy(keys[0], one.magnitude.ptr, one.magnitude.len);
    memcpy(keys[1], other.magnitude.ptr, other.magnitude.len);
    order = memcmp(keys[0], keys[1], SLOT);
    return order != 0 ? order : (int)one.code - (int)other.code;
}

/* Numeric order: by length, then by octets. */
static int compare_as_numbers(const void *a, const void *b)
{
    struct span one = serial_of(slot_content(a)).magnitude;
    struct span other = serial_of(slot_content(b)).magnitude;

    if (one.len != other.len)
        return one.len < other.len ? -1 : 1;
    return memcmp(one.ptr, other.ptr, one.len);
}

static size_t live_blocks(const struct crl_rows *rows)
{
    size_t live = 0;

    for (size_t i = 0; i < rows->block_count; i++)
        live += rows->blocks[i] != NULL;
    return live;
}

struct watched {
    const struct crl_rows *rows;
    size_t asked, most; /* of blocks at any time beyond those of rows that are not written yet */
};

/* It is asked every 65536 rows; the end of a run counts as a block. */
static int watch(void *arg)
{
    struct watched *watched = arg;
    size_t all = watched->rows->block_count, live = live_blocks(watched->rows);
    size_t done = ++watched->asked * (65536 / ROWS_BLOCK);
    size_t left = done < all ? all - done : 0;

    if (live > left && live - left > watched->most)
        watched->most = live - left;
    return MTLSAUTH_OK;
}

START_TEST(runs_are_merged)
{
    static const struct {
        const char *name;
        enum shape shape;
        size_t count, runs; /* 0: one run for each length */
        bool sorted;        /* as more runs than are merged */
    } cases[] = {
        {"one", RANDOM_16_TO_20, 50000, 1, false},
        {"one of one", RANDOM_ANY, 1, 1, false},
        {"two", RANDOM_16_TO_20, 50000, 2, false},
        {"two of the same serials", SHORT, 70000, 2, false},
        {"seven", CLUSTERED, 70000, 7, false},
        {"as many as are merged", RANDOM_16_TO_20, 70000, ROWS_MAX_RUNS, false},
        {"one more", RANDOM_16_TO_20, 70000, ROWS_MAX_RUNS + 1, true},
        {"many of a few", RANDOM_16_TO_20, 3 * ROWS_MAX_RUNS, ROWS_MAX_RUNS, false},
        {"in numeric order", RANDOM_16_TO_20, 150000, 0, false},
        {"a sequence", SEQUENTIAL, 150000, 0, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct random random = {.state = 4711 + i};
        struct model model;
        struct crl_rows rows;
        struct crl_index index;
        struct watched watched = {.rows = &rows};
        size_t count = cases[i].count, runs = cases[i].runs == 0 ? 1 : cases[i].runs;

        model.slots = calloc(count + 2, SLOT);
        ck_assert_ptr_nonnull(model.slots);
        for (size_t k = 0; k < count; k++)
            make_serial(&random, cases[i].shape, k, model.slots + k * SLOT);
        for (size_t run = 0; run < runs; run++) {
            size_t from = count * run / runs, to = count * (run + 1) / runs;

            qsort(model.slots + from * SLOT, to - from, SLOT,
                  cases[i].runs == 0 ? compare_as_numbers : compare_as_rows);
        }
        rows_of(&model, count, &rows);
        if (cases[i].shape != SHORT)
            HOLDS(cases[i].name,
                  cases[i].runs == 0 ? rows.run_count <= 20 : rows.run_count <= cases[i].runs);
        HOLDS(cases[i].name,
              (rows.run_count > ROWS_MAX_RUNS) == (cases[i].sorted || cases[i].shape == SHORT));
        runs = rows.run_count;
        ck_assert_int_eq(mtlsauth__crl_index_build(
                             &index, &rows, (struct crl_ask){.go_on = watch, .arg = &watched}),
                         MTLSAUTH_OK);
        check_members(cases[i].name, &model, &index);
        if (runs <= ROWS_MAX_RUNS)
            HOLDS(cases[i].name, watched.most <= 2 * runs);
        mtlsauth__crl_index_drop(&index);
        free(model.slots);
    }
}
END_TEST

static void add(struct crl_rows *rows, const char *content, size_t len, int64_t date,
                uint8_t reason)
{
    uint8_t room[MTLSAUTH__MAX_SERIAL + ROWS_OVERREAD] = {0};
    struct serial serial;

    memcpy(room, content, len);
    serial = serial_of(span_of(room, len));
    HOLDS("adding", mtlsauth__crl_rows_add(rows, &serial, date, reason));
}

START_TEST(doubled_serials_are_kept_once_with_the_earlier_date)
{
    struct crl_rows rows;
    struct crl_index index;
    size_t at;

    mtlsauth__crl_rows_init(&rows);
    add(&rows, "\x05", 1, 2000, 1);
    add(&rows, "\x04", 1, 3000, 2);
    add(&rows, "\x05", 1, 1000, 4);
    add(&rows, "\x05", 1, 1500, 0);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.count, 2);
    ck_assert(mtlsauth__crl_index_find(&index, span_of("\x05", 1), &at));
    ck_assert_int_eq(mtlsauth__crl_index_date(&index, at), 1000);
    ck_assert_uint_eq(index.reason[at], 4);
    mtlsauth__crl_index_drop(&index);
}
END_TEST

/* Two entries of one serial, in either order: the earlier one, but never a removal beside another. */
START_TEST(of_doubled_entries_the_one_that_denies)
{
    enum { REMOVE = CRL_REASON_REMOVE, NONE = CRL_REASON_NONE };
    static const struct {
        const char *name;
        struct {
            int64_t date;
            uint8_t reason;
        } entries[3], kept;
    } rows[] = {
        {"three reasons", {{3000, 1}, {2000, 6}, {2500, NONE}}, {2000, 6}},
        {"hold and keyCompromise", {{2000, 6}, {3000, 1}, {3000, 1}}, {2000, 6}},
        {"the same date", {{2000, NONE}, {2000, 4}, {2000, 1}}, {2000, 1}},
        {"removed first", {{1000, REMOVE}, {2000, 1}, {3000, 4}}, {2000, 1}},
        {"removed last", {{2000, 1}, {3000, 4}, {4000, REMOVE}}, {2000, 1}},
        {"removed between", {{2000, 1}, {2500, REMOVE}, {3000, 4}}, {2000, 1}},
        {"removed twice", {{1000, REMOVE}, {1500, REMOVE}, {2000, NONE}}, {2000, NONE}},
        {"removed at the same time", {{2000, REMOVE}, {2000, 1}, {2000, NONE}}, {2000, 1}},
        {"removed and nothing else",
         {{3000, REMOVE}, {1000, REMOVE}, {2000, REMOVE}},
         {1000, REMOVE}},
    };
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t order = 0; order < COUNT_OF(orders); order++) {
            struct crl_rows all;
            struct crl_index index;
            size_t at;

            mtlsauth__crl_rows_init(&all);
            for (size_t k = 0; k < 3; k++) {
                unsigned n = orders[order][k];

                add(&all, "\x05", 1, rows[i].entries[n].date, rows[i].entries[n].reason);
                add(&all, k == 0 ? "\x04" : k == 1 ? "\x06" : "\x05\x05", k == 2 ? 2 : 1, 9, NONE);
            }
            ck_assert_int_eq(build_index(&index, &all), MTLSAUTH_OK);
            ASSERT_INT(rows[i].name, index.count, 4);
            ck_assert(mtlsauth__crl_index_ok(&index));
            ck_assert(mtlsauth__crl_index_find(&index, span_of("\x05", 1), &at));
            ASSERT_INT(rows[i].name, mtlsauth__crl_index_date(&index, at), rows[i].kept.date);
            ASSERT_INT(rows[i].name, index.reason[at], rows[i].kept.reason);
            mtlsauth__crl_index_drop(&index);
        }
    }
}
END_TEST

/* What a hostile list can do to a sort: 200,000 times the same, and prefixes as long as they get. */
START_TEST(doubled_beyond_reason)
{
    struct crl_rows rows;
    struct crl_index index;
    size_t at;

    mtlsauth__crl_rows_init(&rows);
    for (size_t i = 0; i < 200000; i++)
        add(&rows, i % 2 == 0 ? "\x00\x80" : "\x80", i % 2 == 0 ? 2 : 1, 77, 1);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.count, 2);
    ck_assert(mtlsauth__crl_index_find(&index, span_of("\x80", 1), &at));
    ck_assert(mtlsauth__crl_index_find(&index, span_of("\x00\x80", 2), &at));
    ck_assert(!mtlsauth__crl_index_find(&index, span_of("\x7f", 1), &at));
    mtlsauth__crl_index_drop(&index);
}
END_TEST

/* One row of the lowest octet behind all others: a single cycle of moves goes through all of them. */
START_TEST(one_cycle_through_all_rows)
{
    static const size_t lengths[] = {16, 20};

    for (size_t n = 0; n < COUNT_OF(lengths); n++) {
        enum { COUNT = 200000 };
        char content[20] = {0x11};
        struct crl_rows rows;
        struct crl_index index;
        size_t at;

        mtlsauth__crl_rows_init(&rows);
        for (size_t i = 0; i <= COUNT; i++) {
            content[0] = i == COUNT ? 0x10 : 0x11;
            for (size_t k = 0; k < 4; k++)
                content[1 + k] = (char)(i * 2654435761 >> 8 * k);
            add(&rows, content, lengths[n], (int64_t)i, 0);
        }
        ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
        ck_assert_uint_eq(index.count, COUNT + 1);
        ck_assert(mtlsauth__crl_index_ok(&index));
        for (size_t i = 0; i <= COUNT; i++) {
            content[0] = i == COUNT ? 0x10 : 0x11;
            for (size_t k = 0; k < 4; k++)
                content[1 + k] = (char)(i * 2654435761 >> 8 * k);
            HOLDS("one cycle",
                  mtlsauth__crl_index_find(&index, span_of(content, lengths[n]), &at) &&
                      mtlsauth__crl_index_date(&index, at) == (int64_t)i);
        }
        mtlsauth__crl_index_drop(&index);
    }
}
END_TEST

struct asked {
    size_t times, refuse_at; /* 0: never */
};

static int count_and_refuse(void *arg)
{
    struct asked *asked = arg;

    return ++asked->times == asked->refuse_at ? MTLSAUTH_ERR_CANCELLED : MTLSAUTH_OK;
}

/* Asked often enough, and whenever the answer is no, nothing of the work is left. */
START_TEST(ended_wherever_it_asks)
{
    enum { COUNT = 200000 };

    for (enum shape shape = 0; shape < SHAPES; shape++) {
        const char *row = shape_names[shape];
        size_t last = 1;

        for (size_t refuse_at = 0; refuse_at <= last; refuse_at++) {
            struct random random = {.state = 77 + shape};
            struct asked asked = {.refuse_at = refuse_at};
            struct crl_rows rows;
            struct crl_index index;
            int code;

            fill_rows(&random, shape, COUNT, &rows);
            code = mtlsauth__crl_index_build(
                &index, &rows, (struct crl_ask){.go_on = count_and_refuse, .arg = &asked});
            ASSERT_INT(row, code, refuse_at == 0 ? MTLSAUTH_OK : MTLSAUTH_ERR_CANCELLED);
            HOLDS(row, rows.count == 0 && rows.blocks == NULL);
            if (refuse_at == 0) {
                last = asked.times;
                HOLDS(row, last >= COUNT / 65536 && last <= 100);
            } else {
                HOLDS(row, asked.times == refuse_at);
                HOLDS(row, index.count == 0 && index.prefix == NULL && index.table == NULL);
            }
            mtlsauth__crl_index_drop(&index);
        }
    }
}
END_TEST

START_TEST(rows_widen_on_the_way)
{
    static const char bytes[MTLSAUTH__MAX_SERIAL] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77};
    static const int64_t late = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
    struct crl_rows rows;
    struct crl_index index;
    uint8_t again[SERIAL_ROOM];
    size_t at;

    mtlsauth__crl_rows_init(&rows);
    for (size_t len = 1; len <= MTLSAUTH__MAX_SERIAL; len++)
        add(&rows, bytes, len, len == 33 ? late : (int64_t)len, 0);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.count, MTLSAUTH__MAX_SERIAL);
    ck_assert_uint_eq(index.width, MTLSAUTH__MAX_SERIAL);
    for (size_t len = 1; len <= MTLSAUTH__MAX_SERIAL; len++) {
        ck_assert(mtlsauth__crl_index_find(&index, span_of(bytes, len), &at));
        ck_assert_int_eq(mtlsauth__crl_index_date(&index, at), len == 33 ? late : (int64_t)len);
        ck_assert_uint_eq(mtlsauth__crl_index_serial(&index, at, again), len);
        ck_assert_mem_eq(again, bytes, len);
    }
    mtlsauth__crl_index_drop(&index);
}
END_TEST

START_TEST(an_entry_takes_at_most_30_octets)
{
    struct random random = {.state = 1};
    struct model model;
    struct crl_index index;

    build(&random, RANDOM_16_TO_20, 100000, &model, &index);
    ck_assert_uint_le(mtlsauth__crl_index_size(&index) * 100 / index.count, 2700);
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
    build(&random, PREFIXED, 100000, &model, &index);
    /* The common prefix is kept once. */
    ck_assert_uint_le(mtlsauth__crl_index_size(&index) * 100 / index.count, 1500);
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
}
END_TEST

START_TEST(columns_out_of_order_are_noticed)
{
    struct random random = {.state = 5};
    struct model model;
    struct crl_index index;
    uint8_t reason;

    build(&random, RANDOM_16_TO_20, 1000, &model, &index);
    ck_assert(mtlsauth__crl_index_ok(&index));
    reason = index.reason[500];
    index.reason[500] = 7;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    index.reason[500] = reason;
    index.code[0] = 0;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    index.code[0] = 16;
    index.prefix[999] = index.prefix[997];
    ck_assert(!mtlsauth__crl_index_ok(&index));
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
}
END_TEST

START_TEST(dates_beyond_the_year_9999_are_noticed)
{
    static const int64_t last = INT64_C(253402300799);
    struct crl_rows rows;
    struct crl_index index;

    mtlsauth__crl_rows_init(&rows);
    add(&rows, "\x05", 1, last, 1);
    add(&rows, "\x06", 1, ROWS_EPOCH_8, 1);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.date_width, 8);
    ck_assert_int_eq(mtlsauth__crl_index_date(&index, 0), last);
    ck_assert_int_eq(mtlsauth__crl_index_date(&index, 1), ROWS_EPOCH_8);
    ck_assert(mtlsauth__crl_index_ok(&index));
    index.date8[0]++;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    index.date8[0] = UINT64_MAX;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    mtlsauth__crl_index_drop(&index);
}
END_TEST

UNIT_MAIN("revocation/index", every_member_and_nothing_else, a_million, runs_are_merged,
          doubled_serials_are_kept_once_with_the_earlier_date,
          of_doubled_entries_the_one_that_denies, doubled_beyond_reason, one_cycle_through_all_rows,
          ended_wherever_it_asks, rows_widen_on_the_way, an_entry_takes_at_most_30_octets,
          columns_out_of_order_are_noticed, dates_beyond_the_year_9999_are_noticed)
